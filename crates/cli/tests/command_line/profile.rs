//! Programs that count which ways they go, and are optimised for these.

use super::*;

/// Calls through a table, nearly all of one function.
const PROGRAM: &str = r#"
use std::hint::black_box as bb;
trait Filter { fn apply(&self, x: u64) -> u64; }
struct Shift(u32);
struct Mask(u64);
impl Filter for Shift { #[inline(never)] fn apply(&self, x: u64) -> u64 { x >> (self.0 & 63) } }
impl Filter for Mask { fn apply(&self, x: u64) -> u64 { x ^ self.0 } }
#[inline(never)]
fn sum(filter: &dyn Filter, values: &[u64]) -> u64 {
    values.iter().fold(0, |sum: u64, &x| sum.wrapping_add(filter.apply(x)))
}
fn main() {
    let values: Vec<u64> = (0..bb(1000)).collect();
    let filters: [Box<dyn Filter>; 2] = [Box::new(Mask(bb(99))), Box::new(Shift(3))];
    let all: u64 = (0..bb(100)).map(|_| sum(&*filters[0], &values)).sum();
    println!("{}", all + filters.iter().map(|it| sum(&**it, &values)).sum::<u64>());
}
"#;

fn merge(place: &Place, profdata: &Path, folder: &str, output: &str) {
    testing::output(&mut place.command(profdata, &["merge", "-o", output, folder]));
}

#[test]
fn counted_and_used() {
    let Some(profdata) = testing::llvm_tool("profdata") else { return };
    let place = Place::new();
    place.write("p.rs", PROGRAM);
    let runs = |name: &str| {
        let output = place.command(place.work().join(name), &[]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    place.succeeds(&["build", "-O", "-o", "plain", "p.rs"]);
    // Unoptimised code as well, by whoever can.
    for level in ["0", "3"] {
        let folder = format!("raw{level}");
        let args = ["-C", &format!("opt-level={level}"), "-C", &format!("profile-generate={folder}")];
        place.succeeds(&[&["build", "-o", "counts"], &args[..], &["p.rs"]].concat());
        assert_eq!(runs("counts"), runs("plain"));
        let files: Vec<_> =
            std::fs::read_dir(place.work().join(&folder)).unwrap().map(|it| it.unwrap().path()).collect();
        assert_eq!(files.len(), 1);
        assert!(files[0].to_str().is_some_and(|name| name.ends_with(".profraw")));
    }
    merge(&place, &profdata, "raw3", "p.profdata");
    let use_profile = ["-C", "profile-use=p.profdata"];
    place.succeeds(&[&["build", "-O", "-o", "used"], &use_profile[..], &["p.rs"]].concat());
    assert_eq!(runs("used"), runs("plain"));
    // The call goes to the one function first, which is inlined.
    let ir = |more: &[&str]| {
        let gave = place.succeeds(&[&["build", "-O", "--emit", "llvm-ir", "-o", "-"], more, &["p.rs"]].concat());
        gave.stdout
    };
    let compares = |text: &str| text.lines().any(|line| line.contains("icmp eq ptr") && line.contains("4Mask"));
    let (before, after) = (ir(&[]), ir(&use_profile));
    assert!(!compares(&before) && !before.contains("function_entry_count"));
    assert!(compares(&after) && after.contains("function_entry_count"), "{after}");
    // Another profile is another program, though its file has the same name.
    std::fs::remove_dir_all(place.work().join("raw3")).unwrap();
    place.command(place.work().join("counts"), &[]).env("LLVM_PROFILE_FILE", "raw3/x.profraw").output().unwrap();
    place.command(place.work().join("counts"), &[]).env("LLVM_PROFILE_FILE", "raw3/y.profraw").output().unwrap();
    merge(&place, &profdata, "raw3", "p.profdata");
    assert_ne!(ir(&use_profile), after);
    // In memory there is no end of a process at which to write.
    place.succeeds(&["run", "-O", "-C", "profile-generate=ran", "p.rs"]);
    assert_eq!(std::fs::read_dir(place.work().join("ran")).unwrap().count(), 1);
}

#[test]
fn what_is_no_profile() {
    let place = Place::new();
    place.write("p.rs", PROGRAM);
    place.write("junk", "junk");
    let fails = |args: &[&str], code| place.fails(&[&["build", "-O"], args, &["p.rs"]].concat(), code);
    says(&fails(&["-C", "profile-use=none"], 2), &["`-C profile-use=none`: the profile cannot be read: No such file"]);
    says(&fails(&["-C", "profile-use=junk"], 1), &["error: the profile cannot be used: ", "junk: "]);
    says(&fails(&["-C", "profile-use"], 2), &["`-C profile-use`: it needs a file"]);
    place.succeeds(&["run", "-C", "profile-generate=raw", "p.rs"]);
    let raw = std::fs::read_dir(place.work().join("raw")).unwrap().next().unwrap().unwrap().path();
    let option = format!("profile-use={}", raw.display());
    says(&fails(&["-C", &option], 2), &["this is what a program wrote", "help: make one with `llvm-profdata merge"]);
    says(&fails(&["-C", "profile-generate", "-C", "profile-use=junk"], 2), &["exclude each other"]);
    let text = fails(&["-C", "profile-generate", "--backend", "cranelift"], 2);
    says(&text, &["the back end `cranelift` does not count what programs do", "help: `llvm` does"]);
}

/// A library for C has its own way to the back end.
#[test]
fn libraries_count_too() {
    let place = Place::new();
    place.write("l.rs", "#[unsafe(no_mangle)] pub extern \"C\" fn answer() -> i32 { 42 }\n");
    for option in ["profile-generate=raw", "instrument-coverage"] {
        place.succeeds(&["build", "-O", "--crate-type", "cdylib", "-C", option, "-o", "libl.so", "l.rs"]);
        let output = place.command("nm", &["libl.so"]).output().unwrap();
        says(&String::from_utf8(output.stdout).unwrap(), &["__llvm_profile_runtime"]);
    }
}
