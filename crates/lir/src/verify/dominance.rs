//! Dominators: Cooper, Harvey and Kennedy's iteration over reverse postorder, then numbers on the tree so that a
//! question takes constant time.

use crate::{Block, Function};
use index::IndexVec;

const NONE: u32 = u32::MAX;

/// Which blocks are on every path from the entry to others.
pub struct Dominance {
    /// The times at which a walk over the dominator tree enters and leaves a block; `(NONE, NONE)` if unreachable.
    span: IndexVec<Block, (u32, u32)>,
}

impl Dominance {
    /// The function has blocks, and every edge goes to one of them.
    pub fn new(function: &Function) -> Dominance {
        let count = function.blocks.len();
        let successors: IndexVec<Block, Vec<Block>> =
            function.blocks.iter().map(|data| data.terminator.successors()).collect();
        let postorder = postorder(&successors);
        let mut number = IndexVec::repeat(NONE, count);
        for (index, &block) in (0u32..).zip(&postorder) {
            number[block] = index;
        }
        let mut predecessors = IndexVec::repeat(Vec::new(), count);
        for &block in &postorder {
            for &target in &successors[block] {
                predecessors[target].push(block);
            }
        }
        let idom = immediate_dominators(&postorder, &number, &predecessors);
        Dominance { span: tree_spans(count, &postorder, &idom) }
    }

    /// Whether every path from the entry to `block` goes through `dominator`. Unreachable blocks are dominated by all.
    pub fn dominates(&self, dominator: Block, block: Block) -> bool {
        let (enter, leave) = self.span[dominator];
        let (inner_enter, inner_leave) = self.span[block];
        inner_enter == NONE || (enter != NONE && enter <= inner_enter && inner_leave <= leave)
    }
}

/// The reachable blocks, each after what it leads to, except along back edges. The entry is the last.
fn postorder(successors: &IndexVec<Block, Vec<Block>>) -> Vec<Block> {
    let mut seen = IndexVec::repeat(false, successors.len());
    let mut order = Vec::with_capacity(successors.len());
    let mut stack: Vec<(Block, usize)> = vec![(Block::ZERO, 0)];
    seen[Block::ZERO] = true;
    while let Some((block, next)) = stack.last_mut() {
        match successors[*block].get(*next) {
            None => {
                order.push(*block);
                stack.pop();
            }
            Some(&target) => {
                *next += 1;
                if !seen[target] {
                    seen[target] = true;
                    stack.push((target, 0));
                }
            }
        }
    }
    order
}

/// For each block in postorder numbers, the number of its immediate dominator (the entry's is itself).
fn immediate_dominators(
    postorder: &[Block],
    number: &IndexVec<Block, u32>,
    predecessors: &IndexVec<Block, Vec<Block>>,
) -> Vec<u32> {
    let entry = postorder.len() - 1;
    let mut idom = vec![NONE; postorder.len()];
    idom[entry] = number[Block::ZERO];
    let mut changed = true;
    while changed {
        changed = false;
        for index in (0..entry).rev() {
            let mut best = NONE;
            for &predecessor in &predecessors[postorder[index]] {
                let other = number[predecessor];
                if idom[other as usize] == NONE {
                    continue;
                }
                best = if best == NONE { other } else { intersect(&idom, best, other) };
            }
            if idom[index] != best {
                idom[index] = best;
                changed = true;
            }
        }
    }
    idom
}

/// The nearest common dominator of two blocks, in postorder numbers.
fn intersect(idom: &[u32], mut left: u32, mut right: u32) -> u32 {
    while left != right {
        while left < right {
            left = idom[left as usize];
        }
        while right < left {
            right = idom[right as usize];
        }
    }
    left
}

/// Enter and leave times by block number. In reverse postorder a dominator precedes what it dominates, so sizes of
/// subtrees are summed forward and positions given backward, without a walk.
fn tree_spans(block_count: usize, postorder: &[Block], idom: &[u32]) -> IndexVec<Block, (u32, u32)> {
    let entry = postorder.len() - 1;
    let mut size = vec![1u32; postorder.len()];
    for index in 0..entry {
        size[idom[index] as usize] += size[index];
    }
    let mut enter = vec![0u32; postorder.len()];
    let mut next_child = vec![1u32; postorder.len()];
    for index in (0..entry).rev() {
        let parent = idom[index] as usize;
        enter[index] = enter[parent] + next_child[parent];
        next_child[parent] += size[index];
    }
    let mut span = IndexVec::repeat((NONE, NONE), block_count);
    for (index, &block) in postorder.iter().enumerate() {
        span[block] = (enter[index], enter[index] + size[index] - 1);
    }
    span
}
