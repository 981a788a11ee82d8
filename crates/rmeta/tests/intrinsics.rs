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

#[test]
fn the_standard_library_declares_the_intrinsics_that_are_known() {
    common::with_snippet("pub fn nothing() {}", |session| {
        let modules = ["core::intrinsics", "alloc::intrinsics"].map(|module| find(session, module));
        let declared = declared(session, modules.to_vec());
        assert!(declared.len() > 290, "{declared:?}");
        let known: BTreeSet<String> = Intrinsic::all().map(|intrinsic| intrinsic.to_string()).collect();
        assert_eq!(declared.difference(&known).collect::<Vec<_>>(), [""; 0], "declared, and not known");
        // The first is for GPUs only. rustc accepts declarations of the others, of which its own tests have some.
        let only_known = ["amdgpu_dispatch_ptr", "contract_checks", "simd_shuffle_const_generic", "va_start"];
        assert_eq!(known.difference(&declared).collect::<Vec<_>>(), only_known, "known, and not declared");
    });
}
