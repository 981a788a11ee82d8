//! Bodies that rustc has typed, built and printed. (`cargo xtask front-diff --stage built` compares whole programs with rustc's
//! own MIR.)

use bessemer_build as build;
use expect_test::{Expect, expect};
use testing::thir_text::read_crate;
use ty::Arena;

/// What is built of the function `f` of a snippet.
fn built(source: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let metadata = testing::compile(folder.path(), source, &[]);
    let mut rustc = testing::rustc(folder.path());
    rustc.args(["--edition", "2024", "--crate-type", "lib", "-Zunpretty=thir-flat", "-Zverbose-internals"]);
    let text = testing::output(rustc.arg("snippet.rs"));
    let run = move || {
        let arena = Arena::new();
        let program = testing::Program::open(&arena, &metadata, testing::session_options());
        let (bodies, _) = read_crate(&program, 2024, &text);
        let solve = solve::Session::start(program.tcx, program.bodies).expect("std has what the solver needs");
        let body = bodies.into_iter().find(|body| body.name.ends_with("::f)")).expect("a function f");
        let body = body.body.expect("the text is understood");
        let cx = build::BuildCx { traits: program.traits, solve };
        match build::build(cx, &body) {
            Ok(built) => build::pretty::body_to_string(program.tcx, "fn f", &built),
            Err(doubt) => format!("in doubt: {doubt}\n"),
        }
    };
    // The solver asks for a large stack.
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(run).expect("a thread starts");
    thread.join().expect("it ends")
}

#[track_caller]
fn check(source: &str, expected: Expect) {
    expected.assert_eq(&built(source));
}

#[test]
fn arithmetic_is_checked() {
    check("pub fn f(a: u32, b: i8) -> u32 { a + 1 << b }", expect![[""]]);
}

#[test]
fn values_are_dropped_on_every_way_out() {
    check(
        "pub fn g() -> bool { true } pub fn f(x: String) -> usize { let y = x.clone(); if g() { return 1; } y.len() }",
        expect![[""]],
    );
}

#[test]
fn guards_see_variables_by_reference() {
    check(
        "pub fn f(x: Option<String>) -> usize { match x { Some(s) if s.is_empty() => 1, Some(_) | None => 2 } }",
        expect![[""]],
    );
}

#[test]
fn let_else_and_slices() {
    check("pub fn f(x: &[u8]) -> u8 { let [first, .., 3..=9] = x else { return 0 }; *first }", expect![[""]]);
}

#[test]
fn a_generic_value_may_need_a_drop() {
    check("pub fn f<T: Copy, U>(t: T, u: U) -> (T, T) { let pair = (t, t); let _u = u; pair }", expect![[""]]);
}

#[test]
fn what_is_not_built_is_said() {
    check(
        "#![feature(explicit_tail_calls)] #![allow(incomplete_features)] pub fn f(x: u8) -> u8 { become f(x) }",
        expect![[""]],
    );
}
