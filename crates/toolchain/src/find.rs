//! Finding the toolchain.

use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

/// The rustc whose metadata can be read.
pub const SUPPORTED_RELEASE: &str = "1.95.0";

/// An installed rustc.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Toolchain {
    /// The compiler itself, not a proxy that looks for it.
    pub rustc: PathBuf,
    pub sysroot: PathBuf,
    /// The host's target triple.
    pub host: String,
    /// `1.95.0`
    pub release: String,
    /// `rustc 1.95.0 (59807616e 2026-04-14)`
    pub version: String,
    /// The folder of what keeps our environment from programs; absent where that cannot be had.
    #[serde(skip)]
    pub(crate) shims: Option<PathBuf>,
    /// Programs that the user wants rustc to be run by.
    #[serde(skip)]
    pub wrappers: Wrappers,
}

/// Programs that get rustc's path and its arguments, as cargo has them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wrappers {
    /// `RUSTC_WRAPPER`: for what rustc compiles to the end.
    pub outer: Option<PathBuf>,
    /// `RUSTC_WORKSPACE_WRAPPER`: for that, and for diagnostics.
    pub workspace: Option<PathBuf>,
}

/// Why there is no usable toolchain.
#[derive(Debug)]
pub enum ToolchainError {
    NotFound { program: PathBuf, error: std::io::Error },
    Failed { program: PathBuf, stderr: String },
    Version { program: PathBuf, found: String },
    Output { program: PathBuf, what: &'static str },
}

impl fmt::Display for ToolchainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ToolchainError::NotFound { program, error } => write!(
                f,
                "cannot run `{}`: {error}\n  help: install Rust {SUPPORTED_RELEASE}, or set RUSTC to its rustc",
                program.display()
            ),
            ToolchainError::Failed { program, stderr } => {
                write!(f, "`{}` failed: {}", program.display(), stderr.trim_end())?;
                write!(f, "\n  help: set RUSTC to the rustc of Rust {SUPPORTED_RELEASE}, or see why it fails")
            }
            ToolchainError::Version { program, found } => write!(
                f,
                "`{}` is {found}, but only Rust {SUPPORTED_RELEASE} is supported\n  help: set RUSTC, or with rustup \
                 RUSTUP_TOOLCHAIN, to a toolchain of that version",
                program.display()
            ),
            ToolchainError::Output { program, what } => {
                write!(f, "`{}` did not say {what}; is it rustc?", program.display())?;
                write!(f, "\n  help: set RUSTC to the rustc of Rust {SUPPORTED_RELEASE}")
            }
        }
    }
}

impl std::error::Error for ToolchainError {}

impl Toolchain {
    /// Finds the toolchain that `rustc` (or `$RUSTC`) means here, and checks its version. With a cache folder, what was
    /// found is remembered until something that decides it changes.
    pub fn find(cache: Option<&Path>) -> Result<Toolchain, ToolchainError> {
        let program = match std::env::var_os("RUSTC") {
            Some(rustc) if !is_ourselves(&rustc) => PathBuf::from(rustc),
            _ => PathBuf::from("rustc"),
        };
        Toolchain::find_program(&program, cache)
    }

    /// As [`Toolchain::find`], for a rustc (or a proxy for one) that is given.
    pub fn find_program(program: &Path, cache: Option<&Path>) -> Result<Toolchain, ToolchainError> {
        let file = cache.map(|folder| folder.join(format!("toolchain-{}.json", selection_key(program))));
        let mut found = match file.as_deref().and_then(read_known) {
            Some(known) => known.checked(program)?,
            None => {
                let found = Toolchain::ask(program)?;
                if let Some(file) = &file {
                    // Only a convenience: a cache that cannot be written is not an error.
                    let _ = write_known(file, &found);
                }
                found.checked(program)?
            }
        };
        found.shims = cache.and_then(|cache| found.find_shims(cache));
        Ok(found)
    }

    fn ask(program: &Path) -> Result<Toolchain, ToolchainError> {
        let output = Command::new(program)
            .args(["-vV", "--print", "sysroot"])
            .output()
            .map_err(|error| ToolchainError::NotFound { program: program.to_owned(), error })?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(ToolchainError::Failed { program: program.to_owned(), stderr });
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let missing = |what| ToolchainError::Output { program: program.to_owned(), what };
        let field =
            |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(|rest| rest.trim().to_owned());
        let sysroot = text.lines().rfind(|line| line.starts_with('/')).map(PathBuf::from);
        let sysroot = match sysroot {
            Some(sysroot) => sysroot,
            None => {
                // Older and newer compilers differ in whether both questions may be asked at once.
                let output = Command::new(program)
                    .args(["--print", "sysroot"])
                    .output()
                    .map_err(|error| ToolchainError::NotFound { program: program.to_owned(), error })?;
                PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
            }
        };
        if sysroot.as_os_str().is_empty() {
            return Err(missing("its sysroot"));
        }
        let direct = sysroot.join("bin").join("rustc");
        Ok(Toolchain {
            rustc: if direct.is_file() { direct } else { program.to_owned() },
            sysroot,
            host: field("host:").ok_or_else(|| missing("its host"))?,
            release: field("release:").ok_or_else(|| missing("its release"))?,
            version: text.lines().next().ok_or_else(|| missing("its version"))?.to_owned(),
            shims: None,
            wrappers: Wrappers::default(),
        })
    }

    fn checked(self, program: &Path) -> Result<Toolchain, ToolchainError> {
        if self.release == SUPPORTED_RELEASE {
            Ok(self)
        } else {
            Err(ToolchainError::Version { program: program.to_owned(), found: self.version })
        }
    }

    /// Whether rustc knows a CPU by this name (`-C target-cpu`); true where it cannot be asked.
    pub fn has_cpu(&self, name: &str) -> bool {
        let Ok(output) = Command::new(&self.rustc).args(["--print", "target-cpus"]).output() else { return true };
        let text = String::from_utf8_lossy(&output.stdout);
        // One on each line, some with a remark.
        !output.status.success() || text.lines().any(|line| line.split_whitespace().next() == Some(name))
    }

    /// Where the compiled std of the host is.
    pub fn target_lib_dir(&self) -> PathBuf {
        self.sysroot.join("lib").join("rustlib").join(&self.host).join("lib")
    }

    /// Where the toolchain's own tools are (`rust-lld`, `gcc-ld`).
    pub fn target_bin_dir(&self) -> PathBuf {
        self.sysroot.join("lib").join("rustlib").join(&self.host).join("bin")
    }
}

fn is_ourselves(program: &OsStr) -> bool {
    Path::new(program).file_stem().is_some_and(|stem| stem == "bessemer" || stem == "cargo-bessemer")
}

/// What decides which toolchain a rustup proxy runs: hashed into a name.
fn selection_key(program: &Path) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(env!("CARGO_PKG_VERSION").as_bytes());
    let resolved = which(program);
    add(resolved.as_os_str().as_encoded_bytes());
    add(&stamp(&resolved));
    for name in ["RUSTUP_TOOLCHAIN", "RUSTUP_HOME", "HOME"] {
        add(std::env::var_os(name).unwrap_or_default().as_encoded_bytes());
    }
    let rustup_home = std::env::var_os("RUSTUP_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".rustup")));
    if let Some(home) = rustup_home {
        add(&stamp(&home.join("settings.toml")));
        add(&stamp(&home.join("toolchains")));
    }
    // cargo runs rustc in many folders, but where rustup runs cargo it has chosen the toolchain for all of them.
    if std::env::var_os("RUSTUP_TOOLCHAIN").is_none()
        && let Ok(mut folder) = std::env::current_dir()
    {
        add(folder.as_os_str().as_encoded_bytes());
        loop {
            for name in ["rust-toolchain", "rust-toolchain.toml"] {
                add(&stamp(&folder.join(name)));
            }
            if !folder.pop() {
                break;
            }
        }
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

fn which(program: &Path) -> PathBuf {
    if program.components().count() > 1 {
        return program.to_owned();
    }
    std::env::var_os("PATH")
        .and_then(|path| std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file()))
        .unwrap_or_else(|| program.to_owned())
}

/// Size and time of change of a file; empty if there is none.
pub(crate) fn stamp(file: &Path) -> Vec<u8> {
    let Ok(metadata) = std::fs::metadata(file) else { return Vec::new() };
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let mut stamp = metadata.len().to_le_bytes().to_vec();
    stamp.extend(modified.map_or(0, |time| time.as_nanos()).to_le_bytes());
    stamp
}

fn read_known(file: &Path) -> Option<Toolchain> {
    let bytes = std::fs::read(file).ok()?;
    let known: Toolchain = serde_json::from_slice(&bytes).ok()?;
    known.rustc.is_file().then_some(known)
}

fn write_known(file: &Path, toolchain: &Toolchain) -> std::io::Result<()> {
    let folder = file.parent().expect("a file in a folder");
    std::fs::create_dir_all(folder)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    std::io::Write::write_all(&mut temporary, &serde_json::to_vec(toolchain)?)?;
    temporary.persist(file)?;
    Ok(())
}
