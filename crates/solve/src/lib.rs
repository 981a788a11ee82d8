//! Trait solving with inference: rustc's published solver on Bessemer's definitions.
//!
//! **What it is.** The solver of rustc 1.95 ([`next_trait_solver`], with the types that it is generic over, `rustc_type_ir`)
//! and what it leaves to its users: interned types with inference variables and placeholders, an inference context,
//! fulfilment, normalisation, and the bridge from and to [`ty`].
//!
//! **What goes in.** A front end's definitions ([`ty::Definitions`], [`mir::Bodies`]), imported when they are first needed;
//! types of [`ty`]; goals. **What comes out.** Whether goals hold, what follows for variables, and final types of [`ty`].
//! What cannot be decided here is a [`Doubt`], never a guess and never a panic.
//!
//! **What it must not know.** Syntax, bodies (beyond what coroutines hold), layouts, code generation. No other crate knows
//! `rustc_type_ir`.
//!
//! There are two universes of types. [`ty`]'s are small: what is left after type checking. Those here have what inference
//! needs. [`Cx::import`] and [`Cx::export`] lead from one to the other.
//!
//! Lifetimes are variables, and constraints on them are kept but not solved. Clauses about lifetimes, well-formedness and
//! const traits are not imported, as they do not decide which impl is meant.
//!
//! Doubts come up inside of the published solver, whose questions have no place for errors in their answers. So a doubt is
//! noted ([`Cx::note`]) and told when the question in hand ends, and the answers found meanwhile are forgotten.
//!
//! Goals nest as deep as the program's types do; threads that ask should have stacks of 16 MiB or more.

#![deny(unsafe_code)]
#![warn(missing_docs)]

mod adt;
mod args;
mod bound;
mod constraints;
mod consts;
mod export;
mod fulfill;
mod import;
mod infer;
mod interner;
mod items;
mod lang;
mod list;
mod normalize;
mod predicate;
mod region;
mod session;
mod small;
mod steps;
mod types;
mod wf;

/// The published solver.
pub use ra_ap_rustc_next_trait_solver as next_trait_solver;
/// The published types and relations.
pub use ra_ap_rustc_type_ir as ir;

pub use ::ty::{Answer, Doubt};
pub use adt::AdtDef;
pub use args::{GenericArg, Term};
pub use constraints::Constraints;
pub use consts::{Const, ExprConst, Pat, ValTree, ValueConst};
pub use fulfill::{Fulfillment, Outcome};
pub use infer::{InferCx, Inference, Outlives};
pub use list::List;
pub use predicate::{Clause, Clauses, ParamEnv, Predicate};
pub use region::Region;
pub use session::{CommonTypes, Cx, Session};
pub use small::{
    Abi, EarlyParam, Features, LateParam, LateParamKind, LocalDefIds, Noted, Nowhere, ParamConst, ParamTy, Safety,
};
pub use steps::{Autoderef, Deref, Step};
pub use types::Ty;

/// Of an item: its generic arguments.
pub type Args<'tcx> = List<'tcx, GenericArg<'tcx>>;
/// Types, such as those of a tuple.
pub type Tys<'tcx> = List<'tcx, Ty<'tcx>>;
/// What a binder binds.
pub type BoundVarKinds<'tcx> = List<'tcx, BoundVarKind<'tcx>>;
/// What `dyn` says.
pub type BoundExistentialPredicates<'tcx> = List<'tcx, Binder<'tcx, ExistentialPredicate<'tcx>>>;

/// The published types, of our interner.
macro_rules! ours {
    ($($name:ident $(= $theirs:ident)?;)*) => {
        $(ours! { @ $name $($theirs)? })*
    };
    (@ $name:ident) => { ours! { @ $name $name } };
    (@ $name:ident $theirs:ident) => {
        #[doc = concat!("[`ir::", stringify!($theirs), "`] of our interner.")]
        pub type $name<'tcx> = ir::$theirs<Cx<'tcx>>;
    };
}
ours! {
    TyKind;
    ConstKind;
    RegionKind;
    PatternKind;
    PredicateKind;
    ClauseKind;
    ValTreeKind;
    UnevaluatedConst;
    AliasTy;
    AliasTerm;
    TraitRef;
    TraitPredicate;
    ProjectionPredicate;
    NormalizesTo;
    ExistentialPredicate;
    FnSig;
    BoundTy;
    BoundRegion;
    BoundConst;
    PlaceholderType;
    PlaceholderRegion;
    PlaceholderConst;
    BoundVarKind = BoundVariableKind;
    CanonicalVarKind;
    OpaqueTypeKey;
    TypingMode;
    Hidden = CoroutineWitnessTypes;
}
/// How a closure takes its environment.
pub use ir::ClosureKind;
/// A value under a binder (`for<'a, …>`).
pub type Binder<'tcx, T> = ir::Binder<Cx<'tcx>, T>;
/// A predicate to be proven, and what is assumed.
pub type Goal<'tcx> = ir::solve::Goal<Cx<'tcx>, Predicate<'tcx>>;
