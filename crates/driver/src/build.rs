//! Writing files: executables, objects, texts.

use crate::error::DriverError;
use crate::link_job::Artefact;
use crate::options::{EmitKind, Options};
use crate::pipeline::{self, CheckedSource, Pipeline};
use crate::report::Report;
use crate::threads::catching;
use crate::{caches, emit, files};
use std::path::{Path, PathBuf};
use toolchain::Source;

/// What a build gave.
#[derive(Debug, Default)]
pub struct BuildOutput {
    /// The files written.
    pub files: Vec<PathBuf>,
    /// rustc's warnings.
    pub diagnostics: Vec<u8>,
    /// What was done, and how long it took.
    pub report: Report,
}

/// Says so before anything is compiled if there is no place for the outputs. Like rustc, makes the folder of `--out-dir`.
fn require_outputs(options: &Options) -> Result<(), DriverError> {
    let fault = |path: &Path, error: std::io::Error| DriverError::Output { path: path.to_owned(), error };
    if let Some(folder) = &options.out_dir {
        std::fs::create_dir_all(folder).map_err(|error| fault(folder, error))?;
    }
    for kind in &options.emit {
        let path = output_path(options, kind);
        if path.is_dir() || path.file_name().is_none() {
            return Err(fault(&path, std::io::ErrorKind::IsADirectory.into()));
        }
        match files::folder_of(&path).metadata() {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(fault(&path, std::io::ErrorKind::NotADirectory.into())),
            Err(error) => return Err(fault(&path, error)),
        }
    }
    Ok(())
}

/// Diagnostics only.
pub fn check(options: &Options) -> Result<BuildOutput, DriverError> {
    let mut report = Report::default();
    let (toolchain, options) = &pipeline::begin(options, &mut report)?;
    pipeline::require_cpu(options, toolchain)?;
    let folder = files::temporary_folder()?;
    let diagnostics = report.stage("check", |_| toolchain.check_only(&options.request(), folder.path()))?;
    Ok(BuildOutput { files: Vec::new(), diagnostics, report })
}

/// Builds what `options.emit` asks for.
pub fn build(options: &Options) -> Result<BuildOutput, DriverError> {
    let mut report = Report::default();
    let (toolchain, options) = &pipeline::begin(options, &mut report)?;
    require_outputs(options)?;
    pipeline::require_cpu(options, toolchain)?;
    caches::sweep(options.cache.as_deref());
    let source = CheckedSource::new(toolchain, options, &mut report)?;
    let files = catching(|| emit_all(&source.pipeline(toolchain), &mut report));
    let files = files.map_err(|error| error.after(&source.checked.diagnostics))?;
    Ok(BuildOutput { files, diagnostics: source.checked.diagnostics, report })
}

fn emit_all(pipeline: &Pipeline<'_>, report: &mut Report) -> Result<Vec<PathBuf>, DriverError> {
    let options = pipeline.options;
    let path = |kind| output_path(options, kind);
    let mut files = Vec::new();
    if options.emit.contains(&EmitKind::Mir) {
        files.extend(emit::write(pipeline, &[], &EmitKind::Mir, path(&EmitKind::Mir), report)?);
    }
    if options.emit.iter().all(|kind| *kind == EmitKind::Mir) {
        return Ok(files);
    }
    let mut program = pipeline.lower(report)?;
    program.use_static_std();
    let mut divided = pipeline.divide(&mut program);
    for kind in options.emit.iter().filter(|kind| **kind != EmitKind::Mir) {
        files.extend(emit::write(pipeline, &divided.modules, kind, path(kind), report)?);
    }
    if options.emit.contains(&EmitKind::Link) {
        let path = path(&EmitKind::Link);
        let objects = pipeline.generate(&mut program, &mut divided, report)?;
        let job = pipeline.link_job(&program, objects, &path, Artefact::Executable)?;
        report.stage("link", |_| link::aot::link(&job))?;
        files.push(path);
    }
    Ok(files)
}

/// Where a kind of output goes, by rustc's rules.
pub fn output_path(options: &Options, kind: &EmitKind) -> PathBuf {
    let backends = options.backend.all();
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
