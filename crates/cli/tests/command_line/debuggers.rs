//! What debuggers show of programs with debug information, beside what they show of rustc's.

use super::{Place, gave, says};
use std::process::Command;

const BACKENDS: [&str; 2] = ["cranelift", "llvm"];

/// GDB, without questions and without what its user has configured.
pub(crate) fn gdb(place: &Place, commands: &[&str], program: &[&str]) -> Option<String> {
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

/// What GDB says of a program of ours or rustc's, with Rust's printers as `rust-gdb` loads them; without addresses and folders,
/// which differ.
fn session(place: &Place, program: &str, commands: &[&str]) -> Option<String> {
    let sysroot = place.rustc(&["--print", "sysroot"]).stdout;
    let scripts = format!("{}/lib/rustlib/etc", sysroot.trim());
    let before = [
        format!("python import sys; sys.path.insert(0, '{scripts}')"),
        format!("directory {scripts}"),
        format!("set auto-load scripts-directory {scripts}"),
        "add-auto-load-safe-path /".to_owned(),
        "set width 0".to_owned(),
        format!("file ./{program}"),
    ];
    let all: Vec<&str> = before.iter().map(String::as_str).chain(commands.iter().copied()).collect();
    let said = gdb(place, &all, &["./none"])?;
    Some(without_addresses(&said).replace(&format!("{}/", place.work().display()), ""))
}

/// `0x…`, with the symbol that is there, becomes `0x`.
fn without_addresses(text: &str) -> String {
    let mut parts = text.split("0x");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|digit: char| digit.is_ascii_hexdigit());
        let rest = match rest.strip_prefix(" <").and_then(|symbol| symbol.split_once('>')) {
            Some((_, rest)) => rest,
            None => rest,
        };
        plain.push_str("0x");
        plain.push_str(rest);
    }
    plain
}

/// The lines of a session from the first stop on, which do not speak of the program as a file.
fn from_first_stop(said: &str) -> Vec<&str> {
    let lines = said.lines().skip_while(|line| !line.starts_with("Breakpoint 1, "));
    lines.filter(|line| !line.starts_with("warning: ")).collect()
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
    let built = place.rustc(&["--edition", "2024", "-g", "-o", "by_rustc", "values.rs"]);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    let variables = ["list", "text", "slice", "map", "set", "tree", "deque", "shared", "option"];
    let prints: Vec<String> = variables.iter().map(|name| format!("print {name}")).collect();
    let mut commands: Vec<&str> = vec!["break values::stop", "run", "up"];
    commands.extend(prints.iter().map(String::as_str));
    let show = |program: &str| {
        let said = session(&place, program, &commands)?;
        Some(said.lines().filter(|line| line.starts_with('$')).map(str::to_owned).collect::<Vec<_>>())
    };
    for backend in BACKENDS {
        place.succeeds(&["build", "--backend", backend, "-g", "values.rs"]);
        let Some(ours) = show("values") else { return };
        assert_eq!(Some(&ours), show("by_rustc").as_ref());
        let all = ours.join("\n");
        says(
            &all,
            &["$1 = Vec(size=3) = {1, 2, 3}", "$2 = \"hello\"", "$3 = \"ello\"", "HashMap(size=1) = {[7] = \"seven\"}"],
        );
    }
    // Without debug information, there is nothing to print.
    place.succeeds(&["build", "-o", "bare", "values.rs"]);
    let has_section = |file: &str| {
        let output = place.command("readelf", &["-S", "-W", file]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).contains(".debug_gdb_scripts")
    };
    assert!(has_section("values") && !has_section("bare"));
}

const VARIABLES: &str = r#"
#[derive(Debug, Clone, Copy)]
enum Shape { Circle(f64), Rect { w: u32, h: u32 }, Empty }
#[derive(Debug, Clone, Copy)]
enum Colour { Red, Green = 5 }
#[derive(Debug)]
struct Point { x: i32, y: i64 }
struct Pair(u8, char);
#[repr(align(64))]
struct Aligned(u32);
static COUNT: u32 = 7;
thread_local! { static LOCAL: std::cell::Cell<u32> = const { std::cell::Cell::new(9) }; }
#[inline(never)]
fn stop() {}
#[inline(never)]
fn scalars(a: i32, b: u8, flag: bool, letter: char, text: &str) -> i32 {
    let sum = a + i32::from(b);
    let double = sum * 2;
    stop();
    if flag { double } else { letter as i32 + text.len() as i32 }
}
#[inline(never)]
fn wholes(p: Point, pair: Pair, slice: &[u32], to: &Point, shape: Shape, opt: Option<u32>, big: u128) -> Point {
    let none: Option<&Point> = None;
    let some = Some(to);
    let function: fn(i32) -> i32 = twice;
    let tuple = (1u8, -2i16, 3.5f32);
    stop();
    let x = p.x + i32::from(pair.0) + slice.len() as i32 + some.map_or(0, |it| it.x) + function(1) + i32::from(tuple.0);
    let y = p.y + big as i64 + i64::from(opt.unwrap()) + none.map_or(0, |it| it.y);
    Point { x, y: y + matches!(shape, Shape::Empty) as i64 + pair.1 as i64 }
}
fn twice(x: i32) -> i32 { x * 2 }
fn main() {
    let list = vec![1u32, 2, 3];
    let shapes = (Shape::Circle(1.5), Shape::Rect { w: 2, h: 3 }, Shape::Empty);
    let colours = [Colour::Red, Colour::Green];
    let aligned = Aligned(11);
    let captured = 40;
    let closure = |x: i32| { stop(); x + captured + list.len() as i32 };
    let boxed = Box::new(Point { x: 8, y: 9 });
    let mut total = 0;
    for i in 0..3 { total += i; if i == 2 { stop(); } }
    let r = scalars(3, 4, true, 'x', "text");
    let q = wholes(Point { x: 1, y: 2 }, Pair(3, 'z'), &list, &Point { x: 5, y: 6 }, shapes.1, Some(8), 1 << 70);
    LOCAL.with(|it| it.set(10));
    println!("{list:?} {shapes:?} {colours:?} {} {boxed:?} {total} {r} {q:?} {} {COUNT}", aligned.0, closure(1));
}
"#;

/// Arguments, variables, statics and results are those of a program that rustc made.
#[test]
fn variables_and_arguments() {
    let place = Place::new();
    place.write("variables.rs", VARIABLES);
    let built = place.rustc(&["--edition", "2024", "-g", "-o", "by_rustc", "variables.rs"]);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    let commands = [
        "break variables::stop",
        "run",
        // In a loop.
        "up",
        "info locals",
        "print shapes.0",
        "print *boxed",
        "continue",
        // Scalars, and what their function gives.
        "backtrace 3",
        "up",
        "info args",
        "info locals",
        "print sum + 1",
        "finish",
        "continue",
        // Aggregates.
        "backtrace 3",
        "up",
        "info args",
        "info locals",
        "print *to",
        "print slice",
        "print variables::COUNT",
        "finish",
        "continue",
        // In a closure.
        "backtrace 3",
        "up",
        "info args",
        "info locals",
        "ptype Shape",
        "ptype Colour",
    ];
    let Some(expected) = session(&place, "by_rustc", &commands) else { return };
    for backend in BACKENDS {
        place.succeeds(&["build", "--backend", backend, "-g", "variables.rs"]);
        let ours = session(&place, "variables", &commands).unwrap();
        assert_eq!(from_first_stop(&ours).join("\n"), from_first_stop(&expected).join("\n"), "{backend}");
        says(&ours, &["double = 14", "Value returned is", "_ref__captured", "i = 2", "total = 3"]);
    }
}

/// What is taken from a cache is described as the source is now: at its line, by its names.
#[test]
fn code_from_a_cache() {
    let place = Place::new();
    let commands = ["break renamed::stop", "run", "up", "info locals", "info args"];
    let text = "#[inline(never)]\nfn stop() {}\n#[inline(never)]\nfn add(a: u32, b: u32) -> u32 {\n    let sum = a + b;\n    \
                stop();\n    sum\n}\nfn main() {\n    println!(\"{}\", add(1, 2));\n}\n";
    for (text, expected) in [
        (text.to_owned(), ["add (a=1, b=2) at renamed.rs:6", "sum = 3", "b = 2"]),
        (format!("// Moved.\n\n{text}"), ["add (a=1, b=2) at renamed.rs:8", "sum = 3", "b = 2"]),
        (text.replace("sum", "total").replace("b", "other"), ["add (a=1, other=2) at ", "total = 3", "other = 2"]),
    ] {
        place.write("renamed.rs", text);
        for _ in 0..2 {
            place.succeeds(&["build", "-g", "renamed.rs"]);
            let Some(said) = session(&place, "renamed", &commands) else { return };
            says(&said, &expected);
        }
    }
}

/// From one crate into another.
#[test]
fn functions_of_dependencies() {
    let place = Place::new();
    let part = "#[inline(never)]\npub fn half(whole: u32) -> u32 {\n    let twice = whole * 2;\n    let result = twice / 4;\n    \
                result\n}\n";
    let user = "fn main() {\n    let number = 42;\n    let half = part::half(number);\n    println!(\"{half}\");\n}\n";
    place.write("part.rs", part);
    place.write("user.rs", user);
    let commands = [
        "break user.rs:3",
        "run",
        "info locals",
        "step",
        "info args",
        "next",
        "info locals",
        "finish",
        "next",
        "print half",
    ];
    let edition = ["--edition", "2024", "-g"];
    place.rustc(&[&edition[..], &["--crate-type", "lib", "part.rs"]].concat());
    let built = place.rustc(&[&edition[..], &["--extern", "part=libpart.rlib", "-o", "by_rustc", "user.rs"]].concat());
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    let Some(expected) = session(&place, "by_rustc", &commands) else { return };
    says(&expected, &["number = 42", "part::half (whole=42) at part.rs:3", "twice = 84", "= 21"]);
    for backend in BACKENDS {
        place.succeeds(&["build", "--backend", backend, "--crate-type", "lib", "-g", "part.rs"]);
        place.succeeds(&["build", "--backend", backend, "-g", "--extern", "part=libpart.rlib", "user.rs"]);
        let ours = session(&place, "user", &commands).unwrap();
        assert_eq!(from_first_stop(&ours).join("\n"), from_first_stop(&expected).join("\n"), "{backend}");
    }
}
