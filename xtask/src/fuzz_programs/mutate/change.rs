//! Small changes of a program. Many make one that rustc rejects; those that it accepts are new programs.

use super::super::rng::Rng;
use super::lexer::{Kind, Token};
use std::ops::Range;

const INTS: &[&str] = &["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize"];
const FLOATS: &[&str] = &["f32", "f64"];
const ARITHMETIC: &[&str] = &["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"];
const COMPARISONS: &[&str] = &["==", "!=", "<", "<=", ">", ">="];
const LOGIC: &[&str] = &["&&", "||"];
const ASSIGNMENTS: &[&str] = &["+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="];
const OF_FUNCTIONS: &[&str] =
    &["#[inline(never)] ", "#[inline(always)] ", "#[inline] ", "#[cold] ", "#[track_caller] "];
const OF_TYPES: &[&str] = &[
    "#[repr(C)] ",
    "#[repr(packed)] ",
    "#[repr(C, packed(2))] ",
    "#[repr(align(16))] ",
    "#[repr(C, align(64))] ",
    "#[repr(transparent)] ",
];
const OF_ENUMS: &[&str] = &["#[repr(u8)] ", "#[repr(i16)] ", "#[repr(C)] ", "#[repr(u64)] ", "#[repr(align(32))] "];

type Change = fn(&mut Rng, &mut Vec<Token>) -> Option<()>;

/// All kinds of changes, with names.
const CHANGES: &[(&str, Change)] = &[
    ("integer types", |rng, tokens| integer_type(rng, tokens)),
    ("integer types", |rng, tokens| integer_type(rng, tokens)),
    ("float types", |rng, tokens| float_type(rng, tokens)),
    ("numbers", |rng, tokens| number(rng, tokens)),
    ("numbers", |rng, tokens| number(rng, tokens)),
    ("truths", |rng, tokens| truth(rng, tokens)),
    ("operators", |rng, tokens| operator(rng, tokens)),
    ("operators", |rng, tokens| operator(rng, tokens)),
    ("statements swapped", swap_statements),
    ("a statement twice", repeat_statement),
    ("a statement left out", leave_out_statement),
    ("parts swapped", swap_parts),
    ("parts swapped", swap_parts),
    ("attributes", attribute),
    ("attributes", attribute),
    ("calls by C's rules", foreign),
    ("names", |rng, tokens| name(rng, tokens)),
    ("unknown values", |rng, tokens| unknown_value(rng, tokens)),
];

/// Makes one random change, if there is where to make it. Gives the name of its kind.
pub fn change(rng: &mut Rng, tokens: &mut Vec<Token>) -> Option<&'static str> {
    let (name, change) = *rng.pick(CHANGES);
    change(rng, tokens).map(|()| name)
}

/// The places of tokens that fit.
fn places(tokens: &[Token], fits: impl Fn(usize, &Token) -> bool) -> Vec<usize> {
    (0..tokens.len()).filter(|&at| fits(at, &tokens[at])).collect()
}

fn pick<T: Clone>(rng: &mut Rng, from: &[T]) -> Option<T> {
    (!from.is_empty()).then(|| rng.pick(from).clone())
}

/// The next token that is no space, and the one before.
fn next(tokens: &[Token], at: usize) -> Option<usize> {
    (at + 1..tokens.len()).find(|&it| tokens[it].kind != Kind::Space)
}

fn before(tokens: &[Token], at: usize) -> Option<usize> {
    (0..at).rev().find(|&it| tokens[it].kind != Kind::Space)
}

/// One type instead of another, at one place or everywhere.
fn another_type(rng: &mut Rng, tokens: &mut [Token], types: &[&str]) -> Option<()> {
    let found = places(tokens, |_, it| it.kind == Kind::Word && types.contains(&&*it.text));
    let at = pick(rng, &found)?;
    let (from, to) = (tokens[at].text.clone(), (*rng.pick(types)).to_owned());
    if rng.percent(50) {
        tokens[at].text = to;
        return Some(());
    }
    for token in tokens {
        match token.kind {
            Kind::Word if token.text == from => token.text.clone_from(&to),
            Kind::Int | Kind::Float if token.text.ends_with(&from) && !token.text.starts_with("0x") => {
                token.text.truncate(token.text.len() - from.len());
                token.text.push_str(&to);
            }
            _ => {}
        }
    }
    Some(())
}

fn integer_type(rng: &mut Rng, tokens: &mut [Token]) -> Option<()> {
    another_type(rng, tokens, INTS)
}

fn float_type(rng: &mut Rng, tokens: &mut [Token]) -> Option<()> {
    another_type(rng, tokens, FLOATS)
}

fn number(rng: &mut Rng, tokens: &mut [Token]) -> Option<()> {
    // Not a field's number.
    let is_field = |at: usize| before(tokens, at).is_some_and(|it| tokens[it].is("."));
    let found = places(tokens, |at, it| matches!(it.kind, Kind::Int | Kind::Float) && !is_field(at));
    let at = pick(rng, &found)?;
    let text = tokens[at].text.replace('_', "");
    let suffix = INTS.iter().chain(FLOATS).find(|it| text.ends_with(**it) && !text.starts_with("0x"));
    let suffix = suffix.copied().unwrap_or("");
    let bare = &text[..text.len() - suffix.len()];
    if tokens[at].kind == Kind::Float {
        let value = bare.parse::<f64>().unwrap_or(1.0);
        let new = *rng.pick(&[0.0, 1.0, value + 1.0, value / 2.0, value * 1e9, value * 1e-9, 0.1, 16_777_217.0]);
        tokens[at].text = format!("{new:?}{suffix}");
        return Some(());
    }
    let value = bare.parse::<u64>().unwrap_or(2);
    let new = match rng.below(9) {
        0 => 0,
        1 => 1,
        2 => value.wrapping_add(1),
        3 => value.saturating_sub(1),
        4 => value.wrapping_mul(2),
        5 => value / 2,
        6 => 1 << rng.below(40),
        7 => (1 << rng.below(33)) - 1,
        _ => rng.below(300) as u64,
    };
    tokens[at].text = format!("{new}{suffix}");
    Some(())
}

fn truth(rng: &mut Rng, tokens: &mut [Token]) -> Option<()> {
    let found = places(tokens, |_, it| it.is("true") || it.is("false"));
    let at = pick(rng, &found)?;
    tokens[at].text = if tokens[at].is("true") { "false" } else { "true" }.to_owned();
    Some(())
}

fn operator(rng: &mut Rng, tokens: &mut [Token]) -> Option<()> {
    // An operator between two operands has spaces around it, in programs that people write.
    let between = |at: usize| {
        at > 0 && at + 1 < tokens.len() && tokens[at - 1].kind == Kind::Space && tokens[at + 1].kind == Kind::Space
    };
    let groups = [ARITHMETIC, COMPARISONS, LOGIC, ASSIGNMENTS];
    let found = places(tokens, |at, it| {
        it.kind == Kind::Operator && groups.iter().any(|group| group.contains(&&*it.text)) && between(at)
    });
    let at = pick(rng, &found)?;
    let group = groups.iter().find(|group| group.contains(&&*tokens[at].text))?;
    tokens[at].text = (*rng.pick(group)).to_owned();
    Some(())
}

/// Where a group in brackets that begins at a place ends.
fn close(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.kind != Kind::Operator {
            continue;
        }
        match &*token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The parts of a group that begins at a place, as they are parted by an operator. What follows the last is none.
fn parts(tokens: &[Token], open: usize, by: &str) -> Vec<Range<usize>> {
    let Some(end) = close(tokens, open) else { return Vec::new() };
    let mut result = Vec::new();
    let (mut start, mut at) = (open + 1, open + 1);
    while at < end {
        let token = &tokens[at];
        if token.is("(") || token.is("[") || token.is("{") {
            let Some(after) = close(tokens, at) else { return result };
            at = after;
            // A block is a statement without `;` too.
            if by == ";"
                && token.is("{")
                && next(tokens, at).is_none_or(|it| tokens[it].kind == Kind::Word && !tokens[it].is("else"))
            {
                result.push(start..at + 1);
                start = at + 1;
            }
        } else if token.is(by) {
            result.push(start..at + usize::from(by == ";"));
            start = at + 1;
        }
        at += 1;
    }
    if by == "," && tokens[start..end].iter().any(|it| it.kind != Kind::Space) {
        result.push(start..end);
    }
    result
}

/// A block that has at least so many statements.
fn statements(rng: &mut Rng, tokens: &[Token], least: usize) -> Option<Vec<Range<usize>>> {
    let blocks: Vec<Vec<Range<usize>>> = places(tokens, |_, it| it.is("{"))
        .into_iter()
        .map(|open| parts(tokens, open, ";"))
        .filter(|it| it.len() >= least)
        .collect();
    pick(rng, &blocks)
}

/// Exchanges two ranges, the first of which comes first.
fn exchange(tokens: &mut Vec<Token>, first: Range<usize>, second: Range<usize>) {
    let (start, end) = (first.start, second.end);
    let mut new = Vec::with_capacity(end - start);
    new.extend_from_slice(&tokens[second.clone()]);
    new.extend_from_slice(&tokens[first.end..second.start]);
    new.extend_from_slice(&tokens[first]);
    tokens.splice(start..end, new);
}

fn swap_statements(rng: &mut Rng, tokens: &mut Vec<Token>) -> Option<()> {
    let all = statements(rng, tokens, 2)?;
    let at = rng.below(all.len() - 1);
    exchange(tokens, all[at].clone(), all[at + 1].clone());
    Some(())
}

fn repeat_statement(rng: &mut Rng, tokens: &mut Vec<Token>) -> Option<()> {
    let all = statements(rng, tokens, 1)?;
    let range = rng.pick(&all).clone();
    let copy = tokens[range.clone()].to_vec();
    tokens.splice(range.end..range.end, copy);
    Some(())
}

fn leave_out_statement(rng: &mut Rng, tokens: &mut Vec<Token>) -> Option<()> {
    let all = statements(rng, tokens, 1)?;
    let range = rng.pick(&all).clone();
    tokens.drain(range);
    Some(())
}

/// Exchanges two neighbours in a list: arguments, elements, fields, variants.
fn swap_parts(rng: &mut Rng, tokens: &mut Vec<Token>) -> Option<()> {
    let lists: Vec<Vec<Range<usize>>> = places(tokens, |_, it| it.is("(") || it.is("[") || it.is("{"))
        .into_iter()
        .map(|open| parts(tokens, open, ","))
        .filter(|it| it.len() >= 2)
        .collect();
    let all = pick(rng, &lists)?;
    let at = rng.below(all.len() - 1);
    exchange(tokens, all[at].clone(), all[at + 1].clone());
    Some(())
}

/// Where an item begins whose keyword is at a place: before `pub`, `unsafe` and the like.
fn item_start(tokens: &[Token], keyword: usize) -> usize {
    let mut start = keyword;
    while let Some(at) = before(tokens, start) {
        let goes_on = ["pub", "unsafe", "const", "async", "extern"].iter().any(|it| tokens[at].is(it))
            || tokens[at].kind == Kind::Text && tokens[at].text.starts_with('"');
        if !goes_on {
            break;
        }
        start = at;
    }
    start
}

fn attribute(rng: &mut Rng, tokens: &mut Vec<Token>) -> Option<()> {
    let word = *rng.pick(&["fn", "struct", "enum"]);
    let found =
        places(tokens, |at, it| it.is(word) && next(tokens, at).is_some_and(|it| tokens[it].kind == Kind::Word));
    let at = pick(rng, &found)?;
    let from = match word {
        "fn" => OF_FUNCTIONS,
        "struct" => OF_TYPES,
        _ => OF_ENUMS,
    };
    let text = *rng.pick(from);
    tokens.insert(item_start(tokens, at), Token::new(Kind::Operator, text));
    Some(())
}

/// A function that is called as C's are.
fn foreign(rng: &mut Rng, tokens: &mut Vec<Token>) -> Option<()> {
    let found = places(tokens, |at, it| {
        it.is("fn")
            && next(tokens, at).is_some_and(|it| tokens[it].kind == Kind::Word && !tokens[it].is("main"))
            && before(tokens, at).is_none_or(|it| tokens[it].kind != Kind::Text)
    });
    let at = pick(rng, &found)?;
    tokens.insert(at, Token::new(Kind::Operator, "extern \"C-unwind\" "));
    Some(())
}

/// One variable instead of another.
fn name(rng: &mut Rng, tokens: &mut [Token]) -> Option<()> {
    const KEYWORDS: &[&str] = &[
        "as", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false", "fn", "for", "if",
        "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self", "static", "struct",
        "super", "trait", "true", "type", "unsafe", "use", "where", "while", "async", "await", "box",
    ];
    let found = places(tokens, |at, it| {
        it.kind == Kind::Word
            && it.text.starts_with(|it: char| it.is_lowercase())
            && !KEYWORDS.contains(&&*it.text)
            && !INTS.contains(&&*it.text)
            && !FLOATS.contains(&&*it.text)
            && next(tokens, at).is_some_and(|it| !["(", "!", "::", ":"].iter().any(|text| tokens[it].is(text)))
    });
    let at = pick(rng, &found)?;
    // What is near is more likely to be in scope.
    let near: Vec<usize> = found.into_iter().filter(|it| it.abs_diff(at) < 120).collect();
    let other = pick(rng, &near)?;
    tokens[at].text = tokens[other].text.clone();
    Some(())
}

/// A number that the optimiser does not know.
fn unknown_value(rng: &mut Rng, tokens: &mut [Token]) -> Option<()> {
    let found = places(tokens, |at, it| {
        matches!(it.kind, Kind::Int | Kind::Float | Kind::Text)
            && before(tokens, at)
                .is_some_and(|it| ["=", "(", ",", "+", "-", "*"].iter().any(|text| tokens[it].is(text)))
            && next(tokens, at).is_some_and(|it| [";", ")", ",", "+", "-", "*"].iter().any(|text| tokens[it].is(text)))
    });
    let at = pick(rng, &found)?;
    tokens[at].text = format!("::std::hint::black_box({})", tokens[at].text);
    tokens[at].kind = Kind::Operator;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::super::rng::Rng;
    use super::super::lexer::tokens;
    use super::{CHANGES, change, parts};

    const PROGRAM: &str = "struct S { a: u8, b: f32 }
enum E { A, B }
fn f(x: u8, y: f32) -> S { let a = x + 1; let b = y * 2.0; if a == 3 && true { g(); } S { a, b } }
fn main() { let mut n = f(1, 2.5).a; n += 4; f(n, 1.0); }";

    #[test]
    fn every_kind_of_change_changes_something() {
        let original = tokens(PROGRAM);
        for (name, change) in CHANGES {
            let changed = (0..50).any(|seed| {
                let mut tokens = original.clone();
                change(&mut Rng::new(seed), &mut tokens).is_some() && tokens != original
            });
            assert!(changed, "{name} changes nothing");
        }
    }

    #[test]
    fn a_change_follows_from_its_seed() {
        let changed = |seed: u64| {
            let mut tokens = tokens(PROGRAM);
            (change(&mut Rng::new(seed), &mut tokens), tokens)
        };
        for seed in 0..200 {
            assert_eq!(changed(seed), changed(seed));
        }
    }

    #[test]
    fn statements_are_parted_by_semicolons_and_blocks() {
        let tokens = tokens("{ a; if b { c; } d(e; f); g }");
        let all: Vec<String> =
            parts(&tokens, 0, ";").into_iter().map(|it| tokens[it].iter().map(|it| &*it.text).collect()).collect();
        assert_eq!(all, [" a;", " if b { c; }", " d(e; f);"]);
    }
}
