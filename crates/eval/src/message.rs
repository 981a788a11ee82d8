//! The texts of failed assertions, as rustc words them for constants.

use crate::fault::{EvalResult, Fault};
use crate::machine::Machine;
use mir::{AssertKind, BinOp, Operand};
use ty::{CoroutineDesugaring, CoroutineKind, Ty, TyKind};

impl<'tcx> Machine<'_, 'tcx> {
    /// An integer as rustc shows it: limits by name, others with the type as suffix if `suffixed`.
    fn show_int(&mut self, operand: &Operand<'tcx>, suffixed: bool) -> EvalResult<String> {
        let value = self.eval_operand(operand)?;
        let int = self.read_int(&value)?;
        let ty: Ty<'tcx> = value.layout().ty;
        let bits = u32::from(int.size) * 8;
        let (name, signed) = match *ty.kind() {
            TyKind::Int(int) => (int.name(), true),
            TyKind::Uint(uint) => (uint.name(), false),
            _ => return Ok(int.bits.to_string()),
        };
        if signed {
            let min = 1u128 << (bits - 1);
            if int.bits == min {
                return Ok(format!("{name}::MIN"));
            }
            if int.bits == min - 1 {
                return Ok(format!("{name}::MAX"));
            }
        } else if int.bits == u128::MAX >> (128 - bits) {
            return Ok(format!("{name}::MAX"));
        }
        let suffix = if suffixed { format!("_{name}") } else { String::new() };
        Ok(if signed { format!("{}{suffix}", int.signed()) } else { format!("{}{suffix}", int.bits) })
    }

    pub(crate) fn assert_message(&mut self, kind: &AssertKind<'tcx>) -> EvalResult<Box<Fault>> {
        let message = match kind {
            AssertKind::BoundsCheck { len, index } => format!(
                "index out of bounds: the length is {} but the index is {}",
                self.show_int(len, false)?,
                self.show_int(index, false)?
            ),
            AssertKind::Overflow(op, left, right) => match op {
                BinOp::Shl => {
                    format!("attempt to shift left by `{}`, which would overflow", self.show_int(right, true)?)
                }
                BinOp::Shr => {
                    format!("attempt to shift right by `{}`, which would overflow", self.show_int(right, true)?)
                }
                _ => {
                    let sign = match op {
                        BinOp::Add => "+",
                        BinOp::Sub => "-",
                        BinOp::Mul => "*",
                        BinOp::Div => "/",
                        BinOp::Rem => "%",
                        _ => ty::bug!("{op:?} does not overflow"),
                    };
                    let (left, right) = (self.show_int(left, true)?, self.show_int(right, true)?);
                    format!("attempt to compute `{left} {sign} {right}`, which would overflow")
                }
            },
            AssertKind::OverflowNeg(value) => {
                format!("attempt to negate `{}`, which would overflow", self.show_int(value, true)?)
            }
            AssertKind::DivisionByZero(value) => {
                format!("attempt to divide `{}` by zero", self.show_int(value, true)?)
            }
            AssertKind::RemainderByZero(value) => format!(
                "attempt to calculate the remainder of `{}` with a divisor of zero",
                self.show_int(value, true)?
            ),
            AssertKind::ResumedAfterReturn(kind) => match kind {
                CoroutineKind::Desugared(CoroutineDesugaring::Gen, _) => {
                    "`gen` fn or block resumed after completion".to_string()
                }
                CoroutineKind::Desugared(..) => "`async fn` resumed after completion".to_string(),
                CoroutineKind::Coroutine { .. } => "coroutine resumed after completion".to_string(),
            },
            AssertKind::ResumedAfterPanic(kind) => match kind {
                CoroutineKind::Desugared(CoroutineDesugaring::Gen, _) => {
                    "`gen` fn or block cannot be further iterated on after it panicked".to_string()
                }
                CoroutineKind::Desugared(..) => "`async fn` resumed after panicking".to_string(),
                CoroutineKind::Coroutine { .. } => "coroutine resumed after panicking".to_string(),
            },
            AssertKind::ResumedAfterDrop(kind) => match kind {
                CoroutineKind::Desugared(CoroutineDesugaring::Gen, _) => {
                    "`gen` fn or block cannot be further iterated on after it async dropped".to_string()
                }
                CoroutineKind::Desugared(..) => "`async fn` resumed after async drop".to_string(),
                CoroutineKind::Coroutine { .. } => "coroutine resumed after async drop".to_string(),
            },
            AssertKind::MisalignedPointerDereference { required, found } => format!(
                "misaligned pointer dereference: address must be a multiple of {} but is {}",
                self.show_int(required, true)?,
                self.show_int(found, true)?
            ),
            AssertKind::NullPointerDereference => "null pointer dereference occurred".to_string(),
            AssertKind::InvalidEnumConstruction(value) => {
                format!("trying to construct an enum from an invalid value `{}`", self.show_int(value, true)?)
            }
        };
        Ok(Fault::new(message))
    }
}
