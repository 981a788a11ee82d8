//! What the linker is told.

use crate::objects::Object;
use crate::options::{Options, StripKind, search_folder};
use backend::OptLevel;
use link::aot::{Exports, Input, Job, LibraryKind, Linker, OutputKind, Strip};
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
    let default_linker = || std::env::var_os("CC").map_or_else(|| PathBuf::from("cc"), PathBuf::from);
    let linker = Linker {
        program: options.linker.clone().unwrap_or_else(default_linker),
        lld_folder: toolchain.lld_dir().filter(|_| options.linker.is_none()),
    };
    let (kind, exports) = match artefact {
        Artefact::Executable if options.fixed_address => (OutputKind::FixedExecutable, Exports::ByVisibility),
        Artefact::Executable => (OutputKind::PieExecutable, Exports::ByVisibility),
        Artefact::SharedLibrary(symbols) => (OutputKind::SharedLibrary, Exports::Listed(symbols)),
    };
    let own = objects.into_iter().map(|object| Input::ObjectBytes { name: object.name, bytes: object.bytes });
    let named = options.libraries.iter().map(|argument| library(argument));
    Job {
        linker,
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
        args: options.link_args.iter().map(Into::into).collect(),
        ..Job::default()
    }
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
