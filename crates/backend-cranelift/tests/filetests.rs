//! The tests that every back end must pass.

use backend::filetest::run_folder;
use backend::{Backend, Emit, OptLevel, Options};
use bessemer_backend_cranelift::CraneliftBackend;
use std::path::Path;

const TRIPLE: &str = "x86_64-unknown-linux-gnu";

#[test]
fn lir() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../filetests/lir");
    let options = Options::new(TRIPLE, "x86-64");
    let failures = run_folder(&folder, &CraneliftBackend, &options, &[OptLevel::O0, OptLevel::O2]);
    let list: Vec<String> = failures.iter().map(|failure| failure.to_string()).collect();
    assert!(list.is_empty(), "{}", list.join("\n\n"));
}

/// Every construct of LIR either compiles or is rejected.
#[test]
fn every_construct() {
    let text = include_str!("../../lir/tests/every.lir");
    let module = lir::parse_module(text).expect("LIR");
    let options = Options { verify: true, debug: backend::DebugInfo::Lines, ..Options::new(TRIPLE, "x86-64") };
    for emit in [Emit::Object, Emit::Ir, Emit::Assembly] {
        let compiled = CraneliftBackend.compile(&module, &options, emit).expect("code");
        assert!(!compiled.bytes.is_empty());
        let rejected: Vec<&str> = compiled.rejected.iter().map(|rejected| rejected.construct.as_str()).collect();
        assert_eq!(
            rejected,
            [
                "global assembly",
                "the definition of a function with variable arguments",
                "llvm.x86.sse.rcp.ps",
                "the calling convention `rust-cold`",
            ]
        );
    }
}
