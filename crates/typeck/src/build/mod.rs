//! Typed bodies from what was inferred: coercions are written out, operators and method calls are calls (rustc's
//! `rustc_mir_build::thir`).

mod closure;
mod expr;
mod pat;

use crate::doubt::{Answer, Doubt};
use crate::scope::{Numbers, scopes};
use crate::state::FnCx;
use crate::types::Make as _;
use crate::writeback::Written;
use hir::body::{Body, ExprId, LocalId};
use hir::expr::{ClosureKind, ExprKind};
use rustc_hash::FxHashMap;
use solve::ir::inherent::{GenericArgs as _, Ty as _};
use solve::{Fulfillment, InferCx, Ty};
use syntax::span::Edition;
use thir::{BodyTy, HirId, LocalVarId, Param, ScopeTree, Thir, TypedBody};
use ty::{CoroutineKind, DefId, DefKind};

/// The bodies of a function and of its closures.
pub(crate) fn build<'tcx>(fcx: &FnCx<'_, 'tcx>, _: &Written) -> Answer<Vec<TypedBody<'tcx>>> {
    let hir = fcx.hir;
    let is_fn = matches!(fcx.members.def_kind(fcx.owner), DefKind::Fn | DefKind::AssocFn);
    let is_2024 = |span| fcx.source.edition(span) == Edition::E2024;
    let mut tree = scopes(hir, is_fn, &is_2024);
    let (numbers, span) = (Numbers::new(hir), |span| fcx.source.span(span));
    tree.node_spans.extend(hir.exprs.iter_enumerated().map(|(id, expr)| (numbers.expr(id), span(expr.span))));
    tree.node_spans.extend(hir.blocks.iter_enumerated().map(|(id, block)| (numbers.block(id), span(block.span))));
    tree.node_spans.extend(hir.arms.iter_enumerated().map(|(id, arm)| (numbers.arm(id), span(arm.span))));
    let casts = hir.exprs.iter().filter_map(|expr| match expr.kind {
        ExprKind::Cast(operand, _) => Some((operand, expr.span)),
        _ => None,
    });
    let casts = casts.collect();
    let mut bodies = Vec::new();
    let body_ty = match is_fn {
        true => BodyTy::Fn(declared_sig(fcx)?),
        false => BodyTy::Const(fcx.exported(fcx.cx.ty_of(fcx.owner, fcx.cx.identity_args(fcx.owner)))?),
    };
    fcx.own_future.set(None);
    let root = Owner { def_id: fcx.owner, body: &hir.body, closure: None };
    bodies.push(body(fcx, root, body_ty, &tree, &casts)?);
    for (expr, node) in hir.exprs.iter_enumerated() {
        match &node.kind {
            ExprKind::Closure(closure) => {
                let sig = fcx.results.borrow().closure_sigs.get(&closure.def_id).copied();
                let Some(sig) = sig else { continue };
                let owner = Owner { def_id: closure.def_id, body: &closure.body, closure: Some(expr) };
                bodies.push(body(fcx, owner, BodyTy::Fn(exported_sig(fcx, sig)?), &tree, &casts)?);
            }
            ExprKind::ConstBlock(block) => {
                let ty = fcx.results.borrow().exprs.get(&expr).copied();
                let Some(ty) = ty else { continue };
                let owner = Owner { def_id: block.def_id, body: &block.body, closure: None };
                bodies.push(body(fcx, owner, BodyTy::Const(fcx.exported(ty)?), &tree, &casts)?);
            }
            _ => {}
        }
    }
    Ok(bodies)
}

struct Owner<'a> {
    def_id: DefId,
    body: &'a Body,
    closure: Option<ExprId>,
}

/// The signature as it is declared: what it says with `impl Trait` stays that, though the body says what it is.
fn declared_sig<'tcx>(fcx: &FnCx<'_, 'tcx>) -> Answer<ty::FnSig<'tcx>> {
    let infer = InferCx::for_body(fcx.cx, &[]);
    let sig = infer.instantiate_with_fresh(fcx.sig_of(fcx.owner, fcx.cx.identity_args(fcx.owner)));
    let mut goals = Fulfillment::new();
    let sig = infer.normalize(&mut goals, fcx.env, sig)?;
    goals.select_where_possible(&infer)?;
    let sig = infer.resolved(sig);
    let types = sig.inputs_and_output.elements().iter().map(|&ty| {
        let found = fcx.cx.export(ty).ok_or_else(|| Doubt::new("a signature", fcx.cx.text(ty)))?;
        Ok::<_, Box<Doubt>>(fcx.cx.tcx().erase_regions(found))
    });
    let types: Answer<Vec<_>> = types.collect();
    Ok(sig_of(fcx, sig, &types?))
}

fn exported_sig<'tcx>(fcx: &FnCx<'_, 'tcx>, sig: solve::FnSig<'tcx>) -> Answer<ty::FnSig<'tcx>> {
    let types: Answer<Vec<_>> = sig.inputs_and_output.elements().iter().map(|&ty| fcx.exported(ty)).collect();
    Ok(sig_of(fcx, sig, &types?))
}

fn sig_of<'tcx>(fcx: &FnCx<'_, 'tcx>, sig: solve::FnSig<'tcx>, types: &[ty::Ty<'tcx>]) -> ty::FnSig<'tcx> {
    ty::FnSig {
        inputs_and_output: fcx.cx.tcx().mk_types(types),
        c_variadic: sig.c_variadic,
        is_unsafe: sig.safety == solve::Safety::Unsafe,
        abi: sig.abi.0,
    }
}

fn body<'tcx>(
    fcx: &FnCx<'_, 'tcx>,
    owner: Owner<'_>,
    body_type: BodyTy<'tcx>,
    tree: &ScopeTree,
    casts: &FxHashMap<ExprId, syntax::span::Span>,
) -> Answer<TypedBody<'tcx>> {
    let mut builder = Builder {
        fcx,
        numbers: Numbers::new(fcx.hir),
        owner: owner.def_id,
        is_closure: owner.closure.is_some(),
        casts,
        thir: Thir::new(body_type),
    };
    if let Some(expr) = owner.closure {
        let ty = fcx.results.borrow().exprs.get(&expr).copied();
        let Some(ty) = ty else { return Err(Doubt::new("a closure without a type", "")) };
        let is_future = fcx.future() == Some(owner.def_id);
        fcx.own_future.set(if is_future { None } else { fcx.future() });
        let ty = builder.env_ty(ty)?;
        builder.thir.params.push(Param { pat: None, ty, ty_span: None, self_kind: None, hir_id: None });
        fcx.own_future.set(fcx.future());
    }
    builder.params(owner.body)?;
    if let Some(expr) = owner.closure {
        builder.resume_param(expr);
    }
    let root = builder.expr(owner.body.value)?;
    let captures = builder.captures()?;
    let value = &fcx.hir[owner.body.value];
    let span = fcx.source.span(value.span);
    Ok(TypedBody {
        def_id: owner.def_id,
        root,
        scopes: tree.clone(),
        captures,
        inherits_overflow_checks: false,
        body_id: builder.numbers.expr(owner.body.value),
        span,
        return_ty_span: span,
        thir: builder.thir,
    })
}

/// Makes one body.
pub(crate) struct Builder<'f, 'a, 'tcx> {
    pub fcx: &'f FnCx<'a, 'tcx>,
    numbers: Numbers,
    owner: DefId,
    is_closure: bool,
    /// Of the operands of casts, the casts' spans.
    casts: &'f FxHashMap<ExprId, syntax::span::Span>,
    thir: Thir<'tcx>,
}

impl<'tcx> Builder<'_, '_, 'tcx> {
    fn hir_id(&self, local_id: thir::ItemLocalId) -> HirId {
        HirId { owner: self.fcx.owner, local_id }
    }
    fn variable(&self, local: LocalId) -> LocalVarId {
        LocalVarId(self.hir_id(self.numbers.pat(self.fcx.hir[local].pat)))
    }
    fn span(&self, span: syntax::span::Span) -> ty::Span {
        self.fcx.source.span(span)
    }

    /// The type of a closure's environment as its body sees it.
    fn env_ty(&self, closure: Ty<'tcx>) -> Answer<ty::Ty<'tcx>> {
        let fcx = self.fcx;
        let closure = fcx.resolved(closure);
        let ty = fcx.exported(closure)?;
        let kind_ty = match *closure.kind_ref() {
            solve::TyKind::Closure(_, args) => args.as_closure().kind_ty(),
            solve::TyKind::CoroutineClosure(_, args) => args.as_coroutine_closure().kind_ty(),
            // It is behind a pointer that is pinned only after borrow checking.
            solve::TyKind::Coroutine(..) => return Ok(ty),
            _ => return Err(Doubt::new("a closure of another kind", "")),
        };
        let kind = fcx.shallow(kind_ty).to_opt_closure_kind();
        let tcx = fcx.cx.tcx();
        match kind {
            Some(solve::ClosureKind::Fn) => Ok(tcx.mk_ref(ty, ty::Mutability::Not)),
            Some(solve::ClosureKind::FnMut) => Ok(tcx.mk_ref(ty, ty::Mutability::Mut)),
            Some(solve::ClosureKind::FnOnce) => Ok(ty),
            None => Err(Doubt::new("a closure of another kind", "")),
        }
    }

    fn params(&mut self, body: &Body) -> Answer<()> {
        let (mut types, mut written) = (Vec::new(), 0);
        if let BodyTy::Fn(sig) = &self.thir.body_type {
            types.extend(sig.inputs());
            written = types.len();
            if sig.c_variadic {
                types.push(self.fcx.exported(self.fcx.va_list()?)?);
            }
        }
        for (index, (param, ty)) in body.params.iter().zip(types).enumerate() {
            let pat_span = self.fcx.hir[param.pat].span;
            let has_ty = index < written && param.ty_span != pat_span;
            let ty_span = has_ty.then(|| self.span(param.ty_span));
            let pat = self.pat(param.pat)?;
            let hir_id = Some(self.hir_id(self.numbers.param(param.pat)));
            let self_kind = self.self_kind(param, &pat);
            self.thir.params.push(Param { pat: Some(Box::new(pat)), ty, ty_span, self_kind, hir_id });
        }
        Ok(())
    }

    /// What a coroutine is given when it goes on: it is not written, so it has another place; and where the body does not
    /// ask for it, it is `()`.
    fn resume_param(&mut self, expr: ExprId) {
        let hir = self.fcx.hir;
        let ExprKind::Closure(closure) = &hir[expr].kind else { return };
        let ClosureKind::Coroutine(kind) = closure.kind else { return };
        let last = self.thir.params.iter_mut().last();
        match (last, closure.decl.inputs.first(), kind) {
            (Some(param), Some(&input), CoroutineKind::Desugared(..)) => {
                param.ty_span = Some(self.fcx.source.span(hir[input].span));
            }
            (_, Some(_), _) => {}
            (_, None, _) => {
                let ty = self.fcx.cx.tcx().types().unit;
                self.thir.params.push(Param { pat: None, ty, ty_span: None, self_kind: None, hir_id: None });
            }
        }
    }

    /// How `self` is written, as far as patterns and types tell.
    fn self_kind(&self, param: &hir::body::Param, pat: &thir::Pat<'tcx>) -> Option<thir::ImplicitSelfKind> {
        let thir::PatKind::Binding { name, mode, ty, .. } = &pat.kind else { return None };
        if name.as_str() != "self" || !self.thir.params.is_empty() {
            return None;
        }
        // The type of `self` alone has the place of the name, that of `&self` all of it, a written one stands behind.
        let pat_span = self.fcx.hir[param.pat].span;
        if param.ty_span.hi > pat_span.hi {
            return None;
        }
        // What derives write has the place of their names, and `&self` mostly.
        let is_written = param.ty_span.ctxt == syntax::span::SyntaxContext::ROOT;
        let is_ref = matches!(ty.kind(), ty::TyKind::Ref(..));
        let is_value = param.ty_span.hi - param.ty_span.lo == 4 && (is_written || !is_ref);
        Some(match (is_value, ty.kind(), mode.1) {
            (true, _, ty::Mutability::Mut) => thir::ImplicitSelfKind::Mut,
            (true, _, ty::Mutability::Not) => thir::ImplicitSelfKind::Imm,
            (false, ty::TyKind::Ref(_, _, ty::Mutability::Mut), _) => thir::ImplicitSelfKind::RefMut,
            (false, ..) => thir::ImplicitSelfKind::RefImm,
        })
    }
}
