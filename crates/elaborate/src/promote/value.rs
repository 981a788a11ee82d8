//! What is known of the value of a whole constant, which other bodies may promote by.

use super::qualifs::{Known, Qualif, Qualifs};
use crate::cx::BodyCx;
use crate::work::{Exit, Step, Work};
use build::Result;
use mir::visit::{Location, Visitor, super_operand, super_rvalue, super_terminator_kind};
use mir::{BasicBlock, BorrowKind, ConstQualifs, Local, Operand, Place, Rvalue, StatementKind, TerminatorKind};
use std::collections::BTreeSet;
use ty::rustc_index::bit_set::DenseBitSet;
use ty::{IndexVec, TypeFlags};

/// The properties of what a body that was just built (and simplified once) returns.
pub(crate) fn const_qualifs<'tcx>(cx: &BodyCx<'tcx>, work: &Work<'tcx>) -> Result<ConstQualifs> {
    Ok(ConstQualifs {
        has_mut_interior: of_result(cx, work, Qualif::HasMutInterior)?,
        needs_drop: of_result(cx, work, Qualif::NeedsDrop)?,
    })
}

/// Locals that have the property, and those that may get it by a reference.
#[derive(Clone)]
struct State {
    has: DenseBitSet<usize>,
    borrowed: DenseBitSet<usize>,
}

fn of_result<'tcx>(cx: &BodyCx<'tcx>, work: &Work<'tcx>, qualif: Qualif) -> Result<bool> {
    let none = DenseBitSet::new_empty(work.locals.len());
    let by_type = Qualifs { cx, work, known: Known::Locals(&none) };
    let ty = work.locals[Local::RETURN].ty;
    let returns = |block: &BasicBlock| matches!(work.blocks[*block].exit(), Some(TerminatorKind::Return));
    let in_type = by_type.in_type(qualif, ty)?;
    let Some(end) = work.blocks.indices().find(returns) else { return Ok(in_type) };
    if !in_type && !ty.flags().contains(TypeFlags::HAS_ALIAS) {
        return Ok(false);
    }
    let mut start = State { has: none.clone(), borrowed: none.clone() };
    for arg in work.args_iter() {
        if by_type.in_type(qualif, work.locals[arg].ty)? {
            start.has.insert(arg.index());
        }
    }
    let mut states: IndexVec<BasicBlock, Option<State>> = IndexVec::from_elem_n(None, work.blocks.len());
    states[BasicBlock::START] = Some(start);
    let mut waiting = BTreeSet::from([BasicBlock::START]);
    let mut result = false;
    while let Some(block) = waiting.pop_first() {
        let Some(state) = states[block].clone() else { continue };
        let mut transfer = Transfer { cx, work, qualif, state, doubt: None };
        transfer.statements(block);
        if block == end {
            result = transfer.state.has.contains(Local::RETURN.index());
        }
        let exit = &work.blocks[block].terminator().kind;
        if let Exit::Run(kind) = exit {
            super_terminator_kind(&mut transfer, kind, work.end_of(block));
        }
        let mut go = |target: BasicBlock, state: &State| {
            let changed = match &mut states[target] {
                Some(known) => known.has.union(&state.has) | known.borrowed.union(&state.borrowed),
                unknown => {
                    *unknown = Some(state.clone());
                    true
                }
            };
            if changed {
                waiting.insert(target);
            }
        };
        match exit {
            Exit::Run(TerminatorKind::Call(call)) => {
                if let mir::UnwindAction::Cleanup(pad) = call.unwind {
                    go(pad, &transfer.state);
                }
                if let Some(target) = call.target {
                    let ty = call.destination.ty(&work.locals, cx.tcx);
                    let has = by_type.in_type(qualif, ty)?;
                    transfer.assign(call.destination, has);
                    go(target, &transfer.state);
                }
            }
            _ => exit.successors().iter().for_each(|&target| go(target, &transfer.state)),
        }
        if let Some(doubt) = transfer.doubt {
            return Err(doubt);
        }
    }
    Ok(result)
}

/// What a block makes of the state before it.
struct Transfer<'a, 'tcx> {
    cx: &'a BodyCx<'tcx>,
    work: &'a Work<'tcx>,
    qualif: Qualif,
    state: State,
    doubt: Option<Box<build::Doubt>>,
}

impl<'tcx> Transfer<'_, 'tcx> {
    fn statements(&mut self, block: BasicBlock) {
        let work = self.work;
        for (statement_index, statement) in work.blocks[block].statements.iter().enumerate() {
            let at = Location { block, statement_index };
            match &statement.kind {
                Step::Run(StatementKind::StorageDead(local)) => {
                    self.state.has.remove(local.index());
                    self.state.borrowed.remove(local.index());
                }
                Step::Run(StatementKind::Assign(assign)) => self.visit_assign(assign.0, &assign.1, at),
                _ => {}
            }
        }
    }

    /// An answer; doubts are noted.
    fn ask(&mut self, ask: impl FnOnce(Qualifs<'_, 'tcx>) -> Result<bool>) -> bool {
        let qualifs = Qualifs { cx: self.cx, work: self.work, known: Known::Locals(&self.state.has) };
        ask(qualifs).unwrap_or_else(|doubt| {
            self.doubt = Some(doubt);
            true
        })
    }

    fn assign(&mut self, place: Place<'tcx>, mut has: bool) {
        if place.is_indirect() {
            return;
        }
        // A field of a union may be read by another of its fields.
        for index in 0..place.projection.len() {
            let base = Place { projection: &place.projection[..index], ..place };
            let ty = base.ty(&self.work.locals, self.cx.tcx);
            let qualif = self.qualif;
            has = has || super::is_union(self.cx.tcx, ty) && self.ask(|it| it.in_type(qualif, ty));
        }
        // Other parts may have the property still, and what was borrowed may get it: it is not taken away here.
        if has {
            self.state.has.insert(place.local.index());
        }
    }

    fn borrow(&mut self, place: Place<'tcx>) {
        let (ty, qualif) = (place.ty(&self.work.locals, self.cx.tcx), self.qualif);
        if self.ask(|it| it.in_type(qualif, ty)) {
            self.state.has.insert(place.local.index());
            self.state.borrowed.insert(place.local.index());
        }
    }
}

impl<'tcx> Visitor<'tcx> for Transfer<'_, 'tcx> {
    fn visit_assign(&mut self, place: Place<'tcx>, rvalue: &Rvalue<'tcx>, at: Location) {
        let qualif = self.qualif;
        let has = self.ask(|it| it.in_rvalue(qualif, rvalue));
        self.assign(place, has);
        self.visit_rvalue(rvalue, at);
    }

    fn visit_operand(&mut self, operand: &Operand<'tcx>, at: Location) {
        super_operand(self, operand, at);
        // What was moved out is not dropped.
        if self.qualif == Qualif::NeedsDrop
            && let Operand::Move(place) = operand
            && let Some(local) = place.as_local()
            && !self.state.borrowed.contains(local.index())
        {
            self.state.has.remove(local.index());
        }
    }

    fn visit_rvalue(&mut self, rvalue: &Rvalue<'tcx>, at: Location) {
        super_rvalue(self, rvalue, at);
        match rvalue {
            Rvalue::RawPtr(_, place) if !place.is_indirect() => self.borrow(*place),
            Rvalue::Ref(kind, place) if !place.is_indirect() => {
                let (ty, span) = (place.ty(&self.work.locals, self.cx.tcx), self.work.span);
                let cx = self.cx;
                if *kind == BorrowKind::Mut || self.ask(|_| Ok(!cx.analysis.is_freeze(ty, span)?)) {
                    self.borrow(*place);
                }
            }
            _ => {}
        }
    }
}
