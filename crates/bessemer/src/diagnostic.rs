//! What the compiler says of a source, as data.

use driver::error::json;
use driver::{DriverError, error::explain};
use serde::Deserialize;
use std::fmt;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Level {
    /// The compiler's own fault.
    #[serde(rename = "error: internal compiler error")]
    InternalError,
    /// Nothing comes out.
    Error,
    /// Something comes out, but perhaps not what is wanted.
    Warning,
    /// More about it.
    Note,
    /// What could be done.
    Help,
    /// A remark at the end of a list of errors.
    FailureNote,
}

/// A message about the source, with the fields of rustc's JSON messages.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[non_exhaustive]
pub struct Diagnostic {
    /// How bad it is.
    pub level: Level,
    /// Its number, or the lint's name.
    pub code: Option<Code>,
    /// One sentence.
    pub message: String,
    /// The places that it is about; the primary ones are where the fault is.
    pub spans: Vec<Span>,
    /// Notes and help that belong to it.
    pub children: Vec<Diagnostic>,
    /// The whole message as a terminal shows it, without colours. Children have none.
    pub rendered: Option<String>,
}

/// What rustc calls a kind of message.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[non_exhaustive]
pub struct Code {
    /// `E0308`, `unused_variables`.
    pub code: String,
    /// What `rustc --explain` says of it.
    pub explanation: Option<String>,
}

/// A place in a source.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[non_exhaustive]
pub struct Span {
    /// The file's path; `<anon>` where the source is a text.
    pub file_name: String,
    /// In bytes from the file's start; absent for faults that show after type checking.
    pub byte_start: Option<u32>,
    /// Behind the last byte.
    pub byte_end: Option<u32>,
    /// From 1.
    pub line_start: u32,
    /// From 1.
    pub line_end: u32,
    /// In characters, from 1.
    pub column_start: u32,
    /// Behind the last character.
    pub column_end: u32,
    /// Where the fault is, not only what it has to do with.
    pub is_primary: bool,
    /// The lines that it is in.
    #[serde(default)]
    pub text: Vec<SpanLine>,
    /// What is said of this place.
    pub label: Option<String>,
    /// What could stand here instead.
    pub suggested_replacement: Option<String>,
    /// Whether that is sure to be right: rustc's word for it.
    pub suggestion_applicability: Option<String>,
    /// The macro whose expansion this is in.
    pub expansion: Option<Box<Expansion>>,
}

/// One line of a place.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[non_exhaustive]
pub struct SpanLine {
    /// The whole line.
    pub text: String,
    /// Where the place begins in it; in characters, from 1.
    pub highlight_start: u32,
    /// Behind its last character.
    pub highlight_end: u32,
}

/// The expansion of a macro.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[non_exhaustive]
pub struct Expansion {
    /// Where the macro is used.
    pub span: Span,
    /// `println!`, `#[derive(Clone)]`.
    pub macro_decl_name: String,
    /// Where it is defined.
    pub def_site_span: Option<Span>,
}

impl Diagnostic {
    /// A message about nothing in particular.
    fn plain(level: Level, message: String, rendered: String) -> Diagnostic {
        Diagnostic { level, code: None, message, spans: Vec::new(), children: Vec::new(), rendered: Some(rendered) }
    }

    /// The code's name, if it has one.
    pub fn code(&self) -> Option<&str> {
        self.code.as_ref().map(|code| &*code.code)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rendered.as_deref().unwrap_or(&self.message))
    }
}

/// Why nothing came out: all that was said of the source, warnings too, and at least one error.
///
/// What keeps a right source from being compiled (no toolchain, a full disk) is in the list as well, as an error without a
/// place, and [`Diagnostics::reason`] tells it from what is wrong with the source.
#[derive(Debug)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
    reason: Reason,
}

/// Whose fault it is that nothing came out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Reason {
    /// The source is wrong, or uses what is not supported.
    Source,
    /// The options make no sense.
    Options,
    /// The toolchain, the linker or the system failed, or is not there.
    Environment,
    /// The work was cancelled.
    Cancelled,
    /// A bug of Bessemer's.
    Internal,
}

impl Diagnostics {
    pub(crate) fn new(error: DriverError) -> Diagnostics {
        let mut all = Vec::new();
        let reason = add(&mut all, error);
        Diagnostics { all, reason }
    }

    pub(crate) fn of_panic(payload: Box<dyn std::any::Any + Send>) -> Diagnostics {
        Diagnostics::new(explain(payload))
    }

    /// The messages in the order in which they were said.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.all.iter()
    }

    /// The errors among them.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.iter().filter(|it| matches!(it.level, Level::Error | Level::InternalError))
    }

    /// Whose fault it is.
    pub fn reason(&self) -> Reason {
        self.reason
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Diagnostics {
    /// All messages as a terminal shows them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.all.iter().try_for_each(|it| it.fmt(f))
    }
}

impl std::error::Error for Diagnostics {}

/// Adds what an error says; gives whose fault it is.
fn add(all: &mut Vec<Diagnostic>, error: DriverError) -> Reason {
    let reason = match &error {
        DriverError::Diagnostics(text) => {
            all.extend(parse(text));
            return Reason::Source;
        }
        DriverError::Program(errors) => {
            let messages = errors.iter().flat_map(|error| json::messages(error, false));
            all.extend(messages.filter_map(|message| serde_json::from_value(message).ok()));
            return Reason::Source;
        }
        DriverError::AfterCheck { .. } => {
            if let DriverError::AfterCheck { diagnostics, error } = error {
                all.extend(parse(&diagnostics));
                return add(all, *error);
            }
            return Reason::Internal;
        }
        DriverError::Cancelled => Reason::Cancelled,
        DriverError::Usage(_) => Reason::Options,
        DriverError::Internal(_) => Reason::Internal,
        _ => Reason::Environment,
    };
    let level = if reason == Reason::Internal { Level::InternalError } else { Level::Error };
    let message = error.to_string();
    let rendered = format!("error: {message}\n\n");
    all.push(Diagnostic::plain(level, message, rendered));
    reason
}

/// Reads rustc's JSON lines. Lines that are none (of a crash, say) become notes.
pub(crate) fn parse(text: &[u8]) -> Vec<Diagnostic> {
    let text = String::from_utf8_lossy(text);
    let read = |line: &str| {
        let value: serde_json::Value = match serde_json::from_str(line) {
            Ok(value) => value,
            Err(_) => return Some(Diagnostic::plain(Level::Note, line.to_owned(), format!("{line}\n"))),
        };
        // There are messages about artefacts, too.
        if value["$message_type"] != "diagnostic" {
            return None;
        }
        match serde_json::from_value(value) {
            Ok(diagnostic) => Some(diagnostic),
            Err(_) => Some(Diagnostic::plain(Level::Note, line.to_owned(), format!("{line}\n"))),
        }
    };
    text.lines().filter(|line| !line.is_empty()).filter_map(read).collect()
}
