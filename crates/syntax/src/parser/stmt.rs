//! Statements and blocks. (rustc: `rustc_parse::parser::stmt`.)

use std::ops::Bound as End;

use super::{Parser, PathStyle, Position, Restrictions};
use crate::ast::*;
use crate::doubt::Result;
use crate::precedence::{needs_semi, trailing_brace};
use crate::span::Span;
use crate::symbol::kw;
use crate::token::{Delim, MetaVar, Origin, TokenKind};

const STMT: &str = "statement";

impl Parser<'_> {
    /// A block without attributes inside.
    pub(super) fn block(&mut self) -> Result<BlockId> {
        let (attrs, block) = self.block_with_attrs(self.token.span, false)?;
        match attrs.last() {
            Some(attr) => self.doubt(attr.span, "block", "an inner attribute is not permitted in this context"),
            None => Ok(block),
        }
    }

    /// A block that begins at `lo`, and the attributes inside.
    pub(super) fn block_with_attrs(&mut self, lo: Span, is_unsafe: bool) -> Result<(Vec<Attr>, BlockId)> {
        if let Some(block) = self.eat_metavar(|kind| kind == MetaVar::Block, |p| p.block())? {
            return Ok((Vec::new(), block));
        }
        self.expect(TokenKind::Open(Delim::Brace), "block")?;
        let attrs = self.inner_attrs()?;
        let mut stmts = Vec::new();
        while !self.eat(TokenKind::Close(Delim::Brace)) {
            stmts.push(self.full_stmt()?);
        }
        let stmts = self.ast.add_list(stmts);
        let block = self.ast.add(Block { stmts, is_unsafe, is_generated: false, span: lo.to(self.prev.span) });
        Ok((attrs, block))
    }

    /// A statement with the semicolon that it needs.
    pub(super) fn full_stmt(&mut self) -> Result<Stmt> {
        let captured = self.eat_metavar(|kind| kind == MetaVar::Stmt, |p| p.some_stmt(Restrictions::NONE))?;
        if let Some(stmt) = captured {
            return Ok(stmt);
        }
        let mut stmt = self.some_stmt(Restrictions::STMT)?;
        match stmt.kind {
            StmtKind::Expr(expr) if needs_semi(self.ast, &self.ast[expr]) => {
                let ends = matches!(self.token.kind, TokenKind::Eof | TokenKind::Semi) || self.is_close(Delim::Brace);
                if !ends {
                    return self.expected(STMT, "`;` or `}`");
                }
                if self.eat(TokenKind::Semi) {
                    stmt.kind = StmtKind::Semi(expr);
                }
            }
            StmtKind::Expr(expr) => {
                if self.eat(TokenKind::Semi) {
                    stmt.kind = StmtKind::Semi(expr);
                }
            }
            StmtKind::MacCall(mac) => {
                if self.eat(TokenKind::Semi) {
                    self.ast[mac].style = MacStmtStyle::Semicolon;
                }
            }
            StmtKind::Let(_) => self.expect_semi("`let` statement")?,
            StmtKind::Empty | StmtKind::Item(_) | StmtKind::Semi(_) => {}
        }
        stmt.span = stmt.span.to(self.prev.span);
        Ok(stmt)
    }

    fn some_stmt(&mut self, restrictions: Restrictions) -> Result<Stmt> {
        match self.stmt(restrictions)? {
            Some(stmt) => Ok(stmt),
            None => self.expected(STMT, "statement"),
        }
    }

    /// A statement without its semicolon. `restrictions` hold for an expression.
    pub(super) fn stmt(&mut self, restrictions: Restrictions) -> Result<Option<Stmt>> {
        self.nested(|p| p.stmt_at_level(restrictions))
    }

    fn stmt_at_level(&mut self, restrictions: Restrictions) -> Result<Option<Stmt>> {
        let start = self.position();
        let mut attrs = self.outer_attrs()?;
        let lo = self.token.span;
        if let Some(stmt) = self.eat_metavar(|kind| kind == MetaVar::Stmt, |p| p.some_stmt(Restrictions::STMT))? {
            self.prepend_to_stmt(attrs, &stmt);
            return Ok(Some(stmt));
        }
        let super_ = (self.is_keyword(kw::SUPER) && self.is_keyword_ahead(1, &[kw::LET])).then_some(lo);
        if super_.is_some() {
            self.bump();
        }
        if self.eat_keyword(kw::LET) {
            let stmt = self.let_stmt(super_, attrs)?;
            return Ok(Some(Stmt { kind: StmtKind::Let(stmt), span: lo.to(self.prev.span) }));
        }
        if self.is_path_start() && !self.token.is_qpath_start() && !self.is_item_start() && !self.is_builtin() {
            return self.path_stmt(lo, attrs).map(Some);
        }
        if let Some(item) = self.item_in_block(&mut attrs, start)? {
            let span = lo.to(self.ast[item].span);
            return Ok(Some(Stmt { kind: StmtKind::Item(item), span }));
        }
        if self.eat(TokenKind::Semi) {
            self.no_attrs(&attrs)?;
            return Ok(Some(Stmt { kind: StmtKind::Empty, span: lo }));
        }
        if self.is_close(Delim::Brace) {
            self.no_attrs(&attrs)?;
            return Ok(None);
        }
        let expr = self.expr_with(restrictions, attrs)?;
        Ok(Some(Stmt { kind: StmtKind::Expr(expr), span: lo.to(self.ast[expr].span) }))
    }

    fn no_attrs(&self, attrs: &[Attr]) -> Result<()> {
        match attrs.last() {
            Some(attr) => self.doubt(attr.span, STMT, "expected statement after outer attribute"),
            None => Ok(()),
        }
    }

    fn prepend_to_stmt(&mut self, attrs: Vec<Attr>, stmt: &Stmt) {
        if attrs.is_empty() {
            return;
        }
        match stmt.kind {
            StmtKind::Let(id) => self.ast[id].attrs = self.prepend(attrs, self.ast[id].attrs),
            StmtKind::Item(id) => self.ast[id].attrs = self.prepend(attrs, self.ast[id].attrs),
            StmtKind::Expr(id) | StmtKind::Semi(id) => self.ast[id].attrs = self.prepend(attrs, self.ast[id].attrs),
            StmtKind::MacCall(id) => self.ast[id].attrs = self.prepend(attrs, self.ast[id].attrs),
            StmtKind::Empty => {}
        }
    }

    /// Does an item begin here whose first word could also begin a path?
    fn is_item_start(&self) -> bool {
        self.is_keyword_before_free_ident(kw::UNION)
            || self.reuse_kind().is_some()
            || self.is_trait_front()
            || self.is_keyword(kw::ASYNC) && self.is_keyword_ahead(1, &[kw::FN])
            || self.is_macro_rules()
    }

    /// A statement that begins with a path.
    fn path_stmt(&mut self, lo: Span, attrs: Vec<Attr>) -> Result<Stmt> {
        let path = self.path(PathStyle::Expr)?;
        if self.eat(TokenKind::Bang) {
            return self.mac_stmt(lo, attrs, path);
        }
        let expr = if self.eat(TokenKind::Open(Delim::Brace)) {
            self.struct_expr(None, path)?
        } else {
            self.add_expr(lo.to(self.prev.span), ExprKind::Path(None, path))
        };
        let expr = self.with(Restrictions::STMT, |p| {
            let expr = p.dot_or_call_with(attrs, expr, lo)?;
            p.assoc_rest(End::Unbounded, expr)
        })?;
        Ok(Stmt { kind: StmtKind::Expr(expr), span: lo.to(self.prev.span) })
    }

    fn mac_stmt(&mut self, lo: Span, attrs: Vec<Attr>, path: Path) -> Result<Stmt> {
        let args = self.delim_args("macro call")?;
        let span = lo.to(self.prev.span);
        let in_braces = args.delim == Delim::Brace;
        let mac = self.ast.add(MacCall { path, args });
        let is_stmt = match self.token.kind {
            TokenKind::Semi | TokenKind::Eof => true,
            TokenKind::Close(Delim::Invisible(Origin::MetaVar(MetaVar::Stmt))) => true,
            TokenKind::Dot | TokenKind::Question => false,
            _ => in_braces,
        };
        if is_stmt {
            let style = if in_braces { MacStmtStyle::Braces } else { MacStmtStyle::NoBraces };
            let attrs = self.ast.add_list(attrs);
            let stmt = self.ast.add(MacStmt { mac, style, attrs });
            return Ok(Stmt { kind: StmtKind::MacCall(stmt), span });
        }
        let expr = self.add_expr(span, ExprKind::MacCall(mac));
        let expr = self.dot_or_call_with(attrs, expr, lo)?;
        let expr = self.assoc_rest(End::Unbounded, expr)?;
        Ok(Stmt { kind: StmtKind::Expr(expr), span })
    }

    /// What follows `let`.
    fn let_stmt(&mut self, super_: Option<Span>, attrs: Vec<Attr>) -> Result<Id<Let>> {
        const LET: &str = "`let` statement";
        let lo = super_.unwrap_or(self.prev.span);
        let (pat, colon) = self.pat_before_ty(LET)?;
        let ty = if colon { Some(self.ty()?) } else { None };
        let init = if self.eat(TokenKind::Eq) { Some(self.expr()?) } else { None };
        let mut els = None;
        if let Some(init) = init
            && self.eat_keyword(kw::ELSE)
        {
            let span = self.ast[init].span;
            if self.is_keyword(kw::IF) {
                return self.expected(LET, "`{`");
            }
            els = Some(self.block()?);
            if matches!(self.ast[init].kind, ExprKind::Binary(BinOp::And | BinOp::Or, ..)) {
                return self.doubt(span, LET, "`&&` and `||` cannot be used before `else`");
            }
            if trailing_brace(self.ast, init) {
                return self.doubt(span, LET, "`}` is not allowed before `else`");
            }
        }
        let end = if self.is(TokenKind::Semi) { self.token.span } else { self.prev.span };
        let attrs = self.ast.add_list(attrs);
        Ok(self.ast.add(Let { super_, pat, ty, init, els, span: lo.to(end), attrs }))
    }

    fn item_in_block(&mut self, attrs: &mut Vec<Attr>, start: Position) -> Result<Option<ItemId>> {
        if let Some(item) = self.eat_metavar(|kind| kind == MetaVar::Item, |p| p.some_item(Place::Module))? {
            self.ast[item].attrs = self.prepend(std::mem::take(attrs), self.ast[item].attrs);
            return Ok(Some(item));
        }
        let lo = self.token.span;
        let vis = self.visibility(super::FollowedByType::No)?;
        self.item_behind(attrs, vis, lo, start, super::item::Context::BLOCK)
    }
}
