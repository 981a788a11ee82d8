//! Bodies of our own in place of rustc's.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use elaborate::Elaborated;
use front::{Front, LocalCrate};
use mir::{Bodies, Body, Promoted};
use rmeta::Session;
use ty::{DefId, Definitions, Hold, IndexVec, Span, SyntaxContext};

use crate::doubt::Doubt;
use crate::resolved::Resolved;
use crate::stages::Stages;

/// Answers for the crate being compiled: with bodies that were made here, and else with what rustc's metadata says.
///
/// It begins as rustc's metadata alone, since making bodies needs an opened program. [`OwnBodies::begin`] says from when on
/// bodies are made.
///
/// Bodies of rustc's refer to constants that rustc took out of them by number. So those that are left must not have others
/// inlined into them: rustc is to be run with `-Zinline-mir=no`.
pub struct OwnBodies<'tcx> {
    metadata: &'tcx Session<'tcx>,
    stages: OnceLock<Result<Stages<'tcx>, Doubt>>,
    asked: Mutex<BTreeMap<DefId, Option<Doubt>>>,
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl Hold for OwnBodies<'_> {}

/// What was asked of our own bodies.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Asked {
    /// How many bodies were made here.
    pub made: usize,
    /// Bodies that rustc's stand for, and why.
    pub doubts: Vec<Doubt>,
    /// Why no body at all was made here.
    pub failed: Option<Doubt>,
}

thread_local! {
    /// The bodies that this thread is making.
    static MAKING: RefCell<Vec<DefId>> = const { RefCell::new(Vec::new()) };
}

impl<'tcx> OwnBodies<'tcx> {
    /// Answers as the metadata does.
    pub fn new(metadata: &'tcx Session<'tcx>) -> OwnBodies<'tcx> {
        OwnBodies { metadata, stages: OnceLock::new(), asked: Mutex::default() }
    }

    /// Makes bodies from now on, of a crate whose names are resolved; none where that is a doubt.
    pub fn begin(&self, front: Front<'tcx>, resolved: Result<Resolved, Doubt>) {
        self.stages.get_or_init(|| Stages::new(front, resolved?));
    }

    /// What was asked until now.
    pub fn asked(&self) -> Asked {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let doubts: Vec<Doubt> = asked.values().flatten().cloned().collect();
        let failed = self.stages.get().and_then(|stages| stages.as_ref().err()).cloned();
        Asked { made: asked.len() - doubts.len(), doubts, failed }
    }

    /// The body that was made here.
    fn own(&self, def_id: DefId) -> Option<&'tcx Elaborated<'tcx>> {
        let Some(Ok(stages)) = self.stages.get() else { return None };
        let owner = stages.owner(def_id);
        // A body that is needed to make it (a constant that calls a function with that constant in its type) is rustc's.
        if MAKING.with_borrow(|making| making.contains(&owner)) {
            return None;
        }
        MAKING.with_borrow_mut(|making| making.push(owner));
        let made = stages.mir(def_id);
        MAKING.with_borrow_mut(Vec::pop);
        let made = made?;
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.entry(def_id).or_insert_with(|| made.err().cloned());
        made.ok()
    }
}

impl<'tcx> LocalCrate<'tcx> for OwnBodies<'tcx> {
    fn metadata(&self) -> &'tcx dyn Bodies<'tcx> {
        self.metadata
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
        match self.stages.get() {
            Some(Ok(_)) => Vec::new(),
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

impl<'tcx> OwnBodies<'tcx> {
    fn of_own(&self, span: Span, answer: impl FnOnce(&Resolved) -> Span) -> Span {
        match self.stages.get() {
            Some(Ok(stages)) => answer(stages.resolved()),
            _ => span,
        }
    }
}
