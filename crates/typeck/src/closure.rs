//! Closures: their kinds and signatures, as far as the context tells (rustc's `closure`).

use crate::adjust::Adjustment;
use crate::callee::split;
use crate::doubt::{Answer, Doubt, Fail, matching};
use crate::elision::Elision;
use crate::expect::Expectation;
use crate::state::{BodyState, FnCx};
use crate::types::{Look as _, Make as _};
use hir::body::ExprId;
use hir::expr::{Closure, ClosureKind as Kind};
use solve::ir::inherent::{BoundExistentialPredicates as _, IntoKind as _, Ty as _};
use solve::ir::{self, Interner as _, TypeVisitableExt as _};
use solve::{
    Binder, Clause, ClauseKind, ClosureKind, FnSig, Fulfillment, GenericArg, Predicate, PredicateKind,
    ProjectionPredicate, Safety, Ty, TyKind,
};
use ty::{CoroutineDesugaring, DefId, ExternAbi, LangItem};

/// A call of a closure of which it is not known yet whether it is `Fn`, `FnMut` or `FnOnce`.
#[derive(Clone, Debug)]
pub(crate) struct DeferredCall<'tcx> {
    pub call: ExprId,
    pub callee: ExprId,
    pub ty: Ty<'tcx>,
    pub adjustments: Vec<Adjustment<'tcx>>,
    pub sig: FnSig<'tcx>,
}

type PolyFnSig<'tcx> = Binder<'tcx, FnSig<'tcx>>;

impl<'a, 'tcx> FnCx<'a, 'tcx> {
    pub fn check_closure(&self, expr: ExprId, closure: &'a Closure, expected: Expectation<'tcx>) -> Answer<Ty<'tcx>> {
        let (expected_sig, expected_kind) = match expected.hint(self) {
            Some(ty) => {
                let ty = self.try_structurally(ty)?;
                self.deduce(ty, closure.kind)?
            }
            None => (None, None),
        };
        let (bound, inputs, mut output) = self.sig_of_closure(closure, expected_sig)?;
        let upvars = self.fresh();
        let mut coroutine = None;
        let ty = match closure.kind {
            Kind::Closure => self.plain_closure_ty(closure, bound, expected_kind, upvars),
            Kind::Coroutine(kind) => {
                let (ty, types) = self.coroutine_ty(closure, kind, &inputs, output, upvars)?;
                coroutine = Some(types);
                ty
            }
            Kind::CoroutineClosure(desugaring) => {
                let (ty, given) = self.coroutine_closure_ty(closure, desugaring, bound, expected_kind, upvars)?;
                output = given;
                ty
            }
        };
        let sig = FnSig {
            inputs_and_output: self.cx.mk_tys(&[&inputs[..], &[output]].concat()),
            c_variadic: false,
            safety: Safety::Safe,
            abi: solve::Abi(ExternAbi::RustCall),
        };
        self.results.borrow_mut().closure_sigs.insert(closure.def_id, sig);
        // The type is known inside: a closure may be mentioned in types of its own body.
        self.write_expr(expr, ty);
        let inner = BodyState { coroutine, ..BodyState::default() };
        let outer = std::mem::replace(&mut *self.state.borrow_mut(), inner);
        let diverges = self.diverges.replace(false);
        for &input in &inputs {
            self.require_wf(input);
        }
        let result = self.check_body(&closure.body, &inputs, output);
        self.diverges.set(diverges);
        let _: BodyState<'tcx> = std::mem::replace(&mut *self.state.borrow_mut(), outer);
        result?;
        Ok(ty)
    }

    fn plain_closure_ty(
        &self,
        closure: &Closure,
        bound: PolyFnSig<'tcx>,
        expected: Option<ClosureKind>,
        upvars: Ty<'tcx>,
    ) -> Ty<'tcx> {
        let cx = self.cx;
        let in_tuple = bound.map_bound(|sig| {
            let (inputs, output) = split(sig);
            let types = [cx.tuple(inputs), output];
            FnSig { inputs_and_output: cx.mk_tys(&types), abi: solve::Abi(ExternAbi::RustCall), ..sig }
        });
        let kind = match expected {
            Some(kind) => Ty::from_closure_kind(cx, kind),
            None => self.fresh(),
        };
        let parent = cx.identity_args(self.owner);
        let mut args: Vec<GenericArg<'tcx>> = parent.elements().to_vec();
        args.push(kind.into());
        args.push(Ty::new_fn_ptr(cx, in_tuple).into());
        args.push(upvars.into());
        Ty::new_closure(cx, closure.def_id, cx.args(&args))
    }

    /// The signature: what the closure's type has, and the types of parameters and result in the body.
    fn sig_of_closure(
        &self,
        closure: &'a Closure,
        expected: Option<PolyFnSig<'tcx>>,
    ) -> Answer<(PolyFnSig<'tcx>, Vec<Ty<'tcx>>, Ty<'tcx>)> {
        let supplied = self.supplied_sig(closure)?;
        if let Some(expected) = expected
            && expected.skip_binder().inputs_and_output.elements().len() == closure.decl.inputs.len() + 1
        {
            let bound =
                expected.map_bound(|sig| FnSig { safety: Safety::Safe, abi: solve::Abi(ExternAbi::RustCall), ..sig });
            let bound = self.cx.anonymize_bound_vars(bound);
            let attempt = self.infer.commit_if_ok(|| {
                let mut goals = Fulfillment::new();
                let liberated = self.infer.instantiate_with_fresh(bound);
                let supplied = self.infer.instantiate_with_fresh(supplied);
                let (wanted, wanted_output) = split(liberated);
                let (inputs, output) = split(supplied);
                for (&wanted, &input) in wanted.iter().zip(inputs) {
                    self.relate_in(&mut goals, wanted, input)?;
                }
                self.relate_in(&mut goals, wanted_output, output)?;
                let inputs: Vec<_> = inputs.iter().map(|&ty| self.resolved(ty)).collect();
                Ok::<_, Fail>((inputs, output, goals))
            });
            if let Some((inputs, output, goals)) = matching(attempt)? {
                self.goals.borrow_mut().absorb(goals);
                return Ok((bound, inputs, output));
            }
        }
        let liberated = self.infer.instantiate_with_fresh(supplied);
        let liberated = self.normalize(liberated)?;
        let (inputs, output) = split(liberated);
        Ok((supplied, inputs.to_vec(), output))
    }

    fn supplied_sig(&self, closure: &'a Closure) -> Answer<PolyFnSig<'tcx>> {
        let params: Vec<DefId> = closure.generic_params.iter().map(|param| param.def_id).collect();
        let mut vars: Vec<solve::BoundVarKind<'tcx>> =
            params.iter().map(|&param| ir::BoundVariableKind::Region(ir::BoundRegionKind::Named(param))).collect();
        let binders = [params];
        let elision = Elision::new(binders.len(), vars.len(), true);
        let (inputs, elision) = self.eliding(elision, || {
            closure.decl.inputs.iter().map(|&input| self.lower_in(input, &binders)).collect::<Answer<Vec<_>>>()
        });
        let count = elision.count;
        vars.resize(count, ir::BoundVariableKind::Region(ir::BoundRegionKind::Anon));
        let mut types = inputs?;
        types.push(match closure.decl.output {
            hir::ty::FnRetTy::Default(_) => self.undeclared_output(closure)?,
            hir::ty::FnRetTy::Return(output) => self.lower_in(output, &binders)?,
        });
        let sig = FnSig {
            inputs_and_output: self.cx.mk_tys(&types),
            c_variadic: closure.decl.c_variadic,
            safety: Safety::Safe,
            abi: solve::Abi(ExternAbi::RustCall),
        };
        let vars = self.cx.mk_bound_vars(&vars);
        self.normalize(Binder::bind_with_vars(sig, vars))
    }

    // ---- deduction

    fn deduce(&self, ty: Ty<'tcx>, of: Kind) -> Answer<(Option<PolyFnSig<'tcx>>, Option<ClosureKind>)> {
        let cx = self.cx;
        if matches!(of, Kind::Coroutine(_)) {
            return Ok((None, None));
        }
        match *ty.kind_ref() {
            TyKind::Alias(ir::AliasTyKind::Opaque, alias) => {
                let bounds: Vec<_> = cx.item_self_bounds(alias.def_id).iter_instantiated(cx, alias.args).collect();
                self.deduce_from(bounds.into_iter().map(clause_predicate).collect(), of)
            }
            TyKind::Dynamic(predicates, _) => {
                let sig = predicates
                    .projection_bounds()
                    .into_iter()
                    .find_map(|projection| self.sig_of_projection(projection.with_self_ty_of(cx, ty), of));
                let kind = predicates.principal_def_id().and_then(|trait_| self.fn_kind(trait_, Kind::Closure));
                Ok((sig, kind))
            }
            TyKind::Infer(ir::TyVar(_)) => {
                let goals = self.goals.borrow().pending_about(&self.infer, ty);
                self.deduce_from(goals.into_iter().map(|goal| self.resolved(goal.predicate)).collect(), of)
            }
            TyKind::FnPtr(types, header) if of == Kind::Closure => {
                Ok((Some(types.with(header)), Some(ClosureKind::Fn)))
            }
            _ => Ok((None, None)),
        }
    }

    fn deduce_from(
        &self,
        predicates: Vec<Predicate<'tcx>>,
        of: Kind,
    ) -> Answer<(Option<PolyFnSig<'tcx>>, Option<ClosureKind>)> {
        let (mut sig, mut kind): (Option<PolyFnSig<'tcx>>, Option<ClosureKind>) = (None, None);
        for predicate in ir::elaborate::elaborate(self.cx, predicates) {
            let bound = predicate.kind();
            let trait_ = match bound.skip_binder() {
                PredicateKind::Clause(ClauseKind::Projection(projection)) => {
                    if sig.is_none() {
                        sig = self.sig_of_projection(bound.rebind(projection), of);
                        if let Some(found) = sig {
                            sig = Some(self.normalize(found)?);
                        }
                    }
                    self.cx.parent_of(projection.projection_term.def_id)
                }
                PredicateKind::Clause(ClauseKind::Trait(predicate)) => predicate.trait_ref.def_id,
                _ => continue,
            };
            if let Some(found) = self.fn_kind(trait_, of) {
                // The one that permits more.
                kind = Some(match kind {
                    Some(known) if known.extends(found) => known,
                    _ => found,
                });
            }
        }
        Ok((sig, kind))
    }

    fn fn_kind(&self, trait_: DefId, of: Kind) -> Option<ClosureKind> {
        let lang = |item| self.cx.tcx().lang_item(item) == Some(trait_);
        let plain = [
            (LangItem::Fn, ClosureKind::Fn),
            (LangItem::FnMut, ClosureKind::FnMut),
            (LangItem::FnOnce, ClosureKind::FnOnce),
        ];
        let asynchronous = [
            (LangItem::AsyncFn, ClosureKind::Fn),
            (LangItem::AsyncFnMut, ClosureKind::FnMut),
            (LangItem::AsyncFnOnce, ClosureKind::FnOnce),
        ];
        let is_async = of == Kind::CoroutineClosure(CoroutineDesugaring::Async);
        let all = plain.into_iter().chain(asynchronous.into_iter().filter(|_| is_async));
        all.into_iter().find(|&(item, _)| lang(item)).map(|(_, kind)| kind)
    }

    /// `F: FnOnce<(A, B), Output = C>` as `fn(A, B) -> C`. Of async closures, `C` is what the future gives.
    fn sig_of_projection(
        &self,
        projection: Binder<'tcx, ProjectionPredicate<'tcx>>,
        of: Kind,
    ) -> Option<PolyFnSig<'tcx>> {
        let cx = self.cx;
        let inner = projection.skip_binder();
        let is = |item| cx.tcx().lang_item(item) == Some(inner.projection_term.def_id);
        let is_async = of == Kind::CoroutineClosure(CoroutineDesugaring::Async);
        let of_future = match is(LangItem::FnOnceOutput) {
            true => is_async,
            false if is_async && is(LangItem::AsyncFnOnceOutput) => false,
            false => return None,
        };
        let Some(GenericArg::Type(tuple)) = inner.projection_term.args.elements().get(1).copied() else { return None };
        let mut types = self.resolved(tuple).as_tuple()?.to_vec();
        let solve::Term::Ty(output) = self.resolved(inner.term) else { return None };
        types.push(if of_future { self.output_of_future(output)? } else { output });
        let sig = FnSig {
            inputs_and_output: cx.mk_tys(&types),
            c_variadic: false,
            safety: Safety::Safe,
            abi: solve::Abi(ExternAbi::Rust),
        };
        // A signature that mentions what is bound elsewhere is of no use.
        let sig = projection.rebind(sig);
        (!sig.has_escaping_bound_vars()).then_some(sig)
    }

    /// What is known of the output of a future of which only bounds are known.
    fn output_of_future(&self, future: Ty<'tcx>) -> Option<Ty<'tcx>> {
        if !future.is_var() {
            return None;
        }
        let output = self.cx.tcx().lang_item(LangItem::FutureOutput)?;
        let goals = self.goals.borrow().pending_about(&self.infer, future);
        let known = goals.into_iter().find_map(|goal| match goal.predicate.kind().no_bound_vars()? {
            PredicateKind::Clause(ClauseKind::Projection(projection))
                if projection.projection_term.def_id == output =>
            {
                match projection.term {
                    solve::Term::Ty(ty) => Some(ty),
                    solve::Term::Const(_) => None,
                }
            }
            _ => None,
        });
        Some(known.unwrap_or_else(|| self.fresh()))
    }

    /// A call whose closure is known by now.
    pub fn resolve_call(&self, call: DeferredCall<'tcx>) -> Answer<()> {
        let Some((autoref, method)) = self.call_traits(call.ty, None)? else {
            return Err(Doubt::new("a call of what is not called", ""));
        };
        let (inputs, output) = split(call.sig);
        for (&method_input, &input) in method.inputs().iter().skip(1).zip(inputs) {
            self.demand_eq(input, method_input)?;
        }
        self.demand_eq(output, method.output())?;
        let mut adjustments = call.adjustments;
        adjustments.extend(autoref);
        self.adjust(call.callee, adjustments)?;
        self.write_method(call.call, method.def_id, method.args);
        Ok(())
    }
}

fn clause_predicate<'tcx>(clause: Clause<'tcx>) -> Predicate<'tcx> {
    use solve::ir::inherent::Clause as _;
    clause.as_predicate()
}

trait WithSelf<'tcx> {
    fn with_self_ty_of(self, cx: solve::Cx<'tcx>, ty: Ty<'tcx>) -> Binder<'tcx, ProjectionPredicate<'tcx>>;
}
impl<'tcx> WithSelf<'tcx> for Binder<'tcx, ir::ExistentialProjection<solve::Cx<'tcx>>> {
    fn with_self_ty_of(self, cx: solve::Cx<'tcx>, ty: Ty<'tcx>) -> Binder<'tcx, ProjectionPredicate<'tcx>> {
        self.map_bound(|projection| projection.with_self_ty(cx, ty))
    }
}
