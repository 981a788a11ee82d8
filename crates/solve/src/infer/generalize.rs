//! What a variable becomes when it is related to a type.
//!
//! A variable that is to be a subtype of `&'a T` is not `&'a T`, but some `&'?b ?U`: the type *generalised*, with new
//! variables wherever subtyping or a variable's universe leaves a choice. Relating both then says how they depend.

use super::Inference;
use super::tables::{ConstKey, RegionKey, SubKey, TyKey, Value, universe_of};
use crate::consts::relate_structurally;
use crate::ir::error::TypeError;
use crate::ir::inherent::{Const as _, IntoKind, Ty as _};
use crate::ir::relate::combine::PredicateEmittingRelation;
use crate::ir::relate::{
    Relate, RelateResult, StructurallyRelateAliases, TypeRelation, VarianceDiagInfo, relate_args_invariantly,
    relate_args_with_variances, structurally_relate_tys,
};
use crate::ir::{
    self, AliasRelationDirection, ConstVid, InferCtxtLike, Interner, TyVid, TypeVisitableExt, TypingMode,
    UniverseIndex, Variance,
};
use crate::{AliasTy, Args, Binder, Const, ConstKind, Cx, PredicateKind, Region, RegionKind, Term, Ty, TyKind};
use rustc_hash::FxHashMap;
use ty::DefId;

/// The variable that is given a value, by its root.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Ty(TyVid),
    Const(ConstVid),
}

struct Generalizer<'a, 'tcx> {
    infer: &'a Inference<'tcx>,
    aliases: StructurallyRelateAliases,
    target: Target,
    /// What the variable may name.
    universe: UniverseIndex,
    /// What is generalised, for errors.
    source: Term<'tcx>,
    variance: Variance,
    in_alias: bool,
    cache: FxHashMap<(Ty<'tcx>, Variance, bool), Ty<'tcx>>,
}

impl<'tcx> Inference<'tcx> {
    /// Gives a type variable a value to which it has a relation.
    pub(super) fn instantiate_ty_var<R: PredicateEmittingRelation<Self>>(
        &self,
        relation: &mut R,
        target_is_expected: bool,
        target: TyVid,
        variance: Variance,
        source: Ty<'tcx>,
    ) -> RelateResult<Cx<'tcx>, ()> {
        let Err(universe) = self.known_ty(target) else { ty::bug!("{target:?} has a value already") };
        let root = Target::Ty(self.root_ty_var(target));
        let aliases = relation.structurally_relate_aliases();
        let general = self.generalizer(aliases, root, universe, source.into(), variance).relate(source, source)?;
        match *general.kind_ref() {
            TyKind::Infer(ir::TyVar(var)) => {
                self.tables.borrow_mut().equate_types(target, var);
                // The source is an alias: what it is will be found out later.
                let (left, right, direction) = match variance {
                    Variance::Invariant => (general, source, AliasRelationDirection::Equate),
                    Variance::Covariant => (general, source, AliasRelationDirection::Subtype),
                    Variance::Contravariant => (source, general, AliasRelationDirection::Subtype),
                    // Parts in such a position are not related at all.
                    Variance::Bivariant => return Ok(()),
                };
                relation.register_predicates([PredicateKind::AliasRelate(left.into(), right.into(), direction)]);
            }
            _ => {
                self.tables.borrow_mut().types.union_value(TyKey::from(target), Value::Known(general));
                match target_is_expected {
                    true => relation.relate(general, source)?,
                    false => relation.relate(source, general)?,
                };
            }
        }
        Ok(())
    }

    /// Gives a constant variable a value that it equals.
    pub(super) fn instantiate_const_var<R: PredicateEmittingRelation<Self>>(
        &self,
        relation: &mut R,
        target_is_expected: bool,
        target: ConstVid,
        source: Const<'tcx>,
    ) -> RelateResult<Cx<'tcx>, ()> {
        let Err(universe) = self.known_const(target) else { ty::bug!("{target:?} has a value already") };
        let root = Target::Const(self.root_const_var(target));
        let aliases = relation.structurally_relate_aliases();
        let mut generalizer = self.generalizer(aliases, root, universe, source.into(), Variance::Invariant);
        let general = generalizer.relate(source, source)?;
        self.tables.borrow_mut().consts.union_value(ConstKey::from(target), Value::Known(general));
        let (left, right) = if target_is_expected { (general, source) } else { (source, general) };
        relation.relate_with_variance(Variance::Invariant, VarianceDiagInfo::default(), left, right)?;
        Ok(())
    }

    fn generalizer(
        &self,
        aliases: StructurallyRelateAliases,
        target: Target,
        universe: UniverseIndex,
        source: Term<'tcx>,
        variance: Variance,
    ) -> Generalizer<'_, 'tcx> {
        let cache = FxHashMap::default();
        Generalizer { infer: self, aliases, target, universe, source, variance, in_alias: false, cache }
    }

    /// Whether what is related inside of aliases may be made equal right away. Coherence must not lose an answer.
    fn is_coherence(&self) -> bool {
        matches!(self.mode.get(), TypingMode::Coherence)
    }
}

impl<'tcx> Generalizer<'_, 'tcx> {
    fn cyclic(&self) -> TypeError<Cx<'tcx>> {
        match self.source {
            Term::Ty(ty) => TypeError::CyclicTy(ty),
            Term::Const(constant) => TypeError::CyclicConst(constant),
        }
    }

    fn new_ty_var(&self) -> Ty<'tcx> {
        let var = self.infer.tables.borrow_mut().new_ty(self.universe);
        Ty::new_var(self.infer.cx, var)
    }

    /// An alias may be anything, so a variable stands for it. That cannot be where the alias mentions bound variables: then
    /// its parts are generalised.
    fn alias(&mut self, kind: ir::AliasTyKind, alias: AliasTy<'tcx>) -> RelateResult<Cx<'tcx>, Ty<'tcx>> {
        if !alias.has_escaping_bound_vars() && !self.in_alias {
            return Ok(self.new_ty_var());
        }
        let was_in_alias = std::mem::replace(&mut self.in_alias, true);
        let result = match self.relate(alias, alias) {
            Ok(alias) => Ok(Ty::new_alias(self.infer.cx, kind, alias)),
            Err(error) if was_in_alias => Err(error),
            Err(_) => Ok(self.new_ty_var()),
        };
        self.in_alias = was_in_alias;
        result
    }

    fn ty_var(&mut self, ty: Ty<'tcx>, var: TyVid) -> RelateResult<Cx<'tcx>, Ty<'tcx>> {
        let root = self.infer.root_ty_var(var);
        if Target::Ty(root) == self.target {
            return Err(self.cyclic());
        }
        match self.infer.known_ty(root) {
            Ok(value) => self.relate(value, value),
            Err(universe) if self.variance == Variance::Invariant && self.universe.can_name(universe) => Ok(ty),
            Err(_) => {
                let mut tables = self.infer.tables.borrow_mut();
                let new = tables.new_ty(self.universe);
                tables.subs.union(SubKey::from(root), SubKey::from(new));
                if self.in_alias && !self.infer.is_coherence() {
                    tables.equate_types(root, new);
                }
                Ok(Ty::new_var(self.infer.cx, new))
            }
        }
    }

    fn const_var(&mut self, constant: Const<'tcx>, var: ConstVid) -> RelateResult<Cx<'tcx>, Const<'tcx>> {
        let root = self.infer.root_const_var(var);
        if Target::Const(root) == self.target {
            return Err(self.cyclic());
        }
        match self.infer.known_const(root) {
            Ok(value) => self.relate(value, value),
            Err(universe) if self.universe.can_name(universe) => Ok(constant),
            Err(_) => {
                let mut tables = self.infer.tables.borrow_mut();
                let new = tables.consts.new_key(Value::Unknown(self.universe));
                if self.in_alias && !self.infer.is_coherence() {
                    tables.consts.union(ConstKey::from(root), new);
                }
                Ok(Const::new_var(self.infer.cx, new.vid))
            }
        }
    }
}

impl<'tcx> TypeRelation<Cx<'tcx>> for Generalizer<'_, 'tcx> {
    fn cx(&self) -> Cx<'tcx> {
        self.infer.cx
    }

    fn relate_ty_args(
        &mut self,
        a_ty: Ty<'tcx>,
        _: Ty<'tcx>,
        def_id: DefId,
        a_args: Args<'tcx>,
        b_args: Args<'tcx>,
        make: impl FnOnce(Args<'tcx>) -> Ty<'tcx>,
    ) -> RelateResult<Cx<'tcx>, Ty<'tcx>> {
        let args = match self.variance {
            // Whatever the parameters' variances are, nothing changes.
            Variance::Invariant => relate_args_invariantly(self, a_args, b_args),
            _ => relate_args_with_variances(self, Interner::variances_of(self.infer.cx, def_id), a_args, b_args),
        }?;
        Ok(if args == a_args { a_ty } else { make(args) })
    }

    fn relate_with_variance<T: Relate<Cx<'tcx>>>(
        &mut self,
        variance: Variance,
        _: VarianceDiagInfo<Cx<'tcx>>,
        a: T,
        b: T,
    ) -> RelateResult<Cx<'tcx>, T> {
        let before = self.variance;
        self.variance = before.xform(variance);
        let result = self.relate(a, b);
        self.variance = before;
        result
    }

    fn tys(&mut self, ty: Ty<'tcx>, _: Ty<'tcx>) -> RelateResult<Cx<'tcx>, Ty<'tcx>> {
        let key = (ty, self.variance, self.in_alias);
        if let Some(&known) = self.cache.get(&key) {
            return Ok(known);
        }
        let general = match *ty.kind_ref() {
            TyKind::Infer(ir::TyVar(var)) => self.ty_var(ty, var)?,
            TyKind::Infer(_) | TyKind::Bound(..) => ty,
            TyKind::Placeholder(placeholder) => match self.universe.can_name(placeholder.universe) {
                true => ty,
                false => return Err(TypeError::Mismatch),
            },
            TyKind::Alias(kind, alias) => match self.aliases {
                StructurallyRelateAliases::No => self.alias(kind, alias)?,
                StructurallyRelateAliases::Yes => structurally_relate_tys(self, ty, ty)?,
            },
            _ => structurally_relate_tys(self, ty, ty)?,
        };
        self.cache.insert(key, general);
        Ok(general)
    }

    fn regions(&mut self, region: Region<'tcx>, _: Region<'tcx>) -> RelateResult<Cx<'tcx>, Region<'tcx>> {
        let universe = match region.kind() {
            RegionKind::ReBound(..) | RegionKind::ReErased | RegionKind::ReError(_) => return Ok(region),
            RegionKind::ReVar(var) => {
                let known = self.infer.tables.borrow_mut().regions.probe_value(RegionKey::from(var));
                match known {
                    Value::Known(value) => universe_of(value),
                    Value::Unknown(universe) => universe,
                }
            }
            _ => universe_of(region),
        };
        if self.variance == Variance::Invariant && self.universe.can_name(universe) {
            return Ok(region);
        }
        Ok(self.infer.region_var_in(self.universe))
    }

    fn consts(&mut self, constant: Const<'tcx>, _: Const<'tcx>) -> RelateResult<Cx<'tcx>, Const<'tcx>> {
        match constant.kind() {
            ConstKind::Infer(ir::InferConst::Var(var)) => self.const_var(constant, var),
            ConstKind::Infer(_) | ConstKind::Bound(..) => Ok(constant),
            // What a constant expression is does not depend on how it is used, so neither do its arguments.
            ConstKind::Unevaluated(ir::UnevaluatedConst { def, args }) => {
                let args = self.relate_with_variance(Variance::Invariant, VarianceDiagInfo::default(), args, args)?;
                Ok(Const::new_unevaluated(self.infer.cx, ir::UnevaluatedConst::new(def, args)))
            }
            ConstKind::Placeholder(placeholder) => match self.universe.can_name(placeholder.universe) {
                true => Ok(constant),
                false => Err(TypeError::Mismatch),
            },
            _ => relate_structurally(self, constant, constant),
        }
    }

    fn binders<T: Relate<Cx<'tcx>>>(
        &mut self,
        a: Binder<'tcx, T>,
        _: Binder<'tcx, T>,
    ) -> RelateResult<Cx<'tcx>, Binder<'tcx, T>> {
        let value = self.relate(a.skip_binder(), a.skip_binder())?;
        Ok(a.rebind(value))
    }
}
