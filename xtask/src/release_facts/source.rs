//! rustc's source as text: files without comments, and items within them.

use std::path::{Path, PathBuf};

/// A folder with rustc's source (`compiler/`, `src/version`).
pub struct Source {
    folder: PathBuf,
}

impl Source {
    pub fn new(folder: &Path) -> Source {
        Source { folder: folder.to_owned() }
    }

    /// The release: `1.95.0`.
    pub fn release(&self) -> Result<String, String> {
        Ok(self.raw("src/version")?.trim().to_owned())
    }

    fn raw(&self, file: &str) -> Result<String, String> {
        let path = self.folder.join(file);
        std::fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))
    }

    /// A file without comments and attributes.
    pub fn file(&self, file: &str) -> Result<String, String> {
        Ok(without_attributes(&without_comments(&self.raw(file)?)))
    }

    /// The Rust files of a file's path or, if it is a folder's, of that folder and those in it.
    pub fn files(&self, path: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![path.to_owned()];
        while let Some(path) = open.pop() {
            match std::fs::read_dir(self.folder.join(&path)) {
                Ok(entries) => {
                    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
                    open.extend(names.map(|name| format!("{path}/{name}")));
                }
                Err(_) if path.ends_with(".rs") => found.push(path),
                Err(_) => {}
            }
        }
        found.sort();
        found
    }
}

/// What is between the delimiters that follow the first place of `head`.
pub fn inside<'a>(text: &'a str, head: &str) -> Option<&'a str> {
    let start = text.find(head)? + head.len();
    let open = start + text[start..].find(['{', '(', '['])?;
    group(&text[open..])
}

/// What is between the delimiters that a text begins with.
fn group(text: &str) -> Option<&str> {
    let (mut depth, mut at) = (0usize, 0);
    while let Some(&byte) = text.as_bytes().get(at) {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return text.get(1..at);
                }
            }
            _ => {}
        }
        at += literal_len(&text[at..]);
    }
    None
}

/// The parts of a list: split at separators that are within no delimiters.
pub fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut depth, mut start, mut at) = (Vec::new(), 0i32, 0, 0);
    while let Some(char) = text[at..].chars().next() {
        match char {
            '{' | '(' | '[' | '<' => depth += 1,
            '}' | ')' | ']' | '>' => depth -= 1,
            _ if char == separator && depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
        at += literal_len(&text[at..]);
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

/// The definitions of types and the lists that macros make of a file: a heading for each and its text, in one line a part.
pub fn items(text: &str) -> Vec<(String, Vec<String>)> {
    let mut items = Vec::new();
    for (at, _) in text.match_indices('{') {
        let line = text[..at].rfind(['\n', ';', '}']).map_or(0, |end| end + 1);
        let heading = text[line..at].split_whitespace().collect::<Vec<_>>().join(" ");
        let is_type = ["pub struct ", "pub enum ", "struct ", "enum ", "pub(crate) struct ", "pub(crate) enum "]
            .iter()
            .any(|start| heading.starts_with(start));
        if (is_type || heading.ends_with('!'))
            && !heading.starts_with("macro_rules")
            && let Some(content) = group(&text[at..])
        {
            let line = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
            let separator = if content.contains(';') { ';' } else { ',' };
            items.push((heading, split(content, separator).into_iter().map(line).collect()));
        }
    }
    items
}

/// Comments become nothing; what stands in strings stays.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['/', '"', '\'']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else {
            let len = literal_len(rest);
            out.push_str(&rest[..len]);
            len
        };
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// The length of a string's or character's literal, or of one character of what is neither.
fn literal_len(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match text.as_bytes()[0] {
        b'"' => {
            while let Some((at, char)) = chars.next() {
                match char {
                    '\\' => drop(chars.next()),
                    '"' => return at + 1,
                    _ => {}
                }
            }
            text.len()
        }
        b'\'' => match (text.as_bytes().get(1), text.as_bytes().get(2)) {
            (Some(b'\\'), _) => text.get(3..).and_then(|rest| rest.find('\'')).map_or(1, |end| end + 4),
            (Some(_), Some(b'\'')) => 3,
            _ => 1,
        },
        _ => text.chars().next().map_or(1, char::len_utf8),
    }
}

/// Attributes (`#[…]`) become nothing.
fn without_attributes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("#[") {
        out.push_str(&rest[..at]);
        let len = group(&rest[at + 1..]).map_or(0, str::len);
        rest = &rest[(at + len + 3).min(rest.len())..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_within() {
        let text = without_attributes(&without_comments(
            "// enum A { no }\n#[derive(X)]\npub enum A<'a> { /* b */ B(u8, Option<u8>), #[c] C { d: &'static str }, }\n",
        ));
        assert_eq!(
            inside(&text, "enum A").map(|content| split(content, ',')),
            Some(vec!["B(u8, Option<u8>)", "C { d: &'static str }"])
        );
        assert_eq!(items(&text)[0].0, "pub enum A<'a>");
        assert_eq!(without_comments("'\"' \"//\" '\\'' x // y"), "'\"' \"//\" '\\'' x ");
    }
}
