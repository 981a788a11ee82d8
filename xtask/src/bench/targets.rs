//! `cargo xtask bench --targets`: programs for WebAssembly whose std is compiled from its source, by `cargo bessemer` and by
//! cargo with `-Zbuild-std`, which is given the permission for it.
//!
//! Both have the same source of std, the same profile (`opt-level = "s"`, one module, stripped, aborting) and the same C library.

use super::time;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Where Debian has WASI's C library, which is what rustc's linker is told here; Bessemer looks there by itself.
const C_LIBRARY: &str = "/usr/lib/wasm32-wasi";

/// A package of one file.
struct Package {
    name: &'static str,
    target: &'static str,
    text: &'static str,
    dependencies: &'static str,
    is_library: bool,
    /// What its size may be without what panics say, to that of cargo's with that; none where it has little to do with panics.
    immediate_goal: Option<f64>,
}

const WASI: &str = "wasm32-wasip1";

const PACKAGES: [Package; 4] = [
    Package {
        name: "hello",
        target: WASI,
        text: include_str!("targets/hello.rs"),
        dependencies: "",
        is_library: false,
        immediate_goal: Some(0.4),
    },
    Package {
        name: "words",
        target: WASI,
        text: include_str!("targets/words.rs"),
        dependencies: "",
        is_library: false,
        immediate_goal: None,
    },
    Package {
        name: "json",
        target: WASI,
        text: include_str!("targets/json.rs"),
        dependencies: "serde = { version = \"=1.0.228\", features = [\"derive\"] }\nserde_json = \"=1.0.145\"\n",
        is_library: false,
        immediate_goal: None,
    },
    Package {
        name: "digits",
        target: "wasm32-unknown-unknown",
        text: include_str!("targets/digits.rs"),
        dependencies: "",
        is_library: true,
        immediate_goal: None,
    },
];

/// One comparison.
struct Row {
    name: String,
    /// `s` or `bytes`.
    unit: &'static str,
    bessemer: f64,
    cargo: f64,
    goal: Option<f64>,
}

impl Row {
    fn times(name: &str, bessemer: Duration, cargo: Duration, goal: f64) -> Row {
        let (bessemer, cargo) = (bessemer.as_secs_f64(), cargo.as_secs_f64());
        Row { name: name.to_owned(), unit: "s", bessemer, cargo, goal: Some(goal) }
    }

    fn ratio(&self) -> f64 {
        self.bessemer / self.cargo
    }

    fn line(&self) -> String {
        let value = |value: f64| if self.unit == "s" { format!("{value:.2} s") } else { format!("{value} B") };
        let (bessemer, cargo) = (value(self.bessemer), value(self.cargo));
        let goal = self.goal.map_or(String::new(), |goal| format!("{goal:.2}"));
        format!("{:<58} {bessemer:>12} {cargo:>12} {:>7.3} {goal:>6}", self.name, self.ratio())
    }
}

/// How a package is built.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Profile {
    Debug,
    Release,
    /// As [`Profile::Release`], and panics say nothing.
    Immediate,
}

/// Who builds where.
struct Place<'a> {
    cargo_bessemer: &'a Path,
    /// The folder of std's source.
    source: PathBuf,
    work: PathBuf,
}

/// Measures all. Needs std's source (`BESSEMER_RUST_SRC`) and WASI's C library.
pub fn main(cargo_bessemer: &Path, folder: &Path, rounds: usize, json: bool) -> Result<bool, String> {
    let source = std::env::var_os("BESSEMER_RUST_SRC").filter(|value| !value.is_empty()).map(PathBuf::from);
    let source = source.ok_or("BESSEMER_RUST_SRC does not name the folder `library` of Rust's source")?;
    if !Path::new(C_LIBRARY).is_dir() {
        return Err(format!("there is no C library of WASI in {C_LIBRARY} (Debian: wasi-libc)"));
    }
    let work = std::path::absolute(folder.join("targets")).map_err(|error| error.to_string())?;
    remove(&work)?;
    let place = Place { cargo_bessemer, source, work };
    for package in &PACKAGES {
        place.write(package, "")?;
        // Downloads are nobody's time.
        let mut fetch = Command::new("cargo");
        fetch.arg("fetch").current_dir(place.package(package));
        time(fetch)?;
    }
    let mut rows = Vec::new();
    let mut add = |row: Row| {
        // All together take minutes.
        eprintln!("{}", row.line());
        rows.push(row);
    };
    let [hello, words, ..] = &PACKAGES;
    let both = |package| -> Result<(Duration, Duration), String> {
        Ok((time(place.theirs(package, Profile::Release))?, time(place.ours(package, Profile::Release))?))
    };
    let (theirs, ours) = both(hello)?;
    add(Row::times("cold build of hello, std included", ours, theirs, 0.8));
    let (theirs, ours) = both(words)?;
    add(Row::times("a second program (words)", ours, theirs, 0.15));
    for (profile, name) in [
        (Profile::Debug, "a debug rebuild after an edit (words)"),
        (Profile::Release, "a release rebuild after an edit (words)"),
    ] {
        let (mut theirs, mut ours) = (Duration::MAX, Duration::MAX);
        time(place.theirs(words, profile))?;
        time(place.ours(words, profile))?;
        for round in 0..rounds.clamp(1, 5) {
            for (best, is_ours) in [(&mut theirs, false), (&mut ours, true)] {
                // cargo looks at times, which are whole seconds on some disks.
                std::thread::sleep(Duration::from_millis(1100));
                place.write(words, &format!("\n#[used]\nstatic EDIT: usize = {round}{};\n", u8::from(is_ours)))?;
                *best =
                    (*best).min(time(if is_ours { place.ours(words, profile) } else { place.theirs(words, profile) })?);
            }
        }
        add(Row::times(name, ours, theirs, 0.3));
    }
    place.write(words, "")?;
    for package in &PACKAGES {
        both(package)?;
        let (theirs, ours) = (place.size(package, "theirs")?, place.size(package, "ours")?);
        let name = format!("size of {} for {}", package.name, package.target);
        add(Row { name, unit: "bytes", bessemer: ours, cargo: theirs, goal: Some(1.0) });
        time(place.ours(package, Profile::Immediate))?;
        let immediate = place.size(package, "immediate")?;
        let name = format!("size of {} with immediate-abort, to cargo's without", package.name);
        add(Row { name, unit: "bytes", bessemer: immediate, cargo: theirs, goal: package.immediate_goal });
    }
    if json {
        print_json(&rows);
    } else {
        print_table(&rows);
    }
    Ok(true)
}

impl Place<'_> {
    fn package(&self, package: &Package) -> PathBuf {
        self.work.join(package.name)
    }

    /// Writes the package, with this at the end of its text.
    fn write(&self, package: &Package, end: &str) -> Result<(), String> {
        let folder = self.package(package);
        let Package { name, dependencies, is_library, text, .. } = package;
        let library = if *is_library { "[lib]\ncrate-type = [\"cdylib\"]\n" } else { "" };
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{library}[dependencies]\n{dependencies}\
             [workspace]\n[profile.release]\nopt-level = \"s\"\nlto = \"fat\"\ncodegen-units = 1\npanic = \"abort\"\nstrip = true\n"
        );
        let source = folder.join("src").join(if *is_library { "lib.rs" } else { "main.rs" });
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        std::fs::create_dir_all(folder.join("src")).map_err(failed)?;
        std::fs::write(folder.join("Cargo.toml"), manifest).map_err(failed)?;
        std::fs::write(source, format!("{text}{end}")).map_err(failed)
    }

    fn build(&self, mut command: Command, package: &Package, profile: Profile, who: &str) -> Command {
        command.args(["build", "--target", package.target]).current_dir(self.package(package));
        if profile != Profile::Debug {
            command.arg("--release");
        }
        command.arg("--target-dir").arg(self.package(package).join(who));
        command.env_remove("RUSTFLAGS").env_remove("CARGO_INCREMENTAL");
        command
    }

    fn theirs(&self, package: &Package, profile: Profile) -> Command {
        let mut command = self.build(Command::new("cargo"), package, profile, "theirs");
        command.arg("-Zbuild-std=std,panic_abort").env("RUSTC_BOOTSTRAP", "1");
        // How cargo's own tests name another source of std than that of the sysroot.
        command.env("__CARGO_TESTS_ONLY_SRC_ROOT", &self.source);
        if package.target == WASI {
            // rustc brings that along with a compiled std only.
            command.env(
                "RUSTFLAGS",
                format!("-Clink-self-contained=no -Clink-arg={C_LIBRARY}/crt1-command.o -Lnative={C_LIBRARY}"),
            );
        }
        command
    }

    fn ours(&self, package: &Package, profile: Profile) -> Command {
        let mut command = Command::new(self.cargo_bessemer);
        command.arg("bessemer");
        let is_immediate = profile == Profile::Immediate;
        let mut command = self.build(command, package, profile, if is_immediate { "immediate" } else { "ours" });
        command.env("BESSEMER_RUST_SRC", &self.source).env("BESSEMER_CACHE_DIR", self.work.join("cache"));
        if is_immediate {
            command.env("RUSTFLAGS", "-Cpanic=immediate-abort");
        }
        command
    }

    /// The size of a module in bytes.
    fn size(&self, package: &Package, who: &str) -> Result<f64, String> {
        let folder = self.package(package).join(who).join(package.target).join("release");
        let file = folder.join(format!("{}.wasm", package.name));
        let metadata = std::fs::metadata(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(metadata.len() as f64)
    }
}

fn print_table(rows: &[Row]) {
    println!("{:<58} {:>12} {:>12} {:>7} {:>6}", "", "bessemer", "cargo", "ratio", "goal");
    for row in rows {
        println!("{}", row.line());
    }
}

fn print_json(rows: &[Row]) {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "name": row.name,
                "unit": row.unit,
                "bessemer": row.bessemer,
                "cargo": row.cargo,
                "ratio": row.ratio(),
                "goal": row.goal,
            })
        })
        .collect();
    println!("{}", serde_json::Value::from(rows));
}

fn remove(folder: &Path) -> Result<(), String> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("{}: {error}", folder.display())),
        _ => Ok(()),
    }
}
