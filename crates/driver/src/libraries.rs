//! Libraries that are built by themselves: `bessemer build --crate-type lib`, `cdylib`, `staticlib`.
//!
//! - `lib` gives `libNAME.rlib`, with rustc's code for rustc, and the bodies of all functions for Bessemer, which generates
//!   what a program needs of them. What else Bessemer has to know of it lies beside it (`libNAME.checks`,
//!   `libNAME.global-asm`).
//! - `cdylib` and `staticlib` give `libNAME.so` and `libNAME.a` for other languages, with all that they need.
//!
//! rustc is told what cargo tells it of such crates, and what follows is as for those ([`mod@unit`]).

use crate::build::{BuildOutput, output_path, require_outputs};
use crate::compiled::{self, Kind};
use crate::error::DriverError;
use crate::options::{EmitKind, Lto, Options, StripKind};
use crate::report::Report;
use crate::unit::{self, Settings, UnitFailure, UnitOutput};
use crate::{files, pipeline};
use backend::{DebugInfo, Profile};
use cache::scratch::Scratch;
use link::output::Place;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use toolchain::{Invocation, OutputCrateType, Source, Toolchain};

/// What a source is to be compiled as: as asked, or else as its attributes say, or else a program.
///
/// # Errors
/// A type that Bessemer does not have, or one that does not go with the other options.
pub fn crate_types(options: &Options, asked: &[OutputCrateType]) -> Result<Vec<OutputCrateType>, DriverError> {
    let refused = |message: String| Err(DriverError::Usage(message));
    let mut types = asked.to_vec();
    if types.is_empty() {
        // What cannot be read is said later, in other words.
        types = match &options.source {
            Source::Text(text) => toolchain::crate_types::declared(&String::from_utf8_lossy(text)),
            Source::File(file) => {
                let text = std::fs::read(file).unwrap_or_default();
                toolchain::crate_types::declared(&String::from_utf8_lossy(&text))
            }
        };
    }
    types.sort_unstable();
    types.dedup();
    if let Some(other) = types.iter().find(|it| matches!(it, OutputCrateType::Dylib | OutputCrateType::ProcMacro)) {
        return refused(format!(
            "crate type `{}` is not supported; there are bin, lib, cdylib and staticlib\n  help: use rustc for it",
            other.name()
        ));
    }
    // The tests of a library are a program.
    if types.is_empty() || options.test {
        types = vec![OutputCrateType::Bin];
    }
    if types.len() > 1 && types.contains(&OutputCrateType::Bin) {
        return refused("a crate is a program or a library: build it once for each".to_owned());
    }
    Ok(types)
}

/// Whether what has these types is a program.
pub fn is_program(types: &[OutputCrateType]) -> bool {
    types == [OutputCrateType::Bin]
}

/// Only checks a library. `report` says who watches.
pub fn check(options: &Options, mut report: Report) -> Result<BuildOutput, DriverError> {
    let (toolchain, options) = &pipeline::begin(options, &mut report)?;
    let diagnostics = report.stage("check", |_| compiled::check(toolchain, options, Kind::Library))?;
    Ok(BuildOutput { diagnostics, report, ..BuildOutput::default() })
}

/// Builds what `options.emit` asks for of a library of these types. `report` says who watches.
pub fn build(options: &Options, types: &[OutputCrateType], mut report: Report) -> Result<BuildOutput, DriverError> {
    let (toolchain, options) = &pipeline::begin(options, &mut report)?;
    pipeline::require_cpu(options, toolchain)?;
    if let Some(file) = &options.output
        && options.emit.contains(&EmitKind::Link)
        && (types.len() > 1 || options.emit.len() > 1)
    {
        return Err(DriverError::Usage(format!(
            "`-o {}` names one file, and several are built\n  help: use --out-dir",
            file.display()
        )));
    }
    let outputs: Result<Vec<Vec<PathBuf>>, DriverError> =
        options.emit.iter().map(|kind| outputs(toolchain, options, types, kind)).collect();
    require_outputs(options, &outputs?.concat())?;
    let mut output = BuildOutput { report, ..BuildOutput::default() };
    let texts: Vec<&EmitKind> = options.emit.iter().filter(|kind| **kind != EmitKind::Link).collect();
    if options.emit.contains(&EmitKind::Link) {
        link(toolchain, options, types, &mut output)?;
    }
    if !texts.is_empty() {
        let compiled = compiled::compile(toolchain, options, Kind::Library, &mut output.report)?;
        for kind in &texts {
            let path = output_path(options, kind);
            files::write(&path, &compiled.emit(kind)?)?;
            output.files.push(path);
        }
        if output.diagnostics.is_empty() {
            output.diagnostics = compiled.diagnostics().to_vec();
        }
    }
    Ok(output)
}

/// The files of a kind of output.
fn outputs(
    toolchain: &Toolchain,
    options: &Options,
    types: &[OutputCrateType],
    kind: &EmitKind,
) -> Result<Vec<PathBuf>, DriverError> {
    match kind {
        EmitKind::Link => types.iter().map(|&it| file_of(toolchain, options, it)).collect(),
        _ => Ok(vec![output_path(options, kind)]),
    }
}

/// Has the files made that are linked, or that rustc makes.
fn link(
    toolchain: &Toolchain,
    options: &Options,
    types: &[OutputCrateType],
    output: &mut BuildOutput,
) -> Result<(), DriverError> {
    let settings = Settings {
        backends: options.backend.all().clone(),
        backend: Some(options.backend.clone()),
        front_end: options.front_end,
        marks: None,
        stamp: None,
        cache: options.cache.clone(),
        shown: None,
        observer: output.report.observer.clone(),
    };
    for &kind in types {
        let file = file_of(toolchain, options, kind)?;
        // What comes between lies beside the output, but not where that is a device's place.
        let place = Place::find(&file).map_err(|error| DriverError::Output { path: file.clone(), error })?;
        let temporary = if place.folder().is_none() { Some(files::temporary_folder()?) } else { None };
        let folder = temporary.as_ref().map_or(files::folder_of(&file), Scratch::path);
        let args = rustc_args(toolchain, options, kind, &file, folder)?;
        let invocation = Invocation::parse(args).map_err(DriverError::Usage)?;
        let mut said = Vec::new();
        let mut sink = |line: &[u8]| said.extend_from_slice(line);
        let made = if kind == OutputCrateType::Lib {
            unit::both(toolchain, &invocation, &settings, &mut sink)
        } else {
            unit::final_artefact(toolchain, &invocation, &[kind], &settings, &mut sink)
        };
        match made {
            Ok(UnitOutput { report, notes, files: _ }) => {
                output.report.extend(report);
                output.notes.extend(notes);
            }
            Err(UnitFailure::Rustc(_)) => return Err(DriverError::Diagnostics(said)),
            Err(UnitFailure::Driver(error)) => return Err(error.after(&said)),
        }
        // Each type is checked by itself, with the same words.
        if output.diagnostics.is_empty() {
            output.diagnostics = said;
        }
        output.files.push(file);
    }
    Ok(())
}

/// Where a library goes: where the user says, or by rustc's name for it.
fn file_of(toolchain: &Toolchain, options: &Options, kind: OutputCrateType) -> Result<PathBuf, DriverError> {
    let spec = &toolchain.target.spec;
    let (prefix, suffix) = match kind {
        OutputCrateType::Lib => ("lib", ".rlib"),
        OutputCrateType::Cdylib => (&*spec.dll_prefix, &*spec.dll_suffix),
        _ => (&*spec.staticlib_prefix, &*spec.staticlib_suffix),
    };
    let usual = format!("{prefix}{}{suffix}", options.crate_name());
    let Some(file) = options.emit_paths.get(&EmitKind::Link).or(options.output.as_ref()) else {
        return Ok(options.out_dir.clone().unwrap_or_default().join(usual));
    };
    // What lies beside it is found by its name, and so is the crate.
    if kind == OutputCrateType::Lib && file.file_name().is_none_or(|name| *name != *usual) {
        return Err(DriverError::Usage(format!(
            "`-o {}`: the library of the crate `{}` is named {usual}\n  help: use --out-dir, or --crate-name",
            file.display(),
            options.crate_name()
        )));
    }
    Ok(file.clone())
}

/// rustc's command line for a library. What comes between goes into the folder.
fn rustc_args(
    toolchain: &Toolchain,
    options: &Options,
    kind: OutputCrateType,
    file: &Path,
    folder: &Path,
) -> Result<Vec<OsString>, DriverError> {
    let Source::File(source) = &options.source else {
        return Err(DriverError::Usage("a library is built from a file, not from standard input".to_owned()));
    };
    let mut args: Vec<OsString> = vec![source.into(), "--crate-name".into(), options.crate_name().into()];
    args.extend(["--crate-type".into(), kind.name().into(), "--emit=link".into()]);
    // What belongs to it, and what comes between, lies beside it.
    args.extend(["--out-dir".into(), folder.into()]);
    if kind != OutputCrateType::Lib {
        args.extend(["-o".into(), file.into()]);
    }
    args.extend(options.rustc_args());
    if !toolchain.is_for_host() {
        args.extend(["--target".into(), OsString::from(&toolchain.target.argument)]);
    }
    args.extend(options.check_args.iter().cloned());
    let mut codegen = |name: &str, value: &str| args.push(format!("-C{name}={value}").into());
    match options.debug {
        // Said above.
        DebugInfo::None | DebugInfo::Full => {}
        DebugInfo::Directives => codegen("debuginfo", "line-directives-only"),
        DebugInfo::Lines => codegen("debuginfo", "line-tables-only"),
        DebugInfo::Limited => codegen("debuginfo", "limited"),
    }
    if options.frame_pointers {
        codegen("force-frame-pointers", "yes");
    }
    if options.default_libraries {
        codegen("default-linker-libraries", "yes");
    }
    if options.fixed_address {
        codegen("relocation-model", "static");
    }
    if let Some(units) = options.codegen_units {
        codegen("codegen-units", &units.to_string());
    }
    match options.lto {
        Lto::Default => {}
        Lto::Off => codegen("lto", "off"),
        Lto::Thin => codegen("lto", "thin"),
        Lto::Fat => codegen("lto", "fat"),
    }
    if options.rpath {
        codegen("rpath", "yes");
    }
    match &options.profile {
        Profile::None => {}
        // The option names the folder, and not the file.
        Profile::Generate(file) => match Path::new(file).parent().filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => codegen("profile-generate", &folder.to_string_lossy()),
            None => codegen("profile-generate", "yes"),
        },
        Profile::Use { file, .. } => codegen("profile-use", &file.to_string_lossy()),
    }
    match options.strip {
        StripKind::None => {}
        StripKind::DebugInfo => codegen("strip", "debuginfo"),
        StripKind::Symbols => codegen("strip", "symbols"),
    }
    for arg in &options.link_args {
        codegen("link-arg", arg);
    }
    if let Some(linker) = &options.linker {
        let mut arg = OsString::from("-Clinker=");
        arg.push(linker);
        args.push(arg);
    }
    args.push(if options.color { "--color=always" } else { "--color=never" }.into());
    if options.json {
        args.push("--error-format=json".into());
    }
    Ok(args)
}
