//! Source locations.

use std::sync::Arc;

/// A source file of the session. [`crate::Definitions::source_file`] tells more.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct SourceFileId(pub u32);

/// What macro expansion made a span; 0 is none (written by hand). [`crate::Definitions::expansion_cause`] tells more.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Default)]
pub struct SyntaxContext(pub u32);

impl SyntaxContext {
    /// Written by hand.
    pub const ROOT: SyntaxContext = SyntaxContext(0);
}

/// A range of a source file, in bytes from the file's start.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    /// Which file; [`Span::DUMMY`] has none.
    pub file: SourceFileId,
    /// The first byte.
    pub lo: u32,
    /// The byte after the last.
    pub hi: u32,
    /// Which macro expansion made it.
    pub ctxt: SyntaxContext,
}

impl Span {
    /// No place at all.
    pub const DUMMY: Span = Span { file: SourceFileId(u32::MAX), lo: 0, hi: 0, ctxt: SyntaxContext::ROOT };

    /// Whether it is no place at all.
    pub fn is_dummy(self) -> bool {
        self.file.0 == u32::MAX
    }
}

/// A source file: its name and where its lines begin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceFile {
    /// The name as `file!()` and `Location::file` show it (after remapping).
    pub name: Arc<str>,
    /// The folder that a relative name starts from, as debug information shows it; empty where unknown.
    pub folder: Arc<str>,
    /// Byte offsets of the starts of lines.
    pub lines: Vec<u32>,
    /// Characters of more than one byte: their byte offset and length, for columns.
    pub multibyte: Vec<(u32, u8)>,
}

impl SourceFile {
    /// Line and column, both from 1, the column in characters (as `Location::column`).
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let line = self.lines.partition_point(|&start| start <= offset).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let first = self.multibyte.partition_point(|&(at, _)| at < start);
        let extra: u32 = self.multibyte[first..]
            .iter()
            .take_while(|&&(at, _)| at < offset)
            .map(|&(_, bytes)| u32::from(bytes) - 1)
            .sum();
        (line as u32, offset - start - extra.min(offset - start) + 1)
    }

    /// Line and column, both from 1, the column in bytes.
    pub fn line_and_byte(&self, offset: u32) -> (u32, u32) {
        let line = self.lines.partition_point(|&start| start <= offset).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        (line as u32, offset.saturating_sub(start) + 1)
    }
}
