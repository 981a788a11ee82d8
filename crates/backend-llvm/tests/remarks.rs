//! Why calls are not inlined. By itself, as LLVM has one setting for a process.

mod common;

use backend::{Emit, OptLevel, Remark};
use common::*;

const CALLS: &str = "
function export @f(v0: i32) -> i32 {
block0:
    v1 = call (i32) -> (i32) @never(v0)
    v2 = call (i32) -> (i32) @small(v1)
    v3 = call (i32) -> (i32) @outside(v2)
    return v3
}
function hidden @never(v0: i32) -> i32 inline(never) {
block0:
    v1 = call (i32) -> (i32) @outside(v0)
    return v1
}
function hidden @small(v0: i32) -> i32 {
block0:
    v1 = iadd v0, v0
    return v1
}
";

#[test]
fn calls_that_are_not_inlined_say_why() {
    let module = lir::parse_module(CALLS).expect("a module");
    let remarks = |opt| {
        let text = String::from_utf8(compile(&module, &options(opt), Emit::Remarks)).expect("text");
        text.lines().map(|line| Remark::read(line).expect("a remark")).collect::<Vec<_>>()
    };
    let said = remarks(OptLevel::O3);
    let why = |caller: &str, callee: &str| {
        let found = said.iter().find(|it| it.caller == caller && it.callee == callee);
        found.map(|it| it.reason.as_str()).unwrap_or_default()
    };
    assert!(why("f", "never").contains("never be inlined"), "{said:?}");
    // The one is inlined, and of functions of other modules LLVM says nothing.
    assert_eq!((why("f", "small"), why("f", "outside")), ("", ""), "{said:?}");
    assert_eq!(said.len(), 1, "each once: {said:?}");
    // Nothing tries to inline.
    assert_eq!(remarks(OptLevel::O0), []);
    // Other outputs are what they were.
    assert!(compile(&module, &options(OptLevel::O3), Emit::Object).starts_with(b"\x7fELF"));
}
