//! `bessemer`, with the back ends of this build.

#![forbid(unsafe_code)]

use bessemer_cli::{Backends, main_with};
use std::process::ExitCode;

/// Lowering makes millions of small things on all cores, for which this allocator takes half as long as the C library's.
/// Programs that are run in memory have the C library's all the same.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    main_with(Backends::builtin())
}
