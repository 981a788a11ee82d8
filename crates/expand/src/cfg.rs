//! Conditional compilation. (rustc: `rustc_attr_parsing::attributes::cfg`, `rustc_expand::config`.)
//!
//! Here are the options, what a predicate says of them, and what `cfg` and `cfg_attr` make of a list of attributes.
//! `crate::items` and `crate::walk` apply this to a tree.

use std::borrow::Cow;

use rustc_hash::FxHashSet;
use rustc_literal_escaper::unescape_str;
use syntax::ast::{Ast, Attr, AttrArgs, AttrItem, AttrKind, List, Path, PathSegment, Safety};
use syntax::doubt::{Doubt, Result};
use syntax::parser::{Fragment, FragmentKind, Parser};
use syntax::span::{Editions, Ident, Span};
use syntax::stream::TokenStream;
use syntax::symbol::{Symbol, kw};
use syntax::token::{Delim, LitKind, Token, TokenKind};

const PREDICATE: &str = "`cfg` predicate";
const CFG_ATTR: &str = "`cfg_attr` attribute";

/// How deeply predicates, and `cfg_attr` in `cfg_attr`, may be nested.
const MAX_NESTING: usize = 256;

/// What a program is compiled with: `--cfg name`, `--cfg name="value"`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    set: FxHashSet<(Symbol, Option<Symbol>)>,
}

impl Options {
    /// Sets an option.
    pub fn insert(&mut self, name: &str, value: Option<&str>) {
        self.set.insert((Symbol::intern(name), value.map(Symbol::intern)));
    }

    /// Is it set?
    pub fn contains(&self, name: Symbol, value: Option<Symbol>) -> bool {
        self.set.contains(&(name, value))
    }

    /// Sets what `rustc --print cfg` says: one option a line.
    pub fn insert_printed(&mut self, text: &str) {
        for line in text.lines().filter(|line| !line.is_empty()) {
            match line.split_once('=') {
                Some((name, value)) => self.insert(name, Some(value.trim_matches('"'))),
                None => self.insert(line, None),
            }
        }
    }

    /// Is a predicate true? `tokens` are what stands between the parentheses of `cfg(…)` or `cfg!(…)`.
    pub fn eval(&self, tokens: &TokenStream, span: Span) -> Result<bool> {
        // A captured fragment is what it holds.
        let visible: Vec<Token> = tokens.tokens().iter().copied().filter(|token| !is_invisible(token)).collect();
        let stream = TokenStream::new(visible).unwrap_or_default();
        let mut reader = Reader { tokens: stream.tokens(), at: 0, options: self, span };
        let value = reader.predicate(0)?;
        if reader.at < reader.tokens.len() && !reader.eat(TokenKind::Comma) {
            return reader.fail("expected `,` or the end behind a `cfg` predicate");
        }
        match reader.at == reader.tokens.len() {
            true => Ok(value),
            false => reader.fail("multiple `cfg` predicates are specified"),
        }
    }

    /// What `cfg` and `cfg_attr` make of attributes; nothing if what they belong to is removed.
    ///
    /// Each leaves a trace of itself, an attribute whose name nobody can write: printing, as rustc's, shows where one was.
    pub fn attrs(&self, ast: &mut Ast, attrs: List<Attr>, editions: &Editions) -> Result<Option<List<Attr>>> {
        let (attrs, is_kept) = self.attrs_in_front(ast, attrs, editions)?;
        Ok(is_kept.then_some(attrs))
    }

    /// The same, with the attributes in front of the `cfg` that removes: a crate without items keeps these.
    pub fn attrs_in_front(&self, ast: &mut Ast, attrs: List<Attr>, editions: &Editions) -> Result<(List<Attr>, bool)> {
        if !ast[attrs].iter().any(|attr| is_named(ast, attr, "cfg") || is_named(ast, attr, "cfg_attr")) {
            return Ok((attrs, true));
        }
        let mut result = Vec::new();
        let attrs = ast[attrs].to_vec();
        for attr in attrs {
            self.attr(ast, attr, editions, 0, &mut result)?;
        }
        let mut kept = Vec::with_capacity(result.len());
        for attr in result {
            if is_named(ast, &attr, "cfg") {
                if !self.is_kept(&attr)? {
                    return Ok((ast.add_list(kept), false));
                }
                kept.push(trace(ast, &attr, kw::CFG_TRACE));
            } else {
                kept.push(attr);
            }
        }
        Ok((ast.add_list(kept), true))
    }

    fn is_kept(&self, attr: &Attr) -> Result<bool> {
        let args = match &attr.kind {
            AttrKind::Normal(AttrItem { args: AttrArgs::Delimited(args), .. }) if args.delim == Delim::Paren => args,
            _ => return Err(Doubt::new(attr.span, PREDICATE, "`cfg` is not followed by parentheses")),
        };
        match args.tokens.is_empty() {
            true => Err(Doubt::new(attr.span, PREDICATE, "`cfg` predicate is not specified")),
            false => self.eval(&args.tokens, attr.span),
        }
    }

    /// Adds an attribute, or what a `cfg_attr` stands for.
    fn attr(&self, ast: &mut Ast, attr: Attr, editions: &Editions, depth: usize, result: &mut Vec<Attr>) -> Result<()> {
        if !is_named(ast, &attr, "cfg_attr") {
            result.push(attr);
            return Ok(());
        }
        let fail = |message: &str| Err(Doubt::new(attr.span, CFG_ATTR, message));
        if depth > MAX_NESTING {
            return fail("`cfg_attr` is nested too deeply");
        }
        let args = match &attr.kind {
            AttrKind::Normal(AttrItem { args: AttrArgs::Delimited(args), .. }) => args,
            _ => return fail("malformed `cfg_attr` attribute input"),
        };
        if args.delim != Delim::Paren || args.tokens.is_empty() {
            return fail("malformed `cfg_attr` attribute input");
        }
        let tokens = args.tokens.tokens();
        let mut comma = 0;
        while comma < tokens.len() && tokens[comma].kind != TokenKind::Comma {
            comma = TokenStream::end_of_tree(tokens, comma);
        }
        if comma == tokens.len() {
            return fail("expected `,` behind the predicate of `cfg_attr`");
        }
        result.push(trace(ast, &attr, kw::CFG_ATTR_TRACE));
        let holds = self.eval(&args.tokens.slice(0..comma), attr.span)?;
        let rest = args.tokens.slice(comma + 1..tokens.len());
        let mut parser = Parser::new(ast, editions, &rest, args.close);
        let mut items = Vec::new();
        while !parser.is_at_end() {
            let lo = parser.token().span;
            let start = parser.position();
            let Fragment::Meta(item) = parser.parse_fragment(FragmentKind::Meta)? else { break };
            let hi = parser.tokens_since(start).last().map_or(lo, |token| token.span);
            items.push((item, lo.to(hi)));
            if !parser.is_at_end() {
                match parser.token().kind {
                    TokenKind::Comma => parser.bump(),
                    _ => return fail("expected `,` between the attributes of `cfg_attr`"),
                }
            }
        }
        if holds {
            for (item, span) in items {
                let attr = Attr { kind: AttrKind::Normal(item), style: attr.style, span };
                self.attr(ast, attr, editions, depth + 1, result)?;
            }
        }
        Ok(())
    }
}

/// Is this the attribute of that name?
pub(crate) fn is_named(ast: &Ast, attr: &Attr, name: &str) -> bool {
    match &attr.kind {
        AttrKind::Normal(AttrItem { path: Path { segments, .. }, .. }) => {
            matches!(&ast[*segments], [segment] if segment.ident.name.as_str() == name)
        }
        AttrKind::Doc(..) => false,
    }
}

/// What is left of an attribute that was applied.
fn trace(ast: &mut Ast, attr: &Attr, name: Symbol) -> Attr {
    let ident = Ident::new(name, attr.span);
    let segments = ast.add_list(vec![PathSegment { ident, args: None }]);
    let path = Path { segments, span: attr.span };
    let item = AttrItem { safety: Safety::Default, path, args: AttrArgs::Empty };
    Attr { kind: AttrKind::Normal(item), style: attr.style, span: attr.span }
}

fn is_invisible(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Open(Delim::Invisible(_)) | TokenKind::Close(Delim::Invisible(_)))
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    options: &'a Options,
    span: Span,
}

impl Reader<'_> {
    fn fail<T>(&self, message: &str) -> Result<T> {
        let span = self.tokens.get(self.at).map_or(self.span, |token| token.span);
        Err(Doubt::new(span, PREDICATE, message))
    }

    fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|token| token.kind == kind);
        self.at += usize::from(found);
        found
    }

    fn predicate(&mut self, depth: usize) -> Result<bool> {
        if depth > MAX_NESTING {
            return self.fail("the `cfg` predicate is nested too deeply");
        }
        let Some((ident, raw)) = self.tokens.get(self.at).and_then(Token::ident) else {
            return self.fail("`cfg` predicate is not an identifier");
        };
        self.at += 1;
        if self.eat(TokenKind::Open(Delim::Paren)) {
            return self.list(ident.name, depth);
        }
        if !raw && ident.name.is_bool() {
            return Ok(ident.name == kw::TRUE);
        }
        if ident.name.is_path_segment_keyword()
            || self.tokens.get(self.at).is_some_and(|t| t.kind == TokenKind::PathSep)
        {
            return self.fail("`cfg` predicate key must be an identifier");
        }
        let value = self.value()?;
        Ok(self.options.contains(ident.name, value))
    }

    /// `= "value"`, if it is there.
    fn value(&mut self) -> Result<Option<Symbol>> {
        if !self.eat(TokenKind::Eq) {
            return Ok(None);
        }
        match self.tokens.get(self.at).map(|token| token.kind) {
            Some(TokenKind::Literal(lit))
                if matches!(lit.kind, LitKind::Str | LitKind::StrRaw(_)) && lit.suffix.is_none() =>
            {
                self.at += 1;
                let text = match lit.kind {
                    LitKind::Str => unescaped(lit.symbol.as_str()),
                    _ => Cow::Borrowed(lit.symbol.as_str()),
                };
                Ok(Some(Symbol::intern(&text)))
            }
            _ => self.fail("expected a string literal as the value of a `cfg` predicate"),
        }
    }

    /// What stands between the parentheses of `name(…)`. All of it is read, whatever is known already.
    fn list(&mut self, name: Symbol, depth: usize) -> Result<bool> {
        let name = name.as_str();
        let (mut all, mut any, mut count) = (true, false, 0);
        match name {
            "all" | "any" | "not" | "target" => {}
            "version" => return self.fail("the predicate `version` is not supported"),
            _ => return self.fail(&format!("invalid predicate `{name}`")),
        }
        while !self.eat(TokenKind::Close(Delim::Paren)) {
            let value = match name {
                "target" => self.target()?,
                _ => self.predicate(depth + 1)?,
            };
            all &= value;
            any |= value;
            count += 1;
            if !self.eat(TokenKind::Comma)
                && self.tokens.get(self.at).is_none_or(|token| token.kind != TokenKind::Close(Delim::Paren))
            {
                return self.fail("expected `,` between `cfg` predicates");
            }
        }
        match name {
            "any" => Ok(any),
            "not" if count != 1 => self.fail("`not` expects one predicate"),
            "not" => Ok(!all),
            _ => Ok(all),
        }
    }

    /// `os = "linux"` of `target(os = "linux")`.
    fn target(&mut self) -> Result<bool> {
        let Some((ident, _)) = self.tokens.get(self.at).and_then(Token::ident) else {
            return self.fail("`cfg` predicate key must be an identifier");
        };
        self.at += 1;
        match self.value()? {
            Some(value) => {
                let name = Symbol::intern(&format!("target_{}", ident.name));
                Ok(self.options.contains(name, Some(value)))
            }
            None => self.fail("expected `=` and a value in `target(…)`"),
        }
    }
}

/// A string literal's text. The lexer has seen that it is well-formed.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut result = String::new();
    unescape_str(text, |_, c| result.extend(c.ok()));
    Cow::Owned(result)
}

#[cfg(test)]
mod tests {
    use syntax::lexer::{Head, lex};
    use syntax::span::{Edition, SyntaxContext};

    use super::*;

    fn eval(predicate: &str) -> String {
        let mut options = Options::default();
        options.insert_printed("unix\ntarget_os=\"linux\"\nfeature=\"a\"\n");
        let tokens = lex(predicate, 0, SyntaxContext::ROOT, Edition::E2021, Head::Tokens).unwrap();
        match options.eval(&tokens, Span::DUMMY) {
            Ok(value) => value.to_string(),
            Err(doubt) => doubt.message,
        }
    }

    #[test]
    fn predicates() {
        for (predicate, expected) in [
            ("unix", "true"),
            ("windows", "false"),
            ("r#unix", "true"),
            ("true", "true"),
            ("false", "false"),
            ("feature = \"a\"", "true"),
            ("feature = r\"a\"", "true"),
            ("feature = \"\\x61\"", "true"),
            ("feature = \"b\"", "false"),
            ("feature", "false"),
            ("all()", "true"),
            ("any()", "false"),
            ("not(windows)", "true"),
            ("all(unix, not(windows),)", "true"),
            ("any(windows, all(unix, feature = \"b\"))", "false"),
            ("target(os = \"linux\")", "true"),
            ("unix,", "true"),
            ("not(unix, windows)", "`not` expects one predicate"),
            ("unix, windows", "multiple `cfg` predicates are specified"),
            ("foo(unix)", "invalid predicate `foo`"),
            ("feature = 1", "expected a string literal as the value of a `cfg` predicate"),
            ("a::b", "`cfg` predicate key must be an identifier"),
            ("\"a\"", "`cfg` predicate is not an identifier"),
            ("any(unix windows)", "expected `,` between `cfg` predicates"),
            ("version(\"1.0\")", "the predicate `version` is not supported"),
        ] {
            assert_eq!(eval(predicate), expected, "{predicate}");
        }
        let deep = format!("{}unix{}", "not(".repeat(2000), ")".repeat(2000));
        assert_eq!(eval(&deep), "the `cfg` predicate is nested too deeply");
    }
}
