//! Programs remembered from their last run.
//!
//! What was asked for (source path or text, options, toolchain, this build of Bessemer) makes a *question*. The environment
//! variables that its compilation read are noted beside it; their values and the question make the key of an *entry*, so that
//! each value has its own. An entry holds good while everything that its compilation read is as it was.
//!
//! Executables lie beside the entries, named by their content: whoever runs one runs what its entry means, whatever others do
//! at the same time. Everything that is read back has a checksum over key and content: what is damaged is as good as not there.

use crate::caches::inputs::{Holds, Input};
use crate::caches::key::{add_program_options, add_tools};
use crate::options::Options;
use cache::scratch::Scratch;
use cache::stamp::state_since_boot;
use cache::{KeyBuilder, private, sealed};
use serde::{Deserialize, Serialize};
use std::fs::{File, Metadata};
use std::io::{Read, Seek};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use toolchain::Toolchain;

/// How many programs are remembered.
pub(crate) const MAX_ENTRIES: usize = 200;

/// How large the executables among them may be together.
const MAX_EXECUTABLE_BYTES: u64 = 1 << 30;

const ENTRY_MAGIC: &[u8; 8] = b"bessrun3";
const NAMES_MAGIC: &[u8; 8] = b"bessenv1";
const EXECUTABLE: &str = "exe";
const NAMES: &str = "names";

/// A compiled program, and what it depends on.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub inputs: Vec<Input>,
    /// Environment variables that were read, with their values.
    pub env: Vec<(String, Option<String>)>,
    pub diagnostics: Vec<u8>,
    /// The program is an executable beside the entry, and not objects in it.
    pub executable: Option<Executable>,
    pub objects: Vec<(String, Vec<u8>)>,
    pub fallbacks: Vec<crate::report::Fallback>,
}

/// An executable by its content.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Executable {
    hash: [u8; 32],
    /// What the system said of its file when the content was known to be this.
    state: Vec<u8>,
}

/// An entry that holds good, and its executable.
#[derive(Debug)]
pub(crate) struct Found {
    pub entry: Entry,
    pub executable: Option<(PathBuf, File)>,
}

/// The programs of a cache folder, for one question.
#[derive(Debug)]
pub(crate) struct RunCache {
    folder: PathBuf,
    question: String,
}

/// The folder of the entries.
pub(crate) fn folder(cache: &Path) -> PathBuf {
    cache.join("run")
}

/// Variables, besides those of rustc's own name, that decide what rustc and the linker make of the same input.
const VARIABLES: [&str; 9] = [
    "RUST_TARGET_PATH",
    "CC",
    "COMPILER_PATH",
    "GCC_EXEC_PREFIX",
    "LIBRARY_PATH",
    "LD_LIBRARY_PATH",
    "LD_RUN_PATH",
    "LDEMULATION",
    "CCC_OVERRIDE_OPTIONS",
];

/// Whether panics show where they were, by names that std looks for in files.
pub(crate) fn shows_backtraces() -> bool {
    let wants = |name: &str| std::env::var_os(name).is_some_and(|value| value != "0");
    wants("RUST_BACKTRACE") || wants("RUST_LIB_BACKTRACE")
}

/// Whether code in memory is dumped for perf, with its names and lines.
pub(crate) fn wants_jit_dump() -> bool {
    is_on("BESSEMER_JITDUMP")
}

/// Whether a variable of the environment is a switch that is on.
pub(crate) fn is_on(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}

/// The name of what was asked for. `None` if some of what decides it is not known.
fn question(options: &Options, toolchain: &Toolchain) -> Option<String> {
    let mut key = KeyBuilder::new("run");
    add_tools(&mut key, toolchain)?;
    add_program_options(&mut key, options);
    key.add_path(std::env::current_dir().ok()?).add_value(&(shows_backtraces(), wants_jit_dump()));
    let mut names: Vec<_> = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
    names.retain(|name| name.starts_with("RUSTC_"));
    names.sort();
    key.add_list(&names);
    for name in names.iter().map(String::as_str).chain(VARIABLES) {
        key.add_variable(name);
    }
    let linker = options.linker.clone().or_else(|| Some(PathBuf::from(std::env::var_os("CC")?)));
    let linker = linker.unwrap_or_else(|| PathBuf::from("cc"));
    let linker = toolchain::find_program(&linker).unwrap_or(linker);
    key.add_path(&linker).add(cache::stamp::file_state(&linker));
    Some(key.name(40))
}

impl RunCache {
    /// The programs that are remembered for these options, if their cache folder is the user's alone.
    pub fn open(options: &Options, toolchain: &Toolchain) -> Option<RunCache> {
        let cache = private::open(options.cache.as_deref()?).ok()?;
        let folder = private::open(&folder(&cache)).ok()?;
        Some(RunCache { folder, question: question(options, toolchain)? })
    }

    /// Whether a file is in the cache folder.
    pub fn is_own(&self, file: &Path) -> bool {
        self.folder.parent().is_some_and(|cache| file.starts_with(cache))
    }

    fn names_file(&self) -> PathBuf {
        self.folder.join(format!("{}.{NAMES}", self.question))
    }

    /// The name of the entry for the environment as it is.
    fn entry_name<'a>(&self, variables: impl Iterator<Item = &'a str>) -> String {
        let mut variables: Vec<&str> = variables.collect();
        variables.sort_unstable();
        variables.dedup();
        let mut key = KeyBuilder::new("run entry");
        key.add(&self.question);
        for name in variables {
            key.add_variable(name);
        }
        key.name(40)
    }

    /// The program, if it would be the same now.
    pub fn find(&self) -> Option<Found> {
        let bytes = std::fs::read(self.names_file()).ok()?;
        let names: Vec<String> =
            postcard::from_bytes(sealed::open(NAMES_MAGIC, self.question.as_bytes(), &bytes)?).ok()?;
        let name = self.entry_name(names.iter().map(String::as_str));
        let bytes = std::fs::read(self.folder.join(&name)).ok()?;
        let mut entry: Entry = postcard::from_bytes(sealed::open(ENTRY_MAGIC, name.as_bytes(), &bytes)?).ok()?;
        let is_set_so = |(name, value): &(String, Option<String>)| {
            std::env::var_os(name).as_deref() == value.as_ref().map(AsRef::as_ref)
        };
        if !entry.env.iter().all(is_set_so) {
            return None;
        }
        let mut is_news = false;
        for input in &mut entry.inputs {
            match input.check() {
                Holds::Yes => {}
                Holds::News => is_news = true,
                Holds::No => return None,
            }
        }
        let executable = match &mut entry.executable {
            None => None,
            Some(executable) => {
                let path = self.executable_path(executable);
                let file = File::open(&path).ok()?;
                is_news |= executable.verify(&file)?;
                Some((path, file))
            }
        };
        if is_news {
            // Only so that files need not be read the next time.
            let _ = self.write_entry(&name, &entry);
        }
        Some(Found { entry, executable })
    }

    /// A folder on the way to [`RunCache::keep`].
    pub fn scratch(&self) -> std::io::Result<Scratch> {
        Scratch::new_in(&self.folder)
    }

    fn executable_path(&self, executable: &Executable) -> PathBuf {
        let name = blake3::Hash::from_bytes(executable.hash).to_hex();
        self.folder.join(format!("{name}.{EXECUTABLE}"))
    }

    /// Gives an executable in a [`RunCache::scratch`] its place: under the name of its content.
    pub fn keep(&self, linked: &Path) -> std::io::Result<(Executable, PathBuf, File)> {
        let mut file = File::open(linked)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o700))?;
        let hash = content_hash(&mut file)?;
        let mut executable = Executable { hash, state: Vec::new() };
        let path = self.executable_path(&executable);
        std::fs::rename(linked, &path)?;
        // Renaming is a change too.
        executable.state = state_since_boot(&file.metadata()?);
        Ok((executable, path, file))
    }

    /// Remembers an entry: complete, or not at all.
    pub fn store(&self, entry: &Entry) -> std::io::Result<()> {
        let mut names: Vec<&str> = entry.env.iter().map(|it| it.0.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        self.write_entry(&self.entry_name(names.iter().copied()), entry)?;
        let content = postcard::to_stdvec(&names).map_err(std::io::Error::other)?;
        let head = sealed::head(NAMES_MAGIC, self.question.as_bytes(), &[&content]);
        private::write(&self.names_file(), &[&head, &content])?;
        self.forget_oldest()
    }

    fn write_entry(&self, name: &str, entry: &Entry) -> std::io::Result<()> {
        let content = postcard::to_stdvec(entry).map_err(std::io::Error::other)?;
        let head = sealed::head(ENTRY_MAGIC, name.as_bytes(), &[&content]);
        private::write(&self.folder.join(name), &[&head, &content])
    }

    /// Of each kind of file, the newest stay.
    pub fn forget_oldest(&self) -> std::io::Result<()> {
        let mut files: Vec<(PathBuf, Metadata)> = std::fs::read_dir(&self.folder)?
            .filter_map(|entry| entry.ok())
            .filter_map(|entry| Some((entry.path(), entry.metadata().ok().filter(Metadata::is_file)?)))
            .collect();
        let time = |metadata: &Metadata| metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        files.sort_by_key(|(_, metadata)| std::cmp::Reverse(time(metadata)));
        for kind in [None, Some(EXECUTABLE), Some(NAMES)] {
            let mut total = 0;
            let of_kind = files.iter().filter(|(path, _)| path.extension().and_then(|it| it.to_str()) == kind);
            for (index, (path, metadata)) in of_kind.enumerate() {
                total += metadata.len();
                let is_too_much = index > 0 && kind == Some(EXECUTABLE) && total > MAX_EXECUTABLE_BYTES;
                if index >= MAX_ENTRIES || is_too_much {
                    // Another process may have done it.
                    let _ = std::fs::remove_file(path);
                }
            }
        }
        Ok(())
    }
}

impl Executable {
    /// Whether a file is this executable (else nothing), and whether that took reading it.
    fn verify(&mut self, file: &File) -> Option<bool> {
        let metadata = file.metadata().ok()?;
        if !metadata.is_file() || metadata.uid() != private::user() || metadata.mode() & 0o022 != 0 {
            return None;
        }
        let state = state_since_boot(&metadata);
        if state == self.state {
            return Some(false);
        }
        (content_hash(&mut { file }).ok()? == self.hash).then(|| {
            self.state = state;
            true
        })
    }
}

fn content_hash(file: &mut (impl Read + Seek)) -> std::io::Result<[u8; 32]> {
    let mut content = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut content)?;
    file.rewind()?;
    Ok(*blake3::hash(&content).as_bytes())
}

/// How many entries and files there are, and their size in bytes.
pub(crate) fn stats(cache: &Path) -> (u64, u64, u64) {
    let (mut entries, mut files, mut size_bytes) = (0, 0, 0);
    for entry in std::fs::read_dir(folder(cache)).into_iter().flatten().flatten() {
        let Some(metadata) = entry.metadata().ok().filter(Metadata::is_file) else { continue };
        // Executables and names of variables lie beside their entries.
        entries += u64::from(entry.path().extension().is_none());
        files += 1;
        size_bytes += metadata.len();
    }
    (entries, files, size_bytes)
}

#[cfg(test)]
mod tests {
    use super::{Entry, RunCache};
    use std::path::Path;

    fn cache(folder: &Path) -> RunCache {
        RunCache { folder: folder.to_owned(), question: "question".to_owned() }
    }

    fn entry(cache: &RunCache, content: &str) -> Entry {
        let scratch = cache.scratch().unwrap();
        let linked = scratch.path().join("program");
        std::fs::write(&linked, content).unwrap();
        let (executable, path, _) = cache.keep(&linked).unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), content);
        Entry {
            // Set in every run of cargo's tests.
            env: vec![("CARGO_MANIFEST_DIR".to_owned(), std::env::var("CARGO_MANIFEST_DIR").ok())],
            objects: vec![("a".to_owned(), vec![1, 2, 3])],
            executable: Some(executable),
            ..Entry::default()
        }
    }

    fn found(cache: &RunCache) -> Option<Entry> {
        let found = cache.find()?;
        assert!(found.executable.is_some());
        Some(found.entry)
    }

    #[test]
    fn entries_come_back_and_damaged_ones_do_not() {
        let place = tempfile::tempdir().unwrap();
        let cache = cache(place.path());
        let entry = entry(&cache, "program");
        cache.store(&entry).unwrap();
        assert_eq!(found(&cache), Some(entry.clone()));
        let files: Vec<_> = std::fs::read_dir(place.path()).unwrap().map(|it| it.unwrap().path()).collect();
        assert_eq!(files.len(), 3);
        for file in &files {
            let bytes = std::fs::read(file).unwrap();
            for at in 0..bytes.len() {
                let mut flipped = bytes.clone();
                flipped[at] ^= 0x40;
                for damaged in [flipped, bytes[..at].to_vec(), [&bytes[..], &bytes[..at + 1]].concat()] {
                    // Written in place, the file keeps its mode.
                    std::fs::write(file, damaged).unwrap();
                    assert_eq!(found(&cache), None, "{} at {at}", file.display());
                }
            }
            std::fs::write(file, &bytes).unwrap();
            assert!(found(&cache).is_some());
        }
        // An entry in another's place.
        let other = RunCache { question: "other".to_owned(), ..self::cache(place.path()) };
        for file in &files {
            let name = file.file_name().unwrap().to_str().unwrap();
            if let Some(rest) = name.strip_prefix("question") {
                std::fs::copy(file, place.path().join(format!("other{rest}"))).unwrap();
            } else if file.extension().is_none() {
                let name = other.entry_name(entry.env.iter().map(|it| it.0.as_str()));
                std::fs::copy(file, place.path().join(name)).unwrap();
            }
        }
        assert_eq!(found(&other), None);
    }

    /// What the system says of a file may be the same by chance or by malice; the state is only relied on where it is this one.
    #[test]
    fn an_executable_in_anothers_place_is_not_run() {
        let place = tempfile::tempdir().unwrap();
        let cache = cache(place.path());
        let (one, two) = (entry(&cache, "one"), entry(&cache, "two"));
        cache.store(&one).unwrap();
        let path = |entry: &Entry| cache.executable_path(entry.executable.as_ref().unwrap());
        std::fs::copy(path(&two), path(&one)).unwrap();
        assert_eq!(found(&cache), None);
        // The right content in another file is as good, and is noted.
        std::fs::write(path(&one), "one").unwrap();
        let again = found(&cache).unwrap();
        assert_ne!(again, one);
        assert_eq!(found(&cache), Some(again));
    }

    #[test]
    fn the_oldest_make_room() {
        let place = tempfile::tempdir().unwrap();
        let cache = cache(place.path());
        for number in 0..super::MAX_ENTRIES + 20 {
            for name in [format!("{number}"), format!("{number}.names"), format!("{number}.exe")] {
                std::fs::write(place.path().join(name), "").unwrap();
            }
        }
        let scratch = cache.scratch().unwrap();
        cache.store(&entry(&cache, "new")).unwrap();
        assert!(found(&cache).is_some() && scratch.path().is_dir());
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 3 * super::MAX_ENTRIES + 1);
    }
}
