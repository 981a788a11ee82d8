//@ lir: float_bits
//@ lir: array
//@ lir: pair
//@ lir: reference
//@ lir: to_char
//@ lir: same
use std::mem::transmute;

pub fn float_bits(x: f32) -> u32 {
    unsafe { transmute(x) }
}

pub fn array(x: [u8; 4]) -> u32 {
    unsafe { transmute(x) }
}

pub fn pair(x: (u32, u32)) -> u64 {
    unsafe { transmute(x) }
}

pub fn reference(x: &[u8]) -> (usize, usize) {
    unsafe { transmute(x) }
}

pub fn to_char(x: u32) -> char {
    unsafe { transmute(x) }
}

pub fn same(x: Option<&'static u8>) -> usize {
    unsafe { transmute(x) }
}
