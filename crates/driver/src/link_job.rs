//! What the linker is told.

use crate::objects::Object;
use crate::options::{Options, StripKind, search_folder};
use backend::{DebugInfo, OptLevel};
use link::aot::{Exports, Input, Job, LibraryKind, Linker, OutputKind, Strip};
use object::{Architecture, BinaryFormat, Endianness, SectionKind, write};
use std::path::{Path, PathBuf};
use toolchain::Toolchain;

/// What is made of a program's objects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Artefact {
    /// A program that is started.
    Executable,
    /// A library for other languages, which shows these symbols.
    SharedLibrary(Vec<String>),
}

/// The job that links a program's objects.
pub fn job(
    toolchain: &Toolchain,
    options: &Options,
    objects: Vec<Object>,
    link_inputs: Vec<Input>,
    output: &Path,
    artefact: Artefact,
) -> Job {
    let (kind, exports) = match artefact {
        Artefact::Executable if options.fixed_address => (OutputKind::FixedExecutable, Exports::ByVisibility),
        Artefact::Executable => (OutputKind::PieExecutable, Exports::ByVisibility),
        Artefact::SharedLibrary(symbols) => (OutputKind::SharedLibrary, Exports::Listed(symbols)),
    };
    let printers = (options.debug != DebugInfo::None).then(printers_object);
    let own = objects.into_iter().chain(printers).map(object_input);
    let named = options.libraries.iter().map(|argument| library(argument));
    Job {
        linker: linker(toolchain, options),
        kind,
        exports,
        strip: match options.strip {
            StripKind::None => Strip::None,
            StripKind::DebugInfo => Strip::DebugInfo,
            StripKind::Symbols => Strip::Symbols,
        },
        output: output.to_owned(),
        inputs: own.chain(named).chain(link_inputs).collect(),
        search_folders: options.search_paths.iter().map(|path| search_folder(path)).collect(),
        gc_sections: true,
        optimize: matches!(options.opt, OptLevel::O2 | OptLevel::O3),
        default_libraries: options.default_libraries,
        args: options.link_args.iter().map(Into::into).collect(),
        ..Job::default()
    }
}

/// The object with the section by which GDB is told to load Rust's printers of values, as rustc's programs with debug
/// information have it (`rustc_codegen_llvm::debuginfo::gdb`).
fn printers_object() -> Object {
    // 1: the name of a script in Python, which GDB looks for on its path of scripts.
    const SCRIPT: &[u8] = b"\x01gdb_load_rust_pretty_printers.py\0";
    let mut object = write::Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
    let section = object.add_section(Vec::new(), b".debug_gdb_scripts".to_vec(), SectionKind::DebugString);
    object.append_section_data(section, SCRIPT, 1);
    // An object of one section cannot be too large.
    Object { name: "gdb-scripts".to_owned(), bytes: object.write().unwrap_or_default() }
}

/// The job that makes one object of several.
pub fn merge(toolchain: &Toolchain, options: &Options, objects: Vec<Object>, output: &Path) -> Job {
    Job {
        linker: linker(toolchain, options),
        kind: OutputKind::Object,
        output: output.to_owned(),
        inputs: objects.into_iter().map(object_input).collect(),
        ..Job::default()
    }
}

fn linker(toolchain: &Toolchain, options: &Options) -> Linker {
    let default_linker = || std::env::var_os("CC").map_or_else(|| PathBuf::from("cc"), PathBuf::from);
    Linker {
        program: options.linker.clone().unwrap_or_else(default_linker),
        lld_folder: toolchain.lld_dir().filter(|_| options.linker.is_none()),
    }
}

fn object_input(object: Object) -> Input {
    Input::ObjectBytes { name: object.name, bytes: object.bytes }
}

/// `[KIND[:MODIFIERS]=]NAME`
fn library(argument: &str) -> Input {
    let (kind, name) = match argument.split_once('=') {
        Some((kind, name)) => (kind, name),
        None => ("", argument),
    };
    let (kind, modifiers) = kind.split_once(':').unwrap_or((kind, ""));
    let has = |modifier: &str| modifiers.split(',').any(|it| it == modifier);
    let kind = match kind {
        "static" => LibraryKind::Static { whole: has("+whole-archive") },
        "dylib" => LibraryKind::Shared { as_needed: has("+as-needed") },
        _ => LibraryKind::Any,
    };
    Input::Library { name: name.to_owned(), kind, verbatim: has("+verbatim") }
}
