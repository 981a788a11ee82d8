//! Layouts from scratch. The counterpart in rustc is `rustc_ty_utils::layout`.

use crate::{
    BackendRepr, FieldsShape, Integer, LayoutCx, LayoutData, LayoutError, Metadata, Niche, Primitive, Scalar, Size,
    TyAndLayout, WrappingRange,
};
use std::ops::Bound;
use ty::rustc_abi::{AddressSpace, Float, IntegerType, LayoutCalculator, LayoutCalculatorError, ReprFlags, StructKind};
use ty::rustc_index::bit_set::BitMatrix;
use ty::{
    AdtDef, ClosureArgs, Const, ConstKind, CoroutineArgs, CoroutineClosureArgs, DefId, FIRST_VARIANT, FieldIdx,
    FloatTy, GenericArgs, IndexVec, IntTy, LangItem, Pattern, PatternKind, ReprOptions, Ty, TyKind, TypeFlags, UintTy,
    VariantIdx, bug,
};

type Outcome<'tcx, T> = Result<T, LayoutError<'tcx>>;

impl<'tcx> LayoutCx<'tcx> {
    /// The layout of a normalised type.
    pub(crate) fn compute(&self, ty: Ty<'tcx>) -> Outcome<'tcx, &'tcx LayoutData> {
        if ty.flags().intersects(TypeFlags::HAS_ERROR | TypeFlags::HAS_INFER) {
            return Err(LayoutError::Unknown(ty, "it has an error"));
        }
        let layout = match *ty.kind() {
            TyKind::Bool => self.bounded_scalar(Primitive::Int(Integer::I8, false), 0, 1),
            TyKind::Char => self.bounded_scalar(Primitive::Int(Integer::I32, false), 0, 0x10ffff),
            TyKind::Int(int) => self.scalar(Primitive::Int(self.int(int), true)),
            TyKind::Uint(uint) => self.scalar(Primitive::Int(self.uint(uint), false)),
            TyKind::Float(float) => self.scalar(Primitive::Float(match float {
                FloatTy::F16 => Float::F16,
                FloatTy::F32 => Float::F32,
                FloatTy::F64 => Float::F64,
                FloatTy::F128 => Float::F128,
            })),
            TyKind::FnPtr(_) => {
                let code = self.full_scalar(Primitive::Pointer(self.data_layout.instruction_address_space));
                LayoutData::scalar(self, from_one(code))
            }
            TyKind::Never => LayoutData::never_type(self),
            TyKind::Ref(_, pointee, _) | TyKind::RawPtr(pointee, _) => self.pointer(ty, pointee),
            TyKind::Pat(base, pattern) => self.pattern_type(ty, base, pattern)?,
            TyKind::Array(element, count) => {
                let count = self.array_length(ty, count)?;
                self.calculated(ty, self.calculator().array_like(self.part(element)?.layout, Some(count)))?
            }
            TyKind::Slice(element) => {
                self.calculated(ty, self.calculator().array_like(self.part(element)?.layout, None))?
            }
            TyKind::Str => {
                let byte = self.expect_layout(self.tcx().types().u8);
                self.calculated(ty, self.calculator().array_like(byte.layout, None))?
            }
            TyKind::FnDef(..) => LayoutData::unit(self, true),
            TyKind::Dynamic(..) | TyKind::Foreign(_) => LayoutData::unit(self, false),
            TyKind::Tuple(types) => {
                let kind = if types.is_empty() { StructKind::AlwaysSized } else { StructKind::MaybeUnsized };
                self.univariant(ty, types.as_slice(), kind)?
            }
            TyKind::Closure(_, args) => {
                self.univariant(ty, ClosureArgs::new(args).upvar_tys().as_slice(), StructKind::AlwaysSized)?
            }
            TyKind::CoroutineClosure(_, args) => {
                self.univariant(ty, CoroutineClosureArgs::new(args).upvar_tys().as_slice(), StructKind::AlwaysSized)?
            }
            TyKind::Coroutine(def_id, args) => self.coroutine(ty, def_id, args)?,
            TyKind::Adt(did, args) => {
                let adt = self.tcx().adt_def(did);
                if adt.repr.scalable.is_some() {
                    return Err(LayoutError::Unknown(ty, "scalable vectors are not supported"));
                }
                if adt.repr.simd() { self.simd(ty, adt)? } else { self.adt(ty, adt, args)? }
            }
            TyKind::UnsafeBinder(binder) => {
                return Ok(self.part(self.tcx().instantiate_bound_erased(binder))?.layout);
            }
            TyKind::Param(_) => return Err(LayoutError::Unknown(ty, "it is a parameter")),
            TyKind::Alias(..) => return Err(LayoutError::Unknown(ty, "it is an alias that stands for no type")),
            TyKind::Bound(..) | TyKind::CoroutineWitness(..) | TyKind::Infer(_) | TyKind::Error => {
                return Err(LayoutError::Unknown(ty, "it is no type of values"));
            }
        };
        Ok(self.keep(layout))
    }

    fn calculator(&self) -> LayoutCalculator<&ty::rustc_abi::TargetDataLayout> {
        LayoutCalculator::new(&self.data_layout)
    }

    /// The layout of a part, its error taken over.
    fn part(&self, ty: Ty<'tcx>) -> Outcome<'tcx, TyAndLayout<'tcx>> {
        self.layout_of(ty).map_err(Clone::clone)
    }

    fn parts(&self, types: &[Ty<'tcx>]) -> Outcome<'tcx, IndexVec<FieldIdx, TyAndLayout<'tcx>>> {
        types.iter().map(|&ty| self.part(ty)).collect()
    }

    fn calculated(
        &self,
        ty: Ty<'tcx>,
        result: Result<LayoutData, LayoutCalculatorError<TyAndLayout<'tcx>>>,
    ) -> Outcome<'tcx, LayoutData> {
        result.map_err(|error| match error {
            LayoutCalculatorError::SizeOverflow => LayoutError::SizeOverflow(ty),
            LayoutCalculatorError::ZeroLengthSimdType => LayoutError::SimdZeroLength(ty),
            LayoutCalculatorError::OversizedSimdType { max_lanes } => LayoutError::SimdTooManyLanes(ty, max_lanes),
            LayoutCalculatorError::NonPrimitiveSimdType(_) => LayoutError::SimdElement(ty),
            LayoutCalculatorError::UnexpectedUnsized(_) => {
                LayoutError::Unknown(ty, "a field other than the last is unsized")
            }
            LayoutCalculatorError::EmptyUnion => LayoutError::Unknown(ty, "it is a union without fields"),
            LayoutCalculatorError::ReprConflict => LayoutError::Unknown(ty, "its representation cannot be"),
        })
    }

    fn scalar(&self, value: Primitive) -> LayoutData {
        LayoutData::scalar(self, self.full_scalar(value))
    }

    fn bounded_scalar(&self, value: Primitive, start: u128, end: u128) -> LayoutData {
        LayoutData::scalar(self, Scalar::Initialized { value, valid_range: WrappingRange { start, end } })
    }

    fn int(&self, int: IntTy) -> Integer {
        match int {
            IntTy::I8 => Integer::I8,
            IntTy::I16 => Integer::I16,
            IntTy::I32 => Integer::I32,
            IntTy::I64 => Integer::I64,
            IntTy::I128 => Integer::I128,
            IntTy::Isize => self.data_layout.ptr_sized_integer(),
        }
    }

    fn uint(&self, uint: UintTy) -> Integer {
        match uint {
            UintTy::U8 => Integer::I8,
            UintTy::U16 => Integer::I16,
            UintTy::U32 => Integer::I32,
            UintTy::U64 => Integer::I64,
            UintTy::U128 => Integer::I128,
            UintTy::Usize => self.data_layout.ptr_sized_integer(),
        }
    }

    fn pointer(&self, ty: Ty<'tcx>, pointee: Ty<'tcx>) -> LayoutData {
        let any_pointer = self.full_scalar(Primitive::Pointer(AddressSpace::ZERO));
        let address = if ty.is_raw_ptr() { any_pointer } else { from_one(any_pointer) };
        let metadata = match self.pointee_metadata(pointee) {
            Metadata::Thin => return LayoutData::scalar(self, address),
            Metadata::Length => self.full_scalar(Primitive::Int(self.data_layout.ptr_sized_integer(), false)),
            Metadata::Vtable => from_one(any_pointer),
        };
        LayoutData::scalar_pair(self, address, metadata)
    }

    fn const_bits(&self, ty: Ty<'tcx>, constant: Const<'tcx>) -> Outcome<'tcx, u128> {
        let evaluated = match constant.kind() {
            ConstKind::Value(..) => constant,
            ConstKind::Unevaluated(_) => {
                self.tcx().hooks().eval_const(constant).map_err(|error| LayoutError::Const(ty, error))?
            }
            _ => return Err(LayoutError::Unknown(ty, "it depends on a constant parameter")),
        };
        evaluated.as_bits().ok_or(LayoutError::Unknown(ty, "it depends on a constant that is no number"))
    }

    fn array_length(&self, ty: Ty<'tcx>, count: Const<'tcx>) -> Outcome<'tcx, u64> {
        u64::try_from(self.const_bits(ty, count)?).map_err(|_| LayoutError::SizeOverflow(ty))
    }

    fn univariant(&self, ty: Ty<'tcx>, fields: &[Ty<'tcx>], kind: StructKind) -> Outcome<'tcx, LayoutData> {
        let fields = self.parts(fields)?;
        self.calculated(ty, self.calculator().univariant(&fields, &ReprOptions::default(), kind))
    }

    /// A type with fewer values than its base.
    fn pattern_type(&self, ty: Ty<'tcx>, base: Ty<'tcx>, pattern: Pattern<'tcx>) -> Outcome<'tcx, LayoutData> {
        let mut layout = self.part(base)?.layout.clone();
        let size = layout.size;
        let range = match pattern.kind() {
            PatternKind::NotNull => None,
            PatternKind::Range { start, end } => {
                Some(WrappingRange { start: self.const_bits(ty, start)?, end: self.const_bits(ty, end)? })
            }
            // Two ranges of signed numbers that leave out one range between them.
            PatternKind::Or(parts) => {
                let mut ranges = Vec::with_capacity(parts.len());
                for part in parts {
                    let PatternKind::Range { start, end } = part.kind() else {
                        return Err(LayoutError::Unknown(ty, "its pattern has alternatives other than ranges"));
                    };
                    ranges.push((self.const_bits(ty, start)?, self.const_bits(ty, end)?));
                }
                let lowest = size.truncate(size.signed_int_min() as u128);
                match ranges[..] {
                    [low, high] | [high, low] if low.0 == lowest && high.1 == size.signed_int_max() as u128 => {
                        Some(WrappingRange { start: high.0, end: low.1 })
                    }
                    _ => return Err(LayoutError::Unknown(ty, "its pattern's ranges do not make one")),
                }
            }
        };
        let scalar = match (&mut layout.backend_repr, range) {
            (BackendRepr::Scalar(scalar), _) => scalar,
            (BackendRepr::ScalarPair(scalar, _), None) => scalar,
            _ => return Err(LayoutError::Unknown(ty, "a pattern needs a number or a pointer")),
        };
        let mut narrowed = *scalar;
        match (&mut narrowed, range) {
            (Scalar::Initialized { valid_range, .. }, Some(range)) => *valid_range = range,
            (Scalar::Initialized { valid_range, .. }, None) => valid_range.start = 1,
            (Scalar::Union { .. }, _) => return Err(LayoutError::Unknown(ty, "a pattern on a union")),
        }
        *scalar = narrowed;
        layout.largest_niche =
            Some(Niche { offset: Size::ZERO, value: narrowed.primitive(), valid_range: narrowed.valid_range(self) });
        // The base is the only field.
        layout.fields = FieldsShape::Arbitrary {
            offsets: [Size::ZERO].into_iter().collect(),
            in_memory_order: [FieldIdx::ZERO].into_iter().collect(),
        };
        Ok(layout)
    }

    /// Which coroutine's saved locals a coroutine type has.
    pub(crate) fn coroutine_layout(
        &self,
        def_id: DefId,
        args: GenericArgs<'tcx>,
    ) -> Option<&'tcx mir::CoroutineLayout<'tcx>> {
        let kind = CoroutineArgs::new(args).kind_ty;
        let body = if kind.is_unit() {
            def_id
        } else {
            // The coroutine of an async closure has two bodies: this one, and one that takes the upvars by value.
            let own_kind = match *self.bodies.type_of(def_id).kind() {
                TyKind::Coroutine(_, own_args) => CoroutineArgs::new(own_args).kind_ty,
                _ => bug!("{def_id:?} is not a coroutine"),
            };
            if own_kind == kind { def_id } else { self.bodies.coroutine_by_move_body(def_id)? }
        };
        self.bodies.coroutine_layout(body)
    }

    fn coroutine(&self, ty: Ty<'tcx>, def_id: DefId, args: GenericArgs<'tcx>) -> Outcome<'tcx, LayoutData> {
        let tcx = self.tcx();
        let saved = self
            .coroutine_layout(def_id, args)
            .ok_or(LayoutError::Unknown(ty, "what the coroutine saves is not known"))?;
        // What is saved may be uninitialised, or moved from.
        let maybe_uninit = tcx.expect_lang_item(LangItem::MaybeUninit);
        let mut locals: IndexVec<usize, TyAndLayout<'tcx>> = IndexVec::with_capacity(saved.field_tys.len());
        for local in &saved.field_tys {
            let local_ty = self.normalize(tcx.subst(local.ty, args));
            let wrapped = tcx.mk_ty(TyKind::Adt(maybe_uninit, tcx.mk_args(&[local_ty.into()])));
            locals.push(self.part(wrapped)?);
        }
        let upvars = self.parts(CoroutineArgs::new(args).upvar_tys().as_slice())?;
        let count = locals.len();
        let mut conflicts: BitMatrix<usize, usize> = BitMatrix::new(count, count);
        for (index, _) in saved.storage_conflicts.iter().enumerate().filter(|&(_, &conflict)| conflict) {
            conflicts.insert(index / count, index % count);
        }
        let tag_layout = |tag: Scalar| self.tag_layout(tag);
        let result = self.calculator().coroutine(&locals, upvars, &saved.variant_fields, &conflicts, tag_layout);
        self.calculated(ty, result)
    }

    /// `#[repr(simd)] struct S([T; N]);`
    fn simd(&self, ty: Ty<'tcx>, adt: &'tcx AdtDef) -> Outcome<'tcx, LayoutData> {
        let fields = if adt.is_struct() { adt.non_enum_variant().fields.len() } else { 0 };
        let array = match fields {
            1 => self.adt_field_ty(ty, FIRST_VARIANT, 0),
            _ => return Err(LayoutError::Unknown(ty, "a SIMD type has one field")),
        };
        let TyKind::Array(element, count) = *array.kind() else {
            return Err(LayoutError::Unknown(ty, "a SIMD type's field is an array"));
        };
        let count = self.array_length(ty, count)?;
        let element = self.part(element)?;
        self.calculated(ty, self.calculator().simd_type(element, count, adt.repr.packed()))
    }

    fn adt(&self, ty: Ty<'tcx>, adt: &'tcx AdtDef, args: GenericArgs<'tcx>) -> Outcome<'tcx, LayoutData> {
        let tcx = self.tcx();
        let mut variants: IndexVec<VariantIdx, IndexVec<FieldIdx, TyAndLayout<'tcx>>> =
            IndexVec::with_capacity(adt.variants.len());
        for variant in &adt.variants {
            let mut fields = IndexVec::with_capacity(variant.fields.len());
            for field in &variant.fields {
                let field_ty = self.normalize(tcx.subst(tcx.definitions().type_of(field.did), args));
                fields.push(self.part(field_ty)?);
            }
            variants.push(fields);
        }
        if adt.is_union() {
            return self.calculated(ty, self.calculator().layout_of_union(&adt.repr, &variants));
        }
        let discriminants = if adt.is_enum() {
            self.discriminants(adt).map_err(|error| LayoutError::Const(ty, error))?
        } else {
            IndexVec::new()
        };
        let valid_range = {
            let (start, end) = tcx.definitions().scalar_valid_range(adt.did);
            let bound = |value: Option<u128>| value.map_or(Bound::Unbounded, Bound::Included);
            (bound(start), bound(end))
        };
        let maybe_unsized = adt.is_struct() && self.struct_maybe_unsized(adt.did);
        let repr = self.repr_for_algorithm(adt, &variants);
        // With `repr(C)`, whether it was chosen or put on for the algorithm, that counts all discriminants it is given.
        let has_value =
            |variant: VariantIdx| adt.repr.c() || !variants[variant].iter().any(|field| field.layout.uninhabited);
        let result = self.calculator().layout_of_struct_or_enum(
            &repr,
            &variants,
            adt.is_enum(),
            // Niches in memory that changes under a shared reference would be read while they change.
            adt.is_unsafe_cell || adt.is_unsafe_pinned,
            valid_range,
            |min, max| self.tag_integer(&adt.repr, min, max),
            discriminants
                .iter_enumerated()
                .filter(|&(variant, _)| has_value(variant))
                .map(|(variant, &bits)| (variant, bits as i128)),
            !maybe_unsized,
        );
        let mut layout = self.calculated(ty, result)?;
        if tcx.definitions().release().behaviour.single_niche_is_nearest_to_zero {
            self.choose_niche(&mut layout);
        }
        Ok(layout)
    }

    /// The options of a type as the publication of the algorithm wants them.
    ///
    /// To it, an enum all of whose variants are absent has no size, even if an integer was chosen for its tag. Where the release
    /// gives it room for the tag, `repr(C)` has the same effect, and no other: the fields of absent variants have neither size
    /// nor alignment.
    fn repr_for_algorithm(
        &self,
        adt: &AdtDef,
        variants: &IndexVec<VariantIdx, IndexVec<FieldIdx, TyAndLayout<'tcx>>>,
    ) -> ReprOptions {
        let mut repr = adt.repr;
        let is_absent = |fields: &IndexVec<FieldIdx, TyAndLayout<'tcx>>| {
            fields.iter().any(|field| field.layout.uninhabited) && fields.iter().all(|field| field.layout.is_1zst())
        };
        if adt.is_enum()
            && repr.int.is_some()
            && self.tcx().definitions().release().behaviour.integers_keep_absent_variants
            && variants.iter().all(is_absent)
        {
            repr.flags |= ReprFlags::IS_C;
        }
        repr
    }

    /// The width and signedness of the tag of an enum whose discriminants lie between two numbers.
    fn tag_integer(&self, repr: &ReprOptions, min: i128, max: i128) -> (Integer, bool) {
        let unsigned_fit = Integer::fit_unsigned((min as u128).max(max as u128));
        let signed_fit = Integer::fit_signed(min).max(Integer::fit_signed(max));
        if let Some(int) = repr.int {
            return match int {
                IntegerType::Pointer(signed) => (self.data_layout.ptr_sized_integer(), signed),
                IntegerType::Fixed(integer, signed) => (integer, signed),
            };
        }
        let at_least = if repr.c() { self.data_layout.c_enum_min_size } else { Integer::I8 };
        if unsigned_fit <= signed_fit { (unsigned_fit.max(at_least), false) } else { (signed_fit.max(at_least), true) }
    }
}

/// The scalar without zero.
fn from_one(mut scalar: Scalar) -> Scalar {
    scalar.valid_range_mut().start = 1;
    scalar
}
