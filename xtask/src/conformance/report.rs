//! Tables of results, and their comparison with the last ones.

use super::execute::Outcome;
use super::expected::Expected;
use std::collections::BTreeMap;
use std::path::Path;

type Results = [(String, Outcome)];

/// How many programs a line of the table names.
const MAX_NAMES: usize = 4;
/// How many lines of a failure's messages are printed.
const MAX_LINES: usize = 12;

/// Prints what one configuration gave and what has changed since the last time, and saves it. Gives whether all is as
/// expected.
pub fn print(
    configuration: &str,
    results: &Results,
    expected: &[Expected],
    saved: &Path,
    show: bool,
) -> Result<bool, String> {
    let mut causes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, outcome) in results {
        if let Some(cause) = &outcome.cause {
            causes.entry(cause).or_default().push(name);
        }
    }
    let failed: usize = causes.values().map(Vec::len).sum();
    let passed = results.len() - failed;
    let percent = passed as f64 * 100.0 / results.len().max(1) as f64;
    let mut by_count: Vec<_> = causes.into_iter().collect();
    by_count.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    for (cause, names) in &by_count {
        println!("{:5}  {cause}", names.len());
        for name in names.iter().take(MAX_NAMES) {
            println!("         {name}");
        }
        if names.len() > MAX_NAMES {
            println!("         and {} more", names.len() - MAX_NAMES);
        }
    }
    if show {
        for (name, outcome) in results.iter().filter(|(_, outcome)| outcome.cause.is_some()) {
            println!("---- {name}");
            outcome.text.lines().take(MAX_LINES).for_each(|line| println!("  {line}"));
        }
    }
    let time: f64 = results.iter().map(|(_, outcome)| outcome.time.as_secs_f64()).sum();
    println!("{configuration}: {passed} of {} pass ({percent:.2} %), {time:.0} s of work", results.len());

    let mut good = true;
    for (name, outcome) in results {
        let is_expected = expected.iter().any(|it| it.is_for(configuration, name));
        match (&outcome.cause, is_expected) {
            (Some(_), true) | (None, false) => {}
            (Some(cause), false) => {
                println!("  unexpected failure: {name}: {cause}");
                good = false;
            }
            (None, true) => {
                println!("  passes, but is expected to fail: {name}");
                good = false;
            }
        }
    }
    compare_and_save(configuration, results, saved)?;
    Ok(good)
}

fn compare_and_save(configuration: &str, results: &Results, saved: &Path) -> Result<(), String> {
    let at = |error: std::io::Error| format!("{}: {error}", saved.display());
    let mut last: BTreeMap<String, Option<String>> = match std::fs::read(saved) {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
        Err(_) => BTreeMap::new(),
    };
    for (name, outcome) in results {
        match (last.get(name), &outcome.cause) {
            (Some(None), Some(cause)) => println!("  newly broken: {name}: {cause}"),
            (Some(Some(_)), None) => println!("  newly fixed: {name}"),
            _ => {}
        }
        last.insert(name.clone(), outcome.cause.clone());
    }
    println!("  (compared with the last results of {configuration}, and saved)");
    if let Some(folder) = saved.parent() {
        std::fs::create_dir_all(folder).map_err(at)?;
    }
    let text = serde_json::to_vec_pretty(&last).map_err(|error| error.to_string())?;
    std::fs::write(saved, text).map_err(at)
}

/// Prints the programs that do not print the same, or do not panic the same, in all configurations that they passed in.
/// Gives whether there are none but those that may differ.
pub fn print_differences(all: &[(String, Vec<(String, Outcome)>)], may_differ: &[String]) -> bool {
    let Some(((first, reference), rest)) = all.split_first() else { return true };
    let (mut compared, mut different, mut allowed) = (0usize, 0usize, 0usize);
    for (configuration, results) in rest {
        for ((name, left), (_, right)) in reference.iter().zip(results) {
            if left.cause.is_some() || right.cause.is_some() {
                continue;
            }
            compared += 1;
            let prints = first_difference(left.text.lines(), right.text.lines());
            let panics = || first_difference(left.panics.iter().map(|it| &**it), right.panics.iter().map(|it| &**it));
            let Some((a, b)) = prints.or_else(panics) else { continue };
            if may_differ.contains(name) {
                allowed += 1;
                continue;
            }
            different += 1;
            println!("differs: {name}\n  {first}: {a}\n  {configuration}: {b}");
        }
    }
    if !rest.is_empty() {
        println!("compared with {first}: {compared} runs, {different} differ, {allowed} more print what may differ");
    }
    different == 0
}

/// The first lines that are not the same.
fn first_difference<'a>(
    mut left: impl Iterator<Item = &'a str>,
    mut right: impl Iterator<Item = &'a str>,
) -> Option<(&'a str, &'a str)> {
    loop {
        let (a, b) = (left.next(), right.next());
        if a != b {
            return Some((a.unwrap_or("(end)"), b.unwrap_or("(end)")));
        }
        a?;
    }
}

/// Writes all results.
pub fn write_json(path: &Path, all: &[(String, Vec<(String, Outcome)>)]) -> Result<(), String> {
    let mut configurations = serde_json::Map::new();
    for (configuration, results) in all {
        let programs = results.iter().map(|(name, outcome)| {
            let value = serde_json::json!({
                "passed": outcome.cause.is_none(),
                "cause": outcome.cause,
                "output": outcome.text,
                "milliseconds": outcome.time.as_millis() as u64,
            });
            (name.clone(), value)
        });
        configurations.insert(configuration.clone(), serde_json::Value::Object(programs.collect()));
    }
    let text = serde_json::to_vec_pretty(&configurations).map_err(|error| error.to_string())?;
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
