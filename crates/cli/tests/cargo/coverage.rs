//! Coverage of a package's tests, which are several programs.

use crate::project::Project;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is reported of the tests that a command has built and run.
fn report(project: &Project, [profdata, cov]: [&Path; 2], name: &str, command: impl Fn(&[&str]) -> Command) -> String {
    let raw = project.path(name);
    let run = |args: &[&str]| {
        let mut command = command(args);
        command.env("RUSTFLAGS", "-C instrument-coverage").env("LLVM_PROFILE_FILE", raw.join("%p-%m.profraw"));
        crate::project::Outcome::of(command.output().unwrap()).success()
    };
    let built = run(&["test", "-q", "--tests", "--no-run", "--message-format=json"]);
    // What building has run is not asked for.
    let _ = std::fs::remove_dir_all(&raw);
    let programs = built.stdout.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(message.get("executable")?.as_str()?.to_owned())
    });
    let programs: Vec<String> = programs.collect();
    assert_eq!(programs.len(), 2, "{}", built.stdout);
    run(&["test", "-q", "--tests"]);
    let profile = raw.join("merged").to_str().unwrap().to_owned();
    let files: Vec<PathBuf> = std::fs::read_dir(&raw).unwrap().map(|entry| entry.unwrap().path()).collect();
    testing::output(Command::new(profdata).args(["merge", "-o", &profile]).args(files));
    let mut args = ["show", "-show-instantiations=false", "-instr-profile", &profile].map(str::to_owned).to_vec();
    args.extend(programs.into_iter().flat_map(|program| ["-object".to_owned(), program]));
    // The first one is an argument of its own.
    args.remove(4);
    testing::output(Command::new(cov).args(args))
}

/// What only one of the programs reaches is a closure, a generic function, or a copy; and what none does.
#[test]
fn several_programs() {
    let (Some(profdata), Some(cov)) = (testing::llvm_tool("profdata"), testing::llvm_tool("cov")) else { return };
    let tools = [&*profdata, &*cov];
    let project = Project::new(&[
        ("Cargo.toml", "[package]\nname = \"covered\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n"),
        (
            "src/lib.rs",
            "pub fn digits(text: &str) -> bool {\n    let is_digit = |byte: u8| byte.is_ascii_digit();\n    \
             text.bytes().all(is_digit)\n}\npub fn largest<T: PartialOrd>(a: T, b: T) -> T {\n    if a > b {\n        a\n    } \
             else {\n        b\n    }\n}\n#[inline]\npub fn copied(x: u32) -> u32 {\n    x + 1\n}\n\
             pub fn never<T>(_: T) -> u32 {\n    let nobody = || 3;\n    nobody()\n}\n\
             #[test]\nfn own() {\n    assert_eq!(largest(1, 2), 2);\n}\n",
        ),
        (
            "tests/outer.rs",
            "#[test]\nfn outer() {\n    assert!(covered::digits(\"12\") && !covered::digits(\"x\"));\n    \
             assert_eq!(covered::largest(2.0, 1.0), 2.0);\n    assert_eq!(covered::copied(1), 2);\n}\n",
        ),
    ]);
    let ours = report(&project, tools, "ours", |args| project.bessemer_command(args));
    let theirs = report(&project, tools, "theirs", |args| project.cargo_command(args));
    assert_eq!(ours, theirs);
    assert!(theirs.contains("|      0|    let nobody = || 3;"), "{theirs}");
}
