//! What becomes of a construct, as text.

use expect_test::{Expect, expect};
use syntax::span::Edition;

/// The body of `f`.
fn check(source: &str, expected: Expect) {
    let folder = tempfile::tempdir().unwrap();
    let metadata = crate::common::metadata(folder.path(), source, Edition::E2021);
    let found = crate::common::lower(source, Edition::E2021, &metadata, false).expect("it is expanded");
    assert_eq!(found.doubts, []);
    expected.assert_eq(&found.bodies["zoo::f"]);
}

/// A variable of a macro is not one of its caller, even if they have the same name.
#[test]
fn hygiene() {
    check(
        "macro_rules! m { ($e:expr) => {{ let x = 1; $e + x }} } pub fn f(x: u8) -> u8 { m!(x) }",
        expect![[r#"
            Body
             pat Binding 0 x
             Block
              block @0
               Value
                Block
                 block @1
                  LetStmt Normal
                   pat Binding 1 x
                   Lit Int 1
                  Value
                   Binary Add
                    Path
                     Resolved Local(0)
                      seg x Local(0) infer
                    Path
                     Resolved Local(1)
                      seg x Local(1) infer
        "#]],
    );
}

#[test]
fn a_while_loop() {
    check(
        "pub fn f() { 'a: while true { continue 'a } }",
        expect![[r#"
            Body
             Block
              block @0
               Value
                Loop While 'a @1
                 block @2
                  Value
                   If
                    Lit Bool true
                    Block
                     block @3
                      Value
                       Continue 'a @1
                    Block
                     block @4
                      Expr
                       Break @1
        "#]],
    );
}

/// Literals are a part of the template, and an argument that is used twice is passed once.
#[test]
fn a_template() {
    check(
        r#"pub fn f(x: u8) { let _ = format_args!("{}-{x}{x:#x}", 12); }"#,
        expect![[r#"
            Body
             pat Binding 0 x
             Block
              block @0
               LetStmt Normal
                pat Wild
                Block
                 block @1
                  LetStmt Normal super
                   pat Binding 1 args
                   Tup
                    AddrOf Ref Not
                     Path
                      Resolved Local(0)
                       seg x Local(0) infer
                  LetStmt Normal super
                   pat Binding 2 args
                   Array
                    Call
                     Path
                      TypeRelative
                       ty Path
                        Resolved Def(Struct, core::fmt::rt::Argument)
                         seg format_argument Def(Struct, core::fmt::rt::Argument) infer
                       seg new_display Err infer
                     Field 0
                      Path
                       Resolved Local(1)
                        seg args Local(1) infer
                    Call
                     Path
                      TypeRelative
                       ty Path
                        Resolved Def(Struct, core::fmt::rt::Argument)
                         seg format_argument Def(Struct, core::fmt::rt::Argument) infer
                       seg new_lower_hex Err infer
                     Field 0
                      Path
                       Resolved Local(1)
                        seg args Local(1) infer
                  Value
                   Block
                    block unsafe(generated) @2
                     Value
                      Call
                       Path
                        TypeRelative
                         ty Path
                          Resolved Def(Struct, core::fmt::Arguments)
                           seg format_arguments Def(Struct, core::fmt::Arguments) infer
                         seg new Err infer
                       Lit ByteStr [3, 49, 50, 45, 192, 193, 32, 0, 128, 96, 0]
                       AddrOf Ref Not
                        Path
                         Resolved Local(2)
                          seg args Local(2) infer
        "#]],
    );
}

/// What depends on a type is left to type checking.
#[test]
fn paths() {
    check(
        "pub fn f() { use std::collections as c; let _ = c::BTreeMap::<u8, u8>::new; let _ = Option::<u8>::is_some; }",
        expect![[r#"
            Body
             Block
              block @0
               LetStmt Normal
                pat Wild
                Path
                 TypeRelative
                  ty Path
                   Resolved Def(Struct, alloc::collections::btree::map::BTreeMap)
                    seg c Def(Mod, std::collections) infer
                    seg BTreeMap Def(Struct, alloc::collections::btree::map::BTreeMap)
                     args No
                      ty Path
                       Resolved PrimTy(u8)
                        seg u8 PrimTy(u8)
                      ty Path
                       Resolved PrimTy(u8)
                        seg u8 PrimTy(u8)
                  seg new Err infer
               LetStmt Normal
                pat Wild
                Path
                 TypeRelative
                  ty Path
                   Resolved Def(Enum, core::option::Option)
                    seg Option Def(Enum, core::option::Option)
                     args No
                      ty Path
                       Resolved PrimTy(u8)
                        seg u8 PrimTy(u8)
                  seg is_some Err infer
        "#]],
    );
}
