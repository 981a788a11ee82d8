//! What is known in front of an expression of the type it should have (rustc's `expectation`).

use crate::doubt::Answer;
use crate::state::FnCx;
use crate::types::Look as _;
use solve::{Ty, TyKind};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Expectation<'tcx> {
    Nothing,
    /// It must have this type, or be coerced to it.
    HasType(Ty<'tcx>),
    /// It will be cast to this type.
    CastableTo(Ty<'tcx>),
    /// An argument behind a pointer of such a type, which has no size.
    RvalueLikeUnsized(Ty<'tcx>),
}

impl<'tcx> Expectation<'tcx> {
    pub fn resolved(self, fcx: &FnCx<'_, 'tcx>) -> Expectation<'tcx> {
        match self {
            Expectation::HasType(ty) => Expectation::HasType(fcx.resolved(ty)),
            Expectation::CastableTo(ty) => Expectation::CastableTo(fcx.resolved(ty)),
            Expectation::RvalueLikeUnsized(ty) => Expectation::RvalueLikeUnsized(fcx.resolved(ty)),
            Expectation::Nothing => self,
        }
    }
    /// A hint, perhaps only of a cast.
    pub fn hint(self, fcx: &FnCx<'_, 'tcx>) -> Option<Ty<'tcx>> {
        match self.resolved(fcx) {
            Expectation::HasType(ty) | Expectation::CastableTo(ty) | Expectation::RvalueLikeUnsized(ty) => Some(ty),
            Expectation::Nothing => None,
        }
    }
    /// The type that it must have.
    pub fn only_has_type(self, fcx: &FnCx<'_, 'tcx>) -> Option<Ty<'tcx>> {
        match self {
            Expectation::HasType(ty) => Some(fcx.resolved(ty)),
            _ => None,
        }
    }
    /// The type that is coerced to: a new variable where nothing is known.
    pub fn coercion_target(self, fcx: &FnCx<'_, 'tcx>) -> Ty<'tcx> {
        self.only_has_type(fcx).unwrap_or_else(|| fcx.fresh())
    }
    /// Of branches: a variable as expectation would make the first branch decide, so it counts for nothing.
    pub fn of_branch(self, fcx: &FnCx<'_, 'tcx>) -> Answer<Expectation<'tcx>> {
        Ok(match self {
            Expectation::HasType(ty) => {
                let ty = fcx.try_structurally(ty)?;
                if ty.is_var() { Expectation::Nothing } else { Expectation::HasType(ty) }
            }
            other => other,
        })
    }
    /// For an argument: types without size are not expected of values.
    pub fn of_rvalue(fcx: &FnCx<'_, 'tcx>, ty: Ty<'tcx>) -> Expectation<'tcx> {
        match fcx.struct_tail(ty).kind_ref() {
            TyKind::Slice(_) | TyKind::Str | TyKind::Dynamic(..) => Expectation::RvalueLikeUnsized(ty),
            _ => Expectation::HasType(ty),
        }
    }
}
