//! Normalisation: values in which every alias is replaced by what it stands for.

use crate::ir::data_structures::IndexMap;
use crate::ir::inherent::{Const as _, IntoKind, Region as _, Ty as _};
use crate::ir::{
    self, AliasRelationDirection, DebruijnIndex, FallibleTypeFolder, Flags, INNERMOST, TypeFlags, TypeFoldable,
    TypeFolder, TypeSuperFoldable, TypeVisitableExt, UniverseIndex,
};
use crate::next_trait_solver::placeholder::BoundVarReplacer;
use crate::{
    Answer, Binder, BoundConst, BoundRegion, BoundTy, Const, ConstKind, Cx, Doubt, Fulfillment, Goal, InferCx,
    Inference, ParamEnv, PlaceholderConst, PlaceholderRegion, PlaceholderType, Predicate, PredicateKind, Region,
    RegionKind, Term, Ty, TyKind,
};

impl<'tcx> InferCx<'tcx> {
    /// The value with what its aliases stand for in their places, as far as that is known. What remains to be proven is
    /// added to the goals. An alias that stands for nothing is a doubt.
    pub fn normalize<T: TypeFoldable<Cx<'tcx>>>(
        &self,
        fulfillment: &mut Fulfillment<'tcx>,
        param_env: ParamEnv<'tcx>,
        value: T,
    ) -> Answer<T> {
        let value = self.resolved(value);
        if !value.has_aliases() {
            return Ok(value);
        }
        value.try_fold_with(&mut Normalizer { infer: self, fulfillment, param_env, universes: Vec::new() })
    }
}

struct Normalizer<'a, 'tcx> {
    infer: &'a InferCx<'tcx>,
    fulfillment: &'a mut Fulfillment<'tcx>,
    param_env: ParamEnv<'tcx>,
    /// Of each binder that the fold is in, the universe of the placeholders for its variables, once there is one.
    universes: Vec<Option<UniverseIndex>>,
}

impl<'tcx> Normalizer<'_, 'tcx> {
    /// What an alias without bound variables stands for.
    fn alias(&mut self, alias: Term<'tcx>) -> Answer<Term<'tcx>> {
        let value: Term<'tcx> = match alias {
            Term::Ty(_) => self.infer.new_ty_var().into(),
            Term::Const(_) => self.infer.new_const_var().into(),
        };
        let relate = PredicateKind::AliasRelate(alias, value, AliasRelationDirection::Equate);
        self.fulfillment.add(Goal::new(self.infer.cx(), self.param_env, relate));
        let failed = self.fulfillment.select_where_possible(self.infer)?;
        if !failed.is_empty() {
            let text = self.infer.cx().text_of_arg(self.infer.resolved(alias).into());
            return Err(Doubt::new("an alias that stands for nothing", text));
        }
        let value = self.infer.resolved(value);
        // An alias that is not known yet stays: the goal will say.
        let is_unknown = match value {
            Term::Ty(ty) => ty.is_ty_var(),
            Term::Const(constant) => constant.is_ct_var(),
        };
        Ok(if is_unknown { alias } else { value })
    }

    /// As [`Normalizer::alias`], where bound variables may occur: placeholders stand for them meanwhile.
    fn alias_under_binders(&mut self, alias: Term<'tcx>) -> Answer<Term<'tcx>> {
        if !alias.has_escaping_bound_vars() {
            return self.alias(alias);
        }
        let infer: &Inference<'tcx> = self.infer;
        let (alias, regions, types, consts) = BoundVarReplacer::replace_bound_vars(infer, &mut self.universes, alias);
        let value = self.alias(alias)?;
        let universes = &self.universes;
        let mut back = PlaceholderReplacer { cx: infer.cx(), regions, types, consts, universes, depth: INNERMOST };
        Ok(value.fold_with(&mut back))
    }
}

impl<'tcx> FallibleTypeFolder<Cx<'tcx>> for Normalizer<'_, 'tcx> {
    type Error = Box<Doubt>;

    fn cx(&self) -> Cx<'tcx> {
        self.infer.cx()
    }
    fn try_fold_binder<T: TypeFoldable<Cx<'tcx>>>(&mut self, binder: Binder<'tcx, T>) -> Answer<Binder<'tcx, T>> {
        self.universes.push(None);
        let binder = ir::TypeSuperFoldable::try_super_fold_with(binder, self);
        self.universes.pop();
        binder
    }
    fn try_fold_ty(&mut self, ty: Ty<'tcx>) -> Answer<Ty<'tcx>> {
        if !ty.flags().intersects(TypeFlags::HAS_ALIAS) {
            return Ok(ty);
        }
        match ty.kind_ref() {
            TyKind::Alias(..) => match self.alias_under_binders(ty.into())? {
                Term::Ty(value) if value == ty => ty.try_super_fold_with(self),
                // What an alias stands for is no alias, or one that stands for itself.
                Term::Ty(value) => value.try_super_fold_with(self),
                Term::Const(_) => Ok(ty),
            },
            _ => ty.try_super_fold_with(self),
        }
    }
    fn try_fold_const(&mut self, constant: Const<'tcx>) -> Answer<Const<'tcx>> {
        if !constant.flags().intersects(TypeFlags::HAS_ALIAS) {
            return Ok(constant);
        }
        match constant.kind() {
            ConstKind::Unevaluated(_) => match self.alias_under_binders(constant.into())? {
                Term::Const(value) => value.try_super_fold_with(self),
                Term::Ty(_) => Ok(constant),
            },
            _ => constant.try_super_fold_with(self),
        }
    }
    fn try_fold_predicate(&mut self, predicate: Predicate<'tcx>) -> Answer<Predicate<'tcx>> {
        use crate::ir::inherent::Predicate as _;
        match predicate.allow_normalization() && predicate.flags().intersects(TypeFlags::HAS_ALIAS) {
            true => predicate.try_super_fold_with(self),
            false => Ok(predicate),
        }
    }
}

/// Puts bound variables back where placeholders stood for them.
struct PlaceholderReplacer<'a, 'tcx> {
    cx: Cx<'tcx>,
    regions: IndexMap<PlaceholderRegion<'tcx>, BoundRegion<'tcx>>,
    types: IndexMap<PlaceholderType<'tcx>, BoundTy<'tcx>>,
    consts: IndexMap<PlaceholderConst<'tcx>, BoundConst<'tcx>>,
    universes: &'a [Option<UniverseIndex>],
    depth: DebruijnIndex,
}

impl PlaceholderReplacer<'_, '_> {
    /// The binder that a universe was made for, from where the fold is.
    fn binder(&self, universe: UniverseIndex) -> Option<DebruijnIndex> {
        let index = self.universes.iter().position(|known| *known == Some(universe))?;
        Some(self.depth.shifted_in((self.universes.len() - index - 1) as u32))
    }
}

impl<'tcx> TypeFolder<Cx<'tcx>> for PlaceholderReplacer<'_, 'tcx> {
    fn cx(&self) -> Cx<'tcx> {
        self.cx
    }
    fn fold_binder<T: TypeFoldable<Cx<'tcx>>>(&mut self, binder: Binder<'tcx, T>) -> Binder<'tcx, T> {
        self.depth.shift_in(1);
        let binder = ir::TypeSuperFoldable::super_fold_with(binder, self);
        self.depth.shift_out(1);
        binder
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if !ty.flags().intersects(TypeFlags::HAS_PLACEHOLDER) {
            return ty;
        }
        match *ty.kind_ref() {
            TyKind::Placeholder(placeholder) => match (self.types.get(&placeholder), self.binder(placeholder.universe))
            {
                (Some(&bound), Some(binder)) => Ty::new_bound(self.cx, binder, bound),
                _ => ty,
            },
            _ => ty.super_fold_with(self),
        }
    }
    fn fold_region(&mut self, region: Region<'tcx>) -> Region<'tcx> {
        let RegionKind::RePlaceholder(placeholder) = region.kind() else { return region };
        match (self.regions.get(&placeholder), self.binder(placeholder.universe)) {
            (Some(&bound), Some(binder)) => Region::new_bound(self.cx, binder, bound),
            _ => region,
        }
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        match constant.kind() {
            ConstKind::Placeholder(placeholder) => {
                match (self.consts.get(&placeholder), self.binder(placeholder.universe)) {
                    (Some(&bound), Some(binder)) => Const::new_bound(self.cx, binder, bound),
                    _ => constant,
                }
            }
            _ => constant.super_fold_with(self),
        }
    }
}
