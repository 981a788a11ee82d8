//! Each rule of the verifier, broken.

use bessemer_lir::{Block, IndexVec, Inst, Terminator, Value, parse_module, verify_module};
use expect_test::{Expect, expect};

fn check(text: &str, expected: Expect) {
    let module = parse_module(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let errors: Vec<String> = verify_module(&module, 8).iter().map(ToString::to_string).collect();
    expected.assert_eq(&errors.join("\n"));
}

/// Checks a function of an `i32`, a `ptr`, a `f32x4` and an `i8` with these tables and blocks.
fn check_body(body: &str, expected: Expect) {
    check(&format!("function hidden @f(v0: i32, v1: ptr, v2: f32x4, v3: i8) {{\n{body}\n}}"), expected);
}

/// Checks one instruction.
fn check_inst(inst: &str, expected: Expect) {
    check_body(&format!("var0: i64\nblock0:\n{inst}\nreturn"), expected);
}

#[test]
fn operand_types() {
    check_inst("v4 = iadd v0, v3", expect!["@f, block0, instruction 0: v0 is i32, v3 is i8 in `v4 = iadd v0, v3`"]);
    check_inst("v4 = fadd v0, v0", expect!["@f, block0, instruction 0: v0 is i32, not floats in `v4 = fadd v0, v0`"]);
    check_inst("v4 = iadd v1, v1", expect!["@f, block0, instruction 0: v1 is ptr, not integers in `v4 = iadd v1, v1`"]);
    check_inst(
        "v4 = icmp slt v2, v2",
        expect!["@f, block0, instruction 0: v2 is f32x4, not integers or pointers in `v4 = icmp slt v2, v2`"],
    );
    check_inst(
        "v4 = select v0, v0, v0",
        expect!["@f, block0, instruction 0: v0 is i32, not a mask for i32 in `v4 = select v0, v0, v0`"],
    );
    check_inst(
        "v4 = load i32 v0 align(4)",
        expect!["@f, block0, instruction 0: v0 is i32, not ptr in `v4 = load i32 v0 align(4)`"],
    );
    check_inst(
        "v4 = ptr_add v1, v0",
        expect!["@f, block0, instruction 0: v0 is i32, not i64 in `v4 = ptr_add v1, v0`"],
    );
    check_inst("set_var var0, v0", expect!["@f, block0, instruction 0: v0 is i32, not i64 in `set_var var0, v0`"]);
    check_inst(
        "v4: i64 = get_var var7",
        expect!["@f, block0, instruction 0: var7 is not in the table of variables in `v4 = get_var var7`"],
    );
    check_inst(
        "v4 = zext v0 to i32",
        expect!["@f, block0, instruction 0: zext does not go from i32 to i32 in `v4 = zext v0 to i32`"],
    );
    check_inst(
        "v4 = bitcast v1 to i64",
        expect!["@f, block0, instruction 0: bitcast does not go from ptr to i64 in `v4 = bitcast v1 to i64`"],
    );
    check_inst(
        "v4 = ptr_to_int v1 to i32",
        expect!["@f, block0, instruction 0: ptr_to_int does not go from ptr to i32 in `v4 = ptr_to_int v1 to i32`"],
    );
    check_inst(
        "v4 = extract_lane v2, 4",
        expect!["@f, block0, instruction 0: lane 4 of f32x4 in `v4 = extract_lane v2, 4`"],
    );
    check_inst(
        "v4 = shuffle v2, v2, [8]",
        expect!["@f, block0, instruction 0: lane 8 of 8 in `v4 = shuffle v2, v2, [8]`"],
    );
    check_inst(
        "v4 = reduce add v2",
        expect!["@f, block0, instruction 0: v2 is f32x4, not integers in `v4 = reduce add v2`"],
    );
    check_inst(
        "v4 = bitmask i16 v2",
        expect!["@f, block0, instruction 0: v2 is f32x4, not a mask for f32x4 in `v4 = bitmask i16 v2`"],
    );
    check_inst(
        "memset v1, v0, v0 align(1)",
        expect!["@f, block0, instruction 0: v0 is i32, not i8 in `memset v1, v0, v0 align(1)`"],
    );
    check_inst(
        "v4: i64 = ineg v0",
        expect!["@f, block0, instruction 0: v4 is i64, but the result is i32 in `v4 = ineg v0`"],
    );
    check_inst(
        "va_start v1",
        expect!["@f, block0, instruction 0: va_start in a function that is not variadic in `va_start v1`"],
    );
    check_inst(
        "v4 = llvm_intrinsic \"sqrt\"(v2) -> f32x4",
        expect![[
            r#"@f, block0, instruction 0: sqrt is not an intrinsic of LLVM in `v4 = llvm_intrinsic "sqrt"(v2) -> (f32x4)`"#
        ]],
    );
}

#[test]
fn constants_and_alignments() {
    check_inst(
        "v4 = iconst i8 256",
        expect!["@f, block0, instruction 0: 0x100 does not fit i8 in `v4 = iconst i8 256`"],
    );
    check_inst("v4 = iconst f32 1", expect!["@f, block0, instruction 0: f32 is not an integer in `v4 = iconst f32 1`"]);
    check_inst(
        "v4 = fconst f16 0x10000",
        expect!["@f, block0, instruction 0: 0x10000 does not fit f16 in `v4 = fconst f16 0x10000`"],
    );
    check_inst(
        "v4 = load i32 v1 align(3)",
        expect!["@f, block0, instruction 0: an alignment of 3 is not a power of two in `v4 = load i32 v1 align(3)`"],
    );
    check_inst(
        "v4 = load i32 v1 align(4) range(1, 1)",
        expect!["@f, block0, instruction 0: the range 1..1 is empty in `v4 = load i32 v1 align(4) range(1, 1)`"],
    );
    check_inst(
        "v4 = load i32 v1 align(4) nonnull",
        expect!["@f, block0, instruction 0: nonnull is for pointers, not i32 in `v4 = load i32 v1 align(4) nonnull`"],
    );
    check_inst(
        "store v0, v1 align(0)",
        expect!["@f, block0, instruction 0: an alignment of 0 is not a power of two in `store v0, v1 align(0)`"],
    );
    check_body("slot0: size 8 align 12\nblock0:\nreturn", expect!["@f: an alignment of 12 is not a power of two"]);
}

#[test]
fn atomics() {
    check_inst(
        "v4 = atomic_load release i32 v1 align(4)",
        expect!["@f, block0, instruction 0: a load cannot be release in `v4 = atomic_load release i32 v1 align(4)`"],
    );
    check_inst(
        "atomic_store acquire v0, v1 align(4)",
        expect!["@f, block0, instruction 0: a store cannot be acquire in `atomic_store acquire v0, v1 align(4)`"],
    );
    check_inst(
        "v4 = atomic_load relaxed f32 v1 align(4)",
        expect![
            "@f, block0, instruction 0: atomic operations are for integers and pointers, not f32 in `v4 = atomic_load relaxed f32 v1 align(4)`"
        ],
    );
    check_inst(
        "v4 = atomic_rmw add relaxed v1, v1",
        expect!["@f, block0, instruction 0: add is for integers, not pointers in `v4 = atomic_rmw add relaxed v1, v1`"],
    );
    check_inst(
        "v4, v5 = cmpxchg seqcst release v1, v0, v0",
        expect![
            "@f, block0, instruction 0: a failure cannot be release in `v4, v5 = cmpxchg seqcst release v1, v0, v0`"
        ],
    );
    check_inst("fence relaxed", expect!["@f, block0, instruction 0: a fence cannot be relaxed in `fence relaxed`"]);
}

#[test]
fn definitions() {
    check_inst(
        "v4: i32 = ineg v9",
        expect!["@f, block0, instruction 0: v9 is not in the table of values in `v4 = ineg v9`"],
    );
    check_body(
        "unused v4: i32\nblock0:\nv5 = ineg v4\nreturn",
        expect!["@f, block0, instruction 0: v4 has no definition in `v5 = ineg v4`"],
    );
    check_inst(
        "v4: i32 = ineg v5\nv5 = ineg v0",
        expect![
            "@f, block0, instruction 0: the definition of v5 in block0 does not dominate this use in `v4 = ineg v5`"
        ],
    );
    check_inst("v4 = ineg v0\nv4 = ineg v0", expect!["@f, block0, instruction 1: v4 has two definitions"]);
    check_inst(
        "v4: i32 = ineg v4",
        expect![
            "@f, block0, instruction 0: the definition of v4 in block0 does not dominate this use in `v4 = ineg v4`"
        ],
    );
    check_body(
        "block0:
            branch v3, block1, block2
        block1:
            v4 = ineg v0
            jump block2
        block2:
            v5 = ineg v4
            return",
        expect![
            "@f, block2, instruction 0: the definition of v4 in block1 does not dominate this use in `v5 = ineg v4`"
        ],
    );
    // A loop's head does not see what its body defines; the body sees what the head defines.
    check_body(
        "block0:
            jump block1
        block1:
            v4 = ineg v0
            v6: i32 = ineg v5
            branch v3, block2, block3
        block2:
            v5 = ineg v4
            jump block1
        block3:
            return",
        expect![
            "@f, block1, instruction 1: the definition of v5 in block2 does not dominate this use in `v6 = ineg v5`"
        ],
    );
}

#[test]
fn invoke_results_are_for_the_normal_edge() {
    let text = |use_in: &str, normal: &str, unwind: &str| {
        format!(
            "personality(@p)
            sig0 = () -> i32
            block0:
                v0 = invoke sig0 @g() to block1 unwind block2
            block1:
                {normal}
                jump block3
            block2 cleanup(v1, v2) cold:
                {unwind}
                resume v1, v2
            block3:
                {use_in}
                return"
        )
    };
    let check = |use_in: &str, normal: &str, unwind: &str, expected: Expect| {
        let text = text(use_in, normal, unwind);
        let (attrs, body) = text.split_once('\n').unwrap();
        check(&format!("function hidden @f() {attrs} {{\n{body}\n}}"), expected);
    };
    check("v3 = ineg v0", "v4 = ineg v0", "", expect![[r#""#]]);
    check(
        "",
        "",
        "v3 = ineg v0",
        expect![
            "@f, block2, instruction 0: the definition of v0 in block1 does not dominate this use in `v3 = ineg v0`"
        ],
    );
}

#[test]
fn edges() {
    let head = "function hidden @f(v0: i8) personality(@p) {\nsig0 = ()\n";
    let check = |body: &str, expected: Expect| check(&format!("{head}{body}\n}}"), expected);
    check("block0:\njump block1", expect!["@f, block0, terminator: block1 does not exist in `jump block1`"]);
    check("block0:\njump block0", expect!["@f, block0: the entry block has predecessors"]);
    check(
        "block0:\njump block1\nblock1 cleanup(v1, v2):\nresume v1, v2",
        expect![
            "@f, block0, terminator: block1 is a landing pad, but this edge is not an unwind edge in `jump block1`"
        ],
    );
    check("block0 cleanup(v1, v2):\nresume v1, v2", expect!["@f, block0: the entry block is a landing pad"]);
    check(
        "block0:\ninvoke sig0 @g() to block1 unwind block2\nblock1:\nreturn\nblock2:\nreturn",
        expect![
            "@f, block0, terminator: the unwind edge goes to block2, which is not a landing pad in `invoke sig0 @g() to block1 unwind block2`"
        ],
    );
    check(
        "block0:
            branch v0, block1, block2
        block1:
            invoke sig0 @g() to block2 unwind block3
        block2:
            return
        block3 catch_all(v1, v2):
            return",
        expect![
            "@f, block1, terminator: block2 has other predecessors than this invoke in `invoke sig0 @g() to block2 unwind block3`"
        ],
    );
    check(
        "block0:\nswitch v0 [1: block1, 256: block1, 1: block1] else block1\nblock1:\nreturn",
        expect![
            "@f, block0, terminator: 0x100 does not fit i8 in `switch v0 [1: block1, 256: block1, 1: block1] else block1`"
        ],
    );
    check(
        "block0:\nswitch v0 [1: block1, 1: block1] else block1\nblock1:\nreturn",
        expect!["@f, block0, terminator: two cases for 1 in `switch v0 [1: block1, 1: block1] else block1`"],
    );
}

#[test]
fn landing_pads_need_a_personality() {
    check_body(
        "sig0 = ()
        block0:
            invoke sig0 @g() to block1 unwind block2
        block1:
            return
        block2 cleanup(v4, v5):
            resume v4, v5",
        expect![[r#"
            @f, block2: a landing pad needs the function's personality
            @f, block2, terminator: resuming needs the function's personality in `resume v4, v5`"#]],
    );
}

#[test]
fn calls() {
    check_inst(
        "v4 = call (i32) -> i32 @g()",
        expect!["@f, block0, instruction 0: 0 arguments for 1 parameters in `v4 = call sig0 @g()`"],
    );
    check_inst("v4 = call (i32, ...) -> i32 @g(v0, v1, v2)", expect![[r#""#]]);
    check_inst("v4 = call (i32, ..., ptr byval(8, 8)) -> i32 @g(v0, v1, v2)", expect![[r#""#]]);
    check_inst(
        "v4 = call (i32, ..., ptr byval(8, 8)) -> i32 @g(v0)",
        expect!["@f, block0, instruction 0: 1 arguments for 2 parameters in `v4 = call sig0 @g(v0)`"],
    );
    check_inst(
        "v4 = call (i32, ..., ptr byval(8, 8)) -> i32 @g(v0, v2)",
        expect!["@f, block0, instruction 0: v2 is f32x4, not ptr in `v4 = call sig0 @g(v0, v2)`"],
    );
    check_inst(
        "v4 = call (i32, ..., i32 byval(8, 8)) -> i32 @g(v0, v0)",
        expect!["@f: sig0: parameter 1: sret and byval is for pointers, not i32"],
    );
    check_inst("call (i32) @g(v1)", expect!["@f, block0, instruction 0: v1 is ptr, not i32 in `call sig0 @g(v1)`"]);
    check_inst("call () v0()", expect!["@f, block0, instruction 0: v0 is i32, not ptr in `call sig0 v0()`"]);
    check_inst(
        "v4 = symbol_addr @d\ncall () @d()",
        expect!["@f, block0, instruction 1: d is a symbol of the kind `data` in `call sig0 @d()`"],
    );
    check_inst(
        "call sig9 @g()",
        expect!["@f, block0, instruction 0: sig9 is not in the table of signatures in `call sig9 @g()`"],
    );
    check_inst(
        "call (i32, ptr sret(8, 8)) @g(v0, v1)",
        expect!["@f: sig0: parameter 1: sret is for the first parameter"],
    );
    check_inst("call (i32 noalias) @g(v0)", expect!["@f: sig0: parameter 0: noalias is for pointers, not i32"]);
    check_inst("call (ptr align(3)) @g(v1)", expect!["@f: sig0: parameter 0: an alignment of 3 is not a power of two"]);
    check_body("block0:\nreturn v0", expect!["@f, block0, terminator: 1 values where 0 are returned in `return v0`"]);
    check_body(
        "block0:\ntail_call () -> i32 @g()",
        expect!["@f, block0, terminator: a tail call's results are the caller's in `tail_call sig0 @g()`"],
    );
    check_body(
        "block0:\ntail_call () cc(win64) @g()",
        expect!["@f, block0, terminator: a tail call from convention c to win64 in `tail_call sig0 @g()`"],
    );
}

#[test]
fn assembly() {
    check_inst(
        "asm [{1}] (in(class \"reg\") v0)",
        expect![[r#"@f, block0, instruction 0: operand 1 of 1 in `asm [{1}] (in(class "reg") v0)`"#]],
    );
    check_inst("asm [] (label 0)", expect!["@f, block0, instruction 0: labels are for asm_goto in `asm [] (label 0)`"]);
    check_body(
        "block0:\nasm_goto [] (label 1) to block1 labels(block1)\nblock1:\nreturn",
        expect!["@f, block0, terminator: label 1 of 1 in `asm_goto [] (label 1) to block1 labels(block1)`"],
    );
    check_body(
        "block0:\nasm_goto [] ()",
        expect!["@f, block0, terminator: noreturn is for assembly without fallthrough in `asm_goto [] ()`"],
    );
}

#[test]
fn debug_tables() {
    let file = "file0 = \"a.rs\"\nscope0 = function \"f\" file0:1\n";
    let check = |tables: &str, expected: Expect| check_body(&format!("{file}{tables}\nblock0:\nreturn"), expected);
    check("loc0 = file1:1:1 scope0", expect!["@f: loc0: file1 is not in the table of files"]);
    check("loc0 = file0:1:1 scope1", expect!["@f: loc0: scope1 is not in the table of scopes"]);
    check("scope1 = block \"\" file0:1 in scope1", expect!["@f: scope1: scope1 comes later than its child"]);
    check("scope1 = function \"g\" file0:1", expect!["@f: scope1: the first scope, and no other, is the function's"]);
    check(
        "scope1 = inlined(\"g\", @g, loc0) \"\" file0:1 in scope0\nloc0 = file0:1:1 scope1",
        expect!["@f: scope1: the call at loc0 is in a later scope"],
    );
    check(
        "debug \"x\": type0 = slot0 scope0",
        expect![[r#"
        @f: the debug variable x is in a place that does not exist
        @f: x: type0 is not in the table of types"#]],
    );
    check("var0: i32\ndebug \"x\": type0 = var0 scope0", expect!["@f: x: type0 is not in the table of types"]);
    check_body(
        "block0:\nreturn !loc3",
        expect!["@f, block0, terminator: loc3 is not in the table of locations in `return`"],
    );
}

#[test]
fn modules() {
    check("data hidden @a align(1) {}\ndata hidden @a align(1) {}", expect!["@a: two definitions"]);
    check("alias hidden @a = @b", expect!["@a: the alias's target b is not in the module"]);
    check(
        "data hidden @a align(8) { i64 0 at 1: data @a }",
        expect!["@a: the relocation at 1 is outside of the bytes"],
    );
    check(
        "data hidden @a align(8) { i64 1 at 0: data @a }",
        expect!["@a: the bytes under the relocation at 0 are not zero"],
    );
    check(
        "data hidden @a align(8) { i64 0 i64 0 at 0: data @a at 4: data @a }",
        expect!["@a: the relocation at 4 overlaps the one before or is out of order"],
    );
    check(
        "data hidden @a align(8) { at 0xffffffffffffffff: data @a }",
        expect!["@a: a relocation behind the address space"],
    );
    check(
        "data available @a align(8) { zero 8 }",
        expect!["@a: only functions are copies of what is defined elsewhere"],
    );
    check(
        "data hidden @a align(8) debug(\"a\", type0, \"a.rs\", 1) { zero 8 }",
        expect!["@a: a: type0 is not in the table of types"],
    );
    check("data common @a align(8) { zero 8 }", expect!["@a: common objects are writable and zero"]);
    check("data hidden @a align(8) writable mergeable { zero 8 }", expect!["@a: mergeable objects are constants"]);
    check("type0 = pointer \"p\" size 8 type1", expect!["the module: type0: type1 is not in the table of types"]);
    check(
        "data hidden @a align(8) { zero 8 }\nfunction hidden @f() {\nblock0:\ncall () @a()\nreturn\n}",
        expect!["@f: a is used as `function` and defined as `data`"],
    );
}

/// What text cannot say.
#[test]
fn built_by_hand() {
    let text = "function hidden @f(v0: i32) -> i32 {\nblock0:\nv1 = ineg v0\nreturn v1\n}";
    let errors = |change: fn(&mut bessemer_lir::Function)| {
        let mut function = bessemer_lir::parse_function(text).unwrap();
        change(&mut function);
        let errors: Vec<String> = bessemer_lir::verify_function(&function, 8).iter().map(ToString::to_string).collect();
        errors.join("\n")
    };
    expect!["@f: a function has at least one block"].assert_eq(&errors(|f| f.blocks = IndexVec::new()));
    expect![[r#"
        @f, block0: parameter v0 is missing in the table of values
        @f, block0: v0 is not in the table of values
        @f, block0, instruction 0: v1 is not in the table of values
        @f, block0, instruction 0: v0 is not in the table of values in `v1 = ineg v0`
        @f, block0, terminator: v1 is not in the table of values in `return v1`"#]]
    .assert_eq(&errors(|f| f.values = IndexVec::new()));
    expect![[r#"
        @f, block0, instruction 0: v4294967295 and the 1 results after it are not in the table of values
        @f, block0, instruction 0: 0 results where there are 1 in ` = ineg v0`"#]]
    .assert_eq(&errors(|f| f.blocks[Block::ZERO].nodes[0].first_result = Value::from_u32(u32::MAX)));
    expect!["@f, block0, instruction 0: 0 results where there are 1 in `ineg v0`"]
        .assert_eq(&errors(|f| f.blocks[Block::ZERO].nodes[0].result_count = 0));
    expect!["@f: a vector without lanes"]
        .assert_eq(&errors(|f| f.values[Value::ZERO] = bessemer_lir::Type::vector(bessemer_lir::Scalar::I8, 0)));
    expect!["@f, block0, instruction 0: v1 is i32, but the result is i8 in `v1 = zero i8`"]
        .assert_eq(&errors(|f| f.blocks[Block::ZERO].nodes[0].inst = Inst::Zero { ty: bessemer_lir::Type::I8 }));
    expect!["@f, block0, terminator: v7 is not in the table of values in `return v7`"]
        .assert_eq(&errors(|f| f.blocks[Block::ZERO].terminator = Terminator::Return(vec![Value::from_u32(7)])));
}
