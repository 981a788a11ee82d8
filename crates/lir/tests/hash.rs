//! What the content hash depends on.

use expect_test::expect;
use lir::{Module, function_hash, module_hash, parse_module};

fn module(text: &str) -> Module {
    parse_module(text).unwrap_or_else(|error| panic!("{error}"))
}

fn hash(text: &str) -> lir::ContentHash {
    module_hash(&module(text))
}

const TEXT: &str = "
    type0 = base \"u8\" size 1 unsigned
    type1 = pointer \"*mut u8\" size 8 type0
    data hidden @a align(1) { \"a\" }
    data hidden @b align(1) { \"b\" }
    function hidden @f() {
        slot0: size 8 align 8
        sig0 = ()
        sig1 = (i32)
        sym0 = function @g
        sym1 = function @h
        file0 = \"a.rs\"
        scope0 = function \"f\" file0:1
        loc0 = file0:1:1 scope0
        loc1 = file0:2:1 scope0
        debug \"p\": type1 = slot0 scope0
    block0:
        v0 = iconst i32 1
        call sig0 @g() !loc0
        call sig1 @h(v0) !loc1
        return
    }
    function hidden @k() {
    block0:
        return
    }";

#[test]
fn the_hash_is_stable() {
    // A change here is a change of the format: all caches are void.
    expect!["167f583974bd58729dfbb948ea2312f545854ab8a86bcda4fb8f088eb7acbcfc"].assert_eq(&hash(TEXT).to_string());
}

#[test]
fn order_of_definitions_does_not_count() {
    let mut other = module(TEXT);
    other.functions.reverse();
    other.data.reverse();
    assert_eq!(module_hash(&other), hash(TEXT));
}

#[test]
fn order_of_tables_does_not_count() {
    let mut other = TEXT
        .replace("sig0 = ()", "sig0 = (i32)")
        .replace("sig1 = (i32)", "sig1 = ()\nsig2 = (ptr)")
        .replace("call sig0 @g", "call sig1 @g")
        .replace("call sig1 @h", "call sig0 @h")
        .replace("sym0 = function @g", "sym0 = function @unused\nsym1 = function @h\nsym2 = function @g")
        .replace("        sym1 = function @h\n        file0", "        file0")
        .replace("loc0 = file0:1:1", "loc0 = file0:2:1")
        .replace("loc1 = file0:2:1", "loc1 = file0:1:1");
    other = other.replace("() !loc0", "() !loc1").replace("(v0) !loc1", "(v0) !loc0");
    assert_ne!(module(&other), module(TEXT));
    assert_eq!(hash(&other), hash(TEXT));
}

#[test]
fn debug_types_count_by_content() {
    let other = TEXT
        .replace(
            "type1 = pointer \"*mut u8\" size 8 type0",
            "type1 = opaque \"unused\" size 1 align 1\n    type2 = pointer \"*mut u8\" size 8 type0",
        )
        .replace("\"p\": type1", "\"p\": type2");
    assert_eq!(hash(&other), hash(TEXT));
    let other = TEXT.replace("base \"u8\" size 1 unsigned", "base \"i8\" size 1 signed");
    assert_ne!(hash(&other), hash(TEXT));
}

#[test]
fn recursive_types_end() {
    let text =
        TEXT.replace("type0 = base \"u8\" size 1 unsigned", "type0 = struct \"List\" size 8 align 8 [\"next\": type1]");
    hash(&text);
}

#[test]
fn content_counts() {
    for (from, to) in [
        ("iconst i32 1", "iconst i32 2"),
        ("call sig0 @g()", "call sig0 @g() nounwind"),
        ("sym1 = function @h", "sym1 = function @h local"),
        ("size 8 align 8", "size 16 align 8"),
        ("\"a\" }", "\"c\" }"),
        ("file0:2:1", "file0:3:1"),
        ("function hidden @k", "function export @k"),
        ("data hidden @b", "data hidden @c"),
    ] {
        assert_ne!(hash(&TEXT.replacen(from, to, 1)), hash(TEXT), "{from}");
    }
}

#[test]
fn one_function() {
    let module = module(TEXT);
    let [f, k] = &module.functions[..] else { panic!() };
    assert_ne!(function_hash(f, &module.debug_types), function_hash(k, &module.debug_types));
}
