//! Matches, conditions and irrefutable patterns as wholes.

use super::{ConditionArgs, LetBindings, MatchTree, ScheduleDrops, SubBranch};
use crate::builder::{Builder, ForGuard, join, last_character};
use crate::place::PlaceBuilder;
use crate::scope::LintLevel;
use crate::{Doubt, Result, StatementKind, UserTypeProjection};
use mir::{BasicBlock, Operand, Place, SourceInfo, SourceScope};
use thir::{
    Arm, ArmId, BindingMode, ByRef, ExprId, ExprKind, FakeReadCause, LogicalOp, Pat, PatKind, Scope, ScopeData,
    TempLifetime, Variance,
};
use ty::{Mutability, Span};

impl<'tcx> Builder<'_, 'tcx> {
    /// A condition: goes on if it holds, and leaves the innermost [`Builder::in_if_then_scope`] if not.
    pub fn then_else_break(&mut self, block: &mut BasicBlock, id: ExprId, args: ConditionArgs) -> Result<()> {
        ty::ensure_stack();
        let expr = &self.thir[id];
        let inner = ConditionArgs { bindings: LetBindings::NotPermitted, ..args };
        match &expr.kind {
            ExprKind::LogicalOp { op: LogicalOp::And, lhs, rhs } => {
                self.then_else_break(block, *lhs, args)?;
                self.then_else_break(block, *rhs, args)
            }
            ExprKind::LogicalOp { op: LogicalOp::Or, lhs, rhs } => {
                let scope = self.local_scope()?;
                let start = *block;
                let (lhs_success, mut failure) = self.in_if_then_scope(scope, |this| {
                    let mut at = start;
                    this.then_else_break(&mut at, *lhs, inner)?;
                    Ok(at)
                })?;
                self.then_else_break(&mut failure, *rhs, inner)?;
                let success = self.new_block();
                self.goto(lhs_success, args.variable_info, success);
                self.goto(failure, args.variable_info, success);
                *block = success;
                Ok(())
            }
            ExprKind::Unary { op: mir::UnOp::Not, arg } => {
                let scope = self.local_scope()?;
                let start = *block;
                let (success, failure) = self.in_if_then_scope(scope, |this| {
                    let mut at = start;
                    this.then_else_break(&mut at, *arg, inner)?;
                    Ok(at)
                })?;
                self.break_for_else(success, args.variable_info)?;
                *block = failure;
                Ok(())
            }
            ExprKind::Scope { region_scope, hir_id, value } => {
                let scope = (*region_scope, self.source_info(expr.span));
                self.in_scope(scope, LintLevel::Explicit(*hir_id), block, |this, block| {
                    this.then_else_break(block, *value, args)
                })
            }
            ExprKind::Use { source } => self.then_else_break(block, *source, args),
            ExprKind::Let { expr, pat } => {
                let ConditionArgs { variable_info: info, bindings, .. } = args;
                self.lower_let_expr(block, *expr, pat, Some(info.scope), info.span, bindings)
            }
            _ => {
                let scope = match args.temp_scope {
                    Some(scope) => scope,
                    None => self.local_scope()?,
                };
                let lifetime = TempLifetime { temp_lifetime: Some(scope), backwards_incompatible: None };
                let temp = self.as_temp(block, lifetime, id, Mutability::Mut)?;
                let then_block = self.new_block();
                let else_block = self.new_block();
                let info = self.source_info(expr.span);
                let switch = Self::if_terminator(Operand::Move(Place::from_local(temp)), then_block, else_block);
                self.terminate(*block, info, switch);
                self.break_for_else(else_block, info)?;
                *block = then_block;
                Ok(())
            }
        }
    }

    /// `let PATTERN = expr` as a condition.
    pub fn lower_let_expr(
        &mut self,
        block: &mut BasicBlock,
        id: ExprId,
        pat: &Pat<'tcx>,
        source_scope: Option<SourceScope>,
        scope_span: Span,
        bindings: LetBindings,
    ) -> Result<()> {
        let span = self.thir[id].span;
        let scrutinee = self.lower_scrutinee(block, id, span)?;
        let tree = self.lower_match_tree(*block, span, &scrutinee, pat.span, &[(pat, false)], true)?;
        let info = self.source_info(span);
        self.break_for_else(tree.otherwise, info)?;
        match bindings {
            LetBindings::Declare => {
                self.declare_bindings(source_scope, join(pat.span, scope_span), pat, None)?;
            }
            LetBindings::Declared => {}
            LetBindings::NotPermitted => return Err(Doubt::at("`let` in a condition", span)),
        }
        let info = self.source_info(pat.span);
        *block = self.bind_only_branch(info, tree, span)?;
        Ok(())
    }

    /// The branch of a match of one pattern without a guard.
    fn bind_only_branch(&mut self, info: SourceInfo, tree: MatchTree<'tcx>, span: Span) -> Result<BasicBlock> {
        let Some(branch) = tree.branches.into_iter().next() else { return Err(Doubt::at("pattern", span)) };
        self.bind_pattern(info, branch, &[], span, None)
    }

    pub fn match_expr(
        &mut self,
        destination: Place<'tcx>,
        block: &mut BasicBlock,
        scrutinee: ExprId,
        arms: &[ArmId],
        span: Span,
    ) -> Result<()> {
        let scrutinee_span = self.thir[scrutinee].span;
        let place = self.lower_scrutinee(block, scrutinee, scrutinee_span)?;
        let thir = self.thir;
        let patterns: Vec<_> = arms.iter().map(|&arm| (&*thir[arm].pattern, thir[arm].guard.is_some())).collect();
        let start_span = join(Span { hi: span.lo, ..span }, scrutinee_span);
        let tree = self.lower_match_tree(*block, scrutinee_span, &place, start_span, &patterns, false)?;
        let info = self.source_info(span);
        self.lower_match_arms(destination, block, scrutinee_span, arms, tree, info)
    }

    /// The place that is matched.
    fn lower_scrutinee(&mut self, block: &mut BasicBlock, id: ExprId, span: Span) -> Result<PlaceBuilder<'tcx>> {
        let builder = self.as_place_builder(block, id)?;
        if let Some(place) = builder.try_to_place(self) {
            let info = self.source_info(span);
            self.push(*block, info, StatementKind::PlaceMention(place));
        }
        Ok(builder)
    }

    fn lower_match_arms(
        &mut self,
        destination: Place<'tcx>,
        block: &mut BasicBlock,
        scrutinee_span: Span,
        arms: &[ArmId],
        tree: MatchTree<'tcx>,
        outer_info: SourceInfo,
    ) -> Result<()> {
        let thir = self.thir;
        let mut ends = Vec::with_capacity(arms.len());
        for (&arm, branch) in arms.iter().zip(tree.branches) {
            let arm = &thir[arm];
            let info = self.source_info(arm.span);
            let match_scope = self.local_scope()?;
            let guard_scope = arm.guard.map(|_| Scope { data: ScopeData::MatchGuard, ..arm.scope });
            // The blocks of the arm are found when its pattern is bound: this one is not used.
            let mut at = *block;
            self.in_scope((arm.scope, info), LintLevel::Explicit(arm.hir_id), &mut at, |this, block| {
                let fake_borrows = &tree.fake_borrows;
                let build = |this: &mut Self, block: &mut BasicBlock| {
                    let old = std::mem::replace(&mut this.fixed_temps_scope, guard_scope);
                    let scope = this.declare_bindings(None, arm.span, &arm.pattern, arm.guard)?;
                    let context = Some((arm, match_scope));
                    *block = this.bind_pattern(outer_info, branch.clone(), fake_borrows, scrutinee_span, context)?;
                    this.fixed_temps_scope = old;
                    if let Some(scope) = scope {
                        this.source_scope = scope;
                    }
                    this.expr_into_dest(destination, block, arm.body)
                };
                match guard_scope {
                    Some(scope) => this.in_scope((scope, info), LintLevel::Inherited, block, build),
                    None => build(this, block),
                }
            })?;
            ends.push(at);
        }
        let end_block = self.new_block();
        let end_brace = self.source_info(last_character(outer_info.span));
        for arm_end in ends {
            let last = self.blocks[arm_end].statements.last().map(|statement| statement.source_info);
            self.goto(arm_end, last.unwrap_or(end_brace), end_block);
        }
        self.source_scope = outer_info.scope;
        *block = end_block;
        Ok(())
    }

    /// Binds the variables of a pattern that matched. Alternatives come together.
    fn bind_pattern(
        &mut self,
        outer_info: SourceInfo,
        branch: Vec<SubBranch<'tcx>>,
        fake_borrows: &[(Place<'tcx>, mir::Local)],
        scrutinee_span: Span,
        arm: Option<(&Arm<'tcx>, Scope)>,
    ) -> Result<BasicBlock> {
        let count = branch.len();
        let mut alternatives = branch.into_iter().rev();
        if count == 1
            && let Some(only) = alternatives.next()
        {
            return self.bind_and_guard(only, fake_borrows, scrutinee_span, arm, ScheduleDrops::Yes);
        }
        let target = self.new_block();
        for (at, alternative) in alternatives.enumerate() {
            // The last one built leaves its drops for the arm.
            let schedule = if at + 1 == count { ScheduleDrops::Yes } else { ScheduleDrops::No };
            let end = self.bind_and_guard(alternative, fake_borrows, scrutinee_span, arm, schedule)?;
            self.goto(end, outer_info, target);
        }
        Ok(target)
    }

    /// `let PATTERN = initializer;`
    pub fn expr_into_pattern(&mut self, block: &mut BasicBlock, pat: &Pat<'tcx>, initializer: ExprId) -> Result<()> {
        let PatKind::Binding { mode: BindingMode(ByRef::No, _), var, subpattern: None, .. } = pat.kind else {
            let span = self.thir[initializer].span;
            let place = self.lower_scrutinee(block, initializer, span)?;
            return self.place_into_pattern(block, pat, place);
        };
        // The value goes right into the variable.
        let schedule = ScheduleDrops::Yes;
        let place = self.storage_live_binding(*block, var, pat.span, ForGuard::OutsideGuard, schedule)?;
        self.expr_into_dest(place, block, initializer)?;
        let info = self.source_info(pat.span);
        self.push_fake_read(*block, info, FakeReadCause::ForLet(None), place);
        for ascription in pat.extra.iter().flat_map(|extra| &extra.ascriptions) {
            let base = self.push_user_type(ascription.annotation);
            let projection = UserTypeProjection { base, projections: Vec::new() };
            self.push(*block, info, StatementKind::AscribeUserType(place, projection, Variance::Invariant));
        }
        self.schedule_drop_for_binding(var, pat.span, ForGuard::OutsideGuard)
    }

    /// Binds an irrefutable pattern.
    pub fn place_into_pattern(
        &mut self,
        block: &mut BasicBlock,
        pat: &Pat<'tcx>,
        place: PlaceBuilder<'tcx>,
    ) -> Result<()> {
        let tree = self.lower_match_tree(*block, pat.span, &place, pat.span, &[(pat, false)], false)?;
        let info = self.source_info(pat.span);
        *block = self.bind_only_branch(info, tree, pat.span)?;
        Ok(())
    }
}
