//! Compiles snippets with the installed rustc and opens them, with everything that layouts ask.
#![allow(dead_code)]

pub mod llvm;
pub mod types;

use std::path::Path;
use testing::Program;
use ty::{Arena, SessionOptions};

pub fn open<'tcx>(arena: &'tcx Arena, path: &Path, optimize: bool) -> Program<'tcx> {
    let options =
        SessionOptions { overflow_checks: !optimize, ub_checks: !optimize, optimize, ..testing::session_options() };
    Program::open(arena, path, options)
}
