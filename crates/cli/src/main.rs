//! `bessemer`, with the back ends of this build.

#![forbid(unsafe_code)]

use bessemer_cli::{Backends, main_with};
use std::process::ExitCode;

/// Lowering makes millions of small things on all cores, for which this allocator takes half as long as the C library's.
/// It is C's `malloc` too, so that LLVM has it, for which it saves 7 % of an optimised build's instructions. Programs that
/// are run in memory have it as well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    main_with(Backends::builtin())
}
