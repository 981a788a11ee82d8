//! rustc's dependency information.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// What a crate's compilation read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DepInfo {
    pub files: Vec<PathBuf>,
    /// The BLAKE3 hashes of the contents that were compiled, where rustc was asked for them
    /// (`-Zchecksum-hash-algorithm=blake3`), with the contents' lengths.
    pub checksums: BTreeMap<PathBuf, ([u8; 32], u64)>,
    /// Environment variables read at compile time (`env!`, `option_env!`) and the values seen.
    pub env: Vec<(String, Option<String>)>,
}

/// How a comment about the environment begins. In names of files blanks have a backslash before them, so that none is taken
/// for a comment.
const ENV: &str = "# env-dep:";

/// How a comment about a file's content begins: the name follows after its length.
const CHECKSUM: &str = "# checksum:blake3=";

impl DepInfo {
    /// Reads the text that `--emit=dep-info` writes: a makefile, with comments.
    ///
    /// Each output has a rule that names the sources; then each source has a rule of its own without prerequisites, so that a
    /// missing one is no error. rustc escapes blanks in names and nothing else, line ends neither.
    pub fn parse(text: &str) -> DepInfo {
        let mut info = DepInfo::default();
        // Comments come last, but for an empty line before them.
        let comments = [ENV, CHECKSUM].iter().filter_map(|prefix| text.find(&format!("\n{prefix}"))).min();
        let (rules, comments) = text.split_at(comments.map_or(text.len(), |at| at + 1));
        for record in records(comments) {
            if let Some(env) = record.strip_prefix(ENV) {
                let (name, value) = match env.split_once('=') {
                    Some((name, value)) => (name, Some(unescape_env(value))),
                    None => (env, None),
                };
                info.env.push((unescape_env(name), value));
            } else if let Some((hash, length, name)) = checksum(record) {
                info.checksums.insert(path(name), (hash, length));
            }
        }
        info.files = sources(rules).into_iter().map(path).collect();
        info.files.sort();
        info.files.dedup();
        info
    }
}

/// The comments; one about a file goes on over the line ends in the file's name.
fn records(mut comments: &str) -> Vec<&str> {
    let mut records = Vec::new();
    while !comments.is_empty() {
        let next = [ENV, CHECKSUM].iter().filter_map(|prefix| comments.find(&format!("\n{prefix}"))).min();
        let (record, rest) = comments.split_at(next.map_or(comments.len(), |at| at + 1));
        let record = record.strip_suffix('\n').unwrap_or(record);
        // What is of the environment ends with its line; others append to the file, after an empty line.
        records.push(if record.starts_with(ENV) { record.split('\n').next().unwrap_or(record) } else { record });
        comments = rest;
    }
    records
}

/// `HASH file_len:LENGTH NAME`
fn checksum(record: &str) -> Option<([u8; 32], u64, &str)> {
    let (hash, rest) = record.strip_prefix(CHECKSUM)?.split_once(" file_len:")?;
    let (length, name) = rest.split_once(' ')?;
    Some((*blake3::Hash::from_hex(hash).ok()?.as_bytes(), length.parse().ok()?, name))
}

/// The names of the sources as they are written: from the first rule, if the sources' own rules are those of the same names.
fn sources(rules: &str) -> Vec<&str> {
    /// In how many places a rule's parts may end: more than one only with colons or empty lines in names.
    const MAX_PLACES: usize = 8;
    for (colon, _) in rules.match_indices(": ").take(MAX_PLACES) {
        let (start, text) = (colon + 2, &rules[colon + 2..]);
        for (end, _) in text.match_indices("\n\n").take(MAX_PLACES) {
            let names: Vec<&str> = split_at_blanks(&text[..end]);
            let own_rules: String = names.iter().map(|name| format!("\n{name}:")).collect();
            if rules[start + end..].trim_end_matches('\n').ends_with(&own_rules) {
                return names;
            }
        }
    }
    // Names with line ends in them, or no rules of rustc's. A rule with prerequisites has a colon and a blank.
    let is_own = |line: &str| line.len() > 1 && !line.contains(": ");
    rules.lines().filter(|line| is_own(line)).filter_map(|line| line.strip_suffix(':')).collect()
}

/// What a makefile of cargo's names: it has one rule, in one line, for what cargo has put where users find it.
pub fn prerequisites(text: &str) -> Vec<PathBuf> {
    let rule = text.lines().next().unwrap_or_default();
    let names = rule.split_once(": ").map(|(_, names)| split_at_blanks(names)).unwrap_or_default();
    names.into_iter().filter(|name| !name.is_empty()).map(path).collect()
}

fn split_at_blanks(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(' ') {
        if !text[..at].ends_with('\\') {
            names.push(&text[start..at]);
            start = at + 1;
        }
    }
    names.push(&text[start..]);
    names
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(name.replace("\\ ", " "))
}

fn unescape_env(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some(other) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::DepInfo;
    use std::path::PathBuf;
    use std::process::Command;

    #[test]
    fn reads_files_and_environment() {
        let text = "out.rmeta: a.rs my\\ b.rs\n\na.rs:\nmy\\ b.rs:\n\n# env-dep:HOME=/x\\\\y\n# env-dep:NOT_SET\n";
        let info = DepInfo::parse(text);
        assert_eq!(info.files, [PathBuf::from("a.rs"), PathBuf::from("my b.rs")]);
        assert_eq!(info.env, [("HOME".to_owned(), Some("/x\\y".to_owned())), ("NOT_SET".to_owned(), None)]);
    }

    /// What rustc itself writes for names and values that are hard to tell from what is around them.
    #[test]
    fn reads_what_rustc_writes() {
        let place = tempfile::tempdir().unwrap();
        let names = [
            "#x",
            "# env-dep:X=1",
            "a b.txt",
            "a: b",
            "c:d",
            "back\\slash",
            "back\\ slash",
            "line\nend",
            "x:\ny:",
            "é",
        ];
        let mut text = String::new();
        for name in names {
            std::fs::write(place.path().join(name), name).unwrap();
            text += &format!("const _: &str = include_str!({name:?});\n");
        }
        let value = "a=b\\n\n# env-dep:OTHER=1\r\\";
        text += "const _: Option<&str> = option_env!(\"BESSEMER_TEST_VALUE\");\n";
        text += "const _: Option<&str> = option_env!(\"BESSEMER_TEST_ABSENT\");\n";
        std::fs::write(place.path().join("a.rs"), &text).unwrap();
        let emit = |args: &[&str]| {
            let mut command = Command::new("rustc");
            command.args(["a.rs", "--crate-type=lib", "--emit=metadata=a.rmeta,dep-info=a.d"]).args(args);
            command.current_dir(place.path()).env("RUSTC_BOOTSTRAP", "1").env("BESSEMER_TEST_VALUE", value);
            assert!(command.env_remove("BESSEMER_TEST_ABSENT").output().unwrap().status.success());
            DepInfo::parse(&std::fs::read_to_string(place.path().join("a.d")).unwrap())
        };
        let env =
            [("BESSEMER_TEST_ABSENT".to_owned(), None), ("BESSEMER_TEST_VALUE".to_owned(), Some(value.to_owned()))];
        let mut files: Vec<PathBuf> = names.iter().map(PathBuf::from).chain([PathBuf::from("a.rs")]).collect();
        files.sort();
        let info = emit(&["-Zchecksum-hash-algorithm=blake3"]);
        assert_eq!(info.files, files);
        assert_eq!(info.env, env);
        // rustc itself does not find files with blanks in their names again.
        for file in files.iter().filter(|file| !file.to_str().unwrap().contains(' ')) {
            let content = std::fs::read(place.path().join(file)).unwrap();
            let expected = (*blake3::hash(&content).as_bytes(), content.len() as u64);
            assert_eq!(info.checksums.get(file), Some(&expected), "{file:?}");
        }
        let info = emit(&[]);
        assert_eq!((info.files, info.env), (files, env.to_vec()));
    }
}
