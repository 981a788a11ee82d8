//! Stage `times`: how long each stage of our front end takes for a crate, on one thread. Only meant in release builds.
//!
//! Processor time is counted: other work on the machine makes no difference.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hir::body::Hir;
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use stages::{BodyAt, Crate, Resolved, Stages};
use syntax::span::{Edition, Editions};
use ty::{DefId, DefKind, Definitions};

use super::compilation::{Compilation, open};
use super::hir::emit_and_print;
use super::{Args, Toolchain, cargo};

/// What is measured, in order. Parsing is part of expansion as well.
const STAGES: [&str; 6] = ["parse", "expand", "names", "types", "build", "elaborate"];

/// What is measured of a body that is made alone, in order.
const ALONE: [&str; 4] = ["metadata", "text", "types", "MIR"];

/// How many bodies of a crate are made alone, and how often each: the least counts.
const MOST_ALONE: usize = 32;
const RUNS_ALONE: usize = 8;

/// What one crate takes.
#[derive(Clone, Debug, Default)]
pub struct Times {
    name: String,
    /// Of its text.
    bytes: usize,
    /// How many files, macro calls and bodies went through each stage.
    counts: [usize; 6],
    times: [Duration; 6],
    /// What bodies of its root file take, each made alone: its metadata is opened, its text read, its names, types and MIR found.
    alone: Vec<(String, [Duration; 4])>,
    /// Why nothing was measured.
    failed: Option<String>,
}

impl Times {
    /// For another process.
    pub fn encode(&self) -> String {
        let nanos = self.times.map(|time| time.as_nanos() as u64);
        let alone = self.alone.iter().map(|(name, times)| json!([name, times.map(|time| time.as_nanos() as u64)]));
        json!([self.name, self.bytes, self.counts, nanos, alone.collect::<Vec<_>>(), self.failed]).to_string()
    }

    /// Of another process.
    pub fn decode(text: &str) -> Option<Times> {
        type Encoded = (String, usize, [usize; 6], [u64; 6], Vec<(String, [u64; 4])>, Option<String>);
        let (name, bytes, counts, nanos, alone, failed): Encoded = serde_json::from_str(text).ok()?;
        let alone = alone.into_iter().map(|(name, nanos)| (name, nanos.map(Duration::from_nanos))).collect();
        Some(Times { name, bytes, counts, times: nanos.map(Duration::from_nanos), alone, failed })
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
        let sum = |times: &[Duration; 4]| times.iter().sum::<Duration>();
        let mut alone: Vec<_> = self.alone.iter().collect();
        alone.sort_by_key(|(_, times)| sum(times));
        for (what, found) in [("median", alone.get(alone.len() / 2)), ("most", alone.last())] {
            let Some((name, times)) = found else { continue };
            let parts = ALONE.iter().zip(times).map(|(part, time)| format!("{part} {:.2}", time.as_secs_f64() * 1e3));
            let parts: Vec<_> = parts.collect();
            let all = sum(times).as_secs_f64() * 1e3;
            println!("  a body alone, {what} of {}: {all:.2} ms ({}): {name}", alone.len(), parts.join(", "));
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
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
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
    let krate = compilation.to_crate(toolchain);
    // What the whole crate has read is gone before bodies are made alone.
    for (owner, name, path, offset) in whole(&krate, &metadata, compilation.edition, &mut result)? {
        let at = BodyAt { path: &path, offset };
        let runs = (0..RUNS_ALONE).map(|_| alone(&metadata, &krate, owner, at)).collect::<Result<Vec<_>, _>>()?;
        let least = runs.into_iter().min_by_key(|times| times.iter().sum::<Duration>());
        result.alone.extend(least.map(|times| (name, times)));
    }
    Ok(result)
}

/// A body with its name, and a place in it.
type Place = (DefId, String, PathBuf, u32);

/// Measures all of a crate. The bodies to be made alone.
fn whole(krate: &Crate, metadata: &Path, edition: Edition, result: &mut Times) -> Result<Vec<Place>, String> {
    let arena = ty::Arena::new();
    let front = open(&arena, metadata, krate)?;
    let start = cpu();
    drop(stages::expand(krate, testing::session_options()));
    let expansion = cpu() - start;
    let start = cpu();
    let resolved = Resolved::new(krate, &front);
    let both = cpu() - start;
    let stages = match resolved.and_then(|resolved| Stages::new(front, resolved)) {
        Ok(stages) => stages,
        Err(doubt) => {
            result.failed = Some(doubt.to_string());
            return Ok(Vec::new());
        }
    };
    let resolved = stages.resolved();
    let editions = Editions::new(edition);
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
    let root = resolved.sources.files().first().map(|file| file.base);
    let session = stages.session();
    let place = |(owner, hir): (&DefId, &Hir)| {
        let span = hir[hir.body.value].span;
        let file = resolved.sources.file(span.lo).filter(|file| Some(file.base) == root && span.ctxt.0 == 0)?;
        let is_function = matches!(session.def_kind(*owner), DefKind::Fn | DefKind::AssocFn);
        let name = session.tcx.def_path_str(*owner);
        is_function.then(|| (*owner, name, file.path.clone(), span.lo - file.base))
    };
    Ok(resolved.bodies.iter().filter_map(place).take(MOST_ALONE).collect())
}

/// Makes a body, with its closures, from nothing but the files.
fn alone(metadata: &Path, krate: &Crate, owner: DefId, at: BodyAt<'_>) -> Result<[Duration; 4], String> {
    let doubt = |doubt: stages::Doubt| format!("{owner:?} alone: {doubt}");
    let mut times = [cpu(); 5];
    let arena = ty::Arena::new();
    let front = open(&arena, metadata, krate)?;
    times[1] = cpu();
    let resolved = Resolved::of_body(krate, &front, at).map_err(doubt)?;
    times[2] = cpu();
    let stages = Stages::new(front, resolved).map_err(doubt)?;
    let typed = stages.typed(owner).ok_or("no body alone")?;
    times[3] = cpu();
    for body in typed.iter().flatten() {
        // What is in doubt is so in the whole crate, too.
        drop(stages.built(body).and_then(|built| stages.elaborated(body.def_id, built)));
    }
    times[4] = cpu();
    Ok(std::array::from_fn(|part| times[part + 1] - times[part]))
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
