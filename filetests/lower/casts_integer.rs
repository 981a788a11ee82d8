//@ lir: narrow
//@ lir: widen
//@ lir: from_bool
//@ lir: signedness
pub fn narrow(x: u64) -> u8 {
    x as u8
}

pub fn widen(x: i8, y: u8) -> (i64, i64) {
    (x as i64, y as i64)
}

pub fn from_bool(x: bool) -> i32 {
    x as i32
}

pub fn signedness(x: i32) -> u32 {
    x as u32
}
