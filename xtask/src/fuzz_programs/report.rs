//! Progress, what is kept of programs that disagree, and the summary.

use super::program::Program;
use super::run::{Outcome, Verdict, Way, difference};
use crate::process;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How often progress is shown, in programs.
const SHOW_EVERY: u64 = 25;

/// The results so far.
pub struct Report {
    keep: PathBuf,
    count: u64,
    started: Instant,
    done: u64,
    agree: u64,
    lines: u64,
    /// Whether programs are mutants: those that cannot be judged are nobody's fault.
    mutants: bool,
    /// Mutants that rustc rejects, and those that do not do the same each time or in each of rustc's builds.
    rejected: u64,
    not_judged: u64,
    /// The seeds of programs that are the generator's fault, with why.
    bad: Vec<(u64, String)>,
    /// The seeds of programs that disagree, with the ways.
    different: Vec<(u64, Vec<String>)>,
}

impl Report {
    pub fn new(keep: PathBuf, count: u64, mutants: bool) -> Report {
        Report {
            keep,
            count,
            started: Instant::now(),
            done: 0,
            agree: 0,
            lines: 0,
            mutants,
            rejected: 0,
            not_judged: 0,
            bad: Vec::new(),
            different: Vec::new(),
        }
    }

    /// Adds a program's result.
    pub fn add(
        &mut self,
        program: &Program,
        verdict: &Verdict,
        outcomes: &[(Way, Outcome)],
        reduced: Option<&Program>,
    ) {
        self.done += 1;
        self.lines += program.text.lines().count() as u64;
        let seed = program.seed;
        match verdict {
            Verdict::Agrees => self.agree += 1,
            Verdict::BadProgram(_) if self.mutants => self.not_judged += 1,
            Verdict::BadProgram(why) => {
                println!("seed {seed}: a program that is not as it should be");
                why.lines().filter(|it| !it.trim().is_empty()).take(8).for_each(|line| println!("  {line}"));
                self.keep_files(program, outcomes, None);
                self.bad.push((seed, why.clone()));
            }
            Verdict::Disagrees(ways) => {
                for (way, outcome) in outcomes.iter().filter(|it| ways.contains(&it.0)) {
                    println!("seed {seed}: {way} disagrees with rustc");
                    let difference = difference(&outcomes[0].1, outcome);
                    difference.lines().take(6).for_each(|line| println!("  {line}"));
                }
                self.keep_files(program, outcomes, reduced);
                self.different.push((seed, ways.iter().map(Way::to_string).collect()));
            }
        }
        self.show();
    }

    /// Adds a seed of which there is no mutant.
    pub fn add_rejected(&mut self) {
        self.done += 1;
        self.rejected += 1;
        self.show();
    }

    fn show(&self) {
        if self.done.is_multiple_of(SHOW_EVERY) || self.done == self.count {
            let seconds = self.started.elapsed().as_secs();
            let used = process::used_seconds() / self.done as f64;
            eprintln!(
                "  {}/{} ({} agree), {seconds} s, {used:.2} s of processor time each",
                self.done, self.count, self.agree
            );
        }
    }

    fn keep_files(&self, program: &Program, outcomes: &[(Way, Outcome)], reduced: Option<&Program>) {
        let folder = self.keep.join(format!("seed-{}", program.seed));
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            if let Err(error) = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, text)) {
                eprintln!("{}: {error}", path.display());
            }
        };
        write("program.rs", &program.text);
        if let Some(reduced) = reduced {
            write("reduced.rs", &reduced.text);
        }
        for (way, outcome) in outcomes {
            write(&format!("{}.txt", way.to_string().replace(' ', "")), &outcome.text());
        }
        println!("  kept in {}", folder.display());
    }

    /// Prints the summary, and writes it as JSON where that is asked for. Gives whether all programs agree.
    pub fn finish(&self, json: Option<&Path>) -> Result<bool, String> {
        let seconds = self.started.elapsed().as_secs_f64();
        println!(
            "{} programs ({} lines): {} agree, {} disagree, {} not as they should be; {seconds:.0} s, {:.2} s of processor time a program",
            self.done,
            self.lines,
            self.agree,
            self.different.len(),
            self.bad.len(),
            process::used_seconds() / self.done.max(1) as f64,
        );
        if self.mutants {
            println!(
                "  of {} seeds there is no mutant that rustc accepts; {} mutants cannot be judged",
                self.rejected, self.not_judged
            );
        }
        for (seed, ways) in &self.different {
            println!("  seed {seed}: {}", ways.join(", "));
        }
        if let Some(path) = json {
            let different: serde_json::Map<_, _> =
                self.different.iter().map(|(seed, ways)| (seed.to_string(), ways.clone().into())).collect();
            let bad: serde_json::Map<_, _> =
                self.bad.iter().map(|(seed, why)| (seed.to_string(), why.clone().into())).collect();
            let value = serde_json::json!({
                "programs": self.done, "agree": self.agree, "disagree": different, "bad": bad, "seconds": seconds,
            });
            let text = serde_json::to_vec_pretty(&value).map_err(|error| error.to_string())?;
            std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(self.different.is_empty() && self.bad.is_empty())
    }
}
