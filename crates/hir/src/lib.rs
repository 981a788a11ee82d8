//! Bodies with names resolved and constructs rewritten in terms of simpler ones. (rustc: `rustc_hir`, `rustc_ast_lowering`,
//! the late part of `rustc_resolve`.)
//!
//! **What goes in.** A crate's expanded tree with its hygiene, and the metadata that rustc wrote of the same crate: what its
//! modules' names mean, which definitions there are, what they are called.
//!
//! **What comes out.** [`body::Hir`]s: one of each function, constant, static, array length, …, closures included. In them
//! each path says what it means, `for`, `while`, `?`, `.await`, `format_args!` and the like are calls, matches and loops as
//! rustc makes them, and types are as written but resolved. What is not known for sure is a [`syntax::doubt::Doubt`].
//!
//! **What it must not know.** Types of values; which method or associated item a name means that depends on a type (such a
//! path is [`path::QPath::TypeRelative`]); metadata's encoding.
//!
//! Spans are those of `syntax`: positions over all files of the crate, and contexts of the crate's `expand::hygiene`. What
//! lowering adds has a context of its own, whose expansion is a [`expand::hygiene::ExpnKind::Desugaring`].

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod body;
mod defs;
pub mod expr;
pub mod lower;
pub mod pat;
pub mod path;
mod resolve;
mod scope;
pub mod text;
pub mod ty;
