//! Programs that run in memory: what they show of themselves, and what tools are shown of them.

use super::debuggers::gdb;
use super::{Gave, Place, gave, says};

fn run(place: &Place, args: &[&str], variables: &[(&str, &str)]) -> Gave {
    let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), args);
    command.envs(variables.iter().copied());
    gave(command, b"")
}

const PANICS: &str = "#[inline(never)]\nfn inner(list: &[u32]) -> u32 {\n    list[7]\n}\n\
                      fn main() {\n    println!(\"{}\", inner(&[1]));\n}\n";

/// What a static refers to and may change is a static without a type. Debuggers see it through the one that has a name.
#[test]
fn statics_without_a_type() {
    let place = Place::new();
    place.write(
        "program.rs",
        "static mut NUMBERS: &mut [i32] = &mut [1, 2, 3];\nfn main() {\n    \
         let numbers = unsafe { &mut *(&raw mut NUMBERS) };\n    numbers[1] += 5;\n    println!(\"{numbers:?}\");\n}\n",
    );
    for backend in ["cranelift", "llvm"] {
        let ran = place.succeeds(&["run", "--backend", backend, "-O", "0", "-g", "program.rs"]);
        assert_eq!(ran.stdout, "[1, 7, 3]\n");
    }
}

/// A backtrace has the names and lines that a program of rustc's has.
#[test]
fn backtraces() {
    let place = Place::new();
    place.write("panics.rs", PANICS);
    // Those of the program's own, and their callees in std.
    let frames = |text: &str| -> Vec<String> {
        let lines = text.lines().skip_while(|line| !line.starts_with("stack backtrace"));
        lines.take_while(|line| !line.contains("call_once")).map(str::to_owned).collect()
    };
    for options in [&[][..], &["-g"]] {
        let built = place.rustc(&[&["--edition", "2024", "-o", "by_rustc"], options, &["panics.rs"]].concat());
        assert_eq!(built.code, Some(0), "{}", built.stderr);
        let mut command = place.command(place.work().join("by_rustc"), &[]);
        command.env("RUST_BACKTRACE", "1");
        let expected = gave(command, b"");
        // Remembered or not: without backtraces it runs elsewhere.
        for _ in 0..2 {
            let args = [&["run"], options, &["panics.rs"]].concat();
            let ours = run(&place, &args, &[("RUST_BACKTRACE", "1")]);
            assert_eq!(ours.code, Some(101));
            says(&ours.stderr, &["panics::inner", "panics::main"]);
            assert!(!ours.stderr.contains("<unknown>"), "{}", ours.stderr);
            assert_eq!(frames(&ours.stderr), frames(&expected.stderr), "{}", ours.stderr);
            let without = run(&place, &args, &[]);
            assert!(!without.stderr.contains("panics::inner"), "{}", without.stderr);
        }
    }
}

/// What is to be done at the beginning and at the end is done in the order of a program of its own, also where that ends by
/// itself in the middle.
#[test]
fn beginning_and_end() {
    let place = Place::new();
    let text = r#"
use std::io::Write;
fn say(text: &str) { let _ = std::io::stderr().write_all(text.as_bytes()); }
extern "C" fn early() { say("early ") }
extern "C" fn late() { say("late ") }
extern "C" fn at_exit() { say("at_exit ") }
extern "C" fn end() { say("end ") }
extern "C" fn last() { say("last ") }
#[used] #[unsafe(link_section = ".init_array.00200")] static B: extern "C" fn() = late;
#[used] #[unsafe(link_section = ".init_array.00101")] static A: extern "C" fn() = early;
#[used] #[unsafe(link_section = ".fini_array.00101")] static D: extern "C" fn() = last;
#[used] #[unsafe(link_section = ".fini_array.00200")] static C: extern "C" fn() = end;
unsafe extern "C" { safe fn atexit(function: extern "C" fn()) -> i32; }
fn main() {
    atexit(at_exit);
    say("main ");
    if std::env::args().len() > 1 { std::process::exit(3) }
}
"#;
    place.write("order.rs", text);
    let built = place.rustc(&["--edition", "2024", "-o", "by_rustc", "order.rs"]);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    for args in [&[][..], &["exit"]] {
        let expected = gave(place.command(place.work().join("by_rustc"), args), b"");
        assert_eq!(expected.stderr, "early late main at_exit end last ");
        let ours = run(&place, &[&["run", "order.rs"], args].concat(), &[]);
        assert_eq!((ours.code, &ours.stderr), (expected.code, &expected.stderr), "{args:?}");
    }
}

/// Under a limit of a gigabyte of addresses, with nothing cached.
#[test]
fn a_small_address_space() {
    let place = Place::new();
    place.write("hello.rs", super::HELLO);
    let bessemer = env!("CARGO_BIN_EXE_bessemer");
    let script = format!("ulimit -v 1000000; '{bessemer}' run hello.rs && '{bessemer}' run hello.rs");
    let gave = gave(place.command("sh", &["-c", &script]), b"");
    assert_eq!((gave.code, gave.stdout.as_str(), gave.stderr.as_str()), (Some(0), "hello\nhello\n", ""));
}

const WAITS: &str = "#[inline(never)]\nfn deep_down() -> u32 {\n    std::process::id()\n}\n\
                     #[inline(never)]\nfn half_way() -> u32 {\n    deep_down() + 1\n}\n\
                     fn main() {\n    println!(\"{}\", half_way());\n}\n";

#[test]
fn a_map_for_perf() {
    let place = Place::new();
    place.write("waits.rs", WAITS);
    for options in [&[][..], &["-O"]] {
        let ours = run(&place, &[&["run"], options, &["waits.rs"]].concat(), &[("BESSEMER_PERF_MAP", "1")]);
        let process: u32 = ours.stdout.trim().parse().unwrap();
        let file = format!("/tmp/perf-{}.map", process - 1);
        let map = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let mut end = 0;
        for line in map.lines() {
            let mut words = line.splitn(3, ' ').map(|word| u64::from_str_radix(word, 16));
            let (start, size) = (words.next().unwrap().unwrap(), words.next().unwrap().unwrap());
            assert!(start >= end && size > 0, "{line}");
            end = start + size;
        }
        says(&map, &[" waits::deep_down\n", " waits::half_way\n", " waits::main\n"]);
    }
    let ours = run(&place, &["run", "waits.rs"], &[]);
    let process: u32 = ours.stdout.trim().parse().unwrap();
    assert!(!std::path::Path::new(&format!("/tmp/perf-{}.map", process - 1)).exists());
}

/// A dump that the test takes apart: the records' kinds, names and lines.
fn dump_records(dump: &[u8], process: u32) -> (Vec<String>, Vec<(String, u32)>) {
    let word = |at: usize| u32::from_le_bytes(dump[at..at + 4].try_into().unwrap());
    let long = |at: usize| u64::from_le_bytes(dump[at..at + 8].try_into().unwrap());
    let name = |at: usize| {
        let bytes: Vec<u8> = dump[at..].iter().copied().take_while(|&byte| byte != 0).collect();
        (at + bytes.len() + 1, bytes)
    };
    assert_eq!((word(0), word(4), word(8), word(12), word(20)), (0x4A69_5444, 1, 40, 62, process));
    let (mut functions, mut lines) = (Vec::new(), Vec::new());
    let (mut at, mut described) = (40, None);
    while at < dump.len() {
        let (kind, size) = (word(at), word(at + 4) as usize);
        match kind {
            0 => {
                let (address, bytes) = (long(at + 24), long(at + 40) as usize);
                assert_eq!((address, word(at + 16)), (long(at + 32), process));
                assert!(described.is_none_or(|described| described == address));
                described = None;
                let (code, name) = name(at + 56);
                assert_eq!(at + size, code + bytes);
                functions.push(String::from_utf8(name).unwrap());
            }
            2 => {
                described = Some(long(at + 16));
                let mut entry = at + 32;
                for _ in 0..long(at + 24) {
                    let (next, file) = name(entry + 16);
                    lines.push((String::from_utf8(file).unwrap(), word(entry + 8)));
                    entry = next;
                }
                assert_eq!(entry, at + size);
            }
            other => panic!("a record of kind {other}"),
        }
        at += size;
    }
    (functions, lines)
}

#[test]
fn a_dump_for_perf() {
    let place = Place::new();
    place.write("waits.rs", WAITS);
    // Without a file, also where debug information asks for one; remembered or not.
    for options in [&[][..], &[], &["-g"], &["-O"]] {
        let ours = run(&place, &[&["run"], options, &["waits.rs"]].concat(), &[("BESSEMER_JITDUMP", "1")]);
        let process = ours.stdout.trim().parse::<u32>().unwrap() - 1;
        let file = format!("/tmp/jit-{process}.dump");
        let dump = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let (functions, lines) = dump_records(&dump, process);
        for name in ["waits::deep_down", "waits::half_way", "waits::main"] {
            assert!(functions.iter().any(|function| function == name), "no {name} in {functions:?}");
        }
        for line in [3, 7, 10] {
            assert!(lines.iter().any(|(file, own)| file.ends_with("waits.rs") && *own == line), "{line}: {lines:?}");
        }
    }
    // Without being asked for, there is none, and `-g` is a file's again.
    let ours = run(&place, &["run", "-g", "waits.rs"], &[]);
    let process = ours.stdout.trim().parse::<u32>().unwrap() - 1;
    assert!(!std::path::Path::new(&format!("/tmp/jit-{process}.dump")).exists());
}

/// A debugger that watches knows the functions that are in memory.
#[test]
fn functions_in_memory_for_debuggers() {
    let place = Place::new();
    let text = WAITS.replace("std::process::id()", "std::process::abort()");
    place.write("aborts.rs", text);
    let program = [env!("CARGO_BIN_EXE_bessemer"), "run", "aborts.rs"];
    let Some(said) = gdb(&place, &["run", "backtrace"], &program) else { return };
    let frame = |name: &str| said.lines().any(|line| line.starts_with('#') && line.contains(name));
    assert!(frame("::deep_down ()") && frame("::half_way ()"), "{said}");
}
