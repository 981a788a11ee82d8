//! The tests that every back end must pass, where C can say them.

use backend::filetest::{Failure, run_folder};
use backend::{OptLevel, Options};
use backend_c::CBackend;
use std::path::Path;

/// What C cannot say. A file with one of these is not run, as one object has all of it.
const LACKING: [&str; 6] = [
    "rejected for the calling convention `cold`",
    "rejected for several wide results",
    "rejected for more than two results",
    "rejected for tail calls",
    "rejected for unwinding into clean-up code",
    "rejected for llvm.x86.",
];

#[test]
fn lir() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../filetests/lir");
    let levels = [OptLevel::O0, OptLevel::O2];
    let options = Options::new("x86_64-unknown-linux-gnu", "x86-64");
    let failures = run_folder(&folder, &CBackend::new(), &options, &levels);
    let is_expected = |failure: &&Failure| !LACKING.iter().any(|it| failure.message.contains(it));
    // Twice each, at two levels: atomics, cold, frames, intrinsics-sse2, tail-call, unwind, vectors.
    assert_eq!(failures.iter().filter(|failure| !is_expected(failure)).count(), 14);
    let list: Vec<String> = failures.iter().filter(is_expected).map(|failure| failure.to_string()).collect();
    assert!(list.is_empty(), "{}", list.join("\n\n"));
}
