//! Which checks a library's code makes when it runs.
//!
//! A library's own command line says so (cargo: the profile of its package), and its metadata does not. It is kept beside
//! that: in the placeholder for the library's code, or, where rustc makes the code, in a file of its own. A library of which
//! nothing is known has the checks of the program.

use crate::error::DriverError;
use crate::files;
use crate::placeholder::{Library, checks_lines, parse_checks};
use crate::rustc_args;
use lower::Checks;
use rmeta::Session;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use toolchain::Invocation;
use ty::CrateNum;

/// The file beside a library that rustc has compiled has this extension.
const EXTENSION: &str = "checks";

/// Keeps the checks of a library that rustc compiles.
pub(crate) fn keep(invocation: &Invocation) -> Result<(), DriverError> {
    match invocation.output_file("lib", &format!(".{EXTENSION}")) {
        Some(path) => files::write(&path, checks_lines(rustc_args::checks(invocation)).as_bytes()),
        None => Ok(()),
    }
}

/// The libraries of a program that have other checks than the program's own.
pub(crate) fn others(
    session: &Session<'_>,
    std: &FxHashSet<CrateNum>,
    prebuilt: &FxHashSet<CrateNum>,
    own: Checks,
) -> BTreeMap<Checks, Vec<CrateNum>> {
    let mut others: BTreeMap<Checks, Vec<CrateNum>> = BTreeMap::new();
    for (krate, source) in session.crate_sources() {
        if krate == CrateNum::LOCAL || prebuilt.contains(&krate) {
            continue;
        }
        if std.contains(&krate) {
            // As rustc compiles it, whatever the program's checks are.
            let none = Checks { overflow: false, ub: false, contract: false };
            if none != own {
                others.entry(none).or_default().push(krate);
            }
            continue;
        }
        let of_placeholder = source.rlib.as_deref().and_then(Library::of_rlib).and_then(|it| it.checks);
        let of_file = || parse_checks(&std::fs::read_to_string(source.metadata.with_extension(EXTENSION)).ok()?);
        match of_placeholder.or_else(of_file) {
            Some(checks) if checks != own => others.entry(checks).or_default().push(krate),
            _ => {}
        }
    }
    others
}
