//! Answers to the questions that earlier crates ask through [`ty::Hooks`].

use crate::TraitCx;
use ty::{Const, ConstError, DefId, Hooks, Ty};

/// The evaluation of constants, which a later crate provides. See [`ty::Hooks`] for the meaning.
pub trait ConstEval<'tcx>: Send + Sync {
    /// See [`Hooks::eval_const`].
    fn eval_const(&self, constant: Const<'tcx>) -> Result<Const<'tcx>, ConstError>;
    /// See [`Hooks::eval_discriminant`].
    fn eval_discriminant(&self, def_id: DefId) -> Result<u128, ConstError>;
}

/// The hooks of a program: facts about types from here, constants from `eval`. `front` installs it.
pub struct TraitHooks<'tcx, E> {
    /// Answers what is about types.
    pub traits: &'tcx TraitCx<'tcx>,
    /// Answers what is about constants.
    pub eval: E,
}

impl<'tcx, E: ConstEval<'tcx>> Hooks<'tcx> for TraitHooks<'tcx, E> {
    fn normalize_ty(&self, ty: Ty<'tcx>) -> Ty<'tcx> {
        self.traits.normalize(ty)
    }
    fn eval_const(&self, constant: Const<'tcx>) -> Result<Const<'tcx>, ConstError> {
        self.eval.eval_const(constant)
    }
    fn eval_discriminant(&self, def_id: DefId) -> Result<u128, ConstError> {
        self.eval.eval_discriminant(def_id)
    }
    fn is_copy(&self, ty: Ty<'tcx>) -> bool {
        self.traits.is_copy(ty)
    }
    fn is_sized(&self, ty: Ty<'tcx>) -> bool {
        self.traits.is_sized(ty)
    }
    fn is_freeze(&self, ty: Ty<'tcx>) -> bool {
        self.traits.is_freeze(ty)
    }
    fn is_unpin(&self, ty: Ty<'tcx>) -> bool {
        self.traits.is_unpin(ty)
    }
    fn is_unsafe_unpin(&self, ty: Ty<'tcx>) -> bool {
        self.traits.is_unsafe_unpin(ty)
    }
    fn needs_drop(&self, ty: Ty<'tcx>) -> bool {
        self.traits.needs_drop(ty)
    }
}
