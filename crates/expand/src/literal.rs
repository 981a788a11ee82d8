//! What literals mean, and literals of values. (rustc: `rustc_ast::util::literal`.)

use rustc_literal_escaper::{unescape_byte, unescape_byte_str, unescape_char, unescape_str};
use syntax::token::{Lit, LitKind};

/// The text of a string literal.
pub(crate) fn string(lit: &Lit) -> Option<String> {
    if lit.suffix.is_some() {
        return None;
    }
    match lit.kind {
        LitKind::Str => {
            let mut text = String::new();
            let mut is_right = true;
            unescape_str(lit.symbol.as_str(), |_, c| match c {
                Ok(c) => text.push(c),
                Err(error) => is_right &= !error.is_fatal(),
            });
            is_right.then_some(text)
        }
        LitKind::StrRaw(_) => Some(lit.symbol.as_str().to_owned()),
        _ => None,
    }
}

/// The bytes of a byte string literal.
pub(crate) fn bytes(lit: &Lit) -> Option<Vec<u8>> {
    match lit.kind {
        LitKind::ByteStr => {
            let mut bytes = Vec::new();
            let mut is_right = true;
            unescape_byte_str(lit.symbol.as_str(), |_, c| match c {
                Ok(c) => bytes.push(c),
                Err(error) => is_right &= !error.is_fatal(),
            });
            is_right.then_some(bytes)
        }
        LitKind::ByteStrRaw(_) => Some(lit.symbol.as_str().as_bytes().to_vec()),
        _ => None,
    }
}

/// The value of a byte literal.
pub(crate) fn byte(lit: &Lit) -> Option<u8> {
    unescape_byte(lit.symbol.as_str()).ok().filter(|_| lit.kind == LitKind::Byte)
}

/// The value of an integer literal, whatever its suffix.
pub(crate) fn integer(lit: &Lit) -> Option<u128> {
    if lit.kind != LitKind::Integer {
        return None;
    }
    let text: String = lit.symbol.as_str().chars().filter(|c| *c != '_').collect();
    match text.get(..2) {
        Some("0x") => u128::from_str_radix(&text[2..], 16).ok(),
        Some("0o") => u128::from_str_radix(&text[2..], 8).ok(),
        Some("0b") => u128::from_str_radix(&text[2..], 2).ok(),
        _ => text.parse().ok(),
    }
}

/// What `concat!` makes of a literal.
pub(crate) fn concat_text(lit: &Lit) -> Option<String> {
    match lit.kind {
        LitKind::Str | LitKind::StrRaw(_) => string(lit),
        LitKind::Char => unescape_char(lit.symbol.as_str()).ok().map(String::from),
        // `1f32` is a float.
        LitKind::Integer if lit.suffix.is_some_and(|suffix| suffix.as_str().starts_with('f')) => {
            Some(lit.symbol.as_str().replace('_', ""))
        }
        LitKind::Integer => integer(lit).map(|value| value.to_string()),
        LitKind::Float => Some(lit.symbol.as_str().replace('_', "")),
        LitKind::Bool => Some(lit.symbol.as_str().to_owned()),
        LitKind::Byte | LitKind::ByteStr | LitKind::ByteStrRaw(_) | LitKind::CStr | LitKind::CStrRaw(_) => None,
    }
}

/// A text as it stands in a string literal.
pub(crate) fn escape_str(text: &str) -> String {
    text.escape_default().to_string()
}

/// Bytes as they stand in a byte string literal.
pub(crate) fn escape_bytes(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

#[cfg(test)]
mod tests {
    use syntax::symbol::Symbol;

    use super::*;

    fn lit(kind: LitKind, text: &str) -> Lit {
        Lit { kind, symbol: Symbol::intern(text), suffix: None }
    }

    #[test]
    fn values() {
        assert_eq!(string(&lit(LitKind::Str, "a\\n\\\n   b")).as_deref(), Some("a\nb"));
        assert_eq!(string(&lit(LitKind::StrRaw(1), "a\\n")).as_deref(), Some("a\\n"));
        assert_eq!(string(&lit(LitKind::Char, "a")), None);
        assert_eq!(integer(&lit(LitKind::Integer, "0x_ff")), Some(255));
        assert_eq!(integer(&lit(LitKind::Integer, "1_000")), Some(1000));
        assert_eq!(concat_text(&lit(LitKind::Float, "1_0.5")).as_deref(), Some("10.5"));
        assert_eq!(concat_text(&lit(LitKind::Char, "\\t")).as_deref(), Some("\t"));
        assert_eq!(bytes(&lit(LitKind::ByteStr, "a\\0")).as_deref(), Some(&b"a\0"[..]));
        assert_eq!(byte(&lit(LitKind::Byte, "\\n")), Some(10));
        assert_eq!(escape_str("a\"\n\u{e9}"), "a\\\"\\n\\u{e9}");
        assert_eq!(escape_bytes(b"a\"\xff"), "a\\\"\\xff");
    }
}
