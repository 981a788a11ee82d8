// A closure that borrows is called by value, through a vtable, and by a plain pointer.
//@ lir: once
//@ lir: boxed
//@ lir: <boxed::{closure#0} as core::ops::function::FnOnce<()>>::call_once::{shim:vtable#0}
//@ lir: call_once::<once::{closure#0}>
//@ lir: pointer
//@ lir: <pointer::{closure#0} as core::ops::function::FnOnce<(u32,)>>::call_once
//@ lir: unboxes
#[inline(never)]
fn call_once(f: impl FnOnce() -> usize) -> usize {
    f()
}

pub fn once(x: &str) -> usize {
    call_once(|| x.len())
}

pub fn boxed(x: String) -> Box<dyn FnOnce() -> usize> {
    Box::new(move || x.len())
}

pub fn unboxes(f: Box<dyn FnOnce() -> usize>) -> usize {
    f()
}

pub fn pointer() -> fn(u32) -> u32 {
    |x| x ^ 1
}
