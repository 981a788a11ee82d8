//! Bodies between building and compiling: what the passes of this crate work on.
//!
//! Statements and terminators are those of compiled MIR, and the few others that built MIR has.

use build::{BuiltBody, Doubt, Result};
use mir::visit::{Location, PlaceContext};
use mir::{
    BasicBlock, BasicBlockData, Body, ConstOperand, CoroutineInfo, Local, LocalDecl, LocalDecls, Operand, Place,
    SourceInfo, SourceScope, SourceScopeData, UnwindAction, VarDebugInfo,
};
use smallvec::SmallVec;
use ty::rustc_index::bit_set::DenseBitSet;
use ty::{CoroutineKind, DefId, IndexVec, Mutability, Span, Ty};

/// A body that is being worked on.
#[derive(Clone, Debug)]
pub(crate) struct Work<'tcx> {
    /// The item; of a promoted, the one in whose body it was.
    pub def_id: DefId,
    pub blocks: IndexVec<BasicBlock, Block<'tcx>>,
    pub locals: LocalDecls<'tcx>,
    /// Variables of the source, by local: they are never taken for temporaries.
    pub variables: DenseBitSet<usize>,
    /// Temporaries that hold a pointer which is dereferenced, and nothing else.
    pub deref_temps: DenseBitSet<usize>,
    pub scopes: IndexVec<SourceScope, SourceScopeData<'tcx>>,
    pub arg_count: usize,
    pub spread_arg: Option<Local>,
    pub var_debug_info: Vec<VarDebugInfo<'tcx>>,
    pub span: Span,
    pub required_consts: Vec<ConstOperand<'tcx>>,
    /// The body is a coroutine's.
    pub coroutine_kind: Option<CoroutineKind>,
    /// What a coroutine's body has beside its code, once it is divided.
    pub coroutine: Option<Box<CoroutineInfo<'tcx>>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Block<'tcx> {
    pub statements: Vec<Statement<'tcx>>,
    /// Absent only while blocks are merged.
    pub terminator: Option<Terminator<'tcx>>,
    pub is_cleanup: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Statement<'tcx> {
    pub source_info: SourceInfo,
    pub kind: Step<'tcx>,
}

#[derive(Clone, Debug)]
pub(crate) enum Step<'tcx> {
    Run(mir::StatementKind<'tcx>),
    /// `let _ = place`
    Mention(Place<'tcx>),
    /// A read for the borrow checker.
    FakeRead(Place<'tcx>),
    /// What else is for the borrow checker alone.
    Note,
}

#[derive(Clone, Debug)]
pub(crate) struct Terminator<'tcx> {
    pub source_info: SourceInfo,
    pub kind: Exit<'tcx>,
}

#[derive(Clone, Debug)]
pub(crate) enum Exit<'tcx> {
    Run(mir::TerminatorKind<'tcx>),
    FalseEdge {
        real: BasicBlock,
        imaginary: BasicBlock,
    },
    FalseUnwind {
        real: BasicBlock,
        unwind: UnwindAction,
    },
    /// A drop of a coroutine or of what may be one, in a coroutine. Without asynchronous drops, it is one like others. Until
    /// drops are elaborated, it leads to where dropping the coroutine itself would go on meanwhile.
    MayDropMeanwhile {
        drop: AnyDrop<'tcx>,
        meanwhile: BasicBlock,
    },
    Yield {
        value: Operand<'tcx>,
        resume: BasicBlock,
        resume_arg: Place<'tcx>,
        drop: Option<BasicBlock>,
    },
    CoroutineDrop,
}

/// A drop that may turn out not to be needed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnyDrop<'tcx> {
    pub place: Place<'tcx>,
    pub target: BasicBlock,
    pub unwind: UnwindAction,
}

pub(crate) type Successors = SmallVec<[BasicBlock; 4]>;

impl<'tcx> Statement<'tcx> {
    pub fn assign(source_info: SourceInfo, place: Place<'tcx>, rvalue: mir::Rvalue<'tcx>) -> Statement<'tcx> {
        let kind = Step::Run(mir::StatementKind::Assign(Box::new((place, rvalue))));
        Statement { source_info, kind }
    }

    pub fn as_assign(&self) -> Option<(Place<'tcx>, &mir::Rvalue<'tcx>)> {
        match &self.kind {
            Step::Run(mir::StatementKind::Assign(assign)) => Some((assign.0, &assign.1)),
            _ => None,
        }
    }
}

impl<'tcx> Block<'tcx> {
    pub fn new(kind: mir::TerminatorKind<'tcx>, source_info: SourceInfo, is_cleanup: bool) -> Block<'tcx> {
        let terminator = Some(Terminator { source_info, kind: Exit::Run(kind) });
        Block { statements: Vec::new(), terminator, is_cleanup }
    }

    /// The terminator. All blocks have one when a pass begins.
    pub fn terminator(&self) -> &Terminator<'tcx> {
        match &self.terminator {
            Some(terminator) => terminator,
            None => ty::bug!("a block without an end"),
        }
    }

    pub fn terminator_mut(&mut self) -> &mut Terminator<'tcx> {
        match &mut self.terminator {
            Some(terminator) => terminator,
            None => ty::bug!("a block without an end"),
        }
    }

    /// How the block ends, if that is something that runs.
    pub fn exit(&self) -> Option<&mir::TerminatorKind<'tcx>> {
        match &self.terminator().kind {
            Exit::Run(kind) => Some(kind),
            _ => None,
        }
    }

    pub fn set_exit(&mut self, kind: mir::TerminatorKind<'tcx>) {
        self.terminator_mut().kind = Exit::Run(kind);
    }

    /// What is dropped, if the block ends so.
    pub fn drop(&self) -> Option<AnyDrop<'tcx>> {
        self.terminator().kind.drop()
    }

    pub fn is_empty_unreachable(&self) -> bool {
        self.statements.is_empty() && matches!(self.exit(), Some(mir::TerminatorKind::Unreachable))
    }
}

impl<'tcx> Exit<'tcx> {
    pub fn drop(&self) -> Option<AnyDrop<'tcx>> {
        match *self {
            Exit::Run(mir::TerminatorKind::Drop { place, target, unwind }) => Some(AnyDrop { place, target, unwind }),
            Exit::MayDropMeanwhile { drop, .. } => Some(drop),
            _ => None,
        }
    }

    /// The blocks that may follow, in rustc's order.
    pub fn successors(&self) -> Successors {
        let with_unwind = |first: BasicBlock, unwind: UnwindAction| {
            let mut all = Successors::from_slice(&[first]);
            if let UnwindAction::Cleanup(block) = unwind {
                all.push(block);
            }
            all
        };
        match self {
            Exit::Run(kind) => kind.successors(),
            Exit::FalseEdge { real, imaginary } => Successors::from_slice(&[*real, *imaginary]),
            Exit::FalseUnwind { real, unwind } => with_unwind(*real, *unwind),
            Exit::MayDropMeanwhile { drop, meanwhile } => {
                let mut all = with_unwind(drop.target, drop.unwind);
                all.push(*meanwhile);
                all
            }
            Exit::Yield { resume, drop, .. } => std::iter::once(*resume).chain(*drop).collect(),
            Exit::CoroutineDrop => Successors::new(),
        }
    }

    /// Calls the function with each block that may follow.
    pub fn for_each_successor(&mut self, mut f: impl FnMut(&mut BasicBlock)) {
        match self {
            Exit::Run(kind) => {
                match kind {
                    mir::TerminatorKind::Goto { target }
                    | mir::TerminatorKind::Drop { target, .. }
                    | mir::TerminatorKind::Assert { target, .. } => f(target),
                    mir::TerminatorKind::SwitchInt { targets, .. } => targets.targets.iter_mut().for_each(&mut f),
                    mir::TerminatorKind::Call(call) => call.target.iter_mut().for_each(&mut f),
                    mir::TerminatorKind::InlineAsm(asm) => asm.targets.iter_mut().for_each(&mut f),
                    _ => {}
                }
                if let Some(UnwindAction::Cleanup(block)) = unwind_of(kind) {
                    f(block);
                }
            }
            Exit::FalseEdge { real, imaginary } => {
                f(real);
                f(imaginary);
            }
            Exit::FalseUnwind { real, unwind } => {
                f(real);
                if let UnwindAction::Cleanup(block) = unwind {
                    f(block);
                }
            }
            Exit::MayDropMeanwhile { drop, meanwhile } => {
                f(&mut drop.target);
                if let UnwindAction::Cleanup(block) = &mut drop.unwind {
                    f(block);
                }
                f(meanwhile);
            }
            Exit::Yield { resume, drop, .. } => {
                f(resume);
                drop.iter_mut().for_each(f);
            }
            Exit::CoroutineDrop => {}
        }
    }

    pub fn unwind_mut(&mut self) -> Option<&mut UnwindAction> {
        match self {
            Exit::Run(kind) => unwind_of(kind),
            Exit::FalseUnwind { unwind, .. } => Some(unwind),
            Exit::MayDropMeanwhile { drop, .. } => Some(&mut drop.unwind),
            _ => None,
        }
    }
}

fn unwind_of<'a>(kind: &'a mut mir::TerminatorKind<'_>) -> Option<&'a mut UnwindAction> {
    match kind {
        mir::TerminatorKind::Drop { unwind, .. } | mir::TerminatorKind::Assert { unwind, .. } => Some(unwind),
        mir::TerminatorKind::Call(call) => Some(&mut call.unwind),
        mir::TerminatorKind::InlineAsm(asm) => Some(&mut asm.unwind),
        _ => None,
    }
}

impl<'tcx> Work<'tcx> {
    pub fn new(def_id: DefId, built: BuiltBody<'tcx>) -> Result<Work<'tcx>> {
        let mut variables = DenseBitSet::new_empty(built.local_decls.len());
        for local in &built.variables {
            variables.insert(local.index());
        }
        let span = built.span;
        if built.basic_blocks.is_empty() || built.local_decls.len() <= built.arg_count {
            return Err(Doubt::at("body without blocks or locals", span));
        }
        let mut blocks = IndexVec::new();
        for data in built.basic_blocks {
            let statements = data.statements.into_iter().map(statement).collect();
            let Some(terminator) = data.terminator else { return Err(Doubt::at("block without an end", span)) };
            let kind = exit(terminator.kind);
            let terminator = Some(Terminator { source_info: terminator.source_info, kind });
            blocks.push(Block { statements, terminator, is_cleanup: data.is_cleanup });
        }
        Ok(Work {
            def_id,
            blocks,
            deref_temps: DenseBitSet::new_empty(built.local_decls.len()),
            locals: built.local_decls,
            variables,
            scopes: built.source_scopes,
            arg_count: built.arg_count,
            spread_arg: built.spread_arg,
            var_debug_info: built.var_debug_info,
            span,
            required_consts: Vec::new(),
            coroutine_kind: built.coroutine,
            coroutine: None,
        })
    }

    /// The body as it is compiled.
    ///
    /// # Errors
    /// There is something left in it that does not run.
    pub fn finish(self) -> Result<Body<'tcx>> {
        let mut basic_blocks = IndexVec::new();
        for block in self.blocks {
            let mut statements = Vec::with_capacity(block.statements.len());
            for statement in block.statements {
                let Step::Run(kind) = statement.kind else {
                    return Err(Doubt::at("statement that does not run", statement.source_info.span));
                };
                statements.push(mir::Statement { source_info: statement.source_info, kind });
            }
            let Some(Terminator { source_info, kind: Exit::Run(kind) }) = block.terminator else {
                return Err(Doubt::at("terminator that does not run", self.span));
            };
            let terminator = mir::Terminator { source_info, kind };
            basic_blocks.push(BasicBlockData { statements, terminator, is_cleanup: block.is_cleanup });
        }
        Ok(Body {
            basic_blocks,
            source_scopes: self.scopes,
            local_decls: self.locals,
            arg_count: self.arg_count,
            spread_arg: self.spread_arg,
            var_debug_info: self.var_debug_info,
            span: self.span,
            required_consts: self.required_consts,
            mentions: Vec::new(),
            coroutine: self.coroutine,
            coverage: None,
        })
    }

    /// Nobody calls it.
    pub fn make_unreachable(&mut self) {
        self.blocks.truncate(1);
        for block in &mut self.blocks {
            block.statements.clear();
            block.set_exit(mir::TerminatorKind::Unreachable);
        }
        self.var_debug_info.clear();
        self.locals.truncate(self.arg_count + 1);
    }

    pub fn args_iter(&self) -> impl Iterator<Item = Local> + use<> {
        (1..=self.arg_count).map(Local::from_usize)
    }

    pub fn is_deref_temp(&self, local: Local) -> bool {
        let index = local.index();
        index < self.deref_temps.domain_size() && self.deref_temps.contains(index)
    }

    pub fn is_variable(&self, local: Local) -> bool {
        let index = local.index();
        index < self.variables.domain_size() && self.variables.contains(index)
    }

    /// Neither the return place nor an argument.
    pub fn is_temp(&self, local: Local) -> bool {
        local.index() > self.arg_count
    }

    /// Where a block's terminator is.
    pub fn end_of(&self, block: BasicBlock) -> Location {
        Location { block, statement_index: self.blocks[block].statements.len() }
    }

    pub fn source_info(&self, at: Location) -> SourceInfo {
        let block = &self.blocks[at.block];
        match block.statements.get(at.statement_index) {
            Some(statement) => statement.source_info,
            None => block.terminator().source_info,
        }
    }

    /// Blocks that the first leads to, each after what follows it; of those that follow, the last is looked at first.
    pub fn postorder(&self) -> Vec<BasicBlock> {
        let mut order = Vec::new();
        let mut seen: IndexVec<BasicBlock, bool> = IndexVec::from_elem_n(false, self.blocks.len());
        let mut stack: Vec<(BasicBlock, Successors)> = Vec::new();
        let mut enter = |block: BasicBlock, stack: &mut Vec<_>| {
            if !std::mem::replace(&mut seen[block], true) {
                stack.push((block, self.blocks[block].terminator().kind.successors()));
            }
        };
        if !self.blocks.is_empty() {
            enter(BasicBlock::START, &mut stack);
        }
        while let Some((block, following)) = stack.last_mut() {
            match following.pop() {
                Some(next) => enter(next, &mut stack),
                None => {
                    order.push(*block);
                    stack.pop();
                }
            }
        }
        order
    }

    pub fn reachable(&self) -> IndexVec<BasicBlock, bool> {
        let mut reached = IndexVec::from_elem_n(false, self.blocks.len());
        for block in self.postorder() {
            reached[block] = true;
        }
        reached
    }
}

/// The declaration of a new temporary.
pub(crate) fn temp_decl<'tcx>(ty: Ty<'tcx>, span: Span) -> LocalDecl<'tcx> {
    LocalDecl { mutability: Mutability::Mut, ty, source_info: outermost(span) }
}

pub(crate) fn outermost(span: Span) -> SourceInfo {
    SourceInfo { span, scope: SourceScope::OUTERMOST }
}

/// The value of `()`, or of another type without bytes.
pub(crate) fn zero_sized<'tcx>(ty: Ty<'tcx>, span: Span) -> Operand<'tcx> {
    let const_ = mir::Const::Val(ty::ConstValue::ZeroSized, ty);
    Operand::Constant(Box::new(ConstOperand { span, const_ }))
}

/// A scalar constant.
pub(crate) fn scalar<'tcx>(bits: u128, size: u8, ty: Ty<'tcx>, span: Span) -> Operand<'tcx> {
    let value = ty::ConstValue::Scalar(ty::Scalar::from_bits(bits, size));
    Operand::Constant(Box::new(ConstOperand { span, const_: mir::Const::Val(value, ty) }))
}

fn statement<'tcx>(statement: build::Statement<'tcx>) -> Statement<'tcx> {
    let kind = match statement.kind {
        build::StatementKind::Assign(place, rvalue) => Step::Run(mir::StatementKind::Assign(Box::new((place, rvalue)))),
        build::StatementKind::FakeRead(_, place) => Step::FakeRead(place),
        build::StatementKind::PlaceMention(place) => Step::Mention(place),
        build::StatementKind::StorageLive(local) => Step::Run(mir::StatementKind::StorageLive(local)),
        build::StatementKind::StorageDead(local) => Step::Run(mir::StatementKind::StorageDead(local)),
        build::StatementKind::AscribeUserType(..) | build::StatementKind::BackwardIncompatibleDropHint(_) => Step::Note,
    };
    Statement { source_info: statement.source_info, kind }
}

fn exit<'tcx>(kind: build::TerminatorKind<'tcx>) -> Exit<'tcx> {
    Exit::Run(match kind {
        build::TerminatorKind::Goto { target } => mir::TerminatorKind::Goto { target },
        build::TerminatorKind::SwitchInt { discr, targets } => mir::TerminatorKind::SwitchInt { discr, targets },
        build::TerminatorKind::UnwindResume => mir::TerminatorKind::UnwindResume,
        build::TerminatorKind::Return => mir::TerminatorKind::Return,
        build::TerminatorKind::Unreachable => mir::TerminatorKind::Unreachable,
        build::TerminatorKind::Drop { place, target, unwind, drop: Some(meanwhile), .. } => {
            return Exit::MayDropMeanwhile { drop: AnyDrop { place, target, unwind }, meanwhile };
        }
        build::TerminatorKind::Drop { place, target, unwind, .. } => {
            mir::TerminatorKind::Drop { place, target, unwind }
        }
        build::TerminatorKind::Call(call) => mir::TerminatorKind::Call(call),
        build::TerminatorKind::TailCall { func, args, fn_span } => {
            mir::TerminatorKind::TailCall { func, args, fn_span }
        }
        build::TerminatorKind::Assert { cond, expected, msg, target, unwind } => {
            mir::TerminatorKind::Assert { cond, expected, msg, target, unwind }
        }
        build::TerminatorKind::InlineAsm(asm) => mir::TerminatorKind::InlineAsm(asm),
        build::TerminatorKind::Yield { value, resume, resume_arg, drop } => {
            return Exit::Yield { value, resume, resume_arg, drop };
        }
        build::TerminatorKind::CoroutineDrop => return Exit::CoroutineDrop,
        build::TerminatorKind::FalseEdge { real_target, imaginary_target } => {
            return Exit::FalseEdge { real: real_target, imaginary: imaginary_target };
        }
        build::TerminatorKind::FalseUnwind { real_target, unwind } => {
            return Exit::FalseUnwind { real: real_target, unwind };
        }
    })
}

/// Visits a block's statements and terminator; fake reads and mentions of places count as reads.
pub(crate) fn visit_block<'tcx>(v: &mut impl mir::visit::Visitor<'tcx>, block: BasicBlock, data: &Block<'tcx>) {
    for (statement_index, statement) in data.statements.iter().enumerate() {
        visit_step(v, &statement.kind, Location { block, statement_index });
    }
    visit_exit(v, &data.terminator().kind, Location { block, statement_index: data.statements.len() });
}

/// Visits what a statement does.
pub(crate) fn visit_step<'tcx>(v: &mut impl mir::visit::Visitor<'tcx>, step: &Step<'tcx>, at: Location) {
    match step {
        Step::Run(kind) => mir::visit::super_statement_kind(v, kind, at),
        Step::Mention(place) | Step::FakeRead(place) => v.visit_place(*place, PlaceContext::Copy, at),
        Step::Note => {}
    }
}

/// Visits how a block ends.
pub(crate) fn visit_exit<'tcx>(v: &mut impl mir::visit::Visitor<'tcx>, exit: &Exit<'tcx>, at: Location) {
    match exit {
        Exit::Run(kind) => mir::visit::super_terminator_kind(v, kind, at),
        Exit::MayDropMeanwhile { drop, .. } => v.visit_place(drop.place, PlaceContext::Drop, at),
        Exit::Yield { value, resume_arg, .. } => {
            v.visit_operand(value, at);
            v.visit_place(*resume_arg, PlaceContext::Call, at);
        }
        Exit::FalseEdge { .. } | Exit::FalseUnwind { .. } | Exit::CoroutineDrop => {}
    }
}
