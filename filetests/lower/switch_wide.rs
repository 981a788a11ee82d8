//@ lir: wide
pub fn wide(x: i128) -> u8 {
    match x {
        -1 => 0,
        0x1_0000_0000_0000_0000 => 1,
        _ => 2,
    }
}
