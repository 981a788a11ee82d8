//! Constructs that are rewritten in terms of others. (rustc: `rustc_ast_lowering::expr`.)

use ::ty::{CoroutineDesugaring, CoroutineKind, CoroutineSource, CtorKind, DefKind, DefPathData, LangItem};
use syntax::ast::{self, BindingMode, Coroutine, ExprKind as E, Id, List, Mutability, RangeLimits};
use syntax::doubt::Result;
use syntax::span::{Ident, Span};
use syntax::symbol::{Symbol, kw};

use super::expr::desugaring;
use super::make::MUT;
use super::path::Source;
use super::{Lowerer, TryScope};
use crate::body::{Body, ExprId, Node, Param, PatId, StmtId};
use crate::expr::*;
use crate::pat::{PatExpr, PatExprKind, PatField, PatKind};
use crate::path::Res;
use crate::resolve::RibKind;
use crate::ty::{FnDecl, FnRetTy, TyKind};

impl Lowerer<'_, '_> {
    /// The span's last byte.
    fn end_point(span: Span) -> Span {
        Span { lo: span.hi.saturating_sub(1).max(span.lo), ..span }
    }

    /// `while cond body` is `loop { if cond body else { break } }`.
    pub(super) fn while_loop(
        &mut self,
        span: Span,
        cond: ast::ExprId,
        body: ast::BlockId,
        label: Option<Ident>,
    ) -> Result<ExprId> {
        let id = self.reserve(span);
        let marked = self.mark(span, "while");
        let (block, loop_span) = self.loop_body(id, label, |x| {
            let cond_span = x.ast[cond].span;
            let cond = x.expr_of(cond)?;
            let then = x.block_as_expr(body)?;
            let leave = x.expr(marked, ExprKind::Break(Destination { label: None, target: id }, None));
            let leave = x.stmt(marked, StmtKind::Expr(leave));
            let els = x.block_of(marked, vec![leave], None);
            let els = x.block_expr(els);
            let if_ = x.expr(marked, ExprKind::If(cond, then, Some(els)));
            let block = x.block_of(marked, Vec::new(), Some(if_));
            Ok((block, Span { hi: cond_span.hi, ..marked }))
        })?;
        Ok(self.set(id, span, ExprKind::Loop(block, label, LoopSource::While, loop_span)))
    }

    /// `for pat in head body`
    pub(super) fn for_loop(&mut self, span: Span, for_: Id<ast::ForLoop>) -> Result<ExprId> {
        let ast::ForLoop { pat, iter, body, label, is_await } = self.ast[for_];
        if is_await {
            return self.doubt(span, "for await", "not supported");
        }
        let head_span = self.ast[iter].span;
        let head = self.expr_of(iter)?;
        let pat_span = self.ast[pat].span;
        let for_span = self.mark(span, "for");
        // What a macro wrote is where the macro is called.
        let hygiene = &self.res.hygiene;
        let in_for = |at: Span| Span { ctxt: for_span.ctxt, ..hygiene.call_site_in(at, span.ctxt).unwrap_or(at) };
        let (head_at, pat_at) = (in_for(head_span), in_for(pat_span));
        let id = self.reserve(for_span);
        let none_arm = {
            let leave = self.expr(for_span, ExprKind::Break(Destination { label: None, target: id }, None));
            let pat = self.lang_pat(for_span, LangItem::OptionNone, None)?;
            self.arm(pat, leave, for_span)
        };
        let some_arm = self.rib(RibKind::Normal, |x| {
            let pat = x.top_pat(pat)?;
            let pat = x.lang_pat(pat_at, LangItem::OptionSome, Some(pat))?;
            let body = x.loop_body(id, label, |x| x.block_as_expr(body))?;
            Ok(x.arm(pat, body, for_span))
        })?;
        let ident = Self::dummy("iter");
        let (iter_pat, iter_local) = self.bind(head_at, ident, MUT);
        let iter = self.local(head_at, ident, iter_local);
        let iter = self.ref_of(head_at, Mutability::Mut, iter);
        let next = self.call_lang(head_at, LangItem::IteratorNext, vec![iter])?;
        let step = ExprKind::Match(next, vec![none_arm, some_arm], MatchSource::ForLoopDesugar);
        let step = self.expr(head_at, step);
        let step = self.stmt(for_span, StmtKind::Expr(step));
        let block = self.block_of(for_span, vec![step], None);
        let loop_span = Span { hi: head_span.hi, ..for_span };
        self.set(id, for_span, ExprKind::Loop(block, label, LoopSource::ForLoop, loop_span));
        let iter_arm = self.arm(iter_pat, id, for_span);
        let into_iter = self.call_lang(head_at, LangItem::IntoIterIntoIter, vec![head])?;
        let match_ = ExprKind::Match(into_iter, vec![iter_arm], MatchSource::ForLoopDesugar);
        let match_ = self.expr(for_span, match_);
        Ok(self.expr(for_span, ExprKind::DropTemps(match_)))
    }

    /// `expr?`
    pub(super) fn question_mark(&mut self, span: Span, expr: ast::ExprId) -> Result<ExprKind> {
        let whole = self.mark(span, "?");
        let mark = self.mark(Self::end_point(span), "?");
        let expr = self.expr_of(expr)?;
        let scrutinee = self.call_lang(whole, LangItem::TryTraitBranch, vec![expr])?;
        let continue_arm = {
            let ident = Self::dummy("val");
            let (pat, local) = self.bind(span, ident, BindingMode::NONE);
            let value = self.local(span, ident, local);
            // `#[allow(unreachable_code)]`, as on the other arm.
            self.cx.hir.lint_levels.insert(Node::Expr(value));
            let pat = self.lang_pat(whole, LangItem::ControlFlowContinue, Some(pat))?;
            self.arm(pat, value, mark)
        };
        let break_arm = {
            let ident = Self::dummy("residual");
            let (pat, local) = self.bind(mark, ident, BindingMode::NONE);
            let residual = self.local(mark, ident, local);
            let item = match self.cx.fn_.try_ {
                TryScope::Homogeneous(_) => LangItem::ResidualIntoTryType,
                TryScope::Function | TryScope::Heterogeneous(_) => LangItem::TryTraitFromResidual,
            };
            let constructor = self.lang_expr(item, mark)?;
            let value = self.expr(whole, ExprKind::Call(constructor, vec![residual]));
            let leave = self.leave_try(value);
            let leave = self.expr(mark, leave);
            self.cx.hir.lint_levels.insert(Node::Expr(leave));
            let pat = self.lang_pat(mark, LangItem::ControlFlowBreak, Some(pat))?;
            self.arm(pat, leave, mark)
        };
        Ok(ExprKind::Match(scrutinee, vec![break_arm, continue_arm], MatchSource::TryDesugar(scrutinee)))
    }

    /// Leaves the innermost `try` block, or the function.
    fn leave_try(&mut self, value: ExprId) -> ExprKind {
        match self.try_target() {
            Some(target) => ExprKind::Break(Destination { label: None, target }, Some(value)),
            None => ExprKind::Ret(Some(value)),
        }
    }

    /// `do yeet expr`
    pub(super) fn yeet(&mut self, span: Span, expr: Option<ast::ExprId>) -> Result<ExprKind> {
        let (value_span, value) = match expr {
            Some(expr) => (self.ast[expr].span, self.expr_of(expr)?),
            None => (self.mark(span, "yeet"), self.unit(span)),
        };
        let mark = self.mark(span, "yeet");
        let constructor = self.lang_expr(LangItem::TryTraitFromYeet, mark)?;
        let value = self.expr(value_span, ExprKind::Call(constructor, vec![value]));
        Ok(self.leave_try(value))
    }

    /// `try { … }`
    pub(super) fn try_block(&mut self, span: Span, body: ast::BlockId, ty: Option<ast::TyId>) -> Result<ExprId> {
        // The block that `?` leaves is an expression of its own if a type is around it.
        let target = self.reserve(span);
        let scope = if ty.is_some() { TryScope::Heterogeneous(target) } else { TryScope::Homogeneous(target) };
        let outer = std::mem::replace(&mut self.cx.fn_.try_, scope);
        let made = self.block_inner(body, true);
        self.cx.fn_.try_ = outer;
        let (mut block, traits) = made?;
        let (mark, tail) = match block.expr {
            Some(tail) => (self.mark(self.cx.hir.exprs[tail].span, "try"), tail),
            None => {
                let mark = self.mark(Self::end_point(self.ast[body].span), "try");
                (mark, self.unit(mark))
            }
        };
        let wrapped = self.mark(self.cx.hir.exprs[tail].span, "try");
        let constructor = self.lang_expr(LangItem::TryTraitFromOutput, mark)?;
        block.expr = Some(self.expr(wrapped, ExprKind::Call(constructor, vec![tail])));
        let block_span = block.span;
        let block = self.add_block(block, traits);
        let target_span = if ty.is_some() { block_span } else { span };
        self.set(target, target_span, ExprKind::Block(block, None));
        match ty {
            Some(ty) => {
                let ty = self.ty(ty)?;
                Ok(self.expr(span, ExprKind::Type(target, ty)))
            }
            None => Ok(target),
        }
    }

    /// `a..b`
    pub(super) fn range(
        &mut self,
        span: Span,
        lo: Option<ast::ExprId>,
        hi: Option<ast::ExprId>,
        limits: RangeLimits,
    ) -> Result<ExprKind> {
        let item = match (lo, hi, limits) {
            (None, None, RangeLimits::HalfOpen) => LangItem::RangeFull,
            (Some(_), None, RangeLimits::HalfOpen) => LangItem::RangeFrom,
            (None, Some(_), RangeLimits::HalfOpen) => LangItem::RangeTo,
            (Some(_), Some(_), RangeLimits::HalfOpen) => LangItem::Range,
            (None, Some(_), RangeLimits::Closed) => LangItem::RangeToInclusive,
            (Some(lo), Some(hi), RangeLimits::Closed) => {
                let args = vec![self.expr_of(lo)?, self.expr_of(hi)?];
                let new = self.lang_expr(LangItem::RangeInclusiveNew, span)?;
                return Ok(ExprKind::Call(new, args));
            }
            (_, None, RangeLimits::Closed) => return self.doubt(span, "range", "it has no end"),
        };
        let mut fields = Vec::new();
        for (name, expr) in [("start", lo), ("end", hi)] {
            if let Some(expr) = expr {
                let span = self.mark(self.ast[expr].span, "range");
                let expr = self.expr_of(expr)?;
                let ident = Ident::new(Symbol::intern(name), span);
                fields.push(ExprField { ident, expr, span, is_shorthand: false });
            }
        }
        let path = self.lang_path(item, span)?;
        Ok(ExprKind::Struct(Box::new(path), fields, StructTail::None))
    }

    /// `async { … }`
    pub(super) fn gen_block(&mut self, span: Span, block: Id<ast::GenBlock>) -> Result<ExprKind> {
        let ast::GenBlock { capture, body, kind, decl_span } = self.ast[block];
        let kind = match kind {
            ast::GenKind::Async => CoroutineDesugaring::Async,
            ast::GenKind::Gen => CoroutineDesugaring::Gen,
            ast::GenKind::AsyncGen => CoroutineDesugaring::AsyncGen,
        };
        let def_id = self.define(DefPathData::Closure, span)?;
        self.rib(RibKind::Normal, |x| {
            x.coroutine(def_id, capture, decl_span, span, kind, CoroutineSource::Block, |x| {
                x.new_scopes(|x| x.block_as_expr(body))
            })
        })
    }

    /// The closure that a coroutine's body is.
    #[expect(clippy::too_many_arguments, reason = "each is a fact about the construct")]
    fn coroutine(
        &mut self,
        def_id: ::ty::DefId,
        capture: ast::CaptureBy,
        decl_span: Span,
        span: Span,
        desugaring: CoroutineDesugaring,
        source: CoroutineSource,
        body: impl FnOnce(&mut Self) -> Result<ExprId>,
    ) -> Result<ExprKind> {
        let kind = CoroutineKind::Desugared(desugaring, source);
        let (mut inputs, mut params, mut context) = (Vec::new(), Vec::new(), None);
        if matches!(desugaring, CoroutineDesugaring::Async | CoroutineDesugaring::AsyncGen) {
            let mark = self.mark(span, "async");
            let path = self.lang_path(LangItem::ResumeTy, mark)?;
            inputs.push(self.new_ty(mark, TyKind::Path(path)));
            let (pat, local) = self.bind(span, Self::dummy("_task_context"), MUT);
            params.push(Param { pat, ty_span: span, span });
            context = Some(local);
        }
        let decl =
            FnDecl { inputs, output: FnRetTy::Default(span), c_variadic: false, lifetime_elision_allowed: false };
        let value = self.inner_body(def_id, |x| {
            (x.cx.fn_.coroutine, x.cx.fn_.task_context) = (Some(kind), context);
            body(x)
        })?;
        Ok(ExprKind::Closure(Box::new(Closure {
            def_id,
            has_binder: false,
            is_const: false,
            capture,
            generic_params: Vec::new(),
            decl,
            body: Body { params, value },
            decl_span,
            args_span: None,
            kind: ClosureKind::Coroutine(kind),
        })))
    }

    /// An `async fn` or `async` closure: its parameters move into the coroutine that it returns.
    pub(super) fn moved_arguments(
        &mut self,
        inputs: &[ast::Param],
        decl_span: Span,
        body_span: Span,
        coroutine: Coroutine,
        source: CoroutineSource,
        lower_body: impl FnOnce(&mut Self) -> Result<ExprId>,
    ) -> Result<Body> {
        let (mut params, mut stmts) = (Vec::new(), Vec::new());
        for (index, param) in self.params(inputs)?.into_iter().enumerate() {
            let found = &self.cx.hir.pats[param.pat];
            let (ident, is_simple) = match &found.kind {
                PatKind::Binding(mode, _, ident, _) => (*ident, mode.by_ref.is_none()),
                PatKind::Wild => (Self::dummy(kw::UNDERSCORE.as_str()), false),
                _ => (Self::dummy(&format!("__arg{index}")), false),
            };
            let span = self.mark(found.span, "async");
            let (new_pat, new_local) = self.bind(span, ident, BindingMode::NONE);
            if is_simple {
                let value = self.local(span, ident, new_local);
                stmts.push(self.let_stmt(span, param.pat, value, LocalSource::AsyncFn));
            } else {
                let (move_pat, move_local) = self.bind(span, ident, MUT);
                let value = self.local(span, ident, new_local);
                stmts.push(self.let_stmt(span, move_pat, value, LocalSource::AsyncFn));
                let value = self.local(span, ident, move_local);
                stmts.push(self.let_stmt(span, param.pat, value, LocalSource::AsyncFn));
            }
            // The attributes of a parameter are its own and those of its statement.
            if self.cx.hir.lint_levels.contains(&Node::Param(param.pat)) {
                let statement = stmts.last().map(|&stmt| Node::Let(stmt));
                self.cx.hir.lint_levels.extend(statement.into_iter().chain([Node::Param(new_pat)]));
            }
            params.push(Param { pat: new_pat, ..param });
        }
        let def_id = self.define(DefPathData::Closure, decl_span)?;
        let capture = ast::CaptureBy::Ref;
        let kind = self.coroutine(def_id, capture, decl_span, body_span, desugaring(coroutine), source, |x| {
            let user = lower_body(x)?;
            let span = x.mark(x.cx.hir.exprs[user].span, "async");
            let user = x.expr(span, ExprKind::DropTemps(user));
            let block = x.block_of(span, stmts, Some(user));
            Ok(x.block_expr(block))
        })?;
        let value = self.expr(body_span, kind);
        Ok(Body { params, value })
    }

    /// `expr.await`
    pub(super) fn await_expr(&mut self, at: Span, expr: ExprId) -> Result<ExprKind> {
        let whole = self.cx.hir.exprs[expr].span.to(at);
        let (Some(CoroutineKind::Desugared(desugaring, _)), Some(context)) =
            (self.cx.fn_.coroutine, self.cx.fn_.task_context)
        else {
            return self.doubt(at, "await", "it is in no async function or block");
        };
        let span = self.mark(at, "await");
        let whole = self.mark(whole, "await");
        let ident = Self::dummy("__awaitee");
        let (awaitee_pat, awaitee) = self.bind(whole, ident, MUT);
        let task = Self::dummy("_task_context");
        let poll = {
            let awaitee = self.local(span, ident, awaitee);
            let awaitee = self.ref_of(span, Mutability::Mut, awaitee);
            let task = self.local(span, task, context);
            let pinned = self.call_lang(span, LangItem::PinNewUnchecked, vec![awaitee])?;
            let cx = self.call_lang(whole, LangItem::GetContext, vec![task])?;
            let call = self.call_lang(span, LangItem::FuturePoll, vec![pinned, cx])?;
            let block = self.unsafe_block(span, call);
            self.expr(span, block)
        };
        let loop_ = self.reserve(span);
        let ready_arm = {
            let ident = Self::dummy("result");
            let (pat, local) = self.bind(whole, ident, BindingMode::NONE);
            let value = self.local(whole, ident, local);
            let pat = self.lang_pat(span, LangItem::PollReady, Some(pat))?;
            let leave = Destination { label: None, target: loop_ };
            let leave = self.expr(whole, ExprKind::Break(leave, Some(value)));
            self.arm(pat, leave, span)
        };
        let pending_arm = {
            let pat = self.lang_pat(span, LangItem::PollPending, None)?;
            let block = self.block_of(span, Vec::new(), None);
            let block = self.block_expr(block);
            self.arm(pat, block, span)
        };
        let match_ = ExprKind::Match(poll, vec![ready_arm, pending_arm], MatchSource::AwaitDesugar);
        let match_ = self.expr(span, match_);
        let match_ = self.stmt(span, StmtKind::Expr(match_));
        let yielded = match desugaring {
            CoroutineDesugaring::AsyncGen => self.lang_expr(LangItem::AsyncGenPending, span)?,
            _ => self.unit(span),
        };
        let yielded = self.expr(span, ExprKind::Yield(yielded, YieldSource::Await(Some(expr))));
        let lhs = self.local(span, task, context);
        let assign = self.expr(span, ExprKind::Assign(lhs, yielded, span));
        let assign = self.stmt(span, StmtKind::Expr(assign));
        let block = self.block_of(span, vec![match_, assign], None);
        self.set(loop_, span, ExprKind::Loop(block, None, LoopSource::Loop, span));
        let arm = self.arm(awaitee_pat, loop_, span);
        let future = self.call_lang(span, LangItem::IntoFutureIntoFuture, vec![expr])?;
        Ok(ExprKind::Match(future, vec![arm], MatchSource::AwaitDesugar))
    }

    /// `yield expr`
    pub(super) fn yield_expr(&mut self, span: Span, expr: Option<ast::ExprId>) -> Result<ExprKind> {
        let value = match expr {
            Some(expr) => self.expr_of(expr)?,
            None => self.unit(span),
        };
        match (self.cx.fn_.coroutine, self.cx.fn_.task_context) {
            (Some(CoroutineKind::Desugared(CoroutineDesugaring::AsyncGen, _)), Some(context)) => {
                let mark = self.mark(span, "async");
                let value = self.call_lang(mark, LangItem::AsyncGenReady, vec![value])?;
                let value = self.expr(span, ExprKind::Yield(value, YieldSource::Yield));
                let lhs = self.local(mark, Self::dummy("_task_context"), context);
                Ok(ExprKind::Assign(lhs, value, span))
            }
            (Some(CoroutineKind::Desugared(CoroutineDesugaring::Async, _)), _) => {
                self.doubt(span, "yield", "it is in an async function or block")
            }
            (Some(_), _) => Ok(ExprKind::Yield(value, YieldSource::Yield)),
            (None, _) => {
                self.cx.fn_.coroutine = Some(CoroutineKind::Coroutine { movable: true });
                Ok(ExprKind::Yield(value, YieldSource::Yield))
            }
        }
    }

    /// `lhs = rhs`, of which the left side may be a pattern.
    pub(super) fn assign(&mut self, span: Span, lhs: ast::ExprId, rhs: ast::ExprId, at: Span) -> Result<ExprKind> {
        if self.is_ordinary(lhs)? {
            let lhs = self.expr_of(lhs)?;
            return Ok(ExprKind::Assign(lhs, self.expr_of(rhs)?, at));
        }
        let mut assignments = Vec::new();
        let pat = self.destructure(lhs, at, &mut assignments)?;
        let rhs = self.expr_of(rhs)?;
        let mut stmts = vec![self.let_stmt(span, pat, rhs, LocalSource::AssignDesugar(at))];
        stmts.append(&mut assignments);
        let block = self.block_of(span, stmts, None);
        Ok(ExprKind::Block(block, None))
    }

    fn is_ordinary(&mut self, lhs: ast::ExprId) -> Result<bool> {
        Ok(match self.ast[lhs].kind {
            E::Array(_) | E::Struct(_) | E::Tup(_) | E::Underscore => false,
            E::Path(..) => !self.may_be_struct(lhs, CtorKind::Const)?,
            E::Call(callee, _) => !self.may_be_struct(callee, CtorKind::Fn)?,
            E::Paren(inner) => match self.ast[inner].kind {
                E::Range(None, None, RangeLimits::HalfOpen) => false,
                _ => self.is_ordinary(inner)?,
            },
            _ => true,
        })
    }

    /// May it be the path of a unit struct or tuple struct?
    fn may_be_struct(&mut self, expr: ast::ExprId, wanted: CtorKind) -> Result<bool> {
        let E::Path(qself, path) = self.ast[expr].kind else { return Ok(false) };
        let Some(found) = self.try_resolve(qself, &path, Source::Expr)? else { return Ok(true) };
        if found.partial.unresolved > 0 {
            return Ok(true);
        }
        Ok(match found.partial.res {
            Res::Def(DefKind::Ctor(_, kind), _) => kind == wanted,
            Res::Def(DefKind::Const | DefKind::AssocConst, _) => wanted == CtorKind::Const,
            Res::SelfCtor(_) => true,
            _ => false,
        })
    }

    fn destructure(&mut self, lhs: ast::ExprId, at: Span, assignments: &mut Vec<StmtId>) -> Result<PatId> {
        let ast::Expr { kind, span, .. } = self.ast[lhs];
        let kind = match kind {
            E::Underscore => PatKind::Wild,
            E::Array(exprs) => {
                let (mut pats, rest) = self.destructure_all(exprs, at, assignments)?;
                match rest {
                    Some((index, span)) => {
                        let after = pats.split_off(index as usize);
                        PatKind::Slice(pats, Some(self.assign_pat(span, PatKind::Wild)), after)
                    }
                    None => PatKind::Slice(pats, None, Vec::new()),
                }
            }
            E::Call(callee, args) if self.may_be_struct(callee, CtorKind::Fn)? => {
                let E::Path(qself, path) = self.ast[callee].kind else {
                    return self.doubt(span, "assignment", "it is no path");
                };
                let (pats, rest) = self.destructure_all(args, at, assignments)?;
                let path = self.qpath(qself, &path, Source::Expr)?;
                PatKind::TupleStruct(path, pats, rest.map(|(index, _)| index))
            }
            E::Path(qself, path) if self.may_be_struct(lhs, CtorKind::Const)? => {
                let kind = PatExprKind::Path(self.qpath(qself, &path, Source::Expr)?);
                PatKind::Expr(PatExpr { kind, span })
            }
            E::Struct(expr) => {
                let ast::StructExpr { qself, path, fields, rest } = self.ast[expr];
                let mut lowered = Vec::new();
                for field in self.ast[fields].iter().copied() {
                    let pat = self.destructure(field.expr, at, assignments)?;
                    let (ident, is_shorthand, span) = (field.ident, field.is_shorthand, field.span);
                    lowered.push(PatField { ident, pat, is_shorthand, span });
                }
                let path = self.qpath(qself, &path, Source::Struct)?;
                let rest = match rest {
                    ast::StructRest::Rest(span) => Some(span),
                    ast::StructRest::None => None,
                    ast::StructRest::Base(_) => return self.doubt(span, "assignment", "it has a base"),
                };
                PatKind::Struct(path, lowered, rest)
            }
            E::Tup(exprs) => {
                let (pats, rest) = self.destructure_all(exprs, at, assignments)?;
                PatKind::Tuple(pats, rest.map(|(index, _)| index))
            }
            E::Paren(inner) => match self.ast[inner].kind {
                E::Range(None, None, RangeLimits::HalfOpen) => PatKind::Tuple(Vec::new(), Some(0)),
                _ => return self.destructure(inner, at, assignments),
            },
            _ => {
                let ident = Ident::new(Symbol::intern("lhs"), span);
                let (pat, local) = self.bind(span, ident, BindingMode::NONE);
                let value = self.local(span, ident, local);
                let lhs = self.expr_of(lhs)?;
                let assign = self.expr(span, ExprKind::Assign(lhs, value, at));
                assignments.push(self.stmt(span, StmtKind::Expr(assign)));
                return Ok(pat);
            }
        };
        Ok(self.assign_pat(span, kind))
    }

    #[expect(clippy::type_complexity, reason = "the patterns, and where the rest is")]
    fn destructure_all(
        &mut self,
        exprs: List<ast::ExprId>,
        at: Span,
        assignments: &mut Vec<StmtId>,
    ) -> Result<(Vec<PatId>, Option<(u32, Span)>)> {
        let (mut pats, mut rest) = (Vec::new(), None);
        for expr in self.ast[exprs].iter().copied() {
            match self.ast[expr].kind {
                E::Range(None, None, RangeLimits::HalfOpen) if rest.is_none() => {
                    rest = Some((pats.len() as u32, self.ast[expr].span));
                }
                _ => pats.push(self.destructure(expr, at, assignments)?),
            }
        }
        Ok((pats, rest))
    }
}
