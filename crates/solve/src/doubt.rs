//! Why a question has no answer here.

use std::fmt;

/// A construct that this crate cannot decide, or that the published solver gave up on. Nothing is guessed: whoever asked
/// falls back on rustc.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Doubt {
    /// The construct, in the language's own terms: "transmutability", "generic constant expression", ….
    pub construct: &'static str,
    /// What is the matter with it, if there is more to say.
    pub message: String,
}

/// What questions give. The doubt is boxed: it is rare, and results should be small.
pub type Answer<T> = std::result::Result<T, Box<Doubt>>;

impl Doubt {
    /// A doubt about a construct.
    pub fn new(construct: &'static str, message: impl Into<String>) -> Box<Doubt> {
        Box::new(Doubt { construct, message: message.into() })
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
