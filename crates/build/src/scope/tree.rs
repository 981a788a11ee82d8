//! Trees of drops: each drop names the one that comes after it, so that ways out share their ends.

use super::{DropData, DropKind};
use crate::builder::Builder;
use crate::{Doubt, Result, StatementKind, TerminatorKind};
use mir::{BasicBlock, Local, Place, SourceInfo, SourceScope, UnwindAction, UnwindTerminateReason};
use rustc_hash::FxHashMap;
use ty::{IndexVec, Span};

ty::index_type! {
    /// A drop in a tree; 0 is where they all end.
    pub(super) struct DropIdx = "drop";
}

/// Where all drops of a tree end.
pub(super) const ROOT: DropIdx = DropIdx::ZERO;

#[derive(Debug)]
pub(super) struct DropTree {
    /// Each after the one that follows it.
    nodes: IndexVec<DropIdx, Node>,
    existing: FxHashMap<(DropIdx, Local), DropIdx>,
    /// Blocks that jump into the tree, and at which drop.
    pub(super) entry_points: Vec<(DropIdx, BasicBlock)>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    data: DropData,
    next: DropIdx,
}

/// What jumps into a tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Entry {
    /// A way out, whose end is open.
    Exit,
    /// What may unwind.
    Unwind,
    /// A suspension, if the coroutine is dropped there.
    CoroutineDrop,
}

impl Default for DropTree {
    fn default() -> DropTree {
        let info = SourceInfo { span: Span::DUMMY, scope: SourceScope::OUTERMOST };
        let data = DropData { source_info: info, local: Local::RETURN, kind: DropKind::Storage };
        let nodes = [Node { data, next: ROOT }].into_iter().collect();
        DropTree { nodes, existing: FxHashMap::default(), entry_points: Vec::new() }
    }
}

impl DropTree {
    /// A drop that is followed by another: the same one if it is there already.
    pub fn add_drop(&mut self, data: DropData, next: DropIdx) -> DropIdx {
        let nodes = &mut self.nodes;
        *self.existing.entry((next, data.local)).or_insert_with(|| nodes.push(Node { data, next }))
    }

    pub fn add_entry_point(&mut self, from: BasicBlock, to: DropIdx) {
        self.entry_points.push((to, from));
    }

    pub fn next(&self, at: DropIdx) -> DropIdx {
        self.nodes[at].next
    }

    pub fn has_values(&self) -> bool {
        self.nodes.iter().any(|node| node.data.kind == DropKind::Value)
    }

    /// All drops but the root, each with what follows it.
    pub fn iter_after_root(&self) -> impl Iterator<Item = (DropIdx, DropData, DropIdx)> {
        self.nodes.iter_enumerated().skip(1).map(|(at, node)| (at, node.data, node.next))
    }
}

/// Which block a drop is in.
#[derive(Clone, Copy)]
enum Owner {
    /// None: nothing gets there.
    None,
    /// The one of the only drop before it.
    Shares(DropIdx),
    Own,
}

impl<'tcx> Builder<'_, 'tcx> {
    fn tree_block(&mut self, entry: Entry) -> BasicBlock {
        match entry {
            Entry::Exit | Entry::CoroutineDrop => self.new_block(),
            Entry::Unwind => self.new_cleanup_block(),
        }
    }

    /// Makes blocks of a tree, from its leaves on. `root`: the block at the end, if there is one already.
    pub(super) fn build_tree(
        &mut self,
        tree: &mut DropTree,
        entry: Entry,
        root: Option<BasicBlock>,
    ) -> Result<IndexVec<DropIdx, Option<BasicBlock>>> {
        let count = tree.nodes.len();
        let mut blocks: IndexVec<DropIdx, Option<BasicBlock>> = IndexVec::from_elem_n(None, count);
        let mut owners: IndexVec<DropIdx, Owner> = IndexVec::from_elem_n(Owner::None, count);
        if root.is_some() {
            blocks[ROOT] = root;
            owners[ROOT] = Owner::Own;
        }
        let mut entries = std::mem::take(&mut tree.entry_points);
        entries.sort();
        for at in (0..count).rev().map(DropIdx::from_usize) {
            while let Some(&(to, from)) = entries.last()
                && to == at
            {
                let block = match blocks[at] {
                    Some(block) => block,
                    None => self.tree_block(entry),
                };
                blocks[at] = Some(block);
                owners[at] = Owner::Own;
                entries.pop();
                self.link_entry(entry, from, block)?;
            }
            match owners[at] {
                Owner::None => continue,
                Owner::Own if blocks[at].is_some() => {}
                Owner::Own => blocks[at] = Some(self.tree_block(entry)),
                Owner::Shares(before) => blocks[at] = blocks[before],
            }
            let node = tree.nodes[at];
            if node.data.kind == DropKind::Value {
                owners[node.next] = Owner::Own;
            } else if at != ROOT {
                owners[node.next] = match owners[node.next] {
                    Owner::None => Owner::Shares(at),
                    Owner::Shares(_) | Owner::Own => Owner::Own,
                };
            }
        }
        self.link_tree(tree, &blocks);
        Ok(blocks)
    }

    fn link_tree(&mut self, tree: &DropTree, blocks: &IndexVec<DropIdx, Option<BasicBlock>>) {
        for at in (1..tree.nodes.len()).rev().map(DropIdx::from_usize) {
            let Node { data, next } = tree.nodes[at];
            let (Some(block), Some(target)) = (blocks[at], blocks[next]) else { continue };
            let place = Place::from_local(data.local);
            match data.kind {
                DropKind::Value => {
                    let unwind = UnwindAction::Terminate(UnwindTerminateReason::InCleanup);
                    let drop = TerminatorKind::Drop { place, target, unwind, replace: false, drop: None };
                    self.terminate(block, data.source_info, drop);
                    continue;
                }
                DropKind::ForLint => {
                    self.push(block, data.source_info, StatementKind::BackwardIncompatibleDropHint(place));
                }
                DropKind::Storage => self.push(block, data.source_info, StatementKind::StorageDead(data.local)),
            }
            if target != block {
                self.goto(block, SourceInfo { span: Span::DUMMY, ..data.source_info }, target);
            }
        }
    }

    /// Lets a block's terminator lead into a tree.
    fn link_entry(&mut self, entry: Entry, from: BasicBlock, to: BasicBlock) -> Result<()> {
        let strange = |span| Doubt::at("block that leads into no drops", span);
        let Some(terminator) = &mut self.blocks[from].terminator else { return Err(strange(self.body.span)) };
        let source_info = terminator.source_info;
        match (entry, &mut terminator.kind) {
            (Entry::Exit, kind @ TerminatorKind::UnwindResume) => *kind = TerminatorKind::Goto { target: to },
            (Entry::CoroutineDrop, TerminatorKind::Yield { drop, .. } | TerminatorKind::Drop { drop, .. }) => {
                *drop = Some(to);
            }
            (Entry::Unwind, TerminatorKind::Drop { unwind: UnwindAction::Cleanup(assign), .. }) => {
                // A drop before an assignment assigns on unwinding, too.
                let assign = *assign;
                self.goto(assign, source_info, to);
            }
            (
                Entry::Unwind,
                TerminatorKind::Drop { unwind, .. }
                | TerminatorKind::FalseUnwind { unwind, .. }
                | TerminatorKind::Assert { unwind, .. },
            ) => *unwind = UnwindAction::Cleanup(to),
            (Entry::Unwind, TerminatorKind::Call(call)) => call.unwind = UnwindAction::Cleanup(to),
            (Entry::Unwind, TerminatorKind::InlineAsm(asm)) => asm.unwind = UnwindAction::Cleanup(to),
            _ => return Err(strange(source_info.span)),
        }
        Ok(())
    }
}
