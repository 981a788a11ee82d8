//! Going from what is lowered to what it refers to, until nothing new is met.

use crate::lasting::Lasting;
use crate::{One, is_made_here, lower_one, name};
use lower::{LowerCx, LowerError, Use};
use rayon::Scope;
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::collections::VecDeque;
use std::hash::{BuildHasher, Hash};
use std::sync::{Mutex, PoisonError};
use ty::Symbol;

/// Something that was met, and what came of it.
pub(crate) struct Found<'tcx> {
    pub item: Use<'tcx>,
    pub result: Result<One<'tcx>, LowerError>,
}

impl Found<'_> {
    pub fn has_failed(&self) -> bool {
        match &self.result {
            Ok(One::Function(function)) => !function.faults.is_empty(),
            Ok(One::Data(_)) => false,
            Err(_) => true,
        }
    }
}

/// What has been met so far.
pub(crate) struct Discovery<'a, 'tcx> {
    cx: &'a LowerCx<'tcx>,
    lasting: &'a Lasting<'a, 'tcx>,
    seen: ConcurrentSet<Use<'tcx>>,
    /// Different items may have one name, if they are the same code or memory.
    names: ConcurrentSet<Symbol>,
}

impl<'a, 'tcx> Discovery<'a, 'tcx> {
    pub fn new(cx: &'a LowerCx<'tcx>, lasting: &'a Lasting<'a, 'tcx>) -> Self {
        Discovery { cx, lasting, seen: ConcurrentSet::default(), names: ConcurrentSet::default() }
    }

    /// Whether an item is to be lowered. Only once.
    fn is_wanted(&self, item: Use<'tcx>) -> bool {
        self.seen.insert(item)
            && is_made_here(self.cx, item)
            && self.names.insert(name(self.cx, item))
            && !self.lasting.is_there(item)
    }

    /// Lowers everything on all cores. The order of the results is any.
    pub fn on_all_cores(&self, start: &[Use<'tcx>]) -> Vec<Found<'tcx>> {
        let found = Mutex::new(Vec::new());
        rayon::scope(|scope| self.spawn_wanted(scope, &found, start));
        found.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn spawn_wanted<'s>(&'s self, scope: &Scope<'s>, found: &'s Mutex<Vec<Found<'tcx>>>, items: &[Use<'tcx>]) {
        for &item in items.iter().filter(|&&item| self.is_wanted(item)) {
            scope.spawn(move |scope| {
                let result = lower_one(self.cx, item);
                self.spawn_wanted(scope, found, uses(&result));
                found.lock().unwrap_or_else(PoisonError::into_inner).push(Found { item, result });
            });
        }
    }

    /// Lowers everything in the order in which it is met, breadth first.
    pub fn in_order(&self, start: &[Use<'tcx>]) -> Vec<Found<'tcx>> {
        let mut queue: VecDeque<Use<'tcx>> = start.iter().copied().collect();
        let mut found = Vec::new();
        while let Some(item) = queue.pop_front() {
            if self.is_wanted(item) {
                let result = lower_one(self.cx, item);
                queue.extend(uses(&result));
                found.push(Found { item, result });
            }
        }
        found
    }
}

fn uses<'r, 'tcx>(result: &'r Result<One<'tcx>, LowerError>) -> &'r [Use<'tcx>] {
    match result {
        Ok(One::Function(function)) => &function.uses,
        Ok(One::Data(data)) => &data.uses,
        Err(_) => &[],
    }
}

const SHARDS: usize = 16;

/// A set that threads add to.
struct ConcurrentSet<T> {
    shards: [Mutex<FxHashSet<T>>; SHARDS],
}

impl<T> Default for ConcurrentSet<T> {
    fn default() -> Self {
        ConcurrentSet { shards: std::array::from_fn(|_| Mutex::default()) }
    }
}

impl<T: Hash + Eq> ConcurrentSet<T> {
    /// False if the value is there already.
    fn insert(&self, value: T) -> bool {
        let shard = (FxBuildHasher.hash_one(&value) >> 40) as usize % SHARDS;
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner).insert(value)
    }
}
