//! Normalisation, and facts about types.

mod common;

use common::with_program;
use expect_test::{Expect, expect};
use ty::Definitions;

/// Shows the snippet's type aliases that begin with `T`, normalised, with what is true of them.
fn check(source: &str, expected: Expect) {
    with_program(source, |program| {
        let mut aliases: Vec<_> = program
            .session
            .module_children(ty::CrateNum::LOCAL.root())
            .into_iter()
            .filter(|(name, def_id)| {
                name.as_str().starts_with('T') && program.session.def_kind(*def_id) == ty::DefKind::TyAlias
            })
            .collect();
        aliases.sort_by_key(|alias| alias.0.as_str().to_string());
        let mut text = String::new();
        for (name, def_id) in aliases {
            let ty = program.traits.normalize(program.session.type_of(def_id));
            let facts = [
                ("copy", program.traits.is_copy(ty)),
                ("sized", program.traits.is_sized(ty)),
                ("freeze", program.traits.is_freeze(ty)),
                ("unpin", program.traits.is_unpin(ty)),
                ("unaliased", program.traits.is_unsafe_unpin(ty)),
                ("drop", program.traits.needs_drop(ty)),
            ];
            let facts: Vec<&str> = facts.iter().filter(|fact| fact.1).map(|fact| fact.0).collect();
            text += &format!("{name} = {} ({})\n", program.tcx.ty_str(ty), facts.join(", "));
        }
        expected.assert_eq(&text);
    });
}

#[test]
fn projections() {
    check(
        r#"
        #![feature(ptr_metadata, discriminant_kind, unboxed_closures)]
        use std::iter::*;
        pub type T01 = <std::vec::IntoIter<String> as Iterator>::Item;
        pub type T02 = <Map<Zip<std::ops::Range<u8>, std::str::Chars<'static>>, fn((u8, char)) -> bool> as Iterator>::Item;
        pub type T03 = <fn(u8) -> u16 as FnOnce<(u8,)>>::Output;
        pub type T04 = <dyn Fn(u8) -> String as FnOnce<(u8,)>>::Output;
        pub type T05 = <dyn Iterator<Item = u8> as Iterator>::Item;
        pub type T06 = <&'static mut Box<dyn Iterator<Item = u8>> as IntoIterator>::IntoIter;
        pub type T07 = <[u8] as std::ptr::Pointee>::Metadata;
        pub type T08 = <Tail<dyn Send> as std::ptr::Pointee>::Metadata;
        pub type T09 = <Option<u8> as std::marker::DiscriminantKind>::Discriminant;
        pub type T10 = <Small as std::marker::DiscriminantKind>::Discriminant;
        pub type T11 = for<'b, 'a> fn(<&'b str as ToOwned>::Owned, <Bor as Lend>::Out<'a>, &'a [u8]) -> <&'a [u8] as IntoIterator>::Item;
        pub type T12 = dyn for<'a> Fn(&'a u8) -> <std::slice::Iter<'a, u8> as Iterator>::Item;
        pub type T13 = <dyn Sub as Iterator>::Item;
        pub type T14 = [u8; LEN];
        pub type T15 = <std::future::Ready<u8> as std::future::IntoFuture>::Output;
        pub struct Tail<T: ?Sized>(u8, T);
        #[repr(i16)] pub enum Small { A = 3, B }
        pub struct Bor;
        pub trait Lend { type Out<'a>; }
        impl Lend for Bor { type Out<'b> = &'b &'b str; }
        pub trait Sub: Iterator<Item = String> {}
        pub const LEN: usize = 7;
        "#,
        expect![[r#"
            T01 = alloc::string::String (sized, freeze, unpin, unaliased, drop)
            T02 = bool (copy, sized, freeze, unpin, unaliased)
            T03 = u16 (copy, sized, freeze, unpin, unaliased)
            T04 = alloc::string::String (sized, freeze, unpin, unaliased, drop)
            T05 = u8 (copy, sized, freeze, unpin, unaliased)
            T06 = &mut alloc::boxed::Box<dyn core::iter::traits::iterator::Iterator<Item = u8>, alloc::alloc::Global> (sized, freeze, unpin, unaliased)
            T07 = usize (copy, sized, freeze, unpin, unaliased)
            T08 = core::ptr::metadata::DynMetadata<dyn core::marker::Send> (copy, sized, freeze, unpin)
            T09 = isize (copy, sized, freeze, unpin, unaliased)
            T10 = i16 (copy, sized, freeze, unpin, unaliased)
            T11 = fn(&str, &&str, &[u8]) -> &u8 (copy, sized, freeze, unpin, unaliased)
            T12 = dyn core::ops::function::Fn<(&u8,), Output = &u8> (drop)
            T13 = alloc::string::String (sized, freeze, unpin, unaliased, drop)
            T14 = [u8; 7] (copy, sized, freeze, unpin, unaliased)
            T15 = u8 (copy, sized, freeze, unpin, unaliased)
        "#]],
    );
}

#[test]
fn facts() {
    check(
        r#"
        use std::cell::*;
        use std::marker::*;
        pub type T01 = (u8, &'static str, [u16; 4]);
        pub type T02 = Option<Box<u8>>;
        pub type T03 = Cell<u8>;
        pub type T04 = &'static Cell<u8>;
        pub type T05 = Box<Cell<u8>>;
        pub type T06 = PhantomData<Cell<u8>>;
        pub type T07 = PhantomPinned;
        pub type T08 = Box<PhantomPinned>;
        pub type T09 = Tail<str>;
        pub type T10 = Tail<u8>;
        pub type T11 = dyn Send + Unpin;
        pub type T12 = List;
        pub type T13 = std::sync::atomic::AtomicU8;
        pub type T14 = std::mem::ManuallyDrop<String>;
        pub type T15 = [String; 0];
        pub type T16 = Result<(), std::io::Error>;
        pub type T17 = fn(String);
        pub type T18 = &'static mut u8;
        pub type T20 = Un;
        pub struct Tail<T: ?Sized>(u8, T);
        pub struct List { next: Option<&'static List>, cell: u8 }
        pub union Un { a: std::mem::ManuallyDrop<String>, b: u8 }
        "#,
        expect![[r#"
            T01 = (u8, &str, [u16; 4]) (copy, sized, freeze, unpin, unaliased)
            T02 = core::option::Option<alloc::boxed::Box<u8, alloc::alloc::Global>> (sized, freeze, unpin, unaliased, drop)
            T03 = core::cell::Cell<u8> (sized, unpin, unaliased)
            T04 = &core::cell::Cell<u8> (copy, sized, freeze, unpin, unaliased)
            T05 = alloc::boxed::Box<core::cell::Cell<u8>, alloc::alloc::Global> (sized, freeze, unpin, unaliased, drop)
            T06 = core::marker::PhantomData<core::cell::Cell<u8>> (copy, sized, freeze, unpin, unaliased)
            T07 = core::marker::PhantomPinned (copy, sized, freeze)
            T08 = alloc::boxed::Box<core::marker::PhantomPinned, alloc::alloc::Global> (sized, freeze, unpin, unaliased, drop)
            T09 = Tail<str> (freeze, unpin, unaliased)
            T10 = Tail<u8> (sized, freeze, unpin, unaliased)
            T11 = dyn core::marker::Unpin + core::marker::Send (unpin, drop)
            T12 = List (sized, freeze, unpin, unaliased)
            T13 = core::sync::atomic::AtomicU8 (sized, unpin, unaliased)
            T14 = core::mem::manually_drop::ManuallyDrop<alloc::string::String> (sized, freeze, unpin, unaliased)
            T15 = [alloc::string::String; 0] (sized, freeze, unpin, unaliased)
            T16 = core::result::Result<(), std::io::error::Error> (sized, freeze, unpin, unaliased, drop)
            T17 = fn(alloc::string::String) (copy, sized, freeze, unpin, unaliased)
            T18 = &mut u8 (sized, freeze, unpin, unaliased)
            T20 = Un (sized, freeze, unpin, unaliased)
        "#]],
    );
}

/// Regions that are bound inside of a type survive projection.
#[test]
fn regions() {
    with_program(
        r#"
        #![feature(unboxed_closures)]
        pub trait Lend { type Out<'a>; }
        pub struct Bor;
        impl Lend for Bor { type Out<'b> = &'b [&'b str]; }
        pub type Late = for<'b, 'a> fn(<&'b str as ToOwned>::Owned, <Bor as Lend>::Out<'a>, &'a [u8]) -> <&'a [u8] as IntoIterator>::Item;
        pub type Output = for<'a, 'b> fn(&'b u8) -> <for<'c> fn(&'c u8, &'static u8) -> (&'c u8, &'static u8) as FnOnce<(&'b u8, &'static u8)>>::Output;
        pub type Object = for<'a> fn(&'a u8) -> <dyn for<'c> Fn(&'c u8) -> &'c u8 as FnOnce<(&'a u8,)>>::Output;
        pub type Nested = for<'a> fn(for<'b> fn(<std::slice::Iter<'a, u8> as Iterator>::Item, &'b u8));
        "#,
        |program| {
            let show = |alias: &str| format!("{:?}", program.ty(alias)).replace("BoundRegion ", "");
            expect![[r#"
                extern Rust fn([&Bound(0, { var: 0, kind: Anon }) str, &Bound(0, { var: 1, kind: Anon }) [&Bound(0, { var: 1, kind: Anon }) str], &Bound(0, { var: 1, kind: Anon }) [u8]]) -> &Bound(0, { var: 1, kind: Anon }) u8
                extern Rust fn([&Bound(0, { var: 0, kind: Anon }) u8]) -> (&Bound(0, { var: 0, kind: Anon }) u8,&u8,)
                extern Rust fn([&Bound(0, { var: 0, kind: Anon }) u8]) -> &Bound(0, { var: 0, kind: Anon }) u8
                extern Rust fn([extern Rust fn([&Bound(1, { var: 0, kind: Anon }) u8, &Bound(0, { var: 0, kind: Anon }) u8]) -> ()]) -> ()"#]].assert_eq(&["Late", "Output", "Object", "Nested"].map(show).join("\n"));
        },
    );
}

/// Pairs of pairs of pairs: small in memory, endless as a tree.
#[test]
fn nested_types() {
    with_program("", |program| {
        let tcx = program.tcx;
        let nested = |leaf| (0..100).fold(leaf, |ty, _| tcx.mk_tuple(&[ty, ty]));
        let (plain, dropped) = (nested(tcx.types().u8), nested(tcx.mk_ref(tcx.types().u8, ty::Mutability::Mut)));
        assert!(program.traits.is_copy(plain) && !program.traits.is_copy(dropped));
        for ty in [plain, dropped] {
            assert!(!program.traits.needs_drop(ty));
            assert!(program.traits.is_sized(ty) && program.traits.is_freeze(ty) && program.traits.is_unpin(ty));
            assert!(program.traits.normalize(ty) == ty);
        }
    });
}
