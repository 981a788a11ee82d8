//! Where the project is, and the compiler that tasks test.

use std::path::{Path, PathBuf};

/// The folder of the workspace.
pub fn folder() -> Result<PathBuf, String> {
    let manifest =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    manifest.parent().map(PathBuf::from).ok_or_else(|| "this is not in the project's folder".to_owned())
}

/// Whether cargo builds in this folder: not where a package has that name.
pub fn is_build_folder(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "target") && !path.join("Cargo.toml").is_file()
}

/// The `rustc` that the name means here, without the proxy before it, which would be started anew each time.
pub fn rustc() -> PathBuf {
    let output = std::process::Command::new("rustc").args(["--print", "sysroot"]).output();
    let sysroot = output.map(|it| PathBuf::from(String::from_utf8_lossy(&it.stdout).trim())).unwrap_or_default();
    let direct = sysroot.join("bin/rustc");
    if direct.is_file() { direct } else { "rustc".into() }
}

/// The compiler under test: named by the environment, or built.
pub fn compiler(root: &Path) -> Result<PathBuf, String> {
    if let Some(path) = std::env::var_os("BESSEMER") {
        return Ok(path.into());
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = std::process::Command::new(cargo)
        .args(["build", "--release", "--package", "bessemer-cli"])
        .current_dir(root)
        .status()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if !status.success() {
        return Err("bessemer does not build".to_owned());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join("release/bessemer"))
}
