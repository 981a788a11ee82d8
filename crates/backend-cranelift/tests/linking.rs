//! Compiled functions linked with Rust and C: calling conventions, unwinding, thread-locals, data.

#[path = "support/mod.rs"]
mod support;

use backend::{DebugInfo, OptLevel, Options};
use lir::{
    Alias, ArithFlags, BinaryOp, Call, CallAttrs, Callee, Data, FunctionBuilder, Inst, Landing, LandingKind, Linkage,
    LoadFacts, MemFlags, Module, Param, PointerRole, Relocation, Scalar, Signature, SymbolKind, SymbolRef, SymbolRefId,
    Terminator, Type, Value,
};
use support::{compile, folder, options, run};

fn builder(name: &str, signature: Signature) -> FunctionBuilder {
    let mut b = FunctionBuilder::new(name.into(), signature, Linkage::Export, 8);
    let entry = b.create_block();
    b.switch_to(entry);
    b
}

fn symbol(b: &mut FunctionBuilder, name: &str, kind: SymbolKind, local: bool) -> SymbolRefId {
    b.symbol(SymbolRef { name: name.into(), kind, weak: false, local })
}

fn call_of(b: &mut FunctionBuilder, name: &str, signature: Signature, args: Vec<Value>) -> Call {
    let sig = b.signature(signature);
    let callee = Callee::Symbol(symbol(b, name, SymbolKind::Function, false));
    Call { callee, sig, args, attrs: CallAttrs::default() }
}

fn personality(b: &mut FunctionBuilder) {
    let personality = symbol(b, "rust_eh_personality", SymbolKind::Function, false);
    b.function_mut().personality = Some(personality);
}

/// Links a module with a Rust program and runs it.
fn with_rust(module: &Module, source: &str) {
    for opt in [OptLevel::O0, OptLevel::O2] {
        let options = Options { debug: DebugInfo::Lines, ..options(opt) };
        let object = compile(module, &options);
        let folder = folder(&[("code.o", &object), ("main.rs", source.as_bytes())]);
        run("rustc", &["--edition=2024", "-Clink-arg=code.o", "-o", "main", "main.rs"], &folder);
        let program = folder.path().join("main");
        run(program, &[], &folder);
    }
}

#[test]
fn unwinding() {
    let mut functions = Vec::new();
    // Lets exceptions through.
    let mut b = builder("pass", Signature::plain(&[Type::I32], &[Type::I32]));
    let call = call_of(&mut b, "maybe_panic", Signature::plain(&[Type::I32], &[Type::I32]), vec![Value::ZERO]);
    let result = b.call(call);
    let one = b.value(Inst::Iconst { ty: Type::I32, value: 1 });
    let sum = b.value(Inst::Binary { op: BinaryOp::Iadd, flags: ArithFlags::NONE, lhs: result[0], rhs: one });
    b.terminate(Terminator::Return(vec![sum]));
    functions.push(b.finish_function());

    // Cleans up, with values that live across the call in callee-saved registers and variables.
    let mut b = builder("clean", Signature::plain(&[Type::I32, Type::I64, Type::F64], &[Type::I32]));
    personality(&mut b);
    let var = b.create_var(Type::I64);
    b.effect(Inst::SetVar { var, value: Value::from_u32(1) });
    let call = call_of(&mut b, "pass", Signature::plain(&[Type::I32], &[Type::I32]), vec![Value::ZERO]);
    let normal = b.create_block();
    let (unwind, exception, selector) = b.create_landing_block(LandingKind::Cleanup);
    let first = b.invoke(call, normal, unwind);
    b.switch_to(normal);
    let seven = b.value(Inst::Iconst { ty: Type::I64, value: 7 });
    b.effect(Inst::SetVar { var, value: seven });
    let call = call_of(&mut b, "pass", Signature::plain(&[Type::I32], &[Type::I32]), vec![first[0]]);
    let end = b.create_block();
    let second = b.invoke(call, end, unwind);
    b.switch_to(end);
    b.terminate(Terminator::Return(second));
    b.switch_to(unwind);
    let saved = b.value(Inst::GetVar { var });
    let call = call_of(
        &mut b,
        "note",
        Signature::plain(&[Type::I32, Type::I64, Type::F64], &[]),
        vec![Value::ZERO, saved, Value::from_u32(2)],
    );
    b.call(call);
    b.terminate(Terminator::Resume { exception, selector });
    functions.push(b.finish_function());

    // Stops everything.
    let mut b = builder("catch", Signature::plain(&[Type::I32, Type::PTR], &[Type::PTR]));
    personality(&mut b);
    let sig = b.signature(Signature::plain(&[Type::I32], &[Type::I32]));
    let call = Call {
        callee: Callee::Indirect(Value::from_u32(1)),
        sig,
        args: vec![Value::ZERO],
        attrs: CallAttrs::default(),
    };
    let normal = b.create_block();
    let (unwind, exception, _) = b.create_landing_block(LandingKind::CatchAll);
    b.invoke(call, normal, unwind);
    b.switch_to(normal);
    let null = b.value(Inst::Zero { ty: Type::PTR });
    b.terminate(Terminator::Return(vec![null]));
    b.switch_to(unwind);
    b.terminate(Terminator::Return(vec![exception]));
    functions.push(b.finish_function());
    assert!(matches!(functions[2].block(lir::Block::from_u32(2)).landing, Some(Landing { .. })));

    let module = Module { functions, ..Module::default() };
    with_rust(
        &module,
        r#"
        use std::cell::Cell;
        use std::panic::catch_unwind;
        unsafe extern "C-unwind" {
            fn pass(n: i32) -> i32;
            fn clean(n: i32, saved: i64, float: f64) -> i32;
            fn catch(n: i32, f: extern "C-unwind" fn(i32) -> i32) -> *mut u8;
        }
        thread_local!(static NOTED: Cell<(i32, i64, f64)> = const { Cell::new((0, 0, 0.0)) });
        struct Drops<'a>(&'a Cell<u32>);
        impl Drop for Drops<'_> { fn drop(&mut self) { self.0.set(self.0.get() + 1) } }

        #[unsafe(no_mangle)]
        extern "C-unwind" fn maybe_panic(n: i32) -> i32 {
            if n < 0 { panic!("negative") }
            if n == 100 { let text = std::backtrace::Backtrace::force_capture().to_string();
                assert!(text.contains("main::main") && text.contains("clean"), "{text}"); }
            n * 2
        }
        #[unsafe(no_mangle)]
        extern "C-unwind" fn note(n: i32, saved: i64, float: f64) { NOTED.set((n, saved, float)) }
        extern "C-unwind" fn calls_clean(n: i32) -> i32 { unsafe { clean(n, 1, 1.0) } }

        fn main() {
            std::panic::set_hook(Box::new(|_| {}));
            unsafe {
                assert_eq!(pass(20), 41);
                assert_eq!(clean(20, 5, 1.5), 83);
                assert_eq!(clean(100, 5, 1.5), 403);
                assert!(catch_unwind(|| pass(-1)).is_err());
                let count = Cell::new(0);
                let result = catch_unwind(std::panic::AssertUnwindSafe(|| { let _d = Drops(&count); clean(-5, 77, 2.5) }));
                assert_eq!(*result.unwrap_err().downcast::<&str>().unwrap(), "negative");
                assert_eq!(count.get(), 1);
                assert_eq!(NOTED.get(), (-5, 77, 2.5));
                assert!(catch(3, maybe_panic).is_null());
                assert!(!catch(-3, maybe_panic).is_null());
                assert!(!catch(-4, calls_clean).is_null());
                assert_eq!(NOTED.get(), (-4, 1, 1.0));
            }
        }
        "#,
    );
}

/// Functions `NAME` that call `rust_NAME` with the same signature and give its results.
fn forwarder(name: &str, signature: Signature) -> lir::Function {
    let mut b = builder(name, signature.clone());
    let args = b.function().params().collect();
    let target = format!("rust_{name}");
    let call = call_of(&mut b, &target, signature, args);
    let results = b.call(call);
    b.terminate(Terminator::Return(results));
    b.finish_function()
}

#[test]
fn conventions() {
    use Scalar::{F32, F64, I8, I16, I32, I64, I128};
    let types = |lanes: &[Scalar]| lanes.iter().map(|&lane| Type::Scalar(lane)).collect::<Vec<_>>();
    let mut functions = Vec::new();
    for (name, params, returns) in [
        ("many", &[I8, I16, I32, I64, I64, I64, I64, I8, F32, F64][..], &[I64][..]),
        ("floats", &[F64, F64, F64, F64, F64, F64, F64, F64, F64, F32, I32], &[F64]),
        ("wide1", &[I128, I64, I128, I64, I128], &[I128]),
        ("wide2", &[I64, I64, I64, I64, I64, I128, I64, I64, I128], &[I128]),
        ("wide3", &[I64, I64, I64, I64, I64, I64, I64, I128, I8], &[I128]),
        ("pair_ints", &[I32, I32], &[I32, I32]),
        ("pair_mixed", &[I64, F64], &[F64, I64]),
        ("pair_floats", &[F32, F64], &[F64, F32]),
        ("pair_small", &[I8, I8], &[I8, I8]),
    ] {
        functions.push(forwarder(name, Signature::plain(&types(params), &types(returns))));
    }
    for (name, size, align, before) in
        [("by_value24", 24, 8, 1), ("by_value17", 17, 1, 0), ("by_value32_16", 32, 16, 7)]
    {
        let mut params: Vec<Param> = (0..before).map(|_| Param::new(Type::I64)).collect();
        let mut param = Param::new(Type::PTR);
        param.attrs.role = Some(PointerRole::ByValue { size, align });
        params.push(param);
        params.push(Param::new(Type::I64));
        let mut result = Param::new(Type::PTR);
        result.attrs.role = Some(PointerRole::StructReturn { size, align });
        params.insert(0, result);
        functions.push(forwarder(name, Signature { params, ..Signature::default() }));
    }
    functions.push(forwarder(
        "vectors",
        Signature::plain(&[Type::vector(F32, 4), Type::vector(I8, 16)], &[Type::vector(I32, 4)]),
    ));
    let module = Module { functions, ..Module::default() };
    with_rust(
        &module,
        r#"
        #![allow(improper_ctypes, improper_ctypes_definitions)]
        use std::arch::x86_64::*;
        #[derive(Clone, Copy, PartialEq, Debug)] #[repr(C)] struct S24(u64, u64, u64);
        #[derive(Clone, Copy, PartialEq, Debug)] #[repr(C)] struct S17([u8; 17]);
        #[derive(Clone, Copy, PartialEq, Debug)] #[repr(C, align(16))] struct A32(u64, u64, u64, u64);
        macro_rules! forwarded {
            ($abi:literal $name:ident $rust:ident ($($arg:ident: $ty:ty),*) -> $ret:ty { $given:expr } = ($($value:expr),*)) => {{
                #[unsafe(no_mangle)] extern $abi fn $rust($($arg: $ty),*) -> $ret {
                    assert_eq!(($($arg,)*), ($($value as $ty,)*), stringify!($name));
                    $given
                }
                unsafe extern $abi { fn $name($($arg: $ty),*) -> $ret; }
                let given: $ret = { $(let $arg: $ty = $value; let _ = $arg;)* $given };
                assert_eq!(unsafe { $name($($value),*) }, given, stringify!($name));
            }};
        }
        fn main() {
            forwarded!("C" many rust_many (a: i8, b: i16, c: i32, d: i64, e: i64, f: i64, g: i64, h: i8, i: f32, j: f64)
                -> i64 { -99 } = (-1, -2, -3, 4, 5, 6, 7, -8, 9.5, 10.5));
            forwarded!("C" floats rust_floats (a: f64, b: f64, c: f64, d: f64, e: f64, f: f64, g: f64, h: f64, i: f64, j: f32, k: i32)
                -> f64 { 0.25 } = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11));
            let w = 0x1122_3344_5566_7788_99aa_bbcc_ddee_ff00_i128;
            forwarded!("C" wide1 rust_wide1 (a: i128, b: i64, c: i128, d: i64, e: i128)
                -> i128 { -0x1234_5678_9abc_def0_0fed_cba9 } = (0x1122_3344_5566_7788_99aa_bbcc_ddee_ff00_i128, 2, -3_i128 << 70, 4, -5));
            forwarded!("C" wide2 rust_wide2 (a: i64, b: i64, c: i64, d: i64, e: i64, f: i128, g: i64, h: i64, i: i128)
                -> i128 { 1_i128 << 100 } = (1, 2, 3, 4, 5, 6_i128 << 80, 7, 8, -9));
            forwarded!("C" wide3 rust_wide3 (a: i64, b: i64, c: i64, d: i64, e: i64, f: i64, g: i64, h: i128, i: i8)
                -> i128 { -1_i128 << 100 } = (1, 2, 3, 4, 5, 6, 7, 8_i128 << 77, -9));
            let _ = w;
            // The Rust convention returns pairs in two registers.
            forwarded!("Rust" pair_ints rust_pair_ints (a: i32, b: i32) -> (i32, i32) { (-5, 6) } = (1, -2));
            forwarded!("Rust" pair_mixed rust_pair_mixed (a: i64, b: f64) -> (f64, i64) { (-5.5, 6) } = (1, -2.0));
            forwarded!("Rust" pair_floats rust_pair_floats (a: f32, b: f64) -> (f64, f32) { (-5.5, 6.5) } = (1.0, -2.0));
            forwarded!("Rust" pair_small rust_pair_small (a: u8, b: bool) -> (bool, u8) { (true, 200) } = (255, true));
            forwarded!("C" by_value24 rust_by_value24 (a: i64, b: S24, c: i64) -> S24 { S24(7, 8, 9) } = (1, S24(2, 3, 4), 5));
            forwarded!("C" by_value17 rust_by_value17 (b: S17, c: i64) -> S17 { S17([7; 17]) } = (S17([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]), 5));
            forwarded!("C" by_value32_16 rust_by_value32_16 (a: i64, b: i64, c: i64, d: i64, e: i64, f: i64, g: i64, s: A32, h: i64)
                -> A32 { A32(7, 8, 9, 10) } = (1, 2, 3, 4, 5, 6, 7, A32(2, 3, 4, 5), 8));
            #[unsafe(no_mangle)] extern "C" fn rust_vectors(a: __m128, b: __m128i) -> __m128i {
                let a: [f32; 4] = unsafe { std::mem::transmute(a) };
                let b: [u8; 16] = unsafe { std::mem::transmute(b) };
                assert_eq!(a, [1.0, 2.0, 3.0, 4.0]);
                assert_eq!(b, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
                unsafe { _mm_setr_epi32(1, 2, 3, 4) }
            }
            unsafe extern "C" { fn vectors(); }
            type Vectors = extern "C" fn(__m128, __m128i) -> __m128i;
            let vectors: Vectors = unsafe { std::mem::transmute(vectors as *const ()) };
            let v: [i32; 4] = unsafe {
                std::mem::transmute(vectors(_mm_setr_ps(1.0, 2.0, 3.0, 4.0),
                    _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)))
            };
            assert_eq!(v, [1, 2, 3, 4]);
        }
        "#,
    );
}

/// `sprintf`-like calls, direct and indirect, that may unwind and not, with few and with many arguments.
#[test]
fn variadic() {
    let variadic = Signature { variadic: true, ..Signature::plain(&[Type::PTR, Type::PTR], &[Type::I32]) };
    let mut functions = Vec::new();
    for (name, indirect, may_unwind, count) in
        [("few", false, false, 1), ("indirect", true, false, 1), ("many", false, true, 6), ("most", true, true, 12)]
    {
        let mut params = vec![Type::PTR, Type::PTR, Type::PTR];
        for _ in 0..count {
            params.extend([Type::I64, Type::F64]);
        }
        let mut b = builder(name, Signature::plain(&params, &[Type::I32]));
        let sig = b.signature(variadic.clone());
        let args: Vec<Value> = b.function().params().skip(1).collect();
        let callee = match indirect {
            true => Callee::Indirect(Value::ZERO),
            false => Callee::Symbol(symbol(&mut b, "sprintf", SymbolKind::Function, false)),
        };
        let call = Call { callee, sig, args, attrs: CallAttrs::default() };
        let results = if may_unwind {
            personality(&mut b);
            let normal = b.create_block();
            let (unwind, exception, selector) = b.create_landing_block(LandingKind::Cleanup);
            let results = b.invoke(call, normal, unwind);
            b.switch_to(unwind);
            b.terminate(Terminator::Resume { exception, selector });
            b.switch_to(normal);
            results
        } else {
            b.call(call)
        };
        b.terminate(Terminator::Return(results));
        functions.push(b.finish_function());
    }
    let module = Module { functions, ..Module::default() };
    with_rust(
        &module,
        r#"
        use std::ffi::{CStr, c_char};
        type F = unsafe extern "C" fn(*mut c_char, *const c_char, ...) -> i32;
        unsafe extern "C" {
            fn sprintf(out: *mut c_char, format: *const c_char, ...) -> i32;
            fn few(f: F, out: *mut c_char, format: *const c_char, a: i64, b: f64) -> i32;
            fn indirect(f: F, out: *mut c_char, format: *const c_char, a: i64, b: f64) -> i32;
            fn many(f: F, out: *mut c_char, format: *const c_char, a: i64, b: f64, c: i64, d: f64, e: i64, g: f64,
                h: i64, i: f64, j: i64, k: f64, l: i64, m: f64) -> i32;
            fn most(f: F, out: *mut c_char, format: *const c_char, a: i64, b: f64, c: i64, d: f64, e: i64, g: f64,
                h: i64, i: f64, j: i64, k: f64, l: i64, m: f64, a2: i64, b2: f64, c2: i64, d2: f64, e2: i64, g2: f64,
                h2: i64, i2: f64, j2: i64, k2: f64, l2: i64, m2: f64) -> i32;
        }
        fn main() {
            unsafe {
                let mut buffer = [0 as c_char; 400];
                let out = buffer.as_mut_ptr();
                let text = || CStr::from_ptr(out).to_str().unwrap();
                few(sprintf, out, c"%ld %.2f".as_ptr(), -7, 2.5);
                assert_eq!(text(), "-7 2.50");
                indirect(sprintf, out, c"%ld %.2f".as_ptr(), -8, 3.5);
                assert_eq!(text(), "-8 3.50");
                let format = c"%ld %.0f %ld %.0f %ld %.0f %ld %.0f %ld %.0f %ld %.0f %ld %.0f %ld %.0f %ld %.0f %ld %.0f %ld %.0f %ld %.0f";
                many(sprintf, out, &format.to_bytes_with_nul()[format.count_bytes() / 2 + 1] as *const u8 as _,
                    1, 2.0, 3, 4.0, 5, 6.0, 7, 8.0, 9, 10.0, 11, 12.0);
                assert_eq!(text(), "1 2 3 4 5 6 7 8 9 10 11 12");
                most(sprintf, out, format.as_ptr(), 1, 2.0, 3, 4.0, 5, 6.0, 7, 8.0, 9, 10.0, 11, 12.0,
                    13, 14.0, 15, 16.0, 17, 18.0, 19, 20.0, 21, 22.0, 23, 24.0);
                assert_eq!(text(), "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24");
            }
        }
        "#,
    );
}

fn data(name: &str, linkage: Linkage, bytes: &[u8]) -> Data {
    Data {
        name: name.into(),
        linkage,
        align: 8,
        writable: false,
        thread_local: false,
        mergeable: false,
        section: None,
        used: false,
        bytes: bytes.to_vec(),
        zero_size_bytes: 0,
        relocations: Vec::new(),
        debug: None,
    }
}

/// Data of all kinds, reached locally and through the global offset table, thread-locals, weak references, aliases.
#[test]
fn data_and_symbols() {
    let mut functions = Vec::new();
    let load = |b: &mut FunctionBuilder, ptr: Value| {
        b.value(Inst::Load { ty: Type::I64, ptr, flags: MemFlags::aligned(8), facts: LoadFacts::default() })
    };
    for (name, of, local, weak) in [
        ("addr_constant", "constant", true, false),
        ("addr_writable", "writable", true, false),
        ("addr_zero", "zero", false, false),
        ("addr_exported", "exported", false, false),
        ("addr_table", "table", true, false),
        ("addr_rust_static", "RUST_STATIC", false, false),
        ("addr_absent", "absent_symbol", false, true),
    ] {
        let mut b = builder(name, Signature::plain(&[], &[Type::PTR]));
        let symbol = b.symbol(SymbolRef { name: of.into(), kind: SymbolKind::Data, weak, local });
        let address = b.value(Inst::SymbolAddr { symbol, offset: if name == "addr_table" { 8 } else { 0 } });
        b.terminate(Terminator::Return(vec![address]));
        functions.push(b.finish_function());
    }
    for (name, of) in [("own_counter", "tls_data"), ("own_zero", "tls_zero")] {
        let mut b = builder(name, Signature::plain(&[Type::I64], &[Type::I64]));
        let symbol = symbol(&mut b, of, SymbolKind::ThreadLocal, true);
        let address = b.value(Inst::TlsAddr { symbol });
        let old = load(&mut b, address);
        let sum = b.value(Inst::Binary { op: BinaryOp::Iadd, flags: ArithFlags::NONE, lhs: old, rhs: Value::ZERO });
        b.effect(Inst::Store { value: sum, ptr: address, flags: MemFlags::aligned(8) });
        b.terminate(Terminator::Return(vec![sum]));
        functions.push(b.finish_function());
    }
    // A slot with more alignment than the stack has.
    let mut b = builder("aligned_slot", Signature::plain(&[], &[Type::PTR]));
    let slot = b.create_slot(100, 256);
    let address = b.value(Inst::SlotAddr { slot, offset: 0 });
    b.terminate(Terminator::Return(vec![address]));
    functions.push(b.finish_function());

    let table = Data {
        relocations: vec![
            Relocation { offset: 0, symbol: "addr_zero".into(), function: true, weak: false, addend: 0 },
            Relocation { offset: 8, symbol: "constant".into(), function: false, weak: false, addend: 4 },
        ],
        ..data("table", Linkage::Internal, &[0; 16])
    };
    let zero = Data { writable: true, zero_size_bytes: 4096, ..data("zero", Linkage::Hidden, &[]) };
    let module = Module {
        functions,
        data: vec![
            data("constant", Linkage::Internal, b"constant"),
            Data { writable: true, ..data("writable", Linkage::Hidden, b"writable") },
            zero,
            Data { zero_size_bytes: 8, ..data("exported", Linkage::WeakExport, b"exported") },
            table,
            Data { thread_local: true, writable: true, ..data("tls_data", Linkage::Hidden, &40u64.to_le_bytes()) },
            Data { thread_local: true, writable: true, zero_size_bytes: 8, ..data("tls_zero", Linkage::Internal, &[]) },
            Data { section: Some(".my_section".into()), used: true, ..data("custom", Linkage::Internal, b"custom") },
        ],
        aliases: vec![Alias { name: "second_name".into(), target: "addr_zero".into(), linkage: Linkage::Export }],
        ..Module::default()
    };
    with_rust(
        &module,
        r#"
        #[unsafe(no_mangle)] static RUST_STATIC: u64 = 99;
        unsafe extern "C" {
            fn addr_constant() -> *const [u8; 8]; fn addr_writable() -> *mut [u8; 8]; fn addr_zero() -> *mut [u8; 4096];
            fn addr_exported() -> *const [u8; 16]; fn addr_table() -> *const *const u8; fn addr_rust_static() -> *const u64;
            fn addr_absent() -> *const u8; fn own_counter(n: i64) -> i64; fn own_zero(n: i64) -> i64;
            fn aligned_slot() -> *const u8; fn second_name() -> *mut [u8; 4096];
        }
        fn main() {
            unsafe {
                assert_eq!(*addr_constant(), *b"constant");
                *addr_writable() = *b"12345678";
                assert_eq!(*addr_zero(), [0; 4096]);
                assert_eq!(second_name(), addr_zero());
                assert_eq!(*addr_exported(), *b"exported\0\0\0\0\0\0\0\0");
                assert_eq!(*addr_table(), (addr_constant() as *const u8).add(4));
                assert_eq!(*addr_table().sub(1), addr_zero as *const u8);
                assert_eq!(*addr_rust_static(), 99);
                assert!(addr_absent().is_null());
                assert_eq!(own_counter(2), 42);
                assert_eq!(own_counter(2), 44);
                assert_eq!(std::thread::spawn(|| (own_counter(1), own_zero(3))).join().unwrap(), (41, 3));
                assert_eq!(own_zero(0), 0);
                assert_eq!(aligned_slot() as usize % 256, 0);
            }
        }
        "#,
    );
}

/// A backtrace through a function with a line table, into one inlined there.
#[test]
fn backtrace() {
    let text = r#"
module "lines"
source "src/lines.rs" in "/folder"
function export @outer() {
    file0 = "src/lines.rs"
    file1 = "/other/inner.rs"
    scope0 = function "lines::outer" file0:10
    scope1 = inlined("lines::inner", @"_RNvC5lines5inner", loc0) "" file1:100 in scope0
    loc0 = file0:12:5 scope0
    loc1 = file1:104:9 scope1
    loc2 = file0:13:7 scope0
block0:
    call () @capture() !loc2
    call () @capture() !loc1
    return !loc2
}
"#;
    let module = lir::parse_module(text).expect("LIR");
    with_rust(
        &module,
        r#"
        use std::cell::RefCell;
        thread_local!(static TEXT: RefCell<String> = const { RefCell::new(String::new()) });
        unsafe extern "C" { fn outer(); }
        #[unsafe(no_mangle)] extern "C" fn capture() {
            TEXT.with_borrow_mut(|text| text.push_str(&std::backtrace::Backtrace::force_capture().to_string()));
        }
        fn main() {
            unsafe { outer() };
            let text = TEXT.take();
            let words: Vec<&str> = text.split_whitespace().collect();
            let has = |wanted: &[&str]| assert!(words.windows(wanted.len()).any(|found| found == wanted), "{wanted:?}\n{text}");
            has(&["outer", "at", "/folder/src/lines.rs:13:7"]);
            has(&["lines::inner", "at", "/other/inner.rs:104:9"]);
            has(&["outer", "at", "/folder/src/lines.rs:12:5"]);
        }
        "#,
    );
}
