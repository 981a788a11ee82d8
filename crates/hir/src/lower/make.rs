//! Pieces that desugaring is made of.

use ::ty::{Definitions, LangItem};
use syntax::ast::{BindingMode, BorrowKind, Mutability};
use syntax::doubt::Result;
use syntax::span::{Ident, Span};

use super::Lowerer;
use crate::body::{ArmId, BlockId, ExprId, Local, LocalId, PatId, StmtId};
use crate::expr::*;
use crate::pat::{Pat, PatField, PatKind};
use crate::path::{LangPath, Path, PathSegment, QPath, Res};

pub(super) const MUT: BindingMode = BindingMode { by_ref: None, mutability: Mutability::Mut };

impl Lowerer<'_, '_> {
    pub(super) fn lang_path(&mut self, item: LangItem, span: Span) -> Result<QPath> {
        let def_id = self.lang_item(item, span)?;
        let kind = self.session.def_kind(def_id);
        Ok(QPath::LangItem(LangPath { item, kind, def_id }, span))
    }

    pub(super) fn lang_expr(&mut self, item: LangItem, span: Span) -> Result<ExprId> {
        let path = self.lang_path(item, span)?;
        Ok(self.expr(span, ExprKind::Path(path)))
    }

    pub(super) fn call_lang(&mut self, span: Span, item: LangItem, args: Vec<ExprId>) -> Result<ExprId> {
        let callee = self.lang_expr(item, span)?;
        Ok(self.expr(span, ExprKind::Call(callee, args)))
    }

    /// `<LangItem>::name`
    pub(super) fn lang_type_relative(&mut self, span: Span, item: LangItem, name: &str) -> Result<ExprId> {
        let path = self.lang_path(item, span)?;
        let ty = self.cx.hir.types.push(crate::ty::Ty { kind: crate::ty::TyKind::Path(path), span });
        let ident = Ident::new(syntax::symbol::Symbol::intern(name), span);
        let segment = PathSegment { ident, res: Res::Err, args: None, infer_args: true };
        Ok(self.expr(span, ExprKind::Path(QPath::TypeRelative(ty, segment))))
    }

    pub(super) fn local(&mut self, span: Span, ident: Ident, local: LocalId) -> ExprId {
        let res = Res::Local(local);
        let segments = vec![PathSegment { ident, res, args: None, infer_args: true }];
        self.expr(span, ExprKind::Path(QPath::Resolved(None, Path { span, res, segments })))
    }

    pub(super) fn pat(&mut self, span: Span, kind: PatKind) -> PatId {
        self.cx.hir.pats.push(Pat { kind, span, default_binding_modes: true })
    }

    /// A variable that is not looked up by its name.
    pub(super) fn bind(&mut self, span: Span, ident: Ident, mode: BindingMode) -> (PatId, LocalId) {
        let pat = self.cx.hir.pats.next_index();
        let local = self.cx.hir.locals.push(Local { ident, pat });
        (self.pat(span, PatKind::Binding(mode, local, ident, None)), local)
    }

    pub(super) fn lang_pat(&mut self, span: Span, item: LangItem, field: Option<PatId>) -> Result<PatId> {
        let path = self.lang_path(item, span)?;
        let fields = field.into_iter().map(|pat| PatField {
            ident: Ident::new(syntax::symbol::Symbol::intern("0"), self.cx.hir.pats[pat].span),
            pat,
            is_shorthand: false,
            span: self.cx.hir.pats[pat].span,
        });
        let fields = fields.collect();
        Ok(self.pat(span, PatKind::Struct(path, fields, None)))
    }

    pub(super) fn arm(&mut self, pat: PatId, body: ExprId, span: Span) -> ArmId {
        self.cx.hir.arms.push(Arm { span, pat, guard: None, body })
    }

    pub(super) fn block_of(&mut self, span: Span, stmts: Vec<StmtId>, expr: Option<ExprId>) -> BlockId {
        let rules = BlockCheckMode::Default;
        self.cx.hir.blocks.push(Block { stmts, expr, rules, span, targeted_by_break: false })
    }

    pub(super) fn block_expr(&mut self, block: BlockId) -> ExprId {
        let span = self.cx.hir.blocks[block].span;
        self.expr(span, ExprKind::Block(block, None))
    }

    pub(super) fn unsafe_block(&mut self, span: Span, expr: ExprId) -> ExprKind {
        let rules = BlockCheckMode::UnsafeGenerated;
        let block = Block { stmts: Vec::new(), expr: Some(expr), rules, span, targeted_by_break: false };
        ExprKind::Block(self.cx.hir.blocks.push(block), None)
    }

    pub(super) fn stmt(&mut self, span: Span, kind: StmtKind) -> StmtId {
        self.cx.hir.stmts.push(Stmt { kind, span })
    }

    pub(super) fn let_stmt(&mut self, span: Span, pat: PatId, init: ExprId, source: LocalSource) -> StmtId {
        let let_ = LetStmt { super_: None, pat, ty: None, init: Some(init), els: None, span, source };
        self.stmt(span, StmtKind::Let(let_))
    }

    pub(super) fn super_let(&mut self, span: Span, pat: PatId, init: ExprId) -> StmtId {
        let source = LocalSource::Normal;
        let let_ = LetStmt { super_: Some(span), pat, ty: None, init: Some(init), els: None, span, source };
        self.stmt(span, StmtKind::Let(let_))
    }

    pub(super) fn ref_of(&mut self, span: Span, mutability: Mutability, expr: ExprId) -> ExprId {
        self.expr(span, ExprKind::AddrOf(BorrowKind::Ref, mutability, expr))
    }

    pub(super) fn unit(&mut self, span: Span) -> ExprId {
        self.expr(span, ExprKind::Tup(Vec::new()))
    }
}
