//! The answers to the published solver's questions about definitions ([`Interner`]).

use crate::constraints::Constraints;
use crate::ir::inherent::{SliceLike, Ty as _};
use crate::ir::lang_items::{SolverAdtLangItem, SolverLangItem, SolverTraitLangItem};
use crate::ir::solve::{CanonicalInput, ExternalConstraintsData, QueryResult, SizedTraitKind, inspect};
use crate::ir::{CanonicalParamEnvCacheEntry, CollectAndApply, EarlyBinder, Interner, TypeFoldable, search_graph};
use crate::list::Element;
use crate::{
    Abi, AdtDef, AliasTerm, AliasTy, Args, Binder, BoundExistentialPredicates, BoundVarKinds, CanonicalVarKind, Clause,
    Clauses, Const, Cx, EarlyParam, ExprConst, Features, FnSig, GenericArg, Hidden, LateParam, List, LocalDefIds,
    Noted, Nowhere, OpaqueTypeKey, ParamConst, ParamEnv, ParamTy, Pat, Predicate, Region, Safety, Term, TraitRef, Ty,
    Tys, ValTree, ValueConst, ir, lang,
};
use std::sync::PoisonError;
use ty::{
    CoroutineDesugaring, CoroutineKind, CtorKind, DefId, DefKind, DefPathData, Defaultness, ImplPolarity, LangItem,
    ScalarInt, Symbol,
};

/// How deep goals may nest: rustc's default. Programs that raise it are rare, and get a doubt.
const RECURSION_LIMIT: usize = 128;

impl<'tcx> Cx<'tcx> {
    fn coroutine_is(self, coroutine: DefId, wanted: CoroutineDesugaring) -> bool {
        matches!(self.definitions().coroutine_kind(coroutine),
            Some(CoroutineKind::Desugared(kind, _)) if kind == wanted)
    }
}

impl<'tcx> Interner for Cx<'tcx> {
    type DefId = DefId;
    type LocalDefId = DefId;
    type TraitId = DefId;
    type ForeignId = DefId;
    type FunctionId = DefId;
    type ClosureId = DefId;
    type CoroutineClosureId = DefId;
    type CoroutineId = DefId;
    type AdtId = DefId;
    type ImplId = DefId;
    type UnevaluatedConstId = DefId;
    type Span = Nowhere;
    type GenericArgs = Args<'tcx>;
    type GenericArgsSlice = List<'tcx, GenericArg<'tcx>>;
    type GenericArg = GenericArg<'tcx>;
    type Term = Term<'tcx>;
    type BoundVarKinds = BoundVarKinds<'tcx>;
    type PredefinedOpaques = List<'tcx, (OpaqueTypeKey<'tcx>, Ty<'tcx>)>;
    type LocalDefIds = LocalDefIds<'tcx>;
    type CanonicalVarKinds = List<'tcx, CanonicalVarKind<'tcx>>;
    type ExternalConstraints = Constraints<'tcx>;
    type DepNodeIndex = ();
    type Tracked<T: std::fmt::Debug + Clone> = T;
    type Ty = Ty<'tcx>;
    type Tys = Tys<'tcx>;
    type FnInputTys = &'tcx [Ty<'tcx>];
    type ParamTy = ParamTy;
    type Symbol = Symbol;
    type ErrorGuaranteed = Noted;
    type BoundExistentialPredicates = BoundExistentialPredicates<'tcx>;
    type AllocId = ty::AllocId;
    type Pat = Pat<'tcx>;
    type PatList = List<'tcx, Pat<'tcx>>;
    type Safety = Safety;
    type Abi = Abi;
    type Const = Const<'tcx>;
    type ParamConst = ParamConst;
    type ValueConst = ValueConst<'tcx>;
    type ExprConst = ExprConst<'tcx>;
    type ValTree = ValTree<'tcx>;
    type ScalarInt = ScalarInt;
    type Region = Region<'tcx>;
    type EarlyParamRegion = EarlyParam;
    type LateParamRegion = LateParam;
    type RegionAssumptions = List<'tcx, ir::OutlivesPredicate<Cx<'tcx>, GenericArg<'tcx>>>;
    type ParamEnv = ParamEnv<'tcx>;
    type Predicate = Predicate<'tcx>;
    type Clause = Clause<'tcx>;
    type Clauses = Clauses<'tcx>;
    type GenericsOf = &'tcx ty::Generics;
    type VariancesOf = &'tcx [ir::Variance];
    type AdtDef = AdtDef<'tcx>;
    type Features = Features;
    type UnsizingParams = &'tcx crate::adt::Params;
    type Probe = Box<inspect::Probe<Cx<'tcx>>>;

    // ---- tables

    fn mk_predefined_opaques_in_body(
        self,
        data: &[(OpaqueTypeKey<'tcx>, Ty<'tcx>)],
    ) -> List<'tcx, (OpaqueTypeKey<'tcx>, Ty<'tcx>)> {
        Element::intern(self, data)
    }
    fn mk_canonical_var_kinds(self, kinds: &[CanonicalVarKind<'tcx>]) -> List<'tcx, CanonicalVarKind<'tcx>> {
        Element::intern(self, kinds)
    }
    fn mk_external_constraints(self, data: ExternalConstraintsData<Cx<'tcx>>) -> Constraints<'tcx> {
        self.mk_constraints(data)
    }
    fn mk_tracked<T: std::fmt::Debug + Clone>(self, data: T, (): ()) -> T {
        data
    }
    fn get_tracked<T: std::fmt::Debug + Clone>(self, tracked: &T) -> T {
        tracked.clone()
    }
    fn with_cached_task<T>(self, task: impl FnOnce() -> T) -> (T, ()) {
        (task(), ())
    }
    fn with_global_cache<R>(self, f: impl FnOnce(&mut search_graph::GlobalCache<Self>) -> R) -> R {
        f(&mut self.answers.lock().unwrap_or_else(PoisonError::into_inner))
    }
    fn canonical_param_env_cache_get_or_insert<R>(
        self,
        param_env: ParamEnv<'tcx>,
        f: impl FnOnce() -> CanonicalParamEnvCacheEntry<Self>,
        from_entry: impl FnOnce(&CanonicalParamEnvCacheEntry<Self>) -> R,
    ) -> R {
        if let Some(entry) = self.param_envs.lock().unwrap_or_else(PoisonError::into_inner).get(&param_env) {
            return from_entry(entry);
        }
        let made = f();
        let mut cache = self.param_envs.lock().unwrap_or_else(PoisonError::into_inner);
        from_entry(cache.entry(param_env).or_insert(made))
    }
    fn assert_evaluation_is_concurrent(&self) {
        // Threads share the answers, and may find the same one at once.
    }
    fn expand_abstract_consts<T: TypeFoldable<Self>>(self, value: T) -> T {
        value
    }
    fn mk_args(self, args: &[GenericArg<'tcx>]) -> Args<'tcx> {
        Element::intern(self, args)
    }
    fn mk_args_from_iter<I, T>(self, args: I) -> T::Output
    where
        I: Iterator<Item = T>,
        T: CollectAndApply<GenericArg<'tcx>, Args<'tcx>>,
    {
        T::collect_and_apply(args, |args| Cx::mk_args(self, args))
    }
    fn mk_type_list_from_iter<I, T>(self, types: I) -> T::Output
    where
        I: Iterator<Item = T>,
        T: CollectAndApply<Ty<'tcx>, Tys<'tcx>>,
    {
        T::collect_and_apply(types, |types| self.mk_tys(types))
    }
    fn anonymize_bound_vars<T: TypeFoldable<Self>>(self, binder: Binder<'tcx, T>) -> Binder<'tcx, T> {
        crate::bound::anonymize(self, binder)
    }
    fn mk_probe(self, probe: inspect::Probe<Self>) -> Box<inspect::Probe<Self>> {
        Box::new(probe)
    }
    fn evaluate_root_goal_for_proof_tree_raw(
        self,
        goal: CanonicalInput<Self>,
    ) -> (QueryResult<Self>, Box<inspect::Probe<Self>>) {
        crate::next_trait_solver::solve::evaluate_root_goal_for_proof_tree_raw_provider::<crate::InferCx<'tcx>, Self>(
            self, goal,
        )
    }

    // ---- generics and types

    fn generics_of(self, def_id: DefId) -> &'tcx ty::Generics {
        self.definitions().generics_of(def_id)
    }
    fn variances_of(self, def_id: DefId) -> &'tcx [ir::Variance] {
        self.variances(def_id)
    }
    fn opt_alias_variances(self, kind: impl Into<ir::AliasTermKind>, def_id: DefId) -> Option<&'tcx [ir::Variance]> {
        match kind.into() {
            ir::AliasTermKind::OpaqueTy => Some(self.variances(def_id)),
            ir::AliasTermKind::ProjectionTy if self.is_impl_trait_in_trait(def_id) => Some(self.variances(def_id)),
            _ => None,
        }
    }
    fn type_of(self, def_id: DefId) -> EarlyBinder<Self, Ty<'tcx>> {
        EarlyBinder::bind(self.checked(self.type_of_item(def_id)))
    }
    fn type_of_opaque_hir_typeck(self, def_id: DefId) -> EarlyBinder<Self, Ty<'tcx>> {
        EarlyBinder::bind(self.checked(self.type_of_item(def_id)))
    }
    fn const_of_item(self, _: DefId) -> EarlyBinder<Self, Const<'tcx>> {
        let noted = self.note("an associated constant in a type");
        EarlyBinder::bind(self.mk_const(ir::ConstKind::Error(noted)))
    }
    fn anon_const_kind(self, _: DefId) -> ir::AnonConstKind {
        // The others are of unstable features.
        ir::AnonConstKind::MCG
    }
    fn adt_def(self, did: DefId) -> AdtDef<'tcx> {
        AdtDef(self.definitions().adt_def(did))
    }
    fn alias_ty_kind(self, alias: AliasTy<'tcx>) -> ir::AliasTyKind {
        match self.definitions().def_kind(alias.def_id) {
            DefKind::OpaqueTy => ir::AliasTyKind::Opaque,
            DefKind::TyAlias => ir::AliasTyKind::Free,
            _ => match self.definitions().def_kind(self.parent(alias.def_id)) {
                DefKind::Impl { of_trait: false } => ir::AliasTyKind::Inherent,
                _ => ir::AliasTyKind::Projection,
            },
        }
    }
    fn alias_term_kind(self, alias: AliasTerm<'tcx>) -> ir::AliasTermKind {
        let in_inherent_impl =
            || self.definitions().def_kind(self.parent(alias.def_id)) == DefKind::Impl { of_trait: false };
        match self.definitions().def_kind(alias.def_id) {
            DefKind::AssocTy if in_inherent_impl() => ir::AliasTermKind::InherentTy,
            DefKind::AssocConst if in_inherent_impl() => ir::AliasTermKind::InherentConst,
            DefKind::AssocTy => ir::AliasTermKind::ProjectionTy,
            DefKind::AssocConst => ir::AliasTermKind::ProjectionConst,
            DefKind::OpaqueTy => ir::AliasTermKind::OpaqueTy,
            DefKind::TyAlias => ir::AliasTermKind::FreeTy,
            DefKind::Const => ir::AliasTermKind::FreeConst,
            DefKind::AnonConst | DefKind::InlineConst | DefKind::Ctor(_, CtorKind::Const) => {
                ir::AliasTermKind::UnevaluatedConst
            }
            _ => {
                self.note("an alias of another kind");
                ir::AliasTermKind::UnevaluatedConst
            }
        }
    }
    fn trait_ref_and_own_args_for_alias(
        self,
        def_id: DefId,
        args: Args<'tcx>,
    ) -> (TraitRef<'tcx>, List<'tcx, GenericArg<'tcx>>) {
        let trait_ = self.parent(def_id);
        let count = self.definitions().generics_of(trait_).count().min(args.len());
        let (of_trait, own) = args.elements().split_at(count);
        (ir::TraitRef::new_from_args(self, trait_, Cx::mk_args(self, of_trait)), Element::intern(self, own))
    }
    fn check_args_compatible(self, def_id: DefId, args: Args<'tcx>) -> bool {
        self.definitions().generics_of(def_id).count() == args.len()
    }
    fn debug_assert_args_compatible(self, _: DefId, _: Args<'tcx>) {}
    fn debug_assert_existential_args_compatible(self, _: DefId, _: Args<'tcx>) {}
    fn parent(self, def_id: DefId) -> DefId {
        match self.definitions().def_key(def_id).parent {
            Some(index) => DefId { krate: def_id.krate, index },
            None => ty::bug!("{def_id:?} is a crate's root"),
        }
    }
    fn recursion_limit(self) -> usize {
        RECURSION_LIMIT
    }
    fn features(self) -> Features {
        Features
    }
    fn fn_sig(self, def_id: DefId) -> EarlyBinder<Self, Binder<'tcx, FnSig<'tcx>>> {
        let sig = self.items.signatures.get_or(def_id, || self.import_sig(self.definitions().fn_sig(def_id)));
        EarlyBinder::bind(self.checked(sig))
    }
    fn has_target_features(self, def_id: DefId) -> bool {
        !self.definitions().codegen_attrs(def_id).target_features.is_empty()
    }
    fn item_name(self, def_id: DefId) -> Symbol {
        self.definitions().def_key(def_id).data.name().unwrap_or_else(|| Symbol::intern("_"))
    }
    fn unsizing_params_for_adt(self, did: DefId) -> &'tcx crate::adt::Params {
        self.unsizing_params(did)
    }

    // ---- coroutines

    fn coroutine_hidden_types(self, def_id: DefId) -> EarlyBinder<Self, Binder<'tcx, Hidden<'tcx>>> {
        EarlyBinder::bind(self.hidden(def_id))
    }
    fn coroutine_movability(self, def_id: DefId) -> ir::Movability {
        match self.definitions().coroutine_kind(def_id) {
            Some(CoroutineKind::Desugared(CoroutineDesugaring::Gen, _))
            | Some(CoroutineKind::Coroutine { movable: true }) => ir::Movability::Movable,
            _ => ir::Movability::Static,
        }
    }
    fn coroutine_for_closure(self, def_id: DefId) -> DefId {
        self.definitions().coroutine_for_closure(def_id).unwrap_or_else(|| {
            self.note("an async closure whose body is not known");
            def_id
        })
    }
    fn is_general_coroutine(self, def_id: DefId) -> bool {
        matches!(self.definitions().coroutine_kind(def_id), Some(CoroutineKind::Coroutine { .. }))
    }
    fn coroutine_is_async(self, def_id: DefId) -> bool {
        self.coroutine_is(def_id, CoroutineDesugaring::Async)
    }
    fn coroutine_is_gen(self, def_id: DefId) -> bool {
        self.coroutine_is(def_id, CoroutineDesugaring::Gen)
    }
    fn coroutine_is_async_gen(self, def_id: DefId) -> bool {
        self.coroutine_is(def_id, CoroutineDesugaring::AsyncGen)
    }

    // ---- predicates

    fn generics_require_sized_self(self, def_id: DefId) -> bool {
        self.needs_sized_self(def_id)
    }
    fn item_bounds(self, def_id: DefId) -> EarlyBinder<Self, impl IntoIterator<Item = Clause<'tcx>>> {
        self.early_clauses(self.bounds(def_id)[0])
    }
    fn item_self_bounds(self, def_id: DefId) -> EarlyBinder<Self, impl IntoIterator<Item = Clause<'tcx>>> {
        self.early_clauses(self.bounds(def_id)[1])
    }
    fn item_non_self_bounds(self, def_id: DefId) -> EarlyBinder<Self, impl IntoIterator<Item = Clause<'tcx>>> {
        self.early_clauses(self.bounds(def_id)[2])
    }
    fn predicates_of(self, def_id: DefId) -> EarlyBinder<Self, impl IntoIterator<Item = Clause<'tcx>>> {
        self.early_clauses(self.all_predicates(def_id))
    }
    fn own_predicates_of(self, def_id: DefId) -> EarlyBinder<Self, impl IntoIterator<Item = Clause<'tcx>>> {
        self.early_clauses(self.own_predicates(def_id))
    }
    fn explicit_super_predicates_of(
        self,
        def_id: DefId,
    ) -> EarlyBinder<Self, impl IntoIterator<Item = (Clause<'tcx>, Nowhere)>> {
        EarlyBinder::bind(self.supers(def_id).iter().map(|&clause| (clause, Nowhere)))
    }
    fn explicit_implied_predicates_of(
        self,
        def_id: DefId,
    ) -> EarlyBinder<Self, impl IntoIterator<Item = (Clause<'tcx>, Nowhere)>> {
        EarlyBinder::bind(self.implied(def_id).iter().map(|&clause| (clause, Nowhere)))
    }
    fn impl_super_outlives(self, _: DefId) -> EarlyBinder<Self, impl IntoIterator<Item = Clause<'tcx>>> {
        // Clauses about lifetimes are not imported.
        self.early_clauses(&[])
    }

    // ---- const traits: whether a call is allowed in a constant is for rustc to check

    fn impl_is_const(self, _: DefId) -> bool {
        false
    }
    fn fn_is_const(self, def_id: DefId) -> bool {
        self.definitions().is_const_fn(def_id)
    }
    fn alias_has_const_conditions(self, _: DefId) -> bool {
        false
    }
    fn const_conditions(self, _: DefId) -> EarlyBinder<Self, impl IntoIterator<Item = Binder<'tcx, TraitRef<'tcx>>>> {
        EarlyBinder::bind([])
    }
    fn explicit_implied_const_bounds(
        self,
        _: DefId,
    ) -> EarlyBinder<Self, impl IntoIterator<Item = Binder<'tcx, TraitRef<'tcx>>>> {
        EarlyBinder::bind([])
    }

    // ---- language items

    fn require_lang_item(self, item: SolverLangItem) -> DefId {
        self.lang.get(lang::of_solver_item(item))
    }
    fn require_trait_lang_item(self, item: SolverTraitLangItem) -> DefId {
        self.lang.get(lang::of_solver_trait(item))
    }
    fn require_adt_lang_item(self, item: SolverAdtLangItem) -> DefId {
        self.lang.get(lang::of_solver_adt(item))
    }
    fn is_lang_item(self, def_id: DefId, item: SolverLangItem) -> bool {
        self.lang.of(def_id) == Some(lang::of_solver_item(item))
    }
    fn is_trait_lang_item(self, def_id: DefId, item: SolverTraitLangItem) -> bool {
        self.lang.of(def_id) == Some(lang::of_solver_trait(item))
    }
    fn is_adt_lang_item(self, def_id: DefId, item: SolverAdtLangItem) -> bool {
        self.lang.of(def_id) == Some(lang::of_solver_adt(item))
    }
    fn is_default_trait(self, def_id: DefId) -> bool {
        self.lang.is_default_trait(def_id)
    }
    fn is_sizedness_trait(self, def_id: DefId) -> bool {
        matches!(self.lang.of(def_id), Some(LangItem::Sized | LangItem::MetaSized | LangItem::PointeeSized))
    }
    fn as_lang_item(self, def_id: DefId) -> Option<SolverLangItem> {
        lang::solver_item(self.lang.of(def_id)?)
    }
    fn as_trait_lang_item(self, def_id: DefId) -> Option<SolverTraitLangItem> {
        lang::solver_trait(self.lang.of(def_id)?)
    }
    fn as_adt_lang_item(self, def_id: DefId) -> Option<SolverAdtLangItem> {
        lang::solver_adt(self.lang.of(def_id)?)
    }

    // ---- traits and impls

    fn associated_type_def_ids(self, def_id: DefId) -> impl IntoIterator<Item = DefId> {
        let items = self.definitions().assoc_items(def_id).iter();
        items.filter(|item| item.kind == ty::AssocKind::Type).map(|item| item.def_id)
    }
    fn for_each_relevant_impl(self, trait_: DefId, self_ty: Ty<'tcx>, f: impl FnMut(DefId)) {
        self.impl_index(trait_).for_each_relevant(self, self_ty, f);
    }
    fn for_each_blanket_impl(self, trait_: DefId, f: impl FnMut(DefId)) {
        self.impl_index(trait_).blanket.iter().copied().for_each(f);
    }
    fn has_item_definition(self, def_id: DefId) -> bool {
        !matches!(self.definitions().defaultness(def_id), Defaultness::Default { has_value: false })
    }
    fn impl_specializes(self, impl_: DefId, victim: DefId) -> bool {
        let parents = |&impl_: &DefId| self.definitions().impl_parent(impl_);
        std::iter::successors(parents(&impl_), parents).any(|ancestor| ancestor == victim)
    }
    fn impl_is_default(self, impl_: DefId) -> bool {
        matches!(self.definitions().defaultness(impl_), Defaultness::Default { .. })
    }
    fn impl_trait_ref(self, impl_: DefId) -> EarlyBinder<Self, TraitRef<'tcx>> {
        EarlyBinder::bind(self.checked(self.header(impl_).0))
    }
    fn impl_polarity(self, impl_: DefId) -> ir::ImplPolarity {
        match self.header(impl_).1 {
            ImplPolarity::Positive => ir::ImplPolarity::Positive,
            ImplPolarity::Negative => ir::ImplPolarity::Negative,
            ImplPolarity::Reservation => ir::ImplPolarity::Reservation,
        }
    }
    fn impl_self_is_guaranteed_unsized(self, impl_: DefId) -> bool {
        // (rustc normalises the tail on the way. To miss one is to look at an impl that does not apply.)
        let self_ty = self.header(impl_).0.self_ty();
        self.ty_sizedness(self_ty, SizedTraitKind::Sized, 0).is_some_and(Ty::is_guaranteed_unsized_raw)
    }
    fn trait_is_auto(self, trait_: DefId) -> bool {
        self.is_trait(trait_) && self.definitions().trait_def(trait_).is_auto
    }
    fn trait_is_coinductive(self, trait_: DefId) -> bool {
        self.is_trait(trait_) && self.definitions().trait_def(trait_).is_coinductive
    }
    fn trait_is_alias(self, trait_: DefId) -> bool {
        !self.is_trait(trait_)
    }
    fn trait_is_dyn_compatible(self, _: DefId) -> bool {
        // A program with a type `dyn Trait` for a trait that allows none is refused by rustc, whatever else it says.
        true
    }
    fn trait_is_fundamental(self, trait_: DefId) -> bool {
        self.definitions().trait_def(trait_).is_fundamental
    }
    fn trait_is_unsafe(self, trait_: DefId) -> bool {
        self.definitions().trait_def(trait_).is_unsafe
    }
    fn is_impl_trait_in_trait(self, def_id: DefId) -> bool {
        matches!(self.definitions().def_key(def_id).data, DefPathData::AnonAssocTy(_))
    }
    fn delay_bug(self, message: impl ToString) -> Noted {
        self.note_with("the solver's own error", || message.to_string())
    }

    // ---- opaque types: who checks a body says which it defines

    fn opaque_types_defined_by(self, _: DefId) -> LocalDefIds<'tcx> {
        LocalDefIds::default()
    }
    fn opaque_types_and_coroutines_defined_by(self, _: DefId) -> LocalDefIds<'tcx> {
        LocalDefIds::default()
    }
}

impl<'tcx> Cx<'tcx> {
    /// Whether it is a trait, and no alias of some.
    fn is_trait(self, def_id: DefId) -> bool {
        self.definitions().def_kind(def_id) == DefKind::Trait
    }
}
