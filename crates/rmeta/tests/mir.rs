//! Bodies of snippets, as text.

mod common;

use bessemer_rmeta::Session;
use expect_test::{Expect, expect};
use mir::Bodies;
use std::fmt::Write;
use ty::*;

/// The optimised body of a function, or else the body that is evaluated, with its promoteds.
fn dump(session: &Session<'_>, name: &str) -> String {
    let def_id = common::find(session, name);
    let tcx = session.tcx;
    let mut out = String::new();
    if let Some((value, ty)) = session.trivial_const(def_id) {
        writeln!(out, "const {name}: {} = {value:?};", tcx.ty_str(ty)).unwrap();
        return out;
    }
    if let Some(value) = session.static_initializer(def_id) {
        mir::pretty::write_static(&mut out, tcx, &format!("static {name}"), value.0).unwrap();
        return out;
    }
    let (kind, body) = match session.def_kind(def_id) {
        DefKind::Fn | DefKind::AssocFn => ("fn", session.optimized_mir(def_id)),
        _ => ("const", session.mir_for_ctfe(def_id)),
    };
    mir::pretty::write_body(&mut out, tcx, &format!("{kind} {name}"), body).unwrap();
    for (promoted, body) in session.promoted_mir(def_id).iter_enumerated() {
        mir::pretty::write_body(&mut out, tcx, &format!("{promoted:?} of {name}"), body).unwrap();
    }
    out
}

fn check(source: &str, names: &[&str], expected: Expect) {
    common::with_snippet(source, |session| {
        let all: Vec<String> = names.iter().map(|name| dump(session, &format!("snippet::{name}"))).collect();
        expected.assert_eq(&all.join("\n"));
    });
}

#[test]
fn places_and_switches() {
    check(
        "pub enum E { A(u8), B { x: i64 }, C }
        pub fn f(e: &mut [E; 4], n: usize) -> i64 {
            match &mut e[n] { E::A(a) => *a as i64, E::B { x } => { *x += 1; *x } E::C => -7 }
        }",
        &["f"],
        expect![[r#"
            fn snippet::f(_1: &mut [E; 4], _2: usize) -> i64 {
                debug e => _1;
                debug n => _2;
                let mut _0: i64;
                let mut _3: &mut E;
                let mut _4: bool;
                let mut _5: isize;
                let _6: &mut u8;
                let mut _7: u8;
                let _8: &mut i64;
                let mut _9: (i64, bool);
                scope 1 {
                    debug a => _6;
                }
                scope 2 {
                    debug x => _8;
                }

                bb0: {
                    _4 = Lt(copy _2, const 4_usize);
                    assert(move _4, "index out of bounds: the length is {} but the index is {}", const 4_usize, copy _2) -> [success: bb1, unwind continue];
                }

                bb1: {
                    _3 = &mut (*_1)[_2];
                    _5 = discriminant((*_3));
                    switchInt(move _5) -> [0: bb5, 1: bb4, 2: bb3, otherwise: bb2];
                }

                bb2: {
                    unreachable;
                }

                bb3: {
                    _0 = const -7_i64;
                    goto -> bb7;
                }

                bb4: {
                    _8 = &mut (((*_3) as B).0: i64);
                    _9 = AddWithOverflow(copy (*_8), const 1_i64);
                    assert(!move (_9.1: bool), "attempt to compute `{} + {}`, which would overflow", copy (*_8), const 1_i64) -> [success: bb6, unwind continue];
                }

                bb5: {
                    _6 = &mut (((*_3) as A).0: u8);
                    _7 = copy (*_6);
                    _0 = move _7 as i64 (IntToInt);
                    goto -> bb7;
                }

                bb6: {
                    (*_8) = move (_9.0: i64);
                    _0 = copy (*_8);
                    goto -> bb7;
                }

                bb7: {
                    return;
                }
            }
        "#]],
    );
}

#[test]
fn constants() {
    check(
        r#"pub static S: [&str; 2] = ["a", "bc"];
        pub static mut COUNT: u32 = 3;
        pub const K: u8 = 7;
        pub const PAIR: (f32, char) = (1.5, 'x');
        fn g<T>(_: T) {}
        pub fn f() -> (&'static [u8; 3], &'static str, fn(i8), f64, &'static (u32, bool)) {
            unsafe { COUNT = S.len() as u32 };
            (b"a\n\xff", "hi\n", g::<i8>, -0.5, &(7, true))
        }
        pub fn h<const N: usize, T: Default>() -> ([T; 1], usize, (f32, char)) { ([T::default()], N + K as usize, PAIR) }"#,
        &["S", "COUNT", "K", "PAIR", "f", "h"],
        expect![[r#"
            static snippet::S (size: 32, align: 8) {
                0x0000 │ 00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 │ ................
                0x0010 │ 00 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00 │ ................
                at 0x0: alloc1
                at 0x10: alloc2
            }

            alloc1 (size: 1, align: 1) {
                0x0000 │ 61                                              │ a
            }

            alloc2 (size: 2, align: 1) {
                0x0000 │ 62 63                                           │ bc
            }

            static snippet::COUNT (size: 4, align: 4, mutable) {
                0x0000 │ 03 00 00 00                                     │ ....
            }

            const snippet::K: u8 = Scalar(Int(0x07));

            const snippet::PAIR: (f32, char) = {
                let mut _0: (f32, char);

                bb0: {
                    _0 = (const 1.5_f32, const 'x');
                    return;
                }
            }

            fn snippet::f() -> (&[u8; 3], &str, fn(i8), f64, &(u32, bool)) {
                let mut _0: (&[u8; 3], &str, fn(i8), f64, &(u32, bool));
                let mut _1: usize;
                let mut _2: &[&str];
                let mut _3: &[&str; 2];
                let mut _4: *mut u32;
                let mut _5: fn(i8);
                let _6: &(u32, bool);
                let mut _7: *const ();
                let mut _8: usize;
                let mut _9: usize;
                let mut _10: usize;
                let mut _11: bool;
                let mut _12: *const ();
                let mut _13: usize;
                let mut _14: bool;
                let mut _15: bool;
                let mut _16: bool;
                let mut _17: bool;

                bb0: {
                    _3 = const {static S: &[&str; 2]};
                    _2 = move _3 as &[&str] (PointerCoercion(Unsize));
                    _1 = PtrMetadata(move _2);
                    _4 = const {static COUNT: *mut u32};
                    _7 = copy _4 as *const () (PtrToPtr);
                    _8 = copy _7 as usize (Transmute);
                    _9 = Sub(const <u32 as core::mem::SizedTypeProperties>::ALIGN, const 1_usize);
                    _10 = BitAnd(copy _8, copy _9);
                    _11 = Eq(copy _10, const 0_usize);
                    assert(copy _11, "misaligned pointer dereference: address must be a multiple of {} but is {}", const <u32 as core::mem::SizedTypeProperties>::ALIGN, copy _8) -> [success: bb1, unwind unreachable];
                }

                bb1: {
                    _12 = copy _4 as *const () (PtrToPtr);
                    _13 = copy _12 as usize (Transmute);
                    _14 = Ne(const <u32 as core::mem::SizedTypeProperties>::SIZE, const 0_usize);
                    _15 = Eq(copy _13, const 0_usize);
                    _16 = BitAnd(copy _15, copy _14);
                    _17 = Not(copy _16);
                    assert(copy _17, "null pointer dereference occurred") -> [success: bb2, unwind unreachable];
                }

                bb2: {
                    (*_4) = move _1 as u32 (IntToInt);
                    _5 = g::<i8> as fn(i8) (PointerCoercion(ReifyFnPointer));
                    _6 = const f::promoted[0];
                    _0 = (const b"a\n\xff", const "hi\n", move _5, const -0.5_f64, copy _6);
                    return;
                }
            }
            promoted0 of snippet::f: &(u32, bool) = {
                let mut _0: &(u32, bool);
                let mut _1: (u32, bool);

                bb0: {
                    _1 = (const 7_u32, const true);
                    _0 = &_1;
                    return;
                }
            }

            fn snippet::h() -> ([T; 1], usize, (f32, char)) {
                let mut _0: ([T; 1], usize, (f32, char));
                let mut _1: [T; 1];
                let mut _2: T;
                let mut _3: usize;
                let mut _4: usize;
                let mut _5: (usize, bool);

                bb0: {
                    _2 = <T as core::default::Default>::default() -> [return: bb1, unwind continue];
                }

                bb1: {
                    _1 = [move _2];
                    _4 = const K as usize (IntToInt);
                    _5 = AddWithOverflow(const N, copy _4);
                    assert(!move (_5.1: bool), "attempt to compute `{} + {}`, which would overflow", const N, move _4) -> [success: bb2, unwind: bb3];
                }

                bb2: {
                    _3 = move (_5.0: usize);
                    _0 = (move _1, move _3, const PAIR);
                    return;
                }

                bb3 (cleanup): {
                    drop(_1) -> [return: bb4, unwind terminate(cleanup)];
                }

                bb4 (cleanup): {
                    resume;
                }
            }
        "#]],
    );
}

#[test]
fn drops_and_closures() {
    check(
        "pub fn f(v: Vec<u8>, g: &dyn Fn(usize) -> u8) -> u8 {
            let c = move |n: usize| v[n];
            c(0) + g(1)
        }",
        &["f"],
        expect![[r#"
            fn snippet::f(_1: alloc::vec::Vec<u8, alloc::alloc::Global>, _2: &dyn core::ops::function::Fn<(usize,), Output = u8>) -> u8 {
                debug v => _1;
                debug g => _2;
                let mut _0: u8;
                let _3: {f::{closure#0}};
                let mut _4: u8;
                let mut _5: &{f::{closure#0}};
                let mut _6: (usize,);
                let mut _7: u8;
                let mut _8: (usize,);
                let mut _9: (u8, bool);
                scope 1 {
                    debug c => _3;
                }

                bb0: {
                    _3 = {f::{closure#0}} { 0: move _1 };
                    _5 = &_3;
                    _6 = (const 0_usize,);
                    _4 = <{f::{closure#0}} as core::ops::function::Fn<(usize,)>>::call(move _5, move _6) -> [return: bb1, unwind: bb5];
                }

                bb1: {
                    _8 = (const 1_usize,);
                    _7 = <dyn core::ops::function::Fn<(usize,), Output = u8> as core::ops::function::Fn<(usize,)>>::call(copy _2, move _8) -> [return: bb2, unwind: bb5];
                }

                bb2: {
                    _9 = AddWithOverflow(copy _4, copy _7);
                    assert(!move (_9.1: bool), "attempt to compute `{} + {}`, which would overflow", move _4, move _7) -> [success: bb3, unwind: bb5];
                }

                bb3: {
                    _0 = move (_9.0: u8);
                    drop(_3) -> [return: bb4, unwind continue];
                }

                bb4: {
                    return;
                }

                bb5 (cleanup): {
                    drop(_3) -> [return: bb6, unwind terminate(cleanup)];
                }

                bb6 (cleanup): {
                    resume;
                }
            }
        "#]],
    );
}

#[test]
fn assembly() {
    check(
        r#"use std::arch::asm;
        pub fn f(a: u64, b: u8) -> u64 {
            let mut c = a;
            let d: u64;
            unsafe {
                asm!("add {0}, {1}", "mov {2:e}, {3}", inlateout(reg) c, in(reg) a, out(reg) d, const 7, options(nostack));
                asm!("inc al", inout("al") b => _, out("xmm3") _, lateout("rcx") _);
                asm!("jmp {}", label { c = 1; }, options(nomem));
            }
            c + d
        }"#,
        &["f"],
        expect![[r#"
            fn snippet::f(_1: u64, _2: u8) -> u64 {
                debug a => _1;
                debug b => _2;
                let mut _0: u64;
                let mut _3: u64;
                let mut _5: u64;
                let mut _6: u64;
                let mut _7: (u64, bool);
                scope 1 {
                    debug c => _3;
                    let _4: u64;
                    scope 2 {
                        debug d => _4;
                    }
                }

                bb0: {
                    _3 = copy _1;
                    asm!("add {0}, {1}\nmov {2:e}, {3}", inlateout(reg) copy _3 => _3, in(reg) copy _1, out(reg) _4, const f::{constant#0}, options(nostack)) -> [return: bb1, unwind unreachable];
                }

                bb1: {
                    asm!("inc al", inout("al") copy _2 => _, out("xmm3") _, lateout("cx") _, options()) -> [return: bb2, unwind unreachable];
                }

                bb2: {
                    asm!("jmp {0}", label 1, options(nomem)) -> [return: bb3, label: bb4, unwind unreachable];
                }

                bb3: {
                    _5 = copy _3;
                    _6 = copy _4;
                    _7 = AddWithOverflow(copy _5, copy _6);
                    assert(!move (_7.1: bool), "attempt to compute `{} + {}`, which would overflow", move _5, move _6) -> [success: bb5, unwind continue];
                }

                bb4: {
                    _3 = const 1_u64;
                    goto -> bb3;
                }

                bb5: {
                    _0 = move (_7.0: u64);
                    return;
                }
            }
        "#]],
    );
}

#[test]
fn coroutines() {
    common::with_snippet(
        "async fn wait(n: u8) -> u8 { n }
        pub async fn f(s: String) -> usize { let n = wait(3).await; s.len() + n as usize }",
        |session| {
            let f = common::find(session, "snippet::f");
            let krate = session.crate_data(CrateNum::LOCAL).unwrap();
            let closure = (0..krate.root.tables.def_kind.len() as u32)
                .map(|index| DefId { krate: CrateNum::LOCAL, index })
                .find(|&def_id| {
                    session.def_key(def_id).parent == Some(f.index) && session.def_kind(def_id) == DefKind::Closure
                })
                .expect("the body of an async fn is a closure");
            let layout = session.coroutine_layout(closure).expect("a coroutine has a layout");
            let types: Vec<String> = layout.field_tys.iter().map(|saved| session.tcx.ty_str(saved.ty)).collect();
            let mut out = format!("{types:?}\n{:?}\n", layout.variant_fields.raw);
            let body = session.optimized_mir(closure);
            let info = body.coroutine.as_ref().expect("a coroutine");
            let witnesses = session.coroutine_witnesses(closure).expect("a coroutine has witnesses");
            assert_eq!(witnesses.variant_fields.len(), layout.variant_fields.len());
            let drop = info.coroutine_drop.as_ref().expect("it can be dropped");
            mir::pretty::write_body(&mut out, session.tcx, "fn drop", drop).unwrap();
            expect![[r#"
                ["alloc::string::String", "{wait::{closure#0}}"]
                [[], [], [], [0, 1]]
                fn drop(_1: *mut {f::{closure#0}}) -> () {
                    debug _task_context => _2;
                    debug s => ((*_1).0: alloc::string::String);
                    let mut _0: ();
                    let mut _2: &mut core::task::wake::Context;
                    let _3: alloc::string::String;
                    let mut _5: {wait::{closure#0}};
                    let mut _6: {wait::{closure#0}};
                    let mut _8: ();
                    let _9: ();
                    let mut _10: core::task::poll::Poll<u8>;
                    let mut _11: core::pin::Pin<&mut {wait::{closure#0}}>;
                    let mut _12: &mut {wait::{closure#0}};
                    let mut _13: &mut {wait::{closure#0}};
                    let mut _14: &mut core::task::wake::Context;
                    let mut _15: &mut core::task::wake::Context;
                    let mut _16: &mut core::task::wake::Context;
                    let mut _17: isize;
                    let mut _19: !;
                    let mut _20: &mut core::task::wake::Context;
                    let mut _21: ();
                    let mut _22: usize;
                    let mut _23: &alloc::string::String;
                    let mut _24: usize;
                    let mut _25: u8;
                    let mut _26: (usize, bool);
                    let mut _27: usize;
                    let mut _28: u32;
                    scope 1 {
                        debug s => (((*_1) as variant#3).0: alloc::string::String);
                        let _4: u8;
                        let mut _7: {wait::{closure#0}};
                        scope 2 {
                            debug n => _4;
                        }
                        scope 3 {
                            debug __awaitee => (((*_1) as variant#3).1: {wait::{closure#0}});
                            let _18: u8;
                            scope 4 {
                                debug result => _18;
                            }
                        }
                    }

                    bb0: {
                        _28 = discriminant((*_1));
                        switchInt(move _28) -> [0: bb14, 3: bb17, otherwise: bb18];
                    }

                    bb1: {
                        StorageDead(_21);
                        StorageDead(_20);
                        drop((((*_1) as variant#3).1: {wait::{closure#0}})) -> [return: bb2, unwind: bb7];
                    }

                    bb2: {
                        goto -> bb3;
                    }

                    bb3: {
                        StorageDead(_5);
                        StorageDead(_4);
                        drop((((*_1) as variant#3).0: alloc::string::String)) -> [return: bb4, unwind: bb9];
                    }

                    bb4: {
                        goto -> bb11;
                    }

                    bb5: {
                        return;
                    }

                    bb6 (cleanup): {
                        resume;
                    }

                    bb7 (cleanup): {
                        goto -> bb8;
                    }

                    bb8 (cleanup): {
                        StorageDead(_5);
                        StorageDead(_4);
                        drop((((*_1) as variant#3).0: alloc::string::String)) -> [return: bb9, unwind terminate(cleanup)];
                    }

                    bb9 (cleanup): {
                        goto -> bb12;
                    }

                    bb10: {
                        goto -> bb5;
                    }

                    bb11: {
                        goto -> bb10;
                    }

                    bb12 (cleanup): {
                        goto -> bb6;
                    }

                    bb13: {
                        return;
                    }

                    bb14: {
                        goto -> bb16;
                    }

                    bb15: {
                        goto -> bb13;
                    }

                    bb16: {
                        drop(((*_1).0: alloc::string::String)) -> [return: bb15, unwind: bb6];
                    }

                    bb17: {
                        StorageLive(_4);
                        StorageLive(_5);
                        StorageLive(_20);
                        StorageLive(_21);
                        goto -> bb1;
                    }

                    bb18: {
                        return;
                    }
                }
            "#]].assert_eq(&out);
        },
    );
}

/// A chain of pieces of constant memory that is deeper than values may nest.
#[test]
fn long_chain_of_memory() {
    let mut source =
        "pub struct Node(pub u32, pub Option<&'static Node>);\nconst N0: &Node = &Node(0, None);\n".to_owned();
    for i in 1..=1000 {
        writeln!(source, "const N{i}: &Node = &Node({i}, Some(N{}));", i - 1).unwrap();
    }
    source.push_str("pub static LIST: &Node = N1000;");
    common::with_snippet(&source, |session| {
        let list = session.static_initializer(common::find(session, "snippet::LIST")).expect("a static");
        let (mut length, mut next) = (0, list.0.provenance.first().copied());
        while let Some((_, id)) = next {
            let GlobalAlloc::Memory(node) = session.tcx.global_alloc(id) else { panic!("{id:?} is no memory") };
            next = node.0.provenance.first().copied();
            length += 1;
        }
        assert_eq!(length, 1001);
    });
}

/// Decodes all bodies of the crate being compiled.
fn decode_bodies(session: &Session<'_>) {
    let krate = session.crate_data(CrateNum::LOCAL).expect("the crate has metadata");
    for index in 0..krate.root.tables.def_kind.len() as u32 {
        let def_id = DefId { krate: CrateNum::LOCAL, index };
        if session.has_optimized_mir(def_id) {
            session.optimized_mir(def_id);
            session.promoted_mir(def_id);
        }
        if session.has_ctfe_mir(def_id) {
            session.mir_for_ctfe(def_id);
        }
        session.trivial_const(def_id);
        session.static_initializer(def_id);
        session.coroutine_witnesses(def_id);
    }
}

/// Whatever a changed byte does, it ends in a value or in the error that the caller expects.
#[test]
fn damaged_bytes() {
    // Nesting is bounded, but frames are large without optimisation.
    let thread = std::thread::Builder::new().stack_size(32 << 20).spawn(try_damaged_bytes).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

fn try_damaged_bytes() {
    let source = r#"use std::fmt::Debug;
        pub static S: [&'static (dyn Debug + Sync); 2] = [&1u8, &"x"];
        pub enum E<T> { A(T), B { v: Vec<T>, n: [u8; 3] } }
        pub fn f<T: Debug + Clone>(e: &mut E<T>, k: impl Fn(u8) -> T) -> Option<T> {
            match e { E::A(t) => { println!("{t:?}"); None } E::B { v, n } => { v.push(k(n[1])); v.pop() } }
        }
        pub async fn g(s: String) -> usize { let n = async { 3 }.await; s.len() + n }
        pub const C: (u8, &str) = (300u32 as u8, "c");"#;
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = common::compile(dir.path(), source, &[]);
    let good = std::fs::read(&path).expect("the metadata is there");
    let rounds = if std::env::var_os("BESSEMER_WALK_ALL").is_some() { 20_000 } else { 150 };
    std::panic::set_hook(Box::new(|_| {}));
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let (mut refused, mut found) = (0, 0);
    let mut wrong = Vec::new();
    for _ in 0..rounds {
        let mut bytes = good.clone();
        let at = 64 + random(good.len() - 64);
        let value = random(256) as u8;
        bytes[at] = value;
        std::fs::write(&path, &bytes).expect("the metadata is written");
        let outcome = std::panic::catch_unwind(|| {
            let arena = Arena::new();
            common::open(&arena, &path).map(decode_bodies).is_ok()
        });
        match outcome {
            Ok(opened) => refused += usize::from(!opened),
            Err(payload) if payload.is::<MetadataError>() => found += 1,
            Err(payload) => {
                let text = payload.downcast_ref::<String>().cloned();
                let text = text.or_else(|| payload.downcast_ref::<&str>().map(|text| text.to_string()));
                wrong.push(format!("byte {at} = {value}: {text:?}"));
            }
        }
    }
    let _ = std::panic::take_hook();
    assert!(wrong.is_empty(), "{refused} refused, {found} found, but {} panics:\n{}", wrong.len(), wrong.join("\n"));
    assert!(found > 0, "no change reached a body");
}

#[test]
fn whole_crate() {
    let source = "pub struct P(pub u8);
        pub static mut N: u16 = 5;
        mod inner { pub fn private<T>(t: T) -> impl FnOnce() -> T { move || t } }
        pub fn f() -> &'static [u8] { drop(inner::private(1)); &[1, 2] }";
    common::with_snippet(source, |session| {
        let mut out = String::new();
        mir::pretty::write_crate(&mut out, session.tcx, session, CrateNum::LOCAL).unwrap();
        expect![[r#"
            static mut N (size: 2, align: 2, mutable) {
                0x0000 │ 05 00                                           │ ..
            }

            fn inner::private(_1: T) -> {inner::private::{closure#0}} {
                debug t => _1;
                let mut _0: {inner::private::{closure#0}};

                bb0: {
                    _0 = {inner::private::{closure#0}} { 0: move _1 };
                    return;
                }
            }

            fn inner::private::{closure#0}(_1: {inner::private::{closure#0}}) -> T {
                debug t => (_1.0: T);
                let mut _0: T;

                bb0: {
                    _0 = move (_1.0: T);
                    return;
                }
            }

            fn f() -> &[u8] {
                let mut _0: &[u8];
                let _1: ();
                let mut _2: {inner::private::{closure#0}};
                let _3: &[u8; 2];

                bb0: {
                    _2 = inner::private::<i32>(const 1_i32) -> [return: bb1, unwind continue];
                }

                bb1: {
                    _1 = core::mem::drop::<{inner::private::{closure#0}}>(move _2) -> [return: bb2, unwind continue];
                }

                bb2: {
                    _3 = const f::promoted[0];
                    _0 = copy _3 as &[u8] (PointerCoercion(Unsize));
                    return;
                }
            }

            const f::promoted[0]: &[u8; 2] = {
                let mut _0: &[u8; 2];
                let mut _1: [u8; 2];

                bb0: {
                    _1 = [const 1_u8, const 2_u8];
                    _0 = &_1;
                    return;
                }
            }
        "#]]
        .assert_eq(&out);
    });
}
