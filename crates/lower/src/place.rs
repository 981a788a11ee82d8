//! Memory in hand: what a place's evaluation yields, and projections.

use crate::operand::{OperandRef, OperandValue, align_at, scalar_type};
use crate::{FunctionCx, LocalRef, LowerError};
use layout::{TyAndLayout, VariantTag};
use lir::{ArithFlags, BinaryOp, CastOp, Inst, IntCond, LoadFacts, MemFlags, Type, Value};
use mir::{Place, ProjectionElem};
use ty::rustc_abi::{BackendRepr, FieldsShape, Primitive, TagEncoding, Variants};
use ty::{FieldIdx, Ty, TyKind, VariantIdx};

/// A place in memory.
#[derive(Clone, Copy, Debug)]
pub struct PlaceRef<'tcx> {
    pub ptr: Value,
    /// Metadata of an unsized place.
    pub meta: Option<Value>,
    pub layout: TyAndLayout<'tcx>,
    /// The address's known alignment, in bytes.
    pub align: u64,
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// A slot for a value of a sized type.
    pub fn new_temp(&mut self, layout: TyAndLayout<'tcx>) -> PlaceRef<'tcx> {
        let align = layout.align.abi.bytes();
        let slot = self.b.create_slot(layout.size.bytes(), align);
        let ptr = self.b.value(Inst::SlotAddr { slot, offset: 0 });
        self.slots.insert(ptr, slot);
        PlaceRef { ptr, meta: None, layout, align }
    }

    /// The type of a place, monomorphic.
    pub fn place_ty(&mut self, place: Place<'tcx>) -> Ty<'tcx> {
        let mut ty = self.monomorphize(self.body.local_decls[place.local].ty);
        for &elem in place.projection {
            ty = match elem {
                ProjectionElem::Deref => ty.builtin_deref(self.cx.tcx).expect("a pointer is dereferenced"),
                ProjectionElem::Field(_, field) => self.monomorphize(field),
                ProjectionElem::Index(_) | ProjectionElem::ConstantIndex { .. } => {
                    ty.sequence_element().expect("a sequence is indexed")
                }
                ProjectionElem::Subslice { from, to, from_end } => self.subslice_ty(ty, from, to, from_end),
                ProjectionElem::Downcast(..) => ty,
                ProjectionElem::OpaqueCast(ty) | ProjectionElem::UnwrapUnsafeBinder(ty) => self.monomorphize(ty),
            };
        }
        ty
    }

    fn subslice_ty(&self, ty: Ty<'tcx>, from: u64, to: u64, from_end: bool) -> Ty<'tcx> {
        match *ty.kind() {
            TyKind::Slice(_) => ty,
            TyKind::Array(element, len) => {
                let len = len.as_target_usize().expect("an array's length is known");
                let count = if from_end { len - from - to } else { to - from };
                self.cx.tcx.mk_array(element, count)
            }
            _ => ty::bug!("a subslice of {ty:?}"),
        }
    }

    /// The place in memory that a MIR place means.
    pub fn place(&mut self, place: Place<'tcx>) -> Result<PlaceRef<'tcx>, LowerError> {
        let mut projection = place.projection;
        let mut base = match self.locals[place.local] {
            LocalRef::Memory(base) => base,
            LocalRef::Pointer(slot) => self.load_unsized_place(slot)?,
            LocalRef::Zst(layout) => self.dangling(layout),
            LocalRef::Var(..) => {
                // A pointer in registers: fields of it, then what it points to.
                let mut op = self.local_operand(place.local);
                loop {
                    match projection.split_first() {
                        Some((ProjectionElem::Field(field, _), rest)) => {
                            op = self.extract_field(op, *field);
                            projection = rest;
                        }
                        Some((ProjectionElem::Downcast(_, variant), rest)) => {
                            op = self.downcast_operand(op, *variant);
                            projection = rest;
                        }
                        Some((ProjectionElem::Deref, rest)) => {
                            projection = rest;
                            break self.deref_operand(op)?;
                        }
                        Some((ProjectionElem::OpaqueCast(ty) | ProjectionElem::UnwrapUnsafeBinder(ty), rest)) => {
                            let ty = self.monomorphize(*ty);
                            op.layout = self.layout_of(ty)?;
                            projection = rest;
                        }
                        // Whatever has no address gets one for the purpose of reading.
                        _ => break self.operand_in_memory(op),
                    }
                }
            }
        };
        for &elem in projection {
            base = self.project(base, elem)?;
        }
        Ok(base)
    }

    fn project(&mut self, base: PlaceRef<'tcx>, elem: ProjectionElem<'tcx>) -> Result<PlaceRef<'tcx>, LowerError> {
        Ok(match elem {
            ProjectionElem::Deref => {
                let op = self.load_operand(base);
                self.deref_operand(op)?
            }
            ProjectionElem::Field(field, _) => self.project_field(base, field),
            ProjectionElem::Downcast(_, variant) => {
                PlaceRef { layout: base.layout.for_variant(self.cx.layout, variant), ..base }
            }
            ProjectionElem::OpaqueCast(ty) | ProjectionElem::UnwrapUnsafeBinder(ty) => {
                let ty = self.monomorphize(ty);
                PlaceRef { layout: self.layout_of(ty)?, ..base }
            }
            ProjectionElem::Index(local) => {
                let index = self.local_operand(local).immediate();
                self.project_index(base, index)?
            }
            ProjectionElem::ConstantIndex { offset, from_end: false, .. } => {
                let index = self.const_usize(offset);
                self.project_index(base, index)?
            }
            ProjectionElem::ConstantIndex { offset, from_end: true, .. } => {
                let len = self.sequence_len(base);
                let offset = self.const_usize(offset);
                let index = self.sub(len, offset);
                self.project_index(base, index)?
            }
            ProjectionElem::Subslice { from, to, from_end } => {
                let ty = self.subslice_ty(base.layout.ty, from, to, from_end);
                let start = self.const_usize(from);
                let element = self.project_index(base, start)?;
                let meta = match base.meta {
                    Some(len) if from_end => {
                        let cut = self.const_usize(from + to);
                        Some(self.sub(len, cut))
                    }
                    Some(_) => Some(self.const_usize(to - from)),
                    None => None,
                };
                PlaceRef { ptr: element.ptr, meta, layout: self.layout_of(ty)?, align: element.align }
            }
        })
    }

    /// Integer subtraction without flags.
    pub fn sub(&mut self, lhs: Value, rhs: Value) -> Value {
        self.binary(BinaryOp::Isub, lhs, rhs)
    }

    /// A binary operation without flags.
    pub fn binary(&mut self, op: BinaryOp, lhs: Value, rhs: Value) -> Value {
        self.b.value(Inst::Binary { op, flags: ArithFlags::NONE, lhs, rhs })
    }

    /// What a pointer points to.
    pub fn deref_operand(&mut self, mut op: OperandRef<'tcx>) -> Result<PlaceRef<'tcx>, LowerError> {
        // A box is a struct around a pointer (and an allocator).
        if op.layout.ty.is_box(self.cx.tcx) {
            let pointee = op.layout.ty.builtin_deref(self.cx.tcx).expect("a box is a pointer");
            while !op.layout.ty.is_any_ptr() {
                if let TyKind::Pat(base, _) = *op.layout.ty.kind() {
                    op.layout = self.layout_of(base)?;
                    continue;
                }
                op = self.extract_field(op, FieldIdx::from_u32(0));
            }
            return self.place_behind(op, pointee);
        }
        let pointee = match op.layout.ty.builtin_deref(self.cx.tcx) {
            Some(pointee) => pointee,
            None => ty::bug!("{:?} is dereferenced", op.layout.ty),
        };
        self.place_behind(op, pointee)
    }

    fn place_behind(&mut self, op: OperandRef<'tcx>, pointee: Ty<'tcx>) -> Result<PlaceRef<'tcx>, LowerError> {
        let layout = self.layout_of(pointee)?;
        let (ptr, meta) = match op.val {
            OperandValue::Ref(..) => ty::bug!("a pointer in memory: {op:?}"),
            _ => op.pointer_parts(),
        };
        // The metadata of a pointer to a sized type (through a generic) does not occur: its layout is thin.
        Ok(PlaceRef { ptr, meta, layout, align: layout.align.abi.bytes() })
    }

    /// An aligned address for values without bytes.
    pub fn dangling(&mut self, layout: TyAndLayout<'tcx>) -> PlaceRef<'tcx> {
        let align = layout.align.abi.bytes();
        let ptr = self.b.value(Inst::Iconst { ty: Type::PTR, value: u128::from(align) });
        PlaceRef { ptr, meta: None, layout, align }
    }

    fn load_unsized_place(&mut self, slot: PlaceRef<'tcx>) -> Result<PlaceRef<'tcx>, LowerError> {
        // The slot holds a fat pointer to the value.
        let pointer = self.load_operand(slot);
        self.deref_operand(pointer)
    }

    /// A field of a place.
    pub fn project_field(&mut self, base: PlaceRef<'tcx>, index: FieldIdx) -> PlaceRef<'tcx> {
        let field = base.layout.field(self.cx.layout, index.index());
        let offset = base.layout.fields.offset(index.index()).bytes();
        let simple = |this: &mut Self| {
            let ptr = this.ptr_offset(base.ptr, offset);
            let meta = if field.is_sized() { None } else { base.meta };
            PlaceRef { ptr, meta, layout: field, align: align_at(base.align, offset) }
        };
        let Some(meta) = base.meta else { return simple(self) };
        if field.is_sized() {
            return simple(self);
        }
        // The offset of an unsized tail depends on its alignment, which slices and `str` know statically, and a packed
        // struct ignores.
        if let TyKind::Slice(_) | TyKind::Str = field.ty.kind() {
            return simple(self);
        }
        if let TyKind::Adt(did, _) = base.layout.ty.kind()
            && self.cx.tcx.adt_def(*did).repr.packed()
            && offset == 0
        {
            return simple(self);
        }
        let (_, align) = self.size_and_align_of_dst(field.ty, Some(meta));
        let unaligned = self.const_usize(offset);
        let align = self.capped_by_packing(base.layout.ty, align);
        let offset = self.round_up(unaligned, align);
        let ptr = self.b.value(Inst::PtrAdd { ptr: base.ptr, offset, inbounds: true });
        PlaceRef { ptr, meta: Some(meta), layout: field, align: field.align.abi.bytes() }
    }

    /// The alignment of a field as `repr(packed)` of the type around it allows.
    fn capped_by_packing(&mut self, ty: Ty<'tcx>, align: Value) -> Value {
        match *ty.kind() {
            TyKind::Adt(did, _) if let Some(pack) = self.cx.tcx.adt_def(did).repr.pack => {
                let pack = self.const_usize(pack.bytes());
                self.binary(BinaryOp::Umin, align, pack)
            }
            _ => align,
        }
    }

    /// `value` rounded up to a multiple of `align`, a power of two.
    pub fn round_up(&mut self, value: Value, align: Value) -> Value {
        let one = self.const_usize(1);
        let mask = self.sub(align, one);
        let sum = self.binary(BinaryOp::Iadd, value, mask);
        let inverse = self.b.value(Inst::Unary { op: lir::UnaryOp::Not, value: mask });
        self.binary(BinaryOp::And, sum, inverse)
    }

    /// An element of an array or slice.
    pub fn project_index(&mut self, base: PlaceRef<'tcx>, index: Value) -> Result<PlaceRef<'tcx>, LowerError> {
        let element_ty = match base.layout.ty.sequence_element() {
            Some(element) => element,
            None => match *base.layout.ty.kind() {
                TyKind::Str => self.cx.tcx.types().u8,
                _ => ty::bug!("{:?} is indexed", base.layout.ty),
            },
        };
        let element = self.layout_of(element_ty)?;
        let ptr = self.element_ptr(base.ptr, index, element.size.bytes());
        let align = base.align.min(align_at(base.align, element.size.bytes())).max(1);
        let align = if element.size.bytes() == 0 { base.align } else { align };
        Ok(PlaceRef { ptr, meta: None, layout: element, align })
    }

    /// `ptr + index * size`, within the same object.
    pub fn element_ptr(&mut self, ptr: Value, index: Value, size: u64) -> Value {
        let offset = match size {
            0 => return ptr,
            1 => index,
            _ => {
                let size = self.const_usize(size);
                let flags = ArithFlags { nsw: true, ..ArithFlags::NONE };
                self.b.value(Inst::Binary { op: BinaryOp::Imul, flags, lhs: index, rhs: size })
            }
        };
        self.b.value(Inst::PtrAdd { ptr, offset, inbounds: true })
    }

    /// The number of elements of an array or slice place.
    pub fn sequence_len(&mut self, place: PlaceRef<'tcx>) -> Value {
        match (place.meta, &place.layout.fields) {
            (Some(len), _) => len,
            (None, FieldsShape::Array { count, .. }) => self.const_usize(*count),
            _ => ty::bug!("the length of {:?}", place.layout.ty),
        }
    }

    /// The operand's value, loaded or by reference.
    pub fn consume_place(&mut self, place: Place<'tcx>) -> Result<OperandRef<'tcx>, LowerError> {
        if let LocalRef::Var(..) = self.locals[place.local] {
            let mut op = self.local_operand(place.local);
            let mut direct = true;
            for &elem in place.projection {
                match elem {
                    ProjectionElem::Field(field, _) => op = self.extract_field(op, field),
                    ProjectionElem::Downcast(_, variant) => op = self.downcast_operand(op, variant),
                    ProjectionElem::OpaqueCast(ty) | ProjectionElem::UnwrapUnsafeBinder(ty) => {
                        let ty = self.monomorphize(ty);
                        op.layout = self.layout_of(ty)?;
                    }
                    _ => {
                        direct = false;
                        break;
                    }
                }
            }
            if direct {
                return Ok(op);
            }
        }
        let place = self.place(place)?;
        Ok(self.load_operand(place))
    }

    // ---- enums

    /// The discriminant of a place's or operand's enum, as a value of the discriminant's type.
    pub fn discriminant(&mut self, op: OperandRef<'tcx>, cast_to: TyAndLayout<'tcx>) -> Result<Value, LowerError> {
        let layout = op.layout;
        let (result_ty, _) = self.register_types(cast_to).expect("a discriminant is an integer");
        let (tag, encoding, tag_field) = match &layout.variants {
            Variants::Empty => return Ok(self.b.value(Inst::Undef { ty: result_ty })),
            Variants::Single { index } => {
                let value = self.cx.layout.discriminant_for_variant(layout.ty, *index)?;
                let signed = self.cx.layout.discriminant_ty(layout.ty).is_signed();
                let wide = if signed { value.signed() as u128 } else { value.bits };
                let value = ty::ScalarInt::truncated(wide, cast_to.size.bytes() as u8).bits;
                return Ok(self.const_int(result_ty, value));
            }
            Variants::Multiple { tag, tag_encoding, tag_field, .. } => (*tag, tag_encoding.clone(), *tag_field),
        };
        let tag_op = self.extract_field(op, tag_field);
        let tag_value = tag_op.immediate();
        let tag_ty = scalar_type(tag);
        match encoding {
            TagEncoding::Direct => {
                let signed = matches!(tag.primitive(), Primitive::Int(_, signed) if signed);
                Ok(self.int_cast(tag_value, result_ty, signed))
            }
            TagEncoding::Niche { untagged_variant, niche_variants, niche_start } => {
                // A pointer's niche is its address.
                let (tag_value, tag_ty) = if tag_ty == Type::PTR {
                    let ty = self.usize_type();
                    (self.b.value(Inst::Cast { op: CastOp::PtrToInt, value: tag_value, ty }), ty)
                } else {
                    (tag_value, tag_ty)
                };
                let first = niche_variants.start().as_u32();
                let last = niche_variants.end().as_u32();
                let relative_max = last - first;
                let start = self.const_int(tag_ty, niche_start);
                let untagged = self.const_int(result_ty, u128::from(untagged_variant.as_u32()));
                if relative_max == 0 {
                    let is_niche = self.icmp(IntCond::Eq, tag_value, start);
                    let niche = self.const_int(result_ty, u128::from(first));
                    return Ok(self.b.value(Inst::Select { cond: is_niche, if_true: niche, if_false: untagged }));
                }
                let relative = self.sub(tag_value, start);
                let max = self.const_int(tag_ty, u128::from(relative_max));
                let is_niche = self.icmp(IntCond::Ule, relative, max);
                let as_result = self.int_cast(relative, result_ty, false);
                let base = self.const_int(result_ty, u128::from(first));
                let variant = self.binary(BinaryOp::Iadd, as_result, base);
                Ok(self.b.value(Inst::Select { cond: is_niche, if_true: variant, if_false: untagged }))
            }
        }
    }

    /// The tag that makes a value this variant: its field number and bits, or nothing where no tag is needed.
    pub fn tag_for_variant(
        &mut self,
        layout: TyAndLayout<'tcx>,
        variant: VariantIdx,
    ) -> Result<Option<(FieldIdx, Type, u128)>, LowerError> {
        match self.cx.layout.variant_tag(layout, variant)? {
            VariantTag::Write { field, tag } => {
                let field_layout = layout.field(self.cx.layout, field.index());
                let (ty, _) = self.register_types(field_layout).expect("a tag is a scalar");
                Ok(Some((field, ty, tag.bits)))
            }
            VariantTag::Implicit | VariantTag::Uninhabited => Ok(None),
        }
    }

    /// Makes a place's enum this variant, by its tag.
    pub fn set_discriminant(&mut self, place: PlaceRef<'tcx>, variant: VariantIdx) -> Result<(), LowerError> {
        if let Some((field, ty, bits)) = self.tag_for_variant(place.layout, variant)? {
            let tag = self.project_field(place, field);
            let value = self.const_int(ty, bits);
            self.b.effect(Inst::Store { value, ptr: tag.ptr, flags: MemFlags::aligned(tag.align) });
        }
        Ok(())
    }

    /// Truncates or extends an integer.
    pub fn int_cast(&mut self, value: Value, ty: Type, signed: bool) -> Value {
        let from = self.b.ty(value);
        let (from_size, to_size) = (from.size_bytes(self.pointer_bytes()), ty.size_bytes(self.pointer_bytes()));
        let op = match from_size.cmp(&to_size) {
            std::cmp::Ordering::Equal => return value,
            std::cmp::Ordering::Greater => CastOp::Trunc,
            std::cmp::Ordering::Less if signed => CastOp::Sext,
            std::cmp::Ordering::Less => CastOp::Zext,
        };
        self.b.value(Inst::Cast { op, value, ty })
    }

    // ---- unsized types

    /// Size and alignment in bytes of a value of a type with this metadata.
    pub fn size_and_align_of_dst(&mut self, ty: Ty<'tcx>, meta: Option<Value>) -> (Value, Value) {
        let layout = self.layout_of(ty).expect("the type has a layout: a place of it exists");
        if layout.is_sized() {
            let size = self.const_usize(layout.size.bytes());
            let align = self.const_usize(layout.align.abi.bytes());
            return (size, align);
        }
        match *ty.kind() {
            TyKind::Dynamic(..) => {
                let vtable = meta.expect("a trait object has a vtable");
                let word = u64::from(self.pointer_bytes());
                let size = self.load_vtable_usize(vtable, word);
                let align = self.load_vtable_usize(vtable, 2 * word);
                (size, align)
            }
            TyKind::Slice(_) | TyKind::Str => {
                let len = meta.expect("a slice has a length");
                let element = layout.field(self.cx.layout, 0);
                let stride = self.const_usize(element.size.bytes());
                let flags = ArithFlags { nuw: true, nsw: true, ..ArithFlags::NONE };
                let size = self.b.value(Inst::Binary { op: BinaryOp::Imul, flags, lhs: len, rhs: stride });
                let align = self.const_usize(layout.align.abi.bytes());
                (size, align)
            }
            TyKind::Foreign(_) => {
                // Extern types have no size; asking for one is an error of the program that std reports by itself.
                let zero = self.const_usize(0);
                let one = self.const_usize(1);
                (zero, one)
            }
            _ => {
                // A struct or tuple with an unsized tail.
                let last = layout.fields.count() - 1;
                let prefix = layout.fields.offset(last).bytes();
                let static_align = layout.align.abi.bytes();
                let tail = layout.field(self.cx.layout, last).ty;
                let (tail_size, tail_align) = self.size_and_align_of_dst(tail, meta);
                let tail_align = self.capped_by_packing(ty, tail_align);
                let minimum = self.const_usize(static_align);
                let full_align = self.binary(BinaryOp::Umax, minimum, tail_align);
                let prefix = self.const_usize(prefix);
                // The tail begins at its own alignment, and the whole ends at the whole's.
                let start = self.round_up(prefix, tail_align);
                let end = self.binary(BinaryOp::Iadd, start, tail_size);
                let size = self.round_up(end, full_align);
                (size, full_align)
            }
        }
    }

    /// A word of a vtable that holds a number.
    pub fn load_vtable_usize(&mut self, vtable: Value, offset: u64) -> Value {
        let ptr = self.ptr_offset(vtable, offset);
        let ty = self.usize_type();
        let facts = LoadFacts { noundef: true, invariant: true, ..LoadFacts::default() };
        self.b.value(Inst::Load { ty, ptr, flags: MemFlags::aligned(u64::from(self.pointer_bytes())), facts })
    }

    /// A word of a vtable that holds a pointer.
    pub fn load_vtable_ptr(&mut self, vtable: Value, offset: u64, nonnull: bool) -> Value {
        let ptr = self.ptr_offset(vtable, offset);
        let facts = LoadFacts { noundef: true, nonnull, invariant: true, ..LoadFacts::default() };
        let flags = MemFlags::aligned(u64::from(self.pointer_bytes()));
        self.b.value(Inst::Load { ty: Type::PTR, ptr, flags, facts })
    }

    /// Whether a layout is held in registers.
    pub fn is_register(&self, layout: TyAndLayout<'tcx>) -> bool {
        matches!(
            layout.backend_repr,
            BackendRepr::Scalar(_) | BackendRepr::ScalarPair(..) | BackendRepr::SimdVector { .. }
        )
    }
}
