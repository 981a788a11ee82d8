//! A line at a terminal that says what is being measured, and how long the rest may take.

use crate::request::is_dumb;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// A kind of measurement. Those of one kind take about as long as each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    Warm,
    Cold,
    Edited,
    Unchanged,
    Look,
    Run,
}

const STEPS: [(Step, &str); 6] = [
    (Step::Warm, "warm-up"),
    (Step::Cold, "build, cold"),
    (Step::Edited, "build after an edit"),
    (Step::Unchanged, "build, unchanged"),
    (Step::Look, "output and memory"),
    (Step::Run, "run"),
];

/// How far the measurements are.
pub struct Progress {
    is_shown: bool,
    /// By kind: how many there are, how many are done, and how long those took.
    kinds: [(u32, u32, Duration); 6],
    current: Option<(usize, Instant)>,
}

impl Progress {
    /// For so many configurations, of which `warm` are built for nothing first.
    pub fn new(quiet: bool, configurations: u32, warm: u32, builds: u32, rounds: u32) -> Progress {
        let is_shown = !quiet && std::io::stderr().is_terminal() && !is_dumb();
        let builds = configurations * builds;
        let counts = [warm, builds, builds, builds, configurations, configurations * rounds];
        Progress { is_shown, kinds: counts.map(|count| (count, 0, Duration::ZERO)), current: None }
    }

    /// Says what is measured now.
    pub fn step(&mut self, step: Step, name: &str) {
        self.end_step();
        let kind = STEPS.iter().position(|it| it.0 == step).unwrap_or_default();
        self.current = Some((kind, Instant::now()));
        if !self.is_shown {
            return;
        }
        let (done, all) = self.kinds.iter().fold((0, 0), |(done, all), kind| (done + kind.1, all + kind.0));
        let rest = match self.rest() {
            Some(rest) => format!(", about {} s left", rest.as_secs() + 1),
            None => String::new(),
        };
        let line = format!("\r\x1b[K\x1b[?7l[{}/{all}] {name}: {}{rest}\x1b[?7h", done + 1, STEPS[kind].1);
        let _ = std::io::stderr().write_all(line.as_bytes());
    }

    /// The builds of one configuration are left out.
    pub fn skip_builds(&mut self) {
        for kind in &mut self.kinds[1..4] {
            kind.0 = kind.0.saturating_sub(1);
        }
    }

    fn end_step(&mut self) {
        if let Some((kind, start)) = self.current.take() {
            self.kinds[kind].1 += 1;
            self.kinds[kind].2 += start.elapsed();
        }
    }

    /// How long the rest takes, if what is left is like what is done. What was not done yet is taken to be like what was.
    fn rest(&self) -> Option<Duration> {
        let done: u32 = self.kinds.iter().map(|kind| kind.1).sum();
        let time: Duration = self.kinds.iter().map(|kind| kind.2).sum();
        let average = time.checked_div(done)?;
        let rest = self
            .kinds
            .iter()
            .map(|(all, done, time)| time.checked_div(*done).unwrap_or(average) * all.saturating_sub(*done));
        Some(rest.sum())
    }

    /// Takes the line away.
    pub fn end(mut self) {
        self.end_step();
        if self.is_shown {
            let _ = std::io::stderr().write_all(b"\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Progress, Step};
    use std::time::Duration;

    #[test]
    fn an_estimate_goes_by_kinds() {
        let mut progress = Progress::new(true, 2, 1, 1, 10);
        assert_eq!(progress.rest(), None);
        progress.kinds[1] = (2, 1, Duration::from_secs(4));
        progress.kinds[5] = (20, 10, Duration::from_secs(10));
        // One cold build, ten runs, and seven others of which nothing is known.
        let others = Duration::from_secs(14) / 11 * 7;
        assert_eq!(progress.rest(), Some(Duration::from_secs(14) + others));
        progress.step(Step::Run, "x");
        progress.end_step();
        assert_eq!(progress.kinds[5].1, 11);
    }
}
