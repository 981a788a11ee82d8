//! Reading files of metadata.

use crate::error::OpenError;
use memmap2::Mmap;
use std::collections::BTreeMap;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{SystemTime, UNIX_EPOCH};
use ty::Tcx;

/// The bytes of a file, for as long as the context lives.
///
/// Files of the toolchain are mapped: they are large (`core` alone has 60 MB, of which a program needs a few), and nobody
/// changes them in place. All others are read. Whoever cuts off a mapped file ends the process that looks at it by a signal, and
/// files of a build may be cut off: by `cp new.rlib old.rlib` while a build runs, for example. rustc and cargo replace files by
/// renaming, but not everybody is rustc.
pub(crate) fn file_bytes<'tcx>(
    tcx: Tcx<'tcx>,
    path: &Path,
    toolchain: &Path,
) -> std::result::Result<&'tcx [u8], OpenError> {
    if path.parent() != Some(toolchain) {
        return Ok(&tcx.arena().keep(read_shared(path)?)[..]);
    }
    let (file, _) = open_file(path)?;
    // SAFETY: the mapping is private to this process and never written, and nobody changes a toolchain's files in place:
    // rustup and package managers replace them.
    let mapped = unsafe { Mmap::map(&file) }.map_err(|error| io_error(path, &error))?;
    Ok(&tcx.arena().keep(mapped)[..])
}

fn io_error(path: &Path, error: &std::io::Error) -> OpenError {
    OpenError::Io { path: path.to_owned(), message: error.to_string() }
}

/// Opens a file that is not empty.
fn open_file(path: &Path) -> std::result::Result<(std::fs::File, std::fs::Metadata), OpenError> {
    let file = std::fs::File::open(path).map_err(|error| io_error(path, &error))?;
    let metadata = file.metadata().map_err(|error| io_error(path, &error))?;
    if metadata.len() == 0 {
        let message = "the file is empty (rustc writes no metadata for programs and tests)".to_owned();
        return Err(OpenError::NotMetadata { path: path.to_owned(), message });
    }
    Ok((file, metadata))
}

/// Reads a file.
pub(crate) fn read_file(path: &Path) -> std::result::Result<Vec<u8>, OpenError> {
    let (mut file, before) = open_file(path)?;
    read_unchanged(&mut file, &before).map_err(|error| io_error(path, &error))
}

/// What tells contents of files apart: device and number, length, time of change.
type Identity = (u64, u64, u64, i64, i64);

/// The files that were read, for as long as somebody has their content: macros are found in metadata that is opened apart from
/// the program's, and the files are large.
static READ: Mutex<BTreeMap<Identity, Weak<Vec<u8>>>> = Mutex::new(BTreeMap::new());

/// Reads a file, or gives what was read of it.
fn read_shared(path: &Path) -> std::result::Result<Arc<Vec<u8>>, OpenError> {
    let (mut file, before) = open_file(path)?;
    let identity = (before.dev(), before.ino(), before.len(), before.ctime(), before.ctime_nsec());
    let known = || READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bytes) = known().get(&identity).and_then(Weak::upgrade) {
        return Ok(bytes);
    }
    let bytes = Arc::new(read_unchanged(&mut file, &before).map_err(|error| io_error(path, &error))?);
    // Times of change are not as fine as changes: a file that was changed just now may be changed again in the same instant.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64);
    if now > before.ctime() + 1 {
        let mut known = known();
        known.retain(|_, bytes| bytes.strong_count() > 0);
        known.insert(identity, Arc::downgrade(&bytes));
    }
    Ok(bytes)
}

/// Reads a file that must not change meanwhile: half of one file and half of another are neither.
fn read_unchanged(file: &mut std::fs::File, before: &std::fs::Metadata) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(before.len()).unwrap_or(0));
    file.read_to_end(&mut bytes)?;
    let after = file.metadata()?;
    let is_same = bytes.len() as u64 == before.len() && after.len() == before.len();
    match is_same && after.modified().ok() == before.modified().ok() {
        true => Ok(bytes),
        false => Err(std::io::Error::other("the file was changed while it was read")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    #[test]
    fn a_file_that_changes_while_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("libother.rmeta");
        std::fs::write(&path, [7; 1000]).unwrap();
        let mut file = File::open(&path).unwrap();
        let before = file.metadata().unwrap();
        for len in [10, 2000] {
            File::options().write(true).open(&path).unwrap().set_len(len).unwrap();
            let error = read_unchanged(&mut file, &before).unwrap_err();
            assert_eq!(error.to_string(), "the file was changed while it was read");
        }
    }

    #[test]
    fn files_are_read_once() {
        let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let first = read_shared(&old).unwrap();
        assert!(Arc::ptr_eq(&first, &read_shared(&old).unwrap()));
        assert_eq!(*first, std::fs::read(&old).unwrap());
    }

    #[test]
    fn files_that_were_changed_just_now_are_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("libnew.rmeta");
        std::fs::write(&path, [1; 8]).unwrap();
        let first = read_shared(&path).unwrap();
        std::fs::write(&path, [2; 8]).unwrap();
        let second = read_shared(&path).unwrap();
        assert_eq!((&first[..], &second[..]), (&[1; 8][..], &[2; 8][..]));
    }
}
