//@ rustc: -Cdebug-assertions=off
//@ lir: copies
//@ lir: fill
//@ lir: compare
//@ lir: moves
//@ lir: sizes
//@ features: core_intrinsics
#![allow(internal_features)]
use std::intrinsics::*;

pub fn copies(from: *const u32, to: *mut u32, n: usize) {
    unsafe {
        copy_nonoverlapping(from, to, n);
        copy(from, to, 4);
    }
}

pub fn fill(to: *mut u64, n: usize) {
    unsafe { write_bytes(to, 0xff, n) }
}

pub fn compare(a: *const u8, b: *const u8, n: usize) -> (i32, bool) {
    unsafe { (compare_bytes(a, b, n), raw_eq(&*a.cast::<[u8; 16]>(), &*b.cast())) }
}

pub fn moves(x: *mut (u64, u64, u64)) -> (u64, u64, u64) {
    unsafe { read_via_copy(x) }
}

pub fn sizes(x: *const dyn Send, y: *const [u16]) -> usize {
    unsafe { size_of_val(x) ^ align_of_val(y) }
}
