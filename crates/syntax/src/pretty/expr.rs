//! Expressions. (rustc: `rustc_ast_pretty::pprust::state::expr`.)

use super::{Fixup, INDENT, Printer};
use crate::ast::*;
use crate::precedence::{Fixity, Precedence, contains_struct, leading_label, precedence, scrutinee_needs_parens};

impl Printer<'_> {
    pub(super) fn expr(&mut self, expr: ExprId, fixup: Fixup) {
        self.expr_with_attrs(expr, true, fixup);
    }

    /// An expression whose attributes stand in its line or not.
    pub(super) fn expr_with_attrs(&mut self, expr: ExprId, inline: bool, fixup: Fixup) {
        self.level(|p| p.expr_at_level(expr, inline, fixup));
    }

    /// An expression in parentheses, if so.
    pub(super) fn expr_maybe_parens(&mut self, expr: ExprId, parens: bool, mut fixup: Fixup) {
        if parens {
            self.word("(");
            fixup = Fixup::default();
        }
        self.expr(expr, fixup);
        if parens {
            self.word(")");
        }
    }

    /// The condition of `if`, or anything that stands in front of `{`.
    pub(super) fn cond(&mut self, expr: ExprId) {
        let parens = match self.ast()[expr].kind {
            ExprKind::Break(..) | ExprKind::Closure(_) | ExprKind::Ret(_) | ExprKind::Yeet(_) => true,
            _ => contains_struct(self.ast(), expr),
        };
        self.expr_maybe_parens(expr, parens, Fixup::cond());
    }

    /// Is an expression weaker than what may stand in front of `.`?
    fn is_weak(&self, expr: ExprId) -> bool {
        precedence(self.ast(), &self.ast()[expr]) < Precedence::Unambiguous
    }

    /// What stands in front of `.` or `?`.
    pub(super) fn receiver(&mut self, expr: ExprId, fixup: Fixup) {
        let parens = self.is_weak(expr);
        self.expr_maybe_parens(expr, parens, fixup.first_with_dot());
    }

    fn args(&mut self, args: List<ExprId>) {
        self.word("(");
        self.comma_exprs(args);
        self.word(")");
    }

    fn expr_at_level(&mut self, id: ExprId, inline: bool, mut fixup: Fixup) {
        let ast = self.ast();
        let expr = &ast[id];
        self.comments_before(expr.span.lo);
        match inline {
            true => self.outer_attrs_inline(expr.attrs),
            false => self.outer_attrs(expr.attrs),
        };
        self.ibox(INDENT);
        self.engine.place(expr.span);
        let attrs_would_move = !expr.attrs.is_empty()
            && matches!(
                expr.kind,
                ExprKind::Binary(..)
                    | ExprKind::Cast(..)
                    | ExprKind::Assign(..)
                    | ExprKind::AssignOp(..)
                    | ExprKind::Range(..)
            );
        let parens = fixup.would_end_stmt(ast, expr) || attrs_would_move;
        if parens {
            self.word("(");
            fixup = Fixup::default();
        }
        self.expr_kind(expr, fixup);
        if parens {
            self.word(")");
        }
        self.end();
    }

    fn expr_kind(&mut self, expr: &Expr, fixup: Fixup) {
        let ast = self.ast();
        match expr.kind {
            ExprKind::Array(exprs) => {
                self.ibox(INDENT);
                self.word("[");
                self.comma_exprs(exprs);
                self.word("]");
                self.end();
            }
            ExprKind::ConstBlock(value) => self.anon_const(value, expr.attrs),
            ExprKind::Repeat(element, count) => {
                self.ibox(INDENT);
                self.word("[");
                self.expr(element, Fixup::default());
                self.word_space(";");
                self.expr(count.0, Fixup::default());
                self.word("]");
                self.end();
            }
            ExprKind::Struct(id) => self.struct_expr(&ast[id]),
            ExprKind::Tup(exprs) => {
                self.word("(");
                self.comma_exprs(exprs);
                if exprs.len() == 1 {
                    self.word(",");
                }
                self.word(")");
            }
            ExprKind::Call(callee, args) => self.call(callee, args, fixup),
            ExprKind::MethodCall(call) => {
                let MethodCall { segment, receiver, args, .. } = ast[call];
                self.receiver(receiver, fixup);
                self.word(".");
                self.ident(segment.ident);
                if let Some(args) = segment.args {
                    self.generic_args(args, true);
                }
                self.args(args);
            }
            ExprKind::Binary(op, _, lhs, rhs) => self.binary(op, lhs, rhs, fixup),
            ExprKind::Unary(op, operand) => {
                self.word(op.as_str());
                self.operand(operand, fixup);
            }
            ExprKind::AddrOf(kind, mutability, operand) => {
                self.word("&");
                match kind {
                    BorrowKind::Ref => self.mutability(mutability, false),
                    BorrowKind::Raw => {
                        self.word_nbsp("raw");
                        self.mutability(mutability, true);
                    }
                    BorrowKind::Pin => {
                        self.word_nbsp("pin");
                        self.mutability(mutability, true);
                    }
                }
                self.operand(operand, fixup);
            }
            ExprKind::Lit(lit) => {
                self.comments_before(expr.span.lo);
                self.word(lit.to_string());
            }
            ExprKind::Cast(operand, ty) => {
                let parens = precedence(ast, &ast[operand]) < Precedence::Cast;
                self.expr_maybe_parens(operand, parens, fixup.first());
                self.space();
                self.word_space("as");
                self.ty(ty);
            }
            ExprKind::Type(operand, ty) => {
                self.builtin("type_ascribe", |p| {
                    p.expr(operand, Fixup::default());
                    p.word(",");
                    p.space_if_not_at_start();
                    p.ty(ty);
                });
            }
            ExprKind::Let(pat, scrutinee) => {
                self.word("let ");
                self.pat(pat);
                self.space();
                self.word_space("=");
                let parens = fixup.scrutinee_needs_parens(ast, scrutinee);
                self.expr_maybe_parens(scrutinee, parens, Fixup::default());
            }
            ExprKind::Await(inner, _) => {
                self.receiver(inner, fixup);
                self.word(".await");
            }
            ExprKind::Use(inner, _) => {
                let parens = self.is_weak(inner);
                self.expr_maybe_parens(inner, parens, fixup);
                self.word(".use");
            }
            ExprKind::Assign(lhs, rhs, _) => self.assign("=", lhs, rhs, fixup),
            ExprKind::AssignOp(op, _, lhs, rhs) => self.assign(assign_op(op), lhs, rhs, fixup),
            ExprKind::Field(inner, field) => {
                self.receiver(inner, fixup);
                self.word(".");
                self.ident(field);
            }
            ExprKind::Index(inner, index, _) => {
                let first = fixup.first_with_operator(true);
                let parens = first.precedence(ast, &ast[inner]) < Precedence::Unambiguous;
                self.expr_maybe_parens(inner, parens, first);
                self.word("[");
                self.expr(index, Fixup::default());
                self.word("]");
            }
            ExprKind::Range(start, end, limits) => {
                if let Some(start) = start {
                    let first = fixup.first_with_operator(true);
                    let parens = first.precedence(ast, &ast[start]) < Precedence::LOr;
                    self.expr_maybe_parens(start, parens, first);
                }
                self.word(match limits {
                    RangeLimits::HalfOpen => "..",
                    RangeLimits::Closed => "..=",
                });
                if let Some(end) = end {
                    let parens = fixup.precedence(ast, &ast[end]) < Precedence::LOr;
                    self.expr_maybe_parens(end, parens, fixup.last());
                }
            }
            ExprKind::Underscore => self.word("_"),
            ExprKind::Path(qself, path) => self.maybe_qpath(qself, &path, true),
            ExprKind::FormatArgs(id) => self.format_args(&ast[id]),
            ExprKind::InlineAsm(id) => {
                self.word("asm!");
                self.inline_asm(&ast[id]);
            }
            ExprKind::OffsetOf(container, fields) => {
                self.builtin("offset_of", |p| {
                    p.ty(container);
                    p.word(",");
                    p.space();
                    for (index, &field) in ast[fields].iter().enumerate() {
                        if index > 0 {
                            p.word(".");
                        }
                        p.ident(field);
                    }
                });
            }
            ExprKind::MacCall(mac) => self.mac(&ast[mac]),
            ExprKind::Paren(inner) => {
                self.word("(");
                self.expr(inner, Fixup::default());
                self.word(")");
            }
            ExprKind::Try(inner) => {
                self.receiver(inner, fixup);
                self.word("?");
            }
            ExprKind::PostfixYield(inner) => {
                self.receiver(inner, fixup);
                self.word(".yield");
            }
            ExprKind::UnsafeBinderCast(cast, inner, ty) => {
                let name = match cast {
                    BinderCast::Wrap => "wrap_binder",
                    BinderCast::Unwrap => "unwrap_binder",
                };
                self.builtin(name, |p| {
                    p.expr(inner, Fixup::default());
                    if let Some(ty) = ty {
                        p.word(",");
                        p.space();
                        p.ty(ty);
                    }
                });
            }
            _ => self.control(expr, fixup),
        }
    }

    fn builtin(&mut self, name: &str, print: impl FnOnce(&mut Self)) {
        self.word(format!("builtin # {name}"));
        self.word("(");
        self.ibox(0);
        print(self);
        self.end();
        self.word(")");
    }

    fn operand(&mut self, operand: ExprId, fixup: Fixup) {
        let parens = fixup.precedence(self.ast(), &self.ast()[operand]) < Precedence::Prefix;
        self.expr_maybe_parens(operand, parens, fixup.last());
    }

    fn call(&mut self, callee: ExprId, args: List<ExprId>, fixup: Fixup) {
        let first = fixup.first_with_operator(true);
        let parens = match self.ast()[callee].kind {
            // `(self.f)()` calls a field, `self.f()` a method.
            ExprKind::Field(_, name) => !name.is_numeric(),
            _ => first.precedence(self.ast(), &self.ast()[callee]) < Precedence::Unambiguous,
        };
        self.expr_maybe_parens(callee, parens, first);
        self.args(args);
    }

    fn binary(&mut self, op: BinOp, lhs: ExprId, rhs: ExprId, fixup: Fixup) {
        let begins = matches!(
            op,
            BinOp::Sub | BinOp::Mul | BinOp::And | BinOp::Or | BinOp::BitAnd | BinOp::BitOr | BinOp::Shl | BinOp::Lt
        );
        let ast = self.ast();
        let first = fixup.first_with_operator(begins);
        let strength = op.precedence();
        let left = first.precedence(ast, &ast[lhs]);
        let right = fixup.precedence(ast, &ast[rhs]);
        let (mut left_parens, right_parens) = match op.fixity() {
            Fixity::Left => (left < strength, right <= strength),
            Fixity::Right => (left <= strength, right < strength),
            Fixity::None => (left <= strength, right <= strength),
        };
        match ast[lhs].kind {
            // `a as T < b` would be read as the type `T<b`.
            ExprKind::Cast(..) if matches!(op, BinOp::Lt | BinOp::Shl) => left_parens = true,
            ExprKind::Let(..) if !scrutinee_needs_parens(strength) => left_parens = true,
            _ => {}
        }
        self.expr_maybe_parens(lhs, left_parens, first);
        self.space();
        self.word_space(op.as_str());
        self.expr_maybe_parens(rhs, right_parens, fixup.last());
    }

    fn assign(&mut self, op: &'static str, lhs: ExprId, rhs: ExprId, fixup: Fixup) {
        let ast = self.ast();
        let left_parens = precedence(ast, &ast[lhs]) <= Precedence::Range;
        self.expr_maybe_parens(lhs, left_parens, fixup.first());
        self.space();
        self.word_space(op);
        let right_parens = fixup.precedence(ast, &ast[rhs]) < Precedence::Assign;
        self.expr_maybe_parens(rhs, right_parens, fixup.last());
    }

    fn struct_expr(&mut self, expr: &StructExpr) {
        let ast = self.ast();
        self.maybe_qpath(expr.qself, &expr.path, true);
        self.nbsp();
        self.word("{");
        let fields = &ast[expr.fields];
        let has_rest = !matches!(expr.rest, StructRest::None);
        if fields.is_empty() && !has_rest {
            self.word("}");
            return;
        }
        self.cbox(0);
        for (index, field) in fields.iter().enumerate() {
            self.comments_before(field.span.hi);
            self.outer_attrs(field.attrs);
            if index == 0 {
                self.space_if_not_at_start();
            }
            self.engine.place(field.span);
            if !field.is_shorthand {
                self.ident(field.ident);
                self.word_nbsp(":");
            }
            self.expr(field.expr, Fixup::default());
            if index + 1 < fields.len() || has_rest {
                self.word_space(",");
            } else {
                self.engine.trailing_comma_or_space();
            }
        }
        if has_rest {
            if fields.is_empty() {
                self.space();
            }
            self.word("..");
            if let StructRest::Base(base) = expr.rest {
                self.expr(base, Fixup::default());
            }
            self.space();
        }
        self.engine.offset_last(-INDENT);
        self.end();
        self.word("}");
    }

    pub(super) fn break_expr(&mut self, label: Option<Lifetime>, value: Option<ExprId>, fixup: Fixup) {
        self.word("break");
        if let Some(label) = label {
            self.space();
            self.ident(label);
        }
        if let Some(value) = value {
            self.space();
            // `break 'a: loop {}` would be read as `break 'a` and more.
            let parens = label.is_none() && leading_label(self.ast(), value);
            self.expr_maybe_parens(value, parens, fixup.last());
        }
    }
}

fn assign_op(op: BinOp) -> &'static str {
    match op {
        BinOp::Add => "+=",
        BinOp::Sub => "-=",
        BinOp::Mul => "*=",
        BinOp::Div => "/=",
        BinOp::Rem => "%=",
        BinOp::BitXor => "^=",
        BinOp::BitAnd => "&=",
        BinOp::BitOr => "|=",
        BinOp::Shl => "<<=",
        BinOp::Shr => ">>=",
        // The parser makes no others.
        _ => "=",
    }
}
