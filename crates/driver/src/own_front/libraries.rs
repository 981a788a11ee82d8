//! Libraries whose bodies we make with the programs that use them.
//!
//! A library's code is generated with programs, whose command lines do not say how the library is read. So what its own
//! command line says, and what cargo's environment says to it, is kept beside its metadata.

use super::krate;
use crate::error::DriverError;
use crate::files;
use crate::options::FrontEnd;
use crate::rustc_args;
use crate::settings::Settings;
use rmeta::{CrateLocator, Session};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use stages::{Crate, Doubt, Stage};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use toolchain::unit::dep_info_file;
use toolchain::{DepInfo, Invocation, Toolchain};
use ty::CrateNum;

/// The file beside a library's metadata has this extension.
const EXTENSION: &str = "front-end";

/// How a library is read.
#[derive(Serialize, Deserialize)]
struct Kept {
    name: String,
    path: PathBuf,
    edition: String,
    cfg: Vec<String>,
    search_dirs: Vec<PathBuf>,
    externs: BTreeMap<String, Vec<PathBuf>>,
    folder: PathBuf,
    /// The variables that cargo or a build script may have set for this library alone. Those that were read and not there have
    /// no value.
    variables: BTreeMap<String, Option<String>>,
}

/// Keeps how a library is read where its bodies will be ours, and forgets it where rustc has inlined others' bodies into them.
pub(crate) fn keep(toolchain: &Toolchain, invocation: &Invocation, settings: &Settings) -> Result<(), DriverError> {
    let path = invocation.output_file("lib", &format!(".{EXTENSION}")).expect("a unit has a name");
    let kept = match settings.front_end {
        FrontEnd::Own => kept(toolchain, invocation, settings),
        FrontEnd::Rustc => None,
    };
    let Some(kept) = kept else {
        // A library of which nothing is kept has rustc's bodies.
        let _ = std::fs::remove_file(path);
        return Ok(());
    };
    let text = serde_json::to_vec(&kept).map_err(|error| DriverError::Internal(error.to_string()))?;
    files::write(&path, &text)
}

fn kept(toolchain: &Toolchain, invocation: &Invocation, settings: &Settings) -> Option<Kept> {
    let options = rustc_args::of_invocation(invocation, settings).ok()?.for_target(toolchain);
    let Crate { name, path, cfg, locator, .. } = krate(toolchain, &options).ok()?;
    let CrateLocator { search_dirs, externs, .. } = locator;
    let (edition, folder) = (options.edition.clone(), std::env::current_dir().ok()?);
    Some(Kept { name, path, edition, cfg, search_dirs, externs, folder, variables: variables(invocation) })
}

/// Whether a variable is cargo's, and is other for each crate.
fn is_cargos(name: &str) -> bool {
    name == "OUT_DIR" || name.starts_with("CARGO_") && !name.contains("TOKEN")
}

fn variables(invocation: &Invocation) -> BTreeMap<String, Option<String>> {
    let cargos =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok())));
    let mut all: BTreeMap<_, _> = cargos.filter(|(name, _)| is_cargos(name)).collect();
    let text = dep_info_file(invocation).and_then(|file| std::fs::read_to_string(file).ok());
    all.extend(text.map(|text| DepInfo::parse(&text).env).unwrap_or_default());
    all
}

/// The libraries of a program of which is known how they are read.
///
/// What rustc inlined into a library refers to the bodies it was made of, so these must stay rustc's.
pub(super) fn found(toolchain: &Toolchain, session: &Session<'_>) -> Vec<(CrateNum, Result<Crate, Doubt>)> {
    let sysroot_lib = toolchain.target_lib_dir();
    let (mut found, mut needed_by_others) = (Vec::new(), FxHashSet::default());
    // What uses comes before what is used.
    for number in session.link_order() {
        let Some(data) = session.crate_data(number).filter(|_| number != CrateNum::LOCAL) else { continue };
        let is_free = !needed_by_others.contains(&number) && !data.source.metadata.starts_with(&sysroot_lib);
        let text = std::fs::read(data.source.metadata.with_extension(EXTENSION)).ok().filter(|_| is_free);
        match text {
            Some(text) => found.push((number, read(&text, &sysroot_lib))),
            None => needed_by_others.extend(data.crate_map.iter().copied()),
        }
    }
    found
}

fn read(text: &[u8], sysroot_lib: &std::path::Path) -> Result<Crate, Doubt> {
    let kept: Kept = serde_json::from_slice(text)
        .map_err(|error| Doubt::new(Stage::Source, "a library's command line", error.to_string()))?;
    let Kept { name, path, edition, cfg, search_dirs, externs, folder, variables } = kept;
    let edition = edition.parse().map_err(|()| Doubt::new(Stage::Source, "edition", edition))?;
    let own =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let own = own.filter(|(name, _)| !is_cargos(name) && !variables.contains_key(name));
    let given = variables.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?)));
    let variables: HashMap<String, String> = own.chain(given).collect();
    let in_folder = |path: PathBuf| folder.join(path);
    let externs = externs.into_iter().map(|(name, paths)| (name, paths.into_iter().map(in_folder).collect()));
    let locator = CrateLocator {
        sysroot_lib: sysroot_lib.to_owned(),
        externs: externs.collect(),
        search_dirs: search_dirs.into_iter().map(in_folder).collect(),
    };
    Ok(Crate { name, path, edition, cfg, locator, folder, variables: Some(variables), ..Crate::default() })
}
