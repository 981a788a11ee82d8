//! Operators: built-in ones and those of traits (rustc's `op`).

use crate::adjust::{Adjust, Adjustment, AutoBorrow};
use crate::doubt::{Answer, Doubt};
use crate::fncx::Callee;
use crate::state::FnCx;
use crate::types::Look as _;
use hir::body::ExprId;
use solve::Ty;
use syntax::ast::{BinOp, UnOp};
use ty::{LangItem, Mutability};

/// What operators have in common.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Category {
    Shift,
    Math,
    Bitwise,
    Comparison,
}

fn category(op: BinOp) -> Category {
    match op {
        BinOp::Shl | BinOp::Shr => Category::Shift,
        BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::Div | BinOp::Rem => Category::Math,
        BinOp::BitXor | BinOp::BitAnd | BinOp::BitOr => Category::Bitwise,
        _ => Category::Comparison,
    }
}

/// Whether the trait's method takes references.
pub(crate) fn is_by_ref(op: BinOp) -> bool {
    category(op) == Category::Comparison
}

fn binary_trait(op: BinOp) -> Option<(LangItem, &'static str)> {
    Some(match op {
        BinOp::Add => (LangItem::Add, "add"),
        BinOp::Sub => (LangItem::Sub, "sub"),
        BinOp::Mul => (LangItem::Mul, "mul"),
        BinOp::Div => (LangItem::Div, "div"),
        BinOp::Rem => (LangItem::Rem, "rem"),
        BinOp::BitXor => (LangItem::BitXor, "bitxor"),
        BinOp::BitAnd => (LangItem::BitAnd, "bitand"),
        BinOp::BitOr => (LangItem::BitOr, "bitor"),
        BinOp::Shl => (LangItem::Shl, "shl"),
        BinOp::Shr => (LangItem::Shr, "shr"),
        BinOp::Lt => (LangItem::PartialOrd, "lt"),
        BinOp::Le => (LangItem::PartialOrd, "le"),
        BinOp::Ge => (LangItem::PartialOrd, "ge"),
        BinOp::Gt => (LangItem::PartialOrd, "gt"),
        BinOp::Eq => (LangItem::PartialEq, "eq"),
        BinOp::Ne => (LangItem::PartialEq, "ne"),
        BinOp::And | BinOp::Or => return None,
    })
}

fn assign_trait(op: BinOp) -> Option<(LangItem, &'static str)> {
    Some(match op {
        BinOp::Add => (LangItem::AddAssign, "add_assign"),
        BinOp::Sub => (LangItem::SubAssign, "sub_assign"),
        BinOp::Mul => (LangItem::MulAssign, "mul_assign"),
        BinOp::Div => (LangItem::DivAssign, "div_assign"),
        BinOp::Rem => (LangItem::RemAssign, "rem_assign"),
        BinOp::BitXor => (LangItem::BitXorAssign, "bitxor_assign"),
        BinOp::BitAnd => (LangItem::BitAndAssign, "bitand_assign"),
        BinOp::BitOr => (LangItem::BitOrAssign, "bitor_assign"),
        BinOp::Shl => (LangItem::ShlAssign, "shl_assign"),
        BinOp::Shr => (LangItem::ShrAssign, "shr_assign"),
        _ => return None,
    })
}

/// What is behind one shared reference: `1 + &2` is built in as far as types go.
fn behind<'tcx>(ty: Ty<'tcx>) -> Ty<'tcx> {
    match ty.as_ref() {
        Some((_, inner, Mutability::Not)) => inner,
        _ => ty,
    }
}

fn is_builtin<'tcx>(lhs: Ty<'tcx>, rhs: Ty<'tcx>, category: Category) -> bool {
    let (lhs, rhs) = (behind(lhs), behind(rhs));
    let integers = lhs.is_integral_or_var() && rhs.is_integral_or_var();
    let floats = lhs.is_float_or_var() && rhs.is_float_or_var();
    match category {
        Category::Shift => integers,
        Category::Math => integers || floats,
        Category::Bitwise => integers || floats || (lhs.is_bool() && rhs.is_bool()),
        Category::Comparison => lhs.is_scalar() && rhs.is_scalar(),
    }
}

impl<'a, 'tcx> FnCx<'a, 'tcx> {
    pub fn check_binop(&self, expr: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) -> Answer<Ty<'tcx>> {
        let (lhs_ty, rhs_ty, output) = self.check_overloaded(expr, op, lhs, rhs, false)?;
        if !lhs_ty.is_var() && !rhs_ty.is_var() && is_builtin(lhs_ty, rhs_ty, category(op)) {
            let builtin = self.enforce_builtin(lhs_ty, rhs_ty, category(op))?;
            self.demand_eq(builtin, output)?;
            return Ok(builtin);
        }
        Ok(output)
    }

    pub fn check_assign_op(&self, expr: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) -> Answer<Ty<'tcx>> {
        let (lhs_ty, rhs_ty, output) = self.check_overloaded(expr, op, lhs, rhs, true)?;
        if !lhs_ty.is_var() && !rhs_ty.is_var() && is_builtin(lhs_ty, rhs_ty, category(op)) {
            self.enforce_builtin(lhs_ty, rhs_ty, category(op))?;
            return Ok(self.cx.types().unit);
        }
        Ok(output)
    }

    fn enforce_builtin(&self, lhs: Ty<'tcx>, rhs: Ty<'tcx>, category: Category) -> Answer<Ty<'tcx>> {
        let (lhs, rhs) = (behind(lhs), behind(rhs));
        match category {
            Category::Shift => Ok(lhs),
            Category::Math | Category::Bitwise => {
                self.demand_sub(lhs, rhs)?;
                Ok(lhs)
            }
            Category::Comparison => {
                self.demand_sub(lhs, rhs)?;
                Ok(self.cx.types().bool)
            }
        }
    }

    fn check_overloaded(
        &self,
        expr: ExprId,
        op: BinOp,
        lhs: ExprId,
        rhs: ExprId,
        assigns: bool,
    ) -> Answer<(Ty<'tcx>, Ty<'tcx>, Ty<'tcx>)> {
        let found = self.check_expr(lhs)?;
        let lhs_ty = match assigns {
            // The place itself is assigned to.
            true => found,
            // A reference is reborrowed, not matched with the trait as it is.
            false => {
                let var = self.fresh();
                self.coerce_or_doubt(lhs, found, var, false)?
            }
        };
        let lhs_ty = self.resolve_with_goals(lhs_ty)?;
        let rhs_var = self.fresh();
        let item = if assigns { assign_trait(op) } else { binary_trait(op) };
        let Some((trait_, name)) = item else { return Err(Doubt::new("an operator without a trait", "")) };
        let method = self.operator(trait_, name, lhs_ty, Some(rhs_var))?;
        self.check_coercible(rhs, rhs_var)?;
        let rhs_ty = self.resolve_with_goals(rhs_var)?;
        let by_ref = !assigns && is_by_ref(op);
        if by_ref || assigns {
            let Some(&target) = method.inputs().first() else { return Err(Doubt::new("an operator", "")) };
            if let Some((_, _, mutability)) = target.as_ref() {
                let kind = Adjust::Borrow(AutoBorrow::new(mutability, true));
                self.adjust(lhs, vec![Adjustment { kind, target }])?;
            }
        }
        if by_ref
            && let Some(&target) = method.inputs().get(1)
            && let Some((_, _, mutability)) = target.as_ref()
        {
            let kind = Adjust::Borrow(AutoBorrow::new(mutability, true));
            // On top of whatever coercion there is.
            self.results.borrow_mut().adjustments.entry(rhs).or_default().push(Adjustment { kind, target });
        }
        self.write_method(expr, method.def_id, method.args);
        Ok((lhs_ty, rhs_ty, method.output()))
    }

    /// The method of an operator (rustc's `lookup_op_method`).
    fn operator(&self, trait_: LangItem, name: &str, lhs: Ty<'tcx>, rhs: Option<Ty<'tcx>>) -> Answer<Callee<'tcx>> {
        let trait_ = self.lang(trait_)?;
        match self.method_in_trait(trait_, name, lhs, rhs)? {
            Some(method) => {
                self.select()?;
                Ok(method)
            }
            None => Err(Doubt::new("an operator that a type does not have", format!("{name} of {}", self.text(lhs)))),
        }
    }

    pub fn check_user_unary(&self, expr: ExprId, ty: Ty<'tcx>, op: UnOp) -> Answer<Ty<'tcx>> {
        let (trait_, name) = match op {
            UnOp::Not => (LangItem::Not, "not"),
            UnOp::Neg => (LangItem::Neg, "neg"),
            UnOp::Deref => (LangItem::Deref, "deref"),
        };
        let method = self.operator(trait_, name, ty, None)?;
        self.write_method(expr, method.def_id, method.args);
        Ok(method.output())
    }

    /// Takes back what is built in after all, now that types are known (rustc's `fix_scalar_builtin_expr`,
    /// `fix_index_builtin_expr`). Types are resolved.
    pub fn fix_builtin(&self, expr: ExprId) {
        use hir::expr::ExprKind;
        let mut results = self.results.borrow_mut();
        let ty = |results: &crate::results::Results<'tcx>, expr: ExprId| {
            results.exprs.get(&expr).map(|&ty| self.resolved(ty))
        };
        match &self.hir[expr].kind {
            ExprKind::Unary(UnOp::Neg | UnOp::Not, inner) if ty(&results, *inner).is_some_and(|ty| ty.is_scalar()) => {
                results.methods.remove(&expr);
            }
            ExprKind::Binary(op, _, lhs, rhs) => {
                let scalar = |results: &_, expr| ty(results, expr).is_some_and(|ty| ty.is_scalar());
                if scalar(&results, *lhs) && scalar(&results, *rhs) {
                    results.methods.remove(&expr);
                    if is_by_ref(*op) {
                        for side in [lhs, rhs] {
                            if let Some(adjustments) = results.adjustments.get_mut(side) {
                                adjustments.pop();
                            }
                        }
                    }
                }
            }
            ExprKind::AssignOp(_, _, lhs, rhs) => {
                let scalar = |results: &_, expr| ty(results, expr).is_some_and(|ty| ty.is_scalar());
                if scalar(&results, *lhs) && scalar(&results, *rhs) {
                    results.methods.remove(&expr);
                    if let Some(adjustments) = results.adjustments.get_mut(lhs) {
                        adjustments.pop();
                    }
                }
            }
            ExprKind::Index(base, index, _) => {
                let base_ty = results.adjusted(*base).map(|ty| self.resolved(ty));
                let index_ty = results.adjusted(*index).map(|ty| self.resolved(ty));
                let (Some(base_ty), Some(index_ty)) = (base_ty, index_ty) else { return };
                let Some((_, inner, _)) = base_ty.as_ref() else { return };
                let is_usize = index_ty == self.cx.types().usize;
                // An element's type that is not known to be the result's is not built in.
                let builtin = match inner.builtin_index() {
                    Some(element) => is_usize && ty(&results, expr) == Some(self.resolved(element)),
                    None => false,
                };
                if builtin {
                    results.methods.remove(&expr);
                    if let Some(adjustments) = results.adjustments.get_mut(base)
                        && let Some(last) = adjustments.pop()
                        && matches!(last.kind, Adjust::Pointer(mir::PointerCoercion::Unsize))
                    {
                        adjustments.pop();
                    }
                }
            }
            _ => {}
        }
    }
}
