//! Resolution: which code a function with its arguments means.

use crate::lang::{async_fn_trait_kind, fn_trait_kind};
use crate::select::Selection;
use crate::{TraitCx, TraitError};
use ty::{
    AssocContainer, ClosureArgs, ClosureKind, CodegenFlags, CoroutineArgs, CoroutineClosureArgs, DefId, DefKind,
    GenericArgs, Instance, InstanceKind, LangItem, ReifyReason, TraitRef, Ty, TyKind,
};

impl<'tcx> TraitCx<'tcx> {
    /// The code that `def_id` with these (normalised) arguments runs: a trait's method becomes an impl's or a default, a
    /// shim or a slot of a vtable; `drop_in_place` becomes drop glue; intrinsics are marked. For constants too.
    pub fn try_resolve_instance(
        &self,
        def_id: DefId,
        args: GenericArgs<'tcx>,
    ) -> Result<Instance<'tcx>, TraitError<'tcx>> {
        if let Some(known) = self.instances.get(&(def_id, args)) {
            return known;
        }
        let resolved = self.resolve_uncached(def_id, args);
        match resolved {
            Err(TraitError::TooDeep) => resolved,
            _ => self.instances.insert((def_id, args), resolved),
        }
    }

    /// As [`TraitCx::try_resolve_instance`]; `None` where the trait is not implemented, which happens in code that can never
    /// run because its where-clauses do not hold. Other errors unwind with a [`crate::Failure`].
    pub fn resolve_instance(&self, def_id: DefId, args: GenericArgs<'tcx>) -> Option<Instance<'tcx>> {
        match self.try_resolve_instance(def_id, args) {
            Ok(instance) => Some(instance),
            Err(TraitError::Unimplemented(_) | TraitError::Ambiguous(_) | TraitError::NoValue(_)) => None,
            Err(error) => error.unwind(self.tcx),
        }
    }

    /// As [`TraitCx::try_resolve_instance`]; an error unwinds with a [`crate::Failure`].
    pub fn expect_resolve(&self, def_id: DefId, args: GenericArgs<'tcx>) -> Instance<'tcx> {
        self.try_resolve_instance(def_id, args).unwrap_or_else(|error| error.unwind(self.tcx))
    }

    fn resolve_uncached(&self, def_id: DefId, args: GenericArgs<'tcx>) -> Result<Instance<'tcx>, TraitError<'tcx>> {
        if let Some(trait_) = self.trait_of_item(def_id) {
            return self.resolve_trait_item(def_id, trait_, args);
        }
        if self.definitions().intrinsic(def_id).is_some() {
            return Ok(Instance { kind: InstanceKind::Intrinsic(def_id), args });
        }
        let kind = match self.lang_item_of(def_id) {
            Some(LangItem::DropInPlace) => self.resolve_drop_glue(def_id, args.type_at(0)),
            Some(LangItem::AsyncDropInPlace) => InstanceKind::AsyncDropGlueCtorShim(def_id, args.type_at(0)),
            _ if self.is_async_drop_coroutine(def_id) => InstanceKind::AsyncDropGlue(def_id, args.type_at(0)),
            _ => InstanceKind::Item(def_id),
        };
        Ok(Instance { kind, args })
    }

    fn resolve_drop_glue(&self, def_id: DefId, ty: Ty<'tcx>) -> InstanceKind<'tcx> {
        let glue = self.needs_drop(ty)
            && match *ty.kind() {
                // With async drop the synchronous glue does nothing.
                TyKind::Coroutine(did, _) => {
                    let coroutine = self.bodies.optimized_mir(did).coroutine.as_ref();
                    coroutine.is_none_or(|coroutine| coroutine.coroutine_drop_async.is_none())
                }
                _ => true,
            };
        InstanceKind::DropGlue(def_id, glue.then_some(ty))
    }

    /// Whether a definition is the coroutine inside of `async_drop_in_place`.
    fn is_async_drop_coroutine(&self, def_id: DefId) -> bool {
        matches!(self.definitions().def_key(def_id).data, ty::DefPathData::Closure)
            && self.lang_item_of(self.parent(def_id)) == Some(LangItem::AsyncDropInPlace)
    }

    fn resolve_trait_item(
        &self,
        item: DefId,
        trait_: DefId,
        args: GenericArgs<'tcx>,
    ) -> Result<Instance<'tcx>, TraitError<'tcx>> {
        let mut solver = self.solver();
        let goal = solver.trait_ref_of(trait_, args);
        match solver.select(goal)? {
            Selection::Impl { impl_, args: impl_args } => {
                let Some(leaf) = self.leaf(impl_, item) else { return Err(TraitError::Unimplemented(goal)) };
                let leaf_args = solver.leaf_args(leaf, goal, impl_, impl_args, args)?;
                let leaf_args = self.tcx.erase_regions(leaf_args);
                Ok(Instance::new(leaf.item.def_id, leaf_args))
            }
            Selection::Object => self.resolve_virtual(item, goal, args),
            Selection::Builtin => self.resolve_builtin(item, trait_, goal, args),
        }
    }

    fn resolve_virtual(
        &self,
        method: DefId,
        goal: TraitRef<'tcx>,
        args: GenericArgs<'tcx>,
    ) -> Result<Instance<'tcx>, TraitError<'tcx>> {
        // (Only a trait's `final` methods are final there.)
        if self.definitions().defaultness(method) == ty::Defaultness::Final {
            return Ok(Instance::new(method, args));
        }
        match self.own_vtable_methods(goal.def_id).iter().position(|&own| own == method) {
            Some(offset) => {
                let slot = self.first_method_slot(goal)? + offset;
                Ok(Instance { kind: InstanceKind::Virtual(method, slot), args })
            }
            // A method that demands `Self: Sized` cannot be called on a trait object.
            None => Err(TraitError::Unimplemented(goal)),
        }
    }

    fn resolve_builtin(
        &self,
        item: DefId,
        trait_: DefId,
        goal: TraitRef<'tcx>,
        args: GenericArgs<'tcx>,
    ) -> Result<Instance<'tcx>, TraitError<'tcx>> {
        let self_ty = goal.self_ty();
        let unimplemented = Err(TraitError::Unimplemented(goal));
        let Some(lang) = self.lang_item_of(trait_) else { return Ok(Instance::new(item, args)) };
        if let Some(wanted) = fn_trait_kind(lang) {
            return match *self_ty.kind() {
                TyKind::Closure(did, closure_args) => Ok(self.resolve_closure(did, closure_args, wanted)),
                TyKind::FnDef(..) | TyKind::FnPtr(_) => {
                    Ok(Instance { kind: InstanceKind::FnPtrShim(item, self_ty), args })
                }
                TyKind::CoroutineClosure(did, closure_args) => {
                    let kind = match CoroutineClosureArgs::new(closure_args).kind_ty.to_closure_kind() {
                        Some(ClosureKind::FnOnce) => InstanceKind::Item(did),
                        _ => InstanceKind::ConstructCoroutineInClosureShim {
                            coroutine_closure_def_id: did,
                            receiver_by_ref: wanted != ClosureKind::FnOnce,
                        },
                    };
                    Ok(Instance { kind, args: closure_args })
                }
                _ => unimplemented,
            };
        }
        if let Some(wanted) = async_fn_trait_kind(lang) {
            return match *self_ty.kind() {
                TyKind::CoroutineClosure(did, closure_args) => {
                    let actual = CoroutineClosureArgs::new(closure_args).kind_ty.to_closure_kind();
                    let by_move = wanted == ClosureKind::FnOnce && actual != Some(ClosureKind::FnOnce);
                    let kind = match by_move {
                        true => InstanceKind::ConstructCoroutineInClosureShim {
                            coroutine_closure_def_id: did,
                            receiver_by_ref: false,
                        },
                        false => InstanceKind::Item(did),
                    };
                    Ok(Instance { kind, args: closure_args })
                }
                TyKind::Closure(did, closure_args) => Ok(self.resolve_closure(did, closure_args, wanted)),
                TyKind::FnDef(..) | TyKind::FnPtr(_) => {
                    Ok(Instance { kind: InstanceKind::FnPtrShim(item, self_ty), args })
                }
                _ => unimplemented,
            };
        }
        match lang {
            LangItem::Clone => {
                let is_clone = self.definitions().assoc_item(item).is_some_and(|item| item.name.as_str() == "clone");
                // `clone_from` is the trait's default.
                let kind = if is_clone { InstanceKind::CloneShim(item, self_ty) } else { InstanceKind::Item(item) };
                Ok(Instance { kind, args })
            }
            LangItem::FnPtrTrait => Ok(Instance { kind: InstanceKind::FnPtrAddrShim(item, self_ty), args }),
            LangItem::Future | LangItem::Iterator | LangItem::AsyncIterator | LangItem::Coroutine => {
                self.resolve_coroutine_method(item, self_ty, args)
            }
            _ => Ok(Instance::new(item, args)),
        }
    }

    /// A method of the trait by which a coroutine is resumed, or a default method of that trait.
    fn resolve_coroutine_method(
        &self,
        item: DefId,
        self_ty: Ty<'tcx>,
        args: GenericArgs<'tcx>,
    ) -> Result<Instance<'tcx>, TraitError<'tcx>> {
        let resumes = matches!(
            self.lang_item_of(item),
            Some(
                LangItem::FuturePoll
                    | LangItem::IteratorNext
                    | LangItem::AsyncIteratorPollNext
                    | LangItem::CoroutineResume
            )
        );
        let TyKind::Coroutine(did, coroutine_args) = *self_ty.kind() else { return Ok(Instance::new(item, args)) };
        if !resumes {
            return Ok(Instance::new(item, args));
        }
        if self.is_async_drop_coroutine(did) {
            return Err(TraitError::Unsupported("async drop"));
        }
        Ok(Instance::new(self.coroutine_body_of(did, coroutine_args)?, coroutine_args))
    }

    /// Which body resumes (and drops) a coroutine type: that of an async closure has a second one, which holds the closure's
    /// captures by value.
    pub(crate) fn coroutine_body_of(&self, did: DefId, args: GenericArgs<'tcx>) -> Result<DefId, TraitError<'tcx>> {
        let TyKind::Coroutine(_, identity) = *self.definitions().type_of(did).kind() else {
            ty::bug!("the type of a coroutine's definition is a coroutine")
        };
        if CoroutineArgs::new(identity).kind_ty == CoroutineArgs::new(args).kind_ty {
            return Ok(did);
        }
        match self.definitions().coroutine_by_move_body(did) {
            Some(by_move) => Ok(by_move),
            None => Err(TraitError::Unsupported("an async closure's coroutine without a body that takes its upvars")),
        }
    }

    /// The code of a closure called as a kind of `Fn` trait.
    pub fn resolve_closure(&self, closure: DefId, args: GenericArgs<'tcx>, wanted: ClosureKind) -> Instance<'tcx> {
        let closure_args = ClosureArgs::new(args);
        if wanted != ClosureKind::FnOnce || closure_args.kind() == ClosureKind::FnOnce {
            return Instance::new(closure, args);
        }
        let track_caller = self.definitions().codegen_attrs(closure).flags.contains(CodegenFlags::TRACK_CALLER);
        let call_once = self.only_method(LangItem::FnOnce);
        let self_ty = self.tcx.mk_ty(TyKind::Closure(closure, args));
        let sig = self.tcx.instantiate_bound_erased(closure_args.sig());
        let args = self.tcx.mk_args(&[self_ty.into(), sig.inputs()[0].into()]);
        Instance { kind: InstanceKind::ClosureOnceShim { call_once, track_caller }, args: self.normalize(args) }
    }

    /// The first method of a trait.
    pub(crate) fn only_method(&self, trait_: LangItem) -> DefId {
        let trait_ = self.tcx.expect_lang_item(trait_);
        let method = self.definitions().assoc_items(trait_).iter().find(|item| item.kind == ty::AssocKind::Fn);
        match method {
            Some(method) => method.def_id,
            None => ty::bug!("a language trait has a method"),
        }
    }

    /// The glue that drops a value in place. [`InstanceKind::DropGlue`] of `None` where there is nothing to do.
    pub fn resolve_drop_in_place(&self, ty: Ty<'tcx>) -> Instance<'tcx> {
        let drop_in_place = self.tcx.expect_lang_item(LangItem::DropInPlace);
        self.expect_resolve(drop_in_place, self.tcx.mk_args(&[ty.into()]))
    }

    /// The code for a function as a fn pointer. `None` as in [`TraitCx::resolve_instance`].
    pub fn resolve_for_fn_ptr(&self, def_id: DefId, args: GenericArgs<'tcx>) -> Option<Instance<'tcx>> {
        let mut resolved = self.resolve_instance(def_id, args)?;
        match resolved.kind {
            InstanceKind::Item(item) if self.requires_caller_location(resolved) => {
                resolved.kind = InstanceKind::ReifyShim(item, None);
            }
            InstanceKind::Virtual(method, _) => resolved.kind = InstanceKind::ReifyShim(method, None),
            _ => {}
        }
        Some(resolved)
    }

    /// The code for a trait's method in the vtable of a type.
    pub fn resolve_for_vtable(&self, method: DefId, args: GenericArgs<'tcx>) -> Instance<'tcx> {
        let takes_self_by_value = self
            .definitions()
            .fn_sig(method)
            .value
            .inputs()
            .first()
            .is_some_and(|&first| crate::object::is_self(first));
        if takes_self_by_value {
            return Instance { kind: InstanceKind::VTableShim(method), args };
        }
        let reason: Option<ReifyReason> = None;
        let mut resolved = self.expect_resolve(method, args);
        match resolved.kind {
            InstanceKind::Item(item) if self.requires_caller_location(resolved) => {
                let assoc = self.definitions().assoc_item(item);
                let in_trait = assoc.is_some_and(|assoc| assoc.container == AssocContainer::Trait);
                let inherited = assoc.and_then(|assoc| assoc.trait_item).is_some_and(|trait_item| {
                    self.definitions().codegen_attrs(trait_item).flags.contains(CodegenFlags::TRACK_CALLER)
                });
                if !in_trait && !inherited {
                    // A closure is called through its trait's method.
                    resolved = match self.definitions().def_kind(item) {
                        DefKind::Closure => Instance { kind: InstanceKind::ReifyShim(method, reason), args },
                        _ => Instance { kind: InstanceKind::ReifyShim(item, reason), args: resolved.args },
                    };
                }
            }
            InstanceKind::Virtual(method, _) => resolved.kind = InstanceKind::ReifyShim(method, reason),
            _ => {}
        }
        resolved
    }

    /// Whether an instance takes its caller's location as a hidden last argument (`#[track_caller]`).
    pub fn requires_caller_location(&self, instance: Instance<'tcx>) -> bool {
        match instance.kind {
            InstanceKind::Item(def_id) | InstanceKind::Virtual(def_id, _) => {
                self.definitions().codegen_attrs(def_id).flags.contains(CodegenFlags::TRACK_CALLER)
            }
            InstanceKind::ClosureOnceShim { track_caller, .. } => track_caller,
            _ => false,
        }
    }
}
