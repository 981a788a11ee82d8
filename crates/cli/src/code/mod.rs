//! `bessemer asm|llvm-ir|mir|lir|clif`, for files and under cargo: the functions of a program, or one of them, in one of the
//! forms that code has.
//!
//! Assembly is that of the object that is linked, whatever made it, taken apart again; the other forms are what `--emit` writes, and
//! so is WebAssembly.

mod assembly;
mod choice;
pub mod source;

pub use choice::Wanted;

use crate::args::{AsmArgs, CodeArgs, Color};
use crate::commands;
use crate::{output, show};
use driver::{Backends, BuildOutput, DriverError, EmitKind, Options, OutputCrateType, Report, Toolchain, libraries};
use inspect::code::ObjectCode;
use inspect::disassembly::Syntax;
use inspect::text::{self, Form};
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

/// A form of code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Assembly of the object.
    Asm,
    /// A text.
    Text(Form),
}

impl Kind {
    /// The form of a command's name.
    pub fn of_command(name: &str) -> Option<Kind> {
        Some(match name {
            "asm" => Kind::Asm,
            "llvm-ir" => Kind::Text(Form::LlvmIr),
            "mir" => Kind::Text(Form::Mir),
            "lir" => Kind::Text(Form::Lir),
            "clif" => Kind::Text(Form::Clif),
            _ => return None,
        })
    }

    /// What a build is to write for it.
    pub fn emitted(self) -> EmitKind {
        match self {
            Kind::Asm => EmitKind::Obj,
            Kind::Text(Form::Mir) => EmitKind::Mir,
            Kind::Text(Form::Lir) => EmitKind::Lir,
            Kind::Text(Form::LlvmIr) => EmitKind::Format("llvm-ir".to_owned()),
            Kind::Text(Form::Clif) => EmitKind::Format("clif".to_owned()),
            Kind::Text(Form::WasmAssembly) => EmitKind::Asm,
        }
    }
}

/// How code is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Look {
    /// As JSON.
    pub json: bool,
    /// With colours.
    pub color: bool,
    /// How assembly is written.
    pub syntax: Syntax,
    /// With the source lines that assembly comes from.
    pub source: bool,
}

impl Look {
    /// As was asked for, and as standard output is.
    pub fn new(json: bool, color: Color, syntax: Syntax, source: Option<bool>) -> Look {
        let is_terminal = std::io::stdout().is_terminal();
        Look {
            json,
            color: !json && crate::request::colors(color, is_terminal),
            syntax,
            source: source.unwrap_or(is_terminal),
        }
    }
}

/// `bessemer asm`.
pub fn asm(args: &AsmArgs, backends: &Backends, started: Instant) -> Result<ExitCode, ExitCode> {
    let syntax = if args.att { Syntax::Att } else { Syntax::Intel };
    let source = if args.no_source { Some(false) } else { args.source.then_some(true) };
    file(Kind::Asm, &args.code, (syntax, source), backends, started)
}

/// The other commands on a file.
pub fn text(form: Form, args: &CodeArgs, backends: &Backends, started: Instant) -> Result<ExitCode, ExitCode> {
    file(Kind::Text(form), args, (Syntax::default(), None), backends, started)
}

fn file(
    kind: Kind,
    args: &CodeArgs,
    (syntax, source): (Syntax, Option<bool>),
    backends: &Backends,
    started: Instant,
) -> Result<ExitCode, ExitCode> {
    let compile = &args.compile;
    const CODE: &str = "code";
    // Objects of WebAssembly are not taken apart: LLVM's text of them is shown.
    let is_wasm = compile.target.as_deref().is_some_and(|target| target.starts_with("wasm"));
    if kind == Kind::Asm && is_wasm && source == Some(true) {
        return Err(show::usage("--source: WebAssembly is shown without source lines"));
    }
    let kind = if kind == Kind::Asm && is_wasm { Kind::Text(Form::WasmAssembly) } else { kind };
    let folder = commands::build_to_show(compile, &args.file, backends, started, |options, report, folder| {
        if kind == Kind::Asm {
            options.debug = options.debug.max(backend::DebugInfo::Lines);
        }
        build(options, &compile.crate_types, kind.emitted(), &folder.join(CODE), report)
    })?;
    let wanted = Wanted { function: args.function.clone(), index: args.index };
    let look = Look::new(compile.json, compile.color, syntax, source);
    let shown = show_file(kind, &folder.path().join(CODE), &wanted, look);
    shown.map_err(|error| show::error(&error, compile.style()))
}

/// Builds a program, or all functions of a library, and writes one form of it into a file.
pub fn build(
    options: &mut Options,
    crate_types: &[OutputCrateType],
    emitted: EmitKind,
    path: &Path,
    report: Report,
) -> Result<BuildOutput, DriverError> {
    options.emit = vec![emitted.clone()];
    options.emit_paths.insert(emitted, path.to_owned());
    let types = libraries::crate_types(options, crate_types)?;
    if libraries::is_program(&types) {
        driver::build(options, report)
    } else {
        options.whole_library = true;
        libraries::build(options, &types, report)
    }
}

/// Shows what a build has written.
///
/// # Errors
/// It cannot be read.
pub fn show_file(kind: Kind, path: &Path, wanted: &Wanted, look: Look) -> Result<ExitCode, DriverError> {
    let bytes = std::fs::read(path).map_err(|error| DriverError::Io { path: path.to_owned(), error })?;
    match kind {
        Kind::Asm => {
            let code = ObjectCode::read(&bytes).map_err(|error| DriverError::Open(error.to_string()))?;
            let toolchain = Toolchain::find(driver::options::default_cache().as_deref())?;
            assembly::show(&code, &toolchain.sysroot, wanted, look)
        }
        Kind::Text(form) => {
            let text = String::from_utf8_lossy(&bytes);
            Ok(show_text(form, &text, wanted, look))
        }
    }
}

fn show_text(form: Form, text: &str, wanted: &Wanted, look: Look) -> ExitCode {
    let functions = text::functions(form, text);
    let entries: Vec<choice::Entry<'_>> = functions
        .iter()
        .map(|it| choice::Entry {
            name: &it.name,
            symbol: (form != Form::Mir).then_some(it.symbol),
            size: it.text.lines().count() as u64,
        })
        .collect();
    // MIR is that of one crate, whose name its functions do not have.
    let mut wanted = wanted.clone();
    if let Some((_, path)) = wanted.function.as_deref().and_then(|name| name.split_once("::"))
        && form == Form::Mir
        && !functions.iter().any(|it| wanted.function.as_deref().is_some_and(|name| it.name.contains(name)))
    {
        wanted.function = Some(path.to_owned());
    }
    match choice::choose(&entries, &wanted, "lines", look) {
        Ok(index) => {
            let it = &functions[index];
            output::print(&if look.json {
                let value = serde_json::json!({ "function": {
                    "name": it.name,
                    "symbol": entries[index].symbol,
                    "lines": entries[index].size,
                    "text": it.text,
                }});
                format!("{value}\n")
            } else {
                with_names(form, it)
            })
        }
        Err(code) => code,
    }
}

/// A function's text, after its name, where the text has its symbol only.
fn with_names(form: Form, function: &text::TextFunction<'_>) -> String {
    let mark = match form {
        Form::LlvmIr | Form::Clif => "; ",
        Form::Lir => "// ",
        Form::Mir => return function.text.to_owned(),
        Form::WasmAssembly => return text::wasm_assembly(function),
    };
    format!("{mark}{}\n{}", function.name, function.text.trim_start_matches('\n'))
}
