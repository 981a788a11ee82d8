//! Expressions, blocks, statements.

use super::Builder;
use crate::adjust::{Adjust, Adjustment, AutoBorrow};
use crate::doubt::{Answer, Doubt};
use crate::results::res_def;
use crate::scope::{node, stmt_number};
use crate::types::Look as _;
use hir::body::{ArmId, BlockId, ExprId, StmtId};
use hir::expr::{
    BlockCheckMode, ExprField, ExprKind as Kind, LitIntType as WrittenInt, LitKind as Written, StructTail,
};
use hir::path::Res;
use mir::{BinOp, PointerCoercion, UnOp};
use thir::{
    AdtExpr, AdtExprBase, AssignOp, Block, BlockSafety, BorrowKind, Expr, ExprKind, FieldExpr, FruInfo, Lit,
    LitFloatType, LitIntType, LitKind, LogicalOp, MatchSource, MutBorrowKind, Scope, ScopeData, Stmt, StmtKind,
    StrStyle,
};
use ty::{CtorKind, DefKind, FIRST_VARIANT, FieldIdx, LangItem, Mutability, ScalarInt, Ty, TyKind};

fn borrow(mutability: Mutability) -> BorrowKind {
    match mutability {
        Mutability::Not => BorrowKind::Shared,
        Mutability::Mut => BorrowKind::Mut { kind: MutBorrowKind::Default },
    }
}

impl<'tcx> Builder<'_, '_, 'tcx> {
    fn ty(&self, id: ExprId) -> Answer<Ty<'tcx>> {
        let ty = self.fcx.results.borrow().exprs.get(&id).copied();
        self.fcx.exported(ty.ok_or_else(|| Doubt::new("an expression without a type", ""))?)
    }

    pub(crate) fn expr(&mut self, id: ExprId) -> Answer<thir::ExprId> {
        ty::ensure_stack();
        self.scoped(id).map_err(|doubt| doubt.placed(self.fcx.place_of(id)))
    }

    fn scoped(&mut self, id: ExprId) -> Answer<thir::ExprId> {
        let mut expr = self.unadjusted(id)?;
        let adjustments = self.fcx.results.borrow().adjustments.get(&id).cloned().unwrap_or_default();
        for adjustment in adjustments {
            expr = self.adjusted(id, expr, &adjustment)?;
        }
        let local_id = self.numbers.expr(id);
        let (ty, hir_id) = (expr.ty, self.hir_id(local_id));
        let value = self.thir.exprs.push(expr);
        let kind = ExprKind::Scope { region_scope: node(local_id), hir_id, value };
        let span = self.span(self.fcx.hir[id].span);
        Ok(self.thir.exprs.push(Expr { kind, ty, temp_scope_id: local_id, span }))
    }

    fn exprs(&mut self, all: &[ExprId]) -> Answer<Vec<thir::ExprId>> {
        all.iter().map(|&expr| self.expr(expr)).collect()
    }

    fn adjusted(&mut self, id: ExprId, mut expr: Expr<'tcx>, adjustment: &Adjustment<'tcx>) -> Answer<Expr<'tcx>> {
        let temp_scope_id = expr.temp_scope_id;
        // Each step begins with the span of what it is applied to; a block's is that of its value.
        let mut span = expr.span;
        let of_block = |thir: &thir::Thir<'tcx>, expr: &Expr<'tcx>| match expr.kind {
            ExprKind::Block { block } => thir[block].expr.map(|last| thir[last].span),
            _ => None,
        };
        let target = self.fcx.exported(adjustment.target)?;
        let kind = match adjustment.kind {
            Adjust::Pointer(cast) => {
                if cast == PointerCoercion::Unsize
                    && let Some(inner) = of_block(&self.thir, &expr)
                {
                    span = inner;
                    expr.span = inner;
                }
                let cast_span = self.casts.get(&id).copied();
                if let Some(around) = cast_span {
                    span = self.span(around);
                }
                let source = self.thir.exprs.push(expr);
                ExprKind::PointerCoercion { cast, source, is_from_as_cast: cast_span.is_some() }
            }
            Adjust::NeverToAny if matches!(target.kind(), TyKind::Never) => return Ok(expr),
            Adjust::NeverToAny => ExprKind::NeverToAny { source: self.thir.exprs.push(expr) },
            Adjust::Deref => {
                if let Some(inner) = of_block(&self.thir, &expr) {
                    span = inner;
                    expr.span = inner;
                }
                ExprKind::Deref { arg: self.thir.exprs.push(expr) }
            }
            Adjust::OverloadedDeref(mutability, place) => {
                let (trait_, name) = match mutability {
                    Mutability::Not => (LangItem::Deref, "deref"),
                    Mutability::Mut => (LangItem::DerefMut, "deref_mut"),
                };
                let trait_ = self.fcx.lang(trait_)?;
                let items = self.fcx.members.assoc_items(trait_);
                let Some(method) = items.iter().find(|item| item.name.as_str() == name) else {
                    return Err(Doubt::new("a language trait without its method", name));
                };
                let tcx = self.fcx.cx.tcx();
                let args = tcx.mk_args(&[expr.ty.into()]);
                let callee = tcx.mk_ty(TyKind::FnDef(method.def_id, args));
                let reference = tcx.mk_ref(expr.ty, mutability);
                let arg = self.thir.exprs.push(expr);
                let kind = ExprKind::Borrow { borrow_kind: borrow(mutability), arg };
                let arg = self.thir.exprs.push(Expr { kind, ty: reference, temp_scope_id, span });
                let place_span = self.span(place);
                self.overloaded_place(id, target, Some(callee), vec![arg], place_span)?
            }
            Adjust::Borrow(auto) => {
                let borrow_kind = match auto {
                    AutoBorrow::Not => BorrowKind::Shared,
                    AutoBorrow::Mut { two_phase: true } => BorrowKind::Mut { kind: MutBorrowKind::TwoPhaseBorrow },
                    AutoBorrow::Mut { two_phase: false } => BorrowKind::Mut { kind: MutBorrowKind::Default },
                };
                debug_assert!(auto.mutability() == Mutability::Mut || borrow_kind == BorrowKind::Shared);
                ExprKind::Borrow { borrow_kind, arg: self.thir.exprs.push(expr) }
            }
            Adjust::BorrowRaw(mutability) => ExprKind::RawBorrow { mutability, arg: self.thir.exprs.push(expr) },
        };
        Ok(Expr { kind, ty: target, temp_scope_id, span })
    }

    fn method(&self, id: ExprId) -> Option<(ty::DefId, solve::Args<'tcx>)> {
        self.fcx.results.borrow().methods.get(&id).copied()
    }

    /// The callee of a method call or of an overloaded operator.
    fn callee(&mut self, id: ExprId, span: ty::Span, overloaded: Option<Ty<'tcx>>) -> Answer<Expr<'tcx>> {
        let ty = match overloaded {
            Some(ty) => ty,
            None => {
                let Some((def_id, args)) = self.method(id) else { return Err(Doubt::new("a call of no method", "")) };
                self.fcx.cx.tcx().mk_ty(TyKind::FnDef(def_id, self.fcx.exported_args(args)?))
            }
        };
        Ok(Expr { kind: ExprKind::ZstLiteral { user_ty: None }, ty, temp_scope_id: self.numbers.expr(id), span })
    }

    fn overloaded_operator(&mut self, id: ExprId, args: Vec<thir::ExprId>) -> Answer<ExprKind<'tcx>> {
        let span = self.span(self.fcx.hir[id].span);
        let fun = self.callee(id, span, None)?;
        let ty = fun.ty;
        let fun = self.thir.exprs.push(fun);
        Ok(ExprKind::Call { ty, fun, args, from_hir_call: false, fn_span: span })
    }

    fn overloaded_place(
        &mut self,
        id: ExprId,
        place: Ty<'tcx>,
        callee: Option<Ty<'tcx>>,
        args: Vec<thir::ExprId>,
        span: ty::Span,
    ) -> Answer<ExprKind<'tcx>> {
        let receiver = args.first().map(|&first| self.thir[first].ty);
        let Some(TyKind::Ref(_, _, mutability)) = receiver.map(|ty| *ty.kind()) else {
            return Err(Doubt::new("an overloaded place", ""));
        };
        let reference = self.fcx.cx.tcx().mk_ref(place, mutability);
        let fun = self.callee(id, span, callee)?;
        let ty = fun.ty;
        let fun = self.thir.exprs.push(fun);
        let kind = ExprKind::Call { ty, fun, args, from_hir_call: false, fn_span: span };
        let temp_scope_id = self.numbers.expr(id);
        let arg = self.thir.exprs.push(Expr { kind, ty: reference, temp_scope_id, span });
        Ok(ExprKind::Deref { arg })
    }

    fn unadjusted(&mut self, id: ExprId) -> Answer<Expr<'tcx>> {
        let hir = self.fcx.hir;
        let ty = self.ty(id)?;
        let temp_scope_id = self.numbers.expr(id);
        let span = self.span(hir[id].span);
        let tcx = self.fcx.cx.tcx();
        let is_method = self.method(id).is_some();
        let kind = match &hir[id].kind {
            Kind::MethodCall(segment, receiver, args, fn_span) => {
                let callee_span = self.span(segment.ident.span);
                let fun = self.callee(id, callee_span, None)?;
                let mut all = vec![self.expr(*receiver)?];
                all.extend(self.exprs(args)?);
                let ty = fun.ty;
                let fun = self.thir.exprs.push(fun);
                ExprKind::Call { ty, fun, args: all, from_hir_call: true, fn_span: self.span(*fn_span) }
            }
            Kind::Call(fun, args) => self.call(id, *fun, args, ty)?,
            Kind::AddrOf(syntax::ast::BorrowKind::Ref, mutability, arg) => {
                ExprKind::Borrow { borrow_kind: borrow(crate::expr::mutability_ty(*mutability)), arg: self.expr(*arg)? }
            }
            Kind::AddrOf(syntax::ast::BorrowKind::Raw, mutability, arg) => {
                ExprKind::RawBorrow { mutability: crate::expr::mutability_ty(*mutability), arg: self.expr(*arg)? }
            }
            Kind::Block(block, _) => ExprKind::Block { block: self.block(*block)? },
            Kind::Assign(lhs, rhs, _) => ExprKind::Assign { lhs: self.expr(*lhs)?, rhs: self.expr(*rhs)? },
            Kind::AssignOp(op, _, lhs, rhs) => {
                let (lhs, rhs) = (self.expr(*lhs)?, self.expr(*rhs)?);
                match is_method {
                    true => self.overloaded_operator(id, vec![lhs, rhs])?,
                    false => ExprKind::AssignOp { op: assign_op(*op)?, lhs, rhs },
                }
            }
            Kind::Lit(lit) => ExprKind::Literal { lit: self.lit(lit), neg: false },
            Kind::Binary(op, _, lhs, rhs) => {
                let (lhs, rhs) = (self.expr(*lhs)?, self.expr(*rhs)?);
                match (is_method, op) {
                    (true, _) => self.overloaded_operator(id, vec![lhs, rhs])?,
                    (_, syntax::ast::BinOp::And) => ExprKind::LogicalOp { op: LogicalOp::And, lhs, rhs },
                    (_, syntax::ast::BinOp::Or) => ExprKind::LogicalOp { op: LogicalOp::Or, lhs, rhs },
                    (_, op) => ExprKind::Binary { op: bin_op(*op)?, lhs, rhs },
                }
            }
            Kind::Index(base, index, brackets) => {
                let (lhs, index) = (self.expr(*base)?, self.expr(*index)?);
                match is_method {
                    true => {
                        let span = self.span(*brackets);
                        self.overloaded_place(id, ty, None, vec![lhs, index], span)?
                    }
                    false => ExprKind::Index { lhs, index },
                }
            }
            Kind::Unary(op, arg) => match (op, &hir[*arg].kind) {
                (syntax::ast::UnOp::Neg, Kind::Lit(lit)) if !is_method => {
                    ExprKind::Literal { lit: self.lit(lit), neg: true }
                }
                (op, _) => {
                    let arg = self.expr(*arg)?;
                    match (op, is_method) {
                        (syntax::ast::UnOp::Deref, true) => self.overloaded_place(id, ty, None, vec![arg], span)?,
                        (syntax::ast::UnOp::Deref, false) => ExprKind::Deref { arg },
                        (_, true) => self.overloaded_operator(id, vec![arg])?,
                        (syntax::ast::UnOp::Not, false) => ExprKind::Unary { op: UnOp::Not, arg },
                        (syntax::ast::UnOp::Neg, false) => ExprKind::Unary { op: UnOp::Neg, arg },
                    }
                }
            },
            Kind::Struct(_, fields, tail) => self.structure(id, fields, *tail, ty)?,
            Kind::Closure(closure) => self.closure(id, closure, ty)?,
            Kind::Path(_) => self.path(id, ty)?,
            Kind::Repeat(value, _) => {
                let count = self.fcx.results.borrow().const_args.get(&id).copied();
                let Some(count) = count else { return Err(Doubt::new("a count that is not known", "")) };
                let value = self.expr(*value)?;
                let count = self.fcx.exported_const(count)?;
                ExprKind::Repeat { value, count }
            }
            Kind::Ret(value) => ExprKind::Return { value: self.optional(*value)? },
            Kind::Break(destination, value) => {
                ExprKind::Break { label: self.destination(destination.target), value: self.optional(*value)? }
            }
            Kind::Continue(destination) => ExprKind::Continue { label: self.destination(destination.target) },
            Kind::Let(condition) => {
                ExprKind::Let { expr: self.expr(condition.init)?, pat: Box::new(self.pat(condition.pat)?) }
            }
            Kind::If(condition, then, otherwise) => {
                let data = match self.fcx.edition_at(hir[id].span) >= 3 {
                    true => ScopeData::IfThenRescope,
                    false => ScopeData::IfThen,
                };
                ExprKind::If {
                    if_then_scope: Scope { local_id: self.numbers.expr(*then), data },
                    cond: self.expr(*condition)?,
                    then: self.expr(*then)?,
                    else_opt: self.optional(*otherwise)?,
                }
            }
            Kind::Match(scrutinee, arms, source) => {
                let scrutinee = self.expr(*scrutinee)?;
                let arms: Answer<Vec<_>> = arms.iter().map(|&arm| self.arm(arm)).collect();
                let match_source = match source {
                    hir::expr::MatchSource::Normal => MatchSource::Normal,
                    hir::expr::MatchSource::Postfix => MatchSource::Postfix,
                    hir::expr::MatchSource::ForLoopDesugar => MatchSource::ForLoopDesugar,
                    hir::expr::MatchSource::TryDesugar(of) => {
                        MatchSource::TryDesugar(self.hir_id(self.numbers.expr(*of)))
                    }
                    hir::expr::MatchSource::AwaitDesugar => MatchSource::AwaitDesugar,
                    hir::expr::MatchSource::FormatArgs => MatchSource::FormatArgs,
                };
                ExprKind::Match { scrutinee, arms: arms?, match_source }
            }
            Kind::Loop(body, ..) => {
                let block_ty = self.block_ty(*body)?;
                let block = self.block(*body)?;
                let span = self.thir[block].span;
                let kind = ExprKind::Block { block };
                let temp_scope_id = self.numbers.block(*body);
                let body = self.thir.exprs.push(Expr { kind, ty: block_ty, temp_scope_id, span });
                ExprKind::Loop { body }
            }
            Kind::Field(source, _) => {
                let name = self.fcx.results.borrow().fields.get(&id).copied();
                let Some(name) = name else { return Err(Doubt::new("a field that is not there", "")) };
                ExprKind::Field { lhs: self.expr(*source)?, variant_index: FIRST_VARIANT, name }
            }
            Kind::Cast(source, target) => {
                let kind = self.cast(id, *source)?;
                match self.fcx.results.borrow().user_types.contains(target) {
                    true => {
                        let source = self.thir.exprs.push(Expr { kind, ty, temp_scope_id, span });
                        let user_ty_span = self.span(hir[*target].span);
                        ExprKind::ValueTypeAscription { source, user_ty: None, user_ty_span }
                    }
                    false => kind,
                }
            }
            Kind::Type(source, target) => {
                let user_ty_span = self.span(hir[*target].span);
                let is_place = self.fcx.is_place(*source);
                let source = self.expr(*source)?;
                match is_place {
                    true => ExprKind::PlaceTypeAscription { source, user_ty: None, user_ty_span },
                    false => ExprKind::ValueTypeAscription { source, user_ty: None, user_ty_span },
                }
            }
            Kind::DropTemps(source) => ExprKind::Use { source: self.expr(*source)? },
            Kind::Array(all) => ExprKind::Array { fields: self.exprs(all)? },
            Kind::Tup(all) => ExprKind::Tuple { fields: self.exprs(all)? },
            Kind::OffsetOf(..) => self.offset_of(id)?,
            Kind::ConstBlock(block) => {
                let mut args = tcx.erase_regions(self.identity_args()?).to_vec();
                args.push(ty.into());
                ExprKind::ConstBlock { did: block.def_id, args: tcx.mk_args(&args) }
            }
            Kind::InlineAsm(asm) => self.asm(asm)?,
            Kind::Yield(value, _) => ExprKind::Yield { value: self.expr(*value)? },
            Kind::Use(..) | Kind::AddrOf(..) | Kind::Become(_) | Kind::UnsafeBinderCast(..) => {
                return Err(Doubt::new("a construct that has no typed form yet", ""));
            }
        };
        Ok(Expr { kind, ty, temp_scope_id, span })
    }

    /// A call of the intrinsic for each step; the sum of them.
    fn offset_of(&mut self, id: ExprId) -> Answer<ExprKind<'tcx>> {
        let steps = self.fcx.results.borrow().offsets.get(&id).cloned().unwrap_or_default();
        let intrinsic = self.fcx.lang(LangItem::OffsetOf)?;
        let tcx = self.fcx.cx.tcx();
        let (temp_scope_id, span) = (self.numbers.expr(id), self.span(self.fcx.hir[id].span));
        let number = |value: u32| {
            let lit = ScalarInt::truncated(u128::from(value), 4);
            Expr { kind: ExprKind::NonHirLiteral { lit, user_ty: None }, ty: tcx.types().u32, temp_scope_id, span }
        };
        let mut sum: Option<ExprKind<'tcx>> = None;
        for (container, variant, field) in steps {
            let args = tcx.mk_args(&[self.fcx.exported(container)?.into()]);
            let ty = tcx.mk_ty(TyKind::FnDef(intrinsic, args));
            let kind = ExprKind::ZstLiteral { user_ty: None };
            let fun = self.thir.exprs.push(Expr { kind, ty, temp_scope_id, span });
            let variant = self.thir.exprs.push(number(variant.as_u32()));
            let field = self.thir.exprs.push(number(field.as_u32()));
            let next = ExprKind::Call { ty, fun, args: vec![variant, field], from_hir_call: false, fn_span: span };
            sum = Some(match sum {
                None => next,
                Some(before) => {
                    let mut push =
                        |kind| self.thir.exprs.push(Expr { kind, ty: tcx.types().usize, temp_scope_id, span });
                    let (lhs, rhs) = (push(before), push(next));
                    ExprKind::Binary { op: BinOp::Add, lhs, rhs }
                }
            });
        }
        Ok(sum.unwrap_or_else(|| number(0).kind))
    }

    /// The generic parameters of the item as arguments.
    fn identity_args(&self) -> Answer<ty::GenericArgs<'tcx>> {
        self.fcx.exported_args(self.fcx.cx.identity_args(self.fcx.owner))
    }

    /// What a `break` leads to: a loop is its own target, a labelled block the block in the expression.
    fn destination(&self, target: ExprId) -> Scope {
        match self.fcx.hir[target].kind {
            Kind::Block(block, _) => node(self.numbers.block(block)),
            _ => node(self.numbers.expr(target)),
        }
    }

    pub(crate) fn optional(&mut self, id: Option<ExprId>) -> Answer<Option<thir::ExprId>> {
        match id {
            Some(id) => self.expr(id).map(Some),
            None => Ok(None),
        }
    }

    fn call(&mut self, id: ExprId, fun: ExprId, args: &[ExprId], ty: Ty<'tcx>) -> Answer<ExprKind<'tcx>> {
        let hir = self.fcx.hir;
        let span = self.span(hir[id].span);
        let temp_scope_id = self.numbers.expr(id);
        if self.method(id).is_some() {
            // A closure, or what implements `Fn`: arguments are a tuple.
            let method = self.callee(id, self.span(hir[fun].span), None)?;
            let mut types = Vec::new();
            for arg in args {
                let ty = self.fcx.results.borrow().adjusted(*arg);
                types.push(self.fcx.exported(ty.ok_or_else(|| Doubt::new("an expression without a type", ""))?)?);
            }
            let fields = self.exprs(args)?;
            let ty = self.fcx.cx.tcx().mk_tuple(&types);
            let tuple = self.thir.exprs.push(Expr { kind: ExprKind::Tuple { fields }, ty, temp_scope_id, span });
            let method_ty = method.ty;
            let method = self.thir.exprs.push(method);
            let receiver = self.expr(fun)?;
            let args = vec![receiver, tuple];
            return Ok(ExprKind::Call { ty: method_ty, fun: method, args, from_hir_call: true, fn_span: span });
        }
        if let Kind::Path(_) = &hir[fun].kind
            && let TyKind::Adt(did, _) = *ty.kind()
            && let Some((res, args_of)) = self.fcx.results.borrow().paths.get(&fun).copied()
            && let Some((DefKind::Ctor(_, CtorKind::Fn), ctor)) = res_def(res)
        {
            let adt = self.fcx.members.adt_def(did);
            let found = adt.variants.iter_enumerated().find(|(_, known)| known.ctor.is_some_and(|(_, it)| it == ctor));
            let Some((variant_index, _)) = found else { return Err(Doubt::new("a variant that is not there", "")) };
            let mut fields = Vec::new();
            for (index, &arg) in args.iter().enumerate() {
                fields.push(FieldExpr { name: FieldIdx::from_u32(index as u32), expr: self.expr(arg)? });
            }
            return Ok(ExprKind::Adt(Box::new(AdtExpr {
                adt_def: did,
                variant_index,
                args: self.fcx.exported_args(args_of)?,
                user_ty: None,
                fields,
                base: AdtExprBase::None,
            })));
        }
        let fun_ty = self.ty(fun)?;
        let fun = self.expr(fun)?;
        let args = self.exprs(args)?;
        Ok(ExprKind::Call { ty: fun_ty, fun, args, from_hir_call: true, fn_span: span })
    }

    fn structure(
        &mut self,
        id: ExprId,
        fields: &[ExprField],
        tail: StructTail,
        ty: Ty<'tcx>,
    ) -> Answer<ExprKind<'tcx>> {
        let TyKind::Adt(did, args) = *ty.kind() else { return Err(Doubt::new("a struct that is none", "")) };
        let adt = self.fcx.members.adt_def(did);
        let variant = self.fcx.results.borrow().variants.get(&id).copied();
        let found = adt.variants.iter_enumerated().find(|(_, known)| Some(known.def_id) == variant);
        let Some((variant_index, _)) = found else { return Err(Doubt::new("a variant that is not there", "")) };
        let mut all = Vec::new();
        for field in fields {
            let name = self.fcx.results.borrow().fields.get(&field.expr).copied();
            // A field access as a value has an index of its own, so the name is looked up again.
            let def = &adt.variants[variant_index];
            let name = crate::fields::field_named(def, field.ident.name.as_str()).or(name);
            let Some(name) = name else { return Err(Doubt::new("a field that is not there", "")) };
            all.push(FieldExpr { name, expr: self.expr(field.expr)? });
        }
        let base = match tail {
            StructTail::None => AdtExprBase::None,
            StructTail::Base(base) => {
                let types = self.fcx.results.borrow().fru_fields.get(&id).cloned().unwrap_or_default();
                let types: Answer<Vec<_>> = types.into_iter().map(|ty| self.fcx.exported(ty)).collect();
                AdtExprBase::Base(FruInfo { base: self.expr(base)?, field_types: types? })
            }
            StructTail::DefaultFields(_) => return Err(Doubt::new("default values of fields", "")),
        };
        Ok(ExprKind::Adt(Box::new(AdtExpr { adt_def: did, variant_index, args, user_ty: None, fields: all, base })))
    }

    fn cast(&mut self, id: ExprId, source: ExprId) -> Answer<ExprKind<'tcx>> {
        let fcx = self.fcx;
        let (is_coercion, source_ty) = {
            let results = fcx.results.borrow();
            (results.coercion_casts.contains(&source), results.exprs.get(&source).copied())
        };
        if is_coercion {
            return Ok(ExprKind::Use { source: self.expr(source)? });
        }
        let is_ref = source_ty.is_some_and(|ty| fcx.resolved(ty).as_ref().is_some());
        if is_ref {
            let source = self.expr(source)?;
            return Ok(ExprKind::PointerCoercion {
                cast: PointerCoercion::ArrayToPointer,
                source,
                is_from_as_cast: true,
            });
        }
        let found = fcx.results.borrow().paths.get(&source).copied();
        if let (Kind::Path(_), Some((res, args))) = (&fcx.hir[source].kind, found)
            && let Some((DefKind::Ctor(ty::CtorOf::Variant, CtorKind::Const), ctor)) = res_def(res)
        {
            return self.discriminant_cast(id, source, ctor, args);
        }
        Ok(ExprKind::Cast { source: self.expr(source)? })
    }

    /// A cast of a variant without fields: its number, as it is written in the enum's definition.
    fn discriminant_cast(
        &mut self,
        id: ExprId,
        source: ExprId,
        ctor: ty::DefId,
        args: solve::Args<'tcx>,
    ) -> Answer<ExprKind<'tcx>> {
        use solve::ir::inherent::Ty as _;
        let fcx = self.fcx;
        let enum_ty = fcx.results.borrow().exprs.get(&source).copied();
        let Some(enum_ty) = enum_ty else { return Err(Doubt::new("an expression without a type", "")) };
        let enum_ty = fcx.resolved(enum_ty);
        let Some((adt, _)) = enum_ty.as_adt() else { return Err(Doubt::new("a cast of a variant", "")) };
        let ty = fcx.exported(enum_ty.discriminant_ty(fcx.cx))?;
        let Some(size) = super::pat::int_size(ty) else { return Err(Doubt::new("a cast of a variant", "")) };
        let found = adt.variants.iter_enumerated().find(|(_, known)| known.ctor.is_some_and(|(_, it)| it == ctor));
        let Some((index, _)) = found else { return Err(Doubt::new("a variant that is not there", "")) };
        // The last variant before it that says its number, and how many there are since.
        let mut at = index.as_u32();
        let mut explicit = None;
        let mut offset = 0;
        loop {
            match adt.variants[ty::VariantIdx::from_u32(at)].discr {
                ty::VariantDiscr::Explicit(def_id) => {
                    explicit = Some(def_id);
                    break;
                }
                ty::VariantDiscr::Relative(0) => break,
                ty::VariantDiscr::Relative(distance) => {
                    offset += distance;
                    at = at.saturating_sub(distance);
                }
            }
        }
        let temp_scope_id = self.numbers.expr(id);
        let span = self.span(fcx.hir[id].span);
        let lit = ScalarInt::truncated(u128::from(offset), size);
        let kind = ExprKind::NonHirLiteral { lit, user_ty: None };
        let offset = self.thir.exprs.push(Expr { kind, ty, temp_scope_id, span });
        let source = match explicit {
            None => offset,
            Some(def_id) => {
                let kind = ExprKind::NamedConst { def_id, args: fcx.exported_args(args)?, user_ty: None };
                let lhs = self.thir.exprs.push(Expr { kind, ty, temp_scope_id, span });
                let kind = ExprKind::Binary { op: BinOp::Add, lhs, rhs: offset };
                self.thir.exprs.push(Expr { kind, ty, temp_scope_id, span })
            }
        };
        Ok(ExprKind::Cast { source })
    }

    fn path(&mut self, id: ExprId, ty: Ty<'tcx>) -> Answer<ExprKind<'tcx>> {
        let fcx = self.fcx;
        let found = fcx.results.borrow().paths.get(&id).copied();
        let Some((res, args)) = found else { return Err(Doubt::new("a path without a meaning", "")) };
        let tcx = fcx.cx.tcx();
        Ok(match res {
            Res::Local(local) => self.variable_ref(local),
            Res::Def(DefKind::Fn | DefKind::AssocFn | DefKind::Ctor(_, CtorKind::Fn), _) => {
                ExprKind::ZstLiteral { user_ty: None }
            }
            Res::Def(DefKind::ConstParam, def_id) => {
                let (index, name) = fcx.param(def_id)?;
                ExprKind::ConstParam { param: ty::ParamConst { index, name }, def_id }
            }
            Res::Def(DefKind::Const | DefKind::AssocConst, def_id) => {
                ExprKind::NamedConst { def_id, args: fcx.exported_args(args)?, user_ty: None }
            }
            Res::Def(DefKind::Ctor(_, CtorKind::Const), ctor) => {
                let TyKind::Adt(did, args) = *ty.kind() else { return Err(Doubt::new("a unit struct", "")) };
                let adt = fcx.members.adt_def(did);
                let found =
                    adt.variants.iter_enumerated().find(|(_, known)| known.ctor.is_some_and(|(_, it)| it == ctor));
                let Some((variant_index, _)) = found else { return Err(Doubt::new("a variant that is not there", "")) };
                ExprKind::Adt(Box::new(AdtExpr {
                    adt_def: did,
                    variant_index,
                    args,
                    user_ty: None,
                    fields: Vec::new(),
                    base: AdtExprBase::None,
                }))
            }
            Res::Def(DefKind::Static { mutable, .. }, def_id) => {
                let pointer = match (mutable, fcx.members.is_foreign_item(def_id)) {
                    (true, _) => tcx.mk_ptr(ty, Mutability::Mut),
                    (false, true) => tcx.mk_ptr(ty, Mutability::Not),
                    (false, false) => tcx.mk_ref(ty, Mutability::Not),
                };
                let attrs = fcx.members.codegen_attrs(def_id);
                let kind = match attrs.flags.contains(ty::CodegenFlags::THREAD_LOCAL) {
                    true => ExprKind::ThreadLocalRef(def_id),
                    false => ExprKind::StaticRef { ty: pointer, def_id },
                };
                let (temp_scope_id, span) = (self.numbers.expr(id), self.span(fcx.hir[id].span));
                ExprKind::Deref { arg: self.thir.exprs.push(Expr { kind, ty: pointer, temp_scope_id, span }) }
            }
            _ => return Err(Doubt::new("a path to another kind of value", "")),
        })
    }

    fn lit(&self, lit: &hir::expr::Lit) -> Lit {
        let node = match &lit.kind {
            Written::Str(text) => LitKind::Str(self.fcx.symbol(*text), StrStyle::Cooked),
            Written::ByteStr(bytes) => LitKind::ByteStr(bytes.to_vec(), StrStyle::Cooked),
            Written::CStr(bytes) => LitKind::CStr(bytes.to_vec(), StrStyle::Cooked),
            Written::Byte(byte) => LitKind::Byte(*byte),
            Written::Char(char) => LitKind::Char(*char),
            Written::Int(value, WrittenInt::Signed(int)) => LitKind::Int(*value, LitIntType::Signed(*int)),
            Written::Int(value, WrittenInt::Unsigned(uint)) => LitKind::Int(*value, LitIntType::Unsigned(*uint)),
            Written::Int(value, WrittenInt::Unsuffixed) => LitKind::Int(*value, LitIntType::Unsuffixed),
            Written::Float(digits, suffix) => LitKind::Float(
                self.fcx.symbol(*digits),
                suffix.map_or(LitFloatType::Unsuffixed, LitFloatType::Suffixed),
            ),
            Written::Bool(value) => LitKind::Bool(*value),
        };
        Lit { node, span: self.span(lit.span) }
    }

    fn arm(&mut self, id: ArmId) -> Answer<thir::ArmId> {
        let arm = &self.fcx.hir[id];
        let local_id = self.numbers.arm(id);
        let pattern = Box::new(self.pat(arm.pat)?);
        let guard = self.optional(arm.guard)?;
        let body = self.expr(arm.body)?;
        let (hir_id, scope, span) = (self.hir_id(local_id), node(local_id), self.span(arm.span));
        Ok(self.thir.arms.push(thir::Arm { pattern, guard, body, hir_id, scope, span }))
    }

    fn block_ty(&self, id: BlockId) -> Answer<Ty<'tcx>> {
        let ty = self.fcx.results.borrow().blocks.get(&id).copied();
        self.fcx.exported(ty.ok_or_else(|| Doubt::new("a block without a type", ""))?)
    }

    pub(crate) fn block(&mut self, id: BlockId) -> Answer<thir::BlockId> {
        let block = &self.fcx.hir[id];
        let local_id = self.numbers.block(id);
        let mut stmts = Vec::new();
        for (index, &stmt) in block.stmts.iter().enumerate() {
            if let Some(stmt) = self.stmt(local_id, index, stmt)? {
                stmts.push(stmt);
            }
        }
        let expr = self.optional(block.expr)?;
        let safety_mode = match block.rules {
            BlockCheckMode::Default => BlockSafety::Safe,
            BlockCheckMode::UnsafeGenerated => BlockSafety::BuiltinUnsafe,
            BlockCheckMode::UnsafeUser => BlockSafety::ExplicitUnsafe(self.hir_id(local_id)),
        };
        let span = self.span(block.span);
        Ok(self.thir.blocks.push(Block {
            targeted_by_break: block.targeted_by_break,
            region_scope: node(local_id),
            span,
            stmts,
            expr,
            safety_mode,
        }))
    }

    fn stmt(&mut self, block: thir::ItemLocalId, index: usize, id: StmtId) -> Answer<Option<thir::StmtId>> {
        let stmt = &self.fcx.hir[id];
        let scope = node(self.numbers.stmt(id));
        let kind = match &stmt.kind {
            hir::expr::StmtKind::Item(_) => return Ok(None),
            hir::expr::StmtKind::Expr(expr) | hir::expr::StmtKind::Semi(expr) => {
                StmtKind::Expr { scope, expr: self.expr(*expr)? }
            }
            hir::expr::StmtKind::Let(local) => {
                let data = ScopeData::Remainder(stmt_number(self.fcx.hir, id, index));
                let remainder_scope = Scope { local_id: block, data };
                let else_block = match local.els {
                    Some(els) => Some(self.block(els)?),
                    None => None,
                };
                let pattern = Box::new(self.pat(local.pat)?);
                let mut span = local.span;
                if let Some(init) = local.init {
                    let mut at = Some(self.fcx.hir[init].span);
                    // The part of the statement that the value was made of.
                    while let Some(init) = at {
                        if init.ctxt == span.ctxt && init.lo >= span.lo && init.hi <= span.hi {
                            span.hi = init.hi;
                            break;
                        }
                        at = self.fcx.source.call_site(init);
                    }
                }
                let span = self.span(span);
                let initializer = self.optional(local.init)?;
                let hir_id = self.hir_id(self.numbers.local(id));
                StmtKind::Let { remainder_scope, init_scope: scope, pattern, initializer, else_block, hir_id, span }
            }
        };
        Ok(Some(self.thir.stmts.push(Stmt { kind })))
    }
}

fn bin_op(op: syntax::ast::BinOp) -> Answer<BinOp> {
    use syntax::ast::BinOp as Op;
    Ok(match op {
        Op::Add => BinOp::Add,
        Op::Sub => BinOp::Sub,
        Op::Mul => BinOp::Mul,
        Op::Div => BinOp::Div,
        Op::Rem => BinOp::Rem,
        Op::BitXor => BinOp::BitXor,
        Op::BitAnd => BinOp::BitAnd,
        Op::BitOr => BinOp::BitOr,
        Op::Shl => BinOp::Shl,
        Op::Shr => BinOp::Shr,
        Op::Eq => BinOp::Eq,
        Op::Lt => BinOp::Lt,
        Op::Le => BinOp::Le,
        Op::Ne => BinOp::Ne,
        Op::Ge => BinOp::Ge,
        Op::Gt => BinOp::Gt,
        Op::And | Op::Or => return Err(Doubt::new("an operator without a value", "")),
    })
}

fn assign_op(op: syntax::ast::BinOp) -> Answer<AssignOp> {
    use syntax::ast::BinOp as Op;
    Ok(match op {
        Op::Add => AssignOp::AddAssign,
        Op::Sub => AssignOp::SubAssign,
        Op::Mul => AssignOp::MulAssign,
        Op::Div => AssignOp::DivAssign,
        Op::Rem => AssignOp::RemAssign,
        Op::BitXor => AssignOp::BitXorAssign,
        Op::BitAnd => AssignOp::BitAndAssign,
        Op::BitOr => AssignOp::BitOrAssign,
        Op::Shl => AssignOp::ShlAssign,
        Op::Shr => AssignOp::ShrAssign,
        _ => return Err(Doubt::new("an operator without an assignment", "")),
    })
}
