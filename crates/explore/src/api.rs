//! What the page asks for, and what it gets.

use crate::diagnostics::Diagnostic;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// How code is made that a pane shows.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Configuration {
    /// The stage by its name: `mir`, `asm`, ….
    pub stage: String,
    /// The back end by its name.
    pub backend: String,
    /// How hard to optimise: `0`, `1`, `2`, `3`, `s`, `z`.
    pub level: String,
    /// What to compile for; empty: as the command line says.
    #[serde(default)]
    pub target: String,
}

/// Compile this.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CompileRequest {
    /// The text of the file that is edited; absent: as it is on disk.
    pub source: Option<String>,
    /// How.
    pub configuration: Configuration,
    /// Which page asks: what it asked before for the same pane is not wanted any more.
    pub client: String,
    /// Which of its panes.
    pub pane: u32,
}

/// A function that was compiled.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FunctionEntry {
    /// Its name as a path of Rust.
    pub name: String,
    /// The name without generic arguments, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generic: Option<String>,
    /// Its symbol; absent where the stage has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// The crate whose source it is in; absent: none of Rust's.
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    pub krate: Option<String>,
    /// How large it is: bytes of machine code, or lines of text.
    pub size: u64,
    /// Whether it is of the crate that is looked at.
    pub own: bool,
    /// What was done for it; absent: that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work: Option<Work>,
}

/// What was done for a function's code.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Work {
    /// The back end that has made it.
    pub backend: String,
    /// How long that took; absent: it was in the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// How many functions that time is of: those of a module, where the back end does not tell them apart.
    pub together: usize,
    /// The same for functions that are the same to the back end.
    pub code: String,
}

/// What was compiled.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Compiled {
    /// By which it is asked for.
    pub key: String,
    /// All functions.
    pub functions: Vec<FunctionEntry>,
    /// What functions' sizes count: `bytes`, `lines`.
    pub unit: String,
    /// What the compiler had to say of the source.
    pub diagnostics: Vec<Diagnostic>,
    /// How long it took.
    pub seconds: f64,
    /// What was done, as `--report json` tells it.
    pub report: Value,
    /// The files that it is made of; none where that is what is edited.
    #[serde(default)]
    pub inputs: Vec<Input>,
}

/// A file that something is made of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Input {
    /// Its name, as in [`Listing::files`].
    pub file: String,
    /// The same for the same content.
    pub content: String,
}

/// Why something was not compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The program is wrong, or asks for what is not there.
    Program,
    /// It took too long, and was cut off.
    Time,
    /// The compiler ended in a way that it must not.
    Crash,
    /// Something newer was asked for in its place.
    Replaced,
    /// What was compiled is not kept any more: it has to be compiled again.
    Gone,
}

/// What was not compiled, and why.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Failure {
    /// Why.
    pub reason: Reason,
    /// The same for people; empty where the diagnostics say it.
    pub message: String,
    /// What the compiler had to say of the source.
    pub diagnostics: Vec<Diagnostic>,
}

impl Failure {
    /// One without diagnostics.
    pub fn new(reason: Reason, message: impl Into<String>) -> Failure {
        Failure { reason, message: message.into(), diagnostics: Vec::new() }
    }
}

/// Show code of what was compiled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShowRequest {
    /// [`Compiled::key`].
    pub key: String,
    /// The function's number in the list; absent: all of the crate that is looked at.
    pub function: Option<usize>,
    /// How assembly is written: `intel`, `att`.
    #[serde(default)]
    pub syntax: String,
}

/// A line of code.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Row {
    /// Its text.
    pub text: String,
    /// What begins here: `function`, `label`; absent: an ordinary line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The number of the file that it comes from, in [`Listing::files`]; the file that is edited is the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<usize>,
    /// The line there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// How far the instruction is from the function's start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// The symbol of a function that begins here, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// Its parts, where it has several that come from several lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// A part of a line of code, up to the next one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Part {
    /// Where it begins, in units of UTF-16.
    pub at: usize,
    /// The number of the file that it comes from, in [`Listing::files`].
    pub file: usize,
    /// The line there.
    pub line: u64,
}

impl Row {
    /// A line that comes from nowhere.
    pub fn new(text: impl Into<String>) -> Row {
        Row { text: text.into(), kind: None, file: None, line: None, offset: None, symbol: None, parts: Vec::new() }
    }
}

/// Code.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Listing {
    /// Its lines.
    pub rows: Vec<Row>,
    /// The files that they come from, the one that is edited first.
    pub files: Vec<String>,
    /// How many functions were left out, as there are too many.
    pub left_out: usize,
}

/// Show a file that code comes from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileRequest {
    /// [`Compiled::key`].
    pub key: String,
    /// Its name, as a listing has it: no others are shown.
    pub file: String,
}

/// A file's text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FileText {
    /// The text.
    pub text: String,
}

/// Say why a function is there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WhyRequest {
    /// What is compiled: the same as for its code, but for the stage.
    pub compile: CompileRequest,
    /// The function's symbol.
    pub symbol: String,
}

/// Why a function is there.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Why {
    /// The shortest chain of functions, each of which refers to the next: from where everything begins to the function. Empty:
    /// nothing that is known leads there.
    pub chain: Vec<String>,
}

/// Say which calls in a function, and of it, are not inlined, and why.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NotInlinedRequest {
    /// What is compiled: the same as for its code, but for the stage.
    pub compile: CompileRequest,
    /// The function's symbol.
    pub symbol: String,
}

/// Which calls are not inlined.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct NotInlined {
    /// Calls in the function, by the names of what they call.
    pub inside: Vec<NotInlinedCall>,
    /// Calls of the function, by the names of where they are.
    pub of: Vec<NotInlinedCall>,
    /// How many calls were left out, as there are too many.
    pub left_out: usize,
}

/// A call that is not inlined.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct NotInlinedCall {
    /// The other function's name.
    pub name: String,
    /// The call's source file, named as in [`Listing::files`]; empty: it is not known.
    pub file: String,
    /// The line there; 0: it is not known.
    pub line: u32,
    /// Why, in the words of what has compiled it.
    pub reason: String,
}

/// Where a program spends its time, as somebody has seen who has looked many times.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Profile {
    /// How many times it was looked at.
    pub samples: u64,
    /// How long it ran, as these tell: on all processors together.
    pub seconds: f64,
    /// How it ended; empty: well.
    pub end: String,
    /// The functions, by who called them.
    pub flame: Flame,
    /// Source lines, those with most samples of their own first.
    pub lines: Vec<LineSamples>,
    /// Functions of the program by their symbols.
    pub functions: BTreeMap<String, FunctionSamples>,
}

/// A function with those that it called.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Flame {
    /// Its name as a path of Rust.
    pub name: String,
    /// Its symbol.
    pub symbol: String,
    /// How often it was on the stack here.
    pub samples: u64,
    /// Those that it called, the one with most samples first. What is very small is left out.
    pub children: Vec<Flame>,
}

/// How often a source line was at work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LineSamples {
    /// The file, named as in [`Listing::files`].
    pub file: String,
    /// The line there.
    pub line: u64,
    /// How often it was the line that ran.
    pub own: u64,
    /// The same, and how often what it called ran.
    pub total: u64,
}

/// How often the instructions of a function were the ones that ran.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct FunctionSamples {
    /// How large its code is, in bytes.
    pub size: u64,
    /// Samples by how far instructions are from the function's start.
    pub offsets: BTreeMap<u64, u64>,
}

/// Somebody who compiles what the page asks for. Each question is asked on a thread of its own.
pub trait Compile: Send + Sync {
    /// What the page has to know at first: the source, and what there is to choose from.
    fn about(&self) -> Value;

    /// The last build of the same outside of the page: when it began, by which command, and what its units did, as `--report json`
    /// tells it. Null: there is none.
    fn last_build(&self) -> Value {
        Value::Null
    }

    /// Compiles.
    ///
    /// # Errors
    /// Why it was not compiled.
    fn compile(&self, request: &CompileRequest) -> Result<Compiled, Failure>;

    /// Shows code of what was compiled.
    ///
    /// # Errors
    /// Why it cannot be shown.
    fn show(&self, request: &ShowRequest) -> Result<Listing, Failure>;

    /// Shows a file that code comes from.
    ///
    /// # Errors
    /// Why it cannot be shown.
    fn file(&self, request: &FileRequest) -> Result<FileText, Failure>;

    /// Says why a function is there.
    ///
    /// # Errors
    /// Why it cannot be told.
    fn why(&self, request: &WhyRequest) -> Result<Why, Failure>;

    /// Runs the program, and says where it spends its time.
    ///
    /// # Errors
    /// Why that is not known.
    fn profile(&self, _: &CompileRequest) -> Result<Profile, Failure> {
        Err(Failure::new(Reason::Program, "Programs are not run."))
    }

    /// Says which calls are not inlined.
    ///
    /// # Errors
    /// Why it cannot be told.
    fn not_inlined(&self, request: &NotInlinedRequest) -> Result<NotInlined, Failure>;
}
