//! What of definitions the solver asks for, imported once.

use crate::ir::elaborate::elaborate;
use crate::ir::inherent::{IntoKind, SliceLike};
use crate::ir::{EarlyBinder, Upcast as _};
use crate::{
    Args, Binder, BoundVarKind, Clause, ClauseKind, Cx, FnSig, GenericArg, Hidden, Region, RegionKind, TraitRef, Ty,
    TyKind, ir,
};
use rustc_hash::FxHashMap;
use ty::{DefId, DefKind, GenericParamDef, GenericParamKind, ImplPolarity, LangItem, Memo, SimplifiedType};

/// Imported answers about definitions.
#[derive(Default)]
pub(crate) struct Items<'tcx> {
    pub impls: Memo<DefId, &'tcx ImplIndex>,
    pub headers: Memo<DefId, (TraitRef<'tcx>, ImplPolarity)>,
    pub own_predicates: Memo<DefId, &'tcx [Clause<'tcx>]>,
    pub predicates: Memo<DefId, &'tcx [Clause<'tcx>]>,
    pub supers: Memo<DefId, &'tcx [Clause<'tcx>]>,
    pub implied: Memo<DefId, &'tcx [Clause<'tcx>]>,
    /// All bounds of an associated or opaque type; those on itself; the others.
    pub bounds: Memo<DefId, [&'tcx [Clause<'tcx>]; 3]>,
    pub signatures: Memo<DefId, Binder<'tcx, FnSig<'tcx>>>,
    pub types: Memo<DefId, Ty<'tcx>>,
    pub variances: Memo<DefId, &'tcx [ir::Variance]>,
    pub fields: Memo<DefId, &'tcx [Ty<'tcx>]>,
    pub sizedness: Memo<(DefId, bool), Option<Ty<'tcx>>>,
    pub unsizing: Memo<DefId, &'tcx crate::adt::Params>,
    pub hidden: Memo<DefId, Binder<'tcx, Hidden<'tcx>>>,
    pub identities: Memo<DefId, Args<'tcx>>,
    pub needs_sized_self: Memo<DefId, bool>,
}

/// The impls of one trait by the outermost constructor of their self type.
#[derive(Default)]
pub(crate) struct ImplIndex {
    by_self: FxHashMap<SimplifiedType, Vec<DefId>>,
    /// For any type.
    pub blanket: Vec<DefId>,
}

impl ImplIndex {
    pub fn new(cx: Cx<'_>, trait_: DefId) -> ImplIndex {
        let mut index = ImplIndex::default();
        for found in cx.definitions().impls_of_trait(trait_) {
            match found.simplified_self {
                Some(shape) => index.by_self.entry(shape).or_default().push(found.impl_),
                None => index.blanket.push(found.impl_),
            }
        }
        index
    }

    pub fn of(&self, shape: SimplifiedType) -> &[DefId] {
        self.by_self.get(&shape).map_or(&[], Vec::as_slice)
    }

    /// The impls that may be for a type, the more specific ones first. Only blanket impls are for aliases and
    /// placeholders; aliases are looked at again after they are normalised.
    pub fn for_each_relevant<'tcx>(&self, cx: Cx<'tcx>, self_ty: Ty<'tcx>, mut f: impl FnMut(DefId)) {
        use crate::import::{float_ty, int_ty, uint_ty};
        use ir::{FloatTy, IntTy, UintTy};
        match *self_ty.kind_ref() {
            TyKind::Infer(ir::IntVar(_)) => {
                for int in [IntTy::I8, IntTy::I16, IntTy::I32, IntTy::I64, IntTy::I128, IntTy::Isize] {
                    self.of(SimplifiedType::Int(int_ty(int))).iter().copied().for_each(&mut f);
                }
                for uint in [UintTy::U8, UintTy::U16, UintTy::U32, UintTy::U64, UintTy::U128, UintTy::Usize] {
                    self.of(SimplifiedType::Uint(uint_ty(uint))).iter().copied().for_each(&mut f);
                }
            }
            TyKind::Infer(ir::FloatVar(_)) => {
                for float in [FloatTy::F16, FloatTy::F32, FloatTy::F64, FloatTy::F128] {
                    self.of(SimplifiedType::Float(float_ty(float))).iter().copied().for_each(&mut f);
                }
            }
            _ => {
                if let Some(shape) = simplify(cx, self_ty) {
                    self.of(shape).iter().copied().for_each(&mut f);
                }
            }
        }
        self.blanket.iter().copied().for_each(f);
    }
}

impl<'tcx> Cx<'tcx> {
    /// The outermost constructor of a type; `None` for what has none yet.
    pub fn shape(self, ty: Ty<'tcx>) -> Option<SimplifiedType> {
        simplify(self, ty)
    }
}

/// The outermost constructor of a type (rustc's `fast_reject::simplify_type`); `None` for what has none yet.
pub(crate) fn simplify<'tcx>(cx: Cx<'tcx>, ty: Ty<'tcx>) -> Option<SimplifiedType> {
    use crate::import::{float_ty, int_ty, mutability_ty, uint_ty};
    use crate::ir::inherent::BoundExistentialPredicates as _;
    Some(match *ty.kind_ref() {
        TyKind::Bool => SimplifiedType::Bool,
        TyKind::Char => SimplifiedType::Char,
        TyKind::Int(int) => SimplifiedType::Int(int_ty(int)),
        TyKind::Uint(uint) => SimplifiedType::Uint(uint_ty(uint)),
        TyKind::Float(float) => SimplifiedType::Float(float_ty(float)),
        TyKind::Adt(adt, _) => SimplifiedType::Adt(adt.data().did),
        TyKind::Foreign(did) => SimplifiedType::Foreign(did),
        TyKind::Str => SimplifiedType::Str,
        TyKind::Array(..) => SimplifiedType::Array,
        TyKind::Slice(_) => SimplifiedType::Slice,
        TyKind::Pat(base, _) => return simplify(cx, base),
        TyKind::RawPtr(_, mutability) => SimplifiedType::Ptr(mutability_ty(mutability)),
        TyKind::Ref(_, _, mutability) => SimplifiedType::Ref(mutability_ty(mutability)),
        TyKind::FnDef(did, _) | TyKind::Closure(did, _) | TyKind::CoroutineClosure(did, _) => {
            SimplifiedType::Closure(did)
        }
        TyKind::Coroutine(did, _) => SimplifiedType::Coroutine(did),
        TyKind::CoroutineWitness(did, _) => SimplifiedType::CoroutineWitness(did),
        TyKind::Never => SimplifiedType::Never,
        TyKind::Tuple(types) => SimplifiedType::Tuple(types.len()),
        TyKind::FnPtr(types, _) => {
            SimplifiedType::Function(types.skip_binder().inputs_and_output.len().saturating_sub(1))
        }
        TyKind::UnsafeBinder(_) => SimplifiedType::UnsafeBinder,
        TyKind::Dynamic(predicates, _) => match predicates.principal_def_id() {
            Some(principal) if !cx.definitions().trait_def(principal).is_auto => SimplifiedType::Trait(principal),
            _ => SimplifiedType::MarkerTraitObject,
        },
        TyKind::Alias(..)
        | TyKind::Param(_)
        | TyKind::Bound(..)
        | TyKind::Placeholder(_)
        | TyKind::Infer(_)
        | TyKind::Error(_) => return None,
    })
}

impl<'tcx> Cx<'tcx> {
    pub(crate) fn keep<T: Copy + Send + Sync>(self, values: &[T]) -> &'tcx [T] {
        self.tcx().arena().alloc_slice(values)
    }

    /// All generic parameters of an item, the parents' first.
    pub(crate) fn for_each_param(self, def_id: DefId, f: &mut dyn FnMut(&GenericParamDef)) {
        let generics = self.definitions().generics_of(def_id);
        if let Some(parent) = generics.parent {
            self.for_each_param(parent, f);
        }
        generics.own_params.iter().for_each(f);
    }

    /// An item's own parameters as arguments for it.
    pub fn identity_args(self, def_id: DefId) -> Args<'tcx> {
        self.items.identities.get_or(def_id, || {
            let mut args = Vec::new();
            self.for_each_param(def_id, &mut |param| args.push(self.param_arg(param)));
            Cx::mk_args(self, &args)
        })
    }

    fn param_arg(self, param: &GenericParamDef) -> GenericArg<'tcx> {
        let (index, name) = (param.index, param.name);
        match param.kind {
            GenericParamKind::Lifetime => {
                self.mk_region(RegionKind::ReEarlyParam(crate::EarlyParam { index, name })).into()
            }
            GenericParamKind::Type { .. } => self.mk_ty(TyKind::Param(crate::ParamTy { index, name })).into(),
            GenericParamKind::Const { .. } => {
                self.mk_const(ir::ConstKind::Param(crate::ParamConst { index, name })).into()
            }
        }
    }

    /// The where-clauses of an item itself; of a trait also that it is implemented.
    pub(crate) fn own_predicates(self, def_id: DefId) -> &'tcx [Clause<'tcx>] {
        self.items.own_predicates.get_or(def_id, || {
            let mut clauses = self.import_clauses(self.definitions().predicates_of(def_id).predicates);
            if self.definitions().def_kind(def_id) == DefKind::Trait {
                let trait_ref = ir::TraitRef::new_from_args(self, def_id, self.identity_args(def_id));
                clauses.push(trait_ref.upcast(self));
            }
            self.keep(&clauses)
        })
    }

    /// The where-clauses of an item and of what it is in.
    pub(crate) fn all_predicates(self, def_id: DefId) -> &'tcx [Clause<'tcx>] {
        self.items.predicates.get_or(def_id, || {
            let own = self.own_predicates(def_id);
            match self.definitions().predicates_of(def_id).parent {
                Some(parent) => self.keep(&[self.all_predicates(parent), own].concat()),
                None => own,
            }
        })
    }

    /// What is assumed inside of an item: its where-clauses, and what follows from them. (rustc normalises them, too, which
    /// changes nothing for the next solver.)
    pub fn param_env_of(self, def_id: DefId) -> crate::ParamEnv<'tcx> {
        let mut clauses = self.all_predicates(def_id).to_vec();
        if self.definitions().def_kind(def_id) == DefKind::AssocFn {
            let types = self.impl_traits_of(def_id);
            let vars = ir::Interner::fn_sig(self, def_id).skip_binder().bound_vars();
            clauses.extend(types.into_iter().filter_map(|ty| -> Option<Clause<'tcx>> {
                let TyKind::Alias(ir::AliasTyKind::Projection, alias) = *ty.kind_ref() else { return None };
                let hidden = ir::Interner::type_of(self, alias.def_id).instantiate(self, alias.args);
                let projection = ir::ProjectionPredicate { projection_term: alias.into(), term: hidden.into() };
                Some(Binder::bind_with_vars(projection, vars).upcast(self))
            }));
        }
        let clauses: Vec<_> = elaborate(self, clauses).collect();
        self.mk_param_env(&clauses)
    }

    /// The `impl Trait` in a function's result, and in the bounds of those: opaque types, or, of a function that a trait
    /// declares, the associated types that stand for them. In the function's own body, these are the opaque types that its
    /// provided body defines.
    pub fn impl_traits_of(self, function: DefId) -> Vec<Ty<'tcx>> {
        let sig = ir::Interner::fn_sig(self, function).skip_binder().skip_binder();
        let mut found = Vec::new();
        let mut queue: Vec<Ty<'tcx>> = sig.inputs_and_output.elements().last().copied().into_iter().collect();
        let trait_ = self.definitions().def_key(function).parent;
        while let Some(ty) = queue.pop() {
            let args = match *ty.kind_ref() {
                TyKind::Alias(kind, alias) => {
                    let is_own = alias.def_id.krate == function.krate
                        && match kind {
                            ir::AliasTyKind::Opaque => true,
                            ir::AliasTyKind::Projection => {
                                ir::Interner::is_impl_trait_in_trait(self, alias.def_id)
                                    && self.definitions().def_key(alias.def_id).parent == trait_
                            }
                            _ => false,
                        };
                    let is_known = |ty: &Ty<'tcx>| matches!(*ty.kind_ref(), TyKind::Alias(_, known) if known.def_id == alias.def_id);
                    if is_own && !found.iter().any(is_known) {
                        found.push(ty);
                        for &clause in self.bounds(alias.def_id)[0] {
                            if let ClauseKind::Projection(projection) = clause.kind().skip_binder()
                                && let crate::Term::Ty(term) = projection.term
                            {
                                queue.push(EarlyBinder::bind(term).instantiate(self, alias.args));
                            }
                        }
                    }
                    alias.args
                }
                TyKind::Adt(_, args) => args,
                TyKind::Tuple(types) => {
                    queue.extend(types.elements());
                    continue;
                }
                TyKind::Ref(_, inner, _)
                | TyKind::RawPtr(inner, _)
                | TyKind::Slice(inner)
                | TyKind::Array(inner, _) => {
                    queue.push(inner);
                    continue;
                }
                _ => continue,
            };
            queue.extend(args.elements().iter().filter_map(|arg| match *arg {
                GenericArg::Type(ty) => Some(ty),
                _ => None,
            }));
        }
        found
    }

    pub(crate) fn supers(self, trait_: DefId) -> &'tcx [Clause<'tcx>] {
        let definitions = self.definitions();
        self.items.supers.get_or(trait_, || self.keep(&self.import_clauses(definitions.super_predicates_of(trait_))))
    }

    pub(crate) fn implied(self, trait_: DefId) -> &'tcx [Clause<'tcx>] {
        let definitions = self.definitions();
        self.items.implied.get_or(trait_, || self.keep(&self.import_clauses(definitions.implied_predicates_of(trait_))))
    }

    pub(crate) fn bounds(self, alias: DefId) -> [&'tcx [Clause<'tcx>]; 3] {
        self.items.bounds.get_or(alias, || {
            let explicit = self.import_clauses(self.definitions().item_bounds(alias));
            let args = self.identity_args(alias);
            let is_on_itself = |clause: &Clause<'tcx>| {
                let self_ty = match clause.kind().skip_binder() {
                    ClauseKind::Trait(predicate) => predicate.self_ty(),
                    ClauseKind::Projection(projection) => projection.projection_term.self_ty(),
                    _ => return false,
                };
                matches!(*self_ty.kind_ref(), TyKind::Alias(_, itself) if itself.def_id == alias && itself.args == args)
            };
            let on_itself = explicit.iter().copied().filter(is_on_itself);
            let on_itself: Vec<_> = elaborate(self, on_itself).collect();
            let all: Vec<_> = elaborate(self, explicit).collect();
            let others: Vec<_> = all.iter().copied().filter(|clause| !on_itself.contains(clause)).collect();
            [self.keep(&all), self.keep(&on_itself), self.keep(&others)]
        })
    }

    /// What an impl implements, and whether positively.
    pub(crate) fn header(self, impl_: DefId) -> (TraitRef<'tcx>, ImplPolarity) {
        self.items.headers.get_or(impl_, || match self.definitions().impl_header(impl_) {
            Some(header) => (self.import_trait_ref(header.trait_ref), header.polarity),
            None => ty::bug!("{impl_:?} is an impl of a trait"),
        })
    }

    pub(crate) fn variances(self, def_id: DefId) -> &'tcx [ir::Variance] {
        self.items.variances.get_or(def_id, || {
            let variances = self.definitions().variances_of(def_id).iter();
            let mut variances: Vec<_> = variances.map(|&known| crate::import::variance(known)).collect();
            // Nothing is written for what has no parameters, nor by hand-made definitions: then arguments are equal.
            variances.resize(self.definitions().generics_of(def_id).count(), ir::Variance::Invariant);
            self.keep(&variances)
        })
    }

    /// The definition's type in terms of its own parameters.
    pub(crate) fn type_of_item(self, def_id: DefId) -> Ty<'tcx> {
        self.items.types.get_or(def_id, || self.import(self.definitions().type_of(def_id)))
    }

    pub(crate) fn needs_sized_self(self, def_id: DefId) -> bool {
        self.items.needs_sized_self.get_or(def_id, || {
            let sized = self.lang.get(LangItem::Sized);
            elaborate(self, self.all_predicates(def_id).iter().copied()).any(|clause| {
                matches!(clause.kind().skip_binder(), ClauseKind::Trait(predicate)
                    if predicate.trait_ref.def_id == sized
                        && matches!(*predicate.self_ty().kind_ref(), TyKind::Param(param) if param.index == 0))
            })
        })
    }

    /// What a coroutine holds while it is suspended. Its lifetimes are not known, so each is any.
    pub(crate) fn hidden(self, coroutine: DefId) -> Binder<'tcx, Hidden<'tcx>> {
        self.items.hidden.get_or(coroutine, || {
            let held = match self.bodies.coroutine_witnesses(coroutine) {
                Some(layout) => layout.field_tys.iter().filter(|saved| !saved.ignore_for_traits).map(|saved| saved.ty),
                None => {
                    self.note_with("a coroutine whose body is not known", || self.tcx().def_path_str(coroutine));
                    return ir::Binder::dummy(Hidden { types: Default::default(), assumptions: Default::default() });
                }
            };
            let held: Vec<_> = held.map(|ty| self.import(ty)).collect();
            let mut count = 0;
            let types = ir::fold_regions(self, self.mk_tys(&held), |region, depth| match region.kind() {
                RegionKind::ReErased => {
                    let var = ir::BoundVar::from_usize(count);
                    count += 1;
                    <Region<'tcx> as ir::inherent::Region<Cx<'tcx>>>::new_anon_bound(self, depth, var)
                }
                _ => region,
            });
            let vars = vec![BoundVarKind::Region(ir::BoundRegionKind::Anon); count];
            let hidden = Hidden { types, assumptions: Default::default() };
            ir::Binder::bind_with_vars(hidden, self.mk_bound_vars(&vars))
        })
    }

    /// The definition of a trait's item for an impl: its own, that of an impl which it specialises, or the trait's. `None` if
    /// other impls may still have another.
    pub(crate) fn assoc_definition(self, impl_: DefId, trait_item: DefId) -> Option<(DefId, bool)> {
        let definitions = self.definitions();
        let mut node = Some(impl_);
        let mut is_final = false;
        while let Some(current) = node {
            let is_default_impl = matches!(definitions.defaultness(current), ty::Defaultness::Default { .. });
            let found = definitions.assoc_items(current).iter().find(|item| item.trait_item == Some(trait_item));
            if let Some(item) = found {
                is_final |= definitions.defaultness(item.def_id) == ty::Defaultness::Final && !is_default_impl;
                return Some((item.def_id, is_final));
            }
            // An impl that says nothing leaves the item of what it specialises as it is.
            is_final = true;
            node = definitions.impl_parent(current);
        }
        let item = definitions.assoc_item(trait_item)?;
        Some((item.def_id, is_final))
    }

    /// An early binder around clauses.
    pub(crate) fn early_clauses(
        self,
        clauses: &'tcx [Clause<'tcx>],
    ) -> EarlyBinder<Cx<'tcx>, std::iter::Copied<std::slice::Iter<'tcx, Clause<'tcx>>>> {
        EarlyBinder::bind(self.checked(clauses).iter().copied())
    }
}
