//! Interned strings.

use hashbrown::HashSet;
use rustc_hash::FxBuildHasher;
use std::fmt;
use std::hash::{Hash, Hasher};
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

struct Key(&'static Entry);
impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.0.text == other.0.text
    }
}
impl Eq for Key {}
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text.hash(state);
    }
}
struct Text<'a>(&'a str);
impl Hash for Text<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl hashbrown::Equivalent<Key> for Text<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.0 == key.0.text
    }
}

type Shard = Mutex<HashSet<Key, FxBuildHasher>>;

fn table() -> &'static [Shard; SHARDS] {
    static TABLE: OnceLock<[Shard; SHARDS]> = OnceLock::new();
    TABLE.get_or_init(|| std::array::from_fn(|_| Mutex::new(HashSet::default())))
}

impl Symbol {
    /// The symbol of a string.
    pub fn intern(text: &str) -> Symbol {
        let shard = (FxBuildHasher.hash_one(text) >> 40) as usize % SHARDS;
        let mut set = table()[shard].lock().expect("no panic while interning");
        if let Some(key) = set.get(&Text(text)) {
            return Symbol(key.0);
        }
        let text: &'static str = Box::leak(text.into());
        let entry: &'static Entry = Box::leak(Box::new(Entry { text }));
        set.insert(Key(entry));
        Symbol(entry)
    }

    pub fn as_str(self) -> &'static str {
        self.0.text
    }
}

use std::hash::BuildHasher;

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
