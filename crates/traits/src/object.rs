//! Trait objects: what they implement by themselves.

use crate::TraitError;
use crate::regions::{instantiate_for, same_but_regions};
use crate::select::Solver;
use rustc_hash::FxHashSet;
use ty::{
    Binder, ClauseKind, DefId, ExistentialPredicate, ExistentialPredicates, ExistentialTraitRef, GenericArg,
    GenericArgs, PolyExistentialTraitRef, Tcx, Term, TraitRef, Ty, TyKind,
};

/// The trait that is not an auto trait.
pub(crate) fn principal<'tcx>(predicates: ExistentialPredicates<'tcx>) -> Option<PolyExistentialTraitRef<'tcx>> {
    predicates.iter().find_map(|predicate| match predicate.value {
        ExistentialPredicate::Trait(trait_ref) => Some(predicate.rebind(trait_ref)),
        _ => None,
    })
}

/// A trait object's trait applied to a self type that lies outside of the binder, the binder's regions erased.
pub(crate) fn with_self_ty<'tcx>(
    tcx: Tcx<'tcx>,
    principal: PolyExistentialTraitRef<'tcx>,
    self_ty: Ty<'tcx>,
) -> TraitRef<'tcx> {
    let ExistentialTraitRef { def_id, args } = tcx.instantiate_bound_erased(principal);
    TraitRef { def_id, args: prepend_self(tcx, self_ty, args) }
}

pub(crate) fn prepend_self<'tcx>(tcx: Tcx<'tcx>, self_ty: Ty<'tcx>, args: GenericArgs<'tcx>) -> GenericArgs<'tcx> {
    let mut all: smallvec::SmallVec<[GenericArg<'tcx>; 8]> = smallvec::smallvec![self_ty.into()];
    all.extend_from_slice(&args);
    tcx.mk_args(&all)
}

impl<'tcx> Solver<'_, 'tcx> {
    /// Traits that a trait demands directly of its implementors, normalised, the regions of higher-ranked ones erased.
    pub fn direct_supertraits(&mut self, trait_ref: TraitRef<'tcx>) -> Result<Vec<TraitRef<'tcx>>, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        let mut all = Vec::new();
        for clause in self.cx.definitions().super_predicates_of(trait_ref.def_id) {
            let ClauseKind::Trait(super_ref) = clause.value else { continue };
            if !is_self(super_ref.self_ty()) {
                continue;
            }
            let super_ref: Binder<'tcx, TraitRef<'tcx>> = tcx.subst(clause.rebind(super_ref), trait_ref.args);
            all.push(self.normalize(tcx.instantiate_bound_erased(super_ref))?);
        }
        Ok(all)
    }

    /// A trait and all its supertraits, each once.
    pub fn supertraits(&mut self, trait_ref: TraitRef<'tcx>) -> Result<Vec<TraitRef<'tcx>>, TraitError<'tcx>> {
        let mut all = vec![trait_ref];
        let mut seen: FxHashSet<TraitRef<'tcx>> = all.iter().copied().collect();
        let mut next = 0;
        while let Some(&current) = all.get(next) {
            next += 1;
            let supers = self.deeper(|solver| solver.direct_supertraits(current))?;
            all.extend(supers.into_iter().filter(|&found| seen.insert(found)));
        }
        Ok(all)
    }

    /// Whether a trait object type implements the goal by being one.
    pub fn object_implements(
        &mut self,
        predicates: ExistentialPredicates<'tcx>,
        goal: TraitRef<'tcx>,
    ) -> Result<bool, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        if predicates.iter().any(|predicate| predicate.value == ExistentialPredicate::AutoTrait(goal.def_id)) {
            return Ok(true);
        }
        let Some(principal) = principal(predicates) else { return Ok(false) };
        if principal.value.def_id != goal.def_id
            && !self.cx.supertrait_ids(principal.value.def_id).contains(&goal.def_id)
        {
            return Ok(false);
        }
        let own = self.normalize(with_self_ty(tcx, principal, goal.self_ty()))?;
        let supertraits = self.supertraits(own)?;
        Ok(supertraits.iter().any(|found| {
            found.def_id == goal.def_id
                && found.args.iter().zip(goal.args).skip(1).all(|(left, right)| same_but_regions(tcx, left, right))
        }))
    }

    /// The value that a trait object type gives to an associated type.
    pub fn project_object(
        &mut self,
        predicates: ExistentialPredicates<'tcx>,
        item: DefId,
        args: GenericArgs<'tcx>,
    ) -> Result<Ty<'tcx>, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        let own_args = tcx.mk_args(&args[1..]);
        for predicate in predicates {
            let ExistentialPredicate::Projection(projection) = predicate.value else { continue };
            if projection.def_id != item {
                continue;
            }
            let projection = instantiate_for(tcx, predicate.rebind(projection), |projection| projection.args, own_args);
            let projection_args = self.normalize(projection.args)?;
            if projection_args.iter().zip(own_args).all(|(left, right)| same_but_regions(tcx, left, right))
                && let Term::Ty(ty) = projection.term
            {
                return self.normalize(ty);
            }
        }
        self.project_supertrait_bound(predicates, item, args)
    }

    /// The value that a supertrait bound (`trait Sub: Super<Item = u8>`) gives to an associated type.
    fn project_supertrait_bound(
        &mut self,
        predicates: ExistentialPredicates<'tcx>,
        item: DefId,
        args: GenericArgs<'tcx>,
    ) -> Result<Ty<'tcx>, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        let self_ty = args[0].expect_ty();
        let alias = || {
            TraitError::NoValue(
                tcx.mk_ty(TyKind::Alias(ty::AliasTyKind::Projection, ty::AliasTy { def_id: item, args })),
            )
        };
        let Some(principal) = principal(predicates) else { return Err(alias()) };
        let own = self.normalize(with_self_ty(tcx, principal, self_ty))?;
        for trait_ref in self.supertraits(own)? {
            for clause in self.cx.definitions().super_predicates_of(trait_ref.def_id) {
                let ClauseKind::Projection { def_id, args: clause_args, term: Term::Ty(ty) } = clause.value else {
                    continue;
                };
                if def_id != item || !is_self(clause_args[0].expect_ty()) {
                    continue;
                }
                let bound: Binder<'tcx, (GenericArgs<'tcx>, Ty<'tcx>)> =
                    tcx.subst(clause.rebind((clause_args, ty)), trait_ref.args);
                let (bound_args, ty) = tcx.instantiate_bound_erased(bound);
                let bound_args = self.normalize(bound_args)?;
                if bound_args.iter().zip(args).all(|(left, right)| same_but_regions(tcx, left, right)) {
                    return self.normalize(ty);
                }
            }
        }
        Err(alias())
    }
}

/// Whether a type is a trait's `Self`.
pub(crate) fn is_self(ty: Ty<'_>) -> bool {
    matches!(*ty.kind(), TyKind::Param(param) if param.index == 0)
}

impl<'tcx> crate::TraitCx<'tcx> {
    /// Definitions of all (transitive) supertraits of a trait, itself included.
    pub(crate) fn supertrait_ids(&self, trait_: DefId) -> Vec<DefId> {
        let mut all = vec![trait_];
        let mut next = 0;
        while let Some(&current) = all.get(next) {
            next += 1;
            for clause in self.definitions().super_predicates_of(current) {
                if let ClauseKind::Trait(super_ref) = clause.value
                    && is_self(super_ref.self_ty())
                    && !all.contains(&super_ref.def_id)
                {
                    all.push(super_ref.def_id);
                }
            }
        }
        all
    }
}
