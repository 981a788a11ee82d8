//! The comparison as text, Markdown and JSON.

use super::figures::{self, Samples};
use super::measure::{Counts, Row, Verdict};
use super::plan::Configuration;
use serde_json::{Value, json};
use std::fmt::Write;

/// What heads the columns.
pub const HEADS: [&str; 10] = ["compiler", "cold", "edit", "again", "file", "code", "run", "user", "memory", "output"];

/// A column of times, among which the best is sought: its title, and the samples.
type Timed = (&'static str, fn(&Row) -> &Samples);

/// The columns in which the best is marked, in the order of [`HEADS`].
const RANKED: [(usize, Timed); 4] = [
    (1, ("Cold build", |row| &row.cold)),
    (2, ("Build after an edit", |row| &row.edited)),
    (3, ("Unchanged build", |row| &row.unchanged)),
    (6, ("Run time", |row| &row.wall)),
];

/// The best of a column, and what may be as good. What does something else than the reference is no choice.
fn best(rows: &[Row], (_, samples): &Timed) -> Option<(usize, Vec<usize>)> {
    let none = Samples::default();
    let all: Vec<&Samples> = rows.iter().map(|row| if row.is_bad() { &none } else { samples(row) }).collect();
    figures::best(&all)
}

/// The cells of a row, without marks.
fn cells(row: &Row) -> [String; 10] {
    let time = |samples: &Samples| samples.median().map_or_else(|| "–".to_owned(), figures::time);
    let size = |bytes: u64| if bytes == 0 { "–".to_owned() } else { figures::size(bytes) };
    let run = match (row.wall.median(), row.wall.spread()) {
        (Some(median), Some(spread)) if median > 0.0 => {
            format!("{} ±{:.0}%", figures::time(median), 100.0 * spread / median)
        }
        _ => time(&row.wall),
    };
    let verdict = match &row.verdict {
        Verdict::Reference => "reference",
        Verdict::Same => "same",
        Verdict::Different(_) => "DIFFERENT",
        Verdict::Unknown => "varies",
        Verdict::Failed(_) => "FAILED",
    };
    [
        row.configuration.name(),
        time(&row.cold),
        time(&row.edited),
        time(&row.unchanged),
        size(row.file_bytes),
        size(row.code_bytes),
        run,
        time(&row.user),
        row.memory_bytes.map_or_else(|| "–".to_owned(), figures::size),
        verdict.to_owned(),
    ]
}

/// Rows with a mark at what is best in its column (`*`) or may be as good (`~`).
pub fn marked(rows: &[Row]) -> Vec<[String; 10]> {
    let mut all: Vec<[String; 10]> = rows.iter().map(cells).collect();
    for (column, timed) in &RANKED {
        let Some((first, equal)) = best(rows, timed) else { continue };
        all[first][*column].push('*');
        equal.iter().for_each(|index| all[*index][*column].push('~'));
    }
    all
}

/// How wide a terminal must be.
const WIDTH: usize = 100;

/// A configuration's name in so many characters. What is left out is a part of the compiler's name: the names of programs that
/// are back ends may be long, and differ at their ends.
fn short(configuration: &Configuration, room: usize) -> String {
    let after = configuration.after_who();
    let who: Vec<char> = configuration.who.chars().collect();
    let room = room.saturating_sub(after.chars().count()).max(2);
    if who.len() <= room {
        return configuration.name();
    }
    let (first, last) = (room / 2, room - 1 - room / 2);
    let part = |chars: &[char]| chars.iter().collect::<String>();
    format!("{}…{}{after}", part(&who[..first]), part(&who[who.len() - last..]))
}

/// The table for a terminal, which fits in 100 columns, with what is to be said of it.
pub fn text(rows: &[Row], counts: Counts, color: bool) -> String {
    let paint = |code: &str, text: &str| if color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() };
    let mut all = marked(rows);
    let heads = HEADS.map(str::to_owned);
    let width = |all: &[[String; 10]], column: usize| {
        all.iter().chain([&heads]).map(|cells| cells[column].chars().count()).max().unwrap_or_default()
    };
    // Names have what the figures leave, with a blank before each of these.
    let figures: usize = (1..HEADS.len()).map(|column| width(&all, column) + 1).sum();
    let room = WIDTH.saturating_sub(figures);
    for (cells, row) in all.iter_mut().zip(rows) {
        cells[0] = short(&row.configuration, room);
    }
    let widths: Vec<usize> = (0..HEADS.len()).map(|column| width(&all, column)).collect();
    let line = |cells: &[String; 10]| {
        let mut out = String::new();
        for (column, cell) in cells.iter().enumerate() {
            let padding = " ".repeat(widths[column] - cell.chars().count());
            out += &match column {
                0 => format!("{cell}{padding}"),
                9 => format!(" {cell}"),
                // Marks stand behind the column, so that figures stand below each other.
                _ => format!(" {padding}{cell}"),
            };
        }
        out
    };
    let mut out = paint("2", &line(&heads)) + "\n";
    for (cells, row) in all.iter().zip(rows) {
        let text = line(cells);
        out += &if row.is_bad() { paint("31", &text) } else { text };
        out.push('\n');
    }
    out.push('\n');
    out += &legend(rows, counts).join("\n");
    out.push('\n');
    for row in rows {
        match &row.verdict {
            Verdict::Different(lines) => {
                let _ = writeln!(out, "\n{}", paint("1;31", &format!("{} differs:", row.configuration.name())));
                for line in lines {
                    let code = if line.starts_with('+') { "31" } else { "2" };
                    let _ = writeln!(out, "  {}", paint(code, line));
                }
            }
            Verdict::Failed(message) => {
                let _ = writeln!(out, "\n{}", paint("1;31", &format!("{} failed:", row.configuration.name())));
                message.lines().take(12).for_each(|line| _ = writeln!(out, "  {line}"));
            }
            _ => {}
        }
    }
    out
}

/// What the table means, and what cannot be told from it.
pub fn legend(rows: &[Row], counts: Counts) -> Vec<String> {
    let mut lines = vec![format!(
        "Median of {} build{}, each with caches of its own, and {} run{} in turn after a warm-up. * best, ~ may be as good.",
        counts.builds,
        if counts.builds == 1 { "" } else { "s" },
        counts.rounds,
        if counts.rounds == 1 { "" } else { "s" },
    )];
    for (_, timed) in &RANKED {
        let Some((first, equal)) = best(rows, timed) else { continue };
        if !equal.is_empty() {
            let names: Vec<String> =
                [first].iter().chain(&equal).map(|index| rows[*index].configuration.name()).collect();
            let shown = match &names[..] {
                [some @ .., _, _] if some.len() > 2 => {
                    format!("{} and {} others", some[..2].join(", "), names.len() - 2)
                }
                all => all.join(", "),
            };
            lines.push(format!("{}: no winner. The noise is greater than what sets {shown} apart.", timed.0));
        }
    }
    if rows.iter().any(|row| row.verdict == Verdict::Unknown) {
        lines.push("The reference writes something else each time, so that outputs are not compared.".to_owned());
    }
    lines
}

/// The table as Markdown.
pub fn markdown(rows: &[Row], counts: Counts) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut out = line(&HEADS.map(str::to_owned));
    out += &line(
        &HEADS.map(|head| if head == "compiler" || head == "output" { "---".to_owned() } else { "---:".to_owned() }),
    );
    for cells in marked(rows) {
        out += &line(&cells.map(|cell| cell.replace('|', "\\|").replace('*', "\\*").replace('~', "\\~")));
    }
    out.push('\n');
    for text in legend(rows, counts) {
        out += &format!("{}\n", text.replace('*', "\\*").replace('~', "\\~"));
    }
    for row in rows {
        if let Verdict::Different(lines) = &row.verdict {
            let _ = write!(out, "\n{} differs:\n\n```diff\n{}\n```\n", row.configuration.name(), lines.join("\n"));
        }
    }
    out
}

/// All that was measured.
pub fn json(rows: &[Row], counts: Counts, cpu: Option<&str>) -> Value {
    let samples =
        |samples: &Samples| json!({ "median": samples.median(), "spread": samples.spread(), "samples": samples.0 });
    let values: Vec<Value> = rows
        .iter()
        .map(|row| {
            let (verdict, details) = match &row.verdict {
                Verdict::Reference => ("reference", None),
                Verdict::Same => ("same", None),
                Verdict::Different(lines) => ("different", Some(lines.join("\n"))),
                Verdict::Unknown => ("varies", None),
                Verdict::Failed(message) => ("failed", Some(message.clone())),
            };
            json!({
                "compiler": row.configuration.who,
                "level": row.configuration.level,
                "std": if row.configuration.variant.std_from_source { "source" } else { "prebuilt" },
                "cpu": cpu.filter(|_| row.configuration.variant.cpu),
                "build_seconds": {
                    "cold": samples(&row.cold),
                    "edited": samples(&row.edited),
                    "unchanged": samples(&row.unchanged),
                },
                "file_bytes": row.file_bytes,
                "code_bytes": row.code_bytes,
                "wall_seconds": samples(&row.wall),
                "user_seconds": samples(&row.user),
                "memory_bytes": row.memory_bytes,
                "output": verdict,
                "details": details,
            })
        })
        .collect();
    let name = |index: &usize| rows[*index].configuration.name();
    let best: Vec<Value> = RANKED
        .iter()
        .filter_map(|(_, timed)| {
            let (first, equal) = best(rows, timed)?;
            let equal: Vec<String> = equal.iter().map(name).collect();
            Some(json!({ "of": timed.0, "is": name(&first), "may_be_as_good": equal }))
        })
        .collect();
    json!({ "builds": counts.builds, "rounds": counts.rounds, "rows": values, "best": best })
}

#[cfg(test)]
pub mod tests {
    use super::super::figures::Samples;
    use super::super::measure::{Counts, Row, Verdict};
    use super::super::plan::{Configuration, LEVELS, Variant};
    use super::{json, markdown, text};

    pub const COUNTS: Counts = Counts { builds: 1, rounds: 3 };

    pub fn rows() -> Vec<Row> {
        let row = |who: &str, level, build: f64, run: f64, verdict| Row {
            configuration: Configuration { who: who.to_owned(), level, variant: Variant::default() },
            cold: Samples(vec![build]),
            edited: Samples(vec![build / 2.0]),
            unchanged: Samples(vec![build / 9.0]),
            file_bytes: 123_456_789,
            code_bytes: 12_345_678,
            wall: Samples(vec![run, run * 1.01, run * 0.99]),
            user: Samples(vec![run]),
            memory_bytes: Some(99_900_000),
            verdict,
        };
        vec![
            row("rustc", "3", 123.4, 0.111, Verdict::Reference),
            row("llvm", "3", 99.1, 0.112, Verdict::Same),
            row(
                "exec:/a/long/name/of/a/program",
                "z",
                0.04,
                123.0,
                Verdict::Different(vec!["-1".into(), "+<2>".into()]),
            ),
            row("cranelift", "0", 1.5, 12.0, Verdict::Failed("no & such".into())),
        ]
    }

    #[test]
    fn it_fits_and_says_what_is_not_known() {
        let shown = text(&rows(), COUNTS, false);
        let table: Vec<&str> = shown.lines().take(5).collect();
        assert!(table.iter().all(|line| line.chars().count() <= 100), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() <= 120), "{shown}");
        assert!(table[1].contains("111 ms ±1%*") && table[2].contains("112 ms ±1%~"), "{shown}");
        assert!(
            shown.contains("Run time: no winner. The noise is greater than what sets rustc -O 3, llvm -O 3 apart."),
            "{shown}"
        );
        assert!(
            shown.contains("program -O z differs:\n  -1\n  +<2>\n") && shown.contains("failed:\n  no & such"),
            "{shown}"
        );
        assert!(text(&rows(), COUNTS, true).contains("\x1b[31m+<2>"));
    }

    /// All configurations with all variants, each figure as wide as it may be.
    #[test]
    fn it_fits_with_all_configurations() {
        let mut rows = Vec::new();
        for who in ["rustc", "llvm", "cranelift", "exec:/a/long/name/of/a/program"] {
            for level in LEVELS {
                for (std_from_source, cpu) in [(false, false), (true, false), (false, true), (true, true)] {
                    let variant = Variant { std_from_source, cpu };
                    rows.push(Row {
                        configuration: Configuration { who: who.to_owned(), level, variant },
                        cold: Samples(vec![0.01234]),
                        edited: Samples(vec![0.01234]),
                        unchanged: Samples(vec![0.01234]),
                        file_bytes: 12_345_678,
                        code_bytes: 12_345_678,
                        wall: Samples(vec![0.00001, 0.01234, 0.04]),
                        user: Samples(vec![0.01234]),
                        memory_bytes: Some(12_345_678),
                        verdict: Verdict::Different(Vec::new()),
                    });
                }
            }
        }
        // The others differ: else nothing would be ranked, and no mark would take room.
        rows[0].verdict = Verdict::Reference;
        rows[1].verdict = Verdict::Same;
        let shown = text(&rows, COUNTS, false);
        let table: Vec<&str> = shown.lines().take(1 + rows.len()).collect();
        assert_eq!(table.len(), 97);
        assert!(table.iter().all(|line| line.chars().count() <= 100), "{shown}");
        assert!(table[4].starts_with("r… -O 0 +std+cpu "), "{shown}");
        let names = |table: &[&str]| table.iter().map(|line| line.chars().take(16).collect()).collect::<Vec<String>>();
        let mut names = names(&table);
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 97, "{shown}");
    }

    #[test]
    fn other_forms() {
        let shown = markdown(&rows(), COUNTS);
        let table: Vec<&str> = shown.lines().take_while(|line| line.starts_with('|')).collect();
        assert!(table.len() == 6 && table.iter().all(|line| line.matches('|').count() == 11), "{shown}");
        assert!(shown.contains("```diff\n-1\n+<2>\n```"), "{shown}");
        let value = json(&rows(), COUNTS, None);
        assert_eq!(value["rows"][2]["output"], "different");
        assert_eq!(value["best"][3]["may_be_as_good"][0], "llvm -O 3");
        // The quickest build of all gives another program.
        assert_eq!(value["best"][0]["is"], "llvm -O 3");
    }
}
