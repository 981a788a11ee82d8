//! The process that compiles for one pane, and answers questions about what it has compiled: `bessemer explore-worker`.
//!
//! What it compiles is somebody's half-written program, and what takes machine code apart is a library. So this is a process of
//! its own, which may hang or fall over. It says what there is in one line of JSON, and then answers each line of
//! standard input by one, until that ends.

use super::child::END;
use super::remarks::{self, REMARKS, Remarks};
use super::why::Graph;
use crate::args::WorkerArgs;
use crate::code::{self, Kind, source};
use crate::commands::{self, Work};
use crate::{output, show};
use driver::{BackendChoice, Backends, DriverError, EmitKind, FunctionWork, Report, Toolchain};
use explore::api::{FileText, FunctionEntry, Listing, Part, Row};
use inspect::InspectError;
use inspect::code::ObjectCode;
use inspect::disassembly::{Disassembler, Syntax};
use inspect::lines::{Lines, SourceLine};
use inspect::places::{self, ExpandedLine, Places};
use inspect::text::{self, Form, TextFunction};
use inspect::{disassembly, names};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// More lines than this are not shown at once.
const MAX_ROWS: usize = 20_000;

/// The stage that stands in that of assembly's place for WebAssembly, whose objects are not taken apart: as LLVM writes it.
pub const WASM: &str = "wasm-asm";

/// What is asked of a worker.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// The code of a function, or of all that are the crate's own.
    Show { function: Option<usize>, syntax: String },
    /// The text of a file that shown code comes from.
    File { name: String },
    /// The chain of functions that leads to one.
    Why { symbol: String },
    /// The calls in a function, and of it, that are not inlined.
    NotInlined { symbol: String },
}

/// What a worker says first.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Index {
    pub functions: Vec<FunctionEntry>,
    pub unit: String,
    pub report: serde_json::Value,
    /// The files that a package is made of.
    #[serde(default)]
    pub inputs: Vec<Input>,
}

/// A file that something is made of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Input {
    pub path: PathBuf,
    /// How it is named on the page.
    pub name: String,
    /// The same for the same content.
    pub content: String,
}

/// What was done for code that is shown.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Done {
    report: serde_json::Value,
    /// By functions' symbols.
    work: HashMap<String, explore::api::Work>,
}

impl Done {
    /// As a build has told it.
    pub fn new(report: &Report, done: Vec<FunctionWork>) -> Done {
        let mut work = HashMap::new();
        for it in done {
            // What is found in the cache later was made for it first.
            work.entry(it.function).or_insert_with(|| explore::api::Work {
                backend: it.backend,
                seconds: it.time.map(|time| time.as_secs_f64()),
                together: it.together,
                code: it.code[..8].iter().map(|byte| format!("{byte:02x}")).collect(),
            });
        }
        Done { report: json!(report), work }
    }
}

/// Which stage is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    Expanded,
    Code(Kind),
    /// LLVM's IR before anything is optimised.
    InitialIr,
    /// What the optimiser says, which is not looked at but asked for.
    Remarks,
}

impl Stage {
    fn of_name(name: &str) -> Option<Stage> {
        Some(match name {
            "expanded" => Stage::Expanded,
            "llvm-ir-initial" => Stage::InitialIr,
            REMARKS => Stage::Remarks,
            WASM => Stage::Code(Kind::Text(Form::WasmAssembly)),
            _ => Stage::Code(Kind::of_command(name)?),
        })
    }

    fn emitted(self, backend: &BackendChoice) -> Option<EmitKind> {
        Some(match self {
            Stage::Expanded => EmitKind::ExpandedLines,
            Stage::InitialIr => EmitKind::Format("llvm-ir-initial".to_owned()),
            Stage::Remarks => EmitKind::Format(remarks::format(backend)?),
            Stage::Code(kind) => kind.emitted(),
        })
    }
}

/// `bessemer explore-worker`.
pub fn file(args: &WorkerArgs, backends: &Backends, started: Instant) -> Result<ExitCode, ExitCode> {
    let compile = &args.compile;
    let stage = Stage::of_name(&args.stage)
        .ok_or_else(|| show::usage(&format!("there is no stage `{}` to explore", args.stage)))?;
    let folder =
        tempfile::tempdir().map_err(|error| show::usage(&format!("a temporary folder cannot be made: {error}")))?;
    let path = folder.path().join("code");
    let Work { mut options, mut report, status, interrupts } = Work::new(compile, Some(&args.file), backends)?;
    let done: Arc<Mutex<Vec<FunctionWork>>> = Arc::default();
    let noted = Arc::clone(&done);
    report.observer = report.observer.telling_work(move |work| {
        noted.lock().unwrap_or_else(PoisonError::into_inner).push(work);
    });
    let krate = options.crate_name();
    // The text lies in a folder of its own. Its code is that of the file that it stands for: else what names the file, as panics
    // do, would be other code after each edit.
    let moved = args.shown_as.as_deref().and_then(|file| {
        let folders = (args.file.parent()?.to_owned(), file.parent()?.to_owned());
        let remap = [folders.0.as_os_str(), folders.1.as_os_str()].join(OsStr::new("="));
        let is_clear = remap.as_encoded_bytes().iter().filter(|byte| **byte == b'=').count() == 1;
        is_clear.then(|| {
            options.body_args.extend(["--remap-path-prefix".into(), remap]);
            folders
        })
    });
    let emitted = stage.emitted(&options.backend).ok_or_else(|| {
        show::usage(&format!("the back end `{}` does not say what it has not done", options.backend.name()))
    })?;
    let built = code::build(&mut options, &compile.crate_types, emitted, &path, report);
    Work::end(status, &interrupts);
    let mut built = built.map_err(|error| show::error(&error, compile.style()))?;
    commands::tell(compile, &built.diagnostics, &mut built.report, &[], started);
    built.report.finish(started.elapsed(), &[]);
    let done = std::mem::take(&mut *done.lock().unwrap_or_else(PoisonError::into_inner));
    let (main, moved) = match &moved {
        Some((from, to)) => (to.join(args.file.file_name().unwrap_or_default()), Some((&**from, &**to))),
        None => (args.file.clone(), None),
    };
    answer(stage, (&path, moved), &main, &krate, Done::new(&built.report, done), &[])
        .map_err(|error| show::error(&error, compile.style()))
}

/// The same of what cargo has built into a file, for a stage that it can be asked for.
///
/// # Errors
/// What was built cannot be read.
pub fn artefact(
    stage: &str,
    path: &Path,
    main: &Path,
    krate: &str,
    done: Done,
    inputs: &[PathBuf],
) -> Result<ExitCode, DriverError> {
    let stage = Stage::of_name(stage).ok_or_else(|| DriverError::Usage(format!("there is no stage `{stage}`")))?;
    answer(stage, (path, None), main, krate, done, inputs)
}

/// What has no name of Rust's is taken for the crate's own. With a std from source, most of that is what compilers call: then it
/// is the crate's own only where its source has the name.
fn disown(functions: &mut [FunctionEntry], source: impl FnOnce() -> String) {
    let is_unmangled = |it: &FunctionEntry| it.own && it.symbol.as_deref() == Some(&it.name);
    // What compilers add.
    for it in functions.iter_mut().filter(|it| is_unmangled(it)) {
        it.own = !it.name.starts_with(".L") && !it.name.starts_with("OUTLINED_FUNCTION_");
    }
    if functions.iter().any(|it| it.krate.as_deref() == Some("compiler_builtins")) {
        let source = source();
        let words: HashSet<&str> = source.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        functions.iter_mut().filter(|it| is_unmangled(it)).for_each(|it| it.own = words.contains(&*it.name));
    }
}

/// A file as it is now.
fn input(path: &Path, main: &Path) -> Option<Input> {
    let mut hasher = DefaultHasher::new();
    std::fs::read(path).ok()?.hash(&mut hasher);
    Some(Input { path: path.to_owned(), name: shown_path(path, main), content: format!("{:016x}", hasher.finish()) })
}

fn answer(
    stage: Stage,
    (path, moved): (&Path, Option<(&Path, &Path)>),
    main: &Path,
    krate: &str,
    mut done: Done,
    inputs: &[PathBuf],
) -> Result<ExitCode, DriverError> {
    let bytes = std::fs::read(path).map_err(|error| DriverError::Io { path: path.to_owned(), error })?;
    let fault = |error: InspectError| DriverError::Open(error.to_string());
    let sysroot = Toolchain::find(driver::options::default_cache().as_deref())?.sysroot;
    let is_text = stage != Stage::Code(Kind::Asm);
    let text = if is_text { String::from_utf8_lossy(&bytes) } else { "".into() };
    let code = match stage {
        Stage::Expanded => {
            let mut lines = places::expanded(&text);
            // Our own front end says where it has read.
            for (_, place) in lines.iter_mut().flat_map(|line| &mut line.parts) {
                if let Some((from, to)) = moved
                    && let Ok(rest) = place.file.strip_prefix(from)
                {
                    place.file = Rc::new(to.join(rest));
                }
            }
            Code::Lines(lines)
        }
        Stage::Remarks => Code::Lines(Vec::new()),
        Stage::InitialIr => Code::text(Form::LlvmIr, &text),
        Stage::Code(Kind::Text(form)) => Code::text(form, &text),
        Stage::Code(Kind::Asm) => {
            let code = Box::new(ObjectCode::read(&bytes).map_err(fault)?);
            Code::Object { code, sysroot: &sysroot, lines: OnceCell::new() }
        }
    };
    let mut functions = code.functions(krate);
    disown(&mut functions, || std::fs::read_to_string(main).unwrap_or_default());
    for function in &mut functions {
        function.work = function.symbol.as_deref().and_then(|symbol| done.work.remove(symbol));
    }
    let unit = if matches!(code, Code::Object { .. }) { "bytes" } else { "lines" };
    let own: Vec<usize> = functions.iter().enumerate().filter(|(_, it)| it.own).map(|(index, _)| index).collect();
    let inputs = inputs.iter().filter_map(|path| input(path, main)).collect();
    let index = Index { functions, unit: unit.to_owned(), report: done.report, inputs };
    show::say(END);
    output::print(&format!("{}\n", json!(index)));
    let (mut graph, mut remarks) = (None, None);
    // The files that were named: no others are read.
    let mut named: HashMap<String, PathBuf> = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let Ok(question) = serde_json::from_str(&line.unwrap_or_default()) else { break };
        let answer = match question {
            Question::Show { function, syntax } => {
                let all = function.map_or_else(|| own.clone(), |index| vec![index]);
                match code.listing(&all, &syntax, main) {
                    Ok((listing, files)) => {
                        named.extend(files);
                        json!(listing)
                    }
                    Err(error) => json!({ "error": error.to_string() }),
                }
            }
            Question::File { name } => match named.get(&name).map(|path| std::fs::read(source::here(&sysroot, path))) {
                Some(Ok(text)) => json!(FileText { text: String::from_utf8_lossy(&text).into_owned() }),
                Some(Err(_)) => {
                    json!({ "error": format!("{name} is not on this machine (for std's: rustup component add rust-src)") })
                }
                None => json!({ "error": format!("no code that was shown comes from {name}") }),
            },
            Question::Why { symbol } => {
                let graph = graph.get_or_insert_with(|| Graph::read(&text));
                let chain = graph.chain(&symbol).into_iter().map(names::of_symbol);
                json!(explore::api::Why { chain: chain.collect() })
            }
            Question::NotInlined { symbol } => {
                let remarks = remarks.get_or_insert_with(|| Remarks::read(&text));
                json!(remarks.of(&symbol, |path| shown_path(path, main)))
            }
        };
        output::print(&format!("{answer}\n"));
    }
    Ok(ExitCode::SUCCESS)
}

/// What was compiled.
enum Code<'a> {
    Object {
        code: Box<ObjectCode<'a>>,
        sysroot: &'a Path,
        lines: OnceCell<Lines>,
    },
    Text {
        form: Form,
        functions: Vec<TextFunction<'a>>,
        places: Places<'a>,
    },
    /// A text as a whole.
    Lines(Vec<ExpandedLine<'a>>),
}

impl<'a> Code<'a> {
    fn text(form: Form, text: &'a str) -> Code<'a> {
        Code::Text { form, functions: text::functions(form, text), places: Places::read(form, text) }
    }

    fn functions(&self, own: &str) -> Vec<FunctionEntry> {
        let entry = |name: &str, symbol: Option<&str>, size| {
            // MIR is that of one crate, and its functions have no symbols.
            let krate = symbol.map_or_else(|| Some(own.to_owned()), names::crate_of);
            FunctionEntry {
                name: name.to_owned(),
                generic: Some(names::generic_of(name)).filter(|generic| generic != name),
                symbol: symbol.map(str::to_owned),
                own: krate.as_deref() == Some(own) || symbol == Some(name),
                krate,
                size,
                work: None,
            }
        };
        match self {
            Code::Object { code, .. } => {
                code.functions().iter().map(|it| entry(&it.name, Some(&it.symbol), it.size_bytes)).collect()
            }
            Code::Text { form, functions, .. } => functions
                .iter()
                .map(|it| {
                    let symbol = (*form != Form::Mir).then_some(it.symbol);
                    entry(&it.name, symbol, it.text.lines().count() as u64)
                })
                .collect(),
            Code::Lines(_) => Vec::new(),
        }
    }

    /// The code of functions, and the paths of the files that it names.
    fn listing(
        &self,
        indices: &[usize],
        syntax: &str,
        main: &Path,
    ) -> Result<(Listing, HashMap<String, PathBuf>), InspectError> {
        let mut page = Page::new(main);
        match self {
            Code::Lines(lines) => lines.iter().for_each(|line| page.expanded(line)),
            Code::Text { functions, places, .. } => {
                for (number, function) in indices.iter().filter_map(|index| functions.get(*index)).enumerate() {
                    if page.is_full(number, indices) {
                        break;
                    }
                    page.head(&function.name);
                    for line in places.lines(function) {
                        page.row(Row::new(line.text), line.place.as_ref());
                    }
                }
            }
            Code::Object { code, sysroot, lines } => {
                let syntax = if syntax == "att" { Syntax::Att } else { Syntax::Intel };
                let lines = match lines.get() {
                    Some(lines) => lines,
                    None => {
                        let read = code.lines()?;
                        lines.get_or_init(|| read)
                    }
                };
                let mut disassembler = Disassembler::new(sysroot, code, syntax)?;
                let functions = code.functions();
                for (number, function) in indices.iter().filter_map(|index| functions.get(*index)).enumerate() {
                    if page.is_full(number, indices) {
                        break;
                    }
                    page.head(&function.name);
                    if let Some(head) = page.listing.rows.last_mut() {
                        head.symbol = Some(function.symbol.clone());
                    }
                    for instruction in disassembler.function(code, function, lines)? {
                        page.instruction(&instruction);
                    }
                }
            }
        }
        let Page { listing, files, .. } = page;
        let named = files.into_iter().map(|(path, number)| (listing.files[number].clone(), path)).collect();
        Ok((listing, named))
    }
}

/// How a file is named on the page, whose first file is this one.
pub fn shown_path(path: &Path, main: &Path) -> String {
    let near = main.parent().filter(|folder| !folder.as_os_str().is_empty());
    let shown = near.and_then(|folder| path.strip_prefix(folder).ok()).map(Path::to_owned);
    let shown = shown.or_else(|| source::of_std(path)).unwrap_or_else(|| path.to_owned());
    shown.display().to_string()
}

/// A listing that is being made.
struct Page<'a> {
    listing: Listing,
    main: &'a Path,
    files: HashMap<PathBuf, usize>,
}

impl<'a> Page<'a> {
    fn new(main: &'a Path) -> Page<'a> {
        let name = main.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let files = HashMap::from([(main.to_owned(), 0)]);
        Page { listing: Listing { files: vec![name], ..Listing::default() }, main, files }
    }

    /// Notes that there is no room for more, after so many functions.
    fn is_full(&mut self, number: usize, indices: &[usize]) -> bool {
        let is_full = self.listing.rows.len() > MAX_ROWS;
        if is_full {
            self.listing.left_out = indices.len() - number;
        }
        is_full
    }

    fn head(&mut self, name: &str) {
        if !self.listing.rows.is_empty() {
            self.listing.rows.push(Row::new(""));
        }
        self.listing.rows.push(Row { kind: Some("function".to_owned()), ..Row::new(format!("{name}:")) });
    }

    fn row(&mut self, mut row: Row, place: Option<&SourceLine>) {
        if let Some(place) = place {
            (row.file, row.line) = (Some(self.file(&place.file)), Some(place.line));
        }
        self.listing.rows.push(row);
    }

    /// A file's number.
    fn file(&mut self, path: &Path) -> usize {
        if let Some(number) = self.files.get(path) {
            return *number;
        }
        let number = self.listing.files.len();
        self.listing.files.push(shown_path(path, self.main));
        self.files.insert(path.to_owned(), number);
        number
    }

    fn expanded(&mut self, line: &ExpandedLine<'_>) {
        let mut row = Row::new(line.text);
        if let [_, _, ..] = &line.parts[..] {
            // Pages count as their language does.
            let at = |offset: usize| line.text[..offset].encode_utf16().count();
            let part = |(offset, place): &(usize, SourceLine)| Part {
                at: at(*offset),
                file: self.file(&place.file),
                line: place.line,
            };
            row.parts = line.parts.iter().map(part).collect();
        }
        self.row(row, line.parts.first().map(|(_, place)| place));
    }

    fn instruction(&mut self, instruction: &disassembly::Instruction) {
        if let Some(label) = &instruction.label {
            self.listing.rows.push(Row { kind: Some("label".to_owned()), ..Row::new(format!("{label}:")) });
        }
        let (word, operands) = instruction.text.split_once('\t').unwrap_or((&instruction.text, ""));
        let operands = operands.replace('\t', " ");
        let mut text = format!("        {word:7} {operands}").trim_end().to_owned();
        if !instruction.references.is_empty() {
            text += &format!("  // {}", instruction.references.join(", "));
        }
        self.row(Row { offset: Some(instruction.offset), ..Row::new(text) }, instruction.line.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::disown;
    use explore::api::FunctionEntry;

    #[test]
    fn what_std_has_for_compilers_is_not_the_crates_own() {
        let entry = |name: &str, symbol: &str, krate: Option<&str>| FunctionEntry {
            name: name.to_owned(),
            generic: None,
            symbol: Some(symbol.to_owned()),
            krate: krate.map(str::to_owned),
            size: 1,
            own: krate == Some("a") || name == symbol,
            work: None,
        };
        let own = |functions: &[FunctionEntry]| -> Vec<String> {
            functions.iter().filter(|it| it.own).map(|it| it.name.clone()).collect()
        };
        let mut functions = vec![
            entry("OUTLINED_FUNCTION_0", "OUTLINED_FUNCTION_0", None),
            entry("a::f", "_Rf", Some("a")),
            entry("exported", "exported", None),
            entry("floor", "floor", None),
        ];
        let source = || "#[no_mangle] extern \"C\" fn exported() {} // floors".to_owned();
        disown(&mut functions, source);
        assert_eq!(own(&functions), ["a::f", "exported", "floor"]);
        functions.push(entry("compiler_builtins::x", "_Rx", Some("compiler_builtins")));
        disown(&mut functions, source);
        assert_eq!(own(&functions), ["a::f", "exported"]);
    }
}
