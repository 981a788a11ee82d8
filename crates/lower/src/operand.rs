//! Values in hand: what an operand's evaluation yields.

use crate::place::PlaceRef;
use crate::{FunctionCx, LowerError};
use layout::TyAndLayout;
use layout::abi::primitive_type;
use lir::{CastOp, Inst, IntCond, LoadFacts, MemFlags, Type, Value};
use ty::rustc_abi::{BackendRepr, Primitive, Scalar as AbiScalar};
use ty::{FieldIdx, Ty, VariantIdx};

/// How a value is held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OperandValue {
    /// In memory that nobody changes while the operand is used: address, metadata of an unsized value, alignment.
    Ref(Value, Option<Value>, u64),
    /// One scalar or vector.
    Immediate(Value),
    /// Two scalars.
    Pair(Value, Value),
    /// Nothing.
    ZeroSized,
}

/// A value of a type.
#[derive(Clone, Copy, Debug)]
pub struct OperandRef<'tcx> {
    pub val: OperandValue,
    pub layout: TyAndLayout<'tcx>,
}

impl<'tcx> OperandRef<'tcx> {
    pub fn zero_sized(layout: TyAndLayout<'tcx>) -> OperandRef<'tcx> {
        OperandRef { val: OperandValue::ZeroSized, layout }
    }

    pub fn immediate_of(value: Value, layout: TyAndLayout<'tcx>) -> OperandRef<'tcx> {
        OperandRef { val: OperandValue::Immediate(value), layout }
    }

    /// The one value of a scalar or vector.
    pub fn immediate(&self) -> Value {
        match self.val {
            OperandValue::Immediate(value) => value,
            other => ty::bug!("expected an immediate of type {:?}, got {other:?}", self.layout.ty),
        }
    }

    /// Data pointer and metadata of a pointer.
    pub fn pointer_parts(&self) -> (Value, Option<Value>) {
        match self.val {
            OperandValue::Immediate(ptr) => (ptr, None),
            OperandValue::Pair(ptr, meta) => (ptr, Some(meta)),
            other => ty::bug!("expected a pointer of type {:?}, got {other:?}", self.layout.ty),
        }
    }
}

/// The LIR type of a scalar of a layout.
pub fn scalar_type(scalar: AbiScalar) -> Type {
    Type::Scalar(primitive_type(scalar.primitive()))
}

/// Facts about a scalar loaded from memory.
pub fn load_facts(scalar: AbiScalar) -> LoadFacts {
    match scalar {
        AbiScalar::Union { .. } => LoadFacts::default(),
        AbiScalar::Initialized { value, valid_range } => {
            let mut facts = LoadFacts { noundef: true, ..LoadFacts::default() };
            match value {
                Primitive::Int(integer, _) => {
                    let size = integer.size();
                    if valid_range.start != valid_range.end.wrapping_add(1) & size.unsigned_int_max() {
                        let end = valid_range.end.wrapping_add(1) & size.unsigned_int_max();
                        facts.range = Some((valid_range.start, end));
                    }
                }
                Primitive::Pointer(_) => facts.nonnull = !valid_range.contains(0),
                Primitive::Float(_) => {}
            }
            facts
        }
    }
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// The value at a place: loaded if it fits registers, a reference to it otherwise.
    pub fn load_operand(&mut self, place: PlaceRef<'tcx>) -> OperandRef<'tcx> {
        let layout = place.layout;
        if layout.is_zst() {
            return OperandRef::zero_sized(layout);
        }
        if place.meta.is_some() {
            return OperandRef { val: OperandValue::Ref(place.ptr, place.meta, place.align), layout };
        }
        let val = match layout.backend_repr {
            BackendRepr::Scalar(scalar) => OperandValue::Immediate(self.load_scalar(scalar, place.ptr, place.align)),
            BackendRepr::ScalarPair(a, b) => {
                let offset = self.pair_offset(a, b);
                let first = self.load_scalar(a, place.ptr, place.align);
                let second_ptr = self.ptr_offset(place.ptr, offset);
                let second = self.load_scalar(b, second_ptr, align_at(place.align, offset));
                OperandValue::Pair(first, second)
            }
            BackendRepr::SimdVector { .. } => {
                let ty = self.vector_type(layout);
                OperandValue::Immediate(self.b.value(Inst::Load {
                    ty,
                    ptr: place.ptr,
                    flags: MemFlags::aligned(place.align),
                    facts: LoadFacts::default(),
                }))
            }
            _ => OperandValue::Ref(place.ptr, None, place.align),
        };
        OperandRef { val, layout }
    }

    fn load_scalar(&mut self, scalar: AbiScalar, ptr: Value, align: u64) -> Value {
        let ty = scalar_type(scalar);
        self.b.value(Inst::Load { ty, ptr, flags: MemFlags::aligned(align), facts: load_facts(scalar) })
    }

    /// The LIR vector type of a SIMD layout.
    pub fn vector_type(&self, layout: TyAndLayout<'tcx>) -> Type {
        match layout.backend_repr {
            BackendRepr::SimdVector { element, count } => {
                Type::vector(scalar_type(element).lane(), u16::try_from(count).expect("at most 2^15 lanes"))
            }
            _ => ty::bug!("{:?} is no SIMD type", layout.ty),
        }
    }

    /// The byte offset of the second scalar of a pair.
    pub fn pair_offset(&self, a: AbiScalar, b: AbiScalar) -> u64 {
        let dl = self.cx.layout.target();
        a.size(dl).align_to(b.align(dl).abi).bytes()
    }

    /// The LIR types of a value that is held in registers: one, two, or none if it lives in memory.
    pub fn register_types(&self, layout: TyAndLayout<'tcx>) -> Option<(Type, Option<Type>)> {
        match layout.backend_repr {
            BackendRepr::Scalar(scalar) => Some((scalar_type(scalar), None)),
            BackendRepr::ScalarPair(a, b) => Some((scalar_type(a), Some(scalar_type(b)))),
            BackendRepr::SimdVector { .. } => Some((self.vector_type(layout), None)),
            _ => None,
        }
    }

    /// Stores a value to a place of the same type.
    pub fn store_operand(&mut self, op: OperandRef<'tcx>, place: PlaceRef<'tcx>) {
        self.store_operand_flags(op, place, false, false);
    }

    /// As [`FunctionCx::store_operand`], volatile or past the cache.
    pub fn store_operand_flags(
        &mut self,
        op: OperandRef<'tcx>,
        place: PlaceRef<'tcx>,
        volatile: bool,
        nontemporal: bool,
    ) {
        let flags = |align| MemFlags { align, volatile, nontemporal };
        match op.val {
            OperandValue::ZeroSized => {}
            OperandValue::Ref(src, meta, src_align) => {
                assert!(meta.is_none(), "unsized values are not stored");
                let size = op.layout.size.bytes();
                if size == 0 {
                    return;
                }
                let len = self.const_usize(size);
                self.b.effect(Inst::Memcpy { dst: place.ptr, src, len, dst_align: place.align, src_align, volatile });
            }
            OperandValue::Immediate(value) => {
                self.b.effect(Inst::Store { value, ptr: place.ptr, flags: flags(place.align) });
            }
            OperandValue::Pair(a, b) => {
                let BackendRepr::ScalarPair(scalar_a, scalar_b) = op.layout.backend_repr else {
                    ty::bug!("a pair of type {:?}", op.layout.ty)
                };
                let offset = self.pair_offset(scalar_a, scalar_b);
                self.b.effect(Inst::Store { value: a, ptr: place.ptr, flags: flags(place.align) });
                let ptr = self.ptr_offset(place.ptr, offset);
                self.b.effect(Inst::Store { value: b, ptr, flags: flags(align_at(place.align, offset)) });
            }
        }
    }

    /// A new slot that holds the value.
    pub fn spill(&mut self, op: OperandRef<'tcx>) -> PlaceRef<'tcx> {
        let place = self.new_temp(op.layout);
        self.store_operand(op, place);
        place
    }

    /// The value's memory: where it is, or a new slot.
    pub fn operand_in_memory(&mut self, op: OperandRef<'tcx>) -> PlaceRef<'tcx> {
        match op.val {
            OperandValue::Ref(ptr, meta, align) => PlaceRef { ptr, meta, layout: op.layout, align },
            _ => self.spill(op),
        }
    }

    /// A field of a value.
    pub fn extract_field(&mut self, op: OperandRef<'tcx>, index: FieldIdx) -> OperandRef<'tcx> {
        let field = op.layout.field(self.cx.layout, index.index());
        if field.is_zst() {
            return OperandRef::zero_sized(field);
        }
        if let OperandValue::Ref(ptr, meta, align) = op.val {
            let place = PlaceRef { ptr, meta, layout: op.layout, align };
            let place = self.project_field(place, index);
            return self.load_operand(place);
        }
        let offset = op.layout.fields.offset(index.index()).bytes();
        let parts = match (op.val, op.layout.backend_repr) {
            // The field is the whole.
            (value, _) if offset == 0 && field.size == op.layout.size && self.same_shape(op.layout, field) => {
                return self.reinterpret(OperandRef { val: value, layout: op.layout }, field);
            }
            (OperandValue::Pair(a, b), BackendRepr::ScalarPair(scalar_a, scalar_b)) => {
                let dl = self.cx.layout.target();
                let second = self.pair_offset(scalar_a, scalar_b);
                if offset == 0 && field.size == scalar_a.size(dl) {
                    Some(a)
                } else if offset == second && field.size == scalar_b.size(dl) {
                    Some(b)
                } else {
                    None
                }
            }
            _ => None,
        };
        if let (Some(value), Some((ty, None))) = (parts, self.register_types(field)) {
            let value = self.reinterpret_value(value, ty);
            return OperandRef::immediate_of(value, field);
        }
        let place = self.spill(op);
        let place = self.project_field(place, index);
        self.load_operand(place)
    }

    fn same_shape(&self, a: TyAndLayout<'tcx>, b: TyAndLayout<'tcx>) -> bool {
        match (self.register_types(a), self.register_types(b)) {
            (Some((_, None)), Some((_, None))) => {
                !is_vector(a) && !is_vector(b) || { self.register_types(a) == self.register_types(b) }
            }
            (Some((a1, Some(a2))), Some((b1, Some(b2)))) => {
                let size = |ty: Type| ty.size_bytes(self.pointer_bytes());
                size(a1) == size(b1) && size(a2) == size(b2)
            }
            _ => false,
        }
    }

    /// The same bits as a value of another type of the same register shape.
    fn reinterpret(&mut self, op: OperandRef<'tcx>, layout: TyAndLayout<'tcx>) -> OperandRef<'tcx> {
        let types = self.register_types(layout).expect("the caller checked the shape");
        let val = match (op.val, types) {
            (OperandValue::Immediate(value), (ty, None)) => OperandValue::Immediate(self.reinterpret_value(value, ty)),
            (OperandValue::Pair(a, b), (first, Some(second))) => {
                OperandValue::Pair(self.reinterpret_value(a, first), self.reinterpret_value(b, second))
            }
            (other, _) => ty::bug!("{other:?} as {:?}", layout.ty),
        };
        OperandRef { val, layout }
    }

    /// The same bits as another LIR type of the same size.
    pub fn reinterpret_value(&mut self, value: Value, ty: Type) -> Value {
        let from = self.b.ty(value);
        if from == ty {
            return value;
        }
        let bits = |ty: Type, this: &Self| ty.size_bytes(this.pointer_bytes());
        assert_eq!(bits(from, self), bits(ty, self), "a value is reinterpreted at its own size");
        let from_ptr = from == Type::PTR;
        let to_ptr = ty == Type::PTR;
        if from_ptr && to_ptr {
            return value;
        }
        let int = Type::Scalar(lir::Scalar::int(self.pointer_bytes() * 8).expect("a pointer-sized integer"));
        if from_ptr {
            let value = self.b.value(Inst::Cast { op: CastOp::PtrToInt, value, ty: int });
            return self.reinterpret_value(value, ty);
        }
        if to_ptr {
            let value = self.reinterpret_value(value, int);
            return self.b.value(Inst::Cast { op: CastOp::IntToPtr, value, ty });
        }
        if from.lane() == lir::Scalar::Ptr || ty.lane() == lir::Scalar::Ptr {
            // Vectors of pointers go through memory: a rare case that has no cast of its own.
            return self.reinterpret_through_memory(value, ty);
        }
        self.b.value(Inst::Cast { op: CastOp::Bitcast, value, ty })
    }

    fn reinterpret_through_memory(&mut self, value: Value, ty: Type) -> Value {
        let size = u64::from(ty.size_bytes(self.pointer_bytes()));
        let slot = self.b.create_slot(size, 16);
        let ptr = self.b.value(Inst::SlotAddr { slot, offset: 0 });
        self.b.effect(Inst::Store { value, ptr, flags: MemFlags::aligned(16) });
        self.b.value(Inst::Load { ty, ptr, flags: MemFlags::aligned(16), facts: LoadFacts::default() })
    }

    /// The value as another type of the same size (`transmute`).
    pub fn transmute_operand(
        &mut self,
        op: OperandRef<'tcx>,
        layout: TyAndLayout<'tcx>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        if layout.is_zst() {
            return Ok(OperandRef::zero_sized(layout));
        }
        if op.layout.size != layout.size {
            // Sizes differ only in code that is never reached (checked when the call was type-checked).
            return self.undef_operand(layout);
        }
        if op.val != OperandValue::ZeroSized
            && !matches!(op.val, OperandValue::Ref(..))
            && self.same_shape(op.layout, layout)
        {
            let result = self.reinterpret(op, layout);
            return Ok(result);
        }
        let align = op.layout.align.abi.bytes().max(layout.align.abi.bytes());
        let place = match op.val {
            OperandValue::Ref(ptr, None, align) => PlaceRef { ptr, meta: None, layout, align },
            _ => {
                let slot = self.b.create_slot(layout.size.bytes(), align);
                let ptr = self.b.value(Inst::SlotAddr { slot, offset: 0 });
                self.store_operand(op, PlaceRef { ptr, meta: None, layout: op.layout, align });
                PlaceRef { ptr, meta: None, layout, align }
            }
        };
        Ok(self.load_operand(place))
    }

    /// A value of which nothing is known.
    pub fn undef_operand(&mut self, layout: TyAndLayout<'tcx>) -> Result<OperandRef<'tcx>, LowerError> {
        if layout.is_zst() {
            return Ok(OperandRef::zero_sized(layout));
        }
        let val = match self.register_types(layout) {
            Some((ty, None)) => OperandValue::Immediate(self.b.value(Inst::Undef { ty })),
            Some((a, Some(b))) => {
                let a = self.b.value(Inst::Undef { ty: a });
                let b = self.b.value(Inst::Undef { ty: b });
                OperandValue::Pair(a, b)
            }
            None => {
                let place = self.new_temp(layout);
                OperandValue::Ref(place.ptr, None, place.align)
            }
        };
        Ok(OperandRef { val, layout })
    }

    /// The value seen as one variant of its enum.
    pub fn downcast_operand(&mut self, op: OperandRef<'tcx>, variant: VariantIdx) -> OperandRef<'tcx> {
        OperandRef { val: op.val, layout: op.layout.for_variant(self.cx.layout, variant) }
    }

    // ---- small constants and arithmetic

    pub fn const_int(&mut self, ty: Type, value: u128) -> Value {
        self.b.value(Inst::Iconst { ty, value })
    }

    /// An integer constant as wide as a pointer.
    pub fn const_usize(&mut self, value: u64) -> Value {
        let ty = self.usize_type();
        self.b.value(Inst::Iconst { ty, value: u128::from(value) })
    }

    pub fn const_bool(&mut self, value: bool) -> Value {
        self.b.value(Inst::Iconst { ty: Type::I8, value: u128::from(value) })
    }

    pub fn usize_type(&self) -> Type {
        Type::Scalar(lir::Scalar::int(self.pointer_bytes() * 8).expect("a pointer-sized integer"))
    }

    pub fn pointer_bytes(&self) -> u32 {
        self.cx.pointer_bytes()
    }

    /// A pointer some bytes further, within the same object.
    pub fn ptr_offset(&mut self, ptr: Value, bytes: u64) -> Value {
        if bytes == 0 {
            return ptr;
        }
        let offset = self.const_usize(bytes);
        self.b.value(Inst::PtrAdd { ptr, offset, inbounds: true })
    }

    pub fn icmp(&mut self, cond: IntCond, lhs: Value, rhs: Value) -> Value {
        self.b.value(Inst::Icmp { cond, lhs, rhs })
    }

    /// The layout of a normalised type.
    pub fn layout_of(&self, ty: Ty<'tcx>) -> Result<TyAndLayout<'tcx>, LowerError> {
        self.cx.layout_of(ty)
    }
}

/// Whether a layout is a SIMD vector's.
pub fn is_vector(layout: TyAndLayout<'_>) -> bool {
    matches!(layout.backend_repr, BackendRepr::SimdVector { .. })
}

/// The alignment known at an offset from an aligned address.
pub fn align_at(align: u64, offset: u64) -> u64 {
    if offset == 0 { align } else { align.min(1 << offset.trailing_zeros()) }
}
