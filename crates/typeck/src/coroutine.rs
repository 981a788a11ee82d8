//! Coroutines: the bodies of `async fn`, `async` and `gen` blocks and async closures (rustc's `closure`, where it is about
//! them).

use crate::doubt::{Answer, Doubt};
use crate::state::FnCx;
use crate::types::Make as _;
use hir::body::{ExprId, Hir};
use hir::expr::{Closure, ClosureKind as Kind, ExprKind};
use solve::ir::inherent::{IntoKind as _, Ty as _};
use solve::ir::{self, Interner as _};
use solve::{Binder, Clause, ClauseKind, ClosureKind, FnSig, GenericArg, Ty, TyKind};
use ty::{CoroutineDesugaring, CoroutineKind, CoroutineSource, DefId, DefKind, LangItem};

/// What a coroutine is given when it goes on, and what it gives when it stops for a while.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CoroutineTypes<'tcx> {
    pub resume: Ty<'tcx>,
    pub yielded: Ty<'tcx>,
}

/// The coroutines of a body. What they hold is not known before their bodies are.
pub(crate) fn of_body(hir: &Hir) -> impl Iterator<Item = DefId> {
    hir.exprs.iter().filter_map(|expr| match &expr.kind {
        ExprKind::Closure(closure) if matches!(closure.kind, Kind::Coroutine(_)) => Some(closure.def_id),
        _ => None,
    })
}

impl<'a, 'tcx> FnCx<'a, 'tcx> {
    /// The type of a coroutine by what its body is given and gives.
    pub fn coroutine_ty(
        &self,
        closure: &Closure,
        kind: CoroutineKind,
        inputs: &[Ty<'tcx>],
        output: Ty<'tcx>,
        upvars: Ty<'tcx>,
    ) -> Answer<(Ty<'tcx>, CoroutineTypes<'tcx>)> {
        let cx = self.cx;
        let unit = cx.types().unit;
        let yielded = match kind {
            CoroutineKind::Desugared(CoroutineDesugaring::Async, _) => unit,
            CoroutineKind::Desugared(CoroutineDesugaring::Gen, _) | CoroutineKind::Coroutine { .. } => {
                let yielded = self.fresh();
                self.require_sized(yielded)?;
                yielded
            }
            CoroutineKind::Desugared(CoroutineDesugaring::AsyncGen, _) => {
                let item = self.fresh();
                self.require_sized(item)?;
                let of = |enum_, arg: Ty<'tcx>| {
                    Ok::<_, Box<Doubt>>(Ty::new_adt(cx, cx.adt_def(self.lang(enum_)?), cx.args(&[arg.into()])))
                };
                of(LangItem::Poll, of(LangItem::Option, item)?)?
            }
        };
        let resume = inputs.first().copied().unwrap_or(unit);
        let kind_ty = match kind {
            // That follows from what the closure around it captures.
            CoroutineKind::Desugared(_, CoroutineSource::Closure) => self.fresh(),
            _ => unit,
        };
        let mut args: Vec<GenericArg<'tcx>> = cx.identity_args(self.owner).elements().to_vec();
        args.extend([kind_ty, resume, yielded, output, upvars].map(GenericArg::from));
        let ty = Ty::new_coroutine(cx, closure.def_id, cx.args(&args));
        Ok((ty, CoroutineTypes { resume, yielded }))
    }

    /// The type of an async closure with a signature as its type has it, and the type of the coroutine that it gives.
    pub fn coroutine_closure_ty(
        &self,
        closure: &Closure,
        desugaring: CoroutineDesugaring,
        bound: Binder<'tcx, FnSig<'tcx>>,
        expected: Option<ClosureKind>,
        upvars: Ty<'tcx>,
    ) -> Answer<(Ty<'tcx>, Ty<'tcx>)> {
        let cx = self.cx;
        if desugaring != CoroutineDesugaring::Async {
            return Err(Doubt::new("a `gen` closure", ""));
        }
        let parent = cx.identity_args(self.owner);
        let resume = self.fresh();
        let parts = bound.map_bound(|sig| {
            let (inputs, output) = crate::callee::split(sig);
            let types = [resume, cx.tuple(inputs), cx.tuple(&[cx.types().unit, output])];
            FnSig { inputs_and_output: cx.mk_tys(&types), ..sig }
        });
        let kind_ty = |kind: Option<ClosureKind>, of: fn(_, _) -> Ty<'tcx>| match kind {
            Some(kind) => of(cx, kind),
            None => self.fresh(),
        };
        let closure_kind = kind_ty(expected, Ty::from_closure_kind);
        let by_ref = self.fresh();
        let args = ir::CoroutineClosureArgs::new(
            cx,
            ir::CoroutineClosureArgsParts {
                parent_args: parent,
                closure_kind_ty: closure_kind,
                signature_parts_ty: Ty::new_fn_ptr(cx, parts),
                tupled_upvars_ty: upvars,
                coroutine_captures_by_ref_ty: by_ref,
            },
        );
        let coroutine_kind = kind_ty(expected, Ty::from_coroutine_closure_kind);
        let coroutine_upvars = self.fresh();
        let Some(coroutine) = self.members.coroutine_for_closure(closure.def_id) else {
            return Err(Doubt::new("an async closure whose body is not known", ""));
        };
        let output = args
            .coroutine_closure_sig()
            .map_bound(|sig| sig.to_coroutine(cx, parent, coroutine_kind, coroutine, coroutine_upvars));
        let output = self.infer.instantiate_with_fresh(output);
        Ok((Ty::new_coroutine_closure(cx, closure.def_id, args.args), output))
    }

    /// The result of a closure or coroutine that says nothing of it.
    pub fn undeclared_output(&self, closure: &Closure) -> Answer<Ty<'tcx>> {
        match closure.kind {
            Kind::Coroutine(CoroutineKind::Desugared(CoroutineDesugaring::Async, CoroutineSource::Fn)) => {
                self.future_output()
            }
            Kind::Coroutine(CoroutineKind::Desugared(CoroutineDesugaring::Gen | CoroutineDesugaring::AsyncGen, _)) => {
                Ok(self.cx.types().unit)
            }
            _ => Ok(self.fresh()),
        }
    }

    /// What an `async fn` is written to return: what its future, which it really returns, gives in the end.
    fn future_output(&self) -> Answer<Ty<'tcx>> {
        let cx = self.cx;
        let unknown = || Doubt::new("an async function whose result is not known", "");
        if !matches!(self.members.def_kind(self.owner), DefKind::Fn | DefKind::AssocFn) {
            return Err(unknown());
        }
        let declared = self.liberated(self.sig_of(self.owner, cx.identity_args(self.owner))).output();
        let clauses: Vec<Clause<'tcx>> = match *declared.kind_ref() {
            TyKind::Alias(ir::AliasTyKind::Opaque | ir::AliasTyKind::Projection, alias) => {
                cx.item_self_bounds(alias.def_id).iter_instantiated(cx, alias.args).collect()
            }
            _ => return Err(unknown()),
        };
        let future_output = self.lang(LangItem::FutureOutput)?;
        let output = clauses.into_iter().find_map(|clause| match clause.kind().skip_binder() {
            ClauseKind::Projection(projection) if projection.projection_term.def_id == future_output => {
                match projection.term {
                    solve::Term::Ty(ty) => Some(ty),
                    solve::Term::Const(_) => None,
                }
            }
            _ => None,
        });
        self.normalize(output.ok_or_else(unknown)?)
    }

    /// `yield value`
    pub fn check_yield(&self, value: ExprId) -> Answer<Ty<'tcx>> {
        let types = self.state.borrow().coroutine;
        let Some(CoroutineTypes { resume, yielded }) = types else {
            return Err(Doubt::new("a `yield` outside of coroutines", ""));
        };
        self.check_coercible(value, yielded)?;
        Ok(resume)
    }
}
