//! Programs remembered from their last run.
//!
//! An entry is found by what was asked for (source path or text, flags, toolchain, this build of Bessemer), and holds good
//! while every file and environment variable that its compilation read is as it was. Entries carry a checksum: a damaged one
//! is as good as none.

use crate::options::Options;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use toolchain::{DepInfo, Source, Toolchain};

/// How many programs are remembered.
pub(crate) const MAX_ENTRIES: usize = 200;

const MAGIC: &[u8; 8] = b"bessrun2";

/// A compiled program, and what it depends on.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Entry {
    /// Files read, with the hash of their content.
    pub inputs: Vec<(PathBuf, [u8; 32])>,
    pub env: Vec<(String, Option<String>)>,
    pub diagnostics: Vec<u8>,
    /// The program is an executable beside the entry, with a content of this hash, and not objects in it.
    pub executable: Option<[u8; 32]>,
    pub objects: Vec<(String, Vec<u8>)>,
    pub fallbacks: Vec<crate::report::Fallback>,
}

/// The name of what was asked for.
pub fn key(options: &Options, toolchain: &Toolchain) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(env!("CARGO_PKG_VERSION").as_bytes());
    add(&own_stamp());
    add(toolchain.version.as_bytes());
    add(toolchain.sysroot.as_os_str().as_encoded_bytes());
    match &options.source {
        Source::File(file) => {
            add(b"file");
            let absolute = std::path::absolute(file).unwrap_or_else(|_| file.clone());
            add(absolute.as_os_str().as_encoded_bytes());
            // Paths in panic messages are as they were given.
            add(file.as_os_str().as_encoded_bytes());
        }
        Source::Text(text) => {
            add(b"text");
            add(text);
        }
    }
    // Libraries that are found by searching are no inputs by name.
    for path in &options.search_paths {
        let folder = Path::new(path.split_once('=').map_or(path.as_str(), |(_, folder)| folder));
        let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| entry.ok());
        let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
        files.sort();
        for file in files {
            add(file.as_os_str().as_encoded_bytes());
            add(&file_state(&file));
        }
    }
    if let Ok(folder) = std::env::current_dir() {
        add(folder.as_os_str().as_encoded_bytes());
    }
    add(options.crate_name().as_bytes());
    add(&options.backend.key());
    let flags = (options.opt, options.debug, options.json, options.color, options.test);
    add(format!("{flags:?}").as_bytes());
    for arg in options.rustc_args() {
        add(arg.as_encoded_bytes());
    }
    for arg in &options.link_args {
        add(arg.as_bytes());
    }
    hasher.finalize().to_hex()[..40].to_owned()
}

/// Tells one build of Bessemer from another: where its file is, and all that the system knows of when it was written. Unlike the
/// time of modification, the time of change cannot be set. Empty if there is no such file.
pub fn own_stamp() -> Vec<u8> {
    std::env::current_exe().map_or_else(|_| Vec::new(), |file| file_state(&file))
}

/// What the system says of a file, which is something else after every change of its content; empty where there is none. A
/// file's time of change (`ctime`) is the system's own and cannot be set.
pub fn file_state(file: &Path) -> Vec<u8> {
    use std::os::unix::fs::MetadataExt;
    let Ok(metadata) = std::fs::metadata(file) else { return Vec::new() };
    let numbers = [
        metadata.dev() as i64,
        metadata.ino() as i64,
        metadata.size() as i64,
        metadata.mtime(),
        metadata.mtime_nsec(),
        metadata.ctime(),
        metadata.ctime_nsec(),
    ];
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// The files that a compilation read, with their hashes as they are now. `None` if one has changed since the compilation
/// began, as nobody knows which of its contents was compiled.
pub fn inputs(options: &Options, dep_info: &DepInfo, began: SystemTime) -> Option<Vec<(PathBuf, [u8; 32])>> {
    let externs = options.externs.iter().filter_map(|it| it.split_once('=')).map(|(_, path)| PathBuf::from(path));
    let files = dep_info.files.iter().filter(|file| file.as_os_str() != "<anon>").cloned();
    let mut inputs = Vec::new();
    for file in files.chain(externs) {
        let hash = hash_file(&file)?;
        if std::fs::metadata(&file).and_then(|it| it.modified()).ok()? > began {
            return None;
        }
        inputs.push((file, hash));
    }
    Some(inputs)
}

/// The hash of a file's content; `None` for a file that cannot be read.
pub fn hash_file(file: &Path) -> Option<[u8; 32]> {
    Some(*blake3::hash(&std::fs::read(file).ok()?).as_bytes())
}

/// The folder of the entries.
pub(crate) fn folder(cache: &Path) -> PathBuf {
    cache.join("run")
}

/// The executable that belongs to an entry.
pub fn executable_path(cache: &Path, key: &str) -> PathBuf {
    folder(cache).join(format!("{key}.exe"))
}

/// Makes the folder of the entries.
pub fn prepare(cache: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder(cache))
}

/// The entry of a key, if it still holds good.
pub fn find(cache: &Path, key: &str) -> Option<Entry> {
    let bytes = std::fs::read(folder(cache).join(key)).ok()?;
    let entry = decode(&bytes)?;
    let env_same = entry.env.iter().all(|(name, value)| std::env::var(name).ok() == *value);
    let files_same = entry.inputs.iter().all(|(file, hash)| hash_file(file) == Some(*hash));
    let executable_same = entry.executable.is_none() || hash_file(&executable_path(cache, key)) == entry.executable;
    (env_same && files_same && executable_same).then_some(entry)
}

fn decode(bytes: &[u8]) -> Option<Entry> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (checksum, payload) = rest.split_at_checked(32)?;
    (blake3::hash(payload).as_bytes() == checksum).then(|| postcard::from_bytes(payload).ok())?
}

/// Remembers an entry: complete, or not at all.
pub fn store(cache: &Path, key: &str, entry: &Entry) -> std::io::Result<()> {
    prepare(cache)?;
    let payload = postcard::to_stdvec(entry).map_err(std::io::Error::other)?;
    let folder = folder(cache);
    let mut file = tempfile::NamedTempFile::new_in(&folder)?;
    file.write_all(MAGIC)?;
    file.write_all(blake3::hash(&payload).as_bytes())?;
    file.write_all(&payload)?;
    file.persist(folder.join(key))?;
    forget_oldest(&folder)
}

fn forget_oldest(folder: &Path) -> std::io::Result<()> {
    let mut entries: Vec<(SystemTime, PathBuf)> = std::fs::read_dir(folder)?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.metadata().ok()?.modified().ok()?, entry.path()))
        })
        .collect();
    if entries.len() > MAX_ENTRIES {
        entries.sort();
        for (_, path) in &entries[..entries.len() - MAX_ENTRIES] {
            // Another process may have done it.
            let _ = std::fs::remove_file(path);
        }
    }
    Ok(())
}

/// How many entries and files there are, and their size in bytes.
pub(crate) fn stats(cache: &Path) -> (u64, u64, u64) {
    let (mut entries, mut files, mut size_bytes) = (0, 0, 0);
    for entry in std::fs::read_dir(folder(cache)).into_iter().flatten().flatten() {
        // Executables lie beside their entries.
        entries += u64::from(entry.path().extension().is_none());
        files += 1;
        size_bytes += entry.metadata().map_or(0, |metadata| metadata.len());
    }
    (entries, files, size_bytes)
}

/// Forgets all programs.
pub(crate) fn clear(cache: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder(cache)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, decode, find, store};

    #[test]
    fn entries_come_back_and_damaged_ones_do_not() {
        let cache = tempfile::tempdir().unwrap();
        let input = cache.path().join("a.rs");
        std::fs::write(&input, "fn main() {}").unwrap();
        let entry = Entry {
            inputs: vec![(input.clone(), super::hash_file(&input).unwrap())],
            objects: vec![("a".to_owned(), vec![1, 2, 3])],
            ..Entry::default()
        };
        store(cache.path(), "key", &entry).unwrap();
        assert_eq!(find(cache.path(), "key"), Some(entry));
        let file = cache.path().join("run").join("key");
        let bytes = std::fs::read(&file).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x40;
            assert_eq!(decode(&damaged), None, "byte {at}");
            assert_eq!(decode(&bytes[..at]), None, "cut at {at}");
        }
        std::fs::write(&input, "fn main() { }").unwrap();
        assert_eq!(find(cache.path(), "key"), None);
    }
}
