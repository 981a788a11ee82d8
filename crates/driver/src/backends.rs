//! The back ends that there are, and which of them does what: all of it follows from their capabilities.

use crate::config::Config;
use crate::error::DriverError;
use backend::{Backend, Capabilities, Emit, Format, OptLevel};
use backend_exec::ExecBackend;
use cache::KeyBuilder;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use toolchain::Toolchain;

/// The words in front of a program's path that make it a back end's name: `exec:PATH`.
const PROGRAM_PREFIX: &str = "exec:";

/// Back ends by name, in order of preference; and programs that are back ends, which are started only where they are named.
#[derive(Clone)]
pub struct Backends {
    all: Arc<[Known]>,
    programs: Arc<[(String, PathBuf)]>,
}

/// A back end, and what it says of itself: asked once, as much is decided by it.
#[derive(Clone)]
struct Known {
    backend: Arc<dyn Backend>,
    capabilities: Capabilities,
}

impl Known {
    fn new(backend: Arc<dyn Backend>) -> Known {
        Known { capabilities: backend.capabilities(), backend }
    }
}

impl Backends {
    /// The back ends that this build has.
    pub fn builtin() -> Backends {
        let all: Vec<Arc<dyn Backend>> = vec![
            #[cfg(feature = "llvm")]
            Arc::new(backend_llvm::LlvmBackend::new()),
            #[cfg(feature = "cranelift")]
            Arc::new(backend_cranelift::CraneliftBackend),
            #[cfg(not(any(feature = "llvm", feature = "cranelift")))]
            Arc::new(NoBackend),
        ];
        Backends { all: all.into_iter().map(Known::new).collect(), programs: Arc::from([]) }
    }

    /// One back end: a list to add to.
    pub fn new(backend: Arc<dyn Backend>) -> Backends {
        Backends { all: Arc::from([Known::new(backend)]), programs: Arc::from([]) }
    }

    /// These back ends and one more, which takes the place of one of the same name.
    pub fn with(&self, backend: Arc<dyn Backend>) -> Backends {
        let mut all = self.all.to_vec();
        match all.iter_mut().find(|it| it.backend.name() == backend.name()) {
            Some(place) => *place = Known::new(backend),
            None => all.push(Known::new(backend)),
        }
        Backends { all: all.into(), programs: self.programs.clone() }
    }

    /// These back ends, and the programs that the user's configuration names.
    pub fn with_config(&self, config: &Config) -> Backends {
        let programs = config.backends.iter().map(|(name, path)| (name.clone(), path.clone())).collect();
        Backends { all: self.all.clone(), programs }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Backend>> {
        self.all.iter().map(|it| &it.backend)
    }

    /// Each of them, ready to be chosen.
    pub fn choices(&self) -> Vec<BackendChoice> {
        (0..self.all.len()).map(|index| BackendChoice { all: self.clone(), index }).collect()
    }

    /// Their names.
    pub fn names(&self) -> Vec<&str> {
        self.iter().map(|backend| backend.name()).collect()
    }

    /// The back end of a name, or the program that is one (`exec:PATH`).
    pub fn choose(&self, name: &str) -> Result<BackendChoice, DriverError> {
        if let Some(path) = name.strip_prefix(PROGRAM_PREFIX) {
            return self.choose_program(Path::new(path), None);
        }
        if let Some((_, path)) = self.programs.iter().find(|(it, _)| it == name) {
            return self.choose_program(path, Some(name));
        }
        self.find(|it| it.backend.name() == name).ok_or_else(|| {
            let programs = self.programs.iter().map(|(name, _)| &**name);
            let names: Vec<&str> = self.names().into_iter().chain(programs).collect();
            DriverError::Usage(format!(
                "there is no back end `{name}`; there are: {}, and exec:PATH for a program that is one",
                names.join(", ")
            ))
        })
    }

    /// The programs that the user's configuration names, started and asked what they are.
    pub fn programs(&self) -> Vec<(String, Result<BackendChoice, DriverError>)> {
        self.programs.iter().map(|(name, path)| (name.clone(), self.choose_program(path, Some(name)))).collect()
    }

    /// A program as a back end, by its own name or by one that the user gave it.
    pub fn choose_program(&self, path: &Path, name: Option<&str>) -> Result<BackendChoice, DriverError> {
        let opened = ExecBackend::open(path, name).map_err(|error| DriverError::Usage(error.to_string()))?;
        let program = match time_limit() {
            Some(limit) => opened.with_time_limit(limit),
            None => opened,
        };
        let name = program.name().to_owned();
        let all = self.with(Arc::new(program));
        let found = all.find(|it| it.backend.name() == name);
        found.ok_or_else(|| DriverError::Internal(format!("the back end `{name}` was lost")))
    }

    /// The back end for code of a level where the user names none and waits for it: the first that compiles fast takes
    /// unoptimised code.
    pub fn for_level(&self, level: OptLevel) -> BackendChoice {
        let fast = || self.find(|it| it.capabilities.compiles_fast);
        let found = if level == OptLevel::O0 { fast() } else { None };
        found.unwrap_or_else(|| self.best())
    }

    /// The back end with the best code: the first that optimises.
    pub fn best(&self) -> BackendChoice {
        let found = self.find(|it| it.capabilities.optimizes);
        // There is always one.
        found.unwrap_or_else(|| BackendChoice { all: self.clone(), index: 0 })
    }

    /// A form that some back end can write, by its name, and the back end.
    pub fn format(&self, name: &str) -> Option<(BackendChoice, Format)> {
        self.choices().into_iter().find_map(|choice| {
            let format = choice.format(name)?;
            Some((choice, format))
        })
    }

    /// The names of all forms that back ends can write.
    pub fn format_names(&self) -> Vec<String> {
        self.all.iter().flat_map(|it| &it.capabilities.formats).map(|format| format.name.to_string()).collect()
    }

    fn find(&self, is_it: impl Fn(&Known) -> bool) -> Option<BackendChoice> {
        let index = self.all.iter().position(is_it)?;
        Some(BackendChoice { all: self.clone(), index })
    }
}

impl fmt::Debug for Backends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// What a build without back ends has: programs and the user's own can be added to it.
#[cfg(not(any(feature = "llvm", feature = "cranelift")))]
struct NoBackend;

#[cfg(not(any(feature = "llvm", feature = "cranelift")))]
impl Backend for NoBackend {
    fn name(&self) -> &str {
        "none"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { summary: "this build of Bessemer has no back end".into(), ..Capabilities::default() }
    }

    fn compile(
        &self,
        _: &lir::Module,
        _: &backend::Options,
        _: Emit,
    ) -> Result<backend::Compiled, backend::CodegenError> {
        Err(backend::CodegenError::Unavailable("this build of Bessemer has no back end".to_owned()))
    }
}

/// How long a program may take for a module, in seconds, where the user says so (`BESSEMER_BACKEND_TIMEOUT`).
fn time_limit() -> Option<Duration> {
    let seconds: f64 = std::env::var("BESSEMER_BACKEND_TIMEOUT").ok()?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// One of the back ends that there are. The others are known to it: they take what it refuses.
#[derive(Clone)]
pub struct BackendChoice {
    all: Backends,
    index: usize,
}

impl BackendChoice {
    /// The name that `--backend` takes.
    pub fn name(&self) -> &str {
        self.backend().name()
    }

    /// The back end.
    pub fn backend(&self) -> &dyn Backend {
        &*self.known().backend
    }

    /// What it is good for.
    pub fn capabilities(&self) -> &Capabilities {
        &self.known().capabilities
    }

    fn known(&self) -> &Known {
        &self.all.all[self.index]
    }

    /// All back ends, of which this is one.
    pub fn all(&self) -> &Backends {
        &self.all
    }

    /// What decides its code besides module, options and this build of Bessemer: name and identity, for cache keys.
    pub fn key(&self) -> [u8; 32] {
        KeyBuilder::new("back end").add(self.name()).add(self.backend().identity()).finish()
    }

    /// The back ends that take what this one refuses, one after the other: complete ones first.
    pub fn fallbacks(&self) -> Vec<BackendChoice> {
        let is_complete = |index: usize| self.all.all[index].capabilities.complete;
        let others = (0..self.all.all.len()).filter(|&index| index != self.index);
        let (complete, rest): (Vec<_>, Vec<_>) = others.partition(|&index| is_complete(index));
        complete.into_iter().chain(rest).map(|index| BackendChoice { all: self.all.clone(), index }).collect()
    }

    /// A form of its own by name; `asm` is assembly.
    pub fn format(&self, name: &str) -> Option<Format> {
        self.capabilities().formats.iter().find(|format| format.name == name).cloned()
    }

    /// Compiles nothing, to see that it can be used.
    pub fn probe(&self, toolchain: &Toolchain) -> Result<String, DriverError> {
        self.prepare(toolchain);
        let spec = &toolchain.target.spec;
        let options = backend::Options::new(&spec.llvm_target, &spec.cpu);
        self.backend().compile(&lir::Module::default(), &options, Emit::Object)?;
        Ok(self.capabilities().summary.to_string())
    }

    /// The version of what makes its code, if it has one.
    ///
    /// # Errors
    /// It is not there.
    pub fn version(&self, toolchain: &Toolchain) -> Result<Option<String>, DriverError> {
        self.prepare(toolchain);
        Ok(self.backend().version()?)
    }

    /// Tells it whose programs are compiled.
    pub fn prepare(&self, toolchain: &Toolchain) {
        self.backend().set_sysroot(&toolchain.sysroot);
    }
}

impl fmt::Debug for BackendChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use backend::{CodegenError, Compiled, Options};

    struct Fake(&'static str, Capabilities);

    impl Backend for Fake {
        fn name(&self) -> &str {
            self.0
        }
        fn capabilities(&self) -> Capabilities {
            self.1.clone()
        }
        fn compile(&self, _: &lir::Module, _: &Options, emit: Emit) -> Result<Compiled, CodegenError> {
            Err(CodegenError::Emit(emit))
        }
    }

    /// Refuses everything, with the target and the CPU that it was asked for.
    struct Telling;

    impl Backend for Telling {
        fn name(&self) -> &str {
            "telling"
        }
        fn capabilities(&self) -> Capabilities {
            Capabilities::default()
        }
        fn compile(&self, _: &lir::Module, options: &Options, _: Emit) -> Result<Compiled, CodegenError> {
            Err(CodegenError::Target(format!("{} {}", options.triple, options.cpu)))
        }
    }

    #[test]
    fn the_cpu_follows_the_target() {
        for (target, expected) in [
            ("x86_64-unknown-linux-gnu", "x86_64-unknown-linux-gnu x86-64"),
            ("aarch64-unknown-linux-gnu", "aarch64-unknown-linux-gnu generic"),
            ("riscv64gc-unknown-linux-gnu", "riscv64-unknown-linux-gnu generic-rv64"),
            ("i686-unknown-linux-gnu", "i686-unknown-linux-gnu pentium4"),
        ] {
            let toolchain = Toolchain::find(None).and_then(|it| it.for_target(target, None)).expect("a target");
            let choice = Backends::new(Arc::new(Telling)).best();
            let probed = choice.probe(&toolchain).expect_err("it refuses everything").to_string();
            assert!(probed.contains(expected), "{probed}");
            let options = crate::Options::new(crate::Source::Text(Vec::new()), choice);
            let of_program = options.for_backend(&toolchain.target);
            assert!(probed.contains(&format!("{} {}", of_program.triple, of_program.cpu)), "{probed}");
        }
    }

    fn backends() -> Backends {
        let fake = |name, capabilities| Arc::new(Fake(name, capabilities));
        Backends::new(fake("slow", Capabilities { optimizes: true, ..Capabilities::default() }))
            .with(fake("fast", Capabilities { compiles_fast: true, ..Capabilities::default() }))
            .with(fake(
                "all",
                Capabilities {
                    complete: true,
                    optimizes: true,
                    formats: vec![Format::new("text", "txt", Emit::Ir)],
                    ..Capabilities::default()
                },
            ))
    }

    #[test]
    fn policy_follows_from_capabilities() {
        let all = backends();
        assert_eq!(all.for_level(OptLevel::O0).name(), "fast");
        assert_eq!(all.for_level(OptLevel::O2).name(), "slow");
        let names = |choice: BackendChoice| {
            choice.fallbacks().iter().map(|it| it.name().to_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(all.choose("slow").unwrap()), "all fast");
        assert_eq!(names(all.choose("all").unwrap()), "slow fast");
        let (choice, format) = all.format("text").unwrap();
        assert_eq!((choice.name(), &*format.extension), ("all", "txt"));
        assert!(all.format("llvm-ir").is_none());
    }

    #[test]
    fn names_are_unique_and_known() {
        let all = backends();
        let error = all.choose("gcc").unwrap_err().to_string();
        assert!(error.contains("there is no back end `gcc`; there are: slow, fast, all"), "{error}");
        let replaced = all.with(Arc::new(Fake("slow", Capabilities::default())));
        assert_eq!(replaced.names(), ["slow", "fast", "all"]);
        assert_eq!(replaced.for_level(OptLevel::O2).name(), "all");
    }
}
