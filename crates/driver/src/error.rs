//! Why nothing came out.

use std::fmt;
use std::path::PathBuf;

/// Why nothing came out.
#[derive(Debug)]
pub enum DriverError {
    /// The user's program is wrong; rustc's own words, to be shown as they are.
    Diagnostics(Vec<u8>),
    /// The user's program is wrong in a way that shows after monomorphisation, or uses what is not supported: our words.
    Program(Vec<ProgramError>),
    Toolchain(toolchain::ToolchainError),
    /// rustc could not be run, or did not give what was needed.
    Check(toolchain::CheckError),
    /// A crate's metadata cannot be read.
    Open(String),
    /// Something asked for does not make sense or does not exist.
    Usage(String),
    Codegen(backend::CodegenError),
    Link(link::aot::LinkError),
    Load(String),
    Io {
        path: PathBuf,
        error: std::io::Error,
    },
    /// A bug of Bessemer's.
    Internal(String),
}

/// One fault of the user's program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProgramError {
    pub message: String,
    /// `file:line:column`, where known.
    pub location: Option<String>,
    /// How it came to be needed.
    pub notes: Vec<String>,
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DriverError::Diagnostics(text) => f.write_str(&String::from_utf8_lossy(text)),
            DriverError::Program(errors) => {
                for (index, error) in errors.iter().enumerate() {
                    if index > 0 {
                        f.write_str("\n")?;
                    }
                    f.write_str(&error.message)?;
                    if let Some(location) = &error.location {
                        write!(f, "\n --> {location}")?;
                    }
                    for note in &error.notes {
                        write!(f, "\n  = note: {note}")?;
                    }
                }
                Ok(())
            }
            DriverError::Toolchain(error) => error.fmt(f),
            DriverError::Check(error) => error.fmt(f),
            DriverError::Open(message) | DriverError::Usage(message) | DriverError::Load(message) => {
                f.write_str(message)
            }
            DriverError::Codegen(error) => error.fmt(f),
            DriverError::Link(error) => error.fmt(f),
            DriverError::Io { path, error } => write!(f, "{}: {error}", path.display()),
            DriverError::Internal(message) => write!(
                f,
                "internal error: {message}\n  = note: this is a bug in Bessemer; please report it with the program that \
                 shows it"
            ),
        }
    }
}

impl std::error::Error for DriverError {}

impl From<toolchain::ToolchainError> for DriverError {
    fn from(error: toolchain::ToolchainError) -> DriverError {
        DriverError::Toolchain(error)
    }
}
impl From<toolchain::CheckError> for DriverError {
    fn from(error: toolchain::CheckError) -> DriverError {
        match error {
            toolchain::CheckError::Diagnostics(text) => DriverError::Diagnostics(text),
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
        DriverError::Link(error)
    }
}

/// Stacks of the threads that work: goals of trait selection and the types in metadata nest deeply.
const STACK_BYTES: usize = 64 << 20;

/// Runs something on threads with big stacks, all cores' worth. It may unwind with an internal error, with damaged metadata
/// or with a fault of the program, and these become errors.
pub fn catching<T: Send>(run: impl FnOnce() -> Result<T, DriverError> + Send) -> Result<T, DriverError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .stack_size(STACK_BYTES)
        .build()
        .map_err(|error| DriverError::Internal(format!("cannot start threads: {error}")))?;
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| pool.install(run))) {
        Ok(result) => result,
        Err(payload) => Err(explain(payload)),
    }
}

/// What a panic's payload means.
fn explain(payload: Box<dyn std::any::Any + Send>) -> DriverError {
    let payload = match payload.downcast::<ty::MetadataError>() {
        Ok(error) => return DriverError::Open(error.to_string()),
        Err(payload) => payload,
    };
    let at_fault =
        |message: String| DriverError::Program(vec![ProgramError { message, location: None, notes: Vec::new() }]);
    let payload = match payload.downcast::<ty::ConstError>() {
        Ok(error) => return at_fault(error.message),
        Err(payload) => payload,
    };
    match payload.downcast::<traits::Failure>() {
        Ok(failure) => match failure.constant {
            Some(constant) => at_fault(constant.message),
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
