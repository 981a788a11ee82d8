//! Borrows of what is matched, for the time of guards: the borrow checker sees if a guard changes it.

use super::{Bindings, Candidate, Case, Extra, MatchPair};
use crate::builder::Builder;
use crate::place::PlaceBase;
use indexmap::IndexSet;
use mir::{Local, Place, ProjectionElem};
use rustc_hash::FxBuildHasher;
use ty::{Mutability, Span};

struct Collector<'tcx> {
    base: PlaceBase,
    places: IndexSet<Place<'tcx>, FxBuildHasher>,
}

impl<'tcx> Builder<'_, 'tcx> {
    /// What must be borrowed while guards run, and a local for each borrow.
    pub(super) fn collect_fake_borrows(
        &mut self,
        candidates: &[Candidate<'tcx>],
        span: Span,
        base: PlaceBase,
    ) -> Vec<(Place<'tcx>, Local)> {
        if candidates.iter().all(|candidate| !candidate.has_guard) {
            return Vec::new();
        }
        let mut collector = Collector { base, places: IndexSet::default() };
        for candidate in candidates {
            collector.part(&candidate.extra, &candidate.pairs);
        }
        let borrow = |place: Place<'tcx>| {
            let ty = self.tcx.mk_ref(self.ty_of(place), Mutability::Not);
            (place, self.new_local(ty, span, Mutability::Mut))
        };
        collector.places.into_iter().map(borrow).collect()
    }
}

impl<'tcx> Collector<'tcx> {
    fn part(&mut self, extra: &Extra<'tcx>, pairs: &[MatchPair<'tcx>]) {
        for bindings in &extra.bindings {
            if let Bindings::One(binding) = bindings
                && (self.base == PlaceBase::Local(binding.source.local) || matches!(self.base, PlaceBase::Upvar(_)))
            {
                self.prefixes(binding.source);
            }
        }
        pairs.iter().for_each(|pair| self.pair(pair));
    }

    fn pair(&mut self, pair: &MatchPair<'tcx>) {
        match &pair.case {
            Case::Or { pats } => pats.iter().for_each(|flat| self.part(&flat.extra, &flat.pairs)),
            case => {
                if let Some(place) = pair.place {
                    self.place(place);
                }
                if !matches!(case, Case::Deref { .. }) {
                    pair.subpairs.iter().for_each(|pair| self.pair(pair));
                }
            }
        }
    }

    fn place(&mut self, place: Place<'tcx>) {
        if self.places.insert(place) {
            self.prefixes(place);
        }
    }

    /// The pointers that a place goes through.
    fn prefixes(&mut self, place: Place<'tcx>) {
        for (at, elem) in place.projection.iter().enumerate().rev() {
            if *elem == ProjectionElem::Deref {
                let prefix = Place { local: place.local, projection: &place.projection[..at] };
                if !self.places.insert(prefix) {
                    return;
                }
            }
        }
    }
}
