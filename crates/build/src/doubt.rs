//! Why a body is not built.

use std::fmt;
use ty::Span;

/// A construct that is not built, or a body that does not fit together. Nothing is guessed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Doubt {
    /// The construct, in the language's own terms.
    pub construct: &'static str,
    /// What is the matter with it, if there is more to say.
    pub message: String,
    pub span: Span,
}

/// What each step gives. The doubt is boxed: it is rare, and results should be small.
pub type Result<T> = std::result::Result<T, Box<Doubt>>;

impl Doubt {
    /// A doubt that its construct explains.
    pub fn new(construct: &'static str, span: Span) -> Box<Doubt> {
        Box::new(Doubt { construct, message: String::new(), span })
    }
    /// A doubt with more to say.
    pub fn with(construct: &'static str, span: Span, message: impl Into<String>) -> Box<Doubt> {
        Box::new(Doubt { construct, message: message.into(), span })
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message.as_str() {
            "" => f.write_str(self.construct),
            message => write!(f, "{}: {message}", self.construct),
        }
    }
}

impl std::error::Error for Doubt {}
