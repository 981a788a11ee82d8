//! The texts that a crate is read from, and which of them a position is in. (rustc: `rustc_span::source_map`.)

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A text.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The position of its first byte.
    pub base: u32,
    /// The text as it was lexed, see [`syntax::lexer::normalize`].
    pub text: Arc<str>,
    /// Its name as `file!()` shows it.
    pub name: Arc<str>,
    /// Where it was read from.
    pub path: PathBuf,
    /// Where in the text its lines begin: places are asked for by the hundred thousand.
    lines: Arc<[u32]>,
}

/// A place in a text, as people count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The line, from 1.
    pub line: u32,
    /// How many characters are in front of it in its line.
    pub column: u32,
}

/// All texts, in the order in which they were read. Positions count through all of them, from 1.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

/// Where positions of other crates begin: behind all of the crate's own.
pub const FOREIGN: u32 = 1 << 31;

impl Sources {
    /// Adds a text; the position of its first byte, or nothing if there are too many.
    pub fn add(&mut self, path: &Path, name: &str, text: &str) -> Option<u32> {
        // Between two texts is a position that belongs to neither.
        let base = self.files.last().map_or(Some(1), |last| last.end().checked_add(1))?;
        let end = base.checked_add(u32::try_from(text.len()).ok()?)?;
        if end >= FOREIGN {
            return None;
        }
        // The end of a text is in its last line, as rustc counts, even if a line break is in front of it.
        let mut lines = Vec::with_capacity(text.len() / 32 + 1);
        lines.push(0);
        for (at, byte) in text.bytes().enumerate() {
            if byte == b'\n' && at + 1 < text.len() {
                lines.push(at as u32 + 1);
            }
        }
        self.files.push(SourceFile {
            base,
            text: text.into(),
            name: name.into(),
            path: path.to_owned(),
            lines: lines.into(),
        });
        Some(base)
    }

    /// The text that a position is in. The position behind a text's last byte is in it.
    pub fn file(&self, position: u32) -> Option<&SourceFile> {
        let behind = self.files.partition_point(|file| file.base <= position);
        let file = self.files.get(behind.checked_sub(1)?)?;
        (position <= file.end()).then_some(file)
    }

    /// All texts.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// Line and column of a position.
    pub fn place(&self, position: u32) -> Option<Place> {
        let file = self.file(position)?;
        let at = position - file.base;
        let line = file.lines.partition_point(|&start| start <= at);
        let start = *file.lines.get(line.checked_sub(1)?)?;
        let before = file.text.get(start as usize..at as usize)?;
        Some(Place { line: line as u32, column: before.chars().count() as u32 })
    }

    /// `name:line:column` of a position, for messages.
    pub fn describe(&self, position: u32) -> Option<String> {
        let (file, place) = (self.file(position)?, self.place(position)?);
        Some(format!("{}:{}:{}", file.name, place.line, place.column + 1))
    }
}

impl SourceFile {
    /// Where in the text its lines begin. One that nothing is in, behind the last line break, does not count.
    pub fn lines(&self) -> &[u32] {
        &self.lines
    }

    fn end(&self) -> u32 {
        self.base + self.text.len() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let mut sources = Sources::default();
        assert_eq!(sources.add(Path::new("a.rs"), "a.rs", "ab\ncé d"), Some(1));
        assert_eq!(sources.add(Path::new("b.rs"), "b.rs", "x"), Some(10));
        assert_eq!(sources.describe(1).unwrap(), "a.rs:1:1");
        assert_eq!(sources.describe(8).unwrap(), "a.rs:2:4");
        assert_eq!(sources.describe(9).unwrap(), "a.rs:2:5");
        assert_eq!(sources.describe(10).unwrap(), "b.rs:1:1");
        assert_eq!(sources.describe(12), None);
        assert_eq!(sources.describe(0), None);
    }
}
