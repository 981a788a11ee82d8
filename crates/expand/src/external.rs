//! What expansion asks about the world outside of the crate: other crates' names and macros, files, the environment.
//!
//! Whoever expands a crate answers. Questions are asked only when an answer is needed, and an answer must not change while
//! a crate is expanded.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use syntax::doubt::Result;
use syntax::span::{Editions, Ident, Span, SyntaxContext};
use syntax::stream::TokenStream;
use syntax::symbol::Symbol;

use crate::hygiene::{Hygiene, Transparency};

/// The number of a crate. 0 is the crate that is expanded; the others are whoever answers' own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct CrateId(pub u32);

impl CrateId {
    /// The crate that is expanded.
    pub const LOCAL: CrateId = CrateId(0);
}

/// A definition of another crate: its crate, and its number there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DefRef {
    /// The crate.
    pub krate: CrateId,
    /// The number. 0 is the crate's root module.
    pub index: u32,
}

/// What a macro can be used as: one or several.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Kinds {
    /// `name!(…)`
    pub bang: bool,
    /// `#[name]`
    pub attr: bool,
    /// `#[derive(name)]`
    pub derive: bool,
}

/// What a name of another crate means. Values are of no interest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entity {
    /// A module, or a crate's root.
    Module(DefRef),
    /// An enum, trait or other type: no macro's name is in it.
    Type,
    /// A macro.
    Macro(DefRef, Kinds),
    /// An attribute that is no macro.
    Attribute,
    /// A module of a tool's attributes.
    Tool,
}

/// A macro of another crate.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name.
    pub ident: Ident,
    /// All of the definition.
    pub span: Span,
    /// The module that it is defined in.
    pub module: Option<DefRef>,
    /// The edition of its crate.
    pub edition: syntax::span::Edition,
    /// Do panics in its expansions go by the edition of the call?
    pub edition_panic: bool,
    /// What it is.
    pub kind: DefinitionKind,
}

/// What a macro of another crate is.
#[derive(Clone, Debug)]
pub enum DefinitionKind {
    /// `macro_rules!` or `macro`.
    Rules {
        /// Is it `macro_rules!`?
        macro_rules: bool,
        /// Its rules.
        body: TokenStream,
        /// What its expansions hide.
        transparency: Transparency,
        /// `#[macro_export(local_inner_macros)]`
        local_inner_macros: bool,
    },
    /// A macro that the compiler knows, by its name there.
    Builtin(Symbol),
    /// A procedural macro.
    Procedural(Arc<dyn ProcMacro>),
}

/// A procedural macro.
pub trait ProcMacro: std::fmt::Debug + Send + Sync {
    /// The attributes that a derive gives a meaning to, within the item.
    fn helpers(&self) -> &[Symbol];

    /// Expands a use.
    ///
    /// # Errors
    /// The macro panics, reports an error, or asks what is not known.
    fn expand(&self, call: &ProcCall, around: &Around<'_>) -> Result<TokenStream>;
}

/// A use of a procedural macro.
#[derive(Clone, Debug)]
pub struct ProcCall {
    /// What stands between the parentheses of an attribute.
    pub arguments: Option<TokenStream>,
    /// The item, or what stands between the delimiters of a call.
    pub input: TokenStream,
    /// `Span::def_site()`
    pub def_site: Span,
    /// `Span::call_site()`
    pub call_site: Span,
    /// `Span::mixed_site()`
    pub mixed_site: Span,
}

/// What a procedural macro may ask about the program.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// Expansions and contexts.
    pub hygiene: &'a Hygiene,
    /// The files read so far.
    pub sources: &'a crate::sources::Sources,
    /// The name of the crate that `$crate` means in a context.
    pub crate_name: &'a (dyn Fn(SyntaxContext) -> Symbol + Sync),
}

impl Around<'_> {
    /// The edition of each context.
    pub fn editions(&self) -> &Editions {
        self.hygiene.editions()
    }
}

/// Other crates.
pub trait Crates: Sync {
    /// The root of the crate that `extern crate name;` means.
    ///
    /// # Errors
    /// The crate cannot be read.
    fn extern_crate(&self, name: Symbol) -> Result<Option<DefRef>>;

    /// The root of the crate that a path means whose first name is `name`: what was given by `--extern`.
    ///
    /// # Errors
    /// The crate cannot be read.
    fn prelude_crate(&self, name: Symbol) -> Result<Option<DefRef>>;

    /// The public names in a module.
    ///
    /// # Errors
    /// The crate cannot be read.
    fn names(&self, module: DefRef) -> Result<Vec<(Symbol, Entity)>>;

    /// A macro. Contexts and expansions of its crate become ones of `hygiene`.
    ///
    /// # Errors
    /// The crate cannot be read.
    fn definition(&self, item: DefRef, hygiene: &mut Hygiene) -> Result<Definition>;

    /// A crate's name.
    fn crate_name(&self, krate: CrateId) -> Symbol;
}

/// No other crates: what files without `core` need.
#[derive(Clone, Copy, Debug)]
pub struct NoCrates;

impl Crates for NoCrates {
    fn extern_crate(&self, _: Symbol) -> Result<Option<DefRef>> {
        Ok(None)
    }

    fn prelude_crate(&self, _: Symbol) -> Result<Option<DefRef>> {
        Ok(None)
    }

    fn names(&self, _: DefRef) -> Result<Vec<(Symbol, Entity)>> {
        Ok(Vec::new())
    }

    fn definition(&self, _: DefRef, _: &mut Hygiene) -> Result<Definition> {
        Err(syntax::doubt::Doubt::new(Span::DUMMY, "macro", "there are no other crates"))
    }

    fn crate_name(&self, _: CrateId) -> Symbol {
        syntax::symbol::kw::CRATE
    }
}

/// Files and environment variables.
pub trait Surroundings: Sync {
    /// A file's contents; nothing if it does not exist or cannot be read.
    fn read(&self, path: &Path) -> Option<Vec<u8>>;

    /// Is there such a file?
    fn exists(&self, path: &Path) -> bool;

    /// The value of an environment variable that is UTF-8.
    fn variable(&self, name: &str) -> Option<String>;

    /// A file's name as `file!()` shows it.
    fn shown_name(&self, path: &Path) -> String {
        path.display().to_string()
    }

    /// Where relative paths of the command line begin.
    fn folder(&self) -> PathBuf {
        PathBuf::new()
    }
}

/// Neither files nor variables.
#[derive(Clone, Copy, Debug)]
pub struct NoSurroundings;

impl Surroundings for NoSurroundings {
    fn read(&self, _: &Path) -> Option<Vec<u8>> {
        None
    }

    fn exists(&self, _: &Path) -> bool {
        false
    }

    fn variable(&self, _: &str) -> Option<String> {
        None
    }
}
