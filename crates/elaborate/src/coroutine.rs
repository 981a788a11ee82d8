//! Coroutines: a body that suspends becomes one that is called again and goes on where it was.
//!
//! The counterpart of rustc's `coroutine` pass. Drops are elaborated before, while the coroutine is still an argument of its
//! own body that holds what it captures. Then it is found out which locals live across suspensions ([`liveness`]): these are
//! its fields ([`saved`]). The code is divided ([`transform`]), and gets two heads ([`glue`]): one switches to where the
//! coroutine goes on when it is resumed, one to where its drop begins.

mod glue;
mod liveness;
mod saved;
mod transform;

use crate::cx::BodyCx;
use crate::work::{Exit, Statement, Work};
use build::{Doubt, Result};
use liveness::SELF;
use mir::{CoroutineInfo, Local, Rvalue, TerminatorKind};
use transform::{CONTEXT, Transform, lang_item};
use ty::{CoroutineArgs, CoroutineDesugaring, CoroutineKind, LangItem, Mutability, Region, Ty, TyKind};

/// Divides a coroutine's body.
///
/// # Errors
/// It is none that is understood.
pub(crate) fn divide<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>, kind: CoroutineKind) -> Result<()> {
    let strange = || Doubt::at("coroutine with other arguments", work.span);
    if work.arg_count != 2 {
        return Err(strange());
    }
    let TyKind::Coroutine(_, args) = *work.locals[SELF].ty.kind() else { return Err(strange()) };
    let args = CoroutineArgs::new(args);
    if let CoroutineKind::Desugared(CoroutineDesugaring::Async | CoroutineDesugaring::AsyncGen, _) = kind {
        replace_context(cx, work)?;
    }
    let movable = match kind {
        CoroutineKind::Coroutine { movable } => movable,
        CoroutineKind::Desugared(CoroutineDesugaring::Gen, _) => true,
        CoroutineKind::Desugared(CoroutineDesugaring::Async | CoroutineDesugaring::AsyncGen, _) => false,
    };
    let liveness = liveness::liveness(work, movable);
    let (saved, layout) = saved::layout(cx.tcx, work, &liveness);
    saved::check_known(cx, work, &layout)?;
    let return_ty = work.locals[Local::RETURN].ty;
    let may_return = cx.facts.may_exist(return_ty)
        && work.blocks.iter().any(|block| matches!(block.exit(), Some(TerminatorKind::Return)));
    let mut transform = Transform {
        tcx: cx.tcx,
        kind,
        span: work.span,
        yield_ty: args.yield_ty,
        return_ty,
        saved,
        always_stored: liveness.always_stored.clone(),
        points: Vec::new(),
    };
    transform.divide(work, liveness)?;
    transform.save_arguments(work);
    work.arg_count = if matches!(kind, CoroutineKind::Desugared(CoroutineDesugaring::Gen, _)) { 1 } else { 2 };
    work.spread_arg = None;
    for info in &mut work.var_debug_info {
        info.argument_index = None;
    }
    let clean_drop = glue::insert_clean_drop(work);
    glue::elaborate_drops(cx, work, args)?;
    let can_unwind = glue::can_unwind(cx, work);
    let drop = glue::drop_glue(cx, &transform, work, clean_drop).finish()?;
    glue::resume(cx, &transform, work, may_return, can_unwind)?;
    work.coroutine = Some(Box::new(CoroutineInfo {
        coroutine_drop: Some(drop),
        coroutine_drop_async: None,
        coroutine_drop_proxy_async: None,
        coroutine_layout: Some(layout),
        coroutine_kind: kind,
    }));
    Ok(())
}

/// A future's body is typed as if it were resumed with a raw pointer. From here on it is a reference, and calls that made it
/// one are gone.
fn replace_context<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>) -> Result<()> {
    let tcx = cx.tcx;
    let context = lang_item(tcx, LangItem::Context, work.span)?;
    let context = tcx.mk_ty(TyKind::Adt(context, tcx.mk_args(&[Region::Erased.into()])));
    let context: Ty<'tcx> = tcx.mk_ref(context, Mutability::Mut);
    let get_context = lang_item(tcx, LangItem::GetContext, work.span)?;
    work.locals[CONTEXT].ty = context;
    for block in work.blocks.indices() {
        let data = &mut work.blocks[block];
        if data.is_cleanup {
            continue;
        }
        let source_info = data.terminator().source_info;
        match &data.terminator().kind {
            Exit::Run(TerminatorKind::Call(call)) => match *call.func.ty(&work.locals, tcx).kind() {
                TyKind::FnDef(callee, _) if callee == get_context => {
                    let strange = || Doubt::at("how a future gets its context", source_info.span);
                    let [arg] = call.args.as_slice() else { return Err(strange()) };
                    let target = call.target.ok_or_else(strange)?;
                    let local = arg.place().ok_or_else(strange)?.local;
                    let assign = Statement::assign(source_info, call.destination, Rvalue::Use(arg.clone()));
                    data.statements.push(assign);
                    data.set_exit(TerminatorKind::Goto { target });
                    work.locals[local].ty = context;
                }
                _ => {}
            },
            Exit::Yield { resume_arg, .. } => work.locals[resume_arg.local].ty = context,
            _ => {}
        }
    }
    Ok(())
}
