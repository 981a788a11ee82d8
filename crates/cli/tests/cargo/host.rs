//! What serves the build itself is told from what is built, whatever the user sets; and what rustc is run by.

use crate::project::{Outcome, Project};

const MEMBER: &str = "version = \"0.1.0\"\nedition = \"2024\"\n";

/// One library that a program, its build script and a procedural macro need.
fn project(more: &str) -> Project {
    let manifest = format!(
        "[package]\nname = \"program\"\n{MEMBER}[dependencies]\nmacros = {{ path = \"macros\" }}\nshared = {{ path = \
         \"shared\" }}\n[build-dependencies]\nshared = {{ path = \"shared\" }}\n[workspace]\nmembers = [\"macros\", \
         \"shared\"]\n{more}"
    );
    Project::new(&[
        ("Cargo.toml", &manifest),
        ("build.rs", "fn main() { println!(\"cargo::rustc-env=BUILT={}\", shared::reversed(\"build\")) }\n"),
        (
            "src/main.rs",
            "fn main() { println!(\"{} {} {}\", env!(\"BUILT\"), macros::reversed!(abc), shared::reversed(\"run\")) }\n\
             #[test]\nfn test() { main() }\n",
        ),
        (
            "macros/Cargo.toml",
            &format!(
                "[package]\nname = \"macros\"\n{MEMBER}[lib]\nproc-macro = true\n[dependencies]\nshared = {{ path = \
                 \"../shared\" }}\n"
            ),
        ),
        (
            "macros/src/lib.rs",
            "use proc_macro::TokenStream;\n#[proc_macro]\npub fn reversed(it: TokenStream) -> TokenStream { format!(\"{:?}\", \
             shared::reversed(&it.to_string())).parse().unwrap() }\n",
        ),
        ("shared/Cargo.toml", &format!("[package]\nname = \"shared\"\n{MEMBER}")),
        ("shared/src/lib.rs", "pub fn reversed(text: &str) -> String { text.chars().rev().collect() }\n"),
    ])
}

const SAYS: &str = "dliub cba nur\n";

#[track_caller]
fn runs(project: &Project, args: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let mut command = project.bessemer_command(&[&["run", "-v"], args].concat());
    let outcome = Outcome::of(command.envs(variables.iter().copied()).output().unwrap()).success();
    assert_eq!(outcome.stdout, SAYS, "{args:?} {variables:?}");
    outcome
}

#[test]
fn flags_that_count_codegen_units() {
    let flag = "-Ccodegen-units=1";
    runs(&project(""), &[], &[("RUSTFLAGS", flag)]);
    runs(&project(""), &["--release"], &[("CARGO_ENCODED_RUSTFLAGS", "-C\x1fcodegen-units=255")]);
    let configured = project("");
    configured.write(".cargo/config.toml", &format!("[build]\nrustflags = [\"{flag}\"]\n"));
    runs(&configured, &[], &[]);
    let host = "x86_64-unknown-linux-gnu";
    runs(&configured, &["--target", host], &[]);
    runs(&project(""), &["--config", "profile.dev.build-override.codegen-units=2"], &[]);
    runs(&project(""), &["--config", "profile.dev.codegen-units=2"], &[]);
}

#[test]
fn profiles_that_count_codegen_units() {
    let profiles = "[profile.dev]\ncodegen-units = 5\n[profile.dev.build-override]\ncodegen-units = 3\nopt-level = 1\n\
                    [profile.dev.package.shared]\ncodegen-units = 7\n[profile.fast]\ninherits = \"dev\"\n";
    let project = project(profiles);
    for args in [&[][..], &["--profile", "fast"]] {
        let said = runs(&project, args, &[]).stderr;
        let line = |name: &str| {
            let mut lines = said.lines().filter(|line| line.contains("Running") && line.contains(name));
            lines.next().unwrap_or_else(|| panic!("no {name} in {said}")).to_owned()
        };
        // The user's own settings hold beside the marks.
        assert!(line("--crate-name macros").contains("opt-level=1"), "{said}");
        assert!(line("--crate-name shared").contains("codegen-units=7"), "{said}");
    }
    let tests = project.bessemer(&["test"]).success();
    assert_eq!(tests.tests(), ["test test ... ok"]);
    // The number itself reaches rustc.
    let wrapped = wrapper(&project, "log");
    let mut command = project.bessemer_command(&["build", "--target-dir", "other"]);
    Outcome::of(command.env("RUSTC_WRAPPER", &wrapped).output().unwrap()).success();
    let log = std::fs::read_to_string(project.path("log")).unwrap();
    let macros = log.lines().find(|line| line.contains("--crate-name macros")).unwrap();
    assert!(macros.contains("codegen-units=3"), "{log}");
    assert!(log.lines().all(|line| !line.contains("codegen-units=31")), "{log}");
}

/// A program that notes what it is told and does it.
fn wrapper(project: &Project, log: &str) -> std::path::PathBuf {
    let file = project.path(&format!("{log}.sh"));
    let text = format!("#!/bin/sh\necho \"$@\" >> '{}'\nexec \"$@\"\n", project.path(log).display());
    testing::write_script(&file, &text);
    file
}

fn crates_in(log: &str) -> Vec<&str> {
    let mut names: Vec<&str> =
        log.lines().filter_map(|line| line.split_once("--crate-name ")?.1.split(' ').next()).collect();
    names.retain(|name| *name != "___");
    names.sort_unstable();
    names.dedup();
    names
}

/// The user's own wrapper runs rustc for what rustc compiles to the end.
#[test]
fn wrappers_of_the_user() {
    for way in ["RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER", "config.toml", "--config"] {
        let project = project("");
        let wrapper = wrapper(&project, "log");
        let path = wrapper.to_str().unwrap();
        let setting = format!("build.rustc-wrapper = {path:?}");
        if way == "config.toml" {
            project.write(".cargo/config.toml", &setting);
        }
        let args = if way == "--config" { vec!["--config", &setting] } else { Vec::new() };
        let variables = if way.contains("RUSTC") { vec![(way, path)] } else { Vec::new() };
        runs(&project, &args, &variables);
        let log = std::fs::read_to_string(project.path("log")).unwrap();
        assert_eq!(crates_in(&log), ["build_script_build", "macros", "shared"], "{way}: {log}");
        assert!(!log.contains("always-encode-mir"), "{log}");
    }
}

/// The wrapper of the workspace's members says what it thinks of them.
#[test]
fn wrappers_of_workspaces() {
    let project = project("");
    let wrapper = wrapper(&project, "log");
    let path = wrapper.to_str().unwrap();
    runs(&project, &[], &[("RUSTC_WORKSPACE_WRAPPER", path)]);
    let log = std::fs::read_to_string(project.path("log")).unwrap();
    assert_eq!(crates_in(&log), ["build_script_build", "macros", "program", "shared"], "{log}");
    // With another wrapper before it, for what rustc compiles.
    project.edit("src/main.rs", "fn main() { let x = 1; }\n");
    let mut command = project.bessemer_command(&["check"]);
    let found = Outcome::of(command.env("RUSTC_WORKSPACE_WRAPPER", path).output().unwrap()).success();
    assert_eq!(found.stderr.matches("unused variable: `x`").count(), 1, "{found:#?}");
    let mut command = project.bessemer_command(&["test"]);
    command.env("RUSTC_WORKSPACE_WRAPPER", path).env("RUSTC_WRAPPER", "env");
    Outcome::of(command.output().unwrap()).success();
}
