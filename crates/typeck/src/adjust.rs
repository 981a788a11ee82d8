//! Adjustments: what happens to a value between an expression and its use without being written (rustc's `ty::adjustment`).

use mir::PointerCoercion;
use solve::Ty;
use syntax::span::Span;
use ty::Mutability;

/// One step, and the type after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Adjustment<'tcx> {
    pub kind: Adjust,
    pub target: Ty<'tcx>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Adjust {
    NeverToAny,
    /// `*x` by the language.
    Deref,
    /// `*x` by `Deref` or `DerefMut`, for what stands at a place.
    OverloadedDeref(Mutability, Span),
    Borrow(AutoBorrow),
    /// `&raw`.
    BorrowRaw(Mutability),
    Pointer(PointerCoercion),
}

/// `&` or `&mut`, the latter perhaps in two phases.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AutoBorrow {
    Not,
    Mut { two_phase: bool },
}

impl AutoBorrow {
    pub fn new(mutability: Mutability, two_phase: bool) -> AutoBorrow {
        match mutability {
            Mutability::Not => AutoBorrow::Not,
            Mutability::Mut => AutoBorrow::Mut { two_phase },
        }
    }
    pub fn mutability(self) -> Mutability {
        match self {
            AutoBorrow::Not => Mutability::Not,
            AutoBorrow::Mut { .. } => Mutability::Mut,
        }
    }
}
