//! Documentation tests: rustdoc finds and runs them; this program compiles them.
//!
//! cargo is told to run a link to this program in rustdoc's place. That runs the user's rustdoc, with two more links as the
//! compiler of its tests and as what runs them. The links lie in a folder with notes of what the user has in their places.

use super::args::Request;
use super::config::Config;
use crate::settings;
use driver::Invocation;
use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// In rustdoc's place.
const RUSTDOC: &str = "rustdoc";
/// In rustc's place, for rustdoc.
const COMPILER: &str = "rustc-for-rustdoc";
/// What rustdoc has run its tests.
const RUNNER: &str = "run-for-rustdoc";
/// A link to the link that `cargo bessemer` has cargo run in rustc's place.
const BESSEMER: &str = "bessemer-for-cargo";

/// rustdoc has a test's compiler named by an unstable option only. The variable that permits it is for rustdoc alone.
const PERMISSION: &str = "RUSTC_BOOTSTRAP";
/// What asks for that.
const PERMITTED: &str = "-Zunstable-options";

/// If this process was started by one of the links, does what is to be done in that place.
pub fn stand_in(args: &[OsString]) -> Option<ExitCode> {
    let name = PathBuf::from(std::env::args_os().next()?);
    let folder = name.parent().filter(|_| name.is_symlink())?;
    let command = match name.file_name()?.to_str()? {
        RUSTDOC => documentation(folder, args),
        COMPILER => compilation(folder, args),
        RUNNER => run(folder, args),
        _ => return None,
    };
    Some(match command {
        Ok(mut command) => {
            let error = command.exec();
            super::fail(&format!("cannot run `{}`: {error}", Path::new(command.get_program()).display()))
        }
        Err(message) => super::fail(&message),
    })
}

/// What rustdoc is run as.
fn documentation(folder: &Path, args: &[OsString]) -> Result<Command, String> {
    let rustdoc = settings::configured_instead(folder, "RUSTDOC").unwrap_or_else(|| RUSTDOC.into());
    let mut command = Command::new(rustdoc);
    // Whoever names a compiler of tests gets that.
    let is_named = |arg: &OsString| arg.to_string_lossy().starts_with("--test-builder");
    if !args.iter().any(|arg| arg == "--test") || args.iter().any(is_named) {
        command.args(args);
        return Ok(command);
    }
    // Libraries have metadata, and code nowhere.
    let args = Invocation::parse(args.to_vec())?.with_metadata_externs().args();
    let (users_runner, args) = split_runner(args);
    command.args(args).arg(PERMITTED).arg("--test-builder").arg(folder.join(COMPILER));
    command.arg("--test-runtool").arg(folder.join(RUNNER));
    for arg in users_runner {
        command.arg("--test-runtool-arg").arg(arg);
    }
    command.env(PERMISSION, "1");
    Ok(command)
}

/// Takes what the user wants tests to be run by, with its own arguments, from rustdoc's arguments.
fn split_runner(args: Vec<OsString>) -> (Vec<OsString>, Vec<OsString>) {
    let (mut tool, mut tool_args, mut rest) = (None, Vec::new(), Vec::new());
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy().into_owned();
        let (name, joined) = text.split_once('=').map_or((&*text, None), |(name, value)| (name, Some(value.into())));
        match name {
            "--test-runtool" => tool = joined.or_else(|| args.next()),
            "--test-runtool-arg" => tool_args.extend(joined.or_else(|| args.next())),
            _ => rest.push(arg),
        }
    }
    (tool.into_iter().chain(tool_args).collect(), rest)
}

/// What a test is compiled by: this program, as cargo runs it in rustc's place, with a command line as cargo would write it.
fn compilation(folder: &Path, args: &[OsString]) -> Result<Command, String> {
    let bessemer = std::fs::read_link(folder.join(BESSEMER))
        .map_err(|error| format!("cannot read the link `{}`: {error}", folder.join(BESSEMER).display()))?;
    let mut command = Command::new(bessemer);
    command.arg(settings::configured_instead(folder, "RUSTC").unwrap_or_else(|| "rustc".into()));
    // Most of it is in a file.
    command.args(as_of_cargo(&Invocation::parse(args.to_vec())?.with_metadata_externs().args()));
    // rustdoc's own harness uses what is unstable; it gives the variable to that anew.
    let is_harness = args.iter().any(|arg| arg.to_string_lossy().starts_with("--extern=doctest_bundle_"));
    if !is_harness {
        restore(&mut command, folder);
    }
    Ok(command)
}

/// rustdoc's command line for a test, in cargo's words: a crate with a name, in a folder, marked as one of the program.
fn as_of_cargo(args: &[OsString]) -> Vec<OsString> {
    let mut new: Vec<OsString> = Vec::new();
    let mut args = args.iter();
    let (mut name, mut has_ours) = (None, false);
    while let Some(arg) = args.next() {
        // What permits rustdoc to have a compiler named is handed on with the user's own options.
        if arg == PERMITTED && !has_ours {
            has_ours = true;
            continue;
        }
        if arg == "-o" {
            let output = args.next().map(Path::new).unwrap_or(Path::new(""));
            new.extend([OsStr::new("--out-dir"), output.parent().unwrap_or(Path::new("")).as_os_str()].map(Into::into));
            name = output.file_name();
            continue;
        }
        let source = Path::new(arg);
        if source.extension().is_some_and(|extension| extension == "rs") && !arg.as_encoded_bytes().starts_with(b"-") {
            name = name.or(source.file_stem());
        }
        new.push(arg.clone());
    }
    if let Some(name) = name {
        new.extend([OsStr::new("--crate-name"), name].map(Into::into));
    }
    new.push(format!("-Ccodegen-units={}", settings::TARGET_MARK).into());
    new
}

/// What a test is run by.
fn run(folder: &Path, args: &[OsString]) -> Result<Command, String> {
    // rustdoc tells a harness of many tests its own path only where nothing else runs it.
    let program = args.first().filter(|_| args.len() == 1).map(Path::new);
    let harness = |program: &&Path| {
        let files = std::fs::read_dir(program.parent().unwrap_or(Path::new(""))).into_iter().flatten().flatten();
        files.into_iter().any(|file| file.file_name().as_encoded_bytes().starts_with(b"doctest_runner_"))
    };
    let (first, rest) = args.split_first().ok_or("there is nothing to run")?;
    let mut command = Command::new(first);
    command.args(rest);
    if let Some(program) = program.filter(harness) {
        command.env("RUSTDOC_DOCTEST_BIN_PATH", program);
    }
    restore(&mut command, folder);
    Ok(command)
}

/// Gives a command the user's own permission, or none.
fn restore(command: &mut Command, folder: &Path) {
    match settings::configured_instead(folder, PERMISSION) {
        Some(value) => command.env(PERMISSION, value),
        None => command.env_remove(PERMISSION),
    };
}

/// The documentation tests of a `cargo bessemer test`.
pub struct Doctests {
    folder: tempfile::TempDir,
    own: PathBuf,
}

impl Doctests {
    /// None where the command runs none.
    pub fn new(request: &Request) -> std::io::Result<Option<Doctests>> {
        if request.command != "test" {
            return Ok(None);
        }
        let folder = tempfile::Builder::new().prefix("bessemer-").tempdir()?;
        Ok(Some(Doctests { folder, own: std::env::current_exe()? }))
    }

    /// Tells cargo to run this program in rustdoc's place. `bessemer` is what it runs in rustc's place.
    pub fn configure(&self, command: &mut Command, configuration: &Config, bessemer: &Path) -> std::io::Result<()> {
        let folder = self.folder.path();
        for link in [RUSTDOC, COMPILER, RUNNER] {
            std::os::unix::fs::symlink(&self.own, folder.join(link))?;
        }
        std::os::unix::fs::symlink(std::path::absolute(bessemer)?, folder.join(BESSEMER))?;
        for (variable, key) in [("RUSTDOC", "rustdoc"), ("RUSTC", "rustc")] {
            let users = configuration.program(variable, key);
            settings::instead(folder, variable, users.as_deref().map(Path::as_os_str))?;
        }
        settings::instead(folder, PERMISSION, std::env::var_os(PERMISSION).as_deref())?;
        let link = folder.join(RUSTDOC);
        match link.to_str() {
            // The variable would win over all configuration.
            Some(link) if std::env::var_os("RUSTDOC").is_none() => {
                super::configure(command, "build.rustdoc", &super::toml_string(link));
            }
            _ => drop(command.env("RUSTDOC", link)),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{as_of_cargo, split_runner};
    use std::ffi::OsString;

    fn words(text: &str) -> Vec<OsString> {
        text.split_whitespace().map(Into::into).collect()
    }

    fn text(words: &[OsString]) -> String {
        words.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_runner_of_the_users() {
        let args = words("--test a.rs --test-runtool emulator --test-runtool-arg -x --test-runtool-arg=--fast --cfg b");
        let (runner, rest) = split_runner(args);
        assert_eq!((&*text(&runner), &*text(&rest)), ("emulator -x --fast", "--test a.rs --cfg b"));
    }

    #[test]
    fn command_lines() {
        let of = |args: &str| text(&as_of_cargo(&words(args)));
        for (args, expected) in [
            (
                "--crate-type=bin -Zunstable-options -o /t/rust_out --edition 2021 -",
                "--crate-type=bin --out-dir /t --edition 2021 - --crate-name rust_out",
            ),
            (
                "--out-dir /t /t/doctest_bundle_2024.rs",
                "--out-dir /t /t/doctest_bundle_2024.rs --crate-name doctest_bundle_2024",
            ),
            (
                "-o /t/rust_out /t/doctest_runner_2024.rs",
                "--out-dir /t /t/doctest_runner_2024.rs --crate-name rust_out",
            ),
        ] {
            assert_eq!(of(args), format!("{expected} -Ccodegen-units=3143000000"));
        }
    }
}
