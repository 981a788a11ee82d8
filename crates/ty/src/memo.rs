//! Concurrent caches of pure functions.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use std::hash::{BuildHasher, Hash};
use std::sync::RwLock;

const SHARDS: usize = 16;

/// Remembers the results of a pure function of `K`. Several threads may compute the same entry at once; the first to
/// finish wins, and all see its value.
pub struct Memo<K, V> {
    shards: [RwLock<HashMap<K, V, FxBuildHasher>>; SHARDS],
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Memo { shards: std::array::from_fn(|_| RwLock::new(HashMap::default())) }
    }
}

impl<K: Hash + Eq, V: Copy> Memo<K, V> {
    fn shard(&self, key: &K) -> &RwLock<HashMap<K, V, FxBuildHasher>> {
        &self.shards[(FxBuildHasher.hash_one(key) >> 40) as usize % SHARDS]
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.shard(key).read().unwrap_or_else(|poison| poison.into_inner()).get(key).copied()
    }

    /// Keeps the first value given for a key, and gives it.
    pub fn insert(&self, key: K, value: V) -> V {
        let mut shard = self.shard(&key).write().unwrap_or_else(|poison| poison.into_inner());
        *shard.entry(key).or_insert(value)
    }

    /// The remembered value, or that of `compute`, which may use this memo itself.
    pub fn get_or(&self, key: K, compute: impl FnOnce() -> V) -> V {
        match self.get(&key) {
            Some(value) => value,
            None => {
                let value = compute();
                self.insert(key, value)
            }
        }
    }
}
