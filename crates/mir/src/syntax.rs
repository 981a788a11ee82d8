//! Statements, terminators, places, operands, rvalues.

use smallvec::SmallVec;
use ty::{
    Const as TyConst, ConstValue, CoroutineKind, DefId, FieldIdx, GenericArgs, IndexVec, Mutability, Span, Symbol, Ty,
    UnevaluatedConst, VariantIdx,
};

ty::index_type! {
    /// A local variable, parameter or temporary; 0 is the return place.
    pub struct Local = "_";
}
ty::index_type! {
    /// A basic block; 0 is the first.
    pub struct BasicBlock = "bb";
}
ty::index_type! {
    /// A scope of the source, or of an inlined function's.
    pub struct SourceScope = "scope";
}
ty::index_type! {
    /// A constant expression that was taken out to be evaluated once.
    pub struct Promoted = "promoted";
}

impl Local {
    /// Where the result goes.
    pub const RETURN: Local = Local::ZERO;
}
impl BasicBlock {
    pub const START: BasicBlock = BasicBlock::ZERO;
}
impl SourceScope {
    pub const OUTERMOST: SourceScope = SourceScope::ZERO;
}

/// Where code comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SourceInfo {
    pub span: Span,
    pub scope: SourceScope,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ProjectionElem<'tcx> {
    Deref,
    Field(FieldIdx, Ty<'tcx>),
    Index(Local),
    ConstantIndex { offset: u64, min_length: u64, from_end: bool },
    Subslice { from: u64, to: u64, from_end: bool },
    Downcast(Option<Symbol>, VariantIdx),
    OpaqueCast(Ty<'tcx>),
    UnwrapUnsafeBinder(Ty<'tcx>),
}

/// A path to memory: a local, and the steps from it to one of its parts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Place<'tcx> {
    pub local: Local,
    pub projection: &'tcx [ProjectionElem<'tcx>],
}

impl<'tcx> Place<'tcx> {
    /// The whole local.
    pub fn from_local(local: Local) -> Place<'tcx> {
        Place { local, projection: &[] }
    }
    /// The local, if the place is all of it.
    pub fn as_local(self) -> Option<Local> {
        self.projection.is_empty().then_some(self.local)
    }
    pub fn is_indirect(self) -> bool {
        self.projection.contains(&ProjectionElem::Deref)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RuntimeChecks {
    UbChecks,
    ContractChecks,
    OverflowChecks,
}

/// A constant operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Const<'tcx> {
    /// A constant of the type system, and its type.
    Ty(Ty<'tcx>, TyConst<'tcx>),
    /// A constant item, an associated constant, or a promoted of a body.
    Unevaluated {
        constant: UnevaluatedConst<'tcx>,
        promoted: Option<Promoted>,
        ty: Ty<'tcx>,
    },
    Val(ConstValue, Ty<'tcx>),
}

impl<'tcx> Const<'tcx> {
    pub fn ty(self) -> Ty<'tcx> {
        match self {
            Const::Ty(ty, _) | Const::Unevaluated { ty, .. } | Const::Val(_, ty) => ty,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConstOperand<'tcx> {
    pub span: Span,
    pub const_: Const<'tcx>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operand<'tcx> {
    Copy(Place<'tcx>),
    Move(Place<'tcx>),
    Constant(Box<ConstOperand<'tcx>>),
    /// A bool that is a setting of the whole program.
    RuntimeChecks(RuntimeChecks),
}

impl<'tcx> Operand<'tcx> {
    pub fn place(&self) -> Option<Place<'tcx>> {
        match self {
            Operand::Copy(place) | Operand::Move(place) => Some(*place),
            _ => None,
        }
    }
    pub fn constant(&self) -> Option<&ConstOperand<'tcx>> {
        match self {
            Operand::Constant(constant) => Some(constant),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BorrowKind {
    Shared,
    Fake,
    Mut,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RawPtrKind {
    Mut,
    Const,
    FakeForPtrMetadata,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PointerCoercion {
    /// A function item to a fn pointer.
    ReifyFnPointer,
    UnsafeFnPointer,
    /// A closure without captures to a fn pointer.
    ClosureFnPointer {
        is_unsafe: bool,
    },
    MutToConstPointer,
    /// `*const [T; N]` to `*const T`.
    ArrayToPointer,
    Unsize,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CastKind {
    PointerExposeProvenance,
    PointerWithExposedProvenance,
    PointerCoercion(PointerCoercion),
    IntToInt,
    FloatToInt,
    FloatToFloat,
    IntToFloat,
    PtrToPtr,
    FnPtrToPtr,
    Transmute,
    Subtype,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnOp {
    Not,
    Neg,
    PtrMetadata,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinOp {
    Add,
    AddUnchecked,
    AddWithOverflow,
    Sub,
    SubUnchecked,
    SubWithOverflow,
    Mul,
    MulUnchecked,
    MulWithOverflow,
    Div,
    Rem,
    BitXor,
    BitAnd,
    BitOr,
    Shl,
    ShlUnchecked,
    Shr,
    ShrUnchecked,
    Eq,
    Lt,
    Le,
    Ne,
    Ge,
    Gt,
    /// Three-way: an `Ordering`.
    Cmp,
    /// `ptr.offset(n)`, in elements.
    Offset,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AggregateKind<'tcx> {
    Array(Ty<'tcx>),
    Tuple,
    /// The last is the active field of a union.
    Adt(DefId, VariantIdx, GenericArgs<'tcx>, Option<FieldIdx>),
    Closure(DefId, GenericArgs<'tcx>),
    Coroutine(DefId, GenericArgs<'tcx>),
    CoroutineClosure(DefId, GenericArgs<'tcx>),
    /// A pointer from address and metadata; the pointee's type.
    RawPtr(Ty<'tcx>, Mutability),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rvalue<'tcx> {
    Use(Operand<'tcx>),
    /// `[operand; count]`
    Repeat(Operand<'tcx>, TyConst<'tcx>),
    Ref(BorrowKind, Place<'tcx>),
    ThreadLocalRef(DefId),
    RawPtr(RawPtrKind, Place<'tcx>),
    Cast(CastKind, Operand<'tcx>, Ty<'tcx>),
    BinaryOp(BinOp, Box<(Operand<'tcx>, Operand<'tcx>)>),
    UnaryOp(UnOp, Operand<'tcx>),
    Discriminant(Place<'tcx>),
    Aggregate(Box<AggregateKind<'tcx>>, IndexVec<FieldIdx, Operand<'tcx>>),
    CopyForDeref(Place<'tcx>),
    WrapUnsafeBinder(Operand<'tcx>, Ty<'tcx>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StatementKind<'tcx> {
    Assign(Box<(Place<'tcx>, Rvalue<'tcx>)>),
    SetDiscriminant {
        place: Place<'tcx>,
        variant_index: VariantIdx,
    },
    StorageLive(Local),
    StorageDead(Local),
    Assume(Operand<'tcx>),
    CopyNonOverlapping {
        src: Operand<'tcx>,
        dst: Operand<'tcx>,
        count: Operand<'tcx>,
    },
    /// Everything without an effect at run time.
    Nop,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement<'tcx> {
    pub source_info: SourceInfo,
    pub kind: StatementKind<'tcx>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SwitchTargets {
    pub values: SmallVec<[u128; 1]>,
    /// One more than `values`: the last is for all others.
    pub targets: SmallVec<[BasicBlock; 2]>,
}

impl SwitchTargets {
    pub fn otherwise(&self) -> BasicBlock {
        *self.targets.last().expect("a switch has a target for all other values")
    }
    pub fn iter(&self) -> impl Iterator<Item = (u128, BasicBlock)> {
        self.values.iter().copied().zip(self.targets.iter().copied())
    }
    pub fn target_for_value(&self, value: u128) -> BasicBlock {
        self.iter().find(|&(case, _)| case == value).map_or(self.otherwise(), |(_, target)| target)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnwindTerminateReason {
    /// The function's ABI does not unwind.
    Abi,
    /// A panic while cleaning up after a panic.
    InCleanup,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnwindAction {
    Continue,
    Unreachable,
    Terminate(UnwindTerminateReason),
    Cleanup(BasicBlock),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AssertKind<'tcx> {
    BoundsCheck { len: Operand<'tcx>, index: Operand<'tcx> },
    Overflow(BinOp, Operand<'tcx>, Operand<'tcx>),
    OverflowNeg(Operand<'tcx>),
    DivisionByZero(Operand<'tcx>),
    RemainderByZero(Operand<'tcx>),
    ResumedAfterReturn(CoroutineKind),
    ResumedAfterPanic(CoroutineKind),
    ResumedAfterDrop(CoroutineKind),
    MisalignedPointerDereference { required: Operand<'tcx>, found: Operand<'tcx> },
    NullPointerDereference,
    InvalidEnumConstruction(Operand<'tcx>),
}

impl<'tcx> AssertKind<'tcx> {
    /// The values that the message shows, in its order.
    pub fn operands(&self) -> SmallVec<[&Operand<'tcx>; 2]> {
        match self {
            AssertKind::BoundsCheck { len: first, index: second }
            | AssertKind::Overflow(_, first, second)
            | AssertKind::MisalignedPointerDereference { required: first, found: second } => {
                SmallVec::from_slice(&[first, second])
            }
            AssertKind::OverflowNeg(operand)
            | AssertKind::DivisionByZero(operand)
            | AssertKind::RemainderByZero(operand)
            | AssertKind::InvalidEnumConstruction(operand) => SmallVec::from_slice(&[operand]),
            AssertKind::ResumedAfterReturn(_)
            | AssertKind::ResumedAfterPanic(_)
            | AssertKind::ResumedAfterDrop(_)
            | AssertKind::NullPointerDereference => SmallVec::new(),
        }
    }
}

/// A register or register class of inline assembly, by the Reference's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AsmRegister {
    Register(Symbol),
    Class(Symbol),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InlineAsmOperand<'tcx> {
    In { reg: AsmRegister, value: Operand<'tcx> },
    Out { reg: AsmRegister, late: bool, place: Option<Place<'tcx>> },
    InOut { reg: AsmRegister, late: bool, in_value: Operand<'tcx>, out_place: Option<Place<'tcx>> },
    Const { value: Box<ConstOperand<'tcx>> },
    SymFn { value: Box<ConstOperand<'tcx>> },
    SymStatic { def_id: DefId },
    Label { target_index: usize },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AsmTemplatePiece {
    String(String),
    Placeholder { operand: usize, modifier: Option<char>, span: Span },
}

/// Options of `asm!`, one bit each, numbered as in rustc's `InlineAsmOptions`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AsmOptions {
    pub pure_: bool,
    pub nomem: bool,
    pub readonly: bool,
    pub preserves_flags: bool,
    pub noreturn: bool,
    pub nostack: bool,
    pub att_syntax: bool,
    pub raw: bool,
    pub may_unwind: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InlineAsm<'tcx> {
    pub naked: bool,
    pub template: Vec<AsmTemplatePiece>,
    pub operands: Vec<InlineAsmOperand<'tcx>>,
    pub options: AsmOptions,
    /// Where it goes on: first after the assembly (absent with `noreturn`), then the labels.
    pub targets: Vec<BasicBlock>,
    pub unwind: UnwindAction,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call<'tcx> {
    pub func: Operand<'tcx>,
    pub args: Vec<Operand<'tcx>>,
    pub destination: Place<'tcx>,
    /// Absent where the callee does not return.
    pub target: Option<BasicBlock>,
    pub unwind: UnwindAction,
    pub fn_span: Span,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TerminatorKind<'tcx> {
    Goto { target: BasicBlock },
    SwitchInt { discr: Operand<'tcx>, targets: SwitchTargets },
    UnwindResume,
    UnwindTerminate(UnwindTerminateReason),
    Return,
    Unreachable,
    Drop { place: Place<'tcx>, target: BasicBlock, unwind: UnwindAction },
    Call(Box<Call<'tcx>>),
    TailCall { func: Operand<'tcx>, args: Vec<Operand<'tcx>>, fn_span: Span },
    Assert { cond: Operand<'tcx>, expected: bool, msg: Box<AssertKind<'tcx>>, target: BasicBlock, unwind: UnwindAction },
    InlineAsm(Box<InlineAsm<'tcx>>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terminator<'tcx> {
    pub source_info: SourceInfo,
    pub kind: TerminatorKind<'tcx>,
}

impl TerminatorKind<'_> {
    /// The unwind action, where there is one.
    pub fn unwind(&self) -> Option<UnwindAction> {
        match self {
            TerminatorKind::Drop { unwind, .. } | TerminatorKind::Assert { unwind, .. } => Some(*unwind),
            TerminatorKind::Call(call) => Some(call.unwind),
            TerminatorKind::InlineAsm(asm) => Some(asm.unwind),
            _ => None,
        }
    }

    /// The blocks that may follow, cleanup included.
    pub fn successors(&self) -> SmallVec<[BasicBlock; 4]> {
        let mut all: SmallVec<[BasicBlock; 4]> = match self {
            TerminatorKind::Goto { target }
            | TerminatorKind::Drop { target, .. }
            | TerminatorKind::Assert { target, .. } => SmallVec::from_slice(&[*target]),
            TerminatorKind::SwitchInt { targets, .. } => targets.targets.iter().copied().collect(),
            TerminatorKind::Call(call) => call.target.into_iter().collect(),
            TerminatorKind::InlineAsm(asm) => asm.targets.iter().copied().collect(),
            TerminatorKind::UnwindResume
            | TerminatorKind::UnwindTerminate(_)
            | TerminatorKind::Return
            | TerminatorKind::Unreachable
            | TerminatorKind::TailCall { .. } => SmallVec::new(),
        };
        if let Some(UnwindAction::Cleanup(block)) = self.unwind() {
            all.push(block);
        }
        all
    }
}
