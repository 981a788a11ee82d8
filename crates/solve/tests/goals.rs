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
        expect![[r#"
            hold:
                alloc::vec::Vec<u8, alloc::alloc::Global>: core::clone::Clone -- yes
                core::option::Option<alloc::vec::Vec<alloc::string::String, alloc::alloc::Global>>: core::cmp::PartialEq<core::option::Option<alloc::vec::Vec<alloc::string::String, alloc::alloc::Global>>> -- yes
                [u8; 3]: core::default::Default -- yes
                (i32, &'static str): core::cmp::Ord -- yes
            fail:
                fn(u8): core::default::Default -- no
                alloc::rc::Rc<u8, alloc::alloc::Global>: core::marker::Send -- no
                str: core::marker::Sized -- no
                alloc::vec::Vec<core::cell::Cell<u8>, alloc::alloc::Global>: core::marker::Sync -- no
        "#]],
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
        expect![[r#"
            one_impl:
                i32: Pick<u8> -- yes
                <i32>::Pick::Out<u8> == bool -- yes
                X = u8
                Y = bool
            nested:
                str: Pick<alloc::vec::Vec<char, alloc::alloc::Global>> -- yes
                <str>::Pick::Out<alloc::vec::Vec<char, alloc::alloc::Global>> == alloc::string::String -- yes
                X = char
                Y = alloc::string::String
            generic:
                [u16]: Pick<u16> -- yes
                X = u16
            unknown_self:
                ?1: Pick<u8> -- maybe
        "#]],
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
        expect![[r#"
            items:
                alloc::vec::Vec<u8, alloc::alloc::Global>: core::iter::traits::collect::IntoIterator -- yes
                <alloc::vec::Vec<u8, alloc::alloc::Global>>::core::iter::traits::collect::IntoIterator::Item == u8 -- yes
                core::iter::adapters::map::Map<alloc::vec::into_iter::IntoIter<u8, alloc::alloc::Global>, fn(u8) -> alloc::string::String>: core::iter::traits::iterator::Iterator -- yes
                <core::iter::adapters::map::Map<alloc::vec::into_iter::IntoIter<u8, alloc::alloc::Global>, fn(u8) -> alloc::string::String>>::core::iter::traits::iterator::Iterator::Item == alloc::string::String -- yes
                ?3: core::iter::traits::collect::FromIterator<u8> -- maybe
                X = u8
                Y = alloc::string::String
            chain:
                core::iter::adapters::zip::Zip<core::slice::iter::Iter<'static, u8>, core::ops::range::Range<u32>>: core::iter::traits::iterator::Iterator -- yes
                <core::iter::adapters::zip::Zip<core::slice::iter::Iter<'static, u8>, core::ops::range::Range<u32>>>::core::iter::traits::iterator::Iterator::Item == (&'static u8, u32) -- yes
                core::ops::range::Range<u32>: core::iter::traits::iterator::Iterator -- yes
                <core::ops::range::Range<u32>>::core::iter::traits::iterator::Iterator::Item == u32 -- yes
                X = u32
                Y = (&'static u8, u32)
        "#]],
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
        expect![[r#"
            hold:
                alloc::vec::Vec<T, alloc::alloc::Global>: core::clone::Clone -- yes
                <T as Shape>::Side: core::marker::Copy -- yes
                <T as Shape>::Side: core::convert::Into<u64> -- yes
                I: core::iter::traits::iterator::Iterator -- yes
                <I>::core::iter::traits::iterator::Iterator::Item == T -- yes
                core::iter::adapters::peekable::Peekable<I>: core::iter::traits::iterator::Iterator -- yes
                <core::iter::adapters::peekable::Peekable<I>>::core::iter::traits::iterator::Iterator::Item == T -- yes
                X = T
                Y = T
            fail:
                T: core::marker::Copy -- no
                I: core::clone::Clone -- no
                <T as Shape>::Side: core::cmp::Ord -- no
        "#]],
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
        expect![[r#"
            hold:
                All: Of -- yes
                fn(&u8) -> &u8: core::ops::function::Fn<(&u8,)> -- yes
                <fn(&u8) -> &u8>::core::ops::function::FnOnce::Output<(&u8,)> == &u8 -- yes
                fn(&str): core::ops::function::Fn<(&str,)> -- yes
                <fn(&str)>::core::ops::function::FnOnce::Output<(&str,)> == () -- yes
                X = ()
            fail:
                One: Of -- no
        "#]],
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
        pub fn arguments<X, Y>() where fn(u8, char): FnOnce<X, Output = Y>,
            X: std::marker::Tuple {}
        ",
        expect![[r#"
            pointer:
                fn(u8, i32) -> alloc::string::String: core::ops::function::Fn<(u8, i32)> -- yes
                <fn(u8, i32) -> alloc::string::String>::core::ops::function::FnOnce::Output<(u8, i32)> == alloc::string::String -- yes
                X = alloc::string::String
            wrong_arity:
                fn(u8) -> alloc::string::String: core::ops::function::Fn<(u8, i32)> -- no
                <fn(u8) -> alloc::string::String>::core::ops::function::FnOnce::Output<(u8, i32)> == alloc::string::String -- no
            unsafe_one:
                unsafe fn(): core::ops::function::Fn<()> -- no
                <unsafe fn()>::core::ops::function::FnOnce::Output<()> == () -- no
            boxed:
                alloc::boxed::Box<dyn core::ops::function::Fn<(u8,), Output = i64>, alloc::alloc::Global>: core::ops::function::FnMut<(u8,)> -- yes
                <alloc::boxed::Box<dyn core::ops::function::Fn<(u8,), Output = i64>, alloc::alloc::Global>>::core::ops::function::FnOnce::Output<(u8,)> == i64 -- yes
                X = i64
            arguments:
                fn(u8, char): core::ops::function::FnOnce<(u8, char)> -- yes
                <fn(u8, char)>::core::ops::function::FnOnce::Output<(u8, char)> == () -- yes
                (u8, char): core::marker::Tuple -- yes
                X = (u8, char)
                Y = ()
        "#]],
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
        expect![[r#"
            targets:
                alloc::boxed::Box<u8, alloc::alloc::Global>: core::ops::deref::Deref -- yes
                <alloc::boxed::Box<u8, alloc::alloc::Global>>::core::ops::deref::Deref::Target == u8 -- yes
                alloc::rc::Rc<str, alloc::alloc::Global>: core::ops::deref::Deref -- yes
                <alloc::rc::Rc<str, alloc::alloc::Global>>::core::ops::deref::Deref::Target == str -- yes
                alloc::vec::Vec<i8, alloc::alloc::Global>: core::ops::deref::Deref -- yes
                <alloc::vec::Vec<i8, alloc::alloc::Global>>::core::ops::deref::Deref::Target == [i8] -- yes
                X = u8
                Y = str
                Z = [i8]
            no_target:
                u8: core::ops::deref::Deref -- no
                <u8>::core::ops::deref::Deref::Target == ?0 -- no
            arrays:
                [u8; 4]: core::marker::Unsize<[u8]> -- yes
                X = u8
            objects:
                u8: core::marker::Unsize<dyn core::marker::Send> -- yes
                u8: core::marker::Unsize<dyn core::fmt::Display> -- yes
                alloc::string::String: core::marker::Unsize<dyn core::iter::traits::iterator::Iterator<Item = u8>> -- no
            upcast:
                dyn core::marker::Sync + core::marker::Send: core::marker::Unsize<dyn core::marker::Send> -- yes
                dyn core::iter::traits::double_ended::DoubleEndedIterator<Item = u8>: core::marker::Unsize<dyn core::iter::traits::iterator::Iterator<Item = u8>> -- yes
            coerce:
                alloc::boxed::Box<[u8; 2], alloc::alloc::Global>: core::ops::unsize::CoerceUnsized<alloc::boxed::Box<[u8], alloc::alloc::Global>> -- yes
                alloc::rc::Rc<alloc::string::String, alloc::alloc::Global>: core::ops::unsize::CoerceUnsized<alloc::rc::Rc<dyn core::fmt::Debug, alloc::alloc::Global>> -- yes
                &'static u8: core::ops::unsize::CoerceUnsized<&'static dyn core::marker::Send> -- yes
                alloc::boxed::Box<u8, alloc::alloc::Global>: core::ops::unsize::CoerceUnsized<alloc::rc::Rc<u8, alloc::alloc::Global>> -- no
        "#]],
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
        expect![[r#"
            auto:
                Plain: core::marker::Send -- yes
                Plain: core::marker::Sync -- yes
                Raw: core::marker::Send -- no
                Both<u8>: core::marker::Send -- yes
                Both<u8>: core::marker::Sync -- no
                Both<Raw>: core::marker::Send -- no
            sized:
                [u8]: core::marker::Sized -- no
                (u8, str): core::marker::Sized -- no
                [?1; 2]: core::marker::Sized -- yes
                dyn core::marker::Send: core::marker::Sized -- no
            copies:
                (u8, [char; 4], fn()): core::marker::Copy -- yes
                (u8, alloc::string::String): core::marker::Copy -- no
                &'static alloc::string::String: core::marker::Copy -- yes
                &'static mut u8: core::marker::Copy -- no
            kinds:
                core::option::Option<u8>: core::marker::Unpin -- yes
                fn(): core::marker::Unpin -- yes
                core::marker::PhantomPinned: core::marker::Unpin -- no
        "#]],
    );
}

#[test]
fn what_is_ambiguous_stays_so() {
    check(
        "
        pub fn several<X>() where X: From<u8>, String: From<X> {}
        pub fn later<X, Y>() where Vec<X>: IntoIterator<Item = Y>, Y: Iterator<Item = u8>, X: PartialEq<std::vec::IntoIter<u8>> {}
        ",
        expect![[r#"
            several:
                ?1: core::convert::From<u8> -- maybe
                alloc::string::String: core::convert::From<?1> -- maybe
            later:
                alloc::vec::Vec<?2, alloc::alloc::Global>: core::iter::traits::collect::IntoIterator -- maybe
                <alloc::vec::Vec<?2, alloc::alloc::Global>>::core::iter::traits::collect::IntoIterator::Item == ?2 -- maybe
                ?2: core::iter::traits::iterator::Iterator -- maybe
                <?2>::core::iter::traits::iterator::Iterator::Item == u8 -- maybe
                ?2: core::cmp::PartialEq<alloc::vec::into_iter::IntoIter<u8, alloc::alloc::Global>> -- maybe
        "#]],
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
        expect![[r#"
            bounds:
                Numbers: core::iter::traits::iterator::Iterator -- yes
                <Numbers>::core::iter::traits::iterator::Iterator::Item == u8 -- yes
                Numbers: core::clone::Clone -- yes
                Numbers: core::marker::Send -- yes
                Numbers: core::iter::traits::exact_size::ExactSizeIterator -- no
                X = u8
            revealed_bounds:
                Numbers: core::iter::traits::exact_size::ExactSizeIterator -- yes
                Numbers: core::marker::Copy -- no
            leaks:
                Plain: core::marker::Send -- yes
                Counted: core::marker::Send -- no
                Plain: core::future::future::Future -- yes
                <Plain>::core::future::future::Future::Output == usize -- yes
                Plain: core::marker::Unpin -- no
                X = usize
            revealed_closure:
                Adds: core::ops::function::FnOnce<(u8,)> -- yes
                <Adds>::core::ops::function::FnOnce::Output<(u8,)> == u16 -- yes
                Adds: core::marker::Send -- yes
                Adds: core::clone::Clone -- yes
                Adds: core::marker::Copy -- no
                X = u16
            numbers:
            plain:
            counted:
            adds:
        "#]],
    );
}
