//! Calls of intrinsics that are operations of MIR.

use crate::cx::BodyCx;
use crate::work::{Exit, Statement, Step, Work, outermost, temp_decl, zero_sized};
use build::{Doubt, Result};
use mir::{
    AggregateKind, BinOp, BorrowKind, Call, CastKind, Operand, Place, ProjectionElem, RawPtrKind, RuntimeChecks,
    Rvalue, StatementKind, TerminatorKind, UnOp,
};
use ty::{FieldIdx, GenericArgs, Mutability, Symbol, Tcx, TyKind};

/// The intrinsic that is called, and with which generic arguments.
fn callee<'tcx>(tcx: Tcx<'tcx>, work: &Work<'tcx>, call: &Call<'tcx>) -> Option<(Symbol, GenericArgs<'tcx>)> {
    let TyKind::FnDef(callee, args) = *call.func.ty(&work.locals, tcx).kind() else { return None };
    Some((tcx.definitions().intrinsic(callee)?.name, args))
}

/// Replaces the calls.
pub(crate) fn lower<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>) -> Result<()> {
    for block in work.blocks.indices() {
        let Exit::Run(TerminatorKind::Call(call)) = &work.blocks[block].terminator().kind else { continue };
        let Some((name, args)) = callee(cx.tcx, work, call) else { continue };
        let source_info = work.blocks[block].terminator().source_info;
        let operation = operation(cx.tcx, work, name.as_str(), call, args, source_info.span)?;
        let Some((statement, may_end)) = operation else { continue };
        let exit = match call.target {
            _ if name.as_str() == "unreachable" => TerminatorKind::Unreachable,
            Some(target) => TerminatorKind::Goto { target },
            // It makes a value that cannot exist.
            None if may_end => TerminatorKind::Unreachable,
            None => return Err(Doubt::with("intrinsic that does not return", source_info.span, name.as_str())),
        };
        let data = &mut work.blocks[block];
        data.statements.extend(statement.map(|kind| Statement { source_info, kind: Step::Run(kind) }));
        data.set_exit(exit);
    }
    Ok(())
}

/// What a call does, if that is an operation of MIR; and whether it may be one that does not return.
fn operation<'tcx>(
    tcx: Tcx<'tcx>,
    work: &Work<'tcx>,
    name: &str,
    call: &Call<'tcx>,
    generic: GenericArgs<'tcx>,
    span: ty::Span,
) -> Result<Option<(Option<StatementKind<'tcx>>, bool)>> {
    let strange = || Doubt::with("arguments of an intrinsic", span, name);
    let arg = |index: usize| call.args.get(index).cloned().ok_or_else(strange);
    let place_of = |index: usize| arg(index)?.place().ok_or_else(strange);
    let binary = |op| Ok::<_, Box<Doubt>>(Rvalue::BinaryOp(op, Box::new((arg(0)?, arg(1)?))));
    let mut may_end = false;
    let value = match name {
        "unreachable" => return Ok(Some((None, true))),
        "copy_nonoverlapping" => {
            let copy = StatementKind::CopyNonOverlapping { src: arg(0)?, dst: arg(1)?, count: arg(2)? };
            return Ok(Some((Some(copy), false)));
        }
        "assume" => return Ok(Some((Some(StatementKind::Assume(arg(0)?)), false))),
        "ub_checks" => Rvalue::Use(Operand::RuntimeChecks(RuntimeChecks::UbChecks)),
        "contract_checks" => Rvalue::Use(Operand::RuntimeChecks(RuntimeChecks::ContractChecks)),
        "overflow_checks" => Rvalue::Use(Operand::RuntimeChecks(RuntimeChecks::OverflowChecks)),
        "forget" => Rvalue::Use(zero_sized(tcx.types().unit, span)),
        "wrapping_add" => binary(BinOp::Add)?,
        "wrapping_sub" => binary(BinOp::Sub)?,
        "wrapping_mul" => binary(BinOp::Mul)?,
        "three_way_compare" => binary(BinOp::Cmp)?,
        "unchecked_add" => binary(BinOp::AddUnchecked)?,
        "unchecked_sub" => binary(BinOp::SubUnchecked)?,
        "unchecked_mul" => binary(BinOp::MulUnchecked)?,
        "unchecked_div" => binary(BinOp::Div)?,
        "unchecked_rem" => binary(BinOp::Rem)?,
        "unchecked_shl" => binary(BinOp::ShlUnchecked)?,
        "unchecked_shr" => binary(BinOp::ShrUnchecked)?,
        "add_with_overflow" => binary(BinOp::AddWithOverflow)?,
        "sub_with_overflow" => binary(BinOp::SubWithOverflow)?,
        "mul_with_overflow" => binary(BinOp::MulWithOverflow)?,
        "offset" => binary(BinOp::Offset)?,
        "read_via_copy" => {
            may_end = true;
            Rvalue::Use(Operand::Copy(place_of(0)?.deref(tcx)))
        }
        "discriminant_value" => Rvalue::Discriminant(place_of(0)?.deref(tcx)),
        "slice_get_unchecked" => {
            let index = place_of(1)?.as_local().ok_or_else(strange)?;
            let element = place_of(0)?.deref(tcx).project(tcx, ProjectionElem::Index(index));
            match *generic.type_at(0).kind() {
                TyKind::RawPtr(_, Mutability::Not) => Rvalue::RawPtr(RawPtrKind::Const, element),
                TyKind::RawPtr(_, Mutability::Mut) => Rvalue::RawPtr(RawPtrKind::Mut, element),
                TyKind::Ref(_, _, Mutability::Not) => Rvalue::Ref(BorrowKind::Shared, element),
                TyKind::Ref(_, _, Mutability::Mut) => Rvalue::Ref(BorrowKind::Mut, element),
                _ => return Err(strange()),
            }
        }
        "transmute" | "transmute_unchecked" => {
            may_end = true;
            Rvalue::Cast(CastKind::Transmute, arg(0)?, call.destination.ty(&work.locals, tcx))
        }
        "aggregate_raw_ptr" => {
            let TyKind::RawPtr(pointee, mutability) = *generic.type_at(0).kind() else { return Err(strange()) };
            let fields = [arg(0)?, arg(1)?].into_iter().collect();
            Rvalue::Aggregate(Box::new(AggregateKind::RawPtr(pointee, mutability)), fields)
        }
        "ptr_metadata" => Rvalue::UnaryOp(UnOp::PtrMetadata, arg(0)?),
        _ => return Ok(None),
    };
    let assign = StatementKind::Assign(Box::new((call.destination, value)));
    Ok(Some((Some(assign), may_end)))
}

/// When a body runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum When {
    CompileTime,
    RunTime,
}

/// Calls of `const_eval_select` become calls of one of both functions.
pub(crate) fn select<'tcx>(tcx: Tcx<'tcx>, work: &mut Work<'tcx>, when: When) -> Result<()> {
    for block in work.blocks.indices() {
        let Exit::Run(TerminatorKind::Call(call)) = &work.blocks[block].terminator().kind else { continue };
        if !matches!(callee(tcx, work, call), Some((name, _)) if name.as_str() == "const_eval_select") {
            continue;
        }
        let mut call = Call::clone(call);
        let span = call.fn_span;
        let strange = || Doubt::at("arguments of `const_eval_select`", span);
        let [tuple, at_compile_time, at_run_time] = &call.args[..] else { return Err(strange()) };
        let TyKind::Tuple(types) = *tuple.ty(&work.locals, tcx).kind() else { return Err(strange()) };
        let func = match when {
            When::CompileTime => at_compile_time.clone(),
            When::RunTime => at_run_time.clone(),
        };
        let (place, is_move) = match tuple {
            Operand::Move(place) => (*place, true),
            Operand::Copy(place) => (*place, false),
            constant => {
                // Nothing is taken out of a constant.
                let constant = constant.clone();
                let temp = work.locals.push(temp_decl(constant.ty(&work.locals, tcx), span));
                let place = Place::from_local(temp);
                let assign = Statement::assign(outermost(span), place, Rvalue::Use(constant));
                work.blocks[block].statements.push(assign);
                (place, true)
            }
        };
        let args = types.iter().enumerate().map(|(index, ty)| {
            let field = place.project(tcx, ProjectionElem::Field(FieldIdx::from_usize(index), ty));
            if is_move { Operand::Move(field) } else { Operand::Copy(field) }
        });
        call.args = args.collect();
        call.func = func;
        work.blocks[block].set_exit(TerminatorKind::Call(Box::new(call)));
    }
    Ok(())
}
