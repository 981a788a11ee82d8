//@ lir: read
//@ lir: write
//@ lir: field
//@ lir: reborrow
//@ lir: swap
pub struct Both(pub u32, pub u64);

pub fn read(x: &u32) -> u32 {
    *x
}

pub fn write(x: &mut u64, value: u64) {
    *x = value;
}

pub fn field(x: &mut Both) -> &mut u32 {
    &mut x.0
}

pub fn reborrow(x: &&&u8) -> u8 {
    ***x
}

pub fn swap(x: &mut Both) {
    let old = x.0;
    x.0 = x.1 as u32;
    x.1 = old.into();
}
