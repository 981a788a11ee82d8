//! Tokens of the text form.

use super::{Error, Result};
use std::fmt;

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum TokenKind<'s> {
    /// Letters, digits and `_`, not starting with a digit.
    Word(&'s str),
    /// An unsigned number, decimal or hexadecimal, perhaps with a fraction and an exponent.
    Number(&'s str),
    /// `@name` without the `@`.
    Symbol(&'s str),
    /// The content of `"…"`.
    Text(Vec<u8>),
    Punct(&'static str),
    End,
}

impl fmt::Display for TokenKind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenKind::Word(text) | TokenKind::Number(text) => write!(f, "`{text}`"),
            TokenKind::Symbol(name) => write!(f, "`@{name}`"),
            TokenKind::Text(_) => f.write_str("a text"),
            TokenKind::Punct(punct) => write!(f, "`{punct}`"),
            TokenKind::End => f.write_str("the end"),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Token<'s> {
    pub kind: TokenKind<'s>,
    /// In bytes from the start of the text.
    pub offset: usize,
    /// Whether it is the first on its line.
    pub starts_line: bool,
}

const PUNCTS: [&str; 15] = ["->", "...", "(", ")", "{", "}", "[", "]", ",", ":", "=", "+", "-", "!", "@"];

pub(super) struct Lexer<'s> {
    text: &'s str,
    offset: usize,
}

impl<'s> Lexer<'s> {
    pub fn new(text: &'s str) -> Lexer<'s> {
        Lexer { text, offset: 0 }
    }

    /// The length of the whole text.
    pub fn text_bytes(&self) -> usize {
        self.text.len()
    }

    pub fn next(&mut self) -> Result<Token<'s>> {
        let starts_line = self.skip_blank();
        let offset = self.offset;
        let rest = &self.text[offset..];
        let Some(first) = rest.bytes().next() else {
            return Ok(Token { kind: TokenKind::End, offset, starts_line: true });
        };
        let kind = match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                TokenKind::Word(self.take(rest, |byte| byte.is_ascii_alphanumeric() || byte == b'_'))
            }
            b'0'..=b'9' => TokenKind::Number(self.number(rest)),
            b'"' => TokenKind::Text(self.quoted()?),
            b'@' if !rest.starts_with("@\"") => {
                let name = self.take(rest, |byte| byte.is_ascii_alphanumeric() || b"_.$@".contains(&byte));
                if name.len() == 1 || name[1..].contains('@') {
                    return Err(Error { offset, message: "expected a name after `@`".to_owned() });
                }
                TokenKind::Symbol(&name[1..])
            }
            _ => {
                let Some(punct) = PUNCTS.iter().find(|punct| rest.starts_with(**punct)) else {
                    let c = rest.chars().next().unwrap_or(' ');
                    return Err(Error { offset, message: format!("unexpected character {c:?}") });
                };
                self.offset += punct.len();
                TokenKind::Punct(punct)
            }
        };
        Ok(Token { kind, offset, starts_line })
    }

    /// Skips blanks and comments; says whether a new line started.
    fn skip_blank(&mut self) -> bool {
        let mut starts_line = self.offset == 0;
        loop {
            let rest = &self.text[self.offset..];
            let blank = rest.len() - rest.trim_ascii_start().len();
            starts_line |= rest[..blank].contains('\n');
            self.offset += blank;
            let rest = &rest[blank..];
            if !rest.starts_with(';') && !rest.starts_with("//") {
                return starts_line;
            }
            self.offset += rest.find('\n').unwrap_or(rest.len());
        }
    }

    fn take(&mut self, rest: &'s str, belongs: impl Fn(u8) -> bool) -> &'s str {
        let length = rest.bytes().position(|byte| !belongs(byte)).unwrap_or(rest.len());
        self.offset += length;
        &rest[..length]
    }

    fn number(&mut self, rest: &'s str) -> &'s str {
        if rest.starts_with("0x") {
            return self.take(rest, |byte| byte.is_ascii_alphanumeric());
        }
        let bytes = rest.as_bytes();
        let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut length = digits(0);
        if bytes.get(length) == Some(&b'.') && digits(length + 1) > 0 {
            length += 1 + digits(length + 1);
        }
        if matches!(bytes.get(length), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
            let exponent = bytes.get(length + 1 + sign).map_or(0, |_| digits(length + 1 + sign));
            if exponent > 0 {
                length += 1 + sign + exponent;
            }
        }
        self.offset += length;
        &rest[..length]
    }

    fn quoted(&mut self) -> Result<Vec<u8>> {
        let start = self.offset;
        let error = |offset: usize, message: &str| Err(Error { offset, message: message.to_owned() });
        let bytes = self.text.as_bytes();
        let mut content = Vec::new();
        let mut at = start + 1;
        loop {
            match bytes.get(at) {
                None | Some(b'\n') => return error(start, "the text has no closing quote on its line"),
                Some(b'"') => {
                    self.offset = at + 1;
                    return Ok(content);
                }
                Some(b'\\') => {
                    let (byte, length) = match bytes.get(at + 1) {
                        Some(b'n') => (b'\n', 2),
                        Some(b't') => (b'\t', 2),
                        Some(b'r') => (b'\r', 2),
                        Some(b'0') => (0, 2),
                        Some(&byte @ (b'\\' | b'"')) => (byte, 2),
                        Some(b'x') => match self.text.get(at + 2..at + 4).map(|hex| u8::from_str_radix(hex, 16)) {
                            Some(Ok(byte)) if bytes[at + 2] != b'+' => (byte, 4),
                            _ => return error(at, "expected two hexadecimal digits after `\\x`"),
                        },
                        _ => return error(at, "unknown escape in a text"),
                    };
                    content.push(byte);
                    at += length;
                }
                Some(&byte) => {
                    content.push(byte);
                    at += 1;
                }
            }
        }
    }
}
