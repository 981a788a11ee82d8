//! Names in modules, enums and traits, from metadata. (rustc: `rustc_resolve::build_reduced_graph`, the part about crates that
//! were compiled.)
//!
//! The crate's own modules are among them: the metadata that rustc wrote of the crate has all names of a module, private
//! ones and imported ones too.

use std::path::Path;
use std::sync::Arc;

use ::ty::{AssocKind, CrateNum, DefId, DefKind, Definitions};
use rmeta::Session;
use rmeta::scopes::Meaning;
use rustc_hash::FxHashMap;
use syntax::doubt::{Doubt, Result};
use syntax::span::Span;
use syntax::symbol::Symbol;

use crate::path::{PrimTy, Res};

/// Types and values have names of their own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Ns {
    Type,
    Value,
}

/// What a name of a module means, and from where it may be seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub res: Res,
    pub visible_in: Option<DefId>,
}

/// All names in a module.
#[derive(Default)]
pub(crate) struct Names {
    entries: FxHashMap<(Symbol, Ns), Entry>,
    /// Its traits, also those that have no name in it, and from where they may be seen.
    traits: Vec<(DefId, Option<DefId>)>,
}

/// All modules that were looked at.
pub(crate) struct Scopes<'tcx> {
    pub session: &'tcx Session<'tcx>,
    krate: CrateNum,
    modules: FxHashMap<DefId, Arc<Names>>,
    /// Crates by the names that paths may begin with.
    externs: FxHashMap<Symbol, CrateNum>,
}

/// The namespaces in which a kind of definition has its name; `None` if it has none.
pub(crate) fn namespace(kind: DefKind) -> Option<Ns> {
    Some(match kind {
        DefKind::Mod
        | DefKind::Struct
        | DefKind::Union
        | DefKind::Enum
        | DefKind::Variant
        | DefKind::Trait
        | DefKind::TyAlias
        | DefKind::ForeignTy
        | DefKind::TraitAlias
        | DefKind::AssocTy
        | DefKind::TyParam => Ns::Type,
        DefKind::Fn
        | DefKind::Const
        | DefKind::ConstParam
        | DefKind::Static { .. }
        | DefKind::Ctor(..)
        | DefKind::AssocFn
        | DefKind::AssocConst => Ns::Value,
        _ => return None,
    })
}

pub(crate) fn symbol(name: ::ty::Symbol) -> Symbol {
    Symbol::intern(name.as_str())
}

pub(crate) fn damaged(error: rmeta::DecodeError) -> Box<Doubt> {
    Doubt::new(Span::DUMMY, "metadata", error.to_string())
}

impl<'tcx> Scopes<'tcx> {
    /// Of a crate whose paths may begin with the names of `externs`, which are in those files.
    pub fn new<'p>(
        session: &'tcx Session<'tcx>,
        of: CrateNum,
        externs: impl Iterator<Item = (&'p str, &'p [std::path::PathBuf])>,
    ) -> Scopes<'tcx> {
        let mut found = FxHashMap::default();
        let by_name = |name: &str| {
            let mut crates = session.crate_sources().filter(|(krate, _)| *krate != of);
            crates.find(|(_, source)| source.name.as_str() == name).map(|(krate, _)| krate)
        };
        for name in ["core", "std"] {
            found.extend(by_name(name).map(|krate| (Symbol::intern(name), krate)));
        }
        for (name, paths) in externs {
            let stem = |path: &Path| path.file_stem().map(|stem| stem.to_owned());
            let is_it = |path: &Path| paths.iter().any(|given| stem(given) == stem(path));
            let mut crates = session.crate_sources().filter(|(krate, _)| *krate != of);
            let by_path = crates.find(|(_, source)| is_it(&source.metadata)).map(|(krate, _)| krate);
            found.extend(by_path.or_else(|| by_name(name)).map(|krate| (Symbol::intern(name), krate)));
        }
        Scopes { session, krate: of, modules: FxHashMap::default(), externs: found }
    }

    /// Paths may begin with the name of an `extern crate` in the root module.
    pub fn add_extern(&mut self, name: Symbol) -> Result<()> {
        let root = self.krate.root();
        if let Some(Res::Def(DefKind::Mod, def_id)) = self.lookup(root, name, Ns::Type)?
            && def_id.is_crate_root()
        {
            self.externs.insert(name, def_id.krate);
        }
        Ok(())
    }

    /// The crate that a path means which begins with this name.
    pub fn extern_crate(&self, name: Symbol) -> Option<Res> {
        let krate = self.externs.get(&name)?;
        Some(Res::Def(DefKind::Mod, krate.root()))
    }

    /// Is there a module, enum or trait of names behind it?
    pub fn is_module(res: Res) -> Option<DefId> {
        match res {
            Res::Def(DefKind::Mod | DefKind::Enum | DefKind::Trait, def_id) => Some(def_id),
            _ => None,
        }
    }

    /// All names in a module, enum or trait.
    pub fn names(&mut self, module: DefId) -> Result<Arc<Names>> {
        if let Some(known) = self.modules.get(&module) {
            return Ok(known.clone());
        }
        let session = self.session;
        let mut names = Names::default();
        let mut add = |name: Symbol, ns: Ns, res: Res, visible_in: Option<DefId>| {
            if let Res::Def(DefKind::Trait | DefKind::TraitAlias, def_id) = res {
                names.traits.push((def_id, visible_in));
            }
            names.entries.entry((name, ns)).or_insert(Entry { res, visible_in });
        };
        match session.def_kind(module) {
            DefKind::Enum => {
                for variant in &session.adt_def(module).variants {
                    let name = symbol(variant.name);
                    add(name, Ns::Type, Res::Def(DefKind::Variant, variant.def_id), None);
                    match variant.ctor {
                        Some((_, ctor)) => add(name, Ns::Value, Res::Def(session.def_kind(ctor), ctor), None),
                        None => add(name, Ns::Value, Res::Def(DefKind::Variant, variant.def_id), None),
                    }
                }
            }
            DefKind::Trait => {
                for item in session.assoc_items(module).iter().filter(|item| !item.is_synthetic) {
                    let (ns, kind) = match item.kind {
                        AssocKind::Const => (Ns::Value, DefKind::AssocConst),
                        AssocKind::Fn => (Ns::Value, DefKind::AssocFn),
                        AssocKind::Type => (Ns::Type, DefKind::AssocTy),
                    };
                    add(symbol(item.name), ns, Res::Def(kind, item.def_id), None);
                }
            }
            _ => {
                for child in session.scope_names(module).map_err(damaged)? {
                    let (ns, res) = match child.meaning {
                        Meaning::Def(kind, def_id) => match namespace(kind) {
                            Some(ns) => (ns, Res::Def(kind, def_id)),
                            None => continue,
                        },
                        Meaning::Int(ty) => (Ns::Type, Res::PrimTy(PrimTy::Int(ty))),
                        Meaning::Uint(ty) => (Ns::Type, Res::PrimTy(PrimTy::Uint(ty))),
                        Meaning::Float(ty) => (Ns::Type, Res::PrimTy(PrimTy::Float(ty))),
                        Meaning::Str => (Ns::Type, Res::PrimTy(PrimTy::Str)),
                        Meaning::Bool => (Ns::Type, Res::PrimTy(PrimTy::Bool)),
                        Meaning::Char => (Ns::Type, Res::PrimTy(PrimTy::Char)),
                    };
                    add(symbol(child.name), ns, res, child.visible_in);
                }
            }
        }
        let names = Arc::new(names);
        self.modules.insert(module, names.clone());
        Ok(names)
    }

    /// A name in a module, enum or trait.
    pub fn lookup(&mut self, module: DefId, name: Symbol, ns: Ns) -> Result<Option<Res>> {
        Ok(self.names(module)?.entries.get(&(name, ns)).map(|entry| entry.res))
    }

    /// A name that a glob brings to a place within `from`.
    pub fn lookup_visible(&mut self, module: DefId, name: Symbol, ns: Ns, from: DefId) -> Result<Option<Res>> {
        let entry = self.names(module)?.entries.get(&(name, ns)).copied();
        Ok(entry
            .filter(|entry| entry.visible_in.is_none_or(|scope| self.is_inside(from, scope)))
            .map(|entry| entry.res))
    }

    /// The traits in a module that may be seen from within `from`.
    pub fn traits(&mut self, module: DefId, from: DefId) -> Result<Vec<DefId>> {
        let names = self.names(module)?;
        let visible = |scope: Option<DefId>| scope.is_none_or(|scope| self.is_inside(from, scope));
        Ok(names.traits.iter().filter(|(_, scope)| visible(*scope)).map(|(def_id, _)| *def_id).collect())
    }

    /// Is a definition inside of another, or the same?
    pub fn is_inside(&self, mut def_id: DefId, outer: DefId) -> bool {
        if def_id.krate != outer.krate {
            return false;
        }
        loop {
            if def_id == outer {
                return true;
            }
            match self.session.def_key(def_id).parent {
                Some(parent) => def_id.index = parent,
                None => return false,
            }
        }
    }

    /// The module around a definition.
    pub fn module_of(&self, mut def_id: DefId) -> DefId {
        loop {
            match self.session.def_key(def_id).parent {
                Some(parent) => def_id.index = parent,
                None => return def_id,
            }
            if self.session.def_kind(def_id) == DefKind::Mod {
                return def_id;
            }
        }
    }
}
