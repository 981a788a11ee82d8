//! The format of metadata: one decoder for all releases that are known. What a release writes differently is a field of
//! [`::release::Encoding`], or follows from its lists.
//!
//! The order of fields, variants and tables here is rustc's own order of declaration; each module names where that is.

mod adt;
pub(crate) mod attributes;
mod codegen;
pub mod decoder;
mod definitions;
pub mod expansion;
mod hash_facts;
mod items;
mod lang_items;
mod macros;
mod members;
pub mod mir;
mod release;
pub mod root;
mod scopes;
mod source_map;
pub mod span;
pub mod symbol;
pub mod tables;
mod traits;
pub mod types;

pub use self::release::{Format, TableKind};
pub use decoder::{Decode, Decoder};
pub use root::CrateRoot;

/// What every metadata file begins with; the last byte counts incompatible changes of the header.
pub const HEADER: &[u8; 8] = b"rust\0\0\0\x0a";

/// What every metadata file ends with.
pub const END: &[u8] = b"rust-end-file";

#[cfg(test)]
mod tests;
