//! Random programs, compiled and run with rustc and with every back end.
//!
//! A program follows from its seed alone. It is free of undefined behaviour, prints checksums of its state at many
//! points, and never prints what may differ: addresses, the bits of NaN, hash order. So all compilers must make it do
//! the same. A program that rustc rejects, or that rustc's own builds disagree on, is a fault of the generator's.

mod arithmetic;
mod expressions;
mod generator;
mod items;
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
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
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
  --timeout SECONDS  The time limit for a compilation, and again for a run [default: 60]
  --statements N     How many statements functions have [default: 6]
  --functions N      How many functions there are [default: 4]
  --scenarios N      How many set pieces there are at most [default: 2]
  --scenario NAME    Only this one; `list` names them all
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
    timeout: Duration,
    size: Size,
    ways: Vec<Way>,
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
        timeout: Duration::from_secs(60),
        size: Size::default(),
        ways: WAYS.to_vec(),
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
            "--timeout" => result.timeout = Duration::from_secs(number()?),
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
            "--keep" => result.keep = value()?.into(),
            "--bessemer" => result.compiler = Some(value()?.into()),
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

/// Runs the task. Gives whether all programs agree.
pub fn main(args: impl Iterator<Item = String>) -> Result<bool, String> {
    let root = project::folder()?;
    let Some(args) = parse(args, &root)? else {
        println!("{USAGE}");
        return Ok(true);
    };
    if args.print {
        print!("{}", program::generate(args.seed, args.size).text);
        return Ok(true);
    }
    let compiler = match &args.compiler {
        Some(path) => std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()))?,
        None => project::compiler(&root)?,
    };
    let scratch = root.join("target/fuzz-programs/scratch").join(std::process::id().to_string());
    let runner = Runner { compiler, scratch: scratch.clone(), timeout: args.timeout };
    let report = Mutex::new(Report::new(args.keep.clone(), args.count));
    if let Some(file) = &args.file {
        let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let overflow_checks = !text.lines().next().is_some_and(|line| line.contains("overflow-checks=off"));
        one(&runner, &Program { seed: args.seed, text, overflow_checks }, &args, &report);
    } else {
        let next = AtomicU64::new(args.seed);
        std::thread::scope(|scope| {
            for _ in 0..args.jobs {
                scope.spawn(|| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= args.seed.saturating_add(args.count) {
                            break;
                        }
                        one(&runner, &program::generate(seed, args.size), &args, &report);
                    }
                });
            }
        });
    }
    let _ = std::fs::remove_dir_all(&scratch);
    let report = report.into_inner().map_err(|_| "a thread panicked".to_owned())?;
    report.finish(args.json.as_deref())
}

/// Judges one program, and keeps it if it disagrees.
fn one(runner: &Runner, program: &Program, args: &Args, report: &Mutex<Report>) {
    let slot = program.seed.to_string();
    let (verdict, outcomes) = runner.judge(program, &args.ways, &slot);
    let reduced = match &verdict {
        Verdict::Disagrees(ways) if args.reduce => Some(reduce::reduce(runner, program, ways[0], &slot)),
        _ => None,
    };
    let mut report = report.lock().expect("no thread panics while it holds the report");
    report.add(program, &verdict, &outcomes, reduced.as_ref());
}
