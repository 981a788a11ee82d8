//! LIR, the narrow waist of Bessemer.
//!
//! **What it is.** A small, monomorphic, layout-resolved and ABI-lowered intermediate language: scalars, pointers,
//! vectors, mutable scalar *variables*, stack slots, explicit loads and stores, calls with a machine-level signature,
//! unwind edges and debug locations.
//!
//! **What goes in.** [`Module`]s built by `lower` (or parsed from text).
//! **What comes out.** The same modules, to a back end; as text ([`text`]), verified ([`verify`]), as bytes
//! ([`binary`]) or as a hash ([`hash`]).
//!
//! **What it must not know.** Rust types, generics, traits, MIR, or any particular back end.
//!
//! # Shape
//!
//! * A [`Function`] is self-contained: its signatures, symbol references, files and locations are in tables of its own,
//!   so that functions are lowered, hashed, cached and compiled independently of each other.
//! * Every [`Value`] has exactly one definition, which dominates its uses. There are no block parameters: what merges
//!   at a join lives in a [`Var`], a mutable scalar register read by [`Inst::GetVar`] and written by [`Inst::SetVar`]
//!   (as a WebAssembly local). Back ends turn variables into SSA form themselves, or keep them in memory when
//!   debugging.
//! * What needs an address lives in a [`Slot`].
//! * Booleans are `i8` values that are 0 or 1.
//! * The entry block is the first one and has no predecessors.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod asm;
pub mod binary;
pub mod builder;
pub mod code_hash;
pub mod debug;
pub mod function;
pub mod hash;
pub mod inst;
pub mod module;
mod names;
pub mod op;
pub mod operands;
pub mod parse;
mod results;
pub mod text;
pub mod types;
pub mod verify;

pub use ::index::{Index, IndexVec};
pub use asm::*;
pub use builder::FunctionBuilder;
pub use code_hash::{code_hash, exact_module_hash, value_hash};
pub use debug::*;
pub use function::*;
pub use hash::{ContentHash, data_hash, function_hash, module_hash};
pub use inst::*;
pub use module::*;
pub use op::*;
pub use parse::{ParseError, parse_function, parse_module};
pub use results::ResultTypes;
pub use types::*;
pub use verify::{VerifyError, verify_function, verify_module};
