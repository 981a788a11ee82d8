//! Texts that are almost right, with the metadata of what they were before: whatever they are, nothing panics.

use syntax::span::Edition;

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// The places where a word or a piece of punctuation begins.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    while let Some(c) = text[at..].chars().next() {
        let len = match is_word(c) {
            true => text[at..].find(|c| !is_word(c)).unwrap_or(text.len() - at),
            false => c.len_utf8(),
        };
        if !c.is_whitespace() {
            found.push((at, at + len));
        }
        at += len;
    }
    found
}

/// Words are exchanged by others of the text, left out or doubled.
#[test]
fn mutated_texts() {
    let source = include_str!("../zoo/bodies.rs");
    let edition = Edition::E2024;
    let folder = tempfile::tempdir().unwrap();
    let metadata = crate::common::metadata(folder.path(), source, edition);
    let words = words(source);
    let mut numbers = Numbers(7);
    let (mut expanded, mut doubted) = (0, 0);
    for _ in 0..150 {
        let mut text = source.to_owned();
        for _ in 0..=numbers.below(2) {
            let (lo, hi) = words[numbers.below(words.len())];
            let (from, to) = words[numbers.below(words.len())];
            if text.get(lo..hi) != source.get(lo..hi) {
                continue;
            }
            match numbers.below(4) {
                0 => text.replace_range(lo..hi, ""),
                1 => text.insert_str(lo, &format!("{} ", &source[lo..hi])),
                _ => text.replace_range(lo..hi, &source[from..to]),
            }
        }
        if let Some(found) = crate::common::lower(&text, edition, &metadata, true) {
            expanded += 1;
            doubted += usize::from(!found.doubts.is_empty());
        }
    }
    assert!(expanded > 30 && doubted > 10, "{expanded} expanded, {doubted} doubted");
}
