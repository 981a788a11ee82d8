//! What names in bodies mean. (rustc: `rustc_resolve::late`, `rustc_resolve::ident`.)
//!
//! Scopes inside of bodies are a stack of ribs, pushed and popped while lowering walks the tree: variables, generic parameters,
//! labels, and the items of blocks. Behind them come the module, the extern prelude, the standard library's prelude and the
//! built-in types. What a module's names mean is known from metadata ([`crate::scope`]).

use ::ty::{CrateNum, DefId, DefKind};
use expand::external::CrateId;
use expand::hygiene::{ExpnKind, Hygiene};
use expand::modules::ModuleRef;
use rustc_hash::FxHashMap;
use syntax::doubt::{Doubt, Result};
use syntax::span::{Edition, Ident, Span, SyntaxContext};
use syntax::symbol::{Symbol, kw};

use crate::body::ExprId;
use crate::path::{PrimTy, Res};
use crate::scope::{Ns, Scopes};

/// A name with the context in which it is compared.
pub(crate) type Key = (Symbol, SyntaxContext);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RibKind {
    /// Variables and labels.
    Normal,
    /// Generic parameters and `Self`: compared as definitions are.
    Params,
    /// The items of a block: its number among the scopes of blocks.
    Block(usize),
    /// Behind a `macro_rules!` in a block: its span.
    MacroDef(Span),
}

/// One scope.
#[derive(Debug)]
pub(crate) struct Rib {
    pub kind: RibKind,
    pub types: Vec<(Key, Res)>,
    pub values: Vec<(Key, Res)>,
    pub labels: Vec<(Key, ExprId)>,
    pub lifetimes: Vec<(Key, DefId)>,
}

impl Rib {
    pub fn new(kind: RibKind) -> Rib {
        Rib { kind, types: Vec::new(), values: Vec::new(), labels: Vec::new(), lifetimes: Vec::new() }
    }
}

/// A leaf of a `use` in a block.
#[derive(Debug)]
pub(crate) struct Import {
    /// What it is called here, perhaps `_`; nothing for a glob.
    pub name: Option<Key>,
    pub path: Vec<Ident>,
    /// It is being followed.
    pub is_busy: bool,
}

/// The items of a block.
#[derive(Debug)]
pub(crate) struct BlockScope {
    pub parent: Option<usize>,
    pub items: FxHashMap<(Key, Ns), Res>,
    pub imports: Vec<Import>,
}

/// What came of a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Partial {
    pub res: Res,
    /// How many segments at the end depend on types.
    pub unresolved: usize,
}

/// A path with what each segment means.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    pub partial: Partial,
    pub segments: Vec<Res>,
}

pub(crate) struct Resolver<'a, 'tcx> {
    pub scopes: Scopes<'tcx>,
    pub hygiene: &'a mut Hygiene,
    /// The number of a crate in the metadata's session.
    pub crates: &'a (dyn Fn(CrateId) -> Option<CrateNum> + Sync),
    pub ribs: Vec<Rib>,
    pub blocks: Vec<BlockScope>,
    /// The crate whose bodies are made.
    pub krate: CrateNum,
    /// The module that is no block.
    pub module: DefId,
    /// The standard library's prelude.
    pub prelude: Option<DefId>,
    pub no_prelude: bool,
}

impl<'tcx> Resolver<'_, 'tcx> {
    /// How a variable, label or lifetime is compared.
    pub fn local_key(&self, ident: Ident) -> Key {
        (ident.name, self.hygiene.normalize_to_macro_rules(ident.span.ctxt))
    }

    /// How a definition's name is compared.
    pub fn item_key(&self, ident: Ident) -> Key {
        (ident.name, self.hygiene.normalize_to_macros_2_0(ident.span.ctxt))
    }

    pub fn edition(&self, span: Span) -> Edition {
        self.hygiene.editions().of(span)
    }

    /// The span of the macro whose expansion a context's last mark is of.
    fn macro_of(&self, mut ctxt: SyntaxContext) -> Option<Span> {
        while ctxt != SyntaxContext::ROOT {
            let data = self.hygiene.expansion(self.hygiene.outer_expansion(ctxt));
            if let ExpnKind::Macro(..) = data.kind {
                return Some(data.def_site);
            }
            self.hygiene.remove_mark(&mut ctxt);
        }
        None
    }

    /// What a name without a path means.
    pub fn lexical(&mut self, ident: Ident, ns: Ns) -> Result<Option<Res>> {
        let (mut key, item_key) = match ns {
            _ if ident.name == kw::SELF_TYPE => ((ident.name, SyntaxContext::ROOT), (ident.name, SyntaxContext::ROOT)),
            Ns::Type => (self.item_key(ident), self.item_key(ident)),
            Ns::Value => (self.local_key(ident), self.item_key(ident)),
        };
        for index in (0..self.ribs.len()).rev() {
            let rib = &self.ribs[index];
            let wanted = if rib.kind == RibKind::Params { item_key } else { key };
            let bindings = match ns {
                Ns::Type => &rib.types,
                Ns::Value => &rib.values,
            };
            if let Some((_, res)) = bindings.iter().rev().find(|(found, _)| *found == wanted) {
                return Ok(Some(*res));
            }
            match rib.kind {
                RibKind::Block(block) => {
                    if let Some(res) = self.in_block(block, item_key, ns)? {
                        return Ok(Some(res));
                    }
                }
                RibKind::MacroDef(span) if self.macro_of(key.1) == Some(span) => {
                    self.hygiene.remove_mark(&mut key.1);
                }
                _ => {}
            }
        }
        if ident.name == kw::SELF_TYPE {
            return Ok(None);
        }
        self.in_modules(ident, ns)
    }

    /// A label.
    pub fn label(&self, ident: Ident) -> Option<ExprId> {
        let mut key = self.local_key(ident);
        for rib in self.ribs.iter().rev() {
            if let Some((_, target)) = rib.labels.iter().rev().find(|(found, _)| *found == key) {
                return Some(*target);
            }
            if let RibKind::MacroDef(span) = rib.kind
                && self.macro_of(key.1) == Some(span)
            {
                self.hygiene.remove_mark(&mut key.1);
            }
        }
        None
    }

    /// A lifetime that is a parameter.
    pub fn lifetime(&self, ident: Ident) -> Option<DefId> {
        let key = self.item_key(ident);
        self.ribs.iter().rev().find_map(|rib| {
            let found = rib.lifetimes.iter().rev().find(|(found, _)| *found == key);
            found.map(|(_, def_id)| *def_id)
        })
    }

    /// A name in the items of a block.
    fn in_block(&mut self, block: usize, key: Key, ns: Ns) -> Result<Option<Res>> {
        if let Some(res) = self.blocks[block].items.get(&(key, ns)) {
            return Ok(Some(*res));
        }
        for glob in [false, true] {
            for index in 0..self.blocks[block].imports.len() {
                let import = &mut self.blocks[block].imports[index];
                let fits = if glob { import.name.is_none() } else { import.name == Some(key) };
                if !fits || import.is_busy {
                    continue;
                }
                import.is_busy = true;
                let path = import.path.clone();
                let found = self.import(block, &path, key, ns, glob);
                self.blocks[block].imports[index].is_busy = false;
                if let Some(res) = found? {
                    return Ok(Some(res));
                }
            }
        }
        Ok(None)
    }

    fn import(&mut self, block: usize, path: &[Ident], key: Key, ns: Ns, glob: bool) -> Result<Option<Res>> {
        if !glob {
            return self.import_path(block, path, ns);
        }
        let Some(module) = self.import_path(block, path, Ns::Type)?.and_then(Scopes::is_module) else {
            return Ok(None);
        };
        let from = self.module;
        self.scopes.lookup_visible(module, key.0, ns, from)
    }

    /// The traits that the items of a block bring into scope.
    pub fn block_traits(&mut self, block: usize) -> Result<Vec<DefId>> {
        let is_trait = |res: Res| match res {
            Res::Def(DefKind::Trait | DefKind::TraitAlias, def_id) => Some(def_id),
            _ => None,
        };
        let mut traits: Vec<DefId> = self.blocks[block].items.values().filter_map(|res| is_trait(*res)).collect();
        traits.sort();
        for index in 0..self.blocks[block].imports.len() {
            let import = &mut self.blocks[block].imports[index];
            let (is_glob, path) = (import.name.is_none(), import.path.clone());
            if std::mem::replace(&mut import.is_busy, true) {
                continue;
            }
            let found = self.import_path(block, &path, Ns::Type);
            self.blocks[block].imports[index].is_busy = false;
            match (found?, is_glob) {
                (Some(res), false) => traits.extend(is_trait(res)),
                (Some(Res::Def(DefKind::Mod, module)), true) => {
                    traits.extend(self.scopes.traits(module, self.module)?);
                }
                _ => {}
            }
        }
        Ok(traits)
    }

    /// The traits in scope outside of the body that begins here.
    pub fn traits(&mut self) -> Result<Vec<DefId>> {
        let mut traits = Vec::new();
        for index in (0..self.ribs.len()).rev() {
            if let RibKind::Block(block) = self.ribs[index].kind {
                traits.extend(self.block_traits(block)?);
            }
        }
        traits.extend(self.scopes.traits(self.module, self.module)?);
        if let Some(prelude) = self.prelude.filter(|_| !self.no_prelude) {
            traits.extend(self.scopes.traits(prelude, self.module)?);
        }
        Ok(traits)
    }

    /// What the path of an import in a block means.
    fn import_path(&mut self, block: usize, path: &[Ident], ns: Ns) -> Result<Option<Res>> {
        let Some((first, _)) = path.split_first() else { return Ok(None) };
        let is_2015 = self.edition(first.span) == Edition::E2015;
        if let Some((module, rest)) = self.path_start(path, is_2015)? {
            return self.along(module, rest, ns, is_2015);
        }
        if is_2015 {
            return self.along(self.krate.root(), path, ns, true);
        }
        let (first, rest) = (path[0], &path[1..]);
        let first_ns = if rest.is_empty() { ns } else { Ns::Type };
        let key = self.item_key(first);
        let mut at = Some(block);
        let mut found = None;
        while let (Some(index), None) = (at, found) {
            found = self.in_block(index, key, first_ns)?;
            at = self.blocks[index].parent;
        }
        if found.is_none() {
            found = self.in_modules(first, first_ns)?;
        }
        match (found, rest) {
            (found, []) => Ok(found),
            (Some(res), rest) => match Scopes::is_module(res) {
                Some(module) => self.along(module, rest, ns, false),
                None => Ok(None),
            },
            (None, _) => Ok(None),
        }
    }

    /// Follows a path from a module.
    fn along(&mut self, module: DefId, path: &[Ident], ns: Ns, externs: bool) -> Result<Option<Res>> {
        let mut res = Res::Def(DefKind::Mod, module);
        for (index, ident) in path.iter().enumerate() {
            let Some(module) = Scopes::is_module(res) else { return Ok(None) };
            let ns = if index + 1 == path.len() { ns } else { Ns::Type };
            let mut found = self.scopes.lookup(module, ident.name, ns)?;
            if found.is_none() && index == 0 && externs && ns == Ns::Type {
                found = self.scopes.extern_crate(ident.name);
            }
            match found {
                Some(next) => res = next,
                None => return Ok(None),
            }
        }
        Ok(Some(res))
    }

    /// The module that a path begins with by keyword, and what follows.
    fn path_start<'p>(&mut self, path: &'p [Ident], is_2015: bool) -> Result<Option<(DefId, &'p [Ident])>> {
        let Some((first, mut rest)) = path.split_first() else { return Ok(None) };
        let module = match first.name {
            kw::CRATE => self.krate.root(),
            kw::DOLLAR_CRATE => self.dollar_crate(*first)?.root(),
            kw::PATH_ROOT if is_2015 => self.krate.root(),
            kw::PATH_ROOT => {
                let Some((name, others)) = rest.split_first() else { return Ok(None) };
                match self.scopes.extern_crate(name.name).and_then(Scopes::is_module) {
                    Some(root) => return Ok(Some((root, others))),
                    None => {
                        let message = format!("there is no crate `{}`", name.name);
                        return Err(Doubt::new(name.span, "crate in a path", message));
                    }
                }
            }
            kw::SELF | kw::SUPER => {
                let mut module = self.module;
                let mut ups = usize::from(first.name == kw::SUPER);
                while let [ident, others @ ..] = rest
                    && ident.name == kw::SUPER
                {
                    ups += 1;
                    rest = others;
                }
                for _ in 0..ups {
                    module = self.scopes.module_of(module);
                }
                module
            }
            _ => return Ok(None),
        };
        Ok(Some((module, rest)))
    }

    /// The crate that `$crate` means.
    pub fn dollar_crate(&self, ident: Ident) -> Result<CrateNum> {
        match self.hygiene.crate_of(ident.span.ctxt) {
            CrateId::LOCAL => Ok(self.krate),
            krate => (self.crates)(krate).ok_or_else(|| {
                Doubt::new(ident.span, "`$crate`", "the macro's crate is not among those of the metadata")
            }),
        }
    }

    /// A name in the module that we are in, or in those of the macros that wrote it; then in preludes.
    fn in_modules(&mut self, ident: Ident, ns: Ns) -> Result<Option<Res>> {
        let mut ctxt = self.hygiene.normalize_to_macros_2_0(ident.span.ctxt);
        let mut module = self.module;
        loop {
            // A name that a macro hides is not seen where the macro is called.
            let home = match ctxt == SyntaxContext::ROOT {
                true => None,
                false => self.hygiene.expansion(self.hygiene.outer_expansion(ctxt)).home.module,
            };
            match home {
                Some(ModuleRef::Foreign(def)) if module.krate == self.krate => {
                    self.hygiene.remove_mark(&mut ctxt);
                    let Some(krate) = (self.crates)(def.krate) else {
                        return Err(Doubt::new(
                            ident.span,
                            "macro's module",
                            "its crate is not among those of the metadata",
                        ));
                    };
                    module = DefId { krate, index: def.index };
                    continue;
                }
                _ => {}
            }
            if let Some(res) = self.scopes.lookup(module, ident.name, ns)? {
                return Ok(Some(res));
            }
            break;
        }
        if ns == Ns::Type
            && let Some(res) = self.scopes.extern_crate(ident.name).filter(|_| !self.no_prelude)
        {
            return Ok(Some(res));
        }
        if let Some(prelude) = self.prelude.filter(|_| !self.no_prelude)
            && let Some(res) = self.scopes.lookup(prelude, ident.name, ns)?
        {
            return Ok(Some(res));
        }
        Ok(match ns {
            Ns::Type => PrimTy::from_name(ident.name.as_str()).map(Res::PrimTy),
            Ns::Value => None,
        })
    }

    /// What a path means, without a type in front of it. Nothing if there is no such name.
    pub fn path(&mut self, path: &[Ident], ns: Ns) -> Result<Option<Resolved>> {
        let found = self.path_in(path, ns)?;
        // `u8::MAX` where a module `u8` is in scope that has no such name, and `u8` itself.
        let is_module = found.as_ref().is_some_and(|found| {
            found.partial.unresolved == 0 && matches!(found.partial.res, Res::Def(DefKind::Mod, _))
        });
        if let (Some(found), false) = (&found, is_module) {
            return Ok(Some(found.clone()));
        }
        if let Some(prim) = path.first().and_then(|first| PrimTy::from_name(first.name.as_str()))
            && (ns == Ns::Type || path.len() > 1)
        {
            let mut segments = vec![Res::Err; path.len()];
            segments[0] = Res::PrimTy(prim);
            let partial = Partial { res: Res::PrimTy(prim), unresolved: path.len() - 1 };
            return Ok(Some(Resolved { partial, segments }));
        }
        Ok(found)
    }

    fn path_in(&mut self, path: &[Ident], ns: Ns) -> Result<Option<Resolved>> {
        let Some(first) = path.first() else { return Ok(None) };
        let mut segments = vec![Res::Err; path.len()];
        let is_2015 = self.edition(first.span) == Edition::E2015;
        let done = |res, unresolved, segments| Ok(Some(Resolved { partial: Partial { res, unresolved }, segments }));
        let mut module = None;
        let mut at = 0;
        // Alone, `self` is a variable.
        let is_variable = path.len() == 1 && first.name == kw::SELF && ns == Ns::Value;
        if let Some((start, rest)) = self.path_start(path, is_2015)?.filter(|_| !is_variable) {
            at = path.len() - rest.len();
            // Each keyword means a module; of `::name` the second segment is the crate.
            self.keyword_segments(&path[..at], start, &mut segments);
            module = Some(start);
            if rest.is_empty() {
                return done(Res::Def(DefKind::Mod, start), 0, segments);
            }
        }
        while at < path.len() {
            let ident = path[at];
            let is_last = at + 1 == path.len();
            let wanted = if is_last { ns } else { Ns::Type };
            let found = match module {
                None => self.lexical(ident, wanted)?,
                Some(inside) => {
                    let mut found = self.scopes.lookup(inside, ident.name, wanted)?;
                    let is_root = at == 1 && path[0].name == kw::PATH_ROOT && is_2015;
                    if found.is_none() && is_root && wanted == Ns::Type {
                        found = self.scopes.extern_crate(ident.name);
                    }
                    found
                }
            };
            match found {
                Some(res) => {
                    segments[at] = res;
                    match Scopes::is_module(res) {
                        Some(next) if !is_last => module = Some(next),
                        _ => return done(res, path.len() - at - 1, segments),
                    }
                }
                // What is no variant of an enum, or no item of a trait, depends on the type.
                None => {
                    return match module {
                        Some(inside) => match self.scopes.session.def_kind_of(inside) {
                            DefKind::Mod => Ok(None),
                            kind => done(Res::Def(kind, inside), path.len() - at, segments),
                        },
                        None => Ok(None),
                    };
                }
            }
            at += 1;
        }
        Ok(None)
    }

    /// What the keywords at a path's beginning mean, as far as rustc says so of each: not of `super`, nor of the root in front
    /// of a crate's name.
    fn keyword_segments(&self, keywords: &[Ident], end: DefId, segments: &mut [Res]) {
        for (index, ident) in keywords.iter().enumerate() {
            segments[index] = match ident.name {
                kw::SUPER => Res::Err,
                kw::PATH_ROOT if keywords.len() > 1 => Res::Err,
                // A macro of an old crate, used in a new one.
                kw::PATH_ROOT if self.hygiene.editions().root() != Edition::E2015 => Res::Err,
                kw::SELF => Res::Def(DefKind::Mod, self.module),
                _ => Res::Def(DefKind::Mod, end),
            };
        }
    }
}

/// Questions to metadata that are asked often.
pub(crate) trait Kinds {
    fn def_kind_of(&self, def_id: DefId) -> DefKind;
}

impl Kinds for rmeta::Session<'_> {
    fn def_kind_of(&self, def_id: DefId) -> DefKind {
        ::ty::Definitions::def_kind(self, def_id)
    }
}
