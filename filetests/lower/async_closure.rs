//@ lir: polls::{closure#0}
//@ lir: polls::{closure#0}::{closure#0}::<i16>
use std::pin::pin;
use std::task::Context;

pub fn polls(x: &u32, cx: &mut Context<'_>) -> bool {
    let f = async |y: u32| *x ^ y;
    pin!(f(1)).as_mut().poll(cx).is_ready()
}
