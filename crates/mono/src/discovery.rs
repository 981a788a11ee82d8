//! Lowers items, then the items that they refer to, until nothing new is met.

use crate::contexts::{Context, Contexts, Item};
use crate::depth::{Depths, Limit, Path};
use crate::stable::Stability;
use crate::symbols::{Clash, Contested, in_order};
use crate::{One, is_made_here, lower_one, name};
use lower::{LowerError, Use};
use rayon::Scope;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hash};
use std::sync::{Mutex, MutexGuard, PoisonError};
use ty::{Instance, Symbol};

/// Something that was met, and what came of it.
pub(crate) struct Found<'tcx> {
    pub item: Item<'tcx>,
    /// How it was met.
    pub path: Path<'tcx>,
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

/// The items met so far.
pub(crate) struct Discovery<'a, 'tcx> {
    contexts: &'a Contexts<'a, 'tcx>,
    stability: &'a Stability<'a, 'tcx>,
    contested: &'a Contested<'tcx>,
    seen: ConcurrentMap<Item<'tcx>, ()>,
    /// Whose a name is. Different items may have one name, if they are the same code or memory.
    names: ConcurrentMap<Symbol, Item<'tcx>>,
    losers: Mutex<FxHashSet<Use<'tcx>>>,
    clashes: Mutex<Vec<Clash<'tcx>>>,
    /// Functions that are mentioned and not used.
    mentioned: ConcurrentMap<Item<'tcx>, ()>,
    /// Constant memory that was looked through for functions.
    memory: ConcurrentMap<Item<'tcx>, ()>,
    depths: Depths<'tcx>,
}

/// Definitions that share their name with others.
pub(crate) struct Met<'tcx> {
    /// Those whose name another definition has.
    pub losers: FxHashSet<Use<'tcx>>,
    /// Those that differ and cannot give way.
    pub clashes: Vec<Clash<'tcx>>,
}

impl<'a, 'tcx> Discovery<'a, 'tcx> {
    pub fn new(
        contexts: &'a Contexts<'a, 'tcx>,
        stability: &'a Stability<'a, 'tcx>,
        contested: &'a Contested<'tcx>,
        limit: Limit,
    ) -> Self {
        Discovery {
            contexts,
            stability,
            contested,
            seen: ConcurrentMap::default(),
            names: ConcurrentMap::default(),
            losers: Mutex::default(),
            clashes: Mutex::default(),
            mentioned: ConcurrentMap::default(),
            memory: ConcurrentMap::default(),
            depths: Depths::new(contexts.own().tcx, limit),
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
    pub fn is_to_be_checked(&self, item: Item<'tcx>) -> bool {
        !self.seen.contains(&item) && self.mentioned.insert(item, ()).is_none() && !self.stability.is_there(item)
    }

    /// Whether constant memory or a static is to be looked through for functions. Only once.
    pub fn is_new_memory(&self, memory: Item<'tcx>) -> bool {
        self.memory.insert(memory, ()).is_none()
    }

    fn lower(&self, item: Item<'tcx>, before: Path<'tcx>) -> Option<Found<'tcx>> {
        let path = match item.what {
            Use::Function(instance) => self.step(before, instance)?,
            Use::Static(_) | Use::Alloc(_) => before,
        };
        Some(Found { item, path, result: lower_one(self.contexts.cx(item), item.what) })
    }

    /// Whether an item is to be lowered. Only once.
    fn is_wanted(&self, item: Item<'tcx>) -> bool {
        let cx = self.contexts.cx(item);
        if self.seen.insert(item, ()).is_some() || !is_made_here(cx, item.what) {
            return false;
        }
        if self.contested.is_loser(item.what) {
            self.losers.lock().unwrap_or_else(PoisonError::into_inner).insert(item.what);
            return false;
        }
        let name = name(cx, item.what);
        if let Some(owner) = self.names.insert(name, item) {
            self.compare(name, owner, item);
            return false;
        }
        !self.stability.is_there(item)
    }

    /// Two items of one name. If the name is mangled they are the same code, whatever tells them apart.
    fn compare(&self, symbol: Symbol, owner: Item<'tcx>, item: Item<'tcx>) {
        let (owner, item) = (owner.what, item.what);
        let cx = self.contexts.own();
        let has_own_name = |item| match item {
            Use::Function(instance) => cx.mangler.fixed_symbol_name(instance).is_some(),
            Use::Static(_) => true,
            Use::Alloc(_) => false,
        };
        if owner != item && (has_own_name(owner) || has_own_name(item)) {
            let (first, second) = in_order(cx, owner, item);
            let clash = Clash { symbol, first, second, is_entry: false };
            self.clashes.lock().unwrap_or_else(PoisonError::into_inner).push(clash);
        }
    }

    /// What was met besides, once everything has been found.
    pub fn take_met(&self) -> Met<'tcx> {
        Met {
            losers: std::mem::take(&mut *self.losers.lock().unwrap_or_else(PoisonError::into_inner)),
            clashes: std::mem::take(&mut *self.clashes.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Lowers everything on all cores. The order of the results is any.
    pub fn on_all_cores(&self, start: &[Use<'tcx>]) -> Vec<Found<'tcx>> {
        let found = Mutex::new(Vec::new());
        rayon::scope(|scope| self.spawn_wanted(scope, &found, 0, start, None));
        found.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn spawn_wanted<'s>(
        &'s self,
        scope: &Scope<'s>,
        found: &'s Mutex<Vec<Found<'tcx>>>,
        context: Context,
        uses: &[Use<'tcx>],
        before: Path<'tcx>,
    ) {
        let items = uses.iter().map(|&what| self.contexts.used_in(context, what));
        for item in items.filter(|&item| self.is_wanted(item)) {
            scope.spawn(move |scope| {
                if self.exceeded() {
                    return;
                }
                let Some(lowered) = self.lower(item, before) else { return };
                self.spawn_wanted(scope, found, item.context, uses_of(&lowered.result), lowered.path);
                found.lock().unwrap_or_else(PoisonError::into_inner).push(lowered);
            });
        }
    }

    /// Lowers everything in one order, depth first: were it breadth first, a function that needs two more instances of itself
    /// would be met a great many times before the limit is.
    pub fn in_order(&self, start: &[Use<'tcx>]) -> Vec<Found<'tcx>> {
        let mut rest: Vec<(Item<'tcx>, Path<'tcx>)> =
            start.iter().rev().map(|&what| (self.contexts.of_own(what), None)).collect();
        let mut found = Vec::new();
        while let Some((item, before)) = rest.pop() {
            if !self.is_wanted(item) {
                continue;
            }
            let Some(lowered) = self.lower(item, before) else { break };
            let uses = uses_of(&lowered.result).iter().rev();
            rest.extend(uses.map(|&what| (self.contexts.used_in(item.context, what), lowered.path)));
            found.push(lowered);
        }
        found
    }
}

/// What an item refers to: whatever has a symbol, lowered here or not.
pub(crate) fn uses_of<'r, 'tcx>(result: &'r Result<One<'tcx>, LowerError>) -> &'r [Use<'tcx>] {
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
    fn shard(&self, key: &K) -> MutexGuard<'_, FxHashMap<K, V>> {
        let shard = (FxBuildHasher.hash_one(key) >> 40) as usize % SHARDS;
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is there for the key already, which stays.
    fn insert(&self, key: K, value: V) -> Option<V> {
        match self.shard(&key).entry(key) {
            Entry::Occupied(entry) => Some(*entry.get()),
            Entry::Vacant(entry) => {
                entry.insert(value);
                None
            }
        }
    }

    fn contains(&self, key: &K) -> bool {
        self.shard(key).contains_key(key)
    }
}
