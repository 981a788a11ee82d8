//! Functions and their parameters. (rustc: `rustc_parse::parser::item`.)

use super::{AllowPlus, Parser};
use crate::ast::*;
use crate::doubt::Result;
use crate::span::{Edition, Ident, Span};
use crate::symbol::{Symbol, kw};
use crate::token::{Delim, MetaVar, TokenKind};

/// Must a parameter have a name?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NameRule {
    /// Of a function with a body.
    Required,
    /// Of a trait's function.
    RequiredSince2018,
    /// Of a foreign function: `...` has none.
    RequiredUnlessVariadic,
    /// Of a function's type.
    Optional,
}

const FN: &str = "function";
const PARAM: &str = "parameter";

impl Parser<'_> {
    /// Does a function begin here? `check_pub`: or `pub` in front of one.
    pub(super) fn is_fn_front(&self, check_pub: bool) -> bool {
        let Some(first) = self.token.plain_name() else { return false };
        if first == kw::FN {
            return true;
        }
        let is_qualifier = |name: Symbol| {
            matches!(name, kw::GEN | kw::CONST | kw::ASYNC | kw::UNSAFE | kw::SAFE | kw::EXTERN)
                || check_pub && name == kw::PUB
        };
        if !is_qualifier(first) {
            return false;
        }
        let next = self.ahead(1);
        if next.is_keyword(kw::FN) {
            return true;
        }
        // Two qualifiers begin a function, unless it is something else of that look.
        if next.plain_name().is_some_and(is_qualifier)
            && next.is_reserved(self.editions)
            && !self.is_unsafe_foreign_mod()
            && !self.is_async_gen_block()
            && !self.is_keyword_ahead(2, &[kw::AUTO, kw::TRAIT])
        {
            return true;
        }
        first == kw::EXTERN
            && next.can_begin_string()
            && self.tree_ahead(2).is_some_and(|token| token.is_keyword(kw::FN))
    }

    /// What stands in front of a function's name, `fn` included.
    pub(super) fn fn_header(&mut self) -> Result<FnHeader> {
        let constness = self.constness();
        let coroutine = self.coroutine();
        let safety = self.safety();
        let ext = self.extern_()?;
        if let Some(Coroutine::Async(span)) = coroutine
            && self.edition_of(span) == Edition::E2015
        {
            return self.doubt(span, FN, "`async fn` is not permitted in Rust 2015");
        }
        self.expect_keyword(kw::FN, FN)?;
        Ok(FnHeader { safety, coroutine, constness, ext })
    }

    pub(super) fn fn_item(
        &mut self,
        attrs: &mut Vec<Attr>,
        defaultness: Defaultness,
        lo: Span,
        names: NameRule,
    ) -> Result<ItemKind> {
        let header = self.fn_header()?;
        let ident = self.ident(FN)?;
        let mut generics = self.generics()?;
        let decl = self.fn_decl(names, AllowPlus::Yes)?;
        let contract = self.contract()?;
        generics.where_clause = self.where_clause()?;
        let mut sig_end = self.prev.span;
        let start = self.at as u32;
        let body = if self.eat(TokenKind::Semi) {
            sig_end = self.prev.span;
            None
        } else if self.is_open(Delim::Brace) && self.is_left_out() {
            self.skip_tree();
            None
        } else if self.is_open(Delim::Brace) || self.token.is_metavar_block() {
            let (inner, body) = self.block_with_attrs(self.token.span, false)?;
            attrs.extend(inner);
            Some(body)
        } else {
            return self.expected(FN, "`{` or `;`");
        };
        let body_tokens = match body {
            Some(_) => TokenRange { lo: start, hi: self.at as u32 },
            None => TokenRange::default(),
        };
        let sig_span = lo.to(sig_end);
        Ok(ItemKind::Fn(self.ast.add(Fn {
            defaultness,
            ident,
            generics,
            header,
            decl,
            sig_span,
            contract,
            body,
            body_tokens,
        })))
    }

    /// Whether the body that begins here is not to be read.
    fn is_left_out(&self) -> bool {
        let end = self.tokens.get(self.at + self.token.pair as usize).map_or(u32::MAX, |close| close.span.hi);
        self.only.is_some_and(|position| !(self.token.span.lo..end).contains(&position))
    }

    /// `(a: A) -> B`
    pub(super) fn fn_decl(&mut self, names: NameRule, plus: AllowPlus) -> Result<Id<FnDecl>> {
        let mut first = true;
        let (inputs, _) =
            self.delimited_list(Delim::Paren, "parameters", |p| p.param(names, std::mem::take(&mut first)))?;
        let inputs = self.ast.add_list(inputs);
        let output = self.ret_ty(plus)?;
        Ok(self.ast.add(FnDecl { inputs, output }))
    }

    /// A type between the parentheses of `Fn(A)`.
    pub(super) fn path_param(&mut self) -> Result<TyId> {
        let param = self.param(NameRule::Optional, false)?;
        let has_name = !matches!(self.ast[param.pat].kind, PatKind::Missing);
        let is_variadic = matches!(self.ast[param.ty].kind, TyKind::CVarArgs);
        match has_name || is_variadic || !param.attrs.is_empty() {
            true => self.doubt(param.span, PARAM, "here only types are allowed"),
            false => Ok(param.ty),
        }
    }

    fn param(&mut self, names: NameRule, first: bool) -> Result<Param> {
        let lo = self.token.span;
        let attrs = self.outer_attrs()?;
        if let Some((pat, ty, span)) = self.self_param()? {
            if !first {
                return self.doubt(span, PARAM, "`self` must be the first parameter of an associated function");
            }
            let attrs = self.ast.add_list(attrs);
            return Ok(Param { attrs, ty, pat, span });
        }
        let variadic = self.is(TokenKind::DotDotDot);
        let required = !variadic
            && match names {
                NameRule::Required | NameRule::RequiredUnlessVariadic => true,
                // The edition is that of the text around, not of a captured type.
                NameRule::RequiredSince2018 => self.edition_of(self.token.span) >= Edition::E2018,
                NameRule::Optional => false,
            };
        let (pat, ty) = if required || self.is_named_param() {
            if self.is(TokenKind::OrOr) {
                return self.expected(PARAM, "parameter name");
            }
            let (pat, colon) = self.pat_before_ty(PARAM)?;
            if !colon {
                return self.expected(PARAM, "`:`");
            }
            (pat, self.ty_with(AllowPlus::Yes, true)?)
        } else {
            let ty = self.ty_with(AllowPlus::Yes, true)?;
            if !self.is(TokenKind::Comma) && !self.is_close(Delim::Paren) {
                return self.expected(PARAM, "`,` or `)`");
            }
            let span = self.ast[ty].span;
            (self.add_pat(span, PatKind::Missing), ty)
        };
        let attrs = self.ast.add_list(attrs);
        Ok(Param { attrs, ty, pat, span: lo.to(self.prev.span) })
    }

    fn is_named_param(&self) -> bool {
        let distance = match self.token.kind {
            TokenKind::Open(_) if matches!(self.token.metavar(), Some(MetaVar::Pat | MetaVar::PatParam)) => {
                let end = self.at + self.token.pair as usize + 1;
                return self.tokens.get(end).is_some_and(|token| token.kind == TokenKind::Colon);
            }
            TokenKind::And | TokenKind::AndAnd => 1,
            _ => usize::from(self.is_keyword(kw::MUT)),
        };
        self.ahead(distance).is_ident() && self.ahead(distance + 1).kind == TokenKind::Colon
    }

    /// Is `self` the token `distance` further, and not the beginning of a path?
    fn is_self(&self, distance: usize) -> bool {
        self.is_keyword_ahead(distance, &[kw::SELF]) && self.ahead(distance + 1).kind != TokenKind::PathSep
    }

    fn self_ident(&mut self) -> Result<Ident> {
        match self.token.ident() {
            Some((ident, false)) => {
                self.bump();
                Ok(ident)
            }
            _ => self.expected(PARAM, "`self`"),
        }
    }

    /// `self`, `mut self: T`, `&'a mut self`, `&pin mut self`, if it is there: pattern, type and place.
    fn self_param(&mut self) -> Result<Option<(PatId, TyId, Span)>> {
        let lo = self.token.span;
        if self.is(TokenKind::And) {
            return self.self_reference(lo);
        }
        let mutability = if !self.token.is_ident() {
            return Ok(None);
        } else if self.is_self(0) {
            Mutability::Not
        } else if self.is_keyword(kw::MUT) && self.is_self(1) {
            self.bump();
            Mutability::Mut
        } else {
            return Ok(None);
        };
        let ident = self.self_ident()?;
        let end = self.prev.span;
        let ty = match self.eat(TokenKind::Colon) {
            true => self.ty()?,
            false => self.ast.add(Ty { kind: TyKind::ImplicitSelf, span: ident.span }),
        };
        let span = lo.to(end).to(ident.span);
        let pat = self.add_pat(span, PatKind::Ident(BindingMode { by_ref: None, mutability }, ident, None));
        Ok(Some((pat, ty, span)))
    }

    fn self_reference(&mut self, lo: Span) -> Result<Option<(PatId, TyId, Span)>> {
        let has_lifetime = self.ahead(1).is_lifetime();
        let at = 1 + usize::from(has_lifetime);
        let pinned = self.ahead(at).is_ident_named(kw::PIN);
        // `&self`, `&mut self`, `&pin const self`, `&pin mut self`
        let (words, mutability) = if self.is_self(at) {
            (0, Mutability::Not)
        } else if self.is_keyword_ahead(at, &[kw::MUT]) && self.is_self(at + 1) {
            (1, Mutability::Mut)
        } else if pinned && self.is_keyword_ahead(at + 1, &[kw::CONST]) && self.is_self(at + 2) {
            (2, Mutability::Not)
        } else if pinned && self.is_keyword_ahead(at + 1, &[kw::MUT]) && self.is_self(at + 2) {
            (2, Mutability::Mut)
        } else {
            return Ok(None);
        };
        self.bump();
        let lifetime = if has_lifetime { Some(self.lifetime(PARAM)?) } else { None };
        for _ in 0..words {
            self.bump();
        }
        let ident = self.self_ident()?;
        if self.is(TokenKind::Colon) {
            return self.expected(PARAM, "`,` or `)`: `&self` has no other type");
        }
        let span = lo.to(ident.span);
        let inner = self.ast.add(Ty { kind: TyKind::ImplicitSelf, span: ident.span });
        let (kind, mutability) = match words {
            2 => (TyKind::PinnedRef(lifetime, inner, mutability), mutability),
            _ => (TyKind::Ref(lifetime, inner, mutability), Mutability::Not),
        };
        let ty = self.ast.add(Ty { kind, span });
        let pat = self.add_pat(span, PatKind::Ident(BindingMode { by_ref: None, mutability }, ident, None));
        Ok(Some((pat, ty, span)))
    }
}
