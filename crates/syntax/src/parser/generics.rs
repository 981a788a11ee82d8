//! Generic parameters and `where` clauses. (rustc: `rustc_parse::parser::generics`.)

use super::Parser;
use crate::ast::*;
use crate::doubt::Result;
use crate::symbol::kw;
use crate::token::{Delim, TokenKind};

const PARAMS: &str = "generic parameters";
const WHERE: &str = "`where` clause";

impl Parser<'_> {
    /// `<…>`, if it is there.
    pub(super) fn generics(&mut self) -> Result<Generics> {
        let lo = self.token.span;
        let (params, span) = if self.eat_first(TokenKind::Lt) {
            let params = self.generic_params()?;
            self.expect_gt(PARAMS)?;
            (params, lo.to(self.prev.span))
        } else {
            (List::EMPTY, self.prev.span.after())
        };
        let where_clause = WhereClause { span: self.prev.span.after(), ..WhereClause::default() };
        Ok(Generics { params, where_clause, span })
    }

    /// What stands between the brackets.
    pub(super) fn generic_params(&mut self) -> Result<List<GenericParam>> {
        let mut params = Vec::new();
        loop {
            let attrs = self.outer_attrs()?;
            if self.token.is_lifetime() {
                params.push(self.lifetime_param(attrs)?);
            } else if self.is_keyword(kw::CONST) {
                params.push(self.const_param(attrs)?);
            } else if self.is_at_free_ident() {
                params.push(self.type_param(attrs)?);
            } else {
                if let Some(attr) = attrs.first() {
                    return self.doubt(attr.span, PARAMS, "an attribute needs a generic parameter behind it");
                }
                break;
            }
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        Ok(self.ast.add_list(params))
    }

    fn lifetime_param(&mut self, attrs: Vec<Attr>) -> Result<GenericParam> {
        let ident = self.lifetime(PARAMS)?;
        let (colon, bounds) = match self.eat(TokenKind::Colon) {
            true => (Some(self.prev.span), self.lifetime_bounds()?),
            false => (None, List::EMPTY),
        };
        let attrs = self.ast.add_list(attrs);
        Ok(GenericParam { ident, attrs, bounds, kind: GenericParamKind::Lifetime, colon })
    }

    fn lifetime_bounds(&mut self) -> Result<List<Bound>> {
        let mut bounds = Vec::new();
        while self.token.is_lifetime() {
            bounds.push(Bound::Outlives(self.lifetime(PARAMS)?));
            if !self.eat_plus() {
                break;
            }
        }
        Ok(self.ast.add_list(bounds))
    }

    fn type_param(&mut self, attrs: Vec<Attr>) -> Result<GenericParam> {
        let ident = self.ident(PARAMS)?;
        let (colon, bounds) = match self.eat(TokenKind::Colon) {
            true => (Some(self.prev.span), self.bounds()?),
            false => (None, List::EMPTY),
        };
        let default = if self.eat(TokenKind::Eq) { Some(self.ty()?) } else { None };
        let attrs = self.ast.add_list(attrs);
        Ok(GenericParam { ident, attrs, bounds, kind: GenericParamKind::Type(default), colon })
    }

    fn const_param(&mut self, attrs: Vec<Attr>) -> Result<GenericParam> {
        let lo = self.token.span;
        self.bump();
        let ident = self.ident(PARAMS)?;
        self.expect(TokenKind::Colon, PARAMS)?;
        let ty = self.ty()?;
        let default = if self.eat(TokenKind::Eq) { Some(self.const_arg()?) } else { None };
        let end = default.map_or(self.ast[ty].span, |default| self.ast[default.0].span);
        let kind = GenericParamKind::Const(ty, default, lo.to(end));
        let attrs = self.ast.add_list(attrs);
        Ok(GenericParam { ident, attrs, bounds: List::EMPTY, kind, colon: None })
    }

    /// Does `<` begin parameters rather than a qualified path, `distance` further?
    pub(super) fn generics_begin(&self, distance: usize) -> bool {
        if self.ahead(distance).kind != TokenKind::Lt {
            return false;
        }
        let first = self.ahead(distance + 1);
        if matches!(first.kind, TokenKind::Pound | TokenKind::Gt) || first.is_keyword(kw::CONST) {
            return true;
        }
        (first.is_lifetime() || first.is_ident())
            && matches!(
                self.ahead(distance + 2).kind,
                TokenKind::Gt | TokenKind::Comma | TokenKind::Colon | TokenKind::Eq | TokenKind::Question
            )
    }

    /// `where …`, if it is there.
    pub(super) fn where_clause(&mut self) -> Result<WhereClause> {
        if !self.eat_keyword(kw::WHERE) {
            return Ok(WhereClause { span: self.prev.span.after(), ..WhereClause::default() });
        }
        let lo = self.prev.span;
        if self.generics_begin(0) {
            return self.expected(WHERE, "a type: parameters are declared with `for<…>`");
        }
        let mut predicates = Vec::new();
        loop {
            let attrs = self.outer_attrs()?;
            let start = self.token.span;
            let kind = if self.token.is_lifetime() && !self.ahead(1).is_like_plus() {
                let lifetime = self.lifetime(WHERE)?;
                self.expect(TokenKind::Colon, WHERE)?;
                WhereKind::Region(lifetime, self.lifetime_bounds()?)
            } else if self.token.can_begin_type(self.editions) {
                self.type_predicate()?
            } else {
                if let Some(attr) = attrs.first() {
                    return self.doubt(attr.span, WHERE, "an attribute needs a predicate behind it");
                }
                break;
            };
            let attrs = self.ast.add_list(attrs);
            predicates.push(WherePredicate { attrs, kind, span: start.to(self.prev.span) });
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        let predicates = self.ast.add_list(predicates);
        Ok(WhereClause { has_where: true, predicates, span: lo.to(self.prev.span) })
    }

    fn type_predicate(&mut self) -> Result<WhereKind> {
        let params = self.binder()?.unwrap_or_default();
        let ty = self.ty()?;
        if self.eat(TokenKind::Colon) {
            return Ok(WhereKind::Bound(params, ty, self.bounds()?));
        }
        if self.eat(TokenKind::Eq) || self.eat(TokenKind::EqEq) {
            return Ok(WhereKind::Eq(ty, self.ty()?));
        }
        self.expected(WHERE, "`:`")
    }

    /// `contract_requires { … } contract_ensures …`, if it is there.
    pub(super) fn contract(&mut self) -> Result<Option<FnContract>> {
        let requires =
            match self.is_keyword(kw::CONTRACT_REQUIRES) && self.ahead(1).kind == TokenKind::Open(Delim::Brace) {
                true => {
                    self.bump();
                    Some(self.block()?)
                }
                false => None,
            };
        let ensures = if self.eat_keyword(kw::CONTRACT_ENSURES) { Some(self.expr()?) } else { None };
        Ok((requires.is_some() || ensures.is_some()).then_some(FnContract { requires, ensures }))
    }
}
