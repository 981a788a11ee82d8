//! What releases compile differently: layouts, signatures, evaluation and hashes.

/// What differs in what the compiler makes of a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Behaviour {
    /// Enums with a chosen integer (`repr(u8)`) have room for variants that cannot exist (`rustc_abi::layout`).
    pub integers_keep_absent_variants: bool,
    /// An enum that needs one invalid value takes the one nearest to zero (`rustc_abi::Niche::reserve`).
    pub single_niche_is_nearest_to_zero: bool,
    /// Small aggregates that go as an integer are promised to have no undefined byte, if neither padding nor a union is in
    /// them (`rustc_target::callconv`).
    pub aggregates_are_defined: bool,
    /// The argument of `drop_in_place` is promised what `&mut` is (`rustc_ty_utils::abi`).
    pub drop_in_place_takes_reference: bool,
    /// Reading an enum's variant, compile-time evaluation takes a tag outside of its range for invalid, whatever variant it
    /// would mean (`rustc_const_eval::interpret::discriminant`).
    pub tags_are_in_range: bool,
    /// Errors about invalid values of constants name the type (`rustc_middle::mir::interpret::error`).
    pub invalid_values_have_types: bool,
    /// The parts of a constant in a type are a list of their own, with a hash of its own (`ValTreeKind::Branch`).
    pub value_parts_are_interned: bool,
    /// Types and constants have no hash of their own that goes into that of others (`WithCachedTypeInfo`).
    pub types_are_hashed_in_place: bool,
}

pub(crate) const V1_95: Behaviour = Behaviour {
    integers_keep_absent_variants: false,
    single_niche_is_nearest_to_zero: false,
    aggregates_are_defined: false,
    drop_in_place_takes_reference: true,
    tags_are_in_range: false,
    invalid_values_have_types: false,
    value_parts_are_interned: false,
    types_are_hashed_in_place: false,
};

pub(crate) const V1_96: Behaviour = Behaviour {
    integers_keep_absent_variants: true,
    aggregates_are_defined: true,
    tags_are_in_range: true,
    invalid_values_have_types: true,
    value_parts_are_interned: true,
    ..V1_95
};

pub(crate) const V1_97: Behaviour = Behaviour {
    single_niche_is_nearest_to_zero: true,
    drop_in_place_takes_reference: false,
    types_are_hashed_in_place: true,
    ..V1_96
};

pub(crate) const V1_98: Behaviour = V1_97;
