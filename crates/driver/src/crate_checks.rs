//! How a library's code is made: which checks it makes when it runs, and how it is optimised.
//!
//! A library's own command line says so (cargo: the profile of its package), and its metadata does not. It is kept beside
//! that: in the placeholder for the library's code, or, where rustc makes the code, in a file of its own. A library of which
//! nothing is known is made as the program is.

use crate::error::DriverError;
use crate::files;
use crate::placeholder::{Library, settings_lines};
use backend::{DebugInfo, OptLevel};
use lower::Checks;
use rmeta::Session;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use toolchain::{Invocation, Toolchain};
use ty::CrateNum;

/// The file beside a library that rustc has compiled has this extension.
const EXTENSION: &str = "checks";

/// How a crate's code is made where that differs from the program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct CrateSettings {
    /// Which checks it makes when it runs.
    pub checks: Checks,
    /// How it is optimised.
    pub opt: OptLevel,
    /// What debuggers are told of it: at most what they are told of the program.
    pub debug: DebugInfo,
}

/// Keeps how a library is made that rustc compiles.
pub(crate) fn keep(invocation: &Invocation) -> Result<(), DriverError> {
    match invocation.output_file("lib", &format!(".{EXTENSION}")) {
        Some(path) => files::write(&path, settings_lines(invocation).as_bytes()),
        None => Ok(()),
    }
}

/// Which checks std's own code makes when it runs: what its source was checked for, and none where rustc has compiled it,
/// whatever the program's checks are.
pub(crate) fn of_std(toolchain: &Toolchain) -> Checks {
    let settings = toolchain.std.settings().unwrap_or_default();
    Checks { overflow: settings.overflow_checks, ub: settings.debug_assertions, contract: false }
}

/// The libraries of a program that are made in another way than the program itself. `of_std` are the checks of std's own code, and
/// `has_own_level` tells whose levels count.
pub(crate) fn others(
    session: &Session<'_>,
    std: &FxHashSet<CrateNum>,
    prebuilt: &FxHashSet<CrateNum>,
    of_std: Checks,
    own: CrateSettings,
    has_own_level: &dyn Fn(CrateNum) -> bool,
) -> BTreeMap<CrateSettings, Vec<CrateNum>> {
    let mut others: BTreeMap<CrateSettings, Vec<CrateNum>> = BTreeMap::new();
    for (krate, source) in session.crate_sources() {
        if krate == CrateNum::LOCAL || prebuilt.contains(&krate) {
            continue;
        }
        if std.contains(&krate) {
            if of_std != own.checks {
                others.entry(CrateSettings { checks: of_std, ..own }).or_default().push(krate);
            }
            continue;
        }
        let of_placeholder = source.rlib.as_deref().and_then(Library::of_rlib);
        let of_file = || {
            let text = std::fs::read_to_string(source.metadata.with_extension(EXTENSION)).ok()?;
            Some(Library::parse(&text))
        };
        let Some(Library { opt, debug, checks: Some(checks), .. }) = of_placeholder.or_else(of_file) else { continue };
        let settings = match has_own_level(krate) {
            true => CrateSettings { checks, opt, debug: debug.unwrap_or(own.debug).min(own.debug) },
            false => CrateSettings { checks, ..own },
        };
        if settings != own {
            others.entry(settings).or_default().push(krate);
        }
    }
    others
}
