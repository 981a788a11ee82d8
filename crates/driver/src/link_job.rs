//! What the linker is told.

use crate::codegen::Object;
use crate::options::Options;
use backend::OptLevel;
use link::aot::{Input, Job, LibraryKind, Linker, OutputKind};
use std::path::{Path, PathBuf};
use toolchain::Toolchain;

/// The job that makes an executable of a program's objects.
pub fn executable(
    toolchain: &Toolchain,
    options: &Options,
    objects: Vec<Object>,
    link_inputs: Vec<Input>,
    output: &Path,
) -> Job {
    let lld_folder = toolchain.target_bin_dir().join("gcc-ld");
    let linker = Linker {
        program: std::env::var_os("CC").map_or_else(|| PathBuf::from("cc"), PathBuf::from),
        lld_folder: lld_folder.is_dir().then_some(lld_folder),
    };
    let own = objects.into_iter().map(|object| Input::ObjectBytes { name: object.name, bytes: object.bytes });
    let named = options.libraries.iter().map(|argument| library(argument));
    Job {
        linker,
        kind: OutputKind::PieExecutable,
        output: output.to_owned(),
        inputs: own.chain(named).chain(link_inputs).collect(),
        search_folders: options.search_paths.iter().map(|path| search_folder(path)).collect(),
        gc_sections: true,
        optimize: matches!(options.opt, OptLevel::O2 | OptLevel::O3),
        args: options.link_args.iter().map(Into::into).collect(),
        ..Job::default()
    }
}

fn search_folder(argument: &str) -> PathBuf {
    PathBuf::from(argument.strip_prefix("native=").or_else(|| argument.strip_prefix("all=")).unwrap_or(argument))
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
