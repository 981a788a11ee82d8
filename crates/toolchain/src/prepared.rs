//! Small crates of ours that the toolchain's rustc compiles once, and that are kept in the cache.

use crate::{CheckError, Toolchain};
use cache::KeyBuilder;
use cache::stamp::file_state;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The file with the checksum of the others: one that is damaged must not fail everybody's builds for ever.
const CHECKSUM: &str = "checksum";

/// Finds a folder of the cache with these files in it, or has it made. Any number of processes may do so at once.
pub(crate) fn in_cache(
    cache: &Path,
    name: &str,
    files: &[&str],
    make: impl FnOnce(&Path) -> Result<(), CheckError>,
) -> Result<PathBuf, CheckError> {
    let folder = cache.join(name);
    if is_complete(&folder, files) {
        return Ok(folder);
    }
    std::fs::create_dir_all(cache).map_err(|error| io_error(cache, error))?;
    let temporary = tempfile::Builder::new().prefix("prepared-").tempdir_in(cache);
    let temporary = temporary.map_err(|error| io_error(cache, error))?;
    make(temporary.path())?;
    let sum = checksum(temporary.path(), files).map_err(|error| io_error(temporary.path(), error))?;
    let file = temporary.path().join(CHECKSUM);
    std::fs::write(&file, sum).map_err(|error| io_error(&file, error))?;
    for_the_user_only(temporary.path()).map_err(|error| io_error(temporary.path(), error))?;
    put_in_place(temporary, &folder, files)?;
    Ok(folder)
}

/// Takes others' permissions for a folder's files away: compilers give them what the user gives to all files.
fn for_the_user_only(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let mode = std::fs::metadata(&path)?.permissions().mode() & 0o700;
        std::fs::set_permissions(&path, Permissions::from_mode(mode))?;
    }
    Ok(())
}

/// The name of a folder of what this toolchain compiles from these sources (names and texts).
pub(crate) fn name(toolchain: &Toolchain, kind: &str, sources: &[(&str, &str)]) -> String {
    let mut key = KeyBuilder::new(kind);
    key.add(&toolchain.version).add(&toolchain.host).add_path(&toolchain.sysroot).add(file_state(&toolchain.rustc));
    for (name, text) in sources {
        key.add(name).add(text);
    }
    format!("{kind}-{}", key.name(32))
}

fn is_complete(folder: &Path, files: &[&str]) -> bool {
    match (checksum(folder, files), std::fs::read_to_string(folder.join(CHECKSUM))) {
        (Ok(found), Ok(expected)) => found == expected,
        _ => false,
    }
}

fn checksum(folder: &Path, files: &[&str]) -> std::io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    for name in files {
        hasher.update(&std::fs::read(folder.join(name))?);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// Gives a finished folder its name, unless another process was faster.
fn put_in_place(temporary: tempfile::TempDir, folder: &Path, files: &[&str]) -> Result<(), CheckError> {
    let mut last = None;
    for _ in 0..3 {
        match std::fs::rename(temporary.path(), folder) {
            Ok(()) => {
                // It is no longer where it would be removed from.
                let _ = temporary.keep();
                return Ok(());
            }
            Err(_) if is_complete(folder, files) => return Ok(()),
            Err(error) => {
                // Someone has removed files of it, but not all.
                let _ = std::fs::remove_dir_all(folder);
                last = Some(error);
            }
        }
    }
    Err(io_error(folder, last.expect("there was an error each time")))
}

pub(crate) fn io_error(path: &Path, error: std::io::Error) -> CheckError {
    CheckError::Io { path: path.to_owned(), error }
}
