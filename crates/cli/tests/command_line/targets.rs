//! Programs for other targets, and std from its source.

use super::{HELLO, Place, gave, says};
use std::path::{Path, PathBuf};
use std::process::Command;

const WASI: &str = "wasm32-wasip1";

/// The source of std, if this machine has it where Bessemer looks for it.
pub(super) fn source() -> Option<PathBuf> {
    let named = std::env::var_os("BESSEMER_RUST_SRC").filter(|value| !value.is_empty()).map(PathBuf::from);
    let found = named.or_else(|| Some(sysroot().join("lib/rustlib/src/rust/library")).filter(|folder| folder.is_dir()));
    if found.is_none() {
        eprintln!("skipped: the source of std is not here");
    }
    found
}

fn sysroot() -> PathBuf {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output().unwrap();
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

pub(super) fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        eprintln!("skipped: there is no {program}");
    }
    found
}

fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name).to_str().unwrap().to_owned()
}

impl Place {
    /// As [`Place::bessemer`], with this and no other source of std.
    pub(super) fn with_source(&self, source: &Path, args: &[&str]) -> super::Gave {
        let mut command = self.command(env!("CARGO_BIN_EXE_bessemer"), args);
        command.env("BESSEMER_RUST_SRC", source);
        gave(command, b"")
    }
}

#[test]
fn unknown_target() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    for args in [
        ["build", "--target", "z80-sinclair-spectrum", "hello.rs"],
        ["check", "--target", "missing.json", "hello.rs"],
        ["target", "add", "--panic=abort", "z80-sinclair-spectrum"],
    ] {
        let said = place.fails(&args, 1);
        says(&said, &["rustc cannot compile for `", "help: `rustc --print target-list`"]);
    }
}

#[test]
fn source_that_is_none() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    // A folder that is something else.
    let other = place.path("other");
    std::fs::create_dir(&other).unwrap();
    let named = ["build", "--std", "source", "--rust-src", other.to_str().unwrap(), "hello.rs"];
    let said = place.fails(&named, 1);
    says(&said, &["other` is not the source of std", "help: name the folder `library`"]);
    // Of another release.
    let library = other.join("library");
    std::fs::create_dir_all(library.join("std")).unwrap();
    std::fs::write(library.join("std/Cargo.toml"), "").unwrap();
    std::fs::write(library.join("Cargo.lock"), "").unwrap();
    std::fs::write(other.join("version"), "1.80.0 (051478957 2024-07-21)\n").unwrap();
    let said = place.fails(&named, 1);
    says(&said, &["is the source of Rust 1.80.0, but rustc is ", "rustup component add rust-src"]);
    // Nowhere to keep it.
    let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), &named);
    command.env("BESSEMER_CACHE_DIR", "");
    let gave = gave(command, b"");
    place.check_failure(&gave, 1);
    says(&gave.stderr, &["there is none", "BESSEMER_CACHE_DIR"]);
}

#[test]
fn no_source() {
    let has = |folder: &str| sysroot().join("lib/rustlib").join(folder).is_dir();
    if has("src/rust/library") || has("aarch64-unknown-linux-gnu") {
        eprintln!("skipped: this toolchain has the source of std, or a compiled one");
        return;
    }
    let place = Place::new();
    place.write("hello.rs", HELLO);
    let gave = place.with_source(Path::new(""), &["build", "--target", WASI, "hello.rs"]);
    place.check_failure(&gave, 1);
    says(
        &gave.stderr,
        &[
            "std is made from its source for `wasm32-wasip1`, and that is not in",
            "rustup component add rust-src",
            "--rust-src or BESSEMER_RUST_SRC",
            "then try again",
        ],
    );
    // Elsewhere, a compiled one would do as well.
    let other = "aarch64-unknown-linux-gnu";
    let gave = place.with_source(Path::new(""), &["build", "--target", other, "hello.rs"]);
    place.check_failure(&gave, 1);
    says(
        &gave.stderr,
        &["there is no compiled std for `aarch64-unknown-linux-gnu`", "rustup target add aarch64-unknown-linux-gnu"],
    );
}

#[test]
fn targets_that_are_not_prepared() {
    let place = Place::new();
    assert_eq!(place.succeeds(&["target", "list"]).stdout, "");
    assert_eq!(place.succeeds(&["target", "list", "--json"]).stdout.trim(), "[]");
    says(&place.fails(&["target", "remove", WASI], 1), &["nothing is prepared for `wasm32-wasip1`", "target list"]);
}

/// What a program does is the same, whether std is compiled by rustc or from its source with the program.
#[test]
fn std_from_source() {
    let Some(source) = source() else { return };
    let place = Place::new();
    for example in ["word_count.rs", "wide_integers.rs"].map(example) {
        let expected = place.succeeds(&["run", &example]);
        let made = place.with_source(&source, &["run", "--std", "source", &example]);
        assert_eq!((made.code, &made.stdout), (Some(0), &expected.stdout), "{}", made.stderr);
    }
    let listed = place.succeeds(&["target", "list"]).stdout;
    says(&listed, &["panic=unwind"]);
    assert_eq!(listed.lines().count(), 1, "{listed}");
    // Its source is needed once.
    let again = place.with_source(Path::new(""), &["run", "--std", "source", &example("dijkstra.rs")]);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    optimized_std_is_generated_once(&place);
    // One that lost a file is made again, and says why it cannot.
    let std = std::fs::read_dir(place.path("cache")).unwrap().map(|entry| entry.unwrap().path());
    let std = std.into_iter().find(|path| path.file_name().unwrap().to_str().unwrap().starts_with("std-")).unwrap();
    let library = std.join("lib/rustlib").join(listed.split(' ').next().unwrap()).join("lib");
    let file = std::fs::read_dir(library).unwrap().next().unwrap().unwrap().path();
    std::fs::remove_file(file).unwrap();
    assert_eq!(place.succeeds(&["target", "list"]).stdout, "");
    let folder = place.path("nothing");
    let gave = place.with_source(&folder, &["run", "--std", "source", &example("dijkstra.rs")]);
    place.check_failure(&gave, 1);
}

/// The second optimised program takes what it has of std from the cache, even if it allocates in a way of its own.
fn optimized_std_is_generated_once(place: &Place) {
    place.write(
        "own_allocator.rs",
        "use std::alloc::{GlobalAlloc, Layout, System};\n\
         use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};\n\
         struct Counting(AtomicUsize);\n\
         unsafe impl GlobalAlloc for Counting {\n\
             unsafe fn alloc(&self, layout: Layout) -> *mut u8 { self.0.fetch_add(1, Relaxed); unsafe { System.alloc(layout) } }\n\
             unsafe fn dealloc(&self, at: *mut u8, layout: Layout) { unsafe { System.dealloc(at, layout) } }\n\
         }\n\
         #[global_allocator]\n\
         static COUNTING: Counting = Counting(AtomicUsize::new(0));\n\
         fn main() {\n\
             let before = COUNTING.0.load(Relaxed);\n\
             let text = std::hint::black_box(3).to_string();\n\
             println!(\"{text} {}\", COUNTING.0.load(Relaxed) > before);\n\
         }\n",
    );
    place.write("hello.rs", "fn main() { println!(\"hello\"); }\n");
    let built = |file: &str| -> [u64; 2] {
        let args = ["build", "--std", "source", "-O", "1", "--report", "-o", "program", file];
        let gave = place.succeeds(&args);
        let line = gave.stderr.lines().find(|line| line.starts_with("llvm: ")).unwrap_or_default();
        let numbers = line.split(' ').filter_map(|word| word.parse().ok()).collect::<Vec<u64>>();
        [numbers[1], numbers[2]]
    };
    let [generated, _] = built("hello.rs");
    assert!(generated > 2000, "{generated}");
    let [more, found] = built("own_allocator.rs");
    assert!(found > 2000 && more * 5 < found, "{more} of {found} generated");
    assert_eq!(gave(place.command("./program", &[]), b"").stdout, "3 true\n");
}

/// Programs for WASI, run by node.
#[test]
fn wasi() {
    let Some(source) = source() else { return };
    if !has("node") {
        return;
    }
    let place = Place::new();
    place.write(
        "wasi.mjs",
        "import { WASI } from 'node:wasi';\nimport { readFile } from 'node:fs/promises';\n\
         const args = process.argv.slice(2);\n\
         const wasi = new WASI({ version: 'preview1', args, env: process.env });\n\
         const module = await WebAssembly.compile(await readFile(args[0]));\n\
         process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));\n",
    );
    // A map needs random numbers, which are imported; the second argument is the program's own.
    place.write(
        "program.rs",
        "use std::collections::HashMap;\n\
         fn main() {\n\
             let map: HashMap<usize, String> = std::env::args().skip(1).map(|it| (it.len(), it)).collect();\n\
             println!(\"{} {:?} {}\", map[&3], map.get(&4), size_of::<usize>());\n\
             std::process::exit(map.len() as i32 + 6);\n\
         }\n",
    );
    let run = |file: &str, args: &[&str]| {
        let all: Vec<&str> = ["--no-warnings", "wasi.mjs", file].into_iter().chain(args.iter().copied()).collect();
        gave(place.command("node", &all), b"")
    };
    let mut is_linked = false;
    for level in ["0", "s"] {
        let built = place.with_source(&source, &["build", "--target", WASI, "-O", level, "program.rs"]);
        if built.code != Some(0) && built.stderr.contains("WASI's C library, which is not there") {
            says(&built.stderr, &["help: install it", "WASI_SDK_PATH"]);
            eprintln!("skipped: there is no C library of WASI");
            return;
        }
        assert_eq!(built.code, Some(0), "{}", built.stderr);
        let ran = run("program.wasm", &["abc"]);
        assert_eq!((ran.code, &*ran.stdout), (Some(7), "abc None 4\n"), "{}", ran.stderr);
        is_linked = true;
    }
    assert!(is_linked);
    // The same words as on this machine.
    let example = example("wide_integers.rs");
    let expected = place.succeeds(&["run", &example]).stdout;
    let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), &["run", "--target", WASI, &example]);
    command.env("CARGO_TARGET_WASM32_WASIP1_RUNNER", "node --no-warnings wasi.mjs");
    let ran = gave(command, b"");
    assert_eq!((ran.code, ran.stdout), (Some(0), expected), "{}", ran.stderr);
}

/// A library for nobody in particular: functions that are exported, two of one name that are imported, a heap, and a section
/// for tools.
#[test]
fn wasm_without_a_system() {
    let Some(source) = source() else { return };
    if !has("node") {
        return;
    }
    let place = Place::new();
    place.write(
        "math.rs",
        "#[link(wasm_import_module = \"host\")]\nunsafe extern \"C\" { fn twice(x: u32) -> u32; }\n\
         #[unsafe(no_mangle)] pub extern \"C\" fn digits(x: u32) -> usize { format!(\"{}\", unsafe { twice(x) }).len() }\n\
         mod other {\n\
             #[link(wasm_import_module = \"other\")]\nunsafe extern \"C\" { pub fn twice(x: u32) -> u32; }\n\
         }\n\
         #[unsafe(no_mangle)] pub extern \"C\" fn other(x: u32) -> u32 { unsafe { other::twice(x) } }\n\
         #[unsafe(link_section = \"notes\")] static NOTE: [u8; 4] = *b\"note\";\n\
         #[repr(C)] pub struct One(f64);\n\
         #[unsafe(no_mangle)] pub extern \"C\" fn half(x: One) -> One { One(x.0 / 2.0) }\n",
    );
    place.write(
        "math.mjs",
        "import { readFile } from 'node:fs/promises';\n\
         const module = await WebAssembly.compile(await readFile('math.wasm'));\n\
         const host = { twice: x => 2 * x };\n\
         const other = { twice: x => 3 * x };\n\
         const { exports } = await WebAssembly.instantiate(module, { host, other });\n\
         console.log(exports.digits(600), exports.half(5), WebAssembly.Module.imports(module).length);\n\
         const notes = WebAssembly.Module.customSections(module, 'notes').map(it => new TextDecoder().decode(it));\n\
         console.log(exports.other(5), notes.join());\n",
    );
    let args = ["build", "--target", "wasm32-unknown-unknown", "--crate-type", "cdylib", "-O", "2", "math.rs"];
    let built = place.with_source(&source, &args);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    let ran = gave(place.command("node", &["math.mjs"]), b"");
    assert_eq!((ran.code, &*ran.stdout), (Some(0), "4 2.5 2\n15 note\n"), "{}", ran.stderr);

    // A program is begun by its host.
    place.write(
        "tell.rs",
        "#[link(wasm_import_module = \"host\")]\nunsafe extern \"C\" { fn tell(x: u32); }\n\
         fn main() { unsafe { tell(\"seven\".len() as u32 + 2) } }\n",
    );
    place.write(
        "tell.mjs",
        "import { readFile } from 'node:fs/promises';\n\
         const module = await WebAssembly.compile(await readFile('tell.wasm'));\n\
         const host = { tell: x => console.log(x) };\n\
         const { exports } = await WebAssembly.instantiate(module, { host });\n\
         console.log(exports.main(0, 0));\n",
    );
    let built = place.with_source(&source, &["build", "--target", "wasm32-unknown-unknown", "-g", "tell.rs"]);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    let ran = gave(place.command("node", &["tell.mjs"]), b"");
    assert_eq!((ran.code, &*ran.stdout), (Some(0), "7\n0\n"), "{}", ran.stderr);
}
