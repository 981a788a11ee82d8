//! Whole bodies: tables, parameters, statements, blocks, arms.

use crate::{Captures, Expr, LocalVarId, Pat, Scope, ScopeTree};
use std::fmt;
use std::ops::Index;
use ty::{DefId, FnSig, IndexVec, Span, Ty};

ty::index_type! {
    /// An arm of a match.
    pub struct ArmId = "a";
}
ty::index_type! {
    /// A block.
    pub struct BlockId = "b";
}
ty::index_type! {
    /// An expression.
    pub struct ExprId = "e";
}
ty::index_type! {
    /// A statement.
    pub struct StmtId = "s";
}
ty::index_type! {
    /// A parameter.
    pub struct ParamId = "p";
}
ty::index_type! {
    /// A node of the resolved program (HIR): its number in its owner.
    pub struct ItemLocalId = "";
}

/// A node of the resolved program: the item that it is in, and its number there. Closures are nodes of the item around
/// them, so they share its numbering.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HirId {
    pub owner: DefId,
    pub local_id: ItemLocalId,
}

impl fmt::Debug for HirId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HirId({:?}.{})", self.owner, self.local_id)
    }
}

/// What a body is of.
#[derive(Clone, Debug, PartialEq)]
pub enum BodyTy<'tcx> {
    /// A constant, static or inline constant: its type.
    Const(Ty<'tcx>),
    /// A function or closure: its signature, a closure's as it is written (without the closure itself, parameters apart).
    Fn(FnSig<'tcx>),
    GlobalAsm(Ty<'tcx>),
}

/// The tables of a typed body.
#[derive(Clone, Debug)]
pub struct Thir<'tcx> {
    pub body_type: BodyTy<'tcx>,
    pub arms: IndexVec<ArmId, Arm<'tcx>>,
    pub blocks: IndexVec<BlockId, Block>,
    pub exprs: IndexVec<ExprId, Expr<'tcx>>,
    pub stmts: IndexVec<StmtId, Stmt<'tcx>>,
    pub params: IndexVec<ParamId, Param<'tcx>>,
}

/// All that MIR building is told of a body.
#[derive(Clone, Debug)]
pub struct TypedBody<'tcx> {
    /// The function, closure, constant or static.
    pub def_id: DefId,
    pub thir: Thir<'tcx>,
    /// The value of the body.
    pub root: ExprId,
    /// Scopes of the item that the body is in: a closure has those of the function around it.
    pub scopes: ScopeTree,
    /// What a closure or coroutine captures, in the order of its fields; empty otherwise.
    pub captures: Captures<'tcx>,
    /// The node of the body's own expression, whose number the scopes `CallSite` and `Arguments` have.
    pub body_id: ItemLocalId,
    /// Of the whole function with its head; of a constant or closure, of the item or expression.
    pub span: Span,
    /// `#[rustc_inherit_overflow_checks]`: the code checks for overflow, and whoever compiles it decides.
    pub inherits_overflow_checks: bool,
    /// Of the type after `->` or before the body; of a constant, of its type.
    pub return_ty_span: Span,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Param<'tcx> {
    /// Absent for parameters that are not written: a closure's environment, a coroutine's resume argument.
    pub pat: Option<Box<Pat<'tcx>>>,
    pub ty: Ty<'tcx>,
    /// Of the type, where it is written.
    pub ty_span: Option<Span>,
    pub self_kind: Option<ImplicitSelfKind>,
    pub hir_id: Option<HirId>,
}

/// How `self` is written as a parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImplicitSelfKind {
    /// `self`
    Imm,
    /// `mut self`
    Mut,
    /// `&self`
    RefImm,
    /// `&mut self`
    RefMut,
    /// `self: T`
    None,
}

/// A block.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The block itself has a label that a `break` names; labels of loops do not count.
    pub targeted_by_break: bool,
    pub region_scope: Scope,
    pub span: Span,
    pub stmts: Vec<StmtId>,
    /// The block's value.
    pub expr: Option<ExprId>,
    pub safety_mode: BlockSafety,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BlockSafety {
    Safe,
    /// An `unsafe` block that desugaring made.
    BuiltinUnsafe,
    ExplicitUnsafe(HirId),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Stmt<'tcx> {
    pub kind: StmtKind<'tcx>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind<'tcx> {
    /// An expression whose value is dropped.
    Expr {
        /// Of the statement: its temporaries may live as long.
        scope: Scope,
        expr: ExprId,
    },
    Let {
        /// Of the variables: this and all following statements of the block.
        remainder_scope: Scope,
        /// Of the initializer.
        init_scope: Scope,
        /// A written type is an ascription of the pattern.
        pattern: Box<Pat<'tcx>>,
        initializer: Option<ExprId>,
        else_block: Option<BlockId>,
        hir_id: HirId,
        /// Of `let PATTERN = INITIALIZER`.
        span: Span,
    },
}

/// An arm of a match.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm<'tcx> {
    pub pattern: Box<Pat<'tcx>>,
    pub guard: Option<ExprId>,
    pub body: ExprId,
    pub hir_id: HirId,
    pub scope: Scope,
    pub span: Span,
}

impl<'tcx> Thir<'tcx> {
    /// A body with nothing in it yet.
    pub fn new(body_type: BodyTy<'tcx>) -> Thir<'tcx> {
        Thir {
            body_type,
            arms: IndexVec::new(),
            blocks: IndexVec::new(),
            exprs: IndexVec::new(),
            stmts: IndexVec::new(),
            params: IndexVec::new(),
        }
    }
}

macro_rules! tables {
    ($($id:ty => $table:ident: $entry:ty;)*) => {$(
        impl<'tcx> Index<$id> for Thir<'tcx> {
            type Output = $entry;
            fn index(&self, id: $id) -> &$entry {
                &self.$table[id]
            }
        }
    )*};
}
tables! {
    ArmId => arms: Arm<'tcx>;
    BlockId => blocks: Block;
    ExprId => exprs: Expr<'tcx>;
    StmtId => stmts: Stmt<'tcx>;
    ParamId => params: Param<'tcx>;
}

impl LocalVarId {
    /// The number that the scope tree knows the variable by.
    pub fn local_id(self) -> ItemLocalId {
        self.0.local_id
    }
}
