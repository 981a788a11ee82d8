//! Why a stage of the front end has no answer.
//!
//! One type for all stages that know of types: questions to the solver, typing, building MIR and what becomes of it. (Reading
//! text has one of its own, whose places are those of texts; the crate `stages` brings both into one form, for people.)

use crate::Span;
use std::fmt;

/// A construct of which a stage is not sure. Nothing is guessed: whoever asked falls back on rustc.
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
    /// A doubt about a construct that may be anywhere.
    pub fn new(construct: &'static str, message: impl Into<String>) -> Box<Doubt> {
        Box::new(Doubt { construct, message: message.into(), span: None })
    }

    /// A doubt about a construct at a place, which says it all.
    pub fn at(construct: &'static str, span: Span) -> Box<Doubt> {
        Box::new(Doubt { construct, message: String::new(), span: Some(span) })
    }

    /// A doubt about a construct at a place, with more to say.
    pub fn with(construct: &'static str, span: Span, message: impl Into<String>) -> Box<Doubt> {
        Box::new(Doubt { construct, message: message.into(), span: Some(span) })
    }

    /// The doubt with a place, if it has none yet.
    pub fn placed(mut self: Box<Doubt>, span: Span) -> Box<Doubt> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_place_stays() {
        let (inner, outer) = (Span { lo: 1, ..Span::DUMMY }, Span { lo: 2, ..Span::DUMMY });
        assert_eq!(Doubt::at("tail call", inner).placed(outer).span, Some(inner));
        let doubt = Doubt::new("captures", "two for one").placed(outer);
        assert_eq!((doubt.span, doubt.to_string()), (Some(outer), "captures: two for one".to_owned()));
    }
}
