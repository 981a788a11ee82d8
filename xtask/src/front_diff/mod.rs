//! The front end's stages against rustc's own results for the same files.
//!
//! Stage `parse`: what our printer makes of our tree is compared with `rustc -Zunpretty=normal`, byte for byte, each file by
//! itself. Files that rustc does not read alone (parts of other files, tests of errors) are counted apart.
//!
//! Stage `expand`: the whole expansion is compared with `-Zunpretty=expanded`, of files that are crates by themselves, or of all
//! crates that cargo compiles for a package: cargo runs this program as its `rustc`, which writes down the command line.
//!
//! Stage `hir`: bodies are compared with `-Zunpretty=hir-tree`, of the same crates as in stage `expand`.
//!
//! Stage `types`: typed bodies are compared with `-Zunpretty=thir-flat`, of the same crates.
//!
//! Stages `thir` and `built`: see [`bodies`]; stage `mir`: see [`elaborated`]. Stage `times` compares nothing: see [`times`].

mod bodies;
mod cargo;
mod compilation;
mod elaborated;
mod expansion;
mod files;
mod hir;
mod rustc;
mod times;
mod types;

pub use cargo::{one, wrapper};

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use compilation::Compilation;
use files::SourceFile;
use syntax::span::Editions;

const USAGE: &str = "\
Usage: cargo xtask front-diff [OPTIONS] PATH…

  PATH             A file, or a folder whose .rs files are taken
  --stage STAGE    What is compared: parse, expand, hir, types, thir, built or mir; times measures [default: parse]
  --from SOURCE    Where stages built and mir take typed bodies from: rustc (its text) or typeck (ours) [default: rustc]
  --edition N      The edition of files that neither say it themselves nor belong to a package [default: 2015]
  --jobs N         How many files at once [default: the number of cores]
  --show N         How many differences of a kind are shown [default: 3]
  --alone          Only ours: what is not read, and how fast
  --cargo          The paths are packages, whose crates and dependencies are compared (not stage parse)
  --only NAMES     With --cargo: only the crates of these names, with commas between them
  --diff FOLDER    Both prints of what differs are written there

rustc's results are kept in target/front-diff. Speed is only meant in release builds (cargo run --release -p xtask).";

struct Args {
    paths: Vec<PathBuf>,
    edition: String,
    jobs: usize,
    show: usize,
    alone: bool,
    cargo: bool,
    only: Option<String>,
    diff: Option<PathBuf>,
    /// What expansion needs to know of the toolchain.
    expand: Option<Toolchain>,
    /// Are bodies compared?
    hir: bool,
    /// Are typed bodies compared?
    types: bool,
    /// Stages are measured.
    times: bool,
    /// Typed bodies are our own.
    from_typeck: bool,
    /// Bodies are compared, not files.
    bodies: Option<bodies::Stage>,
}

struct Toolchain {
    cfg: String,
    sysroot_lib: PathBuf,
}

impl Toolchain {
    fn find() -> Result<Toolchain, String> {
        Ok(Toolchain { cfg: rustc::printed_cfg()?, sysroot_lib: rustc::sysroot_lib()? })
    }
}

fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Args>, String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut result = Args {
        paths: Vec::new(),
        edition: "2015".to_owned(),
        jobs: cores,
        show: 3,
        alone: false,
        cargo: false,
        only: None,
        diff: None,
        expand: None,
        hir: false,
        types: false,
        times: false,
        from_typeck: false,
        bodies: None,
    };
    while let Some(arg) = args.next() {
        let (name, attached) = match arg.split_once('=').filter(|_| arg.starts_with("--")) {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (arg, None),
        };
        let mut value = || attached.clone().or_else(|| args.next()).ok_or_else(|| format!("`{name}` needs a value"));
        let number = |text: String| text.parse::<usize>().map_err(|_| format!("`{text}` is no number"));
        match &*name {
            "--stage" => match &*value()? {
                "parse" => result.expand = None,
                "thir" => result.bodies = Some(bodies::Stage::Thir),
                "built" => result.bodies = Some(bodies::Stage::Built),
                "mir" => result.bodies = Some(bodies::Stage::Mir),
                stage @ ("expand" | "hir" | "types" | "times") => {
                    result.hir = stage == "hir";
                    result.times = stage == "times";
                    result.types = stage == "types";
                    result.expand = Some(Toolchain::find()?);
                }
                other => return Err(format!("there is no stage `{other}`\n\n{USAGE}")),
            },
            "--from" => {
                result.from_typeck = match &*value()? {
                    "rustc" => false,
                    "typeck" => true,
                    other => return Err(format!("bodies come from rustc or typeck, not from `{other}`")),
                }
            }
            "--edition" => result.edition = value()?,
            "--jobs" => result.jobs = number(value()?)?.max(1),
            "--show" => result.show = number(value()?)?,
            "--alone" => result.alone = true,
            "--cargo" => result.cargo = true,
            "--only" => result.only = Some(value()?),
            "--diff" => result.diff = Some(value()?.into()),
            "-h" | "--help" => return Ok(None),
            _ if name.starts_with('-') => return Err(format!("unknown option `{name}`\n\n{USAGE}")),
            _ => result.paths.push(name.into()),
        }
    }
    if result.from_typeck {
        result.expand = Some(Toolchain::find()?);
    }
    match result.paths.is_empty() {
        true => Err(USAGE.to_owned()),
        false => Ok(Some(result)),
    }
}

/// What came out for one file.
enum Outcome {
    Equal,
    /// The construct and the message.
    Doubt(String, String),
    /// The first line that differs, of both.
    Different(String, String),
    /// rustc does not read it alone. Do we?
    Refused(bool),
    /// Only ours was asked for, which read it.
    Read,
}

struct Examined {
    path: String,
    outcome: Outcome,
    bytes: usize,
    /// How many macros were expanded.
    expanded: usize,
    ours: Duration,
    rustc: Duration,
}

impl Examined {
    /// Compares both results.
    fn compare(&mut self, found: Result<String, Outcome>, expected: Option<rustc::Answer>, args: &Args) {
        self.outcome = match (found, expected) {
            (Err(doubt), None) => doubt,
            (Ok(_), None) => Outcome::Read,
            (found, Some(rustc::Answer { text: None, .. })) => Outcome::Refused(found.is_ok()),
            (Err(doubt), Some(_)) => doubt,
            (Ok(found), Some(rustc::Answer { text: Some(expected), time })) => {
                self.rustc = time;
                if found == expected {
                    self.outcome = Outcome::Equal;
                    return;
                }
                if let Some(folder) = &args.diff {
                    let name: String =
                        self.path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
                    let written = std::fs::create_dir_all(folder)
                        .and_then(|()| std::fs::write(folder.join(format!("{name}.ours")), &found))
                        .and_then(|()| std::fs::write(folder.join(format!("{name}.rustc")), &expected));
                    if let Err(error) = written {
                        eprintln!("{}: {error}", folder.display());
                    }
                }
                let mut lines = found.lines().zip(expected.lines());
                let (ours, rustcs) = lines.find(|(a, b)| a != b).unwrap_or(("<end>", "<end>"));
                Outcome::Different(ours.to_owned(), rustcs.to_owned())
            }
        };
    }
}

/// Reads a file by itself.
fn examine_file(file: &SourceFile, args: &Args) -> Result<Examined, String> {
    let bytes = std::fs::read(&file.path).map_err(|error| format!("{}: {error}", file.path.display()))?;
    let path = file.path.display().to_string();
    let (bytes, source) = (bytes.len(), String::from_utf8(bytes).ok());
    let mut result =
        Examined { path, outcome: Outcome::Read, bytes, expanded: 0, ours: Duration::ZERO, rustc: Duration::ZERO };
    let Some(source) = source else {
        result.outcome = Outcome::Refused(false);
        return Ok(result);
    };
    let editions = Editions::new(file.edition);
    let start = Instant::now();
    let parsed = syntax::parse(&source, 1, &editions);
    result.ours = start.elapsed();
    let expected = if args.alone { None } else { Some(rustc::normal(file, &source)?) };
    let found = match parsed {
        Ok(_) if args.alone => Ok(String::new()),
        Ok(parsed) => Ok(parsed.print(&editions)),
        Err(doubt) => {
            let text = syntax::lexer::normalize(&source);
            let at = (doubt.span.lo as usize).saturating_sub(1).min(text.len());
            let line = text.bytes().take(at).filter(|&byte| byte == b'\n').count() + 1;
            Err(Outcome::Doubt(doubt.construct.to_owned(), format!("line {line}: {}", doubt.message)))
        }
    };
    result.compare(found, expected, args);
    Ok(result)
}

/// Expands a crate.
fn examine_crate(compilation: &Compilation, toolchain: &Toolchain, args: &Args) -> Result<Examined, String> {
    let path = match compilation.variables {
        Some(_) => format!("{} ({})", compilation.name, compilation.path.display()),
        None => compilation.path.display().to_string(),
    };
    let source = compilation.source();
    let bytes = source.as_ref().map_or(0, String::len);
    let mut result =
        Examined { path, outcome: Outcome::Read, bytes, expanded: 0, ours: Duration::ZERO, rustc: Duration::ZERO };
    let Some(source) = source else {
        result.outcome = Outcome::Refused(false);
        return Ok(result);
    };
    let answer = match &compilation.record {
        Some(record) => cargo::expand_apart(compilation, record, toolchain)?,
        None => expansion::ours(compilation, toolchain),
    };
    result.expanded = answer.expanded;
    result.ours = answer.time;
    let expected = if args.alone { None } else { Some(rustc::expanded(compilation, &source)?) };
    let found = answer.text.map_err(|(construct, message)| Outcome::Doubt(construct, message));
    result.compare(found, expected, args);
    Ok(result)
}

/// What is to be examined.
enum Task {
    File(SourceFile),
    Crate(Box<Compilation>),
}

fn tasks(args: &Args) -> Result<Vec<Task>, String> {
    if args.cargo {
        let mut tasks = Vec::new();
        let is_wanted = |found: &Compilation| match &args.only {
            Some(names) => names.split(',').any(|name| name == found.name),
            None => true,
        };
        for path in &args.paths {
            let found = cargo::compilations(path)?.into_iter().filter(is_wanted);
            tasks.extend(found.map(|found| Task::Crate(Box::new(found))));
        }
        return Ok(tasks);
    }
    let edition = args.edition.parse().map_err(|()| format!("there is no edition `{}`", args.edition))?;
    let files = files::collect(&args.paths, edition)?;
    let task = |file: SourceFile| match args.expand {
        Some(_) => Task::Crate(Box::new(Compilation::of_file(&file.path, file.edition))),
        None => Task::File(file),
    };
    Ok(files.into_iter().map(task).collect())
}

/// Runs the task. Is all as rustc has it?
pub fn main(args: impl Iterator<Item = String>) -> Result<bool, String> {
    let Some(args) = parse(args)? else {
        println!("{USAGE}");
        return Ok(true);
    };
    if let Some(stage) = args.bodies {
        return bodies::run(&args, stage);
    }
    let tasks = tasks(&args)?;
    if let (true, Some(toolchain)) = (args.hir || args.types || args.times, &args.expand) {
        let crates = tasks.into_iter().filter_map(|task| match task {
            Task::Crate(found) => Some(*found),
            Task::File(_) => None,
        });
        let crates: Vec<_> = crates.collect();
        return match args.times {
            true => times::run(&crates, toolchain, &args),
            false => hir::main(&crates, toolchain, &args),
        };
    }
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..args.jobs {
            scope.spawn(|| {
                while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = match (task, &args.expand) {
                        (Task::File(file), _) => examine_file(file, &args),
                        (Task::Crate(found), Some(toolchain)) => examine_crate(found, toolchain, &args),
                        (Task::Crate(_), None) => Err("--cargo needs --stage expand".to_owned()),
                    };
                    results.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(result);
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    let mut results = results.into_iter().collect::<Result<Vec<_>, _>>()?;
    results.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(report(results, &args))
}

fn report(results: Vec<Examined>, args: &Args) -> bool {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut equal, mut doubts, mut different, mut refused, mut read) = (0, 0, 0, 0, 0);
    let (mut bytes, mut expanded, mut ours, mut rustcs) = (0, 0, Duration::ZERO, Duration::ZERO);
    for result in results {
        let path = &result.path;
        let measured = match &result.outcome {
            Outcome::Equal => {
                equal += 1;
                true
            }
            Outcome::Doubt(construct, message) => {
                doubts += 1;
                groups.entry(format!("doubt, {construct}")).or_default().push(format!("{path}: {message}"));
                false
            }
            Outcome::Different(ours, rustcs) => {
                different += 1;
                let word = rustcs.split_whitespace().next().unwrap_or("an empty line");
                let text = format!("{path}:\n      ours:  {ours}\n      rustc: {rustcs}");
                groups.entry(format!("different, at `{word}`")).or_default().push(text);
                true
            }
            Outcome::Refused(ours) => {
                refused += 1;
                if *ours {
                    groups.entry("read by us alone".to_owned()).or_default().push(path.clone());
                }
                false
            }
            Outcome::Read => {
                read += 1;
                true
            }
        };
        if measured {
            bytes += result.bytes;
            expanded += result.expanded;
            ours += result.ours;
            rustcs += result.rustc;
        }
    }
    for (group, texts) in &groups {
        println!("{} × {group}", texts.len());
        for text in texts.iter().take(args.show) {
            println!("    {text}");
        }
    }
    let compared = equal + doubts + different;
    if args.alone {
        println!("{read} read, {doubts} doubted");
    } else {
        let share = 100.0 * f64::from(equal) / f64::from(compared.max(1));
        println!("{equal} of {compared} equal ({share:.2} %), {doubts} doubted, {different} different");
        println!("{refused} not read by rustc alone");
    }
    let speed = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64().max(1e-9);
    let of_rustc = match args.alone {
        true => String::new(),
        false => format!("; rustc {:.1} ms, {:.1} MB/s", rustcs.as_secs_f64() * 1e3, speed(rustcs)),
    };
    println!(
        "{} of {:.2} MB: ours {:.1} ms, {:.1} MB/s{of_rustc}",
        if args.expand.is_some() {
            format!("{expanded} expansions, root modules")
        } else {
            "tokens and trees".to_owned()
        },
        bytes as f64 / 1e6,
        ours.as_secs_f64() * 1e3,
        speed(ours)
    );
    doubts == 0 && different == 0
}
