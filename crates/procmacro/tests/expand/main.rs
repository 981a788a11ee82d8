//! Macros that the installed rustc compiles, expanded here and by rustc.

mod answers;
mod common;
mod misbehaviour;
mod registry;
