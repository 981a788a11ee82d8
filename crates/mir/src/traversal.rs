//! Walks over a body's control flow: orders, predecessors, dominators.
//!
//! Those ending in `_by` take the successors of a block from the caller, so that an instance's dead edges (`if false`
//! after substitution) can be left out.

use crate::{BasicBlock, Body, Operand, Rvalue, StatementKind, TerminatorKind};
use smallvec::SmallVec;
use ty::IndexVec;

/// Successors of a block.
pub type Successors = SmallVec<[BasicBlock; 4]>;

/// Blocks reachable from the first, each after all of its successors that do not lead back to it.
pub fn postorder_by(block_count: usize, mut successors: impl FnMut(BasicBlock) -> Successors) -> Vec<BasicBlock> {
    let mut order = Vec::new();
    if block_count == 0 {
        return order;
    }
    let mut seen = vec![false; block_count];
    seen[BasicBlock::START.index()] = true;
    // A block, its successors and how many of them are done; a stack of our own, for long chains.
    let mut stack = vec![(BasicBlock::START, successors(BasicBlock::START), 0)];
    while let Some((block, next, done)) = stack.last_mut() {
        match next.get(*done) {
            Some(&target) => {
                *done += 1;
                if !std::mem::replace(&mut seen[target.index()], true) {
                    let following = successors(target);
                    stack.push((target, following, 0));
                }
            }
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order
}

/// Reachable blocks, each (loops aside) after all of its predecessors.
pub fn reverse_postorder_by(block_count: usize, successors: impl FnMut(BasicBlock) -> Successors) -> Vec<BasicBlock> {
    let mut order = postorder_by(block_count, successors);
    order.reverse();
    order
}

/// See [`postorder_by`].
pub fn postorder(body: &Body<'_>) -> Vec<BasicBlock> {
    postorder_by(body.basic_blocks.len(), |block| body.basic_blocks[block].terminator.kind.successors())
}

/// See [`reverse_postorder_by`].
pub fn reverse_postorder(body: &Body<'_>) -> Vec<BasicBlock> {
    reverse_postorder_by(body.basic_blocks.len(), |block| body.basic_blocks[block].terminator.kind.successors())
}

impl<'tcx> Body<'tcx> {
    /// The operand that a block's switch decides by: itself, or the one assigned to it just before. If that is a constant, the
    /// switch goes the same way in every run of an instance.
    pub fn switched_on(&self, block: BasicBlock) -> Option<&Operand<'tcx>> {
        let data = &self.basic_blocks[block];
        let TerminatorKind::SwitchInt { discr, .. } = &data.terminator.kind else { return None };
        let (Operand::Copy(place) | Operand::Move(place)) = discr else { return Some(discr) };
        // `_1 = const …; switchInt(_1)`
        let does_nothing = |kind: &StatementKind<'_>| {
            matches!(
                kind,
                StatementKind::StorageDead(_)
                    | StatementKind::StorageLive(_)
                    | StatementKind::Counter(_)
                    | StatementKind::Nop
            )
        };
        match data.statements.iter().rev().map(|statement| &statement.kind).find(|kind| !does_nothing(kind)) {
            Some(StatementKind::Assign(assign)) if assign.0 == *place => match &assign.1 {
                Rvalue::Use(operand) => Some(operand),
                _ => None,
            },
            _ => None,
        }
    }
}

/// For each block whether it can be reached from the first.
pub fn reachable(body: &Body<'_>) -> IndexVec<BasicBlock, bool> {
    let mut reached = IndexVec::from_elem_n(false, body.basic_blocks.len());
    for block in postorder(body) {
        reached[block] = true;
    }
    reached
}

/// For each block, those that may go on to it. A block with two edges to the same target is there once.
pub fn predecessors(body: &Body<'_>) -> IndexVec<BasicBlock, Successors> {
    let mut all: IndexVec<BasicBlock, Successors> = IndexVec::from_elem_n(SmallVec::new(), body.basic_blocks.len());
    for (block, data) in body.basic_blocks.iter_enumerated() {
        for target in data.terminator.kind.successors() {
            if all[target].last() != Some(&block) {
                all[target].push(block);
            }
        }
    }
    all
}

/// Which blocks every path to a block goes through (by Cooper, Harvey and Kennedy's iteration).
pub struct Dominators {
    /// The closest strict dominator; the first block's is itself; `None`: unreachable.
    immediate: IndexVec<BasicBlock, Option<BasicBlock>>,
    /// Position in reverse postorder.
    rank: IndexVec<BasicBlock, u32>,
}

impl Dominators {
    /// Computes it. Blocks that the first one does not lead to are unreachable.
    pub fn of(body: &Body<'_>) -> Dominators {
        let order = reverse_postorder(body);
        let mut rank = IndexVec::from_elem_n(u32::MAX, body.basic_blocks.len());
        for (position, &block) in order.iter().enumerate() {
            rank[block] = position as u32;
        }
        let before = predecessors(body);
        let mut dominators = Dominators { immediate: IndexVec::from_elem_n(None, body.basic_blocks.len()), rank };
        if let Some(&start) = order.first() {
            dominators.immediate[start] = Some(start);
        }
        let mut changed = true;
        while changed {
            changed = false;
            for &block in order.iter().skip(1) {
                let known = before[block].iter().copied().filter(|&p| dominators.immediate[p].is_some());
                let new = known.reduce(|a, b| dominators.meet(a, b));
                if dominators.immediate[block] != new {
                    dominators.immediate[block] = new;
                    changed = true;
                }
            }
        }
        dominators
    }

    fn meet(&self, mut a: BasicBlock, mut b: BasicBlock) -> BasicBlock {
        while a != b {
            let lower = if self.rank[a] > self.rank[b] { &mut a } else { &mut b };
            *lower = self.immediate[*lower].expect("a reachable block has an immediate dominator");
        }
        a
    }

    /// Whether a path leads from the first block to it.
    pub fn is_reachable(&self, block: BasicBlock) -> bool {
        self.immediate[block].is_some()
    }

    /// `None` for the first block and unreachable ones.
    pub fn immediate_dominator(&self, block: BasicBlock) -> Option<BasicBlock> {
        self.immediate[block].filter(|&dominator| dominator != block)
    }

    /// Whether every path to the reachable block `b` goes through `a`. A block dominates itself.
    pub fn dominates(&self, a: BasicBlock, b: BasicBlock) -> bool {
        let mut at = b;
        while self.rank[at] > self.rank[a] {
            match self.immediate_dominator(at) {
                Some(up) => at = up,
                None => return false,
            }
        }
        at == a
    }
}
