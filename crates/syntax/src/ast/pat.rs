//! Patterns.

use super::{Attr, ExprId, Id, List, MacCall, Mutability, Path, Pinnedness, QSelf};
use crate::span::{Ident, Span};

/// The number of a pattern.
pub type PatId = Id<Pat>;

/// A pattern.
#[derive(Clone, Copy, Debug)]
pub struct Pat {
    /// What it is.
    pub kind: PatKind,
    /// All of it.
    pub span: Span,
}

/// What a pattern is.
#[derive(Clone, Copy, Debug)]
pub enum PatKind {
    /// Of a parameter without a name, as in `fn(u8)`.
    Missing,
    /// `_`
    Wild,
    /// `mut ref x @ p`
    Ident(BindingMode, Ident, Option<PatId>),
    /// `S { a: p, .. }`
    Struct(Id<StructPat>),
    /// `S(p, q)`
    TupleStruct(Option<Id<QSelf>>, Path, List<PatId>),
    /// `p | q`, also with one alternative behind a leading `|`
    Or(List<PatId>),
    /// `a::b`
    Path(Option<Id<QSelf>>, Path),
    /// `(p, q)`
    Tuple(List<PatId>),
    /// `box p`
    Box(PatId),
    /// `builtin # deref(p)`
    Deref(PatId),
    /// `&mut p`, `&pin const p`
    Ref(PatId, Pinnedness, Mutability),
    /// `1`, `-1`, a literal or a constant
    Expr(ExprId),
    /// `a..=b`; the span is the operator's
    Range(Option<ExprId>, Option<ExprId>, RangeEnd, Span),
    /// `[p, q]`
    Slice(List<PatId>),
    /// `..`
    Rest,
    /// `!`
    Never,
    /// `p if a`, in parentheses
    Guard(PatId, ExprId),
    /// `(p)`
    Paren(PatId),
    /// `m!(a)`
    MacCall(Id<MacCall>),
}

/// How a variable is bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BindingMode {
    /// `ref`, `ref mut`, `ref pin const`
    pub by_ref: Option<(Pinnedness, Mutability)>,
    /// `mut`
    pub mutability: Mutability,
}

impl BindingMode {
    /// By value, not to be changed.
    pub const NONE: BindingMode = BindingMode { by_ref: None, mutability: Mutability::Not };
}

/// `..`, `..=` or `...`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum RangeEnd {
    DotDot,
    DotDotEq,
    DotDotDot,
}

/// `path { fields, .. }`
#[derive(Clone, Copy, Debug)]
pub struct StructPat {
    /// `<T as U>` in front of the path.
    pub qself: Option<Id<QSelf>>,
    /// The struct or variant.
    pub path: Path,
    /// The fields.
    pub fields: List<PatField>,
    /// `..`
    pub rest: Option<Span>,
}

/// `ident: pat` or `ref mut ident` in a struct pattern.
#[derive(Clone, Copy, Debug)]
pub struct PatField {
    /// The field.
    pub ident: Ident,
    /// What it must match.
    pub pat: PatId,
    /// The field is named only once.
    pub is_shorthand: bool,
    /// Its attributes.
    pub attrs: List<Attr>,
    /// All of it without attributes.
    pub span: Span,
}
