//! Types of bodies: from a resolved body to a typed one, as rustc infers them. (rustc: `rustc_hir_typeck`, the lowering of
//! types of `rustc_hir_analysis`, `rustc_mir_build::thir`.)
//!
//! **What goes in.** A body with names resolved ([`hir`]), everything about items from whoever knows the program's definitions
//! ([`ty::Members`]), the trait solver ([`solve`]). **What comes out.** A typed body ([`thir`]) for each function, constant and
//! closure in it, or a [`Doubt`].
//!
//! **What it must not know.** Tokens and syntax trees, metadata's encoding, MIR.
//!
//! Items are not checked here: signatures, where-clauses and impls are taken for right. Nor are lifetimes: they are variables
//! in inference and erased in the result. A program that rustc rejects may thus have typed bodies; one that it accepts has the
//! same ones as rustc makes, or doubts. The order in which expressions are looked at, goals are proven and variables get their
//! defaults is rustc's, as what is inferred depends on it.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod adjust;
mod asm;
mod build;
mod callee;
mod capture;
mod cast;
mod closure;
mod coerce;
mod coroutine;
mod doubt;
mod elision;
mod expect;
mod expr;
mod fallback;
mod fields;
mod fncx;
mod lower;
mod many;
mod method;
mod op;
mod opaque;
mod pat;
mod path;
mod place;
mod results;
mod scope;
mod state;
mod types;
mod upvar;
mod walk;
mod writeback;

pub use state::{Source, check};
pub use ty::{Answer, Doubt};
