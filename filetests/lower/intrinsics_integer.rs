//@ lir: count
//@ lir: order
//@ lir: rotate
//@ lir: saturate
//@ lir: overflow
//@ lir: carry
//@ lir: exact
//@ features: core_intrinsics
#![allow(internal_features)]
use std::intrinsics::*;

pub fn count(x: u32, y: u8) -> u32 {
    ctpop(x) ^ ctlz(x) ^ cttz(y) ^ unsafe { ctlz_nonzero(y) }
}

pub fn order(x: u16, y: u64) -> (u16, u64) {
    (bswap(x), bitreverse(y))
}

pub fn rotate(x: u8, by: u32) -> u8 {
    rotate_left(x, by) ^ rotate_right(x, by)
}

pub fn saturate(a: i8, b: i8, c: u32, d: u32) -> (i8, u32) {
    (saturating_add(a, b), saturating_sub(c, d))
}

pub fn overflow(a: u32, b: u32) -> (u32, bool) {
    mul_with_overflow(a, b)
}

pub fn carry(a: u64, b: u64) -> (u64, u64) {
    carrying_mul_add(a, b, 1, 2)
}

pub fn exact(a: i32, b: i32) -> i32 {
    unsafe { exact_div(a, b) ^ unchecked_add(a, b) ^ unchecked_shl(a, b) ^ unchecked_rem(a, b) }
}
