//! The functions of a text: MIR, LIR, LLVM's IR, Cranelift's.

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
            Some(name) if bare == "}" => {
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

/// The symbol of the function whose definition a line begins.
fn head(form: Form, line: &str) -> Option<&str> {
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
        Form::Clif => None,
    }
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
        let mir = "fn a::b(_1: T) -> u8 {\n    x\n}\n\nfn <impl#0>::c() -> () {\n}\n";
        check(
            Form::Mir,
            mir,
            &[("<impl#0>::c", "fn <impl#0>::c() -> () {|}|"), ("a::b", "fn a::b(_1: T) -> u8 {|    x|}|")],
        );
    }
}
