//! Programs whose bodies our own front end makes do what they do with rustc's.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the project's root is there")
}

/// `bessemer`, with a cache of its own.
fn bessemer(cache: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bessemer"));
    command.current_dir(root()).env("BESSEMER_CACHE_DIR", cache).env_remove("RUST_BACKTRACE").args(args);
    command.output().expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a report says: how many bodies are ours, and how many rustc's.
fn bodies(stderr: &str) -> (u64, u64) {
    let line = stderr.lines().find(|line| line.contains("\"$message_type\":\"report\"")).expect("a report");
    let report: serde_json::Value = serde_json::from_str(line).expect("JSON");
    let count = |who: &str| report["report"]["bodies"][who].as_u64().expect("a number");
    (count("own"), count("rustc"))
}

#[test]
fn programs_do_the_same_on_both_back_ends() {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let cache = scratch.path().join("cache");
    for name in ["matching", "unwinding", "drop_scopes", "numbers"] {
        let file = format!("tests/run-pass/{name}.rs");
        let expected = bessemer(&cache, &["run", "--front-end", "rustc", &file]);
        let found = bessemer(&cache, &["run", "--front-end", "own", &file]);
        assert_eq!(
            (text(&found.stdout), text(&found.stderr), found.status.code()),
            (text(&expected.stdout), text(&expected.stderr), expected.status.code()),
            "{name}, run"
        );
        let program = scratch.path().join(name).display().to_string();
        let args = ["build", "--front-end", "own", "--backend", "llvm", "--report=json", "-o", &program, &file];
        let built = bessemer(&cache, &args);
        assert!(built.status.success(), "{name}: {}", text(&built.stderr));
        let (own, _) = bodies(&text(&built.stderr));
        assert!(own > 0, "{name}: no body is ours");
        let found = Command::new(&program).current_dir(root()).output().expect("it starts");
        assert_eq!(
            (text(&found.stdout), found.status.code()),
            (text(&expected.stdout), expected.status.code()),
            "{name}, llvm"
        );
    }
}

/// A program that was run with one front end is not taken for the same with the other.
#[test]
fn what_is_remembered_goes_with_the_front_end() {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let (cache, file) = (scratch.path().join("cache"), scratch.path().join("a.rs").display().to_string());
    std::fs::write(&file, "fn twice(x: u32) -> u32 { x + x }\nfn main() { assert_eq!(twice(21), 42) }\n")
        .expect("a file");
    let remembered = |front_end: &str| {
        let ran = bessemer(&cache, &["run", "--front-end", front_end, "--report=text", &file]);
        assert!(ran.status.success(), "{}", text(&ran.stderr));
        text(&ran.stderr).contains("the program was remembered")
    };
    assert_eq!(["rustc", "rustc", "own", "own"].map(remembered), [false, true, false, true]);
}

#[test]
fn stages_are_shown_as_text() {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let (cache, file) = (scratch.path().join("cache"), scratch.path().join("a.rs").display().to_string());
    std::fs::write(&file, "fn main() { let x = vec![1u8]; drop(x) }\n").expect("a file");
    let show = |kind: &str| {
        let shown = bessemer(&cache, &["build", "--emit", kind, "-o", "-", &file]);
        assert!(shown.status.success(), "{kind}: {}", text(&shown.stderr));
        assert_eq!(text(&shown.stderr), "", "{kind}");
        text(&shown.stdout)
    };
    assert!(show("tokens").starts_with("1:1-1:3          Ident(\"fn\", false)\n"), "{}", show("tokens"));
    assert!(show("ast").contains("span: 1:13-1:31"), "{}", show("ast"));
    let mut rustc = Command::new("rustc");
    rustc.env("RUSTC_BOOTSTRAP", "1").args(["-Zunpretty=expanded", "--edition", "2024", &file]);
    assert_eq!(show("expanded"), text(&rustc.output().expect("rustc starts").stdout));
    assert!(show("hir").starts_with("a::main:\n"), "{}", show("hir"));
    assert!(show("thir").contains("alloc::vec::Vec<u8>") || show("thir").contains("Vec<u8"), "{}", show("thir"));

    let out = scratch.path().display().to_string();
    let built = bessemer(&cache, &["build", "--emit", "tokens,hir,mir", "--out-dir", &out, &file]);
    assert!(built.status.success(), "{}", text(&built.stderr));
    assert!(["tokens", "hir", "mir"].iter().all(|kind| scratch.path().join("a").with_extension(kind).exists()));
}

/// A text that is wrong has tokens; what is not understood is told with its place.
#[test]
fn what_is_not_understood_is_told() {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let (cache, file) = (scratch.path().join("cache"), scratch.path().join("a.rs").display().to_string());
    std::fs::write(&file, "fn main() { no_such_macro!() }\n").expect("a file");
    assert!(bessemer(&cache, &["build", "--emit", "ast", "-o", "-", &file]).status.success());
    let refused = bessemer(&cache, &["build", "--emit", "expanded", "-o", "-", &file]);
    assert_eq!((refused.status.code(), text(&refused.stdout).as_str()), (Some(1), ""));
    assert!(text(&refused.stderr).contains("a.rs:1:13: expansion: "), "{}", text(&refused.stderr));
}
