//! What the roots of a program reach, and what they do not.
//!
//! The lists have what belongs to the program's own crate or mentions it: functions by path, or by symbol where that is fixed,
//! and statics after `static`. Of std, a program has much more.

#[path = "../../lower/tests/common/mod.rs"]
mod common;

use bessemer_mono::{Base, Contexts, Failed, Failure, Program, Roots};
use common::{Group, Settings, display_name};
use expect_test::{Expect, expect};
use lower::{EntryPoint, LowerCx, Use};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use ty::CrateNum;

/// Where a program begins.
enum Entry {
    /// Exported definitions only.
    None,
    /// `main`.
    Main,
    /// The tests that these constants describe.
    Tests(&'static [&'static str]),
}

/// Lowers all that a program reaches.
fn lower<R>(
    source: &str,
    entry: Entry,
    look: impl for<'tcx> FnOnce(&LowerCx<'tcx>, Result<Program, Failed<'tcx>>) -> R,
) -> R {
    open(source, entry, |cx, roots| {
        let program = bessemer_mono::lower_program(&Contexts::new(cx), roots, None);
        look(cx, program)
    })
}

/// Compiles a crate and finds its roots.
fn open<R>(source: &str, entry: Entry, look: impl for<'tcx> FnOnce(&LowerCx<'tcx>, &Roots) -> R) -> R {
    open_group(Group::new("lib", source, &Settings::default()), entry, look)
}

fn open_group<R>(group: Group, entry: Entry, look: impl for<'tcx> FnOnce(&LowerCx<'tcx>, &Roots) -> R) -> R {
    group.open(|program, cx| {
        let entry = match entry {
            Entry::None => None,
            Entry::Main => Some(EntryPoint::Main { main: program.find("it::main"), sigpipe: 0 }),
            Entry::Tests(constants) => Some(EntryPoint::Tests {
                harness: program.find("test::test_main_static"),
                tests: constants.iter().map(|name| program.find(&format!("it::{name}"))).collect(),
            }),
        };
        look(cx, &Roots::of_crates(cx, entry, &program.session.link_order()))
    })
}

/// The names of what was lowered, as far as they mention the program's crate.
fn names(program: &Program) -> String {
    let own = |kind: &str, symbol: &str| {
        let name = display_name(symbol);
        let is_constant = symbol.starts_with("alloc_") || symbol.starts_with("vtable_");
        match name == symbol {
            true => (!is_constant).then(|| format!("{kind}symbol {name}\n")),
            false => {
                let is_own = name.contains("it::") || name.contains("dep::");
                is_own.then(|| format!("{kind}{}\n", name.replace("it::", "")))
            }
        }
    };
    let functions = program.functions.iter().filter_map(|function| own("", &function.name));
    let statics = program.data.iter().filter_map(|data| own("static ", &data.name));
    functions.chain(statics).collect::<BTreeSet<String>>().into_iter().collect()
}

fn check(source: &str, entry: Entry, expected: Expect) {
    lower(source, entry, |_, program| expected.assert_eq(&names(&program.expect("the program is right"))));
}

#[test]
fn main_reaches_what_it_calls() {
    check(
        "
        pub fn main() { called(); if std::env::args().count() > 1 { sometimes() } }
        fn called() { inner() }
        fn inner() {}
        fn sometimes() {}
        pub fn not_called() { also_not() }
        fn also_not() {}
        pub static UNUSED: fn() = not_called;
        ",
        Entry::Main,
        expect![[r#"
            called
            inner
            main
            sometimes
            symbol main
        "#]],
    );
}

/// Nothing of a library is reached but what others may use by its symbol.
#[test]
fn exported_definitions_are_roots() {
    check(
        r#"
        #![feature(linkage)]
        #[unsafe(no_mangle)] pub extern "C" fn by_name() { helper() }
        #[unsafe(export_name = "other_name")] fn renamed() {}
        #[unsafe(no_mangle)] pub static EXPORTED: &u32 = &OTHER;
        #[used] static KEPT: fn() = kept;
        #[linkage = "weak"] pub fn weak() {}
        static OTHER: u32 = 1;
        fn helper() {}
        fn kept() {}
        pub fn rust() {}
        pub fn generic<T>(_: T) {}
        mod inner { #[unsafe(no_mangle)] fn private() {} }
        pub struct S;
        impl S { #[unsafe(no_mangle)] pub extern "C" fn method() {} }
        unsafe extern "C" { pub fn foreign(); }
        "#,
        Entry::None,
        expect![[r#"
            helper
            kept
            static KEPT
            static OTHER
            static symbol EXPORTED
            symbol by_name
            symbol method
            symbol other_name
            symbol private
            weak
        "#]],
    );
}

#[test]
fn a_library_without_exports_has_no_code() {
    check(
        "pub fn f() {} pub static S: u32 = 1; pub struct D; impl Drop for D { fn drop(&mut self) {} }",
        Entry::None,
        expect![[""]],
    );
}

/// The tests that are wanted, and what they call; not `main`.
#[test]
fn tests_are_roots() {
    check(
        "
        #![feature(test)]
        extern crate test;
        use test::*;
        const fn describe(name: &'static str, f: fn() -> Result<(), String>) -> TestDescAndFn {
            TestDescAndFn {
                desc: TestDesc {
                    name: StaticTestName(name), ignore: false, ignore_message: None, source_file: \"\", start_line: 0,
                    start_col: 0, end_line: 0, end_col: 0, compile_fail: false, no_run: false,
                    should_panic: ShouldPanic::No, test_type: TestType::UnitTest,
                },
                testfn: StaticTestFn(f),
            }
        }
        pub const FIRST: TestDescAndFn = describe(\"first\", first);
        pub const SECOND: TestDescAndFn = describe(\"second\", second);
        fn first() -> Result<(), String> { helper(); Ok(()) }
        fn second() -> Result<(), String> { Ok(()) }
        fn helper() {}
        pub fn main() {}
        ",
        Entry::Tests(&["FIRST"]),
        expect![[r#"
            first
            helper
            symbol main
        "#]],
    );
}

/// A vtable has all methods that can be called through it, whether they are or not.
#[test]
fn vtables_reach_methods() {
    check(
        "
        trait Parent { fn of_parent(&self) {} }
        trait Shape: Parent {
            fn called(&self) {}
            fn not_called(&self) {}
            fn generic<T>(&self, _: T) where Self: Sized {}
            fn sized(&self) where Self: Sized {}
        }
        struct Made; impl Parent for Made {} impl Shape for Made { fn called(&self) { helper() } }
        impl Drop for Made { fn drop(&mut self) {} }
        struct NotMade; impl Parent for NotMade {} impl Shape for NotMade {}
        fn helper() {}
        fn take(x: &dyn Shape) { x.called() }
        pub fn main() { take(&Made); NotMade.called() }
        ",
        Entry::Main,
        expect![[r#"
            <Made as Parent>::of_parent
            <Made as Shape>::called
            <Made as Shape>::not_called
            <Made as core::ops::drop::Drop>::drop
            <NotMade as Shape>::called
            core::ptr::drop_in_place::<Made>
            helper
            main
            symbol main
            take
        "#]],
    );
}

/// Fields' destructors, those of what containers hold, and of what a trait object may be; none of what is moved on or forgotten.
#[test]
fn drop_glue_is_reached() {
    check(
        "
        struct A; impl Drop for A { fn drop(&mut self) { called_by_drop() } }
        struct B(A, u32);
        struct C; impl Drop for C { fn drop(&mut self) {} }
        struct D; impl Drop for D { fn drop(&mut self) {} }
        struct Forgotten; impl Drop for Forgotten { fn drop(&mut self) {} }
        struct Plain(u32);
        fn called_by_drop() {}
        fn boxed() -> Box<dyn Send> { Box::new(D) }
        pub fn main() {
            let _b = B(A, 1);
            let _v = vec![C];
            let _d = boxed();
            let _p = Plain(1);
            std::mem::forget(Forgotten);
        }
        ",
        Entry::Main,
        expect![[r#"
            <A as core::ops::drop::Drop>::drop
            <C as core::ops::drop::Drop>::drop
            <D as core::ops::drop::Drop>::drop
            <alloc::boxed::Box<D>>::new
            <alloc::boxed::Box<[C; 1]>>::new_uninit
            <alloc::raw_vec::RawVec<C> as core::ops::drop::Drop>::drop
            <alloc::vec::Vec<C> as core::ops::drop::Drop>::drop
            alloc::boxed::box_assume_init_into_vec_unsafe::<C, 1>
            boxed
            called_by_drop
            core::mem::forget::<Forgotten>
            core::ptr::drop_in_place::<A>
            core::ptr::drop_in_place::<B>
            core::ptr::drop_in_place::<C>
            core::ptr::drop_in_place::<D>
            core::ptr::drop_in_place::<[C]>
            core::ptr::drop_in_place::<alloc::raw_vec::RawVec<C>>
            core::ptr::drop_in_place::<alloc::vec::Vec<C>>
            main
            symbol main
        "#]],
    );
}

#[test]
fn statics_and_constants_reach_what_they_point_to() {
    check(
        "
        static TABLE: [fn(); 2] = [first, second];
        static OF_STATIC: &&u32 = &&NUMBER;
        static NUMBER: u32 = 3;
        static UNUSED: fn() = not_reached;
        const CONSTANT: fn() = of_constant;
        const UNUSED_CONSTANT: fn() = not_reached;
        trait Has { const VALUE: &'static dyn Fn(); }
        impl Has for u8 { const VALUE: &'static dyn Fn() = &of_associated; }
        thread_local!(static LOCAL: std::cell::Cell<fn()> = const { std::cell::Cell::new(of_local) });
        fn first() {} fn second() {} fn not_reached() {} fn of_constant() {} fn of_associated() {} fn of_local() {}
        pub fn main() {
            TABLE[std::env::args().count()]();
            CONSTANT();
            <u8 as Has>::VALUE();
            LOCAL.get()();
            std::process::exit(**OF_STATIC as i32);
        }
        ",
        Entry::Main,
        expect![[r#"
            <LOCAL::{K#0}::{closure#1} as core::ops::function::FnOnce<(core::option::Option<&mut core::option::Option<core::cell::Cell<fn()>>>,)>>::call_once
            <of_associated as core::ops::function::Fn<()>>::call
            <of_associated as core::ops::function::FnMut<()>>::call_mut
            <of_associated as core::ops::function::FnOnce<()>>::call_once
            <of_associated as core::ops::function::FnOnce<()>>::call_once::{shim:vtable#0}
            LOCAL::{K#0}::{closure#1}
            first
            main
            of_associated
            of_constant
            of_local
            second
            static LOCAL::{K#0}::{closure#1}::__RUST_STD_INTERNAL_VAL
            static NUMBER
            static OF_STATIC
            static TABLE
            symbol main
        "#]],
    );
}

/// Pointers to functions and closures reach them, and so do the shims that call them in another way.
#[test]
fn functions_as_values() {
    check(
        "
        fn pointed() {}
        fn not_pointed() {}
        #[track_caller] fn tracked() {}
        fn apply(f: impl FnOnce()) { f() }
        fn boxed(f: Box<dyn FnOnce()>) { f() }
        pub fn main() {
            let f: fn() = pointed;
            f();
            let t: fn() = tracked;
            t();
            let x = String::new();
            apply(|| drop(&x));
            boxed(Box::new(move || drop(&x)));
            let _not_called = || not_pointed();
        }
        ",
        Entry::Main,
        expect![[r#"
            <alloc::boxed::Box<main::{closure#1}>>::new
            <main::{closure#1} as core::ops::function::FnOnce<()>>::call_once::{shim:vtable#0}
            apply::<main::{closure#0}>
            boxed
            core::ptr::drop_in_place::<main::{closure#1}>
            main
            main::{closure#0}
            main::{closure#1}
            pointed
            symbol main
            tracked
            tracked::{shim:reify#0}
        "#]],
    );
}

/// Each instance that is used, once; and generic code reaches what its instances call.
#[test]
fn instances_of_generic_code() {
    check(
        "
        trait Named { fn name() -> u32; }
        impl Named for u8 { fn name() -> u32 { 1 } }
        impl Named for u16 { fn name() -> u32 { 2 } }
        impl Named for u32 { fn name() -> u32 { 3 } }
        struct Of<T>(T);
        impl<T: Named> Of<T> { fn get(&self) -> u32 { T::name() } fn not_called(&self) {} }
        fn twice<T: Named>() -> u32 { T::name() ^ T::name() }
        fn array<const N: usize>() -> usize { N }
        fn lifetime<'a>(x: &'a str) -> &'a str { x }
        pub fn main() {
            twice::<u8>(); twice::<u8>(); Of(1u16).get(); array::<3>(); array::<4>(); lifetime(\"\");
        }
        ",
        Entry::Main,
        expect![[r#"
            <Of<u16>>::get
            <u16 as Named>::name
            <u8 as Named>::name
            array::<3>
            array::<4>
            lifetime
            main
            symbol main
            twice::<u8>
        "#]],
    );
}

/// What a condition that is known when the program is compiled rules out is not lowered, though it is mentioned.
#[test]
fn dead_code_is_not_reached() {
    check(
        "
        fn dead() {}
        fn dead_too<T>() {}
        fn alive() {}
        fn choose<T>() { if const { size_of::<T>() == 0 } { dead_too::<T>() } else { alive() } }
        pub fn main() {
            if false { dead() }
            choose::<u8>();
        }
        ",
        Entry::Main,
        expect![[r#"
            alive
            choose::<u8>
            main
            symbol main
        "#]],
    );
}

/// A constant without a value is an error even in code that is not reached but mentioned; what is not even mentioned is not
/// looked at.
#[test]
fn constants_of_mentioned_code_are_evaluated() {
    let source = |call: &str| {
        format!(
            "
            struct Check<T>(T);
            impl<T> Check<T> {{ const SMALL: () = assert!(size_of::<T>() < 4); }}
            fn checks<T>() {{ let _ = Check::<T>::SMALL; }}
            fn mentions<T>() {{ if false {{ checks::<T>() }} }}
            fn not_mentioned() {{ checks::<u64>() }}
            pub fn main() {{ {call} }}
            "
        )
    };
    let errors = |call: &str| {
        lower(&source(call), Entry::Main, |cx, program| match program {
            Ok(_) => "none".to_owned(),
            Err(Failed::Items(failures)) => {
                failures.iter().map(|failure| error(cx, failure)).collect::<Vec<_>>().join("\n")
            }
            Err(Failed::Symbols(_)) => "symbols".to_owned(),
        })
    };
    expect!["it::checks::<u64>: evaluation panicked: assertion failed: size_of::<T>() < 4"]
        .assert_eq(&errors("mentions::<u64>()"));
    expect!["none"].assert_eq(&errors("mentions::<u16>()"));
    expect!["none"].assert_eq(&errors(""));
}

fn error<'tcx>(cx: &LowerCx<'tcx>, failure: &Failure<'tcx>) -> String {
    let item = match failure.item {
        Use::Function(instance) => display_name(cx.symbol_name(instance).as_str()),
        other => format!("{other:?}"),
    };
    format!("{item}: {}", failure.error)
}

const DEPENDENCY: &str = "
    pub fn called(x: u32) -> u32 { x + private() }
    pub fn not_called() {}
    pub fn generic<T>(_: T, x: u32) -> u32 { x + 1 }
    fn private() -> u32 { 1 }
    #[unsafe(no_mangle)] pub extern \"C\" fn exported() {}
    pub static STATIC: u32 = 1;
";

/// A dependency's exported definitions are roots as the crate's own are. All else of it is lowered if it is reached.
#[test]
fn dependencies_are_reached() {
    let mut group =
        Group::new("lib", "pub fn main() { dep::called(dep::generic((), dep::STATIC)); }", &Settings::default());
    group.dependency("dep", DEPENDENCY);
    open_group(group, Entry::Main, |cx, roots| {
        let program = bessemer_mono::lower_program(&Contexts::new(cx), roots, None).expect("the program is right");
        expect![[r#"
            dep::called
            dep::generic::<()>
            dep::private
            main
            static dep::STATIC
            symbol exported
            symbol main
        "#]]
        .assert_eq(&names(&program));
    });
}

/// What a crate defines has the checks of that crate, and copies of generic functions have those of the crate that needs
/// them. So where the crates differ, there may be two copies, with names of their own.
#[test]
fn checks_go_with_crates() {
    let mut group = Group::new("lib", "pub fn main() { dep::called(dep::generic((), 1)); }", &Settings::default());
    group.dependency("dep", &DEPENDENCY.replace("private() }", "generic((), 1) }"));
    open_group(group, Entry::Main, |cx, roots| {
        let definitions = cx.tcx.definitions();
        let dep = definitions.crates().into_iter().find(|&krate| definitions.crate_name(krate).as_str() == "dep");
        let unchecked = cx.with_settings(lower::Checks { overflow: false, ..cx.checks() }, cx.options.clone(), "");
        let mut contexts = Contexts::new(cx);
        contexts.add(&unchecked, dep, false);
        let program = bessemer_mono::lower_program(&contexts, roots, None).expect("the program is right");
        let checks = |function: &lir::Function| {
            let panics = |symbol: &lir::SymbolRef| symbol.name.contains("panic_const_add_overflow");
            let checks = if function.symbols.iter().any(panics) { "checked" } else { "unchecked" };
            format!("{}: {checks}\n", display_name(&function.name))
        };
        let of_dep = program.functions.iter().filter(|function| display_name(&function.name).starts_with("dep::"));
        expect![[r#"
            dep::generic::<()>: unchecked
            dep::generic::<()>: checked
            dep::called: unchecked
        "#]]
        .assert_eq(&of_dep.map(checks).collect::<String>());
    });
}

/// What another build left is not lowered again, nor what only it needs.
#[test]
fn a_base_is_not_lowered_again() {
    let source = "
        struct Own;
        fn own<T>(_: T) {}
        pub fn main() { own(Own); println!(\"{:?}\", vec![1u8]); }
    ";
    open(source, Entry::Main, |cx, roots| {
        let lowered = |has: &(dyn Fn(&str) -> bool + Sync)| {
            let base = Base { edited: FxHashSet::from_iter([CrateNum::LOCAL]), has };
            bessemer_mono::lower_program(&Contexts::new(cx), roots, Some(&base)).expect("the program is right")
        };
        let whole = lowered(&|_| false);
        let stable: FxHashSet<&str> = whole.stable.keys().map(|name| &**name).collect();
        assert!(stable.len() > 10, "{} of {}", stable.len(), whole.functions.len());
        let rest = lowered(&|name| stable.contains(name));
        expect![[r#"
            main
            own::<Own>
            symbol main
        "#]]
        .assert_eq(&names(&rest));
        let of_base = rest.functions.iter().filter(|function| stable.contains(&*function.name));
        assert_eq!(of_base.count(), 0);
        assert_eq!(names(&whole), names(&rest), "all that is the crate's own is lowered");
    });
}

/// The same program gives the same list in the same order every time, on however many cores.
#[test]
fn the_order_is_always_the_same() {
    let source = "pub fn main() { println!(\"{:?}\", std::collections::HashMap::<String, Vec<u8>>::new()); }";
    let all = || {
        lower(source, Entry::Main, |_, program| {
            let program = program.expect("the program is right");
            let functions = program.functions.iter().map(|function| function.name.to_string());
            functions.chain(program.data.iter().map(|data| data.name.to_string())).collect::<Vec<_>>()
        })
    };
    let first = all();
    assert!(first.len() > 50, "{}", first.len());
    assert_eq!(first, all());
}
