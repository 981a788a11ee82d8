//! Attributes and doc comments. (rustc: `rustc_parse::parser::attr`.)

use super::{Parser, PathStyle};
use crate::ast::{Attr, AttrArgs, AttrItem, AttrKind, List, Safety};
use crate::doubt::Result;
use crate::symbol::kw;
use crate::token::{AttrStyle, Delim, MetaVar, TokenKind};

impl Parser<'_> {
    /// `#[…]` and `///` in front of something.
    pub(super) fn outer_attrs(&mut self) -> Result<Vec<Attr>> {
        let mut attrs = Vec::new();
        loop {
            match self.token.kind {
                TokenKind::Pound => {
                    let attr = self.attr()?;
                    if attr.style == AttrStyle::Inner {
                        return self.doubt(attr.span, "attribute", "an inner attribute is not permitted here");
                    }
                    attrs.push(attr);
                }
                TokenKind::DocComment(kind, style, text) => {
                    if style == AttrStyle::Inner {
                        return self.doubt(self.token.span, "attribute", "expected outer doc comment");
                    }
                    self.bump();
                    attrs.push(Attr { kind: AttrKind::Doc(kind, text), style, span: self.prev.span });
                }
                _ => return Ok(attrs),
            }
        }
    }

    /// `#![…]` and `//!` at the beginning of something.
    pub(super) fn inner_attrs(&mut self) -> Result<Vec<Attr>> {
        let mut attrs = Vec::new();
        loop {
            match self.token.kind {
                TokenKind::Pound if self.ahead(1).kind == TokenKind::Bang => attrs.push(self.attr()?),
                TokenKind::DocComment(kind, AttrStyle::Inner, text) => {
                    self.bump();
                    let kind = AttrKind::Doc(kind, text);
                    attrs.push(Attr { kind, style: AttrStyle::Inner, span: self.prev.span });
                }
                _ => return Ok(attrs),
            }
        }
    }

    fn attr(&mut self) -> Result<Attr> {
        let lo = self.token.span;
        self.bump();
        let style = if self.eat(TokenKind::Bang) { AttrStyle::Inner } else { AttrStyle::Outer };
        self.expect(TokenKind::Open(Delim::Bracket), "attribute")?;
        // Values have attributes of their own.
        let item = self.nested(|p| p.attr_item())?;
        self.expect(TokenKind::Close(Delim::Bracket), "attribute")?;
        Ok(Attr { kind: AttrKind::Normal(item), style, span: lo.to(self.prev.span) })
    }

    /// What stands between the brackets.
    pub(super) fn attr_item(&mut self) -> Result<AttrItem> {
        if let Some(item) = self.eat_metavar(|kind| kind == MetaVar::Meta, |p| p.attr_item())? {
            return Ok(item);
        }
        let safety = match self.eat_keyword(kw::UNSAFE) {
            true => {
                let span = self.prev.span;
                self.expect(TokenKind::Open(Delim::Paren), "attribute")?;
                Safety::Unsafe(span)
            }
            false => Safety::Default,
        };
        let path = self.path(PathStyle::Mod)?;
        let args = if let Some(args) = self.opt_delim_args() {
            AttrArgs::Delimited(args)
        } else if self.eat(TokenKind::Eq) {
            let eq = self.prev.span;
            AttrArgs::Eq(eq, self.expr()?)
        } else {
            AttrArgs::Empty
        };
        if safety != Safety::Default {
            self.expect(TokenKind::Close(Delim::Paren), "attribute")?;
        }
        Ok(AttrItem { safety, path, args })
    }

    /// Adds attributes to the tree, in front of others that are in it.
    pub(super) fn prepend(&mut self, mut attrs: Vec<Attr>, others: List<Attr>) -> List<Attr> {
        if attrs.is_empty() {
            return others;
        }
        attrs.extend_from_slice(&self.ast[others]);
        self.ast.add_list(attrs)
    }
}
