//! Texts that are almost Rust: whatever they are, nothing panics and nothing loops.

use bessemer_syntax::ast::Ast;
use bessemer_syntax::fingerprint;
use bessemer_syntax::lexer::{Head, lex};
use bessemer_syntax::parser::{FragmentKind, Parser};
use bessemer_syntax::span::{Edition, Editions, Span, SyntaxContext};
use bessemer_syntax::stream::{TokenStream, TokenTree};
use bessemer_syntax::token::Token;
use testing::Numbers;

const TEXTS: [&str; 2] = [include_str!("zoo/edition_2015.rs"), include_str!("zoo/edition_2024.rs")];
const EDITIONS: [Edition; 4] = [Edition::E2015, Edition::E2018, Edition::E2021, Edition::E2024];

/// A part of a text, whole characters.
fn part<'a>(numbers: &mut Numbers, text: &'a str, longest: usize) -> &'a str {
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary(numbers.below(text.len()));
    let end = boundary((start + numbers.below(longest)).min(text.len()));
    &text[start..end.max(start)]
}

fn read_and_print(source: &str, edition: Edition) {
    let editions = Editions::new(edition);
    if let Ok(parsed) = bessemer_syntax::parse(source, 1, &editions) {
        parsed.print(&editions);
        fingerprint::of_file(&parsed.ast, &parsed.file, &parsed.tokens);
    }
}

#[test]
fn mutated_texts() {
    const PIECES: [&str; 32] = [
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "<",
        ">",
        "::",
        "->",
        "=>",
        "..",
        "...",
        ";",
        ",",
        ":",
        "#",
        "#!",
        "'",
        "\"",
        "r#",
        "/*",
        "*/",
        "///",
        "//!",
        "\r",
        "é",
        "fn ",
        "impl ",
        "for ",
        "macro_rules! ",
        "|",
    ];
    let mut numbers = Numbers::new(1);
    for round in 0..2_000 {
        let text = TEXTS[round % 2];
        // A few hundred bytes: most of a long text would be wrong at its first mutation.
        let mut source = part(&mut numbers, text, 600).to_owned();
        for _ in 0..numbers.below(4) {
            let part = part(&mut numbers, &source, 12).to_owned();
            source = match numbers.below(3) {
                0 => source.replacen(&part, "", 1),
                1 => source.replacen(&part, &part.repeat(2), 1),
                _ => source.replacen(&part, PIECES[numbers.below(PIECES.len())], 1),
            };
        }
        read_and_print(&source, EDITIONS[numbers.below(4)]);
        read_and_print(&format!("fn f() {{ {source} }}"), Edition::E2024);
    }
}

#[test]
fn trees_in_any_order_as_every_fragment() {
    const KINDS: [&str; 15] = [
        "item",
        "block",
        "stmt",
        "pat_param",
        "pat",
        "expr",
        "expr_2021",
        "ty",
        "ident",
        "lifetime",
        "literal",
        "meta",
        "path",
        "vis",
        "tt",
    ];
    let mut trees: Vec<Vec<Token>> = Vec::new();
    let mut todo = Vec::new();
    for text in TEXTS {
        todo.push(lex(text, 1, SyntaxContext::ROOT, Edition::E2018, Head::File).unwrap());
    }
    while let Some(stream) = todo.pop() {
        for tree in stream.trees() {
            match tree {
                TokenTree::Token(token) => trees.push(vec![token]),
                TokenTree::Delimited { open, close, stream, .. } => {
                    if stream.len() < 8 {
                        let inner = stream.tokens().iter().copied();
                        trees.push([open].into_iter().chain(inner).chain([close]).collect());
                    }
                    todo.push(stream);
                }
            }
        }
    }
    let mut numbers = Numbers::new(2);
    for round in 0..20_000 {
        let mut tokens = Vec::new();
        for _ in 0..1 + numbers.below(7) {
            let tree = &trees[numbers.below(trees.len())];
            tokens.extend(tree.iter().map(|token| Token { pair: 0, ..*token }));
        }
        let stream = TokenStream::new(tokens).unwrap();
        let editions = Editions::new(EDITIONS[numbers.below(4)]);
        let mut ast = Ast::new();
        let mut parser = Parser::new(&mut ast, &editions, &stream, Span::DUMMY);
        let kind = FragmentKind::of_name(KINDS[round % KINDS.len()]).unwrap();
        let start = parser.position();
        if parser.parse_fragment(kind).is_ok() {
            assert!(TokenStream::new(parser.tokens_since(start)).is_some());
        }
    }
}
