//! `cargo xtask bench --projects`: whole projects of different kinds, by `cargo bessemer` and by cargo.
//!
//! Each is built in debug and release from nothing, built again from a filled cache and after edits, and both programs do
//! the same work, whose output must be the same. What counts are ratios of one run.

mod list;
mod measure;
mod source;

use list::PROJECTS;
use measure::{COLUMNS, Measured, Place};
use std::path::Path;

/// Measures the projects of these names; all, where there are none. Whether all could be, and print the same.
pub fn main(cargo_bessemer: &Path, folder: &Path, names: &[String], rounds: u32, json: bool) -> Result<bool, String> {
    if let Some(name) = names.iter().find(|name| PROJECTS.iter().all(|it| it.name != **name)) {
        let known: Vec<_> = PROJECTS.iter().map(|it| it.name).collect();
        return Err(format!("there is no project `{name}`; there are {}", known.join(", ")));
    }
    let root = crate::project::folder()?;
    let work = std::path::absolute(folder.join("projects")).map_err(|error| error.to_string())?;
    std::fs::create_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
    let mut good = true;
    let mut found = Vec::new();
    for project in PROJECTS.iter().filter(|it| names.is_empty() || names.iter().any(|name| name == it.name)) {
        let scratch = work.join(format!("{}.scratch", project.name));
        let measured = source::prepare(project, &root, &work).and_then(|source| {
            std::fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
            let place = Place { project, cargo_bessemer, folder: &source, scratch: &scratch, rounds };
            place.measure(&mut |step| eprintln!("{}: {step}", project.name))
        });
        match measured {
            Ok(measured) => {
                // Each is shown when it is known: all together take an hour.
                eprintln!("{}", line(project.name, |column| ratio(&measured, column)));
                found.push((project.name, measured));
            }
            Err(message) => {
                println!("{}: {message}", project.name);
                good = false;
            }
        }
    }
    if json {
        print_json(&found)
    } else {
        print_table(&found)
    }
    Ok(good)
}

fn ratio(measured: &Measured, column: &str) -> Option<f64> {
    measured.iter().find(|(name, _)| *name == column).map(|(_, pair)| pair.ratio())
}

fn line(name: &str, value: impl Fn(&str) -> Option<f64>) -> String {
    let values = COLUMNS.iter().map(|(column, ..)| value(column).map_or("-".to_owned(), |it| format!("{it:.2}")));
    values.fold(format!("{name:<12}"), |line, value| line + &format!(" {value:>8}"))
}

/// Ratios: a line a project, then the means and the goals.
fn print_table(found: &[(&str, Measured)]) {
    let header = COLUMNS.iter().fold(format!("{:<12}", "to cargo's"), |line, (name, ..)| line + &format!(" {name:>8}"));
    println!("{header}");
    for (name, measured) in found {
        println!("{}", line(name, |column| ratio(measured, column)));
    }
    println!("{}", line("mean", |column| mean(found, column)));
    let goal = |column: &str, of: fn(&(&str, &str, f64, f64)) -> f64| {
        COLUMNS.iter().find(|(name, ..)| *name == column).map(of)
    };
    println!("{}", line("goal: mean", |column| goal(column, |it| it.3)));
    println!("{}", line("goal: each", |column| goal(column, |it| it.2)));
    println!();
    for (name, what, ..) in COLUMNS {
        println!("{name:<9} {what}");
    }
}

/// The geometric mean of the ratios.
fn mean(found: &[(&str, Measured)], column: &str) -> Option<f64> {
    let logarithms: Vec<f64> = found.iter().filter_map(|(_, it)| Some(ratio(it, column)?.ln())).collect();
    (!logarithms.is_empty()).then(|| (logarithms.iter().sum::<f64>() / logarithms.len() as f64).exp())
}

fn print_json(found: &[(&str, Measured)]) {
    let projects: Vec<_> = found
        .iter()
        .map(|(name, measured)| {
            let values: serde_json::Map<String, serde_json::Value> = measured
                .iter()
                .map(|(column, pair)| {
                    let value =
                        serde_json::json!({ "bessemer": pair.bessemer, "cargo": pair.cargo, "ratio": pair.ratio() });
                    ((*column).to_owned(), value)
                })
                .collect();
            serde_json::json!({ "project": name, "measured": values })
        })
        .collect();
    println!("{}", serde_json::Value::from(projects));
}
