//! Loads and stores of the lanes that a mask names.

use super::{LaneKind, Shape, SimdCall};
use crate::operand::OperandRef;
use crate::{FunctionCx, LowerError};
use layout::TyAndLayout;
use lir::{Inst, Value};
use ty::{ConstKind, ValTreeKind};

/// Lanes at an address each.
struct Pointers {
    ptrs: Value,
    mask: Value,
    value: Value,
    /// Of each address, in bytes.
    align: u64,
}

/// Lanes one after the other.
struct Lanes {
    ptr: Value,
    mask: Value,
    value: Value,
    /// Of the first address, in bytes.
    align: u64,
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    pub(super) fn simd_gather(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        let Pointers { ptrs, mask, value, align } = self.simd_pointers(call)?;
        Ok(self.b.value(Inst::Gather { ptrs, mask, passthru: value, align }))
    }

    pub(super) fn simd_scatter(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<OperandRef<'tcx>, LowerError> {
        let Pointers { ptrs, mask, value, align } = self.simd_pointers(call)?;
        self.b.effect(Inst::Scatter { ptrs, mask, value, align });
        Ok(OperandRef::zero_sized(call.result))
    }

    pub(super) fn simd_masked_load(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        let Lanes { ptr, mask, value, align } = self.simd_lanes_in_memory(call)?;
        Ok(self.b.value(Inst::MaskedLoad { ptr, mask, passthru: value, align }))
    }

    pub(super) fn simd_masked_store(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<OperandRef<'tcx>, LowerError> {
        let Lanes { ptr, mask, value, align } = self.simd_lanes_in_memory(call)?;
        self.b.effect(Inst::MaskedStore { ptr, mask, value, align });
        Ok(OperandRef::zero_sized(call.result))
    }

    /// The arguments `(values, pointers, mask)`.
    fn simd_pointers(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Pointers, LowerError> {
        let values = self.simd_arg(call, 0)?;
        let ptrs = self.simd_arg(call, 1)?;
        let mask = self.simd_mask_arg(call, 2, values.shape)?;
        let pointee = ptrs.shape.lane.ty.builtin_deref(self.cx.tcx);
        let fits = ptrs.shape.kind == LaneKind::Pointer
            && ptrs.shape.lanes() == values.shape.lanes()
            && pointee == Some(values.shape.lane.ty);
        if !fits {
            return Err(self.simd_unsupported(call));
        }
        let align = values.shape.lane.align.abi.bytes();
        Ok(Pointers { ptrs: ptrs.value, mask, value: values.value, align })
    }

    /// The arguments `(mask, pointer, values)`.
    fn simd_lanes_in_memory(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Lanes, LowerError> {
        let values = self.simd_arg(call, 2)?;
        let mask = self.simd_mask_arg(call, 0, values.shape)?;
        let ptr = self.simd_pointer_arg(call, 1, values.shape)?;
        let align = self.simd_alignment(call, values.shape, call.args[2].layout)?;
        Ok(Lanes { ptr, mask, value: values.value, align })
    }

    /// An argument that is a pointer to a lane.
    fn simd_pointer_arg(
        &mut self,
        call: &SimdCall<'_, 'tcx>,
        index: usize,
        of: Shape<'tcx>,
    ) -> Result<Value, LowerError> {
        let arg = call.args[index];
        if arg.layout.ty.builtin_deref(self.cx.tcx) == Some(of.lane.ty) {
            Ok(arg.immediate())
        } else {
            Err(self.simd_unsupported(call))
        }
    }

    /// What the fourth generic argument, a `SimdAlign`, says of the address.
    fn simd_alignment(
        &self,
        call: &SimdCall<'_, 'tcx>,
        shape: Shape<'tcx>,
        vector: TyAndLayout<'tcx>,
    ) -> Result<u64, LowerError> {
        let variant = match call.instance.args.const_at(3).kind() {
            ConstKind::Value(_, tree) => match tree.kind() {
                ValTreeKind::Branch(parts) => parts.first().and_then(|variant| variant.as_bits()),
                ValTreeKind::Leaf(int) => Some(int.bits),
            },
            _ => None,
        };
        match variant {
            Some(0) => Ok(1),
            Some(1) => Ok(shape.lane.align.abi.bytes()),
            Some(2) => Ok(vector.align.abi.bytes()),
            _ => Err(self.simd_unsupported(call)),
        }
    }
}
