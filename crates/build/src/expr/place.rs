//! Expressions as places.

use crate::builder::{Builder, ForGuard};
use crate::place::{PlaceBase, PlaceBuilder};
use crate::scope::LintLevel;
use crate::{Doubt, Result, StatementKind, UserTypeProjection};
use mir::{
    AssertKind, BasicBlock, BinOp, BorrowKind, Const, Local, Operand, Place, ProjectionElem, RawPtrKind, Rvalue,
    SourceInfo, UnOp,
};
use thir::{ExprId, ExprKind, FakeReadCause, UserTy, Variance};
use ty::{Mutability, Span, TyKind};

impl<'tcx> Builder<'_, 'tcx> {
    pub fn as_place(&mut self, block: &mut BasicBlock, id: ExprId) -> Result<Place<'tcx>> {
        let span = self.thir[id].span;
        self.as_place_builder(block, id)?.to_place(self, span)
    }

    pub fn as_place_builder(&mut self, block: &mut BasicBlock, id: ExprId) -> Result<PlaceBuilder<'tcx>> {
        self.expr_as_place(block, id, Mutability::Mut, None)
    }

    /// A place that is only read: a temporary for it is immutable.
    pub fn as_read_only_place(&mut self, block: &mut BasicBlock, id: ExprId) -> Result<Place<'tcx>> {
        let span = self.thir[id].span;
        self.expr_as_place(block, id, Mutability::Not, None)?.to_place(self, span)
    }

    fn expr_as_place(
        &mut self,
        block: &mut BasicBlock,
        id: ExprId,
        mutability: Mutability,
        fake_borrows: Option<&mut Vec<Local>>,
    ) -> Result<PlaceBuilder<'tcx>> {
        ty::ensure_stack();
        let expr = &self.thir[id];
        let source_info = self.source_info(expr.span);
        Ok(match expr.kind {
            ExprKind::Scope { region_scope, hir_id, value } => {
                let scope = (region_scope, source_info);
                self.in_scope(scope, LintLevel::Explicit(hir_id), block, |this, block| {
                    this.expr_as_place(block, value, mutability, fake_borrows)
                })?
            }
            ExprKind::Field { lhs, variant_index, name } => {
                let mut place = self.expr_as_place(block, lhs, mutability, fake_borrows)?;
                if let TyKind::Adt(adt, _) = *self.thir[lhs].ty.kind()
                    && self.tcx.adt_def(adt).is_enum()
                {
                    place = place.downcast(self, adt, variant_index);
                }
                place.field(name, expr.ty)
            }
            ExprKind::Deref { arg } => self.expr_as_place(block, arg, mutability, fake_borrows)?.deref(),
            ExprKind::Index { lhs, index } => {
                self.index(block, lhs, index, mutability, fake_borrows, expr.span, source_info)?
            }
            ExprKind::UpvarRef { var_hir_id, .. } => {
                PlaceBuilder { base: PlaceBase::Upvar(var_hir_id), projection: Vec::new() }
            }
            ExprKind::VarRef { id } => match self.is_bound_in_guard(id) {
                true => PlaceBuilder::from(self.var_local(id, ForGuard::RefWithinGuard, expr.span)?).deref(),
                false => PlaceBuilder::from(self.var_local(id, ForGuard::OutsideGuard, expr.span)?),
            },
            ExprKind::PlaceTypeAscription { source, user_ty, user_ty_span } => {
                let place = self.expr_as_place(block, source, mutability, fake_borrows)?;
                if user_ty.is_some() {
                    let ascribed = place.to_place(self, expr.span)?;
                    self.ascribe(*block, user_ty_span, ascribed, user_ty);
                }
                place
            }
            ExprKind::ValueTypeAscription { source, user_ty, user_ty_span } => {
                let lifetime = self.temporary_scope(self.thir[source].temp_scope_id, expr.span)?;
                let temp = self.as_temp(block, lifetime, source, mutability)?;
                self.ascribe(*block, user_ty_span, Place::from_local(temp), user_ty);
                PlaceBuilder::from(temp)
            }
            ExprKind::PlaceUnwrapUnsafeBinder { source } => {
                let place = self.expr_as_place(block, source, mutability, fake_borrows)?;
                place.project(ProjectionElem::UnwrapUnsafeBinder(expr.ty))
            }
            ExprKind::ValueUnwrapUnsafeBinder { source } => {
                let lifetime = self.temporary_scope(self.thir[source].temp_scope_id, expr.span)?;
                let temp = self.as_temp(block, lifetime, source, mutability)?;
                PlaceBuilder::from(temp).project(ProjectionElem::UnwrapUnsafeBinder(expr.ty))
            }
            _ => {
                let lifetime = self.temporary_scope(expr.temp_scope_id, expr.span)?;
                PlaceBuilder::from(self.as_temp(block, lifetime, id, mutability)?)
            }
        })
    }

    fn ascribe(&mut self, block: BasicBlock, span: Span, place: Place<'tcx>, user_ty: UserTy) {
        if let Some(user_ty) = user_ty {
            let base = self.push_user_type(user_ty);
            let projection = UserTypeProjection { base, projections: Vec::new() };
            let info = self.source_info(span);
            self.push(block, info, StatementKind::AscribeUserType(place, projection, Variance::Invariant));
        }
    }

    #[allow(clippy::too_many_arguments, reason = "an index expression has that many parts")]
    fn index(
        &mut self,
        block: &mut BasicBlock,
        base: ExprId,
        index: ExprId,
        mutability: Mutability,
        fake_borrows: Option<&mut Vec<Local>>,
        span: Span,
        source_info: SourceInfo,
    ) -> Result<PlaceBuilder<'tcx>> {
        let mut own = Vec::new();
        let is_outermost = fake_borrows.is_none();
        let fake_borrows = fake_borrows.unwrap_or(&mut own);
        let base_place = self.expr_as_place(block, base, mutability, Some(fake_borrows))?;
        let lifetime = self.temporary_scope(self.thir[index].temp_scope_id, span)?;
        let index = self.as_temp(block, lifetime, index, Mutability::Not)?;
        let slice = base_place.to_place(self, span)?;
        self.bounds_check(block, slice, index, span, source_info)?;
        if is_outermost {
            for &temp in fake_borrows.iter() {
                self.push_fake_read(*block, source_info, FakeReadCause::ForIndex, Place::from_local(temp));
            }
        } else {
            self.fake_borrows_of_base(slice, *block, fake_borrows, span, source_info)?;
        }
        Ok(base_place.project(ProjectionElem::Index(index)))
    }

    fn bounds_check(
        &mut self,
        block: &mut BasicBlock,
        slice: Place<'tcx>,
        index: Local,
        span: Span,
        source_info: SourceInfo,
    ) -> Result<()> {
        let len = self.len_of(*block, slice, span, source_info)?;
        let index = Operand::Copy(Place::from_local(index));
        let is_inside = self.temp(self.tcx.types().bool, span);
        let compare = Rvalue::BinaryOp(BinOp::Lt, Box::new((index.clone(), Self::to_copy(&len))));
        self.push_assign(*block, source_info, is_inside, compare);
        self.assert(block, Operand::Move(is_inside), true, AssertKind::BoundsCheck { len, index }, span)
    }

    /// The length of a slice or array.
    pub fn len_of(
        &mut self,
        block: BasicBlock,
        place: Place<'tcx>,
        span: Span,
        source_info: SourceInfo,
    ) -> Result<Operand<'tcx>> {
        let place_ty = self.ty_of(place);
        let usize = self.tcx.types().usize;
        match *place_ty.kind() {
            TyKind::Array(_, len) => {
                self.push_fake_read(block, source_info, FakeReadCause::ForIndex, place);
                Ok(Self::constant(span, Const::Ty(usize, len)))
            }
            TyKind::Slice(_) => {
                let local_ty = self.local_decls[place.local].ty;
                let is_pointer = match *local_ty.kind() {
                    TyKind::Ref(_, _, mutability) => !mutability.is_mut(),
                    TyKind::RawPtr(..) => true,
                    _ => false,
                };
                let pointer = if *place.projection == [ProjectionElem::Deref] && is_pointer {
                    Operand::Copy(Place::from_local(place.local))
                } else {
                    let pointer = self.temp(self.tcx.mk_ptr(place_ty, Mutability::Not), span);
                    let address = Rvalue::RawPtr(RawPtrKind::FakeForPtrMetadata, place);
                    self.push_assign(block, source_info, pointer, address);
                    Operand::Move(pointer)
                };
                let len = self.temp(usize, span);
                self.push_assign(block, source_info, len, Rvalue::UnaryOp(UnOp::PtrMetadata, pointer));
                Ok(Operand::Move(len))
            }
            _ => Err(Doubt::with("length of another type", span, self.tcx.ty_str(place_ty))),
        }
    }

    /// Borrows what an index's base goes through, so that the borrow checker sees if a later index changes it.
    fn fake_borrows_of_base(
        &mut self,
        base: Place<'tcx>,
        block: BasicBlock,
        fake_borrows: &mut Vec<Local>,
        span: Span,
        source_info: SourceInfo,
    ) -> Result<()> {
        if !matches!(self.ty_of(base).kind(), TyKind::Slice(_)) {
            return Ok(());
        }
        for (at, elem) in base.projection.iter().enumerate().rev() {
            let prefix = Place { local: base.local, projection: &base.projection[..at] };
            match elem {
                ProjectionElem::Deref => {
                    let ty = self.tcx.mk_ref(self.ty_of(prefix), Mutability::Not);
                    let temp = self.new_local(ty, span, Mutability::Mut);
                    let borrow = Rvalue::Ref(BorrowKind::Fake, prefix);
                    self.push_assign(block, source_info, Place::from_local(temp), borrow);
                    fake_borrows.push(temp);
                }
                ProjectionElem::Index(_) => match self.ty_of(prefix).kind() {
                    TyKind::Slice(_) => break,
                    TyKind::Array(..) => {}
                    _ => return Err(Doubt::at("index of another type", span)),
                },
                _ => {}
            }
        }
        Ok(())
    }
}
