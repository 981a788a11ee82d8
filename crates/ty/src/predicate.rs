//! Traits applied to types, and predicates on types.

use crate::{Binder, Const, DefId, GenericArgs, List, Ty};

/// `args[0]: def_id<args[1..]>`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TraitRef<'tcx> {
    /// The trait.
    pub def_id: DefId,
    /// `Self`, then the trait's own.
    pub args: GenericArgs<'tcx>,
}

impl<'tcx> TraitRef<'tcx> {
    /// The type that the trait is applied to.
    pub fn self_ty(self) -> Ty<'tcx> {
        self.args[0].expect_ty()
    }
}

/// `for<'a> T: Trait<'a>`
pub type PolyTraitRef<'tcx> = Binder<'tcx, TraitRef<'tcx>>;

/// A type or a constant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Term<'tcx> {
    /// A type.
    Ty(Ty<'tcx>),
    /// A constant.
    Const(Const<'tcx>),
}

/// A trait reference without its `Self`, as trait objects have it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ExistentialTraitRef<'tcx> {
    /// The trait.
    pub def_id: DefId,
    /// The trait's own, without `Self`.
    pub args: GenericArgs<'tcx>,
}

/// `Item = T` of a trait object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ExistentialProjection<'tcx> {
    /// The associated type.
    pub def_id: DefId,
    /// Without `Self`.
    pub args: GenericArgs<'tcx>,
    /// What it is.
    pub term: Term<'tcx>,
}

/// A part of what `dyn` says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ExistentialPredicate<'tcx> {
    /// The principal trait, which has the methods. First, if there is one.
    Trait(ExistentialTraitRef<'tcx>),
    /// `Item = T` of the principal trait or a supertrait of it.
    Projection(ExistentialProjection<'tcx>),
    /// `Send` and the like.
    AutoTrait(DefId),
}

/// Each predicate has a binder of its own (`dyn for<'a> Fn(&'a u8)`).
pub type PolyExistentialPredicate<'tcx> = Binder<'tcx, ExistentialPredicate<'tcx>>;
/// `for<'a> Trait<'a>` of a trait object.
pub type PolyExistentialTraitRef<'tcx> = Binder<'tcx, ExistentialTraitRef<'tcx>>;
/// All of what `dyn` says, in rustc's order: principal trait, projections, auto traits.
pub type ExistentialPredicates<'tcx> = List<'tcx, PolyExistentialPredicate<'tcx>>;

/// What an impl says about its trait.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ImplPolarity {
    /// `impl Trait for T`: it holds.
    Positive,
    /// `impl !Trait for T`: it never holds.
    Negative,
    /// A reservation impl: counts for coherence only.
    Reservation,
}

/// What an `impl Trait for Type` says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ImplHeader<'tcx> {
    /// The trait and the type, in terms of the impl's parameters.
    pub trait_ref: TraitRef<'tcx>,
    /// Whether it says that the trait holds.
    pub polarity: ImplPolarity,
}

/// Where-clauses that matter after type checking.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ClauseKind<'tcx> {
    /// `T: Trait<A>`
    Trait(TraitRef<'tcx>),
    /// `<args[0] as Trait<args[1..]>>::def_id == term`.
    Projection {
        /// The associated type.
        def_id: DefId,
        /// The trait's arguments, `Self` first, then the associated type's own.
        args: GenericArgs<'tcx>,
        /// What it is equal to.
        term: Term<'tcx>,
    },
    /// `const N: usize`: a constant parameter's type.
    ConstArgHasType(Const<'tcx>, Ty<'tcx>),
    /// Outlives, well-formedness and others, which always hold here.
    Other,
}

/// `for<'a> T: Trait<'a>`: a where-clause under its binder.
pub type Clause<'tcx> = Binder<'tcx, ClauseKind<'tcx>>;

/// The where-clauses of an item, without those of its parent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GenericPredicates<'tcx> {
    /// Whose where-clauses hold too.
    pub parent: Option<DefId>,
    /// The item's own, in order.
    pub predicates: &'tcx [Clause<'tcx>],
}
