//@ lir: add
//@ lir: compare
//@ lir: shuffle
//@ lir: lanes
//@ lir: sum
//@ lir: convert
//@ lir: sse
//@ features: core_intrinsics, repr_simd
#![allow(internal_features)]
use std::intrinsics::simd::*;

#[repr(simd)]
#[derive(Clone, Copy)]
pub struct F32x4([f32; 4]);
#[repr(simd)]
#[derive(Clone, Copy)]
pub struct I32x4([i32; 4]);

pub fn add(a: &F32x4, b: &F32x4) -> F32x4 {
    unsafe { simd_mul(simd_add(*a, *b), *a) }
}

pub fn compare(a: &I32x4, b: &I32x4) -> u8 {
    unsafe { simd_bitmask(simd_lt::<_, I32x4>(*a, *b)) }
}

pub fn shuffle(a: &I32x4) -> I32x4 {
    const ORDER: [u32; 4] = [3, 4, 1, 6];
    #[repr(simd)]
    struct Order([u32; 4]);
    unsafe { simd_shuffle(*a, *a, const { Order(ORDER) }) }
}

pub fn lanes(a: &F32x4, x: f32) -> f32 {
    unsafe { simd_extract(simd_insert(*a, 2, x), 1) }
}

pub fn sum(a: &I32x4) -> i32 {
    unsafe { simd_reduce_add_ordered(*a, 0) }
}

pub fn convert(a: &F32x4) -> I32x4 {
    unsafe { simd_as(*a) }
}

pub fn sse(a: std::arch::x86_64::__m128i) -> std::arch::x86_64::__m128i {
    unsafe { std::arch::x86_64::_mm_avg_epu8(a, a) }
}
