//! Expressions as operands and temporaries.

use super::{Category, category};
use crate::builder::Builder;
use crate::scope::{DropKind, LintLevel};
use crate::{Doubt, Result, StatementKind};
use mir::{BasicBlock, Local, Operand, Place};
use thir::{ExprId, ExprKind, ItemLocalId, TempLifetime};
use ty::{Mutability, Span};

/// Whether something may happen between an operand and its use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NeedsTemporary {
    No,
    Maybe,
}

impl<'tcx> Builder<'_, 'tcx> {
    /// Of a temporary that dies at the end of the innermost scope.
    pub fn local_temp_lifetime(&self) -> Result<TempLifetime> {
        Ok(TempLifetime { temp_lifetime: Some(self.local_scope()?), backwards_incompatible: None })
    }

    /// How long the value of a node lives if it is a temporary.
    pub fn temporary_scope(&self, node: ItemLocalId, span: Span) -> Result<TempLifetime> {
        let found = self.body.scopes.temporary_scope(node);
        found.ok_or_else(|| Doubt::with("temporary without a scope", span, node.to_string()))
    }

    pub fn as_local_operand(&mut self, block: &mut BasicBlock, id: ExprId) -> Result<Operand<'tcx>> {
        let lifetime = self.local_temp_lifetime()?;
        self.as_operand(block, lifetime, id, NeedsTemporary::Maybe)
    }

    pub fn as_operand(
        &mut self,
        block: &mut BasicBlock,
        lifetime: TempLifetime,
        id: ExprId,
        needs_temporary: NeedsTemporary,
    ) -> Result<Operand<'tcx>> {
        let expr = &self.thir[id];
        if let ExprKind::Scope { region_scope, hir_id, value } = expr.kind {
            let scope = (region_scope, self.source_info(expr.span));
            return self.in_scope(scope, LintLevel::Explicit(hir_id), block, |this, block| {
                this.as_operand(block, lifetime, value, needs_temporary)
            });
        }
        let is_constant = category(&expr.kind) == Category::Constant;
        if is_constant && (needs_temporary == NeedsTemporary::No || !self.facts.needs_drop(expr.ty, expr.span)?) {
            return Ok(Operand::Constant(Box::new(self.as_constant(id)?)));
        }
        let temp = self.as_temp(block, lifetime, id, Mutability::Mut)?;
        Ok(Operand::Move(Place::from_local(temp)))
    }

    pub fn as_temp(
        &mut self,
        block: &mut BasicBlock,
        lifetime: TempLifetime,
        id: ExprId,
        mutability: Mutability,
    ) -> Result<Local> {
        ty::ensure_stack();
        let expr = &self.thir[id];
        let source_info = self.source_info(expr.span);
        if let ExprKind::Scope { region_scope, hir_id, value } = expr.kind {
            return self.in_scope((region_scope, source_info), LintLevel::Explicit(hir_id), block, |this, block| {
                this.as_temp(block, lifetime, value, mutability)
            });
        }
        let is_fixed = self.fixed_temps_scope.is_some() && self.fixed_temps_scope == lifetime.temp_lifetime;
        let known = self.fixed_temps.get(&id).copied().filter(|_| is_fixed);
        let temp = known.unwrap_or_else(|| self.new_local(expr.ty, expr.span, mutability));
        if is_fixed {
            self.fixed_temps.insert(id, temp);
        }
        let has_storage = match expr.kind {
            // Nothing is ever in these.
            ExprKind::Break { .. } | ExprKind::Continue { .. } | ExprKind::Return { .. } => false,
            ExprKind::Block { block } => {
                let block = &self.thir[block];
                block.expr.is_some() || block.targeted_by_break || !expr.ty.is_never()
            }
            _ => true,
        };
        if has_storage {
            self.push(*block, source_info, StatementKind::StorageLive(temp));
            if let Some(scope) = lifetime.temp_lifetime {
                self.schedule_drop(expr.span, scope, temp, DropKind::Storage)?;
            }
        }
        self.expr_into_dest(Place::from_local(temp), block, id)?;
        if let Some(scope) = lifetime.temp_lifetime {
            self.schedule_drop(expr.span, scope, temp, DropKind::Value)?;
        }
        if let Some(scope) = lifetime.backwards_incompatible {
            self.schedule_backwards_incompatible(scope, temp)?;
        }
        Ok(temp)
    }
}
