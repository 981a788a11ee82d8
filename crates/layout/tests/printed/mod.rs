//! Layouts as rustc prints them since 1.97, where variants are no layouts of their own.
#![allow(dead_code, reason = "fields are printed")]

use bessemer_layout::{LayoutData, Variants};
use std::fmt::Debug;
use ty::rustc_abi::FieldsShape;

#[derive(Debug)]
struct Layout<'a> {
    size: &'a dyn Debug,
    align: &'a dyn Debug,
    backend_repr: &'a dyn Debug,
    fields: &'a dyn Debug,
    largest_niche: &'a dyn Debug,
    uninhabited: bool,
    variants: &'a dyn Debug,
    max_repr_align: &'a dyn Debug,
    unadjusted_abi_align: &'a dyn Debug,
}

#[derive(Debug)]
struct VariantLayout<'a> {
    size: &'a dyn Debug,
    backend_repr: &'a dyn Debug,
    field_offsets: &'a dyn Debug,
    fields_in_memory_order: &'a dyn Debug,
    largest_niche: &'a dyn Debug,
    uninhabited: bool,
}

#[derive(Debug)]
struct Multiple<'a> {
    tag: &'a dyn Debug,
    tag_encoding: &'a dyn Debug,
    tag_field: &'a dyn Debug,
    variants: Vec<VariantLayout<'a>>,
}

pub fn print(layout: &LayoutData) -> String {
    let multiple = match &layout.variants {
        Variants::Multiple { tag, tag_encoding, tag_field, variants } => {
            Some(Multiple { tag, tag_encoding, tag_field, variants: variants.iter().map(variant).collect() })
        }
        _ => None,
    };
    let whole = Layout {
        size: &layout.size,
        align: &layout.align,
        backend_repr: &layout.backend_repr,
        fields: &layout.fields,
        largest_niche: &layout.largest_niche,
        uninhabited: layout.uninhabited,
        variants: multiple.as_ref().map_or(&layout.variants as &dyn Debug, |multiple| multiple),
        max_repr_align: &layout.max_repr_align,
        unadjusted_abi_align: &layout.unadjusted_abi_align,
    };
    format!("{whole:#?}")
}

fn variant(layout: &LayoutData) -> VariantLayout<'_> {
    let FieldsShape::Arbitrary { offsets, in_memory_order } = &layout.fields else {
        panic!("the fields of variants have offsets")
    };
    VariantLayout {
        size: &layout.size,
        backend_repr: &layout.backend_repr,
        field_offsets: offsets,
        fields_in_memory_order: in_memory_order,
        largest_niche: &layout.largest_niche,
        uninhabited: layout.uninhabited,
    }
}
