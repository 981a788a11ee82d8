//! What variables become of which nothing is known in the end (rustc's `fallback`).

use crate::doubt::Answer;
use crate::state::FnCx;
use crate::types::Look as _;
use rustc_hash::{FxHashMap, FxHashSet};
use solve::ir;
use solve::ir::inherent::IntoKind as _;
use solve::{PredicateKind, Ty, TyKind};

impl<'tcx> FnCx<'_, 'tcx> {
    pub fn fallback(&self) -> Answer<()> {
        self.select()?;
        if self.fall_back()? {
            self.select()?;
        }
        Ok(())
    }

    fn fall_back(&self) -> Answer<bool> {
        let unresolved = self.infer.unresolved();
        let diverging = self.diverging_roots();
        let mut any = false;
        for ty in unresolved {
            let ty = self.shallow(ty);
            let value = match *ty.kind_ref() {
                TyKind::Infer(ir::IntVar(_)) => self.cx.mk_ty(TyKind::Int(ir::IntTy::I32)),
                TyKind::Infer(ir::FloatVar(_)) => self.cx.mk_ty(TyKind::Float(ir::FloatTy::F64)),
                TyKind::Infer(ir::TyVar(_)) if diverging.contains(&ty) => {
                    // From edition 2024 on `!` stays `!`.
                    let span = self.hir[self.hir.body.value].span;
                    if self.edition_at(span) >= 3 { self.cx.types().never } else { self.cx.types().unit }
                }
                _ => continue,
            };
            self.demand_eq(value, ty)?;
            any = true;
        }
        Ok(any)
    }

    /// Variables that `!` became, and those that they may be coerced to.
    fn diverging_roots(&self) -> FxHashSet<Ty<'tcx>> {
        let root = |ty: Ty<'tcx>| {
            let ty = self.shallow(ty);
            ty.is_var().then_some(ty)
        };
        let mut edges: FxHashMap<Ty<'tcx>, Vec<Ty<'tcx>>> = FxHashMap::default();
        for goal in self.goals.borrow().pending() {
            let (a, b) = match goal.predicate.kind().skip_binder() {
                PredicateKind::Coerce(ir::CoercePredicate { a, b }) => (a, b),
                PredicateKind::Subtype(ir::SubtypePredicate { a, b, .. }) => (a, b),
                _ => continue,
            };
            if let (Some(a), Some(b)) = (root(a), root(b)) {
                edges.entry(a).or_default().push(b);
            }
        }
        let mut queue: Vec<_> = self.diverging_vars.borrow().iter().filter_map(|&ty| root(ty)).collect();
        let mut reached = FxHashSet::default();
        while let Some(ty) = queue.pop() {
            if reached.insert(ty) {
                queue.extend(edges.get(&ty).into_iter().flatten());
            }
        }
        reached
    }
}
