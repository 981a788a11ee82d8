//! Finding the toolchain.

use crate::check::CheckError;
use crate::std_source::Std;
use crate::stop::Stop;
use crate::targets::TargetError;
use cache::KeyBuilder;
use cache::stamp::file_state;
use cache::{private, sealed};
use serde::{Deserialize, Serialize};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use target::Target;

/// An installed rustc, and what it compiles for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Toolchain {
    /// The compiler itself, not a proxy that looks for it.
    pub rustc: PathBuf,
    pub sysroot: PathBuf,
    /// The triple of the machine that rustc itself runs on.
    pub host: String,
    /// What code is made for: the host, unless [`Toolchain::for_target`] has chosen another.
    pub target: Target,
    /// Where the target's std comes from.
    #[serde(skip)]
    pub std: Std,
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
    /// What rustc reads from its standard input, if a unit's source comes from there: a file, as it is read several times.
    #[serde(skip)]
    pub input: Option<PathBuf>,
    /// Who may stop runs of rustc on single crates.
    #[serde(skip)]
    pub stop: Stop,
    /// In bodies that rustc writes, no others are inlined.
    #[serde(skip)]
    pub without_inlining: bool,
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
    NotFound {
        program: PathBuf,
        error: std::io::Error,
    },
    Failed {
        program: PathBuf,
        stderr: String,
    },
    Version {
        program: PathBuf,
        found: String,
    },
    Output {
        program: PathBuf,
        what: &'static str,
    },
    /// The target cannot be had.
    Target(TargetError),
}

impl fmt::Display for ToolchainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ToolchainError::NotFound { program, error } => write!(
                f,
                "cannot run `{}`: {error}\n  help: install Rust {}, or set RUSTC to its rustc",
                program.display(),
                release::names()
            ),
            ToolchainError::Failed { program, stderr } => {
                write!(f, "`{}` failed: {}", program.display(), stderr.trim_end())?;
                write!(f, "\n  help: set RUSTC to the rustc of Rust {}, or see why it fails", release::names())
            }
            ToolchainError::Version { program, found } => write!(
                f,
                "`{}` is {found}, but only Rust {} is supported\n  help: set RUSTC, or with rustup RUSTUP_TOOLCHAIN, to such \
                 a toolchain; `cargo bessemer --fallback` leaves packages to plain cargo",
                program.display(),
                release::names()
            ),
            ToolchainError::Output { program, what } => {
                write!(f, "`{}` did not say {what}; is it rustc?", program.display())?;
                write!(f, "\n  help: set RUSTC to the rustc of Rust {}", release::names())
            }
            ToolchainError::Target(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ToolchainError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ToolchainError::NotFound { error, .. } => Some(error),
            ToolchainError::Target(error) => Some(error),
            ToolchainError::Failed { .. } | ToolchainError::Version { .. } | ToolchainError::Output { .. } => None,
        }
    }
}

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
        let name = format!("{FILE_PREFIX}{}", selection_key(program));
        // What the file says is run, so nobody else may have written it.
        let private = cache.and_then(|folder| private::open(folder).ok());
        let file = private.as_ref().map(|folder| folder.join(&name));
        let mut found = match file.as_deref().and_then(|file| read_known(file, &name)) {
            Some(known) => known.checked(program)?,
            None => {
                let mut found = Toolchain::ask(program)?.checked(program)?;
                found.target = found.describe(&found.host)?;
                if let Some(file) = &file {
                    // Only a convenience: a cache that cannot be written is not an error.
                    let _ = write_known(file, &name, &found);
                }
                found
            }
        };
        found.shims = private.as_deref().and_then(|cache| found.find_shims(cache));
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
            target: Target::default(),
            std: Std::default(),
            release: field("release:").ok_or_else(|| missing("its release"))?,
            version: text.lines().next().ok_or_else(|| missing("its version"))?.to_owned(),
            shims: None,
            wrappers: Wrappers::default(),
            input: None,
            without_inlining: false,
            stop: Stop::default(),
        })
    }

    fn checked(self, program: &Path) -> Result<Toolchain, ToolchainError> {
        match release::named(&self.release) {
            Some(_) => Ok(self),
            None => Err(ToolchainError::Version { program: program.to_owned(), found: self.version }),
        }
    }

    /// Whether rustc knows a CPU of the target by this name (`-C target-cpu`); true where it cannot be asked.
    pub fn has_cpu(&self, name: &str) -> bool {
        let mut command = Command::new(&self.rustc);
        let output = command.args(["--print", "target-cpus"]).args(self.target_args()).output();
        let Ok(output) = output else { return true };
        let text = String::from_utf8_lossy(&output.stdout);
        // One on each line, some with a remark.
        !output.status.success() || text.lines().any(|line| line.split_whitespace().next() == Some(name))
    }

    /// The target features that all functions have with these options (`-C target-cpu`, `-C target-feature`), by Rust's
    /// names; none where rustc cannot be asked.
    pub fn enabled_features(&self, cpu: Option<&str>, features: Option<&str>) -> Vec<String> {
        let mut command = Command::new(&self.rustc);
        command.args(["--print", "cfg"]).args(self.target_args());
        command.args(cpu.map(|cpu| format!("-Ctarget-cpu={cpu}")));
        command.args(features.map(|features| format!("-Ctarget-feature={features}")));
        let Ok(output) = command.output() else { return Vec::new() };
        let text = String::from_utf8_lossy(&output.stdout);
        let feature = |line: &str| Some(line.strip_prefix("target_feature=\"")?.strip_suffix('"')?.to_owned());
        text.lines().filter_map(feature).collect()
    }

    /// All conditions of `cfg` that hold with these arguments, one a line, as rustc prints them.
    ///
    /// # Errors
    /// rustc cannot be asked, or refuses the arguments.
    pub fn printed_cfg(&self, args: &[OsString]) -> Result<String, CheckError> {
        let mut command = self.unstable_rustc();
        command.args(["--print", "cfg"]).args(args).args(self.target_args()).stdin(Stdio::null());
        let output = command.output();
        let output = output.map_err(|error| CheckError::Spawn { program: self.rustc.clone(), error })?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(CheckError::Bodies { stderr: output.stderr }),
        }
    }

    /// Where the target's std is.
    pub fn target_lib_dir(&self) -> PathBuf {
        let sysroot = self.std.sysroot().unwrap_or(&self.sysroot);
        sysroot.join("lib").join("rustlib").join(&self.target.name).join("lib")
    }

    /// What belongs to the toolchain alone. The sysroot may be the system's own `/usr`, which holds everything else as well.
    pub fn own_dir(&self) -> PathBuf {
        self.sysroot.join("lib").join("rustlib")
    }

    /// The shared std, in which programs can run without being linked; `None` where the toolchain has none, as some
    /// distributions', or is asked for other programs than this process can run.
    pub fn shared_std(&self) -> Option<PathBuf> {
        if !self.is_for_host() || self.std != Std::Prebuilt {
            return None;
        }
        let entries = std::fs::read_dir(self.target_lib_dir()).ok()?;
        entries.flatten().map(|entry| entry.path()).find(|path| {
            let name = path.file_name().and_then(OsStr::to_str);
            name.is_some_and(|name| name.starts_with("libstd-") && name.ends_with(".so"))
        })
    }

    /// The folder where the C compiler finds the toolchain's linker (`ld.lld`); `None` where the toolchain brings none by
    /// that name, and rustc uses the C compiler's own.
    pub fn lld_dir(&self) -> Option<PathBuf> {
        Some(self.host_bin_dir().join("gcc-ld")).filter(|folder| folder.join("ld.lld").is_file())
    }

    /// Where the toolchain's own tools are (`rust-lld`, `gcc-ld`).
    pub fn host_bin_dir(&self) -> PathBuf {
        self.sysroot.join("lib").join("rustlib").join(&self.host).join("bin")
    }
}

fn is_ourselves(program: &OsStr) -> bool {
    Path::new(program).file_stem().is_some_and(|stem| stem == "bessemer" || stem == "cargo-bessemer")
}

/// What decides which toolchain a rustup proxy runs: hashed into a name.
fn selection_key(program: &Path) -> String {
    let mut key = KeyBuilder::new("toolchain");
    let resolved = find_program(program).unwrap_or_else(|| program.to_owned());
    key.add(env!("CARGO_PKG_VERSION")).add_path(&resolved).add(file_state(&resolved));
    for name in ["RUSTUP_TOOLCHAIN", "RUSTUP_HOME", "HOME"] {
        key.add_variable(name);
    }
    let rustup_home = std::env::var_os("RUSTUP_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".rustup")));
    if let Some(home) = rustup_home {
        key.add(file_state(&home.join("settings.toml"))).add(file_state(&home.join("toolchains")));
    }
    // cargo runs rustc in many folders, but where rustup runs cargo it has chosen the toolchain for all of them.
    if std::env::var_os("RUSTUP_TOOLCHAIN").is_none()
        && let Ok(mut folder) = std::env::current_dir()
    {
        key.add_path(&folder);
        loop {
            for name in ["rust-toolchain", "rust-toolchain.toml"] {
                key.add(file_state(&folder.join(name)));
            }
            if !folder.pop() {
                break;
            }
        }
    }
    key.name(32)
}

/// The file that a program's name means: itself where it names a folder, or else the first on `PATH`; nothing where that has
/// none.
pub fn find_program(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return Some(program.to_owned());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// How the names of the files begin that remember toolchains.
pub const FILE_PREFIX: &str = "toolchain-";

const MAGIC: &[u8; 8] = b"bestool2";

/// What is remembered of a toolchain.
#[derive(Serialize, Deserialize)]
struct Known {
    toolchain: Toolchain,
    /// The compiler's state: an update may put another version in its place.
    rustc: Vec<u8>,
}

fn read_known(file: &Path, name: &str) -> Option<Toolchain> {
    let bytes = std::fs::read(file).ok()?;
    let content = sealed::open(MAGIC, name.as_bytes(), &bytes)?;
    let known: Known = serde_json::from_slice(content).ok()?;
    let is_same = !known.rustc.is_empty() && file_state(&known.toolchain.rustc) == known.rustc;
    is_same.then_some(known.toolchain)
}

fn write_known(file: &Path, name: &str, toolchain: &Toolchain) -> std::io::Result<()> {
    let known = Known { rustc: file_state(&toolchain.rustc), toolchain: toolchain.clone() };
    let content = serde_json::to_vec(&known)?;
    private::write(file, &[&sealed::head(MAGIC, name.as_bytes(), &[&content]), &content])
}

#[cfg(test)]
mod tests {
    use super::Toolchain;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    /// A compiler that counts how often it is asked.
    fn compiler(folder: &Path) -> std::path::PathBuf {
        std::fs::create_dir_all(folder.join("bin")).unwrap();
        let program = folder.join("bin/rustc");
        let text = format!(
            // It compiles nothing, which is seen once: how often it is asked what it is is counted apart.
            "#!/bin/sh\ncase \"$*\" in *bessemer-shims*) echo x >> {0}/compiled; exit;; esac\ncase \"$*\" in *target-spec-json*) echo '{{\"data-layout\":\"e\",\"llvm-target\":\"x\"}}'; exit;; esac\necho x >> {0}/asked\necho 'rustc 1.95.0 (0 0)'\necho 'host: x'\necho 'release: 1.95.0'\necho {0}\n",
            folder.display()
        );
        std::fs::write(&program, text).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        program
    }

    #[test]
    fn what_is_remembered_is_checked() {
        let place = tempfile::tempdir().unwrap();
        let program = compiler(place.path());
        let cache = place.path().join("cache");
        let find = || {
            let found = Toolchain::find_program(&program, Some(&cache)).unwrap();
            assert_eq!((found.host.as_str(), found.sysroot.as_path()), ("x", place.path()));
            std::fs::read(place.path().join("asked")).unwrap().len() / 2
        };
        assert_eq!([find(), find()], [1, 1]);
        let mut files = std::fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path());
        let is_of_toolchain =
            |file: &std::path::PathBuf| file.file_name().unwrap().to_str().unwrap().starts_with(super::FILE_PREFIX);
        let file = files.find(is_of_toolchain).unwrap();
        let whole = std::fs::read(&file).unwrap();
        let mut asked = 1;
        for at in (0..whole.len()).step_by(41) {
            let mut flipped = whole.clone();
            flipped[at] ^= 4;
            for damaged in [flipped, whole[..at].to_vec(), [&whole[..], &whole[..at + 1]].concat()] {
                std::fs::write(&file, damaged).unwrap();
                // Asked again, once: what is damaged is replaced.
                asked += 1;
                assert_eq!([find(), find()], [asked; 2], "at {at}");
            }
        }
        assert_eq!(std::fs::read(place.path().join("compiled")).unwrap().len() / 2, 1);
        // Another compiler in its place, of the same size.
        let text = std::fs::read_to_string(&program).unwrap();
        let time = std::fs::metadata(&program).unwrap().modified().unwrap();
        std::fs::write(&program, text.replace("'host: x'", "'host: x' ").replace("(0 0)", "(00)")).unwrap();
        std::fs::File::open(&program).unwrap().set_modified(time).unwrap();
        assert_eq!([find(), find()], [asked + 1; 2]);
        // Others may write there.
        std::fs::set_permissions(&cache, std::fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!([find(), find()], [asked + 2, asked + 3]);
    }
}
