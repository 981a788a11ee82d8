//! What finds the tests of a crate that is compiled with its harness, prepared for rustc.

use crate::error::DriverError;
use crate::options::Options;
use crate::report::Report;
use cache::private;
use std::ffi::OsString;
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use toolchain::{Source, TestSupport, Toolchain};

/// What finds a crate's tests, locked against being removed.
#[derive(Debug)]
pub(crate) struct Support {
    support: TestSupport,
    /// Kept open for its lock.
    _lock: Option<File>,
}

impl Support {
    /// The crates that find tests.
    pub fn crates(&self) -> &TestSupport {
        &self.support
    }

    /// The arguments for rustc where it reads the bodies.
    pub fn rustc_args(&self, source: &Source) -> Vec<OsString> {
        self.support.rustc_args(source)
    }
}

/// What finds the crate's tests, if that is what is asked for.
pub(crate) fn support(
    toolchain: &Toolchain,
    options: &Options,
    report: &mut Report,
) -> Result<Option<Support>, DriverError> {
    if !options.test {
        return Ok(None);
    }
    // rustc runs what is in it, so nobody else may have written it, and it must be possible.
    let cache = options.cache.as_deref().and_then(|cache| private::open(cache).ok());
    let cache = cache.filter(|cache| !private::forbids_running(cache));
    report.stage("prepare tests", |_| {
        // Whoever empties the cache may be faster; not time and again.
        for _ in 0..5 {
            let support = toolchain.test_support(cache.as_deref())?;
            let Some(folder) = support.cached_folder() else { return Ok(Some(Support { support, _lock: None })) };
            if let Ok(lock) = lock(folder) {
                return Ok(Some(Support { support, _lock: lock }));
            }
        }
        Ok(Some(Support { support: toolchain.test_support(None)?, _lock: None }))
    })
}

/// Locks a folder against being removed, where there are locks. An error if it has been removed.
fn lock(folder: &Path) -> std::io::Result<Option<File>> {
    let file = File::open(folder)?;
    // Who is removing it is waited for.
    let is_locked = file.lock_shared().is_ok();
    let (locked, named) = (file.metadata()?, std::fs::metadata(folder)?);
    if (locked.dev(), locked.ino()) != (named.dev(), named.ino()) {
        return Err(std::io::ErrorKind::NotFound.into());
    }
    Ok(is_locked.then_some(file))
}

/// The options of a crate whose tests are found with this.
pub(crate) fn with_support(options: &Options, support: Option<&Support>) -> Options {
    let mut options = options.clone();
    if let Some(support) = support {
        options.body_args.extend(support.rustc_args(&options.source));
        options.search_paths.push(format!("dependency={}", support.support.folder().display()));
    }
    options
}
