//! Tokens into syntax trees, without recovery. (rustc: `rustc_parse::parser`.)
//!
//! Recursive descent over a token stream. The decisions are rustc's, one by one, as are the spans of what is made; where
//! rustc reports an error and goes on, this stops with a [`Doubt`]. Macros' captured fragments are invisible groups in
//! the stream and are read as what they were captured as.
//!
//! What has been read is a range of tokens, so [`Parser::tokens_since`] gives a fragment's tokens to whoever needs them:
//! macro_rules for `$x:expr`, procedural macros for an item.

mod attr;
mod bound;
mod expr;
mod expr_ctrl;
mod fns;
mod fragment;
mod generics;
mod item;
mod item_kinds;
mod pat;
mod path;
mod stmt;
#[cfg(test)]
mod tests;
mod ty;

pub use fragment::{Fragment, FragmentKind};

use crate::ast::*;
use crate::doubt::{Doubt, Result};
use crate::span::{Edition, Editions, Ident, Span};
use crate::stack::{MAX_DEPTH, SEGMENT, on_new_stack};
use crate::stream::TokenStream;
use crate::symbol::{Symbol, kw};
use crate::token::{Delim, LitKind, MetaVar, Origin, Token, TokenKind};

/// What an expression may not be or may be where it stands. (rustc: `Restrictions`.)
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Restrictions(u8);

impl Restrictions {
    const NONE: Restrictions = Restrictions(0);
    /// A statement: `if a {} - 1` are two.
    const STMT: Restrictions = Restrictions(1);
    /// A condition: `S {` is no struct expression.
    const NO_STRUCT: Restrictions = Restrictions(2);
    /// A generic argument: `>` ends it.
    const CONST: Restrictions = Restrictions(4);
    /// `let p = a` is allowed.
    const LET: Restrictions = Restrictions(8);

    fn has(self, other: Restrictions) -> bool {
        self.0 & other.0 != 0
    }

    fn and(self, other: Restrictions) -> Restrictions {
        Restrictions(self.0 | other.0)
    }

    fn only(self, other: Restrictions) -> Restrictions {
        Restrictions(self.0 & other.0)
    }

    fn without(self, other: Restrictions) -> Restrictions {
        Restrictions(self.0 & !other.0)
    }
}

/// Which arguments a path's segments may have. (rustc: `PathStyle`.)
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum PathStyle {
    /// `a::<T>`: `<` alone would be an operator.
    Expr,
    /// The same in a pattern.
    Pat,
    /// `a<T>`, `a::<T>`, `Fn(A) -> B`
    Type,
    /// None: of modules, macros, attributes.
    Mod,
}

/// May `A + B` follow?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum AllowPlus {
    Yes,
    No,
}

/// May a type follow the visibility, so that `pub (A)` is a field?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum FollowedByType {
    Yes,
    No,
}

/// A place in the tokens.
#[derive(Clone, Copy, Debug)]
pub struct Position {
    at: usize,
    /// How many pieces of the token there are read already: `>` of `>>`.
    pieces: usize,
}

impl Position {
    /// How many of the stream's tokens are in front of it.
    pub fn token_index(self) -> usize {
        self.at
    }
}

/// A parser over a stream of tokens.
pub struct Parser<'a> {
    ast: &'a mut Ast,
    editions: &'a Editions,
    stream: &'a TokenStream,
    tokens: &'a [Token],
    /// The number of the current token.
    at: usize,
    /// The current token, perhaps only the rest of it.
    token: Token,
    /// The one before.
    prev: Token,
    /// The pieces of the current token that are read.
    pieces: Vec<Token>,
    restrictions: Restrictions,
    /// How many levels of the tree are above.
    depth: u32,
    /// How many levels are below, in what was read since this level began.
    height: u32,
    /// Bodies of functions that this position is not in are gone over, if there is one.
    only: Option<u32>,
}

impl<'a> Parser<'a> {
    /// From here on, bodies of functions that a position is not in are not read: the functions have none.
    pub fn leave_out_bodies_but_at(&mut self, position: u32) {
        self.only = Some(position);
    }

    /// A parser that adds to `ast`. `end` is where the text ends, for what is missing there.
    pub fn new(ast: &'a mut Ast, editions: &'a Editions, stream: &'a TokenStream, end: Span) -> Parser<'a> {
        let token = Token::new(TokenKind::Eof, end);
        let tokens = stream.tokens();
        let mut parser = Parser {
            ast,
            editions,
            stream,
            tokens,
            at: 0,
            token,
            prev: token,
            pieces: Vec::new(),
            restrictions: Restrictions::NONE,
            depth: 0,
            height: 0,
            only: None,
        };
        parser.at = parser.visible(0);
        if let Some(first) = parser.tokens.get(parser.at) {
            parser.token = *first;
        }
        parser
    }

    /// The tree that is added to.
    pub fn ast(&mut self) -> &mut Ast {
        self.ast
    }

    /// Where the parser stands.
    pub fn position(&self) -> Position {
        Position { at: self.at, pieces: self.pieces.len() }
    }

    /// The current token.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Is everything read?
    pub fn is_at_end(&self) -> bool {
        self.token.kind == TokenKind::Eof
    }

    /// What was read since then. A token of which only a part was read is represented by that part.
    pub fn tokens_since(&self, start: Position) -> Vec<Token> {
        let mut tokens: Vec<Token> = self.tokens[start.at..self.at].to_vec();
        if start.at == self.at {
            tokens.extend(self.pieces[start.pieces..].iter().copied().reduce(joined));
            return tokens;
        }
        if start.pieces > 0
            && let Some(first) = tokens.first_mut()
        {
            for _ in 0..start.pieces {
                if let Some((_, rest)) = first.kind.split_first() {
                    first.kind = rest;
                    first.span.lo += 1;
                }
            }
        }
        tokens.extend(self.pieces.iter().copied().reduce(joined));
        tokens
    }

    /// The number of the first token from `at` on that the parser sees.
    #[inline]
    fn visible(&self, mut at: usize) -> usize {
        while let Some(token) = self.tokens.get(at) {
            match token.kind {
                TokenKind::Open(delim) | TokenKind::Close(delim) if delim.is_skipped() => at += 1,
                _ => break,
            }
        }
        at
    }

    /// Goes to the next token.
    #[inline]
    pub fn bump(&mut self) {
        self.go_to(self.at + 1);
    }

    fn go_to(&mut self, at: usize) {
        self.at = self.visible(at.min(self.tokens.len()));
        let next = match self.tokens.get(self.at) {
            Some(token) => *token,
            None => Token::new(TokenKind::Eof, self.token.span),
        };
        self.prev = std::mem::replace(&mut self.token, next);
        if !self.pieces.is_empty() {
            self.pieces.clear();
        }
    }

    /// Takes `first` off the current token, so that `rest` is current.
    fn split(&mut self, first: Token, rest: Token) {
        self.pieces.push(first);
        self.prev = first;
        self.token = rest;
    }

    /// The token `distance` further; 0 is the current one.
    #[inline]
    pub fn ahead(&self, distance: usize) -> Token {
        if distance == 0 {
            return self.token;
        }
        let mut at = self.at;
        for _ in 0..distance {
            at = self.visible(at + 1);
        }
        match self.tokens.get(at) {
            Some(token) => *token,
            None => Token::new(TokenKind::Eof, self.token.span),
        }
    }

    /// The first token of the tree `distance` trees further, unless the group ends before.
    fn tree_ahead(&self, distance: usize) -> Option<Token> {
        let mut at = self.at + 1;
        for _ in 1..distance {
            match self.tokens.get(at)?.kind {
                TokenKind::Close(_) => return None,
                _ => at = TokenStream::end_of_tree(self.tokens, at),
            }
        }
        self.tokens.get(at).copied().filter(|token| !matches!(token.kind, TokenKind::Close(_)))
    }

    fn edition_of(&self, span: Span) -> Edition {
        self.editions.of(span)
    }

    /// The edition that decides what the current token is.
    fn edition(&self) -> Edition {
        let span = match self.token.kind {
            TokenKind::NtIdent(ident, _) | TokenKind::NtLifetime(ident, _) => ident.span,
            TokenKind::Open(Delim::Invisible(Origin::MetaVar(_))) => self.ahead(1).span,
            _ => self.token.span,
        };
        self.editions.of(span)
    }

    /// The place of the token just read, in the text that it comes from.
    fn prev_own_span(&self) -> Span {
        match self.prev.kind {
            TokenKind::NtIdent(ident, _) | TokenKind::NtLifetime(ident, _) => ident.span,
            _ => self.prev.span,
        }
    }

    #[inline]
    fn is(&self, kind: TokenKind) -> bool {
        self.token.kind.is(kind)
    }

    fn is_open(&self, delim: Delim) -> bool {
        matches!(self.token.kind, TokenKind::Open(found) if found == delim)
    }

    fn is_close(&self, delim: Delim) -> bool {
        matches!(self.token.kind, TokenKind::Close(found) if found == delim)
    }

    #[inline]
    fn is_keyword(&self, keyword: Symbol) -> bool {
        self.token.is_keyword(keyword)
    }

    fn is_keyword_ahead(&self, distance: usize, keywords: &[Symbol]) -> bool {
        self.ahead(distance).plain_name().is_some_and(|name| keywords.contains(&name))
    }

    fn is_path_start(&self) -> bool {
        self.token.is_path_start(self.editions)
    }

    #[inline]
    fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.token.kind.is(kind);
        if found {
            self.bump();
        }
        found
    }

    #[inline]
    fn eat_keyword(&mut self, keyword: Symbol) -> bool {
        let found = self.token.is_keyword(keyword);
        if found {
            self.bump();
        }
        found
    }

    /// Eats a token, or the first character of a longer one: `>` of `>>`.
    fn eat_first(&mut self, kind: TokenKind) -> bool {
        if self.eat(kind) {
            return true;
        }
        match self.token.kind.split_first() {
            Some((first, rest)) if first == kind => {
                let span = self.token.span;
                // A token that a macro made may have a span of any length.
                let middle = (span.lo + 1).min(span.hi);
                let first = Token { kind: first, span: Span { hi: middle, ..span }, ..self.token };
                let rest = Token { kind: rest, span: Span { lo: middle, ..span }, ..self.token };
                self.split(first, rest);
                true
            }
            _ => false,
        }
    }

    /// A doubt: something else was expected here.
    #[cold]
    fn expected<T>(&self, construct: &'static str, what: &str) -> Result<T> {
        let found = describe(&self.token, self.editions);
        Err(Doubt::new(self.token.span, construct, format!("expected {what}, found {found}")))
    }

    fn doubt<T>(&self, span: Span, construct: &'static str, message: impl Into<String>) -> Result<T> {
        Err(Doubt::new(span, construct, message))
    }

    #[inline]
    fn expect(&mut self, kind: TokenKind, construct: &'static str) -> Result<()> {
        if self.eat(kind) { Ok(()) } else { self.expected_kind(kind, construct) }
    }

    #[cold]
    fn expected_kind(&self, kind: TokenKind, construct: &'static str) -> Result<()> {
        match kind {
            TokenKind::Eof => self.expected(construct, "end of input"),
            _ => self.expected(construct, &format!("`{kind}`")),
        }
    }

    fn expect_keyword(&mut self, keyword: Symbol, construct: &'static str) -> Result<()> {
        match self.eat_keyword(keyword) {
            true => Ok(()),
            false => self.expected(construct, &format!("`{keyword}`")),
        }
    }

    fn expect_semi(&mut self, construct: &'static str) -> Result<()> {
        self.expect(TokenKind::Semi, construct)
    }

    fn expect_lt(&mut self, construct: &'static str) -> Result<()> {
        match self.eat_first(TokenKind::Lt) {
            true => Ok(()),
            false => self.expected(construct, "`<`"),
        }
    }

    fn expect_gt(&mut self, construct: &'static str) -> Result<()> {
        match self.eat_first(TokenKind::Gt) {
            true => Ok(()),
            false => self.expected(construct, "`>`"),
        }
    }

    fn eat_plus(&mut self) -> bool {
        self.eat_first(TokenKind::Plus)
    }

    /// Reads what a macro captured, if it is something that `kind` accepts.
    #[inline]
    fn eat_metavar<T: Send>(
        &mut self,
        kind: impl std::ops::Fn(MetaVar) -> bool,
        read: impl FnOnce(&mut Self) -> Result<T> + Send,
    ) -> Result<Option<T>> {
        let Some(found) = self.token.metavar().filter(|&found| kind(found)) else { return Ok(None) };
        self.bump();
        let result = self.nested(read)?;
        match self.eat(TokenKind::Close(Delim::Invisible(Origin::MetaVar(found)))) {
            true => Ok(Some(result)),
            false => self.expected("macro fragment", "the end of what the metavariable holds"),
        }
    }

    /// Reads one level of the tree.
    fn nested<T: Send>(&mut self, read: impl FnOnce(&mut Self) -> Result<T> + Send) -> Result<T> {
        if self.depth + self.height >= MAX_DEPTH {
            return self.too_deep();
        }
        self.depth += 1;
        let outer = std::mem::take(&mut self.height);
        let result = if self.depth.is_multiple_of(SEGMENT) {
            on_new_stack(|| read(self)).unwrap_or_else(|| self.too_deep())
        } else {
            read(self)
        };
        self.depth -= 1;
        self.height = outer.max(self.height + 1);
        result
    }

    /// What was read last becomes the first part of something larger.
    #[inline]
    fn wrap(&mut self) -> Result<()> {
        self.height += 1;
        if self.depth + self.height > MAX_DEPTH { self.too_deep() } else { Ok(()) }
    }

    #[cold]
    fn too_deep<T>(&self) -> Result<T> {
        self.doubt(self.token.span, "nested syntax", format!("nested more than {MAX_DEPTH} levels deep"))
    }

    fn with<T>(&mut self, restrictions: Restrictions, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.restrictions, restrictions);
        let result = read(self);
        self.restrictions = outer;
        result
    }

    /// Reads elements with commas between and perhaps behind them, up to where `ends` says.
    ///
    /// The second result: was there a comma behind the last?
    fn comma_list<T>(
        &mut self,
        construct: &'static str,
        ends: impl std::ops::Fn(&Self) -> bool,
        mut read: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<(Vec<T>, bool)> {
        let mut elements = Vec::new();
        let mut trailing = false;
        while !ends(self) && !self.token.kind.is_close_or_eof() {
            if !elements.is_empty() && !trailing {
                return self.expected(construct, "`,`");
            }
            elements.push(read(self)?);
            trailing = self.eat(TokenKind::Comma);
        }
        Ok((elements, trailing))
    }

    /// The same in delimiters.
    fn delimited_list<T>(
        &mut self,
        delim: Delim,
        construct: &'static str,
        read: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<(Vec<T>, bool)> {
        self.expect(TokenKind::Open(delim), construct)?;
        let list = self.comma_list(construct, |p| p.is_close(delim), read)?;
        self.expect(TokenKind::Close(delim), construct)?;
        Ok(list)
    }

    fn is_at_free_ident(&self) -> bool {
        self.token.is_free_ident(self.editions)
    }

    fn is_keyword_before_free_ident(&self, keyword: Symbol) -> bool {
        self.is_keyword(keyword) && self.ahead(1).is_free_ident(self.editions)
    }

    /// An identifier that is no keyword.
    fn ident(&mut self, construct: &'static str) -> Result<Ident> {
        match self.token.ident() {
            Some((ident, raw)) if raw || !ident.is_reserved(self.editions) => {
                self.bump();
                Ok(ident)
            }
            _ => self.expected(construct, "identifier"),
        }
    }

    fn ident_or_underscore(&mut self, construct: &'static str) -> Result<Ident> {
        match self.token.ident() {
            Some((ident, false)) if ident.name == kw::UNDERSCORE => {
                self.bump();
                Ok(ident)
            }
            _ => self.ident(construct),
        }
    }

    /// The name or number of a field.
    fn field_name(&mut self, construct: &'static str) -> Result<Ident> {
        match self.token.kind {
            TokenKind::Literal(lit) if lit.kind == LitKind::Integer => {
                if lit.suffix.is_some() {
                    return self.doubt(self.token.span, construct, "the number of a field has no suffix");
                }
                self.bump();
                Ok(Ident::new(lit.symbol, self.prev.span))
            }
            _ => self.ident(construct),
        }
    }

    fn lifetime(&mut self, construct: &'static str) -> Result<Lifetime> {
        let Some((ident, raw)) = self.token.lifetime() else { return self.expected(construct, "lifetime") };
        if !raw && ident.was_raw_lifetime(self.editions) {
            return self.doubt(ident.span, construct, "lifetimes cannot have the names of keywords");
        }
        self.bump();
        Ok(ident)
    }

    fn mutability(&mut self) -> Mutability {
        if self.eat_keyword(kw::MUT) { Mutability::Mut } else { Mutability::Not }
    }

    fn const_or_mut(&mut self) -> Option<Mutability> {
        if self.eat_keyword(kw::MUT) {
            Some(Mutability::Mut)
        } else if self.eat_keyword(kw::CONST) {
            Some(Mutability::Not)
        } else {
            None
        }
    }

    /// `mut`, or `pin mut`, `pin const`.
    fn pin_and_mut(&mut self) -> (Pinnedness, Mutability) {
        if self.token.is_ident_named(kw::PIN) && self.ahead(1).is_mutability() {
            self.bump();
            let mutability = self.const_or_mut().unwrap_or(Mutability::Not);
            return (Pinnedness::Pinned, mutability);
        }
        (Pinnedness::Not, self.mutability())
    }

    fn coroutine(&mut self) -> Option<Coroutine> {
        let edition = self.edition();
        if self.eat_keyword(kw::ASYNC) {
            let span = self.prev_own_span();
            if self.edition() >= Edition::E2024 && self.eat_keyword(kw::GEN) {
                return Some(Coroutine::AsyncGen(span.to(self.prev_own_span())));
            }
            return Some(Coroutine::Async(span));
        }
        (edition >= Edition::E2024 && self.eat_keyword(kw::GEN)).then(|| Coroutine::Gen(self.prev_own_span()))
    }

    fn safety(&mut self) -> Safety {
        if self.eat_keyword(kw::UNSAFE) {
            Safety::Unsafe(self.prev_own_span())
        } else if self.eat_keyword(kw::SAFE) {
            Safety::Safe(self.prev_own_span())
        } else {
            Safety::Default
        }
    }

    /// Does a const closure begin here?
    fn is_const_closure(&self) -> bool {
        if !self.is_keyword(kw::CONST) {
            return false;
        }
        match self.ahead(1).kind {
            TokenKind::Ident(name, false) => matches!(name, kw::MOVE | kw::USE | kw::STATIC),
            kind => matches!(kind, TokenKind::OrOr | TokenKind::Or),
        }
    }

    /// Does `const { … }` begin `distance` further?
    fn is_const_block(&self, distance: usize) -> bool {
        self.is_keyword_ahead(distance, &[kw::CONST]) && {
            let next = self.ahead(distance + 1);
            next.kind == TokenKind::Open(Delim::Brace) || next.is_metavar_block()
        }
    }

    fn constness_of(&mut self, closure: bool) -> Constness {
        if self.is_keyword(kw::CONST) && self.is_const_closure() == closure && !self.is_const_block(0) {
            self.bump();
            return Constness::Yes(self.prev_own_span());
        }
        Constness::No
    }

    fn constness(&mut self) -> Constness {
        self.constness_of(false)
    }

    fn delim_args(&mut self, construct: &'static str) -> Result<DelimArgs> {
        match self.opt_delim_args() {
            Some(args) => Ok(args),
            None => self.expected(construct, "`(`, `[` or `{`"),
        }
    }

    fn opt_delim_args(&mut self) -> Option<DelimArgs> {
        let TokenKind::Open(delim @ (Delim::Paren | Delim::Bracket | Delim::Brace)) = self.token.kind else {
            return None;
        };
        let open = self.token;
        let start = self.at;
        let end = start + open.pair as usize;
        let close = self.tokens[end].span;
        let tokens = self.stream.slice(start + 1..end);
        self.skip_tree();
        Some(DelimArgs { open: open.span, close, delim, tokens })
    }

    /// Goes over a token or a group.
    fn skip_tree(&mut self) {
        let end = TokenStream::end_of_tree(self.tokens, self.at);
        // The token before is the group's last, whose place is asked for.
        self.token = self.tokens[end - 1];
        self.go_to(end);
    }

    fn visibility(&mut self, followed_by_type: FollowedByType) -> Result<Visibility> {
        if let Some(vis) = self.eat_metavar(|kind| kind == MetaVar::Vis, |p| p.visibility(FollowedByType::Yes))? {
            return Ok(vis);
        }
        if !self.eat_keyword(kw::PUB) {
            return Ok(Visibility { kind: VisibilityKind::Inherited, span: self.token.span.before() });
        }
        let lo = self.prev.span;
        if self.is_open(Delim::Paren) {
            let shorthand = if self.is_keyword_ahead(1, &[kw::IN]) {
                self.bump();
                Some(false)
            } else if self.ahead(2).kind == TokenKind::Close(Delim::Paren)
                && self.is_keyword_ahead(1, &[kw::CRATE, kw::SUPER, kw::SELF])
            {
                Some(true)
            } else if followed_by_type == FollowedByType::No {
                return self.doubt(self.token.span, "visibility", "this is no place where something may be visible");
            } else {
                None
            };
            if let Some(shorthand) = shorthand {
                self.bump();
                let path = self.path(PathStyle::Mod)?;
                self.expect(TokenKind::Close(Delim::Paren), "visibility")?;
                let path = self.ast.add(path);
                let kind = VisibilityKind::Restricted { path, shorthand };
                return Ok(Visibility { kind, span: lo.to(self.prev.span) });
            }
        }
        Ok(Visibility { kind: VisibilityKind::Public, span: lo })
    }

    /// The string behind `extern`.
    fn abi(&mut self) -> Result<Option<(crate::token::Lit, Span)>> {
        let span = self.token.span;
        let Some(lit) = self.opt_lit()? else { return Ok(None) };
        if !matches!(lit.kind, LitKind::Str | LitKind::StrRaw(_)) || lit.suffix.is_some() {
            return self.doubt(span, "ABI", "the name of an ABI is a string");
        }
        Ok(Some((lit, span)))
    }

    fn extern_(&mut self) -> Result<Extern> {
        if !self.eat_keyword(kw::EXTERN) {
            return Ok(Extern::None);
        }
        let span = self.prev.span;
        Ok(match self.abi()? {
            Some((lit, at)) => Extern::Explicit(lit, at, span.to(at)),
            None => Extern::Implicit(span),
        })
    }

    fn is_import_coupler(&self) -> bool {
        self.is(TokenKind::PathSep) && matches!(self.ahead(1).kind, TokenKind::Open(Delim::Brace) | TokenKind::Star)
    }

    fn is_builtin(&self) -> bool {
        self.is_keyword(kw::BUILTIN) && self.ahead(1).kind == TokenKind::Pound
    }

    /// `builtin # name(…)`: the name; what is in parentheses is to be read.
    fn builtin_start(&mut self) -> Result<Ident> {
        self.bump();
        self.bump();
        let Some((ident, false)) = self.token.ident() else { return self.expected("builtin", "name of a builtin") };
        self.bump();
        self.expect(TokenKind::Open(Delim::Paren), "builtin")?;
        Ok(ident)
    }

    fn builtin_end(&mut self) -> Result<()> {
        self.expect(TokenKind::Close(Delim::Paren), "builtin")
    }

    /// A whole file.
    pub fn parse_file(&mut self) -> Result<File> {
        let (attrs, items, span) = self.module_contents(TokenKind::Eof)?;
        let attrs = self.ast.add_list(attrs);
        Ok(File { attrs, items, span })
    }
}

/// Two pieces of a token that are read together: `>>` of `>>=`.
fn joined(first: Token, second: Token) -> Token {
    match first.kind.glue(second.kind) {
        Some(kind) => Token { kind, span: first.span.to(second.span), ..second },
        // What one token is split into can be joined.
        None => second,
    }
}

/// A token in words.
fn describe(token: &Token, editions: &Editions) -> String {
    if let Some(kind) = token.metavar() {
        return format!("`{}` metavariable", FragmentKind::of_metavar(kind));
    }
    let text = token.kind;
    match token.kind {
        TokenKind::Eof => "end of input".to_owned(),
        TokenKind::Open(Delim::Invisible(_)) | TokenKind::Close(Delim::Invisible(_)) => {
            "end of a macro fragment".to_owned()
        }
        TokenKind::DocComment(..) => format!("doc comment `{text}`"),
        TokenKind::NtIdent(..) => format!("identifier `{text}`"),
        TokenKind::NtLifetime(..) => format!("lifetime `{text}`"),
        TokenKind::Ident(name, false) if name.is_special() => format!("reserved identifier `{text}`"),
        TokenKind::Ident(..) if token.is_reserved(editions) => format!("keyword `{text}`"),
        _ => format!("`{text}`"),
    }
}
