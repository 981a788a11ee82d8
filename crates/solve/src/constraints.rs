//! What an answer of the solver says besides whether the goal holds.

use crate::Cx;
use crate::ir::solve::{ExternalConstraintsData, NestedNormalizationGoals};
use crate::ir::{FallibleTypeFolder, TypeFoldable, TypeFolder, TypeVisitable, TypeVisitor, try_visit};
use std::fmt;
use std::ops::Deref;

/// What a handle to constraints points to.
pub struct ConstraintsData<'tcx>(pub(crate) ExternalConstraintsData<Cx<'tcx>>);

// SAFETY: vectors free their memory, and never look behind the references in them.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for ConstraintsData<'_> {}

/// Constraints on lifetimes, hidden types, and goals that remain. Compared by pointer.
#[derive(Clone, Copy)]
pub struct Constraints<'tcx>(pub(crate) &'tcx ConstraintsData<'tcx>);

impl<'tcx> Deref for Constraints<'tcx> {
    type Target = ExternalConstraintsData<Cx<'tcx>>;
    fn deref(&self) -> &Self::Target {
        &self.0.0
    }
}
impl PartialEq for Constraints<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for Constraints<'_> {}
impl std::hash::Hash for Constraints<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        std::ptr::hash(self.0, state);
    }
}
impl fmt::Debug for Constraints<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.0, f)
    }
}

impl<'tcx> TypeVisitable<Cx<'tcx>> for Constraints<'tcx> {
    fn visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        try_visit!(self.region_constraints.visit_with(visitor));
        try_visit!(self.opaque_types.visit_with(visitor));
        self.normalization_nested_goals.visit_with(visitor)
    }
}
impl<'tcx> TypeFoldable<Cx<'tcx>> for Constraints<'tcx> {
    fn try_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        // Nearly all are empty.
        if self.is_empty() {
            return Ok(self);
        }
        let data = ExternalConstraintsData {
            region_constraints: self.region_constraints.clone().try_fold_with(folder)?,
            opaque_types: self.opaque_types.clone().try_fold_with(folder)?,
            normalization_nested_goals: NestedNormalizationGoals(
                self.normalization_nested_goals
                    .0
                    .iter()
                    .map(|&(source, goal)| Ok((source, goal.try_fold_with(folder)?)))
                    .collect::<Result<_, _>>()?,
            ),
        };
        Ok(folder.cx().mk_constraints(data))
    }
    fn fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        if self.is_empty() {
            return self;
        }
        let data = ExternalConstraintsData {
            region_constraints: self.region_constraints.clone().fold_with(folder),
            opaque_types: self.opaque_types.clone().fold_with(folder),
            normalization_nested_goals: NestedNormalizationGoals(
                self.normalization_nested_goals
                    .0
                    .iter()
                    .map(|&(source, goal)| (source, goal.fold_with(folder)))
                    .collect(),
            ),
        };
        folder.cx().mk_constraints(data)
    }
}
