//! Tables.

use crate::Index;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops;

/// A `Vec<T>` that only numbers of type `I` index.
pub struct IndexVec<I, T> {
    entries: Vec<T>,
    /// A table takes numbers and holds none, so it may be sent wherever its entries may.
    index: PhantomData<fn(I)>,
}

impl<I, T> IndexVec<I, T> {
    /// A table without entries.
    pub const fn new() -> IndexVec<I, T> {
        IndexVec { entries: Vec::new(), index: PhantomData }
    }

    /// The table of these entries: the first has number 0.
    pub const fn from_vec(entries: Vec<T>) -> IndexVec<I, T> {
        IndexVec { entries, index: PhantomData }
    }

    /// A table of `count` times the same entry.
    pub fn repeat(entry: T, count: usize) -> IndexVec<I, T>
    where
        T: Clone,
    {
        IndexVec::from_vec(vec![entry; count])
    }

    /// The entries in their order.
    pub fn as_slice(&self) -> &[T] {
        &self.entries
    }

    /// The number of entries.
    #[inline]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.entries.iter()
    }

    /// The entries in their order, to be changed.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.entries.iter_mut()
    }

    /// Makes the table shorter, or longer by copies of `entry`.
    pub fn resize(&mut self, count: usize, entry: T)
    where
        T: Clone,
    {
        self.entries.resize(count, entry);
    }
}

impl<I: Index, T> IndexVec<I, T> {
    /// The number that the next entry gets.
    #[inline]
    pub fn next_index(&self) -> I {
        I::from_usize(self.entries.len())
    }

    /// Adds an entry and gives its number.
    #[inline]
    pub fn push(&mut self, entry: T) -> I {
        let index = self.next_index();
        self.entries.push(entry);
        index
    }

    /// The entry of a number, if there is one.
    #[inline]
    pub fn get(&self, index: I) -> Option<&T> {
        self.entries.get(index.index())
    }

    /// The entry of a number, to be changed, if there is one.
    #[inline]
    pub fn get_mut(&mut self, index: I) -> Option<&mut T> {
        self.entries.get_mut(index.index())
    }

    /// Whether the table has an entry of this number.
    #[inline]
    pub fn contains(&self, index: I) -> bool {
        index.index() < self.entries.len()
    }

    /// The numbers of all entries.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.entries.len()).map(I::from_usize)
    }

    /// The entries with their numbers.
    pub fn iter_enumerated(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.entries.iter().enumerate().map(|(place, entry)| (I::from_usize(place), entry))
    }

    /// The number of the first entry for which `is_wanted` holds.
    pub fn position(&self, is_wanted: impl FnMut(&T) -> bool) -> Option<I> {
        self.entries.iter().position(is_wanted).map(I::from_usize)
    }
}

impl<I: Index, T> ops::Index<I> for IndexVec<I, T> {
    type Output = T;

    #[inline]
    fn index(&self, index: I) -> &T {
        &self.entries[index.index()]
    }
}

impl<I: Index, T> ops::IndexMut<I> for IndexVec<I, T> {
    #[inline]
    fn index_mut(&mut self, index: I) -> &mut T {
        &mut self.entries[index.index()]
    }
}

// Derived, these would ask of `I` what they ask of `T`.

impl<I, T> Default for IndexVec<I, T> {
    fn default() -> IndexVec<I, T> {
        IndexVec::new()
    }
}

impl<I, T: Clone> Clone for IndexVec<I, T> {
    fn clone(&self) -> IndexVec<I, T> {
        IndexVec::from_vec(self.entries.clone())
    }
}

impl<I, T: PartialEq> PartialEq for IndexVec<I, T> {
    fn eq(&self, other: &IndexVec<I, T>) -> bool {
        self.entries == other.entries
    }
}

impl<I, T: Eq> Eq for IndexVec<I, T> {}

impl<I, T: Hash> Hash for IndexVec<I, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.entries.hash(state);
    }
}

impl<I, T: fmt::Debug> fmt::Debug for IndexVec<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries.fmt(f)
    }
}

impl<I, T> FromIterator<T> for IndexVec<I, T> {
    fn from_iter<E: IntoIterator<Item = T>>(entries: E) -> IndexVec<I, T> {
        IndexVec::from_vec(Vec::from_iter(entries))
    }
}

impl<I, T> Extend<T> for IndexVec<I, T> {
    fn extend<E: IntoIterator<Item = T>>(&mut self, entries: E) {
        self.entries.extend(entries);
    }
}

impl<I, T> IntoIterator for IndexVec<I, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> std::vec::IntoIter<T> {
        self.entries.into_iter()
    }
}

impl<'a, I, T> IntoIterator for &'a IndexVec<I, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> std::slice::Iter<'a, T> {
        self.entries.iter()
    }
}

impl<'a, I, T> IntoIterator for &'a mut IndexVec<I, T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> std::slice::IterMut<'a, T> {
        self.entries.iter_mut()
    }
}

impl<I, T: Serialize> Serialize for IndexVec<I, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.entries.serialize(serializer)
    }
}

impl<'de, I, T: Deserialize<'de>> Deserialize<'de> for IndexVec<I, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<IndexVec<I, T>, D::Error> {
        Vec::deserialize(deserializer).map(IndexVec::from_vec)
    }
}
