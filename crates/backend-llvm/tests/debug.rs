//! Debug information.

mod common;

use backend::filetest::debugged;
use backend::{DebugInfo, Emit, OptLevel, Options};
use common::*;
use expect_test::{Expect, expect};

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
            #dbg_declare(ptr %6, !17, !DIExpression(), !35)
            #dbg_declare(ptr %2, !18, !DIExpression(), !36)
            #dbg_declare(ptr %3, !27, !DIExpression(DW_OP_deref), !36)
            #dbg_declare(ptr %4, !37, !DIExpression(), !54)
            #dbg_declare(ptr %5, !28, !DIExpression(), !36)
            !0 = !DIGlobalVariableExpression(var: !1, expr: !DIExpression())
            !1 = distinct !DIGlobalVariable(name: "COUNTER", linkageName: "_RNvCs_4demo7COUNTER", scope: !2, file: !4, line: 3, type: !5, isLocal: false, isDefinition: true, align: 32)
            !2 = !DINamespace(name: "inner", scope: !3)
            !3 = !DINamespace(name: "demo", scope: null)
            !4 = !DIFile(filename: "src/main.rs", directory: "/project")
            !5 = !DIBasicType(name: "i32", size: 32, encoding: DW_ATE_signed)
            !10 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !11, producer: "clang LLVM (Bessemer)", isOptimized: false, runtimeVersion: 0, emissionKind: FullDebug, globals: !12, splitDebugInlining: false, nameTableKind: None)
            !11 = !DIFile(filename: "src/main.rs/@/dbg", directory: "/project")
            !13 = distinct !DISubprogram(name: "main", linkageName: "main", scope: !3, file: !4, line: 10, type: !14, scopeLine: 10, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !10, templateParams: !26, retainedNodes: !16)
            !14 = !DISubroutineType(types: !15)
            !17 = !DILocalVariable(name: "arg", arg: 1, scope: !13, file: !4, line: 10, type: !5)
            !18 = !DILocalVariable(name: "node", scope: !19, file: !4, line: 11, type: !20)
            !19 = distinct !DILexicalBlock(scope: !13, file: !4, line: 11)
            !20 = !DICompositeType(tag: DW_TAG_structure_type, name: "Node", scope: !3, file: !21, size: 128, align: 64, flags: DIFlagPublic, elements: !22, templateParams: !26, identifier: "dbg.2")
            !21 = !DIFile(filename: "<unknown>", directory: "")
            !23 = !DIDerivedType(tag: DW_TAG_member, name: "next", scope: !20, file: !21, baseType: !24, size: 64, flags: DIFlagPublic)
            !24 = !DIDerivedType(tag: DW_TAG_pointer_type, name: "*mut Node", baseType: !20, size: 64, dwarfAddressSpace: 0)
            !25 = !DIDerivedType(tag: DW_TAG_member, name: "value", scope: !20, file: !21, baseType: !5, size: 32, offset: 64, flags: DIFlagPublic)
            !27 = !DILocalVariable(name: "link", scope: !19, file: !4, line: 11, type: !20)
            !28 = !DILocalVariable(name: "ord", scope: !19, file: !4, line: 11, type: !29)
            !29 = !DICompositeType(tag: DW_TAG_enumeration_type, name: "Ordering", scope: !3, file: !21, baseType: !30, size: 8, flags: DIFlagEnumClass, elements: !31)
            !30 = !DIBasicType(name: "i8", size: 8, encoding: DW_ATE_signed)
            !32 = !DIEnumerator(name: "Less", value: -1)
            !33 = !DIEnumerator(name: "Equal", value: 0)
            !34 = !DIEnumerator(name: "Greater", value: 1)
            !35 = !DILocation(line: 10, scope: !13)
            !36 = !DILocation(line: 11, scope: !19)
            !37 = !DILocalVariable(name: "opt", scope: !38, file: !39, line: 4, type: !40)
            !38 = distinct !DISubprogram(name: "inner", linkageName: "_RNvCs_4demo5inner", scope: !3, file: !39, line: 3, type: !14, scopeLine: 3, flags: DIFlagPrototyped, spFlags: DISPFlagLocalToUnit | DISPFlagDefinition, unit: !10, templateParams: !26, retainedNodes: !26)
            !39 = !DIFile(filename: "src/other.rs", directory: "/project")
            !40 = !DICompositeType(tag: DW_TAG_structure_type, name: "Option<i32>", scope: !3, file: !21, size: 64, align: 32, flags: DIFlagPublic, elements: !41, templateParams: !52, identifier: "dbg.3")
            !42 = !DICompositeType(tag: DW_TAG_variant_part, scope: !40, file: !21, size: 64, align: 32, elements: !43, identifier: "dbg.3.variants", discriminator: !50)
            !44 = !DIDerivedType(tag: DW_TAG_member, name: "None", scope: !42, file: !21, baseType: !45, size: 64, align: 32, extraData: i32 0)
            !45 = !DICompositeType(tag: DW_TAG_structure_type, name: "None", scope: !40, file: !21, size: 64, align: 32, flags: DIFlagPublic, elements: !26, templateParams: !26, identifier: "dbg.5")
            !46 = !DIDerivedType(tag: DW_TAG_member, name: "Some", scope: !42, file: !21, baseType: !47, size: 64, align: 32, extraData: i32 1)
            !47 = !DICompositeType(tag: DW_TAG_structure_type, name: "Some", scope: !40, file: !21, size: 64, align: 32, flags: DIFlagPublic, elements: !48, templateParams: !26, identifier: "dbg.6")
            !49 = !DIDerivedType(tag: DW_TAG_member, name: "__0", scope: !47, file: !21, baseType: !5, size: 32, offset: 32, flags: DIFlagPublic)
            !50 = !DIDerivedType(tag: DW_TAG_member, scope: !40, file: !21, baseType: !51, size: 32, flags: DIFlagArtificial)
            !51 = !DIBasicType(name: "u32", size: 32, encoding: DW_ATE_unsigned)
            !53 = !DITemplateTypeParameter(name: "T", type: !5)
            !54 = !DILocation(line: 4, column: 9, scope: !38, inlinedAt: !55)
            !55 = !DILocation(line: 12, column: 5, scope: !19)
            !56 = !DILocation(line: 0, scope: !13)
            !57 = !DILocation(line: 13, column: 1, scope: !13)
        "##]],
    );
}

/// Arrays of what has no size may be longer than LLVM counts.
#[test]
fn the_longest_array() {
    let array = "type9 = array size 0 type0 count 18446744073709551615\n\ndata export @_RNvCs_4demo7COUNTER";
    let text = TEXT.replacen("\ndata export @_RNvCs_4demo7COUNTER", array, 1).replacen(
        "COUNTER\", type0",
        "COUNTER\", type9",
        1,
    );
    let module = lir::parse_module(&text).unwrap_or_else(|error| panic!("{error}"));
    let text = String::from_utf8(compile(&module, &options(DebugInfo::Full), Emit::Ir)).expect("text");
    assert!(text.contains("!DISubrange(count: -1"), "{text}");
}

#[test]
fn lines() {
    check(
        DebugInfo::Lines,
        expect![[r#"
            !4 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !5, producer: "clang LLVM (Bessemer)", isOptimized: false, runtimeVersion: 0, emissionKind: LineTablesOnly, globals: !6, splitDebugInlining: false, nameTableKind: None)
            !5 = !DIFile(filename: "src/main.rs/@/dbg", directory: "/project")
            !7 = distinct !DISubprogram(name: "main", linkageName: "main", scope: !9, file: !8, line: 10, type: !10, scopeLine: 10, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !4, templateParams: !6, retainedNodes: !6)
            !8 = !DIFile(filename: "src/main.rs", directory: "/project")
            !9 = !DINamespace(name: "demo", scope: null)
            !10 = !DISubroutineType(types: !11)
            !12 = !DILocation(line: 0, scope: !7)
            !13 = !DILocation(line: 12, column: 5, scope: !14)
            !14 = distinct !DILexicalBlock(scope: !7, file: !8, line: 11)
            !15 = !DILocation(line: 4, column: 9, scope: !16, inlinedAt: !13)
            !16 = distinct !DISubprogram(name: "inner", linkageName: "_RNvCs_4demo5inner", scope: !9, file: !17, line: 3, type: !10, scopeLine: 3, flags: DIFlagPrototyped, spFlags: DISPFlagLocalToUnit | DISPFlagDefinition, unit: !4, templateParams: !6, retainedNodes: !6)
            !17 = !DIFile(filename: "src/other.rs", directory: "/project")
            !18 = !DILocation(line: 13, column: 1, scope: !7)
        "#]],
    );
}

/// What a debugger shows, where there is one.
#[test]
fn gdb() {
    let commands = ["up", "info locals", "up", "info locals", "info args", "print demo::inner::COUNTER"];
    let Some(text) = debugged(&compile(&module(), &options(DebugInfo::Full), Emit::Object), &commands) else {
        eprintln!("SKIPPED: gdb is not here, or may not run anything");
        return;
    };
    for expected in [
        "demo::inner () at src/other.rs:4",
        "opt = demo::Option<i32>::Some(42)",
        "demo::main (arg=1) at src/main.rs:12",
        "value: 42}",
        "ord = demo::Ordering::Less",
        "$1 = 7",
    ] {
        assert!(text.contains(expected), "no `{expected}` in:\n{text}");
    }
}
