//! Scopes of temporaries and variables, by rustc's rules (its module `rustc_hir_analysis::check::region`), worked out from typed
//! bodies.
//!
//! The rules speak of expressions as they are written. Each of these is a `Scope` here, around what coercions made of it.

use super::types::Lookup;
use thir::*;
use ty::{Mutability, Span, TyKind};

#[derive(Clone, Copy)]
struct Context {
    parent: Option<Scope>,
    var_parent: Option<Scope>,
}

struct Visitor<'a, 'tcx> {
    lookup: &'a Lookup<'tcx>,
    thir: &'a Thir<'tcx>,
    edition: u16,
    tree: ScopeTree,
    at: Context,
    /// Variables of `super let`s that live as long as what their block's value is extended to.
    extended: Vec<(LocalVarId, Option<Scope>)>,
    /// The node with the attribute that what is visited is under.
    lint_root: Option<ItemLocalId>,
}

pub(super) fn scopes<'tcx>(lookup: &Lookup<'tcx>, thir: &Thir<'tcx>, root: ExprId, edition: u16) -> ScopeTree {
    let at = Context { parent: None, var_parent: None };
    let mut visitor =
        Visitor { lookup, thir, edition, tree: ScopeTree::default(), at, extended: Vec::new(), lint_root: None };
    let ExprKind::Scope { hir_id, .. } = thir[root].kind else { return visitor.tree };
    let local_id = hir_id.local_id;
    visitor.enter(Scope { local_id, data: ScopeData::CallSite });
    visitor.enter(Scope { local_id, data: ScopeData::Arguments });
    if let BodyTy::Fn(_) = thir.body_type {
        visitor.at.var_parent = visitor.at.parent;
        for pat in thir.params.iter().filter_map(|param| param.pat.as_ref()) {
            visitor.pat(pat);
        }
        visitor.expr(root, true);
    } else {
        visitor.enter(Scope { local_id, data: ScopeData::Destruction });
        visitor.extend_if_borrow(root, None);
        visitor.expr(root, false);
    }
    visitor.tree
}

impl<'tcx> Visitor<'_, 'tcx> {
    fn enter(&mut self, scope: Scope) {
        if let Some(parent) = self.at.parent {
            self.tree.parents.insert(scope, parent);
        }
        self.at.parent = Some(scope);
    }

    fn enter_node(&mut self, local_id: ItemLocalId, terminating: bool) {
        if terminating {
            self.enter(Scope { local_id, data: ScopeData::Destruction });
        }
        self.enter(Scope { local_id, data: ScopeData::Node });
    }

    /// The edition of a block: of the macro that wrote it, or of the crate. What metadata does not know of is, in the
    /// toolchain's own files, of the newest.
    fn edition_of(&self, block: &Block) -> u16 {
        match self.lookup.edition(block.span) {
            Some(edition) => edition,
            None if self.lookup.files.is_std(block.span) => 2024,
            None => self.edition,
        }
    }

    /// Nodes on and under an attribute for lints have a source scope: of attributes, the text has only what desugarings and
    /// `matches!` are known to make.
    fn note_lint_root(&mut self, node: ItemLocalId) {
        if let Some(root) = self.lint_root {
            self.tree.lint_roots.insert(node, root);
        }
    }

    /// `matches!` allows a lint for its match.
    fn is_matches_macro(&self, arms: &[ArmId], span: Span) -> bool {
        let is_bool = |&arm: &ArmId| matches!(self.kind(self.thir[arm].body), ExprKind::Literal { lit, .. } if matches!(lit.node, LitKind::Bool(_)));
        arms.len() == 2 && arms.iter().all(is_bool) && self.lookup.files.is_std(span)
    }

    fn pat(&mut self, pat: &Pat<'tcx>) {
        let parent = self.at.var_parent;
        let root = self.lint_root;
        let tree = &mut self.tree;
        pat.walk(&mut |pat| {
            // What a destructuring assignment desugars to has variables of this name, in the places of what is assigned.
            if let PatKind::Binding { name, var, mode: BindingMode(ByRef::No, Mutability::Not), .. } = &pat.kind
                && name.as_str() == "lhs"
                && pat.span.hi - pat.span.lo != "lhs".len() as u32
            {
                tree.assign_desugar_vars.insert(var.local_id());
            }
            if let (PatKind::Binding { var, is_primary: true, .. }, Some(scope)) = (&pat.kind, parent) {
                tree.var_scopes.insert(var.local_id(), scope);
                if let Some(root) = root {
                    tree.lint_roots.insert(var.local_id(), root);
                }
            }
            true
        });
    }

    fn kind(&self, id: ExprId) -> &ExprKind<'tcx> {
        match &self.thir[id].kind {
            ExprKind::Scope { value, .. } => &self.thir[*value].kind,
            kind => kind,
        }
    }

    fn is_let(&self, id: ExprId) -> bool {
        matches!(self.kind(id), ExprKind::Let { .. })
    }

    fn is_logical(&self, id: ExprId) -> bool {
        matches!(self.kind(id), ExprKind::LogicalOp { .. })
    }

    fn cond(&mut self, id: ExprId) {
        let terminating = !self.is_let(id) && !self.is_logical(id);
        self.expr(id, terminating);
    }

    fn expr(&mut self, id: ExprId, terminating: bool) {
        let thir = self.thir;
        let expr = &thir[id];
        let ExprKind::Scope { hir_id, value, .. } = expr.kind else { return self.parts(id) };
        let outer = self.at;
        self.tree.node_spans.insert(hir_id.local_id, expr.span);
        self.enter_node(hir_id.local_id, terminating);
        let outer_root = self.lint_root;
        if let ExprKind::Match { arms, .. } = &thir[value].kind
            && self.is_matches_macro(arms, expr.span)
        {
            self.lint_root = Some(hir_id.local_id);
        }
        self.note_lint_root(hir_id.local_id);
        self.parts(value);
        self.lint_root = outer_root;
        self.at = outer;
    }

    /// What an expression other than a scope consists of.
    fn parts(&mut self, id: ExprId) {
        let thir = self.thir;
        let expr = &thir[id];
        match &expr.kind {
            ExprKind::Scope { .. } => self.expr(id, false),
            ExprKind::LogicalOp { lhs, rhs, .. } => {
                let terminate_lhs = !self.is_let(*lhs) && !self.is_logical(*lhs);
                let terminate_rhs = !self.is_let(*rhs);
                self.expr(*lhs, terminate_lhs);
                self.expr(*rhs, terminate_rhs);
            }
            ExprKind::If { if_then_scope, cond, then, else_opt } => {
                let outer = self.at;
                self.enter(*if_then_scope);
                self.at.var_parent = self.at.parent;
                self.cond(*cond);
                self.expr(*then, true);
                self.at = outer;
                if let Some(otherwise) = else_opt {
                    self.expr(*otherwise, true);
                }
            }
            ExprKind::Loop { body } => match thir[*body].kind {
                ExprKind::Block { block } => self.block(block, true),
                _ => self.expr(*body, true),
            },
            // What drops temporaries is where its operand is, perhaps in the context of a desugaring; a cast is longer.
            ExprKind::Use { source } => {
                let operand = &thir[*source];
                let is_there = Span { ctxt: expr.span.ctxt, ..operand.span } == expr.span;
                let drops_temps = is_there && operand.ty == expr.ty;
                self.expr(*source, drops_temps);
            }
            ExprKind::Let { expr, pat } => {
                self.expr(*expr, false);
                self.pat(pat);
            }
            ExprKind::Match { scrutinee, arms, match_source } => {
                self.expr(*scrutinee, false);
                for &arm in arms {
                    // What `?` desugars to allows that code is not reached.
                    let allows = matches!(match_source, MatchSource::TryDesugar(_));
                    self.arm(arm, allows);
                }
            }
            ExprKind::Block { block } => self.block(*block, false),
            kind => each_part(kind, &mut |part| self.expr(part, false)),
        }
    }

    fn arm(&mut self, id: ArmId, allows_in_body: bool) {
        let arm = &self.thir[id];
        let outer = self.at;
        let local_id = arm.scope.local_id;
        self.tree.node_spans.insert(local_id, arm.span);
        self.enter_node(local_id, true);
        self.note_lint_root(local_id);
        self.at.var_parent = self.at.parent;
        self.pat(&arm.pattern);
        if let Some(guard) = arm.guard {
            self.enter(Scope { local_id, data: ScopeData::MatchGuard });
            self.at.var_parent = self.at.parent;
            self.cond(guard);
        }
        let outer_root = self.lint_root;
        if let ExprKind::Scope { hir_id, .. } = self.thir[arm.body].kind
            && allows_in_body
        {
            self.lint_root = Some(hir_id.local_id);
        }
        self.expr(arm.body, false);
        self.lint_root = outer_root;
        self.at = outer;
    }

    fn block(&mut self, id: BlockId, terminating: bool) {
        let thir = self.thir;
        let block = &thir[id];
        let outer = self.at;
        let local_id = block.region_scope.local_id;
        self.tree.node_spans.insert(local_id, block.span);
        self.enter_node(local_id, terminating);
        self.at.var_parent = self.at.parent;
        for &stmt in &block.stmts {
            match &thir[stmt].kind {
                StmtKind::Expr { scope, expr } => {
                    let before = self.at.parent;
                    self.enter_node(scope.local_id, true);
                    self.expr(*expr, false);
                    self.at.parent = before;
                }
                StmtKind::Let { remainder_scope, init_scope, pattern, initializer, else_block, hir_id, .. } => {
                    self.note_lint_root(hir_id.local_id);
                    let before = self.at;
                    self.enter(*remainder_scope);
                    self.at.var_parent = self.at.parent;
                    if self.is_super_let(pattern) {
                        self.super_let(pattern, *initializer);
                    } else {
                        let parent = self.at.parent;
                        self.enter_node(init_scope.local_id, true);
                        self.local(Some(pattern), *initializer, true);
                        self.at.parent = parent;
                    }
                    if let Some(otherwise) = *else_block {
                        let inside = std::mem::replace(&mut self.at, before);
                        self.block(otherwise, true);
                        self.at = inside;
                    }
                }
            }
        }
        if let Some(tail) = block.expr {
            let terminating = self.edition_of(block) >= 2024;
            self.expr(tail, terminating);
        }
        self.at = outer;
    }

    /// `super let` is not told apart in typed bodies. The toolchain's macros alone have it, for variables of these names.
    fn is_super_let(&self, pat: &Pat<'tcx>) -> bool {
        let PatKind::Binding { name, .. } = pat.kind else { return false };
        let is_expanded = pat.span.ctxt != ty::SyntaxContext::ROOT;
        match name.as_str() {
            "args" => is_expanded && matches!(pat.ty.kind(), TyKind::Tuple(_) | TyKind::Array(..)),
            "pinned" => is_expanded && self.lookup.files.is_std(pat.span),
            _ => false,
        }
    }

    fn super_let(&mut self, pat: &Pat<'tcx>, init: Option<ExprId>) {
        let PatKind::Binding { var, .. } = pat.kind else { return };
        match self.extended.iter().position(|(known, _)| *known == var) {
            Some(at) => {
                self.at.var_parent = self.extended.swap_remove(at).1;
                self.local(Some(pat), init, true);
            }
            None => {
                if let Some(inner) = self.at.var_parent {
                    self.at.var_parent = self.tree.default_temporary_scope(inner).map(|(scope, _)| scope);
                }
                self.local(Some(pat), init, false);
            }
        }
    }

    fn local(&mut self, pat: Option<&Pat<'tcx>>, init: Option<ExprId>, extends: bool) {
        let scope = self.at.var_parent;
        if let Some(init) = init {
            if extends {
                self.extend_if_borrow(init, scope);
                if pat.is_some_and(binds_by_reference) {
                    self.extend(init, scope);
                }
            }
            self.expr(init, false);
        }
        if let Some(pat) = pat {
            self.pat(pat);
        }
    }

    /// The expression as it is written, without what coercions made of it: its node, and its kind.
    fn written(&self, id: ExprId) -> Option<(ItemLocalId, &ExprKind<'tcx>)> {
        let ExprKind::Scope { hir_id, value, .. } = self.thir[id].kind else { return None };
        let mut kind = &self.thir[value].kind;
        while let ExprKind::Borrow { arg: inner, .. }
        | ExprKind::RawBorrow { arg: inner, .. }
        | ExprKind::Deref { arg: inner }
        | ExprKind::PointerCoercion { source: inner, .. }
        | ExprKind::NeverToAny { source: inner }
        | ExprKind::Use { source: inner }
        | ExprKind::ValueTypeAscription { source: inner, .. }
        | ExprKind::PlaceTypeAscription { source: inner, .. } = kind
        {
            let next = &self.thir[*inner].kind;
            let is_operator = matches!(next, ExprKind::Call { from_hir_call: false, args, .. }
                if args.first().is_some_and(|&arg| matches!(self.thir[arg].kind, ExprKind::Scope { .. })));
            if matches!(next, ExprKind::Scope { .. }) || is_operator && matches!(kind, ExprKind::Deref { .. }) {
                break;
            }
            kind = next;
        }
        Some((hir_id.local_id, kind))
    }

    /// Temporaries that are borrowed in a value live as long as the value.
    fn extend_if_borrow(&mut self, id: ExprId, scope: Option<Scope>) {
        let thir = self.thir;
        let Some((_, kind)) = self.written(id) else { return };
        let kind = kind.clone();
        match &kind {
            ExprKind::Borrow { arg, .. } | ExprKind::RawBorrow { arg, .. } => {
                self.extend_if_borrow(*arg, scope);
                self.extend(*arg, scope);
            }
            ExprKind::Adt(adt) => adt.fields.iter().for_each(|field| self.extend_if_borrow(field.expr, scope)),
            ExprKind::Array { fields } | ExprKind::Tuple { fields } => {
                fields.iter().for_each(|&field| self.extend_if_borrow(field, scope));
            }
            ExprKind::Cast { source } | ExprKind::Use { source } | ExprKind::PointerCoercion { source, .. } => {
                self.extend_if_borrow(*source, scope);
            }
            ExprKind::Block { block } => {
                let block = &thir[*block];
                if let Some(tail) = block.expr {
                    self.extend_if_borrow(tail, scope);
                }
                for &stmt in &block.stmts {
                    if let StmtKind::Let { pattern, .. } = &thir[stmt].kind
                        && self.is_super_let(pattern)
                        && let PatKind::Binding { var, .. } = pattern.kind
                    {
                        self.extended.push((var, scope));
                    }
                }
            }
            ExprKind::If { then, else_opt, .. } => {
                self.extend_if_borrow(*then, scope);
                if let Some(otherwise) = else_opt {
                    self.extend_if_borrow(*otherwise, scope);
                }
            }
            ExprKind::Match { arms, .. } => {
                arms.iter().for_each(|&arm| self.extend_if_borrow(thir[arm].body, scope));
            }
            _ => {}
        }
    }

    /// A temporary and those that it is a part of live as long as the scope.
    fn extend(&mut self, id: ExprId, scope: Option<Scope>) {
        let Some((node, kind)) = self.written(id) else { return };
        let inner = match kind {
            ExprKind::Borrow { arg, .. } | ExprKind::RawBorrow { arg, .. } => Some(*arg),
            ExprKind::Deref { arg } => match &self.thir[*arg].kind {
                ExprKind::Call { args, .. } => args.first().copied(),
                _ => Some(*arg),
            },
            ExprKind::Field { lhs, .. } | ExprKind::Index { lhs, .. } => Some(*lhs),
            _ => None,
        };
        self.tree.extended_temp_scopes.insert(node, scope);
        if let Some(inner) = inner {
            self.extend(inner, scope);
        }
    }
}

/// Whether a pattern has `ref` in it (and not only by its default mode).
fn binds_by_reference(pat: &Pat<'_>) -> bool {
    match &pat.kind {
        PatKind::Binding { mode, .. } => mode.0 != ByRef::No,
        // What is dereferenced by `&` is not looked into, as it is written; what is so by its mode has the same place.
        PatKind::Deref { subpattern, .. } => pat.span == subpattern.span && has_ref(subpattern),
        _ => {
            let mut found = false;
            pat.for_each_subpattern(&mut |pat| found |= binds_by_reference(pat));
            found
        }
    }
}

/// As [`binds_by_reference`], within what is dereferenced: only that a binding is longer than its name says that it has `ref`.
fn has_ref(pat: &Pat<'_>) -> bool {
    if let PatKind::Binding { mode, name, subpattern: None, .. } = &pat.kind {
        return mode.0 != ByRef::No && pat.span.hi - pat.span.lo >= ("ref ".len() + name.as_str().len()) as u32;
    }
    if matches!(&pat.kind, PatKind::Deref { subpattern, .. } if pat.span != subpattern.span) {
        return false;
    }
    let mut found = false;
    pat.for_each_subpattern(&mut |pat| found |= has_ref(pat));
    found
}

/// The expressions directly in one that has no scopes of its own.
fn each_part(kind: &ExprKind<'_>, visit: &mut dyn FnMut(ExprId)) {
    match kind {
        ExprKind::Call { fun, args, .. } => {
            visit(*fun);
            args.iter().for_each(|&arg| visit(arg));
        }
        ExprKind::Deref { arg }
        | ExprKind::Unary { arg, .. }
        | ExprKind::Borrow { arg, .. }
        | ExprKind::RawBorrow { arg, .. }
        | ExprKind::ByUse { expr: arg, .. }
        | ExprKind::Cast { source: arg }
        | ExprKind::NeverToAny { source: arg }
        | ExprKind::PointerCoercion { source: arg, .. }
        | ExprKind::PlaceTypeAscription { source: arg, .. }
        | ExprKind::ValueTypeAscription { source: arg, .. }
        | ExprKind::PlaceUnwrapUnsafeBinder { source: arg }
        | ExprKind::ValueUnwrapUnsafeBinder { source: arg }
        | ExprKind::WrapUnsafeBinder { source: arg }
        | ExprKind::Field { lhs: arg, .. }
        | ExprKind::Become { value: arg }
        | ExprKind::ConstContinue { value: arg, .. }
        | ExprKind::Repeat { value: arg, .. }
        | ExprKind::Yield { value: arg } => visit(*arg),
        ExprKind::Binary { lhs, rhs, .. }
        | ExprKind::Assign { lhs, rhs }
        | ExprKind::AssignOp { lhs, rhs, .. }
        | ExprKind::Index { lhs, index: rhs } => {
            visit(*lhs);
            visit(*rhs);
        }
        ExprKind::Break { value, .. } | ExprKind::Return { value } => value.iter().for_each(|&value| visit(value)),
        ExprKind::Array { fields } | ExprKind::Tuple { fields } => fields.iter().for_each(|&field| visit(field)),
        ExprKind::Adt(adt) => {
            adt.fields.iter().for_each(|field| visit(field.expr));
            if let AdtExprBase::Base(info) = &adt.base {
                visit(info.base);
            }
        }
        ExprKind::Closure(closure) => {
            closure.upvars.iter().for_each(|&upvar| visit(upvar));
            closure.fake_reads.iter().for_each(|&(place, ..)| visit(place));
        }
        _ => {}
    }
}
