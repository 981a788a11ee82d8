//! What only the stable hash of a type covers: attributes, visibilities and safety (`rustc_middle::ty::AdtDefData`).

use super::decoder::{Decode, Decoder, missing};
use crate::error::Result;
use crate::session::Session;
use ty::*;

/// The bits of `rustc_middle::ty::adt::AdtFlags`.
mod flag {
    pub const IS_ENUM: u16 = 1 << 0;
    pub const IS_UNION: u16 = 1 << 1;
    pub const IS_STRUCT: u16 = 1 << 2;
    pub const HAS_CTOR: u16 = 1 << 3;
    pub const IS_PHANTOM_DATA: u16 = 1 << 4;
    pub const IS_FUNDAMENTAL: u16 = 1 << 5;
    pub const IS_BOX: u16 = 1 << 6;
    pub const IS_MANUALLY_DROP: u16 = 1 << 7;
    pub const IS_VARIANT_LIST_NON_EXHAUSTIVE: u16 = 1 << 8;
    pub const IS_UNSAFE_CELL: u16 = 1 << 9;
    pub const IS_UNSAFE_PINNED: u16 = 1 << 10;
    pub const IS_PIN: u16 = 1 << 11;
    pub const IS_PIN_PROJECT: u16 = 1 << 12;
    pub const IS_MAYBE_DANGLING: u16 = 1 << 14;
}

/// Who sees an item: everyone, or a module (by its number in the crate).
#[derive(PartialEq, Eq)]
pub(super) enum Visibility {
    Public,
    Restricted(u32),
}

impl<'tcx> Decode<'tcx> for Visibility {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(match d.read_variant(2, "no such visibility")? {
            0 => Visibility::Public,
            _ => Visibility::Restricted(d.read()?),
        })
    }
}

impl<'tcx> Session<'tcx> {
    pub(crate) fn read_adt_hash_facts(&'tcx self, adt: &AdtDef) -> Result<AdtHashFacts> {
        let attributes = self.read_attributes(adt.did)?;
        let has_ctor = adt.is_struct() && adt.non_enum_variant().ctor.is_some();
        let bits = [
            (adt.is_enum(), flag::IS_ENUM),
            (adt.is_union(), flag::IS_UNION),
            (adt.is_struct(), flag::IS_STRUCT),
            (has_ctor, flag::HAS_CTOR),
            (adt.is_phantom_data, flag::IS_PHANTOM_DATA),
            (attributes.fundamental, flag::IS_FUNDAMENTAL),
            (adt.is_box, flag::IS_BOX),
            (adt.is_manually_drop, flag::IS_MANUALLY_DROP),
            (adt.is_enum() && attributes.non_exhaustive, flag::IS_VARIANT_LIST_NON_EXHAUSTIVE),
            (adt.is_unsafe_cell, flag::IS_UNSAFE_CELL),
            (adt.is_unsafe_pinned, flag::IS_UNSAFE_PINNED),
            (self.find_lang_item(LangItem::Pin)? == Some(adt.did), flag::IS_PIN),
            (attributes.pin_v2, flag::IS_PIN_PROJECT),
            (adt.is_maybe_dangling && self.format.encoding().maybe_dangling_flag, flag::IS_MAYBE_DANGLING),
        ];
        let flags = bits.into_iter().filter(|&(holds, _)| holds).fold(0, |flags, (_, bit)| flags | bit);
        let variants = adt.variants.iter().map(|variant| self.read_variant_facts(variant)).collect::<Result<_>>()?;
        Ok(AdtHashFacts { flags, variants })
    }

    fn read_variant_facts(&'tcx self, variant: &VariantDef) -> Result<VariantHashFacts> {
        let fields = variant.fields.iter().map(|field| self.read_field_facts(field.did)).collect::<Result<_>>()?;
        Ok(VariantHashFacts { flags: u8::from(self.read_is_non_exhaustive(variant.def_id)?), fields })
    }

    fn read_field_facts(&'tcx self, field: DefId) -> Result<FieldHashFacts> {
        let visibility: Visibility =
            self.entry(field, |tables| &tables.visibility)?.ok_or_else(|| missing("a field has no visibility"))?;
        let visible_in = match visibility {
            Visibility::Public => None,
            Visibility::Restricted(index) => Some(DefId { index, ..field }),
        };
        let krate = self.data(field.krate);
        let is_unsafe = krate.root.tables.safety.byte(krate.bytes, field.index)? == 0;
        let default_value = self.entry(field, |tables| &tables.default_fields)?;
        Ok(FieldHashFacts { visible_in, is_unsafe, default_value })
    }
}
