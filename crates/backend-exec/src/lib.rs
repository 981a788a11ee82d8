//! Back ends that are programs of their own.
//!
//! **What it is.** A protocol between Bessemer and a program that compiles LIR, and both of its ends: [`ExecBackend`] is a
//! [`backend::Backend`] that asks such a program; [`serve`] answers for a back end written in Rust. Programs in other
//! languages need nothing but this page, and can have LIR as text.
//!
//! **What goes in.** A program's path, modules. **What comes out.** What the program made of them. A program that crashes,
//! hangs, speaks nonsense or another version is a clear error.
//!
//! **What it must not know.** Any particular back end; what LIR is made from.
//!
//! # The protocol, version 1
//!
//! The program is started without arguments for each request. It reads one request from standard input to its end, writes
//! one answer to standard output, and exits with 0. What it writes to standard error is shown if it fails.
//!
//! Numbers are little-endian. A *part* is its length in bytes (8 bytes) and that many bytes. JSON is UTF-8.
//!
//! | request | bytes |
//! |---|---|
//! | magic | 8: `BSMRBACK` |
//! | version of the protocol | 4 |
//! | kind: 0 describe, 1 compile | 4 |
//! | only to compile: the options ([`backend::Options`]) as JSON | part |
//! | only to compile: what to make, as JSON: `"Object"`, `"Assembly"`, `"Ir"` or `"Bitcode"` | part |
//! | only to compile: the module, as text or in binary form | part |
//!
//! | answer | bytes |
//! |---|---|
//! | magic | 8: `BSMRANSW` |
//! | version of the protocol | 4 |
//! | status: 0 done, 1 error | 4 |
//! | done, describe: [`Description`] as JSON | part |
//! | done, compile: what was made; then a JSON list of what was rejected ([`backend::Rejected`]) | 2 parts |
//! | error: a JSON object `{"kind", "message"}` ([`Failure`]) | part |
//!
//! An object holds all of the module but the rejected functions, to which it has undefined references; another back end is
//! asked for these. The text form of LIR is described in [`lir::text`], the binary form in [`lir::binary`]. The binary form
//! changes with LIR's data types; a description says which version the program reads, and any other is refused.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod client;
mod frame;
mod protocol;
mod serve;

pub use client::{ExecBackend, OpenError};
pub use protocol::{Description, Failure, FailureKind, LirForm, PROTOCOL_VERSION};
pub use serve::serve;
