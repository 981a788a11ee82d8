//! The measurements, in an order in which whatever else the machine does meets all alike.

use super::figures::Samples;
use super::outcome::Outcome;
use super::plan::Configuration;
use super::progress::{Progress, Step};
use super::subject::{Edits, Subject};
use crate::signals::Interrupts;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What was found of a configuration.
#[derive(Debug)]
pub struct Row {
    pub configuration: Configuration,
    pub cold: Samples,
    pub edited: Samples,
    pub unchanged: Samples,
    pub file_bytes: u64,
    pub code_bytes: u64,
    pub wall: Samples,
    pub user: Samples,
    pub memory_bytes: Option<u64>,
    pub verdict: Verdict,
}

/// Whether a program does what the reference does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    Reference,
    Same,
    /// Lines that say how it differs.
    Different(Vec<String>),
    /// The reference does something else each time.
    Unknown,
    /// It could not be built or started.
    Failed(String),
}

/// How often what is done.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    pub builds: u32,
    pub rounds: u32,
}

/// Why there are no measurements.
pub enum Stopped {
    Failed(String),
    Interrupted,
}

impl From<String> for Stopped {
    fn from(message: String) -> Stopped {
        Stopped::Failed(message)
    }
}

/// Measures all configurations, of which the first is the reference. `args` are the program's.
pub fn measure(
    subject: &Subject,
    plan: &[Configuration],
    args: &[OsString],
    counts: Counts,
    scratch: &Path,
    progress: &mut Progress,
    interrupts: &Interrupts,
) -> Result<Vec<Row>, Stopped> {
    let go_on = || if interrupts.are_asked() { Err(Stopped::Interrupted) } else { Ok(()) };
    let broken = |error: std::io::Error| Stopped::Failed(error.to_string());
    let mut rows: Vec<Row> = plan.iter().map(|it| Row::new(it.clone())).collect();
    // Files that all builds read are in memory afterwards, and it is known what is edited.
    progress.step(Step::Warm, &rows[0].configuration.name());
    let warm = scratch.join("warm");
    let first = subject.build(&plan[0], &warm)?;
    go_on()?;
    let mut edits = Edits::new(first.source)?;
    edits.edit().map_err(broken)?;
    if subject.build(&plan[0], &warm).is_err() {
        go_on()?;
        edits.leave_main();
    }
    edits.restore().map_err(broken)?;
    if !subject.is_package() {
        for other in warmed(plan) {
            progress.step(Step::Warm, &other.name());
            // What fails here fails again below.
            let folder = warm.join(other.folder());
            let _ = subject.build(other, &folder);
            go_on()?;
            subject.keep_std(&folder).map_err(broken)?;
        }
    }
    let mut programs: Vec<Option<PathBuf>> = vec![None; rows.len()];
    for number in 0..counts.builds {
        for (row, program) in rows.iter_mut().zip(&mut programs) {
            if matches!(row.verdict, Verdict::Failed(_)) {
                progress.skip_builds();
                continue;
            }
            let folder = scratch.join(format!("{}-{number}", row.configuration.folder()));
            match build(subject, row, &folder, &mut edits, progress) {
                Ok(built) if program.is_none() => {
                    let kept = scratch.join(format!("program-{}", row.configuration.folder()));
                    std::fs::rename(built, &kept).map_err(broken)?;
                    *program = Some(kept);
                }
                Ok(_) => {}
                // The reference has no reason to fail.
                Err(message) if row.configuration.is_reference() => return Err(Stopped::Failed(message)),
                Err(message) => row.verdict = Verdict::Failed(message),
            }
            go_on()?;
            let _ = std::fs::remove_dir_all(folder);
        }
    }
    // Programs that tell their own name tell the same.
    let name = first.program.file_name().unwrap_or_default().to_owned();
    let start = |program: &Path| {
        let mut command = Command::new(program);
        command.args(args).arg0(&name).stdin(Stdio::null()).stderr(Stdio::null());
        command
    };
    let mut reference: Option<Outcome> = None;
    let mut is_steady = true;
    for (row, program) in rows.iter_mut().zip(&programs) {
        let Some(program) = program else { continue };
        progress.step(Step::Look, &row.configuration.name());
        row.look(program);
        let found = outcome(&mut start(program), scratch, &mut row.memory_bytes);
        go_on()?;
        match (found, &reference) {
            (Err(message), None) => return Err(Stopped::Failed(message)),
            (Err(message), Some(_)) => row.verdict = Verdict::Failed(message),
            (Ok(found), None) => {
                let again = outcome(&mut start(program), scratch, &mut None)?;
                is_steady = again == found;
                row.verdict = Verdict::Reference;
                reference = Some(found);
            }
            (Ok(_), Some(_)) if !is_steady => row.verdict = Verdict::Unknown,
            (Ok(found), Some(reference)) => {
                row.verdict = reference.difference(&found).map_or(Verdict::Same, Verdict::Different);
            }
        }
    }
    for _ in 0..counts.rounds {
        for (row, program) in rows.iter_mut().zip(&programs) {
            let Some(program) = program.as_ref().filter(|_| !matches!(row.verdict, Verdict::Failed(_))) else {
                continue;
            };
            progress.step(Step::Run, &row.configuration.name());
            let output = std::fs::File::create(scratch.join("stdout")).map_err(broken)?;
            let taken = link::measure::time(start(program).stdout(output)).map_err(broken)?;
            row.wall.add(taken.wall);
            row.user.add(taken.user);
            go_on()?;
        }
    }
    Ok(rows)
}

/// The configurations that are built for nothing first: one of each compiler and std, so that both have been read.
pub fn warmed(plan: &[Configuration]) -> impl Iterator<Item = &Configuration> {
    let is_like = |one: &Configuration, other: &Configuration| {
        one.who == other.who && one.variant.std_from_source == other.variant.std_from_source
    };
    let all = plan.iter().enumerate().filter(|(_, it)| !it.is_rustc());
    all.filter(move |(index, it)| !plan[..*index].iter().any(|other| is_like(it, other))).map(|(_, it)| it)
}

/// Builds a configuration in a folder of its own: cold, after an edit, and unchanged. Gives the program before the edit.
fn build(
    subject: &Subject,
    row: &mut Row,
    folder: &Path,
    edits: &mut Edits,
    progress: &mut Progress,
) -> Result<PathBuf, String> {
    let name = row.configuration.name();
    let broken = |error: std::io::Error| error.to_string();
    edits.restore().map_err(broken)?;
    progress.step(Step::Cold, &name);
    let built = subject.build(&row.configuration, folder)?;
    row.cold.add(built.time);
    let program = folder.join("before");
    std::fs::copy(&built.program, &program).map_err(broken)?;
    edits.edit().map_err(broken)?;
    progress.step(Step::Edited, &name);
    row.edited.add(subject.build(&row.configuration, folder)?.time);
    progress.step(Step::Unchanged, &name);
    row.unchanged.add(subject.build(&row.configuration, folder)?.time);
    Ok(program)
}

/// Runs a program once: what it gives, and how much memory it needs.
fn outcome(command: &mut Command, scratch: &Path, memory: &mut Option<u64>) -> Result<Outcome, String> {
    let path = scratch.join("stdout");
    let mut run = || -> std::io::Result<Outcome> {
        command.stdout(std::fs::File::create(&path)?);
        let (status, peak) = link::measure::peak_memory(command)?;
        *memory = peak;
        Ok(Outcome::new(std::fs::read(&path)?, status))
    };
    run().map_err(|error| format!("the program cannot be run: {error}"))
}

impl Row {
    fn new(configuration: Configuration) -> Row {
        Row {
            configuration,
            cold: Samples::default(),
            edited: Samples::default(),
            unchanged: Samples::default(),
            file_bytes: 0,
            code_bytes: 0,
            wall: Samples::default(),
            user: Samples::default(),
            memory_bytes: None,
            verdict: Verdict::Unknown,
        }
    }

    /// Notes how large the program is.
    fn look(&mut self, program: &Path) {
        let bytes = std::fs::read(program).unwrap_or_default();
        self.file_bytes = bytes.len() as u64;
        self.code_bytes = inspect::code::ObjectCode::read(&bytes).map_or(0, |code| code.code_bytes());
    }

    /// Whether something is wrong with it.
    pub fn is_bad(&self) -> bool {
        matches!(self.verdict, Verdict::Different(_) | Verdict::Failed(_))
    }
}
