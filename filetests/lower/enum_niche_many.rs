//@ lir: which
//@ lir: make
//@ lir: nested
pub enum Many {
    A,
    B,
    C,
    Value(bool),
}

pub fn which(x: Many) -> u8 {
    match x {
        Many::A => 1,
        Many::B => 2,
        Many::C => 3,
        Many::Value(value) => value as u8,
    }
}

pub fn make(x: u8) -> Many {
    match x {
        0 => Many::B,
        1 => Many::C,
        _ => Many::Value(true),
    }
}

pub fn nested(x: Option<Option<bool>>) -> u8 {
    match x {
        None => 0,
        Some(None) => 1,
        Some(Some(x)) => x as u8 + 2,
    }
}
