//@ lir: take
//@ lir: call
//@ lir: method
//@ lir: as_fn
//@ lir: <fn(u32) -> u32 as core::ops::function::FnOnce<(u32,)>>::call_once
//@ lir: compare
fn twice(x: u32) -> u32 {
    x ^ 2
}

pub fn take() -> fn(u32) -> u32 {
    twice
}

pub fn call(f: fn(u32) -> u32) -> u32 {
    f(1)
}

pub fn method() -> fn(&str) -> usize {
    str::len
}

#[inline(never)]
fn apply(f: impl FnOnce(u32) -> u32) -> u32 {
    f(5)
}

pub fn as_fn(f: fn(u32) -> u32) -> u32 {
    apply(f)
}

pub fn compare(f: fn(u32) -> u32) -> bool {
    f as usize == twice as fn(u32) -> u32 as usize
}
