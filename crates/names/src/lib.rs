//! What other crates offer to macro expansion.
//!
//! **What goes in.** Where the crates lie that the expanded crate may name: files of metadata, libraries of procedural macros,
//! the toolchain's own crates.
//!
//! **What comes out.** [`OtherCrates`], which answers [`expand::external::Crates`]: the names in their modules, the rules of
//! their macros as tokens, with the hygiene that those have where they were written, and procedural macros that run.
//!
//! **What it must not know.** What the names are wanted for; how a program's own names are found.
//!
//! Metadata is opened when a crate is first asked for. Files that are damaged or of another version, and macros that fail,
//! are doubts.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod procedural;
mod tokens;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use expand::external::{CrateId, Crates, DefRef, Definition, DefinitionKind, Entity, Kinds};
use expand::hygiene::{Hygiene, Transparency};
use expand::modules::ModuleRef;
use procedural::MacroLibrary;
pub use procmacro::Setting;
use rmeta::macros::{MacroKinds, NameKind};
use rmeta::{CrateLocator, Session};
use rustc_hash::FxHashMap;
use syntax::doubt::{Doubt, Result};
use syntax::span::{Edition, Ident, Span};
use syntax::stream::TokenStream;
use syntax::symbol::Symbol;
use tokens::Importer;
use ty::{CrateNum, DefId, Tcx};

const CRATE: &str = "other crate";

/// Crates that a crate may name.
pub struct OtherCrates<'tcx> {
    tcx: Tcx<'tcx>,
    locator: CrateLocator,
    /// The files that may be the crate of a name, from `--extern`.
    externs: BTreeMap<String, Vec<PathBuf>>,
    setting: Setting,
    state: Mutex<State<'tcx>>,
}

#[derive(Default)]
struct State<'tcx> {
    /// Opened files: each with its own numbering of the crates that it depends on.
    sessions: Vec<&'tcx Session<'tcx>>,
    by_path: FxHashMap<PathBuf, CrateId>,
    by_name: FxHashMap<Symbol, Option<CrateId>>,
    /// All crates that were seen. `CrateId` n is entry n - 1.
    crates: Vec<Known<'tcx>>,
    by_hash: FxHashMap<u128, CrateId>,
    importer: Importer,
    /// Libraries of procedural macros among the searched folders, by the hash of their crates.
    libraries: Option<FxHashMap<u128, PathBuf>>,
}

/// A crate that was seen.
enum Known<'tcx> {
    /// Its metadata is read: the session, and its number there.
    Metadata(usize, &'tcx Session<'tcx>, CrateNum),
    /// Its macros are programs.
    Macros(Symbol, MacroLibrary),
    /// Procedural macros that were not found.
    Missing(Symbol),
}

impl<'tcx> OtherCrates<'tcx> {
    /// Crates that are looked for as rustc does. `externs` are those that paths may begin with.
    pub fn new(tcx: Tcx<'tcx>, locator: CrateLocator) -> OtherCrates<'tcx> {
        let externs = locator.externs.clone();
        OtherCrates { tcx, locator, externs, setting: Setting::default(), state: Mutex::default() }
    }

    /// The same, with procedural macros that run in this folder and environment.
    pub fn with_setting(self, setting: Setting) -> OtherCrates<'tcx> {
        OtherCrates { setting, ..self }
    }

    /// The hash of a crate that was seen: the same in the metadata of all that depend on it.
    pub fn hash_of(&self, krate: CrateId) -> Option<u128> {
        let state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.by_hash.iter().find(|(_, found)| **found == krate).map(|(hash, _)| *hash)
    }

    fn with<T>(&self, f: impl FnOnce(&Self, &mut State<'tcx>) -> Result<T>) -> Result<T> {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        f(self, &mut state)
    }

    /// The crate in a file.
    fn open(&self, state: &mut State<'tcx>, path: &Path) -> Result<CrateId> {
        if let Some(id) = state.by_path.get(path) {
            return Ok(*id);
        }
        let fail = |error: &dyn std::fmt::Display| Doubt::new(Span::DUMMY, CRATE, error.to_string());
        let id = if path.extension().is_some_and(|extension| extension == "so") {
            let library = MacroLibrary::open(path, &self.setting)?;
            let (name, hash) = (library.crate_name, library.hash);
            match state.by_hash.get(&hash) {
                Some(id) => *id,
                None => state.add(hash, Known::Macros(name, library)),
            }
        } else {
            let session = Session::open(self.tcx, path, &self.locator).map_err(|error| fail(&error))?;
            let number = state.sessions.len();
            state.sessions.push(session);
            let Some(data) = session.crate_data(CrateNum::LOCAL) else {
                return Err(fail(&"the crate has no metadata"));
            };
            let hash = data.root.header.hash;
            match state.by_hash.get(&hash) {
                Some(id) => *id,
                None => state.add(hash, Known::Metadata(number, session, CrateNum::LOCAL)),
            }
        };
        state.by_path.insert(path.to_owned(), id);
        Ok(id)
    }

    /// The crate that a session numbers so.
    fn crate_of(&self, state: &mut State<'tcx>, number: usize, krate: CrateNum) -> Result<CrateId> {
        let session = state.sessions[number];
        let (name, hash) = session.crate_identity(krate);
        if let Some(id) = state.by_hash.get(&hash) {
            return Ok(*id);
        }
        if session.crate_data(krate).is_some() {
            return Ok(state.add(hash, Known::Metadata(number, session, krate)));
        }
        let name = Symbol::intern(name.as_str());
        let libraries = match &mut state.libraries {
            Some(libraries) => libraries,
            none => none.insert(procedural::find_libraries(&self.locator)),
        };
        let known = match libraries.get(&hash).cloned() {
            Some(path) => Known::Macros(name, MacroLibrary::open(&path, &self.setting)?),
            None => Known::Missing(name),
        };
        Ok(state.add(hash, known))
    }

    fn def_ref(&self, state: &mut State<'tcx>, number: usize, def_id: DefId) -> Result<DefRef> {
        Ok(DefRef { krate: self.crate_of(state, number, def_id.krate)?, index: def_id.index })
    }

    /// The crate of the toolchain, or of the searched folders, of that name.
    fn find(&self, state: &mut State<'tcx>, name: Symbol) -> Result<Option<CrateId>> {
        if let Some(known) = state.by_name.get(&name) {
            return Ok(*known);
        }
        let found = self.candidates(name.as_str()).into_iter().next();
        let found = found.map(|path| self.open(state, &path)).transpose()?;
        state.by_name.insert(name, found);
        Ok(found)
    }

    /// The files that may be a crate, the most likely first.
    fn candidates(&self, name: &str) -> Vec<PathBuf> {
        if let Some(paths) = self.externs.get(name).filter(|paths| !paths.is_empty()) {
            return paths.clone();
        }
        let prefixes = [format!("lib{name}-"), format!("lib{name}.")];
        let mut found = Vec::new();
        for folder in self.locator.search_dirs.iter().chain([&self.locator.sysroot_lib]) {
            let Ok(entries) = std::fs::read_dir(folder) else { continue };
            let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
            paths.sort();
            // A library's metadata alone is smaller than the library.
            for extension in ["rmeta", "rlib", "so"] {
                found.extend(
                    paths
                        .iter()
                        .filter(|path| {
                            let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                            prefixes.iter().any(|prefix| file.starts_with(prefix))
                                && path.extension().is_some_and(|found| found == extension)
                        })
                        .cloned(),
                );
            }
        }
        found
    }
}

impl<'tcx> State<'tcx> {
    fn add(&mut self, hash: u128, known: Known<'tcx>) -> CrateId {
        self.crates.push(known);
        let id = CrateId(self.crates.len() as u32);
        self.by_hash.insert(hash, id);
        id
    }

    fn known(&self, krate: CrateId) -> Result<&Known<'tcx>> {
        let found = krate.0.checked_sub(1).and_then(|index| self.crates.get(index as usize));
        found.ok_or_else(|| Doubt::new(Span::DUMMY, CRATE, "no crate has this number"))
    }
}

fn damaged(error: rmeta::DecodeError) -> Box<Doubt> {
    Doubt::new(Span::DUMMY, CRATE, error.to_string())
}

fn kinds(kinds: MacroKinds) -> Kinds {
    Kinds { bang: kinds.bang, attr: kinds.attr, derive: kinds.derive }
}

pub(crate) fn edition(number: u8) -> Edition {
    match number {
        0 => Edition::E2015,
        1 => Edition::E2018,
        2 => Edition::E2021,
        _ => Edition::E2024,
    }
}

impl Crates for OtherCrates<'_> {
    fn extern_crate(&self, name: Symbol) -> Result<Option<DefRef>> {
        self.with(|x, state| Ok(x.find(state, name)?.map(|krate| DefRef { krate, index: 0 })))
    }

    fn prelude_crate(&self, name: Symbol) -> Result<Option<DefRef>> {
        let text = name.as_str();
        match self.externs.contains_key(text) || text == "std" || text == "core" {
            true => self.extern_crate(name),
            false => Ok(None),
        }
    }

    fn names(&self, module: DefRef) -> Result<Vec<(Symbol, Entity)>> {
        self.with(|x, state| {
            let (number, session, krate) = match state.known(module.krate)? {
                Known::Metadata(number, session, krate) => (*number, *session, *krate),
                Known::Macros(_, library) => {
                    let names = library.names();
                    let entity =
                        |(index, name, kinds)| (name, Entity::Macro(DefRef { krate: module.krate, index }, kinds));
                    return Ok(names.into_iter().map(entity).collect());
                }
                Known::Missing(name) => {
                    let message = format!("the procedural macros of `{name}` were not found");
                    return Err(Doubt::new(Span::DUMMY, CRATE, message));
                }
            };
            let found = session.public_names(DefId { krate, index: module.index }).map_err(damaged)?;
            let mut names = Vec::with_capacity(found.len());
            for found in found {
                let entity = match found.kind {
                    NameKind::Module(def_id) => Entity::Module(x.def_ref(state, number, def_id)?),
                    NameKind::Scope(_) | NameKind::Type => Entity::Type,
                    NameKind::Macro(def_id, found) => Entity::Macro(x.def_ref(state, number, def_id)?, kinds(found)),
                    NameKind::Attribute => Entity::Attribute,
                    NameKind::Tool => Entity::Tool,
                };
                names.push((Symbol::intern(found.name.as_str()), entity));
            }
            Ok(names)
        })
    }

    fn definition(&self, item: DefRef, hygiene: &mut Hygiene) -> Result<Definition> {
        self.with(|x, state| {
            let (number, session, krate) = match state.known(item.krate)? {
                Known::Metadata(number, session, krate) => (*number, *session, *krate),
                Known::Macros(_, library) => return library.definition(item.index),
                Known::Missing(name) => {
                    let message = format!("the procedural macros of `{name}` were not found");
                    return Err(Doubt::new(Span::DUMMY, CRATE, message));
                }
            };
            let def_id = DefId { krate, index: item.index };
            let found = session.macro_definition(def_id).map_err(damaged)?;
            let found = found.ok_or_else(|| Doubt::new(Span::DUMMY, CRATE, "a macro has no definition"))?;
            let mut importer = std::mem::take(&mut state.importer);
            importer.begin(hygiene);
            let mut import = tokens::Import { crates: x, state, number, session, importer: &mut importer, hygiene };
            let span = import.span(found.span)?;
            let body = import.stream(&found.body);
            state.importer = importer;
            let body = body?;
            let name = Symbol::intern(found.name.as_str());
            let attributes = found.attributes;
            let edition_panic =
                attributes.allow_internal_unstable.iter().any(|feature| feature.as_str() == "edition_panic");
            let Some(data) = session.crate_data(krate) else {
                return Err(Doubt::new(Span::DUMMY, CRATE, "the crate has no metadata"));
            };
            let kind = match attributes.builtin {
                Some((known, _)) => {
                    let known = known.map_or(name, |known| Symbol::intern(known.as_str()));
                    DefinitionKind::Builtin(known)
                }
                None => DefinitionKind::Rules {
                    macro_rules: found.is_macro_rules,
                    body,
                    transparency: match attributes.transparency {
                        None => Transparency::of_definition(found.is_macro_rules),
                        Some(0) => Transparency::Transparent,
                        Some(1) => Transparency::SemiOpaque,
                        Some(_) => Transparency::Opaque,
                    },
                    local_inner_macros: attributes.local_inner_macros,
                },
            };
            let module = session.parent_module(def_id).map_err(damaged)?;
            Ok(Definition {
                ident: Ident::new(name, span),
                span,
                module: Some(DefRef { krate: item.krate, index: module.index }),
                edition: edition(data.root.edition),
                edition_panic,
                kind,
            })
        })
    }

    fn crate_name(&self, krate: CrateId) -> Symbol {
        let state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match state.known(krate) {
            Ok(Known::Metadata(_, session, krate)) => Symbol::intern(session.crate_identity(*krate).0.as_str()),
            Ok(Known::Macros(name, _) | Known::Missing(name)) => *name,
            Err(_) => syntax::symbol::kw::CRATE,
        }
    }
}

/// A module of another crate, as expansions know it.
pub(crate) fn module_ref(def: DefRef) -> ModuleRef {
    ModuleRef::Foreign(def)
}

/// A stream of these tokens.
pub(crate) fn stream(tokens: Vec<syntax::token::Token>) -> Result<TokenStream> {
    TokenStream::new(tokens)
        .ok_or_else(|| Doubt::new(Span::DUMMY, CRATE, "the delimiters of a macro's definition do not match"))
}
