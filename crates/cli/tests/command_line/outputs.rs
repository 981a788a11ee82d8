//! Where results go: into what is there, to standard output, and never over an input.

use super::{HELLO, Place, says};
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::JoinHandle;

const ELF: &[u8] = b"\x7fELF";

/// A named pipe, and who reads it.
struct Pipe {
    path: PathBuf,
    reader: JoinHandle<Vec<u8>>,
}

impl Pipe {
    fn new(place: &Place, name: &str) -> Pipe {
        let path = place.work().join(name);
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let file = path.clone();
        let reader = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            std::fs::File::open(file).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        });
        Pipe { path, reader }
    }

    /// What was written into it; it is a pipe still, the same one.
    fn read(self, inode: u64) -> Vec<u8> {
        let metadata = std::fs::symlink_metadata(&self.path).unwrap();
        assert!(metadata.file_type().is_fifo());
        assert_eq!(metadata.ino(), inode);
        self.reader.join().unwrap()
    }
}

/// A device is written in the same way; here nothing can come to harm.
#[test]
fn pipes_are_written_through() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    let cases: [(&str, &[&str], &[u8]); 5] = [
        ("link", &[], ELF),
        ("obj", &["--emit", "obj"], ELF),
        ("lir", &["--emit", "lir"], b""),
        ("staticlib", &["--crate-type", "staticlib"], b"!<arch>"),
        ("cdylib", &["--crate-type", "cdylib"], ELF),
    ];
    for (name, options, begins) in cases {
        let pipe = Pipe::new(&place, name);
        symlink(name, place.work().join("way")).unwrap();
        let inode = std::fs::metadata(&pipe.path).unwrap().ino();
        let before = place.files();
        place.succeeds(&[&["build"], options, &["-o", "way", "hello.rs"]].concat());
        assert_eq!(place.files(), before, "{name}");
        let bytes = pipe.read(inode);
        assert!(!bytes.is_empty() && bytes.starts_with(begins), "{name}");
        std::fs::remove_file(place.work().join("way")).unwrap();
    }
}

#[test]
fn files_keep_their_links_and_modes() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    std::fs::create_dir(place.work().join("far")).unwrap();
    place.write("far/program", "old");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().mode() & 0o777;
    let set_mode = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    let program = place.work().join("far/program");
    set_mode(&program, 0o640);
    symlink("far/program", place.work().join("program")).unwrap();
    for emit in ["lir", "link"] {
        place.succeeds(&["build", "--emit", emit, "-o", "program", "hello.rs"]);
        assert!(place.work().join("program").is_symlink(), "{emit}");
        assert_eq!(super::names(&place.work().join("far")), ["program"]);
        // A program can be executed by those who may read it.
        assert_eq!(mode(&program), if emit == "link" { 0o750 } else { 0o640 });
    }
    assert_eq!(Command::new(&program).output().unwrap().stdout, b"hello\n");
    // As with rustc, a file that its owner protects stays as it is.
    set_mode(&program, 0o444);
    let before = std::fs::read(&program).unwrap();
    for emit in ["lir", "link"] {
        let said = place.fails(&["build", "--emit", emit, "-o", "program", "hello.rs"], 1);
        says(&said, &["cannot write `program`: permission denied", "help: "]);
    }
    assert_eq!(std::fs::read(&program).unwrap(), before);
}

#[test]
fn results_on_standard_output() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    let bessemer = |args: &[&str]| {
        let output = place.command(env!("CARGO_BIN_EXE_bessemer"), args).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{args:?}");
        assert_eq!(place.files(), ["hello.rs"]);
        output.stdout
    };
    let text = bessemer(&["build", "--emit", "lir", "-o", "-", "hello.rs"]);
    says(&String::from_utf8(text.clone()).unwrap(), &["hello", "function "]);
    assert_eq!(bessemer(&["build", "--emit=lir=-", "hello.rs"]), text);
    assert_eq!(bessemer(&["build", "--emit", "lir", "-o", "/dev/stdout", "hello.rs"]), text);
    assert!(bessemer(&["build", "--emit", "obj", "-o", "-", "hello.rs"]).starts_with(ELF));
    assert!(bessemer(&["build", "-o", "-", "hello.rs"]).starts_with(ELF));
    let said = place.fails(&["build", "--emit", "lir,asm", "-o", "-", "hello.rs"], 2);
    says(&said, &["standard output takes one kind of output"]);
    let said = place.fails(&["build", "--emit", "lir=-,asm=-", "hello.rs"], 2);
    says(&said, &["standard output takes one kind of output"]);
    // With a file for all others.
    let gave = place.succeeds(&["build", "--emit", "lir=-,asm=other.s,link=program", "hello.rs"]);
    assert_eq!(gave.stdout.as_bytes(), text);
    assert_eq!(place.files(), ["hello.rs", "other.s", "program"]);
}

#[test]
fn inputs_are_not_overwritten() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    place.write("script", HELLO);
    place.write("part.rs", "pub fn f() {}\n");
    place.succeeds(&["build", "--crate-type", "lib", "part.rs"]);
    symlink("hello.rs", place.work().join("way")).unwrap();
    let cases: [(&[&str], &str); 5] = [
        (&["build", "-o", "hello.rs", "hello.rs"], "hello.rs"),
        (&["build", "-o", "./way", "hello.rs"], "hello.rs"),
        (&["build", "--emit", "lir=hello.rs", "way"], "way"),
        // As `run` would have it: the file's own name has no extension to lose.
        (&["build", "script"], "script"),
        (&["build", "--extern", "part=libpart.rlib", "-o", "libpart.rlib", "hello.rs"], "libpart.rlib"),
    ];
    for (args, input) in cases {
        let before = std::fs::read(place.work().join(input)).unwrap();
        let said = place.fails(args, 1);
        says(&said, &[&format!("the input file `{input}` would be overwritten"), "help: name another file with -o"]);
        assert_eq!(std::fs::read(place.work().join(input)).unwrap(), before, "{args:?}");
    }
}

/// What one back end makes of a program and what another one adds is one object, as the one file that was asked for.
#[test]
fn an_object_of_two_back_ends() {
    let place = Place::new();
    let text = "use std::arch::asm;\nfn main() { let it: u64; unsafe { asm!(\"mov {}, 7\", out(reg) it) }; println!(\"{it}\"); }\n";
    place.write("mixed.rs", text);
    let gave = place.succeeds(&["build", "--backend", "cranelift", "--emit", "obj", "-o", "mixed.o", "mixed.rs"]);
    says(&gave.stderr, &["went to llvm"]);
    assert_eq!(place.files(), ["mixed.o", "mixed.rs"]);
    let symbols = Command::new("nm").arg(place.work().join("mixed.o")).output().unwrap();
    let symbols = String::from_utf8(symbols.stdout).unwrap();
    let defined = |name: &str| symbols.lines().any(|line| line.contains(name) && !line.contains(" U "));
    assert!(defined("mixed4main") && defined(" main"), "{symbols}");
}
