//! Writing files: executables, objects, texts.

use crate::entry::Root;
use crate::error::DriverError;
use crate::link_job::Linkage;
use crate::lowering::{LirProgram, lower_program};
use crate::missing::Missing;
use crate::options::{EmitKind, Options};
use crate::report::Report;
use crate::threads::catching;
use crate::{caches, codegen, emit, files, link_job, partition, test_reexports, test_support};
use std::path::{Path, PathBuf};
use toolchain::{Checked, Source, Toolchain};

/// What a build gave.
#[derive(Debug, Default)]
pub struct BuildOutput {
    /// The files written.
    pub files: Vec<PathBuf>,
    /// rustc's warnings.
    pub diagnostics: Vec<u8>,
    pub report: Report,
}

/// Says so if the source is not there, as rustc's own words for it are fine but its exit is not ours to wait for.
pub(crate) fn require_source(options: &Options) -> Result<(), DriverError> {
    if let Source::File(file) = &options.source
        && let Err(error) = std::fs::metadata(file)
    {
        return Err(DriverError::Usage(format!("couldn't read `{}`: {error}", file.display())));
    }
    Ok(())
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

/// Says so if the CPU that code is asked for is none: rustc and LLVM would go on with another.
pub(crate) fn require_cpu(options: &Options, toolchain: &Toolchain) -> Result<(), DriverError> {
    match &options.target_cpu {
        Some(cpu) if !toolchain.has_cpu(cpu) => Err(DriverError::Usage(format!(
            "`-C target-cpu={cpu}`: {} has no such CPU\n  help: `rustc --print target-cpus` lists them",
            toolchain.host
        ))),
        _ => Ok(()),
    }
}

/// Diagnostics only.
pub fn check(options: &Options) -> Result<BuildOutput, DriverError> {
    require_source(options)?;
    let mut report = Report::default();
    let toolchain = report.stage("find toolchain", || Toolchain::find(options.cache.as_deref()))?;
    require_cpu(options, &toolchain)?;
    let folder = files::temporary_folder()?;
    let diagnostics = report.stage("check", || toolchain.check_only(&options.request(), folder.path()))?;
    Ok(BuildOutput { files: Vec::new(), diagnostics, report })
}

/// Builds what `options.emit` asks for.
pub fn build(options: &Options) -> Result<BuildOutput, DriverError> {
    require_source(options)?;
    require_outputs(options)?;
    let mut report = Report::default();
    let toolchain = report.stage("find toolchain", || Toolchain::find(options.cache.as_deref()))?;
    require_cpu(options, &toolchain)?;
    caches::sweep(options.cache.as_deref());
    let folder = files::temporary_folder()?;
    let support = test_support::support(&toolchain, options, &mut report)?;
    let options = &test_support::with_support(options, support.as_ref());
    let check = || test_reexports::check(&toolchain, options, support.as_ref(), folder.path());
    let (options, checked) = report.stage("check (rustc)", check)?;
    let options = &options;
    let files = catching(|| emit_all(&toolchain, options, &checked, &mut report));
    let files = files.map_err(|error| error.after(&checked.diagnostics))?;
    Ok(BuildOutput { files, diagnostics: checked.diagnostics, report })
}

fn emit_all(
    toolchain: &Toolchain,
    options: &Options,
    checked: &Checked,
    report: &mut Report,
) -> Result<Vec<PathBuf>, DriverError> {
    let mut files = Vec::new();
    if options.emit.contains(&EmitKind::Mir) {
        let path = output_path(options, &EmitKind::Mir);
        let text = emit::mir(toolchain, options, &checked.metadata, report)?;
        files::write(&path, text.as_bytes())?;
        files.push(path);
    }
    if options.emit.iter().all(|kind| *kind == EmitKind::Mir) {
        return Ok(files);
    }
    let LirProgram { mut program, global_asm, allocator, link_inputs, .. } = lower_program(
        toolchain,
        options,
        &checked.metadata,
        Root::of(options),
        None,
        Missing::OfRequest {
            toolchain,
            request: &options.request(),
            folder: checked.metadata.parent().expect("a file in a folder"),
        },
        report,
    )?;
    program.functions.extend(allocator);
    let modules = partition::partition(program, global_asm, options);
    for kind in &options.emit {
        files.extend(emit::write(toolchain, options, &modules, kind, output_path(options, kind), report)?);
    }
    if options.emit.contains(&EmitKind::Link) {
        let path = output_path(options, &EmitKind::Link);
        let mut inner = Report::default();
        let objects = report.stage("code generation", || codegen::compile(toolchain, options, &modules, &mut inner))?;
        report.count(objects.iter().map(|object| object.bytes.len() as u64).sum(), "bytes");
        report.extend(inner);
        let job = link_job::job(toolchain, options, objects, link_inputs, &path, Linkage::Executable);
        report.stage("link", || link::aot::link(&job))?;
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
    let extension = kind.extension(backends);
    let name = if extension.is_empty() { stem } else { format!("{stem}.{extension}") };
    options.out_dir.clone().unwrap_or_default().join(name)
}
