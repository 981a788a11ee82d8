//! Symbols as people know them.

use rustc_demangle::demangle;

/// A symbol as a path of Rust, without what tells equal paths apart; other symbols as they are.
pub fn of_symbol(symbol: &str) -> String {
    format!("{:#}", demangle(symbol))
}

/// The crate whose source a symbol's function is in; none for what is not Rust's.
///
/// Of `<T as Trait>::method` it is the crate with the `impl`, which the name as text does not tell, and the symbol does.
pub fn crate_of(symbol: &str) -> Option<String> {
    if let Some(rest) = symbol.strip_prefix("_R") {
        return first_crate(rest);
    }
    let name = of_symbol(symbol);
    if name == symbol {
        return None;
    }
    // The older form of symbols has no more than the text.
    let first =
        name.trim_start_matches(['<', '&', '*', '(', '[']).trim_start_matches("mut ").trim_start_matches("dyn ");
    let word: String = first.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    first[word.len()..].starts_with("::").then_some(word)
}

/// The crate that the path in a symbol of the newer form (v0) begins with. What stands before it are the marks of what the
/// path consists of, and types without names.
fn first_crate(path: &str) -> Option<String> {
    let mut rest = path.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = match first {
            b'C' => return identifier(after),
            // The namespace is a letter of its own.
            b'N' => after.get(1..)?,
            b'M' | b'X' => without_disambiguator(after)?,
            // The ABI of a function's type.
            b'K' if after.first() == Some(&b'C') => &after[1..],
            _ => after,
        };
    }
    None
}

/// An identifier, its disambiguator first.
fn identifier(text: &[u8]) -> Option<String> {
    let text = without_disambiguator(text)?;
    let digits = text.iter().take_while(|c| c.is_ascii_digit()).count();
    let length: usize = std::str::from_utf8(&text[..digits]).ok()?.parse().ok()?;
    let text = &text[digits..];
    let text = text.strip_prefix(b"_").unwrap_or(text);
    Some(String::from_utf8_lossy(text.get(..length)?).into_owned())
}

fn without_disambiguator(text: &[u8]) -> Option<&[u8]> {
    match text.strip_prefix(b"s") {
        Some(number) => number.get(number.iter().position(|c| *c == b'_')? + 1..),
        None => Some(text),
    }
}

/// A name as text without generic arguments: what all instances of a generic function have in common.
pub fn generic_of(name: &str) -> String {
    let mut out = String::new();
    let mut depth = 0_usize;
    // Where the arguments that are left out began.
    let mut left_out = None;
    let mut previous = ' ';
    for c in name.chars() {
        let is_arrow = previous == '-';
        match c {
            '<' => {
                depth += 1;
                // `<T as Trait>` is a part of the path.
                let is_type = out.is_empty() || !out.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
                if left_out.is_none() && !is_type {
                    left_out = Some(depth);
                    if out.ends_with("::") {
                        out.truncate(out.len() - 2);
                    } else {
                        out.push_str("<_>");
                    }
                } else if left_out.is_none() {
                    out.push(c);
                }
            }
            '>' if !is_arrow => {
                if left_out.is_none() {
                    out.push(c);
                } else if left_out == Some(depth) {
                    left_out = None;
                }
                depth = depth.saturating_sub(1);
            }
            _ if left_out.is_none() => out.push(c),
            _ => {}
        }
        previous = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{crate_of, generic_of, of_symbol};

    #[test]
    fn crates_of_symbols() {
        for (symbol, expected) in [
            ("_RNvCsciGn5CcqV8B_1t3sum", Some("t")),
            ("_RNvXs1g_NtCsgEmfK2I1SDS_4core3fmtRReNtB6_5Debug3fmtC8bessemer", Some("core")),
            ("_RNCINvNtCsjrHSEGnQ3l9_3std2rt10lang_startuE0C8bessemer", Some("std")),
            ("_RNSNvYNCINvNtCsjrHSEGnQ3l9_3std2rt10lang_startuE0INtB1_1aE4call6vtableC8bessemer", Some("std")),
            ("_ZN4core3ptr4read17h0123456789abcdefE", Some("core")),
            ("_ZN49_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$x..Y$GT$1f17h0123456789abcdefE", Some("alloc")),
            ("main", None),
            ("_RN", None),
        ] {
            assert_eq!(crate_of(symbol).as_deref(), expected, "{symbol}");
        }
    }

    #[test]
    fn instances_of_one_generic_have_one_name() {
        for (name, expected) in [
            ("core::ptr::drop_in_place::<alloc::string::String>", "core::ptr::drop_in_place"),
            ("<alloc::vec::Vec<u8>>::push", "<alloc::vec::Vec<_>>::push"),
            (
                "<alloc::vec::Vec<alloc::vec::Vec<u8>> as core::fmt::Debug>::fmt",
                "<alloc::vec::Vec<_> as core::fmt::Debug>::fmt",
            ),
            ("<&[u8] as core::convert::AsRef<[u8]>>::as_ref", "<&[u8] as core::convert::AsRef<_>>::as_ref"),
            ("a::f::<fn(u8) -> u16, b::C<u8>>::{closure#0}", "a::f::{closure#0}"),
            ("main", "main"),
        ] {
            assert_eq!(generic_of(name), expected);
        }
    }

    #[test]
    fn symbols_as_paths() {
        assert_eq!(of_symbol("_RNvCsciGn5CcqV8B_1t3sum"), "t::sum");
        assert_eq!(of_symbol("memcpy"), "memcpy");
    }
}
