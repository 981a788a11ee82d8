//! The parts of expressions and patterns.

use hir::body::{BlockId, ExprId, Hir, PatId};
use hir::expr::{AsmOperand, ExprKind, StmtKind, StructTail};
use hir::pat::PatKind;

/// A part of an expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    Expr(ExprId),
    Pat(PatId),
    Block(BlockId),
}

/// Calls `f` with the parts of an expression, in order of evaluation. Closures' bodies are not parts.
pub(crate) fn parts(hir: &Hir, expr: ExprId, f: &mut dyn FnMut(Part)) {
    let mut e = |id: ExprId| f(Part::Expr(id));
    match &hir[expr].kind {
        ExprKind::Array(all) | ExprKind::Tup(all) => all.iter().copied().for_each(e),
        ExprKind::Call(callee, args) => {
            e(*callee);
            args.iter().copied().for_each(e);
        }
        ExprKind::MethodCall(_, receiver, args, _) => {
            e(*receiver);
            args.iter().copied().for_each(e);
        }
        ExprKind::Binary(_, _, a, b) | ExprKind::AssignOp(_, _, a, b) => {
            e(*a);
            e(*b);
        }
        ExprKind::Assign(a, b, _) | ExprKind::Index(a, b, _) => {
            e(*a);
            e(*b);
        }
        ExprKind::Use(a, _)
        | ExprKind::Unary(_, a)
        | ExprKind::Cast(a, _)
        | ExprKind::Type(a, _)
        | ExprKind::DropTemps(a)
        | ExprKind::Field(a, _)
        | ExprKind::AddrOf(_, _, a)
        | ExprKind::Become(a)
        | ExprKind::Repeat(a, _)
        | ExprKind::Yield(a, _)
        | ExprKind::UnsafeBinderCast(_, a, _) => e(*a),
        ExprKind::Break(_, value) | ExprKind::Ret(value) => value.iter().copied().for_each(e),
        ExprKind::Let(condition) => {
            e(condition.init);
            f(Part::Pat(condition.pat));
        }
        ExprKind::If(condition, then, otherwise) => {
            e(*condition);
            e(*then);
            otherwise.iter().copied().for_each(e);
        }
        ExprKind::Loop(block, ..) | ExprKind::Block(block, _) => f(Part::Block(*block)),
        ExprKind::Match(scrutinee, arms, _) => {
            e(*scrutinee);
            for &arm in arms {
                let arm = &hir[arm];
                f(Part::Pat(arm.pat));
                if let Some(guard) = arm.guard {
                    f(Part::Expr(guard));
                }
                f(Part::Expr(arm.body));
            }
        }
        ExprKind::Struct(_, fields, tail) => {
            fields.iter().for_each(|field| e(field.expr));
            if let StructTail::Base(base) = tail {
                e(*base);
            }
        }
        ExprKind::InlineAsm(asm) => {
            for operand in &asm.operands {
                match operand {
                    AsmOperand::In { expr, .. } | AsmOperand::InOut { expr, .. } => f(Part::Expr(*expr)),
                    AsmOperand::Out { expr, .. } => expr.iter().for_each(|&expr| f(Part::Expr(expr))),
                    AsmOperand::SplitInOut { in_expr, out_expr, .. } => {
                        f(Part::Expr(*in_expr));
                        out_expr.iter().for_each(|&expr| f(Part::Expr(expr)));
                    }
                    AsmOperand::SymFn(expr) => f(Part::Expr(*expr)),
                    AsmOperand::Label(block) => f(Part::Block(*block)),
                    AsmOperand::Const(_) | AsmOperand::SymStatic(..) => {}
                }
            }
        }
        ExprKind::ConstBlock(_)
        | ExprKind::Lit(_)
        | ExprKind::Closure(_)
        | ExprKind::Path(_)
        | ExprKind::Continue(_)
        | ExprKind::OffsetOf(..) => {}
    }
}

/// Calls `f` with the parts of a block.
pub(crate) fn block_parts(hir: &Hir, block: BlockId, f: &mut dyn FnMut(Part)) {
    for &stmt in &hir[block].stmts {
        match &hir[stmt].kind {
            StmtKind::Let(local) => {
                local.init.iter().for_each(|&init| f(Part::Expr(init)));
                f(Part::Pat(local.pat));
                local.els.iter().for_each(|&els| f(Part::Block(els)));
            }
            StmtKind::Expr(expr) | StmtKind::Semi(expr) => f(Part::Expr(*expr)),
            StmtKind::Item(_) => {}
        }
    }
    hir[block].expr.iter().for_each(|&expr| f(Part::Expr(expr)));
}

/// Calls `f` with a pattern and, where that says so, with those in it, in order.
pub(crate) fn pats(hir: &Hir, pat: PatId, f: &mut dyn FnMut(PatId) -> bool) {
    if !f(pat) {
        return;
    }
    match &hir[pat].kind {
        PatKind::Binding(_, _, _, inner) => inner.iter().for_each(|&inner| pats(hir, inner, f)),
        PatKind::Struct(_, fields, _) => fields.iter().for_each(|field| pats(hir, field.pat, f)),
        PatKind::TupleStruct(_, all, _) | PatKind::Or(all) | PatKind::Tuple(all, _) => {
            all.iter().for_each(|&inner| pats(hir, inner, f));
        }
        PatKind::Box(inner) | PatKind::Deref(inner) | PatKind::Ref(inner, ..) | PatKind::Guard(inner, _) => {
            pats(hir, *inner, f);
        }
        PatKind::Slice(before, rest, after) => {
            before.iter().chain(rest).chain(after).for_each(|&inner| pats(hir, inner, f));
        }
        PatKind::Missing | PatKind::Wild | PatKind::Never | PatKind::Expr(_) | PatKind::Range(..) => {}
    }
}
