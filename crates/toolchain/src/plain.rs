//! rustc as its user runs it: for what is compared with us.

use crate::{CheckError, DepInfo, Toolchain};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

impl Toolchain {
    /// The compiler with nothing of ours.
    pub fn plain_command(&self) -> Command {
        Command::new(&self.rustc)
    }

    /// The files that rustc reads for a crate with these arguments. `folder` is for what comes between.
    ///
    /// # Errors
    /// rustc's words, where the crate is wrong.
    pub fn files_read(&self, args: &[OsString], folder: &Path) -> Result<Vec<PathBuf>, CheckError> {
        let file = folder.join("files.d");
        let mut emit = OsString::from("--emit=dep-info=");
        emit.push(&file);
        let mut command = self.plain_command();
        command.args(args).arg(emit);
        let spawned = command.output();
        let output = spawned.map_err(|error| CheckError::Spawn { program: self.rustc.clone(), error })?;
        if !output.status.success() {
            return Err(CheckError::Diagnostics(output.stderr));
        }
        let text = std::fs::read_to_string(&file).map_err(|error| CheckError::Io { path: file, error })?;
        Ok(DepInfo::parse(&text).files)
    }
}
