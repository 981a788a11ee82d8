//! Debug information: what a debugger shows of variables, where there is one.

use backend::filetest::debugged;
use backend::{Backend, DebugInfo, Emit, Options};
use bessemer_backend_cranelift::CraneliftBackend;

const TEXT: &str = r#"
module "dbg"
source "src/main.rs" in "/project"
type0 = base "i32" size 4 signed
type1 = pointer "*mut Node" size 8 type2
type2 = struct "demo::Node" size 16 align 8 ["next": type1 + 0, "value": type0 + 8]
type3 = enum "demo::Option<i32>" size 8 align 4 of ["T": type0] tag type4 + 0 ["None": type5 = 0, "Some": type6 = 1]
type4 = base "u32" size 4 unsigned
type5 = struct "None" size 8 align 4 []
type6 = struct "Some" size 8 align 4 ["__0": type0 + 4]
type7 = base "i8" size 1 signed
type8 = c_like_enum "demo::Ordering" size 1 type7 ["Less" = -1, "Equal" = 0, "Greater" = 1]
type9 = array size 8 type0 count 2

data export @_RNvCs_4demo7COUNTER align(4) writable debug("demo::inner::COUNTER", type0, "src/main.rs", 3) {
    i32 7
}

function export @main(v0: i32) -> i32 unwind_table {
    slot0: size 16 align 8
    slot1: size 8 align 8
    slot2: size 8 align 4
    slot3: size 1 align 1
    slot4: size 4 align 4
    slot5: size 128 align 64
    file0 = "src/main.rs"
    file1 = "src/other.rs"
    scope0 = function "demo::main" file0:10
    scope1 = block "" file0:11 in scope0
    scope2 = inlined("demo::inner", @_RNvCs_4demo5inner, loc0) "" file1:3 in scope1
    loc0 = file0:12:5 scope1
    loc1 = file1:4:9 scope2
    loc2 = file0:13:1 scope0
    debug "arg": type0 = slot4 + 0 scope0 argument(1)
    debug "node": type2 = slot0 + 0 scope1
    debug "link": type2 = [slot1] + 0 scope1
    debug "far": type9 = slot5 + 64 scope1
    debug "opt": type3 = slot2 + 0 scope2 !loc1
    debug "ord": type8 = slot3 + 0 scope1
    debug result: type0
block0:
    v12 = slot_addr slot4
    store v0, v12 align(4)
    v1 = slot_addr slot0
    v2 = slot_addr slot0 + 8
    v3 = slot_addr slot1
    v4 = iconst i32 42
    store v1, v1 align(8) !loc0
    store v4, v2 align(4) !loc0
    store v1, v3 align(8) !loc0
    v5 = slot_addr slot2
    v6 = iconst i32 1
    store v6, v5 align(4) !loc0
    v7 = slot_addr slot2 + 4
    store v4, v7 align(4) !loc0
    v8 = iconst i8 -1
    v9 = slot_addr slot3
    store v8, v9 align(1) !loc0
    v13 = slot_addr slot5 + 64
    store v4, v13 align(4) !loc0
    v14 = slot_addr slot5 + 68
    store v6, v14 align(4) !loc0
    v10 = call (ptr) -> i32 @puts(v7) !loc1
    v11 = iconst i32 0 !loc2
    return v11 !loc2
}
"#;

#[test]
fn gdb() {
    let module = lir::parse_module(TEXT).unwrap_or_else(|error| panic!("{error}"));
    let options = Options { debug: DebugInfo::Full, ..Options::new("x86_64-unknown-linux-gnu", "x86-64") };
    let compiled = CraneliftBackend.compile(&module, &options, Emit::Object).expect("compiles");
    assert!(compiled.rejected.is_empty(), "{:?}", compiled.rejected);
    let commands = [
        "up",
        "info locals",
        "up",
        "info locals",
        "info args",
        "print demo::inner::COUNTER",
        "print &demo::inner::COUNTER",
        "ptype main",
    ];
    let Some(text) = debugged(&compiled.bytes, &commands) else {
        eprintln!("SKIPPED: gdb is not here, or may not run anything");
        return;
    };
    for expected in [
        "demo::inner () at src/other.rs:4",
        "opt = demo::Option<i32>::Some(42)",
        "demo::main (arg=1) at src/main.rs:12",
        "node = demo::Node {next: ",
        "link = demo::Node {next: ",
        "value: 42}",
        "far = [42, 1]",
        "ord = demo::Ordering::Less",
        "$1 = 7",
    ] {
        assert!(text.contains(expected), "no `{expected}` in:\n{text}");
    }
}
