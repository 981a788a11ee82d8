//! Why a stage gave nothing.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A step from text to MIR.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Stage {
    /// Reading files: they are as rustc read them.
    Source,
    /// Tokens and trees of single files.
    Syntax,
    /// Macros, `cfg`, modules in files of their own.
    Expansion,
    /// Meanings of names, and rewriting in simpler constructs.
    Names,
    /// Types.
    Types,
    /// MIR as borrow checking would see it.
    Mir,
    /// MIR that is compiled.
    Elaboration,
}

impl Stage {
    /// One word.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Source => "source",
            Stage::Syntax => "syntax",
            Stage::Expansion => "expansion",
            Stage::Names => "names",
            Stage::Types => "types",
            Stage::Mir => "MIR",
            Stage::Elaboration => "elaboration",
        }
    }
}

/// What is not known for sure. Nothing is guessed: whoever asked falls back on rustc.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Doubt {
    /// Who doubts.
    pub stage: Stage,
    /// The construct, in the language's own terms.
    pub construct: String,
    /// What is the matter with it, if there is more to say.
    pub message: String,
    /// `file:line:column`, if that is known.
    pub place: Option<String>,
}

impl Doubt {
    /// A doubt about a construct.
    pub fn new(stage: Stage, construct: impl Into<String>, message: impl Into<String>) -> Doubt {
        Doubt { stage, construct: construct.into(), message: message.into(), place: None }
    }

    /// A stage's own doubt, for people.
    pub(crate) fn of(stage: Stage, doubt: ty::Doubt, place: Option<String>) -> Doubt {
        Doubt { stage, construct: doubt.construct.to_owned(), message: doubt.message, place }
    }

    /// The doubt with the name of the crate that it is about.
    pub(crate) fn in_crate(self, name: &str) -> Doubt {
        let message = if self.message.is_empty() { String::new() } else { format!(": {}", self.message) };
        Doubt { message: format!("in crate `{name}`{message}"), ..self }
    }

    /// The doubt with a place.
    pub(crate) fn at(self, place: Option<String>) -> Doubt {
        Doubt { place, ..self }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}: {}", self.stage.name(), self.construct)?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Doubt {}

/// Runs a stage. A panic in it is a doubt.
pub(crate) fn guarded<T>(stage: Stage, run: impl FnOnce() -> Result<T, Doubt>) -> Result<T, Doubt> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| {
        let message = match payload.downcast_ref::<ty::MetadataError>() {
            Some(error) => error.message.clone(),
            None => {
                let text = payload.downcast_ref::<String>().map(String::as_str);
                text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or_default().to_owned()
            }
        };
        Err(Doubt::new(stage, "a panic", message))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_are_doubts() {
        let doubt = guarded::<()>(Stage::Types, || std::panic::resume_unwind(Box::new("no such type")));
        assert_eq!(doubt.unwrap_err().to_string(), "types: a panic: no such type");
    }
}
