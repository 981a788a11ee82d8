//! Drop glue: what `drop_in_place::<T>` does.
//!
//! Of a struct, first its `Drop` impl runs, then its fields are dropped in order of declaration. If one of these panics, the
//! remaining ones are still dropped on the way up; a second panic aborts. A `Box` drops its contents before its own impl
//! frees the memory.

use crate::{TraitCx, TraitError};
use mir::{
    BasicBlock, BinOp, Body, BodyBuilder, BorrowKind, Call, CastKind, Operand, Place, ProjectionElem, RawPtrKind,
    Rvalue, SwitchTargets, TerminatorKind, UnOp, UnwindAction, UnwindTerminateReason,
};
use smallvec::SmallVec;
use ty::{
    AdtDef, ClosureArgs, Const, CoroutineClosureArgs, DefId, GenericArgs, LangItem, Mutability, Ty, TyKind, VariantDef,
    VariantIdx,
};

/// Where a panic during a drop goes.
#[derive(Clone, Copy)]
enum Unwind {
    To(BasicBlock),
    /// Unwinding already: aborts.
    InCleanup,
}

impl Unwind {
    fn action(self) -> UnwindAction {
        match self {
            Unwind::To(block) => UnwindAction::Cleanup(block),
            Unwind::InCleanup => UnwindAction::Terminate(UnwindTerminateReason::InCleanup),
        }
    }
}

/// Where a step goes on: after success, and after a panic.
#[derive(Clone, Copy)]
struct Exits {
    next: BasicBlock,
    unwind: Unwind,
}

/// Builds from the end to the start: every step is given where to go on.
struct DropBuilder<'a, 'tcx> {
    cx: &'a TraitCx<'tcx>,
    body: BodyBuilder<'tcx>,
}

impl<'tcx> TraitCx<'tcx> {
    /// `glue`: the type if there is anything to do.
    pub(super) fn drop_glue(
        &self,
        drop_in_place: DefId,
        ty: Ty<'tcx>,
        glue: Option<Ty<'tcx>>,
    ) -> Result<Body<'tcx>, TraitError<'tcx>> {
        let tcx = self.tcx;
        if let Some(TyKind::Coroutine(did, args)) = glue.map(Ty::kind) {
            return self.coroutine_drop(*did, *args);
        }
        // A raw pointer or a reference, as the release's glue has it.
        let sig = tcx.subst(tcx.definitions().fn_sig(drop_in_place), tcx.mk_args(&[ty.into()]));
        let body = self.builder(drop_in_place, tcx.instantiate_bound_erased(sig).inputs(), tcx.types().unit);
        let mut builder = DropBuilder { cx: self, body };
        if glue.is_none() {
            builder.body.ret();
            return Ok(builder.body.finish());
        }
        let start = builder.body.current_block();
        let end = builder.body.new_block();
        let resume = builder.body.new_cleanup_block();
        let place = Place::from_local(builder.body.arg(0)).deref(tcx);
        let first = builder.contents(place, ty, Exits { next: end, unwind: Unwind::To(resume) })?;
        for (block, kind) in [
            (start, TerminatorKind::Goto { target: first }),
            (end, TerminatorKind::Return),
            (resume, TerminatorKind::UnwindResume),
        ] {
            builder.body.switch_to(block);
            builder.body.terminate(kind);
        }
        Ok(builder.body.finish())
    }

    /// A coroutine brings its glue, in terms of its own parameters.
    fn coroutine_drop(&self, did: DefId, args: GenericArgs<'tcx>) -> Result<Body<'tcx>, TraitError<'tcx>> {
        let body = self.bodies.optimized_mir(self.coroutine_body_of(did, args)?);
        match body.coroutine.as_ref().and_then(|coroutine| coroutine.coroutine_drop.as_ref()) {
            Some(glue) => Ok(self.tcx.subst(glue.clone(), args)),
            None => Err(TraitError::Unsupported("a coroutine without drop glue in the metadata")),
        }
    }
}

impl<'tcx> DropBuilder<'_, 'tcx> {
    fn new_block(&mut self, unwind: Unwind) -> BasicBlock {
        let block = match unwind {
            Unwind::To(_) => self.body.new_block(),
            Unwind::InCleanup => self.body.new_cleanup_block(),
        };
        self.body.switch_to(block);
        block
    }

    /// Drops by calling the glue of the place's type.
    fn drop_place(&mut self, place: Place<'tcx>, exits: Exits) -> BasicBlock {
        let block = self.new_block(exits.unwind);
        self.body.terminate(TerminatorKind::Drop { place, target: exits.next, unwind: exits.unwind.action() });
        block
    }

    /// Drops what a value of the type is made of, its own `Drop` impl included.
    fn contents(&mut self, place: Place<'tcx>, ty: Ty<'tcx>, exits: Exits) -> Result<BasicBlock, TraitError<'tcx>> {
        Ok(match *ty.kind() {
            TyKind::Adt(did, args) => self.adt(place, ty, self.cx.tcx.adt_def(did), args, exits)?,
            TyKind::Tuple(types) => self.tuple(place, types.as_slice(), exits),
            TyKind::Closure(_, args) => self.tuple(place, ClosureArgs::new(args).upvar_tys().as_slice(), exits),
            TyKind::CoroutineClosure(_, args) => {
                self.tuple(place, CoroutineClosureArgs::new(args).upvar_tys().as_slice(), exits)
            }
            TyKind::Array(element, len) => self.sequence(place, element, Some(len), exits),
            TyKind::Slice(element) => self.sequence(place, element, None, exits),
            TyKind::UnsafeBinder(binder) => {
                let inner = self.cx.normalize(self.cx.tcx.instantiate_bound_erased(binder));
                let place = place.project(self.cx.tcx, ProjectionElem::UnwrapUnsafeBinder(inner));
                self.drop_place(place, exits)
            }
            // Through the vtable.
            TyKind::Dynamic(..) => self.drop_place(place, exits),
            _ => return Err(TraitError::Unsupported("drop glue of a foreign type")),
        })
    }

    fn tuple(&mut self, place: Place<'tcx>, types: &[Ty<'tcx>], exits: Exits) -> BasicBlock {
        let tcx = self.cx.tcx;
        let fields: Vec<_> = types.iter().enumerate().map(|(index, &ty)| (place.field(tcx, index, ty), ty)).collect();
        self.ladder(&fields, false, exits).next
    }

    /// Drops fields in order. Gives both ways in: for a value being dropped, and for one being dropped in a cleanup.
    fn ladder(&mut self, fields: &[(Place<'tcx>, Ty<'tcx>)], packed: bool, exits: Exits) -> Exits {
        let mut exits = exits;
        for &(place, ty) in fields.iter().rev() {
            if !self.cx.needs_drop(ty) {
                continue;
            }
            let next = self.field(place, ty, packed, exits);
            // If this field's drop panics, those after it are dropped in a cleanup.
            let unwind = match exits.unwind {
                Unwind::To(block) => {
                    let cleanup = Exits { next: block, unwind: Unwind::InCleanup };
                    Unwind::To(self.field(place, ty, packed, cleanup))
                }
                Unwind::InCleanup => Unwind::InCleanup,
            };
            exits = Exits { next, unwind };
        }
        exits
    }

    fn field(&mut self, place: Place<'tcx>, ty: Ty<'tcx>, packed: bool, exits: Exits) -> BasicBlock {
        if !packed || !self.cx.is_sized(ty) {
            return self.drop_place(place, exits);
        }
        // `drop` wants an aligned reference.
        let block = self.new_block(exits.unwind);
        let aligned = Place::from_local(self.body.assign_temp(ty, Rvalue::Use(Operand::Move(place))));
        self.body.terminate(TerminatorKind::Drop { place: aligned, target: exits.next, unwind: exits.unwind.action() });
        block
    }

    fn adt(
        &mut self,
        place: Place<'tcx>,
        ty: Ty<'tcx>,
        adt: &'tcx AdtDef,
        args: GenericArgs<'tcx>,
        exits: Exits,
    ) -> Result<BasicBlock, TraitError<'tcx>> {
        if adt.variants.is_empty() {
            let block = self.new_block(exits.unwind);
            self.body.terminate(TerminatorKind::Unreachable);
            return Ok(block);
        }
        let after = if adt.is_union() || adt.is_manually_drop {
            exits
        } else if adt.is_enum() {
            self.variants(place, ty, adt, args, exits)?
        } else {
            let fields = self.fields(place, adt.non_enum_variant(), args);
            self.ladder(&fields, adt.repr.packed(), exits)
        };
        if !adt.is_box && self.cx.definitions().adt_destructor(adt.did).is_none() {
            return Ok(after.next);
        }
        let destructor = self.destructor(place, ty, after);
        if !adt.is_box {
            return Ok(destructor);
        }
        // If the contents panic, the memory is still freed.
        let unwind = match after.unwind {
            Unwind::To(block) => {
                Unwind::To(self.destructor(place, ty, Exits { next: block, unwind: Unwind::InCleanup }))
            }
            Unwind::InCleanup => Unwind::InCleanup,
        };
        Ok(self.box_contents(place, adt, args, Exits { next: destructor, unwind }))
    }

    fn fields(
        &self,
        place: Place<'tcx>,
        variant: &'tcx VariantDef,
        args: GenericArgs<'tcx>,
    ) -> Vec<(Place<'tcx>, Ty<'tcx>)> {
        let fields = variant.fields.iter_enumerated().map(|(index, field)| {
            let ty = self.cx.field_ty(field.did, args);
            (place.field(self.cx.tcx, index.index(), ty), ty)
        });
        fields.collect()
    }

    /// Calls the type's `Drop::drop`.
    fn destructor(&mut self, place: Place<'tcx>, ty: Ty<'tcx>, exits: Exits) -> BasicBlock {
        let tcx = self.cx.tcx;
        let block = self.new_block(exits.unwind);
        let reference = self.body.assign_temp(tcx.mk_ref(ty, Mutability::Mut), Rvalue::Ref(BorrowKind::Mut, place));
        let unit = self.body.temp(tcx.types().unit);
        let func = self.body.function(self.cx.only_method(LangItem::Drop), tcx.mk_args(&[ty.into()]));
        let fn_span = self.body.source_info().span;
        self.body.terminate(TerminatorKind::Call(Box::new(Call {
            func,
            args: vec![Operand::Move(Place::from_local(reference))],
            destination: Place::from_local(unit),
            target: Some(exits.next),
            unwind: exits.unwind.action(),
            fn_span,
        })));
        block
    }

    /// Drops what a box points to: its first field is `Unique`, whose first is `NonNull`.
    fn box_contents(
        &mut self,
        place: Place<'tcx>,
        adt: &'tcx AdtDef,
        args: GenericArgs<'tcx>,
        exits: Exits,
    ) -> BasicBlock {
        let tcx = self.cx.tcx;
        let first_field = |place: Place<'tcx>, adt: &'tcx AdtDef, args: GenericArgs<'tcx>| {
            let field = &adt.non_enum_variant().fields[ty::FieldIdx::ZERO];
            let ty = self.cx.field_ty(field.did, args);
            (place.field(tcx, 0, ty), ty)
        };
        let (unique, unique_ty) = first_field(place, adt, args);
        let TyKind::Adt(unique_did, unique_args) = *unique_ty.kind() else {
            ty::bug!("the first field of `Box` is a struct, not {unique_ty:?}")
        };
        let (non_null, _) = first_field(unique, tcx.adt_def(unique_did), unique_args);
        let pointee = args.type_at(0);
        let pointer_ty = tcx.mk_ptr(pointee, Mutability::Not);
        let pointer = self.body.temp(pointer_ty);
        let target = match self.cx.needs_drop(pointee) {
            true => self.drop_place(Place::from_local(pointer).deref(tcx), exits),
            false => return exits.next,
        };
        let block = self.new_block(exits.unwind);
        let cast = Rvalue::Cast(CastKind::Transmute, Operand::Copy(non_null), pointer_ty);
        self.body.assign(Place::from_local(pointer), cast);
        self.body.terminate(TerminatorKind::Goto { target });
        block
    }

    fn variants(
        &mut self,
        place: Place<'tcx>,
        ty: Ty<'tcx>,
        adt: &'tcx AdtDef,
        args: GenericArgs<'tcx>,
        exits: Exits,
    ) -> Result<Exits, TraitError<'tcx>> {
        let discriminants = self.cx.discriminants(adt.did)?;
        let mut normal: Vec<(u128, BasicBlock)> = Vec::new();
        let mut cleanup: Vec<(u128, BasicBlock)> = Vec::new();
        for (index, variant) in adt.variants.iter_enumerated() {
            let index: VariantIdx = index;
            let fields = self.fields(place.downcast(self.cx.tcx, index), variant, args);
            if !fields.iter().any(|&(_, ty)| self.cx.needs_drop(ty)) {
                continue;
            }
            let discriminant = discriminants[index.index()];
            normal.push((discriminant, self.ladder(&fields, adt.repr.packed(), exits).next));
            if let Unwind::To(block) = exits.unwind {
                let exits = Exits { next: block, unwind: Unwind::InCleanup };
                cleanup.push((discriminant, self.ladder(&fields, adt.repr.packed(), exits).next));
            }
        }
        let next = self.switch(place, ty, normal, exits);
        let unwind = match exits.unwind {
            Unwind::To(block) => {
                Unwind::To(self.switch(place, ty, cleanup, Exits { next: block, unwind: Unwind::InCleanup }))
            }
            Unwind::InCleanup => Unwind::InCleanup,
        };
        Ok(Exits { next, unwind })
    }

    fn switch(&mut self, place: Place<'tcx>, ty: Ty<'tcx>, cases: Vec<(u128, BasicBlock)>, exits: Exits) -> BasicBlock {
        if cases.is_empty() {
            return exits.next;
        }
        let block = self.new_block(exits.unwind);
        let discriminant_ty = mir::discriminant_ty(self.cx.tcx, ty);
        let discriminant = self.body.assign_temp(discriminant_ty, Rvalue::Discriminant(place));
        let values: SmallVec<[u128; 1]> = cases.iter().map(|case| case.0).collect();
        let targets: SmallVec<[BasicBlock; 2]> = cases.iter().map(|case| case.1).chain([exits.next]).collect();
        self.body.terminate(TerminatorKind::SwitchInt {
            discr: Operand::Move(Place::from_local(discriminant)),
            targets: SwitchTargets { values, targets },
        });
        block
    }

    /// Drops elements in a loop; if one panics, a second loop drops those after it.
    fn sequence(
        &mut self,
        place: Place<'tcx>,
        element: Ty<'tcx>,
        array_len: Option<Const<'tcx>>,
        exits: Exits,
    ) -> BasicBlock {
        let usize = self.cx.tcx.types().usize;
        let index = self.body.temp(usize);
        let len = self.body.temp(usize);
        let unwind = match exits.unwind {
            Unwind::To(block) => {
                let cleanup = Exits { next: block, unwind: Unwind::InCleanup };
                Unwind::To(self.drop_loop(place, element, index, len, cleanup))
            }
            Unwind::InCleanup => Unwind::InCleanup,
        };
        let looped = self.drop_loop(place, element, index, len, Exits { next: exits.next, unwind });
        let block = self.new_block(exits.unwind);
        let count = match array_len {
            Some(len) => Rvalue::Use(self.body.ty_const(usize, len)),
            // The place is what the argument points to.
            None => Rvalue::UnaryOp(UnOp::PtrMetadata, Operand::Copy(Place::from_local(place.local))),
        };
        self.body.assign(Place::from_local(len), count);
        let zero = self.body.scalar(usize, 0, 8);
        self.body.assign(Place::from_local(index), Rvalue::Use(zero));
        self.body.terminate(TerminatorKind::Goto { target: looped });
        block
    }

    fn drop_loop(
        &mut self,
        place: Place<'tcx>,
        element: Ty<'tcx>,
        index: mir::Local,
        len: mir::Local,
        exits: Exits,
    ) -> BasicBlock {
        let tcx = self.cx.tcx;
        let types = tcx.types();
        let head = self.new_block(exits.unwind);
        let step = self.new_block(exits.unwind);

        self.body.switch_to(head);
        let [current, end] = [index, len].map(|local| Operand::Copy(Place::from_local(local)));
        let done = self.body.assign_temp(types.bool, Rvalue::BinaryOp(BinOp::Eq, Box::new((current, end))));
        self.body.terminate(TerminatorKind::SwitchInt {
            discr: Operand::Move(Place::from_local(done)),
            targets: SwitchTargets {
                values: SmallVec::from_slice(&[0]),
                targets: SmallVec::from_slice(&[step, exits.next]),
            },
        });

        self.body.switch_to(step);
        let item = place.project(tcx, ProjectionElem::Index(index));
        let pointer =
            self.body.assign_temp(tcx.mk_ptr(element, Mutability::Mut), Rvalue::RawPtr(RawPtrKind::Mut, item));
        let one = self.body.scalar(types.usize, 1, 8);
        let following = Rvalue::BinaryOp(BinOp::Add, Box::new((Operand::Copy(Place::from_local(index)), one)));
        self.body.assign(Place::from_local(index), following);
        let place = Place::from_local(pointer).deref(tcx);
        self.body.terminate(TerminatorKind::Drop { place, target: head, unwind: exits.unwind.action() });
        head
    }
}
