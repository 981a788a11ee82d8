//! Interned slices.

use crate::Cx;
use crate::ir::inherent::SliceLike;
use crate::ir::{FallibleTypeFolder, TypeFoldable, TypeFolder, TypeVisitable, TypeVisitor, VisitorResult, try_visit};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// An interned slice: copyable, compared by pointer.
pub struct List<'tcx, T>(pub(crate) &'tcx [T]);

/// What lists are interned of.
pub trait Element<'tcx>: Copy + Eq + Hash {
    /// The list of these elements.
    fn intern(cx: Cx<'tcx>, elements: &[Self]) -> List<'tcx, Self>;
}

impl<'tcx, T> List<'tcx, T> {
    /// The elements, for as long as the context lives.
    pub fn elements(self) -> &'tcx [T] {
        self.0
    }
}

impl<T> Clone for List<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for List<'_, T> {}
impl<T> Default for List<'_, T> {
    fn default() -> Self {
        List(&[])
    }
}
impl<T> PartialEq for List<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && (self.0.is_empty() || std::ptr::eq(self.0.as_ptr(), other.0.as_ptr()))
    }
}
impl<T> Eq for List<'_, T> {}
impl<T> Hash for List<'_, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0 {
            [] => 0usize.hash(state),
            elements => elements.as_ptr().hash(state),
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
        f.debug_list().entries(self.0).finish()
    }
}
impl<'tcx, T: Copy> SliceLike for List<'tcx, T> {
    type Item = T;
    type IntoIter = std::iter::Copied<std::slice::Iter<'tcx, T>>;
    fn iter(self) -> Self::IntoIter {
        self.0.iter().copied()
    }
    fn as_slice(&self) -> &[T] {
        self.0
    }
}
impl<'tcx, T: Copy> IntoIterator for List<'tcx, T> {
    type Item = T;
    type IntoIter = std::iter::Copied<std::slice::Iter<'tcx, T>>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().copied()
    }
}

impl<'tcx, T: TypeVisitable<Cx<'tcx>>> TypeVisitable<Cx<'tcx>> for List<'tcx, T> {
    fn visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        for element in self.0 {
            try_visit!(element.visit_with(visitor));
        }
        V::Result::output()
    }
}

impl<'tcx, T: TypeFoldable<Cx<'tcx>> + Element<'tcx>> TypeFoldable<Cx<'tcx>> for List<'tcx, T> {
    fn try_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        // Most folds change nothing, and need no new list then.
        for (index, &old) in self.0.iter().enumerate() {
            let new = old.try_fold_with(folder)?;
            if new == old {
                continue;
            }
            let mut elements = smallvec::SmallVec::<[T; 8]>::from_slice(&self.0[..index]);
            elements.push(new);
            for &rest in &self.0[index + 1..] {
                elements.push(rest.try_fold_with(folder)?);
            }
            return Ok(T::intern(folder.cx(), &elements));
        }
        Ok(self)
    }

    fn fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        for (index, &old) in self.0.iter().enumerate() {
            let new = old.fold_with(folder);
            if new == old {
                continue;
            }
            let mut elements = smallvec::SmallVec::<[T; 8]>::from_slice(&self.0[..index]);
            elements.push(new);
            elements.extend(self.0[index + 1..].iter().map(|&rest| rest.fold_with(folder)));
            return T::intern(folder.cx(), &elements);
        }
        self
    }
}
