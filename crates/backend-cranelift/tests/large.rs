//! Large functions cost in proportion to their size: code, and memory while it is made.

use backend::{Backend, Emit, Options};
use bessemer_backend_cranelift::CraneliftBackend;
use peak_alloc::PeakAlloc;
use std::fmt::Write;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// A `match` of so many arms, as lowering makes it: each arm has a slot whose address the entry defines, calls, a branch, a
/// variable that crosses its blocks, and one that does not. Two variables cross all arms.
fn matcher(arms: usize) -> lir::Module {
    let mut text = "function hidden @big(v0: i32, v1: i64) -> i64 unwind_table {\n".to_owned();
    let mut line = |line: String| writeln!(text, "{line}").expect("a string takes all");
    for var in 0..2 + 2 * arms {
        line(format!("var{var}: i64"));
    }
    for slot in 0..arms {
        line(format!("slot{slot}: size 24 align 8"));
    }
    line("sig0 = (ptr, i64) -> i64\nsym0 = function @callee\nblock0:\nset_var var0, v1\nset_var var1, v1".to_owned());
    let address = |arm: usize| 2 + arm;
    for arm in 0..arms {
        line(format!("v{} = slot_addr slot{arm}", address(arm)));
    }
    let block = |arm: usize, index: usize| 2 + 4 * arm + index;
    let cases: Vec<String> = (0..arms).map(|arm| format!("{arm}: block{}", block(arm, 0))).collect();
    line(format!("switch v0 [{}] else block1", cases.join(", ")));
    let mut next = 2 + arms;
    let mut value = || {
        next += 1;
        next - 1
    };
    let last = value();
    line(format!("block1:\nv{last} = get_var var1\nreturn v{last}"));
    for arm in 0..arms {
        let (own, across) = (2 + 2 * arm, 3 + 2 * arm);
        let (a, b, c, d, e, f, g) = (value(), value(), value(), value(), value(), value(), value());
        let (address, [then, otherwise, join]) = (address(arm), [1, 2, 3].map(|index| block(arm, index)));
        line(format!("block{}:\nv{a} = get_var var0\nv{b} = call sig0 @callee(v{address}, v{a})", block(arm, 0)));
        line(format!("set_var var{own}, v{b}\nv{c} = get_var var{own}\nv{d} = icmp eq v{c}, v{a}"));
        line(format!("branch v{d}, block{then}, block{otherwise}"));
        line(format!("block{then}:\nv{e} = load i64 v{address} align(8)\nset_var var{across}, v{e}\njump block{join}"));
        line(format!("block{otherwise}:\nset_var var{across}, v{c}\njump block{join}"));
        line(format!("block{join}:\nv{f} = get_var var{across}\nv{g} = call sig0 @callee(v{address}, v{f})"));
        line(format!("set_var var1, v{g}\njump block1"));
    }
    line("}".to_owned());
    lir::parse_module(&text).unwrap_or_else(|error| panic!("{error}"))
}

/// Bytes of the object, and the most bytes that were allocated at once to make it.
fn costs(arms: usize) -> (usize, usize) {
    let module = matcher(arms);
    let options = Options::new("x86_64-unknown-linux-gnu", "x86-64");
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let compiled = CraneliftBackend.compile(&module, &options, Emit::Object).expect("code");
    assert_eq!(compiled.rejected, []);
    (compiled.bytes.len(), MEMORY.peak_usage() - before)
}

#[test]
fn cost_follows_size() {
    // Warm up what is made once. Both are too large for tables of variables.
    costs(1);
    let ((code, memory), (more_code, more_memory)) = (costs(800), costs(3200));
    let grows = |from: usize, to: usize| to as f64 / from as f64;
    assert!(grows(code, more_code) < 4.4, "code grows from {code} to {more_code} bytes");
    assert!(grows(memory, more_memory) < 4.4, "memory grows from {memory} to {more_memory} bytes");
}
