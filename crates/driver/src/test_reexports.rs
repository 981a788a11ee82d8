//! Attributes of tests that come from other crates.
//!
//! A crate's tests are found by attributes that stand for rustc's ([`toolchain::TestSupport`]). Another crate may offer rustc's
//! own attributes in modules of its own (`pub use std::prelude::v1::*`), and what is marked by these is dropped. So such a
//! crate is given to the crate under test by way of one that re-exports everything of it but these.

use crate::error::DriverError;
use crate::front_half::with_front;
use crate::options::Options;
use crate::report::Report;
use crate::test_support::Support;
use crate::threads::catching;
use rmeta::Session;
use rustc_hash::FxHashSet;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toolchain::invocation::other_extern;
use toolchain::unit::BodiesCheck;
use toolchain::{Checked, Invocation, OtherSources, Toolchain, WrappedCrate};
use ty::{CrateNum, DefId, DefKind, DefPathData, Definitions};

/// How deep modules may nest, and how many are looked at in a crate: those that re-export each other have many paths.
const DEPTH: usize = 12;
const MODULES: usize = 20_000;

/// A module of the re-exporting crate.
#[derive(Default)]
struct Module {
    /// What it offers instead: names and where they come from.
    instead: BTreeMap<String, String>,
    modules: BTreeMap<String, Module>,
}

/// Waits for the metadata of a crate under test, and has it written again where tests are not found so: with other crates in
/// place of those that offer attributes of tests, and with sources in which built-in attributes are not the only ones.
/// `is_right` waits for what rustc thinks of the crate itself.
pub(crate) fn settle(
    toolchain: &Toolchain,
    options: &mut Options,
    invocation: &Invocation,
    support: &Support,
    metadata: &Path,
    bodies: &mut BodiesCheck,
    is_right: impl Fn() -> bool,
) -> Result<(), DriverError> {
    let folder = metadata.parent().unwrap_or(Path::new(""));
    let args = support.rustc_args(&options.source);
    let mut invocation = invocation.clone();
    let mut sources = OtherSources::default();
    let mut is_wrapped = false;
    loop {
        let outcome = bodies.metadata();
        let wrapped = match &outcome {
            Ok(()) if !is_wrapped => find(toolchain, options, Some(metadata))?,
            Err(said) if is_right() && said.has_ambiguous_tests() && !is_wrapped => find(toolchain, options, None)?,
            _ => Vec::new(),
        };
        if wrapped.is_empty() {
            let said = match outcome {
                Err(said) if is_right() && sources.is_empty() => said,
                outcome => return Ok(outcome?),
            };
            sources = toolchain.sources_of_tests(&invocation, folder, &said)?;
            if sources.is_empty() {
                return Err(said.into());
            }
            *bodies = toolchain.start_tests(&invocation, metadata, &args, &sources)?;
            continue;
        }
        is_wrapped = true;
        let files = wrap(toolchain, options, support, &wrapped, folder)?;
        invocation = invocation.with_externs(&files);
        let again = toolchain.start_tests(&invocation, metadata, &args, &sources)?;
        // It has written all that is of interest.
        let _ = std::mem::replace(bodies, again).finish();
    }
}

/// Checks a single file, its tests by way of other crates where some offer attributes of tests. Gives the options to go on
/// with.
pub(crate) fn check(
    toolchain: &Toolchain,
    options: &Options,
    support: Option<&Support>,
    folder: &Path,
) -> Result<(Options, Checked), DriverError> {
    let mut options = options.clone();
    let checked = toolchain.check(&options.request(), folder);
    let Some(support) = support else { return Ok((options, checked?)) };
    let wrapped = match &checked {
        Ok(checked) => find(toolchain, &options, Some(&checked.metadata))?,
        Err(said) if said.has_ambiguous_tests() => find(toolchain, &options, None)?,
        Err(_) => Vec::new(),
    };
    if wrapped.is_empty() {
        return Ok((options, checked?));
    }
    // The crates themselves are found by name from now on.
    let mut folders: Vec<PathBuf> =
        options.externs.iter().filter_map(|it| Some(named(it)?.1.parent()?.to_owned())).collect();
    folders.dedup();
    let of_folder = |folder: &PathBuf| match folder.as_os_str().is_empty() {
        true => "dependency=.".to_owned(),
        false => format!("dependency={}", folder.display()),
    };
    options.search_paths.extend(folders.iter().map(of_folder));
    let files = wrap(toolchain, &mut options, support, &wrapped, folder)?;
    for argument in &mut options.externs {
        if let Some(other) = other_extern(argument, &files) {
            *argument = other;
        }
    }
    match (toolchain.check(&options.request(), folder), checked) {
        (Ok(checked), _) => Ok((options, checked)),
        // Where other crates are no help, what was said of the crate's own holds.
        (Err(_), Err(said)) | (Err(said), Ok(_)) => Err(said.into()),
    }
}

/// Compiles what stands for the crates that offer attributes of tests. Gives their names and files.
fn wrap(
    toolchain: &Toolchain,
    options: &mut Options,
    support: &Support,
    wrapped: &[WrappedCrate],
    folder: &Path,
) -> Result<Vec<(String, PathBuf)>, DriverError> {
    let files = toolchain.wrap_crates(&options.search_paths, support.crates(), wrapped, folder)?;
    options.search_paths.push(format!("dependency={}", folder.display()));
    Ok(files)
}

/// The crates that a crate under test names and that offer attributes of tests, as what is to be compiled instead.
/// `metadata` is the crate's, if it is there.
fn find(toolchain: &Toolchain, options: &Options, metadata: Option<&Path>) -> Result<Vec<WrappedCrate>, DriverError> {
    let externs = options.externs.iter().filter_map(|it| named(it));
    let named: Vec<(&str, PathBuf)> = externs.filter(|(_, path)| path.is_file()).collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    catching(|| {
        let Some(metadata) = metadata else {
            let each = named.iter().map(|named| find_in(toolchain, options, &named.1, std::slice::from_ref(named)));
            let found: Result<Vec<_>, _> = each.collect();
            return Ok(found?.concat());
        };
        find_in(toolchain, options, metadata, &named)
    })
}

/// As [`find`], among crates that this metadata leads to.
fn find_in(
    toolchain: &Toolchain,
    options: &Options,
    metadata: &Path,
    named: &[(&str, PathBuf)],
) -> Result<Vec<WrappedCrate>, DriverError> {
    let found = with_front(toolchain, options, metadata, &mut Report::default(), |front, _| {
        let search = Search { session: front.session, prebuilt: &front.cx.options.prebuilt, count: Cell::new(0) };
        let mut wrapped = Vec::new();
        for (name, path) in named {
            let mut sources = front.session.crate_sources();
            let found = sources.find(|(_, source)| source.metadata.with_extension("") == path.with_extension(""));
            let Some((krate, source)) = found.filter(|(krate, _)| !search.prebuilt.contains(krate)) else { continue };
            let mut seen = FxHashSet::default();
            search.count.set(0);
            if let Some(module) = search.module(krate.root(), DEPTH, &mut seen) {
                let mut text = String::from("#![no_std]\n");
                write(&module, "::real", &mut text);
                wrapped.push(WrappedCrate { name: (*name).to_owned(), real: source.metadata.clone(), text });
            }
        }
        Ok(wrapped)
    });
    match found {
        // A procedural macro has no metadata to look into.
        Err(DriverError::Open(_)) if named.len() == 1 => Ok(Vec::new()),
        found => found,
    }
}

/// The name and the metadata in an argument of `--extern`.
fn named(argument: &str) -> Option<(&str, PathBuf)> {
    let (name, path) = argument.split_once('=')?;
    let metadata = Path::new(path).with_extension("rmeta");
    Some((name.rsplit(':').next()?, if metadata.is_file() { metadata } else { PathBuf::from(path) }))
}

struct Search<'a, 'tcx> {
    session: &'tcx Session<'tcx>,
    prebuilt: &'a FxHashSet<CrateNum>,
    /// How many modules of a crate were looked at.
    count: Cell<usize>,
}

impl Search<'_, '_> {
    /// What a module offers, in itself or in others; None if that is no attribute of tests.
    fn module(&self, module: DefId, depth: usize, seen: &mut FxHashSet<DefId>) -> Option<Module> {
        // In each place in which it is offered, but not within itself.
        if depth == 0 || self.count.get() == MODULES || !seen.insert(module) {
            return None;
        }
        self.count.set(self.count.get() + 1);
        let mut found = Module::default();
        for (name, child) in self.session.public_children(module) {
            // Procedural macros have no metadata.
            if self.session.crate_data(child.krate).is_none() {
                continue;
            }
            let name = name.as_str().to_owned();
            let is_std = self.prebuilt.contains(&child.krate);
            match self.session.def_kind(child) {
                DefKind::Macro if is_std => {
                    if let Some(attribute) = self.attribute(child) {
                        found.instead.insert(name, format!("::bessemer_test_macros::{attribute}"));
                    }
                }
                DefKind::Mod if is_std => {
                    if let Some(path) = self.module_of_std(child) {
                        found.instead.insert(name, path);
                    }
                }
                DefKind::Mod => {
                    if let Some(inner) = self.module(child, depth - 1, seen) {
                        found.modules.insert(name, inner);
                    }
                }
                _ => {}
            }
        }
        seen.remove(&module);
        let is_empty = found.instead.is_empty() && found.modules.is_empty();
        (!is_empty).then_some(found)
    }

    /// The name of an attribute of tests.
    fn attribute(&self, def_id: DefId) -> Option<&'static str> {
        let DefPathData::MacroNs(name) = self.session.def_key(def_id).data else { return None };
        let attribute = ["test", "bench", "test_case"].into_iter().find(|it| *it == name.as_str())?;
        (self.session.crate_name(def_id.krate).as_str() == "core").then_some(attribute)
    }

    /// The path under which the crates that stand for std offer a module that attributes of tests are in.
    fn module_of_std(&self, module: DefId) -> Option<String> {
        let mut path = Vec::new();
        let mut at = module;
        while at != at.krate.root() {
            let key = self.session.def_key(at);
            let DefPathData::TypeNs(name) = key.data else { return None };
            path.push(name.as_str().to_owned());
            at = DefId { index: key.parent?, ..at };
        }
        let krate = self.session.crate_name(module.krate);
        let krate = ["core", "std"].into_iter().find(|it| *it == krate.as_str())?;
        if path.last().is_some_and(|first| first != "prelude") {
            return None;
        }
        let path: String = path.iter().rev().map(|name| format!("::{name}")).collect();
        Some(format!("::bessemer_{krate}{path}"))
    }
}

/// Writes a module's text. `path` is where the real one is.
fn write(module: &Module, path: &str, out: &mut String) {
    *out += &format!("pub use {path}::*;\n");
    for (name, from) in &module.instead {
        *out += &format!("pub use {from} as {};\n", word(name));
    }
    for (name, inner) in &module.modules {
        let name = word(name);
        *out += &format!("pub mod {name} {{\n");
        write(inner, &format!("{path}::{name}"), out);
        *out += "}\n";
    }
}

/// A name that may be a keyword in another edition.
fn word(name: &str) -> String {
    if name == "_" { name.to_owned() } else { format!("r#{name}") }
}
