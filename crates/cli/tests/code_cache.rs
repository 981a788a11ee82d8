//! Code that is kept from build to build: it saves work, and changes nothing else.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder with a program and a cache.
struct Place {
    folder: tempfile::TempDir,
}

/// How many functions a back end generated, and how many came from the cache.
type Counts = (u64, u64);

const PROGRAM: &str = r#"
use std::collections::BTreeMap;
fn one(map: &mut BTreeMap<String, u64>) { map.insert("one".to_owned(), 1); }
fn two(map: &mut BTreeMap<String, u64>) { map.insert("two".to_owned(), 2); }
#[inline(never)]
fn assembly(x: u64) -> u64 {
    let y: u64;
    unsafe { std::arch::asm!("lea {y}, [{x} + 7]", x = in(reg) x, y = out(reg) y) };
    y
}
fn main() {
    let mut map = BTreeMap::new();
    one(&mut map);
    two(&mut map);
    let sum: u64 = map.values().sum();
    println!("{:?} {}", map, assembly(sum));
}
"#;
const SAYS: &str = "{\"one\": 1, \"two\": 2} 10\n";

impl Place {
    fn new() -> Place {
        let place = Place { folder: tempfile::tempdir().unwrap() };
        place.write(PROGRAM);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, program: &str) {
        std::fs::write(self.path("program.rs"), program).unwrap();
    }

    fn command(&self, cache: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bessemer"));
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("BESSEMER_CACHE_DIR", cache).env_remove("BESSEMER_CACHE_SIZE");
        command
    }

    fn caches(&self) -> PathBuf {
        self.path("cache")
    }

    /// Builds `program.rs` to `output`.
    #[track_caller]
    fn build(&self, backend: &str, output: &str, args: &[&str]) -> (Counts, Counts) {
        let mut all = vec!["build", "--backend", backend, "--time", "-o", output, "program.rs"];
        all.extend(args);
        counts(&self.command(&self.caches(), &all).output().unwrap())
    }

    fn build_without_cache(&self, backend: &str, output: &str, args: &[&str]) {
        let mut all = vec!["build", "--backend", backend, "-o", output, "program.rs"];
        all.extend(args);
        assert!(self.command(Path::new(""), &all).status().unwrap().success());
    }

    #[track_caller]
    fn says(&self, program: &str, text: &str) {
        let output = Command::new(self.path(program)).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), text);
    }

    #[track_caller]
    fn same(&self, one: &str, other: &str) {
        let read = |name: &str| std::fs::read(self.path(name)).unwrap();
        assert!(read(one) == read(other), "`{one}` and `{other}` differ");
    }

    fn packs(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.caches().join("code1")).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|it| it == "pack")).collect()
    }
}

/// What Cranelift and LLVM did.
#[track_caller]
fn counts(output: &Output) -> (Counts, Counts) {
    let text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let of = |backend: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(backend)?.strip_prefix(": "));
        let numbers: Vec<u64> =
            line.into_iter().flat_map(str::split_whitespace).filter_map(|word| word.parse().ok()).collect();
        numbers.get(1..3).map_or((0, 0), |it| (it[0], it[1]))
    };
    (of("cranelift"), of("llvm"))
}

#[test]
fn nothing_is_generated_twice() {
    let place = Place::new();
    let ((made, 0), (1, 0)) = place.build("cranelift", "first", &[]) else { panic!("one function is for LLVM") };
    assert!(made > 100, "{made}");
    assert_eq!(place.build("cranelift", "second", &[]), ((0, made), (0, 1)));
    place.build_without_cache("cranelift", "without", &[]);
    place.same("first", "second");
    place.same("first", "without");
    place.says("second", SAYS);
    // In memory too; what is not the program's own is what it was.
    let output = place.command(&place.caches(), &["run", "--time", "program.rs"]).output().unwrap();
    let ((run_made, run_found), (0, 1)) = counts(&output) else { panic!("LLVM's function is known") };
    assert!(run_made < 20 && run_found > 100, "{run_made} {run_found}");
    assert!(String::from_utf8_lossy(&output.stdout).ends_with(SAYS));
    // Other options are other code.
    assert_eq!(place.build("cranelift", "optimised", &["-O", "1"]).0.1, 0);
}

#[test]
fn an_edit_generates_what_it_changes() {
    for (backend, debug, most) in [("cranelift", "0", 1), ("cranelift", "1", 1), ("llvm", "0", 200), ("llvm", "2", 300)]
    {
        let place = Place::new();
        let debug = ["--debuginfo", debug];
        place.build(backend, "first", &debug);
        // The same length, so that no line moves.
        place.write(&PROGRAM.replace("\"two\".to_owned(), 2", "\"two\".to_owned(), 5"));
        let (cranelift, llvm) = place.build(backend, "second", &debug);
        let (made, found) = if backend == "llvm" { llvm } else { cranelift };
        assert!((1..=most).contains(&made) && found > 50, "{backend} {debug:?}: {made} made, {found} found");
        place.build_without_cache(backend, "without", &debug);
        place.same("second", "without");
        place.says("second", "{\"one\": 1, \"two\": 5} 13\n");
    }
}

/// Code says nothing of lines, but the program's debug information and its panics do.
#[test]
fn moved_lines_are_found() {
    let place = Place::new();
    place.build("cranelift", "first", &["--debuginfo", "1"]);
    place.write(&format!("\n\n{PROGRAM}"));
    let ((made, _), _) = place.build("cranelift", "second", &["--debuginfo", "1"]);
    assert!(made < 10, "{made}");
    place.build_without_cache("cranelift", "without", &["--debuginfo", "1"]);
    place.same("second", "without");
}

#[test]
fn llvm_keeps_modules() {
    let place = Place::new();
    for args in [&[] as &[&str], &["-O", "2"], &["-g"]] {
        let ((0, 0), (made, 0)) = place.build("llvm", "first", args) else { panic!("all is new") };
        assert_eq!(place.build("llvm", "second", args), ((0, 0), (0, made)));
        place.build_without_cache("llvm", "without", args);
        place.same("first", "second");
        place.same("first", "without");
        place.says("second", SAYS);
    }
    for backend in ["llvm", "cranelift"] {
        let args = ["--emit", "obj"];
        for name in ["first.o", "second.o"] {
            place.build(backend, name, &args);
        }
        place.build_without_cache(backend, "without.o", &args);
        place.same("first.o", "second.o");
        place.same("first.o", "without.o");
    }
}

#[test]
fn a_damaged_cache_gives_the_right_program() {
    let place = Place::new();
    place.build("cranelift", "first", &[]);
    let whole = std::fs::read(&place.packs()[0]).unwrap();
    let mut numbers = testing::Numbers::new(12345);
    for round in 0..8 {
        let mut bytes = whole.clone();
        if round % 4 == 3 {
            bytes.truncate(numbers.below(whole.len()));
        }
        for _ in 0..[1, 100, 10_000][round % 3] {
            let at = numbers.below(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << numbers.below(8);
            }
        }
        for pack in place.packs() {
            std::fs::remove_file(pack).unwrap();
        }
        std::fs::write(place.caches().join("code1").join("0123456789abcdef-damaged.pack"), bytes).unwrap();
        place.build("cranelift", "again", &[]);
        place.same("first", "again");
        // What was lost is there again.
        assert_eq!(place.build("cranelift", "again", &[]).0.0, 0);
    }
}

#[test]
fn builds_at_once() {
    let place = Place::new();
    place.build_without_cache("cranelift", "without", &[]);
    let start = |output: &str| {
        let args = ["build", "--backend", "cranelift", "-o", output, "program.rs"];
        place.command(&place.caches(), &args).spawn().unwrap()
    };
    let names = ["a", "b", "c", "d"];
    let mut killed = start("killed");
    let running = names.map(start);
    killed.kill().unwrap();
    killed.wait().unwrap();
    for (name, mut process) in names.into_iter().zip(running) {
        assert!(process.wait().unwrap().success());
        place.same(name, "without");
    }
    assert_eq!(place.build("cranelift", "again", &[]).0.0, 0);
}

#[test]
fn a_cache_that_cannot_be_written() {
    let place = Place::new();
    std::fs::create_dir(place.caches()).unwrap();
    std::fs::write(place.caches().join("code1"), "not a folder").unwrap();
    place.build("cranelift", "first", &[]);
    place.says("first", SAYS);
    // Forbidden by its limit.
    let other = Place::new();
    let args = ["build", "--backend", "cranelift", "-o", "first", "program.rs"];
    let mut command = other.command(&other.caches(), &args);
    assert!(command.env("BESSEMER_CACHE_SIZE", "0").status().unwrap().success());
    other.says("first", SAYS);
    assert!(!other.caches().join("code1").exists());
}

#[test]
fn a_full_disk() {
    let place = Place::new();
    std::fs::create_dir(place.caches()).unwrap();
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", "size=40k", "tmpfs"]).arg(place.caches()).stderr(Stdio::null());
    if !mount.status().is_ok_and(|status| status.success()) {
        println!("skipped: no file system can be mounted here");
        return;
    }
    let built = std::panic::catch_unwind(|| {
        place.build("cranelift", "first", &[]);
        place.says("first", SAYS);
    });
    let _ = Command::new("umount").arg(place.caches()).status();
    assert!(built.is_ok());
}

#[test]
fn the_cache_command() {
    let place = Place::new();
    let run = |args: &[&str]| {
        let output = place.command(&place.caches(), args).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run(&["cache", "stats"]).contains("entries  0\n"));
    place.build("cranelift", "first", &[]);
    let stats: serde_json::Value = serde_json::from_str(&run(&["cache", "stats", "--json"])).unwrap();
    let code = &stats["caches"][0];
    assert_eq!(code["name"], "code");
    assert_eq!(code["files"], 1);
    assert!(code["entries"].as_u64().unwrap() > 100 && code["size_bytes"].as_u64().unwrap() > 10_000);
    assert_eq!(code["limit_bytes"], 4_u64 << 30);
    let freed: serde_json::Value = serde_json::from_str(&run(&["cache", "clean", "--json"])).unwrap();
    let all = stats["caches"].as_array().unwrap().iter().map(|it| it["size_bytes"].as_u64().unwrap()).sum::<u64>();
    assert!(all > code["size_bytes"].as_u64().unwrap());
    assert_eq!(freed["freed_bytes"], all);
    assert!(run(&["cache", "clean"]).contains("removed 0 bytes"));
    assert_eq!(place.build("cranelift", "again", &[]).0.1, 0);
}
