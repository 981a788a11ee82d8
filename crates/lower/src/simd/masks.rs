//! Masks: choices by them, and their form as bits.

use super::{LaneKind, Shape, SimdCall, Vector};
use crate::operand::OperandRef;
use crate::place::PlaceRef;
use crate::{FunctionCx, LowerError};
use layout::TyAndLayout;
use lir::{Inst, IntCond, LoadFacts, MemFlags, Scalar, Type, Value};
use ty::rustc_abi::FieldsShape;
use ty::{SimdIntrinsic, TyKind};

impl<'tcx> FunctionCx<'_, 'tcx> {
    pub(super) fn simd_select(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        let (yes, no) = (self.simd_arg(call, 1)?, self.simd_arg(call, 2)?);
        let cond = self.simd_mask_arg(call, 0, yes.shape)?;
        self.simd_choose(call, cond, yes, no)
    }

    pub(super) fn simd_select_bitmask(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        let (yes, no) = (self.simd_arg(call, 1)?, self.simd_arg(call, 2)?);
        let bits = self.simd_bits_arg(call, 0, yes.shape.lanes())?;
        // The mask is as wide as what it chooses from; lanes of another kind have integers of their size.
        let lane = Scalar::int(yes.shape.lane.size.bits() as u32).expect("every lane size is an integer's");
        let ty = yes.shape.ty.with_lane(lane);
        let cond = self.b.value(Inst::MaskFromBits { value: bits, ty });
        self.simd_choose(call, cond, yes, no)
    }

    pub(super) fn simd_bitmask(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<OperandRef<'tcx>, LowerError> {
        let mask = self.simd_arg(call, 0)?;
        let bits = self.simd_bits(call, mask)?;
        self.simd_bits_result(call, mask, bits)
    }

    /// Whether all lanes of a mask are set, or any.
    pub(super) fn simd_reduce_mask(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<OperandRef<'tcx>, LowerError> {
        let mask = self.simd_arg(call, 0)?;
        let bits = self.simd_bits(call, mask)?;
        let ty = self.b.ty(bits);
        let (cond, against) = if call.op == SimdIntrinsic::ReduceAny {
            (IntCond::Ne, 0)
        } else {
            (IntCond::Eq, u128::MAX >> (128 - u32::from(mask.shape.lanes())))
        };
        let against = self.const_int(ty, against);
        let value = self.icmp(cond, bits, against);
        Ok(OperandRef::immediate_of(value, call.result))
    }

    /// An argument that is a mask for vectors of a shape.
    pub(super) fn simd_mask_arg(
        &mut self,
        call: &SimdCall<'_, 'tcx>,
        index: usize,
        of: Shape<'tcx>,
    ) -> Result<Value, LowerError> {
        let mask = self.simd_arg(call, index)?;
        if mask.shape.kind.is_int() && mask.shape.lanes() == of.lanes() {
            Ok(mask.value)
        } else {
            Err(self.simd_unsupported(call))
        }
    }

    fn simd_choose(
        &mut self,
        call: &SimdCall<'_, 'tcx>,
        cond: Value,
        yes: Vector<'tcx>,
        no: Vector<'tcx>,
    ) -> Result<Value, LowerError> {
        if yes.shape.ty != no.shape.ty {
            return Err(self.simd_unsupported(call));
        }
        Ok(self.b.value(Inst::Select { cond, if_true: yes.value, if_false: no.value }))
    }

    // ---- as bits

    /// The integer type that holds a bit for each of so many lanes.
    fn bits_type(&self, call: &SimdCall<'_, 'tcx>, lanes: u16) -> Result<Type, LowerError> {
        let bits = u32::from(lanes).next_power_of_two().max(8);
        Scalar::int(bits).map(Type::Scalar).ok_or_else(|| self.simd_unsupported(call))
    }

    fn simd_bits(&mut self, call: &SimdCall<'_, 'tcx>, mask: Vector<'tcx>) -> Result<Value, LowerError> {
        if !matches!(mask.shape.kind, LaneKind::Unsigned | LaneKind::Signed) {
            return Err(self.simd_unsupported(call));
        }
        let ty = self.bits_type(call, mask.shape.lanes())?;
        Ok(self.b.value(Inst::Bitmask { vector: mask.value, ty }))
    }

    /// Whether a type is the array of bytes that has a bit for each of so many lanes.
    fn is_bit_array(&self, layout: TyAndLayout<'tcx>, lanes: u16) -> bool {
        matches!(*layout.ty.kind(), TyKind::Array(element, _) if element == self.cx.tcx.types().u8)
            && matches!(layout.fields, FieldsShape::Array { count, .. } if count == u64::from(lanes.div_ceil(8)))
    }

    /// Bits as the intrinsic's result: the integer, or as many of its bytes as there are lanes for.
    fn simd_bits_result(
        &mut self,
        call: &SimdCall<'_, 'tcx>,
        mask: Vector<'tcx>,
        bits: Value,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        let (result, lanes) = (call.result, mask.shape.lanes());
        let ty = self.b.ty(bits);
        if result.ty.is_integral() && self.register_types(result) == Some((ty, None)) {
            return Ok(OperandRef::immediate_of(bits, result));
        }
        if !self.is_bit_array(result, lanes) {
            return Err(self.simd_unsupported(call));
        }
        // The integer may have more bytes than the array.
        let ptr = self.bits_slot(ty);
        self.store_value(bits, ptr, u64::from(ty.size_bytes(self.pointer_bytes())));
        let align = result.align.abi.bytes();
        Ok(self.load_operand(PlaceRef { ptr, meta: None, layout: result, align }))
    }

    /// An argument that is a mask as bits, as the integer that [`FunctionCx::bits_type`] says.
    fn simd_bits_arg(&mut self, call: &SimdCall<'_, 'tcx>, index: usize, lanes: u16) -> Result<Value, LowerError> {
        let arg = call.args[index];
        let ty = self.bits_type(call, lanes)?;
        if arg.layout.ty.is_integral() && self.register_types(arg.layout) == Some((ty, None)) {
            return Ok(arg.immediate());
        }
        if !self.is_bit_array(arg.layout, lanes) {
            return Err(self.simd_unsupported(call));
        }
        let (ptr, align) = (self.bits_slot(ty), u64::from(ty.size_bytes(self.pointer_bytes())));
        let zero = self.const_int(ty, 0);
        self.store_value(zero, ptr, align);
        self.store_operand(arg, PlaceRef { ptr, meta: None, layout: arg.layout, align });
        let flags = MemFlags::aligned(align);
        Ok(self.b.value(Inst::Load { ty, ptr, flags, facts: LoadFacts::default() }))
    }

    /// The address of memory for an integer of bits.
    fn bits_slot(&mut self, ty: Type) -> Value {
        let size = u64::from(ty.size_bytes(self.pointer_bytes()));
        let slot = self.b.create_slot(size, size);
        self.b.value(Inst::SlotAddr { slot, offset: 0 })
    }
}
