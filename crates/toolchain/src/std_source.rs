//! std from its source: a sysroot that holds nothing but the metadata of std's crates, with all bodies in it.
//!
//! What Bessemer generates of a program it generates from bodies, whoever's they are. So a target needs no compiled std: it
//! is enough that rustc checks the source of std for it. cargo does that (`-Zbuild-std`), as the crates have features and
//! build scripts, and a small wrapper keeps rustc from generating code. The strategy for panics is part of what is checked, and
//! so are checks for overflow, so each has a sysroot of its own ([`StdSettings`]). They are kept in the cache folder, under the
//! hash of all that they follow from.

use crate::targets::TargetError;
use crate::{Toolchain, ToolchainError};
use cache::KeyBuilder;
use cache::scratch::{self, Scratch};
use cache::{private, sealed};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fmt;
use std::fs::{File, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use target::PanicStrategy;

/// Names the folder of std's source.
pub const SOURCE_VARIABLE: &str = "BESSEMER_RUST_SRC";

/// How the names of the folders begin.
const PREFIX: &str = "std-";

/// What says that a folder is complete.
const DESCRIPTION: &str = "description";

const MAGIC: &[u8; 8] = b"besstd02";

/// How systems say that a disk is full.
const NO_ROOM: &str = "No space left on device";

/// The crate that asks for std.
const MANIFEST: &str = "\
[package]
name = \"bessemer_sysroot\"
version = \"0.0.0\"
edition = \"2024\"

[workspace]
";

/// Runs rustc on std's crates, and on what they need, without generating code: `link` among the outputs means that. cargo
/// names the files that are not there then, where metadata will do.
const WRAPPER: &str = r#"#!/bin/sh
case " $* " in *" --target "*)
  for arg; do
    shift
    case "$arg" in
      --emit=dep-info,metadata,link) arg="--emit=dep-info,metadata" ;;
      noprelude:*.rlib) arg="${arg%.rlib}.rmeta" ;;
    esac
    set -- "$@" "$arg"
  done
esac
exec "$@"
"#;

/// Where a target's std comes from.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum Std {
    /// The toolchain's own, compiled by rustc.
    #[default]
    Prebuilt,
    /// Its metadata alone, in a sysroot that was made from its source.
    Source {
        /// The sysroot.
        sysroot: PathBuf,
        /// What its bodies were made for.
        settings: StdSettings,
    },
}

/// What the bodies of a std from source are made for. All else is decided when code is made of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct StdSettings {
    /// What a panic does.
    pub strategy: PanicStrategy,
    /// Arithmetic of std's own is checked when it runs.
    pub overflow_checks: bool,
    /// std's own assertions are checked.
    pub debug_assertions: bool,
}

impl fmt::Display for StdSettings {
    /// As on a command line, for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "panic={}", self.strategy.name())?;
        if self.overflow_checks {
            f.write_str(" overflow-checks")?;
        }
        if self.debug_assertions {
            f.write_str(" debug-assertions")?;
        }
        Ok(())
    }
}

impl Std {
    /// What its bodies were made for, where they were made from source.
    pub fn settings(&self) -> Option<StdSettings> {
        match self {
            Std::Prebuilt => None,
            Std::Source { settings, .. } => Some(*settings),
        }
    }

    /// The folder that rustc is told, where it is not its own.
    pub fn sysroot(&self) -> Option<&Path> {
        match self {
            Std::Prebuilt => None,
            Std::Source { sysroot, .. } => Some(sysroot),
        }
    }
}

/// What is to be made.
#[derive(Clone, Copy, Debug)]
pub struct StdRequest<'a> {
    /// Where it is kept.
    pub cache: &'a Path,
    /// What it is made for.
    pub settings: StdSettings,
    /// The folder of the source, where the user names one.
    pub source: Option<&'a Path>,
}

/// A std that was made from source.
#[derive(Clone, Debug)]
pub struct KnownStd {
    /// Where it is.
    pub folder: PathBuf,
    /// The target's name.
    pub target: String,
    /// What it is made for.
    pub settings: StdSettings,
    /// The toolchain that it is for (`rustc --version`).
    pub version: String,
    /// The size of its files.
    pub size_bytes: u64,
}

/// Why there is no std for a target.
#[derive(Debug)]
pub enum StdError {
    /// Neither compiled nor as source.
    NoSource {
        target: String,
        looked_in: PathBuf,
        /// A compiled one would do as well.
        takes_compiled: bool,
    },
    /// A folder that was named is not it.
    NotSource {
        folder: PathBuf,
    },
    /// The source is of another release than rustc.
    Release {
        folder: PathBuf,
        found: String,
        expected: String,
    },
    /// There is nowhere to keep it.
    NoCache,
    /// cargo could not be started.
    Cargo {
        program: PathBuf,
        error: std::io::Error,
    },
    /// rustc or cargo refused the source.
    Failed {
        target: String,
        stderr: String,
    },
    Io {
        path: PathBuf,
        error: std::io::Error,
    },
}

impl fmt::Display for StdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StdError::NoSource { target, looked_in, takes_compiled } => {
                let place = looked_in.display();
                if *takes_compiled {
                    write!(f, "there is no compiled std for `{target}`, and its source is not in `{place}` either")?;
                } else {
                    write!(f, "std is made from its source for `{target}`, and that is not in `{place}`")?;
                }
                write!(
                    f,
                    "\n  help: install the source (`rustup component add rust-src`), or name its folder with --rust-src or \
                     {SOURCE_VARIABLE}"
                )?;
                if *takes_compiled {
                    write!(f, "; or install the compiled std (`rustup target add {target}`)")?;
                }
                f.write_str("; then try again")
            }
            StdError::NotSource { folder } => write!(
                f,
                "`{}` is not the source of std: it has no `std/Cargo.toml` and `Cargo.lock`, and no such `library`\n  help: name the \
                 folder `library` of Rust's source",
                folder.display()
            ),
            StdError::Release { folder, found, expected } => write!(
                f,
                "`{}` is the source of Rust {found}, but rustc is {expected}\n  help: name the source of {expected} with --rust-src or \
                 {SOURCE_VARIABLE}, or install it with `rustup component add rust-src`",
                folder.display()
            ),
            StdError::NoCache => f.write_str(
                "std is made from its source into the cache folder, and there is none\n  help: name one with BESSEMER_CACHE_DIR",
            ),
            StdError::Cargo { program, error } => write!(
                f,
                "cannot run `{}`, which checks the source of std: {error}\n  help: install cargo",
                program.display()
            ),
            StdError::Failed { target, stderr } => {
                write!(f, "the source of std cannot be checked for `{target}`:\n{}", stderr.trim_end())?;
                if stderr.contains(NO_ROOM) {
                    return f.write_str(
                        "\n  help: make room on the disk with the cache folder, or name another with BESSEMER_CACHE_DIR; then try \
                         again",
                    );
                }
                f.write_str(
                    "\n  help: what std depends on comes from crates.io the first time; if the network was the reason, try again \
                     when it is there",
                )
            }
            StdError::Io { path, error } => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for StdError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            StdError::Cargo { error, .. } | StdError::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl From<StdError> for ToolchainError {
    fn from(error: StdError) -> ToolchainError {
        TargetError::Std(error).into()
    }
}

/// The content of [`DESCRIPTION`].
#[derive(Serialize, Deserialize)]
struct Description {
    target: String,
    settings: StdSettings,
    version: String,
    /// All files in the library folder, with their sizes.
    files: Vec<(String, u64)>,
}

impl Toolchain {
    /// Whether the toolchain has a compiled std for the target, in full or `core` alone.
    pub fn has_compiled_std(&self) -> bool {
        has_core(&self.sysroot.join("lib").join("rustlib").join(&self.target.name).join("lib"))
    }

    /// This toolchain with the target's std from source, which is made now if it has not been made before. `progress` is told
    /// line by line what goes on.
    ///
    /// # Errors
    /// There is no source, or it cannot be checked.
    pub fn with_std_from_source(
        mut self,
        request: &StdRequest<'_>,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Toolchain, ToolchainError> {
        let cache = private::open(request.cache).map_err(|_| StdError::NoCache)?;
        let name = self.std_name(request.settings);
        let folder = cache.join(&name);
        if read_description(&folder).is_none() {
            // Whoever comes second waits, and finds it made.
            let lock_file = cache.join(format!("{}{name}", scratch::FILE_PREFIX));
            let lock = File::create(&lock_file).ok().filter(|file| file.lock().is_ok());
            let made = match read_description(&folder) {
                Some(_) => Ok(()),
                None => self.make_std(request, &cache, &folder, progress),
            };
            drop(lock);
            let _ = std::fs::remove_file(&lock_file);
            made?;
        }
        self.std = Std::Source { sysroot: folder, settings: request.settings };
        Ok(self)
    }

    /// Whether that has been made before.
    pub fn has_std_from_source(&self, cache: &Path, settings: StdSettings) -> bool {
        private::existing(cache).is_ok_and(|cache| read_description(&cache.join(self.std_name(settings))).is_some())
    }

    fn std_name(&self, settings: StdSettings) -> String {
        let mut key = KeyBuilder::new("std");
        key.add(self.target_key(&self.target.argument)).add_value(&settings).add(WRAPPER);
        format!("{PREFIX}{}-{}", self.target.name, key.name(32))
    }

    /// The folder `library` of the source.
    fn std_source(&self, named: Option<&Path>) -> Result<PathBuf, StdError> {
        let variable = std::env::var_os(SOURCE_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = match named.map(Path::to_owned).or(variable) {
            Some(folder) => library_in(&folder).ok_or(StdError::NotSource { folder })?,
            None => {
                let own = self.own_dir().join("src").join("rust").join("library");
                let target = self.target.name.clone();
                // Programs for WebAssembly have their std from source, and so has whoever asks for that.
                let takes_compiled = !self.target.spec.is_like_wasm && !self.has_compiled_std();
                library_in(&own).ok_or(StdError::NoSource { target, looked_in: own, takes_compiled })?
            }
        };
        let folder = std::fs::canonicalize(&folder).map_err(|error| StdError::Io { path: folder, error })?;
        // Not every packaging of the source says what it is.
        let version = folder.parent().and_then(|parent| std::fs::read_to_string(parent.join("version")).ok());
        match version.as_deref().and_then(|text| text.split_whitespace().next()) {
            Some(found) if found != self.release => {
                Err(StdError::Release { found: found.to_owned(), expected: self.release.clone(), folder })
            }
            _ => Ok(folder),
        }
    }

    fn make_std(
        &self,
        request: &StdRequest<'_>,
        cache: &Path,
        folder: &Path,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), StdError> {
        let source = self.std_source(request.source)?;
        // What an interrupted one has left.
        scratch::sweep(cache, Duration::from_secs(60));
        let scratch = Scratch::new_in(cache).map_err(|error| io_error(cache, error))?;
        let made = scratch.path().join("made");
        let library = made.join("lib").join("rustlib").join(&self.target.name).join("lib");
        std::fs::create_dir_all(&library).map_err(|error| io_error(&library, error))?;
        let built = self.check_source(&source, request.settings, scratch.path(), progress)?;
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&built).map_err(|error| io_error(&built, error))?.flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if !name.ends_with(".rmeta") || name.starts_with("libbessemer_sysroot-") {
                continue;
            }
            let to = library.join(&name);
            std::fs::rename(entry.path(), &to).map_err(|error| io_error(&to, error))?;
            files.push((name, std::fs::metadata(&to).map_err(|error| io_error(&to, error))?.len()));
        }
        let description = Description {
            target: self.target.name.clone(),
            settings: request.settings,
            version: self.version.clone(),
            files,
        };
        let file = made.join(DESCRIPTION);
        let content = serde_json::to_vec(&description).map_err(|error| io_error(&file, error.into()))?;
        let head = sealed::head(MAGIC, &[], &[&content]);
        std::fs::write(&file, [head, content].concat()).map_err(|error| io_error(&file, error))?;
        // Where locks are of no use, another process may have made it meanwhile: that one is in use.
        if read_description(folder).is_some() {
            return Ok(());
        }
        // One that is damaged is in the way.
        let _ = scratch::remove_folder(folder);
        match std::fs::rename(&made, folder) {
            Err(error) if read_description(folder).is_none() => Err(io_error(folder, error)),
            _ => Ok(()),
        }
    }

    /// Has cargo check the source; gives the folder in which the metadata is.
    fn check_source(
        &self,
        source: &Path,
        settings: StdSettings,
        folder: &Path,
        progress: &mut dyn FnMut(&str),
    ) -> Result<PathBuf, StdError> {
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).map_err(|error| io_error(&path, error)).map(|()| path)
        };
        let StdSettings { strategy, overflow_checks, debug_assertions } = settings;
        let panic = if strategy.aborts() { "abort" } else { "unwind" };
        let profile = format!(
            "\n[profile.release]\npanic = \"{panic}\"\noverflow-checks = {overflow_checks}\n\
             debug-assertions = {debug_assertions}\n"
        );
        write("Cargo.toml", &format!("{MANIFEST}{profile}"))?;
        let src = folder.join("src");
        std::fs::create_dir(&src).map_err(|error| io_error(&src, error))?;
        write("src/lib.rs", "#![no_std]\n")?;
        let wrapper = write("wrapper", WRAPPER)?;
        std::fs::set_permissions(&wrapper, Permissions::from_mode(0o700)).map_err(|error| io_error(&wrapper, error))?;
        let own = self.sysroot.join("bin").join("cargo");
        let program = if own.is_file() { own } else { PathBuf::from("cargo") };
        let mut command = Command::new(&program);
        for (name, _) in std::env::vars_os() {
            if is_of_a_build(&name) {
                command.env_remove(&name);
            }
        }
        let mut flags = String::from("-Zalways-encode-mir");
        if strategy == PanicStrategy::ImmediateAbort {
            flags += "\u{1f}-Zunstable-options\u{1f}-Cpanic=immediate-abort";
        }
        command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_ENCODED_RUSTFLAGS", flags);
        // How cargo's own tests name another source of std than that of the sysroot.
        command.env("__CARGO_TESTS_ONLY_SRC_ROOT", source);
        command.env("RUSTC", &self.rustc).env("RUSTC_WRAPPER", &wrapper).env("RUSTC_WORKSPACE_WRAPPER", "");
        command.args(["check", "--release", "--color=never", "--target", &self.target.argument]);
        command.arg(format!("-Zbuild-std={}", self.std_crates(strategy)));
        if self.target.is_file() {
            command.arg("-Zjson-target-spec");
        }
        command.arg("--target-dir").arg(folder.join("target")).current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let cargo_error = |error| StdError::Cargo { program: program.clone(), error };
        let mut child = command.spawn().map_err(cargo_error)?;
        let mut said = String::new();
        if let Some(stderr) = child.stderr.take() {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                match line.trim_start().split(' ').next() {
                    Some("Compiling" | "Checking" | "Downloading" | "Downloaded" | "Updating" | "Locking") => {
                        progress(line.trim());
                    }
                    _ => said += &format!("{line}\n"),
                }
            }
        }
        let status = child.wait().map_err(cargo_error)?;
        if !status.success() {
            return Err(StdError::Failed { target: self.target.name.clone(), stderr: said });
        }
        Ok(folder.join("target").join(&self.target.name).join("release").join("deps"))
    }

    /// The crates that a program may name, or that belong to every program.
    fn std_crates(&self, strategy: PanicStrategy) -> &'static str {
        if !self.has_os() {
            return "core,alloc";
        }
        match strategy {
            PanicStrategy::Unwind => "std,panic_unwind",
            PanicStrategy::Abort => "std,panic_abort",
            PanicStrategy::ImmediateAbort => "std",
        }
    }

    /// Whether the target has an operating system, without which there is no std.
    fn has_os(&self) -> bool {
        !self.target.cfg.holds("target_os", Some("none"))
    }

    /// What makes rustc read the crate that handles panics: none of std's crates names it, and rustc adds it only where it links.
    pub(crate) fn runtime_args(&self) -> Vec<OsString> {
        let Std::Source { settings, .. } = &self.std else { return Vec::new() };
        let runtime = match settings.strategy {
            _ if !self.has_os() => return Vec::new(),
            PanicStrategy::Unwind => "panic_unwind",
            PanicStrategy::Abort => "panic_abort",
            PanicStrategy::ImmediateAbort => return Vec::new(),
        };
        vec!["-Zunstable-options".into(), format!("--extern=force:{runtime}").into()]
    }
}

/// The stds that were made from source, for any toolchain, in the order of their targets.
pub fn known_stds(cache: &Path) -> Vec<KnownStd> {
    let Ok(cache) = private::existing(cache) else { return Vec::new() };
    let entries = std::fs::read_dir(&cache).into_iter().flatten().flatten();
    let known = |folder: PathBuf| {
        let Description { target, settings, version, files } = read_description(&folder)?;
        Some(KnownStd { folder, target, settings, version, size_bytes: files.iter().map(|(_, size)| size).sum() })
    };
    let is_std = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with(PREFIX);
    let mut found: Vec<KnownStd> = entries.filter(is_std).filter_map(|entry| known(entry.path())).collect();
    found.sort_by(|a, b| (&a.target, &a.version, &a.folder).cmp(&(&b.target, &b.version, &b.folder)));
    found
}

impl KnownStd {
    /// Removes it. Programs that are there already do not need it.
    ///
    /// # Errors
    /// Those of the system.
    pub fn remove(&self) -> Result<(), StdError> {
        scratch::remove_folder(&self.folder).map_err(|error| io_error(&self.folder, error))
    }
}

fn io_error(path: &Path, error: std::io::Error) -> StdError {
    StdError::Io { path: path.to_owned(), error }
}

/// What a folder says of itself, if all of it is there.
fn read_description(folder: &Path) -> Option<Description> {
    let bytes = std::fs::read(folder.join(DESCRIPTION)).ok()?;
    let description: Description = serde_json::from_slice(sealed::open(MAGIC, &[], &bytes)?).ok()?;
    let library = folder.join("lib").join("rustlib").join(&description.target).join("lib");
    let is_there = |(name, size): &(String, u64)| {
        std::fs::metadata(library.join(name)).is_ok_and(|metadata| metadata.len() == *size)
    };
    description.files.iter().all(is_there).then_some(description)
}

fn has_core(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_core = |name: OsString| {
        let name = name.to_string_lossy();
        name.starts_with("libcore-") && (name.ends_with(".rlib") || name.ends_with(".rmeta"))
    };
    entries.map(|entry| entry.file_name()).any(is_core)
}

/// The folder `library`, given itself or the folder that it is in.
fn library_in(folder: &Path) -> Option<PathBuf> {
    let is_library = |it: &PathBuf| it.join("std").join("Cargo.toml").is_file() && it.join("Cargo.lock").is_file();
    [folder.to_owned(), folder.join("library")].into_iter().find(is_library)
}

/// Whether a variable belongs to a build of the user's that goes on around this one.
fn is_of_a_build(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy();
    let starts = ["CARGO_BUILD_", "CARGO_ENCODED_", "CARGO_PROFILE_", "CARGO_TARGET_", "CARGO_UNSTABLE_", "CARGO_PKG_"];
    matches!(&*name, "RUSTFLAGS" | "RUSTDOC" | "CARGO_INCREMENTAL")
        || starts.iter().any(|start| name.starts_with(start))
}
