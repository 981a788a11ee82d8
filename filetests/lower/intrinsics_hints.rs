//@ lir: hints
//@ lir: never
//@ lir: stops
//@ lir: keeps
//@ features: core_intrinsics
//@ rustc: -Copt-level=3
#![allow(internal_features)]
use std::intrinsics::*;

pub fn hints(x: u32) -> u32 {
    if likely(x > 3) {
        1
    } else if unlikely(x == 2) {
        cold_path();
        2
    } else {
        3
    }
}

pub fn never(x: u32) -> u32 {
    match x {
        0 => 1,
        _ => unsafe { std::hint::unreachable_unchecked() },
    }
}

pub fn stops() -> ! {
    abort()
}

pub fn keeps(x: u32) -> u32 {
    unsafe { assume(x != 0) };
    black_box(x)
}
