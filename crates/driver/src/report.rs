//! What was done, and how long it took.

use crate::noting::FunctionWork;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// One stage.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Stage {
    /// A few words, such as `open metadata`.
    pub name: &'static str,
    /// From beginning to end, stages within it included. In seconds where it is written as JSON.
    #[serde(serialize_with = "as_seconds")]
    pub time: Duration,
    /// How many of what the stage made: functions, bytes.
    pub count: Option<u64>,
    /// What `count` counts; empty where that is absent.
    pub unit: &'static str,
}

fn as_seconds<S: serde::Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}

/// A function that went to another back end than the one asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fallback {
    /// The linker's symbol.
    pub function: String,
    /// The path that people know it by.
    pub name: String,
    /// Where it is (`FILE:LINE`), if the program has debug information.
    pub place: Option<String>,
    /// The construct that the asked back end lacks.
    pub construct: String,
    /// The name of the back end that took it.
    pub backend: String,
}

/// Told the name of each stage when it begins, and of functions if that is wanted; and who may stop the work.
#[derive(Clone, Default)]
pub struct Observer {
    tell: Option<Arc<dyn Fn(&'static str) + Send + Sync>>,
    stop: Option<Arc<AtomicBool>>,
    tell_work: Option<Arc<dyn Fn(FunctionWork) + Send + Sync>>,
}

/// The payload of a panic by which work ends that nobody wants any more. It becomes [`crate::DriverError::Cancelled`].
pub(crate) struct Cancelled;

impl Observer {
    /// Told the name of each stage, and stopped by nobody.
    pub fn new(tell: impl Fn(&'static str) + Send + Sync + 'static) -> Observer {
        Observer::default().telling(tell)
    }

    /// Told the name of each stage.
    pub fn telling(self, tell: impl Fn(&'static str) + Send + Sync + 'static) -> Observer {
        Observer { tell: Some(Arc::new(tell)), ..self }
    }

    /// The work ends soon after this flag is set: before the next stage, before the next module of
    /// code generation, and in the middle of rustc's work on a single crate.
    pub fn stopped_by(self, flag: Arc<AtomicBool>) -> Observer {
        Observer { stop: Some(flag), ..self }
    }

    /// Told what becomes of each function that a back end is given.
    pub fn telling_work(self, tell: impl Fn(FunctionWork) + Send + Sync + 'static) -> Observer {
        Observer { tell_work: Some(Arc::new(tell)), ..self }
    }

    /// Whether anybody wants to know what becomes of functions.
    pub(crate) fn wants_work(&self) -> bool {
        self.tell_work.is_some()
    }

    /// Tells what has become of a function.
    pub(crate) fn work(&self, work: FunctionWork) {
        if let Some(tell) = &self.tell_work {
            tell(work);
        }
    }

    /// What stops runs of rustc with it.
    pub(crate) fn stop(&self) -> toolchain::Stop {
        toolchain::Stop(self.stop.clone())
    }

    /// Unwinds if the work is to stop.
    pub(crate) fn check(&self) {
        if self.stop.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            // No fault: the panic hook is not told.
            std::panic::resume_unwind(Box::new(Cancelled));
        }
    }
}

impl PartialEq for Observer {
    /// Who watches does not change what was done.
    fn eq(&self, _: &Observer) -> bool {
        true
    }
}

impl std::fmt::Debug for Observer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.tell.is_some() { "Observer" } else { "nobody" })
    }
}

/// How many functions a back end was given, and how many of them it had compiled before.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct CodeCount {
    /// The back end's name.
    pub backend: String,
    /// All that it was given: those that it generated and those from the cache.
    pub functions: u64,
    /// Those that it compiled now.
    pub generated: u64,
    /// Those that it had compiled before.
    pub from_cache: u64,
}

/// A file that was written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Output {
    /// As it was named.
    pub path: PathBuf,
    /// How large it is.
    pub size_bytes: u64,
}

/// What was done, and how long it took.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Report {
    /// Told of each stage when it begins.
    #[serde(skip)]
    pub observer: Observer,
    /// The back end that was asked for, or chosen.
    pub backend: String,
    /// How code was optimised: `0`, `1`, `2`, `3`, `s`, `z`.
    pub level: String,
    /// How many functions the program reaches, but for those in an image.
    pub reached: u64,
    /// In the order in which they ended.
    pub stages: Vec<Stage>,
    /// The files that were written, with their sizes.
    pub outputs: Vec<Output>,
    /// The most memory that this process has used, without rustc and the linker. Absent: unknown.
    pub memory_bytes: Option<u64>,
    /// By back end, the asked one first.
    pub code: Vec<CodeCount>,
    /// Functions that the asked back end rejected.
    pub fallbacks: Vec<Fallback>,
    /// Who made the crates' bodies, where our own front end did.
    pub bodies: Option<BodyCount>,
    /// What a text that was asked for does not hold, and why.
    pub missing: Vec<String>,
    /// Nothing was compiled: the result was remembered.
    pub from_cache: bool,
}

/// Who made the bodies of the crates whose text is at hand.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct BodyCount {
    /// Bodies that our own front end made.
    pub own: usize,
    /// Bodies that rustc's stand for.
    pub rustc: usize,
    /// The crates that they all are of.
    pub crates: usize,
    /// Why, the most frequent reason first.
    pub doubts: Vec<Doubted>,
}

/// Bodies that our own front end is not sure of for the same reason.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Doubted {
    /// The stage that is not sure: `names`, `types`, `MIR`, ….
    pub stage: String,
    /// The construct.
    pub construct: String,
    /// How many bodies.
    pub bodies: usize,
    /// One of them, with its place.
    pub example: String,
}

impl Report {
    /// Runs a stage and notes its time. What the stage itself has to say of its work goes to this report, too; a stage within
    /// it is noted before it, and its time does not count twice.
    pub fn stage<T>(&mut self, name: &'static str, run: impl FnOnce(&mut Report) -> T) -> T {
        self.observer.check();
        if let Some(tell) = &self.observer.tell {
            tell(name);
        }
        let noted = self.noted();
        let start = Instant::now();
        let result = run(self);
        let time = start.elapsed().saturating_sub(self.noted().saturating_sub(noted));
        self.stages.push(Stage { name, time, count: None, unit: "" });
        result
    }

    /// The time of all stages.
    fn noted(&self) -> Duration {
        self.stages.iter().map(|stage| stage.time).sum()
    }

    /// Notes the time that is in no stage, of all that it took, and what can be said in the end: sizes and memory.
    pub fn finish(&mut self, total: Duration, outputs: &[PathBuf]) {
        let rest = total.saturating_sub(self.noted());
        self.stages.push(Stage { name: "everything else", time: rest, count: None, unit: "" });
        self.outputs.extend(outputs.iter().filter_map(|path| {
            let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
            Some(Output { path: path.clone(), size_bytes: metadata.len() })
        }));
        self.memory_bytes = most_memory();
    }

    /// Says what a function is that went to another back end.
    pub(crate) fn fall_back(&mut self, function: &str, place: Option<String>, construct: &str, backend: &str) {
        let name = format!("{:#}", rustc_demangle::demangle(function));
        let (function, construct, backend) = (function.to_owned(), construct.to_owned(), backend.to_owned());
        self.fallbacks.push(Fallback { function, name, place, construct, backend });
    }

    /// Says what the last stage made.
    pub fn count(&mut self, count: u64, unit: &'static str) {
        if let Some(stage) = self.stages.last_mut() {
            stage.count = Some(count);
            stage.unit = unit;
        }
    }

    /// Counts functions that a back end was given.
    pub fn count_code(&mut self, backend: &str, functions: u64, from_cache: u64) {
        let generated = functions - from_cache;
        match self.code.iter_mut().find(|it| it.backend == backend) {
            Some(count) => {
                count.functions += functions;
                count.generated += generated;
                count.from_cache += from_cache;
            }
            None => {
                let backend = backend.to_owned();
                self.code.push(CodeCount { backend, functions, generated, from_cache });
            }
        }
    }

    /// Adds the report of a part of the work that had one of its own.
    pub fn extend(&mut self, part: Report) {
        (self.backend, self.level) = (part.backend, part.level);
        self.reached += part.reached;
        self.stages.extend(part.stages);
        self.fallbacks.extend(part.fallbacks);
        for count in part.code {
            self.count_code(&count.backend, count.functions, count.from_cache);
        }
    }

    /// The report as text.
    pub fn table(&self) -> String {
        let mut out = String::new();
        let mut total = Duration::ZERO;
        for stage in &self.stages {
            total += stage.time;
            let count = stage.count.map_or(String::new(), |count| format!("{count:>9} {}", stage.unit));
            out += format!("{:<22} {:>9.3} ms {count}", stage.name, stage.time.as_secs_f64() * 1e3).trim_end();
            out.push('\n');
        }
        out += &format!("{:<22} {:>9.3} ms\n", "total", total.as_secs_f64() * 1e3);
        if self.from_cache {
            out += "the program was remembered, and nothing compiled\n";
        } else if !self.backend.is_empty() {
            out += &format!("back end {}, level {}, {} functions reached\n", self.backend, self.level, self.reached);
        }
        for CodeCount { backend, functions, generated, from_cache } in &self.code {
            out += &format!("{backend}: {functions} functions, {generated} generated, {from_cache} from the cache\n");
        }
        if let Some(BodyCount { own, rustc, crates, doubts }) = &self.bodies {
            out += &format!("front end own: {own} bodies, {rustc} from rustc, of {crates} crate");
            out += if *crates == 1 { "\n" } else { "s\n" };
            for Doubted { bodies, example, .. } in doubts {
                out += &format!("  {bodies} × {example}\n");
            }
        }
        for fallback in &self.fallbacks {
            out += &format!("{fallback}\n");
        }
        for Output { path, size_bytes } in &self.outputs {
            out += &format!("{}: {size_bytes} bytes\n", path.display());
        }
        if let Some(bytes) = self.memory_bytes {
            let mebibytes = bytes as f64 / (1 << 20) as f64;
            out += &format!("memory: {mebibytes:.1} MiB at most, without rustc and the linker\n");
        }
        out
    }
}

impl fmt::Display for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.name)?;
        if let Some(place) = &self.place {
            write!(f, " ({place})")?;
        }
        write!(f, " went to {}: {}", self.backend, self.construct)
    }
}

/// The most memory that this process has had in use, as the system counts it.
fn most_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let text = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = text.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::Report;
    use std::time::Duration;

    /// Each moment is in one stage: what is within another counts once.
    #[test]
    fn times_add_up() {
        let mut report = Report::default();
        let start = std::time::Instant::now();
        report.stage("outer", |report| {
            report.stage("inner", |_| std::thread::sleep(Duration::from_millis(20)));
            std::thread::sleep(Duration::from_millis(5));
        });
        assert!(report.noted() <= start.elapsed(), "{:?}", report.stages);
        let total = start.elapsed() + Duration::from_millis(100);
        report.finish(total, &[]);
        assert_eq!(report.noted(), total);
        let names: Vec<_> = report.stages.iter().map(|stage| stage.name).collect();
        assert_eq!(names, ["inner", "outer", "everything else"]);
        assert!(report.memory_bytes.is_some_and(|bytes| bytes > 0));
    }
}
