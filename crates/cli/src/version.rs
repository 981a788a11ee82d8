//! `bessemer --version --verbose`: which build this is, and what it works with.

use driver::{Backends, Toolchain};
use std::ffi::OsString;
use std::fmt::Write;

/// Whether these arguments ask for it. `-vV` is how tools ask a rustc, which this process stands for then.
pub fn is_asked(args: &[OsString]) -> bool {
    let [first, second] = args else { return false };
    let is = |arg: &OsString, short: &str, long: &str| arg == short || arg == long;
    let asks = |one: &OsString, other: &OsString| is(one, "-V", "--version") && is(other, "-v", "--verbose");
    std::env::var_os("CARGO").is_none() && (asks(first, second) || asks(second, first))
}

/// What is said.
pub fn text(backends: &Backends) -> String {
    let mut text = format!("bessemer {}\n", env!("CARGO_PKG_VERSION"));
    let commit = option_env!("BUILD_COMMIT").unwrap_or("unknown");
    let _ = writeln!(text, "commit: {commit}");
    match Toolchain::find(driver::options::default_cache().as_deref()) {
        Ok(toolchain) => {
            let _ = writeln!(text, "host: {}\nrustc: {}", toolchain.host, toolchain.version);
            for choice in backends.choices() {
                let version = choice.version(&toolchain).unwrap_or_else(|error| Some(error.to_string()));
                let _ = writeln!(text, "{}: {}", choice.name(), version.as_deref().unwrap_or("no version of its own"));
            }
        }
        Err(error) => {
            let _ = writeln!(text, "rustc: {error}");
        }
    }
    text
}
