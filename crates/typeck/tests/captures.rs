//! What closures capture: one test for each rule.

mod common;

use expect_test::{Expect, expect};
use std::fmt::Write;
use syntax::span::Edition;
use thir::{BorrowKind, CaptureProjectionKind, CapturedPlace, ExprId, ExprKind, MutBorrowKind, Thir, TypedBody};
use ty::{Mutability, Tcx, TyKind};

/// Of each closure of a snippet how it is called, what it captures, and what it only looks at.
fn captured(source: &str, edition: Edition) -> String {
    common::describe_bodies(source, edition, |tcx, bodies, text| {
        for body in bodies {
            describe(tcx, body, bodies, text);
        }
    })
}

fn describe<'tcx>(tcx: Tcx<'tcx>, body: &TypedBody<'tcx>, all: &[TypedBody<'tcx>], text: &mut String) {
    for expr in body.thir.exprs.iter() {
        let ExprKind::Closure(closure) = &expr.kind else { continue };
        let inner = all.iter().find(|body| body.def_id == closure.closure_id).expect("each closure has a body");
        let kind = match *inner.thir.params.iter().next().expect("a closure has an environment").ty.kind() {
            TyKind::Ref(_, _, Mutability::Not) => "Fn",
            TyKind::Ref(_, _, Mutability::Mut) => "FnMut",
            _ => "FnOnce",
        };
        _ = writeln!(text, "    {kind}");
        assert_eq!(closure.upvars.len(), inner.captures.len());
        for capture in &inner.captures {
            _ = writeln!(text, "        {}", place(tcx, capture));
        }
        for &(read, cause, _) in &closure.fake_reads {
            let cause = format!("{cause:?}");
            let cause = cause.split('(').next().unwrap_or_default();
            _ = writeln!(text, "        looks at {} {cause}", operand(&body.thir, read));
        }
    }
}

fn place<'tcx>(tcx: Tcx<'tcx>, capture: &CapturedPlace<'tcx>) -> String {
    let by = match capture.by_ref {
        None => "",
        Some(BorrowKind::Mut { kind: MutBorrowKind::ClosureCapture }) => "&unique ",
        Some(BorrowKind::Mut { .. }) => "&mut ",
        Some(_) => "&",
    };
    let mut path = capture.name.as_str().to_owned();
    for step in &capture.projections {
        path = match step.kind {
            CaptureProjectionKind::Deref => format!("(*{path})"),
            CaptureProjectionKind::Field(field, _) => format!("{path}.{}", field.as_u32()),
        };
    }
    let mutable = if capture.mutability.is_mut() { ", mutable" } else { "" };
    format!("{by}{path}: {}{mutable}", tcx.ty_str(capture.place_ty()))
}

/// The steps of a place.
fn operand(thir: &Thir<'_>, id: ExprId) -> String {
    match &thir[id].kind {
        ExprKind::Deref { arg } => format!("(*{})", operand(thir, *arg)),
        ExprKind::Field { lhs, name, .. } => format!("{}.{}", operand(thir, *lhs), name.as_u32()),
        ExprKind::VarRef { .. } => "var".to_owned(),
        ExprKind::UpvarRef { .. } => "upvar".to_owned(),
        other => format!("{other:?}"),
    }
}

#[track_caller]
fn check(source: &str, expected: Expect) {
    expected.assert_eq(&captured(source, Edition::E2024));
}

#[test]
fn uses_decide_how() {
    check(
        "pub fn f(a: u8, b: String, mut c: String, d: String) {
            let _ = || a + 1;
            let _ = || b.len();
            let _ = || c.push('c');
            let _ = || drop(d);
        }",
        expect![[r#"
            f:
                Fn
                    &a: u8
                Fn
                    &b: alloc::string::String
                FnMut
                    &mut c: alloc::string::String, mutable
                FnOnce
                    d: alloc::string::String
        "#]],
    );
}

#[test]
fn fields_are_captured_apart() {
    check(
        "pub struct S { a: String, b: (u8, String), c: Vec<u8> }
        pub fn f(mut s: S) {
            let _ = || { s.c.push(s.b.0); s.a };
        }",
        expect![[r#"
            f:
                FnOnce
                    s.0: alloc::string::String, mutable
                    &s.1.0: u8, mutable
                    &mut s.2: alloc::vec::Vec<u8, alloc::alloc::Global>, mutable
        "#]],
    );
}

#[test]
fn of_places_within_one_another_the_outermost_stays() {
    check(
        "pub fn f(mut t: ((u8, u8), u8)) {
            let _ = || { t.0.0 = 1; &t.0; t.1 };
            let _ = || { let _r = &t; t.0.1 = 2; };
        }",
        expect![[r#"
            f:
                FnMut
                    &mut t.0: (u8, u8), mutable
                    &t.1: u8, mutable
                FnMut
                    &mut t: ((u8, u8), u8), mutable
        "#]],
    );
}

#[test]
fn what_is_behind_a_mutable_reference_is_borrowed() {
    check(
        "pub struct S { a: u8, b: [u8; 2] }
        pub fn f(s: &mut S, x: &mut u8) {
            let _ = || { s.a = 1; *x += 1; };
            let _ = || { s.b[0] = 1; };
        }
        pub fn g(s: &mut (&mut u8, u8)) {
            let _ = || { let t = &mut *s; *t.0 = 1; };
        }",
        expect![[r#"
            f:
                FnMut
                    &mut (*s).0: u8, mutable
                    &mut (*x): u8, mutable
                FnMut
                    &mut (*s).1: [u8; 2], mutable
            g:
                FnMut
                    &mut (*s): (&mut u8, u8), mutable
        "#]],
    );
}

#[test]
fn behind_a_shared_reference_fields_are_no_gain() {
    check(
        "pub struct S { a: (u8, u8) }
        pub fn f<'a>(s: &'a S, t: &(&'a S, u8)) {
            let _ = || s.a.0;
            let _ = || t.0.a.1;
        }",
        expect![[r#"
            f:
                Fn
                    &(*s): S
                Fn
                    &(*(*t).0): S
        "#]],
    );
}

#[test]
fn move_takes_pointers_in_front() {
    check(
        "pub fn f(s: &mut (String, u8), b: Box<(String, u8)>, t: (String, String)) {
            let _ = move || s.1 += 1;
            let _ = move || b.0.len();
            let _ = move || t.0.len();
        }",
        expect![[r#"
            f:
                FnMut
                    s: &mut (alloc::string::String, u8)
                Fn
                    b: alloc::boxed::Box<(alloc::string::String, u8), alloc::alloc::Global>
                Fn
                    t.0: alloc::string::String
        "#]],
    );
}

#[test]
fn moves_out_of_boxes_take_the_box() {
    check(
        "pub fn f(b: Box<(String, String)>, c: (Box<String>, u8)) {
            let _ = || drop(b.0);
            let _ = || drop(*c.0);
        }",
        expect![[r#"
            f:
                FnOnce
                    b: alloc::boxed::Box<(alloc::string::String, alloc::string::String), alloc::alloc::Global>
                FnOnce
                    c.0: alloc::boxed::Box<alloc::string::String, alloc::alloc::Global>
        "#]],
    );
}

#[test]
fn nothing_unsafe_is_captured() {
    check(
        "pub union U { a: u8, b: (u16, u16) }
        #[repr(packed)]
        pub struct P { a: u8, b: (u32, u32) }
        pub fn f(u: (U, u8), mut p: (P, u8), r: (*mut (u8, u8), u8)) {
            let _ = || unsafe { u.0.b.1 };
            let _ = || { let b = p.0.b.1; p.0.b.0 = 2; b };
            let _ = || unsafe { (*r.0).1 = 2 };
        }",
        expect![[r#"
            f:
                Fn
                    &u.0: U
                FnMut
                    &mut p.0: P, mutable
                    looks at var.0 ForLet
                Fn
                    &r.0: *mut (u8, u8)
        "#]],
    );
}

#[test]
fn fields_of_what_is_dropped_stay_in_it() {
    check(
        "pub struct D(u8, String);
        impl Drop for D { fn drop(&mut self) {} }
        pub fn f(d: (D, u8), e: (D, u8)) {
            let _ = move || d.0.1.len();
            let _ = || e.0.1.len();
            let _ = move || d.1;
        }",
        expect![[r#"
            <impl core::ops::drop::Drop for D>::drop:
            f:
                Fn
                    d.0: D
                Fn
                    &e.0.1: alloc::string::String
                Fn
                    d.1: u8
        "#]],
    );
}

#[test]
fn elements_are_captured_with_all_others() {
    check(
        "pub fn f(a: ([String; 2], u8), mut b: (Vec<u8>, u8), c: (&mut [u8], u8)) {
            let _ = || a.0[1].len();
            let _ = || b.0[1] = 2;
            let _ = || c.0[1] = 2;
            let _ = || { let [_, ref last] = a.0; last.len() };
        }",
        expect![[r#"
            f:
                Fn
                    &a.0: [alloc::string::String; 2]
                FnMut
                    &mut b.0: alloc::vec::Vec<u8, alloc::alloc::Global>, mutable
                FnMut
                    &mut (*c.0): [u8], mutable
                Fn
                    &a.0: [alloc::string::String; 2]
                    looks at var.0 ForLet
        "#]],
    );
}

#[test]
fn patterns_read_what_they_test() {
    check(
        "pub enum E { A(u8), B }
        pub struct One(u8, String);
        pub fn f(o: (Option<String>, u8), e: E, n: u8, w: String, one: One, r: &Option<u8>) {
            let _ = || { let _ = w; };
            let _ = || { let One(a, _) = one; a };
            let _ = || match e { E::A(n) => n, E::B => 0 };
            let _ = || matches!(n, 1..=3);
            let _ = || if let Some(s) = &o.0 { s.len() } else { 0 };
            let _ = || match r { Some(n) => *n, None => 1 };
            let _ = || match n { m if m > 3 => m, _ => 0 };
        }",
        expect![[r#"
            f:
                Fn
                    looks at var ForLet
                Fn
                    &one.0: u8
                    looks at var ForLet
                Fn
                    &e: E
                    looks at var ForMatchedPlace
                Fn
                    &n: u8
                    looks at var ForMatchedPlace
                Fn
                    &o.0: core::option::Option<alloc::string::String>
                Fn
                    &(*r): core::option::Option<u8>
                    looks at var ForMatchedPlace
                Fn
                    &n: u8
                    looks at var ForMatchedPlace
        "#]],
    );
}

#[test]
fn closures_in_closures_capture_through() {
    check(
        "pub fn f(mut p: (u8, String), q: String) {
            let _ = || {
                let one = 1;
                let mut add = || p.0 += one;
                add();
                move || q.len()
            };
        }",
        expect![[r#"
            f:
                FnOnce
                    &mut p.0: u8, mutable
                    q: alloc::string::String
                FnMut
                    &mut p.0: u8, mutable
                    &one: u8
                Fn
                    q: alloc::string::String
        "#]],
    );
}

#[test]
fn calls_of_closures_wait_for_their_kind() {
    check(
        "pub fn f(mut n: u8, s: String) {
            let mut add = || n += 1;
            let mut twice = || { add(); add() };
            twice();
            let once = || s;
            let _ = || once();
        }",
        expect![[r#"
            f:
                FnMut
                    &mut n: u8, mutable
                FnMut
                    &mut add: {f::{closure#0}}, mutable
                FnOnce
                    s: alloc::string::String
                FnOnce
                    once: {f::{closure#2}}
        "#]],
    );
}

#[test]
fn the_rest_of_a_struct_is_taken_by_field() {
    check(
        "pub struct S { a: String, b: String, c: u8 }
        pub fn f(s: S) {
            let _ = || S { a: String::new(), ..s };
        }",
        expect![[r#"
            f:
                FnOnce
                    s.1: alloc::string::String
                    &s.2: u8
        "#]],
    );
}

#[test]
fn what_is_expected_decides_the_kind_not_the_captures() {
    check(
        "fn once(f: impl FnOnce() -> usize) -> usize { f() }
        pub fn f(s: String) -> usize {
            once(|| s.len())
        }",
        expect![[r#"
            once:
            f:
                FnOnce
                    &s: alloc::string::String
        "#]],
    );
}

#[test]
fn before_2021_whole_variables_are_captured() {
    let text = captured(
        "pub fn f(mut t: (String, u8), u: (String, u8), w: String, r: &mut (u8, u8)) {
            let _ = || t.1 = 2;
            let _ = move || u.1;
            let _ = || { let _ = w; };
            let _ = || r.1 = 2;
        }",
        Edition::E2018,
    );
    expect![[r#"
        f:
            FnMut
                &mut t: (alloc::string::String, u8), mutable
            Fn
                u: (alloc::string::String, u8)
            Fn
                &w: alloc::string::String
                looks at var ForLet
            FnMut
                &unique r: &mut (u8, u8)
    "#]]
    .assert_eq(&text);
}
