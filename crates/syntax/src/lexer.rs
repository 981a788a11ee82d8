//! Text into tokens. (rustc: `rustc_parse::lexer`.)
//!
//! `rustc_lexer` finds where raw tokens end. What it leaves to its caller is done here: gluing `<` `<` `=` into one
//! token, what differs between editions, the checks of literals, doc comments, and matching of delimiters.

use std::borrow::Cow;
use std::cell::Cell;

use ra_ap_rustc_lexer::{self as raw, Base, Cursor, DocStyle, FrontmatterAllowed, LiteralKind};
use rustc_literal_escaper::{Mode, check_for_errors};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::doubt::{Doubt, Result};
use crate::span::{Edition, Span, SyntaxContext};
use crate::stack::MAX_DEPTH;
use crate::stream::TokenStream;
use crate::symbol::{Symbol, kw};
use crate::token::{AttrStyle, CommentKind, Delim, Lit, LitKind, Spacing, Token, TokenKind};

/// What may stand at the beginning of a text and is no token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Head {
    /// A file: `#!/path/of/interpreter`, then front matter between lines of `---`.
    File,
    /// A text that a macro makes: a `#!` line.
    Text,
    /// Only tokens.
    Tokens,
}

/// A file's contents as the lexer wants it: without a byte order mark, lines ending in `\n` alone.
///
/// Positions are those of this text.
pub fn normalize(source: &str) -> Cow<'_, str> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    match source.contains("\r\n") {
        true => Cow::Owned(source.replace("\r\n", "\n")),
        false => Cow::Borrowed(source),
    }
}

/// The tokens of a normalized text. `base` is the position of its first byte; `ctxt` the context of all its tokens.
pub fn lex(source: &str, base: u32, ctxt: SyntaxContext, edition: Edition, head: Head) -> Result<TokenStream> {
    if u32::try_from(source.len()).ok().and_then(|len| base.checked_add(len)).is_none() {
        return Err(Doubt::new(Span::DUMMY, "source file", "files of 4 GB and more cannot be read"));
    }
    let skipped = match head {
        Head::File | Head::Text => raw::strip_shebang(source).unwrap_or(0),
        Head::Tokens => 0,
    };
    let frontmatter = if head == Head::File { FrontmatterAllowed::Yes } else { FrontmatterAllowed::No };
    let cursor = Cursor::new(&source[skipped..], frontmatter);
    let mut lexer = Lexer { source, base, ctxt, edition, cursor, pos: skipped, names: NAMES.take() };
    let result = lexer.all();
    NAMES.set(lexer.names);
    result
}

struct Lexer<'a> {
    source: &'a str,
    base: u32,
    ctxt: SyntaxContext,
    edition: Edition,
    cursor: Cursor<'a>,
    /// Where the cursor stands.
    pos: usize,
    names: Names,
}

/// Names that were met lately. A program has few, and uses each often; the table of all is shared and slower.
#[derive(Default)]
struct Names(Vec<(&'static str, Symbol)>);

thread_local! {
    /// This thread's, while no text is read.
    static NAMES: Cell<Names> = const { Cell::new(Names(Vec::new())) };
}

impl Names {
    const SLOTS: usize = 1 << 11;

    fn symbol(&mut self, text: &str) -> Symbol {
        if self.0.is_empty() {
            self.0 = vec![("", kw::EMPTY); Self::SLOTS];
        }
        // The first bytes, the last ones and the length tell names apart well enough.
        let bytes = text.as_bytes();
        let ends = match bytes {
            [a, b, .., y, z] => u32::from_le_bytes([*a, *b, *y, *z]),
            _ => bytes.iter().fold(0, |hash, byte| hash << 8 | u32::from(*byte)),
        };
        let middle = bytes.get(bytes.len() / 2).copied().unwrap_or_default();
        let hash = (ends ^ (bytes.len() as u32) << 7 ^ u32::from(middle) << 19).wrapping_mul(0x9e37_79b1);
        let slot = &mut self.0[(hash >> 16) as usize % Self::SLOTS];
        if slot.0 != text {
            let symbol = intern_nfc(text);
            if symbol.as_str() != text {
                return symbol;
            }
            *slot = (symbol.as_str(), symbol);
        }
        slot.1
    }
}

impl<'a> Lexer<'a> {
    fn span(&self, lo: usize, hi: usize) -> Span {
        Span { lo: self.base + lo as u32, hi: self.base + hi as u32, ctxt: self.ctxt }
    }

    fn doubt<T>(&self, lo: usize, hi: usize, construct: &'static str, message: impl Into<String>) -> Result<T> {
        Err(Doubt::new(self.span(lo, hi), construct, message))
    }

    fn all(&mut self) -> Result<TokenStream> {
        // Ordinary code has a token in five bytes. Memory that is not used costs nothing but addresses.
        let mut tokens: Vec<Token> = Vec::with_capacity(self.source.len() / 4 + 8);
        let mut open: Vec<usize> = Vec::new();
        // Whether the next token may be glued to the last.
        let mut joint = false;
        while let Some((kind, start, space_before)) = self.next()? {
            let end = self.pos;
            if let Some(last) = tokens.last_mut() {
                if space_before {
                    last.spacing = Spacing::Alone;
                } else if joint && let Some(kind) = last.kind.glue(kind) {
                    last.kind = kind;
                    last.span.hi = self.base + end as u32;
                    continue;
                } else {
                    last.spacing = if kind.is_punct() { Spacing::Joint } else { Spacing::JointHidden };
                }
            }
            joint = kind.is_punct();
            let mut token = Token::new(kind, self.span(start, end));
            match kind {
                TokenKind::Open(_) if open.len() >= MAX_DEPTH as usize => {
                    return self.doubt(start, end, "token tree", format!("nested more than {MAX_DEPTH} levels deep"));
                }
                TokenKind::Open(_) => open.push(tokens.len()),
                TokenKind::Close(delim) => {
                    let index = open.pop();
                    let Some(index) = index.filter(|&index| tokens[index].kind == TokenKind::Open(delim)) else {
                        return self.doubt(start, end, "token tree", "this delimiter closes nothing that is open");
                    };
                    token.pair = (tokens.len() - index) as u32;
                    tokens[index].pair = token.pair;
                }
                _ => {}
            }
            tokens.push(token);
        }
        if let Some(&index) = open.last() {
            return Err(Doubt::new(tokens[index].span, "token tree", "this delimiter is never closed"));
        }
        if let Some(last) = tokens.last_mut() {
            last.spacing = Spacing::Alone;
        }
        Ok(TokenStream::from_paired(tokens))
    }

    /// The next token that is not to be skipped, where it begins, and whether something was skipped before it.
    fn next(&mut self) -> Result<Option<(TokenKind, usize, bool)>> {
        let mut space_before = false;
        loop {
            let rest = self.cursor.as_str();
            let token = self.cursor.advance_token();
            let start = self.pos;
            self.pos += token.len as usize;
            let kind = match token.kind {
                raw::TokenKind::Whitespace | raw::TokenKind::LineComment { doc_style: None } => {
                    space_before = true;
                    continue;
                }
                raw::TokenKind::Ident => self.ident(start),
                raw::TokenKind::LineComment { doc_style: Some(style) } => {
                    self.doc_comment(start, self.pos, CommentKind::Line, style)?
                }
                raw::TokenKind::BlockComment { terminated: false, .. } => {
                    return self.doubt(start, start + 2, "comment", "this comment does not end");
                }
                raw::TokenKind::BlockComment { doc_style: None, .. } => {
                    space_before = true;
                    continue;
                }
                raw::TokenKind::BlockComment { doc_style: Some(style), .. } => {
                    self.doc_comment(start, self.pos - 2, CommentKind::Block, style)?
                }
                raw::TokenKind::Frontmatter { has_invalid_preceding_whitespace, invalid_infostring } => {
                    self.front_matter(start, has_invalid_preceding_whitespace || invalid_infostring)?;
                    space_before = true;
                    continue;
                }
                raw::TokenKind::RawIdent => {
                    let name = intern_nfc(&self.source[start + 2..self.pos]);
                    if !name.can_be_raw() {
                        let message = format!("`{name}` cannot be a raw identifier");
                        return self.doubt(start, self.pos, "identifier", message);
                    }
                    TokenKind::Ident(name, true)
                }
                raw::TokenKind::UnknownPrefix => {
                    self.unknown_prefix(start, self.pos)?;
                    self.ident(start)
                }
                raw::TokenKind::UnknownPrefixLifetime => {
                    self.unknown_prefix(start, self.pos)?;
                    TokenKind::Lifetime(Symbol::intern(&self.source[start..self.pos]), false)
                }
                raw::TokenKind::Lifetime { starts_with_number: true } => {
                    return self.doubt(start, self.pos, "lifetime", "lifetimes cannot begin with a digit");
                }
                raw::TokenKind::Lifetime { starts_with_number: false } => {
                    TokenKind::Lifetime(self.names.symbol(&self.source[start..self.pos]), false)
                }
                raw::TokenKind::RawLifetime => self.raw_lifetime(start, rest)?,
                raw::TokenKind::Literal { kind: LiteralKind::CStr { .. } | LiteralKind::RawCStr { .. }, .. }
                    if self.edition < Edition::E2021 =>
                {
                    // Before 2021 the prefix is an identifier, and a string follows.
                    let prefix = if rest.starts_with("cr") { 2 } else { 1 };
                    self.restart(start + prefix, &rest[prefix..]);
                    self.ident(start)
                }
                raw::TokenKind::Literal { kind, suffix_start } => {
                    self.literal(start, start + suffix_start as usize, kind)?
                }
                raw::TokenKind::GuardedStrPrefix => {
                    if self.edition >= Edition::E2024 {
                        return self.doubt(
                            start,
                            self.pos,
                            "literal",
                            "`#` before a string is reserved in this edition",
                        );
                    }
                    self.restart(start + 1, &rest[1..]);
                    TokenKind::Pound
                }
                raw::TokenKind::Semi => TokenKind::Semi,
                raw::TokenKind::Comma => TokenKind::Comma,
                raw::TokenKind::Dot => TokenKind::Dot,
                raw::TokenKind::OpenParen => TokenKind::Open(Delim::Paren),
                raw::TokenKind::CloseParen => TokenKind::Close(Delim::Paren),
                raw::TokenKind::OpenBrace => TokenKind::Open(Delim::Brace),
                raw::TokenKind::CloseBrace => TokenKind::Close(Delim::Brace),
                raw::TokenKind::OpenBracket => TokenKind::Open(Delim::Bracket),
                raw::TokenKind::CloseBracket => TokenKind::Close(Delim::Bracket),
                raw::TokenKind::At => TokenKind::At,
                raw::TokenKind::Pound => TokenKind::Pound,
                raw::TokenKind::Tilde => TokenKind::Tilde,
                raw::TokenKind::Question => TokenKind::Question,
                raw::TokenKind::Colon => TokenKind::Colon,
                raw::TokenKind::Dollar => TokenKind::Dollar,
                raw::TokenKind::Eq => TokenKind::Eq,
                raw::TokenKind::Bang => TokenKind::Bang,
                raw::TokenKind::Lt => TokenKind::Lt,
                raw::TokenKind::Gt => TokenKind::Gt,
                raw::TokenKind::Minus => TokenKind::Minus,
                raw::TokenKind::And => TokenKind::And,
                raw::TokenKind::Or => TokenKind::Or,
                raw::TokenKind::Plus => TokenKind::Plus,
                raw::TokenKind::Star => TokenKind::Star,
                raw::TokenKind::Slash => TokenKind::Slash,
                raw::TokenKind::Caret => TokenKind::Caret,
                raw::TokenKind::Percent => TokenKind::Percent,
                raw::TokenKind::InvalidIdent => {
                    let message = format!("`{}` is no identifier: it contains emoji", &self.source[start..self.pos]);
                    return self.doubt(start, self.pos, "identifier", message);
                }
                raw::TokenKind::Unknown => {
                    let found = self.source[start..].chars().next().unwrap_or_default();
                    let message = format!("`{}` begins no token", found.escape_debug());
                    return self.doubt(start, self.pos, "token", message);
                }
                raw::TokenKind::Eof => return Ok(None),
            };
            return Ok(Some((kind, start, space_before)));
        }
    }

    /// Goes on at another place than the raw lexer would.
    fn restart(&mut self, pos: usize, rest: &'a str) {
        self.pos = pos;
        self.cursor = Cursor::new(rest, FrontmatterAllowed::No);
    }

    fn ident(&mut self, start: usize) -> TokenKind {
        TokenKind::Ident(self.names.symbol(&self.source[start..self.pos]), false)
    }

    fn unknown_prefix(&self, lo: usize, hi: usize) -> Result<()> {
        if self.edition < Edition::E2021 {
            return Ok(());
        }
        let message = format!("prefix `{}` is unknown, and reserved in this edition", &self.source[lo..hi]);
        self.doubt(lo, hi, "literal", message)
    }

    fn raw_lifetime(&mut self, start: usize, rest: &'a str) -> Result<TokenKind> {
        if self.edition < Edition::E2021 {
            // `'r`, and `#` follows.
            self.restart(start + 2, &rest[2..]);
            return Ok(TokenKind::Lifetime(Symbol::intern(&self.source[start..self.pos]), false));
        }
        if self.cursor.as_str().starts_with('\'') {
            return self.doubt(start, self.pos + 1, "literal", "a character literal holds one character");
        }
        let name = Symbol::intern(&self.source[start + 3..self.pos]);
        if !name.can_be_raw() {
            return self.doubt(start, self.pos, "lifetime", format!("`{name}` cannot be a raw lifetime"));
        }
        Ok(TokenKind::Lifetime(intern_nfc(&format!("'{name}")), true))
    }

    fn doc_comment(&self, start: usize, end: usize, kind: CommentKind, style: DocStyle) -> Result<TokenKind> {
        let text = &self.source[start + 3..end];
        if let Some(at) = text.find('\r') {
            let at = start + 3 + at;
            return self.doubt(at, at + 1, "doc comment", "a carriage return alone is not allowed in a doc comment");
        }
        let style = match style {
            DocStyle::Outer => AttrStyle::Outer,
            DocStyle::Inner => AttrStyle::Inner,
        };
        Ok(TokenKind::DocComment(kind, style, Symbol::intern(text)))
    }

    /// Checks front matter, whose opening and closing lines must be of equally many dashes.
    fn front_matter(&self, start: usize, invalid: bool) -> Result<()> {
        let text = self.source[start..self.pos].trim_start();
        let dashes = text.len() - text.trim_start_matches('-').len();
        let last = text.lines().next_back().unwrap_or_default();
        let close = last.len() - last.trim_start_matches('-').len();
        let rest = last[close..].trim_matches(raw::is_horizontal_whitespace);
        let one_line = !text.contains('\n');
        let carriage_return = text.replace("\r\n", "\n").contains('\r');
        if invalid || one_line || carriage_return || !(3..=255).contains(&dashes) || close != dashes || !rest.is_empty()
        {
            return self.doubt(start, self.pos, "front matter", "this front matter is not well-formed");
        }
        Ok(())
    }

    fn literal(&mut self, start: usize, end: usize, kind: LiteralKind) -> Result<TokenKind> {
        let (kind, symbol) = self.literal_body(start, end, kind)?;
        let suffix = &self.source[end..self.pos];
        let suffix = match suffix {
            "" => None,
            "_" => return self.doubt(end, self.pos, "literal", "`_` is no suffix of a literal"),
            _ => Some(Symbol::intern(suffix)),
        };
        Ok(TokenKind::Literal(Lit { kind, symbol, suffix }))
    }

    fn literal_body(&self, start: usize, end: usize, kind: LiteralKind) -> Result<(LitKind, Symbol)> {
        let (quoted, mode, before, after) = match kind {
            LiteralKind::Char { terminated: true } => (LitKind::Char, Mode::Char, 1, 1),
            LiteralKind::Byte { terminated: true } => (LitKind::Byte, Mode::Byte, 2, 1),
            LiteralKind::Str { terminated: true } => (LitKind::Str, Mode::Str, 1, 1),
            LiteralKind::ByteStr { terminated: true } => (LitKind::ByteStr, Mode::ByteStr, 2, 1),
            LiteralKind::CStr { terminated: true } => (LitKind::CStr, Mode::CStr, 2, 1),
            LiteralKind::RawStr { n_hashes: Some(n) } => {
                (LitKind::StrRaw(n), Mode::RawStr, 2 + n as usize, 1 + n as usize)
            }
            LiteralKind::RawByteStr { n_hashes: Some(n) } => {
                (LitKind::ByteStrRaw(n), Mode::RawByteStr, 3 + n as usize, 1 + n as usize)
            }
            LiteralKind::RawCStr { n_hashes: Some(n) } => {
                (LitKind::CStrRaw(n), Mode::RawCStr, 3 + n as usize, 1 + n as usize)
            }
            LiteralKind::Int { base, empty_int } => {
                let digits = self.source[start..end].get(2..).unwrap_or_default();
                let max = match base {
                    Base::Binary => '1',
                    Base::Octal => '7',
                    Base::Decimal | Base::Hexadecimal => char::MAX,
                };
                if empty_int || digits.chars().any(|c| c != '_' && c > max) && base != Base::Decimal {
                    return self.doubt(
                        start,
                        end,
                        "literal",
                        "the digits of this number are missing or not of its base",
                    );
                }
                return Ok((LitKind::Integer, Symbol::intern(&self.source[start..end])));
            }
            LiteralKind::Float { base: Base::Decimal, empty_exponent: false } => {
                return Ok((LitKind::Float, Symbol::intern(&self.source[start..end])));
            }
            LiteralKind::Float { .. } => {
                return self.doubt(start, end, "literal", "this floating-point number is not well-formed");
            }
            _ => return self.doubt(start, start + 1, "literal", "this literal does not end"),
        };
        let (lo, hi) = (start + before, end - after);
        let content = &self.source[lo..hi];
        let mut problem = None;
        check_for_errors(content, mode, |range, error| {
            if error.is_fatal() && problem.is_none() {
                problem = Some((range, error));
            }
        });
        if let Some((range, error)) = problem {
            return self.doubt(
                lo + range.start,
                lo + range.end,
                "literal",
                format!("bad escape or character: {error:?}"),
            );
        }
        Ok((quoted, Symbol::intern(content)))
    }
}

/// The symbol of an identifier: composed and decomposed characters are one.
fn intern_nfc(text: &str) -> Symbol {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Symbol::intern(text);
    }
    Symbol::intern(&text.chars().nfc().collect::<String>())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check_in(edition: Edition, source: &str, expected: Expect) {
        let text = match lex(source, 0, SyntaxContext::ROOT, edition, Head::File) {
            Err(doubt) => format!("{}..{} {doubt}\n", doubt.span.lo, doubt.span.hi),
            Ok(stream) => stream
                .tokens()
                .iter()
                .map(|token| format!("{:?} {:?} {:?}\n", token.span, token.spacing, token.kind))
                .collect(),
        };
        expected.assert_eq(&text);
    }

    fn check(source: &str, expected: Expect) {
        check_in(Edition::E2021, source, expected);
    }

    #[test]
    fn punctuation_is_glued() {
        check(
            "a>>=b..=c.. .",
            expect![[r#"
            0..1 Joint Ident("a", false)
            1..4 JointHidden ShrEq
            4..5 Joint Ident("b", false)
            5..8 JointHidden DotDotEq
            8..9 Joint Ident("c", false)
            9..11 Alone DotDot
            12..13 Alone Dot
        "#]],
        );
        check(
            "<-&&&!",
            expect![[r#"
            0..2 Joint LArrow
            2..4 Joint AndAnd
            4..5 Joint And
            5..6 Alone Bang
        "#]],
        );
    }

    #[test]
    fn groups_know_how_far_they_go() {
        let stream = lex("f(a, [b])", 0, SyntaxContext::ROOT, Edition::E2021, Head::File).unwrap();
        assert_eq!(stream.tokens().iter().map(|t| t.pair).collect::<Vec<_>>(), [0, 6, 0, 0, 2, 0, 2, 6]);
        let trees: Vec<TokenStream> = stream
            .trees()
            .filter_map(|tree| match tree {
                crate::stream::TokenTree::Delimited { stream, .. } => Some(stream),
                crate::stream::TokenTree::Token(_) => None,
            })
            .collect();
        assert_eq!(trees.len(), 1);
        assert_eq!(trees[0].len(), 5);
        assert_eq!(TokenStream::new(stream.tokens().to_vec()).unwrap().len(), 8);
        assert!(TokenStream::new(stream.tokens()[..3].to_vec()).is_none());
    }

    #[test]
    fn literals() {
        check(
            r##"1u8 1.5e3f32 0x1F 'a' b'\n' "s\u{1}" r#"r"# b"b" br"" c"c" cr"c""##,
            expect![[r#"
            0..3 Alone Literal(Lit { kind: Integer, symbol: "1", suffix: Some("u8") })
            4..12 Alone Literal(Lit { kind: Float, symbol: "1.5e3", suffix: Some("f32") })
            13..17 Alone Literal(Lit { kind: Integer, symbol: "0x1F", suffix: None })
            18..21 Alone Literal(Lit { kind: Char, symbol: "a", suffix: None })
            22..27 Alone Literal(Lit { kind: Byte, symbol: "\\n", suffix: None })
            28..36 Alone Literal(Lit { kind: Str, symbol: "s\\u{1}", suffix: None })
            37..43 Alone Literal(Lit { kind: StrRaw(1), symbol: "r", suffix: None })
            44..48 Alone Literal(Lit { kind: ByteStr, symbol: "b", suffix: None })
            49..53 Alone Literal(Lit { kind: ByteStrRaw(0), symbol: "", suffix: None })
            54..58 Alone Literal(Lit { kind: CStr, symbol: "c", suffix: None })
            59..64 Alone Literal(Lit { kind: CStrRaw(0), symbol: "c", suffix: None })
        "#]],
        );
        check(
            "0b12",
            expect![[r#"
            0..4 the digits of this number are missing or not of its base (while reading: literal)
        "#]],
        );
        check(
            "1e",
            expect![[r#"
            0..2 this floating-point number is not well-formed (while reading: literal)
        "#]],
        );
        check(
            "\"abc",
            expect![[r#"
            0..1 this literal does not end (while reading: literal)
        "#]],
        );
        check(
            "'\\q'",
            expect![[r#"
            1..3 bad escape or character: InvalidEscape (while reading: literal)
        "#]],
        );
        check(
            "1_",
            expect![[r#"
            0..2 Alone Literal(Lit { kind: Integer, symbol: "1_", suffix: None })
        "#]],
        );
    }

    #[test]
    fn editions_differ() {
        check_in(
            Edition::E2018,
            "c\"a\" 'r#a z\"b\" #\"\"#",
            expect![[r#"
            0..1 JointHidden Ident("c", false)
            1..4 Alone Literal(Lit { kind: Str, symbol: "a", suffix: None })
            5..7 Joint Lifetime("'r", false)
            7..8 JointHidden Pound
            8..9 Alone Ident("a", false)
            10..11 JointHidden Ident("z", false)
            11..14 Alone Literal(Lit { kind: Str, symbol: "b", suffix: None })
            15..16 JointHidden Pound
            16..18 Joint Literal(Lit { kind: Str, symbol: "", suffix: None })
            18..19 Alone Pound
        "#]],
        );
        check_in(
            Edition::E2021,
            "z\"b\"",
            expect![[r#"
            0..1 prefix `z` is unknown, and reserved in this edition (while reading: literal)
        "#]],
        );
        check_in(
            Edition::E2021,
            "'r#a #\"\"#",
            expect![[r#"
            0..4 Alone Lifetime("'a", true)
            5..6 JointHidden Pound
            6..8 Joint Literal(Lit { kind: Str, symbol: "", suffix: None })
            8..9 Alone Pound
        "#]],
        );
        check_in(
            Edition::E2024,
            "#\"\"#",
            expect![[r#"
            0..2 `#` before a string is reserved in this edition (while reading: literal)
        "#]],
        );
    }

    #[test]
    fn comments_and_heads() {
        check(
            "#!/bin/sh\n---\nx\n---\n/// a\n//! b\n/** c */ // d\nx/* e */y",
            expect![[r#"
            20..25 Alone DocComment(Line, Outer, " a")
            26..31 Alone DocComment(Line, Inner, " b")
            32..40 Alone DocComment(Block, Outer, " c ")
            46..47 Alone Ident("x", false)
            54..55 Alone Ident("y", false)
        "#]],
        );
        check(
            "/* /* */",
            expect![[r#"
            0..2 this comment does not end (while reading: comment)
        "#]],
        );
        check(
            "/// a\rb",
            expect![[r#"
            5..6 a carriage return alone is not allowed in a doc comment (while reading: doc comment)
        "#]],
        );
        check(
            "---\nx",
            expect![[r#"
            0..5 this front matter is not well-formed (while reading: front matter)
        "#]],
        );
    }

    #[test]
    fn names() {
        check(
            "r#fn 'a '_ e\u{301}",
            expect![[r#"
            0..4 Alone Ident("fn", true)
            5..7 Alone Lifetime("'a", false)
            8..10 Alone Lifetime("'_", false)
            11..14 Alone Ident("é", false)
        "#]],
        );
        check(
            "r#self",
            expect![[r#"
            0..6 `self` cannot be a raw identifier (while reading: identifier)
        "#]],
        );
        check(
            "'1",
            expect![[r#"
            0..2 lifetimes cannot begin with a digit (while reading: lifetime)
        "#]],
        );
        check(
            "\u{1F600}",
            expect![[r#"
                0..4 `😀` is no identifier: it contains emoji (while reading: identifier)
            "#]],
        );
    }

    #[test]
    fn delimiters_must_match() {
        check(
            "(a]",
            expect![[r#"
            2..3 this delimiter closes nothing that is open (while reading: token tree)
        "#]],
        );
        check(
            "(a",
            expect![[r#"
            0..1 this delimiter is never closed (while reading: token tree)
        "#]],
        );
        check(
            "a)",
            expect![[r#"
            1..2 this delimiter closes nothing that is open (while reading: token tree)
        "#]],
        );
    }

    #[test]
    fn files_are_normalized() {
        assert_eq!(normalize("\u{feff}a\r\nb\rc"), "a\nb\rc");
        assert!(matches!(normalize("a\nb"), Cow::Borrowed(_)));
    }
}
