//! Places that start at a variable around a closure, and how much of one is captured (the rules of rustc's `upvar` that
//! make a place shorter).

use crate::types::Look as _;
use hir::body::{ExprId, LocalId};
use solve::{Ty, TyKind};
use ty::{AdtKind, FieldIdx, Members, Mutability, VariantIdx};

/// A part of a variable that is around the closure.
#[derive(Clone, Debug)]
pub(crate) struct Place<'tcx> {
    pub var: LocalId,
    pub var_ty: Ty<'tcx>,
    pub projections: Vec<Projection<'tcx>>,
}

/// A step into a place, and the type there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Projection<'tcx> {
    pub kind: ProjectionKind,
    pub ty: Ty<'tcx>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ProjectionKind {
    Deref,
    Field(FieldIdx, VariantIdx),
    /// An element of an array or slice.
    Index,
    /// What `..` stands for in a slice pattern.
    Subslice,
}

/// How a place is captured, from the least that a closure may need to the most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum By {
    /// `&`
    Shared,
    /// `&mut` of a variable that is not `mut` itself: something behind a `&mut` in it is written.
    Unique,
    /// `&mut`
    Mut,
    /// The value itself.
    Value,
}

impl By {
    pub fn borrow(mutability: Mutability) -> By {
        match mutability {
            Mutability::Not => By::Shared,
            Mutability::Mut => By::Mut,
        }
    }
}

/// How a place is captured, and what makes it so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Capture {
    pub by: By,
    /// The use that asks for as much as `by`; none where an old edition captures what is not used.
    pub by_expr: Option<ExprId>,
    /// The use that asks for this place.
    pub path_expr: Option<ExprId>,
}

impl Capture {
    /// What serves both: the greater one; of equal ones the first that has a use.
    pub fn max(self, other: Capture) -> Capture {
        match self.by.cmp(&other.by) {
            std::cmp::Ordering::Less => other,
            std::cmp::Ordering::Greater => self,
            std::cmp::Ordering::Equal if self.by_expr.is_none() && other.by_expr.is_some() => other,
            std::cmp::Ordering::Equal => self,
        }
    }
}

/// What a place is to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Relation {
    Same,
    /// The other is a part of it.
    Around,
    /// It is a part of the other.
    Within,
    Apart,
}

impl<'tcx> Place<'tcx> {
    pub fn ty(&self) -> Ty<'tcx> {
        self.projections.last().map_or(self.var_ty, |projection| projection.ty)
    }
    /// The type that a step is applied to.
    pub fn ty_before(&self, step: usize) -> Ty<'tcx> {
        match step.checked_sub(1) {
            Some(before) => self.projections[before].ty,
            None => self.var_ty,
        }
    }
    /// The types that are dereferenced on the way, from the outside.
    pub fn deref_tys(&self) -> impl Iterator<Item = Ty<'tcx>> {
        let derefs = self.projections.iter().enumerate();
        derefs.filter(|(_, step)| step.kind == ProjectionKind::Deref).map(|(index, _)| self.ty_before(index))
    }

    pub fn relation(&self, other: &Place<'tcx>) -> Relation {
        let mut steps = self.projections.iter().zip(&other.projections);
        if self.var != other.var || !steps.all(|(a, b)| a.kind == b.kind) {
            return Relation::Apart;
        }
        match self.projections.len().cmp(&other.projections.len()) {
            std::cmp::Ordering::Less => Relation::Around,
            std::cmp::Ordering::Equal => Relation::Same,
            std::cmp::Ordering::Greater => Relation::Within,
        }
    }

    /// Cuts steps off. What was written behind a `&mut` then needs that reference to be unique, not mutable.
    pub fn truncate(&mut self, len: usize, by: &mut By) {
        let is_mut_deref = |step: usize| {
            self.projections[step].kind == ProjectionKind::Deref
                && matches!(self.ty_before(step).as_ref(), Some((_, _, Mutability::Mut)))
        };
        if *by == By::Mut && (len..self.projections.len()).any(is_mut_deref) {
            *by = By::Unique;
        }
        self.projections.truncate(len);
    }

    /// No reference into a packed struct: the struct is captured.
    pub fn restrict_packed(&mut self, by: &mut By) {
        let is_packed = |step: usize| {
            matches!(self.projections[step].kind, ProjectionKind::Field(..))
                && self.ty_before(step).as_adt().is_some_and(|(adt, _)| adt.repr.packed())
        };
        if let Some(step) = (0..self.projections.len()).find(|&step| is_packed(step)) {
            self.truncate(step, by);
        }
    }

    /// Nothing behind raw pointers, no fields of unions, no elements: to refer to those may be unsafe, or may fail.
    pub fn restrict_precision(&mut self, by: &mut By) {
        let ends = |ty: Ty<'tcx>| {
            matches!(ty.kind_ref(), TyKind::RawPtr(..))
                || ty.as_adt().is_some_and(|(adt, _)| adt.kind == AdtKind::Union)
        };
        if ends(self.var_ty) {
            self.truncate(0, by);
        }
        if let Some(step) = self.projections.iter().position(|step| ends(step.ty)) {
            self.truncate(step + 1, by);
        }
        let is_element =
            |step: &Projection<'tcx>| matches!(step.kind, ProjectionKind::Index | ProjectionKind::Subslice);
        if let Some(step) = self.projections.iter().position(is_element) {
            self.truncate(step, by);
        }
    }

    /// What is read through a `&` is captured with the last such reference, to no advantage otherwise: the closure is
    /// smaller. (Earlier references stay: the last one may live longer.)
    pub fn shorten_for_size(&mut self, by: &mut By) {
        let last = self.projections.iter().rposition(|step| step.kind == ProjectionKind::Deref);
        if let Some(last) = last
            && matches!(self.ty_before(last).as_ref(), Some((_, _, Mutability::Not)))
        {
            self.truncate(last + 1, by);
        }
    }

    /// What is taken by value is taken from the variable itself: a pointer in front of it is taken instead.
    pub fn stop_at_deref(&mut self, by: &mut By) {
        if let Some(first) = self.projections.iter().position(|step| step.kind == ProjectionKind::Deref) {
            self.truncate(first, by);
        }
    }

    /// Nothing is moved out of what implements `Drop`.
    pub fn restrict_for_drop(&mut self, by: &mut By, members: &dyn Members<'tcx>) {
        let has_drop = |ty: Ty<'tcx>| ty.as_adt().is_some_and(|(adt, _)| members.adt_destructor(adt.did).is_some());
        if let Some(step) = (0..self.projections.len()).find(|&step| has_drop(self.ty_before(step))) {
            self.truncate(step, by);
        }
    }
}
