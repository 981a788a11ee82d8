//! Rust's tokens, syntax trees, parser and pretty printer.
//!
//! **What goes in.** The text of a file, and which edition of the language it is written in; or a stream of tokens that a
//! macro made.
//!
//! **What comes out.** A stream of tokens ([`stream`]), a syntax tree ([`ast`]), its text as rustc prints it ([`pretty`]),
//! and hashes of items and bodies that tell whether anything in them changed ([`fingerprint`]). Where a text is not
//! understood there is no recovery: the first thing that is wrong is a [`doubt::Doubt`], which says what was being read
//! and where. Nothing panics, whatever the text, and no depth of nesting overflows the stack.
//!
//! **What it must not know.** Definitions, names' meanings, types, metadata, files on disk. Macros are calls whose arguments
//! are tokens; attributes are not interpreted; `cfg` is not applied.
//!
//! Decisions follow rustc's of the supported version, so that trees can be compared with rustc's by what they print:
//! `cargo xtask front-diff --stage parse`. Each module names its counterpart. Stable syntax is read, and what std's own
//! sources use of unstable syntax.
//!
//! ```
//! use bessemer_syntax::span::{Edition, Editions};
//!
//! let editions = Editions::new(Edition::E2024);
//! let parsed = bessemer_syntax::parse("fn f() { g( 1+2 ) } // done", 0, &editions).unwrap();
//! assert_eq!(parsed.print(&editions), "fn f() { g(1 + 2) } // done\n");
//!
//! let doubt = bessemer_syntax::parse("fn f( {", 0, &editions).err().unwrap();
//! assert_eq!(doubt.message, "this delimiter is never closed");
//! ```

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod ast;
pub mod doubt;
pub mod fingerprint;
pub mod lexer;
pub mod parser;
mod precedence;
pub mod pretty;
pub mod span;
pub mod stack;
pub mod stream;
pub mod symbol;
pub mod token;
pub mod tree;

use ast::{Ast, File};
use lexer::Head;
use parser::Parser;
use pretty::Context;
use span::{Editions, Span, SyntaxContext};
use stream::TokenStream;

/// A file that was read.
pub struct Parsed {
    /// The text that positions are of, see [`lexer::normalize`].
    pub text: String,
    /// The position of its first byte.
    pub base: u32,
    /// Its tokens.
    pub tokens: TokenStream,
    /// The nodes of its tree.
    pub ast: Ast,
    /// The tree.
    pub file: File,
}

/// Reads a file whose first byte is at `base`.
pub fn parse(source: &str, base: u32, editions: &Editions) -> doubt::Result<Parsed> {
    let text = lexer::normalize(source).into_owned();
    let tokens = lexer::lex(&text, base, SyntaxContext::ROOT, editions.root(), Head::File)?;
    let end = base + text.len() as u32;
    let mut ast = Ast::new();
    let file = Parser::new(&mut ast, editions, &tokens, Span::new(end, end)).parse_file()?;
    Ok(Parsed { text, base, tokens, ast, file })
}

impl Parsed {
    /// What `rustc -Zunpretty=normal` prints.
    pub fn print(&self, editions: &Editions) -> String {
        pretty::print_file(Context::new(&self.ast, editions), &self.file, &self.text, self.base)
    }
}
