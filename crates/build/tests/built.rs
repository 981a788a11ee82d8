//! Bodies that rustc has typed, built and printed. (`cargo xtask front-diff --stage built` compares whole programs with rustc's
//! own MIR.)

use bessemer_build as build;
use expect_test::{Expect, expect};
use testing::thir_text::read_crate;
use ty::Arena;

/// What is built of the function `f` of a snippet.
fn built(source: &str) -> String {
    built_of(source, "::f)")
}

/// What is built of the body whose name ends so.
fn built_of(source: &str, end: &'static str) -> String {
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
        let body = bodies.into_iter().find(|body| body.name.ends_with(end)).expect("the body");
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
    check(
        "pub fn f(a: u32, b: i8) -> u32 { a + 1 << b }",
        expect![[r#"
            fn f(_1: u32, _2: i8) -> u32 {
                debug a => _1;
                debug b => _2;
                let mut _0: u32;
                let mut _3: u32;
                let mut _4: u32;
                let mut _5: (u32, bool);
                let mut _6: i8;
                let mut _7: u8;
                let mut _8: bool;

                bb0: {
                    StorageLive(_3);
                    StorageLive(_4);
                    _4 = copy _1;
                    _5 = AddWithOverflow(copy _4, const 1_u32);
                    assert(!move (_5.1: bool), "attempt to compute `{} + {}`, which would overflow", move _4, const 1_u32) -> [success: bb1, unwind: bb3];
                }

                bb1: {
                    _3 = move (_5.0: u32);
                    StorageDead(_4);
                    StorageLive(_6);
                    _6 = copy _2;
                    _7 = copy _6 as u8 (IntToInt);
                    _8 = Lt(move _7, const 32_u8);
                    assert(move _8, "attempt to shift left by `{}`, which would overflow", copy _6) -> [success: bb2, unwind: bb3];
                }

                bb2: {
                    _0 = Shl(move _3, move _6);
                    StorageDead(_6);
                    StorageDead(_3);
                    return;
                }

                bb3 (cleanup): {
                    resume;
                }
            }
        "#]],
    );
}

#[test]
fn values_are_dropped_on_every_way_out() {
    check(
        "pub fn g() -> bool { true } pub fn f(x: String) -> usize { let y = x.clone(); if g() { return 1; } y.len() }",
        expect![[r#"
            fn f(_1: alloc::string::String) -> usize {
                debug x => _1;
                let mut _0: usize;
                let _2: alloc::string::String;
                let mut _3: &alloc::string::String;
                let _4: ();
                let mut _5: bool;
                let mut _6: !;
                let mut _7: &alloc::string::String;
                scope 1 {
                    debug y => _2;
                }

                bb0: {
                    StorageLive(_2);
                    StorageLive(_3);
                    _3 = &_1;
                    _2 = <alloc::string::String as core::clone::Clone>::clone(move _3) -> [return: bb1, unwind: bb17];
                }

                bb1: {
                    StorageDead(_3);
                    FakeRead(ForLet(None), _2);
                    StorageLive(_4);
                    StorageLive(_5);
                    _5 = g() -> [return: bb2, unwind: bb16];
                }

                bb2: {
                    switchInt(move _5) -> [0: bb4, otherwise: bb3];
                }

                bb3: {
                    _0 = const 1_usize;
                    goto -> bb12;
                }

                bb4: {
                    goto -> bb7;
                }

                bb5: {
                    unreachable;
                }

                bb6: {
                    goto -> bb8;
                }

                bb7: {
                    _4 = const ();
                    goto -> bb8;
                }

                bb8: {
                    StorageDead(_5);
                    StorageDead(_4);
                    StorageLive(_7);
                    _7 = &_2;
                    _0 = alloc::string::String::len(move _7) -> [return: bb9, unwind: bb16];
                }

                bb9: {
                    StorageDead(_7);
                    drop(_2) -> [return: bb10, unwind: bb17];
                }

                bb10: {
                    StorageDead(_2);
                    drop(_1) -> [return: bb11, unwind: bb18];
                }

                bb11: {
                    goto -> bb15;
                }

                bb12: {
                    StorageDead(_5);
                    StorageDead(_4);
                    drop(_2) -> [return: bb13, unwind: bb17];
                }

                bb13: {
                    StorageDead(_2);
                    drop(_1) -> [return: bb14, unwind: bb18];
                }

                bb14: {
                    goto -> bb15;
                }

                bb15: {
                    return;
                }

                bb16 (cleanup): {
                    drop(_2) -> [return: bb17, unwind terminate(cleanup)];
                }

                bb17 (cleanup): {
                    drop(_1) -> [return: bb18, unwind terminate(cleanup)];
                }

                bb18 (cleanup): {
                    resume;
                }
            }
        "#]],
    );
}

#[test]
fn guards_see_variables_by_reference() {
    check(
        "pub fn f(x: Option<String>) -> usize { match x { Some(s) if s.is_empty() => 1, Some(_) | None => 2 } }",
        expect![[r#"
            fn f(_1: core::option::Option<alloc::string::String>) -> usize {
                debug x => _1;
                let mut _0: usize;
                let mut _2: &core::option::Option<alloc::string::String>;
                let mut _3: isize;
                let _4: alloc::string::String;
                let _5: &alloc::string::String;
                let mut _6: bool;
                let mut _7: &alloc::string::String;
                scope 1 {
                    debug s => _4;
                    debug s => _5;
                }

                bb0: {
                    PlaceMention(_1);
                    _3 = discriminant(_1);
                    switchInt(move _3) -> [0: bb5, 1: bb2, otherwise: bb1];
                }

                bb1: {
                    FakeRead(ForMatchedPlace(None), _1);
                    unreachable;
                }

                bb2: {
                    falseEdge -> [real: bb8, imaginary: bb3];
                }

                bb3: {
                    goto -> bb7;
                }

                bb4: {
                    goto -> bb1;
                }

                bb5: {
                    goto -> bb7;
                }

                bb6: {
                    goto -> bb1;
                }

                bb7: {
                    _0 = const 2_usize;
                    goto -> bb15;
                }

                bb8: {
                    StorageLive(_5);
                    _5 = &((_1 as Some).0: alloc::string::String);
                    _2 = &fake _1;
                    StorageLive(_6);
                    StorageLive(_7);
                    _7 = &(*_5);
                    _6 = alloc::string::String::is_empty(move _7) -> [return: bb10, unwind: bb17];
                }

                bb9: {
                    goto -> bb3;
                }

                bb10: {
                    switchInt(move _6) -> [0: bb12, otherwise: bb11];
                }

                bb11: {
                    StorageDead(_7);
                    StorageDead(_6);
                    FakeRead(ForMatchGuard, _2);
                    FakeRead(ForGuardBinding, _5);
                    StorageLive(_4);
                    _4 = move ((_1 as Some).0: alloc::string::String);
                    _0 = const 1_usize;
                    drop(_4) -> [return: bb14, unwind: bb17];
                }

                bb12: {
                    goto -> bb13;
                }

                bb13: {
                    StorageDead(_7);
                    StorageDead(_6);
                    StorageDead(_5);
                    goto -> bb9;
                }

                bb14: {
                    StorageDead(_4);
                    StorageDead(_5);
                    goto -> bb15;
                }

                bb15: {
                    drop(_1) -> [return: bb16, unwind: bb18];
                }

                bb16: {
                    return;
                }

                bb17 (cleanup): {
                    drop(_1) -> [return: bb18, unwind terminate(cleanup)];
                }

                bb18 (cleanup): {
                    resume;
                }
            }
        "#]],
    );
}

#[test]
fn let_else_and_slices() {
    check(
        "pub fn f(x: &[u8]) -> u8 { let [first, .., 3..=9] = x else { return 0 }; *first }",
        expect![[r#"
            fn f(_1: &[u8]) -> u8 {
                debug x => _1;
                let mut _0: u8;
                let mut _2: !;
                let _3: &u8;
                let mut _4: bool;
                let mut _5: bool;
                let mut _6: usize;
                let mut _7: usize;
                let mut _8: usize;
                let mut _9: bool;
                scope 1 {
                    debug first => _3;
                }

                bb0: {
                    PlaceMention(_1);
                    _7 = PtrMetadata(copy _1);
                    _6 = move _7;
                    _8 = const 2_usize;
                    _9 = Ge(move _6, move _8);
                    switchInt(move _9) -> [0: bb3, otherwise: bb4];
                }

                bb1: {
                    _0 = const 0_u8;
                    goto -> bb11;
                }

                bb2: {
                    unreachable;
                }

                bb3: {
                    goto -> bb10;
                }

                bb4: {
                    _4 = Le(const 3_u8, copy (*_1)[-1 of 2]);
                    switchInt(move _4) -> [0: bb5, otherwise: bb8];
                }

                bb5: {
                    goto -> bb3;
                }

                bb6: {
                    falseEdge -> [real: bb9, imaginary: bb3];
                }

                bb7: {
                    goto -> bb5;
                }

                bb8: {
                    _5 = Le(copy (*_1)[-1 of 2], const 9_u8);
                    switchInt(move _5) -> [0: bb5, otherwise: bb6];
                }

                bb9: {
                    StorageLive(_3);
                    _3 = &(*_1)[0 of 2];
                    _0 = copy (*_3);
                    StorageDead(_3);
                    goto -> bb12;
                }

                bb10: {
                    goto -> bb1;
                }

                bb11: {
                    goto -> bb12;
                }

                bb12: {
                    return;
                }
            }
        "#]],
    );
}

#[test]
fn a_generic_value_may_need_a_drop() {
    check(
        "pub fn f<T: Copy, U>(t: T, u: U) -> (T, T) { let pair = (t, t); let _u = u; pair }",
        expect![[r#"
            fn f(_1: T, _2: U) -> (T, T) {
                debug t => _1;
                debug u => _2;
                let mut _0: (T, T);
                let _3: (T, T);
                let mut _4: T;
                let mut _5: T;
                scope 1 {
                    debug pair => _3;
                    let _6: U;
                    scope 2 {
                        debug _u => _6;
                    }
                }

                bb0: {
                    StorageLive(_3);
                    StorageLive(_4);
                    _4 = copy _1;
                    StorageLive(_5);
                    _5 = copy _1;
                    _3 = (move _4, move _5);
                    StorageDead(_5);
                    StorageDead(_4);
                    FakeRead(ForLet(None), _3);
                    StorageLive(_6);
                    _6 = move _2;
                    FakeRead(ForLet(None), _6);
                    _0 = copy _3;
                    drop(_6) -> [return: bb1, unwind: bb3];
                }

                bb1: {
                    StorageDead(_6);
                    StorageDead(_3);
                    drop(_2) -> [return: bb2, unwind: bb4];
                }

                bb2: {
                    return;
                }

                bb3 (cleanup): {
                    drop(_2) -> [return: bb4, unwind terminate(cleanup)];
                }

                bb4 (cleanup): {
                    resume;
                }
            }
        "#]],
    );
}

#[test]
fn what_is_not_built_is_said() {
    check(
        "#![feature(explicit_tail_calls)] #![allow(incomplete_features)] pub fn f(x: u8) -> u8 { become f(x) }",
        expect![[r#"
            in doubt: tail call
        "#]],
    );
}

/// A drop that does anything in a field may suspend for all that rustc knows; a destructor of the value's own may not.
#[test]
fn dropping_may_suspend_a_coroutine() {
    let built = built_of(
        "pub struct Own; impl Drop for Own { fn drop(&mut self) {} }
        pub async fn f() { let _text = String::new(); let _own = Own; let _boxed = Box::new(Own); }",
        "::f::{closure#0})",
    );
    let drops: Vec<&str> = built.lines().map(str::trim).filter(|line| line.starts_with("drop(")).collect();
    expect![[r#"
        drop(_5) -> [return: bb3, unwind: bb11];
        drop(_4) -> [return: bb4, unwind: bb12];
        drop(_3) -> [return: bb5, unwind: bb13, drop: bb7];
        drop(_1) -> [return: bb6, unwind: bb14, drop: bb8];
        drop(_1) -> [return: bb8, unwind: bb14];
        drop(_6) -> [return: bb10, unwind terminate(cleanup)];
        drop(_4) -> [return: bb12, unwind terminate(cleanup)];
        drop(_3) -> [return: bb13, unwind terminate(cleanup)];
        drop(_1) -> [return: bb14, unwind terminate(cleanup)];"#]]
    .assert_eq(&drops.join("\n"));
}
