//@ lir: packed
//@ lir: write_packed
//@ lir: aligned
//@ lir: transparent
//@ lir: tagged
//@ lir: order
#[repr(C, packed(2))]
pub struct Packed {
    pub a: u8,
    pub b: u64,
}

#[repr(align(64))]
pub struct Aligned(pub u8);

#[repr(transparent)]
pub struct Transparent(pub f64);

#[repr(u8)]
pub enum Tagged {
    A(u32) = 3,
    B = 9,
}

#[repr(C)]
pub struct Ordered {
    pub a: u8,
    pub b: u32,
    pub c: u8,
}

pub fn packed(x: &Packed) -> u64 {
    x.b
}

pub fn write_packed(x: &mut Packed) {
    x.b = 1;
}

pub fn aligned(x: u8) -> Aligned {
    Aligned(x)
}

pub fn transparent(x: Transparent) -> f64 {
    x.0
}

pub fn tagged(x: &Tagged) -> u32 {
    match x {
        Tagged::A(x) => *x,
        Tagged::B => 0,
    }
}

pub fn order(x: &Ordered) -> u8 {
    x.c
}
