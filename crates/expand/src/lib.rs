//! Expansion of Rust's macros.
//!
//! **What goes in.** The text of a crate's root module, the `cfg` options it is compiled with, and whoever answers questions
//! about other crates, files and the environment ([`external`]).
//!
//! **What comes out.** The tree of the whole crate ([`expander`]): modules in files of their own are read, what `cfg` removes
//! is gone ([`mod@cfg`]), the standard library is imported, and the results of macros stand in place of their calls: of macros
//! by example ([`mbe`]), of built-in ones and of procedural ones. Each token says by its context which expansions it
//! went through ([`hygiene`]). What is wrong or not understood is a [`syntax::doubt::Doubt`] that names the construct and
//! the place. Nothing panics, whatever the program, and no expansion goes on without end: depth and size have limits
//! ([`mbe::Limits`]).
//!
//! **What it must not know.** Types, values' names, the format of metadata, how procedural macros are run, files on disk but
//! by their names.
//!
//! Decisions follow rustc's of the supported version; each module names its counterpart.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod attrs;
mod build;
mod builtin;
mod call;
pub mod cfg;
mod derive;
pub mod expander;
pub mod external;
mod harness;
pub mod hygiene;
mod items;
mod literal;
pub mod mbe;
pub mod modules;
pub mod sources;
pub mod textual;
mod tokens;
mod walk;
