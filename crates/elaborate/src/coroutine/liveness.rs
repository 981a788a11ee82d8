//! Which locals of a coroutine must be kept while it is suspended, and which of those need memory at the same time.
//!
//! A local is kept across a suspension if its memory is still needed there, and it is read later or, in a coroutine that does
//! not move, has been borrowed. (rustc: `locals_live_across_suspend_points`.)

use crate::work::{Exit, Statement, Step, Work, visit_exit, visit_step};
use mir::visit::{Location, PlaceContext, Visitor};
use mir::{
    BasicBlock, BorrowKind, InlineAsmOperand, Local, Operand, Place, ProjectionElem, Rvalue, SourceInfo, StatementKind,
    TerminatorKind, UnwindAction,
};
use ty::IndexVec;
use ty::rustc_index::bit_set::{BitMatrix, DenseBitSet};

/// Locals, by their numbers.
pub(super) type Locals = DenseBitSet<usize>;

/// A block that suspends the coroutine.
pub(super) struct Suspension {
    pub block: BasicBlock,
    pub source_info: SourceInfo,
    /// Locals that are kept.
    pub kept: Locals,
    /// Locals whose memory exists there.
    pub stored: Locals,
}

/// What is known of a coroutine's locals.
pub(super) struct Liveness {
    /// In the order of the blocks.
    pub suspensions: Vec<Suspension>,
    /// All locals that are kept anywhere.
    pub kept: Locals,
    /// Pairs of kept locals that need memory at the same time.
    pub conflicts: BitMatrix<usize, usize>,
    /// Locals whose memory exists all the time: nothing says when it begins.
    pub always_stored: Locals,
}

/// Looks at all suspensions of a body.
pub(super) fn liveness(work: &Work<'_>, movable: bool) -> Liveness {
    let count = work.locals.len();
    let mut always_stored = DenseBitSet::new_filled(count);
    for statement in work.blocks.iter().flat_map(|block| &block.statements) {
        if let Step::Run(StatementKind::StorageLive(local) | StatementKind::StorageDead(local)) = statement.kind {
            always_stored.remove(local.index());
        }
    }
    let memory = Memory::new(work, &always_stored);
    let uses = Uses::new(work);
    let mut kept = DenseBitSet::new_empty(count);
    let mut suspensions = Vec::new();
    for (block, data) in work.blocks.iter_enumerated() {
        let Exit::Yield { .. } = data.terminator().kind else { continue };
        let mut at = memory.start_of(block, count);
        for statement in &data.statements {
            at.statement(statement, &mut |_| {});
        }
        let mut kept_here = uses.at_end(work, block);
        if !movable {
            kept_here.union(&at.borrowed);
        }
        kept_here.intersect(&at.required);
        kept_here.remove(SELF.index());
        kept.union(&kept_here);
        let source_info = data.terminator().source_info;
        suspensions.push(Suspension { block, source_info, kept: kept_here, stored: at.stored });
    }
    let mut conflicts = BitMatrix::new(count, count);
    memory.conflicts(work, &kept, &mut conflicts);
    // What has memory all the time conflicts with everything.
    for always in always_stored.iter().filter(|&local| kept.contains(local)) {
        conflicts.insert_all_into_row(always);
        for local in kept.iter() {
            conflicts.insert(local, always);
        }
    }
    Liveness { suspensions, kept, conflicts, always_stored }
}

/// The coroutine itself.
pub(super) const SELF: Local = Local::from_u32(1);

/// What is known of the locals' memory at one place.
#[derive(Clone, PartialEq)]
struct State {
    /// Memory exists.
    stored: Locals,
    /// There may be pointers to it.
    borrowed: Locals,
    /// Memory is needed: there may be a value, or pointers.
    required: Locals,
}

impl State {
    fn empty(count: usize) -> State {
        let none = DenseBitSet::new_empty(count);
        State { stored: none.clone(), borrowed: none.clone(), required: none }
    }

    /// Applies a statement. The function sees what needs memory while it runs.
    fn statement(&mut self, statement: &Statement<'_>, while_it_runs: &mut dyn FnMut(&Locals)) {
        let borrows = borrowed_by(statement);
        if let Some(local) = borrows {
            self.required.insert(local.index());
        }
        match &statement.kind {
            Step::Run(StatementKind::StorageDead(local)) => {
                self.required.remove(local.index());
            }
            Step::Run(StatementKind::Assign(assign)) => {
                self.required.insert(assign.0.local.index());
            }
            Step::Run(StatementKind::SetDiscriminant { place, .. }) => {
                self.required.insert(place.local.index());
            }
            _ => {}
        }
        while_it_runs(&self.required);
        let anywhere = Location { block: BasicBlock::START, statement_index: 0 };
        visit_step(&mut Moved(self), &statement.kind, anywhere);
        if let Some(local) = borrows {
            self.borrowed.insert(local.index());
        }
        match statement.kind {
            Step::Run(StatementKind::StorageLive(local)) => {
                self.stored.insert(local.index());
            }
            Step::Run(StatementKind::StorageDead(local)) => {
                self.stored.remove(local.index());
                self.borrowed.remove(local.index());
            }
            _ => {}
        }
    }

    /// Applies a terminator, but for what is assigned when it returns.
    fn exit(&mut self, exit: &Exit<'_>, while_it_runs: &mut dyn FnMut(&Locals)) {
        // A destructor may leave a pointer to what it drops.
        let dropped = exit.drop().filter(|drop| !drop.place.is_indirect()).map(|drop| drop.place.local);
        if let Some(local) = dropped {
            self.required.insert(local.index());
        }
        // What a suspension returns with needs no memory before.
        let results = if let Exit::Yield { .. } = exit { Vec::new() } else { results(exit) };
        for place in &results {
            self.required.insert(place.local.index());
        }
        while_it_runs(&self.required);
        for place in &results {
            self.required.remove(place.local.index());
        }
        let anywhere = Location { block: BasicBlock::START, statement_index: 0 };
        visit_exit(&mut Moved(self), exit, anywhere);
        if let Some(local) = dropped {
            self.borrowed.insert(local.index());
        }
    }

    fn join(&mut self, other: &State) -> bool {
        let mut changed = self.stored.union(&other.stored);
        changed |= self.borrowed.union(&other.borrowed);
        changed | self.required.union(&other.required)
    }
}

/// The local of which a statement borrows memory.
fn borrowed_by(statement: &Statement<'_>) -> Option<Local> {
    match statement.as_assign()?.1 {
        Rvalue::Ref(BorrowKind::Shared | BorrowKind::Mut, place) | Rvalue::RawPtr(_, place) if !place.is_indirect() => {
            Some(place.local)
        }
        _ => None,
    }
}

/// The places that get values when a terminator returns.
fn results<'tcx>(exit: &Exit<'tcx>) -> Vec<Place<'tcx>> {
    match exit {
        Exit::Run(TerminatorKind::Call(call)) => vec![call.destination],
        Exit::Run(TerminatorKind::InlineAsm(asm)) => {
            let out = |operand: &InlineAsmOperand<'tcx>| match operand {
                InlineAsmOperand::Out { place, .. } | InlineAsmOperand::InOut { out_place: place, .. } => *place,
                _ => None,
            };
            asm.operands.iter().filter_map(out).collect()
        }
        Exit::Yield { resume_arg, .. } => vec![*resume_arg],
        _ => Vec::new(),
    }
}

/// Where control goes if a terminator returns, and where else.
fn edges(exit: &Exit<'_>) -> (Vec<BasicBlock>, Vec<BasicBlock>) {
    let pad = |unwind: UnwindAction| match unwind {
        UnwindAction::Cleanup(block) => vec![block],
        _ => Vec::new(),
    };
    match exit {
        Exit::Run(TerminatorKind::Call(call)) => (call.target.into_iter().collect(), pad(call.unwind)),
        Exit::Run(TerminatorKind::InlineAsm(asm)) => (asm.targets.to_vec(), pad(asm.unwind)),
        Exit::Yield { resume, drop, .. } => (vec![*resume], drop.iter().copied().collect()),
        _ => (Vec::new(), exit.successors().to_vec()),
    }
}

/// Locals that are moved out of as a whole need no memory any more, unless there may be pointers to them.
struct Moved<'a>(&'a mut State);

impl<'tcx> Visitor<'tcx> for Moved<'_> {
    fn visit_operand(&mut self, operand: &Operand<'tcx>, _: Location) {
        if let Operand::Move(place) = operand
            && let Some(local) = place.as_local()
            && !self.0.borrowed.contains(local.index())
        {
            self.0.required.remove(local.index());
        }
    }
}

/// The states at the starts of blocks; none where control does not get to.
struct Memory(IndexVec<BasicBlock, Option<State>>);

impl Memory {
    fn new(work: &Work<'_>, always_stored: &Locals) -> Memory {
        let mut first = State::empty(work.locals.len());
        first.stored.union(always_stored);
        for arg in work.args_iter() {
            first.stored.insert(arg.index());
            if arg != SELF {
                first.required.insert(arg.index());
            }
        }
        let mut starts = IndexVec::from_elem_n(None, work.blocks.len());
        starts[BasicBlock::START] = Some(first);
        let mut order = work.postorder();
        order.reverse();
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for &block in &order {
                let Some(mut state) = starts[block].clone() else { continue };
                let data = &work.blocks[block];
                for statement in &data.statements {
                    state.statement(statement, &mut |_| {});
                }
                let exit = &data.terminator().kind;
                state.exit(exit, &mut |_| {});
                let (returned, other) = edges(exit);
                let mut go = |target: BasicBlock, state: &State| match &mut starts[target] {
                    Some(known) => changed |= known.join(state),
                    start => {
                        *start = Some(state.clone());
                        changed = true;
                    }
                };
                other.into_iter().for_each(|target| go(target, &state));
                for place in results(exit) {
                    state.required.insert(place.local.index());
                }
                returned.into_iter().for_each(|target| go(target, &state));
            }
        }
        Memory(starts)
    }

    fn start_of(&self, block: BasicBlock, count: usize) -> State {
        self.0[block].clone().unwrap_or_else(|| State::empty(count))
    }

    /// Finds the kept locals that need memory at the same time.
    fn conflicts(&self, work: &Work<'_>, kept: &Locals, conflicts: &mut BitMatrix<usize, usize>) {
        for (block, start) in self.0.iter_enumerated() {
            let (Some(state), data) = (start, &work.blocks[block]) else { continue };
            if let Some(TerminatorKind::Unreachable) = data.exit() {
                continue;
            }
            let mut note = |required: &Locals| {
                let mut at_once = required.clone();
                at_once.intersect(kept);
                for local in at_once.iter() {
                    conflicts.union_row_with(&at_once, local);
                }
            };
            let mut state = state.clone();
            for statement in &data.statements {
                state.statement(statement, &mut note);
            }
            state.exit(&data.terminator().kind, &mut note);
        }
    }
}

/// Which locals are read later, at the starts of blocks. Pointers count where they are made.
struct Uses(IndexVec<BasicBlock, Locals>);

impl Uses {
    fn new(work: &Work<'_>) -> Uses {
        let count = work.locals.len();
        let mut uses = Uses(IndexVec::from_elem_n(DenseBitSet::new_empty(count), work.blocks.len()));
        let order = work.postorder();
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for &block in &order {
                let data = &work.blocks[block];
                let mut live = Live(uses.at_end(work, block));
                live.before_exit(&data.terminator().kind);
                for statement in data.statements.iter().rev() {
                    visit_step(&mut live, &statement.kind, Location { block, statement_index: 0 });
                }
                changed |= uses.0[block].union(&live.0);
            }
        }
        uses
    }

    /// What is read after a block.
    fn at_end(&self, work: &Work<'_>, block: BasicBlock) -> Locals {
        let exit = &work.blocks[block].terminator().kind;
        let (returned, other) = edges(exit);
        let mut live = Live(DenseBitSet::new_empty(work.locals.len()));
        for target in returned {
            live.0.union(&self.0[target]);
        }
        for place in results(exit) {
            match (exit, place.as_local()) {
                (_, Some(local)) => {
                    live.0.remove(local.index());
                }
                // It is written when the coroutine goes on.
                (Exit::Yield { .. }, None) => live.place(place, true),
                _ => {}
            }
        }
        for target in other {
            live.0.union(&self.0[target]);
        }
        live.0
    }
}

/// Goes backwards over statements.
struct Live(Locals);

impl Live {
    fn before_exit(&mut self, exit: &Exit<'_>) {
        let anywhere = Location { block: BasicBlock::START, statement_index: 0 };
        match exit {
            Exit::Yield { value, .. } => self.visit_operand(value, anywhere),
            Exit::Run(TerminatorKind::Return) => {
                self.0.insert(Local::RETURN.index());
            }
            _ => visit_exit(self, exit, anywhere),
        }
    }

    /// A place that is written or read.
    fn place(&mut self, place: Place<'_>, is_store: bool) {
        match place.as_local() {
            Some(local) if is_store => {
                self.0.remove(local.index());
            }
            // A part is written.
            None if is_store && !place.is_indirect() => {}
            _ => {
                self.0.insert(place.local.index());
            }
        }
        for step in place.projection {
            if let ProjectionElem::Index(local) = step {
                self.0.insert(local.index());
            }
        }
    }
}

impl<'tcx> Visitor<'tcx> for Live {
    fn visit_place(&mut self, place: Place<'tcx>, context: PlaceContext, _: Location) {
        match context {
            // A whole local gets its value when the call returns.
            PlaceContext::Call | PlaceContext::AsmOutput if place.as_local().is_some() => {}
            // That is a part of it.
            PlaceContext::SetDiscriminant if place.as_local().is_some() => {}
            _ => self.place(place, context.is_store()),
        }
    }
}
