//! Numbers that name the entries of a table, and tables that only their own numbers index.
//!
//! **What it is.** [`index_type!`] makes a type of numbers; [`IndexVec`] is a vector indexed by such a type and nothing else, so
//! that the number of a block cannot be taken for that of a value. Neither costs more than a `u32` and a `Vec`.
//!
//! **What goes in.** The name of a type, what its numbers are printed with, and the entries of tables.
//! **What comes out.** Copyable numbers that print as `v7`, and tables that serialise and hash as a `Vec` does.
//!
//! **What it must not know.** What the numbers stand for. `lir`, `mir` and `ty` say that.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod table;

pub use table::IndexVec;

/// A type of numbers that [`index_type!`] made.
pub trait Index: Copy + Eq + std::hash::Hash + 'static {
    /// The number of the entry at this place of a table.
    ///
    /// # Panics
    ///
    /// At 2³² and beyond: no table is that long.
    fn from_usize(place: usize) -> Self;

    /// The place of the entry in its table.
    fn index(self) -> usize;
}

/// Makes a type of numbers below 2³². The text is written before a number wherever one is printed.
///
/// ```
/// bessemer_index::index_type! {
///     /// A basic block.
///     pub struct Block = "block";
/// }
/// assert_eq!(Block::from_u32(3).to_string(), "block3");
/// ```
#[macro_export]
macro_rules! index_type {
    ($(#[$meta:meta])* $vis:vis struct $name:ident = $prefix:literal;) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis struct $name(u32);

        impl $name {
            /// The first of all numbers.
            pub const ZERO: $name = $name(0);

            /// The entry of this number.
            #[inline]
            pub const fn from_u32(number: u32) -> $name {
                $name(number)
            }

            /// The number of the entry at this place of a table.
            ///
            /// # Panics
            ///
            /// At 2³² and beyond: no table is that long.
            #[inline]
            pub const fn from_usize(place: usize) -> $name {
                assert!(place <= u32::MAX as usize, "a table of fewer than 2^32 entries");
                $name(place as u32)
            }

            /// The number itself.
            #[inline]
            pub const fn as_u32(self) -> u32 {
                self.0
            }

            /// The place of the entry in its table.
            #[inline]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            /// The entry `distance` places further on.
            ///
            /// # Panics
            ///
            /// At 2³² and beyond.
            #[inline]
            pub const fn plus(self, distance: usize) -> $name {
                $name::from_usize(self.index() + distance)
            }
        }

        impl $crate::Index for $name {
            #[inline]
            fn from_usize(place: usize) -> $name {
                $name::from_usize(place)
            }
            #[inline]
            fn index(self) -> usize {
                self.index()
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::write!(f, ::std::concat!($prefix, "{}"), self.0)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(self, f)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::{Index, IndexVec};
    use serde::{Deserialize, Serialize};
    use std::hash::BuildHasher;

    index_type! {
        /// For these tests.
        #[derive(Serialize, Deserialize)]
        struct Number = "n";
    }

    #[test]
    fn a_number_prints_with_its_prefix() {
        assert_eq!(format!("{} {:?}", Number::ZERO, Number::from_u32(7).plus(2)), "n0 n9");
        assert_eq!(<Number as Index>::from_usize(7).as_u32(), 7);
    }

    #[test]
    #[should_panic(expected = "fewer than 2^32 entries")]
    fn no_number_is_larger_than_its_type() {
        let _ = Number::from_u32(u32::MAX).plus(1);
    }

    #[test]
    fn a_table_gives_each_entry_the_next_number() {
        let mut table: IndexVec<Number, &str> = IndexVec::new();
        assert_eq!(table.next_index(), Number::ZERO);
        let (first, second) = (table.push("a"), table.push("b"));
        table[second] = "c";
        assert_eq!((table[first], table[second], table.get(second.plus(1))), ("a", "c", None));
        assert_eq!(table.keys().collect::<Vec<_>>(), [first, second]);
        assert_eq!(table.iter_enumerated().last(), Some((second, &"c")));
    }

    /// Stored forms and hashes are those of plain vectors and numbers.
    #[test]
    fn tables_are_written_and_hashed_as_vectors() {
        let plain = vec![3u64, 70_000, 5];
        let table: IndexVec<Number, u64> = plain.iter().copied().collect();
        let bytes = postcard::to_stdvec(&plain).expect("postcard takes vectors");
        assert_eq!(postcard::to_stdvec(&table).as_ref(), Ok(&bytes));
        assert_eq!(postcard::from_bytes(&bytes).as_ref(), Ok(&table));
        assert_eq!(postcard::to_stdvec(&Number::from_u32(300)), postcard::to_stdvec(&300u32));
        let hasher = rustc_hash::FxBuildHasher;
        assert_eq!(hasher.hash_one(&table), hasher.hash_one(&plain));
        assert_eq!(hasher.hash_one(Number::from_u32(300)), hasher.hash_one(300u32));
    }
}
