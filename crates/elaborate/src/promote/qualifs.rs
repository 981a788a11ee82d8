//! What is known of a value by the expression that makes it: that it holds nothing that may change, or that needs drop, though
//! its type might.

use super::{Temp, Temps};
use crate::cx::BodyCx;
use crate::work::Work;
use build::Result;
use mir::visit::Location;
use mir::{AggregateKind, Const, Local, Operand, Place, ProjectionElem, Rvalue};
use ty::rustc_index::bit_set::DenseBitSet;
use ty::{AdtDef, Ty, TyKind};

/// A property that a value may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Qualif {
    HasMutInterior,
    NeedsDrop,
}

/// What is known of locals.
#[derive(Clone, Copy)]
pub(super) enum Known<'a> {
    /// How temporaries are assigned, each once.
    Temps(&'a Temps),
    /// Which locals have the property at the place in question.
    Locals(&'a DenseBitSet<usize>),
}

/// Answers about the values in a body.
#[derive(Clone, Copy)]
pub(super) struct Qualifs<'a, 'tcx> {
    pub cx: &'a BodyCx<'tcx>,
    pub work: &'a Work<'tcx>,
    pub known: Known<'a>,
}

impl<'tcx> Qualifs<'_, 'tcx> {
    /// Whether a value of the type may have the property.
    pub fn in_type(&self, qualif: Qualif, ty: Ty<'tcx>) -> Result<bool> {
        let facts = &self.cx.analysis;
        match qualif {
            Qualif::HasMutInterior => Ok(!facts.is_freeze(ty, self.work.span)?),
            Qualif::NeedsDrop => facts.needs_drop(ty, self.work.span),
        }
    }

    /// Whether a value of the type has it just if one of its fields has.
    fn is_structural(&self, qualif: Qualif, adt: &AdtDef) -> bool {
        match qualif {
            Qualif::HasMutInterior => !adt.is_unsafe_cell,
            Qualif::NeedsDrop => !adt.is_box && self.cx.tcx.definitions().adt_destructor(adt.did).is_none(),
        }
    }

    pub fn in_local(&self, qualif: Qualif, local: Local) -> Result<bool> {
        ty::ensure_stack();
        let temps = match self.known {
            Known::Temps(temps) => temps,
            Known::Locals(locals) => return Ok(locals.contains(local.index())),
        };
        let Temp::Defined { at: Location { block, statement_index }, .. } = temps[local] else {
            return Ok(false);
        };
        match self.work.blocks[block].statements.get(statement_index) {
            Some(statement) => match statement.as_assign() {
                Some((_, rvalue)) => self.in_rvalue(qualif, rvalue),
                None => Ok(true),
            },
            None => self.in_type(qualif, self.work.locals[local].ty),
        }
    }

    pub fn in_rvalue(&self, qualif: Qualif, rvalue: &Rvalue<'tcx>) -> Result<bool> {
        let ty = || rvalue.ty(&self.work.locals, self.cx.tcx);
        match rvalue {
            Rvalue::ThreadLocalRef(_) => self.in_type(qualif, ty()),
            Rvalue::Discriminant(place) | Rvalue::CopyForDeref(place) => self.in_place(qualif, *place),
            Rvalue::Use(operand)
            | Rvalue::Repeat(operand, _)
            | Rvalue::UnaryOp(_, operand)
            | Rvalue::Cast(_, operand, _)
            | Rvalue::WrapUnsafeBinder(operand, _) => self.in_operand(qualif, operand),
            Rvalue::BinaryOp(_, operands) => {
                Ok(self.in_operand(qualif, &operands.0)? || self.in_operand(qualif, &operands.1)?)
            }
            Rvalue::Ref(_, place) | Rvalue::RawPtr(_, place) => {
                self.in_place(qualif, without_reborrow(self.cx, self.work, *place))
            }
            Rvalue::Aggregate(kind, operands) => {
                if let AggregateKind::Adt(did, ..) = **kind {
                    let adt = self.cx.tcx.adt_def(did);
                    if adt.is_union() || !self.is_structural(qualif, adt) {
                        return self.in_type(qualif, ty());
                    }
                }
                for operand in operands {
                    if self.in_operand(qualif, operand)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    fn in_place(&self, qualif: Qualif, place: Place<'tcx>) -> Result<bool> {
        let mut steps = place.projection;
        while let Some((&step, base)) = steps.split_last() {
            if let ProjectionElem::Index(index) = step
                && self.in_local(qualif, index)?
            {
                return Ok(true);
            }
            let ty = Place { projection: steps, ..place }.ty(&self.work.locals, self.cx.tcx);
            if !self.in_type(qualif, ty)? {
                return Ok(false);
            }
            // What is behind a pointer may be anything of its type.
            if step == ProjectionElem::Deref {
                return Ok(true);
            }
            steps = base;
        }
        self.in_local(qualif, place.local)
    }

    fn in_operand(&self, qualif: Qualif, operand: &Operand<'tcx>) -> Result<bool> {
        let constant = match operand {
            Operand::Copy(place) | Operand::Move(place) => return self.in_place(qualif, *place),
            Operand::RuntimeChecks(_) => return Ok(false),
            Operand::Constant(constant) => constant,
        };
        if let Const::Unevaluated { constant, promoted: None, .. } = constant.const_
            && self.cx.cx.build.traits.trait_of_item(constant.def).is_none()
            && let Some(known) = self.cx.cx.build.traits.bodies().const_qualifs(constant.def)
        {
            let has = match qualif {
                Qualif::HasMutInterior => known.has_mut_interior,
                Qualif::NeedsDrop => known.needs_drop,
            };
            if !has {
                return Ok(false);
            }
        }
        self.in_type(qualif, constant.const_.ty())
    }
}

/// What `&*reference` is a copy of; other places as they are.
pub(super) fn without_reborrow<'tcx>(cx: &BodyCx<'tcx>, work: &Work<'tcx>, place: Place<'tcx>) -> Place<'tcx> {
    if let Some((ProjectionElem::Deref, base)) = place.projection.split_last() {
        let base = Place { projection: base, ..place };
        if matches!(base.ty(&work.locals, cx.tcx).kind(), TyKind::Ref(..)) {
            return base;
        }
    }
    place
}
