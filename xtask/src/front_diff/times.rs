//! Stage `times`: how long each stage of our front end takes for a crate, on one thread. Only meant in release builds.
//!
//! Processor time is counted: other work on the machine makes no difference.

use std::time::Duration;

use serde_json::json;
use stages::{Resolved, Stages};
use syntax::span::Editions;

use super::compilation::{Compilation, open};
use super::hir::emit_and_print;
use super::{Args, Toolchain, cargo};

/// What is measured, in order. Parsing is part of expansion as well.
const STAGES: [&str; 6] = ["parse", "expand", "names", "types", "build", "elaborate"];

/// What one crate takes.
#[derive(Clone, Debug, Default)]
pub struct Times {
    name: String,
    /// Of its text.
    bytes: usize,
    /// How many files, macro calls and bodies went through each stage.
    counts: [usize; 6],
    times: [Duration; 6],
    /// Why nothing was measured.
    failed: Option<String>,
}

impl Times {
    /// For another process.
    pub fn encode(&self) -> String {
        let nanos = self.times.map(|time| time.as_nanos() as u64);
        json!([self.name, self.bytes, self.counts, nanos, self.failed]).to_string()
    }

    /// Of another process.
    pub fn decode(text: &str) -> Option<Times> {
        type Encoded = (String, usize, [usize; 6], [u64; 6], Option<String>);
        let (name, bytes, counts, nanos, failed): Encoded = serde_json::from_str(text).ok()?;
        Some(Times { name, bytes, counts, times: nanos.map(Duration::from_nanos), failed })
    }

    fn add(&mut self, other: &Times) {
        self.bytes += other.bytes;
        for (sum, part) in self.counts.iter_mut().zip(other.counts) {
            *sum += part;
        }
        for (sum, part) in self.times.iter_mut().zip(other.times) {
            *sum += part;
        }
    }

    fn print(&self) {
        println!("{}: {:.2} MB", self.name, self.bytes as f64 / 1e6);
        for ((stage, time), count) in STAGES.iter().zip(self.times).zip(self.counts) {
            let micros = time.as_secs_f64() * 1e6;
            let each = micros / count.max(1) as f64;
            let speed = self.bytes as f64 / micros.max(1e-3);
            println!("  {stage:<10} {:>8.2} ms  {count:>6} × {each:>8.1} µs  {speed:>7.1} MB/s", micros / 1e3);
        }
    }
}

/// Measures a crate.
pub fn examine(compilation: &Compilation, toolchain: &Toolchain) -> Result<Times, String> {
    let measured = stages::with_stack(|| measure(compilation, toolchain));
    measured.unwrap_or_else(|doubt| Err(format!("{}: {doubt}", compilation.path.display())))
}

/// The processor time that this thread has had.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default())
}

fn measure(compilation: &Compilation, toolchain: &Toolchain) -> Result<Times, String> {
    let mut result = Times { name: compilation.path.display().to_string(), ..Times::default() };
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let metadata = scratch.path().join("libmeasured.rmeta");
    let made = emit_and_print(compilation, &metadata, &["-Zalways-encode-mir"], &["--print=sysroot"])?;
    if compilation.is_proc_macro || made.is_none() {
        result.failed = Some("not compiled by rustc, or a procedural macro".to_owned());
        return Ok(result);
    }
    let arena = ty::Arena::new();
    let krate = compilation.to_crate(toolchain);
    let front = open(&arena, &metadata, &krate)?;
    let start = cpu();
    drop(stages::expand(&krate, testing::session_options()));
    let expansion = cpu() - start;
    let start = cpu();
    let resolved = Resolved::new(&krate, &front);
    let both = cpu() - start;
    let stages = match resolved.and_then(|resolved| Stages::new(front, resolved)) {
        Ok(stages) => stages,
        Err(doubt) => {
            result.failed = Some(doubt.to_string());
            return Ok(result);
        }
    };
    let resolved = stages.resolved();
    let editions = Editions::new(compilation.edition);
    for file in resolved.sources.files() {
        result.bytes += file.text.len();
        let start = cpu();
        let parsed = syntax::parse(&file.text, file.base, &editions);
        result.times[0] += cpu() - start;
        drop(parsed);
    }
    result.counts = [resolved.sources.files().len(), 1, resolved.bodies.len(), 0, 0, 0];
    (result.times[1], result.times[2]) = (expansion, both.saturating_sub(expansion));
    for owner in resolved.bodies.keys() {
        let start = cpu();
        let typed = stages.typed(*owner);
        result.times[3] += cpu() - start;
        let Some(Ok(bodies)) = typed else { continue };
        for body in bodies {
            result.counts[3] += 1;
            let start = cpu();
            let built = stages.built(&body);
            result.times[4] += cpu() - start;
            let Ok(built) = built else { continue };
            result.counts[4] += 1;
            let start = cpu();
            let made = stages.elaborated(body.def_id, built);
            result.times[5] += cpu() - start;
            result.counts[5] += usize::from(made.is_ok());
        }
    }
    Ok(result)
}

/// Runs the stage: each crate, and all together.
pub fn run(compilations: &[Compilation], toolchain: &Toolchain, args: &Args) -> Result<bool, String> {
    let mut all = Vec::new();
    for found in compilations {
        let times = match &found.record {
            Some(record) => cargo::measure_apart(found, record, toolchain)?,
            None => examine(found, toolchain)?,
        };
        match &times.failed {
            Some(message) => println!("{}: {message}", times.name),
            None => all.push(times),
        }
    }
    all.sort_by_key(|times| std::cmp::Reverse(times.bytes));
    let mut sum = Times { name: format!("all {}", all.len()), ..Times::default() };
    for (index, times) in all.iter().enumerate() {
        sum.add(times);
        if index < args.show {
            times.print();
        }
    }
    sum.print();
    Ok(true)
}
