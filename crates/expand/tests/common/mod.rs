//! Expansion of a text by itself.

use bessemer_expand::cfg::Options;
use bessemer_expand::expander::{Expanded, Failure, Input, expand_crate};
use bessemer_expand::external::{NoCrates, NoSurroundings};
use bessemer_expand::mbe::Limits;
use std::path::Path;
use syntax::span::Edition;

/// Expands a text that needs no other crates.
pub fn expand(source: &str, edition: Edition, options: &Options, limits: Limits) -> Result<Expanded, Box<Failure>> {
    expand_crate(&Input {
        name: "zoo",
        path: Path::new("zoo.rs"),
        source,
        edition,
        options,
        crates: &NoCrates,
        surroundings: &NoSurroundings,
        is_test: false,
        is_proc_macro: false,
        limits,
        only: None,
    })
}
