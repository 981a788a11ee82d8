//! The nodes of a body, and what a body is.

use crate::expr::{Arm, Block, Expr, Stmt};
use crate::pat::Pat;
use crate::ty::Ty;
use ::ty::DefId;
use index::{IndexVec, index_type};
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Index;
use syntax::span::{Ident, Span};

index_type! {
    /// An expression of a [`Hir`].
    pub struct ExprId = "e";
}
index_type! {
    /// A pattern of a [`Hir`].
    pub struct PatId = "p";
}
index_type! {
    /// A block of a [`Hir`].
    pub struct BlockId = "b";
}
index_type! {
    /// A statement of a [`Hir`].
    pub struct StmtId = "s";
}
index_type! {
    /// An arm of a `match` of a [`Hir`].
    pub struct ArmId = "arm";
}
index_type! {
    /// A type that is written in a [`Hir`], or that lowering made.
    pub struct TyId = "t";
}
index_type! {
    /// A variable of a [`Hir`]: of alternatives that bind it several times, one.
    pub struct LocalId = "l";
}

/// A body with all that is type-checked with it: its closures' bodies, its `const { … }` blocks.
///
/// Constants in types (array lengths, constant arguments) have bodies of their own, see [`crate::ty::AnonConst`].
#[derive(Clone, PartialEq, Debug)]
pub struct Hir {
    /// Whose body it is: a function, constant, static, anonymous constant, ….
    pub def_id: DefId,
    /// Parameters and value.
    pub body: Body,
    /// Expressions.
    pub exprs: IndexVec<ExprId, Expr>,
    /// Patterns.
    pub pats: IndexVec<PatId, Pat>,
    /// Blocks.
    pub blocks: IndexVec<BlockId, Block>,
    /// Statements.
    pub stmts: IndexVec<StmtId, Stmt>,
    /// Arms.
    pub arms: IndexVec<ArmId, Arm>,
    /// Types.
    pub types: IndexVec<TyId, Ty>,
    /// Variables.
    pub locals: IndexVec<LocalId, Local>,
    /// The traits whose methods may be called in all of it: first the one that is defined or implemented around, then those of
    /// blocks around it, of the module, of the prelude. One may be there several times.
    pub traits: Vec<DefId>,
    /// The traits that the items of a block bring into scope in it.
    pub block_traits: FxHashMap<BlockId, Vec<DefId>>,
    /// Numbers of statements in their blocks, where those are not their places: imports, which are no statements here, count
    /// before them.
    pub stmt_numbers: FxHashMap<StmtId, u32>,
    /// Nodes with an attribute that sets levels of lints (`#[allow]` and the like). What stands on a field is its expression's
    /// or pattern's.
    pub lint_levels: FxHashSet<Node>,
}

/// What an attribute may stand on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// An expression, also as a statement.
    Expr(ExprId),
    /// A `let` statement.
    Let(StmtId),
    /// An arm of a `match`.
    Arm(ArmId),
    /// A parameter, by its pattern.
    Param(PatId),
    /// The pattern of a field.
    Pat(PatId),
}

/// A function's or closure's parameters and what it computes; of a constant its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Body {
    /// The parameters: `self` among them, types are the signature's.
    pub params: Vec<Param>,
    /// The value.
    pub value: ExprId,
}

/// A parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Param {
    /// What it is bound to.
    pub pat: PatId,
    /// Where its type is written; of a closure's parameter without a type the pattern.
    pub ty_span: Span,
    /// All of it.
    pub span: Span,
}

/// A variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Local {
    /// Its name.
    pub ident: Ident,
    /// The first pattern that binds it.
    pub pat: PatId,
}

macro_rules! indexed {
    ($($field:ident: $id:ty => $node:ty,)*) => {
        $(impl Index<$id> for Hir {
            type Output = $node;

            #[inline]
            fn index(&self, id: $id) -> &$node {
                &self.$field[id]
            }
        })*
    };
}

indexed! {
    exprs: ExprId => Expr,
    pats: PatId => Pat,
    blocks: BlockId => Block,
    stmts: StmtId => Stmt,
    arms: ArmId => Arm,
    types: TyId => Ty,
    locals: LocalId => Local,
}
