//! Messages.

use driver::error::{Place, ProgramError, Remark};
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

fn bold_red(word: &str, color: bool) -> String {
    if color { format!("\x1b[1;31m{word}\x1b[0m") } else { word.to_owned() }
}

/// A fault of the program that rustc's check does not find, as rustc would show it (as JSON: in the form of its messages).
fn program_error(error: &ProgramError, json: bool, color: bool) {
    let word = error.code.map_or("error".to_owned(), |code| format!("error[{code}]"));
    let text = format!("{}: {error}\n\n", bold_red(&word, color));
    let mut out = std::io::stderr();
    if !json {
        let _ = write!(out, "{text}");
        return;
    }
    let children: Vec<_> = error.remarks.iter().map(|remark| message("note", remark, None)).collect();
    let details = error.help.iter().map(|help| ("help", help)).chain(error.notes.iter().map(|note| ("note", note)));
    let details = details.map(|(level, text)| {
        serde_json::json!({ "message": text, "code": null, "level": level, "spans": [], "children": [], "rendered": null })
    });
    let alone = ProgramError { following: Vec::new(), ..error.clone() };
    let value = serde_json::json!({
        "$message_type": "diagnostic",
        "message": error.message,
        "code": error.code.map(|code| serde_json::json!({ "code": code, "explanation": null })),
        "level": "error",
        "spans": spans(error.place.as_ref(), error.label.as_deref()),
        "children": children.into_iter().chain(details).collect::<Vec<_>>(),
        "rendered": format!("{}: {alone}\n\n", bold_red(&word, color)),
    });
    let _ = writeln!(out, "{value}");
    for remark in &error.following {
        let mut value = message("note", remark, Some(format!("note: {remark}\n\n")));
        value["$message_type"] = "diagnostic".into();
        let _ = writeln!(out, "{value}");
    }
}

/// A remark as rustc's JSON has it.
fn message(level: &str, remark: &Remark, rendered: Option<String>) -> serde_json::Value {
    serde_json::json!({
        "message": remark.message,
        "code": null,
        "level": level,
        "spans": spans(remark.place.as_ref(), remark.label.as_deref()),
        "children": [],
        "rendered": rendered,
    })
}

fn spans(place: Option<&Place>, label: Option<&str>) -> Vec<serde_json::Value> {
    let span = |place: &Place| {
        serde_json::json!({
            "file_name": place.file,
            "line_start": place.line,
            "column_start": place.column,
            "line_end": place.last_line,
            "column_end": place.last_column,
            "is_primary": true,
            "label": label,
        })
    };
    place.map(span).into_iter().collect()
}

/// An error under cargo, which shows JSON lines in the form of rustc's messages.
pub fn unit_error(error: &DriverError, json: bool, color: bool) -> ExitCode {
    if !json || matches!(error, DriverError::Diagnostics(_) | DriverError::AfterCheck { .. } | DriverError::Program(_))
    {
        return self::error(error, json, color);
    }
    let rendered = format!("{}: {error}\n\n", bold_red("error", color));
    let value = serde_json::json!({
        "$message_type": "diagnostic",
        "message": error.to_string(),
        "code": null,
        "level": "error",
        "spans": [],
        "children": [],
        "rendered": rendered,
    });
    let _ = writeln!(std::io::stderr(), "{value}");
    ExitCode::from(if matches!(error, DriverError::Internal(_)) { 101 } else { 1 })
}

/// Something that the user asked for, as rustc says it.
pub fn note(text: &str, json: bool) {
    let rendered = format!("note: {text}\n\n");
    let mut out = std::io::stderr();
    let _ = if json {
        let value = serde_json::json!({
            "$message_type": "diagnostic",
            "message": text,
            "code": null,
            "level": "note",
            "spans": [],
            "children": [],
            "rendered": rendered,
        });
        writeln!(out, "{value}")
    } else {
        write!(out, "{rendered}")
    };
}

/// A wrong command line.
pub fn usage(message: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "error: {message}\n\nFor more information, try '--help'.");
    ExitCode::from(2)
}
