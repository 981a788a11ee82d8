//! Tokens and syntax trees as text for people. (rustc: `-Zunpretty=ast-tree`.)
//!
//! The text of a tree follows from the data's own shape: it is what `{:#?}` gives, with nodes in place of their numbers, and
//! lines and columns in place of positions.

use std::cell::RefCell;
use std::fmt::Write;
use std::rc::Rc;

use crate::Parsed;
use crate::ast::Ast;
use crate::span::Span;
use crate::token::TokenKind;

/// What `{:?}` of numbers of nodes looks into.
pub(crate) struct Shown {
    pub ast: Ast,
    pub lines: Lines,
}

thread_local! {
    static SHOWN: RefCell<Option<Rc<Shown>>> = const { RefCell::new(None) };
}

/// The tree that this thread is showing, if it is.
pub(crate) fn shown() -> Option<Rc<Shown>> {
    SHOWN.with_borrow(Option::clone)
}

/// Where the lines of a text begin.
pub(crate) struct Lines {
    text: String,
    base: u32,
    starts: Vec<usize>,
}

impl Lines {
    fn new(text: String, base: u32) -> Lines {
        let after = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(after).collect();
        Lines { text, base, starts }
    }

    /// `line:column-line:column`, from 1, in characters; `-` for what is not in the text.
    pub fn describe(&self, span: Span) -> String {
        let place = |position: u32| {
            let at = position.checked_sub(self.base)? as usize;
            let line = self.starts.partition_point(|start| *start <= at);
            let before = self.text.get(self.starts[line.checked_sub(1)?]..at)?;
            Some(format!("{line}:{}", before.chars().count() + 1))
        };
        match (place(span.lo), place(span.hi)) {
            (Some(lo), Some(hi)) => format!("{lo}-{hi}"),
            _ => "-".to_owned(),
        }
    }
}

/// The tokens of a file: one a line, behind its place; what is in a group further right.
pub fn tokens(parsed: &Parsed) -> String {
    let lines = Lines::new(parsed.text.clone(), parsed.base);
    let (mut out, mut depth) = (String::new(), 0_usize);
    for token in parsed.tokens.tokens() {
        depth -= usize::from(matches!(token.kind, TokenKind::Close(_))).min(depth);
        let (place, indent) = (lines.describe(token.span), depth * 2);
        _ = writeln!(out, "{place:<16} {:indent$}{:?}", "", token.kind);
        depth += usize::from(matches!(token.kind, TokenKind::Open(_)));
    }
    out
}

/// The tree of a file. Its depth is that of the text: the stack must hold it.
pub fn ast(parsed: Parsed) -> String {
    let Parsed { text, base, ast, file, .. } = parsed;
    let shown = Rc::new(Shown { ast, lines: Lines::new(text, base) });
    let before = SHOWN.replace(Some(shown));
    let text = format!("{file:#?}\n");
    SHOWN.set(before);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::{Edition, Editions};
    use expect_test::expect;

    fn parsed(source: &str) -> Parsed {
        crate::parse(source, 1, &Editions::new(Edition::E2024)).expect("a file")
    }

    #[test]
    fn tokens_of_groups_are_further_right() {
        expect![[r#"
            1:1-1:3          Ident("fn", false)
            1:4-1:5          Ident("é", false)
            1:5-1:6          Open(Paren)
            2:5-2:8            Literal(Lit { kind: Char, symbol: "a", suffix: None })
            2:8-2:9            Colon
            2:10-2:12          Ident("u8", false)
            2:12-2:13        Close(Paren)
            2:14-2:15        Open(Brace)
            2:15-2:16        Close(Brace)
        "#]]
        .assert_eq(&tokens(&parsed("fn é(\n    'a': u8) {}")));
    }

    #[test]
    fn nodes_stand_in_place_of_their_numbers() {
        let text = ast(parsed("const X: u8 =\n  1;"));
        expect![[r#"
            File {
                attrs: [],
                items: [
                    Item {
                        attrs: [],
                        vis: Visibility {
                            kind: Inherited,
                            span: 1:1-1:1,
                        },
                        kind: Const(
                            Const {
                                defaultness: Implicit,
                                ident: X@1:7-1:8,
                                generics: Generics {
                                    params: [],
                                    where_clause: WhereClause {
                                        has_where: false,
                                        predicates: [],
                                        span: 2:4-2:4,
                                    },
                                    span: 1:8-1:8,
                                },
                                ty: Ty {
                                    kind: Path(
                                        None,
                                        Path {
                                            segments: [
                                                PathSegment {
                                                    ident: u8@1:10-1:12,
                                                    args: None,
                                                },
                                            ],
                                            span: 1:10-1:12,
                                        },
                                    ),
                                    span: 1:10-1:12,
                                },
                                value: Some(
                                    Expr {
                                        kind: Lit(
                                            Lit {
                                                kind: Integer,
                                                symbol: "1",
                                                suffix: None,
                                            },
                                        ),
                                        span: 2:3-2:4,
                                        attrs: [],
                                    },
                                ),
                                is_type_const: false,
                            },
                        ),
                        span: 1:1-2:5,
                        tokens: TokenRange {
                            lo: 0,
                            hi: 7,
                        },
                    },
                ],
                span: 1:1-2:5,
            }
        "#]]
        .assert_eq(&text);
        assert_eq!(format!("{:?}", parsed("").file.items), "0..0");
    }
}
