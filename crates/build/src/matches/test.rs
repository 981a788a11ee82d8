//! Tests as code.

use super::{Branch, Case, ConstantKind, MatchPair, Test, TestKind};
use crate::builder::Builder;
use crate::{Doubt, Result, TerminatorKind};
use indexmap::IndexMap;
use mir::{
    BasicBlock, BinOp, BorrowKind, Call, CastKind, Const, Operand, Place, Rvalue, SourceInfo, SwitchTargets,
    UnwindAction,
};
use smallvec::SmallVec;
use thir::{FakeReadCause, PatRangeBoundary, RangeEnd, Value};
use ty::{ConstValue, LangItem, Mutability, Span, TyKind, ValTreeKind};

impl<'tcx> Builder<'_, 'tcx> {
    /// The test that a pair begins with.
    pub(super) fn test_for(&self, pair: &MatchPair<'tcx>) -> Result<Test<'tcx>> {
        let kind = match &pair.case {
            Case::Variant { adt, .. } => TestKind::Switch { adt: *adt },
            Case::Constant { kind: ConstantKind::Bool, .. } => TestKind::If,
            Case::Constant { kind: ConstantKind::IntOrChar, .. } => TestKind::SwitchInt,
            Case::Constant { value, kind: ConstantKind::String } => TestKind::StringEq { value: *value },
            Case::Constant { value, kind: ConstantKind::Float | ConstantKind::Other } => {
                TestKind::ScalarEq { value: *value }
            }
            Case::Range(range) => TestKind::Range(*range),
            Case::Slice { len, is_exact } => TestKind::Len { len: *len, is_exact: *is_exact },
            Case::Deref { temp, mutability } => TestKind::Deref { temp: *temp, mutability: *mutability },
            Case::Never => TestKind::Never,
            Case::Or { .. } => return Err(Doubt::with("pattern", pair.span, self.tcx.ty_str(pair.ty))),
        };
        Ok(Test { span: pair.span, kind })
    }

    #[allow(clippy::too_many_arguments, reason = "a test has that many ends")]
    pub(super) fn perform_test(
        &mut self,
        start_span: Span,
        scrutinee_span: Span,
        block: BasicBlock,
        otherwise: BasicBlock,
        place: Place<'tcx>,
        test: &Test<'tcx>,
        targets: &IndexMap<Branch<'tcx>, BasicBlock>,
    ) -> Result<()> {
        let target = |branch| targets.get(&branch).copied().unwrap_or(otherwise);
        let (success, fail) = (target(Branch::Success), target(Branch::Failure));
        let span = test.span;
        let info = self.source_info(span);
        let start_info = self.source_info(start_span);
        match &test.kind {
            TestKind::Switch { adt } => {
                let mut values = SmallVec::new();
                let mut blocks = SmallVec::new();
                for (variant, bits) in self.facts.discriminants(*adt, span)? {
                    if let Some(&block) = targets.get(&Branch::Variant(variant)) {
                        values.push(bits);
                        blocks.push(block);
                    }
                }
                blocks.push(fail);
                let ty = self.facts.discriminant_ty(self.ty_of(place));
                let discriminant = self.temp(ty, span);
                let read_info = self.source_info(scrutinee_span);
                self.push_assign(block, read_info, discriminant, Rvalue::Discriminant(place));
                let targets = SwitchTargets { values, targets: blocks };
                let switch = TerminatorKind::SwitchInt { discr: Operand::Move(discriminant), targets };
                self.terminate(block, start_info, switch);
            }
            TestKind::SwitchInt => {
                let mut values = SmallVec::new();
                let mut blocks = SmallVec::new();
                for (branch, &block) in targets {
                    if let Branch::Constant(value) = branch
                        && let ValTreeKind::Leaf(leaf) = value.valtree.kind()
                    {
                        values.push(leaf.bits);
                        blocks.push(block);
                    }
                }
                blocks.push(fail);
                let targets = SwitchTargets { values, targets: blocks };
                self.terminate(block, start_info, TerminatorKind::SwitchInt { discr: Operand::Copy(place), targets });
            }
            TestKind::If => {
                self.terminate(block, start_info, Self::if_terminator(Operand::Copy(place), success, fail));
            }
            TestKind::StringEq { value } => self.string_eq(block, success, fail, info, place, *value)?,
            TestKind::ScalarEq { value } => {
                let mut expected = Operand::Constant(Box::new(self.value_constant(*value, span)));
                let mut actual = Operand::Copy(place);
                let mut ty = value.ty;
                if let TyKind::Pat(base, _) = *value.ty.kind() {
                    let transmuted = self.temp(base, span);
                    let read_info = self.source_info(scrutinee_span);
                    let cast = Rvalue::Cast(CastKind::Transmute, actual, base);
                    self.push_assign(block, read_info, transmuted, cast);
                    let transmuted_value = self.temp(base, span);
                    let cast = Rvalue::Cast(CastKind::Transmute, expected, base);
                    self.push_assign(block, info, transmuted_value, cast);
                    actual = Operand::Copy(transmuted);
                    expected = Operand::Copy(transmuted_value);
                    ty = base;
                }
                let is_scalar = matches!(
                    ty.kind(),
                    TyKind::Bool
                        | TyKind::Char
                        | TyKind::Int(_)
                        | TyKind::Uint(_)
                        | TyKind::Float(_)
                        | TyKind::RawPtr(..)
                        | TyKind::FnPtr(_)
                );
                if !is_scalar {
                    return Err(Doubt::with("constant in a pattern", span, self.tcx.ty_str(ty)));
                }
                self.compare(block, success, fail, info, BinOp::Eq, expected, actual);
            }
            TestKind::Range(range) => {
                let value = Operand::Copy(place);
                let middle = match (range.lo, range.hi) {
                    (PatRangeBoundary::Finite(_), PatRangeBoundary::Finite(_)) => self.new_block(),
                    (PatRangeBoundary::Finite(_), _) => success,
                    _ => block,
                };
                let bound = |valtree| {
                    let value = Value { ty: range.ty, valtree };
                    Operand::Constant(Box::new(self.value_constant(value, span)))
                };
                let lo = match range.lo {
                    PatRangeBoundary::Finite(lo) => Some(bound(lo)),
                    _ => None,
                };
                let hi = match range.hi {
                    PatRangeBoundary::Finite(hi) => Some(bound(hi)),
                    _ => None,
                };
                if let Some(lo) = lo {
                    self.compare(block, middle, fail, info, BinOp::Le, lo, value.clone());
                }
                if let Some(hi) = hi {
                    let op = if range.end == RangeEnd::Included { BinOp::Le } else { BinOp::Lt };
                    self.compare(middle, success, fail, info, op, value, hi);
                }
            }
            TestKind::Len { len, is_exact } => {
                let usize = self.tcx.types().usize;
                let actual = self.temp(usize, span);
                let length = self.len_of(block, place, span, info)?;
                self.push_assign(block, info, actual, Rvalue::Use(length));
                let expected = self.temp(usize, span);
                let value = self.bits_operand(u128::from(*len), usize, span)?;
                self.push_assign(block, info, expected, Rvalue::Use(value));
                let op = if *is_exact { BinOp::Eq } else { BinOp::Ge };
                self.compare(block, success, fail, info, op, Operand::Move(actual), Operand::Move(expected));
            }
            TestKind::Deref { temp, mutability } => self.call_deref(block, success, place, *mutability, *temp, span)?,
            TestKind::Never => {
                self.push_fake_read(block, info, FakeReadCause::ForMatchedPlace(None), place);
                self.terminate(block, info, TerminatorKind::Unreachable);
            }
        }
        Ok(())
    }

    /// `Deref::deref` of a place, for a pattern behind it.
    fn call_deref(
        &mut self,
        block: BasicBlock,
        target: BasicBlock,
        place: Place<'tcx>,
        mutability: Mutability,
        temp: Place<'tcx>,
        span: Span,
    ) -> Result<()> {
        let (item, name, kind) = match mutability {
            Mutability::Not => (LangItem::Deref, "deref", BorrowKind::Shared),
            Mutability::Mut => (LangItem::DerefMut, "deref_mut", BorrowKind::Mut),
        };
        let ty = self.ty_of(place);
        let func = self.method(item, name, &[ty.into()], span)?;
        let info = self.source_info(span);
        let reference = self.temp(self.tcx.mk_ref(ty, mutability), span);
        self.push_assign(block, info, reference, Rvalue::Ref(kind, place));
        let args = vec![Operand::Move(reference)];
        let unwind = UnwindAction::Continue;
        let call = Call { func, args, destination: temp, target: Some(target), unwind, fn_span: span };
        self.terminate(block, info, TerminatorKind::Call(Box::new(call)));
        Ok(())
    }

    fn method(&self, item: LangItem, name: &str, args: &[ty::GenericArg<'tcx>], span: Span) -> Result<Operand<'tcx>> {
        let method = self.facts.trait_method(item, name, span)?;
        let ty = self.tcx.mk_ty(TyKind::FnDef(method, self.tcx.mk_args(args)));
        Ok(Self::constant(span, Const::Val(ConstValue::ZeroSized, ty)))
    }

    #[allow(clippy::too_many_arguments, reason = "a comparison has that many parts")]
    fn compare(
        &mut self,
        block: BasicBlock,
        success: BasicBlock,
        fail: BasicBlock,
        info: SourceInfo,
        op: BinOp,
        left: Operand<'tcx>,
        right: Operand<'tcx>,
    ) {
        let result = self.temp(self.tcx.types().bool, info.span);
        self.push_assign(block, info, result, Rvalue::BinaryOp(op, Box::new((left, right))));
        self.terminate(block, info, Self::if_terminator(Operand::Move(result), success, fail));
    }

    /// Compares a `str` with a constant, by `PartialEq`.
    fn string_eq(
        &mut self,
        block: BasicBlock,
        success: BasicBlock,
        fail: BasicBlock,
        info: SourceInfo,
        place: Place<'tcx>,
        value: Value<'tcx>,
    ) -> Result<()> {
        let span = info.span;
        let str = self.tcx.types().str_;
        let reference = self.tcx.mk_ref(str, Mutability::Not);
        let expected = self.value_constant(Value { ty: reference, valtree: value.valtree }, span);
        let actual = self.temp(reference, span);
        self.push_assign(block, info, actual, Rvalue::Ref(BorrowKind::Shared, place));
        let func = self.method(LangItem::PartialEq, "eq", &[str.into(), str.into()], span)?;
        let result = self.temp(self.tcx.types().bool, span);
        let eq_block = self.new_block();
        let args = vec![Operand::Copy(actual), Operand::Constant(Box::new(expected))];
        let unwind = UnwindAction::Continue;
        let call = Call { func, args, destination: result, target: Some(eq_block), unwind, fn_span: span };
        self.terminate(block, info, TerminatorKind::Call(Box::new(call)));
        self.diverge_from(block)?;
        self.terminate(eq_block, info, Self::if_terminator(Operand::Move(result), success, fail));
        Ok(())
    }
}
