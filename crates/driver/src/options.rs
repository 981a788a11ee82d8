//! What can be requested.

use crate::backends::{BackendChoice, Backends};
use crate::error::DriverError;
use backend::{DebugInfo, OptLevel, Profile};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use target::{CodeModel, PanicStrategy, RelocationModel, Target};
use toolchain::{CrateRequest, CrateType, Source};

/// What `--emit` takes.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum EmitKind {
    /// The program or library.
    Link,
    /// Objects.
    Obj,
    /// Assembly.
    Asm,
    /// MIR as text.
    Mir,
    /// LIR as text.
    Lir,
    /// The tokens of the root module's file, by our own front end, as the following five.
    Tokens,
    /// The syntax tree of the root module's file.
    Ast,
    /// The whole crate with its macros expanded.
    Expanded,
    /// The same, each line with the places of its parts.
    ExpandedLines,
    /// Bodies with names resolved.
    Hir,
    /// Bodies with types.
    Thir,
    /// A back end's own form by its name ([`backend::Format`]): `llvm-ir`, `clif`.
    Format(String),
}

impl EmitKind {
    /// The kinds that do not depend on a back end.
    const COMMON: [EmitKind; 11] = [
        EmitKind::Link,
        EmitKind::Obj,
        EmitKind::Asm,
        EmitKind::Mir,
        EmitKind::Lir,
        EmitKind::Tokens,
        EmitKind::Ast,
        EmitKind::Expanded,
        EmitKind::ExpandedLines,
        EmitKind::Hir,
        EmitKind::Thir,
    ];

    /// Whether it is made of the text alone: the program need not be right.
    pub(crate) fn is_of_text(&self) -> bool {
        matches!(self, EmitKind::Tokens | EmitKind::Ast | EmitKind::Expanded | EmitKind::ExpandedLines)
    }

    /// Whether it is made of bodies, before the program is lowered.
    pub(crate) fn is_of_bodies(&self) -> bool {
        matches!(self, EmitKind::Mir) || self.is_of_own_bodies()
    }

    /// Whether it is made of bodies as stages of our own front end have them.
    pub(crate) fn is_of_own_bodies(&self) -> bool {
        matches!(self, EmitKind::Hir | EmitKind::Thir)
    }

    /// The name that `--emit` takes.
    pub fn name(&self) -> &str {
        match self {
            EmitKind::Link => "link",
            EmitKind::Obj => "obj",
            EmitKind::Asm => "asm",
            EmitKind::Mir => "mir",
            EmitKind::Lir => "lir",
            EmitKind::Tokens => "tokens",
            EmitKind::Ast => "ast",
            EmitKind::Expanded => "expanded",
            EmitKind::ExpandedLines => "expanded-lines",
            EmitKind::Hir => "hir",
            EmitKind::Thir => "thir",
            EmitKind::Format(name) => name,
        }
    }

    /// The kind of a name, if these back ends have it.
    pub fn from_name(name: &str, backends: &Backends) -> Option<EmitKind> {
        let common = EmitKind::COMMON.into_iter().find(|kind| kind.name() == name);
        common.or_else(|| backends.format(name).map(|_| EmitKind::Format(name.to_owned())))
    }

    /// The names of all kinds that there are with these back ends.
    pub fn names(backends: &Backends) -> Vec<String> {
        EmitKind::COMMON.iter().map(|kind| kind.name().to_owned()).chain(backends.format_names()).collect()
    }

    /// The extension of its file; rustc's, where rustc has the kind.
    pub fn extension(&self, backends: &Backends) -> String {
        match self {
            EmitKind::Link => String::new(),
            EmitKind::Obj => "o".to_owned(),
            EmitKind::Asm => "s".to_owned(),
            EmitKind::Expanded => "expanded.rs".to_owned(),
            EmitKind::Mir
            | EmitKind::Lir
            | EmitKind::Tokens
            | EmitKind::Ast
            | EmitKind::ExpandedLines
            | EmitKind::Hir
            | EmitKind::Thir => self.name().to_owned(),
            EmitKind::Format(name) => match backends.format(name) {
                Some((_, format)) => format.extension.into_owned(),
                None => name.clone(),
            },
        }
    }
}

/// What is left out of an executable (`-C strip`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum StripKind {
    /// Nothing: debug information and symbols stay.
    #[default]
    None,
    /// Debug information.
    DebugInfo,
    /// Debug information, and symbols that the loader does not need.
    Symbols,
}

/// Where the bodies of the crate being compiled come from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum FrontEnd {
    /// All from rustc.
    #[default]
    Rustc,
    /// From our own front end, and from rustc where that is not sure.
    Own,
}

impl FrontEnd {
    /// The choice of a name.
    pub fn from_name(name: &str) -> Option<FrontEnd> {
        [FrontEnd::Rustc, FrontEnd::Own].into_iter().find(|it| it.name() == name)
    }

    /// The name of the choice.
    pub fn name(self) -> &'static str {
        match self {
            FrontEnd::Rustc => "rustc",
            FrontEnd::Own => "own",
        }
    }
}

/// Where std comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum StdChoice {
    /// Compiled, where the toolchain has it for the target; otherwise from source.
    #[default]
    Auto,
    /// Compiled by rustc: the toolchain's own.
    Prebuilt,
    /// Compiled from its source with the program, as much of it as that needs.
    Source,
}

impl StdChoice {
    /// The choice of a name.
    pub fn from_name(name: &str) -> Option<StdChoice> {
        Some(match name {
            "auto" => StdChoice::Auto,
            "prebuilt" => StdChoice::Prebuilt,
            "source" => StdChoice::Source,
            _ => return None,
        })
    }
}

/// How the modules of an optimised program are optimised with regard to each other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Lto {
    /// Each has copies of small functions of the others.
    #[default]
    Default,
    /// Each has copies of no functions of the others but those that ask to be inlined.
    Off,
    /// As the default: here, that is the whole program.
    Thin,
    /// The program is one module.
    Fat,
}

/// Everything that decides what comes out.
#[derive(Clone, Debug)]
pub struct Options {
    /// A file, or text.
    pub source: Source,
    /// `--crate-name`; absent: made from the file's name ([`Options::crate_name()`]).
    pub crate_name: Option<String>,
    /// The crate's tests with their harness, instead of the program.
    pub test: bool,
    /// `--edition`: `2015`, `2018`, `2021` or `2024`.
    pub edition: String,
    /// `--cfg` arguments.
    pub cfgs: Vec<String>,
    /// `--extern NAME=PATH` arguments.
    pub externs: Vec<String>,
    /// `-L [KIND=]PATH` arguments.
    pub search_paths: Vec<String>,
    /// `-l [KIND[:MODIFIERS]=]NAME[:RENAME]` arguments.
    pub libraries: Vec<String>,
    /// Who makes the bodies of the crate.
    pub front_end: FrontEnd,
    /// Who makes code of LIR.
    pub backend: BackendChoice,
    /// `-C opt-level`
    pub opt: OptLevel,
    /// `-C codegen-units`: how many modules an optimised program becomes, at least; it may be more where its size asks for
    /// that.
    pub codegen_units: Option<u32>,
    /// `-C lto`
    pub lto: Lto,
    /// `-C profile-generate`, `-C profile-use`
    pub profile: Profile,
    /// `-C instrument-coverage`
    pub coverage: bool,
    /// `-C rpath`
    pub rpath: bool,
    /// `-C debuginfo`
    pub debug: DebugInfo,
    /// `-C panic`; targets may ask for more.
    pub panic: PanicStrategy,
    /// Absent: on unless optimising.
    pub overflow_checks: Option<bool>,
    /// Absent: on unless optimising.
    pub debug_assertions: Option<bool>,
    /// Preconditions of unsafe functions are checked (`-Z ub-checks`). Absent: with the debug assertions.
    pub ub_checks: Option<bool>,
    /// Contracts are checked (`-Z contract-checks`).
    pub contract_checks: bool,
    /// A triple, or the path of a JSON file that describes a target; absent: the host.
    pub target: Option<String>,
    /// Where std comes from.
    pub std: StdChoice,
    /// The folder of std's source; absent: the environment's, or the toolchain's own.
    pub rust_src: Option<PathBuf>,
    /// How the name of an executable ends.
    pub exe_suffix: String,
    /// `-C target-cpu`; absent: the least that the target has.
    pub target_cpu: Option<String>,
    /// `-C target-feature`: `+a,-b`, as rustc takes it.
    pub target_features: Option<String>,
    /// Arguments for the linker, after all inputs (`-C link-arg`).
    pub link_args: Vec<String>,
    /// The program that links; absent: the C compiler, with the toolchain's own linker.
    pub linker: Option<PathBuf>,
    /// What is left out of an executable.
    pub strip: StripKind,
    /// The C compiler's own libraries are linked too, which the crates name by themselves in all usual cases.
    pub default_libraries: bool,
    /// The executable is loaded at a fixed address.
    pub fixed_address: bool,
    /// All functions keep a frame pointer (`-C force-frame-pointers`).
    pub frame_pointers: bool,
    /// Where the result goes; absent: named after the source.
    pub output: Option<PathBuf>,
    /// The folder for results without a name of their own (`--out-dir`).
    pub out_dir: Option<PathBuf>,
    /// What is written, each to a file of its own.
    pub emit: Vec<EmitKind>,
    /// Where a kind of output goes, whatever else is said (`--emit KIND=PATH`).
    pub emit_paths: BTreeMap<EmitKind, PathBuf>,
    /// Lints and expected `cfg`s: arguments for rustc where it is run for the diagnostics.
    pub check_args: Vec<OsString>,
    /// More arguments for rustc where it is run for the bodies.
    pub body_args: Vec<OsString>,
    /// Colours in diagnostics.
    pub color: bool,
    /// Diagnostics as JSON lines.
    pub json: bool,
    /// Of a library, all functions that are not generic are compiled, not only what it offers to other languages: to be looked at.
    pub whole_library: bool,
    /// Where things are remembered; absent: nothing is.
    pub cache: Option<PathBuf>,
    /// This process ends with the compilation: memory is left to the system, which takes it back at once, instead of being
    /// given back piece by piece.
    pub one_shot: bool,
}

impl Options {
    /// Drops a value that holds much memory; or leaves it to the system, if the process ends soon.
    pub(crate) fn drop_unless_one_shot<T>(&self, value: T) {
        if self.one_shot {
            std::mem::forget(value);
        }
    }

    /// The defaults for a source: unoptimised, edition 2024.
    pub fn new(source: Source, backend: BackendChoice) -> Options {
        Options {
            source,
            crate_name: None,
            test: false,
            edition: "2024".to_owned(),
            cfgs: Vec::new(),
            externs: Vec::new(),
            search_paths: Vec::new(),
            libraries: Vec::new(),
            front_end: FrontEnd::Rustc,
            backend,
            opt: OptLevel::O0,
            codegen_units: None,
            lto: Lto::Default,
            profile: Profile::None,
            coverage: false,
            rpath: false,
            debug: DebugInfo::None,
            panic: PanicStrategy::Unwind,
            overflow_checks: None,
            debug_assertions: None,
            ub_checks: None,
            contract_checks: false,
            target: None,
            std: StdChoice::Auto,
            rust_src: None,
            exe_suffix: String::new(),
            target_cpu: None,
            target_features: None,
            link_args: Vec::new(),
            linker: None,
            strip: StripKind::None,
            default_libraries: false,
            fixed_address: false,
            frame_pointers: false,
            output: None,
            out_dir: None,
            emit: vec![EmitKind::Link],
            emit_paths: BTreeMap::new(),
            check_args: Vec::new(),
            body_args: Vec::new(),
            color: false,
            json: false,
            whole_library: false,
            cache: default_cache(),
            one_shot: false,
        }
    }

    /// Whether code is optimised: at any level but 0.
    pub fn optimizes(&self) -> bool {
        self.opt != OptLevel::O0
    }

    /// Whether the program counts what it does, or is optimised for what it did.
    pub fn is_instrumented(&self) -> bool {
        self.coverage || self.profile != Profile::None
    }

    /// Whether the program needs the runtime that keeps its counters.
    pub(crate) fn counts(&self) -> bool {
        self.coverage || matches!(self.profile, Profile::Generate(_))
    }

    /// Takes a back end that counts what programs do, if that is asked for; unless the user has named the one that is there.
    ///
    /// # Errors
    /// There is none, or the user has named another.
    pub fn settle_back_end(&mut self, is_named: bool) -> Result<(), DriverError> {
        if self.coverage && self.front_end == FrontEnd::Own {
            return Err(DriverError::Usage(
                "`-C instrument-coverage`: only rustc's bodies say what is counted\n  help: leave out `--front-end own`".to_owned(),
            ));
        }
        if !self.is_instrumented() || self.backend.capabilities().instruments {
            return Ok(());
        }
        let able = self.backend.all().choices().into_iter().find(|choice| choice.capabilities().instruments);
        match able {
            Some(able) if !is_named => {
                self.backend = able;
                Ok(())
            }
            able => {
                let option = match (self.coverage, &self.profile) {
                    (true, _) => "instrument-coverage",
                    (false, Profile::Use { .. }) => "profile-use",
                    (false, _) => "profile-generate",
                };
                let help = able.map(|able| format!("\n  help: `{}` does", able.name())).unwrap_or_default();
                Err(DriverError::Usage(format!(
                    "`-C {option}`: the back end `{}` does not count what programs do{help}",
                    self.backend.name()
                )))
            }
        }
    }

    /// The same for a part of the program that is optimised in another way.
    pub fn with_level(&self, opt: OptLevel, backend: BackendChoice) -> Options {
        // These follow from the level where nothing else is said, and are the same in the whole program.
        let debug_assertions = Some(self.debug_assertions());
        let overflow_checks = Some(self.overflow_checks());
        Options { opt, backend, debug_assertions, overflow_checks, ..self.clone() }
    }

    /// Whether `debug_assert!` is checked: as asked, or else unless code is optimised.
    pub fn debug_assertions(&self) -> bool {
        self.debug_assertions.unwrap_or(!self.optimizes())
    }

    /// Whether arithmetic that overflows panics: as asked, or else with the debug assertions.
    pub fn overflow_checks(&self) -> bool {
        self.overflow_checks.unwrap_or(self.debug_assertions())
    }

    /// Which checks the code of this crate makes when it runs.
    pub fn checks(&self) -> lower::Checks {
        lower::Checks {
            overflow: self.overflow_checks(),
            ub: self.ub_checks.unwrap_or(self.debug_assertions()),
            contract: self.contract_checks,
        }
    }

    /// Whether programs for a target have the C library in them, rather than find a shared one when they start.
    pub fn is_static(&self, target: &Target) -> bool {
        let spec = &target.spec;
        let features = self.target_features.as_deref().unwrap_or_default().split(',').rev();
        let asked = features.filter_map(|feature| match feature {
            "+crt-static" => Some(true),
            "-crt-static" => Some(false),
            _ => None,
        });
        asked.take(1).find(|_| spec.crt_static_respected).unwrap_or(spec.crt_static_default)
    }

    /// The options for back ends that these options mean for a target.
    pub fn for_backend(&self, target: &Target) -> backend::Options {
        let spec = &target.spec;
        let cpu = self.target_cpu.as_ref().unwrap_or(&spec.cpu);
        let mut result = backend::Options::new(&spec.llvm_target, cpu);
        let features = [Some(&spec.features), self.target_features.as_ref()];
        result.features = features
            .into_iter()
            .flatten()
            .flat_map(|features| features.split(','))
            // This one is the linker's.
            .filter(|feature| !feature.is_empty() && !feature.ends_with("crt-static"))
            .map(str::to_owned)
            .collect();
        result.abi.clone_from(&spec.llvm_abiname);
        result.code_model = match spec.code_model {
            CodeModel::Default => backend::CodeModel::Default,
            CodeModel::Small => backend::CodeModel::Small,
            CodeModel::Medium => backend::CodeModel::Medium,
            CodeModel::Large => backend::CodeModel::Large,
        };
        result.position_independent = spec.relocation_model != RelocationModel::Static;
        result.stack_probes = spec.stack_probes.are_inline();
        result.opt = self.opt;
        result.debug = self.debug;
        result.frame_pointers = self.frame_pointers;
        result.profile = self.profile.clone();
        // What is generated is what the program reaches, so that the linker finds little to drop, and thousands of sections are
        // most of its work. Optimisers, though, leave functions unreached that they copied into others.
        result.function_sections = self.optimizes();
        result
    }

    /// The request for rustc that these options mean.
    pub(crate) fn request(&self) -> CrateRequest {
        CrateRequest {
            source: self.source.clone(),
            crate_type: if self.test { CrateType::Test } else { CrateType::Bin },
            crate_name: self.crate_name.clone(),
            args: self.rustc_args(),
            check_args: self.check_args.clone(),
            body_args: self.body_args.clone(),
            color: self.color,
            json: self.json,
        }
    }

    /// The crate's name: as given, or made from the file's name as rustc does.
    pub fn crate_name(&self) -> String {
        if let Some(name) = &self.crate_name {
            return name.clone();
        }
        match &self.source {
            Source::File(file) => {
                file.file_stem().map_or("rust_out".to_owned(), |stem| stem.to_string_lossy().replace('-', "_"))
            }
            Source::Text(_) => "rust_out".to_owned(),
        }
    }

    /// How code is optimised, as rustc names it.
    pub fn opt_name(&self) -> &'static str {
        level_name(self.opt)
    }

    /// The arguments for rustc that say the same as these options.
    pub fn rustc_args(&self) -> Vec<OsString> {
        let mut args: Vec<OsString> = Vec::new();
        let mut pair = |flag: &str, value: &str| {
            args.push(flag.into());
            args.push(value.into());
        };
        pair("--edition", &self.edition);
        for cfg in &self.cfgs {
            pair("--cfg", cfg);
        }
        for dependency in &self.externs {
            pair("--extern", dependency);
        }
        for path in &self.search_paths {
            pair("-L", path);
        }
        for library in &self.libraries {
            pair("-l", library);
        }
        let mut codegen = |name: &str, value: &str| args.push(format!("-C{name}={value}").into());
        codegen("opt-level", self.opt_name());
        codegen("debug-assertions", on_off(self.debug_assertions()));
        codegen("overflow-checks", on_off(self.overflow_checks()));
        if self.panic.aborts() {
            codegen("panic", self.panic.name());
        }
        if self.coverage {
            args.push("-Cinstrument-coverage".into());
        }
        let mut codegen = |name: &str, value: &str| args.push(format!("-C{name}={value}").into());
        if self.debug >= DebugInfo::Full {
            codegen("debuginfo", "2");
        }
        if let Some(cpu) = &self.target_cpu {
            codegen("target-cpu", cpu);
        }
        if let Some(features) = &self.target_features {
            codegen("target-feature", features);
        }
        args
    }
}

/// A level as rustc names it.
pub(crate) fn level_name(level: OptLevel) -> &'static str {
    match level {
        OptLevel::O0 => "0",
        OptLevel::O1 => "1",
        OptLevel::O2 => "2",
        OptLevel::O3 => "3",
        OptLevel::Os => "s",
        OptLevel::Oz => "z",
    }
}

/// The folder that an argument of `-L` names, without its kind.
pub(crate) fn search_folder(argument: &str) -> PathBuf {
    let kinds = ["dependency=", "crate=", "native=", "framework=", "all="];
    PathBuf::from(kinds.iter().find_map(|kind| argument.strip_prefix(kind)).unwrap_or(argument))
}

fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// The user's cache folder for Bessemer. What names no folder is as absent: an empty variable, and by the XDG base directory
/// specification a path that is not absolute.
pub fn default_cache() -> Option<PathBuf> {
    cache_folder(|name| std::env::var_os(name))
}

fn cache_folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if let Some(folder) = variable("BESSEMER_CACHE_DIR") {
        return (!folder.is_empty()).then(|| PathBuf::from(folder));
    }
    let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(base.join("bessemer"))
}

#[cfg(test)]
mod tests {
    use super::cache_folder;
    use std::path::PathBuf;

    #[test]
    fn variables_that_name_no_folder_are_absent() {
        let folder = |own: Option<&str>, xdg: Option<&str>, home: Option<&str>| {
            let value = |name: &str| match name {
                "BESSEMER_CACHE_DIR" => own,
                "XDG_CACHE_HOME" => xdg,
                "HOME" => home,
                _ => None,
            };
            cache_folder(|name| value(name).map(Into::into))
        };
        let is = |path: &str| Some(PathBuf::from(path));
        assert_eq!(folder(Some("/c"), Some("/x"), Some("/h")), is("/c"));
        assert_eq!(folder(Some("c"), Some("/x"), Some("/h")), is("c"));
        assert_eq!(folder(Some(""), Some("/x"), Some("/h")), None);
        assert_eq!(folder(None, Some("/x"), Some("/h")), is("/x/bessemer"));
        for xdg in [None, Some(""), Some("x"), Some("./x")] {
            assert_eq!(folder(None, xdg, Some("/h")), is("/h/.cache/bessemer"), "{xdg:?}");
            for home in [None, Some(""), Some("h")] {
                assert_eq!(folder(None, xdg, home), None, "{xdg:?} {home:?}");
            }
        }
    }
}
