//! Token trees as the bridge has them, from and into ours. (rustc: `rustc_expand::proc_macro_server`.)
//!
//! The bridge knows four kinds: groups, punctuation of one character, identifiers and literals. So operators are taken
//! apart, lifetimes become a quote and a name, and doc comments attributes.

use syntax::span::Span;
use syntax::symbol::Symbol;
use syntax::token::{AttrStyle, Delim, Lit, LitKind, Origin, Spacing, Token, TokenKind};

use crate::stream::{Node, Stream};
use crate::wire::{Malformed, Reader, Writer};

/// Delimiters as the bridge has them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delimiter {
    Parenthesis,
    Brace,
    Bracket,
    None,
}

impl Delimiter {
    fn of(delim: Delim) -> Delimiter {
        match delim {
            Delim::Paren => Delimiter::Parenthesis,
            Delim::Brace => Delimiter::Brace,
            Delim::Bracket => Delimiter::Bracket,
            Delim::Invisible(_) => Delimiter::None,
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Delim, Malformed> {
        Ok(match reader.byte()? {
            0 => Delim::Paren,
            1 => Delim::Brace,
            2 => Delim::Bracket,
            3 => Delim::Invisible(Origin::ProcMacro),
            _ => return Err(Malformed),
        })
    }
}

/// A tree of the bridge.
pub(crate) enum Tree {
    Group { delimiter: Delimiter, stream: Stream, open: Span, close: Span, entire: Span },
    Punct { ch: u8, joint: bool, span: Span },
    Ident { name: Symbol, raw: bool, span: Span },
    Literal { lit: Lit, span: Span },
}

/// Handles of what a macro refers to.
pub(crate) trait Handles {
    /// The handle of a stream, which the macro has from now on.
    fn give_stream(&mut self, stream: Stream) -> u32;
    /// The stream of a handle, which the macro has no longer.
    fn take_stream(&mut self, handle: u32) -> Result<Stream, Malformed>;
    /// The handle of a span.
    fn give_span(&mut self, span: Span) -> u32;
    /// The span of a handle.
    fn span(&self, handle: u32) -> Result<Span, Malformed>;
}

/// Calls `give` with the trees that a macro sees in a stream.
pub(crate) fn trees(stream: &Stream, give: &mut dyn FnMut(Tree)) {
    stream.for_each(|node| match node {
        Node::Token(token) => token_trees(token, give),
        Node::Group { open, close, delim, stream } => {
            let (mut delim, mut stream) = (*delim, stream.clone());
            // A metavariable's group around nothing but a metavariable's group is one.
            while let Delim::Invisible(Origin::MetaVar(_)) = delim
                && let Some(Node::Group { delim: inner, stream: contents, .. }) = stream.only()
                && let Delim::Invisible(Origin::MetaVar(_)) = inner
            {
                (delim, stream) = (inner, contents);
            }
            let (open, close) = (open.span, close.span);
            let entire = Span { lo: open.lo.min(close.hi), hi: open.lo.max(close.hi), ctxt: open.ctxt };
            give(Tree::Group { delimiter: Delimiter::of(delim), stream, open, close, entire });
        }
    });
}

fn token_trees(token: &Token, give: &mut dyn FnMut(Tree)) {
    let span = token.span;
    let group = |delimiter, tokens: Vec<TokenKind>| {
        let mut stream = Stream::default();
        tokens.into_iter().for_each(|kind| stream.push(Node::Token(Token::new(kind, span))));
        Tree::Group { delimiter, stream, open: span, close: span, entire: span }
    };
    match token.kind {
        TokenKind::Ident(name, raw) => give(Tree::Ident { name, raw, span }),
        TokenKind::NtIdent(ident, raw) => give(Tree::Ident { name: ident.name, raw, span: ident.span }),
        TokenKind::Lifetime(name, raw) => {
            give(Tree::Punct { ch: b'\'', joint: true, span });
            let name = Symbol::intern(name.as_str().strip_prefix('\'').unwrap_or(name.as_str()));
            give(Tree::Ident { name, raw, span });
        }
        TokenKind::NtLifetime(ident, raw) => {
            let mut stream = Stream::default();
            stream.push(Node::Token(Token::new(TokenKind::Lifetime(ident.name, raw), ident.span)));
            give(Tree::Group { delimiter: Delimiter::None, stream, open: span, close: span, entire: span });
        }
        TokenKind::Literal(lit) => give(Tree::Literal { lit, span }),
        TokenKind::DocComment(_, style, text) => {
            let text = text.as_str().chars().flat_map(char::escape_debug).collect::<String>();
            let lit = Lit { kind: LitKind::Str, symbol: Symbol::intern(&text), suffix: None };
            give(Tree::Punct { ch: b'#', joint: false, span });
            if style == AttrStyle::Inner {
                give(Tree::Punct { ch: b'!', joint: false, span });
            }
            let doc = TokenKind::Ident(Symbol::intern("doc"), false);
            give(group(Delimiter::Bracket, vec![doc, TokenKind::Eq, TokenKind::Literal(lit)]));
        }
        kind => {
            let text = kind.punct_str().unwrap_or_default().as_bytes();
            // Each character has its own place, if the operator was written as it stands.
            let is_written = (span.hi - span.lo) as usize == text.len();
            for (at, ch) in text.iter().enumerate() {
                let is_last = at + 1 == text.len();
                let lo = span.lo + at as u32;
                let span = if is_written { Span { lo, hi: lo + 1, ..span } } else { span };
                give(Tree::Punct { ch: *ch, joint: !is_last || token.spacing == Spacing::Joint, span });
            }
        }
    }
}

/// Writes a tree.
pub(crate) fn write(tree: Tree, handles: &mut impl Handles, out: &mut Writer) {
    match tree {
        Tree::Group { delimiter, stream, open, close, entire } => {
            out.byte(0);
            out.byte(delimiter as u8);
            // There is a stream, even if there is nothing in it.
            out.byte(0);
            out.u32(handles.give_stream(stream));
            [open, close, entire].into_iter().for_each(|span| out.u32(handles.give_span(span)));
        }
        Tree::Punct { ch, joint, span } => {
            out.byte(1);
            out.byte(ch);
            out.bool(joint);
            out.u32(handles.give_span(span));
        }
        Tree::Ident { name, raw, span } => {
            out.byte(2);
            out.str(name.as_str());
            out.bool(raw);
            out.u32(handles.give_span(span));
        }
        Tree::Literal { lit, span } => {
            out.byte(3);
            write_literal(lit, span, handles, out);
        }
    }
}

/// Writes a literal.
pub(crate) fn write_literal(lit: Lit, span: Span, handles: &mut impl Handles, out: &mut Writer) {
    let (tag, hashes) = match lit.kind {
        LitKind::Byte => (0, None),
        LitKind::Char => (1, None),
        LitKind::Integer => (2, None),
        LitKind::Float => (3, None),
        LitKind::Str => (4, None),
        LitKind::StrRaw(n) => (5, Some(n)),
        LitKind::ByteStr => (6, None),
        LitKind::ByteStrRaw(n) => (7, Some(n)),
        LitKind::CStr => (8, None),
        LitKind::CStrRaw(n) => (9, Some(n)),
        LitKind::Bool => unreachable!("as a token it is an identifier"),
    };
    out.byte(tag);
    hashes.into_iter().for_each(|n| out.byte(n));
    out.str(lit.symbol.as_str());
    out.option(lit.suffix, |out, suffix| out.str(suffix.as_str()));
    out.u32(handles.give_span(span));
}

fn read_literal(reader: &mut Reader<'_>, handles: &impl Handles) -> Result<(Lit, Span), Malformed> {
    let kind = match reader.byte()? {
        0 => LitKind::Byte,
        1 => LitKind::Char,
        2 => LitKind::Integer,
        3 => LitKind::Float,
        4 => LitKind::Str,
        5 => LitKind::StrRaw(reader.byte()?),
        6 => LitKind::ByteStr,
        7 => LitKind::ByteStrRaw(reader.byte()?),
        8 => LitKind::CStr,
        9 => LitKind::CStrRaw(reader.byte()?),
        // A literal that was an error: nobody gave the macro one.
        _ => return Err(Malformed),
    };
    let symbol = Symbol::intern(reader.str()?);
    let suffix = reader.option(|reader| reader.str().map(Symbol::intern))?;
    let span = handles.span(reader.u32()?)?;
    Ok((Lit { kind, symbol, suffix }, span))
}

/// Reads a tree that a macro made, and calls `give` with what it is here.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    handles: &mut impl Handles,
    give: &mut dyn FnMut(Node),
) -> Result<(), Malformed> {
    match reader.byte()? {
        0 => {
            let delim = Delimiter::read(reader)?;
            let stream = match reader.option(|reader| reader.u32())? {
                Some(handle) => handles.take_stream(handle)?,
                None => Stream::default(),
            };
            let open = Token::new(TokenKind::Open(delim), handles.span(reader.u32()?)?);
            let close = Token::new(TokenKind::Close(delim), handles.span(reader.u32()?)?);
            handles.span(reader.u32()?)?;
            give(Node::Group { open, close, delim, stream });
        }
        1 => {
            let kind = punct(reader.byte()?).ok_or(Malformed)?;
            let spacing = if reader.bool()? { Spacing::Joint } else { Spacing::Alone };
            let span = handles.span(reader.u32()?)?;
            give(Node::Token(Token { spacing, ..Token::new(kind, span) }));
        }
        2 => {
            let name = Symbol::intern(reader.str()?);
            let raw = reader.bool()?;
            let span = handles.span(reader.u32()?)?;
            give(Node::Token(Token::new(TokenKind::Ident(name, raw), span)));
        }
        3 => {
            let (lit, span) = read_literal(reader, handles)?;
            let is_number = matches!(lit.kind, LitKind::Integer | LitKind::Float);
            match lit.symbol.as_str().strip_prefix('-').filter(|_| is_number) {
                // For macros a negative number is one literal.
                Some(digits) => {
                    let lit = Lit { symbol: Symbol::intern(digits), ..lit };
                    let minus = Token::new(TokenKind::Minus, span);
                    give(Node::Token(Token { spacing: Spacing::JointHidden, ..minus }));
                    give(Node::Token(Token::new(TokenKind::Literal(lit), span)));
                }
                None => give(Node::Token(Token::new(TokenKind::Literal(lit), span))),
            }
        }
        _ => return Err(Malformed),
    }
    Ok(())
}

fn punct(ch: u8) -> Option<TokenKind> {
    Some(match ch {
        b'=' => TokenKind::Eq,
        b'<' => TokenKind::Lt,
        b'>' => TokenKind::Gt,
        b'!' => TokenKind::Bang,
        b'~' => TokenKind::Tilde,
        b'+' => TokenKind::Plus,
        b'-' => TokenKind::Minus,
        b'*' => TokenKind::Star,
        b'/' => TokenKind::Slash,
        b'%' => TokenKind::Percent,
        b'^' => TokenKind::Caret,
        b'&' => TokenKind::And,
        b'|' => TokenKind::Or,
        b'@' => TokenKind::At,
        b'.' => TokenKind::Dot,
        b',' => TokenKind::Comma,
        b';' => TokenKind::Semi,
        b':' => TokenKind::Colon,
        b'#' => TokenKind::Pound,
        b'$' => TokenKind::Dollar,
        b'?' => TokenKind::Question,
        b'\'' => TokenKind::SingleQuote,
        _ => return None,
    })
}
