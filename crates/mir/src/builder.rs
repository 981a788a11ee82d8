//! Making bodies by hand: shims.
//!
//! ```ignore
//! let mut body = BodyBuilder::new(tcx, span, &[pointer_ty], unit);
//! let pointee = Place::from_local(body.arg(0)).deref(tcx);
//! let end = body.new_block();
//! body.terminate(TerminatorKind::Drop { place: pointee, target: end, unwind: UnwindAction::Continue });
//! body.switch_to(end);
//! body.terminate(TerminatorKind::Return);
//! let body = body.finish();
//! ```

use crate::*;
use ty::{Const as TyConst, ConstValue, DefId, GenericArgs, IndexVec, Mutability, Scalar, Span, Tcx, Ty, TyKind, bug};

/// A body under construction. Statements go to the current block, the first at the start.
pub struct BodyBuilder<'tcx> {
    tcx: Tcx<'tcx>,
    body: Body<'tcx>,
    current: BasicBlock,
    /// Whether each block has its terminator.
    terminated: IndexVec<BasicBlock, bool>,
}

impl<'tcx> BodyBuilder<'tcx> {
    /// A function of these types; everything in it is at `span`.
    pub fn new(tcx: Tcx<'tcx>, span: Span, inputs: &[Ty<'tcx>], output: Ty<'tcx>) -> BodyBuilder<'tcx> {
        let source_info = SourceInfo { span, scope: SourceScope::OUTERMOST };
        let mut local_decls = IndexVec::new();
        local_decls.push(LocalDecl { mutability: Mutability::Mut, ty: output, source_info });
        for &ty in inputs {
            local_decls.push(LocalDecl { mutability: Mutability::Not, ty, source_info });
        }
        let mut source_scopes = IndexVec::new();
        source_scopes.push(SourceScopeData { span, parent_scope: None, inlined: None, inlined_parent_scope: None });
        let body = Body {
            basic_blocks: IndexVec::new(),
            source_scopes,
            local_decls,
            arg_count: inputs.len(),
            spread_arg: None,
            var_debug_info: Vec::new(),
            span,
            required_consts: Vec::new(),
            mentions: Vec::new(),
            coroutine: None,
            coverage: None,
        };
        let mut builder = BodyBuilder { tcx, body, current: BasicBlock::START, terminated: IndexVec::new() };
        builder.new_block();
        builder
    }

    /// The context in which the body's types are interned.
    pub fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }

    /// The one place at which all code of the body is.
    pub fn source_info(&self) -> SourceInfo {
        SourceInfo { span: self.body.span, scope: SourceScope::OUTERMOST }
    }

    /// An argument, from 0.
    pub fn arg(&self, index: usize) -> Local {
        assert!(index < self.body.arg_count, "argument {index} of {}", self.body.arg_count);
        Local::from_usize(index + 1)
    }

    /// Says that the last argument is a tuple that the caller passes as separate arguments.
    pub fn spread_last_arg(&mut self) {
        self.body.spread_arg = Some(Local::from_usize(self.body.arg_count));
    }

    /// A new variable.
    pub fn temp(&mut self, ty: Ty<'tcx>) -> Local {
        let source_info = self.source_info();
        self.body.local_decls.push(LocalDecl { mutability: Mutability::Mut, ty, source_info })
    }

    /// The declarations so far, for [`Place::ty`].
    pub fn locals(&self) -> &LocalDecls<'tcx> {
        &self.body.local_decls
    }

    fn push_block(&mut self, is_cleanup: bool) -> BasicBlock {
        let terminator = Terminator { source_info: self.source_info(), kind: TerminatorKind::Unreachable };
        self.terminated.push(false);
        self.body.basic_blocks.push(BasicBlockData { statements: Vec::new(), terminator, is_cleanup })
    }

    /// A new block, to be filled later.
    pub fn new_block(&mut self) -> BasicBlock {
        self.push_block(false)
    }

    /// A new block that is reached by unwinding only.
    pub fn new_cleanup_block(&mut self) -> BasicBlock {
        self.push_block(true)
    }

    /// Where the next statement goes.
    pub fn current_block(&self) -> BasicBlock {
        self.current
    }

    /// Goes on in another block.
    pub fn switch_to(&mut self, block: BasicBlock) {
        assert!(!self.terminated[block], "{block:?} is finished");
        self.current = block;
    }

    /// Adds a statement to the current block. Panics where the block has its terminator.
    pub fn statement(&mut self, kind: StatementKind<'tcx>) {
        assert!(!self.terminated[self.current], "{:?} is finished", self.current);
        let source_info = self.source_info();
        self.body.basic_blocks[self.current].statements.push(Statement { source_info, kind });
    }

    /// Adds `place = rvalue` to the current block. Both must have the same type.
    pub fn assign(&mut self, place: Place<'tcx>, rvalue: Rvalue<'tcx>) {
        self.statement(StatementKind::Assign(Box::new((place, rvalue))));
    }

    /// A new variable that holds the value.
    pub fn assign_temp(&mut self, ty: Ty<'tcx>, rvalue: Rvalue<'tcx>) -> Local {
        let local = self.temp(ty);
        self.assign(Place::from_local(local), rvalue);
        local
    }

    /// Ends the current block.
    pub fn terminate(&mut self, kind: TerminatorKind<'tcx>) {
        assert!(!self.terminated[self.current], "{:?} has a terminator", self.current);
        self.terminated[self.current] = true;
        self.body.basic_blocks[self.current].terminator = Terminator { source_info: self.source_info(), kind };
    }

    /// Ends the current block with a call and goes on in the new block after it.
    pub fn call(
        &mut self,
        func: Operand<'tcx>,
        args: Vec<Operand<'tcx>>,
        destination: Place<'tcx>,
        unwind: UnwindAction,
    ) -> BasicBlock {
        let is_cleanup = self.body.basic_blocks[self.current].is_cleanup;
        let next = self.push_block(is_cleanup);
        let fn_span = self.body.span;
        let call = Call { func, args, destination, target: Some(next), unwind, fn_span };
        self.terminate(TerminatorKind::Call(Box::new(call)));
        self.switch_to(next);
        next
    }

    /// Ends the current block with `return`.
    pub fn ret(&mut self) {
        self.terminate(TerminatorKind::Return);
    }

    /// A constant as an operand, at the body's place.
    pub fn constant(&self, const_: Const<'tcx>) -> Operand<'tcx> {
        Operand::Constant(Box::new(ConstOperand { span: self.body.span, const_ }))
    }

    /// A function item, to be called.
    pub fn function(&self, def_id: DefId, args: GenericArgs<'tcx>) -> Operand<'tcx> {
        self.zero_sized(self.tcx.mk_ty(TyKind::FnDef(def_id, args)))
    }

    /// The value of a type that has no bytes.
    pub fn zero_sized(&self, ty: Ty<'tcx>) -> Operand<'tcx> {
        self.constant(Const::Val(ConstValue::ZeroSized, ty))
    }

    /// An integer, `bool` or `char`; `size` in bytes.
    pub fn scalar(&self, ty: Ty<'tcx>, bits: u128, size: u8) -> Operand<'tcx> {
        self.constant(Const::Val(ConstValue::Scalar(Scalar::from_bits(bits, size)), ty))
    }

    /// A constant of the type system.
    pub fn ty_const(&self, ty: Ty<'tcx>, constant: TyConst<'tcx>) -> Operand<'tcx> {
        self.constant(Const::Ty(ty, constant))
    }

    /// The body. Every block must have its terminator.
    pub fn finish(self) -> Body<'tcx> {
        if let Some(block) = self.terminated.iter_enumerated().find_map(|(block, &done)| (!done).then_some(block)) {
            bug!("{block:?} has no terminator");
        }
        self.body
    }
}
