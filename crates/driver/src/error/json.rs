//! Faults of a program in the form of rustc's JSON messages.

use super::{Place, ProgramError, Remark};
use serde_json::{Value, json};

/// The word before a message, which stands out where there are colours.
pub fn bold_red(word: &str, color: bool) -> String {
    if color { format!("\x1b[1;31m{word}\x1b[0m") } else { word.to_owned() }
}

/// A message about nothing in particular. The level is `error` or `note`.
pub fn message(level: &str, text: &str, color: bool) -> Value {
    let word = if level == "error" { bold_red(level, color) } else { level.to_owned() };
    json!({
        "$message_type": "diagnostic",
        "message": text,
        "code": null,
        "level": level,
        "spans": [],
        "children": [],
        "rendered": format!("{word}: {text}\n\n"),
    })
}

/// A fault, and the notes that follow it.
pub fn messages(error: &ProgramError, color: bool) -> Vec<Value> {
    let word = error.code.map_or("error".to_owned(), |code| format!("error[{code}]"));
    let children: Vec<_> = error.remarks.iter().map(|it| remark(it, None)).collect();
    let details = error.help.iter().map(|help| ("help", help)).chain(error.notes.iter().map(|note| ("note", note)));
    let details = details.map(|(level, text)| {
        json!({ "message": text, "code": null, "level": level, "spans": [], "children": [], "rendered": null })
    });
    let alone = ProgramError { following: Vec::new(), ..error.clone() };
    let fault = json!({
        "$message_type": "diagnostic",
        "message": error.message,
        "code": error.code.map(|code| json!({ "code": code, "explanation": null })),
        "level": "error",
        "spans": spans(error.place.as_ref(), error.label.as_deref()),
        "children": children.into_iter().chain(details).collect::<Vec<_>>(),
        "rendered": format!("{}: {alone}\n\n", bold_red(&word, color)),
    });
    let following = error.following.iter().map(|it| {
        let mut value = remark(it, Some(format!("note: {it}\n\n")));
        value["$message_type"] = "diagnostic".into();
        value
    });
    std::iter::once(fault).chain(following).collect()
}

fn remark(remark: &Remark, rendered: Option<String>) -> Value {
    json!({
        "message": remark.message,
        "code": null,
        "level": "note",
        "spans": spans(remark.place.as_ref(), remark.label.as_deref()),
        "children": [],
        "rendered": rendered,
    })
}

fn spans(place: Option<&Place>, label: Option<&str>) -> Vec<Value> {
    let span = |place: &Place| {
        json!({
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
