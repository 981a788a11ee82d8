//! One table for all that is the same where it is equal.

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::{BuildHasher, Hash};
use std::sync::Mutex;

const SHARDS: usize = 16;

/// A sharded table of interned references, with the hashes of what they refer to.
pub struct Interner<'tcx, T: ?Sized> {
    shards: [Mutex<HashTable<(u64, &'tcx T)>>; SHARDS],
}

impl<T: ?Sized> Default for Interner<'_, T> {
    fn default() -> Self {
        Interner { shards: std::array::from_fn(|_| Mutex::new(HashTable::new())) }
    }
}

impl<'tcx, T: ?Sized> Interner<'tcx, T> {
    /// The entry of a key, made if there is none.
    pub fn intern<K: Hash + ?Sized>(
        &self,
        key: &K,
        same: impl Fn(&T) -> bool,
        make: impl FnOnce() -> &'tcx T,
    ) -> &'tcx T {
        let hash = FxBuildHasher.hash_one(key);
        let mut table = self.shards[(hash >> 40) as usize % SHARDS].lock().unwrap_or_else(|poison| poison.into_inner());
        if let Some(&(_, found)) = table.find(hash, |(known, entry)| *known == hash && same(entry)) {
            return found;
        }
        let made = make();
        table.insert_unique(hash, (hash, made), |(hash, _)| *hash);
        made
    }
}
