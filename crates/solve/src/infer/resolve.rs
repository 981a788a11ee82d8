//! Values in place of variables that are known.

use super::Inference;
use crate::ir::inherent::IntoKind;
use crate::ir::{Flags, InferCtxtLike, TypeFlags, TypeFoldable, TypeFolder, TypeSuperFoldable, TypeVisitableExt};
use crate::{Clauses, Const, Cx, Predicate, Ty};

/// Flags of what may become known: lifetimes are left.
const VARIABLES: TypeFlags = TypeFlags::HAS_TY_INFER.union(TypeFlags::HAS_CT_INFER);

struct Resolver<'a, 'tcx>(&'a Inference<'tcx>);

impl<'tcx> TypeFolder<Cx<'tcx>> for Resolver<'_, 'tcx> {
    fn cx(&self) -> Cx<'tcx> {
        self.0.cx
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if !ty.flags().intersects(VARIABLES) {
            return ty;
        }
        self.0.shallow_resolve(ty).super_fold_with(self)
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        if !constant.flags().intersects(VARIABLES) {
            return constant;
        }
        let value = self.0.shallow_resolve_const(constant);
        match value.kind() {
            crate::ConstKind::Infer(_) => value,
            _ => value.super_fold_with(self),
        }
    }
    fn fold_predicate(&mut self, predicate: Predicate<'tcx>) -> Predicate<'tcx> {
        if predicate.flags().intersects(VARIABLES) { predicate.super_fold_with(self) } else { predicate }
    }
    fn fold_clauses(&mut self, clauses: Clauses<'tcx>) -> Clauses<'tcx> {
        if clauses.flags().intersects(VARIABLES) { clauses.super_fold_with(self) } else { clauses }
    }
}

impl<'tcx> Inference<'tcx> {
    /// The value with all that is known by now in place of type and constant variables.
    pub fn resolved<T: TypeFoldable<Cx<'tcx>>>(&self, value: T) -> T {
        match value.has_type_flags(VARIABLES) {
            true => value.fold_with(&mut Resolver(self)),
            false => value,
        }
    }
}
