//! Where things are: the program `bessemer`, the target directory.

use super::args::Request;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::UNIX_EPOCH;

/// The program that cargo runs in rustc's place: this one, under another name. Beside `cargo-bessemer` it is `bessemer`, where
/// that is there, so that both commands find in the cache what the other compiled.
pub fn bessemer() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| format!("cannot find this program's own file: {error}"))?;
    let beside = own.with_file_name("bessemer");
    let is_ours = own.file_name().is_some_and(|name| name == "cargo-bessemer");
    Ok(if is_ours && beside.is_file() { beside } else { own })
}

/// Tells one build of Bessemer from another: artefacts are made again by a new one.
pub fn build_id(bessemer: &Path) -> String {
    let Ok(metadata) = std::fs::metadata(bessemer) else { return String::new() };
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("{}-{:x}-{:x}", env!("CARGO_PKG_VERSION"), metadata.len(), modified.map_or(0, |time| time.as_nanos()))
}

/// Where cargo works.
#[derive(Debug, Default)]
pub struct Place {
    /// The target directory: of Bessemer's own in cargo's, or the one that the user names. None where cargo finds no package
    /// or puts things where it always does.
    pub target_dir: Option<PathBuf>,
    /// The folder of the workspace, if it is known.
    root: Option<PathBuf>,
}

impl Place {
    /// Finds it, by asking cargo where that cannot be seen.
    pub fn find(cargo: &Path, request: &Request) -> Result<Place, String> {
        if request.command == "install" {
            let target_dir = request.target_dir.clone();
            return Ok(Place { target_dir, root: request.install_path.clone() });
        }
        let named = ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"]
            .into_iter()
            .find_map(|name| std::env::var_os(name).filter(|folder| !folder.is_empty()))
            .map(|folder| PathBuf::from(folder).join("bessemer"));
        let named = request.target_dir.clone().or(named);
        let ask = |args: &[&str]| -> Result<Option<String>, String> {
            let mut command = Command::new(cargo);
            command.args(args).stderr(Stdio::null());
            if let Some(path) = &request.manifest_path {
                command.arg("--manifest-path").arg(path);
            }
            let output = command.output().map_err(|error| format!("cannot run `{}`: {error}", cargo.display()))?;
            Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
        };
        if named.is_none() && configured() {
            let Some(text) = ask(&["metadata", "--no-deps", "--format-version=1"])? else {
                return Ok(Place::default());
            };
            let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            let folder = |key: &str| value[key].as_str().map(PathBuf::from);
            let target_dir = folder("target_directory").map(|folder| folder.join("bessemer"));
            return Ok(Place { target_dir, root: folder("workspace_root") });
        }
        let root = match obvious_root(request) {
            Some(root) => Some(root),
            None => ask(&["locate-project", "--workspace", "--message-format=json"])?.and_then(|text| {
                let value: serde_json::Value = serde_json::from_str(&text).ok()?;
                Some(Path::new(value["root"].as_str()?).parent()?.to_owned())
            }),
        };
        let target_dir = named.or_else(|| Some(root.as_ref()?.join("target").join("bessemer")));
        Ok(Place { target_dir, root })
    }

    /// The folder for settings; one that is removed at the end where there is no other.
    pub fn settings_root(&self) -> std::io::Result<(PathBuf, Option<tempfile::TempDir>)> {
        match &self.target_dir {
            Some(folder) => Ok((std::path::absolute(folder)?.join(".bessemer"), None)),
            None => {
                let folder = tempfile::Builder::new().prefix("bessemer-").tempdir()?;
                Ok((folder.path().to_owned(), Some(folder)))
            }
        }
    }

    /// The manifest of the workspace; empty where there is none that can be read.
    pub fn manifest(&self) -> toml::Table {
        let text = self.root.as_ref().and_then(|root| std::fs::read_to_string(root.join("Cargo.toml")).ok());
        text.and_then(|text| text.parse().ok()).unwrap_or_default()
    }
}

/// The folder of the workspace, where that can be seen at a glance: the nearest manifest says that it is a workspace's, or
/// says nothing of one and is the only one there is. (Asking cargo takes longer.)
fn obvious_root(request: &Request) -> Option<PathBuf> {
    let manifest = match &request.manifest_path {
        Some(path) => std::path::absolute(path).ok()?,
        None => {
            let folder = std::env::current_dir().ok()?;
            folder.ancestors().map(|folder| folder.join("Cargo.toml")).find(|file| file.is_file())?
        }
    };
    let folder = manifest.parent()?;
    is_obvious_root(&std::fs::read_to_string(&manifest).ok()?, || {
        folder.ancestors().skip(1).any(|folder| folder.join("Cargo.toml").is_file())
    })
    .then(|| folder.to_owned())
}

fn is_obvious_root(manifest: &str, is_below_another: impl FnOnce() -> bool) -> bool {
    // What is no manifest is cargo's to explain.
    let Ok(manifest) = manifest.parse::<toml::Table>() else { return false };
    let names_its_root = || manifest.get("package").is_some_and(|package| package.get("workspace").is_some());
    manifest.contains_key("workspace") || !names_its_root() && !is_below_another()
}

/// Whether a configuration file of cargo's may say where the target directory is. (Asking cargo takes longer.)
fn configured() -> bool {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let folder = std::env::current_dir().unwrap_or_default();
    let folders = folder.ancestors().map(|folder| folder.join(".cargo")).chain(home);
    folders.flat_map(|folder| [folder.join("config.toml"), folder.join("config")]).any(|file| {
        std::fs::read_to_string(file).is_ok_and(|text| text.contains("target-dir") || text.contains("include"))
    })
}

#[cfg(test)]
mod tests {
    use super::is_obvious_root;

    #[test]
    fn roots_at_a_glance() {
        let package = "[package]\nname = \"a\"\n";
        assert!(is_obvious_root(package, || false));
        assert!(!is_obvious_root(package, || true));
        assert!(is_obvious_root(&format!("{package}[workspace] # of one\n"), || true));
        assert!(is_obvious_root(&format!("{package}[workspace.dependencies]\n"), || true));
        assert!(!is_obvious_root(&format!("{package}workspace = \"..\"\n"), || false));
        assert!(!is_obvious_root(&format!("{package}description = \"\"\"\n[workspace]\n\"\"\"\n"), || true));
        assert!(!is_obvious_root("[package", || false));
    }
}
