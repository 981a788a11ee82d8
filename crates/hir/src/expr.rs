//! Expressions, statements and blocks.

use crate::body::{ArmId, BlockId, Body, ExprId, PatId, StmtId, TyId};
use crate::path::{PathSegment, QPath};
use crate::ty::{ConstArg, FnDecl, GenericParam};
use ::ty::{CoroutineDesugaring, CoroutineKind, DefId, FloatTy, IntTy, UintTy};
use std::sync::Arc;
use syntax::ast::{AsmMacro, AsmOptions, AsmPiece, AsmReg, BinOp, BinderCast, BorrowKind, CaptureBy, Mutability, UnOp};
use syntax::span::{Ident, Span};
use syntax::symbol::Symbol;

/// An expression.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// All of it; of what desugaring adds, with a context that says so.
    pub span: Span,
}

/// What an expression is. Kinds and their parts are rustc's of `rustc_hir::hir::ExprKind`.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// `const { a }`: a body that is checked with this one
    ConstBlock(Box<ConstBlock>),
    /// `[a, b]`
    Array(Vec<ExprId>),
    /// `f(a)`
    Call(ExprId, Vec<ExprId>),
    /// `receiver.segment(args)`; the span is from the name to the end
    MethodCall(Box<PathSegment>, ExprId, Vec<ExprId>, Span),
    /// `a.use`
    Use(ExprId, Span),
    /// `(a, b)`
    Tup(Vec<ExprId>),
    /// `a + b`, also `&&` and `||`; the span is the operator's
    Binary(BinOp, Span, ExprId, ExprId),
    /// `-a`
    Unary(UnOp, ExprId),
    /// `1`
    Lit(Lit),
    /// `a as T`
    Cast(ExprId, TyId),
    /// `a: T`, by a macro
    Type(ExprId, TyId),
    /// Temporaries of what is inside are dropped at once, not at the end of the statement.
    DropTemps(ExprId),
    /// `let p = a` in a condition
    Let(Let),
    /// `if a { b } else c`. The branches are blocks, but for generated ones.
    If(ExprId, ExprId, Option<ExprId>),
    /// `'l: loop { a }`; the span is from the label or word to the block, of `for` and `while` to the end of the head
    Loop(BlockId, Option<Ident>, LoopSource, Span),
    /// `match a { … }`
    Match(ExprId, Vec<ArmId>, MatchSource),
    /// `|x| a`, and bodies of coroutines
    Closure(Box<Closure>),
    /// `'l: { a }`
    Block(BlockId, Option<Ident>),
    /// `a = b`; the span is the operator's
    Assign(ExprId, ExprId, Span),
    /// `a += b`: the operator without `=`, the span is the operator's
    AssignOp(BinOp, Span, ExprId, ExprId),
    /// `a.f`
    Field(ExprId, Ident),
    /// `a[b]`; the span is that of the brackets
    Index(ExprId, ExprId, Span),
    /// `a::b`
    Path(QPath),
    /// `&a`
    AddrOf(BorrowKind, Mutability, ExprId),
    /// `break 'l a`
    Break(Destination, Option<ExprId>),
    /// `continue 'l`
    Continue(Destination),
    /// `return a`
    Ret(Option<ExprId>),
    /// `become a`
    Become(ExprId),
    /// `asm!`
    InlineAsm(Box<InlineAsm>),
    /// `offset_of!(T, a.b)`
    OffsetOf(TyId, Vec<Ident>),
    /// `S { a: b, ..c }`
    Struct(Box<QPath>, Vec<ExprField>, StructTail),
    /// `[a; N]`
    Repeat(ExprId, ConstArg),
    /// `yield a`
    Yield(ExprId, YieldSource),
    /// `wrap_binder!(a)`
    UnsafeBinderCast(BinderCast, ExprId, Option<TyId>),
}

/// A literal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lit {
    /// Its value.
    pub kind: LitKind,
    /// All of it.
    pub span: Span,
}

/// A literal's value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LitKind {
    /// `"a"`
    Str(Symbol),
    /// `b"a"`
    ByteStr(Arc<[u8]>),
    /// `c"a"`, with the nul at its end
    CStr(Arc<[u8]>),
    /// `b'a'`
    Byte(u8),
    /// `'a'`
    Char(char),
    /// `1`
    Int(u128, LitIntType),
    /// `1.0`: digits without underscores and suffix
    Float(Symbol, Option<FloatTy>),
    /// `true`
    Bool(bool),
}

/// The type of an integer literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LitIntType {
    /// `1i8`
    Signed(IntTy),
    /// `1u8`
    Unsigned(UintTy),
    /// None is written.
    Unsuffixed,
}

/// `const { a }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConstBlock {
    /// Its definition.
    pub def_id: DefId,
    /// Its value.
    pub body: Body,
}

/// `let pat: ty = init` as a condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Let {
    /// All of it.
    pub span: Span,
    /// The pattern.
    pub pat: PatId,
    /// The type: desugaring may give one.
    pub ty: Option<TyId>,
    /// The value.
    pub init: ExprId,
}

/// What a loop was written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum LoopSource {
    Loop,
    While,
    ForLoop,
}

/// What a `match` was written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MatchSource {
    /// `match a {}`
    Normal,
    /// `a.match {}`
    Postfix,
    /// `for`
    ForLoopDesugar,
    /// `?`: the expression in front of it
    TryDesugar(ExprId),
    /// `.await`
    AwaitDesugar,
    /// `format_args!`
    FormatArgs,
}

/// What a `let` was written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LocalSource {
    /// `let`
    Normal,
    /// A parameter of an `async fn`.
    AsyncFn,
    /// `.await`
    AwaitDesugar,
    /// `(a, b) = c`; the span is that of `=`
    AssignDesugar(Span),
    /// A function's contract.
    Contract,
}

/// What is jumped to. (rustc has the label too, as written.)
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Destination {
    /// The label that is written.
    pub label: Option<Ident>,
    /// The `Loop` expression, or the `Block` expression with a label.
    pub target: ExprId,
}

/// A closure, or a coroutine's body.
#[derive(Clone, PartialEq, Debug)]
pub struct Closure {
    /// Its definition.
    pub def_id: DefId,
    /// Was `for<…>` written?
    pub has_binder: bool,
    /// `const`
    pub is_const: bool,
    /// `move`
    pub capture: CaptureBy,
    /// `for<'a>`, and elided lifetimes of the parameters if a binder is written.
    pub generic_params: Vec<GenericParam>,
    /// Types of parameters and result.
    pub decl: FnDecl,
    /// Parameters and value: checked with the body that the closure is in.
    pub body: Body,
    /// From its beginning to before its body.
    pub decl_span: Span,
    /// `|…|`
    pub args_span: Option<Span>,
    /// What it is.
    pub kind: ClosureKind,
}

/// What a closure is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClosureKind {
    /// `|x| a`
    Closure,
    /// What `async`, `gen` or a closure with `yield` becomes.
    Coroutine(CoroutineKind),
    /// `async |x| a`: a closure whose body is a coroutine
    CoroutineClosure(CoroutineDesugaring),
}

/// `ident: expr` in a struct expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExprField {
    /// The field.
    pub ident: Ident,
    /// Its value.
    pub expr: ExprId,
    /// All of it.
    pub span: Span,
    /// Only the name was written.
    pub is_shorthand: bool,
}

/// The end of a struct expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StructTail {
    /// Nothing.
    None,
    /// `..base`
    Base(ExprId),
    /// `..`
    DefaultFields(Span),
}

/// What a `yield` was written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum YieldSource {
    /// `.await`: what is awaited, if it is known
    Await(Option<ExprId>),
    /// `yield`
    Yield,
}

/// `pat if guard => body`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arm {
    /// All of it.
    pub span: Span,
    /// The pattern.
    pub pat: PatId,
    /// The condition; `let` and `&&` may be in it.
    pub guard: Option<ExprId>,
    /// The result.
    pub body: ExprId,
}

/// `{ stmts; expr }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// Statements.
    pub stmts: Vec<StmtId>,
    /// The value.
    pub expr: Option<ExprId>,
    /// `unsafe`
    pub rules: BlockCheckMode,
    /// All of it.
    pub span: Span,
    /// May a `break` give its value?
    pub targeted_by_break: bool,
}

/// Is a block `unsafe`?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BlockCheckMode {
    /// No.
    Default,
    /// The program says so.
    UnsafeUser,
    /// The compiler made it.
    UnsafeGenerated,
}

/// A statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// All of it.
    pub span: Span,
}

/// What a statement is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StmtKind {
    /// `let p: T = a else { … };`
    Let(LetStmt),
    /// An item: its body is a [`crate::body::Hir`] of its own.
    Item(DefId),
    /// An expression without semicolon.
    Expr(ExprId),
    /// An expression with semicolon.
    Semi(ExprId),
}

/// `let pat: ty = init else { els };`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LetStmt {
    /// Of `super let` the span of `super`.
    pub super_: Option<Span>,
    /// The pattern.
    pub pat: PatId,
    /// The type.
    pub ty: Option<TyId>,
    /// The value.
    pub init: Option<ExprId>,
    /// What is done if it does not match.
    pub els: Option<BlockId>,
    /// All of it.
    pub span: Span,
    /// What it was written as.
    pub source: LocalSource,
}

/// `asm!`
#[derive(Clone, PartialEq, Debug)]
pub struct InlineAsm {
    /// Which macro.
    pub macro_kind: AsmMacro,
    /// The code.
    pub template: Vec<AsmPiece>,
    /// The operands; those that `clobber_abi` adds behind the written ones.
    pub operands: Vec<AsmOperand>,
    /// `options(…)`
    pub options: AsmOptions,
}

/// An operand of assembly code.
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "as in rustc's HIR")]
pub enum AsmOperand {
    In { reg: AsmReg, expr: ExprId },
    Out { reg: AsmReg, late: bool, expr: Option<ExprId> },
    InOut { reg: AsmReg, late: bool, expr: ExprId },
    SplitInOut { reg: AsmReg, late: bool, in_expr: ExprId, out_expr: Option<ExprId> },
    Const(ConstBlock),
    SymFn(ExprId),
    SymStatic(QPath, DefId),
    Label(BlockId),
}
