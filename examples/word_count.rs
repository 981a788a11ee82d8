//! Counts words of a text that comes on standard input, as `wc` and `sort | uniq -c` would.
//@ stdin: the quick brown fox\njumps over the lazy dog;\nthe dog -- naïve as ever -- sleeps.\n\nÜber den Wolken, über allem.\n

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead, Write};

#[derive(Default, Debug)]
struct Counts {
    lines: usize,
    words: usize,
    chars: usize,
    bytes: usize,
    longest: String,
}

impl Counts {
    fn add_line(&mut self, line: &str) {
        self.lines += 1;
        self.words += line.split_whitespace().count();
        self.chars += line.chars().count() + 1;
        self.bytes += line.len() + 1;
        if line.chars().count() > self.longest.chars().count() {
            self.longest = line.to_owned();
        }
    }
}

fn normalise(word: &str) -> Option<String> {
    let word: String = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    (!word.is_empty()).then_some(word)
}

fn title_case(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

fn main() -> io::Result<()> {
    let mut counts = Counts::default();
    let mut frequencies: HashMap<String, usize> = HashMap::new();
    let mut by_length: BTreeMap<usize, Vec<String>> = BTreeMap::new();

    for line in io::stdin().lock().lines() {
        let line = line?;
        counts.add_line(&line);
        for word in line.split_whitespace().filter_map(normalise) {
            let seen = frequencies.entry(word.clone()).or_insert(0);
            *seen += 1;
            if *seen == 1 {
                by_length.entry(word.chars().count()).or_default().push(word);
            }
        }
    }

    let mut ranking: Vec<(&str, usize)> = frequencies.iter().map(|(word, &n)| (word.as_str(), n)).collect();
    ranking.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));

    let mut out = io::BufWriter::new(io::stdout().lock());
    writeln!(
        out,
        "{:>6} lines\n{:>6} words\n{:>6} chars\n{:>6} bytes",
        counts.lines, counts.words, counts.chars, counts.bytes
    )?;
    writeln!(out, "longest: {:?}", counts.longest)?;
    for (word, n) in ranking.iter().take(8) {
        writeln!(out, "{n:>4} {:<10}|{}", title_case(word), "#".repeat(*n))?;
    }
    for (length, words) in &mut by_length {
        words.sort();
        writeln!(out, "{length}: {}", words.join(" "))?;
    }
    out.flush()
}
