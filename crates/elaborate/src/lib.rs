//! From MIR as it is built to MIR that is compiled.
//!
//! **What it is.** The counterpart of rustc's `rustc_mir_transform` at level 0 of its optimisations, in its order: what was for
//! borrow checking goes, constants are promoted, drops are elaborated by what is known of values at each place, dereferences
//! of boxes become those of pointers, coroutines are divided where they suspend, calls that may not unwind are marked.
//!
//! **What goes in.** A [`BuiltBody`]. **What comes out.** [`Elaborated`] bodies, as metadata has them. What is not done for sure
//! is a [`Doubt`]: calls of functions that must be inlined, and, with debug assertions, transmutes to enums.
//!
//! **What it must not know.** Syntax, THIR, inference; how bodies are stored; LIR. Nothing is optimised here.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod calls;
mod change;
mod checks;
mod coroutine;
mod cx;
mod deref;
mod drops;
mod flow;
mod graph;
mod intrinsics;
mod moves;
mod patch;
mod promote;
mod reveal;
mod work;

pub use build::{BuiltBody, Doubt, Result};
pub use cx::ElaborateCx;

use cx::BodyCx;
use graph::Switches;
use intrinsics::When;
use mir::visit::{Location, Visitor};
use mir::{
    BasicBlock, Body, CastKind, ConstQualifs, InlineAsmOperand, Mention, MentionedItem, PointerCoercion, Promoted,
    Rvalue, StatementKind, TerminatorKind,
};
use ty::{DefId, DefKind, IndexVec, Tcx, TyKind};
use work::{Exit, Step, Work};

/// What becomes of a built body.
#[derive(Clone, Debug)]
pub struct Elaborated<'tcx> {
    /// The body that is compiled; of a constant or static, the one that is evaluated.
    pub body: Body<'tcx>,
    /// Of a `const fn`, the body that is evaluated at compile time.
    pub for_ctfe: Option<Body<'tcx>>,
    /// Constant expressions that were taken out of the body, each a body of its own.
    pub promoted: IndexVec<Promoted, Body<'tcx>>,
}

/// Makes the bodies of an item that are compiled and evaluated.
///
/// # Errors
/// A doubt names what is not elaborated, and where.
pub fn elaborate<'tcx>(cx: ElaborateCx<'tcx>, def_id: DefId, built: BuiltBody<'tcx>) -> Result<Elaborated<'tcx>> {
    let cx = BodyCx::new(cx, def_id, built.span);
    let mut work = Work::new(def_id, built)?;
    graph::simplify(&mut work, Switches::Kept);
    promote::collect_required_consts(&mut work);
    let fragments = promote::promote(&cx, &mut work)?;
    graph::simplify(&mut work, Switches::Kept);

    lower_to_runtime(&cx, &mut work)?;
    let mut promoted = IndexVec::new();
    for mut fragment in fragments {
        lower_to_runtime(&cx, &mut fragment)?;
        promoted.push(fragment.finish()?);
    }
    let definitions = cx.tcx.definitions();
    let is_function = matches!(definitions.def_kind(def_id), DefKind::Fn | DefKind::AssocFn | DefKind::Closure);
    if !is_function {
        return Ok(Elaborated { body: for_ctfe(cx.tcx, work)?, for_ctfe: None, promoted });
    }
    let for_ctfe = match definitions.is_const_fn(def_id) {
        true => Some(for_ctfe(cx.tcx, work.clone())?),
        false => None,
    };
    intrinsics::select(cx.tcx, &mut work, When::RunTime)?;
    let mentions = mentions(cx.tcx, &work);
    if !work.blocks[BasicBlock::START].is_empty_unreachable() {
        if cx.tcx.session().ub_checks {
            checks::alignment(&cx, &mut work)?;
            checks::null(&cx, &mut work)?;
            checks::no_enums(&cx, &work)?;
        }
        calls::no_forced_inlining(cx.tcx, &work)?;
        graph::remove_unneeded_drops(&cx, &mut work)?;
        graph::split_critical_edges(&mut work);
    }
    let body = Body { mentions, ..work.finish()? };
    Ok(Elaborated { body, for_ctfe, promoted })
}

/// What is known of the value of a constant, a static, or what a `const fn` returns: see [`mir::Bodies::const_qualifs`]. The
/// constants that the body mentions must be known there.
///
/// # Errors
/// As for [`elaborate`].
pub fn const_qualifs<'tcx>(cx: ElaborateCx<'tcx>, def_id: DefId, built: BuiltBody<'tcx>) -> Result<ConstQualifs> {
    let cx = BodyCx::new(cx, def_id, built.span);
    let mut work = Work::new(def_id, built)?;
    graph::simplify(&mut work, Switches::Kept);
    promote::const_qualifs(&cx, &work)
}

/// All passes from the form that is borrow-checked to the one that is compiled.
fn lower_to_runtime<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>) -> Result<()> {
    let tcx = cx.tcx;
    if cx.facts.has_impossible_clauses(work.span)? {
        work.make_unreachable();
    }
    remove_analysis(work);
    if !tcx.session().panic_abort {
        graph::remove_noop_landing_pads(work);
    }
    graph::simplify(work, Switches::Kept);
    deref::separate(tcx, work);

    graph::split_critical_edges(work);
    reveal::opaque_types(cx, work)?;
    reveal::add_subtyping(tcx, work);
    drops::elaborate(cx, work)?;
    calls::abort_unwinding(cx, work);
    calls::move_packed_drops(cx, work);
    deref::erase_temps(work);
    deref::elaborate_boxes(tcx, work)?;
    if let Some(kind) = work.coroutine_kind {
        coroutine::divide(cx, work, kind)?;
    }

    intrinsics::lower(cx, work)?;
    for block in &mut work.blocks {
        block.statements.retain(|statement| !matches!(statement.kind, Step::Mention(_)));
    }
    graph::simplify(work, Switches::Simplified);
    Ok(())
}

/// Removes what is there for borrow checking.
fn remove_analysis(work: &mut Work<'_>) {
    for block in &mut work.blocks {
        block.statements.retain_mut(|statement| match &mut statement.kind {
            Step::FakeRead(_) | Step::Note => false,
            Step::Run(StatementKind::Assign(assign)) => match &mut assign.1 {
                Rvalue::Ref(mir::BorrowKind::Fake, _) => false,
                Rvalue::Cast(kind, ..) => {
                    let coercion = CastKind::PointerCoercion;
                    if [PointerCoercion::ArrayToPointer, PointerCoercion::MutToConstPointer]
                        .map(coercion)
                        .contains(kind)
                    {
                        *kind = CastKind::PtrToPtr;
                    }
                    true
                }
                _ => true,
            },
            _ => true,
        });
        let exit = &mut block.terminator_mut().kind;
        if let Exit::FalseEdge { real: target, .. } | Exit::FalseUnwind { real: target, .. } = *exit {
            *exit = Exit::Run(TerminatorKind::Goto { target });
        }
    }
}

/// The body that is evaluated at compile time.
fn for_ctfe<'tcx>(tcx: Tcx<'tcx>, mut work: Work<'tcx>) -> Result<Body<'tcx>> {
    intrinsics::select(tcx, &mut work, When::CompileTime)?;
    work.finish()
}

/// All that the body's code refers to, but for slices of arrays, which have no vtables.
fn mentions<'tcx>(tcx: Tcx<'tcx>, work: &Work<'tcx>) -> Vec<Mention<'tcx>> {
    let mut mentions = Mentions { tcx, work, all: Vec::new() };
    for (block, data) in work.blocks.iter_enumerated() {
        work::visit_block(&mut mentions, block, data);
        let mut at_end = |item| mentions.all.push(Mention { item, span: data.terminator().source_info.span });
        match data.exit() {
            Some(TerminatorKind::Call(call)) => at_end(MentionedItem::Fn(call.func.ty(&work.locals, tcx))),
            Some(TerminatorKind::TailCall { func, .. }) => at_end(MentionedItem::Fn(func.ty(&work.locals, tcx))),
            Some(TerminatorKind::Drop { place, .. }) => at_end(MentionedItem::Drop(place.ty(&work.locals, tcx))),
            Some(TerminatorKind::InlineAsm(asm)) => {
                for operand in &asm.operands {
                    if let InlineAsmOperand::SymFn { value } = operand {
                        at_end(MentionedItem::Fn(value.const_.ty()));
                    }
                }
            }
            _ => {}
        }
    }
    mentions.all
}

struct Mentions<'a, 'tcx> {
    tcx: Tcx<'tcx>,
    work: &'a Work<'tcx>,
    all: Vec<Mention<'tcx>>,
}

impl<'tcx> Visitor<'tcx> for Mentions<'_, 'tcx> {
    fn visit_rvalue(&mut self, rvalue: &Rvalue<'tcx>, at: Location) {
        let Rvalue::Cast(CastKind::PointerCoercion(coercion), operand, target) = rvalue else { return };
        let source = operand.ty(&self.work.locals, self.tcx);
        let pointee = |ty: ty::Ty<'tcx>| ty.builtin_deref(self.tcx).map(|ty| *ty.kind());
        let item = match coercion {
            PointerCoercion::Unsize => match (pointee(source), pointee(*target)) {
                (Some(TyKind::Array(..)), Some(TyKind::Str | TyKind::Slice(_))) => return,
                _ => MentionedItem::UnsizeCast { source, target: *target },
            },
            PointerCoercion::ReifyFnPointer => MentionedItem::Fn(source),
            PointerCoercion::ClosureFnPointer { .. } => MentionedItem::Closure(source),
            _ => return,
        };
        self.all.push(Mention { item, span: self.work.source_info(at).span });
    }
}
