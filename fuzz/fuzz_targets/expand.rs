//! Any text that needs no other crates is expanded, or doubted, in every edition; what is expanded can be printed.

#![no_main]

use expand::cfg::Options;
use expand::expander::{Input, expand_crate};
use expand::external::{NoCrates, NoSurroundings};
use expand::mbe::Limits;
use libfuzzer_sys::fuzz_target;
use syntax::span::Edition;

fuzz_target!(|source: &str| {
    let source = format!("#![feature(no_core)] #![no_core] {source}");
    for edition in [Edition::E2015, Edition::E2018, Edition::E2021, Edition::E2024] {
        let input = Input {
            name: "fuzz",
            path: "fuzz.rs".as_ref(),
            source: &source,
            edition,
            options: &Options::default(),
            crates: &NoCrates,
            surroundings: &NoSurroundings,
            is_test: false,
        is_proc_macro: false,
            limits: Limits { tokens: 1 << 16, ..Limits::default() },
            only: None,
        };
        if let Ok(expanded) = expand_crate(&input) {
            expanded.print();
        }
    }
});
