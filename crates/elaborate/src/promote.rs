//! Promotion: references to constant values, such as `&1`, get constants of their own, whose memory lives for ever.
//!
//! A value is promoted if it is held by temporaries that are assigned once, from what may be evaluated at compile time without
//! fail, has no interior that may change, and needs no drop.

mod qualifs;
mod validate;
mod value;

pub(crate) use value::const_qualifs;

use crate::change::{self, Changer};
use crate::cx::BodyCx;
use crate::reveal;
use crate::work::{Block, Exit, Statement, Step, Work, outermost, temp_decl, visit_block, zero_sized};
use build::{Doubt, Result};
use mir::visit::{Location, PlaceContext, Visitor};
use mir::{
    BasicBlock, BorrowKind, Call, Const, ConstOperand, Local, Operand, Place, ProjectionElem, Promoted, Rvalue,
    SourceScopeData, StatementKind, TerminatorKind, UnwindAction,
};
use ty::rustc_index::bit_set::DenseBitSet;
use ty::{IndexVec, Mutability, Tcx, TyKind, UnevaluatedConst};

/// What is known of a temporary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Temp {
    /// It is not assigned so far.
    Undefined,
    /// It is assigned once, and only read.
    Defined {
        at: Location,
        uses: usize,
        valid: bool,
    },
    Unpromotable,
    /// It was moved to a promoted constant.
    PromotedOut,
}

type Temps = IndexVec<Local, Temp>;

/// Lists the constants that must be evaluated for the body to be right.
pub(crate) fn collect_required_consts(work: &mut Work<'_>) {
    let mut required = Required(Vec::new());
    for block in work.postorder().into_iter().rev() {
        visit_block(&mut required, block, &work.blocks[block]);
    }
    work.required_consts = required.0;
}

struct Required<'tcx>(Vec<ConstOperand<'tcx>>);

impl<'tcx> Visitor<'tcx> for Required<'tcx> {
    fn visit_const(&mut self, constant: &ConstOperand<'tcx>, _: Location) {
        if reveal::is_required(&constant.const_) {
            self.0.push(*constant);
        }
    }
}

/// Takes promoted constants out of a body; each is a body of its own.
pub(crate) fn promote<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>) -> Result<IndexVec<Promoted, Work<'tcx>>> {
    let mut collector =
        Collector { work, temps: IndexVec::from_elem_n(Temp::Undefined, work.locals.len()), candidates: Vec::new() };
    for block in work.postorder().into_iter().rev() {
        visit_block(&mut collector, block, &work.blocks[block]);
    }
    let Collector { mut temps, candidates, .. } = collector;
    let candidates = validate::valid(cx, work, &mut temps, candidates)?;
    if candidates.is_empty() {
        return Ok(IndexVec::new());
    }
    let mut promoted = IndexVec::new();
    let mut references: Vec<(Location, Statement<'tcx>)> = Vec::new();
    // Outer ones come later, and have inner ones in them.
    for at in candidates.into_iter().rev() {
        let statement = &work.blocks[at.block].statements[at.statement_index];
        if let Some((place, _)) = statement.as_assign()
            && let Some(local) = place.as_local()
            && temps[local] == Temp::PromotedOut
        {
            continue;
        }
        let body = empty_body(work, at);
        let promoter = Promoter {
            tcx: cx.tcx,
            source: work,
            promoted: body,
            temps: &mut temps,
            keeps_original: false,
            has_call: false,
            doubt: None,
        };
        promoted.push(promoter.promote(cx, at, promoted.next_index(), &mut references)?);
    }
    references.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    for (at, statement) in references {
        work.blocks[at.block].statements.insert(at.statement_index, statement);
    }
    remove_promoted(work, &temps);
    Ok(promoted)
}

/// Assignments and drops of temporaries that were promoted are gone.
fn remove_promoted(work: &mut Work<'_>, temps: &Temps) {
    let is_out = |local: Local| temps[local] == Temp::PromotedOut;
    for block in &mut work.blocks {
        block.statements.retain(|statement| match &statement.kind {
            Step::Run(StatementKind::Assign(assign)) => !assign.0.as_local().is_some_and(is_out),
            Step::Run(StatementKind::StorageLive(local) | StatementKind::StorageDead(local)) => !is_out(*local),
            _ => true,
        });
        if let Some(TerminatorKind::Drop { place, target, .. }) = block.exit()
            && place.as_local().is_some_and(is_out)
        {
            let target = *target;
            block.set_exit(TerminatorKind::Goto { target });
        }
    }
}

fn empty_body<'tcx>(work: &Work<'tcx>, at: Location) -> Work<'tcx> {
    let scope = &work.scopes[work.source_info(at).scope];
    Work {
        def_id: work.def_id,
        blocks: IndexVec::new(),
        locals: IndexVec::new(),
        variables: DenseBitSet::new_empty(0),
        deref_temps: DenseBitSet::new_empty(0),
        scopes: [SourceScopeData { parent_scope: None, ..scope.clone() }].into_iter().collect(),
        arg_count: 0,
        spread_arg: None,
        var_debug_info: Vec::new(),
        span: work.span,
        required_consts: Vec::new(),
        coroutine_kind: None,
        coroutine: None,
    }
}

/// Finds what temporaries are, and references that might be promoted.
struct Collector<'a, 'tcx> {
    work: &'a Work<'tcx>,
    temps: Temps,
    candidates: Vec<Location>,
}

/// How a local is used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// All of it gets a value.
    Define,
    /// It is read, or borrowed as a whole.
    Allowed,
    Other,
}

impl Collector<'_, '_> {
    fn note(&mut self, local: Local, use_: Use, at: Location) {
        let is_arg = (1..=self.work.arg_count).contains(&local.index());
        if is_arg || self.work.is_variable(local) {
            return;
        }
        let temp = &mut self.temps[local];
        *temp = match (*temp, use_) {
            (Temp::Undefined, Use::Define) => Temp::Defined { at, uses: 0, valid: false },
            (Temp::Defined { at, uses, valid }, Use::Allowed) => Temp::Defined { at, uses: uses + 1, valid },
            _ => Temp::Unpromotable,
        };
    }
}

impl<'tcx> Visitor<'tcx> for Collector<'_, 'tcx> {
    fn visit_rvalue(&mut self, rvalue: &Rvalue<'tcx>, at: Location) {
        match rvalue {
            Rvalue::RawPtr(mir::RawPtrKind::Mut, place) => self.visit_place(*place, PlaceContext::AsmOutput, at),
            _ => mir::visit::super_rvalue(self, rvalue, at),
        }
        if let Rvalue::Ref(..) = rvalue {
            self.candidates.push(at);
        }
    }

    fn visit_place(&mut self, place: Place<'tcx>, context: PlaceContext, at: Location) {
        let changes = context.is_store() || matches!(context, PlaceContext::MutBorrow | PlaceContext::Drop);
        let is_whole = place.projection.is_empty();
        match context {
            // What is promoted needs no drop.
            PlaceContext::Drop if is_whole => {}
            PlaceContext::Store | PlaceContext::Call if is_whole => self.note(place.local, Use::Define, at),
            PlaceContext::MutBorrow if is_whole => self.note(place.local, Use::Allowed, at),
            _ if changes => self.note(place.local, Use::Other, at),
            _ => self.note(place.local, Use::Allowed, at),
        }
        for step in place.projection {
            if let ProjectionElem::Index(local) = *step {
                self.note(local, Use::Allowed, at);
            }
        }
    }
}

/// Moves a value and what it is made of to a body of its own.
struct Promoter<'a, 'tcx> {
    tcx: Tcx<'tcx>,
    source: &'a mut Work<'tcx>,
    promoted: Work<'tcx>,
    temps: &'a mut Temps,
    /// The temporaries are used elsewhere too, so they are copied.
    keeps_original: bool,
    /// Evaluation may fail.
    has_call: bool,
    doubt: Option<Box<Doubt>>,
}

impl<'tcx> Promoter<'_, 'tcx> {
    fn promote(
        mut self,
        cx: &BodyCx<'tcx>,
        at: Location,
        number: Promoted,
        references: &mut Vec<(Location, Statement<'tcx>)>,
    ) -> Result<Work<'tcx>> {
        let tcx = self.tcx;
        let statement = &mut self.source.blocks[at.block].statements[at.statement_index];
        let (source_info, span) = (statement.source_info, statement.source_info.span);
        let Step::Run(StatementKind::Assign(assign)) = &mut statement.kind else {
            return Err(Doubt::at("promotion of what is no assignment", span));
        };
        let Rvalue::Ref(kind, place) = &mut assign.1 else {
            return Err(Doubt::at("promotion of what is no reference", span));
        };
        let (kind, local) = (*kind, place.local);
        let mutability = if kind == BorrowKind::Mut { Mutability::Mut } else { Mutability::Not };
        let ref_ty = tcx.mk_ref(self.source.locals[local].ty, mutability);
        let reference = self.source.locals.next_index();
        let steps: Vec<_> = std::iter::once(ProjectionElem::Deref).chain(place.projection.iter().copied()).collect();
        *place = Place { local: reference, projection: tcx.arena().alloc_slice(&steps) };
        let mut decl = temp_decl(ref_ty, span);
        decl.source_info = source_info;
        self.source.locals.push(decl);
        self.temps.push(Temp::Unpromotable);

        let args = identity_args(cx, self.source.def_id, span)?;
        let constant = UnevaluatedConst { def: self.source.def_id, args };
        let const_ = Const::Unevaluated { constant, promoted: Some(number), ty: ref_ty };
        let operand = ConstOperand { span, const_ };
        let value = Rvalue::Use(Operand::Constant(Box::new(operand)));
        references.push((at, Statement::assign(source_info, Place::from_local(reference), value)));

        self.promoted.span = span;
        self.promoted.locals.push(temp_decl(ref_ty, span));
        self.new_block();
        let mut rvalue = Rvalue::Ref(kind, Place::from_local(local));
        self.change_rvalue(&mut rvalue, at);
        self.assign(Local::RETURN, rvalue, span);
        if self.has_call {
            self.source.required_consts.push(operand);
        }
        match self.doubt {
            Some(doubt) => Err(doubt),
            None => Ok(self.promoted),
        }
    }

    fn new_block(&mut self) -> BasicBlock {
        self.promoted.blocks.push(Block::new(TerminatorKind::Return, outermost(self.promoted.span), false))
    }

    fn last_block(&mut self) -> Option<&mut Block<'tcx>> {
        self.promoted.blocks.iter_mut().last()
    }

    fn assign(&mut self, local: Local, rvalue: Rvalue<'tcx>, span: ty::Span) {
        let statement = Statement::assign(outermost(span), Place::from_local(local), rvalue);
        if let Some(block) = self.last_block() {
            block.statements.push(statement);
        }
    }

    /// Moves or copies what gives a temporary its value; gives the promoted body's own temporary.
    fn promote_temp(&mut self, temp: Local) -> Result<Local> {
        ty::ensure_stack();
        let decl = self.source.locals[temp];
        let strange = || Doubt::at("promotion of a temporary", decl.source_info.span);
        let Temp::Defined { at, uses, .. } = self.temps[temp] else { return Err(strange()) };
        let kept = self.keeps_original;
        self.keeps_original |= uses > 1;
        if !self.keeps_original {
            self.temps[temp] = Temp::PromotedOut;
        }
        let new = self.promoted.locals.push(temp_decl(decl.ty, decl.source_info.span));
        let keeps = self.keeps_original;
        let block = &mut self.source.blocks[at.block];
        if let Some(statement) = block.statements.get_mut(at.statement_index) {
            let span = statement.source_info.span;
            let Step::Run(StatementKind::Assign(assign)) = &mut statement.kind else { return Err(strange()) };
            let mut rvalue = match keeps {
                true => assign.1.clone(),
                false => std::mem::replace(&mut assign.1, Rvalue::Use(zero_sized(self.tcx.types().unit, span))),
            };
            self.change_rvalue(&mut rvalue, at);
            self.assign(new, rvalue, span);
        } else {
            let terminator = block.terminator_mut();
            let span = terminator.source_info.span;
            let Exit::Run(TerminatorKind::Call(call)) = &terminator.kind else { return Err(strange()) };
            let (mut call, target) = (Call::clone(call), call.target);
            if !keeps {
                let target = target.ok_or_else(strange)?;
                terminator.kind = Exit::Run(TerminatorKind::Goto { target });
            }
            self.has_call = true;
            self.change_operand(&mut call.func, at);
            for arg in &mut call.args {
                self.change_operand(arg, at);
            }
            let last = self.promoted.blocks.indices().next_back();
            let next = self.new_block();
            call.unwind = UnwindAction::Continue;
            call.destination = Place::from_local(new);
            call.target = Some(next);
            if let Some(last) = last {
                let terminator = self.promoted.blocks[last].terminator_mut();
                terminator.source_info = outermost(span);
                terminator.kind = Exit::Run(TerminatorKind::Call(Box::new(call)));
            }
        }
        self.keeps_original = kept;
        Ok(new)
    }
}

impl<'tcx> Changer<'tcx> for Promoter<'_, 'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }

    fn change_local(&mut self, local: &mut Local, _: Location) {
        if !self.source.is_temp(*local) || self.doubt.is_some() {
            return;
        }
        match self.promote_temp(*local) {
            Ok(new) => *local = new,
            Err(doubt) => self.doubt = Some(doubt),
        }
    }

    fn change_const(&mut self, constant: &mut ConstOperand<'tcx>, _: Location) {
        if reveal::is_required(&constant.const_) {
            self.promoted.required_consts.push(*constant);
        }
    }

    fn change_rvalue(&mut self, rvalue: &mut Rvalue<'tcx>, at: Location) {
        change::super_rvalue(self, rvalue, at);
    }
}

/// An item's parameters as arguments for it.
fn identity_args<'tcx>(cx: &BodyCx<'tcx>, def_id: ty::DefId, span: ty::Span) -> Result<ty::GenericArgs<'tcx>> {
    let solve = cx.cx.build.solve;
    let args = solve.export_args(solve.identity_args(def_id).elements());
    args.map(|args| cx.tcx.erase_regions(args)).ok_or_else(|| Doubt::at("parameters of an item", span))
}

/// The type that a place is in, if it is a field of it.
fn is_union<'tcx>(tcx: Tcx<'tcx>, ty: ty::Ty<'tcx>) -> bool {
    matches!(*ty.kind(), TyKind::Adt(did, _) if tcx.adt_def(did).is_union())
}
