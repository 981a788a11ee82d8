//! Expressions: as places, operands, rvalues, temporaries, into places, as statements.

mod binary;
mod block;
mod constant;
mod into;
mod operand;
mod place;
mod rvalue;
mod stmt;

pub(crate) use constant::{is_full_range, range_contains, ranges_overlap};

use thir::ExprKind;

/// What an expression is by nature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Category {
    Place,
    Constant,
    /// It is best written into a place, as control flow and calls are.
    Into,
    /// It is best the right side of an assignment.
    Rvalue,
}

/// Of an expression other than a scope.
fn category(kind: &ExprKind<'_>) -> Category {
    match kind {
        ExprKind::Field { .. }
        | ExprKind::Deref { .. }
        | ExprKind::Index { .. }
        | ExprKind::UpvarRef { .. }
        | ExprKind::VarRef { .. }
        | ExprKind::PlaceTypeAscription { .. }
        | ExprKind::ValueTypeAscription { .. }
        | ExprKind::PlaceUnwrapUnsafeBinder { .. }
        | ExprKind::ValueUnwrapUnsafeBinder { .. } => Category::Place,
        ExprKind::Array { .. }
        | ExprKind::Tuple { .. }
        | ExprKind::Closure(_)
        | ExprKind::Unary { .. }
        | ExprKind::Binary { .. }
        | ExprKind::Cast { .. }
        | ExprKind::PointerCoercion { .. }
        | ExprKind::Repeat { .. }
        | ExprKind::Assign { .. }
        | ExprKind::AssignOp { .. }
        | ExprKind::ThreadLocalRef(_)
        | ExprKind::WrapUnsafeBinder { .. } => Category::Rvalue,
        ExprKind::ConstBlock { .. }
        | ExprKind::Literal { .. }
        | ExprKind::NonHirLiteral { .. }
        | ExprKind::ZstLiteral { .. }
        | ExprKind::ConstParam { .. }
        | ExprKind::StaticRef { .. }
        | ExprKind::NamedConst { .. } => Category::Constant,
        ExprKind::Scope { .. }
        | ExprKind::LogicalOp { .. }
        | ExprKind::Match { .. }
        | ExprKind::If { .. }
        | ExprKind::Let { .. }
        | ExprKind::NeverToAny { .. }
        | ExprKind::Use { .. }
        | ExprKind::Adt(_)
        | ExprKind::Borrow { .. }
        | ExprKind::RawBorrow { .. }
        | ExprKind::Yield { .. }
        | ExprKind::Call { .. }
        | ExprKind::ByUse { .. }
        | ExprKind::InlineAsm(_)
        | ExprKind::Loop { .. }
        | ExprKind::LoopMatch { .. }
        | ExprKind::Block { .. }
        | ExprKind::Break { .. }
        | ExprKind::Continue { .. }
        | ExprKind::ConstContinue { .. }
        | ExprKind::Return { .. }
        | ExprKind::Become { .. } => Category::Into,
    }
}
