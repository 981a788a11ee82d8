//! Why something else than a compilation failed.

use driver::DriverError;
use std::fmt;

/// Why an engine is not there, or a unit does not do what it is asked for.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A unit has no function of this name for others: `#[unsafe(no_mangle)]` and `extern "C"` make one.
    NoSuchFunction {
        /// What was asked for.
        name: String,
        /// What there is.
        exported: Vec<String>,
    },
    /// The rest: no toolchain, a symbol that nobody defines, a form that no back end has, a full disk.
    Other(DriverError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NoSuchFunction { name, exported } if exported.is_empty() => write!(
                f,
                "there is no function `{name}`: the unit exports nothing\n  help: `#[unsafe(no_mangle)] pub extern \"C\" fn …` \
                 is exported"
            ),
            Error::NoSuchFunction { name, exported } => {
                write!(f, "there is no function `{name}`; the unit exports {}", exported.join(", "))
            }
            Error::Other(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::NoSuchFunction { .. } => None,
            Error::Other(error) => error.source(),
        }
    }
}

impl From<DriverError> for Error {
    fn from(error: DriverError) -> Error {
        Error::Other(error)
    }
}
