//! The functions of a divided coroutine: the one that resumes it, and the one that drops it.

use super::liveness::SELF;
use super::transform::{CONTEXT, Transform, lang_item, new_block, reach_self_through};
use crate::calls;
use crate::cx::BodyCx;
use crate::deref;
use crate::graph::remove_dead_blocks;
use crate::patch::Patch;
use crate::work::{Block, Exit, Statement, Step, Work, outermost, scalar, temp_decl};
use build::Result;
use mir::{
    AssertKind, BasicBlock, Local, Operand, Place, ProjectionElem, Rvalue, SourceInfo, StatementKind, SwitchTargets,
    TerminatorKind, UnwindAction, UnwindTerminateReason,
};
use ty::{CoroutineArgs, CoroutineDesugaring, CoroutineKind, FieldIdx, IndexVec, LangItem, Mutability, Ty, TyKind};

/// Where a function begins, for each state that it knows.
type Cases = Vec<(usize, BasicBlock)>;

/// What a function does with a suspended coroutine.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operation {
    Resume,
    Drop,
}

/// Adds the block that drops a coroutine which has not begun: it drops what it captures.
pub(super) fn insert_clean_drop(work: &mut Work<'_>) -> BasicBlock {
    let target = new_block(work, TerminatorKind::Return);
    let place = Place::from_local(SELF);
    new_block(work, TerminatorKind::Drop { place, target, unwind: UnwindAction::Continue })
}

/// Drops of the coroutine itself become drops of what it captures.
pub(super) fn elaborate_drops<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>, args: CoroutineArgs<'tcx>) -> Result<()> {
    let whole = Place::from_local(SELF);
    let mut fields = Vec::new();
    for (index, ty) in args.upvar_tys().iter().enumerate() {
        if cx.needs_drop(ty)? {
            fields.push(whole.field(cx.tcx, index, ty));
        }
    }
    let mut patch = Patch::new(work);
    for (at, data) in work.blocks.iter_enumerated() {
        let Some(&TerminatorKind::Drop { place, target, unwind }) = data.exit() else { continue };
        if place != whole {
            continue;
        }
        let source_info = data.terminator().source_info;
        let first = if data.is_cleanup {
            last(&half_ladder(&mut patch, source_info, &fields, target, None))
        } else {
            let pad = match unwind {
                UnwindAction::Cleanup(pad) => pad,
                UnwindAction::Continue => patch.resume_block(),
                UnwindAction::Unreachable => patch.unreachable_cleanup_block(),
                UnwindAction::Terminate(reason) => patch.terminate_block(reason),
            };
            let end = patch.new_block(Block::new(TerminatorKind::Goto { target }, source_info, false));
            let pads = half_ladder(&mut patch, source_info, &fields, pad, None);
            last(&half_ladder(&mut patch, source_info, &fields, end, Some(&pads)))
        };
        patch.set_terminator(at, TerminatorKind::Goto { target: first });
    }
    patch.apply(work);
    Ok(())
}

/// Blocks that drop none, one, two … of the fields, from the last on; where the pads are, if that is not on unwinding itself.
fn half_ladder<'tcx>(
    patch: &mut Patch<'tcx>,
    source_info: SourceInfo,
    fields: &[Place<'tcx>],
    end: BasicBlock,
    pads: Option<&[BasicBlock]>,
) -> Vec<BasicBlock> {
    let mut blocks = vec![end];
    for (index, &place) in fields.iter().rev().enumerate() {
        let unwind = match pads {
            Some(pads) => UnwindAction::Cleanup(pads[index]),
            None => UnwindAction::Terminate(UnwindTerminateReason::InCleanup),
        };
        let drop = TerminatorKind::Drop { place, target: blocks[index], unwind };
        blocks.push(patch.new_block(Block::new(drop, source_info, pads.is_none())));
    }
    blocks
}

fn last(blocks: &[BasicBlock]) -> BasicBlock {
    blocks[blocks.len() - 1]
}

/// Whether anything in the body may unwind.
pub(super) fn can_unwind(cx: &BodyCx<'_>, work: &Work<'_>) -> bool {
    let unwinds = |block: &Block<'_>| {
        matches!(
            block.exit(),
            Some(
                TerminatorKind::Drop { .. }
                    | TerminatorKind::Call(_)
                    | TerminatorKind::InlineAsm(_)
                    | TerminatorKind::Assert { .. }
            )
        )
    };
    !cx.tcx.session().panic_abort && work.blocks.iter().any(unwinds)
}

/// The coroutine's drop glue.
pub(super) fn drop_glue<'tcx>(
    cx: &BodyCx<'tcx>,
    transform: &Transform<'tcx>,
    work: &Work<'tcx>,
    clean_drop: BasicBlock,
) -> Work<'tcx> {
    let tcx = cx.tcx;
    let mut work = work.clone();
    work.arg_count = 1;
    let mut cases = cases(&mut work, transform, Operation::Drop);
    cases.insert(0, (CoroutineArgs::UNRESUMED, clean_drop));
    // After its end, or when it has panicked, it holds nothing.
    let otherwise = new_block(&mut work, TerminatorKind::Return);
    insert_switch(cx, &mut work, cases, otherwise);
    for block in &mut work.blocks {
        if let Exit::CoroutineDrop = block.terminator().kind {
            block.set_exit(TerminatorKind::Return);
        }
    }
    let span = work.span;
    let coroutine = work.locals[SELF].ty;
    work.locals[Local::RETURN] = temp_decl(tcx.types().unit, span);
    reach_self_through(tcx, &mut work, SELF);
    work.locals[SELF] = temp_decl(tcx.mk_ptr(coroutine, Mutability::Mut), span);
    remove_dead_blocks(&mut work);
    deref::separate_by_copies(tcx, &mut work);
    // Metadata's have statements that do nothing at run time, which are not read.
    for block in &mut work.blocks {
        block
            .statements
            .retain(|statement| !matches!(statement.kind, Step::Mention(_) | Step::Run(StatementKind::Nop)));
    }
    work
}

/// Makes the body the function that resumes the coroutine.
pub(super) fn resume<'tcx>(
    cx: &BodyCx<'tcx>,
    transform: &Transform<'tcx>,
    work: &mut Work<'tcx>,
    can_return: bool,
    can_unwind: bool,
) -> Result<()> {
    if can_unwind {
        poison_on_unwinding(transform, work);
    }
    let mut cases = cases(work, transform, Operation::Resume);
    cases.insert(0, (CoroutineArgs::UNRESUMED, BasicBlock::START));
    if can_unwind {
        let block = panic_block(cx, work, AssertKind::ResumedAfterPanic(transform.kind));
        cases.insert(1, (CoroutineArgs::POISONED, block));
    }
    if can_return {
        let block = match transform.kind {
            CoroutineKind::Desugared(CoroutineDesugaring::Async, _) | CoroutineKind::Coroutine { .. } => {
                panic_block(cx, work, AssertKind::ResumedAfterReturn(transform.kind))
            }
            // Iterators that have ended give nothing more.
            CoroutineKind::Desugared(CoroutineDesugaring::Gen | CoroutineDesugaring::AsyncGen, _) => {
                let value = transform.ended(work.span)?;
                let statement = Statement::assign(outermost(work.span), Place::from_local(Local::RETURN), value);
                let block = new_block(work, TerminatorKind::Return);
                work.blocks[block].statements.push(statement);
                block
            }
        };
        cases.insert(1, (CoroutineArgs::RETURNED, block));
    }
    let otherwise = new_block(work, TerminatorKind::Unreachable);
    insert_switch(cx, work, cases, otherwise);
    match transform.kind {
        // `Iterator::next` takes no pinned reference.
        CoroutineKind::Desugared(CoroutineDesugaring::Gen, _) => {
            work.locals[SELF].ty = cx.tcx.mk_ref(work.locals[SELF].ty, Mutability::Mut);
            reach_self_through(cx.tcx, work, SELF);
        }
        _ => take_pinned(cx, work)?,
    }
    remove_dead_blocks(work);
    calls::abort_unwinding(cx, work);
    deref::separate_by_copies(cx.tcx, work);
    Ok(())
}

/// The coroutine comes as `Pin<&mut Self>`.
fn take_pinned<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>) -> Result<()> {
    let tcx = cx.tcx;
    let reference = tcx.mk_ref(work.locals[SELF].ty, Mutability::Mut);
    let pin = lang_item(tcx, LangItem::Pin, work.span)?;
    work.locals[SELF].ty = tcx.mk_ty(TyKind::Adt(pin, tcx.mk_args(&[reference.into()])));
    let unpinned = work.locals.push(temp_decl(reference, work.span));
    reach_self_through(tcx, work, unpinned);
    let field = Place::from_local(SELF).project(tcx, ProjectionElem::Field(FieldIdx::ZERO, reference));
    let value = Rvalue::Use(Operand::Copy(field));
    let statement = Statement::assign(outermost(work.span), Place::from_local(unpinned), value);
    work.blocks[BasicBlock::START].statements.insert(0, statement);
    Ok(())
}

/// When the coroutine unwinds, it says that it cannot be resumed.
fn poison_on_unwinding<'tcx>(transform: &Transform<'tcx>, work: &mut Work<'tcx>) {
    let source_info = outermost(work.span);
    let mut poison = Block::new(TerminatorKind::UnwindResume, source_info, true);
    poison.statements.push(transform.set_state(CoroutineArgs::POISONED, source_info));
    let target = work.blocks.push(poison);
    for (at, block) in work.blocks.iter_enumerated_mut() {
        if let Some(TerminatorKind::UnwindResume) = block.exit() {
            if at != target {
                block.set_exit(TerminatorKind::Goto { target });
            }
        } else if !block.is_cleanup
            && let Some(unwind @ UnwindAction::Continue) = block.terminator_mut().kind.unwind_mut()
        {
            *unwind = UnwindAction::Cleanup(target);
        }
    }
}

/// A block that panics.
fn panic_block<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>, message: AssertKind<'tcx>) -> BasicBlock {
    let target = work.blocks.next_index();
    let cond = scalar(0, 1, cx.tcx.types().bool, work.span);
    let (msg, unwind) = (Box::new(message), UnwindAction::Continue);
    new_block(work, TerminatorKind::Assert { cond, expected: true, msg, target, unwind })
}

/// Where a function goes on in each state that suspensions made.
fn cases<'tcx>(work: &mut Work<'tcx>, transform: &Transform<'tcx>, operation: Operation) -> Cases {
    let source_info = outermost(work.span);
    let mut cases = Cases::new();
    for point in &transform.points {
        let target = match operation {
            Operation::Resume => point.resume,
            Operation::Drop => match point.drop {
                Some(target) => target,
                None => continue,
            },
        };
        let renewed = work.locals.indices().filter(|&local| transform.is_renewed(local, &point.stored));
        let mut statements: Vec<Statement<'tcx>> = renewed
            .map(|local| Statement { source_info, kind: Step::Run(StatementKind::StorageLive(local)) })
            .collect();
        if operation == Operation::Resume && point.resume_arg != Place::from_local(CONTEXT) {
            let value = Rvalue::Use(Operand::Move(Place::from_local(CONTEXT)));
            statements.push(Statement::assign(source_info, point.resume_arg, value));
        }
        let block = new_block(work, TerminatorKind::Goto { target });
        work.blocks[block].statements = statements;
        cases.push((point.state, block));
    }
    cases
}

/// Lets the body begin with a switch over the state.
fn insert_switch<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>, cases: Cases, otherwise: BasicBlock) {
    let source_info = outermost(work.span);
    let ty: Ty<'tcx> = mir::discriminant_ty(cx.tcx, work.locals[SELF].ty);
    let discr = Place::from_local(work.locals.push(temp_decl(ty, work.span)));
    let targets = SwitchTargets {
        values: cases.iter().map(|(state, _)| *state as u128).collect(),
        targets: cases.iter().map(|(_, block)| *block).chain([otherwise]).collect(),
    };
    let mut switch = Block::new(TerminatorKind::SwitchInt { discr: Operand::Move(discr), targets }, source_info, false);
    switch.statements.push(Statement::assign(source_info, discr, Rvalue::Discriminant(Place::from_local(SELF))));
    let old = std::mem::take(&mut work.blocks);
    let mut blocks: IndexVec<BasicBlock, Block<'tcx>> = IndexVec::with_capacity(old.len() + 1);
    blocks.push(switch);
    blocks.extend(old);
    for block in &mut blocks {
        block.terminator_mut().kind.for_each_successor(|target| *target = target.plus(1));
    }
    work.blocks = blocks;
}
