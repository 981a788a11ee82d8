//! Selection: which impl a goal means, and whether goals hold.

use crate::matcher::{Equation, Matcher, PartialArgs, all_known, filled};
use crate::{TraitCx, TraitError};
use smallvec::{SmallVec, smallvec};
use ty::{
    Clause, ClauseKind, DefId, DefKind, GenericArg, GenericArgs, GenericParamKind, ImplPolarity, LangItem, Region,
    Term, TraitRef, Ty, TyKind, TypeFoldable,
};

/// How a trait is implemented.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Selection<'tcx> {
    /// By an impl of the program, with these arguments.
    Impl {
        /// The impl.
        impl_: DefId,
        /// For the impl's own parameters.
        args: GenericArgs<'tcx>,
    },
    /// By a trait object type for its own trait or a supertrait of it: through the vtable.
    Object,
    /// By the compiler.
    Builtin,
}

/// How deep goals may nest. rustc's default is 128, which programs may raise.
const DEPTH_LIMIT: u32 = 600;

/// One question on its way to an answer.
pub(crate) struct Solver<'a, 'tcx> {
    pub cx: &'a TraitCx<'tcx>,
    depth: u32,
    /// Goals being proven, outermost first, and whether each may be proven by a cycle.
    stack: Vec<(TraitRef<'tcx>, bool)>,
    /// The lowest goal of the stack whose provisional answer was used since this was last reset.
    leaned_on: usize,
}

#[derive(Clone)]
enum Candidate<'tcx> {
    Impl {
        impl_: DefId,
        args: GenericArgs<'tcx>,
        polarity: ImplPolarity,
    },
    Object,
    /// Holds if these do.
    Builtin(SmallVec<[TraitRef<'tcx>; 4]>),
}

impl<'tcx> TraitCx<'tcx> {
    /// How a trait is implemented for given arguments, which must be normalised. The goal is expected to hold: where only
    /// one impl's header matches, its where-clauses are not checked.
    pub fn select(&self, goal: TraitRef<'tcx>) -> Result<Selection<'tcx>, TraitError<'tcx>> {
        self.solver().select(goal)
    }

    /// Whether a trait is implemented, where-clauses and all. The arguments must be normalised.
    pub fn holds(&self, goal: TraitRef<'tcx>) -> Result<bool, TraitError<'tcx>> {
        self.solver().holds(goal)
    }

    /// Whether a trait without parameters of its own is implemented for a normalised type.
    pub(crate) fn implements(&self, ty: Ty<'tcx>, trait_: LangItem) -> bool {
        let goal = TraitRef { def_id: self.tcx.expect_lang_item(trait_), args: self.tcx.mk_args(&[ty.into()]) };
        self.holds(goal).unwrap_or_else(|error| error.unwind(self.tcx))
    }

    pub(crate) fn solver(&self) -> Solver<'_, 'tcx> {
        Solver { cx: self, depth: 0, stack: Vec::new(), leaned_on: usize::MAX }
    }
}

impl<'a, 'tcx> Solver<'a, 'tcx> {
    /// Runs a nested question, within the limit.
    pub fn deeper<R>(
        &mut self,
        ask: impl FnOnce(&mut Self) -> Result<R, TraitError<'tcx>>,
    ) -> Result<R, TraitError<'tcx>> {
        ty::ensure_stack();
        if self.depth >= DEPTH_LIMIT {
            return Err(TraitError::TooDeep);
        }
        self.depth += 1;
        let result = ask(self);
        self.depth -= 1;
        result
    }

    /// Runs a question and tells whether the answer is independent of the goals being proven, so that it may be kept.
    pub fn independently<R>(&mut self, ask: impl FnOnce(&mut Self) -> R) -> (R, bool) {
        let before = std::mem::replace(&mut self.leaned_on, usize::MAX);
        let result = ask(self);
        let independent = self.leaned_on >= self.stack.len();
        self.leaned_on = self.leaned_on.min(before);
        (result, independent)
    }

    pub fn select(&mut self, goal: TraitRef<'tcx>) -> Result<Selection<'tcx>, TraitError<'tcx>> {
        if let Some(known) = self.cx.selections.get(&goal) {
            return known;
        }
        let (result, independent) = self.independently(|solver| solver.deeper(|solver| solver.select_uncached(goal)));
        if independent && result != Err(TraitError::TooDeep) { self.cx.selections.insert(goal, result) } else { result }
    }

    fn select_uncached(&mut self, goal: TraitRef<'tcx>) -> Result<Selection<'tcx>, TraitError<'tcx>> {
        let mut candidates = self.assemble(goal)?;
        if candidates.len() > 1 {
            let mut applicable = SmallVec::new();
            for candidate in candidates {
                if self.candidate_holds(&candidate)? {
                    applicable.push(candidate);
                }
            }
            candidates = applicable;
        }
        match self.winner(goal, candidates)? {
            Candidate::Impl { impl_, args, polarity: ImplPolarity::Positive } => Ok(Selection::Impl { impl_, args }),
            Candidate::Impl { .. } => Err(TraitError::Unimplemented(goal)),
            Candidate::Object => Ok(Selection::Object),
            Candidate::Builtin(_) => Ok(Selection::Builtin),
        }
    }

    /// Of candidates that apply: a trait object's own, else the most special impl.
    fn winner(
        &self,
        goal: TraitRef<'tcx>,
        candidates: SmallVec<[Candidate<'tcx>; 2]>,
    ) -> Result<Candidate<'tcx>, TraitError<'tcx>> {
        let mut candidates = candidates.into_iter();
        let Some(mut best) = candidates.next() else { return Err(TraitError::Unimplemented(goal)) };
        for candidate in candidates {
            best = match (&best, &candidate) {
                (Candidate::Object, _) => best,
                (_, Candidate::Object) => candidate,
                (Candidate::Impl { impl_: left, .. }, Candidate::Impl { impl_: right, .. }) => {
                    if self.cx.specializes(*right, *left) {
                        candidate
                    } else if self.cx.specializes(*left, *right)
                        || self.cx.definitions().trait_def(goal.def_id).is_marker
                    {
                        best
                    } else {
                        return Err(TraitError::Ambiguous(goal));
                    }
                }
                _ => return Err(TraitError::Ambiguous(goal)),
            };
        }
        Ok(best)
    }

    pub fn holds(&mut self, goal: TraitRef<'tcx>) -> Result<bool, TraitError<'tcx>> {
        if let Some(known) = self.cx.proven.get(&goal) {
            return Ok(known);
        }
        if let Some(index) = self.stack.iter().position(|&(on_stack, _)| on_stack == goal) {
            self.leaned_on = self.leaned_on.min(index);
            return Ok(self.stack[index..].iter().all(|&(_, coinductive)| coinductive));
        }
        let coinductive = match self.cx.lang_item_of(goal.def_id) {
            Some(LangItem::Sized | LangItem::MetaSized | LangItem::PointeeSized) => true,
            _ => self.cx.definitions().trait_def(goal.def_id).is_coinductive,
        };
        self.stack.push((goal, coinductive));
        let before = std::mem::replace(&mut self.leaned_on, usize::MAX);
        let result = self.deeper(|solver| {
            let candidates = solver.assemble(goal)?;
            let mut applicable: SmallVec<[_; 2]> = SmallVec::new();
            for candidate in candidates {
                if solver.candidate_holds(&candidate)? {
                    applicable.push(candidate);
                }
            }
            match solver.winner(goal, applicable) {
                Ok(Candidate::Impl { polarity, .. }) => Ok(polarity == ImplPolarity::Positive),
                // Which one it is does not matter here.
                Ok(_) | Err(TraitError::Ambiguous(_)) => Ok(true),
                Err(_) => Ok(false),
            }
        });
        self.stack.pop();
        if self.leaned_on >= self.stack.len() {
            if let Ok(holds) = result {
                self.cx.proven.insert(goal, holds);
            }
            self.leaned_on = before;
        } else {
            self.leaned_on = self.leaned_on.min(before);
        }
        result
    }

    fn assemble(&mut self, goal: TraitRef<'tcx>) -> Result<SmallVec<[Candidate<'tcx>; 2]>, TraitError<'tcx>> {
        let item = self.cx.lang_item_of(goal.def_id);
        let mut candidates = SmallVec::new();
        if let Some(item) = item {
            if let Some(nested) = self.builtin_impl(item, goal)? {
                candidates.push(Candidate::Builtin(nested));
            }
            if builtin_only(item) || !candidates.is_empty() {
                return Ok(candidates);
            }
        }
        if self.cx.definitions().def_kind(goal.def_id) == DefKind::TraitAlias {
            candidates.push(Candidate::Builtin(self.alias_goals(goal)));
            return Ok(candidates);
        }
        let self_ty = goal.self_ty();
        if let TyKind::Dynamic(predicates, _) = *self_ty.kind()
            && self.object_implements(predicates, goal)?
        {
            candidates.push(Candidate::Object);
        }
        let trait_def = self.cx.definitions().trait_def(goal.def_id);
        let shape = self.cx.simplify(self_ty);
        let mut any_relevant = false;
        for impl_ in self.cx.impl_table(goal.def_id).candidates(shape) {
            any_relevant = true;
            let Some(header) = self.cx.definitions().impl_header(impl_) else { continue };
            if header.polarity == ImplPolarity::Reservation {
                continue;
            }
            if let Some(args) = self.match_impl(impl_, header.trait_ref, goal)? {
                candidates.push(Candidate::Impl { impl_, args, polarity: header.polarity });
            }
        }
        // An explicit impl for types of this shape turns the structural rule off.
        if trait_def.is_auto
            && !any_relevant
            && candidates.is_empty()
            && let Some(parts) = self.auto_trait_parts(self_ty, item)?
        {
            candidates.push(Candidate::Builtin(self.for_each(goal.def_id, &parts)));
        }
        Ok(candidates)
    }

    /// What a trait alias stands for.
    fn alias_goals(&self, goal: TraitRef<'tcx>) -> SmallVec<[TraitRef<'tcx>; 4]> {
        let tcx = self.cx.tcx;
        let definitions = self.cx.definitions();
        let clauses = definitions.super_predicates_of(goal.def_id).iter();
        let clauses = clauses.chain(definitions.predicates_of(goal.def_id).predicates);
        let bounds = clauses.filter_map(|clause| match clause.value {
            ClauseKind::Trait(bound) if bound.def_id != goal.def_id => Some(clause.rebind(bound)),
            _ => None,
        });
        bounds.map(|bound| tcx.instantiate_bound_erased(tcx.subst(bound, goal.args))).collect()
    }

    /// The goals that a trait without parameters of its own holds for each of the types.
    pub fn for_each(&self, trait_: DefId, types: &[Ty<'tcx>]) -> SmallVec<[TraitRef<'tcx>; 4]> {
        types.iter().map(|&ty| TraitRef { def_id: trait_, args: self.cx.tcx.mk_args(&[ty.into()]) }).collect()
    }

    fn candidate_holds(&mut self, candidate: &Candidate<'tcx>) -> Result<bool, TraitError<'tcx>> {
        match candidate {
            Candidate::Object => Ok(true),
            Candidate::Impl { impl_, args, .. } => {
                let clauses = self.cx.definitions().predicates_of(*impl_).predicates;
                self.clauses_hold(clauses, *args)
            }
            Candidate::Builtin(nested) => {
                for &goal in nested {
                    let goal = self.normalize(goal)?;
                    if !self.holds(goal)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }

    /// Whether where-clauses hold for an item's arguments.
    pub fn clauses_hold(
        &mut self,
        clauses: &[Clause<'tcx>],
        args: GenericArgs<'tcx>,
    ) -> Result<bool, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        for clause in clauses {
            // What is under the binder is a goal that mentions an outer binder's regions.
            let kind = tcx.subst(*clause, args).value;
            let holds = match kind {
                ClauseKind::Trait(goal) => match self.normalize(goal) {
                    Ok(goal) => self.holds(goal)?,
                    Err(error) => self.unless_no_impl(error)?,
                },
                ClauseKind::Projection { def_id, args, term } => {
                    match self.normalize(args).and_then(|args| self.project_term(def_id, args, term)) {
                        Ok(value) => {
                            let term = self.normalize(term)?;
                            let mut none = PartialArgs::new();
                            let mut matcher = Matcher::new(tcx, &mut none);
                            matcher.term(term, value)
                        }
                        Err(error) => self.unless_no_impl(error)?,
                    }
                }
                ClauseKind::ConstArgHasType(..) | ClauseKind::Other => true,
            };
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `false` for an error that only says that something is not implemented.
    fn unless_no_impl(&self, error: TraitError<'tcx>) -> Result<bool, TraitError<'tcx>> {
        match error {
            TraitError::Unimplemented(_) | TraitError::Ambiguous(_) | TraitError::NoValue(_) => Ok(false),
            other => Err(other),
        }
    }

    /// The arguments with which an impl is for the goal, `None` if it is not. `header` is the impl's, or that of an impl
    /// which it specialises.
    pub fn match_impl(
        &mut self,
        impl_: DefId,
        header: TraitRef<'tcx>,
        goal: TraitRef<'tcx>,
    ) -> Result<Option<GenericArgs<'tcx>>, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        let generics = self.cx.definitions().generics_of(impl_);
        let mut args: PartialArgs<'tcx> = smallvec![None; generics.count()];
        let mut matcher = Matcher::new(tcx, &mut args);
        if !matcher.args(header.args, goal.args) {
            return Ok(None);
        }
        let equations = matcher.into_equations();
        for param in &generics.own_params {
            if param.kind == GenericParamKind::Lifetime {
                args[param.index as usize].get_or_insert(GenericArg::Lifetime(Region::Erased));
            }
        }
        if (!equations.is_empty() || args.iter().any(Option::is_none))
            && !self.deeper(|solver| solver.complete(impl_, &mut args, equations))?
        {
            return Ok(None);
        }
        Ok(Some(tcx.mk_args(&filled(tcx, &args))))
    }

    /// Finds an impl's remaining arguments by projecting its where-clauses, and checks what is left of its header.
    /// `false`: the impl does not apply.
    fn complete(
        &mut self,
        impl_: DefId,
        args: &mut PartialArgs<'tcx>,
        mut equations: SmallVec<[Equation<'tcx>; 2]>,
    ) -> Result<bool, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        let clauses = self.cx.definitions().predicates_of(impl_).predicates;
        let mut used: SmallVec<[bool; 16]> = smallvec![false; clauses.len()];
        loop {
            let mut progress = false;
            let mut index = 0;
            while index < equations.len() {
                if !all_known(tcx, args, equations[index].pattern) {
                    index += 1;
                    continue;
                }
                let Equation { pattern, value, depth } = equations.swap_remove(index);
                progress = true;
                match self.partially(pattern, args, depth) {
                    Ok(pattern) => {
                        let mut none = PartialArgs::new();
                        if !Matcher::new(tcx, &mut none).under(depth).term(pattern, value) {
                            return Ok(false);
                        }
                    }
                    Err(error) => return self.unless_no_impl(error),
                }
            }
            let complete = args.iter().all(Option::is_some);
            if complete && equations.is_empty() {
                return Ok(true);
            }
            for (clause, used) in clauses.iter().zip(used.iter_mut()) {
                let ClauseKind::Projection { def_id, args: alias_args, term } = clause.value else { continue };
                if *used || complete || !all_known(tcx, args, alias_args) {
                    continue;
                }
                *used = true;
                progress = true;
                let value = self
                    .partially(alias_args, args, 1)
                    .and_then(|alias_args| self.project_term(def_id, alias_args, term));
                match value {
                    Ok(value) => {
                        let mut matcher = Matcher::new(tcx, args).under(1);
                        if !matcher.term(term, value) {
                            return Ok(false);
                        }
                        equations.extend(matcher.into_equations());
                    }
                    Err(error) => return self.unless_no_impl(error),
                }
            }
            if !progress {
                return Ok(false);
            }
        }
    }

    /// Substitutes known arguments into a value that lies under `depth` binders of an impl's, and normalises it.
    fn partially<T: TypeFoldable<'tcx>>(
        &mut self,
        value: T,
        args: &PartialArgs<'tcx>,
        depth: u32,
    ) -> Result<T, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        let mut shifted = filled(tcx, args);
        for arg in &mut shifted {
            *arg = ty::shift_bound_vars(tcx, *arg, depth);
        }
        let value = tcx.subst_slice(value, &shifted);
        self.normalize(value)
    }

    /// The value of an associated type, or constant if the term that it is compared with is one.
    fn project_term(
        &mut self,
        item: DefId,
        args: GenericArgs<'tcx>,
        like: Term<'tcx>,
    ) -> Result<Term<'tcx>, TraitError<'tcx>> {
        match like {
            Term::Ty(_) => self.project(item, args).map(Term::Ty),
            Term::Const(_) => {
                let unevaluated = ty::UnevaluatedConst { def: item, args };
                let constant = self.cx.tcx.mk_const(ty::ConstKind::Unevaluated(unevaluated));
                self.normalize(constant).map(Term::Const)
            }
        }
    }
}

/// Traits that only the compiler implements.
fn builtin_only(item: LangItem) -> bool {
    matches!(
        item,
        LangItem::Sized
            | LangItem::MetaSized
            | LangItem::PointeeSized
            | LangItem::Unsize
            | LangItem::DiscriminantKind
            | LangItem::PointeeTrait
            | LangItem::Tuple
            | LangItem::FnPtrTrait
            | LangItem::Destruct
            | LangItem::BikeshedGuaranteedNoDrop
            | LangItem::AsyncFnKindHelper
    )
}
