//! `cargo xtask realworld`: packages from crates.io, built and tested by Bessemer and by cargo.
//!
//! Programs must print the same in both builds, debug (Cranelift) and release (LLVM); the unit and integration tests of
//! libraries must give the same results, test by test, with both back ends.

mod known;
mod list;
pub(crate) mod package;
mod programs;
mod tests;

use link::measure::{Taken, time};
use std::path::{Path, PathBuf};
use std::process::Command;

const USAGE: &str = "\
Usage: cargo xtask realworld [OPTIONS] [PACKAGE…]

Builds programs from crates.io with `cargo bessemer` and with cargo and compares what they print; runs the tests of
libraries with both and compares the results. All of a pinned list, or the packages named.

Options:
  --programs        Programs only
  --tests           Tests only
  --backend NAME    Tests with this back end only (cranelift, llvm)
  --front-end WHO   Who makes the bodies of all packages: rustc or own [default: rustc]
  --work FOLDER     Where packages are unpacked and built [default: target/realworld]
  --list            Print the list
";

/// What is asked for.
struct Settings {
    work: PathBuf,
    cargo_bessemer: PathBuf,
    backends: Vec<&'static str>,
    /// The bodies of packages are those of Bessemer's own front end, where it is sure.
    own_front_end: bool,
    known: Vec<known::Known>,
}

pub fn main(mut args: impl Iterator<Item = String>) -> Result<bool, String> {
    let (mut programs, mut tests, mut work) = (true, true, PathBuf::from("target/realworld"));
    let mut backends = vec!["cranelift", "llvm"];
    let (mut names, mut own_front_end) = (Vec::new(), false);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--programs" => tests = false,
            "--tests" => programs = false,
            "--backend" => {
                let name = args.next().ok_or("`--backend` needs a name")?;
                backends.retain(|it| *it == name);
                if backends.is_empty() {
                    return Err(format!("there is no back end `{name}`"));
                }
            }
            "--front-end" => {
                own_front_end = match args.next().as_deref() {
                    Some("own") => true,
                    Some("rustc") => false,
                    _ => return Err("`--front-end` is rustc or own".to_owned()),
                }
            }
            "--work" => work = PathBuf::from(args.next().ok_or("`--work` needs a folder")?),
            "--list" => {
                list::PROGRAMS.iter().for_each(|it| println!("{} {} (program {})", it.package, it.version, it.binary));
                list::TESTED
                    .iter()
                    .for_each(|it| println!("{} {} (tests {})", it.package, it.version, it.args.join(" ")));
                return Ok(true);
            }
            "-h" | "--help" => {
                print!("{USAGE}");
                return Ok(true);
            }
            _ if arg.starts_with('-') => return Err(format!("unknown option `{arg}`\n\n{USAGE}")),
            _ => names.push(arg),
        }
    }
    let known = |name: &String| {
        list::PROGRAMS.iter().any(|it| it.package == name) || list::TESTED.iter().any(|it| it.package == name)
    };
    if let Some(name) = names.iter().find(|name| !known(name)) {
        return Err(format!("`{name}` is not on the list; `--list` prints it"));
    }
    std::fs::create_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
    let work = std::path::absolute(work).map_err(|error| error.to_string())?;
    let cargo_bessemer = crate::bench::cargo_bessemer()?;
    let settings = Settings { work, cargo_bessemer, backends, own_front_end, known: known::read()? };
    let wanted = |package: &str| names.is_empty() || names.iter().any(|name| name == package);
    let mut good = true;
    if programs {
        for program in list::PROGRAMS.iter().filter(|it| wanted(it.package)) {
            good &= report(program.package, programs::check(&settings, program));
        }
    }
    if tests {
        for tested in list::TESTED.iter().filter(|it| wanted(it.package)) {
            good &= report(tested.package, tests::check(&settings, tested));
        }
    }
    Ok(good)
}

fn report(package: &str, result: Result<Vec<String>, String>) -> bool {
    match result {
        Ok(differences) if differences.is_empty() => true,
        Ok(differences) => {
            differences.iter().for_each(|difference| println!("  {difference}"));
            false
        }
        Err(message) => {
            println!("{package}: {message}");
            false
        }
    }
}

impl Settings {
    fn bessemer(&self, folder: &Path, command: &str) -> Command {
        let mut it = Command::new(&self.cargo_bessemer);
        it.args(["bessemer", command]).current_dir(folder);
        if self.own_front_end {
            it.args(["--front-end", "own", "--report"]);
        }
        it
    }

    fn cargo(&self, folder: &Path, command: &str) -> Command {
        let mut it = Command::new("cargo");
        it.arg(command).current_dir(folder);
        it
    }
}

/// Runs a command that must succeed, and gives what it took; its messages go to a file that the error names.
pub(crate) fn succeed(mut command: Command, log: &Path) -> Result<Taken, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", log.display());
    let file = std::fs::File::create(log).map_err(failed)?;
    command.stdout(file.try_clone().map_err(failed)?).stderr(file);
    match time(&mut command) {
        Ok(taken) if taken.status.success() => Ok(taken),
        Ok(taken) => Err(format!("{command:?} failed ({}); see {}", taken.status, log.display())),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}
