//! What it takes to see a crate's tests without `--test`.
//!
//! With `--test`, rustc writes empty metadata, as for every executable; without it, rustc drops the functions that are
//! marked `#[test]`. So the bodies of a crate's tests come from compiling it as a library with `--cfg test`, where `#[test]`
//! means an attribute of ours that keeps the function and puts a constant beside it that describes the test, as rustc's own
//! would. To have it found under all its names, `core` and `std` are given to that crate by small crates that re-export
//! everything of the real ones but this attribute. They are compiled once, by the rustc they are for.

use crate::find::stamp;
use crate::{CheckError, Source, Toolchain};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const SOURCES: [(&str, &str); 3] = [
    ("macros.rs", include_str!("test_support/macros.rs")),
    ("core.rs", include_str!("test_support/core.rs")),
    ("std.rs", include_str!("test_support/std.rs")),
];

/// What is there once all is compiled.
const FILES: [&str; 3] = ["libbessemer_test_macros.so", "libbessemer_core.rmeta", "libbessemer_std.rmeta"];

/// The file with the checksum of the others: one that is damaged must not fail everybody's tests for ever.
const CHECKSUM: &str = "checksum";

/// The compiled crates with which a crate's tests are found.
#[derive(Debug)]
pub struct TestSupport {
    folder: PathBuf,
    /// Removes the folder where there is no cache to keep it in.
    _temporary: Option<tempfile::TempDir>,
}

impl TestSupport {
    /// The arguments that stand for `--test` where a crate's bodies are read, besides those that make it a library. Wants
    /// `RUSTC_BOOTSTRAP`. `source` is the crate's.
    pub fn rustc_args(&self, source: &Source) -> Vec<OsString> {
        let mut args: Vec<OsString> = ["-Zunstable-options", "--cfg", "test"].map(OsString::from).into();
        if let Some(kind) = test_type(source) {
            args.push("--cfg".into());
            args.push(format!("bessemer_test_type=\"{kind}\"").into());
        }
        let mut pair = |flag: &str, prefix: &str, path: &Path| {
            args.push(flag.into());
            let mut value = OsString::from(prefix);
            value.push(path);
            args.push(value);
        };
        pair("-L", "dependency=", &self.folder);
        // Not `std` as a name: crates without std may have a module of that name.
        pair("--extern", "noprelude:core=", &self.folder.join(FILES[1]));
        pair("--extern", "noprelude:std=", &self.folder.join(FILES[2]));
        args
    }

    /// The folder that the arguments refer to, for whoever opens metadata that was made with them.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// The kind of a crate's tests, which rustc tells from the folder of the crate's root.
fn test_type(source: &Source) -> Option<&'static str> {
    let Source::File(file) = source else { return None };
    let folder = file.parent()?;
    if folder.ends_with("src") {
        Some("unit")
    } else if folder.ends_with("tests") {
        Some("integration")
    } else {
        None
    }
}

impl Toolchain {
    /// Prepares what finds the tests of crates, or finds it prepared in the cache folder. Any number of processes may do so
    /// at once.
    pub fn test_support(&self, cache: Option<&Path>) -> Result<TestSupport, CheckError> {
        if let Some(cache) = cache {
            let folder = cache.join(format!("test-support-{}", self.test_support_key()));
            if is_complete(&folder) || self.fill_cache(cache, &folder).is_ok() {
                return Ok(TestSupport { folder, _temporary: None });
            }
        }
        // Without a cache, or with one that takes nothing.
        let temporary = tempfile::Builder::new().prefix("bessemer-").tempdir();
        let temporary = temporary.map_err(|error| io_error(&std::env::temp_dir(), error))?;
        self.compile_test_support(temporary.path())?;
        Ok(TestSupport { folder: temporary.path().to_owned(), _temporary: Some(temporary) })
    }

    fn fill_cache(&self, cache: &Path, folder: &Path) -> Result<(), CheckError> {
        std::fs::create_dir_all(cache).map_err(|error| io_error(cache, error))?;
        let temporary = tempfile::Builder::new().prefix("test-support-").tempdir_in(cache);
        let temporary = temporary.map_err(|error| io_error(cache, error))?;
        self.compile_test_support(temporary.path())?;
        put_in_place(temporary, folder)
    }

    /// What decides what the compiled crates hold, hashed into a name.
    fn test_support_key(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut add = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        add(self.version.as_bytes());
        add(self.host.as_bytes());
        add(self.sysroot.as_os_str().as_encoded_bytes());
        add(&stamp(&self.rustc));
        for (name, text) in SOURCES {
            add(name.as_bytes());
            add(text.as_bytes());
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }

    fn compile_test_support(&self, folder: &Path) -> Result<(), CheckError> {
        for (name, text) in SOURCES {
            let file = folder.join(name);
            std::fs::write(&file, text).map_err(|error| io_error(&file, error))?;
        }
        let mut macros = self.support_command(folder, "macros.rs", "bessemer_test_macros");
        macros.args(["--crate-type", "proc-macro", "-Cprefer-dynamic", "-Cstrip=symbols"]);
        self.finish_support(self.spawn_support(macros)?)?;
        let libraries = [("core.rs", "bessemer_core"), ("std.rs", "bessemer_std")].map(|(file, name)| {
            let mut command = self.support_command(folder, file, name);
            let mut macros = OsString::from("bessemer_test_macros=");
            macros.push(folder.join(FILES[0]));
            command.args(["--crate-type", "lib", "--emit=metadata", "-Zalways-encode-mir"]).arg("--extern").arg(macros);
            self.spawn_support(command)
        });
        for library in libraries {
            self.finish_support(library?)?;
        }
        let sum = checksum(folder).map_err(|error| io_error(folder, error))?;
        let file = folder.join(CHECKSUM);
        std::fs::write(&file, sum).map_err(|error| io_error(&file, error))
    }

    fn support_command(&self, folder: &Path, file: &str, name: &str) -> Command {
        let mut command = Command::new(&self.rustc);
        // The same metadata, and so the same hashes, wherever it is compiled.
        let mut remap = OsString::from("--remap-path-prefix=");
        remap.push(folder);
        remap.push("=/bessemer/test-support");
        command.arg(folder.join(file)).arg("--crate-name").arg(name).arg("--out-dir").arg(folder).arg(remap);
        command.args([
            "--edition",
            "2024",
            "--cap-lints",
            "allow",
            "--color=never",
            "-Cmetadata=bessemer-test-support",
        ]);
        command.env("RUSTC_BOOTSTRAP", "1").env("RUSTC_ICE", "0");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    fn spawn_support(&self, mut command: Command) -> Result<Child, CheckError> {
        command.spawn().map_err(|error| CheckError::Spawn { program: self.rustc.clone(), error })
    }

    fn finish_support(&self, child: Child) -> Result<(), CheckError> {
        let output = child.wait_with_output();
        let output = output.map_err(|error| CheckError::Spawn { program: self.rustc.clone(), error })?;
        if output.status.success() { Ok(()) } else { Err(CheckError::TestSupport { stderr: output.stderr }) }
    }
}

fn is_complete(folder: &Path) -> bool {
    match (checksum(folder), std::fs::read_to_string(folder.join(CHECKSUM))) {
        (Ok(found), Ok(expected)) => found == expected,
        _ => false,
    }
}

fn checksum(folder: &Path) -> std::io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    for name in FILES {
        hasher.update(&std::fs::read(folder.join(name))?);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// Gives a finished folder its name, unless another process was faster.
fn put_in_place(temporary: tempfile::TempDir, folder: &Path) -> Result<(), CheckError> {
    let mut last = None;
    for _ in 0..3 {
        match std::fs::rename(temporary.path(), folder) {
            Ok(()) => {
                // It is no longer where it would be removed from.
                let _ = temporary.keep();
                return Ok(());
            }
            Err(_) if is_complete(folder) => return Ok(()),
            Err(error) => {
                // Someone has removed files of it, but not all.
                let _ = std::fs::remove_dir_all(folder);
                last = Some(error);
            }
        }
    }
    Err(io_error(folder, last.expect("there was an error each time")))
}

fn io_error(path: &Path, error: std::io::Error) -> CheckError {
    CheckError::Io { path: path.to_owned(), error }
}
