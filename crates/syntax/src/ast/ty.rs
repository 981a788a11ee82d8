//! Types, paths' arguments, bounds and generics.

use super::{AnonConst, Attr, Extern, FnDecl, Id, Lifetime, List, MacCall, Mutability, Path, QSelf, RangeEnd, Safety};
use crate::span::{Ident, Span};

/// The number of a type.
pub type TyId = Id<Ty>;

/// A type.
#[derive(Clone, Copy, Debug)]
pub struct Ty {
    /// What it is.
    pub kind: TyKind,
    /// All of it.
    pub span: Span,
}

/// What a type is.
#[derive(Clone, Copy, Debug)]
pub enum TyKind {
    /// `[T]`
    Slice(TyId),
    /// `[T; N]`
    Array(TyId, AnonConst),
    /// `*const T`
    Ptr(TyId, Mutability),
    /// `&'a mut T`
    Ref(Option<Lifetime>, TyId, Mutability),
    /// `&'a pin mut T`
    PinnedRef(Option<Lifetime>, TyId, Mutability),
    /// `for<'a> unsafe extern "C" fn(T) -> U`
    FnPtr(Id<FnPtrTy>),
    /// `unsafe<'a> T`
    UnsafeBinder(Id<UnsafeBinderTy>),
    /// `!`
    Never,
    /// `(T, U)`
    Tup(List<TyId>),
    /// `a::T`, `<T as U>::V`
    Path(Option<Id<QSelf>>, Path),
    /// `dyn T + U`, and without `dyn`
    TraitObject(List<Bound>, DynSyntax),
    /// `impl T + U`
    ImplTrait(List<Bound>),
    /// `(T)`
    Paren(TyId),
    /// `_`
    Infer,
    /// Of a parameter `self`.
    ImplicitSelf,
    /// `m!(a)`
    MacCall(Id<MacCall>),
    /// `...`
    CVarArgs,
    /// `T is 1..`, made by `pattern_type!`
    Pat(TyId, Id<TyPat>),
}

/// Was `dyn` written?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum DynSyntax {
    Dyn,
    None,
}

/// What values a pattern type has.
#[derive(Clone, Copy, Debug)]
pub enum TyPat {
    /// `1..=9`
    Range(Option<AnonConst>, Option<AnonConst>, RangeEnd),
    /// `!null`
    NotNull,
    /// `1 | 2`
    Or(List<Id<TyPat>>),
}

/// A function pointer's type.
#[derive(Clone, Copy, Debug)]
pub struct FnPtrTy {
    /// `unsafe`
    pub safety: Safety,
    /// `extern "C"`
    pub ext: Extern,
    /// `for<'a>`
    pub params: List<GenericParam>,
    /// Parameters and result.
    pub decl: Id<FnDecl>,
    /// Without `for<'a>`.
    pub decl_span: Span,
}

/// `unsafe<'a> T`
#[derive(Clone, Copy, Debug)]
pub struct UnsafeBinderTy {
    /// `<'a>`
    pub params: List<GenericParam>,
    /// `T`
    pub inner: TyId,
}

/// The arguments of a path's segment.
#[derive(Clone, Copy, Debug)]
pub enum GenericArgs {
    /// `<'a, T, N, A = U>`
    Angle {
        /// What is between the brackets.
        args: List<AngleArg>,
        /// With the brackets.
        span: Span,
    },
    /// `(A, B) -> C`
    Paren {
        /// `A, B`
        inputs: List<TyId>,
        /// `(A, B)`
        inputs_span: Span,
        /// `-> C`
        output: FnRet,
        /// From the segment's name.
        span: Span,
    },
    /// `(..)`: any function of that name
    ParenElided(Span),
}

/// An argument between `<` and `>`.
#[derive(Clone, Copy, Debug)]
pub enum AngleArg {
    /// `'a`
    Lifetime(Lifetime),
    /// `T`
    Type(TyId),
    /// `1`, `{ N + 1 }`
    Const(AnonConst),
    /// `A = T`, `A: B`
    Constraint(Id<AssocConstraint>),
}

/// What an associated item must be.
#[derive(Clone, Copy, Debug)]
pub struct AssocConstraint {
    /// The item.
    pub ident: Ident,
    /// Its own arguments.
    pub args: Option<Id<GenericArgs>>,
    /// What it must be.
    pub kind: ConstraintKind,
    /// All of it.
    pub span: Span,
}

/// What an associated item must be.
#[derive(Clone, Copy, Debug)]
pub enum ConstraintKind {
    /// `= T`
    EqType(TyId),
    /// `= 1`
    EqConst(AnonConst),
    /// `: A + B`
    Bounds(List<Bound>),
}

/// What something must implement or outlive.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// `for<'a> Trait<'a>`, `?Sized`
    Trait(PolyTraitRef),
    /// `'a`
    Outlives(Lifetime),
    /// `use<'a, T>`
    Use(List<UseArg>, Span),
}

/// A trait as a bound.
#[derive(Clone, Copy, Debug)]
pub struct PolyTraitRef {
    /// `for<'a>`
    pub params: List<GenericParam>,
    /// What stands in front of the path.
    pub modifiers: BoundModifiers,
    /// The trait.
    pub path: Path,
    /// All of it.
    pub span: Span,
    /// Was it in parentheses?
    pub parens: bool,
}

/// What stands in front of a trait that is a bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BoundModifiers {
    /// `const`, `[const]` or `~const`
    pub constness: BoundConstness,
    /// `async`
    pub asyncness: bool,
    /// `?` or `!`
    pub polarity: BoundPolarity,
}

impl BoundModifiers {
    /// Nothing.
    pub const NONE: BoundModifiers =
        BoundModifiers { constness: BoundConstness::Never, asyncness: false, polarity: BoundPolarity::Positive };
}

/// Must the implementation be const?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BoundConstness {
    /// Not.
    Never,
    /// `const`
    Always,
    /// `[const]`, `~const`
    Maybe,
}

/// Must it be implemented?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BoundPolarity {
    /// Yes.
    Positive,
    /// `!T`
    Negative,
    /// `?T`
    Maybe,
}

/// What an opaque type captures.
#[derive(Clone, Copy, Debug)]
pub enum UseArg {
    /// `'a`
    Lifetime(Lifetime),
    /// `T`, `Self`
    Arg(Path),
}

/// A result's type.
#[derive(Clone, Copy, Debug)]
pub enum FnRet {
    /// None is written; the place where it would be.
    Default(Span),
    /// `-> T`
    Ty(TyId),
}

/// `<…>` of an item with its `where` clause.
#[derive(Clone, Copy, Default, Debug)]
pub struct Generics {
    /// What is between the brackets.
    pub params: List<GenericParam>,
    /// The clause.
    pub where_clause: WhereClause,
    /// The brackets.
    pub span: Span,
}

/// A generic parameter.
#[derive(Clone, Copy, Debug)]
pub struct GenericParam {
    /// Its name.
    pub ident: Ident,
    /// Its attributes.
    pub attrs: List<Attr>,
    /// `: A + B`
    pub bounds: List<Bound>,
    /// What it is.
    pub kind: GenericParamKind,
    /// The colon in front of the bounds, if it is there.
    pub colon: Option<Span>,
}

/// What a generic parameter is.
#[derive(Clone, Copy, Debug)]
pub enum GenericParamKind {
    /// `'a`
    Lifetime,
    /// `T = U`
    Type(Option<TyId>),
    /// `const N: T = 1`; the span is all of it
    Const(TyId, Option<AnonConst>, Span),
}

/// `where …`
#[derive(Clone, Copy, Default, Debug)]
pub struct WhereClause {
    /// Was `where` written?
    pub has_where: bool,
    /// What must hold.
    pub predicates: List<WherePredicate>,
    /// All of it.
    pub span: Span,
}

/// What must hold.
#[derive(Clone, Copy, Debug)]
pub struct WherePredicate {
    /// Its attributes.
    pub attrs: List<Attr>,
    /// What it says.
    pub kind: WhereKind,
    /// All of it without attributes.
    pub span: Span,
}

/// What a predicate says.
#[derive(Clone, Copy, Debug)]
pub enum WhereKind {
    /// `for<'a> T: A + B`
    Bound(List<GenericParam>, TyId, List<Bound>),
    /// `'a: 'b + 'c`
    Region(Lifetime, List<Bound>),
    /// `T = U`
    Eq(TyId, TyId),
}
