//! A crate, expanded by us.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use expand::cfg::Options;
use expand::expander::{Expanded, Failure, Input, expand_crate};
use expand::external::Surroundings;
use expand::mbe::Limits;
use names::OtherCrates;
use rmeta::CrateLocator;
use ty::{Arena, Tcx};

use super::compilation::Compilation;

/// Files and variables as rustc sees them.
struct Disk<'a>(&'a Compilation);

impl Surroundings for Disk<'_> {
    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        std::fs::read(self.0.folder.join(path)).ok()
    }

    fn exists(&self, path: &Path) -> bool {
        self.0.folder.join(path).is_file()
    }

    fn variable(&self, name: &str) -> Option<String> {
        match &self.0.variables {
            Some(variables) => variables.get(name).cloned(),
            None => std::env::var(name).ok(),
        }
    }
}

/// What came of an expansion.
pub struct Answer {
    /// The print; or the construct, and the place and message.
    pub text: Result<String, (String, String)>,
    /// How long it took from the text to the expanded tree.
    pub time: Duration,
    /// How many macros were expanded.
    pub expanded: usize,
}

/// Expands a crate, and hands on what came of it with what it was made from. Nothing if its text is not UTF-8.
pub fn expand<T>(
    compilation: &Compilation,
    cfg: &str,
    sysroot_lib: &Path,
    then: impl for<'tcx> FnOnce(Result<Expanded, Box<Failure>>, &OtherCrates<'tcx>, Tcx<'tcx>, &CrateLocator) -> T,
) -> Option<T> {
    let source = compilation.source()?;
    let mut options = Options::default();
    options.insert_printed(cfg);
    for cfg in &compilation.cfgs {
        options.insert_printed(cfg);
    }
    if compilation.is_test {
        options.insert("test", None);
    }
    if compilation.is_proc_macro {
        options.insert("proc_macro", None);
    }
    let arena = Arena::new();
    let in_folder = |path: &PathBuf| compilation.folder.join(path);
    let externs = compilation.externs.iter();
    let locator = CrateLocator {
        sysroot_lib: sysroot_lib.to_owned(),
        search_dirs: compilation.search_dirs.iter().map(in_folder).collect(),
        externs: externs.map(|(name, paths)| (name.clone(), paths.iter().map(in_folder).collect())).collect(),
    };
    let tcx = Tcx::new(&arena, testing::session_options());
    let crates = OtherCrates::new(tcx, locator.clone());
    let input = Input {
        name: &compilation.name,
        path: &compilation.path,
        source: &source,
        edition: compilation.edition,
        options: &options,
        crates: &crates,
        surroundings: &Disk(compilation),
        is_test: compilation.is_test,
        is_proc_macro: compilation.is_proc_macro && !compilation.is_test,
        limits: Limits::default(),
    };
    Some(then(expand_crate(&input), &crates, tcx, &locator))
}

/// Expands a crate.
pub fn ours(compilation: &Compilation, cfg: &str, sysroot_lib: &Path) -> Answer {
    let start = Instant::now();
    let answer = expand(compilation, cfg, sysroot_lib, |found, _, _, _| {
        let time = start.elapsed();
        match found {
            Ok(expanded) => Answer { text: Ok(expanded.print()), time, expanded: expanded.summary.expanded },
            Err(failure) => {
                let doubt = &failure.doubt;
                let describe = |position| failure.sources.describe(position);
                let place = describe(doubt.span.lo).or_else(|| describe(failure.cause.lo));
                let place = place.unwrap_or_else(|| compilation.path.display().to_string());
                let text = Err((doubt.construct.to_owned(), format!("{place}: {}", doubt.message)));
                Answer { text, time, expanded: 0 }
            }
        }
    });
    let message = "the file is not UTF-8".to_owned();
    answer.unwrap_or(Answer { text: Err(("file".to_owned(), message)), time: Duration::ZERO, expanded: 0 })
}
