//! Traits applied to types, and predicates on types.

use crate::{Binder, Const, DefId, GenericArgs, List, Ty};

/// `args[0]: def_id<args[1..]>`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TraitRef<'tcx> {
    pub def_id: DefId,
    pub args: GenericArgs<'tcx>,
}

impl<'tcx> TraitRef<'tcx> {
    pub fn self_ty(self) -> Ty<'tcx> {
        self.args[0].expect_ty()
    }
}

pub type PolyTraitRef<'tcx> = Binder<'tcx, TraitRef<'tcx>>;

/// A type or a constant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Term<'tcx> {
    Ty(Ty<'tcx>),
    Const(Const<'tcx>),
}

/// A trait reference without its `Self`, as trait objects have it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ExistentialTraitRef<'tcx> {
    pub def_id: DefId,
    pub args: GenericArgs<'tcx>,
}

/// `Item = T` of a trait object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ExistentialProjection<'tcx> {
    pub def_id: DefId,
    /// Without `Self`.
    pub args: GenericArgs<'tcx>,
    pub term: Term<'tcx>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ExistentialPredicate<'tcx> {
    Trait(ExistentialTraitRef<'tcx>),
    Projection(ExistentialProjection<'tcx>),
    AutoTrait(DefId),
}

pub type PolyExistentialPredicate<'tcx> = Binder<'tcx, ExistentialPredicate<'tcx>>;
pub type PolyExistentialTraitRef<'tcx> = Binder<'tcx, ExistentialTraitRef<'tcx>>;
pub type ExistentialPredicates<'tcx> = List<'tcx, PolyExistentialPredicate<'tcx>>;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ImplPolarity {
    Positive,
    Negative,
    /// A reservation impl: counts for coherence only.
    Reservation,
}

/// What an `impl Trait for Type` says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ImplHeader<'tcx> {
    pub trait_ref: TraitRef<'tcx>,
    pub polarity: ImplPolarity,
}

/// Where-clauses that matter after type checking.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ClauseKind<'tcx> {
    Trait(TraitRef<'tcx>),
    /// `<args[0] as Trait<args[1..]>>::def_id == term`.
    Projection {
        def_id: DefId,
        args: GenericArgs<'tcx>,
        term: Term<'tcx>,
    },
    ConstArgHasType(Const<'tcx>, Ty<'tcx>),
    /// Outlives, well-formedness and others, which always hold here.
    Other,
}

pub type Clause<'tcx> = Binder<'tcx, ClauseKind<'tcx>>;

/// The where-clauses of an item, without those of its parent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GenericPredicates<'tcx> {
    pub parent: Option<DefId>,
    pub predicates: &'tcx [Clause<'tcx>],
}
