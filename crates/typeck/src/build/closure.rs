//! Closures: what their expressions take along, and what their bodies are told of it.

use super::Builder;
use crate::capture::{By, Captured, Place, ProjectionKind};
use crate::doubt::{Answer, Doubt};
use hir::body::{ExprId, LocalId};
use hir::expr::{Closure, ClosureKind as Kind};
use thir::{
    BorrowKind, CaptureProjection, CaptureProjectionKind, CapturedPlace, ClosureExpr, Expr, ExprKind, Movability,
    MutBorrowKind, UpvarArgs,
};
use ty::{CoroutineDesugaring, CoroutineKind, DefId, Ty, TyKind};

impl<'tcx> Builder<'_, '_, 'tcx> {
    pub(super) fn closure(&mut self, id: ExprId, closure: &Closure, ty: Ty<'tcx>) -> Answer<ExprKind<'tcx>> {
        let (closure_id, args, movability) = match *ty.kind() {
            TyKind::Closure(id, args) => (id, UpvarArgs::Closure(args), None),
            TyKind::CoroutineClosure(id, args) => (id, UpvarArgs::CoroutineClosure(args), None),
            TyKind::Coroutine(id, args) => (id, UpvarArgs::Coroutine(args), Some(movability(closure.kind))),
            _ => return Err(Doubt::new("a closure of another kind", "")),
        };
        debug_assert_eq!(closure_id, closure.def_id);
        let fake_reads = self.fcx.results.borrow().fake_reads.get(&closure_id).cloned().unwrap_or_default();
        let mut upvars = Vec::new();
        for captured in self.captured(closure_id) {
            upvars.push(self.upvar(id, &captured)?);
        }
        let mut reads = Vec::new();
        for read in fake_reads {
            let place = self.captured_place(id, &read.place)?;
            let hir_id = self.hir_id(self.numbers.expr(read.expr));
            reads.push((self.thir.exprs.push(place), read.cause, hir_id));
        }
        Ok(ExprKind::Closure(Box::new(ClosureExpr { closure_id, args, upvars, movability, fake_reads: reads })))
    }

    fn captured(&self, closure: DefId) -> Vec<Captured<'tcx>> {
        self.fcx.results.borrow().captures.get(&closure).cloned().unwrap_or_default()
    }

    /// What goes into a field of the closure.
    fn upvar(&mut self, closure: ExprId, captured: &Captured<'tcx>) -> Answer<thir::ExprId> {
        let place = self.captured_place(closure, &captured.place)?;
        let Some(borrow_kind) = borrow_kind(captured.info.by) else { return Ok(self.thir.exprs.push(place)) };
        let (temp_scope_id, span) = (place.temp_scope_id, place.span);
        let ty = self.fcx.exported(self.fcx.upvar_ty(captured))?;
        let kind = ExprKind::Borrow { borrow_kind, arg: self.thir.exprs.push(place) };
        Ok(self.thir.exprs.push(Expr { kind, ty, temp_scope_id, span }))
    }

    /// A captured place as an expression where the closure is made.
    fn captured_place(&mut self, closure: ExprId, place: &Place<'tcx>) -> Answer<Expr<'tcx>> {
        let (temp_scope_id, span) = (self.numbers.expr(closure), self.span(self.fcx.hir[closure].span));
        let (kind, ty) = (self.variable_ref(place.var), self.fcx.exported(place.var_ty)?);
        let mut expr = Expr { kind, ty, temp_scope_id, span };
        for step in &place.projections {
            let kind = match step.kind {
                ProjectionKind::Deref => ExprKind::Deref { arg: self.thir.exprs.push(expr) },
                ProjectionKind::Field(name, variant_index) => {
                    ExprKind::Field { lhs: self.thir.exprs.push(expr), variant_index, name }
                }
                ProjectionKind::Index | ProjectionKind::Subslice => {
                    return Err(Doubt::new("a captured element", ""));
                }
            };
            expr = Expr { kind, ty: self.fcx.exported(step.ty)?, temp_scope_id, span };
        }
        Ok(expr)
    }

    /// A variable: the body's own, or one of what is around the closure that the body is of.
    pub(super) fn variable_ref(&self, local: LocalId) -> ExprKind<'tcx> {
        let is_upvar = self.is_closure
            && self.fcx.upvars.get(&self.owner).is_some_and(|all| all.iter().any(|(known, _)| *known == local));
        match is_upvar {
            true => ExprKind::UpvarRef { closure_def_id: self.owner, var_hir_id: self.variable(local) },
            false => ExprKind::VarRef { id: self.variable(local) },
        }
    }

    /// What the closure captures whose body this is.
    pub(super) fn captures(&self) -> Answer<thir::Captures<'tcx>> {
        self.captured(self.owner).iter().map(|captured| self.capture(captured)).collect()
    }

    fn capture(&self, captured: &Captured<'tcx>) -> Answer<CapturedPlace<'tcx>> {
        let fcx = self.fcx;
        let place = &captured.place;
        let mut projections = Vec::new();
        for step in &place.projections {
            let kind = match step.kind {
                ProjectionKind::Deref => CaptureProjectionKind::Deref,
                ProjectionKind::Field(field, variant) => CaptureProjectionKind::Field(field, variant),
                ProjectionKind::Index | ProjectionKind::Subslice => {
                    return Err(Doubt::new("a captured element", ""));
                }
            };
            projections.push(CaptureProjection { kind, ty: fcx.exported(step.ty)? });
        }
        let first_mention = || {
            let mentioned = fcx.upvars.get(&self.owner)?;
            mentioned.iter().find(|(local, _)| *local == place.var).map(|&(_, expr)| expr)
        };
        let cause = captured.info.path_expr.or(captured.info.by_expr).or_else(first_mention);
        let Some(cause) = cause else { return Err(Doubt::new("a capture without a use", "")) };
        Ok(CapturedPlace {
            var: self.variable(place.var),
            name: fcx.symbol(fcx.hir[place.var].ident.name),
            var_ty: fcx.exported(place.var_ty)?,
            projections,
            by_ref: borrow_kind(captured.info.by),
            mutability: captured.mutability,
            span: self.span(fcx.hir[cause].span),
        })
    }
}

/// Whether a coroutine may be moved after it was begun.
fn movability(kind: Kind) -> Movability {
    match kind {
        Kind::Coroutine(
            CoroutineKind::Desugared(CoroutineDesugaring::Gen, _) | CoroutineKind::Coroutine { movable: true },
        ) => Movability::Movable,
        _ => Movability::Static,
    }
}

fn borrow_kind(by: By) -> Option<BorrowKind> {
    match by {
        By::Value => None,
        By::Shared => Some(BorrowKind::Shared),
        By::Unique => Some(BorrowKind::Mut { kind: MutBorrowKind::ClosureCapture }),
        By::Mut => Some(BorrowKind::Mut { kind: MutBorrowKind::Default }),
    }
}
