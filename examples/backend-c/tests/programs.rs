//! Whole programs by way of C: those in `examples/`, compared with what they print when LLVM compiles them.

use bessemer::driver::{self, BackendChoice, Backends, Options, Source};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn backend() -> BackendChoice {
    let name = format!("exec:{}", env!("CARGO_BIN_EXE_backend-c"));
    Backends::builtin().choose(&name).expect("the program is a back end")
}

/// Compiles a program and runs it; gives its standard output, its exit code, and which share of its functions C had.
fn run(source: &Path, choice: BackendChoice, folder: &Path) -> (String, Option<i32>, f64) {
    let name = choice.name().to_owned();
    let mut options = Options::new(Source::File(source.to_owned()), choice);
    options.cache = None;
    let program = folder.join(&name);
    options.output = Some(program.clone());
    let built = driver::build(&options, driver::Report::default())
        .unwrap_or_else(|error| panic!("{}: {error}", source.display()));
    let count = |backend: &str| -> u64 {
        built.report.code.iter().filter(|count| count.backend == backend).map(|count| count.functions).sum()
    };
    let rejected = built.report.fallbacks.len() as f64;
    let share = 1.0 - rejected / count(&name).max(1) as f64;
    let (args, input) = how_to_run(source);
    let mut child = Command::new(&program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("the program ends");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code(), share)
}

/// The arguments and the standard input that comments at the top of a program name.
fn how_to_run(source: &Path) -> (Vec<String>, String) {
    let text = std::fs::read_to_string(source).expect("a program");
    let directive = |name: &str| text.lines().find_map(|line| line.strip_prefix(&format!("//@ {name}: ")));
    let args = directive("args").unwrap_or_default().split(' ').filter(|arg| !arg.is_empty()).map(str::to_owned);
    let input = directive("stdin").unwrap_or_default().replace("\\n", "\n").replace("\\t", "\t");
    (args.collect(), input)
}

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let entries = std::fs::read_dir(folder).expect("the programs");
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    // Each takes seconds in two ways. `BACKEND_C_ALL=1`: all of them.
    let step = if std::env::var_os("BACKEND_C_ALL").is_some() { 1 } else { 4 };
    files.into_iter().step_by(step).collect()
}

#[test]
fn examples_print_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut shares = Vec::new();
    for source in programs() {
        let (text, code, share) = run(&source, backend(), folder.path());
        let llvm = Backends::builtin().choose("llvm").expect("LLVM");
        let (expected, expected_code, _) = run(&source, llvm, folder.path());
        assert_eq!((text, code), (expected, expected_code), "{}", source.display());
        shares.push(share);
    }
    assert!(shares.len() >= 7);
    // Most of a program is C: the rest is what unwinding needs clean-up for, and assembly.
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    assert!(mean > 0.5, "C has {:.0} % of the functions", mean * 100.0);
}
