//! Concurrent caches of pure functions.

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::{BuildHasher, Hash};
use std::sync::RwLock;

const SHARDS: usize = 16;

/// Remembers the results of a pure function of `K`. Several threads may compute the same entry at once; the first to
/// finish wins, and all see its value.
pub struct Memo<K, V> {
    shards: [RwLock<HashTable<Entry<K, V>>>; SHARDS],
}

struct Entry<K, V> {
    /// Hashing is much of the work: keys are whole instances and lists. A table that grows asks for all hashes again.
    hash: u64,
    key: K,
    value: V,
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Memo { shards: std::array::from_fn(|_| RwLock::new(HashTable::new())) }
    }
}

impl<K: Hash + Eq, V: Copy> Memo<K, V> {
    fn shard(&self, hash: u64) -> &RwLock<HashTable<Entry<K, V>>> {
        &self.shards[(hash >> 40) as usize % SHARDS]
    }

    /// The remembered value.
    pub fn get(&self, key: &K) -> Option<V> {
        self.get_hashed(FxBuildHasher.hash_one(key), key)
    }

    fn get_hashed(&self, hash: u64, key: &K) -> Option<V> {
        let shard = self.shard(hash).read().unwrap_or_else(|poison| poison.into_inner());
        shard.find(hash, |entry| entry.hash == hash && entry.key == *key).map(|entry| entry.value)
    }

    /// Keeps the first value given for a key, and gives it.
    pub fn insert(&self, key: K, value: V) -> V {
        self.insert_hashed(FxBuildHasher.hash_one(&key), key, value)
    }

    fn insert_hashed(&self, hash: u64, key: K, value: V) -> V {
        let mut shard = self.shard(hash).write().unwrap_or_else(|poison| poison.into_inner());
        if let Some(entry) = shard.find(hash, |entry| entry.hash == hash && entry.key == key) {
            return entry.value;
        }
        shard.insert_unique(hash, Entry { hash, key, value }, |entry| entry.hash);
        value
    }

    /// The remembered value, or that of `compute`, which may use this memo itself.
    pub fn get_or(&self, key: K, compute: impl FnOnce() -> V) -> V {
        let hash = FxBuildHasher.hash_one(&key);
        match self.get_hashed(hash, &key) {
            Some(value) => value,
            None => self.insert_hashed(hash, key, compute()),
        }
    }
}
