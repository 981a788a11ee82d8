//! How functions for other machines take arguments of random types, compared with the functions in rustc's LLVM IR. They are
//! in crates without `core`, so that no target needs a std.

mod common;

use common::llvm;
use std::fmt::Write;
use testing::{Numbers, Program};
use ty::Arena;

/// How many functions there are for each target; `FOREIGN_FUNCTIONS` says another number.
const FUNCTIONS: usize = 300;

/// Types whose fields functions are made of.
const TYPES: usize = 120;

/// What rustc asks of a crate without `core`.
const HEAD: &str = r#"
    #![feature(no_core, lang_items, repr_simd, f16, f128, auto_traits, transparent_unions)]
    #![no_core]
    #[lang = "pointee_sized"] pub trait PointeeSized {}
    #[lang = "meta_sized"] pub trait MetaSized: PointeeSized {}
    #[lang = "sized"] pub trait Sized: MetaSized {}
    #[lang = "copy"] pub trait Copy {}
    #[lang = "freeze"] pub unsafe auto trait Freeze {}
    impl Copy for u8 {} impl Copy for i16 {} impl Copy for u32 {} impl Copy for i64 {} impl Copy for i128 {}
    impl Copy for usize {} impl Copy for bool {} impl Copy for char {} impl Copy for f16 {} impl Copy for f32 {}
    impl Copy for f64 {} impl Copy for f128 {} impl<T> Copy for *const T {} impl<T: Copy> Copy for [T; 0] {}
    impl<T: Copy> Copy for [T; 1] {} impl<T: Copy> Copy for [T; 2] {} impl<T: Copy> Copy for [T; 3] {}
    impl<T: Copy> Copy for [T; 4] {} impl<T: Copy> Copy for [T; 5] {}
    #[repr(simd)] pub struct V4([u8; 4]); impl Copy for V4 {}
    #[repr(simd)] pub struct V8([f32; 2]); impl Copy for V8 {}
    #[repr(simd)] pub struct V16([u32; 4]); impl Copy for V16 {}
    #[repr(C)] pub enum Plain { A, B } impl Copy for Plain {}
    #[repr(u8)] pub enum Small { A, B = 200 } impl Copy for Small {}
"#;

const SCALARS: [&str; 16] = [
    "u8",
    "i16",
    "u32",
    "i64",
    "f32",
    "f64",
    "i128",
    "usize",
    "bool",
    "char",
    "*const u8",
    "f32",
    "f64",
    "f16",
    "Plain",
    "Small",
];
/// Not on all machines, and not in C.
const RARE: [&str; 3] = ["V8", "V16", "V4"];

/// A struct, union or enum of scalars and of earlier types. Many have fields of one type.
fn definition(random: &mut Numbers, index: usize, has_vectors: bool) -> String {
    let one = scalar(random, has_vectors);
    let is_uniform = random.below(3) == 0;
    let kind = random.below(12);
    let (is_packed, is_aligned) = (kind == 1, kind == 2);
    let field = |random: &mut Numbers| {
        let earlier = index > 0 && !is_packed && random.below(5) == 0;
        let ty = match earlier {
            true => format!("T{}", random.below(index)),
            false if is_uniform => one.to_owned(),
            false => scalar(random, has_vectors).to_owned(),
        };
        match random.below(6) {
            0 => format!("[{ty}; {}]", random.below(6)),
            _ => ty,
        }
    };
    let count = random.below(5);
    let text = match kind {
        3 | 4 => {
            let fields: String = (0..=count).map(|number| format!("pub f{number}: {}, ", field(random))).collect();
            format!("#[repr(C)] pub union T{index} {{ {fields} }}")
        }
        5 => {
            format!("#[repr(C)] pub enum T{index} {{ A({}), B({}, {}) }}", field(random), field(random), field(random))
        }
        6 => format!("pub enum T{index} {{ A({}), B({}), C }}", field(random), field(random)),
        7 => format!("#[repr(transparent)] pub struct T{index}({}, [u8; 0]);", field(random)),
        8 => format!("#[repr(transparent)] pub union T{index} {{ a: {}, }}", field(random)),
        _ => {
            let repr = match (is_packed, is_aligned) {
                (true, _) => "C, packed".to_owned(),
                (_, true) => format!("C, align({})", [8, 16, 32][random.below(3)]),
                _ => "C".to_owned(),
            };
            let fields: String = (0..count).map(|_| format!("{}, ", field(random))).collect();
            format!("#[repr({repr})] pub struct T{index}({fields});")
        }
    };
    format!("{text} impl Copy for T{index} {{}}\n")
}

fn scalar(random: &mut Numbers, has_vectors: bool) -> &'static str {
    match has_vectors && random.below(12) == 0 {
        true => RARE[random.below(RARE.len())],
        false => SCALARS[random.below(SCALARS.len())],
    }
}

/// The source of a crate, and the names of its functions.
fn source(seed: u64, abis: &[&str], has_vectors: bool) -> (String, Vec<String>) {
    let mut random = Numbers::new(seed);
    let mut source = HEAD.to_owned();
    for index in 0..TYPES {
        // Aligned fields do not go into packed types, in which there are none of earlier types for that.
        source.push_str(&definition(&mut random, index, has_vectors));
    }
    let count = std::env::var("FOREIGN_FUNCTIONS").map_or(FUNCTIONS, |count| count.parse().expect("a number"));
    let mut names = Vec::new();
    for number in 0..count {
        let abi = abis[number % abis.len()];
        let mut ty = || match random.below(3) {
            0 => scalar(&mut random, has_vectors).to_owned(),
            _ => format!("T{}", random.below(TYPES)),
        };
        let result = ty();
        let params: String = (0..number % 13).map(|index| format!("a{index}: {}, ", ty())).collect();
        let name = format!("f{number}");
        writeln!(source, "#[unsafe(no_mangle)] pub extern \"{abi}\" fn {name}({params}) -> {result} {{ loop {{}} }}")
            .unwrap();
        names.push(name);
    }
    (source, names)
}

/// Compares all functions. `are_apart`: parts of one argument travel like arguments of their own.
fn compare(target: &str, seed: u64, abis: &[&str], flags: &[&str], are_apart: bool) {
    let has_vectors = flags.iter().any(|flag| flag.starts_with("-Ctarget-feature"));
    let (source, names) = source(seed, abis, has_vectors);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let flags = [&["--target", target][..], flags].concat();
    let metadata = testing::compile(dir.path(), &source, &flags);
    let mut command = testing::rustc(dir.path());
    // What rustc deduces from bodies is no concern here; it does not with incremental compilation.
    command.args([
        "-Cincremental=incremental",
        "--edition=2024",
        "--crate-type=lib",
        "--emit=llvm-ir",
        "-Copt-level=1",
    ]);
    command.args(["-Cno-prepopulate-passes", "-Ccodegen-units=1", "-o", "snippet.ll", "snippet.rs"]).args(&flags);
    testing::output(&mut command);
    let module = std::fs::read_to_string(dir.path().join("snippet.ll")).expect("LLVM IR");
    let theirs = llvm::signatures(&module);

    let arena = Arena::new();
    let program = Program::open(&arena, &metadata, testing::session_options_of(target));
    let mut wrong = String::new();
    for name in &names {
        let ours = llvm::signature_of(&program, name);
        let mut theirs = theirs[name].clone();
        if are_apart {
            theirs = llvm::without_groups(&theirs);
        }
        if ours != theirs {
            let line = source.lines().find(|line| line.contains(&format!(" fn {name}("))).expect("it is there");
            writeln!(wrong, "{}\nours:  {ours}\nrustc: {theirs}\n", line.trim()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{target}, seed {seed}:\n{wrong}\n{source}");
}

#[test]
fn arm_of_64_bits() {
    compare("aarch64-unknown-linux-gnu", 1, &["C", "Rust", "C"], &["-Ctarget-feature=+neon"], false);
    compare("aarch64-unknown-none-softfloat", 2, &["C"], &[], false);
}

#[test]
fn arm_of_32_bits() {
    compare("thumbv7em-none-eabihf", 1, &["C", "aapcs", "Rust"], &[], false);
    compare("thumbv7em-none-eabi", 2, &["C", "aapcs"], &[], false);
    compare("armv7-unknown-linux-gnueabihf", 3, &["C", "Rust", "efiapi"], &["-Ctarget-feature=+neon"], false);
}

#[test]
fn risc_v() {
    compare("riscv64gc-unknown-linux-gnu", 1, &["C", "Rust", "C"], &[], true);
    compare("riscv64imac-unknown-none-elf", 2, &["C"], &[], true);
    compare("riscv32imac-unknown-none-elf", 3, &["C", "Rust"], &[], true);
    compare("riscv32gc-unknown-linux-gnu", 4, &["C"], &[], true);
}

#[test]
fn web_assembly() {
    compare("wasm32-unknown-unknown", 1, &["C", "Rust"], &[], true);
    compare("wasm32-wasip1", 2, &["C"], &["-Ctarget-feature=+simd128"], true);
}

/// The generator itself, where the convention is compared in many other ways.
#[test]
fn this_machine() {
    compare("x86_64-unknown-linux-gnu", 1, &["C", "Rust", "win64", "efiapi"], &[], true);
}
