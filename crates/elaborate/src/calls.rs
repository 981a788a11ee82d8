//! Calls that may unwind where nothing may, and drops of what is not aligned.

use crate::cx::BodyCx;
use crate::graph::remove_dead_blocks;
use crate::patch::Patch;
use crate::work::{Block, Exit, Statement, Step, Work};
use build::{Doubt, Result};
use mir::{Operand, Place, ProjectionElem, Rvalue, StatementKind, TerminatorKind, UnwindAction, UnwindTerminateReason};
use ty::{DefKind, ExternAbi, InlineAttr, Tcx, TyKind, TypeFlags};

/// Lets nothing unwind out of functions that do not, and says which calls do not.
pub(crate) fn abort_unwinding<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>) {
    let tcx = cx.tcx;
    let definitions = tcx.definitions();
    let layouts = cx.cx.layouts;
    let abi = match definitions.def_kind(cx.def_id) {
        DefKind::Fn | DefKind::AssocFn => definitions.fn_sig(cx.def_id).skip_binder().abi,
        DefKind::Closure if definitions.coroutine_kind(cx.def_id).is_some() => ExternAbi::Rust,
        DefKind::Closure => ExternAbi::RustCall,
        _ => return,
    };
    let body_unwinds = layouts.fn_can_unwind(Some(cx.def_id), abi);
    let panics_unwind = layouts.fn_can_unwind(None, ExternAbi::Rust);
    for block in &mut work.blocks {
        let is_cleanup = block.is_cleanup;
        let exit = &mut block.terminator_mut().kind;
        if matches!(exit, Exit::Run(TerminatorKind::UnwindResume)) && !body_unwinds {
            *exit = Exit::Run(TerminatorKind::UnwindTerminate(UnwindTerminateReason::Abi));
        }
        if is_cleanup {
            continue;
        }
        let unwinds = match exit {
            Exit::Run(TerminatorKind::Call(call)) => match *call.func.ty(&work.locals, tcx).kind() {
                TyKind::FnDef(callee, _) => {
                    layouts.fn_can_unwind(Some(callee), definitions.fn_sig(callee).skip_binder().abi)
                }
                TyKind::FnPtr(sig) => layouts.fn_can_unwind(None, sig.skip_binder().abi),
                _ => true,
            },
            Exit::Run(TerminatorKind::Drop { .. } | TerminatorKind::Assert { .. }) | Exit::FalseUnwind { .. } => {
                panics_unwind
            }
            Exit::Run(TerminatorKind::InlineAsm(asm)) => asm.options.may_unwind,
            _ => continue,
        };
        let Some(unwind) = exit.unwind_mut() else { continue };
        if !unwinds {
            *unwind = UnwindAction::Unreachable;
        } else if !body_unwinds && *unwind == UnwindAction::Continue {
            *unwind = UnwindAction::Terminate(UnwindTerminateReason::Abi);
        }
    }
    remove_dead_blocks(work);
}

/// Some of the standard library's functions must be inlined. That is not done here.
///
/// # Errors
/// One is called.
pub(crate) fn no_forced_inlining<'tcx>(tcx: Tcx<'tcx>, work: &Work<'tcx>) -> Result<()> {
    for block in &work.blocks {
        if let Some(TerminatorKind::Call(call)) = block.exit()
            && let TyKind::FnDef(callee, _) = *call.func.ty(&work.locals, tcx).kind()
            && tcx.definitions().codegen_attrs(callee).inline == InlineAttr::Force
        {
            return Err(Doubt::at("call that must be inlined", block.terminator().source_info.span));
        }
    }
    Ok(())
}

/// Moves fields of packed types out before they are dropped, as drop glue wants them aligned.
pub(crate) fn move_packed_drops<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>) {
    let mut patch = Patch::new(work);
    for (at, block) in work.blocks.iter_enumerated() {
        let Some(&TerminatorKind::Drop { place, target, unwind }) = block.exit() else { continue };
        if !may_be_unaligned(cx, work, place) {
            continue;
        }
        let source_info = block.terminator().source_info;
        let temp = patch.new_temp(place.ty(&work.locals, cx.tcx), source_info.span);
        let dead = Statement { source_info, kind: Step::Run(StatementKind::StorageDead(temp)) };
        let goto = Block::new(TerminatorKind::Goto { target }, source_info, block.is_cleanup);
        let target = patch.new_block(Block { statements: vec![dead], ..goto });
        let end = work.end_of(at);
        patch.add_statement(end, StatementKind::StorageLive(temp));
        patch.add_assign(end, Place::from_local(temp), Rvalue::Use(Operand::Move(place)));
        patch.set_terminator(at, TerminatorKind::Drop { place: Place::from_local(temp), target, unwind });
    }
    patch.apply(work);
}

/// Whether a place is in a packed type, and may want more alignment than it has there.
fn may_be_unaligned<'tcx>(cx: &BodyCx<'tcx>, work: &Work<'tcx>, place: Place<'tcx>) -> bool {
    let mut least = None;
    for (index, step) in place.projection.iter().enumerate().rev() {
        if *step == ProjectionElem::Deref {
            break;
        }
        let base = Place { projection: &place.projection[..index], ..place };
        if let TyKind::Adt(did, _) = *base.ty(&work.locals, cx.tcx).kind()
            && let Some(pack) = cx.tcx.adt_def(did).repr.pack
        {
            least = Some(least.map_or(pack, |least: ty::rustc_abi::Align| least.min(pack)));
        }
    }
    let Some(pack) = least else { return false };
    let ty = place.ty(&work.locals, cx.tcx);
    if ty.flags().intersects(TypeFlags::HAS_PARAM | TypeFlags::HAS_ALIAS) {
        return true;
    }
    match cx.cx.layouts.layout_of(ty) {
        Ok(layout) => {
            let is_known = layout.is_sized()
                || matches!(cx.cx.build.traits.struct_tail(ty).kind(), TyKind::Slice(_) | TyKind::Str);
            layout.align.abi > pack || !is_known
        }
        Err(_) => true,
    }
}
