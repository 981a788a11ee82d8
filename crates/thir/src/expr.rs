//! Expressions.

use crate::{ArmId, BlockId, ExprId, HirId, ItemLocalId, Pat, Scope};
use mir::{AsmOptions, AsmRegister, AsmTemplatePiece, BinOp, PointerCoercion, UnOp};
use ty::{Const, DefId, FieldIdx, GenericArgs, Mutability, ParamConst, ScalarInt, Span, Symbol, Ty, VariantIdx};

/// A variable: the node of its first binding.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct LocalVarId(pub HirId);

/// A type that the user wrote, where only borrow checking asks for it: rustc's text of the canonical type. It is carried
/// along; a body without any is as good for running.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct UserType(pub Symbol);

pub type UserTy = Option<UserType>;

#[derive(Clone, Debug, PartialEq)]
pub struct Expr<'tcx> {
    pub kind: ExprKind<'tcx>,
    pub ty: Ty<'tcx>,
    /// The node that [`crate::ScopeTree::temporary_scope`] is asked about: how long the value lives if it is a temporary.
    pub temp_scope_id: ItemLocalId,
    pub span: Span,
}

/// The kind of a borrow.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BorrowKind {
    Shared,
    /// Of a matched place, to forbid that guards change it.
    Fake(FakeBorrowKind),
    Mut {
        kind: MutBorrowKind,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FakeBorrowKind {
    /// The place alone, not what is behind pointers in it.
    Shallow,
    Deep,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MutBorrowKind {
    Default,
    /// Of an autoref: reads are allowed until it is used.
    TwoPhaseBorrow,
    /// Unique, of a place that is not mutable itself.
    ClosureCapture,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogicalOp {
    And,
    Or,
}

/// The operator of `lhs op= rhs`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AssignOp {
    AddAssign,
    SubAssign,
    MulAssign,
    DivAssign,
    RemAssign,
    BitXorAssign,
    BitAndAssign,
    BitOrAssign,
    ShlAssign,
    ShrAssign,
}

impl AssignOp {
    /// The operator without the assignment.
    pub fn bin_op(self) -> BinOp {
        match self {
            AssignOp::AddAssign => BinOp::Add,
            AssignOp::SubAssign => BinOp::Sub,
            AssignOp::MulAssign => BinOp::Mul,
            AssignOp::DivAssign => BinOp::Div,
            AssignOp::RemAssign => BinOp::Rem,
            AssignOp::BitXorAssign => BinOp::BitXor,
            AssignOp::BitAndAssign => BinOp::BitAnd,
            AssignOp::BitOrAssign => BinOp::BitOr,
            AssignOp::ShlAssign => BinOp::Shl,
            AssignOp::ShrAssign => BinOp::Shr,
        }
    }
}

/// What a match was written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MatchSource {
    Normal,
    /// `.match`
    Postfix,
    ForLoopDesugar,
    /// `?`: the node of the operand.
    TryDesugar(HirId),
    AwaitDesugar,
    FormatArgs,
}

/// A literal as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lit {
    pub node: LitKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LitKind {
    Str(Symbol, StrStyle),
    ByteStr(Vec<u8>, StrStyle),
    /// With the terminating zero.
    CStr(Vec<u8>, StrStyle),
    Byte(u8),
    Char(char),
    Int(u128, LitIntType),
    /// Digits without the suffix.
    Float(Symbol, LitFloatType),
    Bool(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrStyle {
    Cooked,
    /// How many `#` there are.
    Raw(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LitIntType {
    Signed(ty::IntTy),
    Unsigned(ty::UintTy),
    Unsuffixed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LitFloatType {
    Suffixed(ty::FloatTy),
    Unsuffixed,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind<'tcx> {
    /// The scope of an expression of the source: temporaries may die at its end.
    Scope {
        region_scope: Scope,
        hir_id: HirId,
        value: ExprId,
    },
    If {
        /// Of condition and `then`: variables of `if let`.
        if_then_scope: Scope,
        cond: ExprId,
        then: ExprId,
        else_opt: Option<ExprId>,
    },
    /// Of a function; also what method calls and overloaded operators are.
    Call {
        /// The callee's type.
        ty: Ty<'tcx>,
        fun: ExprId,
        args: Vec<ExprId>,
        /// A call in the source, not an operator.
        from_hir_call: bool,
        /// The name and the arguments, without receiver and dot.
        fn_span: Span,
    },
    /// `x.use`
    ByUse {
        expr: ExprId,
        span: Span,
    },
    /// Built-in.
    Deref {
        arg: ExprId,
    },
    /// Built-in.
    Binary {
        op: BinOp,
        lhs: ExprId,
        rhs: ExprId,
    },
    /// `&&` and `||`
    LogicalOp {
        op: LogicalOp,
        lhs: ExprId,
        rhs: ExprId,
    },
    /// Built-in.
    Unary {
        op: UnOp,
        arg: ExprId,
    },
    /// `source as T`; `T` is the type of this expression.
    Cast {
        source: ExprId,
    },
    /// Makes a value of a place where an operation would vanish, as a cast that changes nothing does.
    Use {
        source: ExprId,
    },
    /// From `!` to any type.
    NeverToAny {
        source: ExprId,
    },
    PointerCoercion {
        cast: PointerCoercion,
        source: ExprId,
        is_from_as_cast: bool,
    },
    Loop {
        body: ExprId,
    },
    /// `#[loop_match]`
    LoopMatch {
        state: ExprId,
        region_scope: Scope,
        match_data: Box<LoopMatchMatchData>,
    },
    /// A condition `let PATTERN = expr`.
    Let {
        expr: ExprId,
        pat: Box<Pat<'tcx>>,
    },
    Match {
        scrutinee: ExprId,
        arms: Vec<ArmId>,
        match_source: MatchSource,
    },
    Block {
        block: BlockId,
    },
    Assign {
        lhs: ExprId,
        rhs: ExprId,
    },
    /// Built-in.
    AssignOp {
        op: AssignOp,
        lhs: ExprId,
        rhs: ExprId,
    },
    Field {
        lhs: ExprId,
        variant_index: VariantIdx,
        name: FieldIdx,
    },
    /// Built-in.
    Index {
        lhs: ExprId,
        index: ExprId,
    },
    VarRef {
        id: LocalVarId,
    },
    /// A captured variable: the closure, and the variable.
    UpvarRef {
        closure_def_id: DefId,
        var_hir_id: LocalVarId,
    },
    Borrow {
        borrow_kind: BorrowKind,
        arg: ExprId,
    },
    /// `&raw const` and `&raw mut`
    RawBorrow {
        mutability: Mutability,
        arg: ExprId,
    },
    Break {
        label: Scope,
        value: Option<ExprId>,
    },
    Continue {
        label: Scope,
    },
    /// `#[const_continue]`
    ConstContinue {
        label: Scope,
        value: ExprId,
    },
    Return {
        value: Option<ExprId>,
    },
    Become {
        value: ExprId,
    },
    /// `const { … }`
    ConstBlock {
        did: DefId,
        args: GenericArgs<'tcx>,
    },
    /// `[value; count]`
    Repeat {
        value: ExprId,
        count: Const<'tcx>,
    },
    Array {
        fields: Vec<ExprId>,
    },
    Tuple {
        fields: Vec<ExprId>,
    },
    Adt(Box<AdtExpr<'tcx>>),
    PlaceTypeAscription {
        source: ExprId,
        user_ty: UserTy,
        user_ty_span: Span,
    },
    ValueTypeAscription {
        source: ExprId,
        user_ty: UserTy,
        user_ty_span: Span,
    },
    PlaceUnwrapUnsafeBinder {
        source: ExprId,
    },
    ValueUnwrapUnsafeBinder {
        source: ExprId,
    },
    WrapUnsafeBinder {
        source: ExprId,
    },
    Closure(Box<ClosureExpr<'tcx>>),
    Literal {
        lit: Lit,
        neg: bool,
    },
    /// A scalar that no literal stands for.
    NonHirLiteral {
        lit: ScalarInt,
        user_ty: UserTy,
    },
    /// The one value of a type without size: functions, unit constructors.
    ZstLiteral {
        user_ty: UserTy,
    },
    NamedConst {
        def_id: DefId,
        args: GenericArgs<'tcx>,
        user_ty: UserTy,
    },
    ConstParam {
        param: ParamConst,
        def_id: DefId,
    },
    /// The address of a static; its type is that of a pointer.
    StaticRef {
        ty: Ty<'tcx>,
        def_id: DefId,
    },
    InlineAsm(Box<InlineAsmExpr>),
    /// The address of a thread-local static.
    ThreadLocalRef(DefId),
    Yield {
        value: ExprId,
    },
}

/// A struct, variant or union with fields in braces.
#[derive(Clone, Debug, PartialEq)]
pub struct AdtExpr<'tcx> {
    pub adt_def: DefId,
    pub variant_index: VariantIdx,
    pub args: GenericArgs<'tcx>,
    pub user_ty: UserTy,
    pub fields: Vec<FieldExpr>,
    pub base: AdtExprBase<'tcx>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FieldExpr {
    pub name: FieldIdx,
    pub expr: ExprId,
}

#[derive(Clone, Debug, PartialEq)]
pub enum AdtExprBase<'tcx> {
    /// All fields are written.
    None,
    /// `..base`
    Base(FruInfo<'tcx>),
    /// `..` for default values: the types of all fields.
    DefaultFields(Vec<Ty<'tcx>>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct FruInfo<'tcx> {
    pub base: ExprId,
    /// Of all fields.
    pub field_types: Vec<Ty<'tcx>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movability {
    Static,
    Movable,
}

/// The arguments of a closure's type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum UpvarArgs<'tcx> {
    Closure(GenericArgs<'tcx>),
    Coroutine(GenericArgs<'tcx>),
    CoroutineClosure(GenericArgs<'tcx>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct ClosureExpr<'tcx> {
    pub closure_id: DefId,
    pub args: UpvarArgs<'tcx>,
    /// The captured places or borrows of them, in the order of the closure's fields.
    pub upvars: Vec<ExprId>,
    pub movability: Option<Movability>,
    /// Places that the closure's patterns look at without capturing them.
    pub fake_reads: Vec<(ExprId, FakeReadCause, HirId)>,
}

/// Why a place is read for the borrow checker alone. `Some`: the closure in whose body the read is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FakeReadCause {
    ForMatchGuard,
    ForMatchedPlace(Option<DefId>),
    ForGuardBinding,
    ForLet(Option<DefId>),
    ForIndex,
}

/// The match of a `#[loop_match]`.
#[derive(Clone, Debug, PartialEq)]
pub struct LoopMatchMatchData {
    pub scrutinee: ExprId,
    pub arms: Vec<ArmId>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsmMacro {
    Asm,
    GlobalAsm,
    NakedAsm,
}

#[derive(Clone, Debug, PartialEq)]
pub struct InlineAsmExpr {
    pub asm_macro: AsmMacro,
    pub template: Vec<AsmTemplatePiece>,
    pub operands: Vec<InlineAsmOperand>,
    pub options: AsmOptions,
    pub line_spans: Vec<Span>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum InlineAsmOperand {
    In {
        reg: AsmRegister,
        expr: ExprId,
    },
    Out {
        reg: AsmRegister,
        late: bool,
        expr: Option<ExprId>,
    },
    InOut {
        reg: AsmRegister,
        late: bool,
        expr: ExprId,
    },
    SplitInOut {
        reg: AsmRegister,
        late: bool,
        in_expr: ExprId,
        out_expr: Option<ExprId>,
    },
    /// An expression of kind `ConstBlock`, `NamedConst` or a literal.
    Const {
        value: ExprId,
        span: Span,
    },
    SymFn {
        value: ExprId,
    },
    SymStatic {
        def_id: DefId,
    },
    Label {
        block: BlockId,
    },
}
