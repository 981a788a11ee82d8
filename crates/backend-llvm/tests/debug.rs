//! Debug information.

mod common;

use backend::{DebugInfo, Emit, OptLevel, Options};
use common::*;
use expect_test::{Expect, expect};
use std::process::Command;

const TEXT: &str = r#"
module "dbg"
source "src/main.rs" in "/project"
type0 = base "i32" size 4 signed
type1 = pointer "*mut Node" size 8 type2
type2 = struct "demo::Node" size 16 align 8 ["next": type1 + 0, "value": type0 + 8]
type3 = enum "demo::Option<i32>" size 8 align 4 tag type4 + 0 ["None": type5 = 0, "Some": type6 = 1]
type4 = base "u32" size 4 unsigned
type5 = struct "None" size 8 align 4 []
type6 = struct "Some" size 8 align 4 ["__0": type0 + 4]
type7 = base "i8" size 1 signed
type8 = c_like_enum "demo::Ordering" size 1 type7 ["Less" = -1, "Equal" = 0, "Greater" = 1]

data export @_RNvCs_4demo7COUNTER align(4) writable debug("demo::inner::COUNTER", type0, "src/main.rs", 3) {
    i32 7
}

function export @main(v0: i32) -> i32 unwind_table {
    var0: i32
    slot0: size 16 align 8
    slot1: size 8 align 8
    slot2: size 8 align 4
    slot3: size 1 align 1
    file0 = "src/main.rs"
    file1 = "src/other.rs"
    scope0 = function "demo::main" file0:10
    scope1 = block "" file0:11 in scope0
    scope2 = inlined("demo::inner", @_RNvCs_4demo5inner, loc0) "" file1:3 in scope1
    loc0 = file0:12:5 scope1
    loc1 = file1:4:9 scope2
    loc2 = file0:13:1 scope0
    debug "arg": type0 = var0 scope0 argument(1)
    debug "node": type2 = slot0 + 0 scope1
    debug "link": type2 = [slot1] + 0 scope1
    debug "opt": type3 = slot2 + 0 scope2 !loc1
    debug "ord": type8 = slot3 + 0 scope1
block0:
    set_var var0, v0 !loc0
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
    v10 = call (ptr) -> i32 @puts(v7) !loc1
    v11 = iconst i32 0 !loc2
    return v11 !loc2
}
"#;

fn options(debug: DebugInfo) -> Options {
    Options { debug, ..common::options(OptLevel::O0) }
}

fn module() -> lir::Module {
    lir::parse_module(TEXT).unwrap_or_else(|error| panic!("{error}"))
}

/// The metadata and the records, without the code.
fn check(debug: DebugInfo, expected: Expect) {
    let text = String::from_utf8(compile(&module(), &options(debug), Emit::Ir)).expect("text");
    let keep = |line: &&str| (line.contains("!DI") || line.contains("#dbg")) && !line.starts_with("  ret");
    let lines: Vec<&str> = text.lines().filter(keep).map(str::trim).collect();
    expected.assert_eq(&format!("{}\n", lines.join("\n")));
}

#[test]
fn full() {
    check(
        DebugInfo::Full,
        expect![[r##"
        #dbg_declare(ptr %6, !12, !DIExpression(), !31)
        #dbg_declare(ptr %2, !14, !DIExpression(), !32)
        #dbg_declare(ptr %3, !23, !DIExpression(DW_OP_deref), !32)
        #dbg_declare(ptr %4, !33, !DIExpression(), !48)
        #dbg_declare(ptr %5, !24, !DIExpression(), !32)
        !4 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !5, producer: "clang LLVM (Bessemer)", isOptimized: false, runtimeVersion: 0, emissionKind: FullDebug, splitDebugInlining: false, nameTableKind: None)
        !5 = !DIFile(filename: "src/main.rs/@/dbg", directory: "/project")
        !6 = distinct !DISubprogram(name: "main", linkageName: "main", scope: !8, file: !7, line: 10, type: !9, scopeLine: 10, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !4, templateParams: !22, retainedNodes: !11)
        !7 = !DIFile(filename: "src/main.rs", directory: "/project")
        !8 = !DINamespace(name: "demo", scope: null)
        !9 = !DISubroutineType(types: !10)
        !12 = !DILocalVariable(name: "arg", arg: 1, scope: !6, file: !7, line: 10, type: !13)
        !13 = !DIBasicType(name: "i32", size: 32, encoding: DW_ATE_signed)
        !14 = !DILocalVariable(name: "node", scope: !15, file: !7, line: 11, type: !16)
        !15 = distinct !DILexicalBlock(scope: !6, file: !7, line: 11)
        !16 = !DICompositeType(tag: DW_TAG_structure_type, name: "Node", scope: !8, file: !17, size: 128, align: 64, flags: DIFlagPublic, elements: !18, templateParams: !22, identifier: "dbg.2")
        !17 = !DIFile(filename: "<unknown>", directory: "")
        !19 = !DIDerivedType(tag: DW_TAG_member, name: "next", scope: !16, file: !17, baseType: !20, size: 64, flags: DIFlagPublic)
        !20 = !DIDerivedType(tag: DW_TAG_pointer_type, name: "*mut Node", baseType: !16, size: 64, dwarfAddressSpace: 0)
        !21 = !DIDerivedType(tag: DW_TAG_member, name: "value", scope: !16, file: !17, baseType: !13, size: 32, offset: 64, flags: DIFlagPublic)
        !23 = !DILocalVariable(name: "link", scope: !15, file: !7, line: 11, type: !16)
        !24 = !DILocalVariable(name: "ord", scope: !15, file: !7, line: 11, type: !25)
        !25 = !DICompositeType(tag: DW_TAG_enumeration_type, name: "Ordering", scope: !8, file: !17, baseType: !26, size: 8, flags: DIFlagEnumClass, elements: !27)
        !26 = !DIBasicType(name: "i8", size: 8, encoding: DW_ATE_signed)
        !28 = !DIEnumerator(name: "Less", value: -1)
        !29 = !DIEnumerator(name: "Equal", value: 0)
        !30 = !DIEnumerator(name: "Greater", value: 1)
        !31 = !DILocation(line: 10, scope: !6)
        !32 = !DILocation(line: 11, scope: !15)
        !33 = !DILocalVariable(name: "opt", scope: !34, file: !35, line: 4, type: !36)
        !34 = distinct !DISubprogram(name: "inner", linkageName: "_RNvCs_4demo5inner", scope: !8, file: !35, line: 3, type: !9, scopeLine: 3, flags: DIFlagPrototyped, spFlags: DISPFlagLocalToUnit | DISPFlagDefinition, unit: !4, templateParams: !22, retainedNodes: !22)
        !35 = !DIFile(filename: "src/other.rs", directory: "/project")
        !36 = !DICompositeType(tag: DW_TAG_structure_type, name: "Option<i32>", scope: !8, file: !17, size: 64, align: 32, flags: DIFlagPublic, elements: !37, templateParams: !22, identifier: "dbg.3")
        !38 = !DICompositeType(tag: DW_TAG_variant_part, scope: !36, file: !17, size: 64, align: 32, elements: !39, identifier: "dbg.3.variants", discriminator: !46)
        !40 = !DIDerivedType(tag: DW_TAG_member, name: "None", scope: !38, file: !17, baseType: !41, size: 64, align: 32, extraData: i32 0)
        !41 = !DICompositeType(tag: DW_TAG_structure_type, name: "None", file: !17, size: 64, align: 32, flags: DIFlagPublic, elements: !22, templateParams: !22, identifier: "dbg.5")
        !42 = !DIDerivedType(tag: DW_TAG_member, name: "Some", scope: !38, file: !17, baseType: !43, size: 64, align: 32, extraData: i32 1)
        !43 = !DICompositeType(tag: DW_TAG_structure_type, name: "Some", file: !17, size: 64, align: 32, flags: DIFlagPublic, elements: !44, templateParams: !22, identifier: "dbg.6")
        !45 = !DIDerivedType(tag: DW_TAG_member, name: "__0", scope: !43, file: !17, baseType: !13, size: 32, offset: 32, flags: DIFlagPublic)
        !46 = !DIDerivedType(tag: DW_TAG_member, scope: !36, file: !17, baseType: !47, size: 32, flags: DIFlagArtificial)
        !47 = !DIBasicType(name: "u32", size: 32, encoding: DW_ATE_unsigned)
        !48 = !DILocation(line: 4, column: 9, scope: !34, inlinedAt: !49)
        !49 = !DILocation(line: 12, column: 5, scope: !15)
        !50 = !DILocation(line: 0, scope: !6)
        !51 = !DILocation(line: 13, column: 1, scope: !6)
    "##]],
    );
}

#[test]
fn lines() {
    check(
        DebugInfo::Lines,
        expect![[r#"
        !4 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !5, producer: "clang LLVM (Bessemer)", isOptimized: false, runtimeVersion: 0, emissionKind: LineTablesOnly, splitDebugInlining: false, nameTableKind: None)
        !5 = !DIFile(filename: "src/main.rs/@/dbg", directory: "/project")
        !6 = distinct !DISubprogram(name: "main", linkageName: "main", scope: !8, file: !7, line: 10, type: !9, scopeLine: 10, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !4, templateParams: !11, retainedNodes: !11)
        !7 = !DIFile(filename: "src/main.rs", directory: "/project")
        !8 = !DINamespace(name: "demo", scope: null)
        !9 = !DISubroutineType(types: !10)
        !12 = !DILocation(line: 0, scope: !6)
        !13 = !DILocation(line: 12, column: 5, scope: !14)
        !14 = distinct !DILexicalBlock(scope: !6, file: !7, line: 11)
        !15 = !DILocation(line: 4, column: 9, scope: !16, inlinedAt: !13)
        !16 = distinct !DISubprogram(name: "inner", linkageName: "_RNvCs_4demo5inner", scope: !8, file: !17, line: 3, type: !9, scopeLine: 3, flags: DIFlagPrototyped, spFlags: DISPFlagLocalToUnit | DISPFlagDefinition, unit: !4, templateParams: !11, retainedNodes: !11)
        !17 = !DIFile(filename: "src/other.rs", directory: "/project")
        !18 = !DILocation(line: 13, column: 1, scope: !6)
    "#]],
    );
}

/// What a debugger shows, where there is one.
#[test]
fn gdb() {
    if Command::new("gdb").arg("--version").output().is_err() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (object, program) = (folder.path().join("test.o"), folder.path().join("test"));
    std::fs::write(&object, compile(&module(), &options(DebugInfo::Full), Emit::Object)).expect("written");
    let compiler = Command::new("cc").arg("-o").args([&program, &object]).status().expect("cc runs");
    assert!(compiler.success());
    let commands =
        [
        "set breakpoint pending on",
        "break puts",
        "run",
        "up",
        "info locals",
        "up",
        "info locals",
        "info args",
        "print demo::inner::COUNTER",
    ];
    let output = Command::new("gdb")
        .args(["-q", "-batch", "-nx", "-ex", "set style enabled off"])
        .args(commands.iter().flat_map(|command| ["-ex", command]))
        .arg(&program)
        .output()
        .expect("gdb runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !text.contains("puts (") {
        // A debugger may not be allowed to run anything.
        return;
    }
    for expected in [
        "demo::inner () at src/other.rs:4",
        "opt = Some(42)",
        "demo::main (arg=1) at src/main.rs:12",
        "value: 42}",
        "ord = demo::Ordering::Less",
        "$1 = 7",
    ] {
        assert!(text.contains(expected), "no `{expected}` in:\n{text}");
    }
}
