//! The crate types that a source names itself: `#![crate_type = "cdylib"]`.
//!
//! rustc must be told how a crate is to be compiled before it reads it, so the attributes at the start of the file are read
//! here. They are plain there: rustc refuses a crate type behind a condition, and one made by a macro.

use crate::OutputCrateType;

/// The types that the attributes at the start of a text name; none where there are none. Words that rustc does not know are
/// left to it.
pub fn declared(text: &str) -> Vec<OutputCrateType> {
    let mut types = Vec::new();
    let mut rest = text.trim_start_matches('\u{feff}');
    // A line for the shell, which is no attribute.
    if rest.starts_with("#!") && !after_blanks(&rest[2..]).starts_with('[') {
        rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
    }
    while let Some((attribute, after)) = inner_attribute(after_blanks(rest)) {
        rest = after;
        let Some(value) = value_of(attribute, "crate_type") else { continue };
        types.extend(OutputCrateType::from_name(value));
    }
    types.sort_unstable();
    types.dedup();
    types
}

/// The text behind blanks and comments.
fn after_blanks(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        let is_doc = |mark: &str| text.starts_with(mark);
        text = if is_doc("//") {
            text.split_once('\n').map_or("", |(_, rest)| rest)
        } else if is_doc("/*") {
            after_comment(text)
        } else {
            return text;
        };
    }
}

/// The text behind a comment of the kind that nests.
fn after_comment(text: &str) -> &str {
    let (mut depth, mut at) = (0usize, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return &text[at..];
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    ""
}

/// If an inner attribute begins here: what is between its brackets, and what follows it.
fn inner_attribute(text: &str) -> Option<(&str, &str)> {
    let rest = after_blanks(text.strip_prefix('#')?);
    let rest = after_blanks(rest.strip_prefix('!')?);
    let inside = rest.strip_prefix('[')?;
    let mut depth = 1;
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            '"' => {
                // To the end of the string.
                while let Some((_, c)) = chars.next() {
                    match c {
                        '\\' => drop(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        if depth == 0 {
            return Some((&inside[..at], &inside[at + 1..]));
        }
    }
    None
}

/// The string that an attribute gives to a name.
fn value_of<'a>(attribute: &'a str, name: &str) -> Option<&'a str> {
    let rest = after_blanks(after_blanks(attribute).strip_prefix(name)?);
    let value = after_blanks(rest.strip_prefix('=')?).strip_prefix('"')?;
    value.split_once('"').map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::declared;
    use crate::OutputCrateType::{Bin, Cdylib, Lib, Staticlib};

    #[test]
    fn attributes_at_the_start_count() {
        for (text, types) in [
            ("#![crate_type = \"lib\"]\nfn f() {}", &[Lib][..]),
            ("#!/usr/bin/env bessemer\n#![crate_type=\"bin\"]", &[Bin]),
            ("//! Words /* \n/* a /* nested */ [ */ # ! [ crate_type = /* b */ \"cdylib\" ]", &[Cdylib]),
            (
                "#![doc = \"]\\\"#![crate_type = \\\"lib\\\"]\"]#![crate_type=\"rlib\"] #![crate_type=\"staticlib\"]",
                &[Lib, Staticlib],
            ),
            ("#![allow(unused)] fn main() {} #![crate_type = \"lib\"]", &[]),
            ("// #![crate_type = \"lib\"]\nfn main() {}", &[]),
            ("#![crate_type = \"other\"]", &[]),
            ("#![crate_types = \"lib\"]", &[]),
            ("#![crate_type = \"li", &[]),
            ("#!", &[]),
            ("/* ", &[]),
            ("", &[]),
        ] {
            assert_eq!(declared(text), types, "{text}");
        }
    }
}
