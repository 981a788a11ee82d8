//! What `--report` prints: gathered from the units that were compiled.

use serde_json::Value;
use std::fmt::Write;
use std::path::PathBuf;

/// A folder into which each unit writes what it did.
pub struct Gathering {
    folder: PathBuf,
}

impl Gathering {
    pub fn new(folder: PathBuf) -> Gathering {
        Gathering { folder }
    }

    /// The report as text: libraries by the time that their check took, then the artefacts with their stages.
    pub fn text(&self) -> String {
        let mut units: Vec<Value> = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| serde_json::from_slice(&std::fs::read(entry.ok()?.path()).ok()?).ok())
            .collect();
        units.sort_by(|a, b| seconds(b).total_cmp(&seconds(a)).then_with(|| name(a).cmp(name(b))));
        let (artefacts, libraries): (Vec<_>, Vec<_>) = units.iter().partition(|unit| unit["kind"] == "artefact");
        let mut out = String::new();
        let total = libraries.iter().copied().map(seconds).fold(0.0, |sum, time| sum + time);
        let _ = writeln!(out, "\nLibraries checked: {} in {total:.2} s of rustc's time", libraries.len());
        for unit in &libraries {
            let _ = writeln!(out, "  {:>8.3} s  {}", seconds(unit), name(unit));
        }
        for unit in &artefacts {
            let _ = writeln!(out, "Artefact {}: {:.3} s", name(unit), seconds(unit));
            let report = &unit["report"];
            for stage in report["stages"].as_array().into_iter().flatten() {
                let count = match (stage["count"].as_u64(), stage["unit"].as_str()) {
                    (Some(count), Some(unit)) => format!("  {count} {unit}"),
                    _ => String::new(),
                };
                let time = stage["time"].as_f64().unwrap_or_default();
                let _ = writeln!(out, "  {time:>8.3} s  {}{count}", stage["name"].as_str().unwrap_or_default());
            }
            for fallback in report["fallbacks"].as_array().into_iter().flatten() {
                let text = |key: &str| fallback[key].as_str().unwrap_or_default().to_owned();
                let _ = writeln!(out, "  to {}: {} ({})", text("backend"), text("function"), text("construct"));
            }
        }
        if units.is_empty() {
            let _ = writeln!(out, "Nothing was compiled.");
        }
        out
    }
}

fn name(unit: &Value) -> &str {
    unit["unit"].as_str().unwrap_or_default()
}

/// The time of all stages.
fn seconds(unit: &Value) -> f64 {
    let stages = unit["report"]["stages"].as_array().into_iter().flatten();
    stages.filter_map(|stage| stage["time"].as_f64()).sum()
}
