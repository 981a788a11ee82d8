//! Expressions whose value goes to a place.

use super::{Category, category};
use crate::builder::{Builder, end};
use crate::expr::operand::NeedsTemporary;
use crate::matches::{ConditionArgs, LetBindings};
use crate::place::PlaceBuilder;
use crate::scope::LintLevel;
use crate::{Doubt, Result, TerminatorKind};
use mir::{
    AggregateKind, BasicBlock, BorrowKind, Call, InlineAsm, InlineAsmOperand, Operand, Place, ProjectionElem,
    RawPtrKind, Rvalue, SourceInfo, UnwindAction,
};
use rustc_hash::FxHashMap;
use thir::{AdtExpr, AdtExprBase, AsmMacro, ExprId, ExprKind, InlineAsmExpr, LogicalOp, Scope};
use ty::{DefKind, FieldIdx, IndexVec, Mutability, Span, TyKind};

impl<'tcx> Builder<'_, 'tcx> {
    /// Writes the value of an expression to a place.
    pub fn expr_into_dest(&mut self, destination: Place<'tcx>, block: &mut BasicBlock, id: ExprId) -> Result<()> {
        ty::ensure_stack();
        let expr = &self.thir[id];
        let (span, source_info) = (expr.span, self.source_info(expr.span));
        match &expr.kind {
            ExprKind::Scope { region_scope, hir_id, value } => {
                let scope = (*region_scope, source_info);
                self.in_scope(scope, LintLevel::Explicit(*hir_id), block, |this, block| {
                    this.expr_into_dest(destination, block, *value)
                })?;
            }
            ExprKind::Block { block: id } => self.ast_block(destination, block, *id, source_info)?,
            ExprKind::Match { scrutinee, arms, .. } => {
                self.match_expr(destination, block, *scrutinee, arms, span)?;
            }
            ExprKind::If { if_then_scope, cond, then, else_opt } => {
                self.if_expr(destination, block, *if_then_scope, (*cond, *then, *else_opt), span)?;
            }
            ExprKind::Let { .. } => return Err(Doubt::at("`let` outside of a condition", span)),
            ExprKind::NeverToAny { source } => {
                let is_call = matches!(self.thir[*source].kind, ExprKind::Call { .. } | ExprKind::InlineAsm(_));
                let lifetime = self.local_temp_lifetime()?;
                self.as_temp(block, lifetime, *source, Mutability::Mut)?;
                if !is_call {
                    self.terminate(*block, source_info, TerminatorKind::Unreachable);
                    *block = self.new_block();
                }
            }
            ExprKind::LogicalOp { op, lhs, rhs } => {
                self.logical_op(destination, block, *op, (*lhs, *rhs), span)?;
            }
            ExprKind::Loop { body } => {
                let loop_block = self.new_block();
                self.goto(*block, source_info, loop_block);
                self.in_breakable_scope(Some(loop_block), destination, span, block, |this, _| {
                    let mut body_block = this.new_block();
                    let unwind = UnwindAction::Continue;
                    let enter = TerminatorKind::FalseUnwind { real_target: body_block, unwind };
                    this.terminate(loop_block, source_info, enter);
                    this.diverge_from(loop_block)?;
                    let temp = this.unit_temp();
                    this.expr_into_dest(temp, &mut body_block, *body)?;
                    this.goto(body_block, source_info, loop_block);
                    Ok(None)
                })?;
            }
            ExprKind::LoopMatch { .. } => return Err(Doubt::at("`#[loop_match]`", span)),
            ExprKind::Call { ty, fun, args, fn_span, .. } => {
                if let TyKind::FnDef(callee, _) = *ty.kind()
                    && let Some(intrinsic) = self.facts.definitions().intrinsic(callee)
                    && matches!(intrinsic.name.as_str(), "write_via_move" | "write_box_via_move")
                {
                    return self.write_via_move(destination, block, intrinsic.name.as_str(), (*fun, args), span);
                }
                self.call(destination, block, (*fun, args), *fn_span, source_info)?;
            }
            ExprKind::ByUse { expr: source, .. } => {
                let place = self.as_place(block, *source)?;
                let ty = self.ty_of(place);
                if !self.facts.is_copy(ty, span)? {
                    return Err(Doubt::at("`.use`", span));
                }
                self.push_assign(*block, source_info, destination, Rvalue::Use(Operand::Copy(place)));
            }
            ExprKind::Use { source } => self.expr_into_dest(destination, block, *source)?,
            ExprKind::Borrow { borrow_kind, arg } => {
                let (kind, place) = match borrow_kind {
                    thir::BorrowKind::Shared => (BorrowKind::Shared, self.as_read_only_place(block, *arg)?),
                    thir::BorrowKind::Mut { .. } => (BorrowKind::Mut, self.as_place(block, *arg)?),
                    thir::BorrowKind::Fake(_) => (BorrowKind::Fake, self.as_place(block, *arg)?),
                };
                self.push_assign(*block, source_info, destination, Rvalue::Ref(kind, place));
            }
            ExprKind::RawBorrow { mutability, arg } => {
                let (kind, place) = match mutability {
                    Mutability::Not => (RawPtrKind::Const, self.as_read_only_place(block, *arg)?),
                    Mutability::Mut => (RawPtrKind::Mut, self.as_place(block, *arg)?),
                };
                self.push_assign(*block, source_info, destination, Rvalue::RawPtr(kind, place));
            }
            ExprKind::Adt(adt) => self.adt(destination, block, adt, span)?,
            ExprKind::InlineAsm(asm) => self.asm(destination, block, asm, expr.ty.is_never(), source_info)?,
            ExprKind::Assign { .. } | ExprKind::AssignOp { .. } => {
                self.stmt_expr(block, id, None)?;
                self.push_assign_unit(*block, source_info, destination);
            }
            ExprKind::Continue { .. }
            | ExprKind::ConstContinue { .. }
            | ExprKind::Break { .. }
            | ExprKind::Return { .. }
            | ExprKind::Become { .. } => self.stmt_expr(block, id, None)?,
            ExprKind::Yield { value } => {
                let lifetime = self.local_temp_lifetime()?;
                let value = self.as_operand(block, lifetime, *value, NeedsTemporary::No)?;
                let resume = self.new_block();
                let suspend = TerminatorKind::Yield { value, resume, resume_arg: destination, drop: None };
                self.terminate(*block, source_info, suspend);
                self.coroutine_drop_cleanup(*block)?;
                *block = resume;
            }
            kind if category(kind) == Category::Place => {
                // A place that is read into a part of another has a local that nothing uses.
                let is_path = matches!(kind, ExprKind::Index { .. } | ExprKind::Deref { .. } | ExprKind::Field { .. });
                if is_path && !destination.projection.is_empty() {
                    self.new_local(expr.ty, span, Mutability::Mut);
                }
                let place = self.as_place(block, id)?;
                let operand = self.consume(place, span)?;
                self.push_assign(*block, source_info, destination, Rvalue::Use(operand));
            }
            _ => {
                let rvalue = self.as_local_rvalue(block, id)?;
                self.push_assign(*block, source_info, destination, rvalue);
            }
        }
        Ok(())
    }

    fn is_let(&self, id: ExprId) -> bool {
        match self.thir[id].kind {
            ExprKind::Let { .. } => true,
            ExprKind::Scope { value, .. } => self.is_let(value),
            _ => false,
        }
    }

    fn if_expr(
        &mut self,
        destination: Place<'tcx>,
        block: &mut BasicBlock,
        if_then_scope: Scope,
        (cond, then, otherwise): (ExprId, ExprId, Option<ExprId>),
        span: Span,
    ) -> Result<()> {
        let source_info = self.source_info(span);
        let then_span = self.thir[then].span;
        let scope = (if_then_scope, self.source_info(then_span));
        let condition_scope = self.local_scope()?;
        let mut then_block = *block;
        let mut else_block = self.in_scope(scope, LintLevel::Inherited, &mut then_block, |this, block| {
            // Variables of `if let` are visible in `then`.
            let info = if this.is_let(cond) {
                let scope = this.new_source_scope(then_span);
                this.source_scope = scope;
                SourceInfo { span: then_span, scope }
            } else {
                this.source_info(then_span)
            };
            let start = *block;
            let (then_end, else_block) = this.in_if_then_scope(condition_scope, |this| {
                let mut at = start;
                let args = ConditionArgs {
                    temp_scope: Some(condition_scope),
                    variable_info: info,
                    bindings: LetBindings::Declare,
                };
                this.then_else_break(&mut at, cond, args)?;
                this.expr_into_dest(destination, &mut at, then)?;
                Ok(at)
            })?;
            *block = then_end;
            Ok(else_block)
        })?;
        match otherwise {
            Some(otherwise) => self.expr_into_dest(destination, &mut else_block, otherwise)?,
            None => {
                let info = self.source_info(end(span));
                self.push_assign_unit(else_block, info, destination);
            }
        }
        let join = self.new_block();
        self.goto(then_block, source_info, join);
        self.goto(else_block, source_info, join);
        *block = join;
        Ok(())
    }

    fn logical_op(
        &mut self,
        destination: Place<'tcx>,
        block: &mut BasicBlock,
        op: LogicalOp,
        (lhs, rhs): (ExprId, ExprId),
        span: Span,
    ) -> Result<()> {
        let condition_scope = self.local_scope()?;
        let source_info = self.source_info(span);
        let start = *block;
        let (then_block, else_block) = self.in_if_then_scope(condition_scope, |this| {
            let mut at = start;
            let args = ConditionArgs {
                temp_scope: Some(condition_scope),
                variable_info: source_info,
                bindings: LetBindings::NotPermitted,
            };
            this.then_else_break(&mut at, lhs, args)?;
            Ok(at)
        })?;
        let (short_circuit, mut rest, value) = match op {
            LogicalOp::And => (else_block, then_block, false),
            LogicalOp::Or => (then_block, else_block, true),
        };
        let value = self.bits_operand(u128::from(value), self.tcx.types().bool, span)?;
        self.push_assign(short_circuit, source_info, destination, Rvalue::Use(value));
        self.expr_into_dest(destination, &mut rest, rhs)?;
        let target = self.new_block();
        self.goto(rest, source_info, target);
        self.goto(short_circuit, source_info, target);
        *block = target;
        Ok(())
    }

    fn call(
        &mut self,
        destination: Place<'tcx>,
        block: &mut BasicBlock,
        (fun, args): (ExprId, &[ExprId]),
        fn_span: Span,
        source_info: SourceInfo,
    ) -> Result<()> {
        let func = self.as_local_operand(block, fun)?;
        let mut operands = Vec::with_capacity(args.len());
        for &arg in args {
            operands.push(self.as_local_operand(block, arg)?);
        }
        let success = self.new_block();
        self.record_operands_moved(&operands);
        let call =
            Call { func, args: operands, destination, target: Some(success), unwind: UnwindAction::Continue, fn_span };
        self.terminate(*block, source_info, TerminatorKind::Call(Box::new(call)));
        self.diverge_from(*block)?;
        *block = success;
        Ok(())
    }

    /// Intrinsics that write a value where it is to be, without a temporary.
    fn write_via_move(
        &mut self,
        destination: Place<'tcx>,
        block: &mut BasicBlock,
        name: &str,
        (fun, args): (ExprId, &[ExprId]),
        span: Span,
    ) -> Result<()> {
        let strange = || Doubt::with("intrinsic", span, name);
        self.as_local_operand(block, fun)?;
        let &[pointer, value] = args else { return Err(strange()) };
        let pointer = self.as_local_operand(block, pointer)?.place().ok_or_else(strange)?;
        let mut place = pointer.deref(self.tcx);
        if name == "write_via_move" {
            return self.expr_into_dest(place, block, value);
        }
        // A box of something that may be uninitialised: the value is in a field of a field of a field.
        for field in [1, 0, 0] {
            let TyKind::Adt(adt, args) = *self.ty_of(place).kind() else { return Err(strange()) };
            let def = self.tcx.adt_def(adt);
            if def.is_enum() {
                return Err(strange());
            }
            let fields = &def.non_enum_variant().fields;
            let field_def = fields.get(FieldIdx::from_u32(field)).ok_or_else(strange)?;
            place = place.field(self.tcx, field as usize, self.facts.field_ty(field_def.did, args));
        }
        self.expr_into_dest(place, block, value)?;
        let info = self.source_info(span);
        self.push_assign(*block, info, destination, Rvalue::Use(Operand::Move(pointer)));
        Ok(())
    }

    fn adt(&mut self, destination: Place<'tcx>, block: &mut BasicBlock, adt: &AdtExpr<'tcx>, span: Span) -> Result<()> {
        let strange = || Doubt::at("struct expression", span);
        let def = self.tcx.adt_def(adt.adt_def);
        let variant = def.variants.get(adt.variant_index).ok_or_else(strange)?;
        let active = def.is_union().then(|| adt.fields.first().map(|field| field.name)).flatten();
        let lifetime = self.local_temp_lifetime()?;
        let mut given: FxHashMap<FieldIdx, Operand<'tcx>> = FxHashMap::default();
        for field in &adt.fields {
            let operand = self.as_operand(block, lifetime, field.expr, NeedsTemporary::Maybe)?;
            given.insert(field.name, operand);
        }
        let numbers = (0..variant.fields.len()).map(FieldIdx::from_usize);
        let mut fields: IndexVec<FieldIdx, Operand<'tcx>> = IndexVec::new();
        match &adt.base {
            AdtExprBase::None => numbers.filter_map(|at| given.remove(&at)).for_each(|it| {
                fields.push(it);
            }),
            AdtExprBase::Base(info) => {
                let base = self.as_place_builder(block, info.base)?;
                if info.field_types.len() != variant.fields.len() {
                    return Err(strange());
                }
                for (at, &ty) in numbers.zip(&info.field_types) {
                    let operand = match given.remove(&at) {
                        Some(operand) => operand,
                        None => {
                            let field: PlaceBuilder<'tcx> = base.clone_project(ProjectionElem::Field(at, ty));
                            let place = field.to_place(self, span)?;
                            self.consume(place, span)?
                        }
                    };
                    fields.push(operand);
                }
            }
            AdtExprBase::DefaultFields(_) => return Err(Doubt::at("default values of fields", span)),
        }
        if let Some(ty) = adt.user_ty {
            self.push_user_type(ty);
        }
        let kind = AggregateKind::Adt(adt.adt_def, adt.variant_index, adt.args, active);
        let info = self.source_info(span);
        self.push_assign(*block, info, destination, Rvalue::Aggregate(Box::new(kind), fields));
        Ok(())
    }

    fn asm(
        &mut self,
        destination: Place<'tcx>,
        block: &mut BasicBlock,
        asm: &InlineAsmExpr,
        is_never: bool,
        source_info: SourceInfo,
    ) -> Result<()> {
        let next = self.new_block();
        let naked = asm.asm_macro == AsmMacro::NakedAsm;
        let mut targets = if asm.options.noreturn || naked { Vec::new() } else { vec![next] };
        let mut operands = Vec::new();
        for operand in &asm.operands {
            operands.push(match *operand {
                thir::InlineAsmOperand::In { reg, expr } => {
                    InlineAsmOperand::In { reg, value: self.as_local_operand(block, expr)? }
                }
                thir::InlineAsmOperand::Out { reg, late, expr } => {
                    let place = expr.map(|expr| self.as_place(block, expr)).transpose()?;
                    InlineAsmOperand::Out { reg, late, place }
                }
                thir::InlineAsmOperand::InOut { reg, late, expr } => {
                    let place = self.as_place(block, expr)?;
                    let (in_value, out_place) = (Operand::Copy(place), Some(place));
                    InlineAsmOperand::InOut { reg, late, in_value, out_place }
                }
                thir::InlineAsmOperand::SplitInOut { reg, late, in_expr, out_expr } => {
                    let in_value = self.as_local_operand(block, in_expr)?;
                    let out_place = out_expr.map(|expr| self.as_place(block, expr)).transpose()?;
                    InlineAsmOperand::InOut { reg, late, in_value, out_place }
                }
                thir::InlineAsmOperand::Const { value, .. } => {
                    InlineAsmOperand::Const { value: Box::new(self.as_constant(value)?) }
                }
                thir::InlineAsmOperand::SymFn { value } => {
                    InlineAsmOperand::SymFn { value: Box::new(self.as_constant(value)?) }
                }
                thir::InlineAsmOperand::SymStatic { def_id } => InlineAsmOperand::SymStatic { def_id },
                thir::InlineAsmOperand::Label { block: label } => {
                    let mut target = self.new_block();
                    let target_index = targets.len();
                    targets.push(target);
                    let temp = self.unit_temp();
                    self.ast_block(temp, &mut target, label, source_info)?;
                    self.goto(target, source_info, next);
                    InlineAsmOperand::Label { target_index }
                }
            });
        }
        if !is_never {
            self.push_assign_unit(*block, source_info, destination);
        }
        let may_unwind = asm.options.may_unwind;
        let unwind = if may_unwind { UnwindAction::Continue } else { UnwindAction::Unreachable };
        let template = asm.template.clone();
        let code = InlineAsm { naked, template, operands, options: asm.options, targets, unwind };
        self.terminate(*block, source_info, TerminatorKind::InlineAsm(Box::new(code)));
        if may_unwind {
            self.diverge_from(*block)?;
        }
        *block = next;
        Ok(())
    }

    /// Whether the body is of a constant or static.
    pub fn is_constant_body(&self) -> bool {
        matches!(
            self.facts.definitions().def_kind(self.body.def_id),
            DefKind::Const | DefKind::AssocConst | DefKind::AnonConst | DefKind::InlineConst | DefKind::Static { .. }
        )
    }
}
