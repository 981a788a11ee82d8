//! Which outcomes of a test candidates need.

use super::{Branch, Candidate, Case, ConstantKind, Test, TestKind};
use crate::builder::Builder;
use crate::expr::{range_contains, ranges_overlap};
use mir::Place;
use std::cmp::Ordering;
use ty::ValTreeKind;

/// What a test says about a pair.
struct Verdict<'tcx> {
    branch: Option<Branch<'tcx>>,
    /// The outcome says all about the pair: what is inside of it is left.
    is_matched: bool,
}

fn matched<'tcx>(branch: Branch<'tcx>) -> Verdict<'tcx> {
    Verdict { branch: Some(branch), is_matched: true }
}

fn sorted<'tcx>(branch: Option<Branch<'tcx>>) -> Verdict<'tcx> {
    Verdict { branch, is_matched: false }
}

impl<'tcx> Builder<'_, 'tcx> {
    /// The outcomes that the first candidates need, up to one that needs none: of the test alone, it may match or not.
    pub(super) fn sort_candidates(
        &mut self,
        place: Place<'tcx>,
        test: &Test<'tcx>,
        candidates: &mut [&mut Candidate<'tcx>],
    ) -> Vec<Branch<'tcx>> {
        let mut branches: Vec<Branch<'tcx>> = Vec::new();
        for at in 0..candidates.len() {
            let (before, rest) = candidates.split_at_mut(at);
            let Some(candidate) = rest.first_mut() else { break };
            let Some(number) = candidate.pairs.iter().position(|pair| pair.place == Some(place)) else { break };
            let verdict = verdict(place, test, &candidate.pairs[number].case, before, &branches);
            if verdict.is_matched {
                let pair = candidate.pairs.remove(number);
                candidate.pairs.extend(pair.subpairs);
                candidate.sort_pairs();
            }
            let Some(branch) = verdict.branch else { break };
            branches.push(branch);
        }
        branches
    }
}

fn verdict<'tcx>(
    place: Place<'tcx>,
    test: &Test<'tcx>,
    case: &Case<'tcx>,
    before: &[&mut Candidate<'tcx>],
    branches: &[Branch<'tcx>],
) -> Verdict<'tcx> {
    match (&test.kind, case) {
        (TestKind::Switch { .. }, Case::Variant { variant, .. }) => matched(Branch::Variant(*variant)),
        (TestKind::SwitchInt, Case::Constant { value, kind: ConstantKind::IntOrChar }) => {
            // A range before it that contains the value would have to be tried first.
            let covers = |candidate: &Candidate<'tcx>| {
                candidate.pairs.iter().any(|pair| match &pair.case {
                    Case::Range(range) if pair.place == Some(place) => range_contains(range, *value) != Some(false),
                    _ => false,
                })
            };
            let mut failing = before.iter().zip(branches).filter(|(_, branch)| **branch == Branch::Failure);
            match failing.any(|(candidate, _)| covers(candidate)) {
                true => sorted(None),
                false => matched(Branch::Constant(*value)),
            }
        }
        (TestKind::SwitchInt, Case::Range(range)) => {
            let is_outside = branches.iter().all(|branch| match branch {
                Branch::Constant(value) => range_contains(range, *value) == Some(false),
                _ => true,
            });
            sorted(is_outside.then_some(Branch::Failure))
        }
        (TestKind::If, Case::Constant { value, kind: ConstantKind::Bool }) => {
            let is_true = matches!(value.valtree.kind(), ValTreeKind::Leaf(leaf) if leaf.bits == 1);
            matched(if is_true { Branch::Success } else { Branch::Failure })
        }
        (TestKind::Len { len: tested, is_exact: true }, Case::Slice { len, is_exact }) => {
            match (tested.cmp(len), is_exact) {
                (Ordering::Equal, true) => matched(Branch::Success),
                (Ordering::Less, _) | (Ordering::Greater, true) => sorted(Some(Branch::Failure)),
                (Ordering::Equal | Ordering::Greater, false) => sorted(None),
            }
        }
        (TestKind::Len { len: tested, is_exact: false }, Case::Slice { len, is_exact }) => {
            match (tested.cmp(len), is_exact) {
                (Ordering::Equal, false) => matched(Branch::Success),
                (Ordering::Less, _) | (Ordering::Equal, true) => sorted(Some(Branch::Success)),
                (Ordering::Greater, true) => sorted(Some(Branch::Failure)),
                (Ordering::Greater, false) => sorted(None),
            }
        }
        (TestKind::Range(tested), Case::Range(range)) if tested == range => matched(Branch::Success),
        (TestKind::Range(tested), Case::Range(range)) => {
            let is_apart = ranges_overlap(tested, range) == Some(false);
            sorted(is_apart.then_some(Branch::Failure))
        }
        (
            TestKind::Range(range),
            Case::Constant { value, kind: ConstantKind::Bool | ConstantKind::IntOrChar | ConstantKind::Float },
        ) => {
            let is_outside = range_contains(range, *value) == Some(false);
            sorted(is_outside.then_some(Branch::Failure))
        }
        (TestKind::StringEq { value: tested }, Case::Constant { value, kind: ConstantKind::String })
        | (
            TestKind::ScalarEq { value: tested },
            Case::Constant { value, kind: ConstantKind::Float | ConstantKind::Other },
        ) => match tested == value {
            true => matched(Branch::Success),
            false => sorted(Some(Branch::Failure)),
        },
        (TestKind::Deref { temp: tested, .. }, Case::Deref { temp, .. }) if tested == temp => matched(Branch::Success),
        (TestKind::Never, _) => matched(Branch::Success),
        (
            TestKind::Switch { .. }
            | TestKind::SwitchInt
            | TestKind::If
            | TestKind::Len { .. }
            | TestKind::Range(_)
            | TestKind::StringEq { .. }
            | TestKind::ScalarEq { .. }
            | TestKind::Deref { .. },
            _,
        ) => sorted(None),
    }
}
