//! What a macro may ask about the program that it is used in.

use syntax::span::{Editions, Span, SyntaxContext};
use syntax::symbol::Symbol;

/// A source file.
#[derive(Clone, Debug)]
pub struct File<'a> {
    /// The position of its first byte.
    pub base: u32,
    /// Its text as it was lexed, see [`syntax::lexer::normalize`].
    pub text: &'a str,
    /// Its name as rustc shows it, with `--remap-path-prefix` applied.
    pub name: &'a str,
    /// Its path as it was given, if it is a file on disk.
    pub local_path: Option<&'a str>,
}

/// The program that uses a macro, as far as macros can see it. Whoever expands macros answers; where an answer is not known,
/// the expansion is a doubt.
///
/// An answer must not expand macros.
pub trait Surroundings: Sync {
    /// The edition of each context: of the program's own for texts that become literals, of the call site's for texts that
    /// become tokens.
    fn editions(&self) -> &Editions;

    /// The file that a position is in; the position behind its last byte too. `None`: not known.
    fn file(&self, position: u32) -> Option<File<'_>>;

    /// Where the expansion was called that made a context, which is not the root's. `None`: not known.
    fn call_site(&self, ctxt: SyntaxContext) -> Option<Span>;

    /// The name of the crate that `$crate` means at a place.
    fn crate_name(&self, span: Span) -> Symbol;

    /// How rustc writes a span that is formatted with `{:?}`. `None`: not known, as long as contexts are numbered
    /// in another way than rustc's.
    fn debug_span(&self, span: Span) -> Option<String> {
        let _ = span;
        None
    }

    /// A variable that `--env-set` defines.
    fn injected_env_var(&self, name: &str) -> Option<String> {
        let _ = name;
        None
    }
}
