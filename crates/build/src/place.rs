//! Places that are not known to exist yet: a captured variable becomes a field of the closure only when enough of the path
//! is known.

use crate::builder::Builder;
use crate::{Doubt, Result};
use mir::{Local, Place, ProjectionElem};
use thir::{CaptureProjectionKind, LocalVarId};
use ty::{DefId, FIRST_VARIANT, FieldIdx, Span, Ty, VariantIdx};

/// What a place begins at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PlaceBase {
    Local(Local),
    /// A variable of the function around the closure.
    Upvar(LocalVarId),
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct PlaceBuilder<'tcx> {
    pub base: PlaceBase,
    pub projection: Vec<ProjectionElem<'tcx>>,
}

impl<'tcx> From<Local> for PlaceBuilder<'tcx> {
    fn from(local: Local) -> PlaceBuilder<'tcx> {
        PlaceBuilder { base: PlaceBase::Local(local), projection: Vec::new() }
    }
}

impl<'tcx> From<Place<'tcx>> for PlaceBuilder<'tcx> {
    fn from(place: Place<'tcx>) -> PlaceBuilder<'tcx> {
        PlaceBuilder { base: PlaceBase::Local(place.local), projection: place.projection.to_vec() }
    }
}

impl<'tcx> PlaceBuilder<'tcx> {
    pub fn project(mut self, elem: ProjectionElem<'tcx>) -> PlaceBuilder<'tcx> {
        self.projection.push(elem);
        self
    }
    pub fn clone_project(&self, elem: ProjectionElem<'tcx>) -> PlaceBuilder<'tcx> {
        self.clone().project(elem)
    }
    pub fn deref(self) -> PlaceBuilder<'tcx> {
        self.project(ProjectionElem::Deref)
    }
    pub fn field(self, field: FieldIdx, ty: Ty<'tcx>) -> PlaceBuilder<'tcx> {
        self.project(ProjectionElem::Field(field, ty))
    }
    pub fn downcast(self, cx: &Builder<'_, 'tcx>, adt: DefId, variant: VariantIdx) -> PlaceBuilder<'tcx> {
        let name = cx.tcx.adt_def(adt).variants.get(variant).map(|variant| variant.name);
        self.project(ProjectionElem::Downcast(name, variant))
    }

    /// The place, unless it begins at a variable of which only other parts are captured.
    pub fn try_to_place(&self, cx: &Builder<'_, 'tcx>) -> Option<Place<'tcx>> {
        let resolved = self.resolve_upvar(cx);
        let builder = resolved.as_ref().unwrap_or(self);
        let PlaceBase::Local(local) = builder.base else { return None };
        Some(Place { local, projection: cx.tcx.arena().alloc_slice(&builder.projection) })
    }

    pub fn to_place(&self, cx: &Builder<'_, 'tcx>, span: Span) -> Result<Place<'tcx>> {
        self.try_to_place(cx).ok_or_else(|| Doubt::with("captured place", span, format!("{:?}", self.base)))
    }

    /// The same place from the closure on, if the path leads into something that is captured.
    pub fn resolve_upvar(&self, cx: &Builder<'_, 'tcx>) -> Option<PlaceBuilder<'tcx>> {
        let PlaceBase::Upvar(var) = self.base else { return None };
        let path = capture_path(&self.projection);
        let captures = cx.body.captures.iter().zip(&cx.captures);
        let (capture, found) = captures.into_iter().find(|(capture, _)| {
            let steps = capture.projections.iter().map(|projection| projection.kind);
            capture.var == var
                && capture.projections.len() <= path.len()
                && steps.zip(&path).all(|(step, of_path)| step == *of_path)
        })?;
        let mut rest = self.projection.iter().filter(|elem| !matches!(elem, ProjectionElem::OpaqueCast(_)));
        let mut at = capture.var_ty;
        for projection in &capture.projections {
            if let CaptureProjectionKind::Field(..) = projection.kind
                && at.is_enum(cx.tcx)
            {
                rest.next();
            }
            rest.next();
            at = projection.ty;
        }
        let mut resolved = PlaceBuilder::from(*found);
        resolved.projection.extend(rest);
        Some(resolved)
    }
}

/// The steps of a path that captures may take, up to the first that none takes.
fn capture_path(projection: &[ProjectionElem<'_>]) -> Vec<CaptureProjectionKind> {
    let mut path = Vec::new();
    let mut variant = None;
    for elem in projection {
        match *elem {
            ProjectionElem::Deref => path.push(CaptureProjectionKind::Deref),
            ProjectionElem::Field(field, _) => {
                path.push(CaptureProjectionKind::Field(field, variant.unwrap_or(FIRST_VARIANT)));
            }
            ProjectionElem::Downcast(_, index) => {
                variant = Some(index);
                continue;
            }
            ProjectionElem::OpaqueCast(_) => continue,
            ProjectionElem::UnwrapUnsafeBinder(_)
            | ProjectionElem::Index(_)
            | ProjectionElem::ConstantIndex { .. }
            | ProjectionElem::Subslice { .. } => break,
        }
        variant = None;
    }
    path
}
