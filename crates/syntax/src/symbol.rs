//! Interned strings, and the names that the language itself knows. (rustc: `rustc_span::symbol`.)
//!
//! The table is one for the whole process, so that symbols may travel between files, crates and threads. It only ever
//! grows: a process that reads a program needs its names until it ends.

use std::fmt;
use std::hash::Hasher as _;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use crate::span::Edition;

/// An interned string. Equal strings are equal symbols; the order of symbols means nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Symbol(NonZeroU32);

impl Symbol {
    const fn at(index: u32) -> Symbol {
        match NonZeroU32::new(index + 1) {
            Some(n) => Symbol(n),
            None => unreachable!(),
        }
    }

    /// The number of this symbol in the table. It differs from run to run.
    pub fn index(self) -> u32 {
        self.0.get() - 1
    }

    /// The symbol of a string.
    pub fn intern(text: &str) -> Symbol {
        let hash = hash_of(text);
        let table = &*TABLE;
        let mut shard = table.shard(hash).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((symbol, _)) = shard.find(hash, |(_, found)| *found == text) {
            return *symbol;
        }
        let text: &'static str = Box::leak(text.into());
        let symbol = table.strings.push(text);
        shard.insert_unique(hash, (symbol, text), |(_, text)| hash_of(text));
        symbol
    }

    /// The string.
    pub fn as_str(self) -> &'static str {
        match KNOWN.get(self.index() as usize) {
            Some(text) => text,
            None => TABLE.strings.get(self.index()),
        }
    }

    /// Is this the name of something that only the compiler makes, or `_`?
    pub fn is_special(self) -> bool {
        self.index() <= kw::UNDERSCORE.index()
    }

    /// May no identifier of this edition have this name, unless it is raw?
    pub fn is_reserved(self, edition: Edition) -> bool {
        self.index() <= kw::TRY.index() && self.is_reserved_slow(edition)
    }

    fn is_reserved_slow(self, edition: Edition) -> bool {
        self.index() <= kw::YIELD.index()
            || match self {
                kw::ASYNC | kw::AWAIT | kw::DYN | kw::TRY => edition >= Edition::E2018,
                kw::GEN => edition >= Edition::E2024,
                _ => false,
            }
    }

    /// Is this a keyword that may be a segment of a path: `self`, `crate`, …?
    pub fn is_path_segment_keyword(self) -> bool {
        matches!(self, kw::SUPER | kw::SELF | kw::SELF_TYPE | kw::CRATE | kw::PATH_ROOT | kw::DOLLAR_CRATE)
    }

    /// Is this `true` or `false`?
    pub fn is_bool(self) -> bool {
        matches!(self, kw::TRUE | kw::FALSE)
    }

    /// May this be written as a raw identifier?
    pub fn can_be_raw(self) -> bool {
        self != kw::EMPTY && self != kw::UNDERSCORE && !self.is_path_segment_keyword()
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

const SHARDS: usize = 16;

struct Table {
    shards: [Mutex<HashTable<(Symbol, &'static str)>>; SHARDS],
    strings: Strings,
}

impl Table {
    fn shard(&self, hash: u64) -> &Mutex<HashTable<(Symbol, &'static str)>> {
        // The table in it uses the low bits, and the highest seven as a tag.
        &self.shards[(hash >> 40) as usize % SHARDS]
    }
}

fn hash_of(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let table = Table {
        shards: std::array::from_fn(|_| Mutex::new(HashTable::new())),
        strings: Strings { chunks: [const { OnceLock::new() }; CHUNKS], next: AtomicU32::new(KNOWN.len() as u32) },
    };
    for (index, text) in KNOWN.iter().enumerate() {
        let hash = hash_of(text);
        let mut shard = table.shard(hash).lock().unwrap_or_else(PoisonError::into_inner);
        shard.insert_unique(hash, (Symbol::at(index as u32), *text), |(_, text)| hash_of(text));
    }
    table
});

const CHUNKS: usize = 32;

type Chunk = Box<[OnceLock<&'static str>]>;

/// Strings by number: chunk `k` holds numbers `2^k - 1 .. 2^(k+1) - 1`, so that none ever moves and readers need no lock.
struct Strings {
    chunks: [OnceLock<Chunk>; CHUNKS],
    next: AtomicU32,
}

impl Strings {
    fn place(index: u32) -> (usize, usize) {
        let n = index + 1;
        let chunk = n.ilog2();
        (chunk as usize, (n - (1 << chunk)) as usize)
    }

    fn push(&self, text: &'static str) -> Symbol {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        let (chunk, offset) = Self::place(index);
        let cells = self.chunks[chunk].get_or_init(|| (0..1usize << chunk).map(|_| OnceLock::new()).collect());
        // Each number is given out once, so the cell is empty.
        let _ = cells[offset].set(text);
        Symbol::at(index)
    }

    fn get(&self, index: u32) -> &'static str {
        let (chunk, offset) = Self::place(index);
        let text = self.chunks[chunk].get().and_then(|cells| cells[offset].get());
        text.expect("a symbol's string is stored before the symbol is given out")
    }
}

macro_rules! known {
    ($($name:ident: $text:literal,)*) => {
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "named as the constants below")]
        #[repr(u32)]
        enum Known { $($name,)* }

        const KNOWN: &[&str] = &[$($text,)*];

        /// Keywords and other names that the parser looks for.
        pub mod kw {
            use super::{Known, Symbol};
            $(
                #[doc = concat!("`", $text, "`")]
                pub const $name: Symbol = Symbol::at(Known::$name as u32);
            )*
        }
    };
}

// The order of groups is part of the predicates above.
known! {
    // Special names.
    EMPTY: "",
    DOLLAR_CRATE: "$crate",
    PATH_ROOT: "{{root}}",
    UNDERSCORE: "_",

    // Keywords of all editions.
    AS: "as",
    BREAK: "break",
    CONST: "const",
    CONTINUE: "continue",
    CRATE: "crate",
    ELSE: "else",
    ENUM: "enum",
    EXTERN: "extern",
    FALSE: "false",
    FN: "fn",
    FOR: "for",
    IF: "if",
    IMPL: "impl",
    IN: "in",
    LET: "let",
    LOOP: "loop",
    MATCH: "match",
    MOD: "mod",
    MOVE: "move",
    MUT: "mut",
    PUB: "pub",
    REF: "ref",
    RETURN: "return",
    SELF: "self",
    SELF_TYPE: "Self",
    STATIC: "static",
    STRUCT: "struct",
    SUPER: "super",
    TRAIT: "trait",
    TRUE: "true",
    TYPE: "type",
    UNSAFE: "unsafe",
    USE: "use",
    WHERE: "where",
    WHILE: "while",
    ABSTRACT: "abstract",
    BECOME: "become",
    BOX: "box",
    DO: "do",
    FINAL: "final",
    MACRO: "macro",
    OVERRIDE: "override",
    PRIV: "priv",
    TYPEOF: "typeof",
    UNSIZED: "unsized",
    VIRTUAL: "virtual",
    YIELD: "yield",

    // Keywords of some editions.
    ASYNC: "async",
    AWAIT: "await",
    DYN: "dyn",
    GEN: "gen",
    TRY: "try",

    // Names with a meaning in some places only.
    STATIC_LIFETIME: "'static",
    UNDERSCORE_LIFETIME: "'_",
    AUTO: "auto",
    BIKESHED: "bikeshed",
    BUILTIN: "builtin",
    CATCH: "catch",
    CFG_ATTR_TRACE: "<cfg_attr_trace>",
    CFG_TRACE: "<cfg_trace>",
    CONTRACT_ENSURES: "contract_ensures",
    CONTRACT_REQUIRES: "contract_requires",
    DEFAULT: "default",
    DEREF: "deref",
    IS: "is",
    MACRO_RULES: "macro_rules",
    NULL: "null",
    OFFSET_OF: "offset_of",
    PIN: "pin",
    RAW: "raw",
    REUSE: "reuse",
    SAFE: "safe",
    TYPE_ASCRIBE: "type_ascribe",
    UNION: "union",
    UNWRAP_BINDER: "unwrap_binder",
    WRAP_BINDER: "wrap_binder",
    YEET: "yeet",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_strings_are_equal_symbols() {
        assert_eq!(Symbol::intern("fn"), kw::FN);
        assert_eq!(Symbol::intern("a name"), Symbol::intern(&String::from("a name")));
        assert_ne!(Symbol::intern("a name"), Symbol::intern("another"));
        assert_eq!(Symbol::intern("another").as_str(), "another");
        for (index, text) in KNOWN.iter().enumerate() {
            assert_eq!(Symbol::intern(text), Symbol::at(index as u32));
        }
    }

    #[test]
    fn what_is_reserved_depends_on_the_edition() {
        assert!(kw::FN.is_reserved(Edition::E2015));
        assert!(!kw::ASYNC.is_reserved(Edition::E2015));
        assert!(kw::ASYNC.is_reserved(Edition::E2018));
        assert!(!kw::GEN.is_reserved(Edition::E2021));
        assert!(kw::GEN.is_reserved(Edition::E2024));
        assert!(!kw::AUTO.is_reserved(Edition::E2024));
        assert!(!Symbol::intern("x").is_reserved(Edition::E2024));
    }

    #[test]
    fn threads_agree() {
        let names: Vec<String> = (0..2000).map(|i| format!("thread_name_{i}")).collect();
        let all: Vec<Vec<Symbol>> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..4).map(|_| scope.spawn(|| names.iter().map(|n| Symbol::intern(n)).collect())).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        for symbols in &all {
            assert_eq!(symbols, &all[0]);
            for (symbol, name) in symbols.iter().zip(&names) {
                assert_eq!(symbol.as_str(), name);
            }
        }
    }
}
