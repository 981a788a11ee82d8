//! Floating point.
//!
//! Cranelift computes with `f32` and `f64`. `f16` is computed in `f32`, whose 24 bits of precision make rounding twice
//! harmless for the basic operations and the square root; `f128` is left to the compiler's run-time library.

use super::inst::one;
use super::shape::scalar_type;
use super::{Parts, Shape, Translator};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, types};
use lir::{BinaryOp, FloatCond, Scalar, UnaryOp, Value};

/// The names of a mathematical function for `f32`, `f64` and `f128`.
struct Names(&'static str, &'static str, &'static str);

impl Names {
    fn of(&self, lane: Scalar) -> &'static str {
        match lane {
            Scalar::F32 => self.0,
            Scalar::F64 => self.1,
            _ => self.2,
        }
    }
}

impl Translator<'_> {
    pub(super) fn float_unary(&mut self, op: UnaryOp, lane: Scalar, value: ir::Value) -> ir::Value {
        let ty = scalar_type(lane);
        let narrow = matches!(lane, Scalar::F32 | Scalar::F64);
        match op {
            UnaryOp::Fneg | UnaryOp::Fabs if !narrow => {
                let int = self.float_bits(value);
                let sign = 1u128 << (ty.bits() - 1);
                let mask = self.int(self.clif_ty(int), if op == UnaryOp::Fneg { sign } else { !sign });
                let int = match op {
                    UnaryOp::Fneg => self.builder.ins().bxor(int, mask),
                    _ => self.builder.ins().band(int, mask),
                };
                return self.reinterpret(ty, int);
            }
            UnaryOp::Fneg => return self.builder.ins().fneg(value),
            UnaryOp::Fabs => return self.builder.ins().fabs(value),
            UnaryOp::Sqrt if narrow => return self.builder.ins().sqrt(value),
            UnaryOp::Floor if narrow && self.features.rounds => return self.builder.ins().floor(value),
            UnaryOp::Ceil if narrow && self.features.rounds => return self.builder.ins().ceil(value),
            UnaryOp::Ftrunc if narrow && self.features.rounds => return self.builder.ins().trunc(value),
            UnaryOp::RoundEven if narrow && self.features.rounds => return self.builder.ins().nearest(value),
            _ => {}
        }
        if lane == Scalar::F16 {
            let wide = self.f16_to_f32(value);
            let result = self.float_unary(op, Scalar::F32, wide);
            return self.f32_to_f16(result);
        }
        let names = match op {
            UnaryOp::Sqrt => Names("sqrtf", "sqrt", "sqrtf128"),
            UnaryOp::Floor => Names("floorf", "floor", "floorf128"),
            UnaryOp::Ceil => Names("ceilf", "ceil", "ceilf128"),
            UnaryOp::Ftrunc => Names("truncf", "trunc", "truncf128"),
            UnaryOp::Round => Names("roundf", "round", "roundf128"),
            // In the default rounding mode, the only one that Rust code may run in.
            UnaryOp::RoundEven => Names("rintf", "rint", "rintf128"),
            UnaryOp::Sin => Names("sinf", "sin", "sinf128"),
            UnaryOp::Cos => Names("cosf", "cos", "cosf128"),
            UnaryOp::Exp => Names("expf", "exp", "expf128"),
            UnaryOp::Exp2 => Names("exp2f", "exp2", "exp2f128"),
            UnaryOp::Log => Names("logf", "log", "logf128"),
            UnaryOp::Log2 => Names("log2f", "log2", "log2f128"),
            UnaryOp::Log10 => Names("log10f", "log10", "log10f128"),
            _ => unreachable!("an operation on floats"),
        };
        self.library_call(names.of(lane), &[ty], &[ty], &[value])[0]
    }

    pub(super) fn float_binary(&mut self, op: BinaryOp, lane: Scalar, a: ir::Value, b: ir::Value) -> ir::Value {
        let ty = scalar_type(lane);
        match (op, lane) {
            (BinaryOp::Copysign, Scalar::F32 | Scalar::F64) => return self.builder.ins().fcopysign(a, b),
            (BinaryOp::Copysign, _) => {
                let (a, b) = (self.float_bits(a), self.float_bits(b));
                let int = self.clif_ty(a);
                let sign = self.int(int, 1 << (ty.bits() - 1));
                let magnitude = self.builder.ins().band_not(a, sign);
                let sign = self.builder.ins().band(b, sign);
                let both = self.builder.ins().bor(magnitude, sign);
                return self.reinterpret(ty, both);
            }
            (BinaryOp::Fmin, _) => return self.min_num(lane, FloatCond::Olt, a, b),
            (BinaryOp::Fmax, _) => return self.min_num(lane, FloatCond::Ogt, a, b),
            (_, Scalar::F16) => {
                let (a, b) = (self.f16_to_f32(a), self.f16_to_f32(b));
                let result = self.float_binary(op, Scalar::F32, a, b);
                return self.f32_to_f16(result);
            }
            (BinaryOp::Fminimum | BinaryOp::Fmaximum, Scalar::F128) => return self.minimum_f128(op, a, b),
            (BinaryOp::Fadd, Scalar::F32 | Scalar::F64) => return self.builder.ins().fadd(a, b),
            (BinaryOp::Fsub, Scalar::F32 | Scalar::F64) => return self.builder.ins().fsub(a, b),
            (BinaryOp::Fmul, Scalar::F32 | Scalar::F64) => return self.builder.ins().fmul(a, b),
            (BinaryOp::Fdiv, Scalar::F32 | Scalar::F64) => return self.builder.ins().fdiv(a, b),
            (BinaryOp::Fminimum, _) => return self.builder.ins().fmin(a, b),
            (BinaryOp::Fmaximum, _) => return self.builder.ins().fmax(a, b),
            _ => {}
        }
        let names = match op {
            BinaryOp::Fadd => Names("", "", "__addtf3"),
            BinaryOp::Fsub => Names("", "", "__subtf3"),
            BinaryOp::Fmul => Names("", "", "__multf3"),
            BinaryOp::Fdiv => Names("", "", "__divtf3"),
            BinaryOp::Frem => Names("fmodf", "fmod", "fmodf128"),
            BinaryOp::Pow => Names("powf", "pow", "powf128"),
            _ => unreachable!("an operation on floats"),
        };
        self.library_call(names.of(lane), &[ty; 2], &[ty], &[a, b])[0]
    }

    /// The lesser (or greater) of two, and the other where one is NaN.
    fn min_num(&mut self, lane: Scalar, cond: FloatCond, a: ir::Value, b: ir::Value) -> ir::Value {
        // False where either is NaN, so `a` stays; then it is `a` that may be NaN.
        let better = self.scalar_fcmp(cond, lane, b, a);
        let chosen = self.choice(better, b, a);
        let a_is_nan = self.scalar_fcmp(FloatCond::Unordered, lane, a, a);
        self.choice(a_is_nan, b, chosen)
    }

    /// NaN where one is NaN; equal operands differ in the sign of zero only, so their bits joined are right.
    fn minimum_f128(&mut self, op: BinaryOp, a: ir::Value, b: ir::Value) -> ir::Value {
        let minimum = op == BinaryOp::Fminimum;
        let cond = if minimum { FloatCond::Olt } else { FloatCond::Ogt };
        let better = self.scalar_fcmp(cond, Scalar::F128, b, a);
        let chosen = self.choice(better, b, a);
        let (a_bits, b_bits) = (self.float_bits(a), self.float_bits(b));
        let joined = match minimum {
            true => self.builder.ins().bor(a_bits, b_bits),
            false => self.builder.ins().band(a_bits, b_bits),
        };
        let joined = self.reinterpret(types::F128, joined);
        let equal = self.scalar_fcmp(FloatCond::Oeq, Scalar::F128, a, b);
        let chosen = self.choice(equal, joined, chosen);
        let unordered = self.scalar_fcmp(FloatCond::Unordered, Scalar::F128, a, b);
        let nan = self.float_binary(BinaryOp::Fadd, Scalar::F128, a, b);
        self.choice(unordered, nan, chosen)
    }

    pub(super) fn fma(&mut self, a: Value, b: Value, c: Value) -> Parts {
        let ty = self.ty(a);
        let (a, b, c) = (self.parts(a), self.parts(b), self.parts(c));
        let lane = ty.lane();
        match Shape::of(ty) {
            Shape::Scalar(_) => one(self.scalar_fma(lane, a[0], b[0], c[0])),
            Shape::Chunks(..) if self.features.fma => {
                a.into_iter().zip(b).zip(c).map(|((a, b), c)| self.builder.ins().fma(a, b, c)).collect()
            }
            _ => {
                let (a, b, c) = (self.lanes(ty, &a), self.lanes(ty, &b), self.lanes(ty, &c));
                let results: Vec<_> =
                    a.into_iter().zip(b).zip(c).map(|((a, b), c)| self.scalar_fma(lane, a, b, c)).collect();
                self.join_lanes(ty, &results)
            }
        }
    }

    fn scalar_fma(&mut self, lane: Scalar, a: ir::Value, b: ir::Value, c: ir::Value) -> ir::Value {
        if lane == Scalar::F16 {
            return self.fma_f16(a, b, c);
        }
        if lane != Scalar::F128 && self.features.fma {
            return self.builder.ins().fma(a, b, c);
        }
        let ty = scalar_type(lane);
        self.library_call(Names("fmaf", "fma", "fmaf128").of(lane), &[ty; 3], &[ty], &[a, b, c])[0]
    }

    /// The product of two `f16` is exact in `f64`, and the sum needs at most 11 + 40 + 24 bits of which `f64` rounds
    /// once; rounding to odd there makes the second rounding right.
    fn fma_f16(&mut self, a: ir::Value, b: ir::Value, c: ir::Value) -> ir::Value {
        let [a, b, c] = [a, b, c].map(|value| {
            let single = self.f16_to_f32(value);
            self.builder.ins().fpromote(types::F64, single)
        });
        let product = self.builder.ins().fmul(a, b);
        let sum = self.builder.ins().fadd(product, c);
        // Knuth's two-sum gives the error of the addition exactly.
        let c_part = self.builder.ins().fsub(sum, product);
        let product_part = self.builder.ins().fsub(sum, c_part);
        let c_error = self.builder.ins().fsub(c, c_part);
        let product_error = self.builder.ins().fsub(product, product_part);
        let error = self.builder.ins().fadd(product_error, c_error);
        // To odd: where inexact and the last bit is even, step toward the exact value.
        let bits = self.float_bits(sum);
        let even = self.builder.ins().bnot(bits);
        let even = self.builder.ins().band_imm_u(even, 1);
        let zero = self.float(types::F64, 0);
        // NaN and infinite errors come with sums that are NaN or infinite, which stay.
        let positive = self.builder.ins().fcmp(FloatCC::GreaterThan, error, zero);
        let negative = self.builder.ins().fcmp(FloatCC::LessThan, error, zero);
        let sum_negative = self.sign_bit(bits);
        let away_if_negative = self.choice(sum_negative, negative, positive);
        let toward_if_negative = self.choice(sum_negative, positive, negative);
        let up = self.builder.ins().uextend(types::I64, away_if_negative);
        let down = self.builder.ins().uextend(types::I64, toward_if_negative);
        let step = self.builder.ins().isub(up, down);
        let keep = self.builder.ins().icmp_imm_u(IntCC::Equal, even, 0);
        let none = self.builder.ins().iconst(types::I64, 0);
        let step = self.choice(keep, none, step);
        let bits = self.builder.ins().iadd(bits, step);
        let odd = self.reinterpret(types::F64, bits);
        self.library_call("__truncdfhf2", &[types::F64], &[types::F16], &[odd])[0]
    }

    pub(super) fn fcmp(&mut self, cond: FloatCond, lhs: Value, rhs: Value) -> Parts {
        let ty = self.ty(lhs);
        let (a, b) = (self.parts(lhs), self.parts(rhs));
        match Shape::of(ty) {
            Shape::Scalar(_) => one(self.scalar_fcmp(cond, ty.lane(), a[0], b[0])),
            Shape::Chunks(..) => {
                a.into_iter().zip(b).map(|(a, b)| self.builder.ins().fcmp(float_cc(cond), a, b)).collect()
            }
            Shape::Lanes(..) => {
                let tests = a.into_iter().zip(b).map(|(a, b)| self.scalar_fcmp(cond, ty.lane(), a, b)).collect();
                self.lane_masks(ty, tests)
            }
        }
    }

    pub(super) fn scalar_fcmp(&mut self, cond: FloatCond, lane: Scalar, a: ir::Value, b: ir::Value) -> ir::Value {
        let (a, b) = match lane {
            Scalar::F16 => (self.f16_to_f32(a), self.f16_to_f32(b)),
            _ => (a, b),
        };
        if lane != Scalar::F128 {
            return self.builder.ins().fcmp(float_cc(cond), a, b);
        }
        // Each gives an integer that is in the named relation to zero where the operands are.
        let (name, cc) = match cond {
            FloatCond::Oeq => ("__eqtf2", IntCC::Equal),
            FloatCond::Une => ("__netf2", IntCC::NotEqual),
            FloatCond::Olt => ("__lttf2", IntCC::SignedLessThan),
            FloatCond::Ole => ("__letf2", IntCC::SignedLessThanOrEqual),
            FloatCond::Ogt => ("__gttf2", IntCC::SignedGreaterThan),
            FloatCond::Oge => ("__getf2", IntCC::SignedGreaterThanOrEqual),
            FloatCond::Unordered => ("__unordtf2", IntCC::NotEqual),
            FloatCond::Ordered => ("__unordtf2", IntCC::Equal),
        };
        let order = self.library_call(name, &[types::F128; 2], &[types::I32], &[a, b])[0];
        self.builder.ins().icmp_imm_s(cc, order, 0)
    }

    pub(super) fn f16_to_f32(&mut self, value: ir::Value) -> ir::Value {
        self.library_call("__extendhfsf2", &[types::F16], &[types::F32], &[value])[0]
    }

    pub(super) fn f32_to_f16(&mut self, value: ir::Value) -> ir::Value {
        self.library_call("__truncsfhf2", &[types::F32], &[types::F16], &[value])[0]
    }

    /// A float's bits as an integer.
    pub(super) fn float_bits(&mut self, value: ir::Value) -> ir::Value {
        let int = ir::Type::int_with_byte_size(self.clif_ty(value).bytes() as u16).expect("an integer of that size");
        self.reinterpret(int, value)
    }

    /// The same bits as another Cranelift type of the same size.
    pub(super) fn reinterpret(&mut self, ty: ir::Type, value: ir::Value) -> ir::Value {
        let from = self.clif_ty(value);
        if from == ty {
            return value;
        }
        if from.bits() == 16 {
            // There is no move of 16 bits between the register files.
            let slot = self.scratch(2);
            let address = self.builder.ins().stack_addr(types::I64, slot, 0);
            let flags = MemFlagsData::new().with_notrap();
            self.builder.ins().store(flags, value, address, 0);
            return self.builder.ins().load(ty, flags, address, 0);
        }
        self.builder.ins().bitcast(ty, MemFlagsData::new().with_endianness(ir::Endianness::Little), value)
    }
}

fn float_cc(cond: FloatCond) -> FloatCC {
    match cond {
        FloatCond::Oeq => FloatCC::Equal,
        FloatCond::Une => FloatCC::NotEqual,
        FloatCond::Olt => FloatCC::LessThan,
        FloatCond::Ole => FloatCC::LessThanOrEqual,
        FloatCond::Ogt => FloatCC::GreaterThan,
        FloatCond::Oge => FloatCC::GreaterThanOrEqual,
        FloatCond::Unordered => FloatCC::Unordered,
        FloatCond::Ordered => FloatCC::Ordered,
    }
}
