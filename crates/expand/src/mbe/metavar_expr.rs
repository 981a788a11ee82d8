//! `${count($x)}` and its like. (rustc: `rustc_expand::mbe::metavar_expr`.)

use syntax::doubt::{Doubt, Result};
use syntax::span::{Ident, Span};
use syntax::symbol::Symbol;
use syntax::token::{Delim, Lit, LitKind, Token, TokenKind};

use super::DEFINITION;

/// What stands between the braces.
#[derive(Clone, Debug)]
pub(crate) enum MetaVarExpr {
    /// `concat(a, $b)`: one identifier
    Concat(Vec<Element>),
    /// `count($x, depth)`: how often `$x` is repeated
    Count(Ident, usize),
    /// `ignore($x)`: nothing, but the repetition follows `$x`
    Ignore(Ident),
    /// `index(depth)`: which repetition this is
    Index(usize),
    /// `len(depth)`: how many repetitions there are
    Len(usize),
}

/// A part of `concat`.
#[derive(Clone, Debug)]
pub(crate) enum Element {
    /// A word or a string.
    Text(Symbol),
    /// `$x`
    Var(Ident),
}

impl MetaVarExpr {
    /// The metavariables it mentions.
    pub fn vars(&self) -> impl Iterator<Item = Ident> {
        let (elements, one) = match self {
            MetaVarExpr::Concat(elements) => (&elements[..], None),
            MetaVarExpr::Count(ident, _) | MetaVarExpr::Ignore(ident) => (&[][..], Some(*ident)),
            MetaVarExpr::Index(_) | MetaVarExpr::Len(_) => (&[][..], None),
        };
        let of_concat = elements.iter().filter_map(|element| match element {
            Element::Var(ident) => Some(*ident),
            Element::Text(_) => None,
        });
        of_concat.chain(one)
    }
}

/// Reads what stands between the braces.
pub(crate) fn parse(tokens: &[Token], span: Span) -> Result<MetaVarExpr> {
    let mut cursor = Cursor { tokens, at: 0, span };
    let name = cursor.ident()?;
    let args = match cursor.tokens.get(cursor.at) {
        Some(open) if open.kind == TokenKind::Open(Delim::Paren) => {
            let end = cursor.at + open.pair as usize;
            let args = &tokens[cursor.at + 1..end];
            cursor.at = end + 1;
            args
        }
        _ => return cursor.fail(name.span, "expected `(` behind the name of a metavariable expression"),
    };
    cursor.end()?;
    let mut args = Cursor { tokens: args, at: 0, span };
    let result = match name.name.as_str() {
        "concat" => args.concat(name.span)?,
        "count" => {
            let ident = args.var()?;
            let depth = match args.eat(TokenKind::Comma) {
                true if args.at == args.tokens.len() => {
                    return args.fail(name.span, "`count` followed by a comma must have a depth behind it");
                }
                true => args.depth()?,
                false => 0,
            };
            MetaVarExpr::Count(ident, depth)
        }
        "ignore" => MetaVarExpr::Ignore(args.var()?),
        "index" => MetaVarExpr::Index(args.depth()?),
        "len" => MetaVarExpr::Len(args.depth()?),
        _ => return args.fail(name.span, "unrecognized metavariable expression"),
    };
    args.end()?;
    Ok(result)
}

struct Cursor<'a> {
    tokens: &'a [Token],
    at: usize,
    span: Span,
}

impl Cursor<'_> {
    fn fail<T>(&self, span: Span, message: &str) -> Result<T> {
        Err(Doubt::new(span, DEFINITION, message))
    }

    fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|token| token.kind == kind);
        self.at += usize::from(found);
        found
    }

    fn end(&self) -> Result<()> {
        match self.tokens.get(self.at) {
            None => Ok(()),
            Some(token) => self.fail(token.span, "unexpected trailing tokens in a metavariable expression"),
        }
    }

    fn next(&mut self) -> Result<Token> {
        let Some(token) = self.tokens.get(self.at).copied() else {
            return self.fail(self.span, "expected identifier or string literal");
        };
        if let TokenKind::Open(_) = token.kind {
            return self.fail(token.span, "expected identifier or string literal");
        }
        self.at += 1;
        Ok(token)
    }

    fn ident(&mut self) -> Result<Ident> {
        let token = self.next()?;
        match token.ident() {
            Some((ident, false)) => Ok(ident),
            Some((_, true)) => self.fail(token.span, "raw identifiers are not supported in metavariable expressions"),
            None => self.fail(token.span, "expected identifier"),
        }
    }

    fn var(&mut self) -> Result<Ident> {
        match self.eat(TokenKind::Dollar) {
            true => self.ident(),
            false => self.fail(self.span, "metavariables within metavariable expressions need a dollar sign"),
        }
    }

    fn depth(&mut self) -> Result<usize> {
        if self.at == self.tokens.len() {
            return Ok(0);
        }
        let token = self.next()?;
        let TokenKind::Literal(lit) = token.kind else {
            return self.fail(token.span, "the depth of a metavariable expression must be a literal");
        };
        match integer(lit) {
            Some(depth) => Ok(depth),
            None => self.fail(token.span, "only integer literals without suffix are supported as depths"),
        }
    }

    fn concat(&mut self, name: Span) -> Result<MetaVarExpr> {
        let mut elements = Vec::new();
        loop {
            elements.push(if self.eat(TokenKind::Dollar) {
                Element::Var(self.ident()?)
            } else {
                match self.tokens.get(self.at).map(|token| token.kind) {
                    Some(TokenKind::Literal(Lit { kind: LitKind::Str, symbol, suffix: None })) => {
                        self.at += 1;
                        Element::Text(symbol)
                    }
                    _ => Element::Text(self.ident()?.name),
                }
            });
            if self.at == self.tokens.len() {
                break;
            }
            if !self.eat(TokenKind::Comma) {
                return self.fail(self.span, "expected comma");
            }
        }
        match elements.len() {
            0 | 1 => self.fail(name, "`concat` must have at least two elements"),
            _ => Ok(MetaVarExpr::Concat(elements)),
        }
    }
}

fn integer(lit: Lit) -> Option<usize> {
    if lit.kind != LitKind::Integer || lit.suffix.is_some() {
        return None;
    }
    let text = lit.symbol.as_str().replace('_', "");
    let (digits, radix) = match text.get(..2) {
        Some("0x") => (&text[2..], 16),
        Some("0o") => (&text[2..], 8),
        Some("0b") => (&text[2..], 2),
        _ => (&text[..], 10),
    };
    usize::from_str_radix(digits, radix).ok()
}
