//! Bodies of texts, with the metadata that the installed rustc writes of them.

mod common;
mod mutations;
mod rustc;
mod text;
