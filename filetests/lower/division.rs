//@ lir: unsigned
//@ lir: signed
//@ lir: remainder
//@ lir: by_constant
pub fn unsigned(a: u32, b: u32) -> u32 {
    a / b
}

pub fn signed(a: i8, b: i8) -> i8 {
    a / b
}

pub fn remainder(a: i64, b: i64) -> i64 {
    a % b
}

pub fn by_constant(a: u32) -> u32 {
    a / 10
}
