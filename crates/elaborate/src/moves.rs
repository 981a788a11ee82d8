//! Move paths: the places whose values are moved, dropped or assigned apart from the rest of their local.

use crate::cx::BodyCx;
use crate::work::{AnyDrop, Exit, Step, Work};
use build::{Doubt, Result};
use mir::visit::Location;
use mir::{InlineAsmOperand, Local, Operand, Place, PlaceTy, ProjectionElem, Rvalue, StatementKind, TerminatorKind};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use ty::{FieldIdx, IndexVec, TyKind, VariantIdx};

ty::index_type! {
    /// A place whose value is tracked.
    pub(crate) struct MovePath = "mp";
}

/// A step that leads from one move path to another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Part {
    Deref,
    Field(FieldIdx),
    Element(u64),
    Variant(VariantIdx),
    UnsafeBinder,
}

/// What a step of a place means for moves.
enum Meaning {
    Part(Part),
    /// Elements of an array from one number up to another, each with a path of its own.
    Elements(u64, u64),
    /// The same path.
    Same,
    /// Nothing is moved out of there.
    Stop,
}

impl Meaning {
    fn of(step: &ProjectionElem<'_>) -> Meaning {
        Meaning::Part(match *step {
            ProjectionElem::Deref => Part::Deref,
            ProjectionElem::Field(field, _) => Part::Field(field),
            ProjectionElem::ConstantIndex { offset, from_end: false, .. } => Part::Element(offset),
            ProjectionElem::Downcast(_, variant) => Part::Variant(variant),
            ProjectionElem::UnwrapUnsafeBinder(_) => Part::UnsafeBinder,
            ProjectionElem::OpaqueCast(_) => return Meaning::Same,
            ProjectionElem::Index(_)
            | ProjectionElem::ConstantIndex { from_end: true, .. }
            | ProjectionElem::Subslice { from_end: true, .. } => return Meaning::Stop,
            ProjectionElem::Subslice { from, to, from_end: false } => return Meaning::Elements(from, to),
        })
    }
}

/// A move path's place among the others.
#[derive(Clone, Debug)]
pub(crate) struct PathData {
    pub next_sibling: Option<MovePath>,
    pub first_child: Option<MovePath>,
    /// How it differs from its parent; absent for locals.
    pub part: Option<Part>,
}

/// What a place is to the move paths.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lookup {
    Exact(MovePath),
    /// There is a path for what the place is a part of, if for anything.
    Parent(Option<MovePath>),
}

/// When an assignment counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum InitKind {
    Always,
    /// If the call returns.
    OnReturn,
}

/// What happens to move paths at a location.
#[derive(Clone, Default, Debug)]
struct Effects {
    moved: SmallVec<[MovePath; 2]>,
    assigned: SmallVec<[(MovePath, InitKind); 1]>,
}

/// All move paths of a body.
pub(crate) struct Moves<'tcx> {
    pub paths: IndexVec<MovePath, PathData>,
    locals: IndexVec<Local, Option<MovePath>>,
    parts: FxHashMap<(MovePath, Part), MovePath>,
    /// What the temporaries for pointers hold: places, outermost first, each through the one before.
    chains: FxHashMap<Local, Vec<Place<'tcx>>>,
    effects: FxHashMap<Location, Effects>,
}

impl<'tcx> Moves<'tcx> {
    /// Finds the move paths of a body, of types that need to be dropped.
    pub fn gather(cx: &BodyCx<'tcx>, work: &Work<'tcx>) -> Result<Moves<'tcx>> {
        let moves = Moves {
            paths: IndexVec::new(),
            locals: IndexVec::from_elem_n(None, work.locals.len()),
            parts: FxHashMap::default(),
            chains: FxHashMap::default(),
            effects: FxHashMap::default(),
        };
        let start = Location { block: mir::BasicBlock::START, statement_index: 0 };
        let mut gatherer = Gatherer { cx, work, moves, at: start };
        gatherer.run()?;
        Ok(gatherer.moves)
    }

    pub fn lookup(&self, place: Place<'tcx>) -> Lookup {
        let Some(mut path) = self.locals.get(place.local).copied().flatten() else { return Lookup::Parent(None) };
        for (_, step) in self.steps(place) {
            let part = match Meaning::of(&step) {
                Meaning::Part(part) => part,
                Meaning::Same => continue,
                Meaning::Elements(..) | Meaning::Stop => return Lookup::Parent(Some(path)),
            };
            match self.parts.get(&(path, part)) {
                Some(&next) => path = next,
                None => return Lookup::Parent(Some(path)),
            }
        }
        Lookup::Exact(path)
    }

    /// The steps of a place, those of the places that its pointers came from first; each with the place that it starts at.
    fn steps(&self, place: Place<'tcx>) -> Vec<(Place<'tcx>, ProjectionElem<'tcx>)> {
        let chain = self.chains.get(&place.local).filter(|_| !place.projection.is_empty());
        let places = chain.into_iter().flatten().copied().chain([place]);
        let steps_of =
            |place: Place<'tcx>| {
                place.projection.iter().enumerate().map(move |(index, &step)| {
                    (Place { local: place.local, projection: &place.projection[..index] }, step)
                })
            };
        places.flat_map(steps_of).collect()
    }

    /// A path's child by a part.
    pub fn child(&self, path: MovePath, part: Part) -> Option<MovePath> {
        self.children(path).find(|&child| self.paths[child].part == Some(part))
    }

    pub fn children(&self, path: MovePath) -> impl Iterator<Item = MovePath> {
        std::iter::successors(self.paths[path].first_child, |&child| self.paths[child].next_sibling)
    }

    /// The path and all below it, each before those below.
    pub fn for_each_below(&self, path: MovePath, f: &mut dyn FnMut(MovePath)) {
        f(path);
        for child in self.children(path) {
            self.for_each_below(child, f);
        }
    }

    /// The paths that a place is, and all below, if it is tracked.
    pub fn for_each_in(&self, place: Place<'tcx>, f: &mut dyn FnMut(MovePath)) {
        if let Lookup::Exact(path) = self.lookup(place) {
            self.for_each_below(path, f);
        }
    }

    /// Calls the function for each path that gets a value or loses it at a location, in order; the results of calls aside.
    pub fn effects(&self, work: &Work<'tcx>, at: Location, f: &mut dyn FnMut(MovePath, bool)) {
        let effects = self.effects.get(&at);
        for &path in effects.iter().flat_map(|effects| &effects.moved) {
            self.for_each_below(path, &mut |path| f(path, false));
        }
        let block = &work.blocks[at.block];
        if at.statement_index == block.statements.len()
            && let Some(AnyDrop { place, .. }) = block.drop()
        {
            self.for_each_in(place, &mut |path| f(path, false));
        }
        for &(path, kind) in effects.iter().flat_map(|effects| &effects.assigned) {
            if kind == InitKind::Always {
                self.for_each_below(path, &mut |path| f(path, true));
            }
        }
    }
}

struct Gatherer<'a, 'tcx> {
    cx: &'a BodyCx<'tcx>,
    work: &'a Work<'tcx>,
    moves: Moves<'tcx>,
    at: Location,
}

impl<'tcx> Gatherer<'_, 'tcx> {
    fn run(&mut self) -> Result<()> {
        let work = self.work;
        for (local, decl) in work.locals.iter_enumerated() {
            if !work.is_deref_temp(local) && self.cx.needs_drop(decl.ty)? {
                let path = self.new_path(None, None);
                self.moves.locals[local] = Some(path);
            }
        }
        for (block, data) in work.blocks.iter_enumerated() {
            for (statement_index, statement) in data.statements.iter().enumerate() {
                self.at = Location { block, statement_index };
                self.statement(&statement.kind)?;
            }
            self.at = work.end_of(block);
            self.terminator(&data.terminator().kind)?;
        }
        Ok(())
    }

    fn new_path(&mut self, parent: Option<MovePath>, part: Option<Part>) -> MovePath {
        let paths = &mut self.moves.paths;
        let path = paths.push(PathData { next_sibling: None, first_child: None, part });
        if let Some(parent) = parent {
            let sibling = paths[parent].first_child.replace(path);
            paths[path].next_sibling = sibling;
        }
        path
    }

    fn child(&mut self, parent: MovePath, part: Part) -> MovePath {
        if let Some(&known) = self.moves.parts.get(&(parent, part)) {
            return known;
        }
        let path = self.new_path(Some(parent), Some(part));
        self.moves.parts.insert((parent, part), path);
        path
    }

    /// The paths that a place is, made where there are none yet. None behind references, and in what does not need drop.
    fn paths_of(&mut self, place: Place<'tcx>) -> Result<SmallVec<[MovePath; 2]>> {
        let (tcx, work) = (self.cx.tcx, self.work);
        let none = Ok(SmallVec::new());
        let Some(mut path) = self.moves.locals.get(place.local).copied().flatten() else { return none };
        // Moves out of a union move all of it.
        let mut union_path = None;
        for (base, step) in self.moves.steps(place) {
            let base_ty = base.place_ty(&work.locals, tcx);
            let part = match Meaning::of(&step) {
                Meaning::Part(part) => part,
                Meaning::Same => continue,
                Meaning::Stop => return none,
                Meaning::Elements(from, to) => return self.elements(path, base, from, to),
            };
            match (part, base_ty.ty.kind()) {
                (Part::Deref, TyKind::Ref(..) | TyKind::RawPtr(..)) => return none,
                (Part::Field(_), TyKind::Adt(did, _)) => {
                    let adt = tcx.adt_def(*did);
                    if adt.is_box || tcx.definitions().adt_destructor(*did).is_some() {
                        return none;
                    }
                    if adt.is_union() {
                        union_path.get_or_insert(path);
                    }
                }
                (Part::Element(_), TyKind::Slice(_)) => return none,
                _ => {}
            }
            let ty = PlaceTy::from_ty(base_ty.ty).projection_ty(tcx, step).ty;
            if !self.cx.needs_drop(ty)? {
                return none;
            }
            if union_path.is_none() {
                path = self.child(path, part);
            }
        }
        Ok(SmallVec::from_slice(&[union_path.unwrap_or(path)]))
    }

    /// Each element of a part of an array.
    fn elements(&mut self, path: MovePath, base: Place<'tcx>, from: u64, to: u64) -> Result<SmallVec<[MovePath; 2]>> {
        let (tcx, work) = (self.cx.tcx, self.work);
        let TyKind::Array(element, len) = *base.ty(&work.locals, tcx).kind() else {
            return Err(Doubt::at("part of what is no array", work.span));
        };
        if len.as_target_usize().is_none() {
            return Err(Doubt::at("part of an array of unknown length", work.span));
        }
        if !self.cx.needs_drop(element)? {
            return Ok(SmallVec::new());
        }
        Ok((from..to).map(|offset| self.child(path, Part::Element(offset))).collect())
    }

    fn moved(&mut self, place: Place<'tcx>) -> Result<()> {
        let paths = self.paths_of(place)?;
        if !paths.is_empty() {
            self.moves.effects.entry(self.at).or_default().moved.extend(paths);
        }
        Ok(())
    }

    fn assigned(&mut self, place: Place<'tcx>, kind: InitKind) -> Result<()> {
        self.paths_of(place)?;
        let mut target = place;
        // A field of a union that is assigned makes all of it have a value again.
        if let Some((ProjectionElem::Field(..), base)) = place.projection.split_last() {
            let base = Place { local: place.local, projection: base };
            if let TyKind::Adt(did, _) = *base.ty(&self.work.locals, self.cx.tcx).kind()
                && self.cx.tcx.adt_def(did).is_union()
            {
                target = base;
            }
        }
        if let Lookup::Exact(path) = self.moves.lookup(target) {
            self.moves.effects.entry(self.at).or_default().assigned.push((path, kind));
        }
        Ok(())
    }

    fn operand(&mut self, operand: &Operand<'tcx>) -> Result<()> {
        match operand {
            Operand::Move(place) => self.moved(*place),
            Operand::Copy(_) | Operand::Constant(_) | Operand::RuntimeChecks(_) => Ok(()),
        }
    }

    fn statement(&mut self, step: &Step<'tcx>) -> Result<()> {
        match step {
            Step::Run(StatementKind::Assign(assign)) => {
                let (place, rvalue) = &**assign;
                if let (Rvalue::CopyForDeref(pointer), Some(temp)) = (rvalue, place.as_local()) {
                    let mut chain = self.moves.chains.get(&pointer.local).cloned().unwrap_or_default();
                    chain.push(*pointer);
                    let base = chain[0].local;
                    self.moves.chains.insert(temp, chain);
                    self.moves.locals[temp] = self.moves.locals[base];
                    return Ok(());
                }
                self.assigned(*place, InitKind::Always)?;
                self.rvalue(rvalue)
            }
            Step::Run(StatementKind::StorageDead(local)) if !self.work.is_deref_temp(*local) => {
                self.moved(Place::from_local(*local))
            }
            Step::FakeRead(place) => self.paths_of(*place).map(drop),
            _ => Ok(()),
        }
    }

    fn rvalue(&mut self, rvalue: &Rvalue<'tcx>) -> Result<()> {
        match rvalue {
            Rvalue::Use(operand)
            | Rvalue::Repeat(operand, _)
            | Rvalue::Cast(_, operand, _)
            | Rvalue::UnaryOp(_, operand)
            | Rvalue::WrapUnsafeBinder(operand, _) => self.operand(operand),
            Rvalue::BinaryOp(_, operands) => {
                self.operand(&operands.0)?;
                self.operand(&operands.1)
            }
            Rvalue::Aggregate(_, operands) => operands.iter().try_for_each(|operand| self.operand(operand)),
            Rvalue::CopyForDeref(_)
            | Rvalue::Ref(..)
            | Rvalue::RawPtr(..)
            | Rvalue::Discriminant(_)
            | Rvalue::ThreadLocalRef(_) => Ok(()),
        }
    }

    fn terminator(&mut self, exit: &Exit<'tcx>) -> Result<()> {
        let kind = match exit {
            Exit::Run(kind) => kind,
            Exit::Yield { value, resume_arg, .. } => {
                self.operand(value)?;
                return self.assigned(*resume_arg, InitKind::Always);
            }
            Exit::FalseEdge { .. } | Exit::FalseUnwind { .. } | Exit::MayDropMeanwhile { .. } | Exit::CoroutineDrop => {
                return Ok(());
            }
        };
        match kind {
            TerminatorKind::Assert { cond: operand, .. } | TerminatorKind::SwitchInt { discr: operand, .. } => {
                self.operand(operand)
            }
            TerminatorKind::Call(call) => {
                self.operand(&call.func)?;
                call.args.iter().try_for_each(|arg| self.operand(arg))?;
                match call.target {
                    Some(_) => self.assigned(call.destination, InitKind::OnReturn),
                    None => Ok(()),
                }
            }
            TerminatorKind::TailCall { func, args, .. } => {
                self.operand(func)?;
                args.iter().try_for_each(|arg| self.operand(arg))
            }
            TerminatorKind::InlineAsm(asm) => {
                for operand in &asm.operands {
                    match operand {
                        InlineAsmOperand::In { value, .. } => self.operand(value)?,
                        InlineAsmOperand::Out { place: Some(place), .. } => self.assigned(*place, InitKind::Always)?,
                        InlineAsmOperand::InOut { in_value, out_place, .. } => {
                            self.operand(in_value)?;
                            if let Some(place) = out_place {
                                self.assigned(*place, InitKind::Always)?;
                            }
                        }
                        _ => {}
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
