//! Signatures of instances.

use crate::LayoutCx;
use ty::{
    ClosureArgs, ClosureKind, CodegenFlags, CoroutineArgs, CoroutineClosureArgs, CoroutineDesugaring, CoroutineKind,
    DefId, DefKind, ExternAbi, FnSig, GenericArg, GenericArgs, Instance, InstanceKind, LangItem, Mutability, Region,
    Ty, TyKind, bug,
};

/// Whether callers pass where they are (`#[track_caller]`).
pub fn requires_caller_location<'tcx>(cx: &LayoutCx<'tcx>, kind: InstanceKind<'tcx>) -> bool {
    match kind {
        InstanceKind::Item(def_id) | InstanceKind::Virtual(def_id, _) => {
            cx.has_codegen_flag(def_id, CodegenFlags::TRACK_CALLER)
        }
        InstanceKind::ClosureOnceShim { track_caller, .. } => track_caller,
        _ => false,
    }
}

impl<'tcx> LayoutCx<'tcx> {
    /// Whether a definition that code is generated for has an attribute.
    pub(crate) fn has_codegen_flag(&self, def_id: DefId, flag: CodegenFlags) -> bool {
        let definitions = self.tcx().definitions();
        let has_attrs = matches!(
            definitions.def_kind(def_id),
            DefKind::Fn
                | DefKind::AssocFn
                | DefKind::Ctor(..)
                | DefKind::Closure
                | DefKind::Static { .. }
                | DefKind::SyntheticCoroutineBody
        );
        has_attrs && definitions.codegen_attrs(def_id).flags.contains(flag)
    }

    /// `&'static Location<'static>`
    pub fn caller_location_ty(&self) -> Ty<'tcx> {
        let tcx = self.tcx();
        let args = tcx.mk_args(&[GenericArg::Lifetime(Region::Erased)]);
        let location = tcx.mk_ty(TyKind::Adt(tcx.expect_lang_item(LangItem::PanicLocation), args));
        tcx.mk_ref(location, Mutability::Not)
    }

    pub(crate) fn normalize_sig(&self, sig: FnSig<'tcx>) -> FnSig<'tcx> {
        let types: Vec<_> = sig.inputs_and_output.iter().map(|ty| self.normalize(ty)).collect();
        FnSig { inputs_and_output: self.tcx().mk_types(&types), ..sig }
    }

    /// The signature that an instance's code has: normalised, a closure's environment first.
    pub fn fn_sig_of_instance(&self, instance: Instance<'tcx>) -> FnSig<'tcx> {
        let tcx = self.tcx();
        let def_id = instance.def_id();
        if let InstanceKind::ThreadLocalShim(def_id) = instance.kind {
            return tcx.mk_fn_sig(&[], self.thread_local_ptr_ty(def_id), ExternAbi::Rust);
        }
        let definitions = tcx.definitions();
        let sig = match definitions.def_kind(def_id) {
            DefKind::Closure | DefKind::SyntheticCoroutineBody => self.closure_sig(instance),
            _ => {
                let sig = tcx.instantiate_bound_erased(tcx.subst(definitions.fn_sig(def_id), instance.args));
                match instance.kind {
                    // `self` by value comes as a pointer.
                    InstanceKind::VTableShim(_) => {
                        let mut inputs = sig.inputs().to_vec();
                        inputs[0] = tcx.mk_ptr(inputs[0], Mutability::Mut);
                        FnSig { is_unsafe: sig.is_unsafe, ..tcx.mk_fn_sig(&inputs, sig.output(), sig.abi) }
                    }
                    _ => sig,
                }
            }
        };
        self.normalize_sig(sig)
    }

    fn thread_local_ptr_ty(&self, def_id: DefId) -> Ty<'tcx> {
        let tcx = self.tcx();
        let ty = self.normalize(tcx.definitions().type_of(def_id));
        if matches!(tcx.definitions().def_kind(def_id), DefKind::Static { mutable: true, .. }) {
            tcx.mk_ptr(ty, Mutability::Mut)
        } else if tcx.definitions().is_foreign_item(def_id) {
            tcx.mk_ptr(ty, Mutability::Not)
        } else {
            tcx.mk_ref(ty, Mutability::Not)
        }
    }

    fn closure_sig(&self, instance: Instance<'tcx>) -> FnSig<'tcx> {
        let tcx = self.tcx();
        let def_id = instance.def_id();
        let args = instance.args;
        match *tcx.definitions().type_of(def_id).kind() {
            TyKind::Closure(..) => {
                let parts = ClosureArgs::new(args);
                let sig = tcx.instantiate_bound_erased(parts.sig());
                let closure = tcx.mk_ty(TyKind::Closure(def_id, args));
                let mut inputs = vec![self.environment_ty(closure, parts.kind())];
                inputs.extend(sig.inputs());
                FnSig { c_variadic: sig.c_variadic, ..tcx.mk_fn_sig(&inputs, sig.output(), sig.abi) }
            }
            TyKind::CoroutineClosure(..) => self.coroutine_closure_sig(instance),
            TyKind::Coroutine(..) => self.coroutine_sig(def_id, args),
            ref other => bug!("{def_id:?} is called a closure but is {other:?}"),
        }
    }

    fn environment_ty(&self, closure: Ty<'tcx>, kind: ClosureKind) -> Ty<'tcx> {
        match kind {
            ClosureKind::Fn => self.tcx().mk_ref(closure, Mutability::Not),
            ClosureKind::FnMut => self.tcx().mk_ref(closure, Mutability::Mut),
            ClosureKind::FnOnce => closure,
        }
    }

    /// An async closure takes its parameters and gives a coroutine that owns them and the upvars, or borrows the upvars.
    fn coroutine_closure_sig(&self, instance: Instance<'tcx>) -> FnSig<'tcx> {
        let tcx = self.tcx();
        let args = instance.args;
        let (def_id, by_ref) = match instance.kind {
            InstanceKind::ConstructCoroutineInClosureShim { coroutine_closure_def_id, receiver_by_ref } => {
                (coroutine_closure_def_id, Some(receiver_by_ref))
            }
            _ => (instance.def_id(), None),
        };
        let parts = CoroutineClosureArgs::new(args);
        let TyKind::FnPtr(sig) = *parts.signature_parts_ty.kind() else {
            bug!("an async closure's signature is a fn pointer");
        };
        let sig = tcx.instantiate_bound_erased(sig);
        let tupled_inputs = sig.inputs()[1];
        let closure = tcx.mk_ty(TyKind::CoroutineClosure(def_id, args));
        let own_kind = parts.kind_ty.to_closure_kind().unwrap_or(ClosureKind::FnOnce);
        let (environment, kind) = match by_ref {
            None => (self.environment_ty(closure, own_kind), own_kind),
            Some(true) => (tcx.mk_ref(closure, Mutability::Not), ClosureKind::FnOnce),
            Some(false) => (closure, ClosureKind::FnOnce),
        };
        // Its body makes the coroutine, of the closure's own kind.
        let output = tcx.subst(self.bodies().optimized_mir(def_id).return_ty(), args);
        let output = if kind == own_kind {
            output
        } else {
            let TyKind::Coroutine(coroutine, coroutine_args) = *output.kind() else {
                bug!("an async closure gives a coroutine");
            };
            let coroutine_parts = CoroutineArgs::new(coroutine_args);
            let mut upvars = tupled_inputs.expect_tuple().as_slice().to_vec();
            upvars.extend(parts.upvar_tys().iter());
            let mut once: Vec<GenericArg<'tcx>> = coroutine_parts.parent_args.to_vec();
            once.push(tcx.types().i32.into());
            once.push(coroutine_parts.resume_ty.into());
            once.push(coroutine_parts.yield_ty.into());
            once.push(coroutine_parts.return_ty.into());
            once.push(tcx.mk_tuple(&upvars).into());
            tcx.mk_ty(TyKind::Coroutine(coroutine, tcx.mk_args(&once)))
        };
        tcx.mk_fn_sig(&[environment, tupled_inputs], output, sig.abi)
    }

    /// The function that a coroutine is: `resume`, `poll` or `next`.
    fn coroutine_sig(&self, def_id: DefId, args: GenericArgs<'tcx>) -> FnSig<'tcx> {
        let tcx = self.tcx();
        let parts = CoroutineArgs::new(args);
        let adt = |item: LangItem, args: &[GenericArg<'tcx>]| {
            tcx.mk_ty(TyKind::Adt(tcx.expect_lang_item(item), tcx.mk_args(args)))
        };
        let environment = tcx.mk_ref(tcx.mk_ty(TyKind::Coroutine(def_id, args)), Mutability::Mut);
        let pinned = adt(LangItem::Pin, &[environment.into()]);
        let context = || {
            let context = adt(LangItem::Context, &[GenericArg::Lifetime(Region::Erased)]);
            tcx.mk_ref(context, Mutability::Mut)
        };
        let Some(kind) = tcx.definitions().coroutine_kind(def_id) else { bug!("{def_id:?} is not a coroutine") };
        let (inputs, output) = match kind {
            CoroutineKind::Desugared(CoroutineDesugaring::Async, _) => {
                (vec![pinned, context()], adt(LangItem::Poll, &[parts.return_ty.into()]))
            }
            CoroutineKind::Desugared(CoroutineDesugaring::Gen, _) => {
                (vec![environment], adt(LangItem::Option, &[parts.yield_ty.into()]))
            }
            // The type that it yields is a `Poll<Option<_>>` already.
            CoroutineKind::Desugared(CoroutineDesugaring::AsyncGen, _) => (vec![pinned, context()], parts.yield_ty),
            CoroutineKind::Coroutine { .. } => {
                let state = adt(LangItem::CoroutineState, &[parts.yield_ty.into(), parts.return_ty.into()]);
                (vec![pinned, parts.resume_ty], state)
            }
        };
        tcx.mk_fn_sig(&inputs, output, ExternAbi::Rust)
    }
}
