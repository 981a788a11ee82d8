//! Types as code generation sees them: opaque types are replaced by what is behind them, and values that then have another type
//! than their place are cast.

use crate::change::{self, Changer, super_place};
use crate::cx::BodyCx;
use crate::patch::Patch;
use crate::work::Work;
use build::Doubt;
use mir::visit::{Location, PlaceContext};
use mir::{CastKind, Const, ConstOperand, LocalDecls, Operand, Place, ProjectionElem, Rvalue};
use ty::{Tcx, Ty, TypeFoldable, TypeFolder};

/// Normalises all types of locals, places, casts and constants.
pub(crate) fn opaque_types<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>) -> build::Result<()> {
    let mut reveal = Reveal { cx, doubt: None };
    for decl in &mut work.locals {
        reveal.change_ty(&mut decl.ty);
    }
    change::blocks(&mut reveal, work);
    let start = Location { block: mir::BasicBlock::START, statement_index: 0 };
    for info in &mut work.var_debug_info {
        match &mut info.value {
            mir::VarDebugInfoContents::Place(place) => reveal.change_place(place, PlaceContext::DebugInfo, start),
            mir::VarDebugInfoContents::Const(constant) => reveal.change_const(constant, start),
        }
    }
    for constant in &mut work.required_consts {
        reveal.change_const(constant, start);
    }
    reveal.doubt.map_or(Ok(()), Err)
}

struct Reveal<'a, 'tcx> {
    cx: &'a BodyCx<'tcx>,
    doubt: Option<Box<Doubt>>,
}

impl<'tcx> Changer<'tcx> for Reveal<'_, 'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.cx.tcx
    }

    fn change_place(&mut self, place: &mut Place<'tcx>, _: PlaceContext, at: Location) {
        let is_cast = |step: &ProjectionElem<'tcx>| matches!(step, ProjectionElem::OpaqueCast(_));
        if place.projection.iter().any(is_cast) {
            let steps: Vec<_> = place.projection.iter().copied().filter(|step| !is_cast(step)).collect();
            place.projection = self.cx.tcx.arena().alloc_slice(&steps);
        }
        super_place(self, place, at);
    }

    fn change_const(&mut self, constant: &mut ConstOperand<'tcx>, _: Location) {
        constant.const_ = constant.const_.fold_with(self);
    }

    fn change_ty(&mut self, ty: &mut Ty<'tcx>) {
        *ty = self.fold_ty(*ty);
    }
}

impl<'tcx> TypeFolder<'tcx> for Reveal<'_, 'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.cx.tcx
    }

    /// Each type is looked up in the body's own table.
    fn cache(&mut self) -> Option<(&mut ty::FoldCache<'tcx>, u32)> {
        None
    }

    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if self.doubt.is_some() {
            return ty;
        }
        match self.cx.reveal(ty) {
            Ok(ty) => ty,
            Err(doubt) => {
                self.doubt = Some(doubt);
                ty
            }
        }
    }

    fn fold_const(&mut self, constant: ty::Const<'tcx>) -> ty::Const<'tcx> {
        constant
    }
}

/// Casts values whose type is not quite that of their place: `for<'a>` types that are equal but for lifetimes.
pub(crate) fn add_subtyping<'tcx>(tcx: Tcx<'tcx>, work: &mut Work<'tcx>) {
    let locals = work.locals.clone();
    let deref_temps = work.deref_temps.clone();
    let mut subtyper = Subtyper { tcx, patch: Patch::new(work), locals: &locals, deref_temps: &deref_temps };
    change::blocks(&mut subtyper, work);
    subtyper.patch.apply(work);
}

struct Subtyper<'a, 'tcx> {
    tcx: Tcx<'tcx>,
    patch: Patch<'tcx>,
    locals: &'a LocalDecls<'tcx>,
    deref_temps: &'a ty::rustc_index::bit_set::DenseBitSet<usize>,
}

impl<'tcx> Changer<'tcx> for Subtyper<'_, 'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }

    fn change_assign(&mut self, place: &mut Place<'tcx>, rvalue: &mut Rvalue<'tcx>, at: Location) {
        if self.deref_temps.contains(place.local.index()) {
            return;
        }
        // The type of metadata is not known before types are.
        if matches!(rvalue, Rvalue::UnaryOp(mir::UnOp::PtrMetadata, _)) {
            return;
        }
        let wanted = self.tcx.erase_regions(place.ty(self.locals, self.tcx));
        let found = self.tcx.erase_regions(rvalue.ty(self.locals, self.tcx));
        if wanted == found {
            return;
        }
        let temp = Place::from_local(self.patch.new_temp(found, self.locals[place.local].source_info.span));
        let value = std::mem::replace(rvalue, Rvalue::Cast(CastKind::Subtype, Operand::Move(temp), wanted));
        self.patch.add_assign(at, temp, value);
    }
}

/// Whether a constant must be evaluated for the body to be right.
pub(crate) fn is_required(constant: &Const<'_>) -> bool {
    match constant {
        Const::Ty(_, constant) => !matches!(constant.kind(), ty::ConstKind::Value(..)),
        Const::Val(..) => false,
        Const::Unevaluated { .. } => true,
    }
}
