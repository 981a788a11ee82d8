//! Texts that are almost right, with the metadata of what they were before: whatever they are, nothing panics.

use syntax::span::Edition;
use testing::Numbers;

const PIECES: [&str; 24] = [
    "x",
    "a",
    "self",
    "Self",
    "{",
    "}",
    "(",
    ")",
    ";",
    "&mut ",
    "?",
    ".await",
    "for x in ",
    "while ",
    "break 'all ",
    "let ",
    " => ",
    "crate::",
    "super::",
    "::",
    "|x| ",
    "async ",
    "const { 1 }",
    "impl T for ",
];

/// Words are exchanged by others, left out or doubled.
#[test]
fn mutated_texts() {
    let source = include_str!("../zoo/bodies.rs");
    let edition = Edition::E2024;
    let folder = tempfile::tempdir().unwrap();
    let metadata = crate::common::metadata(folder.path(), source, edition);
    let mut numbers = Numbers::new(7);
    let (mut expanded, mut doubted) = (0, 0);
    for round in 0..150 {
        let text = numbers.change_words(source, &[' ', '(', ')', ',', ';', ':'], &PIECES, 1 + round % 2);
        if let Some(found) = crate::common::lower(&text, edition, &metadata, true) {
            expanded += 1;
            doubted += usize::from(!found.doubts.is_empty());
        }
    }
    assert!(expanded > 20 && doubted > 5, "{expanded} expanded, {doubted} doubted");
}
