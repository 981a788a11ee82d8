//@ lir: rotate
//@ lir: inner
//@ lir: unit
//@ lir: mixed
pub fn rotate(x: (u8, u16, u32)) -> (u32, u8, u16) {
    (x.2, x.0, x.1)
}

pub fn inner(x: &((u8, u64), bool)) -> u64 {
    x.0.1
}

pub fn unit() {}

pub fn mixed(x: u64) -> ((), u64, [u8; 0]) {
    ((), x, [])
}
