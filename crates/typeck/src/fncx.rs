//! The state of checking one body, and the steps that everything else is made of (rustc's `FnCtxt`).

use crate::adjust::{Adjust, Adjustment};
use crate::doubt::{Answer, Doubt, Fail, Try, matching};
use crate::types::{Look as _, Make as _, from_ir};
use solve::ir::inherent::{IntoKind as _, Ty as _};
use solve::ir::{self, InferCtxtLike as _, Interner as _, TypeFoldable, TypeVisitableExt as _, Upcast};
use solve::{
    Args, Binder, ClauseKind, Cx, FnSig, Fulfillment, GenericArg, Goal, InferCx, ParamEnv, Predicate, PredicateKind,
    Ty, TyKind,
};
use std::cell::RefCell;
use syntax::span::Span;
use ty::{DefId, LangItem, Members, Symbol};

/// What is known about a function that is called as a method: its item, its arguments, its signature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Callee<'tcx> {
    pub def_id: DefId,
    pub args: Args<'tcx>,
    pub sig: FnSig<'tcx>,
}

impl<'tcx> Callee<'tcx> {
    pub fn inputs(&self) -> &'tcx [Ty<'tcx>] {
        let all = self.sig.inputs_and_output.elements();
        &all[..all.len().saturating_sub(1)]
    }
    pub fn output(&self) -> Ty<'tcx> {
        self.sig.output()
    }
}

/// Inference for one body: variables, goals, what may be assumed.
pub(crate) struct Typing<'a, 'tcx> {
    pub cx: Cx<'tcx>,
    pub members: &'a dyn Members<'tcx>,
    pub infer: InferCx<'tcx>,
    pub goals: RefCell<Fulfillment<'tcx>>,
    pub env: ParamEnv<'tcx>,
    /// The function, constant or static that the body is of.
    pub owner: DefId,
    /// The module that it is in.
    pub module: DefId,
}

impl<'a, 'tcx> Typing<'a, 'tcx> {
    pub fn goal(&self, predicate: impl Upcast<Cx<'tcx>, Predicate<'tcx>>) -> Goal<'tcx> {
        Goal::new(self.cx, self.env, predicate)
    }
    /// Adds a goal to what must hold.
    pub fn require(&self, predicate: impl Upcast<Cx<'tcx>, Predicate<'tcx>>) {
        let goal = self.goal(predicate);
        self.goals.borrow_mut().add(goal);
    }
    pub fn require_trait(&self, ty: Ty<'tcx>, trait_: LangItem) -> Answer<()> {
        let trait_ = self.lang(trait_)?;
        self.require(self.cx.trait_ref(trait_, &[ty.into()]));
        Ok(())
    }
    pub fn require_sized(&self, ty: Ty<'tcx>) -> Answer<()> {
        // What is sized in any case tells nothing.
        match ty.kind_ref() {
            TyKind::Bool | TyKind::Char | TyKind::Int(_) | TyKind::Uint(_) | TyKind::Float(_) | TyKind::Never => Ok(()),
            _ => self.require_trait(ty, LangItem::Sized),
        }
    }
    pub fn require_wf(&self, ty: Ty<'tcx>) {
        if matches!(
            ty.kind_ref(),
            TyKind::Bool
                | TyKind::Char
                | TyKind::Int(_)
                | TyKind::Uint(_)
                | TyKind::Float(_)
                | TyKind::Never
                | TyKind::Str
        ) {
            return;
        }
        self.require(PredicateKind::Clause(ClauseKind::WellFormed(ty.into())));
    }
    /// That the where-clauses of an item hold for arguments.
    pub fn require_clauses(&self, def_id: DefId, args: Args<'tcx>) -> Answer<()> {
        for clause in self.clauses_of(def_id, args) {
            let clause = self.normalize(clause)?;
            self.require(clause);
        }
        Ok(())
    }
    pub fn clauses_of(&self, def_id: DefId, args: Args<'tcx>) -> Vec<solve::Clause<'tcx>> {
        let clauses = self.cx.predicates_of(def_id);
        clauses.iter_instantiated(self.cx, args).collect()
    }
    /// What arguments of types ask for.
    pub fn require_wf_args(&self, args: Args<'tcx>) {
        for arg in args.elements() {
            match *arg {
                GenericArg::Type(ty) => self.require_wf(ty),
                GenericArg::Const(constant) => {
                    self.require(PredicateKind::Clause(ClauseKind::WellFormed(constant.into())));
                }
                GenericArg::Lifetime(_) => {}
            }
        }
    }

    pub fn lang(&self, item: LangItem) -> Answer<DefId> {
        let found = self.cx.tcx().lang_item(item);
        found.ok_or_else(|| Doubt::new("a language item that is not there", item.name()))
    }

    pub fn fresh(&self) -> Ty<'tcx> {
        self.infer.new_ty_var()
    }
    pub fn resolved<T: TypeFoldable<Cx<'tcx>>>(&self, value: T) -> T {
        self.infer.resolved(value)
    }
    pub fn shallow(&self, ty: Ty<'tcx>) -> Ty<'tcx> {
        self.infer.shallow_resolve(ty)
    }
    pub fn text(&self, ty: Ty<'tcx>) -> String {
        self.cx.text(self.resolved(ty))
    }

    /// Proves what can be proven by now.
    pub fn select(&self) -> Answer<()> {
        let failed = self.goals.borrow_mut().select_where_possible(&self.infer)?;
        match failed.first() {
            None => Ok(()),
            Some(goal) => {
                let text = self.cx.text_of_predicate(self.resolved(goal.predicate));
                Err(Doubt::new("something required that does not hold", text))
            }
        }
    }

    pub fn normalize<T: TypeFoldable<Cx<'tcx>>>(&self, value: T) -> Answer<T> {
        self.infer.normalize(&mut self.goals.borrow_mut(), self.env, value)
    }

    /// The type with what is known of its variables, after looking whether goals tell more.
    pub fn resolve_with_goals(&self, ty: Ty<'tcx>) -> Answer<Ty<'tcx>> {
        if !ty.has_non_region_infer() {
            return Ok(ty);
        }
        let ty = self.resolved(ty);
        if !ty.has_non_region_infer() {
            return Ok(ty);
        }
        self.select()?;
        Ok(self.resolved(ty))
    }

    /// The type with its outermost constructor, if it can be known now.
    pub fn try_structurally(&self, ty: Ty<'tcx>) -> Answer<Ty<'tcx>> {
        let ty = self.resolve_with_goals(ty)?;
        let ty = self.infer.structurally_normalize(&mut self.goals.borrow_mut(), self.env, ty)?;
        Ok(self.resolved(ty))
    }

    /// The type with its outermost constructor, which must be known here.
    pub fn structurally(&self, ty: Ty<'tcx>) -> Answer<Ty<'tcx>> {
        let ty = self.try_structurally(ty)?;
        match ty.is_ty_var() {
            false => Ok(ty),
            true => Err(Doubt::new("a type that must be known here", "")),
        }
    }

    // ---- relations

    /// Makes types equal; what remains is added to the goals.
    pub fn relate_in(&self, goals: &mut Fulfillment<'tcx>, left: Ty<'tcx>, right: Ty<'tcx>) -> Try<()> {
        match self.infer.equate(goals, self.env, left, right)? {
            true => Ok(()),
            false => Err(Fail::Mismatch),
        }
    }
    /// Makes a type a subtype of another; what remains is added to the goals.
    pub fn sub_in(&self, goals: &mut Fulfillment<'tcx>, sub: Ty<'tcx>, sup: Ty<'tcx>) -> Try<()> {
        match self.infer.subtype(goals, self.env, sub, sup)? {
            true => Ok(()),
            false => Err(Fail::Mismatch),
        }
    }
    pub fn eq(&self, left: Ty<'tcx>, right: Ty<'tcx>) -> Try<()> {
        self.relate_in(&mut self.goals.borrow_mut(), left, right)
    }
    pub fn sub(&self, sub: Ty<'tcx>, sup: Ty<'tcx>) -> Try<()> {
        self.sub_in(&mut self.goals.borrow_mut(), sub, sup)
    }
    /// As [`Typing::eq`], where the types must be equal.
    pub fn demand_eq(&self, expected: Ty<'tcx>, actual: Ty<'tcx>) -> Answer<()> {
        self.demanded(self.eq(expected, actual), expected, actual)
    }
    /// As [`Typing::sub`], where the actual type must be a subtype.
    pub fn demand_sub(&self, expected: Ty<'tcx>, actual: Ty<'tcx>) -> Answer<()> {
        self.demanded(self.sub(actual, expected), expected, actual)
    }
    fn demanded(&self, result: Try<()>, expected: Ty<'tcx>, actual: Ty<'tcx>) -> Answer<()> {
        match matching(result)? {
            Some(()) => Ok(()),
            None => Err(self.mismatch(expected, actual)),
        }
    }
    pub fn mismatch(&self, expected: Ty<'tcx>, actual: Ty<'tcx>) -> Box<Doubt> {
        let text = format!("{} is expected, {} is there", self.text(expected), self.text(actual));
        Doubt::new("types that do not match", text)
    }
    // ---- goals about types

    pub fn may_hold(&self, trait_: DefId, args: &[GenericArg<'tcx>]) -> Answer<bool> {
        self.infer.may_hold(self.goal(self.cx.trait_ref(trait_, args)))
    }
    /// Whether a variable is known to have a size.
    pub fn var_is_sized(&self, ty: Ty<'tcx>) -> Answer<bool> {
        let sized = self.lang(LangItem::Sized)?;
        let goals = self.goals.borrow().pending_about(&self.infer, ty);
        Ok(goals.iter().any(|goal| {
            matches!(goal.predicate.kind().skip_binder(),
                PredicateKind::Clause(ClauseKind::Trait(predicate)) if predicate.trait_ref.def_id == sized)
        }))
    }

    // ---- signatures

    pub fn sig_of(&self, def_id: DefId, args: Args<'tcx>) -> Binder<'tcx, FnSig<'tcx>> {
        self.cx.fn_sig(def_id).instantiate(self.cx, args)
    }
    /// The signature of a function's, closure's or fn pointer's type; `None` for others.
    pub fn sig_of_ty(&self, ty: Ty<'tcx>) -> Option<Binder<'tcx, FnSig<'tcx>>> {
        match *ty.kind_ref() {
            TyKind::FnDef(def_id, args) => Some(self.sig_of(def_id, args)),
            TyKind::FnPtr(types, header) => Some(types.with(header)),
            _ => None,
        }
    }

    /// The method of a trait that a built-in operation means, for a type and perhaps another: `None` if the trait cannot be
    /// implemented for them (rustc's `lookup_method_in_trait`).
    pub fn method_in_trait(
        &self,
        trait_: DefId,
        method: &str,
        self_ty: Ty<'tcx>,
        rhs: Option<Ty<'tcx>>,
    ) -> Answer<Option<Callee<'tcx>>> {
        let fresh = self.infer.fresh_args(trait_);
        let mut args = vec![GenericArg::from(self_ty)];
        args.extend(rhs.map(GenericArg::from));
        args.extend(&fresh.elements()[args.len().min(fresh.elements().len())..]);
        if !self.may_hold(trait_, &args)? {
            return Ok(None);
        }
        let items = self.members.assoc_items(trait_);
        let Some(item) = items.iter().find(|item| item.name.as_str() == method && item.kind == ty::AssocKind::Fn)
        else {
            return Err(Doubt::new("a language trait without its method", method));
        };
        let args = self.cx.args(&args);
        let args = self.args_beyond(item.def_id, args);
        let sig = self.infer.instantiate_with_fresh(self.sig_of(item.def_id, args));
        let sig = self.normalize(sig)?;
        self.require_clauses(item.def_id, args)?;
        let pointer = Ty::new_fn_ptr(self.cx, ir::Binder::dummy(sig));
        self.require_wf(pointer);
        Ok(Some(Callee { def_id: item.def_id, args, sig }))
    }

    /// Arguments for an item that begins with those of what it is in; the others are variables.
    pub fn args_beyond(&self, def_id: DefId, parent: Args<'tcx>) -> Args<'tcx> {
        let count = self.members.generics_of(def_id).count();
        if count == parent.elements().len() {
            return parent;
        }
        let fresh = self.infer.fresh_args(def_id);
        let all: Vec<_> =
            parent.elements().iter().chain(&fresh.elements()[parent.elements().len()..]).copied().collect();
        self.cx.args(&all)
    }

    // ---- who may see what

    /// Whether an item or field may be named in the body.
    pub fn is_accessible(&self, def_id: DefId) -> bool {
        let Some(module) = self.members.visible_in(def_id) else { return true };
        if module.krate != self.module.krate {
            return false;
        }
        let mut inner = self.module;
        loop {
            if inner == module {
                return true;
            }
            match self.members.def_key(inner).parent {
                Some(index) => inner = DefId { index, ..inner },
                None => return false,
            }
        }
    }

    pub fn assoc_item_named(&self, container: DefId, name: Symbol, kind: ty::AssocKind) -> Option<ty::AssocItem> {
        let items = self.members.assoc_items(container);
        items.iter().find(|item| item.name == name && item.kind == kind).copied()
    }
}

/// The types that are reached from one by dereferencing (rustc's `Autoderef`).
pub(crate) struct Autoderef<'f, 'a, 'tcx> {
    typing: &'f Typing<'a, 'tcx>,
    /// What was dereferenced, and whether by the language.
    steps: Vec<(Ty<'tcx>, bool)>,
    current: Ty<'tcx>,
    at_start: bool,
    raw_pointers: bool,
    goals: Fulfillment<'tcx>,
}

impl<'a, 'tcx> Typing<'a, 'tcx> {
    pub fn autoderef<'f>(&'f self, ty: Ty<'tcx>) -> Autoderef<'f, 'a, 'tcx> {
        Autoderef {
            typing: self,
            steps: Vec::new(),
            current: self.resolved(ty),
            at_start: true,
            raw_pointers: false,
            goals: Fulfillment::new(),
        }
    }
}

impl<'tcx> Autoderef<'_, '_, 'tcx> {
    pub fn with_raw_pointers(mut self) -> Self {
        self.raw_pointers = true;
        self
    }

    /// The next type, and how many dereferences led to it.
    pub fn next(&mut self) -> Answer<Option<(Ty<'tcx>, usize)>> {
        let typing = self.typing;
        if self.at_start {
            self.at_start = false;
            return Ok(Some((self.current, 0)));
        }
        if self.steps.len() >= typing.cx.recursion_limit() {
            return Err(Doubt::new("dereferencing without end", typing.text(self.current)));
        }
        if self.current.is_ty_var() {
            return Ok(None);
        }
        let (next, builtin) = match self.current.builtin_deref(self.raw_pointers) {
            Some(ty) => (typing.infer.structurally_normalize(&mut self.goals, typing.env, ty)?, true),
            None => match typing.infer.deref(&mut self.goals, typing.env, self.current)? {
                Some(step) => (step.ty, false),
                None => return Ok(None),
            },
        };
        self.steps.push((self.current, builtin));
        self.current = typing.resolved(next);
        Ok(Some((self.current, self.steps.len())))
    }

    pub fn step_count(&self) -> usize {
        self.steps.len()
    }
    /// The type after the last step.
    pub fn final_ty(&self) -> Ty<'tcx> {
        self.typing.resolved(self.current)
    }
    /// What must hold for the steps.
    pub fn into_goals(self) -> Fulfillment<'tcx> {
        self.goals
    }

    /// The steps as adjustments of a value, for what stands at a place.
    pub fn adjust_steps(&self, span: Span) -> Answer<Vec<Adjustment<'tcx>>> {
        let mut adjustments = Vec::new();
        for (index, &(source, builtin)) in self.steps.iter().enumerate() {
            let target = self.steps.get(index + 1).map_or(self.current, |&(next, _)| next);
            let kind = match builtin {
                true => Adjust::Deref,
                false => match self.typing.overloaded_deref(source)? {
                    Some(method) => match *method.output().kind_ref() {
                        TyKind::Ref(_, _, mutability) => Adjust::OverloadedDeref(from_ir(mutability), span),
                        _ => return Err(Doubt::new("a `Deref` that gives no reference", "")),
                    },
                    None => Adjust::Deref,
                },
            };
            adjustments.push(Adjustment { kind, target });
        }
        Ok(adjustments)
    }
}

impl<'a, 'tcx> Typing<'a, 'tcx> {
    /// The method `deref` of a type.
    pub fn overloaded_deref(&self, ty: Ty<'tcx>) -> Answer<Option<Callee<'tcx>>> {
        self.method_in_trait(self.lang(LangItem::Deref)?, "deref", ty, None)
    }
}
