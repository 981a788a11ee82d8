//! Statements.

use crate::{FunctionCx, LocalRef, LowerError};
use lir::Inst;
use mir::{Statement, StatementKind};

impl<'tcx> FunctionCx<'_, 'tcx> {
    pub(crate) fn statement(&mut self, statement: &Statement<'tcx>) -> Result<(), LowerError> {
        match &statement.kind {
            StatementKind::Assign(assign) => {
                let (place, rvalue) = &**assign;
                if let Some(local) = place.as_local() {
                    match self.locals[local] {
                        LocalRef::Var(_, _, layout) | LocalRef::Zst(layout) => {
                            let op = self.rvalue_operand(rvalue, layout)?;
                            self.set_local(local, op);
                            return Ok(());
                        }
                        _ => {}
                    }
                }
                let dest = self.place(*place)?;
                self.rvalue_into(dest, rvalue)
            }
            StatementKind::SetDiscriminant { place, variant_index } => {
                let place = self.place(*place)?;
                self.set_discriminant(place, *variant_index)
            }
            StatementKind::StorageLive(local) => {
                if let Some(slot) = self.slot_of(*local) {
                    self.b.effect(Inst::SlotLive { slot });
                }
                Ok(())
            }
            StatementKind::StorageDead(local) => {
                if let Some(slot) = self.slot_of(*local) {
                    self.b.effect(Inst::SlotDead { slot });
                }
                Ok(())
            }
            StatementKind::Assume(operand) => {
                if self.cx.options.optimize {
                    let cond = self.operand(operand)?.immediate();
                    self.b.effect(Inst::Assume { cond });
                }
                Ok(())
            }
            StatementKind::CopyNonOverlapping { src, dst, count } => {
                let src = self.operand(src)?;
                let dst = self.operand(dst)?;
                let count = self.operand(count)?.immediate();
                self.copy_elements(src, dst.immediate(), count, false, false)
            }
            StatementKind::Counter(block) => {
                self.count(*block);
                Ok(())
            }
            StatementKind::Nop => Ok(()),
        }
    }

    /// The slot of a local in memory, where lifetimes matter.
    fn slot_of(&self, local: mir::Local) -> Option<lir::Slot> {
        if !self.cx.options.optimize {
            return None;
        }
        match self.locals[local] {
            LocalRef::Memory(place) => self.slots.get(&place.ptr).copied(),
            _ => None,
        }
    }
}
