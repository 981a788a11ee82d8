//! Going from what is lowered to what it refers to, until nothing new is met.

use crate::depth::{Depths, Limit, Path};
use crate::lasting::Lasting;
use crate::{One, is_made_here, lower_one, name};
use lower::{LowerCx, LowerError, Use};
use rayon::Scope;
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::hash::{BuildHasher, Hash};
use std::sync::{Mutex, MutexGuard, PoisonError};
use ty::{AllocId, Instance, Symbol};

/// Something that was met, and what came of it.
pub(crate) struct Found<'tcx> {
    pub item: Use<'tcx>,
    /// How it was met.
    pub path: Path<'tcx>,
    pub result: Result<One<'tcx>, LowerError>,
}

/// What has been met so far.
pub(crate) struct Discovery<'a, 'tcx> {
    cx: &'a LowerCx<'tcx>,
    lasting: &'a Lasting<'a, 'tcx>,
    seen: ConcurrentSet<Use<'tcx>>,
    /// Different items may have one name, if they are the same code or memory.
    names: ConcurrentSet<Symbol>,
    /// Functions that are mentioned and not used.
    mentioned: ConcurrentSet<Instance<'tcx>>,
    /// Constant memory that was looked through for functions.
    memory: ConcurrentSet<AllocId>,
    depths: Depths<'tcx>,
}

impl<'a, 'tcx> Discovery<'a, 'tcx> {
    pub fn new(cx: &'a LowerCx<'tcx>, lasting: &'a Lasting<'a, 'tcx>, limit: Limit) -> Self {
        Discovery {
            cx,
            lasting,
            seen: ConcurrentSet::default(),
            names: ConcurrentSet::default(),
            mentioned: ConcurrentSet::default(),
            memory: ConcurrentSet::default(),
            depths: Depths::new(cx.tcx, limit),
        }
    }

    /// Whether instances need instances of the same function deeper than the limit. Not everything was met then.
    pub fn exceeded(&self) -> bool {
        self.depths.exceeded()
    }

    /// See [`Depths::step`].
    pub fn step(&self, before: Path<'tcx>, instance: Instance<'tcx>) -> Option<Path<'tcx>> {
        self.depths.step(before, instance)
    }

    /// Whether the constants of a function that is mentioned are to be checked: not if it is used, which checks them, nor if it
    /// was compiled for an earlier build. Only once.
    pub fn is_to_be_checked(&self, instance: Instance<'tcx>) -> bool {
        let item = Use::Function(instance);
        !self.seen.contains(&item) && self.mentioned.insert(instance) && !self.lasting.is_there(item)
    }

    /// Whether constant memory is to be looked through for functions. Only once.
    pub fn is_new_memory(&self, id: AllocId) -> bool {
        self.memory.insert(id)
    }

    fn lower(&self, item: Use<'tcx>, before: Path<'tcx>) -> Option<Found<'tcx>> {
        let path = match item {
            Use::Function(instance) => self.step(before, instance)?,
            Use::Static(_) | Use::Alloc(_) => before,
        };
        Some(Found { item, path, result: lower_one(self.cx, item) })
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
        rayon::scope(|scope| self.spawn_wanted(scope, &found, start, None));
        found.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn spawn_wanted<'s>(
        &'s self,
        scope: &Scope<'s>,
        found: &'s Mutex<Vec<Found<'tcx>>>,
        items: &[Use<'tcx>],
        before: Path<'tcx>,
    ) {
        for &item in items.iter().filter(|&&item| self.is_wanted(item)) {
            scope.spawn(move |scope| {
                if self.exceeded() {
                    return;
                }
                let Some(lowered) = self.lower(item, before) else { return };
                self.spawn_wanted(scope, found, uses(&lowered.result), lowered.path);
                found.lock().unwrap_or_else(PoisonError::into_inner).push(lowered);
            });
        }
    }

    /// Lowers everything in one order, depth first: were it breadth first, a function that needs two more instances of itself
    /// would be met a great many times before the limit is.
    pub fn in_order(&self, start: &[Use<'tcx>]) -> Vec<Found<'tcx>> {
        let mut rest: Vec<(Use<'tcx>, Path<'tcx>)> = start.iter().rev().map(|&item| (item, None)).collect();
        let mut found = Vec::new();
        while let Some((item, before)) = rest.pop() {
            if !self.is_wanted(item) {
                continue;
            }
            let Some(lowered) = self.lower(item, before) else { break };
            rest.extend(uses(&lowered.result).iter().rev().map(|&item| (item, lowered.path)));
            found.push(lowered);
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
    fn shard(&self, value: &T) -> MutexGuard<'_, FxHashSet<T>> {
        let shard = (FxBuildHasher.hash_one(value) >> 40) as usize % SHARDS;
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// False if the value is there already.
    fn insert(&self, value: T) -> bool {
        self.shard(&value).insert(value)
    }

    fn contains(&self, value: &T) -> bool {
        self.shard(value).contains(value)
    }
}
