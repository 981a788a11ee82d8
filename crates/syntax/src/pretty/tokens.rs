//! Attributes, macro calls and token streams. (rustc: `rustc_ast_pretty::pprust::state`.)

use std::borrow::Cow;

use super::engine::Engine;
use super::{Fixup, INDENT, Printer};
use crate::ast::*;
use crate::span::{Ident, Span};
use crate::stream::TokenStream;
use crate::symbol::kw;
use crate::token::{AttrStyle, CommentKind, Delim, Spacing, Token, TokenKind, doc_comment};

impl Printer<'_> {
    pub(super) fn inner_attrs(&mut self, attrs: &[Attr]) -> bool {
        self.attrs(attrs, AttrStyle::Inner, false, true)
    }

    pub(super) fn outer_attrs(&mut self, attrs: List<Attr>) -> bool {
        self.attrs(&self.ast()[attrs], AttrStyle::Outer, false, true)
    }

    pub(super) fn outer_attrs_inline(&mut self, attrs: List<Attr>) -> bool {
        self.attrs(&self.ast()[attrs], AttrStyle::Outer, true, true)
    }

    /// The attributes of a style. Were there any?
    pub(super) fn attrs(&mut self, attrs: &[Attr], style: AttrStyle, inline: bool, break_after: bool) -> bool {
        let mut printed = false;
        for attr in attrs.iter().filter(|attr| attr.style == style) {
            if self.is_trace(attr) {
                continue;
            }
            self.attr(attr, inline);
            if inline {
                self.nbsp();
            }
            printed = true;
        }
        if printed && break_after && !inline {
            self.hard_break_if_not_at_start();
        }
        printed
    }

    /// Is this what expansion leaves of a `cfg` or `cfg_attr`?
    fn is_trace(&self, attr: &Attr) -> bool {
        match &attr.kind {
            AttrKind::Normal(AttrItem { path, .. }) => match &self.ast()[path.segments] {
                [segment] => matches!(segment.ident.name, kw::CFG_TRACE | kw::CFG_ATTR_TRACE),
                _ => false,
            },
            AttrKind::Doc(..) => false,
        }
    }

    fn attr(&mut self, attr: &Attr, inline: bool) {
        if !inline {
            self.hard_break_if_not_at_start();
        }
        self.comments_before(attr.span.lo);
        self.engine.place(attr.span);
        match &attr.kind {
            AttrKind::Normal(item) => {
                self.word(match attr.style {
                    AttrStyle::Inner => "#![",
                    AttrStyle::Outer => "#[",
                });
                self.attr_item(item, attr.span);
                self.word("]");
            }
            AttrKind::Doc(kind, text) => {
                self.word(doc_comment(*kind, attr.style, *text));
                self.hard_break();
            }
        }
    }

    pub(super) fn attr_item(&mut self, item: &AttrItem, span: Span) {
        self.ibox(0);
        let is_unsafe = matches!(item.safety, Safety::Unsafe(_));
        if is_unsafe {
            self.word("unsafe");
            self.word("(");
        }
        match &item.args {
            AttrArgs::Delimited(args) => {
                self.group(Some(&item.path), "", None, args.delim, None, &args.tokens, true, span)
            }
            AttrArgs::Empty => self.path(&item.path, false, 0),
            AttrArgs::Eq(_, value) => {
                self.path(&item.path, false, 0);
                self.space();
                self.word_space("=");
                // One word, however long. The depth goes on: attributes may be nested in each other's values.
                let mut printer = Printer { cx: self.cx, engine: Engine::new(), comments: None, depth: self.depth };
                printer.expr(*value, Fixup::default());
                self.word(printer.engine.finish());
            }
        }
        if is_unsafe {
            self.word(")");
        }
        self.end();
    }

    pub(super) fn mac(&mut self, mac: &MacCall) {
        let MacCall { path, args } = mac;
        self.group(Some(path), "!", None, args.delim, None, &args.tokens, true, mac.span());
    }

    pub(super) fn macro_def(&mut self, def: &MacroDef, ident: Ident, vis: &Visibility, span: Span) {
        let word = if def.macro_rules {
            "macro_rules!"
        } else {
            self.visibility(vis);
            "macro"
        };
        let DelimArgs { delim, tokens, .. } = &def.body;
        self.group(None, word, Some(ident), *delim, None, tokens, true, span);
        if *delim != Delim::Brace {
            self.word(";");
        }
    }

    /// `path word ident (tokens)`: a macro call, a definition, or only the group.
    #[expect(clippy::too_many_arguments, reason = "the parts of one line")]
    fn group(
        &mut self,
        path: Option<&Path>,
        word: &'static str,
        ident: Option<Ident>,
        delim: Delim,
        open: Option<Spacing>,
        tokens: &TokenStream,
        convert: bool,
        span: Span,
    ) {
        if delim == Delim::Brace {
            self.cbox(INDENT);
        }
        if let Some(path) = path {
            self.path(path, false, 0);
        }
        if !word.is_empty() {
            self.word(word);
        }
        if let Some(ident) = ident {
            self.nbsp();
            self.ident(ident);
        }
        if delim != Delim::Brace {
            self.word(delim.open_str());
            self.ibox(0);
            self.tokens(tokens, convert);
            self.end();
            self.word(delim.close_str());
            return;
        }
        if path.is_some() || !word.is_empty() || ident.is_some() {
            self.nbsp();
        }
        self.word("{");
        let space = open.is_none_or(|spacing| spacing == Spacing::Alone) && !tokens.is_empty();
        if space {
            self.space();
        }
        self.ibox(0);
        self.tokens(tokens, convert);
        self.end();
        self.block_close(span, !space);
    }

    /// A stream, with blanks where there were any, and where tokens without places look better with them.
    pub(super) fn tokens(&mut self, stream: &TokenStream, convert: bool) {
        let tokens = stream.tokens();
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            let end = TokenStream::end_of_tree(tokens, index);
            let spacing = if let TokenKind::Open(delim) = token.kind {
                let close = tokens[end - 1];
                let inner = stream.slice(index + 1..end - 1);
                let span = token.span.to(close.span);
                self.level(|p| p.group(None, "", None, delim, Some(token.spacing), &inner, convert, span));
                close.spacing
            } else {
                self.token(token, convert);
                token.spacing
            };
            if let Some(next) = tokens.get(end)
                && spacing == Spacing::Alone
                && self.space_between(token, next)
            {
                self.space();
            }
            index = end;
        }
    }

    fn token(&mut self, token: &Token, convert: bool) {
        let text: Cow<'static, str> = match token.kind {
            TokenKind::Ident(kw::DOLLAR_CRATE, false) if convert => match self.crate_name(token.span) {
                Some(name) => name.into(),
                None => kw::DOLLAR_CRATE.as_str().into(),
            },
            TokenKind::NtIdent(ident, false) if ident.name == kw::DOLLAR_CRATE => match self.crate_name(ident.span) {
                Some(name) => name.into(),
                None => kw::DOLLAR_CRATE.as_str().into(),
            },
            TokenKind::Ident(name, false) | TokenKind::Lifetime(name, false) => name.as_str().into(),
            kind => match kind.punct_str() {
                Some(text) => text.into(),
                None => kind.to_string().into(),
            },
        };
        self.word(text);
        if let TokenKind::DocComment(..) = token.kind {
            self.hard_break();
        }
    }

    /// Does a blank stand between two trees that begin with these tokens?
    fn space_between(&self, first: &Token, second: &Token) -> bool {
        let is_group = matches!(first.kind, TokenKind::Open(_));
        let is_punct = first.kind.is_punct();
        match (first.kind, second.kind) {
            (TokenKind::DocComment(CommentKind::Line, ..), _) => false,
            (TokenKind::Dot, next) if !next.is_punct() => false,
            (TokenKind::Dollar, TokenKind::Ident(..)) => false,
            (_, TokenKind::Comma | TokenKind::Semi | TokenKind::Dot) if is_group || !is_punct => false,
            (TokenKind::Ident(_, raw), TokenKind::Bang) => !raw && first.is_reserved(self.cx.editions),
            (TokenKind::Ident(name, raw), TokenKind::Open(Delim::Paren)) => {
                !(raw || !first.is_reserved(self.cx.editions) || matches!(name, kw::FN | kw::SELF_TYPE | kw::PUB))
            }
            (TokenKind::Pound, TokenKind::Open(Delim::Bracket)) => false,
            _ => true,
        }
    }

    pub(super) fn anon_const(&mut self, value: AnonConst, attrs: List<Attr>) {
        self.ibox(INDENT);
        self.word("const");
        self.nbsp();
        if let ExprKind::Block(block, None) = self.ast()[value.0].kind {
            self.cbox(0);
            self.ibox(0);
            self.block_with_attrs(block, attrs);
        } else {
            self.expr(value.0, Fixup::default());
        }
        self.end();
    }
}
