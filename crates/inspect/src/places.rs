//! Which source line each line of a text comes from: MIR, LIR, LLVM's IR, Cranelift's.
//!
//! Texts that were made with debug information say it in their own ways: MIR in a comment after the statement; LIR and Cranelift's in
//! a table before the function's code; LLVM's in tables at the module's end. What only serves that is left out of the
//! lines, which have their places beside them.

use crate::lines::SourceLine;
use crate::text::{Form, TextFunction, WasmLine, wasm_lines};
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;

/// A line of text, and where it comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlacedLine {
    /// The line, without what says where it comes from.
    pub text: String,
    /// Where it comes from.
    pub place: Option<SourceLine>,
}

/// The places that a text knows.
#[derive(Clone, Debug)]
pub struct Places<'a> {
    form: Form,
    text: &'a str,
    /// Of LLVM's IR, the modules: where each ends, and its tables.
    modules: Vec<(usize, Tables<'a>)>,
    /// Of WebAssembly's assembly, the files: where each gets its number, and which.
    numbered: Vec<(usize, u64, Rc<PathBuf>)>,
}

/// A module's tables of debug information.
#[derive(Clone, Debug, Default)]
struct Tables<'a> {
    /// Locations: the line, and the scope.
    locations: HashMap<&'a str, (u64, &'a str)>,
    /// The file of each scope.
    scopes: HashMap<&'a str, &'a str>,
    files: HashMap<&'a str, Rc<PathBuf>>,
}

impl<'a> Places<'a> {
    /// Reads what a text has of tables.
    pub fn read(form: Form, text: &'a str) -> Places<'a> {
        let mut places = Places { form, text, modules: Vec::new(), numbered: Vec::new() };
        if form == Form::WasmAssembly {
            places.numbered = numbered(text);
        }
        if form == Form::LlvmIr {
            // A program's modules stand behind each other, each with numbers of its own.
            let mut start = 0;
            while start < text.len() {
                const NEXT: &str = "\n; ModuleID";
                let end = text[start + 1..].find(NEXT).map_or(text.len(), |at| start + 1 + at + 1);
                places.modules.push((end, Tables::read(&text[start..end])));
                start = end;
            }
        }
        places
    }

    /// Where a function of this text begins in it.
    fn start(&self, function: &TextFunction<'_>) -> usize {
        (function.text.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize)
    }

    /// The lines of a function of this text.
    pub fn lines(&self, function: &TextFunction<'_>) -> Vec<PlacedLine> {
        match self.form {
            Form::Mir => function.text.lines().map(mir).collect(),
            Form::WasmAssembly => {
                let end = self.start(function) + function.text.len();
                let line = |WasmLine { text, place }| {
                    // Modules stand behind each other, each with numbers of its own.
                    let known = |number| self.numbered.iter().rev().find(|it| it.0 < end && it.1 == number);
                    let place = place.and_then(|(file, line)| Some((known(file)?, line)));
                    PlacedLine { text, place: place.map(|(it, line)| SourceLine { file: Rc::clone(&it.2), line }) }
                };
                wasm_lines(function).into_iter().map(line).collect()
            }
            Form::Lir => lir(function.text),
            Form::Clif => clif(function.text),
            Form::LlvmIr => {
                let start = self.start(function);
                let tables = self.modules.iter().find(|(end, _)| start < *end).map(|(_, tables)| tables);
                function.text.lines().map(|line| llvm(line, tables)).collect()
            }
        }
    }
}

/// The files of WebAssembly's assembly: `.file NUMBER "FOLDER" "NAME"`, with more behind.
fn numbered(text: &str) -> Vec<(usize, u64, Rc<PathBuf>)> {
    let mut found = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let fields = line.strip_prefix("\t.file\t").and_then(|rest| rest.split_once(' '));
        if let Some((number, names)) = fields
            && let Ok(number) = number.parse()
        {
            // Folder and name, or a name alone.
            let path = names.split('"').skip(1).step_by(2).take(2).collect();
            found.push((offset, number, Rc::new(path)));
        }
        offset += line.len();
    }
    found
}

/// A line of an expanded source, which may hold what several lines of the source hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExpandedLine<'a> {
    /// The line.
    pub text: &'a str,
    /// Where its parts begin, in bytes, and where each comes from.
    pub parts: Vec<(usize, SourceLine)>,
}

/// The lines of an expanded source that has its places with it: each begins with the number of its parts, and ends with their
/// places, all set off by tabs.
pub fn expanded(text: &str) -> Vec<ExpandedLine<'_>> {
    let line = |line| {
        let (count, rest) = str::split_once(line, '\t').unwrap_or(("0", line));
        let mut fields = rest.rsplitn(1 + count.parse::<usize>().unwrap_or_default(), '\t');
        let mut fields: Vec<&str> = fields.by_ref().collect();
        let text = fields.pop().unwrap_or_default();
        let part = |field: &str| {
            let (offset, rest) = field.split_once(':')?;
            Some((offset.parse().ok().filter(|offset| text.is_char_boundary(*offset))?, place(rest)?))
        };
        ExpandedLine { text, parts: fields.into_iter().rev().filter_map(part).collect() }
    };
    text.lines().map(line).collect()
}

/// `FILE:LINE:COLUMN`.
fn place(text: &str) -> Option<SourceLine> {
    let (rest, _column) = text.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    Some(SourceLine { file: Rc::new(PathBuf::from(file)), line: line.parse().ok().filter(|line| *line > 0)? })
}

fn mir(line: &str) -> PlacedLine {
    if let Some((code, comment)) = line.rsplit_once("; // ")
        && let Some(place) = place(comment)
    {
        return PlacedLine { text: format!("{code};"), place: Some(place) };
    }
    PlacedLine { text: line.to_owned(), place: None }
}

fn lir(text: &str) -> Vec<PlacedLine> {
    let mut files: HashMap<&str, Rc<PathBuf>> = HashMap::new();
    let mut locations: HashMap<&str, SourceLine> = HashMap::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        // The tables stand before all code.
        if let Some((name, value)) = line.strip_prefix("    ").and_then(|line| line.split_once(" = ")) {
            if name.starts_with("file") && value.starts_with('"') {
                files.insert(name, Rc::new(PathBuf::from(value.trim_matches('"'))));
                continue;
            }
            if is_numbered(name, "loc") {
                let place = value.split(' ').next().unwrap_or_default();
                let mut parts = place.split(':');
                if let (Some(file), Some(Ok(number))) =
                    (parts.next().and_then(|file| files.get(file)), parts.next().map(str::parse))
                {
                    locations.insert(name, SourceLine { file: Rc::clone(file), line: number });
                }
                continue;
            }
            if is_numbered(name, "scope") {
                continue;
            }
        }
        lines.push(match line.rsplit_once(" !") {
            Some((code, name)) if is_numbered(name, "loc") => {
                PlacedLine { text: code.to_owned(), place: locations.get(name).cloned() }
            }
            _ => PlacedLine { text: line.to_owned(), place: None },
        });
    }
    lines
}

/// Whether a name is this word with a number.
fn is_numbered(name: &str, word: &str) -> bool {
    name.strip_prefix(word).is_some_and(|number| !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit()))
}

/// Cranelift's text has room for a place before each instruction; its own indent is the last part of this.
const CLIF_INDENT: usize = 32;

fn clif(text: &str) -> Vec<PlacedLine> {
    let mut places: HashMap<&str, SourceLine> = HashMap::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        if let Some((name, value)) = line.strip_prefix("; ").and_then(|line| line.split_once(" = "))
            && name.starts_with('@')
        {
            places.extend(place(value).map(|place| (name, place)));
            continue;
        }
        let (name, rest) = match line.strip_prefix('@') {
            Some(_) => line.split_at(line.find(' ').unwrap_or(line.len())),
            None => ("", line),
        };
        let indent = rest.len() - rest.trim_start().len() + name.len();
        let text = match indent >= CLIF_INDENT {
            true => format!("{}{}", " ".repeat(indent - CLIF_INDENT), rest.trim_start()),
            false => line.to_owned(),
        };
        lines.push(PlacedLine { text, place: places.get(name).cloned() });
    }
    lines
}

fn llvm(line: &str, tables: Option<&Tables<'_>>) -> PlacedLine {
    const MARK: &str = ", !dbg ";
    // A function's own is the place where it begins, and its head has more to say after that.
    let Some(at) = line.rfind(MARK).filter(|_| line.starts_with(' ')) else {
        return PlacedLine { text: line.to_owned(), place: None };
    };
    let name = &line[at + MARK.len()..];
    let end = name.find([',', ' ', ')']).unwrap_or(name.len());
    let place = tables.and_then(|tables| tables.place(&name[..end]));
    PlacedLine { text: format!("{}{}", &line[..at], &name[end..]), place }
}

impl<'a> Tables<'a> {
    fn read(module: &'a str) -> Tables<'a> {
        let mut tables = Tables::default();
        for line in module.lines().filter(|line| line.starts_with('!')) {
            let Some((name, value)) = line.split_once(" = ") else { continue };
            let value = value.strip_prefix("distinct ").unwrap_or(value);
            let Some((kind, fields)) = value.strip_prefix('!').and_then(|value| value.split_once('(')) else {
                continue;
            };
            match kind {
                "DILocation" => {
                    let number = field(fields, "line: ").and_then(|number| number.parse().ok());
                    if let (Some(number), Some(scope)) = (number, field(fields, "scope: ")) {
                        tables.locations.insert(name, (number, scope));
                    }
                }
                "DISubprogram" | "DILexicalBlock" | "DILexicalBlockFile" => {
                    tables.scopes.extend(field(fields, "file: ").map(|file| (name, file)));
                }
                "DIFile" => {
                    let text = |key: &str| field(fields, key).map(|it| it.trim_matches('"')).unwrap_or_default();
                    let path = PathBuf::from(text("directory: ")).join(text("filename: "));
                    tables.files.insert(name, Rc::new(path));
                }
                _ => {}
            }
        }
        tables
    }

    fn place(&self, name: &str) -> Option<SourceLine> {
        let (line, scope) = self.locations.get(name)?;
        let file = self.files.get(self.scopes.get(scope)?)?;
        (*line > 0).then(|| SourceLine { file: Rc::clone(file), line: *line })
    }
}

/// A field's value: up to the next comma or the end, or all between quotes.
fn field<'a>(fields: &'a str, key: &str) -> Option<&'a str> {
    let mut from = 0;
    let at = loop {
        let at = from + fields[from..].find(key)?;
        if at == 0 || fields[..at].ends_with(", ") {
            break at + key.len();
        }
        from = at + 1;
    };
    let value = &fields[at..];
    let end = match value.strip_prefix('"') {
        Some(rest) => rest.find('"').map_or(value.len(), |end| end + 2),
        None => value.find([',', ')']).unwrap_or(value.len()),
    };
    Some(&value[..end])
}

#[cfg(test)]
mod tests {
    use super::{Places, SourceLine, expanded};
    use crate::text::{Form, functions};

    #[test]
    fn wasm_has_numbered_files() {
        let module = |file: &str, line: u8| {
            format!(
                "\t.file\t\"m\"\n\t.type\tf,@function\nf:\n\t.functype\tf () -> ()\n\t.file\t1 \"/x\" \"{file}\"\n\
                 \t.loc\t1 {line} 3 prologue_end\n\tlocal.get\t0\n\t.loc\t1 0 3\n\tdrop\n\tend_function\n"
            )
        };
        let text = module("a b.rs", 7) + &module("c.rs", 9);
        let end = ["        drop", "        end_function"];
        let head = "        .functype () -> ()";
        check(
            Form::WasmAssembly,
            &text,
            &[
                head,
                "        local.get 0|/x/a b.rs:7",
                end[0],
                end[1],
                head,
                "        local.get 0|/x/c.rs:9",
                end[0],
                end[1],
            ],
        );
    }

    #[test]
    fn lines_of_an_expanded_source() {
        let text = "1\tfn f() {\t0:/w/a.rs:3:1\n2\t    \"a\tb\" + c\t4:/w/a b:c.rs:4:5\t12:/w/a.rs:5:1\n0\t}\n0\t\n";
        let found = expanded(text);
        let parts = |index: usize| -> Vec<String> {
            let shown = |(at, line): &(usize, SourceLine)| format!("{at} {}:{}", line.file.display(), line.line);
            found[index].parts.iter().map(shown).collect()
        };
        let texts: Vec<&str> = found.iter().map(|it| it.text).collect();
        assert_eq!(texts, ["fn f() {", "    \"a\tb\" + c", "}", ""]);
        assert_eq!(
            (parts(0), parts(1)),
            (vec!["0 /w/a.rs:3".into()], vec!["4 /w/a b:c.rs:4".into(), "12 /w/a.rs:5".into()])
        );
        assert!(parts(2).is_empty());
    }

    #[track_caller]
    fn check(form: Form, text: &str, expected: &[&str]) {
        let places = Places::read(form, text);
        let mut lines = Vec::new();
        for function in functions(form, text) {
            lines.extend(places.lines(&function).into_iter().map(|line| match line.place {
                Some(place) => format!("{}|{}:{}", line.text, place.file.display(), place.line),
                None => line.text,
            }));
        }
        assert_eq!(lines, expected);
    }

    #[test]
    fn mir_has_comments() {
        let text = "fn a(_1: u8) -> u8 {\n    bb0: {\n        _0 = const \"; // b\"; // d/a.rs:4:17\n        return;\n    }\n}\n";
        check(
            Form::Mir,
            text,
            &[
                "fn a(_1: u8) -> u8 {",
                "    bb0: {",
                "        _0 = const \"; // b\";|d/a.rs:4",
                "        return;",
                "    }",
                "}",
            ],
        );
    }

    #[test]
    fn lir_has_tables() {
        let text = "function @f(v0: ptr) {\n    file0 = \"/x/a.rs\"\n    scope0 = function \"f\" file0:1\n    loc0 = file0:9:14 scope0\n\
                    block0:\n    v1 = iconst i32 1 !loc0\n    return v1\n}\n";
        check(
            Form::Lir,
            text,
            &["function @f(v0: ptr) {", "block0:", "    v1 = iconst i32 1|/x/a.rs:9", "    return v1", "}"],
        );
    }

    #[test]
    fn cranelifts_has_comments_before() {
        let pad = " ".repeat(32);
        let code = " ".repeat(31);
        let text = format!(
            "; @0002 = /x/a.rs:7:3\n; f\nfunction u0:0(i32) {{\n    ss0 = slot\n\n{pad}block0(v0: i32):\n@0002{code}v1 = iadd v0, v0\n{pad}    return\n}}\n"
        );
        check(
            Form::Clif,
            &text,
            &[
                "; f",
                "function u0:0(i32) {",
                "    ss0 = slot",
                "",
                "block0(v0: i32):",
                "    v1 = iadd v0, v0|/x/a.rs:7",
                "    return",
                "}",
            ],
        );
    }

    #[test]
    fn llvms_modules_have_tables_of_their_own() {
        let module = |name: &str, line: u32| {
            format!(
                "; ModuleID = '{name}'\ndefine void @{name}() !dbg !3 {{\n  call void @g(), !dbg !2, !x !9\n  ret void\n}}\n\n\
                 !1 = !DIFile(filename: \"{name}.rs\", directory: \"/x\")\n\
                 !2 = !DILocation(line: {line}, column: 3, scope: !4, inlinedAt: !5)\n\
                 !3 = distinct !DISubprogram(name: \"file: z\", scope: !8, file: !1, line: 1)\n\
                 !4 = distinct !DILexicalBlock(scope: !3, file: !1, line: 2)\n"
            )
        };
        let text = module("a", 7) + &module("b", 9);
        check(
            Form::LlvmIr,
            &text,
            &[
                "; ModuleID = 'a'",
                "define void @a() !dbg !3 {",
                "  call void @g(), !x !9|/x/a.rs:7",
                "  ret void",
                "}",
                "; ModuleID = 'b'",
                "define void @b() !dbg !3 {",
                "  call void @g(), !x !9|/x/b.rs:9",
                "  ret void",
                "}",
            ],
        );
    }
}
