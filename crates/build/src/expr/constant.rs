//! Constants.

use crate::builder::Builder;
use crate::{Doubt, Result};
use mir::{Const, ConstOperand};
use rustc_apfloat::Float;
use thir::{ExprId, ExprKind, LitKind, PatRange, PatRangeBoundary, Value};
use ty::{
    Allocation, ConstAllocation, ConstKind, ConstValue, FloatTy, GlobalAlloc, Mutability, Scalar, ScalarInt, Span, Ty,
    TyKind, UnevaluatedConst, ValTreeKind,
};

impl<'tcx> Builder<'_, 'tcx> {
    /// A constant, where the expression is one.
    pub fn as_constant(&mut self, id: ExprId) -> Result<ConstOperand<'tcx>> {
        let expr = &self.thir[id];
        let (ty, span) = (expr.ty, expr.span);
        let unevaluated =
            |def, args| Const::Unevaluated { constant: UnevaluatedConst { def, args }, promoted: None, ty };
        let const_ = match &expr.kind {
            ExprKind::Scope { value, .. } => return self.as_constant(*value),
            ExprKind::Literal { lit, neg } => self.literal(&lit.node, *neg, ty, span)?,
            ExprKind::NonHirLiteral { lit, user_ty } => {
                user_ty.map(|ty| self.push_user_type(ty));
                Const::Val(ConstValue::Scalar(Scalar::Int(*lit)), ty)
            }
            ExprKind::ZstLiteral { user_ty } => {
                user_ty.map(|ty| self.push_user_type(ty));
                Const::Val(ConstValue::ZeroSized, ty)
            }
            ExprKind::NamedConst { def_id, args, user_ty } => {
                user_ty.map(|ty| self.push_user_type(ty));
                unevaluated(*def_id, *args)
            }
            ExprKind::ConstParam { param, .. } => Const::Ty(ty, self.tcx.mk_const(ConstKind::Param(*param))),
            ExprKind::ConstBlock { did, args } => unevaluated(*did, *args),
            ExprKind::StaticRef { ty, def_id } => {
                let size = self.facts.scalar_size(*ty, span)?;
                let id = self.tcx.alloc_id_for(GlobalAlloc::Static(*def_id));
                Const::Val(ConstValue::Scalar(Scalar::Ptr(id, 0, size)), *ty)
            }
            _ => return Err(Doubt::at("constant", span)),
        };
        Ok(ConstOperand { span, const_ })
    }

    fn literal(&self, lit: &LitKind, neg: bool, ty: Ty<'tcx>, span: Span) -> Result<Const<'tcx>> {
        let scalar = match *ty.kind() {
            TyKind::Pat(base, _) => base,
            _ => ty,
        };
        let bits = |bits: u128| -> Result<ConstValue> {
            Ok(ConstValue::Scalar(Scalar::from_bits(bits, self.facts.scalar_size(scalar, span)?)))
        };
        let pointee = match *ty.kind() {
            TyKind::Ref(_, pointee, _) => Some(*pointee.kind()),
            _ => None,
        };
        let value = match (lit, scalar.kind()) {
            (LitKind::Str(text, _), _) if pointee == Some(TyKind::Str) => self.bytes(text.as_str().as_bytes()),
            (LitKind::ByteStr(bytes, _), _) if matches!(pointee, Some(TyKind::Slice(_))) => self.bytes(bytes),
            (LitKind::ByteStr(bytes, _), _) if matches!(pointee, Some(TyKind::Array(..))) => {
                let id = self.tcx.alloc_id_for(GlobalAlloc::Memory(self.memory(bytes)));
                ConstValue::Scalar(Scalar::Ptr(id, 0, self.facts.scalar_size(ty, span)?))
            }
            (LitKind::CStr(bytes, _), _) if matches!(pointee, Some(TyKind::Adt(..))) => self.bytes(bytes),
            (LitKind::Byte(byte), TyKind::Uint(_)) => bits(u128::from(*byte))?,
            (LitKind::Int(value, _), TyKind::Uint(_)) if !neg => bits(*value)?,
            (LitKind::Int(value, _), TyKind::Int(_)) => bits(if neg { value.wrapping_neg() } else { *value })?,
            (LitKind::Float(digits, _), TyKind::Float(float)) => {
                let Some(value) = float_bits(digits.as_str(), *float, neg) else {
                    return Err(Doubt::with("float literal", span, digits.as_str()));
                };
                ConstValue::Scalar(Scalar::Int(value))
            }
            (LitKind::Bool(value), TyKind::Bool) => bits(u128::from(*value))?,
            (LitKind::Char(c), TyKind::Char) => bits(u128::from(u32::from(*c)))?,
            _ => return Err(Doubt::with("literal of another type", span, self.tcx.ty_str(ty))),
        };
        Ok(Const::Val(value, ty))
    }

    fn memory(&self, bytes: &[u8]) -> ConstAllocation<'tcx> {
        let allocation = Allocation {
            bytes: bytes.into(),
            provenance: Vec::new(),
            init: ty::InitMask::All(true),
            align: 1,
            mutability: Mutability::Not,
        };
        ConstAllocation(self.tcx.arena().keep(allocation))
    }

    /// A pointer to bytes, and how many there are.
    fn bytes(&self, bytes: &[u8]) -> ConstValue {
        let alloc_id = self.tcx.alloc_id_for(GlobalAlloc::Memory(self.memory(bytes)));
        ConstValue::Slice { alloc_id, meta: bytes.len() as u64 }
    }

    /// The constant of a pattern: one of the type system.
    pub fn value_constant(&self, value: Value<'tcx>, span: Span) -> ConstOperand<'tcx> {
        let constant = self.tcx.mk_const(ConstKind::Value(value.ty, value.valtree));
        ConstOperand { span, const_: Const::Ty(value.ty, constant) }
    }
}

/// The bits of a float literal, rounded as the language says.
fn float_bits(digits: &str, float: FloatTy, neg: bool) -> Option<ScalarInt> {
    fn parse<F: Float>(digits: &str, neg: bool) -> Option<u128> {
        let value: F = digits.parse().ok()?;
        Some(if neg { -value } else { value }.to_bits())
    }
    use rustc_apfloat::ieee::{Double, Half, Quad, Single};
    let bits = match float {
        FloatTy::F16 => parse::<Half>(digits, neg),
        FloatTy::F32 => parse::<Single>(digits, neg),
        FloatTy::F64 => parse::<Double>(digits, neg),
        FloatTy::F128 => parse::<Quad>(digits, neg),
    }?;
    Some(ScalarInt::truncated(bits, (float.bit_width() / 8) as u8))
}

/// A scalar's place in the order of its type's values; `None` for floats that are not numbers and types without order.
fn key(ty: Ty<'_>, leaf: ScalarInt) -> Option<i128> {
    match *ty.kind() {
        TyKind::Int(_) => Some(leaf.signed()),
        // 128-bit values keep their order as the others do once the sign is turned.
        TyKind::Uint(_) if leaf.size == 16 => Some((leaf.bits ^ (1 << 127)) as i128),
        TyKind::Uint(_) | TyKind::Char => Some(leaf.bits as i128),
        TyKind::Float(float) => float_key(float, leaf.bits),
        _ => None,
    }
}

fn float_key(float: FloatTy, bits: u128) -> Option<i128> {
    let width = float.bit_width();
    let mantissa = match float {
        FloatTy::F16 => 10,
        FloatTy::F32 => 23,
        FloatTy::F64 => 52,
        FloatTy::F128 => 112,
    };
    let magnitude = bits & ((1 << (width - 1)) - 1);
    let infinity = ((1u128 << (width - 1 - mantissa)) - 1) << mantissa;
    if magnitude > infinity {
        return None;
    }
    let value = magnitude as i128;
    Some(if bits >> (width - 1) & 1 == 1 { -value } else { value })
}

fn boundary_key<'tcx>(ty: Ty<'tcx>, boundary: PatRangeBoundary<'tcx>) -> Option<i128> {
    match boundary {
        PatRangeBoundary::NegInfinity => Some(i128::MIN),
        PatRangeBoundary::PosInfinity => Some(i128::MAX),
        PatRangeBoundary::Finite(value) => match value.kind() {
            ValTreeKind::Leaf(leaf) => key(ty, leaf),
            ValTreeKind::Branch(_) => None,
        },
    }
}

/// Whether a range contains a value; `None` if that cannot be said.
pub(crate) fn range_contains<'tcx>(range: &PatRange<'tcx>, value: Value<'tcx>) -> Option<bool> {
    let value = boundary_key(range.ty, PatRangeBoundary::Finite(value.valtree))?;
    let (lo, hi) = (boundary_key(range.ty, range.lo)?, boundary_key(range.ty, range.hi)?);
    Some(lo <= value && (value < hi || value == hi && range.end == thir::RangeEnd::Included))
}

/// Whether two ranges of a type have a value in common; `None` if that cannot be said.
pub(crate) fn ranges_overlap<'tcx>(first: &PatRange<'tcx>, second: &PatRange<'tcx>) -> Option<bool> {
    let starts_before_end = |start: &PatRange<'tcx>, end: &PatRange<'tcx>| {
        let (lo, hi) = (boundary_key(start.ty, start.lo)?, boundary_key(end.ty, end.hi)?);
        Some(lo < hi || lo == hi && end.end == thir::RangeEnd::Included)
    };
    Some(starts_before_end(second, first)? && starts_before_end(first, second)?)
}

/// Whether a range covers all values of its type. Floats never are.
pub(crate) fn is_full_range(range: &PatRange<'_>, size: u8) -> bool {
    let bits = u32::from(size) * 8;
    let ends = match *range.ty.kind() {
        TyKind::Char => (0, i128::from(u32::from(char::MAX))),
        TyKind::Int(_) => (i128::MIN >> (128 - bits), i128::MAX >> (128 - bits)),
        TyKind::Uint(_) if bits == 128 => (i128::MIN, i128::MAX),
        TyKind::Uint(_) => (0, (1i128 << bits) - 1),
        _ => return false,
    };
    let reaches = |boundary, end: i128, is_upper: bool| match boundary_key(range.ty, boundary) {
        _ if matches!(boundary, PatRangeBoundary::NegInfinity | PatRangeBoundary::PosInfinity) => true,
        Some(key) if is_upper => key > end || key == end && range.end == thir::RangeEnd::Included,
        Some(key) => key <= end,
        None => false,
    };
    reaches(range.lo, ends.0, false) && reaches(range.hi, ends.1, true)
}
