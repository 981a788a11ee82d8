//! What the content hash depends on.

use bessemer_lir::{Module, code_hash, function_hash, module_hash, parse_module};
use expect_test::expect;

fn module(text: &str) -> Module {
    parse_module(text).unwrap_or_else(|error| panic!("{error}"))
}

fn hash(text: &str) -> bessemer_lir::ContentHash {
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
    expect!["197ac192d5ff91f141f614baf67ccca3e301836b41f698a7266423409e43335f"].assert_eq(&hash(TEXT).to_string());
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

/// Locations and names of variables may change under compiled code; nothing else may.
#[test]
fn the_code_hash_leaves_out_what_only_debuggers_see() {
    let hash = |text: &str| code_hash(&module(text).functions[0]);
    let same = hash(TEXT);
    for (old, new) in [
        ("a.rs", "b.rs"),
        ("file0:2:1", "file0:3:4"),
        ("function \"f\"", "function \"long::f\""),
        ("debug \"p\"", "debug \"q\""),
        ("type1 = pointer \"*mut u8\"", "type1 = pointer \"*const u8\""),
        ("function hidden @k", "function hidden @l"),
    ] {
        assert!(TEXT.contains(old), "{old}");
        assert_eq!(hash(&TEXT.replace(old, new)), same, "{old} to {new}");
    }
    for (old, new) in [
        ("hidden @f", "hidden @ff"),
        ("hidden @f", "export @f"),
        ("size 8 align 8", "size 16 align 8"),
        ("size 8 align 8", "size 8 align 4"),
        ("@g()", "@gg()"),
        ("function @h", "data @h"),
        ("iconst i32 1", "iconst i32 2"),
        ("iconst i32 1", "iconst i32 65536"),
        ("@h(v0) !loc1", "@h(v0) !loc0"),
        ("@g() !loc0", "@g()"),
        // The same function in another order of its tables has other numbers in its code.
        ("loc0 = file0:1:1 scope0\n        loc1 = file0:2:1", "loc1 = file0:2:1 scope0\n        loc0 = file0:1:1"),
    ] {
        let other = TEXT.replace(old, new);
        let other = if old == "@g()" { other.replace("function @g", "function @gg") } else { other };
        let Ok(other) = parse_module(&other) else { continue };
        if other.functions[0] != module(TEXT).functions[0] {
            assert_ne!(code_hash(&other.functions[0]), same, "{old} to {new}");
        }
    }
}

/// Long enough for the hash's buffer to be written out in the middle of things.
#[test]
fn every_instruction_of_a_long_function_counts() {
    let mut function = module(TEXT).functions.remove(0);
    let node = function.blocks[bessemer_lir::Block::ZERO].nodes[0].clone();
    function.blocks[bessemer_lir::Block::ZERO].nodes = vec![node; 20_000];
    let same = code_hash(&function);
    for at in [0, 1, 777, 1638, 19_999] {
        let mut other = function.clone();
        other.blocks[bessemer_lir::Block::ZERO].nodes[at].inst =
            bessemer_lir::Inst::Iconst { ty: bessemer_lir::Type::I32, value: 3 };
        assert_ne!(code_hash(&other), same, "instruction {at}");
    }
    function.blocks[bessemer_lir::Block::ZERO].nodes.pop();
    assert_ne!(code_hash(&function), same);
}

#[test]
fn own_debug_types_follow_from_the_functions_alone() {
    let mut module = module(TEXT);
    // Numbered from 1, with types in front and behind that nobody uses, and the two in use exchanged.
    let u8 = module.debug_types[bessemer_lir::DebugTypeId::from_u32(0)].clone();
    let bessemer_lir::DebugType::Pointer { name, size, .. } =
        module.debug_types[bessemer_lir::DebugTypeId::from_u32(1)].clone()
    else {
        panic!("a pointer")
    };
    let mut other = module.clone();
    let pointee = bessemer_lir::DebugTypeId::from_u32(2);
    other.debug_types = bessemer_lir::IndexVec::from_vec(vec![
        u8.clone(),
        bessemer_lir::DebugType::Pointer { name, pointee, size },
        u8.clone(),
        u8,
    ]);
    other.functions[0].debug_variables[0].ty = bessemer_lir::DebugTypeId::from_u32(1);
    for module in [&mut module, &mut other] {
        let all = std::mem::take(&mut module.debug_types);
        module.debug_types = bessemer_lir::hash::own_debug_types(&mut module.functions, &mut module.data, &all);
        assert_eq!(module.debug_types.len(), 2);
    }
    assert_eq!(module, other);
}

#[test]
fn the_type_of_a_static_counts_and_its_number_does_not() {
    let data = |types: &str, id: u32| {
        let module =
            module(&format!("{types}\ndata hidden @a align(1) debug(\"a\", type{id}, \"a.rs\", 1) {{ \"a\" }}"));
        bessemer_lir::data_hash(&module.data[0], &module.debug_types)
    };
    let (u8, i8) = ("base \"u8\" size 1 unsigned", "base \"i8\" size 1 signed");
    let same = data(&format!("type0 = {u8}"), 0);
    assert_eq!(data(&format!("type0 = {i8}\ntype1 = {u8}"), 1), same);
    assert_ne!(data(&format!("type0 = {i8}\ntype1 = {u8}"), 0), same);
}

#[test]
fn the_type_of_a_result_counts_and_its_number_does_not() {
    let function = |types: &str, id: u32| {
        let function =
            format!("function hidden @f() -> i8 {{\ndebug result: type{id}\nblock0:\nv0 = iconst i8 1\nreturn v0\n}}");
        let mut module = module(&format!("{types}\n{function}"));
        let hash = bessemer_lir::function_hash(&module.functions[0], &module.debug_types);
        // Nothing but that type stays.
        let all = std::mem::take(&mut module.debug_types);
        module.debug_types = bessemer_lir::hash::own_debug_types(&mut module.functions, &mut module.data, &all);
        assert_eq!(
            (module.debug_types.len(), bessemer_lir::function_hash(&module.functions[0], &module.debug_types)),
            (1, hash)
        );
        hash
    };
    let (u8, i8) = ("base \"u8\" size 1 unsigned", "base \"i8\" size 1 signed");
    let same = function(&format!("type0 = {u8}"), 0);
    assert_eq!(function(&format!("type0 = {i8}\ntype1 = {u8}"), 1), same);
    assert_ne!(function(&format!("type0 = {i8}\ntype1 = {u8}"), 0), same);
}
