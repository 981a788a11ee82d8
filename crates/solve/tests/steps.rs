//! Steps of type checking, on types that snippets name.

mod common;

use bessemer_solve as solve;
use common::with_snippet;
use expect_test::{Expect, expect};
use solve::ir::{Interner, inherent::Ty as _};
use solve::{Autoderef, Fulfillment, Goal, InferCx, Outcome};
use ty::{DefKind, Definitions};

/// Dereferences what each type alias of a snippet stands for, as often as possible.
#[track_caller]
fn check_autoderef(source: &str, expected: Expect) {
    let mut text = String::new();
    with_snippet(source, |program| {
        let cx = program.cx;
        for def_id in program.local_definitions(|kind| kind == DefKind::TyAlias) {
            let infer = InferCx::for_body(cx, &[]);
            let mut fulfillment = Fulfillment::new();
            let ty = cx.import(program.session.type_of(def_id));
            let env = cx.mk_param_env(&[]);
            let steps = Autoderef::new(&infer, &mut fulfillment, env, ty);
            let shown = steps.map(|step| step.map_or_else(|doubt| doubt.to_string(), |ty| cx.text(infer.resolved(ty))));
            text += &format!("{}: {}\n", cx.item_name(def_id), shown.collect::<Vec<_>>().join(" -> "));
            assert_eq!(fulfillment.pending().count(), 0);
        }
    });
    expected.assert_eq(&text);
}

#[test]
fn autoderef() {
    check_autoderef(
        "
        use std::ops::Deref;
        pub struct Thin<T>(T);
        impl<T> Deref for Thin<T> { type Target = Vec<T>; fn deref(&self) -> &Vec<T> { panic!() } }
        pub struct Loop;
        impl Deref for Loop { type Target = Loop; fn deref(&self) -> &Loop { self } }
        pub type Nested = std::rc::Rc<Box<&'static String>>;
        pub type Own = &'static mut Thin<u8>;
        pub type Pointer = *const u8;
        pub type Pinned = std::pin::Pin<Box<dyn Send>>;
        pub type Projected = <Vec<std::sync::Arc<str>> as IntoIterator>::Item;
        ",
        expect![[r#"
            Nested: alloc::rc::Rc<alloc::boxed::Box<&'static alloc::string::String, alloc::alloc::Global>, alloc::alloc::Global> -> alloc::boxed::Box<&'static alloc::string::String, alloc::alloc::Global> -> &'static alloc::string::String -> alloc::string::String -> str
            Own: &'static mut Thin<u8> -> Thin<u8> -> alloc::vec::Vec<u8, alloc::alloc::Global> -> [u8]
            Pointer: *const u8
            Pinned: core::pin::Pin<alloc::boxed::Box<dyn core::marker::Send, alloc::alloc::Global>> -> dyn core::marker::Send
            Projected: alloc::sync::Arc<str, alloc::alloc::Global> -> str
        "#]],
    );
}

#[test]
fn dereferencing_without_end_is_a_doubt() {
    let source = "
        pub struct Loop;
        impl std::ops::Deref for Loop { type Target = Box<Loop>; fn deref(&self) -> &Box<Loop> { panic!() } }
        pub type Endless = Loop;
    ";
    with_snippet(source, |program| {
        let cx = program.cx;
        let alias = program.find("snippet::Endless");
        let infer = InferCx::for_body(cx, &[]);
        let mut fulfillment = Fulfillment::new();
        let ty = cx.import(program.session.type_of(alias));
        let last = Autoderef::new(&infer, &mut fulfillment, cx.mk_param_env(&[]), ty).last();
        let doubt = last.expect("there are steps").expect_err("they end");
        assert_eq!(doubt.to_string(), "dereferencing without end: Loop");
    });
}

#[test]
fn goals_about_a_variable() {
    with_snippet("", |program| {
        let cx = program.cx;
        let infer = InferCx::for_body(cx, &[]);
        let env = cx.mk_param_env(&[]);
        let (closure, other) = (infer.new_ty_var(), infer.new_ty_var());
        let mut fulfillment = Fulfillment::new();
        let copy = program.find("core::marker::Copy");
        for ty in [closure, other] {
            let trait_ref: solve::TraitRef<'_> = solve::ir::TraitRef::new(cx, copy, [ty]);
            fulfillment.add(Goal::new(cx, env, trait_ref));
        }
        assert!(fulfillment.select_where_possible(&infer).expect("no doubt").is_empty());
        assert_eq!(fulfillment.pending_about(&infer, closure).len(), 1);
        // A subtype's goals are about it, too.
        assert_eq!(infer.subtype(&mut fulfillment, env, closure, other), Ok(true));
        assert!(fulfillment.select_where_possible(&infer).expect("no doubt").is_empty());
        assert_eq!(fulfillment.pending_about(&infer, closure).len(), 2);
        assert_eq!(infer.equate(&mut fulfillment, env, other, cx.types().u8), Ok(true));
        assert!(fulfillment.select_all(&infer).expect("no doubt").is_empty());
        assert_eq!(infer.resolved(closure), cx.types().u8);
    });
}

#[test]
fn probes_leave_nothing_behind() {
    with_snippet("", |program| {
        let cx = program.cx;
        let infer = InferCx::for_body(cx, &[]);
        let env = cx.mk_param_env(&[]);
        let (element, int) = (infer.new_ty_var(), infer.new_int_var());
        let mut fulfillment = Fulfillment::new();
        infer.probing(|| {
            assert_eq!(infer.equate(&mut fulfillment, env, element, int), Ok(true));
            assert_eq!(infer.equate(&mut fulfillment, env, int, cx.types().usize), Ok(true));
            assert_eq!(infer.resolved(element), cx.types().usize);
        });
        assert!(infer.resolved(element).is_ty_var());
        assert_eq!(infer.resolved(int), int);
        assert_eq!(infer.equate(&mut fulfillment, env, int, cx.types().bool), Ok(false));
        // A variable does not contain itself.
        let list = solve::Ty::new_slice(cx, element);
        assert_eq!(infer.equate(&mut fulfillment, env, element, list), Ok(false));
        assert!(infer.resolved(element).is_ty_var());
    });
}

#[test]
fn what_is_not_supported_is_a_doubt() {
    with_snippet("", |program| {
        let cx = program.cx;
        let infer = InferCx::after_analysis(cx);
        let env = cx.mk_param_env(&[]);
        // A type of another inference is none of ours.
        let foreign = cx.import(program.tcx.mk_ty(ty::TyKind::Infer(0)));
        let clone = program.find("core::clone::Clone");
        let goal = |ty| -> Goal<'_> {
            let trait_ref: solve::TraitRef<'_> = solve::ir::TraitRef::new(cx, clone, [ty]);
            Goal::new(cx, env, trait_ref)
        };
        let doubt = infer.evaluate(goal(foreign)).expect_err("no answer");
        assert_eq!(doubt.construct, "a type of another inference");
        // It is not carried over to the next question.
        assert_eq!(infer.evaluate(goal(cx.types().u8)), Ok(Outcome::Yes));
    });
}
