//! Documentation tests, which rustdoc compiles by itself with rustc, from libraries that have code.
//!
//! So `cargo bessemer test` runs all other tests first, where this program stands in rustdoc's place and only notes that
//! there are documentation tests; and then has plain cargo run those, in a target directory of their own.

use super::args::Request;
use super::config::Config;
use super::place::Place;
use crate::settings;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

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
        return match std::fs::write(marker, "") {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => super::fail(&format!("cannot write `{}`: {error}", marker.display())),
        };
    }
    let rustdoc = marker.parent().and_then(|folder| settings::configured_instead(folder, "RUSTDOC"));
    let rustdoc = rustdoc.unwrap_or_else(|| "rustdoc".into());
    let error = Command::new(&rustdoc).args(args).exec();
    super::fail(&format!("cannot run `{}`: {error}", Path::new(&rustdoc).display()))
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

    fn marker(&self) -> PathBuf {
        self.folder.path().join("doctests")
    }

    /// Puts this program in rustdoc's place.
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
    pub fn follow_up(self, cargo: &Path, request: &Request, place: &Place, success: bool) -> Option<Command> {
        let goes_on = success || request.rest.iter().any(|arg| arg == "--no-fail-fast");
        if !goes_on || !self.marker().exists() {
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
        Some(command)
    }
}
