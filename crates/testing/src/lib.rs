//! What tests of several crates need: the installed rustc, and what it makes of a snippet; inputs made at random.
//!
//! **What goes in.** The source of a snippet. **What comes out.** The metadata that rustc writes for it, the settings with
//! which it is to be read and, with the feature `front`, the opened program; rustc's HIR as text ([`hir_tree`]). Whatever
//! goes wrong is a panic, which fails the test.
//!
//! **What it must not know.** Any crate but `release`, `target`, those that open a program and, with the feature `thir`, `thir`
//! and `mir`: the tests of all others may use it.

#![forbid(unsafe_code)]

pub mod hir_tree;
#[cfg(feature = "front")]
mod program;
mod random;
#[cfg(feature = "thir")]
pub mod thir_text;

#[cfg(feature = "front")]
pub use program::{Program, inputs, locator};
pub use random::Numbers;

use release::Release;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use ty::SessionOptions;

/// Runs a command that must succeed, and gives its standard output.
pub fn output(command: &mut Command) -> String {
    let output = command.output().expect("the command starts");
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// rustc in a folder, with unstable options allowed and warnings off. `cfg(valid_ranges)` says that the release has the
/// attributes for ranges of valid values.
pub fn rustc(folder: &Path) -> Command {
    let mut command = Command::new("rustc");
    command.env("RUSTC_BOOTSTRAP", "1").arg("-Awarnings").current_dir(folder);
    if has_attribute("RustcLayoutScalarValidRangeStart") {
        command.args(["--cfg", "valid_ranges"]);
    }
    command
}

/// The release of the installed rustc.
pub fn release() -> &'static Release {
    static RELEASE: OnceLock<&Release> = OnceLock::new();
    RELEASE.get_or_init(|| {
        let version = output(Command::new("rustc").arg("-V"));
        release::of_version(version.trim_end()).expect("a release that is known")
    })
}

/// Whether the release has an attribute, by rustc's name for it.
pub fn has_attribute(name: &str) -> bool {
    release().lists.attributes.lines().any(|line| line.split(' ').next() == Some(name))
}

/// Compiles `snippet.rs`, which is written with this source; see [`compile_snippet`].
pub fn compile(folder: &Path, source: &str, extra: &[&str]) -> PathBuf {
    std::fs::write(folder.join("snippet.rs"), source).expect("the snippet is written");
    compile_snippet(folder, extra)
}

/// Compiles `snippet.rs` as a library of the edition 2024 with all bodies; gives the metadata file.
pub fn compile_snippet(folder: &Path, extra: &[&str]) -> PathBuf {
    let flags = ["--edition", "2024", "--crate-type", "lib", "--emit=metadata", "-Zalways-encode-mir"];
    output(rustc(folder).args(flags).args(extra).args(["-o", "libsnippet.rmeta", "snippet.rs"]));
    folder.join("libsnippet.rmeta")
}

/// What `rustc -V` prints after `rustc `.
pub fn rustc_version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| output(Command::new("rustc").arg("-V")).trim().trim_start_matches("rustc ").to_owned())
}

/// LLVM's tool of this name (`profdata`, `cov`) that knows the LLVM of the rustc under test: the toolchain's component, or
/// Debian's. None, which is said, where there is none.
pub fn llvm_tool(name: &str) -> Option<PathBuf> {
    let version = output(Command::new("rustc").arg("-vV"));
    let major = version.split("LLVM version: ").nth(1)?.split('.').next()?;
    let component = sysroot_lib().with_file_name("bin").join(format!("llvm-{name}"));
    let knows = |program: &PathBuf| {
        let said = Command::new(program).arg("--version").output();
        said.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).contains(&format!("LLVM version {major}.")))
    };
    let found =
        [component, format!("llvm-{name}-{major}").into(), format!("llvm-{name}").into()].into_iter().find(knows);
    if found.is_none() {
        eprintln!("skipped: there is no llvm-{name} of LLVM {major} (Debian: llvm-{major})");
    }
    found
}

/// The installed toolchain's folder.
pub fn sysroot() -> PathBuf {
    PathBuf::from(output(Command::new("rustc").args(["--print", "sysroot"])).trim_end())
}

/// Where the toolchain has its own crates for the host.
pub fn sysroot_lib() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| output(Command::new("rustc").args(["--print", "target-libdir"])).trim().into()).clone()
}

/// The compilers in `PATH` that are of known releases, one of each: the installed one, and what stands behind it.
pub fn compilers() -> Vec<(PathBuf, &'static Release)> {
    let mut found: Vec<(PathBuf, &'static Release)> = Vec::new();
    for folder in std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()) {
        let rustc = folder.join("rustc");
        let Ok(output) = Command::new(&rustc).arg("-V").output() else { continue };
        let version = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
        match release::of_version(&version) {
            Some(release) if found.iter().all(|other| other.1 != release) => found.push((rustc, release)),
            _ => {}
        }
    }
    found
}

/// The metadata of the toolchain's std.
pub fn std_metadata() -> PathBuf {
    let entries = std::fs::read_dir(sysroot_lib()).expect("the sysroot has libraries");
    let mut files = entries.map(|entry| entry.expect("a readable folder").path());
    let is_std = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("libstd-") && name.ends_with(".rmeta")
    };
    files.find(is_std).expect("the sysroot has std")
}

/// The settings of rustc's unoptimised builds for x86-64 Linux.
pub fn session_options() -> SessionOptions {
    SessionOptions {
        triple: "x86_64-unknown-linux-gnu".to_owned(),
        data_layout: "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128".to_owned(),
        abi_name: String::new(),
        c_enum_min_bits: 0,
        overflow_checks: true,
        ub_checks: true,
        contract_checks: false,
        panic_abort: false,
        optimize: false,
        cfg: cfg(),
    }
}

/// The settings of rustc's optimised builds for a target.
pub fn session_options_of(target: &str) -> SessionOptions {
    let mut rustc = Command::new("rustc");
    rustc.env("RUSTC_BOOTSTRAP", "1").args(["-Zunstable-options", "--print=target-spec-json", "--print=cfg"]);
    let target = target::Target::parse(target, &output(rustc.args(["--target", target]))).expect("a description");
    SessionOptions {
        triple: target.name,
        data_layout: target.spec.data_layout,
        abi_name: target.spec.llvm_abiname,
        c_enum_min_bits: target.spec.c_enum_min_bits,
        overflow_checks: false,
        ub_checks: false,
        panic_abort: target.spec.panic_strategy != target::PanicStrategy::Unwind,
        optimize: true,
        cfg: target.cfg,
        ..session_options()
    }
}

/// The conditions that hold for the host.
fn cfg() -> target::Cfg {
    static CFG: OnceLock<target::Cfg> = OnceLock::new();
    let ask = || target::Cfg::parse(&output(Command::new("rustc").args(["--print", "cfg"]))).expect("conditions");
    CFG.get_or_init(ask).clone()
}

/// Writes a program that is a script, and makes it executable.
///
/// Another process writes it: one that this process starts at the same time, in another thread, would share the open file for
/// a moment, and the system runs nothing that is open for writing ("Text file busy").
pub fn write_script(path: &Path, text: &str) {
    let source = path.with_extension("text");
    std::fs::write(&source, text).expect("a script is written");
    let status = Command::new("install").args(["-m", "755"]).arg(&source).arg(path).status();
    assert!(status.is_ok_and(|status| status.success()), "{} is not made", path.display());
    std::fs::remove_file(&source).expect("the text is removed");
}
