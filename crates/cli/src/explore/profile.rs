//! Where a program spends its time: it is built, run by `perf`, and what `perf` has seen is put beside functions, lines and
//! instructions.

use super::child::{Ended, Group, run};
use super::worker::shown_path;
use explore::api::{Failure, Flame, FunctionSamples, LineSamples, Profile, Reason};
use inspect::InspectError;
use inspect::code::{Function, ObjectCode};
use inspect::lines::Lines;
use inspect::names;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How often a second `perf` looks; no divisor of what happens at even times.
const SAMPLES_PER_SECOND: &str = "997";

/// A run is ended after this time, and shown as far as it went.
const RUN_LIMIT: Duration = Duration::from_secs(60);

/// What is less than one part of so many is left out of the flame graph.
const SMALLEST: u64 = 2000;

/// What to do where there is no `perf`.
const INSTALL: &str = "`perf` is not installed, which looks where programs spend their time. Debian has it as linux-perf, Ubuntu as \
                       linux-tools-generic, Fedora and Arch as perf.";

/// Runs a program by `perf`, and reads what that has seen. `started` is told what may be ended from outside.
///
/// # Errors
/// There is no `perf`, or it cannot look.
pub fn profile(
    program: &Path,
    args: &[OsString],
    main: &Path,
    scratch: &Path,
    started: &dyn Fn(Group),
) -> Result<Profile, Failure> {
    let fail = |message: String| Failure::new(Reason::Program, message);
    let data = scratch.join("perf.data");
    let mut command = Command::new("perf");
    command.args(["record", "--quiet", "--call-graph", "fp", "-F", SAMPLES_PER_SECOND, "-o"]).arg(&data).arg("--");
    command.arg(program).args(args).stdout(Stdio::null());
    let recorded = match run(command, RUN_LIMIT, started) {
        Ok(recorded) => recorded,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(fail(INSTALL.to_owned())),
        Err(error) => return Err(fail(format!("`perf` cannot be run: {error}"))),
    };
    if !data.is_file() {
        let said = String::from_utf8_lossy(&recorded.stderr);
        return Err(fail(format!("`perf record` has seen nothing:\n{}", said.trim())));
    }
    let mut command = Command::new("perf");
    command.args(["script", "--no-demangle", "-F", "comm,ip,sym,symoff,dso", "-i"]).arg(&data);
    let read = run(command, RUN_LIMIT, started).map_err(|error| fail(format!("`perf` cannot be run: {error}")))?;
    let text = String::from_utf8_lossy(&read.stdout);
    let bytes = std::fs::read(program).map_err(|error| fail(error.to_string()))?;
    let gathered = gather(&text, program, &bytes, main).map_err(|error| fail(error.to_string()))?;
    Ok(Profile { end: end(&recorded), ..gathered })
}

/// How a run ended, for people; nothing where it ended well.
fn end(ended: &Ended) -> String {
    match (ended.is_cut_off, ended.code) {
        (true, _) => format!("It was ended after {} seconds.", RUN_LIMIT.as_secs()),
        (_, Some(0)) => String::new(),
        (_, Some(code)) => format!("The program ended with exit code {code}."),
        (_, None) => "The program was ended by a signal.".to_owned(),
    }
}

/// One function on the stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Frame<'a> {
    symbol: &'a str,
    /// How far the instruction is from the function's start.
    offset: u64,
    /// The file that it is in.
    object: &'a str,
}

/// The stacks in what `perf script` prints, the innermost function first.
fn stacks(text: &str) -> Vec<Vec<Frame<'_>>> {
    let mut all = Vec::new();
    let mut current = Vec::new();
    for line in text.lines() {
        // A sample begins with the name of the process.
        if !line.starts_with([' ', '\t']) {
            if !current.is_empty() {
                all.push(std::mem::take(&mut current));
            }
            continue;
        }
        let Some((_, rest)) = line.trim_start().split_once(' ') else { continue };
        // Symbols have no blanks; paths may have what they like.
        let Some((place, object)) = rest.split_once(" (") else { continue };
        let (symbol, offset) = place.rsplit_once("+0x").unwrap_or((place, "0"));
        let offset = u64::from_str_radix(offset, 16).unwrap_or_default();
        current.push(Frame { symbol, offset, object: object.strip_suffix(')').unwrap_or(object) });
    }
    if !current.is_empty() {
        all.push(current);
    }
    all
}

/// What `perf script` has printed, beside functions, lines and instructions of the program.
fn gather(text: &str, program: &Path, bytes: &[u8], main: &Path) -> Result<Profile, InspectError> {
    let code = ObjectCode::read(bytes)?;
    let lines = code.lines()?;
    let functions: HashMap<&str, &Function> = code.functions().iter().map(|it| (&*it.symbol, it)).collect();
    let program = std::fs::canonicalize(program).unwrap_or_else(|_| program.to_owned());
    let program = program.to_string_lossy();
    let place = |frame: &Frame<'_>, is_leaf: bool| {
        let function = functions.get(frame.symbol).filter(|_| frame.object == program)?;
        // What returns stands behind the call.
        let offset = if is_leaf { frame.offset } else { frame.offset.saturating_sub(1) };
        line_of(&lines, function.place.offset + offset, main)
    };
    let stacks = stacks(text);
    let mut by_line: HashMap<(String, u64), LineSamples> = HashMap::new();
    let mut by_function: BTreeMap<&str, FunctionSamples> = BTreeMap::new();
    let mut root = Node::default();
    for stack in &stacks {
        let mut seen = HashSet::new();
        for (depth, frame) in stack.iter().enumerate() {
            let Some((file, line)) = place(frame, depth == 0) else { continue };
            let entry = by_line.entry((file.clone(), line)).or_insert_with(|| LineSamples {
                file: file.clone(),
                line,
                own: 0,
                total: 0,
            });
            entry.own += u64::from(depth == 0);
            // A function that calls itself is on the stack more than once.
            entry.total += u64::from(seen.insert((file, line)));
        }
        if let Some(leaf) = stack.first().filter(|leaf| leaf.object == program)
            && let Some(function) = functions.get(leaf.symbol)
        {
            let entry = by_function
                .entry(&function.symbol)
                .or_insert_with(|| FunctionSamples { size: function.size_bytes, offsets: BTreeMap::new() });
            *entry.offsets.entry(leaf.offset).or_default() += 1;
        }
        root.add(stack);
    }
    let samples = stacks.len() as u64;
    let mut lines: Vec<LineSamples> = by_line.into_values().collect();
    lines.sort_by(|a, b| (b.own, b.total, &a.file, a.line).cmp(&(a.own, a.total, &b.file, b.line)));
    Ok(Profile {
        samples,
        seconds: samples as f64 / SAMPLES_PER_SECOND.parse::<f64>().unwrap_or(1.0),
        end: String::new(),
        flame: root.flame("all", samples / SMALLEST),
        lines,
        functions: by_function.into_iter().map(|(symbol, it)| (symbol.to_owned(), it)).collect(),
    })
}

fn line_of(lines: &Lines, address: u64, main: &Path) -> Option<(String, u64)> {
    let line = lines.at_address(address)?;
    Some((shown_path(&line.file, main), line.line))
}

/// Functions that were called, by who called them.
#[derive(Default)]
struct Node<'a> {
    samples: u64,
    children: BTreeMap<&'a str, Node<'a>>,
}

impl<'a> Node<'a> {
    fn add(&mut self, stack: &[Frame<'a>]) {
        let mut node = self;
        node.samples += 1;
        for frame in stack.iter().rev() {
            node = node.children.entry(frame.symbol).or_default();
            node.samples += 1;
        }
    }

    fn flame(&self, symbol: &str, least: u64) -> Flame {
        let large = self.children.iter().filter(|(_, child)| child.samples > least);
        let mut children: Vec<Flame> = large.map(|(symbol, child)| child.flame(symbol, least)).collect();
        children.sort_by(|a, b| (b.samples, &a.name).cmp(&(a.samples, &b.name)));
        Flame { name: names::of_symbol(symbol), symbol: symbol.to_owned(), samples: self.samples, children }
    }
}

#[cfg(test)]
mod tests {
    use super::{Frame, Node, stacks};

    /// As `perf` 6.1 has printed it.
    const RECORDED: &str = include_str!("perf-script.txt");

    #[test]
    fn stacks_are_read() {
        let stacks = stacks(RECORDED);
        assert_eq!(stacks.len(), 6);
        let program = "/home/a b (c)/spin";
        let symbol = "_RNvCsfBJ5A2aKapy_4spin7collatz";
        assert_eq!(stacks[1][0], Frame { symbol, offset: 0x23, object: program });
        assert_eq!(stacks[0][1], Frame { symbol: "[unknown]", offset: 0, object: "[unknown]" });
        assert_eq!(stacks[5][0].symbol, "operator new(unsigned long)");
    }

    #[test]
    fn calls_are_a_tree() {
        let stacks = stacks(RECORDED);
        let mut root = Node::default();
        stacks.iter().for_each(|stack| root.add(stack));
        let flame = root.flame("all", 1);
        assert_eq!((flame.samples, flame.children.len()), (6, 1), "what is small is left out");
        let mut node = &flame.children[0];
        let mut path = vec![format!("{} {}", node.name, node.samples)];
        while let Some(child) = node.children.first() {
            node = child;
            path.push(format!("{} {}", node.name, node.samples));
        }
        assert_eq!(path, ["__libc_start_call_main 5", "main 5", "spin::main 5", "spin::longest 4", "spin::collatz 4"]);
    }
}
