//! Opaque types that a body defines: what its function returns as `impl Trait`, and the future of an `async fn`.
//!
//! To the solver, such a type is one with what it hides. To rustc it is that only where a value is returned: a function that
//! calls itself gets something opaque.

use crate::doubt::{Answer, Doubt};
use crate::results::res_def;
use crate::state::FnCx;
use crate::types::Make as _;
use hir::expr::{ClosureKind, ExprKind};
use solve::ir::{self, InferCtxtLike as _, TypeVisitableExt as _};
use solve::{Cx, GenericArg, Ty, TyKind};
use ty::{AliasTyKind, CoroutineKind, CoroutineSource, DefId, DefKind, FoldCache, Tcx, TypeFolder};

/// The opaque types in the result of a function: its body says what they are.
pub(crate) fn defined_by<'tcx>(cx: Cx<'tcx>, owner: DefId) -> Vec<DefId> {
    if !matches!(cx.definitions().def_kind(owner), DefKind::Fn | DefKind::AssocFn) {
        return Vec::new();
    }
    let opaque = |ty: Ty<'tcx>| match *ty.kind_ref() {
        TyKind::Alias(ir::AliasTyKind::Opaque, alias) => Some(alias.def_id),
        // Of a trait's function: the opaque type is what the associated type is here.
        TyKind::Alias(_, alias) => match *cx.ty_of(alias.def_id, alias.args).kind_ref() {
            TyKind::Alias(ir::AliasTyKind::Opaque, alias) => Some(alias.def_id),
            _ => None,
        },
        _ => None,
    };
    cx.impl_traits_of(owner).into_iter().filter_map(opaque).collect()
}

impl<'tcx> FnCx<'_, 'tcx> {
    /// Of an `async fn`: its future.
    pub fn future(&self) -> Option<DefId> {
        match &self.hir[self.hir.body.value].kind {
            ExprKind::Closure(closure) => match closure.kind {
                ClosureKind::Coroutine(CoroutineKind::Desugared(_, CoroutineSource::Fn)) => Some(closure.def_id),
                _ => None,
            },
            _ => None,
        }
    }

    /// Where a function that returns `impl Trait` calls itself, it is not known here which values are opaque. (That an
    /// `async fn`'s future is inside of the future itself comes from nothing else.)
    pub fn check_recursion(&self) -> Answer<()> {
        let owner = self.owner;
        if !matches!(self.members.def_kind(owner), DefKind::Fn | DefKind::AssocFn)
            || self.future().is_some()
            || self.cx.impl_traits_of(owner).is_empty()
        {
            return Ok(());
        }
        let in_trait = self.members.assoc_item(owner).and_then(|item| item.trait_item);
        let is_itself = |def_id: DefId| def_id == owner || Some(def_id) == in_trait;
        let results = self.results.borrow();
        let by_path =
            results.paths.iter().find(|(_, (res, _))| res_def(*res).is_some_and(|(_, def_id)| is_itself(def_id)));
        let by_method = || results.methods.iter().find(|(_, (def_id, _))| is_itself(*def_id)).map(|(expr, _)| *expr);
        match by_path.map(|(expr, _)| *expr).or_else(by_method) {
            None => Ok(()),
            Some(expr) => {
                let doubt = Doubt::new("a function that returns `impl Trait` and mentions itself", "");
                Err(doubt.placed(self.place_of(expr)))
            }
        }
    }

    /// A use of an opaque type whose arguments are the function's own parameters says what it is; the others follow (rustc's
    /// `handle_opaque_type_uses_next`). A function that calls itself has several.
    pub fn unify_opaques(&self) -> Answer<()> {
        let uses = self.infer.clone_opaque_types_lookup_table();
        for (key, hidden) in &uses {
            let hidden = self.resolved(*hidden);
            let identity = self.cx.identity_args(key.def_id);
            let own = self.resolved(key.args);
            let is_own = |(a, b): (&GenericArg<'tcx>, &GenericArg<'tcx>)| {
                matches!((a, b), (GenericArg::Lifetime(_), GenericArg::Lifetime(_))) || a == b
            };
            if hidden.has_non_region_infer() || !own.elements().iter().zip(identity.elements()).all(is_own) {
                continue;
            }
            // Lifetimes are not told apart.
            let erased = self.cx.types().erased;
            let hidden = ir::fold_regions(self.cx, hidden, |_, _| erased);
            for (other, other_hidden) in uses.iter().filter(|(other, _)| other.def_id == key.def_id) {
                let expected = ir::EarlyBinder::bind(hidden).instantiate(self.cx, other.args);
                self.demand_eq(expected, *other_hidden)?;
            }
        }
        Ok(())
    }

    /// A type as it is inside of an `async fn`'s future, if that is where it is: the future itself is opaque.
    pub fn without_own_future<T: ty::TypeFoldable<'tcx>>(&self, value: T) -> Answer<T> {
        let Some(future) = self.own_future.get() else { return Ok(value) };
        let Some(opaque) = defined_by(self.cx, self.owner).first().copied() else {
            return Err(Doubt::new("an async function whose result is not known", ""));
        };
        let tcx = self.cx.tcx();
        let count = self.members.generics_of(opaque).count();
        Ok(value.fold_with(&mut Opaque { tcx, future, opaque, count, cache: FoldCache::default() }))
    }
}

/// Puts the opaque type in place of a future.
struct Opaque<'tcx> {
    tcx: Tcx<'tcx>,
    future: DefId,
    opaque: DefId,
    /// How many arguments the opaque type has: those of the function, and lifetimes.
    count: usize,
    cache: FoldCache<'tcx>,
}

impl<'tcx> TypeFolder<'tcx> for Opaque<'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }
    fn cache(&mut self) -> Option<(&mut FoldCache<'tcx>, u32)> {
        Some((&mut self.cache, 0))
    }
    fn fold_ty(&mut self, ty: ty::Ty<'tcx>) -> ty::Ty<'tcx> {
        let ty = ty::super_fold_ty(self, ty);
        match *ty.kind() {
            ty::TyKind::Coroutine(future, args) if future == self.future => {
                // The last five say what the coroutine is given and gives.
                let mut all = args.to_vec();
                all.truncate(args.len().saturating_sub(5));
                all.resize(self.count, ty::GenericArg::Lifetime(ty::Region::Erased));
                let alias = ty::AliasTy { def_id: self.opaque, args: self.tcx.mk_args(&all) };
                self.tcx.mk_ty(ty::TyKind::Alias(AliasTyKind::Opaque, alias))
            }
            _ => ty,
        }
    }
}
