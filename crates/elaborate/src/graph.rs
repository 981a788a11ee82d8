//! The graph of blocks: chains and dead blocks, landing pads that do nothing, edges that need a block of their own.

use crate::cx::BodyCx;
use crate::patch::Patch;
use crate::work::{Block, Exit, Step, Terminator, Work, outermost};
use build::Result;
use mir::{BasicBlock, InlineAsmOperand, Rvalue, StatementKind, TerminatorKind, UnwindAction};
use ty::{IndexVec, Span};

/// Whether a switch whose targets are all the same is kept: that it reads its operand matters to borrow checking.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Switches {
    Kept,
    Simplified,
}

/// Merges blocks with their only predecessors, goes around empty ones, and removes what is not reached.
pub(crate) fn simplify(work: &mut Work<'_>, switches: Switches) {
    let mut before: IndexVec<BasicBlock, u32> = IndexVec::from_elem_n(0, work.blocks.len());
    before[BasicBlock::START] = 1;
    for block in work.postorder() {
        for target in work.blocks[block].terminator().kind.successors() {
            before[target] += 1;
        }
    }
    for block in &mut work.blocks {
        block.statements.retain(|statement| !matches!(statement.kind, Step::Run(StatementKind::Nop)));
    }
    Simplifier { blocks: &mut work.blocks, before, switches }.run();
    remove_dead_blocks(work);
}

struct Simplifier<'a, 'tcx> {
    blocks: &'a mut IndexVec<BasicBlock, Block<'tcx>>,
    /// How many edges lead to each block.
    before: IndexVec<BasicBlock, u32>,
    switches: Switches,
}

impl<'tcx> Simplifier<'_, 'tcx> {
    fn run(mut self) {
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for block in self.blocks.indices() {
                if self.before[block] == 0 {
                    continue;
                }
                // Meanwhile the block has none, which ends chains that lead back to it.
                let Some(mut terminator) = self.blocks[block].terminator.take() else { continue };
                terminator.kind.for_each_successor(|target| self.collapse_chain(target, &mut changed));
                let mut merged = Vec::new();
                loop {
                    let mut again = self.simplify_switch(&mut terminator);
                    again |= self.merge_successor(&mut merged, &mut terminator);
                    if !again {
                        break;
                    }
                    changed = true;
                }
                for from in merged {
                    let mut statements = std::mem::take(&mut self.blocks[from].statements);
                    self.blocks[block].statements.append(&mut statements);
                }
                self.blocks[block].terminator = Some(terminator);
            }
        }
    }

    /// The target of a block that does nothing but go there.
    fn simple_goto(&self, block: BasicBlock) -> Option<BasicBlock> {
        let data = &self.blocks[block];
        match &data.terminator {
            Some(Terminator { kind: Exit::Run(TerminatorKind::Goto { target }), .. }) if data.statements.is_empty() => {
                Some(*target)
            }
            _ => None,
        }
    }

    fn collapse_chain(&mut self, start: &mut BasicBlock, changed: &mut bool) {
        let mut chain = Vec::new();
        let mut last = *start;
        while let Some(target) = self.simple_goto(last) {
            // A block of the chain has none until the end, so that a loop of empty blocks ends.
            chain.push((last, self.blocks[last].terminator.take()));
            last = target;
        }
        *changed |= *start != last;
        *start = last;
        while let Some((block, mut terminator)) = chain.pop() {
            if let Some(Terminator { kind: Exit::Run(TerminatorKind::Goto { target }), .. }) = &mut terminator {
                *changed |= *target != last;
                *target = last;
            }
            if self.before[block] == 1 {
                // This was the last edge to it: what leads on from it now leads from here.
                self.before[block] = 0;
            } else {
                self.before[last] += 1;
                self.before[block] -= 1;
            }
            self.blocks[block].terminator = terminator;
        }
    }

    fn merge_successor(&mut self, merged: &mut Vec<BasicBlock>, terminator: &mut Terminator<'tcx>) -> bool {
        let Exit::Run(TerminatorKind::Goto { target }) = terminator.kind else { return false };
        if self.before[target] != 1 {
            return false;
        }
        let Some(next) = self.blocks[target].terminator.take() else { return false };
        *terminator = next;
        merged.push(target);
        self.before[target] = 0;
        true
    }

    /// A switch whose targets are all the same.
    fn simplify_switch(&mut self, terminator: &mut Terminator<'tcx>) -> bool {
        let Exit::Run(TerminatorKind::SwitchInt { targets, .. }) = &terminator.kind else { return false };
        let target = targets.otherwise();
        if self.switches == Switches::Kept || targets.targets.iter().any(|&other| other != target) {
            return false;
        }
        self.before[target] -= targets.targets.len() as u32 - 1;
        terminator.kind = Exit::Run(TerminatorKind::Goto { target });
        true
    }
}

/// Removes blocks that are not reached, and all but one that only say that they are not.
pub(crate) fn remove_dead_blocks(work: &mut Work<'_>) {
    let reachable = work.reachable();
    let is_duplicate =
        |block: &Block<'_>| block.terminator.is_some() && block.is_empty_unreachable() && !block.is_cleanup;
    let live = reachable.iter().filter(|&&live| live).count();
    let duplicates = work.blocks.iter_enumerated().filter(|(at, block)| reachable[*at] && is_duplicate(block)).count();
    if live == work.blocks.len() && duplicates <= 1 {
        return;
    }
    let mut new_numbers: IndexVec<BasicBlock, BasicBlock> = work.blocks.indices().collect();
    let mut unreachable = None;
    let mut kept: IndexVec<BasicBlock, Block<'_>> = IndexVec::new();
    for (at, block) in std::mem::take(&mut work.blocks).into_iter().enumerate() {
        let at = BasicBlock::from_usize(at);
        if !reachable[at] {
            continue;
        }
        if is_duplicate(&block) {
            if let Some(first) = unreachable {
                new_numbers[at] = first;
                continue;
            }
            unreachable = Some(kept.next_index());
        }
        new_numbers[at] = kept.push(block);
    }
    if let (Some(block), true) = (unreachable, duplicates > 1) {
        // It stands for several places now.
        kept[block].terminator_mut().source_info = outermost(Span::DUMMY);
    }
    for block in &mut kept {
        block.terminator_mut().kind.for_each_successor(|target| *target = new_numbers[*target]);
    }
    work.blocks = kept;
}

/// Removes drops that do nothing: parts of enums that are dropped on unwinding may be of any type.
pub(crate) fn remove_unneeded_drops<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>) -> Result<()> {
    let mut changed = false;
    for block in work.blocks.indices() {
        let Some(&TerminatorKind::Drop { place, target, .. }) = work.blocks[block].exit() else { continue };
        if !cx.needs_drop(place.ty(&work.locals, cx.tcx))? {
            work.blocks[block].set_exit(TerminatorKind::Goto { target });
            changed = true;
        }
    }
    if changed {
        simplify(work, Switches::Simplified);
    }
    Ok(())
}

/// Lets nothing unwind into blocks that do nothing then.
pub(crate) fn remove_noop_landing_pads(work: &mut Work<'_>) {
    let resumes = |block: &Block<'_>| matches!(block.exit(), Some(TerminatorKind::UnwindResume));
    if !work.blocks.iter().any(resumes) {
        return;
    }
    let mut noop: IndexVec<BasicBlock, bool> = IndexVec::from_elem_n(false, work.blocks.len());
    for block in work.postorder() {
        noop[block] = is_noop_landing_pad(&work.blocks[block], &noop);
    }
    if !noop.iter().any(|&noop| noop) {
        return;
    }
    let mut patch = Patch::new(work);
    let resume = patch.resume_block();
    patch.apply(work);
    noop.resize(work.blocks.len(), false);
    for block in &mut work.blocks {
        let exit = &mut block.terminator_mut().kind;
        if let Some(unwind) = exit.unwind_mut()
            && let UnwindAction::Cleanup(pad) = *unwind
            && noop[pad]
        {
            *unwind = UnwindAction::Continue;
        }
        exit.for_each_successor(|target| {
            if noop[*target] {
                *target = resume;
            }
        });
    }
}

fn is_noop_landing_pad(block: &Block<'_>, noop: &IndexVec<BasicBlock, bool>) -> bool {
    let does_nothing = block.statements.iter().all(|statement| match &statement.kind {
        Step::Mention(_) | Step::FakeRead(_) | Step::Note => true,
        Step::Run(StatementKind::StorageLive(_) | StatementKind::StorageDead(_) | StatementKind::Nop) => true,
        // Nobody reads what is in a local then.
        Step::Run(StatementKind::Assign(assign)) => {
            matches!(assign.1, Rvalue::Use(_) | Rvalue::Discriminant(_)) && assign.0.as_local().is_some()
        }
        Step::Run(_) => false,
    });
    let exit = &block.terminator().kind;
    let goes_on = matches!(
        exit,
        Exit::Run(TerminatorKind::Goto { .. } | TerminatorKind::UnwindResume | TerminatorKind::SwitchInt { .. })
            | Exit::FalseEdge { .. }
            | Exit::FalseUnwind { .. }
    );
    does_nothing && goes_on && exit.successors().iter().all(|&next| noop[next])
}

/// Gives edges from calls a block of their own, where others lead to the same block and the call may unwind to a cleanup.
pub(crate) fn split_critical_edges(work: &mut Work<'_>) {
    let mut before: IndexVec<BasicBlock, u32> = IndexVec::from_elem_n(0, work.blocks.len());
    for block in &work.blocks {
        for target in block.terminator().kind.successors() {
            before[target] += 1;
        }
    }
    let may_unwind = |unwind: UnwindAction| matches!(unwind, UnwindAction::Cleanup(_) | UnwindAction::Terminate(_));
    let mut new_blocks: Vec<Block<'_>> = Vec::new();
    let count = work.blocks.len();
    for block in &mut work.blocks {
        let is_cleanup = block.is_cleanup;
        let source_info = block.terminator().source_info;
        let mut split = |target: &mut BasicBlock| {
            if before[*target] > 1 {
                new_blocks.push(Block::new(TerminatorKind::Goto { target: *target }, source_info, is_cleanup));
                *target = BasicBlock::from_usize(count + new_blocks.len() - 1);
            }
        };
        match &mut block.terminator_mut().kind {
            Exit::Run(TerminatorKind::Call(call)) if may_unwind(call.unwind) => {
                if let Some(target) = &mut call.target {
                    split(target);
                }
            }
            Exit::Run(TerminatorKind::InlineAsm(asm)) if !asm.naked => {
                let is_output = |it: &InlineAsmOperand<'_>| {
                    matches!(it, InlineAsmOperand::InOut { .. } | InlineAsmOperand::Out { .. })
                };
                let is_label = |it: &InlineAsmOperand<'_>| matches!(it, InlineAsmOperand::Label { .. });
                let branches = asm.operands.iter().any(is_label) || may_unwind(asm.unwind);
                if asm.operands.iter().any(is_output) && branches {
                    asm.targets.iter_mut().for_each(split);
                }
            }
            _ => {}
        }
    }
    work.blocks.extend(new_blocks);
}
