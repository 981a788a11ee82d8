//! Which variant an enum's value is, and making it one.

use crate::EvalCx;
use crate::fault::{EvalResult, Fault, fault};
use crate::machine::Machine;
use crate::value::{OpTy, PlaceTy};
use layout::{TagEncoding, VariantTag, Variants};
use ty::{DefId, FieldIdx, IndexVec, Scalar, ScalarInt, Ty, TyKind, VariantIdx};

impl<'tcx> EvalCx<'tcx> {
    pub(crate) fn discriminant_for_variant(&self, ty: Ty<'tcx>, variant: VariantIdx) -> EvalResult<ScalarInt> {
        self.layouts.discriminant_for_variant(ty, variant).map_err(Box::<Fault>::from)
    }

    /// The discriminants of an enum's variants.
    fn discriminants(&self, adt: DefId) -> EvalResult<&'tcx IndexVec<VariantIdx, u128>> {
        if let Some(known) = self.discriminants.get(&adt) {
            return Ok(known);
        }
        let all = self.layouts.discriminants(self.tcx.adt_def(adt)).map_err(Box::<Fault>::from)?;
        Ok(self.discriminants.insert(adt, self.tcx.arena().keep(all)))
    }
}

impl<'tcx> Machine<'_, 'tcx> {
    pub(crate) fn read_discriminant(&mut self, op: &OpTy<'tcx>) -> EvalResult<VariantIdx> {
        let layout = op.layout();
        let (tag, encoding, field) = match &layout.layout.variants {
            Variants::Empty => fault!("read discriminant of an uninhabited enum variant"),
            Variants::Single { index } => {
                if layout.is_uninhabited() {
                    fault!("read discriminant of an uninhabited enum variant");
                }
                return Ok(*index);
            }
            Variants::Multiple { tag, tag_encoding, tag_field, .. } => (tag, tag_encoding, *tag_field),
        };
        let size = self.cx.primitive_size(tag.primitive()) as u8;
        let value = self.op_field(op, field)?;
        let value = self.read_scalar(&value)?;
        if let Scalar::Int(bits) = value
            && self.cx.tcx.definitions().release().behaviour.tags_are_in_range
            && !tag.valid_range(self.cx.layouts).contains(bits.bits)
        {
            fault!("enum value has invalid tag: {bits:?}");
        }
        let variant = match encoding {
            TagEncoding::Direct => {
                let Scalar::Int(bits) = value else {
                    fault!("enum value has invalid tag: a pointer");
                };
                match self.variant_of_tag(layout.ty, bits, tag.primitive())? {
                    Some(variant) => variant,
                    None => fault!("enum value has invalid tag: {bits:?}"),
                }
            }
            TagEncoding::Niche { untagged_variant, niche_variants, niche_start, .. } => {
                let first = niche_variants.start().as_u32();
                let last = niche_variants.end().as_u32();
                match value {
                    Scalar::Ptr(..) => {
                        let valid = *niche_start == 0 && first == last && !self.may_be_null(value)?;
                        if !valid {
                            fault!("enum value has invalid tag: a pointer");
                        }
                        *untagged_variant
                    }
                    Scalar::Int(bits) => {
                        let relative = ScalarInt::truncated(bits.bits.wrapping_sub(*niche_start), size).bits;
                        if relative <= u128::from(last - first) {
                            let variant = VariantIdx::from_u32(first + relative as u32);
                            if variant == *untagged_variant {
                                fault!("enum value has invalid tag: {bits:?}");
                            }
                            variant
                        } else {
                            *untagged_variant
                        }
                    }
                }
            }
        };
        if self.cx.for_variant(layout, variant).is_uninhabited() {
            fault!("read discriminant of an uninhabited enum variant");
        }
        Ok(variant)
    }

    /// The variant whose discriminant, in the width of the tag, is this.
    fn variant_of_tag(
        &self,
        ty: Ty<'tcx>,
        tag: ScalarInt,
        primitive: layout::Primitive,
    ) -> EvalResult<Option<VariantIdx>> {
        match *ty.kind() {
            TyKind::Adt(did, _) => {
                let size = self.cx.primitive_size(primitive) as u8;
                let discriminants = self.cx.discriminants(did)?;
                // Distinct discriminants of a type with a direct tag stay distinct in the tag's width.
                Ok(discriminants
                    .iter_enumerated()
                    .find(|&(_, &bits)| ScalarInt::truncated(bits, size).bits == tag.bits)
                    .map(|(variant, _)| variant))
            }
            TyKind::Coroutine(..) => Ok(u32::try_from(tag.bits).ok().map(VariantIdx::from_u32)),
            _ => ty::bug!("a tag in {ty:?}"),
        }
    }

    pub(crate) fn write_discriminant(&mut self, variant: VariantIdx, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let layout = dest.layout();
        // Structs and the like come here too.
        if let Variants::Single { index } = layout.variants
            && index == variant
            && !layout.is_uninhabited()
        {
            return Ok(());
        }
        match self.cx.layouts.variant_tag(layout, variant).map_err(Box::<Fault>::from)? {
            VariantTag::Uninhabited => fault!("writing discriminant of an uninhabited enum variant"),
            VariantTag::Implicit => {
                let op = self.place_to_op(dest)?;
                if self.read_discriminant(&op)? != variant {
                    fault!(
                        "trying to set discriminant of a {} to the niched variant, but the value does not match",
                        self.cx.shown(layout.ty)
                    );
                }
                Ok(())
            }
            VariantTag::Write { field, tag } => {
                let place = self.force_allocation(dest)?;
                let field: FieldIdx = field;
                let place = self.project_field(&place, field)?;
                self.write_scalar(Scalar::Int(tag), &place.into())
            }
        }
    }
}
