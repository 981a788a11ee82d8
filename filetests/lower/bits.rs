//@ lir: of_bool
//@ lir: of_char
//@ lir: of_integers
//@ lir: back
pub fn of_bool(a: bool, b: bool) -> (bool, bool, bool, bool) {
    (a & b, a | b, a ^ b, !a)
}

pub fn of_char(a: char) -> u32 {
    a as u32
}

pub fn of_integers(a: u32, b: u32) -> u32 {
    !(a & b | a ^ 3)
}

pub fn back(a: u8) -> char {
    a as char
}
