//! How long variables and temporaries live (rustc's `region`).

use hir::body::{ArmId, BlockId, Body, ExprId, Hir, Node, PatId, StmtId};
use hir::expr::{ExprKind, LocalSource, StmtKind};
use hir::pat::PatKind;
use hir::path::{QPath, Res};
use rustc_hash::FxHashMap;
use syntax::ast::BinOp;
use thir::{ItemLocalId, Scope, ScopeData, ScopeTree};
use ty::{CtorKind, DefKind};

/// Numbers for the nodes of a body, all kinds together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers {
    exprs: u32,
    pats: u32,
    blocks: u32,
    stmts: u32,
    arms: u32,
}

impl Numbers {
    pub fn new(hir: &Hir) -> Numbers {
        let exprs = hir.exprs.len() as u32;
        let pats = exprs + hir.pats.len() as u32;
        let blocks = pats + hir.blocks.len() as u32;
        let stmts = blocks + hir.stmts.len() as u32;
        Numbers { exprs, pats, blocks, stmts, arms: stmts + hir.arms.len() as u32 }
    }
    pub fn expr(self, id: ExprId) -> ItemLocalId {
        ItemLocalId::from_u32(id.as_u32())
    }
    pub fn pat(self, id: PatId) -> ItemLocalId {
        ItemLocalId::from_u32(self.exprs + id.as_u32())
    }
    pub fn block(self, id: BlockId) -> ItemLocalId {
        ItemLocalId::from_u32(self.pats + id.as_u32())
    }
    pub fn stmt(self, id: StmtId) -> ItemLocalId {
        ItemLocalId::from_u32(self.blocks + id.as_u32())
    }
    pub fn arm(self, id: ArmId) -> ItemLocalId {
        ItemLocalId::from_u32(self.stmts + id.as_u32())
    }
    /// Of the `let` that a statement is.
    pub fn local(self, id: StmtId) -> ItemLocalId {
        ItemLocalId::from_u32(self.arms + id.as_u32())
    }
    /// Of a parameter: of a node for each pattern.
    pub fn param(self, pat: PatId) -> ItemLocalId {
        ItemLocalId::from_u32(self.arms + (self.stmts - self.blocks) + pat.as_u32())
    }
}

#[derive(Clone, Copy)]
struct Context {
    parent: Option<Scope>,
    var_parent: Option<Scope>,
}

struct Resolver<'h> {
    hir: &'h Hir,
    numbers: Numbers,
    is_2024: &'h dyn Fn(syntax::span::Span) -> bool,
    tree: ScopeTree,
    cx: Context,
    extended_super_lets: FxHashMap<PatId, Option<Scope>>,
    /// The node around whose lint levels an attribute sets.
    lint_root: Option<ItemLocalId>,
    /// In a statement that a destructuring assignment makes.
    in_assign_desugar: bool,
}

/// The scopes of a body with its closures. `is_fn`: it is no constant's or static's.
pub(crate) fn scopes(hir: &Hir, is_fn: bool, is_2024: &dyn Fn(syntax::span::Span) -> bool) -> ScopeTree {
    let mut resolver = Resolver {
        hir,
        numbers: Numbers::new(hir),
        is_2024,
        tree: ScopeTree::default(),
        cx: Context { parent: None, var_parent: None },
        extended_super_lets: FxHashMap::default(),
        lint_root: None,
        in_assign_desugar: false,
    };
    resolver.body(&hir.body, is_fn);
    resolver.tree
}

/// The number of a statement that is at a place in its block.
pub(crate) fn stmt_number(hir: &Hir, stmt: StmtId, index: usize) -> u32 {
    hir.stmt_numbers.get(&stmt).copied().unwrap_or(index as u32)
}

pub(crate) fn node(id: ItemLocalId) -> Scope {
    Scope { local_id: id, data: ScopeData::Node }
}

impl Resolver<'_> {
    fn enter(&mut self, scope: Scope) {
        if let Some(parent) = self.cx.parent {
            self.tree.parents.insert(scope, parent);
        }
        self.cx.parent = Some(scope);
    }
    fn enter_node(&mut self, id: ItemLocalId, terminating: bool) {
        if terminating {
            self.enter(Scope { local_id: id, data: ScopeData::Destruction });
        }
        self.enter(node(id));
    }

    /// Notes the lint levels of a node, which its attributes may set. Gives those around, for when it is left.
    fn enter_lint_levels(&mut self, node: Node, number: ItemLocalId) -> Option<ItemLocalId> {
        let outer = self.lint_root;
        if self.hir.lint_levels.contains(&node) {
            self.lint_root = Some(number);
        }
        if let Some(root) = self.lint_root {
            self.tree.lint_roots.insert(number, root);
        }
        outer
    }

    /// MIR has the levels of the body's own nodes, not of those around it.
    fn body(&mut self, body: &Body, is_fn: bool) {
        let before = self.cx;
        let outer_levels = self.lint_root.take();
        let id = self.numbers.expr(body.value);
        self.enter(Scope { local_id: id, data: ScopeData::CallSite });
        self.enter(Scope { local_id: id, data: ScopeData::Arguments });
        if is_fn {
            self.cx.var_parent = self.cx.parent;
            for param in &body.params {
                let levels = self.enter_lint_levels(Node::Param(param.pat), self.numbers.param(param.pat));
                self.pat(param.pat);
                self.lint_root = levels;
            }
            self.expr(body.value, true);
        } else {
            self.cx.var_parent = None;
            self.enter(Scope { local_id: id, data: ScopeData::Destruction });
            self.local(None, Some(body.value), false);
        }
        self.lint_root = outer_levels;
        self.cx = before;
    }

    fn block(&mut self, id: BlockId, terminating: bool) {
        let before = self.cx;
        let block = &self.hir[id];
        let number = self.numbers.block(id);
        self.enter_node(number, terminating);
        self.cx.var_parent = self.cx.parent;
        for (index, &stmt) in block.stmts.iter().enumerate() {
            match &self.hir[stmt].kind {
                StmtKind::Let(local) => {
                    let remainder =
                        Scope { local_id: number, data: ScopeData::Remainder(stmt_number(self.hir, stmt, index)) };
                    // What `else` does is outside of what is bound.
                    let outside = self.cx;
                    self.enter(remainder);
                    self.cx.var_parent = self.cx.parent;
                    let levels = self.enter_lint_levels(Node::Let(stmt), self.numbers.local(stmt));
                    let outer_assign = self.in_assign_desugar;
                    self.in_assign_desugar |= matches!(local.source, LocalSource::AssignDesugar(_));
                    self.stmt(stmt);
                    self.in_assign_desugar = outer_assign;
                    if let Some(els) = local.els {
                        let inside = std::mem::replace(&mut self.cx, outside);
                        self.block(els, true);
                        self.cx = inside;
                    }
                    self.lint_root = levels;
                }
                StmtKind::Item(_) => {}
                StmtKind::Expr(_) | StmtKind::Semi(_) => self.stmt(stmt),
            }
        }
        if let Some(tail) = block.expr {
            // What the edition changed is noted for a lint that nobody asked for; a hint where a coroutine drops would be a
            // block of its own.
            self.expr(tail, (self.is_2024)(block.span));
        }
        self.cx = before;
    }

    fn stmt(&mut self, id: StmtId) {
        let kind = self.hir[id].kind;
        let is_super = matches!(&kind, StmtKind::Let(local) if local.super_.is_some());
        let parent = self.cx.parent;
        if !is_super {
            self.enter_node(self.numbers.stmt(id), true);
        }
        match kind {
            StmtKind::Let(local) => self.local(Some(local.pat), local.init, is_super),
            StmtKind::Expr(expr) | StmtKind::Semi(expr) => self.expr(expr, false),
            StmtKind::Item(_) => {}
        }
        if !is_super {
            self.cx.parent = parent;
        }
    }

    fn pat(&mut self, id: PatId) {
        let hir = self.hir;
        let levels = self.enter_lint_levels(Node::Pat(id), self.numbers.pat(id));
        if let PatKind::Binding(_, _, ident, _) = hir[id].kind {
            if let Some(scope) = self.cx.var_parent {
                self.tree.var_scopes.insert(self.numbers.pat(id), scope);
            }
            // As in rustc, those of the user's own that are in what is assigned are among them.
            if self.in_assign_desugar && ident.name.as_str() == "lhs" {
                self.tree.assign_desugar_vars.insert(self.numbers.pat(id));
            }
        }
        match &hir[id].kind {
            PatKind::Binding(_, _, _, inner) => inner.iter().for_each(|&inner| self.pat(inner)),
            PatKind::Struct(_, fields, _) => fields.iter().for_each(|field| self.pat(field.pat)),
            PatKind::TupleStruct(_, all, _) | PatKind::Or(all) | PatKind::Tuple(all, _) => {
                all.iter().for_each(|&inner| self.pat(inner));
            }
            PatKind::Box(inner) | PatKind::Deref(inner) | PatKind::Ref(inner, ..) => self.pat(*inner),
            PatKind::Guard(inner, guard) => {
                self.pat(*inner);
                self.expr(*guard, false);
            }
            PatKind::Slice(before, rest, after) => {
                before.iter().chain(rest).chain(after).for_each(|&inner| self.pat(inner));
            }
            _ => {}
        }
        self.lint_root = levels;
    }

    fn arm(&mut self, id: ArmId) {
        let before = self.cx;
        let arm = &self.hir[id];
        let number = self.numbers.arm(id);
        self.enter_node(number, true);
        let levels = self.enter_lint_levels(Node::Arm(id), number);
        self.cx.var_parent = self.cx.parent;
        self.pat(arm.pat);
        if let Some(guard) = arm.guard {
            self.enter(Scope { local_id: number, data: ScopeData::MatchGuard });
            self.cx.var_parent = self.cx.parent;
            self.condition(guard);
        }
        self.expr(arm.body, false);
        self.lint_root = levels;
        self.cx = before;
    }

    fn is_logical_or_let(&self, id: ExprId) -> bool {
        matches!(self.hir[id].kind, ExprKind::Let(_) | ExprKind::Binary(BinOp::And | BinOp::Or, ..))
    }
    fn condition(&mut self, id: ExprId) {
        self.expr(id, !self.is_logical_or_let(id));
    }

    fn expr(&mut self, id: ExprId, terminating: bool) {
        ty::ensure_stack();
        let hir = self.hir;
        let before = self.cx;
        self.enter_node(self.numbers.expr(id), terminating);
        let levels = self.enter_lint_levels(Node::Expr(id), self.numbers.expr(id));
        match &hir[id].kind {
            ExprKind::Binary(BinOp::And | BinOp::Or, _, left, right) => {
                self.condition(*left);
                let is_let = matches!(hir[*right].kind, ExprKind::Let(_));
                self.expr(*right, !is_let);
            }
            ExprKind::Closure(closure) => self.body(&closure.body, true),
            ExprKind::ConstBlock(block) => self.body(&block.body, false),
            ExprKind::AssignOp(_, _, left, right) => {
                self.expr(*right, false);
                self.expr(*left, false);
            }
            ExprKind::If(condition, then, otherwise) => {
                let inside = self.cx;
                let data = match (self.is_2024)(hir[id].span) {
                    true => ScopeData::IfThenRescope,
                    false => ScopeData::IfThen,
                };
                self.enter(Scope { local_id: self.numbers.expr(*then), data });
                self.cx.var_parent = self.cx.parent;
                self.condition(*condition);
                self.expr(*then, true);
                self.cx = inside;
                if let Some(otherwise) = otherwise {
                    self.expr(*otherwise, true);
                }
            }
            ExprKind::Loop(body, ..) => self.block(*body, true),
            ExprKind::DropTemps(inner) => self.expr(*inner, true),
            ExprKind::Match(scrutinee, arms, _) => {
                self.expr(*scrutinee, false);
                arms.iter().for_each(|&arm| self.arm(arm));
            }
            ExprKind::Let(condition) => {
                self.expr(condition.init, false);
                self.pat(condition.pat);
            }
            ExprKind::Block(block, _) => self.block(*block, false),
            _ => {
                let mut all = Vec::new();
                crate::walk::parts(hir, id, &mut |part| all.push(part));
                for part in all {
                    match part {
                        crate::walk::Part::Expr(expr) => self.expr(expr, false),
                        crate::walk::Part::Pat(pat) => self.pat(pat),
                        crate::walk::Part::Block(block) => self.block(block, false),
                    }
                }
            }
        }
        self.lint_root = levels;
        self.cx = before;
    }

    fn local(&mut self, pat: Option<PatId>, init: Option<ExprId>, is_super: bool) {
        let mut extends = true;
        if is_super {
            match pat.and_then(|pat| self.extended_super_lets.remove(&pat)) {
                Some(scope) => self.cx.var_parent = scope,
                None => {
                    if let Some(inner) = self.cx.var_parent {
                        self.cx.var_parent = self.tree.default_temporary_scope(inner).map(|(scope, _)| scope);
                    }
                    extends = false;
                }
            }
        }
        if let (true, Some(init)) = (extends, init) {
            self.extend_borrows(init, self.cx.var_parent);
            if pat.is_some_and(|pat| self.is_binding(pat)) {
                self.extend(init, self.cx.var_parent);
            }
        }
        if let Some(init) = init {
            self.expr(init, false);
        }
        if let Some(pat) = pat {
            self.pat(pat);
        }
    }

    /// Whether a pattern binds by `ref`, so that what it matches must live on.
    fn is_binding(&self, id: PatId) -> bool {
        let any = |all: &[PatId]| all.iter().any(|&pat| self.is_binding(pat));
        match &self.hir[id].kind {
            PatKind::Binding(mode, ..) => mode.by_ref.is_some(),
            PatKind::Struct(_, fields, _) => fields.iter().any(|field| self.is_binding(field.pat)),
            PatKind::Slice(before, rest, after) => {
                any(before) || rest.is_some_and(|rest| self.is_binding(rest)) || any(after)
            }
            PatKind::Or(all) | PatKind::TupleStruct(_, all, _) | PatKind::Tuple(all, _) => any(all),
            PatKind::Box(inner) | PatKind::Deref(inner) | PatKind::Guard(inner, _) => self.is_binding(*inner),
            _ => false,
        }
    }

    fn extend_borrows(&mut self, id: ExprId, scope: Option<Scope>) {
        let hir = self.hir;
        match &hir[id].kind {
            ExprKind::AddrOf(_, _, inner) => {
                self.extend_borrows(*inner, scope);
                self.extend(*inner, scope);
            }
            ExprKind::Struct(_, fields, _) => {
                fields.iter().for_each(|field| self.extend_borrows(field.expr, scope));
            }
            ExprKind::Array(all) | ExprKind::Tup(all) => {
                all.iter().for_each(|&inner| self.extend_borrows(inner, scope));
            }
            ExprKind::Cast(inner, _) => self.extend_borrows(*inner, scope),
            ExprKind::Block(block, _) => {
                if let Some(tail) = hir[*block].expr {
                    self.extend_borrows(tail, scope);
                }
                for &stmt in &hir[*block].stmts {
                    if let StmtKind::Let(local) = &hir[stmt].kind
                        && local.super_.is_some()
                    {
                        self.extended_super_lets.insert(local.pat, scope);
                    }
                }
            }
            ExprKind::If(_, then, otherwise) => {
                self.extend_borrows(*then, scope);
                if let Some(otherwise) = otherwise {
                    self.extend_borrows(*otherwise, scope);
                }
            }
            ExprKind::Match(_, arms, _) => arms.iter().for_each(|&arm| self.extend_borrows(hir[arm].body, scope)),
            ExprKind::Call(callee, args) => {
                if let ExprKind::Path(QPath::Resolved(None, path)) = &hir[*callee].kind
                    && let Res::SelfCtor(_) | Res::Def(DefKind::Ctor(_, CtorKind::Fn), _) = path.res
                {
                    args.iter().for_each(|&arg| self.extend_borrows(arg, scope));
                }
            }
            _ => {}
        }
    }

    fn extend(&mut self, id: ExprId, scope: Option<Scope>) {
        self.tree.extended_temp_scopes.insert(self.numbers.expr(id), scope);
        match &self.hir[id].kind {
            ExprKind::AddrOf(_, _, inner)
            | ExprKind::Unary(syntax::ast::UnOp::Deref, inner)
            | ExprKind::Field(inner, _)
            | ExprKind::Index(inner, ..) => self.extend(*inner, scope),
            _ => {}
        }
    }
}
