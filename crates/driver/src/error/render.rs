//! Faults of a program as text, in rustc's manner.

use super::{Place, ProgramError, Remark};
use std::fmt;

/// A place of more lines than this is shown by its first and last ones.
const MOST_LINES: usize = 6;
/// How many lines are shown before those that are left out.
const LINES_BEFORE_GAP: usize = 4;

impl fmt::Display for ProgramError {
    /// The message and what follows it, without the word `error` before it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let places = self.place.iter().chain(self.remarks.iter().filter_map(|remark| remark.place.as_ref()));
        let margin = places.map(margin).max().unwrap_or(0);
        let mut has_text = false;
        if let Some(place) = &self.place {
            has_text = write_place(f, place, self.label.as_deref(), margin)?;
        }
        let has_details = self.help.is_some() || !self.notes.is_empty();
        if has_text && (has_details || !self.remarks.is_empty()) {
            write!(f, "\n{:margin$} |", "")?;
        }
        for (index, remark) in self.remarks.iter().enumerate() {
            write!(f, "\nnote: {}", remark.message)?;
            let is_last = index + 1 == self.remarks.len();
            if let Some(place) = &remark.place
                && write_place(f, place, remark.label.as_deref(), margin)?
                && is_last
                && has_details
            {
                write!(f, "\n{:margin$} |", "")?;
            }
        }
        if let Some(help) = &self.help {
            write!(f, "\n{:margin$} = help: {help}", "")?;
        }
        for note in &self.notes {
            write!(f, "\n{:margin$} = note: {note}", "")?;
        }
        self.following.iter().try_for_each(|remark| write!(f, "\n\nnote: {remark}"))
    }
}

impl fmt::Display for Remark {
    /// As a message of its own, without the word `note` before it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let Some(place) = &self.place else { return Ok(()) };
        write_place(f, place, self.label.as_deref(), margin(place)).map(drop)
    }
}

/// How wide the numbers of a place's lines are. Those of lines that are not shown do not count.
fn margin(place: &Place) -> usize {
    if place.lines.is_empty() { 1 } else { place.last_line.to_string().len() }
}

/// Where it is, and the lines with the place marked. False if there is no text to show.
fn write_place(
    f: &mut fmt::Formatter<'_>,
    place: &Place,
    label: Option<&str>,
    margin: usize,
) -> Result<bool, fmt::Error> {
    write!(f, "\n{:margin$}--> {place}", "")?;
    let (Some(first), Some(last)) = (place.lines.first(), place.lines.last()) else { return Ok(false) };
    write!(f, "\n{:margin$} |", "")?;
    let label = label.map_or(String::new(), |label| format!(" {label}"));
    if place.line == place.last_line {
        let start = width_before(first, place.column);
        let width = width_before(first, place.last_column).saturating_sub(start).max(1);
        write!(f, "\n{:>margin$} | {}", place.line, shown(first))?;
        write!(f, "\n{:margin$} | {:start$}{}{label}", "", "", "^".repeat(width))?;
        return Ok(true);
    }
    // A bar at the left leads from the start to the end. Where nothing is before the start, it begins there.
    let indent = first.chars().take_while(|c| c.is_whitespace()).count();
    if indent + 1 >= place.column as usize {
        write!(f, "\n{:>margin$} | / {}", place.line, shown(first))?;
    } else {
        write!(f, "\n{:>margin$} |   {}", place.line, shown(first))?;
        let start = width_before(first, place.column);
        write!(f, "\n{:margin$} |  _{}^", "", "_".repeat(start))?;
    }
    let rest = &place.lines[1..];
    let skips = place.lines.len() > MOST_LINES;
    for (line, text) in (place.line + 1..).zip(rest) {
        let index = (line - place.line) as usize;
        if skips && index == LINES_BEFORE_GAP {
            f.write_str("\n...  |")?;
        }
        if !skips || index < LINES_BEFORE_GAP || line + 1 >= place.last_line {
            let text = shown(text);
            write!(f, "\n{:>margin$} | |{}{text}", line, if text.is_empty() { "" } else { " " })?;
        }
    }
    let end = width_before(last, place.last_column.saturating_sub(1).max(1));
    write!(f, "\n{:margin$} | |_{}^{label}", "", "_".repeat(end))?;
    Ok(true)
}

/// A line without tabs and trailing space.
fn shown(line: &str) -> String {
    line.replace('\t', "    ").trim_end().to_owned()
}

/// How far from the left a column (from 1) is shown.
fn width_before(line: &str, column: u32) -> usize {
    line.chars().take((column as usize).saturating_sub(1)).map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

/// The lines of a file from one to another, from 1.
pub(crate) fn lines(text: &str, first: u32, last: u32) -> Vec<String> {
    let count = (last + 1).saturating_sub(first) as usize;
    text.lines().skip(first as usize - 1).take(count).map(str::to_owned).collect()
}
