//! What the published solver asks of who runs it ([`SolverDelegate`]).

use super::{InferCx, Inference, canonical};
use crate::ir::inherent::{AdtDef as _, Const as _, IntoKind, Term as _, Ty as _};
use crate::ir::solve::{Certainty, NoSolution, SizedTraitKind};
use crate::ir::{
    self, CanonicalQueryInput, CanonicalVarValues, EarlyBinder, Flags, InferCtxtLike, TypeFlags, TypeFoldable,
    TypeFolder, TypeSuperFoldable, TypeVisitableExt, TypingMode, UniverseIndex,
};
use crate::next_trait_solver::delegate::SolverDelegate;
use crate::{
    Args, CanonicalVarKind, ClauseKind, Const, Cx, GenericArg, Goal, Noted, Nowhere, ParamEnv, PredicateKind, Term,
    TraitRef, Ty, TyKind, UnevaluatedConst,
};
use mir::visit::Visitor;
use ty::{DefId, DefKind, LangItem};

impl<'tcx> SolverDelegate for InferCx<'tcx> {
    type Infcx = Inference<'tcx>;
    type Interner = Cx<'tcx>;

    fn build_with_canonical<V: TypeFoldable<Cx<'tcx>>>(
        cx: Cx<'tcx>,
        canonical: &CanonicalQueryInput<Cx<'tcx>, V>,
    ) -> (Self, V, CanonicalVarValues<Cx<'tcx>>) {
        InferCx::for_canonical(cx, canonical)
    }

    fn compute_goal_fast_path(&self, goal: Goal<'tcx>, _: Nowhere) -> Option<Certainty> {
        self.fast_path(goal)
    }

    fn fresh_var_for_kind_with_span(&self, arg: GenericArg<'tcx>, _: Nowhere) -> GenericArg<'tcx> {
        match arg {
            GenericArg::Lifetime(_) => self.new_region_var().into(),
            GenericArg::Type(_) => self.new_ty_var().into(),
            GenericArg::Const(_) => self.new_const_var().into(),
        }
    }

    fn leak_check(&self, max_input_universe: UniverseIndex) -> Result<(), NoSolution> {
        self.leak_check_from(max_input_universe)
    }

    fn evaluate_const(&self, _: ParamEnv<'tcx>, unevaluated: UnevaluatedConst<'tcx>) -> Option<Const<'tcx>> {
        self.constant(unevaluated)
    }

    fn well_formed_goals(&self, param_env: ParamEnv<'tcx>, term: Term<'tcx>) -> Option<Vec<Goal<'tcx>>> {
        crate::wf::goals(self, param_env, term)
    }

    fn make_deduplicated_outlives_constraints(&self) -> Vec<super::Outlives<'tcx>> {
        let tables = self.tables.borrow();
        let mut seen = rustc_hash::FxHashSet::default();
        tables.outlives.iter().copied().filter(|outlives| seen.insert(*outlives)).collect()
    }

    fn instantiate_canonical<V: TypeFoldable<Cx<'tcx>>>(
        &self,
        canonical: ir::Canonical<Cx<'tcx>, V>,
        values: CanonicalVarValues<Cx<'tcx>>,
    ) -> V {
        canonical::instantiate(Inference::cx(self), canonical, values)
    }

    fn instantiate_canonical_var(
        &self,
        kind: CanonicalVarKind<'tcx>,
        _: Nowhere,
        values: &[GenericArg<'tcx>],
        universe_map: impl Fn(UniverseIndex) -> UniverseIndex,
    ) -> GenericArg<'tcx> {
        self.var_of(kind, values, universe_map)
    }

    fn add_item_bounds_for_hidden_type(
        &self,
        def_id: DefId,
        args: Args<'tcx>,
        param_env: ParamEnv<'tcx>,
        hidden: Ty<'tcx>,
        goals: &mut Vec<Goal<'tcx>>,
    ) {
        let cx = Inference::cx(self);
        goals.push(Goal::new(cx, param_env, ClauseKind::WellFormed(hidden.into())));
        for &bound in cx.bounds(def_id)[0] {
            let bound = EarlyBinder::bind(bound).instantiate(cx, args);
            // What is said of the opaque type must hold of what it hides.
            let bound = bound.fold_with(&mut Reveal { cx, def_id, args, hidden });
            goals.push(Goal::new(cx, param_env, bound));
        }
    }

    fn fetch_eligible_assoc_item(
        &self,
        goal: TraitRef<'tcx>,
        trait_item: DefId,
        impl_: DefId,
    ) -> Result<Option<DefId>, Noted> {
        let cx = Inference::cx(self);
        let Some((item, is_final)) = cx.assoc_definition(impl_, trait_item) else {
            return Err(cx.note("an item that its trait does not have"));
        };
        let is_eligible = is_final
            || match self.typing_mode() {
                TypingMode::PostAnalysis => {
                    let goal = self.resolved(goal);
                    !goal.has_type_flags(TypeFlags::STILL_FURTHER_SPECIALIZABLE)
                }
                _ => false,
            };
        Ok(is_eligible.then_some(item))
    }

    fn is_transmutable(&self, _: Ty<'tcx>, _: Ty<'tcx>, _: Const<'tcx>) -> Result<Certainty, NoSolution> {
        Inference::cx(self).note("transmutability");
        Err(NoSolution)
    }
}

/// Puts the hidden type in place of an opaque type.
struct Reveal<'tcx> {
    cx: Cx<'tcx>,
    def_id: DefId,
    args: Args<'tcx>,
    hidden: Ty<'tcx>,
}

impl<'tcx> TypeFolder<Cx<'tcx>> for Reveal<'tcx> {
    fn cx(&self) -> Cx<'tcx> {
        self.cx
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        let ty = ty.super_fold_with(self);
        match *ty.kind_ref() {
            TyKind::Alias(ir::AliasTyKind::Opaque, alias) if alias.def_id == self.def_id && alias.args == self.args => {
                self.hidden
            }
            _ => ty,
        }
    }
}

impl<'tcx> InferCx<'tcx> {
    /// Answers to goals that are asked often and need no search, as rustc has them.
    fn fast_path(&self, goal: Goal<'tcx>) -> Option<Certainty> {
        let cx = Inference::cx(self);
        let kind = goal.predicate.kind();
        if let PredicateKind::Clause(ClauseKind::Trait(predicate)) = kind.skip_binder() {
            let self_ty = self.shallow_resolve(predicate.self_ty());
            if self_ty.is_ty_var() && self.tables.borrow().opaques.types.is_empty() {
                return Some(Certainty::AMBIGUOUS);
            }
            if !crate::small::is_positive(predicate.polarity) {
                return None;
            }
            return match cx.lang.of(predicate.trait_ref.def_id) {
                Some(LangItem::Sized) if self.is_trivially_sized(self_ty, SizedTraitKind::Sized) => {
                    Some(Certainty::Yes)
                }
                Some(LangItem::MetaSized) if self.is_trivially_sized(self_ty, SizedTraitKind::MetaSized) => {
                    Some(Certainty::Yes)
                }
                Some(LangItem::Copy | LangItem::Clone) => {
                    let ty = self.resolved(self_ty);
                    let depends = TypeFlags::HAS_FREE_REGIONS.union(TypeFlags::HAS_INFER);
                    (!ty.flags().intersects(depends) && is_trivially_copied(ty)).then_some(Certainty::Yes)
                }
                _ => None,
            };
        }
        match kind.no_bound_vars()? {
            PredicateKind::DynCompatible(_) => Some(Certainty::Yes),
            PredicateKind::Clause(ClauseKind::RegionOutlives(outlives)) => {
                self.sub_regions(outlives.1, outlives.0, Nowhere);
                Some(Certainty::Yes)
            }
            PredicateKind::Clause(ClauseKind::TypeOutlives(outlives)) => {
                self.register_ty_outlives(outlives.0, outlives.1, Nowhere);
                Some(Certainty::Yes)
            }
            PredicateKind::Subtype(ir::SubtypePredicate { a, b, .. })
            | PredicateKind::Coerce(ir::CoercePredicate { a, b }) => {
                match (*self.shallow_resolve(a).kind_ref(), *self.shallow_resolve(b).kind_ref()) {
                    (TyKind::Infer(ir::TyVar(a)), TyKind::Infer(ir::TyVar(b))) => {
                        self.sub_unify_ty_vids_raw(a, b);
                        Some(Certainty::AMBIGUOUS)
                    }
                    _ => None,
                }
            }
            PredicateKind::Clause(ClauseKind::ConstArgHasType(constant, _)) => {
                self.shallow_resolve_const(constant).is_ct_var().then_some(Certainty::AMBIGUOUS)
            }
            PredicateKind::Clause(ClauseKind::WellFormed(term)) => match term {
                Term::Ty(ty) if is_primitive(ty) => Some(Certainty::Yes),
                _ => term.is_infer().then_some(Certainty::AMBIGUOUS),
            },
            _ => None,
        }
    }

    fn is_trivially_sized(&self, ty: Ty<'tcx>, sizedness: SizedTraitKind) -> bool {
        let cx = Inference::cx(self);
        match *self.shallow_resolve(ty).kind_ref() {
            TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Uint(_)
            | TyKind::Float(_)
            | TyKind::Infer(ir::IntVar(_) | ir::FloatVar(_))
            | TyKind::FnDef(..)
            | TyKind::FnPtr(..)
            | TyKind::RawPtr(..)
            | TyKind::Ref(..)
            | TyKind::Coroutine(..)
            | TyKind::CoroutineWitness(..)
            | TyKind::Array(..)
            | TyKind::Pat(..)
            | TyKind::Closure(..)
            | TyKind::CoroutineClosure(..)
            | TyKind::Never
            | TyKind::Error(_) => true,
            TyKind::Str | TyKind::Slice(_) | TyKind::Dynamic(..) => sizedness == SizedTraitKind::MetaSized,
            TyKind::Tuple(types) => {
                types.elements().last().is_none_or(|&last| self.is_trivially_sized(last, sizedness))
            }
            TyKind::Adt(adt, args) => adt
                .sizedness_constraint(cx, sizedness)
                .is_none_or(|part| self.is_trivially_sized(part.instantiate(cx, args), sizedness)),
            TyKind::UnsafeBinder(_)
            | TyKind::Foreign(_)
            | TyKind::Alias(..)
            | TyKind::Param(_)
            | TyKind::Placeholder(_)
            | TyKind::Bound(..)
            | TyKind::Infer(_) => false,
        }
    }

    /// The value of a constant expression; `None` while it depends on what is not known.
    fn constant(&self, unevaluated: UnevaluatedConst<'tcx>) -> Option<Const<'tcx>> {
        let cx = Inference::cx(self);
        let unevaluated = self.resolved(unevaluated);
        let depends = TypeFlags::HAS_PARAM
            .union(TypeFlags::HAS_INFER)
            .union(TypeFlags::HAS_PLACEHOLDER)
            .difference(TypeFlags::HAS_RE_PARAM)
            .difference(TypeFlags::HAS_RE_INFER)
            .difference(TypeFlags::HAS_RE_PLACEHOLDER);
        // An expression that mentions no parameter has the same value whatever they are; rustc drops the arguments then.
        let mut args = unevaluated.args;
        if args.has_type_flags(depends) {
            // The count of a repeated element has the parameters of what is around it, but depends on none.
            let is_count = cx.definitions().def_kind(unevaluated.def) == DefKind::AnonConst;
            if !is_count || mentions_params(cx, unevaluated.def) {
                return None;
            }
            args = Args::default();
        }
        if args.has_escaping_bound_vars() {
            args = Args::default();
        }
        let constant = cx.mk_const(ir::ConstKind::Unevaluated(ir::UnevaluatedConst::new(unevaluated.def, args)));
        let Some(hooks) = cx.tcx().try_hooks() else {
            cx.note("a constant in a type, with nobody to evaluate it");
            return None;
        };
        let ours = cx.export_const(constant)?;
        match hooks.eval_const(ours) {
            Ok(value) => Some(cx.import_const(value)),
            Err(error) => {
                cx.note_with("a constant in a type that fails", || error.message);
                None
            }
        }
    }
}

/// Whether a constant's body mentions parameters of what is around it.
fn mentions_params<'tcx>(cx: Cx<'tcx>, constant: DefId) -> bool {
    let bodies = cx.0.bodies;
    if bodies.trivial_const(constant).is_some() {
        return false;
    }
    if !bodies.has_ctfe_mir(constant) || !bodies.promoted_mir(constant).is_empty() {
        return true;
    }
    let body = bodies.mir_for_ctfe(constant);
    let mut search = Params { found: body.local_decls.iter().any(|decl| decl.ty.has_param()) };
    search.visit_body(body);
    search.found
}

/// Looks for types and constants with parameters.
struct Params {
    found: bool,
}

impl<'tcx> Visitor<'tcx> for Params {
    fn visit_ty(&mut self, ty: ty::Ty<'tcx>, _: mir::visit::Location) {
        self.found |= ty.has_param();
    }
    fn visit_const(&mut self, constant: &mir::ConstOperand<'tcx>, _: mir::visit::Location) {
        self.found |= match &constant.const_ {
            mir::Const::Val(_, ty) => ty.has_param(),
            mir::Const::Ty(ty, constant) => ty.has_param() || constant.flags().contains(ty::TypeFlags::HAS_PARAM),
            // What it depends on is not looked for further.
            mir::Const::Unevaluated { constant, .. } => !constant.args.is_empty(),
        };
    }
}

/// Types without parts.
fn is_primitive(ty: Ty<'_>) -> bool {
    matches!(
        *ty.kind_ref(),
        TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Uint(_)
            | TyKind::Float(_)
            | TyKind::Str
            | TyKind::Never
            | TyKind::Infer(ir::IntVar(_) | ir::FloatVar(_))
    )
}

/// Types that are `Copy` and `Clone` whatever else is known.
fn is_trivially_copied(ty: Ty<'_>) -> bool {
    match *ty.kind_ref() {
        TyKind::Str => false,
        TyKind::RawPtr(..) | TyKind::Error(_) => true,
        TyKind::Tuple(types) => types.elements().iter().all(|&part| is_trivially_copied(part)),
        _ => is_primitive(ty),
    }
}
