//! The front end's stages against rustc's own results for the same files.
//!
//! Stage `parse`: what our printer makes of our tree is compared with `rustc -Zunpretty=normal`, byte for byte, each file by
//! itself. Files that rustc does not read alone (parts of other files, tests of errors) are counted apart.
//!
//! Stage `expand`: the same with `-Zunpretty=expanded`, of files that are changed so that they need no macros of std.

mod expansion;
mod files;
mod rustc;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use expand::cfg::Options;
use files::SourceFile;
use syntax::span::Editions;

const USAGE: &str = "\
Usage: cargo xtask front-diff [OPTIONS] PATH…

  PATH             A file, or a folder whose .rs files are taken
  --stage STAGE    What is compared: parse or expand [default: parse]
  --edition N      The edition of files that neither say it themselves nor belong to a package [default: 2015]
  --jobs N         How many files at once [default: the number of cores]
  --show N         How many differences of a kind are shown [default: 3]
  --alone          Only ours: what is not read, and how fast

rustc's results are kept in target/front-diff. Speed is only meant in release builds (cargo run --release -p xtask).";

struct Args {
    paths: Vec<PathBuf>,
    edition: String,
    jobs: usize,
    show: usize,
    alone: bool,
    /// The options of conditional compilation, if macros are expanded.
    expand: Option<Options>,
}

fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Args>, String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut result =
        Args { paths: Vec::new(), edition: "2015".to_owned(), jobs: cores, show: 3, alone: false, expand: None };
    while let Some(arg) = args.next() {
        let (name, attached) = match arg.split_once('=').filter(|_| arg.starts_with("--")) {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (arg, None),
        };
        let mut value = || attached.clone().or_else(|| args.next()).ok_or_else(|| format!("`{name}` needs a value"));
        let number = |text: String| text.parse::<usize>().map_err(|_| format!("`{text}` is no number"));
        match &*name {
            "--stage" => match &*value()? {
                "parse" => result.expand = None,
                "expand" => result.expand.insert(Options::default()).insert_printed(&rustc::printed_cfg()?),
                other => return Err(format!("there is no stage `{other}`\n\n{USAGE}")),
            },
            "--edition" => result.edition = value()?,
            "--jobs" => result.jobs = number(value()?)?.max(1),
            "--show" => result.show = number(value()?)?,
            "--alone" => result.alone = true,
            "-h" | "--help" => return Ok(None),
            _ if name.starts_with('-') => return Err(format!("unknown option `{name}`\n\n{USAGE}")),
            _ => result.paths.push(name.into()),
        }
    }
    match result.paths.is_empty() {
        true => Err(USAGE.to_owned()),
        false => Ok(Some(result)),
    }
}

/// What came out for one file.
enum Outcome {
    Equal,
    /// The construct and the message.
    Doubt(&'static str, String),
    /// The first line that differs, of both.
    Different(String, String),
    /// rustc does not read it alone. Do we?
    Refused(bool),
    /// Only ours was asked for, which read it.
    Read,
}

struct Examined {
    outcome: Outcome,
    bytes: usize,
    ours: Duration,
    rustc: Duration,
}

fn examine(file: &SourceFile, args: &Args) -> Result<Examined, String> {
    let bytes = std::fs::read(&file.path).map_err(|error| format!("{}: {error}", file.path.display()))?;
    let mut result =
        Examined { outcome: Outcome::Read, bytes: bytes.len(), ours: Duration::ZERO, rustc: Duration::ZERO };
    let source = String::from_utf8(bytes).ok().and_then(|source| match &args.expand {
        None => Some(source),
        Some(_) => expansion::prepare(&source, file.edition),
    });
    let Some(source) = source else {
        result.outcome = Outcome::Refused(false);
        return Ok(result);
    };
    let editions = Editions::new(file.edition);
    let start = Instant::now();
    let found = match &args.expand {
        None => {
            let parsed = syntax::parse(&source, 1, &editions);
            result.ours = start.elapsed();
            parsed.map(|parsed| if args.alone { String::new() } else { parsed.print(&editions) })
        }
        Some(options) => {
            let found = expansion::ours(&source, file.edition, options);
            result.ours = start.elapsed();
            found
        }
    };
    let theirs = match (args.alone, &args.expand) {
        (true, _) => None,
        (false, None) => Some(rustc::normal(file, &source)?),
        (false, Some(_)) => Some(rustc::expanded(&source, file.edition)?),
    };
    let doubt = |doubt: &syntax::doubt::Doubt| {
        let text = syntax::lexer::normalize(&source);
        let at = (doubt.span.lo as usize).saturating_sub(1).min(text.len());
        let line = text.bytes().take(at).filter(|&byte| byte == b'\n').count() + 1;
        Outcome::Doubt(doubt.construct, format!("line {line}: {}", doubt.message))
    };
    result.outcome = match (found, theirs) {
        (Err(error), None) => doubt(&error),
        (Ok(_), None) => Outcome::Read,
        (found, Some(rustc::Answer { text: None, .. })) => Outcome::Refused(found.is_ok()),
        (Err(error), Some(_)) => doubt(&error),
        (Ok(found), Some(rustc::Answer { text: Some(expected), time })) => {
            result.rustc = time;
            if found == expected {
                Outcome::Equal
            } else {
                let mut lines = found.lines().zip(expected.lines());
                let (ours, rustcs) = lines.find(|(a, b)| a != b).unwrap_or(("<end>", "<end>"));
                Outcome::Different(ours.to_owned(), rustcs.to_owned())
            }
        }
    };
    Ok(result)
}

/// Runs the task. Is all as rustc has it?
pub fn main(args: impl Iterator<Item = String>) -> Result<bool, String> {
    let Some(args) = parse(args)? else {
        println!("{USAGE}");
        return Ok(true);
    };
    let edition = args.edition.parse().map_err(|()| format!("there is no edition `{}`", args.edition))?;
    let files = files::collect(&args.paths, edition)?;
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..args.jobs {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = examine(file, &args);
                    results.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push((file, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    results.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    report(results, &args)
}

fn report(results: Vec<(&SourceFile, Result<Examined, String>)>, args: &Args) -> Result<bool, String> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut equal, mut doubts, mut different, mut refused, mut read) = (0, 0, 0, 0, 0);
    let (mut bytes, mut ours, mut rustcs) = (0, Duration::ZERO, Duration::ZERO);
    for (file, result) in results {
        let result = result?;
        let path = file.path.display();
        let measured = match &result.outcome {
            Outcome::Equal => {
                equal += 1;
                true
            }
            Outcome::Doubt(construct, message) => {
                doubts += 1;
                groups.entry(format!("doubt, {construct}")).or_default().push(format!("{path}: {message}"));
                false
            }
            Outcome::Different(ours, rustcs) => {
                different += 1;
                let word = rustcs.split_whitespace().next().unwrap_or("an empty line");
                let text = format!("{path}:\n      ours:  {ours}\n      rustc: {rustcs}");
                groups.entry(format!("different, at `{word}`")).or_default().push(text);
                true
            }
            Outcome::Refused(ours) => {
                refused += 1;
                if *ours {
                    groups.entry("read by us alone".to_owned()).or_default().push(path.to_string());
                }
                false
            }
            Outcome::Read => {
                read += 1;
                true
            }
        };
        if measured {
            bytes += result.bytes;
            ours += result.ours;
            rustcs += result.rustc;
        }
    }
    for (group, texts) in &groups {
        println!("{} × {group}", texts.len());
        for text in texts.iter().take(args.show) {
            println!("    {text}");
        }
    }
    let compared = equal + doubts + different;
    if args.alone {
        println!("{read} read, {doubts} doubted");
    } else {
        let share = 100.0 * f64::from(equal) / f64::from(compared.max(1));
        println!("{equal} of {compared} equal ({share:.2} %), {doubts} doubted, {different} different");
        println!("{refused} not read by rustc alone");
    }
    let speed = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64().max(1e-9);
    let of_rustc = match args.alone {
        true => String::new(),
        false => format!("; rustc {:.1} ms, {:.1} MB/s", rustcs.as_secs_f64() * 1e3, speed(rustcs)),
    };
    println!(
        "tokens and trees of {:.2} MB: ours {:.1} ms, {:.1} MB/s{of_rustc}",
        bytes as f64 / 1e6,
        ours.as_secs_f64() * 1e3,
        speed(ours)
    );
    Ok(doubts == 0 && different == 0)
}
