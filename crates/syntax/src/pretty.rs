//! Syntax trees as text, exactly as rustc prints them. (rustc: `rustc_ast_pretty`.)
//!
//! The text is seen by programs: `assert!(a + b == c)` panics with the printed expression, `stringify!($e)` is one,
//! procedural macros get it where they ask for it. So every blank is rustc's. [`print_file`] is what
//! `rustc -Zunpretty=normal` prints, comments included; the others print parts, without comments.
//!
//! Parentheses are added where the tree needs them and has none, as after macro expansion; see `fixup`.

mod builtin;
mod comments;
mod engine;
mod expr;
mod expr_ctrl;
mod fixup;
mod item;
mod pat;
mod stmt;
mod tokens;
mod ty;

use std::borrow::Cow;

use comments::{Comment, Comments, Style};
pub use engine::WordPlace;
use engine::{Breaks, Engine, Piece};
use fixup::Fixup;

use crate::ast::*;
use crate::span::{Edition, Editions, Ident, Span};
use crate::stack::{SEGMENT, on_new_stack};
use crate::stream::TokenStream;
use crate::symbol::{Symbol, kw};

const INDENT: isize = 4;

/// What printing needs to know beside the tree.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The tree.
    pub ast: &'a Ast,
    /// Which names are keywords, so that they are printed with `r#`.
    pub editions: &'a Editions,
    /// The name of the crate that `$crate` means at a place.
    pub crate_name: Option<&'a (dyn std::ops::Fn(Span) -> Symbol + Sync)>,
}

impl<'a> Context<'a> {
    /// Of a tree in which no macro was expanded.
    pub fn new(ast: &'a Ast, editions: &'a Editions) -> Context<'a> {
        Context { ast, editions, crate_name: None }
    }

    fn print(self, print: impl FnOnce(&mut Printer<'a>)) -> String {
        let mut printer = Printer { cx: self, engine: Engine::new(), comments: None, depth: 0 };
        print(&mut printer);
        printer.engine.finish()
    }

    /// An expression: what `stringify!($e)` is.
    pub fn expr(self, expr: ExprId) -> String {
        self.print(|p| p.expr(expr, Fixup::default()))
    }

    /// A type.
    pub fn ty(self, ty: TyId) -> String {
        self.print(|p| p.ty(ty))
    }

    /// A pattern.
    pub fn pat(self, pat: PatId) -> String {
        self.print(|p| p.pat(pat))
    }

    /// A path.
    pub fn path(self, path: &Path) -> String {
        self.print(|p| p.path(path, false, 0))
    }

    /// A statement.
    pub fn stmt(self, stmt: &Stmt) -> String {
        self.print(|p| p.stmt(stmt))
    }

    /// A block.
    pub fn block(self, block: BlockId) -> String {
        self.print(|p| {
            p.head("");
            p.block(block);
        })
    }

    /// An item that stands at `place`.
    pub fn item(self, item: ItemId, place: Place) -> String {
        self.print(|p| p.item(item, place))
    }

    /// What stands between an attribute's brackets.
    pub fn attr_item(self, item: &AttrItem) -> String {
        self.print(|p| p.attr_item(item, item.path.span))
    }

    /// A visibility, with a blank behind it.
    pub fn visibility(self, vis: &Visibility) -> String {
        self.print(|p| p.visibility(vis))
    }

    /// A stream of tokens: what `stringify!` and procedural macros print.
    pub fn tokens(self, tokens: &TokenStream) -> String {
        self.print(|p| p.tokens(tokens, false))
    }
}

/// What `rustc -Zunpretty=normal` prints for a file: the tree of a normalized text, whose comments are taken from the
/// text. `base` is the position of its first byte.
pub fn print_file(cx: Context<'_>, file: &File, source: &str, base: u32) -> String {
    let comments = Some(Comments::new(source, base));
    let mut printer = Printer { cx, engine: Engine::new(), comments, depth: 0 };
    printer.shebang();
    printer.contents(file);
    printer.engine.finish()
}

/// What `rustc -Zunpretty=expanded` prints for a crate: that with the standard library has attributes in front which say that it is
/// already imported. And where its parts come from, in their order: each place holds up to the next one.
pub fn print_expanded(
    cx: Context<'_>,
    file: &File,
    (source, base): (&str, u32),
    has_std: bool,
) -> (String, Vec<WordPlace>) {
    let comments = Some(Comments::new(source, base));
    let mut printer = Printer { cx, engine: Engine::with_places(), comments, depth: 0 };
    printer.shebang();
    if has_std {
        printer.word("#![feature(prelude_import)]");
        printer.hard_break();
        if cx.editions.root() == Edition::E2015 {
            printer.word("#![no_std]");
            printer.hard_break();
        }
    }
    printer.contents(file);
    printer.engine.finish_with_places()
}

struct Printer<'a> {
    cx: Context<'a>,
    engine: Engine,
    comments: Option<Comments>,
    depth: u32,
}

impl<'a> Printer<'a> {
    fn ast(&self) -> &'a Ast {
        self.cx.ast
    }

    fn contents(&mut self, file: &File) {
        let ast = self.ast();
        self.inner_attrs(&ast[file.attrs]);
        for &item in &ast[file.items] {
            self.item(item, Place::Module);
        }
        self.remaining_comments();
    }

    /// Prints one level of the tree.
    fn level(&mut self, print: impl FnOnce(&mut Self) + Send) {
        self.depth += 1;
        if self.depth.is_multiple_of(SEGMENT) {
            let mut print = Some(print);
            // Without another thread it goes on here.
            on_new_stack(|| print.take().map(|print| print(&mut *self)));
            if let Some(print) = print.take() {
                print(self);
            }
        } else {
            print(self);
        }
        self.depth -= 1;
    }

    fn word(&mut self, word: impl Into<Cow<'static, str>>) {
        self.engine.word(word);
    }

    fn symbol(&mut self, symbol: Symbol) {
        self.engine.word(symbol.as_str());
    }

    fn space(&mut self) {
        self.engine.space();
    }

    fn nbsp(&mut self) {
        self.word(" ");
    }

    fn word_space(&mut self, word: impl Into<Cow<'static, str>>) {
        self.word(word);
        self.space();
    }

    fn word_nbsp(&mut self, word: impl Into<Cow<'static, str>>) {
        self.word(word);
        self.nbsp();
    }

    fn ibox(&mut self, indent: isize) {
        self.engine.ibox(indent);
    }

    fn cbox(&mut self, indent: isize) {
        self.engine.cbox(indent);
    }

    fn end(&mut self) {
        self.engine.end();
    }

    fn hard_break(&mut self) {
        self.engine.hard_break();
    }

    fn hard_break_if_not_at_start(&mut self) {
        if !self.engine.is_at_line_start() {
            self.hard_break();
        }
    }

    fn space_if_not_at_start(&mut self) {
        if !self.engine.is_at_line_start() {
            self.space();
        }
    }

    /// Begins the two boxes that `block_open` and `block_close` end, and prints a word.
    fn head(&mut self, word: impl Into<Cow<'static, str>>) {
        let word = word.into();
        self.cbox(INDENT);
        self.ibox(0);
        if !word.is_empty() {
            self.word_nbsp(word);
        }
    }

    fn block_open(&mut self) {
        self.word("{");
        self.end();
    }

    /// `}`; `end`: and the end of its box.
    fn block_close_maybe(&mut self, span: Span, no_space: bool, end: bool) {
        let has_comment = self.comments_before(span.hi);
        if !no_space || has_comment {
            if self.engine.is_at_line_start() {
                self.engine.set_offset_of_hard_break(-INDENT);
            } else {
                self.engine.break_offset(1, -INDENT);
            }
        }
        self.engine.place(Span { lo: span.hi.saturating_sub(1), ..span });
        self.word("}");
        if end {
            self.end();
        }
    }

    fn block_close(&mut self, span: Span, no_space: bool) {
        self.block_close_maybe(span, no_space, true);
    }

    /// Elements with a separator.
    fn separated<T>(
        &mut self,
        separator: &'static str,
        space_before: bool,
        breaks: Breaks,
        elements: &[T],
        mut print: impl FnMut(&mut Self, &T),
    ) {
        self.engine.block(0, breaks);
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                if space_before {
                    self.space();
                }
                self.word_space(separator);
            }
            print(self, element);
        }
        self.end();
    }

    fn commas<T>(&mut self, elements: &[T], print: impl FnMut(&mut Self, &T)) {
        self.separated(",", false, Breaks::Inconsistent, elements, print);
    }

    /// Elements with commas, and comments where they stand.
    fn commas_and_comments<T>(
        &mut self,
        breaks: Breaks,
        elements: &[T],
        mut print: impl FnMut(&mut Self, &T),
        span: impl std::ops::Fn(&Self, &T) -> Span,
    ) {
        self.engine.block(0, breaks);
        for (index, element) in elements.iter().enumerate() {
            let hi = span(self, element).hi;
            self.comments_before(hi);
            print(self, element);
            if let Some(next) = elements.get(index + 1) {
                self.word(",");
                let next = span(self, next).hi;
                self.trailing_comment(hi, Some(next));
                self.space_if_not_at_start();
            }
        }
        self.end();
    }

    fn comma_exprs(&mut self, exprs: List<ExprId>) {
        self.commas_and_comments(
            Breaks::Inconsistent,
            &self.ast()[exprs],
            |p, &expr| p.expr(expr, Fixup::default()),
            |p, &expr| p.ast()[expr].span,
        );
    }

    fn ident(&mut self, ident: Ident) {
        if ident.name == kw::DOLLAR_CRATE
            && let Some(name) = self.crate_name(ident.span)
        {
            self.word(name);
        } else if ident.was_raw_lifetime(self.cx.editions) {
            self.word(format!("'r#{}", ident.name.as_str().trim_start_matches('\'')));
        } else if ident.was_raw(self.cx.editions) {
            self.word(format!("r#{ident}"));
        } else {
            self.symbol(ident.name);
        }
    }

    /// What `$crate` means.
    fn crate_name(&self, span: Span) -> Option<String> {
        let name = self.cx.crate_name?(span);
        let colons = if name.is_path_segment_keyword() { "" } else { "::" };
        Some(format!("{colons}{name}"))
    }

    fn lifetime(&mut self, lifetime: Lifetime) {
        self.symbol(lifetime.name);
    }

    fn label(&mut self, label: Option<Lifetime>) {
        if let Some(label) = label {
            self.ident(label);
            self.word_space(":");
        }
    }

    /// Prints the comments in front of a place. Were there any?
    fn comments_before(&mut self, pos: u32) -> bool {
        let mut found = false;
        while let Some(comments) = &mut self.comments
            && comments.peek().is_some_and(|comment| comment.pos < pos)
            && let Some(comment) = comments.next()
        {
            found = true;
            self.comment(&comment);
        }
        found
    }

    /// Prints the comment behind what ends at `end`.
    fn trailing_comment(&mut self, end: u32, next: Option<u32>) {
        if let Some(comments) = &mut self.comments
            && let Some(comment) = comments.trailing(end, next)
        {
            self.comment(&comment);
        }
    }

    fn remaining_comments(&mut self) {
        if self.comments.as_ref().is_none_or(|comments| comments.peek().is_none()) {
            self.hard_break();
        }
        self.comments_before(u32::MAX);
    }

    /// Prints the first line, if it names an interpreter.
    fn shebang(&mut self) {
        if let Some(comments) = &mut self.comments
            && let Some(first) = comments.peek()
            && first.style == Style::Isolated
            && first.lines.first().is_some_and(|line| line.starts_with("#!"))
            && let Some(comment) = comments.next()
        {
            self.comment(&comment);
        }
    }

    fn comment(&mut self, comment: &Comment) {
        if comment.style != Style::BlankLine {
            self.engine.place(Span::new(comment.pos, comment.pos));
        }
        match comment.style {
            Style::Mixed => {
                if !self.engine.is_at_line_start() {
                    self.engine.zero_break();
                }
                if let Some((last, lines)) = comment.lines.split_last() {
                    self.ibox(0);
                    for line in lines {
                        self.word(line.clone());
                        self.hard_break();
                    }
                    self.word(last.clone());
                    self.space();
                    self.end();
                }
                self.engine.zero_break();
            }
            Style::Isolated => {
                self.hard_break_if_not_at_start();
                self.comment_lines(&comment.lines);
            }
            Style::Trailing => {
                if !self.engine.is_at_line_start() {
                    self.nbsp();
                }
                if let [line] = &comment.lines[..] {
                    self.word(line.clone());
                    self.hard_break();
                } else {
                    self.engine.visual();
                    self.comment_lines(&comment.lines);
                    self.end();
                }
            }
            Style::BlankLine => {
                let twice = match self.engine.last() {
                    Some(Piece::Word(word)) => word == ";",
                    Some(Piece::Begin(..) | Piece::End) => true,
                    _ => false,
                };
                if twice {
                    self.hard_break();
                }
                self.hard_break();
            }
        }
    }

    fn comment_lines(&mut self, lines: &[String]) {
        for line in lines {
            if !line.is_empty() {
                self.word(line.clone());
            }
            self.hard_break();
        }
    }
}
