//! Which locals live in registers.

use crate::{FunctionCx, LowerError};
use mir::{Body, Local, Operand, Place, ProjectionElem, Rvalue, StatementKind, TerminatorKind};
use ty::IndexVec;

/// For each local, whether something needs its address: a borrow, indexing, a write to a part of it. What is left can be
/// held in variables, if its layout is one of registers.
pub fn needs_memory(body: &Body<'_>) -> IndexVec<Local, bool> {
    let mut memory = IndexVec::from_fn_n(|_| false, body.local_decls.len());
    for block in &body.basic_blocks {
        for statement in &block.statements {
            match &statement.kind {
                StatementKind::Assign(assign) => {
                    write(&mut memory, assign.0);
                    rvalue(&mut memory, &assign.1);
                }
                StatementKind::SetDiscriminant { place, .. } => address(&mut memory, *place),
                StatementKind::Assume(op) => operand(&mut memory, op),
                StatementKind::CopyNonOverlapping { src, dst, count } => {
                    for op in [src, dst, count] {
                        operand(&mut memory, op);
                    }
                }
                StatementKind::StorageLive(_)
                | StatementKind::StorageDead(_)
                | StatementKind::Counter(_)
                | StatementKind::Nop => {}
            }
        }
        match &block.terminator.kind {
            TerminatorKind::SwitchInt { discr, .. } => operand(&mut memory, discr),
            TerminatorKind::Drop { place, .. } => address(&mut memory, *place),
            TerminatorKind::Call(call) => {
                operand(&mut memory, &call.func);
                for arg in &call.args {
                    operand(&mut memory, arg);
                }
                write(&mut memory, call.destination);
            }
            TerminatorKind::TailCall { func, args, .. } => {
                operand(&mut memory, func);
                for arg in args {
                    operand(&mut memory, arg);
                }
            }
            TerminatorKind::Assert { cond, .. } => operand(&mut memory, cond),
            TerminatorKind::InlineAsm(asm) => {
                use mir::InlineAsmOperand as Asm;
                for op in &asm.operands {
                    match op {
                        Asm::In { value, .. } => operand(&mut memory, value),
                        Asm::Out { place: Some(place), .. } => write(&mut memory, *place),
                        Asm::InOut { in_value, out_place, .. } => {
                            operand(&mut memory, in_value);
                            if let Some(place) = out_place {
                                write(&mut memory, *place);
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    memory
}

fn starts_with_deref(place: Place<'_>) -> bool {
    matches!(place.projection.first(), Some(ProjectionElem::Deref))
}

/// The place's address is taken (behind a pointer, that of the pointee: the pointer itself is only read).
fn address(memory: &mut IndexVec<Local, bool>, place: Place<'_>) {
    if !place.is_indirect() {
        memory[place.local] = true;
    } else {
        read(memory, place);
    }
}

fn write(memory: &mut IndexVec<Local, bool>, place: Place<'_>) {
    if !place.projection.is_empty() && !starts_with_deref(place) {
        if place.is_indirect() {
            read(memory, place);
        } else {
            memory[place.local] = true;
        }
    }
}

/// Reading fields is fine; elements have addresses only.
fn read(memory: &mut IndexVec<Local, bool>, place: Place<'_>) {
    for elem in place.projection {
        match elem {
            ProjectionElem::Deref => return,
            ProjectionElem::Index(_) | ProjectionElem::ConstantIndex { .. } | ProjectionElem::Subslice { .. } => {
                memory[place.local] = true;
                return;
            }
            _ => {}
        }
    }
}

fn operand(memory: &mut IndexVec<Local, bool>, operand: &Operand<'_>) {
    if let Some(place) = operand.place() {
        read(memory, place);
    }
}

fn rvalue(memory: &mut IndexVec<Local, bool>, rvalue: &Rvalue<'_>) {
    match rvalue {
        Rvalue::Use(op) | Rvalue::Repeat(op, _) | Rvalue::Cast(_, op, _) | Rvalue::UnaryOp(_, op) => {
            operand(memory, op)
        }
        Rvalue::WrapUnsafeBinder(op, _) => operand(memory, op),
        Rvalue::Ref(_, place) | Rvalue::RawPtr(_, place) => address(memory, *place),
        Rvalue::BinaryOp(_, ops) => {
            operand(memory, &ops.0);
            operand(memory, &ops.1);
        }
        Rvalue::Discriminant(place) | Rvalue::CopyForDeref(place) => read(memory, *place),
        Rvalue::Aggregate(_, fields) => {
            for op in fields {
                operand(memory, op);
            }
        }
        Rvalue::ThreadLocalRef(_) => {}
    }
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// Blocks that only lead to panics are cold: those that end in a call of a cold function or without a way on.
    pub(crate) fn mark_cold_blocks(&mut self) -> Result<(), LowerError> {
        for (block, data) in self.body.basic_blocks.iter_enumerated() {
            let cold = data.is_cleanup
                || match &data.terminator.kind {
                    TerminatorKind::Call(call) => call.target.is_none(),
                    TerminatorKind::Unreachable => false,
                    _ => false,
                };
            self.cold_blocks[block] = cold;
        }
        Ok(())
    }
}
