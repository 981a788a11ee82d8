//! `cargo xtask bench`: Bessemer against rustc, as ratios of times measured side by side in one run.
//!
//! Commands are run in turn, round by round, so that whatever else the machine does meets them alike; the ratio is that of
//! the best times. Nothing here fails for being slow.

mod project;
mod projects;
mod rustc_perf;
mod targets;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const USAGE: &str = "\
Usage: cargo xtask bench [--rounds N] [--json] [--project] [PROGRAM.rs…]
       cargo xtask bench --projects [--rounds N] [--json] [PROJECT…]
       cargo xtask bench --targets [--rounds N] [--json]

Times `bessemer run` of a small program against rustc, and -O 3 code of programs against rustc's: those of examples/ that
say `//@ bench`, and nbody and fmt of rustc-perf where that is installed. With --project, builds of ripgrep with
`cargo bessemer` against cargo (some minutes).

With --projects, eleven projects of different kinds: clean builds, builds with a filled cache and after edits, the work of
their programs, memory and sizes, each against cargo's (an hour or two). Names choose some.

With --targets, programs for WebAssembly with std from source, against `cargo build -Zbuild-std`: builds from nothing, of a second
program and after an edit, and sizes (five minutes). BESSEMER_RUST_SRC names the source.
";

/// One comparison.
pub(crate) struct Row {
    pub name: String,
    pub bessemer: Duration,
    pub rustc: Duration,
}

impl Row {
    /// Compares sizes in bytes instead of times: a microsecond stands for a kilobyte.
    fn sizes(name: &str, bessemer: u64, rustc: u64) -> Row {
        let time = |bytes: u64| Duration::from_micros(bytes / 1000);
        Row { name: format!("{name}, MB for ms"), bessemer: time(bessemer), rustc: time(rustc) }
    }

    fn ratio(&self) -> f64 {
        self.bessemer.as_secs_f64() / self.rustc.as_secs_f64()
    }
}

pub fn main(args: impl Iterator<Item = String>) -> Result<bool, String> {
    let mut rounds = 7;
    let (mut json, mut project, mut projects, mut targets) = (false, false, false, false);
    let mut programs = Vec::new();
    let mut args = args;
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--rounds" => {
                let value = args.next().and_then(|value| value.parse().ok());
                rounds = value.filter(|&rounds| rounds > 0).ok_or("`--rounds` needs a number")?;
            }
            "--json" => json = true,
            "--project" => project = true,
            "--projects" => projects = true,
            "--targets" => targets = true,
            "-h" | "--help" => {
                print!("{USAGE}");
                return Ok(true);
            }
            _ if arg.starts_with('-') => return Err(format!("unknown option `{arg}`\n\n{USAGE}")),
            _ => programs.push(PathBuf::from(arg)),
        }
    }
    let bessemer = compiler()?;
    let folder = PathBuf::from("target/bench");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let cargo_bessemer = bessemer.with_file_name("cargo-bessemer");
    if projects {
        let names: Vec<String> = programs.iter().map(|it| it.to_string_lossy().into_owned()).collect();
        let rounds = u32::try_from(rounds.min(3)).unwrap_or(3);
        return projects::main(&cargo_bessemer, &folder, &names, rounds, json);
    }
    if targets {
        return targets::main(&cargo_bessemer, &folder, rounds, json);
    }
    let named = !programs.is_empty();
    if !named {
        programs = benchmark_examples()?;
    }
    let mut rows = start_up(&bessemer, &folder, rounds)?;
    if project {
        rows.extend(project::compare(&cargo_bessemer, &folder, rounds)?);
    }
    if !named {
        rows.extend(rustc_perf::compare(&cargo_bessemer, &folder, rounds)?);
    }
    for program in &programs {
        rows.push(speed(&bessemer, &folder, program, rounds)?);
    }
    if json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                serde_json::json!({
                    "name": row.name,
                    "bessemer_seconds": row.bessemer.as_secs_f64(),
                    "rustc_seconds": row.rustc.as_secs_f64(),
                    "ratio": row.ratio(),
                })
            })
            .collect();
        println!("{}", serde_json::Value::from(rows));
    } else {
        println!("{:<40} {:>12} {:>12} {:>7}", "", "bessemer", "rustc", "ratio");
        for row in &rows {
            let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
            println!("{:<40} {:>12} {:>12} {:>7.2}", row.name, ms(row.bessemer), ms(row.rustc), row.ratio());
        }
    }
    Ok(true)
}

/// The program under test.
fn compiler() -> Result<PathBuf, String> {
    let path = crate::project::compiler(&crate::project::folder()?)?;
    std::path::absolute(path).map_err(|error| error.to_string())
}

/// The program that cargo runs for `cargo bessemer`: beside the one under test.
pub fn cargo_bessemer() -> Result<PathBuf, String> {
    Ok(compiler()?.with_file_name("cargo-bessemer"))
}

fn benchmark_examples() -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir("examples").map_err(|error| format!("examples: {error}"))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| std::fs::read_to_string(path).is_ok_and(|text| text.contains("//@ bench")))
        .collect();
    found.sort();
    Ok(found)
}

/// From source to output: a program run for the first time, and again.
fn start_up(bessemer: &Path, folder: &Path, rounds: usize) -> Result<Vec<Row>, String> {
    let source = folder.join("hello.rs");
    std::fs::write(&source, "fn main() {\n    println!(\"Hello, world!\");\n}\n").map_err(|error| error.to_string())?;
    let cache = std::path::absolute(folder.join("cache")).map_err(|error| error.to_string())?;
    let binary = std::path::absolute(folder.join("hello")).map_err(|error| error.to_string())?;
    let run = || {
        let mut command = Command::new(bessemer);
        command.arg("run").arg(&source).env("BESSEMER_CACHE_DIR", &cache);
        command
    };
    let (mut first, mut again, mut rustc) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..rounds {
        let _ = std::fs::remove_dir_all(cache.join("run"));
        first = first.min(time(run())?);
        again = again.min(time(run())?);
        let mut compile = Command::new("rustc");
        compile.args(["--edition", "2024", "-o"]).arg(&binary).arg(&source);
        rustc = rustc.min(time(compile)? + time(Command::new(&binary))?);
    }
    Ok(vec![
        Row { name: "run hello.rs, first time".to_owned(), bessemer: first, rustc },
        Row { name: "run hello.rs, unchanged".to_owned(), bessemer: again, rustc },
    ])
}

/// The speed of optimised code.
fn speed(bessemer: &Path, folder: &Path, program: &Path, rounds: usize) -> Result<Row, String> {
    let stem = program.file_stem().ok_or("a program has a name")?.to_string_lossy().into_owned();
    let absolute =
        |suffix: &str| std::path::absolute(folder.join(format!("{stem}.{suffix}"))).map_err(|error| error.to_string());
    let (ours, theirs) = (absolute("bessemer")?, absolute("rustc")?);
    let mut build = Command::new(bessemer);
    build.args(["build", "-O", "3", "-o"]).arg(&ours).arg(program);
    time(build)?;
    let mut build = Command::new("rustc");
    build.args(["--edition", "2024", "-C", "opt-level=3", "-o"]).arg(&theirs).arg(program);
    time(build)?;
    let (mut bessemer, mut rustc) = (Duration::MAX, Duration::MAX);
    for _ in 0..rounds {
        bessemer = bessemer.min(time(Command::new(&ours))?);
        rustc = rustc.min(time(Command::new(&theirs))?);
    }
    Ok(Row { name: format!("{stem}, -O 3"), bessemer, rustc })
}

pub(crate) fn time(mut command: Command) -> Result<Duration, String> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    let taken = start.elapsed();
    if status.success() { Ok(taken) } else { Err(format!("{command:?}: {status}")) }
}
