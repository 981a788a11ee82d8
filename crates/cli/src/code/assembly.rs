//! Assembly with the source lines that it comes from.

use super::choice::{self, Entry, Wanted};
use super::{Look, source};
use crate::output;
use driver::DriverError;
use inspect::InspectError;
use inspect::code::ObjectCode;
use inspect::disassembly::{Disassembler, Instruction};
use inspect::lines::{Lines, SourceLine};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Shows an object's functions, or one of them.
pub fn show(code: &ObjectCode<'_>, sysroot: &Path, wanted: &Wanted, look: Look) -> Result<ExitCode, DriverError> {
    let functions = code.functions();
    let entries: Vec<Entry<'_>> =
        functions.iter().map(|it| Entry { name: &it.name, symbol: Some(&it.symbol), size: it.size_bytes }).collect();
    let index = match choice::choose(&entries, wanted, "size_bytes", look) {
        Ok(index) => index,
        Err(code) => return Ok(code),
    };
    let fault = |error: InspectError| DriverError::Open(error.to_string());
    // Objects that are taken from somewhere else may have none that can be read.
    let lines = if look.source || look.json { code.lines().map_err(fault)? } else { Lines::default() };
    let mut disassembler = Disassembler::new(sysroot, code, look.syntax).map_err(fault)?;
    let function = &functions[index];
    let instructions = disassembler.function(code, function, &lines).map_err(fault)?;
    if look.json {
        let value = serde_json::json!({ "function": {
            "name": function.name,
            "symbol": function.symbol,
            "size_bytes": function.size_bytes,
            "instructions": instructions.iter().map(json).collect::<Vec<_>>(),
        }});
        return Ok(output::print(&format!("{value}\n")));
    }
    let mut sources = Sources::new(sysroot);
    Ok(output::print(&text(&function.name, &instructions, look, &mut sources)))
}

fn json(instruction: &Instruction) -> serde_json::Value {
    serde_json::json!({
        "offset": instruction.offset,
        "size_bytes": instruction.size_bytes,
        "label": instruction.label,
        "text": instruction.text.replace('\t', " "),
        "references": instruction.references,
        "file": instruction.line.as_ref().map(|line| line.file.display().to_string()),
        "line": instruction.line.as_ref().map(|line| line.line),
    })
}

/// How wide the names of instructions are, so that most operands begin in one column.
const NAME_WIDTH: usize = 7;

fn text(name: &str, instructions: &[Instruction], look: Look, sources: &mut Sources) -> String {
    let paint = |code: &str, text: &str| match look.color {
        true => format!("\x1b[{code}m{text}\x1b[0m"),
        false => text.to_owned(),
    };
    let mut out = format!("{}:\n", paint("1;33", name));
    let mut last: Option<&SourceLine> = None;
    for instruction in instructions {
        if let Some(label) = &instruction.label {
            out += &format!("{}:\n", paint("33", label));
        }
        if let Some(line) = instruction.line.as_ref().filter(|line| look.source && last != Some(*line)) {
            out += &format!("        {}\n", paint("2", &sources.comment(line)));
            last = Some(line);
        }
        let (word, operands) = instruction.text.split_once('\t').unwrap_or((&instruction.text, ""));
        let padding = if operands.is_empty() { 0 } else { NAME_WIDTH.saturating_sub(word.len()) + 1 };
        let operands = operands.replace('\t', " ");
        let comment = match &instruction.references[..] {
            [] => String::new(),
            references => paint("2", &format!("  // {}", references.join(", "))),
        };
        out += &format!("        {}{:padding$}{operands}{comment}\n", paint("1;34", word), "");
    }
    out
}

/// Source files, each read once.
struct Sources {
    current: PathBuf,
    sysroot: PathBuf,
    files: HashMap<PathBuf, Vec<String>>,
}

impl Sources {
    fn new(sysroot: &Path) -> Sources {
        let current = std::env::current_dir().unwrap_or_default();
        Sources { current, sysroot: sysroot.to_owned(), files: HashMap::new() }
    }

    /// A line's place and, where it can be read, its text.
    fn comment(&mut self, line: &SourceLine) -> String {
        let path = &**line.file;
        let lines = self.files.entry(path.to_owned()).or_insert_with(|| {
            let text =
                std::fs::read_to_string(path).or_else(|_| std::fs::read_to_string(source::here(&self.sysroot, path)));
            text.unwrap_or_default().lines().map(|line| line.trim().to_owned()).collect()
        });
        let index = usize::try_from(line.line).unwrap_or_default().wrapping_sub(1);
        let text = lines.get(index).map(|text| format!("  {text}")).unwrap_or_default();
        let of_std = source::of_std(path);
        let shown = of_std.as_deref().or_else(|| path.strip_prefix(&self.current).ok()).unwrap_or(path);
        format!("// {}:{}{text}", shown.display(), line.line)
    }
}
