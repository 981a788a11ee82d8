//! Files and folders of the driver's own.

use crate::error::DriverError;
use cache::scratch::Scratch;
use std::io::Write;
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

/// Writes a file completely or not at all.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), DriverError> {
    let io = |error| DriverError::Output { path: path.to_owned(), error };
    let mut builder = tempfile::Builder::new();
    // A temporary file is for its owner only; an output is as any other file of the user: the system applies the mask.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut temporary = builder.tempfile_in(folder_of(path)).map_err(io)?;
    temporary.write_all(bytes).map_err(io)?;
    temporary.persist(path).map_err(|error| io(error.error))?;
    Ok(())
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
