//! What can go wrong.

use ty::{ConstError, Tcx, TraitRef, Ty};

/// Why a question has no answer. For a program that was type checked this is a constant that fails to evaluate, types that
/// grow without end, or a mistake of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TraitError<'tcx> {
    /// No impl applies.
    Unimplemented(TraitRef<'tcx>),
    /// Several impls apply, and none specialises the others.
    Ambiguous(TraitRef<'tcx>),
    /// The alias has no type: the impl does not say what it is.
    NoValue(Ty<'tcx>),
    /// Types nest deeper than the limit.
    TooDeep,
    /// A constant in a type cannot be evaluated.
    Const(&'tcx ConstError),
    /// A construct that is not supported; its name.
    Unsupported(&'static str),
}

/// An error that unwound (`std::panic::panic_any`) from a question whose answer has no place for errors, such as
/// [`crate::TraitCx::normalize`]. The driver turns it into a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// What is wrong, for people.
    pub message: String,
    /// The user's constant that failed, where that is the cause.
    pub constant: Option<ConstError>,
    /// Types that grow without end are the cause.
    pub overflow: bool,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for Failure {}

impl<'tcx> TraitError<'tcx> {
    /// The error as owned text.
    pub fn into_failure(self, tcx: Tcx<'tcx>) -> Failure {
        let show = |trait_ref: TraitRef<'tcx>| {
            let definitions = tcx.definitions();
            let name = match definitions.def_key(trait_ref.def_id).data {
                ty::DefPathData::TypeNs(name) => name.to_string(),
                other => format!("{other:?}"),
            };
            format!("`{name}` with the arguments {:?}", trait_ref.args)
        };
        let message = match self {
            TraitError::Unimplemented(trait_ref) => format!("no impl of {}", show(trait_ref)),
            TraitError::Ambiguous(trait_ref) => format!("several impls of {}", show(trait_ref)),
            TraitError::NoValue(ty) => format!("the alias `{ty:?}` has no type"),
            TraitError::TooDeep => {
                "overflow evaluating a requirement: types nest too deep (is there an endless recursion of generic \
                                    functions or types?)"
                    .to_string()
            }
            TraitError::Const(error) => error.message.clone(),
            TraitError::Unsupported(what) => format!("not supported: {what}"),
        };
        let constant = match self {
            TraitError::Const(error) => Some(error.clone()),
            _ => None,
        };
        Failure { message, constant, overflow: self == TraitError::TooDeep }
    }

    /// Unwinds with the error as the payload.
    pub fn unwind(self, tcx: Tcx<'tcx>) -> ! {
        std::panic::panic_any(self.into_failure(tcx))
    }
}
