//! Makes a program that disagrees smaller, by leaving out lines as long as it still disagrees in the same way.

use super::program::Program;
use super::run::{Outcome, Runner, Verdict, Way};

/// Leaves out what it can. All of rustc's builds must keep agreeing, and the given way must keep disagreeing.
pub fn reduce(runner: &Runner, program: &Program, way: Way, slot: &str) -> Program {
    let kind = kind_of(runner, program, way, slot);
    let mut lines: Vec<String> = program.text.lines().map(str::to_owned).collect();
    let still = |lines: &[String]| {
        // The first line says how it is compiled.
        if lines.first().map(String::as_str) != program.text.lines().next() {
            return false;
        }
        let candidate = Program { text: lines.join("\n") + "\n", ..program.clone() };
        kind_of(runner, &candidate, way, slot) == kind
    };
    if kind.is_none() {
        return program.clone();
    }
    loop {
        let before = lines.len();
        let mut length = (lines.len() / 2).max(1);
        loop {
            let mut start = lines.len().saturating_sub(length);
            loop {
                for candidate in without(&lines, start, length) {
                    if still(&candidate) {
                        eprintln!("  reduced to {} lines", candidate.len());
                        lines = candidate;
                        break;
                    }
                }
                if start == 0 {
                    break;
                }
                start = start.saturating_sub(length).min(lines.len());
            }
            if length == 1 {
                break;
            }
            length /= 2;
        }
        if lines.len() == before {
            break;
        }
    }
    Program { text: lines.join("\n") + "\n", ..program.clone() }
}

/// What to try instead of some lines: nothing, or only their inside. Braces must stay in pairs.
fn without(lines: &[String], start: usize, length: usize) -> Vec<Vec<String>> {
    let end = (start + length).min(lines.len());
    if start >= end {
        return Vec::new();
    }
    let left_out = |from: usize, to: usize| lines[..from].iter().chain(&lines[to..]).cloned().collect::<Vec<_>>();
    let mut result = Vec::new();
    if balance(&lines[start..end]) == Some(0) {
        result.push(left_out(start, end));
    }
    // A line that opens a block: the whole block, or the block's braces only.
    if length == 1
        && let Some(close) = (start + 1..lines.len()).find(|&it| balance(&lines[start..=it]) == Some(0))
        && balance(&lines[start..end]) != Some(0)
    {
        result.push(left_out(start, close + 1));
        let mut inside = left_out(close, close + 1);
        inside.remove(start);
        result.push(inside);
    }
    result
}

/// How many more braces are opened than closed, or nothing if one is closed that was not opened.
fn balance(lines: &[String]) -> Option<usize> {
    let mut open = 0usize;
    for character in lines.iter().flat_map(|it| it.chars()) {
        match character {
            '{' | '(' | '[' => open += 1,
            '}' | ')' | ']' => open = open.checked_sub(1)?,
            _ => {}
        }
    }
    Some(open)
}

/// In which of the ways that matter a program disagrees: it is not compiled, it ends otherwise, it prints otherwise.
fn kind_of(runner: &Runner, program: &Program, way: Way, slot: &str) -> Option<String> {
    let (verdict, outcomes) = runner.judge(program, &[Way::Rustc(0), way, Way::Rustc(3)], slot);
    if !matches!(verdict, Verdict::Disagrees(_)) {
        return None;
    }
    let (expected, got) = (&outcomes.first()?.1, &outcomes.get(1)?.1);
    Some(match (expected, got) {
        (Outcome::Ran { end: expected, .. }, Outcome::Ran { end, .. }) if expected != end => format!("ends: {end}"),
        (_, Outcome::Ran { .. }) => "prints".to_owned(),
        (_, Outcome::NotCompiled(messages)) => {
            let error = messages.lines().find(|it| it.contains("error") || it.contains("panicked")).unwrap_or("");
            let words = error.split('`').step_by(2).collect::<String>();
            format!("not compiled: {words}")
        }
        (_, Outcome::TimeLimit(what)) => format!("time limit: {what}"),
    })
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn braces_stay_in_pairs() {
        let lines: Vec<String> = ["a {", "b", "}", "c"].map(str::to_owned).to_vec();
        assert!(without(&lines, 0, 2).is_empty());
        assert_eq!(without(&lines, 1, 1), [["a {", "}", "c"]]);
        assert_eq!(without(&lines, 0, 3), [["c"]]);
        let block = without(&lines, 0, 1);
        assert_eq!(block, [vec!["c"], vec!["b", "c"]]);
    }
}
