//@ lir: integers
//@ lir: three_way
//@ lir: pointers
//@ lir: wide_pointers
//@ lir: units
use std::cmp::Ordering;

pub fn integers(a: i32, b: i32, c: u64, d: u64) -> (bool, bool, bool) {
    (a < b, c >= d, a != b)
}

pub fn three_way(a: u8, b: u8) -> Ordering {
    a.cmp(&b)
}

pub fn pointers(a: *const u8, b: *const u8) -> bool {
    a < b
}

pub fn wide_pointers(a: *const [u8], b: *const [u8]) -> bool {
    std::ptr::eq(a, b)
}

pub fn units(a: (), b: ()) -> bool {
    a == b
}
