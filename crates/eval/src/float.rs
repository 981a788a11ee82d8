//! Floating point, computed in software so that results do not depend on the machine that compiles.
//!
//! Values are bit patterns. NaN results of arithmetic are the quiet NaN that rustc gives at compile time: sign positive,
//! payload empty.

use mir::BinOp;
use rustc_apfloat::ieee::{Double, Half, Quad, Single};
use rustc_apfloat::{Float, FloatConvert, Round, Status};
use ty::FloatTy;

pub(crate) enum Outcome {
    Bool(bool),
    Bits(u128),
}

/// Rounds, takes roots, and so on: operations of one operand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unary {
    Round(Round),
    Abs,
}

/// Operations of two operands that are intrinsics.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    /// NaN if either is; -0 is less than +0.
    Minimum,
    Maximum,
    /// The other one if either is NaN.
    MinimumNumber,
    MaximumNumber,
    CopySign,
}

fn quiet<F: Float>(value: F) -> F {
    if value.is_nan() { F::NAN } else { value }
}

/// Calls a generic function with the type of a width.
macro_rules! with_width {
    ($width:expr, $function:ident($($arg:expr),*)) => {
        match $width {
            FloatTy::F16 => $function::<Half>($($arg),*),
            FloatTy::F32 => $function::<Single>($($arg),*),
            FloatTy::F64 => $function::<Double>($($arg),*),
            FloatTy::F128 => $function::<Quad>($($arg),*),
        }
    };
}

pub(crate) fn binary(width: FloatTy, op: BinOp, left: u128, right: u128) -> Outcome {
    fn inner<F: Float>(op: BinOp, left: u128, right: u128) -> Outcome {
        let (l, r) = (F::from_bits(left), F::from_bits(right));
        let result = match op {
            BinOp::Eq => return Outcome::Bool(l == r),
            BinOp::Ne => return Outcome::Bool(l != r),
            BinOp::Lt => return Outcome::Bool(l < r),
            BinOp::Le => return Outcome::Bool(l <= r),
            BinOp::Gt => return Outcome::Bool(l > r),
            BinOp::Ge => return Outcome::Bool(l >= r),
            BinOp::Add => (l + r).value,
            BinOp::Sub => (l - r).value,
            BinOp::Mul => (l * r).value,
            BinOp::Div => (l / r).value,
            BinOp::Rem => (l % r).value,
            _ => ty::bug!("{op:?} of floats"),
        };
        Outcome::Bits(quiet(result).to_bits())
    }
    with_width!(width, inner(op, left, right))
}

pub(crate) fn unary(width: FloatTy, op: Unary, value: u128) -> u128 {
    fn inner<F: Float>(op: Unary, value: u128) -> u128 {
        let value = F::from_bits(value);
        match op {
            Unary::Round(round) => quiet(value.round_to_integral(round).value).to_bits(),
            Unary::Abs => value.abs().to_bits(),
        }
    }
    with_width!(width, inner(op, value))
}

pub(crate) fn binary_intrinsic(width: FloatTy, op: Binary, left: u128, right: u128) -> u128 {
    fn inner<F: Float>(op: Binary, left: u128, right: u128) -> u128 {
        let (l, r) = (F::from_bits(left), F::from_bits(right));
        match op {
            Binary::Minimum => quiet(l.minimum(r)).to_bits(),
            Binary::Maximum => quiet(l.maximum(r)).to_bits(),
            // Of equal numbers, which may be zeros of different signs, the first.
            Binary::MinimumNumber | Binary::MaximumNumber if l == r => l.to_bits(),
            Binary::MinimumNumber => quiet(l.min(r)).to_bits(),
            Binary::MaximumNumber => quiet(l.max(r)).to_bits(),
            Binary::CopySign => l.copy_sign(r).to_bits(),
        }
    }
    with_width!(width, inner(op, left, right))
}

/// `a * b + c`, rounded once if `fused`.
pub(crate) fn mul_add(width: FloatTy, a: u128, b: u128, c: u128) -> u128 {
    fn inner<F: Float>(a: u128, b: u128, c: u128) -> u128 {
        quiet(F::from_bits(a).mul_add(F::from_bits(b), F::from_bits(c)).value).to_bits()
    }
    with_width!(width, inner(a, b, c))
}

pub(crate) fn from_int(width: FloatTy, bits: u128, signed: bool) -> u128 {
    fn inner<F: Float>(bits: u128, signed: bool) -> u128 {
        if signed { F::from_i128(bits as i128).value.to_bits() } else { F::from_u128(bits).value.to_bits() }
    }
    with_width!(width, inner(bits, signed))
}

/// A saturating cast, as `as` does.
pub(crate) fn to_int(width: FloatTy, value: u128, int_bits: u32, signed: bool) -> u128 {
    fn inner<F: Float>(value: u128, int_bits: u32, signed: bool) -> u128 {
        let value = F::from_bits(value);
        if signed { value.to_i128(int_bits as usize).value as u128 } else { value.to_u128(int_bits as usize).value }
    }
    with_width!(width, inner(value, int_bits, signed))
}

/// The integer part, if it fits.
pub(crate) fn to_int_checked(width: FloatTy, value: u128, int_bits: u32, signed: bool) -> Option<u128> {
    fn inner<F: Float>(value: u128, int_bits: u32, signed: bool) -> Option<u128> {
        let value = F::from_bits(value);
        let mut exact = false;
        let (result, status) = if signed {
            let result = value.to_i128_r(int_bits as usize, Round::TowardZero, &mut exact);
            (result.value as u128, result.status)
        } else {
            let result = value.to_u128_r(int_bits as usize, Round::TowardZero, &mut exact);
            (result.value, result.status)
        };
        (!status.intersects(Status::INVALID_OP | Status::OVERFLOW | Status::UNDERFLOW)).then_some(result)
    }
    with_width!(width, inner(value, int_bits, signed))
}

pub(crate) fn convert(from: FloatTy, to: FloatTy, value: u128) -> u128 {
    fn inner<F>(to: FloatTy, value: u128) -> u128
    where
        F: Float + FloatConvert<Half> + FloatConvert<Single> + FloatConvert<Double> + FloatConvert<Quad>,
    {
        let value = F::from_bits(value);
        let mut lossy = false;
        match to {
            FloatTy::F16 => quiet::<Half>(value.convert(&mut lossy).value).to_bits(),
            FloatTy::F32 => quiet::<Single>(value.convert(&mut lossy).value).to_bits(),
            FloatTy::F64 => quiet::<Double>(value.convert(&mut lossy).value).to_bits(),
            FloatTy::F128 => quiet::<Quad>(value.convert(&mut lossy).value).to_bits(),
        }
    }
    with_width!(from, inner(to, value))
}
