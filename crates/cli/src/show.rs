//! Messages.

use driver::error::ProgramError;
use driver::error::json::{self, bold_red};
use driver::{DriverError, Report};
use std::io::Write;
use std::process::ExitCode;

/// Keeps the standard message of a panic to ourselves: the driver turns a panic into an internal error with its text.
pub fn install_panic_hook() {
    if std::env::var_os("BESSEMER_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
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
            let _ = writeln!(std::io::stderr(), "  {}: {}", fallback.function, fallback.construct);
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
pub fn error(error: &DriverError, json: bool, color: bool) -> ExitCode {
    match error {
        DriverError::Diagnostics(text) => {
            diagnostics(text);
            return ExitCode::from(1);
        }
        DriverError::AfterCheck { diagnostics: text, error } => {
            diagnostics(text);
            return self::error(error, json, color);
        }
        DriverError::Program(errors) => {
            errors.iter().for_each(|error| program_error(error, json, color));
            return ExitCode::from(1);
        }
        _ => {}
    }
    let mut out = std::io::stderr();
    let _ = if json {
        let value = serde_json::json!({ "$message_type": "error", "message": error.to_string() });
        writeln!(out, "{value}")
    } else {
        writeln!(out, "{}: {error}", bold_red("error", color))
    };
    match error {
        DriverError::Internal(_) => ExitCode::from(101),
        _ => ExitCode::from(1),
    }
}

/// Something that costs time, but not the result.
pub fn warning(message: &str, json: bool) {
    let mut out = std::io::stderr();
    let _ = if json {
        let value = serde_json::json!({ "$message_type": "warning", "message": message });
        writeln!(out, "{value}")
    } else {
        writeln!(out, "warning: {message}")
    };
}

/// A fault of the program that rustc's check does not find, as rustc would show it (as JSON: in the form of its messages).
fn program_error(error: &ProgramError, json: bool, color: bool) {
    let word = error.code.map_or("error".to_owned(), |code| format!("error[{code}]"));
    let mut out = std::io::stderr();
    if !json {
        let _ = write!(out, "{}: {error}\n\n", bold_red(&word, color));
        return;
    }
    for message in json::messages(error, color) {
        let _ = writeln!(out, "{message}");
    }
}

/// An error under cargo, which shows JSON lines in the form of rustc's messages.
pub fn unit_error(error: &DriverError, json: bool, color: bool) -> ExitCode {
    if !json || matches!(error, DriverError::Diagnostics(_) | DriverError::AfterCheck { .. } | DriverError::Program(_))
    {
        return self::error(error, json, color);
    }
    let _ = writeln!(std::io::stderr(), "{}", json::message("error", &error.to_string(), color));
    ExitCode::from(if matches!(error, DriverError::Internal(_)) { 101 } else { 1 })
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
