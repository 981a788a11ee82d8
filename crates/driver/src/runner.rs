//! What runs programs that this machine cannot run itself.

use std::ffi::OsString;
use std::path::Path;
use toolchain::Toolchain;

/// The variable by which the user names the program, with arguments: cargo's.
pub fn variable(target: &str) -> String {
    let name: String =
        target.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    format!("CARGO_TARGET_{name}_RUNNER")
}

/// The program and its arguments, before those that are the program's name and its own; empty where none is needed.
pub(crate) fn of(toolchain: &Toolchain) -> Vec<OsString> {
    if toolchain.is_for_host() {
        return Vec::new();
    }
    let target = &toolchain.target;
    if let Ok(named) = std::env::var(variable(&target.name))
        && !named.trim().is_empty()
    {
        return named.split_whitespace().map(OsString::from).collect();
    }
    if target.spec.is_like_wasm {
        return vec!["wasmtime".into()];
    }
    if runs_here(toolchain) {
        return Vec::new();
    }
    // QEMU's programs for single processes have the architectures' names; the libraries are where Debian has them.
    let arch = target.cfg.values("target_arch").next().unwrap_or_default();
    let env = target.cfg.values("target_env").next().unwrap_or_default();
    let mut runner = vec![OsString::from(format!("qemu-{arch}"))];
    let libraries = format!("/usr/{arch}-linux-{env}");
    if Path::new(&libraries).is_dir() {
        runner.extend(["-L".into(), libraries.into()]);
    }
    runner
}

/// Whether this machine runs the target's programs: the architecture and the system are its own, and what differs is in
/// the program.
pub(crate) fn runs_here(toolchain: &Toolchain) -> bool {
    let cfg = &toolchain.target.cfg;
    cfg.holds("target_arch", Some(std::env::consts::ARCH)) && cfg.holds("target_os", Some(std::env::consts::OS))
}
