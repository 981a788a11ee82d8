//! Messages.

use driver::error::ProgramError;
use driver::error::json::{self, bold_red};
use driver::{DriverError, Report};
use link::aot::LinkError;
use std::io::Write;
use std::process::ExitCode;

/// How messages are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Style {
    /// As JSON lines.
    pub json: bool,
    pub color: bool,
    /// With what is left out elsewhere.
    pub verbose: bool,
}

/// Keeps the standard message of a panic to ourselves: the driver turns a panic into an internal error with its text.
pub fn install_panic_hook() {
    if std::env::var_os("BESSEMER_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
}

/// Says something on standard error. Nobody may be there any more to read it, which is no fault.
pub fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// rustc's own words, as they are.
pub fn diagnostics(text: &[u8]) {
    let _ = std::io::stderr().write_all(text);
}

/// Functions that went to another back end: always said.
pub fn fallbacks(report: &Report, verbose: bool) {
    if report.fallbacks.is_empty() {
        return;
    }
    let mut constructs: Vec<&str> = report.fallbacks.iter().map(|fallback| fallback.construct.as_str()).collect();
    constructs.sort_unstable();
    constructs.dedup();
    let _ = writeln!(
        std::io::stderr(),
        "note: {} function{} went to {}, for {}",
        report.fallbacks.len(),
        if report.fallbacks.len() == 1 { "" } else { "s" },
        report.fallbacks[0].backend,
        constructs.join(", ")
    );
    if verbose {
        for fallback in &report.fallbacks {
            let _ = writeln!(std::io::stderr(), "  {fallback}");
        }
    }
}

/// The table of stages.
pub fn report(report: &Report, json: bool) {
    let mut out = std::io::stderr();
    let _ = if json {
        let value = serde_json::json!({ "$message_type": "report", "report": report });
        writeln!(out, "{value}")
    } else {
        write!(out, "{}", report.table())
    };
}

/// An error, and the exit code that it means.
pub fn error(error: &DriverError, style: Style) -> ExitCode {
    match error {
        DriverError::Diagnostics(text) => {
            diagnostics(text);
            return ExitCode::from(1);
        }
        DriverError::AfterCheck { diagnostics: text, error } => {
            diagnostics(text);
            return self::error(error, style);
        }
        DriverError::Program(errors) => {
            errors.iter().for_each(|error| program_error(error, style));
            return ExitCode::from(1);
        }
        _ => {}
    }
    let mut out = std::io::stderr();
    let text = text_of(error, style);
    let _ = if style.json {
        let value = serde_json::json!({ "$message_type": "error", "message": text });
        writeln!(out, "{value}")
    } else {
        writeln!(out, "{}: {text}", bold_red("error", style.color))
    };
    exit_code(error)
}

/// The words of an error, with what is told of it in addition.
fn text_of(error: &DriverError, style: Style) -> String {
    match error {
        DriverError::Link(LinkError::Failed { command, .. }) if style.verbose => {
            format!("{error}\n  = note: the whole command: {command}")
        }
        DriverError::Link(LinkError::Failed { .. }) => {
            format!("{error}\n  = note: some arguments are left out; --verbose shows them all")
        }
        _ => error.to_string(),
    }
}

fn exit_code(error: &DriverError) -> ExitCode {
    ExitCode::from(if matches!(error, DriverError::Internal(_)) { 101 } else { 1 })
}

/// Something that is not as somebody wanted it, but does not make the result wrong.
pub fn warning(message: &str, json: bool, color: bool) {
    let mut out = std::io::stderr();
    let _ = if json {
        let value = serde_json::json!({ "$message_type": "warning", "message": message });
        writeln!(out, "{value}")
    } else {
        writeln!(out, "{}: {message}", bold_yellow("warning", color))
    };
}

/// The word before a warning.
pub fn bold_yellow(word: &str, color: bool) -> String {
    if color { format!("\x1b[1;33m{word}\x1b[0m") } else { word.to_owned() }
}

/// A fault of the program that rustc's check does not find, as rustc would show it (as JSON: in the form of its messages).
fn program_error(error: &ProgramError, style: Style) {
    let word = error.code.map_or("error".to_owned(), |code| format!("error[{code}]"));
    let mut out = std::io::stderr();
    if !style.json {
        let _ = write!(out, "{}: {error}\n\n", bold_red(&word, style.color));
        return;
    }
    for message in json::messages(error, style.color) {
        let _ = writeln!(out, "{message}");
    }
}

/// An error under cargo, which shows JSON lines in the form of rustc's messages.
pub fn unit_error(error: &DriverError, style: Style) -> ExitCode {
    let is_shown_elsewhere =
        matches!(error, DriverError::Diagnostics(_) | DriverError::AfterCheck { .. } | DriverError::Program(_));
    if !style.json || is_shown_elsewhere {
        return self::error(error, style);
    }
    let _ = writeln!(std::io::stderr(), "{}", json::message("error", &text_of(error, style), style.color));
    exit_code(error)
}

/// Something that the user asked for, as rustc says it.
pub fn note(text: &str, json: bool) {
    let mut out = std::io::stderr();
    let _ =
        if json { writeln!(out, "{}", json::message("note", text, false)) } else { write!(out, "note: {text}\n\n") };
}

/// A wrong command line.
pub fn usage(message: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "error: {message}\n\nFor more information, try '--help'.");
    ExitCode::from(2)
}
