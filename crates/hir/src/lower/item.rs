//! Items: which definitions they are, the scopes that they make, the bodies in them. (rustc: `rustc_ast_lowering::item`.)

use ::ty::{DefId, DefKind, DefPathData, Definitions};
use expand::expander::is_apart;
use rustc_hash::FxHashMap;
use syntax::ast::{self, Ast, Attr, AttrKind, ExprId, Generics, Id, ItemId, ItemKind as I, List, VariantData};
use syntax::doubt::{Doubt, Result};
use syntax::span::{Ident, Span};
use syntax::symbol::{Symbol, kw};

use super::Lowerer;
use super::path::Source;
use crate::body::Body;
use crate::path::Res;
use crate::resolve::{BlockScope, Import, Rib, RibKind};
use crate::scope::{Ns, namespace};

/// The definitions of items.
pub(super) type ItemDefs = FxHashMap<ItemId, Result<DefId>>;

/// Is it the attribute of that name?
pub(super) fn is_attr(ast: &Ast, attr: &Attr, name: &str) -> bool {
    match &attr.kind {
        AttrKind::Normal(item) => match &ast[item.path.segments] {
            [segment] => segment.ident.name.as_str() == name,
            _ => false,
        },
        AttrKind::Doc(..) => false,
    }
}

impl Lowerer<'_, '_> {
    fn item_name(&self, item: ItemId) -> Option<Ident> {
        Some(match self.ast[item].kind {
            I::ExternCrate(_, ident)
            | I::Mod(_, ident, _)
            | I::Enum(ident, ..)
            | I::Struct(ident, ..)
            | I::Union(ident, ..)
            | I::MacroDef(ident, _) => ident,
            I::Static(id) => self.ast[id].ident,
            I::Const(id) => self.ast[id].ident,
            I::Fn(id) => self.ast[id].ident,
            I::TyAlias(id) => self.ast[id].ident,
            I::Trait(id) | I::TraitAlias(id) => self.ast[id].ident,
            _ => return None,
        })
    }

    /// How an item is called in the definition around it.
    fn item_data(&self, item: ItemId) -> Option<DefPathData> {
        let name = self.item_name(item).map(|ident| Self::ty_symbol(ident.name));
        Some(match (self.ast[item].kind, name) {
            (I::Fn(_) | I::Const(_) | I::Static(_), Some(name)) => DefPathData::ValueNs(name),
            (I::MacroDef(..), Some(name)) => DefPathData::MacroNs(name),
            (_, Some(name)) => DefPathData::TypeNs(name),
            (I::Impl(_), None) => DefPathData::Impl,
            (I::ForeignMod(_), None) => DefPathData::ForeignMod,
            (I::GlobalAsm(_), None) => DefPathData::GlobalAsm,
            _ => return None,
        })
    }

    /// The definitions of items of the same definition.
    fn item_defs(&mut self, parent: DefId, items: &[ItemId]) -> ItemDefs {
        let mut defs = ItemDefs::default();
        for item in items {
            if let Some(data) = self.item_data(*item) {
                let ast::Item { kind, span, .. } = self.ast[*item];
                let taken = match kind {
                    I::ForeignMod(foreign) => {
                        let mut items = self.ast[foreign.items].iter();
                        let first = items.find_map(|item| Some((self.item_data(*item)?, self.ast[*item].span)));
                        self.defs.take_block(parent, first, span)
                    }
                    _ => self.defs.take(parent, data, span),
                };
                defs.insert(*item, taken);
            }
        }
        defs
    }

    /// The bodies in a module.
    pub(super) fn module(&mut self, def_id: DefId, attrs: List<Attr>, items: List<ItemId>) {
        let outer = (self.res.module, self.res.no_prelude, self.cx.parent);
        let ribs = std::mem::take(&mut self.res.ribs);
        self.res.module = def_id;
        self.res.no_prelude |= self.ast[attrs].iter().any(|attr| is_attr(self.ast, attr, "no_implicit_prelude"));
        let items = self.ast[items].to_vec();
        let defs = self.item_defs(def_id, &items);
        for item in items {
            self.nested_item(item, &defs);
        }
        self.res.ribs = ribs;
        (self.res.module, self.res.no_prelude, self.cx.parent) = outer;
    }

    /// The bodies in an item, whose definition is given.
    pub(super) fn nested_item(&mut self, item: ItemId, defs: &ItemDefs) -> Option<DefId> {
        let ribs = self.res.ribs.len();
        let (parent, trait_) = (self.cx.parent, self.trait_);
        if !matches!(self.ast[item].kind, I::Fn(_) | I::Const(_) | I::TyAlias(_)) {
            self.trait_ = None;
        }
        let found = match defs.get(&item)? {
            Ok(def_id) => {
                if self.only.is_none_or(|position| !is_apart(self.ast, item, position)) {
                    self.item(item, *def_id);
                }
                Some(*def_id)
            }
            Err(doubt) => {
                self.out.doubts.push((parent, doubt.clone()));
                None
            }
        };
        self.res.ribs.truncate(ribs);
        (self.cx.parent, self.trait_) = (parent, trait_);
        found
    }

    /// The scope of a block that has items.
    pub(super) fn block_scope(&mut self, parent: DefId, items: &[ItemId]) -> Result<(RibKind, ItemDefs)> {
        if items.is_empty() {
            return Ok((RibKind::Normal, ItemDefs::default()));
        }
        let defs = self.item_defs(parent, items);
        let outer = self.res.ribs.iter().rev().find_map(|rib| match rib.kind {
            RibKind::Block(block) => Some(block),
            _ => None,
        });
        let mut scope = BlockScope { parent: outer, items: FxHashMap::default(), imports: Vec::new() };
        for item in items {
            match self.ast[*item].kind {
                I::Use(tree) => {
                    let tree = self.ast[tree];
                    self.use_tree(&tree, &[], &mut scope)?;
                }
                I::ExternCrate(original, ident) => {
                    let name = original.unwrap_or(ident.name);
                    let res = match name == kw::SELF {
                        true => Some(Res::Def(DefKind::Mod, self.res.krate.root())),
                        false => self.crate_named(name),
                    };
                    match res {
                        Some(res) => {
                            scope.items.insert((self.res.item_key(ident), Ns::Type), res);
                        }
                        None => return self.doubt(ident.span, "extern crate", format!("there is no `{name}`")),
                    }
                }
                I::ForeignMod(foreign) => {
                    if let Some(Ok(def_id)) = defs.get(item) {
                        let items = self.ast[foreign.items].to_vec();
                        for item in items {
                            if let (Some(data), Some(ident)) = (self.item_data(item), self.item_name(item))
                                && let Some(found) = self.defs.named(*def_id, data)
                            {
                                self.add_item(&mut scope, ident, found);
                            }
                        }
                    }
                }
                _ => {
                    if let (Some(ident), Some(Ok(def_id))) = (self.item_name(*item), defs.get(item)) {
                        self.add_item(&mut scope, ident, *def_id);
                    }
                }
            }
        }
        self.res.blocks.push(scope);
        Ok((RibKind::Block(self.res.blocks.len() - 1), defs))
    }

    /// A crate of the session by its name.
    fn crate_named(&mut self, name: Symbol) -> Option<Res> {
        let mut sources = self.session.crate_sources();
        let found = sources.find(|(_, source)| source.name.as_str() == name.as_str()).map(|(krate, _)| krate);
        let found = found.map(|krate| Res::Def(DefKind::Mod, krate.root()));
        self.res.scopes.extern_crate(name).or(found)
    }

    fn add_item(&mut self, scope: &mut BlockScope, ident: Ident, def_id: DefId) {
        let kind = self.session.def_kind(def_id);
        if ident.name == kw::UNDERSCORE {
            return;
        }
        let key = self.res.item_key(ident);
        if let Some(ns) = namespace(kind) {
            scope.items.entry((key, ns)).or_insert(Res::Def(kind, def_id));
        }
        if kind == DefKind::Struct
            && let Some((_, ctor)) = self.session.adt_def(def_id).non_enum_variant().ctor
        {
            scope.items.entry((key, Ns::Value)).or_insert(Res::Def(self.session.def_kind(ctor), ctor));
        }
    }

    fn use_tree(&self, tree: &ast::UseTree, prefix: &[Ident], scope: &mut BlockScope) -> Result<()> {
        let mut path = prefix.to_vec();
        for segment in &self.ast[tree.prefix.segments] {
            // Of `a::{::b}` and the like the root is written by the parser.
            if segment.ident.name == kw::PATH_ROOT && !path.is_empty() {
                continue;
            }
            path.push(segment.ident);
        }
        match tree.kind {
            ast::UseTreeKind::Nested(trees, _) => {
                for tree in &self.ast[trees] {
                    self.use_tree(tree, &path, scope)?;
                }
            }
            ast::UseTreeKind::Glob => scope.imports.push(Import { name: None, path, is_busy: false }),
            ast::UseTreeKind::Simple(rename) => {
                let Some(mut last) = path.last().copied() else {
                    return Err(Doubt::new(tree.span, "use", "it is empty"));
                };
                // `a::{self}` is `a`.
                if last.name == kw::SELF && path.len() > 1 {
                    path.pop();
                    last = path.last().copied().unwrap_or(last);
                }
                // What is imported as `_` may be a trait: no name finds it.
                let name = Some(self.res.item_key(rename.unwrap_or(last)));
                scope.imports.push(Import { name, path, is_busy: false });
            }
        }
        Ok(())
    }

    /// The generic parameters of a definition as a scope.
    fn generics_rib(&mut self, def_id: DefId, generics: &Generics) -> Rib {
        let mut rib = Rib::new(RibKind::Params);
        for param in self.ast[generics.params].iter().copied() {
            let name = Self::ty_symbol(param.ident.name);
            let key = self.res.item_key(param.ident);
            match param.kind {
                ast::GenericParamKind::Lifetime => {
                    let found = self.defs.named(def_id, DefPathData::LifetimeNs(name));
                    rib.lifetimes.extend(found.map(|found| (key, found)));
                }
                ast::GenericParamKind::Type(_) => {
                    let found = self.defs.named(def_id, DefPathData::TypeNs(name));
                    rib.types.extend(found.map(|found| (key, Res::Def(DefKind::TyParam, found))));
                }
                ast::GenericParamKind::Const(..) => {
                    let found = self.defs.named(def_id, DefPathData::ValueNs(name));
                    rib.values.extend(found.map(|found| (key, Res::Def(DefKind::ConstParam, found))));
                }
            }
        }
        rib
    }

    /// The constants in generics.
    fn generics(&mut self, generics: &Generics) -> Result<()> {
        for param in self.ast[generics.params].iter().copied() {
            self.bounds(param.bounds)?;
            match param.kind {
                ast::GenericParamKind::Lifetime => {}
                ast::GenericParamKind::Type(default) => {
                    default.map(|ty| self.ty(ty)).transpose()?;
                }
                ast::GenericParamKind::Const(ty, default, _) => {
                    self.ty(ty)?;
                    default.map(|anon| self.const_arg(anon)).transpose()?;
                }
            }
        }
        self.where_clause(&generics.where_clause)
    }

    fn where_clause(&mut self, clause: &ast::WhereClause) -> Result<()> {
        for predicate in self.ast[clause.predicates].iter().copied() {
            match predicate.kind {
                ast::WhereKind::Bound(params, ty, bounds) => {
                    self.binder(params, |x| {
                        x.ty(ty)?;
                        x.bounds(bounds)
                    })?;
                }
                ast::WhereKind::Region(_, bounds) => {
                    self.bounds(bounds)?;
                }
                ast::WhereKind::Eq(a, b) => {
                    self.ty(a)?;
                    self.ty(b)?;
                }
            }
        }
        Ok(())
    }

    fn self_rib(&mut self, types: Res, value: Option<Res>) -> Rib {
        let mut rib = Rib::new(RibKind::Params);
        let key = (kw::SELF_TYPE, syntax::span::SyntaxContext::ROOT);
        rib.types.push((key, types));
        rib.values.extend(value.map(|res| (key, res)));
        rib
    }

    /// The bodies in an item.
    fn item(&mut self, item: ItemId, def_id: DefId) {
        self.cx.parent = def_id;
        let ast::Item { kind, attrs, span, .. } = self.ast[item];
        match kind {
            I::Mod(_, _, ast::ModKind::Inline(items, _)) => self.module(def_id, attrs, items),
            I::Mod(..) | I::ExternCrate(..) | I::Use(_) | I::MacCall(_) | I::MacroDef(..) => {}
            I::Static(id) => {
                let ast::Static { ty, value, .. } = self.ast[id];
                self.constant(def_id, ty, value);
            }
            I::Const(id) => {
                let ast::Const { generics, ty, value, .. } = self.ast[id];
                let rib = self.generics_rib(def_id, &generics);
                self.res.ribs.push(rib);
                self.scratch(def_id, |x| x.generics(&generics));
                self.constant(def_id, ty, value);
            }
            I::Fn(id) => self.function(id, def_id, span),
            I::ForeignMod(foreign) => self.items_of(def_id, foreign.items),
            I::TyAlias(id) => {
                let ast::TyAlias { generics, after_where, bounds, ty, .. } = self.ast[id];
                let rib = self.generics_rib(def_id, &generics);
                self.res.ribs.push(rib);
                self.scratch(def_id, |x| {
                    x.generics(&generics)?;
                    x.where_clause(&after_where)?;
                    x.bounds(bounds)?;
                    ty.map(|ty| x.ty(ty)).transpose().map(drop)
                });
            }
            I::Struct(_, generics, data) | I::Union(_, generics, data) => {
                self.adt(def_id, &generics, None);
                self.variant_data(def_id, data);
            }
            I::Enum(_, generics, variants) => {
                self.adt(def_id, &generics, None);
                for variant in self.ast[variants].iter().copied() {
                    let data = DefPathData::TypeNs(Self::ty_symbol(variant.ident.name));
                    let Some(found) = self.defs.named(def_id, data) else { continue };
                    self.cx.parent = found;
                    self.variant_data(found, variant.data);
                    if let Some(discriminant) = variant.discriminant {
                        self.scratch(found, |x| x.anon_const(discriminant).map(drop));
                    }
                }
            }
            I::Trait(id) => {
                let ast::Trait { generics, bounds, items, .. } = self.ast[id];
                self.trait_ = Some(def_id);
                let rib = self.self_rib(Res::SelfTyParam { trait_: def_id }, None);
                self.res.ribs.push(rib);
                let rib = self.generics_rib(def_id, &generics);
                self.res.ribs.push(rib);
                self.scratch(def_id, |x| {
                    x.generics(&generics)?;
                    x.bounds(bounds).map(drop)
                });
                self.items_of(def_id, items);
            }
            I::Impl(id) => {
                let ast::Impl { generics, of_trait, self_ty, items, .. } = self.ast[id];
                let rib = self.generics_rib(def_id, &generics);
                self.res.ribs.push(rib);
                let is_trait_impl = of_trait.is_some();
                let res = Res::SelfTyAlias { alias_to: def_id, is_trait_impl };
                let rib = self.self_rib(res, Some(Res::SelfCtor(def_id)));
                self.res.ribs.push(rib);
                self.scratch(def_id, |x| {
                    x.generics(&generics)?;
                    if let Some(header) = of_trait {
                        let found = x.resolve(None, &header.path, Source::Trait)?;
                        x.trait_ = found.partial.res.def_id();
                        x.resolved_qpath(None, &header.path, Source::Trait, &found)?;
                    }
                    x.ty(self_ty).map(drop)
                });
                self.items_of(def_id, items);
            }
            I::GlobalAsm(_) => {
                let doubt = Doubt::new(span, "global_asm!", "not supported");
                self.out.doubts.push((def_id, doubt));
            }
            I::ConstBlock(..) | I::TraitAlias(_) | I::Delegation(_) => {
                let doubt = Doubt::new(span, "item", format!("{} is not supported", kind.describe()));
                self.out.doubts.push((def_id, doubt));
            }
        }
    }

    fn items_of(&mut self, def_id: DefId, items: List<ItemId>) {
        let items = self.ast[items].to_vec();
        let defs = self.item_defs(def_id, &items);
        for item in items {
            self.cx.parent = def_id;
            self.nested_item(item, &defs);
        }
    }

    fn adt(&mut self, def_id: DefId, generics: &Generics, value: Option<Res>) {
        let rib = self.generics_rib(def_id, generics);
        self.res.ribs.push(rib);
        let rib = self.self_rib(Res::SelfTyAlias { alias_to: def_id, is_trait_impl: false }, value);
        self.res.ribs.push(rib);
        self.scratch(def_id, |x| x.generics(generics));
    }

    fn variant_data(&mut self, def_id: DefId, data: VariantData) {
        let (VariantData::Struct(fields) | VariantData::Tuple(fields)) = data else { return };
        for (index, field) in self.ast[fields].iter().copied().enumerate() {
            let name = match field.ident {
                Some(ident) => Self::ty_symbol(ident.name),
                None => ::ty::Symbol::intern(&index.to_string()),
            };
            let found = self.defs.named(def_id, DefPathData::ValueNs(name)).unwrap_or(def_id);
            let outer = std::mem::replace(&mut self.cx.parent, found);
            self.scratch(found, |x| {
                x.ty(field.ty)?;
                field.default.map(|anon| x.anon_const(anon)).transpose().map(drop)
            });
            self.cx.parent = outer;
        }
    }

    fn constant(&mut self, def_id: DefId, ty: ast::TyId, value: Option<ExprId>) {
        self.scratch(def_id, |x| x.ty(ty).map(drop));
        if let Some(value) = value {
            self.body(def_id, |x| Ok(Body { params: Vec::new(), value: x.expr_of(value)? }));
        }
    }

    fn function(&mut self, id: Id<ast::Fn>, def_id: DefId, span: Span) {
        let ast::Fn { generics, header, decl, sig_span, contract, body, .. } = self.ast[id];
        let rib = self.generics_rib(def_id, &generics);
        self.res.ribs.push(rib);
        self.scratch(def_id, |x| {
            x.generics(&generics)?;
            let future = header.coroutine.and_then(|_| x.defs.named(def_id, DefPathData::OpaqueTy));
            x.fn_decl_of(decl, future).map(drop)
        });
        let Some(body) = body else { return };
        self.body(def_id, |x| {
            if contract.is_some() {
                return x.doubt(span, "contract", "not supported");
            }
            x.res.ribs.push(Rib::new(RibKind::Normal));
            let inputs = x.ast[x.ast[decl].inputs].to_vec();
            match header.coroutine {
                None => {
                    let params = x.params(&inputs)?;
                    Ok(Body { params, value: x.block_as_expr(body)? })
                }
                Some(coroutine) => {
                    let body_span = x.ast[body].span;
                    let source = ::ty::CoroutineSource::Fn;
                    x.moved_arguments(&inputs, sig_span, body_span, coroutine, source, |x| x.block_as_expr(body))
                }
            }
        });
    }
}
