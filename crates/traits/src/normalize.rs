//! Normalisation: types without aliases, unevaluated constants or free regions.

use crate::regions::forget_outer;
use crate::select::Solver;
use crate::{TraitCx, TraitError};
use ty::{
    AliasTy, AliasTyKind, Const, ConstKind, FoldCache, GenericArgs, Tcx, Ty, TyKind, TypeFlags, TypeFoldable,
    TypeFolder, UnevaluatedConst, super_fold_const, super_fold_ty,
};

const UNFINISHED: TypeFlags = TypeFlags::HAS_ALIAS.union(TypeFlags::HAS_UNEVALUATED);

impl<'tcx> TraitCx<'tcx> {
    /// Erases regions, resolves all aliases (opaque types are revealed) and evaluates constants.
    pub fn try_normalize<T: TypeFoldable<'tcx>>(&self, value: T) -> Result<T, TraitError<'tcx>> {
        self.solver().normalize(value)
    }

    /// As [`TraitCx::try_normalize`]; an error unwinds with a [`crate::Failure`].
    pub fn normalize<T: TypeFoldable<'tcx>>(&self, value: T) -> T {
        self.try_normalize(value).unwrap_or_else(|error| error.unwind(self.tcx))
    }

    /// Substitutes arguments, which must be normalised, and normalises.
    pub fn try_instantiate_and_normalize<T: TypeFoldable<'tcx>>(
        &self,
        value: T,
        args: GenericArgs<'tcx>,
    ) -> Result<T, TraitError<'tcx>> {
        self.try_normalize(self.tcx.subst(value, args))
    }

    /// As [`TraitCx::try_instantiate_and_normalize`]; an error unwinds with a [`crate::Failure`].
    pub fn instantiate_and_normalize<T: TypeFoldable<'tcx>>(&self, value: T, args: GenericArgs<'tcx>) -> T {
        self.normalize(self.tcx.subst(value, args))
    }
}

impl<'tcx> Solver<'_, 'tcx> {
    pub fn normalize<T: TypeFoldable<'tcx>>(&mut self, value: T) -> Result<T, TraitError<'tcx>> {
        let value = self.cx.tcx.erase_regions(value);
        let mut folder = Normalizer { solver: self, error: None, changed: false };
        let value = value.fold_with(&mut folder);
        match folder {
            Normalizer { error: Some(error), .. } => Err(error),
            // Bound regions are numbered as they occur, which may be in another order now.
            Normalizer { changed: true, .. } => Ok(self.cx.tcx.erase_regions(value)),
            _ => Ok(value),
        }
    }

    /// The type of an alias whose arguments are normalised.
    fn alias(&mut self, kind: AliasTyKind, alias: AliasTy<'tcx>) -> Result<Ty<'tcx>, TraitError<'tcx>> {
        let AliasTy { def_id, args } = alias;
        match kind {
            AliasTyKind::Projection => self.project(def_id, args),
            AliasTyKind::Opaque | AliasTyKind::Free => {
                let ty = self.cx.tcx.subst(self.cx.definitions().type_of(def_id), args);
                self.normalize(ty)
            }
            AliasTyKind::Inherent => self.project_inherent(def_id, args),
        }
    }

    fn evaluate(&mut self, unevaluated: UnevaluatedConst<'tcx>) -> Result<Const<'tcx>, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        // Values hold no regions.
        let args = forget_outer(tcx, unevaluated.args);
        let constant = tcx.mk_const(ConstKind::Unevaluated(UnevaluatedConst { def: unevaluated.def, args }));
        match tcx.hooks().eval_const(constant) {
            Ok(value) => Ok(value),
            Err(error) => Err(TraitError::Const(tcx.arena().keep(error))),
        }
    }
}

struct Normalizer<'b, 'a, 'tcx> {
    solver: &'b mut Solver<'a, 'tcx>,
    error: Option<TraitError<'tcx>>,
    /// There was an alias or an unevaluated constant.
    changed: bool,
}

impl<'tcx> TypeFolder<'tcx> for Normalizer<'_, '_, 'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.solver.cx.tcx
    }

    /// Each type is looked up in [`TraitCx::normalized`].
    fn cache(&mut self) -> Option<(&mut FoldCache<'tcx>, u32)> {
        None
    }

    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if !ty.flags().intersects(UNFINISHED) || self.error.is_some() {
            return ty;
        }
        self.changed = true;
        if let Some(known) = self.solver.cx.normalized.get(&ty) {
            return known;
        }
        let error = &mut self.error;
        let (normalized, independent) = self.solver.independently(|solver| {
            let result = solver.deeper(|solver| match *ty.kind() {
                TyKind::Alias(kind, alias) => {
                    let args = solver.normalize(alias.args)?;
                    solver.alias(kind, AliasTy { def_id: alias.def_id, args })
                }
                _ => {
                    let mut folder = Normalizer { solver, error: None, changed: false };
                    let folded = super_fold_ty(&mut folder, ty);
                    folder.error.map_or(Ok(folded), Err)
                }
            });
            result.unwrap_or_else(|found| {
                *error = Some(found);
                ty
            })
        });
        if independent && self.error.is_none() {
            self.solver.cx.normalized.insert(ty, normalized);
        }
        normalized
    }

    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        if !constant.flags().intersects(UNFINISHED) || self.error.is_some() {
            return constant;
        }
        let folded = super_fold_const(self, constant);
        match *folded.kind() {
            ConstKind::Unevaluated(unevaluated) if self.error.is_none() => {
                self.solver.evaluate(unevaluated).unwrap_or_else(|error| {
                    self.error = Some(error);
                    constant
                })
            }
            _ => folded,
        }
    }
}
