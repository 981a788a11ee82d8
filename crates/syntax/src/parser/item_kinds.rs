//! Items that hold no other items. (rustc: `rustc_parse::parser::item`.)

use super::{AllowPlus, FollowedByType, Parser, PathStyle};
use crate::ast::*;
use crate::doubt::Result;
use crate::span::Ident;
use crate::stream::TokenStream;
use crate::symbol::kw;
use crate::token::{Delim, Token, TokenKind};

/// What follows `reuse`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reuse {
    Path,
    Impl,
}

impl Parser<'_> {
    /// `a::{b, c::*} as d`
    pub(super) fn use_tree(&mut self) -> Result<UseTree> {
        self.nested(|p| {
            let lo = p.token.span;
            let no_prefix = p.is_open(Delim::Brace) || p.is(TokenKind::Star) || p.is_import_coupler();
            let (prefix, kind) = if no_prefix {
                let mut segments = Vec::new();
                if p.eat(TokenKind::PathSep) {
                    segments.push(PathSegment { ident: Ident::new(kw::PATH_ROOT, lo.before()), args: None });
                }
                let segments = p.ast.add_list(segments);
                (Path { segments, span: lo.before() }, p.use_glob_or_list()?)
            } else {
                let prefix = p.path(PathStyle::Mod)?;
                let kind = match p.eat(TokenKind::PathSep) {
                    true => p.use_glob_or_list()?,
                    false => UseTreeKind::Simple(p.rename()?),
                };
                (prefix, kind)
            };
            Ok(UseTree { prefix, kind, span: lo.to(p.prev.span) })
        })
    }

    fn use_glob_or_list(&mut self) -> Result<UseTreeKind> {
        if self.eat(TokenKind::Star) {
            return Ok(UseTreeKind::Glob);
        }
        let lo = self.token.span;
        let (trees, _) = self.delimited_list(Delim::Brace, "`use` item", |p| p.use_tree())?;
        let trees = self.ast.add_list(trees);
        Ok(UseTreeKind::Nested(trees, lo.to(self.prev.span)))
    }

    fn rename(&mut self) -> Result<Option<Ident>> {
        if self.eat_keyword(kw::AS) { self.ident_or_underscore("new name").map(Some) } else { Ok(None) }
    }

    pub(super) fn extern_crate(&mut self) -> Result<ItemKind> {
        const CRATE: &str = "`extern crate` item";
        let name = match self.is_keyword(kw::SELF) {
            true => self.path_segment_ident()?,
            false => self.ident(CRATE)?,
        };
        let rename = self.rename()?;
        self.expect_semi(CRATE)?;
        Ok(match rename {
            Some(rename) => ItemKind::ExternCrate(Some(name.name), rename),
            None => ItemKind::ExternCrate(None, name),
        })
    }

    pub(super) fn static_item(&mut self, safety: Safety) -> Result<ItemKind> {
        const STATIC: &str = "static item";
        let mutability = self.mutability();
        let ident = self.ident(STATIC)?;
        self.expect(TokenKind::Colon, STATIC)?;
        let ty = self.ty()?;
        let value = if self.eat(TokenKind::Eq) { Some(self.expr()?) } else { None };
        self.expect_semi(STATIC)?;
        Ok(ItemKind::Static(self.ast.add(Static { ident, ty, safety, mutability, value })))
    }

    /// What follows `const`.
    pub(super) fn const_item(&mut self, defaultness: Defaultness, is_type_const: bool) -> Result<ItemKind> {
        const CONST: &str = "constant item";
        let ident = self.ident_or_underscore(CONST)?;
        let mut generics = self.generics()?;
        self.expect(TokenKind::Colon, CONST)?;
        let ty = self.ty()?;
        let value = if self.eat(TokenKind::Eq) { Some(self.expr()?) } else { None };
        generics.where_clause = self.where_clause()?;
        self.expect_semi(CONST)?;
        Ok(ItemKind::Const(self.ast.add(Const { defaultness, ident, generics, ty, value, is_type_const })))
    }

    /// What follows `type`.
    pub(super) fn type_alias(&mut self, defaultness: Defaultness) -> Result<ItemKind> {
        const ALIAS: &str = "type alias";
        let ident = self.ident(ALIAS)?;
        let mut generics = self.generics()?;
        let bounds = if self.eat(TokenKind::Colon) { self.bounds()? } else { List::EMPTY };
        generics.where_clause = self.where_clause()?;
        let ty = if self.eat(TokenKind::Eq) { Some(self.ty()?) } else { None };
        let after_where = self.where_clause()?;
        self.expect_semi(ALIAS)?;
        Ok(ItemKind::TyAlias(self.ast.add(TyAlias { defaultness, ident, generics, after_where, bounds, ty })))
    }

    pub(super) fn enum_item(&mut self) -> Result<ItemKind> {
        let ident = self.ident("enum")?;
        let mut generics = self.generics()?;
        generics.where_clause = self.where_clause()?;
        let (variants, _) = self.delimited_list(Delim::Brace, "enum", |p| p.variant())?;
        Ok(ItemKind::Enum(ident, generics, self.ast.add_list(variants)))
    }

    fn variant(&mut self) -> Result<Variant> {
        const VARIANT: &str = "variant";
        let attrs = self.outer_attrs()?;
        let lo = self.token.span;
        let vis = self.visibility(FollowedByType::No)?;
        let ident = self.ident(VARIANT)?;
        let data = match self.token.kind {
            TokenKind::Open(Delim::Brace) => VariantData::Struct(self.record_fields()?),
            TokenKind::Open(Delim::Paren) => VariantData::Tuple(self.tuple_fields()?),
            _ => VariantData::Unit,
        };
        let discriminant = if self.eat(TokenKind::Eq) { Some(self.anon_const()?) } else { None };
        let attrs = self.ast.add_list(attrs);
        Ok(Variant { attrs, vis, ident, data, discriminant, span: lo.to(self.prev.span) })
    }

    pub(super) fn struct_item(&mut self) -> Result<ItemKind> {
        const STRUCT: &str = "struct";
        let ident = self.ident(STRUCT)?;
        let mut generics = self.generics()?;
        if self.is_keyword(kw::WHERE) {
            generics.where_clause = self.where_clause()?;
            let data = match self.eat(TokenKind::Semi) {
                true => VariantData::Unit,
                false => VariantData::Struct(self.record_fields()?),
            };
            return Ok(ItemKind::Struct(ident, generics, data));
        }
        let data = if self.eat(TokenKind::Semi) {
            VariantData::Unit
        } else if self.is_open(Delim::Paren) {
            let fields = self.tuple_fields()?;
            generics.where_clause = self.where_clause()?;
            self.expect_semi(STRUCT)?;
            VariantData::Tuple(fields)
        } else {
            VariantData::Struct(self.record_fields()?)
        };
        Ok(ItemKind::Struct(ident, generics, data))
    }

    pub(super) fn union_item(&mut self) -> Result<ItemKind> {
        let ident = self.ident("union")?;
        let mut generics = self.generics()?;
        generics.where_clause = self.where_clause()?;
        let fields = self.record_fields()?;
        Ok(ItemKind::Union(ident, generics, VariantData::Struct(fields)))
    }

    fn record_fields(&mut self) -> Result<List<FieldDef>> {
        let (fields, _) = self.delimited_list(Delim::Brace, "fields", |p| p.record_field())?;
        Ok(self.ast.add_list(fields))
    }

    fn record_field(&mut self) -> Result<FieldDef> {
        const FIELD: &str = "field";
        let attrs = self.outer_attrs()?;
        let lo = self.token.span;
        let vis = self.visibility(FollowedByType::No)?;
        let safety = match self.eat_keyword(kw::UNSAFE) {
            true => Safety::Unsafe(self.prev.span),
            false => Safety::Default,
        };
        let ident = Some(self.ident(FIELD)?);
        self.expect(TokenKind::Colon, FIELD)?;
        let ty = self.ty()?;
        let default = if self.eat(TokenKind::Eq) { Some(self.anon_const()?) } else { None };
        let attrs = self.ast.add_list(attrs);
        Ok(FieldDef { attrs, vis, safety, ident, ty, default, span: lo.to(self.prev.span) })
    }

    fn tuple_fields(&mut self) -> Result<List<FieldDef>> {
        let (fields, _) = self.delimited_list(Delim::Paren, "fields", |p| {
            let attrs = p.outer_attrs()?;
            let lo = p.token.span;
            let vis = p.visibility(FollowedByType::Yes)?;
            let ty = p.ty_with(AllowPlus::Yes, false)?;
            let default = if p.eat(TokenKind::Eq) { Some(p.anon_const()?) } else { None };
            let span = lo.to(p.ast[ty].span);
            let attrs = p.ast.add_list(attrs);
            Ok(FieldDef { attrs, vis, safety: Safety::Default, ident: None, ty, default, span })
        })?;
        Ok(self.ast.add_list(fields))
    }

    /// What follows `macro`.
    pub(super) fn macro_item(&mut self) -> Result<ItemKind> {
        const MACRO: &str = "macro definition";
        let ident = self.ident(MACRO)?;
        let body = if self.is_open(Delim::Brace) {
            self.delim_args(MACRO)?
        } else if self.is_open(Delim::Paren) {
            // `m(a) { b }` is `m { (a) => { b } }`.
            let start = self.at;
            self.skip_tree();
            let params = start..self.at;
            if !self.is_open(Delim::Brace) {
                return self.expected(MACRO, "`{`");
            }
            self.skip_tree();
            let body = params.end..self.at;
            let (open, close) = (self.tokens[params.start].span.before(), self.prev.span.after());
            let arrow = Token::new(TokenKind::FatArrow, self.tokens[params.end - 1].span.after());
            let mut tokens = self.tokens[params].to_vec();
            tokens.push(arrow);
            tokens.extend_from_slice(&self.tokens[body]);
            DelimArgs { open, close, delim: Delim::Brace, tokens: TokenStream::from_paired(tokens) }
        } else {
            return self.expected(MACRO, "`(` or `{`");
        };
        let def = self.ast.add(MacroDef { body, macro_rules: false });
        Ok(ItemKind::MacroDef(ident, def))
    }

    pub(super) fn macro_rules_item(&mut self, vis: &Visibility) -> Result<ItemKind> {
        const MACRO: &str = "macro definition";
        self.bump();
        self.bump();
        let ident = self.ident(MACRO)?;
        let body = self.delim_args(MACRO)?;
        self.semi_behind_macro(&body)?;
        self.no_visibility(vis)?;
        let def = self.ast.add(MacroDef { body, macro_rules: true });
        Ok(ItemKind::MacroDef(ident, def))
    }

    pub(super) fn reuse_kind(&self) -> Option<Reuse> {
        if !self.is_keyword(kw::REUSE) {
            return None;
        }
        let next = self.ahead(1);
        if next.is_path_start(self.editions) && next.kind != TokenKind::PathSep {
            Some(Reuse::Path)
        } else {
            self.is_impl_front(1).then_some(Reuse::Impl)
        }
    }

    pub(super) fn delegation(
        &mut self,
        attrs: &mut Vec<Attr>,
        defaultness: Defaultness,
        reuse: Reuse,
    ) -> Result<ItemKind> {
        let lo = self.token.span;
        self.bump();
        if reuse == Reuse::Impl {
            return self.impl_delegation(lo, attrs, defaultness);
        }
        let (qself, path) = if self.eat_first(TokenKind::Lt) {
            let (qself, path) = self.qpath(PathStyle::Expr)?;
            (Some(qself), path)
        } else {
            (None, self.path(PathStyle::Expr)?)
        };
        let kind = if self.eat(TokenKind::PathSep) {
            if self.eat(TokenKind::Star) {
                DelegationKind::Glob
            } else {
                let (names, _) = self.delimited_list(Delim::Brace, "delegation", |p| {
                    let name = p.path_segment_ident()?;
                    Ok(DelegationName { name, rename: p.delegation_rename()? })
                })?;
                DelegationKind::List(self.ast.add_list(names))
            }
        } else {
            DelegationKind::Single(self.delegation_rename()?)
        };
        let body = self.delegation_body()?;
        Ok(ItemKind::Delegation(self.ast.add(Delegation { qself, path, kind, body })))
    }

    fn delegation_rename(&mut self) -> Result<Option<Ident>> {
        if self.eat_keyword(kw::AS) { self.ident("new name").map(Some) } else { Ok(None) }
    }

    fn delegation_body(&mut self) -> Result<Option<BlockId>> {
        if self.is_open(Delim::Brace) {
            return self.block().map(Some);
        }
        self.expect_semi("delegation")?;
        Ok(None)
    }

    /// `reuse impl A for B { … }`: an impl that holds one delegation of all.
    fn impl_delegation(
        &mut self,
        lo: crate::span::Span,
        attrs: &mut Vec<Attr>,
        defaultness: Defaultness,
    ) -> Result<ItemKind> {
        let start = self.at as u32;
        let kind = self.impl_item(attrs, defaultness, true)?;
        let ItemKind::Impl(id) = kind else { return Ok(kind) };
        let Some(header) = self.ast[id].of_trait else {
            return self.doubt(lo.to(self.prev.span), "delegation", "only trait impls can be reused");
        };
        let body = self.delegation_body()?;
        let span = lo.to(self.prev.span);
        let delegation = Delegation { qself: None, path: header.path, kind: DelegationKind::Glob, body };
        let delegation = self.ast.add(delegation);
        let vis = Visibility { kind: VisibilityKind::Inherited, span };
        let tokens = TokenRange { lo: start, hi: self.at as u32 };
        let kind_of_all = ItemKind::Delegation(delegation);
        let item = self.ast.add(Item { attrs: List::EMPTY, vis, kind: kind_of_all, span, tokens });
        self.ast[id].items = self.ast.add_list(vec![item]);
        Ok(kind)
    }
}
