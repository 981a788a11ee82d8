//! Why a function cannot be lowered.

use std::fmt;
use ty::{ConstError, Span};

/// Why a function cannot be lowered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LowerError {
    /// A constant that the function needs does not evaluate: the user's mistake, found after monomorphisation.
    Const(ConstError),
    /// A construct that Bessemer does not support.
    Unsupported {
        /// What it is, as a noun: `explicit tail call`.
        construct: String,
        /// Where it is used; [`Span::DUMMY`] where that is not known.
        span: Span,
    },
    /// A type too large for the target, or otherwise without a layout.
    Layout {
        /// Which type, and why it has no layout.
        message: String,
        /// Where the type's size is needed; [`Span::DUMMY`] where that is not known.
        span: Span,
    },
    /// A signature that the function cannot have or call: the user's mistake, found after monomorphisation.
    Abi {
        /// What is wrong.
        message: String,
        /// What the place is.
        label: &'static str,
        /// What could be done.
        help: Option<String>,
        /// The declaration or the call.
        span: Span,
    },
    /// The function needs itself with other arguments, and so on, deeper than the crate's limit. It is needed at this place.
    RecursionLimit {
        /// The call, or whatever needs the function.
        span: Span,
    },
    /// One of our own rules does not hold.
    Internal(String),
}

impl LowerError {
    /// Of a rule of ours that does not hold; the text says which.
    pub fn internal(message: impl Into<String>) -> LowerError {
        LowerError::Internal(message.into())
    }

    /// Of a function that cannot be called as its ABI says.
    pub(crate) fn from_abi(error: &layout::abi::FnAbiError<'_>) -> LowerError {
        match error {
            layout::abi::FnAbiError::Layout(layout::LayoutError::Const(_, error)) => LowerError::Const(error.clone()),
            layout::abi::FnAbiError::Layout(error) => LowerError::from_layout(error),
            other => LowerError::unsupported(other.to_string(), Span::DUMMY),
        }
    }

    /// Of a type without a layout.
    pub(crate) fn from_layout(error: &layout::LayoutError<'_>) -> LowerError {
        match error {
            layout::LayoutError::Const(_, error) => LowerError::Const(error.clone()),
            other => LowerError::Layout { message: other.to_string(), span: other.span() },
        }
    }

    /// Of a construct that is not supported, as a noun.
    pub fn unsupported(construct: impl Into<String>, span: Span) -> LowerError {
        LowerError::Unsupported { construct: construct.into(), span }
    }

    /// Where in the source, if it is known.
    pub fn span(&self) -> Option<Span> {
        match self {
            LowerError::Const(error) => Some(error.span),
            LowerError::Unsupported { span, .. }
            | LowerError::Layout { span, .. }
            | LowerError::Abi { span, .. }
            | LowerError::RecursionLimit { span } => Some(*span),
            LowerError::Internal(_) => None,
        }
    }
}

impl From<ConstError> for LowerError {
    fn from(error: ConstError) -> LowerError {
        LowerError::Const(error)
    }
}

impl fmt::Display for LowerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LowerError::Const(error) => write!(f, "{error}"),
            LowerError::Unsupported { construct, .. } => write!(f, "unsupported: {construct}"),
            LowerError::Layout { message, .. } | LowerError::Abi { message, .. } => f.write_str(message),
            LowerError::RecursionLimit { .. } => f.write_str("reached the recursion limit while instantiating"),
            LowerError::Internal(message) => write!(f, "internal error: {message}"),
        }
    }
}

impl std::error::Error for LowerError {}
