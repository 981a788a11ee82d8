//! Bodies of instances: a definition's own MIR, or a shim's, built here.
//!
//! Shims are built without parameters, so that substituting the instance's arguments into them changes nothing.

mod call;
mod clone;
mod drop;
mod tidy;

use crate::{TraitCx, TraitError};
use mir::{AggregateKind, Body, BodyBuilder, CastKind, Operand, Place, Rvalue};
use ty::{
    ClosureKind, CoroutineClosureArgs, DefId, FieldIdx, IndexVec, Instance, InstanceKind, Mutability, Ty, TyKind,
};

impl<'tcx> TraitCx<'tcx> {
    /// The body that an instance runs, in terms of the instance's arguments, which are to be substituted and the result
    /// normalised. There is none for [`InstanceKind::Virtual`] and intrinsics without a body.
    ///
    /// [`mir::TerminatorKind::Drop`] of a place in it means a call of the glue for the place's type
    /// ([`TraitCx::resolve_drop_in_place`]), nothing if the type needs no drop, and for a trait object a call of what the
    /// first slot of its vtable holds, if that is not null.
    pub fn instance_mir(&self, instance: Instance<'tcx>) -> &'tcx Body<'tcx> {
        self.try_instance_mir(instance).unwrap_or_else(|error| error.unwind(self.tcx))
    }

    /// As [`TraitCx::instance_mir`], with errors.
    pub fn try_instance_mir(&self, instance: Instance<'tcx>) -> Result<&'tcx Body<'tcx>, TraitError<'tcx>> {
        if let InstanceKind::Item(def_id) | InstanceKind::Intrinsic(def_id) = instance.kind {
            return Ok(self.bodies.optimized_mir(def_id));
        }
        if let Some(known) = self.shims.get(&instance) {
            return Ok(known);
        }
        let body = self.build_shim(instance)?;
        Ok(self.shims.insert(instance, self.tcx.arena().hold(tidy::tidy(body))))
    }

    fn build_shim(&self, instance: Instance<'tcx>) -> Result<Body<'tcx>, TraitError<'tcx>> {
        match instance.kind {
            InstanceKind::DropGlue(drop_in_place, ty) => self.drop_glue(drop_in_place, instance.args.type_at(0), ty),
            InstanceKind::CloneShim(clone, ty) => self.clone_shim(clone, ty),
            InstanceKind::FnPtrShim(method, ty) => self.fn_ptr_shim(instance, method, ty),
            InstanceKind::ClosureOnceShim { .. } => self.closure_once_shim(instance),
            InstanceKind::VTableShim(method) => self.vtable_shim(instance, method),
            InstanceKind::ReifyShim(def_id, _) => self.reify_shim(instance, def_id),
            InstanceKind::FnPtrAddrShim(method, ty) => Ok(self.fn_ptr_addr_shim(method, ty)),
            InstanceKind::ThreadLocalShim(def_id) => Ok(self.thread_local_shim(def_id)),
            InstanceKind::ConstructCoroutineInClosureShim { coroutine_closure_def_id, receiver_by_ref } => {
                self.construct_coroutine_shim(instance, coroutine_closure_def_id, receiver_by_ref)
            }
            InstanceKind::AsyncDropGlueCtorShim(..)
            | InstanceKind::AsyncDropGlue(..)
            | InstanceKind::FutureDropPollShim(..) => Err(TraitError::Unsupported("async drop")),
            InstanceKind::Item(_) | InstanceKind::Intrinsic(_) | InstanceKind::Virtual(..) => {
                ty::bug!("{instance:?} has no shim")
            }
        }
    }

    pub(crate) fn builder(&self, def_id: DefId, inputs: &[Ty<'tcx>], output: Ty<'tcx>) -> BodyBuilder<'tcx> {
        BodyBuilder::new(self.tcx, self.definitions().def_span(def_id), inputs, output)
    }

    /// `FnPtr::addr`.
    fn fn_ptr_addr_shim(&self, method: DefId, ty: Ty<'tcx>) -> Body<'tcx> {
        let output = self.tcx.mk_ptr(self.tcx.types().unit, Mutability::Not);
        let mut body = self.builder(method, &[ty], output);
        let pointer = Operand::Move(Place::from_local(body.arg(0)));
        body.assign(Place::from_local(mir::Local::RETURN), Rvalue::Cast(CastKind::FnPtrToPtr, pointer, output));
        body.ret();
        body.finish()
    }

    /// The address of a thread-local that another crate defines.
    fn thread_local_shim(&self, def_id: DefId) -> Body<'tcx> {
        let mut body = self.builder(def_id, &[], self.thread_local_ptr_ty(def_id));
        body.assign(Place::from_local(mir::Local::RETURN), Rvalue::ThreadLocalRef(def_id));
        body.ret();
        body.finish()
    }

    /// A call of an async closure in another way than its body supports: makes the coroutine that has the captures by value.
    fn construct_coroutine_shim(
        &self,
        instance: Instance<'tcx>,
        closure: DefId,
        receiver_by_ref: bool,
    ) -> Result<Body<'tcx>, TraitError<'tcx>> {
        let tcx = self.tcx;
        let args = CoroutineClosureArgs::new(instance.args);
        let sig = tcx.instantiate_bound_erased(crate::callable::coroutine_closure_sig(args));
        let coroutine = self.try_normalize(self.coroutine_of_closure(closure, args, sig, ClosureKind::FnOnce))?;
        let TyKind::Coroutine(coroutine_def, coroutine_args) = *coroutine.kind() else {
            ty::bug!("a call of an async closure makes a coroutine")
        };
        let self_ty = tcx.mk_ty(TyKind::CoroutineClosure(closure, instance.args));
        let self_arg = if receiver_by_ref { tcx.mk_ref(self_ty, Mutability::Not) } else { self_ty };
        // The body of a closure has its parameters one by one.
        let parameters = sig.tupled_inputs_ty.expect_tuple();
        let mut inputs = vec![self_arg];
        inputs.extend(parameters);
        let mut body = self.builder(closure, &self.try_normalize(inputs)?, coroutine);
        let mut fields: IndexVec<FieldIdx, Operand<'tcx>> = IndexVec::new();
        for index in 0..parameters.len() {
            fields.push(Operand::Move(Place::from_local(body.arg(index + 1))));
        }
        let this = Place::from_local(body.arg(0));
        for (index, ty) in args.upvar_tys().iter().enumerate() {
            fields.push(match receiver_by_ref {
                // They are shared references then.
                true => Operand::Copy(this.deref(tcx).field(tcx, index, ty)),
                false => Operand::Move(this.field(tcx, index, ty)),
            });
        }
        let kind = AggregateKind::Coroutine(coroutine_def, coroutine_args);
        body.assign(Place::from_local(mir::Local::RETURN), Rvalue::Aggregate(Box::new(kind), fields));
        body.ret();
        Ok(body.finish())
    }
}
