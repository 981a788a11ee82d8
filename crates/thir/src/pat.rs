//! Patterns.

use crate::{LocalVarId, UserType};
use ty::{DefId, FieldIdx, GenericArgs, Mutability, Span, Symbol, Ty, ValTree, VariantIdx};

#[derive(Clone, Debug, PartialEq)]
pub struct Pat<'tcx> {
    pub ty: Ty<'tcx>,
    pub span: Span,
    pub extra: Option<Box<PatExtra>>,
    pub kind: PatKind<'tcx>,
}

/// What few patterns have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PatExtra {
    /// The constant that the pattern names.
    pub expanded_const: Option<DefId>,
    /// Types that the user wrote.
    pub ascriptions: Vec<Ascription>,
}

/// A type that the user wrote for a pattern. Only borrow checking asks for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ascription {
    /// With its span and what was inferred for it, as rustc's text of all three.
    pub annotation: UserType,
    pub variance: Variance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variance {
    Covariant,
    Invariant,
    Contravariant,
    Bivariant,
}

/// Whether a binding is a reference to what it matches, and whether the variable is mutable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BindingMode(pub ByRef, pub Mutability);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByRef {
    Yes(Pinnedness, Mutability),
    No,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pinnedness {
    Not,
    Pinned,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FieldPat<'tcx> {
    pub field: FieldIdx,
    pub pattern: Pat<'tcx>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PatKind<'tcx> {
    /// Of a parameter without name.
    Missing,
    /// `_`
    Wild,
    Binding {
        name: Symbol,
        mode: BindingMode,
        var: LocalVarId,
        /// Of the variable.
        ty: Ty<'tcx>,
        /// After `@`.
        subpattern: Option<Box<Pat<'tcx>>>,
        /// The first of the bindings that an or-pattern has for the variable.
        is_primary: bool,
        /// `S { a }`
        is_shorthand: bool,
    },
    /// Of an enum with several variants.
    Variant {
        adt_def: DefId,
        args: GenericArgs<'tcx>,
        variant_index: VariantIdx,
        subpatterns: Vec<FieldPat<'tcx>>,
    },
    /// Of tuples, structs, and enums with one variant.
    Leaf {
        subpatterns: Vec<FieldPat<'tcx>>,
    },
    /// `&P`, also where default binding modes imply it.
    Deref {
        pin: Pinnedness,
        subpattern: Box<Pat<'tcx>>,
    },
    /// `deref!(P)` and `box P`
    DerefPattern {
        subpattern: Box<Pat<'tcx>>,
        borrow: DerefPatBorrowMode,
    },
    /// A scalar or string.
    Constant {
        value: Value<'tcx>,
    },
    Range(Box<PatRange<'tcx>>),
    /// Of a slice, whose length is tested.
    Slice {
        prefix: Vec<Pat<'tcx>>,
        slice: Option<Box<Pat<'tcx>>>,
        suffix: Vec<Pat<'tcx>>,
    },
    Array {
        prefix: Vec<Pat<'tcx>>,
        slice: Option<Box<Pat<'tcx>>>,
        suffix: Vec<Pat<'tcx>>,
    },
    /// Two or more.
    Or {
        pats: Vec<Pat<'tcx>>,
    },
    /// `!`
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DerefPatBorrowMode {
    Borrow(Mutability),
    Box,
}

/// A structural value and its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Value<'tcx> {
    pub ty: Ty<'tcx>,
    pub valtree: ValTree<'tcx>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeEnd {
    Included,
    Excluded,
}

/// A range of numbers or characters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PatRange<'tcx> {
    pub lo: PatRangeBoundary<'tcx>,
    pub hi: PatRangeBoundary<'tcx>,
    pub end: RangeEnd,
    pub ty: Ty<'tcx>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PatRangeBoundary<'tcx> {
    Finite(ValTree<'tcx>),
    NegInfinity,
    PosInfinity,
}

impl<'tcx> Pat<'tcx> {
    /// Calls `visit` with the pattern and, where that says so, with those in it, from left to right.
    pub fn walk(&self, visit: &mut impl FnMut(&Pat<'tcx>) -> bool) {
        if visit(self) {
            self.for_each_subpattern(&mut |pat| pat.walk(visit));
        }
    }

    /// Calls `visit` with the patterns directly in this one, from left to right.
    pub fn for_each_subpattern(&self, visit: &mut impl FnMut(&Pat<'tcx>)) {
        match &self.kind {
            PatKind::Missing | PatKind::Wild | PatKind::Constant { .. } | PatKind::Range(_) | PatKind::Never => {}
            PatKind::Binding { subpattern, .. } => subpattern.iter().for_each(|pat| visit(pat)),
            PatKind::Deref { subpattern, .. } | PatKind::DerefPattern { subpattern, .. } => visit(subpattern),
            PatKind::Variant { subpatterns, .. } | PatKind::Leaf { subpatterns } => {
                subpatterns.iter().for_each(|field| visit(&field.pattern));
            }
            PatKind::Or { pats } => pats.iter().for_each(visit),
            PatKind::Slice { prefix, slice, suffix } | PatKind::Array { prefix, slice, suffix } => {
                prefix.iter().chain(slice.as_deref()).chain(suffix).for_each(visit);
            }
        }
    }

    /// Whether it is `!`, or an or-pattern of nothing else, or has one in it.
    pub fn is_never_pattern(&self) -> bool {
        let mut is_never = false;
        self.walk(&mut |pat| match &pat.kind {
            PatKind::Never => {
                is_never = true;
                false
            }
            PatKind::Or { pats } => {
                is_never = pats.iter().all(Pat::is_never_pattern);
                false
            }
            _ => true,
        });
        is_never
    }
}
