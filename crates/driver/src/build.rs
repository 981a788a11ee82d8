//! Writing files: executables, objects, texts.

use crate::error::DriverError;
use crate::link_job::Artefact;
use crate::options::{EmitKind, Options};
use crate::pipeline::{self, CheckedSource, Pipeline};
use crate::report::Report;
use crate::threads::catching;
use crate::{caches, emit, files, own_front};
use link::output::Place;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use toolchain::Source;

/// What a build gave.
#[derive(Debug, Default)]
pub struct BuildOutput {
    /// The files written.
    pub files: Vec<PathBuf>,
    /// rustc's warnings.
    pub diagnostics: Vec<u8>,
    /// What else the user asked to be told (`--print native-static-libs`).
    pub notes: Vec<String>,
    /// The command line by which a program was linked.
    pub link_command: Option<String>,
    /// What was done, and how long it took.
    pub report: Report,
}

/// Says so before anything is compiled if there is no place for the outputs, or if one would take an input's place. Like rustc,
/// makes the folder of `--out-dir`.
pub(crate) fn require_outputs(options: &Options, paths: &[PathBuf]) -> Result<(), DriverError> {
    let fault = |path: &Path, error: std::io::Error| DriverError::Output { path: path.to_owned(), error };
    if let Some(folder) = &options.out_dir {
        std::fs::create_dir_all(folder).map_err(|error| fault(folder, error))?;
    }
    let inputs = inputs(options);
    for path in paths {
        if path.file_name().is_none() {
            return Err(fault(path, std::io::ErrorKind::IsADirectory.into()));
        }
        let place = Place::find(path).map_err(|error| fault(path, error))?;
        if let Some(folder) = place.folder() {
            match folder.metadata() {
                Ok(metadata) if metadata.is_dir() => {}
                Ok(_) => return Err(fault(path, std::io::ErrorKind::NotADirectory.into())),
                Err(error) => return Err(fault(path, error)),
            }
        }
        if let Some(input) = inputs.iter().find(|input| is_same_file(path, input)) {
            return Err(DriverError::Usage(format!(
                "the input file `{}` would be overwritten by what is built\n  help: name another file with -o, or a folder \
                 with --out-dir",
                input.display()
            )));
        }
    }
    Ok(())
}

/// The files that options name as inputs.
fn inputs(options: &Options) -> Vec<PathBuf> {
    let source = match &options.source {
        Source::File(file) => Some(file.clone()),
        Source::Text(_) => None,
    };
    let externs = options.externs.iter().filter_map(|argument| Some(PathBuf::from(argument.split_once('=')?.1)));
    let linked = options.link_args.iter().map(PathBuf::from);
    source.into_iter().chain(externs).chain(linked).collect()
}

/// Whether two paths lead to one regular file. What is a device is input and output at once.
fn is_same_file(one: &Path, other: &Path) -> bool {
    let state = |path: &Path| std::fs::metadata(path).ok().filter(|it| it.is_file()).map(|it| (it.dev(), it.ino()));
    state(one).is_some_and(|state_of_one| state(other) == Some(state_of_one))
}

/// Diagnostics only. `report` says who watches.
pub fn check(options: &Options, mut report: Report) -> Result<BuildOutput, DriverError> {
    let (toolchain, options) = &pipeline::begin(options, &mut report)?;
    pipeline::require_cpu(options, toolchain)?;
    let folder = files::temporary_folder()?;
    let diagnostics = report.stage("check", |_| toolchain.check_only(&options.request(), folder.path()));
    report.observer.check();
    let diagnostics = diagnostics?;
    Ok(BuildOutput { diagnostics, report, ..BuildOutput::default() })
}

/// Builds what `options.emit` asks for. `report` says who watches.
pub fn build(options: &Options, mut report: Report) -> Result<BuildOutput, DriverError> {
    let (toolchain, options) = &pipeline::begin(options, &mut report)?;
    let paths: Vec<PathBuf> = options.emit.iter().map(|kind| output_path(options, kind)).collect();
    require_outputs(options, &paths)?;
    pipeline::require_cpu(options, toolchain)?;
    if options.emit.iter().all(EmitKind::is_of_text) {
        // As rustc, which shows the text of a program that is wrong.
        for (kind, path) in options.emit.iter().zip(&paths) {
            let made = catching(|| report.stage(stage_name(kind), |_| own_front::text(toolchain, options, kind)))?;
            files::write(path, &made)?;
        }
        return Ok(BuildOutput { files: paths, report, ..BuildOutput::default() });
    }
    caches::sweep(options.cache.as_deref());
    let source = CheckedSource::new(toolchain, options, &mut report)?;
    let made = catching(|| emit_all(&source.pipeline(toolchain), &mut report));
    let (files, link_command) = made.map_err(|error| error.after(&source.checked.diagnostics))?;
    let diagnostics = source.checked.diagnostics;
    Ok(BuildOutput { files, diagnostics, link_command, report, notes: Vec::new() })
}

fn stage_name(kind: &EmitKind) -> &'static str {
    match kind {
        EmitKind::Expanded | EmitKind::ExpandedLines => "expand (own)",
        _ => "parse (own)",
    }
}

/// Writes all kinds of output. Gives the files, and the linker's command line.
fn emit_all(pipeline: &Pipeline<'_>, report: &mut Report) -> Result<(Vec<PathBuf>, Option<String>), DriverError> {
    let options = pipeline.options;
    let path = |kind| output_path(options, kind);
    let mut files = Vec::new();
    let is_early = |kind: &EmitKind| kind.is_of_text() || kind.is_of_bodies();
    let (together, alone): (Vec<_>, Vec<_>) =
        options.emit.iter().filter(|kind| is_early(kind)).partition(|kind| kind.is_of_own_bodies());
    for kind in alone {
        files.extend(emit::write(pipeline, &[], kind, path(kind), report)?);
    }
    let paths = together.iter().map(|kind| path(kind)).collect();
    files.extend(emit::write_own_bodies(pipeline, &together, paths, report)?);
    if options.emit.iter().all(is_early) {
        return Ok((files, None));
    }
    let mut program = pipeline.lower(report)?;
    program.use_static_std();
    let mut divided = report.stage("divide", |_| pipeline.divide(&mut program));
    for kind in options.emit.iter().filter(|kind| !is_early(kind) && **kind != EmitKind::Link) {
        let written = report.stage("write", |report| emit::write(pipeline, &divided.parts, kind, path(kind), report));
        files.extend(written?);
    }
    if !options.emit.contains(&EmitKind::Link) {
        return Ok((files, None));
    }
    let path = path(&EmitKind::Link);
    let objects = pipeline.generate(&mut program, &mut divided, report)?;
    let job = pipeline.link_job(&program, objects, &path, Artefact::Executable)?;
    report.stage("link", |_| link::aot::link(&job))?;
    files.push(path);
    Ok((files, Some(link::aot::command_line(&job))))
}

/// Where a kind of output goes, by rustc's rules.
pub fn output_path(options: &Options, kind: &EmitKind) -> PathBuf {
    let backends = options.backend.all();
    if let Some(path) = options.emit_paths.get(kind) {
        return path.clone();
    }
    let single = options.emit.len() == 1;
    if let Some(output) = &options.output {
        return match kind {
            EmitKind::Link => output.clone(),
            _ if single => output.clone(),
            _ => output.with_extension(kind.extension(backends)),
        };
    }
    let stem = match &options.source {
        Source::File(file) if options.crate_name.is_none() => {
            file.file_stem().map_or("rust_out".to_owned(), |stem| stem.to_string_lossy().into_owned())
        }
        _ => options.crate_name(),
    };
    if *kind == EmitKind::Link {
        return options.out_dir.clone().unwrap_or_default().join(format!("{stem}{}", options.exe_suffix));
    }
    let extension = kind.extension(backends);
    let name = if extension.is_empty() { stem } else { format!("{stem}.{extension}") };
    options.out_dir.clone().unwrap_or_default().join(name)
}
