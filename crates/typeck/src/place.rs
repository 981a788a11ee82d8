//! Overloaded places: `*x` and `x[i]`, and their mutable forms (rustc's `place_op`).

use crate::adjust::{Adjust, Adjustment, AutoBorrow};
use crate::doubt::{Answer, Doubt};
use crate::fncx::{Autoderef, Callee};
use crate::state::FnCx;
use crate::types::{Look as _, Make as _};
use hir::body::ExprId;
use hir::expr::ExprKind;
use mir::PointerCoercion;
use solve::ir::{self};
use solve::{GenericArg, Ty, TyKind};
use syntax::ast::UnOp;
use ty::{LangItem, Mutability};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum PlaceOp {
    Deref,
    Index,
}

impl<'a, 'tcx> FnCx<'a, 'tcx> {
    /// The type of `*operand`.
    pub fn lookup_deref(&self, expr: ExprId, operand: ExprId, ty: Ty<'tcx>) -> Answer<Option<Ty<'tcx>>> {
        if let Some(pointee) = ty.builtin_deref(true) {
            return Ok(Some(pointee));
        }
        let Some(method) = self.overloaded_deref(ty)? else { return Ok(None) };
        self.borrow_operand(operand, &method)?;
        self.write_method(expr, method.def_id, method.args);
        Ok(method.output().builtin_deref(false))
    }

    fn borrow_operand(&self, operand: ExprId, method: &Callee<'tcx>) -> Answer<()> {
        let Some(&target) = method.inputs().first() else { return Err(Doubt::new("an overloaded place", "")) };
        self.adjust(operand, vec![Adjustment { kind: Adjust::Borrow(AutoBorrow::Not), target }])
    }

    /// The types of index and element of `base[…]`.
    pub fn lookup_indexing(
        &self,
        expr: ExprId,
        base: ExprId,
        base_ty: Ty<'tcx>,
        index_ty: Ty<'tcx>,
    ) -> Answer<Option<(Ty<'tcx>, Ty<'tcx>)>> {
        let mut steps = self.autoderef(base_ty);
        let mut found = None;
        while found.is_none() && steps.next()?.is_some() {
            found = self.index_step(expr, base, &steps, index_ty)?;
        }
        self.goals.borrow_mut().absorb(steps.into_goals());
        Ok(found)
    }

    fn index_step(
        &self,
        expr: ExprId,
        base: ExprId,
        steps: &Autoderef<'_, 'a, 'tcx>,
        index_ty: Ty<'tcx>,
    ) -> Answer<Option<(Ty<'tcx>, Ty<'tcx>)>> {
        let cx = self.cx;
        let adjusted = self.structurally(steps.final_ty())?;
        let index_ty = self.shallow(index_ty);
        let usize = cx.types().usize;
        let is_usize = index_ty == usize || matches!(index_ty.kind_ref(), TyKind::Infer(ir::IntVar(_)));
        if let (Some(element), true) = (adjusted.builtin_index(), is_usize) {
            self.adjust(base, steps.adjust_steps(self.hir[base].span)?)?;
            return Ok(Some((usize, element)));
        }
        let trait_ = self.lang(LangItem::Index)?;
        for unsize in [false, true] {
            let self_ty = match (unsize, adjusted.as_array()) {
                (false, _) => adjusted,
                (true, Some((element, _))) => cx.slice(element),
                (true, None) => continue,
            };
            let input = self.fresh();
            let Some(method) = self.method_in_trait(trait_, "index", self_ty, Some(input))? else { continue };
            let mut adjustments = steps.adjust_steps(self.hir[base].span)?;
            let Some(&receiver) = method.inputs().first() else { return Err(Doubt::new("an overloaded place", "")) };
            let Some((region, _, _)) = receiver.as_ref() else { return Err(Doubt::new("an overloaded place", "")) };
            let target = cx.reference(region, adjusted, Mutability::Not);
            adjustments.push(Adjustment { kind: Adjust::Borrow(AutoBorrow::Not), target });
            if unsize {
                adjustments.push(Adjustment { kind: Adjust::Pointer(PointerCoercion::Unsize), target: receiver });
            }
            self.adjust(base, adjustments)?;
            self.write_method(expr, method.def_id, method.args);
            let Some(element) = method.output().builtin_deref(false) else {
                return Err(Doubt::new("an overloaded place", ""));
            };
            return Ok(Some((input, element)));
        }
        Ok(None)
    }

    fn mutable_method(&self, op: PlaceOp, ty: Ty<'tcx>, arg: Option<Ty<'tcx>>) -> Answer<Option<Callee<'tcx>>> {
        let (trait_, name) = match op {
            PlaceOp::Deref => (LangItem::DerefMut, "deref_mut"),
            PlaceOp::Index => (LangItem::IndexMut, "index_mut"),
        };
        self.method_in_trait(self.lang(trait_)?, name, ty, arg)
    }

    /// What is overloaded in a place that is borrowed mutably or assigned to becomes its mutable form (rustc's
    /// `convert_place_derefs_to_mutable`).
    pub fn make_place_mutable(&self, expr: ExprId) -> Answer<()> {
        let mut places = vec![expr];
        let mut at = expr;
        while let ExprKind::Field(inner, _) | ExprKind::Index(inner, _, _) | ExprKind::Unary(UnOp::Deref, inner) =
            &self.hir[at].kind
        {
            at = *inner;
            places.push(at);
        }
        for &place in places.iter().rev() {
            self.make_autoderefs_mutable(place)?;
            match &self.hir[place].kind {
                ExprKind::Index(base, ..) => self.make_op_mutable(PlaceOp::Index, place, *base)?,
                ExprKind::Unary(UnOp::Deref, base) => self.make_op_mutable(PlaceOp::Deref, place, *base)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn make_autoderefs_mutable(&self, place: ExprId) -> Answer<()> {
        let (source, adjustments) = {
            let mut results = self.results.borrow_mut();
            (results.exprs.get(&place).copied(), results.adjustments.remove(&place))
        };
        let (Some(mut source), Some(mut adjustments)) = (source, adjustments) else { return Ok(()) };
        for adjustment in &mut adjustments {
            if let Adjust::OverloadedDeref(_, span) = adjustment.kind
                && let Some(method) = self.mutable_method(PlaceOp::Deref, source, None)?
            {
                let Some((_, _, mutability)) = method.output().as_ref() else {
                    return Err(Doubt::new("an overloaded place", ""));
                };
                adjustment.kind = Adjust::OverloadedDeref(mutability, span);
            }
            source = adjustment.target;
        }
        self.results.borrow_mut().adjustments.insert(place, adjustments);
        Ok(())
    }

    fn make_op_mutable(&self, op: PlaceOp, place: ExprId, base: ExprId) -> Answer<()> {
        let (base_ty, arg, node_ty) = {
            let results = self.results.borrow();
            let Some(&(_, args)) = results.methods.get(&place) else { return Ok(()) };
            let arg = match (op, args.elements().get(1)) {
                (PlaceOp::Index, Some(GenericArg::Type(ty))) => Some(*ty),
                _ => None,
            };
            (results.adjusted(base), arg, results.exprs.get(&base).copied())
        };
        let Some(base_ty) = base_ty.and_then(|ty| self.resolved(ty).builtin_deref(false)) else {
            return Err(Doubt::new("an overloaded place", ""));
        };
        let Some(method) = self.mutable_method(op, base_ty, arg)? else { return Ok(()) };
        self.write_method(place, method.def_id, method.args);
        let Some(&receiver) = method.inputs().first() else { return Err(Doubt::new("an overloaded place", "")) };
        let (Some((region, _, _)), Some(mut source)) = (receiver.as_ref(), node_ty) else {
            return Err(Doubt::new("an overloaded place", ""));
        };
        let mut results = self.results.borrow_mut();
        let Some(adjustments) = results.adjustments.get_mut(&base) else { return Ok(()) };
        for adjustment in adjustments.iter_mut() {
            if let Adjust::Borrow(_) = adjustment.kind {
                adjustment.kind = Adjust::Borrow(AutoBorrow::Mut { two_phase: false });
                adjustment.target = self.cx.reference(region, source, Mutability::Mut);
            }
            source = adjustment.target;
        }
        if let [.., before, last] = &mut adjustments[..]
            && matches!(before.kind, Adjust::Borrow(_))
            && matches!(last.kind, Adjust::Pointer(PointerCoercion::Unsize))
        {
            last.target = receiver;
        }
        Ok(())
    }
}
