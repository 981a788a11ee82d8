//! Symbols that several crates of a program define.

use crate::project::Project;

/// Two libraries that both define `shared_name`, and a program. Linkers meet the second first.
fn project(main: &str, a: &str, b: &str) -> Project {
    let manifest = |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    let dependencies = "[dependencies]\na = { path = \"a\" }\nb = { path = \"b\" }\n[workspace]\n";
    Project::new(&[
        ("Cargo.toml", &format!("{}{dependencies}", manifest("program"))),
        ("src/main.rs", main),
        ("a/Cargo.toml", &manifest("a")),
        ("a/src/lib.rs", a),
        ("b/Cargo.toml", &manifest("b")),
        ("b/src/lib.rs", b),
    ])
}

const WAYS: [&[&str]; 3] = [&[], &["--backend", "llvm"], &["--release"]];

const MAIN: &str = "fn main() { println!(\"{} {}\", a::call(), b::call()) }\n";

/// `shared_name`, and what calls it.
fn definition(value: u32) -> String {
    format!(
        "#[unsafe(no_mangle)] pub extern \"C\" fn shared_name() -> u32 {{ {value} }}\n\
         #[inline(never)] pub fn call() -> u32 {{ shared_name() }}\n"
    )
}

#[test]
fn two_crates_that_are_linked() {
    let other = "#[inline(never)] pub fn call() -> u32 { 5 }\n";
    let own = "#[unsafe(no_mangle)] extern \"C\" fn shared_name() -> u32 { 9 }\n";
    let cases = [
        (
            MAIN.to_owned(),
            definition(1),
            definition(2),
            "`b::shared_name` has the symbol in crate `b` at b/src/lib.rs:1:",
        ),
        // That nobody calls it is no excuse.
        (
            MAIN.to_owned(),
            definition(1),
            format!("#[unsafe(no_mangle)] extern \"C\" fn shared_name() -> u32 {{ 2 }}\n{other}"),
            "so does `a::shared_name` in crate `a`",
        ),
        (
            MAIN.to_owned(),
            definition(1),
            format!("#[unsafe(export_name = \"shared_name\")] static NUMBER: u32 = 2;\n{other}"),
            "`b::NUMBER` has the symbol in crate `b` at b/src/lib.rs:1:",
        ),
        (format!("{own}{MAIN}"), definition(1), other.to_owned(), "`shared_name` has the symbol at src/main.rs:1:"),
        // rustc takes the other crate's here, and says nothing.
        (
            "fn main() { println!(\"{} {}\", a::own(), b::call()) }\n".to_owned(),
            format!(
                "mod inner {{\n{}}}\n#[inline(never)] pub fn own() -> u32 {{ std::hint::black_box(inner::shared_name as extern \"C\" fn() -> u32)() }}\n",
                definition(1)
            ),
            definition(2),
            "so does `a::inner::shared_name` in crate `a`",
        ),
    ];
    for (main, a, b, note) in cases {
        let project = project(&main, &a, &b);
        for way in WAYS {
            let said = project.bessemer(&[&["build"], way].concat()).code(101);
            said.says("error: symbol `shared_name` is already defined");
            said.says(note);
            assert!(!project.path("target/bessemer/debug/program").exists());
        }
    }
    // C libraries are programs like others in this.
    let project = project("", &definition(1), &definition(2));
    project.write("src/lib.rs", "#[unsafe(no_mangle)] pub extern \"C\" fn both() -> u32 { a::call() + b::call() }\n");
    let manifest = std::fs::read_to_string(project.path("Cargo.toml")).unwrap();
    for kind in ["cdylib", "staticlib"] {
        project.edit("Cargo.toml", &format!("{manifest}[lib]\ncrate-type = [\"{kind}\"]\n"));
        project.bessemer(&["build", "--lib"]).code(101).says("error: symbol `shared_name` is already defined");
    }
}

/// A library's object that nothing in the program needs is not linked, whatever it defines.
#[test]
fn what_is_not_linked_is_in_nobodys_way() {
    let inner = "pub mod inner { #[unsafe(no_mangle)] extern \"C\" fn shared_name() -> u32 { 1 } }\n\
                 #[inline(never)] pub fn call() -> u32 { 5 }\n";
    let inline =
        "#[unsafe(no_mangle)] extern \"C\" fn shared_name() -> u32 { 1 }\n#[inline] pub fn call() -> u32 { 5 }\n";
    for a in [inner, inline] {
        let project = project(MAIN, a, &definition(2));
        assert_eq!(project.cargo(&["run", "-q"]).success().stdout, "5 2\n");
        for way in WAYS {
            assert_eq!(project.bessemer(&[&["run", "-q"], way].concat()).success().stdout, "5 2\n");
        }
    }
}

#[test]
fn weak_and_local_definitions_give_way() {
    for (linkage, expected) in [("weak", "2 2\n"), ("internal", "1 2\n")] {
        let linked = format!("#![feature(linkage)]\n#[linkage = \"{linkage}\"]\n");
        let cases = [
            (format!("{linked}{}", definition(1)), definition(2), expected.to_owned()),
            (definition(1), format!("{linked}{}", definition(2)), expected.replace("2 2", "1 1")),
        ];
        for (a, b, expected) in cases {
            let project = project(MAIN, &a, &b);
            let run = |mut command: std::process::Command| {
                command.env("RUSTC_BOOTSTRAP", "1");
                crate::project::Outcome::of(command.output().unwrap()).success().stdout
            };
            assert_eq!(run(project.cargo_command(&["run", "-q"])), expected);
            for way in WAYS {
                assert_eq!(
                    run(project.bessemer_command(&[&["run", "-q"], way].concat())),
                    expected,
                    "{linkage} {way:?}"
                );
            }
        }
    }
}

/// Code of what nobody works on, which is kept, was chosen for other programs.
#[test]
fn code_that_is_kept() {
    let mut project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"programs\"\nversion = \"1.0.0\"\nedition = \"2024\"\n[dependencies]\nkept = \"1.0.0\"\n[workspace]\n",
        ),
        (
            ".cargo/config.toml",
            "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"vendor\"\n",
        ),
        ("vendor/kept/.cargo-checksum.json", "{\"files\":{}}"),
        ("vendor/kept/Cargo.toml", "[package]\nname = \"kept\"\nversion = \"1.0.0\"\nedition = \"2024\"\n"),
        (
            "vendor/kept/src/lib.rs",
            "pub mod inner { #[unsafe(no_mangle)] pub extern \"C\" fn shared_name() -> u32 { 1 } }\npub fn two() -> u32 { 2 }\n",
        ),
        ("src/bin/first.rs", "fn main() { println!(\"{} {}\", kept::inner::shared_name(), kept::two()) }\n"),
        (
            "src/bin/second.rs",
            "#[unsafe(no_mangle)] extern \"C\" fn shared_name() -> u32 { 9 }\n\
             fn main() { println!(\"{} {}\", shared_name(), kept::two()) }\n",
        ),
        (
            "src/bin/third.rs",
            "#[unsafe(no_mangle)] extern \"C\" fn shared_name() -> u32 { 9 }\n\
             fn main() { println!(\"{} {}\", shared_name(), kept::inner::shared_name()) }\n",
        ),
    ]);
    project.cache = project.path("cache");
    let run = |name: &str| project.bessemer(&["run", "-q", "--bin", name]);
    assert_eq!(run("first").success().stdout, "1 2\n");
    assert_eq!(run("second").success().stdout, "9 2\n");
    run("third").code(101).says("error: symbol `shared_name` is already defined");
    assert_eq!(run("first").success().stdout, "1 2\n");
}
