//! What a rustc command line means for code generation.

use crate::backends::Backends;
use crate::error::DriverError;
use crate::options::{EmitKind, Lto, Options, StripKind};
use crate::settings::Settings;
use backend::{DebugInfo, OptLevel, Profile};
use std::path::{Path, PathBuf};
use target::PanicStrategy;
use toolchain::{Invocation, Source};

/// The level that a value of `opt-level` means.
pub fn opt_level(value: &str) -> Option<OptLevel> {
    Some(match value {
        "0" => OptLevel::O0,
        "1" => OptLevel::O1,
        "2" => OptLevel::O2,
        "3" => OptLevel::O3,
        "s" => OptLevel::Os,
        "z" => OptLevel::Oz,
        _ => return None,
    })
}

/// How much debug information a value of `debuginfo` means.
pub fn debug_info(value: &str) -> Option<DebugInfo> {
    Some(match value {
        "0" | "none" => DebugInfo::None,
        "line-directives-only" => DebugInfo::Directives,
        "line-tables-only" => DebugInfo::Lines,
        "1" | "limited" => DebugInfo::Limited,
        "2" | "full" => DebugInfo::Full,
        _ => return None,
    })
}

/// The value of a switch such as `overflow-checks`.
pub fn switch(value: Option<&str>) -> Option<bool> {
    Some(match value {
        None | Some("on" | "yes" | "y" | "true") => true,
        Some("off" | "no" | "n" | "false") => false,
        Some(_) => return None,
    })
}

/// What follows from a codegen option.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// What it says is done.
    Done,
    /// It changes nothing of what comes out here, or only what rustc does for its check.
    Nothing,
    /// It asks for something that Bessemer does not do (yet); what comes out is right without it.
    Missing,
}

/// Why a codegen option is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CodegenFault {
    /// rustc has no such option.
    Unknown,
    /// The value makes no sense. What it can be.
    Words(String),
    /// The program may rely on its effect, which Bessemer does not have.
    Unsupported(String),
}

/// The codegen options that do what they say.
pub const CODEGEN: [&str; 20] = [
    "codegen-units",
    "debug-assertions",
    "debuginfo",
    "default-linker-libraries",
    "force-frame-pointers",
    "instrument-coverage",
    "link-arg",
    "link-args",
    "linker",
    "lto",
    "opt-level",
    "overflow-checks",
    "panic",
    "profile-generate",
    "profile-use",
    "relocation-model",
    "rpath",
    "strip",
    "target-cpu",
    "target-feature",
];

/// Options that are about rustc's own work, or name its files.
const ABOUT_RUSTC: [&str; 8] = [
    "embed-bitcode",
    "extra-filename",
    "incremental",
    "inline-threshold",
    "metadata",
    "no-stack-check",
    "remark",
    "save-temps",
];

/// Options that ask for something which Bessemer does not do.
const MISSING: [&str; 21] = [
    "ar",
    "code-model",
    "collapse-macro-debuginfo",
    "control-flow-guard",
    "dlltool",
    "dwarf-version",
    "force-unwind-tables",
    "jump-tables",
    "link-dead-code",
    "link-self-contained",
    "linker-features",
    "linker-flavor",
    "linker-plugin-lto",
    "llvm-args",
    "no-prepopulate-passes",
    "no-redzone",
    "no-vectorize-loops",
    "no-vectorize-slp",
    "passes",
    "relro-level",
    "symbol-mangling-version",
];

/// All codegen options that are known, by name.
pub fn codegen_names() -> Vec<&'static str> {
    let mut names = [&CODEGEN[..], &ABOUT_RUSTC, &MISSING].concat();
    names.extend(["prefer-dynamic", "soft-float", "split-debuginfo"]);
    names.sort_unstable();
    names
}

/// Does what a codegen option (`-C NAME=VALUE`) says. Names have `-`.
///
/// # Errors
/// There is no such option, its value makes no sense, or its effect is needed and not there.
pub fn codegen(options: &mut Options, name: &str, value: Option<&str>) -> Result<Effect, CodegenFault> {
    let needed = || value.ok_or_else(|| CodegenFault::Words("it needs a value".to_owned()));
    let words = |can_be: &str| CodegenFault::Words(format!("it can be {can_be}"));
    let on_or_off = || switch(value).ok_or_else(|| words("on or off"));
    match name {
        "opt-level" => options.opt = opt_level(needed()?).ok_or_else(|| words("0, 1, 2, 3, s or z"))?,
        "debuginfo" => {
            options.debug =
                debug_info(needed()?).ok_or_else(|| words("0, 1 or 2, or one of rustc's words for these"))?;
        }
        "overflow-checks" => options.overflow_checks = Some(on_or_off()?),
        "debug-assertions" => options.debug_assertions = Some(on_or_off()?),
        // A harness unwinds whatever the profile says; rustc is not told otherwise.
        "panic" => {
            options.panic =
                PanicStrategy::from_name(needed()?).ok_or_else(|| words("unwind, abort or immediate-abort"))?;
        }
        "target-cpu" => options.target_cpu = Some(needed()?.to_owned()),
        "target-feature" => {
            let features = needed()?;
            let before = options.target_features.take().filter(|before| !before.is_empty());
            let all = before.into_iter().chain(Some(features.to_owned()).filter(|it| !it.is_empty()));
            options.target_features = Some(all.collect::<Vec<_>>().join(",")).filter(|all| !all.is_empty());
        }
        "link-arg" => options.link_args.push(needed()?.to_owned()),
        "link-args" => options.link_args.extend(needed()?.split_whitespace().map(str::to_owned)),
        "linker" => options.linker = Some(PathBuf::from(needed()?)),
        "default-linker-libraries" => options.default_libraries = on_or_off()?,
        "force-frame-pointers" => {
            options.frame_pointers = match value {
                Some("always" | "non-leaf") => true,
                _ => switch(value).ok_or_else(|| words("on, off, always or non-leaf"))?,
            }
        }
        "strip" => {
            options.strip = match needed()? {
                "none" => StripKind::None,
                "debuginfo" => StripKind::DebugInfo,
                "symbols" => StripKind::Symbols,
                _ => return Err(words("none, debuginfo or symbols")),
            }
        }
        "relocation-model" => match needed()? {
            "static" => options.fixed_address = true,
            "pic" | "pie" => options.fixed_address = false,
            _ => return Ok(Effect::Missing),
        },
        "codegen-units" => {
            let units: u32 = needed()?.parse().map_err(|_| words("a number of at least 1"))?;
            options.codegen_units = Some(units).filter(|&units| units > 0);
        }
        "lto" => {
            options.lto = match value {
                Some("thin") => Lto::Thin,
                Some("fat") => Lto::Fat,
                _ => match switch(value) {
                    Some(true) => Lto::Fat,
                    Some(false) => Lto::Off,
                    None => return Err(words("off, thin, fat, on or off")),
                },
            }
        }
        "rpath" => options.rpath = on_or_off()?,
        "instrument-coverage" => options.coverage = on_or_off()?,
        "profile-generate" | "profile-use" => options.profile = profile(name, value, &options.profile)?,
        // Without effect here, as it is there.
        "split-debuginfo" if value == Some("off") => return Ok(Effect::Nothing),
        // All names are of that version.
        "symbol-mangling-version" if value == Some("v0") => return Ok(Effect::Nothing),
        "linker-plugin-lto" | "prefer-dynamic" | "soft-float" | "link-dead-code" | "no-redzone"
            if switch(value) == Some(false) =>
        {
            return Ok(Effect::Nothing);
        }
        "split-debuginfo" | "prefer-dynamic" | "soft-float" => return Ok(Effect::Missing),
        _ if ABOUT_RUSTC.contains(&name) => return Ok(Effect::Nothing),
        _ if MISSING.contains(&name) => return Ok(Effect::Missing),
        _ => return Err(CodegenFault::Unknown),
    }
    Ok(Effect::Done)
}

/// What is measured, by an option of this name and value. `before` is what earlier options have said.
fn profile(name: &str, value: Option<&str>, before: &Profile) -> Result<Profile, CodegenFault> {
    if name == "profile-generate" {
        if matches!(before, Profile::Use { .. }) {
            return Err(exclusive());
        }
        let folder = match switch(value) {
            Some(false) => return Ok(Profile::None),
            Some(true) => "",
            None => value.unwrap_or_default(),
        };
        // rustc's name for the file; the runtime knows the patterns.
        let file = Path::new(folder).join("default_%m_%p.profraw");
        return Ok(Profile::Generate(file.to_string_lossy().into_owned()));
    }
    if matches!(before, Profile::Generate(_)) {
        return Err(exclusive());
    }
    let file = value.ok_or_else(|| CodegenFault::Words("it needs a file".to_owned()))?;
    let refused = |what: String| CodegenFault::Unsupported(format!("`-C profile-use={file}`: {what}"));
    let bytes = std::fs::read(file).map_err(|error| refused(format!("the profile cannot be read: {error}")))?;
    if is_raw_profile(&bytes) {
        return Err(refused(
            "this is what a program wrote, not yet a profile\n  help: make one with `llvm-profdata merge -o FILE.profdata \
             FILE.profraw…`"
                .to_owned(),
        ));
    }
    // A compilation with another folder for its work finds it, too.
    let path = std::path::absolute(file).unwrap_or_else(|_| PathBuf::from(file));
    Ok(Profile::Use { file: path, hash: blake3::hash(&bytes).to_hex().to_string() })
}

fn exclusive() -> CodegenFault {
    CodegenFault::Unsupported("`-C profile-generate` and `-C profile-use` exclude each other".to_owned())
}

/// Whether this is what a program writes that counts: a word that says `lprofr`, in either order of bytes.
fn is_raw_profile(bytes: &[u8]) -> bool {
    let Some(word) = bytes.first_chunk::<8>() else { return false };
    let is_magic = |word: [u8; 8]| word[..7] == *b"\xfflprofr" || word[..7] == *b"\xfflprofR";
    is_magic(*word) || is_magic([word[7], word[6], word[5], word[4], word[3], word[2], word[1], word[0]])
}

/// The switch among `-Z` options of this name, if it is there.
fn unstable_switch(invocation: &Invocation, name: &str) -> Option<bool> {
    let options = invocation.unstable().into_iter().rev();
    let mut values = options.filter_map(|option| {
        let (it, value) = option.split_once('=').map_or((option, None), |(it, value)| (it, Some(value)));
        (it.replace('_', "-") == name).then_some(value)
    });
    switch(values.next()?)
}

/// Reads the options on which checks at run time depend.
fn read_checks(options: &mut Options, invocation: &Invocation) {
    for (name, value) in invocation.codegen() {
        match name.as_str() {
            // What is wrong with the words, rustc says.
            "opt-level" | "overflow-checks" | "debug-assertions" => {
                drop(codegen(options, &name, value.as_deref()));
            }
            _ => {}
        }
    }
    options.ub_checks = unstable_switch(invocation, "ub-checks");
    options.contract_checks = unstable_switch(invocation, "contract-checks").unwrap_or(false);
}

/// Which checks the code of a crate makes when it runs.
pub(crate) fn checks(invocation: &Invocation) -> lower::Checks {
    // The back end does not matter here.
    let mut options = Options::new(source(invocation), Backends::builtin().best());
    read_checks(&mut options, invocation);
    options.checks()
}

/// The options that a command line of rustc means. rustc itself has checked or will check the words.
///
/// # Errors
/// An option whose effect the program relies on and that Bessemer does not have.
pub(crate) fn of_invocation(invocation: &Invocation, settings: &Settings) -> Result<Options, DriverError> {
    let mut options = Options::new(source(invocation), settings.backends.best());
    options.cache.clone_from(&settings.cache);
    // rustc's command lines are processes.
    options.one_shot = true;
    options.crate_name = invocation.crate_name().map(str::to_owned);
    options.front_end = settings.front_end;
    options.cfgs = invocation.cfgs();
    options.edition = invocation.edition().unwrap_or("2015").to_owned();
    options.externs = invocation.externs();
    options.search_paths = invocation.search_paths();
    options.libraries = invocation.libraries();
    options.json = invocation.is_json();
    options.color = invocation.is_colored();
    read_checks(&mut options, invocation);
    for (name, value) in invocation.codegen() {
        match codegen(&mut options, &name, value.as_deref()) {
            Err(CodegenFault::Unsupported(message)) => return Err(DriverError::Usage(message)),
            // rustc says what is wrong with the words, and what cargo asks for and does not get is told once for all units.
            Ok(_) | Err(CodegenFault::Words(_) | CodegenFault::Unknown) => {}
        }
    }
    for option in invocation.unstable() {
        if option.starts_with("sanitizer") || option.replace('_', "-").starts_with("coverage-options") {
            return Err(DriverError::Usage(format!("`-Z {option}` is not supported\n  help: use plain cargo for it")));
        }
    }
    if settings.shown.as_ref().is_some_and(|shown| shown.kind == EmitKind::Obj) {
        options.debug = options.debug.max(DebugInfo::Lines);
    }
    options.target = invocation.target().map(str::to_owned);
    options.backend = settings.backend_for_target(options.opt, options.target.as_deref());
    options.settle_back_end(settings.backend.is_some())?;
    Ok(options)
}

/// The source that a command line names.
fn source(invocation: &Invocation) -> Source {
    Source::File(invocation.source().unwrap_or(Path::new("")).to_owned())
}
