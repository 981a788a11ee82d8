//! Starting an executable in this process's place, wherever that is possible.

use crate::error::DriverError;
use crate::files;
use cache::scratch::Scratch;
use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::Command;

/// An executable that is there.
#[derive(Debug)]
pub(crate) struct Executable {
    pub path: PathBuf,
    /// The file, open: it can be run though somebody empties the cache meanwhile.
    pub file: File,
    /// The folder to remove in the end.
    pub temporary: Option<Scratch>,
}

impl Executable {
    /// Runs it, and ends as it ends. Gives an error where it could not be started.
    pub fn start(self, args: &[OsString]) -> DriverError {
        let Executable { path, file, temporary } = self;
        let error = match temporary {
            // Its own name is that of the file, so that it can start itself.
            None => Command::new(&path).args(args).exec(),
            Some(folder) => match wait_for(&path, args, folder) {
                Ok(never) => match never {},
                Err(error) => error,
            },
        };
        // The file is gone, or nothing may be run from where it is.
        if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied) {
            return DriverError::Io { path, error };
        }
        // Where there is no room for a copy either, or it may not be run, memory is the last resort.
        if let Ok((copy, folder)) = copied(&file) {
            match wait_for(&copy, args, folder) {
                Ok(never) => match never {},
                Err(error) if error.kind() == ErrorKind::PermissionDenied => {}
                Err(error) => return DriverError::Io { path: copy, error },
            }
        }
        let error = in_memory(&file, args);
        DriverError::Io { path, error }
    }
}

/// What there is none of: this process has ended.
enum Never {}

/// Runs a program whose folder is to be removed in the end.
fn wait_for(path: &Path, args: &[OsString], folder: Scratch) -> std::io::Result<Never> {
    let status = Command::new(path).args(args).status();
    drop(folder);
    end_like(status?)
}

/// Ends this process as another ended.
fn end_like(status: std::process::ExitStatus) -> ! {
    if let Some(signal) = status.signal() {
        // SAFETY: the default action of a signal that killed the program is asked for, then the signal for ourselves.
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
            libc::raise(signal);
        }
    }
    std::process::exit(status.code().unwrap_or(1))
}

/// A copy in another folder.
fn copied(mut file: &File) -> Result<(PathBuf, Scratch), DriverError> {
    let folder = files::temporary_folder()?;
    let path = folder.path().join("program");
    let mut copy = || {
        let mut copy = File::options().write(true).create_new(true).mode(0o700).open(&path)?;
        file.rewind()?;
        std::io::copy(&mut file, &mut copy).map(|_| ())
    };
    copy().map_err(|error| DriverError::Io { path: path.clone(), error })?;
    Ok((path, folder))
}

/// Runs a program from memory, in this process's place: no folder is needed. It cannot find its own file.
fn in_memory(mut file: &File, args: &[OsString]) -> std::io::Error {
    let mut run = || {
        let mut content = Vec::new();
        file.rewind()?;
        file.read_to_end(&mut content)?;
        // SAFETY: the name is a C string; the descriptor, if there is one, is nobody else's.
        let mut memory = unsafe {
            let descriptor = libc::memfd_create(c"program".as_ptr(), libc::MFD_CLOEXEC);
            if descriptor < 0 {
                return Err(std::io::Error::last_os_error());
            }
            File::from_raw_fd(descriptor)
        };
        memory.write_all(&content)?;
        Ok(Command::new(format!("/proc/self/fd/{}", memory.as_raw_fd())).args(args).exec())
    };
    run().unwrap_or_else(|error| error)
}
