//@ lir: outer
//@ lir: outer::{closure#0}
use std::pin::pin;
use std::task::Context;

pub async fn inner(x: u32) -> u32 {
    x
}

pub async fn outer(x: u32) -> u32 {
    inner(x).await
}

pub fn polls(cx: &mut Context<'_>) -> bool {
    pin!(outer(1)).as_mut().poll(cx).is_ready()
}
