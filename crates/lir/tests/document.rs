//! What `docs/lir.md` says of the text form.

use bessemer_lir::{parse_module, verify_module};
use std::collections::BTreeSet;

fn document() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/lir.md");
    std::fs::read_to_string(path).expect("the document")
}

/// The code blocks of a language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let open = format!("```{language}\n");
    text.split(&*open).skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect()
}

#[test]
fn the_example_is_a_module() {
    let document = document();
    let examples = blocks(&document, "lir");
    assert_eq!(examples.len(), 1);
    let module = parse_module(examples[0]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(verify_module(&module, 8), []);
    assert_eq!(module.to_string(), examples[0]);
}

/// Every word of `every.lir` that the grammar has to know is in it, so that it cannot fall behind the parser.
#[test]
fn the_grammar_has_every_word() {
    let document = document();
    let grammar = blocks(&document, "text").concat();
    let words = |text: &str| -> BTreeSet<String> {
        let is_word = |c: char| c.is_ascii_lowercase() || c == '_';
        text.split(|c: char| !(is_word(c) || c.is_ascii_digit() || c == '@' || c == '"'))
            .filter(|word| !word.is_empty() && word.chars().all(is_word))
            .map(str::to_owned)
            .collect()
    };
    let known: BTreeSet<String> = words(&grammar.replace('"', " "));
    let tables = include_str!("../src/names.rs").replace('"', " ");
    let data = include_str!("../src/text/data.rs").replace('"', " ");
    let unquoted = |line: &str| line.replace("\\\"", "").split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let every: String = include_str!("every.lir")
        .lines()
        .map(|line| unquoted(line.split([';']).next().unwrap_or_default()) + "\n")
        .collect();
    let elsewhere: BTreeSet<String> = words(&tables).union(&words(&data)).cloned().collect();
    let unknown: Vec<String> =
        words(&every).into_iter().filter(|word| !known.contains(word) && !elsewhere.contains(word)).collect();
    assert_eq!(unknown, [""; 0]);
}
