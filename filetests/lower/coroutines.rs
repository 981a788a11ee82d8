//@ lir: numbers::{closure#0}
//@ features: coroutines, coroutine_trait, stmt_expr_attributes
use std::ops::Coroutine;
use std::pin::pin;

unsafe extern "Rust" {
    safe fn next(x: u32) -> u32;
}

pub fn numbers(start: u32) -> impl Coroutine<u32, Yield = u32, Return = ()> {
    #[coroutine]
    move |mut x: u32| {
        while x != start {
            x = yield next(x);
        }
    }
}

pub fn resumes() {
    pin!(numbers(1)).as_mut().resume(2);
}
