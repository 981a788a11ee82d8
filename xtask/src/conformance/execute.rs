//! Compiling and running one program in a folder of its own, with a time limit.

use super::configuration::Configuration;
use super::corpus::Program;
use super::machine::Machine;
use crate::process::{self, Ended, panics, signal_name};
use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

/// How a program did.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Why it failed, in words that are the same for failures of the same kind; nothing if it passed.
    pub cause: Option<String>,
    /// What it printed on standard output, or the compiler's and the program's messages if it failed.
    pub text: String,
    /// The panics that it reported on standard error, in order; whatever else is there may be the compiler's.
    pub panics: Vec<String>,
    pub time: Duration,
}

#[derive(Debug)]
pub struct Runner {
    pub compiler: PathBuf,
    pub machine: Machine,
    /// The cache folder of the compiler; nothing: each program has one of its own.
    pub cache: Option<PathBuf>,
    /// Folders of programs are made in here, and removed.
    pub scratch: PathBuf,
    pub timeout: Duration,
    /// The bodies of programs are those of Bessemer's own front end, where it is sure.
    pub own_front_end: bool,
    /// With information for debuggers.
    pub debug: bool,
    /// How many bodies were made by it, and by rustc, where that is told.
    pub bodies: [AtomicU64; 2],
}

impl Runner {
    /// Compiles and runs a program. `slot` tells the folders of programs that run at the same time apart.
    pub fn run(&self, configuration: &Configuration, program: &Program, slot: usize) -> Outcome {
        let started = Instant::now();
        let folder = self.scratch.join(format!("{configuration}-{slot}"));
        let result = self.run_in(&folder, configuration, program);
        let _ = std::fs::remove_dir_all(&folder);
        let (cause, text, panics) = match result {
            Ok((None, ended)) => (None, ended.stdout, panics(&ended.stderr)),
            Ok((cause, ended)) => (cause, ended.stderr, Vec::new()),
            Err(error) => (Some(format!("the runner itself: {error}")), String::new(), Vec::new()),
        };
        Outcome { cause, text, panics, time: started.elapsed() }
    }

    fn run_in(
        &self,
        folder: &Path,
        configuration: &Configuration,
        program: &Program,
    ) -> io::Result<(Option<String>, Ended)> {
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder)?;
        let executable = folder.join("program");
        let mut command = match configuration {
            Configuration::Rustc(level) => {
                let mut command = Command::new("rustc");
                command.arg(format!("-Copt-level={level}")).arg("-Adead_code").arg("-o").arg(&executable);
                command
            }
            _ => Command::new(&self.compiler),
        };
        match configuration {
            Configuration::CraneliftJit => drop(command.args(["run", "--backend", "cranelift"])),
            Configuration::Cranelift => {
                command.args(["build", "--backend", "cranelift", "-o"]).arg(&executable);
            }
            Configuration::Llvm(level) => {
                command.args(["build", "--backend", "llvm", "-O", &level.to_string(), "-o"]).arg(&executable);
            }
            Configuration::Program(path, level) => {
                let mut name = OsString::from("exec:");
                name.push(path);
                command.args(["build", "-O", &level.to_string(), "-o"]).arg(&executable).arg("--backend").arg(name);
            }
            Configuration::Rustc(_) => {}
        }
        if let Some(target) = self.machine.target.as_deref().filter(|_| !configuration.is_reference()) {
            command.args(["--target", target]);
        }
        if self.debug {
            command.arg("-g");
        }
        if self.own_front_end && !matches!(configuration, Configuration::Rustc(_)) {
            command.args(["--front-end", "own"]);
            // A program that runs in this process writes where the report would be.
            if *configuration != Configuration::CraneliftJit {
                command.arg("--report=json");
            }
        }
        command.args(["--edition", &program.edition]).args(&program.directives.compile_flags).arg(&program.file);
        command.env("BESSEMER_CACHE_DIR", self.cache.clone().unwrap_or_else(|| folder.join("cache")));
        if *configuration != Configuration::CraneliftJit {
            let ended = process::run(&mut command, folder, "compile", self.timeout)?;
            if !ended.status.is_some_and(|status| status.success()) {
                let cause = compile_failure(&ended);
                return Ok((Some(cause), ended));
            }
            process::count_bodies(&ended.stderr, &self.bodies);
            command = match configuration.is_reference() {
                true => Command::new(&executable),
                false => self.machine.command(&executable),
            };
            command.args(&program.directives.run_flags);
        } else if !program.directives.run_flags.is_empty() {
            command.arg("--").args(&program.directives.run_flags);
        }
        for (name, value) in &program.directives.exec_env {
            command.env(name, value);
        }
        for name in &program.directives.unset_exec_env {
            command.env_remove(name);
        }
        let ended = process::run(&mut command, folder, "run", self.timeout)?;
        let in_memory = *configuration == Configuration::CraneliftJit;
        Ok((judge(&ended, program, in_memory), ended))
    }
}

/// Why a program that ran is not as it should be.
fn judge(ended: &Ended, program: &Program, in_memory: bool) -> Option<String> {
    let Some(status) = ended.status else { return Some("run: time limit".to_owned()) };
    // A program that runs inside the compiler's process: the compiler's own errors are told by their words.
    if in_memory
        && matches!(status.code(), Some(1 | 101))
        && let Some(cause) = compiler_error(&ended.stderr)
    {
        return Some(cause);
    }
    if program.directives.run_fail {
        if status.success() {
            return Some("run: succeeds, should fail".to_owned());
        }
        let missing = program.directives.error_patterns.iter().find(|pattern| !ended.stderr.contains(&***pattern));
        return missing.map(|_| "run: other message than expected".to_owned());
    }
    if status.success() {
        return None;
    }
    Some(match (status.signal(), status.code()) {
        (Some(signal), _) => format!("run: {}", signal_name(signal)),
        (None, Some(101)) => format!("run: panic: {}", panic_message(&ended.stderr)),
        (None, code) => format!("run: exit code {}", code.unwrap_or(-1)),
    })
}

fn compile_failure(ended: &Ended) -> String {
    let Some(status) = ended.status else { return "compile: time limit".to_owned() };
    if let Some(signal) = status.signal() {
        return format!("compile: {}", signal_name(signal));
    }
    compiler_error(&ended.stderr).unwrap_or_else(|| format!("compile: exit code {}", status.code().unwrap_or(-1)))
}

/// The compiler's first error, without what differs from program to program.
fn compiler_error(stderr: &str) -> Option<String> {
    let line = stderr.lines().find(|line| line.starts_with("error"))?;
    // A symbol in brackets at the end says where, not what.
    let line = line.split(" (in `").next().unwrap_or(line);
    let mut cause = "compile: ".to_owned();
    for (index, piece) in line.split('`').enumerate() {
        match (index % 2, piece.starts_with("_R") || piece.len() > 60) {
            (1, true) => cause.push_str("`…`"),
            (1, false) => cause.extend(["`", piece, "`"]),
            _ => cause.push_str(piece),
        }
    }
    cause.truncate(cause.char_indices().nth(160).map_or(cause.len(), |(index, _)| index));
    Some(cause)
}

fn panic_message(stderr: &str) -> String {
    let mut lines = stderr.lines().skip_while(|line| !line.contains("panicked at"));
    lines.next();
    let message = lines.next().unwrap_or("(no message)");
    message.chars().take(80).collect()
}
