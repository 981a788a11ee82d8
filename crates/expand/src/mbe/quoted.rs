//! Patterns and bodies of rules as trees in which `$` has its meaning. (rustc: `rustc_expand::mbe::quoted`.)

use syntax::doubt::{Doubt, Result};
use syntax::parser::FragmentKind;
use syntax::span::{Edition, Ident, Span, SyntaxContext};
use syntax::stream::TokenStream;
use syntax::symbol::{Symbol, kw};
use syntax::token::{Delim, Token, TokenKind};

use super::metavar_expr::{self, MetaVarExpr};
use super::{DEFINITION, Repeat, describe, is_crate};
use crate::hygiene::Hygiene;

/// How deeply a rule may be nested. What follows recurses over rules, which real programs nest less than a tenth as deep.
const MAX_NESTING: usize = 256;

/// A token, a group, or something that begins with `$`.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    /// A token.
    Token(Token),
    /// A group.
    Delimited { open: Token, close: Token, delim: Delim, trees: Vec<Tree> },
    /// `$(…) sep *`
    Sequence(Sequence),
    /// `$x`, in a body
    MetaVar(Span, Ident),
    /// `$x:kind`, in a pattern
    MetaVarDecl(MetaVarDecl),
    /// `${count($x)}`, in a body
    MetaVarExpr(Span, MetaVarExpr),
}

/// A repetition.
#[derive(Clone, Debug)]
pub(crate) struct Sequence {
    /// The parentheses.
    pub span: Span,
    /// What is repeated.
    pub trees: Vec<Tree>,
    /// What stands between.
    pub separator: Option<Token>,
    /// How often.
    pub repeat: Repeat,
    /// How many metavariables are declared inside.
    pub captures: usize,
}

/// The declaration of a metavariable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MetaVarDecl {
    /// All of `$x:kind`.
    pub span: Span,
    /// Its name.
    pub ident: Ident,
    /// What it matches.
    pub kind: FragmentKind,
    /// The same as it is written: `pat` and `expr` mean other kinds in old editions.
    pub word: Symbol,
}

impl Tree {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Tree::Token(token) => token.span,
            Tree::Delimited { open, close, .. } => open.span.to(close.span),
            Tree::Sequence(sequence) => sequence.span,
            Tree::MetaVar(span, _) | Tree::MetaVarExpr(span, _) => *span,
            Tree::MetaVarDecl(decl) => decl.span,
        }
    }
}

/// What a rule's trees are for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    /// What a call must look like.
    Pattern,
    /// What it becomes.
    Body,
}

/// The tree that begins at token `at` of a definition, which then is the first behind it.
pub(crate) fn parse_tree_at(
    stream: &TokenStream,
    at: &mut usize,
    part: Part,
    hygiene: &Hygiene,
    edition: Edition,
) -> Result<Tree> {
    let start = *at;
    let tokens = stream.tokens();
    *at = TokenStream::end_of_tree(tokens, start);
    let reader = Reader { part, hygiene, edition };
    let mut trees = reader.trees(&tokens[start..*at], 0)?;
    match (trees.pop(), trees.is_empty()) {
        (Some(tree), true) => Ok(tree),
        _ => Err(Doubt::new(tokens[start].span, DEFINITION, "expected a group in delimiters")),
    }
}

/// How many metavariables trees of a pattern declare.
pub(crate) fn count_captures(trees: &[Tree]) -> usize {
    let count = |tree: &Tree| match tree {
        Tree::MetaVarDecl(_) => 1,
        Tree::Sequence(sequence) => sequence.captures,
        Tree::Delimited { trees, .. } => count_captures(trees),
        Tree::Token(_) | Tree::MetaVar(..) | Tree::MetaVarExpr(..) => 0,
    };
    trees.iter().map(count).sum()
}

struct Reader<'a> {
    part: Part,
    hygiene: &'a Hygiene,
    edition: Edition,
}

impl Reader<'_> {
    fn trees(&self, tokens: &[Token], depth: usize) -> Result<Vec<Tree>> {
        if depth > MAX_NESTING {
            let message = format!("a macro's rule is nested more than {MAX_NESTING} levels deep");
            return Err(Doubt::new(tokens.first().map_or(Span::DUMMY, |token| token.span), DEFINITION, message));
        }
        let mut result = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let tree = self.tree(tokens, &mut at, depth)?;
            result.push(match (self.part, tree) {
                (Part::Pattern, Tree::MetaVar(span, ident)) => self.declaration(tokens, &mut at, span, ident)?,
                (_, tree) => tree,
            });
        }
        Ok(result)
    }

    /// `:kind` behind `$x`.
    fn declaration(&self, tokens: &[Token], at: &mut usize, start: Span, ident: Ident) -> Result<Tree> {
        let missing = |span: Span| {
            let message = format!("missing fragment specifier of `${}`", ident.name);
            Err(Doubt::new(span, DEFINITION, message))
        };
        let Some(colon) = tokens.get(*at).filter(|token| token.kind == TokenKind::Colon) else {
            return missing(start);
        };
        let Some(word) = tokens.get(*at + 1) else { return missing(Span { lo: start.lo, ..colon.span }) };
        let Some((fragment, _)) = word.ident() else { return missing(word.span) };
        *at += 2;
        let span = Span { lo: start.lo, ..word.span };
        let edition = match span.ctxt {
            SyntaxContext::ROOT => self.edition,
            _ => self.hygiene.editions().of(span),
        };
        let kind = match FragmentKind::of_name(fragment.name.as_str()) {
            Some(FragmentKind::Pat) if edition < Edition::E2021 => FragmentKind::PatParam,
            Some(FragmentKind::Expr) if edition < Edition::E2024 => FragmentKind::Expr2021,
            Some(kind) => kind,
            None => {
                return Err(Doubt::new(span, DEFINITION, format!("invalid fragment specifier `{}`", fragment.name)));
            }
        };
        Ok(Tree::MetaVarDecl(MetaVarDecl { span, ident, kind, word: fragment.name }))
    }

    fn tree(&self, tokens: &[Token], at: &mut usize, depth: usize) -> Result<Tree> {
        let token = tokens[*at];
        let end = TokenStream::end_of_tree(tokens, *at);
        let start = std::mem::replace(at, end);
        match token.kind {
            TokenKind::Dollar => self.behind_dollar(token.span, tokens, at, depth),
            TokenKind::Open(delim) => {
                let trees = self.trees(&tokens[start + 1..end - 1], depth + 1)?;
                Ok(Tree::Delimited { open: token, close: tokens[end - 1], delim, trees })
            }
            _ => Ok(Tree::Token(token)),
        }
    }

    fn behind_dollar(&self, dollar: Span, outer: &[Token], at: &mut usize, depth: usize) -> Result<Tree> {
        // A group that a procedural macro made invisible is looked into, for what follows the `$` and its operator.
        let mut inner_at = 0;
        let (tokens, at) = match outer.get(*at).map(|token| token.kind) {
            Some(TokenKind::Open(delim)) if delim.is_skipped() => {
                let end = TokenStream::end_of_tree(outer, *at);
                let inner = &outer[*at + 1..end - 1];
                *at = end;
                (inner, &mut inner_at)
            }
            _ => (outer, at),
        };
        let Some(&token) = tokens.get(*at) else {
            return Ok(Tree::Token(Token::new(TokenKind::Dollar, dollar)));
        };
        let start = *at;
        *at = TokenStream::end_of_tree(tokens, start);
        if let TokenKind::Open(delim) = token.kind {
            let span = token.span.to(tokens[*at - 1].span);
            let inner = &tokens[start + 1..*at - 1];
            return match (self.part, delim) {
                (_, Delim::Paren) => self.sequence(span, inner, tokens, at, depth),
                (Part::Body, Delim::Brace) => Ok(Tree::MetaVarExpr(span, metavar_expr::parse(inner, span)?)),
                (Part::Body, _) => self.unexpected(span, token, "expected `(` or `{` behind `$`"),
                (Part::Pattern, _) => self.unexpected(span, token, "expected `(` or a name behind `$`"),
            };
        }
        if let Some((ident, raw)) = token.ident() {
            let span = Span { lo: dollar.lo, ..ident.span };
            return Ok(match is_crate(ident.name, raw) {
                true => Tree::Token(Token::new(TokenKind::Ident(kw::DOLLAR_CRATE, false), span)),
                false => Tree::MetaVar(span, ident),
            });
        }
        match token.kind {
            TokenKind::Dollar if self.part == Part::Body => Ok(Tree::Token(Token::new(TokenKind::Dollar, token.span))),
            _ => self.unexpected(token.span, token, "expected a name behind `$`"),
        }
    }

    fn unexpected(&self, span: Span, token: Token, what: &str) -> Result<Tree> {
        Err(Doubt::new(span, DEFINITION, format!("{what}, found {}", describe(token.kind))))
    }

    fn sequence(&self, span: Span, inner: &[Token], tokens: &[Token], at: &mut usize, depth: usize) -> Result<Tree> {
        let trees = self.trees(inner, depth + 1)?;
        let next = |at: &mut usize| {
            let token = tokens.get(*at).copied()?;
            *at = TokenStream::end_of_tree(tokens, *at);
            match token.kind {
                TokenKind::Open(_) => None,
                _ => Some(token),
            }
        };
        let mut last = span;
        let mut separator = None;
        let repeat = loop {
            let Some(token) = next(at) else {
                return Err(Doubt::new(last, DEFINITION, "expected one of: `*`, `+`, or `?`"));
            };
            match (repeat_of(token.kind), separator) {
                (Some(Repeat::AtMostOnce), Some(_)) => {
                    let message = "the `?` macro repetition operator does not take a separator";
                    return Err(Doubt::new(token.span, DEFINITION, message));
                }
                (Some(repeat), _) => break repeat,
                (None, None) => separator = Some(token),
                (None, Some(_)) => {
                    return Err(Doubt::new(token.span, DEFINITION, "expected one of: `*`, `+`, or `?`"));
                }
            }
            last = token.span;
        };
        let captures = match self.part {
            Part::Pattern => count_captures(&trees),
            Part::Body => 0,
        };
        Ok(Tree::Sequence(Sequence { span, trees, separator, repeat, captures }))
    }
}

fn repeat_of(kind: TokenKind) -> Option<Repeat> {
    match kind {
        TokenKind::Star => Some(Repeat::Any),
        TokenKind::Plus => Some(Repeat::AtLeastOnce),
        TokenKind::Question => Some(Repeat::AtMostOnce),
        _ => None,
    }
}
