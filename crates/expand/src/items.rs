//! The items of modules and blocks, in rounds, until all that defines names is expanded. (rustc:
//! `rustc_resolve::build_reduced_graph`, `rustc_expand::expand::InvocationCollector`, `rustc_expand::module`.)

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use syntax::ast::*;
use syntax::doubt::{Doubt, Result};
use syntax::lexer::Head;
use syntax::parser::Parser;
use syntax::span::{Edition, Ident, Span};
use syntax::symbol::{Symbol, kw};

use crate::attrs::Applied;
use crate::call::{Got, Want};
use crate::cfg::is_named;
use crate::expander::{Directory, Expander, Extension, PENDING};
use crate::external::Kinds;
use crate::hygiene::{ExpnId, Home, Transparency};
use crate::mbe::Macro;
use crate::modules::{Import, MacroRef, ModuleId, ModuleRef, Ns, Res, State, Vis};
use crate::textual::Scope;

/// How many rounds are tried: each but the last few expands something.
const MAX_ROUNDS: usize = 100_000;

impl Expander<'_> {
    /// Expands the items of the root module until nothing waits.
    pub(crate) fn rounds(&mut self, mut items: Vec<ItemId>) -> Result<Vec<ItemId>> {
        self.until_settled(|x| {
            x.scope = Scope::EMPTY;
            items = x.shallow_items(&items)?;
            Ok(())
        })?;
        Ok(items)
    }

    /// Repeats a round as long as calls wait. What is missing in the last one is an error.
    fn until_settled(&mut self, mut round: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        let outer = (self.is_shallow, self.modules.force);
        self.is_shallow = true;
        self.modules.force = false;
        let mut result = Ok(());
        for round_number in 0..MAX_ROUNDS {
            let expanded = self.summary.expanded;
            self.summary.rounds += 1;
            self.left = false;
            self.first_missing = None;
            result = round(self);
            if result.is_err() || !self.left {
                break;
            }
            let progress = self.summary.expanded != expanded;
            if !progress && self.modules.force {
                result = Err(self
                    .first_missing
                    .take()
                    .unwrap_or_else(|| Doubt::new(Span::DUMMY, PENDING, "macros of this crate wait for each other")));
                break;
            }
            self.modules.force = !progress && round_number > 0;
        }
        (self.is_shallow, self.modules.force) = outer;
        result
    }

    /// One round of a module's items.
    fn shallow_items(&mut self, items: &[ItemId]) -> Result<Vec<ItemId>> {
        let outer = std::mem::take(&mut self.left);
        let mut result = Vec::with_capacity(items.len());
        for &item in items {
            self.shallow_item(item, &mut result)?;
        }
        self.modules.set_state(self.module, if self.left { State::Waiting } else { State::Complete });
        self.left |= outer;
        Ok(result)
    }

    /// A doubt that may be none in a later round.
    fn postpone(&mut self, id: ItemId, doubt: Box<Doubt>) -> Result<()> {
        if doubt.construct != PENDING && (self.modules.force || doubt.construct != "macro name") {
            return Err(doubt);
        }
        self.left = true;
        self.first_missing.get_or_insert(doubt);
        let call = match self.items.get(&id).and_then(|state| state.call) {
            Some(call) => call,
            None => {
                let call = self.textual.with_call(self.scope);
                self.items.entry(id).or_default().call = Some(call);
                call
            }
        };
        self.scope = call;
        Ok(())
    }

    /// The results of an expansion come into scope instead of the call.
    fn replaced(&mut self, id: ItemId) {
        if let Some(call) = self.items.get(&id).and_then(|state| state.call) {
            let behind = self.scope;
            self.textual.expanded(call, behind);
        }
    }

    pub(crate) fn set_origin(&mut self, items: &[ItemId], id: ExpnId) {
        for item in items {
            self.items.entry(*item).or_default().origin.get_or_insert(id);
        }
    }

    fn shallow_item(&mut self, id: ItemId, result: &mut Vec<ItemId>) -> Result<()> {
        let state = self.items.get(&id);
        let origin = state.and_then(|state| state.origin).unwrap_or(self.current);
        let outer = self.directory.clone();
        if let Some(path) = state.and_then(|state| state.included_in.clone()) {
            self.directory = Directory { path, relative: None, is_block: false };
        }
        let span = self.ast[id].span;
        let result = self.inside(origin, |x| x.level(span, |x| x.shallow_item_at_level(id, result)));
        self.directory = outer;
        result
    }

    fn shallow_item_at_level(&mut self, id: ItemId, result: &mut Vec<ItemId>) -> Result<()> {
        if self.items.get(&id).is_some_and(|state| state.is_done) {
            result.push(id);
            return self.shallow_inside(id);
        }
        match self.item_attrs(id, Place::Module) {
            Ok(Applied::Removed) => {
                self.replaced(id);
                return Ok(());
            }
            Ok(Applied::Plain) => {}
            Ok(Applied::Replaced(expansion, items)) => {
                self.set_origin(&items, expansion);
                for item in items {
                    self.shallow_item(item, result)?;
                }
                self.replaced(id);
                return Ok(());
            }
            Err(doubt) => {
                result.push(id);
                return self.postpone(id, doubt);
            }
        }
        let item = self.ast[id];
        if let ItemKind::MacCall(mac) = item.kind {
            match self.call(mac, Want::Items(Place::Module)) {
                Ok((expansion, Got::Items(items))) => {
                    self.set_origin(&items, expansion);
                    for item in items {
                        self.shallow_item(item, result)?;
                    }
                    self.replaced(id);
                }
                Ok(_) => return Err(Doubt::new(item.span, "macro call", "a macro did not expand to items")),
                Err(doubt) => {
                    result.push(id);
                    self.postpone(id, doubt)?;
                }
            }
            return Ok(());
        }
        if let ItemKind::Mod(_, ident, ModKind::Outline) = item.kind {
            self.load_module(id, ident)?;
            // The file may begin with attributes.
            return self.shallow_item_at_level(id, result);
        }
        self.define_item(id)?;
        self.items.entry(id).or_default().is_done = true;
        result.push(id);
        self.shallow_inside(id)
    }

    /// What an item whose name is defined brings into scope; of a module its items.
    fn shallow_inside(&mut self, id: ItemId) -> Result<()> {
        let item = self.ast[id];
        match item.kind {
            ItemKind::MacroDef(..) => self.textual_macro(id),
            ItemKind::Mod(_, _, ModKind::Inline(items, inner)) => {
                let items = self.list(items);
                let items = self.in_module_item(id, |x| x.shallow_items(&items))?;
                let items = self.ast.add_list(items);
                if let ItemKind::Mod(_, _, kind) = &mut self.ast[id].kind {
                    *kind = ModKind::Inline(items, inner);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Brings a `macro_rules!` into scope.
    pub(crate) fn textual_macro(&mut self, id: ItemId) -> Result<()> {
        let ItemKind::MacroDef(ident, _) = self.ast[id].kind else { return Ok(()) };
        if let Some(number) = self.items.get(&id).and_then(|state| state.number) {
            self.scope = self.textual.with_macro(&self.session.hygiene, self.scope, ident, number);
        }
        Ok(())
    }

    /// Goes on in a module of an item.
    pub(crate) fn in_module_item<T>(&mut self, id: ItemId, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let reaches_out = self.ast[self.ast[id].attrs]
            .iter()
            .any(|attr| is_named(&self.ast, attr, "macro_use") || is_named(&self.ast, attr, "macro_escape"));
        let (module, directory) = match self.items.get(&id).and_then(|state| state.module.clone()) {
            Some(known) => known,
            // Without expansion no names are defined.
            None => (self.module, self.directory.clone()),
        };
        let outer_module = std::mem::replace(&mut self.module, module);
        let outer_directory = std::mem::replace(&mut self.directory, directory);
        let outer_scope = self.scope;
        let result = f(self);
        self.module = outer_module;
        self.directory = outer_directory;
        if !reaches_out {
            self.scope = outer_scope;
        }
        result
    }

    /// From where an item's name may be seen.
    fn visibility(&mut self, vis: Visibility) -> Result<Vis> {
        let here = self.modules.nearest_module(self.module);
        Ok(match vis.kind {
            VisibilityKind::Public => Vis::Public,
            VisibilityKind::Inherited => Vis::In(here),
            VisibilityKind::Restricted { path, .. } => {
                let path = self.idents(&self.ast[path]);
                match path[..] {
                    [Ident { name: kw::CRATE, .. }] => Vis::In(ModuleId::ROOT),
                    [Ident { name: kw::SELF, .. }] => Vis::In(here),
                    [Ident { name: kw::SUPER, .. }] => Vis::In(self.modules.parent_module(here).unwrap_or(here)),
                    // A path to one of the modules around: at most they may see the name.
                    _ => match self.resolve(&path, Ns::Type, None)? {
                        crate::modules::Lookup::Found(Res::Module(ModuleRef::Local(module))) => Vis::In(module),
                        _ => Vis::In(ModuleId::ROOT),
                    },
                }
            }
        })
    }

    fn define(&mut self, ident: Ident, ns: Ns, res: Res, vis: Vis) {
        self.modules.define(&self.session.hygiene, self.module, ident, ns, res, vis);
    }

    /// Defines an item's name.
    fn define_item(&mut self, id: ItemId) -> Result<()> {
        let item = self.ast[id];
        let vis = self.visibility(item.vis)?;
        match item.kind {
            ItemKind::ExternCrate(original, ident) => self.extern_crate(&item, original, ident, vis)?,
            ItemKind::Use(tree) => {
                let tree = self.ast[tree];
                let is_prelude = self.ast[item.attrs].iter().any(|attr| is_named(&self.ast, attr, "prelude_import"));
                self.use_tree(&tree, &[], vis, is_prelude)?;
            }
            ItemKind::Mod(_, ident, ModKind::Inline(..)) => {
                let module = self.modules.add(Some(self.module), false, ident.name, self.current);
                if self.ast[item.attrs].iter().any(|attr| is_named(&self.ast, attr, "no_implicit_prelude")) {
                    self.modules.set_no_prelude(module);
                }
                let directory = match self.items.get(&id).and_then(|state| state.module.clone()) {
                    // It was loaded from a file.
                    Some((_, directory)) => directory,
                    None => self.inner_directory(&item, ident)?,
                };
                self.items.entry(id).or_default().module = Some((module, directory));
                self.define(ident, Ns::Type, Res::Module(ModuleRef::Local(module)), vis);
            }
            ItemKind::Enum(ident, _, variants) => {
                let module = self.modules.add(Some(self.module), false, ident.name, self.current);
                self.modules.set_state(module, State::Complete);
                for variant in self.list(variants) {
                    let (outer, ident) = (std::mem::replace(&mut self.module, module), variant.ident);
                    self.define(ident, Ns::Type, Res::Type, Vis::Public);
                    self.module = outer;
                }
                self.define(ident, Ns::Type, Res::Module(ModuleRef::Local(module)), vis);
            }
            ItemKind::Struct(ident, ..) | ItemKind::Union(ident, ..) => self.define(ident, Ns::Type, Res::Type, vis),
            ItemKind::TyAlias(alias) => self.define(self.ast[alias].ident, Ns::Type, Res::Type, vis),
            ItemKind::Trait(id) | ItemKind::TraitAlias(id) => {
                self.define(self.ast[id].ident, Ns::Type, Res::Type, vis);
            }
            ItemKind::MacroDef(ident, def) => self.define_macro(id, ident, def, vis)?,
            _ => {}
        }
        Ok(())
    }

    fn extern_crate(&mut self, item: &Item, original: Option<Symbol>, ident: Ident, vis: Vis) -> Result<()> {
        let name = original.unwrap_or(ident.name);
        let res = if name == kw::SELF {
            Res::Module(ModuleRef::Local(ModuleId::ROOT))
        } else {
            match self.input.crates.extern_crate(name)? {
                Some(root) => Res::Module(ModuleRef::Foreign(root)),
                None => return Err(Doubt::new(item.span, "extern crate", format!("can't find crate for `{name}`"))),
            }
        };
        if ident.name != kw::UNDERSCORE {
            self.define(ident, Ns::Type, res, vis);
            if self.module == ModuleId::ROOT {
                self.modules.extern_prelude.insert(ident.name, res);
            }
        }
        for attr in self.list(item.attrs) {
            if !is_named(&self.ast, &attr, "macro_use") {
                continue;
            }
            let Res::Module(ModuleRef::Foreign(root)) = res else { continue };
            let world = crate::modules::World {
                hygiene: &self.session.hygiene,
                crates: self.input.crates,
                textual: &self.textual,
            };
            let all = self.modules.macros_of(world, root)?;
            let chosen: Option<Vec<Symbol>> = match &attr.kind {
                AttrKind::Normal(AttrItem { args: AttrArgs::Delimited(args), .. }) => {
                    Some(args.tokens.tokens().iter().filter_map(|token| token.ident()).map(|(i, _)| i.name).collect())
                }
                _ => None,
            };
            let wanted = all.into_iter().filter(|(name, _)| chosen.as_ref().is_none_or(|chosen| chosen.contains(name)));
            self.modules.macro_prelude.extend(wanted);
        }
        Ok(())
    }

    fn use_tree(&mut self, tree: &UseTree, prefix: &[Ident], vis: Vis, is_prelude: bool) -> Result<()> {
        let mut path = prefix.to_vec();
        path.extend(self.idents(&tree.prefix));
        match tree.kind {
            UseTreeKind::Nested(trees, _) => {
                for tree in self.list(trees) {
                    self.use_tree(&tree, &path, vis, is_prelude)?;
                }
            }
            UseTreeKind::Glob if is_prelude => {
                match self.resolve(&path, Ns::Type, None)? {
                    crate::modules::Lookup::Found(Res::Module(module)) => self.modules.prelude = Some(module),
                    // The injected crate's name is hidden from the program.
                    _ => {
                        let message = "the prelude is not found";
                        return Err(Doubt::new(tree.span, "prelude import", message));
                    }
                }
            }
            UseTreeKind::Glob => {
                let edition = self.session.hygiene.editions().of(tree.span);
                if path.is_empty() {
                    // `use *`, `use ::*`
                    let root = if edition == Edition::E2015 { kw::PATH_ROOT } else { kw::CRATE };
                    path.push(Ident::new(root, tree.span));
                }
                let import = Import::new(self.position(), path, vis, true, tree.span);
                self.modules.import(&self.session.hygiene, import, None);
            }
            UseTreeKind::Simple(rename) => {
                // `a::{self}` is `a`.
                let is_self = path.len() > 1 && path.last().is_some_and(|last| last.name == kw::SELF);
                if is_self {
                    path.pop();
                }
                let Some(&last) = path.last() else { return Ok(()) };
                let import = Import::new(self.position(), path, vis, false, tree.span);
                self.modules.import(&self.session.hygiene, import, Some(rename.unwrap_or(last)));
            }
        }
        Ok(())
    }

    /// Defines an exported macro of a body that is expanded later: it is a name of the root module all the same. Is there
    /// one of that name?
    pub(crate) fn late_export(&mut self, name: Symbol) -> Result<bool> {
        let mut found = Vec::new();
        for index in 0..self.ast.count::<Item>() {
            let id = self.ast.nth::<Item>(index);
            let Item { kind: ItemKind::MacroDef(ident, def), attrs, .. } = self.ast[id] else { continue };
            let has = |name: &str| self.ast[attrs].iter().any(|attr| is_named(&self.ast, attr, name));
            let is_new = self.items.get(&id).is_none_or(|state| state.number.is_none());
            if ident.name == name && is_new && has("macro_export") && !has("cfg") && !has("cfg_attr") {
                found.push((id, ident, def));
            }
        }
        // More than one may be what a macro wrote, was read twice, or is an error.
        match found[..] {
            [(id, ident, def)] => {
                self.define_macro(id, ident, def, Vis::Public)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn define_macro(&mut self, id: ItemId, ident: Ident, def: Id<MacroDef>, vis: Vis) -> Result<()> {
        if self.items.get(&id).is_some_and(|state| state.number.is_some()) {
            return Ok(());
        }
        let MacroDef { body, macro_rules } = self.ast[def].clone();
        let item = self.ast[id];
        let attrs = self.list(item.attrs);
        let find = |name: &str| attrs.iter().find(|attr| is_named(&self.ast, attr, name));
        let words = |attr: &Attr| match &attr.kind {
            AttrKind::Normal(AttrItem { args: AttrArgs::Delimited(args), .. }) => {
                args.tokens.tokens().iter().filter_map(|token| token.plain_name()).collect()
            }
            _ => Vec::new(),
        };
        let edition = self.session.hygiene.editions().of(ident.span);
        let edition_panic = find("allow_internal_unstable")
            .is_some_and(|attr| words(attr).iter().any(|word| word.as_str() == "edition_panic"));
        let module = Some(ModuleRef::Local(self.modules.nearest_module(self.module)));
        let home = Home { module, edition_panic, ..Home::default() };
        let export = find("macro_export");
        let local_inner = export.is_some_and(|attr| words(attr).iter().any(|w| w.as_str() == "local_inner_macros"));
        let extension = if let Some(attr) = find("rustc_builtin_macro") {
            let name = words(attr).first().copied().unwrap_or(ident.name);
            Extension::Builtin { name, ident, home, edition }
        } else {
            let transparency = match find("rustc_macro_transparency") {
                None => Transparency::of_definition(macro_rules),
                Some(attr) => {
                    let message = "the attribute `rustc_macro_transparency` is not supported";
                    return Err(Doubt::new(attr.span, "macro definition", message));
                }
            };
            let hygiene = &self.session.hygiene;
            let mut rules = Macro::compile(hygiene, ident, item.span, macro_rules, &body.tokens, edition)?;
            (rules.transparency, rules.local_inner_macros, rules.home) = (transparency, local_inner, home);
            Extension::Rules(Arc::new(rules))
        };
        let is_exported = export.is_some();
        let number = self.macros_of_crate.len() as u32;
        self.macros_of_crate.push(extension);
        let kinds = Kinds { bang: true, ..Kinds::default() };
        let res = Res::Macro(MacroRef::Local(number), kinds);
        if !macro_rules {
            self.define(ident, Ns::Macro, res, vis);
            return Ok(());
        }
        self.items.entry(id).or_default().number = Some(number);
        if is_exported {
            self.modules.define(&self.session.hygiene, ModuleId::ROOT, ident, Ns::Macro, res, Vis::Public);
            self.modules.forget();
        }
        Ok(())
    }

    /// Where the files of modules in a module that is written out are looked for.
    fn inner_directory(&mut self, item: &Item, ident: Ident) -> Result<Directory> {
        let outer = &self.directory;
        if let Some(path) = self.path_attr(item.attrs)? {
            return Ok(Directory { path: outer.path.join(path), relative: None, is_block: false });
        }
        let mut path = outer.path.clone();
        path.extend(outer.relative.map(Symbol::as_str));
        path.push(ident.name.as_str());
        Ok(Directory { path, relative: None, is_block: outer.is_block })
    }

    /// The value of `#[path]`.
    fn path_attr(&self, attrs: List<Attr>) -> Result<Option<PathBuf>> {
        for attr in &self.ast[attrs] {
            if !is_named(&self.ast, attr, "path") {
                continue;
            }
            let AttrKind::Normal(AttrItem { args: AttrArgs::Eq(_, value), .. }) = attr.kind else { continue };
            return match self.ast[value].kind {
                ExprKind::Lit(lit) => match crate::literal::string(&lit) {
                    Some(text) => Ok(Some(PathBuf::from(text))),
                    None => Err(Doubt::new(attr.span, "`path` attribute", "the path is no string literal")),
                },
                _ => Err(Doubt::new(attr.span, "`path` attribute", "the path is no string literal")),
            };
        }
        Ok(None)
    }

    /// Reads a module that is in a file of its own.
    pub(crate) fn load_module(&mut self, id: ItemId, ident: Ident) -> Result<()> {
        let item = self.ast[id];
        let outer = self.directory.clone();
        let name = ident.name.as_str();
        let surroundings = self.input.surroundings;
        let (path, relative) = match self.path_attr(item.attrs)? {
            Some(path) => (outer.path.join(path), None),
            None => {
                if outer.is_block {
                    let message = format!("the module `{name}` has no file of its own inside of a block");
                    return Err(Doubt::new(item.span, "module", message));
                }
                let folder = match outer.relative {
                    Some(relative) => outer.path.join(relative.as_str()),
                    None => outer.path.clone(),
                };
                let (file, folder) = (folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs"));
                match (surroundings.exists(&file), surroundings.exists(&folder)) {
                    (true, false) => (file, Some(ident.name)),
                    (false, true) => (folder, None),
                    (true, true) => {
                        let message = format!("file for module `{name}` found at both places");
                        return Err(Doubt::new(item.span, "module", message));
                    }
                    (false, false) => {
                        return Err(Doubt::new(item.span, "module", format!("file not found for module `{name}`")));
                    }
                }
            }
        };
        if !self.including.insert(path.clone()) && self.session.hygiene.depth(self.current) > 64 {
            return Err(Doubt::new(item.span, "module", "the file is part of itself"));
        }
        let source = self.text_of(&path, item.span)?;
        let file = self.parse_source(&path, &source, |parser| parser.parse_file(), Head::File)?;
        let mut attrs = self.list(item.attrs);
        let inner = self.list(file.attrs);
        if !inner.is_empty() {
            attrs.extend(inner);
            self.ast[id].attrs = self.ast.add_list(attrs);
            self.items.entry(id).or_default().is_configured = false;
        }
        if let ItemKind::Mod(_, _, kind) = &mut self.ast[id].kind {
            *kind = ModKind::Inline(file.items, file.span);
        }
        let folder = path.parent().map(FilePath::to_owned).unwrap_or_default();
        let directory = Directory { path: folder, relative, is_block: false };
        self.items.entry(id).or_default().module = Some((self.module, directory));
        Ok(())
    }

    /// A file's text.
    pub(crate) fn text_of(&mut self, path: &FilePath, span: Span) -> Result<String> {
        let Some(bytes) = self.input.surroundings.read(path) else {
            return Err(Doubt::new(span, "file", format!("couldn't read `{}`", path.display())));
        };
        String::from_utf8(bytes).map_err(|_| Doubt::new(span, "file", format!("`{}` is not UTF-8", path.display())))
    }

    /// Does a block have names of its own?
    fn has_items(&self, stmts: &[Stmt]) -> bool {
        stmts.iter().any(|stmt| matches!(stmt.kind, StmtKind::Item(_) | StmtKind::MacCall(_)))
    }

    /// Expands the items and calls among a block's statements until nothing waits, if it has any.
    pub(crate) fn block_rounds(&mut self, mut stmts: Vec<Stmt>) -> Result<Vec<Stmt>> {
        if !self.macros || !self.has_items(&stmts) {
            return Ok(stmts);
        }
        self.module = self.modules.add(Some(self.module), true, kw::EMPTY, self.current);
        self.directory.is_block = true;
        self.directory.relative = None;
        if !stmts.iter().any(|stmt| matches!(stmt.kind, StmtKind::Item(_))) {
            // No name is in it but what the calls write.
            self.modules.set_state(self.module, State::Waiting);
        }
        let scope = self.scope;
        self.until_settled(|x| {
            x.scope = scope;
            let outer = std::mem::take(&mut x.left);
            let mut result = Vec::with_capacity(stmts.len());
            for &stmt in &stmts {
                x.shallow_stmt(stmt, &mut result)?;
            }
            stmts = result;
            x.modules.set_state(x.module, if x.left { State::Waiting } else { State::Complete });
            x.left |= outer;
            Ok(())
        })?;
        self.scope = scope;
        Ok(stmts)
    }

    fn shallow_stmt(&mut self, stmt: Stmt, result: &mut Vec<Stmt>) -> Result<()> {
        match stmt.kind {
            StmtKind::Item(item) => {
                let mut items = Vec::new();
                self.shallow_item(item, &mut items)?;
                let stmts = items.into_iter().map(|item| Stmt { kind: StmtKind::Item(item), ..stmt });
                result.extend(stmts);
                Ok(())
            }
            StmtKind::MacCall(id) => {
                let origin = self.stmt_origins.get(&id).copied().unwrap_or(self.current);
                self.inside(origin, |x| x.shallow_mac_stmt(stmt, id, result))
            }
            // What `cfg` removes is gone before a call's semicolon looks for the last statement.
            StmtKind::Expr(expr) | StmtKind::Semi(expr) => {
                if let Some(attrs) = self.attrs(self.ast[expr].attrs)? {
                    self.ast[expr].attrs = attrs;
                    result.push(stmt);
                }
                Ok(())
            }
            StmtKind::Let(id) => {
                if let Some(attrs) = self.attrs(self.ast[id].attrs)? {
                    self.ast[id].attrs = attrs;
                    result.push(stmt);
                }
                Ok(())
            }
            StmtKind::Empty => {
                result.push(stmt);
                Ok(())
            }
        }
    }

    fn shallow_mac_stmt(&mut self, stmt: Stmt, id: Id<MacStmt>, result: &mut Vec<Stmt>) -> Result<()> {
        if !self.configured_stmts.contains(&id) {
            let Some(attrs) = self.attrs(self.ast[id].attrs)? else { return Ok(()) };
            self.ast[id].attrs = attrs;
            self.configured_stmts.insert(id);
        }
        let MacStmt { mac, style, .. } = self.ast[id];
        let span = self.ast[mac].span();
        let (expansion, stmts) = match self.call(mac, Want::Stmts) {
            Ok((expansion, Got::Stmts(stmts))) => (expansion, stmts),
            Ok(_) => return Err(Doubt::new(span, "macro call", "a macro did not expand to statements")),
            Err(doubt) if doubt.construct == PENDING || doubt.construct == "macro name" && !self.modules.force => {
                self.left = true;
                self.first_missing.get_or_insert(doubt);
                self.scope = match self.stmt_calls.get(&id) {
                    Some(call) => *call,
                    None => {
                        let call = self.textual.with_call(self.scope);
                        self.stmt_calls.insert(id, call);
                        call
                    }
                };
                result.push(stmt);
                return Ok(());
            }
            Err(doubt) => return Err(doubt),
        };
        let start = result.len();
        self.level(span, |x| {
            x.inside(expansion, |x| {
                for stmt in stmts {
                    match stmt.kind {
                        StmtKind::Item(item) => x.set_origin(&[item], expansion),
                        StmtKind::MacCall(id) => {
                            x.stmt_origins.insert(id, expansion);
                        }
                        StmtKind::Expr(expr) | StmtKind::Semi(expr) => {
                            x.expr_origins.insert(expr, expansion);
                        }
                        StmtKind::Let(id) => {
                            x.let_origins.insert(id, expansion);
                        }
                        StmtKind::Empty => {}
                    }
                    x.shallow_stmt(stmt, result)?;
                }
                Ok(())
            })
        })?;
        if let Some(&call) = self.stmt_calls.get(&id) {
            let behind = self.scope;
            self.textual.expanded(call, behind);
        }
        if style == MacStmtStyle::Semicolon {
            self.add_semicolon(start, result);
        }
        Ok(())
    }

    /// A call's semicolon belongs to the last statement, or is one itself.
    fn add_semicolon(&mut self, start: usize, result: &mut Vec<Stmt>) {
        // As in rustc, it has no place, so no comment is printed in front of it.
        let empty = Stmt { kind: StmtKind::Empty, span: Span::DUMMY };
        match result[start..].last_mut().map(|last| &mut last.kind) {
            None | Some(StmtKind::Semi(_)) => result.push(empty),
            Some(kind @ StmtKind::Expr(_)) => {
                if let StmtKind::Expr(expr) = *kind {
                    *kind = StmtKind::Semi(expr);
                }
            }
            Some(&mut StmtKind::MacCall(id)) => match self.ast[id].style {
                MacStmtStyle::Semicolon => result.push(empty),
                _ => self.ast[id].style = MacStmtStyle::Semicolon,
            },
            Some(StmtKind::Let(_) | StmtKind::Item(_) | StmtKind::Empty) => {}
        }
    }

    /// The items of a file that is included.
    pub(crate) fn included_items(&mut self, path: &FilePath, span: Span) -> Result<Vec<ItemId>> {
        let source = self.text_of(path, span)?;
        self.parse_source(path, &source, |parser: &mut Parser<'_>| parser.parse_items(Place::Module), Head::File)
    }
}
