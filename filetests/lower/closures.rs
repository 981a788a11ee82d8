//@ lir: by_reference
//@ lir: by_reference::{closure#0}
//@ lir: by_value
//@ lir: by_value::{closure#0}
#[inline(never)]
fn call(f: impl Fn(u32) -> u32) -> u32 {
    f(3)
}

pub fn by_reference(x: &mut u32) -> u32 {
    let y = *x;
    let mut add = |n: u32| *x ^= n ^ y;
    add(1);
    *x
}

pub fn by_value(x: String) -> u32 {
    call(move |n| x.len() as u32 ^ n)
}
