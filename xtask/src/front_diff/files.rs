//! Which files, and the edition of each.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::project;
use syntax::span::Edition;

/// A file to be read.
pub struct SourceFile {
    pub path: PathBuf,
    pub edition: Edition,
}

/// The files that paths name, folders searched.
pub fn collect(paths: &[PathBuf], default: Edition) -> Result<Vec<SourceFile>, String> {
    let mut found = Vec::new();
    let mut todo = paths.to_vec();
    while let Some(path) = todo.pop() {
        if !path.is_dir() {
            found.push(path);
            continue;
        }
        let entries = std::fs::read_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        for entry in entries {
            let entry = entry.map_err(|error| format!("{}: {error}", path.display()))?.path();
            let name = entry.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let is_folder =
                entry.is_dir() && !entry.is_symlink() && !project::is_build_folder(&entry) && name != ".git";
            if is_folder || name.ends_with(".rs") && entry.is_file() {
                todo.push(entry);
            }
        }
    }
    found.sort();
    let mut packages = HashMap::new();
    let mut files = Vec::new();
    for path in found {
        let edition = said_edition(&path).or_else(|| package_edition(&path, &mut packages)).unwrap_or(default);
        files.push(SourceFile { path, edition });
    }
    Ok(files)
}

/// The edition that a program of rustc's test suite asks for.
fn said_edition(path: &Path) -> Option<Edition> {
    let text = std::fs::read(path).ok()?;
    let text = String::from_utf8_lossy(&text);
    let mut directives = text.lines().filter_map(|line| line.strip_prefix("//@"));
    let edition = directives.find_map(|line| line.trim().strip_prefix("edition:"))?;
    // `2018..` means that and later ones.
    edition.trim().get(..4)?.parse().ok()
}

/// The edition of the package that a file belongs to.
fn package_edition(path: &Path, known: &mut HashMap<PathBuf, Option<Edition>>) -> Option<Edition> {
    let folder = path.parent()?;
    if let Some(edition) = known.get(folder) {
        return *edition;
    }
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).ok();
    let edition = match manifest.and_then(|text| text.parse::<toml::Table>().ok()) {
        Some(manifest) if manifest.contains_key("package") => Some(edition_of(&manifest, folder)),
        _ => package_edition(folder, known),
    };
    known.insert(folder.to_owned(), edition);
    edition
}

fn edition_of(manifest: &toml::Table, folder: &Path) -> Edition {
    let edition = manifest.get("package").and_then(|package| package.get("edition"));
    let named = |value: &toml::Value| value.as_str().and_then(|text| text.parse().ok());
    match edition {
        Some(value) if value.is_str() => named(value),
        // `edition.workspace = true`
        Some(_) => folder.ancestors().skip(1).find_map(|folder| {
            let text = std::fs::read_to_string(folder.join("Cargo.toml")).ok()?;
            let manifest = text.parse::<toml::Table>().ok()?;
            named(manifest.get("workspace")?.get("package")?.get("edition")?)
        }),
        None => None,
    }
    .unwrap_or_default()
}
