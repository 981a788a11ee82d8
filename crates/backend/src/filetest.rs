//! The tests that every back end must pass: files of LIR with comments that say what comes out.
//!
//! ```text
//! ; run: add(1, -2) == -1
//! ; run: both(2.5) == (2.5, 1)
//! function export @add(v0: i32, v1: i32) -> i32 { … }
//! ```
//!
//! Directives, each in a comment of its own line:
//!
//! * `run: f(arguments) == results` calls an exported function. Integers are decimal or hexadecimal; floats decimal, `nan`,
//!   `inf`, or their bits as `0x…`; vectors `<a, b, …>`; pointers integers. Several results are in parentheses. Without
//!   `==` the results do not matter.
//! * `prints: text`: a line that the calls before write to the standard output.
//! * `c: text`: a line of C that is linked with the module: helpers for the test to call. `<stdio.h>`, `<stdint.h>` and
//!   `<string.h>` are included.
//! * `features: +avx2`: the test's functions need these; it is skipped where the machine lacks them.
//! * `only: llvm` / `not: cranelift`: back ends by name.
//! * `rejects: text`: the back end must reject a function for a construct whose description holds the text.
//!
//! The calls are made by a LIR function that the same back end compiles, so that no other language's idea of a signature
//! comes in between.

mod calls;
mod directives;

use crate::{Backend, Emit, OptLevel, Options};
use directives::{Directives, Expected};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file that did not do what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The test.
    pub file: PathBuf,
    /// The level that it failed at, where it got that far.
    pub opt: Option<OptLevel>,
    /// How its result differs from the expected one.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(opt) = self.opt {
            write!(f, " at {opt:?}")?;
        }
        write!(f, ":\n{}", self.message)
    }
}

/// Runs all `.lir` files of a folder at each of the levels, for the triple and the CPU of these options; gives the failures. Needs a
/// C compiler, `cc`.
pub fn run_folder(folder: &Path, backend: &dyn Backend, options: &Options, levels: &[OptLevel]) -> Vec<Failure> {
    let mut files: Vec<PathBuf> = match std::fs::read_dir(folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(error) => {
            return vec![Failure { file: folder.to_owned(), opt: None, message: error.to_string() }];
        }
    };
    files.retain(|file| file.extension().is_some_and(|extension| extension == "lir"));
    files.sort();
    files.iter().flat_map(|file| run_file(file, backend, options, levels)).collect()
}

/// Runs one file; see [`run_folder`].
pub fn run_file(file: &Path, backend: &dyn Backend, options: &Options, levels: &[OptLevel]) -> Vec<Failure> {
    let fail = |opt, message| Failure { file: file.to_owned(), opt, message };
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return vec![fail(None, error.to_string())],
    };
    let prepared = Directives::parse(&text).and_then(|directives| {
        let module = lir::parse_module(&text).map_err(|error| error.to_string())?;
        Ok((directives, module))
    });
    let (directives, module) = match prepared {
        Ok(prepared) => prepared,
        Err(message) => return vec![fail(None, message)],
    };
    if !directives.concerns(backend.name()) {
        return Vec::new();
    }
    let broken = lir::verify_module(&module, 8);
    if !broken.is_empty() {
        let list: Vec<String> = broken.iter().map(|error| error.to_string()).collect();
        return vec![fail(None, list.join("\n"))];
    }
    let run = |opt: &OptLevel| {
        let options = Options { opt: *opt, features: directives.features.clone(), verify: true, ..options.clone() };
        run_once(&module, &directives, backend, &options).err().map(|message| fail(Some(*opt), message))
    };
    levels.iter().filter_map(run).collect()
}

fn run_once(
    module: &lir::Module,
    directives: &Directives,
    backend: &dyn Backend,
    options: &Options,
) -> Result<(), String> {
    let mut module = module.clone();
    let (main, data) = calls::main_function(&module, &directives.runs)?;
    module.functions.push(main);
    module.data.extend(data);
    let broken = lir::verify_module(&module, 8);
    if let Some(error) = broken.first() {
        return Err(format!("the calls of the test are wrong: {error}"));
    }
    let compiled = backend.compile(&module, options, Emit::Object).map_err(|error| error.to_string())?;
    if let Some(wanted) = &directives.rejects {
        let found = compiled.rejected.iter().any(|rejected| rejected.construct.contains(wanted.as_str()));
        return if found { Ok(()) } else { Err(format!("`{wanted}` was not rejected: {:?}", compiled.rejected)) };
    }
    if let Some(rejected) = compiled.rejected.first() {
        return Err(format!("{} was rejected for {}", rejected.function, rejected.construct));
    }
    if directives.runs.is_empty() || !directives.machine_has_features() {
        return Ok(());
    }
    let output = link_and_run(&compiled.bytes, &directives.c)?;
    compare(&output, &directives.expected(&module)?)
}

fn link_and_run(object: &[u8], c: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let [object_file, source, program] = ["test.o", "test.c", "test"].map(|name| folder.path().join(name));
    let source_text = format!("{}{c}", calls::C_SUPPORT);
    std::fs::write(&object_file, object).map_err(|error| error.to_string())?;
    std::fs::write(&source, source_text).map_err(|error| error.to_string())?;
    let compiler = Command::new("cc")
        .args(["-w", "-O1", "-fexceptions", "-Wl,--gc-sections", "-o"])
        .args([&program, &source, &object_file])
        .args(["-lm", "-lgcc_s", "-ldl", "-lpthread"])
        .output()
        .map_err(|error| format!("cannot start cc: {error}"))?;
    if !compiler.status.success() {
        return Err(String::from_utf8_lossy(&compiler.stderr).into_owned());
    }
    let output = Command::new(&program).output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.success() {
        true => Ok(text),
        false => Err(format!("{text}ended with {}", output.status)),
    }
}

/// What GDB says to commands about the program that an object is, which stops where it calls `puts`. Nothing where there is
/// no GDB, or it may not run anything. Needs a C compiler, `cc`.
///
/// # Panics
/// The program cannot be made.
pub fn debugged(object: &[u8], commands: &[&str]) -> Option<String> {
    if Command::new("gdb").arg("--version").output().is_err() {
        return None;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (file, program) = (folder.path().join("test.o"), folder.path().join("test"));
    std::fs::write(&file, object).expect("written");
    let compiler = Command::new("cc").arg("-o").args([&program, &file]).status().expect("cc runs");
    assert!(compiler.success());
    let begin = ["set breakpoint pending on", "break puts", "run"];
    let output = Command::new("gdb")
        .args(["-q", "-batch", "-nx", "-ex", "set style enabled off", "-iex", "set debuginfod enabled off"])
        .args(begin.iter().chain(commands).flat_map(|command| ["-ex", command]))
        .arg(&program)
        .output()
        .expect("gdb runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.contains("puts (").then_some(text)
}

/// Compares what the program wrote with what it should have, line by line.
fn compare(output: &str, expected: &[Expected]) -> Result<(), String> {
    let mut problems = Vec::new();
    let mut lines = output.lines();
    for expected in expected {
        match (lines.next(), expected) {
            (Some(line), expected) if expected.fits(line) => {}
            (line, expected) => problems.push(format!("{expected}\n  but got {}", line.unwrap_or("nothing"))),
        }
    }
    problems.extend(lines.map(|line| format!("more than expected: {line}")));
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}
