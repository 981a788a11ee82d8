//! Programs that run in memory: what they show of themselves, and what tools are shown of them.

use super::{Gave, Place, gave, says};
use std::process::Command;

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

/// GDB, without questions and without what its user has configured.
fn gdb(place: &Place, commands: &[&str], program: &[&str]) -> Option<String> {
    let mut args = vec!["-nx", "-batch", "-iex", "set debuginfod enabled off"];
    args.extend(commands.iter().flat_map(|command| ["-ex", command]));
    args.push("--args");
    args.extend(program);
    if Command::new("gdb").arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no gdb here");
        return None;
    }
    let gave = gave(place.command("gdb", &args), b"");
    Some(format!("{}{}", gave.stdout, gave.stderr))
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

/// A program with debug information tells GDB to load Rust's printers, and names types as they need them.
#[test]
fn printers_of_values() {
    let place = Place::new();
    let text = "#[inline(never)]\nfn stop() {}\nfn main() {\n    let list = vec![1u32, 2, 3];\n    \
                let text = String::from(\"hello\");\n    let slice: &str = &text[1..];\n    \
                let map = std::collections::HashMap::from([(7u8, String::from(\"seven\"))]);\n    \
                let set = std::collections::HashSet::from([-1i64]);\n    \
                let tree = std::collections::BTreeMap::from([(1u16, 'a'), (2, 'b')]);\n    \
                let deque = std::collections::VecDeque::from([1u8, 2]);\n    \
                let shared = std::rc::Rc::new(std::cell::RefCell::new(5u32));\n    \
                let option = Some(Ok::<u8, String>(3));\n    \
                stop();\n    println!(\"{list:?} {text} {slice} {map:?} {set:?} {tree:?} {deque:?} {shared:?} {option:?}\");\n}\n";
    place.write("values.rs", text);
    place.succeeds(&["build", "--backend", "llvm", "-g", "values.rs"]);
    let sysroot = place.rustc(&["--print", "sysroot"]).stdout;
    let scripts = format!("{}/lib/rustlib/etc", sysroot.trim());
    let (folder, path, safe) = (
        format!("directory {scripts}"),
        format!("set auto-load scripts-directory {scripts}"),
        "add-auto-load-safe-path /".to_owned(),
    );
    let import = format!("python import sys; sys.path.insert(0, '{scripts}')");
    let variables = ["list", "text", "slice", "map", "set", "tree", "deque", "shared", "option"];
    let prints: Vec<String> = variables.iter().map(|name| format!("print {name}")).collect();
    let mut commands: Vec<&str> = vec!["break values::stop", "run", "up"];
    commands.extend(prints.iter().map(String::as_str));
    // As `rust-gdb` does it.
    let before = [&*import, &folder, &path, &safe].map(str::to_owned);
    let show = |program: &str| {
        let file = format!("file {program}");
        let all: Vec<&str> =
            before.iter().map(String::as_str).chain([&*file]).chain(commands.iter().copied()).collect();
        let said = gdb(&place, &all, &["./none"])?;
        Some(said.lines().filter(|line| line.starts_with('$')).map(str::to_owned).collect::<Vec<_>>())
    };
    let Some(ours) = show("./values") else { return };
    let built = place.rustc(&["--edition", "2024", "-g", "-o", "by_rustc", "values.rs"]);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    assert_eq!(Some(&ours), show("./by_rustc").as_ref());
    let all = ours.join("\n");
    says(
        &all,
        &["$1 = Vec(size=3) = {1, 2, 3}", "$2 = \"hello\"", "$3 = \"ello\"", "HashMap(size=1) = {[7] = \"seven\"}"],
    );
    // Without debug information, there is nothing to print.
    place.succeeds(&["build", "-o", "bare", "values.rs"]);
    let has_section = |file: &str| {
        let output = place.command("readelf", &["-S", "-W", file]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).contains(".debug_gdb_scripts")
    };
    assert!(has_section("values") && !has_section("bare"));
}
