//! Tokens, and what may begin with one. (rustc: `rustc_ast::token`.)

use std::fmt;

use crate::span::{self, Editions, Span};
use crate::symbol::{Symbol, kw};

/// `//` or `/*`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CommentKind {
    /// To the end of the line.
    Line,
    /// Between `/*` and `*/`.
    Block,
}

/// Does an attribute belong to what follows or to what it stands in?
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AttrStyle {
    /// `#[attr]`, `///`
    Outer,
    /// `#![attr]`, `//!`
    Inner,
}

/// What a metavariable of a macro holds, hence how its invisible group must be read. (rustc: `MetaVarKind`.)
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MetaVar {
    /// `$x:item`
    Item,
    /// `$x:block`
    Block,
    /// `$x:stmt`
    Stmt,
    /// `$x:pat_param`, and `$x:pat` before 2021
    PatParam,
    /// `$x:pat`
    Pat,
    /// `$x:expr`, `$x:expr_2021`
    Expr {
        /// Does it begin with a literal or with `-` and a literal?
        literal: bool,
        /// Does it begin with a string literal?
        string: bool,
    },
    /// `$x:ty`
    Ty {
        /// Is the type a path?
        is_path: bool,
    },
    /// `$x:literal`
    Literal,
    /// `$x:meta`
    Meta,
    /// `$x:path`
    Path,
    /// `$x:vis`
    Vis,
}

/// Who made an invisible group.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Origin {
    /// A metavariable's contents: the group is read as the fragment it is.
    MetaVar(MetaVar),
    /// A procedural macro: the parser does not see the group, only its contents.
    ProcMacro,
}

/// What stands around a group of tokens.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Delim {
    /// `( )`
    Paren,
    /// `[ ]`
    Bracket,
    /// `{ }`
    Brace,
    /// Nothing that is written.
    Invisible(Origin),
}

impl Delim {
    /// Does the parser look through the delimiters?
    pub fn is_skipped(self) -> bool {
        matches!(self, Delim::Invisible(Origin::ProcMacro))
    }

    /// The opening delimiter as text.
    pub fn open_str(self) -> &'static str {
        match self {
            Delim::Paren => "(",
            Delim::Bracket => "[",
            Delim::Brace => "{",
            Delim::Invisible(_) => "",
        }
    }

    /// The closing delimiter as text.
    pub fn close_str(self) -> &'static str {
        match self {
            Delim::Paren => ")",
            Delim::Bracket => "]",
            Delim::Brace => "}",
            Delim::Invisible(_) => "",
        }
    }
}

/// Kinds of literals; raw strings with their number of `#`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LitKind {
    /// `true`, `false`: only in syntax trees, as a token it is an identifier.
    Bool,
    /// `b'a'`
    Byte,
    /// `'a'`
    Char,
    /// `1`
    Integer,
    /// `1.0`, `1e3`
    Float,
    /// `"a"`
    Str,
    /// `r"a"`
    StrRaw(u8),
    /// `b"a"`
    ByteStr,
    /// `br"a"`
    ByteStrRaw(u8),
    /// `c"a"`
    CStr,
    /// `cr"a"`
    CStrRaw(u8),
}

/// A literal as it was written: what stands between the quotes is not unescaped, numbers are not evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Lit {
    /// What it is.
    pub kind: LitKind,
    /// Its text, without quotes, prefix and suffix.
    pub symbol: Symbol,
    /// `u8` of `1u8`.
    pub suffix: Option<Symbol>,
}

impl fmt::Display for Lit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.symbol;
        let raw = |f: &mut fmt::Formatter<'_>, prefix: &str, n: u8| {
            let hashes = "#".repeat(n as usize);
            write!(f, "{prefix}{hashes}\"{text}\"{hashes}")
        };
        match self.kind {
            LitKind::Byte => write!(f, "b'{text}'")?,
            LitKind::Char => write!(f, "'{text}'")?,
            LitKind::Str => write!(f, "\"{text}\"")?,
            LitKind::ByteStr => write!(f, "b\"{text}\"")?,
            LitKind::CStr => write!(f, "c\"{text}\"")?,
            LitKind::StrRaw(n) => raw(f, "r", n)?,
            LitKind::ByteStrRaw(n) => raw(f, "br", n)?,
            LitKind::CStrRaw(n) => raw(f, "cr", n)?,
            LitKind::Bool | LitKind::Integer | LitKind::Float => write!(f, "{text}")?,
        }
        match self.suffix {
            Some(suffix) => write!(f, "{suffix}"),
            None => Ok(()),
        }
    }
}

/// Makes the kinds of tokens, punctuation of which the texts are given.
macro_rules! token_kinds {
    ($($punct:ident $text:literal,)*) => {
        /// What a token is. Names are those of rustc's `TokenKind`.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum TokenKind {
            $(#[doc = concat!("`", $text, "`")] $punct,)*
            /// The opening delimiter of a group.
            Open(Delim),
            /// The closing delimiter of a group.
            Close(Delim),
            /// A literal.
            Literal(Lit),
            /// A name or keyword, and whether it was written with `r#`.
            Ident(Symbol, bool),
            /// A lifetime with its quote, and whether it was written as `'r#a`.
            Lifetime(Symbol, bool),
            /// A metavariable that holds an identifier: the token's span is the use's, this the identifier's own.
            NtIdent(span::Ident, bool),
            /// The same of a lifetime.
            NtLifetime(span::Ident, bool),
            /// A doc comment's text between its delimiters.
            DocComment(CommentKind, AttrStyle, Symbol),
            /// Behind the last token.
            Eof,
        }

        impl TokenKind {
            /// The text of punctuation; of any other token nothing.
            pub fn punct_str(self) -> Option<&'static str> {
                match self {
                    $(TokenKind::$punct => Some($text),)*
                    Open(_) | Close(_) | Literal(_) | Ident(..) | Lifetime(..) => None,
                    NtIdent(..) | NtLifetime(..) | DocComment(..) | Eof => None,
                }
            }

            /// The punctuation that is written so.
            pub fn of_punct(text: &str) -> Option<TokenKind> {
                match text {
                    $($text => Some(TokenKind::$punct),)*
                    _ => None,
                }
            }
        }
    };
}

token_kinds! {
    Eq "=",
    Lt "<",
    Le "<=",
    EqEq "==",
    Ne "!=",
    Ge ">=",
    Gt ">",
    AndAnd "&&",
    OrOr "||",
    Bang "!",
    Tilde "~",
    Plus "+",
    Minus "-",
    Star "*",
    Slash "/",
    Percent "%",
    Caret "^",
    And "&",
    Or "|",
    Shl "<<",
    Shr ">>",
    PlusEq "+=",
    MinusEq "-=",
    StarEq "*=",
    SlashEq "/=",
    PercentEq "%=",
    CaretEq "^=",
    AndEq "&=",
    OrEq "|=",
    ShlEq "<<=",
    ShrEq ">>=",
    At "@",
    Dot ".",
    DotDot "..",
    DotDotDot "...",
    DotDotEq "..=",
    Comma ",",
    Semi ";",
    Colon ":",
    PathSep "::",
    RArrow "->",
    LArrow "<-",
    FatArrow "=>",
    Pound "#",
    Dollar "$",
    Question "?",
    SingleQuote "'",
}

use TokenKind::*;

impl TokenKind {
    /// Is it the same? Of a constant `other` without contents this is one comparison.
    #[inline]
    pub(crate) fn is(self, other: TokenKind) -> bool {
        match other {
            Open(_) | Close(_) | Literal(_) | Ident(..) | Lifetime(..) | NtIdent(..) | NtLifetime(..)
            | DocComment(..) => self == other,
            _ => std::mem::discriminant(&self) == std::mem::discriminant(&other),
        }
    }

    /// Is this punctuation? Delimiters are not.
    pub fn is_punct(self) -> bool {
        self.punct_str().is_some()
    }

    /// Is this a closing delimiter or the end?
    pub fn is_close_or_eof(self) -> bool {
        matches!(self, Close(_) | Eof)
    }

    /// The token that this and the one right behind it make together.
    pub fn glue(self, next: TokenKind) -> Option<TokenKind> {
        Some(match (self, next) {
            (Eq, Eq) => EqEq,
            (Eq, Gt) => FatArrow,
            (Lt, Eq) => Le,
            (Lt, Lt) => Shl,
            (Lt, Minus) => LArrow,
            (Gt, Eq) => Ge,
            (Gt, Gt) => Shr,
            (Bang, Eq) => Ne,
            (Plus, Eq) => PlusEq,
            (Minus, Eq) => MinusEq,
            (Minus, Gt) => RArrow,
            (Star, Eq) => StarEq,
            (Slash, Eq) => SlashEq,
            (Percent, Eq) => PercentEq,
            (Caret, Eq) => CaretEq,
            (And, Eq) => AndEq,
            (And, And) => AndAnd,
            (Or, Eq) => OrEq,
            (Or, Or) => OrOr,
            (Shl, Eq) => ShlEq,
            (Shr, Eq) => ShrEq,
            (Dot, Dot) => DotDot,
            (DotDot, Dot) => DotDotDot,
            (DotDot, Eq) => DotDotEq,
            (Colon, Colon) => PathSep,
            _ => return None,
        })
    }

    /// This token without its first character, where the parser wants only that: `>>` holds `>` and `>`.
    pub(crate) fn split_first(self) -> Option<(TokenKind, TokenKind)> {
        Some(match self {
            Le => (Lt, Eq),
            EqEq => (Eq, Eq),
            Ne => (Bang, Eq),
            Ge => (Gt, Eq),
            AndAnd => (And, And),
            OrOr => (Or, Or),
            Shl => (Lt, Lt),
            Shr => (Gt, Gt),
            PlusEq => (Plus, Eq),
            MinusEq => (Minus, Eq),
            StarEq => (Star, Eq),
            SlashEq => (Slash, Eq),
            PercentEq => (Percent, Eq),
            CaretEq => (Caret, Eq),
            AndEq => (And, Eq),
            OrEq => (Or, Eq),
            ShlEq => (Lt, Le),
            ShrEq => (Gt, Ge),
            PathSep => (Colon, Colon),
            RArrow => (Minus, Gt),
            LArrow => (Lt, Minus),
            FatArrow => (Eq, Gt),
            _ => return None,
        })
    }
}

/// Does the next token follow at once? What procedural macros are told, and how token streams are printed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Spacing {
    /// There is white space behind the token, or nothing.
    Alone,
    /// Punctuation follows at once.
    Joint,
    /// Something else follows at once.
    JointHidden,
}

/// A token of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// What follows.
    pub spacing: Spacing,
    /// Of an opening delimiter: how many tokens on its closing one is. Of a closing one: how many back. Else 0.
    pub pair: u32,
    /// Where it stands.
    pub span: Span,
}

impl Token {
    /// A token with white space behind it.
    pub fn new(kind: TokenKind, span: Span) -> Token {
        Token { kind, spacing: Spacing::Alone, pair: 0, span }
    }

    /// The token, with a metavariable's identifier or lifetime laid bare.
    pub fn bare(self) -> Token {
        match self.kind {
            NtIdent(ident, raw) => Token { kind: Ident(ident.name, raw), span: ident.span, ..self },
            NtLifetime(ident, raw) => Token { kind: Lifetime(ident.name, raw), span: ident.span, ..self },
            _ => self,
        }
    }

    /// The identifier that this token is, keywords too, and whether it is raw.
    #[inline]
    pub fn ident(&self) -> Option<(span::Ident, bool)> {
        match self.kind {
            Ident(name, raw) => Some((span::Ident::new(name, self.span), raw)),
            NtIdent(ident, raw) => Some((ident, raw)),
            _ => None,
        }
    }

    /// The lifetime that this token is, and whether it is raw.
    pub fn lifetime(&self) -> Option<(span::Ident, bool)> {
        match self.kind {
            Lifetime(name, raw) => Some((span::Ident::new(name, self.span), raw)),
            NtLifetime(ident, raw) => Some((ident, raw)),
            _ => None,
        }
    }

    /// Is this an identifier or a keyword?
    pub fn is_ident(&self) -> bool {
        matches!(self.kind, Ident(..) | NtIdent(..))
    }

    /// Is this a lifetime?
    pub fn is_lifetime(&self) -> bool {
        matches!(self.kind, Lifetime(..) | NtLifetime(..))
    }

    /// The name of this identifier or keyword if it is not raw.
    #[inline]
    pub fn plain_name(&self) -> Option<Symbol> {
        match self.kind {
            Ident(name, false) => Some(name),
            NtIdent(ident, false) => Some(ident.name),
            _ => None,
        }
    }

    /// Is this that keyword?
    #[inline]
    pub fn is_keyword(&self, keyword: Symbol) -> bool {
        self.plain_name() == Some(keyword)
    }

    /// Is this an identifier of that name, raw or not?
    pub fn is_ident_named(&self, name: Symbol) -> bool {
        self.ident().is_some_and(|(ident, _)| ident.name == name)
    }

    /// Is this `self`, `crate` or another keyword that may be a segment of a path?
    pub fn is_path_segment_keyword(&self) -> bool {
        self.plain_name().is_some_and(Symbol::is_path_segment_keyword)
    }

    /// Is this a keyword of its edition, or `_`?
    pub fn is_reserved(&self, editions: &Editions) -> bool {
        match self.ident() {
            Some((ident, false)) => ident.is_reserved(editions),
            _ => false,
        }
    }

    /// Is this an identifier and no keyword?
    pub fn is_free_ident(&self, editions: &Editions) -> bool {
        self.ident().is_some_and(|(ident, raw)| raw || !ident.is_reserved(editions))
    }

    /// Is this `true` or `false`?
    pub fn is_bool(&self) -> bool {
        self.plain_name().is_some_and(Symbol::is_bool)
    }

    /// Is this `mut` or `const`?
    pub fn is_mutability(&self) -> bool {
        self.is_keyword(kw::MUT) || self.is_keyword(kw::CONST)
    }

    /// `+`, or a token that begins with it?
    pub fn is_like_plus(&self) -> bool {
        matches!(self.kind, Plus | PlusEq)
    }

    /// Is this `..`, `...` or `..=`?
    pub fn is_range_op(&self) -> bool {
        matches!(self.kind, DotDot | DotDotDot | DotDotEq)
    }

    /// What a metavariable's group holds that begins here.
    pub fn metavar(&self) -> Option<MetaVar> {
        match self.kind {
            Open(Delim::Invisible(Origin::MetaVar(kind))) => Some(kind),
            _ => None,
        }
    }

    /// Does a block captured by a macro begin here?
    pub fn is_metavar_block(&self) -> bool {
        self.metavar() == Some(MetaVar::Block)
    }

    /// Does something captured by a macro begin here that is an expression?
    pub fn is_metavar_expr(&self) -> bool {
        matches!(self.metavar(), Some(MetaVar::Expr { .. } | MetaVar::Literal | MetaVar::Path | MetaVar::Block))
    }

    /// May a qualified path begin here?
    pub fn is_qpath_start(&self) -> bool {
        matches!(self.kind, Lt | Shl)
    }

    /// May a path begin here?
    pub fn is_path_start(&self, editions: &Editions) -> bool {
        self.kind == PathSep
            || self.is_qpath_start()
            || self.metavar() == Some(MetaVar::Path)
            || self.is_path_segment_keyword()
            || self.is_free_ident(editions)
    }

    /// May an expression begin here?
    pub fn can_begin_expr(&self, editions: &Editions) -> bool {
        match self.kind {
            Ident(..) | NtIdent(..) => self.ident_can_begin(
                editions,
                &[
                    kw::ASYNC,
                    kw::DO,
                    kw::BOX,
                    kw::BREAK,
                    kw::CONST,
                    kw::CONTINUE,
                    kw::FALSE,
                    kw::FOR,
                    kw::GEN,
                    kw::IF,
                    kw::LET,
                    kw::LOOP,
                    kw::MATCH,
                    kw::MOVE,
                    kw::RETURN,
                    kw::TRUE,
                    kw::TRY,
                    kw::UNSAFE,
                    kw::WHILE,
                    kw::YIELD,
                    kw::SAFE,
                    kw::STATIC,
                ],
            ),
            Open(Delim::Paren | Delim::Brace | Delim::Bracket) | Literal(_) | Bang | Minus | Star => true,
            Or | OrOr | And | AndAnd | DotDot | DotDotDot | DotDotEq | Lt | Shl | PathSep | Pound => true,
            Lifetime(..) | NtLifetime(..) => true,
            _ => self.is_metavar_expr(),
        }
    }

    fn ident_can_begin(&self, editions: &Editions, keywords: &[Symbol]) -> bool {
        let Some((ident, raw)) = self.ident() else { return false };
        raw || !ident.is_reserved(editions) || ident.name.is_path_segment_keyword() || keywords.contains(&ident.name)
    }

    /// May a pattern begin here? `alternatives`: with a leading `|` too.
    pub fn can_begin_pattern(&self, alternatives: bool) -> bool {
        match self.kind {
            Ident(..) | NtIdent(..) | Literal(_) => true,
            Open(Delim::Paren | Delim::Bracket) => true,
            And | AndAnd | Minus | DotDot | DotDotDot | PathSep | Lt | Shl => true,
            Or => alternatives,
            _ => matches!(
                self.metavar(),
                Some(
                    MetaVar::Expr { .. }
                        | MetaVar::Literal
                        | MetaVar::Meta
                        | MetaVar::Pat
                        | MetaVar::PatParam
                        | MetaVar::Path
                        | MetaVar::Ty { .. }
                )
            ),
        }
    }

    /// May a type begin here?
    pub fn can_begin_type(&self, editions: &Editions) -> bool {
        match self.kind {
            Ident(..) | NtIdent(..) => self.ident_can_begin(
                editions,
                &[kw::UNDERSCORE, kw::FOR, kw::IMPL, kw::FN, kw::UNSAFE, kw::EXTERN, kw::TYPEOF, kw::DYN],
            ),
            Open(Delim::Paren | Delim::Bracket) | Bang | Star | And | AndAnd | Question => true,
            Lifetime(..) | NtLifetime(..) | Lt | Shl | PathSep => true,
            _ => matches!(self.metavar(), Some(MetaVar::Ty { .. } | MetaVar::Path)),
        }
    }

    /// May a constant begin here that is a generic argument?
    pub fn can_begin_const_arg(&self) -> bool {
        match self.kind {
            Open(Delim::Brace) | Literal(_) | Minus => true,
            Ident(name, false) => name.is_bool(),
            _ => matches!(self.metavar(), Some(MetaVar::Expr { .. } | MetaVar::Block | MetaVar::Literal)),
        }
    }

    /// May a literal begin here, or `-` and a literal?
    pub fn can_begin_literal(&self) -> bool {
        match self.kind {
            Literal(_) | Minus => true,
            Ident(..) | NtIdent(..) => self.is_bool(),
            _ => matches!(self.metavar(), Some(MetaVar::Literal | MetaVar::Expr { literal: true, .. })),
        }
    }

    /// May a string literal begin here, as in `extern "C"`?
    pub fn can_begin_string(&self) -> bool {
        matches!(self.kind, Literal(_))
            || matches!(self.metavar(), Some(MetaVar::Literal | MetaVar::Expr { string: true, .. }))
    }
}

impl fmt::Display for TokenKind {
    /// The token as text. `$crate` and identifiers of metavariables are written as they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Open(delim) => f.write_str(delim.open_str()),
            Close(delim) => f.write_str(delim.close_str()),
            Literal(lit) => lit.fmt(f),
            Ident(name, raw) => write!(f, "{}{name}", if raw { "r#" } else { "" }),
            NtIdent(ident, raw) => write!(f, "{}{}", if raw { "r#" } else { "" }, ident.name),
            Lifetime(name, raw) | NtLifetime(span::Ident { name, .. }, raw) => match raw {
                true => write!(f, "'r#{}", name.as_str().trim_start_matches('\'')),
                false => name.fmt(f),
            },
            DocComment(kind, style, text) => f.write_str(&doc_comment(kind, style, text)),
            Eof => f.write_str("end of input"),
            _ => f.write_str(self.punct_str().unwrap_or_default()),
        }
    }
}

/// The text of a doc comment.
pub(crate) fn doc_comment(kind: CommentKind, style: AttrStyle, text: Symbol) -> String {
    match (kind, style) {
        (CommentKind::Line, AttrStyle::Outer) => format!("///{text}"),
        (CommentKind::Line, AttrStyle::Inner) => format!("//!{text}"),
        (CommentKind::Block, AttrStyle::Outer) => format!("/**{text}*/"),
        (CommentKind::Block, AttrStyle::Inner) => format!("/*!{text}*/"),
    }
}
