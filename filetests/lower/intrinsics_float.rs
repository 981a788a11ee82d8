//@ lir: roots
//@ lir: rounding
//@ lir: library
//@ lir: extremes
//@ lir: fast
//@ features: core_intrinsics
#![allow(internal_features)]
use std::intrinsics::*;

pub fn roots(x: f32, y: f64) -> f64 {
    f64::from(sqrtf32(x)) + fabsf64(y) + fmaf64(y, y, y)
}

pub fn rounding(x: f64) -> f64 {
    floorf64(x) + ceilf64(x) + truncf64(x) + round_ties_even_f64(x) + roundf64(x)
}

pub fn library(x: f32) -> f32 {
    sinf32(x) + powf32(x, x) + powif32(x, 3)
}

pub fn extremes(x: f64, y: f64) -> f64 {
    minnumf64(x, y) + copysignf64(x, y)
}

pub fn fast(x: f32, y: f32) -> f32 {
    fmul_algebraic(x, y) + unsafe { fadd_fast(x, y) }
}
