//! Integer operations, and the choice between doing a vector operation on whole registers or lane by lane.

use super::inst::one;
use super::{Parts, Shape, Translator};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};
use lir::{BinaryOp, IntCond, OverflowOp, Scalar, Type, UnaryOp, Value};

impl Translator<'_> {
    pub(super) fn unary(&mut self, op: UnaryOp, value: Value) -> Parts {
        let ty = self.ty(value);
        let parts = self.parts(value);
        let lane = ty.lane();
        match Shape::of(ty) {
            Shape::Scalar(_) => one(self.scalar_unary(op, lane, parts[0])),
            Shape::Chunks(..) if unary_has_vector_form(op) => {
                parts.into_iter().map(|part| self.vector_unary(op, part)).collect()
            }
            _ => {
                let lanes = self.lanes(ty, &parts);
                let results: Vec<_> = lanes.into_iter().map(|part| self.scalar_unary(op, lane, part)).collect();
                self.join_lanes(ty, &results)
            }
        }
    }

    fn vector_unary(&mut self, op: UnaryOp, value: ir::Value) -> ir::Value {
        let ins = self.builder.ins();
        match op {
            UnaryOp::Ineg => ins.ineg(value),
            UnaryOp::Not => ins.bnot(value),
            UnaryOp::Fneg => ins.fneg(value),
            UnaryOp::Fabs => ins.fabs(value),
            UnaryOp::Sqrt => ins.sqrt(value),
            _ => unreachable!("an operation that is done by lanes"),
        }
    }

    fn scalar_unary(&mut self, op: UnaryOp, lane: Scalar, value: ir::Value) -> ir::Value {
        match op {
            UnaryOp::Ineg => self.builder.ins().ineg(value),
            UnaryOp::Not => self.builder.ins().bnot(value),
            UnaryOp::Ctlz => self.builder.ins().clz(value),
            UnaryOp::Cttz => self.builder.ins().ctz(value),
            UnaryOp::Popcnt => self.builder.ins().popcnt(value),
            UnaryOp::Bswap if lane == Scalar::I8 => value,
            UnaryOp::Bswap => self.builder.ins().bswap(value),
            UnaryOp::Bitreverse => self.builder.ins().bitrev(value),
            _ => self.float_unary(op, lane, value),
        }
    }

    pub(super) fn binary(&mut self, op: BinaryOp, lhs: Value, rhs: Value) -> Parts {
        let ty = self.ty(lhs);
        let (a, b) = (self.parts(lhs), self.parts(rhs));
        self.binary_parts(op, ty, &a, &b)
    }

    pub(super) fn binary_parts(&mut self, op: BinaryOp, ty: Type, a: &Parts, b: &Parts) -> Parts {
        let lane = ty.lane();
        match Shape::of(ty) {
            Shape::Scalar(_) => one(self.scalar_binary(op, lane, a[0], b[0])),
            Shape::Chunks(..) if binary_has_vector_form(op, lane) => {
                a.iter().zip(b).map(|(&a, &b)| self.vector_binary(op, a, b)).collect()
            }
            _ => {
                let (a, b) = (self.lanes(ty, a), self.lanes(ty, b));
                let results: Vec<_> = a.into_iter().zip(b).map(|(a, b)| self.scalar_binary(op, lane, a, b)).collect();
                self.join_lanes(ty, &results)
            }
        }
    }

    fn vector_binary(&mut self, op: BinaryOp, a: ir::Value, b: ir::Value) -> ir::Value {
        let ins = self.builder.ins();
        match op {
            BinaryOp::Iadd => ins.iadd(a, b),
            BinaryOp::Isub => ins.isub(a, b),
            BinaryOp::Imul => ins.imul(a, b),
            BinaryOp::And => ins.band(a, b),
            BinaryOp::Or => ins.bor(a, b),
            BinaryOp::Xor => ins.bxor(a, b),
            BinaryOp::UaddSat => ins.uadd_sat(a, b),
            BinaryOp::SaddSat => ins.sadd_sat(a, b),
            BinaryOp::UsubSat => ins.usub_sat(a, b),
            BinaryOp::SsubSat => ins.ssub_sat(a, b),
            BinaryOp::Umin => ins.umin(a, b),
            BinaryOp::Umax => ins.umax(a, b),
            BinaryOp::Smin => ins.smin(a, b),
            BinaryOp::Smax => ins.smax(a, b),
            BinaryOp::Fadd => ins.fadd(a, b),
            BinaryOp::Fsub => ins.fsub(a, b),
            BinaryOp::Fmul => ins.fmul(a, b),
            BinaryOp::Fdiv => ins.fdiv(a, b),
            _ => unreachable!("an operation that is done by lanes"),
        }
    }

    pub(super) fn scalar_binary(&mut self, op: BinaryOp, lane: Scalar, a: ir::Value, b: ir::Value) -> ir::Value {
        let wide = lane == Scalar::I128;
        match op {
            BinaryOp::Iadd => self.builder.ins().iadd(a, b),
            BinaryOp::Isub => self.builder.ins().isub(a, b),
            BinaryOp::Imul => self.builder.ins().imul(a, b),
            BinaryOp::Udiv if wide => self.wide_library("__udivti3", a, b),
            BinaryOp::Sdiv if wide => self.wide_library("__divti3", a, b),
            BinaryOp::Urem if wide => self.wide_library("__umodti3", a, b),
            BinaryOp::Srem if wide => self.wide_library("__modti3", a, b),
            BinaryOp::Udiv => self.builder.ins().udiv(a, b),
            BinaryOp::Sdiv => self.builder.ins().sdiv(a, b),
            BinaryOp::Urem => self.builder.ins().urem(a, b),
            BinaryOp::Srem => self.builder.ins().srem(a, b),
            BinaryOp::And => self.builder.ins().band(a, b),
            BinaryOp::Or => self.builder.ins().bor(a, b),
            BinaryOp::Xor => self.builder.ins().bxor(a, b),
            BinaryOp::Shl => {
                let amount = self.amount(b);
                self.builder.ins().ishl(a, amount)
            }
            BinaryOp::Lshr => {
                let amount = self.amount(b);
                self.builder.ins().ushr(a, amount)
            }
            BinaryOp::Ashr => {
                let amount = self.amount(b);
                self.builder.ins().sshr(a, amount)
            }
            BinaryOp::Rotl => {
                let amount = self.amount(b);
                self.builder.ins().rotl(a, amount)
            }
            BinaryOp::Rotr => {
                let amount = self.amount(b);
                self.builder.ins().rotr(a, amount)
            }
            BinaryOp::UaddSat => {
                let (sum, over) = self.builder.ins().uadd_overflow(a, b);
                let max = self.int(self.clif_ty(a), u128::MAX);
                self.choice(over, max, sum)
            }
            BinaryOp::UsubSat => {
                let (difference, under) = self.builder.ins().usub_overflow(a, b);
                let zero = self.int(self.clif_ty(a), 0);
                self.choice(under, zero, difference)
            }
            BinaryOp::SaddSat => {
                let (sum, over) = self.builder.ins().sadd_overflow(a, b);
                self.saturate_signed(sum, over)
            }
            BinaryOp::SsubSat => {
                let (difference, over) = self.builder.ins().ssub_overflow(a, b);
                self.saturate_signed(difference, over)
            }
            BinaryOp::Umin => self.choose(IntCC::UnsignedLessThan, a, b),
            BinaryOp::Umax => self.choose(IntCC::UnsignedGreaterThan, a, b),
            BinaryOp::Smin => self.choose(IntCC::SignedLessThan, a, b),
            BinaryOp::Smax => self.choose(IntCC::SignedGreaterThan, a, b),
            _ => self.float_binary(op, lane, a, b),
        }
    }

    /// A shift amount; that of a 128-bit shift as 64 bits.
    fn amount(&mut self, amount: ir::Value) -> ir::Value {
        if self.clif_ty(amount) == types::I128 { self.builder.ins().ireduce(types::I64, amount) } else { amount }
    }

    fn wide_library(&mut self, name: &'static str, a: ir::Value, b: ir::Value) -> ir::Value {
        self.library_call(name, &[types::I128; 2], &[types::I128], &[a, b])[0]
    }

    /// `a` where `test` is not 0, else `b`. 128-bit integers are chosen by halves: Cranelift would make a minimum of a
    /// choice after a comparison, which it does not have for them.
    pub(super) fn choice(&mut self, test: ir::Value, a: ir::Value, b: ir::Value) -> ir::Value {
        if self.clif_ty(a) != types::I128 {
            return self.builder.ins().select(test, a, b);
        }
        let (a_low, a_high) = self.builder.ins().isplit(a);
        let (b_low, b_high) = self.builder.ins().isplit(b);
        let low = self.builder.ins().select(test, a_low, b_low);
        let high = self.builder.ins().select(test, a_high, b_high);
        self.builder.ins().iconcat(low, high)
    }

    /// `a` where `a cond b`, else `b`.
    pub(super) fn choose(&mut self, cond: IntCC, a: ir::Value, b: ir::Value) -> ir::Value {
        let test = self.builder.ins().icmp(cond, a, b);
        self.choice(test, a, b)
    }

    /// After a signed addition or subtraction: where it overflowed, the wrapped result has the wrong sign, and the
    /// nearest representable one is the extreme of the other sign.
    fn saturate_signed(&mut self, wrapped: ir::Value, over: ir::Value) -> ir::Value {
        let ty = self.clif_ty(wrapped);
        let sign = self.builder.ins().sshr_imm_u(wrapped, i64::from(ty.bits() - 1));
        let min = self.int(ty, 1 << (ty.bits() - 1));
        let extreme = self.builder.ins().bxor(sign, min);
        self.choice(over, extreme, wrapped)
    }

    pub(super) fn overflow(&mut self, op: OverflowOp, lhs: Value, rhs: Value) -> (Parts, Parts) {
        let ty = self.ty(lhs);
        let (a, b) = (self.parts(lhs), self.parts(rhs));
        if !ty.is_vector() {
            let (wrapped, over) = self.scalar_overflow(op, a[0], b[0]);
            return (one(wrapped), one(over));
        }
        let (a, b) = (self.lanes(ty, &a), self.lanes(ty, &b));
        let pairs: Vec<_> = a.into_iter().zip(b).map(|(a, b)| self.scalar_overflow(op, a, b)).collect();
        let (wrapped, over): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        (self.join_lanes(ty, &wrapped), self.join_lanes(ty.with_lane(Scalar::I8), &over))
    }

    fn scalar_overflow(&mut self, op: OverflowOp, a: ir::Value, b: ir::Value) -> (ir::Value, ir::Value) {
        let wide = self.clif_ty(a) == types::I128;
        match op {
            OverflowOp::Uadd => self.builder.ins().uadd_overflow(a, b),
            OverflowOp::Sadd => self.builder.ins().sadd_overflow(a, b),
            OverflowOp::Usub => self.builder.ins().usub_overflow(a, b),
            OverflowOp::Ssub => self.builder.ins().ssub_overflow(a, b),
            OverflowOp::Umul if wide => self.wide_umul_overflow(a, b),
            OverflowOp::Smul if wide => self.wide_smul_overflow(a, b),
            OverflowOp::Umul => self.builder.ins().umul_overflow(a, b),
            OverflowOp::Smul => self.builder.ins().smul_overflow(a, b),
        }
    }

    /// With `a = a1·2⁶⁴ + a0` and `b` likewise, the product fits in 128 bits unless both high halves are there, or a
    /// cross product exceeds 64 bits, or adding the cross products to the low product's high half does.
    fn wide_umul_overflow(&mut self, a: ir::Value, b: ir::Value) -> (ir::Value, ir::Value) {
        let (a0, a1) = self.builder.ins().isplit(a);
        let (b0, b1) = self.builder.ins().isplit(b);
        let a1_set = self.builder.ins().icmp_imm_u(IntCC::NotEqual, a1, 0);
        let b1_set = self.builder.ins().icmp_imm_u(IntCC::NotEqual, b1, 0);
        let both = self.builder.ins().band(a1_set, b1_set);
        let (cross_a, over_a) = self.builder.ins().umul_overflow(a1, b0);
        let (cross_b, over_b) = self.builder.ins().umul_overflow(b1, a0);
        let low = self.builder.ins().imul(a0, b0);
        let carry = self.builder.ins().umulhi(a0, b0);
        // Where `both` is zero, one cross product is zero: this sum cannot wrap unless that is reported already.
        let cross = self.builder.ins().iadd(cross_a, cross_b);
        let (high, over_high) = self.builder.ins().uadd_overflow(cross, carry);
        let over = self.builder.ins().bor(over_a, over_b);
        let over = self.builder.ins().bor(over, over_high);
        let over = self.builder.ins().bor(over, both);
        (self.builder.ins().iconcat(low, high), over)
    }

    /// On magnitudes: the product's magnitude must not exceed 2¹²⁷, or 2¹²⁷ − 1 where the result is not negative.
    fn wide_smul_overflow(&mut self, a: ir::Value, b: ir::Value) -> (ir::Value, ir::Value) {
        let (abs_a, abs_b) = (self.builder.ins().iabs(a), self.builder.ins().iabs(b));
        let (product, over) = self.wide_umul_overflow(abs_a, abs_b);
        let signs = self.builder.ins().bxor(a, b);
        let zero = self.int(types::I128, 0);
        let negative = self.builder.ins().icmp(IntCC::SignedLessThan, signs, zero);
        let negated = self.builder.ins().ineg(product);
        let result = self.choice(negative, negated, product);
        // The sign of a result that fits is that of the exact product, or the result is zero.
        let result_negative = self.builder.ins().icmp(IntCC::SignedLessThan, result, zero);
        let not_zero = self.builder.ins().icmp(IntCC::NotEqual, product, zero);
        let differs = self.builder.ins().bxor(result_negative, negative);
        let wrong_sign = self.builder.ins().band(differs, not_zero);
        (result, self.builder.ins().bor(over, wrong_sign))
    }

    pub(super) fn funnel_shift(&mut self, left: bool, high: Value, low: Value, amount: Value) -> Parts {
        let ty = self.ty(high);
        let (high, low, amount) = (self.parts(high), self.parts(low), self.parts(amount));
        if !ty.is_vector() {
            return one(self.scalar_funnel_shift(left, high[0], low[0], amount[0]));
        }
        let (high, low) = (self.lanes(ty, &high), self.lanes(ty, &low));
        let amount = self.lanes(ty, &amount);
        let results: Vec<_> = high
            .into_iter()
            .zip(low)
            .zip(amount)
            .map(|((high, low), amount)| self.scalar_funnel_shift(left, high, low, amount))
            .collect();
        self.join_lanes(ty, &results)
    }

    /// The amount is reduced modulo the width `w`, which is a power of two; the other half is shifted by `w - 1 -
    /// amount` and once more by 1, so that no shift reaches the width.
    fn scalar_funnel_shift(&mut self, left: bool, high: ir::Value, low: ir::Value, amount: ir::Value) -> ir::Value {
        let bits = i64::from(self.clif_ty(high).bits());
        let amount = self.amount(amount);
        let amount = self.builder.ins().band_imm_u(amount, bits - 1);
        let rest = self.builder.ins().bxor_imm_u(amount, bits - 1);
        let ins = |this: &mut Self, left, value, amount| match left {
            true => this.builder.ins().ishl(value, amount),
            false => this.builder.ins().ushr(value, amount),
        };
        let (main, other) = if left { (high, low) } else { (low, high) };
        let main = ins(self, left, main, amount);
        let once = match left {
            true => self.builder.ins().ushr_imm_u(other, 1),
            false => self.builder.ins().ishl_imm_u(other, 1),
        };
        let other = ins(self, !left, once, rest);
        self.builder.ins().bor(main, other)
    }

    pub(super) fn icmp(&mut self, cond: IntCond, lhs: Value, rhs: Value) -> Parts {
        let ty = self.ty(lhs);
        let cc = int_cc(cond);
        let (a, b) = (self.parts(lhs), self.parts(rhs));
        match Shape::of(ty) {
            Shape::Scalar(_) => one(self.builder.ins().icmp(cc, a[0], b[0])),
            Shape::Chunks(..) => a.into_iter().zip(b).map(|(a, b)| self.builder.ins().icmp(cc, a, b)).collect(),
            Shape::Lanes(..) => {
                let tests = a.into_iter().zip(b).map(|(a, b)| self.builder.ins().icmp(cc, a, b)).collect();
                self.lane_masks(ty, tests)
            }
        }
    }

    /// Booleans to masks as wide as the lanes of `ty`, which is held by lanes.
    pub(super) fn lane_masks(&mut self, ty: Type, tests: Vec<ir::Value>) -> Parts {
        let mask_ty = lir::compare_type(ty, 8);
        let mask = super::shape::scalar_type(mask_ty.lane());
        let masks: Vec<_> = tests.into_iter().map(|test| self.bool_mask(mask, test)).collect();
        self.join_lanes(mask_ty, &masks)
    }

    /// All ones where `test` is 1.
    pub(super) fn bool_mask(&mut self, ty: ir::Type, test: ir::Value) -> ir::Value {
        let narrow = self.builder.ins().ineg(test);
        if ty == types::I8 { narrow } else { self.builder.ins().sextend(ty, narrow) }
    }

    pub(super) fn select(&mut self, cond: Value, if_true: Value, if_false: Value) -> Parts {
        let ty = self.ty(if_true);
        let cond_ty = self.ty(cond);
        let tests = self.parts(cond);
        let (a, b) = (self.parts(if_true), self.parts(if_false));
        if !cond_ty.is_vector() {
            return a.into_iter().zip(b).map(|(a, b)| self.choice(tests[0], a, b)).collect();
        }
        let same_shape = cond_ty.lane().size_bytes(8) == ty.lane().size_bytes(8);
        if let (Shape::Chunks(part, _), true) = (Shape::of(ty), same_shape) {
            let zeros = self.zero(cond_ty);
            return tests
                .into_iter()
                .zip(zeros)
                .zip(a.into_iter().zip(b))
                .map(|((test, zero), (a, b))| {
                    let mask = self.builder.ins().icmp(IntCC::SignedLessThan, test, zero);
                    let mask = self.reinterpret(part, mask);
                    self.builder.ins().bitselect(mask, a, b)
                })
                .collect();
        }
        let tests = self.lanes(cond_ty, &tests);
        let (a, b) = (self.lanes(ty, &a), self.lanes(ty, &b));
        let results: Vec<_> = tests
            .into_iter()
            .zip(a.into_iter().zip(b))
            .map(|(test, (a, b))| {
                let test = self.sign_bit(test);
                self.choice(test, a, b)
            })
            .collect();
        self.join_lanes(ty, &results)
    }

    /// Whether an integer is negative, as an `i8` boolean.
    pub(super) fn sign_bit(&mut self, value: ir::Value) -> ir::Value {
        let zero = self.int(self.clif_ty(value), 0);
        self.builder.ins().icmp(IntCC::SignedLessThan, value, zero)
    }
}

fn int_cc(cond: IntCond) -> IntCC {
    match cond {
        IntCond::Eq => IntCC::Equal,
        IntCond::Ne => IntCC::NotEqual,
        IntCond::Ult => IntCC::UnsignedLessThan,
        IntCond::Ule => IntCC::UnsignedLessThanOrEqual,
        IntCond::Ugt => IntCC::UnsignedGreaterThan,
        IntCond::Uge => IntCC::UnsignedGreaterThanOrEqual,
        IntCond::Slt => IntCC::SignedLessThan,
        IntCond::Sle => IntCC::SignedLessThanOrEqual,
        IntCond::Sgt => IntCC::SignedGreaterThan,
        IntCond::Sge => IntCC::SignedGreaterThanOrEqual,
    }
}

/// Whether Cranelift does this on a whole vector register.
fn unary_has_vector_form(op: UnaryOp) -> bool {
    matches!(op, UnaryOp::Ineg | UnaryOp::Not | UnaryOp::Fneg | UnaryOp::Fabs | UnaryOp::Sqrt)
}

/// Whether Cranelift does this on a whole vector register for all lanes of this type.
fn binary_has_vector_form(op: BinaryOp, lane: Scalar) -> bool {
    match op {
        BinaryOp::Iadd
        | BinaryOp::Isub
        | BinaryOp::And
        | BinaryOp::Or
        | BinaryOp::Xor
        | BinaryOp::Fadd
        | BinaryOp::Fsub
        | BinaryOp::Fmul
        | BinaryOp::Fdiv => true,
        BinaryOp::Imul => matches!(lane, Scalar::I16 | Scalar::I32 | Scalar::I64),
        BinaryOp::UaddSat | BinaryOp::SaddSat | BinaryOp::UsubSat | BinaryOp::SsubSat => {
            matches!(lane, Scalar::I8 | Scalar::I16)
        }
        BinaryOp::Umin | BinaryOp::Umax | BinaryOp::Smin | BinaryOp::Smax => {
            matches!(lane, Scalar::I8 | Scalar::I16 | Scalar::I32)
        }
        _ => false,
    }
}
