//! A worker, from the other side: started, asked, and ended where it takes too long.

use rustix::process::{Pid, Signal, kill_process_group};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What a worker says on standard error before its first answer: it has no more to say there.
pub const END: &str = "{\"$message_type\":\"end\"}\n";

/// No more of what a worker says beside its answers is kept.
const MAX_STDERR_BYTES: u64 = 8 << 20;

/// Why there is no answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoAnswer {
    /// There was none in time. The worker is ended.
    Time,
    /// The worker has ended, with this code, or by this signal.
    Ended { code: Option<i32>, signal: Option<i32> },
}

/// A worker with all processes that it starts. They end with this.
pub struct Worker {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    /// What it says beside its answers: diagnostics, and cargo's messages.
    said: Arc<Mutex<Vec<u8>>>,
    readers: Vec<JoinHandle<()>>,
    group: Group,
    /// Nothing is being done that was asked for.
    has_answered: bool,
}

/// The processes of a worker.
#[derive(Clone, Copy, Debug)]
pub struct Group(Option<Pid>);

impl Group {
    /// That of a child that leads one.
    fn of(child: &Child) -> Group {
        Group(i32::try_from(child.id()).ok().and_then(Pid::from_raw))
    }

    /// Asks all of them to end. (Who runs in the background may ignore Ctrl-C.)
    fn ask_to_end(self) {
        if let Some(group) = self.0 {
            let _ = kill_process_group(group, Signal::TERM);
        }
    }

    /// Ends all of them at once.
    pub fn kill(self) {
        if let Some(group) = self.0 {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Worker {
    /// Starts one.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn start(mut command: Command) -> std::io::Result<Worker> {
        // A group of its own, so that rustc and cargo end with it.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let group = Group::of(&child);
        let said = Arc::new(Mutex::new(Vec::new()));
        let (sender, lines) = mpsc::channel();
        let mut readers = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let said = Arc::clone(&said);
            readers.push(std::thread::spawn(move || {
                for line in BufReader::new(stdout).lines() {
                    let Ok(line) = line else { break };
                    // cargo's messages come by the same way, before there are any answers.
                    if line.starts_with("{\"reason\":") {
                        note(&said, format!("{line}\n").as_bytes());
                    } else if sender.send(line).is_err() {
                        break;
                    }
                }
            }));
        }
        if let Some(mut stderr) = child.stderr.take() {
            let said = Arc::clone(&said);
            readers.push(std::thread::spawn(move || {
                let mut buffer = [0; 8192];
                while let Ok(read @ 1..) = stderr.read(&mut buffer) {
                    note(&said, &buffer[..read]);
                }
            }));
        }
        let stdin = child.stdin.take();
        Ok(Worker { child, stdin, lines, said, readers, group, has_answered: false })
    }

    /// Its processes.
    pub fn group(&self) -> Group {
        self.group
    }

    /// Asks something.
    ///
    /// # Errors
    /// There is no answer.
    pub fn ask(&mut self, question: &str, limit: Duration) -> Result<String, NoAnswer> {
        if let Some(stdin) = &mut self.stdin {
            let _ = stdin.write_all(format!("{question}\n").as_bytes()).and_then(|()| stdin.flush());
        }
        self.answer(limit)
    }

    /// Waits for what it says next.
    ///
    /// # Errors
    /// It says nothing.
    pub fn answer(&mut self, limit: Duration) -> Result<String, NoAnswer> {
        self.has_answered = false;
        match self.lines.recv_timeout(limit) {
            Ok(line) => {
                self.has_answered = true;
                Ok(line)
            }
            Err(RecvTimeoutError::Timeout) => {
                self.end();
                Err(NoAnswer::Time)
            }
            Err(RecvTimeoutError::Disconnected) => {
                // Nothing more is asked.
                self.stdin = None;
                let mut status = None;
                until(|| {
                    status = self.child.try_wait().ok().flatten();
                    status.is_some() && self.readers.iter().all(JoinHandle::is_finished)
                });
                self.end();
                let (code, signal) = (status.and_then(|it| it.code()), status.and_then(|it| it.signal()));
                Err(NoAnswer::Ended { code, signal })
            }
        }
    }

    /// What it has said beside its answers, when it has said that this is all ([`END`]).
    pub fn said(&self) -> String {
        let is_all = |said: &[u8]| said.windows(END.len()).any(|it| it == END.as_bytes());
        until(|| self.readers.iter().all(JoinHandle::is_finished) || self.said.lock().is_ok_and(|said| is_all(&said)));
        let said = self.said.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        String::from_utf8_lossy(&said).into_owned()
    }

    /// Ends it. One that has answered ends by itself when nothing more is asked, and takes its files with it.
    fn end(&mut self) {
        self.stdin = None;
        if self.has_answered {
            until(|| matches!(self.child.try_wait(), Ok(Some(_))));
        }
        // Its number may be another's later.
        std::mem::replace(&mut self.group, Group(None)).kill();
        let _ = self.child.wait();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.end();
    }
}

/// What a command gave.
#[derive(Debug, Default)]
pub struct Ended {
    /// Its exit code; none if a signal has ended it.
    pub code: Option<i32>,
    /// It took too long.
    pub is_cut_off: bool,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

/// Runs a command to its end, or asks it to end when it takes too long. `started` is told what may be ended from outside.
///
/// # Errors
/// It cannot be run.
pub fn run(mut command: Command, limit: Duration, started: &dyn Fn(Group)) -> std::io::Result<Ended> {
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let group = Group::of(&child);
    started(group);
    let reader = |pipe: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
            drop(read);
            bytes
        })
    };
    let stdout = reader(child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let stderr = reader(child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let start = Instant::now();
    let (mut is_cut_off, mut status) = (false, None);
    while status.is_none() {
        status = child.try_wait()?;
        if status.is_none() && !is_cut_off && start.elapsed() > limit {
            is_cut_off = true;
            group.ask_to_end();
        } else if status.is_none() && start.elapsed() > limit + Duration::from_secs(10) {
            group.kill();
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    // What it has left behind would hold the pipes.
    group.kill();
    let joined = |thread: JoinHandle<Vec<u8>>| thread.join().unwrap_or_default();
    let code = status.and_then(|status| status.code());
    Ok(Ended { code, is_cut_off, stdout: joined(stdout), stderr: joined(stderr) })
}

/// Waits until something is so, but not for long: who holds a pipe may have left the group.
fn until(mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() && start.elapsed() < Duration::from_secs(2) {
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn note(said: &Mutex<Vec<u8>>, bytes: &[u8]) {
    let mut said = said.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let room = usize::try_from(MAX_STDERR_BYTES).unwrap_or(usize::MAX).saturating_sub(said.len());
    said.extend(&bytes[..bytes.len().min(room)]);
}

#[cfg(test)]
mod tests {
    use super::{NoAnswer, Worker};
    use std::process::Command;
    use std::time::Duration;

    fn shell(script: &str) -> Worker {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Worker::start(command).expect("a shell")
    }

    #[test]
    fn questions_have_answers() {
        let mut worker =
            shell("echo first; echo '{\"reason\":1}'; echo aside >&2; while read x; do echo \"got $x\"; done");
        let limit = Duration::from_secs(20);
        assert_eq!(worker.answer(limit), Ok("first".to_owned()));
        assert_eq!(worker.ask("a", limit), Ok("got a".to_owned()));
        drop(worker.stdin.take());
        assert!(worker.said().contains("{\"reason\":1}\n"));
    }

    #[test]
    fn commands_are_run_to_their_end() {
        let run = |script: &str, limit| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            super::run(command, Duration::from_millis(limit), &|_| {}).expect("a shell")
        };
        let ended = run("echo out; echo err >&2; sleep 1000 & exit 3", 20_000);
        assert_eq!((ended.code, &*ended.stdout, &*ended.stderr), (Some(3), &b"out\n"[..], &b"err\n"[..]));
        let ended = run("trap 'exit 7' TERM; sleep 1000 & wait", 200);
        assert!(ended.is_cut_off && ended.code == Some(7), "{ended:?}");
    }

    #[test]
    fn ends_are_told() {
        let limit = Duration::from_secs(20);
        assert_eq!(shell("exit 3").answer(limit), Err(NoAnswer::Ended { code: Some(3), signal: None }));
        assert_eq!(shell("kill -SEGV $$").answer(limit), Err(NoAnswer::Ended { code: None, signal: Some(11) }));
        let mut slow = shell("sleep 1000 & wait");
        assert_eq!(slow.answer(Duration::from_millis(50)), Err(NoAnswer::Time));
    }
}
