//! The programs of a corpus.

use super::directives::{self, Directives};
use super::machine::Machine;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One program, in one of its revisions.
#[derive(Clone, Debug)]
pub struct Program {
    /// The path within the corpus, and `#revision` where it has some.
    pub name: String,
    pub file: PathBuf,
    pub edition: String,
    pub directives: Directives,
}

/// Reads a corpus from a folder or an archive, which is unpacked under `work`: the programs that are for the machine.
pub fn load(path: &Path, work: &Path, machine: &Machine) -> Result<Vec<Program>, String> {
    let at = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let metadata = std::fs::metadata(path).map_err(|error| at(path, error))?;
    let folder = if metadata.is_dir() { path.to_owned() } else { unpack(path, work)? };
    let folder = std::fs::canonicalize(&folder).map_err(|error| at(&folder, error))?;
    let manifest = find_manifest(&folder);
    let base = manifest.as_deref().and_then(Path::parent).unwrap_or(&folder).to_owned();
    // The programs may be in a folder beside the list.
    let mut files = Vec::new();
    match &manifest {
        Some(manifest) => {
            let text = std::fs::read_to_string(manifest).map_err(|error| at(manifest, error))?;
            for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
                let (name, edition) = line.split_once('\t').unwrap_or((line, "2015"));
                let file = locate(&base, name).ok_or_else(|| format!("{name}: in MANIFEST.tsv, but not there"))?;
                files.push((name.to_owned(), file, edition.trim().to_owned()));
            }
        }
        None => collect(&folder, &folder, &mut files).map_err(|error| at(&folder, error))?,
    }
    files.sort();
    let mut programs = Vec::new();
    for (name, file, edition) in files {
        let text = std::fs::read(&file).map_err(|error| at(&file, error))?;
        let text = String::from_utf8_lossy(&text);
        for (revision, directives) in directives::parse(&text, machine) {
            if directives.ignored {
                continue;
            }
            let name = match &revision {
                Some(revision) => format!("{name}#{revision}"),
                None => name.clone(),
            };
            let edition = directives.edition.clone().unwrap_or_else(|| edition.clone());
            programs.push(Program { name, file: file.clone(), edition, directives });
        }
    }
    Ok(programs)
}

/// Unpacks an archive once: others may be using what is there.
fn unpack(archive: &Path, work: &Path) -> Result<PathBuf, String> {
    let at = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let name = archive.file_name().map_or_else(Default::default, |name| name.to_string_lossy().into_owned());
    let metadata = std::fs::metadata(archive).map_err(|error| at(archive, error))?;
    let changed = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let state = format!("{:x}-{:x}", metadata.len(), changed.unwrap_or_default().as_nanos());
    let stem = name.split('.').next().unwrap_or("corpus");
    let folder = work.join("corpus").join(format!("{stem}-{state}"));
    if folder.is_dir() {
        return Ok(folder);
    }
    // A half of it must never have that name.
    let half = folder.with_extension(format!("{}.half", std::process::id()));
    std::fs::create_dir_all(&half).map_err(|error| at(&half, error))?;
    let unpacked = match Command::new("tar").arg("-xf").arg(archive).arg("-C").arg(&half).status() {
        Ok(status) if status.success() => match std::fs::rename(&half, &folder) {
            // Another process was faster.
            Err(_) if folder.is_dir() => Ok(()),
            renamed => renamed.map_err(|error| at(&folder, error)),
        },
        Ok(status) => Err(format!("tar could not unpack {}: {status}", archive.display())),
        Err(error) => Err(format!("cannot start tar: {error}")),
    };
    let _ = std::fs::remove_dir_all(&half);
    unpacked.map(|()| folder)
}

/// The list in the folder, or in the one folder that it holds.
fn find_manifest(folder: &Path) -> Option<PathBuf> {
    let here = folder.join("MANIFEST.tsv");
    if here.is_file() {
        return Some(here);
    }
    let children = std::fs::read_dir(folder).ok()?;
    children.flatten().map(|child| child.path().join("MANIFEST.tsv")).find(|path| path.is_file())
}

fn locate(base: &Path, name: &str) -> Option<PathBuf> {
    let direct = base.join(name);
    if direct.is_file() {
        return Some(direct);
    }
    let children = std::fs::read_dir(base).ok()?;
    children.flatten().map(|child| child.path().join(name)).find(|path| path.is_file())
}

fn collect(folder: &Path, base: &Path, files: &mut Vec<(String, PathBuf, String)>) -> std::io::Result<()> {
    for child in std::fs::read_dir(folder)? {
        let path = child?.path();
        if path.is_dir() {
            collect(&path, base, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(base).unwrap_or(&path).to_string_lossy().into_owned();
            files.push((name, path, "2024".to_owned()));
        }
    }
    Ok(())
}
