//! What can go wrong.

use std::fmt;
use std::path::PathBuf;

/// Bytes that are not what the format says. Becomes a [`ty::MetadataError`] where an answer has no room for an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DecodeError {
    /// Byte position in the metadata where the trouble was noticed.
    pub position: usize,
    pub message: &'static str,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.message, self.position)
    }
}
impl std::error::Error for DecodeError {}

/// The result of decoding.
pub type Result<T, E = DecodeError> = std::result::Result<T, E>;

/// Why a session cannot be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OpenError {
    /// The file cannot be read.
    Io { path: PathBuf, message: String },
    /// The file is not metadata, or cut short.
    NotMetadata { path: PathBuf, message: String },
    /// Written by a rustc whose format is not known here.
    Version { path: PathBuf, found: String },
    /// Written by another release than the program's own crate: both are known, and they do not go together.
    Mixed { path: PathBuf, found: &'static str, expected: &'static str },
    /// The bytes contradict the format.
    Damaged { path: PathBuf, error: DecodeError },
    /// A dependency is nowhere to be found.
    MissingCrate { name: String, needed_by: String, searched: Vec<PathBuf> },
    /// A dependency is there, but not the one that was compiled against.
    WrongCrate { name: String, needed_by: String, found: Vec<PathBuf> },
    /// A procedural macro crate, which only the compiler runs.
    ProcMacro { path: PathBuf },
    /// Metadata that only says that the real one is elsewhere, and it is not.
    Stub { path: PathBuf },
    /// The metadata of a dynamic library is compressed.
    Compressed { path: PathBuf },
    /// More crates, source files or expansions than numbers for them.
    TooMany { path: PathBuf },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list =
            |paths: &[PathBuf]| paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        match self {
            OpenError::Io { path, message } => write!(f, "cannot read {}: {message}", path.display()),
            OpenError::NotMetadata { path, message } => {
                write!(f, "{} is not crate metadata of rustc: {message}", path.display())
            }
            OpenError::Version { path, found } => write!(
                f,
                "{} was written by `{found}`, and only metadata of rustc {} is understood; compile the crate again with \
                 one of these",
                path.display(),
                release::names()
            ),
            OpenError::Mixed { path, found, expected } => write!(
                f,
                "{} was written by rustc {found}, and the program by rustc {expected}; compile both with the same",
                path.display()
            ),
            OpenError::Damaged { path, error } => {
                write!(f, "{} is damaged ({error}); compile the crate again", path.display())
            }
            OpenError::MissingCrate { name, needed_by, searched } => write!(
                f,
                "cannot find crate `{name}`, which `{needed_by}` needs; searched {}",
                if searched.is_empty() { "nowhere".to_owned() } else { list(searched) }
            ),
            OpenError::WrongCrate { name, needed_by, found } => write!(
                f,
                "`{needed_by}` was compiled against another version of crate `{name}` than found in {}; compile it again",
                list(found)
            ),
            OpenError::ProcMacro { path } => {
                write!(f, "{} is a procedural macro, which has no code for the target", path.display())
            }
            OpenError::Stub { path } => {
                write!(f, "{} holds a stub of its metadata, and the .rmeta file beside it is missing", path.display())
            }
            OpenError::Compressed { path } => write!(
                f,
                "{} is a dynamic library, whose metadata is compressed; give its .rmeta or .rlib instead",
                path.display()
            ),
            OpenError::TooMany { path } => write!(f, "too many crates or source files, at {}", path.display()),
        }
    }
}
impl std::error::Error for OpenError {}
