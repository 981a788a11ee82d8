//! Options of cargo's that choose what is built, for subcommands with options of their own.

use crate::show;
use clap::{ArgMatches, FromArgMatches};
use driver::Backends;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// Options with a value.
const WITH_VALUE: [&str; 9] =
    ["package", "bin", "example", "features", "config", "manifest-path", "target", "jobs", "lockfile-path"];

/// Options without one.
const WITHOUT: [&str; 6] =
    ["all-features", "no-default-features", "locked", "offline", "frozen", "ignore-rust-version"];

/// What was chosen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Chosen {
    /// The arguments of builds, without where the manifest is.
    pub args: Vec<OsString>,
    pub manifest: Option<PathBuf>,
}

/// A command line with such options, read: the back ends that there are, cargo, and what was asked for.
pub struct Started<L> {
    pub backends: Backends,
    pub cargo: PathBuf,
    pub matches: ArgMatches,
    /// How it is to be shown.
    pub look: L,
    /// The arguments of the program.
    pub program_args: Vec<OsString>,
    pub chosen: Chosen,
}

/// Reads the arguments after a subcommand's name; ends the process where they are wrong.
///
/// # Errors
/// The configuration is wrong, which was said.
pub fn start<L: FromArgMatches>(
    command: clap::Command,
    backends: &Backends,
    args: Vec<OsString>,
) -> Result<Started<L>, ExitCode> {
    let backends = crate::configured(backends).map_err(|message| show::usage(&message))?;
    let name = OsString::from(command.get_name());
    let matches = command.get_matches_from([name].into_iter().chain(args));
    let look = L::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let chosen = chosen(&matches);
    let program_args = matches.get_many("args").into_iter().flatten().cloned().collect();
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    Ok(Started { backends, cargo, matches, look, program_args, chosen })
}

/// A command that has these options, and takes a program's arguments, which this says of itself.
pub fn with_arguments(command: clap::Command, help: &'static str) -> clap::Command {
    let program = clap::Arg::new("args").last(true).num_args(0..).value_name("ARGS").help(help);
    with_options(command).arg(program.value_parser(clap::value_parser!(OsString)))
}

/// A command that has these options.
fn with_options(mut command: clap::Command) -> clap::Command {
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
    command
}

/// What these options say.
fn chosen(matches: &ArgMatches) -> Chosen {
    let mut chosen = Chosen::default();
    for name in WITH_VALUE {
        for value in matches.get_many::<OsString>(name).into_iter().flatten() {
            match name {
                "manifest-path" => chosen.manifest = Some(PathBuf::from(value)),
                _ => chosen.args.extend([format!("--{name}").into(), value.clone()]),
            }
        }
    }
    chosen.args.extend(WITHOUT.iter().filter(|name| matches.get_flag(name)).map(|name| format!("--{name}").into()));
    chosen
}
