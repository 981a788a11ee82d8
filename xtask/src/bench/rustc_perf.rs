//! The runtime benchmarks `nbody` and `fmt` of rustc's own performance suite (rustc-perf), whose source Debian ships in the
//! package `rust-web-src`. Built by cargo and by `cargo bessemer`, with a small library of ours in place of the suite's.

use super::Row;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const BENCHMARKS: [&str; 2] = ["nbody", "fmt"];

/// What the programs use of the suite's library: runs each benchmark once and prints its time in seconds.
const LIBRARY: &str = r#"
pub mod benchmark {
    use std::time::Instant;

    pub struct BenchmarkGroup;

    impl BenchmarkGroup {
        pub fn register_benchmark<R, B: FnOnce() -> R>(&mut self, name: &'static str, prepare: impl Fn() -> B) {
            let benchmark = prepare();
            let start = Instant::now();
            std::hint::black_box(benchmark());
            println!("{name} {}", start.elapsed().as_secs_f64());
        }
    }

    pub fn run_benchmark_group<F: FnOnce(&mut BenchmarkGroup)>(register: F) {
        register(&mut BenchmarkGroup);
    }
}
"#;

/// The folder of the suite's runtime benchmarks, where it is installed.
fn installed() -> Option<PathBuf> {
    let sources = std::fs::read_dir("/usr/src").ok()?.flatten();
    let mut found: Vec<PathBuf> = sources
        .map(|entry| entry.path().join("src/tools/rustc-perf/collector/runtime-benchmarks"))
        .filter(|folder| BENCHMARKS.iter().all(|name| folder.join(name).is_dir()))
        .collect();
    found.sort();
    found.pop()
}

/// Compares optimised code. Nothing, with a word why, where the suite is not installed.
pub fn compare(cargo_bessemer: &Path, folder: &Path, rounds: usize) -> Result<Vec<Row>, String> {
    let Some(suite) = installed() else {
        eprintln!("rustc-perf is not here: `apt-get install rust-web-src` brings its benchmarks");
        return Ok(Vec::new());
    };
    let folder = std::path::absolute(folder.join("rustc-perf")).map_err(|error| error.to_string())?;
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let library = folder.join("benchlib");
    std::fs::create_dir_all(library.join("src")).map_err(failed)?;
    let manifest = "[package]\nname = \"benchlib\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[workspace]\n";
    std::fs::write(library.join("Cargo.toml"), manifest).map_err(failed)?;
    std::fs::write(library.join("src/lib.rs"), LIBRARY).map_err(failed)?;
    let mut rows = Vec::new();
    for name in BENCHMARKS {
        let package = folder.join("runtime-benchmarks").join(name);
        std::fs::create_dir_all(package.join("src")).map_err(failed)?;
        for file in std::fs::read_dir(suite.join(name).join("src")).map_err(failed)?.flatten() {
            std::fs::copy(file.path(), package.join("src").join(file.file_name())).map_err(failed)?;
        }
        let text = std::fs::read_to_string(suite.join(name).join("Cargo.toml")).map_err(failed)?;
        std::fs::write(package.join("Cargo.toml"), text.replace("../../benchlib", "../../benchlib/"))
            .map_err(failed)?;
        let mut ours = Command::new(cargo_bessemer);
        ours.args(["bessemer", "build", "--release"]).current_dir(&package);
        super::time(ours)?;
        let mut theirs = Command::new("cargo");
        theirs.args(["build", "--release"]).current_dir(&package);
        super::time(theirs)?;
        let binary = format!("{name}-bench");
        let ours = package.join("target/bessemer/release").join(&binary);
        let theirs = package.join("target/release").join(&binary);
        let mut best: BTreeMap<String, (Duration, Duration)> = BTreeMap::new();
        for _ in 0..rounds {
            for (benchmark, time) in run(&ours)? {
                let entry = best.entry(benchmark).or_insert((Duration::MAX, Duration::MAX));
                entry.0 = entry.0.min(time);
            }
            for (benchmark, time) in run(&theirs)? {
                let entry = best.entry(benchmark).or_insert((Duration::MAX, Duration::MAX));
                entry.1 = entry.1.min(time);
            }
        }
        rows.extend(best.into_iter().map(|(name, (bessemer, rustc))| Row {
            name: format!("rustc-perf {name}, -O 3"),
            bessemer,
            rustc,
        }));
    }
    Ok(rows)
}

/// What a benchmark program prints.
fn run(program: &Path) -> Result<Vec<(String, Duration)>, String> {
    let output = Command::new(program).output().map_err(|error| format!("{}: {error}", program.display()))?;
    if !output.status.success() {
        return Err(format!("{}: {}", program.display(), output.status));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text
        .lines()
        .filter_map(|line| {
            let (name, seconds) = line.rsplit_once(' ')?;
            Some((name.to_owned(), Duration::from_secs_f64(seconds.parse().ok()?)))
        })
        .collect())
}
