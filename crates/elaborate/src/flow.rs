//! Which move paths may have a value, and which may have none, at each place of a body.

use crate::cx::BodyCx;
use crate::moves::{MovePath, Moves, Part};
use crate::work::{AnyDrop, Exit, Work};
use build::Result;
use mir::visit::Location;
use mir::{BasicBlock, InlineAsmOperand, Operand, Place, Rvalue, TerminatorKind, UnwindAction};
use std::collections::BTreeSet;
use ty::rustc_index::bit_set::DenseBitSet;
use ty::{IndexVec, TyKind, VariantIdx};

/// A set of move paths; `None` where control does not get to.
type State = Option<DenseBitSet<usize>>;

/// What is asked of a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Question {
    MaybeInit,
    MaybeUninit,
}

/// Both answers for a place in a body.
pub(crate) struct Inits {
    init: State,
    uninit: State,
}

impl Inits {
    pub fn maybe_init(&self, path: MovePath) -> bool {
        self.init.as_ref().is_some_and(|set| set.contains(path.index()))
    }
    pub fn maybe_uninit(&self, path: MovePath) -> bool {
        self.uninit.as_ref().is_some_and(|set| set.contains(path.index()))
    }
}

/// The answers at the start of each block.
pub(crate) struct Flow<'a, 'tcx> {
    init: Analysis<'a, 'tcx>,
    uninit: Analysis<'a, 'tcx>,
}

impl<'a, 'tcx> Flow<'a, 'tcx> {
    pub fn new(cx: &'a BodyCx<'tcx>, work: &'a Work<'tcx>, moves: &'a Moves<'tcx>) -> Result<Flow<'a, 'tcx>> {
        let mut init = Analysis::new(cx, work, moves, Question::MaybeInit)?;
        init.run();
        let mut uninit = Analysis::new(cx, work, moves, Question::MaybeUninit)?;
        // A drop of what has no value does not unwind.
        for (block, data) in work.blocks.iter_enumerated() {
            if let Some(AnyDrop { place, unwind: UnwindAction::Cleanup(_), .. }) = data.drop() {
                uninit.dead_unwinds[block] = init.is_drop_dead(place, &init.before(work.end_of(block)));
            }
        }
        uninit.run();
        Ok(Flow { init, uninit })
    }

    /// Before the statement or terminator there.
    pub fn before(&self, at: Location) -> Inits {
        Inits { init: self.init.before(at), uninit: self.uninit.before(at) }
    }
}

/// What a switch over an enum's discriminant asks for: the enum, and the discriminants of its variants.
type EnumSwitch<'tcx> = (Place<'tcx>, Vec<(VariantIdx, u128)>);

struct Analysis<'a, 'tcx> {
    work: &'a Work<'tcx>,
    moves: &'a Moves<'tcx>,
    question: Question,
    starts: IndexVec<BasicBlock, State>,
    /// Drops that do not unwind.
    dead_unwinds: IndexVec<BasicBlock, bool>,
    /// Of blocks that end in a switch over an enum's discriminant.
    switches: IndexVec<BasicBlock, Option<EnumSwitch<'tcx>>>,
}

impl<'a, 'tcx> Analysis<'a, 'tcx> {
    fn new(
        cx: &'a BodyCx<'tcx>,
        work: &'a Work<'tcx>,
        moves: &'a Moves<'tcx>,
        question: Question,
    ) -> Result<Analysis<'a, 'tcx>> {
        let count = work.blocks.len();
        let mut switches = IndexVec::new();
        for block in work.blocks.indices() {
            switches.push(enum_switch(cx, work, block)?);
        }
        Ok(Analysis {
            work,
            moves,
            question,
            starts: IndexVec::from_elem_n(None, count),
            dead_unwinds: IndexVec::from_elem_n(false, count),
            switches,
        })
    }

    fn run(&mut self) {
        let count = self.moves.paths.len();
        let mut first = match self.question {
            Question::MaybeInit => DenseBitSet::new_empty(count),
            Question::MaybeUninit => DenseBitSet::new_filled(count),
        };
        for arg in self.work.args_iter() {
            self.moves.for_each_in(Place::from_local(arg), &mut |path| self.set(&mut first, path, true));
        }
        self.starts[BasicBlock::START] = Some(first);
        // By the order of their numbers, for want of a better one; the answer does not depend on it.
        let mut order = self.work.postorder();
        order.reverse();
        let mut rank: IndexVec<BasicBlock, usize> = IndexVec::from_elem_n(usize::MAX, self.work.blocks.len());
        for (position, &block) in order.iter().enumerate() {
            rank[block] = position;
        }
        let mut waiting: BTreeSet<usize> = (0..order.len()).collect();
        while let Some(position) = waiting.pop_first() {
            let block = order[position];
            let Some(mut state) = self.before(self.work.end_of(block)) else { continue };
            let mut results = Vec::new();
            self.edges(block, &mut state, &mut |target, state| results.push((target, state.clone())));
            for (target, state) in results {
                let changed = match &mut self.starts[target] {
                    Some(known) => known.union(&state),
                    start => {
                        *start = Some(state);
                        true
                    }
                };
                if changed {
                    waiting.insert(rank[target]);
                }
            }
        }
    }

    /// Notes that a path gets a value, or loses it.
    fn set(&self, state: &mut DenseBitSet<usize>, path: MovePath, present: bool) {
        if present == (self.question == Question::MaybeInit) {
            state.insert(path.index());
        } else {
            state.remove(path.index());
        }
    }

    fn before(&self, at: Location) -> State {
        let mut state = self.starts[at.block].clone()?;
        for statement_index in 0..at.statement_index {
            self.statement(&mut state, Location { block: at.block, statement_index });
        }
        Some(state)
    }

    fn statement(&self, state: &mut DenseBitSet<usize>, at: Location) {
        self.moves.effects(self.work, at, &mut |path, present| self.set(state, path, present));
        // Who has a mutable reference may give the place a value, such as another variant.
        let statement = self.work.blocks[at.block].statements.get(at.statement_index);
        if self.question == Question::MaybeInit
            && let Some((_, Rvalue::Ref(mir::BorrowKind::Mut, place) | Rvalue::RawPtr(_, place))) =
                statement.and_then(|statement| statement.as_assign())
        {
            self.moves.for_each_in(*place, &mut |path| {
                state.insert(path.index());
            });
        }
    }

    /// Whether nothing in the place has a value.
    fn is_drop_dead(&self, place: Place<'tcx>, state: &State) -> bool {
        let crate::moves::Lookup::Exact(path) = self.moves.lookup(place) else { return false };
        let mut maybe_live = false;
        self.moves.for_each_below(path, &mut |path| {
            maybe_live |= state.as_ref().is_some_and(|set| set.contains(path.index()));
        });
        !maybe_live
    }

    /// Applies a terminator to the state before it, and tells what holds at each block that follows.
    fn edges(
        &self,
        block: BasicBlock,
        state: &mut DenseBitSet<usize>,
        to: &mut dyn FnMut(BasicBlock, &DenseBitSet<usize>),
    ) {
        let exit = &self.work.blocks[block].terminator().kind;
        // What is dropped is looked at before the drop takes effect.
        let mut unwinds = true;
        let drop = exit.drop();
        if let Some(AnyDrop { place, .. }) = drop {
            unwinds = match self.question {
                Question::MaybeInit => !self.is_drop_dead(place, &Some(state.clone())),
                Question::MaybeUninit => !self.dead_unwinds[block],
            };
        }
        let at = self.work.end_of(block);
        self.moves.effects(self.work, at, &mut |path, present| self.set(state, path, present));
        let cleanup = |unwind: UnwindAction| match unwind {
            UnwindAction::Cleanup(block) => Some(block),
            _ => None,
        };
        if let Some(AnyDrop { target, unwind, .. }) = drop {
            to(target, state);
            if let (Some(pad), true) = (cleanup(unwind), unwinds) {
                to(pad, state);
            }
            return;
        }
        match exit {
            Exit::Run(TerminatorKind::Call(call)) => {
                if let Some(pad) = cleanup(call.unwind) {
                    to(pad, state);
                }
                if let Some(target) = call.target {
                    self.moves.for_each_in(call.destination, &mut |path| self.set(state, path, true));
                    to(target, state);
                }
            }
            Exit::Run(TerminatorKind::InlineAsm(asm)) => {
                if let Some(pad) = cleanup(asm.unwind) {
                    to(pad, state);
                }
                for operand in &asm.operands {
                    if let InlineAsmOperand::Out { place: Some(place), .. }
                    | InlineAsmOperand::InOut { out_place: Some(place), .. } = operand
                    {
                        self.moves.for_each_in(*place, &mut |path| self.set(state, path, true));
                    }
                }
                asm.targets.iter().for_each(|&target| to(target, state));
            }
            Exit::Yield { resume, resume_arg, drop, .. } => {
                self.moves.for_each_in(*resume_arg, &mut |path| self.set(state, path, true));
                to(*resume, state);
                if let Some(drop) = drop {
                    to(*drop, state);
                }
            }
            Exit::Run(TerminatorKind::SwitchInt { targets, .. }) => match &self.switches[block] {
                Some((place, discriminants)) => self.enum_edges(*place, discriminants, targets, state, to),
                None => targets.targets.iter().for_each(|&target| to(target, state)),
            },
            _ => exit.successors().iter().for_each(|&target| to(target, state)),
        }
    }

    /// On each way, the other variants have no value.
    fn enum_edges(
        &self,
        place: Place<'tcx>,
        discriminants: &[(VariantIdx, u128)],
        targets: &mir::SwitchTargets,
        state: &DenseBitSet<usize>,
        to: &mut dyn FnMut(BasicBlock, &DenseBitSet<usize>),
    ) {
        let variant_of = |value| discriminants.iter().find(|(_, bits)| *bits == value).map(|(variant, _)| *variant);
        let mut go = |target, is_inactive: &dyn Fn(VariantIdx) -> bool| {
            let mut state = state.clone();
            if let crate::moves::Lookup::Exact(path) = self.moves.lookup(place) {
                for child in self.moves.children(path) {
                    let Some(Part::Variant(variant)) = self.moves.paths[child].part else { continue };
                    if is_inactive(variant) {
                        self.moves.for_each_below(child, &mut |path| self.set(&mut state, path, false));
                    }
                }
            }
            to(target, &state);
        };
        for (value, target) in targets.iter() {
            let active = variant_of(value);
            go(target, &|variant| active.is_some() && Some(variant) != active);
        }
        let named: Vec<_> = targets.values.iter().filter_map(|&value| variant_of(value)).collect();
        go(targets.otherwise(), &|variant| named.contains(&variant));
    }
}

/// The enum whose discriminant a block's switch asks for, if it was read right before.
fn enum_switch<'tcx>(cx: &BodyCx<'tcx>, work: &Work<'tcx>, block: BasicBlock) -> Result<Option<EnumSwitch<'tcx>>> {
    let data = &work.blocks[block];
    let Some(TerminatorKind::SwitchInt { discr: Operand::Copy(discr) | Operand::Move(discr), .. }) = data.exit() else {
        return Ok(None);
    };
    let last = data.statements.last();
    let Some((place, Rvalue::Discriminant(of))) = last.and_then(|statement| statement.as_assign()) else {
        return Ok(None);
    };
    match *of.ty(&work.locals, cx.tcx).kind() {
        TyKind::Adt(adt, _) if place == *discr => Ok(Some((*of, cx.facts.discriminants(adt, work.span)?))),
        _ => Ok(None),
    }
}
