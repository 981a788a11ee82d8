//! Why a text was not understood.

use std::fmt;

use crate::span::Span;

/// The first thing that could not be read. There is no recovery: whoever asked falls back on rustc, which says it better.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Doubt {
    /// Where.
    pub span: Span,
    /// What was being read, in the language's own terms: "expression", "where clause", ….
    pub construct: &'static str,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
}

/// What reading gives. The doubt is boxed: it is rare, and each function's result should be small.
pub type Result<T> = std::result::Result<T, Box<Doubt>>;

impl Doubt {
    /// A doubt about what stands at `span`.
    pub fn new(span: Span, construct: &'static str, message: impl Into<String>) -> Box<Doubt> {
        Box::new(Doubt { span, construct, message: message.into() })
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (while reading: {})", self.message, self.construct)
    }
}

impl std::error::Error for Doubt {}
