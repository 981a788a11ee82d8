//@ lir: of_bool
//@ lir: of_char
//@ lir: short_circuit
pub fn of_bool(x: bool) -> u8 {
    if x { 1 } else { 2 }
}

pub fn of_char(x: char) -> u8 {
    match x {
        'a'..='z' => 1,
        '\u{10ffff}' => 2,
        _ => 3,
    }
}

pub fn short_circuit(a: bool, b: bool) -> bool {
    a && !b
}
