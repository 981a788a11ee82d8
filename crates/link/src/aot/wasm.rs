//! The command line of LLD as the linker of WebAssembly.

use super::command::{Args, object_path};
use super::{Exports, Input, Job, OutputKind, Strip};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The program and its arguments, in rustc's order.
pub(super) fn arguments(job: &Job, temporary: &Path, output: &Path) -> (PathBuf, Vec<OsString>) {
    let mut args = Args::default();
    // The one program is several linkers.
    args.all(["-flavor", "wasm"]);
    if job.kind == OutputKind::Object {
        // What else the target's linker is told is about modules that can run.
        for (index, input) in job.inputs.iter().enumerate() {
            add_input(&mut args, temporary, index, input);
        }
        args.all(["-r", "-o"]);
        args.plain(output);
        return (job.linker.program.clone(), args.into_list());
    }
    args.all(&job.first_args);
    if let Exports::Listed(symbols) = &job.exports {
        for symbol in symbols {
            args.all(["--export", symbol]);
        }
    }
    for symbol in &job.required_symbols {
        args.all(["-u", symbol]);
    }
    for (index, input) in job.inputs.iter().enumerate() {
        if matches!(input, Input::ObjectBytes { .. }) {
            add_input(&mut args, temporary, index, input);
        }
    }
    for folder in &job.search_folders {
        args.plain("-L");
        args.plain(folder);
    }
    args.all(job.frame.iter().flat_map(|frame| &frame.first));
    for (index, input) in job.inputs.iter().enumerate() {
        if !matches!(input, Input::ObjectBytes { .. }) {
            add_input(&mut args, temporary, index, input);
        }
    }
    args.plain("-o");
    args.plain(output);
    if job.gc_sections {
        args.plain("--gc-sections");
    }
    // Programs begin with a function of the C runtime's, libraries with none.
    if job.kind == OutputKind::SharedLibrary && !job.first_args.iter().any(|arg| arg == "--no-entry") {
        args.plain("--no-entry");
    }
    args.plain(if job.optimize { "-O2" } else { "-O0" });
    match job.strip {
        Strip::None => {}
        Strip::DebugInfo => args.plain("--strip-debug"),
        Strip::Symbols => args.plain("--strip-all"),
    }
    args.all(&job.args);
    (job.linker.program.clone(), args.into_list())
}

fn add_input(args: &mut Args, temporary: &Path, index: usize, input: &Input) {
    match input {
        Input::ObjectBytes { name, .. } => args.plain(object_path(temporary, index, name)),
        // Nobody compiles it here; no target of this kind has one.
        Input::C { .. } => {}
        Input::Object(path) | Input::SharedLibrary { path, .. } => args.plain(path),
        Input::Archive { path, whole } => add_archive(args, *whole, path),
        Input::Library { name, verbatim, .. } => {
            args.plain(format!("-l{}{name}", if *verbatim { ":" } else { "" }));
        }
    }
}

fn add_archive(args: &mut Args, whole: bool, path: &Path) {
    if whole {
        args.plain("--whole-archive");
    }
    args.plain(path);
    if whole {
        args.plain("--no-whole-archive");
    }
}
