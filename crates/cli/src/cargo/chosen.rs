//! Options of cargo's that choose what is built, for subcommands with options of their own.

use clap::ArgMatches;
use std::ffi::OsString;
use std::path::PathBuf;

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

/// A command that has these options.
pub fn with_options(mut command: clap::Command) -> clap::Command {
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
pub fn chosen(matches: &ArgMatches) -> Chosen {
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
