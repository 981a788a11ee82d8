//! Expressions as right sides of assignments.

use crate::builder::Builder;
use crate::expr::operand::NeedsTemporary;
use crate::place::PlaceBase;
use crate::scope::LintLevel;
use crate::{Doubt, Result, StatementKind};
use mir::{AggregateKind, BasicBlock, BorrowKind, CastKind, Operand, Place, ProjectionElem, Rvalue};
use thir::{ClosureExpr, ExprId, ExprKind, MutBorrowKind, TempLifetime, UpvarArgs};
use ty::{FieldIdx, IndexVec, Mutability, Span, Ty, TyKind};

use super::{Category, category};

impl<'tcx> Builder<'_, 'tcx> {
    pub fn as_local_rvalue(&mut self, block: &mut BasicBlock, id: ExprId) -> Result<Rvalue<'tcx>> {
        let lifetime = self.local_temp_lifetime()?;
        self.as_rvalue(block, lifetime, id)
    }

    fn operands(
        &mut self,
        block: &mut BasicBlock,
        lifetime: TempLifetime,
        fields: &[ExprId],
    ) -> Result<IndexVec<FieldIdx, Operand<'tcx>>> {
        fields.iter().map(|&field| self.as_operand(block, lifetime, field, NeedsTemporary::Maybe)).collect()
    }

    pub fn as_rvalue(&mut self, block: &mut BasicBlock, lifetime: TempLifetime, id: ExprId) -> Result<Rvalue<'tcx>> {
        let expr = &self.thir[id];
        let (span, source_info) = (expr.span, self.source_info(expr.span));
        Ok(match &expr.kind {
            ExprKind::ThreadLocalRef(did) => Rvalue::ThreadLocalRef(*did),
            ExprKind::Scope { region_scope, hir_id, value } => {
                let scope = (*region_scope, source_info);
                self.in_scope(scope, LintLevel::Explicit(*hir_id), block, |this, block| {
                    this.as_rvalue(block, lifetime, *value)
                })?
            }
            ExprKind::Repeat { value, count } => match count.as_target_usize() {
                Some(0) => self.build_zero_repeat(block, *value, lifetime, source_info)?,
                _ => Rvalue::Repeat(self.as_operand(block, lifetime, *value, NeedsTemporary::No)?, *count),
            },
            ExprKind::Binary { op, lhs, rhs } => {
                let lhs = self.as_operand(block, lifetime, *lhs, NeedsTemporary::Maybe)?;
                let rhs = self.as_operand(block, lifetime, *rhs, NeedsTemporary::No)?;
                self.build_binary_op(block, *op, span, expr.ty, lhs, rhs)?
            }
            ExprKind::Unary { op, arg } => {
                let arg = self.as_operand(block, lifetime, *arg, NeedsTemporary::No)?;
                self.build_unary_op(block, *op, span, expr.ty, arg)?
            }
            ExprKind::Cast { source } => {
                let source_expr = &self.thir[*source];
                let (operand, ty) = if source_expr.ty.is_enum(self.tcx) {
                    let ty = self.facts.discriminant_ty(source_expr.ty);
                    let temp = self.as_temp(block, lifetime, *source, Mutability::Not)?;
                    let discriminant = self.temp(ty, source_expr.span);
                    let read = Rvalue::Discriminant(Place::from_local(temp));
                    self.push_assign(*block, source_info, discriminant, read);
                    (Operand::Move(discriminant), ty)
                } else {
                    (self.as_operand(block, lifetime, *source, NeedsTemporary::No)?, source_expr.ty)
                };
                Rvalue::Cast(self.cast_kind(ty, expr.ty, span)?, operand, expr.ty)
            }
            ExprKind::PointerCoercion { cast, source, .. } => {
                let source = self.as_operand(block, lifetime, *source, NeedsTemporary::No)?;
                Rvalue::Cast(CastKind::PointerCoercion(*cast), source, expr.ty)
            }
            ExprKind::Array { fields } => {
                let Some(element) = expr.ty.sequence_element() else {
                    return Err(Doubt::with("array of another type", span, self.tcx.ty_str(expr.ty)));
                };
                let fields = self.operands(block, lifetime, fields)?;
                Rvalue::Aggregate(Box::new(AggregateKind::Array(element)), fields)
            }
            ExprKind::Tuple { fields } => {
                Rvalue::Aggregate(Box::new(AggregateKind::Tuple), self.operands(block, lifetime, fields)?)
            }
            ExprKind::Closure(closure) => self.closure(block, lifetime, closure)?,
            ExprKind::Assign { .. } | ExprKind::AssignOp { .. } => {
                self.stmt_expr(block, id, None)?;
                Rvalue::Use(self.unit_operand(span))
            }
            ExprKind::WrapUnsafeBinder { source } => {
                let source = self.as_operand(block, lifetime, *source, NeedsTemporary::Maybe)?;
                Rvalue::WrapUnsafeBinder(source, expr.ty)
            }
            ExprKind::ByUse { expr, .. } => Rvalue::Use(self.as_operand(block, lifetime, *expr, NeedsTemporary::No)?),
            kind if category(kind) == Category::Constant => {
                Rvalue::Use(Operand::Constant(Box::new(self.as_constant(id)?)))
            }
            _ => Rvalue::Use(self.as_operand(block, lifetime, id, NeedsTemporary::No)?),
        })
    }

    fn closure(
        &mut self,
        block: &mut BasicBlock,
        lifetime: TempLifetime,
        closure: &ClosureExpr<'tcx>,
    ) -> Result<Rvalue<'tcx>> {
        for &(place, cause, node) in &closure.fake_reads {
            let builder = self.as_place_builder(block, place)?;
            if let Some(place) = builder.try_to_place(self) {
                let span = self.body.scopes.node_spans.get(&node.local_id).copied().unwrap_or(self.body.span);
                let info = self.source_info(span);
                self.push_fake_read(*block, info, cause, place);
            }
        }
        let mut operands: IndexVec<FieldIdx, _> = IndexVec::new();
        for &upvar in &closure.upvars {
            let expr = &self.thir[upvar];
            operands.push(match expr.kind {
                ExprKind::Borrow { borrow_kind: thir::BorrowKind::Mut { kind: MutBorrowKind::Default }, arg } => {
                    self.limit_capture_mutability(block, expr.span, expr.ty, lifetime, arg)?
                }
                ref kind if category(kind) == Category::Place => {
                    let place = self.as_place(block, upvar)?;
                    self.consume(place, expr.span)?
                }
                _ => self.as_operand(block, lifetime, upvar, NeedsTemporary::Maybe)?,
            });
        }
        let id = closure.closure_id;
        let kind = match closure.args {
            UpvarArgs::Closure(args) => AggregateKind::Closure(id, args),
            UpvarArgs::Coroutine(args) => AggregateKind::Coroutine(id, args),
            UpvarArgs::CoroutineClosure(args) => AggregateKind::CoroutineClosure(id, args),
        };
        Ok(Rvalue::Aggregate(Box::new(kind), operands))
    }

    /// A mutable borrow for a capture: of what is not mutable itself, it is unique only.
    fn limit_capture_mutability(
        &mut self,
        block: &mut BasicBlock,
        span: Span,
        ty: Ty<'tcx>,
        lifetime: TempLifetime,
        arg: ExprId,
    ) -> Result<Operand<'tcx>> {
        let source_info = self.source_info(span);
        let temp = self.new_local(ty, span, Mutability::Mut);
        self.push(*block, source_info, StatementKind::StorageLive(temp));
        let builder = self.as_place_builder(block, arg)?;
        let place = builder.to_place(self, span)?;
        if let PlaceBase::Upvar(_) = builder.base {
            let field = match place.projection {
                [ProjectionElem::Field(field, _), ..] => field,
                [ProjectionElem::Deref, ProjectionElem::Field(field, _), ..] => field,
                _ => return Err(Doubt::at("captured place", span)),
            };
            if self.captures.get(field.index()).is_none() {
                return Err(Doubt::at("captured place", span));
            }
        }
        let temp = Place::from_local(temp);
        self.push_assign(*block, source_info, temp, Rvalue::Ref(BorrowKind::Mut, place));
        if let Some(scope) = lifetime.temp_lifetime {
            self.schedule_storage_and_value(span, scope, temp.local)?;
        }
        Ok(Operand::Move(temp))
    }

    fn cast_kind(&self, from: Ty<'tcx>, to: Ty<'tcx>, span: Span) -> Result<CastKind> {
        #[derive(Clone, Copy, PartialEq)]
        enum Class {
            Int,
            Float,
            FnPtr,
            Ptr,
        }
        let class = |ty: Ty<'tcx>| match *ty.kind() {
            TyKind::Bool | TyKind::Char | TyKind::Int(_) | TyKind::Uint(_) => Some(Class::Int),
            TyKind::Float(_) => Some(Class::Float),
            TyKind::Adt(adt, _) if self.tcx.adt_def(adt).is_enum() => Some(Class::Int),
            TyKind::RawPtr(..) => Some(Class::Ptr),
            TyKind::FnPtr(_) => Some(Class::FnPtr),
            _ => None,
        };
        Ok(match (class(from), class(to)) {
            (Some(Class::Ptr | Class::FnPtr), Some(Class::Int)) => CastKind::PointerExposeProvenance,
            (Some(Class::Int), Some(Class::Ptr)) => CastKind::PointerWithExposedProvenance,
            (Some(Class::Int), Some(Class::Int)) => CastKind::IntToInt,
            (Some(Class::FnPtr), Some(Class::Ptr)) => CastKind::FnPtrToPtr,
            (Some(Class::Float), Some(Class::Int)) => CastKind::FloatToInt,
            (Some(Class::Int), Some(Class::Float)) => CastKind::IntToFloat,
            (Some(Class::Float), Some(Class::Float)) => CastKind::FloatToFloat,
            (Some(Class::Ptr), Some(Class::Ptr)) => CastKind::PtrToPtr,
            _ => {
                let message = format!("{} as {}", self.tcx.ty_str(from), self.tcx.ty_str(to));
                return Err(Doubt::with("cast", span, message));
            }
        })
    }
}
