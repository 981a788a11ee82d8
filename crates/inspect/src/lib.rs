//! Looks into what was compiled.
//!
//! **What goes in.** An object or a program as bytes, or the text of one of the forms that code has on its way there.
//! **What comes out.** Its functions by their names in Rust, how large they are, and of which crate ([`code`], [`names`]); the
//! assembly of one, taken from its bytes by the toolchain's LLVM ([`disassembly`]), with names for what relocations refer to,
//! labels where branches lead, and the source lines that the object's own debug information tells ([`lines`]); the functions of
//! a text ([`text`]), and the source lines that theirs come from ([`places`]).
//!
//! **What it must not know.** Who made the code, LIR, how anything is shown.

#![warn(missing_docs)]

pub mod code;
pub mod disassembly;
pub mod lines;
pub mod names;
pub mod places;
pub mod text;

use std::fmt;

/// Why something cannot be looked into.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InspectError {
    /// The bytes are no object that is understood.
    Object(String),
    /// The toolchain's LLVM cannot take it apart.
    Disassembler(String),
    /// The debug information is damaged.
    Debug(String),
}

impl fmt::Display for InspectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InspectError::Object(reason) => write!(f, "the object cannot be read: {reason}"),
            InspectError::Disassembler(reason) => write!(f, "machine code cannot be shown as assembly: {reason}"),
            InspectError::Debug(reason) => write!(f, "the object's debug information cannot be read: {reason}"),
        }
    }
}

impl std::error::Error for InspectError {}
