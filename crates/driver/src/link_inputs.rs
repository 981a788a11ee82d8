//! What a program's crates bring for the linker: archives of the toolchain's crates, and native libraries.

use crate::error::DriverError;
use crate::files;
use crate::front_half::FrontHalf;
use crate::options::Options;
use link::aot::{Input, LibraryKind};
use std::path::{Path, PathBuf};
use target::PanicStrategy;
use ty::NativeLibKind;

/// Crates' archives and native libraries, in rustc's order: what uses before what is used.
pub(crate) fn link_inputs(
    front: &FrontHalf<'_>,
    options: &Options,
    sysroot: &Path,
) -> Result<(Vec<Input>, Vec<String>), DriverError> {
    let definitions = front.tcx.definitions();
    let prebuilt = &front.cx.options.prebuilt;
    let wanted_runtime = if options.panic.aborts() { "panic_abort" } else { "panic_unwind" };
    let mut archives = Vec::new();
    let mut last = Vec::new();
    let mut own = Vec::new();
    let mut system = Vec::new();
    let mut names = Vec::new();
    let (mut needs_runtime, mut has_runtime) = (false, false);
    for krate in front.session.link_order() {
        let Some(data) = front.session.crate_data(krate) else { continue };
        let source = &data.source;
        let flags = definitions.crate_flags(krate);
        // What aborts at once calls none.
        needs_runtime |= flags.needs_panic_runtime && options.panic != PanicStrategy::ImmediateAbort;
        if flags.panic_runtime {
            if source.name.as_str() != wanted_runtime {
                continue;
            }
            has_runtime = true;
        }
        let is_prebuilt = prebuilt.contains(&krate);
        if is_prebuilt && let Some(path) = &source.rlib {
            let input = Input::Archive { path: path.clone(), whole: false };
            if flags.compiler_builtins { last.push(input) } else { archives.push(input) }
        }
        let is_std = front.std.contains(&krate);
        for library in definitions.native_libraries(krate) {
            if !library.enabled {
                continue;
            }
            let name = library.name.as_str().to_owned();
            let kind = match library.kind {
                NativeLibKind::Static { bundle: true, .. } if is_prebuilt => continue,
                NativeLibKind::Static { whole_archive, .. } => LibraryKind::Static { whole: whole_archive },
                NativeLibKind::Dylib { as_needed } => LibraryKind::Shared { as_needed: as_needed == Some(true) },
                NativeLibKind::Unspecified => LibraryKind::Any,
                NativeLibKind::Framework
                | NativeLibKind::RawDylib
                | NativeLibKind::LinkArg
                | NativeLibKind::WasmImportModule => {
                    continue;
                }
            };
            if !is_std {
                names.push(name.clone());
            }
            let input = Input::Library { name, kind, verbatim: library.verbatim };
            let list = if is_std { &mut system } else { &mut own };
            if !list.contains(&input) {
                list.push(input);
            }
        }
    }
    // No crate names the runtime that aborts: rustc adds it where a program is made.
    if needs_runtime && !has_runtime && prebuilt.is_empty() {
        return Err(DriverError::Internal(format!("`{wanted_runtime}` is not among the program's crates")));
    }
    if needs_runtime && !has_runtime {
        archives.push(Input::Archive { path: find_rlib(sysroot, wanted_runtime)?, whole: false });
    }
    // Nor does a crate name the one that keeps counters, unless it was told so itself.
    let is_profiler = |input: &Input| matches!(input, Input::Archive { path, .. } if is_rlib_of(path, PROFILER));
    if options.counts() && !archives.iter().any(is_profiler) {
        archives.push(Input::Archive { path: find_rlib(sysroot, PROFILER)?, whole: false });
    }
    let inputs = own.into_iter().chain(archives).chain(last).chain(system).collect();
    Ok((inputs, names))
}

/// The toolchain's crate that keeps the counters of programs that count what they do.
const PROFILER: &str = "profiler_builtins";

/// Whether a file is the code of a crate of this name.
fn is_rlib_of(path: &Path, name: &str) -> bool {
    let file = path.file_name().and_then(|file| file.to_str());
    file.and_then(|file| file.strip_prefix("lib")?.strip_prefix(name)).is_some_and(|rest| rest.starts_with('-'))
}

/// A crate of the toolchain by its name.
fn find_rlib(sysroot: &Path, name: &str) -> Result<PathBuf, DriverError> {
    let found = files::find(sysroot, &format!("lib{name}-"), ".rlib");
    found.ok_or_else(|| DriverError::Open(format!("the toolchain has no `{name}` in `{}`", sysroot.display())))
}
