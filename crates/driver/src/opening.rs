//! What opening a program's metadata depends on: settings of the session, and where other crates are.

use crate::options::{Options, search_folder};
use rmeta::CrateLocator;
use std::path::PathBuf;
use target::PanicStrategy;
use toolchain::Toolchain;
use ty::SessionOptions;

/// What a program's types and constants depend on.
pub(crate) fn session_options(toolchain: &Toolchain, options: &Options) -> SessionOptions {
    let (target, checks) = (&toolchain.target, options.checks());
    SessionOptions {
        triple: target.name.clone(),
        data_layout: target.spec.data_layout.clone(),
        abi_name: target.spec.llvm_abiname.clone(),
        c_enum_min_bits: target.spec.c_enum_min_bits,
        overflow_checks: checks.overflow,
        ub_checks: checks.ub,
        contract_checks: checks.contract,
        panic_abort: options.panic.aborts(),
        optimize: options.optimizes(),
        cfg: target.cfg.clone().with("target_feature", Some("crt-static"), options.is_static(target)).with(
            "panic",
            Some("immediate-abort"),
            options.panic == PanicStrategy::ImmediateAbort,
        ),
    }
}

/// Where other crates are.
pub(crate) fn locator(toolchain: &Toolchain, options: &Options) -> CrateLocator {
    CrateLocator {
        sysroot_lib: toolchain.target_lib_dir(),
        search_dirs: options.search_paths.iter().map(|path| search_folder(path)).collect(),
        externs: externs(&options.externs),
    }
}

/// What `--extern` arguments name, and the files.
pub(crate) fn externs(arguments: &[String]) -> std::collections::BTreeMap<String, Vec<PathBuf>> {
    let mut map = std::collections::BTreeMap::new();
    for argument in arguments {
        if let Some((name, path)) = argument.split_once('=') {
            let name = name.rsplit(':').next().unwrap_or(name);
            map.entry(name.to_owned()).or_insert_with(Vec::new).push(with_metadata(PathBuf::from(path)));
        }
    }
    map
}

/// The metadata beside a library, if it is there: the library of a unit that was only checked has none in it.
fn with_metadata(path: PathBuf) -> PathBuf {
    let metadata = path.with_extension("rmeta");
    let is_library = path.extension().is_some_and(|extension| extension == "rlib");
    if is_library && metadata.is_file() { metadata } else { path }
}
