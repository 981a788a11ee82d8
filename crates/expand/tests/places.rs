//! Where the lines of an expanded text come from.

mod common;

use bessemer_expand::cfg::Options;
use bessemer_expand::mbe::Limits;
use syntax::span::Edition;

/// Fails unless the lines are these, with the number of the line that a part comes from in front of it.
#[track_caller]
fn check(source: &str, expected: &[&str]) {
    let source = format!("#![feature(no_core)] #![no_core]\n{source}");
    let expanded = common::expand(&source, Edition::E2021, &Options::default(), Limits::default());
    let expanded = expanded.unwrap_or_else(|failure| panic!("{}", failure.doubt.message));
    let (text, places) = expanded.print_with_places();
    assert_eq!(text, expanded.print());
    assert_eq!(text.lines().count(), places.len());
    let lines: Vec<String> = text
        .lines()
        .zip(places)
        .skip_while(|(line, _)| line.starts_with("#!") || line.is_empty())
        .map(|(line, parts)| {
            let mut line = line.to_owned();
            for part in parts.iter().rev() {
                line.insert_str(part.offset, &format!("{}|", part.line));
            }
            line
        })
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn what_macros_write_comes_from_their_calls() {
    check(
        "macro_rules! both { ($a:expr, $b:expr) => { $a; inner!($b) } }
macro_rules! inner { ($e:expr) => { let x = $e; } }
fn f() {
    // A comment.
    let a = 1;
    both!(a,
        2);
}",
        &[
            "2|macro_rules! both { ($a:expr, $b:expr) => { $a; inner!($b) } }",
            "3|macro_rules! inner { ($e:expr) => { let x = $e; } }",
            "4|fn f() {",
            "    5|// A comment.",
            "    6|let a = 1;",
            "    7|a;",
            "    7|let x = 8|2;",
            "9|}",
        ],
    );
}

#[test]
fn parts_of_items_and_expressions_have_their_own_lines() {
    check(
        "#[inline]
pub fn g(s: &str) -> u8 {
    match s {
        \"a
b\" => 1,
        _ => {
            if s { 2 } else { 3 }
        }
    }
}
struct S {
    a: u8,

    b: u8,
}
enum E { A,
    B(u8),
}",
        &[
            "2|#[inline]",
            "3|pub fn g(s: &str) -> u8 {",
            "    4|match s { 5|\"a",
            "b\" => 6|1, 7|_ => { 8|if s { 2 } else { 3 } 9|} 4|}",
            "11|}",
            "12|struct S {",
            "    13|a: u8,",
            "",
            "    15|b: u8,",
            "16|}",
            "17|enum E { A, 18|B(u8), 19|}",
        ],
    );
}
