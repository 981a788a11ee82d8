//! Placeholders: what stands where cargo expects the compiled code of a library.
//!
//! A library is only checked. The file that cargo takes for its rlib is an archive with one text: for people who look into it,
//! and with lines that say what the library's own command line said of its code. The code is generated later, with programs
//! that reach it, whose command lines do not say that.

use crate::error::DriverError;
use crate::files;
use crate::rustc_args;
use backend::{DebugInfo, OptLevel};
use lower::Checks;
use std::path::Path;
use toolchain::Invocation;

/// The first line.
const WORDS: &str = "Checked by Bessemer: the code of this library is generated with the artefacts that use it.\n";

/// The line that says that a library is not edited.
const STABLE_LINE: &str = "source: kept as it is";

/// The line that says how a library is optimised begins so.
const OPT_LINE: &str = "opt-level: ";

/// The line that says what debuggers are told of it begins so.
const DEBUG_LINE: &str = "debuginfo: ";

/// A placeholder is short; a file longer than this is none.
const MAX_BYTES: u64 = 4096;

/// What is known of a library without code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Library {
    /// Somebody works on its source.
    pub is_edited: bool,
    /// How its package is optimised.
    pub opt: OptLevel,
    /// What debuggers are told of it, where that is known.
    pub debug: Option<DebugInfo>,
    /// Which checks its code makes, where that is known.
    pub checks: Option<Checks>,
}

impl Library {
    /// Reads the placeholder of a library. `None` where the file is none: a library with code, or nothing.
    pub fn of_rlib(rlib: &Path) -> Option<Library> {
        std::fs::metadata(rlib).ok().filter(|metadata| metadata.len() < MAX_BYTES)?;
        Some(Library::parse(&std::fs::read_to_string(rlib).ok()?))
    }

    /// Reads what a library's text says.
    pub fn parse(text: &str) -> Library {
        Library {
            is_edited: !text.lines().any(|line| line == STABLE_LINE),
            opt: text.lines().find_map(|line| rustc_args::opt_level(line.strip_prefix(OPT_LINE)?)).unwrap_or_default(),
            debug: text.lines().find_map(|line| rustc_args::debug_info(line.strip_prefix(DEBUG_LINE)?)),
            checks: parse_checks(text),
        }
    }
}

/// Writes the placeholder of a unit beside its metadata.
pub(crate) fn write(invocation: &Invocation) -> Result<(), DriverError> {
    let path = invocation.output_file("lib", ".rlib").expect("a unit has a name");
    files::write(&path, &archive(&text(invocation)))
}

fn text(invocation: &Invocation) -> String {
    let mut text = WORDS.to_owned();
    // cargo caps the lints of what nobody works on.
    if invocation.has_capped_lints() {
        text += STABLE_LINE;
        text.push('\n');
    }
    text + &settings_lines(invocation)
}

/// How a library's code is made, in words that [`Library::parse`] reads.
pub(crate) fn settings_lines(invocation: &Invocation) -> String {
    let Checks { overflow, ub, contract } = rustc_args::checks(invocation);
    let level = invocation.codegen_value("opt-level").unwrap_or("0".into());
    let debug = invocation.codegen_value("debuginfo").unwrap_or("0".into());
    format!(
        "{OPT_LINE}{level}\n{DEBUG_LINE}{debug}\noverflow-checks: {overflow}\nub-checks: {ub}\ncontract-checks: {contract}\n"
    )
}

/// The checks that a text states, if it states all of them.
fn parse_checks(text: &str) -> Option<Checks> {
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))?;
        line.parse::<bool>().ok()
    };
    Some(Checks { overflow: value("overflow-checks")?, ub: value("ub-checks")?, contract: value("contract-checks")? })
}

/// An archive with nothing but a text, for whoever looks into it.
fn archive(text: &str) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    bytes.extend(format!("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", "README/", 0, 0, 0, "100644", text.len()).bytes());
    bytes.extend(text.bytes());
    if text.len() % 2 == 1 {
        bytes.push(b'\n');
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{Library, archive, text};
    use backend::OptLevel;
    use toolchain::Invocation;

    #[test]
    fn what_is_written_is_read() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("liba.rlib");
        for (line, is_edited, opt, overflow) in [
            ("a.rs --cap-lints allow -C opt-level=3", false, OptLevel::O3, false),
            ("a.rs -C opt-level=s -C debuginfo=2 -C overflow-checks=on", true, OptLevel::Os, true),
            ("a.rs", true, OptLevel::O0, true),
        ] {
            let invocation = Invocation::parse(line.split_whitespace().map(Into::into)).unwrap();
            std::fs::write(&file, archive(&text(&invocation))).unwrap();
            let library = Library::of_rlib(&file).unwrap();
            assert_eq!((library.is_edited, library.opt), (is_edited, opt), "{line}");
            assert_eq!(library.checks.map(|it| it.overflow), Some(overflow), "{line}");
        }
        std::fs::write(&file, vec![b'x'; 5000]).unwrap();
        assert_eq!(Library::of_rlib(&file), None);
        assert_eq!(Library::of_rlib(&place.path().join("none")), None);
    }
}
