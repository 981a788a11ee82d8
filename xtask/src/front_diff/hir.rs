//! Stage `hir`: the bodies of a crate, resolved and desugared, against what rustc prints with `-Zunpretty=hir-tree`.
//!
//! Both are brought into one text (`hir::text`, `testing::hir_tree`) and compared body by body. Names in modules come from
//! the metadata that rustc writes of the same crate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hir::body::Hir;
use hir::text;
use serde_json::json;
use stages::Resolved;

use super::compilation::{Compilation, open};
use super::{Args, Toolchain};

/// What came of a body.
pub(super) enum Outcome {
    Equal,
    /// But for places: the first that differs.
    Places(String, String),
    Doubt(String, String),
    /// The first lines that differ, with what is around them.
    Different(String, String),
    /// rustc has none.
    Extra,
}

/// What came of a crate.
#[derive(Default)]
pub struct Examined {
    pub(super) name: String,
    pub(super) bodies: Vec<(String, Outcome)>,
    /// Why nothing was compared.
    pub(super) failed: Option<(String, String)>,
    pub(super) ours: Duration,
}

impl Examined {
    /// For another process.
    pub fn encode(&self) -> String {
        let bodies = self.bodies.iter().map(|(path, outcome)| match outcome {
            Outcome::Equal => json!([path, "equal"]),
            Outcome::Places(ours, rustcs) => json!([path, "places", ours, rustcs]),
            Outcome::Doubt(construct, message) => json!([path, "doubt", construct, message]),
            Outcome::Different(ours, rustcs) => json!([path, "different", ours, rustcs]),
            Outcome::Extra => json!([path, "extra"]),
        });
        json!([self.name, bodies.collect::<Vec<_>>(), self.failed, self.ours.as_nanos() as u64]).to_string()
    }

    /// Of another process.
    pub fn decode(text: &str) -> Option<Examined> {
        /// Name, bodies, what failed and where, nanoseconds.
        type Encoded = (String, Vec<Vec<String>>, Option<(String, String)>, u64);
        let (name, bodies, failed, nanos): Encoded = serde_json::from_str(text).ok()?;
        let mut found = Vec::new();
        for body in bodies {
            let mut parts = body.into_iter();
            let path = parts.next()?;
            let outcome = match &*parts.next()? {
                "equal" => Outcome::Equal,
                "places" => Outcome::Places(parts.next()?, parts.next()?),
                "doubt" => Outcome::Doubt(parts.next()?, parts.next()?),
                "different" => Outcome::Different(parts.next()?, parts.next()?),
                _ => Outcome::Extra,
            };
            found.push((path, outcome));
        }
        Some(Examined { name, bodies: found, failed, ours: Duration::from_nanos(nanos) })
    }
}

/// rustc on a crate, as a library.
fn rustc(compilation: &Compilation) -> Command {
    let mut command = Command::new("rustc");
    if let Some(variables) = &compilation.variables {
        command.env_clear().envs(variables);
    }
    if !compilation.folder.as_os_str().is_empty() {
        command.current_dir(&compilation.folder);
    }
    command.env("RUSTC_BOOTSTRAP", "1").args(["-Awarnings", "--cap-lints=allow"]);
    let mut args = compilation.args.iter();
    while let Some(arg) = args.next() {
        match &**arg {
            "--crate-type" => {
                args.next();
            }
            "--cap-lints" => {
                args.next();
            }
            arg if arg.starts_with("--crate-type=") => {}
            arg => {
                command.arg(arg);
            }
        }
    }
    command.arg("--crate-type=lib").stderr(Stdio::null());
    command
}

/// Has rustc write a crate's metadata, and print what `print` asks for. Nothing where rustc does not compile the crate so.
pub(super) fn emit_and_print(
    compilation: &Compilation,
    metadata: &Path,
    emit: &[&str],
    print: &[&str],
) -> Result<Option<String>, String> {
    let emitted = rustc(compilation).args(emit).arg(format!("--emit=metadata={}", metadata.display())).status();
    let dump = rustc(compilation).args(print).output().map_err(|error| format!("rustc: {error}"))?;
    if !emitted.map_err(|error| format!("rustc: {error}"))?.success() || !dump.status.success() {
        return Ok(None);
    }
    String::from_utf8(dump.stdout).map(Some).map_err(|_| "rustc printed no UTF-8".to_owned())
}

/// Compares a crate's bodies.
pub fn examine(compilation: &Compilation, toolchain: &Toolchain, diff: Option<&Path>) -> Result<Examined, String> {
    let mut result = Examined { name: compilation.path.display().to_string(), ..Examined::default() };
    if compilation.is_proc_macro {
        result.failed = Some(("left out".to_owned(), "a crate of procedural macros".to_owned()));
        return Ok(result);
    }
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let metadata = scratch.path().join("libcompared.rmeta");
    let Some(dump) = emit_and_print(compilation, &metadata, &[], &["-Zunpretty=hir-tree"])? else {
        result.failed = Some(("not compiled by rustc".to_owned(), String::new()));
        return Ok(result);
    };
    let arena = ty::Arena::new();
    let krate = compilation.to_crate(toolchain);
    let front = open(&arena, &metadata, &krate)?;
    let resolved = match Resolved::new(&krate, &front) {
        Ok(resolved) => resolved,
        Err(doubt) => {
            result.failed = Some((doubt.construct, doubt.message));
            return Ok(result);
        }
    };
    let places = text::Places::new(&resolved.sources);
    let print = |hir: &Hir| (text::def_path(front.session, hir.def_id), text::print(hir, front.session, Some(&places)));
    let bodies: Vec<(String, String)> = resolved.bodies.values().map(print).collect();
    let files: BTreeSet<String> = resolved.sources.files().iter().map(|file| file.name.to_string()).collect();
    result.ours = resolved.times[1];
    let mut expected = testing::hir_tree::texts(&dump, &|file| files.contains(file));
    drop(dump);
    for (path, ours) in bodies {
        let outcome = match expected.remove(&path) {
            None => Outcome::Extra,
            Some(rustcs) if rustcs == ours => Outcome::Equal,
            Some(rustcs) => {
                if let Some(folder) = diff {
                    write_diff(folder, &path, &ours, &rustcs);
                }
                match first_difference(&without_places(&ours), &without_places(&rustcs)) {
                    Some((ours, rustcs)) => Outcome::Different(ours, rustcs),
                    None => {
                        let (ours, rustcs) = first_difference(&ours, &rustcs).unwrap_or_default();
                        Outcome::Places(ours, rustcs)
                    }
                }
            }
        };
        result.bodies.push((path, outcome));
    }
    let mut reported = BTreeSet::new();
    for (def_id, doubt) in &resolved.doubts {
        let path = text::def_path(front.session, *def_id);
        let is_missing = expected.remove(&path).is_some();
        if is_missing || reported.insert(path.clone()) {
            let message = format!("{}: {}", doubt.place.as_deref().unwrap_or_default(), doubt.message);
            result.bodies.push((path, Outcome::Doubt(doubt.construct.clone(), message)));
        }
    }
    for path in expected.into_keys() {
        result.bodies.push((path, Outcome::Doubt("missing".to_owned(), "no body was made".to_owned())));
    }
    Ok(result)
}

fn without_places(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        out.push_str(line.split_once('\t').map_or(line, |(line, _)| line));
        out.push('\n');
    }
    out
}

/// The first lines that differ, ours with the one in front of it.
pub(super) fn first_difference(ours: &str, rustcs: &str) -> Option<(String, String)> {
    let mut before = "";
    let mut lines = ours.lines().map(Some).chain([None]).zip(rustcs.lines().map(Some).chain([None]));
    let (ours, rustcs) = lines.find(|(a, b)| {
        if a == b {
            before = a.unwrap_or_default();
        }
        a != b
    })?;
    let (ours, rustcs) = (ours.unwrap_or("<end>"), rustcs.unwrap_or("<end>"));
    Some((format!("{} | {}", before.trim(), ours.trim()), rustcs.trim().to_owned()))
}

pub(super) fn write_diff(folder: &Path, path: &str, ours: &str, rustcs: &str) {
    let name: String = path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(120).collect();
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(folder.join(format!("{name}.ours")), ours))
        .and_then(|()| std::fs::write(folder.join(format!("{name}.rustc")), rustcs));
    if let Err(error) = written {
        eprintln!("{}: {error}", folder.display());
    }
}

/// Runs the stage. Is all as rustc has it?
pub(super) fn main(compilations: &[Compilation], toolchain: &Toolchain, args: &Args) -> Result<bool, String> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..args.jobs {
            scope.spawn(|| {
                while let Some(found) = compilations.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = match &found.record {
                        Some(record) => {
                            super::cargo::lower_apart(found, record, toolchain, args.diff.as_deref(), args.types)
                        }
                        None if args.types => super::types::examine(found, toolchain, args.diff.as_deref()),
                        None => examine(found, toolchain, args.diff.as_deref()),
                    };
                    results.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(result);
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    let mut results = results.into_iter().collect::<Result<Vec<_>, _>>()?;
    results.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(report(&results, args.show))
}

fn report(results: &[Examined], show: usize) -> bool {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut whole, mut compared, mut equal, mut places) = (0, 0, 0, 0);
    let (mut doubts, mut different, mut extra) = (0, 0, 0);
    let mut time = Duration::ZERO;
    for result in results {
        if let Some((what, message)) = &result.failed {
            groups.entry(format!("crate: {what}")).or_default().push(format!("{}: {message}", result.name));
            continue;
        }
        compared += 1;
        time += result.ours;
        let mut is_whole = true;
        for (path, outcome) in &result.bodies {
            match outcome {
                Outcome::Equal => {
                    equal += 1;
                    continue;
                }
                Outcome::Places(ours, rustcs) => {
                    places += 1;
                    let word = rustcs.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
                    let text = format!("{}: {path}:\n      ours:  {ours}\n      rustc: {rustcs}", result.name);
                    groups.entry(format!("another place, at `{word}`")).or_default().push(text);
                    continue;
                }
                Outcome::Doubt(construct, message) => {
                    doubts += 1;
                    groups.entry(format!("doubt, {construct}")).or_default().push(format!("{path}: {message}"));
                }
                Outcome::Different(ours, rustcs) => {
                    different += 1;
                    let word = rustcs.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
                    let text = format!("{}: {path}:\n      ours:  {ours}\n      rustc: {rustcs}", result.name);
                    groups.entry(format!("different, at `{word}`")).or_default().push(text);
                }
                Outcome::Extra => {
                    extra += 1;
                    groups.entry("made by us alone".to_owned()).or_default().push(path.clone());
                }
            }
            is_whole = false;
        }
        whole += usize::from(is_whole);
    }
    let mut sorted: Vec<_> = groups.iter().collect();
    sorted.sort_by_key(|(_, texts)| texts.len());
    for (group, texts) in sorted {
        println!("{} × {group}", texts.len());
        for text in texts.iter().take(show) {
            println!("    {text}");
        }
    }
    let all = equal + places + doubts + different;
    let share = |part: usize, all: usize| 100.0 * part as f64 / all.max(1) as f64;
    println!(
        "{} of {all} bodies equal ({:.2} %), {doubts} doubted, {different} different, {extra} more; {equal} with all places",
        equal + places,
        share(equal + places, all)
    );
    println!("{whole} of {compared} crates whole ({:.2} %), of {}", share(whole, compared), results.len());
    println!("bodies made in {:.1} ms", time.as_secs_f64() * 1e3);
    doubts == 0 && different == 0
}
