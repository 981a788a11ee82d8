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
use hir::expr::ExprKind;
use rustc_hash::FxHashMap;
use solve::Ty;
use solve::ir::inherent::{GenericArgs as _, Ty as _};
use syntax::span::Edition;
use thir::{BodyTy, HirId, LocalVarId, Param, ScopeTree, Thir, TypedBody};
use ty::{DefId, DefKind};

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
        true => {
            let sig = fcx.liberated(fcx.sig_of(fcx.owner, fcx.cx.identity_args(fcx.owner)));
            BodyTy::Fn(exported_sig(fcx, sig)?)
        }
        false => BodyTy::Const(fcx.exported(fcx.cx.ty_of(fcx.owner, fcx.cx.identity_args(fcx.owner)))?),
    };
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

fn exported_sig<'tcx>(fcx: &FnCx<'_, 'tcx>, sig: solve::FnSig<'tcx>) -> Answer<ty::FnSig<'tcx>> {
    let types: Answer<Vec<_>> = sig.inputs_and_output.elements().iter().map(|&ty| fcx.exported(ty)).collect();
    Ok(ty::FnSig {
        inputs_and_output: fcx.cx.tcx().mk_types(&types?),
        c_variadic: sig.c_variadic,
        is_unsafe: sig.safety == solve::Safety::Unsafe,
        abi: sig.abi.0,
    })
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
        let ty = builder.env_ty(ty)?;
        builder.thir.params.push(Param { pat: None, ty, ty_span: None, self_kind: None, hir_id: None });
    }
    builder.params(owner.body)?;
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
struct Builder<'f, 'a, 'tcx> {
    fcx: &'f FnCx<'a, 'tcx>,
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
        let solve::TyKind::Closure(_, args) = *closure.kind_ref() else {
            return Err(Doubt::new("a closure of another kind", ""));
        };
        let kind = fcx.shallow(args.as_closure().kind_ty()).to_opt_closure_kind();
        let ty = fcx.exported(closure)?;
        let tcx = fcx.cx.tcx();
        match kind {
            Some(solve::ClosureKind::Fn) => Ok(tcx.mk_ref(ty, ty::Mutability::Not)),
            Some(solve::ClosureKind::FnMut) => Ok(tcx.mk_ref(ty, ty::Mutability::Mut)),
            Some(solve::ClosureKind::FnOnce) => Ok(ty),
            None => Err(Doubt::new("a closure of another kind", "")),
        }
    }

    fn params(&mut self, body: &Body) -> Answer<()> {
        let types = match &self.thir.body_type {
            BodyTy::Fn(sig) => sig.inputs().to_vec(),
            _ => Vec::new(),
        };
        for (param, ty) in body.params.iter().zip(types) {
            let pat_span = self.fcx.hir[param.pat].span;
            let ty_span = (param.ty_span != pat_span).then(|| self.span(param.ty_span));
            let pat = self.pat(param.pat)?;
            let hir_id = Some(self.hir_id(self.numbers.param(param.pat)));
            let self_kind = self.self_kind(param, &pat);
            self.thir.params.push(Param { pat: Some(Box::new(pat)), ty, ty_span, self_kind, hir_id });
        }
        Ok(())
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
