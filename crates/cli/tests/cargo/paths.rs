//! Paths with all kinds of signs in them.

use crate::project::{Outcome, Project};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// A package with a library, a procedural macro, a build script, a module and a file that it includes.
const FILES: [(&str, &str); 9] = [
    (
        "Cargo.toml",
        "[package]\nname = \"program\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nlibrary = { path = \"library\" \
         }\nmacros = { path = \"macros\" }\n[workspace]\n",
    ),
    ("build.rs", "fn main() { println!(\"cargo::rustc-env=BUILT=built\") }\n"),
    (
        "src/main.rs",
        "mod part;\nfn main() { println!(\"{} {} {}\", library::three() + macros::four!(), part::text(), env!(\"BUILT\")) \
         }\n#[test]\nfn test() { main() }\n",
    ),
    ("src/part.rs", "pub fn text() -> &'static str { include_str!(\"a, text.txt\") }\n"),
    ("src/a, text.txt", "text"),
    ("library/Cargo.toml", "[package]\nname = \"library\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
    (
        "library/src/lib.rs",
        "use std::arch::global_asm as assembly;\nassembly!(\".globl three\", \"three: mov eax, 3\", \"ret\");\nunsafe \
         extern \"C\" { #[link_name = \"three\"] safe fn outside() -> u8; }\npub fn three() -> u8 { outside() }\n",
    ),
    (
        "macros/Cargo.toml",
        "[package]\nname = \"macros\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\nproc-macro = true\n",
    ),
    (
        "macros/src/lib.rs",
        "#[proc_macro]\npub fn four(_: proc_macro::TokenStream) -> proc_macro::TokenStream { \"4\".parse().unwrap() }\n",
    ),
];

const NAMES: [&str; 5] = ["a, b", "new\nline", "quo'te \"s", "dol$lar=equals", "ö"];

#[test]
fn packages_anywhere() {
    for name in NAMES {
        let project = Project::new(&FILES).in_folder(name);
        let says = "7 text built\n";
        assert_eq!(project.cargo(&["run", "-q"]).success().stdout, says, "{name:?}");
        for args in [&["run", "-q"][..], &["run", "-q", "--release"]] {
            assert_eq!(project.bessemer(args).success().stdout, says, "{name:?}");
        }
        assert_eq!(project.bessemer(&["build"]).success().compiled(), [""; 0], "{name:?}");
        assert_eq!(project.bessemer(&["test"]).success().tests(), ["test test ... ok"], "{name:?}");
        project.edit("src/a, text.txt", "other");
        assert_eq!(project.bessemer(&["run", "-q"]).success().stdout, "7 other built\n", "{name:?}");
    }
}

#[test]
fn folders_anywhere() {
    let bytes = OsStr::from_bytes(b"not \xff UTF-8");
    for name in NAMES.map(OsStr::new).into_iter().chain([bytes]) {
        let project = Project::new(&FILES);
        let folder = |kind: &str| {
            let folder = project.path(kind).join(name);
            std::fs::create_dir_all(&folder).unwrap();
            folder
        };
        let mut command = project.bessemer_command(&["test", "-q", "--", "--nocapture"]);
        command.env("TMPDIR", folder("tmp"));
        // rustc itself refuses arguments that are not UTF-8.
        if name.to_str().is_some() {
            command.env("CARGO_TARGET_DIR", folder("out"));
        }
        // The cache is in the home folder, or it is named.
        if name == NAMES[0] {
            let home = std::path::PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
            let or = |name: &str, folder: &str| std::env::var_os(name).unwrap_or(home.join(folder).into());
            command.env("CARGO_HOME", or("CARGO_HOME", ".cargo")).env("RUSTUP_HOME", or("RUSTUP_HOME", ".rustup"));
            command.env("HOME", folder("home")).env_remove("BESSEMER_CACHE_DIR").env_remove("XDG_CACHE_HOME");
        } else {
            command.env("BESSEMER_CACHE_DIR", folder("cache"));
        }
        Outcome::of(command.output().unwrap()).success().says("7 text built");
    }
}

#[test]
fn arguments_of_programs_may_be_anything() {
    let project = Project::program("fn main() { println!(\"{:?}\", std::env::args_os().nth(1)) }\n");
    let mut command = project.bessemer_command(&["run", "-q", "--"]);
    Outcome::of(command.arg(OsStr::from_bytes(b"\xff")).output().unwrap()).success().says("\\xFF");
}
