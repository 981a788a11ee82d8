//! Linking with the system's C compiler, and with LLD.

mod common;

use bessemer_link::aot::{
    Exports, Flavor, Input, Job, LibraryKind, LinkError, Linker, OutputKind, Strip, command_line, link,
};
use common::{c_object, rust_object, toolchain_library};
use expect_test::expect;
use std::path::Path;
use std::process::Command;

fn object_input(source: &str) -> Input {
    Input::ObjectBytes { name: "test".to_owned(), bytes: c_object(source, &["-fPIC", "-O1"]) }
}

fn libc() -> Input {
    Input::Library { name: "c".to_owned(), kind: LibraryKind::Any, verbatim: false }
}

fn run(path: &Path) -> String {
    String::from_utf8(Command::new(path).output().unwrap().stdout).unwrap()
}

const HELLO: &str = "int puts(const char *); int main(void) { puts(\"hello\"); return 0; }";

#[test]
fn executables() {
    let folder = tempfile::tempdir().unwrap();
    for kind in [OutputKind::PieExecutable, OutputKind::FixedExecutable] {
        for strip in [Strip::None, Strip::DebugInfo, Strip::Symbols] {
            let output = folder.path().join("a, 'strange' name");
            let job = Job { kind, strip, output: output.clone(), gc_sections: true, ..Job::default() };
            link(&Job { inputs: vec![object_input(HELLO), libc()], ..job }).unwrap();
            assert_eq!(run(&output), "hello\n");
            std::fs::remove_file(output).unwrap();
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "temporary files are gone");
}

#[test]
fn errors_tell_what_the_linker_said() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("program");
    std::fs::write(&output, "old").unwrap();
    let source = object_input("int missing(void); int main(void) { return missing(); }");
    let job = Job { inputs: vec![source, libc()], output: output.clone(), ..Job::default() };
    let Err(LinkError::Failed { command, stderr, .. }) = link(&job) else { panic!("it links") };
    assert!(stderr.contains("missing"), "{stderr}");
    assert!(command.starts_with("cc "), "{command}");
    assert_eq!(std::fs::read(&output).unwrap(), b"old", "the old output stays");

    let linker = Linker { program: "no-such-linker".into(), lld_folder: None, ..Linker::default() };
    let error = link(&Job { linker, ..job.clone() }).unwrap_err();
    assert!(matches!(error, LinkError::Start { .. }), "{error}");
    assert!(!error.to_string().contains("Debian"), "{error}");
    for (program, package) in [
        ("vax_750-linux-gnu-gcc", "`gcc-vax-750-linux-gnu`"),
        ("vax-linux-gnueabihf-gcc", "`gcc-vax-linux-gnueabihf`"),
        ("vax-linux-musl-gcc", "`musl-tools`"),
    ] {
        let linker = Linker { program: program.into(), ..Linker::default() };
        let error = link(&Job { linker, ..job.clone() }).unwrap_err();
        assert!(error.to_string().contains(package), "{error}");
    }
    let error = link(&Job { output: folder.path().join("no/folder/program"), ..Job::default() }).unwrap_err();
    assert!(matches!(error, LinkError::Io { .. }), "{error}");
    let error = link(&Job { output: "..".into(), ..Job::default() }).unwrap_err();
    assert!(matches!(error, LinkError::Output(_)), "{error}");
}

#[test]
fn shared_library_with_listed_exports() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("libnumbers.so");
    let source = object_input("int one(void) { return 1; } int two(void) { return 2; }");
    let exports = Exports::Listed(vec!["one".to_owned()]);
    let job = Job { kind: OutputKind::SharedLibrary, output: library.clone(), exports, ..Job::default() };
    link(&Job { inputs: vec![source], soname: Some("libnumbers.so".to_owned()), ..job }).unwrap();

    let user = |function: &str| {
        let source = object_input(&format!("int {function}(void); int main(void) {{ return {function}(); }}"));
        let numbers = Input::SharedLibrary { path: library.clone(), as_needed: true };
        let output = folder.path().join("user");
        let rpaths = vec![folder.path().to_owned()];
        let result =
            link(&Job { inputs: vec![source, numbers, libc()], output: output.clone(), rpaths, ..Job::default() });
        result.map(|_| Command::new(output).status().unwrap().code())
    };
    assert_eq!(user("one").unwrap(), Some(1));
    assert!(user("two").is_err());
}

#[test]
fn long_command_lines() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("program");
    let search_folders = (0..5_000).map(|index| format!("no \"such\" folder {index}").into()).collect();
    let job =
        Job { inputs: vec![object_input(HELLO), libc()], output: output.clone(), search_folders, ..Job::default() };
    link(&job).unwrap();
    assert_eq!(run(&output), "hello\n");

    // LLD itself, which is told on the command line proper which linker it is.
    let sysroot = Command::new("rustc").args(["--print", "target-libdir"]).output().unwrap().stdout;
    let program = Path::new(String::from_utf8(sysroot).unwrap().trim()).with_file_name("bin").join("rust-lld");
    if !program.is_file() {
        eprintln!("skipped: the toolchain has no rust-lld");
        return;
    }
    let output = folder.path().join("bare");
    let linker = Linker { program, lld_folder: None, flavor: Flavor::Ld };
    let inputs = vec![object_input("void _start(void) { for (;;); }")];
    link(&Job { linker, inputs, output: output.clone(), kind: OutputKind::FixedExecutable, ..job }).unwrap();
    assert!(output.is_file());
}

#[test]
fn order_of_arguments() {
    let job = Job {
        linker: Linker { program: "cc".into(), lld_folder: Some("gcc-ld".into()), ..Linker::default() },
        first_args: vec!["-m64".into()],
        kind: OutputKind::PieExecutable,
        output: "program".into(),
        inputs: vec![
            Input::ObjectBytes { name: "main".to_owned(), bytes: vec![] },
            Input::Library { name: "z".to_owned(), kind: LibraryKind::Static { whole: true }, verbatim: false },
            Input::Archive { path: "libstd.rlib".into(), whole: false },
            Input::Library { name: "gcc_s".to_owned(), kind: LibraryKind::Shared { as_needed: true }, verbatim: false },
            Input::SharedLibrary { path: "libm.so".into(), as_needed: false },
            libc(),
        ],
        search_folders: vec!["lib".into()],
        exports: Exports::All,
        required_symbols: vec!["keep".to_owned()],
        strip: Strip::DebugInfo,
        gc_sections: true,
        optimize: true,
        rpaths: vec!["a,b".into()],
        args: vec!["-Wl,--verbose".into()],
        ..Job::default()
    };
    expect![[r#"
        cc
        -Wl,--export-dynamic
        -m64
        -Wl,-u,keep temporary/0-main.o
        -Wl,--as-needed
        -L lib
        -Wl,-Bstatic
        -Wl,--whole-archive
        -lz
        -Wl,--no-whole-archive libstd.rlib
        -Wl,-Bdynamic
        -lgcc_s
        -Wl,--no-as-needed libm.so
        -Wl,--as-needed
        -lc
        -Bgcc-ld
        -fuse-ld=lld
        -Wl,--eh-frame-hdr
        -Wl,-z,noexecstack
        -o program
        -Wl,--gc-sections
        -pie
        -Wl,-z,relro
        -Wl,-z,now
        -Wl,-O1
        -Wl,--strip-debug
        -Xlinker
        -rpath
        -Xlinker a,b
        -nodefaultlibs
        -Wl,--verbose"#]]
    .assert_eq(&command_line(&job).replace(" -", "\n-"));
}

#[test]
fn rust_program_with_the_toolchains_linker() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("program");
    let object = rust_object("fn main() { println!(\"{:?}\", std::panic::catch_unwind(|| 7)); }", &[]);
    let std = toolchain_library("libstd-", ".so");
    let libraries = std.parent().unwrap();
    let system = |name: &str| Input::Library { name: name.to_owned(), kind: LibraryKind::Any, verbatim: false };
    let job = Job {
        linker: Linker {
            program: "cc".into(),
            lld_folder: Some(libraries.parent().unwrap().join("bin/gcc-ld")),
            ..Linker::default()
        },
        output: output.clone(),
        inputs: vec![
            Input::ObjectBytes { name: "main".to_owned(), bytes: object },
            Input::SharedLibrary { path: std.clone(), as_needed: true },
            Input::Archive { path: toolchain_library("libcompiler_builtins-", ".rlib"), whole: false },
            system("gcc_s"),
            system("c"),
        ],
        rpaths: vec![libraries.to_owned()],
        gc_sections: true,
        ..Job::default()
    };
    link(&job).unwrap();
    assert_eq!(run(&output), "Ok(7)\n");
    // The linker leaves its name in the program.
    let bytes = std::fs::read(&output).unwrap();
    assert!(bytes.windows(3).any(|window| window == b"LLD"));
}

/// WebAssembly's linker is LLD itself: what it is told is in its own words.
#[test]
fn webassembly_is_linked_by_lld() {
    let job = Job {
        linker: Linker { program: "rust-lld".into(), flavor: Flavor::Wasm, ..Linker::default() },
        kind: OutputKind::SharedLibrary,
        output: "math.wasm".into(),
        inputs: vec![
            Input::Archive { path: "libx.rlib".into(), whole: true },
            Input::ObjectBytes { name: "math".into(), bytes: Vec::new() },
            Input::Library { name: "c".into(), kind: LibraryKind::Any, verbatim: false },
        ],
        search_folders: vec!["lib".into()],
        exports: Exports::Listed(vec!["half".to_owned()]),
        strip: Strip::DebugInfo,
        gc_sections: true,
        first_args: vec!["--stack-first".into()],
        ..Job::default()
    };
    expect![[r#"
        rust-lld -flavor wasm --stack-first --export half temporary/1-math.o -L lib --whole-archive libx.rlib --no-whole-archive -lc -o math.wasm --gc-sections --no-entry -O0 --strip-debug"#]]
    .assert_eq(&command_line(&job));
}

/// One object of several is asked for in the words of the target's linker.
#[test]
fn objects_are_merged_for_the_target() {
    let merged = |linker, first| {
        command_line(&Job {
            linker,
            kind: OutputKind::Object,
            output: "all.o".into(),
            inputs: ["a", "b"].map(|name| Input::ObjectBytes { name: name.into(), bytes: Vec::new() }).into(),
            first_args: vec![first],
            ..Job::default()
        })
    };
    let lld = Linker { program: "rust-lld".into(), flavor: Flavor::Wasm, ..Linker::default() };
    let lines = [merged(Linker::default(), "-m64".into()), merged(lld, "--stack-first".into())].join("\n");
    expect![[r#"
        cc -m64 temporary/0-a.o temporary/1-b.o -r -nostdlib -o all.o
        rust-lld -flavor wasm temporary/0-a.o temporary/1-b.o -r -o all.o"#]]
    .assert_eq(&lines);
}

#[test]
fn files_of_the_compiler() {
    let linker = Linker::default();
    let file = linker.file("crtbegin.o").expect("each C compiler has it");
    assert!(file.ends_with("crtbegin.o"), "{}", file.display());
    assert_eq!(linker.file("no-such-file.o"), None);
}
