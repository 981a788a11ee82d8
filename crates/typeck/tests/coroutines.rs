//! Coroutines: `async` and `gen`, as rustc types them.

mod common;

use common::compare_with_rustc;

#[test]
fn async_functions_return_what_they_are_written_to() {
    compare_with_rustc(
        "pub async fn nothing() {}
        pub async fn sum(a: u8, (b, ref c): (u8, String), _: u8) -> u64 { u64::from(a) + u64::from(b) + c.len() as u64 }
        pub async fn question(x: Result<u8, String>) -> Result<u16, String> { Ok(u16::from(x?)) }
        pub async fn early(x: Option<u8>) -> u8 { let Some(x) = x else { return 0 }; x }
        pub async fn shown(x: &str) -> impl std::fmt::Display { x.len() }
        pub async fn generic<T: Clone, const N: usize>(x: &T) -> [T; N] { std::array::from_fn(|_| x.clone()) }",
    );
}

#[test]
fn what_is_awaited() {
    compare_with_rustc(
        "use std::future::{Future, IntoFuture, Ready, ready};
        pub struct Later(u8);
        impl IntoFuture for Later {
            type Output = u8;
            type IntoFuture = Ready<u8>;
            fn into_future(self) -> Ready<u8> { ready(self.0) }
        }
        pub async fn both(x: impl Future<Output = u8>, y: Later) -> u8 { x.await + y.await }
        pub async fn nested(n: u8) -> Vec<u8> { let mut v = vec![]; for i in 0..n { v.push(both(ready(i), Later(i)).await) } v }
        pub async fn boxed(f: std::pin::Pin<Box<dyn Future<Output = String> + Send>>) -> usize { f.await.len() }
        pub async fn never() -> ! { loop {} }
        pub async fn after() -> u8 { never().await }
        pub async fn statement() { never().await; }",
    );
}

#[test]
fn blocks_capture() {
    compare_with_rustc(
        "use std::future::Future;
        pub fn by_ref(s: &mut String) -> impl Future<Output = usize> + '_ { async { s.push('a'); s.len() } }
        pub fn by_value(s: String, n: u8) -> impl Future<Output = String> { async move { format!(\"{s}{n}\") } }
        pub fn fields(t: (String, Vec<u8>)) -> usize { let f = async { t.0.len() }; drop(f); t.1.len() }
        pub fn question(x: Option<u8>) -> impl Future<Output = Option<u8>> { async move { Some(x? + 1) } }
        pub fn inferred() -> impl Future<Output = Result<u8, String>> { async { if true { return Err(String::new()); } Ok(1) } }
        pub fn inside(v: Vec<u8>) -> impl Future<Output = u8> {
            async move { let f = |x: u8| async move { x + 1 }; let mut n = 0; for &x in &v { n += f(x).await } n }
        }
        pub fn is_send<T: Send>(_: T) {}
        pub fn sent(s: String) { is_send(async move { std::future::ready(()).await; drop(s) }) }",
    );
}

#[test]
fn traits_have_async_functions() {
    compare_with_rustc(
        "pub trait Read { async fn read(&mut self) -> u8; async fn twice(&mut self) -> u8 { self.read().await + self.read().await } }
        pub struct One(u8);
        impl Read for One { async fn read(&mut self) -> u8 { self.0 += 1; self.0 } }
        pub async fn all<R: Read>(r: &mut R) -> u8 { r.twice().await }",
    );
}

/// What a function returns as `impl Future` is opaque where it calls itself.
#[test]
fn async_functions_call_themselves() {
    compare_with_rustc(
        "pub async fn count(n: u32) -> u32 { if n == 0 { 0 } else { 1 + Box::pin(count(n - 1)).await } }
        pub async fn all<T: Clone>(x: &T, n: u8) -> Vec<T> {
            if n == 0 { return vec![]; }
            let mut v = Box::pin(all(x, n - 1)).await;
            v.push(x.clone());
            v
        }
        pub trait Service { async fn call(&self, n: u32) -> String; }
        impl Service for String {
            async fn call(&self, n: u32) -> String { if n == 0 { self.clone() } else { Box::pin(self.call(n - 1)).await + \".\" } }
        }",
    );
}

#[test]
fn async_closures() {
    compare_with_rustc(
        "pub async fn call<F: AsyncFn(u8) -> u8>(f: F) -> u8 { f(1).await + f(2).await }
        pub async fn call_mut(mut f: impl AsyncFnMut(&str)) { f(\"a\").await; f(\"b\").await }
        pub async fn call_once(f: impl AsyncFnOnce() -> String) -> String { f().await }
        pub async fn old<F: FnOnce(u8) -> T, T: std::future::Future<Output = u8>>(f: F) -> u8 { f(1).await }
        pub async fn all(n: u8, mut text: String) -> String {
            _ = call(async |x| x + n).await;
            _ = old(async |x| x + 1).await;
            call_mut(async |s| text.push_str(s)).await;
            let local = async |x: &str| x.len();
            _ = local(\"a\").await;
            call_once(async move || text).await
        }",
    );
}

#[test]
fn coroutines_and_generators() {
    compare_with_rustc(
        "#![feature(coroutines, coroutine_trait, stmt_expr_attributes, gen_blocks)]
        #![allow(internal_features)]
        pub gen fn count(n: u8) -> u8 { for i in 0..n { yield i; } }
        pub fn block() -> impl Iterator<Item = u16> { gen { yield 1; yield 2; } }
        pub fn given() -> impl std::ops::Coroutine<u8, Yield = u16, Return = String> {
            #[coroutine] |x: u8| { let y: u8 = yield u16::from(x); y.to_string() }
        }",
    );
}
