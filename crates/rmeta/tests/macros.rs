//! Macros' definitions and modules' names, read back from what rustc wrote.

mod common;

use bessemer_rmeta::Session;
use bessemer_rmeta::macros::NameKind;
use common::with_snippet;
use ty::{CrateNum, DefId};

fn names<'tcx>(session: &'tcx Session<'tcx>, module: DefId) -> Vec<String> {
    let mut names: Vec<String> = session
        .public_names(module)
        .unwrap()
        .into_iter()
        .map(|found| {
            let kind = match found.kind {
                NameKind::Module(_) => "module",
                NameKind::Scope(_) => "scope",
                NameKind::Type => "type",
                NameKind::Macro(..) => "macro",
                NameKind::Attribute => "attribute",
                NameKind::Tool => "tool",
            };
            format!("{kind} {}", found.name)
        })
        .collect();
    names.sort();
    names
}

#[test]
fn names_of_modules() {
    let source = "
        pub mod a { pub struct S; pub enum E { V } fn private() {} pub fn public() {} pub trait T {} }
        mod hidden { pub use std::vec; }
        pub use a::S as Renamed;
        pub use std::println;
        pub use std::collections;
        #[macro_export] macro_rules! m { () => {} }
        macro_rules! unexported { () => {} }
    ";
    with_snippet(source, |session| {
        let root = CrateNum::LOCAL.root();
        let found = names(session, root);
        assert_eq!(found, ["macro m", "macro println", "module a", "module collections", "type Renamed"]);
        let a = session.public_names(root).unwrap().into_iter().find_map(|found| match found.kind {
            NameKind::Module(def_id) if found.name.as_str() == "a" => Some(def_id),
            _ => None,
        });
        assert_eq!(names(session, a.unwrap()), ["scope E", "scope T", "type S"]);
    });
}

#[test]
fn definitions_of_macros() {
    let source = "
        macro_rules! make { ($e:expr, $d:tt) => {
            #[macro_export(local_inner_macros)]
            macro_rules! m { ($d x:ident) => { $crate::f($d x, $e, \"s\", 'a: 1.5u8) } }
        } }
        make!(1 + 2, $);
    ";
    with_snippet(source, |session| {
        let root = CrateNum::LOCAL.root();
        let found = session.public_names(root).unwrap();
        let [NameKind::Macro(def_id, kinds)] = found.iter().map(|found| found.kind).collect::<Vec<_>>()[..] else {
            panic!("{found:?}")
        };
        assert!(kinds.bang && !kinds.attr && !kinds.derive);
        let definition = session.macro_definition(def_id).unwrap().unwrap();
        assert!(definition.is_macro_rules && definition.attributes.local_inner_macros);
        assert_eq!(definition.name.as_str(), "m");
        let tokens: Vec<String> = definition.body.iter().map(|token| format!("{:?}", token.kind)).collect();
        let is_there = |part: &str| tokens.iter().any(|token| token.contains(part));
        for part in ["Punct(\"=>\")", "Captured(Expr", "StrRaw", "Lifetime(", "suffix: Some(", "Ident("] {
            assert_eq!(is_there(part), part != "StrRaw", "{part}: {tokens:?}");
        }
        // The definition was itself written by a macro: its contexts say so.
        let marked = definition.body.iter().find(|token| token.span.ctxt != ty::SyntaxContext::ROOT).unwrap();
        let context = session.context_data(marked.span.ctxt).unwrap().unwrap();
        let (krate, index) = context.expansion;
        let expansion = session.expansion_data(krate, index).unwrap().unwrap();
        assert_eq!(expansion.macro_name.unwrap().as_str(), "make");
        assert_eq!(session.parent_module(def_id).unwrap(), root);
    });
}

#[test]
fn procedural_macros_of_a_library() {
    let dir = tempfile::tempdir().unwrap();
    let function =
        |name: &str| format!("fn {name}(_: proc_macro::TokenStream) -> proc_macro::TokenStream {{ todo!() }}");
    let source = format!(
        "extern crate proc_macro; fn before() {{}} #[proc_macro] pub {} #[proc_macro_derive(Second, attributes(helper))] pub {} #[proc_macro] pub {}",
        function("first"),
        function("second"),
        function("third"),
    );
    std::fs::write(dir.path().join("helpers.rs"), source).unwrap();
    let flags = ["--edition", "2021", "--crate-type", "proc-macro", "-o", "libhelpers.so", "helpers.rs"];
    testing::output(testing::rustc(dir.path()).args(flags));
    let found = bessemer_rmeta::macro_crate(&dir.path().join("libhelpers.so")).unwrap();
    const EDITION_2021: u8 = 2;
    assert_eq!((found.name.as_str(), found.edition), ("helpers", EDITION_2021));
    // In the order of the source; what is between them are their parameters and the like.
    assert_eq!(found.macros.len(), 3);
    assert!(found.macros.is_sorted_by(|a, b| a < b && b - a < 10), "{:?}", found.macros);
}
