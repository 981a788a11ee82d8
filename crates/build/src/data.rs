//! MIR as it is right after building.
//!
//! Places, operands and rvalues are [`mir`]'s. Statements and terminators are others than those of MIR that runs: some exist
//! for borrow checking only, and a drop here is one that may turn out not to be needed.

use mir::{
    AssertKind, BasicBlock, Call, InlineAsm, Local, LocalDecl, Operand, Place, Rvalue, SourceInfo, SourceScope,
    SourceScopeData, SwitchTargets, UnwindAction, VarDebugInfo,
};
use thir::{FakeReadCause, UserType, Variance};
use ty::{CoroutineKind, FieldIdx, IndexVec, Span, Symbol, VariantIdx};

/// A body right after building.
#[derive(Clone, Debug)]
pub struct BuiltBody<'tcx> {
    pub basic_blocks: IndexVec<BasicBlock, BlockData<'tcx>>,
    pub source_scopes: IndexVec<SourceScope, SourceScopeData<'tcx>>,
    /// The return place, the arguments, then variables and temporaries in the order in which they were met.
    pub local_decls: IndexVec<Local, LocalDecl<'tcx>>,
    /// Locals that are variables of the source, or stand for one in a guard; arguments aside.
    pub variables: Vec<Local>,
    /// Types that the user wrote for variables.
    pub user_tys: Vec<(Local, Vec<UserTypeProjection>)>,
    /// What [`UserTypeProjection::base`] counts.
    pub user_type_annotations: Vec<UserType>,
    pub arg_count: usize,
    /// The last argument is a tuple that callers pass as separate arguments.
    pub spread_arg: Option<Local>,
    pub var_debug_info: Vec<VarDebugInfo<'tcx>>,
    pub span: Span,
    /// The body is one that can be suspended.
    pub coroutine: Option<CoroutineKind>,
}

#[derive(Clone, Debug, Default)]
pub struct BlockData<'tcx> {
    pub statements: Vec<Statement<'tcx>>,
    /// Absent only while the body is built.
    pub terminator: Option<Terminator<'tcx>>,
    /// Reached by unwinding only.
    pub is_cleanup: bool,
}

#[derive(Clone, Debug)]
pub struct Statement<'tcx> {
    pub source_info: SourceInfo,
    pub kind: StatementKind<'tcx>,
}

#[derive(Clone, Debug)]
pub enum StatementKind<'tcx> {
    Assign(Place<'tcx>, Rvalue<'tcx>),
    /// The place must be initialised here.
    FakeRead(FakeReadCause, Place<'tcx>),
    /// The place must be valid here: `let _ = place`.
    PlaceMention(Place<'tcx>),
    StorageLive(Local),
    StorageDead(Local),
    /// The user says what type the place has.
    AscribeUserType(Place<'tcx>, UserTypeProjection, Variance),
    /// A later edition drops the place here.
    BackwardIncompatibleDropHint(Place<'tcx>),
}

/// A part of a type that the user wrote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UserTypeProjection {
    /// The annotation's number.
    pub base: usize,
    pub projections: Vec<UserTypeStep>,
}

/// A step into a type that the user wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UserTypeStep {
    Deref,
    Field(FieldIdx),
    Index,
    Subslice { from: u64, to: u64 },
    Downcast(Symbol, VariantIdx),
}

#[derive(Clone, Debug)]
pub struct Terminator<'tcx> {
    pub source_info: SourceInfo,
    pub kind: TerminatorKind<'tcx>,
}

#[derive(Clone, Debug)]
pub enum TerminatorKind<'tcx> {
    Goto {
        target: BasicBlock,
    },
    SwitchInt {
        discr: Operand<'tcx>,
        targets: SwitchTargets,
    },
    UnwindResume,
    Return,
    Unreachable,
    /// Drops the place if it is initialised.
    Drop {
        place: Place<'tcx>,
        target: BasicBlock,
        unwind: UnwindAction,
        /// The place is assigned right after.
        replace: bool,
        /// Where it goes on if the coroutine is dropped meanwhile.
        drop: Option<BasicBlock>,
    },
    Call(Box<Call<'tcx>>),
    TailCall {
        func: Operand<'tcx>,
        args: Vec<Operand<'tcx>>,
        fn_span: Span,
    },
    Assert {
        cond: Operand<'tcx>,
        expected: bool,
        msg: Box<AssertKind<'tcx>>,
        target: BasicBlock,
        unwind: UnwindAction,
    },
    Yield {
        value: Operand<'tcx>,
        resume: BasicBlock,
        resume_arg: Place<'tcx>,
        drop: Option<BasicBlock>,
    },
    /// The end of dropping a suspended coroutine.
    CoroutineDrop,
    /// Goes to the first; borrow checking takes it that the second is possible.
    FalseEdge {
        real_target: BasicBlock,
        imaginary_target: BasicBlock,
    },
    /// Goes to the target; borrow checking takes it that unwinding is possible.
    FalseUnwind {
        real_target: BasicBlock,
        unwind: UnwindAction,
    },
    InlineAsm(Box<InlineAsm<'tcx>>),
}
