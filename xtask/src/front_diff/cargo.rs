//! The runs of rustc of a cargo build.
//!
//! Cargo is told to use this program in place of rustc's wrapper. It writes down each command line with the environment, and
//! runs rustc. The build has a target folder of its own, kept, so that a second run only compiles what changed: records
//! are kept as well.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::Toolchain;
use super::compilation::Compilation;
use super::expansion::Answer;
use super::hir::Examined;
use super::times::Times;

/// Where this program, run as a wrapper, writes records.
const RECORDS: &str = "FRONT_DIFF_RECORDS";

/// The record of the one crate that this program expands, and what it needs to know of the toolchain.
const ONE: &str = "FRONT_DIFF_ONE";
const CFG: &str = "FRONT_DIFF_CFG";
const SYSROOT_LIB: &str = "FRONT_DIFF_SYSROOT_LIB";
/// Set if its bodies are compared; where differences are written, if that is wanted.
const HIR: &str = "FRONT_DIFF_HIR";
/// As the former, of typed bodies.
const TYPES: &str = "FRONT_DIFF_TYPES";
/// Set if its stages are measured.
const TIMES: &str = "FRONT_DIFF_TIMES";

const FOLDER: &str = "target/front-diff-cargo";

/// Checks a package with all that it depends on. The crates that rustc compiled for it.
pub fn compilations(package: &Path) -> Result<Vec<Compilation>, String> {
    let fail = |what: &dyn std::fmt::Display, error: std::io::Error| format!("{what}: {error}");
    let here = std::env::current_dir().map_err(|error| fail(&".", error))?;
    let package = package.canonicalize().map_err(|error| fail(&package.display(), error))?;
    let name: String =
        package.display().to_string().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let folder = here.join(FOLDER).join(name);
    let records = folder.join("records");
    std::fs::create_dir_all(&records).map_err(|error| fail(&records.display(), error))?;
    let program = std::env::current_exe().map_err(|error| fail(&"this program", error))?;
    let status = Command::new("cargo")
        .args(["check", "--quiet"])
        .arg("--target-dir")
        .arg(folder.join("target"))
        .current_dir(&package)
        .env("RUSTC_WRAPPER", program)
        .env(RECORDS, &records)
        .status()
        .map_err(|error| fail(&"cargo", error))?;
    if !status.success() {
        return Err(format!("cargo check failed in {}", package.display()));
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&records).map_err(|error| fail(&records.display(), error))? {
        let path = entry.map_err(|error| fail(&records.display(), error))?.path();
        found.extend(read(&path)?);
    }
    Ok(found)
}

/// Reads a record. Nothing if rustc was not told to compile a crate.
fn read(path: &Path) -> Result<Option<Compilation>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let record: serde_json::Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let args: Vec<String> = serde_json::from_value(record["args"].clone()).map_err(|error| error.to_string())?;
    let variables: HashMap<String, String> =
        serde_json::from_value(record["variables"].clone()).map_err(|error| error.to_string())?;
    let folder = PathBuf::from(record["folder"].as_str().unwrap_or_default());
    let mut found = Compilation::of_args(&args, folder, variables);
    if let Some(found) = &mut found {
        found.record = Some(path.to_owned());
    }
    Ok(found)
}

/// An [`Answer`] as it is printed; the time in nanoseconds.
type Printed = (u64, usize, Result<String, (String, String)>);

/// Expands a recorded crate in a process of its own: procedural macros read the environment and the working folder.
pub fn expand_apart(compilation: &Compilation, record: &Path, toolchain: &Toolchain) -> Result<Answer, String> {
    let program = std::env::current_exe().map_err(|error| format!("this program: {error}"))?;
    let output = Command::new(program)
        .env_clear()
        .envs(compilation.variables.iter().flatten())
        .env(ONE, record)
        .env(CFG, &toolchain.cfg)
        .env(SYSROOT_LIB, &toolchain.sysroot_lib)
        .current_dir(&compilation.folder)
        .output()
        .map_err(|error| format!("this program: {error}"))?;
    let answer: Option<Printed> = serde_json::from_slice(&output.stdout).ok();
    Ok(match answer {
        Some((nanos, expanded, text)) => Answer { text, time: Duration::from_nanos(nanos), expanded },
        None => {
            let message = String::from_utf8_lossy(&output.stderr).into_owned();
            Answer { text: Err(("crash".to_owned(), message)), time: Duration::ZERO, expanded: 0 }
        }
    })
}

/// Compares the bodies of a recorded crate in a process of its own.
pub fn lower_apart(
    compilation: &Compilation,
    record: &Path,
    toolchain: &Toolchain,
    diff: Option<&Path>,
    types: bool,
) -> Result<Examined, String> {
    let fail = |error: std::io::Error| format!("this program: {error}");
    let program = std::env::current_exe().map_err(fail)?;
    let diff = diff.map(std::path::absolute).transpose().map_err(fail)?;
    let output = Command::new(program)
        .env_clear()
        .envs(compilation.variables.iter().flatten())
        .env(ONE, record)
        .env(CFG, &toolchain.cfg)
        .env(SYSROOT_LIB, &toolchain.sysroot_lib)
        .env(if types { TYPES } else { HIR }, diff.unwrap_or_default())
        .current_dir(&compilation.folder)
        .output()
        .map_err(fail)?;
    let answer = Examined::decode(&String::from_utf8_lossy(&output.stdout));
    answer.ok_or_else(|| format!("{}: {}", compilation.name, String::from_utf8_lossy(&output.stderr)))
}

/// Measures a recorded crate in a process of its own.
pub fn measure_apart(compilation: &Compilation, record: &Path, toolchain: &Toolchain) -> Result<Times, String> {
    let fail = |error: std::io::Error| format!("this program: {error}");
    let output = Command::new(std::env::current_exe().map_err(fail)?)
        .env_clear()
        .envs(compilation.variables.iter().flatten())
        .env(ONE, record)
        .env(CFG, &toolchain.cfg)
        .env(SYSROOT_LIB, &toolchain.sysroot_lib)
        .env(TIMES, "1")
        .current_dir(&compilation.folder)
        .output()
        .map_err(fail)?;
    let times = Times::decode(&String::from_utf8_lossy(&output.stdout));
    times.ok_or_else(|| format!("{}: {}", compilation.name, String::from_utf8_lossy(&output.stderr)))
}

/// What compares a crate's bodies.
type Examine = fn(&Compilation, &Toolchain, Option<&Path>) -> Result<Examined, String>;

/// If this program is to expand one recorded crate: does so, and prints the answer. The status.
pub fn one() -> Option<i32> {
    let record = PathBuf::from(std::env::var_os(ONE)?);
    let (cfg, sysroot_lib) = (std::env::var(CFG).ok()?, std::env::var_os(SYSROOT_LIB)?);
    let toolchain = Toolchain { cfg, sysroot_lib: sysroot_lib.into() };
    let compilation = read(&record).ok()??;
    for (variable, examine) in [(HIR, super::hir::examine as Examine), (TYPES, super::types::examine)] {
        let Some(diff) = std::env::var_os(variable).map(PathBuf::from) else { continue };
        let diff = Some(&*diff).filter(|diff| !diff.as_os_str().is_empty());
        match examine(&compilation, &toolchain, diff) {
            Ok(examined) => println!("{}", examined.encode()),
            Err(error) => eprintln!("{error}"),
        }
        return Some(0);
    }
    if std::env::var_os(TIMES).is_some() {
        match super::times::examine(&compilation, &toolchain) {
            Ok(times) => println!("{}", times.encode()),
            Err(error) => eprintln!("{error}"),
        }
        return Some(0);
    }
    let Answer { text, time, expanded } = super::expansion::ours(&compilation, &toolchain);
    println!("{}", serde_json::json!((time.as_nanos() as u64, expanded, text)));
    Some(0)
}

/// If this program runs as cargo's wrapper of rustc: writes down the command line, and runs it. The status.
pub fn wrapper() -> Option<i32> {
    let records = PathBuf::from(std::env::var_os(RECORDS)?);
    let mut args = std::env::args().skip(1);
    let rustc = args.next()?;
    let args: Vec<String> = args.collect();
    if args.iter().any(|arg| arg == "--crate-name") && !args.iter().any(|arg| arg == "___") {
        let variables: HashMap<String, String> =
            std::env::vars().filter(|(name, _)| name != RECORDS && name != "RUSTC_WRAPPER").collect();
        let folder = std::env::current_dir().unwrap_or_default();
        let record = serde_json::json!({ "args": args, "variables": variables, "folder": folder });
        let mut hasher = std::collections::hash_map::DefaultHasher::new();
        std::hash::Hash::hash(&args, &mut hasher);
        let name = format!("{:016x}.json", std::hash::Hasher::finish(&hasher));
        // A record that is not written is a crate that is not compared; cargo's build goes on.
        if let Err(error) = std::fs::write(records.join(name), record.to_string()) {
            eprintln!("{}: {error}", records.display());
        }
    }
    let status = Command::new(rustc).args(args).status();
    Some(status.ok().and_then(|status| status.code()).unwrap_or(1))
}
