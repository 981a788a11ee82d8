//! Variables of patterns that matched, and guards.

use super::{Binding, ConditionArgs, LetBindings, ScheduleDrops, SubBranch};
use crate::builder::{Builder, ForGuard, last_character};
use crate::{Doubt, Result, StatementKind, TerminatorKind, UserTypeProjection};
use mir::{BasicBlock, BorrowKind, Local, Place, Rvalue};
use thir::{Arm, ByRef, FakeReadCause, Pinnedness, Scope};
use ty::{Mutability, Span};

impl<'tcx> Builder<'_, 'tcx> {
    /// Binds the variables of an alternative and tries the guard. Gives the block where the arm begins.
    pub(super) fn bind_and_guard(
        &mut self,
        branch: SubBranch<'tcx>,
        fake_borrows: &[(Place<'tcx>, Local)],
        scrutinee_span: Span,
        arm: Option<(&Arm<'tcx>, Scope)>,
        schedule: ScheduleDrops,
    ) -> Result<BasicBlock> {
        let block = branch.success;
        if branch.is_never {
            let info = self.source_info(branch.span);
            self.terminate(block, info, TerminatorKind::Unreachable);
            return Ok(self.new_block());
        }
        for ascription in &branch.ascriptions {
            let info = self.source_info(branch.span);
            let base = self.push_user_type(ascription.annotation);
            let projection = UserTypeProjection { base, projections: Vec::new() };
            let kind = StatementKind::AscribeUserType(ascription.source, projection, ascription.variance);
            self.push(block, info, kind);
        }
        let Some((arm, match_scope, guard)) = arm.and_then(|(arm, scope)| Some((arm, scope, arm.guard?))) else {
            self.bind_for_arm(block, schedule, branch.bindings.iter())?;
            return Ok(block);
        };
        self.bind_for_guard(block, &branch.bindings)?;
        self.guards.push(branch.bindings.iter().map(|binding| binding.var).collect());
        let scrutinee_info = self.source_info(scrutinee_span);
        for &(place, temp) in fake_borrows {
            let borrow = Rvalue::Ref(BorrowKind::Fake, place);
            self.push_assign(block, scrutinee_info, Place::from_local(temp), borrow);
        }
        let guard_span = self.thir[guard].span;
        let variable_info = self.source_info(arm.span);
        let (after, otherwise) = self.in_if_then_scope(match_scope, |this| {
            let mut at = block;
            let args = ConditionArgs { temp_scope: None, variable_info, bindings: LetBindings::Declared };
            this.then_else_break(&mut at, guard, args)?;
            Ok(at)
        })?;
        if schedule == ScheduleDrops::No {
            self.clear_match_arm_and_guard_scopes(arm.scope)?;
        }
        let info = self.source_info(guard_span);
        let guard_end = self.source_info(last_character(guard_span));
        self.guards.pop();
        for &(_, temp) in fake_borrows {
            self.push_fake_read(after, guard_end, FakeReadCause::ForMatchGuard, Place::from_local(temp));
        }
        self.goto(otherwise, info, branch.otherwise);
        let by_value = || branch.bindings.iter().filter(|binding| binding.mode.0 == ByRef::No);
        for binding in by_value() {
            let local = self.var_local(binding.var, ForGuard::RefWithinGuard, binding.span)?;
            self.push_fake_read(after, guard_end, FakeReadCause::ForGuardBinding, Place::from_local(local));
        }
        self.bind_for_arm(after, schedule, by_value())?;
        Ok(after)
    }

    /// A reference of a pattern.
    fn borrow(binding: &Binding<'tcx>, pin: Pinnedness, mutability: Mutability) -> Result<Rvalue<'tcx>> {
        if pin == Pinnedness::Pinned {
            return Err(Doubt::at("pinned reference in a pattern", binding.span));
        }
        let kind = if mutability.is_mut() { BorrowKind::Mut } else { BorrowKind::Shared };
        Ok(Rvalue::Ref(kind, binding.source))
    }

    /// A guard sees variables by reference: those that are values are moved only when it holds.
    fn bind_for_guard(&mut self, block: BasicBlock, bindings: &[Binding<'tcx>]) -> Result<()> {
        for binding in bindings {
            let info = self.source_info(binding.span);
            let live = |this: &mut Self, which| {
                this.storage_live_binding(block, binding.var, binding.span, which, ScheduleDrops::Yes)
            };
            let reference = live(self, ForGuard::RefWithinGuard)?;
            let target = match binding.mode.0 {
                ByRef::No => binding.source,
                ByRef::Yes(pin, mutability) => {
                    let value = live(self, ForGuard::OutsideGuard)?;
                    self.push_assign(block, info, value, Self::borrow(binding, pin, mutability)?);
                    value
                }
            };
            self.push_assign(block, info, reference, Rvalue::Ref(BorrowKind::Shared, target));
        }
        Ok(())
    }

    fn bind_for_arm<'b>(
        &mut self,
        block: BasicBlock,
        schedule: ScheduleDrops,
        bindings: impl Iterator<Item = &'b Binding<'tcx>>,
    ) -> Result<()>
    where
        'tcx: 'b,
    {
        for binding in bindings {
            let info = self.source_info(binding.span);
            let outside = ForGuard::OutsideGuard;
            let place = self.storage_live_binding(block, binding.var, binding.span, outside, schedule)?;
            if schedule == ScheduleDrops::Yes {
                self.schedule_drop_for_binding(binding.var, binding.span, outside)?;
            }
            let value = match binding.mode.0 {
                ByRef::No => Rvalue::Use(self.consume(binding.source, binding.span)?),
                ByRef::Yes(pin, mutability) => Self::borrow(binding, pin, mutability)?,
            };
            self.push_assign(block, info, place, value);
        }
        Ok(())
    }
}
