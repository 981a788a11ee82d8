//! The compiler's diagnostics, from lines of JSON as rustc writes them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

/// A range of a file: lines and columns from 1, columns in characters, the end not included.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Span {
    /// It is in the file that is edited.
    pub here: bool,
    /// The file's name.
    pub file: String,
    /// Where it begins.
    pub line: u64,
    /// Where it begins.
    pub column: u64,
    /// Where it ends.
    pub end_line: u64,
    /// Where it ends.
    pub end_column: u64,
    /// What is said of it; empty: nothing.
    pub label: String,
    /// It is what the diagnostic is about.
    pub primary: bool,
}

/// An error, a warning or a note.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Diagnostic {
    /// `error`, `warning`, `note`.
    pub level: String,
    /// What it says.
    pub message: String,
    /// Its number, as `E0308`, or the lint's name; empty: it has none.
    pub code: String,
    /// What it is about.
    pub spans: Vec<Span>,
    /// What else is said: notes and help.
    pub notes: Vec<String>,
    /// All of it, as a terminal shows it.
    pub rendered: String,
}

/// The diagnostics in lines of JSON, and all other lines as they are. `file` is the one that is edited.
pub fn read(text: &str, file: &Path) -> (Vec<Diagnostic>, String) {
    let mut all = Vec::new();
    let mut rest = String::new();
    for line in text.lines() {
        let value = serde_json::from_str::<Value>(line).unwrap_or_default();
        // cargo puts them into messages of its own.
        let value = if value["reason"] == "compiler-message" { value["message"].clone() } else { value };
        if value["message"].is_string() {
            let diagnostic = diagnostic(&value, file);
            // How many there were is seen.
            let is_sum = diagnostic.spans.is_empty()
                && (diagnostic.message.starts_with("aborting due to ") || diagnostic.message.contains(" emitted"));
            let is_about_more = diagnostic.level == "failure-note";
            // Programs are checked twice.
            if !is_sum && !is_about_more && !all.contains(&diagnostic) {
                all.push(diagnostic);
            }
        } else if !value.is_object() && !line.is_empty() {
            rest.push_str(line);
            rest.push('\n');
        }
    }
    (all, rest)
}

fn diagnostic(value: &Value, file: &Path) -> Diagnostic {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let kind = text(&value["$message_type"]);
    let level = match value["level"].as_str() {
        Some(level) if level.starts_with("error") => "error".to_owned(),
        Some(level) => level.to_owned(),
        // Bessemer's own.
        None => {
            if kind == "error" || kind == "warning" {
                kind
            } else {
                "note".to_owned()
            }
        }
    };
    let spans = value["spans"].as_array().into_iter().flatten();
    let spans: Vec<Span> = spans.map(|span| read_span(span, file)).collect();
    let children = value["children"].as_array().into_iter().flatten();
    let notes = children.map(|child| format!("{}: {}", text(&child["level"]), text(&child["message"]))).collect();
    let message = text(&value["message"]);
    let rendered = value["rendered"].as_str().map_or_else(|| format!("{level}: {message}\n"), str::to_owned);
    // Where the text lies that is compiled is nobody's business.
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let rendered = rendered.replace(&*file.to_string_lossy(), &name);
    Diagnostic { level, message, code: text(&value["code"]["code"]), spans, notes, rendered }
}

fn read_span(value: &Value, file: &Path) -> Span {
    let mut value = value;
    // cargo's are named from the workspace's folder.
    let is_here = |value: &Value| {
        let name = value["file_name"].as_str().filter(|name| !name.is_empty()).map(Path::new);
        name.is_some_and(|name| name == file || name.is_relative() && file.ends_with(name))
    };
    let here = is_here(value);
    // What a macro made is shown where the macro is used.
    while !is_here(value) && value["expansion"]["span"].is_object() {
        value = &value["expansion"]["span"];
    }
    let number = |key: &str| value[key].as_u64().unwrap_or(1);
    let here = here || is_here(value);
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Span {
        here,
        file: if here { name } else { value["file_name"].as_str().unwrap_or_default().to_owned() },
        line: number("line_start"),
        column: number("column_start"),
        end_line: number("line_end"),
        end_column: number("column_end"),
        label: value["label"].as_str().unwrap_or_default().to_owned(),
        primary: value["is_primary"].as_bool().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use serde_json::json;
    use std::path::Path;

    fn span(file: &str, line: u64) -> serde_json::Value {
        json!({ "file_name": file, "line_start": line, "column_start": 5, "line_end": line, "column_end": 6,
                "label": "here", "is_primary": true, "expansion": null })
    }

    #[test]
    fn rustcs_cargos_and_our_own() {
        let one = json!({ "$message_type": "diagnostic", "message": "mismatched types", "code": { "code": "E0308" }, "level": "error",
                          "spans": [span("/x/a.rs", 3)],
                          "children": [{ "message": "try", "level": "help" }], "rendered": "error[E0308] --> /x/a.rs:3" });
        let ours = json!({ "$message_type": "error", "message": "no such thing" });
        let cargos = json!({ "reason": "compiler-message", "message": { "message": "unused", "level": "warning", "spans": [] } });
        let sum = json!({ "message": "aborting due to 1 previous error", "level": "error", "spans": [] });
        let report = json!({ "$message_type": "report" });
        let text = format!("{one}\n{one}\n{ours}\nplain words\n{cargos}\n{sum}\n{report}\n");
        let (all, rest) = read(&text, Path::new("/x/a.rs"));
        let shown: Vec<String> = all.iter().map(|it| format!("{} {} {}", it.level, it.code, it.message)).collect();
        assert_eq!(shown, ["error E0308 mismatched types", "error  no such thing", "warning  unused"]);
        assert!(all[0].spans[0].here && all[0].spans[0].line == 3);
        assert_eq!((&*all[0].spans[0].file, &*all[0].rendered), ("a.rs", "error[E0308] --> a.rs:3"));
        assert_eq!(all[0].notes, ["help: try"]);
        assert_eq!(rest, "plain words\n");
    }

    #[test]
    fn what_a_macro_made_is_where_it_is_used() {
        let mut inner = span("std/macros.rs", 100);
        inner["expansion"] = json!({ "span": span("a.rs", 7) });
        let value = json!({ "message": "x", "level": "error", "spans": [inner] });
        let (all, _) = read(&value.to_string(), Path::new("a.rs"));
        assert_eq!((all[0].spans[0].here, all[0].spans[0].line), (true, 7));
    }
}
