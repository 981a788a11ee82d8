//! Steps that type checking takes again and again: dereferencing, and goals about one variable.

use crate::ir::inherent::{IntoKind, Ty as _};
use crate::ir::{self, InferCtxtLike};
use crate::{Answer, ClauseKind, Fulfillment, Goal, InferCx, ParamEnv, PredicateKind, TraitRef, Ty, TyKind};
use ty::LangItem;

/// A type that is reached by dereferencing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step<'tcx> {
    /// What `*` gives.
    pub ty: Ty<'tcx>,
    /// How it was reached.
    pub by: Deref,
}

/// How a type is dereferenced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deref {
    /// By the language: references and boxes.
    Builtin,
    /// By the trait `Deref`.
    Overloaded,
}

impl<'tcx> InferCx<'tcx> {
    /// What `*x` is for an `x` of a type; `None` if it is nothing, or is not known yet. Raw pointers are not dereferenced: that
    /// is written, never implied. What remains to be proven is added to the goals.
    pub fn deref(
        &self,
        fulfillment: &mut Fulfillment<'tcx>,
        param_env: ParamEnv<'tcx>,
        ty: Ty<'tcx>,
    ) -> Answer<Option<Step<'tcx>>> {
        let ty = self.structurally_normalize(fulfillment, param_env, ty)?;
        let builtin = match *ty.kind_ref() {
            TyKind::Ref(_, pointee, _) => Some(pointee),
            TyKind::Adt(adt, args) if adt.data().is_box => {
                args.elements().iter().find_map(ir::inherent::GenericArg::as_type)
            }
            TyKind::Infer(_) => return Ok(None),
            _ => None,
        };
        if let Some(pointee) = builtin {
            let ty = self.structurally_normalize(fulfillment, param_env, pointee)?;
            return Ok(Some(Step { ty, by: Deref::Builtin }));
        }
        let cx = self.cx();
        let (Some(deref), Some(target)) =
            (cx.tcx().lang_item(LangItem::Deref), cx.tcx().lang_item(LangItem::DerefTarget))
        else {
            return Ok(None);
        };
        let trait_ref: TraitRef<'tcx> = ir::TraitRef::new(cx, deref, [ty]);
        if !self.may_hold(Goal::new(cx, param_env, trait_ref))? {
            return Ok(None);
        }
        let target = Ty::new_projection(cx, target, [ty]);
        let ty = self.structurally_normalize(fulfillment, param_env, target)?;
        Ok(Some(Step { ty, by: Deref::Overloaded }))
    }

    /// Whether a value of one type may become one of another by unsizing what it points to (`CoerceUnsized`).
    pub fn may_coerce_unsized(&self, param_env: ParamEnv<'tcx>, from: Ty<'tcx>, to: Ty<'tcx>) -> Answer<bool> {
        let cx = self.cx();
        let Some(coerce) = cx.tcx().lang_item(LangItem::CoerceUnsized) else { return Ok(false) };
        let trait_ref: TraitRef<'tcx> = ir::TraitRef::new(cx, coerce, [from, to]);
        self.may_hold(Goal::new(cx, param_env, trait_ref))
    }
}

impl<'tcx> Fulfillment<'tcx> {
    /// The goals in hand whose self type is a variable, or one that is related to it by subtyping: what is known of a type
    /// before it is known. (Goals that these depend on are not looked into.)
    pub fn pending_about(&self, infer: &InferCx<'tcx>, ty: Ty<'tcx>) -> Vec<Goal<'tcx>> {
        let root = |ty: Ty<'tcx>| match *infer.shallow_resolve(ty).kind_ref() {
            TyKind::Infer(ir::TyVar(var)) => Some(infer.sub_unification_table_root_var(var)),
            _ => None,
        };
        let Some(wanted) = root(ty) else { return Vec::new() };
        let self_ty = |goal: Goal<'tcx>| match goal.predicate.kind().skip_binder() {
            PredicateKind::Clause(ClauseKind::Trait(predicate)) => Some(predicate.self_ty()),
            PredicateKind::Clause(ClauseKind::Projection(projection)) => Some(projection.projection_term.self_ty()),
            _ => None,
        };
        self.pending().filter(|&goal| self_ty(goal).and_then(root) == Some(wanted)).collect()
    }
}

/// The types that are reached from one by dereferencing as often as possible, itself first.
pub struct Autoderef<'a, 'tcx> {
    infer: &'a InferCx<'tcx>,
    fulfillment: &'a mut Fulfillment<'tcx>,
    param_env: ParamEnv<'tcx>,
    next: Option<Ty<'tcx>>,
    left: usize,
}

impl<'a, 'tcx> Autoderef<'a, 'tcx> {
    /// Starts at a type.
    pub fn new(
        infer: &'a InferCx<'tcx>,
        fulfillment: &'a mut Fulfillment<'tcx>,
        param_env: ParamEnv<'tcx>,
        ty: Ty<'tcx>,
    ) -> Autoderef<'a, 'tcx> {
        let left = ir::Interner::recursion_limit(infer.cx());
        Autoderef { infer, fulfillment, param_env, next: Some(ty), left }
    }
}

impl<'tcx> Iterator for Autoderef<'_, 'tcx> {
    type Item = Answer<Ty<'tcx>>;

    fn next(&mut self) -> Option<Answer<Ty<'tcx>>> {
        let current = match self.infer.structurally_normalize(self.fulfillment, self.param_env, self.next.take()?) {
            Ok(current) => current,
            Err(doubt) => return Some(Err(doubt)),
        };
        if self.left == 0 {
            return Some(Err(crate::Doubt::new("dereferencing without end", self.infer.cx().text(current))));
        }
        self.left -= 1;
        match self.infer.deref(self.fulfillment, self.param_env, current) {
            Ok(step) => self.next = step.map(|step| step.ty),
            Err(doubt) => return Some(Err(doubt)),
        }
        Some(Ok(current))
    }
}
