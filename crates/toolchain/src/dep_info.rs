//! rustc's dependency information.

use std::path::PathBuf;

/// What a crate's compilation read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DepInfo {
    pub files: Vec<PathBuf>,
    /// Environment variables read at compile time (`env!`, `option_env!`) and the values seen.
    pub env: Vec<(String, Option<String>)>,
}

impl DepInfo {
    /// Reads the text that `--emit=dep-info` writes (a makefile, with `# env-dep:` comments).
    pub fn parse(text: &str) -> DepInfo {
        let mut info = DepInfo::default();
        for line in text.lines() {
            if let Some(env) = line.strip_prefix("# env-dep:") {
                let (name, value) = match env.split_once('=') {
                    Some((name, value)) => (name, Some(unescape_env(value))),
                    None => (env, None),
                };
                info.env.push((unescape_env(name), value));
            } else if let Some(file) = line.strip_suffix(':') {
                // Each source file has a rule of its own without prerequisites, so that a missing one is no error.
                if !file.starts_with('#') {
                    info.files.push(PathBuf::from(file.replace("\\ ", " ")));
                }
            }
        }
        info.files.sort();
        info.files.dedup();
        info
    }
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

    #[test]
    fn reads_files_and_environment() {
        let text = "out.rmeta: a.rs my\\ b.rs\n\na.rs:\nmy\\ b.rs:\n\n# env-dep:HOME=/x\\\\y\n# env-dep:NOT_SET\n";
        let info = DepInfo::parse(text);
        assert_eq!(info.files, [PathBuf::from("a.rs"), PathBuf::from("my b.rs")]);
        assert_eq!(info.env, [("HOME".to_owned(), Some("/x\\y".to_owned())), ("NOT_SET".to_owned(), None)]);
    }
}
