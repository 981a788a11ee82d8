//! `cargo bessemer compare`.

use super::chosen::{Started, start, with_arguments};
use crate::args::{COMPARE, CompareLook};
use crate::compare::{self, Package};
use clap::Args;
use driver::Backends;
use std::ffi::OsString;
use std::process::ExitCode;

fn command() -> clap::Command {
    let command = clap::Command::new("cargo bessemer compare")
        .about("Compare all back ends at all levels, and rustc, on a program of a package")
        .override_usage("cargo bessemer compare [OPTIONS] [CARGO OPTIONS…] [-- ARGS…]")
        .after_help(COMPARE);
    CompareLook::augment_args(with_arguments(command, "The program's arguments"))
}

/// Runs the command with the arguments after its name.
pub fn main_with(backends: &Backends, args: Vec<OsString>) -> ExitCode {
    let started = match start::<CompareLook>(command(), backends, args) {
        Ok(started) => started,
        Err(code) => return code,
    };
    let Started { backends, cargo, look, program_args, chosen, .. } = started;
    // A copy is built, which has another manifest.
    let package = Package { cargo, manifest: chosen.manifest, args: chosen.args };
    compare::package(package, &look, &program_args, &backends).unwrap_or_else(|code| code)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_words_are_well_defined() {
        super::command().debug_assert();
    }
}
