//! A project's source, in a folder of its own where it may be edited and built.

use super::list::{Project, Source};
use crate::realworld::package;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes the folder, unless it is there.
pub fn prepare(project: &Project, root: &Path, work: &Path) -> Result<PathBuf, String> {
    if let Source::Published(package, version) = project.source {
        return package::unpack(work, package, version);
    }
    let folder = work.join(project.name);
    if folder.join("Cargo.toml").is_file() {
        return Ok(folder);
    }
    // Complete or not at all.
    let partial = work.join(format!(".{}", project.name));
    let _ = std::fs::remove_dir_all(&partial);
    let original = root.join("tests/projects").join(project.name);
    match project.source {
        Source::Here => copy_tracked(root, &partial)?,
        Source::Workspace(prefix) => {
            copy_tracked(&original, &partial)?;
            add_members(&partial, prefix)?;
        }
        Source::Own | Source::Published(..) => copy_tracked(&original, &partial)?,
    }
    std::fs::rename(&partial, &folder).map_err(|error| error.to_string())?;
    Ok(folder)
}

/// Copies the files that belong to the project: nothing that was built in the folder.
fn copy_tracked(from: &Path, to: &Path) -> Result<(), String> {
    let mut list = Command::new("git");
    list.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(from);
    let output = list.output().map_err(|error| format!("git: {error}"))?;
    if !output.status.success() || output.stdout.is_empty() {
        return Err(format!("git knows no files in {}", from.display()));
    }
    for name in String::from_utf8_lossy(&output.stdout).split_terminator('\0') {
        let (source, target) = (from.join(name), to.join(name));
        if !source.is_file() {
            continue;
        }
        let made = target.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::copy(&source, &target))
            .map_err(|error| format!("{}: {error}", source.display()))?;
    }
    Ok(())
}

/// Makes packages of a project's tree members of its workspace.
fn add_members(folder: &Path, prefix: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let lock: toml::Table = std::fs::read_to_string(folder.join("Cargo.lock"))
        .map_err(failed)?
        .parse()
        .map_err(|error| format!("{}: {error}", folder.join("Cargo.lock").display()))?;
    let packages = lock.get("package").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let text = |package: &toml::Value, key: &str| Some(package.get(key)?.as_str()?.to_owned());
    let members: Vec<(String, String)> = packages
        .iter()
        .filter_map(|package| Some((text(package, "name")?, text(package, "version")?)))
        .filter(|(name, _)| name.starts_with(prefix))
        .collect();
    let mut patch = "\n[patch.crates-io]\n".to_owned();
    for (name, version) in &members {
        package::unpack(&folder.join("members"), name, version)?;
        // A package is a workspace of its own there, and no member of another.
        let manifest = folder.join("members").join(format!("{name}-{version}")).join("Cargo.toml");
        let lines = std::fs::read_to_string(&manifest).map_err(failed)?.replace("\n[workspace]\n", "\n");
        std::fs::write(&manifest, lines).map_err(failed)?;
        patch += &format!("{name} = {{ path = \"members/{name}-{version}\" }}\n");
    }
    let manifest = folder.join("Cargo.toml");
    let lines = std::fs::read_to_string(&manifest).map_err(failed)?;
    let lines = lines.replace("[workspace]\n", &format!("[workspace]\nmembers = [\"members/{prefix}*\"]\n"));
    std::fs::write(&manifest, lines + &patch).map_err(failed)
}
