//! The machine that programs are compiled for: this one, or another that something here can run programs of.

use std::path::Path;
use std::process::Command;
use target::Target;

/// Properties that hold on all machines that these tests know: what `only-…` may name, and `ignore-…` excludes.
const HOLDS: [&str; 2] = ["stage2", "endian-little"];

/// What `needs-…` may name where programs have a whole system.
const HAS: [&str; 10] = [
    "unwind",
    "threads",
    "subprocess",
    "dynamic-linking",
    "asm-support",
    "run-enabled",
    "symlink",
    "crate-type",
    "target-std",
    "target-has-atomic",
];

/// What a system for one thread and one process lacks.
const NEEDS_SYSTEM: [&str; 5] = ["unwind", "threads", "subprocess", "dynamic-linking", "symlink"];

/// Where programs run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Machine {
    /// The target's name; nothing for this machine.
    pub target: Option<String>,
    /// The program that runs its programs, and that one's arguments; empty for this machine.
    pub runner: Vec<String>,
    holds: Vec<String>,
    has_system: bool,
}

impl Machine {
    /// The machine that tasks run on.
    pub fn host() -> Machine {
        let holds = ["x86_64", "linux", "gnu", "unix", "64bit", "x86_64-unknown-linux-gnu", "elf"];
        Machine { holds: holds.map(str::to_owned).to_vec(), has_system: true, ..Machine::default() }
    }

    /// A target of rustc's, with the command that runs programs for it.
    pub fn of_target(name: &str, runner: &str) -> Result<Machine, String> {
        let mut rustc = Command::new("rustc");
        rustc.env("RUSTC_BOOTSTRAP", "1").args(["-Zunstable-options", "--print=target-spec-json", "--print=cfg"]);
        let output = rustc.args(["--target", name]).output().map_err(|error| format!("rustc: {error}"))?;
        if !output.status.success() {
            return Err(format!("rustc cannot compile for `{name}`"));
        }
        let target = Target::parse(name, &String::from_utf8_lossy(&output.stdout))
            .map_err(|error| format!("the target `{name}`: {error}"))?;
        let mut holds = vec![name.to_owned()];
        for key in ["target_arch", "target_os", "target_env", "target_family"] {
            holds.extend(target.cfg.values(key).map(str::to_owned));
        }
        holds.extend(target.cfg.values("target_pointer_width").map(|width| format!("{width}bit")));
        if !target.spec.is_like_wasm {
            holds.push("elf".to_owned());
        }
        // Programs run in folders of their own.
        let runner = runner.split_whitespace().map(|word| match std::fs::canonicalize(word) {
            Ok(path) if Path::new(word).is_file() => path.to_string_lossy().into_owned(),
            _ => word.to_owned(),
        });
        let has_system = !target.spec.singlethread;
        Ok(Machine { target: Some(name.to_owned()), runner: runner.collect(), holds, has_system })
    }

    /// Whether programs have this property.
    pub fn holds(&self, property: &str) -> bool {
        HOLDS.contains(&property) || self.holds.iter().any(|it| it == property)
    }

    /// Whether it has what a program needs.
    pub fn has(&self, feature: &str) -> bool {
        // What a runner runs cannot start programs of its kind itself.
        let starts_programs = self.runner.is_empty() || feature != "subprocess";
        HAS.contains(&feature) && starts_programs && (self.has_system || !NEEDS_SYSTEM.contains(&feature))
    }

    /// The command that runs a program.
    pub fn command(&self, program: &Path) -> Command {
        match self.runner.split_first() {
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(program);
                command
            }
            None => Command::new(program),
        }
    }
}
