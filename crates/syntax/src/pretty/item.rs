//! Items. (rustc: `rustc_ast_pretty::pprust::state::item`.)

use super::{Context, Fixup, INDENT, Printer};
use crate::ast::*;
use crate::span::{Ident, Span};

impl Printer<'_> {
    /// The words in front of an item's name, in one.
    fn words(&self, vis: &Visibility, words: &str) -> String {
        let cx = Context { ..self.cx };
        cx.visibility(vis) + words
    }

    pub(super) fn item(&mut self, item: ItemId, place: Place) {
        self.level(|p| p.item_at_level(item, place));
    }

    fn item_at_level(&mut self, id: ItemId, place: Place) {
        let ast = self.ast();
        let item = &ast[id];
        let vis = &item.vis;
        self.hard_break_if_not_at_start();
        self.comments_before(item.span.lo);
        self.outer_attrs(item.attrs);
        self.engine.place(item.span);
        match item.kind {
            ItemKind::ExternCrate(original, ident) => {
                self.head(self.words(vis, "extern crate"));
                if let Some(original) = original {
                    self.symbol(original);
                    self.space();
                    self.word("as");
                    self.space();
                }
                self.ident(ident);
                self.word(";");
                self.end();
                self.end();
            }
            ItemKind::Use(tree) => {
                self.visibility(vis);
                self.word_nbsp("use");
                self.use_tree(&ast[tree]);
                self.word(";");
            }
            ItemKind::Static(id) => {
                let item = &ast[id];
                let mut safety = item.safety;
                if place != Place::Extern {
                    self.safety(safety);
                    safety = Safety::Default;
                }
                let keyword = match item.mutability {
                    Mutability::Not => "static",
                    Mutability::Mut => "static mut",
                };
                let Static { ident, ty, value, .. } = *item;
                let front = (safety, Defaultness::Implicit, keyword);
                self.const_item(vis, front, ident, &Generics::default(), ty, value);
            }
            ItemKind::Const(id) => {
                let Const { defaultness, ident, generics, ty, value, .. } = ast[id];
                self.const_item(vis, (Safety::Default, defaultness, "const"), ident, &generics, ty, value);
            }
            ItemKind::ConstBlock(block, _) => {
                self.ibox(INDENT);
                self.word("const");
                self.nbsp();
                self.cbox(0);
                self.ibox(0);
                self.block(block);
                self.end();
            }
            ItemKind::Fn(id) => self.fn_item(&ast[id], vis, item.attrs),
            ItemKind::Mod(safety, ident, kind) => {
                let safety = safety_words(safety);
                self.head(self.words(vis, &format!("{safety}mod")));
                self.ident(ident);
                match kind {
                    ModKind::Inline(items, _) => {
                        self.nbsp();
                        self.braces(item, items, Place::Module);
                    }
                    ModKind::Outline => {
                        self.word(";");
                        self.end();
                        self.end();
                    }
                }
            }
            ItemKind::ForeignMod(foreign) => {
                self.head(format!("{}extern", safety_words(foreign.safety)));
                if let Some((abi, span)) = foreign.abi {
                    self.comments_before(span.lo);
                    self.word(abi.to_string());
                    self.nbsp();
                }
                self.braces(item, foreign.items, Place::Extern);
            }
            ItemKind::TyAlias(alias) => self.type_alias(&ast[alias], vis),
            ItemKind::Enum(ident, generics, variants) => self.enum_item(item, ident, &generics, variants),
            ItemKind::Struct(ident, generics, data) => {
                self.head(self.words(vis, "struct"));
                self.struct_item(&data, &generics, ident, item.span, true);
            }
            ItemKind::Union(ident, generics, data) => {
                self.head(self.words(vis, "union"));
                self.struct_item(&data, &generics, ident, item.span, true);
            }
            ItemKind::Trait(id) => {
                let Trait { constness, safety, is_auto, ident, generics, bounds, items } = ast[id];
                self.head("");
                self.visibility(vis);
                self.constness(constness);
                self.safety(safety);
                if is_auto {
                    self.word_nbsp("auto");
                }
                self.word_nbsp("trait");
                self.ident(ident);
                self.generic_params(generics.params);
                self.bounds_behind_colon(bounds);
                self.where_clause(&generics.where_clause);
                self.word(" ");
                self.braces(item, items, Place::Trait);
            }
            ItemKind::TraitAlias(id) => {
                let Trait { constness, ident, generics, bounds, .. } = ast[id];
                self.head("");
                self.visibility(vis);
                self.constness(constness);
                self.word_nbsp("trait");
                self.ident(ident);
                self.generic_params(generics.params);
                self.nbsp();
                if !bounds.is_empty() {
                    self.word_nbsp("=");
                    self.bounds(bounds);
                }
                self.where_clause(&generics.where_clause);
                self.word(";");
                self.end();
                self.end();
            }
            ItemKind::Impl(id) => self.impl_item(&ast[id], item),
            ItemKind::MacCall(mac) => {
                let mac = &ast[mac];
                self.mac(mac);
                if mac.args.delim != crate::token::Delim::Brace {
                    self.word(";");
                }
            }
            ItemKind::GlobalAsm(asm) => {
                self.head(self.words(vis, "global_asm!"));
                self.inline_asm(&ast[asm]);
                self.word(";");
                self.end();
                self.end();
            }
            ItemKind::MacroDef(ident, def) => self.macro_def(&ast[def], ident, vis, item.span),
            ItemKind::Delegation(delegation) => self.delegation(&ast[delegation], vis, item.attrs),
        }
    }

    /// `{ items }` of an item whose two boxes are begun.
    fn braces(&mut self, item: &Item, items: List<ItemId>, place: Place) {
        let ast = self.ast();
        self.block_open();
        self.inner_attrs(&ast[item.attrs]);
        for &item in &ast[items] {
            self.item(item, place);
        }
        self.block_close(item.span, item.attrs.is_empty() && items.is_empty());
    }

    fn const_item(
        &mut self,
        vis: &Visibility,
        (safety, defaultness, keyword): (Safety, Defaultness, &'static str),
        ident: Ident,
        generics: &Generics,
        ty: TyId,
        value: Option<ExprId>,
    ) {
        self.hard_break_if_not_at_start();
        self.head("");
        self.visibility(vis);
        self.safety(safety);
        self.defaultness(defaultness);
        self.word_space(keyword);
        self.ident(ident);
        self.generic_params(generics.params);
        self.word_space(":");
        self.ty(ty);
        if value.is_some() {
            self.space();
        }
        self.end();
        if let Some(value) = value {
            self.word_space("=");
            self.expr(value, Fixup::default());
        }
        self.where_clause(&generics.where_clause);
        self.word(";");
        self.end();
    }

    fn type_alias(&mut self, alias: &TyAlias, vis: &Visibility) {
        self.head("");
        self.visibility(vis);
        self.defaultness(alias.defaultness);
        self.word_space("type");
        self.ident(alias.ident);
        self.generic_params(alias.generics.params);
        self.bounds_behind_colon(alias.bounds);
        self.where_clause(&alias.generics.where_clause);
        if let Some(ty) = alias.ty {
            self.space();
            self.word_space("=");
            self.ty(ty);
        }
        self.where_clause(&alias.after_where);
        self.word(";");
        self.end();
        self.end();
    }

    fn impl_item(&mut self, item: &Impl, whole: &Item) {
        self.head("");
        self.visibility(&whole.vis);
        match &item.of_trait {
            Some(header) => {
                self.defaultness(header.defaultness);
                self.safety(header.safety);
                self.impl_generics(&item.generics);
                self.constness(item.constness);
                if header.negative.is_some() {
                    self.word("!");
                }
                self.path(&header.path, false, 0);
                self.space();
                self.word_space("for");
            }
            None => {
                self.constness(item.constness);
                self.impl_generics(&item.generics);
            }
        }
        self.ty(item.self_ty);
        self.where_clause(&item.generics.where_clause);
        self.space();
        self.braces(whole, item.items, Place::Impl);
    }

    fn impl_generics(&mut self, generics: &Generics) {
        self.word("impl");
        if generics.params.is_empty() {
            self.nbsp();
        } else {
            self.generic_params(generics.params);
            self.space();
        }
    }

    fn enum_item(&mut self, item: &Item, ident: Ident, generics: &Generics, variants: List<Variant>) {
        self.head(self.words(&item.vis, "enum"));
        self.ident(ident);
        self.generic_params(generics.params);
        self.where_clause(&generics.where_clause);
        self.space();
        self.block_open();
        for variant in &self.ast()[variants] {
            self.space_if_not_at_start();
            self.comments_before(variant.span.lo);
            self.outer_attrs(variant.attrs);
            self.ibox(0);
            self.head("");
            self.engine.place(variant.span);
            self.visibility(&variant.vis);
            self.struct_item(&variant.data, &Generics::default(), variant.ident, variant.span, false);
            if let Some(value) = variant.discriminant {
                self.space();
                self.word_space("=");
                self.expr(value.0, Fixup::default());
            }
            self.word(",");
            self.end();
            self.trailing_comment(variant.span.hi, None);
        }
        self.block_close(item.span, variants.is_empty());
    }

    /// A struct, union or variant whose two boxes are begun.
    fn struct_item(&mut self, data: &VariantData, generics: &Generics, ident: Ident, span: Span, is_item: bool) {
        let ast = self.ast();
        self.ident(ident);
        self.generic_params(generics.params);
        let VariantData::Struct(fields) = *data else {
            if let VariantData::Tuple(fields) = *data {
                self.word("(");
                self.commas(&ast[fields], |p, field| {
                    p.comments_before(field.span.lo);
                    p.outer_attrs(field.attrs);
                    p.visibility(&field.vis);
                    p.ty(field.ty);
                });
                self.word(")");
            }
            self.where_clause(&generics.where_clause);
            if is_item {
                self.word(";");
            }
            self.end();
            self.end();
            return;
        };
        self.where_clause(&generics.where_clause);
        self.nbsp();
        self.block_open();
        for field in &ast[fields] {
            self.hard_break_if_not_at_start();
            self.comments_before(field.span.lo);
            self.outer_attrs(field.attrs);
            self.engine.place(field.span);
            self.visibility(&field.vis);
            if let Some(ident) = field.ident {
                self.ident(ident);
                self.word_nbsp(":");
            }
            self.ty(field.ty);
            self.word(",");
        }
        self.block_close(span, fields.is_empty());
    }

    fn fn_item(&mut self, item: &Fn, vis: &Visibility, attrs: List<Attr>) {
        self.hard_break_if_not_at_start();
        if item.body.is_some() {
            self.head("");
        }
        self.visibility(vis);
        self.defaultness(item.defaultness);
        self.fn_signature(&item.header, Some(item.ident), &item.generics, &self.ast()[item.decl]);
        if let Some(contract) = item.contract {
            self.nbsp();
            self.contract(&contract);
        }
        match item.body {
            Some(body) => {
                self.nbsp();
                self.block_with_attrs(body, attrs);
            }
            None => self.word(";"),
        }
    }

    fn contract(&mut self, contract: &FnContract) {
        let ast = self.ast();
        if let Some(block) = contract.requires {
            // The condition is what the block ends with, as a closure.
            self.word("rustc_requires");
            self.word("(");
            self.ibox(INDENT);
            self.word("|");
            self.commas::<Param>(&[], |_, _| {});
            self.word("|");
            self.space();
            match ast[ast[block].stmts].last().map(|stmt| stmt.kind) {
                Some(StmtKind::Expr(expr)) => self.expr(expr, Fixup::default()),
                _ => self.word("()"),
            }
            self.end();
            self.word(")");
        }
        if let Some(expr) = contract.ensures {
            self.word("rustc_ensures");
            self.word("(");
            self.expr(expr, Fixup::default());
            self.word(")");
        }
    }

    pub(super) fn fn_signature(&mut self, header: &FnHeader, ident: Option<Ident>, generics: &Generics, decl: &FnDecl) {
        self.constness(header.constness);
        self.coroutine(header.coroutine);
        self.safety(header.safety);
        match header.ext {
            Extern::None => {}
            Extern::Implicit(_) => self.word_nbsp("extern"),
            Extern::Explicit(abi, span, _) => {
                self.word_nbsp("extern");
                self.comments_before(span.lo);
                self.word(abi.to_string());
                self.nbsp();
            }
        }
        self.word("fn");
        if let Some(ident) = ident {
            self.nbsp();
            self.ident(ident);
        }
        self.generic_params(generics.params);
        self.params_and_ret(decl, false);
        self.where_clause(&generics.where_clause);
    }

    pub(super) fn params_and_ret(&mut self, decl: &FnDecl, is_closure: bool) {
        let (open, close) = if is_closure { ("|", "|") } else { ("(", ")") };
        self.word(open);
        self.commas(&self.ast()[decl.inputs], |p, param| p.param(param, is_closure));
        self.word(close);
        self.ret(&decl.output);
    }

    fn param(&mut self, param: &Param, is_closure: bool) {
        let ast = self.ast();
        self.ibox(INDENT);
        self.outer_attrs_inline(param.attrs);
        match (ast[param.ty].kind, ast[param.pat].kind) {
            (TyKind::Infer, _) if is_closure => self.pat(param.pat),
            (ty, PatKind::Ident(BindingMode { by_ref: None, mutability }, ident, _))
                if ident.name == crate::symbol::kw::SELF =>
            {
                self.self_param(ty, param.ty, mutability);
            }
            (_, PatKind::Missing) => self.ty(param.ty),
            _ => {
                self.pat(param.pat);
                self.word(":");
                self.space();
                self.ty(param.ty);
            }
        }
        self.end();
    }

    fn self_param(&mut self, kind: TyKind, ty: TyId, mutability: Mutability) {
        let is_self = |ty: TyId| matches!(self.ast()[ty].kind, TyKind::ImplicitSelf);
        match kind {
            TyKind::ImplicitSelf => {
                self.mutability(mutability, false);
                self.word("self");
            }
            TyKind::Ref(lifetime, inner, mutability) if is_self(inner) => {
                self.word("&");
                self.opt_lifetime(lifetime);
                self.mutability(mutability, false);
                self.word("self");
            }
            TyKind::PinnedRef(lifetime, inner, mutability) if is_self(inner) => {
                self.word("&");
                self.opt_lifetime(lifetime);
                self.word("pin ");
                self.mutability(mutability, true);
                self.word("self");
            }
            _ => {
                self.mutability(mutability, false);
                self.word("self");
                self.word_space(":");
                self.ty(ty);
            }
        }
    }

    pub(super) fn visibility(&mut self, vis: &Visibility) {
        match vis.kind {
            VisibilityKind::Public => self.word_nbsp("pub"),
            VisibilityKind::Restricted { path, shorthand } => {
                let path = Context { ..self.cx }.path(&self.ast()[path]);
                if shorthand && matches!(&path[..], "crate" | "self" | "super") {
                    self.word_nbsp(format!("pub({path})"));
                } else {
                    self.word_nbsp(format!("pub(in {path})"));
                }
            }
            VisibilityKind::Inherited => {}
        }
    }

    fn defaultness(&mut self, defaultness: Defaultness) {
        if let Defaultness::Default(_) = defaultness {
            self.word_nbsp("default");
        }
    }

    fn safety(&mut self, safety: Safety) {
        match safety {
            Safety::Default => {}
            Safety::Safe(_) => self.word_nbsp("safe"),
            Safety::Unsafe(_) => self.word_nbsp("unsafe"),
        }
    }

    pub(super) fn constness(&mut self, constness: Constness) {
        if let Constness::Yes(_) = constness {
            self.word_nbsp("const");
        }
    }

    pub(super) fn coroutine(&mut self, coroutine: Option<Coroutine>) {
        match coroutine {
            None => {}
            Some(Coroutine::Gen(_)) => self.word_nbsp("gen"),
            Some(Coroutine::Async(_)) => self.word_nbsp("async"),
            Some(Coroutine::AsyncGen(_)) => {
                self.word_nbsp("async");
                self.word_nbsp("gen");
            }
        }
    }

    fn delegation(&mut self, delegation: &Delegation, vis: &Visibility, attrs: List<Attr>) {
        let ast = self.ast();
        if delegation.body.is_some() {
            self.head("");
        }
        self.visibility(vis);
        self.word_nbsp("reuse");
        self.maybe_qpath(delegation.qself, &delegation.path, false);
        match delegation.kind {
            // The printer of rustc leaves the new name out.
            DelegationKind::Single(_) => {}
            DelegationKind::List(names) => {
                self.word("::");
                self.word("{");
                for (index, name) in ast[names].iter().enumerate() {
                    if index > 0 {
                        self.word_space(",");
                    }
                    self.ident(name.name);
                    if let Some(rename) = name.rename {
                        self.nbsp();
                        self.word_nbsp("as");
                        self.ident(rename);
                    }
                }
                self.word("}");
            }
            DelegationKind::Glob => {
                self.word("::");
                self.word("*");
            }
        }
        match delegation.body {
            Some(body) => {
                self.nbsp();
                self.block_with_attrs(body, attrs);
            }
            None => self.word(";"),
        }
    }

    fn use_tree(&mut self, tree: &UseTree) {
        let ast = self.ast();
        let UseTree { prefix, kind, .. } = tree;
        let items = match *kind {
            UseTreeKind::Simple(rename) => {
                self.path(prefix, false, 0);
                if let Some(rename) = rename {
                    self.nbsp();
                    self.word_nbsp("as");
                    self.ident(rename);
                }
                return;
            }
            UseTreeKind::Glob => None,
            UseTreeKind::Nested(items, _) => Some(&ast[items]),
        };
        if !prefix.segments.is_empty() {
            self.path(prefix, false, 0);
            self.word("::");
        }
        match items {
            None => self.word("*"),
            Some([]) => self.word("{}"),
            Some([tree]) => self.level(|p| p.use_tree(tree)),
            Some(trees) => {
                self.cbox(INDENT);
                self.word("{");
                self.engine.zero_break();
                self.ibox(0);
                for (index, tree) in trees.iter().enumerate() {
                    self.level(|p| p.use_tree(tree));
                    if index + 1 < trees.len() {
                        self.word(",");
                        match tree.kind {
                            UseTreeKind::Nested(..) => self.hard_break(),
                            _ => self.space(),
                        }
                    }
                }
                self.end();
                self.engine.trailing_comma();
                self.engine.offset_last(-INDENT);
                self.word("}");
                self.end();
            }
        }
    }
}

fn safety_words(safety: Safety) -> &'static str {
    match safety {
        Safety::Default => "",
        Safety::Safe(_) => "safe ",
        Safety::Unsafe(_) => "unsafe ",
    }
}
