//! Symbols that are defined more than once.

use super::*;

/// Every way of making a program.
const WAYS: [&[&str]; 5] =
    [&["run"], &["run", "--backend", "llvm"], &["build"], &["build", "--backend", "cranelift"], &["build", "-O", "3"]];

#[test]
fn a_symbol_has_one_definition() {
    let function = "pub mod a { #[unsafe(no_mangle)] pub extern \"C\" fn twice() -> u32 { 1 } }\n";
    let used = "fn main() { println!(\"{} {}\", a::twice(), b::other()); }\n";
    let unused = "fn main() {}\n";
    let already: [&str; 4] = [
        "error: symbol `twice` is already defined",
        "--> x.rs:2:",
        "`a::twice` has the symbol at x.rs:1:",
        "so does `b::",
    ];
    let entry: [&str; 2] = ["error: entry symbol `main` declared multiple times", "`#![no_main]`"];
    let cases: [(String, &[&str]); 10] = [
        (
            format!("{function}mod b {{ #[unsafe(export_name = \"twice\")] pub extern \"C\" fn other() -> u32 {{ 2 }} }}\n{used}"),
            &already,
        ),
        (
            format!("{function}mod b {{ #[unsafe(export_name = \"twice\")] extern \"C\" fn other() -> u32 {{ 2 }} }}\n{unused}"),
            &already,
        ),
        (format!("{function}mod b {{ #[unsafe(export_name = \"twice\")] static OTHER: u32 = 2; }}\n{unused}"), &already),
        (
            "pub mod a { #[unsafe(export_name = \"twice\")] pub static twice: u32 = 1; }\n\
                 mod b { #[unsafe(export_name = \"twice\")] pub static OTHER: u32 = 2; }\n\
                 fn main() { println!(\"{} {}\", a::twice, b::OTHER); }\n"
                .to_owned(),
            &already,
        ),
        (
            format!(
                "{function}mod b {{ #[unsafe(naked)] #[unsafe(export_name = \"twice\")] pub extern \"C\" fn other() -> u32 \
                 {{ core::arch::naked_asm!(\"mov eax, 7\", \"ret\") }} }}\n{used}"
            ),
            &already,
        ),
        // A generic function has a definition for each use.
        (
            "#![allow(no_mangle_generic_items)] fn main() { one(1_u8); one(\"\"); }\n\
             #[unsafe(export_name = \"twice\")] #[inline(never)] fn one<T>(t: T) { std::hint::black_box(t); }\n"
                .to_owned(),
            &[already[0], already[1], "`one::<u8>`", "`one::<&str>`"],
        ),
        (
            format!(
                "{function}mod b {{ #[unsafe(export_name = \"twice\")] #[inline(never)] pub fn one<T>(t: T) {{ std::hint::black_box(t); }} }}\n\
                 fn main() {{ println!(\"{{}}\", a::twice()); b::one(1); }}\n"
            ),
            &already,
        ),
        (
            "#[unsafe(export_name = \"main\")] extern \"C\" fn other(_: i32, _: *const *const u8) -> i32 { 3 }\nfn main() {}\n"
                .to_owned(),
            &[entry[0], entry[1], "--> x.rs:1:", "the program begins with `main` at x.rs:2:1"],
        ),
        ("#[unsafe(no_mangle)] fn main() {}\n".to_owned(), &[entry[0], entry[1], "--> x.rs:1:"]),
        (
            format!("core::arch::global_asm!(\".globl twice\", \"twice: ret\");\n{function}fn main() {{ a::twice(); }}\n"),
            &[already[0], "--> x.rs:2:", "`global_asm!`"],
        ),
    ];
    for (source, words) in cases {
        let place = Place::new();
        place.write("x.rs", &source);
        let theirs = place.rustc(&["--edition=2024", "-Awarnings", "x.rs"]);
        assert_eq!(theirs.code, Some(1), "{source}");
        for way in WAYS {
            let said = place.fails(&[way, &["x.rs"]].concat(), 1);
            says(&said, words);
        }
    }
}

/// Names that libraries have too, which a program may define for itself, and what looks like two definitions.
#[test]
fn symbols_that_may_be_defined() {
    let cases = [
        // Of C's library, and used by std.
        "use std::sync::atomic::{AtomicU32, Ordering};\n\
         static COUNT: AtomicU32 = AtomicU32::new(0);\n\
         unsafe extern \"C\" { fn __libc_malloc(n: usize) -> *mut u8; }\n\
         #[unsafe(no_mangle)] extern \"C\" fn malloc(n: usize) -> *mut u8 {\n\
             COUNT.fetch_add(1, Ordering::Relaxed);\n    unsafe { __libc_malloc(n) }\n}\n\
         fn main() {\n    let v = std::hint::black_box(vec![1_u8; 100]);\n\
             println!(\"{} {}\", COUNT.load(Ordering::Relaxed) > 0, v.len());\n}\n",
        "#[unsafe(no_mangle)] unsafe extern \"C\" fn memcpy(d: *mut u8, s: *const u8, n: usize) -> *mut u8 {\n\
             let mut i = 0;\n    while i < n { unsafe { d.add(i).write_volatile(s.add(i).read_volatile()) }; i += 1 }\n    d\n}\n\
         fn main() { println!(\"{:?}\", std::hint::black_box(vec![1, 2, 3]).clone()); }\n",
        // The crate is the one that defines it.
        "#![no_main]\nuse std::ffi::{c_char, c_int};\n\
         #[unsafe(export_name = \"main\")] extern \"C\" fn other(_: c_int, _: *const *const c_char) -> c_int { println!(\"own\"); 0 }\n\
         #[allow(dead_code)] fn main() {}\n",
        "#![no_main]\n#[unsafe(no_mangle)] fn main() { println!(\"own\"); std::process::exit(0) }\n",
        // A declaration is no definition.
        "mod a { #[unsafe(no_mangle)] extern \"C\" fn twice() -> u32 { 1 } }\n\
         mod b { unsafe extern \"C\" { pub safe fn twice() -> u32; } }\n\
         fn main() { println!(\"{}\", b::twice()); }\n",
        // One use, one definition.
        "#[allow(no_mangle_generic_items)] #[unsafe(no_mangle)] fn one<T>(t: T) { std::hint::black_box(t); }\n\
         fn main() { one(1); one(2); println!(\"one\"); }\n",
    ];
    for source in cases {
        let place = Place::new();
        place.write("x.rs", source);
        let theirs = place.rustc(&["--edition=2024", "-Awarnings", "x.rs", "-o", "theirs"]);
        assert_eq!(theirs.code, Some(0), "{}", theirs.stderr);
        let expected = gave(place.command(place.work().join("theirs"), &[]), b"").stdout;
        for way in WAYS {
            let found = place.succeeds(&[way, &["x.rs"]].concat());
            let stdout = match way[0] {
                "run" => found.stdout,
                _ => gave(place.command(place.work().join("x"), &[]), b"").stdout,
            };
            assert_eq!(stdout, expected, "{way:?} {source}");
        }
    }
}

/// What asks to be inlined is inlined everywhere, and nobody needs a function of it, also where LLVM sees one module of many and
/// optimises nothing.
#[test]
fn what_asks_to_be_inlined_has_no_function() {
    let place = Place::new();
    place.write(
        "inlined.rs",
        "#[inline(always)] fn asks_to_be_inlined(x: usize) -> usize { x + std::env::args().count() }\n\
         #[inline(never)] fn asks_not_to_be(x: usize) -> usize { asks_to_be_inlined(x) }\n\
         fn main() { println!(\"{}\", asks_to_be_inlined(1) + asks_not_to_be(2)); }\n",
    );
    for backend in ["cranelift", "llvm"] {
        place.succeeds(&["build", "--backend", backend, "inlined.rs"]);
        let bytes = std::fs::read(place.work().join("inlined")).unwrap();
        let has = |name: &str| bytes.windows(name.len()).any(|bytes| bytes == name.as_bytes());
        assert_eq!((has("asks_not_to_be"), has("asks_to_be_inlined")), (true, false), "{backend}");
    }
}
