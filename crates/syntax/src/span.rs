//! Places in the source, and what a place says about the language: its edition. (rustc: `rustc_span`.)

use std::fmt;
use std::str::FromStr;

use crate::symbol::{Symbol, kw};

pub mod metavars;

/// Which expansion of which macro made a token. `ROOT` is the program's own text. The numbers are the macro expander's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct SyntaxContext(pub u32);

impl SyntaxContext {
    /// Not from a macro.
    pub const ROOT: SyntaxContext = SyntaxContext(0);
}

/// A piece of source: positions in bytes, counted over all files of the program, and the expansion it comes from.
///
/// A file's positions begin where its reader says (`lexer::lex`), so two files need not overlap.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub lo: u32,
    /// The byte behind the last.
    pub hi: u32,
    /// Where it was expanded.
    pub ctxt: SyntaxContext,
}

impl Span {
    /// The span of something that has no place.
    pub const DUMMY: Span = Span::new(0, 0);

    /// A span of the program's own text.
    pub const fn new(lo: u32, hi: u32) -> Span {
        Span { lo, hi, ctxt: SyntaxContext::ROOT }
    }

    /// From where this begins to where `end` ends.
    ///
    /// Of two contexts that differ, one may be that of a metavariable's content: then the metavariable counts (see
    /// [`metavars`]). Else there is no text between both, and it is the one that a macro wrote, this one if both are.
    pub fn to(self, end: Span) -> Span {
        match metavars::in_one_context(self, end) {
            Some((a, b)) => Span { lo: a.lo.min(b.lo), hi: a.hi.max(b.hi), ctxt: a.ctxt },
            None if self.ctxt == SyntaxContext::ROOT => end,
            None => self,
        }
    }

    /// The empty span at the beginning.
    pub fn before(self) -> Span {
        Span { hi: self.lo, ..self }
    }

    /// The empty span at the end.
    pub fn after(self) -> Span {
        Span { lo: self.hi, ..self }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(shown) = crate::tree::shown() {
            return f.write_str(&shown.lines.describe(*self));
        }
        write!(f, "{}..{}", self.lo, self.hi)?;
        if self.ctxt != SyntaxContext::ROOT { write!(f, "#{}", self.ctxt.0) } else { Ok(()) }
    }
}

/// An edition of the language.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub enum Edition {
    /// `--edition 2015`, rustc's default.
    #[default]
    E2015,
    /// `--edition 2018`
    E2018,
    /// `--edition 2021`
    E2021,
    /// `--edition 2024`
    E2024,
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Edition::E2015 => "2015",
            Edition::E2018 => "2018",
            Edition::E2021 => "2021",
            Edition::E2024 => "2024",
        })
    }
}

impl FromStr for Edition {
    type Err = ();

    fn from_str(text: &str) -> Result<Edition, ()> {
        Ok(match text {
            "2015" => Edition::E2015,
            "2018" => Edition::E2018,
            "2021" => Edition::E2021,
            "2024" => Edition::E2024,
            _ => return Err(()),
        })
    }
}

/// The edition of each context: a macro's tokens keep the edition of the crate that defines it.
#[derive(Clone, Debug, Default)]
pub struct Editions {
    root: Edition,
    others: Vec<Edition>,
}

impl Editions {
    /// All is of one edition until `set` says otherwise.
    pub fn new(root: Edition) -> Editions {
        Editions { root, others: Vec::new() }
    }

    /// The edition of the crate itself.
    pub fn root(&self) -> Edition {
        self.root
    }

    /// Says what a context's edition is.
    pub fn set(&mut self, ctxt: SyntaxContext, edition: Edition) {
        let index = ctxt.0 as usize;
        if index == 0 {
            self.root = edition;
            return;
        }
        if self.others.len() < index {
            self.others.resize(index, self.root);
        }
        self.others[index - 1] = edition;
    }

    /// The edition of a context.
    #[inline]
    pub fn of(&self, span: Span) -> Edition {
        match span.ctxt.0 {
            0 => self.root,
            n => self.others.get(n as usize - 1).copied().unwrap_or(self.root),
        }
    }
}

/// A name and where it stands. Names of lifetimes and labels include the quote.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ident {
    /// The name, without `r#`.
    pub name: Symbol,
    /// Where it stands.
    pub span: Span,
}

impl Ident {
    /// A name at a place.
    pub const fn new(name: Symbol, span: Span) -> Ident {
        Ident { name, span }
    }

    /// May no identifier have this name there, unless it is raw?
    pub fn is_reserved(self, editions: &Editions) -> bool {
        self.name.is_reserved(editions.of(self.span))
    }

    /// Is this the name of a tuple's field, `self.0`?
    pub fn is_numeric(self) -> bool {
        self.name.as_str().bytes().all(|b| b.is_ascii_digit())
    }

    /// Must this name, met where an identifier stands, have been written with `r#`?
    pub fn was_raw(self, editions: &Editions) -> bool {
        self.name.can_be_raw() && self.is_reserved(editions)
    }

    /// Must this lifetime have been written as `'r#name`?
    pub fn was_raw_lifetime(self, editions: &Editions) -> bool {
        match self.name.as_str().strip_prefix('\'') {
            None | Some("") => false,
            Some(rest) => {
                let name = Symbol::intern(rest);
                name.can_be_raw()
                    && name.is_reserved(editions.of(self.span))
                    && name != kw::UNDERSCORE
                    && name != kw::STATIC
            }
        }
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

impl fmt::Debug for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{:?}", self.name, self.span)
    }
}
