//! What `--report` prints: gathered from the units that were compiled.

use super::timeline;
use crate::args::ReportFormat;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A folder into which each unit writes what it did.
pub struct Gathering {
    folder: PathBuf,
}

impl Gathering {
    pub fn new(folder: PathBuf) -> Gathering {
        Gathering { folder }
    }

    /// The report. `total` is how long everything took, cargo's own work included.
    pub fn tell(&self, format: ReportFormat, total: Duration) -> String {
        let units = self.units();
        match format {
            ReportFormat::Text => text(&units, total),
            ReportFormat::Json => {
                let value = json!({ "$message_type": "report", "seconds": total.as_secs_f64(), "units": units });
                format!("{value}\n")
            }
        }
    }

    /// The report as a page.
    pub fn page(&self, total: Duration) -> String {
        let units = self.units();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let began = now.saturating_sub(total).as_secs_f64();
        timeline::page(&units, began, total.as_secs_f64(), &text(&units, total))
    }

    /// What the units did, what took longest first.
    fn units(&self) -> Vec<Value> {
        let mut units: Vec<Value> = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| serde_json::from_slice(&std::fs::read(entry.ok()?.path()).ok()?).ok())
            .collect();
        units.sort_by(|a, b| seconds(b).total_cmp(&seconds(a)).then_with(|| name(a).cmp(name(b))));
        units
    }
}

/// The report as text: libraries by the time that their check took, then the artefacts with their stages.
fn text(units: &[Value], total: Duration) -> String {
    let (artefacts, libraries): (Vec<_>, Vec<_>) = units.iter().partition(|unit| unit["kind"] == "artefact");
    let mut out = String::new();
    let sum = libraries.iter().copied().map(seconds).fold(0.0, |sum, time| sum + time);
    let _ = writeln!(out, "\nLibraries checked: {} in {sum:.2} s of rustc's time", libraries.len());
    for unit in &libraries {
        let _ = writeln!(out, "  {:>8.3} s  {}", seconds(unit), name(unit));
    }
    for unit in &artefacts {
        let _ = writeln!(out, "Artefact {}: {:.3} s", name(unit), seconds(unit));
        write_artefact(&mut out, &unit["report"]);
    }
    if units.is_empty() {
        let _ = writeln!(out, "Nothing was compiled.");
    }
    let _ = writeln!(out, "All of it, with cargo and what rustc compiles: {:.3} s", total.as_secs_f64());
    out
}

fn write_artefact(out: &mut String, report: &Value) {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let number = |value: &Value, key: &str| value[key].as_u64().unwrap_or_default();
    let items = |key: &str| report[key].as_array().into_iter().flatten();
    for stage in items("stages") {
        let count = match (stage["count"].as_u64(), stage["unit"].as_str()) {
            (Some(count), Some(unit)) => format!("  {count} {unit}"),
            _ => String::new(),
        };
        let time = stage["time"].as_f64().unwrap_or_default();
        let _ = writeln!(out, "  {time:>8.3} s  {}{count}", text(stage, "name"));
    }
    let (backend, level, reached) = (text(report, "backend"), text(report, "level"), number(report, "reached"));
    let _ = writeln!(out, "  back end {backend}, level {level}, {reached} functions reached besides what was kept");
    for code in items("code") {
        let [functions, generated, cached] = ["functions", "generated", "from_cache"].map(|key| number(code, key));
        let backend = text(code, "backend");
        let _ = writeln!(out, "  {backend}: {functions} functions, {generated} generated, {cached} from the cache");
    }
    if report["bodies"].is_object() {
        let [own, rustc, crates] = ["own", "rustc", "crates"].map(|key| number(&report["bodies"], key));
        let s = if crates == 1 { "" } else { "s" };
        let _ = writeln!(out, "  front end own: {own} bodies, {rustc} from rustc, of {crates} crate{s}");
        for it in report["bodies"]["doubts"].as_array().into_iter().flatten() {
            let _ = writeln!(out, "    {} × {}", number(it, "bodies"), text(it, "example"));
        }
    }
    for it in items("fallbacks") {
        let place = it["place"].as_str().map_or(String::new(), |place| format!(" ({place})"));
        let (name, backend, construct) = (text(it, "name"), text(it, "backend"), text(it, "construct"));
        let _ = writeln!(out, "  `{name}`{place} went to {backend}: {construct}");
    }
    for it in items("outputs") {
        let _ = writeln!(out, "  {}: {} bytes", text(it, "path"), number(it, "size_bytes"));
    }
    if let Some(bytes) = report["memory_bytes"].as_u64() {
        let size = driver::caches::display_size(bytes);
        let _ = writeln!(out, "  memory: {size} at most, without rustc and the linker");
    }
}

/// A unit's name.
pub fn name(unit: &Value) -> &str {
    unit["unit"].as_str().unwrap_or_default()
}

/// The time of all stages.
pub fn seconds(unit: &Value) -> f64 {
    let stages = unit["report"]["stages"].as_array().into_iter().flatten();
    stages.filter_map(|stage| stage["time"].as_f64()).sum()
}
