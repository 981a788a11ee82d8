//! `Clone::clone` of tuples, closures, functions and coroutines.

use crate::builtin::is_movable;
use crate::{TraitCx, TraitError};
use mir::{
    BasicBlock, Body, BodyBuilder, BorrowKind, Call, Local, Operand, Place, Rvalue, StatementKind, SwitchTargets,
    TerminatorKind, UnwindAction, UnwindTerminateReason,
};
use smallvec::SmallVec;
use ty::{ClosureArgs, CoroutineArgs, CoroutineClosureArgs, DefId, GenericArgs, Mutability, Ty, TyKind, VariantIdx};

/// Clones the parts of one value into another; a panic drops what was already cloned.
struct CloneBuilder<'a, 'tcx> {
    cx: &'a TraitCx<'tcx>,
    clone: DefId,
    body: BodyBuilder<'tcx>,
}

impl<'tcx> TraitCx<'tcx> {
    pub(super) fn clone_shim(&self, clone: DefId, ty: Ty<'tcx>) -> Result<Body<'tcx>, TraitError<'tcx>> {
        let tcx = self.tcx;
        let body = self.builder(clone, &[tcx.mk_ref(ty, Mutability::Not)], ty);
        let mut builder = CloneBuilder { cx: self, clone, body };
        let from = Place::from_local(builder.body.arg(0)).deref(tcx);
        let to = Place::from_local(Local::RETURN);
        match *ty.kind() {
            TyKind::Closure(_, args) => builder.aggregate(to, from, ClosureArgs::new(args).upvar_tys().as_slice()),
            TyKind::CoroutineClosure(_, args) => {
                builder.aggregate(to, from, CoroutineClosureArgs::new(args).upvar_tys().as_slice());
            }
            TyKind::Tuple(types) => builder.aggregate(to, from, types.as_slice()),
            TyKind::Coroutine(did, args) if self.definitions().coroutine_kind(did).is_some_and(is_movable) => {
                builder.coroutine(to, from, did, args)?;
            }
            // All others are `Copy`.
            _ => {
                builder.body.assign(to, Rvalue::Use(Operand::Copy(from)));
                builder.body.ret();
            }
        }
        Ok(builder.body.finish())
    }
}

impl<'tcx> CloneBuilder<'_, 'tcx> {
    fn resume_block(&mut self) -> BasicBlock {
        let here = self.body.current_block();
        let resume = self.body.new_cleanup_block();
        self.body.switch_to(resume);
        self.body.terminate(TerminatorKind::UnwindResume);
        self.body.switch_to(here);
        resume
    }

    fn aggregate(&mut self, to: Place<'tcx>, from: Place<'tcx>, types: &[Ty<'tcx>]) {
        let resume = self.resume_block();
        self.fields(to, from, types, resume);
        self.body.ret();
    }

    /// Clones fields one by one and goes on after the last. Gives the block that a later panic must unwind to.
    fn fields(&mut self, to: Place<'tcx>, from: Place<'tcx>, types: &[Ty<'tcx>], unwind: BasicBlock) -> BasicBlock {
        let tcx = self.cx.tcx;
        let mut unwind = unwind;
        for (index, &ty) in types.iter().enumerate() {
            let source = from.field(tcx, index, ty);
            let target = to.field(tcx, index, ty);
            let reference =
                self.body.assign_temp(tcx.mk_ref(ty, Mutability::Not), Rvalue::Ref(BorrowKind::Shared, source));
            let func = self.body.function(self.clone, tcx.mk_args(&[ty.into()]));
            let next = self.body.new_block();
            let fn_span = self.body.source_info().span;
            self.body.terminate(TerminatorKind::Call(Box::new(Call {
                func,
                args: vec![Operand::Move(Place::from_local(reference))],
                destination: target,
                target: Some(next),
                unwind: UnwindAction::Cleanup(unwind),
                fn_span,
            })));
            if self.cx.needs_drop(ty) {
                let undo = self.body.new_cleanup_block();
                self.body.switch_to(undo);
                self.body.terminate(TerminatorKind::Drop {
                    place: target,
                    target: unwind,
                    unwind: UnwindAction::Terminate(UnwindTerminateReason::InCleanup),
                });
                unwind = undo;
            }
            self.body.switch_to(next);
        }
        unwind
    }

    /// Upvars, then what the variant holds that the coroutine is in.
    fn coroutine(
        &mut self,
        to: Place<'tcx>,
        from: Place<'tcx>,
        did: DefId,
        args: GenericArgs<'tcx>,
    ) -> Result<(), TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        let Some(layout) = self.cx.bodies.coroutine_layout(did) else {
            return Err(TraitError::Unsupported("a clone of a coroutine whose layout is not in the metadata"));
        };
        let resume = self.resume_block();
        let unwind = self.fields(to, from, CoroutineArgs::new(args).upvar_tys().as_slice(), resume);
        let state_ty = tcx.types().u32;
        let state = self.body.assign_temp(state_ty, Rvalue::Discriminant(from));
        let start = self.body.current_block();
        let mut values: SmallVec<[u128; 1]> = SmallVec::new();
        let mut targets: SmallVec<[BasicBlock; 2]> = SmallVec::new();
        for (variant, fields) in layout.variant_fields.iter_enumerated() {
            let variant: VariantIdx = variant;
            let block = self.body.new_block();
            values.push(u128::from(variant.as_u32()));
            targets.push(block);
            self.body.switch_to(block);
            self.body.statement(StatementKind::SetDiscriminant { place: to, variant_index: variant });
            let types: Vec<Ty<'tcx>> = fields.iter().map(|&saved| layout.field_tys[saved].ty).collect();
            let types = self.cx.try_instantiate_and_normalize(types, args)?;
            self.fields(to.downcast(tcx, variant), from.downcast(tcx, variant), &types, unwind);
            self.body.ret();
        }
        let unreachable = self.body.new_block();
        self.body.switch_to(unreachable);
        self.body.terminate(TerminatorKind::Unreachable);
        targets.push(unreachable);
        self.body.switch_to(start);
        self.body.terminate(TerminatorKind::SwitchInt {
            discr: Operand::Move(Place::from_local(state)),
            targets: SwitchTargets { values, targets },
        });
        Ok(())
    }
}
