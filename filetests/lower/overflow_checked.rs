//@ lir: unsigned
//@ lir: signed
//@ lir: negate
//@ lir: shift
pub fn unsigned(a: u8, b: u8) -> u8 {
    a + b
}

pub fn signed(a: i64, b: i64) -> i64 {
    a * b - 1
}

pub fn negate(a: i32) -> i32 {
    -a
}

pub fn shift(a: u16, by: u32) -> u16 {
    a << by
}
