//! `bessemer compare`.

use super::{Place, gave, says};
use std::path::Path;

const QUICK: [&str; 6] = ["--only", "cranelift:0,llvm:3", "--rounds", "2", "--builds", "1"];

fn compare(place: &Place, args: &[&str]) -> super::Gave {
    place.bessemer(&[&["compare"][..], &QUICK, args].concat())
}

fn rows(gave: &super::Gave) -> Vec<serde_json::Value> {
    let value: serde_json::Value = serde_json::from_str(&gave.stdout).unwrap_or_else(|_| panic!("{}", gave.stdout));
    value["rows"].as_array().unwrap().clone()
}

#[test]
fn examples_are_the_same_everywhere() {
    let place = Place::new();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    for name in ["exit_code.rs", "formatting.rs", "matrix.rs"] {
        std::fs::copy(examples.join(name), place.work().join(name)).unwrap();
        let before = place.files();
        let gave = compare(&place, &["--json", name]);
        assert_eq!(gave.code, Some(0), "{}{}", gave.stdout, gave.stderr);
        assert_eq!(place.files(), before);
        let rows = rows(&gave);
        let verdicts: Vec<&str> = rows.iter().map(|row| row["output"].as_str().unwrap()).collect();
        assert_eq!(verdicts, ["reference", "same", "same"], "{name}");
        for row in &rows {
            for times in ["cold", "edited", "unchanged"] {
                assert!(row["build_seconds"][times]["median"].as_f64() > Some(0.0), "{row}");
            }
            assert!(
                row["code_bytes"].as_u64() > Some(10_000) && row["file_bytes"].as_u64() > row["code_bytes"].as_u64()
            );
            assert_eq!(row["wall_seconds"]["samples"].as_array().unwrap().len(), 2);
            // What a small program has, not what its compiler has.
            assert!(row["memory_bytes"].as_u64().is_none_or(|bytes| (100_000..20_000_000).contains(&bytes)), "{row}");
        }
    }
}

#[test]
fn a_difference_is_told() {
    let place = Place::new();
    let text = "mod other;\nfn main() -> std::process::ExitCode {\n    println!(\"one\\n{}\", cfg!(debug_assertions));\n    \
                println!(\"{}\", other::arguments());\n    std::process::ExitCode::from(7)\n}\n";
    place.write("differs.rs", text);
    place.write("other.rs", "pub fn arguments() -> String { std::env::args().collect::<Vec<_>>().join(\" \") }\n");
    let gave = compare(&place, &["--html", "page.html", "differs.rs", "--", "-x", "y"]);
    assert_eq!(gave.code, Some(1), "{}", gave.stderr);
    says(
        &gave.stdout,
        &["cranelift -O 0 differs:\n  @@ standard output, line 2 @@\n  -false\n  +true\n", "DIFFERENT", "llvm -O 3"],
    );
    assert!(!gave.stdout.contains('\x1b') && gave.stdout.lines().take(4).all(|line| line.chars().count() <= 100));
    let page = std::fs::read_to_string(place.work().join("page.html")).unwrap();
    says(&page, &["<!doctype html>", "<svg", "cranelift -O 0 differs"]);
    std::fs::remove_file(place.work().join("page.html")).unwrap();
    let gave = compare(&place, &["--markdown", "differs.rs"]);
    assert_eq!(gave.code, Some(1));
    says(&gave.stdout, &["| compiler | cold |", "```diff\n@@ standard output, line 2 @@\n-false\n+true\n```"]);
    let lines = gave.stdout.lines().take_while(|line| line.starts_with('|'));
    assert_eq!(lines.map(|line| line.matches(" | ").count()).collect::<Vec<_>>(), [9; 5]);
    // Nothing was written where the source is.
    assert_eq!(place.files(), ["differs.rs", "other.rs"]);
    assert_eq!(std::fs::read_to_string(place.work().join("differs.rs")).unwrap(), text);
}

/// Std from source and a processor stand beside what they are compared with.
#[test]
fn variants() {
    let place = Place::new();
    place.write("cpu.rs", "fn main() { println!(\"{}\", cfg!(target_feature = \"avx2\")) }\n");
    let words = |gave: &super::Gave| -> Vec<String> {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
        let row = |it: &serde_json::Value| {
            ["compiler", "level", "std", "cpu", "output"].map(|name| text(&it[name])).join(" ")
        };
        rows(gave).iter().map(row).collect()
    };
    // `cfg` says which processor it is for, however that was named.
    let named = [&["--cpu", "haswell"][..], &["-C", "target-cpu=haswell"]];
    for named in named {
        let args =
            [&["compare", "--only", "rustc:3,llvm:0", "--builds", "1", "--rounds", "1", "--json"], named, &["cpu.rs"]];
        let gave = place.bessemer(&args.concat());
        assert_eq!(gave.code, Some(1), "{}", gave.stderr);
        let expected = [
            "rustc 3 prebuilt - reference",
            "rustc 3 prebuilt haswell different",
            "llvm 0 prebuilt - same",
            "llvm 0 prebuilt haswell different",
        ];
        assert_eq!(words(&gave), expected);
    }
    says(&place.fails(&["compare", "--cpu", "native", "-C", "target_cpu=haswell", "cpu.rs"], 2), &["two processors"]);
    says(&place.fails(&["compare", "--only", "llvm+std", "cpu.rs"], 2), &["--std source"]);
    // Without the source, that is what is said of each.
    let args =
        ["compare", "--std", "source", "--only", "llvm:0+std", "--builds", "1", "--rounds", "1", "--json", "cpu.rs"];
    let gave = place.with_source(&place.path("nothing"), &args);
    assert_eq!(gave.code, Some(1), "{}", gave.stderr);
    assert_eq!(words(&gave), ["rustc 3 prebuilt - reference", "llvm 0 source - failed"]);
    says(&gave.stdout, &["is not the source of std"]);
    let Some(source) = super::targets::source() else { return };
    let gave = place.with_source(&source, &args);
    assert_eq!(gave.code, Some(0), "{}{}", gave.stdout, gave.stderr);
    assert_eq!(words(&gave), ["rustc 3 prebuilt - reference", "llvm 0 source - same"]);
    // That rustc checks std is no part of the build.
    let cold = |index: usize| rows(&gave)[index]["build_seconds"]["cold"]["median"].as_f64().unwrap();
    assert!(cold(1) < 15.0 * cold(0).max(1.0), "{} {}", cold(0), cold(1));
    assert_eq!(super::names(&place.path("temporary")), [""; 0]);
}

/// Programs that are back ends and have names are among all, and so are those that cannot be started.
#[test]
fn registered_programs() {
    let place = Place::new();
    place.write("hello.rs", super::HELLO);
    testing::write_script(
        &place.work().join("lazy"),
        r#"#!/usr/bin/env python3
import json, struct, sys
kind, = struct.unpack("<I", sys.stdin.buffer.read()[12:16])
description = dict(name="lazy", version="1")
failure = dict(kind="unavailable", message="there is nobody who works")
part = json.dumps(failure if kind else description).encode()
sys.stdout.buffer.write(b"BSMRANSW" + struct.pack("<IIQ", 1, kind, len(part)) + part)
"#,
    );
    place.write("config.toml", "[backends]\nlazy = \"lazy\"\nmissing = \"missing\"\n");
    let args = ["compare", "--only", "llvm:0,lazy:0,missing:0", "--builds", "1", "--rounds", "1", "--json", "hello.rs"];
    let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), &args);
    // Builds are made elsewhere: where the file is must not depend on that.
    command.env("BESSEMER_CONFIG", "config.toml");
    let gave = gave(command, b"");
    assert_eq!(gave.code, Some(1), "{}", gave.stderr);
    let rows = rows(&gave);
    let verdicts: Vec<&str> = rows.iter().map(|row| row["output"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["reference", "same", "failed", "failed"], "{}", gave.stdout);
    says(rows[2]["details"].as_str().unwrap(), &["there is nobody who works"]);
    says(rows[3]["details"].as_str().unwrap(), &["work/missing"]);
}

#[test]
fn what_cannot_be_compared() {
    let place = Place::new();
    place.write("wrong.rs", "fn main() { let x: u8 = \"\"; }\n");
    place.write("right.rs", "fn main() {}\n");
    says(&place.fails(&["compare", "wrong.rs"], 1), &["mismatched types"]);
    place.fails(&["compare", "missing.rs"], 1);
    says(&place.fails(&["compare", "--only", "gcc", "right.rs"], 2), &["rustc, llvm, cranelift"]);
    says(&place.fails(&["compare", "--filter", "-O 9", "right.rs"], 2), &["nothing is left"]);
    says(&place.fails(&["compare", "-C", "opt-level=2", "right.rs"], 2), &["--only chooses"]);
    // A program that never writes the same has no output to compare.
    place.write("varies.rs", "fn main() { println!(\"{:?}\", std::time::SystemTime::now()) }\n");
    let gave = compare(&place, &["varies.rs"]);
    assert_eq!(gave.code, Some(0));
    says(&gave.stdout, &["varies", "writes something else each time"]);
}
