// Things with unusual names. `print` shows the type ids and names of the types that it calls `row` and `row_of` with.
#![feature(adt_const_params, unsized_const_params, type_alias_impl_trait, f16, f128, never_type)]
#![feature(generic_const_items, inherent_associated_types, trait_alias, auto_traits, negative_impls, extern_types)]
#![feature(coroutines, coroutine_trait, stmt_expr_attributes, gen_blocks, closure_lifetime_binder)]
#![allow(incomplete_features, internal_features, nonstandard_style)]

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::fmt::{Debug, Display};
use std::marker::{ConstParamTy, PhantomData};
use std::rc::Rc;

pub fn row<T: ?Sized + 'static>() {
    // SAFETY: a `TypeId` is 16 bytes.
    let id: u128 = unsafe { std::mem::transmute(TypeId::of::<T>()) };
    println!("{id:032x} {}", type_name::<T>());
}
pub fn row_of<T: 'static>(_: &T) {
    row::<T>();
}

pub mod outer {
    pub mod größe {
        pub struct Straße<T>(pub T);
        impl<T> Straße<T> {
            pub fn länge(&self) -> usize { 5 }
        }
    }
    pub mod r#mod { pub struct r#fn; pub fn r#match() -> impl Sized { r#fn } }
    #[derive(Clone, Debug, PartialEq)]
    pub struct Inner { pub(crate) a: u8, pub(super) b: u8, c: u8 }
    pub fn inner() -> Inner { Inner { a: 1, b: 2, c: 3 } }
    #[non_exhaustive] pub enum Open { A, #[non_exhaustive] B { x: u8 } }
    #[non_exhaustive] pub struct OpenStruct { pub x: u8 }
    pub union Un { pub a: u8, b: u32 }
    #[repr(C, align(8))] pub struct Repr(u8);
    #[repr(i8)] pub enum Discr { A = -1, B = { 3 + 4 } }
    #[repr(packed(2))] pub struct Packed(u32);
    #[repr(transparent)] pub struct Wrap<T: ?Sized>(T);
}
use outer::größe::Straße;
use outer::*;

#[derive(PartialEq, Eq, ConstParamTy)] pub enum Color { Red, Green(u8, bool), Blue { level: i16, on: bool } }
#[derive(PartialEq, Eq, ConstParamTy)] pub struct Point { x: u8, y: (i32, char) }
#[derive(PartialEq, Eq, ConstParamTy)] pub struct Nothing;
pub struct Const<const N: usize>;
pub struct I8<const N: i8>;
pub struct I128<const N: i128>;
pub struct U128<const N: u128>;
pub struct Bool<const B: bool>;
pub struct Char<const C: char>;
pub struct Str<const S: &'static str>;
pub struct Bytes<const S: &'static [u8]>;
pub struct Array<const A: [u8; 3]>;
pub struct Array16<const A: [u16; 2]>;
pub struct Tuple<const T: (u8, i8)>;
pub struct OfColor<const C: Color>;
pub struct OfPoint<const P: Point>;
pub struct OfNothing<const P: Nothing>;
pub struct OfRef<const P: &'static Point>;
pub struct Defaults<T, U = Vec<T>, const N: usize = 4>(PhantomData<(T, U)>);
pub struct Lifetimes<'a, 'b, T: 'a + 'b>(&'a T, &'b T);

pub trait Tr { type Out; fn method(&self) -> u8 { 1 } fn generic<T>(&self, _: T) where Self: Sized {} }
pub trait Gat { type G<'a, T> where Self: 'a; }
pub trait Super: Iterator<Item = u8> + Tr { }
pub trait HigherRanked<'a, T> { fn go(&self, x: &'a T) -> &'a T; }
pub auto trait Marker {}
impl Tr for u8 { type Out = u16; fn method(&self) -> u8 { fn nested() -> u8 { 7 } nested() } }
impl<T> Tr for Vec<T> { type Out = T; fn method(&self) -> u8 { fn nested<U>(_: U) -> u8 { 8 } nested(3u16) + (|x: u8| x + 1)(2) } }
impl<T: Tr> Tr for Straße<T> { type Out = <T as Tr>::Out; }
impl Tr for [u8; 4] { type Out = (); }
impl Tr for dyn HigherRanked<'static, u8> { type Out = (); }
impl<'a> Tr for &'a str { type Out = &'a u8; }
impl Tr for fn(u8) -> u8 { type Out = (); }
impl<const N: usize> Tr for Const<N> { type Out = [u8; N]; }
mod elsewhere {
    impl super::outer::Inner { pub fn far(&self) -> u8 { struct Local; super::row::<Local>(); 1 } }
    impl super::Tr for super::outer::Inner { type Out = u8; fn method(&self) -> u8 { struct InMethod<T>(T); super::row::<InMethod<u8>>(); 1 } }
    impl<T> super::Tr for Box<T> { type Out = T; fn method(&self) -> u8 { enum E {} super::row::<E>(); let c = || (); super::row_of(&c); 9 } }
}
impl Straße<u8> { pub const C: u8 = { const fn in_const() -> u8 { 4 } in_const() }; pub fn in_impl() { struct Here; row::<Here>(); } }
impl Straße<u16> { pub fn in_impl() { struct Here; row::<Here>(); } }
impl<T: 'static> Straße<[T; 2]> { pub fn deep() { struct D<U>(U); row::<D<u8>>(); let c = |_: T| (); row_of(&c); } }
#[unsafe(no_mangle)] pub fn plain_name() -> u8 { 1 }
#[unsafe(export_name = "other.name")] pub extern "C" fn exported() {}
unsafe extern "C" { fn strlen(s: *const u8) -> usize; #[link_name = "strnlen"] fn renamed(s: *const u8, n: usize) -> usize; }
pub static STATIC: u8 = 3;
pub static mut TABLE: [fn(u8) -> u8; 1] = [table_entry];
fn table_entry(x: u8) -> u8 { x }
thread_local! { pub static LOCAL: std::cell::RefCell<u8> = const { std::cell::RefCell::new(1) }; }
pub fn hrtb(f: for<'a, 'b> fn(&'b u8, &'a str) -> &'a str) -> fn() { let _ = f; || () }
pub fn generic<T: Debug, const N: usize>(x: T) -> [u8; N] { let _ = format!("{x:?}"); [0; N] }
pub fn opaque() -> impl Fn(u8) -> u8 + Clone { |x| x + 1 }
pub async fn sleep(x: u8) -> u8 { x }
pub fn recursive<T: Clone + Debug>(x: T, n: u8) { if n > 0 { recursive(x.clone(), n - 1); } else { println!("{x:?}") } }
#[track_caller] pub fn tracked(x: u8) -> u8 { x + 1 }
macro_rules! made { ($name:ident) => { pub fn $name() -> u8 { struct Hidden; row::<Hidden>(); 3 } } }
made!(by_macro);

pub fn print() {
    row::<u8>(); row::<i128>(); row::<f16>(); row::<f128>(); row::<!>(); row::<()>(); row::<(u8,)>(); row::<(u8, (bool, char))>();
    row::<str>(); row::<[u8]>(); row::<[u8; 3]>(); row::<[[u16; 2]; 0]>(); row::<*const u8>(); row::<*mut str>();
    row::<&'static u8>(); row::<&'static mut [u8]>(); row::<String>(); row::<Vec<String>>(); row::<HashMap<u8, Vec<u8>>>();
    row::<Option<Result<u8, Box<dyn std::error::Error + Send + Sync>>>>(); row::<std::borrow::Cow<'static, str>>();
    row::<fn()>(); row::<fn(u8) -> u8>(); row::<unsafe fn()>(); row::<extern "C" fn(u8)>(); row::<unsafe extern "C" fn(u8, ...)>();
    row::<extern "system" fn()>(); row::<extern "C-unwind" fn()>(); row::<for<'a> fn(&'a u8) -> &'a u8>();
    row::<for<'a, 'b> fn(&'a u8, &'b u8)>(); row::<for<'a, 'b> fn(&'b u8, &'a u8)>(); row::<for<'a> fn(for<'b> fn(&'a u8, &'b u8))>();
    row::<for<'a, 'b> fn(for<'c> fn(&'b u8, &'c u8, &'a u8)) -> &'a u8>(); row::<fn(&'static str)>(); row::<for<'a> fn(&'static str)>();
    row::<dyn Any>(); row::<dyn Any + Send>(); row::<dyn Send + Any + Sync + Unpin>(); row::<dyn Send>(); row::<dyn Marker + Sync>();
    row::<dyn Fn()>(); row::<dyn Fn(u8) -> u8>(); row::<dyn FnMut(&u8, &str) -> bool + Send>(); row::<dyn for<'a> FnOnce(&'a u8) -> &'a u8>();
    row::<dyn Iterator<Item = u8>>(); row::<dyn Iterator<Item = dyn Fn() -> u8>>(); row::<dyn Tr<Out = u8>>(); row::<dyn Super<Out = u8>>();
    row::<dyn for<'a> HigherRanked<'a, u8>>(); row::<dyn HigherRanked<'static, u8>>(); row::<Box<dyn Display>>(); row::<Rc<dyn Debug>>();
    row::<dyn std::future::Future<Output = ()>>(); row::<dyn std::ops::Deref<Target = str>>(); row::<dyn PartialEq<u8>>(); row::<dyn PartialOrd<u16>>();
    row::<dyn std::ops::Add<u8, Output = u16>>(); row::<dyn DoubleEndedIterator<Item = u8>>(); row::<dyn ExactSizeIterator<Item = &'static u8>>();
    row::<Straße<u8>>(); row::<Straße<Straße<Inner>>>(); row::<r#mod::r#fn>(); row_of(&r#mod::r#match());
    row::<Inner>(); row::<Open>(); row::<OpenStruct>(); row::<Un>(); row::<Repr>(); row::<Discr>(); row::<Packed>(); row::<Wrap<str>>();
    row::<Const<0>>(); row::<Const<5>>(); row::<Const<{ 3 * 7 }>>(); row::<Const<{ usize::MAX }>>(); row::<I8<-128>>(); row::<I8<-1>>(); row::<I8<127>>();
    row::<I128<{ i128::MIN }>>(); row::<I128<-5>>(); row::<U128<{ u128::MAX }>>(); row::<U128<{ 1 << 70 }>>(); row::<Bool<true>>(); row::<Bool<false>>();
    row::<Char<'x'>>(); row::<Char<'ß'>>(); row::<Char<'\n'>>(); row::<Str<"">>(); row::<Str<"a \"b\" ß\n">>(); row::<Bytes<b"ab\xff">>();
    row::<Array<{ [1, 2, 3] }>>(); row::<Array16<{ [1, 65535] }>>(); row::<Tuple<{ (1, -1) }>>(); row::<OfColor<{ Color::Red }>>();
    row::<OfColor<{ Color::Green(3, true) }>>(); row::<OfColor<{ Color::Blue { level: -3, on: false } }>>(); row::<OfPoint<{ Point { x: 1, y: (-2, 'c') } }>>();
    row::<OfNothing<{ Nothing }>>(); row::<OfRef<{ &Point { x: 9, y: (0, ' ') } }>>();
    row::<Defaults<u8>>(); row::<Defaults<u8, u16>>(); row::<Defaults<u8, Vec<u8>, 5>>(); row::<Defaults<Vec<u8>, Vec<Vec<u8>>, 4>>();
    row::<Lifetimes<'static, 'static, u8>>(); row::<PhantomData<for<'a> fn(Lifetimes<'a, 'a, u8>)>>(); row::<<Vec<u8> as Tr>::Out>();
    row::<std::sync::Mutex<u8>>(); row::<std::io::Error>(); row::<std::pin::Pin<Box<u8>>>(); row::<std::mem::ManuallyDrop<u8>>();
    row::<std::cell::UnsafeCell<u8>>(); row::<std::num::NonZero<u8>>(); row::<std::marker::PhantomPinned>(); row::<std::panic::Location<'static>>();
    row::<std::ops::ControlFlow<u8>>(); row::<std::sync::atomic::Ordering>(); row::<std::time::Duration>(); row::<std::thread::JoinHandle<u8>>();
    row::<std::ptr::NonNull<dyn Any>>(); row::<std::task::Poll<()>>(); row::<std::collections::hash_map::Iter<'static, u8, u8>>();
    row::<std::iter::Map<std::slice::Iter<'static, u8>, fn(&u8) -> u8>>(); row::<core::arch::x86_64::__m128i>(); row::<std::convert::Infallible>();
    row_of(&print); row_of(&generic::<u8, 3>); row_of(&hrtb); row_of(&<u8 as Tr>::method); row_of(&<Vec<u16> as Tr>::generic::<char>);
    row_of(&Straße::<u8>::länge); row_of(&Some::<u8>); row_of(&Color::Green); row_of(&str::len); row_of(&Vec::<u8>::push); row_of(&exported);
    row_of(&<[u8]>::len); row_of(&<dyn Any>::is::<u8>); row_of(&u8::from_str_radix); row_of(&<&str as Into<String>>::into); row_of(&<u8 as Clone>::clone);
    let closure = |x: u8| x + 1; row_of(&closure);
    let captured = String::new(); let closure = move |x: &u8| captured.len() + *x as usize; row_of(&closure);
    let nested = || || 3; row_of(&nested); row_of(&nested()); row_of(&opaque()); row_of(&sleep(1)); row_of(&async { 3u8 }); row_of(&sleep);
    let async_closure = async |x: u8| sleep(x).await; row_of(&async_closure); row_of(&async_closure(3)); row_of(&gen { yield 3u8; });
    row_of(&(#[coroutine] |_: u8| { yield 2u8; })); row_of(&std::iter::repeat(1u8).map(|x| x + 1));
    const { row_const::<u8>() };
    struct Local<T>(T); row::<Local<u8>>(); { struct Local; row::<Local>(); } { struct Local; row::<Local>(); }
    inner().far(); inner().method(); Box::new(1u8).method(); Box::new("").method();
    Straße::<u8>::in_impl(); Straße::<u16>::in_impl(); Straße::<[u8; 2]>::deep(); by_macro(); vec![1u8].method(); 3u8.method();
    recursive("a", 2); recursive((1u8, [2u16; 2]), 1); let _ = generic::<Straße2, 7>(Straße2); Const::<3>.method(); tracked(1);
    let pointer: fn(u8) -> u8 = tracked; pointer(2); let pointer: fn(u8) -> u8 = closure_pointer(); pointer(3);
    let object: Box<dyn Display> = Box::new(String::from("x")); drop(object); let object: &dyn Any = &3u8; object.is::<u8>();
    let boxed: Box<dyn FnOnce(u8) -> String> = Box::new(|x| format!("{x}")); boxed(3);
    LOCAL.with(|local| *local.borrow_mut() += 1); let _ = STATIC; unsafe { strlen(c"ab".as_ptr().cast()); renamed(c"ab".as_ptr().cast(), 1); }
    let (a, b): (Vec<u8>, Vec<u8>) = vec![3u8, 1, 2].into_iter().partition(|x| *x > 1); let mut all = [a, b].concat(); all.sort(); drop(all);
    let _: HashMap<String, Vec<u8>> = [("a".to_string(), vec![1])].into_iter().collect(); plain_name(); "ß".clone().method();
}
#[derive(Debug)] pub struct Straße2;
const fn row_const<T>() {}
fn closure_pointer() -> fn(u8) -> u8 { |x| x * 2 }
