//! What Bessemer knows of a release of rustc, from rustc's source.
//!
//! Lists that follow from the source (predefined symbols, lang items, tables of metadata, attributes, kinds of definitions)
//! are made here and nowhere else. With two sources, it prints what changed between them in the definitions that matter:
//! what a port has to look at.

mod compare;
mod lists;
mod source;

use std::path::{Path, PathBuf};

use source::Source;

const USAGE: &str = "\
Usage: cargo xtask release-facts [--write | --check] SOURCE_DIR
       cargo xtask release-facts OLD_SOURCE_DIR NEW_SOURCE_DIR

  SOURCE_DIR   A folder with the source of a release of rustc (compiler/, src/version)
  --write      Write the lists into crates/release [default: say how many lines each has]
  --check      Fail unless the lists in crates/release are those of the source

With two folders: what changed in the definitions that Bessemer depends on.";

pub fn main(args: impl Iterator<Item = String>) -> Result<bool, String> {
    let (mut folders, mut write, mut check) = (Vec::new(), false, false);
    for arg in args {
        match &*arg {
            "--write" => write = true,
            "--check" => check = true,
            "--help" | "-h" => {
                println!("{USAGE}");
                return Ok(true);
            }
            _ if arg.starts_with('-') => return Err(format!("there is no option `{arg}`\n\n{USAGE}")),
            _ => folders.push(PathBuf::from(arg)),
        }
    }
    match &folders[..] {
        [folder] => lists(&Source::new(folder), write, check),
        [old, new] if !write && !check => {
            compare::print(&Source::new(old), &Source::new(new))?;
            Ok(true)
        }
        _ => Err(USAGE.to_owned()),
    }
}

/// The folder of a release's lists.
fn folder_of(release: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/release/src").join(release)
}

fn lists(source: &Source, write: bool, check: bool) -> Result<bool, String> {
    let release = source.release()?;
    let folder = folder_of(&release);
    let mut is_same = true;
    for (file, make) in lists::LISTS {
        let lines = make(source).map_err(|message| format!("{release}: {file}: {message}"))?;
        let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
        let path = folder.join(file);
        if write {
            std::fs::create_dir_all(&folder)
                .and_then(|()| std::fs::write(&path, &text))
                .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        }
        let agrees = std::fs::read_to_string(&path).is_ok_and(|known| known == text);
        is_same &= agrees;
        println!("{release} {file}: {} lines{}", lines.len(), if agrees { "" } else { ", unlike the file" });
    }
    Ok(is_same || !check)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lists of every release whose source is installed: where `BESSEMER_RUSTC_SOURCES` (folders, as in `PATH`) says,
    /// and where Debian's packages put it.
    #[test]
    fn lists_are_those_of_the_sources() {
        let named = std::env::var_os("BESSEMER_RUSTC_SOURCES").unwrap_or_default();
        let installed = std::fs::read_dir("/usr/src").into_iter().flatten().flatten().map(|entry| entry.path());
        let installed = installed.filter(|path| path.join("compiler/rustc_metadata").is_dir());
        for folder in std::env::split_paths(&named).filter(|path| !path.as_os_str().is_empty()).chain(installed) {
            let source = Source::new(&folder);
            let release = source.release().unwrap();
            if folder_of(&release).is_dir() {
                assert_eq!(lists(&source, false, true), Ok(true), "{}", folder.display());
            }
        }
    }
}
