//! Building small functions, and compiling, linking and running them.

#![allow(dead_code, reason = "each test crate uses a part")]

use backend::{Backend, Emit, OptLevel, Options};
use bessemer_backend_llvm::LlvmBackend;
use lir::{Function, FunctionBuilder, Linkage, Module, Signature};
use std::process::Command;

pub const TRIPLE: &str = "x86_64-unknown-linux-gnu";

pub fn options(opt: OptLevel) -> Options {
    Options { opt, ..Options::new(TRIPLE, "x86-64") }
}

/// An exported function whose entry block is made by `body`.
pub fn function(name: &str, signature: Signature, body: impl FnOnce(&mut FunctionBuilder)) -> Function {
    let mut builder = FunctionBuilder::new(name.into(), signature, Linkage::Export, 8);
    let entry = builder.create_block();
    builder.switch_to(entry);
    body(&mut builder);
    builder.finish_function()
}

pub fn module(functions: Vec<Function>) -> Module {
    Module { name: "test".to_owned(), functions, ..Module::default() }
}

pub fn compile(module: &Module, options: &Options, emit: Emit) -> Vec<u8> {
    let compiled = LlvmBackend::with_sysroot(testing::sysroot())
        .compile(module, options, emit)
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(compiled.rejected, []);
    compiled.bytes
}

/// LLVM's IR of a module, without what is the same everywhere.
pub fn ir(module: &Module, options: &Options) -> String {
    let text = String::from_utf8(compile(module, options, Emit::Ir)).expect("text");
    let keep = |line: &&str| {
        !["; ModuleID", "source_filename", "target ", "!llvm", "!0 = !{i32 4", "!1 = !{i32 2"]
            .iter()
            .any(|start| line.starts_with(start))
    };
    let text: Vec<&str> = text.lines().filter(keep).collect();
    format!("{}\n", text.join("\n").trim())
}

/// Links the module's object with a C file and runs it; its standard output. Checks every level of optimisation.
pub fn run_with_c(module: &Module, c: &str) -> String {
    let mut outputs = Vec::new();
    for opt in [OptLevel::O0, OptLevel::O1, OptLevel::O2, OptLevel::O3, OptLevel::Os, OptLevel::Oz] {
        outputs.push((opt, run_once(module, &options(opt), c)));
    }
    let (_, first) = outputs[0].clone();
    for (opt, output) in outputs {
        assert_eq!(output, first, "at {opt:?}");
    }
    first
}

pub fn run_once(module: &Module, options: &Options, c: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let (object, source, program) =
        (folder.path().join("test.o"), folder.path().join("main.c"), folder.path().join("main"));
    std::fs::write(&object, compile(module, options, Emit::Object)).expect("written");
    std::fs::write(&source, c).expect("written");
    let compiler = Command::new("cc")
        .args(["-O1", "-w", "-fexceptions", "-Wl,--gc-sections", "-o"])
        .args([&program, &source, &object])
        .args(["-lm", "-lgcc_s", "-ldl", "-lpthread"])
        .output()
        .expect("cc runs");
    assert!(compiler.status.success(), "{}", String::from_utf8_lossy(&compiler.stderr));
    let output = Command::new(&program).output().expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.success() {
        true => text,
        false => format!("{text}{}", output.status),
    }
}
