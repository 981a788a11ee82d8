//! Whether memory filled with one byte is a value of a type.

use crate::EvalCx;
use crate::layouts::Layout;
use layout::{BackendRepr, FieldsShape, Variants};
use ty::rustc_abi::Scalar;
use ty::{ConstError, FieldIdx, Ty};

/// What a type must allow, as `assert_inhabited` and its relatives ask.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum InitRequirement {
    /// There are values.
    Inhabited,
    /// All bytes may be zero.
    Zero,
    /// Memory may be left as it is; filled with 0x01 by way of mitigation.
    Uninit,
}

impl<'tcx> EvalCx<'tcx> {
    /// Whether a type allows to be initialised so, by the lenient rules of rustc (`check_validity_requirement`): what they
    /// let pass makes no code go wrong, though it may be undefined behaviour.
    pub fn allows(&self, ty: Ty<'tcx>, requirement: InitRequirement) -> Result<bool, ConstError> {
        let layout = self.layout_of(ty).map_err(|fault| self.error(fault))?;
        Ok(match requirement {
            InitRequirement::Inhabited => !layout.is_uninhabited(),
            InitRequirement::Zero => self.filled_is_valid(layout, 0),
            InitRequirement::Uninit => self.filled_is_valid(layout, 1),
        })
    }

    pub(crate) fn filled_is_valid(&self, layout: Layout<'tcx>, byte: u8) -> bool {
        let allowed = |scalar: Scalar| {
            let size = scalar.size(self.layouts);
            scalar.valid_range(self.layouts).contains(size.truncate(u128::from_ne_bytes([byte; 16])))
        };
        let scalars_allow = match layout.backend_repr {
            BackendRepr::Scalar(scalar) => allowed(scalar),
            BackendRepr::ScalarPair(first, second) => allowed(first) && allowed(second),
            BackendRepr::SimdVector { element, count } => count == 0 || allowed(element),
            BackendRepr::ScalableVector { element, .. } => allowed(element),
            BackendRepr::Memory { .. } => true,
        };
        if layout.is_uninhabited() || !scalars_allow {
            return false;
        }
        if (layout.ty.is_ref() || layout.ty.is_box(self.tcx))
            && let Some(pointee) = layout.ty.builtin_deref(self.tcx)
        {
            // Whatever it holds, it must be aligned and point to memory.
            match self.layout_of(pointee) {
                Ok(pointee) if pointee.align.abi.bytes() > 1 || pointee.size.bytes() > 0 => return false,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
        if let FieldsShape::Arbitrary { .. } = layout.fields {
            let fields = 0..layout.fields.count();
            let mut fields = fields.map(|index| self.field(layout, FieldIdx::from_usize(index)));
            if !fields.all(|field| self.filled_is_valid(field, byte)) {
                return false;
            }
        }
        !matches!(layout.variants, Variants::Empty)
    }
}
