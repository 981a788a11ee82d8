//! Limits that a crate sets for itself (`#![recursion_limit = "256"]`).
//!
//! Metadata does not have them, so they are read from the source of the crate's root: the attributes at its beginning.

use ty::{DefId, Tcx};

/// What holds where the crate says nothing.
const DEFAULT: u32 = 128;

/// The recursion limit of the crate that is compiled.
pub(crate) fn recursion_limit(tcx: Tcx<'_>, root: DefId) -> u32 {
    let definitions = tcx.definitions();
    let span = definitions.def_span(root);
    if span.is_dummy() {
        return DEFAULT;
    }
    let text = std::fs::read_to_string(&*definitions.source_file(span.file).name).unwrap_or_default();
    in_text(&text).unwrap_or(DEFAULT)
}

/// The limit that the attributes at the beginning of a file set.
fn in_text(text: &str) -> Option<u32> {
    let mut rest = text;
    let mut under_condition = None;
    loop {
        rest = after_space(rest);
        let Some(attribute) = rest.strip_prefix('#').map(after_space).and_then(|it| it.strip_prefix('!')) else {
            return under_condition;
        };
        let (content, end) = bracketed(after_space(attribute))?;
        rest = end;
        let content = after_space(content);
        if let Some(limit) = value(content) {
            return Some(limit);
        }
        // Which conditions hold is not known here. A limit that is too high only makes an endless program take longer to end.
        if content.starts_with("cfg_attr") {
            let limits = content.match_indices("recursion_limit").filter_map(|(at, _)| value(&content[at..]));
            under_condition = under_condition.max(limits.max());
        }
    }
}

/// The number of `recursion_limit = "N"`.
fn value(content: &str) -> Option<u32> {
    let value = after_space(after_space(content.strip_prefix("recursion_limit")?).strip_prefix('=')?);
    let quoted = value.strip_prefix('r').unwrap_or(value).trim_start_matches('#').strip_prefix('"')?;
    quoted[..quoted.find('"')?].trim().parse().ok()
}

/// Without the space and comments at the beginning.
fn after_space(text: &str) -> &str {
    let mut rest = text.trim_start_matches('\u{feff}');
    loop {
        rest = rest.trim_start();
        if rest.starts_with("#!") && !after_space(&rest[2..]).starts_with('[') {
            // The line that tells a shell what to run.
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if rest.starts_with("/*") {
            let mut depth = 0;
            let mut at = 0;
            loop {
                let Some(next) = rest[at..].find(['/', '*']) else { return "" };
                at += next;
                match &rest.as_bytes()[at..] {
                    [b'/', b'*', ..] => depth += 1,
                    [b'*', b'/', ..] => depth -= 1,
                    _ => {
                        at += 1;
                        continue;
                    }
                }
                at += 2;
                if depth == 0 {
                    break;
                }
            }
            rest = &rest[at..];
        } else {
            return rest;
        }
    }
}

/// What is between a bracket at the beginning and its partner, and what follows.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0u32;
    let mut in_string = false;
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => in_string = !in_string,
            '\\' if in_string => drop(chars.next()),
            '[' if !in_string => depth += 1,
            ']' if !in_string => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some((&text[1..at], &text[at + 1..]));
                }
            }
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::in_text;

    #[test]
    fn limits_are_found() {
        for (text, limit) in [
            ("#![recursion_limit = \"256\"]\nfn main() {}", Some(256)),
            (
                "//! Words [\n/* /* */ #![recursion_limit = \"1\"] */\n#![allow(x, y = \"]\")]\n# ! [recursion_limit=\"7\"]",
                Some(7),
            ),
            ("#!/usr/bin/env run\n#![recursion_limit = r#\"64\"#]", Some(64)),
            ("#![cfg_attr(test, recursion_limit = \"512\")]\nfn main() {}", Some(512)),
            ("#![cfg_attr(test, recursion_limit = \"512\")]\n#![recursion_limit = \"8\"]", Some(8)),
            ("fn main() {}\n#![recursion_limit = \"9\"]", None),
            ("#![type_length_limit = \"9\"]", None),
            ("/* open", None),
            ("#![", None),
            ("", None),
        ] {
            assert_eq!(in_text(text), limit, "{text}");
        }
    }
}
