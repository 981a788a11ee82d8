//! Intrinsics that compute numbers: floats and integers.

use crate::operand::{OperandRef, OperandValue};
use crate::{FunctionCx, LowerError};
use layout::TyAndLayout;
use lir::{ArithFlags, BinaryOp, CastOp, Inst, OverflowOp, Type, UnaryOp, Value};

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// What works on floats: its result, or none if it is not one of these.
    pub(super) fn float_intrinsic(
        &mut self,
        name: &str,
        args: &[OperandRef<'tcx>],
    ) -> Result<Option<Value>, LowerError> {
        let Some(stem) = ["f128", "f16", "f32", "f64"].iter().find_map(|suffix| name.strip_suffix(suffix)) else {
            return Ok(None);
        };
        let unary = match stem {
            "sqrt" => Some(UnaryOp::Sqrt),
            "sin" => Some(UnaryOp::Sin),
            "cos" => Some(UnaryOp::Cos),
            "exp" => Some(UnaryOp::Exp),
            "exp2" => Some(UnaryOp::Exp2),
            "log" => Some(UnaryOp::Log),
            "log2" => Some(UnaryOp::Log2),
            "log10" => Some(UnaryOp::Log10),
            "floor" => Some(UnaryOp::Floor),
            "ceil" => Some(UnaryOp::Ceil),
            "trunc" => Some(UnaryOp::Ftrunc),
            "round" => Some(UnaryOp::Round),
            "round_ties_even_" => Some(UnaryOp::RoundEven),
            "fabs" => Some(UnaryOp::Fabs),
            _ => None,
        };
        if let Some(op) = unary {
            let value = args[0].immediate();
            return Ok(Some(self.b.value(Inst::Unary { op, value })));
        }
        let binary = match stem {
            "pow" => Some(BinaryOp::Pow),
            "minnum" => Some(BinaryOp::Fmin),
            "maxnum" => Some(BinaryOp::Fmax),
            "minimum" => Some(BinaryOp::Fminimum),
            "maximum" => Some(BinaryOp::Fmaximum),
            "copysign" => Some(BinaryOp::Copysign),
            _ => None,
        };
        if let Some(op) = binary {
            return Ok(Some(self.binary(op, args[0].immediate(), args[1].immediate())));
        }
        Ok(match stem {
            "fma" => {
                let (a, b, c) = (args[0].immediate(), args[1].immediate(), args[2].immediate());
                Some(self.b.value(Inst::Fma { a, b, c }))
            }
            // May be fused or not: not.
            "fmuladd" => {
                let product = self.binary(BinaryOp::Fmul, args[0].immediate(), args[1].immediate());
                Some(self.binary(BinaryOp::Fadd, product, args[2].immediate()))
            }
            "powi" => {
                let base = args[0].immediate();
                Some(self.powi(base, args[1].immediate()))
            }
            _ => None,
        })
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

    /// What works on integers: its result, or none if it is not one of these.
    pub(super) fn int_intrinsic(
        &mut self,
        name: &str,
        args: &[OperandRef<'tcx>],
        result: TyAndLayout<'tcx>,
    ) -> Result<Option<OperandRef<'tcx>>, LowerError> {
        let signed = args.first().is_some_and(|arg| arg.layout.ty.is_signed());
        let plain = ArithFlags::NONE;
        let wrap = ArithFlags { nuw: !signed, nsw: signed, ..plain };
        let pick = |s: BinaryOp, u: BinaryOp| if signed { s } else { u };
        let binary = match name {
            "exact_div" => Some((pick(BinaryOp::Sdiv, BinaryOp::Udiv), ArithFlags { exact: true, ..plain })),
            "unchecked_div" => Some((pick(BinaryOp::Sdiv, BinaryOp::Udiv), plain)),
            "unchecked_rem" => Some((pick(BinaryOp::Srem, BinaryOp::Urem), plain)),
            "unchecked_add" => Some((BinaryOp::Iadd, wrap)),
            "unchecked_sub" => Some((BinaryOp::Isub, wrap)),
            "unchecked_mul" => Some((BinaryOp::Imul, wrap)),
            "wrapping_add" => Some((BinaryOp::Iadd, plain)),
            "wrapping_sub" => Some((BinaryOp::Isub, plain)),
            "wrapping_mul" => Some((BinaryOp::Imul, plain)),
            "saturating_add" => Some((pick(BinaryOp::SaddSat, BinaryOp::UaddSat), plain)),
            "saturating_sub" => Some((pick(BinaryOp::SsubSat, BinaryOp::UsubSat), plain)),
            "disjoint_bitor" => Some((BinaryOp::Or, plain)),
            "fadd_fast" => Some((BinaryOp::Fadd, ArithFlags { fast: true, ..plain })),
            "fsub_fast" => Some((BinaryOp::Fsub, ArithFlags { fast: true, ..plain })),
            "fmul_fast" => Some((BinaryOp::Fmul, ArithFlags { fast: true, ..plain })),
            "fdiv_fast" => Some((BinaryOp::Fdiv, ArithFlags { fast: true, ..plain })),
            "frem_fast" => Some((BinaryOp::Frem, ArithFlags { fast: true, ..plain })),
            "fadd_algebraic" => Some((BinaryOp::Fadd, ArithFlags { algebraic: true, ..plain })),
            "fsub_algebraic" => Some((BinaryOp::Fsub, ArithFlags { algebraic: true, ..plain })),
            "fmul_algebraic" => Some((BinaryOp::Fmul, ArithFlags { algebraic: true, ..plain })),
            "fdiv_algebraic" => Some((BinaryOp::Fdiv, ArithFlags { algebraic: true, ..plain })),
            "frem_algebraic" => Some((BinaryOp::Frem, ArithFlags { algebraic: true, ..plain })),
            _ => None,
        };
        if let Some((op, flags)) = binary {
            let (lhs, rhs) = (args[0].immediate(), args[1].immediate());
            let value = self.b.value(Inst::Binary { op, flags, lhs, rhs });
            return Ok(Some(OperandRef::immediate_of(value, result)));
        }
        let overflow = match (name, signed) {
            ("add_with_overflow", false) => Some(OverflowOp::Uadd),
            ("add_with_overflow", true) => Some(OverflowOp::Sadd),
            ("sub_with_overflow", false) => Some(OverflowOp::Usub),
            ("sub_with_overflow", true) => Some(OverflowOp::Ssub),
            ("mul_with_overflow", false) => Some(OverflowOp::Umul),
            ("mul_with_overflow", true) => Some(OverflowOp::Smul),
            _ => None,
        };
        if let Some(op) = overflow {
            let inst = Inst::Overflow { op, lhs: args[0].immediate(), rhs: args[1].immediate() };
            let (wrapped, overflowed) = self.b.pair(inst);
            return Ok(Some(OperandRef { val: OperandValue::Pair(wrapped, overflowed), layout: result }));
        }
        let to_u32 = |this: &mut Self, value| this.int_cast(value, Type::I32, false);
        let value = match name {
            "ctpop" | "ctlz" | "ctlz_nonzero" | "cttz" | "cttz_nonzero" => {
                let op = match name {
                    "ctpop" => UnaryOp::Popcnt,
                    "ctlz" | "ctlz_nonzero" => UnaryOp::Ctlz,
                    _ => UnaryOp::Cttz,
                };
                let count = self.b.value(Inst::Unary { op, value: args[0].immediate() });
                to_u32(self, count)
            }
            "bswap" if args[0].layout.size.bytes() == 1 => args[0].immediate(),
            "bswap" => self.b.value(Inst::Unary { op: UnaryOp::Bswap, value: args[0].immediate() }),
            "bitreverse" => self.b.value(Inst::Unary { op: UnaryOp::Bitreverse, value: args[0].immediate() }),
            "rotate_left" | "rotate_right" => {
                let value = args[0].immediate();
                let ty = self.b.ty(value);
                let amount = self.int_cast(args[1].immediate(), ty, false);
                let op = if name == "rotate_left" { BinaryOp::Rotl } else { BinaryOp::Rotr };
                // The amount counts modulo the width, which for a byte needs more bits than a byte's own width has.
                self.binary(op, value, amount)
            }
            "unchecked_funnel_shl" | "unchecked_funnel_shr" => {
                let (high, low) = (args[0].immediate(), args[1].immediate());
                let ty = self.b.ty(high);
                let amount = self.int_cast(args[2].immediate(), ty, false);
                let left = name == "unchecked_funnel_shl";
                self.b.value(Inst::FunnelShift { left, high, low, amount })
            }
            "unchecked_shl" | "unchecked_shr" => {
                let value = args[0].immediate();
                let amount = self.shift_amount(value, args[1].immediate(), args[1].layout.ty.is_signed(), false);
                let op = match (name, signed) {
                    ("unchecked_shl", _) => BinaryOp::Shl,
                    (_, true) => BinaryOp::Ashr,
                    (_, false) => BinaryOp::Lshr,
                };
                self.binary(op, value, amount)
            }
            "float_to_int_unchecked" => {
                let (ty, _) = self.register_types(result).expect("an integer");
                let op = if result.ty.is_signed() { CastOp::FtoSi } else { CastOp::FtoUi };
                self.b.value(Inst::Cast { op, value: args[0].immediate(), ty })
            }
            "three_way_compare" => {
                let op = self.binary_op(mir::BinOp::Cmp, args[0], args[1], result)?;
                return Ok(Some(op));
            }
            _ => return Ok(None),
        };
        Ok(Some(OperandRef::immediate_of(value, result)))
    }
}
