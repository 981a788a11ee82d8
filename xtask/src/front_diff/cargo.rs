//! The runs of rustc of a cargo build.
//!
//! Cargo is told to use this program in place of rustc's wrapper. It writes down each command line with the environment, and
//! runs rustc. The build has a target folder of its own, kept, so that a second run only compiles what changed: records
//! are kept as well.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::compilation::Compilation;

/// Where this program, run as a wrapper, writes records.
const RECORDS: &str = "FRONT_DIFF_RECORDS";

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
        let text = std::fs::read_to_string(&path).map_err(|error| fail(&path.display(), error))?;
        let record: serde_json::Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let args: Vec<String> = serde_json::from_value(record["args"].clone()).map_err(|error| error.to_string())?;
        let variables: HashMap<String, String> =
            serde_json::from_value(record["variables"].clone()).map_err(|error| error.to_string())?;
        let folder = PathBuf::from(record["folder"].as_str().unwrap_or_default());
        found.extend(Compilation::of_args(&args, folder, variables));
    }
    Ok(found)
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
