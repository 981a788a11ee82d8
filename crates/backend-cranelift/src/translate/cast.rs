//! Conversions.

use super::inst::one;
use super::shape::scalar_type;
use super::{Parts, Shape, Stop, Translator};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, types};
use lir::{CastOp, FloatCond, Scalar, Type, Value};

impl Translator<'_> {
    pub(super) fn cast(&mut self, op: CastOp, value: Value, to: Type) -> Result<Parts, Stop> {
        let from = self.ty(value);
        let parts = self.parts(value);
        if op == CastOp::Bitcast {
            return self.bitcast(from, to, parts);
        }
        if from.is_vector() != to.is_vector() || from.lanes() != to.lanes() {
            return Err(Stop::internal(format!("a cast from {from:?} to {to:?}")));
        }
        let (from_lane, to_lane) = (from.lane(), to.lane());
        if !from.is_vector() {
            return Ok(one(self.scalar_cast(op, from_lane, to_lane, parts[0])));
        }
        if scalar_type(from_lane) == scalar_type(to_lane) {
            return Ok(parts);
        }
        let lanes = self.lanes(from, &parts);
        let results: Vec<_> = lanes.into_iter().map(|lane| self.scalar_cast(op, from_lane, to_lane, lane)).collect();
        Ok(self.join_lanes(to, &results))
    }

    fn scalar_cast(&mut self, op: CastOp, from: Scalar, to: Scalar, value: ir::Value) -> ir::Value {
        let clif = scalar_type(to);
        if scalar_type(from) == clif {
            return value;
        }
        match op {
            CastOp::Zext => self.builder.ins().uextend(clif, value),
            CastOp::Sext => self.builder.ins().sextend(clif, value),
            CastOp::Trunc => self.builder.ins().ireduce(clif, value),
            // Between a pointer and an integer of another size, as zext and trunc.
            CastOp::PtrToInt | CastOp::IntToPtr if scalar_type(from).bits() > clif.bits() => {
                self.builder.ins().ireduce(clif, value)
            }
            CastOp::PtrToInt | CastOp::IntToPtr => self.builder.ins().uextend(clif, value),
            CastOp::FtoUiSat | CastOp::FtoUi => self.float_to_int(from, clif, value, false),
            CastOp::FtoSiSat | CastOp::FtoSi => self.float_to_int(from, clif, value, true),
            CastOp::UiToF => self.int_to_float(to, value, false),
            CastOp::SiToF => self.int_to_float(to, value, true),
            CastOp::Fext | CastOp::Ftrunc => self.float_to_float(from, to, value),
            CastOp::Bitcast => unreachable!("handled before"),
        }
    }

    /// Saturating; NaN gives 0. Where out of range is undefined this is as good as anything.
    fn float_to_int(&mut self, from: Scalar, to: ir::Type, value: ir::Value, signed: bool) -> ir::Value {
        match from {
            Scalar::F16 => {
                let value = self.f16_to_f32(value);
                self.float_to_int(Scalar::F32, to, value, signed)
            }
            Scalar::F128 => {
                let wide = self.float_to_wide_int(from, value, signed);
                self.clamp_int(wide, to, signed)
            }
            _ if to == types::I128 => self.float_to_wide_int(from, value, signed),
            _ => {
                let direct = if to.bits() < 32 { types::I32 } else { to };
                let int = match signed {
                    true => self.builder.ins().fcvt_to_sint_sat(direct, value),
                    false => self.builder.ins().fcvt_to_uint_sat(direct, value),
                };
                self.clamp_int(int, to, signed)
            }
        }
    }

    /// The nearest value of a narrower type.
    fn clamp_int(&mut self, value: ir::Value, to: ir::Type, signed: bool) -> ir::Value {
        let from = self.clif_ty(value);
        if from == to {
            return value;
        }
        let bits = to.bits();
        let clamped = if signed {
            let max = self.int(from, (1 << (bits - 1)) - 1);
            let min = self.int(from, (-1i128 << (bits - 1)) as u128);
            let value = self.choose(IntCC::SignedLessThan, value, max);
            self.choose(IntCC::SignedGreaterThan, value, min)
        } else {
            let max = self.int(from, (1 << bits) - 1);
            self.choose(IntCC::UnsignedLessThan, value, max)
        };
        self.builder.ins().ireduce(to, clamped)
    }

    /// To 128 bits, by the run-time library, which need not saturate.
    fn float_to_wide_int(&mut self, from: Scalar, value: ir::Value, signed: bool) -> ir::Value {
        let name = match (from, signed) {
            (Scalar::F32, true) => "__fixsfti",
            (Scalar::F32, false) => "__fixunssfti",
            (Scalar::F64, true) => "__fixdfti",
            (Scalar::F64, false) => "__fixunsdfti",
            (_, true) => "__fixtfti",
            (_, false) => "__fixunstfti",
        };
        let ty = scalar_type(from);
        let result = self.library_call(name, &[ty], &[types::I128], &[value])[0];
        let (min, max, exponent) = match signed {
            true => (1u128 << 127, i128::MAX as u128, 127),
            false => (0, u128::MAX, 128),
        };
        let (min, max) = (self.int(types::I128, min), self.int(types::I128, max));
        let bound = self.float(ty, power_of_two(from, exponent));
        let too_big = self.scalar_fcmp(FloatCond::Oge, from, value, bound);
        let result = self.choice(too_big, max, result);
        let low = match signed {
            true => {
                let sign = self.float(ty, 1 << (ty.bits() - 1) | power_of_two(from, exponent));
                self.scalar_fcmp(FloatCond::Olt, from, value, sign)
            }
            false => {
                let zero = self.float(ty, 0);
                self.scalar_fcmp(FloatCond::Olt, from, value, zero)
            }
        };
        let result = self.choice(low, min, result);
        let nan = self.scalar_fcmp(FloatCond::Unordered, from, value, value);
        let zero = self.int(types::I128, 0);
        self.choice(nan, zero, result)
    }

    fn int_to_float(&mut self, to: Scalar, value: ir::Value, signed: bool) -> ir::Value {
        let from = self.clif_ty(value);
        if to == Scalar::F16 {
            // Every integer below the largest f16 is exact in f32.
            let single = self.int_to_float(Scalar::F32, value, signed);
            return self.f32_to_f16(single);
        }
        let clif = scalar_type(to);
        if from == types::I128 || to == Scalar::F128 {
            let wide = if from == types::I128 { types::I128 } else { types::I64 };
            let value = self.extend_int(value, wide, signed);
            let name = match (wide, to, signed) {
                (types::I128, Scalar::F32, true) => "__floattisf",
                (types::I128, Scalar::F32, false) => "__floatuntisf",
                (types::I128, Scalar::F64, true) => "__floattidf",
                (types::I128, Scalar::F64, false) => "__floatuntidf",
                (types::I128, _, true) => "__floattitf",
                (types::I128, _, false) => "__floatuntitf",
                (_, _, true) => "__floatditf",
                (_, _, false) => "__floatunditf",
            };
            return self.library_call(name, &[wide], &[clif], &[value])[0];
        }
        let direct = if from.bits() < 32 { types::I32 } else { from };
        let value = self.extend_int(value, direct, signed);
        match signed {
            true => self.builder.ins().fcvt_from_sint(clif, value),
            false => self.builder.ins().fcvt_from_uint(clif, value),
        }
    }

    fn extend_int(&mut self, value: ir::Value, to: ir::Type, signed: bool) -> ir::Value {
        match (self.clif_ty(value) == to, signed) {
            (true, _) => value,
            (false, true) => self.builder.ins().sextend(to, value),
            (false, false) => self.builder.ins().uextend(to, value),
        }
    }

    fn float_to_float(&mut self, from: Scalar, to: Scalar, value: ir::Value) -> ir::Value {
        let (from_ty, to_ty) = (scalar_type(from), scalar_type(to));
        let name = match (from, to) {
            (Scalar::F32, Scalar::F64) => return self.builder.ins().fpromote(types::F64, value),
            (Scalar::F64, Scalar::F32) => return self.builder.ins().fdemote(types::F32, value),
            (Scalar::F16, Scalar::F64 | Scalar::F128) => {
                let single = self.f16_to_f32(value);
                return self.float_to_float(Scalar::F32, to, single);
            }
            (Scalar::F16, _) => "__extendhfsf2",
            (Scalar::F32, Scalar::F16) => "__truncsfhf2",
            (Scalar::F64, Scalar::F16) => "__truncdfhf2",
            (Scalar::F128, Scalar::F16) => "__trunctfhf2",
            (Scalar::F32, _) => "__extendsftf2",
            (Scalar::F64, _) => "__extenddftf2",
            (Scalar::F128, Scalar::F32) => "__trunctfsf2",
            _ => "__trunctfdf2",
        };
        self.library_call(name, &[from_ty], &[to_ty], &[value])[0]
    }

    fn bitcast(&mut self, from: Type, to: Type, parts: Parts) -> Result<Parts, Stop> {
        let (from_shape, to_shape) = (Shape::of(from), Shape::of(to));
        let size = from.size_bytes(8);
        if size != to.size_bytes(8) {
            return Err(Stop::internal(format!("a bitcast from {from:?} to {to:?}")));
        }
        if from_shape.count() == to_shape.count() {
            let part = to_shape.part();
            return Ok(parts.into_iter().map(|value| self.reinterpret(part, value)).collect());
        }
        let slot = self.scratch(size);
        let address = self.builder.ins().stack_addr(types::I64, slot, 0);
        self.store_parts(&parts, address, MemFlagsData::new().with_notrap());
        Ok(self.load_parts(to, address, MemFlagsData::new().with_notrap()))
    }
}

/// The bits of 2 to the power of `exponent`, or of infinity where that is too big.
fn power_of_two(ty: Scalar, exponent: u32) -> u128 {
    let (fraction_bits, bias) = match ty {
        Scalar::F32 => (23, 127),
        Scalar::F64 => (52, 1023),
        _ => (112, 16383),
    };
    u128::from((exponent + bias).min(2 * bias + 1)) << fraction_bits
}
