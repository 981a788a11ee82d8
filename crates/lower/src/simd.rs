//! SIMD intrinsics (`core::intrinsics::simd`).
//!
//! Here every vector is a LIR vector, whatever its layout: packed vectors of an odd number of lanes live in memory, so
//! they are loaded first, and such results go back to memory. A mask is a vector of integers whose lanes are all ones or
//! all zeros, which is also what LIR compares yield and LIR masks mean, so masks pass through as they are.
//!
//! The type checker has not seen the lanes (the intrinsics are generic in the whole vector type), so an intrinsic on
//! lanes that it does not have is an error of the user found after monomorphisation.

mod lanes;
mod masks;
mod memory;

use crate::operand::{OperandRef, OperandValue};
use crate::{FunctionCx, LowerError};
use layout::TyAndLayout;
use lir::{BinaryOp, CastOp, FloatCond, Inst, IntCond, LoadFacts, MemFlags, ReduceOp, Type, UnaryOp, Value};
use ty::rustc_abi::FieldsShape;
use ty::{Instance, SimdIntrinsic};

/// What the lanes of a vector are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum LaneKind {
    Unsigned,
    Signed,
    Float,
    Pointer,
}

impl LaneKind {
    fn is_int(self) -> bool {
        matches!(self, LaneKind::Unsigned | LaneKind::Signed)
    }
}

/// A SIMD type taken apart.
#[derive(Clone, Copy, Debug)]
struct Shape<'tcx> {
    /// The whole.
    ty: Type,
    lane: TyAndLayout<'tcx>,
    kind: LaneKind,
}

impl Shape<'_> {
    fn lanes(&self) -> u16 {
        self.ty.lanes()
    }
}

/// A vector in hand.
#[derive(Clone, Copy, Debug)]
struct Vector<'tcx> {
    value: Value,
    shape: Shape<'tcx>,
}

/// A call of one intrinsic.
struct SimdCall<'a, 'tcx> {
    op: SimdIntrinsic,
    instance: Instance<'tcx>,
    /// The operands in MIR, for those that must be constants.
    sources: &'a [mir::Operand<'tcx>],
    args: &'a [OperandRef<'tcx>],
    result: TyAndLayout<'tcx>,
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// Lowers a call of an intrinsic on vectors. `sources` are the operands that `args` come from.
    pub(crate) fn simd_intrinsic(
        &mut self,
        op: SimdIntrinsic,
        instance: Instance<'tcx>,
        sources: &[mir::Operand<'tcx>],
        args: &[OperandRef<'tcx>],
        result: TyAndLayout<'tcx>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        use BinaryOp::{And, Ashr, Fadd, Fdiv, Fmax, Fmin, Fmul, Frem, Fsub, Iadd, Imul, Isub, Lshr, Or};
        use BinaryOp::{SaddSat, Sdiv, Shl, Srem, SsubSat, UaddSat, Udiv, Urem, UsubSat, Xor};
        use FloatCond::{Oeq, Oge, Ogt, Ole, Olt, Une};
        use IntCond::{Eq, Ne, Sge, Sgt, Sle, Slt, Uge, Ugt, Ule, Ult};
        use SimdIntrinsic as S;
        let call = &SimdCall { op, instance, sources, args, result };
        let value = match op {
            S::Splat => self.simd_splat(call)?,
            S::Insert | S::InsertDyn => self.simd_insert(call)?,
            S::Extract | S::ExtractDyn => self.simd_extract(call)?,
            S::Shuffle => self.simd_shuffle_by_operand(call)?,
            S::ShuffleConstGeneric => self.simd_shuffle_by_generic(call)?,
            // On unsigned, signed and float lanes.
            S::Add => self.simd_binary(call, Some((Iadd, Iadd)), Some(Fadd))?,
            S::Sub => self.simd_binary(call, Some((Isub, Isub)), Some(Fsub))?,
            S::Mul => self.simd_binary(call, Some((Imul, Imul)), Some(Fmul))?,
            S::Div => self.simd_binary(call, Some((Udiv, Sdiv)), Some(Fdiv))?,
            S::Rem => self.simd_binary(call, Some((Urem, Srem)), Some(Frem))?,
            S::Shl => self.simd_binary(call, Some((Shl, Shl)), None)?,
            S::Shr => self.simd_binary(call, Some((Lshr, Ashr)), None)?,
            S::And => self.simd_binary(call, Some((And, And)), None)?,
            S::Or => self.simd_binary(call, Some((Or, Or)), None)?,
            S::Xor => self.simd_binary(call, Some((Xor, Xor)), None)?,
            S::SaturatingAdd => self.simd_binary(call, Some((UaddSat, SaddSat)), None)?,
            S::SaturatingSub => self.simd_binary(call, Some((UsubSat, SsubSat)), None)?,
            S::Fmin | S::MinimumNumberNsz => self.simd_binary(call, None, Some(Fmin))?,
            S::Fmax | S::MaximumNumberNsz => self.simd_binary(call, None, Some(Fmax))?,
            S::Eq => self.simd_compare(call, (Eq, Eq), Oeq)?,
            S::Ne => self.simd_compare(call, (Ne, Ne), Une)?,
            S::Lt => self.simd_compare(call, (Ult, Slt), Olt)?,
            S::Le => self.simd_compare(call, (Ule, Sle), Ole)?,
            S::Gt => self.simd_compare(call, (Ugt, Sgt), Ogt)?,
            S::Ge => self.simd_compare(call, (Uge, Sge), Oge)?,
            // On integer and float lanes.
            S::Neg => self.simd_unary(call, Some(UnaryOp::Ineg), Some(UnaryOp::Fneg))?,
            S::Bswap => self.simd_unary(call, Some(UnaryOp::Bswap), None)?,
            S::Bitreverse => self.simd_unary(call, Some(UnaryOp::Bitreverse), None)?,
            S::Ctlz => self.simd_unary(call, Some(UnaryOp::Ctlz), None)?,
            S::Cttz => self.simd_unary(call, Some(UnaryOp::Cttz), None)?,
            S::Ctpop => self.simd_unary(call, Some(UnaryOp::Popcnt), None)?,
            S::Fabs => self.simd_unary(call, None, Some(UnaryOp::Fabs))?,
            S::Ceil => self.simd_unary(call, None, Some(UnaryOp::Ceil))?,
            S::Floor => self.simd_unary(call, None, Some(UnaryOp::Floor))?,
            S::Round => self.simd_unary(call, None, Some(UnaryOp::Round))?,
            S::RoundTiesEven => self.simd_unary(call, None, Some(UnaryOp::RoundEven))?,
            S::Trunc => self.simd_unary(call, None, Some(UnaryOp::Ftrunc))?,
            S::Fsqrt => self.simd_unary(call, None, Some(UnaryOp::Sqrt))?,
            S::Fsin => self.simd_unary(call, None, Some(UnaryOp::Sin))?,
            S::Fcos => self.simd_unary(call, None, Some(UnaryOp::Cos))?,
            S::Fexp => self.simd_unary(call, None, Some(UnaryOp::Exp))?,
            S::Fexp2 => self.simd_unary(call, None, Some(UnaryOp::Exp2))?,
            S::Flog => self.simd_unary(call, None, Some(UnaryOp::Log))?,
            S::Flog2 => self.simd_unary(call, None, Some(UnaryOp::Log2))?,
            S::Flog10 => self.simd_unary(call, None, Some(UnaryOp::Log10))?,
            S::Fma | S::RelaxedFma => self.simd_fma(call)?,
            S::FunnelShl | S::FunnelShr => self.simd_funnel_shift(call)?,
            S::CarrylessMul => self.simd_carryless_mul(call)?,
            S::Cast | S::As => self.simd_cast(call)?,
            S::CastPtr | S::ExposeProvenance | S::WithExposedProvenance => self.simd_cast_pointers(call)?,
            S::ArithOffset => self.simd_arith_offset(call)?,
            S::ReduceAddOrdered
            | S::ReduceAddUnordered
            | S::ReduceMulOrdered
            | S::ReduceMulUnordered
            | S::ReduceAnd
            | S::ReduceOr
            | S::ReduceXor
            | S::ReduceMin
            | S::ReduceMax => self.simd_reduce(call)?,
            S::Select => self.simd_select(call)?,
            S::SelectBitmask => self.simd_select_bitmask(call)?,
            S::Gather => self.simd_gather(call)?,
            S::MaskedLoad => self.simd_masked_load(call)?,
            // These have no vector as their result.
            S::ReduceAll | S::ReduceAny => return self.simd_reduce_mask(call),
            S::Bitmask => return self.simd_bitmask(call),
            S::Scatter => return self.simd_scatter(call),
            S::MaskedStore => return self.simd_masked_store(call),
            // Vectors whose length the machine decides.
            S::SveCast
            | S::SveTupleCreate2
            | S::SveTupleCreate3
            | S::SveTupleCreate4
            | S::SveTupleGet
            | S::SveTupleSet => return Err(self.simd_unsupported(call)),
        };
        Ok(self.simd_result(value, result))
    }

    // ---- vectors in and out

    /// What a SIMD type consists of; an error for any other type.
    fn simd_shape(&self, call: &SimdCall<'_, 'tcx>, layout: TyAndLayout<'tcx>) -> Result<Shape<'tcx>, LowerError> {
        if !layout.ty.is_simd(self.cx.tcx) {
            return Err(self.simd_unsupported(call));
        }
        let array = layout.field(self.cx.layout, 0);
        let (FieldsShape::Array { count, .. }, Some(element)) = (&array.fields, array.ty.sequence_element()) else {
            ty::bug!("the field of {:?} is an array", layout.ty)
        };
        let count = u16::try_from(*count).expect("at most 2^15 lanes");
        let lane = self.layout_of(element)?;
        let Some((Type::Scalar(scalar), None)) = self.register_types(lane) else {
            return Err(self.simd_unsupported(call));
        };
        let kind = match scalar {
            lir::Scalar::Ptr => LaneKind::Pointer,
            scalar if scalar.is_float() => LaneKind::Float,
            _ if element.is_signed() => LaneKind::Signed,
            _ => LaneKind::Unsigned,
        };
        Ok(Shape { ty: Type::vector(scalar, count), lane, kind })
    }

    /// An argument that is a vector.
    fn simd_arg(&mut self, call: &SimdCall<'_, 'tcx>, index: usize) -> Result<Vector<'tcx>, LowerError> {
        let op = call.args[index];
        let shape = self.simd_shape(call, op.layout)?;
        let value = match op.val {
            OperandValue::Immediate(value) => value,
            OperandValue::Ref(ptr, None, align) => {
                let flags = MemFlags::aligned(align);
                self.b.value(Inst::Load { ty: shape.ty, ptr, flags, facts: LoadFacts::default() })
            }
            other => ty::bug!("{other:?} is a vector of {:?}", op.layout.ty),
        };
        Ok(Vector { value, shape })
    }

    /// The operand of a result in hand: in memory, if that is where values of its type live.
    fn simd_result(&mut self, value: Value, result: TyAndLayout<'tcx>) -> OperandRef<'tcx> {
        if self.is_register(result) {
            return OperandRef::immediate_of(value, result);
        }
        let temp = self.new_temp(result);
        self.store_value(value, temp.ptr, temp.align);
        self.load_operand(temp)
    }

    fn simd_unsupported(&self, call: &SimdCall<'_, 'tcx>) -> LowerError {
        let name = |layout: TyAndLayout<'tcx>| format!("`{}`", self.cx.mangler.type_name(layout.ty));
        let types: Vec<String> = call.args.iter().map(|arg| name(arg.layout)).collect();
        let construct =
            format!("the intrinsic `{}` of {} with the result {}", call.op, types.join(", "), name(call.result));
        LowerError::unsupported(construct, self.span())
    }

    // ---- lane by lane

    /// `int` and `float` are what the intrinsic is on lanes of these kinds, if it is for them.
    fn simd_unary(
        &mut self,
        call: &SimdCall<'_, 'tcx>,
        int: Option<UnaryOp>,
        float: Option<UnaryOp>,
    ) -> Result<Value, LowerError> {
        let x = self.simd_arg(call, 0)?;
        let op = match x.shape.kind {
            LaneKind::Unsigned | LaneKind::Signed => int,
            LaneKind::Float => float,
            LaneKind::Pointer => None,
        };
        let op = op.ok_or_else(|| self.simd_unsupported(call))?;
        if op == UnaryOp::Bswap && x.shape.lane.size.bytes() == 1 {
            return Ok(x.value);
        }
        Ok(self.b.value(Inst::Unary { op, value: x.value }))
    }

    /// `int` is what the intrinsic is on lanes that are unsigned and that are signed.
    fn simd_binary(
        &mut self,
        call: &SimdCall<'_, 'tcx>,
        int: Option<(BinaryOp, BinaryOp)>,
        float: Option<BinaryOp>,
    ) -> Result<Value, LowerError> {
        let (x, y) = (self.simd_arg(call, 0)?, self.simd_arg(call, 1)?);
        let op = match x.shape.kind {
            LaneKind::Unsigned => int.map(|(unsigned, _)| unsigned),
            LaneKind::Signed => int.map(|(_, signed)| signed),
            LaneKind::Float => float,
            LaneKind::Pointer => None,
        };
        match op {
            Some(op) if x.shape.ty == y.shape.ty => Ok(self.binary(op, x.value, y.value)),
            _ => Err(self.simd_unsupported(call)),
        }
    }

    fn simd_fma(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        let (a, b, c) = (self.simd_arg(call, 0)?, self.simd_arg(call, 1)?, self.simd_arg(call, 2)?);
        if a.shape.kind != LaneKind::Float {
            return Err(self.simd_unsupported(call));
        }
        let (a, b, c) = (a.value, b.value, c.value);
        if call.op == SimdIntrinsic::Fma {
            return Ok(self.b.value(Inst::Fma { a, b, c }));
        }
        // May be fused or not: not.
        let product = self.binary(BinaryOp::Fmul, a, b);
        Ok(self.binary(BinaryOp::Fadd, product, c))
    }

    fn simd_funnel_shift(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        let (high, low, amount) = (self.simd_arg(call, 0)?, self.simd_arg(call, 1)?, self.simd_arg(call, 2)?);
        if !high.shape.kind.is_int() {
            return Err(self.simd_unsupported(call));
        }
        let left = call.op == SimdIntrinsic::FunnelShl;
        let (high, low, amount) = (high.value, low.value, amount.value);
        Ok(self.b.value(Inst::FunnelShift { left, high, low, amount }))
    }

    fn simd_carryless_mul(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        let (x, y) = (self.simd_arg(call, 0)?, self.simd_arg(call, 1)?);
        if !x.shape.kind.is_int() {
            return Err(self.simd_unsupported(call));
        }
        let name = format!("llvm.clmul.v{}i{}", x.shape.lanes(), x.shape.lane.size.bits());
        let (args, returns) = (vec![x.value, y.value], vec![x.shape.ty]);
        Ok(self.b.value(Inst::LlvmIntrinsic { name, args, returns }))
    }

    /// `int` are the conditions for lanes that are unsigned and that are signed.
    fn simd_compare(
        &mut self,
        call: &SimdCall<'_, 'tcx>,
        int: (IntCond, IntCond),
        float: FloatCond,
    ) -> Result<Value, LowerError> {
        let (lhs, rhs) = (self.simd_arg(call, 0)?, self.simd_arg(call, 1)?);
        let mask = self.simd_shape(call, call.result)?;
        let same = lhs.shape.ty == rhs.shape.ty && mask.lanes() == lhs.shape.lanes();
        if !same || !mask.kind.is_int() {
            return Err(self.simd_unsupported(call));
        }
        let value = match lhs.shape.kind {
            LaneKind::Float => self.b.value(Inst::Fcmp { cond: float, lhs: lhs.value, rhs: rhs.value }),
            LaneKind::Signed => self.icmp(int.1, lhs.value, rhs.value),
            LaneKind::Unsigned | LaneKind::Pointer => self.icmp(int.0, lhs.value, rhs.value),
        };
        // All ones stay all ones.
        Ok(self.int_cast(value, mask.ty, true))
    }

    // ---- conversions

    /// The operand of a conversion, and the shape of its result, which has as many lanes.
    fn simd_conversion(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<(Vector<'tcx>, Shape<'tcx>), LowerError> {
        let from = self.simd_arg(call, 0)?;
        let to = self.simd_shape(call, call.result)?;
        if from.shape.lanes() == to.lanes() { Ok((from, to)) } else { Err(self.simd_unsupported(call)) }
    }

    fn simd_cast(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        use LaneKind::{Float, Signed, Unsigned};
        let (from, to) = self.simd_conversion(call)?;
        let value = from.value;
        let saturating = call.op == SimdIntrinsic::As;
        let op = match (from.shape.kind, to.kind) {
            (Unsigned | Signed, Unsigned | Signed) => {
                return Ok(self.int_cast(value, to.ty, from.shape.kind == Signed));
            }
            (Unsigned, Float) => CastOp::UiToF,
            (Signed, Float) => CastOp::SiToF,
            (Float, Unsigned) if saturating => CastOp::FtoUiSat,
            (Float, Unsigned) => CastOp::FtoUi,
            (Float, Signed) if saturating => CastOp::FtoSiSat,
            (Float, Signed) => CastOp::FtoSi,
            (Float, Float) => match from.shape.lane.size.cmp(&to.lane.size) {
                std::cmp::Ordering::Less => CastOp::Fext,
                std::cmp::Ordering::Equal => return Ok(value),
                std::cmp::Ordering::Greater => CastOp::Ftrunc,
            },
            (LaneKind::Pointer, _) | (_, LaneKind::Pointer) => return Err(self.simd_unsupported(call)),
        };
        Ok(self.b.value(Inst::Cast { op, value, ty: to.ty }))
    }

    /// Conversions from, to and between pointers.
    fn simd_cast_pointers(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Value, LowerError> {
        use LaneKind::{Pointer, Unsigned};
        let (from, to) = self.simd_conversion(call)?;
        let same_size = from.shape.lane.size == to.lane.size;
        let op = match (call.op, from.shape.kind, to.kind) {
            (SimdIntrinsic::CastPtr, Pointer, Pointer) => return Ok(from.value),
            (SimdIntrinsic::ExposeProvenance, Pointer, Unsigned) if same_size => CastOp::PtrToInt,
            (SimdIntrinsic::WithExposedProvenance, Unsigned, Pointer) if same_size => CastOp::IntToPtr,
            _ => return Err(self.simd_unsupported(call)),
        };
        Ok(self.b.value(Inst::Cast { op, value: from.value, ty: to.ty }))
    }
}
