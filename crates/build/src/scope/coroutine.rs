//! What is dropped when a suspended coroutine is.

use super::tree::{DropIdx, DropTree, Entry, ROOT};
use super::{DropKind, Scopes};
use crate::builder::Builder;
use crate::{Result, TerminatorKind};
use mir::BasicBlock;
use thir::Scope as RegionScope;
use ty::IndexVec;

impl Builder<'_, '_> {
    /// The drop that dropping the coroutine in a scope begins with.
    fn diverge_dropline_target(&mut self, target: RegionScope) -> Result<DropIdx> {
        let target = self.scope_index(target)?;
        let Scopes { scopes, coroutine_drops, .. } = &mut self.scopes;
        let known = scopes[..=target].iter().enumerate().rev();
        let (first, mut drop) = known
            .filter_map(|(at, scope)| scope.cached_coroutine.map(|drop| (at + 1, drop)))
            .next()
            .unwrap_or((0, ROOT));
        for scope in &mut scopes[first..=target] {
            for data in &scope.drops {
                drop = coroutine_drops.add_drop(*data, drop);
            }
            scope.cached_coroutine = Some(drop);
        }
        Ok(drop)
    }

    /// The same for the innermost scope, if something in it is dropped asynchronously.
    pub(super) fn dropline_of_top_scope(&mut self) -> Result<Option<DropIdx>> {
        let scope = self.local_scope()?;
        let mut has_async = false;
        for drop in self.scopes.scopes.last().iter().flat_map(|scope| &scope.drops) {
            has_async |= drop.kind == DropKind::Value && self.is_async_drop(drop.local)?;
        }
        Ok(if has_async { Some(self.diverge_dropline_target(scope)?) } else { None })
    }

    /// The coroutine may be dropped while it is suspended at the end of this block.
    pub fn coroutine_drop_cleanup(&mut self, block: BasicBlock) -> Result<()> {
        let scope = self.local_scope()?;
        let drop = self.diverge_dropline_target(scope)?;
        self.scopes.coroutine_drops.add_entry_point(block, drop);
        Ok(())
    }

    /// Ways out drop, and the coroutine may be dropped meanwhile.
    pub(super) fn add_exits_to_dropline(
        &mut self,
        tree: &DropTree,
        blocks: &IndexVec<DropIdx, Option<BasicBlock>>,
        else_scope: RegionScope,
    ) -> Result<()> {
        let mut has_async = false;
        for (_, data, _) in tree.iter_after_root() {
            has_async |= data.kind == DropKind::Value && self.is_async_drop(data.local)?;
        }
        if !has_async {
            return Ok(());
        }
        let mut indices = vec![self.diverge_dropline_target(else_scope)?];
        for (at, data, next) in tree.iter_after_root() {
            let outer = indices[next.index()];
            let drop = self.scopes.coroutine_drops.add_drop(data, outer);
            if data.kind == DropKind::Value
                && self.is_async_drop(data.local)?
                && let Some(block) = blocks[at]
            {
                self.scopes.coroutine_drops.add_entry_point(block, outer);
            }
            indices.push(drop);
        }
        Ok(())
    }

    pub(super) fn build_coroutine_drop_trees(&mut self) -> Result<()> {
        let mut drops = std::mem::take(&mut self.scopes.coroutine_drops);
        let blocks = self.build_tree(&mut drops, Entry::CoroutineDrop, None)?;
        if let Some(root) = blocks[ROOT] {
            self.terminate(root, Self::outermost(self.body.span), TerminatorKind::CoroutineDrop);
        }
        let mut resume = None;
        let mut unwind = std::mem::take(&mut self.scopes.unwind_drops);
        self.build_unwind_tree(&mut unwind, &mut resume)?;
        // The drops themselves may unwind.
        for (at, data, next) in drops.iter_after_root().collect::<Vec<_>>() {
            if data.kind == DropKind::Value
                && let Some(block) = blocks[at]
            {
                drops.add_entry_point(block, next);
            }
        }
        self.build_unwind_tree(&mut drops, &mut resume)
    }
}
