//! Items and what holds them. (rustc: `rustc_parse::parser::item`.)

use super::fns::NameRule;
use super::{FollowedByType, Parser, Position};
use crate::ast::*;
use crate::doubt::Result;
use crate::span::Span;
use crate::symbol::kw;
use crate::token::{Delim, MetaVar, TokenKind};

const ITEM: &str = "item";

/// What items may be where they stand.
#[derive(Clone, Copy)]
pub(super) struct Context {
    /// May it be a macro call? In blocks those are statements.
    macros: bool,
    /// May it be `const { … }`?
    const_blocks: bool,
    /// Must a function's parameters have names?
    pub(super) names: NameRule,
    /// Where it stands.
    place: Place,
}

impl Context {
    pub(super) const BLOCK: Context =
        Context { macros: false, const_blocks: false, names: NameRule::Required, place: Place::Module };

    fn of(place: Place) -> Context {
        let names = match place {
            Place::Module | Place::Impl => NameRule::Required,
            Place::Trait => NameRule::RequiredSince2018,
            Place::Extern => NameRule::RequiredUnlessVariadic,
        };
        Context { macros: true, const_blocks: true, names, place }
    }
}

impl Parser<'_> {
    /// A module's attributes and items, up to `end`, which is eaten.
    pub(super) fn module_contents(&mut self, end: TokenKind) -> Result<(Vec<Attr>, List<ItemId>, Span)> {
        let lo = self.token.span;
        let attrs = self.inner_attrs()?;
        let mut items = Vec::new();
        while let Some(item) = self.item(Place::Module)? {
            items.push(item);
        }
        if !self.eat(end) {
            return self.expected(ITEM, "item");
        }
        let items = self.ast.add_list(items);
        Ok((attrs, items, lo.to(self.prev.span)))
    }

    /// An item, if one begins here.
    pub(super) fn item(&mut self, place: Place) -> Result<Option<ItemId>> {
        self.nested(|p| p.item_at_level(place))
    }

    pub(super) fn some_item(&mut self, place: Place) -> Result<ItemId> {
        match self.item(place)? {
            Some(item) => Ok(item),
            None => self.expected(ITEM, "item"),
        }
    }

    fn item_at_level(&mut self, place: Place) -> Result<Option<ItemId>> {
        let start = self.position();
        let mut attrs = self.outer_attrs()?;
        if let Some(item) = self.eat_metavar(|kind| kind == MetaVar::Item, |p| p.some_item(place))? {
            self.ast[item].attrs = self.prepend(attrs, self.ast[item].attrs);
            return Ok(Some(item));
        }
        let lo = self.token.span;
        let vis = self.visibility(FollowedByType::No)?;
        let item = self.item_behind(&mut attrs, vis, lo, start, Context::of(place))?;
        match (item, attrs.last()) {
            (None, Some(attr)) => self.doubt(attr.span, ITEM, "expected item after attributes"),
            _ => Ok(item),
        }
    }

    /// An item behind its attributes, which are taken, and visibility.
    pub(super) fn item_behind(
        &mut self,
        attrs: &mut Vec<Attr>,
        vis: Visibility,
        lo: Span,
        start: Position,
        context: Context,
    ) -> Result<Option<ItemId>> {
        let defaultness = self.defaultness();
        let Some(kind) = self.item_kind(attrs, &vis, defaultness, lo, context)? else {
            if !matches!(vis.kind, VisibilityKind::Inherited) || defaultness != Defaultness::Implicit {
                return self.expected(ITEM, "item");
            }
            return Ok(None);
        };
        let may_be_default =
            matches!(kind, ItemKind::Fn(_) | ItemKind::Const(_) | ItemKind::TyAlias(_) | ItemKind::Impl(_));
        let span = lo.to(self.prev.span);
        if defaultness != Defaultness::Implicit && !may_be_default {
            return self.doubt(span, ITEM, format!("{} cannot be `default` or `final`", kind.describe()));
        }
        if !kind.fits(context.place) {
            return self.doubt(span, ITEM, format!("{} is not supported here", kind.describe()));
        }
        let tokens = TokenRange { lo: start.at as u32, hi: self.at as u32 };
        let attrs = self.ast.add_list(std::mem::take(attrs));
        Ok(Some(self.ast.add(Item { attrs, vis, kind, span, tokens })))
    }

    fn defaultness(&mut self) -> Defaultness {
        let next = self.ahead(1);
        if self.is_keyword(kw::DEFAULT) && next.plain_name().is_some_and(|name| name != kw::AS) {
            self.bump();
            Defaultness::Default(self.prev_own_span())
        } else if self.eat_keyword(kw::FINAL) {
            Defaultness::Final(self.prev_own_span())
        } else {
            Defaultness::Implicit
        }
    }

    fn item_kind(
        &mut self,
        attrs: &mut Vec<Attr>,
        vis: &Visibility,
        defaultness: Defaultness,
        lo: Span,
        context: Context,
    ) -> Result<Option<ItemKind>> {
        let check_pub = defaultness == Defaultness::Implicit;
        if self.is_keyword(kw::USE) && !self.is_use_closure() {
            self.bump();
            let tree = self.use_tree()?;
            self.expect_semi("`use` item")?;
            return Ok(Some(ItemKind::Use(self.ast.add(tree))));
        }
        if self.is_fn_front(check_pub) {
            return self.fn_item(attrs, defaultness, lo, context.names).map(Some);
        }
        if self.eat_keyword(kw::EXTERN) {
            return match self.eat_keyword(kw::CRATE) {
                true => self.extern_crate().map(Some),
                false => self.foreign_mod(attrs, Safety::Default).map(Some),
            };
        }
        if self.is_unsafe_foreign_mod() {
            let safety = self.safety();
            self.expect_keyword(kw::EXTERN, "`extern` block")?;
            return self.foreign_mod(attrs, safety).map(Some);
        }
        if self.is_static() {
            let safety = self.safety();
            self.expect_keyword(kw::STATIC, "static item")?;
            return self.static_item(safety).map(Some);
        }
        if self.is_keyword(kw::TRAIT) || self.is_trait_front() {
            return self.trait_item(attrs).map(Some);
        }
        if self.is_impl_front(0) {
            return self.impl_item(attrs, defaultness, false).map(Some);
        }
        if context.const_blocks && self.is_const_block(0) {
            self.bump();
            let keyword = self.prev.span;
            let block = self.block()?;
            let span = keyword.to(self.ast[block].span);
            return Ok(Some(ItemKind::ConstBlock(block, span)));
        }
        if self.constness() != Constness::No {
            return self.const_item(defaultness, false).map(Some);
        }
        if let Some(reuse) = self.reuse_kind() {
            return self.delegation(attrs, defaultness, reuse).map(Some);
        }
        if self.is_keyword(kw::MOD) || self.is_keyword(kw::UNSAFE) && self.is_keyword_ahead(1, &[kw::MOD]) {
            return self.mod_item(attrs).map(Some);
        }
        if self.eat_keyword(kw::TYPE) {
            return match self.constness() {
                Constness::Yes(_) => self.const_item(defaultness, true).map(Some),
                Constness::No => self.type_alias(defaultness).map(Some),
            };
        }
        if self.eat_keyword(kw::ENUM) {
            return self.enum_item().map(Some);
        }
        if self.eat_keyword(kw::STRUCT) {
            return self.struct_item().map(Some);
        }
        if self.is_keyword_before_free_ident(kw::UNION) {
            self.bump();
            return self.union_item().map(Some);
        }
        if self.is_builtin() {
            return Ok(None);
        }
        if self.eat_keyword(kw::MACRO) {
            return self.macro_item().map(Some);
        }
        if self.is_macro_rules() {
            return self.macro_rules_item(vis).map(Some);
        }
        let is_call = !self.token.is_ident() || matches!(self.ahead(1).kind, TokenKind::Bang | TokenKind::PathSep);
        if context.macros && is_call && self.is_path_start() {
            return self.mac_item(vis).map(Some);
        }
        Ok(None)
    }

    /// `{ items }`, with attributes inside.
    pub(super) fn item_list(&mut self, attrs: &mut Vec<Attr>, place: Place) -> Result<List<ItemId>> {
        self.expect(TokenKind::Open(Delim::Brace), "item list")?;
        attrs.extend(self.inner_attrs()?);
        let mut items = Vec::new();
        while !self.eat(TokenKind::Close(Delim::Brace)) {
            items.push(self.some_item(place)?);
        }
        Ok(self.ast.add_list(items))
    }

    fn is_use_closure(&self) -> bool {
        let next = self.ahead(1);
        let distance = if next.is_keyword(kw::MOVE) || next.is_keyword(kw::ASYNC) { 2 } else { 1 };
        matches!(self.ahead(distance).kind, TokenKind::Or | TokenKind::OrOr)
    }

    pub(super) fn is_unsafe_foreign_mod(&self) -> bool {
        if !self.is_keyword(kw::UNSAFE) || !self.is_keyword_ahead(1, &[kw::EXTERN]) {
            return false;
        }
        let distance = if self.ahead(2).can_begin_string() { 3 } else { 2 };
        self.tree_ahead(distance).is_some_and(|token| token.kind == TokenKind::Open(Delim::Brace))
    }

    fn is_static(&self) -> bool {
        if self.is_keyword(kw::STATIC) {
            let next = self.ahead(1);
            return !(next.is_keyword(kw::MOVE)
                || next.is_keyword(kw::USE)
                || matches!(next.kind, TokenKind::Or | TokenKind::OrOr));
        }
        (self.is_keyword(kw::UNSAFE) || self.is_keyword(kw::SAFE)) && self.is_keyword_ahead(1, &[kw::STATIC])
    }

    /// `auto trait`, `unsafe trait`, `const unsafe auto trait`, …
    pub(super) fn is_trait_front(&self) -> bool {
        let trait_or_auto = [kw::TRAIT, kw::AUTO];
        match self.token.plain_name() {
            Some(kw::AUTO) => self.is_keyword_ahead(1, &[kw::TRAIT]),
            Some(kw::UNSAFE) => self.is_keyword_ahead(1, &trait_or_auto),
            Some(kw::CONST) => {
                self.is_keyword_ahead(1, &[kw::TRAIT])
                    || self.is_keyword_ahead(1, &[kw::AUTO]) && self.is_keyword_ahead(2, &[kw::TRAIT])
                    || self.is_keyword_ahead(1, &[kw::UNSAFE]) && self.is_keyword_ahead(2, &trait_or_auto)
            }
            _ => false,
        }
    }

    /// `impl`, `const unsafe impl`, …
    pub(super) fn is_impl_front(&self, distance: usize) -> bool {
        for distance in distance..distance + 2 {
            match self.ahead(distance).plain_name() {
                Some(kw::IMPL) => return true,
                Some(kw::CONST | kw::UNSAFE) => {}
                _ => return false,
            }
        }
        self.is_keyword_ahead(distance + 2, &[kw::IMPL])
    }

    pub(super) fn is_macro_rules(&self) -> bool {
        self.is_keyword(kw::MACRO_RULES) && self.ahead(1).kind == TokenKind::Bang && self.ahead(2).is_ident()
    }

    fn mod_item(&mut self, attrs: &mut Vec<Attr>) -> Result<ItemKind> {
        let safety = self.safety();
        self.expect_keyword(kw::MOD, "module")?;
        let ident = self.ident("module")?;
        if self.eat(TokenKind::Semi) {
            return Ok(ItemKind::Mod(safety, ident, ModKind::Outline));
        }
        self.expect(TokenKind::Open(Delim::Brace), "module")?;
        let (inner, items, span) = self.module_contents(TokenKind::Close(Delim::Brace))?;
        attrs.extend(inner);
        Ok(ItemKind::Mod(safety, ident, ModKind::Inline(items, span)))
    }

    fn foreign_mod(&mut self, attrs: &mut Vec<Attr>, safety: Safety) -> Result<ItemKind> {
        let extern_span = self.prev_own_span();
        let abi = self.abi()?;
        let items = self.item_list(attrs, Place::Extern)?;
        Ok(ItemKind::ForeignMod(ForeignMod { extern_span, safety, abi, items }))
    }

    fn trait_item(&mut self, attrs: &mut Vec<Attr>) -> Result<ItemKind> {
        const TRAIT: &str = "trait";
        let constness = self.constness();
        let safety = self.safety();
        let is_auto = self.eat_keyword(kw::AUTO);
        self.expect_keyword(kw::TRAIT, TRAIT)?;
        let ident = self.ident(TRAIT)?;
        let mut generics = self.generics()?;
        let colon = self.eat(TokenKind::Colon);
        let mut bounds = if colon { self.bounds()? } else { List::EMPTY };
        let mut items = List::EMPTY;
        let is_alias = self.eat(TokenKind::Eq);
        if is_alias {
            if colon || is_auto || safety != Safety::Default {
                return self.doubt(ident.span, TRAIT, "a trait alias is not `auto` or `unsafe` and has no bounds");
            }
            bounds = self.bounds()?;
            generics.where_clause = self.where_clause()?;
            self.expect_semi(TRAIT)?;
        } else {
            generics.where_clause = self.where_clause()?;
            items = self.item_list(attrs, Place::Trait)?;
        }
        let id = self.ast.add(Trait { constness, safety, is_auto, ident, generics, bounds, items });
        Ok(if is_alias { ItemKind::TraitAlias(id) } else { ItemKind::Trait(id) })
    }

    /// An impl; of `reuse impl` only what is in front of the body.
    pub(super) fn impl_item(
        &mut self,
        attrs: &mut Vec<Attr>,
        defaultness: Defaultness,
        is_reuse: bool,
    ) -> Result<ItemKind> {
        const IMPL: &str = "implementation";
        let mut constness = self.constness();
        let safety = self.safety();
        self.expect_keyword(kw::IMPL, IMPL)?;
        let mut generics = match self.generics_begin(0) {
            true => self.generics()?,
            false => Generics { span: self.prev.span.after(), ..Generics::default() },
        };
        if constness == Constness::No {
            constness = self.constness();
        }
        let negative = match self.is(TokenKind::Bang) && self.ahead(1).can_begin_type(self.editions) {
            true => {
                self.bump();
                Some(self.prev.span)
            }
            false => None,
        };
        let first = self.ty()?;
        let second = if self.eat_keyword(kw::FOR) { Some(self.ty()?) } else { None };
        generics.where_clause = self.where_clause()?;
        let items = if is_reuse { List::EMPTY } else { self.item_list(attrs, Place::Impl)? };
        let (of_trait, self_ty) = match second {
            Some(second) => {
                let TyKind::Path(None, path) = self.ast[first].kind else {
                    return self.doubt(self.ast[first].span, IMPL, "expected a trait, found type");
                };
                (Some(ImplHeader { defaultness, safety, negative, path }), second)
            }
            None => {
                if safety != Safety::Default || negative.is_some() || defaultness != Defaultness::Implicit {
                    let message = "an inherent impl is not `unsafe`, `default` or negative";
                    return self.doubt(self.ast[first].span, IMPL, message);
                }
                (None, first)
            }
        };
        Ok(ItemKind::Impl(self.ast.add(Impl { generics, constness, of_trait, self_ty, items })))
    }

    fn mac_item(&mut self, vis: &Visibility) -> Result<ItemKind> {
        let path = self.path(super::PathStyle::Mod)?;
        self.expect(TokenKind::Bang, "macro call")?;
        let args = self.delim_args("macro call")?;
        self.semi_behind_macro(&args)?;
        self.no_visibility(vis)?;
        Ok(ItemKind::MacCall(self.ast.add(MacCall { path, args })))
    }

    pub(super) fn semi_behind_macro(&mut self, args: &DelimArgs) -> Result<()> {
        match args.delim == Delim::Brace || self.eat(TokenKind::Semi) {
            true => Ok(()),
            false => self.expected("macro call", "`;`, or braces around the arguments"),
        }
    }

    pub(super) fn no_visibility(&self, vis: &Visibility) -> Result<()> {
        match vis.kind {
            VisibilityKind::Inherited => Ok(()),
            _ => self.doubt(vis.span, "macro", "macros are not made visible this way"),
        }
    }
}
