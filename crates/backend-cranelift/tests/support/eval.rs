//! What LIR's operations mean, computed on bits: the reference that compiled code is compared with.

use lir::{BinaryOp, CastOp, FloatCond, IntCond, OverflowOp, Scalar, UnaryOp};
use rustc_apfloat::ieee::{Double, Half, Quad, Single};
use rustc_apfloat::{Float, FloatConvert, Round};
use std::cmp::Ordering;

pub fn bits(scalar: Scalar) -> u32 {
    scalar.size_bytes(8) * 8
}

pub fn truncate(scalar: Scalar, value: u128) -> u128 {
    let bits = bits(scalar);
    if bits == 128 { value } else { value & ((1 << bits) - 1) }
}

pub fn signed(scalar: Scalar, value: u128) -> i128 {
    let shift = 128 - bits(scalar);
    ((value << shift) as i128) >> shift
}

/// Operations that the reference knows; the others have tests of their own.
pub fn unary(op: UnaryOp, ty: Scalar, x: u128) -> Option<u128> {
    let width = bits(ty);
    let unused = 128 - width;
    let result = match op {
        UnaryOp::Ineg => x.wrapping_neg(),
        UnaryOp::Not => !x,
        UnaryOp::Ctlz => u128::from(x.leading_zeros() - unused),
        UnaryOp::Cttz => u128::from(x.trailing_zeros().min(width)),
        UnaryOp::Popcnt => u128::from(x.count_ones()),
        UnaryOp::Bswap => x.swap_bytes() >> unused,
        UnaryOp::Bitreverse => x.reverse_bits() >> unused,
        UnaryOp::Fneg => x ^ 1 << (width - 1),
        UnaryOp::Fabs => x & !(1 << (width - 1)),
        UnaryOp::Sqrt => match ty {
            Scalar::F32 => u128::from(f32::from_bits(x as u32).sqrt().to_bits()),
            Scalar::F64 => u128::from(f64::from_bits(x as u64).sqrt().to_bits()),
            _ => return None,
        },
        UnaryOp::Floor => round(ty, x, Round::TowardNegative),
        UnaryOp::Ceil => round(ty, x, Round::TowardPositive),
        UnaryOp::Ftrunc => round(ty, x, Round::TowardZero),
        UnaryOp::Round => round(ty, x, Round::NearestTiesToAway),
        UnaryOp::RoundEven => round(ty, x, Round::NearestTiesToEven),
        _ => return None,
    };
    Some(truncate(ty, result))
}

macro_rules! with_float {
    ($ty:expr, $float:ident => $body:expr) => {
        match $ty {
            Scalar::F16 => {
                type $float = Half;
                $body
            }
            Scalar::F32 => {
                type $float = Single;
                $body
            }
            Scalar::F64 => {
                type $float = Double;
                $body
            }
            _ => {
                type $float = Quad;
                $body
            }
        }
    };
}

fn round(ty: Scalar, x: u128, mode: Round) -> u128 {
    with_float!(ty, F => F::from_bits(x).round_to_integral(mode).value.to_bits())
}

pub fn is_nan(ty: Scalar, x: u128) -> bool {
    with_float!(ty, F => F::from_bits(x).is_nan())
}

pub fn fma(ty: Scalar, a: u128, b: u128, c: u128) -> u128 {
    with_float!(ty, F => F::from_bits(a).mul_add(F::from_bits(b), F::from_bits(c)).value.to_bits())
}

/// `None` where the operation is undefined for these operands.
pub fn binary(op: BinaryOp, ty: Scalar, a: u128, b: u128) -> Option<u128> {
    if ty.is_float() {
        return with_float!(ty, F => float_binary::<F>(op, F::from_bits(a), F::from_bits(b)));
    }
    let width = bits(ty);
    let (sa, sb) = (signed(ty, a), signed(ty, b));
    let (min, max) = (i128::MIN >> (128 - width), i128::MAX >> (128 - width));
    let unsigned_max = u128::MAX >> (128 - width);
    let shift = u32::try_from(b % u128::from(width)).expect("small");
    let shift_ok = b < u128::from(width);
    let division_ok = b != 0;
    let signed_ok = division_ok && !(sa == min && sb == -1);
    let result = match op {
        BinaryOp::Iadd => a.wrapping_add(b),
        BinaryOp::Isub => a.wrapping_sub(b),
        BinaryOp::Imul => a.wrapping_mul(b),
        BinaryOp::Udiv if division_ok => a / b,
        BinaryOp::Urem if division_ok => a % b,
        BinaryOp::Sdiv if signed_ok => (sa / sb) as u128,
        BinaryOp::Srem if signed_ok => (sa % sb) as u128,
        BinaryOp::And => a & b,
        BinaryOp::Or => a | b,
        BinaryOp::Xor => a ^ b,
        BinaryOp::Shl if shift_ok => a << shift,
        BinaryOp::Lshr if shift_ok => a >> shift,
        BinaryOp::Ashr if shift_ok => (sa >> shift) as u128,
        BinaryOp::UaddSat => a.checked_add(b).map_or(unsigned_max, |sum| sum.min(unsigned_max)),
        BinaryOp::UsubSat => a.saturating_sub(b),
        BinaryOp::SaddSat => sa.saturating_add(sb).clamp(min, max) as u128,
        BinaryOp::SsubSat => sa.saturating_sub(sb).clamp(min, max) as u128,
        BinaryOp::Umin => a.min(b),
        BinaryOp::Umax => a.max(b),
        BinaryOp::Smin => sa.min(sb) as u128,
        BinaryOp::Smax => sa.max(sb) as u128,
        BinaryOp::Rotl => rotl(width, a, shift),
        BinaryOp::Rotr => rotl(width, a, (width - shift) % width),
        _ => return None,
    };
    Some(truncate(ty, result))
}

fn rotl(width: u32, value: u128, by: u32) -> u128 {
    if by == 0 { value } else { value << by | value >> (width - by) }
}

pub fn funnel_shift(ty: Scalar, left: bool, high: u128, low: u128, amount: u128) -> u128 {
    let width = bits(ty);
    let amount = (amount % u128::from(width)) as u32;
    let result = match (left, amount) {
        (true, 0) => high,
        (false, 0) => low,
        (true, _) => high << amount | low >> (width - amount),
        (false, _) => low >> amount | high << (width - amount),
    };
    truncate(ty, result)
}

fn float_binary<F: Float>(op: BinaryOp, a: F, b: F) -> Option<u128> {
    let result = match op {
        BinaryOp::Fadd => (a + b).value,
        BinaryOp::Fsub => (a - b).value,
        BinaryOp::Fmul => (a * b).value,
        BinaryOp::Fdiv => (a / b).value,
        BinaryOp::Frem => a.c_fmod(b).value,
        BinaryOp::Fmin => a.min(b),
        BinaryOp::Fmax => a.max(b),
        BinaryOp::Fminimum => a.minimum(b),
        BinaryOp::Fmaximum => a.maximum(b),
        BinaryOp::Copysign => a.copy_sign(b),
        _ => return None,
    };
    Some(result.to_bits())
}

pub fn overflow(op: OverflowOp, ty: Scalar, a: u128, b: u128) -> (u128, bool) {
    let (sa, sb) = (signed(ty, a), signed(ty, b));
    let (wrapped, over) = match op {
        OverflowOp::Uadd => a.overflowing_add(b),
        OverflowOp::Usub => a.overflowing_sub(b),
        OverflowOp::Umul => a.overflowing_mul(b),
        OverflowOp::Sadd => unsign(sa.overflowing_add(sb)),
        OverflowOp::Ssub => unsign(sa.overflowing_sub(sb)),
        OverflowOp::Smul => unsign(sa.overflowing_mul(sb)),
    };
    let result = truncate(ty, wrapped);
    let fits = match op {
        OverflowOp::Uadd | OverflowOp::Usub | OverflowOp::Umul => result == wrapped,
        _ => signed(ty, result) == wrapped as i128,
    };
    (result, over || !fits)
}

fn unsign((value, over): (i128, bool)) -> (u128, bool) {
    (value as u128, over)
}

pub fn icmp(cond: IntCond, ty: Scalar, a: u128, b: u128) -> bool {
    let (sa, sb) = (signed(ty, a), signed(ty, b));
    match cond {
        IntCond::Eq => a == b,
        IntCond::Ne => a != b,
        IntCond::Ult => a < b,
        IntCond::Ule => a <= b,
        IntCond::Ugt => a > b,
        IntCond::Uge => a >= b,
        IntCond::Slt => sa < sb,
        IntCond::Sle => sa <= sb,
        IntCond::Sgt => sa > sb,
        IntCond::Sge => sa >= sb,
    }
}

pub fn fcmp(cond: FloatCond, ty: Scalar, a: u128, b: u128) -> bool {
    let order = with_float!(ty, F => F::from_bits(a).partial_cmp(&F::from_bits(b)));
    match cond {
        FloatCond::Oeq => order == Some(Ordering::Equal),
        FloatCond::Une => order != Some(Ordering::Equal),
        FloatCond::Olt => order == Some(Ordering::Less),
        FloatCond::Ole => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        FloatCond::Ogt => order == Some(Ordering::Greater),
        FloatCond::Oge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        FloatCond::Unordered => order.is_none(),
        FloatCond::Ordered => order.is_some(),
    }
}

/// `None` where the result is undefined.
pub fn cast(op: CastOp, from: Scalar, to: Scalar, x: u128) -> Option<u128> {
    let width = bits(to) as usize;
    let result = match op {
        CastOp::Zext | CastOp::Trunc | CastOp::Bitcast | CastOp::PtrToInt | CastOp::IntToPtr => x,
        CastOp::Sext => signed(from, x) as u128,
        CastOp::FtoUiSat | CastOp::FtoUi => {
            let result = with_float!(from, F => F::from_bits(x).to_u128(width));
            if op == CastOp::FtoUi && result.status.contains(rustc_apfloat::Status::INVALID_OP) {
                return None;
            }
            if is_nan(from, x) { 0 } else { result.value }
        }
        CastOp::FtoSiSat | CastOp::FtoSi => {
            let result = with_float!(from, F => F::from_bits(x).to_i128(width));
            if op == CastOp::FtoSi && result.status.contains(rustc_apfloat::Status::INVALID_OP) {
                return None;
            }
            if is_nan(from, x) { 0 } else { result.value as u128 }
        }
        CastOp::UiToF => with_float!(to, F => F::from_u128(x).value.to_bits()),
        CastOp::SiToF => with_float!(to, F => F::from_i128(signed(from, x)).value.to_bits()),
        CastOp::Fext | CastOp::Ftrunc => with_float!(from, F => convert::<F>(F::from_bits(x), to)),
    };
    Some(truncate(to, result))
}

fn convert<F>(value: F, to: Scalar) -> u128
where
    F: Float + FloatConvert<Half> + FloatConvert<Single> + FloatConvert<Double> + FloatConvert<Quad>,
{
    let mut loses = false;
    match to {
        Scalar::F16 => FloatConvert::<Half>::convert(value, &mut loses).value.to_bits(),
        Scalar::F32 => FloatConvert::<Single>::convert(value, &mut loses).value.to_bits(),
        Scalar::F64 => FloatConvert::<Double>::convert(value, &mut loses).value.to_bits(),
        _ => FloatConvert::<Quad>::convert(value, &mut loses).value.to_bits(),
    }
}
