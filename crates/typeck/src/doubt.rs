//! Attempts that may well fail, beside what is a doubt.

pub(crate) use ty::{Answer, Doubt};

/// Why something cannot be done: types do not match, which may be as it should be, or a doubt.
#[derive(Debug)]
pub(crate) enum Fail {
    Mismatch,
    Doubt(Box<Doubt>),
}

/// What attempts give that may well fail.
pub(crate) type Try<T> = Result<T, Fail>;

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
