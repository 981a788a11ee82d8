//! What the machine asks of layouts.

use crate::EvalCx;
use crate::fault::{EvalResult, Fault, fault};
use crate::value::Shape;
use layout::{BackendRepr, LayoutError, Primitive};
use ty::rustc_abi::{self, Variants};
use ty::{DefId, FieldIdx, GenericArgs, Ty, TyKind, VariantIdx};

pub(crate) type Layout<'tcx> = layout::TyAndLayout<'tcx>;

impl<'tcx> EvalCx<'tcx> {
    pub(crate) fn layout_of(&self, ty: Ty<'tcx>) -> EvalResult<Layout<'tcx>> {
        self.layouts.layout_of(ty).map_err(|error| match error {
            LayoutError::Const(_, error) => Box::<Fault>::from(error),
            other => Fault::new(other.to_string()),
        })
    }

    /// The layout of a type in terms of a body's parameters, given the arguments.
    pub(crate) fn layout_of_generic(&self, ty: Ty<'tcx>, args: Option<GenericArgs<'tcx>>) -> EvalResult<Layout<'tcx>> {
        let Some(args) = args else { return self.layout_of(ty) };
        if let Some(layout) = self.generic_layouts.get(&(ty, args)) {
            return Ok(layout);
        }
        let layout = self.layout_of(self.tcx.normalize(self.tcx.subst(ty, args)))?;
        Ok(self.generic_layouts.insert((ty, args), layout))
    }

    pub(crate) fn field(&self, layout: Layout<'tcx>, field: FieldIdx) -> Layout<'tcx> {
        layout.field(self.layouts, field.index())
    }

    pub(crate) fn for_variant(&self, layout: Layout<'tcx>, variant: VariantIdx) -> Layout<'tcx> {
        layout.for_variant(self.layouts, variant)
    }

    pub(crate) fn primitive_size(&self, primitive: Primitive) -> u64 {
        primitive.size(self.layouts).bytes()
    }

    /// No allocation may be bigger.
    pub(crate) fn max_size(&self) -> u64 {
        (1u64 << (self.target.pointer_size * 8 - 1)) - 1
    }

    pub(crate) fn shape(&self, layout: Layout<'tcx>) -> Shape {
        if layout.is_zst() {
            return Shape::ZeroSized;
        }
        match layout.backend_repr {
            BackendRepr::Scalar(rustc_abi::Scalar::Initialized { value, .. }) => Shape::Scalar(value),
            BackendRepr::ScalarPair(
                rustc_abi::Scalar::Initialized { value: first, .. },
                rustc_abi::Scalar::Initialized { value: second, .. },
            ) => Shape::Pair(first, second, first.size(self.layouts).align_to(second.align(self.layouts).abi)),
            _ => Shape::Memory,
        }
    }

    /// The scalar of a layout that may also be uninitialised.
    pub(crate) fn loose_scalar(&self, layout: Layout<'tcx>) -> Option<Primitive> {
        match layout.backend_repr {
            BackendRepr::Scalar(scalar) => Some(scalar.primitive()),
            _ => None,
        }
    }

    pub(crate) fn static_size_align(&self, def_id: DefId) -> EvalResult<(u64, u64)> {
        let definitions = self.tcx.definitions();
        let layout = self.layout_of(self.tcx.normalize(definitions.type_of(def_id)))?;
        let align = layout.align.abi.bytes().max(definitions.codegen_attrs(def_id).align.unwrap_or(1));
        Ok((layout.size.bytes(), align))
    }

    /// Whether values of the type need no tag to tell variants apart, and which variant they are.
    pub(crate) fn single_variant(&self, layout: Layout<'tcx>) -> Option<VariantIdx> {
        match layout.variants {
            Variants::Single { index } => Some(index),
            _ => None,
        }
    }

    pub(crate) fn expect_array_len(&self, ty: Ty<'tcx>) -> EvalResult<u64> {
        let TyKind::Array(_, len) = *ty.kind() else { ty::bug!("expected an array, got {ty:?}") };
        match self.eval_type_const_inner(len)?.as_target_usize() {
            Some(len) => Ok(len),
            None => fault!("the length of the array type is not known"),
        }
    }
}
