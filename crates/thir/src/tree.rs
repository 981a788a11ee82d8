//! Bodies as trees: one node a line, what is in it below and further right.
//!
//! Unlike the tables ([`crate::print`]), a tree does not tell in which order its nodes were made: nodes of the program and scopes
//! have numbers by first appearance. Types as the user wrote them are left out, which only borrow checking asks for.

use crate::*;
use std::collections::BTreeMap;
use std::fmt::{Debug, Write};
use ty::{Span, Tcx, Ty};

/// A body as a tree. `span` names places.
pub fn print<'tcx>(tcx: Tcx<'tcx>, body: &TypedBody<'tcx>, span: &dyn Fn(Span) -> String) -> String {
    let mut printer = Printer { tcx, thir: &body.thir, span, numbers: BTreeMap::new(), out: String::new(), depth: 0 };
    for param in body.thir.params.iter() {
        let kind = param.self_kind;
        let place = param.ty_span.map(span);
        printer.line(format_args!("param {} {place:?} {kind:?}", tcx.ty_str(param.ty)));
        if let Some(pat) = &param.pat {
            printer.nested(|printer| printer.pat(pat));
        }
    }
    printer.expr(body.root);
    printer.out
}

struct Printer<'a, 'tcx> {
    tcx: Tcx<'tcx>,
    thir: &'a Thir<'tcx>,
    span: &'a dyn Fn(Span) -> String,
    numbers: BTreeMap<ItemLocalId, usize>,
    out: String,
    depth: usize,
}

impl<'tcx> Printer<'_, 'tcx> {
    fn line(&mut self, text: impl std::fmt::Display) {
        let indent = self.depth * 2;
        _ = writeln!(self.out, "{:indent$}{text}", "");
    }
    fn nested(&mut self, f: impl FnOnce(&mut Self)) {
        self.depth += 1;
        f(self);
        self.depth -= 1;
    }
    fn number(&mut self, id: ItemLocalId) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(id).or_insert(next)
    }
    fn scope(&mut self, scope: Scope) -> String {
        let number = self.number(scope.local_id);
        format!("{:?}@{number}", scope.data)
    }
    fn ty(&self, ty: Ty<'tcx>) -> String {
        self.tcx.ty_str(ty)
    }
    fn args(&self, args: ty::GenericArgs<'tcx>) -> String {
        let all: Vec<_> = args
            .iter()
            .map(|arg| match arg {
                ty::GenericArg::Type(ty) => self.tcx.ty_str(ty),
                ty::GenericArg::Const(constant) => self.tcx.const_str(constant),
                ty::GenericArg::Lifetime(_) => "'_".to_owned(),
            })
            .collect();
        all.join(", ")
    }
    fn exprs(&mut self, all: &[ExprId]) {
        self.nested(|printer| all.iter().for_each(|&expr| printer.expr(expr)));
    }
    fn optional(&mut self, expr: Option<ExprId>) {
        self.exprs(expr.as_slice());
    }

    fn expr(&mut self, id: ExprId) {
        ty::ensure_stack();
        let expr = &self.thir[id];
        let place = (self.span)(expr.span);
        let temp = self.number(expr.temp_scope_id);
        let head = format!("{} {place} temp {temp}", self.ty(expr.ty));
        let say = |printer: &mut Self, what: &dyn Debug| printer.line(format_args!("{what:?}: {head}"));
        match &expr.kind {
            ExprKind::Scope { region_scope, value, .. } => {
                let scope = self.scope(*region_scope);
                say(self, &format_args!("Scope {scope}"));
                self.exprs(&[*value]);
            }
            ExprKind::If { if_then_scope, cond, then, else_opt } => {
                let scope = self.scope(*if_then_scope);
                say(self, &format_args!("If {scope}"));
                self.exprs(&[*cond, *then]);
                self.optional(*else_opt);
            }
            ExprKind::Call { ty, fun, args, from_hir_call, fn_span } => {
                let (ty, fn_span) = (self.ty(*ty), (self.span)(*fn_span));
                say(self, &format_args!("Call {ty} {from_hir_call} {fn_span}"));
                self.exprs(&[*fun]);
                self.exprs(args);
            }
            ExprKind::Deref { arg } => {
                say(self, &format_args!("Deref"));
                self.exprs(&[*arg]);
            }
            ExprKind::Binary { op, lhs, rhs } => {
                say(self, &format_args!("Binary {op:?}"));
                self.exprs(&[*lhs, *rhs]);
            }
            ExprKind::LogicalOp { op, lhs, rhs } => {
                say(self, &format_args!("Logical {op:?}"));
                self.exprs(&[*lhs, *rhs]);
            }
            ExprKind::Unary { op, arg } => {
                say(self, &format_args!("Unary {op:?}"));
                self.exprs(&[*arg]);
            }
            ExprKind::Cast { source } => {
                say(self, &format_args!("Cast"));
                self.exprs(&[*source]);
            }
            ExprKind::Use { source } => {
                say(self, &format_args!("Use"));
                self.exprs(&[*source]);
            }
            ExprKind::NeverToAny { source } => {
                say(self, &format_args!("NeverToAny"));
                self.exprs(&[*source]);
            }
            ExprKind::PointerCoercion { cast, source, is_from_as_cast } => {
                say(self, &format_args!("PointerCoercion {cast:?} {is_from_as_cast}"));
                self.exprs(&[*source]);
            }
            ExprKind::Loop { body } => {
                say(self, &format_args!("Loop"));
                self.exprs(&[*body]);
            }
            ExprKind::Let { expr, pat } => {
                say(self, &format_args!("Let"));
                self.exprs(&[*expr]);
                self.nested(|printer| printer.pat(pat));
            }
            ExprKind::Match { scrutinee, arms, match_source } => {
                let source = match match_source {
                    MatchSource::TryDesugar(_) => "TryDesugar".to_owned(),
                    other => format!("{other:?}"),
                };
                say(self, &format_args!("Match {source}"));
                self.exprs(&[*scrutinee]);
                for &arm in arms {
                    let arm = &self.thir[arm];
                    let (scope, place) = (self.scope(arm.scope), (self.span)(arm.span));
                    self.line(format_args!("arm {scope} {place}"));
                    self.nested(|printer| printer.pat(&arm.pattern));
                    self.optional(arm.guard);
                    self.exprs(&[arm.body]);
                }
            }
            ExprKind::Block { block } => {
                say(self, &format_args!("Block"));
                self.nested(|printer| printer.block(*block));
            }
            ExprKind::Assign { lhs, rhs } => {
                say(self, &format_args!("Assign"));
                self.exprs(&[*lhs, *rhs]);
            }
            ExprKind::AssignOp { op, lhs, rhs } => {
                say(self, &format_args!("AssignOp {op:?}"));
                self.exprs(&[*lhs, *rhs]);
            }
            ExprKind::Field { lhs, variant_index, name } => {
                say(self, &format_args!("Field {variant_index:?} {name:?}"));
                self.exprs(&[*lhs]);
            }
            ExprKind::Index { lhs, index } => {
                say(self, &format_args!("Index"));
                self.exprs(&[*lhs, *index]);
            }
            ExprKind::VarRef { id } => {
                let number = self.number(id.local_id());
                say(self, &format_args!("VarRef {number}"));
            }
            ExprKind::UpvarRef { var_hir_id, closure_def_id } => {
                let number = self.number(var_hir_id.local_id());
                say(self, &format_args!("UpvarRef {number} {closure_def_id:?}"));
            }
            ExprKind::Borrow { borrow_kind, arg } => {
                say(self, &format_args!("Borrow {borrow_kind:?}"));
                self.exprs(&[*arg]);
            }
            ExprKind::RawBorrow { mutability, arg } => {
                say(self, &format_args!("RawBorrow {mutability:?}"));
                self.exprs(&[*arg]);
            }
            ExprKind::Break { label, value } => {
                let scope = self.scope(*label);
                say(self, &format_args!("Break {scope}"));
                self.optional(*value);
            }
            ExprKind::Continue { label } => {
                let scope = self.scope(*label);
                say(self, &format_args!("Continue {scope}"));
            }
            ExprKind::Return { value } => {
                say(self, &format_args!("Return"));
                self.optional(*value);
            }
            ExprKind::Repeat { value, count } => {
                let count = self.tcx.const_str(*count);
                say(self, &format_args!("Repeat {count}"));
                self.exprs(&[*value]);
            }
            ExprKind::Array { fields } => {
                say(self, &format_args!("Array"));
                self.exprs(fields);
            }
            ExprKind::Tuple { fields } => {
                say(self, &format_args!("Tuple"));
                self.exprs(fields);
            }
            ExprKind::Adt(adt) => {
                let args = self.args(adt.args);
                say(self, &format_args!("Adt {:?} {:?} [{args}]", adt.adt_def, adt.variant_index));
                for field in &adt.fields {
                    self.line(format_args!("field {:?}", field.name));
                    self.exprs(&[field.expr]);
                }
                match &adt.base {
                    AdtExprBase::None => {}
                    AdtExprBase::Base(base) => {
                        let types: Vec<_> = base.field_types.iter().map(|&ty| self.ty(ty)).collect();
                        self.line(format_args!("base {types:?}"));
                        self.exprs(&[base.base]);
                    }
                    AdtExprBase::DefaultFields(_) => self.line("default fields"),
                }
            }
            ExprKind::PlaceTypeAscription { source, user_ty_span, .. } => {
                let place = (self.span)(*user_ty_span);
                say(self, &format_args!("PlaceTypeAscription {place}"));
                self.exprs(&[*source]);
            }
            ExprKind::ValueTypeAscription { source, user_ty_span, .. } => {
                let place = (self.span)(*user_ty_span);
                say(self, &format_args!("ValueTypeAscription {place}"));
                self.exprs(&[*source]);
            }
            ExprKind::Closure(closure) => {
                let args = match closure.args {
                    UpvarArgs::Closure(args) | UpvarArgs::Coroutine(args) | UpvarArgs::CoroutineClosure(args) => args,
                };
                let args = self.args(args);
                say(self, &format_args!("Closure {:?} [{args}]", closure.closure_id));
                self.exprs(&closure.upvars);
                for (read, cause, _) in &closure.fake_reads {
                    self.line(format_args!("fake read {cause:?}"));
                    self.exprs(&[*read]);
                }
            }
            ExprKind::Literal { lit, neg } => {
                let node = match &lit.node {
                    LitKind::Str(text, _) => LitKind::Str(*text, StrStyle::Cooked),
                    LitKind::ByteStr(bytes, _) => LitKind::ByteStr(bytes.clone(), StrStyle::Cooked),
                    LitKind::CStr(bytes, _) => LitKind::CStr(bytes.clone(), StrStyle::Cooked),
                    other => other.clone(),
                };
                say(self, &format_args!("Literal {node:?} {neg}"));
            }
            ExprKind::NonHirLiteral { lit, .. } => say(self, &format_args!("NonHirLiteral {lit:?}")),
            ExprKind::ZstLiteral { .. } => say(self, &format_args!("ZstLiteral")),
            ExprKind::NamedConst { def_id, args, .. } => {
                let args = self.args(*args);
                say(self, &format_args!("NamedConst {def_id:?} [{args}]"));
            }
            ExprKind::ConstParam { param, def_id } => say(self, &format_args!("ConstParam {param:?} {def_id:?}")),
            ExprKind::StaticRef { ty, def_id } => {
                let ty = self.ty(*ty);
                say(self, &format_args!("StaticRef {ty} {def_id:?}"));
            }
            ExprKind::ThreadLocalRef(def_id) => say(self, &format_args!("ThreadLocalRef {def_id:?}")),
            ExprKind::ConstBlock { did, args } => {
                let args = self.args(*args);
                say(self, &format_args!("ConstBlock {did:?} [{args}]"));
            }
            ExprKind::ByUse { expr, .. } => {
                say(self, &format_args!("ByUse"));
                self.exprs(&[*expr]);
            }
            ExprKind::Become { value } => {
                say(self, &format_args!("Become"));
                self.exprs(&[*value]);
            }
            ExprKind::Yield { value } => {
                say(self, &format_args!("Yield"));
                self.exprs(&[*value]);
            }
            // What ours never has.
            ExprKind::LoopMatch { .. }
            | ExprKind::ConstContinue { .. }
            | ExprKind::PlaceUnwrapUnsafeBinder { .. }
            | ExprKind::ValueUnwrapUnsafeBinder { .. }
            | ExprKind::WrapUnsafeBinder { .. }
            | ExprKind::InlineAsm(_) => say(self, &format_args!("other")),
        }
    }

    fn block(&mut self, id: BlockId) {
        let block = &self.thir[id];
        let (scope, place) = (self.scope(block.region_scope), (self.span)(block.span));
        let safety = match block.safety_mode {
            BlockSafety::Safe => "safe",
            BlockSafety::BuiltinUnsafe => "unsafe of the compiler",
            BlockSafety::ExplicitUnsafe(_) => "unsafe",
        };
        self.line(format_args!("block {scope} {place} {safety} {}", block.targeted_by_break));
        self.nested(|printer| {
            for &stmt in &block.stmts {
                printer.stmt(stmt);
            }
        });
        self.optional(block.expr);
    }

    fn stmt(&mut self, id: StmtId) {
        match &self.thir[id].kind {
            StmtKind::Expr { scope, expr } => {
                let scope = self.scope(*scope);
                self.line(format_args!("stmt {scope}"));
                self.exprs(&[*expr]);
            }
            StmtKind::Let { remainder_scope, init_scope, pattern, initializer, else_block, span, .. } => {
                let (remainder, init) = (self.scope(*remainder_scope), self.scope(*init_scope));
                let place = (self.span)(*span);
                self.line(format_args!("let {remainder} {init} {place}"));
                self.nested(|printer| printer.pat(pattern));
                self.optional(*initializer);
                if let Some(block) = else_block {
                    self.line("else");
                    self.nested(|printer| printer.block(*block));
                }
            }
        }
    }

    fn fields(&mut self, fields: &[FieldPat<'tcx>]) {
        self.nested(|printer| {
            for field in fields {
                printer.line(format_args!("field {:?}", field.field));
                printer.nested(|printer| printer.pat(&field.pattern));
            }
        });
    }

    fn value(&self, value: ty::ValTree<'tcx>) -> String {
        match value.kind() {
            ty::ValTreeKind::Leaf(leaf) => format!("{leaf:?}"),
            ty::ValTreeKind::Branch(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.tcx.const_str(part)).collect();
                format!("{parts:?}")
            }
        }
    }

    fn pat(&mut self, pat: &Pat<'tcx>) {
        let place = (self.span)(pat.span);
        let of_const = pat.extra.as_ref().and_then(|extra| extra.expanded_const);
        let head = format!("{} {place} {of_const:?}", self.ty(pat.ty));
        let say = |printer: &mut Self, what: &dyn Debug| printer.line(format_args!("{what:?}: {head}"));
        match &pat.kind {
            PatKind::Missing => say(self, &format_args!("Missing")),
            PatKind::Wild => say(self, &format_args!("Wild")),
            PatKind::Never => say(self, &format_args!("Never")),
            PatKind::Binding { name, mode, var, ty, subpattern, is_primary, is_shorthand } => {
                let (number, ty) = (self.number(var.local_id()), self.ty(*ty));
                say(self, &format_args!("Binding {name} {mode:?} {number} {ty} {is_primary} {is_shorthand}"));
                if let Some(inner) = subpattern {
                    self.nested(|printer| printer.pat(inner));
                }
            }
            PatKind::Variant { adt_def, args, variant_index, subpatterns } => {
                let args = self.args(*args);
                say(self, &format_args!("Variant {adt_def:?} [{args}] {variant_index:?}"));
                self.fields(subpatterns);
            }
            PatKind::Leaf { subpatterns } => {
                say(self, &format_args!("Leaf"));
                self.fields(subpatterns);
            }
            PatKind::Deref { pin, subpattern } => {
                say(self, &format_args!("Deref {pin:?}"));
                self.nested(|printer| printer.pat(subpattern));
            }
            PatKind::DerefPattern { subpattern, borrow } => {
                say(self, &format_args!("DerefPattern {borrow:?}"));
                self.nested(|printer| printer.pat(subpattern));
            }
            PatKind::Constant { value } => {
                let (ty, value) = (self.ty(value.ty), self.value(value.valtree));
                say(self, &format_args!("Constant {value} {ty}"));
            }
            PatKind::Range(range) => {
                let bound = |bound: PatRangeBoundary<'tcx>| match bound {
                    PatRangeBoundary::Finite(value) => self.value(value),
                    other => format!("{other:?}"),
                };
                let (lo, hi, ty) = (bound(range.lo), bound(range.hi), self.ty(range.ty));
                say(self, &format_args!("Range {lo} {hi} {:?} {ty}", range.end));
            }
            PatKind::Slice { prefix, slice, suffix } | PatKind::Array { prefix, slice, suffix } => {
                let is_array = matches!(pat.kind, PatKind::Array { .. });
                say(self, &format_args!("Slice {is_array}"));
                self.nested(|printer| {
                    prefix.iter().for_each(|pat| printer.pat(pat));
                    printer.line("rest");
                    slice.iter().for_each(|pat| printer.pat(pat));
                    printer.line("suffix");
                    suffix.iter().for_each(|pat| printer.pat(pat));
                });
            }
            PatKind::Or { pats } => {
                say(self, &format_args!("Or"));
                self.nested(|printer| pats.iter().for_each(|pat| printer.pat(pat)));
            }
        }
    }
}
