//! Crates that are almost right, with built-in macros and derives: whatever they are, nothing panics.

use bessemer_names::OtherCrates;
use expand::cfg::Options;
use expand::expander::{Input, expand_crate};
use expand::external::NoSurroundings;
use expand::mbe::Limits;
use rmeta::CrateLocator;
use syntax::span::Edition;
use testing::Numbers;
use ty::{Arena, Tcx};

const TEXT: &str = include_str!("zoo/user.rs");

#[test]
fn mutated_crates() {
    const PIECES: [&str; 22] = [
        "{:?}",
        "{0}",
        "{x:>1$}",
        "\"",
        "#[derive(Clone, Debug)] ",
        "#[derive(PartialOrd)] ",
        "#[test] ",
        "enum ",
        "struct ",
        "union ",
        "()",
        "{ ",
        "}",
        "(",
        ")",
        "<T>",
        "println!(",
        "assert!(",
        "concat!(1, ",
        "asm!(\"{}\", ",
        "format_args!(",
        ", ",
    ];
    let arena = Arena::new();
    let locator = CrateLocator { sysroot_lib: testing::sysroot_lib(), ..CrateLocator::default() };
    let crates = OtherCrates::new(Tcx::new(&arena, testing::session_options()), locator);
    // What needs crates that are not here.
    let text: String = TEXT
        .lines()
        .filter(|line| !line.contains("dep::") && !line.contains("macros::"))
        .collect::<Vec<_>>()
        .join("\n");
    let text =
        text.replace("add!(x, 2) + outer!(3, 4) + def_site!(5) + renamed!(6, 7,)", "1").replace("#[name(helper)]", "");
    let text = text.replace("#[name]", "").replace("#[cfg_attr(all(), name(kept))]", "");
    let text = text.replace("#[global_allocator]", "").replace("#[cfg(any())]", "");
    let mut numbers = Numbers::new(11);
    let mut right = 0;
    for round in 0..120 {
        let changes = if round == 0 { 0 } else { 1 + numbers.below(2) };
        let source = numbers.change_words(&text, &[' ', '\n', '(', ')', '{', '}', ','], &PIECES, changes);
        let input = Input {
            name: "user",
            path: "user.rs".as_ref(),
            source: &source,
            edition: Edition::E2021,
            options: &Options::default(),
            crates: &crates,
            surroundings: &NoSurroundings,
            is_test: false,
            is_proc_macro: false,
            limits: Limits { tokens: 1 << 18, ..Limits::default() },
            only: None,
        };
        match expand_crate(&input) {
            Ok(expanded) => right += usize::from(!expanded.print().is_empty()),
            Err(failure) => {
                assert!(round > 0, "{:?}: {}", failure.sources.describe(failure.cause.lo), failure.doubt);
                assert!(!failure.doubt.message.is_empty());
            }
        }
    }
    // Enough of them get to the end for this to mean something.
    assert!(right > 10, "{right}");
}
