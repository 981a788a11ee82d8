//! What a rustc command line means for code generation.

use crate::backends::Backends;
use crate::error::DriverError;
use crate::options::{Options, StripKind};
use crate::settings::Settings;
use backend::{DebugInfo, OptLevel};
use std::path::{Path, PathBuf};
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
        "1" | "limited" | "line-tables-only" | "line-directives-only" => DebugInfo::Lines,
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
            "opt-level" => options.opt = opt_level(value.as_deref().unwrap_or_default()).unwrap_or_default(),
            "overflow-checks" => options.overflow_checks = switch(value.as_deref()),
            "debug-assertions" => options.debug_assertions = switch(value.as_deref()),
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
    options.edition = invocation.edition().unwrap_or("2015").to_owned();
    options.externs = invocation.externs();
    options.search_paths = invocation.search_paths();
    options.libraries = invocation.libraries();
    options.json = invocation.is_json();
    options.color = invocation.is_colored();
    read_checks(&mut options, invocation);
    let mut features: Vec<String> = Vec::new();
    for (name, value) in invocation.codegen() {
        let text = value.as_deref().unwrap_or_default();
        match name.as_str() {
            "debuginfo" => options.debug = debug_info(text).unwrap_or_default(),
            // A harness unwinds whatever the profile says; rustc is not told otherwise.
            "panic" => options.panic_abort = text == "abort",
            "target-cpu" => options.target_cpu = Some(text.to_owned()),
            "target-feature" => features.push(text.to_owned()),
            "link-arg" => options.link_args.push(text.to_owned()),
            "link-args" => options.link_args.extend(text.split_whitespace().map(str::to_owned)),
            "linker" => options.linker = Some(PathBuf::from(text)),
            "force-frame-pointers" => {
                options.frame_pointers = matches!(text, "" | "y" | "yes" | "on" | "true" | "always")
            }
            "strip" => {
                options.strip = match text {
                    "debuginfo" => StripKind::DebugInfo,
                    "symbols" => StripKind::Symbols,
                    _ => StripKind::None,
                }
            }
            "relocation-model" => options.fixed_address = text == "static",
            "instrument-coverage" if switch(value.as_deref()) == Some(false) => {}
            "instrument-coverage" | "profile-generate" | "profile-use" => {
                return Err(DriverError::Usage(format!(
                    "`-C {name}` is not supported\n  help: use plain cargo (rustc) for builds with it"
                )));
            }
            _ => {}
        }
    }
    let features = features.join(",");
    if features.split(',').any(|feature| feature == "+crt-static") {
        return Err(DriverError::Usage(
            "`-C target-feature=+crt-static` is not supported\n  help: use plain cargo (rustc) for statically linked programs"
                .to_owned(),
        ));
    }
    options.target_features = (!features.is_empty()).then_some(features);
    for option in invocation.unstable() {
        if option.starts_with("sanitizer") {
            return Err(DriverError::Usage(format!("`-Z {option}` is not supported\n  help: use plain cargo for it")));
        }
    }
    options.target = invocation.target().map(str::to_owned);
    options.backend = settings.backend_for_target(options.opt, options.target.as_deref());
    Ok(options)
}

/// The source that a command line names.
fn source(invocation: &Invocation) -> Source {
    Source::File(invocation.source().unwrap_or(Path::new("")).to_owned())
}
