//! Documentation tests, which rustdoc compiles by itself with rustc, from libraries that have code.
//!
//! So `cargo bessemer test` runs all other tests first, where this program stands in rustdoc's place and only notes that
//! there are documentation tests; and then has plain cargo run those, in a target directory of their own.

use crate::args::Request;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Says where it is to be noted that documentation tests were asked for.
const VARIABLE: &str = "BESSEMER_DOCTESTS";

/// The file for that, where this program is run in rustdoc's place.
pub fn marker() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).map(PathBuf::from)
}

/// Does what rustdoc would, except for running tests.
pub fn stand_in(marker: &Path, args: &[String]) -> ExitCode {
    if args.iter().any(|arg| arg == "--test") {
        return match std::fs::write(marker, "") {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => crate::fail(&format!("cannot write `{}`: {error}", marker.display())),
        };
    }
    let error = Command::new("rustdoc").args(args).exec();
    crate::fail(&format!("cannot run `rustdoc`: {error}"))
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
    pub fn configure(&self, command: &mut Command) {
        command.arg("--config").arg(format!("build.rustdoc={}", crate::toml_string(&self.own.to_string_lossy())));
        command.env(VARIABLE, self.marker());
    }

    /// The command that runs the documentation tests, if there are any and they are to be run.
    pub fn follow_up(self, cargo: &Path, request: &Request, success: bool) -> Option<Command> {
        let goes_on = success || request.rest.iter().any(|arg| arg == "--no-fail-fast");
        if !goes_on || !self.marker().exists() {
            return None;
        }
        let mut command = Command::new(cargo);
        command.arg("test");
        if !request.rest.iter().any(|arg| arg == "--doc") {
            command.arg("--doc");
        }
        let folder = match &request.target_dir {
            Some(folder) => Some(PathBuf::from(folder)),
            None => crate::place::target_dir(cargo, request).ok().flatten(),
        };
        if let Some(folder) = folder {
            command.arg("--target-dir").arg(folder.join("doctests"));
        }
        command.args(request.rest_without_target_dir());
        Some(command)
    }
}
