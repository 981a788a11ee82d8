//! Bodies, and the trait through which later crates ask for them.

use crate::{
    BasicBlock, ConstOperand, Local, Mention, Place, Promoted, SourceInfo, SourceScope, Statement, Terminator,
};
use ty::{
    ConstAllocation, ConstValue, CoroutineKind, DefId, FieldIdx, IndexVec, Instance, Mutability, Span, Symbol, Ty,
    VariantIdx,
};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BasicBlockData<'tcx> {
    pub statements: Vec<Statement<'tcx>>,
    pub terminator: Terminator<'tcx>,
    /// Reached by unwinding only.
    pub is_cleanup: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LocalDecl<'tcx> {
    pub mutability: Mutability,
    pub ty: Ty<'tcx>,
    pub source_info: SourceInfo,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceScopeData<'tcx> {
    pub span: Span,
    pub parent_scope: Option<SourceScope>,
    /// This scope is the root of another function's body that was inlined here: which, and where it was called.
    pub inlined: Option<(Instance<'tcx>, Span)>,
    /// The nearest scope outwards (itself excluded) that has `inlined`.
    pub inlined_parent_scope: Option<SourceScope>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VarDebugInfoContents<'tcx> {
    Place(Place<'tcx>),
    Const(ConstOperand<'tcx>),
}

/// One part of a variable that was taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VarDebugInfoFragment<'tcx> {
    pub ty: Ty<'tcx>,
    /// Fields that lead to the part.
    pub projection: Vec<FieldIdx>,
}

/// A variable of the source, for debuggers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VarDebugInfo<'tcx> {
    pub name: Symbol,
    pub source_info: SourceInfo,
    pub composite: Option<VarDebugInfoFragment<'tcx>>,
    pub value: VarDebugInfoContents<'tcx>,
    /// From 1.
    pub argument_index: Option<u16>,
}

/// What a suspended coroutine holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CoroutineLayout<'tcx> {
    /// Saved locals.
    pub field_tys: Vec<CoroutineSavedTy<'tcx>>,
    pub field_names: Vec<Option<Symbol>>,
    /// For each variant (see `CoroutineArgs::RESERVED_VARIANTS`): which saved locals it has, by index into `field_tys`.
    pub variant_fields: IndexVec<VariantIdx, IndexVec<FieldIdx, usize>>,
    pub variant_source_info: IndexVec<VariantIdx, SourceInfo>,
    /// Pairs of saved locals that may not share memory: row and column numbers, a square matrix by rows.
    pub storage_conflicts: Vec<bool>,
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for CoroutineLayout<'_> {}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CoroutineSavedTy<'tcx> {
    pub ty: Ty<'tcx>,
    pub source_info: SourceInfo,
    pub ignore_for_traits: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CoroutineInfo<'tcx> {
    /// Drop glue: the coroutine's own body for being dropped while suspended.
    pub coroutine_drop: Option<Body<'tcx>>,
    pub coroutine_drop_async: Option<Body<'tcx>>,
    pub coroutine_drop_proxy_async: Option<Body<'tcx>>,
    pub coroutine_layout: Option<CoroutineLayout<'tcx>>,
    pub coroutine_kind: CoroutineKind,
}

/// The body of a function, constant, static or shim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Body<'tcx> {
    pub basic_blocks: IndexVec<BasicBlock, BasicBlockData<'tcx>>,
    pub source_scopes: IndexVec<SourceScope, SourceScopeData<'tcx>>,
    /// The return place, the arguments, then variables and temporaries.
    pub local_decls: IndexVec<Local, LocalDecl<'tcx>>,
    pub arg_count: usize,
    /// The last argument is a tuple that the caller passes as separate arguments (a closure's parameters).
    pub spread_arg: Option<Local>,
    pub var_debug_info: Vec<VarDebugInfo<'tcx>>,
    pub span: Span,
    /// Constants that must evaluate without error for the function to be compiled, though its code may not use them.
    pub required_consts: Vec<ConstOperand<'tcx>>,
    /// All that the function's code refers to, though it may have been optimised away: the constants of that must evaluate too.
    pub mentions: Vec<Mention<'tcx>>,
    pub coroutine: Option<Box<CoroutineInfo<'tcx>>>,
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for Body<'_> {}

impl<'tcx> Body<'tcx> {
    pub fn return_ty(&self) -> Ty<'tcx> {
        self.local_decls[Local::RETURN].ty
    }
    pub fn args_iter(&self) -> impl Iterator<Item = Local> + use<> {
        (1..=self.arg_count).map(Local::from_usize)
    }
}

/// What a front end provides of bodies. `rmeta` implements it. As with [`ty::Definitions`], damaged bytes unwind with a
/// [`ty::MetadataError`].
pub trait Bodies<'tcx>: ty::Definitions<'tcx> {
    /// Whether there is MIR to compile: of a generic or inline function, of a constructor, of a coroutine, and of everything
    /// in a crate whose MIR is always encoded. Statics have none, only [`Bodies::static_initializer`].
    fn has_optimized_mir(&self, def_id: DefId) -> bool;
    fn optimized_mir(&self, def_id: DefId) -> &'tcx Body<'tcx>;
    /// For constants (unless trivial), constructors and const fns evaluated at compile time.
    fn has_ctfe_mir(&self, def_id: DefId) -> bool;
    fn mir_for_ctfe(&self, def_id: DefId) -> &'tcx Body<'tcx>;
    fn promoted_mir(&self, def_id: DefId) -> &'tcx IndexVec<Promoted, Body<'tcx>>;
    /// What a coroutine holds while suspended: what its body was transformed to. Its type's layout follows from this.
    fn coroutine_layout(&self, def_id: DefId) -> Option<&'tcx CoroutineLayout<'tcx>>;
    /// What the type system takes a coroutine to hold: found before drops were elaborated, so it may be more.
    fn coroutine_witnesses(&self, def_id: DefId) -> Option<&'tcx CoroutineLayout<'tcx>>;
    /// A constant whose value is known without evaluation.
    fn trivial_const(&self, def_id: DefId) -> Option<(ConstValue, Ty<'tcx>)>;
    /// A static's evaluated initial value: of every static that is not foreign.
    fn static_initializer(&self, def_id: DefId) -> Option<ConstAllocation<'tcx>>;
}
