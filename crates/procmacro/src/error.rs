//! Why there is no expansion.

use std::fmt;
use std::path::PathBuf;

use syntax::doubt::Doubt;

use crate::Effects;
use crate::sys::{EXITED, End};

/// Why a library cannot be used, or a macro has no expansion.
#[derive(Debug)]
pub enum Error {
    /// The file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        message: String,
    },
    /// The file is no library of procedural macros.
    NotMacros {
        /// The file.
        path: PathBuf,
        /// Why it is none.
        message: String,
    },
    /// The library was made by another version of rustc.
    Version {
        /// The file.
        path: PathBuf,
        /// The version.
        found: String,
    },
    /// The library cannot be loaded.
    Load {
        /// The file.
        path: PathBuf,
        /// The loader's or the system's reason.
        message: String,
    },
    /// The library has no macro of this number, or one of another kind than it was used as.
    NoSuchMacro,
    /// The macro panicked.
    Panicked {
        /// The macro.
        name: String,
        /// The panic's message, if it was a text.
        message: Option<String>,
        /// What it did before.
        effects: Box<Effects>,
    },
    /// The process that the macro ran in has ended.
    Crashed {
        /// The macro.
        name: String,
        /// How it ended.
        how: Crash,
    },
    /// The macro asked what is not known here.
    Doubt(Box<Doubt>),
}

/// What gives an expansion or says why not.
pub type Result<T> = std::result::Result<T, Error>;

/// How a macro ended its process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Crash {
    /// By a signal: a fault, an overflow of the stack, `abort`.
    Signal(i32),
    /// By `exit`.
    Exited,
    /// By ending at once, with this status.
    Status(i32),
}

impl From<End> for Crash {
    fn from(end: End) -> Crash {
        match end {
            End::Signal(signal) => Crash::Signal(signal),
            End::Exit(EXITED) => Crash::Exited,
            End::Exit(status) => Crash::Status(status),
        }
    }
}

impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Crash::Signal(libc::SIGSEGV) => f.write_str("crashed with SIGSEGV, as after recursion without end"),
            Crash::Signal(libc::SIGABRT) => f.write_str("aborted (SIGABRT)"),
            Crash::Signal(libc::SIGBUS) => f.write_str("crashed with SIGBUS"),
            Crash::Signal(libc::SIGILL) => f.write_str("crashed with SIGILL"),
            Crash::Signal(libc::SIGKILL) => f.write_str("was killed (SIGKILL)"),
            Crash::Signal(signal) => write!(f, "was ended by signal {signal}"),
            Crash::Exited => f.write_str("ended its process by `exit`"),
            Crash::Status(status) => write!(f, "ended its process with status {status}"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unreadable { path, message } => write!(f, "cannot read {}: {message}", path.display()),
            Error::NotMacros { path, message } => {
                write!(f, "{} is no library of procedural macros: {message}", path.display())
            }
            Error::Version { path, found } => {
                write!(f, "{} was made by {found}; macros of rustc 1.95.0 can be run", path.display())
            }
            Error::Load { path, message } => write!(f, "cannot load {}: {message}", path.display()),
            Error::NoSuchMacro => f.write_str("the library has no such macro of this kind"),
            Error::Panicked { name, message: Some(message), .. } => {
                write!(f, "the procedural macro `{name}` panicked: {message}")
            }
            Error::Panicked { name, message: None, .. } => write!(f, "the procedural macro `{name}` panicked"),
            Error::Crashed { name, how } => write!(f, "the procedural macro `{name}` {how}"),
            Error::Doubt(doubt) => doubt.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<Box<Doubt>> for Error {
    fn from(doubt: Box<Doubt>) -> Error {
        Error::Doubt(doubt)
    }
}
