//! The machine: frames, and the loop that runs statements and terminators.

use crate::EvalCx;
use crate::fault::{EvalResult, Fault, fault};
use crate::layouts::Layout;
use crate::memory::Memory;
use crate::value::{Imm, ImmTy, MemPlace, OpTy, PlaceTy};
use mir::{BasicBlock, Body, Local, Operand, SourceInfo, Statement, StatementKind, Terminator, TerminatorKind};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::collections::VecDeque;
use ty::{AllocId, ConstError, DefId, GenericArgs, IndexVec, Instance, Span, Ty};

/// Terminators that one evaluation may run. rustc warns at 2 million, and only about constants that it evaluates itself;
/// this is for those that never end.
const STEP_LIMIT: u64 = 100_000_000;
/// Calls within calls. More than rustc's default, which crates may raise.
const FRAME_LIMIT: usize = 4096;

#[derive(Clone, Copy)]
pub(crate) enum LocalValue<'tcx> {
    /// Its storage has ended.
    Dead,
    Live(Imm),
    Mem(MemPlace<'tcx>),
}

#[derive(Clone, Copy)]
pub(crate) struct LocalState<'tcx> {
    pub value: LocalValue<'tcx>,
    /// Known once it has been asked for.
    pub layout: Option<Layout<'tcx>>,
}

/// A function being run.
pub(crate) struct Frame<'tcx> {
    pub instance: Instance<'tcx>,
    pub body: &'tcx Body<'tcx>,
    /// What the body's parameters stand for; `None` if it is in terms of concrete types already.
    pub args: Option<GenericArgs<'tcx>>,
    pub block: BasicBlock,
    /// The number of the next statement; that of the terminator is one more than the last statement's.
    pub statement: usize,
    pub locals: IndexVec<mir::Local, LocalState<'tcx>>,
    /// Where the result goes, in the caller.
    pub dest: Option<PlaceTy<'tcx>>,
    /// Where the caller goes on.
    pub target: Option<BasicBlock>,
}

impl Frame<'_> {
    /// The place of the next statement (in frames below the top: of the call that has not returned yet).
    pub(crate) fn source_info(&self) -> SourceInfo {
        let data = &self.body.basic_blocks[self.block];
        match data.statements.get(self.statement) {
            Some(statement) => statement.source_info,
            None => data.terminator.source_info,
        }
    }
}

/// One evaluation of one constant.
pub(crate) struct Machine<'e, 'tcx> {
    pub cx: &'e EvalCx<'tcx>,
    pub memory: Memory,
    pub stack: Vec<Frame<'tcx>>,
    steps: u64,
    /// The static whose initial value is evaluated.
    pub static_root: Option<DefId>,
    /// Statics that may change may be read: while evaluating a static only.
    pub may_read_mutable: bool,
    /// What is left of C-variadic arguments, by what a `VaList` points to.
    pub variadic: FxHashMap<AllocId, VecDeque<MemPlace<'tcx>>>,
    /// Functions whose required constants have been evaluated.
    checked: FxHashSet<Instance<'tcx>>,
    /// Layouts of the bodies' types: asked for at each constant, field by field, without locks.
    layouts: RefCell<FxHashMap<(Ty<'tcx>, Option<GenericArgs<'tcx>>), Layout<'tcx>>>,
}

impl<'e, 'tcx> Machine<'e, 'tcx> {
    pub(crate) fn new(cx: &'e EvalCx<'tcx>) -> Machine<'e, 'tcx> {
        Machine {
            cx,
            memory: Memory::default(),
            stack: Vec::new(),
            steps: 0,
            static_root: None,
            may_read_mutable: false,
            variadic: FxHashMap::default(),
            checked: FxHashSet::default(),
            layouts: RefCell::default(),
        }
    }

    /// Runs a body without parameters to its end; its result is left in fresh memory.
    pub(crate) fn run_root(&mut self, instance: Instance<'tcx>, body: &'tcx Body<'tcx>) -> EvalResult<MemPlace<'tcx>> {
        self.push_frame(instance, body, None, None)?;
        let layout = self.local_layout(0, Local::RETURN)?;
        if !layout.is_sized() {
            ty::bug!("a constant of the unsized type {:?}", layout.ty);
        }
        let result = self.allocate(layout)?;
        self.stack[0].locals[mir::Local::RETURN].value = LocalValue::Mem(result);
        while !self.stack.is_empty() {
            self.step()?;
        }
        Ok(result)
    }

    pub(crate) fn push_frame(
        &mut self,
        instance: Instance<'tcx>,
        body: &'tcx Body<'tcx>,
        dest: Option<PlaceTy<'tcx>>,
        target: Option<BasicBlock>,
    ) -> EvalResult<()> {
        if self.stack.len() >= FRAME_LIMIT {
            fault!("reached the configured maximum number of stack frames");
        }
        let fresh = LocalState { value: LocalValue::Live(Imm::Uninit), layout: None };
        self.stack.push(Frame {
            instance,
            body,
            args: self.cx.body_args(instance),
            block: BasicBlock::START,
            statement: 0,
            locals: IndexVec::from_elem_n(fresh, body.local_decls.len()),
            dest,
            target,
        });
        if !body.required_consts.is_empty() && self.checked.insert(instance) {
            // The function is in error if one of these is, even where they are not used.
            for constant in &body.required_consts {
                let value = self.cx.eval_generic_operand(constant.const_, self.frame().args);
                value.map_err(|fault| fault.used_at(constant.span))?;
            }
        }
        Ok(())
    }

    pub(crate) fn frame(&self) -> &Frame<'tcx> {
        self.stack.last().expect("the machine runs in a frame")
    }

    pub(crate) fn frame_mut(&mut self) -> &mut Frame<'tcx> {
        self.stack.last_mut().expect("the machine runs in a frame")
    }

    // ---- types of the current body

    /// Substitutes the frame's arguments and normalises.
    pub(crate) fn mono_ty(&self, ty: Ty<'tcx>) -> Ty<'tcx> {
        match self.frame().args {
            Some(args) => self.cx.tcx.normalize(self.cx.tcx.subst(ty, args)),
            None => ty,
        }
    }

    pub(crate) fn mono_layout(&self, ty: Ty<'tcx>) -> EvalResult<Layout<'tcx>> {
        let key = (ty, self.frame().args);
        if let Some(&layout) = self.layouts.borrow().get(&key) {
            return Ok(layout);
        }
        let layout = self.cx.layout_of_generic(ty, key.1)?;
        self.layouts.borrow_mut().insert(key, layout);
        Ok(layout)
    }

    // ---- running

    fn step(&mut self) -> EvalResult<()> {
        let frame = self.frame();
        let body: &'tcx Body<'tcx> = frame.body;
        let data = &body.basic_blocks[frame.block];
        match data.statements.get(frame.statement) {
            Some(statement) => {
                let depth = self.stack.len();
                self.statement(statement)?;
                debug_assert_eq!(depth, self.stack.len(), "statements do not call");
                self.frame_mut().statement += 1;
                Ok(())
            }
            None => {
                self.steps += 1;
                if self.steps > STEP_LIMIT {
                    fault!("constant evaluation is taking too long");
                }
                self.terminator(&data.terminator)
            }
        }
    }

    fn statement(&mut self, statement: &'tcx Statement<'tcx>) -> EvalResult<()> {
        match &statement.kind {
            StatementKind::Assign(assign) => self.assign(assign.0, &assign.1),
            StatementKind::SetDiscriminant { place, variant_index } => {
                let dest = self.eval_place(*place)?;
                self.write_discriminant(*variant_index, &dest)
            }
            StatementKind::StorageLive(local) => {
                self.storage_dead(*local);
                self.frame_mut().locals[*local].value = LocalValue::Live(Imm::Uninit);
                Ok(())
            }
            StatementKind::StorageDead(local) => {
                self.storage_dead(*local);
                Ok(())
            }
            StatementKind::Assume(condition) => {
                let condition = self.eval_operand(condition)?;
                let condition = self.read_scalar(&condition)?;
                if !self.to_bool(condition)? {
                    fault!("`assume` called with `false`");
                }
                Ok(())
            }
            StatementKind::CopyNonOverlapping { src, dst, count } => {
                let source = self.eval_operand(src)?;
                let dest = self.eval_operand(dst)?;
                let count = self.eval_operand(count)?;
                self.copy_intrinsic(&source, &dest, &count, false)
            }
            // What is evaluated here does not run.
            StatementKind::Counter(_) | StatementKind::Nop => Ok(()),
        }
    }

    fn storage_dead(&mut self, local: Local) {
        let state = &mut self.frame_mut().locals[local];
        if let LocalValue::Mem(place) = std::mem::replace(&mut state.value, LocalValue::Dead) {
            self.free(place.ptr);
        }
    }

    pub(crate) fn goto(&mut self, block: BasicBlock) {
        let frame = self.frame_mut();
        frame.block = block;
        frame.statement = 0;
    }

    /// Goes on after a call that the machine did itself.
    pub(crate) fn return_to(&mut self, target: Option<BasicBlock>) -> EvalResult<()> {
        match target {
            Some(block) => {
                self.goto(block);
                Ok(())
            }
            None => fault!("entering unreachable code"),
        }
    }

    fn terminator(&mut self, terminator: &'tcx Terminator<'tcx>) -> EvalResult<()> {
        match &terminator.kind {
            TerminatorKind::Goto { target } => {
                self.goto(*target);
                Ok(())
            }
            TerminatorKind::SwitchInt { discr, targets } => {
                let value = self.eval_operand(discr)?;
                let scalar = self.read_scalar(&value)?;
                let bits = self.checked_bits(scalar, value.layout().ty)?.bits;
                self.goto(targets.target_for_value(bits));
                Ok(())
            }
            TerminatorKind::Return => self.pop_frame(),
            TerminatorKind::Unreachable => fault!("entering unreachable code"),
            TerminatorKind::Drop { place, target, .. } => {
                let place = self.eval_place(*place)?;
                self.drop_place(&place, *target)
            }
            TerminatorKind::Call(call) => {
                let dest = self.eval_place(call.destination)?;
                self.eval_call(&call.func, &call.args, Some(dest), call.target)
            }
            TerminatorKind::TailCall { func, args, .. } => self.tail_call(func, args),
            TerminatorKind::Assert { cond, expected, msg, target, .. } => {
                let value = self.eval_operand(cond)?;
                let value = self.read_scalar(&value)?;
                if self.to_bool(value)? == *expected {
                    self.goto(*target);
                    Ok(())
                } else {
                    Err(self.assert_message(msg)?)
                }
            }
            TerminatorKind::UnwindResume | TerminatorKind::UnwindTerminate(_) => {
                ty::bug!("constants do not unwind")
            }
            TerminatorKind::InlineAsm(_) => fault!("inline assembly is not supported at compile-time"),
        }
    }

    /// Returns from the current frame.
    fn pop_frame(&mut self) -> EvalResult<()> {
        let index = self.stack.len() - 1;
        if let Some(dest) = self.frame().dest {
            let result = self.local_to_op(index, Local::RETURN)?;
            if result.layout().is_uninhabited() {
                fault!("entering unreachable code");
            }
            // Types may differ in lifetimes, and in what an opaque type hides.
            self.copy_op(&result, &dest)?;
        }
        let frame = self.stack.pop().expect("the frame looked at above");
        if self.stack.is_empty() {
            // The result may refer to the constant's own locals: its temporaries live on.
            return Ok(());
        }
        for state in &frame.locals {
            if let LocalValue::Mem(place) = state.value {
                self.free(place.ptr);
            }
        }
        self.return_to(frame.target)
    }

    // ---- operands

    pub(crate) fn eval_operand(&mut self, operand: &Operand<'tcx>) -> EvalResult<OpTy<'tcx>> {
        match operand {
            Operand::Copy(place) | Operand::Move(place) => self.eval_place_to_op(*place),
            Operand::Constant(constant) => {
                let mir::ConstOperand { const_: constant, span } = **constant;
                let layout = self.mono_layout(constant.ty())?;
                let value = match constant {
                    mir::Const::Val(value, _) => value,
                    _ => {
                        let value = self.cx.eval_generic_operand(constant, self.frame().args);
                        value.map_err(|fault| fault.used_at(span))?
                    }
                };
                self.const_to_op(value, layout)
            }
            // Checks are on in constants, whatever the session says, so that a constant has one value everywhere.
            Operand::RuntimeChecks(_) => {
                let layout = self.cx.layout_of(self.cx.tcx.types().bool)?;
                Ok(ImmTy::bits(1, layout).into())
            }
        }
    }

    // ---- faults

    /// The error of a fault that stopped this machine.
    #[expect(clippy::boxed_local, reason = "faults come boxed")]
    pub(crate) fn report(&self, fault: Box<Fault>) -> ConstError {
        let (message, span) = match *fault {
            Fault::Inner(error) => return error,
            Fault::Here { message, span, .. } => (message, span),
        };
        // As rustc does: the error is at the constant's own expression, the calls within it are told in addition, but for
        // those of functions that pass their caller's location on.
        let shown = |frame: &&Frame<'tcx>| !self.cx.is_track_caller(frame.instance);
        let mut frames: Vec<(Span, String)> = self
            .stack
            .iter()
            .rev()
            .filter(shown)
            .map(|frame| (frame.source_info().span, self.cx.instance_name(frame.instance)))
            .collect();
        let root = frames.pop();
        let label = root.as_ref().map(|(_, constant)| {
            let place = if frames.is_empty() { "here" } else { "inside this call" };
            format!("evaluation of `{constant}` failed {place}")
        });
        let span = span.or(root.map(|(span, _)| span)).unwrap_or(Span::DUMMY);
        ConstError { span, message, frames, label, used_at: Vec::new() }
    }
}
