//! Compiled functions, linked with C and run at every level of optimisation.

mod common;

use common::*;
use expect_test::{Expect, expect};
use lir::*;

fn check(module: Module, c: &str, expected: Expect) {
    expected.assert_eq(&run_with_c(&module, c));
}

fn plain_call(b: &mut FunctionBuilder, name: &str, sig: Signature, args: Vec<Value>) -> Call {
    let symbol = b.symbol(SymbolRef { name: name.into(), kind: SymbolKind::Function, weak: false, local: false });
    let sig = b.signature(sig);
    Call { callee: Callee::Symbol(symbol), sig, args, attrs: CallAttrs::default() }
}

/// `sum(n)`: a loop with variables, a comparison that is also wanted as a number, and a branch on it.
#[test]
fn loop_and_boolean() {
    let sum = function("sum", Signature::plain(&[Type::I64], &[Type::I64, Type::I8]), |b| {
        let n = Value::ZERO;
        let (head, body, exit) = (b.create_block(), b.create_block(), b.create_block());
        let (i, total) = (b.create_var(Type::I64), b.create_var(Type::I64));
        let zero = b.value(Inst::Iconst { ty: Type::I64, value: 0 });
        let one = b.value(Inst::Iconst { ty: Type::I64, value: 1 });
        b.effect(Inst::SetVar { var: i, value: zero });
        b.effect(Inst::SetVar { var: total, value: zero });
        b.terminate(Terminator::Jump(head));
        b.switch_to(head);
        let now = b.value(Inst::GetVar { var: i });
        let done = b.value(Inst::Icmp { cond: IntCond::Uge, lhs: now, rhs: n });
        let hint = BranchHint::Unlikely;
        b.terminate(Terminator::Branch { cond: done, then: exit, otherwise: body, hint });
        b.switch_to(body);
        let old = b.value(Inst::GetVar { var: total });
        let flags = ArithFlags::NONE;
        let new = b.value(Inst::Binary { op: BinaryOp::Iadd, flags, lhs: old, rhs: now });
        b.effect(Inst::SetVar { var: total, value: new });
        let next = b.value(Inst::Binary { op: BinaryOp::Iadd, flags, lhs: now, rhs: one });
        b.effect(Inst::SetVar { var: i, value: next });
        b.terminate(Terminator::Jump(head));
        b.switch_to(exit);
        let total = b.value(Inst::GetVar { var: total });
        b.terminate(Terminator::Return(vec![total, done]));
    });
    let c = r#"
        #include <stdio.h>
        struct pair { long a; unsigned char b; };
        struct pair sum(long n);
        int main() { printf("%ld %d\n", sum(10).a, sum(10).b); }
    "#;
    check(module(vec![sum]), c, expect!["45 1\n"]);
}

/// A cleanup pad around a C function that throws, in a function that catches everything.
#[test]
fn unwinding() {
    let callback = Signature::plain(&[], &[Type::I32]);
    let personality = |b: &mut FunctionBuilder| {
        let name = "__gcc_personality_like".into();
        let symbol = b.symbol(SymbolRef { name, kind: SymbolKind::Function, weak: false, local: false });
        b.function_mut().personality = Some(symbol);
    };
    let clean = function("clean", Signature::plain(&[], &[Type::I32]), |b| {
        personality(b);
        let normal = b.create_block();
        let (unwind, exception, selector) = b.create_landing_block(LandingKind::Cleanup);
        let call = plain_call(b, "thrower", callback.clone(), vec![]);
        let results = b.invoke(call, normal, unwind);
        b.switch_to(normal);
        b.terminate(Terminator::Return(vec![results[0]]));
        b.switch_to(unwind);
        let cleanup = plain_call(b, "note_cleanup", Signature::plain(&[], &[]), vec![]);
        b.call(cleanup);
        b.terminate(Terminator::Resume { exception, selector });
    });
    let catch = function("catch_all", Signature::plain(&[], &[Type::I32]), |b| {
        personality(b);
        let normal = b.create_block();
        let (unwind, _, _) = b.create_landing_block(LandingKind::CatchAll);
        let call = plain_call(b, "clean", callback.clone(), vec![]);
        let results = b.invoke(call, normal, unwind);
        b.switch_to(normal);
        b.terminate(Terminator::Return(vec![results[0]]));
        b.switch_to(unwind);
        let minus = b.value(Inst::Iconst { ty: Type::I32, value: 77 });
        b.terminate(Terminator::Return(vec![minus]));
    });
    let c = r#"
        #include <stdio.h>
        #include <dlfcn.h>
        #include <unwind.h>
        /* rustc's own personality is in std; C++'s reads the same tables. */
        typedef _Unwind_Reason_Code (*personality)(int, _Unwind_Action, unsigned long, struct _Unwind_Exception *,
                                                   struct _Unwind_Context *);
        _Unwind_Reason_Code __gcc_personality_like(int v, _Unwind_Action a, unsigned long c, struct _Unwind_Exception *e,
                                                   struct _Unwind_Context *x) {
            static personality real;
            if (!real) real = (personality)dlsym(dlopen("libstdc++.so.6", RTLD_NOW), "__gxx_personality_v0");
            return real(v, a, c, e, x);
        }
        static struct _Unwind_Exception exception;
        int fail;
        int thrower() { if (fail) { _Unwind_RaiseException(&exception); puts("not caught"); } return 5; }
        void note_cleanup() { puts("cleanup"); }
        int catch_all();
        int main() { printf("%d\n", catch_all()); fail = 1; printf("%d\n", catch_all()); }
    "#;
    check(
        module(vec![clean, catch]),
        c,
        expect![[r#"
        5
        cleanup
        77
    "#]],
    );
}

/// Data with addresses in it, zeros after it, thread-local data, an alias.
#[test]
fn data() {
    let text = Data {
        name: "text".into(),
        linkage: Linkage::Internal,
        align: 1,
        writable: false,
        thread_local: false,
        mergeable: true,
        section: None,
        used: false,
        bytes: b"hello\0world\0".to_vec(),
        zero_size_bytes: 0,
        relocations: vec![],
        debug: None,
    };
    let relocation = |offset, symbol: &str, function, weak, addend| Relocation {
        offset,
        symbol: symbol.into(),
        function,
        weak,
        addend,
    };
    let table = Data {
        name: "table".into(),
        linkage: Linkage::Export,
        align: 8,
        mergeable: false,
        bytes: [7u64, 0, 0, 0].iter().flat_map(|word| word.to_le_bytes()).collect(),
        zero_size_bytes: 16,
        relocations: vec![
            relocation(8, "text", false, false, 6),
            relocation(16, "get", true, false, 0),
            relocation(24, "nobody_defines_this", true, true, 0),
            relocation(40, "table", false, false, 8),
        ],
        ..text.clone()
    };
    let counter = Data {
        name: "counter".into(),
        linkage: Linkage::Internal,
        align: 4,
        writable: true,
        thread_local: true,
        mergeable: false,
        bytes: 40u32.to_le_bytes().to_vec(),
        ..text.clone()
    };
    let get = function("get", Signature::plain(&[], &[Type::I32]), |b| {
        let kind = SymbolKind::ThreadLocal;
        let symbol = b.symbol(SymbolRef { name: "counter".into(), kind, weak: false, local: true });
        let ptr = b.value(Inst::TlsAddr { symbol });
        let facts = LoadFacts { noundef: true, range: Some((0, 100)), ..LoadFacts::default() };
        let old = b.value(Inst::Load { ty: Type::I32, ptr, flags: MemFlags::aligned(4), facts });
        let one = b.value(Inst::Iconst { ty: Type::I32, value: 1 });
        let new = b.value(Inst::Binary { op: BinaryOp::Iadd, flags: ArithFlags::NONE, lhs: old, rhs: one });
        b.effect(Inst::Store { value: new, ptr, flags: MemFlags::aligned(4) });
        b.terminate(Terminator::Return(vec![new]));
    });
    let mut module = module(vec![get]);
    module.data = vec![text, table, counter];
    module.aliases = vec![Alias { name: "get_too".into(), target: "get".into(), linkage: Linkage::Export }];
    let c = r#"
        #include <stdio.h>
        extern struct { long seven; char *world; int (*get)(); void *weak; long zero; void *self; } table;
        int get_too();
        int main() {
            int first = table.get();
            printf("%ld %s %d %d\n", table.seven, table.world, first, get_too());
            printf("%p %ld %d\n", table.weak, table.zero, (char *)table.self == (char *)&table.world);
        }
    "#;
    check(
        module,
        c,
        expect![[r#"
        7 world 41 42
        (nil) 0 1
    "#]],
    );
}

/// Several operations on one argument, each result printed by C.
#[test]
fn arithmetic() {
    let unary = |name: &str, op: UnaryOp, ty: Type| {
        function(name, Signature::plain(&[ty], &[ty]), |b| {
            let value = b.value(Inst::Unary { op, value: Value::ZERO });
            b.terminate(Terminator::Return(vec![value]));
        })
    };
    let binary = |name: &str, op: BinaryOp, ty: Type| {
        function(name, Signature::plain(&[ty, ty], &[ty]), |b| {
            let flags = ArithFlags::NONE;
            let value = b.value(Inst::Binary { op, flags, lhs: Value::ZERO, rhs: Value::from_u32(1) });
            b.terminate(Terminator::Return(vec![value]));
        })
    };
    let cast = |name: &str, op: CastOp, from: Type, to: Type| {
        function(name, Signature::plain(&[from], &[to]), |b| {
            let value = b.value(Inst::Cast { op, value: Value::ZERO, ty: to });
            b.terminate(Terminator::Return(vec![value]));
        })
    };
    let overflow = function("overflow", Signature::plain(&[Type::I32, Type::I32], &[Type::I32, Type::I8]), |b| {
        let (sum, flag) = b.pair(Inst::Overflow { op: OverflowOp::Sadd, lhs: Value::ZERO, rhs: Value::from_u32(1) });
        b.terminate(Terminator::Return(vec![sum, flag]));
    });
    let functions = vec![
        unary("clz", UnaryOp::Ctlz, Type::I32),
        unary("ctz", UnaryOp::Cttz, Type::I64),
        unary("pop", UnaryOp::Popcnt, Type::I64),
        unary("swap", UnaryOp::Bswap, Type::I32),
        unary("rev", UnaryOp::Bitreverse, Type::I32),
        unary("round_away", UnaryOp::Round, Type::F64),
        unary("round_even", UnaryOp::RoundEven, Type::F64),
        binary("rol", BinaryOp::Rotl, Type::I32),
        binary("ror", BinaryOp::Rotr, Type::I32),
        binary("sdiv", BinaryOp::Sdiv, Type::I32),
        binary("ssat", BinaryOp::SaddSat, Type::I32),
        binary("fmin_", BinaryOp::Fmin, Type::F64),
        binary("fminimum_", BinaryOp::Fminimum, Type::F64),
        cast("sat", CastOp::FtoSiSat, Type::F64, Type::I32),
        cast("usat", CastOp::FtoUiSat, Type::F64, Type::I32),
        cast("narrow", CastOp::Ftrunc, Type::F64, Type::F32),
        overflow,
    ];
    let c = r#"
        #include <stdio.h>
        #include <math.h>
        unsigned clz(unsigned), swap(unsigned), rev(unsigned), rol(unsigned, unsigned), ror(unsigned, unsigned);
        unsigned long ctz(unsigned long), pop(unsigned long);
        int sdiv(int, int), ssat(int, int), sat(double); unsigned usat(double); float narrow(double);
        double round_away(double), round_even(double), fmin_(double, double), fminimum_(double, double);
        struct o { int sum; unsigned char over; } overflow(int, int);
        int main() {
            printf("%u %u %lu %lu %lu\n", clz(1), clz(0), ctz(8), ctz(0), pop(255));
            printf("%x %x %x %x\n", swap(0x12345678), rev(1), rol(0x80000001, 33), ror(1, 1));
            printf("%g %g %g %g\n", round_away(2.5), round_even(2.5), round_away(-0.5), round_even(-0.5));
            printf("%d %d %d\n", sdiv(-7, 2), ssat(2147483647, 1), ssat(-2147483647, -9));
            printf("%g %g %d\n", fmin_(NAN, 1), fmin_(2, 1), isnan(fminimum_(NAN, 1)));
            printf("%d %d %d %u %u\n", sat(1e20), sat(-1e20), sat(NAN), usat(-1), usat(5e9));
            printf("%g %d %d\n", narrow(0.1), overflow(2147483647, 1).over, overflow(1, 2).sum);
        }
    "#;
    check(
        module(functions),
        c,
        expect![[r#"
        31 32 3 64 8
        78563412 80000000 3 80000000
        3 2 -1 -0
        -3 2147483647 -2147483648
        1 1 1
        2147483647 -2147483648 0 0 4294967295
        0.1 0 3
    "#]],
    );
}
