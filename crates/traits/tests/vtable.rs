//! Vtables, slot by slot. The expected entries are what rustc itself prints for these snippets (`#[rustc_dump_vtable]`).

mod common;

use bessemer_traits::{UnsizeKind, VtableEntry};
use common::with_program;
use expect_test::{Expect, expect};
use ty::{Definitions, TyKind};

const SNIPPET: &str = r#"
pub trait A { fn a(&self); fn sized(&self) where Self: Sized {} }
pub trait Empty {}
pub trait B: Empty { fn b(&self); fn generic<T>(&self, t: T) where Self: Sized {} }
pub trait G<T> { fn g(&self, t: T); fn cond(&self) where T: Copy {} fn v(self); }
pub trait C: A + Empty + B { fn c(&self); }
pub trait D: B + A + G<u8> + G<String> + std::fmt::Debug + Send { fn d(&self); }
pub trait E: C + D + Iterator<Item = u8> { fn e(&self); }
#[derive(Debug)] pub struct S(String);
impl A for S { fn a(&self) {} }
impl Empty for S {}
impl B for S { fn b(&self) {} }
impl G<u8> for S { fn g(&self, _: u8) {}  fn v(self) {} }
impl G<String> for S { #[track_caller] fn g(&self, _: String) {}  fn v(self) {} }
impl C for S { fn c(&self) {} }
impl D for S { fn d(&self) {} }
impl Iterator for S { type Item = u8; fn next(&mut self) -> Option<u8> { None } }
impl E for S { fn e(&self) {} }

pub type DynA = dyn A;
pub type DynB = dyn B;
pub type DynC = dyn C;
pub type DynD = dyn D + Send;
pub type DynE = dyn E;
pub type DynSend = dyn Send;
pub type Closure = fn(u8) -> u8;
pub type DynFn = dyn Fn(u8) -> u8 + Sync;
"#;

fn check_vtable(ty: &str, object: &str, expected: Expect) {
    with_program(SNIPPET, |program| {
        let tcx = program.tcx;
        let TyKind::Dynamic(predicates, _) = *program.ty(object).kind() else { panic!("{object} is a trait object") };
        let mut text = String::new();
        for entry in program.traits.vtable_entries_for_dyn(program.ty(ty), predicates) {
            let line = match *entry {
                VtableEntry::Method(instance) => tcx.instance_str(instance),
                VtableEntry::TraitPointer(trait_ref) => {
                    let args: Vec<String> = trait_ref.args.types().skip(1).map(|ty| tcx.ty_str(ty)).collect();
                    format!("-> {}<{}>", tcx.def_path_str(trait_ref.def_id), args.join(", "))
                }
                ref other => format!("{other:?}"),
            };
            text += &line;
            text += "\n";
        }
        expected.assert_eq(&text);
    });
}

#[test]
fn diamonds() {
    check_vtable(
        "S",
        "DynE",
        expect![[r#"
            DropInPlace
            Size
            Align
            <S as A>::a
            <S as B>::b
            -> B<>
            <S as C>::c
            <S as G<u8>>::g
            <S as G<u8>>::cond
            <S as G<u8>>::v - shim for vtables
            -> G<u8>
            <S as G<alloc::string::String>>::g - shim for pointers
            Vacant
            <S as G<alloc::string::String>>::v - shim for vtables
            -> G<alloc::string::String>
            <S as core::fmt::Debug>::fmt
            -> core::fmt::Debug<>
            <S as D>::d
            -> D<>
            <S as core::iter::traits::iterator::Iterator>::next
            <S as core::iter::traits::iterator::Iterator>::size_hint
            <S as core::iter::traits::iterator::Iterator>::advance_by
            <S as core::iter::traits::iterator::Iterator>::nth
            -> core::iter::traits::iterator::Iterator<>
            <S as E>::e
        "#]],
    );
}

#[test]
fn no_principal() {
    check_vtable(
        "S",
        "DynSend",
        expect![[r#"
        DropInPlace
        Size
        Align
    "#]],
    );
}

#[test]
fn functions() {
    check_vtable(
        "Closure",
        "DynFn",
        expect![[r#"
        DropInPlace
        Size
        Align
        <fn(u8) -> u8 as core::ops::function::FnOnce<(u8,)>>::call_once - shim for vtables
        <fn(u8) -> u8 as core::ops::function::FnMut<(u8,)>>::call_mut - shim for fn pointers
        <fn(u8) -> u8 as core::ops::function::Fn<(u8,)>>::call - shim for fn pointers
    "#]],
    );
}

#[test]
fn upcasts() {
    with_program(SNIPPET, |program| {
        let kind = |from: &str, to: &str| program.traits.unsize_kind(program.ty(from), program.ty(to));
        assert_eq!(kind("DynC", "DynA"), UnsizeKind::SameVtable);
        assert_eq!(kind("DynC", "DynB"), UnsizeKind::Upcast { slot: 5 });
        assert_eq!(kind("DynE", "DynC"), UnsizeKind::SameVtable);
        assert_eq!(kind("DynE", "DynD"), UnsizeKind::Upcast { slot: 18 });
        assert_eq!(kind("DynE", "DynB"), UnsizeKind::Upcast { slot: 5 });
        assert_eq!(kind("DynD", "DynB"), UnsizeKind::SameVtable);
        assert_eq!(kind("DynD", "DynSend"), UnsizeKind::SameVtable);
        assert!(program.session.crates().len() > 1);
    });
}
