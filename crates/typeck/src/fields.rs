//! Struct expressions, fields, `offset_of!`, indexing (rustc's `expr`).

use crate::doubt::{Answer, Doubt, Fail, matching};
use crate::expect::Expectation;
use crate::state::FnCx;
use crate::types::{Look as _, Make as _};
use hir::body::ExprId;
use hir::expr::{ExprField, StructTail};
use hir::path::QPath;
use solve::{Fulfillment, Ty, TyKind};
use syntax::span::{Ident, Span};
use ty::{FieldIdx, VariantDef};

impl<'a, 'tcx> FnCx<'a, 'tcx> {
    pub fn check_struct(
        &self,
        expr: ExprId,
        path: &'a QPath,
        fields: &'a [ExprField],
        tail: StructTail,
        expected: Expectation<'tcx>,
    ) -> Answer<Ty<'tcx>> {
        let (variant, ty) = self.lower_struct_path(path)?;
        let ty = self.structurally(ty)?;
        let Some((_, args)) = ty.as_adt() else { return Err(Doubt::new("a struct that is none", self.text(ty))) };
        self.results.borrow_mut().variants.insert(expr, variant.def_id);
        // What is expected tells about the struct's parameters.
        if let Some(expected) = expected.only_has_type(self) {
            let hinted = self.infer.fudging(|| {
                let mut goals = Fulfillment::new();
                self.sub_in(&mut goals, ty, expected)?;
                match goals.select_where_possible(&self.infer)?.is_empty() {
                    true => Ok(self.resolved(ty)),
                    false => Err(Fail::Mismatch),
                }
            });
            if let Some(hinted) = matching(hinted)? {
                self.demand_eq(hinted, ty)?;
            }
        }
        self.check_struct_fields(variant, args, fields)?;
        self.check_struct_tail(expr, variant, ty, args, tail)
    }

    fn check_struct_fields(
        &self,
        variant: &'tcx VariantDef,
        args: solve::Args<'tcx>,
        fields: &'a [ExprField],
    ) -> Answer<()> {
        for field in fields {
            let Some(index) = field_named(variant, field.ident.name.as_str()) else {
                return Err(Doubt::new("a field that is not there", field.ident.name.as_str()));
            };
            self.results.borrow_mut().fields.insert(field.expr, index);
            let ty = self.normalize(self.cx.ty_of(variant.fields[index].did, args))?;
            self.require_wf(ty);
            self.check_coercible(field.expr, ty)?;
        }
        Ok(())
    }

    fn check_struct_tail(
        &self,
        expr: ExprId,
        variant: &'tcx VariantDef,
        ty: Ty<'tcx>,
        args: solve::Args<'tcx>,
        tail: StructTail,
    ) -> Answer<Ty<'tcx>> {
        match tail {
            StructTail::None => {}
            StructTail::Base(base) => {
                self.check_has_type(base, ty)?;
                let types: Answer<Vec<_>> =
                    variant.fields.iter().map(|field| self.normalize(self.cx.ty_of(field.did, args))).collect();
                self.results.borrow_mut().fru_fields.insert(expr, types?);
            }
            StructTail::DefaultFields(_) => return Err(Doubt::new("default values of fields", "")),
        }
        self.require_sized(ty)?;
        Ok(ty)
    }

    /// (rustc's `check_expr_field`)
    pub fn check_field(&self, expr: ExprId, base: ExprId, name: Ident) -> Answer<Ty<'tcx>> {
        let base_ty = self.check_expr(base)?;
        let base_ty = self.structurally(base_ty)?;
        let mut steps = self.autoderef(base_ty);
        let mut is_private = false;
        while let Some((ty, _)) = steps.next()? {
            let ty = self.shallow(ty);
            match *ty.kind_ref() {
                TyKind::Adt(adt, args) if !adt.data().is_enum() => {
                    let variant = adt.data().non_enum_variant();
                    if let Some(index) = field_named(variant, name.name.as_str()) {
                        let did = variant.fields[index].did;
                        // Adjustments are made even for a field that is not visible: a deeper one may be.
                        if self.is_accessible(did) {
                            let field_ty = self.normalize(self.cx.ty_of(did, args))?;
                            self.adjust_receiver(base, steps, self.hir[expr].span)?;
                            self.results.borrow_mut().fields.insert(expr, index);
                            return Ok(field_ty);
                        }
                        is_private = true;
                    }
                }
                TyKind::Tuple(types) => {
                    if let Ok(index) = name.name.as_str().parse::<usize>()
                        && let Some(&field_ty) = types.elements().get(index)
                    {
                        self.adjust_receiver(base, steps, self.hir[expr].span)?;
                        self.results.borrow_mut().fields.insert(expr, FieldIdx::from_u32(index as u32));
                        return Ok(field_ty);
                    }
                }
                _ => {}
            }
        }
        let what = if is_private { "a field that is not visible" } else { "a field that is not there" };
        Err(Doubt::new(what, format!("{} of {}", name.name, self.text(base_ty))))
    }

    pub fn adjust_receiver(&self, base: ExprId, steps: crate::fncx::Autoderef<'_, '_, 'tcx>, span: Span) -> Answer<()> {
        let adjustments = steps.adjust_steps(span)?;
        self.goals.borrow_mut().absorb(steps.into_goals());
        self.adjust(base, adjustments)
    }

    pub fn check_index(&self, expr: ExprId, base: ExprId, index: ExprId) -> Answer<Ty<'tcx>> {
        let base_ty = self.check_expr(base)?;
        let index_ty = self.check_expr(index)?;
        let base_ty = self.structurally(base_ty)?;
        match self.lookup_indexing(expr, base, base_ty, index_ty)? {
            Some((index_hint, element)) => {
                self.coerce_or_doubt(index, index_ty, index_hint, false)?;
                self.select()?;
                Ok(element)
            }
            None => Err(Doubt::new("a type that is not indexed", self.text(base_ty))),
        }
    }

    pub fn check_offset_of(&self, expr: ExprId, container: hir::body::TyId, steps: &'a [Ident]) -> Answer<Ty<'tcx>> {
        let mut current = self.lower_ty(container)?;
        let mut path = Vec::new();
        for step in steps {
            let ty = self.structurally(current)?;
            match *ty.kind_ref() {
                TyKind::Adt(adt, args) if !adt.data().is_enum() => {
                    let variant = adt.data().non_enum_variant();
                    let Some(index) = field_named(variant, step.name.as_str()) else {
                        return Err(Doubt::new("a field that is not there", step.name.as_str()));
                    };
                    path.push((ty, ty::FIRST_VARIANT, index));
                    current = self.normalize(self.cx.ty_of(variant.fields[index].did, args))?;
                }
                TyKind::Tuple(types) => {
                    let index = step.name.as_str().parse::<usize>().ok();
                    let Some((index, &field)) = index.and_then(|index| Some((index, types.elements().get(index)?)))
                    else {
                        return Err(Doubt::new("a field that is not there", step.name.as_str()));
                    };
                    path.push((ty, ty::FIRST_VARIANT, FieldIdx::from_u32(index as u32)));
                    current = field;
                }
                _ => return Err(Doubt::new("`offset_of!` of another kind of type", self.text(ty))),
            }
        }
        self.results.borrow_mut().offsets.insert(expr, path);
        Ok(self.cx.types().usize)
    }
}

/// The field of a name.
pub(crate) fn field_named(variant: &VariantDef, name: &str) -> Option<FieldIdx> {
    variant.fields.iter_enumerated().find(|(_, field)| field.name.as_str() == name).map(|(index, _)| index)
}
