//! Predicates: what goals say, and what is assumed.

use crate::bound::{ShiftVars, fold_bound};
use crate::ir::elaborate::Elaboratable;
use crate::ir::inherent::{IntoKind, SliceLike};
use crate::ir::{
    Binder as IrBinder, DebruijnIndex, EarlyBinder, FallibleTypeFolder, Flags, TypeFlags, TypeFoldable, TypeFolder,
    TypeSuperFoldable, TypeSuperVisitable, TypeVisitable, TypeVisitor, UpcastFrom, VisitorResult, WithCachedTypeInfo,
    try_visit,
};
use crate::types::interned;
use crate::{
    Binder, ClauseKind, Cx, List, NormalizesTo, Nowhere, PredicateKind, ProjectionPredicate, Region, TraitPredicate,
    TraitRef, Ty, ir,
};
use std::fmt;

/// What may hold. Compared by pointer.
#[derive(Clone, Copy)]
pub struct Predicate<'tcx>(pub(crate) &'tcx WithCachedTypeInfo<Binder<'tcx, PredicateKind<'tcx>>>);
interned!(Predicate, Binder<'tcx, PredicateKind<'tcx>>);

/// A predicate that may be assumed: of the kind [`ClauseKind`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Clause<'tcx>(pub(crate) Predicate<'tcx>);

/// Clauses, with the flags of all of them.
#[derive(Clone, Copy)]
pub struct Clauses<'tcx>(pub(crate) &'tcx WithCachedTypeInfo<List<'tcx, Clause<'tcx>>>);
interned!(Clauses, List<'tcx, Clause<'tcx>>);

/// What is assumed while goals are proven: the where-clauses around.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ParamEnv<'tcx>(pub(crate) Clauses<'tcx>);

impl fmt::Debug for Predicate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.internee, f)
    }
}
impl fmt::Debug for Clause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
impl fmt::Debug for Clauses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.internee, f)
    }
}

impl<'tcx> Predicate<'tcx> {
    /// A predicate of this kind, which has no bound variables of its own.
    pub fn new(cx: Cx<'tcx>, kind: PredicateKind<'tcx>) -> Predicate<'tcx> {
        cx.mk_predicate(IrBinder::dummy(kind))
    }
}

impl<'tcx> TypeVisitable<Cx<'tcx>> for Predicate<'tcx> {
    fn visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        visitor.visit_predicate(*self)
    }
}
impl<'tcx> TypeSuperVisitable<Cx<'tcx>> for Predicate<'tcx> {
    fn super_visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        self.kind().visit_with(visitor)
    }
}
impl<'tcx> TypeFoldable<Cx<'tcx>> for Predicate<'tcx> {
    fn try_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        folder.try_fold_predicate(self)
    }
    fn fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        folder.fold_predicate(self)
    }
}
impl<'tcx> TypeSuperFoldable<Cx<'tcx>> for Predicate<'tcx> {
    fn try_super_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        let kind = self.kind().try_fold_with(folder)?;
        Ok(if kind == self.kind() { self } else { folder.cx().mk_predicate(kind) })
    }
    fn super_fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        let kind = self.kind().fold_with(folder);
        if kind == self.kind() { self } else { folder.cx().mk_predicate(kind) }
    }
}

/// A folded clause: folding keeps its kind.
fn clause(predicate: Predicate<'_>) -> Clause<'_> {
    Clause(predicate)
}

impl<'tcx> TypeVisitable<Cx<'tcx>> for Clause<'tcx> {
    fn visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        visitor.visit_predicate(self.0)
    }
}
impl<'tcx> TypeFoldable<Cx<'tcx>> for Clause<'tcx> {
    fn try_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        folder.try_fold_predicate(self.0).map(clause)
    }
    fn fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        clause(folder.fold_predicate(self.0))
    }
}
impl<'tcx> IntoKind for Clause<'tcx> {
    type Kind = Binder<'tcx, ClauseKind<'tcx>>;
    fn kind(self) -> Self::Kind {
        self.0.kind().map_bound(|kind| match kind {
            PredicateKind::Clause(kind) => kind,
            other => ty::bug!("{other:?} is not assumed"),
        })
    }
}

impl<'tcx> ir::inherent::Predicate<Cx<'tcx>> for Predicate<'tcx> {
    fn as_clause(self) -> Option<Clause<'tcx>> {
        matches!(self.0.internee.as_ref().skip_binder(), PredicateKind::Clause(_)).then_some(Clause(self))
    }
}

impl<'tcx> ir::inherent::Clause<Cx<'tcx>> for Clause<'tcx> {
    fn as_predicate(self) -> Predicate<'tcx> {
        self.0
    }
    fn instantiate_supertrait(self, cx: Cx<'tcx>, trait_ref: Binder<'tcx, TraitRef<'tcx>>) -> Self {
        // Both binders become one: the trait reference's variables come first, the clause's own behind them.
        let outer = trait_ref.bound_vars();
        let kind = self.0.kind();
        let own = kind.bound_vars();
        let shifted = fold_bound(kind.skip_binder(), &mut ShiftVars::new(cx, outer.len()));
        let value = EarlyBinder::bind(shifted).instantiate(cx, trait_ref.skip_binder().args);
        let bound_vars = match (outer.is_empty(), own.is_empty()) {
            (_, true) => outer,
            (true, _) => own,
            _ => {
                let all: Vec<_> = outer.into_iter().chain(own).collect();
                cx.mk_bound_vars(&all)
            }
        };
        Clause(cx.mk_predicate(IrBinder::bind_with_vars(value, bound_vars)))
    }
}

impl<'tcx> Elaboratable<Cx<'tcx>> for Predicate<'tcx> {
    fn predicate(&self) -> Predicate<'tcx> {
        *self
    }
    fn child(&self, clause: Clause<'tcx>) -> Self {
        clause.0
    }
    fn child_with_derived_cause(
        &self,
        clause: Clause<'tcx>,
        _: Nowhere,
        _: Binder<'tcx, TraitPredicate<'tcx>>,
        _: usize,
    ) -> Self {
        clause.0
    }
}
impl<'tcx> Elaboratable<Cx<'tcx>> for Clause<'tcx> {
    fn predicate(&self) -> Predicate<'tcx> {
        self.0
    }
    fn child(&self, clause: Clause<'tcx>) -> Self {
        clause
    }
    fn child_with_derived_cause(
        &self,
        clause: Clause<'tcx>,
        _: Nowhere,
        _: Binder<'tcx, TraitPredicate<'tcx>>,
        _: usize,
    ) -> Self {
        clause
    }
}

// What may be said without a binder, and with one.
macro_rules! upcasts {
    ($($from:ty => |$value:ident| $kind:expr;)*) => {
        $(
            impl<'tcx> UpcastFrom<Cx<'tcx>, $from> for Predicate<'tcx> {
                fn upcast_from(from: $from, cx: Cx<'tcx>) -> Self {
                    let $value = from;
                    cx.mk_predicate(IrBinder::dummy($kind))
                }
            }
            impl<'tcx> UpcastFrom<Cx<'tcx>, Binder<'tcx, $from>> for Predicate<'tcx> {
                fn upcast_from(from: Binder<'tcx, $from>, cx: Cx<'tcx>) -> Self {
                    cx.mk_predicate(from.map_bound(|$value| $kind))
                }
            }
        )*
    };
}
upcasts! {
    PredicateKind<'tcx> => |kind| kind;
    ClauseKind<'tcx> => |kind| PredicateKind::Clause(kind);
    NormalizesTo<'tcx> => |normalizes| PredicateKind::NormalizesTo(normalizes);
    TraitPredicate<'tcx> => |predicate| PredicateKind::Clause(ClauseKind::Trait(predicate));
    TraitRef<'tcx> => |trait_ref| PredicateKind::Clause(ClauseKind::Trait(positive(trait_ref)));
    ProjectionPredicate<'tcx> => |projection| PredicateKind::Clause(ClauseKind::Projection(projection));
    ir::OutlivesPredicate<Cx<'tcx>, Ty<'tcx>> => |outlives| PredicateKind::Clause(ClauseKind::TypeOutlives(outlives));
    ir::OutlivesPredicate<Cx<'tcx>, Region<'tcx>> => |outlives| PredicateKind::Clause(ClauseKind::RegionOutlives(outlives));
}
impl<'tcx> UpcastFrom<Cx<'tcx>, Clause<'tcx>> for Predicate<'tcx> {
    fn upcast_from(from: Clause<'tcx>, _: Cx<'tcx>) -> Self {
        from.0
    }
}

fn positive(trait_ref: TraitRef<'_>) -> TraitPredicate<'_> {
    ir::TraitPredicate { trait_ref, polarity: ir::PredicatePolarity::Positive }
}

macro_rules! clause_upcasts {
    ($($from:ty;)*) => {
        $(
            impl<'tcx> UpcastFrom<Cx<'tcx>, $from> for Clause<'tcx> {
                fn upcast_from(from: $from, cx: Cx<'tcx>) -> Self {
                    Clause(Predicate::upcast_from(from, cx))
                }
            }
            impl<'tcx> UpcastFrom<Cx<'tcx>, Binder<'tcx, $from>> for Clause<'tcx> {
                fn upcast_from(from: Binder<'tcx, $from>, cx: Cx<'tcx>) -> Self {
                    Clause(Predicate::upcast_from(from, cx))
                }
            }
        )*
    };
}
clause_upcasts! {
    ClauseKind<'tcx>;
    TraitPredicate<'tcx>;
    TraitRef<'tcx>;
    ProjectionPredicate<'tcx>;
}

impl<'tcx> SliceLike for Clauses<'tcx> {
    type Item = Clause<'tcx>;
    type IntoIter = std::iter::Copied<std::slice::Iter<'tcx, Clause<'tcx>>>;
    fn iter(self) -> Self::IntoIter {
        self.0.internee.into_iter()
    }
    fn as_slice(&self) -> &[Clause<'tcx>] {
        self.0.internee.elements()
    }
}
impl<'tcx> TypeVisitable<Cx<'tcx>> for Clauses<'tcx> {
    fn visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        visitor.visit_clauses(*self)
    }
}
impl<'tcx> TypeSuperVisitable<Cx<'tcx>> for Clauses<'tcx> {
    fn super_visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        for clause in self.iter() {
            try_visit!(clause.visit_with(visitor));
        }
        V::Result::output()
    }
}
impl<'tcx> TypeFoldable<Cx<'tcx>> for Clauses<'tcx> {
    fn try_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        folder.try_fold_clauses(self)
    }
    fn fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        folder.fold_clauses(self)
    }
}
impl<'tcx> TypeSuperFoldable<Cx<'tcx>> for Clauses<'tcx> {
    fn try_super_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        let list = self.0.internee.try_fold_with(folder)?;
        Ok(if list == self.0.internee { self } else { folder.cx().mk_clauses(&list) })
    }
    fn super_fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        let list = self.0.internee.fold_with(folder);
        if list == self.0.internee { self } else { folder.cx().mk_clauses(&list) }
    }
}
impl<'tcx> ir::inherent::Clauses<Cx<'tcx>> for Clauses<'tcx> {}

impl<'tcx> TypeVisitable<Cx<'tcx>> for ParamEnv<'tcx> {
    fn visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        self.0.visit_with(visitor)
    }
}
impl<'tcx> TypeFoldable<Cx<'tcx>> for ParamEnv<'tcx> {
    fn try_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        Ok(ParamEnv(self.0.try_fold_with(folder)?))
    }
    fn fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        ParamEnv(self.0.fold_with(folder))
    }
}
impl<'tcx> ir::inherent::ParamEnv<Cx<'tcx>> for ParamEnv<'tcx> {
    #[allow(refining_impl_trait, reason = "clauses are what they are")]
    fn caller_bounds(self) -> Clauses<'tcx> {
        self.0
    }
}
impl Flags for ParamEnv<'_> {
    fn flags(&self) -> TypeFlags {
        self.0.flags()
    }
    fn outer_exclusive_binder(&self) -> DebruijnIndex {
        self.0.outer_exclusive_binder()
    }
}
