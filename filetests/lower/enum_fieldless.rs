//@ lir: number
//@ lir: back
//@ lir: negative
pub enum Level {
    Low = 1,
    High = 200,
}

#[repr(i8)]
pub enum Sign {
    Minus = -1,
    Plus = 1,
}

pub fn number(x: Level) -> u32 {
    x as u32
}

pub fn back(x: bool) -> Level {
    if x { Level::High } else { Level::Low }
}

pub fn negative(x: Sign) -> i64 {
    x as i64
}
