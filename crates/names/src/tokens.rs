//! Tokens of metadata as tokens of the program, with their places and contexts.
//!
//! Positions of other crates' files are behind all of the program's own, so that they are never taken for one. A context
//! of another crate becomes one of the program: its expansions are entered there, each once.

use expand::external::{CrateId, DefRef};
use expand::hygiene::{ExpnData, ExpnId, ExpnKind, Home, Hygiene, MacroKind, Transparency};
use expand::sources::FOREIGN;
use rmeta::Session;
use rmeta::macros::{self, Captured, Delimiter, LiteralKind};
use rustc_hash::FxHashMap;
use syntax::doubt::{Doubt, Result};
use syntax::span::{Ident, Span, SyntaxContext};
use syntax::stream::TokenStream;
use syntax::symbol::Symbol;
use syntax::token::{AttrStyle, CommentKind, Delim, Lit, LitKind, MetaVar, Origin, Spacing, Token, TokenKind};
use ty::CrateNum;

use crate::{CRATE, OtherCrates, State, damaged, edition, module_ref, stream};

/// How many positions a file of another crate gets: larger files are rare, and their positions are only shown.
const FILE_SIZE: u32 = 1 << 20;

/// How deep contexts and expansions may lead to others: more is taken for damage.
const MAX_DEPTH: u32 = 1000;

/// What was entered so far.
#[derive(Default)]
pub(crate) struct Importer {
    /// Where it was entered: another crate's numbers mean something else.
    hygiene: u64,
    contexts: FxHashMap<(usize, ty::SyntaxContext), SyntaxContext>,
    expansions: FxHashMap<(CrateId, u32), ExpnId>,
    files: FxHashMap<(usize, u32), u32>,
    punctuation: FxHashMap<&'static str, TokenKind>,
}

impl Importer {
    /// Forgets what was entered elsewhere.
    pub(crate) fn begin(&mut self, hygiene: &Hygiene) {
        if self.hygiene != hygiene.identity() {
            self.hygiene = hygiene.identity();
            self.contexts.clear();
            self.expansions.clear();
        }
    }
}

/// An import of one macro.
pub(crate) struct Import<'a, 'tcx> {
    pub crates: &'a OtherCrates<'tcx>,
    pub state: &'a mut State<'tcx>,
    /// The session's number.
    pub number: usize,
    pub session: &'tcx Session<'tcx>,
    pub importer: &'a mut Importer,
    pub hygiene: &'a mut Hygiene,
}

fn fail<T>(message: &str) -> Result<T> {
    Err(Doubt::new(Span::DUMMY, CRATE, message))
}

fn symbol(symbol: ty::Symbol) -> Symbol {
    Symbol::intern(symbol.as_str())
}

impl Import<'_, '_> {
    /// The tokens between the delimiters of a macro's body.
    pub(crate) fn stream(&mut self, tokens: &[macros::Token]) -> Result<TokenStream> {
        let mut result = Vec::with_capacity(tokens.len());
        for token in tokens {
            let Some(kind) = self.kind(token.kind)? else { continue };
            let spacing = match token.spacing {
                macros::Spacing::Alone => Spacing::Alone,
                macros::Spacing::Joint => Spacing::Joint,
                macros::Spacing::JointHidden => Spacing::JointHidden,
            };
            result.push(Token { kind, spacing, pair: 0, span: self.span(token.span)? });
        }
        stream(result)
    }

    /// Nothing for delimiters of groups that our tokens do not have.
    fn kind(&mut self, kind: macros::TokenKind) -> Result<Option<TokenKind>> {
        Ok(Some(match kind {
            macros::TokenKind::Punct(text) => match self.punctuation(text) {
                Some(kind) => kind,
                None => return fail("unknown punctuation in a macro's definition"),
            },
            macros::TokenKind::Open(delimiter) => match delim(delimiter) {
                Some(delim) => TokenKind::Open(delim),
                None => return Ok(None),
            },
            macros::TokenKind::Close(delimiter) => match delim(delimiter) {
                Some(delim) => TokenKind::Close(delim),
                None => return Ok(None),
            },
            macros::TokenKind::Literal { kind, symbol: text, suffix } => {
                let kind = match kind {
                    LiteralKind::Bool => LitKind::Bool,
                    LiteralKind::Byte => LitKind::Byte,
                    LiteralKind::Char => LitKind::Char,
                    LiteralKind::Integer => LitKind::Integer,
                    LiteralKind::Float => LitKind::Float,
                    LiteralKind::Str => LitKind::Str,
                    LiteralKind::StrRaw(n) => LitKind::StrRaw(n),
                    LiteralKind::ByteStr => LitKind::ByteStr,
                    LiteralKind::ByteStrRaw(n) => LitKind::ByteStrRaw(n),
                    LiteralKind::CStr => LitKind::CStr,
                    LiteralKind::CStrRaw(n) => LitKind::CStrRaw(n),
                };
                TokenKind::Literal(Lit { kind, symbol: symbol(text), suffix: suffix.map(symbol) })
            }
            macros::TokenKind::Ident(name, raw) => TokenKind::Ident(symbol(name), raw),
            macros::TokenKind::CapturedIdent(name, span, raw) => {
                TokenKind::NtIdent(Ident::new(symbol(name), self.span(span)?), raw)
            }
            macros::TokenKind::Lifetime(name, raw) => TokenKind::Lifetime(symbol(name), raw),
            macros::TokenKind::CapturedLifetime(name, span, raw) => {
                TokenKind::NtLifetime(Ident::new(symbol(name), self.span(span)?), raw)
            }
            macros::TokenKind::DocComment { is_block, is_inner, text } => {
                let kind = if is_block { CommentKind::Block } else { CommentKind::Line };
                let style = if is_inner { AttrStyle::Inner } else { AttrStyle::Outer };
                TokenKind::DocComment(kind, style, symbol(text))
            }
        }))
    }

    fn punctuation(&mut self, text: &'static str) -> Option<TokenKind> {
        if let Some(kind) = self.importer.punctuation.get(text) {
            return Some(*kind);
        }
        let kind = TokenKind::of_punct(text)?;
        self.importer.punctuation.insert(text, kind);
        Some(kind)
    }

    /// A place.
    pub(crate) fn span(&mut self, span: ty::Span) -> Result<Span> {
        let ctxt = self.context(span.ctxt, 0)?;
        if span.is_dummy() {
            return Ok(Span { ctxt, ..Span::DUMMY });
        }
        let count = self.importer.files.len() as u32;
        let base = *self
            .importer
            .files
            .entry((self.number, span.file.0))
            .or_insert_with(|| FOREIGN.saturating_add(count.saturating_mul(FILE_SIZE)).min(u32::MAX - FILE_SIZE));
        let at = |position: u32| base.saturating_add(position.min(FILE_SIZE - 1));
        Ok(Span { lo: at(span.lo), hi: at(span.hi), ctxt })
    }

    fn context(&mut self, ctxt: ty::SyntaxContext, depth: u32) -> Result<SyntaxContext> {
        if ctxt == ty::SyntaxContext::ROOT {
            return Ok(SyntaxContext::ROOT);
        }
        let key = (self.number, ctxt);
        if let Some(known) = self.importer.contexts.get(&key) {
            return Ok(*known);
        }
        if depth > MAX_DEPTH {
            return fail("contexts of another crate are nested too deeply");
        }
        let Some(data) = self.session.context_data(ctxt).map_err(damaged)? else {
            return fail("a context of another crate is not known");
        };
        let parent = self.context(data.parent, depth + 1)?;
        let (krate, index) = data.expansion;
        let expansion = self.expansion(krate, index, depth + 1)?;
        let transparency = match data.transparency {
            0 => Transparency::Transparent,
            1 => Transparency::SemiOpaque,
            _ => Transparency::Opaque,
        };
        let found = self.hygiene.import(parent, expansion, transparency);
        self.importer.contexts.insert(key, found);
        Ok(found)
    }

    fn expansion(&mut self, krate: CrateNum, index: u32, depth: u32) -> Result<ExpnId> {
        if index == 0 {
            return Ok(ExpnId::ROOT);
        }
        let id = self.crates.crate_of(self.state, self.number, krate)?;
        if let Some(known) = self.importer.expansions.get(&(id, index)) {
            return Ok(*known);
        }
        if depth > MAX_DEPTH {
            return fail("expansions of another crate are nested too deeply");
        }
        let Some(data) = self.session.expansion_data(krate, index).map_err(damaged)? else {
            return fail("an expansion of another crate is not known");
        };
        let parent = self.expansion(data.parent.0, data.parent.1, depth + 1)?;
        let kind = match data.macro_name {
            Some(name) => {
                let kind = [MacroKind::Bang, MacroKind::Attr, MacroKind::Derive][usize::from(data.macro_kind.min(2))];
                ExpnKind::Macro(kind, symbol(name))
            }
            None => ExpnKind::Pass("another crate's"),
        };
        let home_crate = match data.macro_def_id {
            Some(def_id) => self.crates.crate_of(self.state, self.number, def_id.krate)?,
            None => id,
        };
        let module = match data.parent_module {
            Some(def_id) => {
                let krate = self.crates.crate_of(self.state, self.number, def_id.krate)?;
                Some(module_ref(DefRef { krate, index: def_id.index }))
            }
            None => None,
        };
        let (call_site, def_site) = (data.call_site.ctxt, self.span_without_context(data.def_site));
        let call_site = Span { ctxt: self.context(call_site, depth + 1)?, ..self.span_without_context(data.call_site) };
        let found = self.hygiene.fresh(ExpnData {
            kind,
            parent,
            call_site,
            def_site,
            edition: edition(data.edition),
            local_inner_macros: data.local_inner_macros,
            home: Home { krate: home_crate, module, edition_panic: false },
        });
        self.importer.expansions.insert((id, index), found);
        Ok(found)
    }

    /// Where it is is of no interest.
    fn span_without_context(&self, _: ty::Span) -> Span {
        Span::DUMMY
    }
}

/// Our tokens have captured identifiers, lifetimes and trees without a group around.
fn delim(delimiter: Delimiter) -> Option<Delim> {
    Some(match delimiter {
        Delimiter::Paren => Delim::Paren,
        Delimiter::Brace => Delim::Brace,
        Delimiter::Bracket => Delim::Bracket,
        Delimiter::ProcMacro => Delim::Invisible(Origin::ProcMacro),
        Delimiter::Captured(kind) => Delim::Invisible(Origin::MetaVar(match kind {
            Captured::Item => MetaVar::Item,
            Captured::Block => MetaVar::Block,
            Captured::Stmt => MetaVar::Stmt,
            Captured::Pat => MetaVar::Pat,
            Captured::PatParam => MetaVar::PatParam,
            Captured::Expr { literal, string } => MetaVar::Expr { literal, string },
            Captured::Ty { is_path } => MetaVar::Ty { is_path },
            Captured::Literal => MetaVar::Literal,
            Captured::Meta => MetaVar::Meta,
            Captured::Path => MetaVar::Path,
            Captured::Vis => MetaVar::Vis,
            Captured::Ident | Captured::Lifetime | Captured::Tt => return None,
        })),
    })
}
