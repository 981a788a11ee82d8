//! From objects to programs.
//!
//! **What goes in.** Objects from any back end, the toolchain's compiled crates, native libraries; all named by the
//! caller.
//! **What comes out.** An executable or a shared library ([`aot`]), or code in this process that can be called
//! ([`jit`]); what starting such a program takes ([`start`]), and what it takes when it runs ([`measure`]); and files at the paths that users name ([`output`]).
//!
//! **What it must not know.** Rust crates and their dependencies, LIR, which back end made an object, where a toolchain
//! is.

#![warn(missing_docs)]

pub mod aot;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub mod jit;
#[cfg(target_os = "linux")]
pub mod measure;
#[cfg(unix)]
pub mod output;
#[cfg(target_os = "linux")]
pub mod start;
