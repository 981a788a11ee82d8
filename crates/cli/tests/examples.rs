//! The programs in `examples/`, compiled in every way that there is, compared with what rustc makes of them.
//!
//! A program's standard output, standard error and exit code have to be those of the program that rustc builds without
//! optimisation. Two comments at the top of a file say how it is run: `//@ args: …`, separated by spaces, and
//! `//@ stdin: …`, with `\n`, `\t` and `\\`. (`//@ bench` marks those that `cargo xtask bench` measures, at their own size.)
//!
//! `EXAMPLES=a,b` runs only these; `EXAMPLES_COMPILER` names another `bessemer` than the one built beside this test, such as
//! an optimised one.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A program that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(300);
/// How many examples are worked on at once.
const WORKERS: usize = 2;

/// One way to compile a program.
#[derive(Clone, Copy)]
enum Configuration {
    /// Compiled and started in one.
    Run,
    /// Compiled to an executable, with these flags.
    Build(&'static [&'static str]),
}

const CONFIGURATIONS: &[(&str, Configuration)] = &[
    ("cranelift, in memory", Configuration::Run),
    ("cranelift", Configuration::Build(&["--backend", "cranelift"])),
    ("llvm -O 0", Configuration::Build(&["--backend", "llvm", "-O", "0"])),
    ("llvm -O 3", Configuration::Build(&["--backend", "llvm", "-O", "3"])),
];

/// What a program did.
#[derive(PartialEq, Eq)]
struct Outcome {
    stdout: String,
    stderr: String,
    /// The exit code; for a signal 128 and its number, as shells have it.
    code: i32,
}

struct Example {
    name: String,
    /// From the project's root, for this is what panics print.
    file: PathBuf,
    args: Vec<String>,
    stdin: String,
}

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the project's root is there")
}

fn compiler() -> PathBuf {
    std::env::var_os("EXAMPLES_COMPILER").map_or_else(|| env!("CARGO_BIN_EXE_bessemer").into(), PathBuf::from)
}

fn unescape(text: &str) -> String {
    let mut result = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => result.push('\n'),
                Some('t') => result.push('\t'),
                other => result.extend(other),
            },
            _ => result.push(c),
        }
    }
    result
}

fn load() -> Vec<Example> {
    let only = std::env::var("EXAMPLES").ok();
    let mut examples = Vec::new();
    for entry in std::fs::read_dir(root().join("examples")).expect("the examples are there") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_none_or(|extension| extension != "rs")
            || only.as_ref().is_some_and(|only| !only.split(',').any(|chosen| chosen == name))
        {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a readable example");
        let directive = |key: &str| {
            let mut lines = text.lines().filter_map(|line| line.strip_prefix("//@ "));
            lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(": ")).map(str::to_owned)
        };
        examples.push(Example {
            file: Path::new("examples").join(format!("{name}.rs")),
            args: directive("args").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
            stdin: unescape(&directive("stdin").unwrap_or_default()),
            name,
        });
    }
    examples.sort_by(|a, b| a.name.cmp(&b.name));
    examples
}

/// Starts a command at the project's root, and waits for its end.
fn execute(command: &mut Command, stdin: &str) -> Result<Outcome, String> {
    command.current_dir(root()).env_remove("RUST_BACKTRACE");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("cannot start {:?}: {error}", command.get_program()))?;
    let mut input = child.stdin.take().expect("a pipe");
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut stderr = child.stderr.take().expect("a pipe");
    std::thread::scope(|scope| {
        // Programs may end without having read all.
        scope.spawn(move || input.write_all(stdin.as_bytes()));
        let read = |source: &mut dyn Read| {
            let mut bytes = Vec::new();
            source.read_to_end(&mut bytes).map(|_| String::from_utf8_lossy(&bytes).into_owned())
        };
        let stdout = scope.spawn(move || read(&mut stdout));
        let stderr = scope.spawn(move || read(&mut stderr));
        let start = Instant::now();
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if start.elapsed() < LIMIT => std::thread::sleep(Duration::from_millis(5)),
                Ok(None) => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(format!("it does not end within {LIMIT:?}"));
                }
                Err(error) => return Err(format!("cannot wait: {error}")),
            }
        };
        let text = |thread: std::thread::ScopedJoinHandle<'_, std::io::Result<String>>| {
            thread.join().expect("reading does not panic").map_err(|error| format!("cannot read: {error}"))
        };
        let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1);
        Ok(Outcome { stdout: text(stdout)?, stderr: without_thread_ids(&text(stderr)?), code })
    })
}

/// `thread 'main' (1234) panicked at …`: the number is another one each time.
fn without_thread_ids(text: &str) -> String {
    let mut result = String::new();
    for line in text.split_inclusive('\n') {
        match line.find("' (").zip(line.find(") panicked at ")) {
            Some((start, end)) if line.starts_with("thread '") && start < end => {
                result.push_str(&line[..start + 3]);
                result.push_str(&line[end..]);
            }
            _ => result.push_str(line),
        }
    }
    result
}

/// What `bessemer run` itself says before the program starts: that functions went to another back end.
fn without_note(stderr: &str) -> &str {
    match stderr.split_once('\n') {
        Some((line, rest)) if line.starts_with("note: ") && line.contains(" went to ") => rest,
        _ => stderr,
    }
}

/// Compiles to an executable, which must succeed.
fn build(command: &mut Command) -> Result<(), String> {
    let outcome = execute(command, "")?;
    if outcome.code == 0 { Ok(()) } else { Err(format!("exit code {}\n{}", outcome.code, outcome.stderr)) }
}

fn run(example: &Example, configuration: Configuration, work: &Path) -> Result<Outcome, String> {
    let mut command = Command::new(compiler());
    command.env("BESSEMER_CACHE_DIR", work.join("cache"));
    match configuration {
        Configuration::Run => {
            command.args(["run", "--backend", "cranelift"]).arg(&example.file).arg("--").args(&example.args);
            let mut outcome = execute(&mut command, &example.stdin)?;
            outcome.stderr = without_note(&outcome.stderr).to_owned();
            Ok(outcome)
        }
        Configuration::Build(flags) => {
            let executable = work.join(&example.name);
            build(command.arg("build").args(flags).arg("-o").arg(&executable).arg(&example.file))?;
            execute(Command::new(&executable).args(&example.args), &example.stdin)
        }
    }
}

fn reference(example: &Example, work: &Path) -> Result<Outcome, String> {
    let executable = work.join(format!("{}-rustc", example.name));
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition", "2024", "-C", "opt-level=0", "-D", "warnings", "-o"]).arg(&executable).arg(&example.file);
    build(&mut rustc)?;
    execute(Command::new(&executable).args(&example.args), &example.stdin)
}

/// The first line in which two texts differ.
fn difference(what: &str, expected: &str, actual: &str) -> String {
    if expected == actual {
        return String::new();
    }
    let (mut expected, mut actual) = (expected.lines(), actual.lines());
    for number in 1.. {
        match (expected.next(), actual.next()) {
            (None, None) => break,
            (expected, actual) if expected == actual => {}
            (expected, actual) => {
                let show = |line: Option<&str>| line.map_or("(the end)".to_owned(), |line| format!("{line:?}"));
                return format!("    {what}, line {number}: {} instead of {}\n", show(actual), show(expected));
            }
        }
    }
    format!("    {what}: the line ends differ\n")
}

/// What is wrong with an example, if anything.
fn check(example: &Example, work: &Path) -> String {
    let expected = match reference(example, work) {
        Ok(expected) => expected,
        Err(error) => return format!("{}: rustc: {error}\n", example.name),
    };
    let mut faults = String::new();
    for &(name, configuration) in CONFIGURATIONS {
        match run(example, configuration, work) {
            Ok(actual) if actual == expected => {}
            Ok(actual) => {
                let _ =
                    writeln!(faults, "{}: {name}: exit code {}, rustc's {}", example.name, actual.code, expected.code);
                faults += &difference("standard output", &expected.stdout, &actual.stdout);
                faults += &difference("standard error", &expected.stderr, &actual.stderr);
            }
            Err(error) => {
                let _ = writeln!(faults, "{}: {name}: {error}", example.name);
            }
        }
    }
    faults
}

#[test]
fn examples_do_what_rustcs_do() {
    let work = tempfile::tempdir().expect("a temporary folder");
    let queue = Mutex::new(VecDeque::from(load()));
    let faults = Mutex::new(String::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let Some(example) = queue.lock().expect("no panics").pop_front() else { break };
                    let found = check(&example, work.path());
                    eprint!("{}: {}\n{found}", example.name, if found.is_empty() { "ok" } else { "FAILED" });
                    faults.lock().expect("no panics").push_str(&found);
                }
            });
        }
    });
    let faults = faults.into_inner().expect("no panics");
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn there_are_enough_examples() {
    assert!(std::env::var_os("EXAMPLES").is_some() || load().len() >= 25);
}
