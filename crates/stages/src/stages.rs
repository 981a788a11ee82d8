//! Types and MIR of bodies, on demand.

use build::{BuildCx, BuiltBody};
use elaborate::{ElaborateCx, Elaborated};
use front::Front;
use rustc_hash::FxHashMap;
use thir::TypedBody;
use ty::{ClosureArgs, CoroutineArgs, CoroutineClosureArgs, DefId, DefKind, Memo, Span, Ty, TyKind};

use crate::doubt::{Doubt, Stage, guarded};
use crate::resolved::Resolved;

/// The stages behind the resolution of names, for the bodies of one crate. All threads may ask.
pub struct Stages<'tcx> {
    front: Front<'tcx>,
    cx: BuildCx<'tcx>,
    resolved: Resolved,
    doubts: FxHashMap<DefId, Doubt>,
    made: Memo<DefId, &'tcx Group<'tcx>>,
}

/// A body with those of its closures.
pub(crate) struct Group<'tcx>(FxHashMap<DefId, Result<Elaborated<'tcx>, Doubt>>);

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for Group<'_> {}

impl<'tcx> Stages<'tcx> {
    /// Goes on with a crate whose names are resolved.
    ///
    /// # Errors
    /// The program's core library lacks what type checking builds on.
    pub fn new(front: Front<'tcx>, resolved: Resolved) -> Result<Stages<'tcx>, Doubt> {
        Ok(Stages::go_on(front, Stages::start(front)?, resolved))
    }

    /// What the stages of all crates of a program have in common.
    pub(crate) fn start(front: Front<'tcx>) -> Result<BuildCx<'tcx>, Doubt> {
        let solve = guarded(Stage::Types, || {
            solve::Session::start(front.tcx, front.bodies).map_err(|doubt| Doubt::of(Stage::Types, *doubt, None))
        })?;
        Ok(BuildCx { traits: front.traits, solve })
    }

    /// As [`Stages::new`], once that is there.
    pub(crate) fn go_on(front: Front<'tcx>, cx: BuildCx<'tcx>, resolved: Resolved) -> Stages<'tcx> {
        let mut doubts = FxHashMap::default();
        for (def_id, doubt) in &resolved.doubts {
            doubts.entry(*def_id).or_insert_with(|| doubt.clone());
        }
        Stages { front, cx, resolved, doubts, made: Memo::default() }
    }

    /// What the bodies are made of.
    pub fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    /// The item that a body is checked with: of a closure, the function around it.
    pub fn owner(&self, body: DefId) -> DefId {
        let mut at = body;
        while matches!(self.front.bodies.def_kind(at), DefKind::Closure | DefKind::InlineConst)
            && let Some(index) = self.front.bodies.def_key(at).parent
        {
            at = DefId { index, ..at };
        }
        at
    }

    /// The metadata that the stages take items from.
    pub fn session(&self) -> &'tcx rmeta::Session<'tcx> {
        self.front.session
    }

    /// Lines and columns, from 1, of where a span of the crate's own text begins and ends.
    pub fn lines_and_columns(&self, span: Span) -> Option<[(u32, u32); 2]> {
        if span.is_dummy() || Resolved::is_foreign(span) {
            return None;
        }
        let file = self.front.bodies.source_file(span.file);
        Some([span.lo, span.hi].map(|at| file.line_column(at)))
    }

    /// `name:line:column` of a span.
    pub fn describe(&self, span: Span) -> Option<String> {
        if span.is_dummy() {
            return None;
        }
        let file = self.front.bodies.source_file(span.file);
        let (line, column) = file.line_column(span.lo);
        Some(format!("{}:{line}:{column}", file.name))
    }

    /// An item's typed body, and those of the closures in it; nothing if it has none that is written.
    ///
    /// # Errors
    /// A doubt of this stage or of one before.
    pub fn typed(&self, owner: DefId) -> Option<Result<Vec<TypedBody<'tcx>>, Doubt>> {
        let Some(hir) = self.resolved.bodies.get(&owner) else {
            return self.doubts.get(&owner).map(|doubt| Err(doubt.clone()));
        };
        let source = self.resolved.source_of(self.front.bodies, owner);
        Some(guarded(Stage::Types, || {
            let checked = typeck::check(self.cx.solve, self.front.session, hir, &source);
            let mut bodies = checked.map_err(|doubt| self.placed(Stage::Types, *doubt, owner))?;
            for body in &mut bodies {
                body.span = with_head(self.front.bodies.def_span(body.def_id), body.span);
            }
            Ok(bodies)
        }))
    }

    /// A doubt of a stage with its place: at least that of the body.
    fn placed(&self, stage: Stage, doubt: ty::Doubt, body: DefId) -> Doubt {
        let place = doubt.span.and_then(|span| self.describe(span));
        let place = place.or_else(|| self.describe(self.front.bodies.def_span(body)));
        Doubt::of(stage, doubt, place)
    }

    /// A body's MIR, as borrow checking would see it.
    ///
    /// # Errors
    /// A doubt of this stage.
    pub fn built(&self, body: &TypedBody<'tcx>) -> Result<BuiltBody<'tcx>, Doubt> {
        guarded(Stage::Mir, || {
            build::build(self.cx, body).map_err(|doubt| self.placed(Stage::Mir, *doubt, body.def_id))
        })
    }

    /// A body's MIR as it is compiled; nothing if it is not written.
    ///
    /// # Errors
    /// A doubt of this stage or of one before.
    pub fn mir(&self, body: DefId) -> Option<Result<&'tcx Elaborated<'tcx>, &'tcx Doubt>> {
        let owner = self.owner(body);
        let group = self.made.get_or(owner, || self.front.tcx.arena().hold(self.group(owner)));
        // Where an item is in doubt, so is what is in it.
        let of_owner = || group.0.get(&owner).filter(|made| made.is_err());
        group.0.get(&body).or_else(of_owner).map(Result::as_ref)
    }

    fn group(&self, owner: DefId) -> Group<'tcx> {
        match self.typed(owner) {
            None => Group(FxHashMap::default()),
            Some(Err(doubt)) => Group(FxHashMap::from_iter([(owner, Err(doubt))])),
            // Who makes a closure and the closure itself must mean the same by each of its fields, so they are in doubt together.
            Some(Ok(bodies)) => match bodies.iter().try_for_each(|body| self.check_captures(body)) {
                Err(doubt) => Group(bodies.iter().map(|body| (body.def_id, Err(doubt.clone()))).collect()),
                Ok(()) => Group(bodies.iter().map(|body| (body.def_id, self.compiled(body))).collect()),
            },
        }
    }

    fn compiled(&self, body: &TypedBody<'tcx>) -> Result<Elaborated<'tcx>, Doubt> {
        let built = self.built(body)?;
        self.elaborated(body.def_id, built)
    }

    /// What is compiled of a body's MIR.
    ///
    /// # Errors
    /// A doubt of this stage.
    pub fn elaborated(&self, body: DefId, built: BuiltBody<'tcx>) -> Result<Elaborated<'tcx>, Doubt> {
        let cx = ElaborateCx { build: self.cx, layouts: self.front.layouts, known: self.front.session };
        let made = guarded(Stage::Elaboration, || {
            elaborate::elaborate(cx, body, built).map_err(|doubt| self.placed(Stage::Elaboration, *doubt, body))
        })?;
        let glue = made.body.coroutine.iter().filter_map(|coroutine| coroutine.coroutine_drop.as_ref());
        for body in made.promoted.iter().chain(&made.for_ctfe).chain([&made.body]).chain(glue) {
            body.check().map_err(|error| Doubt::new(Stage::Elaboration, "a body", error))?;
        }
        Ok(made)
    }

    /// A closure's type is the metadata's, so what it captures must be the same here.
    fn check_captures(&self, body: &TypedBody<'tcx>) -> Result<(), Doubt> {
        if self.front.bodies.def_kind(body.def_id) != DefKind::Closure {
            return Ok(());
        }
        let differ = || {
            let doubt = ty::Doubt::new("captures", "they are not those of the closure's type");
            self.placed(Stage::Types, *doubt, body.def_id)
        };
        let fields = match *self.front.bodies.type_of(body.def_id).kind() {
            TyKind::Closure(_, args) => ClosureArgs::new(args).upvar_tys(),
            TyKind::Coroutine(_, args) => CoroutineArgs::new(args).upvar_tys(),
            TyKind::CoroutineClosure(_, args) => CoroutineClosureArgs::new(args).upvar_tys(),
            _ => return Err(differ()),
        };
        let tcx = self.front.tcx;
        let is_field = |capture: &thir::CapturedPlace<'tcx>, field: Ty<'tcx>| {
            let held = match (capture.by_ref, *field.kind()) {
                (None, _) => field,
                (Some(kind), TyKind::Ref(_, held, mutability))
                    if matches!(kind, thir::BorrowKind::Mut { .. }) == mutability.is_mut() =>
                {
                    held
                }
                _ => return false,
            };
            tcx.erase_regions(held) == tcx.erase_regions(capture.place_ty())
        };
        let is_same = fields.len() == body.captures.len()
            && body.captures.iter().zip(fields.iter()).all(|(capture, field)| is_field(capture, field));
        if is_same { Ok(()) } else { Err(differ()) }
    }
}

/// The span of a whole function, from its head, as metadata has it, to the end of its body.
fn with_head(head: Span, body: Span) -> Span {
    if body.is_dummy() {
        return head;
    }
    if head.file != body.file || Resolved::is_foreign(body) {
        return body;
    }
    Span { lo: head.lo.min(body.lo), hi: head.hi.max(body.hi), ..body }
}
