//! `bessemer bloat` and `cargo bessemer bloat`: what a program's size is made of, by crate and by function, from the symbols of the
//! linked program. Instances of one generic function count together.

use crate::args::{BloatArgs, BloatLook};
use crate::commands;
use crate::{output, show};
use driver::{Backends, DriverError, libraries};
use inspect::code::{Function, ObjectCode, Place};
use inspect::names;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

/// Where code counts that is of no crate: C's, and what has no symbol.
const OTHER: &str = "[C and system]";
const NAMELESS: &str = "[no symbol]";

/// `bessemer bloat`.
pub fn file(args: &BloatArgs, backends: &Backends, started: Instant) -> Result<ExitCode, ExitCode> {
    let compile = &args.compile;
    const PROGRAM: &str = "program";
    let folder = commands::build_to_show(compile, &args.file, backends, started, |options, report, folder| {
        options.output = Some(folder.join(PROGRAM));
        if libraries::is_program(&libraries::crate_types(options, &compile.crate_types)?) {
            return driver::build(options, report);
        }
        Err(DriverError::Usage(
            "a library has no size of its own\n  help: see that of a program that uses it".to_owned(),
        ))
    })?;
    show_program(&folder.path().join(PROGRAM), &args.look, compile.json)
        .map_err(|error| show::error(&error, compile.style()))
}

/// Shows what a program consists of.
///
/// # Errors
/// It cannot be read, or has no symbols.
pub fn show_program(path: &Path, look: &BloatLook, json: bool) -> Result<ExitCode, DriverError> {
    let bytes = std::fs::read(path).map_err(|error| DriverError::Io { path: path.to_owned(), error })?;
    let code = ObjectCode::read(&bytes).map_err(|error| DriverError::Open(error.to_string()))?;
    if code.functions().is_empty() {
        return Err(DriverError::Usage(
            "the program has no symbols\n  help: do not strip it (`strip = false` in the profile)".to_owned(),
        ));
    }
    let sizes = Sizes::new(code.functions(), bytes.len() as u64, code.code_bytes());
    Ok(output::print(&if json { format!("{}\n", sizes.json(look)) } else { sizes.text(look) }))
}

/// One row: what it is, and its size.
struct Row {
    name: String,
    krate: String,
    size_bytes: u64,
    /// How many functions it stands for.
    count: usize,
}

/// What a program's size is made of.
struct Sizes {
    file_bytes: u64,
    code_bytes: u64,
    crates: Vec<Row>,
    functions: Vec<Row>,
}

impl Sizes {
    fn new(functions: &[Function], file_bytes: u64, code_bytes: u64) -> Sizes {
        let mut crates: BTreeMap<String, (u64, usize)> = BTreeMap::new();
        let mut generics: BTreeMap<(String, String), (u64, usize)> = BTreeMap::new();
        // Two names of one place are one function.
        let mut seen: BTreeSet<Place> = BTreeSet::new();
        for function in functions.iter().filter(|function| seen.insert(function.place)) {
            let krate = names::crate_of(&function.symbol).unwrap_or_else(|| OTHER.to_owned());
            let generic = names::generic_of(&function.name);
            for entry in [crates.entry(krate.clone()).or_default(), generics.entry((generic, krate)).or_default()] {
                entry.0 += function.size_bytes;
                entry.1 += 1;
            }
        }
        let known: u64 = crates.values().map(|it| it.0).sum();
        if let Some(rest) = code_bytes.checked_sub(known).filter(|rest| *rest > 0) {
            // Padding, and what the linker and assembly put there.
            crates.insert(NAMELESS.to_owned(), (rest, 0));
        }
        let row = |name: String, krate: String, (size_bytes, count)| Row { name, krate, size_bytes, count };
        let mut crates: Vec<Row> = crates.into_iter().map(|(name, it)| row(name.clone(), name, it)).collect();
        let mut functions: Vec<Row> = generics.into_iter().map(|((name, krate), it)| row(name, krate, it)).collect();
        for rows in [&mut crates, &mut functions] {
            rows.sort_by(|a, b| b.size_bytes.cmp(&a.size_bytes).then_with(|| a.name.cmp(&b.name)));
        }
        Sizes { file_bytes, code_bytes, crates, functions }
    }

    /// The rows that are asked for, and how many are left out.
    fn shown<'a>(rows: &'a [Row], look: &BloatLook) -> (Vec<&'a Row>, &'a [Row]) {
        let most = if look.limit == 0 { rows.len() } else { look.limit.min(rows.len()) };
        (rows[..most].iter().collect(), &rows[most..])
    }

    fn text(&self, look: &BloatLook) -> String {
        let share = |bytes: u64| 100.0 * bytes as f64 / self.code_bytes.max(1) as f64;
        let line = |size: u64, count: usize, name: &str| {
            let times = if count > 1 { format!("× {count}") } else { String::new() };
            format!("{:>9} {:>5.1}% {times:>7}  {name}\n", kilobytes(size), share(size))
        };
        let mut out = format!("{:>9} {:>6} {:>7}  crate\n", "code", "share", "");
        for row in &self.crates {
            out += &line(row.size_bytes, row.count, &row.name);
        }
        if !look.crates {
            let (shown, rest) = Sizes::shown(&self.functions, look);
            out += &format!("\n{:>9} {:>6} {:>7}  function\n", "code", "share", "");
            for row in shown {
                out += &line(row.size_bytes, row.count, &row.name);
            }
            if !rest.is_empty() {
                let size = rest.iter().map(|row| row.size_bytes).sum();
                out += &line(size, 0, &format!("… and {} others; -n 0 shows all", rest.len()));
            }
        }
        out + &format!("\n{:>9} of code in a file of {}\n", kilobytes(self.code_bytes), kilobytes(self.file_bytes))
    }

    fn json(&self, look: &BloatLook) -> serde_json::Value {
        let crates: Vec<_> = self
            .crates
            .iter()
            .map(|row| json!({ "crate": row.name, "size_bytes": row.size_bytes, "functions": row.count }))
            .collect();
        let functions: Vec<_> = Sizes::shown(&self.functions, look)
            .0
            .iter()
            .map(|row| {
                json!({ "name": row.name, "crate": row.krate, "size_bytes": row.size_bytes, "instances": row.count })
            })
            .collect();
        let functions = if look.crates { Vec::new() } else { functions };
        json!({
            "file_bytes": self.file_bytes,
            "code_bytes": self.code_bytes,
            "crates": crates,
            "functions": functions,
        })
    }
}

fn kilobytes(bytes: u64) -> String {
    if bytes < 1000 { format!("{bytes} B") } else { format!("{:.1} kB", bytes as f64 / 1e3) }
}

#[cfg(test)]
mod tests {
    use super::Sizes;
    use crate::args::BloatLook;
    use inspect::code::{Function, Place};

    #[test]
    fn instances_count_together_and_aliases_once() {
        let function = |symbol: &str, name: &str, offset| Function {
            symbol: symbol.to_owned(),
            name: name.to_owned(),
            place: Place { section: 1, offset },
            size_bytes: 100,
        };
        let functions = [
            function("_RNvC1a1f", "a::f::<u8>", 0),
            function("_RNvC1a1g", "a::f::<u16>", 100),
            function("_RNvC1a1h", "a::h", 100),
            function("memcpy", "memcpy", 200),
        ];
        let sizes = Sizes::new(&functions, 1000, 310);
        let crates: Vec<_> = sizes.crates.iter().map(|row| (&*row.name, row.size_bytes, row.count)).collect();
        assert_eq!(crates, [("a", 200, 2), ("[C and system]", 100, 1), ("[no symbol]", 10, 0)]);
        let text = sizes.text(&BloatLook { crates: false, limit: 1 });
        assert!(text.contains("    200 B  64.5%     × 2  a::f\n"), "{text}");
        assert!(text.contains("    100 B  32.3%          … and 1 others"), "{text}");
    }
}
