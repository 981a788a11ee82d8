//! Goals as a type checker asks them: written in snippets, answered from the metadata that rustc makes of these.

mod common;

use common::goals;
use expect_test::{Expect, expect};

#[track_caller]
fn check(source: &str, expected: Expect) {
    expected.assert_eq(&goals(source));
}

#[test]
fn impls_of_types_without_variables() {
    check(
        "
        pub fn hold() where Vec<u8>: Clone, Option<Vec<String>>: PartialEq, [u8; 3]: Default, (i32, &'static str): Ord {}
        pub fn fail() where fn(u8): Default, std::rc::Rc<u8>: Send, str: Sized, Vec<std::cell::Cell<u8>>: Sync {}
        ",
        expect![[""]],
    );
}

#[test]
fn variables_follow_from_impls() {
    check(
        "
        pub trait Pick<T> { type Out; }
        impl Pick<u8> for i32 { type Out = bool; }
        impl Pick<Vec<char>> for str { type Out = String; }
        impl<T> Pick<T> for [T] { type Out = Option<T>; }
        pub fn one_impl<X, Y>() where i32: Pick<X, Out = Y> {}
        pub fn nested<X, Y>() where str: Pick<Vec<X>, Out = Y> {}
        pub fn generic<X>() where [X]: Pick<u16> {}
        pub fn unknown_self<X>() where X: Pick<u8> {}
        ",
        expect![[""]],
    );
}

#[test]
fn projections() {
    check(
        "
        pub fn items<X, Y, Z>()
        where
            Vec<u8>: IntoIterator<Item = X>,
            std::iter::Map<std::vec::IntoIter<u8>, fn(u8) -> String>: Iterator<Item = Y>,
            Z: std::iter::FromIterator<u8>,
        {}
        pub fn chain<X, Y>() where std::iter::Zip<std::slice::Iter<'static, u8>, std::ops::Range<X>>: Iterator<Item = Y>,
            std::ops::Range<X>: Iterator<Item = u32> {}
        ",
        expect![[""]],
    );
}

#[test]
fn assumptions_of_an_impl() {
    check(
        "
        pub trait Shape { type Side: Copy + Into<u64>; }
        pub struct Env<T, I>(T, I);
        impl<T: Clone + Shape, I: Iterator<Item = T>> Env<T, I> {
            pub fn hold<X, Y>() where Vec<T>: Clone, T::Side: Copy, T::Side: Into<u64>, I: Iterator<Item = X>,
                std::iter::Peekable<I>: Iterator<Item = Y> {}
            pub fn fail() where T: Copy, I: Clone, T::Side: Ord {}
        }
        ",
        expect![[""]],
    );
}

#[test]
fn higher_ranked() {
    check(
        "
        pub trait Of<'a> {}
        pub struct All; impl<'a> Of<'a> for All {}
        pub struct One; impl Of<'static> for One {}
        pub fn hold<X>() where for<'a> All: Of<'a>, for<'a> fn(&'a u8) -> &'a u8: Fn(&'a u8) -> &'a u8,
            for<'a> fn(&'a str): Fn(&'a str) -> X {}
        pub fn fail() where for<'a> One: Of<'a> {}
        ",
        expect![[""]],
    );
}

#[test]
fn callables() {
    check(
        "
        pub fn pointer<X>() where fn(u8, i32) -> String: Fn(u8, i32) -> X {}
        pub fn wrong_arity() where fn(u8) -> String: Fn(u8, i32) -> String {}
        pub fn unsafe_one() where unsafe fn(): Fn() {}
        pub fn boxed<X>() where Box<dyn Fn(u8) -> i64>: FnMut(u8) -> X {}
        pub fn arguments<X, Y>() where fn(u8, char): FnOnce<X, Output = Y> {}
        ",
        expect![[""]],
    );
}

#[test]
fn dereferencing_and_unsizing() {
    check(
        "
        use std::ops::{CoerceUnsized, Deref};
        use std::marker::Unsize;
        use std::rc::Rc;
        pub fn targets<X, Y, Z>() where Box<u8>: Deref<Target = X>, Rc<str>: Deref<Target = Y>, Vec<i8>: Deref<Target = Z> {}
        pub fn no_target<X>() where u8: Deref<Target = X> {}
        pub fn arrays<X>() where [u8; 4]: Unsize<[X]> {}
        pub fn objects() where u8: Unsize<dyn Send>, u8: Unsize<dyn std::fmt::Display>, String: Unsize<dyn Iterator<Item = u8>> {}
        pub fn upcast() where dyn Send + Sync: Unsize<dyn Send>, dyn DoubleEndedIterator<Item = u8>: Unsize<dyn Iterator<Item = u8>> {}
        pub fn coerce() where Box<[u8; 2]>: CoerceUnsized<Box<[u8]>>, Rc<String>: CoerceUnsized<Rc<dyn std::fmt::Debug>>,
            &'static u8: CoerceUnsized<&'static dyn Send>, Box<u8>: CoerceUnsized<Rc<u8>> {}
        ",
        expect![[""]],
    );
}

#[test]
fn builtin_and_auto_traits() {
    check(
        "
        pub struct Plain(u8, String); pub struct Raw(*const u8); pub struct Both<T>(T, std::cell::Cell<u8>);
        pub fn auto() where Plain: Send, Plain: Sync, Raw: Send, Both<u8>: Send, Both<u8>: Sync, Both<Raw>: Send {}
        pub fn sized<X>() where [u8]: Sized, (u8, str): Sized, [X; 2]: Sized, dyn Send: Sized {}
        pub fn copies() where (u8, [char; 4], fn()): Copy, (u8, String): Copy, &'static String: Copy, &'static mut u8: Copy {}
        pub fn kinds<X>() where Option<u8>: std::marker::Unpin, fn(): std::marker::Unpin, std::marker::PhantomPinned: Unpin {}
        ",
        expect![[""]],
    );
}

#[test]
fn what_is_ambiguous_stays_so() {
    check(
        "
        pub fn several<X>() where X: From<u8>, String: From<X> {}
        pub fn later<X, Y>() where Vec<X>: IntoIterator<Item = Y>, Y: Iterator<Item = u8>, X: PartialEq<std::vec::IntoIter<u8>> {}
        ",
        expect![[""]],
    );
}

#[test]
fn opaque_types_and_coroutines() {
    check(
        "
        use std::future::Future;
        pub type Numbers = impl Iterator<Item = u8> + Clone;
        #[define_opaque(Numbers)] pub fn numbers() -> Numbers { 0..3u8 }
        pub type Plain = impl Future<Output = usize>;
        #[define_opaque(Plain)] pub fn plain() -> Plain { async { let x = vec![1]; std::future::ready(()).await; x.len() } }
        pub type Counted = impl Future<Output = usize>;
        #[define_opaque(Counted)] pub fn counted() -> Counted
            { async { let x = std::rc::Rc::new(1); std::future::ready(()).await; *x } }
        pub type Adds = impl Fn(u8) -> u16;
        #[define_opaque(Adds)] pub fn adds(n: String) -> Adds { move |x| x as u16 + n.len() as u16 }
        pub fn bounds<X>() where Numbers: Iterator<Item = X>, Numbers: Clone, Numbers: Send, Numbers: ExactSizeIterator {}
        pub fn revealed_bounds() where Numbers: ExactSizeIterator, Numbers: Copy {}
        pub fn leaks<X>() where Plain: Send, Counted: Send, Plain: Future<Output = X>, Plain: Unpin {}
        pub fn revealed_closure<X>() where Adds: FnOnce(u8) -> X, Adds: Send, Adds: Clone, Adds: Copy {}
        ",
        expect![[""]],
    );
}
