//! Arithmetic, and the checks that go with it.

use super::{Category, category};
use crate::builder::Builder;
use crate::expr::operand::NeedsTemporary;
use crate::{Doubt, Result, TerminatorKind};
use mir::{AssertKind, BasicBlock, BinOp, CastKind, Operand, Rvalue, SourceInfo, UnOp, UnwindAction};
use thir::{ExprId, ExprKind, TempLifetime};
use ty::{FieldIdx, IndexVec, IntTy, Span, Ty, TyKind, UintTy};

impl<'tcx> Builder<'_, 'tcx> {
    /// An operation on the operands, after what must be checked for it. `ty`: of the left operand, or the result.
    pub fn build_binary_op(
        &mut self,
        block: &mut BasicBlock,
        op: BinOp,
        span: Span,
        ty: Ty<'tcx>,
        lhs: Operand<'tcx>,
        rhs: Operand<'tcx>,
    ) -> Result<Rvalue<'tcx>> {
        let source_info = self.source_info(span);
        let bool = self.tcx.types().bool;
        let copies = |lhs: &Operand<'tcx>, rhs: &Operand<'tcx>| (Self::to_copy(lhs), Self::to_copy(rhs));
        match op {
            BinOp::Add | BinOp::Sub | BinOp::Mul if self.check_overflow && ty.is_integral() => {
                let result = self.temp(self.tcx.mk_tuple(&[ty, bool]), span);
                let checked = match op {
                    BinOp::Add => BinOp::AddWithOverflow,
                    BinOp::Sub => BinOp::SubWithOverflow,
                    _ => BinOp::MulWithOverflow,
                };
                let operation = Rvalue::BinaryOp(checked, Box::new(copies(&lhs, &rhs)));
                self.push_assign(*block, source_info, result, operation);
                let value = result.field(self.tcx, 0, ty);
                let overflows = result.field(self.tcx, 1, bool);
                let message = AssertKind::Overflow(op, lhs, rhs);
                self.assert(block, Operand::Move(overflows), false, message, span)?;
                Ok(Rvalue::Use(Operand::Move(value)))
            }
            BinOp::Shl | BinOp::Shr if self.check_overflow && ty.is_integral() => {
                // The right operand must be less than the width: negative ones are not, as unsigned numbers.
                let width = u128::from(self.facts.scalar_size(ty, span)?) * 8;
                let rhs_ty = rhs.ty(&self.local_decls, self.tcx);
                let (unsigned, unsigned_ty) = match *rhs_ty.kind() {
                    TyKind::Uint(_) => (Self::to_copy(&rhs), rhs_ty),
                    TyKind::Int(int) => {
                        let unsigned_ty = self.tcx.mk_ty(TyKind::Uint(to_unsigned(int)));
                        let temp = self.temp(unsigned_ty, span);
                        let cast = Rvalue::Cast(CastKind::IntToInt, Self::to_copy(&rhs), unsigned_ty);
                        self.push_assign(*block, source_info, temp, cast);
                        (Operand::Move(temp), unsigned_ty)
                    }
                    _ => return Err(Doubt::at("shift by what is no integer", span)),
                };
                let width = self.bits_operand(width, unsigned_ty, span)?;
                let is_inside = self.temp(bool, span);
                let compare = Rvalue::BinaryOp(BinOp::Lt, Box::new((unsigned, width)));
                self.push_assign(*block, source_info, is_inside, compare);
                let (left, right) = copies(&lhs, &rhs);
                let message = AssertKind::Overflow(op, left, right);
                self.assert(block, Operand::Move(is_inside), true, message, span)?;
                Ok(Rvalue::BinaryOp(op, Box::new((lhs, rhs))))
            }
            BinOp::Div | BinOp::Rem if ty.is_integral() => {
                let message = match op {
                    BinOp::Div => AssertKind::DivisionByZero(Self::to_copy(&lhs)),
                    _ => AssertKind::RemainderByZero(Self::to_copy(&lhs)),
                };
                let is_zero = self.temp(bool, span);
                let zero = self.bits_operand(0, ty, span)?;
                let compare = Rvalue::BinaryOp(BinOp::Eq, Box::new((Self::to_copy(&rhs), zero)));
                self.push_assign(*block, source_info, is_zero, compare);
                self.assert(block, Operand::Move(is_zero), false, message, span)?;
                if ty.is_signed() {
                    // The least number divided by -1 is none.
                    let minus_one = self.bits_operand(u128::MAX, ty, span)?;
                    let min = self.min_operand(ty, span)?;
                    let [is_minus_one, is_min, overflows] = [(); 3].map(|()| self.temp(bool, span));
                    let compare = Rvalue::BinaryOp(BinOp::Eq, Box::new((Self::to_copy(&rhs), minus_one)));
                    self.push_assign(*block, source_info, is_minus_one, compare);
                    let compare = Rvalue::BinaryOp(BinOp::Eq, Box::new((Self::to_copy(&lhs), min)));
                    self.push_assign(*block, source_info, is_min, compare);
                    let both = Box::new((Operand::Move(is_minus_one), Operand::Move(is_min)));
                    self.push_assign(*block, source_info, overflows, Rvalue::BinaryOp(BinOp::BitAnd, both));
                    let (left, right) = copies(&lhs, &rhs);
                    let message = AssertKind::Overflow(op, left, right);
                    self.assert(block, Operand::Move(overflows), false, message, span)?;
                }
                Ok(Rvalue::BinaryOp(op, Box::new((lhs, rhs))))
            }
            _ => Ok(Rvalue::BinaryOp(op, Box::new((lhs, rhs)))),
        }
    }

    pub(super) fn build_unary_op(
        &mut self,
        block: &mut BasicBlock,
        op: UnOp,
        span: Span,
        ty: Ty<'tcx>,
        arg: Operand<'tcx>,
    ) -> Result<Rvalue<'tcx>> {
        if self.check_overflow && op == UnOp::Neg && ty.is_signed() {
            let min = self.min_operand(ty, span)?;
            let is_min = self.temp(self.tcx.types().bool, span);
            let compare = Rvalue::BinaryOp(BinOp::Eq, Box::new((Self::to_copy(&arg), min)));
            let info = self.source_info(span);
            self.push_assign(*block, info, is_min, compare);
            let message = AssertKind::OverflowNeg(Self::to_copy(&arg));
            self.assert(block, Operand::Move(is_min), false, message, span)?;
        }
        Ok(Rvalue::UnaryOp(op, arg))
    }

    /// The least number of a signed type.
    fn min_operand(&self, ty: Ty<'tcx>, span: Span) -> Result<Operand<'tcx>> {
        let bits = u32::from(self.facts.scalar_size(ty, span)?) * 8;
        self.bits_operand(1 << (bits - 1), ty, span)
    }

    /// An array of no elements from a value, which is dropped.
    pub(super) fn build_zero_repeat(
        &mut self,
        block: &mut BasicBlock,
        value: ExprId,
        lifetime: TempLifetime,
        source_info: SourceInfo,
    ) -> Result<Rvalue<'tcx>> {
        let element = self.thir[value].ty;
        if !self.is_constant(value) {
            let operand = self.as_operand(block, lifetime, value, NeedsTemporary::No)?;
            if let Operand::Move(place) = operand {
                let target = self.new_block();
                let unwind = UnwindAction::Continue;
                let drop = TerminatorKind::Drop { place, target, unwind, replace: false, drop: None };
                self.terminate(*block, source_info, drop);
                self.diverge_from(*block)?;
                *block = target;
            }
            self.record_operands_moved(&[operand]);
        }
        Ok(Rvalue::Aggregate(Box::new(mir::AggregateKind::Array(element)), IndexVec::<FieldIdx, _>::new()))
    }

    fn is_constant(&self, mut id: ExprId) -> bool {
        loop {
            id = match &self.thir[id].kind {
                ExprKind::ValueTypeAscription { source, .. }
                | ExprKind::Use { source }
                | ExprKind::PointerCoercion { cast: mir::PointerCoercion::Unsize, source, .. } => *source,
                ExprKind::Scope { value, .. } => *value,
                kind => return category(kind) == Category::Constant,
            }
        }
    }
}

fn to_unsigned(int: IntTy) -> UintTy {
    match int {
        IntTy::Isize => UintTy::Usize,
        IntTy::I8 => UintTy::U8,
        IntTy::I16 => UintTy::U16,
        IntTy::I32 => UintTy::U32,
        IntTy::I64 => UintTy::U64,
        IntTy::I128 => UintTy::U128,
    }
}
