//! What calls and drops mean.

mod common;

use common::with_program;
use expect_test::{Expect, expect};

fn check(source: &str, expected: Expect) {
    with_program(source, |program| expected.assert_eq(&program.calls("snippet::go")));
}

#[test]
fn methods_and_defaults() {
    check(
        r#"
        #![feature(fn_traits)]
        pub trait Greet { fn name(&self) -> String; fn greet(&self) -> String { self.name() } }
        pub struct A<T>(T);
        impl<T: ToString> Greet for A<T> { fn name(&self) -> String { self.0.to_string() } }
        impl<T: Greet + ?Sized> Greet for &T { fn name(&self) -> String { (**self).name() } }
        impl Greet for [u8] { fn name(&self) -> String { String::new() } fn greet(&self) -> String { String::new() } }
        pub fn go(a: A<u8>, o: &dyn Greet, f: fn(u8) -> u8, b: Box<dyn Fn(u8) -> u8>) {
            a.name();
            a.greet();
            (&&a).greet();
            o.greet();
            [1u8][..].greet();
            let g = |x: u8| x + f(x);
            std::convert::identity(g)(1);
            b(2);
            FnOnce::call_once(g, (1,));
            FnMut::call_mut(&mut { g }, (1,));
            FnOnce::call_once(f, (1,));
            Fn::call(&u8::clone, (&1,));
            std::mem::size_of::<u8>();
            (1u8, String::new()).clone();
            g.clone();
        }
        "#,
        expect![[r#"
            <A<u8> as Greet>::name (line 5)
            core::ptr::drop_in_place::<alloc::string::String> - drop glue
            <A<u8> as Greet>::greet (line 3)
            core::ptr::drop_in_place::<alloc::string::String> - drop glue
            <&A<u8> as Greet>::greet (line 3)
            core::ptr::drop_in_place::<alloc::string::String> - drop glue
            <dyn Greet as Greet>::greet - through a vtable (line 3)
            core::ptr::drop_in_place::<alloc::string::String> - drop glue
            <[u8; 1] as core::ops::index::Index<core::ops::range::RangeFull>>::index
            <[u8] as Greet>::greet (line 7)
            core::ptr::drop_in_place::<alloc::string::String> - drop glue
            core::convert::identity::<{go::{closure#0}}>
            go::{closure#0} (line 14)
            <alloc::boxed::Box<dyn core::ops::function::Fn<(u8,), Output = u8>, alloc::alloc::Global> as core::ops::function::Fn<(u8,)>>::call
            <{go::{closure#0}} as core::ops::function::FnOnce<(u8,)>>::call_once - shim for closures
            go::{closure#0} (line 14)
            <fn(u8) -> u8 as core::ops::function::FnOnce<(u8,)>>::call_once - shim for fn pointers
            <fn item {<u8 as core::clone::Clone>::clone} as core::ops::function::Fn<(&u8,)>>::call - shim for fn pointers
            core::mem::size_of::<u8>
            alloc::string::String::new
            <(u8, alloc::string::String) as core::clone::Clone>::clone - shim for clone
            core::ptr::drop_in_place::<(u8, alloc::string::String)> - drop glue
            core::ptr::drop_in_place::<(u8, alloc::string::String)> - drop glue
            <{go::{closure#0}} as core::clone::Clone>::clone - shim for clone
            core::ptr::drop_in_place::<alloc::boxed::Box<dyn core::ops::function::Fn<(u8,), Output = u8>, alloc::alloc::Global>> - drop glue
            core::ptr::drop_in_place::<(u8, alloc::string::String)> - drop glue
            core::ptr::drop_in_place::<alloc::boxed::Box<dyn core::ops::function::Fn<(u8,), Output = u8>, alloc::alloc::Global>> - drop glue
        "#]],
    );
}

#[test]
fn drops() {
    check(
        r#"
        pub struct D(u8);
        impl Drop for D { fn drop(&mut self) {} }
        pub enum E<T> { A(T), B(std::mem::ManuallyDrop<D>), C }
        pub fn go(a: D, b: Vec<u8>, c: Box<dyn Fn()>, d: E<u8>, e: E<D>, f: [D; 0], g: [D; 2], h: std::mem::ManuallyDrop<D>,
            i: std::mem::MaybeUninit<D>, j: (u8, Option<std::rc::Rc<[D]>>), k: impl_::F) {}
        mod impl_ { pub type F = fn() -> super::D; }
        "#,
        expect![[r#"
            core::ptr::drop_in_place::<(u8, core::option::Option<alloc::rc::Rc<[D], alloc::alloc::Global>>)> - drop glue
            core::ptr::drop_in_place::<[D; 2]> - drop glue
            core::ptr::drop_in_place::<E<D>> - drop glue
            core::ptr::drop_in_place::<alloc::boxed::Box<dyn core::ops::function::Fn<(), Output = ()>, alloc::alloc::Global>> - drop glue
            core::ptr::drop_in_place::<alloc::vec::Vec<u8, alloc::alloc::Global>> - drop glue
            core::ptr::drop_in_place::<D> - drop glue
            core::ptr::drop_in_place::<[D; 2]> - drop glue
            core::ptr::drop_in_place::<E<D>> - drop glue
            core::ptr::drop_in_place::<alloc::boxed::Box<dyn core::ops::function::Fn<(), Output = ()>, alloc::alloc::Global>> - drop glue
            core::ptr::drop_in_place::<alloc::vec::Vec<u8, alloc::alloc::Global>> - drop glue
            core::ptr::drop_in_place::<D> - drop glue
        "#]],
    );
}

#[test]
fn specialised() {
    check(
        r#"
        #![feature(specialization, trait_alias)]
        pub trait Exact = Fine + Eq where Self: Ord;
        impl<T: Copy + Exact> Which for [T; 1] { default fn which(&self) -> u8 { 4 } }
        impl<T: Copy> Which for [T; 1] { default fn which(&self) -> u8 { 4 } }
        pub trait Which { fn which(&self) -> u8; fn other(&self) {} }
        impl<T> Which for T { default fn which(&self) -> u8 { 0 } default fn other(&self) {} }
        impl<T: Copy> Which for T { default fn which(&self) -> u8 { 1 } }
        impl<T: Copy + Fine> Which for T { default fn which(&self) -> u8 { 2 } }
        impl Which for u8 { fn which(&self) -> u8 { 3 } }
        pub trait Fine: Copy {}
        impl Fine for u8 {}
        impl<T: Fine> Fine for [T; 2] {}
        pub fn go() {
            String::new().which();
            1u16.which();
            [1u8, 2].which();
            [1u8, 2].other();
            1u8.which();
            [1u16, 2].which();
            [1u8, 2, 3].which();
            [1u8].which();
            [1u16].which();
        }
        "#,
        expect![[r#"
            alloc::string::String::new
            <alloc::string::String as Which>::which (line 7)
            core::ptr::drop_in_place::<alloc::string::String> - drop glue
            <u16 as Which>::which (line 8)
            <[u8; 2] as Which>::which (line 9)
            <[u8; 2] as Which>::other (line 7)
            <u8 as Which>::which (line 10)
            <[u16; 2] as Which>::which (line 8)
            <[u8; 3] as Which>::which (line 8)
            <[u8; 1] as Which>::which (line 4)
            <[u16; 1] as Which>::which (line 5)
            core::ptr::drop_in_place::<alloc::string::String> - drop glue
        "#]],
    );
}
