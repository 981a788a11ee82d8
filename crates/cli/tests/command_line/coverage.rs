//! Programs whose coverage is measured: reports are those of rustc's programs.

use super::*;

const PROGRAM: &str = r#"
use std::fmt::Display;
struct S<T>(T);
impl<T: Display> S<T> {
    fn show(&self, loud: bool) -> String {
        if loud {
            format!("{}!", self.0)
        } else {
            format!("{}", self.0)
        }
    }
    fn never(&self) -> String {
        format!("{}", self.0)
    }
}
fn collatz(mut n: u64) -> u32 {
    let mut steps = 0;
    while n != 1 {
        if n % 2 == 0 {
            n /= 2;
        } else {
            n = 3 * n + 1;
        }
        steps += 1;
    }
    steps
}
fn kind(x: Option<i32>) -> &'static str {
    match x {
        Some(n) if n > 10 => "big",
        Some(_) => "small",
        None => "none",
    }
}
fn unused(x: i32) -> i32 {
    let y = x + 1;
    [1, 2].iter().map(|z| z + y).sum()
}
#[inline]
fn fallible(x: i32) -> Result<i32, String> {
    let x = if x > 3 { Err("too much".to_owned()) } else { Ok(x) }?;
    Ok(x * 2)
}
fn lazy(x: bool, y: bool) -> bool {
    x && y || !x
}
fn panics(x: i32) -> i32 {
    if x == 0 {
        panic!("zero");
    }
    let r = 10 / x;
    r + 1
}
fn main() {
    println!("{} {}", S(1).show(true), S("é").show(false));
    println!("{}", collatz(27));
    for x in [Some(50), Some(1)] {
        println!("{}", kind(x));
    }
    println!("{:?} {:?}", fallible(1), fallible(5));
    let closure = |x: u32| {
        if x > 2 { x * 2 } else { 0 }
    };
    println!("{}", closure(3) + (0..5).map(closure).filter(|x| x % 4 == 0).sum::<u32>());
    println!("{}", lazy(true, false));
    std::panic::set_hook(Box::new(|_| {}));
    for x in 0..3 {
        let _ = std::panic::catch_unwind(|| panics(x));
    }
    std::thread::scope(|s| { for _ in 0..4 { s.spawn(|| (0..1000).map(|n| collatz(n + 1)).max()); } });
}
"#;

/// What LLVM's tool says of a program that has run.
fn reports(place: &Place, [profdata, cov]: [&Path; 2], program: &str) -> [String; 2] {
    let raw = format!("{program}.profraw");
    let mut command = place.command(place.work().join(program), &[]);
    assert!(command.env("LLVM_PROFILE_FILE", &raw).output().unwrap().status.success());
    let profile = format!("{program}.profdata");
    testing::output(&mut place.command(profdata, &["merge", "-o", &profile, &raw]));
    let args = ["-instr-profile", &profile, program];
    let said = |args: &[&str]| testing::output(&mut place.command(cov, args));
    let show = said(&[&["show", "-show-instantiations=false"], &args[..]].concat());
    let export = said(&[&["export", "-format=lcov"], &args[..]].concat());
    // Names of functions have the toolchain's numbers of crates in them.
    let lines = export.lines().filter(|line| !line.starts_with("FN"));
    [show, lines.collect::<Vec<_>>().join("\n")]
}

#[test]
fn reports_are_those_of_rustc() {
    let (Some(profdata), Some(cov)) = (testing::llvm_tool("profdata"), testing::llvm_tool("cov")) else { return };
    let tools = [&*profdata, &*cov];
    let place = Place::new();
    place.write("p.rs", PROGRAM);
    for level in ["opt-level=0", "opt-level=3"] {
        let args = ["-C", level, "-C", "instrument-coverage"];
        place.succeeds(&[&["build", "-o", "ours"], &args[..], &["p.rs"]].concat());
        let rustc = [&["--edition", "2024", "-o", "theirs"], &args[..], &["p.rs"]].concat();
        assert!(place.command("rustc", &rustc).output().unwrap().status.success());
        let [ours, theirs] = ["ours", "theirs"].map(|program| reports(&place, tools, program));
        assert_eq!(ours, theirs, "{level}");
        assert!(ours[0].contains("     0|    let y = x + 1;"), "{}", ours[0]);
    }
    // In several modules, each of which has copies of functions of others.
    place.succeeds(&["build", "-O", "-C", "instrument-coverage", "-C", "codegen-units=8", "-o", "divided", "p.rs"]);
    assert_eq!(reports(&place, tools, "divided"), reports(&place, tools, "ours"));
}

#[test]
fn who_does_not_count() {
    let place = Place::new();
    place.write("p.rs", HELLO);
    let fails = |args: &[&str]| place.fails(&[&["build", "-C", "instrument-coverage"], args, &["p.rs"]].concat(), 2);
    says(&fails(&["--backend", "cranelift"]), &["the back end `cranelift` does not count", "help: `llvm` does"]);
    says(&fails(&["--front-end", "own"]), &["only rustc's bodies say what is counted", "--front-end own"]);
    place.succeeds(&["build", "-C", "instrument-coverage=off", "--backend", "cranelift", "p.rs"]);
}
