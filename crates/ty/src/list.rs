//! Interned slices.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// An interned slice: copyable, compared by pointer.
pub struct List<'tcx, T>(pub(crate) &'tcx [T]);

impl<'tcx, T> List<'tcx, T> {
    /// The empty list; the same for every context.
    pub fn empty() -> List<'tcx, T> {
        List(&[])
    }

    /// The elements, for as long as the context lives.
    pub fn as_slice(self) -> &'tcx [T] {
        self.0
    }
}

impl<'tcx, T: Copy> List<'tcx, T> {
    /// Iterates over copies of the elements.
    pub fn iter(self) -> std::iter::Copied<std::slice::Iter<'tcx, T>> {
        self.0.iter().copied()
    }
}

impl<T> Clone for List<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for List<'_, T> {}
impl<T> PartialEq for List<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && (self.0.is_empty() || std::ptr::eq(self.0.as_ptr(), other.0.as_ptr()))
    }
}
impl<T> Eq for List<'_, T> {}
impl<T> Hash for List<'_, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if self.0.is_empty() {
            0usize.hash(state);
        } else {
            self.0.as_ptr().hash(state);
        }
    }
}
impl<T> Deref for List<'_, T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        self.0
    }
}
impl<T: fmt::Debug> fmt::Debug for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter()).finish()
    }
}
impl<'tcx, T: Copy> IntoIterator for List<'tcx, T> {
    type Item = T;
    type IntoIter = std::iter::Copied<std::slice::Iter<'tcx, T>>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
