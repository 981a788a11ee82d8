//! Goals that are proven as far as possible, again and again as more becomes known.

use crate::ir::inherent::Ty as _;
use crate::ir::relate::solver_relating::RelateExt as _;
use crate::ir::solve::{Certainty, NoSolution};
use crate::ir::{self, AliasRelationDirection};
use crate::next_trait_solver::solve::{GoalEvaluation, GoalStalledOn, HasChanged, SolverDelegateEvalExt as _};
use crate::{Answer, Cx, Doubt, Goal, InferCx, Nowhere, ParamEnv, PredicateKind, Ty, TyKind};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What is known about a goal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It holds.
    Yes,
    /// That depends on what is not known yet, or is too deep.
    Maybe,
    /// It does not hold, whatever becomes known.
    No,
}

impl<'tcx> InferCx<'tcx> {
    /// Evaluates a goal, and keeps what follows for variables.
    pub fn evaluate(&self, goal: Goal<'tcx>) -> Answer<Outcome> {
        Ok(match self.evaluate_again(goal, None)? {
            Ok(GoalEvaluation { certainty: Certainty::Yes, .. }) => Outcome::Yes,
            Ok(_) => Outcome::Maybe,
            Err(NoSolution) => Outcome::No,
        })
    }

    /// Whether a goal holds for sure. What would follow for variables is forgotten.
    pub fn holds(&self, goal: Goal<'tcx>) -> Answer<bool> {
        self.probing(|| self.evaluate(goal)).map(|outcome| outcome == Outcome::Yes)
    }

    /// Whether a goal may hold. What would follow for variables is forgotten.
    pub fn may_hold(&self, goal: Goal<'tcx>) -> Answer<bool> {
        self.probing(|| self.evaluate(goal)).map(|outcome| outcome != Outcome::No)
    }

    fn evaluate_again(
        &self,
        goal: Goal<'tcx>,
        stalled_on: Option<GoalStalledOn<Cx<'tcx>>>,
    ) -> Answer<Result<GoalEvaluation<Cx<'tcx>>, NoSolution>> {
        self.guarded(|| self.evaluate_root_goal(goal, Nowhere, stalled_on))
    }

    /// Runs published code, which asserts what it relies on. Where that fails for a program that it was not made for, there
    /// is no answer, and no harm: each goal has a search graph of its own, and what is cached is complete. Doubts that were
    /// noted meanwhile, or as the question was made, are told. (This context may be left in the middle of a probe: who gets a
    /// doubt gives up the body, and its context with it.)
    fn guarded<R>(&self, ask: impl FnOnce() -> R) -> Answer<R> {
        let cx = self.cx();
        match catch_unwind(AssertUnwindSafe(ask)) {
            Ok(result) => match cx.take_doubt() {
                Some(doubt) => Err(doubt),
                None => Ok(result),
            },
            Err(payload) if payload.is::<ty::MetadataError>() => resume_unwind(payload),
            Err(payload) => {
                let message = payload.downcast_ref::<String>().map(String::as_str);
                let message = message.or(payload.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned();
                let earlier = cx.take_doubt();
                Err(earlier.unwrap_or_else(|| Doubt::new("an assertion of the solver's", message)))
            }
        }
    }

    /// Makes two types equal; goals that remain are added. `false` if they cannot be equal.
    pub fn equate(
        &self,
        fulfillment: &mut Fulfillment<'tcx>,
        param_env: ParamEnv<'tcx>,
        left: Ty<'tcx>,
        right: Ty<'tcx>,
    ) -> Answer<bool> {
        self.relate_types(fulfillment, param_env, left, ir::Variance::Invariant, right)
    }

    /// Makes one type a subtype of another, as [`InferCx::equate`].
    pub fn subtype(
        &self,
        fulfillment: &mut Fulfillment<'tcx>,
        param_env: ParamEnv<'tcx>,
        sub: Ty<'tcx>,
        sup: Ty<'tcx>,
    ) -> Answer<bool> {
        self.relate_types(fulfillment, param_env, sub, ir::Variance::Covariant, sup)
    }

    fn relate_types(
        &self,
        fulfillment: &mut Fulfillment<'tcx>,
        param_env: ParamEnv<'tcx>,
        left: Ty<'tcx>,
        variance: ir::Variance,
        right: Ty<'tcx>,
    ) -> Answer<bool> {
        let relate = || self.commit_if_ok(|| (**self).relate(param_env, left, variance, right, Nowhere));
        Ok(match self.guarded(relate)? {
            Ok(goals) => {
                goals.into_iter().for_each(|goal| fulfillment.add(goal));
                true
            }
            Err(_) => false,
        })
    }

    /// The type with its outermost constructor known, if it can be known now: an alias is replaced by what it stands for, as
    /// far as that is possible; what remains to be proven is added.
    pub fn structurally_normalize(
        &self,
        fulfillment: &mut Fulfillment<'tcx>,
        param_env: ParamEnv<'tcx>,
        ty: Ty<'tcx>,
    ) -> Answer<Ty<'tcx>> {
        let ty = ir::InferCtxtLike::shallow_resolve(&**self, ty);
        if !matches!(ty.kind_ref(), TyKind::Alias(..)) {
            return Ok(ty);
        }
        let value = self.new_ty_var();
        let relate = PredicateKind::AliasRelate(ty.into(), value.into(), AliasRelationDirection::Equate);
        fulfillment.add(Goal::new(self.cx(), param_env, relate));
        let failed = fulfillment.select_where_possible(self)?;
        if !failed.is_empty() {
            return Err(Doubt::new("a type that cannot be normalised", self.cx().text(ty)));
        }
        let value = self.resolved(value);
        Ok(if value.is_ty_var() { ty } else { value })
    }
}

/// Goals to be proven.
#[derive(Default)]
pub struct Fulfillment<'tcx> {
    pending: Vec<(Goal<'tcx>, Option<GoalStalledOn<Cx<'tcx>>>)>,
}

/// How often goals are looked at while each round finds out something. rustc counts per goal; a program that needs more has
/// types that grow without end.
const MOST_ROUNDS: usize = 1024;

impl<'tcx> Fulfillment<'tcx> {
    /// No goals.
    pub fn new() -> Fulfillment<'tcx> {
        Fulfillment::default()
    }

    /// Adds a goal; it is not looked at before the next selection.
    pub fn add(&mut self, goal: Goal<'tcx>) {
        self.pending.push((goal, None));
    }

    /// Adds the goals of another, with what is known of them.
    pub fn absorb(&mut self, other: Fulfillment<'tcx>) {
        self.pending.extend(other.pending);
    }

    /// What is not proven yet.
    pub fn pending(&self) -> impl Iterator<Item = Goal<'tcx>> {
        self.pending.iter().map(|(goal, _)| *goal)
    }

    /// Proves what can be proven by now, as long as that finds out something. Gives the goals that cannot hold.
    pub fn select_where_possible(&mut self, infer: &InferCx<'tcx>) -> Answer<Vec<Goal<'tcx>>> {
        let mut failed = Vec::new();
        for _ in 0..MOST_ROUNDS {
            let mut any_changed = false;
            for (goal, stalled_on) in std::mem::take(&mut self.pending) {
                let evaluation = match infer.evaluate_again(goal, stalled_on)? {
                    Ok(evaluation) => evaluation,
                    Err(NoSolution) => {
                        failed.push(goal);
                        continue;
                    }
                };
                any_changed |= evaluation.has_changed == HasChanged::Yes;
                match evaluation.certainty {
                    Certainty::Yes => {}
                    // The evaluated goal has what was known before it in place of variables.
                    Certainty::Maybe { .. } => self.pending.push((evaluation.goal, evaluation.stalled_on)),
                }
            }
            if !any_changed {
                return Ok(failed);
            }
        }
        Err(Doubt::new("goals that are never settled", ""))
    }

    /// What goals wait for may have come about otherwise than by what became known of variables: they are looked at again.
    pub fn look_again(&mut self) {
        self.pending.iter_mut().for_each(|(_, stalled_on)| *stalled_on = None);
    }

    /// Proves all goals. Those that cannot hold, or of which it cannot be known, are given back.
    pub fn select_all(&mut self, infer: &InferCx<'tcx>) -> Answer<Vec<Goal<'tcx>>> {
        let mut failed = self.select_where_possible(infer)?;
        failed.extend(self.pending.drain(..).map(|(goal, _)| goal));
        Ok(failed)
    }
}
