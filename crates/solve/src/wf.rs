//! What must hold for a type to be well-formed (rustc's `wf`), but for what is said of lifetimes.

use crate::ir::inherent::{IntoKind, Ty as _};
use crate::ir::{self, EarlyBinder, InferCtxtLike, TypeVisitableExt};
use crate::{Args, ClauseKind, Const, ConstKind, Cx, GenericArg, Goal, InferCx, ParamEnv, Term, TraitRef, Ty, TyKind};
use ty::{DefId, LangItem};

/// The goals for a type or constant; `None` if it is not known yet.
pub(crate) fn goals<'tcx>(
    infer: &InferCx<'tcx>,
    param_env: ParamEnv<'tcx>,
    term: Term<'tcx>,
) -> Option<Vec<Goal<'tcx>>> {
    let mut collector = Collector { infer, cx: infer.cx(), param_env, goals: Vec::new() };
    match term {
        Term::Ty(ty) => {
            let ty = infer.shallow_resolve(ty);
            if ty.is_ty_var() {
                return None;
            }
            collector.ty(ty);
        }
        Term::Const(constant) => {
            let constant = infer.shallow_resolve_const(constant);
            if matches!(constant.kind(), ConstKind::Infer(_)) {
                return None;
            }
            collector.constant(constant);
        }
    }
    Some(collector.goals)
}

struct Collector<'a, 'tcx> {
    infer: &'a InferCx<'tcx>,
    cx: Cx<'tcx>,
    param_env: ParamEnv<'tcx>,
    goals: Vec<Goal<'tcx>>,
}

impl<'tcx> Collector<'_, 'tcx> {
    fn push(&mut self, predicate: impl ir::Upcast<Cx<'tcx>, crate::Predicate<'tcx>>) {
        self.goals.push(Goal::new(self.cx, self.param_env, predicate));
    }

    fn sized(&mut self, ty: Ty<'tcx>) {
        // Under a binder, what is said of the type is said elsewhere.
        if !ty.has_escaping_bound_vars() {
            let sized = self.cx.lang.get(LangItem::Sized);
            let trait_ref: TraitRef<'tcx> = ir::TraitRef::new(self.cx, sized, [ty]);
            self.push(trait_ref);
        }
    }

    /// The where-clauses of what is named.
    fn named(&mut self, def_id: DefId, args: Args<'tcx>) {
        for &clause in self.cx.all_predicates(def_id) {
            let clause = EarlyBinder::bind(clause).instantiate(self.cx, args);
            if !clause.has_escaping_bound_vars() {
                self.goals.push(Goal::new(self.cx, self.param_env, clause));
            }
        }
    }

    fn args(&mut self, args: Args<'tcx>) {
        for arg in args {
            match arg {
                GenericArg::Type(ty) => self.ty(ty),
                GenericArg::Const(constant) => self.constant(constant),
                GenericArg::Lifetime(_) => {}
            }
        }
    }

    fn constant(&mut self, constant: Const<'tcx>) {
        match self.infer.shallow_resolve_const(constant).kind() {
            ConstKind::Infer(_) => self.push(ClauseKind::WellFormed(constant.into())),
            ConstKind::Unevaluated(unevaluated) => self.named(unevaluated.def, unevaluated.args),
            _ => {}
        }
    }

    fn ty(&mut self, ty: Ty<'tcx>) {
        ty::ensure_stack();
        match *self.infer.shallow_resolve(ty).kind_ref() {
            TyKind::Slice(element) => {
                self.sized(element);
                self.ty(element);
            }
            TyKind::Array(element, len) => {
                self.sized(element);
                self.ty(element);
                self.constant(len);
                if !len.has_escaping_bound_vars() {
                    let usize = self.cx.types().usize;
                    self.push(ClauseKind::ConstArgHasType(len, usize));
                }
            }
            TyKind::Pat(base, _) => self.ty(base),
            TyKind::Tuple(types) => {
                if let Some((_, rest)) = types.elements().split_last() {
                    rest.iter().for_each(|&part| self.sized(part));
                }
                types.elements().iter().for_each(|&part| self.ty(part));
            }
            TyKind::RawPtr(pointee, _) | TyKind::Ref(_, pointee, _) => self.ty(pointee),
            TyKind::Adt(adt, args) => {
                self.named(adt.data().did, args);
                self.args(args);
            }
            TyKind::FnDef(did, args) => {
                self.named(did, args);
                self.args(args);
            }
            TyKind::Alias(kind, alias) => {
                // What `impl Trait` asks for was checked where it stands.
                if kind != ir::AliasTyKind::Opaque {
                    self.named(alias.def_id, alias.args);
                }
                self.args(alias.args);
            }
            TyKind::Closure(_, args) | TyKind::CoroutineClosure(_, args) | TyKind::Coroutine(_, args) => {
                // The captured variables come last, but for what follows from them.
                let upvars = args.elements().iter().rev().find_map(|arg| match *arg {
                    GenericArg::Type(ty) => crate::import::tuple(self.infer.shallow_resolve(ty)),
                    _ => None,
                });
                upvars.unwrap_or_default().iter().for_each(|&upvar| self.ty(upvar));
            }
            TyKind::Infer(ir::TyVar(_)) => self.push(ClauseKind::WellFormed(ty.into())),
            TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Uint(_)
            | TyKind::Float(_)
            | TyKind::Str
            | TyKind::Never
            | TyKind::Foreign(_)
            | TyKind::CoroutineWitness(..)
            | TyKind::FnPtr(..)
            | TyKind::UnsafeBinder(_)
            | TyKind::Dynamic(..)
            | TyKind::Param(_)
            | TyKind::Placeholder(_)
            | TyKind::Bound(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => {}
        }
    }
}
