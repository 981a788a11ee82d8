//! Bodies of shims.

mod common;

use common::with_program;
use expect_test::{Expect, expect};
use ty::{ClosureKind, LangItem, TyKind};

/// The glue of the snippet's type alias `T`.
fn check_drop(source: &str, expected: Expect) {
    with_program(source, |program| {
        let glue = program.traits.resolve_drop_in_place(program.ty("T"));
        let body = program.traits.instance_mir(glue);
        expected.assert_eq(&mir::pretty::body_to_string(program.tcx, "fn drop_in_place", body));
    });
}

#[test]
fn struct_with_impl() {
    check_drop(
        "pub struct S(String, u8, Vec<u8>); impl Drop for S { fn drop(&mut self) {} } pub type T = S;",
        expect![[r#"
            fn drop_in_place(_1: *mut S) -> () {
                let mut _0: ();
                let mut _2: &mut S;
                let mut _3: ();

                bb0: {
                    goto -> bb7;
                }

                bb1: {
                    return;
                }

                bb2 (cleanup): {
                    resume;
                }

                bb3: {
                    drop(((*_1).2: alloc::vec::Vec<u8, alloc::alloc::Global>)) -> [return: bb1, unwind continue];
                }

                bb4 (cleanup): {
                    drop(((*_1).2: alloc::vec::Vec<u8, alloc::alloc::Global>)) -> [return: bb2, unwind terminate(cleanup)];
                }

                bb5: {
                    drop(((*_1).0: alloc::string::String)) -> [return: bb3, unwind: bb4];
                }

                bb6 (cleanup): {
                    drop(((*_1).0: alloc::string::String)) -> [return: bb4, unwind terminate(cleanup)];
                }

                bb7: {
                    _2 = &mut (*_1);
                    _3 = <S as core::ops::drop::Drop>::drop(move _2) -> [return: bb5, unwind: bb6];
                }
            }
        "#]],
    );
}

#[test]
fn enum_() {
    check_drop(
        "pub type T = Option<Result<String, std::sync::Arc<u8>>>; ",
        expect![[r#"
            fn drop_in_place(_1: *mut core::option::Option<core::result::Result<alloc::string::String, alloc::sync::Arc<u8, alloc::alloc::Global>>>) -> () {
                let mut _0: ();
                let mut _2: isize;
                let mut _3: isize;

                bb0: {
                    goto -> bb3;
                }

                bb1: {
                    return;
                }

                bb2: {
                    drop((((*_1) as variant#1).0: core::result::Result<alloc::string::String, alloc::sync::Arc<u8, alloc::alloc::Global>>)) -> [return: bb1, unwind continue];
                }

                bb3: {
                    _2 = discriminant((*_1));
                    switchInt(move _2) -> [1: bb2, otherwise: bb1];
                }
            }
        "#]],
    );
}

#[test]
fn boxes() {
    check_drop(
        "pub type T = Box<String>;",
        expect![[r#"
            fn drop_in_place(_1: *mut alloc::boxed::Box<alloc::string::String, alloc::alloc::Global>) -> () {
                let mut _0: ();
                let mut _2: &mut alloc::boxed::Box<alloc::string::String, alloc::alloc::Global>;
                let mut _3: ();
                let mut _4: &mut alloc::boxed::Box<alloc::string::String, alloc::alloc::Global>;
                let mut _5: ();
                let mut _6: *const alloc::string::String;

                bb0: {
                    goto -> bb6;
                }

                bb1: {
                    return;
                }

                bb2 (cleanup): {
                    resume;
                }

                bb3: {
                    _2 = &mut (*_1);
                    _3 = <alloc::boxed::Box<alloc::string::String, alloc::alloc::Global> as core::ops::drop::Drop>::drop(move _2) -> [return: bb1, unwind continue];
                }

                bb4 (cleanup): {
                    _4 = &mut (*_1);
                    _5 = <alloc::boxed::Box<alloc::string::String, alloc::alloc::Global> as core::ops::drop::Drop>::drop(move _4) -> [return: bb2, unwind terminate(cleanup)];
                }

                bb5: {
                    drop((*_6)) -> [return: bb3, unwind: bb4];
                }

                bb6: {
                    _6 = copy (((*_1).0: core::ptr::unique::Unique<alloc::string::String>).0: core::ptr::non_null::NonNull<alloc::string::String>) as *const alloc::string::String (Transmute);
                    goto -> bb5;
                }
            }
        "#]],
    );
}

#[test]
fn slices_and_packed() {
    check_drop(
        "pub type T = [String];",
        expect![[r#"
        fn drop_in_place(_1: *mut [alloc::string::String]) -> () {
            let mut _0: ();
            let mut _2: usize;
            let mut _3: usize;
            let mut _4: bool;
            let mut _5: *mut alloc::string::String;
            let mut _6: bool;
            let mut _7: *mut alloc::string::String;

            bb0: {
                goto -> bb7;
            }

            bb1: {
                return;
            }

            bb2 (cleanup): {
                resume;
            }

            bb3 (cleanup): {
                _4 = Eq(copy _2, copy _3);
                switchInt(move _4) -> [0: bb4, otherwise: bb2];
            }

            bb4 (cleanup): {
                _5 = &raw mut (*_1)[_2];
                _2 = Add(copy _2, const 1_usize);
                drop((*_5)) -> [return: bb3, unwind terminate(cleanup)];
            }

            bb5: {
                _6 = Eq(copy _2, copy _3);
                switchInt(move _6) -> [0: bb6, otherwise: bb1];
            }

            bb6: {
                _7 = &raw mut (*_1)[_2];
                _2 = Add(copy _2, const 1_usize);
                drop((*_7)) -> [return: bb5, unwind: bb3];
            }

            bb7: {
                _3 = PtrMetadata(copy _1);
                _2 = const 0_usize;
                goto -> bb5;
            }
        }
    "#]],
    );
    check_drop(
        "#[repr(packed)] pub struct P(u8, String); pub type T = P;",
        expect![[r#"
            fn drop_in_place(_1: *mut P) -> () {
                let mut _0: ();
                let mut _2: alloc::string::String;
                let mut _3: alloc::string::String;

                bb0: {
                    goto -> bb2;
                }

                bb1: {
                    return;
                }

                bb2: {
                    _2 = move ((*_1).1: alloc::string::String);
                    drop(_2) -> [return: bb1, unwind continue];
                }
            }
        "#]],
    );
}

#[test]
fn call_once_of_a_closure() {
    with_program("pub fn go(s: String) -> impl Fn(u8) -> usize { move |x| s.len() + x as usize }", |program| {
        let (go, args) = program.function("snippet::go");
        let closure = program.traits.normalize(program.tcx.subst(ty::Definitions::fn_sig(program.session, go), args));
        let TyKind::Closure(def_id, args) = *closure.value.output().kind() else { panic!("a closure") };
        let once = program.traits.resolve_closure(def_id, args, ClosureKind::FnOnce);
        let body = program.traits.instance_mir(once);
        expect![[r#"
            fn call_once(_1: {go::{closure#0}}, _2: (u8,)) -> usize {
                let mut _0: usize;
                let mut _3: &mut {go::{closure#0}};

                bb0: {
                    _3 = &mut _1;
                    _0 = <{go::{closure#0}} as core::ops::function::FnMut<(u8,)>>::call_mut(move _3, move _2) -> [return: bb1, unwind: bb3];
                }

                bb1: {
                    drop(_1) -> [return: bb2, unwind continue];
                }

                bb2: {
                    return;
                }

                bb3 (cleanup): {
                    drop(_1) -> [return: bb4, unwind terminate(cleanup)];
                }

                bb4 (cleanup): {
                    resume;
                }
            }
        "#]].assert_eq(&mir::pretty::body_to_string(program.tcx, "fn call_once", body));
        assert!(program.tcx.lang_item(LangItem::FnOnce).is_some());
    });
}

#[test]
fn clone_of_a_tuple() {
    with_program("pub type T = (String, u8, Vec<u8>);", |program| {
        let clone = program.find("core::clone::Clone");
        let method = ty::Definitions::assoc_items(program.session, clone)[0].def_id;
        let args = program.tcx.mk_args(&[program.ty("T").into()]);
        let instance = program.traits.expect_resolve(method, args);
        let body = program.traits.instance_mir(instance);
        expect![[r#"
            fn clone(_1: &(alloc::string::String, u8, alloc::vec::Vec<u8, alloc::alloc::Global>)) -> (alloc::string::String, u8, alloc::vec::Vec<u8, alloc::alloc::Global>) {
                let mut _0: (alloc::string::String, u8, alloc::vec::Vec<u8, alloc::alloc::Global>);
                let mut _2: &alloc::string::String;
                let mut _3: &u8;
                let mut _4: &alloc::vec::Vec<u8, alloc::alloc::Global>;

                bb0: {
                    _2 = &((*_1).0: alloc::string::String);
                    (_0.0: alloc::string::String) = <alloc::string::String as core::clone::Clone>::clone(move _2) -> [return: bb2, unwind continue];
                }

                bb1 (cleanup): {
                    resume;
                }

                bb2: {
                    _3 = &((*_1).1: u8);
                    (_0.1: u8) = <u8 as core::clone::Clone>::clone(move _3) -> [return: bb4, unwind: bb3];
                }

                bb3 (cleanup): {
                    drop((_0.0: alloc::string::String)) -> [return: bb1, unwind terminate(cleanup)];
                }

                bb4: {
                    _4 = &((*_1).2: alloc::vec::Vec<u8, alloc::alloc::Global>);
                    (_0.2: alloc::vec::Vec<u8, alloc::alloc::Global>) = <alloc::vec::Vec<u8, alloc::alloc::Global> as core::clone::Clone>::clone(move _4) -> [return: bb5, unwind: bb3];
                }

                bb5: {
                    return;
                }
            }
        "#]].assert_eq(&mir::pretty::body_to_string(program.tcx, "fn clone", body));
    });
}
