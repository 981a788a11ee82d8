//! What the resolution of names in bodies gets to know of a crate: all names in a module, with what they mean.

use ty::{DefId, DefKind, FloatTy, IntTy, Symbol, UintTy};

/// What a name of a module means. Macros, attributes and tools are left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// A definition.
    Def(DefKind, DefId),
    /// `i8`, …
    Int(IntTy),
    /// `u8`, …
    Uint(UintTy),
    /// `f32`, …
    Float(FloatTy),
    /// `str`
    Str,
    /// `bool`
    Bool,
    /// `char`
    Char,
}

/// A name in a module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScopeName {
    /// The name; `_` of what is imported without one.
    pub name: Symbol,
    /// What it means.
    pub meaning: Meaning,
    /// The module in which it may be seen; none if it is public.
    pub visible_in: Option<DefId>,
}
