//! Documentation tests, which rustdoc compiles by itself with rustc, from libraries that have code.
//!
//! So `cargo bessemer test` runs all other tests first, where this program stands in rustdoc's place and only notes that
//! there are documentation tests; and then has plain cargo run those, in a target directory of their own.

use super::args::Request;
use super::config::Config;
use super::place::Place;
use crate::request::has_colors;
use crate::{settings, show};
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};

/// The name under which this program stands in rustdoc's place: a link in a folder in which is noted what was asked for.
const LINK: &str = "rustdoc";

/// The file for that, where this program is run in rustdoc's place.
pub fn marker() -> Option<PathBuf> {
    let name = PathBuf::from(std::env::args_os().next()?);
    (name.file_name()? == LINK && name.is_symlink()).then(|| name.with_file_name("doctests"))
}

/// Does what rustdoc would, except for running tests.
pub fn stand_in(marker: &Path, args: &[OsString]) -> ExitCode {
    if args.iter().any(|arg| arg == "--test") {
        // A byte for each crate.
        let note = || std::fs::OpenOptions::new().create(true).append(true).open(marker)?.write_all(b".");
        return match note() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => super::fail(&format!("cannot write `{}`: {error}", marker.display())),
        };
    }
    let rustdoc = marker.parent().and_then(|folder| settings::configured_instead(folder, "RUSTDOC"));
    let rustdoc = rustdoc.unwrap_or_else(|| "rustdoc".into());
    let error = Command::new(&rustdoc).args(args).exec();
    super::fail(&format!("cannot run `{}`: {error}", Path::new(&rustdoc).display()))
}

/// The documentation tests that are still to be run.
pub struct FollowUp {
    command: Command,
    /// How many crates have some.
    crates: usize,
}

/// Runs the command that tests documentation. What cargo says before is said already: which crates it compiles, and their
/// warnings; and, where there is one crate only, whose documentation it is.
pub fn run(follow_up: FollowUp, quiet: bool) -> io::Result<ExitStatus> {
    let FollowUp { mut command, crates } = follow_up;
    if !quiet {
        show::say("note: documentation tests are compiled by rustc\n");
    }
    if has_colors() && std::env::var_os("CARGO_TERM_COLOR").is_none() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    let mut before = Vec::new();
    let mut has_begun = false;
    let mut said = BufReader::new(child.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?);
    let mut line = Vec::new();
    while said.read_until(b'\n', &mut line)? > 0 {
        let is_header = String::from_utf8_lossy(&line).contains(HEADER);
        has_begun = has_begun || is_header;
        if has_begun {
            if !is_header || crates > 1 {
                let _ = io::stderr().write_all(&line);
            }
        } else {
            before.extend_from_slice(&line);
        }
        line.clear();
    }
    let status = child.wait()?;
    if !has_begun && !status.success() {
        let _ = io::stderr().write_all(&before);
    }
    Ok(status)
}

/// What cargo says before it tests a crate's documentation.
const HEADER: &str = "Doc-tests";

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

    fn marker(&self) -> PathBuf {
        self.folder.path().join("doctests")
    }

    /// Tells cargo to run this program in rustdoc's place.
    pub fn configure(&self, command: &mut Command, configuration: &Config) -> std::io::Result<()> {
        let link = self.folder.path().join(LINK);
        std::os::unix::fs::symlink(&self.own, &link)?;
        let users = configuration.program("RUSTDOC", "rustdoc");
        settings::instead(self.folder.path(), "RUSTDOC", users.as_deref().map(Path::as_os_str))?;
        match link.to_str() {
            // The variable would win over all configuration.
            Some(link) if std::env::var_os("RUSTDOC").is_none() => {
                super::configure(command, "build.rustdoc", &super::toml_string(link));
            }
            _ => drop(command.env("RUSTDOC", link)),
        }
        Ok(())
    }

    /// The command that runs the documentation tests, if there are any and they are to be run.
    pub fn follow_up(self, cargo: &Path, request: &Request, place: &Place, success: bool) -> Option<FollowUp> {
        let goes_on = success || request.rest.iter().any(|arg| arg == "--no-fail-fast");
        let crates = std::fs::read(self.marker()).ok()?.len();
        if !goes_on {
            return None;
        }
        let mut command = Command::new(cargo);
        command.arg("test");
        if !request.rest.iter().any(|arg| arg == "--doc") {
            command.arg("--doc");
        }
        for config in &request.configs {
            command.arg("--config").arg(config);
        }
        if let Some(folder) = &place.target_dir {
            command.arg("--target-dir").arg(folder.join("doctests"));
        }
        command.args(request.rest_without_target_dir());
        Some(FollowUp { command, crates })
    }
}
