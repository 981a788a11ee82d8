//! Types of expressions (rustc's `expr`).

use crate::adjust::{Adjust, Adjustment};
use crate::doubt::{Answer, Doubt};
use crate::expect::Expectation;
use crate::many::CoerceMany;
use crate::state::{Breakable, FnCx};
use crate::types::{Look as _, Make as _};
use hir::body::{ArmId, BlockId, ExprId, StmtId};
use hir::expr::{Destination, ExprKind, LitIntType, LitKind, LoopSource, StmtKind};
use hir::ty::ConstArg;
use solve::{Ty, TyKind};
use syntax::ast::{BinOp, BorrowKind, UnOp};
use ty::{LangItem, Mutability};

impl<'a, 'tcx> FnCx<'a, 'tcx> {
    pub fn check_expr(&self, expr: ExprId) -> Answer<Ty<'tcx>> {
        self.check_with(expr, Expectation::Nothing)
    }
    pub fn check_with_hint(&self, expr: ExprId, ty: Ty<'tcx>) -> Answer<Ty<'tcx>> {
        self.check_with(expr, Expectation::HasType(ty))
    }
    /// An expression whose type must be (or be `!`, which becomes) the expected one.
    pub fn check_has_type(&self, expr: ExprId, expected: Ty<'tcx>) -> Answer<Ty<'tcx>> {
        let mut ty = self.check_with_hint(expr, expected)?;
        if self.try_structurally(ty)?.is_never() && self.constitutes_read(expr) {
            ty = self.never_to_any(expr)?;
        }
        self.demand_sub(expected, ty).map_err(|doubt| doubt.placed(self.place_of(expr)))?;
        Ok(ty)
    }
    pub fn never_to_any(&self, expr: ExprId) -> Answer<Ty<'tcx>> {
        let var = self.fresh();
        self.adjust(expr, vec![Adjustment { kind: Adjust::NeverToAny, target: var }])?;
        Ok(var)
    }
    pub fn check_coercible(&self, expr: ExprId, expected: Ty<'tcx>) -> Answer<Ty<'tcx>> {
        let ty = self.check_with_hint(expr, expected)?;
        let expected = self.resolve_with_goals(expected)?;
        self.coerce_or_doubt(expr, ty, expected, false)
    }
    /// The value of a body or of `return`.
    pub fn check_return_value(&self, expr: ExprId, expected: Ty<'tcx>) -> Answer<()> {
        let ty = self.check_with_hint(expr, expected)?;
        let mut ret = self.state.borrow_mut().ret.take();
        let result = match &mut ret {
            Some(coerce) => coerce.coerce(self, expr, ty),
            None => Err(Doubt::new("a `return` outside of functions", "")),
        };
        self.state.borrow_mut().ret = ret;
        result
    }

    pub fn check_with(&self, expr: ExprId, expected: Expectation<'tcx>) -> Answer<Ty<'tcx>> {
        ty::ensure_stack();
        let before = self.diverges.replace(false);
        let checked = match &self.hir[expr].kind {
            ExprKind::Path(path) => self.check_path(expr, path),
            _ => self.check_kind(expr, expected),
        };
        let ty = checked.map_err(|doubt| doubt.placed(self.place_of(expr)))?;
        let ty = self.resolved(ty);
        let shape = self.try_structurally(ty).map_err(|doubt| doubt.placed(self.place_of(expr)))?;
        if shape.is_never() && self.constitutes_read(expr) {
            self.diverges.set(true);
        }
        self.write_expr(expr, ty);
        self.diverges.set(self.diverges.get() | before);
        Ok(ty)
    }

    fn check_kind(&self, expr: ExprId, expected: Expectation<'tcx>) -> Answer<Ty<'tcx>> {
        let hir = self.hir;
        let never = self.cx.types().never;
        let unit = self.cx.types().unit;
        match &hir[expr].kind {
            ExprKind::Lit(lit) => self.check_lit(&lit.kind, expected),
            ExprKind::Binary(op, _, lhs, rhs) => self.check_binary(expr, *op, *lhs, *rhs),
            ExprKind::AssignOp(op, _, lhs, rhs) => self.check_assign_op(expr, *op, *lhs, *rhs),
            ExprKind::Unary(op, operand) => self.check_unary(expr, *op, *operand, expected),
            ExprKind::AddrOf(kind, mutability, operand) => {
                self.check_addr_of(*kind, mutability_ty(*mutability), *operand, expected)
            }
            ExprKind::Path(path) => self.check_path(expr, path),
            ExprKind::Break(destination, value) => self.check_break(*destination, *value),
            ExprKind::Continue(_) => Ok(never),
            ExprKind::Ret(value) => {
                let target = self.state.borrow().ret.as_ref().map(CoerceMany::expected);
                let Some(target) = target else { return Err(Doubt::new("a `return` outside of functions", "")) };
                match value {
                    Some(value) => self.check_return_value(*value, target)?,
                    None => {
                        let mut ret = self.state.borrow_mut().ret.take();
                        let result = ret.as_mut().map_or(Ok(()), |coerce| coerce.coerce_unit(self));
                        self.state.borrow_mut().ret = ret;
                        result?;
                    }
                }
                Ok(never)
            }
            ExprKind::Let(condition) => {
                let declared = self.let_ty(condition.ty)?;
                self.check_init(condition.pat, condition.init, declared)?;
                self.check_pat_top(condition.pat, declared)?;
                Ok(self.cx.types().bool)
            }
            ExprKind::Loop(body, _, source, _) => self.check_loop(expr, *body, *source, expected),
            ExprKind::Match(scrutinee, arms, _) => self.check_match(*scrutinee, arms, expected),
            ExprKind::Closure(closure) => self.check_closure(expr, closure, expected),
            ExprKind::Block(block, _) => self.check_block_expected(Some(expr), *block, expected),
            ExprKind::Call(callee, args) => self.check_call(expr, *callee, args, expected),
            ExprKind::MethodCall(segment, receiver, args, _) => {
                self.check_method_call(expr, segment, *receiver, args, expected)
            }
            ExprKind::Cast(operand, target) => self.check_cast(*operand, *target),
            ExprKind::Type(operand, target) => {
                let ty = self.lower_ty(*target)?;
                self.check_coercible(*operand, ty)
            }
            ExprKind::If(condition, then, otherwise) => self.check_if(*condition, *then, *otherwise, expected),
            ExprKind::DropTemps(inner) => self.check_with(*inner, expected),
            ExprKind::Array(elements) => self.check_array(elements, expected),
            ExprKind::Repeat(element, count) => self.check_repeat(expr, *element, count, expected),
            ExprKind::Tup(elements) => self.check_tuple(elements, expected),
            ExprKind::Struct(path, fields, tail) => self.check_struct(expr, path, fields, *tail, expected),
            ExprKind::Field(base, name) => self.check_field(expr, *base, *name),
            ExprKind::Index(base, index, _) => self.check_index(expr, *base, *index),
            ExprKind::Assign(lhs, rhs, _) => {
                let lhs_ty = self.check_expr(*lhs)?;
                self.make_place_mutable(*lhs)?;
                self.check_coercible(*rhs, lhs_ty)?;
                self.require_sized(lhs_ty)?;
                Ok(unit)
            }
            ExprKind::OffsetOf(container, steps) => self.check_offset_of(expr, *container, steps),
            ExprKind::ConstBlock(block) => self.check_const_block(block, expected),
            ExprKind::InlineAsm(asm) => self.check_asm(asm),
            ExprKind::Yield(value, _) => self.check_yield(*value),
            ExprKind::Use(..) => Err(Doubt::new("`.use`", "")),
            ExprKind::Become(_) => Err(Doubt::new("`become`", "")),
            ExprKind::UnsafeBinderCast(..) => Err(Doubt::new("an unsafe binder", "")),
        }
    }

    fn check_const_block(&self, block: &'a hir::expr::ConstBlock, expected: Expectation<'tcx>) -> Answer<Ty<'tcx>> {
        let outer = std::mem::take(&mut *self.state.borrow_mut());
        let diverges = self.diverges.replace(false);
        let result = self.check_with(block.body.value, expected);
        self.diverges.set(diverges);
        *self.state.borrow_mut() = outer;
        let ty = result?;
        self.require_sized(ty)?;
        Ok(ty)
    }

    pub fn check_lit(&self, lit: &LitKind, expected: Expectation<'tcx>) -> Answer<Ty<'tcx>> {
        let cx = self.cx;
        let statik = cx.statik();
        Ok(match lit {
            LitKind::Str(_) => cx.reference(statik, cx.kind(TyKind::Str), Mutability::Not),
            LitKind::ByteStr(bytes) => {
                let len = cx.import_const(cx.tcx().mk_usize(bytes.len() as u64));
                cx.reference(statik, cx.kind(TyKind::Array(cx.types().u8, len)), Mutability::Not)
            }
            LitKind::CStr(_) => {
                let c_str = self.lang(LangItem::CStr)?;
                let ty = cx.ty_of(c_str, cx.args(&[]));
                cx.reference(statik, ty, Mutability::Not)
            }
            LitKind::Byte(_) => cx.types().u8,
            LitKind::Char(_) => cx.kind(TyKind::Char),
            LitKind::Bool(_) => cx.types().bool,
            LitKind::Int(_, LitIntType::Signed(int)) => cx.import(cx.tcx().mk_ty(ty::TyKind::Int(*int))),
            LitKind::Int(_, LitIntType::Unsigned(uint)) => cx.import(cx.tcx().mk_ty(ty::TyKind::Uint(*uint))),
            LitKind::Int(_, LitIntType::Unsuffixed) => {
                let hint = expected.hint(self).and_then(|ty| match ty.kind_ref() {
                    TyKind::Int(_) | TyKind::Uint(_) => Some(ty),
                    // `1 as char`, `1 as *const T`, `1 as fn()`
                    TyKind::Char => Some(cx.types().u8),
                    TyKind::RawPtr(..) | TyKind::FnDef(..) | TyKind::FnPtr(..) => Some(cx.types().usize),
                    _ => None,
                });
                hint.unwrap_or_else(|| self.infer.new_int_var())
            }
            LitKind::Float(_, Some(float)) => cx.import(cx.tcx().mk_ty(ty::TyKind::Float(*float))),
            LitKind::Float(_, None) => {
                let hint = expected.hint(self).filter(|ty| matches!(ty.kind_ref(), TyKind::Float(_)));
                hint.unwrap_or_else(|| self.infer.new_float_var())
            }
        })
    }

    fn check_addr_of(
        &self,
        kind: BorrowKind,
        mutability: Mutability,
        operand: ExprId,
        expected: Expectation<'tcx>,
    ) -> Answer<Ty<'tcx>> {
        let hint = match expected.only_has_type(self) {
            None => Expectation::Nothing,
            Some(ty) => match self.try_structurally(ty)?.builtin_pointee() {
                Some(pointee) if self.is_place(operand) => Expectation::HasType(pointee),
                Some(pointee) => Expectation::of_rvalue(self, pointee),
                None => Expectation::Nothing,
            },
        };
        let ty = self.check_with(operand, hint)?;
        if mutability == Mutability::Mut {
            self.make_place_mutable(operand)?;
        }
        match kind {
            BorrowKind::Ref => Ok(self.cx.reference(self.infer.new_region_var(), ty, mutability)),
            BorrowKind::Raw => Ok(self.cx.pointer(ty, mutability)),
            BorrowKind::Pin => Err(Doubt::new("a pinned reference", "")),
        }
    }

    fn check_unary(&self, expr: ExprId, op: UnOp, operand: ExprId, expected: Expectation<'tcx>) -> Answer<Ty<'tcx>> {
        let inner = match op {
            UnOp::Not | UnOp::Neg => expected,
            UnOp::Deref => Expectation::Nothing,
        };
        let ty = self.check_with(operand, inner)?;
        match op {
            UnOp::Deref => {
                let ty = self.structurally(ty)?;
                match self.lookup_deref(expr, operand, ty)? {
                    Some(ty) => Ok(ty),
                    None => Err(Doubt::new("a type that is not dereferenced", self.text(ty))),
                }
            }
            UnOp::Not => {
                let ty = self.structurally(ty)?;
                let result = self.check_user_unary(expr, ty, op)?;
                let builtin = ty.is_bool() || ty.is_integral_or_var();
                Ok(if builtin { ty } else { result })
            }
            UnOp::Neg => {
                let ty = self.structurally(ty)?;
                let result = self.check_user_unary(expr, ty, op)?;
                Ok(if ty.is_numeric() { ty } else { result })
            }
        }
    }

    fn check_break(&self, destination: Destination, value: Option<ExprId>) -> Answer<Ty<'tcx>> {
        let never = self.cx.types().never;
        let index = self.state.borrow().breakables.iter().rposition(|it| it.target == destination.target);
        let Some(index) = index else { return Err(Doubt::new("a `break` that leads nowhere", "")) };
        let expected = {
            let state = self.state.borrow();
            state.breakables[index].coerce.as_ref().map(CoerceMany::expected)
        };
        let ty = match (value, expected) {
            (Some(value), Some(expected)) => Some(self.check_with_hint(value, expected)?),
            (Some(value), None) => Some(self.check_expr(value)?),
            (None, _) => None,
        };
        let coerce = self.state.borrow_mut().breakables[index].coerce.take();
        if let Some(mut coerce) = coerce {
            let result = match (value, ty) {
                (Some(value), Some(ty)) => coerce.coerce(self, value, ty),
                _ => coerce.coerce_unit(self),
            };
            self.state.borrow_mut().breakables[index].coerce = Some(coerce);
            result?;
        }
        // Where the value never comes about, the `break` is not reached.
        self.state.borrow_mut().breakables[index].may_break |= !self.diverges.get();
        Ok(never)
    }

    fn with_breakable<R>(
        &self,
        target: ExprId,
        coerce: Option<CoerceMany<'tcx>>,
        f: impl FnOnce(usize) -> Answer<R>,
    ) -> Answer<(Breakable<'tcx>, R)> {
        let index = {
            let mut state = self.state.borrow_mut();
            state.breakables.push(Breakable { target, coerce, may_break: false });
            state.breakables.len() - 1
        };
        let result = f(index)?;
        match self.state.borrow_mut().breakables.pop() {
            Some(breakable) => Ok((breakable, result)),
            None => Err(Doubt::new("a `break` that leads nowhere", "")),
        }
    }

    fn check_loop(
        &self,
        expr: ExprId,
        body: BlockId,
        source: LoopSource,
        expected: Expectation<'tcx>,
    ) -> Answer<Ty<'tcx>> {
        let coerce = match source {
            LoopSource::Loop => Some(CoerceMany::new(expected.coercion_target(self))),
            LoopSource::While | LoopSource::ForLoop => None,
        };
        let (breakable, ()) = self.with_breakable(expr, coerce, |_| self.check_block_no_value(body))?;
        if breakable.may_break {
            // It can be left, so what follows may be reached.
            self.diverges.set(false);
        } else {
            self.diverges.set(true);
        }
        Ok(match breakable.coerce {
            Some(coerce) => coerce.complete(self),
            None if breakable.may_break => self.cx.types().unit,
            None => self.cx.types().never,
        })
    }

    /// A block whose value must be `()`.
    fn check_block_no_value(&self, block: BlockId) -> Answer<()> {
        let unit = self.cx.types().unit;
        let ty = self.check_block_expected(None, block, Expectation::HasType(unit))?;
        // What diverges is fine.
        if !ty.is_never() {
            self.demand_sub(unit, ty)?;
        }
        Ok(())
    }

    /// (rustc's `check_expr_block`)
    pub fn check_block_expected(
        &self,
        expr: Option<ExprId>,
        id: BlockId,
        expected: Expectation<'tcx>,
    ) -> Answer<Ty<'tcx>> {
        let block = &self.hir[id];
        let coerce = CoerceMany::new(expected.coercion_target(self));
        let before = self.diverges.get();
        // A block without expression cannot be the target of a `break`.
        let target = expr.unwrap_or(ExprId::from_u32(u32::MAX - 1));
        let (breakable, ()) = self.with_breakable(target, Some(coerce), |index| {
            for &stmt in &block.stmts {
                self.check_stmt(stmt)?;
            }
            let tail = match block.expr {
                Some(tail) => Some((tail, self.check_with(tail, expected)?)),
                None => None,
            };
            let coerce = self.state.borrow_mut().breakables[index].coerce.take();
            let Some(mut coerce) = coerce else { return Err(Doubt::new("a block without a value", "")) };
            let result = match tail {
                Some((tail, ty)) => coerce.coerce(self, tail, ty),
                None if !self.diverges.get() => coerce.coerce_unit(self),
                None => Ok(()),
            };
            self.state.borrow_mut().breakables[index].coerce = Some(coerce);
            result
        })?;
        if breakable.may_break {
            self.diverges.set(before);
        }
        match breakable.coerce {
            Some(coerce) => {
                let ty = coerce.complete(self);
                self.results.borrow_mut().blocks.insert(id, ty);
                Ok(ty)
            }
            None => Err(Doubt::new("a block without a value", "")),
        }
    }

    fn check_stmt(&self, id: StmtId) -> Answer<()> {
        let stmt = &self.hir[id];
        let before = self.diverges.replace(false);
        match &stmt.kind {
            StmtKind::Item(_) => {}
            StmtKind::Let(local) => {
                let declared = self.let_ty(local.ty)?;
                if let Some(init) = local.init {
                    self.check_init(local.pat, init, declared)?;
                }
                self.check_pat_top(local.pat, declared)?;
                if let Some(els) = local.els {
                    let diverges = self.diverges.get();
                    let ty = self.check_block_expected(None, els, Expectation::Nothing)?;
                    self.demand_eq(self.cx.types().never, ty)?;
                    self.diverges.set(diverges);
                }
            }
            StmtKind::Expr(expr) => {
                self.check_has_type(*expr, self.cx.types().unit)?;
            }
            StmtKind::Semi(expr) => {
                self.check_expr(*expr)?;
            }
        }
        self.diverges.set(self.diverges.get() | before);
        Ok(())
    }

    fn check_init(&self, pat: hir::body::PatId, init: ExprId, declared: Ty<'tcx>) -> Answer<()> {
        match self.explicit_ref_binding(pat) {
            Some(mutability) => {
                let ty = self.check_expr(init)?;
                if mutability == Mutability::Mut {
                    self.make_place_mutable(init)?;
                }
                self.demand_eq(declared, ty)
            }
            None => self.check_coercible(init, declared).map(drop),
        }
    }

    fn check_if(
        &self,
        condition: ExprId,
        then: ExprId,
        otherwise: Option<ExprId>,
        expected: Expectation<'tcx>,
    ) -> Answer<Ty<'tcx>> {
        self.check_has_type(condition, self.cx.types().bool)?;
        let condition_diverges = self.diverges.replace(false);
        let expected = expected.of_branch(self)?;
        let then_ty = self.check_with(then, expected)?;
        let then_diverges = self.diverges.replace(false);
        let mut coerce = CoerceMany::new(expected.coercion_target(self));
        coerce.coerce(self, then, then_ty)?;
        match otherwise {
            Some(otherwise) => {
                let ty = self.check_with(otherwise, expected)?;
                let diverges = self.diverges.get();
                coerce.coerce(self, otherwise, ty)?;
                self.diverges.set(condition_diverges | (then_diverges & diverges));
            }
            None => {
                coerce.coerce_unit(self)?;
                self.diverges.set(condition_diverges);
            }
        }
        Ok(coerce.complete(self))
    }

    /// (rustc's `_match`)
    fn check_match(&self, scrutinee: ExprId, arms: &'a [ArmId], expected: Expectation<'tcx>) -> Answer<Ty<'tcx>> {
        let hir = self.hir;
        // `ref` patterns must see the place itself.
        let mut contains_ref = None;
        for &arm in arms {
            contains_ref = contains_ref.max(self.explicit_ref_binding(hir[arm].pat));
        }
        let scrutinee_ty = match contains_ref {
            Some(mutability) => {
                let ty = self.check_expr(scrutinee)?;
                if mutability == Mutability::Mut {
                    self.make_place_mutable(scrutinee)?;
                }
                ty
            }
            None => {
                let var = self.fresh();
                self.check_has_type(scrutinee, var)?;
                var
            }
        };
        if arms.is_empty() {
            self.diverges.set(true);
            return Ok(self.cx.types().never);
        }
        let scrutinee_diverges = self.diverges.replace(false);
        for &arm in arms {
            self.check_pat_top(hir[arm].pat, scrutinee_ty)?;
        }
        let mut all_diverge = true;
        let expected = expected.of_branch(self)?;
        let target = match expected {
            // In statements nothing is expected that could not be coerced to.
            Expectation::HasType(ty) if !ty.is_unit() => ty,
            _ => self.fresh(),
        };
        let mut coerce = CoerceMany::new(target);
        for &arm in arms {
            let arm = &hir[arm];
            if let Some(guard) = arm.guard {
                self.diverges.set(false);
                self.check_has_type(guard, self.cx.types().bool)?;
            }
            self.diverges.set(false);
            let ty = self.check_with(arm.body, expected)?;
            all_diverge &= self.diverges.get();
            coerce.coerce(self, arm.body, ty)?;
        }
        self.diverges.set(scrutinee_diverges | all_diverge);
        Ok(coerce.complete(self))
    }

    fn check_array(&self, elements: &'a [ExprId], expected: Expectation<'tcx>) -> Answer<Ty<'tcx>> {
        let cx = self.cx;
        let hint = match expected.hint(self) {
            Some(ty) => self.try_structurally(ty)?.builtin_index(),
            None => None,
        };
        // A variable would become the first element's type, where all elements decide.
        let hint = match hint {
            Some(ty) if self.try_structurally(ty)?.is_var() => None,
            hint => hint,
        };
        let element = if elements.is_empty() {
            self.fresh()
        } else {
            let target = hint.unwrap_or_else(|| self.fresh());
            let mut coerce = CoerceMany::new(target);
            for &element in elements {
                let ty = self.check_with_hint(element, target)?;
                coerce.coerce(self, element, ty)?;
            }
            coerce.complete(self)
        };
        let len = cx.import_const(cx.tcx().mk_usize(elements.len() as u64));
        self.require_sized(element)?;
        Ok(cx.kind(TyKind::Array(element, len)))
    }

    fn check_repeat(
        &self,
        expr: ExprId,
        element: ExprId,
        count: &ConstArg,
        expected: Expectation<'tcx>,
    ) -> Answer<Ty<'tcx>> {
        let cx = self.cx;
        let count = self.lower_const_arg(count)?;
        let count = self.normalize(count)?;
        let hint = match expected {
            Expectation::HasType(ty) => self.try_structurally(ty)?.builtin_index(),
            _ => None,
        };
        let element_ty = match hint {
            Some(hint) => {
                self.check_coercible(element, hint)?;
                hint
            }
            None => {
                let var = self.fresh();
                self.check_has_type(element, var)?;
                var
            }
        };
        self.results.borrow_mut().const_args.insert(expr, count);
        self.deferred_repeats.borrow_mut().push((element, element_ty, count));
        let ty = cx.kind(TyKind::Array(element_ty, count));
        self.require_wf(ty);
        Ok(ty)
    }

    pub fn require_copy_for_repeat(&self, element: ExprId, ty: Ty<'tcx>, count: solve::Const<'tcx>) -> Answer<()> {
        // Constants may be repeated, and what is repeated at most once.
        let is_const = match &self.hir[element].kind {
            ExprKind::ConstBlock(_) => true,
            ExprKind::Path(_) => matches!(
                self.results.borrow().paths.get(&element).and_then(|(res, _)| crate::results::res_def(*res)),
                Some((ty::DefKind::Const | ty::DefKind::AssocConst, _))
            ),
            _ => false,
        };
        let count = self.cx.export_const(self.resolved(count)).and_then(ty::Const::as_target_usize);
        if is_const || count.is_some_and(|count| count <= 1) {
            return Ok(());
        }
        self.require_trait(ty, LangItem::Copy)
    }

    fn check_tuple(&self, elements: &'a [ExprId], expected: Expectation<'tcx>) -> Answer<Ty<'tcx>> {
        let hints: &[Ty<'tcx>] = match expected.only_has_type(self) {
            Some(ty) => self.try_structurally(ty)?.as_tuple().unwrap_or_default(),
            None => &[],
        };
        let mut types = Vec::new();
        for (index, &element) in elements.iter().enumerate() {
            let ty = match hints.get(index) {
                Some(&hint) => {
                    let ty = self.check_with(element, Expectation::HasType(hint))?;
                    self.coerce_or_doubt(element, ty, hint, false)?;
                    hint
                }
                None => self.check_expr(element)?,
            };
            types.push(ty);
        }
        for &ty in &types {
            self.require_sized(ty)?;
        }
        Ok(self.cx.tuple(&types))
    }

    // ---- operators on values

    fn check_binary(&self, expr: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) -> Answer<Ty<'tcx>> {
        if matches!(op, BinOp::And | BinOp::Or) {
            let bool = self.cx.types().bool;
            self.check_coercible(lhs, bool)?;
            let lhs_diverges = self.diverges.get();
            self.check_coercible(rhs, bool)?;
            // Whether the right side runs is not known.
            self.diverges.set(lhs_diverges);
            return Ok(bool);
        }
        self.check_binop(expr, op, lhs, rhs)
    }
}

pub(crate) fn mutability_ty(mutability: syntax::ast::Mutability) -> Mutability {
    match mutability {
        syntax::ast::Mutability::Not => Mutability::Not,
        syntax::ast::Mutability::Mut => Mutability::Mut,
    }
}

trait Pointee<'tcx>: Copy {
    fn builtin_pointee(self) -> Option<Ty<'tcx>>;
}
impl<'tcx> Pointee<'tcx> for Ty<'tcx> {
    fn builtin_pointee(self) -> Option<Ty<'tcx>> {
        match *self.kind_ref() {
            TyKind::Ref(_, ty, _) | TyKind::RawPtr(ty, _) => Some(ty),
            _ => None,
        }
    }
}
