//! Expressions whose value nobody wants.

use crate::builder::Builder;
use crate::scope::{BreakTarget, LintLevel};
use crate::{Doubt, Result};
use mir::{BasicBlock, Operand};
use thir::{ExprId, ExprKind, Scope, TempLifetime};
use ty::Mutability;

impl Builder<'_, '_> {
    /// Builds an expression as a statement. `statement_scope`: of the statement that it is, where its value dies.
    pub fn stmt_expr(&mut self, block: &mut BasicBlock, id: ExprId, statement_scope: Option<Scope>) -> Result<()> {
        let expr = &self.thir[id];
        let source_info = self.source_info(expr.span);
        match expr.kind {
            ExprKind::Scope { region_scope, hir_id, value } => {
                let scope = (region_scope, source_info);
                self.in_scope(scope, LintLevel::Explicit(hir_id), block, |this, block| {
                    this.stmt_expr(block, value, statement_scope)
                })
            }
            ExprKind::Assign { lhs, rhs } => {
                let (ty, span) = (self.thir[lhs].ty, self.thir[lhs].span);
                let needs_drop = self.facts.needs_drop(ty, span)?;
                // The right side comes first.
                let rhs = self.as_local_rvalue(block, rhs)?;
                let lhs = self.as_place(block, lhs)?;
                match needs_drop {
                    true => self.build_drop_and_replace(block, span, lhs, rhs)?,
                    false => self.push_assign(*block, source_info, lhs, rhs),
                }
                Ok(())
            }
            ExprKind::AssignOp { op, lhs, rhs } => {
                let ty = self.thir[lhs].ty;
                let rhs = self.as_local_operand(block, rhs)?;
                let lhs = self.as_place(block, lhs)?;
                let result = self.build_binary_op(block, op.bin_op(), expr.span, ty, Operand::Copy(lhs), rhs)?;
                self.push_assign(*block, source_info, lhs, result);
                Ok(())
            }
            ExprKind::Continue { label } => self.break_scope(block, None, BreakTarget::Continue(label), source_info),
            ExprKind::Break { label, value } => self.break_scope(block, value, BreakTarget::Break(label), source_info),
            ExprKind::Return { value } => self.break_scope(block, value, BreakTarget::Return, source_info),
            ExprKind::ConstContinue { .. } => Err(Doubt::at("`#[const_continue]`", expr.span)),
            ExprKind::Become { .. } => Err(Doubt::at("tail call", expr.span)),
            _ => {
                let Some(scope) = statement_scope else {
                    return Err(Doubt::at("expression as a statement", expr.span));
                };
                // The place of the value of a block is the block's last expression.
                let mut adjusted = None;
                if let ExprKind::Block { block } = expr.kind
                    && let Some(mut tail) = self.thir[block].expr
                {
                    loop {
                        tail = match self.thir[tail].kind {
                            ExprKind::Scope { value, .. } => value,
                            ExprKind::Block { block } => match self.thir[block].expr {
                                Some(tail) => tail,
                                None => break,
                            },
                            _ => break,
                        };
                    }
                    adjusted = Some(self.thir[tail].span);
                }
                let lifetime = TempLifetime { temp_lifetime: Some(scope), backwards_incompatible: None };
                let temp = self.as_temp(block, lifetime, id, Mutability::Not)?;
                if let Some(span) = adjusted {
                    self.local_decls[temp].source_info.span = span;
                }
                Ok(())
            }
        }
    }
}
