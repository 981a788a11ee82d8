//! LLVM intrinsics that Cranelift can express: those of SSE and SSE2, which every x86-64 program may use.
//!
//! What they compute is defined by Intel's manual for the instruction that each is named after.

use super::inst::one;
use super::{Parts, Shape, Stop, Translator};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};
use lir::{BinaryOp, FloatCond, Scalar, Type, UnaryOp, Value};

impl Translator<'_> {
    /// Gives the results.
    pub(super) fn intrinsic(&mut self, name: &str, args: &[Value], returns: &[Type]) -> Result<Vec<Parts>, Stop> {
        let reject = || Stop::rejected(name);
        if name.starts_with("llvm.prefetch") {
            return Ok(Vec::new());
        }
        let short = name.strip_prefix("llvm.x86.").ok_or_else(reject)?;
        match short {
            "sse2.pause" => return Ok(Vec::new()),
            "sse2.mfence" | "sse.sfence" => {
                self.builder.ins().fence();
                return Ok(Vec::new());
            }
            _ => {}
        }
        let &[result] = returns else { return Err(reject()) };
        let parts = match (short.split_once('.').map_or("", |(_, op)| op), args) {
            ("pmadd.wd", &[a, b]) => self.multiply_add_pairs(result, a, b),
            ("psad.bw", &[a, b]) => self.sum_differences(result, a, b),
            ("psll.w" | "psll.d" | "psll.q", &[a, count]) => self.shift_all(BinaryOp::Shl, a, count),
            ("psrl.w" | "psrl.d" | "psrl.q", &[a, count]) => self.shift_all(BinaryOp::Lshr, a, count),
            ("psra.w" | "psra.d", &[a, count]) => self.shift_all(BinaryOp::Ashr, a, count),
            ("packsswb.128" | "packssdw.128", &[a, b]) => {
                let (a, b) = (self.single(a), self.single(b));
                one(self.builder.ins().snarrow(a, b))
            }
            ("packuswb.128", &[a, b]) => {
                let (a, b) = (self.single(a), self.single(b));
                one(self.builder.ins().unarrow(a, b))
            }
            ("min.ps" | "min.pd", &[a, b]) => self.min_max(FloatCond::Olt, a, b, false),
            ("max.ps" | "max.pd", &[a, b]) => self.min_max(FloatCond::Ogt, a, b, false),
            ("min.ss" | "min.sd", &[a, b]) => self.min_max(FloatCond::Olt, a, b, true),
            ("max.ss" | "max.sd", &[a, b]) => self.min_max(FloatCond::Ogt, a, b, true),
            ("cmp.ps" | "cmp.pd", &[a, b, predicate]) => self.compare(name, a, b, predicate, false)?,
            ("cmp.ss" | "cmp.sd", &[a, b, predicate]) => self.compare(name, a, b, predicate, true)?,
            ("cvtps2dq" | "cvtpd2dq", &[a]) => self.ints_from(result, a, true),
            ("cvttps2dq" | "cvttpd2dq", &[a]) => self.ints_from(result, a, false),
            ("cvtss2si" | "cvtsd2si" | "cvtss2si64" | "cvtsd2si64", &[a]) => self.int_from(result, a, true),
            ("cvttss2si" | "cvttsd2si" | "cvttss2si64" | "cvttsd2si64", &[a]) => self.int_from(result, a, false),
            ("cvtsd2ss", &[a, b]) => {
                let double = self.extract_lane(b, 0);
                let single = self.builder.ins().fdemote(types::F32, double);
                let vector = self.single(a);
                one(self.builder.ins().insertlane(vector, single, 0))
            }
            (op, &[a, b]) => {
                let cond = op.strip_prefix('u').unwrap_or(op);
                let cond = match cond.split_once('.').map_or("", |(cond, _)| cond) {
                    "comieq" => FloatCond::Oeq,
                    "comilt" => FloatCond::Olt,
                    "comile" => FloatCond::Ole,
                    "comigt" => FloatCond::Ogt,
                    "comige" => FloatCond::Oge,
                    "comineq" => FloatCond::Une,
                    _ => return Err(reject()),
                };
                let lane = self.ty(a).lane();
                let (a, b) = (self.extract_lane(a, 0), self.extract_lane(b, 0));
                let test = self.scalar_fcmp(cond, lane, a, b);
                one(self.builder.ins().uextend(types::I32, test))
            }
            _ => return Err(reject()),
        };
        if parts.len() != Shape::of(result).count() {
            return Err(reject());
        }
        Ok(vec![parts])
    }

    fn lanes_of(&mut self, value: Value) -> Vec<ir::Value> {
        let (ty, parts) = (self.ty(value), self.parts(value));
        self.lanes(ty, &parts)
    }

    /// Products of 16-bit lanes, added in pairs.
    fn multiply_add_pairs(&mut self, result: Type, a: Value, b: Value) -> Parts {
        let (a, b) = (self.lanes_of(a), self.lanes_of(b));
        let products: Vec<ir::Value> = a
            .into_iter()
            .zip(b)
            .map(|(a, b)| {
                let (a, b) = (self.builder.ins().sextend(types::I32, a), self.builder.ins().sextend(types::I32, b));
                self.builder.ins().imul(a, b)
            })
            .collect();
        let sums: Vec<ir::Value> = products.chunks(2).map(|pair| self.builder.ins().iadd(pair[0], pair[1])).collect();
        self.join_lanes(result, &sums)
    }

    /// The sum of the absolute differences of eight bytes, for each half.
    fn sum_differences(&mut self, result: Type, a: Value, b: Value) -> Parts {
        let (a, b) = (self.lanes_of(a), self.lanes_of(b));
        let differences: Vec<ir::Value> = a
            .into_iter()
            .zip(b)
            .map(|(a, b)| {
                let (a, b) = (self.builder.ins().uextend(types::I64, a), self.builder.ins().uextend(types::I64, b));
                let difference = self.builder.ins().isub(a, b);
                self.builder.ins().iabs(difference)
            })
            .collect();
        let mut sums = Vec::new();
        for half in differences.chunks(8) {
            let mut sum = half[0];
            for &difference in &half[1..] {
                sum = self.builder.ins().iadd(sum, difference);
            }
            sums.push(sum);
        }
        self.join_lanes(result, &sums)
    }

    /// Shifts all lanes by the low 64 bits of `count`; too great a count leaves nothing, or only signs.
    fn shift_all(&mut self, op: BinaryOp, value: Value, count: Value) -> Parts {
        let ty = self.ty(value);
        let lane = super::shape::scalar_type(ty.lane());
        let count_parts = self.parts(count);
        let count = self.reinterpret(types::I64X2, count_parts[0]);
        let count = self.builder.ins().extractlane(count, 0);
        let last = self.builder.ins().iconst(types::I64, i64::from(lane.bits() - 1));
        let too_great = self.builder.ins().icmp(IntCC::UnsignedGreaterThan, count, last);
        let amount = self.builder.ins().select(too_great, last, count);
        let lanes = self.lanes_of(value);
        let zero = self.int(lane, 0);
        let results: Vec<ir::Value> = lanes
            .into_iter()
            .map(|value| match op {
                BinaryOp::Ashr => self.builder.ins().sshr(value, amount),
                _ => {
                    let shifted = match op {
                        BinaryOp::Shl => self.builder.ins().ishl(value, amount),
                        _ => self.builder.ins().ushr(value, amount),
                    };
                    self.builder.ins().select(too_great, zero, shifted)
                }
            })
            .collect();
        self.join_lanes(ty, &results)
    }

    /// `a` where `a cond b`, otherwise (as where one is NaN) `b`; of lane 0 only, the others being those of `a`, or
    /// of all.
    fn min_max(&mut self, cond: FloatCond, a: Value, b: Value, lowest_only: bool) -> Parts {
        let ty = self.ty(a);
        let (mut lanes, others) = (self.lanes_of(a), self.lanes_of(b));
        let count = if lowest_only { 1 } else { lanes.len() };
        for (lane, other) in lanes.iter_mut().zip(others).take(count) {
            let test = self.scalar_fcmp(cond, ty.lane(), *lane, other);
            *lane = self.builder.ins().select(test, *lane, other);
        }
        self.join_lanes(ty, &lanes)
    }

    /// All ones where the comparison with one of the eight predicates of SSE holds.
    fn compare(&mut self, name: &str, a: Value, b: Value, predicate: Value, lowest_only: bool) -> Result<Parts, Stop> {
        let (cond, negated) = match self.constants.get(&predicate) {
            Some(0) => (FloatCond::Oeq, false),
            Some(1) => (FloatCond::Olt, false),
            Some(2) => (FloatCond::Ole, false),
            Some(3) => (FloatCond::Unordered, false),
            Some(4) => (FloatCond::Oeq, true),
            Some(5) => (FloatCond::Olt, true),
            Some(6) => (FloatCond::Ole, true),
            Some(7) => (FloatCond::Unordered, true),
            _ => return Err(Stop::rejected(name)),
        };
        let ty = self.ty(a);
        let float = super::shape::scalar_type(ty.lane());
        let (mut lanes, others) = (self.lanes_of(a), self.lanes_of(b));
        let count = if lowest_only { 1 } else { lanes.len() };
        for (lane, other) in lanes.iter_mut().zip(others).take(count) {
            let mut test = self.scalar_fcmp(cond, ty.lane(), *lane, other);
            if negated {
                test = self.builder.ins().bxor_imm_u(test, 1);
            }
            let mask = self.bool_mask(float.as_int(), test);
            *lane = self.reinterpret(float, mask);
        }
        Ok(self.join_lanes(ty, &lanes))
    }

    /// All lanes to 32-bit integers; lanes of the result beyond those are zero.
    fn ints_from(&mut self, result: Type, value: Value, round: bool) -> Parts {
        let from = self.ty(value).lane();
        let lanes = self.lanes_of(value);
        let mut ints: Vec<ir::Value> =
            lanes.into_iter().map(|lane| self.convert(from, types::I32, lane, round)).collect();
        let zero = self.int(types::I32, 0);
        ints.resize(usize::from(result.lanes()), zero);
        self.join_lanes(result, &ints)
    }

    /// The lowest lane to an integer.
    fn int_from(&mut self, result: Type, value: Value, round: bool) -> Parts {
        let from = self.ty(value).lane();
        let lane = self.extract_lane(value, 0);
        one(self.convert(from, Shape::of(result).part(), lane, round))
    }

    /// Rounds to even or toward zero; what does not fit gives the least integer.
    fn convert(&mut self, from: Scalar, to: ir::Type, value: ir::Value, round: bool) -> ir::Value {
        let op = if round { UnaryOp::RoundEven } else { UnaryOp::Ftrunc };
        let whole = self.float_unary(op, from, value);
        let int = self.builder.ins().fcvt_to_sint_sat(to, whole);
        let (fraction_bits, bias) = if from == Scalar::F32 { (23, 127) } else { (52, 1023) };
        let bound = u128::from(to.bits() - 1 + bias) << fraction_bits;
        let bound = self.float(super::shape::scalar_type(from), bound);
        // False for NaN. What is too small saturates to the least integer by itself.
        let fits = self.scalar_fcmp(FloatCond::Olt, from, whole, bound);
        let least = self.int(to, 1 << (to.bits() - 1));
        self.builder.ins().select(fits, int, least)
    }
}
