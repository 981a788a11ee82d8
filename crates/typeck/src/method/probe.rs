//! Which method, or associated item, a name means for a type (rustc's `method::probe`).

use crate::doubt::{Answer, Doubt, Fail, Try, matching};
use crate::fncx::Typing;
use crate::types::{Look as _, Make as _};
use rustc_hash::FxHashSet;
use solve::ir::inherent::{BoundExistentialPredicates as _, IntoKind as _, ParamEnv as _, SliceLike as _};
use solve::ir::{self, InferCtxtLike as _};
use solve::next_trait_solver::delegate::SolverDelegate as _;
use solve::{Args, Binder, ClauseKind, Fulfillment, PredicateKind, TraitRef, Ty, TyKind};
use ty::{AssocItem, AssocKind, DefId, DefKind, Mutability, Symbol};

/// What becomes of the receiver after it was dereferenced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Adjustment {
    /// A reference to it is taken; of an array it is unsized.
    Autoref { mutability: Mutability, unsize: bool },
    /// `*mut T` becomes `*const T`.
    ToConstPtr,
}

/// Where an item was found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PickKind<'tcx> {
    Inherent,
    Object,
    Trait,
    WhereClause(Binder<'tcx, TraitRef<'tcx>>),
}

/// What a name means.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pick<'tcx> {
    pub item: AssocItem,
    pub container: DefId,
    pub kind: PickKind<'tcx>,
    pub autoderefs: usize,
    pub adjustment: Option<Adjustment>,
}

/// The result of a search that may well find nothing.
pub(crate) type Probed<'tcx> = Option<Pick<'tcx>>;

#[derive(Clone, Copy, Debug)]
enum CandidateKind<'tcx> {
    Inherent(DefId),
    Object(Binder<'tcx, TraitRef<'tcx>>),
    Trait(Binder<'tcx, TraitRef<'tcx>>),
    WhereClause(Binder<'tcx, TraitRef<'tcx>>),
}

#[derive(Clone, Copy, Debug)]
struct Candidate<'tcx> {
    item: AssocItem,
    container: DefId,
    kind: CandidateKind<'tcx>,
}

/// A type that the receiver can be made by dereferencing.
#[derive(Clone, Copy, Debug)]
struct Step<'tcx> {
    ty: Ty<'tcx>,
    autoderefs: usize,
    from_raw_pointer: bool,
    unsize: bool,
}

struct Probe<'f, 'a, 'tcx> {
    typing: &'f Typing<'a, 'tcx>,
    name: Symbol,
    is_path: bool,
    /// The edition of the name.
    edition: u8,
    inherent: Vec<Candidate<'tcx>>,
    extension: Vec<Candidate<'tcx>>,
    seen: FxHashSet<DefId>,
}

impl<'a, 'tcx> Typing<'a, 'tcx> {
    /// The method that `receiver.name(…)` means. `None` if there is none.
    pub fn probe_method(
        &self,
        name: Symbol,
        edition: u8,
        receiver: Ty<'tcx>,
        traits: &[DefId],
    ) -> Answer<Probed<'tcx>> {
        self.probe(name, edition, receiver, traits, false)
    }

    /// The item that `<T>::name` means. `None` if there is none.
    pub fn probe_path(&self, name: Symbol, edition: u8, self_ty: Ty<'tcx>, traits: &[DefId]) -> Answer<Probed<'tcx>> {
        self.probe(name, edition, self_ty, traits, true)
    }

    fn probe(
        &self,
        name: Symbol,
        edition: u8,
        self_ty: Ty<'tcx>,
        traits: &[DefId],
        is_path: bool,
    ) -> Answer<Probed<'tcx>> {
        let self_ty = self.resolved(self_ty);
        self.infer.probing(|| {
            let steps = self.steps_of(self_ty, is_path)?;
            let mut probe = Probe {
                typing: self,
                name,
                is_path,
                edition,
                inherent: Vec::new(),
                extension: Vec::new(),
                seen: FxHashSet::default(),
            };
            for step in &steps {
                probe.assemble(step.ty);
            }
            probe.assemble_traits(traits);
            probe.pick(&steps)
        })
    }

    fn steps_of(&self, self_ty: Ty<'tcx>, is_path: bool) -> Answer<Vec<Step<'tcx>>> {
        if is_path {
            return Ok(vec![Step { ty: self_ty, autoderefs: 0, from_raw_pointer: false, unsize: false }]);
        }
        let mut autoderef = self.autoderef(self_ty).with_raw_pointers();
        let mut steps = Vec::new();
        let mut from_raw_pointer = false;
        while let Some((ty, autoderefs)) = autoderef.next()? {
            steps.push(Step { ty, autoderefs, from_raw_pointer, unsize: false });
            from_raw_pointer |= ty.as_raw().is_some();
        }
        let last = autoderef.final_ty();
        match *last.kind_ref() {
            TyKind::Infer(ir::TyVar(_)) if steps.len() == 1 || !from_raw_pointer => {
                return Err(Doubt::new("a method of a type that is not known yet", ""));
            }
            TyKind::Array(element, _) => steps.push(Step {
                ty: self.cx.slice(element),
                autoderefs: steps.len() - 1,
                from_raw_pointer,
                unsize: true,
            }),
            _ => {}
        }
        Ok(steps)
    }
}

impl<'tcx> Probe<'_, '_, 'tcx> {
    fn items(&self, container: DefId) -> impl Iterator<Item = AssocItem> {
        let (name, is_path) = (self.name, self.is_path);
        let items = self.typing.members.assoc_items(container).iter().copied();
        // Types have names of their own.
        items
            .filter(move |item| item.name == name && item.kind != AssocKind::Type && !item.is_synthetic)
            .filter(move |item| is_path || (item.kind == AssocKind::Fn && item.fn_has_self_parameter))
    }

    fn push(&mut self, item: AssocItem, container: DefId, kind: CandidateKind<'tcx>, is_inherent: bool) {
        if !self.typing.is_accessible(item.def_id) {
            return;
        }
        let list = if is_inherent { &mut self.inherent } else { &mut self.extension };
        list.push(Candidate { item, container, kind });
    }

    // ---- candidates

    fn assemble(&mut self, ty: Ty<'tcx>) {
        match *ty.kind_ref() {
            TyKind::Dynamic(predicates, _) if predicates.principal().is_some() => {
                if let Some(principal) = predicates.principal() {
                    let trait_ref = principal.with_self_ty(self.typing.cx, ty);
                    let all: Vec<_> = ir::elaborate::supertraits(self.typing.cx, trait_ref).collect();
                    self.assemble_bounds(all, CandidateKind::Object);
                }
                self.assemble_impls(ty);
            }
            TyKind::Param(param) => {
                let bounds = self.typing.env.caller_bounds().to_vec();
                let bounds = bounds.into_iter().filter_map(|clause| {
                    let kind = clause.kind();
                    let ClauseKind::Trait(predicate) = kind.skip_binder() else { return None };
                    let may_be = match *predicate.self_ty().kind_ref() {
                        TyKind::Param(other) => other == param,
                        TyKind::Alias(..) => true,
                        _ => false,
                    };
                    may_be.then(|| kind.rebind(predicate.trait_ref))
                });
                self.assemble_bounds(bounds.collect(), CandidateKind::WhereClause);
            }
            TyKind::Adt(..)
            | TyKind::Foreign(_)
            | TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Uint(_)
            | TyKind::Float(_)
            | TyKind::Str
            | TyKind::Array(..)
            | TyKind::Slice(_)
            | TyKind::RawPtr(..)
            | TyKind::Ref(..)
            | TyKind::Never
            | TyKind::Tuple(_) => self.assemble_impls(ty),
            _ => {}
        }
    }

    fn assemble_impls(&mut self, ty: Ty<'tcx>) {
        let Some(shape) = self.typing.cx.shape(ty) else { return };
        for &impl_ in self.typing.members.inherent_impls(shape) {
            if !self.seen.insert(impl_) {
                continue;
            }
            let items: Vec<_> = self.items(impl_).collect();
            for item in items {
                self.push(item, impl_, CandidateKind::Inherent(impl_), true);
            }
        }
    }

    fn assemble_bounds(
        &mut self,
        bounds: Vec<Binder<'tcx, TraitRef<'tcx>>>,
        kind: fn(Binder<'tcx, TraitRef<'tcx>>) -> CandidateKind<'tcx>,
    ) {
        for bound in bounds {
            let trait_ = bound.skip_binder().def_id;
            let items: Vec<_> = self.items(trait_).collect();
            for item in items {
                self.push(item, trait_, kind(bound), true);
            }
        }
    }

    fn assemble_traits(&mut self, traits: &[DefId]) {
        let typing = self.typing;
        let mut seen = FxHashSet::default();
        for &trait_ in traits {
            if !seen.insert(trait_)
                || typing.members.def_kind(trait_) != DefKind::Trait
                || typing.members.trait_def(trait_).is_auto
            {
                continue;
            }
            let items: Vec<_> = self.items(trait_).collect();
            if items.is_empty() {
                continue;
            }
            let args = typing.infer.fresh_args(trait_);
            let trait_ref = ir::Binder::dummy(ir::TraitRef::new_from_args(typing.cx, trait_, args));
            for item in items {
                self.push(item, trait_, CandidateKind::Trait(trait_ref), false);
            }
        }
    }

    // ---- the search

    fn pick(&self, steps: &[Step<'tcx>]) -> Answer<Probed<'tcx>> {
        // Stable items first, then also unstable ones.
        match self.pick_all(steps, false)? {
            Some(pick) => Ok(Some(pick)),
            None => self.pick_all(steps, true),
        }
    }

    fn pick_all(&self, steps: &[Step<'tcx>], unstable: bool) -> Answer<Probed<'tcx>> {
        let cx = self.typing.cx;
        for step in steps.iter().filter(|step| !step.from_raw_pointer) {
            if !step.unsize
                && let Some(mut pick) = self.pick_for(step.ty, unstable)?
            {
                pick.autoderefs = step.autoderefs;
                if let (false, Some((_, _, mutability))) = (self.is_path, step.ty.as_ref()) {
                    pick.autoderefs += 1;
                    pick.adjustment = Some(Adjustment::Autoref { mutability, unsize: false });
                }
                return Ok(Some(pick));
            }
            if self.is_path {
                continue;
            }
            for mutability in [Mutability::Not, Mutability::Mut] {
                let reference = cx.reference(cx.erased(), step.ty, mutability);
                if let Some(mut pick) = self.pick_for(reference, unstable)? {
                    pick.autoderefs = step.autoderefs;
                    pick.adjustment = Some(Adjustment::Autoref { mutability, unsize: step.unsize });
                    return Ok(Some(pick));
                }
            }
            if let (false, Some((pointee, Mutability::Mut))) = (step.unsize, step.ty.as_raw()) {
                let pointer = cx.pointer(pointee, Mutability::Not);
                if let Some(mut pick) = self.pick_for(pointer, unstable)? {
                    pick.autoderefs = step.autoderefs;
                    pick.adjustment = Some(Adjustment::ToConstPtr);
                    return Ok(Some(pick));
                }
            }
        }
        Ok(None)
    }

    fn pick_for(&self, self_ty: Ty<'tcx>, unstable: bool) -> Answer<Probed<'tcx>> {
        for candidates in [&self.inherent, &self.extension] {
            if let Some(pick) = self.consider_all(self_ty, candidates, unstable)? {
                return Ok(Some(pick));
            }
        }
        Ok(None)
    }

    fn consider_all(&self, self_ty: Ty<'tcx>, candidates: &[Candidate<'tcx>], unstable: bool) -> Answer<Probed<'tcx>> {
        let mut applicable = Vec::new();
        for candidate in candidates {
            if self.consider(self_ty, candidate)? {
                applicable.push(*candidate);
            }
        }
        if applicable.len() > 1
            && let Some(pick) = self.collapse(&applicable)
        {
            return Ok(Some(pick));
        }
        if !unstable {
            applicable.retain(|candidate| self.is_stable(candidate));
        }
        match applicable[..] {
            [] => Ok(None),
            [candidate] => Ok(Some(unadjusted(candidate))),
            _ => Err(Doubt::new("a method that several impls have", self.name.as_str())),
        }
    }

    /// Whether the crate may use it without saying so: the features that it enables are not known here, so an unstable item
    /// of another crate is left to the second search, as for a stable program.
    fn is_stable(&self, candidate: &Candidate<'tcx>) -> bool {
        candidate.item.def_id.krate == ty::CrateNum::LOCAL
            || self.typing.members.unstable_feature(candidate.item.def_id).is_none()
    }

    /// If all candidates are the same item of one trait, which impl is meant is for later.
    fn collapse(&self, applicable: &[Candidate<'tcx>]) -> Probed<'tcx> {
        let first = applicable.first()?;
        if self.typing.members.def_kind(first.container) != DefKind::Trait
            || applicable.iter().any(|other| other.container != first.container)
        {
            return None;
        }
        Some(Pick {
            item: first.item,
            container: first.container,
            kind: PickKind::Trait,
            autoderefs: 0,
            adjustment: None,
        })
    }

    fn consider(&self, self_ty: Ty<'tcx>, candidate: &Candidate<'tcx>) -> Answer<bool> {
        let typing = self.typing;
        let universe = typing.infer.universe();
        let attempt = typing.infer.probing(|| {
            let mut goals = Fulfillment::new();
            self.relate_candidate(self_ty, candidate, &mut goals)?;
            if !goals.select_where_possible(&typing.infer)?.is_empty() {
                return Err(Fail::Mismatch);
            }
            typing.infer.leak_check(universe).map_err(|_| Fail::Mismatch)
        });
        Ok(matching(attempt)?.is_some())
    }

    fn relate_candidate(
        &self,
        self_ty: Ty<'tcx>,
        candidate: &Candidate<'tcx>,
        goals: &mut Fulfillment<'tcx>,
    ) -> Try<()> {
        let typing = self.typing;
        let (infer, env, cx) = (&typing.infer, typing.env, typing.cx);
        let output;
        match candidate.kind {
            CandidateKind::Inherent(impl_) => {
                let args = infer.fresh_args(impl_);
                let impl_ty = cx.ty_of(impl_, args);
                let (receiver, result) = self.receiver_of(candidate.item, impl_ty, args);
                let receiver = infer.normalize(goals, env, receiver)?;
                self.relate(goals, self_ty, receiver)?;
                output = match result {
                    Some(result) => Some(infer.normalize(goals, env, result)?),
                    None => None,
                };
                for clause in typing.clauses_of(impl_, args) {
                    let clause = infer.normalize(goals, env, clause)?;
                    goals.add(typing.goal(clause));
                }
            }
            CandidateKind::Trait(trait_ref) => {
                let trait_ = trait_ref.skip_binder().def_id;
                let skipped = typing.members.skipped_receivers(trait_);
                if !self.is_path {
                    let is_boxed_slice = self_ty.boxed().is_some_and(|ty| typing.shallow(ty).is_slice());
                    if (skipped.array && self.edition < 2 && self_ty.as_array().is_some())
                        || (skipped.boxed_slice && self.edition < 3 && is_boxed_slice)
                    {
                        return Err(Fail::Mismatch);
                    }
                }
                let trait_ref = infer.normalize(goals, env, infer.instantiate_with_fresh(trait_ref))?;
                let (receiver, result) = self.receiver_of(candidate.item, trait_ref.self_ty(), trait_ref.args);
                let receiver = infer.normalize(goals, env, receiver)?;
                self.relate(goals, self_ty, receiver)?;
                goals.add(typing.goal(trait_ref));
                output = result;
            }
            CandidateKind::Object(trait_ref) | CandidateKind::WhereClause(trait_ref) => {
                let trait_ref = infer.instantiate_with_fresh(trait_ref);
                let (receiver, result) = self.receiver_of(candidate.item, trait_ref.self_ty(), trait_ref.args);
                if let CandidateKind::WhereClause(_) = candidate.kind {
                    let known = infer.structurally_normalize(goals, env, trait_ref.self_ty())?;
                    if !matches!(typing.shallow(known).kind_ref(), TyKind::Param(_)) {
                        return Err(Fail::Mismatch);
                    }
                }
                let receiver = infer.normalize(goals, env, receiver)?;
                self.relate(goals, self_ty, receiver)?;
                output = result;
            }
        }
        if let Some(output) = output {
            goals.add(typing.goal(PredicateKind::Clause(ClauseKind::WellFormed(output.into()))));
        }
        Ok(())
    }

    /// Receivers of paths must be equal, those of calls may be subtypes.
    fn relate(&self, goals: &mut Fulfillment<'tcx>, self_ty: Ty<'tcx>, receiver: Ty<'tcx>) -> Try<()> {
        match self.is_path {
            true => self.typing.relate_in(goals, self_ty, receiver),
            false => self.typing.sub_in(goals, self_ty, receiver),
        }
    }

    /// The type that the receiver must have, and the result of a function that is called as a method (rustc's
    /// `xform_self_ty`).
    fn receiver_of(&self, item: AssocItem, impl_ty: Ty<'tcx>, args: Args<'tcx>) -> (Ty<'tcx>, Option<Ty<'tcx>>) {
        if item.kind != AssocKind::Fn || self.is_path {
            return (impl_ty, None);
        }
        let typing = self.typing;
        let args = typing.args_beyond(item.def_id, args);
        let sig = typing.infer.instantiate_with_fresh(typing.sig_of(item.def_id, args));
        let all = sig.inputs_and_output.elements();
        (all.first().copied().unwrap_or(impl_ty), all.last().copied())
    }
}

fn unadjusted<'tcx>(candidate: Candidate<'tcx>) -> Pick<'tcx> {
    let kind = match candidate.kind {
        CandidateKind::Inherent(_) => PickKind::Inherent,
        CandidateKind::Object(_) => PickKind::Object,
        CandidateKind::Trait(_) => PickKind::Trait,
        CandidateKind::WhereClause(trait_ref) => PickKind::WhereClause(trait_ref),
    };
    Pick { item: candidate.item, container: candidate.container, kind, autoderefs: 0, adjustment: None }
}
