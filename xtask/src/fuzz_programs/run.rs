//! Compiling and running a program with each compiler, and comparing what it does.

use super::program::Program;
use crate::process::{self, Ended, panics};
use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// One way to compile and run a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    Rustc(u8),
    CraneliftJit,
    Cranelift,
    Llvm(u8),
}

/// What programs are run with, the reference first.
pub const WAYS: &[Way] = &[Way::Rustc(0), Way::CraneliftJit, Way::Cranelift, Way::Llvm(0), Way::Llvm(3), Way::Rustc(3)];

/// rustc's optimised build takes longest, and only judges who is right where others disagree. It is made then, and for
/// every program whose seed this divides, to see that programs are as they should be.
const JUDGE_EVERY: u64 = 16;

impl Way {
    /// The ways that a list names. rustc's unoptimised build, the reference, is always among them.
    pub fn choose(names: &str) -> Result<Vec<Way>, String> {
        let mut chosen = vec![WAYS[0]];
        for name in names.split(',') {
            let known = WAYS.iter().find(|it| it.to_string().replace(' ', "") == name);
            let way = *known.ok_or_else(|| {
                format!("`{name}`: there are rustc-O3, cranelift-jit, cranelift, llvm-O0 and llvm-O3")
            })?;
            if !chosen.contains(&way) {
                chosen.push(way);
            }
        }
        // rustc's second build comes last: it is needed only if something disagrees.
        chosen.sort_by_key(|it| WAYS.iter().position(|way| way == it));
        Ok(chosen)
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Way::Rustc(level) => write!(f, "rustc -O{level}"),
            Way::CraneliftJit => f.write_str("cranelift-jit"),
            Way::Cranelift => f.write_str("cranelift"),
            Way::Llvm(level) => write!(f, "llvm-O{level}"),
        }
    }
}

/// What became of a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It ran, printed this, reported these panics and ended so.
    Ran { stdout: String, panics: Vec<String>, end: String },
    /// The compiler refused it or failed, with these messages.
    NotCompiled(String),
    /// The time was up.
    TimeLimit(&'static str),
}

impl Outcome {
    pub fn text(&self) -> String {
        match self {
            Outcome::Ran { stdout, panics, end } => {
                let panics: String = panics.iter().map(|it| format!("[panic] {it}\n")).collect();
                format!("{stdout}{panics}[{end}]\n")
            }
            Outcome::NotCompiled(messages) => format!("[not compiled]\n{messages}"),
            Outcome::TimeLimit(what) => format!("[time limit: {what}]\n"),
        }
    }
}

/// What a program did with the compilers that were asked.
#[derive(Clone, Debug)]
pub enum Verdict {
    Agrees,
    /// rustc itself does not compile it, or its builds disagree: a fault of the generator.
    BadProgram(String),
    /// The ways that do not do what rustc does.
    Disagrees(Vec<Way>),
}

/// Runs programs in folders of their own.
#[derive(Clone, Debug)]
pub struct Runner {
    pub compiler: PathBuf,
    pub rustc: PathBuf,
    pub scratch: PathBuf,
    pub timeout: Duration,
    /// A cache that programs share, for one thread: most of what they have of the library is compiled once. Without it, each
    /// program has its own.
    pub cache: Option<PathBuf>,
    /// The bodies of programs are those of Bessemer's own front end, where it is sure.
    pub own_front_end: bool,
    /// How many bodies were our own, and how many rustc's, where that was told.
    pub bodies: Arc<[AtomicU64; 2]>,
}

impl Runner {
    /// Runs a program in all ways. `slot` tells programs apart that run at the same time.
    pub fn judge(&self, program: &Program, ways: &[Way], slot: &str) -> (Verdict, Vec<(Way, Outcome)>) {
        let folder = self.scratch.join(slot);
        let mut outcomes = Vec::new();
        let verdict = self.judge_in(&folder, program, ways, &mut outcomes);
        let _ = std::fs::remove_dir_all(&folder);
        (verdict, outcomes)
    }

    /// Whether rustc accepts a program.
    pub fn is_accepted(&self, program: &Program) -> Result<bool, String> {
        let folder = self.scratch.join(format!("check-{}", program.seed));
        let source = folder.join("program.rs");
        let run = || {
            std::fs::create_dir_all(&folder)?;
            std::fs::write(&source, &program.text)?;
            let mut command = Command::new(&self.rustc);
            command.args(["--emit=metadata", "--crate-name", "program", "-o"]);
            command.arg(folder.join("program.rmeta")).args(&program.flags).arg(&source);
            process::run(&mut command, &folder, "check", self.timeout)
        };
        let ended = run();
        let _ = std::fs::remove_dir_all(&folder);
        let ended = ended.map_err(|error| format!("cannot run rustc: {error}"))?;
        Ok(ended.status.is_some_and(|it| it.success()))
    }

    fn judge_in(&self, folder: &Path, program: &Program, ways: &[Way], outcomes: &mut Vec<(Way, Outcome)>) -> Verdict {
        let source = folder.join("program.rs");
        let prepared = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&source, &program.text));
        if let Err(error) = prepared {
            return Verdict::BadProgram(format!("{}: {error}", source.display()));
        }
        let half = match c_half(folder, program, self.timeout) {
            Ok(half) => half,
            Err(why) => return Verdict::BadProgram(why),
        };
        let mut reference: Option<Outcome> = None;
        let mut different = Vec::new();
        for &way in ways {
            if way == Way::Rustc(3) && different.is_empty() && !program.seed.is_multiple_of(JUDGE_EVERY) {
                continue;
            }
            let outcome = match self.run(folder, &source, half.as_deref(), program, way) {
                Ok(outcome) => outcome,
                Err(error) => return Verdict::BadProgram(format!("cannot run {way}: {error}")),
            };
            outcomes.push((way, outcome.clone()));
            match (&reference, way) {
                (None, _) => {
                    if !matches!(&outcome, Outcome::Ran { end, .. } if end.starts_with("exit")) {
                        return Verdict::BadProgram(outcome.text());
                    }
                    reference = Some(outcome);
                }
                (Some(expected), Way::Rustc(_)) if outcome != *expected => {
                    return Verdict::BadProgram(format!(
                        "rustc's own builds disagree:\n{}",
                        difference(expected, &outcome)
                    ));
                }
                (Some(expected), _) if outcome != *expected => different.push(way),
                _ => {}
            }
        }
        if different.is_empty() {
            return Verdict::Agrees;
        }
        // Is it the same twice?
        if let (Some(expected), Ok(again)) =
            (&reference, self.run(folder, &source, half.as_deref(), program, Way::Rustc(0)))
            && *expected != again
        {
            return Verdict::BadProgram(format!("not the same twice:\n{}", difference(expected, &again)));
        }
        let alone = Runner { cache: None, ..self.clone() };
        for (way, outcome) in outcomes.iter_mut().filter(|it| self.cache.is_some() && different.contains(&it.0)) {
            let again = alone.run(folder, &source, half.as_deref(), program, *way);
            if reference.is_some() && again.ok() == reference {
                match outcome {
                    Outcome::Ran { end, .. } => end.push_str("; but right with an empty cache, or the second time"),
                    Outcome::NotCompiled(text) => {
                        text.push_str("\nBut right with an empty cache, or the second time.\n")
                    }
                    Outcome::TimeLimit(_) => {}
                }
            }
        }
        Verdict::Disagrees(different)
    }

    fn run(
        &self,
        folder: &Path,
        source: &Path,
        half: Option<&Path>,
        program: &Program,
        way: Way,
    ) -> std::io::Result<Outcome> {
        let executable = folder.join("program");
        let _ = std::fs::remove_file(&executable);
        let mut command = match way {
            Way::Rustc(_) => Command::new(&self.rustc),
            _ => Command::new(&self.compiler),
        };
        match way {
            Way::Rustc(level) => {
                command.arg(format!("-Copt-level={level}")).args(["--crate-name", "program"]);
                // One unit takes half the time of 256.
                command.args(["-Ccodegen-units=1", "-o"]).arg(&executable)
            }
            Way::CraneliftJit => command.args(["run", "--backend", "cranelift"]),
            Way::Cranelift => command.args(["build", "--backend", "cranelift", "-o"]).arg(&executable),
            Way::Llvm(level) => {
                command.args(["build", "--backend", "llvm", "-O", &level.to_string(), "-o"]).arg(&executable)
            }
        };
        // The same in all ways: assertions inside generic code of std's would be told apart otherwise.
        command.args(&program.flags).args(["-C", "debug-assertions=off"]);
        if let Some(half) = half {
            command.arg(format!("-Clink-arg={}", half.display()));
        }
        if self.own_front_end && !matches!(way, Way::Rustc(_)) {
            command.args(["--front-end", "own"]);
            // A program that runs in this process writes where the report would be.
            if way != Way::CraneliftJit {
                command.arg("--report=json");
            }
        }
        command.arg(source);
        command.env("BESSEMER_CACHE_DIR", self.cache.clone().unwrap_or_else(|| folder.join("cache")));
        if way != Way::CraneliftJit {
            let ended = process::run(&mut command, folder, "compile", self.timeout)?;
            match ended.status {
                None => return Ok(Outcome::TimeLimit("compile")),
                Some(status) if !status.success() => return Ok(Outcome::NotCompiled(messages(&ended))),
                Some(_) => process::count_bodies(&ended.stderr, &self.bodies),
            }
            command = Command::new(&executable);
        }
        let ended = process::run(&mut command, folder, "run", self.timeout)?;
        let Some(status) = ended.status else { return Ok(Outcome::TimeLimit("run")) };
        let failed = way == Way::CraneliftJit && status.code() == Some(1) && ended.stderr.contains("error");
        if failed {
            return Ok(Outcome::NotCompiled(messages(&ended)));
        }
        let end = match (status.code(), status.signal()) {
            (Some(code), _) => format!("exit code {code}"),
            (None, signal) => process::signal_name(signal.unwrap_or(0)),
        };
        Ok(Outcome::Ran { stdout: ended.stdout, panics: panics(&ended.stderr), end })
    }
}

/// Compiles the part of a program that is in C, if there is one, and gives its object.
fn c_half(folder: &Path, program: &Program, timeout: Duration) -> Result<Option<PathBuf>, String> {
    let Some(text) = program.c_half() else { return Ok(None) };
    let (source, object) = (folder.join("half.c"), folder.join("half.o"));
    std::fs::write(&source, text).map_err(|error| format!("{}: {error}", source.display()))?;
    let mut command = Command::new("cc");
    command.args(["-O1", "-w", "-c", "-o"]).arg(&object).arg(&source);
    let ended =
        process::run(&mut command, folder, "cc", timeout).map_err(|error| format!("cannot start cc: {error}"))?;
    match ended.status {
        Some(status) if status.success() => Ok(Some(object)),
        _ => Err(format!("the part in C: {}", messages(&ended))),
    }
}

fn messages(ended: &Ended) -> String {
    let status = ended.status.map_or_else(String::new, |it| format!("{it}\n"));
    format!("{status}{}", ended.stderr)
}

/// The first line in which two outcomes differ, with what is before it.
pub fn difference(left: &Outcome, right: &Outcome) -> String {
    let (left, right) = (left.text(), right.text());
    let (mut lines, mut others) = (left.lines(), right.lines());
    let mut before = String::new();
    loop {
        match (lines.next(), others.next()) {
            (None, None) => return "the same".to_owned(),
            (Some(a), Some(b)) if a == b => before = format!("   {a}\n"),
            (a, b) => {
                return format!("{before} - {}\n + {}", a.unwrap_or("(end of output)"), b.unwrap_or("(end of output)"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{WAYS, Way};

    #[test]
    fn rustc_comes_first_and_judges_last() {
        let chosen = Way::choose("llvm-O0,rustc-O3,cranelift").expect("these are there");
        assert_eq!(chosen, [Way::Rustc(0), Way::Cranelift, Way::Llvm(0), Way::Rustc(3)]);
        assert_eq!((WAYS[0], WAYS[WAYS.len() - 1]), (Way::Rustc(0), Way::Rustc(3)));
    }
}
