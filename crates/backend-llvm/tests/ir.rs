//! What LLVM's IR looks like, and the outputs beside objects.

mod common;

use backend::{Backend, CodegenError, DebugInfo, Emit, OptLevel, Options};
use bessemer_backend_llvm::LlvmBackend;
use common::*;
use expect_test::{Expect, expect};

fn check(opt: OptLevel, text: &str, expected: Expect) {
    let module = lir::parse_module(text).unwrap_or_else(|error| panic!("{error}"));
    expected.assert_eq(&ir(&module, &options(opt)));
}

fn parse(text: &str) -> lir::Module {
    lir::parse_module(text).unwrap_or_else(|error| panic!("{error}"))
}

/// Attributes as rustc has them, on a definition, a declaration and calls.
#[test]
fn attributes() {
    check(
        OptLevel::O1,
        "function export @f(v0: ptr noalias noundef nonnull readonly captures(none) dereferenceable(8) align(8), v1: i8 zext noundef range(0, 2)) -> (i16 sext noundef) inline(never) cold unwind_table {
         block0:
             v2 = load ptr v0 align(8) noundef nonnull pointee_align(16)
             v3 = iconst i64 5
             v4 = call (i64 noundef, i64 noundef) -> (ptr noundef) @_RNvCs1_7___rustc12___rust_alloc(v3, v3) nounwind
             call (ptr captures(address_and_reads), ptr) @g(v2, v4)
             v5 = iconst i16 3
             branch v1, block1, block2
         block1 cold:
             call () cc(cold) @panic() noreturn
             unreachable
         block2:
             return v5
         }",
        expect![[r#"
            ; Function Attrs: cold noinline nonlazybind uwtable
            define noundef signext i16 @f(ptr noalias noundef nonnull readonly align 8 captures(none) dereferenceable(8) %0, i8 noundef zeroext range(i8 0, 2) %1) unnamed_addr #0 {
              %3 = load ptr, ptr %0, align 8, !nonnull !2, !align !3, !noundef !2
              %4 = tail call noundef dereferenceable_or_null(5) ptr @_RNvCs1_7___rustc12___rust_alloc(i64 noundef 5, i64 noundef 5) #3
              tail call void @g(ptr nonnull captures(address, read_provenance) %3, ptr %4)
              %5 = icmp eq i8 %1, 0
              br i1 %5, label %6, label %7, !prof !4

            6:                                                ; preds = %2
              ret i16 3

            7:                                                ; preds = %2
              tail call preserve_mostcc void @panic() #4
              unreachable
            }

            ; Function Attrs: nounwind nonlazybind allockind("alloc,uninitialized,aligned") allocsize(0)
            declare noalias noundef ptr @_RNvCs1_7___rustc12___rust_alloc(i64 noundef, i64 allocalign noundef) unnamed_addr #1

            ; Function Attrs: nonlazybind
            declare void @g(ptr captures(address, read_provenance), ptr) unnamed_addr #2

            ; Function Attrs: nonlazybind
            declare preserve_mostcc void @panic() unnamed_addr #2

            attributes #0 = { cold noinline nonlazybind uwtable "probe-stack"="inline-asm" "target-cpu"="x86-64" }
            attributes #1 = { nounwind nonlazybind allockind("alloc,uninitialized,aligned") allocsize(0) "alloc-family"="__rust_alloc" "alloc-variant-zeroed"="_RNvCs1_7___rustc19___rust_alloc_zeroed" }
            attributes #2 = { nonlazybind }
            attributes #3 = { nounwind }
            attributes #4 = { noreturn }


            !2 = !{}
            !3 = !{i64 16}
            !4 = !{!"branch_weights", i32 2000, i32 1}
        "#]],
    );
}

/// Without optimisation there is nothing that only an optimiser reads, and booleans stay bits.
#[test]
fn unoptimised() {
    check(
        OptLevel::O0,
        "function export @f(v0: i32 noundef, v1: i32 noundef) -> (i32 noundef, i8) {
             var0: i32
             var1: i8
             slot0: size 8 align 8
         block0:
             v2 = icmp slt v0, v1
             set_var var0, v0
             set_var var1, v2
             slot_live slot0
             branch v2, block1, block2 likely
         block1:
             set_var var0, v1
             jump block2
         block2:
             v3 = get_var var0
             v4 = get_var var1
             return v3, v4
         }",
        expect![[r#"
            ; Function Attrs: nonlazybind
            define { i32, i8 } @f(i32 %0, i32 %1) unnamed_addr #0 {
              %3 = alloca [8 x i8], align 8
              %4 = alloca i32, align 4
              %5 = icmp slt i32 %0, %1
              %6 = zext i1 %5 to i8
              store i32 %0, ptr %4, align 4
              br i1 %5, label %7, label %8

            7:                                                ; preds = %2
              store i32 %1, ptr %4, align 4
              br label %8

            8:                                                ; preds = %7, %2
              %9 = load i32, ptr %4, align 4
              %10 = insertvalue { i32, i8 } poison, i32 %9, 0
              %11 = insertvalue { i32, i8 } %10, i8 %6, 1
              ret { i32, i8 } %11
            }

            attributes #0 = { nonlazybind "probe-stack"="inline-asm" "target-cpu"="x86-64" }
        "#]],
    );
}

#[test]
fn landing_pads() {
    check(
        OptLevel::O1,
        "function export @f() -> i64 unwind_table personality(@rust_eh_personality) {
             sig0 = () -> (i64, i64)
         block0:
             v0, v1 = invoke sig0 @g() to block1 unwind block2
         block1:
             v2 = iadd v0, v1
             return v2
         block2 cleanup(v3, v4) cold:
             invoke () @drop_it() to block3 unwind block4
         block3:
             resume v3, v4
         block4 catch_all(v5, v6):
             call () @abort_it() nounwind noreturn
             unreachable
         }",
        expect![[r#"
            ; Function Attrs: nonlazybind uwtable
            define i64 @f() unnamed_addr #0 personality ptr @rust_eh_personality {
              %1 = invoke { i64, i64 } @g()
                      to label %7 unwind label %2

            2:                                                ; preds = %0
              %3 = landingpad { ptr, i32 }
                      cleanup
              invoke void @drop_it()
                      to label %6 unwind label %4

            4:                                                ; preds = %2
              %5 = landingpad { ptr, i32 }
                      catch ptr null
              tail call void @abort_it() #2
              unreachable

            6:                                                ; preds = %2
              resume { ptr, i32 } %3

            7:                                                ; preds = %0
              %8 = extractvalue { i64, i64 } %1, 0
              %9 = extractvalue { i64, i64 } %1, 1
              %10 = add i64 %8, %9
              ret i64 %10
            }

            ; Function Attrs: nonlazybind
            declare { i64, i64 } @g() unnamed_addr #1

            ; Function Attrs: nonlazybind
            declare void @drop_it() unnamed_addr #1

            ; Function Attrs: nonlazybind
            declare void @abort_it() unnamed_addr #1

            ; Function Attrs: nonlazybind
            declare void @rust_eh_personality() unnamed_addr #1

            attributes #0 = { nonlazybind uwtable "probe-stack"="inline-asm" "target-cpu"="x86-64" }
            attributes #1 = { nonlazybind }
            attributes #2 = { noreturn nounwind }
        "#]],
    );
}

/// A sum over a slice: vectors at O3 and O2, none at O1.
#[test]
fn loops_become_vectors() {
    let text = "function export @sum(v0: ptr noalias readonly noundef align(4), v1: i64) -> i32 {
             var0: i64
             var1: i32
         block0:
             v2 = iconst i64 0
             v3 = iconst i32 0
             set_var var0, v2
             set_var var1, v3
             jump block1
         block1:
             v4 = get_var var0
             v5 = icmp ult v4, v1
             branch v5, block2, block3
         block2:
             v6 = iconst i64 4
             v7 = imul v4, v6
             v8 = ptr_add inbounds v0, v7
             v9 = load i32 v8 align(4) noundef
             v10 = get_var var1
             v11 = iadd v10, v9
             set_var var1, v11
             v12 = iconst i64 1
             v13 = iadd nuw v4, v12
             set_var var0, v13
             jump block1
         block3:
             v14 = get_var var1
             return v14
         }";
    let module = parse(text);
    for (opt, vectors) in [(OptLevel::O1, false), (OptLevel::O2, true), (OptLevel::O3, true), (OptLevel::Os, false)] {
        assert_eq!(ir(&module, &options(opt)).contains("<4 x i32>"), vectors, "at {opt:?}");
    }
}

const SMALL: &str = "function export @f() -> i32 {\nblock0:\n    v0 = iconst i32 7\n    return v0\n}";

#[test]
fn assembly_and_bitcode() {
    let module = parse(SMALL);
    let assembly = compile(&module, &options(OptLevel::O2), Emit::Assembly);
    let lines: Vec<&str> = std::str::from_utf8(&assembly).expect("text").lines().map(str::trim).collect();
    assert!(lines.contains(&"movl\t$7, %eax"), "{lines:?}");
    assert!(compile(&module, &options(OptLevel::O2), Emit::Bitcode).starts_with(b"BC\xc0\xde"));
}

#[test]
fn another_target() {
    let module = parse(SMALL);
    let options = Options::new("aarch64-unknown-linux-gnu", "generic");
    let object = compile(&module, &options, Emit::Object);
    // `EM_AARCH64`.
    assert_eq!(object[18..20], [183, 0]);

    let module = parse(
        r#"function export @f(v0: i64, v1: i32, v2: f64, v3: f16, v4: i8) -> i64 {
        block0:
            v5 = asm ["add ", {0}, ", ", {1}, ", ", {2:"x"}] (out(class "reg") i64, in(class "reg") v0, in("x3") v1)
            v6 = asm ["fadd ", {0:"d"}, ", ", {0:"d"}, ", ", {1:"d"}] (inout(class "vreg") v2 f64, in("v7") v2, out("v1") _, out("x30") _)
            v7 = asm ["// ", {0:"b"}] (inout(class "vreg") v4 i8)
            v8 = asm ["// ", {0:"h"}] (inout(class "vreg_low16") v3 f16)
            v9 = asm ["mov ", {0:"w"}, ", #1"] (lateout("w9") i32) pure nomem nostack preserves_flags
            return v5
        }"#,
    );
    let assembly = compile(&module, &options, Emit::Assembly);
    let text = String::from_utf8(assembly).expect("text");
    for line in ["add\tx0, x8, x3", "fadd\td0, d0, d7", "mov\tw9, #1"] {
        assert!(text.contains(line), "no {line} in {text}");
    }
}

/// Several threads at once give what one gives.
#[test]
fn threads() {
    let module = parse(SMALL);
    let expected = compile(&module, &options(OptLevel::O2), Emit::Object);
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| compile(&module, &options(OptLevel::O2), Emit::Object))).collect();
        for thread in threads {
            assert_eq!(thread.join().expect("no panic"), expected);
        }
    });
}

fn error(text: &str, options: &Options) -> String {
    let error = LlvmBackend::with_sysroot(testing::sysroot())
        .compile(&parse(text), options, Emit::Object)
        .expect_err("an error");
    error.to_string()
}

#[test]
fn errors() {
    expect!["the back end does not support this target: no architecture is known for the triple z80-none"]
        .assert_eq(&error(SMALL, &Options::new("z80-none", "generic")));
    expect![[r#"
        the program's assembly is wrong:
        <inline asm>:2:15: unknown token in expression
                no such thing
                             ^
    "#]]
    .assert_eq(&error(
        "function export @f() {\nblock0:\n    asm [\"no such thing\"] ()\n    return\n}",
        &options(OptLevel::O0),
    ));
    // What LLVM calls a fatal error ends neither the process nor later compilations.
    let fatal = error(
        "function export @f(v0: i32, v1: i32) -> i32 {
         block0:
             v2 = llvm_intrinsic \"llvm.x86.bmi.pdep.32\"(v0, v1) -> (i32)
             return v2
         }",
        &options(OptLevel::O0),
    );
    assert!(fatal.starts_with("internal error while compiling `f`: LLVM cannot go on: Cannot select"), "{fatal}");
    compile(&parse(SMALL), &options(OptLevel::O0), Emit::Object);
}

#[test]
fn rejected() {
    let text = "
        function export @bad(v0: i32) -> i32 {
        block0:
            v1 = llvm_intrinsic \"llvm.x86.no.such.thing\"(v0) -> (i32)
            return v1
        }
        function export @good(v0: i32) -> i32 {
        block0:
            v1 = call (i32) -> i32 @bad(v0)
            return v1
        }
        alias export @worse = @bad";
    let compiled = LlvmBackend::with_sysroot(testing::sysroot())
        .compile(&parse(text), &options(OptLevel::O2), Emit::Ir)
        .unwrap_or_else(|error| panic!("{error}"));
    let rejected = backend::Rejected { function: "bad".to_owned(), construct: "llvm.x86.no.such.thing".to_owned() };
    assert_eq!(compiled.rejected, [rejected]);
    let text = String::from_utf8(compiled.bytes).expect("text");
    assert!(text.contains("declare i32 @bad(i32)") && !text.contains("worse"), "{text}");
}

#[test]
fn no_library() {
    // In a process of its own, as the library is loaded once for all: here only the loader's own message is looked at.
    let error = llvm_lazy::LoadError::NotFound { folders: vec!["/nowhere/lib".into()] };
    let error = CodegenError::Unavailable(error.to_string()).to_string();
    assert!(error.contains("no shared library of LLVM 22 in /nowhere/lib"), "{error}");
}

/// Everything that LIR has goes through, with and without debug information; but not assembly that LLVM has not.
#[test]
fn every_construct() {
    let module = parse(include_str!("../../lir/tests/every.lir"));
    for opt in [OptLevel::O0, OptLevel::O2, OptLevel::Oz] {
        for debug in [DebugInfo::None, DebugInfo::Lines, DebugInfo::Full] {
            let options = Options { debug, ..options(opt) };
            let compiled = LlvmBackend::with_sysroot(testing::sysroot()).compile(&module, &options, Emit::Object);
            let rejected = compiled.unwrap_or_else(|error| panic!("{error}")).rejected;
            let rejected: Vec<&str> = rejected.iter().map(|rejected| &*rejected.function).collect();
            assert_eq!(rejected, ["call"]);
        }
    }
}
