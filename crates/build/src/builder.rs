//! The state of building, and the graph of blocks.

use crate::facts::Facts;
use crate::scope::Scopes;
use crate::{BlockData, BuildCx, BuiltBody, Doubt, Result, Statement, StatementKind, Terminator, TerminatorKind};
use mir::{
    BasicBlock, Const, ConstOperand, Local, LocalDecl, Operand, Place, Rvalue, SourceInfo, SourceScope,
    SourceScopeData, SwitchTargets, VarDebugInfo,
};
use rustc_hash::FxHashMap;
use smallvec::smallvec;
use thir::{ExprId, FakeReadCause, ItemLocalId, LocalVarId, Scope, Thir, TypedBody, UserType};
use ty::{CoroutineKind, IndexVec, Mutability, Span, Tcx, Ty};

/// A body being built.
pub(crate) struct Builder<'a, 'tcx> {
    pub tcx: Tcx<'tcx>,
    pub facts: Facts<'tcx>,
    pub body: &'a TypedBody<'tcx>,
    pub thir: &'a Thir<'tcx>,
    pub blocks: IndexVec<BasicBlock, BlockData<'tcx>>,
    pub local_decls: IndexVec<Local, LocalDecl<'tcx>>,
    pub variables: Vec<Local>,
    pub user_tys: Vec<(Local, Vec<crate::UserTypeProjection>)>,
    pub user_type_annotations: Vec<UserType>,
    pub source_scopes: IndexVec<SourceScope, SourceScopeData<'tcx>>,
    /// Of each source scope the node that sets its lint levels; `None`: the body itself.
    pub lint_roots: IndexVec<SourceScope, Option<ItemLocalId>>,
    pub source_scope: SourceScope,
    pub scopes: Scopes<'tcx>,
    pub arg_count: usize,
    pub check_overflow: bool,
    pub coroutine: Option<CoroutineKind>,
    pub var_debug_info: Vec<VarDebugInfo<'tcx>>,
    /// The locals of variables: a variable that a guard sees has a second one there.
    pub var_locals: FxHashMap<LocalVarId, VarLocals>,
    /// The variables of the patterns whose guards are being built, outermost first.
    pub guards: Vec<Vec<LocalVarId>>,
    /// Temporaries of guards, which are built once for each alternative of an or-pattern.
    pub fixed_temps: FxHashMap<ExprId, Local>,
    pub fixed_temps_scope: Option<Scope>,
    pub unit_temp: Option<Place<'tcx>>,
    /// Where the captures of the closure that is being built are.
    pub captures: Vec<Place<'tcx>>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum VarLocals {
    One(Local),
    /// In guards, a reference stands for the variable.
    ForGuard {
        ref_for_guard: Local,
        for_arm_body: Local,
    },
}

/// Which local of a variable is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ForGuard {
    RefWithinGuard,
    OutsideGuard,
}

impl<'a, 'tcx> Builder<'a, 'tcx> {
    pub fn new(cx: BuildCx<'tcx>, facts: Facts<'tcx>, body: &'a TypedBody<'tcx>) -> Result<Builder<'a, 'tcx>> {
        if body.thir.exprs.get(body.root).is_none() {
            return Err(Doubt::at("body without a value", body.span));
        }
        Ok(Builder {
            tcx: cx.traits.tcx(),
            facts,
            body,
            thir: &body.thir,
            blocks: IndexVec::new(),
            local_decls: IndexVec::new(),
            variables: Vec::new(),
            user_tys: Vec::new(),
            user_type_annotations: Vec::new(),
            source_scopes: IndexVec::new(),
            lint_roots: IndexVec::new(),
            source_scope: SourceScope::OUTERMOST,
            scopes: Scopes::default(),
            arg_count: 0,
            check_overflow: false,
            coroutine: None,
            var_debug_info: Vec::new(),
            var_locals: FxHashMap::default(),
            guards: Vec::new(),
            fixed_temps: FxHashMap::default(),
            fixed_temps_scope: None,
            unit_temp: None,
            captures: Vec::new(),
        })
    }

    pub fn finish(self, spread_arg: Option<Local>) -> Result<BuiltBody<'tcx>> {
        if self.blocks.iter().any(|block| block.terminator.is_none()) {
            return Err(Doubt::at("block without an end", self.body.span));
        }
        Ok(BuiltBody {
            basic_blocks: self.blocks,
            source_scopes: self.source_scopes,
            local_decls: self.local_decls,
            variables: self.variables,
            user_tys: self.user_tys,
            user_type_annotations: self.user_type_annotations,
            arg_count: self.arg_count,
            spread_arg,
            var_debug_info: self.var_debug_info,
            span: self.body.span,
            coroutine: self.coroutine,
        })
    }

    // ---- the graph

    pub fn new_block(&mut self) -> BasicBlock {
        self.blocks.push(BlockData::default())
    }

    pub fn new_cleanup_block(&mut self) -> BasicBlock {
        self.blocks.push(BlockData { is_cleanup: true, ..BlockData::default() })
    }

    pub fn push(&mut self, block: BasicBlock, source_info: SourceInfo, kind: StatementKind<'tcx>) {
        self.blocks[block].statements.push(Statement { source_info, kind });
    }

    pub fn push_assign(&mut self, block: BasicBlock, info: SourceInfo, place: Place<'tcx>, rvalue: Rvalue<'tcx>) {
        self.push(block, info, StatementKind::Assign(place, rvalue));
    }

    pub fn push_assign_unit(&mut self, block: BasicBlock, info: SourceInfo, place: Place<'tcx>) {
        let unit = self.unit_operand(info.span);
        self.push_assign(block, info, place, Rvalue::Use(unit));
    }

    pub fn push_fake_read(&mut self, block: BasicBlock, info: SourceInfo, cause: FakeReadCause, place: Place<'tcx>) {
        self.push(block, info, StatementKind::FakeRead(cause, place));
    }

    pub fn terminate(&mut self, block: BasicBlock, source_info: SourceInfo, kind: TerminatorKind<'tcx>) {
        self.blocks[block].terminator = Some(Terminator { source_info, kind });
    }

    pub fn goto(&mut self, block: BasicBlock, source_info: SourceInfo, target: BasicBlock) {
        self.terminate(block, source_info, TerminatorKind::Goto { target });
    }

    /// Goes to the first block if the operand is true, else to the second.
    pub fn if_terminator(cond: Operand<'tcx>, then: BasicBlock, otherwise: BasicBlock) -> TerminatorKind<'tcx> {
        let targets = SwitchTargets { values: smallvec![0], targets: smallvec![otherwise, then] };
        TerminatorKind::SwitchInt { discr: cond, targets }
    }

    // ---- locals and operands

    pub fn source_info(&self, span: Span) -> SourceInfo {
        SourceInfo { span, scope: self.source_scope }
    }

    pub fn outermost(span: Span) -> SourceInfo {
        SourceInfo { span, scope: SourceScope::OUTERMOST }
    }

    /// A new temporary that lives in the whole body.
    pub fn new_local(&mut self, ty: Ty<'tcx>, span: Span, mutability: Mutability) -> Local {
        self.local_decls.push(LocalDecl { mutability, ty, source_info: Self::outermost(span) })
    }

    /// The place of a new mutable temporary.
    pub fn temp(&mut self, ty: Ty<'tcx>, span: Span) -> Place<'tcx> {
        Place::from_local(self.new_local(ty, span, Mutability::Mut))
    }

    /// A place where values of `()` go that nobody reads.
    pub fn unit_temp(&mut self) -> Place<'tcx> {
        if let Some(place) = self.unit_temp {
            return place;
        }
        let place = self.temp(self.tcx.types().unit, self.body.span);
        self.unit_temp = Some(place);
        place
    }

    pub fn constant(span: Span, const_: Const<'tcx>) -> Operand<'tcx> {
        Operand::Constant(Box::new(ConstOperand { span, const_ }))
    }

    pub fn unit_operand(&self, span: Span) -> Operand<'tcx> {
        Self::constant(span, Const::Val(ty::ConstValue::ZeroSized, self.tcx.types().unit))
    }

    /// A scalar constant of a type, by its bits.
    pub fn bits_operand(&self, bits: u128, ty: Ty<'tcx>, span: Span) -> Result<Operand<'tcx>> {
        let size = self.facts.scalar_size(ty, span)?;
        let value = ty::ConstValue::Scalar(ty::Scalar::from_bits(bits, size));
        Ok(Self::constant(span, Const::Val(value, ty)))
    }

    pub fn ty_of(&self, place: Place<'tcx>) -> Ty<'tcx> {
        place.ty(&self.local_decls, self.tcx)
    }

    /// Copies what may be copied, and moves the rest.
    pub fn consume(&self, place: Place<'tcx>, span: Span) -> Result<Operand<'tcx>> {
        Ok(match self.facts.is_copy(self.ty_of(place), span)? {
            true => Operand::Copy(place),
            false => Operand::Move(place),
        })
    }

    /// The same value again: an operand that is read where it is moved later.
    pub fn to_copy(operand: &Operand<'tcx>) -> Operand<'tcx> {
        match operand {
            Operand::Move(place) => Operand::Copy(*place),
            other => other.clone(),
        }
    }

    pub fn var_local(&self, var: LocalVarId, for_guard: ForGuard, span: Span) -> Result<Local> {
        match (self.var_locals.get(&var), for_guard) {
            (Some(&VarLocals::ForGuard { ref_for_guard, .. }), ForGuard::RefWithinGuard) => Ok(ref_for_guard),
            (Some(&VarLocals::One(local) | &VarLocals::ForGuard { for_arm_body: local, .. }), _)
                if for_guard == ForGuard::OutsideGuard =>
            {
                Ok(local)
            }
            _ => Err(Doubt::with("variable without a local", span, format!("{var:?}"))),
        }
    }

    pub fn is_bound_in_guard(&self, var: LocalVarId) -> bool {
        self.guards.iter().any(|vars| vars.contains(&var))
    }

    pub fn push_user_type(&mut self, ty: UserType) -> usize {
        self.user_type_annotations.push(ty);
        self.user_type_annotations.len() - 1
    }
}

/// The span from the start of one to the end of another.
pub(crate) fn join(first: Span, last: Span) -> Span {
    if first.file != last.file { first } else { Span { hi: last.hi.max(first.hi), lo: first.lo.min(last.lo), ..first } }
}

/// The end of a span.
pub(crate) fn end(span: Span) -> Span {
    Span { lo: span.hi, ..span }
}

/// The last character of a span.
pub(crate) fn last_character(span: Span) -> Span {
    Span { lo: span.hi.saturating_sub(1).max(span.lo), ..span }
}
