//! Discriminants and tags.

use crate::{Integer, LayoutCx, Primitive, TagEncoding, TyAndLayout, Variants};
use ty::rustc_abi::{Float, IntegerType};
use ty::{AdtDef, ConstError, FieldIdx, IndexVec, ScalarInt, Ty, TyKind, VariantDiscr, VariantIdx};

/// The write that makes a value one of a variant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VariantTag {
    /// Nothing: the variant is the only one, or is known by not being another.
    Implicit,
    /// This number into this field.
    Write {
        /// The field that holds the tag.
        field: FieldIdx,
        /// What to write there.
        tag: ScalarInt,
    },
    /// The variant has no values.
    Uninhabited,
}

impl<'tcx> LayoutCx<'tcx> {
    /// The integer type of a width and signedness.
    pub fn integer_ty(&self, integer: Integer, signed: bool) -> Ty<'tcx> {
        let types = self.tcx().types();
        match (integer, signed) {
            (Integer::I8, false) => types.u8,
            (Integer::I16, false) => types.u16,
            (Integer::I32, false) => types.u32,
            (Integer::I64, false) => types.u64,
            (Integer::I128, false) => types.u128,
            (Integer::I8, true) => types.i8,
            (Integer::I16, true) => types.i16,
            (Integer::I32, true) => types.i32,
            (Integer::I64, true) => types.i64,
            (Integer::I128, true) => types.i128,
        }
    }

    /// A type that has such values; `*mut ()` for pointers.
    pub fn primitive_ty(&self, primitive: Primitive) -> Ty<'tcx> {
        let tcx = self.tcx();
        match primitive {
            Primitive::Int(integer, signed) => self.integer_ty(integer, signed),
            Primitive::Float(Float::F16) => tcx.types().f16,
            Primitive::Float(Float::F32) => tcx.types().f32,
            Primitive::Float(Float::F64) => tcx.types().f64,
            Primitive::Float(Float::F128) => tcx.types().f128,
            Primitive::Pointer(_) => tcx.mk_ptr(tcx.types().unit, ty::Mutability::Mut),
        }
    }

    /// The width and signedness of an enum's discriminants as its `repr` says, which may be wider than the tag.
    pub(crate) fn discriminant_integer(&self, adt: &AdtDef) -> (Integer, bool) {
        match adt.repr.discr_type() {
            IntegerType::Pointer(signed) => (self.data_layout.ptr_sized_integer(), signed),
            IntegerType::Fixed(integer, signed) => (integer, signed),
        }
    }

    /// `<T as DiscriminantKind>::Discriminant`: the type that `discriminant_value` gives.
    pub fn discriminant_ty(&self, ty: Ty<'tcx>) -> Ty<'tcx> {
        let tcx = self.tcx();
        match *ty.kind() {
            TyKind::Adt(did, _) if tcx.adt_def(did).is_enum() => match tcx.adt_def(did).repr.discr_type() {
                IntegerType::Pointer(true) => tcx.types().isize,
                IntegerType::Pointer(false) => tcx.types().usize,
                IntegerType::Fixed(integer, signed) => self.integer_ty(integer, signed),
            },
            TyKind::Coroutine(..) => tcx.types().u32,
            _ => tcx.types().u8,
        }
    }

    /// The discriminants of an enum's variants, each truncated to the width of [`LayoutCx::discriminant_ty`].
    pub fn discriminants(&self, adt: &AdtDef) -> Result<IndexVec<VariantIdx, u128>, ConstError> {
        let size = self.discriminant_integer(adt).0.size();
        let mut last_explicit = 0u128;
        let mut since = 0u128;
        let mut all = IndexVec::with_capacity(adt.variants.len());
        for variant in &adt.variants {
            if let VariantDiscr::Explicit(expression) = variant.discr {
                last_explicit = size.truncate(self.tcx().hooks().eval_discriminant(expression)?);
                since = 0;
            }
            all.push(size.truncate(last_explicit.wrapping_add(since)));
            since += 1;
        }
        Ok(all)
    }

    /// What `discriminant_value` gives for a variant, in [`LayoutCx::discriminant_ty`].
    pub fn discriminant_for_variant(&self, ty: Ty<'tcx>, variant: VariantIdx) -> Result<ScalarInt, ConstError> {
        Ok(match *ty.kind() {
            TyKind::Adt(did, _) if self.tcx().adt_def(did).is_enum() => {
                let adt = self.tcx().adt_def(did);
                let size = self.discriminant_integer(adt).0.size();
                ScalarInt::truncated(self.discriminants(adt)?[variant], size.bytes() as u8)
            }
            TyKind::Coroutine(..) => ScalarInt::truncated(u128::from(variant.as_u32()), 4),
            _ => ScalarInt::truncated(0, 1),
        })
    }

    /// The write that makes a value of an enum or coroutine one of a variant.
    pub fn variant_tag(&self, layout: TyAndLayout<'tcx>, variant: VariantIdx) -> Result<VariantTag, ConstError> {
        if layout.for_variant(self, variant).layout.is_uninhabited() {
            return Ok(VariantTag::Uninhabited);
        }
        let Variants::Multiple { tag, ref tag_encoding, tag_field, .. } = layout.layout.variants else {
            return Ok(VariantTag::Implicit);
        };
        let size = tag.size(self).bytes() as u8;
        let bits = match *tag_encoding {
            TagEncoding::Direct => self.discriminant_for_variant(layout.ty, variant)?.bits,
            TagEncoding::Niche { untagged_variant, .. } if untagged_variant == variant => {
                return Ok(VariantTag::Implicit);
            }
            TagEncoding::Niche { ref niche_variants, niche_start, .. } => {
                assert!(niche_variants.contains(&variant), "an inhabited variant is untagged or has a niche");
                niche_start.wrapping_add(u128::from(variant.as_u32() - niche_variants.start().as_u32()))
            }
        };
        Ok(VariantTag::Write { field: tag_field, tag: ScalarInt::truncated(bits, size) })
    }
}
