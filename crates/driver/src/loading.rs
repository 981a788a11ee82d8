//! Loading a program's objects into this process, beside the toolchain's shared std.

use crate::caches::run::{is_on, wants_jit_dump};
use crate::error::DriverError;
use crate::files;
use crate::objects::Object;
use link::jit::{JitError, LoadedCode, Loader};
use std::path::{Path, PathBuf};
use toolchain::Toolchain;

/// A function or variable of this process that a program may refer to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostSymbol {
    /// The linker's name.
    pub name: String,
    /// Not a pointer, so that it can be shared between threads.
    pub address: usize,
}

/// Loads objects; nothing of them runs yet. What no object defines is looked for among `host`, then in std, then in this
/// process.
pub(crate) fn load(objects: &[Object], toolchain: &Toolchain, host: &[HostSymbol]) -> Result<LoadedCode, DriverError> {
    let failed = |error: JitError| DriverError::Load(error.to_string());
    let mut loader = Loader::new();
    let (wants_map, wants_dump, is_debugged) = (wants_perf_map(), wants_jit_dump(), link::jit::is_debugged());
    if wants_map || wants_dump || is_debugged {
        loader.keep_functions();
    }
    if wants_dump {
        loader.keep_lines();
    }
    for object in objects {
        loader.add_object(object.name.clone(), &object.bytes[..]);
    }
    for symbol in host {
        loader.define(&*symbol.name, symbol.address as *const u8);
    }
    // SAFETY: the toolchain's own std; its initialisers are those of every Rust program.
    unsafe { loader.add_library(&find(toolchain, "libstd-", ".so")?) }.map_err(failed)?;
    loader.add_archive(&find(toolchain, "libcompiler_builtins-", ".rlib")?).map_err(failed)?;
    let loaded = loader.load().map_err(failed)?;
    if is_debugged {
        loaded.tell_debugger();
    }
    let name = |symbol: &str| format!("{:#}", rustc_demangle::demangle(symbol));
    // Without a map or a dump, the profile lacks names, and the program runs.
    if wants_map {
        let _ = loaded.write_perf_map(name);
    }
    if wants_dump {
        let _ = loaded.write_jit_dump(Path::new("/tmp"), name);
    }
    Ok(loaded)
}

/// Whether the names of code in memory are to be written for perf.
fn wants_perf_map() -> bool {
    is_on("BESSEMER_PERF_MAP")
}

/// A library of the toolchain's, by how its file's name begins and ends.
fn find(toolchain: &Toolchain, prefix: &str, suffix: &str) -> Result<PathBuf, DriverError> {
    let folder = toolchain.target_lib_dir();
    files::find(&folder, prefix, suffix).ok_or_else(|| {
        DriverError::Load(format!(
            "`{}` has no {prefix}*{suffix}\n  help: reinstall the toolchain, or use `bessemer build`",
            folder.display()
        ))
    })
}
