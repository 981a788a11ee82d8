//! Texts that macros want to be tokens.

use syntax::doubt::Doubt;
use syntax::lexer::{Head, lex};
use syntax::span::{Edition, Span, SyntaxContext};
use syntax::stream::TokenStream;
use syntax::symbol::Symbol;
use syntax::token::{Lit, LitKind, Token, TokenKind};

/// Why there are no tokens.
pub(crate) enum Trouble {
    /// The macro is told so, in rustc's words.
    Message(String),
    /// rustc reports an error of its own, and may give the macro something nevertheless.
    Doubt(Box<Doubt>),
}

/// A text that becomes tokens, all of which stand at `span`.
pub(crate) fn stream(source: &str, span: Span, edition: Edition) -> Result<TokenStream, Trouble> {
    let stream = tokens(source, edition, Head::Text)?;
    let tokens = stream.tokens().iter().map(|token| Token { span, ..*token }).collect();
    Ok(TokenStream::new(tokens).unwrap_or_default())
}

/// A text that becomes a literal.
pub(crate) fn literal(source: &str, edition: Edition) -> Result<Lit, Trouble> {
    let message = |message: &str| Err(Trouble::Message(message.to_owned()));
    let stream = tokens(source, edition, Head::Tokens)?;
    let mut tokens = stream.tokens().iter();
    let first = tokens.next();
    let minus = first.filter(|token| token.kind == TokenKind::Minus);
    let token = if minus.is_some() { tokens.next() } else { first };
    let Some((token, lit)) = token.and_then(|token| match token.kind {
        TokenKind::Literal(lit) => Some((token, lit)),
        _ => None,
    }) else {
        return message("not a literal");
    };
    let start = minus.unwrap_or(token).span;
    if (token.span.hi - start.lo) as usize != source.len() {
        return message("comment or whitespace around literal");
    }
    let Some(minus) = minus else { return Ok(lit) };
    if minus.span.hi != token.span.lo {
        return message("comment or whitespace after minus");
    }
    if !matches!(lit.kind, LitKind::Integer | LitKind::Float) {
        return message("non-numeric literal may not be negated");
    }
    Ok(Lit { symbol: Symbol::intern(&format!("-{}", lit.symbol)), ..lit })
}

/// The text as an identifier: its composed form, if it is one.
pub(crate) fn ident(source: &str, edition: Edition) -> Option<Symbol> {
    let stream = lex(source, 0, SyntaxContext::ROOT, edition, Head::Tokens).ok()?;
    match stream.tokens() {
        [Token { kind: TokenKind::Ident(name, false), span, .. }] if *span == Span::new(0, source.len() as u32) => {
            Some(*name)
        }
        _ => None,
    }
}

fn tokens(source: &str, edition: Edition, head: Head) -> Result<TokenStream, Trouble> {
    let read = |text| lex(text, 0, SyntaxContext::ROOT, edition, head);
    // A text that a macro gives is normalized as a file is.
    let text = syntax::lexer::normalize(source);
    let doubt = match read(&text) {
        Ok(stream) => return Ok(stream),
        Err(doubt) => doubt,
    };
    // rustc gives the macro an error where a delimiter has no partner. Where its partner is another one, rustc itself
    // panics; everything else it reports to the user.
    let at = doubt.span.lo as usize;
    let message = match text[at..].chars().next() {
        _ if doubt.construct != "token tree" || doubt.message.starts_with("nested") => {
            return Err(Trouble::Doubt(doubt));
        }
        Some('(' | '[' | '{') => "this file contains an unclosed delimiter".to_owned(),
        Some(close) if read(&text[..at]).is_ok() => format!("unexpected closing delimiter: `{close}`"),
        _ => return Err(Trouble::Doubt(doubt)),
    };
    Err(Trouble::Message(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show<T>(result: Result<T, Trouble>, show: impl FnOnce(T) -> String) -> String {
        match result {
            Ok(value) => show(value),
            Err(Trouble::Message(message)) => message,
            Err(Trouble::Doubt(doubt)) => format!("doubt: {doubt}"),
        }
    }

    #[test]
    fn delimiters_without_partners_are_the_macros_error() {
        let read = |text| show(stream(text, Span::DUMMY, Edition::E2024), |stream| stream.len().to_string());
        assert_eq!(read("a + (b)"), "5");
        assert!(read("{ (a }").starts_with("doubt: this delimiter closes nothing"));
        assert_eq!(read("a ) {"), "unexpected closing delimiter: `)`");
        assert_eq!(read("a ( {}"), "this file contains an unclosed delimiter");
        assert_eq!(read("'ab' "), "doubt: bad escape or character: MoreThanOneChar (while reading: literal)");
        let nested = "(".repeat(25_000);
        assert!(read(&nested).starts_with("doubt: nested"));
    }

    #[test]
    fn literals() {
        let read = |text| show(literal(text, Edition::E2024), |lit| format!("{:?} {lit}", lit.kind));
        assert_eq!(read("1u8"), "Integer 1u8");
        assert_eq!(read("-1.5f32"), "Float -1.5f32");
        assert_eq!(read("br#\"a\"#"), "ByteStrRaw(1) br#\"a\"#");
        assert_eq!(read(" 1"), "comment or whitespace around literal");
        assert_eq!(read("1 2"), "comment or whitespace around literal");
        assert_eq!(read("- 1"), "comment or whitespace after minus");
        assert_eq!(read("-'a'"), "non-numeric literal may not be negated");
        assert_eq!(read("a"), "not a literal");
        assert_eq!(read(""), "not a literal");
    }

    #[test]
    fn identifiers() {
        let read = |text| ident(text, Edition::E2024).map(|name| name.as_str());
        assert_eq!(read("a\u{308}b"), Some("\u{e4}b"));
        assert_eq!(read("1a"), None);
        assert_eq!(read("a b"), None);
        assert_eq!(read("r#a"), None);
        assert_eq!(read("\u{1F600}"), None);
        assert_eq!(read(""), None);
    }
}
