//! A corpus of programs, compiled and run in several configurations.
//!
//! A program passes where it compiles, runs within the time limit and ends as its directives say. Programs that are expected
//! to fail are listed with a reason in `tests/conformance-expected-failures.txt`; they are run all the same.
//!
//! Where several configurations are run, each must print what the first prints, and panic with the same messages at the same
//! places. Programs that print addresses and the like are listed with a reason in `tests/conformance-may-differ.txt`.

mod configuration;
pub mod corpus;
mod directives;
mod execute;
pub mod expected;
pub mod machine;
mod report;

use crate::project;
use configuration::Configuration;
use execute::{Outcome, Runner};
use machine::Machine;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const USAGE: &str = "\
Usage: cargo xtask conformance [OPTIONS]

  --corpus DIR|TGZ   The programs: a folder or an archive, with a MANIFEST.tsv (path, edition) or without
                     [default: ../shared/corpus/run-pass-dev.tgz]
  --backend NAMES    cranelift-jit, cranelift, llvm, exec:PATH (a back end that is a program), rustc or all, with commas
                     between them; all are those but exec:PATH [default: cranelift-jit,cranelift,llvm]
  --opt LEVELS       For llvm, exec:PATH and rustc: 0 and 3 are there [default: 0,3]
  --front-end WHO    Who makes the programs' bodies: rustc or own [default: rustc]
  --debug            With all information for debuggers (`-g`)
  --filter TEXT      Only programs whose path contains TEXT; several, with commas between them
  --sample N         Only every Nth program
  --target TARGET    Compile for another machine; rustc compiles for this one all the same, so that
                     both can be compared, and programs for one of them are left out
  --runner COMMAND   What runs its programs: `qemu-aarch64 -L /usr/aarch64-linux-gnu`
  --passing          Only programs that pass with rustc: for another release than the corpus was made for
  --jobs N           How many programs at once [default: the number of cores]
  --timeout SECONDS  The processor time that a program's compilation may take, and again its run [default: 60]
  --json OUT         Write all results as JSON
  --show             Print the first lines of each failure

The compiler is the program that the environment variable BESSEMER names, or else target/release/bessemer, which is built.";

struct Args {
    corpus: Option<PathBuf>,
    configurations: Vec<Configuration>,
    filters: Vec<String>,
    sample: usize,
    jobs: usize,
    timeout: Duration,
    json: Option<PathBuf>,
    show: bool,
    passing: bool,
    machine: Machine,
    own_front_end: bool,
    debug: bool,
}

fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Args>, String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut result = Args {
        corpus: None,
        configurations: Vec::new(),
        filters: Vec::new(),
        sample: 1,
        jobs: cores,
        timeout: Duration::from_secs(60),
        json: None,
        show: false,
        own_front_end: false,
        debug: false,
        passing: false,
        machine: Machine::host(),
    };
    let (mut target, mut runner) = (None, None);
    let (mut backends, mut opts) = ("cranelift-jit,cranelift,llvm".to_owned(), "0,3".to_owned());
    while let Some(arg) = args.next() {
        let (name, attached) = match arg.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (arg, None),
        };
        let mut value = || attached.clone().or_else(|| args.next()).ok_or_else(|| format!("`{name}` needs a value"));
        match &*name {
            "--corpus" => result.corpus = Some(value()?.into()),
            "--backend" => backends = value()?,
            "--opt" => opts = value()?,
            "--filter" => result.filters.extend(value()?.split(',').map(str::to_owned)),
            "--sample" => result.sample = number(&name, &value()?)?,
            "--jobs" | "-j" => result.jobs = number(&name, &value()?)?,
            "--timeout" => result.timeout = Duration::from_secs(number(&name, &value()?)? as u64),
            "--json" => result.json = Some(value()?.into()),
            "--target" => target = Some(value()?),
            "--runner" => runner = Some(value()?),
            "--show" => result.show = true,
            "--front-end" => {
                result.own_front_end = match &*value()? {
                    "rustc" => false,
                    "own" => true,
                    other => return Err(format!("there is no front end `{other}`")),
                }
            }
            "--debug" => result.debug = true,
            "--passing" => result.passing = true,
            "--help" | "-h" => return Ok(None),
            _ => return Err(format!("there is no option `{name}`\n\n{USAGE}")),
        }
    }
    result.configurations = Configuration::choose(&backends, &opts)?;
    match (target, runner) {
        (Some(target), Some(runner)) => result.machine = Machine::of_target(&target, &runner)?,
        (None, None) => {}
        _ => return Err("`--target` and `--runner` go together".to_owned()),
    }
    if result.machine.target.is_some() && result.configurations.contains(&Configuration::CraneliftJit) {
        return Err("programs for other machines do not run in memory: `--backend` has to name others".to_owned());
    }
    Ok(Some(result))
}

fn number(name: &str, text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&number| number > 0).ok_or_else(|| format!("`{name}` takes a number above 0"))
}

/// Runs the task. Gives whether everything is as expected.
pub fn main(args: impl Iterator<Item = String>) -> Result<bool, String> {
    let Some(args) = parse(args)? else {
        println!("{USAGE}");
        return Ok(true);
    };
    let root = project::folder()?;
    let work = root.join("target/conformance");
    let corpus = args.corpus.clone().unwrap_or_else(|| root.join("../shared/corpus/run-pass-dev.tgz"));
    let mut programs = corpus::load(&corpus, &work, &args.machine)?;
    if args.machine.target.is_some() && args.configurations.iter().any(Configuration::is_reference) {
        // rustc's are for this machine.
        let here = corpus::load(&corpus, &work, &Machine::host())?;
        programs.retain(|program| here.iter().any(|it| it.name == program.name));
    }
    if !args.filters.is_empty() {
        programs.retain(|program| args.filters.iter().any(|filter| program.name.contains(filter)));
    }
    let mut index = 0;
    programs.retain(|_| {
        index += 1;
        usize::is_multiple_of(index - 1, args.sample)
    });
    let expected = expected::load(&root.join("tests/conformance-expected-failures.txt"))?;
    let may_differ = expected::load_differences(&root.join("tests/conformance-may-differ.txt"))?;
    let needs_compiler = args.configurations.iter().any(|it| !matches!(it, Configuration::Rustc(_)));
    let compiler = if needs_compiler { project::compiler(&root)? } else { PathBuf::new() };
    // Of this process: two may run side by side.
    let scratch = work.join("scratch").join(std::process::id().to_string());
    // std is made from its source once for all programs.
    let cache = args.machine.target.as_ref().map(|_| work.join("cache"));
    if let (Some(target), Some(cache)) = (&args.machine.target, &cache) {
        prepare_std(&compiler, target, cache)?;
    }
    let runner = Runner {
        compiler,
        machine: args.machine.clone(),
        cache,
        scratch: scratch.clone(),
        timeout: args.timeout,
        own_front_end: args.own_front_end,
        debug: args.debug,
        bodies: Default::default(),
    };

    if args.passing {
        let rustc = Configuration::Rustc(0);
        let outcomes = run_all(&runner, &rustc, &programs, args.jobs);
        let is_passed = |(_, outcome): &(&corpus::Program, &Outcome)| outcome.cause.is_none();
        let (passed, failed): (Vec<_>, Vec<_>) = programs.iter().zip(&outcomes).partition(is_passed);
        let failed: Vec<&str> = failed.iter().map(|(program, _)| &*program.name).collect();
        println!("{} of {} programs pass with {rustc}; left out: {}", passed.len(), programs.len(), failed.join(" "));
        programs = passed.into_iter().map(|(program, _)| program.clone()).collect();
    }

    // Results are compared with the last ones of the same corpus.
    let corpus_name = corpus.file_name().map_or_else(Default::default, |name| name.to_string_lossy().into_owned());
    let corpus_name = corpus_name.split('.').next().unwrap_or_default();
    let mut good = true;
    let mut all = Vec::new();
    for configuration in &args.configurations {
        let label = configuration.label(&args.machine);
        println!("{label}: {} programs", programs.len());
        let outcomes = run_all(&runner, configuration, &programs, args.jobs);
        let results: Vec<_> = programs.iter().map(|program| program.name.clone()).zip(outcomes).collect();
        let front_end = if args.own_front_end { "-own" } else { "" };
        let debug = if args.debug { "-debug" } else { "" };
        let saved = work.join(format!("last-{corpus_name}-{label}{front_end}{debug}.json"));
        good &= report::print(&label, &results, &expected, &saved, args.show)?;
        all.push((label, results));
    }
    if args.own_front_end {
        let [own, rustc] = runner.bodies.each_ref().map(|sum| sum.load(Ordering::Relaxed));
        println!("front end own: {own} bodies, {rustc} from rustc");
    }
    let _ = std::fs::remove_dir_all(&scratch);
    good &= report::print_differences(&all, &may_differ);
    if let Some(path) = &args.json {
        report::write_json(path, &all)?;
    }
    Ok(good)
}

/// Has the compiler make std for a target, if there is none.
fn prepare_std(compiler: &Path, target: &str, cache: &Path) -> Result<(), String> {
    std::fs::create_dir_all(cache).map_err(|error| format!("{}: {error}", cache.display()))?;
    let mut command = Command::new(compiler);
    command.args(["target", "add", target]).env("BESSEMER_CACHE_DIR", cache);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("there is no std for `{target}`")),
        Err(error) => Err(format!("{}: {error}", compiler.display())),
    }
}

/// Runs all programs in one configuration; shows progress on standard error.
fn run_all(runner: &Runner, configuration: &Configuration, programs: &[corpus::Program], jobs: usize) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let passed = AtomicUsize::new(0);
    let outcomes: Vec<Mutex<Option<Outcome>>> = programs.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(program) = programs.get(index) else { break };
                    let outcome = runner.run(configuration, program, index);
                    if outcome.cause.is_none() {
                        passed.fetch_add(1, Ordering::Relaxed);
                    }
                    *outcomes[index].lock().expect("no thread panics while it holds this") = Some(outcome);
                    if (index + 1).is_multiple_of(50) {
                        eprintln!("  {}/{} ({} pass)", index + 1, programs.len(), passed.load(Ordering::Relaxed));
                    }
                }
            });
        }
    });
    let finished = outcomes.into_iter().map(|it| it.into_inner().expect("no thread panicked"));
    finished.map(|outcome| outcome.expect("every program was run")).collect()
}
