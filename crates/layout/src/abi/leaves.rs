//! The scalars and vectors that a value consists of, for calling conventions that look at them.

use crate::{BackendRepr, LayoutCx, Primitive, Size, TyAndLayout, Variants};

/// A scalar or a vector in a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Leaf {
    pub offset: u64,
    /// Pointers as integers.
    pub ty: lir::Type,
    pub bytes: u64,
}

impl<'tcx> LayoutCx<'tcx> {
    /// All of them. Those of a union and of an enum's variants may be in one place.
    pub(super) fn leaves(&self, layout: TyAndLayout<'tcx>) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        self.add_leaves(layout, Size::ZERO, &mut leaves);
        leaves
    }

    fn add_leaves(&self, layout: TyAndLayout<'tcx>, offset: Size, leaves: &mut Vec<Leaf>) {
        let bytes = layout.layout.size.bytes();
        let ty = match layout.layout.backend_repr {
            _ if layout.is_zst() => return,
            BackendRepr::Scalar(scalar) if !layout.layout.is_aggregate() => match scalar.primitive() {
                Primitive::Int(..) | Primitive::Pointer(_) => super::integer_holding(bytes),
                Primitive::Float(float) => super::float_type(float),
            },
            BackendRepr::SimdVector { .. } => lir::Type::vector(lir::Scalar::I8, bytes as u16),
            _ => {
                for index in 0..layout.layout.fields.count() {
                    let field_offset = offset + layout.layout.fields.offset(index);
                    self.add_leaves(layout.field(self, index), field_offset, leaves);
                }
                if let Variants::Multiple { variants, .. } = &layout.layout.variants {
                    for variant in variants.indices() {
                        self.add_leaves(layout.for_variant(self, variant), offset, leaves);
                    }
                }
                return;
            }
        };
        leaves.push(Leaf { offset: offset.bytes(), ty, bytes });
    }

    /// Arm's homogeneous aggregates: the kind of float or short vector that a value consists of.
    pub(super) fn float_members(&self, layout: TyAndLayout<'tcx>, max: u64) -> Option<Leaf> {
        self.homogeneous(layout, max).filter(|leaf| match leaf.ty {
            lir::Type::Scalar(scalar) => scalar.is_float(),
            lir::Type::Vector { .. } => matches!(layout.layout.size.bytes(), 8 | 16),
        })
    }

    /// The kind of scalar or vector that a value consists of, without anything between: at most `max` of them.
    pub(super) fn homogeneous(&self, layout: TyAndLayout<'tcx>, max: u64) -> Option<Leaf> {
        let leaves = self.leaves(layout);
        let first = *leaves.first()?;
        let size = layout.layout.size.bytes();
        let fits =
            |leaf: &Leaf| leaf.ty == first.ty && leaf.bytes == first.bytes && leaf.offset.is_multiple_of(first.bytes);
        let count = size / first.bytes;
        let is_full = (0..count).all(|index| leaves.iter().any(|leaf| leaf.offset == index * first.bytes));
        (leaves.iter().all(fits) && size.is_multiple_of(first.bytes) && count <= max && is_full).then_some(first)
    }
}
