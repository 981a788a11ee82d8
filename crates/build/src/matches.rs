//! Patterns: matches, `let`, conditions, parameters.
//!
//! Patterns become candidates with pairs of a place and what it must be ([`pattern`]). Candidates are tested together
//! ([`candidate`], [`test`], [`bucket`]) until each is known to match or not. Then variables are bound, and guards are tried
//! ([`bind`]).

mod arms;
mod bind;
mod bucket;
mod candidate;
mod declare;
mod fake;
mod pattern;
mod test;

use mir::{BasicBlock, Local, Place, SourceInfo};
use thir::{BindingMode, LocalVarId, PatRange, Scope, UserType, Value, Variance};
use ty::{DefId, Mutability, Span, Ty, VariantIdx};

/// How a condition is built.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConditionArgs {
    /// Where temporaries of a condition die, if not at the end of the innermost scope.
    pub temp_scope: Option<Scope>,
    /// Of variables of `let`s in it.
    pub variable_info: SourceInfo,
    pub bindings: LetBindings,
}

/// What becomes of variables of a `let` in a condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LetBindings {
    Declare,
    /// They are declared already.
    Declared,
    NotPermitted,
}

/// Whether drops of variables are scheduled: once for all alternatives of an or-pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ScheduleDrops {
    Yes,
    No,
}

/// A variable bound to a part of what is matched.
#[derive(Clone, Copy, Debug)]
struct Binding<'tcx> {
    span: Span,
    source: Place<'tcx>,
    var: LocalVarId,
    mode: BindingMode,
}

#[derive(Clone, Copy, Debug)]
struct Ascription<'tcx> {
    source: Place<'tcx>,
    annotation: UserType,
    variance: Variance,
}

/// What a pattern does beside testing.
#[derive(Clone, Debug)]
struct Extra<'tcx> {
    span: Span,
    bindings: Vec<Bindings<'tcx>>,
    ascriptions: Vec<Ascription<'tcx>>,
    is_never: bool,
}

#[derive(Clone, Copy, Debug)]
enum Bindings<'tcx> {
    One(Binding<'tcx>),
    /// Those of the alternatives of an or-pattern stand here.
    FromOrPattern,
}

/// A pattern taken apart.
#[derive(Clone, Debug)]
struct FlatPat<'tcx> {
    pairs: Vec<MatchPair<'tcx>>,
    extra: Extra<'tcx>,
}

/// A place, and what it must be.
#[derive(Clone, Debug)]
struct MatchPair<'tcx> {
    /// Absent where nothing of it is captured: then there is nothing to test either.
    place: Option<Place<'tcx>>,
    case: Case<'tcx>,
    /// What else must be tested once this is known to match.
    subpairs: Vec<MatchPair<'tcx>>,
    ty: Ty<'tcx>,
    span: Span,
}

#[derive(Clone, Debug)]
enum Case<'tcx> {
    Variant {
        adt: DefId,
        variant: VariantIdx,
    },
    Constant {
        value: Value<'tcx>,
        kind: ConstantKind,
    },
    Range(PatRange<'tcx>),
    Slice {
        len: u64,
        is_exact: bool,
    },
    /// A smart pointer's target, to which a reference is made in `temp`.
    Deref {
        temp: Place<'tcx>,
        mutability: Mutability,
    },
    Never,
    Or {
        pats: Vec<FlatPat<'tcx>>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ConstantKind {
    Bool,
    IntOrChar,
    Float,
    String,
    Other,
}

/// A pattern, or an alternative of one, on its way through the tests.
#[derive(Debug)]
struct Candidate<'tcx> {
    /// What is left to be tested. Or-patterns are last.
    pairs: Vec<MatchPair<'tcx>>,
    subcandidates: Vec<Candidate<'tcx>>,
    has_guard: bool,
    extra: Extra<'tcx>,
    or_span: Option<Span>,
    /// Reached when the pattern matches.
    pre_binding: Option<BasicBlock>,
    /// Where it goes on if the guard fails.
    otherwise: Option<BasicBlock>,
    /// Where testing of the candidate begins.
    false_edge_start: Option<BasicBlock>,
}

#[derive(Clone, Debug)]
struct Test<'tcx> {
    span: Span,
    kind: TestKind<'tcx>,
}

#[derive(Clone, PartialEq, Debug)]
enum TestKind<'tcx> {
    /// By discriminant.
    Switch {
        adt: DefId,
    },
    SwitchInt,
    If,
    StringEq {
        value: Value<'tcx>,
    },
    ScalarEq {
        value: Value<'tcx>,
    },
    Range(PatRange<'tcx>),
    Len {
        len: u64,
        is_exact: bool,
    },
    Deref {
        temp: Place<'tcx>,
        mutability: Mutability,
    },
    Never,
}

/// An outcome of a test.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Branch<'tcx> {
    Success,
    Constant(Value<'tcx>),
    Variant(VariantIdx),
    Failure,
}

/// An alternative of an arm's pattern, after the tests.
#[derive(Clone, Debug)]
struct SubBranch<'tcx> {
    span: Span,
    success: BasicBlock,
    otherwise: BasicBlock,
    bindings: Vec<Binding<'tcx>>,
    ascriptions: Vec<Ascription<'tcx>>,
    is_never: bool,
}

/// The tests of a match.
#[derive(Clone, Debug)]
struct MatchTree<'tcx> {
    /// Of each pattern its alternatives.
    branches: Vec<Vec<SubBranch<'tcx>>>,
    /// Reached if nothing matches.
    otherwise: BasicBlock,
    /// Borrows that forbid guards to change what is matched.
    fake_borrows: Vec<(Place<'tcx>, Local)>,
}
