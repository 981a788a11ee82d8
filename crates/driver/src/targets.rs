//! What code is made for: the target that options name, with its std.

use crate::backends::{BackendChoice, Backends};
use crate::error::DriverError;
use crate::options::{Options, StdChoice};
use crate::report::{Observer, Report};
use backend::OptLevel;
use std::path::Path;
use target::{LinkerFlavor, PanicStrategy, Spec};
use toolchain::{Invocation, KnownStd, Source, StdError, StdRequest, StdSettings, Toolchain};

/// This toolchain for the target of these options, with the std that they ask for. One that has to be made is made now, and
/// `progress` is told of it line by line.
///
/// # Errors
/// There is no such target, or no std for it.
pub fn choose(
    toolchain: Toolchain,
    options: &Options,
    report: &mut Report,
    progress: &mut dyn FnMut(&str),
) -> Result<Toolchain, DriverError> {
    let toolchain = match &options.target {
        Some(target) => toolchain.for_target(target, options.cache.as_deref())?,
        None => toolchain,
    };
    // Of compiled code it is not known which signatures its functions have in WebAssembly's sense.
    let is_wasm = toolchain.target.spec.is_like_wasm;
    let strategy = strategy(options, &toolchain.target.spec);
    let is_immediate = strategy == PanicStrategy::ImmediateAbort;
    let from_source = match options.std {
        StdChoice::Prebuilt if is_wasm => {
            return Err(DriverError::Usage(
                "programs for WebAssembly have their std from source: `--std prebuilt` is not supported".to_owned(),
            ));
        }
        StdChoice::Prebuilt if is_immediate => {
            return Err(DriverError::Usage(
                "where panics abort at once, std is made from its source for that: `--std prebuilt` is not supported"
                    .to_owned(),
            ));
        }
        StdChoice::Prebuilt => false,
        StdChoice::Source => true,
        StdChoice::Auto => is_immediate || is_wasm || (!toolchain.is_for_host() && !toolchain.has_compiled_std()),
    };
    if !from_source {
        return Ok(toolchain);
    }
    if options.test {
        return Err(DriverError::Usage(
            "tests of a program whose std is made from source are not supported yet\n  help: install the compiled std (`rustup \
             target add`), and leave out --std source"
                .to_owned(),
        ));
    }
    let cache = options.cache.as_deref().ok_or(toolchain::ToolchainError::from(StdError::NoCache))?;
    // Only where somebody asks: a compiled std makes none of these checks in its own code, whatever a program does.
    let debug_assertions = options.debug_assertions == Some(true);
    let overflow_checks = options.overflow_checks.unwrap_or(debug_assertions);
    let settings = StdSettings { strategy, overflow_checks, debug_assertions };
    let request = StdRequest { cache, settings, source: options.rust_src.as_deref() };
    Ok(report.stage("std from source", |_| toolchain.with_std_from_source(&request, progress))?)
}

/// This toolchain for the target of a unit, with its std.
///
/// # Errors
/// Those of [`choose`].
pub fn choose_for_unit(
    toolchain: Toolchain,
    invocation: &Invocation,
    cache: Option<&Path>,
    observer: &Observer,
) -> Result<Toolchain, DriverError> {
    let panic = invocation.codegen_values("panic").last().and_then(|value| PanicStrategy::from_name(value));
    let panic = panic.unwrap_or_default();
    let Some(target) = invocation.target() else {
        if panic == PanicStrategy::ImmediateAbort && !invocation.is_question {
            return Err(DriverError::Usage(
                "where panics abort at once, std is made from its source for that, and what serves the build is not made so\n  \
                 help: name the target, which may be this machine's: --target TARGET"
                    .to_owned(),
            ));
        }
        return Ok(toolchain);
    };
    if invocation.is_question {
        return Ok(toolchain.for_target(target, cache)?);
    }
    // The back end does not matter here.
    let mut options = Options::new(Source::Text(Vec::new()), Backends::builtin().best());
    options.target = Some(target.to_owned());
    options.cache = cache.map(Path::to_owned);
    // Checks of single packages are theirs alone: all have one std.
    options.panic = panic;
    let mut report = Report { observer: observer.clone(), ..Report::default() };
    choose(toolchain, &options, &mut report, &mut |_| ())
}

/// What a panic does in a program of these options.
fn strategy(options: &Options, spec: &Spec) -> PanicStrategy {
    spec.panic_strategy.max(options.panic)
}

/// The stds that were made from source.
pub fn known(cache: &Path) -> Vec<KnownStd> {
    toolchain::known_stds(cache)
}

impl Options {
    /// These options with what they leave to the target.
    pub(crate) fn for_target(&self, toolchain: &Toolchain) -> Options {
        let mut options = self.clone();
        let spec = &toolchain.target.spec;
        options.panic = strategy(self, spec);
        options.exe_suffix.clone_from(&spec.exe_suffix);
        options
    }
}

impl Backends {
    /// As [`Backends::for_level`], where the target may be one that not all of them know.
    pub fn for_level_and_target(&self, level: OptLevel, target: Option<&str>) -> BackendChoice {
        let usual = self.for_level(level);
        let knows = |choice: &BackendChoice, target: &str| choice.capabilities().triples.iter().any(|it| it == target);
        match target {
            Some(target) if !knows(&usual, target) => self.best(),
            _ => usual,
        }
    }
}

/// Whether this kind of a linker is one that Bessemer can drive.
///
/// # Errors
/// It is not.
pub(crate) fn require_linker(toolchain: &Toolchain) -> Result<(), DriverError> {
    match toolchain.target.spec.linker_flavor {
        LinkerFlavor::GnuCc | LinkerFlavor::GnuLldCc | LinkerFlavor::WasmLld => Ok(()),
        LinkerFlavor::Gnu | LinkerFlavor::GnuLld => Ok(()),
        _ => Err(DriverError::Usage(format!(
            "programs for `{}` are linked in a way that is not supported yet\n  help: objects can be made with --emit obj",
            toolchain.target.name
        ))),
    }
}
