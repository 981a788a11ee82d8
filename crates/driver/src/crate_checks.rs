//! Which checks a library's code makes when it runs.
//!
//! A library's own command line says so (cargo: the profile of its package), and its metadata does not. It is kept beside
//! that: in the placeholder for the library's code, or, where rustc makes the code, in a file of its own. A library of which
//! nothing is known has the checks of the program.

use crate::caches::image::placeholder_text;
use crate::error::DriverError;
use crate::files;
use crate::rustc_args;
use lower::Checks;
use rmeta::Session;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use toolchain::Invocation;
use ty::CrateNum;

/// The file beside a library that rustc has compiled has this extension.
const EXTENSION: &str = "checks";

/// The checks of a library in words that [`read`] reads.
pub(crate) fn lines(invocation: &Invocation) -> String {
    let Checks { overflow, ub, contract } = rustc_args::checks(invocation);
    format!("overflow-checks: {overflow}\nub-checks: {ub}\ncontract-checks: {contract}\n")
}

fn read(text: &str) -> Option<Checks> {
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))?;
        line.parse::<bool>().ok()
    };
    Some(Checks { overflow: value("overflow-checks")?, ub: value("ub-checks")?, contract: value("contract-checks")? })
}

/// Keeps the checks of a library that rustc compiles.
pub(crate) fn keep(invocation: &Invocation) -> Result<(), DriverError> {
    match invocation.output_file("lib", &format!(".{EXTENSION}")) {
        Some(path) => files::write(&path, lines(invocation).as_bytes()),
        None => Ok(()),
    }
}

/// The libraries of a program that have other checks than the program's own.
pub(crate) fn others(
    session: &Session<'_>,
    prebuilt: &FxHashSet<CrateNum>,
    own: Checks,
) -> BTreeMap<Checks, Vec<CrateNum>> {
    let mut others: BTreeMap<Checks, Vec<CrateNum>> = BTreeMap::new();
    for (krate, source) in session.crate_sources() {
        if krate == CrateNum::LOCAL || prebuilt.contains(&krate) {
            continue;
        }
        let of_placeholder = source.rlib.as_deref().and_then(placeholder_text).and_then(|text| read(&text));
        let of_file = || read(&std::fs::read_to_string(source.metadata.with_extension(EXTENSION)).ok()?);
        match of_placeholder.or_else(of_file) {
            Some(checks) if checks != own => others.entry(checks).or_default().push(krate),
            _ => {}
        }
    }
    others
}
