//! MIR as data.
//!
//! **What it is.** Bodies of functions, constants and statics after type and borrow checking, in rustc's *runtime* phases:
//! drops are elaborated, coroutines are state machines; still generic. The vocabulary is rustc's own (see the module
//! `rustc_middle::mir::syntax` for the meaning of each construct).
//!
//! **What goes in.** Bodies made by a front end, and shims built by `traits`. **What comes out.** The same, for `eval` and
//! `lower`; as text ([`pretty`]).
//!
//! **What it must not know.** How bodies are stored on disk; layouts; instances' selection.

#![deny(unsafe_code)]
#![warn(missing_docs)]

pub mod body;
pub mod builder;
pub mod check;
pub mod coverage;
pub mod fold;
pub mod mentioned;
pub mod place_ty;
pub mod pretty;
pub mod syntax;
pub mod traversal;
pub mod visit;

pub use body::*;
pub use builder::BodyBuilder;
pub use coverage::{Coverage, CoverageBlock};
pub use mentioned::{Mention, MentionedItem};
pub use place_ty::{LocalDecls, PlaceTy, discriminant_ty};
pub use syntax::*;
