//@ lir: unsigned
//@ lir: negate
//@ lir: shift
//@ lir: shift_wide
//@ rustc: -Coverflow-checks=off
pub fn unsigned(a: u8, b: u8) -> u8 {
    a + b
}

pub fn negate(a: i32) -> i32 {
    -a
}

pub fn shift(a: u16, by: u32) -> u16 {
    a << by
}

pub fn shift_wide(a: i64, by: i128) -> i64 {
    a >> by
}
