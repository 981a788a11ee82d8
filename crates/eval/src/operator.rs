//! Arithmetic and comparisons.

use crate::fault::{EvalResult, fault};
use crate::float;
use crate::machine::Machine;
use crate::value::{Imm, ImmTy};
use mir::{BinOp, UnOp};
use ty::{Scalar, ScalarInt, TyKind};

/// What a [`BinOp`] means once the ways of treating overflow are told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Overflow {
    Wrap,
    /// The name of the intrinsic whose contract it breaks.
    Undefined(&'static str),
    Report,
}

fn overflow_of(op: BinOp) -> (BinOp, Overflow) {
    match op {
        BinOp::AddUnchecked => (BinOp::Add, Overflow::Undefined("unchecked_add")),
        BinOp::SubUnchecked => (BinOp::Sub, Overflow::Undefined("unchecked_sub")),
        BinOp::MulUnchecked => (BinOp::Mul, Overflow::Undefined("unchecked_mul")),
        BinOp::ShlUnchecked => (BinOp::Shl, Overflow::Undefined("unchecked_shl")),
        BinOp::ShrUnchecked => (BinOp::Shr, Overflow::Undefined("unchecked_shr")),
        BinOp::AddWithOverflow => (BinOp::Add, Overflow::Report),
        BinOp::SubWithOverflow => (BinOp::Sub, Overflow::Report),
        BinOp::MulWithOverflow => (BinOp::Mul, Overflow::Report),
        other => (other, Overflow::Wrap),
    }
}

/// The result of an operation, without a layout: a scalar, or a scalar and whether it overflowed.
#[derive(Clone, Copy)]
pub(crate) struct Outcome {
    pub imm: Imm,
}

impl From<bool> for Outcome {
    fn from(value: bool) -> Outcome {
        Outcome { imm: Imm::Scalar(Scalar::from_bits(u128::from(value), 1)) }
    }
}
impl From<ScalarInt> for Outcome {
    fn from(value: ScalarInt) -> Outcome {
        Outcome { imm: Imm::Scalar(Scalar::Int(value)) }
    }
}

impl<'tcx> Machine<'_, 'tcx> {
    pub(crate) fn binary_op(&mut self, op: BinOp, left: &ImmTy<'tcx>, right: &ImmTy<'tcx>) -> EvalResult<Outcome> {
        let (l, r) = match (left.imm, right.imm) {
            (Imm::Scalar(l), Imm::Scalar(r)) => (l, r),
            (Imm::Pair(..), _) | (_, Imm::Pair(..)) => {
                fault!("pointer arithmetic or comparison is not supported at compile-time")
            }
            // Comparing values without content.
            (Imm::Uninit, Imm::Uninit) if left.layout.is_zst() => match op {
                BinOp::Eq | BinOp::Le | BinOp::Ge => return Ok(true.into()),
                BinOp::Ne | BinOp::Lt | BinOp::Gt => return Ok(false.into()),
                _ => ty::bug!("{op:?} of {:?}", left.layout.ty),
            },
            _ => fault!("using uninitialized data, but this operation requires initialized memory"),
        };
        match *left.layout.ty.kind() {
            TyKind::Bool => {
                let (l, r) = (self.to_bool(l)?, self.to_bool(r)?);
                self.int_op(op, ScalarInt::truncated(l.into(), 1), ScalarInt::truncated(r.into(), 1), false, false)
            }
            TyKind::Char => {
                let ty = left.layout.ty;
                let (l, r) = (self.checked_bits(l, ty)?, self.checked_bits(r, ty)?);
                self.int_op(op, l, r, false, false)
            }
            TyKind::Int(_) | TyKind::Uint(_) => {
                let (l, r) = (self.to_int(l)?, self.to_int(r)?);
                self.int_op(op, l, r, left.layout.ty.is_signed(), right.layout.ty.is_signed())
            }
            TyKind::Float(width) => {
                let (l, r) = (self.to_int(l)?.bits, self.to_int(r)?.bits);
                Ok(match float::binary(width, op, l, r) {
                    float::Outcome::Bool(value) => value.into(),
                    float::Outcome::Bits(bits) => ScalarInt::truncated(bits, (width.bit_width() / 8) as u8).into(),
                })
            }
            TyKind::RawPtr(..) | TyKind::Ref(..) | TyKind::FnPtr(..) => {
                if op != BinOp::Offset {
                    fault!("pointer arithmetic or comparison is not supported at compile-time");
                }
                let Some(pointee) = left.layout.ty.builtin_deref(self.cx.tcx) else {
                    ty::bug!("an offset of {:?}", left.layout.ty)
                };
                let size = self.cx.layout_of(pointee)?.size.bytes();
                let ptr = self.to_pointer(l)?;
                let count = self.to_int(r)?;
                let bytes = self.offset_in_bytes(count, right.layout.ty.is_signed(), size)?;
                let moved = self.offset_inbounds(ptr, bytes)?;
                Ok(Outcome { imm: Imm::Scalar(self.pointer_scalar(moved)) })
            }
            _ => ty::bug!("{op:?} of {:?}", left.layout.ty),
        }
    }

    /// `count` elements in bytes, for the offset of a pointer.
    pub(crate) fn offset_in_bytes(&self, count: ScalarInt, signed: bool, size: u64) -> EvalResult<i64> {
        let count = if signed { Some(count.signed()) } else { i128::try_from(count.bits).ok() };
        let bytes = count.and_then(|count| count.checked_mul(i128::from(size)));
        match bytes {
            Some(bytes) if bytes.unsigned_abs() <= u128::from(self.cx.max_size()) => Ok(bytes as i64),
            _ => fault!("overflowing pointer arithmetic: the total offset in bytes does not fit in an `isize`"),
        }
    }

    /// Integers, and types that are compared as integers.
    pub(crate) fn int_op(
        &self,
        op: BinOp,
        left: ScalarInt,
        right: ScalarInt,
        signed: bool,
        right_signed: bool,
    ) -> EvalResult<Outcome> {
        let (op, overflow) = overflow_of(op);
        let bits = u32::from(left.size) * 8;
        if let BinOp::Shl | BinOp::Shr = op {
            // The amount is taken modulo the width, also of negative amounts.
            let amount = (right.bits & u128::from(bits - 1)) as u32;
            let in_range = if right_signed {
                (0..i128::from(bits)).contains(&right.signed())
            } else {
                right.bits < u128::from(bits)
            };
            if !in_range && let Overflow::Undefined(name) = overflow {
                let shown = if right_signed { right.signed().to_string() } else { right.bits.to_string() };
                fault!("overflowing shift by {shown} in `{name}`");
            }
            let result = match (op, signed) {
                (BinOp::Shl, _) => left.bits << amount,
                (_, true) => (left.signed() >> amount) as u128,
                (_, false) => left.bits >> amount,
            };
            return Ok(ScalarInt::truncated(result, left.size).into());
        }
        let (l, r) = (left.signed(), right.signed());
        let ordering = if signed { l.cmp(&r) } else { left.bits.cmp(&right.bits) };
        Ok(match op {
            BinOp::Eq => ordering.is_eq().into(),
            BinOp::Ne => ordering.is_ne().into(),
            BinOp::Lt => ordering.is_lt().into(),
            BinOp::Le => ordering.is_le().into(),
            BinOp::Gt => ordering.is_gt().into(),
            BinOp::Ge => ordering.is_ge().into(),
            BinOp::Cmp => ScalarInt::truncated(ordering as i8 as u128, 1).into(),
            BinOp::BitAnd => ScalarInt { bits: left.bits & right.bits, size: left.size }.into(),
            BinOp::BitOr => ScalarInt { bits: left.bits | right.bits, size: left.size }.into(),
            BinOp::BitXor => ScalarInt { bits: left.bits ^ right.bits, size: left.size }.into(),
            BinOp::Div | BinOp::Rem if right.bits == 0 => match op {
                BinOp::Div => fault!("dividing by zero"),
                _ => fault!("calculating the remainder with a divisor of zero"),
            },
            BinOp::Div | BinOp::Rem if signed => {
                if r == -1 && left.bits == 1 << (bits - 1) {
                    match op {
                        BinOp::Div => fault!("overflow in signed division (dividing MIN by -1)"),
                        _ => fault!("overflow in signed remainder (dividing MIN by -1)"),
                    }
                }
                let result = if op == BinOp::Div { l / r } else { l % r };
                ScalarInt::truncated(result as u128, left.size).into()
            }
            BinOp::Div => ScalarInt { bits: left.bits / right.bits, size: left.size }.into(),
            BinOp::Rem => ScalarInt { bits: left.bits % right.bits, size: left.size }.into(),
            BinOp::Add | BinOp::Sub | BinOp::Mul => {
                let (result, overflowed) = overflowing(op, left, right, signed);
                match overflow {
                    Overflow::Undefined(name) if overflowed => {
                        fault!("arithmetic overflow in `{name}`")
                    }
                    Overflow::Report => {
                        Outcome { imm: Imm::Pair(Scalar::Int(result), Scalar::from_bits(u128::from(overflowed), 1)) }
                    }
                    _ => result.into(),
                }
            }
            _ => ty::bug!("{op:?} of integers"),
        })
    }

    pub(crate) fn arithmetic_unary(&self, op: UnOp, value: &ImmTy<'tcx>) -> EvalResult<Scalar> {
        let Imm::Scalar(scalar) = value.imm else {
            fault!("using uninitialized data, but this operation requires initialized memory")
        };
        let int = self.to_int(scalar)?;
        let bits = match (*value.layout.ty.kind(), op) {
            (TyKind::Bool, UnOp::Not) => u128::from(!self.to_bool(scalar)?),
            (TyKind::Int(_) | TyKind::Uint(_), UnOp::Not) => !int.bits,
            (TyKind::Int(_), UnOp::Neg) => int.bits.wrapping_neg(),
            // The sign bit alone, also of a NaN.
            (TyKind::Float(width), UnOp::Neg) => int.bits ^ (1 << (width.bit_width() - 1)),
            _ => ty::bug!("{op:?} of {:?}", value.layout.ty),
        };
        Ok(Scalar::from_bits(bits, int.size))
    }
}

/// The wrapped result, and whether it is not the true one.
pub(crate) fn overflowing(op: BinOp, left: ScalarInt, right: ScalarInt, signed: bool) -> (ScalarInt, bool) {
    let size = left.size;
    if signed {
        let (l, r) = (left.signed(), right.signed());
        let (result, lost) = match op {
            BinOp::Add => l.overflowing_add(r),
            BinOp::Sub => l.overflowing_sub(r),
            _ => l.overflowing_mul(r),
        };
        let result_int = ScalarInt::truncated(result as u128, size);
        (result_int, lost || result_int.signed() != result)
    } else {
        let (l, r) = (left.bits, right.bits);
        let (result, lost) = match op {
            BinOp::Add => l.overflowing_add(r),
            BinOp::Sub => l.overflowing_sub(r),
            _ => l.overflowing_mul(r),
        };
        let result_int = ScalarInt::truncated(result, size);
        (result_int, lost || result_int.bits != result)
    }
}
