//! A compiler with one more back end: `mine` has all commands of `bessemer`, and a link `cargo-mine` to it those of
//! `cargo bessemer`.

#![forbid(unsafe_code)]

mod short;

use bessemer_cli::{Backends, main_with};
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    main_with(Backends::builtin().with(Arc::new(short::ShortFunctions)))
}
