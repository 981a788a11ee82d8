//@ lir: values
//@ lir: slice
//@ lir: pointer
use std::marker::PhantomData;

pub struct Unit;
pub struct Marker<T>(pub PhantomData<T>);

pub fn values(_: Unit, x: u8, _: Marker<String>) -> (Unit, u8, Marker<u32>) {
    (Unit, x, Marker(PhantomData))
}

pub fn slice(x: &[()], at: usize) {
    x[at]
}

pub fn pointer(x: &Unit) -> &Unit {
    let y = x;
    y
}
