//! Shims that pass a call on.

use crate::{TraitCx, TraitError};
use mir::{
    Body, BodyBuilder, BorrowKind, Call, Local, Operand, Place, Rvalue, TerminatorKind, UnwindAction,
    UnwindTerminateReason,
};
use ty::{DefId, ExternAbi, FnSig, Instance, LangItem, Mutability, Ty, TyKind};

impl<'tcx> TraitCx<'tcx> {
    fn call_shim(&self, def_id: DefId, sig: FnSig<'tcx>) -> BodyBuilder<'tcx> {
        let mut body = self.builder(def_id, sig.inputs(), sig.output());
        if sig.abi == ExternAbi::RustCall {
            body.spread_last_arg();
        }
        body
    }

    /// Ends a shim with a call whose result is its own.
    fn finish_with_call(mut body: BodyBuilder<'tcx>, func: Operand<'tcx>, args: Vec<Operand<'tcx>>) -> Body<'tcx> {
        body.call(func, args, Place::from_local(Local::RETURN), UnwindAction::Continue);
        body.ret();
        body.finish()
    }

    fn moved_args(body: &BodyBuilder<'tcx>, from: usize, count: usize) -> impl Iterator<Item = Operand<'tcx>> {
        (from..count).map(|index| Operand::Move(Place::from_local(body.arg(index))))
    }

    /// `Fn*::call*` of a function item or pointer: a plain call, the tuple taken apart.
    pub(super) fn fn_ptr_shim(
        &self,
        instance: Instance<'tcx>,
        method: DefId,
        callee: Ty<'tcx>,
    ) -> Result<Body<'tcx>, TraitError<'tcx>> {
        let tcx = self.tcx;
        let sig = self.try_fn_sig_of_instance(instance)?;
        let body = self.call_shim(method, sig);
        let receiver = Place::from_local(body.arg(0));
        let func = match *callee.kind() {
            TyKind::FnDef(..) => body.zero_sized(callee),
            _ if sig.inputs()[0] == callee => Operand::Move(receiver),
            _ => Operand::Copy(receiver.deref(tcx)),
        };
        let tuple = Place::from_local(body.arg(1));
        let parameters = sig.inputs()[1].expect_tuple();
        let args =
            parameters.iter().enumerate().map(|(index, ty)| Operand::Move(tuple.field(tcx, index, ty))).collect();
        Ok(Self::finish_with_call(body, func, args))
    }

    /// A function as a plain pointer, or in a vtable: passes its own location on.
    pub(super) fn reify_shim(&self, instance: Instance<'tcx>, def_id: DefId) -> Result<Body<'tcx>, TraitError<'tcx>> {
        let sig = self.try_fn_sig_of_instance(instance)?;
        let body = self.call_shim(def_id, sig);
        let args = Self::moved_args(&body, 0, sig.inputs().len()).collect();
        let func = body.function(def_id, instance.args);
        Ok(Self::finish_with_call(body, func, args))
    }

    /// A method that takes `self` by value, called through a vtable: gets a pointer to `self`, moves out of it.
    pub(super) fn vtable_shim(&self, instance: Instance<'tcx>, method: DefId) -> Result<Body<'tcx>, TraitError<'tcx>> {
        let sig = self.try_fn_sig_of_instance(instance)?;
        let body = self.call_shim(method, sig);
        let receiver = Place::from_local(body.arg(0)).deref(self.tcx);
        let mut args = vec![Operand::Move(receiver)];
        args.extend(Self::moved_args(&body, 1, sig.inputs().len()));
        let func = body.function(method, instance.args);
        Ok(Self::finish_with_call(body, func, args))
    }

    /// `FnOnce::call_once` of a closure that takes itself by reference: borrows it for the call, drops it after.
    pub(super) fn closure_once_shim(&self, instance: Instance<'tcx>) -> Result<Body<'tcx>, TraitError<'tcx>> {
        let tcx = self.tcx;
        let sig = self.try_fn_sig_of_instance(instance)?;
        let mut body = self.call_shim(instance.def_id(), sig);
        let receiver = Place::from_local(body.arg(0));
        let reference =
            body.assign_temp(tcx.mk_ref(sig.inputs()[0], Mutability::Mut), Rvalue::Ref(BorrowKind::Mut, receiver));
        let func = body.function(self.only_method(LangItem::FnMut), instance.args);
        let args = vec![Operand::Move(Place::from_local(reference)), Operand::Move(Place::from_local(body.arg(1)))];
        let drop_after = body.new_block();
        let end = body.new_block();
        let drop_unwinding = body.new_cleanup_block();
        let resume = body.new_cleanup_block();
        let fn_span = body.source_info().span;
        body.terminate(TerminatorKind::Call(Box::new(Call {
            func,
            args,
            destination: Place::from_local(Local::RETURN),
            target: Some(drop_after),
            unwind: UnwindAction::Cleanup(drop_unwinding),
            fn_span,
        })));
        body.switch_to(drop_after);
        body.terminate(TerminatorKind::Drop { place: receiver, target: end, unwind: UnwindAction::Continue });
        body.switch_to(end);
        body.ret();
        body.switch_to(drop_unwinding);
        body.terminate(TerminatorKind::Drop {
            place: receiver,
            target: resume,
            unwind: UnwindAction::Terminate(UnwindTerminateReason::InCleanup),
        });
        body.switch_to(resume);
        body.terminate(TerminatorKind::UnwindResume);
        Ok(body.finish())
    }
}
