//! What the caches hold, and emptying them.

use crate::error::DriverError;
use crate::{code_cache, image, run_cache};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// How much a cache holds, and may hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CacheStats {
    /// `code` (functions and modules, of every program), `images` (dependencies' code, ready to link) or `run` (programs
    /// that were run).
    pub name: &'static str,
    pub folder: PathBuf,
    pub entries: u64,
    /// Files that hold the entries.
    pub files: u64,
    pub size_bytes: u64,
    /// The limits; a cache has one or the other.
    pub limit_bytes: Option<u64>,
    pub limit_entries: Option<u64>,
}

/// A size for people.
pub fn display_size(bytes: u64) -> String {
    cache::size::display(bytes)
}

/// The caches in the user's cache folder.
pub fn stats(cache: &Path) -> Vec<CacheStats> {
    let code = code_cache::store(cache).stats();
    let (entries, files, size_bytes) = run_cache::stats(cache);
    let (images, image_files, image_bytes) = image::stats(cache);
    vec![
        CacheStats {
            name: "code",
            folder: code_cache::folder(cache),
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
            folder: run_cache::folder(cache),
            entries,
            files,
            size_bytes,
            limit_bytes: None,
            limit_entries: Some(run_cache::MAX_ENTRIES as u64),
        },
    ]
}

/// Empties the caches. Builds that run meanwhile are not harmed.
pub fn clean(cache: &Path) -> Result<(), DriverError> {
    let fault = |path: PathBuf| move |error| DriverError::Output { path, error };
    code_cache::store(cache).clear().map_err(fault(code_cache::folder(cache)))?;
    image::clear(cache).map_err(fault(image::images(cache)))?;
    run_cache::clear(cache).map_err(fault(run_cache::folder(cache)))
}
