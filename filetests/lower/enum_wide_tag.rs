// Discriminants of 128 bits and a tag with fields of a C enum.
//@ lir: wide
//@ lir: c_data
//@ features: repr128
#[repr(u128)]
pub enum Wide {
    A = 1,
    B = u128::MAX,
}

#[repr(C, u8)]
pub enum CData {
    A(u32),
    B { x: u64 },
}

pub fn wide(x: Wide) -> u128 {
    x as u128
}

pub fn c_data(x: &CData) -> u64 {
    match *x {
        CData::A(x) => x.into(),
        CData::B { x } => x,
    }
}
