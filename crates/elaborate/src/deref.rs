//! Dereferences: places through several pointers are taken apart, and boxes become the pointers in them.

use crate::change::{self, Changer};
use crate::patch::Patch;
use crate::work::{Step, Work};
use build::{Doubt, Result};
use mir::visit::{Location, PlaceContext};
use mir::{CastKind, LocalDecls, Operand, Place, ProjectionElem, Rvalue, StatementKind, VarDebugInfoContents};
use ty::rustc_index::bit_set::DenseBitSet;
use ty::{DefId, FieldIdx, Mutability, Tcx, Ty, TyKind};

/// Makes every dereference the first step of its place, by temporaries for the pointers.
pub(crate) fn separate<'tcx>(tcx: Tcx<'tcx>, work: &mut Work<'tcx>) {
    let first_temp = work.locals.len();
    separate_with(tcx, work, Rvalue::CopyForDeref);
    work.deref_temps = DenseBitSet::new_empty(work.locals.len());
    work.deref_temps.insert_range(first_temp..work.locals.len());
}

/// The same where it no longer matters what the temporaries are for.
pub(crate) fn separate_by_copies<'tcx>(tcx: Tcx<'tcx>, work: &mut Work<'tcx>) {
    separate_with(tcx, work, |pointer| Rvalue::Use(Operand::Copy(pointer)));
}

fn separate_with<'tcx>(tcx: Tcx<'tcx>, work: &mut Work<'tcx>, load: fn(Place<'tcx>) -> Rvalue<'tcx>) {
    let locals = work.locals.clone();
    let mut separator = Separator { tcx, load, patch: Patch::new(work), locals: &locals };
    change::blocks(&mut separator, work);
    separator.patch.apply(work);
}

struct Separator<'a, 'tcx> {
    tcx: Tcx<'tcx>,
    /// How a temporary gets its pointer.
    load: fn(Place<'tcx>) -> Rvalue<'tcx>,
    patch: Patch<'tcx>,
    locals: &'a LocalDecls<'tcx>,
}

impl<'tcx> Changer<'tcx> for Separator<'_, 'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }

    fn change_place(&mut self, place: &mut Place<'tcx>, _: PlaceContext, at: Location) {
        let steps = place.projection;
        let is_deref = |step: &ProjectionElem<'tcx>| *step == ProjectionElem::Deref;
        // A local that stands for the steps so far, and how many those are.
        let (mut base, mut done) = (place.local, 0);
        for index in (1..steps.len()).filter(|&index| is_deref(&steps[index])) {
            let prefix = Place { local: place.local, projection: &steps[..index] };
            let span = self.locals[place.local].source_info.span;
            let temp = self.patch.new_temp(prefix.ty(self.locals, self.tcx), span);
            let pointer = Place { local: base, projection: &steps[done..index] };
            self.patch.add_assign(at, Place::from_local(temp), (self.load)(pointer));
            (base, done) = (temp, index);
        }
        *place = Place { local: base, projection: &steps[done..] };
    }
}

/// The temporaries of [`separate`] become ordinary ones.
pub(crate) fn erase_temps(work: &mut Work<'_>) {
    for block in &mut work.blocks {
        for statement in &mut block.statements {
            if let Step::Run(StatementKind::Assign(assign)) = &mut statement.kind
                && let Rvalue::CopyForDeref(place) = assign.1
            {
                assign.1 = Rvalue::Use(Operand::Copy(place));
            }
        }
    }
    work.deref_temps.clear();
}

/// The types on the way from a box to its pointer.
#[derive(Clone, Copy)]
pub(crate) struct BoxParts {
    unique: DefId,
    non_null: DefId,
}

/// A box's fields down to its pointer: their types, and the pointer's.
pub(crate) struct BoxTypes<'tcx> {
    unique: Ty<'tcx>,
    non_null: Ty<'tcx>,
    pub pointer: Ty<'tcx>,
}

impl BoxParts {
    /// What `Box` is made of, if there is one.
    pub fn of(tcx: Tcx<'_>, owned_box: DefId, span: ty::Span) -> Result<BoxParts> {
        let definitions = tcx.definitions();
        let first_field = |adt: DefId| {
            let field = tcx.adt_def(adt).variants.iter().next()?.fields.iter().next()?.did;
            match *definitions.type_of(field).kind() {
                TyKind::Adt(did, _) => Some(did),
                _ => None,
            }
        };
        let doubt = || Doubt::at("`Box` that holds no pointer", span);
        let unique = first_field(owned_box).ok_or_else(doubt)?;
        let non_null = first_field(unique).ok_or_else(doubt)?;
        Ok(BoxParts { unique, non_null })
    }

    pub fn types<'tcx>(self, tcx: Tcx<'tcx>, pointee: Ty<'tcx>) -> BoxTypes<'tcx> {
        let args = tcx.mk_args(&[pointee.into()]);
        BoxTypes {
            unique: tcx.mk_ty(TyKind::Adt(self.unique, args)),
            non_null: tcx.mk_ty(TyKind::Adt(self.non_null, args)),
            pointer: tcx.mk_ptr(pointee, Mutability::Not),
        }
    }
}

impl<'tcx> BoxTypes<'tcx> {
    /// The steps from the box to its `NonNull`.
    pub fn steps(&self) -> [ProjectionElem<'tcx>; 2] {
        [ProjectionElem::Field(FieldIdx::ZERO, self.unique), ProjectionElem::Field(FieldIdx::ZERO, self.non_null)]
    }
}

/// What is in a box of this type.
pub(crate) fn boxed<'tcx>(tcx: Tcx<'tcx>, ty: Ty<'tcx>) -> Option<Ty<'tcx>> {
    match *ty.kind() {
        TyKind::Adt(did, args) if tcx.adt_def(did).is_box => Some(args.type_at(0)),
        _ => None,
    }
}

/// Dereferences of boxes become dereferences of the pointers in them.
pub(crate) fn elaborate_boxes<'tcx>(tcx: Tcx<'tcx>, work: &mut Work<'tcx>) -> Result<()> {
    let Some(owned_box) = tcx.lang_item(ty::LangItem::OwnedBox) else { return Ok(()) };
    let parts = BoxParts::of(tcx, owned_box, work.span)?;
    let locals = work.locals.clone();
    let mut boxes = Boxes { tcx, parts, patch: Patch::new(work), locals: &locals };
    change::blocks(&mut boxes, work);
    boxes.patch.apply(work);
    for info in &mut work.var_debug_info {
        let VarDebugInfoContents::Place(place) = &mut info.value else { continue };
        let mut steps = Vec::new();
        for (index, &step) in place.projection.iter().enumerate() {
            let base = Place { local: place.local, projection: &place.projection[..index] };
            if step == ProjectionElem::Deref
                && let Some(pointee) = boxed(tcx, base.ty(&work.locals, tcx))
            {
                let types = parts.types(tcx, pointee);
                steps.extend(types.steps());
                steps.push(ProjectionElem::Field(FieldIdx::ZERO, types.pointer));
            }
            steps.push(step);
        }
        if steps.len() != place.projection.len() {
            place.projection = tcx.arena().alloc_slice(&steps);
        }
    }
    Ok(())
}

struct Boxes<'a, 'tcx> {
    tcx: Tcx<'tcx>,
    parts: BoxParts,
    patch: Patch<'tcx>,
    locals: &'a LocalDecls<'tcx>,
}

impl<'tcx> Changer<'tcx> for Boxes<'_, 'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }

    fn change_place(&mut self, place: &mut Place<'tcx>, _: PlaceContext, at: Location) {
        let decl = &self.locals[place.local];
        if place.projection.first() != Some(&ProjectionElem::Deref) {
            return;
        }
        let Some(pointee) = boxed(self.tcx, decl.ty) else { return };
        let types = self.parts.types(self.tcx, pointee);
        let pointer = self.patch.new_temp(types.pointer, decl.source_info.span);
        let projection = self.tcx.arena().alloc_slice(&types.steps());
        let inside = Operand::Copy(Place { local: place.local, projection });
        let cast = Rvalue::Cast(CastKind::Transmute, inside, types.pointer);
        self.patch.add_assign(at, Place::from_local(pointer), cast);
        place.local = pointer;
    }
}
