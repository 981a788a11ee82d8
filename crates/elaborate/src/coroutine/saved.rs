//! What a coroutine holds while it is suspended: the layout, and where each saved local is in it.

use super::liveness::Liveness;
use crate::cx::BodyCx;
use crate::work::{Step, Work, outermost};
use build::{Doubt, Result};
use mir::{
    Const, CoroutineLayout, CoroutineSavedTy, Local, LocalDecl, Operand, Rvalue, StatementKind, VarDebugInfoContents,
};
use ty::{
    ConstValue, CoroutineArgs, DefId, FieldIdx, GlobalAlloc, IndexVec, LangItem, Scalar, Span, Tcx, Ty, TyKind,
    VariantIdx,
};

/// Where a local is in the coroutine: its type, and the first variant that has it.
pub(super) type Saved<'tcx> = IndexVec<Local, Option<(Ty<'tcx>, VariantIdx, FieldIdx)>>;

/// The layout of a coroutine, and where the locals are in it. (rustc: `compute_layout`.)
pub(super) fn layout<'tcx>(
    tcx: Tcx<'tcx>,
    work: &Work<'tcx>,
    liveness: &Liveness,
) -> (Saved<'tcx>, CoroutineLayout<'tcx>) {
    let kept: Vec<Local> = liveness.kept.iter().map(Local::from_usize).collect();
    let mut field_tys = Vec::new();
    for &local in &kept {
        let decl = &work.locals[local];
        let ignore_for_traits = is_address_of_static(tcx, work, local);
        field_tys.push(CoroutineSavedTy { ty: decl.ty, source_info: decl.source_info, ignore_for_traits });
    }
    let whole = work.scopes[mir::SourceScope::OUTERMOST].span;
    let (start, end) = (Span { hi: whole.lo, ..whole }, Span { lo: whole.hi, ..whole });
    let mut variant_source_info: IndexVec<VariantIdx, _> = [start, end, end].into_iter().map(outermost).collect();
    let mut variant_fields: IndexVec<VariantIdx, IndexVec<FieldIdx, usize>> =
        IndexVec::from_elem_n(IndexVec::new(), CoroutineArgs::RESERVED_VARIANTS);
    let mut saved: Saved<'tcx> = IndexVec::from_elem_n(None, work.locals.len());
    for suspension in &liveness.suspensions {
        let mut fields: IndexVec<FieldIdx, usize> = IndexVec::new();
        for (number, &local) in kept.iter().enumerate() {
            if suspension.kept.contains(local.index()) {
                let field = fields.push(number);
                // It is in the same place in all variants. rustc names the last that has it.
                saved[local] = Some((work.locals[local].ty, variant_fields.next_index(), field));
            }
        }
        variant_fields.push(fields);
        variant_source_info.push(suspension.source_info);
    }
    let mut field_names = vec![None; kept.len()];
    for info in &work.var_debug_info {
        if let VarDebugInfoContents::Place(place) = &info.value
            && let Some(local) = place.as_local()
            && let Some((_, variant, field)) = saved[local]
        {
            field_names[variant_fields[variant][field]].get_or_insert(info.name);
        }
    }
    let conflict = |a: &Local, b: &Local| liveness.conflicts.contains(a.index(), b.index());
    let storage_conflicts = kept.iter().flat_map(|a| kept.iter().map(move |b| conflict(a, b))).collect();
    (saved, CoroutineLayout { field_tys, field_names, variant_fields, variant_source_info, storage_conflicts })
}

/// Compares a layout with the one that is known of the coroutine.
///
/// # Errors
/// They are not the same.
pub(super) fn check_known<'tcx>(cx: &BodyCx<'tcx>, work: &Work<'tcx>, ours: &CoroutineLayout<'tcx>) -> Result<()> {
    let (known, tcx, span) = (cx.cx.known, cx.tcx, work.span);
    let info = known.has_optimized_mir(work.def_id).then(|| known.optimized_mir(work.def_id).coroutine.as_deref());
    let Some(info) = info.flatten() else { return Err(Doubt::at("coroutine of which nothing is known", span)) };
    // Where the feature is on, there are futures for drops.
    let is_future_of_drop = |decl: &LocalDecl<'tcx>| match *decl.ty.kind() {
        TyKind::Alias(_, alias) => {
            let parent = tcx.definitions().def_key(alias.def_id).parent;
            let parent = parent.map(|index| DefId { index, ..alias.def_id });
            parent.is_some() && parent == tcx.lang_item(LangItem::AsyncDropInPlace)
        }
        _ => false,
    };
    if info.coroutine_drop_async.is_some() || known.optimized_mir(work.def_id).local_decls.iter().any(is_future_of_drop)
    {
        return Err(Doubt::at("asynchronous drop", span));
    }
    let differ = |what: &str| Err(Doubt::with("what a coroutine holds", span, format!("{what} are not as known")));
    let Some(theirs) = &info.coroutine_layout else { return differ("the fields") };
    let types = |layout: &CoroutineLayout<'tcx>| -> Vec<_> {
        layout.field_tys.iter().map(|saved| tcx.erase_regions(saved.ty)).collect()
    };
    if types(ours) != types(theirs) {
        return differ("the types");
    }
    if ours.variant_fields != theirs.variant_fields {
        return differ("the states");
    }
    if ours.storage_conflicts != theirs.storage_conflicts {
        return differ("fields that may share memory");
    }
    Ok(())
}

/// Whether a local is a temporary for the address of a static: any thread may take that again.
fn is_address_of_static<'tcx>(tcx: Tcx<'tcx>, work: &Work<'tcx>, local: Local) -> bool {
    let is_static = |rvalue: &Rvalue<'tcx>| {
        let Rvalue::Use(Operand::Constant(constant)) = rvalue else { return false };
        let Const::Val(ConstValue::Scalar(Scalar::Ptr(id, ..)), _) = constant.const_ else { return false };
        matches!(tcx.try_global_alloc(id), Some(GlobalAlloc::Static(_)))
    };
    work.blocks.iter().flat_map(|block| &block.statements).any(|statement| match &statement.kind {
        Step::Run(StatementKind::Assign(assign)) => assign.0.as_local() == Some(local) && is_static(&assign.1),
        _ => false,
    })
}
