//! Starting a process in a folder of its own, with limits on its time, memory and output.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How a process ended.
pub struct Ended {
    /// Nothing if the time was up.
    pub status: Option<ExitStatus>,
    pub stdout: String,
    pub stderr: String,
}

/// Output beyond this is not kept.
const MAX_OUTPUT_BYTES: u64 = 1 << 20;
/// The most memory that a process may ask for; threads' stacks and guard pages count too.
const MAX_MEMORY_BYTES: libc::rlim_t = 16 << 30;

/// The largest file that a process may write: a program that prints without end stops here.
const MAX_FILE_BYTES: libc::rlim_t = 1 << 30;

/// Processor time that all ended commands have used, in seconds.
pub fn used_seconds() -> f64 {
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    // SAFETY: all bytes 0 are a value of this struct, and `getrusage` fills it.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &mut usage);
        seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}

/// How much longer a command may take than the processor time that it has: it may sleep, and others may be at work.
const CLOCK_FACTOR: u32 = 10;

/// Runs a command to its end or the time limit, which is of processor time so that others' work does not count. Its files are made in `folder`, with names that start with `what`.
pub fn run(command: &mut Command, folder: &Path, what: &str, limit: Duration) -> io::Result<Ended> {
    let (out, err) = (folder.join(format!("{what}.stdout")), folder.join(format!("{what}.stderr")));
    let current = folder.join("cwd");
    let temporary = folder.join("tmp");
    for needed in [&current, &temporary] {
        std::fs::create_dir_all(needed)?;
    }
    command
        .current_dir(&current)
        .env("TMPDIR", &temporary)
        .stdin(Stdio::null())
        .stdout(File::create(&out)?)
        .stderr(File::create(&err)?)
        .process_group(0);
    let seconds = limit.as_secs().max(1) as libc::rlim_t;
    // SAFETY: `setrlimit` may be called between fork and exec, and nothing else is done there.
    unsafe {
        command.pre_exec(move || {
            let memory = libc::rlimit { rlim_cur: MAX_MEMORY_BYTES, rlim_max: MAX_MEMORY_BYTES };
            let core = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
            libc::setrlimit(libc::RLIMIT_AS, &memory);
            libc::setrlimit(libc::RLIMIT_CORE, &core);
            let file = libc::rlimit { rlim_cur: MAX_FILE_BYTES, rlim_max: MAX_FILE_BYTES };
            libc::setrlimit(libc::RLIMIT_FSIZE, &file);
            let time = libc::rlimit { rlim_cur: seconds, rlim_max: seconds + 1 };
            libc::setrlimit(libc::RLIMIT_CPU, &time);
            Ok(())
        });
    }
    let mut child = command.spawn()?;
    let status = wait_at_most(&mut child, limit * CLOCK_FACTOR)?;
    let status = status.filter(|it| it.signal() != Some(libc::SIGXCPU));
    Ok(Ended { status, stdout: read_start(&out)?, stderr: read_start(&err)? })
}

/// The status of a process, or nothing if its time was up; then it and all that it started are ended.
fn wait_at_most(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let deadline = Instant::now() + limit;
    let mut pause = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if Instant::now() >= deadline {
            break None;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    };
    if let Ok(group) = libc::pid_t::try_from(child.id()) {
        // SAFETY: the group is the one that was made for this child.
        unsafe { libc::kill(-group, libc::SIGKILL) };
    }
    if status.is_none() {
        child.wait()?;
    }
    Ok(status)
}

fn read_start(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_OUTPUT_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A signal's name, for those that programs die of.
pub fn signal_name(signal: i32) -> String {
    match signal {
        libc::SIGSEGV => "SIGSEGV".to_owned(),
        libc::SIGBUS => "SIGBUS".to_owned(),
        libc::SIGILL => "SIGILL".to_owned(),
        libc::SIGABRT => "SIGABRT".to_owned(),
        libc::SIGFPE => "SIGFPE".to_owned(),
        libc::SIGTRAP => "SIGTRAP".to_owned(),
        other => format!("signal {other}"),
    }
}

/// What panics say in a program's messages, each with its place; without the thread's number, which is chance.
pub fn panics(stderr: &str) -> Vec<String> {
    let mut lines = stderr.lines();
    let mut result = Vec::new();
    while let Some(line) = lines.next() {
        if let Some((thread, rest)) = line.split_once(" panicked at ")
            && let Some(thread) = thread.strip_prefix("thread ")
        {
            let thread = thread.split(" (").next().unwrap_or(thread);
            let file = rest.rsplit('/').next().unwrap_or(rest);
            result.push(format!("{thread} at {file} {}", lines.next().unwrap_or_default()));
        }
    }
    result
}

/// Adds up what a report (`--report=json`) says of bodies: our own front end's, and rustc's.
pub fn count_bodies(stderr: &str, bodies: &[AtomicU64; 2]) {
    let reports = stderr.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    for report in reports.filter(|line| line["$message_type"] == "report") {
        for (sum, who) in bodies.iter().zip(["own", "rustc"]) {
            sum.fetch_add(report["report"]["bodies"][who].as_u64().unwrap_or_default(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{panics, run};
    use std::process::Command;
    use std::time::Duration;

    #[test]
    fn what_uses_up_its_processor_time_is_ended() {
        let folder = std::env::temp_dir().join(format!("xtask-process-{}", std::process::id()));
        let mut endless = Command::new("sh");
        endless.args(["-c", "while :; do :; done"]);
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        let ended = run(&mut endless, &folder, "run", Duration::from_secs(1));
        let _ = std::fs::remove_dir_all(&folder);
        assert!(ended.is_ok_and(|it| it.status.is_none()));
    }

    #[test]
    fn panics_are_told_from_other_messages() {
        let stderr = "warning: unused\n\nthread 'main' (123) panicked at /a/b.rs:3:5:\nno\nnote: run with\n";
        assert_eq!(panics(stderr), ["'main' at b.rs:3:5: no"]);
    }
}
