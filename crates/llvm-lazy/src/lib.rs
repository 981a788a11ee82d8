//! LLVM at first use, not at program start.
//!
//! **What it is.** The Rust toolchain carries LLVM as a shared library that exports LLVM's whole C interface. Linking it the
//! usual way would make every start of the program pay for loading it, even when another back end does the work. So this
//! crate *defines* the functions that `llvm-sys` declares: each is one jump through a table that [`load`] fills.
//!
//! **What goes in.** The toolchain's sysroot. **What comes out.** [`Loaded`], a token that proves that the functions of
//! `llvm-sys` may be called.
//!
//! **What it must not know.** LIR, or what LLVM is used for.
//!
//! A function that is missing from the table is a link error that names it; add it to `functions.rs`.

#![warn(missing_docs)]

mod functions;
mod library;

pub use library::{LLVM_MAJOR, LoadError, Loaded, load};
