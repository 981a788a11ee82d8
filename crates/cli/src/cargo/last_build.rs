//! What the last build of a target directory did, for who asks later.
//!
//! Each unit leaves a small file when it is done, as no process of ours lives as long as a build: cargo takes our place. When the
//! next build begins, what is older than the one before goes. A build that compiled nothing leaves that of the one before it.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The folder below the one for settings.
const FOLDER: &str = "last-build";
/// When builds began: of the last one that compiled something, and of one after it.
const BEGAN: &str = "began.json";

fn seconds(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// When builds began, the last one last.
fn builds(folder: &Path) -> Vec<Value> {
    let text = std::fs::read(folder.join(BEGAN)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

fn began(build: &Value) -> f64 {
    build["began"].as_f64().unwrap_or_default()
}

/// The files of units, and when each was written.
fn files(folder: &Path) -> Vec<(f64, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path()).filter(|path| path.file_name().is_some_and(|name| name != BEGAN));
    let time = |path: &Path| std::fs::metadata(path).and_then(|it| it.modified()).ok();
    files.filter_map(|path| Some((seconds(time(&path)?), path))).collect()
}

/// Notes that a build begins. It is only told later, so what cannot be written is no fault.
pub fn begin(root: &Path, command: &str) {
    let folder = root.join(FOLDER);
    let _ = std::fs::create_dir_all(&folder);
    let mut builds = builds(&folder);
    let files = files(&folder);
    if let Some(last) = builds.last().map(began) {
        // The one before counts as long as there is nothing newer.
        if files.iter().any(|(written, _)| *written >= last) {
            files.iter().filter(|(written, _)| *written < last).for_each(|(_, file)| drop(std::fs::remove_file(file)));
            builds.drain(..builds.len() - 1);
        } else {
            builds.pop();
        }
    }
    builds.push(json!({ "began": seconds(SystemTime::now()), "command": command }));
    write(&folder.join(BEGAN), &json!(builds));
}

/// Notes what a unit has done: `unit` is what `--report json` tells of it.
pub fn note(root: &Path, name: &str, unit: &Value) {
    let folder = root.join(FOLDER);
    let report = &unit["report"];
    // The rest may be long.
    let report = json!({ "stages": report["stages"], "backend": report["backend"], "level": report["level"] });
    let unit = json!({ "unit": unit["unit"], "kind": unit["kind"], "began": unit["began"], "report": report });
    if folder.is_dir() {
        write(&folder.join(format!("{name}.json")), &unit);
    }
}

/// Whole or not at all: somebody may read it meanwhile.
fn write(file: &Path, value: &Value) {
    let _ = link::output::write(file, value.to_string().as_bytes());
}

/// The last build below a target directory that compiled something; nothing where there was none.
pub fn read(target_dir: &Path) -> Value {
    let folder = target_dir.join(".bessemer").join(FOLDER);
    let builds = builds(&folder);
    let units: Vec<Value> = files(&folder)
        .into_iter()
        .filter_map(|(_, file)| serde_json::from_slice(&std::fs::read(file).ok()?).ok())
        .collect();
    // Clocks count in steps.
    const STEP: f64 = 0.01;
    for (index, build) in builds.iter().enumerate().rev() {
        let (from, to) = (began(build) - STEP, builds.get(index + 1).map_or(f64::INFINITY, began));
        let of_it = units.iter().filter(|unit| began(unit) >= from && began(unit) < to);
        let mut of_it: Vec<Value> = of_it.cloned().collect();
        if !of_it.is_empty() {
            of_it.sort_by(|a, b| began(a).total_cmp(&began(b)));
            let is_older = index + 1 < builds.len();
            return json!({ "began": build["began"], "command": build["command"], "units": of_it, "older": is_older });
        }
    }
    Value::Null
}

#[cfg(test)]
mod tests {
    use super::{begin, note, read, seconds};
    use serde_json::json;
    use std::time::{Duration, SystemTime};

    /// What lies apart so far is told apart.
    const PAUSE: Duration = Duration::from_millis(30);

    #[test]
    fn the_last_build_that_compiled_something_is_told() {
        let target = tempfile::tempdir().expect("a folder");
        let root = target.path().join(".bessemer");
        let unit = |name: &str| {
            let report = json!({ "stages": [{ "name": "link", "time": 0.5 }], "fallbacks": [1, 2, 3] });
            note(&root, name, &json!({ "unit": name, "began": seconds(SystemTime::now()), "report": report }));
            std::thread::sleep(PAUSE);
        };
        let build = |command: &str, units: &[&str]| {
            begin(&root, command);
            std::thread::sleep(PAUSE);
            units.iter().for_each(|name| unit(name));
        };
        let told = || {
            let build = read(target.path());
            let units = build["units"].as_array().cloned().unwrap_or_default();
            let names: Vec<&str> = units.iter().filter_map(|it| it["unit"].as_str()).collect();
            format!("{} {} {}", build["command"].as_str().unwrap_or("none"), names.join("+"), build["older"])
        };
        // What is not known of a build is not written.
        unit("lost");
        assert_eq!(told(), "none  null");
        build("build", &["a", "b"]);
        assert_eq!(told(), "build a+b false");
        assert!(read(target.path())["units"][0]["report"]["fallbacks"].is_null());
        build("nothing", &[]);
        build("nothing new", &[]);
        assert_eq!(told(), "build a+b true");
        build("again", &["b"]);
        assert_eq!(told(), "again b false");
        build("test", &["t"]);
        assert_eq!(told(), "test t false");
        assert!(!root.join("last-build/a.json").exists());
    }
}
