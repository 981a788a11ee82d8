//! Errors of the driver.

pub mod json;
mod render;

pub(crate) use render::lines;

use std::fmt;
use std::path::PathBuf;

/// Why nothing came out.
#[derive(Debug)]
#[non_exhaustive]
pub enum DriverError {
    /// The user's program is wrong; rustc's own words, to be shown as they are.
    Diagnostics(Vec<u8>),
    /// The user's program is wrong in a way that shows after monomorphisation, or uses what is not supported: our words.
    Program(Vec<ProgramError>),
    /// What failed after rustc had accepted the program, and what rustc had said by then: warnings, to be shown first.
    AfterCheck {
        /// rustc's words, to be shown as they are.
        diagnostics: Vec<u8>,
        /// What failed.
        error: Box<DriverError>,
    },
    /// rustc or its parts are not there, or of a release that is not known.
    Toolchain(toolchain::ToolchainError),
    /// rustc could not be run, or did not give what was needed.
    Check(toolchain::CheckError),
    /// A crate's metadata cannot be read.
    Open(String),
    /// Something asked for does not make sense or does not exist.
    Usage(String),
    /// A back end rejected a function, or failed.
    Codegen(backend::CodegenError),
    /// The linker cannot be started, or refused.
    Link(link::aot::LinkError),
    /// Objects or libraries cannot be loaded into this process; what to do is in the text.
    Load(String),
    /// A file that is Bessemer's own business cannot be read or written.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// What was asked for cannot be written there.
    Output {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// Whoever asked for it wants it no longer.
    Cancelled,
    /// A bug of Bessemer's.
    Internal(String),
}

/// One fault of the user's program.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ProgramError {
    /// rustc's number for it (`E0080`), where it has one.
    pub code: Option<&'static str>,
    /// What is wrong, without place and code.
    pub message: String,
    /// Where, if known.
    pub place: Option<Place>,
    /// What is said at the place.
    pub label: Option<String>,
    /// What could be done.
    pub help: Option<String>,
    /// How it came to be needed.
    pub notes: Vec<String>,
    /// What is said of other places.
    pub remarks: Vec<Remark>,
    /// Notes that follow it, each a message of its own.
    pub following: Vec<Remark>,
}

/// A note about a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    /// What is said.
    pub message: String,
    /// Where, if known.
    pub place: Option<Place>,
    /// What is said at the place.
    pub label: Option<String>,
}

/// A place in a source file, for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// As rustc shows it: relative where the compiler was given a relative path.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// From 1; the line of the first for a place within a line.
    pub last_line: u32,
    /// Behind the last character.
    pub last_column: u32,
    /// The text of the lines from the first to the last; empty where the file cannot be read.
    pub lines: Vec<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// What a person can do about a file that cannot be written.
fn output_help(error: &std::io::Error) -> &'static str {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => "make the folder first, or name another with -o or --out-dir",
        ErrorKind::IsADirectory => "name a file with -o, or another folder with --out-dir",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "free some space there, or write elsewhere with -o or --out-dir"
        }
        _ => "write elsewhere with -o or --out-dir",
    }
}

/// The words of an error alone, where a library has added the path of a temporary file to them.
fn reason(error: &std::io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.source()).and_then(|it| it.downcast_ref::<std::io::Error>());
    inner.unwrap_or(error).to_string()
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DriverError::Diagnostics(text) => f.write_str(&String::from_utf8_lossy(text)),
            DriverError::Program(errors) => {
                for (index, error) in errors.iter().enumerate() {
                    if index > 0 {
                        f.write_str("\n\n")?;
                    }
                    error.fmt(f)?;
                }
                Ok(())
            }
            DriverError::AfterCheck { error, .. } => error.fmt(f),
            DriverError::Toolchain(error) => error.fmt(f),
            DriverError::Check(error) => error.fmt(f),
            DriverError::Open(message) | DriverError::Usage(message) | DriverError::Load(message) => {
                f.write_str(message)
            }
            DriverError::Codegen(error) => error.fmt(f),
            DriverError::Link(error) => error.fmt(f),
            DriverError::Io { path, error } => write!(f, "{}: {}", path.display(), reason(error)),
            DriverError::Output { path, error } => {
                write!(f, "cannot write `{}`: {}\n  help: {}", path.display(), reason(error), output_help(error))
            }
            DriverError::Cancelled => f.write_str("cancelled"),
            DriverError::Internal(message) => write!(
                f,
                "internal error: {message}\n  = note: this is a bug in Bessemer; please report it with the program that \
                 shows it"
            ),
        }
    }
}

impl std::error::Error for DriverError {
    /// What is behind the words of the error itself.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            DriverError::Io { error, .. } | DriverError::Output { error, .. } => Some(error),
            // These speak in the words of what they hold.
            DriverError::AfterCheck { error, .. } => error.source(),
            DriverError::Toolchain(error) => error.source(),
            DriverError::Check(error) => error.source(),
            DriverError::Codegen(error) => error.source(),
            DriverError::Link(error) => error.source(),
            DriverError::Diagnostics(_)
            | DriverError::Program(_)
            | DriverError::Open(_)
            | DriverError::Usage(_)
            | DriverError::Load(_)
            | DriverError::Cancelled
            | DriverError::Internal(_) => None,
        }
    }
}

impl From<toolchain::ToolchainError> for DriverError {
    fn from(error: toolchain::ToolchainError) -> DriverError {
        DriverError::Toolchain(error)
    }
}
impl From<toolchain::CheckError> for DriverError {
    fn from(error: toolchain::CheckError) -> DriverError {
        match error {
            toolchain::CheckError::Diagnostics(text) => DriverError::Diagnostics(text),
            toolchain::CheckError::Crashed { diagnostics, status } => {
                DriverError::Check(toolchain::CheckError::Crashed { diagnostics: Vec::new(), status })
                    .after(&diagnostics)
            }
            other => DriverError::Check(other),
        }
    }
}
impl From<backend::CodegenError> for DriverError {
    fn from(error: backend::CodegenError) -> DriverError {
        DriverError::Codegen(error)
    }
}
impl From<link::aot::LinkError> for DriverError {
    fn from(error: link::aot::LinkError) -> DriverError {
        match error {
            link::aot::LinkError::Io { path, error } => DriverError::Output { path, error },
            other => DriverError::Link(other),
        }
    }
}

impl DriverError {
    /// With what rustc had said about the program before.
    pub(crate) fn after(self, diagnostics: &[u8]) -> DriverError {
        if diagnostics.is_empty() {
            return self;
        }
        DriverError::AfterCheck { diagnostics: diagnostics.to_vec(), error: Box::new(self) }
    }
}

/// What a panic's payload means.
pub fn explain(payload: Box<dyn std::any::Any + Send>) -> DriverError {
    let payload = match payload.downcast::<ty::MetadataError>() {
        Ok(error) => return DriverError::Open(error.to_string()),
        Err(payload) => payload,
    };
    let payload = match payload.downcast::<crate::report::Cancelled>() {
        Ok(_) => return DriverError::Cancelled,
        Err(payload) => payload,
    };
    let at_fault = |code: &'static str, message: String| {
        DriverError::Program(vec![ProgramError { code: Some(code), message, ..ProgramError::default() }])
    };
    let payload = match payload.downcast::<ty::ConstError>() {
        Ok(error) => return at_fault("E0080", error.message),
        Err(payload) => payload,
    };
    match payload.downcast::<traits::Failure>() {
        Ok(failure) => match failure.constant {
            Some(constant) => at_fault("E0080", constant.message),
            None if failure.overflow => at_fault("E0275", failure.message),
            None => DriverError::Internal(failure.message),
        },
        Err(payload) => DriverError::Internal(panic_message(&*payload)),
    }
}

fn panic_message(payload: &(dyn std::any::Any + Send)) -> String {
    let text =
        payload.downcast_ref::<String>().cloned().or_else(|| payload.downcast_ref::<&str>().map(|&s| s.to_owned()));
    let text = text.unwrap_or_else(|| "unknown".to_owned());
    text.strip_prefix("internal error: ").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::DriverError;
    use std::error::Error;
    use std::io::ErrorKind;

    #[test]
    fn what_the_system_said_is_the_source() {
        let system = || std::io::Error::from(ErrorKind::NotFound);
        let path = || std::path::PathBuf::from("a");
        let missing = toolchain::ToolchainError::NotFound { program: path(), error: system() };
        let spawn = toolchain::CheckError::Spawn { program: path(), error: system() };
        for error in [
            DriverError::Io { path: path(), error: system() },
            DriverError::from(missing),
            DriverError::from(spawn),
            DriverError::from(link::aot::LinkError::Io { path: path(), error: system() }).after(b"a warning"),
        ] {
            assert_eq!(error.source().map(ToString::to_string), Some(system().to_string()), "{error}");
        }
        assert!(DriverError::Usage("words".to_owned()).source().is_none());
    }
}
