//@ lir: add
//@ lir: shift
//@ lir: compare
//@ lir: divide
//@ lir: convert
//@ rustc: -Coverflow-checks=off
pub fn add(a: u128, b: u128) -> u128 {
    a + b
}

pub fn shift(a: i128, by: u8) -> i128 {
    a >> by
}

pub fn compare(a: i128, b: i128) -> bool {
    a < b
}

pub fn divide(a: u128, b: u128) -> u128 {
    a / b
}

pub fn convert(a: f64) -> i128 {
    a as i128
}
