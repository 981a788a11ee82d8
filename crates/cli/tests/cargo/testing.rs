//! Tests and benchmarks of packages: the same names, results and exit codes as under cargo.

use crate::project::{Outcome, Project};

const BACKENDS: [&str; 2] = ["cranelift", "llvm"];

/// Unit tests, integration tests with shared code, a test without the harness, a program's and an example's tests,
/// documentation tests, a benchmark without the harness.
const PACKAGE: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        r#"
[package]
name = "tested"
version = "0.1.0"
edition = "2021"
[dev-dependencies]
helper = { path = "helper" }
[[test]]
name = "own_harness"
harness = false
[[bench]]
name = "speed"
harness = false
[[example]]
name = "shown"
test = true
[workspace]
"#,
    ),
    (
        "src/lib.rs",
        r#"
//! Documentation with a test:
//! ```
//! assert_eq!(tested::add(1, 2), 3);
//! ```

pub fn add(a: i32, b: i32) -> i32 {
    a + b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds() {
        assert_eq!(add(1, 2), helper::three());
    }

    #[test]
    #[should_panic(expected = "overflow")]
    fn overflows() {
        add(i32::MAX, std::hint::black_box(1));
    }

    #[test]
    #[ignore = "for a reason"]
    fn ignored() {}

    #[test]
    fn gives_a_result() -> Result<(), std::num::ParseIntError> {
        "12".parse::<u8>().map(drop)
    }
}
"#,
    ),
    (
        "src/main.rs",
        "fn main() { println!(\"{}\", tested::add(2, 3)); }\n#[test]\nfn in_program() { println!(\"captured\"); main() }\n",
    ),
    ("tests/common/mod.rs", "pub fn shared() -> u8 { 4 }\n"),
    (
        "tests/outside.rs",
        r#"
mod common;

#[test]
fn from_outside() {
    assert_eq!(tested::add(2, 2), common::shared() as i32);
}

#[test]
fn program_is_there() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_tested")).output().unwrap();
    assert_eq!(output.stdout, b"5\n");
    assert!(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).is_dir());
}

#[test]
fn fails() {
    assert_eq!(tested::add(1, 1), 3, "as it should");
}
"#,
    ),
    ("tests/own_harness.rs", "fn main() { println!(\"own harness: {}\", tested::add(20, 1)) }\n"),
    ("benches/speed.rs", "fn main() { println!(\"bench {:?}\", std::env::args().skip(1).collect::<Vec<_>>()) }\n"),
    ("examples/shown.rs", "fn main() {}\n#[test]\nfn in_example() {}\n"),
    ("helper/Cargo.toml", "[package]\nname = \"helper\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
    ("helper/src/lib.rs", "pub fn three() -> i32 { 3 }\n"),
];

/// The summaries of all test programs, without times.
fn summaries(outcome: &Outcome) -> Vec<&str> {
    let lines = outcome.stdout.lines().filter(|line| line.starts_with("test result: "));
    lines.filter_map(|line| line.split_once("; finished in ")).map(|it| it.0).collect()
}

#[test]
fn the_same_results_as_with_cargo() {
    let project = Project::new(PACKAGE);
    let args = ["test", "--no-fail-fast"];
    let expected = project.cargo(&args).code(101);
    assert_eq!(expected.tests().len(), 10, "{expected:#?}");
    for backend in BACKENDS {
        let found = project.bessemer(&[&args[..], &["--backend", backend]].concat()).code(101);
        assert_eq!(found.tests(), expected.tests(), "{backend}");
        assert_eq!(summaries(&found), summaries(&expected), "{backend}");
        found.says("own harness: 21");
        found.says("as it should");
        found.says("note: documentation tests are compiled by rustc");
        // Nothing is compiled for the second run, and a filter is the harness's.
        let again = project.bessemer(&["test", "--backend", backend, "--lib", "adds"]).success();
        assert_eq!((again.compiled().len(), again.tests()), (0, vec!["test tests::adds ... ok"]));
    }
    // The first program that fails ends it.
    let stopped = project.bessemer(&["test"]).code(101);
    stopped.never_says("documentation tests are compiled");
    stopped.never_says("test src/lib.rs");
    // What is good ends well; what does not compile is said.
    project.edit("tests/outside.rs", "#[test]\nfn from_outside() {}\n");
    project.bessemer(&["test"]).success().says("test src/lib.rs - (line 3) ... ok");
    project.edit("tests/outside.rs", "#[test]\nfn from_outside() { missing() }\n");
    let failed = project.bessemer(&["test"]).code(101);
    assert_eq!(failed.stderr.matches("cannot find function `missing`").count(), 1, "{failed:#?}");
    failed.says("could not compile `tested` (test \"outside\")");
}

#[test]
fn benchmarks_are_run() {
    let project = Project::new(PACKAGE);
    let found = project.bessemer(&["bench", "--bench", "speed", "--", "fast"]).success();
    found.says("bench [\"fast\", \"--bench\"]");
    found.says("(target/bessemer/release/deps/speed-");
    // The library's tests, which a benchmark run skips.
    project.bessemer(&["bench", "--lib"]).success().says("4 ignored");
}
