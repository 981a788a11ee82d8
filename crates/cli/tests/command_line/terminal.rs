//! `bessemer` at a terminal.

use super::{HELLO, LoggedToolchain, Place, names};
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A terminal that a program runs at, and what it has shown.
struct Terminal {
    /// The side of who looks at it and types.
    screen: File,
    child: Child,
    shown: String,
}

const PATIENCE: Duration = Duration::from_secs(60);

impl Terminal {
    /// Runs a command at a terminal of its own.
    fn run(mut command: Command) -> Terminal {
        let (mut screen, mut terminal) = (-1, -1);
        let size = libc::winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: the pointers are to two descriptors and a size, or null where nothing is wanted.
        let opened = unsafe {
            libc::openpty(&raw mut screen, &raw mut terminal, std::ptr::null_mut(), std::ptr::null(), &raw const size)
        };
        assert_eq!(opened, 0);
        // SAFETY: the call gave two descriptors that nobody else has.
        let (screen, terminal) = unsafe { (File::from_raw_fd(screen), OwnedFd::from_raw_fd(terminal)) };
        let copy = || Stdio::from(terminal.try_clone().unwrap());
        command.stdin(copy()).stdout(copy()).stderr(copy());
        // SAFETY: these calls may be made between `fork` and `exec`.
        unsafe {
            command.pre_exec(|| {
                libc::setsid();
                libc::ioctl(0, libc::TIOCSCTTY, 0);
                // Whoever runs these tests in the background may have had it ignored.
                libc::signal(libc::SIGINT, libc::SIG_DFL);
                Ok(())
            });
        }
        let child = command.spawn().unwrap();
        // Or the screen would never see an end.
        drop(command);
        drop(terminal);
        Terminal { screen, child, shown: String::new() }
    }

    /// Reads on until something holds of what was shown; false if the program has ended before.
    fn wait_until(&mut self, holds: impl Fn(&str) -> bool) -> bool {
        let start = Instant::now();
        let mut bytes = [0; 4096];
        while !holds(&self.shown) {
            assert!(start.elapsed() < PATIENCE, "{:?}", self.shown);
            match self.screen.read(&mut bytes) {
                Ok(0) => return false,
                Ok(count) => self.shown += &String::from_utf8_lossy(&bytes[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // The last program at the terminal has gone.
                Err(_) => return false,
            }
        }
        true
    }

    fn type_in(&mut self, keys: &str) {
        self.screen.write_all(keys.as_bytes()).unwrap();
    }

    fn resize(&self, columns: u16) {
        let size = libc::winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: the descriptor is a terminal's, and the pointer is to a size.
        assert_eq!(unsafe { libc::ioctl(self.screen.as_raw_fd(), libc::TIOCSWINSZ, &raw const size) }, 0);
    }

    /// All that was shown, and how the program ended.
    fn end(mut self) -> (String, ExitStatus) {
        self.wait_until(|_| false);
        (self.shown, self.child.wait().unwrap())
    }
}

fn bessemer(place: &Place, args: &[&str]) -> Command {
    let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), args);
    command.env("TERM", "xterm-256color");
    command
}

#[test]
fn colours() {
    let place = Place::new();
    place.write("wrong.rs", "fn main() { let x: u8 = \"\"; }\n");
    let shown = |variable: Option<(&str, &str)>, args: &[&str]| {
        let mut command = bessemer(&place, args);
        command.envs(variable);
        Terminal::run(command).end().0
    };
    for args in [&["build", "missing.rs"][..], &["check", "wrong.rs"]] {
        assert!(shown(None, args).contains("\x1b["), "{args:?}");
        for variable in [("NO_COLOR", "1"), ("TERM", "dumb")] {
            assert!(!shown(Some(variable), args).contains('\x1b'), "{variable:?} {args:?}");
        }
        // The option wins.
        let args = [args, &["--color", "always"]].concat();
        assert!(shown(Some(("NO_COLOR", "1")), &args).contains("\x1b["), "{args:?}");
    }
}

/// A line says what is being done, never becomes two, and has gone in the end.
#[test]
fn progress() {
    let place = Place::new();
    place.write("slow.rs", HELLO);
    let toolchain = LoggedToolchain::doing(&place, "sleep 2.5");
    let slow = |variable: Option<(&str, &str)>, args: &[&str]| {
        let _ = std::fs::remove_dir_all(place.path("cache").join("run"));
        let mut command = bessemer(&place, args);
        command.env("RUSTC", &toolchain.rustc).envs(variable);
        Terminal::run(command)
    };
    let mut terminal = slow(None, &["run", "slow.rs"]);
    assert!(terminal.wait_until(|shown| shown.contains("Compiling slow: check (rustc), ")), "{:?}", terminal.shown);
    terminal.resize(20);
    let (shown, status) = terminal.end();
    assert!(status.success());
    // It is written over itself, without a wrap whatever the width, and the program begins on a line of its own.
    let (progress, rest) = shown.rsplit_once("\r\x1b[K").unwrap();
    assert_eq!(rest, "hello\r\n");
    assert!(!progress.contains('\n'), "{shown:?}");
    for line in progress.split("\r\x1b[K").filter(|line| !line.is_empty()) {
        assert!(line.starts_with("\x1b[?7l") && line.ends_with("\x1b[?7h"), "{shown:?}");
    }
    for (variable, args) in [(Some(("TERM", "dumb")), &["run", "slow.rs"][..]), (None, &["run", "-q", "slow.rs"])] {
        assert_eq!(slow(variable, args).end().0, "hello\r\n", "{variable:?} {args:?}");
    }
}

/// Under cargo, the line is written where cargo's own progress is, and goes away as well.
#[test]
fn progress_under_cargo() {
    let place = Place::new();
    place.write("Cargo.toml", "[package]\nname = \"slow\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n");
    std::fs::create_dir(place.work().join("src")).unwrap();
    place.write("src/main.rs", HELLO);
    let toolchain = LoggedToolchain::doing(&place, "case \"$*\" in *'--crate-name slow'*) sleep 2.5;; esac");
    let mut command = place.command(env!("CARGO_BIN_EXE_cargo-bessemer"), &["bessemer", "build"]);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO") && text != "CARGO_HOME" {
            command.env_remove(&name);
        }
    }
    command.env("TERM", "xterm-256color").env("RUSTC", &toolchain.rustc);
    let (shown, status) = Terminal::run(command).end();
    assert!(status.success(), "{shown}");
    assert!(shown.contains("Compiling slow: check (rustc), "), "{shown:?}");
    for line in shown.split('\n') {
        let left = line.rsplit("\r\x1b[K").next().unwrap_or_default();
        assert!(!left.contains("check (rustc)"), "{shown:?}");
    }
}

/// Nothing is left of a compilation that somebody stops, and it ends as whoever waits for it expects.
#[test]
fn interrupted() {
    let place = Place::new();
    place.write("slow.rs", HELLO);
    let toolchain = LoggedToolchain::doing(&place, "case \"$*\" in *slow.rs*) echo begun >> begun; sleep 30;; esac");
    let before = place.files();
    // How often rustc is run, at once.
    for (args, runs) in
        [(&["run", "slow.rs"], 2), (&["build", "slow.rs"], 2), (&["check", "slow.rs"], 1), (&["compare", "slow.rs"], 1)]
    {
        let mut command = bessemer(&place, args);
        command.env("RUSTC", &toolchain.rustc);
        let start = Instant::now();
        let mut terminal = Terminal::run(command);
        let begun = place.work().join("begun");
        while std::fs::read_to_string(&begun).unwrap_or_default().lines().count() < runs {
            assert!(start.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(10));
        }
        terminal.type_in("\x03");
        let (shown, status) = terminal.end();
        assert_eq!(status.signal(), Some(libc::SIGINT), "{args:?}: {shown:?}");
        assert!(!shown.contains("error"), "{shown:?}");
        assert_eq!(names(&place.path("temporary")), [""; 0], "{args:?}");
        std::fs::remove_file(begun).unwrap();
        assert_eq!(place.files(), before);
    }
}

/// Nothing is left of a comparison either, whatever it is at; its line goes away.
#[test]
fn interrupted_comparisons() {
    let place = Place::new();
    place.write("waits.rs", "fn main() { std::thread::sleep(std::time::Duration::from_secs(50)) }\n");
    let before = place.files();
    for step in ["rustc -O 3: warm-up", "llvm -O 0: build, cold", "rustc -O 3: output and memory"] {
        let args = ["compare", "--only", "llvm:0", "--builds", "1", "--rounds", "1", "waits.rs"];
        let mut terminal = Terminal::run(bessemer(&place, &args));
        assert!(terminal.wait_until(|shown| shown.contains(step)), "{step}: {:?}", terminal.shown);
        terminal.type_in("\x03");
        let (shown, status) = terminal.end();
        // Shells call that 130.
        assert_eq!(status.signal(), Some(libc::SIGINT), "{step}: {shown:?}");
        assert!(shown.ends_with("\r\x1b[K") && !shown.contains('\n') && !shown.contains("error"), "{step}: {shown:?}");
        assert_eq!(names(&place.path("temporary")), [""; 0], "{step}");
        assert_eq!(place.files(), before);
    }
}

/// A program that runs in our process has signals of its own.
#[test]
fn programs_are_interrupted_as_any() {
    let place = Place::new();
    place.write("waits.rs", "fn main() { println!(\"ready\"); loop { std::thread::park(); } }\n");
    for options in [&["run"][..], &["run", "-g"]] {
        let mut terminal = Terminal::run(bessemer(&place, &[options, &["waits.rs"]].concat()));
        assert!(terminal.wait_until(|shown| shown.contains("ready")), "{:?}", terminal.shown);
        terminal.type_in("\x03");
        let (shown, status) = terminal.end();
        assert_eq!(status.signal(), Some(libc::SIGINT), "{options:?}: {shown:?}");
        assert_eq!(names(&place.path("temporary")), [""; 0], "{options:?}");
    }
}

/// What is no text is not for a terminal.
#[test]
fn results_that_a_terminal_cannot_show() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    for options in [&["--emit", "obj"][..], &[]] {
        let args = [&["build", "-o", "-"], options, &["hello.rs"]].concat();
        let (shown, status) = Terminal::run(bessemer(&place, &args)).end();
        assert_eq!(status.code(), Some(2));
        assert!(shown.contains("is not text, and standard output is a terminal"), "{shown}");
    }
    let (shown, _) = Terminal::run(bessemer(&place, &["build", "--emit", "lir", "-o", "-", "hello.rs"])).end();
    assert!(shown.contains("function "), "{shown}");
}
