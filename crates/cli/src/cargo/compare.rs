//! `cargo bessemer compare`.

use super::chosen::{Chosen, chosen, with_options};
use crate::args::{COMPARE, CompareLook};
use crate::compare::{self, Package};
use crate::show;
use clap::{Args, FromArgMatches};
use driver::Backends;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

fn command() -> clap::Command {
    let command = clap::Command::new("cargo bessemer compare")
        .about("Compare all back ends at all levels, and rustc, on a program of a package")
        .override_usage("cargo bessemer compare [OPTIONS] [CARGO OPTIONS…] [-- ARGS…]")
        .after_help(COMPARE);
    let program = clap::Arg::new("args").last(true).num_args(0..).value_name("ARGS").help("The program's arguments");
    let command = with_options(command).arg(program.value_parser(clap::value_parser!(OsString)));
    CompareLook::augment_args(command)
}

/// Runs the command with the arguments after its name.
pub fn main_with(backends: &Backends, args: Vec<OsString>) -> ExitCode {
    let backends = match crate::configured(backends) {
        Ok(backends) => backends,
        Err(message) => return show::usage(&message),
    };
    let matches = command().get_matches_from([OsString::from("cargo bessemer compare")].into_iter().chain(args));
    let look = match CompareLook::from_arg_matches(&matches) {
        Ok(look) => look,
        Err(error) => error.exit(),
    };
    // A copy is built, which has another manifest.
    let Chosen { args: builds, manifest } = chosen(&matches);
    let args: Vec<OsString> = matches.get_many("args").into_iter().flatten().cloned().collect();
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let package = Package { cargo, manifest, args: builds };
    compare::package(package, &look, &args, &backends).unwrap_or_else(|code| code)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_words_are_well_defined() {
        super::command().debug_assert();
    }
}
