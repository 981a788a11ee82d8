//! A package's source from crates.io.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Unpacks a package into a folder of its own, by way of cargo, unless it is there already.
pub fn unpack(work: &Path, package: &str, version: &str) -> Result<PathBuf, String> {
    let folder = work.join(format!("{package}-{version}"));
    if folder.join("Cargo.toml").is_file() {
        return Ok(folder);
    }
    let source = match in_registry(package, version) {
        Some(source) => source,
        None => {
            download(work, package, version)?;
            in_registry(package, version).ok_or_else(|| format!("cargo did not unpack {package} {version}"))?
        }
    };
    // Complete or not at all.
    let partial = work.join(format!(".{package}-{version}"));
    let _ = std::fs::remove_dir_all(&partial);
    copy(&source, &partial).and_then(|()| std::fs::rename(&partial, &folder)).map_err(|error| error.to_string())?;
    Ok(folder)
}

/// Where cargo unpacks packages, in a folder for each registry; none where there is no home folder.
pub fn registry() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))?;
    Some(home.join("registry/src"))
}

fn in_registry(package: &str, version: &str) -> Option<PathBuf> {
    let registries = std::fs::read_dir(registry()?).ok()?.flatten();
    registries.map(|entry| entry.path().join(format!("{package}-{version}"))).find(|folder| folder.is_dir())
}

/// Has cargo download a package, as the dependency of one that is made for it.
fn download(work: &Path, package: &str, version: &str) -> Result<(), String> {
    let folder = work.join(".download");
    let source = folder.join("src");
    std::fs::create_dir_all(&source).map_err(|error| error.to_string())?;
    let manifest = format!(
        "[package]\nname = \"download\"\nedition = \"2024\"\n\n[dependencies]\n{package} = \"={version}\"\n\n[workspace]\n"
    );
    let _ = std::fs::remove_file(folder.join("Cargo.lock"));
    std::fs::write(folder.join("Cargo.toml"), manifest).map_err(|error| error.to_string())?;
    std::fs::write(source.join("lib.rs"), "").map_err(|error| error.to_string())?;
    let output = Command::new("cargo").args(["fetch", "--quiet"]).current_dir(&folder).output();
    let output = output.map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("cannot download {package} {version}: {}", String::from_utf8_lossy(&output.stderr).trim_end()))
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    // A package of its own, whatever folder it is in.
    let manifest = to.join("Cargo.toml");
    if let Ok(text) = std::fs::read_to_string(&manifest)
        && !text.contains("[workspace]")
    {
        std::fs::write(manifest, format!("{text}\n[workspace]\n"))?;
    }
    Ok(())
}
