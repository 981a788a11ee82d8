//! Canonical values: those whose variables are numbered, and that mean the same everywhere.

use super::{InferCx, Inference};
use crate::ir::data_structures::DelayedMap;
use crate::ir::inherent::{Const as _, IntoKind, Region as _, Ty as _};
use crate::ir::{
    self, BoundVarIndexKind, CanonicalQueryInput, CanonicalVarValues, Flags, InferCtxtLike, TypeFlags, TypeFoldable,
    TypeFolder, TypeSuperFoldable, TypeVisitableExt, UniverseIndex,
};
use crate::{CanonicalVarKind, Clauses, Const, ConstKind, Cx, GenericArg, Predicate, Region, RegionKind, Ty, TyKind};

/// A canonical value with these in place of its variables.
pub(super) fn instantiate<'tcx, V: TypeFoldable<Cx<'tcx>>>(
    cx: Cx<'tcx>,
    canonical: ir::Canonical<Cx<'tcx>, V>,
    values: CanonicalVarValues<Cx<'tcx>>,
) -> V {
    match canonical.value.has_type_flags(TypeFlags::HAS_CANONICAL_BOUND) {
        true => canonical.value.fold_with(&mut Instantiator { cx, values, cache: DelayedMap::default() }),
        false => canonical.value,
    }
}

struct Instantiator<'tcx> {
    cx: Cx<'tcx>,
    values: CanonicalVarValues<Cx<'tcx>>,
    cache: DelayedMap<Ty<'tcx>, Ty<'tcx>>,
}

impl<'tcx> Instantiator<'tcx> {
    fn value(&self, var: ir::BoundVar) -> GenericArg<'tcx> {
        self.values.var_values[var.as_usize()]
    }
}

impl<'tcx> TypeFolder<Cx<'tcx>> for Instantiator<'tcx> {
    fn cx(&self) -> Cx<'tcx> {
        self.cx
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if !ty.flags().contains(TypeFlags::HAS_CANONICAL_BOUND) {
            return ty;
        }
        if let TyKind::Bound(BoundVarIndexKind::Canonical, bound) = *ty.kind_ref() {
            return match self.value(bound.var) {
                GenericArg::Type(ty) => ty,
                other => ty::bug!("{other:?} for a canonical type"),
            };
        }
        if let Some(&known) = self.cache.get(&ty) {
            return known;
        }
        let value = ty.super_fold_with(self);
        self.cache.insert(ty, value);
        value
    }
    fn fold_region(&mut self, region: Region<'tcx>) -> Region<'tcx> {
        match region.kind() {
            RegionKind::ReBound(BoundVarIndexKind::Canonical, bound) => match self.value(bound.var) {
                GenericArg::Lifetime(region) => region,
                other => ty::bug!("{other:?} for a canonical lifetime"),
            },
            _ => region,
        }
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        match constant.kind() {
            ConstKind::Bound(BoundVarIndexKind::Canonical, bound) => match self.value(bound.var) {
                GenericArg::Const(constant) => constant,
                other => ty::bug!("{other:?} for a canonical constant"),
            },
            _ if constant.flags().contains(TypeFlags::HAS_CANONICAL_BOUND) => constant.super_fold_with(self),
            _ => constant,
        }
    }
    fn fold_predicate(&mut self, predicate: Predicate<'tcx>) -> Predicate<'tcx> {
        match predicate.flags().contains(TypeFlags::HAS_CANONICAL_BOUND) {
            true => predicate.super_fold_with(self),
            false => predicate,
        }
    }
    fn fold_clauses(&mut self, clauses: Clauses<'tcx>) -> Clauses<'tcx> {
        match clauses.flags().contains(TypeFlags::HAS_CANONICAL_BOUND) {
            true => clauses.super_fold_with(self),
            false => clauses,
        }
    }
}

impl<'tcx> InferCx<'tcx> {
    /// A context in which a canonical value has variables, and the value there.
    pub(super) fn for_canonical<V: TypeFoldable<Cx<'tcx>>>(
        cx: Cx<'tcx>,
        input: &CanonicalQueryInput<Cx<'tcx>, V>,
    ) -> (InferCx<'tcx>, V, CanonicalVarValues<Cx<'tcx>>) {
        let infer = InferCx::new(cx, input.typing_mode);
        let canonical = &input.canonical;
        for _ in 0..canonical.max_universe.as_u32() {
            infer.create_next_universe();
        }
        let values = CanonicalVarValues::instantiate(cx, canonical.var_kinds, |values, kind| {
            infer.var_of(kind, values, |universe| universe)
        });
        let value = instantiate(cx, canonical.clone(), values);
        (infer, value, values)
    }
}

impl<'tcx> Inference<'tcx> {
    /// What a canonical variable of a kind is here; `values` are those before it.
    pub(super) fn var_of(
        &self,
        kind: CanonicalVarKind<'tcx>,
        values: &[GenericArg<'tcx>],
        universe_of: impl Fn(UniverseIndex) -> UniverseIndex,
    ) -> GenericArg<'tcx> {
        match kind {
            CanonicalVarKind::Ty { ui, sub_root } => {
                let var = self.tables.borrow_mut().new_ty(universe_of(ui));
                if let Some(GenericArg::Type(related)) = values.get(sub_root.as_usize())
                    && let TyKind::Infer(ir::TyVar(related)) = *related.kind_ref()
                {
                    self.sub_unify_ty_vids_raw(var, related);
                }
                Ty::new_var(self.cx, var).into()
            }
            CanonicalVarKind::Int => self.new_int_var().into(),
            CanonicalVarKind::Float => self.new_float_var().into(),
            CanonicalVarKind::Region(universe) => self.region_var_in(universe_of(universe)).into(),
            CanonicalVarKind::Const(universe) => self.const_var_in(universe_of(universe)).into(),
            CanonicalVarKind::PlaceholderTy(placeholder) => {
                let moved = placeholder.with_updated_universe(universe_of(placeholder.universe));
                Ty::new_placeholder(self.cx, moved).into()
            }
            CanonicalVarKind::PlaceholderRegion(placeholder) => {
                let moved = placeholder.with_updated_universe(universe_of(placeholder.universe));
                Region::new_placeholder(self.cx, moved).into()
            }
            CanonicalVarKind::PlaceholderConst(placeholder) => {
                let moved = placeholder.with_updated_universe(universe_of(placeholder.universe));
                Const::new_placeholder(self.cx, moved).into()
            }
        }
    }
}
