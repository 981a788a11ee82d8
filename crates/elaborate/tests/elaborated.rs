//! Bodies that rustc has typed, elaborated here, against those that rustc writes. (`cargo xtask front-diff --stage mir` compares
//! whole programs.)

use bessemer_elaborate as elaborate;
use expect_test::{Expect, expect};
use mir::pretty::body_to_string;
use testing::thir_text::read_crate;
use ty::Arena;

/// No checks for null and misaligned pointers: those are made by an optimisation pass.
const FLAGS: [&str; 2] = ["-Zmir-opt-level=0", "-Zub-checks=no"];

/// Elaborates all bodies of a snippet, each of which must be rustc's. Gives the text of the function `f`, or what is different.
fn elaborated(source: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let metadata = testing::compile(folder.path(), source, &FLAGS);
    let mut rustc = testing::rustc(folder.path());
    rustc.args(["--edition", "2024", "--crate-type", "lib", "-Zunpretty=thir-flat", "-Zverbose-internals"]);
    let text = testing::output(rustc.arg("snippet.rs"));
    let run = move || {
        let arena = Arena::new();
        let options = ty::SessionOptions { ub_checks: false, ..testing::session_options() };
        let program = testing::Program::open(&arena, &metadata, options);
        let solve = solve::Session::start(program.tcx, program.bodies).expect("std has what the solver needs");
        let build = build::BuildCx { traits: program.traits, solve };
        let cx = elaborate::ElaborateCx { build, layouts: program.layouts, known: program.bodies };
        let bodies = program.bodies;
        let mut shown = String::new();
        for read in read_crate(&program, 2024, &text).0 {
            let body = read.body.expect("the text is understood");
            let (def_id, is_function) = (body.def_id, matches!(body.thir.body_type, thir::BodyTy::Fn(_)));
            let header = if is_function { "fn f" } else { "const C" };
            let built = build::build(build, &body).expect("the body is built");
            let ours = match elaborate::elaborate(cx, def_id, built) {
                Ok(elaborated) => elaborated,
                Err(doubt) => return format!("in doubt: {doubt}\n"),
            };
            let rustcs = match is_function {
                true => bodies.optimized_mir(def_id),
                false if bodies.has_ctfe_mir(def_id) => bodies.mir_for_ctfe(def_id),
                // Of statics there is only the value.
                false => continue,
            };
            let tcx = program.tcx;
            let mut pairs = vec![(body_to_string(tcx, header, &ours.body), body_to_string(tcx, header, rustcs))];
            if let Some(for_ctfe) = &ours.for_ctfe {
                let rustcs = bodies.mir_for_ctfe(def_id);
                pairs.push((body_to_string(tcx, header, for_ctfe), body_to_string(tcx, header, rustcs)));
            }
            let promoted = bodies.promoted_mir(def_id);
            assert_eq!(ours.promoted.len(), promoted.len(), "promoted of {}", read.name);
            for (number, body) in ours.promoted.iter_enumerated() {
                let header = format!("promoted[{}] of {header}", number.index());
                pairs.push((body_to_string(tcx, &header, body), body_to_string(tcx, &header, &promoted[number])));
            }
            if let (Some(ours), Some(rustcs)) = (&ours.body.coroutine, &rustcs.coroutine) {
                let layouts = (&ours.coroutine_layout, &rustcs.coroutine_layout);
                let (Some(layout), Some(known)) = layouts else { panic!("{} has no layout", read.name) };
                assert_eq!(layout_text(tcx, layout), layout_text(tcx, known), "the layout of {}", read.name);
                let (Some(drop), Some(known)) = (&ours.coroutine_drop, &rustcs.coroutine_drop) else {
                    panic!("{} has no drop glue", read.name);
                };
                pairs.push((body_to_string(tcx, "fn drop", drop), body_to_string(tcx, "fn drop", known)));
            }
            for (ours, rustcs) in &pairs {
                if ours != rustcs {
                    return format!("{}\nours:\n{ours}\nrustc's:\n{rustcs}", read.name);
                }
            }
            let item = |mention: &mir::Mention<'_>| format!("{:?}", mention.item);
            let names = |body: &mir::Body<'_>| body.mentions.iter().map(item).collect::<Vec<_>>();
            assert_eq!(names(&ours.body), names(rustcs), "what {} mentions", read.name);
            if read.name.ends_with("::f)") {
                let texts: Vec<_> = pairs.into_iter().map(|(ours, _)| ours).collect();
                shown = texts.join("\n");
            }
        }
        shown
    };
    // The solver asks for a large stack.
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(run).expect("a thread starts");
    thread.join().expect("it ends")
}

fn layout_text<'tcx>(tcx: ty::Tcx<'tcx>, layout: &mir::CoroutineLayout<'tcx>) -> String {
    let types: Vec<_> = layout.field_tys.iter().map(|saved| (tcx.ty_str(saved.ty), saved.ignore_for_traits)).collect();
    // rustc's text says nothing of spans in a body.
    let scopes: Vec<_> = layout.variant_source_info.iter().map(|at| at.scope).collect();
    let (names, variants, conflicts) = (&layout.field_names, &layout.variant_fields, &layout.storage_conflicts);
    format!("{types:?} {names:?} {variants:?} {conflicts:?} {scopes:?}")
}

#[track_caller]
fn check(source: &str, expected: Expect) {
    expected.assert_eq(&elaborated(source));
}

/// Bodies that are rustc's, whatever they are. The snippet has no function `f`.
#[track_caller]
fn check_equal(source: &str) {
    assert_eq!(elaborated(source), "");
}

#[test]
fn a_flag_says_whether_a_moved_value_is_dropped() {
    check(
        "pub fn take(_: String) {} pub fn f(x: String, b: bool) { if b { take(x) } }",
        expect![[r#"
        fn f(_1: alloc::string::String, _2: bool) -> () {
            debug x => _1;
            debug b => _2;
            let mut _0: ();
            let mut _3: bool;
            let mut _4: alloc::string::String;
            let mut _5: bool;

            bb0: {
                _5 = const false;
                _5 = const true;
                StorageLive(_3);
                _3 = copy _2;
                switchInt(move _3) -> [0: bb3, otherwise: bb1];
            }

            bb1: {
                StorageLive(_4);
                _5 = const false;
                _4 = move _1;
                _0 = take(move _4) -> [return: bb2, unwind: bb6];
            }

            bb2: {
                StorageDead(_4);
                goto -> bb4;
            }

            bb3: {
                _0 = const ();
                goto -> bb4;
            }

            bb4: {
                StorageDead(_3);
                switchInt(copy _5) -> [0: bb5, otherwise: bb7];
            }

            bb5: {
                return;
            }

            bb6 (cleanup): {
                resume;
            }

            bb7: {
                drop(_1) -> [return: bb5, unwind: bb6];
            }
        }
    "#]],
    );
}

#[test]
fn a_constant_is_promoted() {
    check(
        "pub fn f() -> &'static (i32, &'static str) { &(1, \"a\") }",
        expect![[r#"
        fn f() -> &(i32, &str) {
            let mut _0: &(i32, &str);
            let _1: &(i32, &str);
            let _2: (i32, &str);
            let mut _3: &(i32, &str);

            bb0: {
                StorageLive(_1);
                _3 = const f::promoted[0];
                _1 = &(*_3);
                _0 = &(*_1);
                StorageDead(_1);
                return;
            }
        }

        promoted[0] of fn f: &(i32, &str) = {
            let mut _0: &(i32, &str);
            let mut _1: (i32, &str);

            bb0: {
                _1 = (const 1_i32, const "a");
                _0 = &_1;
                return;
            }
        }
    "#]],
    );
}

#[test]
fn a_box_is_dropped_in_parts() {
    check(
        "pub fn f(b: Box<(String, String)>) -> String { b.0 }",
        expect![[r#"
        fn f(_1: alloc::boxed::Box<(alloc::string::String, alloc::string::String), alloc::alloc::Global>) -> alloc::string::String {
            debug b => _1;
            let mut _0: alloc::string::String;
            let mut _2: &mut alloc::boxed::Box<(alloc::string::String, alloc::string::String), alloc::alloc::Global>;
            let mut _3: ();
            let mut _4: &mut alloc::boxed::Box<(alloc::string::String, alloc::string::String), alloc::alloc::Global>;
            let mut _5: ();
            let mut _6: *const (alloc::string::String, alloc::string::String);
            let mut _7: *const (alloc::string::String, alloc::string::String);

            bb0: {
                _7 = copy ((_1.0: core::ptr::unique::Unique<(alloc::string::String, alloc::string::String)>).0: core::ptr::non_null::NonNull<(alloc::string::String, alloc::string::String)>) as *const (alloc::string::String, alloc::string::String) (Transmute);
                _0 = move ((*_7).0: alloc::string::String);
                _6 = copy ((_1.0: core::ptr::unique::Unique<(alloc::string::String, alloc::string::String)>).0: core::ptr::non_null::NonNull<(alloc::string::String, alloc::string::String)>) as *const (alloc::string::String, alloc::string::String) (Transmute);
                drop(((*_6).1: alloc::string::String)) -> [return: bb4, unwind: bb3];
            }

            bb1 (cleanup): {
                resume;
            }

            bb2: {
                return;
            }

            bb3 (cleanup): {
                _4 = &mut _1;
                _5 = <alloc::boxed::Box<(alloc::string::String, alloc::string::String), alloc::alloc::Global> as core::ops::drop::Drop>::drop(move _4) -> [return: bb5, unwind terminate(cleanup)];
            }

            bb4: {
                _2 = &mut _1;
                _3 = <alloc::boxed::Box<(alloc::string::String, alloc::string::String), alloc::alloc::Global> as core::ops::drop::Drop>::drop(move _2) -> [return: bb2, unwind: bb1];
            }

            bb5 (cleanup): {
                goto -> bb1;
            }
        }
    "#]],
    );
}

#[test]
fn conditional_moves() {
    check_equal(
        "pub fn take<T>(_: T) {}
         pub fn late(b: bool) { let x; if b { x = String::new(); take(&x); } }
         pub fn twice(b: bool, c: bool, x: Vec<u8>) { if b { take(x) } else if c { drop(x) } take(1) }
         pub fn in_a_loop(n: u32) { let mut last = String::new(); for i in 0..n { if i == 3 { take(last); last = String::from(\"x\"); } } }
         pub fn leaves_the_loop(mut n: u32, x: String) -> String { loop { n -= 1; if n == 0 { break x; } take(n); } }
         pub fn replaced(mut x: String, y: String) -> String { x = y; x }
         pub fn replaced_by_parts(p: &mut (String, String), y: String) { p.0 = y; }",
    );
}

#[test]
fn partial_moves() {
    check_equal(
        "pub struct S { pub a: String, pub b: (String, Vec<u8>), pub c: u8 }
         pub enum E { A(String, String), B(Box<E>), C { x: u8 }, D }
         pub fn take<T>(_: T) {}
         pub fn field(s: S, b: bool) { if b { take(s.b.0) } take(s.c) }
         pub fn variant(e: E, b: bool) { match e { E::A(x, _) if b => take(x), E::B(y) => take(y), _ => {} } }
         pub fn tuple(t: (String, String), b: bool) -> String { let (x, y) = t; if b { x } else { y } }
         pub fn array(a: [String; 4], b: bool) { if b { let [x, .., y] = a; take((x, y)) } }
         pub fn rest(a: [String; 4]) { let [_x, rest @ ..] = a; take(rest) }
         pub fn closure(x: String, y: String) -> impl FnOnce() -> String { move || { take(x); y } }
         pub fn option(o: Option<String>) -> String { match o { Some(s) => s, None => String::new() } }",
    );
}

#[test]
fn boxes() {
    check_equal(
        "pub fn take<T>(_: T) {}
         pub fn all(b: Box<String>) -> String { *b }
         pub fn nested(b: Box<Box<(u8, String)>>) -> u8 { b.0 }
         pub fn maybe(b: Box<String>, c: bool) { if c { take(*b) } }
         pub fn again(mut b: Box<String>) -> Box<String> { take(*b); *b = String::new(); b }
         pub fn through(p: &mut &mut Box<(u8, String)>) -> u8 { let n = &mut ***p; n.0 += 1; p.0 }
         pub fn object(b: Box<dyn Fn() -> u8>) -> u8 { b() }",
    );
}

#[test]
fn what_is_promoted() {
    check_equal(
        "use std::cell::Cell;
         pub const NONE: Option<Cell<u8>> = None; pub const SOME: Option<Cell<u8>> = Some(Cell::new(1));
         pub const fn seven() -> u8 { 7 }
         pub fn take<T>(_: T) {}
         pub fn numbers() { take(&(1 + 2)); take(&[1u8, 2, 3]); take(&-5i8); let _: &mut [u8] = &mut []; }
         pub fn divisions(n: &'static u32) { take(&(4 / 2)); take(&(n / 2)); take(&(1 / *n)); }
         pub fn interior() { take(&NONE); take(&SOME); take(&Cell::new(1)); take(&None::<Cell<u8>>); }
         pub fn calls() { take(&seven()); take(&std::mem::size_of::<u32>()); take(&(0..=3)); take(&u8::max_value()); }
         pub const CALL: &u8 = &seven();
         pub const BRANCH: u8 = if seven() == 1 { *&seven() } else { *&1 };
         pub fn generic<T>() -> &'static Option<T> { &None }
         pub fn with_drop<T>() { take(&Vec::<T>::new()); take(&None::<T>); }
         pub fn index(i: usize) { take(&[1, 2][1]); take(&[1, 2][i]); }
         pub fn inner() -> &'static &'static [&'static u8; 2] { &&[&1, &2] }
         pub fn format(n: u8) -> String { format!(\"{n} and {}\", 1) }
         pub const fn of_const_fn() -> &'static [u8] { &[1, 2, 3] }",
    );
}

#[test]
fn unwinding() {
    check_equal(
        "pub fn take<T>(_: T) {}
         pub extern \"C\" fn no_way_out(x: &mut Vec<u8>) { x.push(1); }
         pub extern \"C\" fn with_drop(x: String) { take(&x) }
         pub extern \"C-unwind\" fn through(x: String) { take(&x) }
         unsafe extern \"C\" { safe fn foreign(); }
         pub fn calls_foreign(_x: String) { foreign(); }
         pub fn many(a: String, b: String) -> (String, String) { (a.clone(), b.clone()) }
         pub fn arithmetic(a: u32, v: &[u8], _s: String) -> u8 { v[a as usize + 1] / v[0] }",
    );
}

#[test]
fn packed_types_and_unions() {
    check_equal(
        "use std::mem::ManuallyDrop;
         #[repr(packed)] pub struct P<T>(pub u8, pub T, pub String);
         pub union U { pub a: ManuallyDrop<String>, pub b: u8 }
         pub fn take<T>(_: T) {}
         pub fn packed(p: P<String>) -> String { p.2 }
         pub fn packed_generic<T>(p: P<T>, b: bool) { if b { take(p.1) } }
         pub fn union_field(u: U) { unsafe { take(u.a) } }
         pub fn union_write(mut u: U) -> U { u.a = ManuallyDrop::new(String::new()); u }",
    );
}

#[test]
fn opaque_types_are_revealed() {
    check_equal(
        "pub fn hidden() -> impl Iterator<Item = String> { vec![String::new()].into_iter() }
         pub fn uses() -> usize { hidden().map(|s| s.len()).sum() }
         pub fn generic<T: Clone>(t: T) -> impl Fn() -> T { move || t.clone() }
         pub fn uses_generic<T: Clone>(t: T) -> T { generic(t)() }
         pub fn projection<I: Iterator>(mut i: I) -> Option<I::Item> { let x = i.next(); x }",
    );
}

#[test]
fn a_coroutine_becomes_states() {
    check_equal(
        "#![feature(coroutines, coroutine_trait, never_type, stmt_expr_attributes)]
        use std::ops::Coroutine;
        pub fn simple() -> impl Coroutine<Yield = i32, Return = ()> { #[coroutine] || { yield 1; } }
        pub fn resumed() -> impl Coroutine<u8, Yield = u8, Return = String> {
            #[coroutine] |mut x: u8| { x = yield x; let y = yield x; x += y; yield x; format!(\"{x}\") }
        }
        pub fn not_moved() -> impl Coroutine<Yield = i32, Return = ()> {
            #[coroutine] static || { let x = 5; let y = &x; yield 1; yield *y; }
        }
        pub fn endless() -> impl Coroutine<Yield = u8, Return = !> {
            #[coroutine] || { let mut n = 0; loop { yield n; n ^= 1; } }
        }",
    );
}

#[test]
fn what_a_coroutine_holds_is_dropped_where_it_waits() {
    check_equal(
        "#![feature(coroutines, coroutine_trait, stmt_expr_attributes)]
        use std::ops::Coroutine;
        pub struct Loud(u8);
        impl Drop for Loud { fn drop(&mut self) {} }
        pub fn captured(a: Loud, b: String) -> impl Coroutine<bool, Yield = u8, Return = ()> {
            #[coroutine] move |c: bool| {
                let d = Loud(1);
                if c { drop(a); }
                yield d.0;
                let e = (Loud(2), b);
                if yield 2 { drop(e.0); }
                yield 3;
            }
        }",
    );
}

#[test]
fn futures_wait_for_others() {
    check_equal(
        "pub struct Loud(u8);
        impl Drop for Loud { fn drop(&mut self) {} }
        static WORD: String = String::new();
        pub async fn leaf(x: u32) -> u32 { x }
        pub async fn two(_: &String, _: u32) {}
        pub async fn across(s: String) -> usize {
            let d = Loud(1);
            let n = leaf(3).await;
            let m = async { leaf(n).await + 1 }.await;
            drop(d);
            two(&WORD, leaf(1).await).await;
            s.len() + m as usize
        }
        pub async fn branches(b: bool) -> u32 {
            if b { let v = vec![1]; leaf(v[0]).await } else { let t = Loud(2); leaf(u32::from(t.0)).await }
        }",
    );
}

#[test]
fn drops_of_parameters_may_be_of_coroutines() {
    check_equal(
        "use std::future::Future;
        pub async fn all<T: Future<Output = u8>>(t: T, v: Vec<u8>) -> u8 {
            for x in v {
                if x == 3 { return t.await; }
                std::future::ready(x).await;
            }
            0
        }
        pub fn take<T>(_: T) {}
        pub async fn parts<T>(b: Box<T>, e: Option<(T, String)>, p: (T, T), a: [T; 2], c: bool) {
            std::future::ready(1).await;
            if c { take(*b); take(p.0); }
            if c { if let Some((x, _)) = e { take(x); } }
            if c { let [x, _] = a; take(x); }
            std::future::ready(2).await;
        }",
    );
}

#[test]
fn iterators_end_and_stay_ended() {
    check_equal(
        "#![feature(gen_blocks, async_iterator)]
        pub fn numbers(v: Vec<u8>) -> impl Iterator<Item = u8> { gen move { for x in v { yield x; } } }
        pub async fn leaf(x: u8) -> u8 { x }
        pub fn later() -> impl std::async_iter::AsyncIterator<Item = u8> {
            async gen { yield leaf(1).await; yield 2; }
        }",
    );
}

#[test]
fn asynchronous_drops_are_in_doubt() {
    check(
        "#![feature(async_drop)] #![allow(incomplete_features)]
        pub struct Late;
        impl std::future::AsyncDrop for Late { async fn drop(self: std::pin::Pin<&mut Self>) {} }
        impl Drop for Late { fn drop(&mut self) {} }
        pub async fn f(_x: Late) {}",
        expect![[r#"
            in doubt: asynchronous drop
        "#]],
    );
}
