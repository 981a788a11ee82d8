//! Coercions: how a value of one type becomes one of another where it is used (rustc's `coercion`).

use crate::adjust::{Adjust, Adjustment, AutoBorrow};
use crate::doubt::{Answer, Fail, Try, matching};
use crate::fncx::Typing;
use crate::types::{Look as _, Make as _, from_ir};
use mir::PointerCoercion;
use solve::ir;
use solve::ir::inherent::{GenericArgs as _, Safety as _, Ty as _};
use solve::{Binder, FnSig, Fulfillment, GenericArg, Goal, Outcome, PredicateKind, Region, Safety, Ty, TyKind};
use syntax::span::Span;
use ty::{LangItem, Mutability};

/// What a coercion does, and what must hold for it.
pub(crate) struct Coercion<'tcx> {
    pub adjustments: Vec<Adjustment<'tcx>>,
    pub target: Ty<'tcx>,
    pub goals: Fulfillment<'tcx>,
}

/// An attempt at a coercion.
pub(crate) struct Coerce<'f, 'a, 'tcx> {
    pub typing: &'f Typing<'a, 'tcx>,
    /// Of what is coerced.
    pub span: Span,
    pub two_phase: bool,
    /// Look for a type that both become, and do not insist on the target.
    pub lub: bool,
    /// Whether `!` becomes anything.
    pub never: bool,
    /// Whether a closure of a type captures anything, which forbids making it a fn pointer.
    pub captures: &'f dyn Fn(ty::DefId) -> bool,
}

fn check_mutability(from: Mutability, to: Mutability) -> Try<()> {
    if from >= to { Ok(()) } else { Err(Fail::Mismatch) }
}

impl<'tcx> Coerce<'_, '_, 'tcx> {
    fn unify_raw(&self, a: Ty<'tcx>, b: Ty<'tcx>) -> Try<(Ty<'tcx>, Fulfillment<'tcx>)> {
        let typing = self.typing;
        typing.infer.commit_if_ok(|| {
            let mut goals = Fulfillment::new();
            typing.sub_in(&mut goals, a, b)?;
            let target = if self.lub { typing.lub(b, a) } else { b };
            match goals.select_where_possible(&typing.infer)?.is_empty() {
                true => Ok((target, goals)),
                false => Err(Fail::Mismatch),
            }
        })
    }

    fn unify(&self, a: Ty<'tcx>, b: Ty<'tcx>) -> Try<Coercion<'tcx>> {
        let (target, goals) = self.unify_raw(a, b)?;
        Ok(Coercion { adjustments: Vec::new(), target, goals })
    }

    fn unify_and(
        &self,
        a: Ty<'tcx>,
        b: Ty<'tcx>,
        mut adjustments: Vec<Adjustment<'tcx>>,
        last: Adjust,
    ) -> Try<Coercion<'tcx>> {
        let (target, goals) = self.unify_raw(a, b)?;
        adjustments.push(Adjustment { kind: last, target });
        Ok(Coercion { adjustments, target, goals })
    }

    pub fn coerce(&self, a: Ty<'tcx>, b: Ty<'tcx>) -> Try<Coercion<'tcx>> {
        let typing = self.typing;
        let a = typing.shallow(a);
        let b = typing.shallow(b);
        if a.is_never() {
            return match self.never {
                true => Ok(Coercion {
                    adjustments: vec![Adjustment { kind: Adjust::NeverToAny, target: b }],
                    target: b,
                    goals: Fulfillment::new(),
                }),
                false => self.unify(a, b),
            };
        }
        if a.is_var() {
            return self.variable_to(a, b);
        }
        if let Some(unsized_) = matching(typing.infer.commit_if_ok(|| self.unsize(a, b)))? {
            return Ok(unsized_);
        }
        match *b.kind_ref() {
            TyKind::RawPtr(_, mutability) => return self.to_raw_pointer(a, b, from_ir(mutability)),
            TyKind::Ref(region, _, mutability) => return self.to_reference(a, b, region, from_ir(mutability)),
            _ => {}
        }
        match *a.kind_ref() {
            TyKind::FnDef(..) => self.fn_item_to(a, b),
            TyKind::FnPtr(types, header) => self.fn_pointer_to(a, types.with(header), b),
            TyKind::Closure(..) => self.closure_to(a, b),
            _ => self.unify(a, b),
        }
    }

    fn variable_to(&self, a: Ty<'tcx>, b: Ty<'tcx>) -> Try<Coercion<'tcx>> {
        if !b.is_var() {
            return self.unify(a, b);
        }
        let typing = self.typing;
        let mut goals = Fulfillment::new();
        let mut add = |a, b| goals.add(typing.goal(PredicateKind::Coerce(ir::CoercePredicate { a, b })));
        let target = match self.lub {
            true => {
                let target = typing.fresh();
                add(a, target);
                add(b, target);
                target
            }
            false => {
                add(a, b);
                b
            }
        };
        Ok(Coercion { adjustments: Vec::new(), target, goals })
    }

    fn to_reference(
        &self,
        a: Ty<'tcx>,
        b: Ty<'tcx>,
        region_b: Region<'tcx>,
        mutability_b: Mutability,
    ) -> Try<Coercion<'tcx>> {
        let typing = self.typing;
        let Some((region_a, _, mutability_a)) = a.as_ref() else { return self.unify(a, b) };
        check_mutability(mutability_a, mutability_b)?;
        let mut steps = typing.autoderef(a);
        let mut found = None;
        while let Some((ty, count)) = steps.next()? {
            if count == 0 {
                continue;
            }
            let region = match (self.lub, count) {
                (false, _) => region_b,
                (true, 1) => region_a,
                (true, _) => typing.infer.new_region_var(),
            };
            let reference = typing.cx.reference(region, ty, mutability_b);
            if let Some(unified) = matching(self.unify_raw(reference, b))? {
                found = Some(unified);
                break;
            }
        }
        let Some((target, mut goals)) = found else { return Err(Fail::Mismatch) };
        // The very same type, lifetime included, stays as it is.
        if a == target && mutability_a == Mutability::Not && steps.step_count() == 1 {
            return Ok(Coercion { adjustments: Vec::new(), target, goals });
        }
        let mut adjustments = steps.adjust_steps(self.span)?;
        goals.absorb(steps.into_goals());
        let borrow = AutoBorrow::new(mutability_b, self.two_phase);
        adjustments.push(Adjustment { kind: Adjust::Borrow(borrow), target });
        Ok(Coercion { adjustments, target, goals })
    }

    /// `CoerceUnsized`, and `&T` to `&U` by `Unsize`.
    fn unsize(&self, source: Ty<'tcx>, target: Ty<'tcx>) -> Try<Coercion<'tcx>> {
        let typing = self.typing;
        if source.is_var() || target.is_var() {
            return Err(Fail::Mismatch);
        }
        if !matches!(
            target.kind_ref(),
            TyKind::Adt(..)
                | TyKind::RawPtr(..)
                | TyKind::Ref(..)
                | TyKind::Param(_)
                | TyKind::Alias(..)
                | TyKind::Foreign(_)
                | TyKind::Pat(..)
        ) {
            return Err(Fail::Mismatch);
        }
        if let (Some((_, a, Mutability::Not)), Some((_, b, Mutability::Not))) = (source.as_ref(), target.as_ref())
            && matches!(a.kind_ref(), TyKind::Str)
            && matches!(b.kind_ref(), TyKind::Str)
        {
            return Err(Fail::Mismatch);
        }
        let coerce_unsized = typing.lang(LangItem::CoerceUnsized)?;
        let mut adjustments = Vec::new();
        let mut coerce_source = source;
        if let Some((_, pointee, from)) = source.as_ref() {
            if let Some((_, _, to)) = target.as_ref() {
                check_mutability(from, to)?;
                coerce_source = typing.cx.reference(typing.infer.new_region_var(), pointee, to);
                adjustments.push(Adjustment { kind: Adjust::Deref, target: pointee });
                let kind = Adjust::Borrow(AutoBorrow::new(to, false));
                adjustments.push(Adjustment { kind, target: coerce_source });
            } else if let Some((_, to)) = target.as_raw() {
                check_mutability(from, to)?;
                coerce_source = typing.cx.pointer(pointee, to);
                adjustments.push(Adjustment { kind: Adjust::Deref, target: pointee });
                adjustments.push(Adjustment { kind: Adjust::BorrowRaw(to), target: coerce_source });
            }
        }
        let coerce_target = typing.fresh();
        let unsize = Adjust::Pointer(PointerCoercion::Unsize);
        let mut coercion = self.unify_and(coerce_target, target, adjustments, unsize)?;
        let trait_ref = typing.cx.trait_ref(coerce_unsized, &[coerce_source.into(), coerce_target.into()]);
        let goal = typing.goal(trait_ref);
        if !self.is_certain_enough(goal, coerce_source, target)? {
            return Err(Fail::Mismatch);
        }
        coercion.goals.add(goal);
        Ok(coercion)
    }

    /// Whether unsizing is what is meant: it can be proven, or what is missing is only whether a known type implements a
    /// trait object's traits.
    fn is_certain_enough(&self, goal: Goal<'tcx>, source: Ty<'tcx>, target: Ty<'tcx>) -> Answer<bool> {
        let typing = self.typing;
        match typing.infer.probing(|| typing.infer.evaluate(goal))? {
            Outcome::Yes => Ok(true),
            Outcome::No => Ok(false),
            Outcome::Maybe => match self.pointees(source, target) {
                Some((from, to)) => self.unsizes(from, to),
                None => Ok(false),
            },
        }
    }

    /// Whether a type, of which not all is known, becomes another one by unsizing and by nothing else.
    fn unsizes(&self, from: Ty<'tcx>, to: Ty<'tcx>) -> Answer<bool> {
        let typing = self.typing;
        let (from, to) = (typing.try_structurally_in_probe(from)?, typing.try_structurally_in_probe(to)?);
        match (from.kind_ref(), to.kind_ref()) {
            (TyKind::Infer(ir::TyVar(_)), TyKind::Dynamic(..)) => typing.var_is_sized(from),
            // What an integer becomes may or may not implement the traits; it has a size.
            (_, TyKind::Dynamic(..)) => Ok(true),
            (TyKind::Infer(_), _) | (_, TyKind::Infer(_)) => Ok(false),
            (TyKind::Array(..), TyKind::Slice(_)) => Ok(true),
            // A struct unsizes with its last field.
            (TyKind::Adt(a, a_args), TyKind::Adt(b, b_args)) if a == b && a.data().is_struct() => {
                let Some(field) = a.data().non_enum_variant().fields.iter().last() else { return Ok(false) };
                let tail = |args| typing.cx.ty_of(field.did, args);
                let (from, to) = (tail(*a_args), tail(*b_args));
                if from == to { Ok(false) } else { self.unsizes(from, to) }
            }
            _ => Ok(false),
        }
    }

    /// What two pointers of the same kind point to.
    fn pointees(&self, source: Ty<'tcx>, target: Ty<'tcx>) -> Option<(Ty<'tcx>, Ty<'tcx>)> {
        let typing = self.typing;
        if let (Some(from), Some(to)) = (source.builtin_deref(true), target.builtin_deref(true)) {
            return Some((from, to));
        }
        let ((a, a_args), (b, b_args)) = (source.as_adt()?, target.as_adt()?);
        if a.did != b.did {
            return None;
        }
        let types = |args: solve::Args<'tcx>| {
            args.elements().iter().find_map(|arg| match arg {
                GenericArg::Type(ty) => Some(typing.shallow(*ty)),
                _ => None,
            })
        };
        let (from, to) = (types(a_args)?, types(b_args)?);
        // `Pin<&T>`: the pointer is inside.
        match (from.kind_ref(), to.kind_ref()) {
            (
                TyKind::Ref(..) | TyKind::RawPtr(..) | TyKind::Adt(..),
                TyKind::Ref(..) | TyKind::RawPtr(..) | TyKind::Adt(..),
            ) if Some(a.did) == typing.cx.tcx().lang_item(LangItem::Pin) => self.pointees(from, to),
            _ => Some((from, to)),
        }
    }

    fn fn_pointer_to(&self, a: Ty<'tcx>, a_sig: Binder<'tcx, FnSig<'tcx>>, b: Ty<'tcx>) -> Try<Coercion<'tcx>> {
        match *b.kind_ref() {
            TyKind::FnPtr(_, header) if a_sig.skip_binder().safety.is_safe() && !header.safety.is_safe() => {
                let a = Ty::new_fn_ptr(self.typing.cx, unsafe_sig(a_sig));
                self.unify_and(a, b, Vec::new(), Adjust::Pointer(PointerCoercion::UnsafeFnPointer))
            }
            _ => self.unify(a, b),
        }
    }

    fn fn_item_to(&self, a: Ty<'tcx>, b: Ty<'tcx>) -> Try<Coercion<'tcx>> {
        let TyKind::FnPtr(_, header) = *b.kind_ref() else { return self.unify(a, b) };
        let sig = self.sig_of_fn_item(a, Some(header.safety))?;
        let typing = self.typing;
        let mut goals = Fulfillment::new();
        let sig = typing.infer.normalize(&mut goals, typing.env, sig)?;
        let a = Ty::new_fn_ptr(typing.cx, sig);
        let mut coercion = self.unify_and(a, b, Vec::new(), Adjust::Pointer(PointerCoercion::ReifyFnPointer))?;
        coercion.goals.absorb(goals);
        Ok(coercion)
    }

    fn sig_of_fn_item(&self, ty: Ty<'tcx>, expected: Option<Safety>) -> Try<Binder<'tcx, FnSig<'tcx>>> {
        let TyKind::FnDef(def_id, args) = *ty.kind_ref() else { return Err(Fail::Mismatch) };
        if self.typing.members.intrinsic(def_id).is_some() {
            return Err(Fail::Mismatch);
        }
        let sig = self.typing.sig_of(def_id, args);
        match sig.skip_binder().safety.is_safe() && expected.is_some_and(|safety| !safety.is_safe()) {
            true => Ok(unsafe_sig(sig)),
            false => Ok(sig),
        }
    }

    fn closure_to(&self, a: Ty<'tcx>, b: Ty<'tcx>) -> Try<Coercion<'tcx>> {
        let TyKind::FnPtr(_, header) = *b.kind_ref() else { return self.unify(a, b) };
        let sig = self.sig_of_closure(a, header.safety)?;
        let pointer = Ty::new_fn_ptr(self.typing.cx, sig);
        let is_unsafe = !header.safety.is_safe();
        self.unify_and(pointer, b, Vec::new(), Adjust::Pointer(PointerCoercion::ClosureFnPointer { is_unsafe }))
    }

    fn sig_of_closure(&self, ty: Ty<'tcx>, safety: Safety) -> Try<Binder<'tcx, FnSig<'tcx>>> {
        let TyKind::Closure(def_id, args) = *ty.kind_ref() else { return Err(Fail::Mismatch) };
        if (self.captures)(def_id) {
            return Err(Fail::Mismatch);
        }
        let sig_ty = self.typing.shallow(args.as_closure().sig_as_fn_ptr_ty());
        let Some(sig) = self.typing.sig_of_ty(sig_ty) else { return Err(Fail::Mismatch) };
        Ok(self.typing.untupled(sig, safety))
    }

    /// The signatures of two different functions or closures, of which a fn pointer can be made.
    pub fn sig_for_lub(&self, ty: Ty<'tcx>) -> Try<Binder<'tcx, FnSig<'tcx>>> {
        match ty.kind_ref() {
            TyKind::FnDef(..) => self.sig_of_fn_item(ty, None),
            _ => self.sig_of_closure(ty, Safety::Safe),
        }
    }

    fn to_raw_pointer(&self, a: Ty<'tcx>, b: Ty<'tcx>, to: Mutability) -> Try<Coercion<'tcx>> {
        let (is_ref, pointee, from) = match (a.as_ref(), a.as_raw()) {
            (Some((_, pointee, from)), _) => (true, pointee, from),
            (_, Some((pointee, from))) => (false, pointee, from),
            _ => return self.unify(a, b),
        };
        check_mutability(from, to)?;
        let pointer = self.typing.cx.pointer(pointee, to);
        if is_ref {
            let deref = Adjustment { kind: Adjust::Deref, target: pointee };
            self.unify_and(pointer, b, vec![deref], Adjust::BorrowRaw(to))
        } else if from != to {
            self.unify_and(pointer, b, Vec::new(), Adjust::Pointer(PointerCoercion::MutToConstPointer))
        } else {
            self.unify(pointer, b)
        }
    }
}

/// The signature, of an unsafe function.
pub(crate) fn unsafe_sig<'tcx>(sig: Binder<'tcx, FnSig<'tcx>>) -> Binder<'tcx, FnSig<'tcx>> {
    sig.map_bound(|sig| FnSig { safety: Safety::Unsafe, ..sig })
}

impl<'tcx> Typing<'_, 'tcx> {
    /// A closure's signature, whose inputs are a tuple, as a function's.
    pub fn untupled(&self, sig: Binder<'tcx, FnSig<'tcx>>, safety: Safety) -> Binder<'tcx, FnSig<'tcx>> {
        sig.map_bound(|sig| {
            let all = sig.inputs_and_output.elements();
            let mut types: Vec<_> = all.first().and_then(|ty| ty.as_tuple()).unwrap_or_default().to_vec();
            types.extend(all.last());
            FnSig {
                inputs_and_output: self.cx.mk_tys(&types),
                c_variadic: sig.c_variadic,
                safety,
                abi: <solve::Abi as ir::inherent::Abi<solve::Cx<'tcx>>>::rust(),
            }
        })
    }

    /// The least type that both are subtypes of: types have none of their own but for lifetimes, so one with others. Which they
    /// are does not matter, but whether they are the same does: a reference to the very same type is not reborrowed.
    fn lub(&self, a: Ty<'tcx>, b: Ty<'tcx>) -> Ty<'tcx> {
        let (a, b) = (self.resolved(a), self.resolved(b));
        if a == b {
            return a;
        }
        match (*a.kind_ref(), *b.kind_ref()) {
            (TyKind::Ref(region_a, inner_a, mutability), TyKind::Ref(region_b, inner_b, _)) => {
                let inner = if from_ir(mutability).is_mut() { inner_a } else { self.lub(inner_a, inner_b) };
                self.cx.reference(self.lub_region(region_a, region_b), inner, from_ir(mutability))
            }
            (TyKind::Tuple(types_a), TyKind::Tuple(types_b)) => {
                let pairs = types_a.elements().iter().zip(types_b.elements());
                let types: Vec<_> = pairs.map(|(&a, &b)| self.lub(a, b)).collect();
                self.cx.tuple(&types)
            }
            (TyKind::Adt(adt, args_a), TyKind::Adt(_, args_b)) => {
                let variances = ir::Interner::variances_of(self.cx, adt.data().did);
                let pairs = args_a.elements().iter().zip(args_b.elements()).zip(variances);
                let args: Vec<_> = pairs
                    .map(|((&a, &b), &variance)| match (a, b, variance) {
                        (GenericArg::Lifetime(a), GenericArg::Lifetime(b), ir::Variance::Covariant) => {
                            self.lub_region(a, b).into()
                        }
                        (GenericArg::Type(a), GenericArg::Type(b), ir::Variance::Covariant) => self.lub(a, b).into(),
                        _ => a,
                    })
                    .collect();
                Ty::new_adt(self.cx, adt, self.cx.args(&args))
            }
            _ => a,
        }
    }

    /// The longest lifetime that both last for.
    fn lub_region(&self, a: Region<'tcx>, b: Region<'tcx>) -> Region<'tcx> {
        match a == b || b == self.cx.statik() {
            true => a,
            false if a == self.cx.statik() => b,
            false => self.infer.new_region_var(),
        }
    }

    /// As [`Typing::try_structurally`], where what follows is forgotten with a probe around.
    fn try_structurally_in_probe(&self, ty: Ty<'tcx>) -> Answer<Ty<'tcx>> {
        let mut goals = Fulfillment::new();
        let ty = self.infer.structurally_normalize(&mut goals, self.env, ty)?;
        Ok(self.resolved(ty))
    }
}
