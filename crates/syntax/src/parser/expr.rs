//! Expressions: operators, calls, fields. (rustc: `rustc_parse::parser::expr`.)

use std::ops::Bound as End;

use super::{AllowPlus, Parser, PathStyle, Restrictions};
use crate::ast::*;
use crate::doubt::Result;
use crate::precedence::{AssocOp, Fixity, Precedence, is_complete};
use crate::span::{Edition, Ident, Span};
use crate::symbol::{Symbol, kw};
use crate::token::{AttrStyle, Delim, Lit, LitKind, MetaVar, Origin, TokenKind};

const EXPR: &str = "expression";

impl Parser<'_> {
    /// An expression.
    pub(super) fn expr(&mut self) -> Result<ExprId> {
        let attrs = self.outer_attrs()?;
        self.expr_with(Restrictions::NONE, attrs)
    }

    /// An expression that must be constant.
    pub(super) fn anon_const(&mut self) -> Result<AnonConst> {
        self.expr().map(AnonConst)
    }

    /// An expression behind its attributes.
    pub(super) fn expr_with(&mut self, restrictions: Restrictions, attrs: Vec<Attr>) -> Result<ExprId> {
        self.with(restrictions, |p| p.assoc(End::Unbounded, attrs))
    }

    pub(super) fn exprs_in_parens(&mut self) -> Result<List<ExprId>> {
        let (exprs, _) = self.delimited_list(Delim::Paren, "arguments", |p| p.expr())?;
        Ok(self.ast.add_list(exprs))
    }

    pub(super) fn add_expr(&mut self, span: Span, kind: ExprKind) -> ExprId {
        self.ast.add(Expr { kind, span, attrs: List::EMPTY })
    }

    pub(super) fn add_expr_with(&mut self, span: Span, kind: ExprKind, attrs: Vec<Attr>) -> ExprId {
        let attrs = self.ast.add_list(attrs);
        self.ast.add(Expr { kind, span, attrs })
    }

    /// The place of an expression just read: of a macro's fragment all that stands for it.
    pub(super) fn span_of_last(&self, expr: ExprId) -> Span {
        match self.prev.kind {
            TokenKind::NtIdent(..) | TokenKind::NtLifetime(..) => self.prev.span,
            TokenKind::Close(Delim::Invisible(Origin::MetaVar(_))) => self.prev.span,
            _ => self.ast[expr].span,
        }
    }

    /// Operands and operators that bind more strongly than `min`.
    pub(super) fn assoc(&mut self, min: End<Precedence>, attrs: Vec<Attr>) -> Result<ExprId> {
        self.nested(|p| {
            if p.token.is_range_op() {
                return p.prefix_range(attrs);
            }
            let lhs = p.prefix(attrs)?;
            p.assoc_rest(min, lhs)
        })
    }

    /// What follows an operand.
    pub(super) fn assoc_rest(&mut self, min: End<Precedence>, mut lhs: ExprId) -> Result<ExprId> {
        if !self.continues(lhs)? {
            return Ok(lhs);
        }
        while let Some(op) = self.assoc_op() {
            let lhs_span = self.span_of_last(lhs);
            let op_span = self.token.span;
            let restrictions = match op.is_assign() {
                true => self.restrictions.only(Restrictions::NO_STRUCT),
                false => self.restrictions,
            };
            let strength = op.precedence();
            let too_weak = match min {
                End::Included(min) => strength < min,
                End::Excluded(min) => strength <= min,
                End::Unbounded => false,
            };
            if too_weak {
                break;
            }
            if matches!(self.token.kind, TokenKind::DotDotDot | TokenKind::LArrow) {
                return self.expected(EXPR, "an operator");
            }
            self.bump();
            if let AssocOp::Binary(op) = op
                && op.is_comparison()
                && matches!(self.ast[lhs].kind, ExprKind::Binary(inner, ..) if inner.is_comparison())
            {
                return self.doubt(op_span, EXPR, "comparison operators cannot be chained");
            }
            self.wrap()?;
            match op {
                AssocOp::Cast => {
                    lhs = self.cast(lhs, lhs_span, op_span)?;
                    continue;
                }
                AssocOp::Range(limits) => {
                    lhs = self.range(strength, lhs, limits, op_span)?;
                    break;
                }
                _ => {}
            }
            let min = match op.fixity() {
                Fixity::Right => End::Included(strength),
                Fixity::Left | Fixity::None => End::Excluded(strength),
            };
            let rhs = self.with(restrictions.without(Restrictions::STMT), |p| {
                let attrs = p.outer_attrs()?;
                p.assoc(min, attrs)
            })?;
            let span = self.operation_span(lhs, lhs_span, op_span, self.ast[rhs].span);
            let kind = match op {
                AssocOp::Binary(op) => ExprKind::Binary(op, op_span, lhs, rhs),
                AssocOp::AssignOp(op) => ExprKind::AssignOp(op, op_span, lhs, rhs),
                _ => ExprKind::Assign(lhs, rhs, op_span),
            };
            lhs = self.add_expr(span, kind);
        }
        Ok(lhs)
    }

    /// An operation begins with its first operand's attributes.
    fn operation_span(&self, lhs: ExprId, lhs_span: Span, op: Span, rhs: Span) -> Span {
        let attrs = &self.ast[self.ast[lhs].attrs];
        let lo = attrs.iter().find(|attr| attr.style == AttrStyle::Outer).map_or(lhs_span, |attr| attr.span);
        lo.to(op).to(rhs)
    }

    /// May an operator follow, or does a statement end here?
    fn continues(&mut self, lhs: ExprId) -> Result<bool> {
        if !self.ends_statement(lhs) {
            return Ok(true);
        }
        match AssocOp::of(&self.token) {
            Some(op) if op.surely_continues() => self.expected("statement", "expression"),
            _ => Ok(false),
        }
    }

    /// Is this a statement that ends with its block?
    fn ends_statement(&self, expr: ExprId) -> bool {
        self.restrictions.has(Restrictions::STMT) && is_complete(&self.ast[expr])
    }

    fn assoc_op(&self) -> Option<AssocOp> {
        let op = AssocOp::of(&self.token)?;
        let ends = self.restrictions.has(Restrictions::CONST)
            && matches!(op, AssocOp::Binary(BinOp::Shr | BinOp::Gt | BinOp::Ge) | AssocOp::AssignOp(BinOp::Shr));
        (!ends).then_some(op)
    }

    fn cast(&mut self, lhs: ExprId, lhs_span: Span, op: Span) -> Result<ExprId> {
        let ty = self.ty_no_plus()?;
        let span = self.operation_span(lhs, lhs_span, op, self.ast[ty].span);
        let cast = self.add_expr(span, ExprKind::Cast(lhs, ty));
        match self.token.kind {
            TokenKind::Question | TokenKind::Dot | TokenKind::Open(Delim::Paren | Delim::Bracket) => {
                self.doubt(self.token.span, EXPR, "a cast must be in parentheses before something may follow it")
            }
            _ => Ok(cast),
        }
    }

    fn range(&mut self, strength: Precedence, lhs: ExprId, limits: RangeLimits, op: Span) -> Result<ExprId> {
        let rhs = match self.range_has_end() {
            true => {
                let attrs = self.outer_attrs()?;
                Some(self.assoc(End::Excluded(strength), attrs)?)
            }
            false => None,
        };
        let end = rhs.map_or(op, |rhs| self.ast[rhs].span);
        let span = self.operation_span(lhs, self.ast[lhs].span, op, end);
        self.add_range(span, Some(lhs), rhs, limits, Vec::new())
    }

    fn add_range(
        &mut self,
        span: Span,
        start: Option<ExprId>,
        end: Option<ExprId>,
        limits: RangeLimits,
        attrs: Vec<Attr>,
    ) -> Result<ExprId> {
        if end.is_none() && limits == RangeLimits::Closed {
            return self.doubt(self.prev.span, EXPR, "an inclusive range needs an end");
        }
        Ok(self.add_expr_with(span, ExprKind::Range(start, end, limits), attrs))
    }

    fn range_has_end(&self) -> bool {
        match self.is_open(Delim::Brace) {
            true => !self.restrictions.has(Restrictions::NO_STRUCT),
            false => self.token.can_begin_expr(self.editions),
        }
    }

    /// `..b`
    fn prefix_range(&mut self, attrs: Vec<Attr>) -> Result<ExprId> {
        if let Some(attr) = attrs.first() {
            return self.doubt(attr.span, EXPR, "attributes are not allowed on a range that begins with `..`");
        }
        let limits = match self.token.kind {
            TokenKind::DotDot => RangeLimits::HalfOpen,
            TokenKind::DotDotEq => RangeLimits::Closed,
            _ => return self.expected(EXPR, "expression"),
        };
        let lo = self.token.span;
        self.bump();
        let end = match self.range_has_end() {
            true => {
                let attrs = self.outer_attrs()?;
                Some(self.assoc(End::Excluded(Precedence::Range), attrs)?)
            }
            false => None,
        };
        let span = end.map_or(lo, |end| lo.to(self.ast[end].span));
        self.add_range(span, None, end, limits, attrs)
    }

    /// `-a`, `&a`, or what has no operator in front.
    pub(super) fn prefix(&mut self, attrs: Vec<Attr>) -> Result<ExprId> {
        let lo = self.token.span;
        let op = match self.token.kind {
            TokenKind::Bang => UnOp::Not,
            TokenKind::Minus => UnOp::Neg,
            TokenKind::Star => UnOp::Deref,
            TokenKind::And | TokenKind::AndAnd => return self.borrow(attrs),
            _ => return self.dot_or_call(attrs),
        };
        self.bump();
        let operand = self.operand()?;
        let span = lo.to(self.span_of_last(operand));
        Ok(self.add_expr_with(span, ExprKind::Unary(op, operand), attrs))
    }

    /// What an operator in front applies to.
    fn operand(&mut self) -> Result<ExprId> {
        self.nested(|p| {
            let attrs = p.outer_attrs()?;
            if p.token.is_range_op() { p.prefix_range(attrs) } else { p.prefix(attrs) }
        })
    }

    fn borrow(&mut self, attrs: Vec<Attr>) -> Result<ExprId> {
        let lo = self.token.span;
        self.eat_first(TokenKind::And);
        if self.token.is_lifetime() && self.ahead(1).kind != TokenKind::Colon {
            return self.doubt(self.token.span, EXPR, "borrow expressions cannot have lifetimes");
        }
        let (kind, mutability) = if self.is_keyword(kw::RAW) && self.ahead(1).is_mutability() {
            self.bump();
            (BorrowKind::Raw, self.const_or_mut().unwrap_or(Mutability::Not))
        } else {
            match self.pin_and_mut() {
                (Pinnedness::Not, mutability) => (BorrowKind::Ref, mutability),
                (Pinnedness::Pinned, mutability) => (BorrowKind::Pin, mutability),
            }
        };
        let operand = self.operand()?;
        let span = lo.to(self.span_of_last(operand));
        Ok(self.add_expr_with(span, ExprKind::AddrOf(kind, mutability, operand), attrs))
    }

    fn dot_or_call(&mut self, attrs: Vec<Attr>) -> Result<ExprId> {
        let base = self.bottom()?;
        let span = self.span_of_last(base);
        self.dot_or_call_with(attrs, base, span)
    }

    /// `?`, `.f`, `(…)` and `[…]` behind an expression that begins at `lo`.
    pub(super) fn dot_or_call_with(&mut self, attrs: Vec<Attr>, mut expr: ExprId, lo: Span) -> Result<ExprId> {
        loop {
            match self.token.kind {
                TokenKind::Question => {
                    self.bump();
                    expr = self.add_expr(lo.to(self.prev.span), ExprKind::Try(expr));
                }
                TokenKind::Dot => {
                    self.bump();
                    expr = self.dot_suffix(expr, lo)?;
                }
                TokenKind::Open(Delim::Paren) if !self.ends_statement(expr) => {
                    let args = self.exprs_in_parens()?;
                    expr = self.add_expr(lo.to(self.prev.span), ExprKind::Call(expr, args));
                }
                TokenKind::Open(Delim::Bracket) if !self.ends_statement(expr) => {
                    let open = self.token.span;
                    self.bump();
                    let index = self.expr()?;
                    self.expect(TokenKind::Close(Delim::Bracket), "index")?;
                    let close = self.prev.span;
                    expr = self.add_expr(lo.to(close), ExprKind::Index(expr, index, open.to(close)));
                }
                _ => break,
            }
            self.wrap()?;
        }
        if !attrs.is_empty() {
            let attrs = self.prepend(attrs, self.ast[expr].attrs);
            self.ast[expr].attrs = attrs;
        }
        Ok(expr)
    }

    fn dot_suffix(&mut self, base: ExprId, lo: Span) -> Result<ExprId> {
        match self.token.kind {
            TokenKind::Ident(..) | TokenKind::NtIdent(..) => self.dot_name(base, lo),
            TokenKind::Literal(Lit { kind: LitKind::Integer, symbol, suffix: None }) => {
                let span = self.token.span;
                self.bump();
                Ok(self.add_tuple_field(base, lo, symbol, span))
            }
            TokenKind::Literal(Lit { kind: LitKind::Float, symbol, suffix: None }) => self.dot_float(base, lo, symbol),
            _ => self.expected("field", "the name of a field or method"),
        }
    }

    fn add_tuple_field(&mut self, base: ExprId, lo: Span, field: Symbol, span: Span) -> ExprId {
        self.add_expr(lo.to(span), ExprKind::Field(base, Ident::new(field, span)))
    }

    /// `.0.1`, which the lexer took for a dot and the number `0.1`; `.0.` and `.1e3` are possible too.
    fn dot_float(&mut self, base: ExprId, lo: Span, number: Symbol) -> Result<ExprId> {
        let span = self.token.span;
        let text = number.as_str();
        if text.contains(['+', '-']) {
            return self.expected("field", "the number of a field");
        }
        let Some((left, right)) = text.split_once('.') else {
            self.bump();
            return Ok(self.add_tuple_field(base, lo, number, span));
        };
        // The parts have places of their own only if the token is as long as its text.
        let apart = span.hi.saturating_sub(span.lo) as usize == text.len();
        let part = |from: usize, len: usize| match apart {
            true => Span { lo: span.lo + from as u32, hi: span.lo + (from + len) as u32, ..span },
            false => span,
        };
        let left_span = part(0, left.len());
        let dot_span = part(left.len(), 1);
        let right_span = part(left.len() + 1, right.len());
        let first = self.token;
        let left = Symbol::intern(left);
        let field = self.add_tuple_field(base, lo, left, left_span);
        let left = crate::token::Token { kind: TokenKind::Ident(left, false), span: left_span, ..first };
        let dot = crate::token::Token { kind: TokenKind::Dot, span: dot_span, ..first };
        if right.is_empty() {
            self.split(left, dot);
            return Ok(field);
        }
        self.wrap()?;
        let right = Symbol::intern(right);
        self.bump();
        self.prev = crate::token::Token { kind: TokenKind::Ident(right, false), span: right_span, ..first };
        Ok(self.add_tuple_field(field, lo, right, right_span))
    }

    fn dot_name(&mut self, base: ExprId, lo: Span) -> Result<ExprId> {
        if self.is_keyword(kw::AWAIT) && self.edition() >= Edition::E2018 {
            self.bump();
            let span = self.prev.span;
            return Ok(self.add_expr(lo.to(span), ExprKind::Await(base, span)));
        }
        if self.eat_keyword(kw::USE) {
            let span = self.prev.span;
            return Ok(self.add_expr(lo.to(span), ExprKind::Use(base, span)));
        }
        if self.eat_keyword(kw::MATCH) {
            return self.match_block(lo, base, MatchStyle::Postfix);
        }
        if self.eat_keyword(kw::YIELD) {
            return Ok(self.add_expr(lo.to(self.prev.span), ExprKind::PostfixYield(base)));
        }
        let name = self.token.span;
        let segment = self.path_segment(PathStyle::Expr)?;
        if self.is_open(Delim::Paren) {
            let args = self.exprs_in_parens()?;
            let end = self.prev.span;
            let call = MethodCall { segment, receiver: base, args, span: name.to(end) };
            let call = self.ast.add(call);
            return Ok(self.add_expr(lo.to(end), ExprKind::MethodCall(call)));
        }
        if segment.args.is_some() {
            return self.doubt(segment.ident.span, "field", "a field has no generic arguments");
        }
        Ok(self.add_expr(lo.to(self.prev.span), ExprKind::Field(base, segment.ident)))
    }

    /// The literal that stands here, if one does.
    pub(super) fn opt_lit(&mut self) -> Result<Option<Lit>> {
        match self.token.kind {
            TokenKind::Literal(lit) => {
                self.bump();
                return Ok(Some(lit));
            }
            TokenKind::Ident(..) | TokenKind::NtIdent(..) if self.token.is_bool() => {
                let symbol = self.token.plain_name().unwrap_or(kw::TRUE);
                self.bump();
                return Ok(Some(Lit { kind: LitKind::Bool, symbol, suffix: None }));
            }
            _ => {}
        }
        let is_literal = |kind| matches!(kind, MetaVar::Literal | MetaVar::Expr { literal: true, .. });
        if !self.token.metavar().is_some_and(is_literal) {
            return Ok(None);
        }
        let span = self.token.span;
        let expr = self.eat_metavar(is_literal, |p| p.literal_maybe_minus())?;
        match expr.map(|expr| self.ast[expr].kind) {
            Some(ExprKind::Lit(lit)) => Ok(Some(lit)),
            _ => self.doubt(span, "literal", "expected a literal, found an expression"),
        }
    }

    /// `1`, `-1`
    pub(super) fn literal_maybe_minus(&mut self) -> Result<ExprId> {
        if let Some(expr) = self.eat_metavar(|kind| matches!(kind, MetaVar::Expr { .. }), |p| p.expr())? {
            return Ok(expr);
        }
        if let Some(expr) = self.eat_metavar(|kind| kind == MetaVar::Literal, |p| p.literal_maybe_minus())? {
            return Ok(expr);
        }
        let lo = self.token.span;
        let minus = self.eat(TokenKind::Minus);
        let span = self.token.span;
        let Some(lit) = self.opt_lit()? else { return self.expected("literal", "literal") };
        let expr = self.add_expr(span, ExprKind::Lit(lit));
        if !minus {
            return Ok(expr);
        }
        Ok(self.add_expr(lo.to(self.prev.span), ExprKind::Unary(UnOp::Neg, expr)))
    }

    /// `builtin # offset_of(…)` and the like.
    pub(super) fn builtin_expr(&mut self) -> Result<ExprId> {
        let lo = self.token.span;
        let name = self.builtin_start()?;
        let kind = match name.name {
            kw::OFFSET_OF => {
                let container = self.ty()?;
                self.expect(TokenKind::Comma, "builtin")?;
                let fields = self.offset_of_fields()?;
                self.eat(TokenKind::Comma);
                ExprKind::OffsetOf(container, self.ast.add_list(fields))
            }
            kw::TYPE_ASCRIBE => {
                let expr = self.expr()?;
                self.expect(TokenKind::Comma, "builtin")?;
                ExprKind::Type(expr, self.ty()?)
            }
            kw::WRAP_BINDER | kw::UNWRAP_BINDER => {
                let cast = if name.name == kw::WRAP_BINDER { BinderCast::Wrap } else { BinderCast::Unwrap };
                let expr = self.expr()?;
                let ty = if self.eat(TokenKind::Comma) { Some(self.ty()?) } else { None };
                ExprKind::UnsafeBinderCast(cast, expr, ty)
            }
            _ => return self.doubt(name.span, "builtin", format!("`builtin # {name}` is unknown")),
        };
        let span = lo.to(self.token.span);
        self.builtin_end()?;
        Ok(self.add_expr(span, kind))
    }

    /// `a.b.0.1`, in which numbers may be glued.
    fn offset_of_fields(&mut self) -> Result<Vec<Ident>> {
        let mut fields = Vec::new();
        loop {
            // Each is an expression of field accesses. `0.` is a number, so what is behind it is the next.
            let expr = self.expr()?;
            let before = fields.len();
            let dot_at_end = self.offset_of_expr(expr, &mut fields)?;
            fields[before..].reverse();
            if !dot_at_end {
                return Ok(fields);
            }
        }
    }

    /// The fields in an expression, the last one first. Does it end with a dot?
    fn offset_of_expr(&mut self, mut expr: ExprId, fields: &mut Vec<Ident>) -> Result<bool> {
        let mut dot_at_end = false;
        loop {
            let Expr { kind, span, .. } = self.ast[expr];
            match kind {
                ExprKind::Field(inner, field) => {
                    fields.push(field);
                    expr = inner;
                    continue;
                }
                ExprKind::Lit(Lit { kind: LitKind::Integer, symbol, suffix: None }) => {
                    fields.push(Ident::new(symbol, span));
                }
                ExprKind::Lit(Lit { kind: LitKind::Float, symbol, suffix: None })
                    if !symbol.as_str().contains(['+', '-', 'e', 'E']) =>
                {
                    for part in symbol.as_str().rsplit('.') {
                        if !part.is_empty() {
                            fields.push(Ident::new(Symbol::intern(part), span));
                        }
                    }
                    dot_at_end = symbol.as_str().ends_with('.');
                }
                ExprKind::Path(None, path) => match self.ast[path.segments][..] {
                    [PathSegment { ident, args: None }] => fields.push(ident),
                    _ => return self.doubt(span, "builtin", "offset_of expects dot-separated field and variant names"),
                },
                _ => return self.doubt(span, "builtin", "offset_of expects dot-separated field and variant names"),
            }
            return Ok(dot_at_end);
        }
    }

    /// A type behind `as`.
    fn ty_no_plus(&mut self) -> Result<TyId> {
        self.ty_with(AllowPlus::No, false)
    }
}
