//! Interned strings.

use crate::interner::Interner;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

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

static TABLE: LazyLock<Interner<'static, Entry>> = LazyLock::new(Interner::default);

impl Symbol {
    /// The symbol of a string.
    pub fn intern(text: &str) -> Symbol {
        let make = || -> &'static Entry { Box::leak(Box::new(Entry { text: Box::leak(text.into()) })) };
        Symbol(TABLE.intern(text, |entry| entry.text == text, make))
    }

    /// The text. It lives as long as the process.
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
