//! The releases of rustc that Bessemer works with.
//!
//! **What it is.** A table: one row and one folder of lists for each release. What a release does differently from the one
//! before it is one field here; the code that depends on it asks for the field, not for the release.
//!
//! **What goes in.** A version as rustc says it (`1.95.0`, `rustc 1.95.0 (59807616e 2026-04-14)`). **What comes out.** Its
//! [`Release`], or nothing: a release that is not in the table is never guessed at.
//!
//! **What it must not know.** Anything else: it has lists and flags, no code that reads files or runs programs.
//!
//! The lists are made by `cargo xtask release-facts` from rustc's source; `docs/adding-a-rustc-version.md` says how to add a
//! release.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod behaviour;
mod encoding;

pub use behaviour::Behaviour;
pub use encoding::{Alias, Directive, Encoding, FormatArguments};

/// A release of rustc.
#[derive(PartialEq, Eq, Debug)]
pub struct Release {
    /// `1.95.0`
    pub name: &'static str,
    /// The same as three numbers, as `cfg(version(…))` compares them.
    pub number: (u16, u16, u16),
    /// What rustc numbers.
    pub lists: Lists,
    /// How metadata is written.
    pub encoding: Encoding,
    /// What the compiler does.
    pub behaviour: Behaviour,
}

/// What rustc numbers, one name a line, in its order.
#[derive(PartialEq, Eq, Debug)]
pub struct Lists {
    /// Predefined symbols. The text of the last is the release's name.
    pub symbols: &'static str,
    /// Lang items, by the names in their attributes.
    pub lang_items: &'static str,
    /// Tables of metadata by definition. After the name: whether entries are positions of a `value` or of a `list`, or the
    /// value itself (`direct`).
    pub tables: &'static str,
    /// Parsed attributes. After the name: the shape of its fields (see `rmeta`), behind `!` if other crates never see it.
    pub attributes: &'static str,
    /// Kinds of definitions, from 1, as Rust's patterns without spaces and paths.
    pub def_kinds: &'static str,
    /// Calling conventions by the names after `extern`.
    pub abis: &'static str,
}

macro_rules! lists {
    ($folder:literal) => {
        Lists {
            symbols: include_str!(concat!($folder, "/symbols.txt")),
            lang_items: include_str!(concat!($folder, "/lang_items.txt")),
            tables: include_str!(concat!($folder, "/tables.txt")),
            attributes: include_str!(concat!($folder, "/attributes.txt")),
            def_kinds: include_str!(concat!($folder, "/def_kinds.txt")),
            abis: include_str!(concat!($folder, "/abis.txt")),
        }
    };
}

/// All releases, the oldest first. A row says that all comparisons with that release's rustc have been seen to pass.
pub static RELEASES: [Release; 4] = [
    Release {
        name: "1.95.0",
        number: (1, 95, 0),
        lists: lists!("1.95.0"),
        encoding: encoding::V1_95,
        behaviour: behaviour::V1_95,
    },
    Release {
        name: "1.96.0",
        number: (1, 96, 0),
        lists: lists!("1.96.0"),
        encoding: encoding::V1_96,
        behaviour: behaviour::V1_96,
    },
    Release {
        name: "1.97.1",
        number: (1, 97, 1),
        lists: lists!("1.97.1"),
        encoding: encoding::V1_97,
        behaviour: behaviour::V1_97,
    },
    Release {
        name: "1.98.1",
        number: (1, 98, 1),
        lists: lists!("1.98.1"),
        encoding: encoding::V1_98,
        behaviour: behaviour::V1_98,
    },
];

/// The release of a name: `1.95.0`.
pub fn named(name: &str) -> Option<&'static Release> {
    RELEASES.iter().find(|release| release.name == name)
}

/// The release of a version as metadata and `rustc -V` say it: `rustc 1.95.0 (59807616e 2026-04-14)`, with what a
/// distribution adds to it.
pub fn of_version(version: &str) -> Option<&'static Release> {
    let rest = version.strip_prefix("rustc ")?;
    named(rest.split(' ').next()?)
}

/// The names of all releases for messages: `1.95.0, 1.96.0 or 1.97.1`.
pub fn names() -> String {
    let names: Vec<&str> = RELEASES.iter().map(|release| release.name).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Where a release is in [`RELEASES`].
pub fn index(release: &'static Release) -> usize {
    RELEASES.iter().position(|other| std::ptr::eq(other, release)).expect("releases are rows of the table")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let name = |version| of_version(version).map(|release| release.name);
        assert_eq!(name("rustc 1.95.0 (59807616e 2026-04-14)"), Some("1.95.0"));
        assert_eq!(name("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)"), Some("1.96.0"));
        for other in ["rustc 1.95.1 (x)", "rustc 1.95.0-nightly (x)", "rustc 1.9", "1.95.0", ""] {
            assert_eq!(name(other), None, "{other}");
        }
        assert!(names().starts_with("1.95.0, ") && names().contains(" or "));
    }

    /// What every row must have: a list that is not the neighbour's, and the release as its last symbol.
    #[test]
    fn lists() {
        for release in &RELEASES {
            let (major, minor, patch) = release.number;
            assert_eq!(release.name, format!("{major}.{minor}.{patch}"));
            let lists = &release.lists;
            assert_eq!(lists.symbols.lines().last(), Some(release.name));
            assert!(lists.lang_items.starts_with("sized\n") && lists.tables.starts_with("intrinsic value\n"));
            let is_name = |name: &str| name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
            assert_eq!(lists.lang_items.lines().find(|item| !is_name(item)), None);
            assert!(lists.abis.starts_with("C\nC-unwind\n") && lists.def_kinds.starts_with("Mod\n"));
        }
    }
}
