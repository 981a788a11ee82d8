//! Expressions, statements and blocks.

use super::{
    AnonConst, Attr, Constness, Coroutine, FnDecl, FormatArgs, GenericParam, Id, InlineAsm, ItemId, Lifetime, List,
    MacCall, Mutability, PatId, Path, PathSegment, QSelf, TyId,
};
use crate::span::{Ident, Span};
use crate::token::Lit;

/// The number of an expression.
pub type ExprId = Id<Expr>;
/// The number of a block.
pub type BlockId = Id<Block>;

/// An expression.
#[derive(Clone, Copy, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// All of it, without its attributes.
    pub span: Span,
    /// Its attributes: outer ones, then those inside of its block.
    pub attrs: List<Attr>,
}

/// What an expression is.
#[derive(Clone, Copy, Debug)]
pub enum ExprKind {
    /// `[a, b]`
    Array(List<ExprId>),
    /// `const { a }`
    ConstBlock(AnonConst),
    /// `f(a)`
    Call(ExprId, List<ExprId>),
    /// `a.f(b)`
    MethodCall(Id<MethodCall>),
    /// `(a, b)`
    Tup(List<ExprId>),
    /// `a + b`; the span is the operator's
    Binary(BinOp, Span, ExprId, ExprId),
    /// `-a`
    Unary(UnOp, ExprId),
    /// `1`
    Lit(Lit),
    /// `a as T`
    Cast(ExprId, TyId),
    /// `builtin # type_ascribe(a, T)`
    Type(ExprId, TyId),
    /// `let p = a`, in a condition
    Let(PatId, ExprId),
    /// `if a { b } else c`
    If(ExprId, BlockId, Option<ExprId>),
    /// `'l: while a { b }`
    While(ExprId, BlockId, Option<Lifetime>),
    /// `'l: for p in a { b }`
    ForLoop(Id<ForLoop>),
    /// `'l: loop { a }`
    Loop(BlockId, Option<Lifetime>),
    /// `match a { p => b }`, `a.match { p => b }`
    Match(ExprId, List<Arm>, MatchStyle),
    /// `|x| a`
    Closure(Id<Closure>),
    /// `'l: { a }`
    Block(BlockId, Option<Lifetime>),
    /// `async { a }`, `gen move { a }`
    Gen(Id<GenBlock>),
    /// `a.await`; the span is the word's
    Await(ExprId, Span),
    /// `a.use`
    Use(ExprId, Span),
    /// `try { a }`, `try bikeshed T { a }`
    TryBlock(BlockId, Option<TyId>),
    /// `a = b`; the span is the operator's
    Assign(ExprId, ExprId, Span),
    /// `a += b`
    AssignOp(BinOp, Span, ExprId, ExprId),
    /// `a.f`, `a.0`
    Field(ExprId, Ident),
    /// `a[b]`; the span is that of the brackets
    Index(ExprId, ExprId, Span),
    /// `a..b`
    Range(Option<ExprId>, Option<ExprId>, RangeLimits),
    /// `_`
    Underscore,
    /// `a::b`, `<T as U>::a`
    Path(Option<Id<QSelf>>, Path),
    /// `&a`, `&raw const a`, `&pin mut a`
    AddrOf(BorrowKind, Mutability, ExprId),
    /// `break 'l a`
    Break(Option<Lifetime>, Option<ExprId>),
    /// `continue 'l`
    Continue(Option<Lifetime>),
    /// `return a`
    Ret(Option<ExprId>),
    /// `builtin # offset_of(T, a.b)`
    OffsetOf(TyId, List<Ident>),
    /// What `format_args!` expands to.
    FormatArgs(Id<FormatArgs>),
    /// What `asm!` expands to.
    InlineAsm(Id<InlineAsm>),
    /// `m!(a)`
    MacCall(Id<MacCall>),
    /// `S { a: b }`
    Struct(Id<StructExpr>),
    /// `[a; N]`
    Repeat(ExprId, AnonConst),
    /// `(a)`
    Paren(ExprId),
    /// `a?`
    Try(ExprId),
    /// `yield a`
    Yield(Option<ExprId>),
    /// `a.yield`
    PostfixYield(ExprId),
    /// `do yeet a`
    Yeet(Option<ExprId>),
    /// `become a`
    Become(ExprId),
    /// `builtin # wrap_binder(a, T)`, `unwrap_binder`
    UnsafeBinderCast(BinderCast, ExprId, Option<TyId>),
}

/// An operator between two operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "named as the traits are")]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    And,
    Or,
    BitXor,
    BitAnd,
    BitOr,
    Shl,
    Shr,
    Eq,
    Lt,
    Le,
    Ne,
    Ge,
    Gt,
}

impl BinOp {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            BinOp::Add => "+",
            BinOp::Sub => "-",
            BinOp::Mul => "*",
            BinOp::Div => "/",
            BinOp::Rem => "%",
            BinOp::And => "&&",
            BinOp::Or => "||",
            BinOp::BitXor => "^",
            BinOp::BitAnd => "&",
            BinOp::BitOr => "|",
            BinOp::Shl => "<<",
            BinOp::Shr => ">>",
            BinOp::Eq => "==",
            BinOp::Lt => "<",
            BinOp::Le => "<=",
            BinOp::Ne => "!=",
            BinOp::Ge => ">=",
            BinOp::Gt => ">",
        }
    }

    /// `==`, `<`, …: may not be chained.
    pub fn is_comparison(self) -> bool {
        matches!(self, BinOp::Eq | BinOp::Lt | BinOp::Le | BinOp::Ne | BinOp::Ge | BinOp::Gt)
    }
}

/// An operator in front of its operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "named as the traits are")]
pub enum UnOp {
    Deref,
    Not,
    Neg,
}

impl UnOp {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            UnOp::Deref => "*",
            UnOp::Not => "!",
            UnOp::Neg => "-",
        }
    }
}

/// `..` or `..=`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum RangeLimits {
    HalfOpen,
    Closed,
}

/// What `&` makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BorrowKind {
    /// `&a`, `&mut a`
    Ref,
    /// `&raw const a`, `&raw mut a`
    Raw,
    /// `&pin const a`, `&pin mut a`
    Pin,
}

/// `match a {}` or `a.match {}`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum MatchStyle {
    Prefix,
    Postfix,
}

/// What kind of coroutine a block is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum GenKind {
    Async,
    Gen,
    AsyncGen,
}

/// How a closure captures, with the keyword's span.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CaptureBy {
    /// `move`
    Value(Span),
    /// `use`
    Use(Span),
    /// As it needs.
    Ref,
}

/// Into an unsafe binder or out of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BinderCast {
    Wrap,
    Unwrap,
}

/// `async move { body }`
#[derive(Clone, Copy, Debug)]
pub struct GenBlock {
    /// `move` or `use`
    pub capture: CaptureBy,
    /// What is done when it is asked for.
    pub body: BlockId,
    /// Which words.
    pub kind: GenKind,
    /// The words.
    pub decl_span: Span,
}

/// `receiver.segment(args)`
#[derive(Clone, Copy, Debug)]
pub struct MethodCall {
    /// The method's name and arguments.
    pub segment: PathSegment,
    /// What it is called on.
    pub receiver: ExprId,
    /// Its other arguments.
    pub args: List<ExprId>,
    /// From the name to the end.
    pub span: Span,
}

/// `'label: for await pat in iter body`
#[derive(Clone, Copy, Debug)]
pub struct ForLoop {
    /// The loop's variables.
    pub pat: PatId,
    /// What is iterated over.
    pub iter: ExprId,
    /// What is done.
    pub body: BlockId,
    /// The label.
    pub label: Option<Lifetime>,
    /// `for await`?
    pub is_await: bool,
}

/// A closure.
#[derive(Clone, Copy, Debug)]
pub struct Closure {
    /// `for<'a>` in front of it, if it is there.
    pub binder: Option<(Span, List<GenericParam>)>,
    /// `move` or `use`
    pub capture: CaptureBy,
    /// `const`
    pub constness: Constness,
    /// `async` or `gen`
    pub coroutine: Option<Coroutine>,
    /// `static`
    pub is_static: bool,
    /// Parameters and result.
    pub decl: Id<FnDecl>,
    /// What it computes.
    pub body: ExprId,
    /// From its beginning to before its body.
    pub decl_span: Span,
    /// `|…|`
    pub args_span: Span,
}

/// `path { fields, ..rest }`
#[derive(Clone, Copy, Debug)]
pub struct StructExpr {
    /// `<T as U>` in front of the path.
    pub qself: Option<Id<QSelf>>,
    /// The struct or variant.
    pub path: Path,
    /// The fields.
    pub fields: List<ExprField>,
    /// What gives the others.
    pub rest: StructRest,
}

/// The end of a struct expression.
#[derive(Clone, Copy, Debug)]
pub enum StructRest {
    /// `..base`
    Base(ExprId),
    /// `..`
    Rest(Span),
    /// Nothing.
    None,
}

/// `ident: expr` or `ident` in a struct expression.
#[derive(Clone, Copy, Debug)]
pub struct ExprField {
    /// The field.
    pub ident: Ident,
    /// Its value; of a shorthand the path of that name.
    pub expr: ExprId,
    /// All of it without attributes.
    pub span: Span,
    /// Its attributes.
    pub attrs: List<Attr>,
    /// Only the name was written.
    pub is_shorthand: bool,
}

/// `pat if guard => body,`
#[derive(Clone, Copy, Debug)]
pub struct Arm {
    /// Its attributes.
    pub attrs: List<Attr>,
    /// What it matches.
    pub pat: PatId,
    /// The condition.
    pub guard: Option<ExprId>,
    /// The result; missing behind a pattern that never matches.
    pub body: Option<ExprId>,
    /// All of it without attributes.
    pub span: Span,
}

/// `{ stmts }`
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// What is in it. An expression at the end without `;` is a `StmtKind::Expr`.
    pub stmts: List<Stmt>,
    /// `unsafe { }`?
    pub is_unsafe: bool,
    /// Did a macro of the compiler make it? Then it is printed as if it were not unsafe, but for the word.
    pub is_generated: bool,
    /// From the keyword or brace to the closing brace.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Copy, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// All of it with its semicolon.
    pub span: Span,
}

/// What a statement is.
#[derive(Clone, Copy, Debug)]
pub enum StmtKind {
    /// `let p = a;`
    Let(Id<Let>),
    /// An item.
    Item(ItemId),
    /// An expression without semicolon.
    Expr(ExprId),
    /// An expression with semicolon.
    Semi(ExprId),
    /// `;`
    Empty,
    /// A macro call that may expand to statements.
    MacCall(Id<MacStmt>),
}

/// `let pat: ty = init else { }`
#[derive(Clone, Copy, Debug)]
pub struct Let {
    /// Of `super let` the span of `super`.
    pub super_: Option<Span>,
    /// The variables.
    pub pat: PatId,
    /// Their type.
    pub ty: Option<TyId>,
    /// Their value.
    pub init: Option<ExprId>,
    /// What is done if the pattern does not match.
    pub els: Option<BlockId>,
    /// Without attributes.
    pub span: Span,
    /// Its attributes.
    pub attrs: List<Attr>,
}

/// A macro call as a statement.
#[derive(Clone, Copy, Debug)]
pub struct MacStmt {
    /// The call.
    pub mac: Id<MacCall>,
    /// How it ends.
    pub style: MacStmtStyle,
    /// Its attributes.
    pub attrs: List<Attr>,
}

/// How a macro call ends that is a statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MacStmtStyle {
    /// `m!(…);`, `m! { … };`
    Semicolon,
    /// `m! { … }`
    Braces,
    /// `m!(…)` at the end of a block
    NoBraces,
}
