//! The content of requests and answers.

use backend::{Capabilities, CodegenError, Emit};
use serde::{Deserialize, Serialize};

/// The version of the protocol.
pub const PROTOCOL_VERSION: u32 = 1;

pub(crate) const REQUEST: &[u8; 8] = b"BSMRBACK";
pub(crate) const ANSWER: &[u8; 8] = b"BSMRANSW";
pub(crate) const DESCRIBE: u32 = 0;
pub(crate) const COMPILE: u32 = 1;
pub(crate) const DONE: u32 = 0;
pub(crate) const ERROR: u32 = 1;

/// The form in which a program wants modules.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LirForm {
    /// As text ([`lir::text`]).
    #[default]
    Text,
    /// In the compact form ([`lir::binary`]).
    Binary,
}

/// What a program says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Description {
    /// The back end's name.
    pub name: String,
    /// The program's version: two programs that make different code of a module must not have the same.
    pub version: String,
    /// The form in which it wants modules.
    #[serde(default)]
    pub lir: LirForm,
    /// The version of the binary form that it reads ([`lir::binary::VERSION`]); needed where it wants that form.
    #[serde(default)]
    pub lir_version: Option<u16>,
    /// What it is good for. What is left out is "no", or nothing.
    #[serde(default)]
    pub capabilities: Capabilities,
}

/// Why a module was not compiled.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Failure {
    /// Whose fault it is.
    pub kind: FailureKind,
    /// The error, for people.
    pub message: String,
}

/// Whose fault it is that a module was not compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailureKind {
    /// The program does not know the target, the CPU or a feature.
    Target,
    /// Something that it needs is missing (a C compiler, say); the message says how to mend it.
    Unavailable,
    /// It has no output of that kind.
    Emit,
    /// The assembler does not accept the user's assembly; its messages, one a line.
    Assembly,
    /// What was counted in earlier runs cannot be used.
    Profile,
    /// A bug of the program, or LIR that breaks its own rules.
    Internal,
}

impl Failure {
    /// The failure that a back end's error is.
    pub fn of(error: &CodegenError) -> Failure {
        let (kind, message) = match error {
            CodegenError::Target(message) => (FailureKind::Target, message.clone()),
            CodegenError::Unavailable(message) => (FailureKind::Unavailable, message.clone()),
            CodegenError::Emit(_) => (FailureKind::Emit, error.to_string()),
            CodegenError::Assembly(message) => (FailureKind::Assembly, message.clone()),
            CodegenError::Profile(message) => (FailureKind::Profile, message.clone()),
            CodegenError::Internal { .. } => (FailureKind::Internal, error.to_string()),
        };
        Failure { kind, message }
    }

    /// The error that it is for whoever asked for `emit`.
    pub fn into_error(self, emit: Emit) -> CodegenError {
        match self.kind {
            FailureKind::Target => CodegenError::Target(self.message),
            FailureKind::Unavailable => CodegenError::Unavailable(self.message),
            FailureKind::Emit => CodegenError::Emit(emit),
            FailureKind::Assembly => CodegenError::Assembly(self.message),
            FailureKind::Profile => CodegenError::Profile(self.message),
            FailureKind::Internal => CodegenError::Internal { function: String::new(), message: self.message },
        }
    }
}
