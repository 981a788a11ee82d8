//! Libraries from the command line: for Rust, and for other languages.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const LIBRARY: &str = r#"//! Shapes.
use std::fmt::Display;

pub fn describe<T: Display>(value: T) -> String { format!("<{value}>") }

pub fn sum(values: &[u8]) -> u8 { values.iter().fold(0, |sum, value| sum + value) }

#[unsafe(no_mangle)]
pub extern "C" fn area(width: i32, height: i32) -> i32 { describe(width * height).len() as i32 * 100 + width * height }
"#;

const C_USER: &str = "#include <stdio.h>\nint area(int, int);\nint main(void) { printf(\"%d\\n\", area(6, 7)); }\n";

struct Place(tempfile::TempDir);

impl Place {
    fn new(files: &[(&str, &str)]) -> Place {
        let place = Place(tempfile::tempdir().expect("a folder"));
        files.iter().for_each(|(name, text)| std::fs::write(place.path(name), text).expect("a file"));
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, program: &str, args: &[&str]) -> Output {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("libraries-cache");
        let mut command = Command::new(program);
        command.args(args).current_dir(self.0.path()).env("BESSEMER_CACHE_DIR", cache);
        command.output().unwrap_or_else(|error| panic!("{program}: {error}"))
    }

    /// What a successful run prints.
    fn prints(&self, program: &str, args: &[&str]) -> String {
        let output = self.run(program, args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn bessemer(&self, args: &[&str]) -> String {
        self.prints(env!("CARGO_BIN_EXE_bessemer"), args)
    }

    /// What is said against a command line.
    fn refused(&self, args: &[&str]) -> String {
        let output = self.run(env!("CARGO_BIN_EXE_bessemer"), args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}

#[test]
fn a_library_for_rust() {
    let user = "fn main() { println!(\"{} {}\", shapes::describe(1.5), shapes::sum(&[200, std::env::args().len() as u8 * 100])) }";
    let place = Place::new(&[("shapes.rs", LIBRARY), ("user.rs", user)]);
    // Its own settings go with it: here, sums may overflow.
    place.bessemer(&["build", "--crate-type", "lib", "-C", "overflow-checks=off", "--out-dir", "out", "shapes.rs"]);
    let external = ["--extern", "shapes=out/libshapes.rlib"];
    for backend in ["cranelift", "llvm"] {
        let args = [&["run", "--backend", backend][..], &external, &["user.rs"]].concat();
        assert_eq!(place.bessemer(&args), "<1.5> 44\n", "{backend}");
    }
    // It has code for rustc, too.
    place.prints("rustc", &[&["--edition=2024", "user.rs", "-o", "by-rustc"][..], &external].concat());
    assert_eq!(place.prints(&place.path("by-rustc").to_string_lossy(), &[]), "<1.5> 44\n");
}

#[test]
fn libraries_for_other_languages() {
    let place = Place::new(&[("shapes.rs", LIBRARY), ("user.c", C_USER)]);
    place.bessemer(&["build", "--crate-type", "cdylib,staticlib", "-O", "2", "shapes.rs"]);
    place.prints("cc", &["user.c", "./libshapes.so", "-o", "shared"]);
    place.prints("cc", &["user.c", "libshapes.a", "-lpthread", "-ldl", "-lm", "-o", "static"]);
    for program in ["shared", "static"] {
        assert_eq!(place.prints(&place.path(program).to_string_lossy(), &[]), "442\n", "{program}");
    }
    // By another name, with another back end.
    place.bessemer(&["build", "--crate-type", "cdylib", "--backend", "cranelift", "-o", "other.so", "shapes.rs"]);
    place.prints("cc", &["user.c", "./other.so", "-o", "shared"]);
    assert_eq!(place.prints(&place.path("shared").to_string_lossy(), &[]), "442\n");
    let left: Vec<_> =
        std::fs::read_dir(place.0.path()).expect("a folder").flatten().map(|it| it.file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{left:?}");
}

/// The source says itself what it is, unless the command line does.
#[test]
fn attributes_of_the_source_count() {
    let text = format!("#![crate_type = \"cdylib\"]\n{LIBRARY}\npub fn unused() {{ let x = 1; }}");
    let place = Place::new(&[("shapes.rs", &text), ("user.c", C_USER)]);
    let output = place.run(env!("CARGO_BIN_EXE_bessemer"), &["build", "--json", "shapes.rs"]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("\"code\":\"unused_variables\""));
    assert!(place.path("libshapes.so").is_file());
    place.bessemer(&["build", "--crate-type", "lib", "shapes.rs"]);
    assert!(place.path("libshapes.rlib").is_file());
    place.bessemer(&["check", "shapes.rs"]);
    place.bessemer(&["build", "--emit", "lir,clif", "shapes.rs"]);
    let lir = std::fs::read_to_string(place.path("shapes.lir")).expect("text");
    assert!(lir.contains("area") && !lir.contains("main"), "{lir}");
    assert!(std::fs::read_to_string(place.path("shapes.clif")).expect("text").contains("function"));
    assert!(place.refused(&["run", "shapes.rs"]).contains("a library is not run"));
}

#[test]
fn what_makes_no_library_is_said() {
    let place = Place::new(&[("shapes.rs", LIBRARY), ("wrong.rs", "pub fn f() -> u8 { \"\" }")]);
    let build = |args: &[&str]| place.refused(&[&["build"], args].concat());
    assert!(build(&["--crate-type", "dylib", "shapes.rs"]).contains("crate type `dylib` is not supported"));
    assert!(build(&["--crate-type", "bin,lib", "shapes.rs"]).contains("build it once for each"));
    assert!(build(&["--crate-type", "lib", "-o", "x.rlib", "shapes.rs"]).contains("is named libshapes.rlib"));
    assert!(build(&["--crate-type", "cdylib,lib", "-o", "x", "shapes.rs"]).contains("several are built"));
    for kind in ["lib", "cdylib"] {
        assert!(build(&["--crate-type", kind, "wrong.rs"]).starts_with("error[E0308]: mismatched types"), "{kind}");
    }
    assert!(build(&["--crate-type", "lib", "nothing.rs"]).contains("couldn't read `nothing.rs`"));
}
