//! Constants, arithmetic, comparisons, conversions.

use crate::function::FunctionCx;
use crate::ll::{Value, value::const_vector};
use lir::{ArithFlags, BinaryOp, CastOp, FloatCond, IntCond, OverflowOp, Scalar, Type, UnaryOp};
use llvm_sys::{
    LLVMFastMathAll, LLVMFastMathAllowContract, LLVMFastMathAllowReassoc, LLVMFastMathAllowReciprocal,
    LLVMFastMathNoSignedZeros, LLVMIntPredicate, LLVMOpcode, LLVMRealPredicate,
};

impl<'c> FunctionCx<'_, '_, 'c> {
    pub(crate) fn int_constant(&self, ty: Type, value: u128) -> Value<'c> {
        let scalar = match ty.lane() {
            Scalar::Ptr if value == 0 => self.cx.types.ptr.zero(),
            Scalar::Ptr => self.cx.types.size.constant(value).const_int_to_ptr(self.cx.types.ptr),
            lane => self.cx.scalar(lane).constant(value),
        };
        self.spread(ty, scalar)
    }

    pub(crate) fn float_constant(&self, ty: Type, bits: u128) -> Value<'c> {
        self.spread(ty, self.cx.scalar(ty.lane()).float_from_bits(bits))
    }

    fn spread(&self, ty: Type, scalar: Value<'c>) -> Value<'c> {
        match ty {
            Type::Scalar(_) => scalar,
            Type::Vector { lanes, .. } => const_vector(&vec![scalar; lanes.into()]),
        }
    }

    pub(crate) fn lower_unary(&mut self, result: lir::Value, op: UnaryOp, operand: lir::Value) {
        if op == UnaryOp::Not
            && self.ty_of(operand).is_vector()
            && let Some(bit) = self.known_bit(operand)
        {
            let flipped = self.builder().binary(LLVMOpcode::LLVMXor, bit, bit.ty().all_ones());
            return self.set_bit(result, flipped);
        }
        let value = self.get(operand);
        let ty = value.ty();
        let builder = self.builder();
        let float = |name| self.cx.call_intrinsic(name, &[ty], &[value]);
        // Whether zero is poison: no.
        let count = |name| self.cx.call_intrinsic(name, &[ty], &[value, self.cx.types.i1.zero()]);
        let value = match op {
            UnaryOp::Ineg => builder.binary(LLVMOpcode::LLVMSub, ty.zero(), value),
            UnaryOp::Not => builder.binary(LLVMOpcode::LLVMXor, value, ty.all_ones()),
            UnaryOp::Ctlz => count("llvm.ctlz"),
            UnaryOp::Cttz => count("llvm.cttz"),
            UnaryOp::Popcnt => float("llvm.ctpop"),
            // LLVM has no swap of one byte.
            UnaryOp::Bswap if self.ty_of(operand).lane() == Scalar::I8 => value,
            UnaryOp::Bswap => float("llvm.bswap"),
            UnaryOp::Bitreverse => float("llvm.bitreverse"),
            UnaryOp::Fneg => builder.fneg(value),
            UnaryOp::Fabs => float("llvm.fabs"),
            UnaryOp::Sqrt => float("llvm.sqrt"),
            UnaryOp::Floor => float("llvm.floor"),
            UnaryOp::Ceil => float("llvm.ceil"),
            UnaryOp::Ftrunc => float("llvm.trunc"),
            UnaryOp::Round => float("llvm.round"),
            UnaryOp::RoundEven => float("llvm.roundeven"),
            UnaryOp::Sin => float("llvm.sin"),
            UnaryOp::Cos => float("llvm.cos"),
            UnaryOp::Exp => float("llvm.exp"),
            UnaryOp::Exp2 => float("llvm.exp2"),
            UnaryOp::Log => float("llvm.log"),
            UnaryOp::Log2 => float("llvm.log2"),
            UnaryOp::Log10 => float("llvm.log10"),
        };
        self.set(result, value);
    }

    pub(crate) fn lower_binary(
        &mut self,
        result: lir::Value,
        op: BinaryOp,
        flags: ArithFlags,
        lhs: lir::Value,
        rhs: lir::Value,
    ) {
        if let Some(bit) = self.logic_of_bits(op, lhs, rhs) {
            return self.set_bit(result, bit);
        }
        let (lhs, rhs) = (self.get(lhs), self.get(rhs));
        let ty = lhs.ty();
        let builder = self.builder();
        let plain = |opcode| builder.binary(opcode, lhs, rhs);
        let call = |name| self.cx.call_intrinsic(name, &[ty], &[lhs, rhs]);
        let rotate = |name| self.cx.call_intrinsic(name, &[ty], &[lhs, lhs, rhs]);
        let value = match op {
            BinaryOp::Iadd => plain(LLVMOpcode::LLVMAdd),
            BinaryOp::Isub => plain(LLVMOpcode::LLVMSub),
            BinaryOp::Imul => plain(LLVMOpcode::LLVMMul),
            BinaryOp::Udiv => plain(LLVMOpcode::LLVMUDiv),
            BinaryOp::Sdiv => plain(LLVMOpcode::LLVMSDiv),
            BinaryOp::Urem => plain(LLVMOpcode::LLVMURem),
            BinaryOp::Srem => plain(LLVMOpcode::LLVMSRem),
            BinaryOp::And => plain(LLVMOpcode::LLVMAnd),
            BinaryOp::Or => plain(LLVMOpcode::LLVMOr),
            BinaryOp::Xor => plain(LLVMOpcode::LLVMXor),
            BinaryOp::Shl => plain(LLVMOpcode::LLVMShl),
            BinaryOp::Lshr => plain(LLVMOpcode::LLVMLShr),
            BinaryOp::Ashr => plain(LLVMOpcode::LLVMAShr),
            BinaryOp::UaddSat => call("llvm.uadd.sat"),
            BinaryOp::SaddSat => call("llvm.sadd.sat"),
            BinaryOp::UsubSat => call("llvm.usub.sat"),
            BinaryOp::SsubSat => call("llvm.ssub.sat"),
            BinaryOp::Umin => call("llvm.umin"),
            BinaryOp::Umax => call("llvm.umax"),
            BinaryOp::Smin => call("llvm.smin"),
            BinaryOp::Smax => call("llvm.smax"),
            BinaryOp::Rotl => rotate("llvm.fshl"),
            BinaryOp::Rotr => rotate("llvm.fshr"),
            BinaryOp::Fadd => plain(LLVMOpcode::LLVMFAdd),
            BinaryOp::Fsub => plain(LLVMOpcode::LLVMFSub),
            BinaryOp::Fmul => plain(LLVMOpcode::LLVMFMul),
            BinaryOp::Fdiv => plain(LLVMOpcode::LLVMFDiv),
            BinaryOp::Frem => plain(LLVMOpcode::LLVMFRem),
            BinaryOp::Fmin => call("llvm.minnum"),
            BinaryOp::Fmax => call("llvm.maxnum"),
            BinaryOp::Fminimum => call("llvm.minimum"),
            BinaryOp::Fmaximum => call("llvm.maximum"),
            BinaryOp::Copysign => call("llvm.copysign"),
            BinaryOp::Pow => call("llvm.pow"),
        };
        add_flags(op, flags, value);
        self.set(result, value);
    }

    /// And, or, exclusive or of booleans or masks whose bits are at hand.
    fn logic_of_bits(&mut self, op: BinaryOp, lhs: lir::Value, rhs: lir::Value) -> Option<Value<'c>> {
        let opcode = match op {
            BinaryOp::And => LLVMOpcode::LLVMAnd,
            BinaryOp::Or => LLVMOpcode::LLVMOr,
            BinaryOp::Xor => LLVMOpcode::LLVMXor,
            _ => return None,
        };
        let (a, b) = (self.known_bit(lhs), self.known_bit(rhs));
        let (a, b) = match (a, b) {
            (None, None) => return None,
            (Some(a), Some(b)) => (a, b),
            (Some(a), None) => (a, self.constant_bit(rhs)?),
            (None, Some(b)) => (self.constant_bit(lhs)?, b),
        };
        Some(self.builder().binary(opcode, a, b))
    }

    /// A constant 0 or 1 (of a mask: all bits of all lanes clear or set) as a bit.
    fn constant_bit(&mut self, value: lir::Value) -> Option<Value<'c>> {
        let ty = self.ty_of(value);
        let repr = self.get(value);
        let one = match ty {
            Type::Scalar(_) => self.cx.types.i8.constant(1),
            Type::Vector { .. } => repr.ty().all_ones(),
        };
        let bits = self.cx.shaped(ty, self.cx.types.i1);
        // LLVM has each constant once.
        match () {
            _ if repr == one => Some(bits.all_ones()),
            _ if repr == repr.ty().zero() => Some(bits.zero()),
            _ => None,
        }
    }

    pub(crate) fn lower_overflow(&mut self, result: lir::Value, op: OverflowOp, lhs: lir::Value, rhs: lir::Value) {
        let name = match op {
            OverflowOp::Uadd => "llvm.uadd.with.overflow",
            OverflowOp::Sadd => "llvm.sadd.with.overflow",
            OverflowOp::Usub => "llvm.usub.with.overflow",
            OverflowOp::Ssub => "llvm.ssub.with.overflow",
            OverflowOp::Umul => "llvm.umul.with.overflow",
            OverflowOp::Smul => "llvm.smul.with.overflow",
        };
        let (lhs, rhs) = (self.get(lhs), self.get(rhs));
        let builder = self.builder();
        let flag_value = result.plus(1);
        let both = self.cx.call_intrinsic(name, &[lhs.ty()], &[lhs, rhs]);
        self.set(result, builder.extract_value(both, 0));
        let overflow = builder.extract_value(both, 1);
        match self.ty_of(flag_value) {
            Type::Scalar(_) => self.set_bit(flag_value, overflow),
            // One is 1 here, not all bits, as a mask has it.
            ty @ Type::Vector { .. } => self.set(flag_value, builder.zext(overflow, self.cx.ty(ty))),
        }
    }

    pub(crate) fn lower_icmp(&mut self, result: lir::Value, cond: IntCond, lhs: lir::Value, rhs: lir::Value) {
        // A boolean compared with false is that boolean or its opposite.
        if let (IntCond::Eq | IntCond::Ne, Some(bit)) = (cond, self.known_bit(lhs))
            && !self.ty_of(lhs).is_vector()
            && self.get(rhs) == self.cx.types.i8.zero()
        {
            let bit = match cond {
                IntCond::Eq => self.builder().binary(LLVMOpcode::LLVMXor, bit, bit.ty().all_ones()),
                _ => bit,
            };
            return self.set_bit(result, bit);
        }
        let predicate = match cond {
            IntCond::Eq => LLVMIntPredicate::LLVMIntEQ,
            IntCond::Ne => LLVMIntPredicate::LLVMIntNE,
            IntCond::Ult => LLVMIntPredicate::LLVMIntULT,
            IntCond::Ule => LLVMIntPredicate::LLVMIntULE,
            IntCond::Ugt => LLVMIntPredicate::LLVMIntUGT,
            IntCond::Uge => LLVMIntPredicate::LLVMIntUGE,
            IntCond::Slt => LLVMIntPredicate::LLVMIntSLT,
            IntCond::Sle => LLVMIntPredicate::LLVMIntSLE,
            IntCond::Sgt => LLVMIntPredicate::LLVMIntSGT,
            IntCond::Sge => LLVMIntPredicate::LLVMIntSGE,
        };
        let (lhs, rhs) = (self.get(lhs), self.get(rhs));
        let bit = self.builder().icmp(predicate, lhs, rhs);
        self.set_bit(result, bit);
    }

    pub(crate) fn lower_fcmp(&mut self, result: lir::Value, cond: FloatCond, lhs: lir::Value, rhs: lir::Value) {
        let predicate = match cond {
            FloatCond::Oeq => LLVMRealPredicate::LLVMRealOEQ,
            FloatCond::Une => LLVMRealPredicate::LLVMRealUNE,
            FloatCond::Olt => LLVMRealPredicate::LLVMRealOLT,
            FloatCond::Ole => LLVMRealPredicate::LLVMRealOLE,
            FloatCond::Ogt => LLVMRealPredicate::LLVMRealOGT,
            FloatCond::Oge => LLVMRealPredicate::LLVMRealOGE,
            FloatCond::Unordered => LLVMRealPredicate::LLVMRealUNO,
            FloatCond::Ordered => LLVMRealPredicate::LLVMRealORD,
        };
        let (lhs, rhs) = (self.get(lhs), self.get(rhs));
        let bit = self.builder().fcmp(predicate, lhs, rhs);
        self.set_bit(result, bit);
    }

    pub(crate) fn lower_select(
        &mut self,
        result: lir::Value,
        cond: lir::Value,
        if_true: lir::Value,
        if_false: lir::Value,
    ) {
        let bit = match self.ty_of(cond).is_vector() {
            true => self.mask(cond),
            false => self.condition(cond),
        };
        if let (Some(a), Some(b)) = (self.known_bit(if_true), self.known_bit(if_false)) {
            let bit = self.builder().select(bit, a, b);
            return self.set_bit(result, bit);
        }
        let (a, b) = (self.get(if_true), self.get(if_false));
        let value = self.builder().select(bit, a, b);
        self.set(result, value);
    }

    pub(crate) fn lower_cast(&mut self, result: lir::Value, op: CastOp, operand: lir::Value, ty: Type) {
        let to = self.cx.ty(ty);
        // A boolean widens from its bit.
        if let (CastOp::Zext, Type::Scalar(_), Some(bit)) = (op, ty, self.known_bit(operand)) {
            let value = self.builder().zext(bit, to);
            return self.set(result, value);
        }
        let value = self.get(operand);
        let from = value.ty();
        if from == to && op != CastOp::Bitcast {
            return self.set(result, value);
        }
        let builder = self.builder();
        let cast = |opcode| builder.cast(opcode, value, to);
        let value = match op {
            CastOp::Zext => cast(LLVMOpcode::LLVMZExt),
            CastOp::Sext => cast(LLVMOpcode::LLVMSExt),
            CastOp::Trunc => cast(LLVMOpcode::LLVMTrunc),
            CastOp::Bitcast => self.bitcast(value, self.ty_of(operand), ty),
            CastOp::PtrToInt => cast(LLVMOpcode::LLVMPtrToInt),
            CastOp::IntToPtr => cast(LLVMOpcode::LLVMIntToPtr),
            CastOp::FtoUiSat => self.cx.call_intrinsic("llvm.fptoui.sat", &[to, from], &[value]),
            CastOp::FtoSiSat => self.cx.call_intrinsic("llvm.fptosi.sat", &[to, from], &[value]),
            CastOp::FtoUi => cast(LLVMOpcode::LLVMFPToUI),
            CastOp::FtoSi => cast(LLVMOpcode::LLVMFPToSI),
            CastOp::UiToF => cast(LLVMOpcode::LLVMUIToFP),
            CastOp::SiToF => cast(LLVMOpcode::LLVMSIToFP),
            CastOp::Fext => cast(LLVMOpcode::LLVMFPExt),
            CastOp::Ftrunc => cast(LLVMOpcode::LLVMFPTrunc),
        };
        self.set(result, value);
    }

    /// A bit cast; LLVM's own does not know pointers as bits.
    fn bitcast(&self, value: Value<'c>, from: Type, to: Type) -> Value<'c> {
        let builder = self.builder();
        let is_ptr = |ty: Type| ty.lane() == Scalar::Ptr;
        if from == to {
            return value;
        }
        let value = match is_ptr(from) {
            true => builder.cast(LLVMOpcode::LLVMPtrToInt, value, self.cx.shaped(from, self.cx.types.size)),
            false => value,
        };
        match is_ptr(to) {
            true => {
                let bits = builder.bitcast(value, self.cx.shaped(to, self.cx.types.size));
                builder.cast(LLVMOpcode::LLVMIntToPtr, bits, self.cx.ty(to))
            }
            false => builder.bitcast(value, self.cx.ty(to)),
        }
    }
}

/// Puts the promises on those instructions that have them.
fn add_flags(op: BinaryOp, flags: ArithFlags, value: Value) {
    match op {
        BinaryOp::Iadd | BinaryOp::Isub | BinaryOp::Imul | BinaryOp::Shl => {
            if flags.nuw {
                value.set_nuw();
            }
            if flags.nsw {
                value.set_nsw();
            }
        }
        BinaryOp::Udiv | BinaryOp::Sdiv | BinaryOp::Lshr | BinaryOp::Ashr if flags.exact => value.set_exact(),
        _ => {}
    }
    if flags.fast {
        value.set_fast_math(LLVMFastMathAll);
    } else if flags.algebraic {
        value.set_fast_math(
            LLVMFastMathAllowReassoc
                | LLVMFastMathNoSignedZeros
                | LLVMFastMathAllowReciprocal
                | LLVMFastMathAllowContract,
        );
    }
}
