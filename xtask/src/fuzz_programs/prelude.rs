//! What every generated program starts with: how state is hashed and told.

/// The attributes and imports, the checksums, and the type that says when it is dropped.
pub const PRELUDE: &str = r#"#![allow(warnings, arithmetic_overflow, unconditional_panic, overflowing_literals)]
use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

static STATE: AtomicU64 = AtomicU64::new(0xcbf29ce484222325);
static LINES: AtomicU32 = AtomicU32::new(0);

/// The running hash of one value.
struct H(u64);
impl H {
    fn add(&mut self, x: u64) {
        self.0 = (self.0 ^ x).wrapping_mul(0x100000001b3).rotate_left(23);
    }
}

impl Default for H {
    fn default() -> H { H(0xcbf29ce484222325) }
}
impl std::hash::Hasher for H {
    fn write(&mut self, bytes: &[u8]) { for b in bytes { self.add(*b as u64) } }
    fn finish(&self) -> u64 { self.0 }
}
fn hash_of<T: std::hash::Hash + ?Sized>(value: &T) -> u64 {
    let mut h = H::default();
    value.hash(&mut h);
    h.0
}

/// Hashes what a value means, never what its bytes are.
trait Sum {
    fn sum(&self, h: &mut H);
}

fn emit(what: &str, id: u32, x: u64) {
    let mut h = H(STATE.load(Relaxed));
    h.add(x ^ id as u64);
    STATE.store(h.0, Relaxed);
    if LINES.fetch_add(1, Relaxed) < 2500 {
        println!("{what}{id} {x:x}");
    }
}

/// A checksum of a value, at a place that has a number.
fn point<T: Sum + ?Sized>(id: u32, value: &T) {
    let mut h = H(0xcbf29ce484222325);
    value.sum(&mut h);
    emit("", id, h.0);
}

/// Shows when an operand is evaluated.
fn seen<T: Sum>(id: u32, value: T) -> T {
    point(id, &value);
    value
}

macro_rules! ints { ($($t:ty)*) => { $(
    impl Sum for $t { fn sum(&self, h: &mut H) { h.add(*self as u64); if size_of::<$t>() > 8 { h.add((*self as u128 >> 64) as u64) } } }
    impl Sum for NonZero<$t> { fn sum(&self, h: &mut H) { self.get().sum(h) } }
)* } }
ints! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }
macro_rules! tuples { ($(($($t:ident $i:tt)*))*) => { $(
    impl<$($t: Sum),*> Sum for ($($t,)*) { fn sum(&self, h: &mut H) { $(self.$i.sum(h);)* } }
)* } }
tuples! { (A 0) (A 0 B 1) (A 0 B 1 C 2) (A 0 B 1 C 2 D 3) (A 0 B 1 C 2 D 3 E 4) (A 0 B 1 C 2 D 3 E 4 F 5) }
/// The bits of NaN may differ; that it is NaN may not.
impl Sum for f32 { fn sum(&self, h: &mut H) { h.add(if self.is_nan() { 1 } else { self.to_bits() as u64 }) } }
impl Sum for f64 { fn sum(&self, h: &mut H) { h.add(if self.is_nan() { 1 } else { self.to_bits() }) } }
impl Sum for () { fn sum(&self, h: &mut H) { h.add(7) } }
impl Sum for bool { fn sum(&self, h: &mut H) { h.add(*self as u64) } }
impl Sum for char { fn sum(&self, h: &mut H) { h.add(*self as u64) } }
impl Sum for Ordering { fn sum(&self, h: &mut H) { h.add(*self as i8 as u64) } }
impl Sum for str { fn sum(&self, h: &mut H) { for b in self.bytes() { h.add(b as u64) } } }
impl Sum for String { fn sum(&self, h: &mut H) { self.as_str().sum(h) } }
impl<T: Sum> Sum for [T] { fn sum(&self, h: &mut H) { h.add(self.len() as u64); for x in self { x.sum(h) } } }
impl<T: Sum, const N: usize> Sum for [T; N] { fn sum(&self, h: &mut H) { self.as_slice().sum(h) } }
impl<T: Sum> Sum for Vec<T> { fn sum(&self, h: &mut H) { self.as_slice().sum(h) } }
impl<T: Sum + ?Sized> Sum for &T { fn sum(&self, h: &mut H) { (**self).sum(h) } }
impl<T: Sum + ?Sized> Sum for &mut T { fn sum(&self, h: &mut H) { (**self).sum(h) } }
impl<T: Sum + ?Sized> Sum for Box<T> { fn sum(&self, h: &mut H) { (**self).sum(h) } }
impl<T: Sum> Sum for Option<T> { fn sum(&self, h: &mut H) { match self { None => h.add(0), Some(x) => { h.add(1); x.sum(h) } } } }
impl<T: Sum, E: Sum> Sum for Result<T, E> { fn sum(&self, h: &mut H) { match self { Ok(x) => { h.add(2); x.sum(h) } Err(x) => { h.add(3); x.sum(h) } } } }
impl<R> Sum for fn() -> R { fn sum(&self, h: &mut H) { h.add(10) } }
impl<A, R> Sum for fn(A) -> R { fn sum(&self, h: &mut H) { h.add(11) } }
impl<A, B, R> Sum for fn(A, B) -> R { fn sum(&self, h: &mut H) { h.add(12) } }
impl<A, B, C, R> Sum for fn(A, B, C) -> R { fn sum(&self, h: &mut H) { h.add(13) } }

/// Says when it is dropped.
struct Noisy(u32, u64);
impl Drop for Noisy {
    fn drop(&mut self) {
        emit("drop ", self.0, self.1);
    }
}
impl Sum for Noisy { fn sum(&self, h: &mut H) { h.add(self.1) } }
fn noisy(id: u32, x: u64) -> Noisy {
    emit("new ", id, x);
    Noisy(id, x)
}

/// Not NaN, so that its bits and its sign are known.
fn real32(x: f32) -> f32 { if x.is_nan() { 0.5 } else { x } }
fn real64(x: f64) -> f64 { if x.is_nan() { 0.5 } else { x } }

fn apply<T, R>(mut f: impl FnMut(T) -> R, x: T) -> R { f(x) }
fn apply_dyn<T, R>(f: &dyn Fn(T) -> R, x: T) -> R { f(x) }
fn apply_once<R, F: FnOnce() -> R>(f: F) -> R { f() }

/// Runs something that may panic.
fn guarded<R: Sum>(id: u32, f: impl FnOnce() -> R) {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(value) => point(id, &value),
        Err(payload) => {
            let text = payload.downcast_ref::<&str>().map(|it| it.to_string());
            let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
            match text {
                Some(text) => println!("{id} panicked: {text}"),
                None => println!("{id} panicked with {:?}", payload.downcast_ref::<u32>()),
            }
        }
    }
}

fn watch_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().unwrap();
        println!("panic at {}:{}", place.line(), place.column());
    }));
}
"#;
