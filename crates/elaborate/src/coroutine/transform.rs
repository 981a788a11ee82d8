//! Suspensions become states: the coroutine's code is divided where it waits, and what it keeps becomes fields of it.

use super::liveness::{Liveness, Locals, SELF};
use super::saved::Saved;
use crate::change::{self, Changer};
use crate::work::{Block, Exit, Statement, Step, Work, outermost, temp_decl};
use build::{Doubt, Result};
use mir::visit::{Location, PlaceContext};
use mir::{
    AggregateKind, BasicBlock, Const, ConstOperand, Local, Operand, Place, ProjectionElem, Rvalue, SourceInfo,
    StatementKind, TerminatorKind, VarDebugInfoContents,
};
use ty::{
    CoroutineArgs, CoroutineDesugaring, CoroutineKind, DefId, Idx, LangItem, Span, Tcx, Ty, TyKind, UnevaluatedConst,
    VariantIdx,
};

/// What a coroutine is resumed with.
pub(super) const CONTEXT: Local = Local::from_u32(2);

/// What is known of the coroutine that is divided.
pub(super) struct Transform<'tcx> {
    pub tcx: Tcx<'tcx>,
    pub kind: CoroutineKind,
    pub span: Span,
    pub yield_ty: Ty<'tcx>,
    pub return_ty: Ty<'tcx>,
    pub saved: Saved<'tcx>,
    pub always_stored: Locals,
    /// In the order of their blocks.
    pub points: Vec<Point<'tcx>>,
}

/// A place where the coroutine waits.
pub(super) struct Point<'tcx> {
    /// The number of the state.
    pub state: usize,
    pub resume: BasicBlock,
    pub resume_arg: Place<'tcx>,
    /// Where it goes on if it is dropped meanwhile.
    pub drop: Option<BasicBlock>,
    /// Locals whose memory exists there.
    pub stored: Locals,
}

impl<'tcx> Transform<'tcx> {
    fn lang_item(&self, item: LangItem) -> Result<DefId> {
        lang_item(self.tcx, item, self.span)
    }

    fn is_saved(&self, local: Local) -> bool {
        self.saved.get(local).is_some_and(|saved| saved.is_some())
    }

    /// Where a saved local is.
    fn field(&self, local: Local) -> Option<Place<'tcx>> {
        let (ty, variant, field) = (*self.saved.get(local)?)?;
        let whole = Place::from_local(SELF).downcast(self.tcx, variant);
        Some(whole.project(self.tcx, ProjectionElem::Field(field, ty)))
    }

    /// The statement that the coroutine is in a state from now on.
    pub fn set_state(&self, state: usize, source_info: SourceInfo) -> Statement<'tcx> {
        let variant_index = VariantIdx::new(state);
        let kind = StatementKind::SetDiscriminant { place: Place::from_local(SELF), variant_index };
        Statement { source_info, kind: Step::Run(kind) }
    }

    /// The type of what `resume`, `poll` or `next` returns.
    pub fn result_ty(&self) -> Result<Ty<'tcx>> {
        let adt = |item, args: &[ty::GenericArg<'tcx>]| {
            Ok(self.tcx.mk_ty(TyKind::Adt(self.lang_item(item)?, self.tcx.mk_args(args))))
        };
        match self.kind {
            CoroutineKind::Desugared(CoroutineDesugaring::Async, _) => adt(LangItem::Poll, &[self.return_ty.into()]),
            CoroutineKind::Desugared(CoroutineDesugaring::Gen, _) => adt(LangItem::Option, &[self.yield_ty.into()]),
            // It yields `Poll<Option<Item>>`.
            CoroutineKind::Desugared(CoroutineDesugaring::AsyncGen, _) => Ok(self.yield_ty),
            CoroutineKind::Coroutine { .. } => {
                adt(LangItem::CoroutineState, &[self.yield_ty.into(), self.return_ty.into()])
            }
        }
    }

    fn variant(
        &self,
        item: LangItem,
        variant: usize,
        args: &[Ty<'tcx>],
        values: Vec<Operand<'tcx>>,
    ) -> Result<Rvalue<'tcx>> {
        let args: Vec<ty::GenericArg<'tcx>> = args.iter().map(|&ty| ty.into()).collect();
        let args = self.tcx.mk_args(&args);
        let kind = AggregateKind::Adt(self.lang_item(item)?, VariantIdx::new(variant), args, None);
        Ok(Rvalue::Aggregate(Box::new(kind), values.into_iter().collect()))
    }

    /// What an iterator gives that has ended.
    pub fn ended(&self, span: Span) -> Result<Rvalue<'tcx>> {
        match self.kind {
            CoroutineKind::Desugared(CoroutineDesugaring::AsyncGen, _) => {
                let strange = || Doubt::with("what an async iterator yields", span, self.tcx.ty_str(self.yield_ty));
                let argument = |ty: Ty<'tcx>| match *ty.kind() {
                    TyKind::Adt(_, args) if !args.is_empty() => Ok(args.type_at(0)),
                    _ => Err(strange()),
                };
                let item = argument(argument(self.yield_ty)?)?;
                let args = self.tcx.mk_args(&[item.into()]);
                let constant = UnevaluatedConst { def: self.lang_item(LangItem::AsyncGenFinished)?, args };
                let const_ = Const::Unevaluated { constant, promoted: None, ty: self.yield_ty };
                Ok(Rvalue::Use(Operand::Constant(Box::new(ConstOperand { span, const_ }))))
            }
            _ => self.variant(LangItem::Option, 0, &[self.yield_ty], Vec::new()),
        }
    }

    /// What is returned with a value that is yielded.
    fn yielded(&self, value: Operand<'tcx>) -> Result<Rvalue<'tcx>> {
        match self.kind {
            CoroutineKind::Desugared(CoroutineDesugaring::Async, _) => {
                self.variant(LangItem::Poll, 1, &[self.return_ty], Vec::new())
            }
            CoroutineKind::Desugared(CoroutineDesugaring::Gen, _) => {
                self.variant(LangItem::Option, 1, &[self.yield_ty], vec![value])
            }
            CoroutineKind::Desugared(CoroutineDesugaring::AsyncGen, _) => Ok(Rvalue::Use(value)),
            CoroutineKind::Coroutine { .. } => {
                self.variant(LangItem::CoroutineState, 0, &[self.yield_ty, self.return_ty], vec![value])
            }
        }
    }

    /// What is returned at the end.
    fn returned(&self, value: Operand<'tcx>, span: Span) -> Result<Rvalue<'tcx>> {
        match self.kind {
            CoroutineKind::Desugared(CoroutineDesugaring::Async, _) => {
                self.variant(LangItem::Poll, 0, &[self.return_ty], vec![value])
            }
            CoroutineKind::Desugared(CoroutineDesugaring::Gen | CoroutineDesugaring::AsyncGen, _) => self.ended(span),
            CoroutineKind::Coroutine { .. } => {
                self.variant(LangItem::CoroutineState, 1, &[self.yield_ty, self.return_ty], vec![value])
            }
        }
    }

    /// Divides the body: saved locals become fields, yields and returns set the state and return.
    pub fn divide(&mut self, work: &mut Work<'tcx>, liveness: Liveness) -> Result<()> {
        let locals = work.locals.len();
        let result = work.locals.push(temp_decl(self.result_ty()?, work.span));
        let mut suspensions = liveness.suspensions.into_iter();
        for block in work.blocks.indices() {
            let data = &mut work.blocks[block];
            let source_info = data.terminator().source_info;
            let assign = |value| Statement::assign(source_info, Place::from_local(result), value);
            match data.terminator().kind.clone() {
                Exit::Run(TerminatorKind::Return) => {
                    let value = Operand::Move(Place::from_local(Local::RETURN));
                    data.statements.push(assign(self.returned(value, source_info.span)?));
                    data.statements.push(self.set_state(CoroutineArgs::RETURNED, source_info));
                }
                Exit::Yield { value, resume, resume_arg, drop } => {
                    let stored = match suspensions.next() {
                        Some(suspension) if suspension.block == block => suspension.stored,
                        _ => return Err(Doubt::at("suspension that was not looked at", source_info.span)),
                    };
                    data.statements.push(assign(self.yielded(value)?));
                    for local in (0..locals).map(Local::from_usize).filter(|&local| self.is_renewed(local, &stored)) {
                        let kind = Step::Run(StatementKind::StorageDead(local));
                        data.statements.push(Statement { source_info, kind });
                    }
                    let state = CoroutineArgs::RESERVED_VARIANTS + self.points.len();
                    let resume_arg = self.replaced(resume_arg);
                    self.points.push(Point { state, resume, resume_arg, drop, stored });
                    data.statements.push(self.set_state(state, source_info));
                    data.set_exit(TerminatorKind::Return);
                }
                _ => {}
            }
            let mut saver = Saver { transform: self, has_index: false };
            for statement in &mut data.statements {
                if let Step::Run(StatementKind::StorageLive(local) | StatementKind::StorageDead(local)) = statement.kind
                    && saver.transform.is_saved(local)
                {
                    statement.kind = Step::Run(StatementKind::Nop);
                }
            }
            change::change_block(&mut saver, block, data);
            if saver.has_index {
                return Err(Doubt::at("index that lives across a suspension", source_info.span));
            }
        }
        for info in &mut work.var_debug_info {
            if let VarDebugInfoContents::Place(place) = &mut info.value {
                *place = self.replaced(*place);
            }
        }
        self.swap_locals(work, Local::RETURN, result);
        Ok(())
    }

    /// Whether a local's memory ends when the coroutine is suspended, and begins anew when it goes on.
    pub fn is_renewed(&self, local: Local, stored: &Locals) -> bool {
        let index = local.index();
        let is_in = |set: &Locals| index < set.domain_size() && set.contains(index);
        is_in(stored) && !self.is_saved(local) && !is_in(&self.always_stored)
    }

    /// The place where what is saved is.
    fn replaced(&self, place: Place<'tcx>) -> Place<'tcx> {
        match self.field(place.local) {
            Some(field) => on_base(self.tcx, field, place),
            None => place,
        }
    }

    /// Lets two locals change names.
    fn swap_locals(&mut self, work: &mut Work<'tcx>, a: Local, b: Local) {
        work.locals.swap(a, b);
        let mut swapper = Swapper { tcx: self.tcx, a, b };
        change::blocks(&mut swapper, work);
        let anywhere = Location { block: BasicBlock::START, statement_index: 0 };
        for info in &mut work.var_debug_info {
            if let VarDebugInfoContents::Place(place) = &mut info.value {
                change::super_place(&mut swapper, place, anywhere);
            }
        }
        for point in &mut self.points {
            change::super_place(&mut swapper, &mut point.resume_arg, anywhere);
        }
    }

    /// Arguments that are saved, as statements at the start.
    pub fn save_arguments(&self, work: &mut Work<'tcx>) {
        let source_info = outermost(work.span);
        let save = |arg: Local| {
            let value = Rvalue::Use(Operand::Move(Place::from_local(arg)));
            Some(Statement::assign(source_info, self.field(arg)?, value))
        };
        let saves: Vec<_> = work.args_iter().filter_map(save).collect();
        work.blocks[BasicBlock::START].statements.splice(0..0, saves);
    }
}

pub(super) fn lang_item(tcx: Tcx<'_>, item: LangItem, span: Span) -> Result<DefId> {
    tcx.lang_item(item).ok_or_else(|| Doubt::with("language item", span, item.name()))
}

/// A place's steps, from another base on.
pub(super) fn on_base<'tcx>(tcx: Tcx<'tcx>, base: Place<'tcx>, place: Place<'tcx>) -> Place<'tcx> {
    let steps: Vec<_> = base.projection.iter().chain(place.projection).copied().collect();
    Place { local: base.local, projection: tcx.arena().alloc_slice(&steps) }
}

/// Puts fields in place of saved locals.
struct Saver<'a, 'tcx> {
    transform: &'a Transform<'tcx>,
    /// A saved local is an index. rustc has none, and does not look for them.
    has_index: bool,
}

impl<'tcx> Changer<'tcx> for Saver<'_, 'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.transform.tcx
    }

    fn change_place(&mut self, place: &mut Place<'tcx>, _: PlaceContext, _: Location) {
        let is_saved = |step: &ProjectionElem<'tcx>| matches!(step, ProjectionElem::Index(local) if self.transform.is_saved(*local));
        self.has_index |= place.projection.iter().any(is_saved);
        *place = self.transform.replaced(*place);
    }
}

/// Swaps two locals.
struct Swapper<'tcx> {
    tcx: Tcx<'tcx>,
    a: Local,
    b: Local,
}

impl<'tcx> Changer<'tcx> for Swapper<'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }

    fn change_local(&mut self, local: &mut Local, _: Location) {
        if *local == self.a {
            *local = self.b;
        } else if *local == self.b {
            *local = self.a;
        }
    }
}

/// Lets the body reach the coroutine through a pointer.
pub(super) fn reach_self_through<'tcx>(tcx: Tcx<'tcx>, work: &mut Work<'tcx>, pointer: Local) {
    let mut through = Through { tcx, whole: Place::from_local(pointer).deref(tcx) };
    change::blocks(&mut through, work);
    for info in &mut work.var_debug_info {
        if let VarDebugInfoContents::Place(place) = &mut info.value
            && place.local == SELF
        {
            *place = on_base(tcx, through.whole, *place);
        }
    }
}

struct Through<'tcx> {
    tcx: Tcx<'tcx>,
    whole: Place<'tcx>,
}

impl<'tcx> Changer<'tcx> for Through<'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }

    fn change_place(&mut self, place: &mut Place<'tcx>, _: PlaceContext, _: Location) {
        if place.local == SELF {
            *place = on_base(self.tcx, self.whole, *place);
        }
    }
}

/// A block at the end of the body, of no statements.
pub(super) fn new_block<'tcx>(work: &mut Work<'tcx>, kind: TerminatorKind<'tcx>) -> BasicBlock {
    let source_info = outermost(work.span);
    work.blocks.push(Block::new(kind, source_info, false))
}
