//! Random programs, compiled and run with rustc and with every back end.
//!
//! A program follows from its seed alone. It is free of undefined behaviour, prints checksums of its state at many
//! points, and never prints what may differ: addresses, the bits of NaN, hash order. So all compilers must make it do
//! the same. A program that rustc rejects, or that rustc's own builds disagree on, is a fault of the generator's.

mod arithmetic;
mod expressions;
mod generator;
mod items;
mod mutate;
mod ownership;
mod patterns;
mod prelude;
mod program;
mod raw;
mod reduce;
mod report;
mod rng;
mod run;
mod scenarios;
mod statements;
mod traits;
mod types;
mod values;

use crate::project;
use generator::Size;
use program::Program;
use report::Report;
use run::{Runner, Verdict, WAYS, Way};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const USAGE: &str = "\
Usage: cargo xtask fuzz-programs [OPTIONS]

  --seed N           The first program's seed [default: 1]
  --count N          How many programs, with seeds that follow each other [default: 100]
  --jobs N           How many programs at once [default: the number of cores]
  --keep DIR         Where programs that disagree are kept [default: target/fuzz-programs]
  --bessemer PATH    The compiler [default: what BESSEMER names, or target/release/bessemer, which is built]
  --ways NAMES       What to run beside rustc -O0: rustc-O3, cranelift-jit, cranelift, llvm-O0, llvm-O3, with commas
                     between them [default: all]
  --front-end WHO    Who makes the programs' bodies: rustc or own [default: rustc]
  --timeout SECONDS  The processor time that a compilation may take, and again a run [default: 60]
  --statements N     How many statements functions have [default: 6]
  --functions N      How many functions there are [default: 3]
  --scenarios N      How many set pieces there are at most [default: 1]
  --scenario NAME    Only this one; `list` names them all
  --mutate CORPUS    Instead of random programs, take those of a corpus, a folder or an archive, and change them at random
                     [time limit: 5 seconds]
  --reduce           Make programs that disagree smaller, line by line; this takes minutes for each
  --file FILE        Judge (and reduce) this program instead of random ones
  --print            Only print the program of the seed
  --json OUT         Write the results as JSON";

struct Args {
    seed: u64,
    count: u64,
    jobs: usize,
    keep: PathBuf,
    compiler: Option<PathBuf>,
    timeout: Option<Duration>,
    size: Size,
    ways: Vec<Way>,
    own_front_end: bool,
    mutate: Option<PathBuf>,
    reduce: bool,
    file: Option<PathBuf>,
    print: bool,
    json: Option<PathBuf>,
}

fn parse(mut args: impl Iterator<Item = String>, root: &std::path::Path) -> Result<Option<Args>, String> {
    let mut result = Args {
        seed: 1,
        count: 100,
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
        keep: root.join("target/fuzz-programs"),
        compiler: None,
        timeout: None,
        size: Size::default(),
        ways: WAYS.to_vec(),
        own_front_end: false,
        mutate: None,
        reduce: false,
        file: None,
        print: false,
        json: None,
    };
    while let Some(arg) = args.next() {
        let (name, attached) = match arg.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (arg, None),
        };
        let mut value = || attached.clone().or_else(|| args.next()).ok_or_else(|| format!("`{name}` needs a value"));
        let mut number = || -> Result<u64, String> {
            let text = value()?;
            text.parse().map_err(|_| format!("`{name}` takes a number, not `{text}`"))
        };
        match &*name {
            "--seed" => result.seed = number()?,
            "--count" => result.count = number()?,
            "--jobs" | "-j" => result.jobs = (number()? as usize).max(1),
            "--timeout" => result.timeout = Some(Duration::from_secs(number()?)),
            "--statements" => result.size.statements = number()? as usize,
            "--functions" => result.size.functions = number()? as usize,
            "--scenarios" => result.size.scenarios = number()? as usize,
            "--scenario" => {
                let wanted = value()?;
                let names: Vec<&str> = scenarios::SCENARIOS.iter().map(|it| it.0).collect();
                let found = names.iter().position(|it| *it == wanted);
                result.size.scenario = Some(found.ok_or_else(|| format!("the scenarios are {}", names.join(", ")))?);
            }
            "--ways" => result.ways = Way::choose(&value()?)?,
            "--front-end" => {
                result.own_front_end = match &*value()? {
                    "own" => true,
                    "rustc" => false,
                    other => return Err(format!("there is no front end `{other}`")),
                }
            }
            "--keep" => result.keep = value()?.into(),
            "--bessemer" => result.compiler = Some(value()?.into()),
            "--mutate" => result.mutate = Some(value()?.into()),
            "--file" => result.file = Some(value()?.into()),
            "--json" => result.json = Some(value()?.into()),
            "--reduce" => result.reduce = true,
            "--print" => result.print = true,
            "--help" | "-h" => return Ok(None),
            _ => return Err(format!("there is no option `{name}`\n\n{USAGE}")),
        }
    }
    Ok(Some(result))
}

/// Where programs come from.
struct Source {
    corpus: Option<mutate::Corpus>,
    size: Size,
}

impl Source {
    /// The program of a seed; nothing if rustc rejects all of the seed's mutants.
    fn program(&self, seed: u64, runner: &Runner) -> Result<Option<Program>, String> {
        match &self.corpus {
            Some(corpus) => corpus.mutant(seed, runner),
            None => Ok(Some(program::generate(seed, self.size))),
        }
    }
}

/// Runs the task. Gives whether all programs agree.
pub fn main(args: impl Iterator<Item = String>) -> Result<bool, String> {
    let root = project::folder()?;
    let Some(args) = parse(args, &root)? else {
        println!("{USAGE}");
        return Ok(true);
    };
    let corpus = args.mutate.as_deref().map(|it| mutate::Corpus::load(it, &root)).transpose()?;
    if let Some(corpus) = &corpus
        && !args.print
    {
        println!("{} programs of the corpus can be changed", corpus.len());
    }
    // Mutants may run without end.
    let timeout = args.timeout.unwrap_or(Duration::from_secs(if corpus.is_some() { 5 } else { 60 }));
    let compiler = match &args.compiler {
        Some(path) => std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()))?,
        None if args.print => PathBuf::new(),
        None => project::compiler(&root)?,
    };
    let scratch = root.join("target/fuzz-programs/scratch").join(std::process::id().to_string());
    let runner = Runner {
        compiler,
        rustc: project::rustc(),
        scratch: scratch.clone(),
        timeout,
        cache: None,
        own_front_end: args.own_front_end,
        bodies: Arc::default(),
    };
    let source = Source { corpus, size: args.size };
    if args.print {
        match source.program(args.seed, &runner)? {
            Some(program) => print!("{}", program.text),
            None => eprintln!("of this seed there is no mutant that rustc accepts"),
        }
        return Ok(true);
    }
    let report = Mutex::new(Report::new(args.keep.clone(), args.count, args.mutate.is_some()));
    if let Some(file) = &args.file {
        let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        one(&runner, &Program::parse(args.seed, text), &args, &report);
    } else {
        let next = AtomicU64::new(args.seed);
        std::thread::scope(|scope| {
            for job in 0..args.jobs {
                let runner = Runner { cache: Some(scratch.join(format!("cache-{job}"))), ..runner.clone() };
                let (next, args, report, source) = (&next, &args, &report, &source);
                scope.spawn(move || {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= args.seed.saturating_add(args.count) {
                            break;
                        }
                        match source.program(seed, &runner) {
                            Ok(Some(program)) => one(&runner, &program, args, report),
                            Ok(None) => {
                                report.lock().expect("no thread panics while it holds the report").add_rejected();
                            }
                            Err(error) => {
                                eprintln!("{error}");
                                break;
                            }
                        }
                    }
                });
            }
        });
    }
    let _ = std::fs::remove_dir_all(&scratch);
    if args.own_front_end {
        let [own, rustc] = [0, 1].map(|who: usize| runner.bodies[who].load(Ordering::Relaxed));
        println!("front end own: {own} bodies, {rustc} from rustc, counted in each build");
    }
    let report = report.into_inner().map_err(|_| "a thread panicked".to_owned())?;
    report.finish(args.json.as_deref())
}

/// Judges one program, and keeps it if it disagrees.
fn one(runner: &Runner, program: &Program, args: &Args, report: &Mutex<Report>) {
    let slot = program.seed.to_string();
    let (verdict, outcomes) = runner.judge(program, &args.ways, &slot);
    let reduced = match &verdict {
        Verdict::Disagrees(ways) if args.reduce => {
            let alone = Runner { cache: None, ..runner.clone() };
            Some(reduce::reduce(&alone, program, ways[0], &slot))
        }
        _ => None,
    };
    let mut report = report.lock().expect("no thread panics while it holds the report");
    report.add(program, &verdict, &outcomes, reduced.as_ref());
}
