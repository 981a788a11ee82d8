//! What it takes to see a crate's tests without `--test`.
//!
//! With `--test`, rustc writes empty metadata, as for every executable; without it, rustc drops the functions that are
//! marked `#[test]`. So the bodies of a crate's tests come from compiling it as a library with `--cfg test`, where `#[test]`
//! means an attribute of ours that keeps the function and puts a constant beside it that describes the test, as rustc's own
//! would. To have it found under all its names, `core` and `std` are given to that crate by small crates that re-export
//! everything of the real ones but this attribute. They are compiled once, by the rustc they are for.

use crate::prepared::{self, io_error};
use crate::{CheckError, Source, Toolchain};
use cache::scratch::Scratch;
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

/// The compiled crates with which a crate's tests are found.
#[derive(Debug)]
pub struct TestSupport {
    folder: PathBuf,
    /// Removes the folder where there is no cache to keep it in.
    temporary: Option<Scratch>,
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

    /// The folder where it is in the cache, from which others may remove it. Absent where the folder is this value's own, which
    /// holds a lock on it.
    pub fn cached_folder(&self) -> Option<&Path> {
        self.temporary.is_none().then_some(&*self.folder)
    }
}

/// A crate that a crate under test gets by way of another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrappedCrate {
    /// The name that the crate under test has for it.
    pub name: String,
    /// Its metadata.
    pub real: PathBuf,
    /// The text of the other, in which it is called `real`.
    pub text: String,
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
        // rustc takes no path that is not UTF-8.
        if let Some(cache) = cache.filter(|cache| cache.to_str().is_some()) {
            let compile = |folder: &Path| self.compile_test_support(folder);
            if let Ok(folder) =
                prepared::in_cache(cache, &prepared::name(self, "test-support", &SOURCES), &FILES, compile)
            {
                return Ok(TestSupport { folder, temporary: None });
            }
        }
        // Without a cache, or with one that takes nothing.
        let temporary = crate::temporary_folder()?;
        self.compile_test_support(temporary.path())?;
        Ok(TestSupport { folder: temporary.path().to_owned(), temporary: Some(temporary) })
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
        Ok(())
    }

    /// Compiles crates that stand for others into `folder`, with what these search paths (`-L`) lead to. Gives the names that
    /// the crate under test has for them, and their files.
    pub fn wrap_crates(
        &self,
        search_paths: &[String],
        support: &TestSupport,
        wrapped: &[WrappedCrate],
        folder: &Path,
    ) -> Result<Vec<(String, PathBuf)>, CheckError> {
        let mut files = Vec::new();
        for (index, WrappedCrate { name, real, text }) in wrapped.iter().enumerate() {
            let crate_name = format!("bessemer_wrapped_{index}");
            let file = format!("{crate_name}.rs");
            std::fs::write(folder.join(&file), text).map_err(|error| io_error(&folder.join(&file), error))?;
            let mut command = self.support_command(folder, &file, &crate_name);
            command.args(["--crate-type", "lib", "--emit=metadata", "-Zalways-encode-mir", "-Zunstable-options"]);
            command.args(search_paths.iter().flat_map(|path| ["-L", path]));
            let mut dependency = |name: &str, path: &Path| {
                let mut value = OsString::from(format!("{name}="));
                value.push(path);
                command.arg("--extern").arg(value);
            };
            dependency("real", real);
            dependency("bessemer_test_macros", &support.folder.join(FILES[0]));
            dependency("bessemer_core", &support.folder.join(FILES[1]));
            dependency("bessemer_std", &support.folder.join(FILES[2]));
            self.finish_support(self.spawn_support(command)?)?;
            files.push((name.clone(), folder.join(format!("lib{crate_name}.rmeta"))));
        }
        Ok(files)
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
