//! What a program took: time of the clock and of processors, and memory.

use std::io;
use std::mem::MaybeUninit;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

/// What a run of a program took.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// How it ended.
    pub status: ExitStatus,
    /// From its start to its end.
    pub wall: Duration,
    /// Of processors, for the program and what it started and waited for.
    pub user: Duration,
    /// Of processors too, in the system's calls.
    pub system: Duration,
    /// The memory of the largest process among them, in bytes. It is at least that of the process which calls.
    pub largest: u64,
}

/// Runs a program to its end.
///
/// # Errors
/// It cannot be started.
pub fn time(command: &mut Command) -> io::Result<Taken> {
    let start = Instant::now();
    let child = command.spawn()?;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    let mut status = 0;
    loop {
        // SAFETY: the pointers are to a number and to a struct of this type. The child is ours, and nobody else waits for it.
        let waited = unsafe { libc::wait4(process(&child), &raw mut status, 0, usage.as_mut_ptr()) };
        if waited >= 0 {
            break;
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    let wall = start.elapsed();
    // SAFETY: zeros are such a struct, and the system has put its values there.
    let usage = unsafe { usage.assume_init() };
    // The system counts it in kilobytes.
    let largest = u64::try_from(usage.ru_maxrss).unwrap_or(0) * 1024;
    let (user, system) = (duration(usage.ru_utime), duration(usage.ru_stime));
    Ok(Taken { status: ExitStatus::from_raw(status), wall, user, system, largest })
}

fn duration(time: libc::timeval) -> Duration {
    Duration::new(time.tv_sec.try_into().unwrap_or(0), u32::try_from(time.tv_usec).unwrap_or(0) * 1000)
}

fn process(child: &std::process::Child) -> libc::pid_t {
    child.id().cast_signed()
}

/// Runs a program to its end, and gives how much memory it had at most; none where this system does not let us look.
///
/// What the system tells of a process that has ended includes the one that started it, which may be larger. So the program is
/// stopped in its end, while it still has its memory.
///
/// # Errors
/// It cannot be started.
pub fn peak_memory(command: &mut Command) -> io::Result<(ExitStatus, Option<u64>)> {
    // SAFETY: the call may be made between `fork` and `exec`. It asks to be watched by its parent.
    unsafe {
        command.pre_exec(|| match libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        });
    }
    let child = command.spawn()?;
    let pid = process(&child);
    let mut peak = None;
    let mut is_set = false;
    loop {
        let mut status = 0;
        // SAFETY: as above.
        if unsafe { libc::waitpid(pid, &raw mut status, libc::__WALL) } < 0 {
            let error = io::Error::last_os_error();
            if error.kind() == io::ErrorKind::Interrupted {
                continue;
            }
            return Err(error);
        }
        if !libc::WIFSTOPPED(status) {
            return Ok((ExitStatus::from_raw(status), peak));
        }
        let mut signal = libc::WSTOPSIG(status);
        let event = status >> 16;
        if event == libc::PTRACE_EVENT_EXIT {
            peak = peak.max(high_water_bytes(pid));
        }
        // It stops when it has become the program, and for what we asked to be told. Signals are for it.
        if event != 0 || !is_set {
            signal = 0;
        }
        // SAFETY: these calls change how a process runs that is ours and stands still. They touch no memory.
        unsafe {
            if !is_set {
                let options = libc::PTRACE_O_TRACEEXIT | libc::PTRACE_O_TRACEEXEC | libc::PTRACE_O_EXITKILL;
                libc::ptrace(libc::PTRACE_SETOPTIONS, pid, 0, options);
                is_set = true;
            }
            libc::ptrace(libc::PTRACE_CONT, pid, 0, signal);
        }
    }
}

/// The most memory that a process has had at once.
fn high_water_bytes(pid: libc::pid_t) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::{peak_memory, time};
    use std::process::Command;
    use std::time::Duration;

    fn shell(text: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", text]);
        command
    }

    #[test]
    fn times_and_ends() {
        let taken = time(&mut shell("sleep 0.1; exit 3")).expect("a shell");
        assert_eq!(taken.status.code(), Some(3));
        assert!(taken.wall >= Duration::from_millis(100) && taken.user < taken.wall, "{taken:?}");
        assert!(time(&mut Command::new("/nowhere/program")).is_err());
    }

    #[test]
    fn memory_is_the_programs_own() {
        // More than a shell has.
        let ours = vec![1_u8; 64 << 20];
        let (status, peak) = peak_memory(&mut shell("kill -CONT $$; exit 4")).expect("a shell");
        assert_eq!(status.code(), Some(4));
        let peak = peak.expect("this system tells");
        assert!((64 << 10..32 << 20).contains(&peak), "{peak} {}", ours.len());
        let (status, _) = peak_memory(&mut shell("kill -TERM $$")).expect("a shell");
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(15));
    }
}
