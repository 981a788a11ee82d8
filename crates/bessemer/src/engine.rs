//! What compiles.

use crate::Error;
use crate::diagnostic::{Diagnostic, Diagnostics, parse};
use crate::function::FunctionPointer;
use crate::options::{Codegen, Linking};
use crate::source::Source;
use crate::unit::Unit;
use crate::watch::Watch;
use driver::loading::HostSymbol;
use driver::{BackendChoice, Backends, DriverError, Options, PanicStrategy, Report, Toolchain, compiled};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

/// What compiles: a toolchain, back ends, settings. Clones are the same engine; it may be used from several threads at once.
#[derive(Clone, Debug)]
pub struct Engine(Arc<Shared>);

#[derive(Debug)]
pub(crate) struct Shared {
    pub toolchain: Toolchain,
    pub backends: Backends,
    pub cache: Option<PathBuf>,
    pub host: Vec<HostSymbol>,
    pub quiet_panics: bool,
    codegen: Codegen,
    linking: Linking,
}

/// Says how an engine is to be.
#[derive(Debug)]
pub struct EngineBuilder {
    rustc: Option<PathBuf>,
    backends: Backends,
    cache: Option<PathBuf>,
    host: Vec<HostSymbol>,
    quiet_panics: bool,
    codegen: Codegen,
    linking: Linking,
}

impl Engine {
    /// An engine with the defaults: the installed toolchain, all back ends of this build, the user's cache folder.
    ///
    /// # Errors
    /// There is no toolchain of a version that is supported.
    pub fn new() -> Result<Engine, Error> {
        Engine::builder().build()
    }

    /// Begins to say how an engine is to be.
    pub fn builder() -> EngineBuilder {
        EngineBuilder {
            rustc: None,
            backends: Backends::builtin(),
            cache: driver::options::default_cache(),
            host: Vec::new(),
            quiet_panics: false,
            codegen: Codegen::default(),
            linking: Linking::default(),
        }
    }

    /// The toolchain that it uses.
    pub fn toolchain(&self) -> &Toolchain {
        &self.0.toolchain
    }

    /// The back ends that it has.
    pub fn backends(&self) -> &Backends {
        &self.0.backends
    }

    /// Compiles a source.
    ///
    /// # Errors
    /// All that the compiler says of a source that is wrong. [`Diagnostics::reason`] tells that from other failures.
    pub fn compile(&self, source: Source) -> Result<Unit, Diagnostics> {
        self.compile_watched(source, &Watch::new())
    }

    /// The same, with somebody who watches it and may stop it.
    ///
    /// # Errors
    /// Those of [`Engine::compile`].
    pub fn compile_watched(&self, source: Source, watch: &Watch) -> Result<Unit, Diagnostics> {
        let shared = &self.0;
        let mut report = Report { observer: watch.observer(), ..Report::default() };
        let compiled = caught(|| {
            let options = shared.options(&source)?;
            compiled::compile(&shared.toolchain, &options, source.kind, &mut report)
        })?;
        report.observer = driver::Observer::default();
        Ok(Unit::new(shared.clone(), compiled, report))
    }

    /// Only checks a source; gives its warnings.
    ///
    /// # Errors
    /// Those of [`Engine::compile`], but for what shows only when code is generated.
    pub fn check(&self, source: &Source) -> Result<Vec<Diagnostic>, Diagnostics> {
        let shared = &self.0;
        let said = caught(|| compiled::check(&shared.toolchain, &shared.options(source)?, source.kind))?;
        Ok(parse(&said))
    }
}

/// The host may not be ended by a bug of ours.
fn caught<T>(run: impl FnOnce() -> Result<T, DriverError>) -> Result<T, Diagnostics> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => result.map_err(Diagnostics::new),
        Err(payload) => Err(Diagnostics::of_panic(payload)),
    }
}

impl Shared {
    /// What the driver is told of a source.
    fn options(&self, source: &Source) -> Result<Options, DriverError> {
        let Source { source, kind: _, name, edition, cfgs, externs, search_paths, codegen } = source;
        let Codegen {
            front_end,
            backend,
            opt,
            debug,
            overflow_checks,
            debug_assertions,
            panic_abort,
            target_cpu,
            target_features,
            frame_pointers,
        } = codegen.as_ref().unwrap_or(&self.codegen);
        let Linking { libraries, args, linker, strip } = &self.linking;
        let backend: BackendChoice = match backend {
            Some(name) => self.backends.choose(name)?,
            None => self.backends.for_level(*opt),
        };
        let mut options = Options::new(source.clone(), backend);
        options.crate_name.clone_from(name);
        options.edition.clone_from(edition);
        options.cfgs.clone_from(cfgs);
        options.externs = externs.iter().map(|(name, path)| format!("{name}={}", path.display())).collect();
        options.search_paths = search_paths.iter().map(|path| path.display().to_string()).collect();
        options.front_end = *front_end;
        options.opt = *opt;
        options.debug = *debug;
        options.overflow_checks = *overflow_checks;
        options.debug_assertions = *debug_assertions;
        if *panic_abort {
            options.panic = PanicStrategy::Abort;
        }
        options.target_cpu.clone_from(target_cpu);
        options.target_features.clone_from(target_features);
        options.frame_pointers = *frame_pointers;
        options.libraries.clone_from(libraries);
        options.link_args.clone_from(args);
        options.linker.clone_from(linker);
        options.strip = *strip;
        options.json = true;
        options.cache.clone_from(&self.cache);
        Ok(options)
    }
}

impl EngineBuilder {
    /// Uses the toolchain of this rustc, instead of the one that is found as cargo finds it.
    pub fn rustc(self, program: impl Into<PathBuf>) -> EngineBuilder {
        EngineBuilder { rustc: Some(program.into()), ..self }
    }

    /// Has these back ends, instead of those of this build.
    pub fn backends(self, backends: Backends) -> EngineBuilder {
        EngineBuilder { backends, ..self }
    }

    /// How code is generated where a source does not say it.
    pub fn codegen(self, codegen: Codegen) -> EngineBuilder {
        EngineBuilder { codegen, ..self }
    }

    /// How programs are linked.
    pub fn linking(self, linking: Linking) -> EngineBuilder {
        EngineBuilder { linking, ..self }
    }

    /// Keeps compiled code in this folder, instead of the user's cache folder.
    pub fn cache(self, folder: impl Into<PathBuf>) -> EngineBuilder {
        EngineBuilder { cache: Some(folder.into()), ..self }
    }

    /// Keeps nothing on disk.
    pub fn without_cache(self) -> EngineBuilder {
        EngineBuilder { cache: None, ..self }
    }

    /// Offers a function of this process to units, which declare it in a block `unsafe extern "C" { … }`. It is bound when a
    /// unit is loaded, and comes after what the unit defines itself. No panic may leave it.
    ///
    /// That types agree is up to those who call the unit: see [`Unit::get`].
    pub fn host_function(mut self, name: impl Into<String>, function: impl FunctionPointer) -> EngineBuilder {
        self.host.push(HostSymbol { name: name.into(), address: function.address() });
        self
    }

    /// Panics that [`crate::Function::call`] catches are not shown on standard error before.
    pub fn quiet_panics(self) -> EngineBuilder {
        EngineBuilder { quiet_panics: true, ..self }
    }

    /// Finds the toolchain.
    ///
    /// # Errors
    /// There is none, or it is of a version that is not supported.
    pub fn build(self) -> Result<Engine, Error> {
        let EngineBuilder { rustc, backends, cache, host, quiet_panics, codegen, linking } = self;
        let toolchain = match &rustc {
            Some(rustc) => Toolchain::find_program(rustc, cache.as_deref()),
            None => Toolchain::find(cache.as_deref()),
        };
        let toolchain = toolchain.map_err(DriverError::from)?;
        Ok(Engine(Arc::new(Shared { toolchain, backends, cache, host, quiet_panics, codegen, linking })))
    }
}
