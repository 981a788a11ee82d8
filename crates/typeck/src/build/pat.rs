//! Patterns.

use super::Builder;
use crate::doubt::{Answer, Doubt};
use crate::pat::adjusted;
use crate::results::res_def;
use hir::body::PatId;
use hir::expr::LitKind;
use hir::pat::{PatExpr, PatExprKind, PatKind as Kind};
use hir::path::Res;
use thir::{
    BindingMode, ByRef, FieldPat, Pat, PatExtra, PatKind, PatRange, PatRangeBoundary, Pinnedness, RangeEnd, Value,
};
use ty::{DefKind, FieldIdx, FloatTy, Mutability, ScalarInt, Ty, TyKind, ValTree, ValTreeKind, VariantIdx};

impl<'tcx> Builder<'_, '_, 'tcx> {
    pub(super) fn pat(&self, id: PatId) -> Answer<Pat<'tcx>> {
        ty::ensure_stack();
        let mut pat = self.pat_unadjusted(id)?;
        let peeled = self.fcx.results.borrow().pat_adjustments.get(&id).cloned().unwrap_or_default();
        for source in peeled.into_iter().rev() {
            let span = pat.span;
            let kind = PatKind::Deref { pin: Pinnedness::Not, subpattern: Box::new(pat) };
            pat = Pat { ty: self.fcx.exported(source)?, span, extra: None, kind };
        }
        Ok(pat)
    }

    fn pat_ty(&self, id: PatId) -> Answer<Ty<'tcx>> {
        let ty = self.fcx.results.borrow().pats.get(&id).copied();
        self.fcx.exported(ty.ok_or_else(|| Doubt::new("a pattern without a type", ""))?)
    }

    fn pat_unadjusted(&self, id: PatId) -> Answer<Pat<'tcx>> {
        let fcx = self.fcx;
        let node = &fcx.hir[id];
        let span = self.span(node.span);
        let ty = self.pat_ty(id)?;
        let kind = match &node.kind {
            Kind::Missing => PatKind::Missing,
            Kind::Wild => PatKind::Wild,
            Kind::Never => PatKind::Never,
            Kind::Expr(expr) => return self.pat_expr(id, expr, ty),
            Kind::Range(lo, hi, end) => return self.range(id, lo.as_ref(), hi.as_ref(), *end, ty, span),
            Kind::Ref(inner, ..) => PatKind::Deref { pin: Pinnedness::Not, subpattern: Box::new(self.pat(*inner)?) },
            Kind::Slice(before, rest, after) => {
                let prefix = self.pats(before)?;
                let slice = match rest {
                    Some(rest) => Some(Box::new(self.pat(*rest)?)),
                    None => None,
                };
                let suffix = self.pats(after)?;
                match ty.kind() {
                    TyKind::Slice(_) => PatKind::Slice { prefix, slice, suffix },
                    _ => PatKind::Array { prefix, slice, suffix },
                }
            }
            Kind::Tuple(all, rest) => {
                let TyKind::Tuple(types) = *ty.kind() else { return Err(Doubt::new("a tuple pattern", "")) };
                PatKind::Leaf { subpatterns: self.fields(all, types.len(), *rest)? }
            }
            Kind::Binding(mode, local, ident, inner) => {
                let by_ref = fcx.results.borrow().by_ref.get(&id).copied();
                let Some(by_ref) = by_ref else { return Err(Doubt::new("a binding without a mode", "")) };
                let mutability = crate::expr::mutability_ty(mode.mutability);
                let mut pat_ty = ty;
                let by_ref = match by_ref {
                    Some(mutability) => {
                        let TyKind::Ref(_, inner, _) = *ty.kind() else {
                            return Err(Doubt::new("a binding by reference that is none", ""));
                        };
                        pat_ty = inner;
                        ByRef::Yes(Pinnedness::Not, mutability)
                    }
                    None => ByRef::No,
                };
                let mut pat_span = node.span;
                if ident.span.ctxt == pat_span.ctxt && ident.span.lo >= pat_span.lo && ident.span.hi <= pat_span.hi {
                    pat_span.hi = ident.span.hi;
                }
                let subpattern = match inner {
                    Some(inner) => Some(Box::new(self.pat(*inner)?)),
                    None => None,
                };
                let kind = PatKind::Binding {
                    name: fcx.symbol(ident.name),
                    mode: BindingMode(by_ref, mutability),
                    var: self.variable(*local),
                    ty,
                    subpattern,
                    is_primary: fcx.hir[*local].pat == id,
                    is_shorthand: false,
                };
                return Ok(Pat { ty: pat_ty, span: self.span(pat_span), extra: None, kind });
            }
            Kind::TupleStruct(_, all, rest) => {
                let res = self.pat_res(id)?;
                let (_, ctor) = res_def(res).ok_or_else(|| Doubt::new("a pattern of no tuple struct", ""))?;
                let TyKind::Adt(did, _) = *ty.kind() else {
                    return Err(Doubt::new("a pattern of no tuple struct", ""));
                };
                let adt = fcx.members.adt_def(did);
                let variant = adt.variants.iter().find(|variant| variant.ctor.is_some_and(|(_, known)| known == ctor));
                let Some(variant) = variant else { return Err(Doubt::new("a pattern of no tuple struct", "")) };
                let subpatterns = self.fields(all, variant.fields.len(), *rest)?;
                return self.variant_or_leaf(variant.def_id, subpatterns, ty, span);
            }
            Kind::Struct(_, fields, _) => {
                let variant = fcx.results.borrow().pat_variants.get(&id).copied();
                let Some(variant) = variant else { return Err(Doubt::new("a struct that is none", "")) };
                let TyKind::Adt(did, _) = *ty.kind() else { return Err(Doubt::new("a struct that is none", "")) };
                let adt = fcx.members.adt_def(did);
                let Some(def) = adt.variants.iter().find(|known| known.def_id == variant) else {
                    return Err(Doubt::new("a struct that is none", ""));
                };
                let mut subpatterns = Vec::new();
                for field in fields {
                    let mut pattern = self.pat(field.pat)?;
                    if let PatKind::Binding { is_shorthand, .. } = &mut pattern.kind {
                        *is_shorthand = field.is_shorthand;
                    }
                    let index = crate::fields::field_named(def, field.ident.name.as_str());
                    let field = index.ok_or_else(|| Doubt::new("a field that is not there", ""))?;
                    subpatterns.push(FieldPat { field, pattern });
                }
                return self.variant_or_leaf(variant, subpatterns, ty, span);
            }
            Kind::Or(all) => PatKind::Or { pats: self.pats(all)? },
            Kind::Guard(inner, _) => self.pat(*inner)?.kind,
            Kind::Box(_) | Kind::Deref(_) => return Err(Doubt::new("a box pattern", "")),
        };
        Ok(Pat { ty, span, extra: None, kind })
    }

    fn pat_res(&self, id: PatId) -> Answer<Res> {
        let found = self.fcx.results.borrow().pat_paths.get(&id).map(|&(res, _)| res);
        found.ok_or_else(|| Doubt::new("a path in a pattern", ""))
    }

    fn pats(&self, all: &[PatId]) -> Answer<Vec<Pat<'tcx>>> {
        all.iter().map(|&pat| self.pat(pat)).collect()
    }

    fn fields(&self, all: &[PatId], count: usize, rest: Option<u32>) -> Answer<Vec<FieldPat<'tcx>>> {
        let numbered = adjusted(all.len(), count, rest).zip(all);
        numbered
            .map(|(index, &pat)| Ok(FieldPat { field: FieldIdx::from_u32(index as u32), pattern: self.pat(pat)? }))
            .collect()
    }

    fn variant_or_leaf(
        &self,
        variant: ty::DefId,
        subpatterns: Vec<FieldPat<'tcx>>,
        ty: Ty<'tcx>,
        span: ty::Span,
    ) -> Answer<Pat<'tcx>> {
        let TyKind::Adt(did, args) = *ty.kind() else { return Err(Doubt::new("a struct that is none", "")) };
        let adt = self.fcx.members.adt_def(did);
        let kind = match adt.is_enum() {
            true => {
                let found = adt.variants.iter_enumerated().find(|(_, known)| known.def_id == variant);
                let Some((variant_index, _)) = found else { return Err(Doubt::new("a variant that is not there", "")) };
                PatKind::Variant { adt_def: did, args, variant_index, subpatterns }
            }
            false => PatKind::Leaf { subpatterns },
        };
        Ok(Pat { ty, span, extra: None, kind })
    }

    fn pat_expr(&self, id: PatId, expr: &PatExpr, ty: Ty<'tcx>) -> Answer<Pat<'tcx>> {
        let span = self.span(expr.span);
        match &expr.kind {
            PatExprKind::Lit(lit, negated) => {
                let valtree = self.literal(&lit.kind, ty, *negated)?;
                self.valtree_pat(Value { ty, valtree }, self.span(lit.span))
            }
            PatExprKind::Path(_) => {
                let (res, args) = match self.fcx.results.borrow().pat_paths.get(&id) {
                    Some(&found) => found,
                    None => return Err(Doubt::new("a path in a pattern", "")),
                };
                match res_def(res) {
                    Some((DefKind::Const | DefKind::AssocConst, def_id)) => {
                        let valtree = self.constant(def_id, args)?;
                        let mut pat = self.valtree_pat(Value { ty, valtree }, span)?;
                        pat.extra.get_or_insert_default().expanded_const = Some(def_id);
                        Ok(pat)
                    }
                    Some((DefKind::Ctor(..), ctor)) => {
                        let TyKind::Adt(did, _) = *ty.kind() else { return Err(Doubt::new("a path in a pattern", "")) };
                        let adt = self.fcx.members.adt_def(did);
                        let found =
                            adt.variants.iter().find(|known| known.ctor.is_some_and(|(_, known)| known == ctor));
                        let Some(variant) = found else { return Err(Doubt::new("a path in a pattern", "")) };
                        self.variant_or_leaf(variant.def_id, Vec::new(), ty, span)
                    }
                    _ => Err(Doubt::new("a path in a pattern", "")),
                }
            }
        }
    }

    /// The value of a constant.
    fn constant(&self, def: ty::DefId, args: solve::Args<'tcx>) -> Answer<ValTree<'tcx>> {
        let args = self.fcx.exported_args(args)?;
        let cx = self.fcx.cx;
        let constant = cx.tcx().mk_const(ty::ConstKind::Unevaluated(ty::UnevaluatedConst { def, args }));
        // Its value is asked for itself: for the solver, only constants that types mention have values.
        let value = match cx.tcx().try_hooks() {
            Some(hooks) if !constant.flags().contains(ty::TypeFlags::HAS_PARAM) => hooks.eval_const(constant),
            _ => return Err(Doubt::new("a constant in a pattern", "")),
        };
        match value.map(|value| value.as_value()) {
            Ok(Some((_, valtree))) => Ok(valtree),
            Ok(None) => Err(Doubt::new("a constant in a pattern", "")),
            Err(error) => Err(Doubt::new("a constant in a pattern", error.message)),
        }
    }

    fn leaf(&self, bits: u128, size: u8) -> ValTree<'tcx> {
        self.fcx.cx.tcx().mk_valtree(ValTreeKind::Leaf(ScalarInt::truncated(bits, size)))
    }

    /// The value of a literal of a type.
    fn literal(&self, lit: &LitKind, ty: Ty<'tcx>, negated: bool) -> Answer<ValTree<'tcx>> {
        let tcx = self.fcx.cx.tcx();
        let bytes = |bytes: &[u8]| {
            let all: Vec<_> =
                bytes.iter().map(|&byte| tcx.mk_scalar_const(tcx.types().u8, u128::from(byte), 1)).collect();
            tcx.mk_valtree(ValTreeKind::Branch(tcx.mk_consts(&all)))
        };
        match (lit, ty.kind()) {
            (LitKind::Int(value, _), TyKind::Int(_) | TyKind::Uint(_)) => {
                let size = int_size(ty).ok_or_else(|| Doubt::new("a literal of another type", ""))?;
                let bits = if negated { value.wrapping_neg() } else { *value };
                Ok(self.leaf(bits, size))
            }
            (LitKind::Float(digits, _), TyKind::Float(float @ (FloatTy::F32 | FloatTy::F64))) => {
                let digits = digits.as_str().replace('_', "");
                let unknown = |_| Doubt::new("a literal of this type in a pattern", tcx.ty_str(ty));
                let (bits, sign, size) = match float {
                    FloatTy::F32 => (u128::from(digits.parse::<f32>().map_err(unknown)?.to_bits()), 1 << 31, 4),
                    _ => (u128::from(digits.parse::<f64>().map_err(unknown)?.to_bits()), 1 << 63, 8),
                };
                Ok(self.leaf(if negated { bits ^ sign } else { bits }, size))
            }
            (LitKind::Byte(value), TyKind::Uint(ty::UintTy::U8)) => Ok(self.leaf(u128::from(*value), 1)),
            (LitKind::Char(value), TyKind::Char) => Ok(self.leaf(u128::from(u32::from(*value)), 4)),
            (LitKind::Bool(value), TyKind::Bool) => Ok(self.leaf(u128::from(*value), 1)),
            (LitKind::Str(text), TyKind::Ref(_, inner, _)) if matches!(inner.kind(), TyKind::Str) => {
                Ok(bytes(text.as_str().as_bytes()))
            }
            (LitKind::ByteStr(text), TyKind::Ref(_, inner, _))
                if matches!(inner.kind(), TyKind::Slice(_) | TyKind::Array(..)) =>
            {
                Ok(bytes(text))
            }
            _ => Err(Doubt::new("a literal of this type in a pattern", tcx.ty_str(ty))),
        }
    }

    /// (rustc's `valtree_to_pat`)
    fn valtree_pat(&self, value: Value<'tcx>, span: ty::Span) -> Answer<Pat<'tcx>> {
        let Value { ty, valtree } = value;
        let branch = || match valtree.kind() {
            ValTreeKind::Branch(parts) => Ok(parts),
            ValTreeKind::Leaf(_) => Err(Doubt::new("a constant in a pattern", "")),
        };
        let sub = |constant: ty::Const<'tcx>| match constant.as_value() {
            Some((ty, valtree)) => self.valtree_pat(Value { ty, valtree }, span),
            None => Err(Doubt::new("a constant in a pattern", "")),
        };
        let fields = |parts: &[ty::Const<'tcx>]| -> Answer<Vec<FieldPat<'tcx>>> {
            let numbered = parts.iter().enumerate();
            numbered
                .map(|(index, &part)| Ok(FieldPat { field: FieldIdx::from_u32(index as u32), pattern: sub(part)? }))
                .collect()
        };
        let kind = match *ty.kind() {
            TyKind::Adt(did, args) => {
                let adt = self.fcx.members.adt_def(did);
                let parts = branch()?;
                match adt.is_enum() {
                    true => {
                        let Some((first, rest)) = parts.as_slice().split_first() else {
                            return Err(Doubt::new("a constant in a pattern", ""));
                        };
                        let Some(index) = first.as_bits() else {
                            return Err(Doubt::new("a constant in a pattern", ""));
                        };
                        PatKind::Variant {
                            adt_def: did,
                            args,
                            variant_index: VariantIdx::from_u32(index as u32),
                            subpatterns: fields(rest)?,
                        }
                    }
                    false => PatKind::Leaf { subpatterns: fields(&parts)? },
                }
            }
            TyKind::Tuple(_) => PatKind::Leaf { subpatterns: fields(&branch()?)? },
            TyKind::Slice(_) | TyKind::Array(..) => {
                let prefix: Answer<Vec<_>> = branch()?.iter().map(sub).collect();
                let (prefix, slice, suffix) = (prefix?, None, Vec::new());
                match ty.kind() {
                    TyKind::Slice(_) => PatKind::Slice { prefix, slice, suffix },
                    _ => PatKind::Array { prefix, slice, suffix },
                }
            }
            TyKind::Ref(_, inner, Mutability::Not) => {
                let subpattern = Box::new(self.valtree_pat(Value { ty: inner, valtree }, span)?);
                PatKind::Deref { pin: Pinnedness::Not, subpattern }
            }
            TyKind::Str | TyKind::Bool | TyKind::Char | TyKind::Int(_) | TyKind::Uint(_) | TyKind::Float(_) => {
                PatKind::Constant { value }
            }
            _ => return Err(Doubt::new("a constant of this type in a pattern", self.fcx.cx.tcx().ty_str(ty))),
        };
        Ok(Pat { ty, span, extra: None, kind })
    }

    fn range(
        &self,
        id: PatId,
        lo: Option<&PatExpr>,
        hi: Option<&PatExpr>,
        end: hir::pat::RangeEnd,
        ty: Ty<'tcx>,
        span: ty::Span,
    ) -> Answer<Pat<'tcx>> {
        let bound = |expr: Option<&PatExpr>, is_upper, open| match expr {
            None => Ok(open),
            Some(PatExpr { kind: PatExprKind::Lit(lit, negated), .. }) => {
                Ok(PatRangeBoundary::Finite(self.literal(&lit.kind, ty, *negated)?))
            }
            Some(_) => {
                let found = self.fcx.results.borrow().range_paths.get(&(id, is_upper)).copied();
                match found.and_then(|(res, args)| Some((res_def(res)?, args))) {
                    Some(((DefKind::Const | DefKind::AssocConst, def_id), args)) => {
                        Ok(PatRangeBoundary::Finite(self.constant(def_id, args)?))
                    }
                    _ => Err(Doubt::new("the end of a range pattern", "")),
                }
            }
        };
        let lo = bound(lo, false, PatRangeBoundary::NegInfinity)?;
        let hi = bound(hi, true, PatRangeBoundary::PosInfinity)?;
        let end = match end {
            hir::pat::RangeEnd::Included => RangeEnd::Included,
            hir::pat::RangeEnd::Excluded => RangeEnd::Excluded,
        };
        let kind = match (lo, hi, end) {
            (PatRangeBoundary::Finite(lo), PatRangeBoundary::Finite(hi), RangeEnd::Included) if lo == hi => {
                PatKind::Constant { value: Value { ty, valtree: lo } }
            }
            _ => PatKind::Range(Box::new(PatRange { lo, hi, end, ty })),
        };
        Ok(Pat { ty, span, extra: Some(Box::new(PatExtra::default())), kind })
    }
}

/// The size of an integer's type in bytes (of a 64-bit target).
pub(super) fn int_size(ty: Ty<'_>) -> Option<u8> {
    let bits = match ty.kind() {
        TyKind::Int(int) => int.bit_width().unwrap_or(64),
        TyKind::Uint(uint) => uint.bit_width().unwrap_or(64),
        _ => return None,
    };
    u8::try_from(bits / 8).ok()
}
