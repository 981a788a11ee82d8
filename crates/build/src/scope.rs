//! Scopes and what is dropped at their ends: on the way out, on `break`, `continue` and `return`, and on unwinding.
//!
//! Drops are scheduled for a scope while its code is built, so what a way out drops is what was scheduled so far. Ways out of
//! several scopes share their blocks: they are collected as a tree of drops, which becomes blocks when the target is known.

mod coroutine;
mod tree;

use crate::builder::{Builder, last_character};
use crate::{Doubt, Result, StatementKind, TerminatorKind};
use mir::{BasicBlock, Local, Operand, Place, Rvalue, SourceInfo, SourceScope, SourceScopeData, UnwindAction};
use thir::{ExprId, HirId, Scope as RegionScope, ScopeData, StmtKind};
use tree::{DropIdx, DropTree, Entry, ROOT};
use ty::Span;

/// The scopes around the code that is being built.
#[derive(Debug, Default)]
pub(crate) struct Scopes<'tcx> {
    scopes: Vec<Scope>,
    /// Loops, labelled blocks, and the function: what can be left.
    breakable: Vec<BreakableScope<'tcx>>,
    /// Where a condition goes that does not hold.
    if_then: Option<IfThenScope>,
    /// What unwinding drops: one tree for the whole body.
    unwind_drops: DropTree,
    /// What dropping a suspended coroutine drops.
    coroutine_drops: DropTree,
}

#[derive(Debug)]
struct Scope {
    /// The source scope that the scope was entered in.
    source_scope: SourceScope,
    region_scope: RegionScope,
    /// In the order in which they were scheduled: the last is dropped first.
    drops: Vec<DropData>,
    /// Locals that were moved from as arguments: dropping them is not needed except on unwinding.
    moved_locals: Vec<Local>,
    /// The drop of the unwind tree that unwinding from here begins with, if it is known and still right.
    cached_unwind: Option<DropIdx>,
    cached_coroutine: Option<DropIdx>,
}

#[derive(Clone, Copy, Debug)]
struct DropData {
    source_info: SourceInfo,
    local: Local,
    kind: DropKind,
}

/// What happens to a local at the end of its scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DropKind {
    /// Its value is dropped.
    Value,
    /// Its memory is free.
    Storage,
    /// Nothing, but a later edition drops it there.
    ForLint,
}

#[derive(Debug)]
struct BreakableScope<'tcx> {
    region_scope: RegionScope,
    break_destination: Place<'tcx>,
    break_drops: DropTree,
    /// Absent where `continue` has no meaning.
    continue_drops: Option<DropTree>,
}

#[derive(Debug)]
struct IfThenScope {
    region_scope: RegionScope,
    else_drops: DropTree,
}

/// Where a jump goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BreakTarget {
    Continue(RegionScope),
    Break(RegionScope),
    Return,
}

/// Whether a scope belongs to a node that may set lint levels.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LintLevel {
    Inherited,
    Explicit(HirId),
}

impl Scope {
    fn needs_cleanup(&self) -> bool {
        self.drops.iter().any(|drop| drop.kind != DropKind::Storage)
    }
    fn invalidate(&mut self) {
        self.cached_unwind = None;
        self.cached_coroutine = None;
    }
}

impl<'a, 'tcx> Builder<'a, 'tcx> {
    // ---- entering and leaving

    /// Builds code in a scope, and what is dropped at its end.
    pub fn in_scope<R>(
        &mut self,
        scope: (RegionScope, SourceInfo),
        lint_level: LintLevel,
        block: &mut BasicBlock,
        f: impl FnOnce(&mut Self, &mut BasicBlock) -> Result<R>,
    ) -> Result<R> {
        let source_scope = self.source_scope;
        if let LintLevel::Explicit(node) = lint_level {
            self.maybe_new_source_scope(scope.1.span, node);
        }
        self.push_scope(scope.0);
        let result = f(self, block)?;
        self.pop_scope(scope.0, block)?;
        self.source_scope = source_scope;
        Ok(result)
    }

    pub fn push_scope(&mut self, region_scope: RegionScope) {
        self.scopes.scopes.push(Scope {
            source_scope: self.source_scope,
            region_scope,
            drops: Vec::new(),
            moved_locals: Vec::new(),
            cached_unwind: None,
            cached_coroutine: None,
        });
    }

    pub fn pop_scope(&mut self, region_scope: RegionScope, block: &mut BasicBlock) -> Result<()> {
        self.leave_top_scope(block)?;
        match self.scopes.scopes.pop() {
            Some(scope) if scope.region_scope == region_scope => Ok(()),
            _ => Err(self.strange_scope(region_scope)),
        }
    }

    fn strange_scope(&self, scope: RegionScope) -> Box<Doubt> {
        Doubt::with("scope that is not open", self.body.span, format!("{scope:?}"))
    }

    /// The innermost scope.
    pub fn local_scope(&self) -> Result<RegionScope> {
        let innermost = self.scopes.scopes.last().map(|scope| scope.region_scope);
        innermost.ok_or_else(|| Doubt::at("code outside of all scopes", self.body.span))
    }

    /// The innermost scope, unless there is none: constants have none.
    fn scope_index(&self, region_scope: RegionScope) -> Result<usize> {
        let found = self.scopes.scopes.iter().rposition(|scope| scope.region_scope == region_scope);
        found.ok_or_else(|| self.strange_scope(region_scope))
    }

    /// A source scope inside of the present one.
    pub fn new_source_scope(&mut self, span: Span) -> SourceScope {
        let parent = self.source_scope;
        let root = self.lint_roots.get(parent).copied().flatten();
        self.lint_roots.push(root);
        self.source_scopes.push(SourceScopeData {
            span,
            parent_scope: Some(parent),
            inlined: None,
            inlined_parent_scope: None,
        })
    }

    /// A node whose lint levels differ from those around it has a source scope of its own.
    pub fn maybe_new_source_scope(&mut self, span: Span, node: HirId) {
        let root = self.body.scopes.lint_roots.get(&node.local_id).copied();
        if root != self.lint_roots.get(self.source_scope).copied().flatten() {
            let scope = self.new_source_scope(span);
            self.lint_roots[scope] = root;
            self.source_scope = scope;
        }
    }

    /// Where a scope is in the source.
    pub fn scope_span(&self, scope: RegionScope) -> Span {
        let nodes = &self.body.scopes.node_spans;
        let Some(&span) = nodes.get(&scope.local_id) else { return Span::DUMMY };
        let ScopeData::Remainder(first) = scope.data else { return span };
        // The rest of a block begins with the statement.
        let block = self.thir.blocks.iter().find(|block| block.region_scope.local_id == scope.local_id);
        let stmt = block.and_then(|block| block.stmts.get(first as usize));
        let start = stmt.and_then(|&stmt| match &self.thir[stmt].kind {
            StmtKind::Let { init_scope, .. } => nodes.get(&init_scope.local_id),
            StmtKind::Expr { scope, .. } => nodes.get(&scope.local_id),
        });
        match start {
            Some(start) if span.lo <= start.lo && start.lo <= span.hi => Span { lo: start.lo, ..span },
            _ => span,
        }
    }

    // ---- scheduling

    /// The scope of edition or rule says when a local dies: schedules it.
    pub fn schedule_drop(&mut self, span: Span, scope: RegionScope, local: Local, kind: DropKind) -> Result<()> {
        if kind == DropKind::Storage {
            if local.index() <= self.arg_count {
                return Err(Doubt::at("storage of an argument", span));
            }
        } else if !self.facts.needs_drop(self.local_decls[local].ty, span)? {
            return Ok(());
        }
        let invalidates = kind != DropKind::Storage || self.coroutine.is_some();
        self.schedule(scope, local, kind, invalidates)
    }

    pub fn schedule_storage_and_value(&mut self, span: Span, scope: RegionScope, local: Local) -> Result<()> {
        self.schedule_drop(span, scope, local, DropKind::Storage)?;
        self.schedule_drop(span, scope, local, DropKind::Value)
    }

    pub fn schedule_backwards_incompatible(&mut self, scope: RegionScope, local: Local) -> Result<()> {
        self.schedule(scope, local, DropKind::ForLint, true)
    }

    fn schedule(&mut self, region_scope: RegionScope, local: Local, kind: DropKind, invalidates: bool) -> Result<()> {
        let index = self.scope_index(region_scope)?;
        if invalidates {
            self.scopes.scopes[index..].iter_mut().for_each(Scope::invalidate);
        }
        let span = last_character(self.scope_span(region_scope));
        let scope = &mut self.scopes.scopes[index];
        let source_info = SourceInfo { span, scope: scope.source_scope };
        scope.drops.push(DropData { source_info, local, kind });
        Ok(())
    }

    /// Arguments that are moved into a call need no drop on the way out of the scope.
    pub fn record_operands_moved(&mut self, operands: &[Operand<'tcx>]) {
        let Some(scope) = self.scopes.scopes.last_mut() else { return };
        for operand in operands {
            let Operand::Move(place) = operand else { continue };
            let Some(local) = place.as_local() else { continue };
            if scope.drops.iter().any(|drop| drop.local == local && drop.kind == DropKind::Value) {
                scope.moved_locals.push(local);
            }
        }
    }

    /// An arm that is built once more for another alternative schedules its drops anew.
    pub fn clear_match_arm_and_guard_scopes(&mut self, arm: RegionScope) -> Result<()> {
        let [.., arm_scope, guard_scope] = &mut self.scopes.scopes[..] else { return Err(self.strange_scope(arm)) };
        if arm_scope.region_scope != arm || guard_scope.region_scope.data != ScopeData::MatchGuard {
            return Err(self.strange_scope(arm));
        }
        for scope in [arm_scope, guard_scope] {
            scope.drops.clear();
            scope.invalidate();
        }
        Ok(())
    }

    // ---- jumps

    /// Builds what `break` (and `continue`, if there is a block for it) may leave. `None` from `f`: its end is not reached.
    pub fn in_breakable_scope(
        &mut self,
        loop_block: Option<BasicBlock>,
        break_destination: Place<'tcx>,
        span: Span,
        block: &mut BasicBlock,
        f: impl FnOnce(&mut Self, BasicBlock) -> Result<Option<BasicBlock>>,
    ) -> Result<()> {
        let region_scope = self.local_scope()?;
        self.scopes.breakable.push(BreakableScope {
            region_scope,
            break_destination,
            break_drops: DropTree::default(),
            continue_drops: loop_block.map(|_| DropTree::default()),
        });
        let normal_exit = f(self, *block)?;
        let Some(scope) = self.scopes.breakable.pop() else { return Err(self.strange_scope(region_scope)) };
        let break_block = self.build_exit_tree(scope.break_drops, region_scope, None)?;
        if let Some(drops) = scope.continue_drops {
            self.build_exit_tree(drops, region_scope, loop_block)?;
        }
        *block = match (normal_exit, break_block) {
            (Some(block), None) | (None, Some(block)) => block,
            (None, None) => self.new_block(),
            (Some(normal), Some(exit)) => {
                let target = self.new_block();
                let source_info = self.source_info(span);
                self.goto(normal, source_info, target);
                self.goto(exit, source_info, target);
                target
            }
        };
        Ok(())
    }

    /// Builds a condition and what follows if it holds. Gives the end of that, and where it goes on if it does not hold.
    pub fn in_if_then_scope(
        &mut self,
        region_scope: RegionScope,
        f: impl FnOnce(&mut Self) -> Result<BasicBlock>,
    ) -> Result<(BasicBlock, BasicBlock)> {
        let scope = IfThenScope { region_scope, else_drops: DropTree::default() };
        let previous = self.scopes.if_then.replace(scope);
        let then_block = f(self)?;
        let scope = std::mem::replace(&mut self.scopes.if_then, previous);
        let Some(scope) = scope else { return Err(self.strange_scope(region_scope)) };
        let else_block = match self.build_exit_tree(scope.else_drops, region_scope, None)? {
            Some(block) => block,
            None => self.new_block(),
        };
        Ok((then_block, else_block))
    }

    /// Adds the drops of all scopes inside of one to a tree.
    fn drops_inside(scopes: &[Scope], outer: usize, tree: &mut DropTree) -> DropIdx {
        let drops = scopes[outer + 1..].iter().flat_map(|scope| &scope.drops);
        drops.fold(ROOT, |next, &drop| tree.add_drop(drop, next))
    }

    /// A condition does not hold in this block.
    pub fn break_for_else(&mut self, block: BasicBlock, source_info: SourceInfo) -> Result<()> {
        let Some(target) = self.scopes.if_then.as_ref().map(|scope| scope.region_scope) else {
            return Err(Doubt::at("condition outside of an `if`", source_info.span));
        };
        let index = self.scope_index(target)?;
        let Scopes { scopes, if_then, .. } = &mut self.scopes;
        if let Some(scope) = if_then {
            let drop = Self::drops_inside(scopes, index, &mut scope.else_drops);
            scope.else_drops.add_entry_point(block, drop);
        }
        self.terminate(block, source_info, TerminatorKind::UnwindResume);
        Ok(())
    }

    /// A jump. What follows it is built in a block that nothing reaches.
    pub fn break_scope(
        &mut self,
        block: &mut BasicBlock,
        value: Option<ExprId>,
        target: BreakTarget,
        source_info: SourceInfo,
    ) -> Result<()> {
        let strange = || Doubt::at("jump without a target", source_info.span);
        let position = match target {
            BreakTarget::Return => 0,
            BreakTarget::Break(scope) | BreakTarget::Continue(scope) => {
                let found = self.scopes.breakable.iter().rposition(|it| it.region_scope == scope);
                found.ok_or_else(strange)?
            }
        };
        let scope = self.scopes.breakable.get(position).ok_or_else(strange)?;
        let (region_scope, destination) = (scope.region_scope, scope.break_destination);
        let is_continue = matches!(target, BreakTarget::Continue(_));
        match value {
            Some(value) if !is_continue => self.expr_into_dest(destination, block, value)?,
            Some(_) => return Err(strange()),
            None if !is_continue => self.push_assign_unit(*block, source_info, destination),
            None => {}
        }
        let index = self.scope_index(region_scope)?;
        let Scopes { scopes, breakable, .. } = &mut self.scopes;
        let scope = breakable.get_mut(position).ok_or_else(strange)?;
        let tree = match is_continue {
            true => scope.continue_drops.as_mut().ok_or_else(strange)?,
            false => &mut scope.break_drops,
        };
        let drop = Self::drops_inside(scopes, index, tree);
        tree.add_entry_point(*block, drop);
        self.terminate(*block, source_info, TerminatorKind::UnwindResume);
        *block = self.new_block();
        Ok(())
    }

    // ---- unwinding

    /// The drop that unwinding from a scope begins with.
    fn diverge_cleanup_target(&mut self, target: RegionScope) -> Result<DropIdx> {
        let target = self.scope_index(target)?;
        let is_coroutine = self.coroutine.is_some();
        let Scopes { scopes, unwind_drops, .. } = &mut self.scopes;
        let known = scopes[..=target].iter().enumerate().rev();
        let (first, mut drop) =
            known.filter_map(|(at, scope)| scope.cached_unwind.map(|drop| (at + 1, drop))).next().unwrap_or((0, ROOT));
        for scope in &mut scopes[first..=target] {
            for data in &scope.drops {
                if is_coroutine || data.kind == DropKind::Value {
                    drop = unwind_drops.add_drop(*data, drop);
                }
            }
            scope.cached_unwind = Some(drop);
        }
        Ok(drop)
    }

    /// The block's terminator may unwind.
    pub fn diverge_from(&mut self, block: BasicBlock) -> Result<()> {
        // Constants have no scope, and nothing to drop.
        let drop = match self.scopes.scopes.last().map(|scope| scope.region_scope) {
            Some(scope) => self.diverge_cleanup_target(scope)?,
            None => return Err(Doubt::at("code outside of all scopes", self.body.span)),
        };
        self.scopes.unwind_drops.add_entry_point(block, drop);
        Ok(())
    }

    /// Drops what is in a place and assigns it, on unwinding too.
    pub fn build_drop_and_replace(
        &mut self,
        block: &mut BasicBlock,
        span: Span,
        place: Place<'tcx>,
        value: Rvalue<'tcx>,
    ) -> Result<()> {
        let source_info = self.source_info(span);
        let assign = self.new_block();
        self.push_assign(assign, source_info, place, value.clone());
        let assign_unwind = self.new_cleanup_block();
        self.push_assign(assign_unwind, source_info, place, value);
        let unwind = UnwindAction::Cleanup(assign_unwind);
        let drop = TerminatorKind::Drop { place, target: assign, unwind, replace: true, drop: None };
        self.terminate(*block, source_info, drop);
        self.diverge_from(*block)?;
        *block = assign;
        Ok(())
    }

    /// Goes on only if the operand is as expected, and panics otherwise.
    pub fn assert(
        &mut self,
        block: &mut BasicBlock,
        cond: Operand<'tcx>,
        expected: bool,
        msg: mir::AssertKind<'tcx>,
        span: Span,
    ) -> Result<()> {
        let source_info = self.source_info(span);
        let target = self.new_block();
        let assert =
            TerminatorKind::Assert { cond, expected, msg: Box::new(msg), target, unwind: UnwindAction::Continue };
        self.terminate(*block, source_info, assert);
        self.diverge_from(*block)?;
        *block = target;
        Ok(())
    }

    /// A drop of a local, to be given a way to unwind.
    fn drop_terminator(local: Local, target: BasicBlock) -> TerminatorKind<'tcx> {
        let place = Place::from_local(local);
        TerminatorKind::Drop { place, target, unwind: UnwindAction::Continue, replace: false, drop: None }
    }

    /// The drops at the end of the innermost scope.
    fn leave_top_scope(&mut self, block: &mut BasicBlock) -> Result<()> {
        let region_scope = self.local_scope()?;
        let needs_cleanup = self.scopes.scopes.last().is_some_and(Scope::needs_cleanup);
        let is_coroutine = self.coroutine.is_some();
        let mut unwind_to = if needs_cleanup { Some(self.diverge_cleanup_target(region_scope)?) } else { None };
        let mut drop_to = if is_coroutine { self.dropline_of_top_scope()? } else { None };
        let Some(scope) = self.scopes.scopes.last() else { return Err(self.strange_scope(region_scope)) };
        let (drops, moved) = (scope.drops.clone(), scope.moved_locals.clone());
        // Where storage ends on unwinding too, the tree has these drops.
        let storage_on_unwind = is_coroutine && needs_cleanup;
        for drop in drops.iter().rev() {
            let DropData { source_info, local, kind } = *drop;
            if kind == DropKind::Value || storage_on_unwind {
                unwind_to = unwind_to.map(|at| self.scopes.unwind_drops.next(at));
            }
            if kind != DropKind::ForLint {
                drop_to = drop_to.map(|at| self.scopes.coroutine_drops.next(at));
            }
            match kind {
                DropKind::Value => {
                    if moved.contains(&local) {
                        continue;
                    }
                    let Some(unwind) = unwind_to else { return Err(self.strange_scope(region_scope)) };
                    self.scopes.unwind_drops.add_entry_point(*block, unwind);
                    if let Some(to) = drop_to
                        && self.is_async_drop(local)?
                    {
                        self.scopes.coroutine_drops.add_entry_point(*block, to);
                    }
                    let next = self.new_block();
                    self.terminate(*block, source_info, Self::drop_terminator(local, next));
                    *block = next;
                }
                DropKind::ForLint => {
                    if !moved.contains(&local) {
                        let hint = StatementKind::BackwardIncompatibleDropHint(Place::from_local(local));
                        self.push(*block, source_info, hint);
                    }
                }
                DropKind::Storage => self.push(*block, source_info, StatementKind::StorageDead(local)),
            }
        }
        Ok(())
    }

    /// Whether dropping a coroutine while this is dropped goes another way.
    fn is_async_drop(&self, local: Local) -> Result<bool> {
        self.facts.needs_async_drop(self.local_decls[local].ty, self.body.span)
    }

    /// Makes blocks of a tree of ways out. Gives the block where they come together, if there are any.
    fn build_exit_tree(
        &mut self,
        mut tree: DropTree,
        else_scope: RegionScope,
        continue_block: Option<BasicBlock>,
    ) -> Result<Option<BasicBlock>> {
        let blocks = self.build_tree(&mut tree, Entry::Exit, continue_block)?;
        let is_coroutine = self.coroutine.is_some();
        if tree.has_values() {
            let target = self.diverge_cleanup_target(else_scope)?;
            let mut indices = vec![target];
            for (at, data, next) in tree.iter_after_root() {
                let outer = indices[next.index()];
                match data.kind {
                    DropKind::Storage | DropKind::ForLint if !is_coroutine => indices.push(outer),
                    DropKind::Storage | DropKind::ForLint => {
                        indices.push(self.scopes.unwind_drops.add_drop(data, outer));
                    }
                    DropKind::Value => {
                        let drop = self.scopes.unwind_drops.add_drop(data, outer);
                        if let Some(block) = blocks[at] {
                            self.scopes.unwind_drops.add_entry_point(block, outer);
                        }
                        indices.push(drop);
                    }
                }
            }
        }
        if is_coroutine {
            self.add_exits_to_dropline(&tree, &blocks, else_scope)?;
        }
        Ok(blocks[ROOT])
    }

    /// Makes blocks of what unwinding drops, at the end of the body.
    pub fn build_drop_trees(&mut self) -> Result<()> {
        if self.coroutine.is_some() {
            return self.build_coroutine_drop_trees();
        }
        let mut tree = std::mem::take(&mut self.scopes.unwind_drops);
        self.build_unwind_tree(&mut tree, &mut None)
    }

    fn build_unwind_tree(&mut self, tree: &mut DropTree, resume: &mut Option<BasicBlock>) -> Result<()> {
        let blocks = self.build_tree(tree, Entry::Unwind, *resume)?;
        if let (None, Some(block)) = (*resume, blocks[ROOT]) {
            self.terminate(block, Self::outermost(self.body.span), TerminatorKind::UnwindResume);
            *resume = Some(block);
        }
        Ok(())
    }
}
