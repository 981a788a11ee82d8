//! std from source, compiled as the program's options say: the effects are seen in std's own code.

use super::targets::source;
use super::{Gave, Place, gave, says};
use std::path::Path;

/// What reaches a function of std that is not generic (the count of a string's characters), and one that is, whose sum has more
/// bits than there are.
const PROGRAM: &str = r#"
use std::io::{BufRead, Cursor};
fn main() {
    let words: String = std::env::args().collect();
    println!("{}", words.chars().count() > 0);
    let mut cursor = Cursor::new([1u8]);
    cursor.set_position(u64::MAX);
    cursor.consume(words.len());
    println!("{}", cursor.position() < 1000);
}
"#;

/// Where that sum is.
const CURSOR: &str = "library/std/src/io/cursor.rs";

fn bessemer(place: &Place, source: &Path, command: &str, options: &[&str]) -> Gave {
    place.with_source(source, &[&[command, "--std", "source"], options].concat())
}

#[test]
fn level_and_processor() {
    let Some(source) = source() else { return };
    if !cfg!(target_arch = "x86_64") {
        return;
    }
    let place = Place::new();
    place.write("program.rs", PROGRAM);
    // Many bytes at once where the optimiser sees to it, and more of them where the processor can.
    let is_wide = |options: &[&str]| {
        let args = [options, &["--emit", "asm", "-o", "-", "program.rs"]];
        let shown = bessemer(&place, &source, "build", &args.concat());
        assert_eq!(shown.code, Some(0), "{}", shown.stderr);
        // `Chars::count`, in as many copies as crates need.
        let begins =
            |line: &&str| line.starts_with("_R") && line.ends_with("5count:") && line.contains("4iterNtB2_5Chars");
        let ends = |line: &&str| line.starts_with(".Lfunc_end");
        let mut lines = shown.stdout.lines().skip_while(|line| !begins(line));
        let function: Vec<&str> = lines.by_ref().take_while(|line| !ends(line)).collect();
        assert!(!function.is_empty());
        ["xmm", "ymm"].map(|register| function.iter().any(|line| line.contains(register)))
    };
    assert_eq!(is_wide(&["--backend", "llvm", "-O", "0"]), [false, false]);
    assert_eq!(is_wide(&["-O", "3"]), [true, false]);
    assert!(is_wide(&["-O", "3", "-C", "target-cpu=x86-64-v3"])[1]);
    let plain = bessemer(&place, &source, "run", &["-O", "3", "program.rs"]);
    assert_eq!((plain.code, &*plain.stdout), (Some(0), "true\ntrue\n"), "{}", plain.stderr);
}

#[test]
fn checks_and_aborts() {
    let Some(source) = source() else { return };
    let place = Place::new();
    place.write("program.rs", PROGRAM);
    for level in ["0", "3"] {
        let options = ["-O", level, "-C", "overflow-checks=on", "-C", "panic=abort", "program.rs"];
        let ran = bessemer(&place, &source, "run", &options);
        // Ended by the system's signal.
        let ended = (ran.code, ran.signal);
        assert!(ended == (Some(134), None) || ended == (None, Some(6)), "{ended:?} {}", ran.stderr);
        assert_eq!(ran.stdout, "true\n");
        says(&ran.stderr, &[CURSOR, "attempt to add with overflow"]);
    }
    assert!(place.succeeds(&["target", "list"]).stdout.contains("panic=abort overflow-checks "));
    // What std has compiled makes no such checks, nor does one from source of which nobody asks that.
    let usual = bessemer(&place, Path::new("/nowhere"), "run", &["-C", "panic=abort", "program.rs"]);
    place.check_failure(&usual, 1);
    says(&usual.stderr, &["`/nowhere` is not the source of std"]);
}

/// A panic that aborts without a word leaves nothing of what would say one.
#[test]
fn aborts_at_once() {
    let Some(source) = source() else { return };
    let place = Place::new();
    place.write(
        "program.rs",
        "fn main() {\n\
             let count = std::env::args().count();\n\
             println!(\"{} {}\", cfg!(panic = \"abort\"), [1, 2][count - 1]);\n\
         }\n",
    );
    let immediate = ["-C", "panic=immediate-abort", "-C", "strip=symbols", "-O", "s"];
    let built = bessemer(&place, &source, "build", &[&immediate[..], &["program.rs"]].concat());
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    let run = |args: &[&str]| gave(place.command(place.work().join("program"), args), b"");
    assert_eq!(run(&["x"]).stdout, "true 2\n");
    let ended = run(&["x", "y"]);
    assert!(ended.code.is_none() && ended.signal.is_some() && ended.stderr.is_empty(), "{}", ended.stderr);
    let bytes = std::fs::read(place.work().join("program")).unwrap();
    let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!has("index out of bounds") && !has("RUST_BACKTRACE"), "{}", bytes.len());
    assert!(place.succeeds(&["target", "list"]).stdout.contains("panic=immediate-abort "));
    // It follows from the way of panicking that std is from source, and rustc's permission for that is not the program's.
    let ran = place.with_source(&source, &[&["run"], &immediate[..], &["program.rs", "x"]].concat());
    assert_eq!((ran.code, &*ran.stdout), (Some(0), "true 2\n"), "{}", ran.stderr);
    let refused = place.fails(&[&["build", "--std", "prebuilt"], &immediate[..], &["program.rs"]].concat(), 1);
    says(&refused, &["std is made from its source for that"]);
    place.write("unstable.rs", "#![feature(never_type)]\nfn main() {}\n");
    let unstable = place.fails(&[&["build"], &immediate[..], &["unstable.rs"]].concat(), 1);
    says(&unstable, &["never_type"]);
    let words = place.fails(&["build", "-C", "panic=at-once", "program.rs"], 2);
    says(&words, &["it can be unwind, abort or immediate-abort"]);
}
