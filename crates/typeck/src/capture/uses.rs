//! How a closure's body uses the variables around it (rustc's `expr_use_visitor`).
//!
//! Only places that begin at such a variable are told. An expression that denotes none is walked for its parts.

use super::place::{By, Capture, Place, Projection, ProjectionKind};
use crate::adjust::{Adjust, Adjustment};
use crate::doubt::{Answer, Doubt};
use crate::fields::field_named;
use crate::pat::adjusted;
use crate::results::res_def;
use crate::state::FnCx;
use crate::types::{Look as _, Make as _};
use hir::body::{ArmId, BlockId, ExprId, LocalId, PatId};
use hir::expr::{AsmOperand, Closure, ExprField, ExprKind, StmtKind, StructTail};
use hir::pat::{PatExprKind, PatKind};
use hir::path::Res;
use rustc_hash::FxHashSet;
use solve::Ty;
use syntax::ast::UnOp;
use thir::FakeReadCause;
use ty::{DefId, DefKind, FIRST_VARIANT, FieldIdx, LangItem, Mutability, VariantIdx};

/// What is found in a closure's body.
#[derive(Default)]
pub(crate) struct Uses<'tcx> {
    pub captures: Vec<(Place<'tcx>, Capture)>,
    pub fake_reads: Vec<FakeRead<'tcx>>,
}

/// A place that a pattern looks at, for the borrow checker alone.
#[derive(Clone, Debug)]
pub(crate) struct FakeRead<'tcx> {
    pub place: Place<'tcx>,
    pub cause: FakeReadCause,
    pub expr: ExprId,
}

/// Walks the body of a closure.
pub(crate) struct Walker<'f, 'a, 'tcx> {
    fcx: &'f FnCx<'a, 'tcx>,
    closure: DefId,
    /// The variables around the closure that it mentions.
    upvars: FxHashSet<LocalId>,
    pub uses: Uses<'tcx>,
}

/// A place, if an expression denotes one that begins at a variable around the closure.
type Found<'tcx> = Option<Place<'tcx>>;

impl<'f, 'a, 'tcx> Walker<'f, 'a, 'tcx> {
    pub fn new(fcx: &'f FnCx<'a, 'tcx>, closure: DefId) -> Self {
        let upvars = fcx.upvars.get(&closure).into_iter().flatten().map(|&(local, _)| local).collect();
        Walker { fcx, closure, upvars, uses: Uses::default() }
    }

    // ---- what is told

    fn is_copy(&self, ty: Ty<'tcx>) -> Answer<bool> {
        let copy = self.fcx.lang(LangItem::Copy)?;
        self.fcx.infer.holds(self.fcx.goal(self.fcx.cx.trait_ref(copy, &[ty.into()])))
    }

    /// The value is used: copied or moved.
    fn consume_place(&mut self, place: &Found<'tcx>, expr: ExprId) -> Answer<()> {
        let Some(found) = place else { return Ok(()) };
        if self.is_copy(found.ty())? {
            self.borrow_place(place, expr, By::Shared);
        } else {
            let capture = Capture { by: By::Value, by_expr: Some(expr), path_expr: Some(expr) };
            self.uses.captures.push((found.clone(), capture));
        }
        Ok(())
    }

    fn borrow_place(&mut self, place: &Found<'tcx>, expr: ExprId, mut by: By) {
        let Some(place) = place else { return };
        let is_behind_raw = place.deref_tys().any(|ty| ty.as_raw().is_some());
        let mut place = place.clone();
        place.restrict_packed(&mut by);
        if is_behind_raw {
            by = By::Shared;
        }
        self.uses.captures.push((place, Capture { by, by_expr: Some(expr), path_expr: Some(expr) }));
    }

    fn fake_read(&mut self, place: &Found<'tcx>, is_refutable: bool, expr: ExprId) {
        let Some(place) = place else { return };
        let cause = match is_refutable {
            true => FakeReadCause::ForMatchedPlace(Some(self.closure)),
            false => FakeReadCause::ForLet(Some(self.closure)),
        };
        self.push_fake_read(place.clone(), cause, expr);
    }

    fn push_fake_read(&mut self, mut place: Place<'tcx>, cause: FakeReadCause, expr: ExprId) {
        let mut by = By::Shared;
        place.restrict_precision(&mut by);
        place.restrict_packed(&mut by);
        self.uses.fake_reads.push(FakeRead { place, cause, expr });
    }

    // ---- expressions

    /// An expression whose value is used.
    pub fn consume(&mut self, expr: ExprId) -> Answer<()> {
        let place = self.place(expr)?;
        self.consume_place(&place, expr)?;
        self.walk(expr)
    }
    fn consume_all(&mut self, exprs: &[ExprId]) -> Answer<()> {
        exprs.iter().try_for_each(|&expr| self.consume(expr))
    }
    fn borrow(&mut self, expr: ExprId, by: By) -> Answer<()> {
        let place = self.place(expr)?;
        self.borrow_place(&place, expr, by);
        self.walk(expr)
    }

    fn walk(&mut self, expr: ExprId) -> Answer<()> {
        ty::ensure_stack();
        self.walk_adjustments(expr)?;
        let fcx = self.fcx;
        let hir = fcx.hir;
        match &hir[expr].kind {
            ExprKind::Path(_)
            | ExprKind::Continue(_)
            | ExprKind::Lit(_)
            | ExprKind::ConstBlock(_)
            | ExprKind::OffsetOf(..) => Ok(()),
            ExprKind::Type(inner, _)
            | ExprKind::UnsafeBinderCast(_, inner, _)
            | ExprKind::Unary(UnOp::Deref, inner)
            | ExprKind::Field(inner, _) => self.walk(*inner),
            ExprKind::Index(base, index, _) => {
                // To rustc, all indexing is a call while it looks for captures: what is indexed is borrowed before the index is
                // looked at.
                if !fcx.results.borrow().methods.contains_key(&expr) {
                    let place = self.place(*base)?;
                    self.borrow_place(&place, *base, By::Shared);
                }
                self.walk(*base)?;
                self.consume(*index)
            }
            ExprKind::Call(callee, args) => {
                self.consume(*callee)?;
                self.consume_all(args)
            }
            ExprKind::MethodCall(_, receiver, args, _) => {
                self.consume(*receiver)?;
                self.consume_all(args)
            }
            ExprKind::Struct(_, fields, tail) => self.walk_struct(fields, *tail),
            ExprKind::Tup(all) | ExprKind::Array(all) => self.consume_all(all),
            ExprKind::If(condition, then, otherwise) => {
                self.consume(*condition)?;
                self.consume(*then)?;
                self.consume_all(otherwise.as_slice())
            }
            ExprKind::Let(condition) => {
                self.walk_local(condition.init, condition.pat, None, |walker| walker.borrow(condition.init, By::Shared))
            }
            ExprKind::Match(scrutinee, arms, _) => {
                let place = self.place(*scrutinee)?;
                self.fake_read(&place, true, *scrutinee);
                self.walk(*scrutinee)?;
                arms.iter().try_for_each(|&arm| self.walk_arm(&place, *scrutinee, arm))
            }
            ExprKind::AddrOf(_, mutability, inner) => {
                self.borrow(*inner, By::borrow(crate::expr::mutability_ty(*mutability)))
            }
            ExprKind::InlineAsm(asm) => asm.operands.iter().try_for_each(|operand| self.walk_operand(operand)),
            ExprKind::Loop(block, ..) | ExprKind::Block(block, _) => self.walk_block(*block),
            ExprKind::Unary(_, inner)
            | ExprKind::Cast(inner, _)
            | ExprKind::DropTemps(inner)
            | ExprKind::Repeat(inner, _)
            | ExprKind::Become(inner)
            | ExprKind::Yield(inner, _) => self.consume(*inner),
            ExprKind::Binary(_, _, lhs, rhs) => {
                self.consume(*lhs)?;
                self.consume(*rhs)
            }
            ExprKind::Break(_, value) | ExprKind::Ret(value) => self.consume_all(value.as_slice()),
            ExprKind::Assign(lhs, rhs, _) => {
                self.borrow(*lhs, By::Mut)?;
                self.consume(*rhs)
            }
            ExprKind::AssignOp(_, _, lhs, rhs) => {
                let is_method = fcx.results.borrow().methods.contains_key(&expr);
                match is_method {
                    true => self.consume(*lhs)?,
                    false => self.borrow(*lhs, By::Mut)?,
                }
                self.consume(*rhs)
            }
            ExprKind::Closure(closure) => self.walk_closure(expr, closure),
            ExprKind::Use(..) => Err(Doubt::new("`.use`", "")),
        }
    }

    fn walk_adjustments(&mut self, expr: ExprId) -> Answer<()> {
        let adjustments = self.fcx.results.borrow().adjustments.get(&expr).cloned().unwrap_or_default();
        if adjustments.is_empty() {
            return Ok(());
        }
        let mut place = self.unadjusted_place(expr)?;
        for adjustment in adjustments {
            match adjustment.kind {
                Adjust::NeverToAny | Adjust::Pointer(_) => self.consume_place(&place, expr)?,
                Adjust::Deref => {}
                Adjust::OverloadedDeref(mutability, _) | Adjust::BorrowRaw(mutability) => {
                    self.borrow_place(&place, expr, By::borrow(mutability));
                }
                Adjust::Borrow(auto) => self.borrow_place(&place, expr, By::borrow(auto.mutability())),
            }
            place = self.adjusted_place(place, &adjustment)?;
        }
        Ok(())
    }

    fn walk_operand(&mut self, operand: &AsmOperand) -> Answer<()> {
        match operand {
            AsmOperand::In { expr, .. } => self.consume(*expr),
            AsmOperand::Out { expr: Some(expr), .. } | AsmOperand::InOut { expr, .. } => self.borrow(*expr, By::Mut),
            AsmOperand::SplitInOut { in_expr, out_expr, .. } => {
                self.consume(*in_expr)?;
                out_expr.iter().try_for_each(|&expr| self.borrow(expr, By::Mut))
            }
            AsmOperand::Label(block) => self.walk_block(*block),
            AsmOperand::Out { expr: None, .. }
            | AsmOperand::Const(_)
            | AsmOperand::SymFn(_)
            | AsmOperand::SymStatic(..) => Ok(()),
        }
    }

    fn walk_block(&mut self, block: BlockId) -> Answer<()> {
        let hir = self.fcx.hir;
        for &stmt in &hir[block].stmts {
            match &hir[stmt].kind {
                StmtKind::Let(local) => {
                    if let Some(init) = local.init {
                        self.walk_local(init, local.pat, local.els, |_| Ok(()))?;
                    }
                }
                StmtKind::Item(_) => {}
                StmtKind::Expr(expr) | StmtKind::Semi(expr) => self.consume(*expr)?,
            }
        }
        self.consume_all(hir[block].expr.as_slice())
    }

    fn walk_local(
        &mut self,
        init: ExprId,
        pat: PatId,
        els: Option<BlockId>,
        before: impl FnOnce(&mut Self) -> Answer<()>,
    ) -> Answer<()> {
        self.walk(init)?;
        let place = self.place(init)?;
        before(self)?;
        self.fake_read(&place, els.is_some(), init);
        self.walk_pat(&place, init, pat, false)?;
        els.iter().try_for_each(|&els| self.walk_block(els))
    }

    fn walk_arm(&mut self, place: &Found<'tcx>, scrutinee: ExprId, arm: ArmId) -> Answer<()> {
        let arm = &self.fcx.hir[arm];
        self.walk_pat(place, scrutinee, arm.pat, arm.guard.is_some())?;
        self.consume_all(arm.guard.as_slice())?;
        self.consume(arm.body)
    }

    fn walk_struct(&mut self, fields: &[ExprField], tail: StructTail) -> Answer<()> {
        for field in fields {
            self.consume(field.expr)?;
        }
        let StructTail::Base(base) = tail else { return Ok(()) };
        if let Some(place) = self.place(base)? {
            let ty = self.fcx.structurally(place.ty())?;
            let Some((adt, args)) = ty.as_adt() else { return Err(Doubt::new("a struct that is none", "")) };
            let Some(variant) = adt.variants.iter().next() else {
                return Err(Doubt::new("a struct that is none", ""));
            };
            let mentioned: Vec<_> =
                fields.iter().filter_map(|field| field_named(variant, field.ident.name.as_str())).collect();
            // Only fields that are not given are taken from the base.
            for (index, field) in variant.fields.iter_enumerated() {
                if !mentioned.contains(&index) {
                    let ty = self.fcx.normalize(self.fcx.cx.ty_of(field.did, args))?;
                    let place = self.field(Some(place.clone()), index, FIRST_VARIANT, ty);
                    self.consume_place(&place, base)?;
                }
            }
        }
        self.walk(base)
    }

    /// A closure in the closure uses what it captures, as far as that is not the outer one's own.
    fn walk_closure(&mut self, expr: ExprId, closure: &Closure) -> Answer<()> {
        let (fake_reads, captures) = {
            let results = self.fcx.results.borrow();
            let fake_reads = results.fake_reads.get(&closure.def_id).cloned().unwrap_or_default();
            (fake_reads, results.captures.get(&closure.def_id).cloned().unwrap_or_default())
        };
        for read in fake_reads {
            if self.upvars.contains(&read.place.var) {
                self.push_fake_read(read.place, read.cause, read.expr);
            }
        }
        for captured in captures {
            if !self.upvars.contains(&captured.place.var) {
                continue;
            }
            let info = captured.info;
            let cause = info.path_expr.or(info.by_expr).unwrap_or(expr);
            let place = Some(captured.place);
            match info.by {
                By::Value => self.consume_place(&place, cause)?,
                by => self.borrow_place(&place, cause, by),
            }
        }
        Ok(())
    }

    // ---- places

    fn place(&self, expr: ExprId) -> Answer<Found<'tcx>> {
        let adjustments = self.fcx.results.borrow().adjustments.get(&expr).cloned().unwrap_or_default();
        // Only dereferences by the language lead on from the place itself.
        if !adjustments.iter().all(|adjustment| adjustment.kind == Adjust::Deref) {
            return Ok(None);
        }
        let mut place = self.unadjusted_place(expr)?;
        for adjustment in &adjustments {
            place = self.adjusted_place(place, adjustment)?;
        }
        Ok(place)
    }

    fn adjusted_place(&self, place: Found<'tcx>, adjustment: &Adjustment<'tcx>) -> Answer<Found<'tcx>> {
        match adjustment.kind {
            Adjust::Deref => self.deref(place),
            _ => Ok(None),
        }
    }

    fn unadjusted_place(&self, expr: ExprId) -> Answer<Found<'tcx>> {
        let fcx = self.fcx;
        let is_method = || fcx.results.borrow().methods.contains_key(&expr);
        match &fcx.hir[expr].kind {
            ExprKind::Unary(UnOp::Deref, base) if !is_method() => {
                let base = self.place(*base)?;
                self.deref(base)
            }
            ExprKind::Field(base, _) => {
                let base = self.place(*base)?;
                if base.is_none() {
                    return Ok(None);
                }
                let index = fcx.results.borrow().fields.get(&expr).copied();
                let Some(index) = index else { return Err(Doubt::new("a field that is not there", "")) };
                Ok(self.field(base, index, FIRST_VARIANT, self.expr_ty(expr)?))
            }
            ExprKind::Index(base, ..) if !is_method() => {
                let base = self.place(*base)?;
                let Some(base) = base else { return Ok(None) };
                Ok(Some(project(base, ProjectionKind::Index, self.expr_ty(expr)?)))
            }
            ExprKind::Path(_) => {
                let found = fcx.results.borrow().paths.get(&expr).map(|&(res, _)| res);
                match found {
                    Some(Res::Local(var)) if self.upvars.contains(&var) => {
                        let var_ty = fcx.structurally(fcx.local_ty(var)?)?;
                        Ok(Some(Place { var, var_ty, projections: Vec::new() }))
                    }
                    _ => Ok(None),
                }
            }
            ExprKind::Type(inner, _) => self.place(*inner),
            ExprKind::UnsafeBinderCast(..) => Err(Doubt::new("an unsafe binder", "")),
            _ => Ok(None),
        }
    }

    fn expr_ty(&self, expr: ExprId) -> Answer<Ty<'tcx>> {
        let ty = self.fcx.results.borrow().exprs.get(&expr).copied();
        match ty {
            Some(ty) => self.fcx.structurally(ty),
            None => Err(Doubt::new("an expression without a type", "")),
        }
    }

    fn deref(&self, place: Found<'tcx>) -> Answer<Found<'tcx>> {
        let Some(place) = place else { return Ok(None) };
        let ty = self.fcx.structurally(place.ty())?;
        let Some(target) = ty.builtin_deref(true) else {
            return Err(Doubt::new("a type that is not dereferenced", ""));
        };
        let target = self.fcx.structurally(target)?;
        Ok(Some(project(place, ProjectionKind::Deref, target)))
    }

    fn field(&self, place: Found<'tcx>, index: FieldIdx, variant: VariantIdx, ty: Ty<'tcx>) -> Found<'tcx> {
        place.map(|place| project(place, ProjectionKind::Field(index, variant), ty))
    }

    // ---- patterns

    /// What matching a place with a pattern does to it.
    fn walk_pat(&mut self, place: &Found<'tcx>, scrutinee: ExprId, pat: PatId, has_guard: bool) -> Answer<()> {
        match place {
            Some(place) => self.match_pat(place.clone(), scrutinee, pat, has_guard),
            None => Ok(()),
        }
    }

    fn match_pat(&mut self, place: Place<'tcx>, scrutinee: ExprId, pat: PatId, has_guard: bool) -> Answer<()> {
        ty::ensure_stack();
        let fcx = self.fcx;
        let peeled = fcx.results.borrow().pat_adjustments.get(&pat).map_or(0, Vec::len);
        let mut place = Some(place);
        for _ in 0..peeled {
            place = self.deref(place)?;
        }
        self.use_by_pat(&place, scrutinee, pat, has_guard)?;
        let Some(place) = place else { return Ok(()) };
        match &fcx.hir[pat].kind {
            PatKind::Tuple(all, rest) => {
                let ty = fcx.structurally(place.ty())?;
                let Some(types) = ty.as_tuple() else { return Err(Doubt::new("a tuple pattern", "")) };
                self.match_fields(&place, scrutinee, all, types.len(), *rest, FIRST_VARIANT, has_guard)
            }
            PatKind::TupleStruct(_, all, rest) => {
                let (variant, count) = self.variant_of(&place, pat)?;
                self.match_fields(&place, scrutinee, all, count, *rest, variant, has_guard)
            }
            PatKind::Struct(_, fields, _) => {
                let (variant, _) = self.variant_of(&place, pat)?;
                let ty = fcx.structurally(place.ty())?;
                let Some((adt, _)) = ty.as_adt() else { return Err(Doubt::new("a struct that is none", "")) };
                for field in fields {
                    let index = field_named(&adt.variants[variant], field.ident.name.as_str());
                    let Some(index) = index else { return Err(Doubt::new("a field that is not there", "")) };
                    let ty = self.pat_ty(field.pat)?;
                    let inner = project(place.clone(), ProjectionKind::Field(index, variant), ty);
                    self.match_pat(inner, scrutinee, field.pat, has_guard)?;
                }
                Ok(())
            }
            PatKind::Or(all) => {
                all.iter().try_for_each(|&inner| self.match_pat(place.clone(), scrutinee, inner, has_guard))
            }
            PatKind::Binding(_, _, _, Some(inner)) | PatKind::Guard(inner, _) => {
                self.match_pat(place, scrutinee, *inner, has_guard)
            }
            PatKind::Ref(inner, ..) => match self.deref(Some(place))? {
                Some(place) => self.match_pat(place, scrutinee, *inner, has_guard),
                None => Ok(()),
            },
            PatKind::Slice(before, rest, after) => {
                let ty = fcx.structurally(place.ty())?;
                let Some(element) = ty.builtin_index() else {
                    return Err(Doubt::new("a slice pattern of another type", ""));
                };
                let element = project(place.clone(), ProjectionKind::Index, fcx.structurally(element)?);
                for &inner in before {
                    self.match_pat(element.clone(), scrutinee, inner, has_guard)?;
                }
                if let Some(rest) = *rest {
                    let ty = self.pat_ty(rest)?;
                    self.match_pat(project(place, ProjectionKind::Subslice, ty), scrutinee, rest, has_guard)?;
                }
                after.iter().try_for_each(|&inner| self.match_pat(element.clone(), scrutinee, inner, has_guard))
            }
            PatKind::Box(_) | PatKind::Deref(_) => Err(Doubt::new("a box pattern", "")),
            PatKind::Binding(_, _, _, None)
            | PatKind::Expr(_)
            | PatKind::Range(..)
            | PatKind::Never
            | PatKind::Missing
            | PatKind::Wild => Ok(()),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what both kinds of tuple patterns have in common")]
    fn match_fields(
        &mut self,
        place: &Place<'tcx>,
        scrutinee: ExprId,
        all: &[PatId],
        count: usize,
        rest: Option<u32>,
        variant: VariantIdx,
        has_guard: bool,
    ) -> Answer<()> {
        for (index, &inner) in adjusted(all.len(), count, rest).zip(all) {
            let kind = ProjectionKind::Field(FieldIdx::from_u32(index as u32), variant);
            let ty = self.pat_ty(inner)?;
            self.match_pat(project(place.clone(), kind, ty), scrutinee, inner, has_guard)?;
        }
        Ok(())
    }

    /// What a pattern itself, without those in it, does to the place.
    fn use_by_pat(&mut self, place: &Found<'tcx>, scrutinee: ExprId, pat: PatId, has_guard: bool) -> Answer<()> {
        let fcx = self.fcx;
        let Some(at) = place else { return Ok(()) };
        let reads = match &fcx.hir[pat].kind {
            PatKind::Binding(..) => {
                let by_ref = fcx.results.borrow().by_ref.get(&pat).copied();
                let Some(by_ref) = by_ref else { return Err(Doubt::new("a binding without a mode", "")) };
                // While a guard runs, what bindings refer to must not change.
                if has_guard {
                    self.borrow_place(place, scrutinee, By::Shared);
                }
                match by_ref {
                    Some(mutability) => self.borrow_place(place, scrutinee, By::borrow(mutability)),
                    None => self.consume_place(place, scrutinee)?,
                }
                false
            }
            PatKind::Never | PatKind::Range(..) => true,
            PatKind::Expr(expr) => match &expr.kind {
                PatExprKind::Lit(..) => true,
                PatExprKind::Path(_) => {
                    let res = fcx.results.borrow().pat_paths.get(&pat).and_then(|&(res, _)| res_def(res));
                    matches!(res, Some((DefKind::Const | DefKind::AssocConst, _))) || self.has_variants(at.ty())?
                }
            },
            PatKind::Struct(..) | PatKind::TupleStruct(..) => self.has_variants(at.ty())?,
            PatKind::Slice(before, rest, after) => {
                let takes_all = before.is_empty() && rest.is_some() && after.is_empty();
                let mut ty = fcx.structurally(at.ty())?;
                while let Some((_, inner, _)) = ty.as_ref() {
                    ty = fcx.structurally(inner)?;
                }
                // The length of an array is known.
                !takes_all && ty.as_array().is_none()
            }
            _ => false,
        };
        if reads {
            self.borrow_place(place, scrutinee, By::Shared);
        }
        Ok(())
    }

    fn has_variants(&self, ty: Ty<'tcx>) -> Answer<bool> {
        let ty = self.fcx.structurally(ty)?;
        let Some((adt, _)) = ty.as_adt() else { return Ok(false) };
        Ok(adt.variants.len() > 1 || adt.is_enum() && self.fcx.members.is_non_exhaustive(adt.did))
    }

    /// The variant that a pattern names, and how many fields it has.
    fn variant_of(&self, place: &Place<'tcx>, pat: PatId) -> Answer<(VariantIdx, usize)> {
        let fcx = self.fcx;
        let ty = fcx.structurally(place.ty())?;
        let Some((adt, _)) = ty.as_adt() else { return Err(Doubt::new("a struct that is none", "")) };
        let (variant, ctor) = {
            let results = fcx.results.borrow();
            let ctor = results.pat_paths.get(&pat).and_then(|&(res, _)| res_def(res)).map(|(_, ctor)| ctor);
            (results.pat_variants.get(&pat).copied(), ctor)
        };
        let is_it = |known: &ty::VariantDef| {
            Some(known.def_id) == variant || known.ctor.is_some_and(|(_, known)| Some(known) == ctor)
        };
        match adt.variants.iter_enumerated().find(|(_, known)| is_it(known)) {
            Some((index, found)) => Ok((index, found.fields.len())),
            None => Err(Doubt::new("a variant that is not there", "")),
        }
    }

    /// The type that a pattern is matched with, before references in front of it are looked through.
    fn pat_ty(&self, pat: PatId) -> Answer<Ty<'tcx>> {
        let (outermost, ty, by_ref) = {
            let results = self.fcx.results.borrow();
            let outermost = results.pat_adjustments.get(&pat).and_then(|peeled| peeled.first()).copied();
            (outermost, results.pats.get(&pat).copied(), results.by_ref.get(&pat).copied().flatten())
        };
        let Some(ty) = outermost.or(ty) else { return Err(Doubt::new("a pattern without a type", "")) };
        let ty = self.fcx.structurally(ty)?;
        match (&self.fcx.hir[pat].kind, by_ref) {
            (PatKind::Binding(..), Some(_)) => match ty.as_ref() {
                Some((_, inner, _)) => self.fcx.structurally(inner),
                None => Err(Doubt::new("a binding by reference that is none", "")),
            },
            _ => Ok(ty),
        }
    }
}

fn project<'tcx>(mut place: Place<'tcx>, kind: ProjectionKind, ty: Ty<'tcx>) -> Place<'tcx> {
    place.projections.push(Projection { kind, ty });
    place
}

/// Whether a place can be written through what captures it.
pub(crate) fn mutability<'tcx>(fcx: &FnCx<'_, 'tcx>, place: &Place<'tcx>) -> Answer<Mutability> {
    let hir = fcx.hir;
    let mut mutability = match &hir[hir[place.var].pat].kind {
        PatKind::Binding(mode, ..) => crate::expr::mutability_ty(mode.mutability),
        _ => return Err(Doubt::new("a variable without a pattern", "")),
    };
    for pointer in place.deref_tys() {
        match fcx.structurally(pointer)?.as_ref() {
            Some((_, _, Mutability::Not)) => return Ok(Mutability::Not),
            Some((_, _, Mutability::Mut)) => mutability = Mutability::Mut,
            // A box.
            None => {}
        }
    }
    Ok(mutability)
}
