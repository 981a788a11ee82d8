//! Places: what MIR's projections select.

use crate::fault::{EvalResult, fault};
use crate::layouts::Layout;
use crate::machine::{LocalValue, Machine};
use crate::memory::Pointer;
use crate::value::{Imm, ImmTy, MemPlace, OpTy, PlaceTy, Shape};
use layout::FieldsShape;
use mir::{Local, Place, ProjectionElem};
use ty::{FieldIdx, GlobalAlloc, Scalar, Ty, TyKind, VariantIdx};

impl<'tcx> Machine<'_, 'tcx> {
    // ---- evaluating MIR places

    pub(crate) fn local_layout(&mut self, frame: usize, local: Local) -> EvalResult<Layout<'tcx>> {
        let cx = self.cx;
        let frame = &mut self.stack[frame];
        if let Some(layout) = frame.locals[local].layout {
            return Ok(layout);
        }
        let layout = cx.layout_of_generic(frame.body.local_decls[local].ty, frame.args)?;
        frame.locals[local].layout = Some(layout);
        Ok(layout)
    }

    pub(crate) fn local_to_op(&mut self, frame: usize, local: Local) -> EvalResult<OpTy<'tcx>> {
        let layout = self.local_layout(frame, local)?;
        Ok(match self.stack[frame].locals[local].value {
            LocalValue::Live(imm) => OpTy::Imm(ImmTy { imm, layout }),
            LocalValue::Mem(place) => OpTy::Mem(place),
            LocalValue::Dead => fault!("accessing a dead local variable"),
        })
    }

    pub(crate) fn eval_place(&mut self, place: Place<'tcx>) -> EvalResult<PlaceTy<'tcx>> {
        let frame = self.stack.len() - 1;
        let layout = self.local_layout(frame, place.local)?;
        let base = PlaceTy::Local { frame, local: place.local, layout };
        let Some((first, rest)) = place.projection.split_first() else { return Ok(base) };
        let mut mem = match first {
            ProjectionElem::Deref => {
                let pointer = self.local_to_op(frame, place.local)?;
                self.deref(&pointer)?
            }
            _ => {
                let mem = self.force_allocation(&base)?;
                self.project(&mem, *first)?
            }
        };
        for &elem in rest {
            mem = self.project(&mem, elem)?;
        }
        Ok(mem.into())
    }

    pub(crate) fn eval_place_to_op(&mut self, place: Place<'tcx>) -> EvalResult<OpTy<'tcx>> {
        let mut op = self.local_to_op(self.stack.len() - 1, place.local)?;
        for &elem in place.projection {
            op = self.project_op(&op, elem)?;
        }
        Ok(op)
    }

    /// What the layout of a place is, without accessing memory.
    pub(crate) fn place_to_op(&mut self, place: &PlaceTy<'tcx>) -> EvalResult<OpTy<'tcx>> {
        match *place {
            PlaceTy::Mem(place) => Ok(place.into()),
            PlaceTy::Local { frame, local, .. } => self.local_to_op(frame, local),
        }
    }

    // ---- projections

    fn project(&mut self, base: &MemPlace<'tcx>, elem: ProjectionElem<'tcx>) -> EvalResult<MemPlace<'tcx>> {
        match elem {
            ProjectionElem::Deref => self.deref(&OpTy::Mem(*base)),
            ProjectionElem::Field(field, _) => self.project_field(base, field),
            ProjectionElem::Downcast(_, variant) => Ok(self.project_variant(base, variant)),
            ProjectionElem::Index(local) => {
                let index = self.local_to_op(self.stack.len() - 1, local)?;
                let index = self.read_usize(&index)?;
                self.project_index(base, index)
            }
            ProjectionElem::ConstantIndex { offset, min_length, from_end } => {
                let len = self.len_of(base)?;
                if len < min_length {
                    fault!("indexing out of bounds: the len is {len} but the index is {min_length}");
                }
                self.project_index(base, if from_end { len - offset } else { offset })
            }
            ProjectionElem::Subslice { from, to, from_end } => {
                let len = self.len_of(base)?;
                let end = if from_end {
                    if from.checked_add(to).is_none_or(|least| least > len) {
                        fault!("indexing out of bounds: the len is {len} but the index is {}", from.saturating_add(to));
                    }
                    len - to
                } else {
                    to
                };
                self.project_subslice(base, from, end)
            }
            ProjectionElem::OpaqueCast(ty) | ProjectionElem::UnwrapUnsafeBinder(ty) => {
                let layout = self.mono_layout(ty)?;
                Ok(MemPlace { layout, ..*base })
            }
        }
    }

    pub(crate) fn project_op(&mut self, base: &OpTy<'tcx>, elem: ProjectionElem<'tcx>) -> EvalResult<OpTy<'tcx>> {
        let imm = match base {
            OpTy::Mem(place) => return Ok(self.project(place, elem)?.into()),
            OpTy::Imm(imm) => imm,
        };
        match elem {
            ProjectionElem::Deref => Ok(self.deref(base)?.into()),
            ProjectionElem::Field(field, _) => self.op_field(base, field),
            ProjectionElem::Downcast(_, variant) => {
                let layout = self.cx.for_variant(imm.layout, variant);
                match self.part_of_imm(imm, 0, layout) {
                    Some(imm) => Ok(imm.into()),
                    None => self.project_spilled(base, elem),
                }
            }
            ProjectionElem::OpaqueCast(ty) | ProjectionElem::UnwrapUnsafeBinder(ty) => {
                let layout = self.mono_layout(ty)?;
                Ok(ImmTy { imm: imm.imm, layout }.into())
            }
            _ => self.project_spilled(base, elem),
        }
    }

    fn project_spilled(&mut self, base: &OpTy<'tcx>, elem: ProjectionElem<'tcx>) -> EvalResult<OpTy<'tcx>> {
        let place = self.spill(base)?;
        Ok(self.project(&place, elem)?.into())
    }

    /// A field of an operand; stays an immediate where it can.
    pub(crate) fn op_field(&mut self, base: &OpTy<'tcx>, field: FieldIdx) -> EvalResult<OpTy<'tcx>> {
        match base {
            OpTy::Mem(place) => Ok(self.project_field(place, field)?.into()),
            OpTy::Imm(imm) => {
                let layout = self.cx.field(imm.layout, field);
                let offset = imm.layout.fields.offset(field.index()).bytes();
                match self.part_of_imm(imm, offset, layout) {
                    Some(imm) => Ok(imm.into()),
                    None => {
                        let place = self.spill(base)?;
                        Ok(self.project_field(&place, field)?.into())
                    }
                }
            }
        }
    }

    /// The part at an offset of an immediate, if it is all of it or one half of a pair.
    fn part_of_imm(&self, base: &ImmTy<'tcx>, offset: u64, layout: Layout<'tcx>) -> Option<ImmTy<'tcx>> {
        let part = self.cx.shape(layout);
        let size = |primitive| self.cx.primitive_size(primitive);
        let imm = match (base.imm, part) {
            (_, Shape::ZeroSized) | (Imm::Uninit, _) => Imm::Uninit,
            (Imm::Scalar(scalar), Shape::Scalar(primitive)) => {
                let whole = offset == 0 && scalar_size(scalar) == size(primitive);
                (whole && may_hold(scalar, primitive)).then_some(Imm::Scalar(scalar))?
            }
            (Imm::Pair(first, second), Shape::Scalar(primitive)) => {
                let Shape::Pair(_, _, second_offset) = self.cx.shape(base.layout) else { return None };
                let scalar = if offset == 0 {
                    first
                } else if offset == second_offset.bytes() {
                    second
                } else {
                    return None;
                };
                let whole = scalar_size(scalar) == size(primitive);
                (whole && may_hold(scalar, primitive)).then_some(Imm::Scalar(scalar))?
            }
            (Imm::Pair(first, second), Shape::Pair(a, b, part_offset)) => {
                let Shape::Pair(_, _, second_offset) = self.cx.shape(base.layout) else { return None };
                let same = offset == 0 && part_offset == second_offset;
                let fits = same && scalar_size(first) == size(a) && scalar_size(second) == size(b);
                (fits && may_hold(first, a) && may_hold(second, b)).then_some(base.imm)?
            }
            _ => return None,
        };
        Some(ImmTy { imm, layout })
    }

    pub(crate) fn project_variant(&self, base: &MemPlace<'tcx>, variant: VariantIdx) -> MemPlace<'tcx> {
        MemPlace { layout: self.cx.for_variant(base.layout, variant), ..*base }
    }

    pub(crate) fn project_field(&self, base: &MemPlace<'tcx>, field: FieldIdx) -> EvalResult<MemPlace<'tcx>> {
        let layout = self.cx.field(base.layout, field);
        let mut offset = base.layout.fields.offset(field.index()).bytes();
        if layout.is_sized() {
            return Ok(MemPlace {
                ptr: base.ptr.wrapping_add(offset),
                meta: None,
                misaligned: base.misaligned,
                layout,
            });
        }
        let mut place = MemPlace { ptr: base.ptr, meta: base.meta, misaligned: base.misaligned, layout };
        if offset != 0 {
            match self.size_and_align_of(&place)? {
                Some((_, align)) => offset = offset.next_multiple_of(align),
                None => fault!("`extern type` does not have a known offset"),
            }
        }
        place.ptr = base.ptr.wrapping_add(offset);
        Ok(place)
    }

    /// The number of elements of an array or slice.
    pub(crate) fn len_of(&self, base: &MemPlace<'tcx>) -> EvalResult<u64> {
        if base.layout.is_sized() {
            match base.layout.fields {
                FieldsShape::Array { count, .. } => Ok(count),
                _ => ty::bug!("the length of {:?}", base.layout.ty),
            }
        } else {
            match base.meta {
                Some(meta) => Ok(self.to_int(meta)?.bits as u64),
                None => ty::bug!("a slice without a length"),
            }
        }
    }

    pub(crate) fn project_index(&self, base: &MemPlace<'tcx>, index: u64) -> EvalResult<MemPlace<'tcx>> {
        let len = self.len_of(base)?;
        if index >= len {
            fault!("indexing out of bounds: the len is {len} but the index is {index}");
        }
        let FieldsShape::Array { stride, .. } = base.layout.fields else {
            ty::bug!("an index into {:?}", base.layout.ty)
        };
        let layout = self.cx.field(base.layout, FieldIdx::from_u32(0));
        let ptr = base.ptr.wrapping_add(stride.bytes() * index);
        Ok(MemPlace { ptr, meta: None, misaligned: base.misaligned, layout })
    }

    fn project_subslice(&self, base: &MemPlace<'tcx>, from: u64, end: u64) -> EvalResult<MemPlace<'tcx>> {
        let len = self.len_of(base)?;
        if end > len || from > end {
            fault!("indexing out of bounds: the len is {len} but the index is {end}");
        }
        let FieldsShape::Array { stride, .. } = base.layout.fields else {
            ty::bug!("a subslice of {:?}", base.layout.ty)
        };
        let ptr = base.ptr.wrapping_add(stride.bytes() * from);
        let (layout, meta) = match *base.layout.ty.kind() {
            TyKind::Array(element, _) => (self.cx.layout_of(self.cx.tcx.mk_array(element, end - from))?, None),
            TyKind::Slice(_) => (base.layout, Some(self.usize_scalar(end - from))),
            _ => ty::bug!("a subslice of {:?}", base.layout.ty),
        };
        Ok(MemPlace { ptr, meta, misaligned: base.misaligned, layout })
    }

    // ---- pointers

    /// The place that a reference or raw pointer points to.
    pub(crate) fn deref(&mut self, pointer: &OpTy<'tcx>) -> EvalResult<MemPlace<'tcx>> {
        let imm = self.read_imm(pointer)?;
        let mut place = self.pointee(&imm)?;
        // What an unsized value's contents ask for beyond its type is not checked here.
        let align = place.layout.align.abi.bytes();
        place.misaligned = self.misalignment(place.ptr, align)?;
        Ok(place)
    }

    /// As [`Machine::deref`], without asking that anything be there.
    pub(crate) fn pointee(&self, pointer: &ImmTy<'tcx>) -> EvalResult<MemPlace<'tcx>> {
        let Some(pointee) = pointer.layout.ty.builtin_deref(self.cx.tcx) else {
            ty::bug!("a dereference of {:?}", pointer.layout.ty)
        };
        let layout = self.cx.layout_of(pointee)?;
        let (ptr, meta) = match pointer.imm {
            Imm::Scalar(ptr) => (ptr, None),
            Imm::Pair(ptr, meta) => (ptr, Some(meta)),
            Imm::Uninit => fault!("using uninitialized data, but this operation requires initialized memory"),
        };
        Ok(MemPlace { ptr: self.to_pointer(ptr)?, meta, misaligned: None, layout })
    }

    /// A pointer to a place, as an immediate of the layout of a pointer type.
    pub(crate) fn pointer_to(&self, place: &MemPlace<'tcx>, layout: Layout<'tcx>) -> ImmTy<'tcx> {
        let ptr = self.pointer_scalar(place.ptr);
        match place.meta {
            None => ImmTy::scalar(ptr, layout),
            Some(meta) => ImmTy::pair(ptr, meta, layout),
        }
    }

    /// The dynamic type of a trait object, from its metadata.
    pub(crate) fn vtable_type(&self, vtable: Scalar) -> EvalResult<Ty<'tcx>> {
        let ptr = self.to_pointer(vtable)?;
        match ptr.base.and_then(|base| self.cx.tcx.try_global_alloc(base)) {
            Some(GlobalAlloc::VTable(ty, _)) if ptr.offset == 0 => Ok(ty),
            _ => fault!("using {ptr} as vtable pointer but it does not point to a vtable"),
        }
    }

    /// Size and alignment of the value at a place, in bytes; `None` for foreign types.
    pub(crate) fn size_and_align_of(&self, place: &MemPlace<'tcx>) -> EvalResult<Option<(u64, u64)>> {
        self.dynamic_size(place.layout, place.meta)
    }

    fn dynamic_size(&self, layout: Layout<'tcx>, meta: Option<Scalar>) -> EvalResult<Option<(u64, u64)>> {
        if layout.is_sized() {
            return Ok(Some((layout.size.bytes(), layout.align.abi.bytes())));
        }
        let expect_meta = || match meta {
            Some(meta) => meta,
            None => ty::bug!("an unsized place without metadata"),
        };
        match *layout.ty.kind() {
            TyKind::Adt(..) | TyKind::Tuple(_) => {
                let last = FieldIdx::from_usize(layout.fields.count() - 1);
                let field = self.cx.field(layout, last);
                let Some((size, align)) = self.dynamic_size(field, meta)? else { return Ok(None) };
                let mut align = align;
                if let TyKind::Adt(did, _) = *layout.ty.kind()
                    && let Some(packed) = self.cx.tcx.adt_def(did).repr.pack
                {
                    align = align.min(packed.bytes());
                }
                let offset = layout.fields.offset(last.index()).bytes();
                let full_align = align.max(layout.align.abi.bytes());
                let full_size = offset
                    .checked_next_multiple_of(align)
                    .and_then(|start| start.checked_add(size))
                    .and_then(|end| end.checked_next_multiple_of(full_align));
                match full_size {
                    Some(full_size) if full_size <= self.cx.max_size() => Ok(Some((full_size, full_align))),
                    _ => fault!("invalid metadata in wide pointer: total size is bigger than largest supported object"),
                }
            }
            TyKind::Dynamic(..) => {
                let layout = self.cx.layout_of(self.vtable_type(expect_meta())?)?;
                Ok(Some((layout.size.bytes(), layout.align.abi.bytes())))
            }
            TyKind::Slice(_) | TyKind::Str => {
                let len = self.to_int(expect_meta())?.bits as u64;
                let element = self.cx.field(layout, FieldIdx::from_u32(0));
                match element.size.bytes().checked_mul(len) {
                    Some(size) if size <= self.cx.max_size() => Ok(Some((size, element.align.abi.bytes()))),
                    _ => fault!("invalid metadata in wide pointer: slice is bigger than largest supported object"),
                }
            }
            TyKind::Foreign(_) => Ok(None),
            _ => ty::bug!("{:?} is not unsized", layout.ty),
        }
    }

    /// Offsets a pointer; it must stay within its allocation.
    pub(crate) fn offset_inbounds(&self, ptr: Pointer, bytes: i64) -> EvalResult<Pointer> {
        self.check_inbounds(ptr, bytes)?;
        Ok(ptr.wrapping_add(bytes as u64))
    }
}

fn scalar_size(scalar: Scalar) -> u64 {
    match scalar {
        Scalar::Int(int) => u64::from(int.size),
        Scalar::Ptr(_, _, size) => u64::from(size),
    }
}

/// Pointers are not integers at compile time.
fn may_hold(scalar: Scalar, primitive: layout::Primitive) -> bool {
    matches!(scalar, Scalar::Int(_)) || matches!(primitive, layout::Primitive::Pointer(_))
}
