//! Small values that types hold: parameters, names, definitions.

use crate::ir::inherent;
use crate::ir::{
    FallibleTypeFolder, PredicatePolarity, TypeFoldable, TypeFolder, TypeVisitable, TypeVisitor, VisitorResult,
};
use crate::{Cx, List, ir};
use std::fmt;
use ty::{DefId, ExternAbi, Symbol};

/// What takes the place of something that could not be made. A doubt was noted when it was.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Noted(pub(crate) ());

/// No place: where goals come from is the business of who asks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Nowhere;

macro_rules! params {
    ($($(#[$meta:meta])* $name:ident;)*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, PartialEq, Eq, Hash)]
            pub struct $name {
                /// Which generic argument takes its place.
                pub index: u32,
                /// For messages.
                pub name: Symbol,
            }
            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, "{}/#{}", self.name, self.index)
                }
            }
            impl inherent::ParamLike for $name {
                fn index(self) -> u32 {
                    self.index
                }
            }
        )*
    };
}
params! {
    /// A type parameter.
    ParamTy;
    /// A constant parameter.
    ParamConst;
    /// A lifetime parameter that is known when the item is named.
    EarlyParam;
}

/// A lifetime parameter of a function, as its own body sees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LateParam {
    /// The function.
    pub scope: DefId,
    /// Which of the function's late-bound lifetimes.
    pub kind: LateParamKind,
}

/// Which late-bound lifetime of a function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LateParamKind {
    /// An elided one: its number among the binder's variables.
    Anon(u32),
    /// `'a`: the parameter's definition.
    Named(DefId),
    /// That by which a closure borrows its environment.
    ClosureEnv,
}

/// Whether calling is unsafe.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Safety {
    /// `unsafe fn`
    Unsafe,
    /// `fn`
    Safe,
}
impl<'tcx> inherent::Safety<Cx<'tcx>> for Safety {
    fn safe() -> Self {
        Safety::Safe
    }
    fn is_safe(self) -> bool {
        self == Safety::Safe
    }
    fn prefix_str(self) -> &'static str {
        match self {
            Safety::Unsafe => "unsafe ",
            Safety::Safe => "",
        }
    }
}

/// How a function is called.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Abi(pub ExternAbi);
impl<'tcx> inherent::Abi<Cx<'tcx>> for Abi {
    fn rust() -> Self {
        Abi(ExternAbi::Rust)
    }
    fn is_rust(self) -> bool {
        self.0 == ExternAbi::Rust
    }
}

impl<'tcx> inherent::Symbol<Cx<'tcx>> for Symbol {
    fn is_kw_underscore_lifetime(self) -> bool {
        self.as_str() == "'_"
    }
}
impl<'tcx> inherent::Span<Cx<'tcx>> for Nowhere {
    fn dummy() -> Self {
        Nowhere
    }
}
impl<'tcx> inherent::DefId<Cx<'tcx>> for DefId {
    fn is_local(self) -> bool {
        self.krate == ty::CrateNum::LOCAL
    }
    fn as_local(self) -> Option<DefId> {
        // Asked of opaque types and coroutines, which are then looked for among those of the body that is checked. It may be
        // one of a library.
        Some(self)
    }
}
impl<'tcx> inherent::GenericsOf<Cx<'tcx>> for &'tcx ty::Generics {
    fn count(&self) -> usize {
        ty::Generics::count(self)
    }
}

/// What has no types in it.
macro_rules! leaves {
    ($($name:ty;)*) => {
        $(
            impl<'tcx> TypeVisitable<Cx<'tcx>> for $name {
                fn visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, _: &mut V) -> V::Result {
                    V::Result::output()
                }
            }
            impl<'tcx> TypeFoldable<Cx<'tcx>> for $name {
                fn try_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, _: &mut F) -> Result<Self, F::Error> {
                    Ok(self)
                }
                fn fold_with<F: TypeFolder<Cx<'tcx>>>(self, _: &mut F) -> Self {
                    self
                }
            }
        )*
    };
}
leaves! {
    DefId;
    Nowhere;
}

/// The language features that the solver asks about.
#[derive(Clone, Copy, Debug)]
pub struct Features;
impl<'tcx> inherent::Features<Cx<'tcx>> for Features {
    fn generic_const_exprs(self) -> bool {
        false
    }
    fn coroutine_clone(self) -> bool {
        false
    }
    fn feature_bound_holds_in_crate(self, _: Symbol) -> bool {
        // Impls that are unstable: the program was accepted, or will be by rustc.
        true
    }
}

/// Whether a trait is to be implemented, or to be known not to be.
pub(crate) fn is_positive(polarity: PredicatePolarity) -> bool {
    polarity == PredicatePolarity::Positive
}

/// Opaque types of the body in question, and coroutines.
pub type LocalDefIds<'tcx> = List<'tcx, DefId>;

/// The text form of parts of predicates, as the published crate asks for it.
macro_rules! prints {
    ($($name:ident => |$value:ident, $f:ident| $print:expr;)*) => {
        $(
            impl<'tcx> ir::ir_print::IrPrint<ir::$name<Cx<'tcx>>> for Cx<'tcx> {
                fn print($value: &ir::$name<Cx<'tcx>>, $f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    $print
                }
                fn print_debug($value: &ir::$name<Cx<'tcx>>, $f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    $print
                }
            }
        )*
    };
}
prints! {
    AliasTy => |alias, f| write!(f, "{:?}{:?}", alias.def_id, alias.args);
    AliasTerm => |alias, f| write!(f, "{:?}{:?}", alias.def_id, alias.args);
    TraitRef => |trait_ref, f| write!(f, "{:?}{:?}", trait_ref.def_id, trait_ref.args);
    TraitPredicate => |predicate, f| write!(f, "{:?} {:?}", predicate.polarity, predicate.trait_ref);
    HostEffectPredicate => |predicate, f| write!(f, "const {:?}", predicate.trait_ref);
    ExistentialTraitRef => |trait_ref, f| write!(f, "{:?}{:?}", trait_ref.def_id, trait_ref.args);
    ExistentialProjection => |projection, f| {
        write!(f, "{:?}{:?} == {:?}", projection.def_id, projection.args, projection.term)
    };
    ProjectionPredicate => |projection, f| write!(f, "{:?} == {:?}", projection.projection_term, projection.term);
    NormalizesTo => |normalizes, f| write!(f, "{:?} -> {:?}", normalizes.alias, normalizes.term);
    SubtypePredicate => |subtype, f| write!(f, "{:?} <: {:?}", subtype.a, subtype.b);
    CoercePredicate => |coerce, f| write!(f, "{:?} to {:?}", coerce.a, coerce.b);
    FnSig => |sig, f| write!(f, "fn {:?}", sig.inputs_and_output);
    PatternKind => |pattern, f| match pattern {
        ir::PatternKind::Range { start, end } => write!(f, "{start:?}..={end:?}"),
        ir::PatternKind::Or(patterns) => write!(f, "{patterns:?}"),
        ir::PatternKind::NotNull => f.write_str("!null"),
    };
}
