//! Coercing several expressions to one type (rustc's `CoerceMany`, `try_find_coercion_lub`).

use crate::adjust::{Adjust, Adjustment};
use crate::coerce::{Coerce, unsafe_sig};
use crate::doubt::{Answer, Fail, matching};
use crate::state::FnCx;
use crate::types::Look as _;
use hir::body::ExprId;
use mir::PointerCoercion;
use solve::ir::inherent::{Safety as _, Ty as _};
use solve::{Fulfillment, Ty, TyKind};

/// The arms of a `match`, the values of a block, the elements of an array, ….
pub(crate) struct CoerceMany<'tcx> {
    expected: Ty<'tcx>,
    found: Option<Ty<'tcx>>,
    exprs: Vec<ExprId>,
}

impl<'tcx> CoerceMany<'tcx> {
    pub fn new(expected: Ty<'tcx>) -> Self {
        CoerceMany { expected, found: None, exprs: Vec::new() }
    }
    pub fn expected(&self) -> Ty<'tcx> {
        self.expected
    }
    /// The type of those so far.
    pub fn merged(&self) -> Ty<'tcx> {
        self.found.unwrap_or(self.expected)
    }
    /// One more.
    pub fn coerce(&mut self, fcx: &FnCx<'_, 'tcx>, expr: ExprId, ty: Ty<'tcx>) -> Answer<()> {
        let ty = if ty.is_var() { fcx.shallow(ty) } else { ty };
        let target = match self.exprs.is_empty() {
            true => fcx.coerce_or_doubt(expr, ty, self.expected, false)?,
            false => fcx.coerce_lub(&self.exprs, self.merged(), expr, ty)?,
        };
        self.found = Some(target);
        self.exprs.push(expr);
        Ok(())
    }
    /// One more that is not there and so is `()`.
    pub fn coerce_unit(&mut self, fcx: &FnCx<'_, 'tcx>) -> Answer<()> {
        let unit = fcx.cx.types().unit;
        let merged = self.merged();
        fcx.demand_eq(unit, merged)?;
        self.found = Some(merged);
        Ok(())
    }
    /// The type of all.
    pub fn complete(self, fcx: &FnCx<'_, 'tcx>) -> Ty<'tcx> {
        // Without any, the value is never made.
        self.found.unwrap_or(fcx.cx.types().never)
    }
}

impl<'tcx> FnCx<'_, 'tcx> {
    /// Coerces an expression to a type, if that is possible (rustc's `FnCtxt::coerce`).
    pub fn coerce(&self, expr: ExprId, ty: Ty<'tcx>, target: Ty<'tcx>, two_phase: bool) -> Answer<Option<Ty<'tcx>>> {
        let source = self.try_structurally(ty)?;
        let target = self.try_structurally(target)?;
        let captures = |closure| self.has_upvars(closure);
        let never = self.constitutes_read(expr);
        let span = self.hir[expr].span;
        let coerce = Coerce { typing: self, span, two_phase, lub: false, never, captures: &captures };
        let attempt = self.infer.commit_if_ok(|| coerce.coerce(source, target));
        let Some(coercion) = matching(attempt)? else { return Ok(None) };
        self.goals.borrow_mut().absorb(coercion.goals);
        self.adjust(expr, coercion.adjustments)?;
        Ok(Some(target))
    }

    pub fn coerce_or_doubt(&self, expr: ExprId, ty: Ty<'tcx>, target: Ty<'tcx>, two_phase: bool) -> Answer<Ty<'tcx>> {
        match self.coerce(expr, ty, target, two_phase)? {
            Some(ty) => Ok(ty),
            None => Err(self.mismatch(target, ty).placed(self.place_of(expr))),
        }
    }

    /// Finds a type that earlier expressions and a new one become.
    fn coerce_lub(&self, exprs: &[ExprId], prev: Ty<'tcx>, new: ExprId, new_ty: Ty<'tcx>) -> Answer<Ty<'tcx>> {
        let prev = self.try_structurally(prev)?;
        let new_ty = self.try_structurally(new_ty)?;
        if prev == new_ty {
            return Ok(prev);
        }
        let captures = |closure| self.has_upvars(closure);
        let span = self.hir[new].span;
        let coerce = Coerce { typing: self, span, two_phase: false, lub: true, never: true, captures: &captures };
        let is_fn = |ty: Ty<'tcx>| matches!(ty.kind_ref(), TyKind::FnDef(..) | TyKind::Closure(..));
        if is_fn(prev) && is_fn(new_ty) {
            let same_kind = std::mem::discriminant(prev.kind_ref()) == std::mem::discriminant(new_ty.kind_ref());
            if same_kind {
                let attempt = self.infer.commit_if_ok(|| {
                    let mut goals = Fulfillment::new();
                    self.relate_in(&mut goals, prev, new_ty)?;
                    match goals.select_where_possible(&self.infer)?.is_empty() {
                        true => Ok(goals),
                        false => Err(Fail::Mismatch),
                    }
                });
                if let Some(goals) = matching(attempt)? {
                    self.goals.borrow_mut().absorb(goals);
                    return Ok(prev);
                }
            }
            return self.lub_of_fns(&coerce, exprs, prev, new, new_ty);
        }
        if !self.results.borrow().adjustments.contains_key(&new) {
            let attempt = self.infer.commit_if_ok(|| coerce.coerce(new_ty, prev));
            if let Some(coercion) = matching(attempt)? {
                self.goals.borrow_mut().absorb(coercion.goals);
                self.adjust(new, coercion.adjustments)?;
                return Ok(coercion.target);
            }
        }
        let attempt = self.infer.commit_if_ok(|| coerce.coerce(prev, new_ty));
        let Some(coercion) = matching(attempt)? else {
            return Err(self.mismatch(prev, new_ty).placed(self.place_of(new)));
        };
        self.goals.borrow_mut().absorb(coercion.goals);
        for &expr in exprs {
            self.adjust(expr, coercion.adjustments.clone())?;
        }
        Ok(coercion.target)
    }

    fn lub_of_fns(
        &self,
        coerce: &Coerce<'_, '_, 'tcx>,
        exprs: &[ExprId],
        prev: Ty<'tcx>,
        new: ExprId,
        new_ty: Ty<'tcx>,
    ) -> Answer<Ty<'tcx>> {
        let (mut a, mut b) = (coerce.sig_for_lub(prev)?, coerce.sig_for_lub(new_ty)?);
        match (a.skip_binder().safety.is_safe(), b.skip_binder().safety.is_safe()) {
            (true, false) => a = unsafe_sig(a),
            (false, true) => b = unsafe_sig(b),
            _ => {}
        }
        let (a, b) = (self.normalize(a)?, self.normalize(b)?);
        let (pointer, other) = (Ty::new_fn_ptr(self.cx, a), Ty::new_fn_ptr(self.cx, b));
        self.demand_sub(pointer, other)?;
        let is_unsafe = !a.skip_binder().safety.is_safe();
        let adjustment = |ty: Ty<'tcx>| {
            let kind = match ty.kind_ref() {
                TyKind::Closure(..) => PointerCoercion::ClosureFnPointer { is_unsafe },
                _ => PointerCoercion::ReifyFnPointer,
            };
            vec![Adjustment { kind: Adjust::Pointer(kind), target: pointer }]
        };
        for &expr in exprs {
            self.adjust(expr, adjustment(prev))?;
        }
        self.adjust(new, adjustment(new_ty))?;
        Ok(pointer)
    }
}
