//! Links files into an executable or a shared library, with a C compiler as the driver of the linker, or for WebAssembly
//! with LLD itself.
//!
//! The C compiler knows where the C runtime and the system's libraries are. The linker itself is the toolchain's LLD
//! where the caller says so ([`Linker::lld_folder`]), as rustc does on x86-64 Linux. The order of inputs, the flags and
//! their meaning are those of rustc (`rustc --print link-args`; `rustc_codegen_ssa::back::link`).

mod command;
mod wasm;

use crate::output::Place;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The programs that link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Linker {
    /// What is asked to link.
    pub program: PathBuf,
    /// The folder that holds `ld.lld` (`gcc-ld` in the toolchain's sysroot); without it, the C compiler's own linker.
    pub lld_folder: Option<PathBuf>,
    /// What kind of a program it is.
    pub flavor: Flavor,
}

/// What kind of a program links.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Flavor {
    /// A C compiler, which knows where the C runtime and the system's libraries are.
    #[default]
    Cc,
    /// A linker itself, as GNU's: for machines without a system. LLD's program for all kinds is told that it is that.
    Ld,
    /// LLD itself, as the linker of WebAssembly.
    Wasm,
}

impl Default for Linker {
    /// `cc` with its own linker.
    fn default() -> Linker {
        Linker { program: PathBuf::from("cc"), lld_folder: None, flavor: Flavor::Cc }
    }
}

/// The kind of file to make.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OutputKind {
    /// An executable that may be loaded at any address.
    #[default]
    PieExecutable,
    /// An executable with a fixed address.
    FixedExecutable,
    /// An executable without shared libraries, which may be loaded at any address.
    StaticPieExecutable,
    /// An executable without shared libraries and with a fixed address.
    StaticFixedExecutable,
    /// A shared library (`.so`).
    SharedLibrary,
    /// One object made of several.
    Object,
}

/// Which symbols other images see.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Exports {
    /// Of a library all that have default visibility, of an executable none.
    #[default]
    ByVisibility,
    /// Of an executable too, all that have default visibility (`--export-dynamic`).
    All,
    /// These and no others.
    Listed(Vec<String>),
}

/// The parts to leave out of the output.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Strip {
    /// Nothing.
    #[default]
    None,
    /// Information for debuggers.
    DebugInfo,
    /// That, and the names of symbols.
    Symbols,
}

/// How a native library is linked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LibraryKind {
    /// As the linker finds it, shared libraries first.
    Any,
    /// A shared library; `as_needed` leaves it out where it defines nothing that is used.
    Shared {
        /// It is recorded only if it defines something that is needed.
        as_needed: bool,
    },
    /// An archive; `whole` takes every member of it.
    Static {
        /// All members are linked, not only those that define missing symbols.
        whole: bool,
    },
}

/// Something to be linked. What defines a symbol comes after what uses it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// An object in memory. `name` becomes part of its temporary file's name, which messages of the linker show.
    ObjectBytes {
        /// A name for messages.
        name: String,
        /// The content of the object file.
        bytes: Vec<u8>,
    },
    /// A text in C, which the C compiler that links compiles on the way.
    C {
        /// A name for messages.
        name: String,
        /// The text.
        text: String,
    },
    /// An object file.
    Object(PathBuf),
    /// An archive (also an rlib); `whole` takes every member of it.
    Archive {
        /// The file.
        path: PathBuf,
        /// All members are linked, not only those that define missing symbols.
        whole: bool,
    },
    /// A shared library by its path.
    SharedLibrary {
        /// The file.
        path: PathBuf,
        /// It is recorded only if it defines something that is needed.
        as_needed: bool,
    },
    /// A native library by its name, as after `-l`; `verbatim` takes the name as the file's.
    Library {
        /// The name, which the linker looks for.
        name: String,
        /// Shared or static.
        kind: LibraryKind,
        /// The name is that of the file, without a prefix or an extension to add.
        verbatim: bool,
    },
}

/// Objects of the C library's between which a program is linked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Frame {
    /// Before all other inputs.
    pub first: Vec<PathBuf>,
    /// After all other inputs.
    pub last: Vec<PathBuf>,
}

/// Everything that one call of the linker needs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Job {
    /// The program that links.
    pub linker: Linker,
    /// The kind of file to make.
    pub kind: OutputKind,
    /// Where to write it.
    pub output: PathBuf,
    /// In rustc's order: own objects, own native libraries, crates, their native libraries, the system's libraries.
    pub inputs: Vec<Input>,
    /// The objects with which the program begins and ends, in the place of the C compiler's own.
    pub frame: Option<Frame>,
    /// Where [`Input::Library`] is searched (`-L`), before the C compiler's own folders.
    pub search_folders: Vec<PathBuf>,
    /// Where the output looks for shared libraries when it runs.
    pub rpaths: Vec<PathBuf>,
    /// Which symbols other files see.
    pub exports: Exports,
    /// Symbols that are linked and kept though nothing refers to them (`#[no_mangle]`, `#[used]` in archives).
    pub required_symbols: Vec<String>,
    /// The parts to leave out.
    pub strip: Strip,
    /// Drop sections that nothing refers to.
    pub gc_sections: bool,
    /// Let the linker optimise (rustc does from `opt-level=2` on).
    pub optimize: bool,
    /// Link the C compiler's default libraries too. Off, as in rustc: the inputs name the system's libraries.
    pub default_libraries: bool,
    /// The name that a shared library is known by to those that link with it.
    pub soname: Option<String>,
    /// What the target's linker is told first.
    pub first_args: Vec<OsString>,
    /// The user's arguments, last on the command line (`-C link-arg`).
    pub args: Vec<OsString>,
}

/// Why nothing was linked.
#[derive(Debug)]
pub enum LinkError {
    /// The linking program could not be started.
    Start {
        /// The program.
        program: PathBuf,
        /// What kind of a program it is.
        flavor: Flavor,
        /// The system's error.
        error: io::Error,
    },
    /// The linker refused.
    Failed {
        /// The program that was to link.
        program: PathBuf,
        /// The command line, whole.
        command: String,
        /// The command line without what is the same for most programs, which is counted instead.
        folded: String,
        /// How it ended.
        status: String,
        /// What it printed.
        stderr: String,
    },
    /// A file could not be read or written.
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// The output path names no file.
    Output(PathBuf),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::Start { program, flavor, error } => {
                write!(f, "cannot start the linker `{}`: {error}", program.display())?;
                if error.kind() == io::ErrorKind::NotFound {
                    f.write_str(match flavor {
                        Flavor::Cc => " (a C compiler is needed to link; install one, or name another linker)",
                        Flavor::Ld | Flavor::Wasm => {
                            " (rustup's toolchains have it; install one, or name another LLD with -C linker)"
                        }
                    })?;
                    if let Some(package) = debian_package(program) {
                        write!(f, "\n  help: on Debian and Ubuntu it is in the package `{package}`")?;
                    }
                }
                Ok(())
            }
            LinkError::Failed { program, folded, status, stderr, command: _ } => {
                // What the linker says is what people look for: it comes first.
                write!(f, "linking with `{}` failed: {status}", program.display())?;
                let said = stderr.trim_end();
                if !said.is_empty() {
                    write!(f, "\n{said}")?;
                }
                write!(f, "\n  = note: {folded}")
            }
            LinkError::Io { path, error } => write!(f, "{}: {error}", path.display()),
            LinkError::Output(path) => write!(f, "`{}` is not a name for an output file", path.display()),
        }
    }
}

/// The package with a compiler for another machine, by Debian's rule for their names.
fn debian_package(program: &Path) -> Option<String> {
    let machine = program.to_str()?.strip_suffix("-gcc")?;
    if machine.ends_with("-linux-musl") {
        return Some("musl-tools".to_owned());
    }
    machine.contains("-linux-gnu").then(|| format!("gcc-{}", machine.replace('_', "-")))
}

impl std::error::Error for LinkError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            LinkError::Start { error, .. } | LinkError::Io { error, .. } => Some(error),
            LinkError::Failed { .. } | LinkError::Output(_) => None,
        }
    }
}

/// Links. The output appears complete or not at all: the linker writes beside it, and the result is renamed. What cannot be
/// replaced (a device, a pipe) is written into ([`Place`]).
/// Gives what the linker said where it succeeded (its warnings), empty in most cases.
pub fn link(job: &Job) -> Result<String, LinkError> {
    let name = job.output.file_name().ok_or_else(|| LinkError::Output(job.output.clone()))?;
    let output_error = |error| LinkError::Io { path: job.output.clone(), error };
    let place = Place::find(&job.output).map_err(output_error)?;
    // Files for the linker live beside the output, so that the rename stays within a file system.
    let temporary = place.make(|folder| tempfile::Builder::new().prefix(".link-").tempdir_in(folder));
    let temporary = temporary.map_err(output_error)?;
    let linked = temporary.path().join(name);
    // Names of temporary files tell people nothing.
    let command = command::build(job, temporary.path(), &linked).map_err(|error| match error {
        LinkError::Io { path, error } if path.starts_with(temporary.path()) => output_error(error),
        other => other,
    })?;
    let said = run(command, job.linker.flavor, temporary.path()).map_err(|error| match error {
        // LLD writes through a memory map, which a full file system ends with this signal and without words.
        LinkError::Failed { stderr, .. } if stderr.contains("signal 7 [Bus error]") => {
            output_error(io::Error::from_raw_os_error(libc::ENOSPC))
        }
        other => other,
    })?;
    place.take(&linked).map_err(output_error)?;
    Ok(said)
}

/// The command line that [`link`] would run, for people: with names for the temporary files that do not exist.
pub fn command_line(job: &Job) -> String {
    let folder = Path::new("temporary");
    let (program, args) = arguments(job, folder, &job.output);
    command::display(&program, &args)
}

fn arguments(job: &Job, temporary: &Path, output: &Path) -> (PathBuf, Vec<OsString>) {
    match job.linker.flavor {
        Flavor::Cc | Flavor::Ld => command::arguments(job, temporary, output),
        Flavor::Wasm => wasm::arguments(job, temporary, output),
    }
}

fn run(mut prepared: command::Prepared, flavor: Flavor, temporary: &Path) -> Result<String, LinkError> {
    let command: &mut Command = &mut prepared.command;
    // Messages are read by programs too (rustc sets the same).
    command.env("LC_ALL", "C").stdin(Stdio::null());
    // What a linker leaves behind that is killed, or that crashes, goes with the rest.
    command.env("TMPDIR", temporary);
    let output = command.output();
    let output = output.map_err(|error| LinkError::Start { program: prepared.program.clone(), flavor, error })?;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        return Ok(stderr);
    }
    Err(LinkError::Failed {
        program: prepared.program,
        command: prepared.text,
        folded: prepared.folded,
        status: output.status.to_string(),
        stderr,
    })
}
