//! Any text is read, or doubted, in every edition; what is read can be printed and has fingerprints.

#![no_main]

use libfuzzer_sys::fuzz_target;
use syntax::fingerprint;
use syntax::span::{Edition, Editions};

fuzz_target!(|source: &str| {
    for edition in [Edition::E2015, Edition::E2018, Edition::E2021, Edition::E2024] {
        let editions = Editions::new(edition);
        if let Ok(parsed) = syntax::parse(source, 1, &editions) {
            parsed.print(&editions);
            fingerprint::of_file(&parsed.ast, &parsed.file, &parsed.tokens);
        }
    }
});
