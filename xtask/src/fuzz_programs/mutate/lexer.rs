//! Programs as tokens, as far as changing them needs: which words, numbers and operators there are, and where.

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// White space or a comment.
    Space,
    Word,
    Lifetime,
    Int,
    Float,
    /// A string, byte string or character.
    Text,
    Operator,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    pub kind: Kind,
    pub text: String,
}

impl Token {
    pub fn new(kind: Kind, text: impl Into<String>) -> Token {
        Token { kind, text: text.into() }
    }

    pub fn is(&self, text: &str) -> bool {
        self.text == text && self.kind != Kind::Text && self.kind != Kind::Space
    }
}

/// Operators of several characters, the longest first.
const OPERATORS: &[&str] = &[
    "<<=", ">>=", "...", "..=", "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "%=",
    "^=", "&=", "|=", "<<", ">>", "..",
];

/// The tokens of a text. Put together again they are the text.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut result = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = token(rest, first, result.last());
        let (text, after) = rest.split_at(length);
        result.push(Token::new(kind, text));
        rest = after;
    }
    result
}

fn token(text: &str, first: char, before: Option<&Token>) -> (Kind, usize) {
    let word = |text: &str| text.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(text.len());
    if first.is_whitespace() {
        return (Kind::Space, text.find(|it: char| !it.is_whitespace()).unwrap_or(text.len()));
    }
    if text.starts_with("//") {
        return (Kind::Space, text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return (Kind::Space, block_comment(text));
    }
    if first.is_ascii_digit() {
        return number(text, before.is_some_and(|it| it.is(".")));
    }
    if first == '"' {
        return (Kind::Text, quoted(text, '"'));
    }
    if first == '\'' {
        return character(text);
    }
    // Strings with a prefix: raw ones, and those of bytes or for C.
    let prefix = text.find(|it: char| !matches!(it, 'r' | 'b' | 'c')).unwrap_or(text.len());
    if (1..=2).contains(&prefix) {
        let rest = &text[prefix..];
        if text[..prefix].contains('r') {
            let marks = rest.len() - rest.trim_start_matches('#').len();
            if rest[marks..].starts_with('"') {
                let end = format!("\"{}", "#".repeat(marks));
                let inside = &rest[marks + 1..];
                let length = inside.find(&end).map_or(inside.len(), |it| it + end.len());
                return (Kind::Text, prefix + marks + 1 + length);
            }
        } else if rest.starts_with('"') {
            return (Kind::Text, prefix + quoted(rest, '"'));
        } else if rest.starts_with('\'') && text.starts_with('b') {
            return (Kind::Text, prefix + quoted(rest, '\''));
        }
    }
    if first.is_alphabetic() || first == '_' {
        return (Kind::Word, word(text));
    }
    let operator = OPERATORS.iter().find(|it| text.starts_with(**it));
    (Kind::Operator, operator.map_or(first.len_utf8(), |it| it.len()))
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of what is between quotes, with them.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A character, or a lifetime.
fn character(text: &str) -> (Kind, usize) {
    let mut inside = text[1..].chars();
    let (first, second) = (inside.next(), inside.next());
    if first == Some('\\') || second == Some('\'') {
        return (Kind::Text, quoted(text, '\''));
    }
    let rest = &text[1..];
    (Kind::Lifetime, 1 + rest.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(rest.len()))
}

fn number(text: &str, is_field: bool) -> (Kind, usize) {
    let word = |text: &str| text.find(|it: char| !it.is_ascii_alphanumeric() && it != '_').unwrap_or(text.len());
    let mut length = word(text);
    let based = text.starts_with("0x") || text.starts_with("0b") || text.starts_with("0o");
    if is_field || based {
        return (Kind::Int, length);
    }
    let exponent = |text: &str| text.ends_with(['e', 'E']);
    let mut float = text[..length].contains("f32") || text[..length].contains("f64");
    let rest = &text[length..];
    if let Some(after) = rest.strip_prefix('.') {
        let next = after.chars().next();
        if next.is_some_and(|it| it.is_ascii_digit()) {
            float = true;
            length += 1 + word(after);
        } else if !next.is_some_and(|it| it == '.' || it == '_' || it.is_alphabetic()) {
            return (Kind::Float, length + 1);
        }
    }
    if exponent(&text[..length]) && text[length..].starts_with(['+', '-']) {
        float = true;
        length += 1 + word(&text[length + 1..]);
    }
    float |= !based && text[..length].contains(['e', 'E']) && !text[..length].contains("size");
    (if float { Kind::Float } else { Kind::Int }, length)
}

#[cfg(test)]
mod tests {
    use super::{Kind, tokens};

    #[test]
    fn tokens_are_told_apart_and_make_up_the_text() {
        let text = r##"fn f<'a>(x: &'a u8) { /* a /* b */ */ let s = r#"a " b"#; b'\'' + 'x' as u8; 1..=2.5e-3; x.0.1; 0xfe_u8; b"q\"" // end
}"##;
        let tokens = tokens(text);
        assert_eq!(tokens.iter().map(|it| &*it.text).collect::<String>(), text);
        let of = |kind: Kind| tokens.iter().filter(|it| it.kind == kind).map(|it| &*it.text).collect::<Vec<_>>();
        assert_eq!(of(Kind::Lifetime), ["'a", "'a"]);
        assert_eq!(of(Kind::Text), ["r#\"a \" b\"#", "b'\\''", "'x'", "b\"q\\\"\""]);
        assert_eq!(of(Kind::Int), ["1", "0", "1", "0xfe_u8"]);
        assert_eq!(of(Kind::Float), ["2.5e-3"]);
    }
}
