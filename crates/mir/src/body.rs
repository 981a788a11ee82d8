//! Bodies, and the trait through which later crates ask for them.

use crate::{
    BasicBlock, ConstOperand, Local, Mention, Place, Promoted, SourceInfo, SourceScope, Statement, Terminator,
};
use ty::{
    ConstAllocation, ConstValue, CoroutineKind, DefId, FieldIdx, IndexVec, Instance, Mutability, Span, Symbol, Ty,
    VariantIdx,
};

/// Statements that run one after the other, and how control leaves them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BasicBlockData<'tcx> {
    /// Run in this order. None of them leaves the block, and none unwinds.
    pub statements: Vec<Statement<'tcx>>,
    /// What runs last, and decides where control goes on.
    pub terminator: Terminator<'tcx>,
    /// Reached by unwinding only.
    pub is_cleanup: bool,
}

/// A local: its type, and where it was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LocalDecl<'tcx> {
    /// For arguments and variables, whether the source says `mut`; temporaries are `Mut`. Nothing is compiled by it.
    pub mutability: Mutability,
    /// In terms of the body's parameters, as all types in it.
    pub ty: Ty<'tcx>,
    /// The declaration's place (for a temporary: the expression's), and the scope that it was made in.
    pub source_info: SourceInfo,
}

/// A scope of the source: which variables are visible, and whether code was inlined.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceScopeData<'tcx> {
    /// The source text that the scope covers.
    pub span: Span,
    /// The next scope outwards; `None` for the outermost.
    pub parent_scope: Option<SourceScope>,
    /// This scope is the root of another function's body that was inlined here: which, and where it was called.
    pub inlined: Option<(Instance<'tcx>, Span)>,
    /// The nearest scope outwards (itself excluded) that has `inlined`.
    pub inlined_parent_scope: Option<SourceScope>,
}

/// Where a debugger finds a variable's value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VarDebugInfoContents<'tcx> {
    /// In memory: the whole of a local, or a part of one.
    Place(Place<'tcx>),
    /// The variable was optimised to a constant.
    Const(ConstOperand<'tcx>),
}

/// One part of a variable that was taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VarDebugInfoFragment<'tcx> {
    /// The type of the whole variable, which the part belongs to.
    pub ty: Ty<'tcx>,
    /// Fields that lead to the part.
    pub projection: Vec<FieldIdx>,
}

/// A variable of the source, for debuggers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VarDebugInfo<'tcx> {
    /// The variable's name in the source.
    pub name: Symbol,
    /// The declaration's place, and the scope in which the variable is visible.
    pub source_info: SourceInfo,
    /// Where the variable was taken apart: which part of it `value` is.
    pub composite: Option<VarDebugInfoFragment<'tcx>>,
    /// Where its value (or this part of it) is.
    pub value: VarDebugInfoContents<'tcx>,
    /// From 1.
    pub argument_index: Option<u16>,
}

/// What a suspended coroutine holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CoroutineLayout<'tcx> {
    /// Saved locals.
    pub field_tys: Vec<CoroutineSavedTy<'tcx>>,
    /// For each saved local: the variable's name in the source; `None` for temporaries.
    pub field_names: Vec<Option<Symbol>>,
    /// For each variant (see `CoroutineArgs::RESERVED_VARIANTS`): which saved locals it has, by index into `field_tys`.
    pub variant_fields: IndexVec<VariantIdx, IndexVec<FieldIdx, usize>>,
    /// For each variant: where the coroutine waits, such as at the `yield` or `.await`.
    pub variant_source_info: IndexVec<VariantIdx, SourceInfo>,
    /// Pairs of saved locals that may not share memory: row and column numbers, a square matrix by rows.
    pub storage_conflicts: Vec<bool>,
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for CoroutineLayout<'_> {}

/// A local that lives across a suspension.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CoroutineSavedTy<'tcx> {
    /// In terms of the coroutine's parameters.
    pub ty: Ty<'tcx>,
    /// Where the local is declared.
    pub source_info: SourceInfo,
    /// It does not decide whether the coroutine is `Send` and the like: the address of a static, or a borrow for the
    /// borrow checker alone.
    pub ignore_for_traits: bool,
}

/// What a coroutine's body has beside the code of `resume` or `poll`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CoroutineInfo<'tcx> {
    /// Drop glue: the coroutine's own body for being dropped while suspended.
    pub coroutine_drop: Option<Body<'tcx>>,
    /// The same for a coroutine with something that is dropped asynchronously: it may suspend. Absent in stable Rust.
    pub coroutine_drop_async: Option<Body<'tcx>>,
    /// Calls `coroutine_drop` where an asynchronous drop is asked for, which stable Rust never does. Our own front end makes none.
    pub coroutine_drop_proxy_async: Option<Body<'tcx>>,
    /// What it holds while suspended. Absent before the body was made into a state machine.
    pub coroutine_layout: Option<CoroutineLayout<'tcx>>,
    /// Which syntax made it: `async`, `gen`, `async gen`, or a bare coroutine.
    pub coroutine_kind: CoroutineKind,
}

/// The body of a function, constant, static or shim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Body<'tcx> {
    /// The first is where the function begins.
    pub basic_blocks: IndexVec<BasicBlock, BasicBlockData<'tcx>>,
    /// The first is the outermost: the function itself.
    pub source_scopes: IndexVec<SourceScope, SourceScopeData<'tcx>>,
    /// The return place, the arguments, then variables and temporaries.
    pub local_decls: IndexVec<Local, LocalDecl<'tcx>>,
    /// Locals from 1 to this number are arguments.
    pub arg_count: usize,
    /// The last argument is a tuple that the caller passes as separate arguments (a closure's parameters).
    pub spread_arg: Option<Local>,
    /// Variables of the source, for debuggers; no part of what the code does.
    pub var_debug_info: Vec<VarDebugInfo<'tcx>>,
    /// The whole item, or what a shim was made for.
    pub span: Span,
    /// Constants that must evaluate without error for the function to be compiled, though its code may not use them.
    pub required_consts: Vec<ConstOperand<'tcx>>,
    /// All that the function's code refers to, though it may have been optimised away: the constants of that must evaluate too.
    pub mentions: Vec<Mention<'tcx>>,
    /// Present where the body was made from a coroutine's.
    pub coroutine: Option<Box<CoroutineInfo<'tcx>>>,
    /// Present where the function's coverage is measured.
    pub coverage: Option<Box<crate::Coverage>>,
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for Body<'_> {}

impl<'tcx> Body<'tcx> {
    /// The declared type of the result, in terms of the body's parameters.
    pub fn return_ty(&self) -> Ty<'tcx> {
        self.local_decls[Local::RETURN].ty
    }
    /// The locals of the arguments, in order; neither the return place nor variables.
    pub fn args_iter(&self) -> impl Iterator<Item = Local> + use<> {
        (1..=self.arg_count).map(Local::from_usize)
    }
}

/// What is known of a constant's value before it is evaluated: what its expression shows, or else its type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConstQualifs {
    /// Something in the value may change behind a shared reference.
    pub has_mut_interior: bool,
    /// Dropping the value may do something.
    pub needs_drop: bool,
}

/// What a front end provides of bodies. `rmeta` implements it. As with [`ty::Definitions`], damaged bytes unwind with a
/// [`ty::MetadataError`].
pub trait Bodies<'tcx>: ty::Definitions<'tcx> {
    /// Whether there is MIR to compile: of a generic or inline function, of a constructor, of a coroutine, and of everything
    /// in a crate whose MIR is always encoded. Statics have none, only [`Bodies::static_initializer`].
    fn has_optimized_mir(&self, def_id: DefId) -> bool;
    /// The body that is compiled to machine code. Only where [`Bodies::has_optimized_mir`] says so.
    fn optimized_mir(&self, def_id: DefId) -> &'tcx Body<'tcx>;
    /// For constants (unless trivial), constructors and const fns evaluated at compile time.
    fn has_ctfe_mir(&self, def_id: DefId) -> bool;
    /// The body that is interpreted at compile time. Only where [`Bodies::has_ctfe_mir`] says so.
    fn mir_for_ctfe(&self, def_id: DefId) -> &'tcx Body<'tcx>;
    /// Constant expressions that were taken out of the item's body (`&1` becomes a reference to constant memory),
    /// each a body without arguments. Empty where there are none.
    fn promoted_mir(&self, def_id: DefId) -> &'tcx IndexVec<Promoted, Body<'tcx>>;
    /// What a coroutine holds while suspended: what its body was transformed to. Its type's layout follows from this.
    fn coroutine_layout(&self, def_id: DefId) -> Option<&'tcx CoroutineLayout<'tcx>>;
    /// What the type system takes a coroutine to hold: found before drops were elaborated, so it may be more.
    fn coroutine_witnesses(&self, def_id: DefId) -> Option<&'tcx CoroutineLayout<'tcx>>;
    /// A constant whose value is known without evaluation.
    fn trivial_const(&self, def_id: DefId) -> Option<(ConstValue, Ty<'tcx>)>;
    /// What is known of the value of a constant, or of what a `const fn` returns; `None` for what is neither.
    fn const_qualifs(&self, def_id: DefId) -> Option<ConstQualifs>;
    /// A static's evaluated initial value: of every static that is not foreign.
    fn static_initializer(&self, def_id: DefId) -> Option<ConstAllocation<'tcx>>;
}
