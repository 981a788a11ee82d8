//! Why a body has no types here.

use std::fmt;
use ty::Span;

/// A construct that this crate cannot type for sure. Nothing is guessed: whoever asked falls back on rustc.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Doubt {
    /// The construct, in the language's own terms: "async blocks", "a method that is not found", ….
    pub construct: &'static str,
    /// What is the matter with it, if there is more to say.
    pub message: String,
    /// Where it is, if that is known.
    pub span: Option<Span>,
}

/// What questions give. The doubt is boxed: it is rare, and results should be small.
pub type Answer<T> = Result<T, Box<Doubt>>;

impl Doubt {
    /// A doubt about a construct.
    pub fn new(construct: &'static str, message: impl Into<String>) -> Box<Doubt> {
        Box::new(Doubt { construct, message: message.into(), span: None })
    }

    /// A doubt about a construct at a place.
    pub fn at(construct: &'static str, span: Span) -> Box<Doubt> {
        Box::new(Doubt { construct, message: String::new(), span: Some(span) })
    }

    /// The doubt with a place, if it has none yet.
    pub(crate) fn placed(mut self: Box<Doubt>, span: Span) -> Box<Doubt> {
        self.span.get_or_insert(span);
        self
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

impl From<Box<solve::Doubt>> for Box<Doubt> {
    fn from(doubt: Box<solve::Doubt>) -> Self {
        Doubt::new(doubt.construct, doubt.message)
    }
}

/// Why something cannot be done: types do not match, which may be as it should be, or a doubt.
#[derive(Debug)]
pub(crate) enum Fail {
    Mismatch,
    Doubt(Box<Doubt>),
}

/// What attempts give that may well fail.
pub(crate) type Try<T> = Result<T, Fail>;

impl From<Box<solve::Doubt>> for Fail {
    fn from(doubt: Box<solve::Doubt>) -> Self {
        Fail::Doubt(doubt.into())
    }
}
impl From<Box<Doubt>> for Fail {
    fn from(doubt: Box<Doubt>) -> Self {
        Fail::Doubt(doubt)
    }
}
/// Where types must match, those that do not are a doubt.
impl From<Fail> for Box<Doubt> {
    fn from(fail: Fail) -> Self {
        match fail {
            Fail::Mismatch => Doubt::new("types that do not match", ""),
            Fail::Doubt(doubt) => doubt,
        }
    }
}

/// The value of an attempt, or nothing where types do not match.
pub(crate) fn matching<T>(attempt: Try<T>) -> Answer<Option<T>> {
    match attempt {
        Ok(value) => Ok(Some(value)),
        Err(Fail::Mismatch) => Ok(None),
        Err(Fail::Doubt(doubt)) => Err(doubt),
    }
}
