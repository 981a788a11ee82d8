//! Going from what is lowered to what it refers to, until nothing new is met.

use crate::lasting::Lasting;
use crate::symbols::{Clash, Contested, in_order};
use crate::{One, is_made_here, lower_one, name};
use lower::{LowerCx, LowerError, Use};
use rayon::Scope;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::collections::VecDeque;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hash};
use std::sync::{Mutex, PoisonError};
use ty::Symbol;

/// Something that was met, and what came of it.
pub(crate) struct Found<'tcx> {
    pub item: Use<'tcx>,
    pub result: Result<One<'tcx>, LowerError>,
}

/// What has been met so far.
pub(crate) struct Discovery<'a, 'tcx> {
    cx: &'a LowerCx<'tcx>,
    lasting: &'a Lasting<'a, 'tcx>,
    contested: &'a Contested<'tcx>,
    seen: ConcurrentMap<Use<'tcx>, ()>,
    /// Whose a name is. Different items may have one name, if they are the same code or memory.
    names: ConcurrentMap<Symbol, Use<'tcx>>,
    losers: Mutex<FxHashSet<Use<'tcx>>>,
    clashes: Mutex<Vec<Clash<'tcx>>>,
}

/// What there is besides what was found.
pub(crate) struct Met<'tcx> {
    /// What was referred to but has no name, as another has it.
    pub losers: FxHashSet<Use<'tcx>>,
    /// What is different and has one name.
    pub clashes: Vec<Clash<'tcx>>,
}

impl<'a, 'tcx> Discovery<'a, 'tcx> {
    pub fn new(cx: &'a LowerCx<'tcx>, lasting: &'a Lasting<'a, 'tcx>, contested: &'a Contested<'tcx>) -> Self {
        Discovery {
            cx,
            lasting,
            contested,
            seen: ConcurrentMap::default(),
            names: ConcurrentMap::default(),
            losers: Mutex::default(),
            clashes: Mutex::default(),
        }
    }

    /// Whether an item is to be lowered. Only once.
    fn is_wanted(&self, item: Use<'tcx>) -> bool {
        if self.seen.insert(item, ()).is_some() || !is_made_here(self.cx, item) {
            return false;
        }
        if self.contested.is_loser(item) {
            self.losers.lock().unwrap_or_else(PoisonError::into_inner).insert(item);
            return false;
        }
        let name = name(self.cx, item);
        if let Some(owner) = self.names.insert(name, item) {
            self.compare(name, owner, item);
            return false;
        }
        !self.lasting.is_there(item)
    }

    /// Two items of one name. If the name is mangled they are the same code, whatever tells them apart.
    fn compare(&self, symbol: Symbol, owner: Use<'tcx>, item: Use<'tcx>) {
        let has_own_name = |item| match item {
            Use::Function(instance) => self.cx.mangler.fixed_symbol_name(instance).is_some(),
            Use::Static(_) => true,
            Use::Alloc(_) => false,
        };
        if has_own_name(owner) || has_own_name(item) {
            let (first, second) = in_order(self.cx, owner, item);
            let clash = Clash { symbol, first, second, is_entry: false };
            self.clashes.lock().unwrap_or_else(PoisonError::into_inner).push(clash);
        }
    }

    /// What was met besides, once everything has been found.
    pub fn into_met(self) -> Met<'tcx> {
        Met {
            losers: self.losers.into_inner().unwrap_or_else(PoisonError::into_inner),
            clashes: self.clashes.into_inner().unwrap_or_else(PoisonError::into_inner),
        }
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

/// A map that threads add to.
struct ConcurrentMap<K, V> {
    shards: [Mutex<FxHashMap<K, V>>; SHARDS],
}

impl<K, V> Default for ConcurrentMap<K, V> {
    fn default() -> Self {
        ConcurrentMap { shards: std::array::from_fn(|_| Mutex::default()) }
    }
}

impl<K: Hash + Eq, V: Copy> ConcurrentMap<K, V> {
    /// What is there for the key already, which stays.
    fn insert(&self, key: K, value: V) -> Option<V> {
        let shard = (FxBuildHasher.hash_one(&key) >> 40) as usize % SHARDS;
        match self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner).entry(key) {
            Entry::Occupied(entry) => Some(*entry.get()),
            Entry::Vacant(entry) => {
                entry.insert(value);
                None
            }
        }
    }
}
