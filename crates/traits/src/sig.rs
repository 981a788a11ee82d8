//! Signatures of instances, as they are called.

use crate::callable::coroutine_closure_sig;
use crate::{TraitCx, TraitError};
use smallvec::SmallVec;
use ty::{
    ClosureArgs, ClosureKind, CoroutineArgs, CoroutineClosureArgs, CoroutineDesugaring, CoroutineKind, DefId,
    ExternAbi, FnSig, GenericArg, GenericArgs, Instance, InstanceKind, LangItem, Mutability, Region, Ty, TyKind,
};

impl<'tcx> TraitCx<'tcx> {
    /// The signature by which an instance is called, normalised, before its ABI is applied: closures have their environment
    /// first, coroutines the signature of the method that resumes them (rustc's `fn_sig_for_fn_abi`). With
    /// [`ExternAbi::RustCall`] the last input is a tuple whose fields are passed as separate arguments. The location of
    /// `#[track_caller]` is not among the inputs.
    pub fn fn_sig_of_instance(&self, instance: Instance<'tcx>) -> FnSig<'tcx> {
        self.try_fn_sig_of_instance(instance).unwrap_or_else(|error| error.unwind(self.tcx))
    }

    /// As [`TraitCx::fn_sig_of_instance`], with errors.
    pub fn try_fn_sig_of_instance(&self, instance: Instance<'tcx>) -> Result<FnSig<'tcx>, TraitError<'tcx>> {
        let tcx = self.tcx;
        let def_id = instance.def_id();
        if let InstanceKind::ThreadLocalShim(_) = instance.kind {
            return Ok(tcx.mk_fn_sig(&[], self.thread_local_ptr_ty(def_id), ExternAbi::Rust));
        }
        let ty = tcx.subst(self.definitions().type_of(def_id), instance.args);
        let sig = match *ty.kind() {
            TyKind::FnDef(def_id, args) => {
                let sig = tcx.subst(self.definitions().fn_sig(def_id), args);
                let sig = tcx.instantiate_bound_erased(sig);
                match instance.kind {
                    InstanceKind::VTableShim(_) => self.with_self_behind_pointer(sig),
                    _ => sig,
                }
            }
            TyKind::Closure(_, args) => {
                let args = ClosureArgs::new(args);
                let sig = tcx.instantiate_bound_erased(args.sig());
                let mut inputs = vec![self.closure_env_ty(ty, args.kind())];
                inputs.extend_from_slice(sig.inputs());
                FnSig { inputs_and_output: self.inputs_and_output(&inputs, sig.output()), ..sig }
            }
            TyKind::CoroutineClosure(did, args) => self.coroutine_closure_call_sig(instance, ty, did, args),
            TyKind::Coroutine(did, args) => self.coroutine_resume_sig(ty, did, args)?,
            ref other => ty::bug!("an instance has the type {:?}", tcx.mk_ty(*other)),
        };
        self.try_normalize(sig)
    }

    pub(crate) fn inputs_and_output(&self, inputs: &[Ty<'tcx>], output: Ty<'tcx>) -> ty::List<'tcx, Ty<'tcx>> {
        let all: SmallVec<[Ty<'tcx>; 8]> = inputs.iter().copied().chain([output]).collect();
        self.tcx.mk_types(&all)
    }

    /// `fn(self, …)` as `fn(*mut Self, …)`.
    pub(crate) fn with_self_behind_pointer(&self, sig: FnSig<'tcx>) -> FnSig<'tcx> {
        let mut inputs: SmallVec<[Ty<'tcx>; 8]> = sig.inputs().iter().copied().collect();
        inputs[0] = self.tcx.mk_ptr(inputs[0], Mutability::Mut);
        FnSig { inputs_and_output: self.inputs_and_output(&inputs, sig.output()), ..sig }
    }

    /// How a closure takes itself.
    fn closure_env_ty(&self, closure: Ty<'tcx>, kind: ClosureKind) -> Ty<'tcx> {
        match kind {
            ClosureKind::Fn => self.tcx.mk_ref(closure, Mutability::Not),
            ClosureKind::FnMut => self.tcx.mk_ref(closure, Mutability::Mut),
            ClosureKind::FnOnce => closure,
        }
    }

    fn coroutine_closure_call_sig(
        &self,
        instance: Instance<'tcx>,
        ty: Ty<'tcx>,
        did: DefId,
        args: GenericArgs<'tcx>,
    ) -> FnSig<'tcx> {
        let tcx = self.tcx;
        let args = CoroutineClosureArgs::new(args);
        let sig = tcx.instantiate_bound_erased(coroutine_closure_sig(args));
        let kind = args.kind_ty.to_closure_kind().expect("a closure's kind is known after type checking");
        let (env, kind) = match instance.kind {
            InstanceKind::ConstructCoroutineInClosureShim { receiver_by_ref: true, .. } => {
                (tcx.mk_ref(ty, Mutability::Not), ClosureKind::FnOnce)
            }
            InstanceKind::ConstructCoroutineInClosureShim { receiver_by_ref: false, .. } => (ty, ClosureKind::FnOnce),
            _ => (self.closure_env_ty(ty, kind), kind),
        };
        let output = self.coroutine_of_closure(did, args, sig, kind);
        tcx.mk_fn_sig(&[env, sig.tupled_inputs_ty], output, ExternAbi::RustCall)
    }

    fn coroutine_resume_sig(
        &self,
        ty: Ty<'tcx>,
        did: DefId,
        args: GenericArgs<'tcx>,
    ) -> Result<FnSig<'tcx>, TraitError<'tcx>> {
        let tcx = self.tcx;
        let args = CoroutineArgs::new(args);
        let adt = |item: LangItem, args: &[GenericArg<'tcx>]| {
            tcx.mk_ty(TyKind::Adt(tcx.expect_lang_item(item), tcx.mk_args(args)))
        };
        let env = tcx.mk_ref(ty, Mutability::Mut);
        let pinned = adt(LangItem::Pin, &[env.into()]);
        let context = || {
            let context = adt(LangItem::Context, &[Region::Erased.into()]);
            tcx.mk_ref(context, Mutability::Mut)
        };
        let Some(kind) = self.definitions().coroutine_kind(did) else {
            ty::bug!("a coroutine's definition has a coroutine kind")
        };
        Ok(match kind {
            CoroutineKind::Desugared(CoroutineDesugaring::Async, _) => {
                let output = adt(LangItem::Poll, &[args.return_ty.into()]);
                tcx.mk_fn_sig(&[pinned, context()], output, ExternAbi::Rust)
            }
            CoroutineKind::Desugared(CoroutineDesugaring::Gen, _) => {
                let output = adt(LangItem::Option, &[args.yield_ty.into()]);
                tcx.mk_fn_sig(&[env], output, ExternAbi::Rust)
            }
            // It yields `Poll<Option<Item>>`.
            CoroutineKind::Desugared(CoroutineDesugaring::AsyncGen, _) => {
                tcx.mk_fn_sig(&[pinned, context()], args.yield_ty, ExternAbi::Rust)
            }
            CoroutineKind::Coroutine { .. } => {
                let output = adt(LangItem::CoroutineState, &[args.yield_ty.into(), args.return_ty.into()]);
                tcx.mk_fn_sig(&[pinned, args.resume_ty], output, ExternAbi::Rust)
            }
        })
    }

    /// The type of a thread-local's address: a raw pointer if it is mutable or foreign, else a reference.
    pub(crate) fn thread_local_ptr_ty(&self, did: DefId) -> Ty<'tcx> {
        let ty = self.normalize(self.definitions().type_of(did));
        match self.definitions().def_kind(did) {
            ty::DefKind::Static { mutable: true, .. } => self.tcx.mk_ptr(ty, Mutability::Mut),
            _ if self.definitions().is_foreign_item(did) => self.tcx.mk_ptr(ty, Mutability::Not),
            _ => self.tcx.mk_ref(ty, Mutability::Not),
        }
    }
}
