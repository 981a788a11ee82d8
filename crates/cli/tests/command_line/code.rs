//! `bessemer asm` and its kin.

use super::{Place, says};

const PROGRAM: &str = "#[inline(never)]
fn sum(values: &[u64]) -> u64 {
    let mut all = 0;
    for value in values {
        all ^= value;
    }
    all
}
mod a {
    #[inline(never)]
    pub fn sum(values: &[u32]) -> u32 { values.len() as u32 }
}
#[inline(never)]
fn shown<T: std::fmt::Debug>(value: T) -> String { format!(\"{value:?}\") }
fn main() {
    let values: Vec<u64> = std::env::args().map(|arg| arg.len() as u64).collect();
    println!(\"{} {} {} {}\", sum(&values), a::sum(&[1]), shown(1_u8), shown(\"x\"));
}
";

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn assembly_is_that_of_the_object() {
    let place = Place::new();
    place.write("prog.rs", PROGRAM);
    for backend in ["cranelift", "llvm"] {
        for level in ["0", "2"] {
            let asm = |more: &[&str]| {
                place.succeeds(&[&["asm", "--backend", backend, "-O", level, "prog.rs"], more].concat()).stdout
            };
            let text = asm(&["prog::sum", "--source"]);
            assert!(text.starts_with("prog::sum:\n"), "{backend} {level}: {text}");
            says(&text, &["        // prog.rs:4  for value in values {", ".L0:\n", " .L0\n", "        ret\n"]);
            assert!(!text.contains('\x1b') && !text.contains('%'), "{text}");
            says(&asm(&["prog::sum", "--att"]), &["%r"]);
            assert!(!asm(&["prog::sum"]).contains("//"), "source lines are for terminals");
            says(&asm(&["prog::sum", "--color", "always"]), &["\x1b[1;33mprog::sum\x1b[0m:"]);
            // Calls have names.
            says(&asm(&["prog::main"]), &["prog::shown::<u8>"]);
            let value = json(&asm(&["prog::sum", "--json"]));
            let function = &value["function"];
            let sizes =
                function["instructions"].as_array().unwrap().iter().map(|it| it["size_bytes"].as_u64().unwrap());
            assert_eq!(Some(sizes.sum()), function["size_bytes"].as_u64(), "{backend} {level}");
        }
    }
}

#[test]
fn functions_are_listed_and_chosen() {
    let place = Place::new();
    place.write("prog.rs", PROGRAM);
    let listed = place.succeeds(&["asm", "prog.rs"]).stdout;
    says(&listed, &["number    size  name\n", "  prog::sum\n", "  prog::a::sum\n", "  prog::shown::<u8>\n"]);
    let value = json(&place.succeeds(&["asm", "prog.rs", "--json"]).stdout);
    let functions = value["functions"].as_array().unwrap();
    let at = functions.iter().position(|it| it["name"] == "prog::a::sum").unwrap();
    assert!(functions[at]["size_bytes"].as_u64() > Some(0));
    // By its number in the list, by its symbol, without its arguments.
    let symbol = functions[at]["symbol"].as_str().unwrap();
    for name in [&*at.to_string(), symbol, "a::sum"] {
        assert!(place.succeeds(&["asm", "prog.rs", name]).stdout.starts_with("prog::a::sum:"), "{name}");
    }
    let ambiguous = place.bessemer(&["asm", "prog.rs", "shown"]);
    assert_eq!(ambiguous.code, Some(1));
    says(&ambiguous.stdout, &["     0 ", "prog::shown::<&str>", "     1 ", "prog::shown::<u8>"]);
    says(&ambiguous.stderr, &["`shown` means 2 functions", "add the number of one"]);
    assert!(place.succeeds(&["asm", "prog.rs", "shown", "1"]).stdout.starts_with("prog::shown::<u8>:"));
    says(&place.fails(&["asm", "prog.rs", "shown", "2"], 1), &["there is no number 2"]);
    says(&place.fails(&["asm", "prog.rs", "prog::sun"], 1), &["no code of its own", "did you mean `prog::sum`?"]);
    // Rust's `main`, not C's.
    assert!(place.succeeds(&["asm", "prog.rs", "main"]).stdout.starts_with("prog::main:"));
    place.write("wrong.rs", "fn main() { let x: u8 = \"\"; }\n");
    says(&place.fails(&["asm", "wrong.rs"], 1), &["mismatched types"]);
    place.fails(&["asm", "missing.rs"], 1);
    says(&place.fails(&["asm", "prog.rs", "a", "1", "2"], 2), &["Usage"]);
}

#[test]
fn other_forms() {
    let place = Place::new();
    place.write("prog.rs", PROGRAM);
    for (form, name, parts) in [
        ("mir", "sum", &["fn sum(_1: &[u64]) -> u64 {"][..]),
        ("mir", "prog::a::sum", &["fn a::sum(_1: &[u32]) -> u32 {"]),
        ("lir", "prog::sum", &["// prog::sum\nfunction ", "block0:"]),
        ("llvm-ir", "prog::sum", &["; prog::sum\n", "define "]),
        ("clif", "prog::sum", &["; prog::sum\n", "function u0:0(", "block0"]),
    ] {
        says(&place.succeeds(&[form, "prog.rs"]).stdout, &["number   lines  name\n", "sum\n"]);
        let text = place.succeeds(&[form, "prog.rs", name]).stdout;
        says(&text, parts);
        assert_eq!(text.matches("\n}\n").count(), 1, "{form}: {text}");
        let value = json(&place.succeeds(&[form, "prog.rs", name, "--json"]).stdout);
        assert!(value["function"]["text"].as_str().unwrap().contains(parts[parts.len() - 1]), "{form}");
    }
}

/// All that is not generic, whether others can call it or not.
#[test]
fn libraries_need_no_caller() {
    let place = Place::new();
    let text = "#![crate_type = \"lib\"]\npub fn add(a: u32) -> u32 { a.wrapping_add(1) }\n\
                fn own(a: u32) -> u32 { a.wrapping_mul(3) }\npub fn generic<T: Copy>(t: T) -> T { t }\n";
    place.write("lib.rs", text);
    for options in [&["-O"][..], &["--backend", "cranelift"]] {
        let listed = place.succeeds(&[&["asm", "lib.rs"], options].concat()).stdout;
        says(&listed, &["lib::add\n", "lib::own\n"]);
        assert!(!listed.contains("generic"), "{listed}");
    }
    says(&place.succeeds(&["lir", "lib.rs", "own"]).stdout, &["// lib::own"]);
    says(&place.succeeds(&["mir", "lib.rs"]).stdout, &["generic"]);
}

#[test]
fn texts_say_where_code_comes_from_with_debug_information() {
    let place = Place::new();
    place.write("prog.rs", PROGRAM);
    let text = |kind: &str, more: &[&str]| place.succeeds(&[&[kind, "prog.rs", "prog::sum"], more].concat()).stdout;
    says(&text("mir", &["-g"]), &["const 0_u64; // ", "prog.rs:3:19\n"]);
    assert!(!text("mir", &[]).contains("prog.rs:3:19"));
    let clif = text("clif", &["--debuginfo", "1"]);
    says(&clif, &["; @0000 = ", "prog.rs:4:18\n", "\n@0000 "]);
    assert!(!text("clif", &[]).contains("; @0000"));
}

/// Before LLVM optimises, variables are in memory.
#[test]
fn llvms_ir_is_shown_before_and_after() {
    let place = Place::new();
    place.write("prog.rs", PROGRAM);
    let text = |kind: &str| place.succeeds(&["build", "-O", "--emit", kind, "-o", "-", "prog.rs"]).stdout;
    let (initial, last) = (text("llvm-ir-initial"), text("llvm-ir"));
    let allocas = |text: &str| text.lines().filter(|line| line.contains(" = alloca ")).count();
    assert!(allocas(&initial) > allocas(&last), "{} {}", allocas(&initial), allocas(&last));
    assert!(initial.contains("define ") && last.contains("define "));
}

/// Each machine's own instructions, with names, labels and what the linker puts there; no linker is needed.
#[test]
fn other_machines() {
    let Some(source) = super::targets::source() else { return };
    let place = Place::new();
    let text = "#![no_std]\n#![crate_type = \"lib\"]\npub static TABLE: [u64; 4] = [2, 3, 5, 7];\n\
                unsafe extern \"C\" { fn outside(value: u64) -> u64; }\n#[inline(never)]\n\
                fn inner(values: &[u64]) -> u64 {\n    let mut all = 0;\n    \
                for value in values { all ^= unsafe { outside(*value) }; }\n    all\n}\n#[unsafe(no_mangle)]\n\
                pub fn outer(values: &[u64], index: usize) -> u64 { inner(values).wrapping_add(TABLE[index]) }\n";
    place.write("lib.rs", text);
    let targets = [
        (
            "aarch64-unknown-linux-gnu",
            &["bl      lib::inner\n", "lib::TABLE\n"][..],
            &["adrp    x22, outside@GOT\n"][..],
        ),
        (
            "riscv64gc-unknown-linux-gnu",
            &["auipc   ra, 0  // lib::inner\n", "auipc   a1, 0  // lib::TABLE\n", "mv      a1, a1  // lib::TABLE\n"],
            &["auipc   ra, 0  // outside\n"],
        ),
        ("thumbv7em-none-eabihf", &["bl      lib::inner\n", "movw    r2, lib::TABLE\n"], &["bl      outside\n"]),
        (
            "wasm32-unknown-unknown",
            &[".functype (i32, i32, i32) -> (i64)\n", "call lib::inner\n", "i64.load lib::TABLE\n"],
            &["call outside\n", "        loop\n"],
        ),
    ];
    for (target, outer, inner) in targets {
        let asm = |more: &[&str]| {
            let gave = place.with_source(&source, &[&["asm", "-O", "2", "--target", target, "lib.rs"], more].concat());
            assert_eq!(gave.code, Some(0), "{target}: {}", gave.stderr);
            gave.stdout
        };
        says(&asm(&[]), &["lib::inner\n", "outer\n"]);
        let text = asm(&["lib::inner"]);
        says(&text, inner);
        // What is shown of a function is all of it: each branch leads to a label that is there.
        let labels: Vec<&str> = text.lines().filter(|line| line.starts_with(".L")).collect();
        assert_eq!(labels.is_empty(), target.starts_with("wasm"), "{target}: {text}");
        for label in labels {
            assert!(text.contains(&format!(" {}\n", label.trim_end_matches(':'))), "{target}: {text}");
        }
        let text = asm(&["outer"]);
        assert!(text.starts_with("outer:\n"), "{target}: {text}");
        says(&text, outer);
        let value = json(&asm(&["outer", "--json"]));
        assert_eq!(value["function"]["name"], "outer");
        if target.starts_with("wasm") {
            says(&place.fails(&["asm", "--source", "--target", target, "lib.rs"], 2), &["without source lines"]);
        } else {
            says(&asm(&["outer", "--source"]), &["// lib.rs:12  pub fn outer"]);
        }
    }
}
