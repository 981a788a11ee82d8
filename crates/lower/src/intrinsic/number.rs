//! Intrinsics that compute numbers: floats and integers.

use crate::operand::{OperandRef, OperandValue};
use crate::{FunctionCx, LowerError};
use layout::TyAndLayout;
use lir::{ArithFlags, BinaryOp, CastOp, Inst, OverflowOp, Type, UnaryOp, Value};
use ty::{FloatIntrinsic, NumberIntrinsic};

/// Unsigned or signed.
fn pick<T>(signed: bool, if_signed: T, if_unsigned: T) -> T {
    if signed { if_signed } else { if_unsigned }
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// Functions of floats: the result.
    pub(super) fn float_intrinsic(&mut self, function: FloatIntrinsic, args: &[OperandRef<'tcx>]) -> Value {
        use FloatIntrinsic as F;
        let arg = |index: usize| args[index].immediate();
        let unary = |this: &mut Self, op| this.b.value(Inst::Unary { op, value: arg(0) });
        let binary = |this: &mut Self, op| this.binary(op, arg(0), arg(1));
        match function {
            F::Sqrt => unary(self, UnaryOp::Sqrt),
            F::Sin => unary(self, UnaryOp::Sin),
            F::Cos => unary(self, UnaryOp::Cos),
            F::Exp => unary(self, UnaryOp::Exp),
            F::Exp2 => unary(self, UnaryOp::Exp2),
            F::Log => unary(self, UnaryOp::Log),
            F::Log2 => unary(self, UnaryOp::Log2),
            F::Log10 => unary(self, UnaryOp::Log10),
            F::Floor => unary(self, UnaryOp::Floor),
            F::Ceil => unary(self, UnaryOp::Ceil),
            F::Trunc => unary(self, UnaryOp::Ftrunc),
            F::Round => unary(self, UnaryOp::Round),
            F::RoundTiesEven => unary(self, UnaryOp::RoundEven),
            F::Fabs => unary(self, UnaryOp::Fabs),
            F::Pow => binary(self, BinaryOp::Pow),
            F::Minnum | F::MinimumNumberNsz => binary(self, BinaryOp::Fmin),
            F::Maxnum | F::MaximumNumberNsz => binary(self, BinaryOp::Fmax),
            F::Minimum => binary(self, BinaryOp::Fminimum),
            F::Maximum => binary(self, BinaryOp::Fmaximum),
            F::Copysign => binary(self, BinaryOp::Copysign),
            F::Fma => self.b.value(Inst::Fma { a: arg(0), b: arg(1), c: arg(2) }),
            // May be fused or not: not.
            F::Fmuladd => {
                let product = binary(self, BinaryOp::Fmul);
                self.binary(BinaryOp::Fadd, product, arg(2))
            }
            F::Powi => self.powi(arg(0), arg(1)),
        }
    }

    /// An integer power, by the function of the compiler's runtime library.
    fn powi(&mut self, base: Value, exponent: Value) -> Value {
        let ty = self.b.ty(base);
        let (name, wide) = match ty.lane() {
            lir::Scalar::F64 => ("__powidf2", ty),
            lir::Scalar::F128 => ("__powitf2", ty),
            // Half precision is computed in single.
            _ => ("__powisf2", Type::F32),
        };
        let arg = if ty == wide { base } else { self.b.value(Inst::Cast { op: CastOp::Fext, value: base, ty: wide }) };
        let signature = lir::Signature::plain(&[wide, Type::I32], &[wide]);
        let result = self.runtime_call(name, signature, vec![arg, exponent])[0];
        if ty == wide { result } else { self.b.value(Inst::Cast { op: CastOp::Ftrunc, value: result, ty }) }
    }

    /// Arithmetic: the result, or none if the fallback body is to be called.
    pub(super) fn number_intrinsic(
        &mut self,
        function: NumberIntrinsic,
        args: &[OperandRef<'tcx>],
        result: TyAndLayout<'tcx>,
    ) -> Result<Option<OperandRef<'tcx>>, LowerError> {
        use NumberIntrinsic as N;
        let signed = args[0].layout.ty.is_signed();
        let plain = ArithFlags::NONE;
        let wrap = ArithFlags { nuw: !signed, nsw: signed, ..plain };
        let fast = ArithFlags { fast: true, ..plain };
        let algebraic = ArithFlags { algebraic: true, ..plain };
        let division = pick(signed, BinaryOp::Sdiv, BinaryOp::Udiv);
        let immediate = |value| Ok(Some(OperandRef::immediate_of(value, result)));
        let (op, flags) = match function {
            N::ExactDiv => (division, ArithFlags { exact: true, ..plain }),
            N::UncheckedDiv => (division, plain),
            N::UncheckedRem => (pick(signed, BinaryOp::Srem, BinaryOp::Urem), plain),
            N::UncheckedAdd => (BinaryOp::Iadd, wrap),
            N::UncheckedSub => (BinaryOp::Isub, wrap),
            N::UncheckedMul => (BinaryOp::Imul, wrap),
            N::WrappingAdd => (BinaryOp::Iadd, plain),
            N::WrappingSub => (BinaryOp::Isub, plain),
            N::WrappingMul => (BinaryOp::Imul, plain),
            N::SaturatingAdd => (pick(signed, BinaryOp::SaddSat, BinaryOp::UaddSat), plain),
            N::SaturatingSub => (pick(signed, BinaryOp::SsubSat, BinaryOp::UsubSat), plain),
            N::DisjointBitor => (BinaryOp::Or, plain),
            N::FaddFast => (BinaryOp::Fadd, fast),
            N::FsubFast => (BinaryOp::Fsub, fast),
            N::FmulFast => (BinaryOp::Fmul, fast),
            N::FdivFast => (BinaryOp::Fdiv, fast),
            N::FremFast => (BinaryOp::Frem, fast),
            N::FaddAlgebraic => (BinaryOp::Fadd, algebraic),
            N::FsubAlgebraic => (BinaryOp::Fsub, algebraic),
            N::FmulAlgebraic => (BinaryOp::Fmul, algebraic),
            N::FdivAlgebraic => (BinaryOp::Fdiv, algebraic),
            N::FremAlgebraic => (BinaryOp::Frem, algebraic),
            N::AddWithOverflow => {
                return Ok(Some(self.overflowing(pick(signed, OverflowOp::Sadd, OverflowOp::Uadd), args, result)));
            }
            N::SubWithOverflow => {
                return Ok(Some(self.overflowing(pick(signed, OverflowOp::Ssub, OverflowOp::Usub), args, result)));
            }
            N::MulWithOverflow => {
                return Ok(Some(self.overflowing(pick(signed, OverflowOp::Smul, OverflowOp::Umul), args, result)));
            }
            N::Ctpop => return immediate(self.bit_count(UnaryOp::Popcnt, args)),
            N::Ctlz | N::CtlzNonzero => return immediate(self.bit_count(UnaryOp::Ctlz, args)),
            N::Cttz | N::CttzNonzero => return immediate(self.bit_count(UnaryOp::Cttz, args)),
            N::Bswap if args[0].layout.size.bytes() == 1 => return immediate(args[0].immediate()),
            N::Bswap | N::Bitreverse => {
                let op = if function == N::Bswap { UnaryOp::Bswap } else { UnaryOp::Bitreverse };
                return immediate(self.b.value(Inst::Unary { op, value: args[0].immediate() }));
            }
            N::RotateLeft | N::RotateRight => {
                let value = args[0].immediate();
                let ty = self.b.ty(value);
                let amount = self.int_cast(args[1].immediate(), ty, false);
                let op = if function == N::RotateLeft { BinaryOp::Rotl } else { BinaryOp::Rotr };
                // The amount counts modulo the width, which for a byte needs more bits than a byte's own width has.
                return immediate(self.binary(op, value, amount));
            }
            N::UncheckedFunnelShl | N::UncheckedFunnelShr => {
                let (high, low) = (args[0].immediate(), args[1].immediate());
                let ty = self.b.ty(high);
                let amount = self.int_cast(args[2].immediate(), ty, false);
                let left = function == N::UncheckedFunnelShl;
                return immediate(self.b.value(Inst::FunnelShift { left, high, low, amount }));
            }
            N::UncheckedShl | N::UncheckedShr => {
                let value = args[0].immediate();
                let amount = self.shift_amount(value, args[1].immediate(), args[1].layout.ty.is_signed(), false);
                let right = pick(signed, BinaryOp::Ashr, BinaryOp::Lshr);
                let op = if function == N::UncheckedShl { BinaryOp::Shl } else { right };
                return immediate(self.binary(op, value, amount));
            }
            N::FloatToIntUnchecked => {
                let (ty, _) = self.register_types(result).expect("an integer");
                let op = pick(result.ty.is_signed(), CastOp::FtoSi, CastOp::FtoUi);
                return immediate(self.b.value(Inst::Cast { op, value: args[0].immediate(), ty }));
            }
            N::Fabs => {
                return immediate(self.b.value(Inst::Unary { op: UnaryOp::Fabs, value: args[0].immediate() }));
            }
            N::ThreeWayCompare => return self.binary_op(mir::BinOp::Cmp, args[0], args[1], result).map(Some),
            // Their bodies do the same with several instructions.
            N::CarryingMulAdd | N::CarrylessMul => return Ok(None),
        };
        let (lhs, rhs) = (args[0].immediate(), args[1].immediate());
        immediate(self.b.value(Inst::Binary { op, flags, lhs, rhs }))
    }

    /// Arithmetic that says whether it overflowed.
    fn overflowing(
        &mut self,
        op: OverflowOp,
        args: &[OperandRef<'tcx>],
        result: TyAndLayout<'tcx>,
    ) -> OperandRef<'tcx> {
        let (lhs, rhs) = (args[0].immediate(), args[1].immediate());
        let (wrapped, overflowed) = self.b.pair(Inst::Overflow { op, lhs, rhs });
        OperandRef { val: OperandValue::Pair(wrapped, overflowed), layout: result }
    }

    /// A number of bits, as the `u32` that the intrinsics yield.
    fn bit_count(&mut self, op: UnaryOp, args: &[OperandRef<'tcx>]) -> Value {
        let count = self.b.value(Inst::Unary { op, value: args[0].immediate() });
        self.int_cast(count, Type::I32, false)
    }
}
