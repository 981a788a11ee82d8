//! Which parentheses an expression needs where it stands. (rustc: `rustc_ast_pretty::pprust::state::fixup`.)

use crate::ast::*;
use crate::precedence::{Precedence, contains_struct, is_complete, needs_semi, precedence, scrutinee_needs_parens};

/// What is around an expression. Nothing of it by default.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Fixup {
    /// It is a statement.
    stmt: bool,
    /// It is the first part of one: `(match a {}) - 1`.
    first_in_stmt: bool,
    /// It is an arm's body.
    arm: bool,
    /// It is the first part of one.
    first_in_arm: bool,
    /// It is a condition: `if a == (S {}) {}`.
    cond: bool,
    /// An operator follows that could begin an expression: `(return) - 1`.
    operator_begins: bool,
    /// Something follows: `(return 1) + 1`.
    continued: bool,
}

impl Fixup {
    pub(super) fn stmt() -> Fixup {
        Fixup { stmt: true, ..Fixup::default() }
    }

    pub(super) fn arm() -> Fixup {
        Fixup { arm: true, ..Fixup::default() }
    }

    pub(super) fn cond() -> Fixup {
        Fixup { cond: true, ..Fixup::default() }
    }

    /// Of its first part.
    pub(super) fn first(self) -> Fixup {
        Fixup {
            stmt: false,
            first_in_stmt: self.stmt || self.first_in_stmt,
            arm: false,
            first_in_arm: self.arm || self.first_in_arm,
            operator_begins: false,
            continued: true,
            ..self
        }
    }

    /// Of its first part, behind which `.` or `?` stands: those never end a statement.
    pub(super) fn first_with_dot(self) -> Fixup {
        Fixup {
            stmt: self.stmt || self.first_in_stmt,
            first_in_stmt: false,
            arm: self.arm || self.first_in_arm,
            first_in_arm: false,
            operator_begins: false,
            continued: true,
            ..self
        }
    }

    /// Of its first part, behind which an operator stands.
    pub(super) fn first_with_operator(self, operator_begins: bool) -> Fixup {
        Fixup { operator_begins, ..self.first() }
    }

    /// Of its last part.
    pub(super) fn last(self) -> Fixup {
        Fixup { stmt: false, first_in_stmt: false, arm: false, first_in_arm: false, ..self }
    }

    /// Would a statement end behind this expression?
    pub(super) fn would_end_stmt(self, ast: &Ast, expr: &Expr) -> bool {
        self.first_in_stmt && !needs_semi(ast, expr) || self.first_in_arm && is_complete(expr)
    }

    /// Must it be in parentheses behind `let p =`?
    pub(super) fn scrutinee_needs_parens(self, ast: &Ast, expr: ExprId) -> bool {
        self.cond && contains_struct(ast, expr) || scrutinee_needs_parens(self.precedence(ast, &ast[expr]))
    }

    /// How strongly it holds together here.
    pub(super) fn precedence(self, ast: &Ast, expr: &Expr) -> Precedence {
        let is_jump =
            matches!(expr.kind, ExprKind::Break(..) | ExprKind::Ret(_) | ExprKind::Yeet(_) | ExprKind::Yield(_));
        if self.operator_begins && is_jump {
            return Precedence::Jump;
        }
        let extends = is_jump || matches!(expr.kind, ExprKind::Closure(_) | ExprKind::Range(None, ..));
        if !self.continued && extends {
            return Precedence::Prefix;
        }
        precedence(ast, expr)
    }
}
