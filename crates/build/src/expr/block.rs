//! Blocks.

use crate::builder::{Builder, ForGuard};
use crate::matches::{LetBindings, ScheduleDrops};
use crate::scope::LintLevel;
use crate::{Doubt, Result, TerminatorKind};
use mir::{BasicBlock, Place, SourceInfo};
use thir::{BlockId, StmtKind};
use ty::{AliasTyKind, TyKind};

impl<'tcx> Builder<'_, 'tcx> {
    /// A block, whose value goes to `destination`.
    pub fn ast_block(
        &mut self,
        destination: Place<'tcx>,
        block: &mut BasicBlock,
        id: BlockId,
        source_info: SourceInfo,
    ) -> Result<()> {
        let ast = &self.thir[id];
        self.in_scope((ast.region_scope, source_info), LintLevel::Inherited, block, |this, block| {
            if !ast.targeted_by_break {
                return this.ast_block_stmts(destination, block, id);
            }
            this.in_breakable_scope(None, destination, ast.span, block, |this, mut block| {
                this.ast_block_stmts(destination, &mut block, id)?;
                Ok(Some(block))
            })
        })
    }

    fn ast_block_stmts(&mut self, destination: Place<'tcx>, block: &mut BasicBlock, id: BlockId) -> Result<()> {
        let ast = &self.thir[id];
        // The scopes of `let`s, which end with the block.
        let mut lets = Vec::new();
        let outer_source_scope = self.source_scope;
        let source_info = self.source_info(ast.span);
        let mut last_remainder = ast.region_scope;
        for &stmt in &ast.stmts {
            let StmtKind::Let { remainder_scope, init_scope, pattern, initializer, else_block, hir_id, .. } =
                &self.thir[stmt].kind
            else {
                let StmtKind::Expr { scope, expr } = self.thir[stmt].kind else { continue };
                self.in_scope((scope, source_info), LintLevel::Inherited, block, |this, block| {
                    this.stmt_expr(block, expr, Some(scope))
                })?;
                continue;
            };
            let init_scope = (*init_scope, source_info);
            let lint_level = LintLevel::Explicit(*hir_id);
            // What happens if the pattern does not match comes first: it is outside of the rest.
            let failure_entry = match *else_block {
                None => None,
                Some(id) => {
                    let span = self.thir[id].span;
                    let info = self.source_info(span);
                    let nowhere = self.temp(self.tcx.types().never, span);
                    let entry = self.new_block();
                    let mut end = entry;
                    self.ast_block(nowhere, &mut end, id, info)?;
                    self.terminate(end, info, TerminatorKind::Unreachable);
                    Some(entry)
                }
            };
            let remainder_span = self.scope_span(*remainder_scope);
            self.push_scope(*remainder_scope);
            lets.push(*remainder_scope);
            let visibility = self.new_source_scope(remainder_span);
            match (*initializer, failure_entry) {
                (None, Some(_)) => return Err(Doubt::at("`let` with `else` but no value", ast.span)),
                (Some(init), Some(failure_entry)) => {
                    let span = self.thir[init].span;
                    let failure = self.in_scope(init_scope, lint_level, block, |this, block| {
                        this.declare_bindings(Some(visibility), remainder_span, pattern, None)?;
                        let start = *block;
                        let (matching, failure) = this.in_if_then_scope(last_remainder, |this| {
                            let mut at = start;
                            this.lower_let_expr(&mut at, init, pattern, None, span, LetBindings::Declared)?;
                            Ok(at)
                        })?;
                        *block = matching;
                        Ok(failure)
                    })?;
                    self.goto(failure, source_info, failure_entry);
                }
                (Some(init), None) => self.in_scope(init_scope, lint_level, block, |this, block| {
                    this.declare_bindings(Some(visibility), remainder_span, pattern, None)?;
                    this.expr_into_pattern(block, pattern, init)
                })?,
                (None, None) => {
                    // What is built here is thrown away but for its effect on the scope: there is none.
                    self.in_scope(init_scope, lint_level, block, |this, _| {
                        this.declare_bindings(Some(visibility), remainder_span, pattern, None)?;
                        Ok(())
                    })?;
                    for (var, span) in Self::primary_bindings(pattern) {
                        let schedule = ScheduleDrops::Yes;
                        self.storage_live_binding(*block, var, span, ForGuard::OutsideGuard, schedule)?;
                        self.schedule_drop_for_binding(var, span, ForGuard::OutsideGuard)?;
                    }
                }
            }
            self.source_scope = visibility;
            last_remainder = *remainder_scope;
        }
        match ast.expr {
            Some(value) => self.expr_into_dest(destination, block, value)?,
            None => {
                let ty = self.ty_of(destination);
                if ty.is_unit() || matches!(ty.kind(), TyKind::Alias(AliasTyKind::Opaque, _)) {
                    self.push_assign_unit(*block, source_info, destination);
                }
            }
        }
        for scope in lets.into_iter().rev() {
            self.pop_scope(scope, block)?;
        }
        self.source_scope = outer_source_scope;
        Ok(())
    }
}
