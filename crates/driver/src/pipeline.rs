//! The pipeline: what a source and its metadata become, up to a linked file.
//!
//! [`build`](mod@crate::build), [`run`](mod@crate::run) and cargo's [units](crate::unit) differ in how rustc is run and in what becomes
//! of the result. What is between these is here, once: lowered program, modules, objects, linker's job.

use crate::backends::BackendChoice;
use crate::caches::image::Image;
use crate::entry::Root;
use crate::error::DriverError;
use crate::files;
use crate::link_job::{self, Artefact, Parts};
use crate::lowering::{By, Lowered, lower_program};
use crate::missing::Missing;
use crate::objects::{Object, size_bytes};
use crate::options::Options;
use crate::partition::Part;
use crate::report::Report;
use crate::settings::Settings;
use crate::test_support::{self, Support};
use crate::{codegen, coverage, declarations, own_front, partition, targets, test_reexports};
use backend::OptLevel;
use cache::scratch::Scratch;
use link::aot::Job;
use std::path::Path;
use toolchain::{Checked, CrateRequest, Source, Toolchain};

/// Finds the toolchain for a source and its target, and says what the options are for that.
///
/// # Errors
/// There is no such source, no toolchain, or no such target.
pub(crate) fn begin(options: &Options, report: &mut Report) -> Result<(Toolchain, Options), DriverError> {
    require_source(options)?;
    let mut toolchain = report.stage("find toolchain", |_| Toolchain::find(options.cache.as_deref()))?;
    toolchain.stop = report.observer.stop();
    let toolchain = targets::choose(toolchain, options, report, &mut |_| ())?;
    let options = options.for_target(&toolchain);
    let mut toolchain = toolchain;
    own_front::prepare(&mut toolchain, options.front_end);
    Ok((toolchain, options))
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

/// Says so if the CPU that code is asked for is none: rustc and LLVM would go on with another.
pub(crate) fn require_cpu(options: &Options, toolchain: &Toolchain) -> Result<(), DriverError> {
    match &options.target_cpu {
        Some(cpu) if !toolchain.has_cpu(cpu) => Err(DriverError::Usage(format!(
            "`-C target-cpu={cpu}`: {} has no such CPU\n  help: `rustc --print target-cpus` lists them",
            toolchain.target.name
        ))),
        _ => Ok(()),
    }
}

/// A single source that rustc has checked.
pub(crate) struct CheckedSource {
    /// The options to go on with.
    pub options: Options,
    pub checked: Checked,
    /// The folder that the metadata is in.
    pub folder: Scratch,
    request: CrateRequest,
    /// Locked as long as its crates are read.
    _support: Option<Support>,
}

impl CheckedSource {
    /// Has rustc check a source and write its metadata; with the options for tests, in the form in which tests are found.
    pub fn new(toolchain: &Toolchain, options: &Options, report: &mut Report) -> Result<CheckedSource, DriverError> {
        let folder = files::temporary_folder()?;
        let support = test_support::support(toolchain, options, report)?;
        let options = test_support::with_support(options, support.as_ref());
        let check = |_: &mut Report| test_reexports::check(toolchain, &options, support.as_ref(), folder.path());
        let checked = report.stage("check (rustc)", check);
        // A killed rustc looks like one that has crashed.
        report.observer.check();
        let (options, checked) = checked?;
        let request = options.request();
        Ok(CheckedSource { options, checked, folder, request, _support: support })
    }

    /// The rest of its way.
    pub fn pipeline<'a>(&'a self, toolchain: &'a Toolchain) -> Pipeline<'a> {
        let CheckedSource { options, checked, folder, request, _support: _ } = self;
        Pipeline {
            toolchain,
            options,
            metadata: &checked.metadata,
            root: Root::of(options),
            missing: Missing::OfRequest { toolchain, request, folder: folder.path() },
            settings: None,
            with_image: false,
        }
    }
}

/// A crate whose metadata is there, and what is to be made of it.
#[derive(Clone, Copy)]
pub(crate) struct Pipeline<'a> {
    pub toolchain: &'a Toolchain,
    pub options: &'a Options,
    pub metadata: &'a Path,
    pub root: Root,
    pub missing: Missing<'a>,
    /// How cargo's units are compiled, where it is one of them.
    pub settings: Option<&'a Settings>,
    /// Code that mentions nothing of edited crates is kept as an image.
    pub with_image: bool,
}

/// A program, divided.
pub(crate) struct Divided {
    pub parts: Vec<Part>,
    /// What is to be added to the program's image, by how it is optimised.
    stable: Vec<(OptLevel, mono::Program)>,
}

impl Pipeline<'_> {
    /// The program as LIR.
    pub fn lower(&self, report: &mut Report) -> Result<Lowered, DriverError> {
        let Pipeline { toolchain, options, metadata, root, missing, settings, with_image } = *self;
        let image_for = settings.filter(|_| with_image);
        report.backend = options.backend.name().to_owned();
        report.level = options.opt_name().to_owned();
        let backend_for = |level| self.backend_for(level);
        let by = By { image_for, backend_for: &backend_for };
        lower_program(toolchain, options, metadata, root, by, missing, report)
    }

    /// The back end for a part of the program that is optimised in another way than the program.
    fn backend_for(&self, level: OptLevel) -> BackendChoice {
        match self.settings {
            Some(settings) if !self.options.is_instrumented() => {
                settings.backend_for_target(level, self.options.target.as_deref())
            }
            _ => self.options.backend.clone(),
        }
    }

    /// Takes the code out of a program, as modules.
    pub fn divide(&self, program: &mut Lowered) -> Divided {
        partition::inline_calls(&mut program.lir, &program.global_asm, &program.exported, self.options);
        let stable = match program.image {
            Some(_) => partition::take_stable(&mut program.lir, &program.levels),
            None => Vec::new(),
        };
        let (lir, global_asm) = (std::mem::take(&mut program.lir), std::mem::take(&mut program.global_asm));
        let mut parts =
            partition::parts(lir, global_asm, &program.runtime, self.options, &program.context_levels, &|level| {
                self.backend_for(level)
            });
        if self.toolchain.target.spec.is_like_wasm {
            for part in &mut parts {
                declarations::add(&mut part.modules, &program.declarations);
            }
        }
        if self.options.coverage {
            let folder = std::env::current_dir().unwrap_or_default();
            coverage::add(parts.iter_mut().flat_map(|part| &mut part.modules), &program.coverage, &folder);
        }
        Divided { parts, stable }
    }

    /// Generates a divided program. What belongs to its image is put there, and not among the objects.
    pub fn generate(
        &self,
        program: &mut Lowered,
        divided: &mut Divided,
        report: &mut Report,
    ) -> Result<Vec<Object>, DriverError> {
        let Pipeline { toolchain, options, .. } = *self;
        let (objects, bytes) = report.stage("code generation", |report| -> Result<_, DriverError> {
            let mut bytes = 0;
            if let Some(image) = &mut program.image
                && !divided.stable.is_empty()
            {
                let (mut objects, mut symbols) = (Vec::new(), Vec::new());
                for (level, program) in std::mem::take(&mut divided.stable) {
                    symbols.extend(program.functions.iter().map(|function| function.name.clone()));
                    symbols.extend(program.data.iter().map(|data| data.name.clone()));
                    let options = &options.with_level(level, self.backend_for(level));
                    let modules = partition::partition_stable(program, options);
                    objects.extend(codegen::compile(toolchain, options, &modules, report)?);
                    options.drop_unless_one_shot(modules);
                }
                bytes += size_bytes(&objects);
                image.extend(objects, &symbols);
            }
            let mut objects = Vec::new();
            for Part { options, modules } in &divided.parts {
                objects.extend(codegen::compile(toolchain, options, modules, report)?);
            }
            bytes += size_bytes(&objects);
            Ok((objects, bytes))
        })?;
        report.count(bytes, "bytes");
        Ok(objects)
    }

    /// What the linker is told about a program and its objects.
    ///
    /// # Errors
    /// The target's linker or C runtime is not known or not there.
    pub fn link_job(
        &self,
        program: &Lowered,
        objects: Vec<Object>,
        output: &Path,
        artefact: Artefact,
    ) -> Result<Job, DriverError> {
        targets::require_linker(self.toolchain)?;
        let kept = program.image.as_ref().map(Image::link_inputs).unwrap_or_default();
        let inputs = kept.into_iter().chain(program.link_inputs.iter().cloned()).collect();
        let parts = Parts { objects, inputs, exported: program.exported.clone() };
        link_job::job(self.toolchain, self.options, parts, output, artefact)
    }
}
