//! Where the crates of a program lie.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where to look for a crate's dependencies: what rustc is told by `--sysroot`, `-L` and `--extern`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CrateLocator {
    /// The folder of the target's standard library (`lib/rustlib/TARGET/lib` in the sysroot).
    pub sysroot_lib: PathBuf,
    /// Folders given by `-L` (and `-L dependency=`).
    pub search_dirs: Vec<PathBuf>,
    /// Files given by `--extern NAME=PATH`.
    pub externs: BTreeMap<String, Vec<PathBuf>>,
}

impl CrateLocator {
    /// The installed copy of the toolchain's source, if there is one.
    pub(crate) fn rust_source(&self) -> Option<PathBuf> {
        let dir = self.sysroot_lib.parent()?.parent()?.join("src/rust");
        dir.join("library/std/src/lib.rs").is_file().then_some(dir)
    }
}

/// The listing of all searched folders: names of `.rmeta` and `.rlib` files that may be crates.
pub(crate) struct Listing {
    externs: Vec<PathBuf>,
    dirs: Vec<PathBuf>,
    /// By folder, read when first needed.
    files: Option<Vec<PathBuf>>,
}

impl Listing {
    pub(crate) fn new(locator: &CrateLocator) -> Listing {
        let mut dirs = locator.search_dirs.clone();
        dirs.push(locator.sysroot_lib.clone());
        dirs.retain(|dir| !dir.as_os_str().is_empty());
        Listing { externs: locator.externs.values().flatten().cloned().collect(), dirs, files: None }
    }

    /// Folders that are searched.
    pub(crate) fn searched(&self) -> Vec<PathBuf> {
        self.dirs.clone()
    }

    /// Files that may be the crate, the most likely first. `extra_filename` is the crate's own (`-C extra-filename`).
    pub(crate) fn candidates(&mut self, name: &str, extra_filename: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for extension in ["rmeta", "rlib"] {
            let file = format!("lib{name}{extra_filename}.{extension}");
            found.extend(self.externs.iter().filter(|path| path.file_name().is_some_and(|it| *it == *file)).cloned());
            found.extend(self.dirs.iter().map(|dir| dir.join(&file)).filter(|path| path.is_file()));
        }
        found
    }

    /// Other files that may be the crate, under a name that does not tell.
    pub(crate) fn further_candidates(&mut self, name: &str) -> Vec<PathBuf> {
        let prefix = format!("lib{name}");
        let files = self.files.get_or_insert_with(|| {
            let mut files: Vec<PathBuf> = self.dirs.iter().flat_map(|dir| list_dir(dir)).collect();
            files.sort();
            files
        });
        let named = files.iter().filter(|path| {
            path.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| stem.starts_with(&prefix))
        });
        let mut found: Vec<PathBuf> = self.externs.iter().chain(named).cloned().collect();
        found.retain(|path| is_library(path));
        found
    }
}

fn list_dir(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    entries.flatten().map(|entry| entry.path()).filter(|path| is_library(path)).collect()
}

fn is_library(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rmeta" || extension == "rlib")
}
