//! What is compiled and run: a copy of the user's source, which is edited in their place.

use super::edit;
use super::plan::Configuration;
use crate::workspace;
use driver::Toolchain;
use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A program's source, copied.
pub struct Subject {
    toolchain: Toolchain,
    /// The program that compiles: this one, as `bessemer` or as cargo's subcommand.
    compiler: PathBuf,
    /// Where commands run.
    folder: PathBuf,
    /// The processor of configurations that are for one.
    cpu: Option<String>,
    /// Where the source of std lies once rustc has checked it: that is done once on a machine, and is no part of a build.
    std: PathBuf,
    kind: Kind,
}

enum Kind {
    /// A single file, with arguments that rustc and Bessemer understand.
    File { file: PathBuf, args: Vec<OsString> },
    /// A package, with arguments of cargo's.
    Package { cargo: PathBuf, args: Vec<OsString> },
}

/// What a build has made.
pub struct Built {
    pub time: Duration,
    pub program: PathBuf,
    /// The file that is edited.
    pub source: PathBuf,
}

impl Subject {
    /// A single file, with all others that it is made of.
    pub fn of_file(
        toolchain: Toolchain,
        file: &Path,
        args: Vec<OsString>,
        cpu: Option<String>,
        scratch: &Path,
    ) -> Result<Subject, String> {
        let say = |error: &dyn std::fmt::Display| error.to_string();
        let current = std::env::current_dir().map_err(|error| say(&error))?;
        let file = std::path::absolute(file).map_err(|error| say(&error))?;
        let asked: Vec<OsString> = args.iter().cloned().chain([file.clone().into()]).collect();
        let read = toolchain.files_read(&asked, scratch).map_err(|error| say(&error))?;
        let read: Vec<PathBuf> = read.iter().map(|path| normal(&current.join(path))).collect();
        let file = normal(&file);
        let root = folder_around(file.parent().unwrap_or(Path::new("/")), &read);
        let copy = scratch.join("source");
        for path in read.iter().chain([&file]) {
            let to = copy.join(path.strip_prefix(&root).unwrap_or(path));
            std::fs::create_dir_all(to.parent().unwrap_or(&copy)).map_err(|error| say(&error))?;
            std::fs::copy(path, &to).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        let compiler = std::env::current_exe().map_err(|error| say(&error))?;
        let file = file.strip_prefix(&root).unwrap_or(&file).to_owned();
        let std = scratch.join("std");
        Ok(Subject { toolchain, compiler, folder: copy, cpu, std, kind: Kind::File { file, args } })
    }

    /// The package in the current folder, with its workspace and all packages on this disk that it depends on.
    pub fn of_package(
        toolchain: Toolchain,
        cargo: PathBuf,
        manifest: Option<&Path>,
        mut args: Vec<OsString>,
        cpu: Option<String>,
        scratch: &Path,
    ) -> Result<Subject, String> {
        let current = std::env::current_dir().map_err(|error| error.to_string())?;
        let metadata = workspace::metadata(&cargo, manifest, &[])?;
        let path = |value: &Value| value.as_str().map(PathBuf::from);
        let workspace = path(&metadata["workspace_root"]).ok_or("cargo names no workspace")?;
        let packages = metadata["packages"].as_array().into_iter().flatten();
        let local = packages.filter(|package| package["source"].is_null());
        let mut folders: Vec<PathBuf> =
            local.filter_map(|it| Some(path(&it["manifest_path"])?.parent()?.to_owned())).collect();
        folders.push(workspace.clone());
        folders.sort();
        // A folder that is in another is copied with it.
        let all = folders.clone();
        folders.retain(|folder| !all.iter().any(|other| other != folder && folder.starts_with(other)));
        folders.dedup();
        let root = folder_around(&workspace, &folders);
        let copy = scratch.join("source");
        let target = path(&metadata["target_directory"]).unwrap_or_default();
        let inside = |path: &Path| copy.join(path.strip_prefix(&root).unwrap_or(Path::new("")));
        for folder in &folders {
            copy_folder(folder, &inside(folder), &target).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        // Where cargo finds its configuration above what was copied.
        for folder in workspace.ancestors().skip(1) {
            let files = ["config.toml", "config"].map(|name| folder.join(".cargo").join(name));
            if let Some(file) = files.into_iter().find(|file| file.is_file() && !file.starts_with(&root)) {
                args.extend(["--config".into(), file.into()]);
            }
        }
        let mut folder = if current.starts_with(&workspace) { inside(&current) } else { inside(&workspace) };
        if let Some(manifest) = manifest {
            let manifest = normal(&current.join(manifest));
            folder = inside(manifest.parent().unwrap_or(&workspace));
        }
        let compiler = std::env::current_exe().map_err(|error| error.to_string())?;
        let std = scratch.join("std");
        Ok(Subject { toolchain, compiler, folder, cpu, std, kind: Kind::Package { cargo, args } })
    }

    /// Whether it is a package, whose builds take long.
    pub fn is_package(&self) -> bool {
        matches!(self.kind, Kind::Package { .. })
    }

    /// Builds it in a folder that is this configuration's own, with what is there of earlier builds and no other cache.
    ///
    /// # Errors
    /// What the compiler said.
    pub fn build(&self, configuration: &Configuration, folder: &Path) -> Result<Built, String> {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut command = match &self.kind {
            Kind::File { file, args } => self.file_command(configuration, folder, file, args),
            Kind::Package { cargo, args } => self.package_command(configuration, folder, cargo, args),
        };
        command.current_dir(&self.folder).stdin(Stdio::null());
        let cache = folder.join("cache");
        if configuration.variant.std_from_source {
            self.take_std(&cache).map_err(|error| format!("{}: {error}", cache.display()))?;
        }
        command.env("BESSEMER_CACHE_DIR", cache);
        // They run in another folder than this process.
        for name in ["BESSEMER_CONFIG", "BESSEMER_RUST_SRC"] {
            if let Some(path) = std::env::var_os(name).filter(|path| !path.is_empty()) {
                command.env(name, std::path::absolute(path).map_err(|error| error.to_string())?);
            }
        }
        for name in ["BESSEMER_BACKEND", "CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"] {
            command.env_remove(name);
        }
        let start = Instant::now();
        let output = command.output().map_err(|error| format!("cannot run {command:?}: {error}"))?;
        let time = start.elapsed();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim_end().to_owned());
        }
        match &self.kind {
            Kind::File { file, .. } => Ok(Built { time, program: program(folder), source: self.folder.join(file) }),
            Kind::Package { .. } => {
                let (program, source) = artefact(&output.stdout)?;
                Ok(Built { time, program, source })
            }
        }
    }

    /// Keeps the std that a build in this folder has had checked, for those that follow.
    pub fn keep_std(&self, folder: &Path) -> io::Result<()> {
        let Ok(entries) = std::fs::read_dir(folder.join("cache")) else { return Ok(()) };
        std::fs::create_dir_all(&self.std)?;
        for entry in entries {
            let entry = entry?;
            let kept = self.std.join(entry.file_name());
            let is_std = entry.file_name().to_string_lossy().starts_with("std-") && entry.file_type()?.is_dir();
            if is_std && !kept.exists() {
                std::fs::rename(entry.path(), kept)?;
            }
        }
        Ok(())
    }

    /// Has a cache find what [`Subject::keep_std`] has kept.
    fn take_std(&self, cache: &Path) -> io::Result<()> {
        let Ok(entries) = std::fs::read_dir(&self.std) else { return Ok(()) };
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(cache)?;
        for entry in entries {
            let entry = entry?;
            let place = cache.join(entry.file_name());
            if !place.exists() {
                std::os::unix::fs::symlink(entry.path(), place)?;
            }
        }
        Ok(())
    }

    fn file_command(&self, configuration: &Configuration, folder: &Path, file: &Path, args: &[OsString]) -> Command {
        let mut command;
        if configuration.is_rustc() {
            command = self.toolchain.plain_command();
            command.arg(format!("-Copt-level={}", configuration.level));
        } else {
            command = Command::new(&self.compiler);
            command.arg0("bessemer").args(["build", "--quiet", "--backend", &configuration.who]);
            command.args(["-O", configuration.level]);
            if configuration.variant.std_from_source {
                command.args(["--std", "source"]);
            }
        }
        if let Some(cpu) = self.cpu.as_ref().filter(|_| configuration.variant.cpu) {
            command.args(["-C".to_owned(), format!("target-cpu={cpu}")]);
        }
        command.args(args).arg("-o").arg(program(folder)).arg(file);
        command
    }

    fn package_command(
        &self,
        configuration: &Configuration,
        folder: &Path,
        cargo: &Path,
        args: &[OsString],
    ) -> Command {
        let mut command;
        if configuration.is_rustc() {
            command = Command::new(cargo);
            command.arg("build");
        } else {
            command = Command::new(&self.compiler);
            command.arg0("cargo-bessemer").args(["bessemer", "build", "--backend", &configuration.who]);
            command.env("CARGO", cargo);
        }
        command.args(args).args(["--quiet", "--message-format=json-render-diagnostics", "--target-dir"]);
        command.arg(folder.join("target"));
        if configuration.level != "0" {
            command.args(["--release", "--config"]);
            command.arg(format!("profile.release.opt-level={}", quoted(configuration.level)));
        }
        if let Some(cpu) = self.cpu.as_ref().filter(|_| configuration.variant.cpu) {
            workspace::add_rustflag(&mut command, &format!("-Ctarget-cpu={cpu}"));
        }
        command
    }
}

/// A level as TOML has it.
fn quoted(level: &str) -> String {
    if level.parse::<u8>().is_ok() { level.to_owned() } else { format!("\"{level}\"") }
}

fn program(folder: &Path) -> PathBuf {
    folder.join("program")
}

/// The program among what cargo says that it has made, and the file of its `main`.
fn artefact(messages: &[u8]) -> Result<(PathBuf, PathBuf), String> {
    let text = String::from_utf8_lossy(messages);
    let values = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let found: Vec<(PathBuf, PathBuf)> = values
        .filter(|value| value["reason"] == "compiler-artifact")
        .filter_map(|value| Some((value["executable"].as_str()?.into(), value["target"]["src_path"].as_str()?.into())))
        .collect();
    match &found[..] {
        [one] => Ok(one.clone()),
        [] => Err("the package has no program".to_owned()),
        several => {
            let names = several.iter().filter_map(|(program, _)| program.file_name()?.to_str());
            let names: Vec<&str> = names.collect();
            Err(format!("there are several programs: {}\n  help: choose one with --bin", names.join(", ")))
        }
    }
}

/// The source before and after edits.
pub struct Edits {
    file: PathBuf,
    original: String,
    is_in_main: bool,
    count: u32,
}

impl Edits {
    pub fn new(file: PathBuf) -> Result<Edits, String> {
        let original = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let is_in_main = edit::in_main(&original, 0).is_some();
        Ok(Edits { file, original, is_in_main, count: 0 })
    }

    /// Edits no longer go into `main`, which did not compile. False if they did not anyway.
    pub fn leave_main(&mut self) -> bool {
        std::mem::replace(&mut self.is_in_main, false)
    }

    /// Makes another edit.
    pub fn edit(&mut self) -> io::Result<()> {
        self.count += 1;
        let inside = edit::in_main(&self.original, self.count).filter(|_| self.is_in_main);
        std::fs::write(&self.file, inside.unwrap_or_else(|| edit::at_the_end(&self.original, self.count)))
    }

    /// Takes all edits back.
    pub fn restore(&self) -> io::Result<()> {
        std::fs::write(&self.file, &self.original)
    }
}

/// The innermost folder around this one that holds all of the paths. All are absolute.
fn folder_around(folder: &Path, paths: &[PathBuf]) -> PathBuf {
    let holds_all = |folder: &&Path| paths.iter().all(|path| path.starts_with(folder));
    folder.ancestors().find(holds_all).unwrap_or(Path::new("/")).to_owned()
}

/// Copies a folder without what was built from it and its history.
fn copy_folder(from: &Path, to: &Path, target: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_symlink() {
            std::os::unix::fs::symlink(std::fs::read_link(&path)?, copy)?;
        } else if kind.is_file() {
            std::fs::copy(&path, copy)?;
        } else if kind.is_dir() {
            let is_left_out =
                path == target || entry.file_name() == OsStr::new(".git") || path.join("CACHEDIR.TAG").is_file();
            if !is_left_out {
                copy_folder(&path, &copy, target)?;
            }
        }
    }
    Ok(())
}

/// A path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => _ = out.pop(),
            std::path::Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}
