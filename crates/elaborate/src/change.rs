//! Walks over a body that change its places, constants and types.
//!
//! A [`Changer`]'s methods call, by default, the `super_` function of the same name, which goes on with the parts. The order is
//! that of [`mir::visit`].

use crate::work::{Block, Exit, Step, Work};
use mir::visit::{Location, PlaceContext};
use mir::{
    AggregateKind, AssertKind, BorrowKind, ConstOperand, InlineAsmOperand, Local, Operand, Place, ProjectionElem,
    Rvalue, StatementKind, TerminatorKind,
};
use ty::{Tcx, Ty};

/// Something that changes all of a body, or what it overrides.
pub(crate) trait Changer<'tcx> {
    fn tcx(&self) -> Tcx<'tcx>;

    fn change_assign(&mut self, place: &mut Place<'tcx>, rvalue: &mut Rvalue<'tcx>, at: Location) {
        self.change_place(place, PlaceContext::Store, at);
        self.change_rvalue(rvalue, at);
    }
    fn change_rvalue(&mut self, rvalue: &mut Rvalue<'tcx>, at: Location) {
        super_rvalue(self, rvalue, at);
    }
    fn change_operand(&mut self, operand: &mut Operand<'tcx>, at: Location) {
        super_operand(self, operand, at);
    }
    fn change_place(&mut self, place: &mut Place<'tcx>, _context: PlaceContext, at: Location) {
        super_place(self, place, at);
    }
    fn change_const(&mut self, _constant: &mut ConstOperand<'tcx>, _at: Location) {}
    fn change_local(&mut self, _local: &mut Local, _at: Location) {}
    fn change_ty(&mut self, _ty: &mut Ty<'tcx>) {}
}

/// All statements and terminators.
pub(crate) fn blocks<'tcx>(v: &mut (impl Changer<'tcx> + ?Sized), work: &mut Work<'tcx>) {
    for block in work.blocks.indices() {
        change_block(v, block, &mut work.blocks[block]);
    }
}

pub(crate) fn change_block<'tcx>(
    v: &mut (impl Changer<'tcx> + ?Sized),
    block: mir::BasicBlock,
    data: &mut Block<'tcx>,
) {
    for (statement_index, statement) in data.statements.iter_mut().enumerate() {
        let at = Location { block, statement_index };
        match &mut statement.kind {
            Step::Run(kind) => statement_kind(v, kind, at),
            Step::Mention(place) | Step::FakeRead(place) => v.change_place(place, PlaceContext::Copy, at),
            Step::Note => {}
        }
    }
    let at = Location { block, statement_index: data.statements.len() };
    match &mut data.terminator_mut().kind {
        Exit::Run(kind) => terminator_kind(v, kind, at),
        Exit::MayDropMeanwhile { drop, .. } => v.change_place(&mut drop.place, PlaceContext::Drop, at),
        Exit::Yield { value, resume_arg, .. } => {
            v.change_operand(value, at);
            v.change_place(resume_arg, PlaceContext::Call, at);
        }
        Exit::FalseEdge { .. } | Exit::FalseUnwind { .. } | Exit::CoroutineDrop => {}
    }
}

fn statement_kind<'tcx>(v: &mut (impl Changer<'tcx> + ?Sized), kind: &mut StatementKind<'tcx>, at: Location) {
    match kind {
        StatementKind::Assign(assign) => v.change_assign(&mut assign.0, &mut assign.1, at),
        StatementKind::SetDiscriminant { place, .. } => v.change_place(place, PlaceContext::SetDiscriminant, at),
        StatementKind::StorageLive(local) | StatementKind::StorageDead(local) => v.change_local(local, at),
        StatementKind::Assume(operand) => v.change_operand(operand, at),
        StatementKind::CopyNonOverlapping { src, dst, count } => {
            v.change_operand(src, at);
            v.change_operand(dst, at);
            v.change_operand(count, at);
        }
        StatementKind::Counter(_) | StatementKind::Nop => {}
    }
}

fn terminator_kind<'tcx>(v: &mut (impl Changer<'tcx> + ?Sized), kind: &mut TerminatorKind<'tcx>, at: Location) {
    match kind {
        TerminatorKind::Goto { .. }
        | TerminatorKind::UnwindResume
        | TerminatorKind::UnwindTerminate(_)
        | TerminatorKind::Return
        | TerminatorKind::Unreachable => {}
        TerminatorKind::SwitchInt { discr, .. } => v.change_operand(discr, at),
        TerminatorKind::Drop { place, .. } => v.change_place(place, PlaceContext::Drop, at),
        TerminatorKind::Call(call) => {
            v.change_operand(&mut call.func, at);
            for arg in &mut call.args {
                v.change_operand(arg, at);
            }
            v.change_place(&mut call.destination, PlaceContext::Call, at);
        }
        TerminatorKind::TailCall { func, args, .. } => {
            v.change_operand(func, at);
            for arg in args {
                v.change_operand(arg, at);
            }
        }
        TerminatorKind::Assert { cond, msg, .. } => {
            v.change_operand(cond, at);
            match &mut **msg {
                AssertKind::BoundsCheck { len: first, index: second }
                | AssertKind::Overflow(_, first, second)
                | AssertKind::MisalignedPointerDereference { required: first, found: second } => {
                    v.change_operand(first, at);
                    v.change_operand(second, at);
                }
                AssertKind::OverflowNeg(operand)
                | AssertKind::DivisionByZero(operand)
                | AssertKind::RemainderByZero(operand)
                | AssertKind::InvalidEnumConstruction(operand) => v.change_operand(operand, at),
                AssertKind::ResumedAfterReturn(_)
                | AssertKind::ResumedAfterPanic(_)
                | AssertKind::ResumedAfterDrop(_)
                | AssertKind::NullPointerDereference => {}
            }
        }
        TerminatorKind::InlineAsm(asm) => {
            for operand in &mut asm.operands {
                asm_operand(v, operand, at);
            }
        }
    }
}

fn asm_operand<'tcx>(v: &mut (impl Changer<'tcx> + ?Sized), operand: &mut InlineAsmOperand<'tcx>, at: Location) {
    match operand {
        InlineAsmOperand::In { value, .. } => v.change_operand(value, at),
        InlineAsmOperand::Out { place, .. } => {
            if let Some(place) = place {
                v.change_place(place, PlaceContext::AsmOutput, at);
            }
        }
        InlineAsmOperand::InOut { in_value, out_place, .. } => {
            v.change_operand(in_value, at);
            if let Some(place) = out_place {
                v.change_place(place, PlaceContext::AsmOutput, at);
            }
        }
        InlineAsmOperand::Const { value } | InlineAsmOperand::SymFn { value } => v.change_const(value, at),
        InlineAsmOperand::SymStatic { .. } | InlineAsmOperand::Label { .. } => {}
    }
}

pub(crate) fn super_rvalue<'tcx>(v: &mut (impl Changer<'tcx> + ?Sized), rvalue: &mut Rvalue<'tcx>, at: Location) {
    match rvalue {
        Rvalue::Use(operand) | Rvalue::Repeat(operand, _) | Rvalue::UnaryOp(_, operand) => {
            v.change_operand(operand, at);
        }
        Rvalue::Ref(kind, place) => {
            let context = match kind {
                BorrowKind::Mut => PlaceContext::MutBorrow,
                BorrowKind::Shared | BorrowKind::Fake => PlaceContext::SharedBorrow,
            };
            v.change_place(place, context, at);
        }
        Rvalue::ThreadLocalRef(_) => {}
        Rvalue::RawPtr(_, place) => v.change_place(place, PlaceContext::RawBorrow, at),
        Rvalue::Cast(_, operand, ty) | Rvalue::WrapUnsafeBinder(operand, ty) => {
            v.change_operand(operand, at);
            v.change_ty(ty);
        }
        Rvalue::BinaryOp(_, operands) => {
            v.change_operand(&mut operands.0, at);
            v.change_operand(&mut operands.1, at);
        }
        Rvalue::Discriminant(place) => v.change_place(place, PlaceContext::Discriminant, at),
        Rvalue::Aggregate(kind, operands) => {
            if let AggregateKind::Array(ty) | AggregateKind::RawPtr(ty, _) = &mut **kind {
                v.change_ty(ty);
            }
            for operand in operands {
                v.change_operand(operand, at);
            }
        }
        Rvalue::CopyForDeref(place) => v.change_place(place, PlaceContext::Copy, at),
    }
}

pub(crate) fn super_operand<'tcx>(v: &mut (impl Changer<'tcx> + ?Sized), operand: &mut Operand<'tcx>, at: Location) {
    match operand {
        Operand::Copy(place) => v.change_place(place, PlaceContext::Copy, at),
        Operand::Move(place) => v.change_place(place, PlaceContext::Move, at),
        Operand::Constant(constant) => v.change_const(constant, at),
        Operand::RuntimeChecks(_) => {}
    }
}

/// The local, and the locals and types in the steps.
pub(crate) fn super_place<'tcx>(v: &mut (impl Changer<'tcx> + ?Sized), place: &mut Place<'tcx>, at: Location) {
    v.change_local(&mut place.local, at);
    let mut steps: smallvec::SmallVec<[ProjectionElem<'tcx>; 8]> = smallvec::SmallVec::from_slice(place.projection);
    for step in &mut steps {
        match step {
            ProjectionElem::Index(local) => v.change_local(local, at),
            ProjectionElem::Field(_, ty) | ProjectionElem::OpaqueCast(ty) | ProjectionElem::UnwrapUnsafeBinder(ty) => {
                v.change_ty(ty);
            }
            ProjectionElem::Deref
            | ProjectionElem::ConstantIndex { .. }
            | ProjectionElem::Subslice { .. }
            | ProjectionElem::Downcast(..) => {}
        }
    }
    if steps.as_slice() != place.projection {
        place.projection = v.tcx().arena().alloc_slice(&steps);
    }
}
