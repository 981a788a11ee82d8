//! Why an evaluation stops.

use ty::{ConstError, Span};

/// What stopped an evaluation. Boxed wherever it is returned: faults are rare, results are everywhere.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Found by the machine: the message as rustc words it, and its place if that is not the current statement's.
    Here { message: String, span: Option<Span>, kind: FaultKind },
    /// Another constant or static, on which this one depends, does not evaluate.
    Inner(ConstError),
}

/// Faults that are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FaultKind {
    Uninit,
    PointerAsInt,
    PartialPointer,
    Other,
}

pub(crate) type EvalResult<T> = Result<T, Box<Fault>>;

impl Fault {
    pub(crate) fn new(message: impl Into<String>) -> Box<Fault> {
        Fault::of_kind(FaultKind::Other, message)
    }

    pub(crate) fn of_kind(kind: FaultKind, message: impl Into<String>) -> Box<Fault> {
        Box::new(Fault::Here { message: message.into(), span: None, kind })
    }

    /// With a place, unless it has one.
    pub(crate) fn at(self: Box<Fault>, place: Span) -> Box<Fault> {
        match *self {
            Fault::Here { message, span: None, kind } => Box::new(Fault::Here { message, span: Some(place), kind }),
            _ => self,
        }
    }

    /// Of a constant that another mentions at a place.
    pub(crate) fn used_at(mut self: Box<Self>, place: Span) -> Box<Fault> {
        if let Fault::Inner(error) = &mut *self
            && !place.is_dummy()
        {
            error.used_at.push(place);
        }
        self
    }

    pub(crate) fn pointer_as_int() -> Box<Fault> {
        Fault::of_kind(FaultKind::PointerAsInt, "unable to turn pointer into integer")
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
