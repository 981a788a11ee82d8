//! Why an evaluation stops.

use ty::{ConstError, Span};

/// What stopped an evaluation. Boxed wherever it is returned: faults are rare, results are everywhere.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Found by the machine: the message as rustc words it, and its place if that is not the current statement's.
    Here { message: String, span: Option<Span> },
    /// Another constant or static, on which this one depends, does not evaluate.
    Inner(ConstError),
}

pub(crate) type EvalResult<T> = Result<T, Box<Fault>>;

impl Fault {
    pub(crate) fn new(message: impl Into<String>) -> Box<Fault> {
        Box::new(Fault::Here { message: message.into(), span: None })
    }
}

impl From<&ConstError> for Box<Fault> {
    fn from(error: &ConstError) -> Self {
        Box::new(Fault::Inner(error.clone()))
    }
}
impl From<ConstError> for Box<Fault> {
    fn from(error: ConstError) -> Self {
        Box::new(Fault::Inner(error))
    }
}

/// Stops the evaluation: undefined behaviour, a panic, or something that cannot be done at compile time.
macro_rules! fault {
    ($($arg:tt)*) => { return Err($crate::fault::Fault::new(format!($($arg)*))) };
}
pub(crate) use fault;
