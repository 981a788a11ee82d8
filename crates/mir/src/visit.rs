//! Visiting everything in a body.
//!
//! A [`Visitor`]'s methods call, by default, the `super_` function of the same name, which visits the parts.

use crate::*;
use ty::Ty;

/// A statement of a block, or (one past the last) its terminator.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Location {
    /// The block.
    pub block: BasicBlock,
    /// The statement's index; the number of the block's statements for the terminator.
    pub statement_index: usize,
}

/// How a place is used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PlaceContext {
    /// Its value is read, and stays.
    Copy,
    /// Its value is read, and is gone afterwards.
    Move,
    /// Its discriminant is read.
    Discriminant,
    /// `&place`, also fake borrows.
    SharedBorrow,
    /// `&mut place`
    MutBorrow,
    /// `&raw const` and `&raw mut`.
    RawBorrow,
    /// The target of an assignment.
    Store,
    /// The destination of a call.
    Call,
    /// An output of inline assembly.
    AsmOutput,
    /// It becomes another variant.
    SetDiscriminant,
    /// It is dropped.
    Drop,
    /// The local's memory begins or ends to exist.
    StorageLive,
    /// As [`PlaceContext::StorageLive`].
    StorageDead,
    /// The local (of a place with projections) that is dereferenced first: only its own value is read.
    Deref,
    /// The local that is an index in a projection.
    Index,
    /// What a debugger shows.
    DebugInfo,
}

impl PlaceContext {
    /// Whether the place's address is taken.
    pub fn is_borrow(self) -> bool {
        matches!(self, PlaceContext::SharedBorrow | PlaceContext::MutBorrow | PlaceContext::RawBorrow)
    }

    /// Whether the place gets a value, or a part of one.
    pub fn is_store(self) -> bool {
        matches!(
            self,
            PlaceContext::Store | PlaceContext::Call | PlaceContext::AsmOutput | PlaceContext::SetDiscriminant
        )
    }
}

/// Something that looks at all of a body, or at what it overrides.
pub trait Visitor<'tcx> {
    /// All blocks, and the places of locals and debug information.
    fn visit_body(&mut self, body: &Body<'tcx>) {
        super_body(self, body);
    }
    /// All statements and the terminator of a block.
    fn visit_block(&mut self, block: BasicBlock, data: &BasicBlockData<'tcx>) {
        super_block(self, block, data);
    }
    /// Each statement.
    fn visit_statement(&mut self, statement: &Statement<'tcx>, location: Location) {
        super_statement(self, statement, location);
    }
    /// Each terminator.
    fn visit_terminator(&mut self, terminator: &Terminator<'tcx>, location: Location) {
        super_terminator(self, terminator, location);
    }
    /// Each assignment: the place as [`PlaceContext::Store`], then the value (though it is computed first).
    fn visit_assign(&mut self, place: Place<'tcx>, rvalue: &Rvalue<'tcx>, location: Location) {
        self.visit_place(place, PlaceContext::Store, location);
        self.visit_rvalue(rvalue, location);
    }
    /// Each value that is assigned.
    fn visit_rvalue(&mut self, rvalue: &Rvalue<'tcx>, location: Location) {
        super_rvalue(self, rvalue, location);
    }
    /// Each operand of a statement or terminator.
    fn visit_operand(&mut self, operand: &Operand<'tcx>, location: Location) {
        super_operand(self, operand, location);
    }
    /// Each constant in an operand, in assembly or in debug information. Has no parts.
    fn visit_const(&mut self, _constant: &ConstOperand<'tcx>, _location: Location) {}
    /// Each place, and how it is used.
    fn visit_place(&mut self, place: Place<'tcx>, context: PlaceContext, location: Location) {
        super_place(self, place, context, location);
    }
    /// A use of a local: its whole, or the start of a place.
    fn visit_local(&mut self, _local: Local, _context: PlaceContext, _location: Location) {}
    /// A type that is written in a statement, terminator or projection (not those of locals and constants).
    fn visit_ty(&mut self, _ty: Ty<'tcx>, _location: Location) {}
    /// The place in the source of each statement, terminator, local and variable.
    fn visit_source_info(&mut self, _source_info: SourceInfo) {}
}

/// Blocks and what debuggers show; the latter at the start of the body.
pub fn super_body<'tcx, V: Visitor<'tcx> + ?Sized>(v: &mut V, body: &Body<'tcx>) {
    for (block, data) in body.basic_blocks.iter_enumerated() {
        v.visit_block(block, data);
    }
    let start = Location { block: BasicBlock::START, statement_index: 0 };
    for decl in &body.local_decls {
        v.visit_source_info(decl.source_info);
    }
    for info in &body.var_debug_info {
        v.visit_source_info(info.source_info);
        match &info.value {
            VarDebugInfoContents::Place(place) => v.visit_place(*place, PlaceContext::DebugInfo, start),
            VarDebugInfoContents::Const(constant) => v.visit_const(constant, start),
        }
    }
}

/// The statements in order, then the terminator.
pub fn super_block<'tcx, V: Visitor<'tcx> + ?Sized>(v: &mut V, block: BasicBlock, data: &BasicBlockData<'tcx>) {
    for (statement_index, statement) in data.statements.iter().enumerate() {
        v.visit_statement(statement, Location { block, statement_index });
    }
    v.visit_terminator(&data.terminator, Location { block, statement_index: data.statements.len() });
}

/// The statement's operands and places.
pub fn super_statement<'tcx, V: Visitor<'tcx> + ?Sized>(v: &mut V, statement: &Statement<'tcx>, at: Location) {
    v.visit_source_info(statement.source_info);
    super_statement_kind(v, &statement.kind, at);
}

/// What a statement does, without where it comes from.
pub fn super_statement_kind<'tcx, V: Visitor<'tcx> + ?Sized>(v: &mut V, kind: &StatementKind<'tcx>, at: Location) {
    match kind {
        StatementKind::Assign(assign) => v.visit_assign(assign.0, &assign.1, at),
        StatementKind::SetDiscriminant { place, .. } => v.visit_place(*place, PlaceContext::SetDiscriminant, at),
        StatementKind::StorageLive(local) => v.visit_local(*local, PlaceContext::StorageLive, at),
        StatementKind::StorageDead(local) => v.visit_local(*local, PlaceContext::StorageDead, at),
        StatementKind::Assume(operand) => v.visit_operand(operand, at),
        StatementKind::CopyNonOverlapping { src, dst, count } => {
            v.visit_operand(src, at);
            v.visit_operand(dst, at);
            v.visit_operand(count, at);
        }
        StatementKind::Counter(_) | StatementKind::Nop => {}
    }
}

/// The value's operands and places, and the type of a cast or an array.
pub fn super_rvalue<'tcx, V: Visitor<'tcx> + ?Sized>(v: &mut V, rvalue: &Rvalue<'tcx>, at: Location) {
    match rvalue {
        Rvalue::Use(operand) | Rvalue::Repeat(operand, _) | Rvalue::UnaryOp(_, operand) => v.visit_operand(operand, at),
        Rvalue::Ref(BorrowKind::Mut, place) => v.visit_place(*place, PlaceContext::MutBorrow, at),
        Rvalue::Ref(BorrowKind::Shared | BorrowKind::Fake, place) => {
            v.visit_place(*place, PlaceContext::SharedBorrow, at);
        }
        Rvalue::ThreadLocalRef(_) => {}
        Rvalue::RawPtr(_, place) => v.visit_place(*place, PlaceContext::RawBorrow, at),
        Rvalue::Cast(_, operand, ty) | Rvalue::WrapUnsafeBinder(operand, ty) => {
            v.visit_operand(operand, at);
            v.visit_ty(*ty, at);
        }
        Rvalue::BinaryOp(_, operands) => {
            v.visit_operand(&operands.0, at);
            v.visit_operand(&operands.1, at);
        }
        Rvalue::Discriminant(place) => v.visit_place(*place, PlaceContext::Discriminant, at),
        Rvalue::Aggregate(kind, operands) => {
            if let AggregateKind::Array(ty) | AggregateKind::RawPtr(ty, _) = **kind {
                v.visit_ty(ty, at);
            }
            for operand in operands {
                v.visit_operand(operand, at);
            }
        }
        Rvalue::CopyForDeref(place) => v.visit_place(*place, PlaceContext::Copy, at),
    }
}

/// The place or constant.
pub fn super_operand<'tcx, V: Visitor<'tcx> + ?Sized>(v: &mut V, operand: &Operand<'tcx>, at: Location) {
    match operand {
        Operand::Copy(place) => v.visit_place(*place, PlaceContext::Copy, at),
        Operand::Move(place) => v.visit_place(*place, PlaceContext::Move, at),
        Operand::Constant(constant) => v.visit_const(constant, at),
        Operand::RuntimeChecks(_) => {}
    }
}

/// The local gets the place's own context, or [`PlaceContext::Deref`] if the place begins with a dereference.
pub fn super_place<'tcx, V: Visitor<'tcx> + ?Sized>(
    v: &mut V,
    place: Place<'tcx>,
    context: PlaceContext,
    at: Location,
) {
    let through_pointer = place.projection.first() == Some(&ProjectionElem::Deref);
    let is_debug = context == PlaceContext::DebugInfo;
    let local_context = if through_pointer && !is_debug { PlaceContext::Deref } else { context };
    v.visit_local(place.local, local_context, at);
    for elem in place.projection {
        match *elem {
            ProjectionElem::Index(local) => v.visit_local(local, PlaceContext::Index, at),
            ProjectionElem::Field(_, ty) | ProjectionElem::OpaqueCast(ty) | ProjectionElem::UnwrapUnsafeBinder(ty) => {
                v.visit_ty(ty, at);
            }
            ProjectionElem::Deref
            | ProjectionElem::ConstantIndex { .. }
            | ProjectionElem::Subslice { .. }
            | ProjectionElem::Downcast(..) => {}
        }
    }
}

/// The terminator's operands, then its destination.
pub fn super_terminator<'tcx, V: Visitor<'tcx> + ?Sized>(v: &mut V, terminator: &Terminator<'tcx>, at: Location) {
    v.visit_source_info(terminator.source_info);
    super_terminator_kind(v, &terminator.kind, at);
}

/// How a block ends, without where that comes from.
pub fn super_terminator_kind<'tcx, V: Visitor<'tcx> + ?Sized>(v: &mut V, kind: &TerminatorKind<'tcx>, at: Location) {
    match kind {
        TerminatorKind::Goto { .. }
        | TerminatorKind::UnwindResume
        | TerminatorKind::UnwindTerminate(_)
        | TerminatorKind::Return
        | TerminatorKind::Unreachable => {}
        TerminatorKind::SwitchInt { discr, .. } => v.visit_operand(discr, at),
        TerminatorKind::Drop { place, .. } => v.visit_place(*place, PlaceContext::Drop, at),
        TerminatorKind::Call(call) => {
            v.visit_operand(&call.func, at);
            for arg in &call.args {
                v.visit_operand(arg, at);
            }
            v.visit_place(call.destination, PlaceContext::Call, at);
        }
        TerminatorKind::TailCall { func, args, .. } => {
            v.visit_operand(func, at);
            for arg in args {
                v.visit_operand(arg, at);
            }
        }
        TerminatorKind::Assert { cond, msg, .. } => {
            v.visit_operand(cond, at);
            for operand in msg.operands() {
                v.visit_operand(operand, at);
            }
        }
        TerminatorKind::InlineAsm(asm) => {
            for operand in &asm.operands {
                super_asm_operand(v, operand, at);
            }
        }
    }
}

fn super_asm_operand<'tcx, V: Visitor<'tcx> + ?Sized>(v: &mut V, operand: &InlineAsmOperand<'tcx>, at: Location) {
    match operand {
        InlineAsmOperand::In { value, .. } => v.visit_operand(value, at),
        InlineAsmOperand::Out { place, .. } => {
            if let Some(place) = place {
                v.visit_place(*place, PlaceContext::AsmOutput, at);
            }
        }
        InlineAsmOperand::InOut { in_value, out_place, .. } => {
            v.visit_operand(in_value, at);
            if let Some(place) = out_place {
                v.visit_place(*place, PlaceContext::AsmOutput, at);
            }
        }
        InlineAsmOperand::Const { value } | InlineAsmOperand::SymFn { value } => v.visit_const(value, at),
        InlineAsmOperand::SymStatic { .. } | InlineAsmOperand::Label { .. } => {}
    }
}
