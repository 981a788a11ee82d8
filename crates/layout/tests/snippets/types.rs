// Types whose layouts are compared with rustc's; their names are listed in `layouts.rs`.
#![feature(rustc_attrs, never_type, repr_simd, f16, f128, coroutines, coroutine_trait, stmt_expr_attributes)]
#![feature(type_alias_impl_trait, pattern_types, pattern_type_macro, extern_types, unsafe_binders, ptr_metadata)]
#![feature(rust_cold_cc, gen_blocks, allocator_api, pattern_type_range_trait, const_trait_impl)]
#![allow(incomplete_features, internal_features)]
#![no_implicit_prelude]
extern crate alloc;
extern crate core;
extern crate std;

pub use std::any::Any;
pub use std::borrow::Cow;
pub use std::boxed::Box;
pub use std::cell::{Cell, OnceCell, RefCell, UnsafeCell};
pub use std::cmp::Ordering;
pub use std::collections::*;
pub use std::fmt::{self, Debug};
pub use std::future::Future;
pub use std::iter::{Iterator, *};
pub use std::marker::{PhantomData, PhantomPinned, Send, Sized, Sync};
pub use std::mem::{ManuallyDrop, MaybeUninit};
pub use std::num::*;
pub use std::ops::{Deref, Fn, FnMut, FnOnce, Range, RangeInclusive};
pub use std::option::Option::{self, *};
pub use std::pin::Pin;
pub use std::ptr::NonNull;
pub use std::rc::{Rc, Weak};
pub use std::result::Result;
pub use std::string::String;
pub use std::sync::{Arc, Mutex, RwLock};
pub use std::time::{Duration, Instant};
pub use std::vec::Vec;
pub use std::default::Default;
pub use std::clone::Clone;
pub use std::{io, net, path, thread};

pub struct Unit;
pub struct Mixed(u8, u32, u8, u16, bool);
pub struct Named<T> { pub a: u8, pub b: T, pub c: u16 }
pub struct Tail<T: ?Sized> { pub a: u8, pub b: u32, pub c: T }
pub struct TailClone<T: Clone>(u8, u32, T);
pub struct TailDeep<T: ?Sized>(u16, Tail<T>);
pub struct TailOut<T: Iterator>(u8, u32, T::Item);
pub struct TailTarget<T: Deref>(u8, u64, Box<T::Target>);
#[repr(C)] pub struct C1(u8, u32, u8, u16);
#[repr(C)] pub struct CEmpty;
#[repr(C, packed)] pub struct CPacked(u8, u32, u8, u16);
#[repr(C, packed(2))] pub struct CPacked2(u8, u32, u8, u64);
#[repr(packed)] pub struct Packed(u8, u32, bool);
#[repr(align(32))] pub struct Aligned(u8, u32);
#[repr(C, align(16))] pub struct CAligned(u8);
#[repr(transparent)] pub struct Transparent<T>(T, PhantomData<u64>);
pub struct Niches(bool, char, NonZeroU16);
pub struct NicheMiddle(u32, bool, u16, u64);
pub struct Uninhabited(u8, !);
pub struct WithZst(u8, [u64; 0], ());

pub enum Never0 {}
pub enum One { A }
pub enum OneField { A(u32) }
pub enum Two { A, B }
pub enum Three { A, B(u8), C(u32) }
pub enum Big { A(u64, u8), B(u32, u32), C(bool), D }
pub enum Nested { A(Option<bool>), B(Ordering), C }
pub enum Discriminants { A = -1, B = 200, C = 0x7fff }
pub enum Wide { A = 0, B = 0x1_0000_0000 }
pub enum Consts { A = VALUE, B, C = VALUE * 3 }
const VALUE: isize = 5 + 6;
#[repr(u8)] pub enum U8 { A = 3, B = 255 }
#[repr(i16)] pub enum I16 { A = -300, B, C }
#[repr(u64)] pub enum U64 { A, B }
#[repr(isize)] pub enum Isize { A, B }
#[repr(u128)] pub enum U128 { A = u128::MAX, B = 0 }
#[repr(C)] pub enum CEnum { A, B = 9 }
#[repr(u8)] pub enum U8Data { A(u32), B { x: u8, y: u16 }, C }
#[repr(C)] pub enum CData { A(u8), B(u64, u8), C }
#[repr(C, u8)] pub enum CU8Data { A(u16), B(u64) }
#[repr(u8)] pub enum U8Never { A(!), B }
#[repr(u8)] pub enum U8OnlyNever { A(!) }
pub enum SomeNever { A(u32), B(!), C(u8, !) }
pub enum AllNever { A(!), B(Never0, u32) }
pub enum AbsentZst { A(()), B(!, ()) }
pub enum Refs<'a> { A(&'a u8), B(&'a u32) }
pub enum PointerOr<'a> { A(&'a str), B, C }
pub enum NicheWithData { A(bool, u32), B(u16), C }
pub enum NicheWithDataEnd { A(u32, u32, bool), B(u32), C(u8) }
pub enum NicheTwo { A(Option<&'static u8>), B(u64) }
#[repr(align(16))] pub enum AlignedEnum { A(u8), B(u32) }
pub enum Many { A0, A1, A2, A3, A4, A5, A6, A7, A8, A9, B(Box<Many>), C(Vec<u8>), D(String, u8) }
pub enum Generic<A, B> { A(A), B(B), Both(A, B), Neither }

pub union U1 { a: u8, b: u32 }
pub union UPair { a: (u32, u32), b: [u8; 8] }
pub union UNiche { a: bool }
pub union UZst { a: () }
#[repr(C)] pub union UC { a: [u8; 3], b: u16 }
#[repr(packed)] pub union UPacked { a: u8, b: u32 }
pub union USame { a: u64, b: i64 }

#[repr(simd)] pub struct F32x4([f32; 4]);
#[repr(simd)] pub struct U8x16([u8; 16]);
#[repr(simd)] pub struct U8x3([u8; 3]);
#[repr(simd, packed)] pub struct PackedU8x3([u8; 3]);
#[repr(simd)] pub struct F64x8([f64; 8]);
#[repr(simd)] pub struct Ptrx2([*const u8; 2]);

#[cfg_attr(valid_ranges, rustc_layout_scalar_valid_range_start(5))]
#[cfg_attr(valid_ranges, rustc_layout_scalar_valid_range_end(10))]
pub struct Ranged(u8);
#[cfg_attr(valid_ranges, rustc_layout_scalar_valid_range_end(0xffff_ff00))]
pub struct RangedEnd(u32);
#[cfg_attr(valid_ranges, rustc_layout_scalar_valid_range_start(1))]
pub struct RangedWide(*const [u8]);

pub type Pat1 = core::pattern_type!(u32 is 1..=100);
pub type Pat2 = core::pattern_type!(i8 is -5..=5);
pub type Pat3 = core::pattern_type!(char is 'a'..='z');
pub type Pat4 = core::pattern_type!(i16 is i16::MIN..0 | 1..);
pub type Pat5 = core::pattern_type!(*const u8 is !null);

unsafe extern "C" { pub type Foreign; }
pub struct ForeignTail { pub a: u16, pub b: Foreign }
pub trait Trait { fn f(&self); fn g(self: Box<Self>) {} }
pub trait Sub: Trait { fn h(&self); }

pub type ClosureEmpty = impl Fn();
#[define_opaque(ClosureEmpty)] pub fn closure_empty() -> ClosureEmpty { || () }
pub type ClosureRef = impl FnMut(u8) -> u8;
#[define_opaque(ClosureRef)] pub fn closure_mut() -> ClosureRef {
    let (a, mut b, c) = (1u8, String::new(), 3u32);
    move |x| { b.push('a'); a + x + c as u8 }
}
pub type ClosureNiche = impl FnOnce() -> u32;
#[define_opaque(ClosureNiche)] pub fn closure_niche() -> ClosureNiche {
    let (a, b, c, d) = (1u16, true, 3u64, 4u8);
    move || u32::from(a) + c as u32 + d as u32 + b as u32
}
use std::convert::From;

pub async fn nap(n: u32) -> u32 { n }
pub type AsyncEmpty = impl Future<Output = ()>;
#[define_opaque(AsyncEmpty)] pub fn async_empty() -> AsyncEmpty { async {} }
pub type AsyncOne = impl Future<Output = u32>;
#[define_opaque(AsyncOne)] pub fn async_one(x: u8) -> AsyncOne {
    async move { let s = String::new(); let n = nap(1).await; n + s.len() as u32 + x as u32 }
}
pub type AsyncMany = impl Future<Output = u64>;
#[define_opaque(AsyncMany)] pub fn async_many(flag: bool, names: Vec<String>) -> AsyncMany {
    async move {
        let mut total = 0u64;
        if flag {
            let big = [1u8; 100];
            total += u64::from(nap(big[3] as u32).await);
            let other = [2u64; 7];
            total += u64::from(nap(big[4] as u32).await) + other[1];
        } else {
            let small = [3u16; 9];
            total += u64::from(nap(small[2] as u32).await);
        }
        for name in &names {
            let copy = name.clone();
            total += u64::from(nap(copy.len() as u32).await);
            let boxed = Box::new(copy);
            total += u64::from(nap(boxed.len() as u32).await);
        }
        {
            let a = (1u8, 2u32);
            let r = &a;
            nap(r.1).await;
            nap(a.1).await;
        }
        total
    }
}
pub type Fun = impl Future<Output = u32>;
#[define_opaque(Fun)] pub fn fun() -> Fun { nap(3) }
pub type AsyncNested = impl Future<Output = u32>;
#[define_opaque(AsyncNested)] pub fn async_nested() -> AsyncNested {
    async { let a = async_one(3).await; let b = async_many(true, Vec::new()).await; a + b as u32 }
}
pub type Co = impl std::ops::Coroutine<u8, Yield = u32, Return = String>;
#[define_opaque(Co)] pub fn co() -> Co {
    #[coroutine] |mut x: u8| { let s = String::new(); while x > 2 { let y = [x; 5]; x = yield y[2] as u32; } s }
}
pub type CoMovable = impl std::ops::Coroutine<(), Yield = (), Return = ()>;
#[define_opaque(CoMovable)] pub fn co_static() -> CoMovable {
    #[coroutine] static || { let a = [0u8; 3]; let r = &a; yield; let _ = r[0]; }
}
pub type Gen = impl Iterator<Item = u8>;
#[define_opaque(Gen)] pub fn generator() -> Gen { gen { let mut i = 0; while i < 5u8 { yield i; i += 1; } } }
pub type AsyncClosure = impl std::ops::AsyncFn(u8) -> u32;
#[define_opaque(AsyncClosure)] pub fn async_closure() -> AsyncClosure {
    let (a, b) = (String::new(), 5u8);
    async move |x: u8| { nap(x as u32).await + a.len() as u32 + b as u32 }
}
