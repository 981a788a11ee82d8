//! Locals of patterns' variables.

use super::ScheduleDrops;
use crate::builder::{Builder, ForGuard, VarLocals};
use crate::scope::DropKind;
use crate::{Result, StatementKind, UserTypeProjection, UserTypeStep};
use mir::{BasicBlock, LocalDecl, Place, SourceInfo, SourceScope};
use thir::{ExprId, ExprKind, LocalVarId, LogicalOp, Pat, PatKind, Pinnedness};
use ty::{FieldIdx, Mutability, Span};

/// The parts of types that the user wrote which belong to a pattern inside of the one that they were written for.
type UserTypes = Vec<UserTypeProjection>;

fn step(types: &UserTypes, steps: &[UserTypeStep]) -> UserTypes {
    let mut types = types.clone();
    types.iter_mut().for_each(|it| it.projections.extend(steps));
    types
}

impl<'tcx> Builder<'_, 'tcx> {
    /// Declares the variables of a pattern (and of `let`s in its guard). They are visible in a new source scope, unless there
    /// is one already; gives it, if there are any.
    pub fn declare_bindings(
        &mut self,
        mut visibility: Option<SourceScope>,
        scope_span: Span,
        pat: &Pat<'tcx>,
        guard: Option<ExprId>,
    ) -> Result<Option<SourceScope>> {
        self.declare_in(&mut visibility, scope_span, pat, &Vec::new(), guard.is_some());
        if let Some(guard) = guard {
            self.declare_guard_bindings(guard, scope_span, visibility)?;
        }
        Ok(visibility)
    }

    fn declare_guard_bindings(
        &mut self,
        guard: ExprId,
        scope_span: Span,
        visibility: Option<SourceScope>,
    ) -> Result<()> {
        let thir = self.thir;
        match &thir[guard].kind {
            ExprKind::Let { pat, .. } => {
                self.declare_bindings(visibility, scope_span, pat, None)?;
            }
            ExprKind::Scope { value, .. } => self.declare_guard_bindings(*value, scope_span, visibility)?,
            ExprKind::Use { source } => self.declare_guard_bindings(*source, scope_span, visibility)?,
            ExprKind::LogicalOp { op: LogicalOp::And, lhs, rhs } => {
                self.declare_guard_bindings(*lhs, scope_span, visibility)?;
                self.declare_guard_bindings(*rhs, scope_span, visibility)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn declare_in(
        &mut self,
        visibility: &mut Option<SourceScope>,
        scope_span: Span,
        pat: &Pat<'tcx>,
        outer: &UserTypes,
        has_guard: bool,
    ) {
        ty::ensure_stack();
        let mut types = outer.clone();
        for ascription in pat.extra.iter().flat_map(|extra| &extra.ascriptions) {
            let base = self.push_user_type(ascription.annotation);
            types.push(UserTypeProjection { base, projections: Vec::new() });
        }
        let mut visit = |this: &mut Self, pat: &Pat<'tcx>, types: &UserTypes| {
            this.declare_in(visibility, scope_span, pat, types, has_guard);
        };
        match &pat.kind {
            PatKind::Binding { is_primary, subpattern, .. } => {
                if *is_primary {
                    self.declare_binding(visibility, scope_span, pat, &types, has_guard);
                }
                if let Some(subpattern) = subpattern {
                    self.declare_in(visibility, scope_span, subpattern, &types, has_guard);
                }
            }
            PatKind::Array { prefix, slice, suffix } | PatKind::Slice { prefix, slice, suffix } => {
                let (from, to) = (prefix.len() as u64, suffix.len() as u64);
                let element = step(&types, &[UserTypeStep::Index]);
                prefix.iter().for_each(|pat| visit(self, pat, &element));
                if let Some(slice) = slice {
                    visit(self, slice, &step(&types, &[UserTypeStep::Subslice { from, to }]));
                }
                suffix.iter().for_each(|pat| visit(self, pat, &element));
            }
            PatKind::Deref { pin: Pinnedness::Pinned, subpattern } => {
                let steps = [UserTypeStep::Field(FieldIdx::ZERO), UserTypeStep::Deref];
                visit(self, subpattern, &step(&types, &steps));
            }
            PatKind::Deref { subpattern, .. } => visit(self, subpattern, &step(&types, &[UserTypeStep::Deref])),
            PatKind::DerefPattern { subpattern, .. } => visit(self, subpattern, &Vec::new()),
            PatKind::Leaf { subpatterns } => {
                for field in subpatterns {
                    visit(self, &field.pattern, &step(&types, &[UserTypeStep::Field(field.field)]));
                }
            }
            PatKind::Variant { adt_def, variant_index, subpatterns, .. } => {
                let variant = self.tcx.adt_def(*adt_def).variants.get(*variant_index);
                for field in subpatterns {
                    let name = variant.map(|variant| UserTypeStep::Downcast(variant.name, *variant_index));
                    let steps: Vec<_> = name.into_iter().chain([UserTypeStep::Field(field.field)]).collect();
                    visit(self, &field.pattern, &step(&types, &steps));
                }
            }
            PatKind::Or { pats } => pats.iter().for_each(|pat| visit(self, pat, &types)),
            PatKind::Constant { .. } | PatKind::Range(_) | PatKind::Missing | PatKind::Wild | PatKind::Never => {}
        }
    }

    fn declare_binding(
        &mut self,
        visibility: &mut Option<SourceScope>,
        scope_span: Span,
        pat: &Pat<'tcx>,
        user_types: &UserTypes,
        has_guard: bool,
    ) {
        let PatKind::Binding { name, mode, var, ty, .. } = pat.kind else { return };
        let saved = self.source_scope;
        self.maybe_new_source_scope(pat.span, var.0);
        let visible_in = match *visibility {
            Some(scope) => scope,
            None => *visibility.insert(self.new_source_scope(scope_span)),
        };
        let source_info = self.source_info(pat.span);
        let debug_info = SourceInfo { span: pat.span, scope: visible_in };
        let for_arm_body = self.local_decls.push(LocalDecl { mutability: mode.1, ty, source_info });
        self.variables.push(for_arm_body);
        if !user_types.is_empty() {
            self.user_tys.push((for_arm_body, user_types.clone()));
        }
        // What a destructuring assignment makes is nobody's variable.
        let is_shown = name.as_str() != "lhs" || !self.body.scopes.is_assign_desugar(var);
        if is_shown {
            self.debug_info(name, debug_info, Place::from_local(for_arm_body), None);
        }
        let locals = if has_guard {
            let ty = self.tcx.mk_ref(ty, Mutability::Not);
            let decl = LocalDecl { mutability: Mutability::Not, ty, source_info };
            let ref_for_guard = self.local_decls.push(decl);
            self.variables.push(ref_for_guard);
            if is_shown {
                self.debug_info(name, debug_info, Place::from_local(ref_for_guard), None);
            }
            VarLocals::ForGuard { ref_for_guard, for_arm_body }
        } else {
            VarLocals::One(for_arm_body)
        };
        self.var_locals.insert(var, locals);
        self.source_scope = saved;
    }

    /// The variables of a pattern, each once.
    pub fn primary_bindings(pat: &Pat<'tcx>) -> Vec<(LocalVarId, Span)> {
        let mut vars = Vec::new();
        pat.walk(&mut |pat| {
            if let PatKind::Binding { var, is_primary: true, .. } = pat.kind {
                vars.push((var, pat.span));
            }
            true
        });
        vars
    }

    /// A variable's memory is in use from here on.
    pub fn storage_live_binding(
        &mut self,
        block: BasicBlock,
        var: LocalVarId,
        span: Span,
        for_guard: ForGuard,
        schedule: ScheduleDrops,
    ) -> Result<Place<'tcx>> {
        let local = self.var_local(var, for_guard, span)?;
        let info = self.source_info(span);
        self.push(block, info, StatementKind::StorageLive(local));
        if let Some(&scope) = self.body.scopes.var_scopes.get(&var.local_id())
            && schedule == ScheduleDrops::Yes
        {
            self.schedule_drop(span, scope, local, DropKind::Storage)?;
        }
        Ok(Place::from_local(local))
    }

    /// A variable has a value from here on.
    pub fn schedule_drop_for_binding(&mut self, var: LocalVarId, span: Span, for_guard: ForGuard) -> Result<()> {
        let local = self.var_local(var, for_guard, span)?;
        match self.body.scopes.var_scopes.get(&var.local_id()) {
            Some(&scope) => self.schedule_drop(span, scope, local, DropKind::Value),
            None => Ok(()),
        }
    }
}
