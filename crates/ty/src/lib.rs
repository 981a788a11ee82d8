//! Types and everything that names things in a checked Rust program.
//!
//! **What it is.** Interned types, constants, generic arguments and regions; definitions (items by [`DefId`]) and the trait
//! [`Definitions`] through which later crates ask a front end about them; symbols, spans, instances, constant memory; and
//! substitution.
//!
//! **What goes in.** Types made by a front end (today: `rmeta`). **What comes out.** Copyable handles that compare by
//! pointer.
//!
//! **What it must not know.** Who made the program (rustc's encodings are `rmeta`'s alone), MIR, layouts, trait selection.
//!
//! Handles carry the lifetime `'tcx` of the [`Context`] that they were interned in. A [`Tcx`] is a copyable reference to it
//! and the way to everything here.

#![warn(missing_docs)]

pub mod alloc;
pub mod attrs;
pub mod closure;
pub mod context;
pub mod def;
pub mod definitions;
pub mod doubt;
mod erase;
mod escaping;
pub mod fold;
pub mod instance;
pub mod interner;
pub mod intrinsic;
pub mod lang_item;
pub mod list;
pub mod members;
pub mod memo;
pub mod names;
pub mod number;
pub mod predicate;
pub mod primitive;
pub mod print;
pub mod span;
pub mod stack;
pub mod sty;
mod subst;
pub mod symbol;
pub mod walk;

pub use alloc::*;
pub use attrs::*;
pub use closure::*;
pub use context::*;
pub use def::*;
pub use definitions::*;
pub use doubt::{Answer, Doubt};
pub use escaping::*;
pub use fold::*;
pub use instance::*;
pub use intrinsic::*;
pub use lang_item::LangItem;
pub use list::List;
pub use members::*;
pub use memo::Memo;
pub use names::scalar_int_str;
pub use predicate::*;
pub use primitive::*;
pub use span::*;
pub use stack::ensure_stack;
pub use sty::*;
pub use subst::*;
pub use symbol::Symbol;

#[doc(hidden)]
pub use index;
pub use number::{FIRST_VARIANT, FieldIdx, VariantIdx};
/// rustc's own published layout vocabulary: sizes, alignments, `repr` options, ABI names.
pub use ra_ap_rustc_abi as rustc_abi;
pub use ra_ap_rustc_index as rustc_index;
pub use rustc_abi::{Align, ExternAbi, Integer, ReprOptions, Size};
pub use rustc_index::{Idx, IndexVec};

/// Stops because one of our own rules does not hold. The driver turns this into a report of an internal error.
#[macro_export]
macro_rules! bug {
    ($($arg:tt)*) => { panic!("internal error: {}", format_args!($($arg)*)) };
}
