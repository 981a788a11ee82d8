//! The tests that every back end must pass.

use backend::filetest::run_folder;
use backend::{OptLevel, Options};
use bessemer_backend_llvm::LlvmBackend;
use std::path::Path;

#[test]
fn lir() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../filetests/lir");
    let levels = [OptLevel::O0, OptLevel::O2, OptLevel::Os];
    let options = Options::new("x86_64-unknown-linux-gnu", "x86-64");
    let failures = run_folder(&folder, &LlvmBackend::with_sysroot(testing::sysroot()), &options, &levels);
    let list: Vec<String> = failures.iter().map(|failure| failure.to_string()).collect();
    assert!(list.is_empty(), "{}", list.join("\n\n"));
}
