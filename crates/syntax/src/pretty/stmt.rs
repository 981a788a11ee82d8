//! Statements and blocks. (rustc: `rustc_ast_pretty::pprust::state`.)

use super::{Fixup, INDENT, Printer};
use crate::ast::*;
use crate::precedence::{needs_semi, trailing_brace};
use crate::span::Span;

impl Printer<'_> {
    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        let ast = self.ast();
        self.comments_before(stmt.span.lo);
        match stmt.kind {
            StmtKind::Let(id) => self.let_stmt(&ast[id], stmt.span),
            StmtKind::Item(item) => self.item(item, Place::Module),
            StmtKind::Expr(expr) => {
                self.space_if_not_at_start();
                self.expr_with_attrs(expr, false, Fixup::stmt());
                if needs_semi(ast, &ast[expr]) {
                    self.word(";");
                }
            }
            StmtKind::Semi(expr) => {
                self.space_if_not_at_start();
                self.expr_with_attrs(expr, false, Fixup::stmt());
                self.word(";");
            }
            StmtKind::Empty => {
                self.space_if_not_at_start();
                self.word(";");
            }
            StmtKind::MacCall(id) => {
                let MacStmt { mac, style, attrs } = ast[id];
                self.space_if_not_at_start();
                self.outer_attrs(attrs);
                self.mac(&ast[mac]);
                if style == MacStmtStyle::Semicolon {
                    self.word(";");
                }
            }
        }
        self.trailing_comment(stmt.span.hi, None);
    }

    fn let_stmt(&mut self, stmt: &Let, span: Span) {
        self.outer_attrs(stmt.attrs);
        self.space_if_not_at_start();
        self.ibox(INDENT);
        self.engine.place(span);
        if stmt.super_.is_some() {
            self.word_nbsp("super");
        }
        self.word_nbsp("let");
        self.ibox(INDENT);
        self.pat(stmt.pat);
        if let Some(ty) = stmt.ty {
            self.word_space(":");
            self.ty(ty);
        }
        self.end();
        if let Some(init) = stmt.init {
            self.nbsp();
            self.word_space("=");
            let parens = stmt.els.is_some() && trailing_brace(self.ast(), init);
            self.expr_maybe_parens(init, parens, Fixup::default());
            if let Some(els) = stmt.els {
                self.cbox(INDENT);
                self.ibox(INDENT);
                self.word(" else ");
                self.block(els);
            }
        }
        self.word(";");
        self.end();
    }

    /// A block whose two boxes are begun.
    pub(super) fn block(&mut self, block: BlockId) {
        self.block_with_attrs(block, List::EMPTY);
    }

    /// The same, with attributes inside of it.
    pub(super) fn block_with_attrs(&mut self, block: BlockId, attrs: List<Attr>) {
        self.block_maybe_closed(block, attrs, true);
    }

    /// A block; `end`: its outer box ends with it.
    pub(super) fn block_maybe_closed(&mut self, block: BlockId, attrs: List<Attr>, end: bool) {
        let ast = self.ast();
        let Block { stmts, is_unsafe, span, .. } = ast[block];
        if is_unsafe {
            self.word_space("unsafe");
        }
        self.comments_before(span.lo);
        self.block_open();
        let has_attrs = self.inner_attrs(&ast[attrs]);
        let stmts = &ast[stmts];
        for (index, stmt) in stmts.iter().enumerate() {
            match stmt.kind {
                StmtKind::Expr(expr) if index + 1 == stmts.len() => {
                    self.comments_before(stmt.span.lo);
                    self.space_if_not_at_start();
                    self.expr_with_attrs(expr, false, Fixup::stmt());
                    self.trailing_comment(ast[expr].span.hi, Some(span.hi));
                }
                _ => self.stmt(stmt),
            }
        }
        self.block_close_maybe(span, !has_attrs && stmts.is_empty(), end);
    }
}
