//! Modules and their names, as far as macros need them: types (which paths lead through) and macros. (rustc:
//! `rustc_resolve::{build_reduced_graph, imports, ident}`.)
//!
//! While a crate is expanded, names appear. A name that is not found in a module whose items were not looked at yet, or
//! that an import will bring whose source is not known, is [`Lookup::Pending`]: whoever asks asks again later. Where only
//! unexpanded calls or globs could bring it ([`Lookup::Maybe`]), what is found further outwards is taken: a program in
//! which a macro then writes another name is an error. With [`Modules::force`], what is pending counts as missing.
//!
//! Imports are followed when they are asked for. An import that leads to itself finds nothing on that way.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;
use syntax::doubt::Result;
use syntax::span::{Ident, Span, SyntaxContext};
use syntax::symbol::{Symbol, kw};

use crate::external::{CrateId, Crates, DefRef, Entity, Kinds};
use crate::hygiene::{ExpnId, Hygiene};
use crate::textual::{Scope, TextualScopes};

/// The number of a module of the crate. 0 is its root.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ModuleId(pub u32);

impl ModuleId {
    /// The root module.
    pub const ROOT: ModuleId = ModuleId(0);

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// A module of this crate or another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ModuleRef {
    /// Of this crate.
    Local(ModuleId),
    /// Of another one.
    Foreign(DefRef),
}

/// A macro.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MacroRef {
    /// Of this crate: its number among them.
    Local(u32),
    /// Of another one.
    Foreign(DefRef),
}

/// What a name means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Res {
    /// A module.
    Module(ModuleRef),
    /// Another type.
    Type,
    /// A macro.
    Macro(MacroRef, Kinds),
    /// An attribute that is no macro.
    Attribute,
    /// A module of a tool's attributes.
    Tool,
}

/// Types and macros have names of their own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ns {
    /// Modules and types.
    Type,
    /// Macros.
    Macro,
}

/// What came of looking for a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lookup {
    /// It is this.
    Found(Res),
    /// There is none.
    Missing,
    /// That depends on what is not expanded yet.
    Pending,
    /// As long as nothing unexpanded writes it, there is none.
    Maybe,
}

/// From where a name may be seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vis {
    /// From everywhere.
    Public,
    /// From a module and those in it.
    In(ModuleId),
}

#[derive(Clone, Copy, Debug)]
enum Binding {
    Item(Res, Vis),
    Import(u32),
}

/// Where a path stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    /// The module or block.
    pub module: ModuleId,
    /// The `macro_rules!` in scope.
    pub scope: Scope,
}

/// A `use`, or one leaf of it.
#[derive(Clone, Debug)]
pub struct Import {
    /// Where it stands.
    pub at: Position,
    /// The path; of a glob to the module, of others with the name.
    pub path: Vec<Ident>,
    /// From where the imported names may be seen.
    pub vis: Vis,
    /// `*`
    pub is_glob: bool,
    /// All of it.
    pub span: Span,
    /// What it was found to be, by namespace.
    found: [Option<Res>; 2],
}

#[derive(Debug)]
struct Module {
    /// What is around it.
    parent: Option<ModuleId>,
    is_block: bool,
    name: Symbol,
    /// The expansion that made it.
    expansion: ExpnId,
    names: FxHashMap<(Symbol, SyntaxContext, Ns), Vec<Binding>>,
    globs: Vec<u32>,
    /// May names still appear in it?
    state: State,
    /// `#![no_implicit_prelude]`
    no_prelude: bool,
}

/// How far a module's items are known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// They were not looked at.
    New,
    /// Some calls among them are not expanded.
    Waiting,
    /// All are known.
    Complete,
}

type ForeignNames = FxHashMap<(Symbol, Ns), Res>;

/// The modules of a crate, and what of others was looked at.
#[derive(Debug)]
pub struct Modules {
    modules: Vec<Module>,
    imports: Vec<Import>,
    foreign: FxHashMap<DefRef, ForeignNames>,
    /// `#[macro_use] extern crate`
    pub macro_prelude: FxHashMap<Symbol, Res>,
    /// What `#[prelude_import]` imports.
    pub prelude: Option<ModuleRef>,
    /// `extern crate` in the root module.
    pub extern_prelude: FxHashMap<Symbol, Res>,
    /// What is pending counts as missing.
    pub force: bool,
    /// All calls outside of bodies are expanded, so that answers stay the same.
    pub settled: bool,
    /// Tools that the crate registers.
    pub tools: Vec<Symbol>,
    /// The imports that are being followed or looked through.
    in_progress: Vec<(u32, Step)>,
    memo: FxHashMap<Query, Lookup>,
    /// What was found in the search that is going on.
    searched: FxHashMap<Query, Lookup>,
}

/// A name in a module, and from where it is looked for.
type Query = (ModuleRef, Symbol, SyntaxContext, Ns, ModuleId);

/// What lookups need beside the modules.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Expansions.
    pub hygiene: &'a Hygiene,
    /// Other crates.
    pub crates: &'a dyn Crates,
    /// The `macro_rules!` in scope.
    pub textual: &'a TextualScopes,
}

const TOOLS: [&str; 5] = ["clippy", "rustfmt", "diagnostic", "miri", "rust_analyzer"];

/// Types that need no import.
const PRIMITIVES: [&str; 19] = [
    "bool", "char", "str", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
    "f16", "f32", "f64", "f128",
];

/// What is done with an import.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// It is found out what it leads to; of a glob which module.
    Follow(Ns),
    /// A name is looked up in a glob's module.
    Through(Ns),
}

/// How deep imports may lead to imports.
const MAX_IMPORTS: usize = 256;

impl Modules {
    /// Of a crate that has nothing but its root.
    pub fn new(crate_name: Symbol) -> Modules {
        let mut modules = Modules {
            modules: Vec::new(),
            imports: Vec::new(),
            foreign: FxHashMap::default(),
            macro_prelude: FxHashMap::default(),
            prelude: None,
            extern_prelude: FxHashMap::default(),
            force: false,
            settled: false,
            tools: TOOLS.iter().map(|name| Symbol::intern(name)).collect(),
            in_progress: Vec::new(),
            memo: FxHashMap::default(),
            searched: FxHashMap::default(),
        };
        modules.add(None, false, crate_name, ExpnId::ROOT);
        modules
    }

    /// Adds a module, or a block with items.
    pub fn add(&mut self, parent: Option<ModuleId>, is_block: bool, name: Symbol, expansion: ExpnId) -> ModuleId {
        let no_prelude = parent.is_some_and(|parent| self.modules[parent.index()].no_prelude);
        let (names, globs) = (FxHashMap::default(), Vec::new());
        self.modules.push(Module { parent, is_block, name, expansion, names, globs, state: State::New, no_prelude });
        ModuleId((self.modules.len() - 1) as u32)
    }

    /// Names are looked up in it without any prelude.
    pub fn set_no_prelude(&mut self, module: ModuleId) {
        self.modules[module.index()].no_prelude = true;
    }

    /// How far its items are known now.
    pub fn set_state(&mut self, module: ModuleId, state: State) {
        self.modules[module.index()].state = state;
    }

    /// The module that is no block.
    pub fn nearest_module(&self, mut module: ModuleId) -> ModuleId {
        while let Module { is_block: true, parent: Some(parent), .. } = self.modules[module.index()] {
            module = parent;
        }
        module
    }

    /// The module around a module.
    pub fn parent_module(&self, module: ModuleId) -> Option<ModuleId> {
        let parent = self.modules[self.nearest_module(module).index()].parent?;
        Some(self.nearest_module(parent))
    }

    /// The names that lead from the crate's name to a module: what `module_path!` says.
    pub fn names_to(&self, module: ModuleId) -> Vec<Symbol> {
        let mut names = Vec::new();
        let mut module = Some(self.nearest_module(module));
        while let Some(id) = module {
            names.push(self.modules[id.index()].name);
            module = self.parent_module(id);
        }
        names.reverse();
        names
    }

    fn key(hygiene: &Hygiene, ident: Ident, ns: Ns) -> (Symbol, SyntaxContext, Ns) {
        (ident.name, hygiene.normalize_to_macros_2_0(ident.span.ctxt), ns)
    }

    /// Defines a name.
    pub fn define(&mut self, hygiene: &Hygiene, module: ModuleId, ident: Ident, ns: Ns, res: Res, vis: Vis) {
        let names = &mut self.modules[module.index()].names;
        names.entry(Self::key(hygiene, ident, ns)).or_default().push(Binding::Item(res, vis));
    }

    /// Adds an import. `name` is what it is called here; `_` gives it none.
    pub fn import(&mut self, hygiene: &Hygiene, import: Import, name: Option<Ident>) {
        let number = self.imports.len() as u32;
        let module = &mut self.modules[import.at.module.index()];
        match name {
            None => module.globs.push(number),
            Some(name) if name.name == kw::UNDERSCORE => {}
            Some(name) => {
                for ns in [Ns::Type, Ns::Macro] {
                    module.names.entry(Self::key(hygiene, name, ns)).or_default().push(Binding::Import(number));
                }
            }
        }
        self.imports.push(import);
    }

    /// Is a module inside of another, or the same?
    fn is_inside(&self, module: ModuleId, of: ModuleId) -> bool {
        let mut at = Some(module);
        while let Some(id) = at {
            if id == of {
                return true;
            }
            at = self.modules[id.index()].parent;
        }
        false
    }

    fn is_visible(&self, vis: Vis, from: ModuleId) -> bool {
        match vis {
            Vis::Public => true,
            Vis::In(module) => self.is_inside(from, module),
        }
    }

    /// A name in a module, as seen from another.
    pub fn in_module(
        &mut self,
        world: World<'_>,
        module: ModuleRef,
        (name, ctxt): (Symbol, SyntaxContext),
        ns: Ns,
        from: ModuleId,
    ) -> Result<Lookup> {
        match module {
            ModuleRef::Foreign(def) => self.in_foreign(world, def, name, ns),
            ModuleRef::Local(id) => {
                let key = (module, name, ctxt, ns, from);
                if let Some(known) = self.memo.get(&key) {
                    return Ok(*known);
                }
                // Within one search nothing is looked for twice: globs of globs would be a search of all ways through
                // them. What is being looked for is not found on a way that leads back to it.
                if self.in_progress.is_empty() {
                    self.searched.clear();
                }
                if let Some(known) = self.searched.get(&key) {
                    return Ok(*known);
                }
                self.searched.insert(key, Lookup::Missing);
                let found = self.in_local(world, id, (name, ctxt), ns, from)?;
                self.searched.insert(key, found);
                let is_final = self.settled && self.modules[id.index()].state == State::Complete;
                if is_final && self.in_progress.is_empty() && !matches!(found, Lookup::Pending | Lookup::Maybe) {
                    self.memo.insert(key, found);
                }
                Ok(found)
            }
        }
    }

    /// Forgets what was found: a name appears after all.
    pub fn forget(&mut self) {
        self.memo.clear();
    }

    fn in_foreign(&mut self, world: World<'_>, def: DefRef, name: Symbol, ns: Ns) -> Result<Lookup> {
        let names = match self.foreign.entry(def) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let mut names = ForeignNames::default();
                for (name, entity) in world.crates.names(def)? {
                    let (ns, res) = match entity {
                        Entity::Module(def) => (Ns::Type, Res::Module(ModuleRef::Foreign(def))),
                        Entity::Type => (Ns::Type, Res::Type),
                        Entity::Tool => (Ns::Type, Res::Tool),
                        Entity::Attribute => (Ns::Macro, Res::Attribute),
                        Entity::Macro(def, kinds) => (Ns::Macro, Res::Macro(MacroRef::Foreign(def), kinds)),
                    };
                    names.entry((name, ns)).or_insert(res);
                }
                place.insert(names)
            }
        };
        Ok(names.get(&(name, ns)).map_or(Lookup::Missing, |res| Lookup::Found(*res)))
    }

    /// All macros that a crate's root offers.
    pub fn macros_of(&mut self, world: World<'_>, root: DefRef) -> Result<Vec<(Symbol, Res)>> {
        self.in_foreign(world, root, kw::EMPTY, Ns::Macro)?;
        let names = self.foreign.get(&root).into_iter().flatten();
        Ok(names.filter(|(key, _)| key.1 == Ns::Macro).map(|(key, res)| (key.0, *res)).collect())
    }

    fn in_local(
        &mut self,
        world: World<'_>,
        id: ModuleId,
        (name, ctxt): (Symbol, SyntaxContext),
        ns: Ns,
        from: ModuleId,
    ) -> Result<Lookup> {
        for binding in self.modules[id.index()].names.get(&(name, ctxt, ns)).cloned().unwrap_or_default() {
            match binding {
                Binding::Item(res, vis) => {
                    if self.is_visible(vis, from) {
                        return Ok(Lookup::Found(res));
                    }
                }
                Binding::Import(number) => {
                    if !self.is_visible(self.imports[number as usize].vis, from) {
                        continue;
                    }
                    match self.follow(world, number, ns)? {
                        Lookup::Found(res) => return Ok(Lookup::Found(res)),
                        Lookup::Missing => {}
                        Lookup::Pending | Lookup::Maybe => return Ok(Lookup::Pending),
                    }
                }
            }
        }
        let module = &self.modules[id.index()];
        if module.state == State::New && !self.force {
            return Ok(Lookup::Pending);
        }
        let mut maybe = module.state == State::Waiting;
        let expansion = module.expansion;
        for number in module.globs.clone() {
            let import = &self.imports[number as usize];
            let (vis, span, importer) = (import.vis, import.span, import.at.module);
            if !self.is_visible(vis, from) {
                continue;
            }
            let glob = match self.follow(world, number, Ns::Type)? {
                Lookup::Found(Res::Module(glob)) => glob,
                Lookup::Found(_) | Lookup::Missing => continue,
                Lookup::Pending | Lookup::Maybe => {
                    maybe = true;
                    continue;
                }
            };
            let mut inner = ctxt;
            let home = match glob {
                ModuleRef::Local(glob) => self.modules[glob.index()].expansion,
                ModuleRef::Foreign(_) => expansion,
            };
            if world.hygiene.glob_adjust(&mut inner, home, span).is_none() {
                continue;
            }
            let step = (number, Step::Through(ns));
            if self.is_in_progress(step) {
                continue;
            }
            self.in_progress.push(step);
            let found = self.in_module(world, glob, (name, inner), ns, importer);
            self.in_progress.pop();
            match found? {
                Lookup::Found(res) => return Ok(Lookup::Found(res)),
                Lookup::Missing => {}
                Lookup::Pending | Lookup::Maybe => maybe = true,
            }
        }
        Ok(if maybe && !self.force { Lookup::Maybe } else { Lookup::Missing })
    }

    fn is_in_progress(&self, step: (u32, Step)) -> bool {
        self.in_progress.len() > MAX_IMPORTS || self.in_progress.contains(&step)
    }

    /// What an import leads to; of a glob the module.
    fn follow(&mut self, world: World<'_>, number: u32, ns: Ns) -> Result<Lookup> {
        let import = &self.imports[number as usize];
        if let Some(found) = import.found[ns as usize] {
            return Ok(Lookup::Found(found));
        }
        let (at, path) = (import.at, import.path.clone());
        let step = (number, Step::Follow(ns));
        if self.is_in_progress(step) {
            return Ok(Lookup::Missing);
        }
        self.in_progress.push(step);
        let found = self.path(world, at, &path, ns, None, true);
        self.in_progress.pop();
        let found = found?;
        if let Lookup::Found(res) = found {
            self.imports[number as usize].found[ns as usize] = Some(res);
        }
        Ok(found)
    }

    /// What a path means. `accept` says which macros will do, and `is_use`: it stands in a `use`.
    pub fn path(
        &mut self,
        world: World<'_>,
        at: Position,
        path: &[Ident],
        ns: Ns,
        accept: Option<fn(Kinds) -> bool>,
        is_use: bool,
    ) -> Result<Lookup> {
        let [first, ..] = path else { return Ok(Lookup::Missing) };
        let editions = world.hygiene.editions();
        let is_2015 = editions.of(first.span) == syntax::span::Edition::E2015;
        let mut rest = path;
        let nearest = self.nearest_module(at.module);
        let mut module = match first.name {
            kw::DOLLAR_CRATE => {
                rest = &rest[1..];
                Some(crate_root(world.hygiene.crate_of(first.span.ctxt)))
            }
            kw::CRATE => {
                rest = &rest[1..];
                let mut ctxt = world.hygiene.normalize_to_macros_2_0(first.span.ctxt);
                let mark = world.hygiene.adjust(&mut ctxt, ExpnId::ROOT);
                let krate = mark.map_or(CrateId::LOCAL, |mark| world.hygiene.expansion(mark).home.krate);
                Some(crate_root(krate))
            }
            kw::SELF | kw::SUPER => {
                let mut module = nearest;
                if first.name == kw::SELF {
                    rest = &rest[1..];
                }
                while let [ident, others @ ..] = rest
                    && ident.name == kw::SUPER
                {
                    match self.parent_module(module) {
                        Some(parent) => module = parent,
                        None => return Ok(Lookup::Missing),
                    }
                    rest = others;
                }
                Some(ModuleRef::Local(module))
            }
            kw::PATH_ROOT if is_2015 => {
                rest = &rest[1..];
                Some(ModuleRef::Local(ModuleId::ROOT))
            }
            kw::PATH_ROOT => {
                rest = &rest[1..];
                let Some((name, others)) = rest.split_first() else { return Ok(Lookup::Missing) };
                let found = self.extern_name(world, name.name)?;
                match (others, found) {
                    (_, None) => return Ok(Lookup::Missing),
                    ([], Some(res)) => return Ok(if ns == Ns::Type { Lookup::Found(res) } else { Lookup::Missing }),
                    (_, Some(Res::Module(module))) => {
                        rest = others;
                        Some(module)
                    }
                    _ => return Ok(Lookup::Missing),
                }
            }
            // Imports of 2015 begin in the root module.
            _ if is_use && is_2015 => Some(ModuleRef::Local(ModuleId::ROOT)),
            _ => None,
        };
        if rest.is_empty() {
            return Ok(match module {
                Some(module) if ns == Ns::Type => Lookup::Found(Res::Module(module)),
                _ => Lookup::Missing,
            });
        }
        let from_root = is_2015 && module == Some(ModuleRef::Local(ModuleId::ROOT));
        for (index, ident) in rest.iter().enumerate() {
            let is_last = index + 1 == rest.len();
            let ns = if is_last { ns } else { Ns::Type };
            let found = match module {
                None => match ns {
                    Ns::Type => self.lexical_type(world, at, *ident)?,
                    Ns::Macro => self.lexical_macro(world, at, *ident, accept)?,
                },
                Some(module) => {
                    let ctxt = self.adjusted(world.hygiene, *ident, module);
                    let mut found = self.in_module(world, module, (ident.name, ctxt), ns, at.module)?;
                    if index == 0 && from_root && ns == Ns::Type && found == Lookup::Missing {
                        found = self.extern_name(world, ident.name)?.map_or(Lookup::Missing, Lookup::Found);
                    }
                    found
                }
            };
            match found {
                Lookup::Found(Res::Module(next)) if !is_last => module = Some(next),
                // A tool's attribute.
                Lookup::Found(Res::Tool) if !is_last => return Ok(Lookup::Found(Res::Attribute)),
                Lookup::Found(_) if !is_last => return Ok(Lookup::Missing),
                Lookup::Maybe => return Ok(Lookup::Pending),
                found => return Ok(found),
            }
        }
        Ok(Lookup::Missing)
    }

    /// The context of a name as the module that it is looked up in has it.
    fn adjusted(&self, hygiene: &Hygiene, ident: Ident, module: ModuleRef) -> SyntaxContext {
        let mut ctxt = hygiene.normalize_to_macros_2_0(ident.span.ctxt);
        if let ModuleRef::Local(id) = module {
            hygiene.adjust(&mut ctxt, self.modules[id.index()].expansion);
        }
        ctxt
    }

    /// A crate by the name that paths may begin with everywhere.
    fn extern_name(&mut self, world: World<'_>, name: Symbol) -> Result<Option<Res>> {
        if let Some(res) = self.extern_prelude.get(&name) {
            return Ok(Some(*res));
        }
        let found = world.crates.prelude_crate(name)?;
        Ok(found.map(|def| Res::Module(ModuleRef::Foreign(def))))
    }

    /// The modules that a name is looked up in one after the other, with the name's context in each.
    fn chain(&self, hygiene: &Hygiene, at: ModuleId, ident: Ident) -> Vec<(ModuleRef, SyntaxContext)> {
        let mut ctxt = hygiene.normalize_to_macros_2_0(ident.span.ctxt);
        let mut chain = vec![(ModuleRef::Local(at), ctxt)];
        loop {
            let Some((ModuleRef::Local(last), _)) = chain.last().copied() else {
                // What another crate's macro hides from this crate is looked up in its own module.
                return chain;
            };
            let module = &self.modules[last.index()];
            if !hygiene.is_descendant_of(module.expansion, hygiene.outer_expansion(ctxt)) {
                let mark = hygiene.remove_mark(&mut ctxt);
                match hygiene.expansion(mark).home.module {
                    Some(home) => chain.push((home, ctxt)),
                    None => return chain,
                }
                continue;
            }
            match (module.is_block, module.parent) {
                (true, Some(parent)) => chain.push((ModuleRef::Local(parent), ctxt)),
                _ => return chain,
            }
        }
    }

    fn has_prelude(&self, at: ModuleId) -> bool {
        !self.modules[at.index()].no_prelude
    }

    /// A type's name without a path.
    fn lexical_type(&mut self, world: World<'_>, at: Position, ident: Ident) -> Result<Lookup> {
        let mut missing = Lookup::Missing;
        for (module, ctxt) in self.chain(world.hygiene, at.module, ident) {
            match self.in_module(world, module, (ident.name, ctxt), Ns::Type, at.module)? {
                Lookup::Missing => {}
                Lookup::Maybe => missing = Lookup::Pending,
                found => return Ok(found),
            }
        }
        if let Some(res) = self.extern_name(world, ident.name)? {
            return Ok(Lookup::Found(res));
        }
        if self.tools.contains(&ident.name) {
            return Ok(Lookup::Found(Res::Tool));
        }
        if self.has_prelude(at.module)
            && let Some(prelude) = self.prelude
        {
            let ctxt = SyntaxContext::ROOT;
            match self.in_module(world, prelude, (ident.name, ctxt), Ns::Type, at.module)? {
                Lookup::Missing | Lookup::Maybe => {}
                found => return Ok(found),
            }
        }
        Ok(match PRIMITIVES.contains(&ident.name.as_str()) {
            true => Lookup::Found(Res::Type),
            false => missing,
        })
    }

    /// A macro's name without a path.
    fn lexical_macro(
        &mut self,
        world: World<'_>,
        at: Position,
        ident: Ident,
        accept: Option<fn(Kinds) -> bool>,
    ) -> Result<Lookup> {
        let fits = |res: Res| match (res, accept) {
            (Res::Macro(_, kinds), Some(accept)) => accept(kinds),
            _ => true,
        };
        let bang = Kinds { bang: true, ..Kinds::default() };
        let (number, mut maybe) = world.textual.find(world.hygiene, at.scope, ident);
        if let Some(number) = number {
            let res = Res::Macro(MacroRef::Local(number), bang);
            if fits(res) {
                return Ok(Lookup::Found(res));
            }
        }
        for (module, ctxt) in self.chain(world.hygiene, at.module, ident) {
            match self.in_module(world, module, (ident.name, ctxt), Ns::Macro, at.module)? {
                Lookup::Missing => {}
                Lookup::Maybe => maybe = true,
                Lookup::Found(res) if !fits(res) => {}
                found => return Ok(found),
            }
        }
        let missing = if maybe && !self.force { Lookup::Pending } else { Lookup::Missing };
        if !self.has_prelude(at.module) {
            return Ok(missing);
        }
        if let Some(&res) = self.macro_prelude.get(&ident.name)
            && fits(res)
        {
            return Ok(Lookup::Found(res));
        }
        let Some(prelude) = self.prelude else { return Ok(missing) };
        let found = self.in_module(world, prelude, (ident.name, SyntaxContext::ROOT), Ns::Macro, at.module)?;
        Ok(match found {
            Lookup::Found(res) if !fits(res) => missing,
            Lookup::Missing | Lookup::Maybe => missing,
            found => found,
        })
    }
}

fn crate_root(krate: CrateId) -> ModuleRef {
    match krate {
        CrateId::LOCAL => ModuleRef::Local(ModuleId::ROOT),
        krate => ModuleRef::Foreign(DefRef { krate, index: 0 }),
    }
}

impl Import {
    /// An import that was not followed yet.
    pub fn new(at: Position, path: Vec<Ident>, vis: Vis, is_glob: bool, span: Span) -> Import {
        Import { at, path, vis, is_glob, span, found: [None; 2] }
    }
}
