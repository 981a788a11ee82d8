//! THIR as data: typed bodies.
//!
//! **What it is.** Bodies after type checking and before MIR: every expression has its final type, coercions are written out,
//! method calls and overloaded operators are calls, patterns are resolved. The vocabulary is rustc's own (its module
//! `rustc_middle::thir`), and so is the order of the tables' entries, so that texts can be compared.
//!
//! **What goes in.** Bodies made by type checking. **What comes out.** The same, for MIR building.
//!
//! **What it must not know.** Syntax, inference, MIR building. Types are [`ty`]'s: final, regions erased.
//!
//! Expressions, statements, blocks and arms refer to one another by number. An expression is pushed after those that it
//! refers to, so a body's root is its last expression.

#![forbid(unsafe_code)]

mod body;
mod captures;
mod expr;
mod pat;
pub mod print;
mod scope;
pub mod tree;

pub use body::*;
pub use captures::*;
pub use expr::*;
pub use pat::*;
pub use scope::*;
