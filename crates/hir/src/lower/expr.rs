//! Expressions, statements and blocks. (rustc: `rustc_ast_lowering::{expr, block, asm}`.)

use ::ty::{CoroutineDesugaring, CoroutineKind, DefId, DefKind, DefPathData, Definitions};
use syntax::ast::{self, AsmOperand as A, Coroutine, ExprKind as E, Id, List, StmtKind as S};
use syntax::doubt::Result;
use syntax::span::{Ident, Span};

use super::literal::literal;
use super::path::Source;
use super::{Lowerer, TryScope, item};
use crate::body::{ArmId, BlockId, Body, ExprId, Node, Param, StmtId};
use crate::expr::*;
use crate::path::{QPath, Res};
use crate::resolve::{Partial, Rib, RibKind};
use crate::scope::damaged;
use crate::ty::{GenericArg, GenericArgs, Parenthesized};

impl Lowerer<'_, '_> {
    /// An expression.
    pub(super) fn expr_of(&mut self, expr: ast::ExprId) -> Result<ExprId> {
        let ast::Expr { span, attrs, .. } = self.ast[expr];
        let lowered = self.level(span, |x| x.expr_inner(expr))?;
        self.note_lint_levels(attrs, Node::Expr(lowered));
        Ok(lowered)
    }

    pub(super) fn exprs(&mut self, exprs: List<ast::ExprId>) -> Result<Vec<ExprId>> {
        let exprs = self.ast[exprs].to_vec();
        exprs.into_iter().map(|expr| self.expr_of(expr)).collect()
    }

    fn opt_expr(&mut self, expr: Option<ast::ExprId>) -> Result<Option<ExprId>> {
        expr.map(|expr| self.expr_of(expr)).transpose()
    }

    fn expr_inner(&mut self, id: ast::ExprId) -> Result<ExprId> {
        let ast::Expr { kind, mut span, attrs } = self.ast[id];
        let kind = match kind {
            E::Paren(inner) => {
                let lowered = self.expr_of(inner)?;
                let found = &mut self.cx.hir.exprs[lowered].span;
                if span.lo <= found.lo && found.hi <= span.hi {
                    *found = Span { ctxt: found.ctxt, ..span };
                }
                return Ok(lowered);
            }
            E::ForLoop(for_) => return self.for_loop(span, for_),
            E::Array(exprs) => ExprKind::Array(self.exprs(exprs)?),
            E::ConstBlock(anon) => ExprKind::ConstBlock(Box::new(self.const_block(anon)?)),
            E::Call(callee, args) => match self.legacy_call(callee, args)? {
                Some(call) => call,
                None => {
                    let callee = self.expr_of(callee)?;
                    ExprKind::Call(callee, self.exprs(args)?)
                }
            },
            E::MethodCall(call) => {
                let ast::MethodCall { segment, receiver, args, span: call_span } = self.ast[call];
                let receiver = self.expr_of(receiver)?;
                let args = self.exprs(args)?;
                let segment = self.segment(span, &segment, true, 0, Source::Expr, Res::Err)?;
                ExprKind::MethodCall(Box::new(segment), receiver, args, call_span)
            }
            E::Tup(exprs) => ExprKind::Tup(self.exprs(exprs)?),
            E::Binary(op, at, lhs, rhs) => {
                let lhs = self.expr_of(lhs)?;
                ExprKind::Binary(op, at, lhs, self.expr_of(rhs)?)
            }
            E::Unary(op, expr) => ExprKind::Unary(op, self.expr_of(expr)?),
            E::Lit(lit) => ExprKind::Lit(literal(&lit, span)?),
            E::Cast(expr, ty) => {
                let expr = self.expr_of(expr)?;
                ExprKind::Cast(expr, self.ty(ty)?)
            }
            E::Type(expr, ty) => {
                let expr = self.expr_of(expr)?;
                ExprKind::Type(expr, self.ty(ty)?)
            }
            E::Let(pat, init) => {
                let init = self.expr_of(init)?;
                let pat = self.top_pat(pat)?;
                ExprKind::Let(Let { span, pat, ty: None, init })
            }
            E::If(cond, then, els) => {
                let (cond, then) = self.rib(RibKind::Normal, |x| {
                    let cond = x.expr_of(cond)?;
                    Ok((cond, x.block_as_expr(then)?))
                })?;
                ExprKind::If(cond, then, self.opt_expr(els)?)
            }
            E::While(cond, body, label) => return self.while_loop(span, cond, body, label),
            E::Loop(body_id, label) => {
                let id = self.reserve(span);
                let body = self.loop_body(id, label, |x| x.block(body_id, false))?;
                let loop_span = Span { hi: self.ast[body_id].span.lo.max(span.lo), ..span };
                return Ok(self.set(id, span, ExprKind::Loop(body, label, LoopSource::Loop, loop_span)));
            }
            E::Match(scrutinee, arms, style) => {
                let scrutinee = self.expr_of(scrutinee)?;
                let arms = self.ast[arms].to_vec();
                let arms = arms.iter().map(|arm| self.match_arm(arm)).collect::<Result<_>>()?;
                let source = match style {
                    ast::MatchStyle::Prefix => MatchSource::Normal,
                    ast::MatchStyle::Postfix => MatchSource::Postfix,
                };
                ExprKind::Match(scrutinee, arms, source)
            }
            E::Closure(closure) => self.closure(closure, attrs)?,
            E::Block(block, label) => {
                let id = self.reserve(span);
                let lowered = self.rib(RibKind::Normal, |x| {
                    x.add_label(label, id);
                    x.block(block, label.is_some())
                })?;
                return Ok(self.set(id, span, ExprKind::Block(lowered, label)));
            }
            E::Gen(block) => self.gen_block(span, block)?,
            E::Await(expr, at) => {
                let expr = self.expr_of(expr)?;
                self.await_expr(at, expr)?
            }
            E::Use(expr, at) => ExprKind::Use(self.expr_of(expr)?, at),
            E::TryBlock(block, ty) => return self.try_block(span, block, ty),
            E::Assign(lhs, rhs, at) => self.assign(span, lhs, rhs, at)?,
            E::AssignOp(op, at, lhs, rhs) => {
                let lhs = self.expr_of(lhs)?;
                ExprKind::AssignOp(op, at, lhs, self.expr_of(rhs)?)
            }
            E::Field(expr, ident) => ExprKind::Field(self.expr_of(expr)?, ident),
            E::Index(expr, index, at) => {
                let expr = self.expr_of(expr)?;
                ExprKind::Index(expr, self.expr_of(index)?, at)
            }
            E::Range(lo, hi, limits) => {
                span = self.mark(span, "range");
                self.range(span, lo, hi, limits)?
            }
            E::Underscore => return self.doubt(span, "`_`", "it is no expression here"),
            E::Path(qself, path) => ExprKind::Path(self.qpath(qself, &path, Source::Expr)?),
            E::AddrOf(kind, mutability, expr) => ExprKind::AddrOf(kind, mutability, self.expr_of(expr)?),
            E::Break(label, value) => {
                let value = self.opt_expr(value)?;
                ExprKind::Break(self.destination(span, label)?, value)
            }
            E::Continue(label) => ExprKind::Continue(self.destination(span, label)?),
            E::Ret(value) => ExprKind::Ret(self.opt_expr(value)?),
            E::OffsetOf(ty, fields) => {
                let ty = self.ty(ty)?;
                ExprKind::OffsetOf(ty, self.ast[fields].to_vec())
            }
            E::FormatArgs(args) => self.format_args(span, args)?,
            E::InlineAsm(asm) => ExprKind::InlineAsm(Box::new(self.inline_asm(span, asm)?)),
            E::MacCall(_) => return self.doubt(span, "macro call", "it is not expanded"),
            E::Struct(expr) => {
                let ast::StructExpr { qself, path, fields, rest } = self.ast[expr];
                let path = self.qpath(qself, &path, Source::Struct)?;
                let mut lowered = Vec::new();
                for field in self.ast[fields].iter().copied() {
                    let expr = self.expr_of(field.expr)?;
                    self.note_lint_levels(field.attrs, Node::Expr(expr));
                    let (ident, span, is_shorthand) = (field.ident, field.span, field.is_shorthand);
                    lowered.push(ExprField { ident, expr, span, is_shorthand });
                }
                let tail = match rest {
                    ast::StructRest::Base(base) => StructTail::Base(self.expr_of(base)?),
                    ast::StructRest::Rest(span) => StructTail::DefaultFields(span),
                    ast::StructRest::None => StructTail::None,
                };
                ExprKind::Struct(Box::new(path), lowered, tail)
            }
            E::Repeat(expr, len) => {
                let expr = self.expr_of(expr)?;
                ExprKind::Repeat(expr, self.array_len(len)?)
            }
            E::Try(expr) => self.question_mark(span, expr)?,
            E::Yield(expr) => self.yield_expr(span, expr)?,
            E::PostfixYield(expr) => self.yield_expr(span, Some(expr))?,
            E::Yeet(expr) => self.yeet(span, expr)?,
            E::Become(expr) => ExprKind::Become(self.expr_of(expr)?),
            E::UnsafeBinderCast(cast, expr, ty) => {
                let expr = self.expr_of(expr)?;
                let ty = ty.map(|ty| self.ty(ty)).transpose()?;
                ExprKind::UnsafeBinderCast(cast, expr, ty)
            }
        };
        Ok(self.expr(span, kind))
    }

    /// A call of a function of `std::arch` some of whose arguments are constants in truth.
    fn legacy_call(&mut self, callee: ast::ExprId, args: List<ast::ExprId>) -> Result<Option<ExprKind>> {
        let ast::Expr { kind: E::Path(None, path), span, .. } = self.ast[callee] else { return Ok(None) };
        if self.ast[path.segments].last().is_none_or(|last| last.args.is_some()) {
            return Ok(None);
        }
        let Some(found) = self.try_resolve(None, &path, Source::Expr)? else { return Ok(None) };
        let Partial { res: Res::Def(DefKind::Fn, def_id), unresolved: 0 } = found.partial else { return Ok(None) };
        // The attribute is the standard library's own.
        if self.session.crate_name(def_id.krate).as_str() != "core"
            || self.session.generics_of(def_id).own_params.is_empty()
        {
            return Ok(None);
        }
        let numbers = self.session.legacy_const_generics(def_id).map_err(damaged)?;
        if numbers.is_empty() {
            return Ok(None);
        }
        let (mut consts, mut others) = (Vec::new(), Vec::new());
        for (number, arg) in self.ast[args].iter().copied().enumerate() {
            match numbers.contains(&number) {
                true => consts.push(GenericArg::Const(self.late_const(arg, span)?)),
                false => others.push(arg),
            }
        }
        let mut qpath = self.resolved_qpath(None, &path, Source::Expr, &found)?;
        if let QPath::Resolved(None, path) = &mut qpath
            && let Some(last) = path.segments.last_mut()
        {
            let parenthesized = Parenthesized::No;
            let args = GenericArgs { args: consts, constraints: Vec::new(), parenthesized, span_ext: Span::DUMMY };
            (last.args, last.infer_args) = (Some(Box::new(args)), false);
        }
        let callee = self.expr(span, ExprKind::Path(qpath));
        let others = others.into_iter().map(|arg| self.expr_of(arg)).collect::<Result<_>>()?;
        Ok(Some(ExprKind::Call(callee, others)))
    }

    /// `const { … }`
    pub(super) fn const_block(&mut self, anon: ast::AnonConst) -> Result<ConstBlock> {
        let span = self.ast[anon.0].span;
        let def_id = self.define(DefPathData::AnonConst, span)?;
        let value = self.new_scopes(|x| x.inner_body(def_id, |x| x.expr_of(anon.0)))?;
        Ok(ConstBlock { def_id, body: Body { params: Vec::new(), value } })
    }

    fn match_arm(&mut self, arm: &ast::Arm) -> Result<ArmId> {
        self.rib(RibKind::Normal, |x| {
            let span = arm.span;
            let pat = x.top_pat(arm.pat)?;
            let guard = x.opt_expr(arm.guard)?;
            let body = match arm.body {
                Some(body) => x.expr_of(body)?,
                None => {
                    let block = x.block_of(span, Vec::new(), None);
                    x.expr(span, ExprKind::Loop(block, None, LoopSource::Loop, span))
                }
            };
            let lowered = x.cx.hir.arms.push(Arm { span, pat, guard, body });
            x.note_lint_levels(arm.attrs, Node::Arm(lowered));
            Ok(lowered)
        })
    }

    /// Gives a jump's target its label, in the innermost scope.
    pub(super) fn add_label(&mut self, label: Option<Ident>, target: ExprId) {
        if let Some(label) = label {
            let key = self.res.local_key(label);
            self.innermost().labels.push((key, target));
        }
    }

    /// What is done in a loop.
    pub(super) fn loop_body<T>(
        &mut self,
        target: ExprId,
        label: Option<Ident>,
        f: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let outer = self.cx.fn_.loop_.replace(target);
        let result = self.rib(RibKind::Normal, |x| {
            x.add_label(label, target);
            f(x)
        });
        self.cx.fn_.loop_ = outer;
        result
    }

    fn destination(&mut self, span: Span, label: Option<Ident>) -> Result<Destination> {
        let target = match label {
            Some(label) => self.res.label(label),
            None => self.cx.fn_.loop_,
        };
        match target {
            Some(target) => Ok(Destination { label, target }),
            None => self.doubt(span, "jump", "there is nothing to jump to"),
        }
    }

    pub(super) fn block_as_expr(&mut self, block: ast::BlockId) -> Result<ExprId> {
        let block = self.block(block, false)?;
        Ok(self.block_expr(block))
    }

    /// A block.
    pub(super) fn block(&mut self, block: ast::BlockId, targeted_by_break: bool) -> Result<BlockId> {
        let (made, traits) = self.block_inner(block, targeted_by_break)?;
        Ok(self.add_block(made, traits))
    }

    pub(super) fn add_block(&mut self, block: Block, traits: Vec<DefId>) -> BlockId {
        let id = self.cx.hir.blocks.push(block);
        if !traits.is_empty() {
            self.cx.hir.block_traits.insert(id, traits);
        }
        id
    }

    pub(super) fn block_inner(&mut self, id: ast::BlockId, targeted_by_break: bool) -> Result<(Block, Vec<DefId>)> {
        let ast::Block { stmts, is_unsafe, is_generated, span } = self.ast[id];
        let stmts = self.ast[stmts].to_vec();
        let rules = match (is_unsafe, is_generated) {
            (false, _) => BlockCheckMode::Default,
            (true, true) => BlockCheckMode::UnsafeGenerated,
            (true, false) => BlockCheckMode::UnsafeUser,
        };
        let items: Vec<ast::ItemId> =
            stmts.iter().filter_map(|stmt| if let S::Item(item) = stmt.kind { Some(item) } else { None }).collect();
        let parent = self.cx.parent;
        let (kind, defs) = self.block_scope(parent, &items)?;
        self.rib(kind, |x| {
            let traits = match kind {
                RibKind::Block(block) => x.res.block_traits(block)?,
                _ => Vec::new(),
            };
            let (mut lowered, mut value) = (Vec::new(), None);
            // How many statements rustc has that are none here.
            let mut left_out = 0;
            for (index, stmt) in stmts.iter().enumerate() {
                match stmt.kind {
                    S::Expr(expr) if index + 1 == stmts.len() => value = Some(x.expr_of(expr)?),
                    _ => match (x.statement(stmt, &defs)?, &stmt.kind) {
                        (Some(found), _) => {
                            if left_out > 0 {
                                x.cx.hir.stmt_numbers.insert(found, lowered.len() as u32 + left_out);
                            }
                            lowered.push(found);
                        }
                        (None, S::Item(item)) => left_out += x.item_count(*item),
                        (None, _) => {}
                    },
                }
            }
            Ok((Block { stmts: lowered, expr: value, rules, span, targeted_by_break }, traits))
        })
    }

    /// How many items rustc has for one: each part of a `use` is one.
    fn item_count(&self, item: ast::ItemId) -> u32 {
        fn parts(ast: &ast::Ast, tree: &ast::UseTree) -> u32 {
            match tree.kind {
                ast::UseTreeKind::Nested(trees, _) => 1 + ast[trees].iter().map(|tree| parts(ast, tree)).sum::<u32>(),
                ast::UseTreeKind::Simple(_) | ast::UseTreeKind::Glob => 1,
            }
        }
        match self.ast[item].kind {
            ast::ItemKind::Use(tree) => parts(self.ast, &self.ast[tree]),
            _ => 1,
        }
    }

    fn statement(&mut self, stmt: &ast::Stmt, defs: &item::ItemDefs) -> Result<Option<StmtId>> {
        let kind = match stmt.kind {
            S::Let(let_) => {
                let ast::Let { super_, pat, ty, init, els, span, attrs } = self.ast[let_];
                let ty = ty.map(|ty| self.ty(ty)).transpose()?;
                let init = self.opt_expr(init)?;
                let els = els.map(|els| self.block(els, false)).transpose()?;
                let pat = self.top_pat(pat)?;
                let kind = StmtKind::Let(LetStmt { super_, pat, ty, init, els, span, source: LocalSource::Normal });
                let lowered = self.stmt(stmt.span, kind);
                self.note_lint_levels(attrs, Node::Let(lowered));
                return Ok(Some(lowered));
            }
            S::Item(item) => {
                let found = self.nested_item(item, defs);
                if let ast::ItemKind::MacroDef(_, definition) = self.ast[item].kind
                    && self.ast[definition].macro_rules
                {
                    // From here to the end of the block.
                    self.res.ribs.push(Rib::new(RibKind::MacroDef(self.ast[item].span)));
                }
                match found {
                    Some(def_id) => StmtKind::Item(def_id),
                    None => return Ok(None),
                }
            }
            S::Expr(expr) => StmtKind::Expr(self.expr_of(expr)?),
            S::Semi(expr) => StmtKind::Semi(self.expr_of(expr)?),
            S::Empty => return Ok(None),
            S::MacCall(_) => return self.doubt(stmt.span, "macro call", "it is not expanded"),
        };
        Ok(Some(self.stmt(stmt.span, kind)))
    }

    fn closure(&mut self, closure: Id<ast::Closure>, attrs: List<ast::Attr>) -> Result<ExprKind> {
        let closure = self.ast[closure];
        let def_id = self.define(DefPathData::Closure, closure.decl_span)?;
        let is_coroutine = self.ast[attrs].iter().any(|attr| item::is_attr(self.ast, attr, "coroutine"));
        let params = closure.binder.map_or(List::EMPTY, |(_, params)| params);
        let outer = self.cx.parent;
        self.cx.parent = def_id;
        let made = self.binder(params, |x| {
            let decl = x.fn_decl(closure.decl)?;
            x.rib(RibKind::Normal, |x| {
                let inputs = x.ast[x.ast[closure.decl].inputs].to_vec();
                if let Some(coroutine) = closure.coroutine {
                    let body = x.new_scopes(|x| {
                        x.inner_body(def_id, |x| {
                            let body_span = x.ast[closure.body].span;
                            x.moved_arguments(
                                &inputs,
                                closure.decl_span,
                                body_span,
                                coroutine,
                                ::ty::CoroutineSource::Closure,
                                |x| x.new_scopes(|x| x.expr_of(closure.body)),
                            )
                        })
                    })?;
                    return Ok((decl, body, ClosureKind::CoroutineClosure(desugaring(coroutine))));
                }
                x.new_scopes(|x| {
                    x.inner_body(def_id, |x| {
                        let kind = CoroutineKind::Coroutine { movable: !closure.is_static };
                        if is_coroutine {
                            x.cx.fn_.coroutine = Some(kind);
                        }
                        let params = x.params(&inputs)?;
                        let value = x.expr_of(closure.body)?;
                        let kind = match x.cx.fn_.coroutine {
                            Some(CoroutineKind::Coroutine { .. }) => ClosureKind::Coroutine(kind),
                            _ => ClosureKind::Closure,
                        };
                        Ok((decl, Body { params, value }, kind))
                    })
                })
            })
        });
        self.cx.parent = outer;
        let (generic_params, (decl, body, kind)) = made?;
        Ok(ExprKind::Closure(Box::new(Closure {
            def_id,
            has_binder: closure.binder.is_some(),
            is_const: matches!(closure.constness, ast::Constness::Yes(_)),
            capture: closure.capture,
            generic_params,
            decl,
            body,
            decl_span: closure.decl_span,
            args_span: Some(closure.args_span),
            kind,
        })))
    }

    /// Parameters, whose variables are in the innermost scope from now on.
    pub(super) fn params(&mut self, inputs: &[ast::Param]) -> Result<Vec<Param>> {
        inputs
            .iter()
            .map(|param| {
                let pat = self.top_pat(param.pat)?;
                self.note_lint_levels(param.attrs, Node::Param(pat));
                Ok(Param { pat, ty_span: self.ast[param.ty].span, span: param.span })
            })
            .collect()
    }

    fn inline_asm(&mut self, span: Span, asm: Id<ast::InlineAsm>) -> Result<InlineAsm> {
        let ast::InlineAsm { macro_kind, template, operands, clobber_abis, options } = self.ast[asm];
        if !clobber_abis.is_empty() {
            return self.doubt(span, "asm!", "`clobber_abi` is not supported");
        }
        let mut lowered = Vec::new();
        for operand in self.ast[operands].iter().copied() {
            lowered.push(match operand {
                A::In(reg, expr) => AsmOperand::In { reg, expr: self.expr_of(expr)? },
                A::Out(reg, late, expr) => AsmOperand::Out { reg, late, expr: self.opt_expr(expr)? },
                A::InOut(reg, late, expr) => AsmOperand::InOut { reg, late, expr: self.expr_of(expr)? },
                A::SplitInOut(reg, late, input, output) => {
                    let in_expr = self.expr_of(input)?;
                    AsmOperand::SplitInOut { reg, late, in_expr, out_expr: self.opt_expr(output)? }
                }
                A::Const(anon) => AsmOperand::Const(self.const_block(anon)?),
                A::Sym(qself, path) => {
                    let found = self.resolve(qself, &path, Source::Expr)?;
                    let qpath = self.resolved_qpath(qself, &path, Source::Expr, &found)?;
                    match found.partial.res {
                        Res::Def(DefKind::Static { .. }, def_id) if found.partial.unresolved == 0 => {
                            AsmOperand::SymStatic(qpath, def_id)
                        }
                        _ => AsmOperand::SymFn(self.expr(path.span, ExprKind::Path(qpath))),
                    }
                }
                A::Label(block) => AsmOperand::Label(self.block(block, false)?),
            });
        }
        Ok(InlineAsm { macro_kind, template: self.ast[template].to_vec(), operands: lowered, options })
    }

    pub(super) fn try_target(&self) -> Option<ExprId> {
        match self.cx.fn_.try_ {
            TryScope::Function => None,
            TryScope::Homogeneous(id) | TryScope::Heterogeneous(id) => Some(id),
        }
    }
}

/// The kind of coroutine that words make.
pub(super) fn desugaring(coroutine: Coroutine) -> CoroutineDesugaring {
    match coroutine {
        Coroutine::Async(_) => CoroutineDesugaring::Async,
        Coroutine::Gen(_) => CoroutineDesugaring::Gen,
        Coroutine::AsyncGen(_) => CoroutineDesugaring::AsyncGen,
    }
}
