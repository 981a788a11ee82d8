//! Which function is meant.

use super::Look;
use crate::{output, show, suggest};
use std::process::ExitCode;

/// The function that somebody wants to see; none: the list of all.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// Its name, a part of it, its symbol, or its number in the list.
    pub function: Option<String>,
    /// Its number in the list of those that the name fits.
    pub index: Option<usize>,
}

/// A function in a list.
pub struct Entry<'a> {
    pub name: &'a str,
    /// None where the form has no symbols.
    pub symbol: Option<&'a str>,
    /// How large it is, in whatever is counted.
    pub size: u64,
}

/// The number of the function that is meant; or lists what there is, and gives the exit code for that. `unit` is what sizes
/// are counted in.
pub fn choose(entries: &[Entry<'_>], wanted: &Wanted, unit: &str, look: Look) -> Result<usize, ExitCode> {
    let Some(name) = wanted.function.as_deref() else {
        let all: Vec<usize> = (0..entries.len()).collect();
        return Err(list(entries, &all, "functions", unit, look));
    };
    let found = fitting(entries, name);
    let found = match (name.parse::<usize>(), &found[..]) {
        // A number of the list. No function's name is one.
        (Ok(index), []) if index < entries.len() => vec![index],
        _ => found,
    };
    match (&found[..], wanted.index) {
        ([], _) => {
            let names: Vec<&str> = entries.iter().map(|it| it.name).collect();
            let hint = match suggest::similar(name, &names) {
                Some(similar) => format!("did you mean `{similar}`?"),
                None => "without a name, all are listed".to_owned(),
            };
            // What is inlined everywhere is nowhere.
            Err(fail(&format!("there is no code of its own for `{name}`\n  help: {hint}"), look))
        }
        ([one], None) => Ok(*one),
        (several, Some(index)) => several.get(index).copied().ok_or_else(|| {
            let count = several.len();
            fail(&format!("`{name}` means {count} function{}: there is no number {index}", plural(count)), look)
        }),
        (several, None) => {
            let _ = list(entries, several, "candidates", unit, look);
            let message = format!("`{name}` means {} functions\n  help: add the number of one", several.len());
            Err(fail(&message, look))
        }
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn fail(message: &str, look: Look) -> ExitCode {
    show::error(
        &driver::DriverError::Usage(message.to_owned()),
        show::Style { json: look.json, ..show::Style::default() },
    )
}

/// The functions that a name fits: those that have it, or else those of which it is the end, or else a part.
fn fitting(entries: &[Entry<'_>], name: &str) -> Vec<usize> {
    let all = |fits: &dyn Fn(&Entry<'_>) -> bool| -> Vec<usize> {
        entries.iter().enumerate().filter(|(_, entry)| fits(entry)).map(|(index, _)| index).collect()
    };
    let path = format!("::{name}");
    let is_exact = |entry: &Entry<'_>| entry.name == name || entry.symbol == Some(name);
    // C's `main` only calls Rust's.
    let exact = all(&|entry| is_exact(entry) && !(name == "main" && entry.symbol == Some(name)));
    if !exact.is_empty() {
        return exact;
    }
    // Without its generic arguments, too.
    let ends = all(&|entry| entry.name.ends_with(&path) || inspect::names::generic_of(entry.name).ends_with(&path));
    if !ends.is_empty() {
        return ends;
    }
    let exact = all(&is_exact);
    if !exact.is_empty() {
        return exact;
    }
    if name.parse::<usize>().is_ok() {
        return Vec::new();
    }
    all(&|entry| entry.name.contains(name))
}

/// Prints functions with their numbers and sizes.
fn list(entries: &[Entry<'_>], indices: &[usize], what: &str, unit: &str, look: Look) -> ExitCode {
    let chosen = indices.iter().enumerate().map(|(number, index)| (number, &entries[*index]));
    if look.json {
        let values: Vec<_> = chosen
            .map(|(number, entry)| {
                serde_json::json!({ "index": number, "name": entry.name, "symbol": entry.symbol, unit: entry.size })
            })
            .collect();
        return output::print(&format!("{}\n", serde_json::json!({ what: values })));
    }
    let (dim, bold, reset) = if look.color { ("\x1b[2m", "\x1b[1m", "\x1b[0m") } else { ("", "", "") };
    let unit = unit.trim_end_matches("_bytes");
    let mut text = format!("{dim}{:>6} {unit:>7}  name{reset}\n", "number");
    for (number, entry) in chosen {
        text += &format!("{dim}{number:>6}{reset} {:>7}  {bold}{}{reset}\n", entry.size, entry.name);
    }
    output::print(&text)
}

#[cfg(test)]
mod tests {
    use super::{Entry, fitting};

    #[test]
    fn names_and_parts_of_names() {
        let names = ["a::sum", "a::sum::<u8>", "b::a::sum", "b::summary", "sum_of"];
        let entries = names.map(|name| Entry { name, symbol: Some("_R"), size: 1 });
        for (name, expected) in [
            ("a::sum", &[0][..]),
            ("sum", &[0, 1, 2]),
            ("summary", &[3]),
            ("summ", &[3]),
            ("_of", &[4]),
            ("nothing", &[]),
            ("1", &[]),
            ("_R", &[0, 1, 2, 3, 4]),
        ] {
            assert_eq!(fitting(&entries, name), expected, "{name}");
        }
    }
}
