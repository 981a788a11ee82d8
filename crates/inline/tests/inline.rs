//! What is inlined, and what callers look like then.

use expect_test::{Expect, expect};

/// The program after inlining, verified. `@root` and data are what others ask for.
fn inlined(text: &str) -> lir::Module {
    let mut module = lir::parse_module(text).unwrap_or_else(|error| panic!("{error}"));
    bessemer_inline::inline(&mut module.functions, &module.data, &|name| name == "root");
    let errors = lir::verify_module(&module, 8);
    assert!(errors.is_empty(), "{errors:?}\n{module}");
    module
}

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&inlined(text).to_string());
}

/// The names of the functions that stay.
fn names(text: &str) -> Vec<String> {
    inlined(text).functions.iter().map(|function| function.name.to_string()).collect()
}

const LEAF: &str = "
    function hidden @leaf(v0: i64, v1: ptr) -> i64 inline(always) {
        slot0: size 8 align 8
    block0:
        v2 = slot_addr slot0
        store v0, v2 align(8)
        v3 = load i64 v2 align(8)
        v4 = iadd v3, v0
        return v4
    }";

#[test]
fn a_leaf_becomes_part_of_the_block() {
    check(
        &format!(
            "{LEAF}
            function hidden @root(v0: i64, v1: ptr) -> i64 {{
                sig0 = (i64, ptr) -> i64
                sym0 = function @leaf
            block0:
                v2 = call sig0 @leaf(v0, v1)
                v3 = call sig0 @leaf(v2, v1)
                v4 = iadd v2, v3
                return v4
            }}"
        ),
        expect![[r#"
            module ""

            function hidden @root(v0: i64, v1: ptr) -> i64 {
                slot0: size 8 align 8
                sig0 = (i64, ptr) -> i64
                sym0 = function @leaf
                unused v2: i64
                unused v3: i64
            block0:
                v5 = slot_addr slot0
                store v0, v5 align(8)
                v6 = load i64 v5 align(8)
                v7 = iadd v6, v0
                v8 = slot_addr slot0
                store v7, v8 align(8)
                v9 = load i64 v8 align(8)
                v10 = iadd v9, v7
                v4 = iadd v7, v10
                return v4
            }
        "#]],
    );
}

#[test]
fn several_returns_meet_and_several_levels_are_one() {
    check(
        &format!(
            "{LEAF}
            function hidden @inner(v0: i64, v1: ptr) -> i64 inline(always) {{
                sig0 = (i64, ptr) -> i64
                sym0 = function @leaf
            block0:
                v2 = icmp eq v0, v0
                branch v2, block1, block2
            block1:
                v3 = call sig0 @leaf(v0, v1)
                return v3
            block2:
                return v0
            }}
            function hidden @root(v0: i64, v1: ptr) -> i64 {{
                sig0 = (i64, ptr) -> i64
                sym0 = function @inner
            block0:
                v2 = call sig0 @inner(v0, v1)
                v3 = iadd v2, v0
                return v3
            }}"
        ),
        expect![[r#"
            module ""

            function hidden @root(v0: i64, v1: ptr) -> i64 {
                var0: i64
                slot0: size 8 align 8
                sig0 = (i64, ptr) -> i64
                sym0 = function @inner
                sym1 = function @leaf
                unused v5: i64
            block0:
                v4 = icmp eq v0, v0
                branch v4, block1, block2
            block1:
                v6 = slot_addr slot0
                store v0, v6 align(8)
                v7 = load i64 v6 align(8)
                v8 = iadd v7, v0
                set_var var0, v8
                jump block3
            block2:
                set_var var0, v0
                jump block3
            block3:
                v2 = get_var var0
                v3 = iadd v2, v0
                return v3
            }
        "#]],
    );
}

#[test]
fn unwinding_and_locations() {
    check(
        "
        function hidden @body(v0: i32) -> i32 inline(always) {
            sig0 = (i32) -> i32
            sym0 = function @may_unwind
            file0 = \"b.rs\"
            scope0 = function \"body\" file0:5
            loc0 = file0:6:1 scope0
        block0:
            v1 = call sig0 @may_unwind(v0) !loc0
            v2 = call sig0 @may_unwind(v1) nounwind !loc0
            return v2
        }
        function hidden @root(v0: i32) -> i32 personality(@rust_eh_personality) {
            sig0 = (i32) -> i32
            sym0 = function @body
            sym1 = function @rust_eh_personality
            file0 = \"a.rs\"
            scope0 = function \"root\" file0:1
            loc0 = file0:2:1 scope0
        block0:
            v1 = invoke sig0 @body(v0) to block1 unwind block2 !loc0
        block1:
            return v1
        block2 cleanup(v2, v3):
            resume v2, v3
        }",
        expect![[r#"
            module ""

            function hidden @root(v0: i32) -> i32 personality(@rust_eh_personality) {
                sig0 = (i32) -> i32
                sym0 = function @body
                sym1 = function @rust_eh_personality
                sym2 = function @may_unwind
                file0 = "a.rs"
                file1 = "b.rs"
                scope0 = function "root" file0:1
                scope1 = inlined("body", @"", loc0) "body" file1:5 in scope0
                loc0 = file0:2:1 scope0
                loc1 = file1:6:1 scope1
                unused v1: i32
            block0:
                v4 = invoke sig0 @may_unwind(v0) to block3 unwind block2 !loc1
            block1:
                return v5
            block2 cleanup(v2, v3):
                resume v2, v3
            block3:
                v5 = call sig0 @may_unwind(v4) nounwind !loc1
                jump block1 !loc0
            }
        "#]],
    );
}

#[test]
fn clean_up_code_comes_along() {
    check(
        "
        function hidden @body() inline(always) personality(@rust_eh_personality) {
            sig0 = ()
            sym0 = function @may_unwind
            sym1 = function @rust_eh_personality
        block0:
            invoke sig0 @may_unwind() to block1 unwind block2
        block1:
            return
        block2 cleanup(v0, v1):
            call sig0 @may_unwind()
            resume v0, v1
        }
        function hidden @root() {
            sig0 = ()
            sym0 = function @body
        block0:
            call sig0 @body()
            return
        }",
        expect![[r#"
            module ""

            function hidden @root() personality(@rust_eh_personality) {
                sig0 = ()
                sym0 = function @body
                sym1 = function @may_unwind
                sym2 = function @rust_eh_personality
            block0:
                invoke sig0 @may_unwind() to block1 unwind block2
            block1:
                return
            block2 cleanup(v0, v1):
                call sig0 @may_unwind()
                resume v0, v1
            }
        "#]],
    );
}

#[test]
fn clean_up_code_within_clean_up_code_stays_a_call() {
    let text = "
        function hidden @body() inline(always) personality(@rust_eh_personality) {
            sig0 = ()
            sym0 = function @may_unwind
            sym1 = function @rust_eh_personality
        block0:
            invoke sig0 @may_unwind() to block1 unwind block2
        block1:
            return
        block2 cleanup(v0, v1):
            resume v0, v1
        }
        function hidden @root() personality(@rust_eh_personality) {
            sig0 = ()
            sym0 = function @body
            sym1 = function @rust_eh_personality
        block0:
            invoke sig0 @body() to block1 unwind block2
        block1:
            return
        block2 catch_all(v0, v1):
            return
        }";
    assert_eq!(names(text), ["body", "root"]);
    assert!(inlined(text).functions[1].to_string().contains("invoke sig0 @body()"));
}

#[test]
fn functions_that_others_refer_to_stay() {
    let text = "
        data hidden @table align(8) { i64 0 at 0: function @in_data }
        function hidden @in_data() inline(always) {
        block0:
            return
        }
        function hidden @pointed() inline(always) {
            sig0 = ()
            sym0 = function @behind
        block0:
            call sig0 @behind()
            return
        }
        function hidden @behind() inline(always) {
        block0:
            return
        }
        function hidden @called() inline(always) {
        block0:
            return
        }
        function export @shown() inline(always) {
        block0:
            return
        }
        function hidden @root() -> ptr {
            sig0 = ()
            sym0 = function @pointed
            sym1 = function @called
        block0:
            call sig0 @pointed()
            call sig0 @called()
            v0 = symbol_addr @pointed
            return v0
        }";
    assert_eq!(names(text), ["in_data", "pointed", "shown", "root"]);
}

#[test]
fn circles_end() {
    let text = "
        function hidden @itself() inline(always) {
            sig0 = ()
            sym0 = function @itself
        block0:
            call sig0 @itself()
            return
        }
        function hidden @odd() inline(always) {
            sig0 = ()
            sym0 = function @even
        block0:
            call sig0 @even()
            return
        }
        function hidden @even() inline(always) {
            sig0 = ()
            sym0 = function @odd
        block0:
            call sig0 @odd()
            return
        }
        function hidden @root() {
            sig0 = ()
            sym0 = function @itself
            sym1 = function @odd
        block0:
            call sig0 @itself()
            call sig0 @odd()
            return
        }";
    assert_eq!(names(text), ["itself", "odd", "root"]);
}

#[test]
fn what_does_not_fit_stays_a_call() {
    for (attrs, params, code) in [
        ("inline(always) features(\"+avx2\")", "v0: i32", "return"),
        ("inline(always)", "v0: i64", "return"),
        ("inline(always)", "v0: i32", "unreachable"),
        ("inline(always)", "v0: i32", "asm [\"nop\"] ()\n return"),
        ("inline(always) naked", "v0: i32", "return"),
        ("", "v0: i32", "return"),
    ] {
        let text = format!(
            "function hidden @body({params}) {attrs} {{
            block0:
                {code}
            }}
            function hidden @root(v0: i32) {{
                sig0 = (i32)
                sym0 = function @body
            block0:
                call sig0 @body(v0)
                return
            }}"
        );
        let mut module = lir::parse_module(&text).unwrap_or_else(|error| panic!("{error}"));
        let before = module.to_string();
        bessemer_inline::inline(&mut module.functions, &module.data, &|name| name == "root");
        assert_eq!(module.to_string(), before);
    }
}

#[test]
fn small_leaves_are_inlined_where_that_may_pay() {
    let program = |attrs: &str, code: &str| {
        format!(
            "function hidden @body(v0: i64) -> i64 {attrs} {{
                sig0 = ()
                sym0 = function @other
            block0:
                {code}
            }}
            function hidden @root(v0: i64) -> i64 {{
                sig0 = (i64) -> i64
                sym0 = function @body
            block0:
                v1 = call sig0 @body(v0)
                return v1
            }}"
        )
    };
    let small = "v1 = iadd v0, v0\n return v1";
    let sums: String = (1..8).map(|value| format!("v{value} = iadd v{}, v0\n", value - 1)).collect();
    assert_eq!(names(&program("inline(hint)", small)), ["root"]);
    assert_eq!(names(&program("inline(hint)", &format!("{sums} return v7"))), ["root"]);
    assert_eq!(names(&program("inline(hint)", &format!("{sums} v8 = iadd v7, v0\n return v8"))), ["body", "root"]);
    assert_eq!(names(&program("inline(hint)", "call sig0 @other()\n return v0")), ["body", "root"]);
    assert_eq!(names(&program("inline(never)", small)), ["body", "root"]);
    assert_eq!(names(&program("", small)), ["body", "root"]);
}
