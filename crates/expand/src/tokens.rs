//! The tokens of items, as procedural macros get them. (rustc: `rustc_ast::tokenstream`, `rustc_expand::config`.)
//!
//! Attributes are written anew from the tree, since macros among them are gone and `cfg_attr`s are what they stand for. What
//! follows is what was read. For derives, `cfg` is applied to fields and variants there as well.

use syntax::ast::*;
use syntax::doubt::{Doubt, Result};
use syntax::span::Span;
use syntax::stream::TokenStream;
use syntax::symbol::{Symbol, kw};
use syntax::token::{AttrStyle, Delim, Spacing, Token, TokenKind};

use crate::expander::Expander;

const TOKENS: &str = "tokens for a procedural macro";

impl Expander<'_> {
    /// The tokens of an item. `configured`: as `cfg` leaves them.
    pub(crate) fn item_tokens(&mut self, id: ItemId, _place: Place, configured: bool) -> Result<TokenStream> {
        let item = self.ast[id];
        let Some(stream) = self.tokens_of(id) else {
            return Err(Doubt::new(item.span, TOKENS, "the item was not read from tokens"));
        };
        let mut result = Vec::with_capacity(stream.len());
        for attr in self.list(item.attrs) {
            if attr.style == AttrStyle::Outer {
                self.attr_tokens(&attr, &mut result)?;
            }
        }
        let tokens = stream.tokens();
        let start = behind_attrs(tokens);
        let has_cfg = configured && tokens[start..].windows(2).any(|pair| is_cfg(&pair[0], &pair[1]));
        match has_cfg {
            false => result.extend_from_slice(&tokens[start..]),
            true => self.configured_body(id, &stream.slice(start..stream.len()), &mut result)?,
        }
        new_stream(result, item.span)
    }

    /// An attribute's tokens; none of what expansion leaves of a `cfg`.
    fn attr_tokens(&self, attr: &Attr, result: &mut Vec<Token>) -> Result<()> {
        let span = attr.span;
        let token = |kind| Token { kind, spacing: Spacing::Alone, pair: 0, span };
        let item = match &attr.kind {
            AttrKind::Doc(kind, text) => {
                result.push(token(TokenKind::DocComment(*kind, attr.style, *text)));
                return Ok(());
            }
            AttrKind::Normal(item) => item,
        };
        let idents = self.idents(&item.path);
        if idents.iter().any(|ident| ident.name.as_str().starts_with('<')) {
            return Ok(());
        }
        result.push(Token { spacing: Spacing::Joint, ..token(TokenKind::Pound) });
        if attr.style == AttrStyle::Inner {
            result.push(token(TokenKind::Bang));
        }
        result.push(token(TokenKind::Open(Delim::Bracket)));
        if let Safety::Unsafe(span) = item.safety {
            result.push(Token { span, ..token(TokenKind::Ident(kw::UNSAFE, false)) });
            result.push(token(TokenKind::Open(Delim::Paren)));
        }
        for (index, ident) in idents.iter().enumerate() {
            if ident.name == kw::PATH_ROOT {
                continue;
            }
            if index > 0 {
                result.push(token(TokenKind::PathSep));
            }
            let raw = ident.was_raw(self.session.hygiene.editions());
            result.push(Token { span: ident.span, ..token(TokenKind::Ident(ident.name, raw)) });
        }
        match &item.args {
            AttrArgs::Empty => {}
            AttrArgs::Delimited(args) => {
                result.push(Token { span: args.open, ..token(TokenKind::Open(args.delim)) });
                result.extend_from_slice(args.tokens.tokens());
                result.push(Token { span: args.close, ..token(TokenKind::Close(args.delim)) });
            }
            AttrArgs::Eq(span, value) => {
                result.push(Token { span: *span, ..token(TokenKind::Eq) });
                let Expr { kind, span, .. } = self.ast[*value];
                match kind {
                    ExprKind::Lit(lit) => result.push(Token { span, ..token(TokenKind::Literal(lit)) }),
                    ExprKind::MacCall(mac) => {
                        let MacCall { path, args } = &self.ast[mac];
                        for (index, ident) in self.idents(path).iter().enumerate() {
                            if index > 0 {
                                result.push(token(TokenKind::PathSep));
                            }
                            result.push(Token { span: ident.span, ..token(TokenKind::Ident(ident.name, false)) });
                        }
                        result.push(token(TokenKind::Bang));
                        result.push(Token { span: args.open, ..token(TokenKind::Open(args.delim)) });
                        result.extend_from_slice(args.tokens.tokens());
                        result.push(Token { span: args.close, ..token(TokenKind::Close(args.delim)) });
                    }
                    _ => return Err(Doubt::new(span, TOKENS, "an attribute's value is neither a literal nor a call")),
                }
            }
        }
        if let Safety::Unsafe(_) = item.safety {
            result.push(token(TokenKind::Close(Delim::Paren)));
        }
        result.push(token(TokenKind::Close(Delim::Bracket)));
        Ok(())
    }

    /// A struct, enum or union behind its attributes, as `cfg` leaves it.
    fn configured_body(&mut self, id: ItemId, stream: &TokenStream, result: &mut Vec<Token>) -> Result<()> {
        let Item { kind, span, .. } = self.ast[id];
        let is_enum = match kind {
            ItemKind::Enum(..) => true,
            ItemKind::Struct(..) | ItemKind::Union(..) => false,
            _ => return Err(Doubt::new(span, TOKENS, "`cfg` within such an item is not supported")),
        };
        let tokens = stream.tokens();
        let mut at = 0;
        let mut depth = 0;
        while at < tokens.len() {
            let end = TokenStream::end_of_tree(tokens, at);
            depth += angle(tokens[at].kind);
            let is_body = match tokens[at].kind {
                TokenKind::Open(Delim::Brace) => depth == 0,
                TokenKind::Open(Delim::Paren) => depth == 0 && !is_enum && at > 1,
                _ => false,
            };
            if is_body {
                result.push(tokens[at]);
                self.configured_list(&stream.slice(at + 1..end - 1), is_enum, span, result)?;
                result.push(tokens[end - 1]);
            } else {
                if tokens[at..end].windows(2).any(|pair| is_cfg(&pair[0], &pair[1])) {
                    return Err(Doubt::new(span, TOKENS, "`cfg` in generics is not supported"));
                }
                result.extend_from_slice(&tokens[at..end]);
            }
            at = end;
        }
        Ok(())
    }

    /// Fields or variants with commas between them.
    fn configured_list(
        &mut self,
        stream: &TokenStream,
        are_variants: bool,
        span: Span,
        result: &mut Vec<Token>,
    ) -> Result<()> {
        let tokens = stream.tokens();
        let mut start = 0;
        while start < tokens.len() {
            let attrs_end = start + behind_attrs(&tokens[start..]);
            let mut at = attrs_end;
            let mut depth = 0;
            let mut in_value = false;
            while at < tokens.len() && (tokens[at].kind != TokenKind::Comma || depth > 0) {
                if tokens[at].kind == TokenKind::Eq && depth == 0 {
                    in_value = true;
                }
                if !in_value {
                    depth += angle(tokens[at].kind);
                }
                at = TokenStream::end_of_tree(tokens, at);
            }
            let end = (at + 1).min(tokens.len());
            let attrs = stream.slice(start..attrs_end);
            let attrs = self.parse(&attrs, span, |parser| parser.parse_outer_attrs())?;
            let attrs = self.ast.add_list(attrs);
            let editions = self.session.hygiene.editions();
            if let Some(attrs) = self.input.options.attrs(&mut self.ast, attrs, editions)? {
                for attr in self.list(attrs) {
                    self.attr_tokens(&attr, result)?;
                }
                let mut inner = attrs_end;
                while inner < end {
                    let tree_end = TokenStream::end_of_tree(tokens, inner);
                    match tokens[inner].kind {
                        // A variant's fields.
                        TokenKind::Open(Delim::Brace | Delim::Paren) if are_variants => {
                            result.push(tokens[inner]);
                            self.configured_list(&stream.slice(inner + 1..tree_end - 1), false, span, result)?;
                            result.push(tokens[tree_end - 1]);
                        }
                        _ => result.extend_from_slice(&tokens[inner..tree_end]),
                    }
                    inner = tree_end;
                }
            }
            start = end;
        }
        Ok(())
    }
}

/// How many angles a token opens, less those it closes.
fn angle(kind: TokenKind) -> i32 {
    match kind {
        TokenKind::Lt => 1,
        TokenKind::Shl => 2,
        TokenKind::Gt => -1,
        TokenKind::Shr => -2,
        _ => 0,
    }
}

/// Do these begin a `cfg` or `cfg_attr`?
fn is_cfg(open: &Token, name: &Token) -> bool {
    open.kind == TokenKind::Open(Delim::Bracket)
        && name.plain_name().map(Symbol::as_str).is_some_and(|name| name == "cfg" || name == "cfg_attr")
}

/// Where the outer attributes in front end.
fn behind_attrs(tokens: &[Token]) -> usize {
    let mut at = 0;
    loop {
        match tokens.get(at).map(|token| token.kind) {
            Some(TokenKind::DocComment(..)) => at += 1,
            Some(TokenKind::Pound) if tokens.get(at + 1).is_some_and(|t| t.kind == TokenKind::Open(Delim::Bracket)) => {
                at = TokenStream::end_of_tree(tokens, at + 1);
            }
            _ => return at,
        }
    }
}

fn new_stream(tokens: Vec<Token>, span: Span) -> Result<TokenStream> {
    TokenStream::new(tokens).ok_or_else(|| Doubt::new(span, TOKENS, "the item is nested too deeply"))
}
