//! What programs gave, and how that differs.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// What a program gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    pub stdout: Vec<u8>,
    /// The exit code; for a signal 128 and its number, as shells have it.
    pub code: i32,
}

impl Outcome {
    pub fn new(stdout: Vec<u8>, status: ExitStatus) -> Outcome {
        let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1);
        Outcome { stdout, code }
    }

    /// How another outcome differs from this one, line by line; none where it does not.
    pub fn difference(&self, other: &Outcome) -> Option<Vec<String>> {
        if self == other {
            return None;
        }
        let mut lines = Vec::new();
        if self.code != other.code {
            lines.push(format!("-exit code {}", self.code));
            lines.push(format!("+exit code {}", other.code));
        }
        if self.stdout != other.stdout {
            lines.extend(differing(&self.stdout, &other.stdout));
        }
        Some(lines)
    }
}

/// No more lines of a difference are shown than this, on each side.
const LINES: usize = 8;

/// The lines between what two texts have in common at their begin and at their end.
fn differing(one: &[u8], other: &[u8]) -> Vec<String> {
    let lines = |text: &[u8]| -> Vec<String> {
        String::from_utf8_lossy(text).split_inclusive('\n').map(|line| format!("{line:?}")).collect()
    };
    let (one, other) = (lines(one), lines(other));
    let start = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let most = one.len().min(other.len()) - start;
    let end = one.iter().rev().zip(other.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let mut shown = vec![format!("@@ standard output, line {} @@", start + 1)];
    for (mark, side) in [('-', &one), ('+', &other)] {
        let middle = &side[start..side.len() - end];
        // As the debug form of a line is between quotes, blanks at its end are seen; the quotes and the line end are not.
        let bare = |line: &String| line.trim_matches('"').trim_end_matches("\\n").to_owned();
        shown.extend(middle.iter().take(LINES).map(|line| format!("{mark}{}", bare(line))));
        if middle.len() > LINES {
            shown.push(format!("{mark}… {} more lines", middle.len() - LINES));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    #[test]
    fn differences_are_shown() {
        let outcome = |text: &str, code| Outcome { stdout: text.into(), code };
        let one = outcome("a\nb\nc\n", 0);
        assert_eq!(one.difference(&one), None);
        let shown = |other: Outcome| one.difference(&other).expect("a difference").join("|");
        assert_eq!(shown(outcome("a\nx\nc\n", 0)), "@@ standard output, line 2 @@|-b|+x");
        assert_eq!(shown(outcome("a\nb\nb\nc\n", 0)), "@@ standard output, line 3 @@|+b");
        assert_eq!(shown(outcome("a\nb\nc\n", 3)), "-exit code 0|+exit code 3");
        assert!(shown(outcome(&"y\n".repeat(20), 0)).ends_with("+y|+… 12 more lines"));
    }
}
