//! Errors of the parser, and what it takes beyond what the printer writes.

use bessemer_lir::{parse_function, parse_module, verify_module};
use expect_test::{Expect, expect};

fn check(text: &str, expected: Expect) {
    let actual = match parse_module(text) {
        Ok(module) => module.to_string(),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&actual);
}

#[test]
fn short_forms() {
    let text = "
        // Symbols and signatures need no tables.
        data internal @numbers align(4) { i32 5, i16 -1, \"ab\" hex \"0f\" zero 3 }
        function hidden @f(v0: i32) -> i32 {
        block0: ; a comment
            v1 = call (i32) -> i32 @g(v0)
            v2 = call (i32) -> i32 @g(v1)
            v3 = symbol_addr @numbers
            v4 = load i32 v3
            switch v4 [-1: block1, 0: block1] else block1
        block1:
            return v2
        }";
    assert_eq!(verify_module(&parse_module(text).unwrap(), 8), []);
    check(
        text,
        expect![[r#"
        module ""
        data internal @numbers align(4) {
            hex "05000000ffff6162 0f"
            zero 3
        }

        function hidden @f(v0: i32) -> i32 {
            sig0 = (i32) -> i32
            sym0 = function @g
            sym1 = data @numbers
        block0:
            v1 = call sig0 @g(v0)
            v2 = call sig0 @g(v1)
            v3 = symbol_addr @numbers
            v4 = load i32 v3 align(1)
            switch v4 [0xffffffff: block1, 0: block1] else block1
        block1:
            return v2
        }
    "#]],
    );
}

#[test]
fn forward_reference() {
    // The block that defines v1 comes later in the text, so its type must be written.
    let text = |ty: &str| {
        format!(
            "function hidden @f(v0: i32) {{
            block0:
                jump block2
            block1:
                v2{ty} = iadd v1, v1
                return
            block2:
                v1 = ineg v0
                jump block1
            }}"
        )
    };
    check(
        &text(": i32"),
        expect![[r#"
        module ""

        function hidden @f(v0: i32) {
        block0:
            jump block2
        block1:
            v2: i32 = iadd v1, v1
            return
        block2:
            v1 = ineg v0
            jump block1
        }
    "#]],
    );
    check(&text(""), expect!["5:17: the type of v2 is not known here; write `v2: type`"]);
}

#[test]
fn errors() {
    let body = |body: &str| format!("function hidden @f(v0: i32) {{\nblock0:\n    {body}\n}}");
    check(&body("v1 = iadd v0 v0"), expect!["3:18: expected `,`, found `v0`"]);
    check(&body("v1 = frobnicate v0"), expect!["3:10: unknown instruction `frobnicate`"]);
    check(&body("return v0 v0"), expect!["3:15: expected the end of the line, found `v0`"]);
    check(
        &body("v1 = iconst i32 99999999999999999999999999999999999999999999"),
        expect!["3:21: `99999999999999999999999999999999999999999999` is not a number that fits"],
    );
    check(&body("v4294967295 = iconst i32 0"), expect!["3:5: v4294967295: values are numbered without gaps"]);
    check(&body("v2 = iconst i32 0\n return"), expect!["5:2: v1 is not defined; list it as `unused v1: type`"]);
    check(&body("v1 = sadd_overflow v0, v0"), expect!["3:5: the instruction gives 2 results, not 1"]);
    check(&body("v1 = ineg v0\n    v1 = zext v0 to i64"), expect!["4:5: v1 was i32 before, and i64 here"]);
    check(&body("store v0, v0 aligned(4)"), expect!["3:18: expected the end of the line, found `aligned`"]);
    check(&body("v1 = ineg v0"), expect!["4:1: expected an instruction or a terminator, found `}`"]);
    check("data hidden @µ", expect!["1:13: expected a name after `@`"]);
    check("data hidden @x { \"abc", expect!["1:18: the text has no closing quote on its line"]);
    check("data hidden @x { zero 1 \"a\" }", expect!["1:25: bytes after `zero`"]);
    check("type1 = opaque \"x\" size 1 align 1", expect!["1:1: expected `type0`, found `type1`"]);
    check("function", expect!["1:9: expected a linkage, found the end"]);
    check("}", expect!["1:1: expected the end, found `}`"]);
}

#[test]
fn one_function_only() {
    let text = "function hidden @f() {\nblock0:\n    return\n}\n";
    assert!(parse_function(text).is_ok());
    expect!["5:1: expected the end, found `function`"]
        .assert_eq(&parse_function(&text.repeat(2)).unwrap_err().to_string());
}
