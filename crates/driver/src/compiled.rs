//! A crate that is compiled and kept in memory: to be loaded into this process, linked to a file, or looked at.

use crate::emit;
use crate::entry::Root;
use crate::error::DriverError;
use crate::files;
use crate::link_job::Artefact;
use crate::loading::{self, HostSymbol};
use crate::lowering::Lowered;
use crate::missing::Missing;
use crate::objects::Object;
use crate::options::{EmitKind, Options};
use crate::own_front;
use crate::partition::Part;
use crate::pipeline::{self, Pipeline};
use crate::report::Report;
use crate::threads::catching;
use crate::{codegen, coverage, partition};
use cache::scratch::Scratch;
use link::jit::LoadedCode;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use toolchain::{Checked, CrateRequest, CrateType, Toolchain};

/// What a crate is compiled as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Kind {
    /// What others call: it begins with the functions that it exports by name, and needs no `main`. It is loaded.
    #[default]
    Library,
    /// It begins with `main`. It is linked to a file, and started.
    Program,
}

/// A compiled crate.
#[derive(Debug)]
pub struct Compiled {
    source: Checking,
    program: Lowered,
    objects: Vec<Object>,
    /// The executable is in the folder.
    linked: Mutex<bool>,
}

/// A crate that rustc has checked.
#[derive(Debug)]
struct Checking {
    toolchain: Toolchain,
    options: Options,
    kind: Kind,
    request: CrateRequest,
    checked: Checked,
    /// Has the metadata.
    folder: Scratch,
}

impl Checking {
    fn pipeline(&self) -> Pipeline<'_> {
        let Checking { toolchain, options, kind, request, checked, folder } = self;
        let root = match kind {
            Kind::Library => Root::Library,
            Kind::Program => Root::Main,
        };
        let missing = Missing::OfRequest { toolchain, request, folder: folder.path() };
        Pipeline { toolchain, options, metadata: &checked.metadata, root, missing, settings: None, with_image: false }
    }
}

fn request(options: &Options, kind: Kind) -> CrateRequest {
    match kind {
        Kind::Library => CrateRequest { crate_type: CrateType::Lib, ..options.request() },
        Kind::Program => options.request(),
    }
}

/// Only checks a crate; gives rustc's warnings.
pub fn check(toolchain: &Toolchain, options: &Options, kind: Kind) -> Result<Vec<u8>, DriverError> {
    pipeline::require_source(options)?;
    pipeline::require_cpu(options, toolchain)?;
    let folder = files::temporary_folder()?;
    Ok(toolchain.check_only(&request(options, kind), folder.path())?)
}

/// Compiles a crate. Where it is wrong, or what it needs is not there, nothing is left of it.
pub fn compile(
    toolchain: &Toolchain,
    options: &Options,
    kind: Kind,
    report: &mut Report,
) -> Result<Compiled, DriverError> {
    pipeline::require_source(options)?;
    pipeline::require_cpu(options, toolchain)?;
    catching(|| {
        let folder = files::temporary_folder()?;
        let request = request(options, kind);
        let mut stoppable = toolchain.clone();
        stoppable.stop = report.observer.stop();
        own_front::prepare(&mut stoppable, options.front_end);
        let checked = report.stage("check (rustc)", |_| stoppable.check(&request, folder.path()));
        // A killed rustc looks like one that has crashed.
        report.observer.check();
        let checked = checked?;
        let (toolchain, options) = (toolchain.clone(), options.clone());
        let source = Checking { toolchain, options, kind, request, checked, folder };
        let pipeline = source.pipeline();
        let mut compile = || {
            let mut program = pipeline.lower(report)?;
            // A library has the allocator of the shared std that it is loaded beside.
            if kind == Kind::Program {
                program.use_static_std();
            }
            let (lir, global_asm) = (program.lir.clone(), program.global_asm.clone());
            let mut divided = pipeline.divide(&mut program);
            let objects = pipeline.generate(&mut program, &mut divided, report)?;
            Ok((Lowered { lir, global_asm, ..program }, objects))
        };
        let (program, objects) = compile().map_err(|error: DriverError| error.after(&source.checked.diagnostics))?;
        Ok(Compiled { source, program, objects, linked: Mutex::new(false) })
    })
}

impl Compiled {
    /// What it was compiled as.
    pub fn kind(&self) -> Kind {
        self.source.kind
    }

    /// rustc's warnings, as text or as JSON lines, as the options said.
    pub fn diagnostics(&self) -> &[u8] {
        &self.source.checked.diagnostics
    }

    /// The names of the functions and variables that a library exports, sorted.
    pub fn exported(&self) -> &[String] {
        &self.program.exported
    }

    /// Its code, in the form of the target's object files.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// The content of a file of this kind. [`EmitKind::Link`] gives a program's executable.
    pub fn emit(&self, kind: &EmitKind) -> Result<Vec<u8>, DriverError> {
        if *kind == EmitKind::Link {
            let path = self.executable()?;
            return std::fs::read(&path).map_err(|error| DriverError::Io { path, error });
        }
        let Checking { toolchain, options, .. } = &self.source;
        // Each kind of file is one file.
        let options = Options { emit: vec![kind.clone()], ..options.clone() };
        let pipeline = Pipeline { options: &options, ..self.source.pipeline() };
        let mut report = Report::default();
        catching(|| {
            let (mut lir, global_asm) = (self.program.lir.clone(), self.program.global_asm.clone());
            partition::inline_calls(&mut lir, &global_asm, &self.program.exported, &options);
            let backend = |_| options.backend.clone();
            let mut parts = partition::parts(
                lir,
                global_asm,
                &self.program.runtime,
                &options,
                &self.program.context_levels,
                &backend,
            );
            if options.coverage {
                let folder = std::env::current_dir().unwrap_or_default();
                let modules = parts.iter_mut().flat_map(|part| &mut part.modules);
                coverage::add(modules, &self.program.coverage, &folder);
            }
            if *kind != EmitKind::Obj {
                return emit::bytes(&pipeline, &parts, kind, &mut report);
            }
            let mut objects = Vec::new();
            for Part { options, modules } in &parts {
                objects.extend(codegen::compile(toolchain, options, modules, &mut report)?);
            }
            emit::one_object(toolchain, &options, objects)
        })
    }

    /// A program as an executable, which is there as long as this value.
    pub fn executable(&self) -> Result<PathBuf, DriverError> {
        if self.kind() != Kind::Program {
            return Err(DriverError::Usage("a library is no executable\n  help: compile it as a program".to_owned()));
        }
        let mut linked = self.linked.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.source.folder.path().join("program");
        if !*linked {
            let objects = self.objects.clone();
            let job = self.source.pipeline().link_job(&self.program, objects, &path, Artefact::Executable)?;
            link::aot::link(&job)?;
            *linked = true;
        }
        Ok(path)
    }

    /// Loads a library into this process. `host` is what it may refer to of this process. Its initialisers do not run.
    pub fn load(&self, host: &[HostSymbol]) -> Result<LoadedCode, DriverError> {
        let refused = |reason: &str, help: &str| Err(DriverError::Load(format!("{reason}\n  help: {help}")));
        let Lowered { needs_static_std, native_libraries, .. } = &self.program;
        let Checking { toolchain, options, .. } = &self.source;
        if self.kind() != Kind::Library {
            return refused("a program is not loaded", "start it, or compile it as a library");
        }
        if *needs_static_std {
            return refused(
                "the library has an allocator of its own, or defines a symbol that std defines, and is loaded beside a std \
                 that has its own",
                "leave that out, or compile a program, which is started in a process of its own",
            );
        }
        if options.panic.aborts() {
            return refused(
                "the library aborts on panics, and is loaded beside a std that unwinds",
                "compile it with unwinding panics",
            );
        }
        if let Some(name) = native_libraries.first().or(options.libraries.first()) {
            return refused(
                &format!("the library needs the native library `{name}`"),
                "offer the functions of it that are needed as functions of the host",
            );
        }
        loading::load(&self.objects, toolchain, host)
    }
}
