//! The limit to how often a function may need another instance of itself.
//!
//! A function that calls itself with bigger types needs instances without end. As in rustc, it is an error if one function
//! occurs more often than the crate's recursion limit on the way from a root to an instance.

use rustc_hash::{FxBuildHasher, FxHashMap};
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use ty::{DefId, GenericArg, Instance, LangItem, Tcx};

/// Types are dropped part by part, so drop glue may be this many times as deep.
const DROP_GLUE_FACTOR: u32 = 4;

/// An instance on the way from a root, and those before it. Only instances with arguments are on it: others are met once.
pub(crate) struct Step<'tcx> {
    def_id: DefId,
    /// How many steps there are, this one among them.
    length: u32,
    /// How many are of the same function; where that is not known, it is within the limit.
    same: Option<u32>,
    before: Path<'tcx>,
}

/// A way from a root.
pub(crate) type Path<'tcx> = Option<&'tcx Step<'tcx>>;

/// How deep a function may recur.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    limit: u32,
    drop_in_place: Option<DefId>,
}

impl Limit {
    /// None at all.
    pub const NONE: Limit = Limit { limit: u32::MAX, drop_in_place: None };

    pub fn new(tcx: Tcx<'_>, limit: u32) -> Limit {
        Limit { limit, drop_in_place: tcx.lang_item(LangItem::DropInPlace) }
    }

    /// Whether there may be so many instances of a function on a way, before another.
    pub fn allows(self, def_id: DefId, before: u32) -> bool {
        let factor = if self.drop_in_place == Some(def_id) { DROP_GLUE_FACTOR } else { 1 };
        before / factor <= self.limit
    }
}

/// Watches the ways on which instances are met.
pub(crate) struct Depths<'tcx> {
    tcx: Tcx<'tcx>,
    limit: Limit,
    /// How many instances of each function were met. Most functions have so few that their ways need not be looked at.
    instances: [Mutex<FxHashMap<DefId, u32>>; SHARDS],
    exceeded: AtomicBool,
}

const SHARDS: usize = 16;

impl<'tcx> Depths<'tcx> {
    pub fn new(tcx: Tcx<'tcx>, limit: Limit) -> Depths<'tcx> {
        let instances = std::array::from_fn(|_| Mutex::default());
        Depths { tcx, limit, instances, exceeded: AtomicBool::new(false) }
    }

    /// Whether a way was found too deep. Nothing more need be looked at then.
    pub fn exceeded(&self) -> bool {
        self.exceeded.load(Ordering::Relaxed)
    }

    /// The way to an instance that was met at the end of another. `None` if that is too deep.
    pub fn step(&self, before: Path<'tcx>, instance: Instance<'tcx>) -> Option<Path<'tcx>> {
        if instance.args.iter().all(|arg| matches!(arg, GenericArg::Lifetime(_))) {
            return Some(before);
        }
        let def_id = instance.def_id();
        let length = before.map_or(0, |step| step.length) + 1;
        let same = (self.count(def_id) > self.limit.limit && length > self.limit.limit)
            .then(|| same_before(before, def_id) + 1);
        if same.is_some_and(|same| !self.limit.allows(def_id, same - 1)) {
            self.exceeded.store(true, Ordering::Relaxed);
            return None;
        }
        Some(Some(self.tcx.arena().alloc(Step { def_id, length, same, before })))
    }

    fn count(&self, def_id: DefId) -> u32 {
        let shard = (FxBuildHasher.hash_one(def_id) >> 40) as usize % SHARDS;
        let mut shard = self.instances[shard].lock().unwrap_or_else(PoisonError::into_inner);
        let count = shard.entry(def_id).or_insert(0);
        *count += 1;
        *count
    }
}

/// How many instances of a function are on a way.
fn same_before(path: Path<'_>, def_id: DefId) -> u32 {
    let mut count = 0;
    let mut next = path;
    while let Some(step) = next {
        if step.def_id == def_id {
            match step.same {
                Some(same) => return count + same,
                None => count += 1,
            }
        }
        next = step.before;
    }
    count
}
