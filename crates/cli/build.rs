//! Notes which commit this is built from, for `bessemer --version --verbose`.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A published package has it in a file, a checkout in its repository.
    let commit = match std::fs::read_to_string(".cargo_vcs_info.json") {
        Ok(text) => text.split('"').find(|word| word.len() == 40).map(str::to_owned),
        Err(_) => of_checkout(),
    };
    if let Some(commit) = commit {
        println!("cargo::rustc-env=BUILD_COMMIT={commit}");
    }
}

fn of_checkout() -> Option<String> {
    let git = |args: &[&str]| {
        let output = Command::new("git").args(args).output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
    };
    // It gets a line with each commit.
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"])?;
    if Path::new(&log).exists() {
        println!("cargo::rerun-if-changed={log}");
    }
    git(&["rev-parse", "HEAD"])
}
