//! What a crate's metadata lacks, and rustc is asked for where it matters.

use crate::error::DriverError;
use std::path::Path;
use toolchain::{CrateRequest, Invocation, Toolchain};

/// Who answers for the crate that is compiled.
#[derive(Clone, Copy, Debug)]
pub enum Missing<'a> {
    /// A crate compiled by itself.
    OfRequest {
        /// Runs it.
        toolchain: &'a Toolchain,
        /// What rustc was asked for the crate.
        request: &'a CrateRequest,
        /// A folder for files that rustc writes on the way.
        folder: &'a Path,
    },
    /// A crate compiled as a command line says.
    OfInvocation {
        /// Runs it.
        toolchain: &'a Toolchain,
        /// The command line that cargo gave for the crate.
        invocation: &'a Invocation,
        /// A folder for files that rustc writes on the way.
        folder: &'a Path,
    },
}

impl Missing<'_> {
    /// The text of its `global_asm!`.
    pub(crate) fn global_asm(&self) -> Result<String, DriverError> {
        Ok(match *self {
            Missing::OfRequest { toolchain, request, folder } => toolchain.global_asm(request, folder)?,
            Missing::OfInvocation { toolchain, invocation, folder } => toolchain.unit_global_asm(invocation, folder)?,
        })
    }

    /// Whether it has `#![no_main]`.
    pub(crate) fn has_no_main(&self) -> Result<bool, DriverError> {
        Ok(match *self {
            Missing::OfRequest { toolchain, request, .. } => toolchain.has_no_main(request)?,
            Missing::OfInvocation { toolchain, invocation, .. } => toolchain.unit_has_no_main(invocation)?,
        })
    }
}
