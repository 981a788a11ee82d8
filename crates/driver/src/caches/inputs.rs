//! What a compilation read, and whether it would read the same now.

use crate::options::{Options, search_folder};
use cache::KeyBuilder;
use cache::stamp::{file_state, state_of};
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use toolchain::DepInfo;

/// One thing that a compilation followed from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum Input {
    /// A file with a content of this hash. Where `state` is what the system says of it, the content need not be read.
    File { path: PathBuf, hash: [u8; 32], state: Vec<u8> },
    /// There is no such file; with it, the program would be another.
    Absent(PathBuf),
    /// A folder that is searched, with the hash of what could be found in it.
    Folder { path: PathBuf, hash: [u8; 32] },
}

/// Whether an input is as it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Holds {
    Yes,
    /// Yes, as its content says; it is to be written down, so that this need not be read again.
    News,
    No,
}

/// A file that was changed within this time may be changed again without a sign of it: file systems count time in steps.
const SETTLED: Duration = Duration::from_secs(3);

impl Input {
    /// A file as it is now, which was the same at a time. `None` if it has changed since, or cannot be read.
    fn file(path: &Path, since: SystemTime) -> Option<Input> {
        let (hash, metadata) = read_whole(path)?;
        if changed_at(&metadata)? >= since {
            return None;
        }
        Some(Input::File { path: path.to_owned(), hash, state: settled_state(&metadata) })
    }

    fn folder(path: &Path) -> Input {
        Input::Folder { path: path.to_owned(), hash: found_in(path) }
    }

    /// Looks whether it is as it was.
    pub fn check(&mut self) -> Holds {
        let is_same = match self {
            Input::Absent(path) => std::fs::symlink_metadata(path).is_err(),
            Input::Folder { path, hash } => found_in(path) == *hash,
            Input::File { path, hash, state } => {
                if !state.is_empty() && file_state(path) == *state {
                    return Holds::Yes;
                }
                match read_whole(path) {
                    Some((now, metadata)) if now == *hash => {
                        let new = settled_state(&metadata);
                        if !new.is_empty() {
                            *state = new;
                            return Holds::News;
                        }
                        return Holds::Yes;
                    }
                    _ => false,
                }
            }
        };
        if is_same { Holds::Yes } else { Holds::No }
    }
}

/// The hash of a file's content with what the system said of it before and after it was read, which was the same.
fn read_whole(path: &Path) -> Option<([u8; 32], Metadata)> {
    let before = std::fs::metadata(path).ok().filter(Metadata::is_file)?;
    let mut content = Vec::new();
    let mut file = File::open(path).ok()?;
    file.read_to_end(&mut content).ok()?;
    let after = std::fs::metadata(path).ok()?;
    let is_same = state_of(&before) == state_of(&after) && state_of(&file.metadata().ok()?) == state_of(&after);
    is_same.then(|| (*blake3::hash(&content).as_bytes(), after))
}

/// When a file was changed the last time, by the system's own account.
fn changed_at(metadata: &Metadata) -> Option<SystemTime> {
    let seconds = Duration::from_secs(u64::try_from(metadata.ctime()).ok()?);
    let nanoseconds = Duration::from_nanos(u64::try_from(metadata.ctime_nsec()).ok()?);
    SystemTime::UNIX_EPOCH.checked_add(seconds + nanoseconds)
}

/// The state of a file whose next change will show in it; else nothing.
fn settled_state(metadata: &Metadata) -> Vec<u8> {
    let age = changed_at(metadata).and_then(|time| time.elapsed().ok());
    if age.is_some_and(|age| age > SETTLED) { state_of(metadata) } else { Vec::new() }
}

/// What could be found in a folder: the files that rustc and linkers look for there, as the system describes them.
fn found_in(folder: &Path) -> [u8; 32] {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_found = |name: &OsStr| {
        let name = name.as_bytes();
        let ends = [".a", ".so", ".o", ".rlib", ".rmeta", ".ld"];
        name.starts_with(b"lib") || ends.iter().any(|end| name.ends_with(end.as_bytes()))
    };
    let mut names: Vec<_> = entries.map(|entry| entry.file_name()).filter(|name| is_found(name)).collect();
    names.sort();
    let mut key = KeyBuilder::new("folder");
    for name in names {
        key.add(name.as_bytes()).add(file_state(&folder.join(&name)));
    }
    key.finish()
}

/// What is known before a compilation begins.
pub(crate) struct Before {
    began: SystemTime,
    folders: Vec<Input>,
}

impl Before {
    pub fn now(options: &Options) -> Before {
        // What changes from here on may or may not be what is compiled. A change shortly after this may still show this time,
        // as it is counted in steps, but rustc takes longer to begin than they are.
        let began = SystemTime::now();
        let folders = search_folders(options).iter().map(|folder| Input::folder(folder)).collect();
        Before { began, folders }
    }

    /// What the compilation followed from: what rustc says that it read, and other files (`read`). `None` if some of it has
    /// changed since it began, as nobody knows which of its contents was compiled; or where it is not known for certain.
    pub fn inputs(self, options: &Options, dep_info: &DepInfo, read: &[PathBuf]) -> Option<Vec<Input>> {
        let mut inputs = self.folders;
        if inputs.iter_mut().any(|input| input.check() == Holds::No) {
            return None;
        }
        let sources = dep_info.files.iter().filter(|file| file.as_os_str() != "<anon>");
        for source in sources {
            // Names that are not UTF-8 are not told as they are.
            if source.to_str().is_none_or(|name| name.contains(char::REPLACEMENT_CHARACTER)) {
                return None;
            }
            let input = Input::file(source, self.began)?;
            let Input::File { hash, .. } = &input else { return None };
            // What rustc compiled, where it says so. Of a file that is no text it has not looked at the content.
            let compiled = dep_info.checksums.get(source).filter(|(_, length)| *length > 0);
            if compiled.is_some_and(|(compiled, _)| compiled != hash) {
                return None;
            }
            inputs.push(input);
            inputs.extend(other_place(source).filter(|it| std::fs::symlink_metadata(it).is_err()).map(Input::Absent));
        }
        let externs = options.externs.iter().filter_map(|it| it.split_once('=')).map(|(_, path)| PathBuf::from(path));
        let named = options.link_args.iter().flat_map(|argument| files_named_in(argument));
        let mut others: Vec<PathBuf> = externs.chain(named).chain(read.iter().cloned()).collect();
        others.sort();
        others.dedup();
        for file in others {
            inputs.push(Input::file(&file, self.began)?);
        }
        Some(inputs)
    }
}

/// Where else a module's file may be: with both, rustc does not know which is meant.
fn other_place(source: &Path) -> Option<PathBuf> {
    if source.extension() != Some(OsStr::new("rs")) {
        return None;
    }
    if source.file_name() == Some(OsStr::new("mod.rs")) {
        let folder = source.parent().filter(|folder| folder.file_name().is_some())?;
        let mut name = folder.file_name()?.to_owned();
        name.push(".rs");
        return Some(folder.with_file_name(name));
    }
    Some(source.with_extension("").join("mod.rs"))
}

/// The folders in which rustc and the linker look for what the options name.
fn search_folders(options: &Options) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = options.search_paths.iter().map(|path| search_folder(path)).collect();
    folders.extend(std::env::var_os("LIBRARY_PATH").iter().flat_map(std::env::split_paths));
    folders.extend(options.link_args.iter().flat_map(|argument| paths_in(argument)).filter(|path| path.is_dir()));
    folders.retain(|folder| !folder.as_os_str().is_empty());
    folders.sort();
    folders.dedup();
    folders
}

fn files_named_in(argument: &str) -> Vec<PathBuf> {
    paths_in(argument).filter(|path| path.is_file()).collect()
}

/// What may be a path in an argument for the linker: `-Wl,--script=a.ld`, `@arguments`, `-L/folder`, `a.o`.
fn paths_in(argument: &str) -> impl Iterator<Item = PathBuf> {
    argument.split(',').flat_map(|part| {
        let value = part.split_once('=').map(|it| it.1);
        let candidates = [Some(part), value, part.strip_prefix('@'), part.strip_prefix("-L"), part.strip_prefix("-T")];
        candidates.into_iter().flatten().filter(|it| !it.is_empty()).map(PathBuf::from)
    })
}

/// The files that LLD read, as it writes them for `make` (`--dependency-file`).
pub(crate) fn linked_files(text: &[u8]) -> Vec<PathBuf> {
    // One rule that names all, one name on a line; then a rule of its own for each.
    let start = text.windows(4).position(|it| it == b": \\\n").map_or(text.len(), |at| at + 4);
    let end = text[start..].windows(2).position(|it| it == b"\n\n").map_or(text.len(), |at| start + at);
    let mut files = Vec::new();
    let mut rest = &text[start..end];
    while let Some(name) = rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(b"  ")).filter(|it| !it.is_empty()) {
        let name = name.strip_prefix(b" ").unwrap_or(name);
        let length = name.windows(3).position(|it| it == b" \\\n").unwrap_or(name.len());
        files.push(PathBuf::from(OsStr::from_bytes(&unescape(&name[..length]))));
        rest = name.get(length + 3..).unwrap_or_default();
    }
    files
}

/// Blanks and hashes have a backslash before them, and so have backslashes before those; dollars are doubled.
fn unescape(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    let mut at = 0;
    while at < name.len() {
        let slashes = name[at..].iter().take_while(|it| **it == b'\\').count();
        match name.get(at + slashes) {
            Some(it @ (b' ' | b'#')) if slashes > 0 => {
                out.extend(std::iter::repeat_n(b'\\', slashes / 2));
                out.push(*it);
                at += slashes + 1;
            }
            _ if slashes > 0 => {
                out.extend(std::iter::repeat_n(b'\\', slashes));
                at += slashes;
            }
            Some(b'$') if name.get(at + 1) == Some(&b'$') => {
                out.push(b'$');
                at += 2;
            }
            _ => {
                out.push(name[at]);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Holds, Input, linked_files, other_place, paths_in, settled_state};
    use std::path::{Path, PathBuf};
    use std::time::{Duration, SystemTime};

    #[test]
    fn changes_are_seen() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("a.rs");
        std::fs::write(&file, "one").unwrap();
        // Changed after the compilation began: nobody knows.
        assert_eq!(Input::file(&file, SystemTime::UNIX_EPOCH + Duration::from_secs(1)), None);
        // The time of modification says nothing.
        let old = SystemTime::now() - Duration::from_secs(1000);
        std::fs::File::open(&file).unwrap().set_modified(old).unwrap();
        assert_eq!(Input::file(&file, SystemTime::now() - Duration::from_secs(10)), None);
        let later = SystemTime::now() + Duration::from_secs(1);
        let mut input = Input::file(&file, later).unwrap();
        assert_eq!(input.check(), Holds::Yes);
        // Just written: its state is not relied on.
        assert!(matches!(&input, Input::File { state, .. } if state.is_empty()));
        assert!(settled_state(&std::fs::metadata(&file).unwrap()).is_empty());
        // Long since written.
        assert!(!settled_state(&std::fs::metadata("/bin/sh").unwrap()).is_empty());
        std::fs::write(&file, "two").unwrap();
        assert_eq!(input.check(), Holds::No);
        std::fs::write(&file, "one").unwrap();
        assert_eq!(input.check(), Holds::Yes);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(input.check(), Holds::No);

        let mut absent = Input::Absent(file.clone());
        assert_eq!(absent.check(), Holds::Yes);
        std::fs::write(&file, "one").unwrap();
        assert_eq!(absent.check(), Holds::No);

        let mut folder = Input::folder(place.path());
        std::fs::write(place.path().join("b.txt"), "").unwrap();
        assert_eq!(folder.check(), Holds::Yes);
        std::fs::write(place.path().join("libz.a"), "").unwrap();
        assert_eq!(folder.check(), Holds::No);
        folder = Input::folder(place.path());
        std::fs::write(place.path().join("libz.a"), "x").unwrap();
        assert_eq!(folder.check(), Holds::No);
    }

    #[test]
    fn a_file_that_needs_no_reading_is_not_read() {
        // Old enough for its state to be relied on.
        let file = std::env::current_exe().unwrap();
        let mut input = Input::File { path: file, hash: [7; 32], state: Vec::new() };
        assert_eq!(input.check(), Holds::No);
        let Input::File { path, state, .. } = &mut input else { unreachable!() };
        *state = super::file_state(path);
        assert_eq!(input.check(), Holds::Yes);
    }

    #[test]
    fn modules_have_two_places() {
        let other = |path: &str| other_place(Path::new(path));
        assert_eq!(other("a/m.rs"), Some("a/m/mod.rs".into()));
        assert_eq!(other("a/m/mod.rs"), Some("a/m.rs".into()));
        assert_eq!(other("m/mod.rs"), Some("m.rs".into()));
        assert_eq!(other("mod.rs"), None);
        assert_eq!(other("a.txt"), None);
    }

    #[test]
    fn paths_in_arguments() {
        let paths = |text: &str| paths_in(text).collect::<Vec<PathBuf>>();
        for (argument, path) in [
            ("-Wl,--script=a.ld", "a.ld"),
            ("@args", "args"),
            ("-L/x", "/x"),
            ("-Wl,-T,a", "a"),
            ("-Wl,@b", "b"),
            ("c", "c"),
        ] {
            assert!(paths(argument).contains(&path.into()), "{argument}");
        }
    }

    #[test]
    fn reads_what_the_linker_wrote() {
        let text = b"out: \\\n  /a/b.o \\\n  my\\ file\\#.a \\\n  back\\slash \\\n  a\\\\\\ b$$\n\n/a/b.o:\n";
        let expected = ["/a/b.o", "my file#.a", "back\\slash", "a\\ b$"].map(PathBuf::from);
        assert_eq!(linked_files(text), expected);
        assert_eq!(linked_files(&String::from_utf8_lossy(text).replace("\n  ", "\n ").into_bytes()), expected);
        assert!(linked_files(b"").is_empty() && linked_files(b"out: \\\n").is_empty());
    }
}
