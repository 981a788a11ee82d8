//! Paths and what they mean.

use crate::body::{LocalId, TyId};
use crate::ty::GenericArgs;
use ::ty::{CtorOf, DefId, DefKind, FloatTy, IntTy, LangItem, UintTy};
use syntax::span::{Ident, Span};

/// What a name means. (rustc: `rustc_hir::def::Res`.)
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Res {
    /// A definition.
    Def(DefKind, DefId),
    /// A variable.
    Local(LocalId),
    /// A built-in type.
    PrimTy(PrimTy),
    /// `Self` in the trait, or in its alias.
    SelfTyParam {
        /// The trait.
        trait_: DefId,
    },
    /// `Self` in an impl, or in a struct, enum or union.
    SelfTyAlias {
        /// The impl or type.
        alias_to: DefId,
        /// Is it an impl of a trait?
        is_trait_impl: bool,
    },
    /// `Self(…)`: the constructor of the impl's type.
    SelfCtor(DefId),
    /// Of a segment that nobody asks about: rustc has no meaning for it either.
    Err,
}

/// A built-in type with a name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PrimTy {
    Int(IntTy),
    Uint(UintTy),
    Float(FloatTy),
    Str,
    Bool,
    Char,
}

impl PrimTy {
    /// All of them.
    pub const ALL: [PrimTy; 19] = [
        PrimTy::Int(IntTy::I8),
        PrimTy::Int(IntTy::I16),
        PrimTy::Int(IntTy::I32),
        PrimTy::Int(IntTy::I64),
        PrimTy::Int(IntTy::I128),
        PrimTy::Int(IntTy::Isize),
        PrimTy::Uint(UintTy::U8),
        PrimTy::Uint(UintTy::U16),
        PrimTy::Uint(UintTy::U32),
        PrimTy::Uint(UintTy::U64),
        PrimTy::Uint(UintTy::U128),
        PrimTy::Uint(UintTy::Usize),
        PrimTy::Float(FloatTy::F16),
        PrimTy::Float(FloatTy::F32),
        PrimTy::Float(FloatTy::F64),
        PrimTy::Float(FloatTy::F128),
        PrimTy::Bool,
        PrimTy::Char,
        PrimTy::Str,
    ];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            PrimTy::Int(IntTy::Isize) => "isize",
            PrimTy::Int(IntTy::I8) => "i8",
            PrimTy::Int(IntTy::I16) => "i16",
            PrimTy::Int(IntTy::I32) => "i32",
            PrimTy::Int(IntTy::I64) => "i64",
            PrimTy::Int(IntTy::I128) => "i128",
            PrimTy::Uint(UintTy::Usize) => "usize",
            PrimTy::Uint(UintTy::U8) => "u8",
            PrimTy::Uint(UintTy::U16) => "u16",
            PrimTy::Uint(UintTy::U32) => "u32",
            PrimTy::Uint(UintTy::U64) => "u64",
            PrimTy::Uint(UintTy::U128) => "u128",
            PrimTy::Float(FloatTy::F16) => "f16",
            PrimTy::Float(FloatTy::F32) => "f32",
            PrimTy::Float(FloatTy::F64) => "f64",
            PrimTy::Float(FloatTy::F128) => "f128",
            PrimTy::Str => "str",
            PrimTy::Bool => "bool",
            PrimTy::Char => "char",
        }
    }

    /// The type of a name.
    pub fn from_name(name: &str) -> Option<PrimTy> {
        PrimTy::ALL.into_iter().find(|prim| prim.name() == name)
    }
}

impl Res {
    /// The definition, if it is one.
    pub fn def_id(self) -> Option<DefId> {
        match self {
            Res::Def(_, def_id) => Some(def_id),
            _ => None,
        }
    }

    /// Is it the constructor of a struct or variant?
    pub fn is_unit_or_tuple_ctor(self) -> bool {
        matches!(self, Res::Def(DefKind::Ctor(CtorOf::Struct | CtorOf::Variant, _), _) | Res::SelfCtor(_))
    }
}

/// A path in an expression, pattern or type.
#[derive(Clone, PartialEq, Debug)]
pub enum QPath {
    /// All of it is resolved. With a type in front it is `<T as Trait>::name`, whose path is `Trait::name`.
    Resolved(Option<TyId>, Path),
    /// `T::name`: what it means depends on the type.
    TypeRelative(TyId, PathSegment),
    /// An item that the language refers to: not written, made by desugaring. The span is that of what it stands for.
    /// rustc writes such a path as resolved, with segments from the item's name.
    LangItem(LangPath, Span),
}

/// An item that desugaring refers to. Enums' variants, functions and associated functions have names of their own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LangPath {
    /// The item.
    pub item: LangItem,
    /// What it is.
    pub kind: DefKind,
    /// Its number.
    pub def_id: DefId,
}

/// A path that is resolved.
#[derive(Clone, PartialEq, Debug)]
pub struct Path {
    /// All of it.
    pub span: Span,
    /// What it means.
    pub res: Res,
    /// Its names.
    pub segments: Vec<PathSegment>,
}

/// A name in a path.
#[derive(Clone, PartialEq, Debug)]
pub struct PathSegment {
    /// The name.
    pub ident: Ident,
    /// What the path up to here means.
    pub res: Res,
    /// Its arguments, if they are written or elided lifetimes were added.
    pub args: Option<Box<GenericArgs>>,
    /// Are missing arguments to be inferred, not taken from defaults?
    pub infer_args: bool,
}

impl QPath {
    /// All of it.
    pub fn span(&self, hir: &crate::body::Hir) -> Span {
        match self {
            QPath::Resolved(_, path) => path.span,
            QPath::TypeRelative(qself, segment) => hir[*qself].span.to(segment.ident.span),
            QPath::LangItem(_, span) => *span,
        }
    }
}
