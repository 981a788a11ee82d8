//! A whole project, ripgrep, through `cargo bessemer` and through cargo.

use super::{Row, time};
use crate::realworld::package;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What is compared of one profile.
struct Side<'a> {
    cargo_bessemer: &'a Path,
    folder: &'a Path,
    cache: PathBuf,
}

impl Side<'_> {
    fn ours(&self, args: &[&str]) -> Command {
        let mut command = Command::new(self.cargo_bessemer);
        command.arg("bessemer").args(args).current_dir(self.folder).env("BESSEMER_CACHE_DIR", &self.cache);
        command
    }

    fn theirs(&self, args: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command.args(args).current_dir(self.folder);
        command
    }
}

/// Builds, rebuilds, and runs. `rounds` is for what is short; clean builds are done twice.
pub fn compare(cargo_bessemer: &Path, folder: &Path, rounds: usize) -> Result<Vec<Row>, String> {
    let work = std::path::absolute(folder.join("project")).map_err(|error| error.to_string())?;
    std::fs::create_dir_all(&work).map_err(|error| error.to_string())?;
    let source = package::unpack(&work, "ripgrep", "14.1.1")?;
    let side = Side { cargo_bessemer, folder: &source, cache: work.join("cache") };
    let (our_target, their_target) = (source.join("target/bessemer"), source.join("target"));
    let remove = |folder: &Path| {
        let _ = std::fs::remove_dir_all(folder);
    };
    let mut rows = Vec::new();
    // Downloads are nobody's time.
    time(side.theirs(&["fetch"]))?;
    let release: &[&str] = &["build", "--release"];
    for (name, args) in [("debug", &["build"][..]), ("release", release)] {
        let (mut empty, mut warm, mut theirs) = (Duration::MAX, Duration::MAX, Duration::MAX);
        for _ in 0..2 {
            remove(&their_target);
            theirs = theirs.min(time(side.theirs(args))?);
            if name == "debug" {
                rows.retain(|row: &Row| !row.name.contains("size of target"));
            }
            let their_size = size(&their_target);
            remove(&their_target);
            remove(&side.cache);
            empty = empty.min(time(side.ours(args))?);
            if name == "debug" {
                let our_size = size(&our_target);
                rows.push(Row::sizes("ripgrep, size of target directory (debug)", our_size, their_size));
            }
            remove(&our_target);
            warm = warm.min(time(side.ours(args))?);
        }
        rows.push(Row { name: format!("ripgrep, clean {name} build"), bessemer: empty, rustc: theirs });
        rows.push(Row { name: format!("ripgrep, clean {name} build, code cached"), bessemer: warm, rustc: theirs });
    }
    rows.push(rebuild(&side, rounds)?);
    rows.push(search(&side, rounds)?);
    Ok(rows)
}

/// After an edit of one line of `main`.
fn rebuild(side: &Side<'_>, rounds: usize) -> Result<Row, String> {
    let file = side.folder.join("crates/core/main.rs");
    let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let begin = "fn main() -> ExitCode {";
    if !text.contains(begin) {
        return Err(format!("{} is not as expected", file.display()));
    }
    let edit = |number: usize| {
        let edited = text.replace(begin, &format!("{begin} std::hint::black_box({number});"));
        std::fs::write(&file, edited).map_err(|error| format!("{}: {error}", file.display()))
    };
    time(side.ours(&["build"]))?;
    time(side.theirs(&["build"]))?;
    let (mut bessemer, mut rustc) = (Duration::MAX, Duration::MAX);
    for round in 0..rounds {
        edit(2 * round)?;
        bessemer = bessemer.min(time(side.ours(&["build"]))?);
        edit(2 * round + 1)?;
        rustc = rustc.min(time(side.theirs(&["build"]))?);
    }
    std::fs::write(&file, &text).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(Row { name: "ripgrep, rebuild after an edit of main".to_owned(), bessemer, rustc })
}

/// A search through all crates that cargo has unpacked, with the release builds.
fn search(side: &Side<'_>, rounds: usize) -> Result<Row, String> {
    time(side.ours(&["build", "--release"]))?;
    time(side.theirs(&["build", "--release"]))?;
    let registry = package::registry().ok_or("there is no home folder")?;
    let run = |binary: PathBuf| {
        let mut command = Command::new(binary);
        command.args(["-j1", "-c", r"fn \w+\(.*\) -> \w+<"]).arg(&registry);
        command
    };
    let (mut bessemer, mut rustc) = (Duration::MAX, Duration::MAX);
    for _ in 0..rounds {
        bessemer = bessemer.min(time(run(side.folder.join("target/bessemer/release/rg")))?);
        rustc = rustc.min(time(run(side.folder.join("target/release/rg")))?);
    }
    Ok(Row { name: "ripgrep, a search (release)".to_owned(), bessemer, rustc })
}

/// The size of all files in a folder, in bytes; files with several names once.
pub(super) fn size(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let mut seen = std::collections::HashSet::new();
    let mut folders = vec![folder.to_owned()];
    let mut total = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) if seen.insert(metadata.ino()) => total += metadata.len(),
                _ => {}
            }
        }
    }
    total
}
