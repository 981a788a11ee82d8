//! What the passes ask about the program and the body's types.

use build::{BuildCx, Doubt, Facts, Result};
use layout::LayoutCx;
use mir::Bodies;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use ty::{DefId, Span, Tcx, Ty, TypeFlags};

/// What elaboration asks about the program.
#[derive(Clone, Copy)]
pub struct ElaborateCx<'tcx> {
    /// As for building.
    pub build: BuildCx<'tcx>,
    /// Alignments of fields of packed types, and which functions unwind.
    pub layouts: &'tcx LayoutCx<'tcx>,
    /// Bodies that are known already. What a coroutine holds is part of its type, on which other bodies rely: it must be what
    /// is known of it.
    pub known: &'tcx dyn Bodies<'tcx>,
}

/// Answers for one body, each asked for once.
pub(crate) struct BodyCx<'tcx> {
    pub tcx: Tcx<'tcx>,
    pub cx: ElaborateCx<'tcx>,
    /// The item whose body it is.
    pub def_id: DefId,
    /// As type checking sees types: for promotion.
    pub analysis: Facts<'tcx>,
    /// As code generation sees them.
    pub facts: Facts<'tcx>,
    needs_drop: RefCell<FxHashMap<Ty<'tcx>, bool>>,
    revealed: RefCell<FxHashMap<Ty<'tcx>, Ty<'tcx>>>,
    span: Span,
}

impl<'tcx> BodyCx<'tcx> {
    pub fn new(cx: ElaborateCx<'tcx>, def_id: DefId, span: Span) -> BodyCx<'tcx> {
        BodyCx {
            tcx: cx.build.traits.tcx(),
            cx,
            def_id,
            analysis: Facts::new(cx.build, def_id),
            facts: Facts::after_analysis(cx.build, def_id),
            needs_drop: RefCell::default(),
            revealed: RefCell::default(),
            span,
        }
    }

    /// Whether dropping a value of the type may do anything.
    pub fn needs_drop(&self, ty: Ty<'tcx>) -> Result<bool> {
        if let Some(&known) = self.needs_drop.borrow().get(&ty) {
            return Ok(known);
        }
        let answer = self.facts.needs_drop(ty, self.span)?;
        self.needs_drop.borrow_mut().insert(ty, answer);
        Ok(answer)
    }

    /// The type without opaque types and other aliases, as far as parameters allow; lifetimes are erased, bound ones numbered.
    pub fn reveal(&self, ty: Ty<'tcx>) -> Result<Ty<'tcx>> {
        let bound = TypeFlags::HAS_FREE_REGION | TypeFlags::HAS_BOUND | TypeFlags::HAS_BINDER_VARS;
        if !ty.flags().intersects(TypeFlags::HAS_ALIAS | bound) {
            return Ok(ty);
        }
        if let Some(&known) = self.revealed.borrow().get(&ty) {
            return Ok(known);
        }
        let answer = if !ty.flags().contains(TypeFlags::HAS_ALIAS) {
            self.tcx.erase_regions(ty)
        } else if ty.flags().contains(TypeFlags::HAS_PARAM) {
            self.tcx.erase_regions(self.facts.normalize(ty, self.span)?)
        } else {
            let doubt = |_| Doubt::with("normalisation", self.span, self.tcx.ty_str(ty));
            self.cx.build.traits.try_normalize(ty).map_err(doubt)?
        };
        self.revealed.borrow_mut().insert(ty, answer);
        Ok(answer)
    }

    /// The type of a field, as code generation sees it.
    pub fn field_ty(&self, field: DefId, args: ty::GenericArgs<'tcx>) -> Result<Ty<'tcx>> {
        let ty = self.tcx.erase_regions(self.facts.field_ty(field, args));
        self.reveal(ty)
    }
}
