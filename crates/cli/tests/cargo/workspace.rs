//! Building: a workspace with a bit of everything, errors and warnings, what is fresh, C libraries, `RUSTC`.

use crate::project::{Outcome, Project};
use std::process::Command;

/// Dependencies that are renamed, of two versions, of all editions; a build script, a procedural macro, generated code.
const WORKSPACE: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        "[workspace]\nmembers = [\"app\", \"alpha\", \"derive\"]\nresolver = \"2\"\nexclude = [\"outside\"]\n",
    ),
    (
        "app/Cargo.toml",
        r#"
[package]
name = "app"
version = "0.3.0"
edition = "2024"
[dependencies]
first = { package = "alpha-library", path = "../alpha", features = ["loud"] }
derive = { path = "../derive" }
util1 = { package = "util", path = "../outside/util1" }
util2 = { package = "util", path = "../outside/util2" }
[build-dependencies]
util1 = { package = "util", path = "../outside/util1" }
"#,
    ),
    (
        "app/build.rs",
        r#"
fn main() {
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    std::fs::write(out.join("made.rs"), format!("pub const MADE: &str = {:?};", util1::version())).unwrap();
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(from_script)");
    println!("cargo::rustc-cfg=from_script");
    println!("cargo::rustc-env=FROM_SCRIPT=script");
}
"#,
    ),
    (
        "app/src/main.rs",
        r#"
include!(concat!(env!("OUT_DIR"), "/made.rs"));
mod part;

trait Describe { fn describe(&self) -> String; }

#[derive(derive::Describe)]
struct Thing;

fn main() {
    #[cfg(not(from_script))]
    compile_error!("the build script's cfg is missing");
    println!("{MADE} {} {}", env!("FROM_SCRIPT"), env!("CARGO_PKG_VERSION"));
    println!("{} {}", util1::version(), util2::version());
    println!("{} {}", Thing.describe(), first::shout("hello"));
    println!("{:?}", part::sorted());
}
"#,
    ),
    ("app/src/part.rs", "pub fn sorted() -> Vec<u8> { let mut v = vec![3, 1, 2]; v.sort(); v }\n"),
    (
        "app/src/bin/second.rs",
        "fn main() { println!(\"second {}\", std::env::args().count()); std::process::exit(7) }\n",
    ),
    (
        "alpha/Cargo.toml",
        "[package]\nname = \"alpha-library\"\nversion = \"0.1.0\"\nedition = \"2015\"\n[features]\nloud = []\n",
    ),
    (
        "alpha/src/lib.rs",
        r#"
pub fn shout(async: &str) -> String {
    let dyn: Box<Fn(&str) -> String> = Box::new(|text| text.to_uppercase());
    let mark = if cfg!(feature = "loud") { "!" } else { "" };
    dyn(async) + mark
}
"#,
    ),
    (
        "derive/Cargo.toml",
        r#"
[package]
name = "derive"
version = "0.1.0"
edition = "2018"
[lib]
proc-macro = true
[dependencies]
util = { path = "../outside/util2" }
"#,
    ),
    (
        "derive/src/lib.rs",
        r#"
extern crate proc_macro;
use proc_macro::{TokenStream, TokenTree};

#[proc_macro_derive(Describe)]
pub fn describe(item: TokenStream) -> TokenStream {
    let name = name(item);
    format!("impl Describe for {name} {{ fn describe(&self) -> String {{ \"{name} {}\".to_string() }} }}", util::version())
        .parse()
        .unwrap()
}

fn name(item: TokenStream) -> String {
    let mut tokens = item.into_iter().skip_while(|token| !matches!(token, TokenTree::Ident(it) if it.to_string() == "struct"));
    tokens.nth(1).unwrap().to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn versions() {
        assert_eq!(util::version(), "util 2");
    }
}
"#,
    ),
    ("outside/util1/Cargo.toml", "[package]\nname = \"util\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[workspace]\n"),
    ("outside/util1/src/lib.rs", "pub fn version() -> String { format!(\"util {}\", 1) }\n"),
    ("outside/util2/Cargo.toml", "[package]\nname = \"util\"\nversion = \"2.0.0\"\nedition = \"2018\"\n[workspace]\n"),
    ("outside/util2/src/lib.rs", "pub fn version() -> String { format!(\"util {}\", 2) }\n"),
];

const WORKSPACE_SAYS: &str = "util 1 script 0.3.0\nutil 1 util 2\nThing util 2 HELLO!\n[1, 2, 3]\n";

#[test]
fn a_workspace_beside_cargo() {
    let project = Project::new(WORKSPACE);
    project.cargo(&["build"]).success();
    let of_cargo = || {
        let mut files = project.snapshot("target");
        files.retain(|path, _| !path.starts_with(project.path("target/bessemer")));
        files
    };
    let before = of_cargo();
    let built = project.bessemer(&["build"]).success();
    built.says("Compiling app v0.3.0");
    assert_eq!(project.run("target/bessemer/debug/app").success().stdout, WORKSPACE_SAYS);
    assert_eq!(project.run("target/bessemer/debug/second").code(7).stdout, "second 1\n");
    assert!(project.path("target/bessemer/debug/app.d").is_file());

    // cargo's own target folder is as it was, and cargo sees nothing of ours.
    assert!(of_cargo() == before);
    assert_eq!(project.cargo(&["build"]).success().compiled(), [""; 0]);
    let target_of_cargo = of_cargo();

    // Nothing is compiled twice.
    let before = project.modified("target/bessemer/debug/app");
    let again = project.bessemer(&["build"]).success();
    assert_eq!(again.compiled(), [""; 0]);
    assert_eq!(project.modified("target/bessemer/debug/app"), before);
    let run = project.bessemer(&["run", "--bin", "app"]).success();
    assert_eq!((run.compiled().len(), &*run.stdout), (0, WORKSPACE_SAYS));
    project.bessemer(&["run", "-q", "--bin", "second", "--", "a", "b"]).code(7).says("second 3");

    // Another back end makes another artefact, of the same libraries.
    let other = project.bessemer(&["build", "--backend", "llvm", "--message-format", "json"]).success();
    for (target, fresh) in other.artifacts() {
        assert_eq!(fresh, !target.ends_with(" bin"), "{target}");
    }
    assert!(project.modified("target/bessemer/debug/app") > before);
    assert_eq!(project.run("target/bessemer/debug/app").success().stdout, WORKSPACE_SAYS);
    assert_eq!(project.bessemer(&["build", "--backend", "llvm"]).success().compiled(), [""; 0]);

    // An edit of a dependency is seen; so is one of a part of the program.
    project.edit("alpha/src/lib.rs", "pub fn shout(text: &str) -> String { text.to_owned() + \"?\" }\n");
    let edited = project.bessemer(&["run", "--bin", "app"]).success();
    assert_eq!(edited.stdout, WORKSPACE_SAYS.replace("HELLO!", "hello?"));
    assert_eq!(edited.compiled(), ["alpha-library", "app"]);
    project.edit("app/src/part.rs", "pub fn sorted() -> [u8; 1] { [9] }\n");
    project.bessemer(&["run", "--bin", "app"]).success().says("[9]");

    assert!(of_cargo() == target_of_cargo);

    // The procedural macro's own tests.
    let tests = project.bessemer(&["test", "-p", "derive"]).success();
    assert_eq!(tests.tests(), ["test tests::versions ... ok"]);
    project.bessemer(&["clean"]).success();
    assert!(!project.path("target/bessemer").exists() && project.path("target/debug/app").exists());
}

#[test]
fn errors_and_warnings_are_said_once() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"program\"\nversion = \"1.2.3\"\nedition = \"2024\"\n[dependencies]\nlibrary = { path = \
             \"library\" }\n[workspace]\n",
        ),
        ("src/main.rs", "fn main() {\n    let unused = 1;\n    library::f();\n}\nfn dead() {}\n"),
        ("library/Cargo.toml", "[package]\nname = \"library\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        ("library/src/lib.rs", "pub fn f() {\n    let mut unused = 2;\n}\n"),
    ]);
    let json = ["build", "--message-format", "json"];
    let same = |what: &str, code: i32| {
        let (found, expected) = (project.bessemer(&json).code(code), project.cargo(&json).code(code));
        assert_eq!(found.rendered(), expected.rendered(), "{what}");
        assert!(!found.rendered().is_empty());
    };
    same("warnings", 0);
    same("warnings again", 0);
    assert_eq!(project.bessemer(&["build"]).success().stderr.matches("unused variable: `unused`").count(), 2);
    // Errors of the program: of its types, of its borrows, of what only instances show.
    for (what, text) in [
        ("types", "fn main() {\n    let x: u32 = \"\";\n    library::f();\n}\n"),
        ("borrows", "fn main() {\n    let v = vec![1];\n    drop(v);\n    println!(\"{v:?}\");\n}\n"),
        ("lints", "#![deny(unused_variables)]\nfn main() {\n    let x = 1;\n}\n"),
        ("no main", "fn other() {}\n"),
        ("an unstable feature", "#![feature(never_type)]\nfn main() {}\n"),
        ("tokens", "fn main() {\n    let x = (1;\n}\n"),
    ] {
        project.edit("src/main.rs", text);
        same(what, 101);
        assert!(project.bessemer(&["build"]).code(101).stderr.contains("could not compile `program`"));
    }
    // After instantiation, in our words.
    project.edit(
        "src/main.rs",
        "struct S<const N: usize>;\nimpl<const N: usize> S<N> {\n    const CHECK: () = assert!(N > 2, \"too small\");\n}\n\
         fn f<const N: usize>() {\n    S::<N>::CHECK\n}\nfn main() {\n    f::<1>();\n}\n",
    );
    let failed = project.bessemer(&["build"]).code(101);
    assert_eq!(
        failed.stderr.matches("too small").count(),
        project.cargo(&["build"]).stderr.matches("too small").count()
    );
    failed.says("E0080");
    failed.says("src/main.rs:3");
    // Errors of the library.
    project.edit("src/main.rs", "fn main() {}\n");
    project.edit("library/src/lib.rs", "pub fn f() -> u8 { missing() }\n");
    same("a library's", 101);
    // And all is well again.
    project.edit("library/src/lib.rs", "pub fn f() {}\n");
    let good = project.bessemer(&["build"]).success();
    good.never_says("warning");
    project.bessemer(&["check"]).success();
}

#[test]
fn c_libraries() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"for-c\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\", \
             \"staticlib\", \"rlib\"]\n[dependencies]\ninner = { path = \"inner\" }\n[workspace]\n",
        ),
        ("inner/Cargo.toml", "[package]\nname = \"inner\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        ("inner/src/lib.rs", "#[unsafe(no_mangle)]\npub extern \"C\" fn twice(x: u64) -> u64 {\n    x * 2\n}\n"),
        (
            "src/lib.rs",
            r#"
use std::ffi::{CStr, c_char};
use std::sync::atomic::{AtomicU32, Ordering};

#[unsafe(no_mangle)]
pub static CALLS: AtomicU32 = AtomicU32::new(0);

pub use inner;

/// # Safety
/// `text` is a C string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn count_words(text: *const c_char) -> usize {
    CALLS.fetch_add(1, Ordering::SeqCst);
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned();
    std::thread::spawn(move || text.split_whitespace().count()).join().unwrap()
}

#[unsafe(no_mangle)]
pub extern "C" fn caught() -> i32 {
    std::panic::catch_unwind(|| { let v: Vec<u8> = Vec::new(); v[std::hint::black_box(3)] }).is_err() as i32
}
"#,
        ),
        ("examples/user.rs", "fn main() { println!(\"{}\", for_c::inner::twice(21)) }\n"),
        (
            "main.c",
            r#"
#include <stdio.h>
#include <stdint.h>
extern uint64_t twice(uint64_t);
extern size_t count_words(const char *);
extern int caught(void);
extern uint32_t CALLS;
int main(void) {
    printf("%d", (int)twice(21));
    printf(" %d", (int)count_words("three short words"));
    printf(" %d %d\n", caught(), (int)CALLS);
    return 0;
}
"#,
        ),
    ]);
    for (args, dir) in [(&["--backend", "cranelift"][..], "debug"), (&["--release"], "release")] {
        let mut build = vec!["build", "--lib", "--examples"];
        build.extend(args);
        project.bessemer(&build).success();
        let folder = project.path("target/bessemer").join(dir);
        let compile = |library: &[&str]| {
            let mut cc = Command::new("cc");
            cc.arg("main.c").args(library).args(["-o", "program"]).current_dir(project.path(""));
            Outcome::of(cc.output().unwrap()).success();
            let expected = "42 3 1 1\n";
            assert_eq!(project.run("program").success().stdout, expected, "{library:?}");
        };
        let archive = folder.join("libfor_c.a");
        compile(&[archive.to_str().unwrap(), "-lpthread", "-ldl", "-lm", "-lgcc_s"]);
        let folder = folder.to_str().unwrap();
        compile(&["-L", folder, "-lfor_c", &format!("-Wl,-rpath,{folder}")]);
        let example = format!("target/bessemer/{dir}/examples/user");
        assert_eq!(project.run(&example).success().stdout, "42\n");
    }
    // Nothing but what is for others is shown to them.
    let mut nm = Command::new("nm");
    nm.args(["-D", "--defined-only"]).arg(project.path("target/bessemer/debug/libfor_c.so"));
    let symbols = Outcome::of(nm.output().unwrap()).success().stdout;
    let mut names: Vec<&str> = symbols.lines().filter_map(|line| line.split_whitespace().last()).collect();
    names.sort_unstable();
    assert_eq!(names, ["CALLS", "caught", "count_words", "twice"]);
}

#[test]
fn c_libraries_that_are_not_found() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"lacks\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\ncrate-type = \
             [\"staticlib\"]\n[workspace]\n",
        ),
        (
            "src/lib.rs",
            "#[link(name = \"is_nowhere\", kind = \"static\")]\nunsafe extern \"C\" { fn f(); }\n#[unsafe(no_mangle)]\npub \
             extern \"C\" fn g() { unsafe { f() } }\n",
        ),
    ]);
    let words = "error: could not find native static library `is_nowhere`, perhaps an -L flag is missing?";
    project.cargo(&["build"]).code(101).says(words);
    project.bessemer(&["build"]).code(101).says(words);
    assert!(!project.path("target/bessemer/debug/liblacks.a").exists());
}

#[test]
fn in_place_of_rustc() {
    let project = Project::new(WORKSPACE);
    for variable in ["RUSTC", "RUSTC_WRAPPER"] {
        let dir = format!("target/{}", variable.to_lowercase());
        let build = |args: &[&str]| {
            let mut command = project.cargo_command(&["build", "--target-dir", &dir]);
            command.args(args).env(variable, env!("CARGO_BIN_EXE_bessemer"));
            Outcome::of(command.output().unwrap())
        };
        build(&[]).success();
        assert_eq!(project.run(&format!("{dir}/debug/app")).success().stdout, WORKSPACE_SAYS, "{variable}");
        assert_eq!(build(&[]).success().compiled(), [""; 0]);
    }
}
