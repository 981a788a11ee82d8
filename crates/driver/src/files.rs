//! Files and folders of the driver's own.

use crate::error::DriverError;
use cache::scratch::Scratch;
use std::path::{Path, PathBuf};
use toolchain::CheckError;

/// A folder for what comes between: see [`toolchain::temporary_folder`].
pub(crate) fn temporary_folder() -> Result<Scratch, DriverError> {
    toolchain::temporary_folder().map_err(|error| match error {
        CheckError::Io { path, error } => DriverError::Io { path, error },
        other => other.into(),
    })
}

/// The folder that a file is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Writes a file completely or not at all, or into what is there and cannot be replaced ([`link::output`]).
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), DriverError> {
    link::output::write(path, bytes).map_err(|error| DriverError::Output { path: path.to_owned(), error })
}

/// A file of a folder whose name begins and ends so, if there is one. An unreadable folder has none.
pub(crate) fn find(folder: &Path, prefix: &str, suffix: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found = entries.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with(prefix) && name.ends_with(suffix)
    });
    found.next()
}
