//! What is inferred of small functions: the types of their variables.

mod common;

use syntax::span::Edition;
use thir::{Pat, PatKind, StmtKind, TypedBody};
use ty::Tcx;

/// Of each function of a snippet its variables with their types; or the doubt.
fn inferred(source: &str) -> String {
    common::describe_bodies(source, Edition::E2024, |tcx, bodies, text| {
        bodies.iter().for_each(|body| describe(tcx, body, text));
    })
}

fn describe<'tcx>(tcx: Tcx<'tcx>, body: &TypedBody<'tcx>, text: &mut String) {
    let mut bindings = |pat: &Pat<'tcx>| {
        pat.walk(&mut |pat| {
            if let PatKind::Binding { name, ty, .. } = &pat.kind {
                *text += &format!("    {name}: {}\n", tcx.ty_str(*ty));
            }
            true
        });
    };
    body.thir.params.iter().filter_map(|param| param.pat.as_deref()).for_each(&mut bindings);
    for stmt in body.thir.stmts.iter() {
        if let StmtKind::Let { pattern, .. } = &stmt.kind {
            bindings(pattern);
        }
    }
    body.thir.arms.iter().for_each(|arm| bindings(&arm.pattern));
}

/// Checks that lines are among those of [`inferred`].
#[track_caller]
fn check(source: &str, lines: &[&str]) {
    let text = inferred(source);
    for wanted in lines {
        assert!(text.lines().any(|line| line.trim() == *wanted), "no `{wanted}` in\n{text}");
    }
}

#[test]
fn literals_get_types_from_their_use() {
    check(
        "pub fn f(x: u8) -> u64 { let a = 1; let b = 2.0; let c = x + 3; let d = 4; let _ = (a, b, c); d }",
        &["f:", "x: u8", "a: i32", "b: f64", "c: u8", "d: u64"],
    );
}

#[test]
fn receivers_are_borrowed_and_dereferenced() {
    check(
        "pub fn f(v: Vec<String>) -> usize {
            let first = v.first();
            let s = v[0].as_str();
            let n = v.len();
            _ = (first, s);
            n
        }",
        &["first: core::option::Option<&alloc::string::String>", "s: &str", "n: usize"],
    );
}

#[test]
fn patterns_look_through_references() {
    check(
        "pub fn f(x: &Option<(u8, String)>) -> u8 {
            match x {
                Some((a, s)) if s.is_empty() => *a,
                Some(_) | None => 0,
            }
        }",
        &["a: &u8", "s: &alloc::string::String"],
    );
}

#[test]
fn closures_are_told_their_signature() {
    check(
        "pub fn f(v: &[u32]) -> Option<u64> { v.iter().map(|x| u64::from(*x)).map(|y| y * 2).next() }",
        &["x: &u32", "y: u64"],
    );
}

#[test]
fn literals_in_patterns_and_lists_of_arguments() {
    common::compare_with_rustc(
        "#![feature(c_variadic)]
        pub fn f(x: f32, y: f64) -> u8 {
            match x { 1.5 => 1, -2.0e3 => 2, _ => match y { 0.1 => 3, -0.0 => 4, 1_0.5 => 5, 1.0..=2.0 => 6, _ => 7 } }
        }
        pub unsafe extern \"C\" fn sum(n: i32, mut args: ...) -> i32 {
            let mut sum = 0;
            for _ in 0..n { sum += unsafe { args.arg::<i32>() }; }
            sum
        }",
    );
}

#[test]
fn all_elements_decide_their_type() {
    common::compare_with_rustc(
        "pub fn a() {}
        pub fn b() {}
        pub fn two<T>(_: [T; 2]) {}
        pub fn f() { let _: [_; 2] = [a, b]; two([a, b]); }",
    );
}

#[test]
fn operands_of_assembly() {
    if !cfg!(target_arch = "x86_64") {
        return;
    }
    check(
        "use core::arch::asm;
        pub fn f(x: u8, p: &mut u16) -> u8 {
            let (y, mut z) = (x, 1);
            unsafe { asm!(\"/* {} {} {} */\", in(reg_byte) y, inout(reg) z, in(reg) p, out(\"eax\") _) };
            let w: u32 = z;
            _ = w;
            unsafe { asm!(\"jmp {}\", label { return 1 }, options(nostack)) };
            y
        }",
        &["f:", "y: u8", "z: u32"],
    );
    check(
        "pub fn f() -> u8 { let x: u8; unsafe { core::arch::asm!(\"/* {} {} */\", out(reg_byte) x, const 1 + 1) }; x }",
        &["in doubt: a constant in inline assembly"],
    );
}

/// What a macro of another crate wrote lives as long as in that crate's edition.
#[test]
fn temporaries_go_by_the_edition_of_the_macro() {
    let counts = |edition| {
        common::describe_bodies("pub fn f(x: u8) { println!(\"{x}\"); }", edition, |_, bodies, text| {
            let ends = |scope: &&thir::Scope| scope.data == thir::ScopeData::Destruction;
            *text += &format!("    {}\n", bodies[0].scopes.parents.keys().filter(ends).count());
        })
    };
    assert_eq!(counts(Edition::E2021), counts(Edition::E2024));
}

/// What `?` desugars to is under an attribute, which has a scope in MIR: `val`, and `return from_residual(residual)`.
#[test]
fn question_marks_allow_what_is_not_reached() {
    let text = common::describe_bodies(
        "pub fn f(x: Option<u8>) -> Option<u8> { Some(x? + 1) }",
        Edition::E2024,
        |_, bodies, text| {
            *text += &format!("    {}", bodies[0].scopes.lint_roots.len());
        },
    );
    assert_eq!(text, "f:\n    5");
}

#[test]
fn what_is_not_known_for_sure_is_a_doubt() {
    check(
        "pub fn f(n: u8) -> impl Fn() -> u8 { if n > 0 { f(n - 1)(); } move || n }",
        &["in doubt: a function that returns `impl Trait` and mentions itself"],
    );
}
