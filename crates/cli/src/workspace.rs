//! What cargo says of a package and of the workspace that it is in.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};

/// Asks for the metadata, of the package in the current folder where no manifest is named. `args` are more for cargo, whose
/// messages go to the user.
///
/// # Errors
/// cargo cannot be run, or does not know.
pub fn metadata(cargo: &Path, manifest: Option<&Path>, args: &[&str]) -> Result<Value, String> {
    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version=1"]).args(args).stderr(Stdio::inherit());
    if let Some(manifest) = manifest {
        command.arg("--manifest-path").arg(manifest);
    }
    let output = command.output().map_err(|error| format!("cannot run `{}`: {error}", cargo.display()))?;
    if !output.status.success() {
        return Err("cargo does not know the package".to_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

/// Has cargo give rustc another option, besides those that it gives anyway.
pub fn add_rustflag(command: &mut Command, flag: &str) {
    for (name, separator) in [("CARGO_ENCODED_RUSTFLAGS", "\x1f"), ("RUSTFLAGS", " ")] {
        if let Some(mut flags) = std::env::var_os(name).filter(|flags| !flags.is_empty()) {
            flags.push(format!("{separator}{flag}"));
            command.env(name, flags);
            return;
        }
    }
    // Where the configuration has options for a target, cargo does not look here.
    command.arg("--config").arg(format!("build.rustflags=[\"{flag}\"]"));
}
