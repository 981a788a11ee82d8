//! Types of patterns, with default binding modes (rustc's `pat`).

use crate::doubt::{Answer, Doubt};
use crate::expect::Expectation;
use crate::fields::field_named;
use crate::path::Meaning;
use crate::results::res_def;
use crate::state::FnCx;
use crate::types::{Look as _, Make as _};
use crate::walk::pats;
use hir::body::{PatId, TyId};
use hir::expr::LitKind;
use hir::pat::{PatExpr, PatExprKind, PatKind};
use hir::path::Res;
use solve::{Ty, TyKind};
use syntax::ast::{BindingMode, Pinnedness};
use ty::{DefKind, Mutability, VariantDef};

/// How bindings bind that do not say it themselves.
type Default = Option<Mutability>;

impl<'a, 'tcx> FnCx<'a, 'tcx> {
    /// The type of a `let`.
    pub fn let_ty(&self, ty: Option<TyId>) -> Answer<Ty<'tcx>> {
        match ty {
            Some(ty) => self.lower_ty(ty),
            None => Ok(self.fresh()),
        }
    }

    /// Variables get their types when their pattern is met.
    fn declare(&self, pat: PatId) -> Answer<()> {
        let mut locals = Vec::new();
        pats(self.hir, pat, &mut |pat| {
            if let PatKind::Binding(_, local, ..) = self.hir[pat].kind {
                locals.push(local);
            }
            true
        });
        for local in locals {
            if self.results.borrow().locals.contains_key(&local) {
                continue;
            }
            let var = self.fresh();
            self.require_sized_var(var)?;
            self.results.borrow_mut().locals.insert(local, var);
        }
        Ok(())
    }

    fn require_sized_var(&self, var: Ty<'tcx>) -> Answer<()> {
        self.require_trait(var, ty::LangItem::Sized)
    }

    /// Whether a pattern binds with `ref`, and how.
    pub fn explicit_ref_binding(&self, pat: PatId) -> Option<Mutability> {
        let mut found = None;
        pats(self.hir, pat, &mut |pat| {
            if let PatKind::Binding(BindingMode { by_ref: Some((_, mutability)), .. }, ..) = self.hir[pat].kind {
                found = found.max(Some(crate::expr::mutability_ty(mutability)));
            }
            true
        });
        found
    }

    pub fn check_pat_top(&self, pat: PatId, expected: Ty<'tcx>) -> Answer<()> {
        self.declare(pat)?;
        self.check_pat(pat, expected, None)
    }

    fn check_pat(&self, pat: PatId, expected: Ty<'tcx>, default: Default) -> Answer<()> {
        ty::ensure_stack();
        let ty = self
            .check_pat_kind(pat, expected, default)
            .map_err(|doubt| doubt.placed(self.source.span(self.hir[pat].span)))?;
        self.results.borrow_mut().pats.insert(pat, ty);
        Ok(())
    }

    fn check_pat_kind(&self, pat: PatId, mut expected: Ty<'tcx>, mut default: Default) -> Answer<Ty<'tcx>> {
        let hir = self.hir;
        let node = &hir[pat];
        // What paths mean is known first: whether references are looked through depends on it.
        let meaning = match &node.kind {
            PatKind::TupleStruct(path, ..) => Some(self.value_of(path)?),
            PatKind::Expr(PatExpr { kind: PatExprKind::Path(path), .. }) => Some(self.value_of(path)?),
            _ => None,
        };
        let structure = match &node.kind {
            PatKind::Struct(path, ..) => Some(self.lower_struct_path(path)?),
            _ => None,
        };
        let lit = match &node.kind {
            PatKind::Expr(PatExpr { kind: PatExprKind::Lit(lit, _), .. }) => {
                Some(self.check_lit(&lit.kind, Expectation::Nothing)?)
            }
            _ => None,
        };
        let peels = match &node.kind {
            PatKind::Tuple(..) | PatKind::Range(..) | PatKind::Slice(..) | PatKind::Never => true,
            PatKind::Struct(..) | PatKind::TupleStruct(..) | PatKind::Box(_) | PatKind::Deref(_) => true,
            PatKind::Expr(_) => match (&meaning, lit) {
                (Some(meaning), _) => !matches!(res_def(meaning.res), Some((DefKind::Const | DefKind::AssocConst, _))),
                (None, Some(lit)) => self.resolved(lit).as_ref().is_none(),
                (None, None) => true,
            },
            _ => false,
        };
        if peels && node.default_binding_modes {
            let mut peeled = Vec::new();
            expected = self.try_structurally(expected)?;
            while let Some((_, inner, mutability)) = expected.as_ref() {
                peeled.push(expected);
                default = match default {
                    None | Some(Mutability::Mut) => Some(mutability),
                    Some(Mutability::Not) => default,
                };
                expected = self.try_structurally(inner)?;
            }
            if !peeled.is_empty() {
                self.results.borrow_mut().pat_adjustments.insert(pat, peeled);
            }
        }
        match &node.kind {
            PatKind::Missing | PatKind::Wild | PatKind::Never => Ok(expected),
            PatKind::Expr(PatExpr { kind: PatExprKind::Path(_), .. }) => {
                let Some(Meaning { res, args, ty }) = meaning else { return Err(Doubt::new("a path", "")) };
                self.results.borrow_mut().pat_paths.insert(pat, (res, args));
                self.demand_sub(expected, ty)?;
                Ok(ty)
            }
            PatKind::Expr(PatExpr { kind: PatExprKind::Lit(literal, _), .. }) => {
                let Some(mut ty) = lit else { return Err(Doubt::new("a literal", "")) };
                if let LitKind::ByteStr(_) = literal.kind {
                    let shape = self.try_structurally(expected)?;
                    if let Some((_, inner, _)) = shape.as_ref()
                        && self.try_structurally(inner)?.is_slice()
                    {
                        let cx = self.cx;
                        ty = cx.reference(cx.statik(), cx.slice(cx.types().u8), Mutability::Not);
                    }
                }
                self.demand_sub(expected, ty)?;
                Ok(ty)
            }
            PatKind::Range(start, end, _) => {
                for (bound, is_upper) in [(start, false), (end, true)] {
                    let Some(bound) = bound else { continue };
                    let ty = match &bound.kind {
                        PatExprKind::Lit(lit, _) => self.check_lit(&lit.kind, Expectation::Nothing)?,
                        PatExprKind::Path(path) => {
                            let Meaning { res, args, ty } = self.value_of(path)?;
                            self.results.borrow_mut().range_paths.insert((pat, is_upper), (res, args));
                            ty
                        }
                    };
                    self.demand_eq(expected, ty)?;
                }
                self.structurally(expected)
            }
            PatKind::Binding(mode, local, _, inner) => {
                let by_ref = match mode.by_ref {
                    Some((Pinnedness::Pinned, _)) => return Err(Doubt::new("a pinned binding", "")),
                    Some((Pinnedness::Not, mutability)) => Some(crate::expr::mutability_ty(mutability)),
                    // `mut x` is a new variable, whatever the default.
                    None if mode.mutability == syntax::ast::Mutability::Mut => None,
                    None => default,
                };
                self.results.borrow_mut().by_ref.insert(pat, by_ref);
                let local_ty = self.local_ty(*local)?;
                let ty = match by_ref {
                    Some(mutability) => self.cx.reference(self.infer.new_region_var(), expected, mutability),
                    None => expected,
                };
                self.demand_eq(ty, local_ty)?;
                if let Some(inner) = inner {
                    self.check_pat(*inner, expected, default)?;
                }
                Ok(local_ty)
            }
            PatKind::TupleStruct(_, fields, rest) => {
                let Some(Meaning { res, args, ty }) = meaning else { return Err(Doubt::new("a path", "")) };
                self.results.borrow_mut().pat_paths.insert(pat, (res, args));
                let Some(sig) = self.sig_of_ty(ty) else { return Err(Doubt::new("a pattern of no tuple struct", "")) };
                let ty = self.normalize(self.infer.instantiate_with_fresh(sig).output())?;
                self.demand_eq(expected, ty)?;
                let Some((variant, args)) = self.variant_of_ctor(res, ty) else {
                    return Err(Doubt::new("a pattern of no tuple struct", ""));
                };
                let count = variant.fields.len();
                for (index, &field) in adjusted(fields.len(), count, *rest).zip(fields) {
                    let Some(def) = variant.fields.get(ty::FieldIdx::from_u32(index as u32)) else {
                        return Err(Doubt::new("fields of another number", ""));
                    };
                    let field_ty = self.normalize(self.cx.ty_of(def.did, args))?;
                    self.check_pat(field, field_ty, default)?;
                }
                Ok(ty)
            }
            PatKind::Struct(_, fields, _) => {
                let Some((variant, ty)) = structure else { return Err(Doubt::new("a struct that is none", "")) };
                self.results.borrow_mut().pat_variants.insert(pat, variant.def_id);
                self.demand_eq(expected, ty)?;
                let ty = self.resolved(ty);
                let Some((_, args)) = ty.as_adt() else { return Err(Doubt::new("a struct that is none", "")) };
                for field in fields {
                    let Some(index) = field_named(variant, field.ident.name.as_str()) else {
                        return Err(Doubt::new("a field that is not there", field.ident.name.as_str()));
                    };
                    let field_ty = self.normalize(self.cx.ty_of(variant.fields[index].did, args))?;
                    self.check_pat(field.pat, field_ty, default)?;
                }
                Ok(ty)
            }
            PatKind::Or(all) => {
                for &inner in all {
                    self.check_pat(inner, expected, default)?;
                }
                Ok(expected)
            }
            PatKind::Tuple(elements, rest) => {
                let mut count = elements.len();
                if rest.is_some() {
                    let shape = self.structurally(expected)?;
                    count = shape.as_tuple().map_or(count, |types| types.len().max(count));
                }
                let types: Vec<_> = (0..count).map(|_| self.fresh()).collect();
                let ty = self.cx.tuple(&types);
                self.demand_eq(expected, ty)?;
                for (index, &element) in adjusted(elements.len(), count, *rest).zip(elements) {
                    self.check_pat(element, types[index], default)?;
                }
                Ok(ty)
            }
            PatKind::Ref(inner, Pinnedness::Not, mutability) => {
                let mutability = crate::expr::mutability_ty(*mutability);
                let expected = self.try_structurally(expected)?;
                let (ty, inner_ty) = match expected.as_ref() {
                    Some((_, inner_ty, found)) if found == mutability => (expected, inner_ty),
                    _ => {
                        let inner_ty = self.fresh();
                        let ty = self.cx.reference(self.infer.new_region_var(), inner_ty, mutability);
                        self.demand_eq(expected, ty)?;
                        (ty, inner_ty)
                    }
                };
                // A written reference ends the default.
                self.check_pat(*inner, inner_ty, None)?;
                Ok(ty)
            }
            PatKind::Slice(before, rest, after) => self.check_slice(before, *rest, after, expected, default),
            PatKind::Guard(inner, condition) => {
                self.check_pat(*inner, expected, default)?;
                self.check_has_type(*condition, self.cx.types().bool)?;
                Ok(expected)
            }
            PatKind::Box(_) | PatKind::Deref(_) => Err(Doubt::new("a box pattern", "")),
            PatKind::Ref(..) => Err(Doubt::new("a pinned reference", "")),
        }
    }

    fn check_slice(
        &self,
        before: &'a [PatId],
        rest: Option<PatId>,
        after: &'a [PatId],
        expected: Ty<'tcx>,
        default: Default,
    ) -> Answer<Ty<'tcx>> {
        let cx = self.cx;
        let expected = self.structurally(expected)?;
        let (element, rest_ty) = match *expected.kind_ref() {
            TyKind::Slice(element) => (element, expected),
            TyKind::Array(element, len) => {
                let min = (before.len() + after.len()) as u64;
                let known = cx.export_const(self.resolved(len)).and_then(ty::Const::as_target_usize);
                let left = match (known, rest) {
                    (Some(len), _) => len.checked_sub(min),
                    // As many as there are patterns.
                    (None, None) => {
                        let len = cx.import_const(cx.tcx().mk_usize(min));
                        self.demand_eq(cx.kind(TyKind::Array(element, len)), expected)?;
                        Some(0)
                    }
                    (None, Some(_)) => None,
                };
                let Some(left) = left else {
                    return Err(Doubt::new("a pattern of an array of unknown length", ""));
                };
                let left = cx.import_const(cx.tcx().mk_usize(left));
                (element, cx.kind(TyKind::Array(element, left)))
            }
            _ => return Err(Doubt::new("a slice pattern of another type", self.text(expected))),
        };
        for &pat in before {
            self.check_pat(pat, element, default)?;
        }
        if let Some(rest) = rest {
            self.check_pat(rest, rest_ty, default)?;
        }
        for &pat in after {
            self.check_pat(pat, element, default)?;
        }
        Ok(expected)
    }

    /// The variant that a constructor makes, and the type's arguments.
    pub fn variant_of_ctor(&self, res: Res, ty: Ty<'tcx>) -> Option<(&'tcx VariantDef, solve::Args<'tcx>)> {
        let (_, ctor) = res_def(res)?;
        let (adt, args) = self.resolved(ty).as_adt()?;
        let variant = adt.variants.iter().find(|variant| variant.ctor.is_some_and(|(_, known)| known == ctor))?;
        Some((variant, args))
    }
}

/// The numbers of patterns among so many fields, with a gap where `..` is.
pub(crate) fn adjusted(patterns: usize, fields: usize, rest: Option<u32>) -> impl Iterator<Item = usize> {
    let gap = rest.map_or(patterns, |rest| rest as usize);
    let skip = fields.saturating_sub(patterns);
    (0..patterns).map(move |index| if index < gap { index } else { index + skip })
}
