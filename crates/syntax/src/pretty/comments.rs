//! Comments and empty lines of a file, which the tree lacks. (rustc: `rustc_ast_pretty::pprust::state`.)

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, strip_shebang, tokenize};

/// How a comment stands in its line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    /// Alone.
    Isolated,
    /// Behind code.
    Trailing,
    /// In front of code.
    Mixed,
    /// No comment: an empty line.
    BlankLine,
}

#[derive(Clone, Debug)]
pub(super) struct Comment {
    pub(super) style: Style,
    pub(super) lines: Vec<String>,
    pub(super) pos: u32,
}

/// The comments that are not printed yet.
pub(super) struct Comments {
    /// The last first.
    reversed: Vec<Comment>,
    /// Where lines begin.
    lines: Vec<u32>,
}

impl Comments {
    /// The comments of a normalized text whose first byte is at `base`.
    pub(super) fn new(source: &str, base: u32) -> Comments {
        let newlines = source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(base).chain(newlines.map(|(at, _)| base + at as u32 + 1)).collect();
        let mut reversed = gather(source, base);
        reversed.reverse();
        Comments { reversed, lines }
    }

    pub(super) fn peek(&self) -> Option<&Comment> {
        self.reversed.last()
    }

    pub(super) fn next(&mut self) -> Option<Comment> {
        self.reversed.pop()
    }

    fn line(&self, pos: u32) -> usize {
        self.lines.partition_point(|&start| start <= pos)
    }

    /// The next comment, if it stands behind code that ends at `end`, in the same line and before `next`.
    pub(super) fn trailing(&mut self, end: u32, next: Option<u32>) -> Option<Comment> {
        let comment = self.peek()?;
        let next = next.unwrap_or(comment.pos + 1);
        let trails = comment.style == Style::Trailing
            && end < comment.pos
            && comment.pos < next
            && self.line(end) == self.line(comment.pos);
        if trails { self.next() } else { None }
    }
}

fn gather(source: &str, base: u32) -> Vec<Comment> {
    let mut comments = Vec::new();
    let mut pos = 0;
    let mut code_before = false;
    if let Some(len) = strip_shebang(source) {
        comments.push(Comment { style: Style::Isolated, lines: vec![source[..len].to_owned()], pos: base });
        pos = len;
    }
    for token in tokenize(&source[pos..], FrontmatterAllowed::Yes) {
        let end = pos + token.len as usize;
        let text = &source[pos..end];
        let at = base + pos as u32;
        match token.kind {
            TokenKind::Whitespace => {
                let mut newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
                if newlines.next().is_some() {
                    code_before = false;
                    for (offset, _) in newlines {
                        let pos = at + offset as u32;
                        comments.push(Comment { style: Style::BlankLine, lines: Vec::new(), pos });
                    }
                }
            }
            TokenKind::BlockComment { doc_style: None, .. } => {
                let code_after = !source[end..].starts_with(['\r', '\n']);
                let style = match (code_before, code_after) {
                    (_, true) => Style::Mixed,
                    (false, false) => Style::Isolated,
                    (true, false) => Style::Trailing,
                };
                let line_start = source[..pos].rfind('\n').map_or(0, |newline| newline + 1);
                let column = source[line_start..pos].chars().count();
                comments.push(Comment { style, lines: block_lines(text, column), pos: at });
            }
            TokenKind::LineComment { doc_style: None } => {
                let style = if code_before { Style::Trailing } else { Style::Isolated };
                comments.push(Comment { style, lines: vec![text.to_owned()], pos: at });
            }
            TokenKind::BlockComment { .. } | TokenKind::LineComment { .. } => {}
            TokenKind::Frontmatter { .. } => {
                code_before = false;
                comments.push(Comment { style: Style::Isolated, lines: vec![text.to_owned()], pos: at });
            }
            _ => code_before = true,
        }
        pos = end;
    }
    comments
}

/// The lines of a comment, without the white space that stands left of its beginning.
fn block_lines(text: &str, column: usize) -> Vec<String> {
    let mut lines = text.lines();
    let first = lines.next().map(str::to_owned);
    first.into_iter().chain(lines.map(|line| without_margin(line, column).to_owned())).collect()
}

fn without_margin(line: &str, column: usize) -> &str {
    let margin: usize = line.chars().take(column).map(char::len_utf8).sum();
    match line[..margin].chars().all(char::is_whitespace) {
        true => &line[margin..],
        false => line,
    }
}
