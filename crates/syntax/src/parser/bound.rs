//! Bounds of types. (rustc: `rustc_parse::parser::ty`.)

use super::{AllowPlus, Parser, PathStyle};
use crate::ast::*;
use crate::doubt::Result;
use crate::span::{Edition, Span};
use crate::symbol::kw;
use crate::token::{Delim, TokenKind};

const BOUND: &str = "bound";

impl Parser<'_> {
    /// `A + B`
    pub(super) fn bounds(&mut self) -> Result<List<Bound>> {
        self.bounds_with(AllowPlus::Yes)
    }

    pub(super) fn bounds_with(&mut self, plus: AllowPlus) -> Result<List<Bound>> {
        let mut bounds = Vec::with_capacity(1);
        while self.can_begin_bound() {
            bounds.push(self.nested(|p| p.bound())?);
            if plus == AllowPlus::No || !self.eat_plus() {
                break;
            }
        }
        if self.is_keyword(kw::DYN) && self.edition() >= Edition::E2018 {
            return self.expected(BOUND, "bound");
        }
        Ok(self.ast.add_list(bounds))
    }

    pub(super) fn can_begin_bound(&self) -> bool {
        match self.token.kind {
            TokenKind::Bang | TokenKind::Question | TokenKind::Tilde | TokenKind::Open(Delim::Paren) => true,
            TokenKind::Open(Delim::Bracket) => self.is_maybe_const(),
            _ => {
                self.is_path_start()
                    || self.token.is_lifetime()
                    || self
                        .token
                        .plain_name()
                        .is_some_and(|name| matches!(name, kw::FOR | kw::CONST | kw::ASYNC | kw::USE))
            }
        }
    }

    /// `[const]`
    pub(super) fn is_maybe_const(&self) -> bool {
        self.is_open(Delim::Bracket)
            && self.is_keyword_ahead(1, &[kw::CONST])
            && self.ahead(2).kind == TokenKind::Close(Delim::Bracket)
    }

    fn bound(&mut self) -> Result<Bound> {
        let lo = self.token.span;
        let parens = self.eat(TokenKind::Open(Delim::Paren));
        if self.token.is_lifetime() {
            if parens {
                return self.doubt(lo, BOUND, "lifetime bounds may not be parenthesized");
            }
            return Ok(Bound::Outlives(self.lifetime(BOUND)?));
        }
        if self.eat_keyword(kw::USE) {
            if parens {
                return self.doubt(lo, BOUND, "precise capturing lists may not be parenthesized");
            }
            return self.use_bound(lo);
        }
        self.trait_bound(lo, parens)
    }

    /// `<'a, T>`, behind `use`.
    fn use_bound(&mut self, lo: Span) -> Result<Bound> {
        self.expect_lt("`use` bound")?;
        let ends = |p: &Self| matches!(p.token.kind, TokenKind::Gt | TokenKind::Ge | TokenKind::Shr);
        let (args, _) = self.comma_list("`use` bound", ends, |p| {
            if p.token.is_lifetime() {
                return Ok(UseArg::Lifetime(p.lifetime("`use` bound")?));
            }
            let ident = match p.token.ident() {
                Some((ident, false)) if ident.name == kw::SELF_TYPE => {
                    p.bump();
                    ident
                }
                _ => p.ident("`use` bound")?,
            };
            let segments = p.ast.add_list(vec![PathSegment { ident, args: None }]);
            Ok(UseArg::Arg(Path { segments, span: ident.span }))
        })?;
        self.expect_gt("`use` bound")?;
        let args = self.ast.add_list(args);
        Ok(Bound::Use(args, lo.to(self.prev.span)))
    }

    fn trait_bound(&mut self, lo: Span, parens: bool) -> Result<Bound> {
        let params = self.binder()?;
        let modifiers = self.bound_modifiers()?;
        if params.is_some() && modifiers.polarity != BoundPolarity::Positive {
            return self.doubt(self.prev.span, BOUND, "`for<...>` is not allowed with `?` or `!`");
        }
        let path = self.path(PathStyle::Type)?;
        if self.is_open(Delim::Paren) {
            return self.expected(BOUND, "no parameters behind generic arguments");
        }
        if parens {
            self.expect(TokenKind::Close(Delim::Paren), BOUND)?;
        }
        let params = params.unwrap_or_default();
        Ok(Bound::Trait(PolyTraitRef { params, modifiers, path, span: lo.to(self.prev.span), parens }))
    }

    fn bound_modifiers(&mut self) -> Result<BoundModifiers> {
        let constness = if self.eat(TokenKind::Tilde) {
            self.expect_keyword(kw::CONST, BOUND)?;
            BoundConstness::Maybe
        } else if self.is_maybe_const() {
            self.bump();
            self.bump();
            self.bump();
            BoundConstness::Maybe
        } else if self.eat_keyword(kw::CONST) {
            BoundConstness::Always
        } else {
            BoundConstness::Never
        };
        let asyncness = self.edition() >= Edition::E2018 && self.eat_keyword(kw::ASYNC);
        let polarity = if self.eat(TokenKind::Question) {
            BoundPolarity::Maybe
        } else if self.eat(TokenKind::Bang) {
            BoundPolarity::Negative
        } else {
            BoundPolarity::Positive
        };
        if polarity != BoundPolarity::Positive && (asyncness || constness != BoundConstness::Never) {
            return self.doubt(self.prev.span, BOUND, "`?` and `!` are not allowed with other modifiers");
        }
        Ok(BoundModifiers { constness, asyncness, polarity })
    }

    /// `for<'a>`, if it is there.
    pub(super) fn binder(&mut self) -> Result<Option<List<GenericParam>>> {
        if !self.eat_keyword(kw::FOR) {
            return Ok(None);
        }
        self.expect_lt("binder")?;
        let params = self.generic_params()?;
        self.expect_gt("binder")?;
        Ok(Some(params))
    }
}
