//! What keeps Bessemer's own environment from the programs that are compiled.
//!
//! rustc must be permitted unstable options, and its allocator told of large pages, by its environment; the program's
//! `option_env!` and its procedural macros see the same environment. And cargo tells build scripts of its `rustc-wrapper`.
//! So a small library is loaded into rustc that gives the former to rustc alone, and a small object is linked into build
//! scripts that takes back the latter.

use crate::prepared::{self, io_error};
use crate::{CheckError, Toolchain};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SOURCES: [(&str, &str); 2] =
    [("rustc.rs", include_str!("shims/rustc.rs")), ("build_script.rs", include_str!("shims/build_script.rs"))];

/// What is there once all is compiled: for rustc, and for build scripts.
const FILES: [&str; 2] = ["rustc.so", "build_script.o"];

/// Before the names of variables that only rustc itself is to see.
const GIVEN: &str = "BESSEMER_GIVES_";

/// Large pages, for rustc's allocator (jemalloc): with small ones, the first touch of each is a twentieth of a check's time.
const ALLOCATOR: (&str, &str) = ("MALLOC_CONF", "thp:always");

/// The permission to use unstable options. With it, a compiler that crashes would leave a report in the user's folder.
const UNSTABLE: [(&str, &str); 2] = [("RUSTC_BOOTSTRAP", "1"), ("RUSTC_ICE", "0")];

/// The variable by which rustc is told to read some files instead of others.
const OTHER_SOURCES: &str = "SOURCES";

/// After each path in that variable.
const END: &str = "\u{1}";

/// Files that one run of rustc reads instead of others.
#[derive(Debug, Default)]
pub struct OtherSources {
    sources: OsString,
}

impl OtherSources {
    /// Has rustc read the second file of each pair where it opens the first.
    pub(crate) fn with_sources(pairs: &[(PathBuf, PathBuf)]) -> OtherSources {
        let mut sources = OsString::new();
        for path in pairs.iter().flat_map(|(from, to)| [from, to]) {
            sources.push(path);
            sources.push(END);
        }
        OtherSources { sources }
    }

    /// All files are read as they are.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }
}

fn permission<'a>() -> impl Iterator<Item = (&'a str, &'a OsStr)> {
    UNSTABLE.into_iter().map(|(name, value)| (name, OsStr::new(value)))
}

impl Toolchain {
    /// Prepares the shims, or finds them prepared in the cache folder. None where they cannot be made or do not work; then
    /// the environment shows what rustc needs.
    pub(crate) fn find_shims(&self, cache: &Path) -> Option<PathBuf> {
        let name = prepared::name(self, "shims", &SOURCES);
        // Trying takes as long as some checks do, so it is not tried again.
        let failed = cache.join(format!("{name}.failed"));
        if failed.exists() {
            return None;
        }
        let made = prepared::in_cache(cache, &name, &FILES, |folder| self.compile_shims(folder));
        if let Err(CheckError::Bodies { .. }) = made {
            // Where this cannot be written, it is tried again.
            let _ = std::fs::write(failed, "");
        }
        made.ok()
    }

    fn compile_shims(&self, folder: &Path) -> Result<(), CheckError> {
        for ((name, text), output) in SOURCES.into_iter().zip(FILES) {
            let file = folder.join(name);
            std::fs::write(&file, text).map_err(|error| io_error(&file, error))?;
            let mut command = Command::new(&self.rustc);
            command.arg(file).arg("-o").arg(folder.join(output));
            command.args(["--edition", "2024", "--cap-lints", "allow", "--color=never", "-Cmetadata=bessemer-shims"]);
            command.args(["-Cpanic=abort", "-Copt-level=2", "-Ccodegen-units=1", "-Cstrip=symbols"]);
            command.args(match output {
                "rustc.so" => ["--crate-name=bessemer_rustc_shim", "--crate-type=cdylib"].as_slice(),
                _ => &["--crate-name=bessemer_build_script_shim", "--crate-type=lib", "--emit=obj"],
            });
            self.succeed(command)?;
            // What says nothing and makes nothing will not the next time, either.
            if !folder.join(output).is_file() {
                return Err(CheckError::Bodies { stderr: format!("there is no {output}").into_bytes() });
            }
        }
        let mut trial = self.shown(Some(folder), permission());
        trial.args(["-Zunstable-options", "--print=sysroot"]);
        self.succeed(trial)
    }

    fn succeed(&self, mut command: Command) -> Result<(), CheckError> {
        command.stdin(Stdio::null());
        let output = command.output().map_err(|error| CheckError::Spawn { program: self.rustc.clone(), error })?;
        if output.status.success() { Ok(()) } else { Err(CheckError::Bodies { stderr: output.stderr }) }
    }

    /// A command for this rustc, which sees these variables.
    fn shown<'a>(&self, shims: Option<&Path>, variables: impl IntoIterator<Item = (&'a str, &'a OsStr)>) -> Command {
        let variables = variables.into_iter();
        let mut command = Command::new(&self.rustc);
        let preload = shims.map(|folder| folder.join(FILES[0]).into_os_string()).filter(|library| can_preload(library));
        if let Some(mut library) = preload {
            if let Some(others) = std::env::var_os("LD_PRELOAD").filter(|others| !others.is_empty()) {
                library.push(":");
                library.push(others);
            }
            command.env("LD_PRELOAD", library);
            let is_new = |name: &str| std::env::var_os(name).is_none();
            let allocator = Some((ALLOCATOR.0, OsStr::new(ALLOCATOR.1))).filter(|it| is_new(it.0));
            command.envs(variables.chain(allocator).map(|(name, value)| (format!("{GIVEN}{name}"), value)));
        } else {
            command.envs(variables);
        }
        command
    }

    /// A command for this rustc as the user would run it.
    pub(crate) fn stable_rustc(&self) -> Command {
        if self.is_immediate() {
            return self.unstable_rustc();
        }
        self.shown(self.shims.as_deref(), [])
    }

    /// A command for this rustc that may have unstable options.
    pub(crate) fn unstable_rustc(&self) -> Command {
        self.unstable_rustc_with(&OtherSources::default())
    }

    /// As [`Toolchain::unstable_rustc`], with other sources.
    pub(crate) fn unstable_rustc_with(&self, unstable: &OtherSources) -> Command {
        let sources = Some((OTHER_SOURCES, &*unstable.sources)).filter(|it| !it.1.is_empty());
        self.shown(self.shims.as_deref(), permission().chain(sources))
    }

    /// What build scripts are linked with.
    pub fn build_script_shim(&self) -> Option<PathBuf> {
        self.shims.as_ref().map(|folder| folder.join(FILES[1]))
    }
}

/// Whether the dynamic linker takes such a path: it has signs of its own in its lists.
fn can_preload(library: &OsStr) -> bool {
    !library.as_encoded_bytes().iter().any(|byte| matches!(byte, b':' | b'$') || byte.is_ascii_whitespace())
}
