//! Types as they are written, arguments of paths, lifetimes.

use crate::body::TyId;
use crate::path::{Path, QPath, Res};
use ::ty::{DefId, ExternAbi};
use syntax::ast::{BoundModifiers, DynSyntax, Mutability};
use syntax::span::{Ident, Span};

/// A type.
#[derive(Clone, PartialEq, Debug)]
pub struct Ty {
    /// What it is.
    pub kind: TyKind,
    /// All of it.
    pub span: Span,
}

/// What a type is.
#[derive(Clone, PartialEq, Debug)]
pub enum TyKind {
    /// `[T]`
    Slice(TyId),
    /// `[T; N]`
    Array(TyId, ConstArg),
    /// `*const T`
    Ptr(TyId, Mutability),
    /// `&'a mut T`
    Ref(Lifetime, TyId, Mutability),
    /// `for<'a> unsafe extern "C" fn(T) -> U`
    FnPtr(Box<FnPtrTy>),
    /// `unsafe<'a> T`
    UnsafeBinder(Vec<GenericParam>, TyId),
    /// `!`
    Never,
    /// `(T, U)`
    Tup(Vec<TyId>),
    /// `a::T`, `<T as U>::V`; of a bare trait in old editions it is a [`TyKind::TraitObject`]
    Path(QPath),
    /// `impl T` where a variable's or parameter's type is not an opaque type's place.
    TraitAscription(Vec<GenericBound>),
    /// `impl T` as the result of a function: an opaque type.
    OpaqueDef(Box<OpaqueTy>),
    /// `dyn T + 'a`
    TraitObject(Vec<PolyTraitRef>, Lifetime, DynSyntax),
    /// `T is 1..`
    Pat(TyId, TyPat),
    /// `_`
    Infer,
}

/// What values a pattern type has.
#[derive(Clone, PartialEq, Debug)]
pub enum TyPat {
    /// `a..=b`
    Range(ConstArg, ConstArg),
    /// `!null`
    NotNull,
    /// `a | b`
    Or(Vec<TyPat>),
}

/// A function pointer's type.
#[derive(Clone, PartialEq, Debug)]
pub struct FnPtrTy {
    /// `unsafe`
    pub is_unsafe: bool,
    /// `extern "C"`
    pub abi: ExternAbi,
    /// `for<'a>`, and elided lifetimes of the parameters.
    pub generic_params: Vec<GenericParam>,
    /// Parameters and result.
    pub decl: FnDecl,
    /// The parameters' names.
    pub param_idents: Vec<Option<Ident>>,
}

/// Parameters and result.
#[derive(Clone, PartialEq, Debug)]
pub struct FnDecl {
    /// The parameters' types; `_` of a closure's parameter without one. Without `...`.
    pub inputs: Vec<TyId>,
    /// The result.
    pub output: FnRetTy,
    /// `...`
    pub c_variadic: bool,
    /// May the result's lifetimes be elided?
    pub lifetime_elision_allowed: bool,
}

/// A result's type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FnRetTy {
    /// None is written: where it would be.
    Default(Span),
    /// `-> T`
    Return(TyId),
}

/// An opaque type.
#[derive(Clone, PartialEq, Debug)]
pub struct OpaqueTy {
    /// Its definition.
    pub def_id: DefId,
    /// Its bounds.
    pub bounds: Vec<GenericBound>,
    /// All of it.
    pub span: Span,
}

/// The arguments of a path's segment.
#[derive(Clone, PartialEq, Debug)]
pub struct GenericArgs {
    /// Lifetimes (also elided ones), types and constants.
    pub args: Vec<GenericArg>,
    /// `A = T`, `A: B`
    pub constraints: Vec<AssocItemConstraint>,
    /// Was it written `(A, B) -> C`? Then it is a tuple and a constraint `Output = C`.
    pub parenthesized: Parenthesized,
    /// The brackets; of none an empty span behind the name.
    pub span_ext: Span,
}

/// How arguments were written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parenthesized {
    /// `<A, B>`
    No,
    /// `(..)`
    ReturnTypeNotation,
    /// `(A, B) -> C`
    ParenSugar,
}

/// An argument.
#[derive(Clone, PartialEq, Debug)]
pub enum GenericArg {
    /// `'a`
    Lifetime(Lifetime),
    /// `T`
    Type(TyId),
    /// `1`, `N`, `{ N + 1 }`
    Const(ConstArg),
    /// `_`: a type or a constant
    Infer(Span),
}

/// What an associated item must be.
#[derive(Clone, PartialEq, Debug)]
pub struct AssocItemConstraint {
    /// The item.
    pub ident: Ident,
    /// Its own arguments.
    pub gen_args: GenericArgs,
    /// What it must be.
    pub kind: AssocItemConstraintKind,
    /// All of it.
    pub span: Span,
}

/// What an associated item must be.
#[derive(Clone, PartialEq, Debug)]
pub enum AssocItemConstraintKind {
    /// `= T`
    EqType(TyId),
    /// `= 1`
    EqConst(ConstArg),
    /// `: A + B`
    Bound(Vec<GenericBound>),
}

/// A constant in a type.
#[derive(Clone, PartialEq, Debug)]
pub struct ConstArg {
    /// What it is.
    pub kind: ConstArgKind,
    /// All of it.
    pub span: Span,
}

/// What a constant in a type is.
#[derive(Clone, PartialEq, Debug)]
pub enum ConstArgKind {
    /// A generic parameter.
    Path(QPath),
    /// A body of its own.
    Anon(AnonConst),
    /// `_`
    Infer,
}

/// A constant with a body of its own, which is the [`crate::body::Hir`] of that definition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AnonConst {
    /// The definition.
    pub def_id: DefId,
    /// The expression.
    pub span: Span,
    /// Is it a literal, with or without `-`?
    pub is_literal: bool,
}

/// A lifetime, written or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lifetime {
    /// Its name: `'a`, `'_`, `'static`; `'_` too where none is written.
    pub ident: Ident,
    /// What it means.
    pub kind: LifetimeKind,
    /// Is it not written at all?
    pub is_implicit: bool,
}

/// What a lifetime means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LifetimeKind {
    /// A generic parameter, or an elided one that was made one.
    Param(DefId),
    /// Of a trait object without a lifetime: what the context says.
    ImplicitObjectLifetimeDefault,
    /// To be inferred.
    Infer,
    /// `'static`, and what is elided in constants.
    Static,
    /// Not resolved: nothing before borrow checking asks. Elided lifetimes of parameters of `fn` pointers and `Fn(…)`.
    Elided,
}

/// A parameter of `for<…>`, a closure's binder, or an elided lifetime made one.
#[derive(Clone, PartialEq, Debug)]
pub struct GenericParam {
    /// Its definition.
    pub def_id: DefId,
    /// Its name; of an elided lifetime `'_`.
    pub ident: Ident,
    /// What it is.
    pub kind: GenericParamKind,
    /// All of it.
    pub span: Span,
}

/// What a generic parameter is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GenericParamKind {
    /// `'a`
    Lifetime,
    /// An elided lifetime.
    ElidedLifetime,
    /// `T`
    Type,
    /// `const N: T`
    Const(TyId),
}

/// What something must implement or outlive.
#[derive(Clone, PartialEq, Debug)]
pub enum GenericBound {
    /// `for<'a> Trait<'a>`
    Trait(PolyTraitRef),
    /// `'a`
    Outlives(Lifetime),
    /// `use<'a, T>`: lifetimes and parameters
    Use(Vec<UseArg>, Span),
}

/// What an opaque type captures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UseArg {
    /// `'a`
    Lifetime(Lifetime),
    /// `T`, `Self`
    Param(Ident, Res),
}

/// A trait as a bound.
#[derive(Clone, PartialEq, Debug)]
pub struct PolyTraitRef {
    /// `for<'a>`
    pub generic_params: Vec<GenericParam>,
    /// `?`, `const`, …
    pub modifiers: BoundModifiers,
    /// The trait.
    pub path: Path,
    /// All of it.
    pub span: Span,
}
