//! Kinds of output that are not linked: texts, bitcode, objects.

use crate::backends::{BackendChoice, Backends};
use crate::codegen;
use crate::error::DriverError;
use crate::files;
use crate::front_half::with_front;
use crate::link_job;
use crate::objects::Object;
use crate::options::{EmitKind, Options};
use crate::own_front;
use crate::partition::Part;
use crate::pipeline::Pipeline;
use crate::report::Report;
use backend::{DebugInfo, Emit};
use std::path::PathBuf;
use toolchain::{Invocation, Toolchain};

/// The MIR of all that has code of its own in a crate. With debug information, statements say where they come from.
fn mir(pipeline: &Pipeline<'_>, report: &mut Report) -> Result<String, DriverError> {
    with_front(pipeline.toolchain, pipeline.options, pipeline.metadata, report, |front, _| {
        let has_places = pipeline.options.debug != DebugInfo::None;
        let place = |span: ty::Span, function: ty::Span| {
            let definitions = front.tcx.definitions();
            let span = definitions.debug_span_within(span, function);
            if !has_places || span.is_dummy() {
                return None;
            }
            let file = definitions.source_file(span.file);
            let (line, column) = file.line_column(span.lo);
            let path = std::path::Path::new(&*file.folder).join(&*file.name);
            Some(format!("{}:{line}:{column}", path.display()))
        };
        let mut text = String::new();
        for def_id in front.tcx.definitions().local_codegen_items(ty::CrateNum::LOCAL) {
            let bodies = front.cx.bodies;
            if bodies.has_optimized_mir(def_id) {
                let name = format!("fn {}", front.tcx.def_path_str(def_id));
                let body = bodies.optimized_mir(def_id);
                let place = |span| place(span, body.span);
                mir::pretty::write_body_with_places(&mut text, front.tcx, &name, body, &place)
                    .map_err(|error| DriverError::Internal(error.to_string()))?;
                text.push('\n');
            }
        }
        Ok(text)
    })
}

/// Bodies as stages of our own front end have them, of several kinds.
fn own_bodies(pipeline: &Pipeline<'_>, kinds: &[&EmitKind], report: &mut Report) -> Result<Vec<Vec<u8>>, DriverError> {
    let Pipeline { toolchain, options, metadata, .. } = *pipeline;
    with_front(toolchain, options, metadata, report, |front, report| {
        own_front::bodies(toolchain, options, front.opened, front.own, kinds, report)
    })
}

/// Writes the kinds of output that are bodies as stages of our own front end have them. The crate is read once for all.
pub(crate) fn write_own_bodies(
    pipeline: &Pipeline<'_>,
    kinds: &[&EmitKind],
    paths: Vec<PathBuf>,
    report: &mut Report,
) -> Result<Vec<PathBuf>, DriverError> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let made = own_bodies(pipeline, kinds, report)?;
    for (path, made) in paths.iter().zip(&made) {
        files::write(path, made)?;
    }
    Ok(paths)
}

/// Writes a kind of output other than a linked one, most of which are made of the program's modules. Gives the file.
pub(crate) fn write(
    pipeline: &Pipeline<'_>,
    parts: &[Part],
    kind: &EmitKind,
    path: PathBuf,
    report: &mut Report,
) -> Result<Option<PathBuf>, DriverError> {
    let made = match kind {
        EmitKind::Link => return Ok(None),
        EmitKind::Obj => {
            let Pipeline { toolchain, options, .. } = *pipeline;
            let objects = report.stage("code generation", |report| -> Result<_, DriverError> {
                let mut objects = Vec::new();
                for Part { options, modules } in parts {
                    objects.extend(codegen::compile(toolchain, options, modules, report)?);
                }
                Ok(objects)
            })?;
            one_object(toolchain, options, objects)?
        }
        _ => bytes(pipeline, parts, kind, report)?,
    };
    files::write(&path, &made)?;
    Ok(Some(path))
}

/// The content of a file of a kind that is not linked, and is one file whatever the modules.
pub(crate) fn bytes(
    pipeline: &Pipeline<'_>,
    parts: &[Part],
    kind: &EmitKind,
    report: &mut Report,
) -> Result<Vec<u8>, DriverError> {
    let Pipeline { toolchain, options, .. } = *pipeline;
    let emit = |choice: &BackendChoice, emit| -> Result<Vec<u8>, DriverError> {
        let mut bytes = Vec::new();
        for Part { options, modules } in parts {
            bytes.extend(codegen::emit(toolchain, options, choice, modules, emit)?);
        }
        Ok(bytes)
    };
    match kind {
        EmitKind::Mir => Ok(mir(pipeline, report)?.into_bytes()),
        EmitKind::Tokens | EmitKind::Ast | EmitKind::Expanded | EmitKind::ExpandedLines => {
            own_front::text(toolchain, options, kind)
        }
        EmitKind::Hir | EmitKind::Thir => Ok(own_bodies(pipeline, &[kind], report)?.pop().unwrap_or_default()),
        EmitKind::Lir => Ok(parts
            .iter()
            .flat_map(|part| &part.modules)
            .map(|module| module.to_string())
            .collect::<Vec<_>>()
            .join("\n")
            .into_bytes()),
        EmitKind::Asm => emit(&options.backend, Emit::Assembly),
        EmitKind::Format(name) => {
            // The chosen back end's own, or that of the one that has it.
            let (choice, format) = match options.backend.format(name) {
                Some(format) => (options.backend.clone(), format),
                None => options
                    .backend
                    .all()
                    .format(name)
                    .ok_or_else(|| DriverError::Usage(format!("no back end has an output of the kind `{name}`")))?,
            };
            emit(&choice, format.emit)
        }
        EmitKind::Link | EmitKind::Obj => {
            Err(DriverError::Internal(format!("`{}` is no form of modules", kind.name())))
        }
    }
}

/// One object of all that were made: functions that one back end rejects are in an object of another one's.
pub(crate) fn one_object(
    toolchain: &Toolchain,
    options: &Options,
    mut objects: Vec<Object>,
) -> Result<Vec<u8>, DriverError> {
    match objects.pop() {
        Some(object) if objects.is_empty() => return Ok(object.bytes),
        object => objects.extend(object),
    }
    let folder = files::temporary_folder()?;
    let path = folder.path().join("object.o");
    link::aot::link(&link_job::merge(toolchain, options, objects, &path))?;
    std::fs::read(&path).map_err(|error| DriverError::Io { path, error })
}

/// What a command line asks for besides what is linked, and where rustc would put it; None if it asks for something that is
/// rustc's to write.
pub(crate) fn wanted(invocation: &Invocation, backends: &Backends) -> Option<Vec<(EmitKind, PathBuf)>> {
    let mut wanted = Vec::new();
    for (name, path) in invocation.emit_paths() {
        if matches!(name, "link" | "metadata" | "dep-info") {
            continue;
        }
        // The kinds that rustc knows; it refuses others in its own words.
        let is_known = matches!(name, "asm" | "llvm-bc" | "llvm-ir" | "mir" | "obj");
        let kind = EmitKind::from_name(name, backends).filter(|_| is_known)?;
        let extension = kind.extension(backends);
        let suffix = format!(".{extension}");
        let path = match (path, invocation.output()) {
            (Some(path), _) => path,
            (None, Some(output)) => output.with_extension(&extension),
            (None, None) => invocation.output_file("", &suffix)?,
        };
        wanted.push((kind, path));
    }
    Some(wanted)
}
