//! Bodies of our own in place of rustc's.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use build::BuildCx;
use elaborate::Elaborated;
use front::{Front, LocalCrate};
use mir::{Bodies, Body, Promoted};
use rmeta::Session;
use rustc_hash::FxHashMap;
use ty::{CrateNum, DefId, DefKind, Definitions, Hold, IndexVec, Span, SyntaxContext};

use crate::doubt::Doubt;
use crate::krate::Crate;
use crate::resolved::Resolved;
use crate::stages::Stages;
use crate::with_stack;

/// Answers for the crates whose text is at hand: with bodies that were made here, and else with what rustc's metadata says.
///
/// It begins as rustc's metadata alone, since making bodies needs an opened program. [`OwnBodies::begin`] says from when on
/// bodies are made.
///
/// Bodies of rustc's refer to constants that rustc took out of them by number. So those that are left must not have others
/// inlined into them: rustc is to be run with `-Zinline-mir=no` on these crates, and on all that use them.
pub struct OwnBodies<'tcx> {
    metadata: &'tcx Session<'tcx>,
    program: OnceLock<Program<'tcx>>,
    asked: Mutex<BTreeMap<DefId, Option<Doubt>>>,
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl Hold for OwnBodies<'_> {}

/// What bodies are made from.
struct Program<'tcx> {
    front: Front<'tcx>,
    cx: Result<BuildCx<'tcx>, Doubt>,
    crates: FxHashMap<CrateNum, Maker<'tcx>>,
}

/// Makes a crate's bodies. Its text is read when the first is asked for.
struct Maker<'tcx> {
    krate: Result<Crate, Doubt>,
    stages: OnceLock<Result<Stages<'tcx>, Doubt>>,
}

/// What was asked of our own bodies.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Asked {
    /// How many bodies were made here.
    pub made: usize,
    /// Of how many crates bodies were asked for.
    pub crates: usize,
    /// Bodies that rustc's stand for, and why.
    pub doubts: Vec<Doubt>,
}

thread_local! {
    /// The bodies that this thread is making.
    static MAKING: RefCell<Vec<DefId>> = const { RefCell::new(Vec::new()) };
}

impl<'tcx> OwnBodies<'tcx> {
    /// Answers as the metadata does.
    pub fn new(metadata: &'tcx Session<'tcx>) -> OwnBodies<'tcx> {
        OwnBodies { metadata, program: OnceLock::new(), asked: Mutex::default() }
    }

    /// Makes bodies from now on, of these crates; none of one that is a doubt. Reads the text of the crate being compiled.
    pub fn begin(&self, front: Front<'tcx>, crates: impl IntoIterator<Item = (CrateNum, Result<Crate, Doubt>)>) {
        let maker = |krate| Maker { krate, stages: OnceLock::new() };
        let program = self.program.get_or_init(|| Program {
            front,
            cx: Stages::start(front),
            crates: crates.into_iter().map(|(number, krate)| (number, maker(krate))).collect(),
        });
        program.stages(CrateNum::LOCAL);
    }

    /// The stages of the crate being compiled, once bodies are made.
    pub fn stages(&self) -> Option<Result<&Stages<'tcx>, &Doubt>> {
        self.program.get()?.stages(CrateNum::LOCAL)
    }

    /// What was asked until now.
    pub fn asked(&self) -> Asked {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let doubts: Vec<Doubt> = asked.values().flatten().cloned().collect();
        let mut crates: Vec<CrateNum> = asked.keys().map(|def_id| def_id.krate).collect();
        crates.dedup();
        Asked { made: asked.len() - doubts.len(), crates: crates.len(), doubts }
    }

    /// The body that was made here.
    fn own(&self, def_id: DefId) -> Option<&'tcx Elaborated<'tcx>> {
        let stages = match self.program.get()?.stages(def_id.krate)? {
            Ok(stages) => stages,
            Err(doubt) => {
                if self.is_written(def_id) {
                    self.note(def_id, Some(doubt));
                }
                return None;
            }
        };
        let owner = stages.owner(def_id);
        // A body that is needed to make it (a constant that calls a function with that constant in its type) is rustc's.
        if MAKING.with_borrow(|making| making.contains(&owner)) {
            return None;
        }
        MAKING.with_borrow_mut(|making| making.push(owner));
        let made = stages.mir(def_id);
        MAKING.with_borrow_mut(Vec::pop);
        let made = made?;
        self.note(def_id, made.err());
        made.ok()
    }

    fn note(&self, def_id: DefId, doubt: Option<&Doubt>) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.entry(def_id).or_insert_with(|| doubt.cloned());
    }

    /// Whether somebody wrote the body of such a definition.
    fn is_written(&self, def_id: DefId) -> bool {
        use DefKind::{AnonConst, AssocConst, AssocFn, Closure, Const, Fn, InlineConst, Static};
        matches!(
            self.metadata.def_kind(def_id),
            AnonConst | AssocConst | AssocFn | Closure | Const | Fn | InlineConst | Static { .. }
        )
    }

    fn of_own(&self, span: Span, answer: impl FnOnce(&Resolved) -> Span) -> Span {
        let stages = || self.program.get()?.crates.get(&self.metadata.crate_of_source_file(span.file)?)?.stages.get();
        match stages() {
            Some(Ok(stages)) => answer(stages.resolved()),
            _ => span,
        }
    }
}

impl<'tcx> Program<'tcx> {
    /// What makes a crate's bodies; nothing if they are rustc's.
    fn stages(&self, number: CrateNum) -> Option<Result<&Stages<'tcx>, &Doubt>> {
        let maker = self.crates.get(&number)?;
        let start = || {
            let krate = maker.krate.clone()?;
            let resolved = Resolved::of(&krate, number, &self.front)?;
            Ok(Stages::go_on(self.front, self.cx.clone()?, resolved))
        };
        // Whoever asks may have little of its stack left.
        let stages = maker.stages.get_or_init(|| {
            let made = with_stack(start).unwrap_or_else(Err);
            made.map_err(|doubt: Doubt| doubt.in_crate(self.front.bodies.crate_name(number).as_str()))
        });
        Some(stages.as_ref())
    }
}

impl<'tcx> LocalCrate<'tcx> for OwnBodies<'tcx> {
    fn metadata(&self) -> &'tcx dyn Bodies<'tcx> {
        self.metadata
    }
    fn owns_crate(&self, krate: CrateNum) -> bool {
        krate == CrateNum::LOCAL || self.program.get().is_some_and(|program| program.crates.contains_key(&krate))
    }
    fn optimized_mir(&self, def_id: DefId) -> &'tcx Body<'tcx> {
        self.own(def_id).map_or_else(|| self.metadata.optimized_mir(def_id), |own| &own.body)
    }
    fn mir_for_ctfe(&self, def_id: DefId) -> &'tcx Body<'tcx> {
        self.own(def_id)
            .map_or_else(|| self.metadata.mir_for_ctfe(def_id), |own| own.for_ctfe.as_ref().unwrap_or(&own.body))
    }
    fn promoted_mir(&self, def_id: DefId) -> &'tcx IndexVec<Promoted, Body<'tcx>> {
        self.own(def_id).map_or_else(|| self.metadata.promoted_mir(def_id), |own| &own.promoted)
    }
    fn deduced_readonly_params(&self, def_id: DefId) -> Vec<bool> {
        // rustc found them in its own bodies, which are not compiled.
        match self.program.get() {
            Some(program) if program.crates.contains_key(&def_id.krate) => Vec::new(),
            _ => self.metadata.deduced_readonly_params(def_id),
        }
    }
    fn owns_context(&self, ctxt: SyntaxContext) -> bool {
        Resolved::owns_context(ctxt)
    }
    fn expansion_cause(&self, span: Span) -> Span {
        self.of_own(span, |resolved| resolved.expansion_cause(span))
    }
    fn debug_span(&self, span: Span) -> Span {
        self.debug_span_within(span, Span::DUMMY)
    }
    fn debug_span_within(&self, span: Span, function: Span) -> Span {
        self.of_own(span, |resolved| resolved.debug_span(span, function))
    }
}
