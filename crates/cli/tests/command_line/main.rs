//! The program `bessemer` as people meet it: what it says, its exit codes, what it leaves behind, and what a running program
//! gets from it.

use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

mod bloat;
mod code;
mod compare;
mod coverage;
mod debuggers;
mod explore;
mod machines;
mod memory;
mod options;
mod outputs;
mod profile;
mod std_made;
mod std_switches;
mod symbols;
mod targets;
mod terminal;

/// A folder to work in, with a cache and a folder for temporary files of its own.
struct Place {
    folder: tempfile::TempDir,
}

/// What a command gave.
struct Gave {
    code: Option<i32>,
    signal: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Place {
    fn new() -> Place {
        let place = Place { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(place.path("temporary")).unwrap();
        std::fs::create_dir(place.path("work")).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where commands run.
    fn work(&self) -> PathBuf {
        self.path("work")
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.work().join(name), content).unwrap();
    }

    fn command(&self, program: impl AsRef<OsStr>, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.work());
        command.env("BESSEMER_CACHE_DIR", self.path("cache")).env("TMPDIR", self.path("temporary"));
        for name in
            ["RUST_BACKTRACE", "BESSEMER_BACKTRACE", "BESSEMER_RUST_SRC", "RUSTFLAGS", "NO_COLOR", "BESSEMER_BACKEND"]
        {
            command.env_remove(name);
        }
        command
    }

    fn bessemer(&self, args: &[&str]) -> Gave {
        gave(self.command(env!("CARGO_BIN_EXE_bessemer"), args), b"")
    }

    fn rustc(&self, args: &[&str]) -> Gave {
        gave(self.command("rustc", args), b"")
    }

    /// All files in the folder where commands run, sorted.
    fn files(&self) -> Vec<String> {
        names(&self.work())
    }

    /// Runs a command that must fail, in the way that all failures have in common, and gives what it said.
    #[track_caller]
    fn fails(&self, args: &[&str], code: i32) -> String {
        let before = self.files();
        let gave = self.bessemer(args);
        self.check_failure(&gave, code);
        assert_eq!(self.files(), before, "files left behind");
        gave.stderr
    }

    #[track_caller]
    fn check_failure(&self, gave: &Gave, code: i32) {
        assert_eq!(gave.code, Some(code), "{}", gave.stderr);
        assert!(gave.stdout.is_empty(), "{}", gave.stdout);
        for word in ["panicked at", "RUST_BACKTRACE", "internal error"] {
            assert!(!gave.stderr.contains(word), "{}", gave.stderr);
        }
        assert!(!gave.stderr.trim().is_empty());
        assert_eq!(names(&self.path("temporary")), [""; 0], "temporary files left behind");
    }

    #[track_caller]
    fn succeeds(&self, args: &[&str]) -> Gave {
        let gave = self.bessemer(args);
        assert_eq!(gave.code, Some(0), "{}", gave.stderr);
        assert_eq!(names(&self.path("temporary")), [""; 0], "temporary files left behind");
        gave
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn gave(mut command: Command, input: &[u8]) -> Gave {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program need not read all of its input.
    let _ = child.stdin.take().unwrap().write_all(input);
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    Gave {
        code: status.code(),
        signal: status.signal(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
}

const HELLO: &str = "fn main() { println!(\"hello\"); }\n";

// The program is at fault, or is not there.

#[test]
fn missing_file() {
    let place = Place::new();
    for command in ["run", "build", "check"] {
        let said = place.fails(&[command, "missing.rs"], 1);
        says(&said, &["error: couldn't read `missing.rs`: No such file"]);
    }
}

#[test]
fn a_folder_is_no_program() {
    let place = Place::new();
    std::fs::create_dir(place.work().join("folder.rs")).unwrap();
    says(&place.fails(&["run", "folder.rs"], 1), &["folder.rs", "Is a directory"]);
}

/// rustc's words, and nothing else.
#[test]
fn compile_errors_are_rustcs() {
    let place = Place::new();
    let programs = [
        ("syntax.rs", "fn main() { let x = ; }\n"),
        ("types.rs", "fn unused() {}\nfn main() { let x: u8 = \"\"; }\n"),
        ("no_main.rs", "pub fn f() {}\n"),
        ("borrow.rs", "fn main() { let s = String::new(); drop(s); println!(\"{s}\"); }\n"),
    ];
    for (name, text) in programs {
        place.write(name, text);
        let expected = place.rustc(&["--edition", "2024", "--color=never", name]);
        assert_eq!(expected.code, Some(1));
        for command in ["run", "build", "check"] {
            assert_eq!(place.fails(&[command, name], 1), expected.stderr, "{command} {name}");
        }
    }
}

#[test]
fn warnings_are_rustcs_and_said_once() {
    let place = Place::new();
    // `helper` and `Used` are reached from `main` alone.
    let text = "struct Used(u8);\nstruct Unused { a: u8 }\nfn helper() -> Used { Used(3) }\nfn unused() {}\n\
                fn main() { let x = 5; println!(\"{}\", helper().0); }\n";
    place.write("warn.rs", text);
    let expected = place.rustc(&["--edition", "2024", "--color=never", "-o", "by_rustc", "warn.rs"]);
    says(&expected.stderr, &["3 warnings emitted"]);
    for args in [&["check", "warn.rs"][..], &["build", "--backend", "cranelift", "warn.rs"], &["run", "warn.rs"]] {
        assert_eq!(place.succeeds(args).stderr, expected.stderr, "{args:?}");
    }
    // Remembered programs warn too.
    assert_eq!(place.succeeds(&["run", "warn.rs"]).stderr, expected.stderr);
    let coloured = place.rustc(&["--edition", "2024", "--color=always", "-o", "by_rustc", "warn.rs"]);
    assert_eq!(place.succeeds(&["check", "--color", "always", "warn.rs"]).stderr, coloured.stderr);
    let json = place.rustc(&["--edition", "2024", "--error-format=json", "-o", "by_rustc", "warn.rs"]);
    // rustc says in addition what it has written where it is asked to; here it is not.
    assert_eq!(place.succeeds(&["check", "--json", "warn.rs"]).stderr, json.stderr);
}

#[test]
fn programs_without_warnings_are_silent() {
    let place = Place::new();
    place.write(
        "quiet.rs",
        "mod m { pub fn f() -> u8 { g() } fn g() -> u8 { 3 } }\nfn main() { assert_eq!(m::f(), 3); }\n",
    );
    for args in [&["check", "quiet.rs"][..], &["build", "--backend", "cranelift", "quiet.rs"], &["run", "quiet.rs"]] {
        let gave = place.succeeds(args);
        assert_eq!((gave.stdout.as_str(), gave.stderr.as_str()), ("", ""));
    }
}

/// What only shows when a function is instantiated reads as rustc would say it, after the warnings.
#[test]
fn errors_after_monomorphisation() {
    let place = Place::new();
    let text = "fn unused() {}\nfn check<const N: usize>() -> usize {\n    const { assert!(N > 3, \"too small\") };\n    N\n}\n\
                fn main() {\n    println!(\"{}\", check::<5>() + check::<2>());\n}\n";
    place.write("late.rs", text);
    for args in [&["run", "late.rs"][..], &["build", "late.rs"]] {
        let said = place.fails(args, 1);
        let error = "error[E0080]: evaluation panicked: too small\n --> late.rs:3:13\n  |\n3 |     const { assert!(N > 3, \"too \
                     small\") };\n  |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^ evaluation of `check::<2>::{constant#0}` failed here\n";
        says(&said, &["function `unused` is never used", error, "encountered while instantiating `fn check::<2>`"]);
        assert_eq!(said.matches("never used").count(), 1);
    }
    let said = place.fails(&["run", "--json", "late.rs"], 1);
    for line in said.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(value["$message_type"], "diagnostic");
    }
    says(&said, &["\"code\":\"E0080\"", "\"line_start\":3"]);
}

// Files that are not what they seem.

const LIBRARY: &str = "pub fn f<T: ToString>(it: T) -> String { it.to_string() }\n";

/// Compiles the library `part` as an rlib or as metadata alone.
fn library(place: &Place, emit: &str) -> String {
    place.write("part.rs", LIBRARY);
    let emit = format!("--emit={emit}");
    let gave = place.rustc(&["--edition", "2024", "--crate-type", "rlib", "-Cmetadata=1", &emit, "part.rs"]);
    assert_eq!(gave.code, Some(0), "{}", gave.stderr);
    if emit.ends_with("metadata") { "libpart.rmeta".to_owned() } else { "libpart.rlib".to_owned() }
}

#[test]
fn foreign_and_damaged_libraries() {
    let place = Place::new();
    place.write("user.rs", "fn main() { println!(\"{}\", part::f(3)); }\n");
    for emit in ["link", "metadata"] {
        let name = library(&place, emit);
        let good = std::fs::read(place.work().join(&name)).unwrap();
        let dependency = format!("part={name}");
        let mut wrong_version = good.clone();
        let found = b"rustc 1.95.0";
        let at = wrong_version.windows(found.len()).position(|window| window == found).unwrap();
        wrong_version[at..at + found.len()].copy_from_slice(b"rustc 1.42.0");
        let contents: [&[u8]; 5] = [b"", b"not metadata at all", &good[..good.len() / 2], &good[..9], &wrong_version];
        for content in contents {
            place.write(&name, content);
            for command in ["build", "run"] {
                let said = place.fails(&[command, "--extern", &dependency, "user.rs"], 1);
                says(&said, &["part"]);
            }
        }
        // Damage that may not matter: no panic of ours, whatever rustc thinks of it.
        for step in 1..7 {
            let mut damaged = good.clone();
            let at = damaged.len() * step / 6;
            damaged[at..].iter_mut().take(16).for_each(|byte| *byte ^= 0x5a);
            if step == 6 {
                damaged.truncate(damaged.len() - 10);
            }
            place.write(&name, damaged);
            let gave = place.bessemer(&["build", "--backend", "cranelift", "--extern", &dependency, "user.rs"]);
            match gave.code {
                Some(0) => std::fs::remove_file(place.work().join("user")).unwrap(),
                _ => place.check_failure(&gave, 1),
            }
        }
    }
    says(&place.fails(&["run", "--extern", "part=none.rlib", "user.rs"], 1), &["none.rlib"]);
}

/// Writes a program that stands for rustc.
fn fake_rustc(place: &Place, script: &str) -> PathBuf {
    let file = place.path("fake-rustc");
    testing::write_script(&file, &format!("#!/bin/sh\n{script}\n"));
    file
}

#[test]
fn other_toolchains() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    let with = |rustc: &Path, args: &[&str]| {
        let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), args);
        command.env("RUSTC", rustc);
        gave(command, b"")
    };
    let old = "echo 'rustc 1.80.1 (3f5fd8dd4 2024-08-06)'; echo 'host: x86_64-unknown-linux-gnu'; echo 'release: 1.80.1'; \
               echo /usr";
    let cases = [
        (
            fake_rustc(&place, old),
            "is rustc 1.80.1 (3f5fd8dd4 2024-08-06), but only Rust 1.95.0, 1.96.0, 1.97.1 or 1.98.1 is supported",
        ),
        (place.path("no-such-rustc"), "cannot run `"),
    ];
    for (rustc, expected) in &cases {
        for command in ["run", "build", "check"] {
            let gave = with(rustc, &[command, "hello.rs"]);
            place.check_failure(&gave, 1);
            says(&gave.stderr, &[expected, "help: ", "RUSTC"]);
        }
        let doctor = with(rustc, &["doctor"]);
        assert_eq!(doctor.code, Some(1));
        says(&doctor.stdout, &["missing  toolchain", expected, "help: "]);
        let doctor = with(rustc, &["doctor", "--json"]);
        assert_eq!(doctor.code, Some(1));
        let rows: serde_json::Value = serde_json::from_str(&doctor.stdout).unwrap();
        assert_eq!(rows[0]["what"], "toolchain");
        assert_eq!(rows[0]["ok"], false);
    }
    for script in ["echo broken >&2; exit 1", "echo nonsense", "exit 0"] {
        let gave = with(&fake_rustc(&place, script), &["run", "hello.rs"]);
        place.check_failure(&gave, 1);
        says(&gave.stderr, &["fake-rustc", "RUSTC"]);
    }
    assert_eq!(place.files(), ["hello.rs"]);
}

// Outputs that cannot be written.

#[test]
fn outputs_without_a_place() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    place.write("file", "");
    std::fs::create_dir(place.work().join("folder")).unwrap();
    std::fs::create_dir(place.work().join("hello")).unwrap();
    for emit in ["link", "obj", "mir", "link,lir"] {
        let said = place.fails(&["build", "--emit", emit, "-o", "none/hello", "hello.rs"], 1);
        says(&said, &["cannot write `none/hello", "help: make the folder first"]);
        let said = place.fails(&["build", "--emit", emit, "-o", "file/hello", "hello.rs"], 1);
        says(&said, &["cannot write `file/hello", "help: "]);
        let said = place.fails(&["build", "--emit", emit, "--out-dir", "file", "hello.rs"], 1);
        says(&said, &["cannot write `file`", "help: "]);
    }
    says(&place.fails(&["build", "-o", "folder", "hello.rs"], 1), &["cannot write `folder`", "directory", "help: "]);
    says(&place.fails(&["build", "hello.rs"], 1), &["cannot write `hello`", "directory", "help: name a file with -o"]);
    assert_eq!(names(&place.work().join("folder")), [""; 0]);
}

/// A file system in memory.
struct Mount(PathBuf);

impl Mount {
    /// One of 64 KiB; `None` where nothing can be mounted.
    fn small(folder: PathBuf) -> Option<Mount> {
        std::fs::create_dir(&folder).unwrap();
        let output = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(&folder).output();
        output.is_ok_and(|output| output.status.success()).then_some(Mount(folder))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// On a file system of 64 KiB, which is too small for any program.
#[test]
fn full_file_system() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    place.write("big.rs", "static BIG: [u8; 200_000] = [1; 200_000];\nfn main() { println!(\"{:p}\", &BIG); }\n");
    let Some(mount) = Mount::small(place.path("full")) else {
        eprintln!("SKIPPED: a full file system, as nothing can be mounted here");
        return;
    };
    let full = mount.0.clone();
    let full_name = full.to_str().unwrap();
    let mut results = Vec::new();
    for backend in ["cranelift", "llvm"] {
        for (emit, program) in [("link", "hello.rs"), ("obj", "big.rs"), ("link", "big.rs")] {
            let gave =
                place.bessemer(&["build", "--backend", backend, "--emit", emit, "--out-dir", full_name, program]);
            results.push((gave, names(&full)));
        }
    }
    // A full cache costs time, not the result.
    let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), &["run", "hello.rs"]);
    command.env("BESSEMER_CACHE_DIR", &full);
    let with_full_cache = gave(command, b"");
    // Nor can rustc write what is needed of it.
    let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), &["build", "--backend", "cranelift", "hello.rs"]);
    let _ = std::fs::write(full.join("filler"), vec![1; 64 << 10]);
    command.env("TMPDIR", &full);
    let with_full_temporary = gave(command, b"");
    let left = names(&full);
    drop(mount);
    for (gave, left) in results {
        place.check_failure(&gave, 1);
        says(&gave.stderr, &["No space left on device"]);
        assert_eq!(left, [""; 0]);
    }
    assert_eq!((with_full_cache.code, with_full_cache.stdout.as_str()), (Some(0), "hello\n"));
    assert!(!with_full_temporary.stderr.contains("panicked at"), "{}", with_full_temporary.stderr);
    if with_full_temporary.code != Some(0) {
        place.check_failure(&with_full_temporary, 1);
        says(&with_full_temporary.stderr, &["No space left on device"]);
    }
    let is_ours = |name: &String| {
        matches!(name.as_str(), "filler" | "run" | "code1" | "images") || name.starts_with("toolchain-")
    };
    assert!(left.iter().all(is_ours), "{left:?}");
}

// Wrong command lines.

#[test]
fn wrong_command_lines() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    let cases: [(&[&str], &[&str]); 13] = [
        (&["build", "--backend", "nosuch", "hello.rs"], &["nosuch", "there are: llvm, cranelift"]),
        (&["run", "--nosuch", "hello.rs"], &["--nosuch", "--help"]),
        (&["nosuch"], &["nosuch", "--help"]),
        (&["build", "-C", "nosuch", "hello.rs"], &["`-C nosuch` is not an option", "panic"]),
        (&["build", "-C", "nosuch=1", "hello.rs"], &["`-C nosuch` is not an option", "panic"]),
        (&["build", "-C", "panic=sometimes", "hello.rs"], &["it can be unwind, abort or immediate-abort"]),
        (&["build", "-C", "panic", "hello.rs"], &["`-C panic`: it needs a value"]),
        (&["build", "-C", "overflow-checks=maybe", "hello.rs"], &["it can be on or off"]),
        (&["build", "--emit", "nosuch", "hello.rs"], &["nosuch", "there are: link, obj, asm, mir, lir"]),
        (&["build", "--emit", "obj,nosuch", "hello.rs"], &["nosuch", "there are: link, obj, asm, mir, lir"]),
        (&["build", "-O", "9", "hello.rs"], &["there are the levels 0, 1, 2, 3, s and z"]),
        (&["build", "--debuginfo", "9", "hello.rs"], &["there are the levels 0, 1 and 2"]),
        (&["run"], &["FILE.rs"]),
    ];
    for (args, expected) in cases {
        let said = place.fails(args, 2);
        says(&said, &["error: "]);
        says(&said, expected);
    }
    let said = place.fails(&["build", "--edition", "1999", "hello.rs"], 1);
    says(&said, &["2015|2018|2021|2024"]);
    let said = place.fails(&["build", "-C", "target-cpu=nosuch", "hello.rs"], 1);
    says(&said, &["nosuch"]);
}

// What a running program gets.

const PROGRAM: &str = r#"
use std::io::Read;
unsafe extern "C" {
    fn raise(signal: i32) -> i32;
}
fn main() -> Result<(), String> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.first().map_or("", |arg| arg.as_str()) {
        "args" => println!("{args:?}"),
        "env" => println!("{:?}", std::env::var("BESSEMER_TEST_VALUE")),
        "stdin" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).unwrap();
            print!("{}", text.to_uppercase());
        }
        "exit" => std::process::exit(3),
        "panic" => panic!("a message"),
        "error" => return Err("an error".to_owned()),
        "kill" => unsafe { raise(9); },
        "abort" => std::process::abort(),
        other => println!("{other:?}?"),
    }
    Ok(())
}
"#;

#[test]
fn programs_get_what_is_theirs() {
    let place = Place::new();
    place.write("program.rs", PROGRAM);
    // In memory, and as an executable file.
    for options in [&["run", "program.rs", "--"][..], &["run", "-C", "panic=unwind", "-g", "program.rs", "--"]] {
        let run = |args: &[&str], input: &[u8]| {
            let all: Vec<&str> = options.iter().chain(args).copied().collect();
            let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), &all);
            command.env("BESSEMER_TEST_VALUE", "a value");
            gave(command, input)
        };
        let args = run(&["args", "--json", "", "-o", "ä b", "--"], b"");
        assert_eq!(args.stdout, "[\"args\", \"--json\", \"\", \"-o\", \"ä b\", \"--\"]\n", "{}", args.stderr);
        assert_eq!((args.code, args.stderr.as_str()), (Some(0), ""));
        assert_eq!(run(&["env"], b"").stdout, "Ok(\"a value\")\n");
        assert_eq!(run(&["stdin"], b"some text\n").stdout, "SOME TEXT\n");
        assert_eq!(run(&["exit"], b"").code, Some(3));
        let panicked = run(&["panic"], b"");
        assert_eq!(panicked.code, Some(101));
        says(&panicked.stderr, &["panicked at program.rs:17:20:\na message\n"]);
        let error = run(&["error"], b"");
        assert_eq!((error.code, error.stderr.as_str()), (Some(1), "Error: \"an error\"\n"));
        assert_eq!(run(&["kill"], b"").signal, Some(9));
        assert_eq!(run(&["abort"], b"").signal, Some(6));
        assert_eq!(names(&place.path("temporary")), [""; 0]);
    }
}

/// As a shell sees it: 128 and the signal's number.
#[test]
fn a_signal_as_a_shell_shows_it() {
    let place = Place::new();
    place.write("program.rs", PROGRAM);
    let script = format!("'{}' run program.rs -- kill; echo $?", env!("CARGO_BIN_EXE_bessemer"));
    let gave = gave(place.command("sh", &["-c", &script]), b"");
    assert_eq!(gave.stdout, "137\n", "{}", gave.stderr);
}

#[test]
fn source_from_standard_input() {
    let place = Place::new();
    let with_input =
        |args: &[&str], input: &str| gave(place.command(env!("CARGO_BIN_EXE_bessemer"), args), input.as_bytes());
    let text = "fn main() { println!(\"{:?}\", std::env::args().skip(1).collect::<Vec<_>>()); }";
    let ran = with_input(&["run", "-", "--", "one"], text);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "[\"one\"]\n", ""));
    let built = with_input(&["build", "--backend", "cranelift", "-"], text);
    assert_eq!((built.code, place.files()), (Some(0), vec!["rust_out".to_owned()]), "{}", built.stderr);
    let wrong = with_input(&["run", "-"], "fn main() { let x = ; }");
    place.check_failure(&wrong, 1);
    says(&wrong.stderr, &["expected expression, found `;`", " --> <anon>:1:21"]);
    place.check_failure(&with_input(&["run", "-"], ""), 1);
}

// Remembered programs.

/// A toolchain that writes a line for each start of rustc.
struct LoggedToolchain {
    rustc: PathBuf,
    log: PathBuf,
}

impl LoggedToolchain {
    fn new(place: &Place) -> LoggedToolchain {
        LoggedToolchain::doing(place, ":")
    }

    /// Before it compiles, rustc does this.
    fn doing(place: &Place, command: &str) -> LoggedToolchain {
        let sysroot = place.rustc(&["--print", "sysroot"]).stdout.trim().to_owned();
        let own = place.path("toolchain");
        let log = place.path("log");
        std::fs::create_dir_all(own.join("bin")).unwrap();
        std::os::unix::fs::symlink(Path::new(&sysroot).join("lib"), own.join("lib")).unwrap();
        let rustc = own.join("bin").join("rustc");
        let script = format!(
            "#!/bin/sh\necho \"$@\" >> '{log}'\ncase \"$*\" in\n*'--print sysroot'*) '{sysroot}/bin/rustc' -vV; echo '{own}';;\n\
             *) {command}; exec '{sysroot}/bin/rustc' \"$@\";;\nesac\n",
            log = log.display(),
            own = own.display(),
        );
        testing::write_script(&rustc, &script);
        LoggedToolchain { rustc, log }
    }

    /// How often rustc was started since the last time.
    fn starts(&self) -> usize {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let _ = std::fs::remove_file(&self.log);
        text.lines().count()
    }
}

#[test]
fn unchanged_programs_start_without_rustc() {
    let place = Place::new();
    let toolchain = LoggedToolchain::new(&place);
    place.write("text.txt", "first");
    let program = |number: u32| {
        format!(
            "fn main() {{ println!(\"{{}} {{}} {{:?}} {number}\", include_str!(\"text.txt\"), env!(\"BESSEMER_TEST_SET\"), \
             option_env!(\"BESSEMER_TEST_OPTIONAL\")); }}\n"
        )
    };
    place.write("program.rs", program(1));
    for options in [&["run"][..], &["run", "-g"]] {
        place.write("text.txt", "first");
        place.write("program.rs", program(1));
        let run = |more: &[&str], optional: Option<&str>, set: &str| {
            let args: Vec<&str> = options.iter().chain(more).copied().chain(["program.rs"]).collect();
            let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), &args);
            command.env("RUSTC", &toolchain.rustc).env("BESSEMER_TEST_SET", set);
            match optional {
                Some(value) => command.env("BESSEMER_TEST_OPTIONAL", value),
                None => command.env_remove("BESSEMER_TEST_OPTIONAL"),
            };
            let gave = gave(command, b"");
            assert_eq!((gave.code, gave.stderr.as_str()), (Some(0), ""));
            (gave.stdout, toolchain.starts() > 0)
        };
        let output = |text: &str| format!("{text}\n");
        assert_eq!(run(&[], None, "a"), (output("first a None 1"), true));
        assert_eq!(run(&[], None, "a"), (output("first a None 1"), false));
        place.write("program.rs", program(2));
        assert_eq!(run(&[], None, "a"), (output("first a None 2"), true));
        place.write("text.txt", "second");
        assert_eq!(run(&[], None, "a"), (output("second a None 2"), true));
        assert_eq!(run(&[], None, "b"), (output("second b None 2"), true));
        assert_eq!(run(&[], Some("c"), "b"), (output("second b Some(\"c\") 2"), true));
        assert_eq!(run(&[], Some("c"), "b"), (output("second b Some(\"c\") 2"), false));
        assert_eq!(run(&["-C", "overflow-checks=off"], Some("c"), "b"), (output("second b Some(\"c\") 2"), true));
        // Damage anywhere in what is remembered.
        let remembered = place.path("cache").join("run");
        for name in names(&remembered) {
            let file = remembered.join(name);
            let mut bytes = std::fs::read(&file).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0xff;
            std::fs::write(&file, bytes).unwrap();
        }
        assert_eq!(run(&[], Some("c"), "b"), (output("second b Some(\"c\") 2"), true));
        for name in names(&remembered) {
            std::fs::write(remembered.join(name), b"").unwrap();
        }
        assert_eq!(run(&[], Some("c"), "b"), (output("second b Some(\"c\") 2"), true));
        assert_eq!(run(&[], Some("c"), "b"), (output("second b Some(\"c\") 2"), false));
        std::fs::remove_dir_all(&remembered).unwrap();
        assert_eq!(run(&[], Some("c"), "b"), (output("second b Some(\"c\") 2"), true));
    }
}

// Reports and outputs.

#[test]
fn reports() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    let gave = place.succeeds(&["run", "--time", "hello.rs"]);
    assert_eq!(gave.stdout, "hello\n");
    says(&gave.stderr, &["check (rustc)", "lower", "functions", "code generation", "bytes", "total", " ms"]);
    let gave = place.succeeds(&["run", "--time", "--json", "hello.rs"]);
    let report: serde_json::Value = serde_json::from_str(gave.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(report["$message_type"], "report");
    assert!(report["report"]["stages"].as_array().is_some_and(|stages| !stages.is_empty()), "{report}");
    let gave = place.bessemer(&["build", "--json", "missing.rs"]);
    let error: serde_json::Value = serde_json::from_str(&gave.stderr).unwrap();
    assert_eq!(error["$message_type"], "error");
    says(error["message"].as_str().unwrap(), &["missing.rs"]);
    let gave = place.bessemer(&["build", "--color", "always", "missing.rs"]);
    says(&gave.stderr, &["\x1b[1;31merror\x1b[0m: "]);
}

#[test]
fn outputs_are_named_as_rustc_names_them() {
    let place = Place::new();
    place.write("my-prog.rs", HELLO);
    let ours = |args: &[&str]| {
        let out = place.path("ours");
        std::fs::create_dir(&out).unwrap();
        let all: Vec<&str> = ["build"].iter().chain(args).copied().chain(["../work/my-prog.rs"]).collect();
        let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), &all);
        command.current_dir(&out);
        let gave = gave(command, b"");
        assert_eq!(gave.code, Some(0), "{args:?}: {}", gave.stderr);
        let files = all_files(&out);
        std::fs::remove_dir_all(&out).unwrap();
        files
    };
    let rustcs = |args: &[&str]| {
        let out = place.path("rustcs");
        std::fs::create_dir(&out).unwrap();
        let all: Vec<&str> = args.iter().copied().chain(["../work/my-prog.rs"]).collect();
        let mut command = place.command("rustc", &all);
        command.current_dir(&out);
        let gave = gave(command, b"");
        assert_eq!(gave.code, Some(0), "{args:?}: {}", gave.stderr);
        let files = all_files(&out);
        std::fs::remove_dir_all(&out).unwrap();
        files
    };
    let cases: [&[&str]; 7] = [
        &["--emit", "obj,link"],
        &["--emit", "link,obj,asm,mir,llvm-ir,llvm-bc"],
        &["--emit", "obj", "-o", "some.thing"],
        &["--emit", "asm,llvm-ir", "-o", "some.thing"],
        &["--emit", "link,obj", "-o", "thing"],
        &["--emit", "obj,mir", "--out-dir", "a/b"],
        &["--emit", "obj", "--crate-name", "other", "--out-dir", "a"],
    ];
    for args in cases {
        assert_eq!(ours(args), rustcs(args), "{args:?}");
    }
    // Those that rustc has not.
    assert_eq!(ours(&["--backend", "cranelift", "--emit", "lir,clif"]), ["my-prog.clif", "my-prog.lir"]);
}

/// Paths of all files in a folder and below.
fn all_files(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for name in names(folder) {
        let path = folder.join(&name);
        if path.is_dir() {
            files.extend(all_files(&path).into_iter().map(|file| format!("{name}/{file}")));
        } else {
            files.push(name);
        }
    }
    files
}

#[test]
fn back_ends_and_health() {
    let place = Place::new();
    let gave = place.succeeds(&["backends"]);
    says(&gave.stdout, &["llvm", "cranelift", "optimises"]);
    let gave = place.succeeds(&["backends", "--json"]);
    let rows: serde_json::Value = serde_json::from_str(&gave.stdout).unwrap();
    let found: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(found, ["llvm", "cranelift"]);
    assert_eq!(rows[0]["optimizes"], true);
    let gave = place.succeeds(&["doctor"]);
    says(&gave.stdout, &["ok       toolchain", "rustc 1.95.0", "standard library", "C compiler"]);
    let gave = place.succeeds(&["doctor", "--json"]);
    let rows: serde_json::Value = serde_json::from_str(&gave.stdout).unwrap();
    assert!(rows.as_array().unwrap().iter().all(|row| row["ok"] == true), "{rows}");
    // Without a C compiler.
    let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), &["doctor"]);
    command.env("CC", "no-such-compiler");
    let gave = self::gave(command, b"");
    assert_eq!(gave.code, Some(1));
    says(&gave.stdout, &["missing  C compiler", "help: install a C compiler"]);
    place.write("hello.rs", HELLO);
    let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), &["build", "hello.rs"]);
    command.env("CC", "no-such-compiler");
    let gave = self::gave(command, b"");
    place.check_failure(&gave, 1);
    says(&gave.stderr, &["no-such-compiler", "C compiler is needed"]);
    assert_eq!(place.files(), ["hello.rs"]);
}
