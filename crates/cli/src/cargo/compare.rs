//! `cargo bessemer compare`.

use crate::args::{COMPARE, CompareLook};
use crate::compare::{self, Package};
use crate::show;
use clap::{Args, FromArgMatches};
use driver::Backends;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// Options of cargo's that choose what is built, with a value.
const WITH_VALUE: [&str; 9] =
    ["package", "bin", "example", "features", "config", "manifest-path", "target", "jobs", "lockfile-path"];

/// Options of cargo's without one.
const WITHOUT: [&str; 6] =
    ["all-features", "no-default-features", "locked", "offline", "frozen", "ignore-rust-version"];

fn command() -> clap::Command {
    let mut command = clap::Command::new("cargo bessemer compare")
        .about("Compare all back ends at all levels, and rustc, on a program of a package")
        .override_usage("cargo bessemer compare [OPTIONS] [CARGO OPTIONS…] [-- ARGS…]")
        .after_help(COMPARE);
    for name in WITH_VALUE {
        let short = match name {
            "package" => Some('p'),
            "features" => Some('F'),
            "jobs" => Some('j'),
            _ => None,
        };
        let mut arg = clap::Arg::new(name).long(name).action(clap::ArgAction::Append).help_heading("cargo's options");
        arg = arg.value_parser(clap::value_parser!(OsString));
        if let Some(short) = short {
            arg = arg.short(short);
        }
        command = command.arg(arg);
    }
    for name in WITHOUT {
        let arg = clap::Arg::new(name).long(name).action(clap::ArgAction::SetTrue).help_heading("cargo's options");
        command = command.arg(arg);
    }
    let program = clap::Arg::new("args").last(true).num_args(0..).value_name("ARGS").help("The program's arguments");
    command = command.arg(program.value_parser(clap::value_parser!(OsString)));
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
    let mut builds: Vec<OsString> = Vec::new();
    let mut manifest = None;
    for name in WITH_VALUE {
        for value in matches.get_many::<OsString>(name).into_iter().flatten() {
            match name {
                // The copy has another one.
                "manifest-path" => manifest = Some(PathBuf::from(value)),
                _ => builds.extend([format!("--{name}").into(), value.clone()]),
            }
        }
    }
    builds.extend(WITHOUT.iter().filter(|name| matches.get_flag(name)).map(|name| format!("--{name}").into()));
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
