//! `cargo bessemer compare`.

use super::chosen::{Started, start, with_arguments};
use super::config::Config;
use crate::args::{COMPARE, CompareLook};
use crate::compare::{self, Package};
use crate::show;
use clap::Args;
use driver::Backends;
use std::ffi::OsString;
use std::process::ExitCode;

fn command() -> clap::Command {
    let command = clap::Command::new("cargo bessemer compare")
        .about("Compare all back ends at all levels, and rustc, on a program of a package")
        .override_usage("cargo bessemer compare [OPTIONS] [CARGO OPTIONS…] [-- ARGS…]")
        .after_help(COMPARE);
    let cpu = clap::Arg::new("cpu").long("cpu").value_name("CPU");
    let cpu =
        cpu.help("Compare each with code for this processor as well (native: this machine's). Names have `+cpu` then");
    CompareLook::augment_args(with_arguments(command, "The program's arguments").arg(cpu))
}

/// Runs the command with the arguments after its name.
pub fn main_with(backends: &Backends, args: Vec<OsString>) -> ExitCode {
    let started = match start::<CompareLook>(command(), backends, args) {
        Ok(started) => started,
        Err(code) => return code,
    };
    let Started { backends, cargo, matches, look, program_args, chosen } = started;
    let cpu: Option<String> = matches.get_one("cpu").cloned();
    let given = chosen.args.windows(2).filter(|words| words[0] == "--config");
    let given: Vec<String> = given.map(|words| words[1].to_string_lossy().into_owned()).collect();
    if cpu.is_some() && Config::read(&given).has_rustflags_of_targets() {
        let message = "--cpu: cargo is configured with `rustflags` for targets, which stand in the way\n  help: give all in RUSTFLAGS";
        return show::usage(message);
    }
    // A copy is built, which has another manifest.
    let package = Package { cargo, manifest: chosen.manifest, args: chosen.args };
    compare::package(package, &look, &program_args, cpu, &backends).unwrap_or_else(|code| code)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_words_are_well_defined() {
        super::command().debug_assert();
    }
}
