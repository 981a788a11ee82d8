//! The functions of a text: MIR, LIR, LLVM's IR, Cranelift's, WebAssembly's assembly.

use crate::names;

/// A form that code has as text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// MIR, generic.
    Mir,
    /// LIR.
    Lir,
    /// LLVM's IR.
    LlvmIr,
    /// Cranelift's IR.
    Clif,
    /// Assembly of WebAssembly, as LLVM writes it.
    WasmAssembly,
}

/// A function in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextFunction<'a> {
    /// Its symbol; for MIR, which has none, the name.
    pub symbol: &'a str,
    /// Its name as a path of Rust.
    pub name: String,
    /// All of it, with what belongs to it before its head.
    pub text: &'a str,
}

/// The functions that a text defines, in the order of their names.
pub fn functions(form: Form, text: &str) -> Vec<TextFunction<'_>> {
    let mut found = Vec::new();
    // Where what belongs to the next function begins: its comments.
    let mut start = 0;
    let mut symbol = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let end = offset + line.len();
        let bare = line.trim_end();
        match symbol {
            None => {
                symbol = head(form, bare);
                if form == Form::Clif && symbol.is_none() && bare.starts_with("function ") {
                    // Named by the comment before it.
                    let before = text[start..offset].lines().last().unwrap_or_default();
                    symbol = Some(before.trim_start_matches(';').trim());
                }
                if symbol.is_none() && !bare.starts_with(';') && !bare.starts_with("//") {
                    start = end;
                }
            }
            Some(name) if bare == end_of(form) => {
                found.push(TextFunction { symbol: name, name: names::of_symbol(name), text: &text[start..end] });
                symbol = None;
                start = end;
            }
            Some(_) => {}
        }
        offset = end;
    }
    found.sort_by(|a, b| (&a.name, a.symbol).cmp(&(&b.name, b.symbol)));
    found
}

/// The line that ends a function.
fn end_of(form: Form) -> &'static str {
    if form == Form::WasmAssembly { "\tend_function" } else { "}" }
}

/// The symbol of the function whose definition a line begins.
fn head(form: Form, line: &str) -> Option<&str> {
    if form == Form::WasmAssembly {
        return line.strip_prefix("\t.type\t")?.strip_suffix(",@function");
    }
    if !line.ends_with('{') {
        return None;
    }
    let quoted = |text: &'_ str| -> Option<usize> { text.strip_prefix('"')?.find('"') };
    match form {
        Form::Mir => {
            let rest = line.strip_prefix("fn ")?;
            Some(&rest[..rest.find("(_").or_else(|| rest.find("() ->"))?])
        }
        Form::Lir | Form::LlvmIr => {
            let is_head = line.starts_with(if form == Form::Lir { "function " } else { "define " });
            let rest = &line[line.find('@').filter(|_| is_head)? + 1..];
            if let Some(end) = quoted(rest) {
                return Some(&rest[1..=end]);
            }
            Some(&rest[..rest.find('(')?])
        }
        Form::Clif | Form::WasmAssembly => None,
    }
}

/// A function of WebAssembly's assembly as people read it: Rust's names in place of symbols, its type behind its name, blocks
/// that begin and end to the right of what they are in, and nothing that only assemblers read.
pub fn wasm_assembly(function: &TextFunction<'_>) -> String {
    let lines = wasm_lines(function).into_iter().map(|line| line.text + "\n");
    std::iter::once(format!("{}:\n", function.name)).chain(lines).collect()
}

/// A line of WebAssembly's assembly.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WasmLine {
    /// Its text.
    pub text: String,
    /// The source file by the number that the assembly gives it, and the line there.
    pub place: Option<(u64, u64)>,
}

/// The same, line by line, without the name in front.
pub fn wasm_lines(function: &TextFunction<'_>) -> Vec<WasmLine> {
    let mut out = Vec::new();
    let mut place = None;
    let mut depth = 0_usize;
    for line in function.text.lines() {
        // Labels are numbered by depth in what refers to them.
        let Some(line) = line.strip_prefix('\t') else { continue };
        let (word, operands) = line.split_once('\t').unwrap_or((line, ""));
        let (word, operands) = (word.trim_end(), operands.trim_end());
        if word == ".loc" {
            let mut numbers = operands.split(' ').map_while(|number| number.parse().ok());
            // Line 0: it is nobody's.
            place = numbers.next().zip(numbers.next().filter(|line| *line > 0));
        }
        if word.starts_with('.') && !matches!(word, ".functype" | ".local") {
            continue;
        }
        let operands = match (word, operands.strip_prefix(function.symbol)) {
            (".functype", Some(kind)) => kind.trim_start().to_owned(),
            _ => operands.split(' ').map(with_name).collect::<Vec<_>>().join(" "),
        };
        if word.starts_with("end_") || matches!(word, "else" | "catch" | "catch_all" | "delegate") {
            depth = depth.saturating_sub(1);
        }
        let text = format!("        {:indent$}{word} {operands}", "", indent = 2 * depth).trim_end().to_owned();
        out.push(WasmLine { text, place: place.filter(|_| !word.starts_with('.')) });
        let begins = matches!(word, "block" | "loop" | "if" | "else" | "try" | "try_table" | "catch" | "catch_all");
        depth += usize::from(begins);
    }
    out
}

/// An operand with the name of Rust for its symbol, behind which there may be a distance.
fn with_name(operand: &str) -> String {
    let end = operand.find(['+', ',', '@']).unwrap_or(operand.len());
    let (symbol, rest) = operand.split_at(end);
    if symbol.starts_with('_') { names::of_symbol(symbol) + rest } else { operand.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{Form, functions};

    #[track_caller]
    fn check(form: Form, text: &str, expected: &[(&str, &str)]) {
        let found = functions(form, text);
        let found: Vec<(&str, String)> = found.iter().map(|it| (&*it.name, it.text.replace('\n', "|"))).collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(name, text)| (*name, &**text)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn llvm_ir() {
        let text = "; ModuleID\n@a = constant i8 1\n\n; Function Attrs: x\ndefine hidden i64 @_RNvCsciGn5CcqV8B_1t3sum(ptr %0) #0 {\n  ret\n}\n\
                    declare void @b()\ndefine void @\"c d\"() {\n}\n";
        check(
            Form::LlvmIr,
            text,
            &[
                ("c d", "define void @\"c d\"() {|}|"),
                ("t::sum", "; Function Attrs: x|define hidden i64 @_RNvCsciGn5CcqV8B_1t3sum(ptr %0) #0 {|  ret|}|"),
            ],
        );
    }

    #[test]
    fn other_forms() {
        let lir = "module \"a\"\ndata hidden @x align(1) {\n}\nfunction export @f(v0: ptr) {\nblock0:\n}\n";
        check(Form::Lir, lir, &[("f", "function export @f(v0: ptr) {|block0:|}|")]);
        let clif = "; _RNvCsciGn5CcqV8B_1t3sum\nfunction u0:0(i64) system_v {\n}\n\n; g\nfunction u0:0() {\n}\n";
        let sum = "; _RNvCsciGn5CcqV8B_1t3sum|function u0:0(i64) system_v {|}|";
        check(Form::Clif, clif, &[("g", "; g|function u0:0() {|}|"), ("t::sum", sum)]);
        let wasm = "\t.section\t.text.f,\"\",@\n\t.type\tf,@function\nf:\n\t.functype\tf (i32) -> ()\n\tblock   \t\n\
                    \ti64.load\t_RNvCsciGn5CcqV8B_1t3sum+8\n\tbr_if   \t0\n.LBB0_1:\n\tend_block\n\tend_function\n\
                    .Lfunc_end0:\n\t.type\tx,@object\n\t.type\tg,@function\ng:\n\tend_function\n";
        let found = functions(Form::WasmAssembly, wasm);
        assert_eq!(found.iter().map(|it| &*it.name).collect::<Vec<_>>(), ["f", "g"]);
        assert_eq!(
            super::wasm_assembly(&found[0]).replace('\n', "|"),
            "f:|        .functype (i32) -> ()|        block|          i64.load t::sum+8|          br_if 0|        end_block|        end_function|"
        );
        let mir = "fn a::b(_1: T) -> u8 {\n    x\n}\n\nfn <impl#0>::c() -> () {\n}\n";
        check(
            Form::Mir,
            mir,
            &[("<impl#0>::c", "fn <impl#0>::c() -> () {|}|"), ("a::b", "fn a::b(_1: T) -> u8 {|    x|}|")],
        );
    }
}
