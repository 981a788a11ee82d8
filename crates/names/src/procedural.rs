//! Procedural macros.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use expand::external::{Around, Definition, DefinitionKind, Kinds, ProcCall, ProcMacro};
use expand::sources::SourceFile;
use procmacro::{Isolation, Library, MacroKind, Setting, Surroundings};
use rmeta::CrateLocator;
use rustc_hash::FxHashMap;
use syntax::doubt::{Doubt, Result};
use syntax::span::{Editions, Ident, Span, SyntaxContext};
use syntax::stream::TokenStream;
use syntax::symbol::Symbol;

use crate::edition;

const MACRO: &str = "procedural macro";

/// A crate of procedural macros.
pub(crate) struct MacroLibrary {
    pub crate_name: Symbol,
    pub hash: u128,
    edition: u8,
    library: Arc<Library>,
    /// The number of each macro's function in its crate, in the order of the library's list.
    indices: Vec<u32>,
}

impl MacroLibrary {
    pub(crate) fn open(path: &Path, setting: &Setting) -> Result<MacroLibrary> {
        let fail = |error: &dyn std::fmt::Display| Doubt::new(Span::DUMMY, MACRO, error.to_string());
        let info = rmeta::macro_crate(path).map_err(|error| fail(&error))?;
        let library = Library::open_in(path, Isolation::Forked, setting.clone()).map_err(|error| fail(&error))?;
        if library.macros().len() != info.macros.len() {
            return Err(fail(&"the library and its metadata do not agree"));
        }
        Ok(MacroLibrary {
            crate_name: Symbol::intern(info.name.as_str()),
            hash: info.hash,
            edition: info.edition,
            library: Arc::new(library),
            indices: info.macros,
        })
    }

    /// The macros: their numbers, names, and what they are.
    pub(crate) fn names(&self) -> Vec<(u32, Symbol, Kinds)> {
        let macros = self.indices.iter().zip(self.library.macros());
        let kinds = |kind: &MacroKind| Kinds {
            bang: *kind == MacroKind::Bang,
            attr: *kind == MacroKind::Attribute,
            derive: matches!(kind, MacroKind::Derive { .. }),
        };
        macros.map(|(index, found)| (*index, Symbol::intern(&found.name), kinds(&found.kind))).collect()
    }

    pub(crate) fn definition(&self, index: u32) -> Result<Definition> {
        let Some(at) = self.indices.iter().position(|known| *known == index) else {
            return Err(Doubt::new(Span::DUMMY, MACRO, "the library has no such macro"));
        };
        let found = &self.library.macros()[at];
        let helpers = match &found.kind {
            MacroKind::Derive { helpers } => helpers.iter().map(|name| Symbol::intern(name)).collect(),
            MacroKind::Attribute | MacroKind::Bang => Vec::new(),
        };
        let run = Runner { library: self.library.clone(), index: at, helpers };
        Ok(Definition {
            ident: Ident::new(Symbol::intern(&found.name), Span::DUMMY),
            span: Span::DUMMY,
            module: None,
            edition: edition(self.edition),
            edition_panic: false,
            kind: DefinitionKind::Procedural(Arc::new(run)),
        })
    }
}

/// A macro of a library.
#[derive(Debug)]
struct Runner {
    library: Arc<Library>,
    index: usize,
    helpers: Vec<Symbol>,
}

impl ProcMacro for Runner {
    fn helpers(&self) -> &[Symbol] {
        &self.helpers
    }

    fn expand(&self, call: &ProcCall, around: &Around<'_>) -> Result<TokenStream> {
        let call_site = call.call_site;
        let call = procmacro::Call {
            arguments: call.arguments.clone(),
            input: call.input.clone(),
            def_site: call.def_site,
            call_site: call.call_site,
            mixed_site: call.mixed_site,
        };
        let fail = |message: String| Doubt::new(call_site, MACRO, message);
        let expansion = self.library.expand(self.index, call, &Program(*around)).map_err(|e| fail(e.to_string()))?;
        let is_error = |diagnostic: &&procmacro::Diagnostic| diagnostic.level == procmacro::Level::Error;
        match expansion.effects.diagnostics.iter().find(is_error) {
            Some(error) => Err(fail(format!("a macro reports: {}", error.message))),
            None => Ok(expansion.tokens),
        }
    }
}

struct Program<'a>(Around<'a>);

impl Surroundings for Program<'_> {
    fn editions(&self) -> &Editions {
        self.0.editions()
    }

    fn file(&self, position: u32) -> Option<procmacro::File<'_>> {
        let SourceFile { base, text, name, path, .. } = self.0.sources.file(position)?;
        Some(procmacro::File { base: *base, text, name, local_path: path.to_str() })
    }

    fn call_site(&self, ctxt: SyntaxContext) -> Option<Span> {
        let hygiene = self.0.hygiene;
        Some(hygiene.expansion(hygiene.outer_expansion(ctxt)).call_site)
    }

    fn crate_name(&self, span: Span) -> Symbol {
        (self.0.crate_name)(span.ctxt)
    }
}

/// The libraries of procedural macros in the searched folders, by the hash of their crates.
pub(crate) fn find_libraries(locator: &CrateLocator) -> FxHashMap<u128, PathBuf> {
    let externs = locator.externs.values().flatten().cloned();
    let folders = locator.search_dirs.iter().filter_map(|folder| std::fs::read_dir(folder).ok());
    let files = folders.flat_map(|entries| entries.flatten().map(|entry| entry.path()));
    let mut found = FxHashMap::default();
    for path in externs.chain(files) {
        if path.extension().is_some_and(|extension| extension == "so")
            && let Ok(info) = rmeta::macro_crate(&path)
        {
            found.insert(info.hash, path);
        }
    }
    found
}
