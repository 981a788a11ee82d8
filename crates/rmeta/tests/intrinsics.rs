//! Every intrinsic of the standard library is one that `ty` knows, so that lowering and evaluation say what they do with it.

mod common;

use bessemer_rmeta::Session;
use common::find;
use std::collections::{BTreeSet, HashSet};
use ty::{DefId, DefKind, Definitions, Intrinsic};

/// The names of the intrinsics in some modules and in those that they lead to.
fn declared<'tcx>(session: &'tcx Session<'tcx>, mut modules: Vec<DefId>) -> BTreeSet<String> {
    let (mut seen, mut names) = (HashSet::new(), BTreeSet::new());
    while let Some(module) = modules.pop() {
        if !seen.insert(module) {
            continue;
        }
        for (_, def_id) in session.module_children(module) {
            match session.def_kind(def_id) {
                DefKind::Mod => modules.push(def_id),
                DefKind::Fn => {
                    if let Some(intrinsic) = session.intrinsic(def_id) {
                        names.insert(intrinsic.name.as_str().to_owned());
                    }
                }
                _ => {}
            }
        }
    }
    names
}

/// What releases of `core` declare that others do not: the names (`*`: of each width of floats), the minor version of Rust that
/// brings them, and that of the last that has them.
const OF_SOME_RELEASES: &[(&str, u16, u16)] = &[
    ("fabs*", 95, 95),
    ("maxnum*", 95, 95),
    ("minnum*", 95, 95),
    ("simd_fmax", 95, 95),
    ("simd_fmin", 95, 95),
    ("sve_cast", 96, 96),
    ("fabs", 96, 98),
    ("field_offset", 96, 98),
    ("maximum_number_nsz_*", 96, 98),
    ("minimum_number_nsz_*", 96, 98),
    ("simd_maximum_number_nsz", 96, 98),
    ("simd_minimum_number_nsz", 96, 98),
    ("sve_tuple_create2", 96, 98),
    ("sve_tuple_create3", 96, 98),
    ("sve_tuple_create4", 96, 98),
    ("sve_tuple_get", 96, 98),
    ("sve_tuple_set", 96, 98),
    ("return_address", 97, 98),
    ("size_of_type_id", 97, 98),
    ("field_representing_type_actual_type_id", 98, 98),
    ("type_id_field_representing_type", 98, 98),
    ("type_id_fields", 98, 98),
    ("type_id_variants", 98, 98),
];

/// What no release's `core` declares for this machine. Some are for GPUs only; rustc accepts declarations of the others, of which
/// its own tests have some.
const OF_NO_RELEASE: [&str; 5] = [
    "amdgpu_dispatch_ptr",
    "contract_checks",
    "gpu_launch_sized_workgroup_mem",
    "simd_shuffle_const_generic",
    "va_start",
];

/// The names that the `core` of a release of Rust does not declare.
fn absent(minor: u16) -> BTreeSet<String> {
    let elsewhere = OF_SOME_RELEASES.iter().filter(|(_, first, last)| !(*first..=*last).contains(&minor));
    let mut names: BTreeSet<String> = OF_NO_RELEASE.map(str::to_owned).into();
    for (name, ..) in elsewhere {
        match name.strip_suffix('*') {
            Some(stem) => names.extend(["f16", "f32", "f64", "f128"].map(|width| format!("{stem}{width}"))),
            None => names.extend([(*name).to_owned()]),
        }
    }
    names
}

#[test]
fn the_standard_library_declares_the_intrinsics_that_are_known() {
    common::with_snippet("pub fn nothing() {}", |session| {
        let modules = ["core::intrinsics", "alloc::intrinsics"].map(|module| find(session, module));
        let declared = declared(session, modules.to_vec());
        assert!(declared.len() > 290, "{declared:?}");
        let known: BTreeSet<String> = Intrinsic::all().map(|intrinsic| intrinsic.to_string()).collect();
        assert_eq!(declared.difference(&known).collect::<Vec<_>>(), [""; 0], "declared, and not known");
        let undeclared: BTreeSet<String> = known.difference(&declared).cloned().collect();
        assert_eq!(undeclared, absent(testing::release().number.1), "known, and not declared");
    });
}
