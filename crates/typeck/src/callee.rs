//! Calls: of functions, closures and what implements `Fn` (rustc's `callee`, `check_argument_types`).

use crate::adjust::{Adjust, Adjustment, AutoBorrow};
use crate::closure::DeferredCall;
use crate::doubt::{Answer, Doubt, Fail, matching};
use crate::expect::Expectation;
use crate::fncx::{Autoderef, Callee};
use crate::state::FnCx;
use crate::types::Look as _;
use hir::body::ExprId;
use hir::expr::{Closure, ClosureKind, ExprKind};
use solve::ir;
use solve::ir::inherent::{GenericArgs as _, Ty as _};
use solve::{FnSig, Fulfillment, Ty, TyKind};
use ty::{CoroutineDesugaring, CoroutineKind, LangItem};

/// How arguments are passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Arguments {
    /// One by one.
    Apart,
    /// As the parts of the callee's one tuple.
    Tupled,
}

enum Step<'tcx> {
    Builtin(Ty<'tcx>),
    DeferredClosure(FnSig<'tcx>),
    Overloaded(Callee<'tcx>),
}

impl<'a, 'tcx> FnCx<'a, 'tcx> {
    pub fn check_call(
        &self,
        expr: ExprId,
        callee: ExprId,
        args: &'a [ExprId],
        expected: Expectation<'tcx>,
    ) -> Answer<Ty<'tcx>> {
        let callee_ty = self.check_expr(callee)?;
        let callee_ty = self.structurally(callee_ty)?;
        let mut steps = self.autoderef(callee_ty);
        let mut found = None;
        while found.is_none() && steps.next()?.is_some() {
            found = self.call_step(expr, callee, args, &steps)?;
        }
        self.goals.borrow_mut().absorb(steps.into_goals());
        let output = match found {
            None => return Err(Doubt::new("a call of what is not called", self.text(callee_ty))),
            Some(Step::Builtin(ty)) => self.confirm_builtin_call(ty, args, expected)?,
            Some(Step::DeferredClosure(sig)) => {
                let (inputs, output) = split(sig);
                self.check_args(inputs, output, expected, args, sig.c_variadic, Arguments::Tupled)?;
                output
            }
            Some(Step::Overloaded(method)) => {
                self.check_args(
                    method.inputs().get(1..).unwrap_or_default(),
                    method.output(),
                    expected,
                    args,
                    method.sig.c_variadic,
                    Arguments::Tupled,
                )?;
                self.write_method(expr, method.def_id, method.args);
                method.output()
            }
        };
        self.require_wf(output);
        Ok(output)
    }

    fn call_step(
        &self,
        expr: ExprId,
        callee: ExprId,
        args: &'a [ExprId],
        steps: &Autoderef<'_, 'a, 'tcx>,
    ) -> Answer<Option<Step<'tcx>>> {
        let ty = self.structurally(steps.final_ty())?;
        match *ty.kind_ref() {
            TyKind::FnDef(..) | TyKind::FnPtr(..) => {
                let adjustments = steps.adjust_steps(self.hir[callee].span)?;
                self.adjust(callee, adjustments)?;
                return Ok(Some(Step::Builtin(ty)));
            }
            TyKind::Closure(def_id, closure_args) => {
                let parts = closure_args.as_closure();
                let kind = self.shallow(parts.kind_ty());
                if kind.to_opt_closure_kind().is_none() {
                    let sig_ty = self.shallow(parts.sig_as_fn_ptr_ty());
                    let Some(sig) = self.sig_of_ty(sig_ty) else { return Err(Doubt::new("a closure's signature", "")) };
                    let sig = self.infer.instantiate_with_fresh(sig);
                    let adjustments = steps.adjust_steps(self.hir[callee].span)?;
                    self.deferred_calls.borrow_mut().entry(def_id).or_default().push(DeferredCall {
                        call: expr,
                        callee,
                        ty,
                        adjustments,
                        sig,
                    });
                    return Ok(Some(Step::DeferredClosure(sig)));
                }
            }
            TyKind::CoroutineClosure(def_id, closure_args) => {
                let parts = closure_args.as_coroutine_closure();
                if self.shallow(parts.kind_ty()).to_opt_closure_kind().is_none() {
                    let sig = self.deferred_async_sig(def_id, closure_args)?;
                    let adjustments = steps.adjust_steps(self.hir[callee].span)?;
                    let call = DeferredCall { call: expr, callee, ty, adjustments, sig };
                    self.deferred_calls.borrow_mut().entry(def_id).or_default().push(call);
                    return Ok(Some(Step::DeferredClosure(sig)));
                }
            }
            // There are impls of `Fn` for references, but what is behind them is called directly.
            TyKind::Ref(..) if steps.step_count() == 0 => return Ok(None),
            _ => {}
        }
        let found = match self.call_traits(ty, Some(args.len()))? {
            Some(found) => Some(found),
            None => self.call_traits(ty, None)?,
        };
        let Some((autoref, method)) = found else { return Ok(None) };
        let mut adjustments = steps.adjust_steps(self.hir[callee].span)?;
        adjustments.extend(autoref);
        self.adjust(callee, adjustments)?;
        Ok(Some(Step::Overloaded(method)))
    }

    /// The signature of a call of an async closure of which it is not known yet what its future takes along.
    fn deferred_async_sig(&self, closure: ty::DefId, args: solve::Args<'tcx>) -> Answer<FnSig<'tcx>> {
        let cx = self.cx;
        let parts = args.as_coroutine_closure();
        let Some(coroutine) = self.members.coroutine_for_closure(closure) else {
            return Err(Doubt::new("an async closure whose body is not known", ""));
        };
        let sig = Ty::new_fn_ptr(cx, self.sig_of_parts(parts.signature_parts_ty())?);
        let args = ir::CoroutineClosureArgs::new(
            cx,
            ir::CoroutineClosureArgsParts {
                parent_args: parts.parent_args(),
                closure_kind_ty: parts.kind_ty(),
                signature_parts_ty: sig,
                tupled_upvars_ty: parts.tupled_upvars_ty(),
                coroutine_captures_by_ref_ty: parts.coroutine_captures_by_ref_ty(),
            },
        );
        let sig = self.infer.instantiate_with_fresh(args.coroutine_closure_sig());
        let (upvars, kind) = (self.fresh(), self.fresh());
        let output = sig.to_coroutine(cx, parts.parent_args(), kind, coroutine, upvars);
        Ok(FnSig {
            inputs_and_output: cx.mk_tys(&[sig.tupled_inputs_ty, output]),
            c_variadic: sig.c_variadic,
            safety: sig.safety,
            abi: sig.abi,
        })
    }

    fn sig_of_parts(&self, parts: Ty<'tcx>) -> Answer<solve::Binder<'tcx, FnSig<'tcx>>> {
        self.sig_of_ty(self.shallow(parts)).ok_or_else(|| Doubt::new("a closure's signature", ""))
    }

    /// The method of the first of the `Fn` traits that a type may implement, for so many arguments.
    pub fn call_traits(
        &self,
        ty: Ty<'tcx>,
        count: Option<usize>,
    ) -> Answer<Option<(Option<Adjustment<'tcx>>, Callee<'tcx>)>> {
        let mut traits = [
            (LangItem::Fn, "call", true),
            (LangItem::FnMut, "call_mut", true),
            (LangItem::FnOnce, "call_once", false),
            (LangItem::AsyncFn, "async_call", true),
            (LangItem::AsyncFnMut, "async_call_mut", true),
            (LangItem::AsyncFnOnce, "async_call_once", false),
        ];
        if matches!(self.shallow(ty).kind_ref(), TyKind::CoroutineClosure(..)) {
            traits.rotate_left(3);
        }
        for (trait_, name, borrows) in traits {
            let Some(trait_) = self.cx.tcx().lang_item(trait_) else { continue };
            let input = count.map(|count| {
                let types: Vec<_> = (0..count).map(|_| self.fresh()).collect();
                Ty::new_tup(self.cx, &types)
            });
            let Some(method) = self.method_in_trait(trait_, name, ty, input)? else { continue };
            let mut autoref = None;
            if borrows {
                let Some((_, _, mutability)) = method.inputs().first().and_then(|ty| ty.as_ref()) else {
                    return Err(Doubt::new("a call by reference without one", ""));
                };
                let kind = Adjust::Borrow(AutoBorrow::new(mutability, false));
                autoref = method.inputs().first().map(|&target| Adjustment { kind, target });
            }
            return Ok(Some((autoref, method)));
        }
        Ok(None)
    }

    fn confirm_builtin_call(&self, ty: Ty<'tcx>, args: &'a [ExprId], expected: Expectation<'tcx>) -> Answer<Ty<'tcx>> {
        let Some(sig) = self.sig_of_ty(ty) else { return Err(Doubt::new("a call of what is not called", "")) };
        let sig = self.infer.instantiate_with_fresh(sig);
        let sig = self.normalize(sig)?;
        let (inputs, output) = split(sig);
        if sig.abi.0 == ty::ExternAbi::RustCall {
            return Err(Doubt::new("a direct call with the ABI of closures", ""));
        }
        self.check_args(inputs, output, expected, args, sig.c_variadic, Arguments::Apart)?;
        Ok(output)
    }

    /// What arguments should be if the result is to be what is expected (rustc's `expected_inputs_for_expected_output`).
    fn expected_inputs(
        &self,
        expected: Expectation<'tcx>,
        output: Ty<'tcx>,
        inputs: &[Ty<'tcx>],
    ) -> Answer<Option<Vec<Ty<'tcx>>>> {
        let output = self.resolve_with_goals(output)?;
        let Some(wanted) = expected.only_has_type(self) else { return Ok(None) };
        // A variable of an opaque type that this body defines would be decided too early.
        let attempt = self.infer.fudging(|| {
            let mut goals = Fulfillment::new();
            self.sub_in(&mut goals, output, wanted)?;
            match goals.select_where_possible(&self.infer)?.is_empty() {
                true => Ok(self.cx.mk_tys(inputs)),
                false => Err(Fail::Mismatch),
            }
        });
        Ok(matching(attempt)?.map(|types| types.elements().to_vec()))
    }

    /// (rustc's `check_argument_types`)
    pub fn check_args(
        &self,
        formal: &[Ty<'tcx>],
        output: Ty<'tcx>,
        expected: Expectation<'tcx>,
        args: &'a [ExprId],
        variadic: bool,
        arguments: Arguments,
    ) -> Answer<()> {
        for &ty in formal {
            self.require_wf(ty);
        }
        let mut hints = self.expected_inputs(expected, output, formal)?.unwrap_or_default();
        let mut formal = formal.to_vec();
        if arguments == Arguments::Tupled {
            let [tuple] = formal[..] else { return Err(Doubt::new("a callee without the tuple of its arguments", "")) };
            let tuple = self.structurally(tuple)?;
            let Some(parts) = tuple.as_tuple() else {
                return Err(Doubt::new("a callee without the tuple of its arguments", ""));
            };
            formal = parts.to_vec();
            hints = match hints.first() {
                Some(&hint) => self.shallow(hint).as_tuple().map(<[_]>::to_vec).unwrap_or_default(),
                None => Vec::new(),
            };
        }
        if hints.len() != formal.len() {
            hints.clone_from(&formal);
        }
        if args.len() < formal.len() || (args.len() > formal.len() && !variadic) {
            return Err(Doubt::new("arguments of another number", ""));
        }
        // Closures come last: what the others tell about types is known in them.
        for closures in [false, true] {
            if closures {
                self.select()?;
            }
            for (index, &arg) in args.iter().enumerate() {
                // Async blocks tell something of types as other arguments do.
                let is_closure = matches!(&self.hir[arg].kind, ExprKind::Closure(closure) if !is_async_block(closure));
                if is_closure != closures {
                    continue;
                }
                let (Some(&formal), Some(&hint)) = (formal.get(index), hints.get(index)) else {
                    continue;
                };
                self.check_arg(arg, formal, hint)?;
            }
        }
        for &arg in args.iter().skip(formal.len()) {
            let ty = self.check_expr(arg)?;
            _ = self.structurally(ty)?;
        }
        Ok(())
    }

    fn check_arg(&self, arg: ExprId, formal: Ty<'tcx>, hint: Ty<'tcx>) -> Answer<()> {
        let expectation = Expectation::of_rvalue(self, hint);
        let ty = self.check_with(arg, expectation)?;
        let target = expectation.only_has_type(self).unwrap_or(formal);
        let target = self.resolve_with_goals(target)?;
        self.coerce_or_doubt(arg, ty, target, true)?;
        self.demand_sub(formal, target).map_err(|doubt| doubt.placed(self.place_of(arg)))
    }
}

fn is_async_block(closure: &Closure) -> bool {
    matches!(closure.kind, ClosureKind::Coroutine(CoroutineKind::Desugared(CoroutineDesugaring::Async, _)))
}

pub(crate) fn split<'tcx>(sig: FnSig<'tcx>) -> (&'tcx [Ty<'tcx>], Ty<'tcx>) {
    let all = sig.inputs_and_output.elements();
    (&all[..all.len().saturating_sub(1)], sig.output())
}
