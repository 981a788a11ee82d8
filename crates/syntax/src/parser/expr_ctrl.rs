//! Expressions that begin with a name, a keyword or a delimiter. (rustc: `rustc_parse::parser::expr`.)

use std::ops::Bound as End;

use super::{Parser, PathStyle, Restrictions};
use crate::ast::*;
use crate::doubt::Result;
use crate::precedence::{Precedence, is_complete};
use crate::span::{Edition, Span};
use crate::symbol::kw;
use crate::token::{Delim, MetaVar, TokenKind};

impl Parser<'_> {
    /// An expression without operators.
    pub(super) fn bottom(&mut self) -> Result<ExprId> {
        if self.token.is_metavar_expr() {
            return self.captured_expr();
        }
        let restrictions = self.restrictions;
        self.with(restrictions.without(Restrictions::LET), |p| p.bottom_with(restrictions))
    }

    fn captured_expr(&mut self) -> Result<ExprId> {
        let span = self.token.span;
        let captured = self.eat_metavar(
            |kind| matches!(kind, MetaVar::Expr { .. }),
            |p| {
                let expr = p.expr();
                // `format_args!` lets a comma into what it captures.
                p.eat(TokenKind::Comma);
                expr
            },
        )?;
        if let Some(expr) = captured {
            return Ok(expr);
        }
        if let Some(lit) = self.eat_metavar(|kind| kind == MetaVar::Literal, |p| p.literal_maybe_minus())? {
            return Ok(lit);
        }
        if let Some(block) = self.eat_metavar(|kind| kind == MetaVar::Block, |p| p.block())? {
            return Ok(self.add_expr(span, ExprKind::Block(block, None)));
        }
        match self.eat_metavar(|kind| kind == MetaVar::Path, |p| p.path(PathStyle::Type))? {
            Some(path) => Ok(self.add_expr(span, ExprKind::Path(None, path))),
            None => self.expected("expression", "expression"),
        }
    }

    fn bottom_with(&mut self, restrictions: Restrictions) -> Result<ExprId> {
        let lo = self.token.span;
        match self.token.kind {
            TokenKind::Literal(lit) => {
                self.bump();
                return Ok(self.add_expr(lo, ExprKind::Lit(lit)));
            }
            TokenKind::Open(Delim::Paren) => return self.parens(restrictions),
            TokenKind::Open(Delim::Brace) => return self.block_expr(None, lo, false),
            TokenKind::Open(Delim::Bracket) => return self.array(),
            TokenKind::Or | TokenKind::OrOr => return self.closure(),
            TokenKind::Lifetime(..) | TokenKind::NtLifetime(..) => {
                let label = self.label()?;
                return self.labeled(label);
            }
            _ => {}
        }
        if self.is_builtin() {
            return self.builtin_expr();
        }
        if self.is_path_start() {
            return self.path_expr();
        }
        let Some(keyword) = self.token.plain_name() else { return self.expected("expression", "expression") };
        match keyword {
            kw::MOVE | kw::USE | kw::STATIC => self.closure(),
            kw::CONST if self.is_const_closure() => self.closure(),
            kw::IF => {
                self.bump();
                self.if_expr()
            }
            kw::FOR if self.generics_begin(1) => self.closure(),
            kw::FOR => {
                self.bump();
                self.for_expr(None, lo)
            }
            kw::WHILE => {
                self.bump();
                self.while_expr(None, lo)
            }
            kw::LOOP => {
                self.bump();
                self.loop_expr(None, lo)
            }
            kw::MATCH => {
                self.bump();
                let attrs = self.outer_attrs()?;
                let scrutinee = self.expr_with(Restrictions::NO_STRUCT, attrs)?;
                self.match_block(lo, scrutinee, MatchStyle::Prefix)
            }
            kw::UNSAFE => {
                self.bump();
                self.block_expr(None, lo, true)
            }
            kw::CONST if self.is_const_block(0) => self.const_block(lo),
            kw::TRY if self.is_try_block() => {
                self.bump();
                self.try_block(lo)
            }
            kw::RETURN => {
                self.bump();
                let value = self.opt_expr()?;
                Ok(self.add_expr(lo.to(self.prev.span), ExprKind::Ret(value)))
            }
            kw::CONTINUE => {
                self.bump();
                let label = self.opt_label()?;
                Ok(self.add_expr(lo.to(self.prev.span), ExprKind::Continue(label)))
            }
            kw::BREAK => {
                self.bump();
                self.break_expr(lo)
            }
            kw::YIELD => {
                self.bump();
                let value = self.opt_expr()?;
                Ok(self.add_expr(lo.to(self.prev.span), ExprKind::Yield(value)))
            }
            kw::DO if self.is_keyword_ahead(1, &[kw::YEET]) => {
                self.bump();
                self.bump();
                let value = self.opt_expr()?;
                Ok(self.add_expr(lo.to(self.prev.span), ExprKind::Yeet(value)))
            }
            kw::BECOME => {
                self.bump();
                let value = self.expr()?;
                Ok(self.add_expr(lo.to(self.prev.span), ExprKind::Become(value)))
            }
            kw::LET => self.let_expr(restrictions),
            kw::UNDERSCORE => {
                self.bump();
                Ok(self.add_expr(lo, ExprKind::Underscore))
            }
            kw::ASYNC | kw::GEN => {
                let edition = self.edition();
                let at_async = keyword == kw::ASYNC;
                if edition >= Edition::E2024 && self.is_gen_block(kw::GEN, usize::from(at_async))
                    || edition >= Edition::E2018 && self.is_gen_block(kw::ASYNC, 0)
                {
                    self.gen_block()
                } else if at_async && edition >= Edition::E2018 {
                    self.closure()
                } else {
                    self.expected("expression", "expression")
                }
            }
            kw::TRUE | kw::FALSE => {
                let lit = self.opt_lit()?;
                match lit {
                    Some(lit) => Ok(self.add_expr(lo, ExprKind::Lit(lit))),
                    None => self.expected("expression", "expression"),
                }
            }
            _ => self.expected("expression", "expression"),
        }
    }

    fn opt_expr(&mut self) -> Result<Option<ExprId>> {
        if self.token.can_begin_expr(self.editions) { self.expr().map(Some) } else { Ok(None) }
    }

    /// `(a)`, `(a, b)`
    fn parens(&mut self, restrictions: Restrictions) -> Result<ExprId> {
        let lo = self.token.span;
        let inner = restrictions.only(Restrictions::LET);
        let (exprs, trailing) = self.delimited_list(Delim::Paren, "tuple", |p| {
            let attrs = p.outer_attrs()?;
            p.expr_with(inner, attrs)
        })?;
        let kind = match exprs[..] {
            [expr] if !trailing => ExprKind::Paren(expr),
            _ => ExprKind::Tup(self.ast.add_list(exprs)),
        };
        Ok(self.add_expr(lo.to(self.prev.span), kind))
    }

    /// `[a, b]`, `[a; N]`
    fn array(&mut self) -> Result<ExprId> {
        let lo = self.token.span;
        let close = TokenKind::Close(Delim::Bracket);
        self.bump();
        let kind = if self.eat(close) {
            ExprKind::Array(List::EMPTY)
        } else {
            let first = self.expr()?;
            if self.eat(TokenKind::Semi) {
                let count = self.anon_const()?;
                self.expect(close, "array")?;
                ExprKind::Repeat(first, count)
            } else {
                let mut exprs = vec![first];
                if self.eat(TokenKind::Comma) {
                    let (others, _) = self.comma_list("array", |p| p.is_close(Delim::Bracket), |p| p.expr())?;
                    exprs.extend(others);
                }
                self.expect(close, "array")?;
                ExprKind::Array(self.ast.add_list(exprs))
            }
        };
        Ok(self.add_expr(lo.to(self.prev.span), kind))
    }

    /// `a::b`, `m!(…)`, `S { … }`
    fn path_expr(&mut self) -> Result<ExprId> {
        if self.eat_first(TokenKind::Lt) {
            let (qself, path) = self.qpath(PathStyle::Expr)?;
            return self.after_path(Some(qself), path);
        }
        let path = self.path(PathStyle::Expr)?;
        self.after_path(None, path)
    }

    fn after_path(&mut self, qself: Option<Id<QSelf>>, path: Path) -> Result<ExprId> {
        if self.is(TokenKind::Bang) {
            if qself.is_some() {
                return self.doubt(path.span, "macro call", "macros cannot use qualified paths");
            }
            self.bump();
            let args = self.delim_args("macro call")?;
            let mac = self.ast.add(MacCall { path, args });
            return Ok(self.add_expr(path.span.to(self.prev.span), ExprKind::MacCall(mac)));
        }
        if self.is_open(Delim::Brace) && !self.restrictions.has(Restrictions::NO_STRUCT) {
            self.bump();
            return self.struct_expr(qself, path);
        }
        Ok(self.add_expr(path.span, ExprKind::Path(qself, path)))
    }

    /// `fields }`
    pub(super) fn struct_expr(&mut self, qself: Option<Id<QSelf>>, path: Path) -> Result<ExprId> {
        let mut fields = Vec::new();
        let mut rest = StructRest::None;
        while !self.is_close(Delim::Brace) {
            if self.eat(TokenKind::DotDot) {
                rest = match self.is_close(Delim::Brace) {
                    true => StructRest::Rest(self.prev.span),
                    false => StructRest::Base(self.expr()?),
                };
                break;
            }
            fields.push(self.expr_field()?);
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        let span = path.span.to(self.token.span);
        self.expect(TokenKind::Close(Delim::Brace), "struct expression")?;
        let fields = self.ast.add_list(fields);
        let expr = self.ast.add(StructExpr { qself, path, fields, rest });
        Ok(self.add_expr(span, ExprKind::Struct(expr)))
    }

    fn expr_field(&mut self) -> Result<ExprField> {
        let attrs = self.outer_attrs()?;
        let lo = self.token.span;
        let is_shorthand = self.ahead(1).kind != TokenKind::Colon;
        let (ident, expr) = if is_shorthand {
            let ident = self.ident("struct expression")?;
            let segments = self.ast.add_list(vec![PathSegment { ident, args: None }]);
            let path = Path { segments, span: ident.span };
            (ident, self.add_expr(ident.span, ExprKind::Path(None, path)))
        } else {
            let ident = self.field_name("struct expression")?;
            self.bump();
            (ident, self.expr()?)
        };
        let span = lo.to(self.ast[expr].span);
        let attrs = self.ast.add_list(attrs);
        Ok(ExprField { ident, expr, span, attrs, is_shorthand })
    }

    pub(super) fn block_expr(&mut self, label: Option<Lifetime>, lo: Span, is_unsafe: bool) -> Result<ExprId> {
        if self.token.is_metavar_block() {
            return self.expected("block", "`{`");
        }
        let (attrs, block) = self.block_with_attrs(lo, is_unsafe)?;
        Ok(self.add_expr_with(self.ast[block].span, ExprKind::Block(block, label), attrs))
    }

    /// `const { a }`
    pub(super) fn const_block(&mut self, lo: Span) -> Result<ExprId> {
        self.expect_keyword(kw::CONST, "const block")?;
        let (attrs, block) = self.block_with_attrs(self.token.span, false)?;
        let span = self.ast[block].span;
        let value = self.add_expr(span, ExprKind::Block(block, None));
        Ok(self.add_expr_with(lo.to(span), ExprKind::ConstBlock(AnonConst(value)), attrs))
    }

    fn label(&mut self) -> Result<Lifetime> {
        match self.token.lifetime() {
            Some((ident, raw)) => {
                let name = crate::symbol::Symbol::intern(ident.name.as_str().trim_start_matches('\''));
                if !raw && name.is_reserved(self.edition_of(ident.span)) {
                    return self.doubt(ident.span, "label", "labels cannot have the names of keywords");
                }
                self.bump();
                Ok(ident)
            }
            None => self.expected("label", "label"),
        }
    }

    fn opt_label(&mut self) -> Result<Option<Lifetime>> {
        if self.token.is_lifetime() { self.label().map(Some) } else { Ok(None) }
    }

    /// What follows a label.
    fn labeled(&mut self, label: Lifetime) -> Result<ExprId> {
        let lo = label.span;
        self.expect(TokenKind::Colon, "label")?;
        if self.eat_keyword(kw::WHILE) {
            self.while_expr(Some(label), lo)
        } else if self.eat_keyword(kw::FOR) {
            self.for_expr(Some(label), lo)
        } else if self.eat_keyword(kw::LOOP) {
            self.loop_expr(Some(label), lo)
        } else {
            self.block_expr(Some(label), lo, false)
        }
    }

    fn break_expr(&mut self, lo: Span) -> Result<ExprId> {
        let label = self.opt_label()?;
        let value = match self.is_open(Delim::Brace) && self.restrictions.has(Restrictions::NO_STRUCT) {
            true => None,
            false => self.opt_expr()?,
        };
        Ok(self.add_expr(lo.to(self.prev.span), ExprKind::Break(label, value)))
    }

    fn while_expr(&mut self, label: Option<Lifetime>, lo: Span) -> Result<ExprId> {
        let cond = self.condition(lo)?;
        let (attrs, body) = self.block_with_attrs(self.token.span, false)?;
        Ok(self.add_expr_with(lo.to(self.prev.span), ExprKind::While(cond, body, label), attrs))
    }

    fn loop_expr(&mut self, label: Option<Lifetime>, lo: Span) -> Result<ExprId> {
        let (attrs, body) = self.block_with_attrs(self.token.span, false)?;
        Ok(self.add_expr_with(lo.to(self.prev.span), ExprKind::Loop(body, label), attrs))
    }

    fn for_expr(&mut self, label: Option<Lifetime>, lo: Span) -> Result<ExprId> {
        let is_await = self.edition() >= Edition::E2018 && self.eat_keyword(kw::AWAIT);
        let pat = self.pat_allow_guard()?;
        self.expect_keyword(kw::IN, "`for` loop")?;
        let attrs = self.outer_attrs()?;
        let iter = self.expr_with(Restrictions::NO_STRUCT, attrs)?;
        let (attrs, body) = self.block_with_attrs(self.token.span, false)?;
        let for_loop = self.ast.add(ForLoop { pat, iter, body, label, is_await });
        Ok(self.add_expr_with(lo.to(self.prev.span), ExprKind::ForLoop(for_loop), attrs))
    }

    /// What follows `if`.
    fn if_expr(&mut self) -> Result<ExprId> {
        let lo = self.prev.span;
        let cond = self.condition(lo)?;
        if !self.is_open(Delim::Brace) && !self.token.is_metavar_block() {
            return self.expected("`if`", "`{`");
        }
        let then = self.block()?;
        let els = if self.eat_keyword(kw::ELSE) { Some(self.else_expr()?) } else { None };
        Ok(self.add_expr(lo.to(self.prev.span), ExprKind::If(cond, then, els)))
    }

    fn else_expr(&mut self) -> Result<ExprId> {
        if self.eat_keyword(kw::IF) {
            return self.nested(|p| p.if_expr());
        }
        let block = self.block()?;
        Ok(self.add_expr(self.ast[block].span, ExprKind::Block(block, None)))
    }

    /// The condition of `if` or `while`, which begins at `lo`.
    fn condition(&mut self, lo: Span) -> Result<ExprId> {
        let attrs = self.outer_attrs()?;
        let cond = self.expr_with(Restrictions::NO_STRUCT.and(Restrictions::LET), attrs)?;
        self.check_lets(cond, Some(self.edition_of(lo)))?;
        Ok(cond)
    }

    pub(super) fn guard_condition(&mut self) -> Result<ExprId> {
        let attrs = self.outer_attrs()?;
        let cond = self.expr_with(Restrictions::LET, attrs)?;
        self.check_lets(cond, None)?;
        Ok(cond)
    }

    /// `let` is allowed as the condition, and between `&&` if the edition, when it is asked for, has such chains.
    fn check_lets(&self, cond: ExprId, edition: Option<Edition>) -> Result<()> {
        let mut todo = vec![(cond, false, false)];
        while let Some((id, inside, forbidden)) = todo.pop() {
            let expr = &self.ast[id];
            let mut forbid = |children: &[ExprId]| todo.extend(children.iter().map(|&child| (child, true, true)));
            match expr.kind {
                ExprKind::Let(..) if forbidden => {
                    return self.doubt(expr.span, "condition", "expected expression, found `let`");
                }
                ExprKind::Let(..)
                    if inside
                        && edition.is_some_and(|edition| edition.min(self.edition_of(expr.span)) < Edition::E2024) =>
                {
                    return self.doubt(
                        expr.span,
                        "condition",
                        "chains of `let` are only allowed in Rust 2024 or later",
                    );
                }
                ExprKind::Binary(BinOp::And, _, lhs, rhs) => {
                    todo.push((rhs, true, forbidden));
                    todo.push((lhs, true, forbidden));
                }
                ExprKind::Binary(_, _, lhs, rhs)
                | ExprKind::Assign(lhs, rhs, _)
                | ExprKind::AssignOp(_, _, lhs, rhs) => {
                    forbid(&[lhs, rhs]);
                }
                ExprKind::Index(lhs, rhs, _) => forbid(&[lhs, rhs]),
                ExprKind::Range(lhs, rhs, _) => {
                    forbid(lhs.as_slice());
                    forbid(rhs.as_slice());
                }
                ExprKind::Unary(_, inner)
                | ExprKind::Await(inner, _)
                | ExprKind::Use(inner, _)
                | ExprKind::Try(inner)
                | ExprKind::AddrOf(_, _, inner)
                | ExprKind::Field(inner, _)
                | ExprKind::Paren(inner)
                | ExprKind::Cast(inner, _)
                | ExprKind::Type(inner, _) => forbid(&[inner]),
                ExprKind::Call(callee, args) => {
                    forbid(&[callee]);
                    forbid(&self.ast[args]);
                }
                ExprKind::MethodCall(call) => {
                    forbid(&[self.ast[call].receiver]);
                    forbid(&self.ast[self.ast[call].args]);
                }
                ExprKind::Tup(exprs) => forbid(&self.ast[exprs]),
                _ => {}
            }
        }
        Ok(())
    }

    fn let_expr(&mut self, restrictions: Restrictions) -> Result<ExprId> {
        if !restrictions.has(Restrictions::LET) {
            return self.doubt(self.token.span, "expression", "expected expression, found `let`");
        }
        let lo = self.token.span;
        self.bump();
        let pat = self.pat()?;
        self.expect(TokenKind::Eq, "`let` condition")?;
        let attrs = self.outer_attrs()?;
        let scrutinee = self.assoc(End::Excluded(Precedence::LAnd), attrs)?;
        Ok(self.add_expr(lo.to(self.ast[scrutinee].span), ExprKind::Let(pat, scrutinee)))
    }

    pub(super) fn match_block(&mut self, lo: Span, scrutinee: ExprId, style: MatchStyle) -> Result<ExprId> {
        self.expect(TokenKind::Open(Delim::Brace), "`match`")?;
        let attrs = self.inner_attrs()?;
        let mut arms = Vec::new();
        while !self.is_close(Delim::Brace) {
            arms.push(self.arm()?);
        }
        self.bump();
        let arms = self.ast.add_list(arms);
        let kind = ExprKind::Match(scrutinee, arms, style);
        Ok(self.add_expr_with(lo.to(self.prev.span), kind, attrs))
    }

    fn arm(&mut self) -> Result<Arm> {
        let attrs = self.outer_attrs()?;
        let lo = self.token.span;
        let pat = self.pat()?;
        if let PatKind::Paren(inner) = self.ast[pat].kind
            && let PatKind::Guard(..) = self.ast[inner].kind
        {
            return self.doubt(self.ast[pat].span, "match arm", "a pattern and its guard are not put in parentheses");
        }
        let guard = if self.eat_keyword(kw::IF) { Some(self.guard_condition()?) } else { None };
        let before_body = self.prev.span;
        let bodyless = !self.is(TokenKind::FatArrow)
            && (self.could_be_never(pat) || self.is(TokenKind::Comma) || self.is_close(Delim::Brace));
        let body = match bodyless {
            true => None,
            false => {
                self.expect(TokenKind::FatArrow, "match arm")?;
                let attrs = self.outer_attrs()?;
                Some(self.expr_with(Restrictions::STMT, attrs)?)
            }
        };
        let complete = body.is_some_and(|body| is_complete(&self.ast[body]));
        if !self.eat(TokenKind::Comma) && !complete && !self.is_close(Delim::Brace) {
            return self.expected("match arm", "`,` or `}`");
        }
        let span = lo.to(body.map_or(before_body, |body| self.ast[body].span));
        let attrs = self.ast.add_list(attrs);
        Ok(Arm { attrs, pat, guard, body, span })
    }

    fn closure(&mut self) -> Result<ExprId> {
        let lo = self.token.span;
        let binder = match self.is_keyword(kw::FOR) {
            true => {
                let params = self.binder()?.unwrap_or_default();
                Some((lo.to(self.prev.span), params))
            }
            false => None,
        };
        let constness = self.constness_of(true);
        let is_static = self.eat_keyword(kw::STATIC);
        let coroutine = if self.edition() >= Edition::E2018 { self.coroutine() } else { None };
        let capture = self.capture_clause()?;
        let (decl, args_span) = self.closure_decl()?;
        let decl_end = self.prev.span;
        let body = match self.ast[decl].output {
            FnRet::Default(_) => {
                let restrictions = self.restrictions.without(Restrictions::STMT.and(Restrictions::LET));
                let attrs = self.outer_attrs()?;
                self.expr_with(restrictions, attrs)?
            }
            FnRet::Ty(_) => {
                let body = self.token.span;
                self.block_expr(None, body, false)?
            }
        };
        let span = lo.to(self.ast[body].span);
        let decl_span = lo.to(decl_end);
        let closure = Closure { binder, capture, constness, coroutine, is_static, decl, body, decl_span, args_span };
        let closure = self.ast.add(closure);
        Ok(self.add_expr(span, ExprKind::Closure(closure)))
    }

    fn capture_clause(&mut self) -> Result<CaptureBy> {
        let capture = if self.eat_keyword(kw::MOVE) {
            CaptureBy::Value(self.prev.span)
        } else if self.eat_keyword(kw::USE) {
            CaptureBy::Use(self.prev.span)
        } else {
            return Ok(CaptureBy::Ref);
        };
        match self.is_keyword(kw::ASYNC) {
            true => self.expected("closure", "`|`: `async` stands before `move`"),
            false => Ok(capture),
        }
    }

    /// `|a: A, b| -> C`
    fn closure_decl(&mut self) -> Result<(Id<FnDecl>, Span)> {
        let start = self.token.span;
        let inputs = if self.eat(TokenKind::OrOr) {
            Vec::new()
        } else {
            self.expect(TokenKind::Or, "closure")?;
            let ends = |p: &Self| matches!(p.token.kind, TokenKind::Or | TokenKind::OrOr);
            let (inputs, _) = self.comma_list("closure", ends, |p| p.closure_param())?;
            if !self.eat_first(TokenKind::Or) {
                return self.expected("closure", "`|`");
            }
            inputs
        };
        let args_span = Span { lo: start.lo, ..self.prev.span };
        let inputs = self.ast.add_list(inputs);
        let output = self.ret_ty(super::AllowPlus::Yes)?;
        Ok((self.ast.add(FnDecl { inputs, output }), args_span))
    }

    fn closure_param(&mut self) -> Result<Param> {
        let lo = self.token.span;
        let attrs = self.outer_attrs()?;
        let pat = self.pat_no_alternatives()?;
        let ty = match self.eat(TokenKind::Colon) {
            true => self.ty()?,
            false => self.ast.add(Ty { kind: TyKind::Infer, span: self.ast[pat].span }),
        };
        let attrs = self.ast.add_list(attrs);
        Ok(Param { attrs, ty, pat, span: lo.to(self.prev.span) })
    }

    fn is_try_block(&self) -> bool {
        let next = self.ahead(1);
        (next.kind == TokenKind::Open(Delim::Brace) || next.is_metavar_block() || next.is_keyword(kw::BIKESHED))
            && self.edition() >= Edition::E2018
    }

    fn try_block(&mut self, lo: Span) -> Result<ExprId> {
        let ty = if self.eat_keyword(kw::BIKESHED) { Some(self.ty()?) } else { None };
        let (attrs, body) = self.block_with_attrs(self.token.span, false)?;
        if self.is_keyword(kw::CATCH) {
            return self.expected("`try` block", "no `catch`");
        }
        Ok(self.add_expr_with(lo.to(self.ast[body].span), ExprKind::TryBlock(body, ty), attrs))
    }

    /// Does `keyword { … }` or `keyword move { … }` begin `distance` further?
    fn is_gen_block(&self, keyword: crate::symbol::Symbol, distance: usize) -> bool {
        let is_block = |distance: usize| {
            let token = self.ahead(distance);
            token.kind == TokenKind::Open(Delim::Brace) || token.is_metavar_block()
        };
        self.is_keyword_ahead(distance, &[keyword])
            && (is_block(distance + 1)
                || self.is_keyword_ahead(distance + 1, &[kw::MOVE, kw::USE]) && is_block(distance + 2))
    }

    pub(super) fn is_async_gen_block(&self) -> bool {
        self.is_keyword(kw::ASYNC) && self.is_gen_block(kw::GEN, 1)
    }

    fn gen_block(&mut self) -> Result<ExprId> {
        let lo = self.token.span;
        let kind = if self.eat_keyword(kw::ASYNC) {
            if self.eat_keyword(kw::GEN) { GenKind::AsyncGen } else { GenKind::Async }
        } else {
            self.expect_keyword(kw::GEN, "coroutine block")?;
            GenKind::Gen
        };
        let capture = self.capture_clause()?;
        let decl_span = lo.to(self.prev.span);
        let (attrs, body) = self.block_with_attrs(self.token.span, false)?;
        let block = self.ast.add(GenBlock { capture, body, kind, decl_span });
        Ok(self.add_expr_with(lo.to(self.prev.span), ExprKind::Gen(block), attrs))
    }
}
