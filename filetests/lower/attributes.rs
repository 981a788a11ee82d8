//@ lir: exported
//@ lir: renamed_for_c
//@ lir: always
//@ lir: cold
//@ lir: in_section
//@ lir: with_features
//@ lir: weak
//@ features: linkage
#[unsafe(no_mangle)]
pub extern "C" fn exported() {}

#[unsafe(export_name = "renamed_for_c")]
pub fn renamed() {}

#[inline(always)]
pub fn always() {}

#[cold]
pub fn cold() {}

#[unsafe(link_section = ".text.special")]
pub fn in_section() {}

#[target_feature(enable = "avx2,bmi1")]
pub fn with_features() {}

#[linkage = "weak"]
pub fn weak() {}
