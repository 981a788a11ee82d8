//! A folder with packages, and what is done with it.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;

/// The source of std, if this machine has it.
pub fn std_source() -> Option<PathBuf> {
    let source = std::env::var_os("BESSEMER_RUST_SRC").filter(|value| !value.is_empty()).map(PathBuf::from);
    if source.is_none() {
        eprintln!("skipped: BESSEMER_RUST_SRC names no source of std");
    }
    source
}

/// Whether this machine has a program.
pub fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        eprintln!("skipped: there is no {program}");
    }
    found
}

/// One cache for all: what the tests' programs reach of std is much the same.
pub fn shared_cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("cargo-cache")
}

pub struct Project {
    folder: tempfile::TempDir,
    /// Where the packages are in it.
    below: PathBuf,
    pub cache: PathBuf,
}

impl Project {
    pub fn new(files: &[(&str, &str)]) -> Project {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let project = Project { folder, below: PathBuf::new(), cache: shared_cache() };
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    /// A package with one program, without dependencies.
    pub fn program(text: &str) -> Project {
        Project::new(&[
            ("Cargo.toml", "[package]\nname = \"program\"\nversion = \"1.2.3\"\nedition = \"2024\"\n[workspace]\n"),
            ("src/main.rs", text),
        ])
    }

    /// With all that is there in a folder of this name.
    pub fn in_folder(mut self, name: &str) -> Project {
        let entries: Vec<_> = std::fs::read_dir(self.path("")).unwrap().map(|entry| entry.unwrap()).collect();
        let folder = self.path(name);
        std::fs::create_dir(&folder).unwrap();
        for entry in entries {
            std::fs::rename(entry.path(), folder.join(entry.file_name())).unwrap();
        }
        self.below = PathBuf::from(name);
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(&self.below).join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Writes a file so that cargo sees that it is another, however little time has passed.
    pub fn edit(&self, name: &str, text: &str) {
        self.write(name, text);
        let file = std::fs::File::open(self.path(name)).unwrap();
        file.set_modified(SystemTime::now() + std::time::Duration::from_secs(2)).unwrap();
    }

    fn prepared(&self, program: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.path("")).stdin(Stdio::null());
        // What the cargo that runs these tests says of itself, and of its user's wishes.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO") && text != "CARGO_HOME" || text.starts_with("BESSEMER") {
                command.env_remove(&name);
            }
        }
        for name in ["RUSTFLAGS", "RUSTC", "RUSTC_WRAPPER", "RUST_BACKTRACE", "RUST_TEST_THREADS"] {
            command.env_remove(name);
        }
        command.env("CARGO_NET_OFFLINE", "true").env("CARGO_TERM_COLOR", "never");
        command.env("CARGO_BUILD_JOBS", "2").env("BESSEMER_CACHE_DIR", &self.cache);
        command
    }

    pub fn bessemer_command(&self, args: &[&str]) -> Command {
        let mut command = self.prepared(Path::new(env!("CARGO_BIN_EXE_cargo-bessemer")), &["bessemer"]);
        command.args(args);
        command
    }

    /// `cargo bessemer …` for a target whose std is made from this source. It may download what that and the package need.
    pub fn bessemer_with_std(&self, source: &Path, args: &[&str]) -> Command {
        let mut command = self.bessemer_command(args);
        command.env("BESSEMER_RUST_SRC", source).env_remove("CARGO_NET_OFFLINE");
        command
    }

    pub fn cargo_command(&self, args: &[&str]) -> Command {
        self.prepared(Path::new("cargo"), args)
    }

    /// `cargo bessemer …`.
    pub fn bessemer(&self, args: &[&str]) -> Outcome {
        Outcome::of(self.bessemer_command(args).output().unwrap())
    }

    /// `cargo …`.
    pub fn cargo(&self, args: &[&str]) -> Outcome {
        Outcome::of(self.cargo_command(args).output().unwrap())
    }

    /// Runs what was built.
    pub fn run(&self, program: &str) -> Outcome {
        Outcome::of(self.prepared(&self.path(program), &[]).output().unwrap())
    }

    /// All files below a folder, with their times and lengths.
    pub fn snapshot(&self, folder: &str) -> BTreeMap<PathBuf, (SystemTime, u64)> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.path(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten() {
                let entry = entry.unwrap();
                let metadata = entry.metadata().unwrap();
                if metadata.is_dir() {
                    folders.push(entry.path());
                } else {
                    files.insert(entry.path(), (metadata.modified().unwrap(), metadata.len()));
                }
            }
        }
        files
    }

    pub fn modified(&self, file: &str) -> SystemTime {
        std::fs::metadata(self.path(file)).unwrap().modified().unwrap()
    }
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    pub fn of(output: Output) -> Outcome {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Outcome { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    #[track_caller]
    pub fn success(self) -> Outcome {
        self.code(0)
    }

    #[track_caller]
    pub fn code(self, code: i32) -> Outcome {
        assert!(self.code == Some(code), "{:?}\n{}\n{}", self.code, self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub fn says(&self, text: &str) {
        assert!(self.stdout.contains(text) || self.stderr.contains(text), "no `{text}` in: {self:#?}");
    }

    #[track_caller]
    pub fn never_says(&self, text: &str) {
        assert!(!self.stdout.contains(text) && !self.stderr.contains(text), "`{text}` in: {self:#?}");
    }

    /// The packages that were compiled, not found to be fresh.
    pub fn compiled(&self) -> Vec<&str> {
        let name = |line: &'_ str| {
            let line = line.trim_start();
            ["Compiling ", "Checking "].iter().any(|word| line.starts_with(word))
        };
        let mut names: Vec<&str> =
            self.stderr.lines().filter(|line| name(line)).filter_map(|line| line.split_whitespace().nth(1)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The results of tests, in order of their names.
    pub fn tests(&self) -> Vec<&str> {
        let mut lines: Vec<&str> =
            self.stdout.lines().filter(|line| line.starts_with("test ") && line.contains(" ... ")).collect();
        lines.sort_unstable();
        lines
    }

    /// cargo's messages with `--message-format json`.
    pub fn messages(&self, reason: &str) -> Vec<Value> {
        let values = self.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        values.filter(|value| value["reason"] == reason).collect()
    }

    /// What the compiler said, by these messages, in order.
    pub fn rendered(&self) -> Vec<String> {
        let messages = self.messages("compiler-message");
        let text = |message: &Value| message["message"]["rendered"].as_str().unwrap_or_default().to_owned();
        let mut texts: Vec<String> = messages.iter().map(text).collect();
        texts.sort_unstable();
        texts
    }

    /// Which targets cargo names in these messages, and whether they were fresh.
    pub fn artifacts(&self) -> BTreeMap<String, bool> {
        let mut artifacts = BTreeMap::new();
        for message in self.messages("compiler-artifact") {
            let name = format!("{} {}", message["target"]["name"], message["target"]["kind"][0]).replace('"', "");
            artifacts.insert(name, message["fresh"].as_bool().unwrap_or_default());
        }
        artifacts
    }
}
