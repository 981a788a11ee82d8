//! Which release of rustc does the work: one that is not known, and several in turn.

use crate::project::{Outcome, Project};
use std::path::{Path, PathBuf};

fn with_rustc(project: &Project, rustc: &Path, args: &[&str]) -> Outcome {
    Outcome::of(project.bessemer_command(args).env("RUSTC", rustc).output().unwrap())
}

/// The installed rustc, which says that it is of a release that there is not.
fn rustc_of_tomorrow(project: &Project) -> PathBuf {
    let file = project.path("rustc");
    let script = "#!/bin/sh\ncase \"$*\" in\n*-vV*) rustc \"$@\" | sed 's/1\\.[0-9]*\\.[0-9]*\\( \\|$\\)/1.99.0\\1/' ;;\n*) exec rustc \
                  \"$@\" ;;\nesac\n";
    testing::write_script(&file, script);
    file
}

#[test]
fn plain_cargo_does_what_an_unknown_release_forbids() {
    let project = Project::program("fn main() { println!(\"runs\") }");
    let rustc = rustc_of_tomorrow(&project);
    let refused = with_rustc(&project, &rustc, &["run"]);
    assert_ne!(refused.code, Some(0));
    refused.says("is rustc 1.99.0");
    refused.says("only Rust 1.95.0, 1.96.0, 1.97.1 or 1.98.1 is supported");
    refused.says("`cargo bessemer --fallback` leaves packages to plain cargo");
    refused.never_says("runs");

    let done = with_rustc(&project, &rustc, &["--fallback", "run"]).success();
    done.says("runs");
    done.says("note: `");
    done.says("is rustc 1.99.0");
    done.says("; plain cargo does it");
    // As plain cargo would.
    assert!(project.path("target/debug/program").is_file());

    // The same by the configuration file; what cargo is told is handed on.
    project.write("bessemer.toml", "fallback = true\n");
    let mut command = project.bessemer_command(&["build", "--target-dir", "other", "--config", "profile.dev.debug=0"]);
    command.env("RUSTC", &rustc).env("BESSEMER_CONFIG", project.path("bessemer.toml"));
    Outcome::of(command.output().unwrap()).success().says("; plain cargo does it");
    assert!(project.path("other/debug/program").is_file());
    // A key that cargo would not take is not swallowed.
    let mut command = project.bessemer_command(&["build", "--config", "profile.dev.debug=\"much\""]);
    command.env("RUSTC", &rustc).env("BESSEMER_CONFIG", project.path("bessemer.toml"));
    let refused = Outcome::of(command.output().unwrap());
    assert_ne!(refused.code, Some(0));
    refused.says("profile.dev.debug");

    // A release that is known needs no help, and a compiler that does not run is no release.
    let known = project.bessemer(&["--fallback", "run"]).success();
    known.says("runs");
    known.never_says("plain cargo");
    assert!(project.path("target/bessemer/debug/program").is_file());
    let broken = with_rustc(&project, Path::new("/none/rustc"), &["--fallback", "run"]);
    assert_ne!(broken.code, Some(0));
    broken.never_says("plain cargo");
}

/// In one package, with one cache: each gets its own, and what the other made is still good afterwards. (Where there is one
/// compiler only, it takes turns with itself.)
#[test]
fn compilers_take_turns() {
    let mut project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"program\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nlibrary = { path = \
             \"library\" }\n[workspace]\n",
        ),
        ("library/Cargo.toml", "[package]\nname = \"library\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        (
            "library/src/lib.rs",
            "use std::any::{Any, TypeId};\n\
             pub fn ids<T: Any>(_: T) -> Vec<TypeId> { vec![TypeId::of::<T>(), TypeId::of::<Option<T>>()] }\n\
             pub fn text() -> String { let mut all = Vec::new(); for i in 0..9 { all.push(i.to_string()); } all.join(\" \") }\n",
        ),
        (
            "src/main.rs",
            "fn main() {\n    println!(\"{:?} {}\", library::ids(String::new()), library::text());\n    \
             let words: std::collections::BTreeMap<_, _> = [(1, \"one\"), (2, \"two\")].into();\n    \
             println!(\"{words:?} {:?}\", std::panic::catch_unwind(|| usize::from_str_radix(\"x\", 99)).is_err());\n}\n",
        ),
    ]);
    let cache = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    project.cache = cache.path().to_owned();
    let compilers: Vec<PathBuf> = testing::compilers().into_iter().map(|(rustc, _)| rustc).collect();
    assert!(!compilers.is_empty());
    let reference = |rustc: &Path| {
        let mut command = project.cargo_command(&["run", "--target-dir", "plain"]);
        Outcome::of(command.env("RUSTC", rustc).output().unwrap()).success().stdout
    };
    let expected: Vec<String> = compilers.iter().map(|rustc| reference(rustc)).collect();
    let mut distinct = expected.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), compilers.len(), "releases are told apart by what the program says: {expected:#?}");
    for round in 0..3 {
        for (rustc, expected) in compilers.iter().zip(&expected) {
            for args in [&["run"][..], &["run", "--release"]] {
                let said = with_rustc(&project, rustc, args).success();
                assert_eq!(&said.stdout, expected, "{} {args:?}, round {round}", rustc.display());
                // What was made in the round before is fresh.
                let compiled = if round == 0 { vec!["library", "program"] } else { vec![] };
                assert_eq!(said.compiled(), compiled, "{} {args:?}, round {round}", rustc.display());
            }
        }
    }
}
