//@ lir: reference
//@ lir: non_zero
//@ lir: get
//@ lir: bound
use std::num::NonZeroU32;

pub struct Named {
    pub name: &'static str,
    pub id: NonZeroU32,
}

pub fn reference(x: &Option<Named>) -> Option<&Named> {
    x.as_ref()
}

pub fn non_zero(x: u32) -> Option<NonZeroU32> {
    NonZeroU32::new(x)
}

pub fn get(x: NonZeroU32) -> u32 {
    x.get()
}

pub fn bound(x: Option<Named>) -> u32 {
    x.map_or(0, |x| x.id.get())
}
