//! What coroutines capture that other closures would not, and what the futures of async closures take from these.

use super::uses::{Uses, Walker};
use super::{By, Capture, Captured, Place, ProjectionKind};
use crate::doubt::{Answer, Doubt};
use crate::state::FnCx;
use crate::types::Make as _;
use hir::body::{Body, ExprId};
use hir::expr::{Closure, ClosureKind as Kind, ExprKind, LocalSource, StmtKind};
use hir::pat::PatKind;
use hir::path::{QPath, Res};
use solve::ir;
use solve::ir::inherent::{GenericArgs as _, Ty as _};
use solve::{Args, Binder, BoundVarKind, ClosureKind, FnSig, RegionKind, Safety, Ty, TyKind};
use syntax::ast::CaptureBy;
use ty::{CoroutineKind, CoroutineSource, DefId, ExternAbi};

impl<'tcx> FnCx<'_, 'tcx> {
    /// How a closure captures. The future of a `move` async closure that may be called only once takes all by value: there
    /// is nothing left that it could borrow from.
    pub(super) fn coroutine_clause(&self, closure: &Closure) -> Answer<CaptureBy> {
        let Kind::Coroutine(CoroutineKind::Desugared(_, CoroutineSource::Closure)) = closure.kind else {
            return Ok(closure.capture);
        };
        let (expr, around) = self.closure_around(closure.def_id)?;
        let CaptureBy::Value(_) = around.capture else { return Ok(closure.capture) };
        let ty = self.results.borrow().exprs.get(&expr).copied();
        let known = match ty.map(|ty| *self.shallow(ty).kind_ref()) {
            Some(TyKind::CoroutineClosure(_, args)) => {
                self.shallow(args.as_coroutine_closure().kind_ty()).to_opt_closure_kind()
            }
            _ => None,
        };
        let is_once = known == Some(ClosureKind::FnOnce) || self.consumes_upvars(closure)?;
        Ok(if is_once { around.capture } else { closure.capture })
    }

    /// The async closure whose body is a coroutine.
    fn closure_around(&self, coroutine: DefId) -> Answer<(ExprId, &Closure)> {
        let parent = self.cx.parent_of(coroutine);
        let found = self.hir.exprs.iter_enumerated().find_map(|(id, expr)| match &expr.kind {
            ExprKind::Closure(closure) if closure.def_id == parent => Some((id, &**closure)),
            _ => None,
        });
        found.ok_or_else(|| Doubt::new("a coroutine that is in no closure", ""))
    }

    /// Whether a coroutine's body, as it is written, takes a captured variable by value.
    fn consumes_upvars(&self, coroutine: &Closure) -> Answer<bool> {
        let (_, value) = self.moved_arguments(&coroutine.body)?;
        let mut walker = Walker::new(self, coroutine.def_id);
        walker.consume(value)?;
        let (_, kind) = self.processed(CaptureBy::Ref, walker.uses.captures)?;
        Ok(kind == ClosureKind::FnOnce)
    }

    /// Of the coroutine of an `async fn` or closure: the expressions that arguments come from that are moved into variables,
    /// and the body as it is written.
    fn moved_arguments(&self, body: &Body) -> Answer<(Vec<ExprId>, ExprId)> {
        let unknown = || Doubt::new("an async body of another shape", "");
        let ExprKind::Block(block, _) = self.hir[body.value].kind else { return Err(unknown()) };
        let mut moved = Vec::new();
        for &stmt in &self.hir[block].stmts {
            let StmtKind::Let(stmt) = &self.hir[stmt].kind else { return Err(unknown()) };
            let (Some(init), LocalSource::AsyncFn) = (stmt.init, stmt.source) else { return Err(unknown()) };
            if let PatKind::Binding(mode, ..) = &self.hir[stmt.pat].kind
                && mode.by_ref.is_none()
            {
                moved.push(init);
            }
        }
        let Some(ExprKind::DropTemps(value)) = self.hir[block].expr.map(|tail| &self.hir[tail].kind) else {
            return Err(unknown());
        };
        Ok((moved, *value))
    }

    /// The coroutine of an `async fn` or closure takes all arguments by value, used or not, and so even if they are `Copy`.
    pub(super) fn capture_arguments(&self, closure: &Closure, uses: &mut Uses<'tcx>) -> Answer<()> {
        let Kind::Coroutine(CoroutineKind::Desugared(_, CoroutineSource::Fn | CoroutineSource::Closure)) = closure.kind
        else {
            return Ok(());
        };
        let (moved, _) = self.moved_arguments(&closure.body)?;
        for init in moved {
            let ExprKind::Path(QPath::Resolved(_, path)) = &self.hir[init].kind else {
                return Err(Doubt::new("an async body of another shape", ""));
            };
            let Res::Local(var) = path.res else { return Err(Doubt::new("an async body of another shape", "")) };
            let place = Place { var, var_ty: self.structurally(self.local_ty(var)?)?, projections: Vec::new() };
            uses.captures.push((place, Capture { by: By::Value, by_expr: Some(init), path_expr: Some(init) }));
        }
        Ok(())
    }

    /// What the future of an async closure takes from it where it is called by reference: a part of the closure's type.
    pub(super) fn analyze_future(
        &self,
        closure: &Closure,
        args: Args<'tcx>,
        captures: &[Captured<'tcx>],
        inferred: Option<ClosureKind>,
    ) -> Answer<()> {
        let cx = self.cx;
        let parts = args.as_coroutine_closure();
        let ExprKind::Closure(future) = &self.hir[closure.body.value].kind else {
            return Err(Doubt::new("an async closure of another shape", ""));
        };
        let of_future = self.results.borrow().captures.get(&future.def_id).cloned().unwrap_or_default();
        let env = ir::BoundRegion { var: ir::BoundVar::from_u32(0), kind: ir::BoundRegionKind::ClosureEnv };
        let env = cx.mk_region(RegionKind::ReBound(ir::BoundVarIndexKind::Bound(ir::INNERMOST), env));
        let mut rest = of_future.iter().skip(closure.decl.inputs.len()).peekable();
        let mut types = Vec::new();
        for outer in captures {
            let before = types.len();
            while let Some(inner) = rest.next_if(|inner| is_part(outer, inner)) {
                let region = if reborrows(outer, inner) { env } else { cx.types().erased };
                types.push(self.upvar_ty_for(inner, region));
            }
            if types.len() == before {
                return Err(Doubt::new("an async closure that captures more than its future", ""));
            }
        }
        if rest.next().is_some() {
            return Err(Doubt::new("an async closure that captures less than its future", ""));
        }
        let sig = FnSig {
            inputs_and_output: cx.mk_tys(&[cx.tuple(&types)]),
            c_variadic: false,
            safety: Safety::Safe,
            abi: solve::Abi(ExternAbi::Rust),
        };
        let vars = [BoundVarKind::Region(ir::BoundRegionKind::ClosureEnv)];
        let by_ref = Ty::new_fn_ptr(cx, Binder::bind_with_vars(sig, cx.mk_bound_vars(&vars)));
        self.demand_eq(parts.coroutine_captures_by_ref_ty(), by_ref)?;
        if let Some(kind) = inferred {
            let ty = self.results.borrow().exprs.get(&closure.body.value).copied();
            let Some(TyKind::Coroutine(_, args)) = ty.map(|ty| *self.shallow(ty).kind_ref()) else {
                return Err(Doubt::new("an async closure of another shape", ""));
            };
            self.demand_eq(args.as_coroutine().kind_ty(), Ty::from_coroutine_closure_kind(cx, kind))?;
        }
        Ok(())
    }
}

/// Whether what a future captures is, or is in, what its closure captures.
fn is_part(outer: &Captured<'_>, inner: &Captured<'_>) -> bool {
    let mut steps = outer.place.projections.iter().zip(&inner.place.projections);
    outer.place.var == inner.place.var
        && outer.place.projections.len() <= inner.place.projections.len()
        && steps.all(|(a, b)| a.kind == b.kind)
}

/// Whether a future's capture borrows from the closure, and not from what the closure itself borrows from.
fn reborrows(outer: &Captured<'_>, inner: &Captured<'_>) -> bool {
    let is_shared_deref = |step: usize| {
        inner.place.projections[step].kind == ProjectionKind::Deref
            && matches!(inner.place.ty_before(step).kind_ref(), TyKind::Ref(_, _, ir::Mutability::Not))
    };
    let beyond = outer.place.projections.len()..inner.place.projections.len();
    let through_shared = beyond.into_iter().any(is_shared_deref);
    (outer.info.by == By::Value && !through_shared) || inner.info.by == By::Mut
}
