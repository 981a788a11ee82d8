//@ lir: of_tagged
//@ lir: of_niche
//@ lir: same
use std::mem::Discriminant;

pub enum Tagged {
    A(u32),
    B(u64),
}

pub fn of_tagged(x: &Tagged) -> Discriminant<Tagged> {
    std::mem::discriminant(x)
}

pub fn of_niche(x: &Option<&u8>) -> Discriminant<Option<&'static u8>> {
    unsafe { std::mem::transmute(std::mem::discriminant(x)) }
}

pub fn same(a: &Tagged, b: &Tagged) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}
