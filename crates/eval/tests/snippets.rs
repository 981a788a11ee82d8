//! Constants of snippets.

mod common;

use expect_test::{Expect, expect};

/// The values of the snippet's constants and statics, in order of definition.
fn check(source: &str, expected: Expect) {
    let text = common::with_snippet(source, |program| {
        use ty::{CrateNum, DefKind, Definitions};
        let mut text = String::new();
        let mut children = program.session.module_children(CrateNum::LOCAL.root());
        children.sort_by_key(|&(_, def_id)| def_id.index);
        for (name, def_id) in children {
            match program.session.def_kind(def_id) {
                DefKind::Const => {
                    let (ty, value) = program.constant(def_id);
                    match value {
                        Ok(value) => text.push_str(&format!("{name} = {}\n", program.show(ty, value))),
                        Err(error) => text.push_str(&format!("{name}: {}\n", error.message)),
                    }
                }
                DefKind::Static { .. } => match program.eval.eval_static(def_id) {
                    Ok(alloc) => {
                        text.push_str(&format!("{name} = "));
                        program.show_alloc(&mut text, alloc.0, 0, Some(alloc.0.size()));
                        text.push('\n');
                    }
                    Err(error) => text.push_str(&format!("{name}: {}\n", error.message)),
                },
                _ => {}
            }
        }
        text
    });
    expected.assert_eq(&text);
}

#[test]
fn arithmetic() {
    check(
        "
        pub const A: i32 = 2 + 3 * 4 - 1;
        pub const B: u64 = { let mut n = 1; let mut i = 0; while i < 20 { i += 1; n *= i; } n };
        pub const C: (u8, i16) = (200u8.wrapping_add(100), -1 >> 3);
        pub const D: f64 = 1.5 * 4.0 - 0.25;
        pub const E: [u16; 3] = [1, 2 << 3, u16::MAX.rotate_left(1)];
        pub const F: bool = E[1] == 16 && D > 5.0;
        pub const G: Option<u32> = 5u32.checked_sub(6);
        pub const H: Option<u32> = 5u32.checked_sub(4);
        pub const I: u128 = (1 << 100) / 7;
        pub const J: u32 = 40u32.leading_zeros() + 40u32.trailing_zeros() * 100 + 255u32.count_ones() * 10000;
        pub const K: i8 = 100i8.saturating_add(100);
        ",
        expect![[r#"
            A = 0d000000
            B = 0000b4827c67c321
            C = 2c__ffff
            D = 0000000000001740
            E = 01001000ffff
            F = 01
            G = 00000000________
            H = 0100000001000000
            I = 92244992244992244992244902000000
            J = c6390100
            K = 7f
        "#]],
    );
}

#[test]
fn memory() {
    check(
        "
        pub const A: &str = \"hello\";
        pub const B: &[u8] = A.as_bytes();
        pub const C: &[u16] = &[1, 2, 3];
        pub const D: &dyn Fn(u8) -> u8 = &|x| x + 1;
        pub const E: fn(u8) -> u8 = |x| x;
        pub static F: [u8; 4] = *b\"abcd\";
        pub static G: &[u8; 4] = &F;
        pub const H: (&u8, &u8) = (&F[1], &7);
        pub const I: &[&str] = &[\"x\", \"yz\"];
        pub const J: usize = I[1].len() + C.len();
        pub struct S { a: u8, b: u32 }
        pub const K: S = S { a: 1, b: 2 };
        pub const L: u32 = { let mut s = K; let r = &mut s; r.b += 5; s.b + s.a as u32 };
        ",
        expect![[r#"
            A = [68656c6c6f] x 5
            B = [68656c6c6f]0500000000000000
            C = [010002000300]0300000000000000
            D = [][vtable]
            E = [fn]
            F = 61626364
            G = [static+0]
            H = [static+1][07]
            I = [[78]0100000000000000[797a]0200000000000000]0200000000000000
            J = 0500000000000000
            K = 0200000001______
            L = 08000000
        "#]],
    );
}

/// The value or error of the associated constant `N` of the snippet's type `Root`.
fn root_constant(source: &str) -> String {
    common::with_snippet(source, |program| {
        let root = program.find("snippet::Root");
        let (ty, value) = program.constant(root);
        match value {
            Ok(value) => program.show(ty, value),
            Err(error) => format!("{} ({} frames)", error.message, error.frames.len()),
        }
    })
}

#[test]
fn deep_nesting() {
    let mut ty = "()".to_owned();
    for _ in 0..100 {
        ty = format!("S<{ty}>");
    }
    let source = format!(
        "pub trait D {{ const N: usize; }}
        pub struct S<T>(T);
        impl D for () {{ const N: usize = 0; }}
        impl<T: D> D for S<T> {{ const N: usize = T::N + 1; }}
        pub const Root: usize = <{ty} as D>::N;"
    );
    assert_eq!(root_constant(&source), "6400000000000000");
}

#[test]
fn endless() {
    let source = "
        pub struct X<T>(T);
        impl<T> X<T> {
            pub const A: u32 = X::<T>::B + 1;
            pub const B: u32 = X::<T>::A + 1;
            pub const DEEPER: usize = Y::<T>::N;
            pub const LOOP: u32 = { let mut n = 0u32; while std::mem::size_of::<T>() == 1 { n ^= 1; } n };
            pub const CALLS: u32 = calls::<T>(0);
        }
        pub struct Y<T>(T);
        impl<T> Y<T> { pub const N: usize = Y::<(T, u8)>::N; }
        const fn calls<T>(n: u32) -> u32 { calls::<T>(n ^ 1) + 1 }
    ";
    common::with_snippet(source, |program| {
        use ty::Definitions;
        let args = program.tcx.mk_args(&[program.tcx.types().u8.into()]);
        let mut found = Vec::new();
        for index in 0..200 {
            let def_id = ty::DefId { krate: ty::CrateNum::LOCAL, index };
            let table = &program.session.crate_data(def_id.krate).expect("the snippet").root.tables.def_kind;
            if index as usize >= table.len() || program.session.def_kind(def_id) != ty::DefKind::AssocConst {
                continue;
            }
            let item = program.session.assoc_item(def_id).expect("an item");
            // Takes a while to be found out.
            if item.name.as_str() == "LOOP" {
                continue;
            }
            let ty = program.session.type_of(def_id);
            let constant = ty::UnevaluatedConst { def: def_id, args };
            let constant = mir::Const::Unevaluated { constant, promoted: None, ty };
            let error = program.eval.eval_const_operand(constant).expect_err("an error");
            found.push(format!("{}: {}", item.name, error.message));
        }
        expect![[r#"
            A: cycle detected when evaluating a constant: its value depends on itself
            B: cycle detected when evaluating a constant: its value depends on itself
            DEEPER: reached the recursion limit while evaluating constants
            CALLS: reached the configured maximum number of stack frames
            N: reached the recursion limit while evaluating constants"#]]
        .assert_eq(&found.join("\n"));
    });
}

#[test]
fn from_many_threads() {
    let source = "
        pub struct X<const N: usize>;
        impl<const N: usize> X<N> { pub const V: [usize; 4] = { let mut a = [N * 2; 4]; a[N % 4] = N; a }; }
        pub const A: &[&[usize]] = &[&X::<0>::V, &X::<1>::V, &X::<2>::V, &X::<3>::V];
        pub const B: &str = std::panic::Location::caller().file();
    ";
    common::with_snippet(source, |program| {
        let (a, b) = (program.find("snippet::A"), program.find("snippet::B"));
        let values: Vec<String> = std::thread::scope(|scope| {
            let run = || {
                let shown = [a, b].map(|def_id| {
                    let (ty, value) = program.constant(def_id);
                    program.show(ty, value.expect("a value"))
                });
                shown.concat()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(run)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        assert!(values.windows(2).all(|pair| pair[0] == pair[1]), "{values:?}");
    });
}

#[test]
fn too_big() {
    let source = "
        pub struct X<T>(T);
        impl<T> X<T> { pub const HUGE: [u8; 1 << 45] = [size_of::<T>() as u8; 1 << 45]; }
    ";
    common::with_snippet(source, |program| {
        use ty::Definitions;
        let args = program.tcx.mk_args(&[program.tcx.types().u8.into()]);
        let huge = (0..50)
            .map(|index| ty::DefId { krate: ty::CrateNum::LOCAL, index })
            .find(|&def_id| program.session.def_kind(def_id) == ty::DefKind::AssocConst);
        let def_id = huge.expect("the constant");
        let ty = program.session.type_of(def_id);
        let constant = ty::UnevaluatedConst { def: def_id, args };
        let constant = mir::Const::Unevaluated { constant, promoted: None, ty };
        let error = program.eval.eval_const_operand(constant).expect_err("an error");
        assert_eq!(error.message, "tried to allocate more memory than available to compiler");
    });
}
