//! A crate, expanded by us.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use expand::cfg::Options;
use expand::expander::{Input, expand_crate};
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

/// Expands a crate.
pub fn ours(compilation: &Compilation, cfg: &str, sysroot_lib: &Path) -> Answer {
    let mut answer = Answer { text: Ok(String::new()), time: Duration::ZERO, expanded: 0 };
    let Some(source) = compilation.source() else {
        answer.text = Err(("file".to_owned(), "the file is not UTF-8".to_owned()));
        return answer;
    };
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
    let start = Instant::now();
    let arena = Arena::new();
    let in_folder = |path: &PathBuf| compilation.folder.join(path);
    let externs = compilation.externs.iter();
    let locator = CrateLocator {
        sysroot_lib: sysroot_lib.to_owned(),
        search_dirs: compilation.search_dirs.iter().map(in_folder).collect(),
        externs: externs.map(|(name, paths)| (name.clone(), paths.iter().map(in_folder).collect())).collect(),
    };
    let crates = OtherCrates::new(Tcx::new(&arena, testing::session_options()), locator);
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
    match expand_crate(&input) {
        Ok(expanded) => {
            answer.time = start.elapsed();
            answer.expanded = expanded.summary.expanded;
            answer.text = Ok(expanded.print());
        }
        Err(failure) => {
            answer.time = start.elapsed();
            let doubt = &failure.doubt;
            let place = failure.sources.describe(doubt.span.lo).or_else(|| failure.sources.describe(failure.cause.lo));
            let place = place.unwrap_or_else(|| compilation.path.display().to_string());
            answer.text = Err((doubt.construct.to_owned(), format!("{place}: {}", doubt.message)));
        }
    }
    answer
}
