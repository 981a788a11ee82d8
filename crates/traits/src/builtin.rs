//! Impls that the compiler provides, as goals that must hold for them (rustc's builtin impls).

use crate::TraitError;
use crate::lang::{async_fn_trait_kind, fn_trait_kind};
use crate::select::Solver;
use smallvec::{SmallVec, smallvec};
use ty::{
    ClauseKind, CoroutineArgs, CoroutineClosureArgs, CoroutineDesugaring, CoroutineKind, DefId, ExistentialPredicate,
    ExistentialPredicates, GenericArgs, LangItem, TraitRef, Ty, TyKind,
};

type Nested<'tcx> = SmallVec<[TraitRef<'tcx>; 4]>;

/// Whether a coroutine may be moved after it was first resumed.
pub(crate) fn is_movable(kind: CoroutineKind) -> bool {
    match kind {
        CoroutineKind::Desugared(CoroutineDesugaring::Async | CoroutineDesugaring::AsyncGen, _) => false,
        CoroutineKind::Desugared(CoroutineDesugaring::Gen, _) => true,
        CoroutineKind::Coroutine { movable } => movable,
    }
}

impl<'tcx> Solver<'_, 'tcx> {
    /// The compiler's impl for a goal, if there is one: goals that it depends on.
    pub fn builtin_impl(
        &mut self,
        item: LangItem,
        goal: TraitRef<'tcx>,
    ) -> Result<Option<Nested<'tcx>>, TraitError<'tcx>> {
        let self_ty = goal.self_ty();
        if let Some(kind) = fn_trait_kind(item) {
            return Ok(self.callable(self_ty, kind)?.map(|_| smallvec![]));
        }
        if let Some(kind) = async_fn_trait_kind(item) {
            return self.async_callable_nested(self_ty, kind);
        }
        let types = match item {
            LangItem::Sized => self.sized_parts(self_ty, false),
            LangItem::MetaSized => self.sized_parts(self_ty, true),
            LangItem::PointeeSized
            | LangItem::DiscriminantKind
            | LangItem::PointeeTrait
            | LangItem::Destruct
            | LangItem::AsyncFnKindHelper
            | LangItem::TransmuteTrait => Some(smallvec![]),
            LangItem::Copy | LangItem::Clone | LangItem::TrivialClone => self.clone_parts(self_ty),
            LangItem::Tuple => matches!(self_ty.kind(), TyKind::Tuple(_)).then(|| smallvec![]),
            LangItem::FnPtrTrait => matches!(self_ty.kind(), TyKind::FnPtr(_)).then(|| smallvec![]),
            LangItem::BikeshedGuaranteedNoDrop => return Ok(Some(self.no_drop_goals(goal))),
            LangItem::Future
            | LangItem::Iterator
            | LangItem::FusedIterator
            | LangItem::AsyncIterator
            | LangItem::Coroutine => self.is_coroutine_of(self_ty, item).then(|| smallvec![]),
            LangItem::Unsize => return self.unsize_goals(self_ty, goal.args.type_at(1)),
            _ => None,
        };
        Ok(types.map(|types: SmallVec<[Ty<'tcx>; 4]>| self.for_each(goal.def_id, &types)))
    }

    fn sized_parts(&self, ty: Ty<'tcx>, with_metadata: bool) -> Option<SmallVec<[Ty<'tcx>; 4]>> {
        let tcx = self.cx.tcx;
        match *ty.kind() {
            TyKind::Str | TyKind::Slice(_) | TyKind::Dynamic(..) => with_metadata.then(|| smallvec![]),
            TyKind::Foreign(_) | TyKind::Alias(..) | TyKind::Param(_) => None,
            TyKind::Tuple(types) => Some(types.last().copied().into_iter().collect()),
            TyKind::UnsafeBinder(binder) => Some(smallvec![tcx.instantiate_bound_erased(binder)]),
            TyKind::Adt(did, args) => {
                let adt = tcx.adt_def(did);
                if !adt.is_struct() {
                    return Some(smallvec![]);
                }
                let last = adt.non_enum_variant().fields.iter().last();
                Some(last.map(|field| self.field_ty(field.did, args)).into_iter().collect())
            }
            _ => Some(smallvec![]),
        }
    }

    /// A field's type, substituted but not normalised.
    pub fn field_ty(&self, field: DefId, args: GenericArgs<'tcx>) -> Ty<'tcx> {
        self.cx.tcx.subst(self.cx.definitions().type_of(field), args)
    }

    fn clone_parts(&self, ty: Ty<'tcx>) -> Option<SmallVec<[Ty<'tcx>; 4]>> {
        match *ty.kind() {
            TyKind::FnDef(..) | TyKind::FnPtr(_) => Some(smallvec![]),
            TyKind::Tuple(types) => Some(types.iter().collect()),
            TyKind::Pat(base, _) => Some(smallvec![base]),
            TyKind::Closure(_, args) => Some(ty::ClosureArgs::new(args).upvar_tys().iter().collect()),
            TyKind::CoroutineClosure(_, args) => Some(CoroutineClosureArgs::new(args).upvar_tys().iter().collect()),
            // (A coroutine that implements `Clone` was compiled with the feature; without it no goal asks.)
            TyKind::Coroutine(did, args) if self.coroutine_kind(did).is_some_and(is_movable) => {
                Some(self.coroutine_parts(did, args))
            }
            _ => None,
        }
    }

    fn coroutine_kind(&self, did: DefId) -> Option<CoroutineKind> {
        self.cx.definitions().coroutine_kind(did)
    }

    /// Upvars, and what is held while suspended.
    fn coroutine_parts(&self, did: DefId, args: GenericArgs<'tcx>) -> SmallVec<[Ty<'tcx>; 4]> {
        let tcx = self.cx.tcx;
        let mut types: SmallVec<[Ty<'tcx>; 4]> = CoroutineArgs::new(args).upvar_tys().iter().collect();
        if let Some(layout) = self.cx.bodies.coroutine_layout(did) {
            let held = layout.field_tys.iter().filter(|saved| !saved.ignore_for_traits);
            types.extend(held.map(|saved| tcx.subst(saved.ty, args)));
        }
        types
    }

    fn is_coroutine_of(&self, ty: Ty<'tcx>, trait_: LangItem) -> bool {
        let TyKind::Coroutine(did, _) = *ty.kind() else { return false };
        let Some(kind) = self.coroutine_kind(did) else { return false };
        match kind {
            CoroutineKind::Desugared(CoroutineDesugaring::Async, _) => trait_ == LangItem::Future,
            CoroutineKind::Desugared(CoroutineDesugaring::Gen, _) => {
                matches!(trait_, LangItem::Iterator | LangItem::FusedIterator)
            }
            CoroutineKind::Desugared(CoroutineDesugaring::AsyncGen, _) => trait_ == LangItem::AsyncIterator,
            CoroutineKind::Coroutine { .. } => trait_ == LangItem::Coroutine,
        }
    }

    fn no_drop_goals(&self, goal: TraitRef<'tcx>) -> Nested<'tcx> {
        let tcx = self.cx.tcx;
        match *goal.self_ty().kind() {
            TyKind::Ref(..) => smallvec![],
            TyKind::Adt(did, _) if tcx.adt_def(did).is_manually_drop => smallvec![],
            TyKind::Tuple(types) => self.for_each(goal.def_id, &types),
            TyKind::Array(element, _) => self.for_each(goal.def_id, &[element]),
            _ => self.for_each(tcx.expect_lang_item(LangItem::Copy), &[goal.self_ty()]),
        }
    }

    /// The parts of a type that must implement an auto trait for it to do so; `None`: it does not.
    pub fn auto_trait_parts(
        &mut self,
        ty: Ty<'tcx>,
        item: Option<LangItem>,
    ) -> Result<Option<SmallVec<[Ty<'tcx>; 4]>>, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        Ok(Some(match *ty.kind() {
            TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Uint(_)
            | TyKind::Float(_)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Never => smallvec![],
            TyKind::Str => smallvec![tcx.types().u8],
            TyKind::RawPtr(inner, _)
            | TyKind::Ref(_, inner, _)
            | TyKind::Pat(inner, _)
            | TyKind::Array(inner, _)
            | TyKind::Slice(inner) => smallvec![inner],
            TyKind::Tuple(types) => types.iter().collect(),
            TyKind::Closure(_, args) => ty::ClosureArgs::new(args).upvar_tys().iter().collect(),
            TyKind::CoroutineClosure(_, args) => CoroutineClosureArgs::new(args).upvar_tys().iter().collect(),
            TyKind::Coroutine(did, _) if item == Some(LangItem::Unpin) => {
                match self.coroutine_kind(did).is_some_and(is_movable) {
                    true => smallvec![],
                    false => return Ok(None),
                }
            }
            TyKind::Coroutine(did, args) | TyKind::CoroutineWitness(did, args) => self.coroutine_parts(did, args),
            TyKind::UnsafeBinder(binder) => smallvec![tcx.instantiate_bound_erased(binder)],
            TyKind::Adt(did, args) if tcx.adt_def(did).is_phantom_data => smallvec![args.type_at(0)],
            TyKind::Adt(did, args) => {
                let fields = tcx.adt_def(did).variants.iter().flat_map(|variant| variant.fields.iter());
                fields.map(|field| self.field_ty(field.did, args)).collect()
            }
            TyKind::Foreign(_)
            | TyKind::Dynamic(..)
            | TyKind::Alias(..)
            | TyKind::Param(_)
            | TyKind::Bound(..)
            | TyKind::Infer(_)
            | TyKind::Error => return Ok(None),
        }))
    }

    fn unsize_goals(&mut self, source: Ty<'tcx>, target: Ty<'tcx>) -> Result<Option<Nested<'tcx>>, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        Ok(match (*source.kind(), *target.kind()) {
            (TyKind::Dynamic(from, _), TyKind::Dynamic(to, _)) => self.upcasts(source, from, to)?.then(|| smallvec![]),
            (_, TyKind::Dynamic(to, _)) => {
                let mut nested = self.for_each(tcx.expect_lang_item(LangItem::Sized), &[source]);
                for predicate in to {
                    match predicate.value {
                        ExistentialPredicate::Trait(trait_ref) => {
                            nested.push(crate::object::with_self_ty(tcx, predicate.rebind(trait_ref), source));
                        }
                        ExistentialPredicate::AutoTrait(def_id) => nested.extend(self.for_each(def_id, &[source])),
                        ExistentialPredicate::Projection(projection) => {
                            let projection = tcx.instantiate_bound_erased(predicate.rebind(projection));
                            let args = crate::object::prepend_self(tcx, source, projection.args);
                            let clause =
                                ClauseKind::Projection { def_id: projection.def_id, args, term: projection.term };
                            let clause = ty::Binder::dummy(clause);
                            if !self.clauses_hold(&[clause], GenericArgs::empty())? {
                                return Ok(None);
                            }
                        }
                    }
                }
                Some(nested)
            }
            (TyKind::Array(element, _), TyKind::Slice(to)) => (element == to).then(|| smallvec![]),
            (TyKind::Adt(from, from_args), TyKind::Adt(to, to_args)) if from == to && tcx.adt_def(from).is_struct() => {
                let Some(field) = tcx.adt_def(from).non_enum_variant().fields.iter().last() else { return Ok(None) };
                let from = self.normalize(self.field_ty(field.did, from_args))?;
                let to = self.normalize(self.field_ty(field.did, to_args))?;
                let unsize = tcx.expect_lang_item(LangItem::Unsize);
                Some(smallvec![TraitRef { def_id: unsize, args: tcx.mk_args(&[from.into(), to.into()]) }])
            }
            _ => None,
        })
    }

    /// Whether one trait object type may become another by forgetting.
    fn upcasts(
        &mut self,
        source: Ty<'tcx>,
        from: ExistentialPredicates<'tcx>,
        to: ExistentialPredicates<'tcx>,
    ) -> Result<bool, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        for predicate in to {
            let goal = match predicate.value {
                ExistentialPredicate::Trait(trait_ref) => {
                    crate::object::with_self_ty(tcx, predicate.rebind(trait_ref), source)
                }
                ExistentialPredicate::AutoTrait(def_id) => TraitRef { def_id, args: tcx.mk_args(&[source.into()]) },
                ExistentialPredicate::Projection(_) => continue,
            };
            let goal = self.normalize(goal)?;
            if !self.object_implements(from, goal)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The type that a projection of a trait which the compiler implements means; `None` if it is no such projection.
    pub fn project_builtin(
        &mut self,
        trait_item: LangItem,
        item: DefId,
        args: GenericArgs<'tcx>,
    ) -> Result<Option<Ty<'tcx>>, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        let self_ty = args[0].expect_ty();
        if let Some(kind) = fn_trait_kind(trait_item) {
            return self.project_callable(self_ty, kind, args);
        }
        if let Some(kind) = async_fn_trait_kind(trait_item) {
            return self.project_async_callable(self_ty, kind, item, args);
        }
        Ok(match (trait_item, *self_ty.kind()) {
            (LangItem::DiscriminantKind, _) => Some(mir::discriminant_ty(tcx, self_ty)),
            (LangItem::PointeeTrait, _) => Some(self.metadata_ty(self_ty)?),
            (LangItem::AsyncFnKindHelper, _) => Some(self.async_fn_upvars(args)),
            (LangItem::Future, TyKind::Coroutine(_, args)) => Some(CoroutineArgs::new(args).return_ty),
            (LangItem::Iterator, TyKind::Coroutine(_, args)) => Some(CoroutineArgs::new(args).yield_ty),
            (LangItem::AsyncIterator, TyKind::Coroutine(_, args)) => {
                // It yields `Poll<Option<Item>>`.
                let inner = |ty: Ty<'tcx>| match *ty.kind() {
                    TyKind::Adt(_, args) => Some(args.type_at(0)),
                    _ => None,
                };
                inner(CoroutineArgs::new(args).yield_ty).and_then(inner)
            }
            (LangItem::Coroutine, TyKind::Coroutine(_, args)) => {
                let args = CoroutineArgs::new(args);
                match self.cx.lang_item_of(item) {
                    Some(LangItem::CoroutineReturn) => Some(args.return_ty),
                    Some(LangItem::CoroutineYield) => Some(args.yield_ty),
                    _ => None,
                }
            }
            _ => None,
        })
    }

    /// What a pointer to the type carries besides the address.
    fn metadata_ty(&mut self, pointee: Ty<'tcx>) -> Result<Ty<'tcx>, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        Ok(match *self.struct_tail(pointee)?.kind() {
            TyKind::Slice(_) | TyKind::Str => tcx.types().usize,
            TyKind::Dynamic(..) => {
                let tail = self.struct_tail(pointee)?;
                let metadata = tcx.expect_lang_item(LangItem::DynMetadata);
                tcx.mk_ty(TyKind::Adt(metadata, tcx.mk_args(&[tail.into()])))
            }
            _ => tcx.types().unit,
        })
    }

    /// The last field's last field's … type: what decides a type's size.
    pub fn struct_tail(&mut self, mut ty: Ty<'tcx>) -> Result<Ty<'tcx>, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        for _ in 0..1000 {
            ty = match *ty.kind() {
                TyKind::Adt(did, args) if tcx.adt_def(did).is_struct() => {
                    match tcx.adt_def(did).non_enum_variant().fields.iter().last() {
                        Some(field) => self.normalize(self.field_ty(field.did, args))?,
                        None => return Ok(ty),
                    }
                }
                TyKind::Tuple(types) => match types.last() {
                    Some(&last) => last,
                    None => return Ok(ty),
                },
                TyKind::Pat(base, _) => base,
                _ => return Ok(ty),
            };
        }
        Err(TraitError::TooDeep)
    }
}
