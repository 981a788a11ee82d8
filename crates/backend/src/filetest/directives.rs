//! The comments of a test file that say what to do.

use super::calls;
use std::fmt;

/// A call and what it gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Run {
    /// As written, for messages.
    pub(super) text: String,
    pub(super) function: String,
    pub(super) args: Vec<String>,
    /// Absent where the results do not matter.
    pub(super) results: Option<Vec<String>>,
}

/// One line of what the program must write.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Expected {
    /// By the test's own functions.
    Line(String),
    /// By the runner, of a result: the bytes it must have, `None` for any NaN of the type.
    Result { run: String, number: usize, bytes: Vec<Option<Vec<u8>>> },
}

/// All directives of a file, in order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Directives {
    pub(super) runs: Vec<Run>,
    pub(super) features: Vec<String>,
    pub(super) c: String,
    pub(super) rejects: Option<String>,
    only: Vec<String>,
    not: Vec<String>,
    /// Lines that are printed, with the number of calls made before.
    prints: Vec<(usize, String)>,
}

impl Directives {
    pub(super) fn parse(text: &str) -> Result<Directives, String> {
        let mut all = Directives::default();
        for line in text.lines() {
            let Some(comment) = line.trim_start().strip_prefix(';') else { continue };
            let Some((name, rest)) = comment.trim_start().split_once(':') else { continue };
            let value = rest.trim();
            match name {
                "run" => all.runs.push(parse_run(value)?),
                "prints" => all.prints.push((all.runs.len(), value.to_owned())),
                "c" => {
                    all.c.push_str(value);
                    all.c.push('\n');
                }
                "features" => all.features.extend(value.split_whitespace().map(str::to_owned)),
                "only" => all.only.push(value.to_owned()),
                "not" => all.not.push(value.to_owned()),
                "rejects" => all.rejects = Some(value.to_owned()),
                _ => {}
            }
        }
        Ok(all)
    }

    pub(super) fn concerns(&self, backend: &str) -> bool {
        (self.only.is_empty() || self.only.iter().any(|name| name == backend))
            && !self.not.iter().any(|name| name == backend)
    }

    /// Whether this machine can run what needs the features.
    pub(super) fn machine_has_features(&self) -> bool {
        let has = |feature: &String| match feature.strip_prefix('+') {
            Some(name) => machine_has(name),
            None => true,
        };
        self.features.iter().all(has)
    }

    /// Everything that the program must write, in order.
    pub(super) fn expected(&self, module: &lir::Module) -> Result<Vec<Expected>, String> {
        let mut all = Vec::new();
        let mut printed = self.prints.iter();
        let mut take_prints = |done: usize, all: &mut Vec<Expected>| {
            while let Some((_, text)) = printed.as_slice().first().filter(|(count, _)| *count <= done) {
                all.push(Expected::Line(text.clone()));
                printed.next();
            }
        };
        for (index, run) in self.runs.iter().enumerate() {
            // What a call prints comes before its results.
            take_prints(index + 1, &mut all);
            let Some(results) = &run.results else { continue };
            let signature = calls::signature_of(module, &run.function)?;
            if results.len() != signature.returns.len() {
                return Err(format!("`{}` has {} results", run.text, signature.returns.len()));
            }
            for (number, (result, param)) in results.iter().zip(&signature.returns).enumerate() {
                let bytes = calls::expected_bytes(result, param.ty)?;
                all.push(Expected::Result { run: run.text.clone(), number, bytes });
            }
        }
        Ok(all)
    }
}

#[cfg(target_arch = "x86_64")]
fn machine_has(name: &str) -> bool {
    macro_rules! any_of {
        ($($feature:tt)*) => {
            match name {
                $($feature => std::arch::is_x86_feature_detected!($feature),)*
                "crc32" => std::arch::is_x86_feature_detected!("sse4.2"),
                "cx16" => std::arch::is_x86_feature_detected!("cmpxchg16b"),
                _ => false,
            }
        };
    }
    any_of!("sse3" "ssse3" "sse4.1" "sse4.2" "popcnt" "avx" "avx2" "fma" "bmi1" "bmi2" "lzcnt" "f16c" "aes" "pclmulqdq"
        "avx512f" "avx512bw" "avx512vl" "avx512dq" "sha")
}

#[cfg(not(target_arch = "x86_64"))]
fn machine_has(_: &str) -> bool {
    false
}

impl Expected {
    pub(super) fn fits(&self, line: &str) -> bool {
        match self {
            Expected::Line(text) => line.trim() == text,
            Expected::Result { bytes, .. } => {
                let Some(actual) = calls::bytes_of_line(line) else { return false };
                let mut rest = &actual[..];
                for lane in bytes {
                    let size = calls::lane_size(bytes, actual.len());
                    let Some((found, after)) = rest.split_at_checked(size) else { return false };
                    let fits = match lane {
                        Some(wanted) => wanted == found,
                        None => calls::is_nan(found),
                    };
                    if !fits {
                        return false;
                    }
                    rest = after;
                }
                rest.is_empty()
            }
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::Line(text) => write!(f, "expected the line: {text}"),
            Expected::Result { run, number, bytes } => {
                write!(f, "expected of `{run}` as result {number}: ")?;
                for lane in bytes {
                    match lane {
                        Some(lane) => lane.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?,
                        None => f.write_str("(nan)")?,
                    }
                }
                Ok(())
            }
        }
    }
}

fn parse_run(text: &str) -> Result<Run, String> {
    let wrong = || format!("not a call: `run: {text}`");
    let (call, results) = match text.split_once("==") {
        Some((call, results)) => (call.trim(), Some(results.trim())),
        None => (text, None),
    };
    let (function, args) = call.strip_suffix(')').and_then(|call| call.split_once('(')).ok_or_else(wrong)?;
    let results = results.map(|results| {
        let inner = results.strip_prefix('(').and_then(|results| results.strip_suffix(')'));
        split_list(inner.unwrap_or(results))
    });
    let function = function.trim().trim_start_matches('@').to_owned();
    Ok(Run { text: text.to_owned(), function, args: split_list(args), results })
}

/// Splits at the commas that are not within a vector.
pub(super) fn split_list(text: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (index, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            ',' if depth == 0 => {
                items.push(text[start..index].trim().to_owned());
                start = index + 1;
            }
            _ => {}
        }
    }
    let last = text[start..].trim();
    if !last.is_empty() {
        items.push(last.to_owned());
    }
    items
}
