//! A crate that is compiled and kept in memory: to be loaded into this process, linked to a file, or looked at.

use crate::build::{request, require_cpu, require_source, temporary_folder};
use crate::codegen::{self, Object};
use crate::emit;
use crate::error::DriverError;
use crate::link_job::{self, Linkage};
use crate::loading::{self, HostSymbol};
use crate::missing::Missing;
use crate::options::{EmitKind, Options};
use crate::program::{LirProgram, Root, lower_program};
use crate::report::Report;
use crate::threads::catching;
use cache::scratch::Scratch;
use link::jit::Image;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use toolchain::{CrateRequest, CrateType, Toolchain};

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
    /// rustc's warnings, as text or as JSON lines, as the options said.
    pub diagnostics: Vec<u8>,
    /// The names of the functions and variables that a library exports, sorted.
    pub exported: Vec<String>,
    kind: Kind,
    toolchain: Toolchain,
    options: Options,
    program: LirProgram,
    objects: Vec<Object>,
    /// Has the metadata.
    folder: Scratch,
    metadata: PathBuf,
    /// The executable is in that folder.
    linked: Mutex<bool>,
}

fn request_of(options: &Options, kind: Kind) -> CrateRequest {
    match kind {
        Kind::Library => CrateRequest { crate_type: CrateType::Lib, ..request(options) },
        Kind::Program => request(options),
    }
}

/// Only checks a crate; gives rustc's warnings.
pub fn check(toolchain: &Toolchain, options: &Options, kind: Kind) -> Result<Vec<u8>, DriverError> {
    require_source(options)?;
    require_cpu(options, toolchain)?;
    let folder = temporary_folder()?;
    Ok(toolchain.check_only(&request_of(options, kind), folder.path())?)
}

/// Compiles a crate. Where it is wrong, or what it needs is not there, nothing is left of it.
pub fn compile(
    toolchain: &Toolchain,
    options: &Options,
    kind: Kind,
    report: &mut Report,
) -> Result<Compiled, DriverError> {
    require_source(options)?;
    require_cpu(options, toolchain)?;
    catching(|| {
        let folder = temporary_folder()?;
        let request = request_of(options, kind);
        let checked = report.stage("check (rustc)", || toolchain.check(&request, folder.path()))?;
        let mut compile = || {
            let missing = Missing::OfRequest { toolchain, request: &request, folder: folder.path() };
            let root = match kind {
                Kind::Library => Root::Library,
                Kind::Program => Root::Main,
            };
            let mut program = lower_program(toolchain, options, &checked.metadata, root, None, missing, report)?;
            // A library has the allocator of the shared std that it is loaded beside.
            if kind == Kind::Program {
                let allocator = std::mem::take(&mut program.allocator);
                program.program.functions.extend(allocator);
            }
            let modules = codegen::partition(program.program.clone(), program.global_asm.clone(), options);
            let mut inner = Report { observer: report.observer.clone(), ..Report::default() };
            let objects =
                report.stage("code generation", || codegen::compile(toolchain, options, &modules, &mut inner))?;
            report.count(objects.iter().map(|object| object.bytes.len() as u64).sum(), "bytes");
            report.extend(inner);
            Ok((program, objects))
        };
        let (program, objects) = compile().map_err(|error: DriverError| error.after(&checked.diagnostics))?;
        Ok(Compiled {
            diagnostics: checked.diagnostics,
            exported: program.exported.clone(),
            kind,
            toolchain: toolchain.clone(),
            options: options.clone(),
            program,
            objects,
            metadata: checked.metadata,
            folder,
            linked: Mutex::new(false),
        })
    })
}

impl Compiled {
    /// What it was compiled as.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its code, in the form of the target's object files.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// The content of a file of this kind. [`EmitKind::Link`] gives a program's executable.
    pub fn emit(&self, kind: &EmitKind) -> Result<Vec<u8>, DriverError> {
        let Compiled { toolchain, options, program, metadata, .. } = self;
        let mut report = Report::default();
        catching(|| match kind {
            EmitKind::Mir => Ok(emit::mir(toolchain, options, metadata, &mut report)?.into_bytes()),
            EmitKind::Link => {
                let path = self.executable()?;
                std::fs::read(&path).map_err(|error| DriverError::Io { path, error })
            }
            // Each kind of file is one file.
            _ => {
                let options = Options { emit: vec![kind.clone()], ..options.clone() };
                let modules = codegen::partition(program.program.clone(), program.global_asm.clone(), &options);
                if *kind != EmitKind::Obj {
                    return emit::bytes(toolchain, &options, &modules, kind);
                }
                let mut objects = codegen::compile(toolchain, &options, &modules, &mut report)?;
                match objects.pop() {
                    Some(object) if objects.is_empty() => Ok(object.bytes),
                    _ => Err(DriverError::Usage(
                        "several back ends made objects of it, which are not one file".to_owned(),
                    )),
                }
            }
        })
    }

    /// A program as an executable, which is there as long as this value.
    pub fn executable(&self) -> Result<PathBuf, DriverError> {
        let mut linked = self.linked.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.folder.path().join("program");
        if !*linked {
            self.link(&path)?;
            *linked = true;
        }
        Ok(path)
    }

    fn link(&self, output: &Path) -> Result<(), DriverError> {
        if self.kind != Kind::Program {
            return Err(DriverError::Usage("a library is no executable\n  help: compile it as a program".to_owned()));
        }
        let inputs = self.program.link_inputs.clone();
        let objects = self.objects.clone();
        let job = link_job::job(&self.toolchain, &self.options, objects, inputs, output, Linkage::Executable);
        link::aot::link(&job)?;
        Ok(())
    }

    /// Loads a library into this process. `host` is what it may refer to of this process. Its initialisers do not run.
    pub fn load(&self, host: &[HostSymbol]) -> Result<Image, DriverError> {
        let refused = |reason: &str, help: &str| Err(DriverError::Load(format!("{reason}\n  help: {help}")));
        let LirProgram { needs_static_std, native_libraries, .. } = &self.program;
        if self.kind != Kind::Library {
            return refused("a program is not loaded", "start it, or compile it as a library");
        }
        if *needs_static_std {
            return refused(
                "the library has an allocator of its own, or defines a symbol that std defines, and is loaded beside a std \
                 that has its own",
                "leave that out, or compile a program, which is started in a process of its own",
            );
        }
        if self.options.panic_abort {
            return refused(
                "the library aborts on panics, and is loaded beside a std that unwinds",
                "compile it with unwinding panics",
            );
        }
        if let Some(name) = native_libraries.first().or(self.options.libraries.first()) {
            return refused(
                &format!("the library needs the native library `{name}`"),
                "offer the functions of it that are needed as functions of the host",
            );
        }
        loading::load(&self.objects, &self.toolchain, host)
    }
}
