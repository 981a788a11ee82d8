//! What the caches hold, and emptying them.

pub(crate) mod code;
mod cpu;
pub(crate) mod image;
pub(crate) mod inputs;
mod key;
mod names;
pub(crate) mod run;

use crate::error::DriverError;
use cache::private::{self, Refused};
use cache::scratch::{self, FILE_PREFIX, FOLDER_PREFIX, LEFT_OVER_AGE};
use serde::Serialize;
use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// How much a cache holds, and may hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CacheStats {
    /// `code` (functions and modules, of every program), `images` (dependencies' code, ready to link), `run` (programs that
    /// were run) or `other` (what is known of toolchains, what finds tests, left-overs).
    pub name: &'static str,
    /// Where they are. The folder need not exist.
    pub folder: PathBuf,
    /// What can be found by a key: functions and modules, images, programs, files.
    pub entries: u64,
    /// Files that hold the entries.
    pub files: u64,
    /// Of the files, as long as they are; not the space that they take.
    pub size_bytes: u64,
    /// The limits; a cache has one or the other.
    pub limit_bytes: Option<u64>,
    /// How many entries are kept, the oldest going first.
    pub limit_entries: Option<u64>,
}

/// A size for people.
pub fn display_size(bytes: u64) -> String {
    cache::size::display(bytes)
}

/// The caches in the user's cache folder.
pub fn stats(cache: &Path) -> Vec<CacheStats> {
    let code = code::store(cache).stats();
    let (entries, files, size_bytes) = run::stats(cache);
    let (images, image_files, image_bytes) = image::stats(cache);
    vec![
        CacheStats {
            name: "code",
            folder: code::folder(cache),
            entries: code.entries,
            files: code.packs,
            size_bytes: code.size_bytes,
            limit_bytes: Some(code.limit_bytes),
            limit_entries: None,
        },
        CacheStats {
            name: "images",
            folder: image::images(cache),
            entries: images,
            files: image_files,
            size_bytes: image_bytes,
            limit_bytes: None,
            limit_entries: Some(image::MAX_IMAGES as u64),
        },
        CacheStats {
            name: "run",
            folder: run::folder(cache),
            entries,
            files,
            size_bytes,
            limit_bytes: None,
            limit_entries: Some(run::MAX_ENTRIES as u64),
        },
        other(cache),
    ]
}

fn other(cache: &Path) -> CacheStats {
    let others: Vec<PathBuf> = own(cache).into_iter().filter(|it| it.kind == Kind::Other).map(|it| it.path).collect();
    let (mut files, mut size_bytes) = (0, 0);
    for path in &others {
        let (count, size) = size_of(path);
        files += count;
        size_bytes += size;
    }
    let entries = others.len() as u64;
    let folder = cache.to_owned();
    CacheStats { name: "other", folder, entries, files, size_bytes, limit_bytes: None, limit_entries: None }
}

/// How many files there are in a folder, and their size; or of a file itself.
fn size_of(path: &Path) -> (u64, u64) {
    let Ok(metadata) = std::fs::symlink_metadata(path) else { return (0, 0) };
    if !metadata.is_dir() {
        return (1, metadata.len());
    }
    let inner = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| size_of(&entry.path()));
    inner.fold((0, 0), |(files, bytes), it| (files + it.0, bytes + it.1))
}

/// Whose something in a cache folder is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// The folder of one of the caches, as it is now.
    Cache,
    /// Anything else of Bessemer's.
    Other,
}

struct Own {
    path: PathBuf,
    kind: Kind,
}

/// What of a cache folder is Bessemer's, of this or another version: a user may have named a folder that holds other things.
fn own(cache: &Path) -> Vec<Own> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(cache).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let starts =
            [toolchain::FILE_PREFIX, "test-support-", "shims-", "prepared-", FILE_PREFIX, FOLDER_PREFIX, ".tmp"];
        // What is found by the hash of what it was made from.
        let is_keyed = name.rsplit_once('-').is_some_and(|(_, key)| {
            key.len() == 32 && key.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
        });
        let is_numbered = |name: &str, kind: &str| {
            name.strip_prefix(kind).is_some_and(|rest| rest.chars().all(|digit| digit.is_ascii_digit()))
        };
        let kind = if [code::folder(cache), image::images(cache), run::folder(cache)].contains(&path) {
            Kind::Cache
        } else if is_keyed
            || starts.iter().any(|start| name.starts_with(start))
            || ["code", "images", "run"].iter().any(|kind| is_numbered(&name, kind))
            || name == SWEPT
        {
            Kind::Other
        } else {
            continue;
        };
        found.push(Own { path, kind });
    }
    found
}

/// How long [`clean`] waits for those who use what cannot be taken from under them.
const PATIENCE: Duration = Duration::from_secs(10);

/// Removes all there is, left-overs and what other versions have written too. Builds that run meanwhile are not harmed: what
/// they write later is there afterwards.
pub fn clean(cache: &Path) -> Result<(), DriverError> {
    let fault = |path: PathBuf| move |error| DriverError::Output { path, error };
    // The store's lock stays: others may hold it.
    code::store(cache).clear().map_err(fault(code::folder(cache)))?;
    let began = Instant::now();
    for Own { path, .. } in own(cache) {
        if path != code::folder(cache) {
            remove(&path, began).map_err(fault(path))?;
        }
    }
    scratch::sweep(&std::env::temp_dir(), Duration::from_secs(60));
    Ok(())
}

/// Removes a file or a folder that other processes may use.
fn remove(path: &Path, began: Instant) -> io::Result<()> {
    let absent_is_fine = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    };
    match std::fs::symlink_metadata(path) {
        Err(error) => return absent_is_fine(Err(error)),
        Ok(metadata) if !metadata.is_dir() => return absent_is_fine(std::fs::remove_file(path)),
        Ok(_) => {}
    }
    // Who uses a folder of files that must stay together has a lock on it.
    let Ok(folder) = File::open(path) else { return scratch::remove_folder(path) };
    while matches!(folder.try_lock(), Err(TryLockError::WouldBlock)) {
        if began.elapsed() > PATIENCE {
            // It goes the next time, or with its user.
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    scratch::remove_folder(path)
}

/// The file whose time says when left-overs were looked for the last time.
const SWEPT: &str = "swept";

/// Removes what killed processes have left, if that has not been done for some time.
pub(crate) fn sweep(cache: Option<&Path>) {
    let Some(cache) = cache.and_then(|cache| private::open(cache).ok()) else { return };
    let file = cache.join(SWEPT);
    let age = std::fs::metadata(&file).and_then(|it| it.modified()).ok().and_then(|time| time.elapsed().ok());
    if age.is_some_and(|age| age < LEFT_OVER_AGE) {
        return;
    }
    // First, so that a folder that cannot be written is not searched again and again.
    let noted = File::options().create(true).truncate(false).write(true).mode(0o600).open(&file);
    if noted.and_then(|file| file.set_modified(SystemTime::now())).is_err() {
        return;
    }
    for folder in [std::env::temp_dir(), run::folder(&cache), image::images(&cache), cache] {
        scratch::sweep(&folder, LEFT_OVER_AGE);
    }
}

/// Why a cache folder is not used though it is there: it is not the user's alone. What it holds would become part of
/// programs, so nothing is read from it or written to it.
pub fn refusal(cache: &Path) -> Option<String> {
    let refused = private::existing(cache).err().filter(Refused::is_unsafe)?;
    Some(format!(
        "the cache folder is not used: {refused}\n  help: name a folder of your own with BESSEMER_CACHE_DIR (or none: an empty \
         name), or make it yours alone (chmod 700)"
    ))
}
