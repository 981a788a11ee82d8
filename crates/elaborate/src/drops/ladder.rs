//! Open drops: the parts of a value are dropped one after the other, on unwinding too.

use super::{Elaborator, Mode, Style};
use crate::deref::BoxParts;
use crate::moves::{MovePath, Part};
use crate::work::{Block, Statement, scalar};
use build::{Doubt, Result};
use mir::visit::Location;
use mir::{
    BasicBlock, BinOp, BorrowKind, Call, CastKind, Const, ConstOperand, Local, Operand, Place, PlaceTy,
    PointerCoercion, ProjectionElem, RawPtrKind, Rvalue, SourceInfo, SwitchTargets, TerminatorKind, UnOp, UnwindAction,
    UnwindTerminateReason, discriminant_ty,
};
use smallvec::smallvec;
use ty::{
    AdtDef, ClosureArgs, ConstValue, CoroutineArgs, CoroutineClosureArgs, DefId, FieldIdx, GenericArgs, LangItem,
    Mutability, Ty, TyKind, VariantDef,
};

/// Where unwinding goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unwind {
    To(BasicBlock),
    /// The drop itself is on the way of unwinding.
    InCleanup,
}

impl Unwind {
    fn is_cleanup(self) -> bool {
        self == Unwind::InCleanup
    }
    fn action(self) -> UnwindAction {
        match self {
            Unwind::To(block) => UnwindAction::Cleanup(block),
            Unwind::InCleanup => UnwindAction::Terminate(UnwindTerminateReason::InCleanup),
        }
    }
}

/// A part of a value, and its path if it has one of its own.
type Field<'tcx> = (Place<'tcx>, Option<MovePath>);

/// A drop that is being elaborated.
pub(super) struct DropPlan<'e, 'a, 'tcx> {
    pub elaborator: &'e mut Elaborator<'a, 'tcx>,
    pub source_info: SourceInfo,
    pub place: Place<'tcx>,
    pub path: MovePath,
    /// Where it goes on.
    pub succ: BasicBlock,
    pub unwind: Unwind,
    /// Where dropping the coroutine would go on that the body is of, if the drop could suspend it. Drops do not do that without
    /// asynchronous ones, so the blocks from there on are not reached; but rustc makes them, and their temporaries stay.
    pub meanwhile: Option<BasicBlock>,
}

/// The blocks where a drop begins: in the normal way, on unwinding, and meanwhile (see [`DropPlan::meanwhile`]).
#[derive(Clone, Copy)]
struct Ways {
    succ: BasicBlock,
    unwind: Unwind,
    meanwhile: Option<BasicBlock>,
}

impl<'tcx> DropPlan<'_, '_, 'tcx> {
    fn tcx(&self) -> ty::Tcx<'tcx> {
        self.elaborator.cx.tcx
    }

    fn doubt(&self, construct: &'static str) -> Box<Doubt> {
        Doubt::at(construct, self.source_info.span)
    }

    fn ty_of(&self, place: Place<'tcx>) -> Ty<'tcx> {
        let tcx = self.tcx();
        match self.elaborator.patch.new_local_ty(place.local) {
            Some(ty) => {
                let start = PlaceTy::from_ty(ty);
                place.projection.iter().fold(start, |place, &step| place.projection_ty(tcx, step)).ty
            }
            None => place.ty(&self.elaborator.work.locals, tcx),
        }
    }

    fn new_temp(&mut self, ty: Ty<'tcx>) -> Local {
        self.elaborator.patch.new_temp(ty, self.source_info.span)
    }

    fn assign(&self, place: Place<'tcx>, rvalue: Rvalue<'tcx>) -> Statement<'tcx> {
        Statement::assign(self.source_info, place, rvalue)
    }

    fn new_block(&mut self, unwind: Unwind, kind: TerminatorKind<'tcx>) -> BasicBlock {
        self.new_block_with(unwind, Vec::new(), kind)
    }

    fn new_block_with(
        &mut self,
        unwind: Unwind,
        statements: Vec<Statement<'tcx>>,
        kind: TerminatorKind<'tcx>,
    ) -> BasicBlock {
        let block = Block { statements, ..Block::new(kind, self.source_info, unwind.is_cleanup()) };
        self.elaborator.patch.new_block(block)
    }

    fn usize(&self, value: u128) -> Result<Operand<'tcx>> {
        let (ty, span) = (self.tcx().types().usize, self.source_info.span);
        Ok(scalar(value, self.elaborator.cx.facts.scalar_size(ty, span)?, ty, span))
    }

    /// Goes to the first block if the operand is true, else to the second.
    fn branch(cond: Operand<'tcx>, then: BasicBlock, otherwise: BasicBlock) -> TerminatorKind<'tcx> {
        let targets = SwitchTargets { values: smallvec![0], targets: smallvec![otherwise, then] };
        TerminatorKind::SwitchInt { discr: cond, targets }
    }

    fn drop_kind(&self, target: BasicBlock, unwind: Unwind) -> TerminatorKind<'tcx> {
        TerminatorKind::Drop { place: self.place, target, unwind: unwind.action() }
    }

    /// Elaborates the drop that the block ends in.
    pub fn elaborate(&mut self, block: BasicBlock) -> Result<()> {
        let kind = match self.elaborator.style(self.path, Mode::Deep) {
            Style::Dead => TerminatorKind::Goto { target: self.succ },
            Style::Always => self.drop_kind(self.succ, self.unwind),
            Style::Conditional => TerminatorKind::Goto { target: self.complete_drop(self.succ, self.unwind)? },
            Style::Open => TerminatorKind::Goto { target: self.open_drop()? },
        };
        self.elaborator.patch.set_terminator(block, kind);
        Ok(())
    }

    /// Drops all of the value, if its flag says so.
    fn complete_drop(&mut self, succ: BasicBlock, unwind: Unwind) -> Result<BasicBlock> {
        let kind = self.drop_kind(succ, unwind);
        let block = self.new_block(unwind, kind);
        self.test_flag(block, succ, unwind)
    }

    /// The block to go to in order to ask the flag; one of both where the answer is known.
    fn test_flag(&mut self, on_set: BasicBlock, on_unset: BasicBlock, unwind: Unwind) -> Result<BasicBlock> {
        Ok(match self.elaborator.style(self.path, Mode::Shallow) {
            Style::Dead => on_unset,
            Style::Always => on_set,
            Style::Conditional | Style::Open => {
                let flag = Operand::Copy(self.elaborator.flag(self.path, self.source_info.span)?);
                self.new_block(unwind, Self::branch(flag, on_set, on_unset))
            }
        })
    }

    fn reset_flag(&mut self, mode: Mode, succ: BasicBlock, unwind: Unwind) -> BasicBlock {
        // On unwinding nobody asks again.
        if unwind.is_cleanup() {
            return succ;
        }
        let block = self.new_block(unwind, TerminatorKind::Goto { target: succ });
        self.elaborator.clear_flags(Location { block, statement_index: 0 }, self.path, mode);
        block
    }

    fn open_drop(&mut self) -> Result<BasicBlock> {
        let ty = self.ty_of(self.place);
        match *ty.kind() {
            TyKind::Closure(_, args) => self.open_tuple(ClosureArgs::new(args).upvar_tys().as_slice()),
            TyKind::CoroutineClosure(_, args) => {
                self.open_tuple(CoroutineClosureArgs::new(args).upvar_tys().as_slice())
            }
            TyKind::Coroutine(_, args) => self.open_tuple(CoroutineArgs::new(args).upvar_tys().as_slice()),
            TyKind::Tuple(types) => self.open_tuple(types.as_slice()),
            TyKind::Adt(did, args) => self.open_adt(self.tcx().adt_def(did), args),
            TyKind::Dynamic(..) => self.complete_drop(self.succ, self.unwind),
            TyKind::Array(element, len) => self.open_array(ty, element, len.as_target_usize()),
            TyKind::Slice(element) => self.open_slice(element),
            _ => Err(self.doubt("part of a value that is dropped")),
        }
    }

    fn field(&self, base: Place<'tcx>, index: FieldIdx, ty: Ty<'tcx>) -> Place<'tcx> {
        base.project(self.tcx(), ProjectionElem::Field(index, ty))
    }

    fn open_tuple(&mut self, types: &[Ty<'tcx>]) -> Result<BasicBlock> {
        let mut fields = Vec::new();
        for (index, &ty) in types.iter().enumerate() {
            let index = FieldIdx::from_usize(index);
            fields
                .push((self.field(self.place, index, ty), self.elaborator.moves.child(self.path, Part::Field(index))));
        }
        let ways = self.ladder_bottom();
        Ok(self.ladder(fields, ways)?.succ)
    }

    /// At the end the flag of the whole is cleared: it protects the discriminant, too.
    fn ladder_bottom(&mut self) -> Ways {
        let succ = self.reset_flag(Mode::Shallow, self.succ, self.unwind);
        Ways { succ, unwind: self.unwind, meanwhile: self.meanwhile }
    }

    /// Drops of fields, and those that are left to do when one unwinds.
    fn ladder(&mut self, mut fields: Vec<Field<'tcx>>, ways: Ways) -> Result<Ways> {
        let mut needs_drop = Vec::new();
        for &(place, _) in &fields {
            needs_drop.push(self.elaborator.cx.needs_drop(self.ty_of(place))?);
        }
        let mut needs_drop = needs_drop.into_iter();
        fields.retain(|_| needs_drop.next().unwrap_or(true));
        let mut unwinds = vec![Unwind::InCleanup; fields.len() + 1];
        let mut meanwhile = vec![None; fields.len() + 1];
        if let Unwind::To(pad) = ways.unwind {
            let half = self.half_ladder(&unwinds, &meanwhile, pad, &fields)?;
            unwinds = half.into_iter().map(Unwind::To).collect();
        }
        if let Some(target) = ways.meanwhile {
            let half = self.half_ladder(&unwinds, &meanwhile, target, &fields)?;
            meanwhile = half.into_iter().map(Some).collect();
        }
        let normal = self.half_ladder(&unwinds, &meanwhile, ways.succ, &fields)?;
        match (normal.last(), unwinds.last(), meanwhile.last()) {
            (Some(&succ), Some(&unwind), Some(&meanwhile)) => Ok(Ways { succ, unwind, meanwhile }),
            _ => Err(self.doubt("drop without steps")),
        }
    }

    /// One half of a ladder: blocks that drop none, one, two … of the fields, from the last on.
    fn half_ladder(
        &mut self,
        unwinds: &[Unwind],
        meanwhile: &[Option<BasicBlock>],
        mut succ: BasicBlock,
        fields: &[Field<'tcx>],
    ) -> Result<Vec<BasicBlock>> {
        let mut blocks = vec![succ];
        for ((&field, &unwind), &meanwhile) in fields.iter().rev().zip(unwinds).zip(meanwhile) {
            succ = self.drop_part(field, Ways { succ, unwind, meanwhile })?;
            blocks.push(succ);
        }
        Ok(blocks)
    }

    fn drop_part(&mut self, (place, path): Field<'tcx>, ways: Ways) -> Result<BasicBlock> {
        let source_info = self.source_info;
        let Ways { succ, unwind, meanwhile } = ways;
        // A part without a path has the flag of the whole.
        let of = path.unwrap_or(self.path);
        let mut plan = DropPlan { elaborator: self.elaborator, source_info, place, path: of, succ, unwind, meanwhile };
        if path.is_none() {
            return plan.complete_drop(succ, unwind);
        }
        let kind = plan.drop_kind(succ, unwind);
        let block = plan.new_block(unwind, kind);
        plan.elaborate(block)?;
        Ok(block)
    }

    fn open_adt(&mut self, adt: &'tcx AdtDef, args: GenericArgs<'tcx>) -> Result<BasicBlock> {
        if adt.variants.is_empty() {
            return Ok(self.new_block(self.unwind, TerminatorKind::Unreachable));
        }
        let contents = match adt.is_union() || adt.is_manually_drop {
            true => Ways { succ: self.succ, unwind: self.unwind, meanwhile: self.meanwhile },
            false => self.open_contents(adt, args)?,
        };
        if adt.is_box {
            // What is in it goes first.
            let succ = self.call_destructor(contents.succ, contents.unwind)?;
            let unwind = match contents.unwind {
                Unwind::To(pad) => Unwind::To(self.call_destructor(pad, Unwind::InCleanup)?),
                Unwind::InCleanup => Unwind::InCleanup,
            };
            let meanwhile = match contents.meanwhile {
                Some(target) => Some(self.call_destructor(target, contents.unwind)?),
                None => None,
            };
            let block = self.open_box(adt, args, Ways { succ, unwind, meanwhile })?;
            return self.test_flag(block, contents.succ, contents.unwind);
        }
        if self.tcx().definitions().adt_destructor(adt.did).is_some() {
            let block = self.call_destructor(contents.succ, contents.unwind)?;
            return self.test_flag(block, contents.succ, contents.unwind);
        }
        Ok(contents.succ)
    }

    fn open_contents(&mut self, adt: &'tcx AdtDef, args: GenericArgs<'tcx>) -> Result<Ways> {
        let ways = self.ladder_bottom();
        if adt.is_enum() {
            return self.open_variants(adt, args, ways);
        }
        let Some(variant) = adt.variants.iter().next() else { return Err(self.doubt("type without variants")) };
        let fields = self.fields(self.place, self.path, variant, args)?;
        self.ladder(fields, ways)
    }

    fn fields(
        &self,
        base: Place<'tcx>,
        path: MovePath,
        variant: &'tcx VariantDef,
        args: GenericArgs<'tcx>,
    ) -> Result<Vec<Field<'tcx>>> {
        let mut fields = Vec::new();
        for (index, field) in variant.fields.iter().enumerate() {
            let index = FieldIdx::from_usize(index);
            let ty = self.elaborator.cx.field_ty(field.did, args)?;
            fields.push((self.field(base, index, ty), self.elaborator.moves.child(path, Part::Field(index))));
        }
        Ok(fields)
    }

    fn open_variants(&mut self, adt: &'tcx AdtDef, args: GenericArgs<'tcx>, ways: Ways) -> Result<Ways> {
        let Ways { succ, unwind, .. } = ways;
        let mut values = Vec::new();
        let (mut normal, mut cleanup, mut meanwhile) = (Vec::new(), Vec::new(), Vec::new());
        let (mut has_rest, mut rest_needs_drop) = (false, false);
        for (index, value) in self.elaborator.cx.facts.discriminants(adt.did, self.source_info.span)? {
            let variant = &adt.variants[index];
            let Some(path) = self.elaborator.moves.child(self.path, Part::Variant(index)) else {
                has_rest = true;
                for field in variant.fields.iter() {
                    let ty = self.elaborator.cx.field_ty(field.did, args)?;
                    rest_needs_drop |= self.elaborator.cx.needs_drop(ty)?;
                }
                continue;
            };
            let base = self.place.project(self.tcx(), ProjectionElem::Downcast(Some(variant.name), index));
            let fields = self.fields(base, path, variant, args)?;
            values.push(value);
            if let Unwind::To(pad) = unwind {
                // A ladder of its own: two switches may not lead into one.
                let unwinds = vec![Unwind::InCleanup; fields.len() + 1];
                let half = self.half_ladder(&unwinds, &vec![None; fields.len() + 1], pad, &fields)?;
                cleanup.extend(half.last().copied());
            }
            let variant = self.ladder(fields, ways)?;
            normal.push(variant.succ);
            meanwhile.extend(variant.meanwhile);
        }
        if !has_rest {
            values.pop();
        } else {
            let rest = |this: &mut Self, target, unwind| {
                let kind = match rest_needs_drop {
                    true => this.drop_kind(target, unwind),
                    false => TerminatorKind::Goto { target },
                };
                this.new_block(unwind, kind)
            };
            normal.push(rest(self, succ, unwind));
            if let Unwind::To(pad) = unwind {
                cleanup.push(rest(self, pad, Unwind::InCleanup));
            }
        }
        let normal = self.switch(normal, &values, succ, unwind)?;
        let unwind = match unwind {
            Unwind::To(pad) => Unwind::To(self.switch(cleanup, &values, pad, Unwind::InCleanup)?),
            Unwind::InCleanup => Unwind::InCleanup,
        };
        let meanwhile = match ways.meanwhile {
            Some(target) => Some(self.switch(meanwhile, &values, target, ways.unwind)?),
            None => None,
        };
        Ok(Ways { succ: normal, unwind, meanwhile })
    }

    fn switch(
        &mut self,
        blocks: Vec<BasicBlock>,
        values: &[u128],
        succ: BasicBlock,
        unwind: Unwind,
    ) -> Result<BasicBlock> {
        let Some(&last) = blocks.last() else { return Err(self.doubt("drop without variants")) };
        let ty = discriminant_ty(self.tcx(), self.ty_of(self.place));
        let discr = Place::from_local(self.new_temp(ty));
        let statements = vec![self.assign(discr, Rvalue::Discriminant(self.place))];
        let targets = blocks.iter().copied().take(values.len()).chain([last]).collect();
        let targets = SwitchTargets { values: values.iter().copied().collect(), targets };
        let kind = TerminatorKind::SwitchInt { discr: Operand::Move(discr), targets };
        let block = self.new_block_with(unwind, statements, kind);
        self.test_flag(block, succ, unwind)
    }

    /// Drops what is in a box, unless it was moved out.
    fn open_box(&mut self, adt: &'tcx AdtDef, args: GenericArgs<'tcx>, ways: Ways) -> Result<BasicBlock> {
        let tcx = self.tcx();
        let types = BoxParts::of(tcx, adt.did, self.source_info.span)?.types(tcx, args.type_at(0));
        let mut non_null = self.place;
        for step in types.steps() {
            non_null = non_null.project(tcx, step);
        }
        let pointer = Place::from_local(self.new_temp(types.pointer));
        let path = self.elaborator.moves.child(self.path, Part::Deref);
        let target = self.drop_part((pointer.deref(tcx), path), ways)?;
        let cast = Rvalue::Cast(CastKind::Transmute, Operand::Copy(non_null), types.pointer);
        let statements = vec![self.assign(pointer, cast)];
        Ok(self.new_block_with(ways.unwind, statements, TerminatorKind::Goto { target }))
    }

    fn drop_method(&self) -> Result<DefId> {
        let tcx = self.tcx();
        let items = tcx.lang_item(LangItem::Drop).map(|trait_| tcx.definitions().assoc_items(trait_));
        let first = items.and_then(|items| items.first());
        first.map(|item| item.def_id).ok_or_else(|| self.doubt("language item"))
    }

    fn call_destructor(&mut self, succ: BasicBlock, unwind: Unwind) -> Result<BasicBlock> {
        let tcx = self.tcx();
        let ty = self.ty_of(self.place);
        let reference = Place::from_local(self.new_temp(tcx.mk_ref(ty, Mutability::Mut)));
        let destination = Place::from_local(self.new_temp(tcx.types().unit));
        let function = tcx.mk_ty(TyKind::FnDef(self.drop_method()?, tcx.mk_args(&[ty.into()])));
        let span = self.source_info.span;
        let const_ = Const::Val(ConstValue::ZeroSized, function);
        let call = Call {
            func: Operand::Constant(Box::new(ConstOperand { span, const_ })),
            args: vec![Operand::Move(reference)],
            destination,
            target: Some(succ),
            unwind: unwind.action(),
            fn_span: span,
        };
        let statements = vec![self.assign(reference, Rvalue::Ref(BorrowKind::Mut, self.place))];
        Ok(self.new_block_with(unwind, statements, TerminatorKind::Call(Box::new(call))))
    }

    fn open_array(&mut self, ty: Ty<'tcx>, element: Ty<'tcx>, size: Option<u64>) -> Result<BasicBlock> {
        let tcx = self.tcx();
        if let Some(fields) = size.and_then(|size| self.array_parts(size)) {
            let ways = self.ladder_bottom();
            return Ok(self.ladder(fields, ways)?.succ);
        }
        let array = Place::from_local(self.new_temp(tcx.mk_ptr(ty, Mutability::Mut)));
        let slice_ty = tcx.mk_ptr(tcx.mk_ty(TyKind::Slice(element)), Mutability::Mut);
        let slice = Place::from_local(self.new_temp(slice_ty));
        let unsize = CastKind::PointerCoercion(PointerCoercion::Unsize);
        let statements = vec![
            self.assign(array, Rvalue::RawPtr(RawPtrKind::Mut, self.place)),
            self.assign(slice, Rvalue::Cast(unsize, Operand::Move(array), slice_ty)),
        ];
        let place = std::mem::replace(&mut self.place, slice.deref(tcx));
        let target = self.open_slice(element);
        self.place = place;
        Ok(self.new_block_with(self.unwind, statements, TerminatorKind::Goto { target: target? }))
    }

    /// The parts of an array of which some elements have paths of their own: those, and what is between them, from the end on.
    fn array_parts(&self, size: u64) -> Option<Vec<Field<'tcx>>> {
        let tcx = self.tcx();
        let mut parts = Vec::new();
        let between =
            |from, to| (self.place.project(tcx, ProjectionElem::Subslice { from, to, from_end: false }), None);
        let (mut dropping, mut start) = (true, 0);
        let mut elements: Vec<(u64, MovePath)> = Vec::new();
        for child in self.elaborator.moves.children(self.path) {
            if let Some(Part::Element(index)) = self.elaborator.moves.paths[child].part {
                elements.push((index, child));
            }
        }
        if elements.is_empty() {
            return None;
        }
        elements.sort();
        let mut next = 0;
        for (index, path) in elements {
            // What is between two elements, if anything, begins where the last ended.
            if !dropping && index > next {
                (dropping, start) = (true, next);
            }
            if dropping {
                parts.push(between(start, index));
                dropping = false;
            }
            let step = ProjectionElem::ConstantIndex { offset: index, min_length: size, from_end: false };
            parts.push((self.place.project(tcx, step), Some(path)));
            next = index + 1;
        }
        if next < size {
            parts.push(between(next, size));
        }
        parts.reverse();
        Some(parts)
    }

    /// Drops all elements of a slice, which the place is behind a pointer in a local.
    fn open_slice(&mut self, element: Ty<'tcx>) -> Result<BasicBlock> {
        let types = self.tcx().types();
        let len = Place::from_local(self.new_temp(types.usize));
        let current = self.new_temp(types.usize);
        let unwind = match self.unwind {
            Unwind::To(pad) => Unwind::To(self.drop_loop(pad, current, len, element, Unwind::InCleanup)?),
            Unwind::InCleanup => Unwind::InCleanup,
        };
        if let Some(target) = self.meanwhile {
            self.drop_loop(target, current, len, element, unwind)?;
        }
        let target = self.drop_loop(self.succ, current, len, element, unwind)?;
        if self.place.projection != [ProjectionElem::Deref] {
            return Err(self.doubt("drop of a slice"));
        }
        let pointer = Operand::Copy(Place::from_local(self.place.local));
        let zero = self.usize(0)?;
        let statements = vec![
            self.assign(len, Rvalue::UnaryOp(UnOp::PtrMetadata, pointer)),
            self.assign(Place::from_local(current), Rvalue::Use(zero)),
        ];
        let block = self.new_block_with(unwind, statements, TerminatorKind::Goto { target });
        let block = self.reset_flag(Mode::Deep, block, unwind);
        self.test_flag(block, self.succ, unwind)
    }

    fn drop_loop(
        &mut self,
        succ: BasicBlock,
        current: Local,
        len: Place<'tcx>,
        element: Ty<'tcx>,
        unwind: Unwind,
    ) -> Result<BasicBlock> {
        let tcx = self.tcx();
        let pointer = Place::from_local(self.new_temp(tcx.mk_ptr(element, Mutability::Mut)));
        let is_end = Place::from_local(self.new_temp(tcx.types().bool));
        let one = self.usize(1)?;
        let counter = Place::from_local(current);
        let at = self.place.project(tcx, ProjectionElem::Index(current));
        let statements = vec![
            self.assign(pointer, Rvalue::RawPtr(RawPtrKind::Mut, at)),
            self.assign(counter, Rvalue::BinaryOp(BinOp::Add, Box::new((Operand::Move(counter), one)))),
        ];
        let drop_block = self.new_block_with(unwind, statements, TerminatorKind::Return);
        let operands = Box::new((Operand::Copy(counter), Operand::Copy(len)));
        let statements = vec![self.assign(is_end, Rvalue::BinaryOp(BinOp::Eq, operands))];
        let end = Self::branch(Operand::Move(is_end), succ, drop_block);
        let loop_block = self.new_block_with(unwind, statements, end);
        let place = pointer.deref(tcx);
        let kind = TerminatorKind::Drop { place, target: loop_block, unwind: unwind.action() };
        self.elaborator.patch.set_terminator(drop_block, kind);
        Ok(loop_block)
    }
}
