//! Expressions with keywords and blocks. (rustc: `rustc_ast_pretty::pprust::state::expr`.)

use super::{Fixup, INDENT, Printer};
use crate::ast::*;
use crate::token::AttrStyle;

impl Printer<'_> {
    pub(super) fn control(&mut self, expr: &Expr, fixup: Fixup) {
        let ast = self.ast();
        let attrs = expr.attrs;
        match expr.kind {
            ExprKind::If(cond, then, els) => {
                self.cbox(0);
                self.ibox(0);
                self.word_nbsp("if");
                self.cond(cond);
                self.space();
                self.block(then);
                self.els(els);
            }
            ExprKind::While(cond, body, label) => {
                self.label(label);
                self.cbox(0);
                self.ibox(0);
                self.word_nbsp("while");
                self.cond(cond);
                self.space();
                self.block_with_attrs(body, attrs);
            }
            ExprKind::ForLoop(id) => {
                let ForLoop { pat, iter, body, label, is_await } = ast[id];
                self.label(label);
                self.cbox(0);
                self.ibox(0);
                self.word_nbsp("for");
                if is_await {
                    self.word_nbsp("await");
                }
                self.pat(pat);
                self.space();
                self.word_space("in");
                self.cond(iter);
                self.space();
                self.block_with_attrs(body, attrs);
            }
            ExprKind::Loop(body, label) => {
                self.cbox(0);
                self.ibox(0);
                self.label(label);
                self.word_nbsp("loop");
                self.block_with_attrs(body, attrs);
            }
            ExprKind::Match(scrutinee, arms, style) => {
                self.cbox(0);
                self.ibox(0);
                match style {
                    MatchStyle::Prefix => {
                        self.word_nbsp("match");
                        self.cond(scrutinee);
                        self.space();
                    }
                    MatchStyle::Postfix => {
                        self.receiver(scrutinee, fixup);
                        self.word_nbsp(".match");
                    }
                }
                self.block_open();
                self.attrs(&ast[attrs], AttrStyle::Inner, false, false);
                for arm in &ast[arms] {
                    self.arm(arm);
                }
                // Comments behind the last arm come behind the brace: rustc looks up to the scrutinee's end only.
                self.block_close(ast[scrutinee].span, attrs.is_empty() && arms.is_empty());
            }
            ExprKind::Closure(id) => {
                let closure = &ast[id];
                if let Some((_, params)) = closure.binder {
                    self.binder(params);
                }
                self.constness(closure.constness);
                if closure.is_static {
                    self.word_space("static");
                }
                self.coroutine(closure.coroutine);
                self.capture(closure.capture);
                self.params_and_ret(&ast[closure.decl], true);
                self.space();
                self.expr(closure.body, Fixup::default());
            }
            ExprKind::Block(block, label) => {
                self.label(label);
                self.cbox(0);
                self.ibox(0);
                self.block_with_attrs(block, attrs);
            }
            ExprKind::Gen(id) => {
                let GenBlock { capture, body, kind, .. } = ast[id];
                self.word_nbsp(match kind {
                    GenKind::Async => "async",
                    GenKind::Gen => "gen",
                    GenKind::AsyncGen => "async gen",
                });
                self.capture(capture);
                self.cbox(0);
                self.ibox(0);
                self.block_with_attrs(body, attrs);
            }
            ExprKind::TryBlock(block, ty) => {
                self.cbox(0);
                self.ibox(0);
                self.word_nbsp("try");
                if let Some(ty) = ty {
                    self.word_nbsp("bikeshed");
                    self.ty(ty);
                    self.space();
                }
                self.block_with_attrs(block, attrs);
            }
            ExprKind::Break(label, value) => self.break_expr(label, value, fixup),
            ExprKind::Continue(label) => {
                self.word("continue");
                if let Some(label) = label {
                    self.space();
                    self.ident(label);
                }
            }
            ExprKind::Ret(value) => self.jump("return", value, fixup),
            ExprKind::Yeet(value) => {
                self.word("do");
                self.word(" ");
                self.jump("yeet", value, fixup);
            }
            ExprKind::Become(value) => self.jump("become", Some(value), fixup),
            ExprKind::Yield(value) => {
                self.word("yield");
                if let Some(value) = value {
                    self.space();
                    self.expr(value, fixup.last());
                }
            }
            // All others are printed by `expr_kind`.
            _ => {}
        }
    }

    fn jump(&mut self, word: &'static str, value: Option<ExprId>, fixup: Fixup) {
        self.word(word);
        if let Some(value) = value {
            self.word(" ");
            self.expr(value, fixup.last());
        }
    }

    fn els(&mut self, els: Option<ExprId>) {
        let mut next = els;
        while let Some(id) = next.take() {
            self.cbox(0);
            self.ibox(0);
            match self.ast()[id].kind {
                ExprKind::If(cond, then, els) => {
                    self.word(" else if ");
                    self.cond(cond);
                    self.space();
                    self.block(then);
                    next = els;
                }
                ExprKind::Block(block, None) => {
                    self.word(" else ");
                    self.block(block);
                }
                // The parser makes no others.
                _ => {
                    self.end();
                    self.end();
                }
            }
        }
    }

    fn capture(&mut self, capture: CaptureBy) {
        match capture {
            CaptureBy::Value(_) => self.word_space("move"),
            CaptureBy::Use(_) => self.word_space("use"),
            CaptureBy::Ref => {}
        }
    }

    fn arm(&mut self, arm: &Arm) {
        let ast = self.ast();
        if arm.attrs.is_empty() {
            self.space();
        }
        self.cbox(INDENT);
        self.ibox(0);
        self.comments_before(ast[arm.pat].span.lo);
        self.outer_attrs(arm.attrs);
        self.pat(arm.pat);
        self.space();
        if let Some(guard) = arm.guard {
            self.word_space("if");
            self.expr(guard, Fixup::default());
            self.space();
        }
        match arm.body.map(|body| (body, ast[body].kind)) {
            None => {
                self.end();
                self.word(",");
            }
            Some((_, ExprKind::Block(block, label))) => {
                self.word_space("=>");
                self.label(label);
                self.block_maybe_closed(block, List::EMPTY, false);
                if ast[block].is_unsafe && !ast[block].is_generated {
                    self.word(",");
                }
            }
            Some((body, _)) => {
                self.word_space("=>");
                self.end();
                self.expr(body, Fixup::arm());
                self.word(",");
            }
        }
        self.end();
    }
}
