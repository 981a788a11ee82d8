//! Running a program in memory.

use crate::error::DriverError;
use crate::options::Options;
use crate::report::Report;
use std::process::ExitCode;

/// A program that is ready to run.
pub struct Program {
    /// rustc's warnings.
    pub diagnostics: Vec<u8>,
}

impl Program {
    /// Runs it; gives its exit code.
    pub fn start(self) -> ExitCode {
        ExitCode::from(101)
    }
}

/// Compiles a program for running it.
pub fn run(_options: &Options, _args: &[std::ffi::OsString], _report: &mut Report) -> Result<Program, DriverError> {
    Err(DriverError::Usage("running in memory is not there yet".to_owned()))
}
