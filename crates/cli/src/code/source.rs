//! Where source files are that debug information names.

use std::path::{Path, PathBuf};

/// Where a file is on this machine.
pub fn here(sysroot: &Path, path: &Path) -> PathBuf {
    of_std(path).map_or_else(|| path.to_owned(), |rest| sysroot.join("lib/rustlib/src/rust").join(rest))
}

/// The rest of a path of std's, whose debug information has folders that are nobody's: `/rustc/HASH/library/…`.
pub fn of_std(path: &Path) -> Option<PathBuf> {
    path.strip_prefix("/rustc").ok().map(|rest| rest.iter().skip(1).collect())
}
