//! Patterns.

use crate::body::{ExprId, LocalId, PatId};
use crate::expr::Lit;
use crate::path::QPath;
use syntax::ast::{BindingMode, Mutability, Pinnedness};
use syntax::span::{Ident, Span};

/// A pattern.
#[derive(Clone, PartialEq, Debug)]
pub struct Pat {
    /// What it is.
    pub kind: PatKind,
    /// All of it.
    pub span: Span,
    /// Do references in front of it bind what is inside by reference? Not in patterns that desugaring makes of assignments.
    pub default_binding_modes: bool,
}

/// What a pattern is.
#[derive(Clone, PartialEq, Debug)]
pub enum PatKind {
    /// Of a parameter without a name.
    Missing,
    /// `_`, and `..` as a field's pattern in an assignment.
    Wild,
    /// `mut ref x @ p`. The span of the pattern may be larger than the name's.
    Binding(BindingMode, LocalId, Ident, Option<PatId>),
    /// `S { a: p, .. }`, with the span of `..`
    Struct(QPath, Vec<PatField>, Option<Span>),
    /// `S(p, q, .., r)`: the number says how many are in front of `..`
    TupleStruct(QPath, Vec<PatId>, Option<u32>),
    /// `p | q`
    Or(Vec<PatId>),
    /// `!`
    Never,
    /// `(p, q, .., r)`
    Tuple(Vec<PatId>, Option<u32>),
    /// `box p`
    Box(PatId),
    /// `deref!(p)`
    Deref(PatId),
    /// `&mut p`
    Ref(PatId, Pinnedness, Mutability),
    /// A literal, or a path to a constant, unit struct or unit variant.
    Expr(PatExpr),
    /// `p if a`
    Guard(PatId, ExprId),
    /// `a..=b`. `..=` without an end does not occur.
    Range(Option<PatExpr>, Option<PatExpr>, RangeEnd),
    /// `[p, q, rest @ .., r]`
    Slice(Vec<PatId>, Option<PatId>, Vec<PatId>),
}

/// What a pattern compares with.
#[derive(Clone, PartialEq, Debug)]
pub struct PatExpr {
    /// What it is.
    pub kind: PatExprKind,
    /// All of it.
    pub span: Span,
}

/// What a pattern compares with.
#[derive(Clone, PartialEq, Debug)]
pub enum PatExprKind {
    /// A literal, negated or not.
    Lit(Lit, bool),
    /// A constant.
    Path(QPath),
}

/// A field in a struct pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PatField {
    /// Its name; of a tuple struct's a number.
    pub ident: Ident,
    /// What it must match.
    pub pat: PatId,
    /// Is it named only once?
    pub is_shorthand: bool,
    /// All of it.
    pub span: Span,
}

/// Is the end of a range part of it?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum RangeEnd {
    Included,
    Excluded,
}
