//! What is measured of a project: builds by both, in turn, and what the programs do.

use super::list::Project;
use crate::realworld::{package, succeed};
use link::measure::{Taken, time};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A project where it is measured.
pub struct Place<'a> {
    pub project: &'a Project,
    pub cargo_bessemer: &'a Path,
    pub folder: &'a Path,
    /// Bessemer's cache, the output of programs, the messages of builds.
    pub scratch: &'a Path,
    /// How often what is short is done.
    pub rounds: u32,
}

/// One measurement by both.
#[derive(Clone, Copy)]
pub struct Pair {
    pub bessemer: f64,
    pub cargo: f64,
}

impl Pair {
    pub fn ratio(self) -> f64 {
        self.bessemer / self.cargo
    }
}

/// The measurements, by name: see [`COLUMNS`].
pub type Measured = Vec<(&'static str, Pair)>;

/// What each measurement is, its goal for any project, and its goal for the geometric mean.
pub const COLUMNS: &[(&str, &str, f64, f64)] = &[
    ("debug", "clean debug build, clock", 0.85, 0.6),
    ("cpu", "clean debug build, processors", 0.85, 0.6),
    ("cached", "clean debug build with a filled cache, clock", 1.0, 0.45),
    ("edit", "debug build after an edit of main, clock", 0.75, 0.55),
    ("release", "clean release build, clock", 1.0, 0.8),
    ("cpu-O", "clean release build, processors", 1.0, 0.8),
    ("run", "the debug program's work, processors", 1.1, 0.8),
    ("run-O", "the release program's work, processors", 1.03, 0.97),
    ("memory", "the largest process of both builds", 1.0, 1.0),
    ("file", "the debug program's file", 1.0, 1.0),
    ("file-O", "the release program's file", 1.0, 1.0),
    ("target", "the folder of the debug build", 1.0, 1.0),
    ("target-O", "the folder of the release build", 1.0, 1.0),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Bessemer,
    Cargo,
}

impl Place<'_> {
    /// Measures all. `say` is told what comes next.
    pub fn measure(&self, say: &mut dyn FnMut(&str)) -> Result<Measured, String> {
        let mut fetch = Command::new("cargo");
        fetch.args(["fetch", "--quiet"]).current_dir(self.folder);
        self.done(fetch, "fetch")?;
        let mut all = Measured::new();
        let mut largest = Pair { bessemer: 0.0, cargo: 0.0 };
        for (profile, names) in [
            ("debug", ["debug", "cpu", "file", "target", "run"]),
            ("release", ["release", "cpu-O", "file-O", "target-O", "run-O"]),
        ] {
            // Each begins with nothing.
            remove(&self.folder.join("target"))?;
            remove(&self.scratch.join("cache"))?;
            let mut build = |who: Who| -> Result<(f64, f64, f64), String> {
                say(&format!("{profile}, {}", who.name()));
                let taken = self.build(who, profile)?;
                Ok((seconds(taken.wall), seconds(taken.user + taken.system), taken.largest as f64))
            };
            let (theirs, ours) = (build(Who::Cargo)?, build(Who::Bessemer)?);
            all.push((names[0], Pair { bessemer: ours.0, cargo: theirs.0 }));
            all.push((names[1], Pair { bessemer: ours.1, cargo: theirs.1 }));
            largest.bessemer = largest.bessemer.max(ours.2);
            largest.cargo = largest.cargo.max(theirs.2);
            let pair = |measure: &dyn Fn(Who) -> Result<f64, String>| -> Result<Pair, String> {
                Ok(Pair { bessemer: measure(Who::Bessemer)?, cargo: measure(Who::Cargo)? })
            };
            all.push((names[2], pair(&|who| file_bytes(&self.binary(who, profile)))?));
            all.push((names[3], pair(&|who| Ok(folder_bytes(&self.target(who, profile))))?));
            say(&format!("{profile}, the program's work"));
            all.push((names[4], self.work(profile)?));
            if profile == "debug" {
                say("debug, after edits");
                all.push(("edit", self.edits()?));
                say("debug, cached");
                remove(&self.target(Who::Bessemer, profile))?;
                let cached = seconds(self.build(Who::Bessemer, profile)?.wall);
                all.push(("cached", Pair { bessemer: cached, cargo: theirs.0 }));
            }
        }
        all.push(("memory", largest));
        remove(&self.folder.join("target"))?;
        remove(&self.scratch.join("cache"))?;
        Ok(all)
    }

    /// Where the output of a profile's build goes: all that it makes.
    fn target(&self, who: Who, profile: &str) -> PathBuf {
        match who {
            Who::Bessemer => self.folder.join("target/bessemer"),
            Who::Cargo => self.folder.join("target").join(profile),
        }
    }

    fn binary(&self, who: Who, profile: &str) -> PathBuf {
        let target = self.folder.join(if who == Who::Bessemer { "target/bessemer" } else { "target" });
        target.join(profile).join(self.project.binary)
    }

    fn build(&self, who: Who, profile: &str) -> Result<Taken, String> {
        let mut command = match who {
            Who::Bessemer => {
                let mut command = Command::new(self.cargo_bessemer);
                command.arg("bessemer");
                command
            }
            Who::Cargo => Command::new("cargo"),
        };
        command.arg("build").args(self.project.args).current_dir(self.folder);
        if profile == "release" {
            command.arg("--release");
        }
        // As a user has it, whatever this task is run with.
        command.env_remove("CARGO_INCREMENTAL").env("BESSEMER_CACHE_DIR", self.scratch.join("cache"));
        self.done(command, &format!("{}-{profile}", who.name()))
    }

    /// Runs a command that must succeed. Its messages go to a file that the error names.
    fn done(&self, mut command: Command, what: &str) -> Result<Taken, String> {
        command.stdin(Stdio::null());
        succeed(command, &self.scratch.join(format!("{what}.log")))
    }

    /// Runs both programs in turn, and keeps the shortest time of each. What they print must be the same.
    fn work(&self, profile: &str) -> Result<Pair, String> {
        let mut best = Pair { bessemer: f64::MAX, cargo: f64::MAX };
        let mut printed: Option<Vec<u8>> = None;
        let registry = package::registry().ok_or("there is no home folder")?;
        for _ in 0..self.rounds {
            for who in [Who::Cargo, Who::Bessemer] {
                let empty = self.scratch.join("run");
                remove(&empty)?;
                let out = self.scratch.join("output");
                let failed = |error: std::io::Error| format!("{}: {error}", self.scratch.display());
                std::fs::create_dir_all(&empty).map_err(failed)?;
                let mut command = Command::new(self.binary(who, profile));
                for arg in self.project.work {
                    let arg = arg.replace("{registry}", &registry.to_string_lossy());
                    let arg = arg.replace("{scratch}", &empty.to_string_lossy());
                    command.arg(arg.replace("{source}", &self.folder.to_string_lossy()));
                }
                command.stdin(Stdio::null()).stdout(std::fs::File::create(&out).map_err(failed)?).stderr(Stdio::null());
                command.env("BESSEMER_CACHE_DIR", empty.join("cache")).current_dir(&empty);
                let taken = time(&mut command).map_err(|error| format!("{command:?}: {error}"))?;
                if !taken.status.success() {
                    return Err(format!("{command:?}: {}", taken.status));
                }
                let text = std::fs::read(&out).map_err(failed)?;
                if printed.get_or_insert_with(|| text.clone()) != &text {
                    return Err(format!("{profile}: the program that {} builds prints something else", who.name()));
                }
                let used = seconds(taken.user + taken.system);
                let best = if who == Who::Bessemer { &mut best.bessemer } else { &mut best.cargo };
                *best = best.min(used);
            }
        }
        Ok(best)
    }

    /// Builds after edits of `main`, by both in turn; the shortest of each.
    fn edits(&self) -> Result<Pair, String> {
        let file = self.folder.join(self.project.main);
        let failed = |error: std::io::Error| format!("{}: {error}", file.display());
        let text = std::fs::read_to_string(&file).map_err(failed)?;
        let mut best = Pair { bessemer: f64::MAX, cargo: f64::MAX };
        let mut rounds = || -> Result<(), String> {
            for round in 0..self.rounds {
                for (who, best) in [(Who::Cargo, &mut best.cargo), (Who::Bessemer, &mut best.bessemer)] {
                    let edited = edited(&text, round).ok_or_else(|| format!("{} has no main", file.display()))?;
                    std::fs::write(&file, edited).map_err(failed)?;
                    *best = best.min(seconds(self.build(who, "debug")?.wall));
                }
            }
            Ok(())
        };
        let result = rounds();
        std::fs::write(&file, &text).map_err(failed)?;
        result.map(|()| best)
    }
}

impl Who {
    fn name(self) -> &'static str {
        match self {
            Who::Bessemer => "bessemer",
            Who::Cargo => "cargo",
        }
    }
}

/// A program's source with a change in `main` that changes nothing of what it does.
fn edited(text: &str, number: u32) -> Option<String> {
    let main = text.find("fn main(")?;
    let brace = main + text[main..].find('{')? + 1;
    Some(format!("{} let _ = core::hint::black_box({number}_u32);{}", &text[..brace], &text[brace..]))
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

fn remove(folder: &Path) -> Result<(), String> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("{}: {error}", folder.display())),
        _ => Ok(()),
    }
}

fn file_bytes(file: &Path) -> Result<f64, String> {
    Ok(std::fs::metadata(file).map_err(|error| format!("{}: {error}", file.display()))?.len() as f64)
}

fn folder_bytes(folder: &Path) -> f64 {
    super::super::project::size(folder) as f64
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_edit_is_in_main() {
        let text = "fn other() {}\nfn main() -> ExitCode {\n    run()\n}\n";
        let edited = super::edited(text, 7).unwrap();
        assert_eq!(edited, text.replace("ExitCode {", "ExitCode { let _ = core::hint::black_box(7_u32);"));
        assert_eq!(super::edited("fn other() {}", 0), None);
    }
}
