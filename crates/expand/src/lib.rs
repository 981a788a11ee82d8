//! Expansion of Rust's macros.
//!
//! **What goes in.** The syntax tree of a file or crate, and the `cfg` options it is compiled with. Or, one by one: a
//! macro's definition, and the tokens of a call of it.
//!
//! **What comes out.** The tree without what `cfg` removes ([`mod@cfg`]), and with the results of macros in place of their
//! calls ([`mbe`], [`single`]). Each token says by its context which expansions it went through ([`hygiene`]). What is
//! wrong or not understood is a [`syntax::doubt::Doubt`] that names the construct and the place. Nothing panics, whatever
//! the program, and no expansion goes on without end: depth and size have limits ([`mbe::Limits`]).
//!
//! **What it must not know.** What paths mean: which macro a call is of is for the caller to say, as far as the textual
//! scope of `macro_rules!` does not say it. Types, metadata, files on disk.
//!
//! Decisions follow rustc's of the supported version; each module names its counterpart.

#![forbid(unsafe_code)]

pub mod cfg;
pub mod hygiene;
pub mod mbe;
pub mod single;
mod walk;
