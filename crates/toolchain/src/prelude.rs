//! Tests in modules without a prelude.
//!
//! Under `#![no_implicit_prelude]`, rustc finds `#[test]` all the same, as it is built in. The attribute that stands for it
//! where bodies are read ([`crate::TestSupport`]) is not. So for crates in which rustc does not find it, the bodies are read
//! from altered sources: in place of `no_implicit_prelude` there is an attribute of the same length that means nothing. What
//! such modules name, they name without a prelude, and names of a prelude give way to all others.

use crate::shims::OtherSources;
use crate::{CheckError, DepInfo, Toolchain};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

const ATTRIBUTE: &str = "no_implicit_prelude";
const NEUTRAL: &str = "allow(dead_code)   ";

/// Whether rustc's words say that an attribute of tests was not found.
pub(crate) fn lacks_tests(said: &[u8]) -> bool {
    let text = String::from_utf8_lossy(said);
    ["test", "bench"].iter().any(|name| text.contains(&format!("cannot find attribute `{name}` in this scope")))
}

impl Toolchain {
    /// What rustc is given to read other sources where a crate's do without a prelude; nothing if none does. `args` are the
    /// crate's without what is of output. The other sources are written into `folder`.
    pub(crate) fn with_preludes(&self, args: &[OsString], folder: &Path) -> Result<OtherSources, CheckError> {
        if self.shims.is_none() {
            return Ok(OtherSources::default());
        }
        let dep_info = folder.join("sources.d");
        let mut command = self.stable_rustc();
        command.args(args).args(["--test", "--cap-lints=allow"]);
        command.arg(crate::check::join("--emit=dep-info=", &dep_info));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Where that fails, there is no list, and no other sources.
        let _ = command.status();
        let text = std::fs::read_to_string(&dep_info).unwrap_or_default();
        let mut pairs: Vec<(PathBuf, PathBuf)> = Vec::new();
        for file in DepInfo::parse(&text).files {
            let Some(altered) = std::fs::read_to_string(&file).ok().and_then(|text| altered(&text)) else { continue };
            let path = folder.join(format!("source-{}.rs", pairs.len()));
            std::fs::write(&path, altered).map_err(|error| CheckError::Io { path: path.clone(), error })?;
            pairs.push((file, path));
        }
        Ok(OtherSources::with_sources(&pairs))
    }
}

/// The text with preludes, if it does without any.
fn altered(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let is_start = !out.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let is_attribute = is_start
            && rest.strip_prefix(ATTRIBUTE).is_some_and(|rest| rest.trim_start().starts_with([']', ',', ')']))
            && out.trim_end().ends_with(['[', '(', ',']);
        if is_attribute {
            out.push_str(NEUTRAL);
            rest = &rest[ATTRIBUTE.len()..];
        } else {
            let (token, others) = rest.split_at(token_length(rest, is_start));
            out.push_str(token);
            rest = others;
        }
    }
    (out != text).then_some(out)
}

/// The length of the comment, the literal or the character that a text begins with. `is_start`: no word goes on here.
fn token_length(text: &str, is_start: bool) -> usize {
    let to = |end: Option<usize>| end.unwrap_or(text.len());
    if text.starts_with("//") {
        return to(text.find('\n'));
    }
    if text.starts_with("/*") {
        let (mut depth, mut at) = (0, 0);
        while let Some(found) = text[at..].find(['/', '*']) {
            let here = &text[at + found..];
            let step = if here.starts_with("/*") {
                depth += 1;
                2
            } else if here.starts_with("*/") {
                depth -= 1;
                2
            } else {
                1
            };
            at += found + step;
            if depth == 0 {
                return at;
            }
        }
        return text.len();
    }
    if is_start && let Some(raw) = ["r", "br", "cr"].iter().find_map(|prefix| text.strip_prefix(prefix)) {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if let Some(inside) = raw[hashes..].strip_prefix('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let start = text.len() - inside.len();
            return to(inside.find(&end).map(|at| start + at + end.len()));
        }
    }
    if text.starts_with('"') {
        return quoted_length(text, '"').unwrap_or(text.len());
    }
    if let Some(rest) = text.strip_prefix('\'') {
        // A character, or the tick of a lifetime.
        let mut chars = rest.chars();
        let is_char = match chars.next() {
            Some('\\') => true,
            Some(_) => chars.next() == Some('\''),
            None => false,
        };
        return if is_char { quoted_length(text, '\'').unwrap_or(text.len()) } else { 1 };
    }
    text.chars().next().map_or(0, char::len_utf8)
}

/// The length of what is in these quotes, with them.
fn quoted_length(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    loop {
        match chars.next()? {
            (_, '\\') => drop(chars.next()),
            (at, c) if c == quote => return Some(at + 1),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::altered;

    #[test]
    fn only_attributes_are_altered() {
        let neutral = |text: &str| text.replace("no_implicit_prelude", "allow(dead_code)   ");
        for text in [
            "#![no_implicit_prelude]\nfn f() {}",
            "mod a { #![cfg_attr(test, no_implicit_prelude)] }",
            "#[ no_implicit_prelude ] mod b;",
            "/* /* */ \" */ #![no_implicit_prelude]",
            "const A: char = '\"'; const B: &'static str = \"\\\"\"; #![no_implicit_prelude]",
            "const A: &str = r#\"\"\"#; #[no_implicit_prelude] mod c {}",
        ] {
            assert_eq!(altered(text).as_deref(), Some(&*neutral(text)));
        }
        for text in [
            "// #![no_implicit_prelude]",
            "/* #![no_implicit_prelude] */",
            "const A: &str = \"#![no_implicit_prelude]\";",
            "const A: &str = r\"#![no_implicit_prelude]\";",
            "const A: &str = r#\"\" [no_implicit_prelude] \"#;",
            "f(no_implicit_prelude_too)",
            "fn no_implicit_prelude() {}",
            "'a: loop {}",
        ] {
            assert_eq!(altered(text), None, "{text}");
        }
    }
}
