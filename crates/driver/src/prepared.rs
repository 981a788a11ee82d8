//! A program that is ready to run. Whoever has it decides where: nothing here ends or replaces this process.

use crate::error::DriverError;
use crate::files;
use crate::loading;
use crate::objects::Object;
use cache::scratch::Scratch;
use link::jit::MainError;
use std::ffi::OsString;
use std::fs::File;
use std::io::Seek;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use toolchain::Toolchain;

/// A program that is ready to run.
#[derive(Debug)]
pub struct Program {
    /// rustc's warnings.
    pub diagnostics: Vec<u8>,
    /// Its code, loaded or in a file.
    pub prepared: Prepared,
    /// The program's arguments, its own name first.
    pub args: Vec<OsString>,
}

/// Where the code of a program is.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "a process has one of them")]
pub enum Prepared {
    /// To be run by [`InMemory::call_main`].
    Memory(InMemory),
    /// To be started.
    File(Executable),
}

/// A program that is loaded into this process, beside the toolchain's shared std.
#[derive(Debug)]
pub struct InMemory {
    pub(crate) objects: Vec<Object>,
    pub(crate) toolchain: Toolchain,
}

/// An executable that is there.
#[derive(Debug)]
pub struct Executable {
    /// Where it is. It may be gone by the time that it is started, if it is in the cache: `file` is still good.
    pub path: PathBuf,
    /// The file, open: it can be run though somebody empties the cache meanwhile.
    pub file: File,
    /// The folder that goes with this value, and has the file in it. Absent: the file is in the cache.
    pub temporary: Option<Scratch>,
    /// The program that runs it, with arguments, where this machine cannot.
    pub runner: Vec<OsString>,
}

impl InMemory {
    /// Runs the program on this thread, and gives what its `main` returns. It shares this process: its exit ends the process,
    /// its threads and what it allocated stay, and it can run once only.
    ///
    /// # Errors
    /// The program was not begun.
    pub fn call_main(self, args: &[OsString]) -> Result<i32, DriverError> {
        let loaded = loading::load(&self.objects, &self.toolchain, &[])?;
        // SAFETY: the objects are those of a whole program, generated for this process's target; `main` is the entry point
        // that `lower` made. They were loaded just now, so nothing of them has run.
        let code = unsafe { loaded.call_main(args) };
        code.map_err(|error| match error {
            MainError::Missing => DriverError::Internal(error.to_string()),
            _ => DriverError::Usage(error.to_string()),
        })
    }
}

impl Executable {
    /// A copy in a temporary folder: for where the file is gone, or nothing may be run from where it is.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn copy(&self) -> Result<Executable, DriverError> {
        let folder = files::temporary_folder()?;
        let path = folder.path().join("program");
        let copy = || {
            let mut content = &self.file;
            let mut copy = File::options().write(true).create_new(true).mode(0o700).open(&path)?;
            content.rewind()?;
            std::io::copy(&mut content, &mut copy)?;
            drop(copy);
            File::open(&path)
        };
        let file = copy().map_err(|error| DriverError::Io { path: path.clone(), error })?;
        Ok(Executable { path, file, temporary: Some(folder), runner: Vec::new() })
    }
}
