//! Interned strings.

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Mutex, OnceLock};

/// An interned string: copyable, compared by pointer.
///
/// The table belongs to the process and only grows. Names are few and short-lived programs many, so freeing them would
/// buy little, and a lifetime on every name would cost much.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Symbol(&'static Entry);

struct Entry {
    text: &'static str,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        std::ptr::eq(self, other)
    }
}
impl Eq for Entry {}

const SHARDS: usize = 16;

/// The symbols, with their texts' hashes.
type Shard = Mutex<HashTable<(u64, &'static Entry)>>;

fn table() -> &'static [Shard; SHARDS] {
    static TABLE: OnceLock<[Shard; SHARDS]> = OnceLock::new();
    TABLE.get_or_init(|| std::array::from_fn(|_| Mutex::new(HashTable::new())))
}

impl Symbol {
    /// The symbol of a string.
    pub fn intern(text: &str) -> Symbol {
        let hash = FxBuildHasher.hash_one(text);
        let mut shard = table()[(hash >> 40) as usize % SHARDS].lock().expect("no panic while interning");
        if let Some((_, entry)) = shard.find(hash, |(known, entry)| *known == hash && entry.text == text) {
            return Symbol(entry);
        }
        let text: &'static str = Box::leak(text.into());
        let entry: &'static Entry = Box::leak(Box::new(Entry { text }));
        shard.insert_unique(hash, (hash, entry), |(hash, _)| *hash);
        Symbol(entry)
    }

    pub fn as_str(self) -> &'static str {
        self.0.text
    }
}

impl Hash for Symbol {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::hash(self.0, state);
    }
}
impl PartialOrd for Symbol {
    fn partial_cmp(&self, other: &Symbol) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Symbol {
    fn cmp(&self, other: &Symbol) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}
impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
