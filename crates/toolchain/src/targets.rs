//! Choosing what code is made for. All that is known of a target comes from rustc, which is asked once.

use crate::find::FILE_PREFIX;
use crate::{Toolchain, ToolchainError};
use cache::KeyBuilder;
use cache::stamp::file_state;
use cache::{private, sealed};
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use target::{DescriptionError, PanicStrategy, Target};

const MAGIC: &[u8; 8] = b"bestarg2";

/// Why a target cannot be compiled for.
#[derive(Debug)]
pub enum TargetError {
    /// rustc does not know it.
    Unknown { target: String, stderr: String },
    /// rustc's description of it is not understood.
    Description { target: String, error: DescriptionError },
    /// There is no std for it.
    Std(crate::StdError),
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TargetError::Unknown { target, stderr } => {
                let reason = stderr.lines().find_map(|line| line.strip_prefix("error: ")).unwrap_or(stderr.trim_end());
                write!(f, "rustc cannot compile for `{target}`: {reason}")?;
                f.write_str("\n  help: `rustc --print target-list` lists the targets; the path of a JSON file with the description of one will do as well")
            }
            TargetError::Description { target, error } => {
                write!(f, "rustc's description of the target `{target}` is not understood: {error}")
            }
            TargetError::Std(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TargetError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            TargetError::Unknown { .. } => None,
            TargetError::Description { error, .. } => Some(error),
            TargetError::Std(error) => Some(error),
        }
    }
}

impl From<TargetError> for ToolchainError {
    fn from(error: TargetError) -> ToolchainError {
        ToolchainError::Target(error)
    }
}

impl Toolchain {
    /// This toolchain for a target: a triple, or the path of a JSON file that describes one. With a cache folder, what rustc
    /// said of it is remembered until rustc or the file changes.
    ///
    /// # Errors
    /// rustc knows no such target.
    pub fn for_target(mut self, target: &str, cache: Option<&Path>) -> Result<Toolchain, ToolchainError> {
        let argument = absolute(target);
        if argument == self.target.argument {
            return Ok(self);
        }
        let name = format!("{FILE_PREFIX}target-{}", self.target_key(&argument));
        let file = cache.and_then(|folder| private::open(folder).ok()).map(|folder| folder.join(&name));
        let known = file.as_deref().and_then(|file| {
            let bytes = std::fs::read(file).ok()?;
            serde_json::from_slice(sealed::open(MAGIC, name.as_bytes(), &bytes)?).ok()
        });
        self.target = match known {
            Some(target) => target,
            None => {
                let target = self.describe(&argument)?;
                if let (Some(file), Ok(content)) = (&file, serde_json::to_vec(&target)) {
                    // Only a convenience: a cache that cannot be written is not an error.
                    let _ = private::write(file, &[&sealed::head(MAGIC, name.as_bytes(), &[&content]), &content]);
                }
                target
            }
        };
        Ok(self)
    }

    /// What rustc's description of a target follows from.
    pub(crate) fn target_key(&self, argument: &str) -> String {
        // The number is another where `target::Spec` has other fields.
        let mut key = KeyBuilder::new("target 2");
        key.add(env!("CARGO_PKG_VERSION")).add(&self.version).add_path(&self.rustc).add(file_state(&self.rustc));
        key.add(argument);
        if target::is_file(argument) {
            // A file is short, and its state would be another after each checkout.
            key.add(std::fs::read(argument).unwrap_or_default());
        }
        // rustc looks for files that describe targets by their names there.
        key.add_variable("RUST_TARGET_PATH");
        key.name(32)
    }

    /// Asks rustc what a target is.
    pub(crate) fn describe(&self, argument: &str) -> Result<Target, ToolchainError> {
        let mut command = Command::new(&self.rustc);
        // The description is an unstable kind of output.
        command.env("RUSTC_BOOTSTRAP", "1").args(["-Zunstable-options", "--print=target-spec-json", "--print=cfg"]);
        let output = command.args(["--target", argument]).output();
        let output = output.map_err(|error| ToolchainError::NotFound { program: self.rustc.clone(), error })?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(TargetError::Unknown { target: argument.to_owned(), stderr }.into());
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let target = Target::parse(argument, &text);
        Ok(target.map_err(|error| TargetError::Description { target: argument.to_owned(), error })?)
    }

    /// Whether programs run on the machine that compiles them.
    pub fn is_for_host(&self) -> bool {
        self.target.name == self.host
    }

    /// What tells rustc the target and its std; nothing where these are rustc's own.
    pub(crate) fn target_args(&self) -> Vec<OsString> {
        let mut args: Vec<OsString> = Vec::new();
        if !self.is_for_host() {
            args.extend(["--target".into(), OsString::from(&self.target.argument)]);
            if self.target.is_file() {
                // Such targets are for those who may use what is unstable.
                args.push("-Zunstable-options".into());
            }
        }
        args.extend(self.sysroot_args());
        args
    }

    /// Whether rustc takes programs for an unstable way of panicking, which the user has asked for.
    pub(crate) fn is_immediate(&self) -> bool {
        self.std.settings().is_some_and(|settings| settings.strategy == PanicStrategy::ImmediateAbort)
    }

    /// What tells rustc the std, with what permits this std's way of panicking, and nothing else that is unstable; nothing where
    /// std is rustc's own.
    pub(crate) fn sysroot_args(&self) -> Vec<OsString> {
        let Some(sysroot) = self.std.sysroot() else { return Vec::new() };
        let mut args: Vec<OsString> = vec!["--sysroot".into(), sysroot.into()];
        if self.is_immediate() {
            args.push("-Zunstable-options".into());
            if std::env::var_os("RUSTC_BOOTSTRAP").is_none() {
                args.push("-Zallow-features=".into());
            }
        }
        args
    }
}

/// The path of a file that describes a target, independent of the folder; other arguments as they are.
fn absolute(target: &str) -> String {
    if !target::is_file(target) {
        return target.to_owned();
    }
    let path: PathBuf = std::fs::canonicalize(target).unwrap_or_else(|_| PathBuf::from(target));
    path.to_str().map_or_else(|| target.to_owned(), str::to_owned)
}
