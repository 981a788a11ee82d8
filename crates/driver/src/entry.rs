//! Where programs begin: the user's `main`, or the harness of the crate's tests.

use crate::error::DriverError;
use crate::front_half::FrontHalf;
use crate::missing::Missing;
use crate::options::Options;
use lower::EntryPoint;
use ty::{CrateNum, DefId, DefKind, ExternAbi, Instance, TyKind};

/// What a program begins with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Root {
    /// The crate's `main`.
    Main,
    /// The crate's test functions, run by the harness.
    Tests,
    /// Nothing: what others call.
    Library,
}

impl Root {
    /// What the program of these options begins with.
    pub(crate) fn of(options: &Options) -> Root {
        if options.test { Root::Tests } else { Root::Main }
    }
}

/// Finds how a program begins, if it is not begun by others. Where it is its tests that run, the crate's own `main` is
/// nothing special. `exported` are definitions with a symbol: a program may define C's `main` itself (`#![no_main]`).
pub(crate) fn find_entry(
    front: &FrontHalf<'_>,
    root: Root,
    exported: &[DefId],
    missing: Missing<'_>,
) -> Result<Option<EntryPoint>, DriverError> {
    let has_c_main = || exported.iter().any(|&def_id| is_c_main(front, def_id));
    Ok(match root {
        Root::Library => None,
        Root::Main => match child(front, CrateNum::LOCAL.root(), "main", |kind| matches!(kind, DefKind::Fn)) {
            // Where there are both, the crate may be one that does not want Rust's.
            Some(main) if !has_c_main() || (can_be_main(front, main) && !missing.has_no_main()?) => {
                Some(EntryPoint::Main { main, sigpipe: 0 })
            }
            // Without a system, programs begin in other ways.
            _ if has_c_main() || missing.has_no_main()? => None,
            _ => return Err(DriverError::Usage("the program has no `main` function".to_owned())),
        },
        Root::Tests => {
            let harness = find_harness(front)?;
            let tests = find_tests(front, harness.description);
            Some(EntryPoint::Tests { harness: harness.main, tests })
        }
    })
}

fn is_c_main(front: &FrontHalf<'_>, def_id: DefId) -> bool {
    let name = front.cx.mangler.fixed_symbol_name(Instance::new(def_id, ty::List::empty()));
    name.is_some_and(|name| name == "main")
}

/// Whether rustc would take a function for the entry of a program: without parameters, and of Rust's ABI.
fn can_be_main(front: &FrontHalf<'_>, main: DefId) -> bool {
    let sig = front.tcx.instantiate_bound_erased(front.tcx.definitions().fn_sig(main));
    sig.inputs().is_empty() && sig.abi == ExternAbi::Rust
}

/// What of the toolchain's crate `test` is needed.
struct Harness {
    /// `test_main_static`, or its sister for tests that abort.
    main: DefId,
    /// `TestDescAndFn`, which describes one test.
    description: DefId,
}

fn find_harness(front: &FrontHalf<'_>) -> Result<Harness, DriverError> {
    let definitions = front.tcx.definitions();
    // What rustc chooses; without `-Z panic-abort-tests` it compiles no tests that abort.
    let main = if front.tcx.session().panic_abort { "test_main_static_abort" } else { "test_main_static" };
    let crates = definitions.crates().into_iter().filter(|krate| front.std.contains(krate));
    let mut harnesses = crates.filter(|&krate| definitions.crate_name(krate).as_str() == "test").filter_map(|krate| {
        let root = krate.root();
        Some(Harness {
            main: child(front, root, main, |kind| matches!(kind, DefKind::Fn))?,
            description: child(front, root, "TestDescAndFn", |kind| matches!(kind, DefKind::Struct))?,
        })
    });
    harnesses.next().ok_or_else(|| {
        DriverError::Internal(
            "the crate was not compiled with what finds its tests, or the toolchain has no `test`".into(),
        )
    })
}

/// The constants in the crate's modules that describe tests. Like rustc, does not look into functions.
fn find_tests(front: &FrontHalf<'_>, description: DefId) -> Vec<DefId> {
    let definitions = front.tcx.definitions();
    let mut tests = Vec::new();
    let mut modules = vec![CrateNum::LOCAL.root()];
    while let Some(module) = modules.pop() {
        let mut children = definitions.module_children(module);
        // What a module re-exports, perhaps of its own and under another name, is among its children as well.
        children.retain(|&(_, it)| it.krate == module.krate && definitions.def_key(it).parent == Some(module.index));
        children.sort_by_key(|&(_, it)| it.index);
        children.dedup_by_key(|&mut (_, it)| it.index);
        for (_, def_id) in children {
            match definitions.def_kind(def_id) {
                DefKind::Mod => modules.push(def_id),
                DefKind::Const => {
                    if matches!(*definitions.type_of(def_id).kind(), TyKind::Adt(adt, _) if adt == description) {
                        tests.push(def_id);
                    }
                }
                _ => {}
            }
        }
    }
    tests
}

fn child(front: &FrontHalf<'_>, module: DefId, name: &str, is_kind: impl Fn(DefKind) -> bool) -> Option<DefId> {
    let definitions = front.tcx.definitions();
    let children = definitions.module_children(module);
    let found = children.iter().find(|(it, def_id)| it.as_str() == name && is_kind(definitions.def_kind(*def_id)));
    found.map(|&(_, def_id)| def_id)
}
