//! Doc comments as macros see them: attributes. (rustc: `TokenStream::desugar_doc_comments`.)

use syntax::stream::TokenStream;
use syntax::symbol::Symbol;
use syntax::token::{AttrStyle, Delim, Lit, LitKind, Spacing, Token, TokenKind};

/// The stream with `#[doc = r"text"]` in place of `/// text`, if there is any.
pub(crate) fn desugared(stream: &TokenStream) -> Option<TokenStream> {
    let is_doc = |token: &Token| matches!(token.kind, TokenKind::DocComment(..));
    if !stream.tokens().iter().any(is_doc) {
        return None;
    }
    let mut result = Vec::with_capacity(stream.len() + 8);
    for token in stream.tokens() {
        match token.kind {
            TokenKind::DocComment(_, style, text) => attribute(*token, style, text, &mut result),
            _ => result.push(*token),
        }
    }
    TokenStream::new(result)
}

fn attribute(comment: Token, style: AttrStyle, text: Symbol, result: &mut Vec<Token>) {
    let mut push = |kind, spacing| result.push(Token { kind, spacing, pair: 0, span: comment.span });
    if style == AttrStyle::Inner {
        push(TokenKind::Pound, Spacing::Joint);
        push(TokenKind::Bang, Spacing::JointHidden);
    } else {
        push(TokenKind::Pound, Spacing::JointHidden);
    }
    push(TokenKind::Open(Delim::Bracket), Spacing::JointHidden);
    push(TokenKind::Ident(Symbol::intern("doc"), false), Spacing::Alone);
    push(TokenKind::Eq, Spacing::Alone);
    let kind = LitKind::StrRaw(hashes(text.as_str()));
    push(TokenKind::Literal(Lit { kind, symbol: text, suffix: None }), Spacing::Alone);
    push(TokenKind::Close(Delim::Bracket), Spacing::Alone);
}

/// How many `#` a raw string of this text needs: more than follow any quote in it.
fn hashes(text: &str) -> u8 {
    let (mut most, mut count) = (0u8, 0u8);
    for c in text.chars() {
        count = match c {
            '"' => 1,
            '#' if count > 0 => count.saturating_add(1),
            _ => 0,
        };
        most = most.max(count);
    }
    most
}
