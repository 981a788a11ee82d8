//! Loads procedural macros that rustc compiled, and runs them.
//!
//! **What goes in.** The shared library of a crate of procedural macros, as rustc 1.95.0 made it; then, for each use of a
//! macro, the tokens that it is applied to, and what it may ask about the program around it ([`Surroundings`]).
//!
//! **What comes out.** The list of the library's macros ([`Macro`]), and what each use expands to ([`Expansion`]): tokens,
//! diagnostics, and the environment variables and files that the result depends on. A macro that panics, crashes, or ends
//! the process is an [`Error`] with the reason. So is what rustc would have answered in a way that is not known here
//! ([`Error::Doubt`]): nothing is guessed.
//!
//! **What it must not know.** Which macro a name means, hygiene, what becomes of the tokens, where libraries are found.
//!
//! A macro talks with its compiler by way of byte buffers: a request is a number and its arguments, and streams and spans are
//! numbers that the compiler gives out (rustc: `library/proc_macro/src/bridge`). The other end of this bridge is compiled into
//! each library. Its language belongs to one version of rustc, so a library of any other is refused before anything in it
//! runs (`file`).
//!
//! Macros are programs, with all that programs do wrong. So a library is loaded into a child of this process, made by
//! `fork`, unless the caller wants otherwise ([`Isolation`]). `unsafe` code is in one module (`sys`).
//!
//! rustc's counterparts: `rustc_expand::proc_macro`, `rustc_expand::proc_macro_server`, `proc_macro::bridge::server`.

#![deny(unsafe_code)]

mod error;
mod file;
mod library;
mod server;
mod stream;
mod surroundings;
#[expect(unsafe_code, reason = "libraries are loaded and called, and processes forked")]
mod sys;
mod text;
mod tree;
mod wire;

pub use error::{Crash, Error, Result};
pub use library::Library;
pub use surroundings::{File, Surroundings};

use std::path::PathBuf;

use syntax::span::Span;
use syntax::stream::TokenStream;

/// Where a library's macros run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Isolation {
    /// In a child of this process, one for each library, from its opening to the end of [`Library`] or its crash.
    ///
    /// The child has the environment and the working folder of the moment when it was forked, unless it is given others
    /// ([`Setting`]), and of the open files only the standard ones: so macros find no jobserver.
    #[default]
    Forked,
    /// In this process, on the stack of the thread that asks: whatever crashes the macro, crashes the process.
    InProcess,
}

/// What a child has instead of this process's own, so that macros see what they would see in rustc.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Setting {
    /// The working folder; nothing if it is this process's.
    pub folder: Option<PathBuf>,
    /// The whole environment, names and values; nothing if it is this process's.
    pub variables: Option<Vec<(String, String)>>,
}

/// A macro of a library.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Macro {
    /// Its name; of a derive the trait's.
    pub name: String,
    /// What it is used as.
    pub kind: MacroKind,
}

/// How a macro is used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MacroKind {
    /// `#[derive(Name)]`
    Derive {
        /// The attributes that it gives a meaning to, within the item.
        helpers: Vec<String>,
    },
    /// `#[name]`
    Attribute,
    /// `name!()`
    Bang,
}

/// A use of a macro.
#[derive(Clone, Debug)]
pub struct Call {
    /// What stands between the parentheses of an attribute, without these. Only attributes have arguments.
    pub arguments: Option<TokenStream>,
    /// The item that a derive or an attribute stands at, or what stands between the delimiters of `name!()`.
    pub input: TokenStream,
    /// `Span::def_site()`
    pub def_site: Span,
    /// `Span::call_site()`
    pub call_site: Span,
    /// `Span::mixed_site()`
    pub mixed_site: Span,
}

/// What a macro made.
#[derive(Clone, Debug)]
pub struct Expansion {
    /// The tokens.
    pub tokens: TokenStream,
    /// What it did beside that.
    pub effects: Effects,
    /// How many questions it asked. In a child, that it drops a stream is none.
    pub requests: u32,
}

/// What a macro did beside making tokens, in its order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Effects {
    /// Diagnostics that it emitted.
    pub diagnostics: Vec<Diagnostic>,
    /// Environment variables that it read and told of, with their values.
    pub env_vars: Vec<(String, Option<String>)>,
    /// Files that it read and told of.
    pub paths: Vec<String>,
}

/// How bad a diagnostic is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Level {
    Error,
    Warning,
    Note,
    Help,
}

/// A message for the user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// How bad it is.
    pub level: Level,
    /// The message.
    pub message: String,
    /// The places that it is about.
    pub spans: Vec<Span>,
    /// Notes and the like that belong to it.
    pub children: Vec<Diagnostic>,
}
