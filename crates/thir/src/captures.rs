//! What closures and coroutines capture.

use crate::{BorrowKind, LocalVarId};
use ty::{FieldIdx, Mutability, Span, Symbol, Ty, VariantIdx};

/// The captures of a closure, in the order of its fields.
pub type Captures<'tcx> = Vec<CapturedPlace<'tcx>>;

/// A captured place: one field of the closure.
#[derive(Clone, Debug, PartialEq)]
pub struct CapturedPlace<'tcx> {
    /// The variable that the place begins at.
    pub var: LocalVarId,
    /// The variable's name.
    pub name: Symbol,
    /// The variable's type.
    pub var_ty: Ty<'tcx>,
    /// From the variable to the captured part.
    pub projections: Vec<CaptureProjection<'tcx>>,
    /// How it is held: `None` by value, else the borrow.
    pub by_ref: Option<BorrowKind>,
    /// Whether the place can be written through the capture.
    pub mutability: Mutability,
    /// The use that made it be captured.
    pub span: Span,
}

/// A step into a captured place, and the type there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CaptureProjection<'tcx> {
    pub kind: CaptureProjectionKind,
    pub ty: Ty<'tcx>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureProjectionKind {
    Deref,
    Field(FieldIdx, VariantIdx),
}

impl<'tcx> CapturedPlace<'tcx> {
    /// The type of the captured place itself, behind a borrow or not.
    pub fn place_ty(&self) -> Ty<'tcx> {
        self.projections.last().map_or(self.var_ty, |projection| projection.ty)
    }
    /// The name that debuggers show: `s`, `s__0`.
    pub fn debug_name(&self, field_name: impl Fn(Ty<'tcx>, VariantIdx, FieldIdx) -> String) -> String {
        let mut name = self.name.as_str().to_owned();
        let mut at = self.var_ty;
        for projection in &self.projections {
            match projection.kind {
                CaptureProjectionKind::Deref => {}
                CaptureProjectionKind::Field(field, variant) => {
                    name = format!("{name}__{}", field_name(at, variant, field));
                }
            }
            at = projection.ty;
        }
        name
    }
}
