//! The C runtime of targets whose systems bring none: the objects that rustc's description of the target names, and the C
//! library beside them.

use crate::error::DriverError;
use std::path::PathBuf;
use toolchain::Toolchain;

/// Objects to link first, and the folder in which they and the C library are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct CRuntime {
    pub objects: Vec<PathBuf>,
    pub folder: Option<PathBuf>,
}

/// The kind of an executable at a fixed address, in the description's words.
const EXECUTABLE: &str = "static-nopic-exe";

/// Finds what executables for the target begin with. Nothing where its description names nothing, or the C compiler that
/// links knows it itself.
///
/// # Errors
/// It is nowhere.
pub(crate) fn find(toolchain: &Toolchain) -> Result<CRuntime, DriverError> {
    let target = &toolchain.target;
    let Some(objects) = target.spec.pre_link_objects_fallback.get(EXECUTABLE).filter(|it| !it.is_empty()) else {
        return Ok(CRuntime::default());
    };
    if !target.spec.is_like_wasm {
        return Ok(CRuntime::default());
    }
    let has_all = |folder: &PathBuf| objects.iter().all(|object| folder.join(object).is_file());
    match folders(toolchain).into_iter().find(has_all) {
        Some(folder) => {
            let objects = objects.iter().map(|object| folder.join(object)).collect();
            Ok(CRuntime { objects, folder: Some(folder) })
        }
        None => Err(DriverError::Usage(format!(
            "programs for `{}` are linked with WASI's C library, which is not there (`{}`)\n  help: install it (Debian, Ubuntu: \
             `wasi-libc`; or wasi-sdk), or set WASI_SDK_PATH to the folder of wasi-sdk; then try again",
            target.name,
            objects.join("`, `")
        ))),
    }
}

/// Where WASI's C library may be: with the compiled std, where the user says, and where systems install it.
fn folders(toolchain: &Toolchain) -> Vec<PathBuf> {
    let name = &toolchain.target.name;
    let mut folders = vec![toolchain.own_dir().join(name).join("lib").join("self-contained")];
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let sdk = variable("WASI_SDK_PATH").map(|sdk| sdk.join("share").join("wasi-sysroot"));
    let sysroots =
        [variable("WASI_SYSROOT"), sdk, Some("/opt/wasi-sdk/share/wasi-sysroot".into()), Some("/usr".into())];
    for sysroot in sysroots.into_iter().flatten() {
        // The name that the C library had first.
        folders.extend([name.as_str(), "wasm32-wasi"].map(|triple| sysroot.join("lib").join(triple)));
    }
    folders
}
