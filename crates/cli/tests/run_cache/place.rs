//! A folder with programs and a cache of its own.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub struct Place {
    folder: tempfile::TempDir,
}

/// What a run gave.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(output: Output) -> Ran {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Ran {
        assert!(self.code == Some(0) && self.stdout == text, "not {text:?}: {self:#?}");
        self
    }

    #[track_caller]
    pub fn fails(self, text: &str) -> Ran {
        assert!(self.code == Some(1) && self.stderr.contains(text), "no {text:?}: {self:#?}");
        self
    }

    /// Whether it was compiled, and not remembered.
    pub fn is_compiled(&self) -> bool {
        assert!(self.stderr.contains("find toolchain"), "a report is needed: {self:#?}");
        self.stderr.contains("check (rustc)")
    }

    #[track_caller]
    pub fn compiled(self) -> Ran {
        assert!(self.is_compiled(), "{self:#?}");
        self
    }

    #[track_caller]
    pub fn remembered(self) -> Ran {
        assert!(!self.is_compiled(), "{self:#?}");
        self
    }
}

/// A program that is linked, as it has an allocator of its own.
pub fn linked(main: &str) -> String {
    format!("#[global_allocator]\nstatic A: std::alloc::System = std::alloc::System;\n{main}")
}

impl Place {
    pub fn new() -> Place {
        let place = Place { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(place.path("temporary")).unwrap();
        std::fs::create_dir(place.path("work")).unwrap();
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn cache(&self) -> PathBuf {
        self.path("cache")
    }

    /// Writes a file for the program.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path("work").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn command(&self, args: &[&str]) -> Command {
        self.command_with(&self.cache(), args)
    }

    pub fn command_with(&self, cache: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bessemer"));
        command.args(args).current_dir(self.path("work")).stdin(Stdio::null());
        command.env("BESSEMER_CACHE_DIR", cache).env("TMPDIR", self.path("temporary"));
        for name in ["BESSEMER_CACHE_SIZE", "RUSTC_BOOTSTRAP", "LIBRARY_PATH", "RUST_BACKTRACE", "RX"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs `a.rs` with a report.
    pub fn run(&self) -> Ran {
        self.run_with(&[])
    }

    pub fn run_with(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(&[&["run", "--time"], args, &["a.rs"]].concat()).output().unwrap())
    }

    pub fn run_in(&self, cache: &Path) -> Ran {
        Ran::of(self.command_with(cache, &["run", "--time", "a.rs"]).output().unwrap())
    }

    /// Runs a tool that is there, such as the C compiler.
    #[track_caller]
    pub fn tool(&self, program: &str, args: &[&str]) {
        let status = Command::new(program).args(args).current_dir(self.path("work")).status().unwrap();
        assert!(status.success(), "{program} {args:?}");
    }
}

pub fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// A file system, where this user may mount one.
pub struct Disk(PathBuf);

impl Disk {
    pub fn mount(folder: PathBuf, options: &str) -> Option<Disk> {
        std::fs::create_dir_all(&folder).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("mode=700,{options}"), "tmpfs"]).arg(&folder).stderr(Stdio::null());
        if !mount.status().is_ok_and(|status| status.success()) {
            eprintln!("skipped: this user may not mount file systems");
            return None;
        }
        Some(Disk(folder))
    }

    pub fn make_read_only(&self) {
        let status = Command::new("mount").args(["-o", "remount,ro"]).arg(&self.0).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
