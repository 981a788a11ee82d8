//! The functions that the compiler itself does (`#[rustc_intrinsic]`), as closed sets.
//!
//! Every name is here that rustc accepts in such a declaration, of any release (`crates/rmeta/tests/intrinsics.rs` says which has
//! which). Who does something in place of a call matches on these types without
//! a wildcard, so that the compiler says which intrinsics it lacks.

use crate::FloatTy;
use std::fmt;

macro_rules! intrinsics {
    ($(#[$meta:meta])* $name:ident { $($variant:ident $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name { $(#[doc = concat!("`", $text, "`")] $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// The name in the source.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }

            /// The intrinsic of a name.
            pub fn from_name(name: &str) -> Option<$name> {
                match name { $($text => Some($name::$variant),)* _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

intrinsics! {
    /// Accesses to memory that other threads see, and fences.
    AtomicIntrinsic {
        Load "atomic_load",
        Store "atomic_store",
        Cxchg "atomic_cxchg",
        Cxchgweak "atomic_cxchgweak",
        Xchg "atomic_xchg",
        Xadd "atomic_xadd",
        Xsub "atomic_xsub",
        And "atomic_and",
        Nand "atomic_nand",
        Or "atomic_or",
        Xor "atomic_xor",
        Max "atomic_max",
        Min "atomic_min",
        Umax "atomic_umax",
        Umin "atomic_umin",
        Fence "atomic_fence",
        Singlethreadfence "atomic_singlethreadfence",
    }
}

intrinsics! {
    /// Functions of floats that there are for each width; the names here lack it (`sqrt` for `sqrtf32`).
    FloatIntrinsic {
        Sqrt "sqrt",
        Powi "powi",
        Sin "sin",
        Cos "cos",
        Pow "pow",
        Exp "exp",
        Exp2 "exp2",
        Log "log",
        Log2 "log2",
        Log10 "log10",
        Fma "fma",
        Fmuladd "fmuladd",
        Floor "floor",
        Ceil "ceil",
        Trunc "trunc",
        Round "round",
        RoundTiesEven "round_ties_even_",
        Fabs "fabs",
        Minnum "minnum",
        Maxnum "maxnum",
        MinimumNumberNsz "minimum_number_nsz_",
        MaximumNumberNsz "maximum_number_nsz_",
        Minimum "minimum",
        Maximum "maximum",
        Copysign "copysign",
    }
}

intrinsics! {
    /// Arithmetic of integers, and of floats of whatever width.
    NumberIntrinsic {
        AddWithOverflow "add_with_overflow",
        SubWithOverflow "sub_with_overflow",
        MulWithOverflow "mul_with_overflow",
        WrappingAdd "wrapping_add",
        WrappingSub "wrapping_sub",
        WrappingMul "wrapping_mul",
        SaturatingAdd "saturating_add",
        SaturatingSub "saturating_sub",
        UncheckedAdd "unchecked_add",
        UncheckedSub "unchecked_sub",
        UncheckedMul "unchecked_mul",
        UncheckedDiv "unchecked_div",
        UncheckedRem "unchecked_rem",
        UncheckedShl "unchecked_shl",
        UncheckedShr "unchecked_shr",
        UncheckedFunnelShl "unchecked_funnel_shl",
        UncheckedFunnelShr "unchecked_funnel_shr",
        ExactDiv "exact_div",
        DisjointBitor "disjoint_bitor",
        CarryingMulAdd "carrying_mul_add",
        CarrylessMul "carryless_mul",
        RotateLeft "rotate_left",
        RotateRight "rotate_right",
        Ctpop "ctpop",
        Ctlz "ctlz",
        CtlzNonzero "ctlz_nonzero",
        Cttz "cttz",
        CttzNonzero "cttz_nonzero",
        Bswap "bswap",
        Bitreverse "bitreverse",
        ThreeWayCompare "three_way_compare",
        FaddFast "fadd_fast",
        FsubFast "fsub_fast",
        FmulFast "fmul_fast",
        FdivFast "fdiv_fast",
        FremFast "frem_fast",
        FaddAlgebraic "fadd_algebraic",
        FsubAlgebraic "fsub_algebraic",
        FmulAlgebraic "fmul_algebraic",
        FdivAlgebraic "fdiv_algebraic",
        FremAlgebraic "frem_algebraic",
        Fabs "fabs",
        FloatToIntUnchecked "float_to_int_unchecked",
    }
}

intrinsics! {
    /// Memory and addresses, and lists of variable arguments.
    MemoryIntrinsic {
        Copy "copy",
        CopyNonoverlapping "copy_nonoverlapping",
        WriteBytes "write_bytes",
        CompareBytes "compare_bytes",
        RawEq "raw_eq",
        TypedSwapNonoverlapping "typed_swap_nonoverlapping",
        ReadViaCopy "read_via_copy",
        WriteViaMove "write_via_move",
        WriteBoxViaMove "write_box_via_move",
        VolatileLoad "volatile_load",
        VolatileStore "volatile_store",
        VolatileCopyMemory "volatile_copy_memory",
        VolatileCopyNonoverlappingMemory "volatile_copy_nonoverlapping_memory",
        VolatileSetMemory "volatile_set_memory",
        UnalignedVolatileLoad "unaligned_volatile_load",
        UnalignedVolatileStore "unaligned_volatile_store",
        NontemporalStore "nontemporal_store",
        PrefetchReadData "prefetch_read_data",
        PrefetchWriteData "prefetch_write_data",
        PrefetchReadInstruction "prefetch_read_instruction",
        PrefetchWriteInstruction "prefetch_write_instruction",
        Offset "offset",
        ArithOffset "arith_offset",
        PtrOffsetFrom "ptr_offset_from",
        PtrOffsetFromUnsigned "ptr_offset_from_unsigned",
        PtrMask "ptr_mask",
        PtrGuaranteedCmp "ptr_guaranteed_cmp",
        PtrMetadata "ptr_metadata",
        AggregateRawPtr "aggregate_raw_ptr",
        SliceGetUnchecked "slice_get_unchecked",
        SizeOfVal "size_of_val",
        AlignOfVal "align_of_val",
        VtableSize "vtable_size",
        VtableAlign "vtable_align",
        ConstAllocate "const_allocate",
        ConstDeallocate "const_deallocate",
        ConstMakeGlobal "const_make_global",
        VaStart "va_start",
        VaArg "va_arg",
        VaCopy "va_copy",
        VaEnd "va_end",
    }
}

intrinsics! {
    /// Operations on vectors.
    SimdIntrinsic {
        Splat "simd_splat",
        Insert "simd_insert",
        InsertDyn "simd_insert_dyn",
        Extract "simd_extract",
        ExtractDyn "simd_extract_dyn",
        Shuffle "simd_shuffle",
        ShuffleConstGeneric "simd_shuffle_const_generic",
        Add "simd_add",
        Sub "simd_sub",
        Mul "simd_mul",
        Div "simd_div",
        Rem "simd_rem",
        Shl "simd_shl",
        Shr "simd_shr",
        And "simd_and",
        Or "simd_or",
        Xor "simd_xor",
        SaturatingAdd "simd_saturating_add",
        SaturatingSub "simd_saturating_sub",
        Fmin "simd_fmin",
        Fmax "simd_fmax",
        MinimumNumberNsz "simd_minimum_number_nsz",
        MaximumNumberNsz "simd_maximum_number_nsz",
        Eq "simd_eq",
        Ne "simd_ne",
        Lt "simd_lt",
        Le "simd_le",
        Gt "simd_gt",
        Ge "simd_ge",
        Neg "simd_neg",
        Bswap "simd_bswap",
        Bitreverse "simd_bitreverse",
        Ctlz "simd_ctlz",
        Cttz "simd_cttz",
        Ctpop "simd_ctpop",
        Fabs "simd_fabs",
        Ceil "simd_ceil",
        Floor "simd_floor",
        Round "simd_round",
        RoundTiesEven "simd_round_ties_even",
        Trunc "simd_trunc",
        Fsqrt "simd_fsqrt",
        Fsin "simd_fsin",
        Fcos "simd_fcos",
        Fexp "simd_fexp",
        Fexp2 "simd_fexp2",
        Flog "simd_flog",
        Flog2 "simd_flog2",
        Flog10 "simd_flog10",
        Fma "simd_fma",
        RelaxedFma "simd_relaxed_fma",
        FunnelShl "simd_funnel_shl",
        FunnelShr "simd_funnel_shr",
        CarrylessMul "simd_carryless_mul",
        Cast "simd_cast",
        As "simd_as",
        CastPtr "simd_cast_ptr",
        ExposeProvenance "simd_expose_provenance",
        WithExposedProvenance "simd_with_exposed_provenance",
        ArithOffset "simd_arith_offset",
        ReduceAddOrdered "simd_reduce_add_ordered",
        ReduceAddUnordered "simd_reduce_add_unordered",
        ReduceMulOrdered "simd_reduce_mul_ordered",
        ReduceMulUnordered "simd_reduce_mul_unordered",
        ReduceAnd "simd_reduce_and",
        ReduceOr "simd_reduce_or",
        ReduceXor "simd_reduce_xor",
        ReduceMin "simd_reduce_min",
        ReduceMax "simd_reduce_max",
        ReduceAll "simd_reduce_all",
        ReduceAny "simd_reduce_any",
        Bitmask "simd_bitmask",
        Select "simd_select",
        SelectBitmask "simd_select_bitmask",
        Gather "simd_gather",
        Scatter "simd_scatter",
        MaskedLoad "simd_masked_load",
        MaskedStore "simd_masked_store",
        SveCast "sve_cast",
        SveTupleCreate2 "sve_tuple_create2",
        SveTupleCreate3 "sve_tuple_create3",
        SveTupleCreate4 "sve_tuple_create4",
        SveTupleGet "sve_tuple_get",
        SveTupleSet "sve_tuple_set",
    }
}

intrinsics! {
    /// Types, control flow, and hints to the compiler.
    LanguageIntrinsic {
        SizeOf "size_of",
        AlignOf "align_of",
        OffsetOf "offset_of",
        FieldOffset "field_offset",
        VariantCount "variant_count",
        NeedsDrop "needs_drop",
        TypeName "type_name",
        TypeId "type_id",
        TypeIdEq "type_id_eq",
        TypeIdVtable "type_id_vtable",
        TypeOf "type_of",
        SizeOfTypeId "size_of_type_id",
        TypeIdVariants "type_id_variants",
        TypeIdFields "type_id_fields",
        TypeIdFieldRepresentingType "type_id_field_representing_type",
        FieldRepresentingTypeActualTypeId "field_representing_type_actual_type_id",
        DiscriminantValue "discriminant_value",
        Transmute "transmute",
        TransmuteUnchecked "transmute_unchecked",
        AssertInhabited "assert_inhabited",
        AssertZeroValid "assert_zero_valid",
        AssertMemUninitializedValid "assert_mem_uninitialized_valid",
        Abort "abort",
        Unreachable "unreachable",
        Breakpoint "breakpoint",
        CatchUnwind "catch_unwind",
        CallerLocation "caller_location",
        ReturnAddress "return_address",
        ConstEvalSelect "const_eval_select",
        SelectUnpredictable "select_unpredictable",
        Assume "assume",
        ColdPath "cold_path",
        IsValStaticallyKnown "is_val_statically_known",
        BlackBox "black_box",
        Forget "forget",
        UbChecks "ub_checks",
        OverflowChecks "overflow_checks",
        ContractChecks "contract_checks",
        ContractCheckRequires "contract_check_requires",
        ContractCheckEnsures "contract_check_ensures",
        RustcPeek "rustc_peek",
        Autodiff "autodiff",
        Offload "offload",
        AmdgpuDispatchPtr "amdgpu_dispatch_ptr",
        GpuLaunchSizedWorkgroupMem "gpu_launch_sized_workgroup_mem",
    }
}

/// An intrinsic that rustc knows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Intrinsic {
    /// See [`AtomicIntrinsic`].
    Atomic(AtomicIntrinsic),
    /// A function of floats, and their width.
    Float(FloatIntrinsic, FloatTy),
    /// See [`NumberIntrinsic`].
    Number(NumberIntrinsic),
    /// See [`MemoryIntrinsic`].
    Memory(MemoryIntrinsic),
    /// See [`SimdIntrinsic`].
    Simd(SimdIntrinsic),
    /// See [`LanguageIntrinsic`].
    Language(LanguageIntrinsic),
}

impl Intrinsic {
    /// The intrinsic of a name.
    pub fn from_name(name: &str) -> Option<Intrinsic> {
        if name.starts_with("simd_") || name.starts_with("sve_") {
            return SimdIntrinsic::from_name(name).map(Intrinsic::Simd);
        }
        if name.starts_with("atomic_") {
            return AtomicIntrinsic::from_name(name).map(Intrinsic::Atomic);
        }
        let of_width = FLOAT_SUFFIXES.iter().find_map(|(suffix, width)| {
            let stem = FloatIntrinsic::from_name(name.strip_suffix(suffix)?)?;
            Some(Intrinsic::Float(stem, *width))
        });
        of_width
            .or_else(|| NumberIntrinsic::from_name(name).map(Intrinsic::Number))
            .or_else(|| MemoryIntrinsic::from_name(name).map(Intrinsic::Memory))
            .or_else(|| LanguageIntrinsic::from_name(name).map(Intrinsic::Language))
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Intrinsic> {
        let floats = FloatIntrinsic::ALL
            .iter()
            .flat_map(|stem| FLOAT_SUFFIXES.iter().map(|(_, width)| Intrinsic::Float(*stem, *width)));
        let atomics = AtomicIntrinsic::ALL.iter().copied().map(Intrinsic::Atomic);
        let numbers = NumberIntrinsic::ALL.iter().copied().map(Intrinsic::Number);
        let memory = MemoryIntrinsic::ALL.iter().copied().map(Intrinsic::Memory);
        let simd = SimdIntrinsic::ALL.iter().copied().map(Intrinsic::Simd);
        let language = LanguageIntrinsic::ALL.iter().copied().map(Intrinsic::Language);
        atomics.chain(floats).chain(numbers).chain(memory).chain(simd).chain(language)
    }
}

/// How names of float intrinsics end.
const FLOAT_SUFFIXES: [(&str, FloatTy); 4] =
    [("f16", FloatTy::F16), ("f32", FloatTy::F32), ("f64", FloatTy::F64), ("f128", FloatTy::F128)];

/// The name in the source.
impl fmt::Display for Intrinsic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Intrinsic::Atomic(it) => it.fmt(f),
            Intrinsic::Float(stem, width) => {
                let (suffix, _) = FLOAT_SUFFIXES.iter().find(|(_, it)| it == width).ok_or(fmt::Error)?;
                write!(f, "{stem}{suffix}")
            }
            Intrinsic::Number(it) => it.fmt(f),
            Intrinsic::Memory(it) => it.fmt(f),
            Intrinsic::Simd(it) => it.fmt(f),
            Intrinsic::Language(it) => it.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_name_means_one_intrinsic() {
        let mut names = HashSet::new();
        for intrinsic in Intrinsic::all() {
            let name = intrinsic.to_string();
            assert_eq!(Intrinsic::from_name(&name), Some(intrinsic));
            assert!(names.insert(name));
        }
        // rustc 1.95's own list has 305; 1.96 brings 18, 1.97 three, and 1.98 four.
        assert_eq!(names.len(), 330);
        assert_eq!(
            Intrinsic::from_name("round_ties_even_f32").map(|it| it.to_string()).as_deref(),
            Some("round_ties_even_f32")
        );
        for unknown in ["", "f32", "sqrt", "simd_", "simd_sqrt", "atomic_add", "roundf8"] {
            assert_eq!(Intrinsic::from_name(unknown), None, "{unknown}");
        }
    }
}
