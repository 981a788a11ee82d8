//! Drop elaboration: each drop that built MIR has becomes one that happens always, never, if a flag says so, or for the parts
//! that still have values.

mod ladder;

use crate::cx::BodyCx;
use crate::flow::{Flow, Inits};
use crate::moves::{Lookup, MovePath, Moves};
use crate::patch::Patch;
use crate::work::{AnyDrop, Exit, Work, scalar};
use build::{Doubt, Result};
use ladder::{DropPlan, Unwind};
use mir::visit::Location;
use mir::{BasicBlock, Local, Place, Rvalue, TerminatorKind, UnwindAction};
use ty::{IndexVec, Span};

/// How a value is dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Style {
    /// It has no value.
    Dead,
    Always,
    /// A flag says whether.
    Conditional,
    /// Its parts are dropped, each in a way of its own.
    Open,
}

/// Whether parts count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    Shallow,
    Deep,
}

/// The state of drop elaboration.
struct Elaborator<'a, 'tcx> {
    cx: &'a BodyCx<'tcx>,
    work: &'a Work<'tcx>,
    moves: &'a Moves<'tcx>,
    flow: Flow<'a, 'tcx>,
    flags: IndexVec<MovePath, Option<Local>>,
    patch: Patch<'tcx>,
    /// Before the drop that is being elaborated.
    inits: Inits,
}

/// Elaborates all drops of a body.
pub(crate) fn elaborate<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>) -> Result<()> {
    let moves = Moves::gather(cx, work)?;
    let flow = Flow::new(cx, work, &moves)?;
    let start = Location { block: BasicBlock::START, statement_index: 0 };
    let inits = flow.before(start);
    let flags = IndexVec::from_elem_n(None, moves.paths.len());
    let mut elaborator = Elaborator { cx, work, moves: &moves, flow, flags, patch: Patch::new(work), inits };
    elaborator.collect_flags();
    elaborator.elaborate_drops()?;
    elaborator.set_flags_at_start();
    elaborator.set_flags_after_calls();
    elaborator.set_flags_in_blocks();
    let patch = elaborator.patch;
    patch.apply(work);
    Ok(())
}

impl<'tcx> Elaborator<'_, 'tcx> {
    /// Paths that may or may not have a value where they are dropped get flags.
    fn collect_flags(&mut self) {
        let (work, moves) = (self.work, self.moves);
        for (block, data) in work.blocks.iter_enumerated() {
            let Some(AnyDrop { place, .. }) = data.drop() else { continue };
            let Lookup::Exact(path) = moves.lookup(place) else { continue };
            let inits = self.flow.before(work.end_of(block));
            let span = data.terminator().source_info.span;
            moves.for_each_below(path, &mut |path| {
                if inits.maybe_init(path) && inits.maybe_uninit(path) && self.flags[path].is_none() {
                    self.flags[path] = Some(self.patch.new_temp(self.cx.tcx.types().bool, span));
                }
            });
        }
    }

    fn elaborate_drops(&mut self) -> Result<()> {
        let work = self.work;
        for (block, data) in work.blocks.iter_enumerated() {
            let Some(AnyDrop { place, target, unwind }) = data.drop() else { continue };
            let meanwhile = match data.terminator().kind {
                Exit::MayDropMeanwhile { meanwhile, .. } => Some(meanwhile),
                _ => None,
            };
            let source_info = data.terminator().source_info;
            if !self.cx.needs_drop(place.ty(&work.locals, self.cx.tcx))? {
                self.patch.set_terminator(block, TerminatorKind::Goto { target });
                continue;
            }
            // What is behind a pointer and is not tracked has a value: it is dropped before it is assigned.
            let Lookup::Exact(path) = self.moves.lookup(place) else {
                self.patch.set_terminator(block, TerminatorKind::Drop { place, target, unwind });
                continue;
            };
            let unwind = match unwind {
                _ if data.is_cleanup => Unwind::InCleanup,
                UnwindAction::Cleanup(pad) => Unwind::To(pad),
                UnwindAction::Continue => Unwind::To(self.patch.resume_block()),
                UnwindAction::Unreachable => Unwind::To(self.patch.unreachable_cleanup_block()),
                UnwindAction::Terminate(reason) => Unwind::To(self.patch.terminate_block(reason)),
            };
            self.inits = self.flow.before(work.end_of(block));
            DropPlan { elaborator: self, source_info, place, path, succ: target, unwind, meanwhile }
                .elaborate(block)?;
        }
        Ok(())
    }

    fn style(&self, path: MovePath, mode: Mode) -> Style {
        let (mut init, mut uninit, mut count) = (false, false, 0);
        let mut look = |path| {
            init |= self.inits.maybe_init(path);
            uninit |= self.inits.maybe_uninit(path);
            count += 1;
        };
        match mode {
            Mode::Shallow => look(path),
            Mode::Deep => self.moves.for_each_below(path, &mut look),
        }
        match (init, uninit) {
            (false, _) => Style::Dead,
            (true, false) => Style::Always,
            (true, true) if count == 1 => Style::Conditional,
            (true, true) => Style::Open,
        }
    }

    /// The flag of a path, whose value is asked for.
    fn flag(&self, path: MovePath, span: Span) -> Result<Place<'tcx>> {
        let flag = self.flags[path].ok_or_else(|| Doubt::at("drop without a flag", span))?;
        Ok(Place::from_local(flag))
    }

    fn set_flag(&mut self, at: Location, path: MovePath, present: bool) {
        if let Some(flag) = self.flags[path] {
            let span = self.patch.source_info(self.work, at).span;
            let value = scalar(u128::from(present), 1, self.cx.tcx.types().bool, span);
            self.patch.add_assign(at, Place::from_local(flag), Rvalue::Use(value));
        }
    }

    fn clear_flags(&mut self, at: Location, path: MovePath, mode: Mode) {
        match mode {
            Mode::Shallow => self.set_flag(at, path, false),
            Mode::Deep => self.moves.for_each_below(path, &mut |path| self.set_flag(at, path, false)),
        }
    }

    /// First nothing has a value; then the arguments have.
    fn set_flags_at_start(&mut self) {
        let start = Location { block: BasicBlock::START, statement_index: 0 };
        for path in self.flags.indices() {
            self.set_flag(start, path, false);
        }
    }

    /// Calls that may unwind: their results have values in the blocks that they return to.
    fn set_flags_after_calls(&mut self) {
        let (work, moves) = (self.work, self.moves);
        for block in &work.blocks {
            if let Some(TerminatorKind::Call(call)) = block.exit()
                && let (Some(target), UnwindAction::Cleanup(_)) = (call.target, call.unwind)
            {
                let at = Location { block: target, statement_index: 0 };
                moves.for_each_in(call.destination, &mut |path| self.set_flag(at, path, true));
            }
        }
        let start = Location { block: BasicBlock::START, statement_index: 0 };
        for arg in work.args_iter() {
            moves.for_each_in(Place::from_local(arg), &mut |path| self.set_flag(start, path, true));
        }
    }

    /// New blocks set their flags by themselves.
    fn set_flags_in_blocks(&mut self) {
        let (work, moves) = (self.work, self.moves);
        for (block, data) in work.blocks.iter_enumerated() {
            let end = work.end_of(block);
            for statement_index in 0..=data.statements.len() {
                let at = Location { block, statement_index };
                if at == end && data.drop().is_some() {
                    continue;
                }
                moves.effects(work, at, &mut |path, present| self.set_flag(at, path, present));
            }
            // Other edges may lead to the block that follows: the result has a value before the call already.
            if let Some(TerminatorKind::Call(call)) = data.exit()
                && call.target.is_some()
                && !matches!(call.unwind, UnwindAction::Cleanup(_))
            {
                moves.for_each_in(call.destination, &mut |path| self.set_flag(end, path, true));
            }
        }
    }
}
