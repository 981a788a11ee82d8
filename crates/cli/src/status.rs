//! A line at a terminal that says what is being done where that takes long, and that goes away.

use crate::request::is_dumb;
use driver::Observer;
use std::fs::OpenOptions;
use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What takes less time needs no line.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often a line is written again, with the time that has passed.
const INTERVAL: Duration = Duration::from_secs(1);

/// Takes away what is in the line.
const CLEAR: &str = "\r\x1b[K";

enum Message {
    Stage(&'static str),
    End,
}

/// The line, while there is something to say.
pub struct Status {
    thread: Option<(Sender<Message>, JoinHandle<()>)>,
}

impl Status {
    /// No line.
    pub fn none() -> Status {
        Status { thread: None }
    }

    /// A line on standard error, where that is a terminal which can take it away again.
    pub fn of_file(name: &str) -> Status {
        if !std::io::stderr().is_terminal() || is_dumb() {
            return Status::none();
        }
        Status::on(std::io::stderr(), name)
    }

    /// A line on the terminal that cargo shows its own progress at: cargo reads our standard error, and what is said there
    /// stays.
    pub fn of_unit(name: &str) -> Status {
        match OpenOptions::new().write(true).open("/dev/tty") {
            Ok(terminal) if !is_dumb() => Status::on(terminal, name),
            _ => Status::none(),
        }
    }

    fn on(mut out: impl Write + Send + 'static, name: &str) -> Status {
        let (sender, receiver) = mpsc::channel();
        let name = name.to_owned();
        let thread = std::thread::spawn(move || {
            let start = Instant::now();
            let mut stage = "";
            let mut is_shown = false;
            loop {
                let wait = if is_shown { INTERVAL } else { PATIENCE.saturating_sub(start.elapsed()) };
                match receiver.recv_timeout(wait) {
                    Ok(Message::Stage(next)) => stage = next,
                    Err(RecvTimeoutError::Timeout) => is_shown = true,
                    Ok(Message::End) | Err(RecvTimeoutError::Disconnected) => break,
                }
                if is_shown {
                    let _ = out.write_all(line(&name, stage, start.elapsed()).as_bytes());
                    let _ = out.flush();
                }
            }
            if is_shown {
                let _ = out.write_all(CLEAR.as_bytes());
                let _ = out.flush();
            }
        });
        Status { thread: Some((sender, thread)) }
    }

    /// Who is told of stages.
    pub fn observer(&self) -> Observer {
        match &self.thread {
            None => Observer::default(),
            Some((sender, _)) => {
                let sender = sender.clone();
                Observer::new(move |stage| {
                    let _ = sender.send(Message::Stage(stage));
                })
            }
        }
    }

    /// Takes the line away.
    pub fn end(mut self) {
        self.take_away();
    }

    fn take_away(&mut self) {
        if let Some((sender, thread)) = self.thread.take() {
            let _ = sender.send(Message::End);
            let _ = thread.join();
        }
    }
}

impl Drop for Status {
    fn drop(&mut self) {
        self.take_away();
    }
}

/// The line. It does not wrap at the terminal's edge, wherever that is just now, as only one line is taken away.
fn line(name: &str, stage: &str, time: Duration) -> String {
    format!("{CLEAR}\x1b[?7l{:>12} {name}: {stage}, {} s\x1b[?7h", "Compiling", time.as_secs())
}

#[cfg(test)]
mod tests {
    use super::{CLEAR, Status};
    use std::io::Write;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_comes_late_and_goes() {
        let screen = Screen::default();
        let text = || String::from_utf8(screen.0.lock().unwrap().clone()).unwrap();
        let status = Status::on(screen.clone(), "program");
        status.end();
        assert_eq!(text(), "", "what takes no time has no line");
        let status = Status::on(screen.clone(), "program");
        let mut report = driver::Report { observer: status.observer(), ..driver::Report::default() };
        report.stage("code generation", |_| {
            while text().is_empty() {
                std::thread::sleep(Duration::from_millis(10));
            }
        });
        status.end();
        let text = text();
        assert!(text.contains("   Compiling program: code generation, 1 s"), "{text:?}");
        assert!(text.ends_with(CLEAR), "{text:?}");
    }
}
