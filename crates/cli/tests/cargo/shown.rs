//! What `cargo bessemer rustc` shows of a program, and assembly that is hidden behind other names.

use crate::project::{Outcome, Project};

/// `global_asm!` under other names, by way of another crate and of its macros.
#[test]
fn assembly_by_any_name() {
    let member = "version = \"0.1.0\"\nedition = \"2024\"\n";
    let asm = |name: &str, value: u32| format!("\".globl {name}\", \"{name}: mov eax, {value}\", \"ret\"");
    let project = Project::new(&[
        (
            "Cargo.toml",
            &format!(
                "[package]\nname = \"program\"\n{member}[dependencies]\nuser = {{ path = \"user\" }}\nmacros = {{ path = \
                 \"macros\" }}\n[workspace]\n"
            ),
        ),
        (
            "src/main.rs",
            &format!(
                "use macros::reexported as other;\nother!({});\nmacros::function!(second, 2);\nunsafe extern \"C\" {{ safe fn \
                 first() -> u32; }}\nfn main() {{ println!(\"{{}} {{}} {{}} {{}}\", first(), second(), user::third(), \
                 user::fourth()) }}\n",
                asm("first", 1)
            ),
        ),
        (
            "user/Cargo.toml",
            &format!("[package]\nname = \"user\"\n{member}[dependencies]\nmacros = {{ path = \"../macros\" }}\n"),
        ),
        (
            "user/src/lib.rs",
            &format!(
                "use core::arch::global_asm as ga;\nga!({});\nunsafe extern \"C\" {{ #[link_name = \"outside\"] safe fn \
                 raw() -> u32; }}\npub fn third() -> u32 {{ raw() }}\nmacros::function!(fourth, 4);\n",
                asm("outside", 3)
            ),
        ),
        ("macros/Cargo.toml", &format!("[package]\nname = \"macros\"\n{member}")),
        (
            "macros/src/lib.rs",
            "pub use core::arch::global_asm as reexported;\n#[doc(hidden)]\npub use core::arch::global_asm as \
             hidden;\n#[macro_export]\nmacro_rules! function {\n    ($name:ident, $value:literal) => {\n        \
             $crate::hidden!(concat!(\".globl asm_\", stringify!($name)), concat!(\"asm_\", stringify!($name), \": mov eax, \
             \", $value), \"ret\");\n        pub fn $name() -> u32 {\n            unsafe extern \"C\" { #[link_name = \
             concat!(\"asm_\", stringify!($name))] safe fn raw() -> u32; }\n            raw()\n        }\n    };\n}\n",
        ),
    ]);
    for args in [&["--backend", "cranelift"][..], &["--backend", "llvm"], &["--release"]] {
        let found = project.bessemer(&[&["run", "-q"], args].concat()).success();
        assert_eq!(found.stdout, "1 2 3 4\n", "{args:?}");
    }
    // No crate without any has a file for it.
    let files = project.snapshot("target/bessemer");
    let with = files.keys().filter(|file| file.extension().is_some_and(|it| it == "global-asm"));
    assert_eq!(with.count(), 2, "{files:?}");
    // As `RUSTC_WRAPPER`, too.
    let mut command = project.cargo_command(&["run", "-q", "--target-dir", "wrapped"]);
    let found = Outcome::of(command.env("RUSTC_WRAPPER", env!("CARGO_BIN_EXE_bessemer")).output().unwrap());
    assert_eq!(found.success().stdout, "1 2 3 4\n");
}

#[test]
fn texts_and_objects_where_rustc_puts_them() {
    let project = Project::program("#[unsafe(no_mangle)]\nextern \"C\" fn known() {}\nfn main() { known() }\n");
    let is_there = |extension: &str| {
        let files = project.snapshot("target/bessemer/debug/deps");
        let mut found = files.into_keys().filter(|file| file.extension().is_some_and(|it| it == extension));
        let file = found.next().unwrap_or_else(|| panic!("no file `.{extension}`"));
        assert!(file.file_name().unwrap().to_str().unwrap().starts_with("program-"), "{file:?}");
        std::fs::read(file).unwrap()
    };
    for backend in ["cranelift", "llvm"] {
        project.bessemer(&["rustc", "--backend", backend, "--", "--emit", "asm,llvm-ir,mir"]).success();
        assert!(String::from_utf8(is_there("s")).unwrap().contains("known"), "{backend}");
        assert!(String::from_utf8(is_there("ll")).unwrap().contains("@known"), "{backend}");
        assert!(String::from_utf8(is_there("mir")).unwrap().contains("fn main"), "{backend}");
        assert_eq!(project.run("target/bessemer/debug/program").success().stdout, "");
        let named = project.path("named.s");
        project.bessemer(&["rustc", "--backend", backend, "--", &format!("--emit=asm={}", named.display())]).success();
        assert!(std::fs::read_to_string(named).unwrap().contains("known"), "{backend}");
    }
    project.bessemer(&["rustc", "--", "--emit=obj"]).success();
    assert!(is_there("o").starts_with(b"\x7fELF"));
    project.bessemer(&["rustc", "--", "--emit=link"]).success();
    project.bessemer(&["rustc", "--", "--print", "cfg"]).says("target_os=\"linux\"");
    let asked = ["rustc", "--", "--print", "crate-name"];
    assert_eq!(project.bessemer(&asked).stdout, project.cargo(&asked).stdout);
    // A library's code is rustc's where it is shown alone.
    project.write("src/lib.rs", "#[inline(never)]\npub fn in_library() -> u8 { 1 }\n");
    project.bessemer(&["rustc", "--lib", "--", "--emit=asm"]).success();
    project.bessemer(&["run", "-q"]).success();
}

/// What a C library needs besides itself.
#[test]
fn native_libraries_of_archives() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"archive\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\ncrate-type = \
             [\"staticlib\"]\n[workspace]\n",
        ),
        ("src/lib.rs", "#[unsafe(no_mangle)]\npub extern \"C\" fn f() { println!() }\n"),
    ]);
    let args = ["rustc", "--", "--print", "native-static-libs"];
    let found = project.bessemer(&args).success();
    // These are shared libraries, so their order means nothing.
    let libraries = |outcome: &Outcome| {
        let line = outcome.stderr.lines().find_map(|line| line.split_once("native-static-libs:"));
        let mut libraries: Vec<String> = line.expect("a note").1.split_whitespace().map(str::to_owned).collect();
        libraries.sort();
        libraries
    };
    assert_eq!(libraries(&found), libraries(&project.cargo(&args).success()));
    assert!(project.path("target/bessemer/debug/libarchive.a").is_file());
}
