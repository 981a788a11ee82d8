//! Files that are almost right: whatever they are, nothing panics and nothing loops.

mod common;

use bessemer_expand::cfg::Options;
use bessemer_expand::mbe::Limits;
use syntax::span::Edition;
use testing::Numbers;

const TEXTS: [&str; 2] = [include_str!("zoo/rules.rs"), include_str!("zoo/cfg.rs")];

fn expand_and_print(source: &str, edition: Edition) -> bool {
    let limits = Limits { tokens: 1 << 16, ..Limits::default() };
    let mut options = Options::default();
    options.insert("yes", None);
    let source = format!("#![feature(no_core)] #![no_core] {source}");
    match common::expand(&source, edition, &options, limits) {
        Ok(expanded) => !expanded.print().is_empty(),
        Err(failure) => {
            assert!(!failure.doubt.message.is_empty() && !failure.doubt.construct.is_empty());
            false
        }
    }
}

#[test]
fn mutated_texts() {
    const PIECES: [&str; 26] = [
        "$",
        "$x",
        "$x:expr",
        ":tt",
        "$($t:tt)*",
        "$(",
        ")*",
        ")+",
        ")?",
        "$crate",
        "${count($x)}",
        "=>",
        ";",
        ",",
        "!",
        "macro_rules! m { ",
        "}",
        "{",
        "(",
        ")",
        "#[cfg(yes)]",
        "#[cfg_attr(yes, ",
        "sum!()",
        "twice!(",
        "items! {",
        "1",
    ];
    let mut numbers = Numbers::new(7);
    let mut right = 0;
    for round in 0..600 {
        let changes = 1 + numbers.below(3);
        let source = numbers.change_words(TEXTS[round % 2], &[' ', '\n', '(', ')', '{', '}'], &PIECES, changes);
        right += usize::from(expand_and_print(&source, Edition::E2021));
    }
    // Enough of them get to the end for this to mean something.
    assert!(right > 10, "{right}");
}

#[test]
fn endless_expansion_ends() {
    for source in [
        "macro_rules! m { () => { m!() } } fn f() { m!() }",
        "macro_rules! m { ($($t:tt)*) => { m!($($t)* $($t)*) } } m!(a);",
        "macro_rules! m { ($e:expr) => { m!(($e)) } } fn f() { m!(1) }",
        "macro_rules! m { ($t:ty) => { m!(&$t) } } fn f(a: m!(u8)) {}",
        "macro_rules! m { ($p:pat) => { m!(&$p) } } fn f() { let m!(a) = 1; }",
        "macro_rules! m { ($n:ident) => { macro_rules! $n { () => { m!($n); $n!(); } } } } m!(n); n!();",
        "macro m() { m!(); m!(); } m!();",
    ] {
        assert!(!expand_and_print(source, Edition::E2021), "{source}");
    }
}

/// What a macro makes may be as deep as what is written.
#[test]
fn deep_trees_do_not_overflow_the_stack() {
    for depth in [1000, 30_000] {
        let source = format!(
            "macro_rules! m {{ ($e:expr) => {{ [$e] }} }} fn f() {{ m!({}1{}); }}",
            "-(".repeat(depth),
            ")".repeat(depth)
        );
        assert_eq!(expand_and_print(&source, Edition::E2021), depth < 10_000);
        let nested = format!("mod m {{ {}{} }}", "mod m { ".repeat(depth), "}".repeat(depth));
        expand_and_print(&nested, Edition::E2021);
    }
    // Each expansion adds levels to those that it is given.
    let wrapped = format!(
        "macro_rules! m {{ ($e:expr, $($t:tt)+) => {{ m!({}$e{}, $($t)*) }}; ($e:expr,) => {{ $e }} }} fn f() {{ m!(1, {}); }}",
        "(".repeat(200),
        ")".repeat(200),
        "a ".repeat(60)
    );
    expand_and_print(&wrapped, Edition::E2021);
}
