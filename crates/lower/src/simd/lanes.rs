//! Single lanes, lanes in another order, and operations across the lanes of a vector.

use super::{LaneKind, ReduceOp, SimdCall, Vector};
use crate::{FunctionCx, LowerError};
use lir::{BinaryOp, Inst, Type, Value};
use ty::{Const, ConstKind, ConstValue, GlobalAlloc, Scalar, SimdIntrinsic, ValTreeKind};

impl<'tcx> FunctionCx<'_, 'tcx> {
    pub(super) fn simd_splat(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        let ty = self.simd_shape(call, call.result)?.ty;
        let value = self.simd_lane_arg(call, 0, ty)?;
        Ok(self.b.value(Inst::Splat { ty, value }))
    }

    pub(super) fn simd_insert(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        let vector = self.simd_arg(call, 0)?;
        let value = self.simd_lane_arg(call, 2, vector.shape.ty)?;
        Ok(match self.simd_lane_number(call, vector)? {
            Ok(lane) => self.b.value(Inst::InsertLane { vector: vector.value, lane, value }),
            Err(lane) => self.b.value(Inst::InsertLaneDyn { vector: vector.value, lane, value }),
        })
    }

    pub(super) fn simd_extract(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        let vector = self.simd_arg(call, 0)?;
        if call.result.ty != vector.shape.lane.ty {
            return Err(self.simd_unsupported(call));
        }
        Ok(match self.simd_lane_number(call, vector)? {
            Ok(lane) => self.b.value(Inst::ExtractLane { vector: vector.value, lane }),
            Err(lane) => self.b.value(Inst::ExtractLaneDyn { vector: vector.value, lane }),
        })
    }

    /// An argument that is a lane of a vector of this type.
    fn simd_lane_arg(&mut self, call: &SimdCall<'_, 'tcx>, index: usize, ty: Type) -> Result<Value, LowerError> {
        let arg = call.args[index];
        match self.register_types(arg.layout) {
            Some((lane, None)) if lane == Type::Scalar(ty.lane()) => Ok(arg.immediate()),
            _ => Err(self.simd_unsupported(call)),
        }
    }

    /// The second argument, the number of a lane: known now, or a value of type `i32`. That a number known only at run
    /// time is in range is the program's promise.
    fn simd_lane_number(
        &mut self,
        call: &SimdCall<'_, 'tcx>,
        vector: Vector<'tcx>,
    ) -> Result<Result<u16, Value>, LowerError> {
        let known = match &call.sources[1] {
            mir::Operand::Constant(constant) => self.constant_bits(constant)?,
            _ => None,
        };
        let lanes = vector.shape.lanes();
        match known {
            Some(lane) if lane < u128::from(lanes) => Ok(Ok(lane as u16)),
            // Undefined behaviour, if it is ever reached: the number is not in the code to begin with.
            _ if matches!(call.op, SimdIntrinsic::InsertDyn | SimdIntrinsic::ExtractDyn) => {
                Ok(Err(self.int_cast(call.args[1].immediate(), Type::I32, false)))
            }
            Some(lane) => {
                let construct = format!("lane {lane} of a vector of {lanes} lanes in `{}`", call.op);
                Err(LowerError::unsupported(construct, self.span()))
            }
            None => Ok(Err(self.int_cast(call.args[1].immediate(), Type::I32, false))),
        }
    }

    // ---- shuffles

    /// The indices are the third operand, a constant vector.
    pub(super) fn simd_shuffle_by_operand(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        let indices = match &call.sources[2] {
            mir::Operand::Constant(constant) => {
                let value = self.eval_constant(constant)?;
                let lanes = self.simd_shape(call, call.args[2].layout)?.lanes();
                self.shuffle_indices(value, lanes)
            }
            _ => None,
        };
        self.simd_shuffle(call, indices)
    }

    /// The indices are a generic argument, a constant array.
    pub(super) fn simd_shuffle_by_generic(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        let indices = const_array(call.instance.args.const_at(2));
        self.simd_shuffle(call, indices)
    }

    /// The lanes of a constant vector of `u32`s, lowest first.
    fn shuffle_indices(&self, value: ConstValue, lanes: u16) -> Option<Vec<u128>> {
        match value {
            ConstValue::Scalar(Scalar::Int(int)) if lanes == 1 => Some(vec![int.bits]),
            ConstValue::Indirect { alloc_id, offset } => {
                let GlobalAlloc::Memory(memory) = self.cx.tcx.global_alloc(alloc_id) else { return None };
                let start = offset as usize;
                let bytes = memory.0.bytes.get(start..start + usize::from(lanes) * 4)?;
                let (words, _) = bytes.as_chunks::<4>();
                Some(words.iter().map(|word| u128::from(u32::from_le_bytes(*word))).collect())
            }
            _ => None,
        }
    }

    fn simd_shuffle(&mut self, call: &SimdCall<'_, 'tcx>, indices: Option<Vec<u128>>) -> Result<Value, LowerError> {
        let (a, b) = (self.simd_arg(call, 0)?, self.simd_arg(call, 1)?);
        let result = self.simd_shape(call, call.result)?;
        let Some(indices) = indices else {
            let construct = "`simd_shuffle` with indices that are no constant";
            return Err(LowerError::unsupported(construct, self.span()));
        };
        let fits = a.shape.ty == b.shape.ty
            && a.shape.ty.lane() == result.ty.lane()
            && indices.len() == usize::from(result.lanes());
        if !fits {
            return Err(self.simd_unsupported(call));
        }
        let total = 2 * u128::from(a.shape.lanes());
        if let Some(wrong) = indices.iter().find(|&&index| index >= total) {
            let construct = format!("lane {wrong} of two vectors of together {total} lanes in `simd_shuffle`");
            return Err(LowerError::unsupported(construct, self.span()));
        }
        let mask = indices.into_iter().map(|index| index as u16).collect();
        Ok(self.b.value(Inst::Shuffle { a: a.value, b: b.value, mask }))
    }

    // ---- across the lanes

    /// Folds that yield a lane.
    pub(super) fn simd_reduce(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        use LaneKind::{Float, Signed, Unsigned};
        use SimdIntrinsic as S;
        let vector = self.simd_arg(call, 0)?;
        if call.result.ty != vector.shape.lane.ty {
            return Err(self.simd_unsupported(call));
        }
        let op = match (call.op, vector.shape.kind) {
            (S::ReduceAddOrdered, Float) => {
                return self.simd_reduce_floats_ordered(call, vector, BinaryOp::Fadd, ReduceOp::FaddOrdered);
            }
            (S::ReduceMulOrdered, Float) => {
                return self.simd_reduce_floats_ordered(call, vector, BinaryOp::Fmul, ReduceOp::FmulOrdered);
            }
            (S::ReduceAddOrdered, Unsigned | Signed) => {
                let sum = self.b.value(Inst::Reduce { op: ReduceOp::Add, vector: vector.value });
                return Ok(self.binary(BinaryOp::Iadd, call.args[1].immediate(), sum));
            }
            (S::ReduceMulOrdered, Unsigned | Signed) => {
                let product = self.b.value(Inst::Reduce { op: ReduceOp::Mul, vector: vector.value });
                return Ok(self.binary(BinaryOp::Imul, call.args[1].immediate(), product));
            }
            (S::ReduceAddUnordered, Float) => ReduceOp::FaddAny,
            (S::ReduceMulUnordered, Float) => ReduceOp::FmulAny,
            (S::ReduceAddUnordered, Unsigned | Signed) => ReduceOp::Add,
            (S::ReduceMulUnordered, Unsigned | Signed) => ReduceOp::Mul,
            (S::ReduceAnd, Unsigned | Signed) => ReduceOp::And,
            (S::ReduceOr, Unsigned | Signed) => ReduceOp::Or,
            (S::ReduceXor, Unsigned | Signed) => ReduceOp::Xor,
            (S::ReduceMin, Unsigned) => ReduceOp::Umin,
            (S::ReduceMax, Unsigned) => ReduceOp::Umax,
            (S::ReduceMin, Signed) => ReduceOp::Smin,
            (S::ReduceMax, Signed) => ReduceOp::Smax,
            (S::ReduceMin, Float) => ReduceOp::Fmin,
            (S::ReduceMax, Float) => ReduceOp::Fmax,
            _ => return Err(self.simd_unsupported(call)),
        };
        Ok(self.b.value(Inst::Reduce { op, vector: vector.value }))
    }

    /// A fold from the left that starts with the second argument, which goes into lane 0 first.
    fn simd_reduce_floats_ordered(
        &mut self,
        call: &SimdCall<'_, 'tcx>,
        vector: Vector<'tcx>,
        op: BinaryOp,
        reduce: ReduceOp,
    ) -> Result<Value, LowerError> {
        let start = self.simd_lane_arg(call, 1, vector.shape.ty)?;
        let first = self.b.value(Inst::ExtractLane { vector: vector.value, lane: 0 });
        let first = self.binary(op, start, first);
        let vector = self.b.value(Inst::InsertLane { vector: vector.value, lane: 0, value: first });
        Ok(self.b.value(Inst::Reduce { op: reduce, vector }))
    }

    /// `wrapping_offset` in each lane, which keeps each pointer's provenance.
    pub(super) fn simd_arith_offset(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        let (ptrs, offsets) = (self.simd_arg(call, 0)?, self.simd_arg(call, 1)?);
        let pointee = ptrs.shape.lane.ty.builtin_deref(self.cx.tcx);
        let word = self.usize_type();
        let (Some(pointee), true) = (
            pointee.filter(|_| ptrs.shape.kind == LaneKind::Pointer),
            Type::Scalar(offsets.shape.ty.lane()) == word && offsets.shape.lanes() == ptrs.shape.lanes(),
        ) else {
            return Err(self.simd_unsupported(call));
        };
        let size = self.layout_of(pointee)?.size.bytes();
        let size = self.const_usize(size);
        let scale = self.b.value(Inst::Splat { ty: offsets.shape.ty, value: size });
        let bytes = self.binary(BinaryOp::Imul, offsets.value, scale);
        let mut result = ptrs.value;
        for lane in 0..ptrs.shape.lanes() {
            let ptr = self.b.value(Inst::ExtractLane { vector: ptrs.value, lane });
            let offset = self.b.value(Inst::ExtractLane { vector: bytes, lane });
            let value = self.b.value(Inst::PtrAdd { ptr, offset, inbounds: false });
            result = self.b.value(Inst::InsertLane { vector: result, lane, value });
        }
        Ok(result)
    }
}

/// The elements of a generic argument that is an array of integers.
fn const_array(array: Const<'_>) -> Option<Vec<u128>> {
    let ConstKind::Value(_, tree) = array.kind() else { return None };
    let ValTreeKind::Branch(elements) = tree.kind() else { return None };
    elements.iter().map(|element| element.as_bits()).collect()
}
