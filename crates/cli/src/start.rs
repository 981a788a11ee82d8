//! Starting a program in this process's place, wherever that is possible.

use crate::signals::Interrupts;
use driver::DriverError;
use driver::prepared::{Executable, Prepared, Program};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind, Seek};
use std::os::fd::AsRawFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitStatus};

/// Runs a program, whose end is the end of this process. Gives an error where it could not be started.
pub fn start(program: Program, interrupts: Interrupts) -> DriverError {
    let Program { prepared, args, .. } = program;
    match prepared {
        Prepared::Memory(program) => {
            interrupts.forget();
            match program.call_main(&args) {
                Ok(code) => std::process::exit(code),
                Err(error) => error,
            }
        }
        // A program of its own has nothing of our signals. While we wait for one, they are for it, and noted here only: its folder
        // is removed when it has ended.
        Prepared::File(executable) => start_file(executable, args.get(1..).unwrap_or_default()),
    }
}

fn start_file(mut executable: Executable, args: &[OsString]) -> DriverError {
    if let [program, first @ ..] = &executable.runner[..] {
        let args: Vec<OsString> =
            first.iter().cloned().chain([executable.path.clone().into()]).chain(args.iter().cloned()).collect();
        let error = wait_for(Path::new(program), &args, executable.temporary.take());
        let message = format!("cannot run `{}`, which runs programs for the target: {error}", program.display());
        return DriverError::Usage(format!(
            "{message}\n  help: install it, or name another with the variable CARGO_TARGET_<TARGET>_RUNNER, as for cargo"
        ));
    }
    let error = match executable.temporary.take() {
        // Its own name is that of the file, so that it can start itself.
        None => Command::new(&executable.path).args(args).exec(),
        Some(folder) => wait_for(&executable.path, args, folder),
    };
    // The file is gone, or nothing may be run from where it is.
    if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied) {
        return DriverError::Io { path: executable.path, error };
    }
    // Where there is no room for a copy either, or it may not be run, memory is the last resort.
    if let Ok(mut copy) = executable.copy() {
        let folder = copy.temporary.take();
        let error = wait_for(&copy.path, args, folder);
        if error.kind() != ErrorKind::PermissionDenied {
            return DriverError::Io { path: copy.path, error };
        }
    }
    let error = in_memory(&executable.file, args);
    DriverError::Io { path: executable.path, error }
}

/// Runs a program, removes the folder that goes with it, and ends as the program has ended. Gives an error where it could not
/// be started.
fn wait_for<T>(path: &Path, args: &[OsString], folder: T) -> io::Error {
    let status = Command::new(path).args(args).status();
    drop(folder);
    match status {
        Ok(status) => end_like(status),
        Err(error) => error,
    }
}

/// Ends this process as another ended.
fn end_like(status: ExitStatus) -> ! {
    if let Some(signal) = status.signal() {
        link::start::raise_by_default(signal);
    }
    std::process::exit(status.code().unwrap_or(1))
}

/// Runs a program from memory, in this process's place: no folder is needed. It cannot find its own file.
fn in_memory(mut file: &File, args: &[OsString]) -> io::Error {
    let copied = file.rewind().and_then(|()| link::start::file_in_memory(&mut file));
    match copied {
        Ok(memory) => Command::new(format!("/proc/self/fd/{}", memory.as_raw_fd())).args(args).exec(),
        Err(error) => error,
    }
}
