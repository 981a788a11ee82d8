//! Candidates, and the order in which they are tested.

use super::{Ascription, Binding, Bindings, Branch, Candidate, Case, Extra, FlatPat, MatchPair, MatchTree, SubBranch};
use crate::builder::Builder;
use crate::place::PlaceBuilder;
use crate::{Doubt, Result, TerminatorKind};
use indexmap::IndexMap;
use mir::{BasicBlock, SourceInfo};
use thir::{FakeReadCause, Pat};
use ty::Span;

impl<'tcx> Candidate<'tcx> {
    fn new(flat: FlatPat<'tcx>, has_guard: bool) -> Candidate<'tcx> {
        let mut candidate = Candidate {
            pairs: flat.pairs,
            subcandidates: Vec::new(),
            has_guard,
            extra: flat.extra,
            or_span: None,
            pre_binding: None,
            otherwise: None,
            false_edge_start: None,
        };
        candidate.sort_pairs();
        candidate
    }

    /// Or-patterns are tested last.
    pub fn sort_pairs(&mut self) {
        self.pairs.sort_by_key(|pair| matches!(pair.case, Case::Or { .. }));
    }

    fn starts_with_or(&self) -> bool {
        self.pairs.first().is_some_and(|pair| matches!(pair.case, Case::Or { .. }))
    }

    fn visit_leaves(&mut self, visit: &mut dyn FnMut(&mut Candidate<'tcx>) -> Result<()>) -> Result<()> {
        if self.subcandidates.is_empty() {
            return visit(self);
        }
        self.subcandidates.iter_mut().try_for_each(|candidate| candidate.visit_leaves(visit))
    }

    fn visit_leaves_rev(&mut self, visit: &mut dyn FnMut(&mut Candidate<'tcx>) -> Result<()>) -> Result<()> {
        if self.subcandidates.is_empty() {
            return visit(self);
        }
        self.subcandidates.iter_mut().rev().try_for_each(|candidate| candidate.visit_leaves_rev(visit))
    }

    fn doubt(&self) -> Box<Doubt> {
        Doubt::at("pattern", self.extra.span)
    }

    /// The alternatives, each with all that patterns around it bind.
    fn into_branches(self, outer: &mut Vec<Extra<'tcx>>, branches: &mut Vec<SubBranch<'tcx>>) -> Result<()> {
        if !self.subcandidates.is_empty() {
            outer.push(self.extra);
            for candidate in self.subcandidates {
                candidate.into_branches(outer, branches)?;
            }
            outer.pop();
            return Ok(());
        }
        let doubt = || Doubt::at("pattern", self.extra.span);
        let all = outer.iter().chain([&self.extra]);
        let ascriptions: Vec<Ascription<'tcx>> = all.clone().flat_map(|extra| extra.ascriptions.clone()).collect();
        let mut levels = all.map(|extra| &extra.bindings[..]).filter(|bindings| !bindings.is_empty());
        let mut bindings = Vec::new();
        while let Some(level) = levels.next() {
            push_bindings(&mut bindings, level, &mut levels);
        }
        branches.push(SubBranch {
            span: self.extra.span,
            success: self.pre_binding.ok_or_else(doubt)?,
            otherwise: self.otherwise.ok_or_else(doubt)?,
            bindings,
            ascriptions,
            is_never: self.extra.is_never,
        });
        Ok(())
    }
}

/// Bindings in the order of the pattern: those of an alternative stand where the or-pattern does.
fn push_bindings<'b, 'tcx: 'b>(
    flat: &mut Vec<Binding<'tcx>>,
    bindings: &'b [Bindings<'tcx>],
    inner: &mut impl Iterator<Item = &'b [Bindings<'tcx>]>,
) {
    for binding in bindings {
        match binding {
            Bindings::One(binding) => flat.push(*binding),
            Bindings::FromOrPattern => {
                if let Some(level) = inner.next() {
                    push_bindings(flat, level, inner);
                }
            }
        }
    }
}

impl<'tcx> Builder<'_, 'tcx> {
    /// Builds the tests of patterns (each with whether it has a guard) for a place. If they are refutable, it goes on in a
    /// block if none matches.
    pub(super) fn lower_match_tree(
        &mut self,
        block: BasicBlock,
        scrutinee_span: Span,
        scrutinee: &PlaceBuilder<'tcx>,
        start_span: Span,
        patterns: &[(&Pat<'tcx>, bool)],
        is_refutable: bool,
    ) -> Result<MatchTree<'tcx>> {
        let mut candidates = Vec::with_capacity(patterns.len());
        for &(pat, has_guard) in patterns {
            candidates.push(Candidate::new(FlatPat::new(self, scrutinee.clone(), pat)?, has_guard));
        }
        let fake_borrows = self.collect_fake_borrows(&candidates, scrutinee_span, scrutinee.base);
        let mut refs: Vec<_> = candidates.iter_mut().collect();
        let otherwise = self.match_candidates(start_span, scrutinee_span, block, &mut refs)?;
        // The borrow checker is not to see which tests were left out: each candidate may fall through to the next.
        let mut next_start = is_refutable.then_some(otherwise);
        for candidate in candidates.iter_mut().rev() {
            let has_guard = candidate.has_guard;
            candidate.visit_leaves_rev(&mut |leaf| {
                if let Some(next) = next_start {
                    let info = self.source_info(leaf.extra.span);
                    let old = leaf.pre_binding.ok_or_else(|| leaf.doubt())?;
                    let new = self.new_block();
                    self.false_edges(old, new, next, info);
                    leaf.pre_binding = Some(new);
                    if has_guard {
                        let new = self.new_block();
                        let old = leaf.otherwise.ok_or_else(|| leaf.doubt())?;
                        self.false_edges(new, old, next, info);
                        leaf.otherwise = Some(new);
                    }
                }
                next_start = Some(leaf.false_edge_start.ok_or_else(|| leaf.doubt())?);
                Ok(())
            })?;
        }
        if !is_refutable {
            let info = self.source_info(scrutinee_span);
            if let Some(place) = scrutinee.try_to_place(self) {
                self.push_fake_read(otherwise, info, FakeReadCause::ForMatchedPlace(None), place);
            }
            self.terminate(otherwise, info, TerminatorKind::Unreachable);
        }
        let mut branches = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let mut alternatives = Vec::new();
            candidate.into_branches(&mut Vec::new(), &mut alternatives)?;
            branches.push(alternatives);
        }
        Ok(MatchTree { branches, otherwise, fake_borrows })
    }

    fn false_edges(&mut self, from: BasicBlock, real: BasicBlock, imaginary: BasicBlock, info: SourceInfo) {
        if imaginary == real {
            return self.goto(from, info, real);
        }
        let edge = TerminatorKind::FalseEdge { real_target: real, imaginary_target: imaginary };
        self.terminate(from, info, edge);
    }

    /// Tests candidates in order. Gives the block where none matches.
    fn match_candidates(
        &mut self,
        span: Span,
        scrutinee_span: Span,
        mut start: BasicBlock,
        mut candidates: &mut [&mut Candidate<'tcx>],
    ) -> Result<BasicBlock> {
        ty::ensure_stack();
        loop {
            let Some(first) = candidates.first_mut() else { return Ok(start) };
            first.false_edge_start.get_or_insert(start);
            let (next, count) = if first.pairs.is_empty() {
                first.pre_binding = Some(start);
                let otherwise = self.new_block();
                first.otherwise = Some(otherwise);
                (otherwise, 1)
            } else if candidates.iter().any(|candidate| candidate.starts_with_or()) {
                self.expand_or_candidates(span, scrutinee_span, start, candidates)?
            } else {
                self.test_candidates(span, scrutinee_span, candidates, start)?
            };
            if count == 0 {
                return Err(Doubt::at("test that sorts no pattern", span));
            }
            start = next;
            candidates = &mut candidates[count..];
        }
    }

    /// Replaces or-patterns by their alternatives, up to a candidate that has more to be tested. Gives how many candidates
    /// are done.
    fn expand_or_candidates(
        &mut self,
        span: Span,
        scrutinee_span: Span,
        start: BasicBlock,
        candidates: &mut [&mut Candidate<'tcx>],
    ) -> Result<(BasicBlock, usize)> {
        let last = candidates.iter().position(|candidate| candidate.pairs.len() > 1 && candidate.starts_with_or());
        let count = last.map_or(candidates.len(), |at| at + 1);
        let expanding = &mut candidates[..count];
        let mut expanded: Vec<&mut Candidate<'tcx>> = Vec::new();
        for candidate in expanding.iter_mut() {
            if !candidate.starts_with_or() {
                expanded.push(candidate);
                continue;
            }
            let pair = candidate.pairs.remove(0);
            Self::make_subcandidates(candidate, pair);
            expanded.extend(candidate.subcandidates.iter_mut());
        }
        let rest = self.match_candidates(span, scrutinee_span, start, &mut expanded)?;
        for candidate in expanding.iter_mut() {
            if !candidate.subcandidates.is_empty() {
                self.merge_trivial_subcandidates(candidate)?;
                self.remove_never_subcandidates(candidate)?;
            }
        }
        if let Some(last) = expanding.last_mut() {
            self.test_rest_after_or(span, scrutinee_span, last)?;
        }
        Ok((rest, count))
    }

    fn make_subcandidates(candidate: &mut Candidate<'tcx>, pair: MatchPair<'tcx>) {
        let Case::Or { pats } = pair.case else { return };
        candidate.or_span = Some(pair.span);
        candidate.subcandidates = pats.into_iter().map(|flat| Candidate::new(flat, candidate.has_guard)).collect();
        if let Some(first) = candidate.subcandidates.first_mut() {
            first.false_edge_start = candidate.false_edge_start;
        }
    }

    /// Alternatives that bind nothing are one branch.
    fn merge_trivial_subcandidates(&mut self, candidate: &mut Candidate<'tcx>) -> Result<()> {
        let is_trivial = |candidate: &Candidate<'tcx>| {
            candidate.subcandidates.is_empty()
                && candidate.extra.bindings.is_empty()
                && candidate.extra.ascriptions.is_empty()
        };
        if candidate.has_guard || !candidate.subcandidates.iter().all(is_trivial) {
            return Ok(());
        }
        let shared = self.new_block();
        let or_span = candidate.or_span.take().ok_or_else(|| candidate.doubt())?;
        let info = self.source_info(or_span);
        if candidate.false_edge_start.is_none() {
            candidate.false_edge_start = candidate.subcandidates.first().and_then(|first| first.false_edge_start);
        }
        for alternative in std::mem::take(&mut candidate.subcandidates) {
            let block = alternative.pre_binding.ok_or_else(|| alternative.doubt())?;
            self.goto(block, info, shared);
            candidate.otherwise = alternative.otherwise;
        }
        candidate.pre_binding = Some(shared);
        Ok(())
    }

    /// Alternatives that cannot match are no branches.
    fn remove_never_subcandidates(&mut self, candidate: &mut Candidate<'tcx>) -> Result<()> {
        let Some(first) = candidate.subcandidates.first() else { return Ok(()) };
        let start = first.false_edge_start;
        let (never, others) = std::mem::take(&mut candidate.subcandidates)
            .into_iter()
            .partition::<Vec<_>, _>(|candidate| candidate.extra.is_never);
        for mut alternative in never {
            alternative.visit_leaves(&mut |leaf| {
                let block = leaf.pre_binding.ok_or_else(|| leaf.doubt())?;
                let info = self.source_info(leaf.extra.span);
                self.terminate(block, info, TerminatorKind::Unreachable);
                Ok(())
            })?;
        }
        candidate.subcandidates = others;
        if candidate.subcandidates.is_empty() {
            let block = self.new_block();
            candidate.pre_binding = Some(block);
            candidate.otherwise = Some(block);
            candidate.false_edge_start = candidate.false_edge_start.or(start);
        }
        Ok(())
    }

    /// What is left to be tested after an or-pattern is tested for each of its alternatives.
    fn test_rest_after_or(&mut self, span: Span, scrutinee_span: Span, candidate: &mut Candidate<'tcx>) -> Result<()> {
        if candidate.pairs.is_empty() {
            return Ok(());
        }
        let info = self.source_info(candidate.or_span.unwrap_or(candidate.extra.span));
        let mut last_otherwise = None;
        candidate.visit_leaves(&mut |leaf| {
            last_otherwise = leaf.otherwise;
            Ok(())
        })?;
        let pairs = std::mem::take(&mut candidate.pairs);
        candidate.visit_leaves(&mut |leaf| {
            leaf.pairs.extend(pairs.iter().cloned());
            let start = leaf.pre_binding.ok_or_else(|| leaf.doubt())?;
            // If the rest does not match, the next alternative may: only a guard makes a difference.
            let leaf_otherwise = if leaf.has_guard { leaf.otherwise } else { last_otherwise };
            let (has_guard, doubt) = (leaf.has_guard, leaf.doubt());
            let otherwise = self.match_candidates(span, scrutinee_span, start, &mut [&mut *leaf])?;
            let target = if has_guard { leaf.otherwise.or(leaf_otherwise) } else { leaf_otherwise };
            self.goto(otherwise, info, target.ok_or(doubt)?);
            Ok(())
        })
    }

    /// Tests the first candidate's first pair, and sorts those candidates by it that it says something about. Gives the block
    /// where the others are tested, and how many are sorted.
    fn test_candidates(
        &mut self,
        span: Span,
        scrutinee_span: Span,
        candidates: &mut [&mut Candidate<'tcx>],
        start: BasicBlock,
    ) -> Result<(BasicBlock, usize)> {
        let doubt = || Doubt::at("pattern", span);
        let pair = candidates.first().and_then(|candidate| candidate.pairs.first()).ok_or_else(doubt)?;
        let test = self.test_for(pair)?;
        let place = pair.place.ok_or_else(doubt)?;
        let branches = self.sort_candidates(place, &test, candidates);
        let count = branches.len();
        let mut buckets: IndexMap<Branch<'tcx>, Vec<&mut Candidate<'tcx>>> = IndexMap::new();
        for (candidate, branch) in candidates.iter_mut().zip(branches) {
            buckets.entry(branch).or_default().push(candidate);
        }
        let remainder = self.new_block();
        let mut targets = IndexMap::new();
        for (branch, mut candidates) in buckets {
            let branch_start = self.new_block();
            let otherwise = self.match_candidates(span, scrutinee_span, branch_start, &mut candidates)?;
            let info = self.source_info(span);
            self.goto(otherwise, info, remainder);
            targets.insert(branch, branch_start);
        }
        self.perform_test(span, scrutinee_span, start, remainder, place, &test, &targets)?;
        Ok((remainder, count))
    }
}
