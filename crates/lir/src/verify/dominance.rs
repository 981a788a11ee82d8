//! Dominators: Cooper, Harvey and Kennedy's iteration over reverse postorder, then numbers on the tree so that a
//! question takes constant time.

use crate::{Block, Function};

const NONE: u32 = u32::MAX;

/// Which blocks are on every path from the entry to others.
pub struct Dominance {
    /// The times at which a walk over the dominator tree enters and leaves a block; `(NONE, NONE)` if unreachable.
    span: Vec<(u32, u32)>,
}

impl Dominance {
    /// The function has blocks, and every edge goes to one of them.
    pub fn new(function: &Function) -> Dominance {
        let count = function.blocks.len();
        let successors: Vec<Vec<Block>> = function.blocks.iter().map(|data| data.terminator.successors()).collect();
        let postorder = postorder(&successors);
        let mut number = vec![NONE; count];
        for (index, &block) in (0u32..).zip(&postorder) {
            number[block as usize] = index;
        }
        let mut predecessors: Vec<Vec<u32>> = vec![Vec::new(); count];
        for &block in &postorder {
            for target in &successors[block as usize] {
                predecessors[target.index()].push(block);
            }
        }
        let idom = immediate_dominators(&postorder, &number, &predecessors);
        Dominance { span: tree_spans(count, &postorder, &idom) }
    }

    /// Whether every path from the entry to `block` goes through `dominator`. Unreachable blocks are dominated by all.
    pub fn dominates(&self, dominator: Block, block: Block) -> bool {
        let (enter, leave) = self.span[dominator.index()];
        let (inner_enter, inner_leave) = self.span[block.index()];
        inner_enter == NONE || (enter != NONE && enter <= inner_enter && inner_leave <= leave)
    }
}

/// The reachable blocks, each after what it leads to, except along back edges. The entry is the last.
fn postorder(successors: &[Vec<Block>]) -> Vec<u32> {
    let mut seen = vec![false; successors.len()];
    let mut order = Vec::with_capacity(successors.len());
    let mut stack: Vec<(u32, usize)> = vec![(0, 0)];
    seen[0] = true;
    while let Some((block, next)) = stack.last_mut() {
        match successors[*block as usize].get(*next) {
            None => {
                order.push(*block);
                stack.pop();
            }
            Some(target) => {
                *next += 1;
                if !seen[target.index()] {
                    seen[target.index()] = true;
                    stack.push((target.0, 0));
                }
            }
        }
    }
    order
}

/// For each block in postorder numbers, the number of its immediate dominator (the entry's is itself).
fn immediate_dominators(postorder: &[u32], number: &[u32], predecessors: &[Vec<u32>]) -> Vec<u32> {
    let entry = postorder.len() - 1;
    let mut idom = vec![NONE; postorder.len()];
    idom[entry] = number[0];
    let mut changed = true;
    while changed {
        changed = false;
        for index in (0..entry).rev() {
            let mut best = NONE;
            for &predecessor in &predecessors[postorder[index] as usize] {
                let other = number[predecessor as usize];
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
fn tree_spans(block_count: usize, postorder: &[u32], idom: &[u32]) -> Vec<(u32, u32)> {
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
    let mut span = vec![(NONE, NONE); block_count];
    for (index, &block) in postorder.iter().enumerate() {
        span[block as usize] = (enter[index], enter[index] + size[index] - 1);
    }
    span
}
