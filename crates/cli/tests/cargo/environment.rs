//! Programs, build scripts and procedural macros see the environment that they see under cargo, and nothing of Bessemer's.

use crate::project::{Outcome, Project};

const MANIFEST: &str = "[package]\nname = \"program\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nmacros = { path = \
                        \"macros\" }\nlibrary = { path = \"library\" }\n[workspace]\n";

/// Variables that Bessemer has used, or that tools ask for.
const ASKED: &str = r#"["RUSTC_BOOTSTRAP", "RUSTC_ICE", "MALLOC_CONF", "LD_PRELOAD", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER",
    "BESSEMER_BACKEND", "BESSEMER_BUILD", "BESSEMER_HOST_MARK", "BESSEMER_PROGRESS", "BESSEMER_REPORT_DIR",
    "BESSEMER_GIVES_RUSTC_BOOTSTRAP", "BESSEMER_DOCTESTS"]"#;

fn project() -> Project {
    let names = ASKED.trim_matches(['[', ']']).split(',').map(str::trim);
    let seen: String = names.map(|name| format!("({name}, option_env!({name})), ")).collect();
    let constant = format!("pub const SEEN: &[(&str, Option<&str>)] = &[{seen}];\n");
    // What a process says of itself: the names, and the values of those that tools ask for.
    let own = format!(
        "fn own() -> Vec<String> {{\n    let mut all: Vec<String> = std::env::vars_os().map(|it| \
         it.0.into_string().unwrap()).collect();\n    all.sort();\n    for name in {ASKED}.into_iter().chain([\"RUSTC\", \"RUSTDOC\"]) {{\n        \
         all.push(format!(\"{{name}}={{:?}}\", std::env::var(name)));\n    }}\n    all\n}}\n"
    );
    let script = format!(
        "{own}fn main() {{\n    for name in {ASKED} {{ println!(\"cargo::rerun-if-env-changed={{name}}\"); }}\n    \
         println!(\"cargo::rerun-if-changed=build.rs\");\n    let out = std::env::var(\"OUT_DIR\").unwrap();\n    \
         std::fs::write(format!(\"{{out}}/script.rs\"), format!(\"const SCRIPT: &[&str] = &{{:?}};\", own())).unwrap();\n}}\n"
    );
    let main = format!(
        "include!(concat!(env!(\"OUT_DIR\"), \"/script.rs\"));\n{constant}{own}fn show() {{\n    println!(\"script \
         {{SCRIPT:?}}\");\n    println!(\"macro {{:?}}\", macros::seen!());\n    println!(\"program {{SEEN:?}}\");\n    \
         println!(\"library {{:?}}\", library::SEEN);\n    println!(\"runs {{:?}}\", own());\n}}\nfn main() {{ show() \
         }}\n#[test]\nfn test() {{ show() }}\n"
    );
    let macros = format!(
        "{own}{}#[proc_macro]\npub fn seen(_: proc_macro::TokenStream) -> proc_macro::TokenStream {{\n    format!(\"{{:?}}\", \
         format!(\"{{:?}} {{SEEN:?}}\", own())).parse().unwrap()\n}}\n",
        constant.trim_start_matches("pub ")
    );
    Project::new(&[
        ("Cargo.toml", MANIFEST),
        ("build.rs", &script),
        ("src/main.rs", &main),
        ("library/Cargo.toml", "[package]\nname = \"library\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        ("library/src/lib.rs", &constant),
        (
            "macros/Cargo.toml",
            "[package]\nname = \"macros\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\nproc-macro = true\n",
        ),
        ("macros/src/lib.rs", &macros),
    ])
}

/// What was seen, without the harness's own lines.
fn seen(outcome: &Outcome) -> Vec<&str> {
    let kinds = ["script ", "macro ", "program ", "library ", "runs "];
    outcome.stdout.lines().filter(|line| kinds.iter().any(|kind| line.starts_with(kind))).collect()
}

#[track_caller]
fn compare(project: &Project, args: &[&str], variables: &[(&str, &str)]) {
    let with = |mut command: std::process::Command| {
        let command = command.args(args).envs(variables.iter().copied());
        Outcome::of(command.output().unwrap()).success()
    };
    let expected = with(project.cargo_command(&[]));
    let found = with(project.bessemer_command(&[]));
    assert_eq!(seen(&expected).len(), 5, "{expected:#?}");
    for (found, expected) in seen(&found).into_iter().zip(seen(&expected)) {
        assert_eq!(found, expected, "{variables:?}");
    }
    // And all is as new, for both of them.
    assert_eq!(with(project.cargo_command(&[])).compiled(), [""; 0]);
    assert_eq!(with(project.bessemer_command(&[])).compiled(), [""; 0]);
}

#[test]
fn the_same_as_under_cargo() {
    let project = project();
    compare(&project, &["run"], &[]);
    compare(&project, &["test", "--", "--nocapture"], &[]);
    compare(&project, &["run", "--release"], &[]);
    // Variables of the user's own keep their values.
    compare(&project, &["run"], &[("MALLOC_CONF", "dirty_decay_ms:100"), ("BESSEMER_BUILD", "x")]);
}

#[test]
fn unstable_features_are_for_whom_the_user_permits_them() {
    let project = project();
    compare(&project, &["run"], &[("RUSTC_BOOTSTRAP", "1")]);
    compare(&project, &["run"], &[("RUSTC_BOOTSTRAP", "other")]);
    let project = self::project();
    let text = std::fs::read_to_string(project.path("library/src/lib.rs")).unwrap();
    project.write("library/src/lib.rs", &format!("#![feature(never_type)]\n{text}"));
    compare(&project, &["run"], &[("RUSTC_BOOTSTRAP", "1")]);
    compare(&project, &["run"], &[("RUSTC_BOOTSTRAP", "x,library")]);
    for value in ["other", ""] {
        let mut command = project.bessemer_command(&["build"]);
        let refused = Outcome::of(command.env("RUSTC_BOOTSTRAP", value).output().unwrap());
        refused.code(101).says("E0554");
    }
}

#[test]
fn settings_are_no_reason_to_compile_libraries() {
    let project = project();
    let backends = ["cranelift", "llvm"];
    for backend in backends {
        project.bessemer(&["build", "--backend", backend]).success();
    }
    for backend in backends {
        let args = ["build", "--backend", backend, "--message-format", "json"];
        let again = project.bessemer(&args).success().artifacts();
        for (target, fresh) in again {
            assert_eq!(fresh, target != "program bin", "{target}");
        }
        assert_eq!(project.bessemer(&["build", "--backend", backend]).success().compiled(), [""; 0]);
    }
    project.bessemer(&["build", "--backend", "llvm", "--report"]).success().says("Nothing was compiled");
}
